/*
 * Passwords. Checking one costs 64 MiB and a tenth of a second on purpose, so one is checked at a time, whoever asks
 * for the same one meanwhile shares the answer, and a right one is remembered for a while.
 */
#include <stdio.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"

#define WAYS 4

/* For names that cannot sign in: takes as long as any other, and is nobody's password whatever is offered. */
static const char nobodys[] = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* ---- right ones, remembered ---- */

static struct session *session_set(struct access *a, const uint8_t key[32]) { return &a->session[be_get(key, 4) % (LIMIT_SESSIONS / WAYS) * WAYS]; }

void password_sum(const struct state_user *u, uint8_t ret[SHA256_LEN]) { sha256(u->password, strlen(u->password), ret); }

/* Is what it rests on still so? Asked when anything about users changed. */
static bool still_good(struct access *a, struct session *s)
{
	uint8_t sum[SHA256_LEN];
	struct state_user u;

	if (s->generation == a->generation)
		return true;
	if (state_get_user(a->state, s->who.name, &u, NULL) != 0)
		return false;
	password_sum(&u, sum);
	if (!secret_equal(sum, s->password, sizeof(sum)) || !who_from_user(a, &u, &s->who))
		return false;
	s->generation = a->generation;
	return true;
}

static struct session *find_session(struct asking *k, const uint8_t key[32])
{
	struct session *const set = session_set(k->a, key);

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].used == 0 || !secret_equal(set[i].key, key, 32))
			continue;
		/* Also when the clock was set back: never longer than the while. */
		if (k->now_s < set[i].until_s && k->now_s >= set[i].until_s - LIMIT_SESSION_S && still_good(k->a, &set[i]))
			return &set[i];
		memset(&set[i], 0, sizeof(set[i]));
	}
	return NULL;
}

static void remember(struct asking *k, const uint8_t key[32], const struct state_user *u, const struct who *who)
{
	struct session *const set = session_set(k->a, key), *to = set;

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < to->used)
			to = &set[i];
	*to = (struct session){.generation = k->a->generation, .used = ++k->a->ticks, .who = *who, .until_s = k->now_s + LIMIT_SESSION_S, .noted_s = u->seen_s};
	memcpy(to->key, key, 32);
	password_sum(u, to->password);
}

static void take_session(struct asking *k, struct session *s, struct principal *ret)
{
	principal_fill(ret, &s->who, "");
	k->rate_key = s->who.rate_key;
	s->used = ++k->a->ticks;
	if (k->now_s < s->noted_s || k->now_s >= s->noted_s + LIMIT_SEEN_S) {
		s->noted_s = k->now_s;
		IGNORE(state_user_seen(k->a->state, s->who.name, k->now_s, NULL), "the next request notes it");
	}
}

/* ---- checking ---- */

/* Two counts: this address for this name, and this address for whatever names. */
struct counted { uint64_t name_key, addr_key; };

static struct counted counted(const struct asking *k)
{
	uint8_t text[8 + LIMIT_USER];
	const size_t n = strlen(k->cred.name);

	be_put(text, k->addr_key, 8);
	memcpy(text + 8, k->cred.name, n);
	return (struct counted){access_key64(k->a, "name", text, 8 + n), k->addr_key};
}

static bool must_wait(struct asking *k, const struct counted *c)
{
	const unsigned by_name = fail_wait_s(k->a->fails, c->name_key, LIMIT_FAILURES, k->now_s);
	const unsigned by_addr = fail_wait_s(k->a->fails, c->addr_key, LIMIT_ADDR_FAILURES, k->now_s);

	k->wait = by_name > by_addr ? by_name : by_addr;
	return k->wait > 0;
}

bool addr_must_wait(struct asking *k)
{
	k->wait = fail_wait_s(k->a->fails, k->addr_key, LIMIT_ADDR_FAILURES, k->now_s);
	return k->wait > 0;
}

static void begin_check(struct access *a)
{
	while (a->checking)
		pthread_cond_wait(&a->checked, &a->lock);
	a->checking = true;
}

/* A name nobody has is not noted: it may be a password typed in the wrong place. */
static void note_check(const struct asking *k, const struct state_user *u, const char *outcome)
{
	char who[LIMIT_WHO + 1];

	user_who(u, who);
	IGNORE(audit_note_state(&k->a->w.clock, k->a->state, who, k->q->addr, "program sign-in", NULL, outcome, NULL), "a full disk does not keep anybody from signing in");
}

/* Whose turn it is hashes, without the lock. The same steps for every name: known, unknown, disabled, without password. */
static int check(struct asking *k, const uint8_t key[32], bool *ret_ok, struct err *e)
{
	struct access *const a = k->a;
	struct state_user u = {.name = ""};
	struct who who;
	bool usable, ok;
	int rc;

	begin_check(a);
	if ((rc = access_refresh(a, e)) == 0 && (rc = state_get_user(a->state, k->cred.name, &u, NULL)) == E_NOTFOUND)
		rc = 0;
	usable = who_from_user(a, &u, &who) && u.password[0] != '\0';
	if (rc == 0) {
		pthread_mutex_unlock(&a->lock);
		ok = password_ok(usable ? u.password : nobodys, k->cred.password, k->cred.password_n);
		pthread_mutex_lock(&a->lock);
		*ret_ok = ok && usable;
		if (*ret_ok)
			remember(k, key, &u, &who);
		if (!k->page)
			note_check(k, &u, !*ret_ok ? "refused: wrong password" : who.second ? "refused: second factor due" : NULL);
	} else {
		rc = fail(e, rc, "local state cannot be read");
	}
	a->checking = false;
	pthread_cond_broadcast(&a->checked);
	secret_wipe(u.password, sizeof(u.password));
	return rc;
}

static struct check *find_check(struct access *a, const uint8_t key[32])
{
	struct check *empty = NULL;

	for (size_t i = 0; i < ARRAY_LEN(a->check); i++) {
		if (a->check[i].refs > 0 && secret_equal(a->check[i].key, key, 32))
			return &a->check[i];
		if (a->check[i].refs == 0)
			empty = &a->check[i];
	}
	return empty;
}

/* Under lock. A failure is counted before the work and taken back if there was none: many at once get no free tries. */
static int check_shared(struct asking *k, const uint8_t key[32], const struct counted *n, bool *ret_ok, struct err *e)
{
	struct access *const a = k->a;
	struct check *const c = find_check(a, key);
	int rc = 0;

	if (c == NULL) {
		k->wait = 1;
		return fail(e, E_LIMIT, "too many are signing in");
	}
	if (c->refs++ == 0) {
		memcpy(c->key, key, 32);
		c->done = c->ok = false;
		fail_count(a->fails, n->name_key, k->now_s);
		fail_count(a->fails, n->addr_key, k->now_s);
		rc = check(k, key, &c->ok, e);
		c->done = true;
		if (rc != 0 || c->ok) {
			fail_forgive(a->fails, n->name_key);
			fail_forgive(a->fails, n->addr_key);
		}
		pthread_cond_broadcast(&a->checked);
	}
	while (!c->done)
		pthread_cond_wait(&a->checked, &a->lock);
	*ret_ok = c->ok;
	c->refs--;
	return rc;
}

static int look_or_check(struct asking *k, const uint8_t key[32], struct principal *ret, struct err *e)
{
	const struct counted n = counted(k);
	struct session *s;
	bool ok = false;
	int rc;

	if ((rc = access_refresh(k->a, e)) != 0)
		return rc;
	/* Before what is remembered is looked at: that answer would tell a guesser as much as the hash does. */
	if (must_wait(k, &n))
		return fail(e, E_LIMIT, "too many wrong passwords");
	if ((s = find_session(k, key)) == NULL) {
		if ((rc = check_shared(k, key, &n, &ok, e)) != 0)
			return rc;
		if (!ok || (s = find_session(k, key)) == NULL)
			return refuse_credentials(e);
	}
	/* A program cannot be asked for a second factor: it uses a token. */
	if (s->who.second && !k->page)
		return refuse_credentials(e);
	take_session(k, s, ret);
	return 0;
}

int by_password(struct asking *k, struct principal *ret, struct err *e)
{
	uint8_t text[LIMIT_USER + 1 + LIMIT_PASSWORD], key[MAC_LEN];
	const size_t name_n = strlen(k->cred.name) + 1;
	int rc;

	memcpy(text, k->cred.name, name_n);
	memcpy(text + name_n, k->cred.password, k->cred.password_n);
	mac(k->a->process_key, text, name_n + k->cred.password_n, key);
	secret_wipe(text, sizeof(text));
	pthread_mutex_lock(&k->a->lock);
	rc = look_or_check(k, key, ret, e);
	pthread_mutex_unlock(&k->a->lock);
	return rc;
}

/* ---- for the administrator ---- */

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

int password_text(const struct world *w, const char *password, char ret[PASSWORD_TEXT], struct err *e)
{
	if (strlen(password) > LIMIT_PASSWORD || characters(password) < LIMIT_PASSWORD_MIN)
		return fail(e, E_USAGE, "a password of %d characters to %d bytes is due", LIMIT_PASSWORD_MIN, LIMIT_PASSWORD);
	return password_hash(&w->rng, password, strlen(password), ret, e);
}

int access_set_password(const struct world *w, struct state *s, const char *user, const char *password, struct err *e)
{
	char text[PASSWORD_TEXT] = "";
	struct state_user u;
	int rc;

	if ((rc = crypto_init(e)) != 0 || (rc = state_get_user(s, user, &u, e)) != 0)
		return rc;
	/* Hashed outside the transaction: nobody waits for it, and the row is read again inside. */
	if (password != NULL && (rc = password_text(w, password, text, e)) != 0)
		return rc;
	if ((rc = state_begin(s, e)) != 0)
		return rc;
	if ((rc = state_get_user(s, user, &u, e)) == 0) {
		memcpy(u.password, text, sizeof(text));
		rc = state_put_user(s, &u, e);
	}
	return state_end(s, rc, e);
}
