/*
 * store/index.h - the SQLite index: derived from the journal, thrown away without loss.
 * One writer (`struct index`), one read connection per reading thread (`struct index_reader`).
 * Content depends only on the journal's frames, never on how they were batched: two builds from one
 * journal hold equal rows, and after index_vacuum() equal bytes.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

/* Logs are numbered: 0 = this node's own, 1… = peers in order of first appearance in the journal. */
struct index_log {
	uint32_t log;
	char origin[LIMIT_ORIGIN + 1];
	uint64_t size;           /* leaves held (own: committed; peer: mirrored) */
	uint64_t note_frame, note_at; /* newest checkpoint frame; no 0: none */
	uint64_t note_size;
	uint64_t entries_to;     /* peers: leaves below this were asked for their entries */
};

/* One version of one object, as indexed. Text is NUL-terminated. */
struct index_entry {
	uint64_t frame, at;      /* journal address */
	uint32_t log;
	uint64_t index;          /* in that log */
	uint8_t collection[16];  /* UUID */
	char id[LIMIT_STIX_ID + 1];
	char modified[LIMIT_TIMESTAMP + 1]; /* "" when the type has none */
	uint8_t sha256[32];      /* of the entry bytes P */
	char subject[LIMIT_STIX_ID + 1];    /* the object this one is about (stix type table), or "" */
	bool revoked;
	int64_t added;           /* microseconds since 1970; strictly increasing over all entries */
	int64_t version_ns;      /* modified, else created, else added, as a time */
	uint8_t digits;          /* fraction digits of that text; DIGITS_TEXT: no number of digits gives the text */
	uint32_t size;           /* bytes of the object's JSON inside P */
	uint32_t audience;       /* number of what release depends on: index_audience() */
	uint32_t type;           /* number of the id's type: index_type_name(). When putting: ignored */
	bool v20;                /* an object of STIX 2.0 */
	bool draft;              /* its release depends on the object itself */
	bool gone;               /* withdrawn by its writer: index_withdraw(). When putting: ignored */
	/* When putting: index_versions() found no version of the id in this collection since the last commit. Never wrong
	 * when false, only slower. When reading: false. */
	bool fresh;
};
#define DIGITS_TEXT 255

struct index;
struct index_reader;

/* E_CORRUPT: damaged or of another version: delete it and rebuild. */
NODISCARD int index_open(const char *path, struct index **ret, struct err *e);
void index_close(struct index *x);
/* Delete the files of an index (path, -wal, -shm). */
NODISCARD int index_remove(const char *path, struct err *e);
/* The journal frame up to which rows are there (no 0: empty). */
void index_head(struct index *x, uint64_t *ret_frame, uint64_t *ret_at);
/* `added` of the last entry; INT64_MIN: none yet. */
int64_t index_last_added(const struct index *x);
/* Look again what is committed, by whatever process; not inside begin … commit. */
NODISCARD int index_refresh(struct index *x, struct err *e);

/* --- writing: inside begin … commit; rollback forgets --- */
NODISCARD int index_begin(struct index *x, struct err *e);
NODISCARD int index_commit(struct index *x, uint64_t frame, uint64_t at, struct err *e);
void index_rollback(struct index *x);
/* In order of `frame` and of `added`: E_FORMAT otherwise. */
NODISCARD int index_put_entry(struct index *x, const struct index_entry *row, struct err *e);
/* The number of a key (bytes that mean something to the caller; equal keys, equal number). */
NODISCARD int index_audience(struct index *x, const void *key, size_t n, uint32_t *ret, struct err *e);
/*
 * The writer of log `by->log` takes back versions of `id` in by->collection: those of its own log that came before `by`
 * and whose text of `modified` is this one ("" for types without) are gone from now on.
 */
NODISCARD int index_withdraw(struct index *x, const struct index_entry *by, const char *id, const char *modified, struct err *e);
NODISCARD int index_put_log(struct index *x, const struct index_log *row, struct err *e); /* insert or replace by log */
/* Hashes of tile (level, n) from its start; replaces a shorter one. width 1..256, 32 bytes each. */
NODISCARD int index_put_tile(struct index *x, uint32_t log, unsigned level, uint64_t n, unsigned width, const void *hashes, struct err *e);
/* Leaves (33 bytes each) as bundles of 256 for serving and re-checking; same replacing rule. */
NODISCARD int index_put_bundle(struct index *x, uint32_t log, uint64_t n, unsigned width, const void *leaves, struct err *e);
/* A checkpoint of `log` at `size`, its frame; and a cosignature by `name` at `time_s` on it. */
NODISCARD int index_put_checkpoint(struct index *x, uint32_t log, uint64_t size, uint64_t frame, uint64_t at, struct err *e);
NODISCARD int index_put_cosignature(struct index *x, uint32_t log, uint64_t size, const char *name, uint64_t time_s, uint64_t frame, uint64_t at, struct err *e);
NODISCARD int index_vacuum(struct index *x, struct err *e); /* canonical file layout */
NODISCARD int index_check(struct index *x, struct err *e);  /* SQLite's own integrity check; counts; runs against entries */
/* The writer's own read view (sees the open transaction); owned by x. */
struct index_reader *index_view(struct index *x);

/* --- reading; each reader belongs to one thread --- */
NODISCARD int index_reader_open(const char *path, struct index_reader **ret, struct err *e);
void index_reader_close(struct index_reader *r);
/*
 * The reader keeps the state it saw open from one question to the next and looks without a lock whether anything was
 * committed since; its answers stay as fresh as ever. While x writes, nothing is kept. Only for a reader of the file
 * that x writes, in x's own process; until either is closed.
 */
void index_attach(struct index *x, struct index_reader *r);
/* One snapshot over several calls: nothing committed in between is seen. Nests; each success needs its release. */
NODISCARD int index_snapshot(struct index_reader *r, struct err *e);
void index_release(struct index_reader *r); /* without a snapshot: nothing happens */
/* The journal frame up to which this reader sees rows (its snapshot's, if it holds one). */
NODISCARD int index_reader_head(struct index_reader *r, uint64_t *ret_frame, struct err *e);
/* The last frame whose entry is of our own types (`draft`): what follows from collections and assents holds until it moves. */
NODISCARD int index_reader_own(struct index_reader *r, uint64_t *ret_frame, struct err *e);

NODISCARD int index_get_log(struct index_reader *r, uint32_t log, struct index_log *ret, struct err *e);          /* E_NOTFOUND */
NODISCARD int index_find_log(struct index_reader *r, const char *origin, struct index_log *ret, struct err *e);    /* E_NOTFOUND */
NODISCARD int index_get_tile(struct index_reader *r, uint32_t log, unsigned level, uint64_t n, unsigned width, void *hashes, struct err *e);
NODISCARD int index_get_bundle(struct index_reader *r, uint32_t log, uint64_t n, unsigned width, void *leaves, struct err *e);
NODISCARD int index_get_entry(struct index_reader *r, uint32_t log, uint64_t index, struct index_entry *ret, struct err *e); /* E_NOTFOUND */

/* Visitors: non-zero stops and is returned. Rows are valid during the call. */
typedef int index_visit(void *ctx, const struct index_entry *row, struct err *e);
/* All versions of an id in arrival order, in one collection (NULL: any). */
NODISCARD int index_versions(struct index_reader *r, const char *id, const uint8_t *collection, index_visit *v, void *ctx, struct err *e);
/* Everything about a subject (assents, proposals …), arrival order. */
NODISCARD int index_subjects(struct index_reader *r, const char *subject, index_visit *v, void *ctx, struct err *e);
/* Entries with frame > after, arrival order, at most `limit`; collection and type NULL = any. */
NODISCARD int index_page(struct index_reader *r, uint64_t after, const uint8_t *collection, const char *type, size_t limit, index_visit *v, void *ctx, struct err *e);
/* Entries of one log with index >= from, log order. */
NODISCARD int index_log_page(struct index_reader *r, uint32_t log, uint64_t from, size_t limit, index_visit *v, void *ctx, struct err *e);
typedef int index_cosig_visit(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e);
NODISCARD int index_cosignatures(struct index_reader *r, uint32_t log, index_cosig_visit *v, void *ctx, struct err *e); /* by name, size */
/* Smallest recorded checkpoint of `log` with size >= size. E_NOTFOUND. */
NODISCARD int index_checkpoint_at(struct index_reader *r, uint32_t log, uint64_t size, uint64_t *ret_size, uint64_t *ret_frame, uint64_t *ret_at, struct err *e);
NODISCARD int index_count(struct index_reader *r, uint64_t *ret_entries, struct err *e);
NODISCARD int index_at_frame(struct index_reader *r, uint64_t frame, struct index_entry *ret, struct err *e); /* E_CORRUPT: no entry there */
/* The key of an audience, appended to out. */
NODISCARD int index_audience_key(struct index_reader *r, uint32_t audience, struct buf *out, struct err *e);
/* The name of a type number of this index; lives as long as the reader. */
NODISCARD int index_type_name(struct index_reader *r, uint32_t type, const char **ret, struct err *e);

/*
 * --- runs: the rows of one collection, or of one type in it, in arrival order, packed ---
 * Flags tell from one row alone what its id's other versions in this collection (those not gone) mean for it.
 */
#define ROW_ONLY  1u   /* there is no other version */
#define ROW_LAST  2u   /* no other has a greater version time, none that came earlier the same */
#define ROW_OLD   4u   /* a later arrival of the same audience and specification, no draft, has a greater version time */
#define ROW_GONE  8u   /* withdrawn; the flags above are not set then */
#define ROW_V20   16u
#define ROW_DRAFT 32u
struct index_row {
	uint64_t frame, at;
	int64_t added, version_ns;
	uint8_t uuid[16];
	uint32_t size, audience, type;
	uint8_t log, digits, flags;
};
/*
 * All versions of an id in one collection, in arrival order, as such rows; of the flags only those on the version itself.
 * The visitor may not come back to this reader.
 */
typedef int index_row_visit(void *ctx, const struct index_row *row, struct err *e);
NODISCARD int index_id_rows(struct index_reader *r, const char *id, const uint8_t collection[16], index_row_visit *v, void *ctx, struct err *e);
/* A place in runs. It keeps its memory for the next question; use it inside one snapshot of one reader. */
struct index_cursor;
NODISCARD int index_cursor_new(struct index_cursor **ret, struct err *e);
void index_cursor_free(struct index_cursor *c);
struct index_want {
	const uint8_t *collection;
	const char *const *type; size_t types;   /* 0: any */
	uint64_t after_frame; int64_t after_added; /* rows behind both; 0 and INT64_MIN: from the start */
};
/* Go there. Unknown collections and types have no rows. One step, however many rows lie before. */
NODISCARD int index_seek(struct index_cursor *c, struct index_reader *r, const struct index_want *w, struct err *e);
/* The next row, gone ones too; NULL at the end. Valid until the next call. */
NODISCARD int index_next(struct index_cursor *c, const struct index_row **ret, struct err *e);
/* Digest over all rows of all tables in key order: equal content gives equal digests. */
NODISCARD int index_digest(struct index_reader *r, uint8_t ret[32], struct err *e);
