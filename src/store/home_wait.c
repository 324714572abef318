/* Acts that wait for a second person. */
#include "store/home.h"

#include <string.h>

#include "base/mem.h"
#include "store/home_priv.h"

static const char *or_empty(const char *s) { return s != NULL ? s : ""; }

static int check_wait(const struct home_wait *w, struct err *e)
{
	int rc;

	if ((rc = home_check_id(w->id, "waiting act", e)) != 0 || (rc = db_text_ok(w->asked_by, LIMIT_USER, 0, "who asks", e)) != 0 ||
	    (rc = db_text_ok(w->owner, LIMIT_USER, TEXT_EMPTY, "owner of a waiting act", e)) != 0 || (rc = db_text_ok(w->verb, LIMIT_USER, 0, "verb of a waiting act", e)) != 0 ||
	    (rc = db_text_ok(w->about, LIMIT_STIX_ID, TEXT_EMPTY, "subject of a waiting act", e)) != 0 || (rc = db_text_ok(w->marking, LIMIT_USER, TEXT_EMPTY, "marking of a waiting act", e)) != 0)
		return rc;
	if (w->act == NULL || w->act_n == 0 || w->act_n > LIMIT_READY)
		return fail(e, E_LIMIT, "a waiting act: 1 to %lu bytes", LIMIT_READY);
	return 0;
}

static int count_waiting(struct home *h, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(&h->db, HQ_WAITING, &st, e, "");

	if (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0 && row && sqlite3_column_int64(st, 0) >= LIMIT_WAITING)
		rc = fail(e, E_LIMIT, "%d acts wait for a second person already", LIMIT_WAITING);
	db_done(st);
	return rc;
}

int home_wait_put(struct home *h, const struct home_wait *w, struct err *e)
{
	int rc;

	if ((rc = check_wait(w, e)) != 0 || (rc = home_begin(h, e)) != 0)
		return rc;
	if ((rc = count_waiting(h, e)) == 0)
		rc = db_run(&h->db, HQ_ADD_WAIT, e, "tttitttib", w->id, w->asked_by, w->owner[0] != '\0' ? w->owner : w->asked_by, w->at_us, w->verb, w->about, w->marking,
		    (int64_t)w->publication, w->act, w->act_n);
	return home_end(h, rc, e);
}

static int fill_wait(struct home *h, sqlite3_stmt *st, struct home_wait *w, size_t *ret_reason_n, struct err *e)
{
	int rc;

	*w = (struct home_wait){.at_us = sqlite3_column_int64(st, 3), .publication = sqlite3_column_int(st, 7) != 0, .state = (enum home_wait_state)sqlite3_column_int(st, 10),
	    .decided_us = sqlite3_column_int64(st, 12)};
	if (!db_text(st, 0, w->id, sizeof(w->id)) || !db_text(st, 1, w->asked_by, sizeof(w->asked_by)) || !db_text(st, 2, w->owner, sizeof(w->owner)) ||
	    !db_text(st, 4, w->verb, sizeof(w->verb)) || !db_text(st, 5, w->about, sizeof(w->about)) || !db_text(st, 6, w->marking, sizeof(w->marking)) ||
	    !db_text(st, 11, w->decided_by, sizeof(w->decided_by)) || !db_text(st, 14, w->object, sizeof(w->object)) || w->state < WAIT_WAITING || w->state > WAIT_LAPSED)
		return home_bad_row("wait", e);
	if ((rc = home_column(&h->db, st, 8, &w->act, &w->act_n, e)) != 0 || (rc = home_column(&h->db, st, 9, &w->bytes, &w->bytes_n, e)) != 0)
		return rc;
	return home_column(&h->db, st, 13, &w->reason, ret_reason_n, e);
}

void home_wait_free(struct home_wait *w)
{
	if (w != NULL)
		mem_free(w->own);
	if (w != NULL)
		*w = (struct home_wait){0};
}

int home_wait_get(struct home *h, const char *id, struct home_wait *ret, struct err *e)
{
	struct home_wait w;
	size_t reason_n = 0;
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(&h->db, HQ_WAIT_BY_ID, &st, e, "t", id);

	if (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0)
		rc = row ? fill_wait(h, st, &w, &reason_n, e) : fail(e, E_NOTFOUND, "nothing waits under %.20s", id);
	if (rc == 0) {
		w.own = home_keep((struct home_piece[]){{&w.act, w.act_n}, {&w.bytes, w.bytes_n}, {&w.reason, reason_n}}, 3);
		if (w.own == NULL)
			rc = fail(e, E_NOMEM, "a waiting act");
		else
			*ret = w;
	}
	db_done(st);
	return rc;
}

int home_waits(struct home *h, enum home_wait_state state, const char *owner, home_wait_visit *v, void *ctx, struct err *e)
{
	struct home_wait w;
	size_t reason_n = 0;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&h->db, state != WAIT_EVERY ? HQ_WAITS_IN : HQ_WAITS, &st, e, "it", (int64_t)state, or_empty(owner));

	while (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0 && row)
		if ((rc = fill_wait(h, st, &w, &reason_n, e)) == 0)
			rc = v(ctx, &w, e);
	db_done(st);
	return rc;
}

/* ---- steps ---- */

/* Why a step did not begin where the act is. */
static int not_there(struct home *h, const struct home_wait *to, struct err *e)
{
	struct home_wait w = {0};
	int rc = home_wait_get(h, to->id, &w, e);

	if (rc == 0)
		rc = fail(e, E_STATE, "%s: %s%s%s", w.id, home_wait_word(w.state), w.decided_by[0] != '\0' ? " by " : "", w.decided_by);
	home_wait_free(&w);
	return rc;
}

static int decide(struct home *h, const struct home_wait *to, struct err *e)
{
	int rc;

	if ((rc = db_text_ok(to->decided_by, LIMIT_USER, 0, "who decides", e)) != 0)
		return rc;
	return db_run(&h->db, HQ_DECIDE, e, "tititb", to->id, (int64_t)to->state, to->decided_by, to->decided_us, or_empty(to->reason),
	    or_empty(to->bytes), to->bytes != NULL ? to->bytes_n : (size_t)0);
}

int home_wait_step(struct home *h, const struct home_wait *to, struct err *e)
{
	const bool first = to->state == WAIT_READY || to->decided_by[0] != '\0';
	int rc;

	if (to->state <= WAIT_WAITING || to->state > WAIT_LAPSED || (first ? to->state == WAIT_CONFIRMED : to->state == WAIT_REFUSED))
		return fail(e, E_STATE, "%s: no such step", to->id);
	if ((rc = db_text_ok(or_empty(to->reason), sizeof(((struct err *)NULL)->msg), TEXT_EMPTY | TEXT_LINES, "reason", e)) != 0 ||
	    (rc = db_text_ok(to->object, LIMIT_STIX_ID, TEXT_EMPTY, "what was written", e)) != 0 || (rc = home_begin(h, e)) != 0)
		return rc;
	rc = first ? decide(h, to, e) : db_run(&h->db, HQ_FINISH, e, "titt", to->id, (int64_t)to->state, or_empty(to->reason), to->object);
	if (rc == 0 && sqlite3_changes(h->db.h) == 0)
		rc = not_there(h, to, e);
	return home_end(h, rc, e);
}
