/*
 * store/db.h - private to store/: one SQLite connection, its cached statements, and its errors as ours.
 * A connection belongs to one thread at a time.
 */
#pragma once
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* Only recovery after a crash, the last steps of a checkpoint and writers of the local state hold locks that matter. */
#define DB_BUSY_MS 5000

struct db {
	sqlite3 *h;
	const char *const *sql;  /* statements by number */
	sqlite3_stmt **st;       /* prepared on first use */
	size_t count;
	const char *what;        /* names the file in errors: "index" */
};

/* Open path; flags as for sqlite3_open_v2. `sql` lives as long as the connection. Close with db_close, also after failure. */
NODISCARD int db_open(struct db *d, const char *path, int flags, const char *what, const char *const *sql, size_t count, struct err *e);
void db_close(struct db *d); /* closed or zeroed before is fine */
/* Run SQL text without results, several statements. Fixed texts only. */
NODISCARD int db_exec(struct db *d, const char *sql, struct err *e);
/* First column of the first row as integer; 0 if there is no row. */
NODISCARD int db_int(struct db *d, const char *sql, int64_t *ret, struct err *e);

/*
 * Statement q with values bound: fmt has one letter each: i int64_t, u uint64_t (< 2^63), t const char *, b const void *
 * and size_t, n NULL (no argument). Texts and blobs are not copied: they live until db_done.
 */
NODISCARD int db_start(struct db *d, unsigned q, sqlite3_stmt **ret, struct err *e, const char *fmt, ...);
/* Next row: *ret false at the end. */
NODISCARD int db_step(struct db *d, sqlite3_stmt *st, bool *ret, struct err *e);
void db_done(sqlite3_stmt *st); /* NULL is fine */
/* Start, step to the end, done. */
NODISCARD int db_run(struct db *d, unsigned q, struct err *e, const char *fmt, ...);
/* SQLite's result code as ours. */
NODISCARD int db_fail(struct db *d, int code, const char *doing, struct err *e);
static inline bool db_in_transaction(struct db *d) { return sqlite3_get_autocommit(d->h) == 0; }

static inline uint64_t db_u64(sqlite3_stmt *st, int col) { return (uint64_t)sqlite3_column_int64(st, col); }
/* Column as text into to[room]; "" for NULL. false: it does not fit. */
NODISCARD bool db_text(sqlite3_stmt *st, int col, char *to, size_t room);
/* Column as a blob of exactly n bytes. */
NODISCARD bool db_blob(sqlite3_stmt *st, int col, void *to, size_t n);
