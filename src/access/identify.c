/* Who asks: tokens and certificates; what both share with passwords. */
#include <assert.h>
#include <string.h>

#include "access/priv.h"
#include "store/people.h"

#define WAYS 4

int refuse_credentials(struct err *e) { return fail(e, E_DENIED, "these credentials are not accepted"); }

/* ---- principals ---- */

static int is_confirmed(void *ctx, const struct state_factor *f, struct err *e)
{
	(void)e;
	*(bool *)ctx = f->confirmed;
	return f->confirmed ? E_EXISTS : 0;
}

bool who_from_user(const struct access *a, const struct state_user *u, struct who *ret)
{
	struct who who = {.role = role_parse(u->role), .own = strcmp(u->party, a->party) == 0};

	memcpy(who.name, u->name, sizeof(who.name));
	memcpy(who.party, u->party, sizeof(who.party));
	memcpy(who.agency, u->agency, sizeof(who.agency));
	who.rate_key = access_key64(a, "user", who.name, strlen(who.name));
	/* What cannot be read counts as there: then the password alone opens nothing. */
	if (state_factors(a->state, who.name, is_confirmed, &who.second, NULL) != 0)
		who.second = true;
	*ret = who;
	return !u->disabled && who.role != ROLE_NONE;
}

static_assert(LIMIT_PARTY + 1 + LIMIT_AGENCY + 1 + LIMIT_USER + sizeof(" token:") - 1 + sizeof(((struct known *)NULL)->token) - 1 <= LIMIT_WHO, "the longest name fits");

static void put_who(struct principal *p, const char *token)
{
	const struct { const char *before, *text; } part[] = {{"", p->party}, {"/", p->agency}, {"/", p->name}, {" token:", token}};
	char *to = p->who;

	*to = '\0';
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (part[i].text[0] != '\0')
			to = stpcpy(stpcpy(to, part[i].before), part[i].text);
}

void principal_fill(struct principal *p, const struct who *who, const char *token)
{
	memcpy(p->name, who->name, sizeof(p->name));
	memcpy(p->party, who->party, sizeof(p->party));
	memcpy(p->agency, who->agency, sizeof(p->agency));
	p->own = who->own;
	p->known = p->read = p->write = true;
	p->reader = (struct reader){.party = p->party, .agency = p->agency[0] != '\0' ? p->agency : NULL, .person = p->name[0] != '\0' ? p->name : NULL,
	    .role = who->role, .via = VIA_TAXII};
	put_who(p, token);
}

/* ---- what is remembered ---- */

/* The entry of `key` with used > 0, or the one to fill: an empty one, else the one not used for longest. */
static struct known *find_known(struct access *a, const uint8_t key[32], bool *ret_found)
{
	const size_t at = ((size_t)key[0] << 8 | key[1]) % (LIMIT_TOKENS_KNOWN / WAYS) * WAYS;
	struct known *const set = &a->known[at], *victim = set;

	*ret_found = true;
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].used > 0 && secret_equal(set[i].key, key, 32))
			return &set[i];
	for (size_t i = 1; i < WAYS; i++)
		if (set[i].used < victim->used)
			victim = &set[i];
	*ret_found = false;
	return victim;
}

typedef int load_known(struct asking *k, struct known *ret, struct err *e);

/* Remembered and of this generation, or loaded. Under lock. E_NOTFOUND, E_DENIED: none such, and nothing is remembered of it. */
static int know(struct asking *k, const uint8_t key[32], load_known *load, struct known **ret, struct err *e)
{
	struct access *const a = k->a;
	bool found;
	struct known *const kn = find_known(a, key, &found);
	int rc;

	if (!found || kn->generation != a->generation) {
		memset(kn, 0, sizeof(*kn));
		if ((rc = load(k, kn, e)) != 0) {
			kn->used = 0;
			return rc;
		}
		memcpy(kn->key, key, 32);
		kn->generation = a->generation;
	}
	kn->used = ++a->ticks;
	*ret = kn;
	return 0;
}

/* ---- tokens ---- */

static int load_token(struct asking *k, struct known *ret, struct err *e)
{
	struct access *const a = k->a;
	struct state_token t;
	struct state_user u;
	int rc;

	if ((rc = state_token_by_hash(a->state, k->cred.hash, &t, e)) != 0)
		return rc;
	if (t.revoked)
		return E_DENIED;
	if ((rc = state_get_user(a->state, t.user, &u, e)) != 0)
		return rc;
	if (!who_from_user(a, &u, &ret->who))
		return E_DENIED;
	memcpy(ret->token, t.id, sizeof(ret->token));
	ret->read = t.read;
	ret->write = t.write;
	ret->expires_s = t.expires_s;
	ret->noted_s = t.seen_s;
	memcpy(ret->scope, t.scope, sizeof(t.scope));
	ret->scopes = t.scopes;
	/* A range that cannot be read admits nobody: refused here, not skipped. */
	for (ret->nets = 0; ret->nets < t.nets; ret->nets++)
		if (net_parse(t.net[ret->nets], &ret->net[ret->nets], NULL) != 0)
			return E_DENIED;
	return 0;
}

static bool holds(const struct asking *k, const struct known *kn)
{
	bool inside = kn->nets == 0;

	for (size_t i = 0; i < kn->nets && !inside; i++)
		inside = k->has_addr && net_has(&kn->net[i], k->addr);
	return inside && (kn->expires_s == 0 || kn->expires_s > k->now_s);
}

/* Not worth failing nor waiting for: the next request notes it. */
static void note_seen(struct asking *k, struct known *kn)
{
	if (k->now_s >= kn->noted_s && k->now_s < kn->noted_s + LIMIT_SEEN_S)
		return;
	kn->noted_s = k->now_s;
	if (kn->token[0] != '\0')
		IGNORE(state_token_seen(k->a->state, kn->token, k->now_s, k->q->addr != NULL && strlen(k->q->addr) < 46 ? k->q->addr : "", NULL), "see above");
	else if (kn->who.name[0] != '\0')
		IGNORE(state_user_seen(k->a->state, kn->who.name, k->now_s, NULL), "see above");
}

static void take_known(struct asking *k, struct known *kn, struct principal *ret)
{
	principal_fill(ret, &kn->who, kn->token);
	ret->token = kn->token[0] != '\0';
	ret->read = kn->read;
	ret->write = kn->write;
	memcpy(ret->scope, kn->scope, kn->scopes * sizeof(kn->scope[0]));
	ret->scopes = kn->scopes;
	k->rate_key = kn->who.rate_key;
	note_seen(k, kn);
}

/*
 * The hash is looked up, not compared secret by secret: how long that takes may tell bytes of the SHA-256 of what the
 * client sent, and from those nobody finds a token.
 */
int by_token(struct asking *k, struct principal *ret, struct err *e)
{
	struct known *kn;
	int rc;

	pthread_mutex_lock(&k->a->lock);
	if ((rc = access_refresh(k->a, e)) == 0 && (rc = know(k, k->cred.hash, load_token, &kn, e)) == 0) {
		if (holds(k, kn))
			take_known(k, kn, ret);
		else
			rc = E_DENIED;
	}
	pthread_mutex_unlock(&k->a->lock);
	return rc == E_NOTFOUND || rc == E_DENIED ? refuse_credentials(e) : rc;
}

/* ---- client certificates ---- */

static int load_certificate(struct asking *k, struct known *ret, struct err *e)
{
	struct access *const a = k->a;
	struct state_user u;
	const char *party;
	int rc = state_user_by_spki(a->state, k->q->client_spki, &u, e);

	if (rc == 0) {
		if (!who_from_user(a, &u, &ret->who))
			return E_DENIED;
		ret->read = ret->write = true;
		ret->noted_s = u.seen_s;
		return 0;
	}
	if (rc != E_NOTFOUND || a->conf.peer == NULL || (party = a->conf.peer(a->conf.peer_ctx, k->q->client_spki)) == NULL || strlen(party) > LIMIT_PARTY)
		return rc;
	memcpy(ret->who.party, party, strlen(party) + 1);
	ret->who.role = ROLE_NODE;
	ret->who.rate_key = access_key64(a, "party", party, strlen(party));
	ret->read = true;
	return 0;
}

/* A certificate nobody here knows is none: whoever shows one also to read what is public is not refused for that. */
int by_certificate(struct asking *k, struct principal *ret, struct err *e)
{
	uint8_t key[SHA256_LEN];
	struct known *kn;
	int rc;

	if (k->q->client_spki == NULL)
		return 0;
	/* Tokens and certificates share the table. */
	sha256v((const struct piece[]){{"spki", 4}, {k->q->client_spki, 32}}, 2, key);
	pthread_mutex_lock(&k->a->lock);
	if ((rc = access_refresh(k->a, e)) == 0 && (rc = know(k, key, load_certificate, &kn, e)) == 0)
		take_known(k, kn, ret);
	pthread_mutex_unlock(&k->a->lock);
	return rc == E_NOTFOUND ? 0 : rc == E_DENIED ? refuse_credentials(e) : rc;
}

/* ---- all of them ---- */

static int by_nothing_good(struct asking *k, struct principal *ret, struct err *e)
{
	(void)k;
	(void)ret;
	return refuse_credentials(e);
}

void asking_begin(struct asking *k, struct access *a, const struct http_req *q)
{
	*k = (struct asking){.a = a, .q = q, .now = clock_now(&a->w.clock)};
	k->now_s = k->now / NS_PER_S;
	k->has_addr = addr_parse(q->addr, k->addr);
}

void count_by_addr(struct asking *k)
{
	uint8_t network[16] = {0};

	if (k->has_addr) {
		memcpy(network, k->addr, sizeof(network));
		addr_network(network);
	}
	k->rate_key = k->addr_key = access_key64(k->a, "addr", network, sizeof(network));
}

int access_identify(struct access *a, const struct http_req *q, struct principal *ret, unsigned *ret_wait, struct err *e)
{
	static int (*const by[CRED_KINDS_])(struct asking *, struct principal *, struct err *) = {
		[CRED_NONE] = by_certificate, [CRED_TOKEN] = by_token, [CRED_BASIC] = by_password, [CRED_BAD] = by_nothing_good,
	};
	struct asking k;
	int rc;

	*ret = (struct principal){.reader = {.via = VIA_TAXII}};
	*ret_wait = 0;
	asking_begin(&k, a, q);
	cred_parse(http_req_header(q, "Authorization"), &k.cred);
	if (k.cred.kind != CRED_TOKEN)
		count_by_addr(&k);
	rc = by[k.cred.kind](&k, ret, e);
	/* What was refused counts against the address, as what came without credentials does. */
	if (rc == E_DENIED)
		count_by_addr(&k);
	secret_wipe(&k.cred, sizeof(k.cred));
	if ((rc == 0 || rc == E_DENIED) && !rate_take(&a->rate, k.rate_key, k.now, &k.wait))
		rc = fail(e, E_LIMIT, "too many requests");
	if (rc != 0)
		*ret = (struct principal){.reader = {.via = VIA_TAXII}};
	*ret_wait = rc == E_LIMIT ? k.wait : 0;
	return rc;
}
