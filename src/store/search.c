#include "store/search.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/enc.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "store/db.h"

#define SEARCH_APPLICATION 0x56536368   /* "VSch" */
#define SEARCH_VERSION 1                /* raised with every change to schema, words or what is taken from an object */
#define GROUP_BITS 40                   /* running numbers below 2^40 */

enum query {
#define TABLE(name, sql)
#define QUERY(name, sql) Q_##name,
#include "store/search.def"
#undef QUERY
#undef TABLE
	Q_COUNT_
};

static const char *const queries[Q_COUNT_] = {
#define TABLE(name, sql)
#define QUERY(name, sql) sql,
#include "store/search.def"
#undef QUERY
#undef TABLE
};

static const char *const tables[] = {
#define TABLE(name, sql) sql,
#define QUERY(name, sql)
#include "store/search.def"
#undef QUERY
#undef TABLE
};

struct search { struct db db; uint64_t last; /* running number */ };

DEFINE_CLEANUP(struct search, search_close)

void search_close(struct search *s)
{
	if (s == NULL)
		return;
	db_close(&s->db);
	mem_free(s);
}

/* ---- opening ---- */

static int make_file(const char *path, struct err *e)
{
	if (mknod(path, S_IFREG | 0600, 0) < 0 && errno != EEXIST)
		return fail_errno(e, E_IO, errno, "%s", path);
	return 0;
}

int search_remove(const char *path, struct err *e)
{
	static const char *const ends[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		CLEANUP_STR char *p = mem_printf("%s%s", path, ends[i]);

		if (p == NULL)
			return fail(e, E_NOMEM, "search");
		if (unlink(p) < 0 && errno != ENOENT)
			return fail_errno(e, E_IO, errno, "%s", p);
	}
	return 0;
}

static int same_version(struct search *s, struct err *e)
{
	int64_t app = 0, version = 0;
	int rc;

	if ((rc = db_int(&s->db, "PRAGMA application_id", &app, e)) != 0 || (rc = db_int(&s->db, "PRAGMA user_version", &version, e)) != 0)
		return rc;
	return app == SEARCH_APPLICATION && version == SEARCH_VERSION ? 0 : fail(e, E_CORRUPT, "search: not of version %d", SEARCH_VERSION);
}

static int make_tables(struct search *s, struct err *e)
{
	char sql[100];
	int64_t objects = 0;
	int rc = db_int(&s->db, "SELECT count(*) FROM sqlite_schema", &objects, e);

	if (rc != 0 || objects > 0)
		return rc;
	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", SEARCH_APPLICATION, SEARCH_VERSION);
	if ((rc = db_exec(&s->db, "BEGIN IMMEDIATE", e)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(tables); i++)
		rc = db_exec(&s->db, tables[i], e);
	if (rc == 0)
		rc = db_exec(&s->db, sql, e);
	if (rc == 0)
		return db_exec(&s->db, "COMMIT", e);
	IGNORE(db_exec(&s->db, "ROLLBACK", NULL), "the first error is the one to tell");
	return rc;
}

/* The writer's: derived content needs no sync, but its order; what is deleted is personal data and is overwritten. */
static int open_writer(struct search *s, const char *path, struct err *e)
{
	struct search_head h;
	int rc;

	if ((rc = make_file(path, e)) != 0 || (rc = db_open(&s->db, path, SQLITE_OPEN_READWRITE, "search", queries, Q_COUNT_, e)) != 0 ||
	    (rc = db_exec(&s->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768", e)) != 0 ||
	    (rc = make_tables(s, e)) != 0 || (rc = same_version(s, e)) != 0)
		return rc;
	return search_head(s, &h, e);
}

static int open_reader(struct search *s, const char *path, struct err *e)
{
	int rc;

	if (access(path, R_OK) != 0)
		return fail(e, E_NOTFOUND, "search: there is no index yet");
	if ((rc = db_open(&s->db, path, SQLITE_OPEN_READWRITE, "search", queries, Q_COUNT_, e)) != 0)
		return rc;
	if ((rc = db_exec(&s->db, "PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456", e)) != 0)
		return rc;
	return same_version(s, e);
}

static int open_once(const char *path, bool writer, struct search **ret, struct err *e)
{
	CLEANUP(search_close) struct search *s = mem_zalloc(sizeof(*s));
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "search");
	if ((rc = writer ? open_writer(s, path, e) : open_reader(s, path, e)) != 0)
		return rc;
	*ret = TAKE(s);
	return 0;
}

int search_open(const char *path, bool writer, struct search **ret, struct err *e)
{
	int rc = open_once(path, writer, ret, e);

	if (rc != E_CORRUPT || !writer)
		return rc;
	if ((rc = search_remove(path, e)) != 0)
		return rc;
	return open_once(path, writer, ret, e);
}

/* ---- head ---- */

int search_head(struct search *s, struct search_head *ret, struct err *e)
{
	struct search_head h = {0};
	sqlite3_stmt *st = NULL;
	uint8_t both[40];
	bool row = false;
	int rc = db_start(&s->db, Q_GET_HEAD, &st, e, "");

	if (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row) {
		h.frame = db_u64(st, 0);
		h.change = db_u64(st, 2);
		s->last = db_u64(st, 3);
		if (!db_blob(st, 1, both, sizeof(both)))
			rc = fail(e, E_CORRUPT, "search: its head is damaged");
		memcpy(h.sha256, both, 32);
		h.entry = be_get(both + 32, 8);
	}
	db_done(st);
	if (rc == 0)
		*ret = h;
	return rc;
}

int search_begin(struct search *s, struct err *e)
{
	struct search_head h;
	int rc = db_run(&s->db, Q_BEGIN, e, "");

	if (rc == 0 && (rc = search_head(s, &h, e)) != 0)
		search_rollback(s);
	return rc;
}

int search_commit(struct search *s, const struct search_head *to, struct err *e)
{
	uint8_t both[40];
	int rc;

	memcpy(both, to->sha256, 32);
	be_put(both + 32, to->entry, 8);
	if ((rc = db_run(&s->db, Q_PUT_HEAD, e, "ubuu", to->frame, (const void *)both, sizeof(both), to->change, s->last)) == 0)
		rc = db_run(&s->db, Q_COMMIT, e, "");
	if (rc != 0)
		search_rollback(s);
	return rc;
}

void search_rollback(struct search *s)
{
	if (db_in_transaction(&s->db))
		IGNORE(db_run(&s->db, Q_ROLLBACK, NULL, ""), "a failed rollback leaves a transaction that the next begin reports");
}

/* ---- writing ---- */

static int64_t key_of(const char *key)
{
	uint8_t h[SHA256_LEN];

	sha256(key, strlen(key), h);
	return (int64_t)(be_get(h, 8) >> 1);
}

int search_put(struct search *s, const struct search_text *t, struct err *e)
{
	const uint64_t n = (uint64_t)t->group << GROUP_BITS | ++s->last;
	const char *second = t->words[1] != NULL ? t->words[1] : "";
	int rc;

	if (t->ref != NULL)
		rc = db_run(&s->db, Q_PUT_ROW, e, "uiuuuiiit", n, key_of(t->key), t->source, (uint64_t)t->part, (uint64_t)t->log, t->version, t->day, t->expires, t->ref);
	else
		rc = db_run(&s->db, Q_PUT_ROW, e, "uiuuuiiin", n, key_of(t->key), t->source, (uint64_t)t->part, (uint64_t)t->log, t->version, t->day, t->expires);
	return rc != 0 ? rc : db_run(&s->db, Q_PUT_WORDS, e, "uttt", n, t->words[0], second, t->tags);
}

static int drop_row(struct search *s, int64_t n, struct err *e)
{
	const int rc = db_run(&s->db, Q_DROP_WORDS, e, "i", n);

	return rc != 0 ? rc : db_run(&s->db, Q_DROP_ROW, e, "i", n);
}

#define AT_ONCE 256 /* rows of a document: one per unit */

/* Gather, then delete: a statement does not change what it walks over. */
static int drop_all(struct search *s, sqlite3_stmt *st, int64_t *n, size_t *count, struct err *e)
{
	bool row = true;
	int rc = 0;

	*count = 0;
	while (*count < AT_ONCE && rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		n[(*count)++] = sqlite3_column_int64(st, 0);
	db_done(st);
	for (size_t i = 0; rc == 0 && i < *count; i++)
		rc = drop_row(s, n[i], e);
	return rc;
}

int search_drop(struct search *s, const char *key, uint32_t log, int64_t version, bool kept, struct err *e)
{
	int64_t n[AT_ONCE];
	size_t count;
	int rc;

	do {
		sqlite3_stmt *st = NULL;

		if ((rc = db_start(&s->db, Q_ROWS_OF, &st, e, "iiii", key_of(key), (int64_t)log, (int64_t)kept, version)) != 0)
			return rc;
		rc = drop_all(s, st, n, &count, e);
	} while (rc == 0 && count == AT_ONCE);
	return rc;
}

int search_keep(struct search *s, const char *key, int64_t version, struct err *e)
{
	return db_run(&s->db, Q_KEEP, e, "ii", key_of(key), version);
}

int search_expire(struct search *s, int64_t now_s, struct err *e)
{
	int64_t n[AT_ONCE];
	size_t count, all = 0;
	int rc;

	do {
		sqlite3_stmt *st = NULL;

		if ((rc = db_start(&s->db, Q_EXPIRED, &st, e, "i", now_s)) != 0)
			return rc;
		rc = drop_all(s, st, n, &count, e);
		all += count;
	} while (rc == 0 && count == AT_ONCE);
	/* Until they are merged, parts of the index still hold what was deleted. */
	return rc != 0 || all == 0 ? rc : db_run(&s->db, Q_MERGE, e, "");
}

int search_who(struct search *s, uint32_t audience, const uint8_t collection[16], uint64_t *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(&s->db, Q_GET_WHO, &st, e, "ub", (uint64_t)audience, (const void *)collection, (size_t)16);

	if (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		*ret = db_u64(st, 0);
	db_done(st);
	if (rc != 0 || row)
		return rc;
	if ((rc = db_run(&s->db, Q_PUT_WHO, e, "ub", (uint64_t)audience, (const void *)collection, (size_t)16)) == 0)
		*ret = (uint64_t)sqlite3_last_insert_rowid(s->db.h);
	return rc;
}

int search_put_due(struct search *s, const struct search_due *d, struct err *e)
{
	return db_run(&s->db, Q_PUT_DUE, e, "tuiiutt", d->id, (uint64_t)d->kind, (int64_t)d->open, d->at, (uint64_t)d->log, d->series != NULL ? d->series : "", d->more != NULL ? d->more : "");
}

int search_drop_due(struct search *s, const char *id, const char *prefix, struct err *e) { return db_run(&s->db, Q_DROP_DUE, e, "tt", id, prefix); }
int search_put_name(struct search *s, const char *name, const char *id, struct err *e) { return db_run(&s->db, Q_PUT_NAME, e, "tt", name, id); }
int search_put_act(struct search *s, uint64_t frame, int64_t added, struct err *e) { return db_run(&s->db, Q_PUT_ACT, e, "ui", frame, added); }

/* ---- asking ---- */

static struct search_due due_of(sqlite3_stmt *st)
{
	return (struct search_due){.id = (const char *)sqlite3_column_text(st, 0), .kind = (unsigned)sqlite3_column_int(st, 1), .open = sqlite3_column_int(st, 2) != 0,
		.at = sqlite3_column_int64(st, 3), .log = (uint32_t)sqlite3_column_int64(st, 4), .series = (const char *)sqlite3_column_text(st, 5), .more = (const char *)sqlite3_column_text(st, 6)};
}

static int visit_dues(struct search *s, sqlite3_stmt *st, search_due_visit *v, void *ctx, size_t *ret_n, struct err *e)
{
	bool row = true;
	int rc = 0;

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row) {
		const struct search_due d = due_of(st);

		++*ret_n;
		rc = d.id != NULL && d.series != NULL && d.more != NULL ? v(ctx, &d, e) : fail(e, E_NOMEM, "search");
	}
	return rc;
}

int search_dues(struct search *s, const struct search_dues *q, search_due_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	size_t n = 0;
	int rc = db_start(&s->db, q->down ? Q_DUES_DOWN : Q_DUES_UP, &st, e, "uiii", (uint64_t)q->kind, (int64_t)q->open, q->from, q->to);

	if (rc == 0)
		rc = visit_dues(s, st, v, ctx, &n, e);
	db_done(st);
	return rc;
}

int search_get_due(struct search *s, const char *id, search_due_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	size_t n = 0;
	int rc = db_start(&s->db, Q_GET_DUE, &st, e, "t", id);

	if (rc == 0)
		rc = visit_dues(s, st, v, ctx, &n, e);
	db_done(st);
	return rc != 0 || n > 0 ? rc : fail(e, E_NOTFOUND, "%s: has no date", id);
}

int search_names(struct search *s, const char *name, search_name_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, Q_NAMES, &st, e, "t", name);

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row) {
		const char *id = (const char *)sqlite3_column_text(st, 0);

		rc = id != NULL ? v(ctx, id, e) : fail(e, E_NOMEM, "search");
	}
	db_done(st);
	return rc;
}

int search_acts(struct search *s, int64_t after, search_act_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, Q_ACTS, &st, e, "i", after);

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		rc = v(ctx, db_u64(st, 0), sqlite3_column_int64(st, 1), e);
	db_done(st);
	return rc;
}

int search_whos(struct search *s, search_who_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	uint8_t collection[16];
	bool row = true;
	int rc = db_start(&s->db, Q_WHOS, &st, e, "");

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		rc = db_blob(st, 2, collection, 16) ? v(ctx, db_u64(st, 0), (uint32_t)sqlite3_column_int64(st, 1), collection, e) : fail(e, E_CORRUPT, "search: a row is damaged");
	db_done(st);
	return rc;
}

int search_find(struct search *s, const char *match, unsigned group, uint64_t before, int64_t now_s, search_visit *v, void *ctx, struct err *e)
{
	const uint64_t from = (uint64_t)group << GROUP_BITS, to = (uint64_t)(group + 1) << GROUP_BITS;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, Q_FIND, &st, e, "tuui", match, from, before != 0 && before < to ? before : to, now_s);

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row) {
		const struct search_hit hit = {.n = db_u64(st, 0), .source = db_u64(st, 1), .part = (unsigned)sqlite3_column_int(st, 2),
			.day = sqlite3_column_int64(st, 3), .ref = (const char *)sqlite3_column_text(st, 5)};

		rc = v(ctx, &hit, e);
	}
	db_done(st);
	return rc;
}
