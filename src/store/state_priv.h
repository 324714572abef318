/* store/state_priv.h - private to store/: what the parts of the local state share. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/state.h"
#include "store/watch.h"

#define STATE_APPLICATION 0x56524253 /* "VRBS", PRAGMA application_id */
#define STATE_VERSION 2              /* PRAGMA user_version: the last STEP of state.def */

enum state_query {
#define STEP(version, sql)
#define QUERY(name, sql) SQ_##name,
#include "store/state.def"
#undef STEP
#undef QUERY
	SQ_COUNT_
};

struct state {
	struct db db;
	unsigned depth;              /* transactions open, nested ones counted */
	bool failed;                 /* one of them: the outermost rolls back */
	bool stale;                  /* changed by ourselves since `generation` was read */
	uint64_t version, generation;
	struct watch watch;          /* while it sees nothing, `generation` holds */
};

enum { STATE_MAY_READ = 1, STATE_MAY_WRITE = 2 };

/* What a statement changes becomes one durable step, together with a new generation where `who` (users, tokens, grants). */
NODISCARD int state_enter(struct state *s, struct err *e);
NODISCARD int state_leave(struct state *s, bool who, int rc, struct err *e);
/* A statement that is no loss if a power cut takes it back, and that gives way at once to another writer (E_BUSY). */
NODISCARD int state_lightly(struct state *s, enum state_query q, struct err *e, const char *id, int64_t at_s, const char *from);

/* Text of at most max bytes, terminated within its array of max + 1: UTF-8 without control bytes. E_FORMAT names `what`. */
NODISCARD int state_text_ok(const char *text, size_t max, bool may_be_empty, const char *what, struct err *e);
/* One row by what the statement names (st is done with then), or E_NOTFOUND with `missing`. */
typedef int fill_row(sqlite3_stmt *st, void *ret, struct err *e);
NODISCARD int state_one_row(struct state *s, sqlite3_stmt *st, fill_row *fill, void *ret, const char *missing, struct err *e);
/* E_CORRUPT for a row that does not fit its struct. */
NODISCARD int state_bad_row(const char *table, struct err *e);
