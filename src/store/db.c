#include "store/db.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* SQLite counts its memory under a lock otherwise: 12 % of an ingest. Refused (harmlessly) if SQLite runs already. */
static void configure(void)
{
	IGNORE(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0), "only slower");
}

/* SQLite's primary result codes; all others are E_IO. */
static int map_code(int code)
{
	static const struct { int theirs, ours; } map[] = {
		{SQLITE_NOMEM, E_NOMEM}, {SQLITE_BUSY, E_BUSY}, {SQLITE_LOCKED, E_BUSY}, {SQLITE_FULL, E_NOSPACE},
		{SQLITE_CORRUPT, E_CORRUPT}, {SQLITE_NOTADB, E_CORRUPT}, {SQLITE_SCHEMA, E_CORRUPT}, {SQLITE_ERROR, E_CORRUPT},
		{SQLITE_FORMAT, E_CORRUPT}, {SQLITE_MISMATCH, E_CORRUPT}, {SQLITE_CONSTRAINT, E_CONFLICT}, {SQLITE_TOOBIG, E_LIMIT},
	};

	for (size_t i = 0; i < ARRAY_LEN(map); i++)
		if (map[i].theirs == (code & 0xff))
			return map[i].ours;
	return E_IO;
}

int db_fail(struct db *d, int code, const char *doing, struct err *e)
{
	return fail(e, map_code(code), "%s: %s: %s", d->what, doing, d->h != NULL ? sqlite3_errmsg(d->h) : sqlite3_errstr(code));
}

/* Nothing in a damaged or foreign file may make SQLite do more than read and write rows. */
static int harden(struct db *d, struct err *e)
{
	static const struct { int what, value; } flags[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	};
	int rc;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if ((rc = sqlite3_db_config(d->h, flags[i].what, flags[i].value, (int *)NULL)) != SQLITE_OK)
			return db_fail(d, rc, "configuring", e);
	return 0;
}

int db_open(struct db *d, const char *path, int flags, const char *what, const char *const *sql, size_t count, struct err *e)
{
	int rc;

	pthread_once(&once, configure);
	*d = (struct db){.sql = sql, .count = count, .what = what};
	if ((d->st = mem_array(count, sizeof(sqlite3_stmt *))) == NULL)
		return fail(e, E_NOMEM, "%s", what);
	if ((rc = sqlite3_open_v2(path, &d->h, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL)) != SQLITE_OK) {
		rc = (rc & 0xff) == SQLITE_CANTOPEN ? fail(e, E_IO, "%s: %s cannot be opened", what, path) : db_fail(d, rc, "opening", e);
		return rc;
	}
	sqlite3_busy_timeout(d->h, DB_BUSY_MS);
	return harden(d, e);
}

void db_close(struct db *d)
{
	for (size_t i = 0; d->st != NULL && i < d->count; i++)
		sqlite3_finalize(d->st[i]);
	mem_free(d->st);
	if (d->h != NULL) {
		const int rc = sqlite3_close(d->h);

		assert(rc == SQLITE_OK); /* else a statement outlived its connection */
	}
	*d = (struct db){0};
}

int db_exec(struct db *d, const char *sql, struct err *e)
{
	const int rc = sqlite3_exec(d->h, sql, NULL, NULL, NULL);

	return rc != SQLITE_OK ? db_fail(d, rc, sql, e) : 0;
}

int db_int(struct db *d, const char *sql, int64_t *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(d->h, sql, -1, &st, NULL);
	int64_t value = 0;

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		value = sqlite3_column_int64(st, 0);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		rc = db_fail(d, rc, sql, e);
		sqlite3_finalize(st);
		return rc;
	}
	sqlite3_finalize(st);
	*ret = value;
	return 0;
}

static int bind_all(sqlite3_stmt *st, const char *fmt, va_list ap)
{
	int rc = SQLITE_OK, i = 1;
	const void *p;
	uint64_t u;

	for (; *fmt != '\0' && rc == SQLITE_OK; fmt++, i++) {
		switch (*fmt) {
		case 'i':
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'u':
			u = va_arg(ap, uint64_t);
			rc = u <= INT64_MAX ? sqlite3_bind_int64(st, i, (int64_t)u) : SQLITE_RANGE;
			break;
		case 't':
			rc = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			rc = sqlite3_bind_blob64(st, i, p, va_arg(ap, size_t), SQLITE_STATIC);
			break;
		default:
			assert(*fmt == 'n');
			rc = sqlite3_bind_null(st, i);
			break;
		}
	}
	return rc;
}

static int start(struct db *d, unsigned q, sqlite3_stmt **ret, struct err *e, const char *fmt, va_list ap)
{
	int rc = SQLITE_OK;

	assert(q < d->count);
	if (d->st[q] == NULL)
		rc = sqlite3_prepare_v3(d->h, d->sql[q], -1, SQLITE_PREPARE_PERSISTENT, &d->st[q], NULL);
	if (rc == SQLITE_OK)
		rc = bind_all(d->st[q], fmt, ap);
	if (rc != SQLITE_OK)
		return db_fail(d, rc, d->sql[q], e);
	*ret = d->st[q];
	return 0;
}

int db_start(struct db *d, unsigned q, sqlite3_stmt **ret, struct err *e, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = start(d, q, ret, e, fmt, ap);
	va_end(ap);
	return rc;
}

int db_step(struct db *d, sqlite3_stmt *st, bool *ret, struct err *e)
{
	const int rc = sqlite3_step(st);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return db_fail(d, rc, sqlite3_sql(st), e);
	*ret = rc == SQLITE_ROW;
	return 0;
}

void db_done(sqlite3_stmt *st)
{
	if (st == NULL)
		return;
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

int db_run(struct db *d, unsigned q, struct err *e, const char *fmt, ...)
{
	sqlite3_stmt *st = NULL;
	bool row = true;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = start(d, q, &st, e, fmt, ap);
	va_end(ap);
	while (rc == 0 && row)
		rc = db_step(d, st, &row, e);
	db_done(st);
	return rc;
}

bool db_text(sqlite3_stmt *st, int col, char *to, size_t room)
{
	const unsigned char *p = sqlite3_column_text(st, col);
	const size_t n = (size_t)sqlite3_column_bytes(st, col);

	if (n >= room)
		return false;
	if (p != NULL)
		memcpy(to, p, n);
	to[n] = '\0';
	return true;
}

bool db_blob(sqlite3_stmt *st, int col, void *to, size_t n)
{
	const void *p = sqlite3_column_blob(st, col);

	if (p == NULL || (size_t)sqlite3_column_bytes(st, col) != n)
		return false;
	memcpy(to, p, n);
	return true;
}
