/* Sessions, second factors, recovery codes, open work: rows to structs and back. */
#include "store/people.h"

#include <stdio.h>
#include <string.h>

#include "store/state_priv.h"

static int check_id(const char *id, const char *what, struct err *e)
{
	return strnlen(id, 17) == 16 && id[strspn(id, "0123456789abcdef")] == '\0' ? 0 : fail(e, E_FORMAT, "id of a %s: 16 hexadecimal digits are due", what);
}

/* ---- sessions ---- */

static int fill_session(sqlite3_stmt *st, void *ret, struct err *e)
{
	struct state_session x = {.created_s = sqlite3_column_int64(st, 4), .seen_s = sqlite3_column_int64(st, 5)};

	if (!db_text(st, 0, x.id, sizeof(x.id)) || !db_blob(st, 1, x.hash, sizeof(x.hash)) || !db_text(st, 2, x.user, sizeof(x.user)) ||
	    !db_text(st, 3, x.how, sizeof(x.how)) || !db_text(st, 6, x.from, sizeof(x.from)) || !db_text(st, 7, x.agent, sizeof(x.agent)))
		return state_bad_row("session", e);
	*(struct state_session *)ret = x;
	return 0;
}

static int check_session(const struct state_session *x, struct err *e)
{
	int rc;

	if ((rc = check_id(x->id, "session", e)) != 0 || (rc = state_text_ok(x->user, LIMIT_USER, false, "user of a session", e)) != 0 ||
	    (rc = state_text_ok(x->how, sizeof(x->how) - 1, false, "kind of sign-in", e)) != 0 || (rc = state_text_ok(x->from, sizeof(x->from) - 1, true, "address", e)) != 0)
		return rc;
	return state_text_ok(x->agent, LIMIT_AGENT, true, "browser of a session", e);
}

int state_put_session(struct state *s, const struct state_session *x, struct err *e)
{
	bool crowded = false;
	int rc;

	if ((rc = check_session(x, e)) != 0 || (rc = state_enter(s, e)) != 0)
		return rc;
	rc = db_run(&s->db, SQ_PUT_SESSION, e, "tbttiitt", x->id, x->hash, sizeof(x->hash), x->user, x->how, x->created_s, x->seen_s, x->from, x->agent);
	if (rc == 0 && (rc = db_run(&s->db, SQ_CROWD_SESSIONS, e, "ti", x->user, (int64_t)LIMIT_SESSIONS_USER)) == 0)
		crowded = sqlite3_changes(s->db.h) > 0;
	/* A new session changes nothing for those that are remembered; one that ends for it does. */
	return state_leave(s, crowded, rc, e);
}

int state_session_by_hash(struct state *s, const uint8_t hash[32], struct state_session *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	const int rc = db_start(&s->db, SQ_SESSION_BY_HASH, &st, e, "b", hash, (size_t)32);

	return rc != 0 ? rc : state_one_row(s, st, fill_session, ret, "there is no such session", e);
}

int state_session_seen(struct state *s, const char *id, int64_t at_s, struct err *e) { return state_lightly(s, SQ_SESSION_SEEN, e, id, at_s, NULL); }

int state_sessions(struct state *s, const char *user, state_session_visit *v, void *ctx, struct err *e)
{
	struct state_session x;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = user != NULL ? db_start(&s->db, SQ_SESSIONS_OF, &st, e, "t", user) : db_start(&s->db, SQ_SESSIONS, &st, e, "");

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		if ((rc = fill_session(st, &x, e)) == 0)
			rc = v(ctx, &x, e);
	db_done(st);
	return rc;
}

int state_end_session(struct state *s, const char *user, const char *id, struct err *e)
{
	int rc = state_enter(s, e);

	if (rc != 0)
		return rc;
	if ((rc = db_run(&s->db, SQ_END_SESSION, e, "tt", user, id)) == 0 && sqlite3_changes(s->db.h) == 0)
		rc = fail(e, E_NOTFOUND, "user %s has no session %.20s", user, id);
	return state_leave(s, true, rc, e);
}

int state_end_sessions(struct state *s, const char *user, const char *but, struct err *e)
{
	const int rc = state_enter(s, e);

	return rc != 0 ? rc : state_leave(s, true, db_run(&s->db, SQ_END_SESSIONS, e, "tt", user, but != NULL ? but : ""), e);
}

int state_drop_sessions(struct state *s, int64_t created_before_s, int64_t seen_before_s, struct err *e)
{
	return db_run(&s->db, SQ_DROP_SESSIONS, e, "ii", created_before_s, seen_before_s);
}

/* ---- second factors ---- */

static bool take_blob(sqlite3_stmt *st, int col, uint8_t *to, size_t room, size_t *ret_n)
{
	const size_t n = (size_t)sqlite3_column_bytes(st, col);

	if (n > room)
		return false;
	if (n > 0)
		memcpy(to, sqlite3_column_blob(st, col), n);
	*ret_n = n;
	return true;
}

static int fill_factor(sqlite3_stmt *st, void *ret, struct err *e)
{
	struct state_factor *f = ret;

	*f = (struct state_factor){.kind = sqlite3_column_int(st, 2), .created_s = sqlite3_column_int64(st, 4), .used_s = sqlite3_column_int64(st, 5),
	    .confirmed = sqlite3_column_int(st, 6) != 0, .alg = sqlite3_column_int(st, 8), .counter = db_u64(st, 10), .fails = (unsigned)sqlite3_column_int(st, 11),
	    .fails_since_s = sqlite3_column_int64(st, 12)};
	return db_text(st, 0, f->id, sizeof(f->id)) && db_text(st, 1, f->user, sizeof(f->user)) && db_text(st, 3, f->label, sizeof(f->label)) &&
	    take_blob(st, 7, f->secret, sizeof(f->secret), &f->secret_n) && take_blob(st, 9, f->credential, sizeof(f->credential), &f->credential_n)
	    ? 0 : state_bad_row("factor", e);
}

static int check_factor(const struct state_factor *f, struct err *e)
{
	int rc;

	if ((rc = check_id(f->id, "factor", e)) != 0 || (rc = state_text_ok(f->user, LIMIT_USER, false, "user of a factor", e)) != 0 ||
	    (rc = state_text_ok(f->label, LIMIT_USER, true, "name of a device", e)) != 0)
		return rc;
	if ((f->kind != FACTOR_TOTP && f->kind != FACTOR_PASSKEY) || (f->kind == FACTOR_PASSKEY) != (f->credential_n > 0))
		return fail(e, E_FORMAT, "factor %s: neither one-time codes nor a passkey", f->id);
	if (f->secret_n == 0 || f->secret_n > sizeof(f->secret) || f->credential_n > sizeof(f->credential))
		return fail(e, E_LIMIT, "factor %s: secret or id too long", f->id);
	return 0;
}

int state_put_factor(struct state *s, const struct state_factor *f, struct err *e)
{
	int rc;

	if ((rc = check_factor(f, e)) != 0 || (rc = state_enter(s, e)) != 0)
		return rc;
	if (f->credential_n > 0)
		rc = db_run(&s->db, SQ_PUT_FACTOR, e, "ttitiiibibuui", f->id, f->user, (int64_t)f->kind, f->label, f->created_s, f->used_s, (int64_t)f->confirmed,
		    f->secret, f->secret_n, (int64_t)f->alg, f->credential, f->credential_n, f->counter, (uint64_t)f->fails, f->fails_since_s);
	else
		rc = db_run(&s->db, SQ_PUT_FACTOR, e, "ttitiiibinuui", f->id, f->user, (int64_t)f->kind, f->label, f->created_s, f->used_s, (int64_t)f->confirmed,
		    f->secret, f->secret_n, (int64_t)f->alg, f->counter, (uint64_t)f->fails, f->fails_since_s);
	if (rc == E_CONFLICT)
		rc = fail(e, E_CONFLICT, "this passkey is registered already");
	return state_leave(s, true, rc, e);
}

int state_get_factor(struct state *s, const char *id, struct state_factor *ret, struct err *e)
{
	char missing[64];
	sqlite3_stmt *st = NULL;
	const int rc = db_start(&s->db, SQ_FACTOR_BY_ID, &st, e, "t", id);

	(void)snprintf(missing, sizeof(missing), "there is no factor %.20s", id);
	return rc != 0 ? rc : state_one_row(s, st, fill_factor, ret, missing, e);
}

int state_factor_by_credential(struct state *s, const void *id, size_t n, struct state_factor *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	const int rc = db_start(&s->db, SQ_FACTOR_BY_CREDENTIAL, &st, e, "b", id, n);

	return rc != 0 ? rc : state_one_row(s, st, fill_factor, ret, "there is no such passkey", e);
}

int state_factors(struct state *s, const char *user, state_factor_visit *v, void *ctx, struct err *e)
{
	struct state_factor f;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, SQ_FACTORS, &st, e, "t", user);

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		if ((rc = fill_factor(st, &f, e)) == 0)
			rc = v(ctx, &f, e);
	db_done(st);
	return rc;
}

int state_drop_factor(struct state *s, const char *user, const char *id, struct err *e)
{
	int rc = state_enter(s, e);

	if (rc != 0)
		return rc;
	if ((rc = db_run(&s->db, SQ_DROP_FACTOR, e, "tt", user, id)) == 0 && sqlite3_changes(s->db.h) == 0)
		rc = fail(e, E_NOTFOUND, "user %s has no factor %.20s", user, id);
	return state_leave(s, true, rc, e);
}

/* ---- recovery codes ---- */

int state_put_codes(struct state *s, const char *user, const uint8_t (*hash)[32], size_t n, struct err *e)
{
	int rc;

	if ((rc = state_text_ok(user, LIMIT_USER, false, "user of recovery codes", e)) != 0 || (rc = state_enter(s, e)) != 0)
		return rc;
	rc = db_run(&s->db, SQ_DROP_CODES, e, "t", user);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = db_run(&s->db, SQ_PUT_CODE, e, "tb", user, hash[i], (size_t)32);
	return state_leave(s, true, rc, e);
}

int state_take_code(struct state *s, const char *user, const uint8_t hash[32], struct err *e)
{
	const int rc = db_run(&s->db, SQ_TAKE_CODE, e, "tb", user, hash, (size_t)32);

	/* Finding none is no failure of a transaction around it: the wrong guess is still to be noted. */
	return rc == 0 && sqlite3_changes(s->db.h) == 0 ? fail(e, E_NOTFOUND, "no such recovery code") : rc;
}

static int fill_count(sqlite3_stmt *st, void *ret, struct err *e)
{
	(void)e;
	*(size_t *)ret = (size_t)sqlite3_column_int64(st, 0);
	return 0;
}

int state_codes_left(struct state *s, const char *user, size_t *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	const int rc = db_start(&s->db, SQ_CODES_LEFT, &st, e, "t", user);

	return rc != 0 ? rc : state_one_row(s, st, fill_count, ret, "", e);
}

/* ---- open work, and handing over ---- */

int state_put_work(struct state *s, const struct state_work *w, struct err *e)
{
	int rc;

	if ((rc = state_text_ok(w->kind, LIMIT_USER, false, "kind of work", e)) != 0 || (rc = state_text_ok(w->ref, LIMIT_STIX_ID, false, "what work is about", e)) != 0 ||
	    (rc = state_text_ok(w->user, LIMIT_USER, true, "user with open work", e)) != 0)
		return rc;
	return w->user[0] != '\0' ? db_run(&s->db, SQ_PUT_WORK, e, "ttt", w->kind, w->ref, w->user) : db_run(&s->db, SQ_DROP_WORK, e, "tt", w->kind, w->ref);
}

int state_works(struct state *s, const char *user, state_work_visit *v, void *ctx, struct err *e)
{
	struct state_work w;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, SQ_WORKS_OF, &st, e, "t", user);

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row) {
		if (!db_text(st, 0, w.kind, sizeof(w.kind)) || !db_text(st, 1, w.ref, sizeof(w.ref)) || !db_text(st, 2, w.user, sizeof(w.user)))
			rc = state_bad_row("work", e);
		else
			rc = v(ctx, &w, e);
	}
	db_done(st);
	return rc;
}

int state_hand_work(struct state *s, const char *from, const char *to, size_t *ret_n, struct err *e)
{
	const int rc = db_run(&s->db, SQ_HAND_WORK, e, "tt", from, to);

	if (rc == 0)
		*ret_n = (size_t)sqlite3_changes(s->db.h);
	return rc;
}

int state_revoke_tokens(struct state *s, const char *user, size_t *ret_n, struct err *e)
{
	int rc = state_enter(s, e);

	if (rc != 0)
		return rc;
	if ((rc = db_run(&s->db, SQ_REVOKE_TOKENS, e, "t", user)) == 0)
		*ret_n = (size_t)sqlite3_changes(s->db.h);
	return state_leave(s, true, rc, e);
}

int state_hand_grants(struct state *s, const char *from, const char *to, struct err *e)
{
	char old[8 + LIMIT_USER], fresh[8 + LIMIT_USER];
	int rc = state_enter(s, e);

	if (rc != 0)
		return rc;
	(void)snprintf(old, sizeof(old), "user:%.*s", LIMIT_USER, from);
	(void)snprintf(fresh, sizeof(fresh), "user:%.*s", LIMIT_USER, to != NULL ? to : "");
	if (to != NULL && (rc = db_run(&s->db, SQ_JOIN_GRANTS, e, "tt", old, fresh)) == 0)
		rc = db_run(&s->db, SQ_HAND_GRANTS, e, "tt", old, fresh);
	if (rc == 0)
		rc = db_run(&s->db, SQ_DROP_GRANTS, e, "t", old);
	return state_leave(s, true, rc, e);
}
