/* Opening, versions, transactions and the small things: secrets and values. */
#include "store/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "store/state_priv.h"

static const struct { int version; const char *sql; } steps[] = {
#define STEP(version, sql) {version, sql},
#define QUERY(name, sql)
#include "store/state.def"
#undef STEP
#undef QUERY
};

static const char *const queries[SQ_COUNT_] = {
#define STEP(version, sql)
#define QUERY(name, sql) sql,
#include "store/state.def"
#undef STEP
#undef QUERY
};

DEFINE_CLEANUP(struct state, state_close)

void state_close(struct state *s)
{
	if (s == NULL)
		return;
	db_close(&s->db);
	mem_free(s);
}

/* ---- opening ---- */

/*
 * SQLite would make it with the process's umask, and gives its own -wal and -shm the mode it finds here. The file is
 * never opened here: closing a descriptor drops all locks this process holds on the file, those of its other handles
 * too, and another process would then clear the write-ahead log away beneath them.
 */
static int make_private(const char *path, struct err *e)
{
	struct stat st;

	if (mknod(path, S_IFREG | 0600, 0) < 0 && errno != EEXIST)
		return fail_errno(e, E_IO, errno, "%s", path);
	if (lstat(path, &st) < 0)
		return fail_errno(e, E_IO, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fail(e, E_IO, "%s: not a regular file", path);
	if ((st.st_mode & 077) != 0)
		return fail(e, E_DENIED, "%s: others may read or write it (mode %03o); it holds what signs users in: chmod 600", path, (unsigned)(st.st_mode & 0777));
	return 0;
}

/* *ret_version 0: nothing in it yet. */
static int identify(struct db *d, const char *path, int64_t *ret_version, struct err *e)
{
	int64_t app = 0, version = 0, objects = 0;
	int rc;

	if ((rc = db_int(d, "PRAGMA application_id", &app, e)) != 0 || (rc = db_int(d, "PRAGMA user_version", &version, e)) != 0 ||
	    (rc = db_int(d, "SELECT count(*) FROM sqlite_schema", &objects, e)) != 0)
		return rc;
	*ret_version = version;
	if (app == 0 && version == 0 && objects == 0)
		return 0;
	if (app != STATE_APPLICATION || version < 1)
		return fail(e, E_CORRUPT, "%s: not a file of local state; move it away and a new one is made, without users and tokens", path);
	if (version > STATE_VERSION)
		return fail(e, E_CORRUPT, "%s: made by a newer program (version %" PRId64 ", this one knows %d): use that one", path, version, STATE_VERSION);
	return 0;
}

/* As one reading: another process may be making the file between two questions. */
static int look(struct db *d, const char *path, int64_t *ret_version, struct err *e)
{
	int rc = db_exec(d, "BEGIN", e);

	if (rc != 0)
		return rc;
	rc = identify(d, path, ret_version, e);
	IGNORE(db_exec(d, "ROLLBACK", NULL), "nothing was written");
	return rc;
}

static int upgrade(struct db *d, const char *path, struct err *e)
{
	int64_t version = 0;
	char sql[128];
	int rc;

	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", STATE_APPLICATION, STATE_VERSION);
	if ((rc = db_exec(d, "BEGIN IMMEDIATE", e)) != 0)
		return rc;
	/* Somebody else may have done it while we waited. */
	rc = identify(d, path, &version, e);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(steps); i++)
		if (steps[i].version > version)
			rc = db_exec(d, steps[i].sql, e);
	if (rc == 0)
		rc = db_exec(d, sql, e);
	if (rc == 0)
		return db_exec(d, "COMMIT", e);
	IGNORE(db_exec(d, "ROLLBACK", NULL), "the first error is the one to tell");
	return rc;
}

/* Two processes that open a new file at once: SQLite does not wait when both want to change its mode, so we do. */
static int set_wal(struct db *d, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < 250; i++) {
		if ((rc = db_exec(d, "PRAGMA journal_mode = WAL", e)) != E_BUSY)
			return rc;
		sqlite3_sleep(20);
	}
	return rc;
}

/* A file whose tables are not what its version says is found out now, not in the middle of a request. */
static int prepare_all(struct db *d, struct err *e)
{
	sqlite3_stmt *st;
	int rc = 0;

	for (unsigned q = 0; rc == 0 && q < SQ_COUNT_; q++)
		rc = db_start(d, q, &st, e, "");
	return rc;
}

static int open_steps(struct state *s, const char *path, struct err *e)
{
	int64_t version = 0;
	int rc;

	if ((rc = make_private(path, e)) != 0 || (rc = db_open(&s->db, path, SQLITE_OPEN_READWRITE, "local state", queries, SQ_COUNT_, e)) != 0 ||
	    (rc = look(&s->db, path, &version, e)) != 0)
		return rc;
	if ((rc = set_wal(&s->db, e)) != 0 ||
	    (rc = db_exec(&s->db, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -512", e)) != 0 ||
	    (version < STATE_VERSION && (rc = upgrade(&s->db, path, e)) != 0))
		return rc;
	return prepare_all(&s->db, e);
}

int state_open(const char *path, struct state **ret, struct err *e)
{
	CLEANUP(state_close) struct state *s = mem_zalloc(sizeof(*s));
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "local state");
	if ((rc = open_steps(s, path, e)) != 0)
		return rc;
	s->stale = true;
	*ret = TAKE(s);
	return 0;
}

/* ---- transactions ---- */

int state_enter(struct state *s, struct err *e)
{
	int rc = 0;

	if (s->depth == 0 && (rc = db_run(&s->db, SQ_BEGIN, e, "")) == 0)
		s->failed = false;
	if (rc == 0)
		s->depth++;
	return rc;
}

static void roll_back(struct state *s)
{
	s->stale = true; /* a generation read in between is no more */
	/* SQLite may have rolled back by itself (disk full, no memory). */
	if (db_in_transaction(&s->db))
		IGNORE(db_run(&s->db, SQ_ROLLBACK, NULL, ""), "a failed rollback leaves a transaction that the next begin reports");
}

int state_leave(struct state *s, bool who, int rc, struct err *e)
{
	if (rc == 0 && who) {
		s->stale = true;
		rc = db_run(&s->db, SQ_CHANGED, e, "");
	}
	s->failed = s->failed || rc != 0;
	if (--s->depth > 0)
		return rc;
	if (rc == 0 && s->failed)
		rc = fail(e, E_STATE, "local state: a part of it failed; nothing was changed");
	if (rc == 0)
		rc = db_run(&s->db, SQ_COMMIT, e, "");
	if (rc != 0)
		roll_back(s);
	return rc;
}

int state_begin(struct state *s, struct err *e) { return state_enter(s, e); }
int state_end(struct state *s, int rc, struct err *e) { return state_leave(s, false, rc, e); }

int state_lightly(struct state *s, enum state_query q, struct err *e, const char *id, int64_t at_s, const char *from)
{
	int rc;

	if (s->depth > 0)
		return from != NULL ? db_run(&s->db, q, e, "tit", id, at_s, from) : db_run(&s->db, q, e, "ti", id, at_s);
	if ((rc = db_exec(&s->db, "PRAGMA synchronous = NORMAL", e)) != 0)
		return rc;
	sqlite3_busy_timeout(s->db.h, 0);
	rc = from != NULL ? db_run(&s->db, q, e, "tit", id, at_s, from) : db_run(&s->db, q, e, "ti", id, at_s);
	sqlite3_busy_timeout(s->db.h, DB_BUSY_MS);
	return db_exec(&s->db, "PRAGMA synchronous = FULL", rc == 0 ? e : NULL) != 0 && rc == 0 ? E_IO : rc;
}

static int one_int(struct state *s, enum state_query q, uint64_t *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc;

	if ((rc = db_start(&s->db, q, &st, e, "")) == 0 && (rc = db_step(&s->db, st, &row, e)) == 0) {
		if (row)
			*ret = db_u64(st, 0);
		else
			rc = state_bad_row("meta", e);
	}
	db_done(st);
	return rc;
}

/* The data version first: what is committed between the two questions is noticed by the next call. */
static int read_generation(struct state *s, struct err *e)
{
	uint64_t version = 0;
	int rc;

	watch_look(&s->watch, &s->db);
	if ((rc = one_int(s, SQ_DATA_VERSION, &version, e)) != 0)
		return rc;
	if ((s->stale || version != s->version) && (rc = one_int(s, SQ_GENERATION, &s->generation, e)) == 0)
		s->version = version;
	return rc;
}

int state_generation(struct state *s, uint64_t *ret, struct err *e)
{
	int rc;

	if (s->stale || !watch_same(&s->watch)) {
		rc = read_generation(s, e);
		s->stale = rc != 0;
		if (rc != 0)
			return rc;
	}
	*ret = s->generation;
	return 0;
}

/* ---- what rows have in common ---- */

int state_text_ok(const char *text, size_t max, bool may_be_empty, const char *what, struct err *e)
{
	const size_t n = strnlen(text, max + 1);

	if (n > max)
		return fail(e, E_LIMIT, "%s: longer than %zu bytes", what, max);
	if (n == 0 && !may_be_empty)
		return fail(e, E_FORMAT, "%s: missing", what);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return fail(e, E_FORMAT, "%s: a control byte at %zu", what, i);
	return utf8_check(text, n) < n ? fail(e, E_FORMAT, "%s: not UTF-8", what) : 0;
}

int state_bad_row(const char *table, struct err *e)
{
	return fail(e, E_CORRUPT, "local state: a row of table %s is not what it should be", table);
}

/* ---- secrets ---- */

static int get_secret(struct state *s, const char *name, uint8_t ret[32], struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc;

	if ((rc = db_start(&s->db, SQ_GET_SECRET, &st, e, "t", name)) == 0 && (rc = db_step(&s->db, st, &row, e)) == 0) {
		if (!row)
			rc = fail(e, E_NOTFOUND, "local state: no secret %s", name);
		else if (!db_blob(st, 0, ret, 32))
			rc = state_bad_row("secret", e);
	}
	db_done(st);
	return rc;
}

int state_secret(struct state *s, const char *name, const uint8_t fresh[32], uint8_t ret[32], struct err *e)
{
	int rc;

	if ((rc = state_text_ok(name, LIMIT_USER, false, "name of a secret", e)) != 0 || (rc = get_secret(s, name, ret, e)) != E_NOTFOUND)
		return rc;
	if ((rc = db_run(&s->db, SQ_PUT_SECRET, e, "tb", name, fresh, (size_t)32)) != 0)
		return rc;
	return get_secret(s, name, ret, e); /* another process may have been first */
}

/* ---- values ---- */

int state_put_value(struct state *s, const char *kind, const char *name, const void *p, size_t n, struct err *e)
{
	int rc;

	if ((rc = state_text_ok(kind, LIMIT_USER, false, "kind of a value", e)) != 0 || (rc = state_text_ok(name, LIMIT_STATE_NAME, false, "name of a value", e)) != 0)
		return rc;
	if (n > LIMIT_STATE_BYTES)
		return fail(e, E_LIMIT, "value %s %s: more than %lu bytes", kind, name, LIMIT_STATE_BYTES);
	return db_run(&s->db, SQ_PUT_VALUE, e, "ttb", kind, name, n > 0 ? p : "", n);
}

int state_get_value(struct state *s, const char *kind, const char *name, struct buf *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc;

	if ((rc = db_start(&s->db, SQ_GET_VALUE, &st, e, "tt", kind, name)) == 0 && (rc = db_step(&s->db, st, &row, e)) == 0) {
		if (!row) {
			rc = fail(e, E_NOTFOUND, "local state: no value %s %s", kind, name);
		} else {
			buf_put(out, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
			rc = buf_err(out, e, "value");
		}
	}
	db_done(st);
	return rc;
}
