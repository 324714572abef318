#include "consult/glossary.h"

#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "consult/chars.h"
#include "consult/fold.h"

enum { DE = 1U << LANG_DE, JA = 1U << LANG_JA };

static const struct glossary_term terms[] = {
#define TERM(no, en, de, ja, from, about) \
	{.number = (no), .term = {{[LANG_DE] = de, [LANG_JA] = ja, [LANG_EN] = en}}, .official = {[LANG_DE] = ((from) & DE) != 0, [LANG_JA] = ((from) & JA) != 0}, .note = about},
#include "consult/glossary.def"
#undef TERM
};

/* Words of one row by language, in the notation of glossary.def. */
struct side { const char *words[LANG_COUNT]; };
static const struct { struct side a, b; const char *why; } pairs[] = {
#define PAIR(a_de, a_ja, a_en, b_de, b_ja, b_en, why) \
	{{{[LANG_DE] = a_de, [LANG_JA] = a_ja, [LANG_EN] = a_en}}, {{[LANG_DE] = b_de, [LANG_JA] = b_ja, [LANG_EN] = b_en}}, why},
#include "consult/glossary.def"
#undef PAIR
};

static const struct { enum lang lang; const char *words, *why; } traps[] = {
#define TRAP(lang, words, why) {lang, words, why},
#include "consult/glossary.def"
#undef TRAP
};

size_t glossary_terms(void) { return ARRAY_LEN(terms); }
const struct glossary_term *glossary_term(size_t i) { return &terms[i]; }

/* ---- finding words ---- */

struct place { size_t from, n; bool found; };

static enum fold_class class_at(const char *s, size_t n, size_t at)
{
	struct folded f = {.class = FOLD_NONE};

	if (at < n)
		fold_next(s, n, &at, &f);
	return f.class;
}

static size_t skip_spaces(const char *s, size_t n, size_t at)
{
	for (size_t next = at; next < n; at = next)
		if (char_script(char_next(s, &next)) != SCRIPT_SPACE)
			break;
	return at;
}

static size_t skip_ending(const char *s, size_t n, size_t at)
{
	for (size_t next = at; next < n; at = next) {
		struct folded f;

		fold_next(s, n, &next, &f);
		if (f.class != FOLD_WORD)
			break;
	}
	return at;
}

/* One character of the word against the text; marks outside words are compared as they are. */
static bool same_char(const char *s, size_t n, size_t *at, const char *w, size_t wn, size_t *wat)
{
	struct folded f, g;
	const size_t from = *at, wfrom = *wat;

	if (from >= n)
		return false;
	fold_next(s, n, at, &f);
	fold_next(w, wn, wat, &g);
	if (f.class != g.class)
		return false;
	if (f.class == FOLD_NONE)
		return *at - from == *wat - wfrom && memcmp(s + from, w + wfrom, *at - from) == 0;
	return strcmp(f.text[0], g.text[0]) == 0;
}

/* The word at this place of the text: its bytes there; 0: not the word. */
static size_t word_at(const char *s, size_t n, size_t from, const char *w, size_t wn)
{
	size_t at = from;

	for (size_t i = 0; i < wn;) {
		if (w[i] == '*') {
			at = skip_ending(s, n, at);
			i++;
		} else if (w[i] == ' ') {
			const size_t was = at;

			at = skip_spaces(s, n, at);
			i++;
			if (at == was)
				return 0;
		} else if (!same_char(s, n, &at, w, wn, &i)) {
			return 0;
		}
	}
	if (wn == 0 || (w[wn - 1] != '*' && class_at(w, wn, 0) == FOLD_WORD && class_at(s, n, at) == FOLD_WORD))
		return 0;
	return at - from;
}

/* A list of glossary.def taken apart, once for a whole text. */
#define WORDS 24
struct words { struct { const char *s; size_t n; bool meant_otherwise; } v[WORDS]; size_t n; };

static void take_apart(const char *list, struct words *ret)
{
	ret->n = 0;
	for (const char *w = list; *w != '\0' && ret->n < WORDS;) {
		const size_t all = strcspn(w, "|"), skip = w[0] == '!' ? 1 : 0;

		ret->v[ret->n].s = w + skip;
		ret->v[ret->n].n = all - skip;
		ret->v[ret->n++].meant_otherwise = skip == 1;
		w += all;
		w += *w == '|';
	}
}

/* What almost every place of a text is not, seen from the first bytes alone. */
static bool may_begin(const char *s, size_t n, const char *w, size_t wn)
{
	const unsigned char c = (unsigned char)s[0], d = (unsigned char)w[0];

	if (c == 0xef) /* of another width */
		return true;
	if (c < 0x80 || d < 0x80)
		return (c | 0x20) == (d | 0x20) || (c < 0x80 && d >= 0x80 && d < 0xe0) || (d < 0x80 && c < 0xe0);
	return d < 0xe0 || (n >= 3 && wn >= 3 && memcmp(s, w, 3) == 0);
}

/* The longest word, or (`meant_otherwise`) '!' expression, of the list here. */
static size_t list_at(const char *s, size_t n, size_t from, const struct words *list, bool meant_otherwise)
{
	size_t longest = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].meant_otherwise != meant_otherwise || !may_begin(s + from, n - from, list->v[i].s, list->v[i].n))
			continue;
		const size_t got = word_at(s, n, from, list->v[i].s, list->v[i].n);

		longest = got > longest ? got : longest;
	}
	return longest;
}

/* Latin words begin where no letter stands before; a mark on a letter belongs to it. */
static bool inside_word(const char *s, size_t n, size_t before, size_t at)
{
	size_t next = before;

	if (at == 0 || class_at(s, n, at) != FOLD_WORD)
		return false;
	return class_at(s, n, before) == FOLD_WORD || char_script(char_next(s, &next)) == SCRIPT_JOIN;
}

static struct place find(const char *s, const char *list)
{
	const size_t n = s != NULL ? strlen(s) : 0;
	struct words words;
	size_t before = 0;

	if (n == 0 || list == NULL || list[0] == '\0')
		return (struct place){.found = false};
	take_apart(list, &words);
	for (size_t at = 0; at < n;) {
		size_t skip = list_at(s, n, at, &words, true), got = skip > 0 ? 0 : list_at(s, n, at, &words, false), next = at;

		if (skip + got > 0 && inside_word(s, n, before, at))
			skip = got = 0;
		if (got > 0)
			return (struct place){at, got, true};
		IGNORE(char_next(s, &next) == 0, "only where the next one begins");
		before = at;
		at = skip > 0 ? at + skip : next;
	}
	return (struct place){.found = false};
}

/* ---- warnings ---- */

struct out { struct glossary_warning *v; size_t max, n; size_t unit; const struct paper_unit *u; };

static void put(struct out *o, struct glossary_warning w)
{
	w.unit = o->unit;
	if (o->n < o->max)
		o->v[o->n] = w;
	o->n++;
}

static struct paper_text in_all(const char *id)
{
	struct paper_text t;

	for (unsigned l = 0; l < LANG_COUNT; l++)
		t.s[l] = tr((enum lang)l, id);
	return t;
}

/* Row A stands in `l` and not B; in `m` it is the other way round. */
struct found { struct place a[LANG_COUNT], b[LANG_COUNT]; };

static bool only(struct place this, struct place other) { return this.found && !other.found; }

static void put_pair(struct out *o, unsigned l, unsigned m, struct place here, struct place there, const char *better, const struct paper_text *why)
{
	const size_t n = better != NULL ? strcspn(better, "|") : 0;

	put(o, (struct glossary_warning){.lang = (enum lang)l, .from = here.from, .n = here.n, .pair = true, .other = (enum lang)m,
		.other_from = there.from, .other_n = there.n, .why = *why, .better = better, .better_n = n});
}

static void check_pair(struct out *o, const struct side *a, const struct side *b, const struct paper_text *why)
{
	struct found f;

	for (unsigned l = 0; l < LANG_COUNT; l++) {
		f.a[l] = find(o->u->text.s[l], a->words[l]);
		f.b[l] = find(o->u->text.s[l], b->words[l]);
	}
	for (unsigned l = 0; l < LANG_COUNT; l++)
		for (unsigned m = l + 1; m < LANG_COUNT; m++) {
			if (only(f.a[l], f.b[l]) && only(f.b[m], f.a[m]))
				put_pair(o, l, m, f.a[l], f.b[m], a->words[m], why);
			if (only(f.b[l], f.a[l]) && only(f.a[m], f.b[m]))
				put_pair(o, l, m, f.b[l], f.a[m], b->words[m], why);
		}
}

static void check_traps(struct out *o)
{
	for (size_t i = 0; i < ARRAY_LEN(traps); i++) {
		const struct place p = find(o->u->text.s[traps[i].lang], traps[i].words);

		if (p.found)
			put(o, (struct glossary_warning){.lang = traps[i].lang, .from = p.from, .n = p.n, .why = in_all(traps[i].why)});
	}
}

/* What people wrote is a word, not our notation. */
static struct side plain_side(const struct paper_text *t)
{
	struct side s;

	for (unsigned l = 0; l < LANG_COUNT; l++)
		s.words[l] = t->s[l] != NULL && strpbrk(t->s[l], "|!") == NULL ? t->s[l] : NULL;
	return s;
}

static void check_extra(struct out *o, const struct glossary_extra *x)
{
	const struct side a = plain_side(&x->term);
	struct paper_text why = in_all(N_("The glossary of this record says that these words mean different things."));

	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (x->warning.s[l] != NULL)
			why.s[l] = x->warning.s[l];
	for (size_t i = 0; i < x->n; i++) {
		const struct side b = plain_side(&x->confused_with[i]);

		check_pair(o, &a, &b, &why);
	}
}

static int check_utf8(const struct paper_text *t, const char *what, size_t number, struct err *e)
{
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const size_t n = t->s[l] != NULL ? strlen(t->s[l]) : 0;

		if (n > 0 && utf8_check(t->s[l], n) < n)
			return fail(e, E_FORMAT, "glossary: %s %zu: not UTF-8", what, number);
	}
	return 0;
}

static int check_extras(const struct glossary_extra *x, size_t n, struct err *e)
{
	int r = 0;

	if (n > LIMIT_GLOSSARY_EXTRA)
		return fail(e, E_LIMIT, "glossary: more than %d terms", LIMIT_GLOSSARY_EXTRA);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = check_utf8(&x[i].term, "term", i + 1, e);
		for (size_t j = 0; r == 0 && j < x[i].n; j++)
			r = check_utf8(&x[i].confused_with[j], "term", i + 1, e);
	}
	return r;
}

int glossary_check(const struct paper_unit *unit, size_t units, const struct glossary_extra *extra, size_t extras, struct glossary_warning *ret, size_t max, size_t *ret_n, struct err *e)
{
	struct out o = {.v = ret, .max = max};
	int r = check_extras(extra, extras, e);

	for (size_t i = 0; r == 0 && i < units; i++)
		r = check_utf8(&unit[i].text, "unit", i + 1, e);
	if (r < 0)
		return r;
	for (o.unit = 0; o.unit < units; o.unit++) {
		o.u = &unit[o.unit];
		for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
			const struct paper_text why = in_all(pairs[i].why);

			check_pair(&o, &pairs[i].a, &pairs[i].b, &why);
		}
		check_traps(&o);
		for (size_t i = 0; i < extras; i++)
			check_extra(&o, &extra[i]);
	}
	*ret_n = o.n;
	return 0;
}
