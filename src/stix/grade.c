/*
 * Classified grades. This is not a product approved for them, so an object that is marked with one is refused. Only
 * what marks is read (labels, a marking's name and statement), and there only a part that *is* a grade: a sentence
 * that speaks of secrets is no marking. Source of the grades: VSA (Germany), the public records guideline and the
 * acts on designated secrets (Japan), their equivalents in bilateral agreements, NATO and the EU.
 */
#include "stix/priv.h"

enum match { WHOLE, START }; /* START: the grade may be followed by other words */
#define G(folded, match, name) {folded, sizeof(folded) - 1, match, name}
static const struct grade { const char *folded; size_t n; enum match match; const char *name; } grades[] = {
	G("vs nfd", START, "VS-NUR FÜR DEN DIENSTGEBRAUCH"),
	G("vsnfd", START, "VS-NUR FÜR DEN DIENSTGEBRAUCH"),
	G("vs nur fuer den dienstgebrauch", START, "VS-NUR FÜR DEN DIENSTGEBRAUCH"),
	G("nur fuer den dienstgebrauch", START, "VS-NUR FÜR DEN DIENSTGEBRAUCH"),
	G("vs vertraulich", START, "VS-VERTRAULICH"),
	G("vs vertr", START, "VS-VERTRAULICH"),
	G("vs v", WHOLE, "VS-VERTRAULICH"),
	G("vs geheim", START, "GEHEIM"),
	G("geheim", START, "GEHEIM"),
	G("streng geheim", START, "STRENG GEHEIM"),
	G("vs streng geheim", START, "STRENG GEHEIM"),
	G("取扱注意", START, "取扱注意"),
	G("秘", START, "秘"),
	G("秘文書", START, "秘"),
	G("機密性3", START, "機密性3"),
	G("機密性3情報", START, "機密性3"),
	G("極秘", START, "極秘"),
	G("極秘文書", START, "極秘"),
	G("機密", START, "機密"),
	G("機密文書", START, "機密"),
	G("防衛秘密", START, "防衛秘密"),
	G("特別防衛秘密", START, "特別防衛秘密"),
	G("特定秘密", START, "特定秘密"),
	G("特定秘密文書", START, "特定秘密"),
	G("重要経済安保情報", START, "重要経済安保情報"),
	G("restricted", WHOLE, "RESTRICTED"),
	G("confidential", WHOLE, "CONFIDENTIAL"),
	G("secret", WHOLE, "SECRET"),
	G("top secret", WHOLE, "TOP SECRET"),
	G("restreint", START, "RESTREINT"),
	G("diffusion restreinte", START, "DIFFUSION RESTREINTE"),
	G("confidentiel", WHOLE, "CONFIDENTIEL"),
	G("tres secret", START, "TRÈS SECRET"),
};

/* Owners and caveats that stand before or behind a grade without changing that it is one. */
#define A(word) {word, sizeof(word) - 1}
static const struct { const char *p; size_t n; } around[] = {
	A("nato"), A("otan"), A("eu"), A("ue"), A("un"), A("uk"), A("us"), A("usa"), A("fr"),
	A("de"), A("jp"), A("japan"), A("germany"), A("german"), A("cosmic"), A("atomal"), A("noforn"), A("defense"),
	A("information"), A("classified"), A("classification"), A("level"), A("releasable"), A("only"), A("eyes"),
};

#define SKIP 0u

/* One character without what only differs in look: width, case, kind of dash or bracket, accents. SKIP: nothing. */
static uint32_t fold_char(uint32_t c)
{
	static const struct { uint32_t from, to, as; } map[] = {
		{0x00a0, 0x00a0, ' '}, {0x00ad, 0x00ad, SKIP}, {0x0300, 0x0307, SKIP}, {0x0308, 0x0308, 'e'}, {0x0309, 0x036f, SKIP},
		{0x00c8, 0x00cb, 'e'}, {0x00e8, 0x00eb, 'e'},
		{0x2000, 0x200a, ' '}, {0x200b, 0x200f, SKIP}, {0x2010, 0x2015, '-'}, {0x2018, 0x201f, '"'}, {0x2022, 0x2022, ','},
		{0x2028, 0x2029, ','}, {0x202a, 0x202e, SKIP}, {0x202f, 0x202f, ' '}, {0x205f, 0x205f, ' '}, {0x2060, 0x2064, SKIP},
		{0x2066, 0x206f, SKIP}, {0x2212, 0x2212, '-'}, {0x3000, 0x3000, ' '}, {0x3001, 0x3002, ','}, {0x3008, 0x3011, ','},
		{0x3014, 0x301b, ','}, {0x3299, 0x3299, 0x79d8 /* 秘 */}, {0x30fb, 0x30fb, ','}, {0x7955, 0x7955, 0x79d8},
		{0xfe00, 0xfe0f, SKIP}, {0xfe58, 0xfe58, '-'}, {0xfe63, 0xfe63, '-'}, {0xfeff, 0xfeff, SKIP}, {0xff61, 0xff65, ','},
	};

	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xff01 - 0x21;
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	for (size_t i = 0; c >= 0x80 && i < ARRAY_LEN(map); i++)
		if (c >= map[i].from && c <= map[i].to)
			return map[i].as;
	return c;
}

/* Bytes of the character at s, and its number; a broken sequence counts as one odd character. */
static size_t take_char(const char *s, size_t n, uint32_t *ret)
{
	const unsigned char b = (unsigned char)s[0];
	const size_t len = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? b : b & (0x7fu >> len);

	if (len > n || (b >= 0x80 && b < 0xc0)) {
		*ret = 0xfffd;
		return 1;
	}
	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	*ret = c;
	return len;
}

/* A part of the text as it grows: folded, single spaces. What does not fit any more is no grade but may begin with one. */
struct part { char p[96]; size_t n; };

static void put_byte(struct part *t, char b)
{
	if (t->n < sizeof(t->p))
		t->p[t->n++] = b;
}

static void put_char(struct part *t, uint32_t c)
{
	if (c == 0xc4 || c == 0xe4 || c == 0xd6 || c == 0xf6 || c == 0xdc || c == 0xfc) { /* Ä Ö Ü: as they are written without */
		put_byte(t, c == 0xc4 || c == 0xe4 ? 'a' : c == 0xd6 || c == 0xf6 ? 'o' : 'u');
		put_byte(t, 'e');
	} else if (c < 0x80) {
		put_byte(t, (char)c);
	} else if (c < 0x800) {
		put_byte(t, (char)(0xc0 | c >> 6));
		put_byte(t, (char)(0x80 | (c & 0x3f)));
	} else {
		if (c >= 0x10000)
			put_byte(t, (char)(0xf0 | c >> 18));
		put_byte(t, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3f) : 0xe0 | c >> 12));
		put_byte(t, (char)(0x80 | (c >> 6 & 0x3f)));
		put_byte(t, (char)(0x80 | (c & 0x3f)));
	}
}

static bool starts(const char *s, size_t n, const char *word, size_t m)
{
	return n >= m && s[0] == word[0] && (n == m || s[m] == ' ') && memcmp(s, word, m) == 0;
}

static const char *lookup(const char *s, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(grades); i++)
		if (starts(s, n, grades[i].folded, grades[i].n) && (grades[i].match == START || n == grades[i].n))
			return grades[i].name;
	return NULL;
}

/* The words around a grade fall away one by one, first in front, then behind. */
static const char *grade_of(const struct part *t)
{
	const char *s = t->p, *name = NULL;
	size_t n = t->n;

	while (n > 0 && s[n - 1] == ' ')
		n--;
	for (bool again = true; again && (name = lookup(s, n)) == NULL;) {
		again = false;
		for (size_t i = 0; !again && i < ARRAY_LEN(around); i++) {
			const size_t m = around[i].n;

			if (n > m && starts(s, n, around[i].p, m)) {
				s += m + 1;
				n -= m + 1;
				again = true;
			} else if (n > m && s[n - m - 1] == ' ' && memcmp(s + n - m, around[i].p, m) == 0) {
				n -= m + 1;
				again = true;
			}
		}
	}
	return name;
}

static bool blank(uint32_t c) { return c == ' ' || c == '\t' || c == '-' || c == '_'; }

/* A full stop or apostrophe ends a part only where a sentence could end; "secret.example.org" is one word. */
static bool ends_part(uint32_t c, const char *next, size_t left)
{
	if (c == '.' || c == '!' || c == '?')
		return left == 0 || next[0] == ' ' || next[0] == '\n';
	return c == '\n' || c == '\r' || (c < 0x80 && c != 0 && strchr(":;,/()[]{}=|\"'<>+*#&", (int)c) != NULL);
}

const char *stix_grade(const char *s, size_t n)
{
	struct part t = {.n = 0};
	const char *name = NULL;
	bool address = false; /* inside scheme://… up to the next blank */
	uint32_t c;

	for (size_t i = 0; i < n && name == NULL;) {
		i += take_char(s + i, n - i, &c);
		c = fold_char(c);
		if (c == ':' && n - i >= 2 && s[i] == '/' && s[i + 1] == '/')
			address = true;
		else if (c == ' ' || c == '\n' || c == '\t')
			address = false;
		if (address || c == SKIP) {
			t.n = address ? 0 : t.n;
		} else if (ends_part(c, s + i, n - i)) {
			name = grade_of(&t);
			t.n = 0;
		} else if (!blank(c)) {
			put_char(&t, c);
		} else if (t.n > 0 && t.p[t.n - 1] != ' ') {
			put_byte(&t, ' ');
		}
	}
	return name != NULL ? name : grade_of(&t);
}

size_t fold_word(const char *s, size_t n, char *out, size_t max)
{
	struct part t = {.n = 0};
	uint32_t c;

	for (size_t i = 0; i < n && t.n + 5 < max;) {
		i += take_char(s + i, n - i, &c);
		c = fold_char(c);
		if (c != SKIP && c != ' ' && c != '\t' && c != '\n')
			put_char(&t, c);
	}
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return t.n;
}

int check_grade(struct ck *c, const struct at *at, const char *s, size_t n)
{
	const char *name = stix_grade(s, n);

	return name == NULL ? 0 : broke(c, at, RULE_CLASSIFIED, "this is not an approved product for %s; remove the object from this system as your security office prescribes", name);
}
