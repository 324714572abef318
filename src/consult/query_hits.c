/* Where the words of a question stand in a text. */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "consult/words.h"

/* A word of the text; its folded forms lie in `bytes`. */
struct seen { size_t from, len, head; uint32_t s[2]; uint16_t n[2]; enum word_sort sort; };
struct walk { struct buf seen, bytes; };
static void walk_free(struct walk *k)
{
	buf_free(&k->seen);
	buf_free(&k->bytes);
}
#define CLEANUP_WALK __attribute__((cleanup(walk_free)))

static int note(void *ctx, const struct word *w)
{
	struct walk *k = ctx;
	const uint32_t at = (uint32_t)k->bytes.n;

	buf_put(&k->bytes, w->s, w->n);
	if (w->forms == WORD_SHORT && k->seen.err == 0) {
		struct seen last;

		memcpy(&last, k->seen.p + k->seen.n - sizeof last, sizeof last);
		last.s[1] = at;
		last.n[1] = (uint16_t)w->n;
		memcpy(k->seen.p + k->seen.n - sizeof last, &last, sizeof last);
	} else {
		const struct seen s = {w->from, w->len, w->head, {at, at}, {(uint16_t)w->n, (uint16_t)w->n}, w->sort};

		buf_put(&k->seen, &s, sizeof s);
	}
	return 0;
}

static bool is_word(const struct walk *k, const struct seen *w, const struct query_word *q, bool prefix)
{
	for (unsigned i = 0; i < 4; i++) {
		const size_t n = strlen(q->s[i & 1]);

		if ((n == w->n[i >> 1] || (prefix && n < w->n[i >> 1])) && memcmp(k->bytes.p + w->s[i >> 1], q->s[i & 1], n) == 0)
			return true;
	}
	return false;
}

/* One character asked for, a pair found: only the first of it was meant. */
static size_t hit_end(const struct seen *w, const struct query_word *q, bool prefix)
{
	const bool half = prefix && w->sort == WORD_PAIR && strlen(q->s[0]) <= 4;

	return w->from + (half ? w->head : w->len);
}

static bool find(const struct walk *k, const struct seen *v, size_t words, const struct query *q, const struct query_term *t, bool *marks)
{
	bool any = false;

	for (size_t i = 0; i + t->words <= words; i++) {
		unsigned j = 0;

		while (j < t->words && is_word(k, &v[i + j], &q->word[t->first + j], t->prefix && j + 1 == t->words))
			j++;
		if (j < t->words)
			continue;
		any = true;
		const struct seen *last = &v[i + j - 1];
		const size_t end = hit_end(last, &q->word[t->first + j - 1], t->prefix);

		if (!t->except)
			memset(marks + v[i].from, true, end - v[i].from);
	}
	return any;
}

static size_t read_marks(const bool *marks, size_t n, struct query_hit *ret, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < n && count < max; i++) {
		const size_t from = i;

		while (i < n && marks[i])
			i++;
		if (i > from)
			ret[count++] = (struct query_hit){from, i - from};
	}
	return count;
}

int query_hits(const struct query *q, const char *s, size_t n, struct query_hit *ret, size_t max, size_t *ret_n, bool *ret_all, struct err *e)
{
	CLEANUP(mem_free) void *room = mem_zalloc(n);
	bool *marks = room;
	CLEANUP_WALK struct walk k = {.seen = BUF_INIT(0)};
	bool all = true;
	int r;

	if (marks == NULL)
		return fail(e, E_NOMEM, "search");
	if ((r = words_each(s, n, note, &k, e)) < 0 || (r = buf_err(&k.seen, e, "search")) < 0 || (r = buf_err(&k.bytes, e, "search")) < 0)
		return r;
	for (unsigned i = 0; i < q->terms; i++)
		if (find(&k, (const struct seen *)(const void *)k.seen.p, k.seen.n / sizeof(struct seen), q, &q->term[i], marks) == q->term[i].except)
			all = false;
	*ret_n = read_marks(marks, n, ret, max);
	*ret_all = all;
	return 0;
}
