#include "consult/myers.h"

#include "base/err.h"
#include "base/mem.h"

/* On diagonal k = x - y: how far forward paths reach from the start, and backward ones from the end. Indexed -b_n-1 … a_n+1. */
struct work {
	const uint32_t *a, *b;
	bool *del, *ins;
	int32_t *fore, *back;
	int32_t max;    /* rounds; a round is an edit from either end */
	bool far;
};
struct box { int32_t x0, x1, y0, y1; };
struct reach { int32_t lo, hi; };
struct point { int32_t x, y; };

/* One edit more: the diagonals widen by one on each side, or narrow at the edge of the box. */
static void widen(struct reach *r, int32_t *v, const struct box *q, int32_t nothing)
{
	if (r->lo > q->x0 - q->y1)
		v[--r->lo - 1] = nothing;
	else
		r->lo++;
	if (r->hi < q->x1 - q->y0)
		v[++r->hi + 1] = nothing;
	else
		r->hi--;
}

static bool ahead(struct work *w, const struct box *q, const struct reach *f, const struct reach *b, bool meets, struct point *ret)
{
	for (int32_t k = f->hi; k >= f->lo; k -= 2) {
		int32_t x = w->fore[k - 1] >= w->fore[k + 1] ? w->fore[k - 1] + 1 : w->fore[k + 1];

		while (x < q->x1 && x - k < q->y1 && w->a[x] == w->b[x - k])
			x++;
		w->fore[k] = x;
		if (meets && k >= b->lo && k <= b->hi && w->back[k] <= x) {
			*ret = (struct point){x, x - k};
			return true;
		}
	}
	return false;
}

static bool behind(struct work *w, const struct box *q, const struct reach *f, const struct reach *b, bool meets, struct point *ret)
{
	for (int32_t k = b->hi; k >= b->lo; k -= 2) {
		int32_t x = w->back[k - 1] < w->back[k + 1] ? w->back[k - 1] : w->back[k + 1] - 1;

		while (x > q->x0 && x - k > q->y0 && w->a[x - 1] == w->b[x - k - 1])
			x--;
		w->back[k] = x;
		if (meets && k >= f->lo && k <= f->hi && x <= w->fore[k]) {
			*ret = (struct point){x, x - k};
			return true;
		}
	}
	return false;
}

/* A point on a shortest path, about half its edits from either end; false: none within w->max rounds. */
static bool middle(struct work *w, const struct box *q, struct point *ret)
{
	const int32_t from = q->x0 - q->y0, to = q->x1 - q->y1;
	const bool odd = ((from - to) & 1) != 0;
	struct reach f = {from, from}, b = {to, to};

	w->fore[from] = q->x0;
	w->back[to] = q->x1;
	for (int32_t round = 0; round < w->max; round++) {
		widen(&f, w->fore, q, -1);
		if (ahead(w, q, &f, &b, odd, ret))
			return true;
		widen(&b, w->back, q, INT32_MAX);
		if (behind(w, q, &f, &b, !odd, ret))
			return true;
	}
	return false;
}

/* Depth: each half has about half the edits, so it is the logarithm of max_edits. */
static void compare(struct work *w, struct box q)
{
	struct point p;

	for (; q.x0 < q.x1 && q.y0 < q.y1 && w->a[q.x0] == w->b[q.y0]; q.x0++)
		q.y0++;
	for (; q.x0 < q.x1 && q.y0 < q.y1 && w->a[q.x1 - 1] == w->b[q.y1 - 1]; q.x1--)
		q.y1--;
	if (q.x0 == q.x1 || q.y0 == q.y1) {
		for (int32_t x = q.x0; x < q.x1; x++)
			w->del[x] = true;
		for (int32_t y = q.y0; y < q.y1; y++)
			w->ins[y] = true;
		return;
	}
	if (w->far || !middle(w, &q, &p)) {
		w->far = true;
		return;
	}
	compare(w, (struct box){q.x0, p.x, q.y0, p.y});
	compare(w, (struct box){p.x, q.x1, p.y, q.y1});
}

int myers(const uint32_t *a, size_t a_n, const uint32_t *b, size_t b_n, size_t max_edits, bool *del, bool *ins, bool *ret_far)
{
	const size_t width = a_n + b_n + 5;

	if (a_n > INT32_MAX / 4 || b_n > INT32_MAX / 4)
		return E_LIMIT;
	CLEANUP(mem_free) void *room = mem_array(width, 2 * sizeof(int32_t));
	if (room == NULL)
		return E_NOMEM;
	struct work w = {.a = a, .b = b, .del = del, .ins = ins, .max = (int32_t)((max_edits < a_n + b_n ? max_edits : a_n + b_n) / 2 + 1)};

	w.fore = (int32_t *)room + b_n + 2;
	w.back = w.fore + width;
	compare(&w, (struct box){0, (int32_t)a_n, 0, (int32_t)b_n});
	*ret_far = w.far;
	return 0;
}
