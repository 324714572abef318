#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "json/json.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

static void expect(const char *text, const char *want)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct err e = {.code = 0};
	bool is = false;

	if (json_canon_text(text, strlen(text), &out, &e) != 0)
		fail_msg("<%s>: %s", text, e.msg);
	assert_string_equal(out.p, want);
	assert_int_equal(json_is_canon(want, strlen(want), &is, NULL), 0);
	assert_true(is);
	assert_int_equal(json_is_canon(text, strlen(text), &is, NULL), 0);
	assert_int_equal(is, strcmp(text, want) == 0);
}

/* RFC 8785 §3.2.2, §3.2.3 and Figure 4: the examples of the standard itself. */
static void of_the_standard(void **state)
{
	(void)state;
	expect("{\n  \"numbers\": [333333333.33333329, 1E30, 4.50,\n              2e-3, 0.000000000000000000000000001],\n"
	       "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n  \"literals\": [null, true, false]\n}",
	       "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
	       "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
	expect("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
	       "\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
	       "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\","
	       "\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

static void values(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{"null", "null"}, {" true ", "true"}, {"false", "false"}, {"[ ]", "[]"}, {"{ }", "{}"}, {"\"\"", "\"\""},
		{"-0", "0"}, {"-0.0", "0"}, {"1.0", "1"}, {"100e-2", "1"}, {"1E2", "100"}, {"0.1", "0.1"}, {"-1.50", "-1.5"},
		{"1e21", "1e+21"}, {"-12345e300", "-1.2345e+304"}, {"1e-6", "0.000001"}, {"1e-7", "1e-7"}, {"0.00001", "0.00001"},
		{"9007199254740991", "9007199254740991"}, {"-9007199254740991", "-9007199254740991"}, {"52.520008", "52.520008"},
		{"[1, [2, [3, {}], []], {\"a\" : {}}]", "[1,[2,[3,{}],[]],{\"a\":{}}]"},
		{"{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]}", "{\"a\":[{\"y\":2,\"z\":1}],\"b\":{\"c\":2,\"d\":1}}"},
		/* nothing is composed, decomposed or folded: names equal to the eye stay two */
		{"{\"A\\u030a\":1,\"\\u00c5\":2}", "{\"A\xcc\x8a\":1,\"\xc3\x85\":2}"},
		{"\"\xe3\x83\x91 \xe3\x83\x8f\xe3\x82\x9a\"", "\"\xe3\x83\x91 \xe3\x83\x8f\xe3\x82\x9a\""},
		/* a name that begins another stands first; length alone decides nothing */
		{"{\"aa\":1,\"a\":2,\"\":3,\"b\":4,\"a\\u0000\":5}", "{\"\":3,\"a\":2,\"a\\u0000\":5,\"aa\":1,\"b\":4}"},
		{"{\"10\":1,\"9\":2,\"1\":3}", "{\"1\":3,\"10\":1,\"9\":2}"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(rows[i].text, rows[i].want);
}

/* All of U+0000 to U+007F one by one, and what must not be escaped though other writers do. */
static void escapes(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x80; c++) {
		CLEANUP_BUF struct buf in = BUF_INIT(64), want = BUF_INIT(64);
		static const char letters[] = "\b\t\n\f\r\"\\", as[] = "btnfr\"\\";
		const char *at = c != 0 ? strchr(letters, (char)c) : NULL;

		buf_printf(&in, "[\"0123456\\u%04X\"]", c); /* the eighth byte of a word and, below, the first */
		if (at != NULL)
			buf_printf(&want, "[\"0123456\\%c\"]", as[at - letters]);
		else if (c < 0x20)
			buf_printf(&want, "[\"0123456\\u%04x\"]", c);
		else
			buf_printf(&want, "[\"0123456%c\"]", (char)c);
		expect(in.p, want.p);
	}
	expect("\"\\/\\u2028\\u2029\\u007f\\u0080\\ufeff\\uffff\"", "\"/\xe2\x80\xa8\xe2\x80\xa9\x7f\xc2\x80\xef\xbb\xbf\xef\xbf\xbf\"");
	expect("\"\\ud83d\\ude02\\ud83D\\uDE02\"", "\"\xf0\x9f\x98\x82\xf0\x9f\x98\x82\"");
}

/* An escape at every place of strings of every length: the words of eight bytes must not hide one. */
static void escapes_at_every_place(void **state)
{
	char s[40];

	(void)state;
	for (size_t n = 1; n < sizeof(s); n++)
		for (size_t at = 0; at < n; at++) {
			CLEANUP_BUF struct buf out = BUF_INIT(256), want = BUF_INIT(256);

			memset(s, '\xff', n); /* the highest byte: no confusion with a sign bit */
			s[at] = "\x1f\"\\"[(n + at) % 3];
			json_put_str(&out, s, n);
			buf_puts(&want, "\"");
			buf_put(&want, s, at);
			buf_puts(&want, (const char *[]){"\\u001f", "\\\"", "\\\\"}[(n + at) % 3]);
			buf_put(&want, s + at + 1, n - at - 1);
			buf_puts(&want, "\"");
			assert_int_equal(out.n, want.n);
			assert_memory_equal(out.p, want.p, want.n);
		}
}

/* Both sides of every border: 1, 2, 3 and 4 bytes of UTF-8, and where UTF-16 turns the order round. */
static void order_is_of_utf16(void **state)
{
	(void)state;
	expect("{\"\xef\xbf\xbf\":1,\"\xf4\x8f\xbf\xbf\":2,\"\xf0\x90\x80\x80\":3,\"\xee\x80\x80\":4,\"\xed\x9f\xbf\":5,\"\xdf\xbf\":6,\"\x7f\":7,\"\xc2\x80\":8,\"\xe0\xa0\x80\":9}",
	       "{\"\x7f\":7,\"\xc2\x80\":8,\"\xdf\xbf\":6,\"\xe0\xa0\x80\":9,\"\xed\x9f\xbf\":5,\"\xf0\x90\x80\x80\":3,\"\xf4\x8f\xbf\xbf\":2,\"\xee\x80\x80\":4,\"\xef\xbf\xbf\":1}");
	/* the same behind a common beginning, and where only the last byte of a character differs */
	expect("{\"x\xef\xa4\x80\":1,\"x\xf0\x9f\x98\x82\":2,\"x\xee\x80\x81\":3,\"x\xee\x80\x80\":4}",
	       "{\"x\xf0\x9f\x98\x82\":2,\"x\xee\x80\x80\":4,\"x\xee\x80\x81\":3,\"x\xef\xa4\x80\":1}");
}

/* Sorting small and large, already sorted, reversed and mixed gives one and the same text. */
static void sorts_any_number(void **state)
{
	(void)state;
	for (unsigned n = 0; n <= 300; n = n < 70 ? n + 1 : n + 57) {
		CLEANUP_BUF struct buf sorted = BUF_INIT(0), reversed = BUF_INIT(0), mixed = BUF_INIT(0);

		for (unsigned i = 0; i < n; i++) {
			buf_printf(&sorted, "%c\"k%04u\":%u", i == 0 ? '{' : ',', i, i);
			buf_printf(&reversed, "%c\"k%04u\":%u", i == 0 ? '{' : ',', n - 1 - i, n - 1 - i);
			buf_printf(&mixed, "%c\"k%04u\":%u", i == 0 ? '{' : ',', i * 307 % n, i * 307 % n); /* 307: prime, above n */
		}
		buf_puts(&sorted, n > 0 ? "}" : "{}");
		buf_puts(&reversed, n > 0 ? "}" : "{}");
		buf_puts(&mixed, n > 0 ? "}" : "{}");
		expect(reversed.p, sorted.p);
		expect(mixed.p, sorted.p);
		expect(sorted.p, sorted.p);
	}
}

/* The pairs of the standard's authors, not kept here (tests/golden/jcs/SOURCE); skipped without the variable. */
static void pairs_of_the_authors(void **state)
{
	static const char *const names[] = {"arrays", "french", "structures", "unicode", "values", "weird"};
	const char *dir = getenv("VERBALE_VECTORS");
	const struct fs fs = fs_system();

	(void)state;
	if (dir == NULL)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP_STR char *from = mem_printf("%s/jcs/input/%s.json", dir, names[i]);
		CLEANUP_STR char *to = mem_printf("%s/jcs/output/%s.json", dir, names[i]);
		CLEANUP_BUF struct buf in = BUF_INIT(0), want = BUF_INIT(0), out = BUF_INIT(0);
		struct err e = {.code = 0};

		if (fs_read_file(&fs, from, 1 << 20, &in, &e) != 0 || fs_read_file(&fs, to, 1 << 20, &want, &e) != 0 ||
		    json_canon_text(in.p, in.n, &out, &e) != 0)
			fail_msg("%s", e.msg);
		assert_string_equal(out.p, want.p);
	}
}

static void is_canon(void **state)
{
	static const char *const not[] = {"{ }", "[1.0]", "[1,2]\n", "{\"b\":1,\"a\":2}", "[\"\\u0041\"]", "[\"\\/\"]", "[-0]", "[1E3]", "[\"\\u001F\"]"};
	bool is = true;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(not); i++) {
		assert_int_equal(json_is_canon(not[i], strlen(not[i]), &is, NULL), 0);
		assert_false(is);
	}
	assert_int_equal(json_is_canon("[", 1, &is, &e), E_FORMAT);
	assert_int_equal(json_is_canon("{\"a\":1,\"a\":1}", 13, &is, &e), E_FORMAT);
}

/* What the buffer cannot hold is an error of the buffer; nothing is written past its maximum. */
static void bounded_by_the_buffer(void **state)
{
	static const char text[] = "{\"b\":\"\\u0001 and some more\",\"a\":[1,2.5,true,null]}";
	static const char want[] = "{\"a\":[1,2.5,true,null],\"b\":\"\\u0001 and some more\"}";
	struct json_doc *d = NULL;

	(void)state;
	assert_int_equal(json_read(text, sizeof(text) - 1, NULL, &d, NULL), 0);
	for (size_t max = 1; max < sizeof(want) + 2; max++) {
		CLEANUP_BUF struct buf out = BUF_INIT(max);

		json_canon(json_root(d), &out);
		assert_int_equal(out.err, max < sizeof(want) - 1 ? E_LIMIT : 0);
		assert_true(out.n <= max);
		if (out.err == 0)
			assert_string_equal(out.p, want);
	}
	json_free(d);
}

static void out_of_memory(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0);
	struct json_doc *d = NULL;
	int err = E_NOMEM;
	long left = 0;

	(void)state;
	for (int i = 100; i > 0; i--)
		buf_printf(&text, "%s\"k%03d\":0", i == 100 ? "{" : ",", i);
	buf_puts(&text, "}");
	assert_int_equal(json_read(text.p, text.n, NULL, &d, NULL), 0);
	while (err != 0) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);

		assert_int_equal(err, E_NOMEM);
		mem_fail_after(++left);
		json_canon(json_root(d), &out);
		mem_fail_after(0);
		err = out.err;
	}
	assert_true(left > 2);
	json_free(d);
}

static void by_hand(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	bool first = true;

	(void)state;
	buf_puts(&out, "{");
	json_put_member(&out, &first, "a");
	json_put_str(&out, "x\0y", 3);
	json_put_member(&out, &first, "b\"");
	json_put_num(&out, -0.5);
	json_put_member(&out, &first, "c");
	json_put_str(&out, NULL, 0);
	buf_puts(&out, "}");
	assert_string_equal(out.p, "{\"a\":\"x\\u0000y\",\"b\\\"\":-0.5,\"c\":\"\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_standard),
		cmocka_unit_test(values),
		cmocka_unit_test(escapes),
		cmocka_unit_test(escapes_at_every_place),
		cmocka_unit_test(order_is_of_utf16),
		cmocka_unit_test(sorts_any_number),
		cmocka_unit_test(pairs_of_the_authors),
		cmocka_unit_test(is_canon),
		cmocka_unit_test(bounded_by_the_buffer),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
