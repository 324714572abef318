/* Passwords, keyed hashes and sealed texts, over libsodium. */
#include <sodium.h>

#include "crypto/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static_assert(MAC_KEY == crypto_generichash_KEYBYTES && MAC_LEN == crypto_generichash_BYTES, "BLAKE2b-256, keyed");
static_assert(SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES && SEAL_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
    SEAL_EXTRA == SEAL_NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES, "XChaCha20-Poly1305");
static_assert(PASSWORD_TEXT >= crypto_pwhash_STRBYTES, "libsodium reads this many bytes");

/*
 * RFC 9106 §4 names 64 MiB with three passes as its second choice; with the one lane libsodium has, that is about 0.1 s
 * on one core of a small server: an attacker who got hold of the file pays it per guess, we pay it once per sign-in.
 * The first row is for new passwords; the others are what older ones may have been made with. No others are computed:
 * the file must not decide how much memory we take.
 */
static const struct { unsigned passes, kib; } costs[] = {{3, 65536}};

enum { SALT = crypto_pwhash_SALTBYTES, HASH = 32 };

int password_hash(const struct rng *rng, const char *password, size_t n, char ret[PASSWORD_TEXT], struct err *e)
{
	char salt_text[sodium_base64_ENCODED_LEN(SALT, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
	char hash_text[sodium_base64_ENCODED_LEN(HASH, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
	uint8_t salt[SALT], hash[HASH];
	int rc = rng_fill(rng, salt, sizeof(salt));

	if (rc != 0)
		return fail(e, rc, "no randomness for a password's salt");
	if (crypto_pwhash(hash, sizeof(hash), password, n, salt, costs[0].passes, (size_t)costs[0].kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(e, E_NOMEM, "no %u MiB for hashing a password", costs[0].kib / 1024);
	sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	sodium_bin2base64(hash_text, sizeof(hash_text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	memset(ret, 0, PASSWORD_TEXT);
	(void)snprintf(ret, PASSWORD_TEXT, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s", costs[0].kib, costs[0].passes, salt_text, hash_text);
	secret_wipe(hash, sizeof(hash));
	return 0;
}

static bool known_cost(const char *text)
{
	char begin[64];

	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		const int n = snprintf(begin, sizeof(begin), "$argon2id$v=19$m=%u,t=%u,p=1$", costs[i].kib, costs[i].passes);

		if (strncmp(text, begin, (size_t)n) == 0)
			return true;
	}
	return false;
}

bool password_ok(const char *text, const char *password, size_t n)
{
	char padded[PASSWORD_TEXT] = {0}; /* libsodium reads to the end of its array */
	const size_t len = strlen(text);

	if (len >= sizeof(padded) || !known_cost(text))
		return false;
	memcpy(padded, text, len);
	return crypto_pwhash_str_verify(padded, password, n) == 0;
}

void mac(const uint8_t key[MAC_KEY], const void *p, size_t n, uint8_t out[MAC_LEN])
{
	const int rc = crypto_generichash(out, MAC_LEN, p, n, key, MAC_KEY);

	assert(rc == 0);
}

void mac_for(const uint8_t key[MAC_KEY], const char *purpose, const void *p, size_t n, uint8_t out[MAC_LEN])
{
	crypto_generichash_state st;
	int rc = crypto_generichash_init(&st, key, MAC_KEY, MAC_LEN);

	rc |= crypto_generichash_update(&st, (const uint8_t *)purpose, strlen(purpose) + 1);
	rc |= crypto_generichash_update(&st, p, n);
	rc |= crypto_generichash_final(&st, out, MAC_LEN);
	assert(rc == 0);
}

void seal(const uint8_t key[SEAL_KEY], const uint8_t nonce[SEAL_NONCE], const void *context, size_t context_n, const void *p, size_t n, void *out)
{
	uint8_t *const to = out;
	const int rc = crypto_aead_xchacha20poly1305_ietf_encrypt(to + SEAL_NONCE, NULL, p, n, context, context_n, NULL, nonce, key);

	assert(rc == 0);
	memcpy(to, nonce, SEAL_NONCE);
}

bool unseal(const uint8_t key[SEAL_KEY], const void *context, size_t context_n, const void *p, size_t n, void *out)
{
	const uint8_t *const from = p;

	return n >= SEAL_EXTRA && crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, from + SEAL_NONCE, n - SEAL_NONCE, context, context_n, from, key) == 0;
}
