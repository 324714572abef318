/* Users, tokens, grants: rows to structs and back. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/state_priv.h"

int state_one_row(struct state *s, sqlite3_stmt *st, fill_row *fill, void *ret, const char *missing, struct err *e)
{
	bool row = false;
	int rc = db_step(&s->db, st, &row, e);

	if (rc == 0)
		rc = row ? fill(st, ret, e) : fail(e, E_NOTFOUND, "%s", missing);
	db_done(st);
	return rc;
}

/* ---- users ---- */

static int fill_user(sqlite3_stmt *st, void *ret, struct err *e)
{
	struct state_user u = {.disabled = sqlite3_column_int(st, 6) != 0, .created_s = sqlite3_column_int64(st, 7), .seen_s = sqlite3_column_int64(st, 8)};

	u.has_spki = sqlite3_column_type(st, 5) != SQLITE_NULL;
	if (!db_text(st, 0, u.name, sizeof(u.name)) || !db_text(st, 1, u.party, sizeof(u.party)) || !db_text(st, 2, u.agency, sizeof(u.agency)) ||
	    !db_text(st, 3, u.role, sizeof(u.role)) || !db_text(st, 4, u.password, sizeof(u.password)) || (u.has_spki && !db_blob(st, 5, u.spki, 32)))
		return state_bad_row("user", e);
	*(struct state_user *)ret = u;
	return 0;
}

static int check_user(const struct state_user *u, struct err *e)
{
	int rc;

	if ((rc = state_text_ok(u->name, LIMIT_USER, false, "user name", e)) != 0)
		return rc;
	if (u->name[0] < 'a' || u->name[0] > 'z' || u->name[strspn(u->name, "abcdefghijklmnopqrstuvwxyz0123456789._-")] != '\0')
		return fail(e, E_FORMAT, "user name \"%s\": a-z, 0-9, . _ and -, a letter first, are due", u->name);
	if ((rc = state_text_ok(u->party, LIMIT_PARTY, false, "party of a user", e)) != 0 || (rc = state_text_ok(u->agency, LIMIT_AGENCY, true, "agency of a user", e)) != 0 ||
	    (rc = state_text_ok(u->role, sizeof(u->role) - 1, false, "role of a user", e)) != 0)
		return rc;
	return state_text_ok(u->password, sizeof(u->password) - 1, true, "password hash", e);
}

int state_put_user(struct state *s, const struct state_user *u, struct err *e)
{
	int rc;

	if ((rc = check_user(u, e)) != 0 || (rc = state_enter(s, e)) != 0)
		return rc;
	if (u->has_spki)
		rc = db_run(&s->db, SQ_PUT_USER, e, "tttttbiii", u->name, u->party, u->agency, u->role, u->password, u->spki, sizeof(u->spki),
		    (int64_t)u->disabled, u->created_s, u->seen_s);
	else
		rc = db_run(&s->db, SQ_PUT_USER, e, "tttttniii", u->name, u->party, u->agency, u->role, u->password, (int64_t)u->disabled, u->created_s, u->seen_s);
	if (rc == E_CONFLICT)
		rc = fail(e, E_CONFLICT, "user %s: another user signs in with this certificate", u->name);
	return state_leave(s, true, rc, e);
}

int state_get_user(struct state *s, const char *name, struct state_user *ret, struct err *e)
{
	char missing[LIMIT_USER + 32];
	sqlite3_stmt *st = NULL;
	int rc;

	(void)snprintf(missing, sizeof(missing), "there is no user %.*s", LIMIT_USER, name);
	if ((rc = db_start(&s->db, SQ_GET_USER, &st, e, "t", name)) != 0)
		return rc;
	return state_one_row(s, st, fill_user, ret, missing, e);
}

int state_user_by_spki(struct state *s, const uint8_t spki[32], struct state_user *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	if ((rc = db_start(&s->db, SQ_USER_BY_SPKI, &st, e, "b", spki, (size_t)32)) != 0)
		return rc;
	return state_one_row(s, st, fill_user, ret, "no user signs in with this certificate", e);
}

int state_users(struct state *s, state_user_visit *v, void *ctx, struct err *e)
{
	struct state_user u;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, SQ_USERS, &st, e, "");

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		if ((rc = fill_user(st, &u, e)) == 0)
			rc = v(ctx, &u, e);
	db_done(st);
	return rc;
}

int state_user_seen(struct state *s, const char *name, int64_t at_s, struct err *e)
{
	return state_lightly(s, SQ_USER_SEEN, e, name, at_s, NULL);
}

/* ---- tokens ---- */

static_assert(sizeof(((struct state_token *)0)->net) == (size_t)LIMIT_TOKEN_NETS * 49, "address ranges are joined below");

/* "a,b" to rows. false: too many or too long. */
static bool split_nets(const char *p, struct state_token *t)
{
	while (*p != '\0') {
		const size_t n = strcspn(p, ",");

		if (t->nets == LIMIT_TOKEN_NETS || n >= sizeof(t->net[0]))
			return false;
		memcpy(t->net[t->nets], p, n);
		t->net[t->nets++][n] = '\0';
		p += n + (p[n] == ',');
	}
	return true;
}

static void join_nets(const struct state_token *t, char to[sizeof(t->net)])
{
	size_t at = 0;

	to[0] = '\0';
	for (size_t i = 0; i < t->nets; i++) {
		const size_t n = strlen(t->net[i]);

		if (i > 0)
			to[at++] = ',';
		memcpy(to + at, t->net[i], n + 1);
		at += n;
	}
}

static int fill_token(sqlite3_stmt *st, void *ret, struct err *e)
{
	struct state_token *t = ret;
	char nets[sizeof(t->net)];
	const size_t scope_n = (size_t)sqlite3_column_bytes(st, 5);
	const int may = sqlite3_column_int(st, 4);

	*t = (struct state_token){.read = (may & STATE_MAY_READ) != 0, .write = (may & STATE_MAY_WRITE) != 0, .created_s = sqlite3_column_int64(st, 7),
	    .expires_s = sqlite3_column_int64(st, 8), .seen_s = sqlite3_column_int64(st, 9), .revoked = sqlite3_column_int(st, 11) != 0};
	if (!db_text(st, 0, t->id, sizeof(t->id)) || !db_blob(st, 1, t->hash, sizeof(t->hash)) || !db_text(st, 2, t->user, sizeof(t->user)) ||
	    !db_text(st, 3, t->label, sizeof(t->label)) || scope_n % 16 != 0 || scope_n > sizeof(t->scope) || !db_text(st, 6, nets, sizeof(nets)) ||
	    !split_nets(nets, t) || !db_text(st, 10, t->seen_from, sizeof(t->seen_from)))
		return state_bad_row("token", e);
	if (scope_n > 0)
		memcpy(t->scope, sqlite3_column_blob(st, 5), scope_n);
	t->scopes = scope_n / 16;
	return 0;
}

static int check_token(const struct state_token *t, struct err *e)
{
	int rc;

	if (strnlen(t->id, sizeof(t->id)) != 16 || t->id[strspn(t->id, "0123456789abcdef")] != '\0')
		return fail(e, E_FORMAT, "id of a token: 16 hexadecimal digits are due");
	if (t->scopes > LIMIT_TOKEN_SCOPES || t->nets > LIMIT_TOKEN_NETS)
		return fail(e, E_LIMIT, "token %s: at most %d collections and %d address ranges", t->id, LIMIT_TOKEN_SCOPES, LIMIT_TOKEN_NETS);
	for (size_t i = 0; i < t->nets; i++) {
		if ((rc = state_text_ok(t->net[i], sizeof(t->net[i]) - 1, false, "address range of a token", e)) != 0)
			return rc;
		if (strchr(t->net[i], ',') != NULL)
			return fail(e, E_FORMAT, "address range \"%s\": one alone is due", t->net[i]);
	}
	if ((rc = state_text_ok(t->user, LIMIT_USER, false, "user of a token", e)) != 0 || (rc = state_text_ok(t->label, LIMIT_USER, true, "label of a token", e)) != 0)
		return rc;
	return state_text_ok(t->seen_from, sizeof(t->seen_from) - 1, true, "address", e);
}

int state_put_token(struct state *s, const struct state_token *t, struct err *e)
{
	char nets[sizeof(t->net)];
	const int64_t may = (t->read ? STATE_MAY_READ : 0) | (t->write ? STATE_MAY_WRITE : 0);
	int rc;

	if ((rc = check_token(t, e)) != 0 || (rc = state_enter(s, e)) != 0)
		return rc;
	join_nets(t, nets);
	rc = db_run(&s->db, SQ_PUT_TOKEN, e, "tbttibtiiiti", t->id, t->hash, sizeof(t->hash), t->user, t->label, may, t->scope, t->scopes * 16, nets,
	    t->created_s, t->expires_s, t->seen_s, t->seen_from, (int64_t)t->revoked);
	if (rc == E_CONFLICT)
		rc = fail(e, E_CONFLICT, "token %s: its secret is taken", t->id);
	return state_leave(s, true, rc, e);
}

int state_token_by_hash(struct state *s, const uint8_t hash[32], struct state_token *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	if ((rc = db_start(&s->db, SQ_TOKEN_BY_HASH, &st, e, "b", hash, (size_t)32)) != 0)
		return rc;
	return state_one_row(s, st, fill_token, ret, "there is no such token", e);
}

int state_get_token(struct state *s, const char *id, struct state_token *ret, struct err *e)
{
	char missing[64];
	sqlite3_stmt *st = NULL;
	int rc;

	(void)snprintf(missing, sizeof(missing), "there is no token %.20s", id);
	if ((rc = db_start(&s->db, SQ_TOKEN_BY_ID, &st, e, "t", id)) != 0)
		return rc;
	return state_one_row(s, st, fill_token, ret, missing, e);
}

int state_tokens(struct state *s, state_token_visit *v, void *ctx, struct err *e)
{
	struct state_token t;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&s->db, SQ_TOKENS, &st, e, "");

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		if ((rc = fill_token(st, &t, e)) == 0)
			rc = v(ctx, &t, e);
	db_done(st);
	return rc;
}

int state_token_seen(struct state *s, const char *id, int64_t at_s, const char *from, struct err *e)
{
	const int rc = state_text_ok(from, sizeof(((struct state_token *)0)->seen_from) - 1, true, "address", e);

	return rc != 0 ? rc : state_lightly(s, SQ_TOKEN_SEEN, e, id, at_s, from);
}

/* ---- grants ---- */

static int fill_grant(sqlite3_stmt *st, struct state_grant *g, struct err *e)
{
	const int may = sqlite3_column_int(st, 2);

	*g = (struct state_grant){.read = (may & STATE_MAY_READ) != 0, .write = (may & STATE_MAY_WRITE) != 0};
	return db_blob(st, 0, g->collection, 16) && db_text(st, 1, g->subject, sizeof(g->subject)) ? 0 : state_bad_row("access_grant", e);
}

static int check_subject(const struct state_grant *g, struct err *e)
{
	static const char *const kinds[] = {"user:", "agency:", "party:"};
	int rc = state_text_ok(g->subject, LIMIT_WHO, false, "whom a grant names", e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strncmp(g->subject, kinds[i], strlen(kinds[i])) == 0 && g->subject[strlen(kinds[i])] != '\0')
			return 0;
	return fail(e, E_FORMAT, "a grant to \"%s\": user:NAME, agency:CODE or party:CODE is due", g->subject);
}

int state_put_grant(struct state *s, const struct state_grant *g, struct err *e)
{
	const int64_t may = (g->read ? STATE_MAY_READ : 0) | (g->write ? STATE_MAY_WRITE : 0);
	int rc;

	if ((rc = check_subject(g, e)) != 0 || (rc = state_enter(s, e)) != 0)
		return rc;
	if (may != 0)
		rc = db_run(&s->db, SQ_PUT_GRANT, e, "bti", g->collection, sizeof(g->collection), g->subject, may);
	else
		rc = db_run(&s->db, SQ_DROP_GRANT, e, "bt", g->collection, sizeof(g->collection), g->subject);
	return state_leave(s, true, rc, e);
}

int state_grants(struct state *s, const uint8_t *collection, state_grant_visit *v, void *ctx, struct err *e)
{
	struct state_grant g;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = collection != NULL ? db_start(&s->db, SQ_GRANTS_OF, &st, e, "b", collection, (size_t)16) : db_start(&s->db, SQ_GRANTS, &st, e, "");

	while (rc == 0 && (rc = db_step(&s->db, st, &row, e)) == 0 && row)
		if ((rc = fill_grant(st, &g, e)) == 0)
			rc = v(ctx, &g, e);
	db_done(st);
	return rc;
}
