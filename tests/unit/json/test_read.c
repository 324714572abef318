#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "json/json.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

static int read_n(const void *p, size_t n, struct err *e)
{
	struct json_doc *d = NULL;
	const int rc = json_read(p, n, NULL, &d, e);

	assert_true((rc == 0) == (d != NULL));
	json_free(d);
	return rc;
}

struct refusal { const char *text; int code; const char *where; };

/* Each row: a text, how it must be refused, and what the message must say about the place. */
static const struct refusal refusals[] = {
	{"", E_FORMAT, "empty"},
	{" \n\t", E_FORMAT, "JSON"},
	{"\xef\xbb\xbf{}", E_FORMAT, "line 1, byte 1, $:"},
	{"{} x", E_FORMAT, "line 1, byte 4, $:"},
	{"{}{}", E_FORMAT, "line 1, byte 3, $:"},
	{"1 2", E_FORMAT, "line 1, byte 3, $:"},
	{"{\"a\":1}\n]", E_FORMAT, "line 2, byte 1, $:"},
	/* not JSON at all, though other readers take them */
	{"{\"a\":NaN}", E_FORMAT, "$.a"},
	{"[Infinity]", E_FORMAT, "$[0]"},
	{"[1,-Infinity]", E_FORMAT, "$[1]"},
	{"[nan]", E_FORMAT, "$[0]"},
	{"// c\n{}", E_FORMAT, "line 1"},
	{"{/* c */}", E_FORMAT, "line 1, byte 2"},
	{"[1,]", E_FORMAT, "byte 3"},
	{"{\"a\":1,}", E_FORMAT, "byte 7"},
	{"{'a':1}", E_FORMAT, "byte 2"},
	{"{a:1}", E_FORMAT, "byte 2"},
	{"[01]", E_FORMAT, "$[0]"},
	{"[+1]", E_FORMAT, "$[0]"},
	{"[.5]", E_FORMAT, "$[0]"},
	{"[1.]", E_FORMAT, "$[0]"},
	{"[1e]", E_FORMAT, "$[0]"},
	{"[0x10]", E_FORMAT, "$[0]"},
	{"[True]", E_FORMAT, "$[0]"},
	{"[tru]", E_FORMAT, "$[0]"},
	{"[\"a", E_FORMAT, "line 1"},
	{"[\"a\nb\"]", E_FORMAT, "$[0]"},
	{"[\"a\tb\"]", E_FORMAT, "$[0]"},
	{"[\"\\x41\"]", E_FORMAT, "$[0]"},
	{"[\"\\u12g4\"]", E_FORMAT, "$[0]"},
	{"[\"\\", E_FORMAT, "line 1"},
	{"{\"a\"", E_FORMAT, "line 1"},
	{"{\"a\":", E_FORMAT, "$.a"},
	{"[[[", E_FORMAT, "line 1"},
	{"]", E_FORMAT, "line 1, byte 1"},
	/* surrogates that are no pair: value, key, reversed, high high, cut short */
	{"[\"\\ud800\"]", E_FORMAT, "$[0]"},
	{"[\"\\udc00\"]", E_FORMAT, "$[0]"},
	{"[\"\\udc00\\ud800\"]", E_FORMAT, "$[0]"},
	{"[\"\\ud800\\ud800\"]", E_FORMAT, "$[0]"},
	{"[\"\\ud800x\"]", E_FORMAT, "$[0]"},
	{"[\"\\ud800\\n\"]", E_FORMAT, "$[0]"},
	{"[\"\\ud800\\u0041\"]", E_FORMAT, "$[0]"},
	{"{\"\\ud83d\":1}", E_FORMAT, "line 1"},
	{"{\"\\ude02\\ud83d\":1}", E_FORMAT, "line 1"},
	/* bytes that are not UTF-8: stray, overlong, surrogate, past U+10FFFF, cut short, UTF-16 */
	{"[\"\x80\"]", E_FORMAT, "$[0]"},
	{"[\"\xc0\xaf\"]", E_FORMAT, "$[0]"},
	{"[\"\xe0\x80\xaf\"]", E_FORMAT, "$[0]"},
	{"[\"\xed\xa0\x80\"]", E_FORMAT, "$[0]"},
	{"[\"\xed\xbf\xbf\"]", E_FORMAT, "$[0]"},
	{"[\"\xf4\x90\x80\x80\"]", E_FORMAT, "$[0]"},
	{"[\"\xf0\x80\x80\x80\"]", E_FORMAT, "$[0]"},
	{"[\"\xf8\x88\x80\x80\x80\"]", E_FORMAT, "$[0]"},
	{"[\"\xe2\x82\"]", E_FORMAT, "$[0]"},
	{"[\"\xff\"]", E_FORMAT, "$[0]"},
	{"{\"\xc3\":1}", E_FORMAT, "line 1, byte 3"},
	{"\xff\xfe[\"a\"]", E_FORMAT, "line 1, byte 1"},
	/* numbers */
	{"[1e400]", E_FORMAT, "$[0]"},
	{"[-1e400]", E_FORMAT, "$[0]"},
	{"[9007199254740992]", E_FORMAT, "line 1, byte 2, $[0]: integer"},
	{"[-9007199254740992]", E_FORMAT, "$[0]: integer"},
	{"[18446744073709551615]", E_FORMAT, "$[0]: integer"},
	/* written otherwise, but canonical JSON would write them as such an integer, and not be readable */
	{"[9007199254740993.0]", E_FORMAT, "$[0]: integer"},
	{"[1,-1e20]", E_FORMAT, "$[1]: integer"},
	{"{\"x\":99999999999999e6}", E_FORMAT, "$.x: integer"},
	{"[1e30,18446744073709551616]", E_FORMAT, "byte 7, $[1]: integer"},
	{"{\"n\":[1e300,{\"m\":-9223372036854775809}]}", E_FORMAT, "$.n[1].m: integer"},
	{"{\"a\":1e21,\"99999999999999999999\":100000000000000000000000}", E_FORMAT, "$[\"99999999999999999999\"]: integer"},
	/* names twice: also when only unescaping makes them equal, also far apart and nested */
	{"{\"a\":1,\"a\":1}", E_FORMAT, "line 1, byte 8, $.a: duplicate"},
	{"{\"a\":1,\"\\u0061\":2}", E_FORMAT, "byte 8, $[\"\\u0061\"]: duplicate"},
	{"{\"\":1,\"b\":2,\"\":3}", E_FORMAT, "$[\"\"]: duplicate"},
	{"{\"\xc3\xa4\":1,\"\\u00e4\":2}", E_FORMAT, "duplicate"},
	{"{\"\xf0\x9f\x98\x82\":1,\"\\ud83d\\ude02\":2}", E_FORMAT, "duplicate"},
	{"{\"\\u0000\":1,\"\\u0000\":2}", E_FORMAT, "duplicate"},
	{"{\"/\":1,\"\\/\":2}", E_FORMAT, "duplicate"},
	{"{\"units\":[{},{},{},\n{\"text\":{\"de\":\"a\",\"ja\":\"b\",\"de\":\"c\"}}]}", E_FORMAT, "line 2, byte 28, $.units[3].text.de: duplicate"},
	{"{\"x\":{\"b\":1,\"a\":2},\"y\":{\"b\":1,\"c\":[0],\"b\":2}}", E_FORMAT, "$.y.b: duplicate"},
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct err e = {.code = 0};

		if (read_n(r->text, strlen(r->text), &e) != r->code || e.code != r->code || strstr(e.msg, r->where) == NULL)
			fail_msg("row %zu <%s>: got %s <%s>, wanted <%s>", i, r->text, err_name(e.code), e.msg, r->where);
	}
}

static void takes(void **state)
{
	static const char *const good[] = {
		"0", "null", "true", " \"a\" ", "[]", "{}", "\r\n\t {\"a\" : [ 1 , 2 ] }\n",
		"9007199254740991", "-9007199254740991", "1e30", "1e21", "-1e21", "9007199254740991.0", "9007199254740991.5e-1",
		"-0", "0.1e-400", "\"\\u0000\"", "\"\\ud83d\\ude02\"", "\"\xf4\x8f\xbf\xbf\"", "\"\x7f\"",
		"{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}", "{\"a\":1,\"A\":2,\"a \":3,\"\":4,\"a\\u0000\":5}",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = {.code = 0};

		if (read_n(good[i], strlen(good[i]), &e) != 0)
			fail_msg("<%s>: %s", good[i], e.msg);
	}
}

static void names_the_input(void **state)
{
	const struct json_read_opt opt = {.what = "standard input"};
	struct json_doc *d = NULL;
	struct err e;

	(void)state;
	assert_int_equal(json_read("[1", 2, &opt, &d, &e), E_FORMAT);
	assert_ptr_equal(strstr(e.msg, "standard input: line 1"), e.msg);
	assert_null(d);
	assert_int_equal(json_read("[1", 2, NULL, &d, NULL), E_FORMAT); /* no place for the reason */
}

/* Raw NUL bytes end nothing: neither text nor string. */
static void nul_bytes(void **state)
{
	(void)state;
	assert_int_equal(read_n("{}\0", 3, NULL), E_FORMAT);
	assert_int_equal(read_n("[\"a\0b\"]", 7, NULL), E_FORMAT);
	assert_int_equal(read_n("\0{}", 3, NULL), E_FORMAT);
	assert_int_equal(read_n("[1]x", 3, NULL), 0); /* the byte behind n is not looked at */
}

static void nest(char *to, size_t depth, const char *open, char close)
{
	const size_t w = strlen(open);

	for (size_t i = 0; i < depth; i++) {
		memcpy(to + i * w, open, w);
		to[depth * w + i] = close;
	}
}

static int read_nested(size_t depth, const char *open, char close, unsigned max, struct err *e)
{
	const size_t n = depth * (strlen(open) + 1);
	const struct json_read_opt opt = {.max_depth = max, .max_bytes = n};
	CLEANUP_STR char *text = mem_alloc(n + 1);
	struct json_doc *d = NULL;
	int rc;

	assert_non_null(text);
	nest(text, depth, open, close);
	rc = json_read(text, n, &opt, &d, e);
	json_free(d);
	return rc;
}

static void depth(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(read_nested(LIMIT_JSON_DEPTH, "[", ']', 0, NULL), 0);
	assert_int_equal(read_nested(LIMIT_JSON_DEPTH + 1, "[", ']', 0, &e), E_LIMIT);
	assert_non_null(strstr(e.msg, "line 1, byte 65, $[0][0]"));
	assert_int_equal(read_nested(500000, "[", ']', 0, &e), E_LIMIT);
	assert_int_equal(read_nested(3, "[", ']', 3, NULL), 0);
	assert_int_equal(read_nested(4, "[", ']', 3, NULL), E_LIMIT);
	assert_int_equal(read_nested(LIMIT_JSON_DEPTH + 1, "[", ']', 1000, NULL), E_LIMIT); /* no caller gets past the limit */
}

static void depth_of_objects(void **state)
{
	char text[6 * 70 + 70];

	(void)state;
	for (size_t levels = 63; levels <= 66; levels++) {
		size_t n = 0;

		for (size_t i = 0; i + 1 < levels; i++, n += 5)
			memcpy(text + n, "{\"a\":", 5);
		text[n++] = '{';
		memset(text + n, '}', levels);
		assert_int_equal(read_n(text, n + levels, NULL), levels <= LIMIT_JSON_DEPTH ? 0 : E_LIMIT);
	}
}

static void size(void **state)
{
	const struct json_read_opt four = {.max_bytes = 4};
	const size_t n = LIMIT_JSON_BYTES + 1;
	CLEANUP_STR char *text = mem_alloc(n);
	struct json_doc *d = NULL;
	struct err e;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', n);
	text[0] = '1';
	assert_int_equal(read_n(text, n - 1, NULL), 0);
	assert_int_equal(read_n(text, n, &e), E_LIMIT);
	assert_int_equal(json_read("[12]", 4, &four, &d, &e), 0);
	json_free(d);
	d = NULL;
	assert_int_equal(json_read("[123]", 5, &four, &d, &e), E_LIMIT);
	assert_null(d);
}

/* An object of n members named by `fmt`; the last name repeats number `again` (n: no repetition). */
static char *many_members(size_t n, size_t again, const char *prefix, size_t *ret_n)
{
	struct buf b = BUF_INIT(0);

	buf_puts(&b, "{");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s\"%s%zu\":0", i > 0 ? "," : "", prefix, (i + 1 == n ? again : i) * 7919 % 1000003);
	buf_puts(&b, "}");
	return buf_take(&b, ret_n);
}

static int read_many(size_t n, size_t again, const char *prefix, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_JSON_BULK};
	size_t len = 0;
	CLEANUP_STR char *text = many_members(n, again, prefix, &len);
	struct json_doc *d = NULL;
	int rc;

	assert_non_null(text);
	rc = json_read(text, len, &opt, &d, e);
	json_free(d);
	return rc;
}

/* Found at every size around the change of method, and in time that a hostile sender cannot blow up. */
static void duplicates_among_many(void **state)
{
	struct err e;

	(void)state;
	for (size_t n = 2; n <= 70; n++)
		for (size_t again = 0; again + 1 < n; again += 1 + n / 9) {
			assert_int_equal(read_many(n, again, "k", &e), E_FORMAT);
			assert_non_null(strstr(e.msg, "duplicate member name"));
			assert_int_equal(read_many(n, n - 1, "k", &e), 0);
		}
	assert_int_equal(read_many(100000, 99999, "a-name-with-a-long-common-beginning-", &e), 0);
	assert_int_equal(read_many(100000, 4711, "a-name-with-a-long-common-beginning-", &e), E_FORMAT);
	assert_non_null(strstr(e.msg, "duplicate member name"));
}

/* The later of two equal names is named, in both methods. */
static void second_of_two_is_shown(void **state)
{
	struct err e;
	struct buf b = BUF_INIT(0);

	(void)state;
	buf_puts(&b, "{\"z\":0,\n\"q\":1,\n");
	for (int i = 0; i < 60; i++)
		buf_printf(&b, "\"k%d\":0,", (i * 37) % 61);
	buf_puts(&b, "\n\"q\":1}");
	assert_int_equal(read_n(b.p, b.n, &e), E_FORMAT);
	assert_non_null(strstr(e.msg, "line 4, byte 1, $.q"));
	buf_free(&b);
}

/* A path stays within its bound and never carries bytes that a terminal would obey. */
static void paths_are_bounded_and_harmless(void **state)
{
	struct err e;
	struct buf b = BUF_INIT(0);

	(void)state;
	for (int i = 0; i < 40; i++)
		buf_puts(&b, "{\"a-rather-long-name\":");
	buf_puts(&b, "?");
	assert_int_equal(read_n(b.p, b.n, &e), E_FORMAT);
	assert_non_null(strstr(e.msg, "..."));
	assert_true(strlen(e.msg) < LIMIT_JSON_PATH + 100);
	buf_free(&b);
	assert_int_equal(read_n("{\"\xc2\x9b x\":?}", 11, &e), E_FORMAT);
	assert_null(strstr(e.msg, "\xc2\x9b"));
	assert_int_equal(read_n("{\"\x1b[2J\xff\x7f\":?}", 12, &e), E_FORMAT);
	for (const char *p = e.msg; *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f);
}

/* Every allocation may fail: E_NOMEM, nothing lost (the sanitizer build watches), nothing half done. */
static void out_of_memory(void **state)
{
	size_t n = 0;
	CLEANUP_STR char *text = many_members(100, 99, "k", &n);
	struct json_pool *pool = json_pool_new();
	int rc = E_NOMEM;

	(void)state;
	assert_non_null(pool);
	for (int pooled = 0; pooled < 2; pooled++) {
		const struct json_read_opt opt = {.pool = pooled ? pool : NULL};
		long left = 0;

		for (rc = E_NOMEM; rc == E_NOMEM; ) {
			struct json_doc *d = NULL;

			mem_fail_after(++left);
			rc = json_read(text, n, &opt, &d, NULL);
			mem_fail_after(0);
			json_free(d);
		}
		assert_int_equal(rc, 0);
		assert_true(left > 3);
	}
	json_pool_free(pool);
}

/* With a warm pool no memory is asked for at all. */
static void pool_is_steady(void **state)
{
	struct json_pool *pool = json_pool_new();
	const struct json_read_opt opt = {.pool = pool};
	static const char text[] = "{\"type\":\"x\",\"list\":[1,2,3,\"vier\"],\"and\":{\"so\":\"on\"}}";
	struct json_doc *d = NULL, *second = NULL;

	(void)state;
	assert_int_equal(json_read(text, sizeof(text) - 1, &opt, &d, NULL), 0);
	/* a second document while the first lives: its own memory, both stay whole */
	assert_int_equal(json_read("[7]", 3, &opt, &second, NULL), 0);
	assert_int_equal(json_len(json_root(second)), 1);
	assert_int_equal(json_len(json_root(d)), 3);
	json_free(d);
	json_free(second);
	mem_fail_after(1);
	for (int i = 0; i < 100; i++) {
		d = NULL;
		assert_int_equal(json_read(text, sizeof(text) - 1 - 0, &opt, &d, NULL), 0);
		json_free(d);
		d = NULL;
		assert_int_equal(json_read("[1,1", 4, &opt, &d, NULL), E_FORMAT); /* and a refusal gives everything back */
	}
	mem_fail_after(0);
	json_pool_free(pool);
	json_pool_free(NULL);
	json_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(takes),
		cmocka_unit_test(names_the_input),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(depth),
		cmocka_unit_test(depth_of_objects),
		cmocka_unit_test(size),
		cmocka_unit_test(duplicates_among_many),
		cmocka_unit_test(second_of_two_is_shown),
		cmocka_unit_test(paths_are_bounded_and_harmless),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(pool_is_steady),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
