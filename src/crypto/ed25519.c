#include <sodium.h>

#include "crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(ED25519_PK == crypto_sign_PUBLICKEYBYTES && ED25519_SEED == crypto_sign_SEEDBYTES && ED25519_SIG == crypto_sign_BYTES,
    "RFC 8032 sizes");

int crypto_init(struct err *e)
{
	/* Also picks the processor's code paths; nettle picks its own when it is loaded. */
	return sodium_init() < 0 ? fail(e, E_ENV, "libsodium does not start") : 0;
}

void ed25519_from_seed(const uint8_t seed[ED25519_SEED], struct keypair *ret)
{
	uint8_t sk[crypto_sign_SECRETKEYBYTES], pk[ED25519_PK];
	int rc = crypto_sign_seed_keypair(pk, sk, seed);

	assert(rc == 0);
	memmove(ret->seed, seed, ED25519_SEED); /* the seed may be the one inside *ret */
	memcpy(ret->pk, pk, ED25519_PK);
	secret_wipe(sk, sizeof(sk));
}

int ed25519_generate(const struct rng *rng, struct keypair *ret, struct err *e)
{
	uint8_t seed[ED25519_SEED];
	int rc = rng_fill(rng, seed, sizeof(seed));

	if (rc != 0)
		rc = fail(e, rc, "no randomness for a new key");
	else
		ed25519_from_seed(seed, ret);
	secret_wipe(seed, sizeof(seed));
	return rc;
}

/*
 * The public key goes into the signature's hash: signing one message under two public keys gives
 * the secret away. So it comes from the seed each time, whatever the struct holds. And as a bit
 * flipped by heat or malice between two signatures does the same, no signature leaves unverified.
 */
void ed25519_sign(const struct keypair *k, const void *msg, size_t n, uint8_t sig[ED25519_SIG])
{
	uint8_t sk[crypto_sign_SECRETKEYBYTES], pk[ED25519_PK];
	int rc = crypto_sign_seed_keypair(pk, sk, k->seed);

	if (rc == 0)
		rc = crypto_sign_detached(sig, NULL, msg, n, sk);
	secret_wipe(sk, sizeof(sk));
	if (rc != 0 || !ed25519_verify(pk, msg, n, sig))
		abort(); /* not an assert: this check must ship */
}

bool ed25519_verify(const uint8_t pk[ED25519_PK], const void *msg, size_t n, const uint8_t sig[ED25519_SIG])
{
	return crypto_sign_verify_detached(sig, msg, n, pk) == 0;
}

/*
 * libsodium has no call for just this: crypto_core_ed25519_is_valid_point also refuses points of mixed
 * order, which verification accepts. Adding points decodes them, checks the curve equation and encodes
 * canonically. So: A + 0 must give the very bytes of A, and 8·A must not be 0.
 */
bool ed25519_pk_ok(const uint8_t pk[ED25519_PK])
{
	static const uint8_t zero[ED25519_PK] = {1}; /* x = 0, y = 1 */
	uint8_t p[ED25519_PK];

	if (crypto_core_ed25519_add(p, pk, zero) != 0 || memcmp(p, pk, ED25519_PK) != 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (crypto_core_ed25519_add(p, p, p) != 0)
			return false;
	return memcmp(p, zero, ED25519_PK) != 0;
}

void keypair_wipe(struct keypair *k) { secret_wipe(k, sizeof(*k)); }
void secret_wipe(void *p, size_t n) { sodium_memzero(p, n); }
bool secret_equal(const void *a, const void *b, size_t n) { return sodium_memcmp(a, b, n) == 0; }
