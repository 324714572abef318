#include "check.h"

#include <strings.h>

#include "base/mem.h"
#include "http/priv.h"

static void seen(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)thread;
	r->type = "text/plain";
	buf_printf(&r->body, "%s:%s|%s|%s|%s", (const char *)ctx, q->arg[0] != NULL ? q->arg[0] : "-", q->arg[1] != NULL ? q->arg[1] : "-", q->rest, q->path);
}

static void other(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	buf_printf(&r->body, "other %zu", q->body_n);
}

static void tagged(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	if (!http_etag(q, r, "abc"))
		buf_puts(&r->body, "whole");
}

static const char *const json[] = {"application/json", "application/stix+json;version=2.1", NULL};
static const struct http_route table[] = {
	{.pattern = "/", .methods = HTTP_GET, .handler = seen},
	{.pattern = "/{}/series/{}", .methods = HTTP_GET, .handler = seen},
	{.pattern = "/log/tile/*", .methods = HTTP_GET, .handler = seen},
	{.pattern = "/add", .methods = HTTP_POST, .handler = other, .types = json, .max_body = 10},
	{.pattern = "/both", .methods = HTTP_GET, .handler = seen},
	{.pattern = "/both", .methods = HTTP_POST, .handler = other, .types = json},
	{.pattern = "/secret", .methods = HTTP_GET, .handler = seen, .tls_only = true},
	{.pattern = "/tagged", .methods = HTTP_GET, .handler = tagged},
	{.pattern = "/add/{}", .methods = HTTP_DELETE, .handler = seen},
	{.pattern = "/{}", .methods = HTTP_GET | HTTP_PUT, .handler = seen, .types = json},
};
static const struct http_conf conf = {.route = table, .routes = ARRAY_LEN(table), .route_ctx = (void *)(uintptr_t)"ctx"};

/* Headers of a request in a test: q->impl is an array of name, value, …, NULL. */
static const char *header(const struct http_req *q, const char *name)
{
	for (const char *const *h = q->impl; h != NULL && *h != NULL; h += 2)
		if (strcasecmp(h[0], name) == 0)
			return h[1];
	return NULL;
}

static struct http_req request(enum http_method m, const char *path, const char *const *headers)
{
	return (struct http_req){.method = m, .path = path, .rest = "", .header = header, .impl = (void *)(uintptr_t)headers, .addr = "127.0.0.1"};
}

static const char *answered(const struct http_resp *r, const char *name)
{
	for (size_t i = 0; i < r->headers; i++)
		if (strcmp(r->header[i].name, name) == 0)
			return r->header[i].value;
	return NULL;
}

struct found { const char *path, *body; };

static void test_found(void **state)
{
	static const struct found rows[] = {
		{"/", "ctx:-|-||/"},
		{"/de/series/gc-jp", "ctx:de|gc-jp||/de/series/gc-jp"},
		{"/log/tile/0/x001/234", "ctx:-|-|0/x001/234|/log/tile/0/x001/234"},
		{"/log", "ctx:log|-||/log"},
		{"/äöü", "ctx:äöü|-||/äöü"},
	};
	struct http_resp r;
	struct http_req q;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		q = request(HTTP_GET, rows[i].path, NULL);
		http_dispatch(&conf, NULL, &q, &r);
		assert_int_equal(r.status, 200);
		assert_string_equal(r.body.p, rows[i].body);
		http_resp_free(&r);
	}
}

struct refusal { enum http_method method; const char *path; const char *headers[5]; const char *body; int status; const char *name, *value; };

static const struct refusal refusals[] = {
	/* method before path */
	{HTTP_UNKNOWN, "/", {NULL}, NULL, 501, NULL, NULL},
	{HTTP_UNKNOWN, "/no/such/thing/here", {NULL}, NULL, 501, NULL, NULL},
	/* path */
	{HTTP_GET, "/no/such", {NULL}, NULL, 404, "Allow", NULL},
	{HTTP_GET, "/log/tile/", {NULL}, NULL, 404, NULL, NULL},
	{HTTP_GET, "//series/x", {NULL}, NULL, 404, NULL, NULL},
	{HTTP_GET, "/de/series/", {NULL}, NULL, 404, NULL, NULL},
	{HTTP_GET, "/de/series/a/b", {NULL}, NULL, 404, NULL, NULL},
	{HTTP_POST, "/no/such", {"Content-Type", "text/html"}, "x", 404, NULL, NULL},
	/* method of a path; no wider pattern lends its own */
	{HTTP_POST, "/", {NULL}, NULL, 405, "Allow", "OPTIONS, GET, HEAD"},
	{HTTP_DELETE, "/both", {NULL}, NULL, 405, "Allow", "OPTIONS, GET, HEAD, POST"},
	{HTTP_GET, "/add", {NULL}, NULL, 405, "Allow", "OPTIONS, POST"},
	{HTTP_PUT, "/both", {NULL}, NULL, 405, "Allow", "OPTIONS, GET, HEAD, POST"},
	{HTTP_GET, "/secret", {NULL}, NULL, 404, NULL, NULL},
	{HTTP_OPTIONS, "/both", {NULL}, NULL, 204, "Allow", "OPTIONS, GET, HEAD, POST"},
	{HTTP_OPTIONS, "/secret", {NULL}, NULL, 404, NULL, NULL},
	{HTTP_OPTIONS, "*", {NULL}, NULL, 204, "Allow", "OPTIONS, GET, HEAD, POST, PUT, DELETE"},
	{HTTP_GET, "*", {NULL}, NULL, 404, NULL, NULL},
	/* type before transfer encoding before length before size */
	{HTTP_GET, "/", {"Content-Length", "5"}, NULL, 400, NULL, NULL},
	{HTTP_GET, "/", {"Transfer-Encoding", "chunked"}, NULL, 400, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Length", "99"}, NULL, 415, "Accept", "application/json, application/stix+json;version=2.1"},
	{HTTP_POST, "/add", {"Content-Type", "application/jsonx", "Content-Length", "5"}, NULL, 415, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application", "Content-Length", "5"}, NULL, 415, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Transfer-Encoding", "gzip, chunked"}, NULL, 501, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Content-Length", "5x"}, NULL, 400, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Content-Length", "-1"}, NULL, 400, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Content-Length", "05"}, NULL, 400, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Content-Length", "18446744073709551616"}, NULL, 400, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Content-Length", "11"}, NULL, 413, NULL, NULL},
	{HTTP_POST, "/add", {"Content-Type", "application/json", "Transfer-Encoding", "chunked"}, "12345678901", 413, NULL, NULL},
};

static void test_refused(void **state)
{
	struct http_resp r;
	struct http_req q;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *const row = &refusals[i];

		q = request(row->method, row->path, row->headers);
		q.body = row->body;
		q.body_n = row->body != NULL ? strlen(row->body) : 0;
		http_dispatch(&conf, NULL, &q, &r);
		if (r.status != row->status)
			fail_msg("row %zu: %d instead of %d", i, r.status, row->status);
		if (row->value != NULL && (answered(&r, row->name) == NULL || strcmp(answered(&r, row->name), row->value) != 0))
			fail_msg("row %zu: %s: %s", i, row->name, answered(&r, row->name) != NULL ? answered(&r, row->name) : "(none)");
		assert_true((r.body.n == 0) == (r.status == 204));
		http_resp_free(&r);
	}
}

static void test_both_framings(void **state)
{
	static const char *const h[] = {"Content-Type", "application/json", "Transfer-Encoding", "chunked", "Content-Length", "2", NULL};
	struct http_req q = request(HTTP_POST, "/add", h);
	struct http_resp r;

	(void)state;
	http_dispatch(&conf, NULL, &q, &r);
	assert_int_equal(r.status, 400);
	http_resp_free(&r);
}

static void test_taken(void **state)
{
	static const char *const types[] = {"application/json", "APPLICATION/JSON; charset=utf-8", "application/stix+json;version=2.1", "application/stix+json"};
	const char *h[] = {"Content-Type", NULL, "Content-Length", "10", NULL};
	struct http_req q;
	struct http_resp r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		h[1] = types[i];
		q = request(HTTP_POST, "/add", h);
		q.body = "1234567890";
		q.body_n = 10;
		http_dispatch(&conf, NULL, &q, &r);
		assert_int_equal(r.status, 200);
		assert_string_equal(r.body.p, "other 10");
		http_resp_free(&r);
	}
	/* same address, second row */
	q = request(HTTP_POST, "/both", NULL);
	http_dispatch(&conf, NULL, &q, &r);
	assert_string_equal(r.body.p, "other 0");
	http_resp_free(&r);
	q = request(HTTP_GET, "/secret", NULL);
	q.tls = true;
	http_dispatch(&conf, NULL, &q, &r);
	assert_int_equal(r.status, 200);
	http_resp_free(&r);
}

static void dressed(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status)
{
	(void)thread;
	buf_printf(&r->body, "%s %s %d", (const char *)ctx, q->path, status);
}

static void secure(void *ctx, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)q;
	assert_int_equal(http_header(r, "X-Frame-Options", "DENY", NULL), 0);
}

static void test_hooks(void **state)
{
	struct http_conf c = conf;
	struct http_req q = request(HTTP_POST, "/", NULL);
	struct http_resp r;

	(void)state;
	c.error_page = dressed;
	c.security_headers = secure;
	http_dispatch(&c, NULL, &q, &r);
	assert_int_equal(r.status, 405);
	assert_string_equal(r.body.p, "ctx / 405");
	assert_string_equal(answered(&r, "X-Frame-Options"), "DENY");
	assert_string_equal(answered(&r, "Allow"), "OPTIONS, GET, HEAD");
	http_resp_free(&r);
	q = request(HTTP_GET, "/", NULL);
	http_dispatch(&c, NULL, &q, &r);
	assert_int_equal(r.status, 200);
	assert_string_equal(answered(&r, "X-Frame-Options"), "DENY");
	http_resp_free(&r);
}

static void test_etag(void **state)
{
	static const char *const hits[] = {"\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"};
	static const char *const misses[] = {"\"abcd\"", "\"ab\"", "abc", "\"x\" \"abc\"", ""};
	const char *h[] = {"If-None-Match", NULL, NULL};
	struct http_req q;
	struct http_resp r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hits) + ARRAY_LEN(misses); i++) {
		const bool hit = i < ARRAY_LEN(hits);

		h[1] = hit ? hits[i] : misses[i - ARRAY_LEN(hits)];
		q = request(HTTP_GET, "/tagged", h);
		http_dispatch(&conf, NULL, &q, &r);
		if (r.status != (hit ? 304 : 200) || (r.body.n == 0) != hit)
			fail_msg("If-None-Match: %s gives %d", h[1], r.status);
		assert_string_equal(answered(&r, "ETag"), "\"abc\"");
		http_resp_free(&r);
	}
}

static void test_header_values(void **state)
{
	struct http_resp r = {0};
	struct err e;

	(void)state;
	assert_int_equal(http_header(&r, "Location", "/x\r\nSet-Cookie: a=b", &e), E_FORMAT);
	assert_int_equal(http_header(&r, "Location", "/x\x7f", &e), E_FORMAT);
	assert_int_equal(r.headers, 0);
	for (size_t i = 0; i < ARRAY_LEN(r.header); i++)
		assert_int_equal(http_header(&r, "X", "y", &e), 0);
	assert_int_equal(http_header(&r, "X", "y", &e), E_LIMIT);
	http_resp_free(&r);
}

struct wish { const char *accept; enum lang lang; };

static void test_language(void **state)
{
	static const struct wish rows[] = {
		{"de", LANG_DE}, {"ja-JP,en;q=0.5", LANG_JA}, {"fr, de;q=0.3, en;q=0.7", LANG_EN}, {"fr", LANG_DE}, {"", LANG_DE}, {"en;q=0, ja;q=0.001", LANG_JA},
		{"de;q=0.8, ja;q=0.9", LANG_JA}, {"ja;q=x, en;q=0.1", LANG_EN}, {",,, en", LANG_EN}, {"*", LANG_DE},
	};
	const char *h[] = {"Accept-Language", NULL, NULL};
	struct http_req q;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		h[1] = rows[i].accept;
		q = request(HTTP_GET, "/", h);
		if (http_lang(&q, LANG_DE) != rows[i].lang)
			fail_msg("%s: %s", rows[i].accept, lang_code(http_lang(&q, LANG_DE)));
	}
}

static void test_error_detail(void **state)
{
	struct http_req q = request(HTTP_GET, "/", NULL);
	struct err e = {.code = E_NOTFOUND, .msg = "entry 7 is hidden from JP"};
	struct http_resp r = {0};

	(void)state;
	http_error(&q, &r, E_NOTFOUND, &e);
	assert_int_equal(r.status, 404);
	assert_null(strstr(r.body.p, "hidden"));
	http_error(&q, &r, E_IO, &(struct err){.code = E_IO, .msg = "/srv/node/journal/000001.seg"});
	assert_int_equal(r.status, 500);
	assert_null(strstr(r.body.p, "/srv"));
	http_error(&q, &r, E_FORMAT, &(struct err){.code = E_FORMAT, .msg = "line 1, byte 5"});
	assert_int_equal(r.status, 400);
	assert_non_null(strstr(r.body.p, "line 1, byte 5"));
	http_resp_free(&r);
}

/* Memory that runs out anywhere: an answer of some kind, no crash, no header half there. */
static void test_no_memory(void **state)
{
	struct http_resp r;
	struct http_req q;

	(void)state;
	for (long n = 1; n < 12; n++)
		for (size_t i = 0; i < ARRAY_LEN(refusals) + 1; i++) {
			q = i < ARRAY_LEN(refusals) ? request(refusals[i].method, refusals[i].path, refusals[i].headers) : request(HTTP_GET, "/de/series/x", NULL);
			mem_fail_after(n);
			http_dispatch(&conf, NULL, &q, &r);
			mem_fail_after(0);
			assert_in_range(r.status, 200, 599);
			if (i == ARRAY_LEN(refusals) && r.body.err == 0)
				assert_true(r.status == 200 || r.status == 503);
			for (size_t k = 0; k < r.headers; k++)
				assert_non_null(r.header[k].value);
			http_resp_free(&r);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found), cmocka_unit_test(test_refused), cmocka_unit_test(test_both_framings), cmocka_unit_test(test_taken),
		cmocka_unit_test(test_hooks), cmocka_unit_test(test_etag), cmocka_unit_test(test_header_values), cmocka_unit_test(test_language),
		cmocka_unit_test(test_error_detail), cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
