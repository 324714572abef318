/*
 * tlog/tlog.h - the transparency log, pure: bytes in, bytes out, storage passed in.
 * Sources: RFC 6962 §2.1 (hashing), C2SP tlog-tiles, tlog-checkpoint, signed-note,
 * tlog-cosignature (cosignature/v1), tlog-proof@v1, tlog-policy; pinned versions in doc/FORMAT.md.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "crypto/crypto.h"

/* ---- leaf (doc/FORMAT.md "Entry and leaf") ---- */
#define LEAF_LEN 33
#define SALT_LEN 32
#define HASH_LEN SHA256_LEN
struct hash { uint8_t b[HASH_LEN]; };

/* leaf = 01 ‖ SHA256("verbale/leaf/v1\n" ‖ salt ‖ SHA256(P)) */
void leaf_commit(const uint8_t salt[SALT_LEN], const uint8_t entry_sha256[SHA256_LEN], uint8_t leaf[LEAF_LEN]);
struct hash leaf_hash(const void *leaf, size_t n);                 /* SHA256(00 ‖ leaf) */
struct hash node_hash(const struct hash *l, const struct hash *r); /* SHA256(01 ‖ l ‖ r) */
struct hash empty_root(void);                                      /* SHA256("") */

/* ---- tree over tiles of height 8 ---- */
#define TILE_HEIGHT 8
#define TILE_WIDTH 256
#define TILE_LEVELS 6 /* enough for LIMIT_LOG_SIZE */
struct tile_source {
	/*
	 * Copy `width` hashes of tile (level, n) to out. The tile may be asked for with any width up
	 * to what the log has. E_NOTFOUND: not there; other codes pass through.
	 */
	int (*read)(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e);
	void *ctx;
};
/* Root of the first `size` leaves. size 0: empty_root(). A size of LIMIT_LOG_SIZE or more is E_LIMIT here and below. */
NODISCARD int tree_root(const struct tile_source *src, uint64_t size, struct hash *ret, struct err *e);
/* Inclusion path of leaf `index` in the tree of `size`, leaf sibling first; *ret_n <= 63. */
NODISCARD int tree_inclusion(const struct tile_source *src, uint64_t index, uint64_t size, struct hash path[LIMIT_PROOF_HASHES], size_t *ret_n, struct err *e);
NODISCARD int tree_consistency(const struct tile_source *src, uint64_t old_size, uint64_t size, struct hash path[LIMIT_PROOF_HASHES], size_t *ret_n, struct err *e);
/* E_PROOF with a reason. Exact path length is checked, index < size. */
NODISCARD int inclusion_verify(uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *path, size_t n, const struct hash *root, struct err *e);
NODISCARD int consistency_verify(uint64_t old_size, const struct hash *old_root, uint64_t size, const struct hash *root, const struct hash *path, size_t n, struct err *e);

/*
 * Growing a tree: keeps the right edge (one partial tile per level) in memory.
 * The leaf's index is t->size before the call. Full tiles are handed to `emit` the moment they fill (NULL: nobody
 * wants them); if it fails, the tree is as before and the same tiles come again with the next try.
 */
struct tree {
	uint64_t size;
	unsigned width[TILE_LEVELS];
	struct hash edge[TILE_LEVELS][TILE_WIDTH];
	int (*emit)(void *ctx, unsigned level, uint64_t n, const struct hash tile[TILE_WIDTH], struct err *e);
	void *ctx;
};
/* Load the right edge of a log of `size` from `src` (size 0: empty). */
NODISCARD int tree_load(struct tree *t, uint64_t size, const struct tile_source *src, struct err *e);
NODISCARD int tree_append(struct tree *t, const struct hash *leaf, struct err *e);
struct hash tree_head(const struct tree *t); /* root of all appended */

/* Tile paths: "tile/0/x001/x234/067" and "tile/entries/000.p/7"; parse is exact, no leading zeros. */
struct tile_name { bool entries; unsigned level; uint64_t n; unsigned width; /* 1..256; 256 = full */ };
void tile_path(const struct tile_name *t, struct buf *out);
NODISCARD bool tile_path_parse(const char *s, size_t n, struct tile_name *ret); /* after "tile/" */
/* Does a log of `size` have this tile with this width? (full tile, or the exact or a shorter partial of the right edge) */
bool tile_exists(const struct tile_name *t, uint64_t size);
/* Entry bundle: width × (0x0021 ‖ leaf). */
void bundle_put(struct buf *out, const uint8_t (*leaves)[LEAF_LEN], size_t count);
NODISCARD int bundle_parse(const void *p, size_t n, size_t count, uint8_t (*ret_leaves)[LEAF_LEN], struct err *e);

/* ---- signed notes and keys (C2SP signed-note) ---- */
enum note_key_type { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE_V1 = 0x04 };
struct note_key { char name[LIMIT_ORIGIN + 1]; uint32_t id; uint8_t type; uint8_t pk[ED25519_PK]; };
NODISCARD int note_key_make(struct note_key *ret, const char *name, enum note_key_type type, const uint8_t pk[ED25519_PK], struct err *e);
/* vkey: name+hex8(id)+base64(type‖pk). The id is recomputed, weak keys refused. */
NODISCARD int note_key_parse(const char *s, size_t n, struct note_key *ret, struct err *e);
void note_key_put(const struct note_key *k, struct buf *out);

struct note_sig {
	const char *line; size_t line_n;      /* the whole line with its LF */
	const char *name; size_t name_n;
	uint32_t id;
	size_t blob_n;                        /* decoded length with the id; a longer blob (a type not ours) is checked but not kept */
	uint8_t blob[4 + 8 + ED25519_SIG];
};
struct note {               /* points into the parsed bytes */
	const char *text; size_t text_n;      /* ends with LF; what is signed */
	struct note_sig sig[LIMIT_NOTE_SIGS]; size_t sigs;
};
NODISCARD int note_parse(const char *p, size_t n, struct note *ret, struct err *e);
void note_put_sig(struct buf *out, const char *name, uint32_t id, const void *sig, size_t n); /* one "— name base64\n" line */

struct checkpoint { char origin[LIMIT_ORIGIN + 1]; uint64_t size; struct hash root; };
/* Exactly three lines, no extension lines. */
void checkpoint_put(const struct checkpoint *c, struct buf *out);
NODISCARD int checkpoint_parse(const char *text, size_t n, struct checkpoint *ret, struct err *e);
NODISCARD bool origin_ok(const char *s, size_t n);

/* Sign a checkpoint as its log: appends text, blank line, signature line. */
void checkpoint_sign(const struct checkpoint *c, const struct keypair *k, struct buf *out);
/* cosignature/v1 message for (time, note text). */
void cosignature_message(uint64_t time_s, const char *text, size_t n, struct buf *out);
void cosignature_sign(const char *name, const struct keypair *k, uint64_t time_s, const char *text, size_t n, struct buf *out /* gets the line */);

struct cosigned { struct note_key key; uint64_t time_s; };
/*
 * The one way to trust a checkpoint: parse the note, require a valid signature of `log` (name == origin),
 * refuse if any known key's signature is bad, collect the valid cosignatures of `witness`. No call skips a step.
 * E_FORMAT, E_PROOF. `ret_cosigned` may be NULL; needs room for `witnesses` items.
 */
NODISCARD int checkpoint_open(const char *note, size_t n, const struct note_key *log,
    const struct note_key *witness, size_t witnesses, struct checkpoint *ret,
    struct cosigned *ret_cosigned, size_t *ret_count, struct err *e);
/* Merge signature lines of `from` into the note `to` (same text), each (name, id) once, ours first. */
NODISCARD int note_merge(const char *to, size_t to_n, const char *from, size_t from_n, struct buf *out, struct err *e);

/* ---- proof file (C2SP tlog-proof@v1) ---- */
struct proof {
	uint8_t extra[SALT_LEN]; bool has_extra;
	uint64_t index;
	struct hash path[LIMIT_PROOF_HASHES]; size_t n;
	const char *note; size_t note_n;      /* points into the parsed bytes */
};
void proof_put(const struct proof *p, struct buf *out);
NODISCARD int proof_parse(const char *p, size_t n, struct proof *ret, struct err *e);

/* ---- policy file (C2SP tlog-policy) ---- */
struct tlog_policy;             /* logs, witnesses, groups, quorum */
void tlog_policy_free(struct tlog_policy *p);
NODISCARD int tlog_policy_parse(const char *p, size_t n, struct tlog_policy **ret, struct err *e);
NODISCARD int tlog_policy_single(const struct note_key *log, struct tlog_policy **ret, struct err *e); /* one log, quorum none */
size_t tlog_policy_logs(const struct tlog_policy *p, const struct note_key **ret);
size_t tlog_policy_witnesses(const struct tlog_policy *p, const struct note_key **ret);
/* Is the quorum met by these valid cosigners? */
bool tlog_policy_quorum(const struct tlog_policy *p, const struct cosigned *c, size_t n);

/* ---- the whole proof of one entry ---- */
struct proof_report {
	struct checkpoint head;
	uint64_t index;
	uint8_t entry_sha256[SHA256_LEN];
	uint8_t leaf[LEAF_LEN];
	struct note_key log;
	struct cosigned cosigned[LIMIT_NOTE_SIGS]; size_t cosigners;
	bool quorum;             /* the policy's quorum is met ("quorum none" always is) */
	int step;                /* steps passed: 1 leaf, 2 log signature, 3 inclusion, 4 quorum */
};
/* entry: the exact bytes of X.json. Everything or E_PROOF; ret is filled as far as it came. */
NODISCARD int proof_verify(const void *entry, size_t entry_n, const char *proof, size_t proof_n,
    const struct tlog_policy *policy, struct proof_report *ret, struct err *e);
