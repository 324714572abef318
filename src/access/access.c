/* Opening, grants, keyed hashes, sealed texts, new tokens. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"
#include "base/mem.h"

static_assert(ACCESS_SEAL == SEAL_EXTRA, "what sealing adds");

/* ---- opening ---- */

static int make_tables(struct access *a, struct err *e)
{
	a->known = mem_array(LIMIT_TOKENS_KNOWN, sizeof(*a->known));
	a->session = mem_array(LIMIT_SESSIONS, sizeof(*a->session));
	a->fails = mem_array(LIMIT_FAILURE_SLOTS, sizeof(*a->fails));
	a->rate.slot = mem_array(LIMIT_RATE_SLOTS, sizeof(*a->rate.slot));
	return a->known == NULL || a->session == NULL || a->fails == NULL || a->rate.slot == NULL ? fail(e, E_NOMEM, "access") : 0;
}

static int make_keys(struct access *a, struct err *e)
{
	uint8_t fresh[32], node[32];
	int rc;

	if ((rc = crypto_init(e)) != 0)
		return rc;
	if ((rc = rng_fill(&a->w.rng, a->process_key, sizeof(a->process_key))) != 0 || (rc = rng_fill(&a->w.rng, fresh, sizeof(fresh))) != 0)
		return fail(e, rc, "no randomness for keys");
	if ((rc = state_secret(a->state, "access", fresh, node, e)) == 0) {
		/* One key per purpose: what is made for one proves nothing for the other. */
		mac(node, "mac", 3, a->node_key);
		mac(node, "seal", 4, a->seal_key);
	}
	secret_wipe(fresh, sizeof(fresh));
	secret_wipe(node, sizeof(node));
	return rc;
}

static void set_rate(struct rate *r, unsigned rate, unsigned burst)
{
	if (rate == 0)
		return;
	r->interval = rate < NS_PER_S ? NS_PER_S / rate : 1;
	r->window = r->interval * (burst > 0 ? burst : rate);
}

int access_open(const struct access_conf *c, const char *dir, struct access **ret, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", dir);
	struct access *a = mem_zalloc(sizeof(*a));
	int rc;

	if (a == NULL || path == NULL) {
		mem_free(a);
		return fail(e, E_NOMEM, "access");
	}
	a->conf = *c;
	a->w = *c->w;
	assert(strlen(c->party) <= LIMIT_PARTY);
	a->dir = mem_strdup(dir);
	memcpy(a->party, c->party, strlen(c->party) + 1);
	set_rate(&a->rate, c->rate, c->burst);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->checked, NULL);
	if ((rc = a->dir == NULL ? fail(e, E_NOMEM, "access") : make_tables(a, e)) == 0 && (rc = state_open(path, &a->state, e)) == 0 && (rc = make_keys(a, e)) == 0)
		rc = people_open(a, e);
	if (rc == 0)
		rc = access_refresh(a, e);
	if (rc != 0) {
		access_close(a);
		return rc;
	}
	*ret = a;
	return 0;
}

void access_close(struct access *a)
{
	if (a == NULL)
		return;
	people_close(a);
	state_close(a->state);
	mem_free(a->dir);
	mem_free(a->known);
	mem_free(a->session);
	mem_free(a->fails);
	mem_free(a->rate.slot);
	mem_free(a->grant);
	pthread_cond_destroy(&a->checked);
	pthread_mutex_destroy(&a->lock);
	secret_wipe(a, sizeof(*a));
	mem_free(a);
}

/* ---- keyed hashes, sealed texts ---- */

void access_mac(struct access *a, const char *purpose, const void *p, size_t n, uint8_t out[32])
{
	uint8_t key[MAC_KEY];

	mac(a->node_key, purpose, strlen(purpose), key);
	mac(key, p, n, out);
	secret_wipe(key, sizeof(key));
}

int access_seal(struct access *a, const void *context, size_t context_n, const void *p, size_t n, void *out, struct err *e)
{
	uint8_t nonce[SEAL_NONCE];
	const int rc = rng_fill(&a->w.rng, nonce, sizeof(nonce));

	if (rc != 0)
		return fail(e, rc, "no randomness for sealing");
	seal(a->seal_key, nonce, context, context_n, p, n, out);
	return 0;
}

bool access_unseal(struct access *a, const void *context, size_t context_n, const void *p, size_t n, void *out)
{
	return unseal(a->seal_key, context, context_n, p, n, out);
}

uint64_t access_key64(const struct access *a, const char *what, const void *p, size_t n)
{
	uint8_t text[256], sum[MAC_LEN];
	const size_t what_n = strlen(what) + 1;

	assert(what_n + n <= sizeof(text));
	memcpy(text, what, what_n);
	memcpy(text + what_n, p, n);
	mac(a->process_key, text, what_n + n, sum);
	return be_get(sum, 8);
}

/* ---- grants ---- */

static int take_grant(void *ctx, const struct state_grant *g, struct err *e)
{
	struct access *const a = ctx;

	if (a->grants == LIMIT_GRANTS)
		return fail(e, E_LIMIT, "more than %d grants", LIMIT_GRANTS);
	if (a->grants == a->grants_room) {
		const size_t room = a->grants_room > 0 ? 2 * a->grants_room : 16;
		struct state_grant *more = mem_realloc(a->grant, room * sizeof(*more));

		if (more == NULL)
			return fail(e, E_NOMEM, "grants");
		a->grant = more;
		a->grants_room = room;
	}
	a->grant[a->grants++] = *g;
	return 0;
}

int access_refresh(struct access *a, struct err *e)
{
	int rc;

	if ((rc = state_generation(a->state, &a->generation, e)) != 0 || a->grants_generation == a->generation)
		return rc;
	a->grants = 0;
	/* Half a list would open what somebody closed; it is read again next time. */
	a->grants_generation = 0;
	if ((rc = state_grants(a->state, NULL, take_grant, a, e)) == 0)
		a->grants_generation = a->generation;
	return rc;
}

/* First grant of a collection: they come sorted by collection. */
static size_t first_grant(const struct access *a, const uint8_t collection[16])
{
	size_t lo = 0, hi = a->grants;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (memcmp(a->grant[mid].collection, collection, 16) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool names(const struct access *a, const char *subject, const struct principal *p)
{
	const struct { const char *kind, *value; } own[] = {
		{"user:", p->name}, {"party:", p->party},
		/* An agency's code says little without its party: the own one is meant. */
		{"agency:", strcmp(p->party, a->party) == 0 ? p->agency : ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		const size_t n = strlen(own[i].kind);

		if (own[i].value[0] != '\0' && strncmp(subject, own[i].kind, n) == 0 && strcmp(subject + n, own[i].value) == 0)
			return true;
	}
	return false;
}

static bool granted(struct access *a, const struct principal *p, const uint8_t collection[16], enum access_use use)
{
	bool yes, any = false;

	pthread_mutex_lock(&a->lock);
	yes = false;
	if (access_refresh(a, NULL) == 0) {
		for (size_t i = first_grant(a, collection); i < a->grants && memcmp(a->grant[i].collection, collection, 16) == 0; i++) {
			any = true;
			yes = yes || ((use == ACCESS_READ ? a->grant[i].read : a->grant[i].write) && names(a, a->grant[i].subject, p));
		}
		yes = yes || !any;
	}
	pthread_mutex_unlock(&a->lock);
	return yes;
}

static bool in_scope(const struct principal *p, const uint8_t collection[16])
{
	for (size_t i = 0; i < p->scopes; i++)
		if (memcmp(p->scope[i], collection, 16) == 0)
			return true;
	return p->scopes == 0;
}

bool access_may(struct access *a, const struct principal *p, const uint8_t collection[16], enum access_use use)
{
	const bool own = strcmp(p->party, a->party) == 0;

	if (!p->known)
		return use == ACCESS_READ;
	if (use == ACCESS_WRITE && (!p->write || !own || p->reader.role == ROLE_NODE || (!role_has(p->reader.role, RIGHT_DATA) && !role_has(p->reader.role, RIGHT_WRITE))))
		return false;
	if (!(use == ACCESS_READ ? p->read : p->write) || !in_scope(p, collection))
		return false;
	/* A peer's node holds what release gives it anyway. */
	return p->reader.role == ROLE_NODE || granted(a, p, collection, use);
}

/* ---- tokens ---- */

int access_make_token(const struct world *w, struct state *s, struct state_token *t, char ret_text[64], struct err *e)
{
	const int64_t now_s = clock_now(&w->clock) / NS_PER_S;
	struct state_user u;
	uint8_t secret[32], id[8];
	struct net net;
	int rc;

	if (!t->read && !t->write)
		return fail(e, E_USAGE, "a token that may neither read nor write");
	if (t->expires_s != 0 && t->expires_s <= now_s)
		return fail(e, E_USAGE, "the token would have expired already");
	for (size_t i = 0; i < t->nets && i < LIMIT_TOKEN_NETS; i++)
		if ((rc = net_parse(t->net[i], &net, e)) != 0)
			return rc;
	if ((rc = crypto_init(e)) != 0 || (rc = state_get_user(s, t->user, &u, e)) != 0)
		return rc;
	if ((rc = rng_fill(&w->rng, secret, sizeof(secret))) != 0 || (rc = rng_fill(&w->rng, id, sizeof(id))) != 0)
		return fail(e, rc, "no randomness for a token");
	hex_encode(id, sizeof(id), t->id);
	sha256(secret, sizeof(secret), t->hash);
	t->created_s = now_s;
	t->seen_s = 0;
	t->seen_from[0] = '\0';
	t->revoked = false;
	if ((rc = state_put_token(s, t, e)) == 0)
		token_text(secret, ret_text);
	secret_wipe(secret, sizeof(secret));
	return rc;
}
