/* record/priv.h - what the files of record/ share; nobody else includes it. */
#pragma once
#include <pthread.h>
#include <string.h>

#include "json/json.h"
#include "record/page.h"
#include "record/record.h"

/* Copy as much text as fits, always terminated. For text whose length was checked before, or that only informs. */
static inline void put_text(char *to, size_t room, const char *from)
{
	const size_t n = strnlen(from, room - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

/* ---- frames: payloads of the journal (doc/FORMAT.md "Frames") ---- */
#define FRAME_ENTRY_HEAD (8 + 8 + SALT_LEN)
#define ENTRY_BEFORE (sizeof("{\"collection\":\"\",\"object\":") - 1 + 36) /* bytes of P before its object; behind it is a brace */
/* Times that nanoseconds in 64 bits can tell: 1678 to 2262. */
#define ADDED_MAX (INT64_MAX / 1000)
#define ADDED_MIN (INT64_MIN / 1000)

struct frame_entry {             /* FRAME_ENTRY, FRAME_PEER_ENTRY; points into the payload */
	char origin[LIMIT_ORIGIN + 1]; /* "" for an own entry */
	uint64_t index;
	int64_t added;           /* microseconds since 1970: when this node took it in */
	const uint8_t *salt;
	const void *p; size_t n; /* entry bytes P */
};
struct frame_leaves { char origin[LIMIT_ORIGIN + 1]; uint64_t start; size_t count; const uint8_t *leaf; /* count × LEAF_LEN */ };
struct frame_receipt { char origin[LIMIT_ORIGIN + 1]; uint64_t asked_to; };

void frame_put_entry_head(struct buf *out, const char *origin, uint64_t index, int64_t added, const uint8_t salt[SALT_LEN]);
NODISCARD int frame_get_entry(enum frame_type t, const void *p, size_t n, struct frame_entry *ret, struct err *e);
void frame_put_leaves(struct buf *out, const char *origin, uint64_t start, const uint8_t (*leaf)[LEAF_LEN], size_t count);
NODISCARD int frame_get_leaves(const void *p, size_t n, struct frame_leaves *ret, struct err *e);
void frame_put_receipt(struct buf *out, const char *origin, uint64_t asked_to);
NODISCARD int frame_get_receipt(const void *p, size_t n, struct frame_receipt *ret, struct err *e);
void frame_put_evidence(struct buf *out, uint64_t size, const char *a, size_t an, const char *b, size_t bn);

/* ---- signer: the keys in a process of their own ---- */
struct signer;
struct signed_head { char origin[LIMIT_ORIGIN + 1]; uint64_t size; struct hash root; };
/*
 * Forks the process that holds the keys (wiped here afterwards). `path` is its memory: the heads it signed. It
 * refuses a second root for a confirmed size and any smaller size. The memory survives the process, not power
 * loss; the journal does (record_open compares the two).
 */
NODISCARD int signer_start(const char *path, const char *origin, const char *witness_name, struct keypair *log, struct keypair *witness, struct signer **ret, struct err *e);
void signer_stop(struct signer *s);
/* What it remembers of `origin`; size 0 and all-zero root when nothing. */
NODISCARD int signer_memory(struct signer *s, const char *origin, struct signed_head *ret, struct err *e);
/* Sign our checkpoint; appends the whole note. Not yet remembered: see signer_confirm(). */
NODISCARD int signer_checkpoint(struct signer *s, uint64_t size, const struct hash *root, struct buf *note, struct err *e);
/* The batch with this checkpoint is durable: from now on no other root for this size. Does not wait. */
NODISCARD int signer_confirm(struct signer *s, const char *origin, uint64_t size, const struct hash *root, struct err *e);
/* Cosign a peer's head; appends our signature line for the note text. */
NODISCARD int signer_cosign(struct signer *s, uint64_t time_s, const char *text, size_t n, struct buf *line, struct err *e);

/* ---- what the index keeps of an object beside its row (facts.c) ---- */
struct facts {
	const void *audience; size_t audience_n; /* key of what release depends on */
	const char *withdrawn;       /* NULL, or the version a withdrawal takes back ("" for types without) */
};
/* What release depends on, but for the collection: equal keys, equal answers; unless the object itself decides (row.draft). */
struct audience {
	uint32_t log;
	enum tlp tlp;
	bool has_release_to;
	const char *release_to[LIMIT_MEMBERS]; size_t release_to_n;
	const char *marking[LIMIT_MARKINGS]; size_t markings;
};
/* o NULL: an object our rules do not pass. */
void audience_put(const struct stix_object *o, uint32_t log, struct buf *out);
/* The key taken apart; texts point into it. */
NODISCARD int audience_get(const struct buf *key, struct audience *ret, struct err *e);
/* version_ns and digits of a row from the object's own texts (either may be NULL) and row->added. */
void row_put_version(struct index_entry *row, const char *modified, const char *created);
/* The version an object of type verbale-withdrawal takes back; NULL: it is none. */
const char *withdrawn_version(const struct stix_object *o);
/* Level of an object with TLP `t` that names these other markings, written by the party of `log`. */
enum tlp marked_level(struct record_reader *rd, enum tlp t, const char *const *marking, size_t n, uint32_t log);
/* Which party a log belongs to; *ret NULL if its keys are no longer pinned. */
NODISCARD int party_of(struct record_reader *rd, uint32_t log, const char **ret, struct err *e);

/* ---- applying frames to the index: commit, catching up and rebuilding share it ---- */
struct log_state {               /* one log while being followed */
	struct index *x;
	struct index_log row;
	struct tree tree;
	uint8_t bundle[TILE_WIDTH][LEAF_LEN]; /* leaves of the last, partial bundle */
	bool dirty;
};
struct applier {
	struct index *x;
	struct log_state *log[LIMIT_PARTIES];
	size_t logs;
	struct json_pool *pool;
	const char *own_origin;
	uint64_t entries;
	struct buf room;             /* facts of the entry at hand */
};
NODISCARD int applier_init(struct applier *a, struct index *x, const char *own_origin, struct err *e); /* loads all logs from the index */
void applier_free(struct applier *a);
struct log_state *applier_log(struct applier *a, const char *origin); /* NULL: unknown */
NODISCARD int applier_frame(struct applier *a, const struct frame *f, struct err *e);
/* A row already made by the writer (spares parsing the entry again); its leaf goes into the tree too. */
NODISCARD int applier_own_entry(struct applier *a, struct index_entry *row, const struct facts *f, const uint8_t leaf[LEAF_LEN], const struct hash *h, struct err *e);
NODISCARD int applier_leaf(struct applier *a, struct log_state *l, const uint8_t leaf[LEAF_LEN], const struct hash *h, struct err *e);
/* Partial tiles, bundles and log rows; before index_commit. */
NODISCARD int applier_flush(struct applier *a, struct err *e);
/*
 * The row of an entry from its bytes; frame, at, log, index and added are the caller's and there before. `room` (cleared
 * first) holds what ret_facts points to. E_FORMAT: no object in a collection.
 */
NODISCARD int row_from_entry(struct json_pool *pool, const void *p, size_t n, struct buf *room, struct index_entry *ret, struct facts *ret_facts, struct err *e);

/* ---- the open folder ---- */
struct gate;
struct job;                      /* one writer waiting for a commit (write.c) */
struct record {
	struct world w;
	char *dir;
	bool writable;
	enum stix_strict strict;     /* where a collection says nothing */
	bool fresh_index;            /* make the index anew while opening */
	int lock_fd;
	struct journal *journal;
	struct index *index;         /* writer only */
	struct applier apply;        /* writer only; guarded by being the leader */
	int64_t added_last;          /* date_added of the last durable entry; INT64_MIN: none. Guarded likewise */
	struct signer *signer;
	struct party_keys self;
	struct party_keys *peer; size_t peers; /* self is [0] */
	record_rule *rule; record_public *pub; void *rules_ctx;
	const struct progress *progress; /* while catching up; or NULL */
	bool lag;                    /* the journal has frames the index could not take yet */
	pthread_mutex_t mu;          /* guards the queue and `leading` */
	pthread_cond_t cond;
	struct job *queue, **queue_tail;
	bool leading;
	struct record_reader *view;  /* the leader's own reading view */
	struct gate *gate;           /* open for other processes; or NULL */
	bool through_gate;           /* not writable, but record_add() goes through the holder's gate */
};
struct collection_slot { bool used; bool found; uint8_t uuid[16]; struct collection c; };
#define COLLECTION_SLOTS 8

/* ---- pages (page*.c): what a reader keeps from one to the next ---- */
#define VERDICTS 256             /* a power of two; audiences beyond share places */
struct page_state {
	struct index_cursor *at;
	struct page_row *row; size_t cap;
	struct index_row *found; bool *take; size_t found_n, found_cap; /* versions of ids asked for or looked at */
	/* May they? Holds for one reader, one collection, one state of the record. */
	bool known;
	uint64_t head, own;          /* where the index stood; see index_reader_own() */
	uint8_t uuid[16];
	char party[LIMIT_PARTY + 1], agency[LIMIT_AGENCY + 1], person[LIMIT_PERSON + 1];
	bool has_party, has_agency, has_person;
	enum role role;
	struct collection col; bool has_col;
	struct { uint32_t audience; bool yes, marked; } verdict[VERDICTS]; /* audience 0: unused; marked: by a marking's text */
	struct buf key;
	/* objects */
	struct frame_want *want; struct frame_place *place;
	struct buf bytes;
};
void page_state_free(struct page_state *s);
/* Verdicts kept hold for this query from now on. */
NODISCARD int page_verdicts(struct record_reader *rd, const struct page_query *q, struct err *e);
/* May q->who read it? */
NODISCARD int page_may(struct record_reader *rd, const struct page_query *q, const struct index_row *row, bool *ret, struct err *e);
/* Is this one of the versions of its id that q picks? Looks at all of them. */
NODISCARD int page_picked(struct record_reader *rd, const struct page_query *q, const struct index_row *row, bool *ret, struct err *e);
/* Rows of q->id that q picks, in arrival order, in rd->page.found. */
NODISCARD int page_ids(struct record_reader *rd, const struct page_query *q, struct err *e);
bool page_wants(const struct page_query *q, enum version_pick pick);
bool page_wants_time(const struct page_query *q, int64_t ns);
bool page_takes_spec(const struct page_query *q, uint8_t flags);

struct record_reader {
	struct record *r;
	struct index_reader *ix;     /* owned unless it is the writer's view */
	bool owns_ix;
	struct buf frame;            /* reused */
	uint64_t cached_at;          /* last frame of our own types for which the slots hold */
	struct collection_slot slot[COLLECTION_SLOTS];
	size_t next_slot;
	struct page_state page;
};
NODISCARD char *record_path(const struct record *r, const char *name); /* caller frees */
NODISCARD int path_of(const char *dir, const char *name, char **ret, struct err *e);
NODISCARD int keys_load_all(struct record *r, struct err *e);          /* self and peers */
/* As record_open() for writing, with the index made anew from the journal. */
NODISCARD int record_open_fresh(const struct world *w, const char *dir, const struct progress *p, struct record **ret, struct err *e);
NODISCARD int catch_up(struct record *r, struct err *e);               /* index follows the journal */
/* Append frames as one batch, then apply them. Leader only. ret_first: address of the first frame. */
NODISCARD int commit_frames(struct record *r, const struct frame_in *in, size_t count, struct err *e);
/* Become the only writer (waits for the leader); and give it back. */
void lead_begin(struct record *r);
void lead_end(struct record *r);
NODISCARD int recover_lag(struct record *r, struct err *e);
/*
 * date_added of the entries of one batch (added.c): strictly increasing over the whole node and every restart, in the
 * order of commit, never before the clock. Leader only; r->added_last follows when the batch is durable.
 */
struct added_run { const struct rng *rng; int64_t now, last; uint64_t bits; unsigned left; };
void added_begin(struct record *r, struct added_run *ret);
NODISCARD int added_next(struct added_run *a, struct err *e); /* the next one: a->last. E_LIMIT: the clock is beyond 2262 */

/* The note in frame `at`, whatever log it is of. */
NODISCARD int note_at(struct record *r, struct frame_ref at, struct buf *out, struct err *e);
/* ---- gate.c ---- */
struct gate;
void gate_close(struct gate *g); /* NULL is fine */
bool gate_there(const char *dir);
NODISCARD int gate_add(struct record *r, const struct add_opt *opt, const struct add_item *in, size_t count, struct add_result *ret, struct err *e);

/* ---- collections (collection.c) ---- */
NODISCARD int collection_parse(const struct json_val *obj, struct collection *ret, struct err *e);
/* Newest version whoever wrote it, accepted or not: only to let a party answer it. */
NODISCARD int collection_offered(struct record_reader *rd, const uint8_t uuid[16], struct collection *ret, struct err *e);
