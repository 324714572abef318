/* The audit log: rows are added and read; the oldest are dropped. */
#include "store/people.h"

#include "store/state_priv.h"

static int check_audit(const struct state_audit *a, struct err *e)
{
	int rc;

	if ((rc = state_text_ok(a->who, sizeof(a->who) - 1, true, "who of an audit row", e)) != 0 || (rc = state_text_ok(a->from, sizeof(a->from) - 1, true, "address of an audit row", e)) != 0 ||
	    (rc = state_text_ok(a->act, sizeof(a->act) - 1, false, "act of an audit row", e)) != 0 || (rc = state_text_ok(a->subject, sizeof(a->subject) - 1, true, "subject of an audit row", e)) != 0)
		return rc;
	return state_text_ok(a->outcome, sizeof(a->outcome) - 1, false, "outcome of an audit row", e);
}

int state_audit_add(struct state *s, const struct state_audit *a, struct err *e)
{
	const int rc = check_audit(a, e);

	return rc != 0 ? rc : db_run(&s->db, SQ_ADD_AUDIT, e, "ittttt", a->at_us, a->who, a->from, a->act, a->subject, a->outcome);
}

static int fill_audit(sqlite3_stmt *st, struct state_audit *a, struct err *e)
{
	*a = (struct state_audit){.n = db_u64(st, 0), .at_us = sqlite3_column_int64(st, 1)};
	return db_text(st, 2, a->who, sizeof(a->who)) && db_text(st, 3, a->from, sizeof(a->from)) && db_text(st, 4, a->act, sizeof(a->act)) &&
	    db_text(st, 5, a->subject, sizeof(a->subject)) && db_text(st, 6, a->outcome, sizeof(a->outcome)) ? 0 : state_bad_row("audit", e);
}

int state_audits(struct state *s, const struct state_audit_ask *q, state_audit_visit *v, void *ctx, struct err *e)
{
	struct state_audit a;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, SQ_AUDITS, &st, e, "uiiti", q->after, q->since_us, q->until_us != 0 ? q->until_us : INT64_MAX, q->user != NULL ? q->user : "",
	    q->limit != 0 ? (int64_t)q->limit : -1);

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		if ((rc = fill_audit(st, &a, e)) == 0)
			rc = v(ctx, &a, e);
	db_done(st);
	return rc;
}

int state_drop_audits(struct state *s, int64_t before_us, struct err *e)
{
	return db_run(&s->db, SQ_DROP_AUDITS, e, "i", before_us);
}
