/* Order, pages, filters, versions: P1–P17 and V1–V3, each rule a test of its name. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"
#include "base/mem.h"
#include "lab.h"

#define ONLY "match[type]=indicator"
#define OBJECTS IN(JOINT) "objects/?" ONLY
#define MANIFEST IN(JOINT) "manifest/?" ONLY
#define DAY(n) "2016-09-0" #n "T08:00:00.000Z"
#define ADDED_FIRST "X-TAXII-Date-Added-First"
#define ADDED_LAST "X-TAXII-Date-Added-Last"

static void put_some(struct taxiilab *x, unsigned n)
{
	for (unsigned k = 1; k <= n; k++)
		put_indicator(x, JOINT, k, NULL, NULL);
}

static char *with(const char *target, const char *name, const char *value) { return mem_printf("%s&%s=%s", target, name, value); }

static bool more(const struct answer *a)
{
	bool yes = false;

	(void)!json_bool(json_get(answer_root(a), "more"), &yes);
	return yes;
}

static const char *next_of(const struct answer *a) { return json_get_str(answer_root(a), "next"); }

/* All pages of a query, followed by `next`; ids in order. */
static char *all_pages(struct taxiilab *x, const char *token, const char *target, unsigned *ret_pages)
{
	char *at = mem_strdup(target), *all = mem_strdup("");

	for (*ret_pages = 0; at != NULL && *ret_pages < 100; (*ret_pages)++) {
		struct answer a;
		char *ids, *sum;

		get(x, token, at, &a);
		if (a.r.status != 200)
			fail_msg("%s: %d", at, a.r.status);
		mem_free(at);
		ids = listed(&a);
		sum = mem_printf("%s%s%s", all, all[0] != '\0' ? " " : "", ids);
		mem_free(all);
		mem_free(ids);
		all = sum;
		assert_true(more(&a) == (next_of(&a) != NULL));
		at = more(&a) ? with(target, "next", next_of(&a)) : NULL;
		answer_free(&a);
	}
	mem_free(at);
	return all;
}

#define FIVE INDICATOR(1) " " INDICATOR(2) " " INDICATOR(3) " " INDICATOR(4) " " INDICATOR(5)

static void test_P1_oldest_first(struct taxiilab *x)
{
	put_some(x, 5);
	assert_listed(x, x->reader, OBJECTS, FIVE);
	assert_listed(x, x->reader, MANIFEST, FIVE);
}

static void dates(struct taxiilab *x, const char *target)
{
	struct answer a, m;
	const struct json_val *rows;
	struct json_iter it;
	const struct json_val *v;
	const char *first = NULL, *last = NULL;

	get(x, x->reader, MANIFEST "&limit=3", &m);
	rows = json_get(answer_root(&m), "objects");
	for (json_iter(&it, rows); json_next(&it, NULL, &v); last = json_get_str(v, "date_added"))
		first = first != NULL ? first : json_get_str(v, "date_added");
	get(x, x->reader, target, &a);
	assert_string_equal(answer_header(&a, ADDED_FIRST), first);
	assert_string_equal(answer_header(&a, ADDED_LAST), last);
	assert_true(strcmp(first, last) < 0);
	answer_free(&a);
	answer_free(&m);
}

static void test_P2_dates_of_the_page(struct taxiilab *x)
{
	struct answer a;

	put_some(x, 5);
	dates(x, OBJECTS "&limit=3");
	dates(x, MANIFEST "&limit=3");
	get(x, x->reader, IN(JOINT) "objects/" INDICATOR(2) "/", &a);
	assert_string_equal(answer_header(&a, ADDED_FIRST), answer_header(&a, ADDED_LAST));
	answer_free(&a);
	get(x, x->reader, IN(JOINT) "objects/" INDICATOR(2) "/versions/", &a);
	assert_non_null(answer_header(&a, ADDED_LAST));
	answer_free(&a);
	get(x, x->reader, IN(JOINT) "objects/?match[type]=malware", &a);
	assert_null(answer_header(&a, ADDED_FIRST));
	assert_null(answer_header(&a, ADDED_LAST));
	answer_free(&a);
}

static void test_P3_limit(struct taxiilab *x)
{
	put_some(x, 3);
	assert_listed(x, x->reader, OBJECTS "&limit=2", INDICATOR(1) " " INDICATOR(2));
	assert_listed(x, x->reader, OBJECTS "&limit=3", INDICATOR(1) " " INDICATOR(2) " " INDICATOR(3));
	assert_listed(x, x->reader, OBJECTS "&limit=9007199254740991", INDICATOR(1) " " INDICATOR(2) " " INDICATOR(3));
}

/* What slow readers hold makes pages shorter, never empty, and none is lost. */
static void test_P3_slow_readers_shorten_pages(struct taxiilab *x)
{
	char *text = mem_alloc(30001), *extra, *ids, *all;
	unsigned pages;

	memset(text, 'x', 30000);
	text[30000] = '\0';
	extra = mem_printf(",\"description\":\"%s\"", text);
	for (unsigned k = 1; k <= 9; k++)
		put_indicator(x, JOINT, k, NULL, extra);
	all = all_pages(x, x->reader, OBJECTS, &pages);
	assert_int_equal(pages, 1);
	x->unsent = LIMIT_PAGES_UNSENT + 1;
	ids = all_pages(x, x->reader, OBJECTS, &pages);
	assert_int_equal(pages, 5);
	assert_string_equal(ids, all);
	mem_free(ids);
	x->unsent = LIMIT_PAGES_UNSENT - 16UL * 100000;
	ids = all_pages(x, x->reader, OBJECTS, &pages);
	assert_int_equal(pages, 3);
	assert_string_equal(ids, all);
	mem_free(ids);
	ids = all_pages(x, x->reader, MANIFEST, &pages);
	assert_int_equal(pages, 1);
	mem_free(ids);
	mem_free(all);
	mem_free(extra);
	mem_free(text);
}

/* Twenty objects of nearly a megabyte are more than one answer holds; every one arrives all the same. */
static void test_P3_bytes_end_a_page_early(struct taxiilab *x)
{
	char *text = mem_alloc(960001), *extra;
	struct answer a;
	unsigned pages;
	char *ids;

	memset(text, 'x', 960000);
	text[960000] = '\0';
	extra = mem_printf(",\"description\":\"%s\"", text);
	for (unsigned k = 1; k <= 20; k++)
		put_indicator(x, JOINT, k, NULL, extra);
	get(x, x->reader, OBJECTS, &a);
	assert_int_equal(json_len(json_get(answer_root(&a), "objects")), LIMIT_PAGE_BYTES / 960500);
	assert_true(more(&a));
	assert_true(a.r.body.n <= LIMIT_PAGE_BYTES + 300);
	answer_free(&a);
	get(x, x->reader, MANIFEST, &a); /* holds none of those bytes */
	assert_int_equal(json_len(json_get(answer_root(&a), "objects")), 20);
	answer_free(&a);
	ids = all_pages(x, x->reader, OBJECTS, &pages);
	assert_int_equal(pages, 2);
	assert_int_equal(strlen(ids), 20 * strlen(INDICATOR(1)) + 19);
	mem_free(ids);
	mem_free(extra);
	mem_free(text);
}

static void test_P4_more(struct taxiilab *x)
{
	struct answer a;

	put_some(x, 3);
	get(x, x->reader, OBJECTS "&limit=2", &a);
	assert_true(more(&a) && next_of(&a) != NULL);
	answer_free(&a);
	get(x, x->reader, OBJECTS "&limit=3", &a);
	assert_null(json_get(answer_root(&a), "more"));
	assert_null(next_of(&a));
	answer_free(&a);
}

static void test_P5_next_everywhere(struct taxiilab *x)
{
	unsigned pages;
	char *ids;

	put_some(x, 5);
	ids = all_pages(x, x->reader, OBJECTS "&limit=2", &pages);
	assert_string_equal(ids, FIVE);
	assert_int_equal(pages, 3);
	mem_free(ids);
	ids = all_pages(x, x->reader, MANIFEST "&limit=2", &pages);
	assert_string_equal(ids, FIVE);
	assert_int_equal(pages, 3);
	mem_free(ids);
	for (unsigned d = 2; d <= 5; d++) {
		char day[32];

		(void)snprintf(day, sizeof(day), "2016-09-0%uT08:00:00.000Z", d);
		put_indicator(x, JOINT, 1, day, NULL);
	}
	ids = all_pages(x, x->reader, IN(JOINT) "objects/" INDICATOR(1) "/versions/?limit=2", &pages);
	assert_string_equal(ids, DAY(1) " " DAY(2) " " DAY(3) " " DAY(4) " " DAY(5));
	assert_int_equal(pages, 3);
	mem_free(ids);
}

static char *first_next(struct taxiilab *x, const char *token, const char *target)
{
	struct answer a;
	char *next;

	get(x, token, target, &a);
	assert_non_null(next_of(&a));
	next = mem_strdup(next_of(&a));
	answer_free(&a);
	return next;
}

static int next_status(struct taxiilab *x, const char *token, const char *target, const char *next)
{
	char *at = with(target, "next", next);
	const int status = status_of(x, token, at);

	mem_free(at);
	return status;
}

static void test_P6_foreign_tokens(struct taxiilab *x)
{
	char *next, *other;

	put_some(x, 3);
	for (unsigned k = 1; k <= 3; k++)
		put_indicator(x, OWN_C, k, NULL, NULL);
	next = first_next(x, x->reader, OBJECTS "&limit=1");
	assert_int_equal(next_status(x, x->reader, OBJECTS "&limit=1", next), 200);
	assert_int_equal(next_status(x, x->reader, OBJECTS "&limit=1", next), 200); /* not used up by reading */
	assert_int_equal(next_status(x, x->editor, OBJECTS "&limit=1", next), 400);
	assert_int_equal(next_status(x, x->reader, IN(OWN_C) "objects/?limit=1", next), 400);
	for (size_t i = 0; i < strlen(next); i++) {
		const char was = next[i];

		next[i] = was == 'A' ? 'B' : 'A';
		assert_int_equal(next_status(x, x->reader, OBJECTS, next), 400);
		next[i] = was;
	}
	next[10] = '+';
	assert_int_equal(next_status(x, x->reader, OBJECTS, next), 400);
	assert_int_equal(next_status(x, x->reader, OBJECTS, ""), 400);
	assert_int_equal(next_status(x, x->reader, OBJECTS, "12"), 400);
	other = first_next(x, x->read_only, OBJECTS "&limit=1"); /* another token of the same user */
	assert_int_equal(next_status(x, x->editor, OBJECTS, other), 200);
	mem_free(other);
	mem_free(next);
}

static void test_P6_valid_across_restart(struct taxiilab *x)
{
	char *next, *at;

	put_some(x, 3);
	next = first_next(x, x->reader, OBJECTS "&limit=1");
	taxiilab_restart(x);
	at = with(OBJECTS, "next", next);
	assert_listed(x, x->reader, at, INDICATOR(2) " " INDICATOR(3));
	mem_free(at);
	mem_free(next);
}

static void test_P7_next_with_other_parameters(struct taxiilab *x)
{
	char *next, *at;

	put_some(x, 5);
	next = first_next(x, x->reader, OBJECTS "&limit=2&added_after=2000-01-01T00:00:00Z");
	at = with(OBJECTS "&limit=2&added_after=2000-01-01T00:00:00Z", "next", next);
	assert_listed(x, x->reader, at, INDICATOR(3) " " INDICATOR(4));
	mem_free(at);
	at = with(OBJECTS "&limit=1", "next", next); /* added_after dropped, another limit */
	assert_listed(x, x->reader, at, INDICATOR(3));
	mem_free(at);
	at = with(MANIFEST, "next", next); /* a position is no page of one endpoint */
	assert_listed(x, x->reader, at, INDICATOR(3) " " INDICATOR(4) " " INDICATOR(5));
	mem_free(at);
	mem_free(next);
}

static void test_P8_added_after_is_strict(struct taxiilab *x)
{
	static const size_t digits[] = {26, 23}; /* 6 digits and Z, or what stays of 3 */
	struct answer a;
	char date[40], cut[40];
	char *at;

	put_some(x, 3);
	get(x, x->reader, OBJECTS "&limit=1", &a);
	memcpy(date, answer_header(&a, ADDED_LAST), 28);
	answer_free(&a);
	at = with(OBJECTS, "added_after", date);
	assert_listed(x, x->reader, at, INDICATOR(2) " " INDICATOR(3));
	mem_free(at);
	for (size_t i = 0; i < ARRAY_LEN(digits); i++) {
		char *ids;

		memcpy(cut, date, digits[i]);
		strcpy(cut + digits[i], "Z");
		at = with(OBJECTS, "added_after", cut);
		ids = listed_at(x, x->reader, at);
		assert_non_null(strstr(ids, INDICATOR(2) " " INDICATOR(3)));
		mem_free(ids);
		mem_free(at);
	}
	assert_listed(x, x->reader, OBJECTS "&added_after=2200-01-01T00:00:00Z", "");
	assert_listed(x, x->reader, OBJECTS "&added_after=1700-01-01T00:00:00Z", INDICATOR(1) " " INDICATOR(2) " " INDICATOR(3));
}

/* One envelope of many objects, followed by dates alone, one at a time: none is lost. */
static void test_P9_following_dates(struct taxiilab *x)
{
	char date[40] = "2000-01-01T00:00:00Z";
	unsigned seen = 0;

	add_many(&x->de, 1, 50);
	for (bool again = true; again && seen <= 50;) {
		char *at = with(OBJECTS "&limit=1", "added_after", date);
		struct answer a;

		get(x, x->reader, at, &a);
		again = more(&a);
		seen += (unsigned)json_len(json_get(answer_root(&a), "objects"));
		memcpy(date, answer_header(&a, ADDED_LAST), 28);
		answer_free(&a);
		mem_free(at);
	}
	assert_int_equal(seen, 50);
}

static void test_P10_from_the_oldest(struct taxiilab *x)
{
	put_some(x, 4);
	assert_listed(x, x->reader, OBJECTS "&limit=1", INDICATOR(1));
	assert_listed(x, x->reader, OBJECTS "&match[id]=" INDICATOR(4) "," INDICATOR(2) "&limit=1", INDICATOR(2));
}

static void put_versions_and_specs(struct taxiilab *x)
{
	put_indicator(x, JOINT, 1, DAY(1), NULL);
	put_indicator(x, JOINT, 2, DAY(1), NULL);
	put_indicator(x, JOINT, 1, DAY(2), NULL);
	put_indicator(x, JOINT, 1, DAY(3), NULL);
	put_v20(x, JOINT, 1, DAY(4));
	put_v20(x, JOINT, 3, DAY(1));
}

static void test_P11_filters(struct taxiilab *x)
{
	static const struct { const char *query, *ids; } cases[] = {
		{"match[id]=" INDICATOR(2) "," INDICATOR(1), INDICATOR(2) " " INDICATOR(1)},
		{"match[type]=indicator,malware", INDICATOR(2) " " INDICATOR(1) " " INDICATOR(3)},
		{"match[type]=malware", ""},
		{"match[type]=malware&match[id]=" INDICATOR(1), ""},
		{"match[type]=indicator&match[version]=first", INDICATOR(1) " " INDICATOR(2) " " INDICATOR(3)},
		{"match[type]=indicator&match[version]=" DAY(2), INDICATOR(1)},
		{"match[type]=indicator&match[spec_version]=2.0", INDICATOR(1) " " INDICATOR(3)},
	};
	static const char *const where[] = {"objects", "manifest"};
	char target[400];

	put_versions_and_specs(x);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t k = 0; k < ARRAY_LEN(where); k++) {
			(void)snprintf(target, sizeof(target), IN(JOINT) "%s/?%s", where[k], cases[i].query);
			assert_listed(x, x->reader, target, cases[i].ids);
		}
}

static void test_P12_unknown_type(struct taxiilab *x)
{
	assert_listed(x, x->reader, IN(JOINT) "objects/?match[type]=course-of-action,x-nothing,Not_a-Type", "");
	assert_listed(x, x->reader, IN(JOINT) "objects/?match[id]=not--an-id", "");
}

static char *versions_at(struct taxiilab *x, const char *target)
{
	struct buf b = BUF_INIT(0);
	const struct json_val *v;
	struct json_iter it;
	struct answer a;

	get(x, x->reader, target, &a);
	assert_int_equal(a.r.status, 200);
	for (json_iter(&it, json_get(answer_root(&a), "objects")); json_next(&it, NULL, &v);)
		buf_printf(&b, "%s%s", b.n > 0 ? " " : "", json_get_str(v, "version") != NULL ? json_get_str(v, "version") : json_get_str(v, "modified"));
	buf_puts(&b, "");
	answer_free(&a);
	return b.p != NULL ? b.p : mem_strdup("");
}

static void assert_versions(struct taxiilab *x, const char *target, const char *expected)
{
	char *s = versions_at(x, target);

	if (strcmp(s, expected) != 0)
		fail_msg("%s: %s, not %s", target, s, expected);
	mem_free(s);
}

#define ONE IN(JOINT) "objects/" INDICATOR(1) "/"
static void test_P13_which_versions(struct taxiilab *x)
{
	put_versions_and_specs(x);
	assert_versions(x, ONE, DAY(3)); /* the last of the newest specification it has */
	assert_versions(x, ONE "?match[spec_version]=2.0,2.1", DAY(4));
	assert_versions(x, ONE "?match[spec_version]=2.1", DAY(3));
	assert_versions(x, ONE "?match[version]=first", DAY(1));
	assert_versions(x, ONE "?match[version]=all", DAY(1) " " DAY(2) " " DAY(3));
	assert_versions(x, ONE "?match[version]=first,last", DAY(1) " " DAY(3));
	assert_versions(x, ONE "?match[version]=last," DAY(2), DAY(2) " " DAY(3));
	assert_versions(x, MANIFEST "&match[id]=" INDICATOR(1) "&match[version]=all&match[spec_version]=2.0,2.1", DAY(1) " " DAY(2) " " DAY(3) " " DAY(4));
	assert_int_equal(status_of(x, x->reader, ONE "?match[version]=all,first"), 400);
}

static void test_P14_versions_compare_as_times(struct taxiilab *x)
{
	put_versions_and_specs(x);
	assert_versions(x, ONE "?match[version]=2016-09-02T08:00:00Z", DAY(2));
	assert_versions(x, ONE "?match[version]=2016-09-02T08:00:00.000000000Z", DAY(2));
	assert_versions(x, ONE "?match[version]=2016-09-02T08:00:00.001Z", "");
}

static void test_P15_newest_specification(struct taxiilab *x)
{
	put_versions_and_specs(x);
	assert_listed(x, x->reader, OBJECTS, INDICATOR(2) " " INDICATOR(1) " " INDICATOR(3)); /* 1 once, as 2.1; 3 is there in 2.0 alone */
	assert_versions(x, OBJECTS "&match[id]=" INDICATOR(1), DAY(3));
}

static void test_P16_manifest_records(struct taxiilab *x)
{
	struct answer a;
	const struct json_val *v;
	struct json_iter it;
	unsigned n = 0;

	put_versions_and_specs(x);
	get(x, x->reader, MANIFEST, &a);
	for (json_iter(&it, json_get(answer_root(&a), "objects")); json_next(&it, NULL, &v); n++) {
		const bool v20 = strcmp(json_get_str(v, "id"), INDICATOR(3)) == 0;

		assert_int_equal(json_len(v), 4);
		assert_int_equal(strlen(json_get_str(v, "date_added")), 27);
		assert_non_null(json_get_str(v, "version"));
		assert_string_equal(json_get_str(v, "media_type"), v20 ? "application/stix+json;version=2.0" : "application/stix+json;version=2.1");
	}
	assert_int_equal(n, 3);
	answer_free(&a);
}

static void test_P17_nothing_found(struct taxiilab *x)
{
	static const char *const empty[] = {ONE "?match[version]=2000-01-01T00:00:00Z", ONE "?match[spec_version]=2.0", ONE "?match[spec_version]=9.9",
		ONE "?added_after=2200-01-01T00:00:00Z", ONE "versions/?match[spec_version]=2.0", IN(JOINT) "objects/?match[id]=" INDICATOR(2)};
	struct answer a;

	put_some(x, 1);
	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		get(x, x->reader, empty[i], &a);
		assert_int_equal(a.r.status, 200);
		assert_string_equal(a.r.body.p, "{}");
		answer_free(&a);
	}
	assert_int_equal(status_of(x, x->reader, IN(JOINT) "objects/" INDICATOR(2) "/"), 404);
	assert_int_equal(status_of(x, x->reader, IN(JOINT) "objects/" INDICATOR(2) "/versions/"), 404);
	assert_int_equal(status_of(x, x->reader, IN(JOINT) "objects/%20/"), 404);
	assert_int_equal(status_of(x, x->reader, IN(JOINT) "objects/indicator/"), 404);
}

/* ---- V ---- */

static void test_V1_versions(struct taxiilab *x)
{
	put_versions_and_specs(x);
	assert_listed(x, x->reader, ONE "versions/", DAY(1) " " DAY(2) " " DAY(3));
	assert_listed(x, x->reader, ONE "versions/?match[spec_version]=2.0", DAY(4));
	assert_listed(x, x->reader, ONE "versions/?limit=1&match[version]=last", DAY(1)); /* no field of this endpoint: not looked at */
}

#define ADDRESS "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"
static void test_V2_objects_without_modified(struct taxiilab *x)
{
	struct answer a;
	char *first, *again;

	put(x, JOINT, "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" ADDRESS "\",\"value\":\"198.51.100.3\"}");
	put(x, JOINT, "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"marking-definition--00000001-0000-4000-8000-000000000001\","
	    "\"created\":\"2016-09-01T08:00:00.5Z\",\"definition_type\":\"statement\",\"definition\":{\"statement\":\"Copyright\"}}");
	assert_listed(x, x->reader, IN(JOINT) "objects/marking-definition--00000001-0000-4000-8000-000000000001/versions/", "2016-09-01T08:00:00.5Z");
	first = listed_at(x, x->reader, IN(JOINT) "objects/" ADDRESS "/versions/");
	get(x, x->reader, IN(JOINT) "objects/" ADDRESS "/versions/", &a);
	assert_string_equal(first, answer_header(&a, ADDED_FIRST)); /* the server's own, and always the same */
	answer_free(&a);
	taxiilab_restart(x);
	again = listed_at(x, x->reader, IN(JOINT) "objects/" ADDRESS "/versions/");
	assert_string_equal(first, again);
	mem_free(first);
	mem_free(again);
}

static void test_V3_versions_are_the_objects_words(struct taxiilab *x)
{
	static const char *const times[] = {"2016-09-01T08:00:00.123456789Z", "2016-09-02T08:00:00.1234Z", "2016-09-03T08:00:00.000Z"};
	char target[200];

	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		put_indicator(x, JOINT, 1, times[i], NULL);
	assert_versions(x, MANIFEST "&match[version]=all", "2016-09-01T08:00:00.123456789Z 2016-09-02T08:00:00.1234Z 2016-09-03T08:00:00.000Z");
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		(void)snprintf(target, sizeof(target), ONE "?match[version]=%s", times[i]);
		assert_versions(x, target, times[i]);
	}
}

/* ---- beside the standard: bytes as stored, conditional requests ---- */

static void test_bytes_as_stored(struct taxiilab *x)
{
	struct buf expected = BUF_INIT(0);
	struct entry en;
	struct answer a;
	struct err e;

	put_some(x, 1);
	assert_int_equal(record_newest(x->de.rd, INDICATOR(1), NULL, &en, &e), 0);
	buf_puts(&expected, "{\"objects\":[");
	json_canon(en.object.val, &expected);
	buf_puts(&expected, "]}");
	entry_free(&en);
	get(x, x->reader, OBJECTS, &a);
	assert_string_equal(a.r.body.p, expected.p);
	assert_true(a.r.may_pack);
	buf_free(&expected);
	answer_free(&a);
}

static void known(struct taxiilab *x, const char *token, const char *target, int expected_after_hidden, int expected_after_seen)
{
	struct answer a, b;
	char headers[200];

	get(x, token, target, &a);
	assert_non_null(answer_header(&a, "ETag"));
	(void)snprintf(headers, sizeof(headers), "If-None-Match: %s", answer_header(&a, "ETag"));
	ask(x, "GET", token, headers, target, &b);
	assert_int_equal(b.r.status, 304);
	assert_int_equal(b.r.body.n, 0);
	assert_string_equal(answer_header(&a, "ETag"), answer_header(&b, "ETag"));
	answer_free(&b);
	put_indicator(x, JOINT, 8, NULL, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE\"]}}");
	ask(x, "GET", token, headers, target, &b);
	assert_int_equal(b.r.status, expected_after_hidden);
	answer_free(&b);
	put_indicator(x, JOINT, 9, NULL, NULL);
	ask(x, "GET", token, headers, target, &b);
	assert_int_equal(b.r.status, expected_after_seen);
	answer_free(&b);
	answer_free(&a);
}

static void test_etag_of_hidden_rows(struct taxiilab *x)
{
	put_some(x, 2);
	known(x, x->jp_user, OBJECTS, 304, 200);
}

static void test_etag_of_one_object(struct taxiilab *x)
{
	put_some(x, 2);
	known(x, x->jp_user, ONE, 304, 304);
}

/* Whatever allocation fails: the answer is whole, and says so. */
static void test_no_memory(struct taxiilab *x)
{
	static const char *const targets[] = {OBJECTS "&limit=2", IN("joint") "manifest/", ONE "versions/", ONE "?match[version]=2000-01-01T00:00:00Z", API "collections/"};
	struct answer a;

	put_some(x, 3);
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		bool good = false;

		for (x->fail_after = 1; !good && x->fail_after < 2000; x->fail_after++) {
			get(x, x->reader, targets[i], &a);
			good = a.r.status == 200;
			if (!good && a.r.status != 503)
				fail_msg("%s: without the allocation %ld: %d", targets[i], x->fail_after, a.r.status);
			answer_free(&a);
		}
		x->fail_after = 0;
		assert_true(good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(test_P1_oldest_first), RULE(test_P2_dates_of_the_page), RULE(test_P3_limit), RULE(test_P3_bytes_end_a_page_early), RULE(test_P3_slow_readers_shorten_pages), RULE(test_P4_more),
		RULE(test_P5_next_everywhere), RULE(test_P6_foreign_tokens), RULE(test_P6_valid_across_restart), RULE(test_P7_next_with_other_parameters),
		RULE(test_P8_added_after_is_strict), RULE(test_P9_following_dates), RULE(test_P10_from_the_oldest), RULE(test_P11_filters),
		RULE(test_P12_unknown_type), RULE(test_P13_which_versions), RULE(test_P14_versions_compare_as_times), RULE(test_P15_newest_specification),
		RULE(test_P16_manifest_records), RULE(test_P17_nothing_found), RULE(test_V1_versions), RULE(test_V2_objects_without_modified),
		RULE(test_V3_versions_are_the_objects_words), RULE(test_bytes_as_stored), RULE(test_etag_of_hidden_rows), RULE(test_etag_of_one_object),
		RULE(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
