/* What people do about themselves, and administrators about everybody: checked here, and audited with what it changes. */
#include <stdio.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"
#include "base/mem.h"

struct people_office {
	struct access *a;                     /* NULL: a command */
	struct world w;
	struct state *s;
	bool own_state, admin, fresh;
	char *dir;
	char party[LIMIT_PARTY + 1], name[LIMIT_USER + 1], who[LIMIT_WHO + 1], from[46], session[17];
	char origin[LIMIT_ORIGIN_URL + 1];
};

/* ---- opening ---- */

static int office_new(const struct world *w, const char *dir, const char *party, struct people_office **ret, struct err *e)
{
	struct people_office *o = mem_zalloc(sizeof(*o));

	if (o == NULL || (o->dir = mem_strdup(dir)) == NULL) {
		mem_free(o);
		return fail(e, E_NOMEM, "office");
	}
	o->w = *w;
	(void)snprintf(o->party, sizeof(o->party), "%s", party);
	*ret = o;
	return 0;
}

int people_office_open(struct access *a, const struct principal *p, const struct people_session *s, const struct people_from *f, struct people_office **ret, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", a->dir);
	struct people_office *o = NULL;
	int rc;

	if (!p->known || !s->known || p->name[0] == '\0')
		return fail(e, E_DENIED, "sign in first");
	if (path == NULL)
		return fail(e, E_NOMEM, "office");
	if ((rc = office_new(&a->w, a->dir, a->party, &o, e)) != 0)
		return rc;
	o->a = a;
	o->own_state = true;
	o->admin = principal_has(p, RIGHT_ADMIN);
	o->fresh = s->fresh;
	memcpy(o->name, p->name, sizeof(o->name));
	memcpy(o->who, p->who, sizeof(o->who));
	memcpy(o->from, f->addr, sizeof(o->from));
	memcpy(o->session, s->id, sizeof(o->session));
	memcpy(o->origin, f->origin, sizeof(o->origin));
	if ((rc = state_open(path, &o->s, e)) != 0)
		people_office_close(o);
	else
		*ret = o;
	return rc;
}

int people_office_command(const struct world *w, const char *dir, const char *party, struct state *s, struct people_office **ret, struct err *e)
{
	struct people_office *o = NULL;
	int rc;

	if ((rc = crypto_init(e)) != 0 || (rc = office_new(w, dir, party, &o, e)) != 0)
		return rc;
	o->s = s;
	o->admin = o->fresh = true;
	(void)snprintf(o->who, sizeof(o->who), "command");
	*ret = o;
	return 0;
}

void people_office_close(struct people_office *o)
{
	if (o == NULL)
		return;
	if (o->own_state)
		state_close(o->s);
	mem_free(o->dir);
	mem_free(o);
}

struct state *people_office_state(struct people_office *o) { return o->s; }

bool principal_has(const struct principal *p, enum right right) { return p->known && (p->own || right == RIGHT_READ) && role_has(p->reader.role, right); }

/* ---- who may ---- */

static int may_see(const struct people_office *o, const char *name, struct err *e)
{
	if (o->admin || (o->name[0] != '\0' && strcmp(o->name, name) == 0))
		return 0;
	return fail(e, E_DENIED, "only an administrator may do this for others");
}

static int may_change(const struct people_office *o, const char *name, struct err *e)
{
	const int rc = may_see(o, name, e);

	return rc == 0 && !o->fresh ? fail(e, E_DENIED, "sign in again to change this") : rc;
}

static int only_admin(const struct people_office *o, struct err *e) { return o->admin ? 0 : fail(e, E_DENIED, "only an administrator may do this"); }

static int note(const struct people_office *o, const char *act, const char *subject, struct err *e)
{
	return audit_note_state(&o->w.clock, o->s, o->who, o->from, act, subject, NULL, e);
}

/* Ends a transaction together with its audit row. */
static int end_noted(struct people_office *o, int rc, const char *act, const char *subject, struct err *e)
{
	if (rc == 0)
		rc = note(o, act, subject, e);
	return state_end(o->s, rc, e);
}

static int new_id(const struct people_office *o, char ret[17], struct err *e)
{
	uint8_t id[8];
	const int rc = rng_fill(&o->w.rng, id, sizeof(id));

	if (rc != 0)
		return fail(e, rc, "no randomness for an id");
	hex_encode(id, sizeof(id), ret);
	return 0;
}

/* ---- users ---- */

static int put_user(struct people_office *o, const struct state_user *u, bool is_new, const char *text, struct err *e)
{
	struct state_user old, now = *u;
	int rc = state_get_user(o->s, u->name, &old, e);

	if (is_new && rc == 0)
		return fail(e, E_EXISTS, "user %s", u->name);
	if (is_new && rc == E_NOTFOUND)
		now.password[0] = '\0';
	else if (rc != 0)
		return rc;
	else if (u->password[0] != '\0')
		memcpy(now.password, old.password, sizeof(now.password));
	if (text != NULL)
		memcpy(now.password, text, PASSWORD_TEXT);
	(void)snprintf(now.role, sizeof(now.role), "%s", role_word(role_parse(u->role)));
	if ((rc = state_put_user(o->s, &now, e)) == 0 && !is_new && (now.disabled || strcmp(now.password, old.password) != 0))
		rc = state_end_sessions(o->s, u->name, NULL, e);
	return rc;
}

int people_put_user(struct people_office *o, const struct state_user *u, bool is_new, const char *password, struct err *e)
{
	char text[PASSWORD_TEXT] = "";
	int rc;

	if ((rc = only_admin(o, e)) != 0)
		return rc;
	if (role_parse(u->role) == ROLE_NONE)
		return fail(e, E_USAGE, "role %s: one of %s is due", u->role, role_words());
	if (password != NULL && (rc = password_text(&o->w, password, text, e)) != 0)
		return rc;
	if ((rc = state_begin(o->s, e)) != 0)
		return rc;
	rc = put_user(o, u, is_new, password != NULL ? text : NULL, e);
	return end_noted(o, rc, is_new ? "user add" : u->disabled ? "user disable" : "user set", u->name, e);
}

int people_disable(struct people_office *o, const char *name, struct err *e)
{
	struct state_user u;
	int rc;

	if ((rc = only_admin(o, e)) != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	if ((rc = state_get_user(o->s, name, &u, e)) == 0) {
		u.disabled = true;
		if ((rc = state_put_user(o->s, &u, e)) == 0)
			rc = state_end_sessions(o->s, name, NULL, e);
	}
	return end_noted(o, rc, "user disable", name, e);
}

int people_change_password(struct people_office *o, const char *name, const char *old, const char *fresh, struct err *e)
{
	char text[PASSWORD_TEXT];
	struct state_user u;
	const bool own = o->name[0] != '\0' && strcmp(o->name, name) == 0;
	int rc;

	if ((rc = may_change(o, name, e)) != 0 || (rc = state_get_user(o->s, name, &u, e)) != 0)
		return rc;
	if (own && u.password[0] != '\0' && (old == NULL || !password_ok(u.password, old, strlen(old)))) {
		IGNORE(audit_note_state(&o->w.clock, o->s, o->who, o->from, "password", name, "refused: wrong password", NULL), "the answer is no anyway");
		return fail(e, E_DENIED, "the old password is another one");
	}
	if ((rc = password_text(&o->w, fresh, text, e)) != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	if ((rc = state_get_user(o->s, name, &u, e)) == 0) {
		memcpy(u.password, text, sizeof(text));
		if ((rc = state_put_user(o->s, &u, e)) == 0)
			rc = state_end_sessions(o->s, name, own ? o->session : NULL, e);
	}
	secret_wipe(text, sizeof(text));
	return end_noted(o, rc, "password", name, e);
}

/* ---- sessions ---- */

struct live { const struct people_office *o; state_session_visit *v; void *ctx; int64_t now_s; };

static int show_live(void *ctx, const struct state_session *x, struct err *e)
{
	const struct live *const l = ctx;
	const struct access *const a = l->o->a;
	/* What the serving process knows to be seen later than noted is shown all the same. */
	const bool over = a != NULL ? session_over(a, x->created_s, x->seen_s + 2 * LIMIT_SEEN_S, l->now_s)
	                            : l->now_s >= x->created_s + LIMIT_TOTAL_S || l->now_s >= x->seen_s + LIMIT_IDLE_S + 2 * LIMIT_SEEN_S;

	return over ? 0 : l->v(l->ctx, x, e);
}

int people_sessions(struct people_office *o, const char *name, state_session_visit *v, void *ctx, struct err *e)
{
	struct live l = {o, v, ctx, clock_now(&o->w.clock) / NS_PER_S};
	const int rc = may_see(o, name, e);

	return rc != 0 ? rc : state_sessions(o->s, name, show_live, &l, e);
}

int people_end_session(struct people_office *o, const char *name, const char *id, struct err *e)
{
	int rc;

	if ((rc = may_see(o, name, e)) != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	if (id != NULL)
		rc = state_end_session(o->s, name, id, e);
	else
		rc = state_end_sessions(o->s, name, strcmp(o->name, name) == 0 ? o->session : NULL, e);
	return end_noted(o, rc, "session end", name, e);
}

/* ---- devices ---- */

int people_factors(struct people_office *o, const char *name, state_factor_visit *v, void *ctx, struct err *e)
{
	const int rc = may_see(o, name, e);

	return rc != 0 ? rc : state_factors(o->s, name, v, ctx, e);
}

int people_drop_factor(struct people_office *o, const char *name, const char *id, struct err *e)
{
	int rc;

	if ((rc = may_change(o, name, e)) != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	return end_noted(o, state_drop_factor(o->s, name, id, e), "device remove", name, e);
}

static int count_factor(void *ctx, const struct state_factor *f, struct err *e)
{
	(void)f;
	return ++*(size_t *)ctx < LIMIT_FACTORS ? 0 : fail(e, E_LIMIT, "at most %d devices: remove one first", LIMIT_FACTORS);
}

/* There is such a user, with room for one more device. */
static int has_room(struct people_office *o, const char *name, struct err *e)
{
	struct state_user u;
	size_t n = 0;
	const int rc = state_get_user(o->s, name, &u, e);

	return rc != 0 ? rc : state_factors(o->s, name, count_factor, &n, e);
}

int people_totp_new(struct people_office *o, const char *name, const char *label, char ret_uri[PEOPLE_URI], char ret_id[17], struct err *e)
{
	struct state_factor f = {.kind = FACTOR_TOTP, .confirmed = ret_id == NULL, .created_s = clock_now(&o->w.clock) / NS_PER_S};
	uint8_t secret[TOTP_SECRET];
	struct people_keys keys;
	int rc;

	if ((rc = may_change(o, name, e)) != 0 || (rc = people_keys_load(&o->w, o->dir, true, &keys, e)) != 0)
		return rc;
	if (strlen(name) > LIMIT_USER || strlen(label) > LIMIT_USER)
		return fail(e, E_USAGE, "name of a device: at most %d bytes", LIMIT_USER);
	memcpy(f.user, name, strlen(name) + 1);
	memcpy(f.label, label, strlen(label) + 1);
	if ((rc = rng_fill(&o->w.rng, secret, sizeof(secret))) != 0)
		return fail(e, rc, "no randomness for one-time codes");
	if ((rc = new_id(o, f.id, e)) == 0 && (rc = totp_seal(&o->w, &keys, secret, &f, e)) == 0 && (rc = state_begin(o->s, e)) == 0) {
		if ((rc = has_room(o, name, e)) == 0)
			rc = state_put_factor(o->s, &f, e);
		rc = end_noted(o, rc, "one-time codes new", name, e);
	}
	if (rc == 0 && (rc = totp_uri(o->party, name, secret, ret_uri, e)) == 0 && ret_id != NULL)
		memcpy(ret_id, f.id, sizeof(f.id));
	secret_wipe(secret, sizeof(secret));
	secret_wipe(&keys, sizeof(keys));
	return rc;
}

static int confirm(struct people_office *o, const char *name, const char *id, const char *code, struct err *e)
{
	const int64_t now_s = clock_now(&o->w.clock) / NS_PER_S;
	uint8_t secret[TOTP_SECRET];
	struct people_keys keys;
	struct state_factor f;
	uint64_t step;
	int rc;

	if ((rc = people_keys_load(&o->w, o->dir, false, &keys, e)) != 0 || (rc = state_get_factor(o->s, id, &f, e)) != 0)
		return rc;
	if (strcmp(f.user, name) != 0 || f.kind != FACTOR_TOTP)
		return fail(e, E_NOTFOUND, "there is no factor %.20s", id);
	if (!totp_unseal(&keys, &f, secret))
		return fail(e, E_CORRUPT, "one-time codes of %s: sealed with another key than this node's", name);
	step = totp_step(secret, code, now_s, f.counter);
	secret_wipe(secret, sizeof(secret));
	secret_wipe(&keys, sizeof(keys));
	if (step == 0)
		return fail(e, E_DENIED, "this code is not the device's: are its clock and this node's right?");
	f.confirmed = true;
	f.counter = step;
	f.used_s = now_s;
	return state_put_factor(o->s, &f, e);
}

int people_totp_confirm(struct people_office *o, const char *name, const char *id, const char *code, struct err *e)
{
	int rc;

	if ((rc = may_change(o, name, e)) != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	return end_noted(o, confirm(o, name, id, code, e), "one-time codes confirm", name, e);
}

int people_codes_new(struct people_office *o, const char *name, char ret[PEOPLE_CODES][PEOPLE_CODE], struct err *e)
{
	uint8_t hash[PEOPLE_CODES][32], random[10];
	struct people_keys keys;
	struct state_user u;
	int rc;

	if ((rc = may_change(o, name, e)) != 0 || (rc = state_get_user(o->s, name, &u, e)) != 0 || (rc = people_keys_load(&o->w, o->dir, true, &keys, e)) != 0)
		return rc;
	for (size_t i = 0; i < PEOPLE_CODES && rc == 0; i++) {
		if ((rc = rng_fill(&o->w.rng, random, sizeof(random))) != 0) {
			rc = fail(e, rc, "no randomness for recovery codes");
		} else {
			recovery_text(random, ret[i]);
			if (!recovery_hash(&keys, name, ret[i], hash[i]))
				rc = fail(e, E_STATE, "recovery codes");
		}
	}
	secret_wipe(random, sizeof(random));
	secret_wipe(&keys, sizeof(keys));
	if (rc != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	return end_noted(o, state_put_codes(o->s, name, (const uint8_t (*)[32])hash, PEOPLE_CODES, e), "recovery codes new", name, e);
}

int people_codes_left(struct people_office *o, const char *name, size_t *ret, struct err *e)
{
	const int rc = may_see(o, name, e);

	return rc != 0 ? rc : state_codes_left(o->s, name, ret, e);
}

/* ---- passkeys ---- */

struct have { struct state_factor f[LIMIT_FACTORS]; size_t n; };

static int take_key(void *ctx, const struct state_factor *f, struct err *e)
{
	struct have *const h = ctx;

	(void)e;
	if (f->kind == FACTOR_PASSKEY && h->n < LIMIT_FACTORS)
		h->f[h->n++] = *f;
	return 0;
}

int people_key_new(struct people_office *o, char ret_ticket[PEOPLE_TICKET], struct buf *ret_options, struct err *e)
{
	CLEANUP(mem_free) void *hold = mem_zalloc(sizeof(struct have));
	struct have *const h = hold;
	struct ticket t = {.kind = TICKET_KEY_NEW};
	char rp[LIMIT_ORIGIN_URL + 1];
	uint8_t handle[32];
	int rc;

	if (h == NULL)
		return fail(e, E_NOMEM, "passkey");
	if (o->a == NULL || !origin_rp(o->origin, rp))
		return fail(e, E_STATE, "passkeys need this site's name: option base_url");
	if ((rc = may_change(o, o->name, e)) != 0 || (rc = has_room(o, o->name, e)) != 0 || (rc = state_factors(o->s, o->name, take_key, h, e)) != 0)
		return rc;
	memcpy(t.name, o->name, sizeof(t.name));
	if ((rc = ticket_new(o->a, &t, clock_now(&o->w.clock) / NS_PER_S, false, e)) != 0 || (rc = ticket_seal(o->a, &t, ret_ticket, e)) != 0)
		return rc;
	user_handle(o->a, o->name, handle);
	key_options_create(ret_options, &(struct key_creation){rp, o->party, o->name, t.challenge, handle, h->f, h->n});
	return buf_err(ret_options, e, "passkey options");
}

/* What the browser answered, checked against its ticket; nothing is stored yet. */
static int check_new_key(struct people_office *o, const struct ticket *t, const char *answer, struct passkey *ret, struct err *e)
{
	struct key_answer k = {.all = BUF_INIT(0)};
	char rp[LIMIT_ORIGIN_URL + 1];
	int rc = key_answer_parse(answer, true, &k, e);

	if (rc == 0 && !origin_rp(o->origin, rp))
		rc = fail(e, E_STATE, "passkeys need this site's name: option base_url");
	if (rc == 0 && (rc = client_data_check(k.client, k.client_n, "webauthn.create", t->challenge, o->origin, e)) == 0 &&
	    (rc = passkey_register(rp, k.attestation, k.attestation_n, ret, e)) == 0 && (ret->id_n != k.id_n || memcmp(ret->id, k.id, k.id_n) != 0))
		rc = fail(e, E_DENIED, "passkey: two different ids");
	buf_free(&k.all);
	return rc;
}

static int spend(struct people_office *o, const struct ticket *t, int64_t now_s, struct err *e)
{
	int rc;

	pthread_mutex_lock(&o->a->lock);
	rc = ticket_spent(o->a, t, now_s) ? fail(e, E_DENIED, "this registration is over: begin again") : ticket_spend(o->a, t, now_s, e);
	pthread_mutex_unlock(&o->a->lock);
	return rc;
}

int people_key_register(struct people_office *o, const char *ticket, const char *answer, const char *label, struct err *e)
{
	const int64_t now_s = clock_now(&o->w.clock) / NS_PER_S;
	struct state_factor f = {.kind = FACTOR_PASSKEY, .confirmed = true, .created_s = now_s};
	struct passkey key;
	struct ticket t;
	int rc;

	if (o->a == NULL || !ticket_open(o->a, ticket, 1U << TICKET_KEY_NEW, now_s, &t) || strcmp(t.name, o->name) != 0)
		return fail(e, E_DENIED, "this registration is over: begin again");
	if (strlen(label) > LIMIT_USER)
		return fail(e, E_USAGE, "name of a device: at most %d bytes", LIMIT_USER);
	if ((rc = may_change(o, o->name, e)) != 0 || (rc = check_new_key(o, &t, answer, &key, e)) != 0 || (rc = spend(o, &t, now_s, e)) != 0 || (rc = new_id(o, f.id, e)) != 0)
		return rc;
	memcpy(f.user, o->name, sizeof(f.user));
	memcpy(f.label, label, strlen(label) + 1);
	memcpy(f.secret, key.pk, f.secret_n = key.pk_n);
	memcpy(f.credential, key.id, f.credential_n = key.id_n);
	f.alg = key.alg;
	f.counter = key.count;
	if ((rc = state_begin(o->s, e)) != 0)
		return rc;
	if ((rc = has_room(o, o->name, e)) == 0)
		rc = state_put_factor(o->s, &f, e);
	return end_noted(o, rc, "passkey new", o->name, e);
}

/* ---- handing over ---- */

static int may_succeed(struct people_office *o, const char *from, const char *to, struct state_user *ret_from, struct err *e)
{
	struct state_user next;
	int rc;

	if (strcmp(from, to) == 0)
		return fail(e, E_USAGE, "%s cannot succeed themselves", from);
	if ((rc = state_get_user(o->s, from, ret_from, e)) != 0 || (rc = state_get_user(o->s, to, &next, e)) != 0)
		return rc;
	if (next.disabled)
		return fail(e, E_STATE, "user %s is disabled and can take nothing over", to);
	return strcmp(next.party, ret_from->party) == 0 ? 0 : fail(e, E_DENIED, "user %s belongs to %s, %s to %s: work stays within a party", from, ret_from->party, to, next.party);
}

static int hand_over(struct people_office *o, const char *from, const char *to, const struct people_hook *hook, size_t hooks, struct people_handed *ret, struct err *e)
{
	struct state_user u;
	int rc;

	if ((rc = may_succeed(o, from, to, &u, e)) != 0 || (rc = state_hand_work(o->s, from, to, &ret->work, e)) != 0 || (rc = state_hand_grants(o->s, from, to, e)) != 0 ||
	    (rc = state_revoke_tokens(o->s, from, &ret->tokens, e)) != 0)
		return rc;
	u.disabled = true;
	if ((rc = state_put_user(o->s, &u, e)) != 0 || (rc = state_end_sessions(o->s, from, NULL, e)) != 0)
		return rc;
	for (size_t i = 0; i < hooks && rc == 0; i++)
		rc = hook[i].run(hook[i].ctx, from, to, e);
	return rc;
}

int people_hand_over(struct people_office *o, const char *from, const char *to, const struct people_hook *hook, size_t hooks, struct people_handed *ret, struct err *e)
{
	struct people_handed done = {0};
	char outcome[LIMIT_USER + 16];
	int rc;

	if ((rc = only_admin(o, e)) != 0 || (rc = state_begin(o->s, e)) != 0)
		return rc;
	/* A row for either, so that both find it under their name. */
	if ((rc = hand_over(o, from, to, hook, hooks, &done, e)) == 0) {
		(void)snprintf(outcome, sizeof(outcome), "done: to %.*s", LIMIT_USER, to);
		rc = audit_note_state(&o->w.clock, o->s, o->who, o->from, "hand over", from, outcome, e);
	}
	if (rc == 0) {
		(void)snprintf(outcome, sizeof(outcome), "done: from %.*s", LIMIT_USER, from);
		rc = audit_note_state(&o->w.clock, o->s, o->who, o->from, "take over", to, outcome, e);
	}
	if ((rc = state_end(o->s, rc, e)) == 0)
		*ret = done;
	return rc;
}
