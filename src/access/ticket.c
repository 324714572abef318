/* Tickets: the server keeps nothing between two steps, so nobody can fill it with half sign-ins; only used ones are remembered. */
#include <assert.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"

#define PLAIN (1 + 8 + 16 + LIMIT_USER + 1 + 8 + 32)
static const char context[] = "ticket";

int ticket_new(struct access *a, struct ticket *t, int64_t now_s, bool keep_id, struct err *e)
{
	int rc;

	t->until_s = now_s + LIMIT_TICKET_S;
	if ((!keep_id && (rc = rng_fill(&a->w.rng, t->id, sizeof(t->id))) != 0) || (rc = rng_fill(&a->w.rng, t->challenge, sizeof(t->challenge))) != 0)
		return fail(e, rc, "no randomness for signing in");
	return 0;
}

int ticket_seal(struct access *a, const struct ticket *t, char ret[PEOPLE_TICKET], struct err *e)
{
	uint8_t plain[PLAIN], sealed[PLAIN + SEAL_EXTRA], nonce[SEAL_NONCE], *p = plain;
	const int rc = rng_fill(&a->w.rng, nonce, sizeof(nonce));

	static_assert(BASE64URL_LEN(sizeof(sealed)) < PEOPLE_TICKET, "as text");
	if (rc != 0)
		return fail(e, rc, "no randomness for sealing");
	*p++ = (uint8_t)t->kind;
	be_put(p, (uint64_t)t->until_s, 8);
	p = mempcpy(p + 8, t->id, sizeof(t->id));
	p = mempcpy(p, t->name, sizeof(t->name));
	p = mempcpy(p, t->password, sizeof(t->password));
	memcpy(p, t->challenge, sizeof(t->challenge));
	seal(a->people->ticket_key, nonce, context, sizeof(context), plain, sizeof(plain), sealed);
	base64url_encode(sealed, sizeof(sealed), ret);
	return 0;
}

bool ticket_open(struct access *a, const char *text, unsigned kinds, int64_t now_s, struct ticket *ret)
{
	uint8_t plain[PLAIN], sealed[PLAIN + SEAL_EXTRA];
	const uint8_t *p = plain;
	struct ticket t = {.name = ""};
	size_t n = 0;

	if (text == NULL || !base64url_decode(text, strnlen(text, PEOPLE_TICKET), sealed, sizeof(sealed), &n) || n != sizeof(sealed) ||
	    !unseal(a->people->ticket_key, context, sizeof(context), sealed, sizeof(sealed), plain))
		return false;
	t.kind = (enum ticket_kind)*p++;
	t.until_s = (int64_t)be_get(p, 8);
	p += 8;
	memcpy(t.id, p, sizeof(t.id));
	memcpy(t.name, p += sizeof(t.id), sizeof(t.name));
	memcpy(t.password, p += sizeof(t.name), sizeof(t.password));
	memcpy(t.challenge, p + sizeof(t.password), sizeof(t.challenge));
	*ret = t;
	/* Also when the clock was set back: never longer than the while. */
	return (kinds >> t.kind & 1) != 0 && now_s < t.until_s && now_s >= t.until_s - 2 * LIMIT_TICKET_S;
}

bool ticket_spent(struct access *a, const struct ticket *t, int64_t now_s)
{
	const struct spent *const s = a->people->spent;

	for (size_t i = 0; i < LIMIT_TICKETS_SPENT; i++)
		if (s[i].until_s > now_s && memcmp(s[i].id, t->id, sizeof(t->id)) == 0)
			return true;
	return false;
}

int ticket_spend(struct access *a, const struct ticket *t, int64_t now_s, struct err *e)
{
	struct spent *const s = &a->people->spent[a->people->spent_at];

	if (s->until_s > now_s)
		return fail(e, E_LIMIT, "too many are signing in");
	/* A ticket made of this one may live until then. */
	s->until_s = t->until_s + LIMIT_TICKET_S;
	memcpy(s->id, t->id, sizeof(t->id));
	a->people->spent_at = (a->people->spent_at + 1) % LIMIT_TICKETS_SPENT;
	return 0;
}
