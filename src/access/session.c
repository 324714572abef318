/*
 * Sessions: a cookie of 32 random bytes, kept as SHA-256 here. What is known of one is cached by the generation, so a
 * request costs microseconds and what ended is refused with the next.
 */
#include <stdio.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"
#include "base/mem.h"

#define WAYS 4
#define SECRET 32
#define SECRET_CHARS BASE64URL_LEN(SECRET)
#define CLOCK_BACK_S 300 /* a clock set back further than this ends sessions instead of lengthening them */

/* ---- opening ---- */

int people_open(struct access *a, struct err *e)
{
	struct people *p = a->people = mem_zalloc(sizeof(*p));

	if (p == NULL)
		return fail(e, E_NOMEM, "access");
	pthread_mutex_init(&p->job_lock, NULL);
	pthread_cond_init(&p->job_come, NULL);
	p->idle_s = a->conf.idle_s != 0 ? a->conf.idle_s : LIMIT_IDLE_S;
	p->total_s = a->conf.total_s != 0 ? a->conf.total_s : LIMIT_TOTAL_S;
	if (a->conf.origin != NULL) {
		if (strlen(a->conf.origin) > LIMIT_ORIGIN_URL)
			return fail(e, E_USAGE, "%.60s…: the address of this site is longer than %d bytes", a->conf.origin, LIMIT_ORIGIN_URL);
		memcpy(p->origin, a->conf.origin, strlen(a->conf.origin) + 1);
	}
	mac(a->process_key, "ticket", 6, p->ticket_key);
	p->known = mem_array(LIMIT_SESSIONS_KNOWN, sizeof(*p->known));
	p->spent = mem_array(LIMIT_TICKETS_SPENT, sizeof(*p->spent));
	return p->known == NULL || p->spent == NULL ? fail(e, E_NOMEM, "access") : 0;
}

int people_keys_of(struct access *a, bool make, struct people_keys *ret, struct err *e)
{
	struct people *const p = a->people;
	int rc;

	if (!p->has_keys && (rc = people_keys_load(&a->w, a->dir, make, &p->keys, e)) != 0)
		return rc;
	p->has_keys = true;
	*ret = p->keys;
	return 0;
}

/* ---- words ---- */

static const struct { const char *word, *name; } hows[HOW_COUNT_] = {
	[HOW_PASSWORD] = {"password", N_("password")},
	[HOW_CODE] = {"code", N_("password and one-time code")},
	[HOW_RECOVERY] = {"recovery", N_("password and recovery code")},
	[HOW_KEY_SECOND] = {"password-passkey", N_("password and passkey")},
	[HOW_KEY] = {"passkey", N_("passkey")},
	[HOW_CERTIFICATE] = {"certificate", N_("client certificate")},
};

const char *people_how_name(enum people_how how) { return (unsigned)how < HOW_COUNT_ ? hows[how].name : "?"; }
const char *how_word(enum people_how how) { return (unsigned)how < HOW_COUNT_ ? hows[how].word : "?"; }

static bool how_parse(const char *word, enum people_how *ret)
{
	for (size_t i = 0; i < HOW_COUNT_; i++)
		if (strcmp(word, hows[i].word) == 0) {
			*ret = (enum people_how)i;
			return true;
		}
	return false;
}

const char *people_how_said(const char *word)
{
	enum people_how how;

	return how_parse(word, &how) ? people_how_name(how) : "?";
}

/* ---- cookies (RFC 6265, and the __Host- prefix of its successor) ---- */

static const char *cookie_name(bool tls) { return tls ? "__Host-verbale" : "verbale"; }

static void cookie_set(bool tls, const char *value, const char *more, char ret[PEOPLE_COOKIE])
{
	(void)snprintf(ret, PEOPLE_COOKIE, "%s=%s; Path=/; %sHttpOnly; SameSite=Strict%s", cookie_name(tls), value, tls ? "Secure; " : "", more);
}

/* The one value under our name; two are none: one of them was planted. */
static const char *cookie_find(const char *field, const char *name, size_t *ret_n)
{
	const size_t name_n = strlen(name);
	const char *found = NULL;

	for (const char *p = field; p != NULL && *p != '\0';) {
		const size_t n = strcspn(p, ";");

		if (n > name_n && strncmp(p, name, name_n) == 0 && p[name_n] == '=') {
			if (found != NULL)
				return NULL;
			found = p + name_n + 1;
			*ret_n = n - name_n - 1;
		}
		p += n;
		p += strspn(p, "; ");
	}
	return found;
}

static bool cookie_hash(const struct http_req *q, uint8_t ret[SHA256_LEN])
{
	uint8_t secret[SECRET];
	size_t n = 0, got = 0;
	const char *const value = cookie_find(http_req_header(q, "Cookie"), cookie_name(q->tls), &n);

	if (value == NULL || n != SECRET_CHARS || !base64url_decode(value, n, secret, sizeof(secret), &got) || got != sizeof(secret))
		return false;
	sha256(secret, sizeof(secret), ret);
	secret_wipe(secret, sizeof(secret));
	return true;
}

/* ---- what is known ---- */

bool session_over(const struct access *a, int64_t created_s, int64_t seen_s, int64_t now_s)
{
	return now_s >= created_s + a->people->total_s || now_s >= seen_s + a->people->idle_s || now_s < created_s - CLOCK_BACK_S;
}

static struct known_session *find_session(struct access *a, const uint8_t hash[32], bool *ret_found)
{
	struct known_session *const set = &a->people->known[be_get(hash, 4) % (LIMIT_SESSIONS_KNOWN / WAYS) * WAYS], *victim = set;

	*ret_found = true;
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].used > 0 && secret_equal(set[i].hash, hash, 32))
			return &set[i];
	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < victim->used)
			victim = &set[i];
	*ret_found = false;
	return victim;
}

/* From the local state. `seen_s` of what was remembered counts on: it is noted there only now and then. */
static int load_session(struct access *a, const uint8_t hash[32], int64_t seen_s, struct known_session *ret, struct err *e)
{
	struct state_session x;
	struct state_user u;
	int rc;

	if ((rc = state_session_by_hash(a->state, hash, &x, e)) != 0 || (rc = state_get_user(a->state, x.user, &u, e)) != 0)
		return rc;
	*ret = (struct known_session){.generation = a->generation, .created_s = x.created_s, .seen_s = x.seen_s > seen_s ? x.seen_s : seen_s, .noted_s = x.seen_s};
	if (!who_from_user(a, &u, &ret->who) || !how_parse(x.how, &ret->how))
		return fail(e, E_DENIED, "session of a user who may not sign in");
	memcpy(ret->hash, hash, 32);
	memcpy(ret->id, x.id, sizeof(ret->id));
	return 0;
}

/* E_NOTFOUND, E_DENIED: nobody. Under lock. */
static int know_session(struct access *a, const uint8_t hash[32], int64_t now_s, struct known_session **ret, struct err *e)
{
	bool found;
	struct known_session *const k = find_session(a, hash, &found);
	int rc;

	if (!found || k->generation != a->generation) {
		struct known_session fresh;

		if ((rc = load_session(a, hash, found ? k->seen_s : 0, &fresh, e)) != 0) {
			if (found)
				memset(k, 0, sizeof(*k));
			return rc;
		}
		*k = fresh;
	}
	k->used = ++a->ticks;
	if (session_over(a, k->created_s, k->seen_s, now_s))
		return E_NOTFOUND;
	*ret = k;
	return 0;
}

static void see_session(struct access *a, struct known_session *k, int64_t now_s)
{
	if (now_s > k->seen_s)
		k->seen_s = now_s;
	if (now_s < k->noted_s + LIMIT_SEEN_S)
		return;
	k->noted_s = now_s;
	IGNORE(state_session_seen(a->state, k->id, now_s, NULL), "the next request notes it");
	IGNORE(state_user_seen(a->state, k->who.name, now_s, NULL), "the same");
}

static void tell_session(struct access *a, const struct known_session *k, int64_t now_s, struct people_session *ret)
{
	uint8_t token[32];

	*ret = (struct people_session){.known = true, .how = k->how, .since_s = k->created_s, .idle_end_s = k->seen_s + a->people->idle_s,
	    .end_s = k->created_s + a->people->total_s, .fresh = now_s < k->created_s + LIMIT_FRESH_S};
	memcpy(ret->id, k->id, sizeof(ret->id));
	access_mac(a, "csrf", k->hash, sizeof(k->hash), token);
	base64url_encode(token, sizeof(token), ret->csrf);
}

int people_identify(struct access *a, const struct http_req *q, struct principal *ret, struct people_session *ret_session, struct err *e)
{
	const int64_t now_s = clock_now(&a->w.clock) / NS_PER_S;
	struct known_session *k = NULL;
	uint8_t hash[SHA256_LEN];
	int rc;

	*ret = (struct principal){.reader = {.via = VIA_WEB}};
	*ret_session = (struct people_session){.known = false};
	if (!cookie_hash(q, hash))
		return 0;
	pthread_mutex_lock(&a->lock);
	if ((rc = access_refresh(a, e)) == 0 && (rc = know_session(a, hash, now_s, &k, e)) == 0) {
		see_session(a, k, now_s);
		principal_fill(ret, &k->who, "");
		ret->reader.via = VIA_WEB;
		tell_session(a, k, now_s, ret_session);
	}
	pthread_mutex_unlock(&a->lock);
	return rc == E_NOTFOUND || rc == E_DENIED ? 0 : rc;
}

bool people_csrf_ok(const struct people_session *s, const char *token)
{
	return s->known && token != NULL && strlen(token) == strlen(s->csrf) && secret_equal(token, s->csrf, strlen(s->csrf));
}

bool people_return_ok(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/' || strlen(path) > LIMIT_HTTP_URL)
		return false;
	/* A backslash is a slash to browsers; a control byte may vanish before they look. */
	for (const char *s = path; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == '\\' || *s == 0x7f)
			return false;
	return true;
}

/* ---- where a request comes from ---- */

static bool starts(const char *s, const char *with) { return strncmp(s, with, strlen(with)) == 0; }

static bool from_here(const struct access *a, const struct http_req *q, const char *host)
{
	const char *const origin = http_req_header(q, "Origin"), *const site = http_req_header(q, "Sec-Fetch-Site");
	const char *const scheme = q->tls ? "https://" : "http://";

	if (origin != NULL)
		return (a->people->origin[0] != '\0' && strcmp(origin, a->people->origin) == 0) ||
		    (host != NULL && starts(origin, scheme) && strcmp(origin + strlen(scheme), host) == 0);
	return site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

/* This machine's browser may use http://localhost, whatever the site is called outside. */
static void take_origin(const struct access *a, const struct http_req *q, const char *host, struct people_from *ret)
{
	const size_t n = host != NULL ? strcspn(host, ":") : 0;

	if (!q->tls && n == strlen("localhost") && memcmp(host, "localhost", n) == 0 && strlen(host) <= n + 6)
		(void)snprintf(ret->origin, sizeof(ret->origin), "http://%s", host);
	else
		memcpy(ret->origin, a->people->origin, sizeof(ret->origin));
}

static void take_agent(const char *agent, char ret[LIMIT_AGENT + 1])
{
	size_t n = 0;

	for (; agent != NULL && *agent != '\0' && n < LIMIT_AGENT; agent++)
		if (*agent >= ' ' && *agent < 0x7f)
			ret[n++] = *agent;
	ret[n] = '\0';
}

void people_from(struct access *a, const struct http_req *q, struct people_from *ret)
{
	const char *const host = http_req_header(q, "Host");

	*ret = (struct people_from){.tls = q->tls, .same_origin = from_here(a, q, host), .has_spki = q->client_spki != NULL};
	if (q->addr != NULL)
		(void)snprintf(ret->addr, sizeof(ret->addr), "%.45s", q->addr);
	take_agent(http_req_header(q, "User-Agent"), ret->agent);
	take_origin(a, q, host, ret);
	if (q->client_spki != NULL)
		memcpy(ret->spki, q->client_spki, sizeof(ret->spki));
	ret->has_session = cookie_hash(q, ret->session);
}

/* ---- beginning and ending ---- */

void user_who(const struct state_user *u, char ret[LIMIT_WHO + 1])
{
	(void)snprintf(ret, LIMIT_WHO + 1, "%s%s%s%s%s", u->party, u->agency[0] != '\0' ? "/" : "", u->agency, u->name[0] != '\0' ? "/" : "", u->name);
}

int note_sign_in(struct access *a, const struct people_from *f, const struct state_user *u, const char *how, const char *outcome, struct err *e)
{
	char who[LIMIT_WHO + 1];

	user_who(u, who);
	return audit_note_state(&a->w.clock, a->state, who, f->addr, "sign-in", how, outcome, e);
}

/* The session that came along: whoever signs in anew, or out, leaves it. */
static int end_old(struct access *a, const struct people_from *f, struct state_user *ret_user, struct err *e)
{
	struct state_session old;
	int rc;

	if (!f->has_session)
		return E_NOTFOUND;
	if ((rc = state_session_by_hash(a->state, f->session, &old, e)) != 0 || (rc = state_end_session(a->state, old.user, old.id, e)) != 0)
		return rc;
	return state_get_user(a->state, old.user, ret_user, e);
}

int session_begin(struct access *a, const struct people_from *f, const struct state_user *u, enum people_how how, int64_t now_s, struct people_in *ret, struct err *e)
{
	struct state_session x = {.created_s = now_s, .seen_s = now_s};
	uint8_t secret[SECRET], id[8];
	char text[SECRET_CHARS + 1];
	struct state_user old;
	int rc;

	if ((rc = rng_fill(&a->w.rng, secret, sizeof(secret))) != 0 || (rc = rng_fill(&a->w.rng, id, sizeof(id))) != 0)
		return fail(e, rc, "no randomness for a session");
	hex_encode(id, sizeof(id), x.id);
	sha256(secret, sizeof(secret), x.hash);
	memcpy(x.user, u->name, sizeof(x.user));
	(void)snprintf(x.how, sizeof(x.how), "%s", how_word(how));
	memcpy(x.from, f->addr, sizeof(x.from));
	memcpy(x.agent, f->agent, sizeof(x.agent));
	if ((rc = state_begin(a->state, e)) != 0)
		return rc;
	if ((rc = end_old(a, f, &old, e)) == E_NOTFOUND)
		rc = 0;
	if (rc == 0 && (rc = state_put_session(a->state, &x, e)) == 0 && (rc = note_sign_in(a, f, u, how_word(how), NULL, e)) == 0)
		rc = state_user_seen(a->state, u->name, now_s, e);
	if ((rc = state_end(a->state, rc, e)) == 0) {
		base64url_encode(secret, sizeof(secret), text);
		cookie_set(f->tls, text, "", ret->cookie);
		memcpy(ret->name, u->name, sizeof(ret->name));
		ret->ticket[0] = '\0';
		ret->done = true;
		secret_wipe(text, sizeof(text));
	}
	secret_wipe(secret, sizeof(secret));
	return rc;
}

int people_sign_out(struct access *a, const struct people_from *f, char ret_cookie[PEOPLE_COOKIE], struct err *e)
{
	struct state_user u;
	char who[LIMIT_WHO + 1];
	int rc;

	cookie_set(f->tls, "", "; Max-Age=0", ret_cookie);
	pthread_mutex_lock(&a->lock);
	if ((rc = end_old(a, f, &u, e)) == 0) {
		user_who(&u, who);
		rc = audit_note_state(&a->w.clock, a->state, who, f->addr, "sign-out", NULL, NULL, e);
	}
	pthread_mutex_unlock(&a->lock);
	return rc == E_NOTFOUND ? 0 : rc;
}

int people_care(struct access *a, unsigned keep_days, struct err *e)
{
	const int64_t now = clock_now(&a->w.clock), now_s = now / NS_PER_S;
	int rc;

	pthread_mutex_lock(&a->lock);
	/* One note behind: a session that was seen since is not dropped for it. */
	rc = state_drop_sessions(a->state, now_s - a->people->total_s, now_s - a->people->idle_s - 2 * LIMIT_SEEN_S, e);
	if (rc == 0 && keep_days > 0)
		rc = state_drop_audits(a->state, now / 1000 - (int64_t)keep_days * 86400 * 1000000, e);
	pthread_mutex_unlock(&a->lock);
	return rc;
}
