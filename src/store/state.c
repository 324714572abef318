/* Opening, versions, transactions and the small things: secrets and values. */
#include "store/state.h"

#include "base/mem.h"
#include "store/dbfile.h"
#include "store/state_priv.h"

static const struct db_step_row steps[] = {
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

static const struct db_file file = {
	.what = "local state", .holds = "what signs users in", .lost = "users and tokens", .application = STATE_APPLICATION, .version = STATE_VERSION,
	.step = steps, .steps = ARRAY_LEN(steps), .sql = queries, .count = SQ_COUNT_,
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

int state_open(const char *path, struct state **ret, struct err *e)
{
	CLEANUP(state_close) struct state *s = mem_zalloc(sizeof(*s));
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "local state");
	if ((rc = db_file_open(&s->db, path, &file, e)) != 0)
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
	return db_text_ok(text, max, may_be_empty ? TEXT_EMPTY : 0, what, e);
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
