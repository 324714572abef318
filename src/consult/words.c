#include "consult/words.h"

#include <string.h>

#include "base/enc.h"
#include "consult/chars.h"
#include "consult/fold.h"

/* A word being gathered in its two readings. */
struct gather {
	word_fn *fn;
	void *ctx;
	const char *s;
	size_t n;
	uint32_t at;
	size_t from, end, head;
	enum word_sort sort;
	bool full[2];
	char text[2][LIMIT_WORD];
	size_t len[2];
};

static void begin(struct gather *g, size_t from, size_t end)
{
	g->from = from;
	g->end = end;
	g->head = end - from;
	g->sort = WORD_SPACED;
	g->len[0] = g->len[1] = 0;
	g->full[0] = g->full[1] = false;
}

static void add(struct gather *g, const struct folded *f)
{
	for (unsigned i = 0; i < 2; i++) {
		const size_t n = strlen(f->text[i]);

		g->full[i] = g->full[i] || g->len[i] + n > LIMIT_WORD;
		if (g->full[i])
			continue;
		memcpy(g->text[i] + g->len[i], f->text[i], n);
		g->len[i] += n;
	}
}

static int give(struct gather *g)
{
	const bool one = g->len[0] == g->len[1] && memcmp(g->text[0], g->text[1], g->len[0]) == 0;
	struct word w = {g->text[0], g->len[0], one ? WORD_BOTH : WORD_LONG, g->at, g->from, g->end - g->from, g->head, g->sort};
	int r = g->fn(g->ctx, &w);

	if (r == 0 && !one) {
		w.s = g->text[1];
		w.n = g->len[1];
		w.forms = WORD_SHORT;
		r = g->fn(g->ctx, &w);
	}
	g->at++;
	return r;
}

/* The rest of a word whose first character, `f`, is read; *at stands behind it. */
static int spaced(struct gather *g, const struct folded *first, size_t from, size_t *at)
{
	struct folded f;

	begin(g, from, *at);
	add(g, first);
	for (size_t next = *at; next < g->n; g->end = *at = next) {
		fold_next(g->s, g->n, &next, &f);
		if (f.class != FOLD_WORD)
			break;
		add(g, &f);
	}
	return give(g);
}

/* One character of Japanese, with the one behind it if there is; *at stays behind the first. */
static int pair(struct gather *g, const struct folded *first, size_t from, const size_t *at)
{
	size_t next = *at;
	struct folded f;

	begin(g, from, *at);
	add(g, first);
	g->sort = WORD_LAST;
	if (next < g->n) {
		fold_next(g->s, g->n, &next, &f);
		if (f.class == FOLD_CJK) {
			add(g, &f);
			g->end = next;
			g->sort = WORD_PAIR;
		}
	}
	return give(g);
}

int words_each(const char *s, size_t n, word_fn *fn, void *ctx, struct err *e)
{
	struct gather g = {.fn = fn, .ctx = ctx, .s = s, .n = n};
	const size_t bad = utf8_check(s, n);
	int r = 0;

	if (bad < n)
		return fail(e, E_FORMAT, "not UTF-8 at byte %zu", bad);
	for (size_t at = 0; r == 0 && at < n;) {
		const size_t from = at;
		struct folded f;

		fold_next(s, n, &at, &f);
		if (f.class == FOLD_WORD)
			r = spaced(&g, &f, from, &at);
		else if (f.class == FOLD_CJK)
			r = pair(&g, &f, from, &at);
	}
	return r;
}

struct column { struct buf *out; unsigned form; };

static int put_word(void *ctx, const struct word *w)
{
	struct column *c = ctx;

	if ((w->forms & c->form) != 0) {
		buf_put(c->out, w->s, w->n);
		buf_putc(c->out, ' ');
	}
	return 0;
}

int words_column(const char *s, size_t n, enum word_forms form, struct buf *out, struct err *e)
{
	struct column c = {out, form};
	const int r = words_each(s, n, put_word, &c, e);

	return r < 0 ? r : buf_err(out, e, "words of a text");
}
