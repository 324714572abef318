/* Requests, errors, discovery, collections: H1–H22 and R1–R5, each rule a test of its name. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>

#include "base/mem.h"
#include "lab.h"

static void assert_status(struct taxiilab *x, const char *token, const char *target, int status)
{
	const int got = status_of(x, token, target);

	if (got != status)
		fail_msg("%s: %d, not %d", target, got, status);
}

static void assert_header(const struct answer *a, const char *name, const char *value)
{
	const char *const got = answer_header(a, name);

	if (got == NULL || strcmp(got, value) != 0)
		fail_msg("%s: %s", name, got != NULL ? got : "(absent)");
}

/* ---- H ---- */

static const char *const slashed[] = {"/taxii2/", API, API "collections/", IN(JOINT), IN(JOINT) "objects/", IN(JOINT) "manifest/",
	IN(JOINT) "objects/" INDICATOR(1) "/", IN(JOINT) "objects/" INDICATOR(1) "/versions/"};

static void test_H1_discovery_and_slashes(struct taxiilab *x)
{
	struct answer a;
	char target[300], location[300];

	put_indicator(x, JOINT, 1, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(slashed); i++) {
		const size_t n = strlen(slashed[i]) - 1;
		const char *const last = (const char *)memrchr(slashed[i], '/', n) + 1;

		assert_status(x, x->reader, slashed[i], 200);
		strcpy(target, slashed[i]);
		strcpy(target + n, "?limit=2&match%5Btype%5D=a,b%26c");
		(void)snprintf(location, sizeof(location), "%s?limit=2&match%%5Btype%%5D=a%%2Cb%%26c", last);
		get(x, x->reader, target, &a);
		assert_int_equal(a.r.status, 308);
		assert_header(&a, "Location", location);
		answer_free(&a);
	}
	ask(x, "DELETE", NULL, NULL, IN(JOINT) "objects/a:b%20c", &a);
	assert_int_equal(a.r.status, 308);
	assert_header(&a, "Location", "a%3Ab%20c/");
	answer_free(&a);
	assert_int_equal(method_status(x, "POST", x->editor, IN(JOINT) "objects"), 308);
}

static void test_H2_content_type(struct taxiilab *x)
{
	static const struct { const char *method, *target; bool user; int status; } cases[] = {
		{"GET", "/taxii2/", true, 200}, {"GET", API, true, 200}, {"GET", IN(JOINT) "objects/", true, 200}, {"GET", IN(JOINT) "objects/?limit=0", true, 400},
		{"GET", IN(UNKNOWN_C), true, 404}, {"GET", "/taxii2/nowhere/", true, 404}, {"DELETE", API, true, 405}, {"GET", API "status/x/", true, 404},
		{"GET", IN(JOINT) "objects/nothing/", true, 404}, {"PATCH", API, true, 501}};
	struct answer a;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ask(x, cases[i].method, cases[i].user ? x->reader : NULL, NULL, cases[i].target, &a);
		if (a.r.status != cases[i].status)
			fail_msg("%s %s: %d", cases[i].method, cases[i].target, a.r.status);
		assert_string_equal(a.r.type, "application/taxii+json;version=2.1");
		answer_free(&a);
	}
}

static void accept_status(struct taxiilab *x, const char *accept, int status)
{
	struct answer a;

	ask(x, "GET", x->reader, accept, IN(JOINT) "manifest/", &a);
	if (a.r.status != status)
		fail_msg("%s: %d", accept != NULL ? accept : "no Accept", a.r.status);
	assert_string_equal(a.r.type, "application/taxii+json;version=2.1");
	answer_free(&a);
}

static void test_H3_accept_exact(struct taxiilab *x) { accept_status(x, "Accept: application/taxii+json;version=2.1", 200); }
static void test_H4_accept_without_version(struct taxiilab *x) { accept_status(x, "Accept: application/taxii+json", 200); }

static void test_H5_accept_is_a_list(struct taxiilab *x)
{
	accept_status(x, "Accept: application/taxii+json;version=2.1,application/stix+json;version=2.1", 200);
	accept_status(x, "Accept: text/html;q=0.9, Application/Taxii+JSON; Version=\"2.1\"; q=0.1", 200);
}

static void test_H6_other_accepts(struct taxiilab *x)
{
	accept_status(x, "Accept: */*", 200);
	accept_status(x, "Accept: application/*", 200);
	accept_status(x, "Accept: application/taxii+json;version=2.0", 406);
	accept_status(x, "Accept: application/json", 406);
}

static void test_H7_no_accept(struct taxiilab *x) { accept_status(x, NULL, 200); }

static void test_H12_error_resource(struct taxiilab *x)
{
	struct answer a;

	ask(x, "GET", x->reader, "Accept-Language: de", IN(JOINT) "objects/?limit=0", &a);
	assert_string_equal(json_get_str(answer_root(&a), "title"), tr(LANG_DE, "malformed input"));
	assert_string_equal(json_get_str(answer_root(&a), "http_status"), "400");
	assert_non_null(strstr(json_get_str(answer_root(&a), "description"), "limit"));
	answer_free(&a);
	get(x, x->reader, "/taxii2/nowhere/", &a); /* before routing, by taxii_error */
	assert_string_equal(json_get_str(answer_root(&a), "http_status"), "404");
	assert_string_equal(json_get_str(answer_root(&a), "title"), "not found");
	answer_free(&a);
	assert_true(taxii_owns("/taxii2") && taxii_owns("/taxii2/x") && !taxii_owns("/taxii21") && !taxii_owns("/taxii"));
}

/* Zeros over everything the journal holds, behind the server's back. */
static void damage(struct taxiilab *x)
{
	static const char zeros[65536];
	char *dir = mem_printf("%s/journal", x->de.dir);
	DIR *d = opendir(dir);
	struct dirent *f;

	assert_non_null(d);
	while ((f = readdir(d)) != NULL) {
		char *path = mem_printf("%s/%s", dir, f->d_name);
		FILE *out = f->d_name[0] != '.' ? fopen(path, "r+b") : NULL;

		if (out != NULL) {
			assert_int_equal(fwrite(zeros, 1, sizeof(zeros), out), sizeof(zeros));
			assert_int_equal(fclose(out), 0);
		}
		mem_free(path);
	}
	closedir(d);
	mem_free(dir);
}

/* What fails inside us is told by an id; the reason, which may name files, stands in the event log. */
static void test_H12_error_id(struct taxiilab *x)
{
	struct answer a;

	put_indicator(x, JOINT, 1, NULL, NULL);
	assert_status(x, x->reader, IN(JOINT) "objects/?match[type]=indicator", 200);
	damage(x);
	get(x, x->reader, IN(JOINT) "objects/?match[type]=indicator", &a);
	assert_int_equal(a.r.status, 500);
	assert_int_equal(strlen(json_get_str(answer_root(&a), "error_id")), 16);
	assert_null(json_get(answer_root(&a), "description"));
	assert_null(answer_header(&a, "ETag"));
	assert_null(answer_header(&a, "X-TAXII-Date-Added-First"));
	answer_free(&a);
}

static void test_H13_malformed_parameters(struct taxiilab *x)
{
	static const char *const bad[] = {"limit=0", "limit=x", "added_after=x", "next=x", "match[version]=x", "match[spec_version]=x", "match[id]="};
	static const char *const where[] = {IN(JOINT) "objects/?", IN(JOINT) "manifest/?"};
	char target[300];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		for (size_t k = 0; k < ARRAY_LEN(where); k++) {
			(void)snprintf(target, sizeof(target), "%s%s", where[k], bad[i]);
			assert_status(x, x->reader, target, 400);
		}
	assert_status(x, x->reader, IN(JOINT) "objects/" INDICATOR(1) "/?match[version]=x", 400);
	assert_status(x, x->reader, IN(JOINT) "objects/" INDICATOR(1) "/versions/?limit=x", 400);
}

static void test_H14_given_twice(struct taxiilab *x)
{
	assert_status(x, x->reader, IN(JOINT) "objects/?limit=1&limit=1", 400);
	assert_status(x, x->reader, IN(JOINT) "objects/?match[type]=a&match%5Btype%5D=a", 400);
	assert_status(x, x->reader, IN(JOINT) "objects/?match[colour]=a&other=1&other=2", 200);
}

static void test_H15_encoded_brackets(struct taxiilab *x)
{
	put_indicator(x, JOINT, 1, NULL, NULL);
	assert_listed(x, x->reader, IN(JOINT) "objects/?match%5Btype%5D=indicator", INDICATOR(1));
	assert_listed(x, x->reader, IN(JOINT) "objects/?match[type]=indicator", INDICATOR(1));
}

static void assert_challenged(const struct answer *a)
{
	bool bearer = false, basic = false;

	assert_int_equal(a->r.status, 401);
	for (size_t i = 0; i < a->r.headers; i++)
		if (strcmp(a->r.header[i].name, "WWW-Authenticate") == 0) {
			bearer = bearer || strncmp(a->r.header[i].value, "Bearer ", 7) == 0;
			basic = basic || strncmp(a->r.header[i].value, "Basic ", 6) == 0;
		}
	assert_true(bearer && basic);
	assert_string_equal(json_get_str(answer_root(a), "http_status"), "401");
}

static void test_H16_challenges(struct taxiilab *x)
{
	struct answer a;
	char lower[128];

	get(x, "vb_wrong", API, &a);
	assert_challenged(&a);
	answer_free(&a);
	get(x, "vb_wrong", "/taxii2/", &a); /* wrong credentials are said at the first request, not the third */
	assert_challenged(&a);
	answer_free(&a);
	(void)snprintf(lower, sizeof(lower), "Authorization: bEARER %s", x->reader);
	ask(x, "GET", NULL, lower, IN(JOINT), &a);
	assert_int_equal(a.r.status, 200);
	assert_string_equal(a.r.who[0] != '\0' ? "somebody" : "nobody", "somebody");
	answer_free(&a);
}

/* Nobody, or the wrong somebody, learns nothing about what there is: known, unknown and malformed get the same 401. */
static void test_H17_failed_sign_in_comes_first(struct taxiilab *x)
{
	static const char *const targets[] = {API, API "collections/", IN(JOINT), IN(UNKNOWN_C), IN("x"), IN(JOINT) "objects/", IN(JOINT) "objects/?limit=0",
		IN(JOINT) "manifest/", IN(JOINT) "objects/" INDICATOR(1) "/", IN(UNKNOWN_C) "objects/x/versions/"};
	struct answer a;

	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		get(x, "vb_wrong", targets[i], &a);
		assert_challenged(&a);
		answer_free(&a);
	}
	ask(x, "DELETE", "vb_wrong", "Accept: text/html", IN(JOINT) "objects/x/", &a);
	assert_challenged(&a);
	answer_free(&a);
}

static void no_public_node(struct taxiilab *x)
{
	static const char *const targets[] = {API, API "collections/", IN(JOINT), IN(UNKNOWN_C), IN(JOINT) "objects/", IN(JOINT) "objects/x/versions/"};
	struct answer a;

	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		get(x, NULL, targets[i], &a);
		assert_challenged(&a);
		answer_free(&a);
	}
	assert_status(x, NULL, "/taxii2/", 200);
	assert_status(x, x->reader, API, 200);
}

static void test_H17_nobody_where_nothing_is_public(void **unused)
{
	struct taxiilab x;

	(void)unused;
	taxiilab_open(&x, LAB_NO_PUBLIC);
	no_public_node(&x);
	taxiilab_close(&x);
}

static void test_H18_methods(struct taxiilab *x)
{
	struct answer a;

	ask(x, "DELETE", x->reader, NULL, IN(JOINT) "objects/", &a);
	assert_int_equal(a.r.status, 405);
	assert_non_null(answer_header(&a, "Allow"));
	assert_non_null(json_get_str(answer_root(&a), "title"));
	answer_free(&a);
	ask(x, "OPTIONS", NULL, NULL, IN(JOINT) "objects/x/", &a);
	assert_int_equal(a.r.status, 204);
	assert_header(&a, "Allow", "OPTIONS, GET, HEAD, DELETE");
	answer_free(&a);
	put_indicator(x, JOINT, 1, NULL, NULL);
	ask(x, "HEAD", x->reader, NULL, IN(JOINT) "objects/", &a);
	assert_int_equal(a.r.status, 200);
	assert_non_null(answer_header(&a, "X-TAXII-Date-Added-First"));
	answer_free(&a);
}

static void test_H20_no_user_agent(struct taxiilab *x) { assert_status(x, x->reader, API, 200); /* the lab never sends one */ }

static void test_H21_empty_lists_are_left_out(struct taxiilab *x)
{
	static const char *const empty[] = {IN(OPEN_C) "objects/?match[type]=indicator", IN(OPEN_C) "manifest/?match[type]=indicator"};
	struct answer a;

	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		get(x, x->reader, empty[i], &a);
		assert_string_equal(a.r.body.p, "{}");
		assert_null(answer_header(&a, "X-TAXII-Date-Added-First"));
		answer_free(&a);
	}
}

static void test_H22_timestamps(struct taxiilab *x)
{
	struct answer a;
	const char *date;

	put_indicator(x, JOINT, 1, NULL, NULL);
	get(x, x->reader, IN(JOINT) "manifest/?match[type]=indicator", &a);
	date = answer_header(&a, "X-TAXII-Date-Added-First");
	assert_int_equal(strlen(date), 27);
	assert_true(date[19] == '.' && date[26] == 'Z');
	json_free(a.doc);
	a.doc = NULL;
	assert_non_null(strstr(a.r.body.p, date));
	assert_non_null(strstr(a.r.body.p, "\"version\":\"2016-09-01T08:00:00.000Z\""));
	answer_free(&a);
}

/* ---- R ---- */

static void test_R1_discovery(struct taxiilab *x)
{
	struct answer a;

	get(x, NULL, "/taxii2/", &a);
	assert_int_equal(a.r.status, 200);
	assert_string_equal(json_get_str(answer_root(&a), "title"), "Berlin");
	assert_string_equal(json_get_str(answer_root(&a), "contact"), "kontakt@de.example");
	assert_string_equal(json_get_str(answer_root(&a), "default"), API);
	assert_int_equal(json_len(json_get(answer_root(&a), "api_roots")), 1);
	assert_non_null(strstr(a.r.body.p, "\"api_roots\":[\"/taxii2/api/\"]"));
	answer_free(&a);
}

static void test_R2_api_root(struct taxiilab *x)
{
	struct answer a;
	int64_t max;

	get(x, x->reader, API, &a);
	assert_non_null(strstr(a.r.body.p, "\"versions\":[\"application/taxii+json;version=2.1\"]"));
	assert_true(json_int(json_get(answer_root(&a), "max_content_length"), &max) && max == (int64_t)LIMIT_TAXII_BODY);
	assert_non_null(json_get_str(answer_root(&a), "title"));
	answer_free(&a);
}

static void test_R3_collections(struct taxiilab *x)
{
	struct answer a;

	assert_listed(x, x->reader, API "collections/", JOINT " " OPEN_C " " OWN_C);
	assert_listed(x, x->reader, API "collections/", JOINT " " OPEN_C " " OWN_C); /* by id, each time */
	assert_listed(x, x->jp_user, API "collections/", JOINT " " OPEN_C);
	assert_listed(x, x->scoped, API "collections/", OWN_C);
	assert_listed(x, NULL, API "collections/", OPEN_C);
	get(x, x->reader, API "collections/", &a);
	assert_header(&a, "Cache-Control", "private, no-cache");
	answer_free(&a);
}

static void rights(struct taxiilab *x, const char *token, const char *target, bool read, bool write)
{
	struct answer a;
	bool r = !read, w = !write;

	get(x, token, target, &a);
	assert_int_equal(a.r.status, 200);
	assert_true(json_bool(json_get(answer_root(&a), "can_read"), &r) && json_bool(json_get(answer_root(&a), "can_write"), &w));
	if (r != read || w != write)
		fail_msg("%s: can_read %d, can_write %d", target, r, w);
	answer_free(&a);
}

static void test_R3_rights_per_client(struct taxiilab *x)
{
	rights(x, x->reader, IN(JOINT), true, false);
	rights(x, x->editor, IN(JOINT), true, true);
	rights(x, x->jp_user, IN(JOINT), true, false);
	rights(x, x->read_only, IN(JOINT), true, false);
	rights(x, x->write_only, IN(JOINT), false, true);
	assert_status(x, x->scoped, IN(JOINT), 404); /* of no use to him: not there */
	assert_status(x, x->scoped, IN("joint"), 404);
	rights(x, x->scoped, IN(OWN_C), true, true);
	rights(x, NULL, IN(OPEN_C), true, false);
}

static void test_R4_collection(struct taxiilab *x)
{
	struct answer a, b;

	ask(x, "GET", x->reader, "Accept-Language: ja", IN(JOINT), &a);
	assert_string_equal(json_get_str(answer_root(&a), "id"), JOINT);
	assert_string_equal(json_get_str(answer_root(&a), "title"), "共同");
	assert_string_equal(json_get_str(answer_root(&a), "description"), "What both share"); /* no Japanese one: English */
	assert_string_equal(json_get_str(answer_root(&a), "alias"), "joint");
	assert_non_null(strstr(a.r.body.p, "\"media_types\":[\"application/stix+json;version=2.1\",\"application/stix+json;version=2.0\"]"));
	assert_non_null(strstr(answer_header(&a, "Vary"), "Accept-Language"));
	ask(x, "GET", x->reader, "Accept-Language: ja", IN("joint"), &b); /* the alias is an address too */
	assert_string_equal(a.r.body.p, b.r.body.p);
	answer_free(&a);
	answer_free(&b);
	get(x, x->reader, IN(OPEN_C), &a);
	assert_string_equal(json_get_str(answer_root(&a), "title"), "Offen"); /* no English one: what there is */
	assert_non_null(strstr(a.r.body.p, "\"media_types\":[\"application/stix+json;version=2.1\"]"));
	answer_free(&a);
	assert_status(x, x->reader, IN("0B7C2D2E-6A0B-4D0E-9D51-6F1F0D3C9A01"), 200);
	assert_listed(x, NULL, IN("open") "objects/", "verbale-collection--" OPEN_C);
}

static void test_R5_reading_without_the_right(struct taxiilab *x)
{
	static const char *const what[] = {"objects/", "manifest/", "objects/x/", "objects/x/versions/"};
	char target[200];

	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		(void)snprintf(target, sizeof(target), IN(JOINT) "%s", what[i]);
		assert_status(x, x->write_only, target, 403);
		assert_status(x, x->scoped, target, 404);
	}
}

/* ---- what may not be seen does not exist ---- */

static void same(struct taxiilab *x, const char *method, const char *token, const char *hidden, const char *unknown)
{
	struct answer a, b;

	ask(x, method, token, NULL, hidden, &a);
	ask(x, method, token, NULL, unknown, &b);
	if (a.r.status != 404 || b.r.status != 404)
		fail_msg("%s: %d, %s: %d", hidden, a.r.status, unknown, b.r.status);
	assert_string_equal(a.r.body.p, b.r.body.p);
	assert_int_equal(a.r.headers, b.r.headers);
	for (size_t i = 0; i < a.r.headers; i++) {
		assert_string_equal(a.r.header[i].name, b.r.header[i].name);
		assert_string_equal(a.r.header[i].value, b.r.header[i].value);
	}
	answer_free(&a);
	answer_free(&b);
}

static void test_hidden_is_unknown(struct taxiilab *x)
{
	static const char *const behind[] = {"", "objects/", "manifest/", "objects/" INDICATOR(1) "/", "objects/" INDICATOR(1) "/versions/"};
	char hidden[200], unknown[200];

	put_indicator(x, OWN_C, 1, NULL, NULL);
	put_indicator(x, JOINT, 2, NULL, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE\"]}}");
	for (size_t i = 0; i < ARRAY_LEN(behind); i++) {
		(void)snprintf(hidden, sizeof(hidden), IN(OWN_C) "%s", behind[i]);
		(void)snprintf(unknown, sizeof(unknown), IN(UNKNOWN_C) "%s", behind[i]);
		same(x, "GET", x->jp_user, hidden, unknown);
		same(x, "GET", NULL, hidden, unknown);
	}
	same(x, "DELETE", x->jp_user, IN(OWN_C) "objects/" INDICATOR(1) "/", IN(UNKNOWN_C) "objects/" INDICATOR(1) "/");
	same(x, "GET", x->jp_user, IN(JOINT) "objects/" INDICATOR(2) "/", IN(JOINT) "objects/" INDICATOR(3) "/");
	same(x, "GET", x->jp_user, IN(JOINT) "objects/" INDICATOR(2) "/versions/", IN(JOINT) "objects/" INDICATOR(3) "/versions/");
	assert_status(x, x->reader, IN(JOINT) "objects/" INDICATOR(2) "/", 200);
	assert_listed(x, x->jp_user, IN(JOINT) "objects/?match[type]=indicator", "");
}

static void test_openapi(struct taxiilab *x)
{
	struct json_doc *doc = NULL;
	struct answer a;
	struct err e;

	get(x, NULL, "/taxii2/openapi.json", &a);
	assert_int_equal(a.r.status, 200);
	assert_string_equal(a.r.type, "application/json");
	assert_int_equal(json_read(a.r.fixed, a.r.fixed_n, NULL, &doc, &e), 0);
	assert_string_equal(json_get_str(json_root(doc), "openapi"), "3.1.0");
	assert_int_equal(json_len(json_get(json_root(doc), "paths")), 9);
	json_free(doc);
	answer_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(test_H1_discovery_and_slashes), RULE(test_H2_content_type), RULE(test_H3_accept_exact), RULE(test_H4_accept_without_version),
		RULE(test_H5_accept_is_a_list), RULE(test_H6_other_accepts), RULE(test_H7_no_accept), RULE(test_H12_error_resource), RULE(test_H12_error_id),
		RULE(test_H13_malformed_parameters), RULE(test_H14_given_twice), RULE(test_H15_encoded_brackets), RULE(test_H16_challenges),
		RULE(test_H17_failed_sign_in_comes_first), cmocka_unit_test(test_H17_nobody_where_nothing_is_public), RULE(test_H18_methods),
		RULE(test_H20_no_user_agent), RULE(test_H21_empty_lists_are_left_out), RULE(test_H22_timestamps), RULE(test_R1_discovery),
		RULE(test_R2_api_root), RULE(test_R3_collections), RULE(test_R3_rights_per_client), RULE(test_R4_collection),
		RULE(test_R5_reading_without_the_right), RULE(test_hidden_is_unknown), RULE(test_openapi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
