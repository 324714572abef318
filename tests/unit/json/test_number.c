#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "json/json.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

static double of_bits(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

static void expect(uint64_t bits, const char *want)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64);

	json_put_num(&out, of_bits(bits));
	if (out.err != 0 || strcmp(out.p, want) != 0)
		fail_msg("%016llx: <%s>, wanted <%s>", (unsigned long long)bits, out.p, want);
}

/* RFC 8785, Appendix B, without the rows for NaN and Infinity, which no reader lets through. */
static void appendix_b(void **state)
{
	static const struct { uint64_t bits; const char *text; } rows[] = {
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"},
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(rows[i].bits, rows[i].text);
}

/* Every line of a file "<bits in hex><separator><text>"; the number of lines. */
static size_t expect_file(const char *path)
{
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf file = BUF_INIT(0);
	size_t lines = 0;
	char *save = NULL;

	assert_int_equal(fs_read_file(&fs, path, 1 << 20, &file, NULL), 0);
	for (char *line = strtok_r(file.p, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save), lines++) {
		char *end;
		const uint64_t bits = strtoull(line, &end, 16);

		assert_int_equal(end - line, 16);
		expect(bits, end + 1);
	}
	return lines;
}

/* What an ECMAScript engine printed: all 2,098 powers of two, the edges of each layout, patterns. */
static void as_ecmascript(void **state)
{
	(void)state;
	assert_int_equal(expect_file(GOLDEN_DIR "/jcs/numbers.txt"), 4305);
}

/* Printing and reading back is the identity, through the whole module. */
static void round_trip(void **state)
{
	uint64_t s = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(64);
		struct json_doc *d = NULL;
		double v, back;

		s = s * 6364136223846793005u + 1442695040888963407u;
		v = of_bits(s ^ s >> 29);
		if (!isfinite(v))
			continue;
		json_put_num(&out, v);
		if (json_read(out.p, out.n, NULL, &d, NULL) != 0) {
			/* integers past 2^53 that print without exponent: the reader refuses them however written */
			assert_true((v >= 0x1p53 || v <= -0x1p53) && v < 1e21 && v > -1e21);
			continue;
		}
		assert_true(json_num(json_root(d), &back));
		assert_memory_equal(&back, &v, sizeof(v));
		json_free(d);
	}
}

static void locale_does_not_matter(void **state)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE", "fr_FR.utf8"};
	const char *set = NULL;
	struct json_doc *d = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names) && set == NULL; i++)
		set = setlocale(LC_ALL, names[i]);
	if (set == NULL)
		skip(); /* no locale with a decimal comma on this machine */
	assert_string_equal(localeconv()->decimal_point, ",");
	expect(0x3fe0000000000000, "0.5");
	expect(0x444b1ae4d6e2ef50, "1e+21");
	assert_int_equal(json_read("1.25e-3", 7, NULL, &d, NULL), 0);
	{
		double v = 0;

		assert_true(json_num(json_root(d), &v));
		assert_true(v > 0.00124 && v < 0.00126);
	}
	json_free(d);
	setlocale(LC_ALL, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appendix_b),
		cmocka_unit_test(as_ecmascript),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(locale_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
