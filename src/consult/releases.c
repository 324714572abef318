#include "consult/releases.h"

#include <string.h>
#include <strings.h>

#include "base/enc.h"
#include "base/limits.h"
#include "consult/places.h"
#include "consult/glossary.h"
#include "consult/words.h"

/* Lists in the notation of glossary.def, by language. */
struct lists { const char *in[LANG_COUNT]; };
static const struct { unsigned term; const char *name; struct lists words; } topics[] = {
#define TOPIC(term, name, de, ja, en) {term, name, {{[LANG_DE] = de, [LANG_JA] = ja, [LANG_EN] = en}}},
#include "consult/releases.def"
#undef TOPIC
};
static const struct known { const char *party, *code, *name; struct lists words; } known[] = {
#define AGENCY(party, code, name, de, ja, en) {party, code, name, {{[LANG_DE] = de, [LANG_JA] = ja, [LANG_EN] = en}}},
#include "consult/releases.def"
#undef AGENCY
};
static const struct { const char *name; struct lists words; } promises[] = {
#define PROMISE(name, de, ja, en) {name, {{[LANG_DE] = de, [LANG_JA] = ja, [LANG_EN] = en}}},
#include "consult/releases.def"
#undef PROMISE
};

struct out { const struct release *two; struct release_row *v; size_t max, n; };

static void put(struct out *o, const struct release_row *row)
{
	if (o->n < o->max)
		o->v[o->n] = *row;
	o->n++;
}

static struct paper_text in_all(const char *id)
{
	struct paper_text t = {{NULL}};

	for (unsigned l = 0; l < LANG_COUNT; l++)
		t.s[l] = tr((enum lang)l, id);
	return t;
}

/* ---- finding ---- */

static void find_in(const struct release *r, const struct lists *words, struct release_place *ret)
{
	for (size_t i = 0; !ret->found && i < r->units; i++)
		for (unsigned l = 0; !ret->found && l < LANG_COUNT; l++) {
			const struct place p = find_words(r->unit[i].text.s[l], words->in[l]);

			if (p.found)
				*ret = (struct release_place){true, i, (enum lang)l, p.from, p.n};
		}
}

static bool find_both(const struct out *o, const struct lists *words, struct release_row *row)
{
	for (size_t k = 0; k < 2; k++)
		find_in(&o->two[k], words, &row->in[k]);
	return row->in[0].found || row->in[1].found;
}

/* Where a sentence ends: behind this mark. A number's point is none ("9. September"), nor is an abbreviation's before a small letter. */
static size_t ends_at(const char *s, size_t at)
{
	if (strncmp(s + at, "。", strlen("。")) == 0)
		return strlen("。");
	if ((s[at] == '\n') || ((s[at] == '!' || s[at] == '?') && (s[at + 1] == ' ' || s[at + 1] == '\0')))
		return 1;
	if (s[at] != '.' || (s[at + 1] != ' ' && s[at + 1] != '\n' && s[at + 1] != '\0'))
		return 0;
	return at > 0 && s[at - 1] >= '0' && s[at - 1] <= '9' && s[at + 1] == ' ' ? 0 : 1;
}

static void whole_sentence(const struct release *r, struct release_place *p)
{
	const char *s = p->found ? r->unit[p->unit].text.s[p->lang] : NULL;
	size_t from = 0, at;

	if (s == NULL)
		return;
	for (at = 0; at < p->from; at++)
		if (ends_at(s, at) > 0)
			from = at + ends_at(s, at);
	while (s[from] == ' ' || s[from] == '\n')
		from++;
	for (at = p->from + p->n; s[at] != '\0' && ends_at(s, at) == 0; at++)
		;
	p->from = from;
	p->n = at + (s[at] != '\0' ? ends_at(s, at) : 0) - from;
}

/* ---- topics and promises ---- */

static void put_topics(struct out *o)
{
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		struct release_row row = {.what = RELEASE_TOPIC};

		row.name = topics[i].name != NULL ? in_all(topics[i].name) : glossary_term(topics[i].term - 1)->term;
		if (find_both(o, &topics[i].words, &row))
			put(o, &row);
	}
}

static void put_promises(struct out *o)
{
	for (size_t i = 0; i < ARRAY_LEN(promises); i++) {
		struct release_row row = {.what = RELEASE_PROMISE, .name = in_all(promises[i].name)};

		if (!find_both(o, &promises[i].words, &row))
			continue;
		for (size_t k = 0; k < 2; k++)
			whole_sentence(&o->two[k], &row.in[k]);
		put(o, &row);
	}
}

/* ---- agencies ---- */

#define NAME_LIST (4 * LIMIT_TITLE + 64)

static bool letter(char c) { return (c & 0x80) != 0 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* "Auswärtiges Amt" is found as "des Auswärtigen Amts": the endings of longer words go, any may come. */
static size_t without_ending(const char *word, size_t n)
{
	static const char *const endings[] = {"es", "er", "en", "em", "e", "s"};

	for (size_t i = 0; n >= 6 && i < ARRAY_LEN(endings); i++) {
		const size_t m = strlen(endings[i]);

		if (memcmp(word + n - m, endings[i], m) == 0)
			return n - m;
	}
	return n;
}

/* A name as a list of one; "" where it cannot be one. */
static void as_list(const char *name, enum lang l, char ret[NAME_LIST])
{
	size_t w = 0;

	ret[0] = '\0';
	if (name == NULL || strpbrk(name, "|!*") != NULL || 2 * strlen(name) + 2 > NAME_LIST)
		return;
	for (const char *s = name; *s != '\0';) {
		size_t n = 0, keep;

		while (letter(s[n]))
			n++;
		keep = l == LANG_JA ? n : without_ending(s, n);
		memcpy(ret + w, s, keep);
		w += keep;
		if (n > 0 && l != LANG_JA)
			ret[w++] = '*';
		s += n;
		if (*s != '\0')
			ret[w++] = *s++;
		while (s[-1] == ' ' && *s == ' ')
			s++;
	}
	ret[w] = '\0';
}

static const struct known *known_as(const char *party, const char *code)
{
	for (size_t i = 0; party != NULL && code != NULL && i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].party, party) == 0 && strcasecmp(known[i].code, code) == 0)
			return &known[i];
	return NULL;
}

static void find_agency(const struct out *o, const struct release_agency *a, struct release_row *row)
{
	const struct known *k = known_as(a->party, a->code);
	struct lists code = {{a->code, a->code, a->code}};

	for (size_t side = 0; k != NULL && side < 2; side++)
		find_in(&o->two[side], &k->words, &row->in[side]);
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		char list[NAME_LIST];
		struct lists name = {{NULL}};

		as_list(a->name.s[l], (enum lang)l, list);
		name.in[l] = list;
		for (size_t side = 0; side < 2; side++)
			find_in(&o->two[side], &name, &row->in[side]);
	}
	for (size_t side = 0; a->code != NULL && strlen(a->code) >= 3 && strpbrk(a->code, "|!*") == NULL && side < 2; side++)
		find_in(&o->two[side], &code, &row->in[side]);
}

static bool same_text(const char *a, const char *b) { return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0; }

/* One agency sends several people. */
static bool seen_before(const struct release_agency *v, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		bool same = same_text(v[k].party, v[i].party);

		if (same && v[i].code != NULL && v[k].code != NULL && strcmp(v[i].code, v[k].code) == 0)
			return true;
		for (unsigned l = 0; same && l < LANG_COUNT; l++)
			same = same_text(v[k].name.s[l], v[i].name.s[l]);
		if (same)
			return true;
	}
	return false;
}

static bool given(const struct release_agency *v, size_t n, const struct known *k)
{
	for (size_t i = 0; i < n; i++)
		if (known_as(v[i].party, v[i].code) == k)
			return true;
	return false;
}

/* A delegation wrote its name in its own way. */
static bool there_already(const struct out *o, const struct release_row *row)
{
	for (size_t i = 0; i < o->n && i < o->max; i++)
		for (size_t k = 0; k < 2; k++)
			if (o->v[i].what == RELEASE_AGENCY && same_text(o->v[i].party, row->party) && row->in[k].found && o->v[i].in[k].found &&
			    o->v[i].in[k].unit == row->in[k].unit && o->v[i].in[k].from == row->in[k].from)
				return true;
	return false;
}

static void put_agencies(struct out *o, const struct release_agency *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct release_row row = {.what = RELEASE_AGENCY, .party = v[i].party, .name = v[i].name, .code = v[i].code};

		if (seen_before(v, i))
			continue;
		find_agency(o, &v[i], &row);
		put(o, &row);
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct release_row row = {.what = RELEASE_AGENCY, .party = known[i].party, .name = in_all(known[i].name), .code = known[i].code};

		if (!given(v, n, &known[i]) && find_both(o, &known[i].words, &row) && !there_already(o, &row))
			put(o, &row);
	}
}

/* ---- commitments of the record ---- */

#define WORDS_MAX 64
struct gist { char word[WORDS_MAX][LIMIT_WORD + 1]; bool number[WORDS_MAX]; size_t n; };

static int take_word(void *ctx, const struct word *w)
{
	struct gist *g = ctx;
	const bool number = w->n > 0 && w->s[0] >= '0' && w->s[0] <= '9';

	/* Short words of Latin letters say little. */
	if (w->forms == WORD_SHORT || g->n == WORDS_MAX || w->n > LIMIT_WORD || (w->sort == WORD_SPACED && !number && w->n < 4) || w->sort == WORD_LAST)
		return 0;
	memcpy(g->word[g->n], w->s, w->n);
	g->word[g->n][w->n] = '\0';
	g->number[g->n++] = number;
	return 0;
}

struct seeking { const struct gist *title; bool has[WORDS_MAX]; };

/* The end of a compound is the word too: "Cybersicherheits-Konsultationen", "Folgekonsultationen". */
static int mark_word(void *ctx, const struct word *w)
{
	struct seeking *k = ctx;

	for (size_t i = 0; i < k->title->n; i++)
		k->has[i] = k->has[i] || memmem(w->s, w->n, k->title->word[i], strlen(k->title->word[i])) != NULL;
	return 0;
}

static bool enough(const struct seeking *k)
{
	size_t words = 0, there = 0;

	for (size_t i = 0; i < k->title->n; i++) {
		if (k->title->number[i] && !k->has[i])
			return false;
		words += !k->title->number[i];
		there += !k->title->number[i] && k->has[i];
	}
	return k->title->n > 0 && 2 * there >= words;
}

static int find_commitment(const struct release *r, const struct paper_text *title, struct release_place *ret, struct err *e)
{
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const char *t = title->s[l];
		struct gist want = {.n = 0};
		int rc = t != NULL ? words_each(t, strlen(t), take_word, &want, e) : 0;

		for (size_t i = 0; rc == 0 && t != NULL && !ret->found && i < r->units; i++) {
			const char *s = r->unit[i].text.s[l];
			struct seeking k = {.title = &want};

			if (s != NULL && (rc = words_each(s, strlen(s), mark_word, &k, e)) == 0 && enough(&k))
				*ret = (struct release_place){true, i, (enum lang)l, 0, strlen(s)};
		}
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int put_commitments(struct out *o, const struct paper_text *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct release_row row = {.what = RELEASE_COMMITMENT, .name = v[i]};

		for (size_t k = 0; k < 2; k++) {
			const int rc = find_commitment(&o->two[k], &v[i], &row.in[k], e);

			if (rc != 0)
				return rc;
		}
		put(o, &row);
	}
	return 0;
}

static int check_utf8(const struct release *r, struct err *e)
{
	for (size_t i = 0; i < r->units; i++)
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const char *s = r->unit[i].text.s[l];

			if (s != NULL && utf8_check(s, strlen(s)) < strlen(s))
				return fail(e, E_FORMAT, "unit %s: not UTF-8", r->unit[i].number);
		}
	return 0;
}

int releases_compare(const struct release two[2], const struct release_agency *agency, size_t agencies, const struct paper_text *commitment, size_t commitments,
	struct release_row *ret, size_t max, size_t *ret_n, struct err *e)
{
	struct out o = {.two = two, .v = ret, .max = max};
	int rc;

	if ((rc = check_utf8(&two[0], e)) != 0 || (rc = check_utf8(&two[1], e)) != 0)
		return rc;
	put_topics(&o);
	put_agencies(&o, agency, agencies);
	put_promises(&o);
	if ((rc = put_commitments(&o, commitment, commitments, e)) == 0)
		*ret_n = o.n;
	return rc;
}
