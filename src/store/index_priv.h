/* store/index_priv.h - private to store/: what the parts of the index share. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/index.h"
#include "store/watch.h"

#define INDEX_APPLICATION 0x56524249 /* "VRBI", PRAGMA application_id */
#define INDEX_VERSION 3              /* PRAGMA user_version; doc/FORMAT.md "Index" */

enum query {
#define TABLE(name, sql)
#define DIGEST(sql)
#define QUERY(name, sql) Q_##name,
#include "store/index.def"
#undef TABLE
#undef DIGEST
#undef QUERY
	Q_COUNT_
};
extern const char *const index_queries[Q_COUNT_];

struct head { uint64_t frame, own; };
struct known { uint64_t n; size_t len; char key[LIMIT_STIX_TYPE + 1]; };

#define RUNS_KNOWN 8
struct index_reader {
	struct db *db;
	struct db own;        /* used unless this is the writer's view */
	struct index *writer; /* whose view this is, or NULL */
	unsigned depth;       /* index_enter calls open */
	bool began;           /* the outermost of them began a transaction */
	unsigned snapshots;   /* the caller's, each one of `depth` */
	struct head head;     /* while there are snapshots: where they stand */
	char **type_name; size_t type_names; /* by number; NULL: not asked for yet */
	struct known coll, type; /* numbers asked for last; n 0: none */
	struct { uint64_t coll, type, n; } run[RUNS_KNOWN]; /* the same of runs; by type */
	/* index_attach() */
	struct index *keeper; /* or NULL */
	struct index_reader *next;
	pthread_mutex_t lock; /* attached: held while depth > 0; guards what follows */
	bool kept;            /* a state is open though nobody asks */
	struct watch watch;   /* while it sees nothing, that state is the newest */
	uint64_t state;       /* counts the states taken: what was read holds while it stays; 0: not attached */
};

struct counts { uint64_t frame, at, entries, recent, last, own; int64_t added; }; /* last: frame of the last entry; own: of the last draft */

/*
 * Runs. A chunk is RUN_ROWS rows of 64 bytes under the key run << RUN_SHIFT | first frame, so one step down a tree finds
 * the chunk any position lies in. Its rows fill one page: a chunk of 128 would spill over into a second one.
 */
#define RUN_ROWS 127u
#define ROW_BYTES 64u
#define RUN_SHIFT 40
#define RUN_MAX ((1ull << (63 - RUN_SHIFT)) - 1)
#define RUN_FRAME ((1ull << RUN_SHIFT) - 1)
#define MOMENT_EVERY 64u      /* entries from one row of `moment` to the next */
struct chunk { uint64_t k; unsigned n; bool dirty; uint8_t rows[RUN_ROWS * ROW_BYTES]; };
#define CHUNKS 64             /* chunks the writer keeps: the ends of the runs it writes to */
struct run_end { uint64_t coll, type, n, first; }; /* a run and its last chunk; n 0: unused; first 0: no chunk yet */
#define RUN_ENDS 256
#define RECENT_SLOTS (4 * LIMIT_INDEX_RECENT)
struct runs {                 /* the writer's side */
	uint64_t key[CHUNKS];     /* of `chunk`; 0: unused */
	struct chunk *chunk;
	size_t next, dirty;       /* next to give up; how many are not written yet */
	struct run_end end[RUN_ENDS];
	int64_t *recent;          /* ids that wait in `recent`, as a set; key + 1, 0: free */
	size_t recents;
	bool recent_known;        /* the set is what the table holds */
};
void row_put(const struct index_row *row, uint8_t out[ROW_BYTES]);
void row_get(const uint8_t in[ROW_BYTES], struct index_row *ret);

/* One version of an id in one collection; what flags are made of. */
struct version { uint64_t frame; int64_t ns; uint32_t audience; uint32_t type; uint8_t flags; };
/* flags[n] of versions in arrival order; v's own flags give ROW_GONE, ROW_V20, ROW_DRAFT. */
void version_flags(const struct version *v, size_t n, uint8_t *flags);
struct versions { struct version *v; uint8_t *flags; size_t n, cap; };
void versions_free(struct versions *l);
NODISCARD int versions_add(struct versions *l, const struct version *v, struct err *e);
/* All versions of (type, uuid) in collection number coll, arrival order. */
NODISCARD int versions_load(struct db *d, int64_t id_key, uint64_t coll, uint64_t type, const uint8_t uuid[16], struct versions *ret, struct err *e);

struct index {
	struct db db;
	char *path;
	struct index_reader view;
	struct counts now, committed;
	/* Numbers of collections and types lately used; n 0: empty. Forgotten when a transaction is. */
	struct known coll[16], type[64], audience[16];
	struct runs runs;
	struct versions versions;
	pthread_mutex_t lock; /* guards the list of readers */
	struct index_reader *readers;
	atomic_uint writing;  /* 1: a transaction is open; readers keep nothing then */
};

/* Forget what is known of numbers and runs: after a rollback, or when the file was replaced. */
void index_forget(struct index *x);
void index_drop_names(struct index_reader *r);
NODISCARD int runs_flush(struct index *x, struct err *e);
NODISCARD int runs_append(struct index *x, uint64_t coll, uint64_t type, const struct index_row *row, struct err *e);
/* Set the flags of the row of `frame` in the collection's run and in its type's. */
NODISCARD int runs_mark(struct index *x, uint64_t coll, uint64_t type, uint64_t frame, uint8_t flags, struct err *e);
NODISCARD int runs_check(struct index *x, struct err *e);
bool recent_may_have(struct index *x, int64_t id_key);
void recent_note(struct index *x, int64_t id_key);
void recent_forget(struct index *x);
/* The number of a collection, a type, a run; 0: never seen. */
NODISCARD int index_number(struct db *d, enum query q, const char *fmt, const void *key, size_t n, uint64_t *ret, struct err *e);
NODISCARD int index_collection_uuid(struct index_reader *r, uint64_t n, uint8_t ret[16], struct err *e);
/* The same through those asked for last. */
NODISCARD int reader_collection(struct index_reader *r, const uint8_t uuid[16], uint64_t *ret, struct err *e);
NODISCARD int reader_type(struct index_reader *r, const char *type, uint64_t *ret, struct err *e);
NODISCARD int run_number(struct db *d, uint64_t coll, uint64_t type, uint64_t *ret, struct err *e);

/* One state of the database until index_leave, whoever else commits; nests. */
NODISCARD int index_enter(struct index_reader *r, struct err *e);
void index_leave(struct index_reader *r);
/* The same around a single question, which needs it only where a state may be kept from before. */
static inline int index_ask(struct index_reader *r, struct err *e) { return r->keeper != NULL ? index_enter(r, e) : 0; }
static inline void index_asked(struct index_reader *r)
{
	if (r->keeper != NULL)
		index_leave(r);
}
/* From here to the end of writing no reader keeps a state: the write-ahead log could never start anew beside it. */
void index_writing(struct index *x, bool yes);
void index_detach_all(struct index *x);

/* 48 bits of SHA-256: nobody can make many ids that meet in one key, and an integer of 6 bytes is stored. */
int64_t index_id_key(const char *id);
/* "type--uuid" taken apart. false: not of that form, lower-case. */
NODISCARD bool index_id_split(const char *id, char type[LIMIT_STIX_TYPE + 1], uint8_t uuid[16]);
/* And put together. */
void index_id_join(const char *type, const uint8_t uuid[16], char id[LIMIT_STIX_ID + 1]);
/* Row number of a tile or bundle; E_LIMIT. */
NODISCARD int index_tile_key(uint32_t log, unsigned level, uint64_t n, int64_t *ret, struct err *e);
/* Move what waits in `recent` to its place; inside a transaction. */
NODISCARD int index_merge(struct index *x, struct err *e);
