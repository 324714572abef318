/*
 * record/record.h - one open data folder: the one write path and the read paths over
 * journal, index, log and keys. Everything that changes the record goes through here.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/clock.h"
#include "policy/policy.h"
#include "stix/stix.h"
#include "store/index.h"
#include "store/journal.h"
#include "tlog/tlog.h"

/* What the outside passes in; all may be replaced by tests. */
struct world { struct fs fs; struct clock clock; struct rng rng; struct log *log; };
struct world world_system(void);

/* ---- a party and its node, as configured and as pinned by peers ---- */
struct party_keys {
	char party[LIMIT_PARTY + 1];            /* "DE" */
	char identity[LIMIT_STIX_ID + 1];       /* identity--… that signs created_by_ref */
	char origin[LIMIT_ORIGIN + 1];          /* log origin */
	char url[LIMIT_ORIGIN + 1];             /* where its node answers peers; may be "" */
	struct note_key log;                    /* type 01 */
	struct note_key witness;                /* type 04 */
	uint8_t tls_spki[32];                   /* SHA-256 of the TLS key's SubjectPublicKeyInfo */
};
/* The short text in which peers exchange keys (doc/FORMAT.md "Peer text"). */
void party_keys_put(const struct party_keys *k, struct buf *out);
NODISCARD int party_keys_parse(const char *p, size_t n, struct party_keys *ret, struct err *e);

struct record;
struct record_reader;   /* one per reading thread */

/*
 * Make a data folder: keys, self text, empty journal with the first checkpoint (size 0). An interrupted making is
 * taken up again. E_EXISTS if there is a node. `tls_spki` comes from http/ (the TLS key is made there).
 */
struct record_init { const char *party, *origin, *url; uint8_t tls_spki[32]; };
NODISCARD int record_create(const struct world *w, const char *dir, const struct record_init *in, struct err *e);

/* writable: takes the folder's lock (E_BUSY names the holder), starts the signer, catches the index up. */
NODISCARD int record_open(const struct world *w, const char *dir, bool writable, struct record **ret, struct err *e);
/*
 * As writable, or, when another process of this machine holds the folder and has opened its gate: for reading, with
 * record_add() handed on to that process. So commands work beside a running node.
 */
NODISCARD int record_open_add(const struct world *w, const char *dir, struct record **ret, struct err *e);
/* Let other processes of the same user add through this one: a socket DIR/gate, mode 0600. */
NODISCARD int record_gate_open(struct record *r, struct err *e);
void record_gate_close(struct record *r); /* none open is fine; record_close() does it too */
void record_close(struct record *r);
const struct party_keys *record_self(const struct record *r);
const struct world *record_world(const struct record *r);
const char *record_dir(const struct record *r);
void record_set_strict(struct record *r, enum stix_strict strict); /* where a collection says nothing; STIX_DEFAULT at first */
void record_set_log(struct record *r, struct log *log); /* events of this record from now on; NULL: none */

/* ---- peers: pinned keys, one file per party under peers/ ---- */
NODISCARD int record_peer_add(struct record *r, const struct party_keys *k, struct err *e); /* E_CONFLICT: other keys pinned; names both */
size_t record_peers(const struct record *r, const struct party_keys **ret);
const struct party_keys *record_peer(const struct record *r, const char *party);      /* self included; NULL */
const struct party_keys *record_peer_by_spki(const struct record *r, const uint8_t spki[32]);

/* ---- writing ---- */
/* Rules of what may follow what (consult/), asked before an own object of our types is written. NULL: none. */
typedef int record_rule(void *ctx, struct record_reader *view, const struct stix_object *o, const uint8_t collection[16], struct err *e);
/* Is this entry public now? (consult/) NULL: nothing is. Must say yes to every object that is not of our own types: pages ask only for those. */
typedef int record_public(void *ctx, struct record_reader *rd, const struct index_entry *row, const struct stix_object *o, int64_t now, bool *ret, struct err *e);
void record_set_rules(struct record *r, record_rule *rule, record_public *pub, void *ctx);

enum added { ADDED_NEW, ADDED_DUPLICATE, ADDED_REFUSED };
struct add_result { enum added what; uint64_t index; uint64_t frame; int64_t added; /* microseconds since 1970 */ char id[LIMIT_STIX_ID + 1]; struct err err; };
struct add_item { const void *p; size_t n; };  /* JSON text of one object */
struct add_opt {
	uint8_t collection[16];
	enum stix_strict strict;
	bool v20, not_v21;       /* objects of STIX 2.0 are taken too; those of 2.1 are not */
	bool all_or_nothing;     /* one refused object refuses the batch: nothing is written */
	enum role role;
	/* Of one object; not "": the newest own version of its id must have this `modified`, else E_CONFLICT: nobody overwrites what it has not seen. */
	char after[LIMIT_TIMESTAMP + 1];
};
/*
 * Check, canonicalise, salt, commit as ONE journal batch with one checkpoint; returns when durable. Any thread;
 * writers waiting at the same time share a commit. ret[count] says what became of each. The return value is 0
 * unless a commit failed (E_IO …): then what ret still calls new or duplicate was durable before, all else is refused.
 */
NODISCARD int record_add(struct record *r, const struct add_opt *opt, const struct add_item *in, size_t count, struct add_result *ret, struct err *e);
/* Merge cosignature lines a witness gave us for one of our checkpoints. */
NODISCARD int record_add_cosignatures(struct record *r, const char *note, size_t n, struct err *e);

/* ---- a peer's log, mirrored ---- */
struct peer_state { struct index_log log; bool known; };
NODISCARD int record_peer_state(struct record_reader *rd, const struct party_keys *peer, struct peer_state *ret, struct err *e);
/*
 * Follow a peer to a newer note: `leaves` continue at state.log.size and end at the note's size. Checks the log's
 * signature, that the old root is a prefix, that the new root matches, then stores leaves and note and cosigns,
 * in one batch. E_PROOF: the leaves do not lead to the signed root (see record_audit). E_REWRITE: contradiction; both notes are kept as evidence (FRAME_EVIDENCE) and the text names the size.
 * ret_cosignature gets our line.
 */
NODISCARD int record_follow(struct record *r, const struct party_keys *peer, const char *note, size_t note_n,
    const uint8_t (*leaves)[LEAF_LEN], size_t count, struct buf *ret_cosignature, struct err *e);
/*
 * A note whose new leaves do not lead to its root may come from a rewritten log or from a bad line. Given the log's
 * leaves from 0 to the note's size this decides: E_REWRITE (evidence kept, first differing entry named) when they do
 * lead to the signed root but differ from what is mirrored; E_PROOF when they do not; 0 when they agree.
 */
NODISCARD int record_audit(struct record *r, const struct party_keys *peer, const char *note, size_t note_n,
    const uint8_t (*leaves)[LEAF_LEN], size_t count, struct err *e);
struct peer_entry { uint64_t index; uint8_t salt[SALT_LEN]; const void *p; size_t n; /* entry bytes P */ };
/* Store entries of a peer after checking each against its mirrored leaf; one batch; known ones are skipped.
 * `asked_to`: all entitled entries below this index were asked for. A wrong one refuses the batch, naming the index. */
NODISCARD int record_add_peer_entries(struct record *r, const struct party_keys *peer, const struct peer_entry *in, size_t count, uint64_t asked_to, size_t *ret_new, struct err *e);

/* ---- reading ---- */
NODISCARD int record_reader_new(struct record *r, struct record_reader **ret, struct err *e);
void record_reader_free(struct record_reader *rd);
struct record *record_of(struct record_reader *rd);
struct index_reader *record_index(struct record_reader *rd);

struct entry {                       /* one entry, read back from the journal and checked */
	struct index_entry row;
	const char *party;               /* whose log */
	uint8_t salt[SALT_LEN];
	struct buf bytes;                /* P: {"collection":…,"object":…} */
	struct json_doc *doc;            /* parsed P */
	struct stix_object object;       /* points into doc */
};
void entry_free(struct entry *en);
/* Hash that an assent or a publication names: SHA-256 of the RFC 8785 form of the object alone (not of the entry). */
NODISCARD int entry_object_sha256(const struct entry *en, uint8_t ret[32], struct err *e);
NODISCARD int record_read(struct record_reader *rd, const struct index_entry *row, struct entry *ret, struct err *e);
NODISCARD int record_read_at(struct record_reader *rd, uint32_t log, uint64_t index, struct entry *ret, struct err *e);
/* Newest version of an id (NULL collection: any). E_NOTFOUND. */
NODISCARD int record_newest(struct record_reader *rd, const char *id, const uint8_t *collection, struct entry *ret, struct err *e);

/* The release decision for one entry: the only path to may_read. E_NOTFOUND exactly when the answer is no. */
NODISCARD int record_may_read(struct record_reader *rd, const struct reader *who, const struct entry *en, struct err *e);
/* The collection as accepted by this node: own party's version, or the newest one own party assented to. */
NODISCARD int record_collection(struct record_reader *rd, const uint8_t uuid[16], struct collection *ret, struct err *e);
/* The same as an entry: name, description. Who may see it: record_may_read. */
NODISCARD int record_collection_entry(struct record_reader *rd, const uint8_t uuid[16], struct entry *ret, struct err *e);
/* All collections this node accepted, by UUID; non-zero stops and is returned. E_LIMIT: more than LIMIT_COLLECTIONS. */
typedef int collection_visit(void *ctx, const uint8_t uuid[16], const struct collection *c, const struct entry *en, struct err *e);
NODISCARD int record_collections(struct record_reader *rd, collection_visit *v, void *ctx, struct err *e);
/* How objects are added to this collection: its own strictness, else the node's; its versions of STIX. E_NOTFOUND: *ret is usable still (to found one). */
NODISCARD int record_add_opt(struct record_reader *rd, const uint8_t uuid[16], enum role role, struct add_opt *ret, struct err *e);

/* ---- proofs and log files ---- */
/* Newest own (log 0) or mirrored checkpoint with all cosignatures known. */
NODISCARD int record_checkpoint(struct record_reader *rd, uint32_t log, struct buf *out, struct err *e);
/* Root of the first `size` leaves of a log as this node holds it. */
NODISCARD int record_root(struct record_reader *rd, uint32_t log, uint64_t size, struct hash *ret, struct err *e);
/* .tlog-proof for one entry under the newest checkpoint of its log. */
NODISCARD int record_prove(struct record_reader *rd, uint32_t log, uint64_t index, const uint8_t salt[SALT_LEN], struct buf *out, struct err *e);
/*
 * Whom a checker of this entry may trust, as a C2SP policy: its log, and every other party's witness this node has
 * pinned. confirm: one of those must have cosigned (none pinned: none must). E_NOTFOUND: the log's keys are not pinned.
 */
NODISCARD int record_policy(struct record_reader *rd, const struct entry *en, bool confirm, struct buf *out, struct err *e);
/* Tile or bundle bytes as C2SP serves them; E_NOTFOUND if the checkpointed size has none. */
NODISCARD int record_tile(struct record_reader *rd, uint32_t log, const struct tile_name *t, struct buf *out, struct err *e);
/* When did entry `index` become visible to others? (t1, t2] by the witness's clock; -1: open. */
struct bound { char witness[LIMIT_ORIGIN + 1]; int64_t after_s, until_s; };
NODISCARD int record_bounds(struct record_reader *rd, uint32_t log, uint64_t index, struct bound *ret, size_t max, size_t *ret_n, struct err *e);

/* ---- care ---- */
struct progress { void (*tick)(void *ctx, const char *what, uint64_t done, uint64_t all); void *ctx; };
struct check_report { uint64_t frames, entries, leaves, tiles, checkpoints, cosignatures, logs, faults; };
/* Every hash, tile, checkpoint; index against journal. Faults go to `fault` one by one; E_CORRUPT if there was any. */
NODISCARD int record_check(const struct world *w, const char *dir, const struct progress *p,
    void (*fault)(void *ctx, const char *text), void *ctx, struct check_report *ret, struct err *e);
NODISCARD int record_rebuild(const struct world *w, const char *dir, const struct progress *p, struct err *e);
