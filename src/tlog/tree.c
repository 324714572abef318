#include <string.h>

#include "tlog/inside.h"

void perfect_root(const struct hash *h, unsigned n, struct hash *ret)
{
	struct hash row[TILE_WIDTH / 2];

	if (n == 1) {
		*ret = *h;
		return;
	}
	for (unsigned i = 0; i < n / 2; i++)
		row[i] = node_hash(&h[2 * i], &h[2 * i + 1]);
	for (n /= 2; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++)
			row[i] = node_hash(&row[2 * i], &row[2 * i + 1]);
	*ret = row[0];
}

void edge_fold(const struct hash *h, unsigned width, struct hash *acc, bool *any)
{
	struct hash root;

	for (unsigned bit = 0; width >> bit != 0; bit++) {
		if ((width >> bit & 1) == 0)
			continue;
		perfect_root(h + (width >> (bit + 1) << (bit + 1)), 1U << bit, &root);
		*acc = *any ? node_hash(&root, acc) : root;
		*any = true;
	}
}

int tree_load(struct tree *t, uint64_t size, const struct tile_source *src, struct err *e)
{
	int r;

	if (size >= LIMIT_LOG_SIZE)
		return fail(e, E_LIMIT, "log size %llu is too large", (unsigned long long)size);
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		const uint64_t have = size >> (TILE_HEIGHT * level);
		const unsigned width = (unsigned)(have % TILE_WIDTH);

		if (width > 0 && (r = src->read(src->ctx, level, have / TILE_WIDTH, width, t->edge[level], e)) < 0)
			return r;
		t->width[level] = width;
	}
	t->size = size;
	return 0;
}

int tree_append(struct tree *t, const struct hash *leaf, struct err *e)
{
	struct hash carry = *leaf;
	unsigned level;
	int r;

	if (t->size + 1 >= LIMIT_LOG_SIZE)
		return fail(e, E_LIMIT, "the log is full");
	/* Widths change only after every emit worked: a failed append leaves the tree as it was. */
	for (level = 0;; level++) {
		struct hash *tile = t->edge[level];

		tile[t->width[level]] = carry;
		if (t->width[level] + 1 < TILE_WIDTH)
			break;
		if ((r = t->emit == NULL ? 0 : t->emit(t->ctx, level, t->size >> (TILE_HEIGHT * (level + 1)), tile, e)) < 0)
			return r;
		perfect_root(tile, TILE_WIDTH, &carry);
	}
	t->width[level]++;
	while (level > 0)
		t->width[--level] = 0;
	t->size++;
	return 0;
}

struct hash tree_head(const struct tree *t)
{
	struct hash acc = empty_root();
	bool any = false;

	for (unsigned level = 0; level < TILE_LEVELS; level++)
		edge_fold(t->edge[level], t->width[level], &acc, &any);
	return acc;
}
