#include "consult/glossary.h"

#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "base/mem.h"
#include "consult/chars.h"
#include "consult/places.h"
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
size_t glossary_pairs(void) { return ARRAY_LEN(pairs); }

void glossary_pair(size_t i, struct glossary_pair *ret)
{
	*ret = (struct glossary_pair){.why = pairs[i].why};
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const char *a = pairs[i].a.words[l], *b = pairs[i].b.words[l];

		ret->a[l].s = a;
		ret->a[l].n = a != NULL ? strcspn(a, "|") : 0;
		ret->b[l].s = b;
		ret->b[l].n = b != NULL ? strcspn(b, "|") : 0;
	}
}

/* ---- finding words ---- */

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

/* ---- where words may begin ---- */

/* First characters of all words of one language, roughly: what a place of a text must have to be looked at. */
#define KEYS 2048
enum { KEY_ACCENTED = 0x80 };
struct keys { bool has[KEYS]; };

/* Accented letters share a key; Japanese is told apart by its three bytes. */
static size_t key_of(const char *s, size_t n)
{
	const unsigned char c = (unsigned char)s[0];

	if (c < 0x80)
		return c | 0x20;
	if (c < 0xe0 || n < 3)
		return KEY_ACCENTED;
	return 0x100 + ((unsigned)(c & 0x0f) << 12 | (unsigned)(s[1] & 0x3f) << 6 | (unsigned)(s[2] & 0x3f)) % (KEYS - 0x100);
}

static void add_keys(struct keys *k, const char *list)
{
	for (const char *w = list; w != NULL && *w != '\0';) {
		const size_t all = strcspn(w, "|"), skip = w[0] == '!' ? 1 : 0;

		if (all > skip)
			k->has[key_of(w + skip, all - skip)] = true;
		w += all;
		w += *w == '|';
	}
}

static bool may_begin(const struct keys *k, const char *s, size_t n)
{
	const unsigned char c = (unsigned char)s[0];

	if (c == 0xef) /* of another width */
		return true;
	if (c < 0x80) /* an umlaut may be a letter with a mark behind it */
		return k->has[c | 0x20] || (k->has[KEY_ACCENTED] && n > 1 && (unsigned char)s[1] >= 0x80);
	return c < 0xe0 || k->has[key_of(s, n)];
}

/* Latin words begin where no letter stands before; a mark on a letter belongs to it. */
static bool inside_word(const char *s, size_t n, size_t before, size_t at)
{
	size_t next = before;

	if (at == 0 || class_at(s, n, at) != FOLD_WORD)
		return false;
	return class_at(s, n, before) == FOLD_WORD || char_script(char_next(s, &next)) == SCRIPT_JOIN;
}

/* A text and the places in it that are worth a look. */
struct text { const char *s; size_t n; size_t *spot; size_t spots; };

static int look_over(const char *s, const struct keys *k, struct text *ret, struct err *e)
{
	struct text t = {.s = s, .n = s != NULL ? strlen(s) : 0};
	size_t before = 0;

	t.spot = mem_array(t.n, sizeof *t.spot);
	if (t.spot == NULL)
		return fail(e, E_NOMEM, "glossary");
	for (size_t at = 0, next = 0; at < t.n; at = next) {
		IGNORE(char_next(s, &next) == 0, "only where the next one begins");
		if (may_begin(k, s + at, t.n - at) && !inside_word(s, t.n, before, at))
			t.spot[t.spots++] = at;
		before = at;
	}
	*ret = t;
	return 0;
}

/* The longest word, or (`meant_otherwise`) '!' expression, of the list here. */
static size_t list_at(const struct text *t, size_t from, const struct words *list, bool meant_otherwise)
{
	size_t longest = 0;

	for (size_t i = 0; i < list->n; i++) {
		const char *w = list->v[i].s;
		const unsigned char c = (unsigned char)t->s[from], d = (unsigned char)w[0];

		/* Almost every word is not here, seen from its first byte. */
		if (list->v[i].meant_otherwise != meant_otherwise || (c < 0x80 && d < 0x80 && (c | 0x20) != (d | 0x20)) || (c >= 0xe0 && c != 0xef && c != d))
			continue;
		const size_t got = word_at(t->s, t->n, from, w, list->v[i].n);

		longest = got > longest ? got : longest;
	}
	return longest;
}

static struct place find(const struct text *t, const char *list)
{
	struct words words;
	size_t past = 0;

	if (t->n == 0 || list == NULL || list[0] == '\0')
		return (struct place){.found = false};
	take_apart(list, &words);
	for (size_t i = 0; i < t->spots; i++) {
		const size_t at = t->spot[i], skip = at < past ? 0 : list_at(t, at, &words, true);
		const size_t got = at < past || skip > 0 ? 0 : list_at(t, at, &words, false);

		if (got > 0)
			return (struct place){at, got, true};
		if (skip > 0)
			past = at + skip;
	}
	return (struct place){.found = false};
}

/* One list in one text: nothing is prepared that pays only for many. */
struct place find_words(const char *s, const char *list)
{
	const struct text t = {.s = s, .n = s != NULL ? strlen(s) : 0};
	struct words words;
	size_t before = 0, past = 0;

	if (t.n == 0 || list == NULL || list[0] == '\0')
		return (struct place){.found = false};
	take_apart(list, &words);
	for (size_t at = 0, next = 0; at < t.n; before = at, at = next) {
		size_t skip, got;

		IGNORE(char_next(s, &next) == 0, "only where the next one begins");
		if (at < past || inside_word(s, t.n, before, at))
			continue;
		skip = list_at(&t, at, &words, true);
		got = skip > 0 ? 0 : list_at(&t, at, &words, false);
		if (got > 0)
			return (struct place){at, got, true};
		past = at + skip;
	}
	return (struct place){.found = false};
}

/* ---- warnings ---- */

struct out { struct glossary_warning *v; size_t max, n; size_t unit; struct text text[LANG_COUNT]; };

static void put(struct out *o, struct glossary_warning w)
{
	w.unit = o->unit;
	if (o->n < o->max)
		o->v[o->n] = w;
	o->n++;
}

static struct paper_text in_all(const char *id)
{
	struct paper_text t = {{NULL}};

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
		f.a[l] = find(&o->text[l], a->words[l]);
		f.b[l] = find(&o->text[l], b->words[l]);
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
		const struct place p = find(&o->text[traps[i].lang], traps[i].words);

		if (p.found)
			put(o, (struct glossary_warning){.lang = traps[i].lang, .from = p.from, .n = p.n, .why = in_all(traps[i].why)});
	}
}

/* What people wrote is a word, not our notation. */
static struct side plain_side(const struct paper_text *t)
{
	struct side s = {{NULL}};

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

static void all_keys(struct keys *k, enum lang l, const struct glossary_extra *extra, size_t extras)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		add_keys(k, pairs[i].a.words[l]);
		add_keys(k, pairs[i].b.words[l]);
	}
	for (size_t i = 0; i < ARRAY_LEN(traps); i++)
		if (traps[i].lang == l)
			add_keys(k, traps[i].words);
	for (size_t i = 0; i < extras; i++) {
		add_keys(k, extra[i].term.s[l]);
		for (size_t j = 0; j < extra[i].n; j++)
			add_keys(k, extra[i].confused_with[j].s[l]);
	}
}

static void check_unit(struct out *o, const struct glossary_extra *extra, size_t extras)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const struct paper_text why = in_all(pairs[i].why);

		check_pair(o, &pairs[i].a, &pairs[i].b, &why);
	}
	check_traps(o);
	for (size_t i = 0; i < extras; i++)
		check_extra(o, &extra[i]);
}

static int check_units(struct out *o, const struct keys *k, const struct paper_unit *unit, size_t units, const struct glossary_extra *extra, size_t extras, struct err *e)
{
	int r = 0;

	for (o->unit = 0; r == 0 && o->unit < units; o->unit++) {
		for (unsigned l = 0; r == 0 && l < LANG_COUNT; l++)
			r = look_over(unit[o->unit].text.s[l], &k[l], &o->text[l], e);
		if (r == 0)
			check_unit(o, extra, extras);
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			mem_free(o->text[l].spot);
			o->text[l] = (struct text){.n = 0};
		}
	}
	return r;
}

int glossary_check(const struct paper_unit *unit, size_t units, const struct glossary_extra *extra, size_t extras, struct glossary_warning *ret, size_t max, size_t *ret_n, struct err *e)
{
	struct out o = {.v = ret, .max = max};
	struct keys keys[LANG_COUNT] = {{{false}}};
	int r = check_extras(extra, extras, e);

	for (size_t i = 0; r == 0 && i < units; i++)
		r = check_utf8(&unit[i].text, "unit", i + 1, e);
	if (r < 0)
		return r;
	for (unsigned l = 0; l < LANG_COUNT; l++)
		all_keys(&keys[l], (enum lang)l, extra, extras);
	if ((r = check_units(&o, keys, unit, units, extra, extras, e)) == 0)
		*ret_n = o.n;
	return r;
}
