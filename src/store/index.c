/* Opening, closing, transactions and the canonical layout of the index. */
#include "store/index.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/index_priv.h"

static const char *const schema[] = {
#define TABLE(name, sql) sql,
#define DIGEST(sql)
#define QUERY(name, sql)
#include "store/index.def"
#undef TABLE
#undef DIGEST
#undef QUERY
};

const char *const index_queries[Q_COUNT_] = {
#define TABLE(name, sql)
#define DIGEST(sql)
#define QUERY(name, sql) sql,
#include "store/index.def"
#undef TABLE
#undef DIGEST
#undef QUERY
};

DEFINE_CLEANUP(struct index, index_close)

void index_close(struct index *x)
{
	if (x == NULL)
		return;
	index_detach_all(x);
	pthread_mutex_destroy(&x->lock);
	index_forget(x);
	db_close(&x->db);
	mem_free(x->path);
	mem_free(x);
}

int index_remove(const char *path, struct err *e)
{
	static const char *const suffix[] = {"-wal", "-shm", "-journal", ".tmp", ".tmp-journal", ""};

	for (size_t i = 0; i < ARRAY_LEN(suffix); i++) {
		CLEANUP_STR char *p = mem_printf("%s%s", path, suffix[i]);

		if (p == NULL)
			return fail(e, E_NOMEM, "%s", path);
		if (unlink(p) < 0 && errno != ENOENT)
			return fail_errno(e, E_IO, errno, "%s: removing", p);
	}
	return 0;
}

/* ---- opening ---- */

static int make_schema(struct db *d, struct err *e)
{
	char sql[128];
	int rc;

	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d;", INDEX_APPLICATION, INDEX_VERSION);
	if ((rc = db_exec(d, "BEGIN IMMEDIATE", e)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(schema); i++)
		rc = db_exec(d, schema[i], e);
	if (rc == 0)
		rc = db_exec(d, sql, e);
	if (rc == 0)
		rc = db_run(d, Q_PUT_HEAD, e, "iiiii", (int64_t)0, (int64_t)0, (int64_t)0, INT64_MIN, (int64_t)0);
	return rc == 0 ? db_exec(d, "COMMIT", e) : rc;
}

/* Is it ours, of this version? *ret_new: nothing in it yet. */
static int identify(struct db *d, bool *ret_new, struct err *e)
{
	int64_t app = 0, version = 0, objects = 0;
	int rc;

	if ((rc = db_int(d, "PRAGMA application_id", &app, e)) != 0 || (rc = db_int(d, "PRAGMA user_version", &version, e)) != 0 ||
	    (rc = db_int(d, "SELECT count(*) FROM sqlite_schema", &objects, e)) != 0)
		return rc;
	*ret_new = app == 0 && version == 0 && objects == 0;
	if (!*ret_new && (app != INDEX_APPLICATION || version != INDEX_VERSION))
		return fail(e, E_CORRUPT, "%s: not an index of version %d (application %" PRId64 ", version %" PRId64 "): rebuild it",
		    d->what, INDEX_VERSION, app, version);
	return 0;
}

/* The schema is compared word by word: statements prepared against another one would lie. */
static int check_schema(struct db *d, struct err *e)
{
	sqlite3_stmt *st = NULL;
	size_t i = 0;
	int rc = sqlite3_prepare_v2(d->h, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid", -1, &st, NULL);
	bool same = rc == SQLITE_OK;

	while (same && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const unsigned char *text = sqlite3_column_text(st, 0);

		same = text != NULL && i < ARRAY_LEN(schema) && strcmp((const char *)text, schema[i]) == 0;
		i++;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		rc = db_fail(d, rc, "reading the schema", e);
	else
		rc = same && i == ARRAY_LEN(schema) ? 0 : fail(e, E_CORRUPT, "%s: its tables are not those of version %d: rebuild it", d->what, INDEX_VERSION);
	sqlite3_finalize(st);
	return rc;
}

static int load_counts(struct index *x, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int64_t recent = 0, last = 0;
	bool row = false;
	int rc;

	if ((rc = db_int(&x->db, "SELECT count(*) FROM recent", &recent, e)) != 0 ||
	    (rc = db_int(&x->db, "SELECT max(frame) FROM entry", &last, e)) != 0 || (rc = db_start(&x->db, Q_GET_HEAD, &st, e, "")) != 0)
		return rc;
	if ((rc = db_step(&x->db, st, &row, e)) == 0) {
		if (row)
			x->committed = x->now = (struct counts){db_u64(st, 0), db_u64(st, 1), db_u64(st, 2), (uint64_t)recent, (uint64_t)last,
			    db_u64(st, 4), sqlite3_column_int64(st, 3)};
		else
			rc = fail(e, E_CORRUPT, "index: no head: rebuild it");
	}
	db_done(st);
	return rc;
}

/*
 * Derived data: synchronous NORMAL may lose the last commits in a power cut, never consistency; the journal has
 * them. Page size and checkpoint distance: measured, see bench/bench_store.c.
 */
static int open_steps(struct index *x, struct err *e)
{
	char sql[64];
	bool fresh = false;
	int rc;

	if ((rc = db_open(&x->db, x->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "index", index_queries, Q_COUNT_, e)) != 0 ||
	    (rc = identify(&x->db, &fresh, e)) != 0)
		return rc;
	(void)snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%d", LIMIT_INDEX_CACHE_KIB);
	if ((fresh && (rc = db_exec(&x->db, "PRAGMA page_size = 8192", e)) != 0) ||
	    (rc = db_exec(&x->db, "PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16000", e)) != 0 ||
	    (rc = db_exec(&x->db, sql, e)) != 0 || (fresh && (rc = make_schema(&x->db, e)) != 0) ||
	    (rc = check_schema(&x->db, e)) != 0)
		return rc;
	x->view.db = &x->db;
	x->view.writer = x;
	return load_counts(x, e);
}

int index_open(const char *path, struct index **ret, struct err *e)
{
	CLEANUP(index_close) struct index *x = mem_zalloc(sizeof(*x));
	int rc;

	if (x == NULL)
		return fail(e, E_NOMEM, "index");
	pthread_mutex_init(&x->lock, NULL);
	if ((x->path = mem_strdup(path)) == NULL)
		return fail(e, E_NOMEM, "index");
	if ((rc = open_steps(x, e)) != 0)
		return rc;
	*ret = TAKE(x);
	return 0;
}

void index_head(struct index *x, uint64_t *ret_frame, uint64_t *ret_at)
{
	*ret_frame = x->committed.frame;
	*ret_at = x->committed.at;
}

int64_t index_last_added(const struct index *x) { return x->now.added; }

int index_refresh(struct index *x, struct err *e) { return load_counts(x, e); }

struct index_reader *index_view(struct index *x) { return &x->view; }

/* ---- transactions ---- */

int index_begin(struct index *x, struct err *e)
{
	int rc;

	index_writing(x, true);
	if ((rc = db_run(&x->db, Q_BEGIN_WRITE, e, "")) != 0)
		index_writing(x, false);
	return rc;
}

int index_merge(struct index *x, struct err *e)
{
	int rc;

	if ((rc = db_run(&x->db, Q_MERGE, e, "")) != 0 || (rc = db_run(&x->db, Q_CLEAR_RECENT, e, "")) != 0)
		return rc;
	x->now.recent = 0;
	recent_forget(x);
	return 0;
}

int index_commit(struct index *x, uint64_t frame, uint64_t at, struct err *e)
{
	int rc;

	if (x->now.recent >= LIMIT_INDEX_RECENT && (rc = index_merge(x, e)) != 0)
		return rc;
	if ((rc = runs_flush(x, e)) != 0 || (rc = db_run(&x->db, Q_PUT_HEAD, e, "uuuiu", frame, at, x->now.entries, x->now.added, x->now.own)) != 0 || (rc = db_run(&x->db, Q_COMMIT, e, "")) != 0)
		return rc;
	x->now.frame = frame;
	x->now.at = at;
	x->committed = x->now;
	index_writing(x, false);
	return 0;
}

void index_rollback(struct index *x)
{
	/* SQLite may have rolled back by itself (disk full, no memory): then there is nothing left to do. */
	if (db_in_transaction(&x->db))
		IGNORE(db_run(&x->db, Q_ROLLBACK, NULL, ""), "a failed rollback leaves a transaction that the next begin reports");
	x->now = x->committed;
	index_writing(x, false);
	index_forget(x);
}

void index_forget(struct index *x)
{
	memset(x->coll, 0, sizeof(x->coll));
	memset(x->type, 0, sizeof(x->type));
	memset(x->audience, 0, sizeof(x->audience));
	mem_free(x->runs.chunk);
	recent_forget(x);
	x->runs = (struct runs){0};
	versions_free(&x->versions);
	index_drop_names(&x->view);
}

/* ---- care ---- */

int index_check(struct index *x, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int64_t entries = 0, ids = 0;
	char text[300] = "no answer";
	int rc = sqlite3_prepare_v2(x->db.h, "PRAGMA integrity_check(1)", -1, &st, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const unsigned char *p = sqlite3_column_text(st, 0);

		(void)snprintf(text, sizeof(text), "%s", p != NULL ? (const char *)p : "");
	}
	if (rc != SQLITE_ROW)
		rc = db_fail(&x->db, rc, "checking", e);
	else
		rc = strcmp(text, "ok") != 0 ? fail(e, E_CORRUPT, "index: %s", text) : 0;
	sqlite3_finalize(st);
	if (rc != 0 || (rc = db_int(&x->db, "SELECT count(*) FROM entry", &entries, e)) != 0 ||
	    (rc = db_int(&x->db, "SELECT (SELECT count(*) FROM ids) + (SELECT count(*) FROM recent)", &ids, e)) != 0)
		return rc;
	if (ids != entries || (uint64_t)entries != x->committed.entries)
		return fail(e, E_CORRUPT, "index: %" PRId64 " entries, %" PRId64 " ids, %" PRIu64 " counted", entries, ids, x->committed.entries);
	return runs_check(x, e);
}

/* The schema cookie counts how often the file was rewritten; make it say nothing. */
static int settle_copy(const char *tmp, struct err *e)
{
	struct db d = {0};
	int rc = db_open(&d, tmp, SQLITE_OPEN_READWRITE, "index", NULL, 0, e);

	if (rc == 0 && sqlite3_db_config(d.h, SQLITE_DBCONFIG_DEFENSIVE, 0, (int *)NULL) != SQLITE_OK)
		rc = fail(e, E_IO, "index: configuring");
	if (rc == 0)
		rc = db_exec(&d, "PRAGMA schema_version = 1", e);
	db_close(&d);
	return rc;
}

static int write_copy(struct index *x, const char *tmp, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	/* The copy is given as much cache as this connection has; both read and write in order and need little. */
	if ((rc = db_exec(&x->db, "PRAGMA cache_size = -2048; PRAGMA shrink_memory", e)) != 0)
		return rc;
	rc = sqlite3_prepare_v2(x->db.h, "VACUUM INTO ?", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, tmp, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	rc = rc == SQLITE_DONE ? 0 : db_fail(&x->db, rc, "writing it anew", e);
	sqlite3_finalize(st);
	return rc != 0 ? rc : settle_copy(tmp, e);
}

/* All of it merged, no other connection on it, no write-ahead log left. */
static int make_lonely(struct index *x, struct err *e)
{
	int rc;

	if ((rc = index_begin(x, e)) != 0)
		return rc;
	if ((rc = index_merge(x, e)) != 0 || (rc = index_commit(x, x->committed.frame, x->committed.at, e)) != 0) {
		index_rollback(x);
		return rc;
	}
	return db_exec(&x->db, "PRAGMA journal_mode = DELETE", e);
}

/*
 * Equal content gives equal bytes: a fresh copy holds no trace of the order in which pages were filled, and its
 * counters start anew. VACUUM in place would keep counting in the file's header.
 */
int index_vacuum(struct index *x, struct err *e)
{
	CLEANUP_STR char *tmp = mem_printf("%s.tmp", x->path);
	int rc;

	if (tmp == NULL)
		return fail(e, E_NOMEM, "index");
	if (unlink(tmp) < 0 && errno != ENOENT)
		return fail_errno(e, E_IO, errno, "%s", tmp);
	if ((rc = make_lonely(x, e)) == 0 && (rc = write_copy(x, tmp, e)) == 0) {
		db_close(&x->db);
		if (rename(tmp, x->path) < 0)
			rc = fail_errno(e, E_IO, errno, "%s: renaming", tmp);
	}
	if (rc != 0)
		unlink(tmp);
	db_close(&x->db);
	index_forget(x);
	/* Even after a failure x stays usable: the old file is there, whole. */
	if (rc != 0) {
		IGNORE(open_steps(x, NULL), "the first error is the one to tell");
		return rc;
	}
	return open_steps(x, e);
}
