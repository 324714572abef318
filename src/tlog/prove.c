/* Proofs out of tiles. */
#include <string.h>

#include "tlog/inside.h"

/*
 * A view of the tree of `size` that remembers one tile. Proofs ask for nodes from the leaf upward, so
 * neighbours come from the same tile: about one read per level and one more for each right-edge tile.
 */
struct view {
	const struct tile_source *src;
	uint64_t size;
	unsigned level;
	uint64_t n;
	unsigned width; /* 0: nothing remembered */
	struct hash tile[TILE_WIDTH];
};

struct range { uint64_t lo, hi; };

static int view_tile(struct view *v, unsigned level, uint64_t n, struct err *e)
{
	const uint64_t have = (v->size >> (TILE_HEIGHT * level)) - n * TILE_WIDTH;
	const unsigned width = have < TILE_WIDTH ? (unsigned)have : TILE_WIDTH;
	int r;

	if (v->width == width && v->level == level && v->n == n)
		return 0;
	v->width = 0;
	if ((r = v->src->read(v->src->ctx, level, n, width, v->tile, e)) < 0)
		return r;
	v->level = level;
	v->n = n;
	v->width = width;
	return 0;
}

/* Root of the perfect subtree of 2^height leaves that starts at leaf lo. */
static int view_node(struct view *v, unsigned height, uint64_t lo, struct hash *ret, struct err *e)
{
	const unsigned level = height / TILE_HEIGHT;
	const uint64_t at = lo >> (TILE_HEIGHT * level);
	int r;

	if ((r = view_tile(v, level, at / TILE_WIDTH, e)) < 0)
		return r;
	perfect_root(&v->tile[at % TILE_WIDTH], 1U << height % TILE_HEIGHT, ret);
	return 0;
}

/* Hash of the leaves lo..hi-1 as one subtree; lo is a multiple of a power of two that is >= hi - lo. */
static int view_range(struct view *v, struct range g, struct hash *ret, struct err *e)
{
	struct hash acc = {.b = {0}}, node;
	bool any = false;
	int r;

	for (unsigned height = 0; g.lo < g.hi; height++) {
		const uint64_t span = 1ULL << height;

		if (((g.hi - g.lo) & span) == 0)
			continue;
		if ((r = view_node(v, height, g.hi - span, &node, e)) < 0)
			return r;
		acc = any ? node_hash(&node, &acc) : node;
		any = true;
		g.hi -= span;
	}
	*ret = any ? acc : empty_root();
	return 0;
}

/* Hash the ranges, which were noted from the root downward, into a path from the leaf upward. */
static int view_path(struct view *v, const struct range *g, size_t n, struct hash *path, size_t *ret_n, struct err *e)
{
	int r;

	for (size_t i = 0; i < n; i++)
		if ((r = view_range(v, g[n - 1 - i], &path[i], e)) < 0)
			return r;
	*ret_n = n;
	return 0;
}

static int size_ok(uint64_t size, struct err *e)
{
	if (size >= LIMIT_LOG_SIZE)
		return fail(e, E_LIMIT, "log size %llu is too large", (unsigned long long)size);
	return 0;
}

/* The largest power of two smaller than n; n >= 2. */
static uint64_t split_point(uint64_t n)
{
	return 1ULL << (63 - __builtin_clzll(n - 1));
}

int tree_root(const struct tile_source *src, uint64_t size, struct hash *ret, struct err *e)
{
	struct view v = {.src = src, .size = size};
	int r;

	if ((r = size_ok(size, e)) < 0)
		return r;
	return view_range(&v, (struct range){0, size}, ret, e);
}

int tree_inclusion(const struct tile_source *src, uint64_t index, uint64_t size,
    struct hash path[LIMIT_PROOF_HASHES], size_t *ret_n, struct err *e)
{
	struct view v = {.src = src, .size = size};
	struct range g[LIMIT_PROOF_HASHES], at = {0, size};
	size_t n = 0;
	int r;

	if ((r = size_ok(size, e)) < 0)
		return r;
	if (index >= size)
		return fail(e, E_NOTFOUND, "no leaf %llu in a log of size %llu", (unsigned long long)index, (unsigned long long)size);
	while (at.hi - at.lo > 1) { /* RFC 6962 §2.1.1, downward */
		const uint64_t mid = at.lo + split_point(at.hi - at.lo);

		g[n++] = index < mid ? (struct range){mid, at.hi} : (struct range){at.lo, mid};
		at = index < mid ? (struct range){at.lo, mid} : (struct range){mid, at.hi};
	}
	return view_path(&v, g, n, path, ret_n, e);
}

int tree_consistency(const struct tile_source *src, uint64_t old_size, uint64_t size,
    struct hash path[LIMIT_PROOF_HASHES], size_t *ret_n, struct err *e)
{
	struct view v = {.src = src, .size = size};
	struct range g[LIMIT_PROOF_HASHES], at = {0, size};
	size_t n = 0;
	int r;

	if ((r = size_ok(size, e)) < 0)
		return r;
	if (old_size > size)
		return fail(e, E_NOTFOUND, "no size %llu in a log of size %llu", (unsigned long long)old_size, (unsigned long long)size);
	if (old_size == 0 || old_size == size) {
		*ret_n = 0;
		return 0;
	}
	while (at.hi != old_size) { /* RFC 6962 §2.1.2, downward */
		const uint64_t mid = at.lo + split_point(at.hi - at.lo);

		g[n++] = old_size <= mid ? (struct range){mid, at.hi} : (struct range){at.lo, mid};
		at = old_size <= mid ? (struct range){at.lo, mid} : (struct range){mid, at.hi};
	}
	if (at.lo != 0) /* else the old root itself, which the verifier has */
		g[n++] = at;
	return view_path(&v, g, n, path, ret_n, e);
}
