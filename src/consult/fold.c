#include "consult/fold.h"

#include <string.h>

#include "base/attr.h"
#include "consult/chars.h"

/* U+00C0 … U+017F without their marks; a space: not a letter, or in `doubled`. */
static const char plain[] =
	"aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
	"lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* What is written with two letters where there is no such key; the second form is how others type it. */
static const struct { uint32_t c; const char *l, *s; } doubled[] = {
	{0xc4, "ae", "a"}, {0xe4, "ae", "a"}, {0xd6, "oe", "o"}, {0xf6, "oe", "o"}, {0xdc, "ue", "u"}, {0xfc, "ue", "u"},
	{0xdf, "ss", "ss"}, {0x1e9e, "ss", "ss"}, {0xc5, "aa", "a"}, {0xe5, "aa", "a"}, {0xc6, "ae", "ae"}, {0xe6, "ae", "ae"},
	{0xd8, "oe", "o"}, {0xf8, "oe", "o"}, {0x152, "oe", "oe"}, {0x153, "oe", "oe"}, {0xde, "th", "th"}, {0xfe, "th", "th"},
	{0x100, "aa", "a"}, {0x101, "aa", "a"}, {0x14c, "ou", "o"}, {0x14d, "ou", "o"}, {0x16a, "uu", "u"}, {0x16b, "uu", "u"},
};

/* U+FF66 … U+FF9D: JIS X 0201 katakana. */
static const uint16_t full_kana[] = {
	0x30f2, 0x30a1, 0x30a3, 0x30a5, 0x30a7, 0x30a9, 0x30e3, 0x30e5, 0x30e7, 0x30c3, 0x30fc, 0x30a2, 0x30a4, 0x30a6, 0x30a8, 0x30aa,
	0x30ab, 0x30ad, 0x30af, 0x30b1, 0x30b3, 0x30b5, 0x30b7, 0x30b9, 0x30bb, 0x30bd, 0x30bf, 0x30c1, 0x30c4, 0x30c6, 0x30c8, 0x30ca,
	0x30cb, 0x30cc, 0x30cd, 0x30ce, 0x30cf, 0x30d2, 0x30d5, 0x30d8, 0x30db, 0x30de, 0x30df, 0x30e0, 0x30e1, 0x30e2, 0x30e4, 0x30e6,
	0x30e8, 0x30e9, 0x30ea, 0x30eb, 0x30ec, 0x30ed, 0x30ef, 0x30f3,
};

static uint32_t to_usual_width(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xfee0;
	if (c >= 0xff66 && c <= 0xff9d)
		return full_kana[c - 0xff66];
	return c;
}

static uint32_t to_small(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	if (c >= 0x1e00 && c <= 0x1eff && c != 0x1e9e)
		return c | 1;
	return c;
}

/* Kana with the voiced (1) or half voiced (2) mark put on; itself where there is no such character. */
static uint32_t voiced(uint32_t c, unsigned how)
{
	const uint32_t k = c >= 0x3041 && c <= 0x3096 ? c + 0x60 : c; /* hiragana as katakana */
	const bool h_row = k >= 0x30cf && k <= 0x30db && (k - 0x30cf) % 3 == 0;
	const bool even = k >= 0x30ab && k <= 0x30c1 && (k & 1) != 0, t_row = k == 0x30c4 || k == 0x30c6 || k == 0x30c8;

	if (how == 1 && k == 0x30a6)
		return c + 0x4e;
	if (how == 1 && (even || t_row))
		return c + 1;
	return h_row ? c + how : c;
}

static void put_both(struct folded *f, uint32_t c)
{
	for (unsigned i = 0; i < 2; i++)
		f->text[i][char_put(c, f->text[i])] = '\0';
}

static void fold_letter(struct folded *f, uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(doubled); i++)
		if (doubled[i].c == c) {
			memcpy(f->text[0], doubled[i].l, 3);
			memcpy(f->text[1], doubled[i].s, strlen(doubled[i].s) + 1);
			return;
		}
	put_both(f, c >= 0xc0 && c <= 0x17f && plain[c - 0xc0] != ' ' ? (unsigned char)plain[c - 0xc0] : to_small(c));
}

/* A decomposed umlaut or long vowel: a + U+0308, o + U+0304. Any other mark is dropped. */
static void put_mark(struct folded *f, uint32_t base, uint32_t mark)
{
	static const struct { uint32_t mark; char base; const char *l; } rows[] = {
		{0x308, 'a', "ae"}, {0x308, 'o', "oe"}, {0x308, 'u', "ue"}, {0x304, 'a', "aa"}, {0x304, 'o', "ou"}, {0x304, 'u', "uu"}, {0x30a, 'a', "aa"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].mark == mark && rows[i].base == (char)base && base < 0x80)
			memcpy(f->text[0], rows[i].l, 3);
}

static enum fold_class class_of(enum script s)
{
	switch (s) {
	case SCRIPT_KANJI: case SCRIPT_HIRAGANA: case SCRIPT_KATAKANA:
		return FOLD_CJK;
	case SCRIPT_DIGIT: case SCRIPT_LETTER: case SCRIPT_WIDE_DIGIT: case SCRIPT_WIDE_LETTER:
		return FOLD_WORD;
	case SCRIPT_OTHER: case SCRIPT_SPACE: case SCRIPT_JOIN:
		break;
	}
	return FOLD_NONE;
}

void fold_next(const char *s, size_t n, size_t *at, struct folded *ret)
{
	uint32_t c = char_next(s, at);
	struct folded f = {.class = class_of(char_script(c))};

	c = to_usual_width(c);
	if (f.class == FOLD_WORD) {
		fold_letter(&f, c);
		c = to_small(c);
	}
	for (size_t next = *at; next < n; *at = next) {
		const uint32_t m = char_next(s, &next);

		if (char_script(m) != SCRIPT_JOIN)
			break;
		if (f.class == FOLD_WORD)
			put_mark(&f, c, m);
		else if (m == 0x3099 || m == 0xff9e)
			c = voiced(c, 1);
		else if (m == 0x309a || m == 0xff9f)
			c = voiced(c, 2);
	}
	if (f.class == FOLD_CJK)
		put_both(&f, c);
	*ret = f;
}
