/* What the tests of this folder share: a log in memory, keys, golden files. */
#pragma once
#include "../check.h"

#include "tlog/tlog.h"

/* The log of tests/golden/tlog: entry i is "entry <i>\n", its salt SHA256("salt <i>"). */
void golden_salt(unsigned i, uint8_t salt[SALT_LEN]);
void golden_leaf(unsigned i, uint8_t leaf[LEAF_LEN]);

/* Roots by the recursive definition of RFC 6962 §2.1, slow and plain, over `leaf[lo..hi-1]`. */
struct hash plain_root(const struct hash *leaf, uint64_t lo, uint64_t hi);

/* Tiles of a log held as its leaf hashes; counts reads and refuses what the log does not have. */
struct memory_log {
	struct hash *leaf;      /* size hashes */
	struct hash *row;       /* level 1: a hash per full tile */
	uint64_t size;          /* what may be seen */
	unsigned reads;
	struct tile_source src;
};
void memory_log_make(struct memory_log *m, uint64_t size);
void memory_log_free(struct memory_log *m);

struct keypair test_key(uint8_t fill);
struct note_key test_log_key(void);      /* log.example/verbale, seed 01… */
struct note_key test_witness_key(uint8_t fill, const char *name);
/* A golden file, NUL-terminated; free with buf_free. */
void golden_read(const char *name, struct buf *out);
