/* nettle's own structs get out of the way of ours, which hide them. */
#define sha1_ctx nettle_sha1_ctx
#define sha256_ctx nettle_sha256_ctx
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#undef sha256_ctx
#undef sha1_ctx

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

static_assert(sizeof(struct sha1_ctx) >= sizeof(struct nettle_sha1_ctx) && _Alignof(struct sha1_ctx) >= _Alignof(struct nettle_sha1_ctx), "the same for SHA-1");

static struct nettle_sha1_ctx *raw1(struct sha1_ctx *c) { return (struct nettle_sha1_ctx *)(void *)c->opaque; }

void sha1_begin(struct sha1_ctx *c) { sha1_init(raw1(c)); }
void sha1_add(struct sha1_ctx *c, const void *p, size_t n) { sha1_update(raw1(c), n, p); }
void sha1_end(struct sha1_ctx *c, uint8_t out[SHA1_LEN]) { sha1_digest(raw1(c), SHA1_LEN, out); }

void sha1(const void *p, size_t n, uint8_t out[SHA1_LEN])
{
	struct sha1_ctx c;

	sha1_begin(&c);
	sha1_add(&c, p, n);
	sha1_end(&c, out);
}
