#include "check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/split.h"

/* --- what comes out, as one line: "0:{…} 1:{…} id=\"x\" 2!4096/1048577 end 3 wrapped" or "error …" --- */

struct log { struct buf b; uint64_t stop_at; };

static int on_element(void *ctx, uint64_t n, const void *p, size_t len, struct err *e)
{
	struct log *l = ctx;

	buf_printf(&l->b, "%" PRIu64 ":%.*s ", n, (int)len, (const char *)p);
	return l->stop_at != 0 && n + 1 == l->stop_at ? fail(e, E_BUSY, "enough") : 0;
}

static int on_skipped(void *ctx, uint64_t n, const void *head, size_t head_n, uint64_t len, struct err *e)
{
	struct log *l = ctx;

	(void)e;
	buf_printf(&l->b, "%" PRIu64 "!%zu/%" PRIu64 " ", n, head_n, len);
	if (head_n <= 40)
		buf_put(&l->b, head, head_n);
	return 0;
}

static int on_member(void *ctx, const char *key, size_t key_n, const void *p, size_t len, struct err *e)
{
	struct log *l = ctx;

	(void)e;
	buf_printf(&l->b, "%.*s=%.*s ", (int)key_n, key, (int)len, (const char *)p);
	return 0;
}

/* Every piece in a block of its own, so that a sanitizer sees one byte too far, and whoever keeps a pointer. */
static int feed(struct json_splitter *s, const char *p, size_t n, struct err *e)
{
	char *copy = mem_alloc(n);
	int rc;

	if (n > 0)
		memcpy(copy, p, n);
	rc = json_split_feed(s, copy, n, e);
	memset(copy, 'x', n);
	mem_free(copy);
	return rc;
}

static void split_at(unsigned shapes, size_t max, const char *text, size_t n, size_t cut, size_t step, struct log *l)
{
	const struct json_split_opt opt = {.shapes = shapes, .max_element = max, .what = "input"};
	const struct json_split_sink sink = {on_element, on_skipped, on_member, l};
	struct json_splitter *s = NULL;
	struct err e = {.msg = ""};
	uint64_t elements = 0;
	bool wrapped = false;
	int rc;

	assert_int_equal(json_split_new(&opt, &sink, &s, NULL), 0);
	rc = feed(s, text, cut, &e);
	for (size_t at = cut; rc == 0 && at < n; at += step)
		rc = feed(s, text + at, n - at < step ? n - at : step, &e);
	if (rc == 0)
		rc = json_split_end(s, &elements, &wrapped, &e);
	if (rc == 0)
		buf_printf(&l->b, "end %" PRIu64 "%s", elements, wrapped ? " wrapped" : "");
	else
		buf_printf(&l->b, "%s %s", err_name(rc), e.msg);
	json_split_free(s);
}

static void expect(unsigned shapes, size_t max, const char *text, const char *want)
{
	const size_t n = strlen(text);

	for (size_t cut = 0; cut <= n; cut++)
		for (int bytewise = 0; bytewise < 2; bytewise++) {
			const size_t step = bytewise ? 1 : n + 1;
			struct log l = {.b = BUF_INIT(0)};

			split_at(shapes, max, text, n, cut, step, &l);
			if (strcmp(l.b.p, want) != 0)
				fail_msg("%s\n  cut at %zu, step %zu\n  is   %s\n  want %s", text, cut, step, l.b.p, want);
			buf_free(&l.b);
		}
}

#define W SPLIT_WRAPPED
#define A SPLIT_ARRAY
#define L SPLIT_LINES

static const struct row { unsigned shapes; const char *text, *want; } taken[] = {
	{W, "{\"type\":\"bundle\",\"objects\":[{\"a\":1},{\"b\":[2,{}]}],\"id\" : \"x\" }", "type=\"bundle\" 0:{\"a\":1} 1:{\"b\":[2,{}]} id=\"x\" end 2 wrapped"},
	{W | L, "{\"type\":\"bundle\",\"objects\":[{\"a\":1}]}\n", "type=\"bundle\" 0:{\"a\":1} end 1 wrapped"},
	{W | A | L, " {\"objects\":[ ]}", "end 0 wrapped"},
	{W, "{\"more\":false}", "more=false end 0"},
	{W, "{}", "end 0"},
	{W | L, "{}", "0:{} end 1"},
	{W | L, "{\"type\":\"x\",\"y\":[{}]}", "0:{\"type\":\"x\",\"y\":[{}]} end 1"},
	{W | L, "{ \"type\":\"x\" }{\"y\":2}\n\n{}", "0:{ \"type\":\"x\" } 1:{\"y\":2} 2:{} end 3"},
	/* further objects of a sequence are elements whatever they hold */
	{W | L, "{} {\"objects\":[1]}", "0:{} 1:{\"objects\":[1]} end 2"},
	{L, "{\"objects\":[1]}", "0:{\"objects\":[1]} end 1"},
	/* a member of that name which is no list (STIX 2.0 observed-data) */
	{W | L, "{\"objects\":{\"0\":{}}}", "0:{\"objects\":{\"0\":{}}} end 1"},
	{W | L, "{\"\\u006fbj\\u0065cts\":[7]}", "0:7 end 1 wrapped"},
	{A, "[{\"a\":\"]}\\\"\\\\\"},{}]", "0:{\"a\":\"]}\\\"\\\\\"} 1:{} end 2"},
	{A, "\r\n\t []", "end 0"},
	{A, "[1,\"a,b\",null , -2.5e3,[[]],true]", "0:1 1:\"a,b\" 2:null 3:-2.5e3 4:[[]] 5:true end 6"},
	/* not the splitter's to judge, but the element's reader's */
	{A, "[{\"a\":1],{\"a\"}]", "0:{\"a\":1] 1:{\"a\"} end 2"},
	{A, "[nul,01]", "0:nul 1:01 end 2"},
};

static const struct row refused[] = {
	{W | A | L, "", "E_FORMAT input: empty"},
	{W | A | L, " \n", "E_FORMAT input: empty"},
	{W | A | L, "\xef\xbb\xbf{}", "E_FORMAT input: line 1, byte 1: expected an object or a list, not a byte order mark"},
	{W | A | L, "5", "E_FORMAT input: line 1, byte 1: expected an object or a list"},
	{W | L, "[]", "E_FORMAT input: line 1, byte 1: expected an object or a list"},
	{A, "{}", "E_FORMAT input: line 1, byte 1: expected an object or a list"},
	{W, "{\"objects\":{}}", "E_FORMAT input: line 1, byte 12: expected a list"},
	{W | L, "{\"objects\":[],\n\"objects\":[1]}", "E_FORMAT input: line 2, byte 10: duplicate member name"},
	{W | L, "{\"objects\":[],\"obj\\u0065cts\":[1]}", "E_FORMAT input: line 1, byte 29: duplicate member name"},
	{W | L, "{\"objects\":1,\"objects\":[1]}", "E_FORMAT input: line 1, byte 23: duplicate member name"},
	{W, "{\"a\":1,\"a\":2}", "a=1 a=2 E_FORMAT input (list left out): line 1, byte 8, $.a: duplicate member name"},
	{W, "{\"a\":1,\"objects\":[2],\"\\u0061\":2}", "a=1 0:2 \\u0061=2 E_FORMAT input (list left out): line 1, byte 21, $[\"\\u0061\"]: duplicate member name"},
	{W | L, "{\"objects\":[]} {}", "E_FORMAT input: line 1, byte 16: expected the end"},
	{A, "[]\n]", "E_FORMAT input: line 2, byte 1: expected the end"},
	{L, "{}\n5", "0:{} E_FORMAT input: line 2, byte 1: expected an object"},
	{L, "{},{}", "0:{} E_FORMAT input: line 1, byte 3: expected an object"},
	{A, "[1,]", "0:1 E_FORMAT input: line 1, byte 4: expected a value"},
	{A, "[,1]", "E_FORMAT input: line 1, byte 2: expected a value or ']'"},
	{A, "[1 2]", "0:1 E_FORMAT input: line 1, byte 4: expected ',' or ']'"},
	{A, "[1:2]", "0:1 E_FORMAT input: line 1, byte 3: expected ',' or ']'"},
	{A, "[}", "E_FORMAT input: line 1, byte 2: expected a value or ']'"},
	{W, "{\"a\":1,}", "a=1 E_FORMAT input: line 1, byte 8: expected a member name"},
	{W, "{,}", "E_FORMAT input: line 1, byte 2: expected a member name or '}'"},
	{W, "{a:1}", "E_FORMAT input: line 1, byte 2: expected a member name or '}'"},
	{W, "{\"a\" 1}", "E_FORMAT input: line 1, byte 6: expected ':'"},
	{W, "{\"a\":}", "E_FORMAT input: line 1, byte 6: expected a value"},
	{W, "{\"a\":1 \"b\":2}", "a=1 E_FORMAT input: line 1, byte 8: expected ',' or '}'"},
	{W, "{\"a\":1]", "a=1 E_FORMAT input: line 1, byte 7: expected ',' or '}'"},
	{W, "{\"objects\":[1", "E_FORMAT input: line 1, byte 14: cut short, expected the rest of a value"},
	{W, "{\"objects\":[1]\n", "0:1 E_FORMAT input: line 2, byte 1: cut short, expected ',' or '}'"},
	{L, "{\"a\":\"", "E_FORMAT input: line 1, byte 7: cut short, expected the rest of a value"},
};

static void what_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		expect(taken[i].shapes, 0, taken[i].text, taken[i].want);
}

static void what_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		expect(refused[i].shapes, 0, refused[i].text, refused[i].want);
}

static void broken_members_of_the_wrapper(void **state)
{
	static const char *const texts[] = {"{\"a\":[}}", "{\"a\":nul}", "{\"\xff\":1}", "{\"\\x\":1}", "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":\"\n\"}",
		"{\"objects\":[],\"a\":01}", "{\"a\":9007199254740993,\"objects\":[]}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct log l = {.b = BUF_INIT(0)};

		split_at(W, 0, texts[i], strlen(texts[i]), 0, 3, &l);
		assert_non_null(strstr(l.b.p, "E_FORMAT input (list left out): line "));
		buf_free(&l.b);
	}
}

static void what_is_too_long(void **state)
{
	(void)state;
	expect(A, 10, "[\"12345678\",\"123456789\",{\"a\":[\"long\"]},1]", "0:\"12345678\" 1!11/11 \"123456789\"2!14/14 {\"a\":[\"long\"]}3:1 end 4");
	expect(L, 10, "{\"a\":1}{\"a\":\"long\"}", "0:{\"a\":1} 1!12/12 {\"a\":\"long\"}end 2");
	expect(W | L, 10, "{\"a\":\"long\"}{}", "0!12/12 {\"a\":\"long\"}1:{} end 2");
	expect(W, 18, "{\"a\":1,\"b\":2,\"objects\":[]}", "a=1 b=2 E_LIMIT input: line 1, byte 23: the members beside the list are too long");
	expect(W, 26, "{\"a\":1,\"b\":2,\"objects\":[]}", "a=1 b=2 end 0 wrapped");
	expect(W, 25, "{\"a\":1,\"b\":2,\"objects\":[]}", "a=1 b=2 E_LIMIT input: line 1, byte 27: the members beside the list are too long");
}

static void long_ones_are_not_held(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0);

	(void)state;
	buf_puts(&text, "[{\"v\":\"");
	for (size_t i = 0; i < LIMIT_JSON_BYTES; i++)
		buf_putc(&text, "abc{[\\\\"[i % 7]);
	buf_puts(&text, "\"},{}]");
	for (size_t step = 1000; step < 3000000; step *= 13) {
		struct log l = {.b = BUF_INIT(0)};
		char want[80];

		snprintf(want, sizeof(want), "0!4096/%zu 1:{} end 2", text.n - 5);
		split_at(A, 0, text.p, text.n, 0, step, &l);
		assert_string_equal(l.b.p, want);
		buf_free(&l.b);
	}
}

/* Blocks of 64 bytes are scanned at once: every alignment of brackets, quotes and backslashes against them. */
static void every_alignment(void **state)
{
	static const char *const inner[] = {"{\"k\":\"}\"}", "{\"k\":\"\\\"}\"}", "{\"k\\\\\":[{},{\"]\":1}]}", "[[[[]]]]", "{\"a\":\"\\\\\\\"{{{\"}"};

	(void)state;
	for (size_t pad = 0; pad < 140; pad++)
		for (size_t i = 0; i < ARRAY_LEN(inner); i++) {
			CLEANUP_BUF struct buf text = BUF_INIT(0), want = BUF_INIT(0);
			struct log l = {.b = BUF_INIT(0)};

			buf_printf(&want, "0:{\"p\":\"%0*d\",\"q\":%s,\"r\":\"%0*d\"} 1:[] end 2", (int)pad, 0, inner[i], 100, 0);
			buf_printf(&text, "[%.*s,[]]", (int)(want.n - 2 - strlen(" 1:[] end 2")), want.p + 2);
			split_at(A, 0, text.p, text.n, pad % 64, SIZE_MAX / 2, &l);
			assert_string_equal(l.b.p, want.p);
			buf_free(&l.b);
		}
}

static void the_sink_stops(void **state)
{
	static const char text[] = "{\"objects\":[1,2,3,4]}";

	(void)state;
	for (uint64_t stop = 1; stop <= 4; stop++) {
		struct log l = {.b = BUF_INIT(0), .stop_at = stop};

		split_at(W, 0, text, strlen(text), 0, 4, &l);
		assert_int_equal(l.b.p[2 + 4 * (stop - 1)], '0' + stop);
		assert_non_null(strstr(l.b.p, " E_BUSY enough"));
		buf_free(&l.b);
	}
}

static void no_one_wants_members(void **state)
{
	const struct json_split_opt opt = {.shapes = W | L, .list = "versions"};
	struct log l = {.b = BUF_INIT(0)};
	const struct json_split_sink sink = {.element = on_element, .skipped = on_skipped, .ctx = &l};
	struct json_splitter *s = NULL;
	uint64_t n;
	bool wrapped;

	(void)state;
	assert_int_equal(json_split_new(&opt, &sink, &s, NULL), 0);
	assert_int_equal(json_split_feed(s, "{\"more\":true,\"objects\":[8],\"versions\":[9]}", 42, NULL), 0);
	assert_int_equal(json_split_end(s, &n, &wrapped, NULL), 0);
	assert_string_equal(l.b.p, "0:9 ");
	assert_true(n == 1 && wrapped);
	json_split_free(s);
	json_split_free(NULL);
	buf_free(&l.b);
}

static void without_memory(void **state)
{
	static const char text[] = "{\"a\":\"12345678\",\"objects\":[{\"bb\":[1,2,3]},{}],\"c\":{}}";
	const struct json_split_opt opt = {.shapes = W | L};
	int rc = E_NOMEM;

	(void)state;
	for (long n = 1; rc != 0; n++) {
		struct log l = {.b = BUF_INIT(0)};
		const struct json_split_sink sink = {.member = on_member, .element = on_element, .skipped = on_skipped, .ctx = &l};
		struct json_splitter *s = NULL;

		buf_printf(&l.b, "%200s", "");
		mem_fail_after(n);
		rc = json_split_new(&opt, &sink, &s, NULL);
		for (size_t i = 0; rc == 0 && i < strlen(text); i += 9)
			rc = json_split_feed(s, text + i, strlen(text) - i < 9 ? strlen(text) - i : 9, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == E_NOMEM);
		json_split_free(s);
		buf_free(&l.b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_taken),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(broken_members_of_the_wrapper),
		cmocka_unit_test(what_is_too_long),
		cmocka_unit_test(long_ones_are_not_held),
		cmocka_unit_test(every_alignment),
		cmocka_unit_test(the_sink_stops),
		cmocka_unit_test(no_one_wants_members),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
