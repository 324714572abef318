/* Adding objects, and what becomes of them: rules H8–H12, R5–R11, S21 of the conformance list, by name. */
#include "../http/wire.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <strings.h>

#include "base/mem.h"
#include "http/priv.h"
#include "lab.h"
#include "taxii/ingest.h"

#define OBJECTS IN(JOINT) "objects/"
#define PLAIN "Content-Type: application/taxii+json;version=2.1"

/* ---- asking ---- */

struct asking { char token[128]; const char *type, *accept; };

static const char *header(const struct http_req *q, const char *name)
{
	const struct asking *const a = q->impl;

	if (strcasecmp(name, "Authorization") == 0)
		return a->token[0] != '\0' ? a->token : NULL;
	if (strcasecmp(name, "Content-Type") == 0)
		return a->type;
	return strcasecmp(name, "Accept") == 0 ? a->accept : NULL;
}

static void post_as(struct taxiilab *x, const char *token, const char *type, const char *accept, const char *path, const char *body, size_t n, struct answer *ret)
{
	struct asking a = {.type = type, .accept = accept};
	struct http_req q = {.method = HTTP_POST, .path = path, .header = header, .impl = &a, .addr = "192.0.2.1", .rest = "", .body = body, .body_n = n};
	struct err e = {0};

	memset(ret, 0, sizeof(*ret));
	if (token != NULL)
		(void)snprintf(a.token, sizeof(a.token), "Bearer %s", token);
	http_dispatch(&x->conf, x->de.rd, &q, &ret->r);
	if (ret->r.body.n > 0 && json_read(ret->r.body.p, ret->r.body.n, &(struct json_read_opt){.max_bytes = LIMIT_JSON_BULK}, &ret->doc, &e) != 0)
		fail_msg("%s: %s\n%.300s", path, e.msg, ret->r.body.p);
}

static void post(struct taxiilab *x, const char *body, struct answer *ret)
{
	post_as(x, x->editor, TAXII_TYPE, TAXII_TYPE, OBJECTS, body, strlen(body), ret);
}

static int64_t number(const struct answer *a, const char *name)
{
	int64_t n = -1;

	if (!json_int(json_get(answer_root(a), name), &n))
		fail_msg("no %s in %s", name, a->r.body.p);
	return n;
}

/* R6: counts add up; a list that is there is as long as its count. */
static void check_status(const struct answer *a)
{
	static const char *const lists[][2] = {{"successes", "success_count"}, {"failures", "failure_count"}, {"pendings", "pending_count"}};

	assert_int_equal(number(a, "total_count"), number(a, "success_count") + number(a, "failure_count") + number(a, "pending_count"));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (json_get(answer_root(a), lists[i][0]) != NULL)
			assert_int_equal(json_len(json_get(answer_root(a), lists[i][0])), number(a, lists[i][1]));
	assert_true(number(a, "pending_count") == 0 || json_str_is(json_get(answer_root(a), "status"), "pending"));
}

static void expect_counts(const struct answer *a, int64_t success, int64_t failure)
{
	if (a->r.status != 202)
		fail_msg("%d %s", a->r.status, a->r.body.p);
	check_status(a);
	if (number(a, "success_count") != success || number(a, "failure_count") != failure)
		fail_msg("not %lld and %lld: %s", (long long)success, (long long)failure, a->r.body.p);
	assert_true(json_str_is(json_get(answer_root(a), "status"), "complete"));
}

/* A member of the n-th entry of a list, or "". */
static const char *detail(const struct answer *a, const char *list, size_t n, const char *name)
{
	const struct json_val *v = NULL;
	struct json_iter it;

	json_iter(&it, json_get(answer_root(a), list));
	for (size_t i = 0; i <= n; i++)
		if (!json_next(&it, NULL, &v))
			return "";
	return json_get_str(v, name) != NULL ? json_get_str(v, name) : "";
}

static void put_object(struct buf *b, unsigned k, const char *modified, const char *extra)
{
	buf_printf(b, "%s{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--%08x-0000-4000-8000-000000000001\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"modified\":\"%s\",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\"%s}",
	    b->n > 12 ? "," : "", k, modified != NULL ? modified : "2016-09-01T08:00:00.000Z", extra != NULL ? extra : "");
}

static void envelope(struct buf *b, unsigned first, unsigned count)
{
	buf_clear(b);
	buf_puts(b, "{\"objects\":[");
	for (unsigned k = 0; k < count; k++)
		put_object(b, first + k, NULL, NULL);
	buf_puts(b, "]}");
	assert_int_equal(b->err, 0);
}

static bool recorded(struct taxiilab *x, unsigned k)
{
	char id[64];
	struct entry en;
	struct err e;

	(void)snprintf(id, sizeof(id), "indicator--%08x-0000-4000-8000-000000000001", k);
	if (record_newest(x->de.rd, id, NULL, &en, &e) != 0)
		return false;
	entry_free(&en);
	return true;
}

static size_t spooled(const struct taxiilab *x)
{
	CLEANUP_STR char *path = mem_printf("%s/spool", x->de.dir);
	DIR *const d = opendir(path);
	const struct dirent *f;
	size_t n = 0;

	assert_non_null(d);
	while ((f = readdir(d)) != NULL)
		n += f->d_name[0] != '.';
	closedir(d);
	return n;
}

/* ---- heads ---- */

static void test_H8_H9_media_types(void **state)
{
	static const char *const good[] = {"application/taxii+json;version=2.1", "application/taxii+json", "application/taxii+json; version=2.1",
		"Application/TAXII+JSON ; Version=\"2.1\"", "application/taxii+json;version=2.1;charset=utf-8"};
	static const char *const bad[] = {"application/json", "application/taxii+json;version=2.0", "application/stix+json;version=2.1", "text/plain", "", NULL};
	struct taxiilab *const x = *state;
	CLEANUP_BUF struct buf b = {0};
	struct answer a;

	envelope(&b, 0x100, 1);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		post_as(x, x->editor, good[i], TAXII_TYPE, OBJECTS, b.p, b.n, &a);
		expect_counts(&a, 1, 0);
		answer_free(&a);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		post_as(x, x->editor, bad[i], TAXII_TYPE, OBJECTS, b.p, b.n, &a);
		assert_int_equal(a.r.status, 415);
		assert_string_equal(answer_header(&a, "Accept"), TAXII_TYPE);
		answer_free(&a);
	}
	post_as(x, x->editor, TAXII_TYPE, "application/json", OBJECTS, b.p, b.n, &a);
	assert_int_equal(a.r.status, 406);
	answer_free(&a);
}

static void test_H10_size(void **state)
{
	struct taxiilab *const x = *state;
	struct answer a;
	char c = '{';

	/* nothing of it is looked at */
	post_as(x, x->editor, TAXII_TYPE, TAXII_TYPE, OBJECTS, &c, LIMIT_TAXII_BODY + 1, &a);
	assert_int_equal(a.r.status, 413);
	assert_string_equal(a.r.type, TAXII_TYPE);
	answer_free(&a);
}

static void test_H11_H12_bodies(void **state)
{
	static const struct { const char *body; int status; } rows[] = {
		{"{", 400}, {"", 400}, {"{}", 422}, {"{\"objects\":{}}", 400}, {"{\"objects\":[]}", 422}, {"{\"objects\":[{\"type\":\"indicator\"}]}", 422}, {"[]", 422},
		{"{\"type\":\"bundle\",\"id\":\"bundle--a8f0a5c0-0000-4000-8000-000000000001\",\"objects\":[{\"id\":\"x\"}]}", 422},
	};
	struct taxiilab *const x = *state;
	struct answer a;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char status[16];

		post(x, rows[i].body, &a);
		if (a.r.status != rows[i].status)
			fail_msg("%s: %d", rows[i].body, a.r.status);
		(void)snprintf(status, sizeof(status), "%d", rows[i].status);
		assert_string_equal(a.r.type, TAXII_TYPE);
		assert_non_null(json_get_str(answer_root(&a), "title"));
		assert_non_null(json_get_str(answer_root(&a), "description"));
		assert_true(json_str_is(json_get(answer_root(&a), "http_status"), status));
		answer_free(&a);
	}
}

static void test_H16_H17_R5_rights(void **state)
{
	struct taxiilab *const x = *state;
	const struct { const char *token, *path; int status; } rows[] = {
		{NULL, OBJECTS, 401}, {"vb_no", OBJECTS, 401}, {NULL, IN(OPEN_C) "objects/", 401}, {NULL, IN(UNKNOWN_C) "objects/", 401},
		{x->editor, IN(UNKNOWN_C) "objects/", 404}, {x->editor, IN("nothing") "objects/", 404}, {x->reader, OBJECTS, 403}, {x->read_only, OBJECTS, 403},
		{x->jp_user, OBJECTS, 403}, {x->jp_user, IN(OWN_C) "objects/", 404}, {x->scoped, IN(OWN_C) "objects/", 202}, {x->write_only, OBJECTS, 202},
		{x->editor, IN("joint") "objects/", 202},
	};
	CLEANUP_BUF struct buf b = {0};
	struct answer a;

	envelope(&b, 0x100, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		post_as(x, rows[i].token, TAXII_TYPE, TAXII_TYPE, rows[i].path, b.p, b.n, &a);
		if (a.r.status != rows[i].status)
			fail_msg("row %zu: %d %s", i, a.r.status, a.r.body.p);
		assert_true((a.r.status == 401) == (answer_header(&a, "WWW-Authenticate") != NULL));
		if (a.r.status == 202)
			assert_non_null(strstr(a.r.who, "muster"));
		answer_free(&a);
	}
}

/* ---- verdicts ---- */

static void test_R6_R7_R9_each_alone(void **state)
{
	struct taxiilab *const x = *state;
	CLEANUP_BUF struct buf b = {0};
	struct answer a, m;

	buf_puts(&b, "{\"objects\":[");
	put_object(&b, 0x200, NULL, NULL);
	put_object(&b, 0x201, NULL, ",\"confidence\":101");
	put_object(&b, 0x202, "2016-09-01T08:00:00.123456789Z", NULL);
	buf_puts(&b, ",{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\",\"value\":\"198.51.100.3\"}"
	    ",{\"type\":\"bundle\",\"id\":\"bundle--a8f0a5c0-0000-4000-8000-000000000001\"},{\"id\":\"x\",\"y\":1,\"y\":2}]}");
	post(x, b.p, &a);
	expect_counts(&a, 3, 3);
	assert_int_equal(number(&a, "total_count"), 6);
	assert_string_equal(detail(&a, "successes", 0, "id"), "indicator--00000200-0000-4000-8000-000000000001");
	assert_string_equal(detail(&a, "successes", 0, "version"), "2016-09-01T08:00:00.000Z");
	assert_string_equal(detail(&a, "successes", 1, "version"), "2016-09-01T08:00:00.123456789Z");
	/* V2: what bears no version has the date it was added */
	get(x, x->editor, IN(JOINT) "manifest/?match[id]=ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", &m);
	assert_string_equal(detail(&a, "successes", 2, "version"), detail(&m, "objects", 0, "date_added"));
	assert_string_equal(detail(&a, "successes", 2, "version"), detail(&m, "objects", 0, "version"));
	answer_free(&m);
	assert_string_equal(detail(&a, "failures", 0, "id"), "indicator--00000201-0000-4000-8000-000000000001");
	assert_non_null(strstr(detail(&a, "failures", 0, "message"), "confidence"));
	assert_non_null(strstr(detail(&a, "failures", 1, "id"), "bundle--")); /* S21 */
	assert_string_equal(detail(&a, "failures", 2, "id"), "x");
	assert_non_null(strstr(detail(&a, "failures", 2, "message"), "duplicate"));
	assert_int_equal(strlen(json_get_str(answer_root(&a), "request_timestamp")), 27);
	answer_free(&a);
	assert_true(recorded(x, 0x200) && recorded(x, 0x202) && !recorded(x, 0x201));
}

/* What is taken all the same is told, in the answer and in the status; of long envelopes the first. */
static void test_warnings_are_told(void **state)
{
	struct taxiilab *const x = *state;
	CLEANUP_BUF struct buf b = {0};
	struct answer a;
	char path[100];

	buf_puts(&b, "{\"objects\":[");
	put_object(&b, 0x2100, NULL, ",\"x_ID\":1,\"colour\":2");
	put_object(&b, 0x2101, NULL, ",\"description\":\"a\",\"indicator_types\":[\"unknown\"]");
	buf_puts(&b, ",{\"type\":\"x-many\",\"spec_version\":\"2.1\",\"id\":\"x-many--00000000-0000-4000-8000-000000000001\",\"created\":\"2016-09-01T08:00:00Z\",\"modified\":\"2016-09-01T08:00:00Z\"");
	for (int i = 0; i < 20; i++)
		buf_printf(&b, ",\"Name_of_a_property_%d\":1", i);
	buf_puts(&b, "}]}");
	post(x, b.p, &a);
	expect_counts(&a, 3, 0);
	(void)snprintf(path, sizeof(path), API "status/%s/", json_get_str(answer_root(&a), "id"));
	for (int i = 0; i < 2; i++) {
		const char *first = detail(&a, "successes", 0, "message"), *third = detail(&a, "successes", 2, "message");

		if (strstr(first, "recorded; but $") == NULL || strstr(first, "$.x_ID: rule custom-name: ") == NULL || strstr(first, "; $.colour: rule unknown: ") == NULL)
			fail_msg("%s", first);
		assert_string_equal(detail(&a, "successes", 1, "message"), "");
		assert_true(strlen(third) > LIMIT_WARNING_TEXT - 10 && strlen(third) < LIMIT_WARNING_TEXT + 20);
		assert_string_equal(third + strlen(third) - 3, "\xe2\x80\xa6");
		answer_free(&a);
		get(x, x->editor, path, &a);
		assert_int_equal(a.r.status, 200);
	}
	answer_free(&a);
	buf_clear(&b);
	buf_puts(&b, "{\"objects\":[");
	for (unsigned i = 0; i < LIMIT_STATUS_STORED + 20; i++)
		put_object(&b, 0x2200 + i, NULL, ",\"colour\":2");
	buf_puts(&b, "]}");
	post(x, b.p, &a);
	expect_counts(&a, LIMIT_STATUS_STORED + 20, 0);
	(void)snprintf(path, sizeof(path), API "status/%s/", json_get_str(answer_root(&a), "id"));
	assert_non_null(strstr(detail(&a, "successes", LIMIT_STATUS_STORED + 19, "message"), "$.colour: rule unknown"));
	answer_free(&a);
	get(x, x->editor, path, &a);
	assert_null(json_get(answer_root(&a), "successes"));
	assert_int_equal(number(&a, "x_warning_count"), LIMIT_STATUS_STORED + 20);
	assert_int_equal(json_len(json_get(answer_root(&a), "x_warnings")), LIMIT_STATUS_WARNINGS);
	assert_non_null(strstr(detail(&a, "x_warnings", 0, "message"), "$.colour: rule unknown"));
	answer_free(&a);
}

static void test_R10_R11_again(void **state)
{
	struct taxiilab *const x = *state;
	CLEANUP_BUF struct buf b = {0};
	struct answer a;

	envelope(&b, 0x300, 2);
	for (int i = 0; i < 2; i++) {
		post(x, b.p, &a);
		expect_counts(&a, 2, 0);
		assert_true((strstr(detail(&a, "successes", 1, "message"), "before") != NULL) == (i == 1));
		answer_free(&a);
	}
	buf_clear(&b);
	buf_puts(&b, "{\"objects\":[");
	put_object(&b, 0x300, NULL, ",\"name\":\"another\"");
	put_object(&b, 0x300, "2016-09-01T09:00:00.000Z", ",\"name\":\"newer\"");
	buf_puts(&b, "]}");
	post(x, b.p, &a);
	expect_counts(&a, 2, 0);
	assert_non_null(strstr(detail(&a, "successes", 0, "message"), "kept"));
	assert_string_equal(detail(&a, "successes", 1, "message"), "");
	answer_free(&a);
}

static void test_R8_status(void **state)
{
	struct taxiilab *const x = *state;
	static const char *const odd[] = {"x", "a8f0a5c0-0000-4000-8000-00000000000", "a8f0a5c0-0000-4000-8000-000000000001", "%20", "../status"};
	CLEANUP_BUF struct buf b = {0};
	struct answer a, again;
	char path[100];

	envelope(&b, 0x400, 3);
	post(x, b.p, &a);
	expect_counts(&a, 3, 0);
	(void)snprintf(path, sizeof(path), API "status/%s/", json_get_str(answer_root(&a), "id"));
	for (int i = 0; i < 2; i++) {
		get(x, x->editor, path, &again);
		assert_int_equal(again.r.status, 200);
		assert_string_equal(again.r.type, TAXII_TYPE);
		check_status(&again);
		assert_string_equal(again.r.body.p, a.r.body.p);
		answer_free(&again);
		if (i == 0)
			taxiilab_restart(x);
	}
	assert_int_equal(status_of(x, x->reader, path), 404);
	assert_int_equal(status_of(x, NULL, path), 404);
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof(path), API "status/%s/", odd[i]);
		assert_int_equal(status_of(x, x->editor, path), 404);
	}
	/* older than it is kept */
	(void)snprintf(path, sizeof(path), API "status/%s/", json_get_str(answer_root(&a), "id"));
	x->l.now += (LIMIT_STATUS_KEEP_S + 10) * NS_PER_S;
	assert_int_equal(status_of(x, x->editor, path), 404);
	answer_free(&a);
}

/* ---- large ones ---- */

static void wait_complete(struct taxiilab *x, const char *path, struct answer *a)
{
	for (int i = 0; i < 3000; i++) {
		get(x, x->editor, path, a);
		assert_int_equal(a->r.status, 200);
		check_status(a);
		if (json_str_is(json_get(answer_root(a), "status"), "complete"))
			return;
		answer_free(a);
		usleep(20000);
	}
	fail_msg("never complete: %s", path);
}

static void post_large(struct taxiilab *x, unsigned first, unsigned count, char path[100])
{
	CLEANUP_BUF struct buf b = {0};
	struct answer a;

	buf_puts(&b, "{\"objects\":[");
	for (unsigned k = 0; k < count; k++)
		put_object(&b, first + k, NULL, k % 1000 == 999 ? ",\"confidence\":101" : NULL);
	buf_puts(&b, "]}");
	post(x, b.p, &a);
	if (a.r.status != 202)
		fail_msg("%d %s", a.r.status, a.r.body.p);
	check_status(&a);
	assert_int_equal(number(&a, "total_count"), count);
	assert_int_equal(number(&a, "pending_count"), count);
	(void)snprintf(path, 100, API "status/%s/", json_get_str(answer_root(&a), "id"));
	answer_free(&a);
}

static void test_large(void **state)
{
	struct taxiilab *const x = *state;
	struct answer a;
	char path[100];

	post_large(x, 0x10000, 12000, path);
	wait_complete(x, path, &a);
	assert_int_equal(number(&a, "success_count"), 11988);
	assert_int_equal(number(&a, "failure_count"), 12);
	assert_null(json_get(answer_root(&a), "successes"));
	assert_non_null(strstr(detail(&a, "failures", 11, "message"), "confidence"));
	answer_free(&a);
	assert_true(recorded(x, 0x10000) && recorded(x, 0x10000 + 11998) && !recorded(x, 0x10000 + 11999));
	for (int i = 0; i < 100 && spooled(x) > 0; i++)
		usleep(20000);
	assert_int_equal(spooled(x), 0);
}

/* Stopped in between: the rest is written after the next start, what was written is no fault. */
static void test_large_resumed(void **state)
{
	struct taxiilab *const x = *state;
	CLEANUP_STR char *stray = NULL;
	struct answer a;
	char path[2][100];
	FILE *f;

	post_large(x, 0x20000, 12000, path[0]);
	post_large(x, 0x30000, 12000, path[1]);
	taxiilab_restart(x);
	/* and what nobody was told to be safe is removed */
	stray = mem_printf("%s/spool/a8f0a5c0-0000-4000-8000-000000000009", x->de.dir);
	f = fopen(stray, "w");
	assert_non_null(f);
	fclose(f);
	taxiilab_restart(x);
	assert_int_equal(access(stray, F_OK), -1);
	for (size_t i = 0; i < 2; i++) {
		wait_complete(x, path[i], &a);
		assert_int_equal(number(&a, "success_count"), 11988);
		assert_int_equal(number(&a, "failure_count"), 12);
		answer_free(&a);
		assert_true(recorded(x, 0x20000 + 0x10000 * (unsigned)i + 11998));
	}
}

/* A spool that was lost or damaged ends in a status that says so. */
static void test_large_lost(void **state)
{
	struct taxiilab *const x = *state;
	const struct state_status st = {.id = "a8f0a5c0-0000-4000-8000-000000000005", .owner = "nobody", .requested_us = 1, .total = 5, .success = 2, .pending = 3};
	struct state_status got;
	CLEANUP_BUF struct buf text = {0};

	assert_int_equal(state_put_status(x->state, &st, "", 0, NULL), 0);
	taxiilab_restart(x);
	assert_int_equal(state_get_status(x->state, st.id, &got, &text, NULL), 0);
	assert_true(got.finished_s != 0);
	assert_int_equal(got.success, 2);
	assert_int_equal(got.failure, 3);
	assert_int_equal(got.pending, 0);
	assert_int_equal(text.n, 0);
}

/* At the bounds: complete when it is answered, and one further pending. */
static void test_bounds(void **state)
{
	struct taxiilab *const x = *state;
	CLEANUP_BUF struct buf b = {0};
	struct answer a;
	char path[100];

	envelope(&b, 0x50000, LIMIT_POST_OBJECTS);
	post(x, b.p, &a);
	expect_counts(&a, LIMIT_POST_OBJECTS, 0);
	assert_null(json_get(answer_root(&a), "successes"));
	answer_free(&a);
	post_large(x, 0x60000, LIMIT_POST_OBJECTS + 1, path);
	wait_complete(x, path, &a);
	answer_free(&a);
	/* few objects, many bytes: each of them within what one may have */
	for (size_t over = 0; over < 2; over++) {
		size_t n = 0;

		buf_clear(&b);
		buf_puts(&b, "{\"objects\":[");
		for (unsigned k = 0; k < 5; k++) {
			const size_t start = b.n, fill = (LIMIT_POST_NOW / 5) + (k == 4 ? LIMIT_POST_NOW % 5 + over : 0);
			const size_t head = b.n > 12;

			put_object(&b, 0x70000 + k, NULL, ",\"description\":\"");
			b.n--; /* its brace comes later */
			while (b.n - start - head + 2 < fill)
				buf_putc(&b, 'x');
			buf_puts(&b, "\"}");
			n += b.n - start - head;
		}
		buf_puts(&b, "]}");
		assert_int_equal(n, LIMIT_POST_NOW + over);
		post(x, b.p, &a);
		assert_int_equal(a.r.status, 202);
		assert_int_equal(number(&a, "pending_count"), over != 0 ? 5 : 0);
		answer_free(&a);
	}
}

/* Memory short: by way of the disk, and complete all the same. Queue full: come again. */
static void test_short(void **state)
{
	struct taxiilab *const x = *state;
	struct ingest *const in = x->t->ingest;
	CLEANUP_BUF struct buf b = {0};
	struct answer a;

	envelope(&b, 0x80000, 3000);
	atomic_fetch_add(&in->held, LIMIT_INGEST_BYTES - 1000);
	post(x, b.p, &a);
	expect_counts(&a, 3000, 0);
	answer_free(&a);
	assert_int_equal(spooled(x), 0);
	atomic_fetch_sub(&in->held, LIMIT_INGEST_BYTES - 1000);
	envelope(&b, 0x90000, LIMIT_POST_OBJECTS + 1);
	atomic_fetch_add(&in->slots, LIMIT_INGEST_QUEUE);
	post(x, b.p, &a);
	assert_int_equal(a.r.status, 503);
	assert_non_null(answer_header(&a, "Retry-After"));
	answer_free(&a);
	atomic_fetch_sub(&in->slots, LIMIT_INGEST_QUEUE);
	assert_false(recorded(x, 0x90000));
	assert_int_equal(spooled(x), 0);
}

/* The disk fails: told so, nothing recorded, nothing left. */
static atomic_int failing;
static struct fs real;

static ssize_t failing_pwrite(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	return atomic_load(&failing) != 0 ? -ENOSPC : real.pwrite(ctx, fd, p, n, off);
}

static int failing_fsync(void *ctx, int fd) { return atomic_load(&failing) != 0 ? -EIO : real.fsync(ctx, fd); }

static void test_disk_fails(void **state)
{
	struct taxiilab *const x = *state;
	CLEANUP_BUF struct buf b = {0};
	struct answer a;
	char path[100];

	real = x->l.w.fs;
	x->l.w.fs.pwrite = failing_pwrite;
	taxiilab_restart(x);
	envelope(&b, 0xa0000, LIMIT_POST_OBJECTS + 1);
	atomic_store(&failing, 1);
	post(x, b.p, &a);
	atomic_store(&failing, 0);
	assert_int_equal(a.r.status, 507);
	answer_free(&a);
	assert_int_equal(spooled(x), 0);
	assert_false(recorded(x, 0xa0000));
	x->l.w.fs.pwrite = real.pwrite;
	x->l.w.fs.fsync = failing_fsync;
	taxiilab_restart(x);
	atomic_store(&failing, 1);
	post(x, b.p, &a);
	atomic_store(&failing, 0);
	assert_int_equal(a.r.status, 500);
	assert_null(strstr(a.r.body.p, "spool")); /* no path of ours */
	answer_free(&a);
	assert_int_equal(spooled(x), 0);
	assert_false(recorded(x, 0xa0000));
	x->l.w.fs = real;
	taxiilab_restart(x);
	post_large(x, 0xa0000, LIMIT_POST_OBJECTS + 1, path);
	wait_complete(x, path, &a);
	answer_free(&a);
}

/* ---- over sockets ---- */

static void *thread_new(void *ctx, struct err *e)
{
	struct taxiilab *const x = ctx;
	struct record_reader *rd = NULL;

	return record_reader_new(x->de.r, &rd, e) == 0 ? rd : NULL;
}

static void thread_free(void *thread) { record_reader_free(thread); }

static struct http_server *serve(struct taxiilab *x)
{
	struct http_conf c = x->conf;
	struct http_server *s = NULL;
	struct err e = {0};

	c.listen[0] = (struct http_listen){.addr = "127.0.0.1"};
	c.listeners = 1;
	c.threads = 2;
	c.app = (struct http_app){x, thread_new, thread_free};
	if (http_start(&c, &s, &e) != 0)
		fail_msg("%s", e.msg);
	return s;
}

static void send_head(struct taxiilab *x, int fd, const char *framing)
{
	CLEANUP_BUF struct buf b = {0};

	buf_printf(&b, "POST " OBJECTS " HTTP/1.1\r\n" HOST "Authorization: Bearer %s\r\n" PLAIN "\r\nAccept: " TAXII_TYPE "\r\n%s\r\n\r\n", x->editor, framing);
	send_all(fd, b.p, b.n);
}

static void send_chunk(int fd, const char *p, size_t n)
{
	char size[24];

	send_all(fd, size, (size_t)snprintf(size, sizeof(size), "%zx\r\n", n));
	send_all(fd, p, n);
	send_text(fd, "\r\n");
}

static void expect_complete(int fd, unsigned count)
{
	char want[60];
	int status;
	WITH_ANSWER;

	(void)snprintf(want, sizeof(want), "\"success_count\":%u,", count);
	if ((status = read_answer(fd, false, &head, &body)) != 202 || strstr(body.p, want) == NULL || strstr(body.p, "\"complete\"") == NULL)
		fail_msg("%d %s", status, body.n > 0 ? body.p : "");
}

static void test_in_pieces(void **state)
{
	struct taxiilab *const x = *state;
	struct http_server *const s = serve(x);
	const int fd = dial(http_port(s, 0));
	CLEANUP_BUF struct buf b = {0};

	envelope(&b, 0x500, 40);
	send_head(x, fd, "Transfer-Encoding: chunked");
	for (size_t i = 0; i < b.n; i += 997)
		send_chunk(fd, b.p + i, b.n - i < 997 ? b.n - i : 997);
	send_text(fd, "0\r\n\r\n");
	expect_complete(fd, 40);
	/* the connection goes on, answered from another thread or not */
	send_head(x, fd, "Transfer-Encoding: chunked");
	send_chunk(fd, b.p, b.n);
	send_text(fd, "0\r\n\r\n");
	expect_complete(fd, 40);
	close(fd);
	http_stop(s);
}

/* Broken off, malformed at its very end, too large: nothing of it is recorded, nothing stays on disk. */
static void test_broken_off(void **state)
{
	static const char *const ends[] = {"", "]", "]}}", "],\"type\":\"bundle\"}", "]} {"};
	struct taxiilab *const x = *state;
	struct http_server *const s = serve(x);
	CLEANUP_BUF struct buf b = {0};
	WITH_ANSWER;

	for (unsigned large = 0; large < 2; large++)
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			const int fd = dial(http_port(s, 0));

			envelope(&b, 0x40000, large != 0 ? 12000 : 10);
			send_head(x, fd, "Transfer-Encoding: chunked");
			send_chunk(fd, b.p, b.n - 2);
			if (ends[i][0] != '\0') {
				send_chunk(fd, ends[i], strlen(ends[i]));
				send_text(fd, "0\r\n\r\n");
				assert_int_equal(read_answer(fd, false, &head, &body), ends[i][1] == ',' ? 422 : 400);
			}
			close(fd);
		}
	for (int i = 0; i < 200 && spooled(x) > 0; i++)
		usleep(20000);
	http_stop(s);
	assert_int_equal(spooled(x), 0);
	for (unsigned k = 0; k < 12000; k += 1000)
		assert_false(recorded(x, 0x40000 + k));
	assert_false(recorded(x, 0x40001));
}

/* ---- many at once ---- */

enum { CLIENTS = 200, ROUNDS = 3, EACH = 20 };
struct client { struct taxiilab *x; uint16_t port; unsigned n; pthread_t thread; };
static atomic_uint answered;

static void *one_client(void *ctx)
{
	struct client *const c = ctx;
	const int fd = dial(c->port);
	CLEANUP_BUF struct buf b = {0};
	char framing[60];

	for (unsigned i = 0; i < ROUNDS; i++) {
		envelope(&b, 0x1000000 + (c->n * ROUNDS + i) * EACH, EACH);
		(void)snprintf(framing, sizeof(framing), "Content-Length: %zu", b.n);
		send_head(c->x, fd, framing);
		send_all(fd, b.p, b.n);
		expect_complete(fd, EACH);
		atomic_fetch_add(&answered, 1);
	}
	close(fd);
	return NULL;
}

static void test_many_clients(void **state)
{
	struct taxiilab *const x = *state;
	struct http_server *const s = serve(x);
	struct client *c = mem_array(CLIENTS, sizeof(*c));

	assert_non_null(c);
	atomic_store(&answered, 0);
	for (unsigned i = 0; i < CLIENTS; i++) {
		c[i] = (struct client){.x = x, .port = http_port(s, 0), .n = i};
		assert_int_equal(pthread_create(&c[i].thread, NULL, one_client, &c[i]), 0);
	}
	for (unsigned i = 0; i < CLIENTS; i++)
		pthread_join(c[i].thread, NULL);
	assert_int_equal(answered, CLIENTS * ROUNDS);
	for (unsigned k = 0; k < CLIENTS * ROUNDS * EACH; k += 7)
		assert_true(recorded(x, 0x1000000 + k));
	mem_free(c);
	http_stop(s);
}

/* More bodies open than the server takes: the surplus is told to come again, and can, later. */
static void test_too_many(void **state)
{
	struct taxiilab *const x = *state;
	struct http_server *const s = serve(x);
	int fd[LIMIT_POSTS + 1];
	WITH_ANSWER;

	for (size_t i = 0; i < LIMIT_POSTS; i++) {
		fd[i] = dial(http_port(s, 0));
		send_head(x, fd[i], "Content-Length: 1000");
		send_text(fd[i], "{\"objects\":[");
	}
	usleep(300000);
	fd[LIMIT_POSTS] = dial(http_port(s, 0));
	send_head(x, fd[LIMIT_POSTS], "Content-Length: 1000");
	assert_int_equal(read_answer(fd[LIMIT_POSTS], false, &head, &body), 503);
	assert_non_null(strstr(head.p, "Retry-After: "));
	for (size_t i = 0; i <= LIMIT_POSTS; i++)
		close(fd[i]);
	usleep(300000);
	fd[0] = dial(http_port(s, 0));
	send_head(x, fd[0], "Content-Length: 2");
	send_text(fd[0], "{}");
	assert_int_equal(read_answer(fd[0], false, &head, &body), 422);
	close(fd[0]);
	http_stop(s);
}

static int setup(void **state)
{
	static struct taxiilab x;

	taxiilab_open(&x, 0);
	*state = &x;
	return 0;
}

static int teardown(void **state)
{
	taxiilab_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_H8_H9_media_types), cmocka_unit_test(test_H10_size), cmocka_unit_test(test_H11_H12_bodies), cmocka_unit_test(test_H16_H17_R5_rights),
		cmocka_unit_test(test_R6_R7_R9_each_alone), cmocka_unit_test(test_warnings_are_told), cmocka_unit_test(test_R10_R11_again), cmocka_unit_test(test_in_pieces), cmocka_unit_test(test_broken_off),
		cmocka_unit_test(test_many_clients), cmocka_unit_test(test_too_many), cmocka_unit_test(test_large), cmocka_unit_test(test_large_resumed),
		cmocka_unit_test(test_large_lost), cmocka_unit_test(test_bounds), cmocka_unit_test(test_short), cmocka_unit_test(test_disk_fails),
		cmocka_unit_test(test_R8_status),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
