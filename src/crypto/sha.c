/* nettle's own struct sha256_ctx gets out of the way of ours, which hides it. */
#define sha256_ctx nettle_sha256_ctx
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#undef sha256_ctx

#include "crypto/crypto.h"

#include <assert.h>

static_assert(sizeof(struct sha256_ctx) >= sizeof(struct nettle_sha256_ctx), "our opaque words hold nettle's state");
static_assert(_Alignof(struct sha256_ctx) >= _Alignof(struct nettle_sha256_ctx), "and are aligned for it");

static struct nettle_sha256_ctx *raw(struct sha256_ctx *c) { return (struct nettle_sha256_ctx *)(void *)c->opaque; }

void sha256_begin(struct sha256_ctx *c) { sha256_init(raw(c)); }
void sha256_add(struct sha256_ctx *c, const void *p, size_t n) { sha256_update(raw(c), n, p); }
void sha256_end(struct sha256_ctx *c, uint8_t out[SHA256_LEN]) { sha256_digest(raw(c), SHA256_LEN, out); }

void sha256(const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	struct nettle_sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, n, p);
	sha256_digest(&c, SHA256_LEN, out);
}

void sha256v(const struct piece *v, size_t count, uint8_t out[SHA256_LEN])
{
	struct nettle_sha256_ctx c;

	sha256_init(&c);
	for (size_t i = 0; i < count; i++)
		sha256_update(&c, v[i].n, v[i].p);
	sha256_digest(&c, SHA256_LEN, out);
}

void sha1(const void *p, size_t n, uint8_t out[20])
{
	struct sha1_ctx c;

	sha1_init(&c);
	sha1_update(&c, n, p);
	sha1_digest(&c, SHA1_DIGEST_SIZE, out);
}
