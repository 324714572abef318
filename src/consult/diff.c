#include "consult/diff.h"

#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "base/mem.h"
#include "consult/chars.h"
#include "consult/myers.h"

struct token { uint32_t from, n, chars; enum script script; };
struct tokens { struct token *v; uint32_t *id; bool *changed; size_t n; const char *s; };

static void tokens_free(struct tokens *t)
{
	mem_free(t->v);
	mem_free(t->id);
	mem_free(t->changed);
}
#define CLEANUP_TOKENS __attribute__((cleanup(tokens_free)))

/* Marks stand alone; a combining one never begins a word. */
static bool goes_on(enum script word, enum script c)
{
	return c == SCRIPT_JOIN || (c == word && c != SCRIPT_OTHER);
}

static int cut(const char *s, size_t n, const char *which, struct tokens *t, struct err *e)
{
	const size_t bad = utf8_check(s, n);

	if (bad < n)
		return fail(e, E_FORMAT, "%s text: not UTF-8 at byte %zu", which, bad);
	const size_t chars = char_count(s, n);

	if (chars > LIMIT_TEXT)
		return fail(e, E_LIMIT, "%s text: %zu characters, at most %d are compared", which, chars, LIMIT_TEXT);
	t->s = s;
	t->v = mem_array(chars, sizeof *t->v);
	t->id = mem_array(chars, sizeof *t->id);
	t->changed = mem_array(chars, sizeof *t->changed);
	if (t->v == NULL || t->id == NULL || t->changed == NULL)
		return fail(e, E_NOMEM, "%s text", which);
	for (size_t at = 0; at < n;) {
		const size_t from = at;
		const enum script script = char_script(char_next(s, &at));

		if (t->n == 0 || !goes_on(t->v[t->n - 1].script, script))
			t->v[t->n++] = (struct token){(uint32_t)from, 0, 0, script};
		t->v[t->n - 1].n = (uint32_t)(at - t->v[t->n - 1].from);
		t->v[t->n - 1].chars++;
	}
	return 0;
}

/* Equal words get equal numbers: an open table of the words seen so far, of both texts. */
struct names { const struct tokens **text; uint32_t *at; uint32_t *slot; size_t slots; uint32_t n; };

static uint32_t hash_of(const char *s, size_t n)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619U;
	return h ^ h >> 15;
}

static uint32_t name_of(struct names *t, const struct tokens *of, size_t i)
{
	const struct token *w = &of->v[i];
	size_t k = hash_of(of->s + w->from, w->n) & (t->slots - 1);

	for (; t->slot[k] != 0; k = (k + 1) & (t->slots - 1)) {
		const uint32_t id = t->slot[k] - 1;
		const struct token *o = &t->text[id]->v[t->at[id]];

		if (o->n == w->n && memcmp(t->text[id]->s + o->from, of->s + w->from, w->n) == 0)
			return id;
	}
	t->text[t->n] = of;
	t->at[t->n] = (uint32_t)i;
	t->slot[k] = t->n + 1;
	return t->n++;
}

static int name(struct tokens *a, struct tokens *b, struct err *e)
{
	struct names t = {.slots = 16};

	while (t.slots < 2 * (a->n + b->n))
		t.slots *= 2;
	CLEANUP(mem_free) void *slot = mem_array(t.slots, sizeof *t.slot);
	CLEANUP(mem_free) void *at = mem_array(a->n + b->n, sizeof *t.at);
	CLEANUP(mem_free) void *text = mem_array(a->n + b->n, sizeof *t.text);

	if (slot == NULL || at == NULL || text == NULL)
		return fail(e, E_NOMEM, "comparing two texts");
	t.slot = slot;
	t.at = at;
	t.text = text;
	for (size_t i = 0; i < a->n; i++)
		a->id[i] = name_of(&t, a, i);
	for (size_t i = 0; i < b->n; i++)
		b->id[i] = name_of(&t, b, i);
	return 0;
}

/* Words i…end of the old text are replaced by words j…end of the new one. */
struct change { size_t a0, a1, b0, b1; };

static bool next_change(const struct tokens *a, const struct tokens *b, size_t i, size_t j, struct change *ret)
{
	for (; i < a->n && j < b->n && !a->changed[i] && !b->changed[j]; i++)
		j++;
	*ret = (struct change){i, i, j, j};
	while (ret->a1 < a->n && a->changed[ret->a1])
		ret->a1++;
	while (ret->b1 < b->n && b->changed[ret->b1])
		ret->b1++;
	return ret->a1 > i || ret->b1 > j;
}

static bool is_thin(const struct token *t)
{
	return t->script == SCRIPT_SPACE || (t->script == SCRIPT_HIRAGANA && t->chars <= 2);
}

/* Only a replacement reads better when joined; two additions around a space would show the space as deleted. */
static bool join(struct tokens *a, struct tokens *b, const struct change *c, const struct change *d)
{
	if (d->a0 - c->a1 != 1 || !is_thin(&a->v[c->a1]) || d->a1 - c->a0 == 1 || d->b1 - c->b0 == 1)
		return false;
	a->changed[c->a1] = true;
	b->changed[c->b1] = true;
	return true;
}

static void join_near(struct tokens *a, struct tokens *b)
{
	struct change c, d;

	if (!next_change(a, b, 0, 0, &c))
		return;
	while (next_change(a, b, c.a1, c.b1, &d))
		c = join(a, b, &c, &d) ? (struct change){c.a0, d.a1, c.b0, d.b1} : d;
}

static void put_span(struct diff *d, const struct tokens *t, enum diff_kind kind, size_t i, size_t end)
{
	if (i < end)
		d->v[d->n++] = (struct diff_span){kind, t->v[i].from, t->v[end - 1].from + t->v[end - 1].n - t->v[i].from};
}

static int spans(const struct tokens *a, const struct tokens *b, struct diff *ret, struct err *e)
{
	struct diff d = {.replaced = ret->replaced};
	struct change c = {0, 0, 0, 0}, was;
	size_t count = 1;

	while (next_change(a, b, c.a1, c.b1, &c))
		count += 3;
	d.v = mem_array(count, sizeof *d.v);
	if (d.v == NULL)
		return fail(e, E_NOMEM, "comparing two texts");
	c = (struct change){0, 0, 0, 0};
	do {
		was = c;
		IGNORE(next_change(a, b, was.a1, was.b1, &c), "the last one is empty and stands at the end");
		put_span(&d, a, DIFF_SAME, was.a1, c.a0);
		put_span(&d, a, DIFF_DELETED, c.a0, c.a1);
		put_span(&d, b, DIFF_INSERTED, c.b0, c.b1);
	} while (c.a1 > c.a0 || c.b1 > c.b0);
	*ret = d;
	return 0;
}

int diff_texts(const char *old, size_t old_n, const char *new, size_t new_n, struct diff *ret, struct err *e)
{
	CLEANUP_TOKENS struct tokens a = {.n = 0};
	CLEANUP_TOKENS struct tokens b = {.n = 0};
	struct diff d = {.n = 0};
	int r;

	if ((r = cut(old, old_n, "old", &a, e)) < 0 || (r = cut(new, new_n, "new", &b, e)) < 0 || (r = name(&a, &b, e)) < 0)
		return r;
	if ((r = myers(a.id, a.n, b.id, b.n, LIMIT_DIFF_EDITS, a.changed, b.changed, &d.replaced)) < 0)
		return fail(e, r, "comparing two texts");
	if (d.replaced) {
		memset(a.changed, true, a.n);
		memset(b.changed, true, b.n);
	} else {
		join_near(&a, &b);
	}
	if ((r = spans(&a, &b, &d, e)) == 0)
		*ret = d;
	return r;
}

void diff_free(struct diff *d)
{
	if (d == NULL)
		return;
	mem_free(d->v);
	*d = (struct diff){.n = 0};
}
