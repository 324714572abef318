/* Text encodings: one spelling per value, everything else refused. */
#include "../check.h"

#include "base/enc.h"

static void hex(void **state)
{
	unsigned char out[4] = {9, 9, 9, 9};
	char text[HEX_LEN(4) + 1];

	(void)state;
	hex_encode("\x00\x0f\xf0\xff", 4, text);
	assert_string_equal(text, "000ff0ff");
	assert_true(hex_decode("000FF0ff", 8, out, 4));
	assert_memory_equal(out, "\x00\x0f\xf0\xff", 4);
	assert_false(hex_decode("000ff0f", 7, out, 4));
	assert_false(hex_decode("000ff0ff0", 9, out, 4));
	assert_false(hex_decode("000ff0ff", 8, out, 3));
	assert_false(hex_decode("000ff0fg", 8, out, 4));
	assert_false(hex_decode("000ff0f/", 8, out, 4));
	assert_false(hex_decode("000ff0f:", 8, out, 4));
	assert_false(hex_decode("000ff0f@", 8, out, 4));
	assert_false(hex_decode("000ff0f`", 8, out, 4));
	assert_false(hex_decode(" 00ff0ff", 8, out, 4));
	assert_false(hex_decode("0x0ff0ff", 8, out, 4));
	assert_true(hex_decode("", 0, out, 0));
}

/* RFC 4648 §10. */
static const struct { const char *plain, *text; } base64_vectors[] = {
	{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	{"\xfb\xff\xfe", "+//+"},
};

static void base64_good(void **state)
{
	char text[16], out[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(base64_vectors); i++) {
		const char *plain = base64_vectors[i].plain, *want = base64_vectors[i].text;
		struct buf b = BUF_INIT(0);
		size_t n = 99;

		base64_encode(plain, strlen(plain), text);
		assert_string_equal(text, want);
		base64_put(&b, plain, strlen(plain));
		assert_string_equal(b.p, want);
		buf_free(&b);
		assert_true(base64_decode(want, strlen(want), out, strlen(plain), &n));
		assert_int_equal(n, strlen(plain));
		assert_memory_equal(out, plain, n);
	}
}

static const char *const base64_bad[] = {
	"Z", "Zg", "Zg=", "Zm9vY", "Zm9vYg", "Zm9vYg=", /* padding missing */
	"Zh==", "Zk==", "Zm9=", "Zm+=", "Zm/=",         /* unused bits set */
	"====", "Z===", "=Zg=", "=m9v", "Z=9v", "Zm=v", "Zg==Zg==", "Zm8=Zm8=", "Zm9v====", "Zm9vZ===", /* padding where none belongs */
	" Zg==", "Zg== ", "Zg==\n", "Zm9v\n", "Zm\n9v===", "Zm9v\r\nYg", "Z g=", /* white space */
	"Zm9-", "Zm9_", "-__-", "Zm9.", "Zm9@", "Zm9[", "Zm9`", "Zm9{", "Zm9,", "Zm\xc3\xa9", /* other alphabets, neighbours of ours */
};

static void base64_refused(void **state)
{
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(base64_bad); i++) {
		size_t n = 77;

		if (base64_decode(base64_bad[i], strlen(base64_bad[i]), out, sizeof(out), &n))
			fail_msg("taken: \"%s\"", base64_bad[i]);
		assert_int_equal(n, 77);
	}
	assert_false(base64_decode("Zm9v", 4, out, 2, &(size_t){0}));
	assert_false(base64_decode("Zm8=", 4, out, 1, &(size_t){0}));
	assert_false(base64_decode("Zm\0v", 4, out, 3, &(size_t){0}));
}

/* Every text of four characters of a small alphabet that decodes encodes to itself: one spelling per value. */
static void base64_one_spelling(void **state)
{
	static const char c[] = "AZaz09+/=-\nQgw";
	const size_t k = sizeof(c) - 1;

	(void)state;
	for (size_t i = 0; i < k * k * k * k; i++) {
		const char text[5] = {c[i % k], c[i / k % k], c[i / k / k % k], c[i / k / k / k], '\0'};
		char out[3], again[5];
		size_t n = 0;

		if (!base64_decode(text, 4, out, sizeof(out), &n))
			continue;
		base64_encode(out, n, again);
		assert_string_equal(again, text);
	}
}

static const struct { const char *s; size_t n, ok; } utf8_vectors[] = {
	{"", 0, 0}, {"abc", 3, 3}, {"a\0b", 3, 3},
	{"\x7f", 1, 1}, {"\xc2\x80", 2, 2}, {"\xdf\xbf", 2, 2}, {"\xe0\xa0\x80", 3, 3}, {"\xed\x9f\xbf", 3, 3}, {"\xee\x80\x80", 3, 3},
	{"\xef\xbf\xbf", 3, 3}, {"\xf0\x90\x80\x80", 4, 4}, {"\xf4\x8f\xbf\xbf", 4, 4}, {"\xe6\x97\xa5\xe6\x9c\xac", 6, 6},
	/* lone continuation, also behind good text */
	{"\x80", 1, 0}, {"\xbf", 1, 0}, {"ab\x80", 3, 2}, {"\xc3\xa9\xa9", 3, 2},
	/* overlong */
	{"\xc0\x80", 2, 0}, {"\xc0\xaf", 2, 0}, {"\xc1\xbf", 2, 0}, {"\xe0\x80\xaf", 3, 0}, {"\xe0\x9f\xbf", 3, 0}, {"\xf0\x80\x80\xaf", 4, 0},
	{"\xf0\x8f\xbf\xbf", 4, 0},
	/* surrogates, alone and as CESU-8 pairs */
	{"\xed\xa0\x80", 3, 0}, {"\xed\xaf\xbf", 3, 0}, {"\xed\xb0\x80", 3, 0}, {"\xed\xbf\xbf", 3, 0}, {"\xed\xa0\xbd\xed\xb8\x80", 6, 0},
	/* above U+10FFFF, and the five and six byte forms of old */
	{"\xf4\x90\x80\x80", 4, 0}, {"\xf5\x80\x80\x80", 4, 0}, {"\xf7\xbf\xbf\xbf", 4, 0}, {"\xf8\x88\x80\x80\x80", 5, 0},
	{"\xfc\x84\x80\x80\x80\x80", 6, 0}, {"\xfe", 1, 0}, {"\xff", 1, 0},
	/* cut short, at the end and by another character */
	{"\xc3", 1, 0}, {"\xe6\x97", 2, 0}, {"\xe6", 1, 0}, {"\xf0\x9f\x98", 3, 0}, {"x\xf0\x9f\x98", 4, 1}, {"\xe6\x97" "a", 3, 0}, {"\xc3(", 2, 0},
	{"\xf0\x9f(\x80", 4, 0}, {"\xe6\xc3\xa9", 3, 0}, {"\xf0\x90\x80\xc0", 4, 0},
};

static void utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(utf8_vectors); i++)
		if (utf8_check(utf8_vectors[i].s, utf8_vectors[i].n) != utf8_vectors[i].ok)
			fail_msg("row %zu", i);
}

/* Every code point is taken in its shortest form, surrogates never (RFC 3629 §3). */
static void utf8_all(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c < 0x120000; c++) {
		const unsigned char two[] = {(unsigned char)(0xc0 | c >> 6), (unsigned char)(0x80 | (c & 63))};
		const unsigned char three[] = {(unsigned char)(0xe0 | c >> 12), (unsigned char)(0x80 | (c >> 6 & 63)), two[1]};
		const unsigned char four[] = {(unsigned char)(0xf0 | c >> 18), (unsigned char)(0x80 | (c >> 12 & 63)), three[1], two[1]};
		const unsigned char *s = c < 0x800 ? two : c < 0x10000 ? three : four;
		const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		const bool good = c < 0x110000 && (c < 0xd800 || c > 0xdfff);

		if ((utf8_check((const char *)s, n) == n) != good)
			fail_msg("U+%04X", c);
	}
}

static const struct { const char *s; uint64_t max, want; bool ok; } decimals[] = {
	{"0", 0, 0, true}, {"7", 9, 7, true}, {"10", 10, 10, true}, {"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
	{"11", 10, 0, false}, {"18446744073709551616", UINT64_MAX, 0, false}, {"99999999999999999999", UINT64_MAX, 0, false},
	{"100000000000000000000", UINT64_MAX, 0, false}, {"", 9, 0, false}, {"00", 9, 0, false}, {"07", 9, 0, false}, {"-1", 9, 0, false},
	{"+1", 9, 0, false}, {" 1", 9, 0, false}, {"1 ", 9, 0, false}, {"1.0", 99, 0, false}, {"1e3", 9999, 0, false}, {"0x1", 99, 0, false},
	{"1/", 99, 0, false}, {"1:", 99, 0, false}, {"\xd9\xa1", 9, 0, false},
};

static void decimal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(decimals); i++) {
		uint64_t v = 123;

		if (dec_parse(decimals[i].s, strlen(decimals[i].s), decimals[i].max, &v) != decimals[i].ok)
			fail_msg("\"%s\"", decimals[i].s);
		assert_int_equal(v, decimals[i].ok ? decimals[i].want : 123);
	}
	assert_false(dec_parse("1\0", 2, 99, &(uint64_t){0}));
}

static void big_endian(void **state)
{
	unsigned char p[9] = {0};

	(void)state;
	be_put(p, 0x0102030405060708ULL, 8);
	assert_memory_equal(p, "\1\2\3\4\5\6\7\10\0", 9);
	assert_true(be_get(p, 8) == 0x0102030405060708ULL);
	assert_int_equal(be_get(p, 3), 0x010203);
	be_put(p, 0xfffffe, 2);
	assert_memory_equal(p, "\xff\xfe\3", 3);
}

/* RFC 4648 §10, without padding and in the URL-safe alphabet. */
static void test_url_and_32(void **state)
{
	static const struct { const char *bytes, *url, *b32; } rows[] = {
		{"", "", ""}, {"f", "Zg", "MY"}, {"fo", "Zm8", "MZXQ"}, {"foo", "Zm9v", "MZXW6"}, {"foob", "Zm9vYg", "MZXW6YQ"}, {"fooba", "Zm9vYmE", "MZXW6YTB"}, {"foobar", "Zm9vYmFy", "MZXW6YTBOI"},
		{"\xfb\xff\xfe", "-__-", "7P774"},
	};
	static const char *const bad[] = {"Z", "Zg==", "Zh", "Zm9", "+/8", "Zm9vYg=", "Zm 8", "Zm8\n", "-__*", "é"};
	uint8_t out[8];
	char text[32];
	size_t n = 99;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const size_t len = strlen(rows[i].bytes);

		base64url_encode(rows[i].bytes, len, text);
		assert_string_equal(text, rows[i].url);
		assert_int_equal(strlen(text), BASE64URL_LEN(len));
		assert_true(base64url_decode(text, strlen(text), out, len, &n));
		assert_int_equal(n, len);
		assert_memory_equal(out, rows[i].bytes, len);
		if (len > 0)
			assert_false(base64url_decode(text, strlen(text), out, len - 1, &n));
		base32_encode(rows[i].bytes, len, text);
		assert_string_equal(text, rows[i].b32);
		assert_int_equal(strlen(text), BASE32_LEN(len));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(base64url_decode(bad[i], strlen(bad[i]), out, sizeof(out), &n));
}

static void decimals_out(void **state)
{
	static const struct { uint64_t v; const char *text; } rows[] = {
		{0, "0"}, {7, "7"}, {10, "10"}, {404, "404"}, {UINT64_MAX, "18446744073709551615"}};
	char text[DEC_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(dec_format(rows[i].v, text), strlen(rows[i].text));
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url_and_32), cmocka_unit_test(hex),
		cmocka_unit_test(base64_good),
		cmocka_unit_test(base64_refused),
		cmocka_unit_test(base64_one_spelling),
		cmocka_unit_test(utf8),
		cmocka_unit_test(utf8_all),
		cmocka_unit_test(decimal),
		cmocka_unit_test(decimals_out),
		cmocka_unit_test(big_endian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
