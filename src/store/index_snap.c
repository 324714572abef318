/*
 * What a reader sees: connections, snapshots, and the state an attached reader keeps open from one question to the next.
 * Beginning and ending a state costs more than most questions: locks on the file, and reading where the head is.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/index.h"
#include "store/index_priv.h"

/* ---- what is kept ---- */

static void end_state(struct index_reader *r)
{
	IGNORE(db_run(r->db, Q_COMMIT, NULL, ""), "ends a reading transaction: nothing to lose");
	r->kept = false;
}

/* Unless it is in use: then its own thread does so. */
static void let_go(struct index_reader *r)
{
	if (pthread_mutex_trylock(&r->lock) != 0)
		return;
	if (r->kept)
		end_state(r);
	pthread_mutex_unlock(&r->lock);
}

void index_attach(struct index *x, struct index_reader *r)
{
	assert(r->writer == NULL && r->keeper == NULL && r->depth == 0);
	r->keeper = x;
	pthread_mutex_lock(&x->lock);
	r->next = x->readers;
	x->readers = r;
	pthread_mutex_unlock(&x->lock);
}

static void detach(struct index_reader *r)
{
	struct index *const x = r->keeper;
	struct index_reader **at = &x->readers;

	pthread_mutex_lock(&x->lock);
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	pthread_mutex_unlock(&x->lock);
	let_go(r);
	r->keeper = NULL;
}

void index_detach_all(struct index *x)
{
	while (x->readers != NULL)
		detach(x->readers);
}

void index_writing(struct index *x, bool yes)
{
	atomic_exchange(&x->writing, yes);
	if (!yes)
		return;
	pthread_mutex_lock(&x->lock);
	for (struct index_reader *r = x->readers; r != NULL; r = r->next)
		let_go(r);
	pthread_mutex_unlock(&x->lock);
}

/* ---- connections ---- */

void index_reader_close(struct index_reader *r)
{
	if (r == NULL)
		return;
	if (r->keeper != NULL)
		detach(r);
	pthread_mutex_destroy(&r->lock);
	index_drop_names(r);
	db_close(&r->own);
	mem_free(r);
}

void index_drop_names(struct index_reader *r)
{
	for (size_t i = 0; i < r->type_names; i++)
		mem_free(r->type_name[i]);
	mem_free(r->type_name);
	r->type_name = NULL;
	r->type_names = 0;
	r->coll.n = r->type.n = 0;
	memset(r->run, 0, sizeof(r->run));
}

DEFINE_CLEANUP(struct index_reader, index_reader_close)

int index_reader_open(const char *path, struct index_reader **ret, struct err *e)
{
	CLEANUP(index_reader_close) struct index_reader *r = mem_zalloc(sizeof(*r));
	int64_t app = 0, version = 0;
	char sql[96];
	int rc;

	if (r == NULL)
		return fail(e, E_NOMEM, "index");
	pthread_mutex_init(&r->lock, NULL);
	(void)snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%d; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY", LIMIT_READER_CACHE_KIB);
	if ((rc = db_open(&r->own, path, SQLITE_OPEN_READONLY, "index", index_queries, Q_COUNT_, e)) != 0 || (rc = db_exec(&r->own, sql, e)) != 0 ||
	    (rc = db_int(&r->own, "PRAGMA application_id", &app, e)) != 0 || (rc = db_int(&r->own, "PRAGMA user_version", &version, e)) != 0)
		return rc;
	if (app != INDEX_APPLICATION || version != INDEX_VERSION)
		return fail(e, E_CORRUPT, "index: not of version %d: rebuild it", INDEX_VERSION);
	r->db = &r->own;
	*ret = TAKE(r);
	return 0;
}

static int read_head(struct index_reader *r, struct head *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(r->db, Q_GET_HEAD, &st, e, "");

	if (rc == 0 && (rc = db_step(r->db, st, &row, e)) == 0)
		*ret = row ? (struct head){db_u64(st, 0), db_u64(st, 4)} : (struct head){0};
	db_done(st);
	return rc;
}

/* The state kept, if nothing was committed since; else the newest. With its head. */
static int take_state(struct index_reader *r, struct err *e)
{
	int rc;

	if (r->kept) {
		if (watch_same(&r->watch) && db_in_transaction(r->db))
			return 0;
		end_state(r);
	}
	watch_look(&r->watch, r->db);
	r->state++;
	if ((rc = db_run(r->db, Q_BEGIN, e, "")) == 0 && (rc = read_head(r, &r->head, e)) != 0)
		end_state(r);
	return rc;
}

/* This sees that a writer is at work, or the writer, who looks later then, that the reader's lock is free. */
static void keep_state(struct index_reader *r)
{
	struct index *const x = r->keeper;

	r->kept = true;
	if (r->watch.head == NULL)
		end_state(r);
	pthread_mutex_unlock(&r->lock);
	if (atomic_fetch_or(&x->writing, 0) != 0)
		let_go(r);
}

int index_enter(struct index_reader *r, struct err *e)
{
	int rc = r->writer != NULL ? runs_flush(r->writer, e) : 0;

	if (rc != 0)
		return rc;
	if (r->depth == 0 && r->keeper != NULL) {
		pthread_mutex_lock(&r->lock);
		if ((rc = take_state(r, e)) != 0)
			pthread_mutex_unlock(&r->lock);
	} else if (r->depth == 0 && !db_in_transaction(r->db)) {
		/* Otherwise a transaction of the writer already holds one state. */
		rc = db_run(r->db, Q_BEGIN, e, "");
		r->began = rc == 0;
	}
	r->depth += rc == 0;
	return rc;
}

void index_leave(struct index_reader *r)
{
	assert(r->depth > 0);
	if (--r->depth > 0)
		return;
	if (r->keeper != NULL) {
		keep_state(r);
	} else if (r->began) {
		end_state(r);
		r->began = false;
	}
}

int index_snapshot(struct index_reader *r, struct err *e)
{
	int rc = index_enter(r, e);

	if (rc != 0)
		return rc;
	/* BEGIN alone takes nothing: the first read fixes the state. */
	if (r->snapshots == 0 && r->keeper == NULL && (rc = read_head(r, &r->head, e)) != 0) {
		index_leave(r);
		return rc;
	}
	r->snapshots++;
	return 0;
}

void index_release(struct index_reader *r)
{
	if (r->snapshots == 0)
		return;
	r->snapshots--;
	index_leave(r);
}

/* In the writer's own transaction the head has not moved yet: it does at its end. */
static int head_of(struct index_reader *r, struct head *ret, struct err *e)
{
	int rc;

	if (r->snapshots == 0 && r->keeper == NULL)
		return read_head(r, ret, e);
	if ((rc = index_ask(r, e)) != 0)
		return rc;
	*ret = r->head;
	index_asked(r);
	return 0;
}

int index_reader_head(struct index_reader *r, uint64_t *ret_frame, struct err *e)
{
	struct head h;
	const int rc = head_of(r, &h, e);

	if (rc == 0)
		*ret_frame = h.frame;
	return rc;
}

int index_reader_own(struct index_reader *r, uint64_t *ret_frame, struct err *e)
{
	struct head h;
	const int rc = head_of(r, &h, e);

	if (rc == 0)
		*ret_frame = h.own;
	return rc;
}
