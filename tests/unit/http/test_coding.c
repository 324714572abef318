/* Which coding an answer gets, and what that does to its header: no socket. */
#include "check.h"

#include <stdio.h>
#include <strings.h>

#include "base/mem.h"
#include "http/priv.h"

struct choice { const char *accept; enum pack pack; bool must; };

/* RFC 9110 §12.5.3 and §12.4.2 */
static const struct choice choices[] = {
	{NULL, PACK_NONE, false}, {"", PACK_NONE, false}, {",", PACK_NONE, false}, {"deflate, br", PACK_NONE, false},
	{"gzip", PACK_GZIP, false}, {"GZip", PACK_GZIP, false}, {"x-gzip", PACK_GZIP, false}, {"zstd", PACK_ZSTD, false},
	{"gzip, zstd", PACK_ZSTD, false}, {"zstd;q=0.5, gzip", PACK_GZIP, false}, {"gzip;q=0.3,zstd ; q=0.3", PACK_ZSTD, false},
	{"gzip;q=0", PACK_NONE, false}, {"gzip;q=0, *", PACK_ZSTD, false}, {"*", PACK_ZSTD, false}, {"*;q=0.1, zstd;q=0", PACK_GZIP, false},
	{"*;q=0", PACK_NONE, true}, {"gzip, *;q=0", PACK_GZIP, true}, {"identity;q=0", PACK_NONE, true}, {"identity;q=0, gzip;q=0.1", PACK_GZIP, true},
	{"identity", PACK_NONE, false}, {"identity;q=0.5, gzip", PACK_GZIP, false}, {"identity, gzip;q=0.5", PACK_NONE, false},
	{"identity;q=0.5, gzip;q=0.5", PACK_GZIP, false}, {"gzip;q=0.001", PACK_GZIP, false}, {"gzip;q=x", PACK_NONE, false}, {"gzip;level=9", PACK_NONE, false},
	{"zstdx, gzi", PACK_NONE, false}, {"gzip;q=0.000", PACK_NONE, false},
};

static void test_choice(void **state)
{
	bool must;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		const enum pack p = http_coding(choices[i].accept, &must);

		if (p != choices[i].pack || must != choices[i].must)
			fail_msg("\"%s\": %s, must %d", choices[i].accept, pack_name(p), must);
	}
}

static const char *header(const struct http_req *q, const char *name)
{
	for (const char *const *h = q->impl; h != NULL && *h != NULL; h += 2)
		if (strcasecmp(h[0], name) == 0)
			return h[1];
	return NULL;
}

static const char *answered(const struct http_resp *r, const char *name)
{
	for (size_t i = 0; i < r->headers; i++)
		if (strcmp(r->header[i].name, name) == 0)
			return r->header[i].value;
	return NULL;
}

static char fixed[LIMIT_PACK_FROM];
struct sized { size_t n; bool fixed; int status; size_t headers; };

static void sized(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	const struct sized *const s = ctx;

	(void)thread;
	memset(fixed, 'x', sizeof(fixed));
	r->may_pack = true;
	r->status = s->status;
	for (size_t i = 0; i < s->headers; i++)
		assert_int_equal(http_header(r, "X", "y", NULL), 0);
	if (http_etag(q, r, "t"))
		return;
	if (s->fixed) {
		r->fixed = fixed;
		r->fixed_n = s->n;
		return;
	}
	if (s->n > 0)
		memset(buf_grow(&r->body, s->n), 'x', s->n);
}

static const struct http_route table[] = {{.pattern = "/", .methods = HTTP_GET, .handler = sized}};

static void ask(struct sized *s, const char *const *h, struct http_resp *r)
{
	const struct http_conf conf = {.route = table, .routes = 1, .route_ctx = s};
	struct http_req q = {.method = HTTP_GET, .path = "/", .header = header, .impl = (void *)(uintptr_t)h, .addr = "127.0.0.1"};

	http_dispatch(&conf, NULL, &q, r);
}

struct packing { struct sized s; const char *accept; const char *coding; };

static void test_packing(void **state)
{
	static const struct packing rows[] = {
		{{LIMIT_PACK_FROM, false, 200, 0}, "gzip", "gzip"},
		{{LIMIT_PACK_FROM, true, 200, 0}, "gzip", "gzip"},
		{{LIMIT_PACK_FROM, true, 404, 0}, "zstd", "zstd"},
		{{LIMIT_PACK_FROM - 1, false, 200, 0}, "gzip", NULL},
		{{LIMIT_PACK_FROM - 1, true, 200, 0}, "gzip", NULL},
		{{10, false, 200, 0}, "gzip, identity;q=0", "gzip"},
		{{0, false, 200, 0}, "gzip, identity;q=0", NULL},
		{{LIMIT_PACK_FROM, false, 204, 0}, "gzip", NULL},
		/* no room for the header fields: plain, and not half packed */
		{{LIMIT_PACK_FROM, false, 200, 13}, "gzip", "gzip"},
		{{LIMIT_PACK_FROM, false, 200, 14}, "gzip", NULL},
		{{LIMIT_PACK_FROM, false, 200, 15}, "gzip", NULL},
	};
	struct http_resp r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const h[] = {"Accept-Encoding", rows[i].accept, NULL};
		struct sized s = rows[i].s;
		const char *const coding = rows[i].coding;
		char tag[16];

		ask(&s, h, &r);
		snprintf(tag, sizeof(tag), coding != NULL ? "\"t-%s\"" : "\"t\"", coding);
		if ((coding == NULL) != (answered(&r, "Content-Encoding") == NULL) || (coding != NULL && strcmp(answered(&r, "Content-Encoding"), coding) != 0))
			fail_msg("row %zu: %s", i, answered(&r, "Content-Encoding"));
		if (s.headers < 15)
			assert_string_equal(answered(&r, "ETag"), tag);
		assert_true(s.headers > 14 || answered(&r, "Vary") != NULL);
		if (coding != NULL)
			assert_true(r.fixed == NULL && pack_detect(r.body.p, r.body.n) != PACK_NONE);
		else
			assert_int_equal(s.fixed ? r.fixed_n : r.body.n, s.n);
		http_resp_free(&r);
	}
}

static void test_tags(void **state)
{
	static const char *const known[] = {"\"t-gzip\"", "W/\"t-gzip\"", "\"a\", \"t-zstd\"", "\"t\"", "*"};
	static const char *const tag[] = {"\"t-gzip\"", "\"t-gzip\"", "\"t-zstd\"", "\"t\"", "\"t\""};
	static const char *const other[] = {"\"t-br\"", "\"t-gzipx\"", "\"t-\"", "\"a-gzip\"", "t-gzip"};
	struct sized s = {5000, false, 200, 0};
	struct http_resp r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const char *const h[] = {"Accept-Encoding", "gzip", "If-None-Match", known[i], NULL};

		ask(&s, h, &r);
		assert_int_equal(r.status, 304);
		assert_string_equal(answered(&r, "ETag"), tag[i]);
		assert_string_equal(answered(&r, "Vary"), "Accept-Encoding");
		assert_null(answered(&r, "Content-Encoding"));
		http_resp_free(&r);
	}
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		const char *const h[] = {"If-None-Match", other[i], NULL};

		ask(&s, h, &r);
		assert_int_equal(r.status, 200);
		http_resp_free(&r);
	}
}

/* Memory that runs out anywhere: a whole answer, plain or packed. */
static void test_no_memory(void **state)
{
	static const char *const h[] = {"Accept-Encoding", "gzip", NULL};
	struct sized s = {LIMIT_PACK_FROM, true, 200, 0};
	struct http_resp r;

	(void)state;
	for (long n = 1; n < 20; n++) {
		mem_fail_after(n);
		ask(&s, h, &r);
		mem_fail_after(0);
		if (answered(&r, "Content-Encoding") != NULL)
			assert_true(r.fixed == NULL && r.body.n > 0 && strcmp(answered(&r, "ETag"), "\"t-gzip\"") == 0);
		else if (r.fixed != NULL && answered(&r, "ETag") != NULL)
			assert_string_equal(answered(&r, "ETag"), "\"t\"");
		http_resp_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_choice), cmocka_unit_test(test_packing), cmocka_unit_test(test_tags), cmocka_unit_test(test_no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
