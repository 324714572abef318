/*
 * Signing in at pages, step by step. Between two steps the server keeps nothing but what it gave to the browser, sealed
 * (ticket.c). Whatever is wrong is told in one text.
 */
#include <string.h>

#include "access/people_priv.h"
#include "base/mem.h"

/* A step: whoever asks, at what time, and the failures counted for the address. */
struct step {
	struct access *a;
	const struct people_from *f;
	struct http_req q;
	struct asking k;
	struct people_in *in;
};

static int step_begin(struct step *s, struct access *a, const struct people_from *f, struct people_in *ret, struct err *e)
{
	*ret = (struct people_in){.done = false};
	s->a = a;
	s->f = f;
	s->in = ret;
	s->q = (struct http_req){.addr = f->addr, .tls = f->tls, .client_spki = f->has_spki ? f->spki : NULL};
	asking_begin(&s->k, a, &s->q);
	count_by_addr(&s->k);
	s->k.page = true;
	/* A form on somebody else's page could sign this browser in as somebody else. */
	return f->same_origin ? 0 : refuse_credentials(e);
}

/* Under lock: may this address try at all? */
static int step_enter(struct step *s, struct err *e)
{
	int rc;

	if ((rc = access_refresh(s->a, e)) != 0)
		return rc;
	return addr_must_wait(&s->k) ? fail(e, E_LIMIT, "too many failures from this address") : 0;
}

static int step_end(struct step *s, int rc, struct err *e)
{
	if (rc == E_LIMIT)
		s->in->wait = s->k.wait > 0 ? s->k.wait : 1;
	if (rc == E_DENIED || rc == E_FORMAT || rc == E_NOTFOUND || rc == E_CONFLICT)
		rc = refuse_credentials(e);
	if (rc != 0)
		s->in->done = false;
	return rc;
}

/* A refusal: counted for the address, audited. Returns rc. */
static int refused(struct step *s, const struct state_user *u, const char *how, const char *why, int rc)
{
	fail_count(s->a->fails, s->k.addr_key, s->k.now_s);
	IGNORE(note_sign_in(s->a, s->f, u, how, why, NULL), "a full disk does not tell a guesser anything");
	return rc;
}

/* ---- what a user has ---- */

struct factors { struct state_factor f[LIMIT_FACTORS]; size_t n; };

static int take_factor(void *ctx, const struct state_factor *f, struct err *e)
{
	struct factors *const all = ctx;

	(void)e;
	if (f->confirmed && all->n < LIMIT_FACTORS)
		all->f[all->n++] = *f;
	return 0;
}

static int user_factors(struct access *a, const char *name, struct factors **ret, struct err *e)
{
	struct factors *all = mem_zalloc(sizeof(*all));
	int rc;

	if (all == NULL)
		return fail(e, E_NOMEM, "factors");
	if ((rc = state_factors(a->state, name, take_factor, all, e)) != 0)
		mem_free(all);
	else
		*ret = all;
	return rc;
}

/* ---- password ---- */

/* What the second form may offer, and the ticket that opens it. */
static int second_due(struct step *s, const struct state_user *u, const struct factors *have, struct err *e)
{
	struct ticket t = {.kind = TICKET_SECOND};
	uint8_t sum[SHA256_LEN];
	char rp[LIMIT_ORIGIN_URL + 1];
	size_t left = 0;
	int rc;

	memcpy(t.name, u->name, sizeof(t.name));
	password_sum(u, sum);
	memcpy(t.password, sum, sizeof(t.password));
	for (size_t i = 0; i < have->n; i++) {
		s->in->by_code = s->in->by_code || have->f[i].kind == FACTOR_TOTP;
		s->in->by_key = s->in->by_key || (have->f[i].kind == FACTOR_PASSKEY && origin_rp(s->f->origin, rp));
	}
	if ((rc = state_codes_left(s->a->state, u->name, &left, e)) != 0 || (rc = ticket_new(s->a, &t, s->k.now_s, false, e)) != 0)
		return rc;
	s->in->by_recovery = left > 0;
	return ticket_seal(s->a, &t, s->in->ticket, e);
}

/* The password was right. Under lock. */
static int after_password(struct step *s, const char *name, struct err *e)
{
	CLEANUP(mem_free) void *hold = NULL;
	struct factors *have = NULL;
	struct state_user u;
	int rc;

	if ((rc = state_get_user(s->a->state, name, &u, e)) != 0 || (rc = user_factors(s->a, name, &have, e)) != 0)
		return rc;
	hold = have;
	return have->n > 0 ? second_due(s, &u, have, e) : session_begin(s->a, s->f, &u, HOW_PASSWORD, s->k.now_s, s->in, e);
}

static int note_refused_password(struct step *s, const char *name, struct err *e)
{
	struct state_user u = {.name = ""};
	const int rc = state_get_user(s->a->state, name, &u, NULL);

	if (rc != 0)
		u = (struct state_user){.name = ""};
	return note_sign_in(s->a, s->f, &u, how_word(HOW_PASSWORD), u.disabled ? "refused: disabled" : u.name[0] != '\0' ? "refused: wrong password" : "refused: unknown name", e);
}

int people_password(struct access *a, const struct people_from *f, const char *name, const char *password, struct people_in *ret, struct err *e)
{
	struct principal p = {.known = false};
	struct step s;
	int rc;

	if ((rc = step_begin(&s, a, f, ret, e)) != 0)
		return rc;
	if (name[0] == '\0' || strlen(name) > LIMIT_USER || strlen(password) > LIMIT_PASSWORD)
		return refuse_credentials(e);
	memcpy(s.k.cred.name, name, strlen(name) + 1);
	s.k.cred.password_n = strlen(password);
	memcpy(s.k.cred.password, password, s.k.cred.password_n + 1);
	rc = by_password(&s.k, &p, e);
	secret_wipe(&s.k.cred, sizeof(s.k.cred));
	pthread_mutex_lock(&a->lock);
	if (rc == 0)
		rc = after_password(&s, name, e);
	else if (rc == E_DENIED)
		IGNORE(note_refused_password(&s, name, NULL), "a full disk does not tell a guesser anything");
	pthread_mutex_unlock(&a->lock);
	return step_end(&s, rc, e);
}

/* ---- second factor: codes ---- */

/* The user a ticket is of, if still as it was when the ticket was made. Under lock. */
static int ticket_user(struct step *s, const struct ticket *t, struct state_user *ret, struct err *e)
{
	uint8_t sum[SHA256_LEN];
	struct who who;
	int rc;

	if (ticket_spent(s->a, t, s->k.now_s))
		return refuse_credentials(e);
	if ((rc = state_get_user(s->a->state, t->name, ret, e)) != 0)
		return rc;
	password_sum(ret, sum);
	return who_from_user(s->a, ret, &who) && secret_equal(sum, t->password, sizeof(t->password)) ? 0 : refuse_credentials(e);
}

#define HOUR_S 3600

static bool code_waits(struct step *s, const struct state_factor *f)
{
	const int64_t until = f->fails_since_s + HOUR_S;

	if (f->fails < LIMIT_CODE_FAILURES || s->k.now_s >= until || s->k.now_s < f->fails_since_s)
		return false;
	s->k.wait = (unsigned)(until - s->k.now_s);
	return true;
}

static void count_wrong(struct step *s, struct state_factor *f)
{
	if (f->fails == 0 || s->k.now_s >= f->fails_since_s + HOUR_S || s->k.now_s < f->fails_since_s) {
		f->fails = 0;
		f->fails_since_s = s->k.now_s;
	}
	f->fails++;
}

/* Does one of the devices that need not wait show this code? It is stored as used. E_DENIED: none does. */
static int find_device(struct step *s, const struct people_keys *keys, struct factors *have, const char *code, struct err *e)
{
	for (size_t i = 0; i < have->n; i++) {
		struct state_factor *const f = &have->f[i];
		uint8_t secret[TOTP_SECRET];

		if (f->kind != FACTOR_TOTP || code_waits(s, f))
			continue;
		if (!totp_unseal(keys, f, secret))
			return fail(e, E_CORRUPT, "one-time codes of %s: sealed with another key than this node's", f->user);
		const uint64_t step = totp_step(secret, code, s->k.now_s, f->counter);
		secret_wipe(secret, sizeof(secret));
		if (step != 0) {
			f->counter = step;
			f->fails = 0;
			f->used_s = s->k.now_s;
			return state_put_factor(s->a->state, f, e);
		}
	}
	return E_DENIED;
}

/* E_DENIED, counted at every device that was asked; E_LIMIT: all of them wait. */
static int count_all(struct step *s, struct factors *have, struct err *e)
{
	bool asked = false, waits = false;
	int rc = 0;

	for (size_t i = 0; i < have->n && rc == 0; i++) {
		if (have->f[i].kind != FACTOR_TOTP)
			continue;
		if (code_waits(s, &have->f[i])) {
			waits = true;
			continue;
		}
		asked = true;
		count_wrong(s, &have->f[i]);
		rc = state_put_factor(s->a->state, &have->f[i], e);
	}
	if (rc != 0)
		return rc;
	return waits && !asked ? fail(e, E_LIMIT, "too many wrong codes for this device") : E_DENIED;
}

static int try_devices(struct step *s, const struct state_user *u, const char *code, struct err *e)
{
	CLEANUP(mem_free) void *hold = NULL;
	struct factors *have = NULL;
	struct people_keys keys;
	int rc;

	if ((rc = user_factors(s->a, u->name, &have, e)) != 0)
		return rc;
	hold = have;
	if ((rc = people_keys_of(s->a, false, &keys, e)) != 0)
		return rc == E_NOTFOUND ? E_DENIED : rc;
	rc = find_device(s, &keys, have, code, e);
	secret_wipe(&keys, sizeof(keys));
	return rc == E_DENIED ? count_all(s, have, e) : rc;
}

static int try_recovery(struct step *s, const struct state_user *u, const char *code, struct err *e)
{
	struct people_keys keys;
	uint8_t hash[MAC_LEN];
	int rc;

	if ((rc = people_keys_of(s->a, false, &keys, e)) != 0)
		return rc == E_NOTFOUND ? E_DENIED : rc;
	rc = recovery_hash(&keys, u->name, code, hash) ? state_take_code(s->a->state, u->name, hash, e) : E_DENIED;
	secret_wipe(&keys, sizeof(keys));
	return rc == E_NOTFOUND ? E_DENIED : rc;
}

/* Under lock; a code counts as used only together with the session it opens. */
static int by_code(struct step *s, const struct ticket *t, const char *code, struct err *e)
{
	const bool one_time = totp_code_form(code);
	const enum people_how how = one_time ? HOW_CODE : HOW_RECOVERY;
	struct state_user u;
	int rc;

	if ((rc = step_enter(s, e)) != 0 || (rc = ticket_user(s, t, &u, e)) != 0)
		return rc;
	if ((rc = state_begin(s->a->state, e)) != 0)
		return rc;
	rc = one_time ? try_devices(s, &u, code, e) : try_recovery(s, &u, code, e);
	if (rc == 0 && (rc = ticket_spend(s->a, t, s->k.now_s, e)) == 0)
		rc = session_begin(s->a, s->f, &u, how, s->k.now_s, s->in, e);
	/* A wrong code is counted at the device: that much is committed. */
	if (rc == E_DENIED)
		return state_end(s->a->state, 0, e) == 0 ? refused(s, &u, how_word(how), one_time ? "refused: wrong code" : "refused: wrong recovery code", E_DENIED) : E_IO;
	return state_end(s->a->state, rc, e);
}

int people_code(struct access *a, const struct people_from *f, const char *ticket, const char *code, struct people_in *ret, struct err *e)
{
	struct ticket t;
	/* First: it may be the one in *ret. */
	const bool good = ticket_open(a, ticket, 1U << TICKET_SECOND, clock_now(&a->w.clock) / NS_PER_S, &t);
	struct step s;
	int rc;

	if ((rc = step_begin(&s, a, f, ret, e)) != 0)
		return rc;
	if (!good)
		return refuse_credentials(e);
	pthread_mutex_lock(&a->lock);
	rc = by_code(&s, &t, code, e);
	pthread_mutex_unlock(&a->lock);
	return step_end(&s, rc, e);
}

/* ---- client certificate ---- */

static int by_spki(struct step *s, struct err *e)
{
	struct state_user u;
	struct who who;
	int rc;

	if ((rc = step_enter(s, e)) != 0)
		return rc;
	if ((rc = state_user_by_spki(s->a->state, s->f->spki, &u, e)) != 0)
		return rc == E_NOTFOUND ? refused(s, &(struct state_user){.name = ""}, how_word(HOW_CERTIFICATE), "refused: unknown certificate", E_DENIED) : rc;
	if (!who_from_user(s->a, &u, &who))
		return refused(s, &u, how_word(HOW_CERTIFICATE), "refused: disabled", E_DENIED);
	return session_begin(s->a, s->f, &u, HOW_CERTIFICATE, s->k.now_s, s->in, e);
}

int people_certificate(struct access *a, const struct people_from *f, struct people_in *ret, struct err *e)
{
	struct step s;
	int rc;

	if ((rc = step_begin(&s, a, f, ret, e)) != 0)
		return rc;
	if (!f->has_spki)
		return refuse_credentials(e);
	pthread_mutex_lock(&a->lock);
	rc = by_spki(&s, e);
	pthread_mutex_unlock(&a->lock);
	return step_end(&s, rc, e);
}

/* ---- passkeys ---- */

int people_key_begin(struct access *a, const struct people_from *f, const char *ticket, char ret_ticket[PEOPLE_TICKET], struct buf *ret_options, struct err *e)
{
	CLEANUP(mem_free) void *hold = NULL;
	const int64_t now_s = clock_now(&a->w.clock) / NS_PER_S;
	struct ticket t = {.kind = TICKET_KEY_ALONE};
	struct factors *have = NULL;
	char rp[LIMIT_ORIGIN_URL + 1];
	int rc = 0;

	if (!f->same_origin)
		return refuse_credentials(e);
	if (!origin_rp(f->origin, rp))
		return fail(e, E_STATE, "passkeys need this site's name: option base_url");
	if (ticket != NULL) {
		if (!ticket_open(a, ticket, 1U << TICKET_SECOND, now_s, &t))
			return refuse_credentials(e);
		t.kind = TICKET_KEY_SECOND;
		pthread_mutex_lock(&a->lock);
		rc = user_factors(a, t.name, &have, e);
		pthread_mutex_unlock(&a->lock);
		hold = have;
	}
	if (rc != 0 || (rc = ticket_new(a, &t, now_s, ticket != NULL, e)) != 0 || (rc = ticket_seal(a, &t, ret_ticket, e)) != 0)
		return rc;
	key_options_get(ret_options, rp, t.challenge, have != NULL ? have->f : NULL, have != NULL ? have->n : 0);
	return buf_err(ret_options, e, "passkey options");
}

/* The device that answered, and its user: of the ticket, or (alone) as the authenticator knows them. */
static int key_user(struct step *s, const struct ticket *t, const struct key_answer *k, struct state_factor *f, struct state_user *u, struct err *e)
{
	uint8_t handle[32];
	struct who who;
	int rc;

	if (ticket_spent(s->a, t, s->k.now_s))
		return refuse_credentials(e);
	if ((rc = state_factor_by_credential(s->a->state, k->id, k->id_n, f, e)) != 0 || (rc = state_get_user(s->a->state, f->user, u, e)) != 0)
		return rc;
	user_handle(s->a, u->name, handle);
	if ((t->kind == TICKET_KEY_ALONE || k->user_n > 0) && (k->user_n != sizeof(handle) || !secret_equal(k->user, handle, sizeof(handle))))
		return refuse_credentials(e);
	if (t->kind == TICKET_KEY_SECOND && strcmp(t->name, u->name) != 0)
		return refuse_credentials(e);
	return f->confirmed && who_from_user(s->a, u, &who) ? 0 : refuse_credentials(e);
}

static int key_verify(const struct step *s, const struct key_answer *k, struct state_factor *f, struct err *e)
{
	struct passkey key = {.alg = f->alg, .pk_n = f->secret_n, .count = (uint32_t)f->counter};
	char rp[LIMIT_ORIGIN_URL + 1];
	uint8_t hash[SHA256_LEN];
	uint32_t count = 0;
	int rc;

	if (!origin_rp(s->f->origin, rp) || f->kind != FACTOR_PASSKEY || f->secret_n > sizeof(key.pk))
		return refuse_credentials(e);
	memcpy(key.pk, f->secret, f->secret_n);
	sha256(k->client, k->client_n, hash);
	if ((rc = passkey_verify(rp, &key, k->authdata, k->authdata_n, hash, k->signature, k->signature_n, &count, e)) == 0) {
		f->counter = count;
		f->used_s = s->k.now_s;
	}
	return rc;
}

static int by_key(struct step *s, const struct ticket *t, const struct key_answer *k, struct err *e)
{
	const enum people_how how = t->kind == TICKET_KEY_ALONE ? HOW_KEY : HOW_KEY_SECOND;
	struct state_user u = {.name = ""};
	struct state_factor f;
	int rc;

	if ((rc = step_enter(s, e)) != 0)
		return rc;
	if ((rc = key_user(s, t, k, &f, &u, e)) == 0 && how == HOW_KEY_SECOND)
		rc = ticket_user(s, t, &u, e);
	if (rc == 0)
		rc = key_verify(s, k, &f, e);
	if (rc == E_CONFLICT)
		return refused(s, &u, how_word(how), "refused: counter of the passkey went back", E_DENIED);
	if (rc == E_DENIED || rc == E_NOTFOUND || rc == E_FORMAT)
		return refused(s, &u, how_word(how), "refused: passkey", E_DENIED);
	if (rc != 0 || (rc = state_begin(s->a->state, e)) != 0)
		return rc;
	if ((rc = state_put_factor(s->a->state, &f, e)) == 0 && (rc = ticket_spend(s->a, t, s->k.now_s, e)) == 0)
		rc = session_begin(s->a, s->f, &u, how, s->k.now_s, s->in, e);
	return state_end(s->a->state, rc, e);
}

int people_key(struct access *a, const struct people_from *f, const char *ticket, const char *answer, struct people_in *ret, struct err *e)
{
	struct key_answer k = {.all = BUF_INIT(0)};
	struct ticket t;
	const bool good = ticket_open(a, ticket, 1U << TICKET_KEY_ALONE | 1U << TICKET_KEY_SECOND, clock_now(&a->w.clock) / NS_PER_S, &t);
	struct step s;
	int rc;

	if ((rc = step_begin(&s, a, f, ret, e)) != 0)
		return rc;
	if (!good)
		return refuse_credentials(e);
	if ((rc = key_answer_parse(answer, false, &k, e)) == 0)
		rc = client_data_check(k.client, k.client_n, "webauthn.get", t.challenge, f->origin, e);
	pthread_mutex_lock(&a->lock);
	if (rc == 0)
		rc = by_key(&s, &t, &k, e);
	else if (rc != E_NOMEM)
		rc = refused(&s, &(struct state_user){.name = ""}, how_word(HOW_KEY), "refused: passkey", E_DENIED);
	pthread_mutex_unlock(&a->lock);
	buf_free(&k.all);
	return step_end(&s, rc, e);
}
