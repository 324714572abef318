/*
 * bench_tree - hashing entries to leaves, growing the tree and verifying it from its tiles, beside bare SHA-256 of
 * messages of the same lengths, as many. $BENCH_N leaves (200,000), $BENCH_ROUNDS rounds (3).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bench.h"

struct tiles { struct hash (*tile[3])[TILE_WIDTH]; size_t leaves; };

static int keep(void *ctx, unsigned level, uint64_t n, const struct hash tile[TILE_WIDTH], struct err *e)
{
	struct tiles *t = ctx;

	(void)e;
	memcpy(t->tile[level][n], tile, TILE_WIDTH * sizeof(*tile));
	return 0;
}

static int give(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e)
{
	const struct tiles *t = ctx;

	(void)e;
	memcpy(out, t->tile[level][n], width * sizeof(*out));
	return 0;
}

static struct tiles t;
static struct tree tree;
static uint8_t (*leaf)[LEAF_LEN];
static char entry[64 + OBJECT_BYTES];
static uint8_t salt[SALT_LEN], sink;

static void entries_to_leaves(void)
{
	uint8_t sum[SHA256_LEN];

	for (size_t i = 0; i < t.leaves; i++) {
		memcpy(entry, &i, sizeof(i));
		sha256(entry, sizeof(entry), sum);
		leaf_commit(salt, sum, leaf[i]);
	}
}

static void leaves_to_tree(void)
{
	struct err e;

	memset(&tree, 0, sizeof(tree));
	tree.emit = keep;
	tree.ctx = &t;
	for (size_t i = 0; i < t.leaves; i++) {
		const struct hash h = leaf_hash(leaf[i], LEAF_LEN);

		must(tree_append(&tree, &h, &e), &e);
	}
}

/* As a verifier does that has all the leaves: the whole tree again, and its head compared. */
static void verify(void)
{
	const struct tile_source src = {give, &t};
	const struct hash want = tree_head(&tree);
	struct hash have;
	struct err e;

	leaves_to_tree();
	have = tree_head(&tree);
	if (memcmp(&have, &want, sizeof(have)) != 0)
		abort();
	for (unsigned level = 0; level < 3; level++)
		memcpy(t.tile[level][tree.size >> (TILE_HEIGHT * (level + 1))], tree.edge[level], sizeof(tree.edge[level]));
	must(tree_root(&src, tree.size, &have, &e), &e);
	if (memcmp(&have, &want, sizeof(have)) != 0)
		abort();
}

/* Messages of n bytes, one for each leaf. */
static void bare(size_t n)
{
	static uint8_t text[64 + OBJECT_BYTES];
	uint8_t sum[SHA256_LEN];

	for (size_t i = 0; i < t.leaves; i++) {
		memcpy(text, &i, sizeof(i));
		sha256(text, n, sum);
		sink ^= sum[0];
	}
}

static void bare_entries(void)
{
	bare(sizeof(entry));
	bare(16 + SALT_LEN + SHA256_LEN);
}

static void bare_tree(void)
{
	bare(1 + LEAF_LEN);
	bare(1 + 2 * HASH_LEN);
}

static double timed(void (*f)(void))
{
	const double from = processor_seconds();

	f();
	return (double)t.leaves / (processor_seconds() - from);
}

static void compare(const char *what, void (*f)(void), void (*limit)(void), size_t rounds)
{
	double our[16], theirs[16], ratio[16];

	for (size_t i = 0; i < rounds; i++) {
		theirs[i] = timed(limit);
		our[i] = timed(f);
		ratio[i] = 100 * our[i] / theirs[i];
	}
	printf("%-34s %10.0f %10.0f %5.0f %%\n", what, median(our, rounds), median(theirs, rounds), median(ratio, rounds));
}

int main(void)
{
	size_t rounds = setting("BENCH_ROUNDS", 3);
	struct err e;

	must(crypto_init(&e), &e);
	rounds = rounds < 1 ? 1 : rounds > 16 ? 16 : rounds;
	t.leaves = setting("BENCH_N", 200000);
	leaf = mem_array(t.leaves, sizeof(*leaf));
	for (unsigned level = 0; level < 3; level++)
		if ((t.tile[level] = mem_array((t.leaves >> (TILE_HEIGHT * (level + 1))) + 1, sizeof(*t.tile[level]))) == NULL)
			abort();
	if (leaf == NULL)
		abort();
	printf("%zu leaves, one thread, per second of processor time\n%-34s %10s %10s\n", t.leaves, "", "ours", "SHA-256");
	compare("entries of 1 KB to leaves", entries_to_leaves, bare_entries, rounds);
	compare("leaves to a tree with tiles", leaves_to_tree, bare_tree, rounds);
	compare("tree verified from leaves", verify, bare_tree, rounds);
	for (unsigned level = 0; level < 3; level++)
		mem_free(t.tile[level]);
	mem_free(leaf);
	return sink != 0 && t.leaves == 0; /* the sums are used */
}
