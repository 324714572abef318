/* Statuses of envelopes. */
#include <string.h>

#include "store/state_priv.h"

int state_put_status(struct state *s, const struct state_status *st, const void *detail, size_t n, struct err *e)
{
	int rc;

	if ((rc = state_text_ok(st->id, sizeof(st->id) - 1, false, "id of a status", e)) != 0 || (rc = state_text_ok(st->owner, LIMIT_WHO, true, "owner of a status", e)) != 0)
		return rc;
	if (n > LIMIT_STATE_BYTES)
		return fail(e, E_LIMIT, "status %s: more than %lu bytes", st->id, LIMIT_STATE_BYTES);
	return db_run(&s->db, SQ_PUT_STATUS, e, "ttbiiuuuub", st->id, st->owner, st->collection, sizeof(st->collection), st->requested_us, st->finished_s,
	    st->total, st->success, st->failure, st->pending, n > 0 ? detail : "", n);
}

static int fill(sqlite3_stmt *q, struct state_status *st, struct err *e)
{
	*st = (struct state_status){.requested_us = sqlite3_column_int64(q, 3), .finished_s = sqlite3_column_int64(q, 4),
	    .total = db_u64(q, 5), .success = db_u64(q, 6), .failure = db_u64(q, 7), .pending = db_u64(q, 8)};
	return db_text(q, 0, st->id, sizeof(st->id)) && db_text(q, 1, st->owner, sizeof(st->owner)) && db_blob(q, 2, st->collection, 16) ? 0 : state_bad_row("status", e);
}

int state_get_status(struct state *s, const char *id, struct state_status *ret, struct buf *detail, struct err *e)
{
	sqlite3_stmt *q = NULL;
	struct state_status st = {.id = ""};
	bool row = false;
	int rc;

	if ((rc = db_start(&s->db, SQ_GET_STATUS, &q, e, "t", id)) == 0 && (rc = db_step(&s->db, q, &row, e)) == 0)
		rc = row ? fill(q, &st, e) : fail(e, E_NOTFOUND, "there is no such status");
	if (rc == 0 && detail != NULL) {
		buf_put(detail, sqlite3_column_blob(q, 9), (size_t)sqlite3_column_bytes(q, 9));
		rc = buf_err(detail, e, "status");
	}
	db_done(q);
	if (rc == 0)
		*ret = st;
	return rc;
}

int state_drop_statuses(struct state *s, int64_t finished_before_s, struct err *e)
{
	return db_run(&s->db, SQ_DROP_STATUSES, e, "i", finished_before_s);
}

int state_pending(struct state *s, state_status_visit *v, void *ctx, struct err *e)
{
	struct state_status st;
	sqlite3_stmt *q = NULL;
	bool row = true;
	int rc = db_start(&s->db, SQ_PENDING, &q, e, "");

	while (rc == 0 && (rc = db_step(&s->db, q, &row, e)) == 0 && row)
		if ((rc = fill(q, &st, e)) == 0)
			rc = v(ctx, &st, e);
	db_done(q);
	return rc;
}
