#include "web/subs.h"

#include <pthread.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "consult/desk.h"
#include "crypto/crypto.h"

#define KIND_HASH "calendar"      /* hash of a secret → user */
#define KIND_USER "calendar-of"   /* user → hash, time made */

struct subs { struct state *s; pthread_mutex_t lock; };

int subs_open(const char *path, struct subs **ret, struct err *e)
{
	struct subs *s = mem_zalloc(sizeof(*s));
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "calendars");
	if ((rc = state_open(path, &s->s, e)) != 0) {
		mem_free(s);
		return rc;
	}
	pthread_mutex_init(&s->lock, NULL);
	*ret = s;
	return 0;
}

void subs_close(struct subs *s)
{
	if (s == NULL)
		return;
	state_close(s->s);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

struct mine { char hash[65]; int64_t made_s; };

static int read_mine(struct subs *s, const char *user, struct mine *ret, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(256);
	const int rc = state_get_value(s->s, KIND_USER, user, &b, e);

	*ret = (struct mine){.made_s = 0};
	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if (b.n == 64 + 8) {
		memcpy(ret->hash, b.p, 64);
		ret->made_s = (int64_t)be_get(b.p + 64, 8);
	}
	return 0;
}

/* An empty value is none. */
static int forget(struct subs *s, const char *user, struct err *e)
{
	struct mine m;
	int rc = read_mine(s, user, &m, e);

	if (rc != 0 || m.made_s == 0)
		return rc;
	if ((rc = state_put_value(s->s, KIND_HASH, m.hash, "", 0, e)) == 0)
		rc = state_put_value(s->s, KIND_USER, user, "", 0, e);
	return rc;
}

static void hash_of(const char *token, char ret[65])
{
	uint8_t h[SHA256_LEN];

	sha256(token, strlen(token), h);
	hex_encode(h, sizeof(h), ret);
}

static int put_mine(struct subs *s, const char *user, const char *token, int64_t now_s, struct err *e)
{
	uint8_t value[64 + 8];
	char hash[65];
	int rc = forget(s, user, e);

	hash_of(token, hash);
	memcpy(value, hash, 64);
	be_put(value + 64, (uint64_t)now_s, 8);
	if (rc == 0 && (rc = state_put_value(s->s, KIND_HASH, hash, user, strlen(user), e)) == 0)
		rc = state_put_value(s->s, KIND_USER, user, value, sizeof(value), e);
	return rc;
}

int subs_make(struct subs *s, const struct rng *rng, const char *user, int64_t now_s, char ret[SUBS_TOKEN], struct err *e)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t fresh[SUBS_TOKEN];
	int rc;

	if (rng_fill(rng, fresh, sizeof(fresh)) != 0)
		return fail(e, E_ENV, "no randomness");
	for (size_t i = 0; i + 1 < SUBS_TOKEN; i++)
		ret[i] = digits[fresh[i] & 63];
	ret[SUBS_TOKEN - 1] = '\0';
	pthread_mutex_lock(&s->lock);
	if ((rc = state_begin(s->s, e)) == 0)
		rc = state_end(s->s, put_mine(s, user, ret, now_s, e), e);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int subs_revoke(struct subs *s, const char *user, struct err *e)
{
	int rc;

	pthread_mutex_lock(&s->lock);
	if ((rc = state_begin(s->s, e)) == 0)
		rc = state_end(s->s, forget(s, user, e), e);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int subs_made(struct subs *s, const char *user, int64_t *ret_s, struct err *e)
{
	struct mine m;
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = read_mine(s, user, &m, e);
	pthread_mutex_unlock(&s->lock);
	if (rc == 0)
		*ret_s = m.made_s;
	return rc;
}

static int find_user(struct subs *s, const char *token, const char *party, struct principal *ret, struct err *e)
{
	CLEANUP_BUF struct buf user = BUF_INIT(256);
	char hash[65];
	int rc;

	hash_of(token, hash);
	if ((rc = state_get_value(s->s, KIND_HASH, hash, &user, e)) != 0)
		return rc;
	if (user.n == 0)
		return fail(e, E_NOTFOUND, "not found");
	buf_putc(&user, '\0');
	if ((rc = buf_err(&user, e, "calendar")) != 0)
		return rc;
	rc = desk_as(s->s, party, user.p, ret, e);
	return rc == E_DENIED ? fail(e, E_NOTFOUND, "not found") : rc;
}

int subs_reader(struct subs *s, const char *token, const char *party, struct principal *ret, struct err *e)
{
	int rc;

	if (strlen(token) != SUBS_TOKEN - 1)
		return fail(e, E_NOTFOUND, "not found");
	pthread_mutex_lock(&s->lock);
	rc = find_user(s, token, party, ret, e);
	pthread_mutex_unlock(&s->lock);
	return rc;
}
