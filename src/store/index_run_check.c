/* Runs held against the entries they were made of. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "store/index.h"
#include "store/index_priv.h"

struct run_check {
	struct index *x;
	uint64_t coll, type;          /* of the run at hand */
	uint64_t all, typed;          /* rows met, by kind of run */
	struct index_cursor *run, *whole; /* a type's run beside its collection's */
	struct versions versions;
};

static int differs(uint64_t frame, const char *what, struct err *e)
{
	return fail(e, E_CORRUPT, "index: the run of frame %" PRIu64 ": %s", frame, what);
}

/* The row as the entry and the id's other versions say it must be. */
static int due(struct run_check *c, uint64_t frame, struct index_row *ret, bool *ret_there, struct err *e)
{
	struct db *d = &c->x->db;
	sqlite3_stmt *st = NULL;
	int rc = db_start(d, Q_ROW_DUE, &st, e, "u", frame);

	*ret = (struct index_row){.frame = frame};
	if (rc == 0 && (rc = db_step(d, st, ret_there, e)) == 0 && *ret_there) {
		ret->at = db_u64(st, 0);
		ret->log = (uint8_t)db_u64(st, 1);
		ret->type = (uint32_t)db_u64(st, 3);
		ret->added = sqlite3_column_int64(st, 5);
		ret->version_ns = sqlite3_column_int64(st, 6);
		ret->digits = (uint8_t)db_u64(st, 7);
		ret->size = (uint32_t)db_u64(st, 8);
		ret->audience = (uint32_t)db_u64(st, 9);
		ret->flags = (uint8_t)db_u64(st, 10);
		*ret_there = db_u64(st, 2) == c->coll && db_blob(st, 4, ret->uuid, 16);
	}
	db_done(st);
	return rc;
}

static int due_flags(struct run_check *c, struct index_row *row, struct err *e)
{
	char id[LIMIT_STIX_ID + 1];
	const char *type = NULL;
	int rc = index_type_name(&c->x->view, row->type, &type, e);

	if (rc != 0)
		return rc;
	index_id_join(type, row->uuid, id);
	if ((rc = versions_load(&c->x->db, index_id_key(id), c->coll, row->type, row->uuid, &c->versions, e)) != 0)
		return rc;
	version_flags(c->versions.v, c->versions.n, c->versions.flags);
	for (size_t i = 0; i < c->versions.n; i++)
		if (c->versions.v[i].frame == row->frame) {
			row->flags = c->versions.flags[i];
			return 0;
		}
	return differs(row->frame, "its id does not lead to it", e);
}

static bool same_row(const struct index_row *a, const struct index_row *b)
{
	uint8_t x[ROW_BYTES], y[ROW_BYTES];

	row_put(a, x);
	row_put(b, y);
	return memcmp(x, y, ROW_BYTES) == 0;
}

static int check_whole(struct run_check *c, const struct index_row *row, struct err *e)
{
	struct index_row want;
	bool there = false;
	int rc = due(c, row->frame, &want, &there, e);

	if (rc == 0 && !there)
		rc = differs(row->frame, "no such entry in its collection", e);
	if (rc == 0 && (rc = due_flags(c, &want, e)) == 0 && !same_row(row, &want))
		rc = differs(row->frame, "it says something else than the entry", e);
	c->all++;
	return rc;
}

/* A type's run holds the same rows as the collection's, without the others. */
static int check_typed(struct run_check *c, const struct index_row *row, struct err *e)
{
	const struct index_row *other = NULL;
	int rc;

	do {
		if ((rc = index_next(c->whole, &other, e)) != 0)
			return rc;
	} while (other != NULL && other->frame < row->frame);
	c->typed++;
	if (other == NULL || !same_row(row, other) || row->type != c->type)
		return differs(row->frame, "its type's run says something else than its collection's", e);
	return 0;
}

static int check_run(struct run_check *c, struct err *e)
{
	uint8_t uuid[16];
	const char *type = NULL;
	struct index_want w = {.collection = uuid, .after_added = INT64_MIN};
	const struct index_row *row = NULL;
	uint64_t before = 0;
	int rc = index_collection_uuid(&c->x->view, c->coll, uuid, e);

	if (rc == 0)
		rc = index_seek(c->whole, &c->x->view, &w, e);
	if (rc == 0 && c->type != 0 && (rc = index_type_name(&c->x->view, (uint32_t)c->type, &type, e)) == 0) {
		w.type = &type;
		w.types = 1;
		rc = index_seek(c->run, &c->x->view, &w, e);
	}
	while (rc == 0 && (rc = index_next(c->type == 0 ? c->whole : c->run, &row, e)) == 0 && row != NULL) {
		if (row->frame <= before)
			return differs(row->frame, "out of order", e);
		before = row->frame;
		rc = c->type == 0 ? check_whole(c, row, e) : check_typed(c, row, e);
	}
	return rc;
}

static int check_all(struct run_check *c, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = sqlite3_prepare_v2(c->x->db.h, "SELECT coll, type FROM run ORDER BY n", -1, &st, NULL);

	if (rc != SQLITE_OK)
		return db_fail(&c->x->db, rc, "checking", e);
	while ((rc = db_step(&c->x->db, st, &row, e)) == 0 && row) {
		c->coll = db_u64(st, 0);
		c->type = db_u64(st, 1);
		if ((rc = check_run(c, e)) != 0)
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

int runs_check(struct index *x, struct err *e)
{
	struct run_check c = {.x = x};
	int rc = index_cursor_new(&c.run, e);

	if (rc == 0)
		rc = index_cursor_new(&c.whole, e);
	if (rc == 0 && (rc = index_enter(&x->view, e)) == 0) {
		rc = check_all(&c, e);
		index_leave(&x->view);
	}
	if (rc == 0 && (c.all != x->now.entries || c.typed != x->now.entries))
		rc = fail(e, E_CORRUPT, "index: %" PRIu64 " entries, %" PRIu64 " in collections' runs, %" PRIu64 " in types'", x->now.entries, c.all, c.typed);
	index_cursor_free(c.run);
	index_cursor_free(c.whole);
	versions_free(&c.versions);
	return rc;
}
