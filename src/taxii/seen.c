/*
 * What readers were found to see, remembered while the index stays where it is: a collection's object is then read and
 * judged once and not for every page. Refusals are remembered as well, so that hidden and unknown cost the same.
 */
#include <pthread.h>

#include "base/mem.h"
#include "taxii/priv.h"

#define SLOTS 128 /* readers times collections in use at once; about 256 KiB */

/* All bytes count, also those behind the texts' ends. */
struct key {
	uint64_t head;
	bool known;
	uint8_t role;
	char name[sizeof(((struct collection *)0)->alias)], party[LIMIT_PARTY + 1], agency[LIMIT_AGENCY + 1], person[LIMIT_USER + 1];
};
_Static_assert(sizeof(struct key) % sizeof(uint64_t) == 0, "a key is whole words");
struct slot { struct key key; bool used, yes; uint8_t uuid[16]; struct collection coll; };
struct seen { pthread_mutex_t lock; struct slot slot[SLOTS]; };

struct seen *seen_new(void)
{
	struct seen *const s = mem_zalloc(sizeof(*s));

	if (s != NULL)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

void seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

static bool put_text(char *to, size_t room, const char *from)
{
	const size_t n = from != NULL ? strlen(from) : 0;

	if (n >= room)
		return false;
	memcpy(to, from != NULL ? from : "", n);
	return true;
}

/* false: this question is not remembered. */
static bool key_of(const struct call *c, const char *name, struct key *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->known = c->who.known;
	ret->role = (uint8_t)c->who.reader.role;
	return index_reader_head(record_index(c->rd), &ret->head, NULL) == 0 && put_text(ret->name, sizeof(ret->name), name) &&
	    put_text(ret->party, sizeof(ret->party), c->who.reader.party) && put_text(ret->agency, sizeof(ret->agency), c->who.reader.agency) &&
	    put_text(ret->person, sizeof(ret->person), c->who.reader.person);
}

static struct slot *slot_of(struct seen *s, const struct key *k)
{
	uint64_t h = 0, word;

	/* Only spreads. */
	for (size_t i = 0; i < sizeof(*k); i += sizeof(word)) {
		memcpy(&word, (const char *)k + i, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return &s->slot[(h >> 32) % SLOTS];
}

bool seen_get(const struct call *c, const char *name, bool *ret_yes, uint8_t uuid[16], struct collection *ret)
{
	struct seen *const s = c->t->seen;
	struct key k;
	struct slot *at;
	bool found;

	if (!key_of(c, name, &k))
		return false;
	at = slot_of(s, &k);
	pthread_mutex_lock(&s->lock);
	found = at->used && memcmp(&at->key, &k, sizeof(k)) == 0;
	if (found) {
		*ret_yes = at->yes;
		memcpy(uuid, at->uuid, 16);
		*ret = at->coll;
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

void seen_put(const struct call *c, const char *name, uint64_t head, bool yes, const uint8_t uuid[16], const struct collection *coll)
{
	struct seen *const s = c->t->seen;
	struct slot *at;
	struct key k;

	if (!key_of(c, name, &k) || k.head != head)
		return;
	at = slot_of(s, &k);
	pthread_mutex_lock(&s->lock);
	at->key = k;
	at->used = true;
	at->yes = yes;
	if (yes) {
		memcpy(at->uuid, uuid, 16);
		at->coll = *coll;
	}
	pthread_mutex_unlock(&s->lock);
}
