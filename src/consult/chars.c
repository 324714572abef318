#include "consult/chars.h"

#include "base/attr.h"

uint32_t char_next(const char *s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s + *at;
	const unsigned more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? p[0] : p[0] & (0x3fU >> more);

	for (unsigned i = 1; i <= more; i++)
		c = c << 6 | (p[i] & 0x3f);
	*at += more + 1;
	return c;
}

unsigned char_put(uint32_t c, char buf[4])
{
	if (c < 0x80) {
		buf[0] = (char)c;
		return 1;
	}
	const unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};

	for (unsigned i = more; i > 0; i--, c >>= 6)
		buf[i] = (char)(0x80 | (c & 0x3f));
	buf[0] = (char)(lead[more] | c);
	return more + 1;
}

/* Sorted. What stands in no row is a letter: alphabets are many, marks are few. */
static const struct { uint32_t first, last; enum script script; } scripts[] = {
	{0x00, 0x08, SCRIPT_OTHER}, {0x09, 0x0d, SCRIPT_SPACE}, {0x0e, 0x1f, SCRIPT_OTHER}, {0x20, 0x20, SCRIPT_SPACE},
	{0x21, 0x2f, SCRIPT_OTHER}, {0x30, 0x39, SCRIPT_DIGIT}, {0x3a, 0x40, SCRIPT_OTHER}, {0x5b, 0x60, SCRIPT_OTHER},
	{0x7b, 0x9f, SCRIPT_OTHER}, {0xa0, 0xa0, SCRIPT_SPACE}, {0xa1, 0xa9, SCRIPT_OTHER}, {0xab, 0xac, SCRIPT_OTHER},
	{0xad, 0xad, SCRIPT_JOIN}, {0xae, 0xb4, SCRIPT_OTHER}, {0xb6, 0xb9, SCRIPT_OTHER}, {0xbb, 0xbf, SCRIPT_OTHER},
	{0xd7, 0xd7, SCRIPT_OTHER}, {0xf7, 0xf7, SCRIPT_OTHER}, {0x300, 0x36f, SCRIPT_JOIN}, {0x1ab0, 0x1aff, SCRIPT_JOIN},
	{0x2000, 0x200a, SCRIPT_SPACE}, {0x200b, 0x200b, SCRIPT_SPACE}, {0x200c, 0x200d, SCRIPT_JOIN}, {0x200e, 0x2027, SCRIPT_OTHER},
	{0x2028, 0x2029, SCRIPT_SPACE}, {0x202a, 0x202e, SCRIPT_OTHER}, {0x202f, 0x202f, SCRIPT_SPACE}, {0x2030, 0x206f, SCRIPT_OTHER},
	{0x2070, 0x209f, SCRIPT_OTHER}, {0x20a0, 0x20cf, SCRIPT_OTHER}, {0x20d0, 0x20ff, SCRIPT_JOIN}, {0x2190, 0x2bff, SCRIPT_OTHER},
	{0x2e00, 0x2e7f, SCRIPT_OTHER}, {0x2e80, 0x2fdf, SCRIPT_KANJI}, {0x3000, 0x3000, SCRIPT_SPACE}, {0x3001, 0x3004, SCRIPT_OTHER},
	{0x3005, 0x3007, SCRIPT_KANJI}, {0x3008, 0x3020, SCRIPT_OTHER}, {0x3021, 0x3029, SCRIPT_KANJI}, {0x302a, 0x302f, SCRIPT_JOIN},
	{0x3030, 0x3040, SCRIPT_OTHER}, {0x3041, 0x3098, SCRIPT_HIRAGANA}, {0x3099, 0x309a, SCRIPT_JOIN}, {0x309b, 0x309f, SCRIPT_HIRAGANA},
	{0x30a0, 0x30a0, SCRIPT_OTHER}, {0x30a1, 0x30fa, SCRIPT_KATAKANA}, {0x30fb, 0x30fb, SCRIPT_OTHER}, {0x30fc, 0x30ff, SCRIPT_KATAKANA},
	{0x31f0, 0x31ff, SCRIPT_KATAKANA}, {0x3200, 0x33ff, SCRIPT_OTHER}, {0x3400, 0x9fff, SCRIPT_KANJI}, {0xe000, 0xf8ff, SCRIPT_OTHER},
	{0xf900, 0xfaff, SCRIPT_KANJI}, {0xfe00, 0xfe0f, SCRIPT_JOIN}, {0xfe10, 0xfe6f, SCRIPT_OTHER}, {0xfeff, 0xff0f, SCRIPT_OTHER},
	{0xff10, 0xff19, SCRIPT_WIDE_DIGIT}, {0xff1a, 0xff20, SCRIPT_OTHER}, {0xff21, 0xff3a, SCRIPT_WIDE_LETTER},
	{0xff3b, 0xff40, SCRIPT_OTHER}, {0xff41, 0xff5a, SCRIPT_WIDE_LETTER}, {0xff5b, 0xff65, SCRIPT_OTHER},
	{0xff66, 0xff9d, SCRIPT_KATAKANA}, {0xff9e, 0xff9f, SCRIPT_JOIN}, {0xffe0, 0xffff, SCRIPT_OTHER},
	{0x1f000, 0x1f3fa, SCRIPT_OTHER}, {0x1f3fb, 0x1f3ff, SCRIPT_JOIN}, {0x1f400, 0x1ffff, SCRIPT_OTHER},
	{0x20000, 0x3ffff, SCRIPT_KANJI}, {0xe0000, 0x10ffff, SCRIPT_JOIN},
};

enum script char_script(uint32_t c)
{
	size_t lo = 0, hi = ARRAY_LEN(scripts);

	/* What most texts are made of needs no search. */
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return SCRIPT_LETTER;
	if (c >= 0x4e00 && c <= 0x9fff)
		return SCRIPT_KANJI;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (c < scripts[mid].first)
			hi = mid;
		else if (c > scripts[mid].last)
			lo = mid + 1;
		else
			return scripts[mid].script;
	}
	return SCRIPT_LETTER;
}

unsigned char_columns(uint32_t c)
{
	const bool half_kana = c >= 0xff61 && c <= 0xffdc;

	if (char_script(c) == SCRIPT_JOIN && (c < 0xff9e || c > 0xff9f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f) || (c >= 0xac00 && c <= 0xd7a3) ||
	    (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff01 && c <= 0xffe6 && !half_kana) ||
	    (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3ffff))
		return 2;
	return 1;
}

size_t char_count(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}
