#include "support.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/mem.h"

void golden_salt(unsigned i, uint8_t salt[SALT_LEN])
{
	char text[32];

	sha256(text, (size_t)snprintf(text, sizeof(text), "salt %u", i), salt);
}

void golden_leaf(unsigned i, uint8_t leaf[LEAF_LEN])
{
	uint8_t salt[SALT_LEN], p[SHA256_LEN];
	char text[32];

	golden_salt(i, salt);
	sha256(text, (size_t)snprintf(text, sizeof(text), "entry %u\n", i), p);
	leaf_commit(salt, p, leaf);
}

struct hash plain_root(const struct hash *leaf, uint64_t lo, uint64_t hi)
{
	struct hash l, r;
	uint64_t k = 1;

	if (lo == hi)
		return empty_root();
	if (hi - lo == 1)
		return leaf[lo];
	while (k * 2 < hi - lo)
		k *= 2;
	l = plain_root(leaf, lo, lo + k);
	r = plain_root(leaf, lo + k, hi);
	return node_hash(&l, &r);
}

static int memory_read(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e)
{
	struct memory_log *m = ctx;
	const struct tile_name t = {.level = level, .n = n, .width = width};

	m->reads++;
	if (level > 1 || !tile_exists(&t, m->size))
		return fail(e, E_NOTFOUND, "tile %u/%llu.p/%u", level, (unsigned long long)n, width);
	memcpy(out, (level == 0 ? m->leaf : m->row) + n * TILE_WIDTH, width * sizeof(*out));
	return 0;
}

void memory_log_make(struct memory_log *m, uint64_t size)
{
	uint8_t leaf[LEAF_LEN];

	*m = (struct memory_log){.size = size, .leaf = mem_array(size, sizeof(struct hash)),
	    .row = mem_array(size / TILE_WIDTH + 1, sizeof(struct hash))};
	assert_non_null(m->leaf);
	assert_non_null(m->row);
	for (unsigned i = 0; i < size; i++) {
		golden_leaf(i, leaf);
		m->leaf[i] = leaf_hash(leaf, LEAF_LEN);
	}
	for (uint64_t i = 0; i < size / TILE_WIDTH; i++)
		m->row[i] = plain_root(m->leaf, i * TILE_WIDTH, (i + 1) * TILE_WIDTH);
	m->src = (struct tile_source){memory_read, m};
}

void memory_log_free(struct memory_log *m)
{
	mem_free(m->leaf);
	mem_free(m->row);
}

struct keypair test_key(uint8_t fill)
{
	uint8_t seed[ED25519_SEED];
	struct keypair k;

	memset(seed, fill, sizeof(seed));
	ed25519_from_seed(seed, &k);
	return k;
}

static struct note_key named_key(const char *name, enum note_key_type type, uint8_t fill)
{
	const struct keypair k = test_key(fill);
	struct note_key key;

	assert_int_equal(note_key_make(&key, name, type, k.pk, NULL), 0);
	return key;
}

struct note_key test_log_key(void) { return named_key("log.example/verbale", NOTE_ED25519, 1); }
struct note_key test_witness_key(uint8_t fill, const char *name) { return named_key(name, NOTE_COSIGNATURE_V1, fill); }

void golden_read(const char *name, struct buf *out)
{
	const struct fs fs = fs_system();
	char path[4096];
	struct err e;

	assert_true(snprintf(path, sizeof(path), "%s%s", GOLDEN_TLOG, name) < (int)sizeof(path));
	if (fs_read_file(&fs, path, 1 << 20, out, &e) < 0)
		fail_msg("%s", e.msg);
}
