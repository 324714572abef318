/*
 * crypto/crypto.h - SHA-256 (nettle, SHA-NI where the processor has it), SHA-1 for UUIDv5,
 * Ed25519 (libsodium: the strict accept set), passwords, keyed hashes, sealed texts, key files.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/fs.h"
#include "base/rng.h"

#define SHA256_LEN 32
#define ED25519_PK 32
#define ED25519_SEED 32
#define ED25519_SIG 64

/* Once per process before any other call; picks the processor's SHA path. E_ENV: library refuses. */
NODISCARD int crypto_init(struct err *e);

void sha256(const void *p, size_t n, uint8_t out[SHA256_LEN]);
/* Hash of up to 4 pieces behind one another without copying them together. */
struct piece { const void *p; size_t n; };
void sha256v(const struct piece *v, size_t count, uint8_t out[SHA256_LEN]);
struct sha256_ctx { uint64_t opaque[16]; };
void sha256_begin(struct sha256_ctx *c);
void sha256_add(struct sha256_ctx *c, const void *p, size_t n);
void sha256_end(struct sha256_ctx *c, uint8_t out[SHA256_LEN]);
#define SHA1_LEN 20
/* Only for UUIDv5 and one-time codes. */
void sha1(const void *p, size_t n, uint8_t out[SHA1_LEN]);
struct sha1_ctx { uint64_t opaque[16]; };
void sha1_begin(struct sha1_ctx *c);
void sha1_add(struct sha1_ctx *c, const void *p, size_t n);
void sha1_end(struct sha1_ctx *c, uint8_t out[SHA1_LEN]);
uint32_t crc32c(uint32_t crc, const void *p, size_t n); /* Castagnoli; frames of the journal */

struct keypair { uint8_t seed[ED25519_SEED]; uint8_t pk[ED25519_PK]; };
NODISCARD int ed25519_generate(const struct rng *rng, struct keypair *ret, struct err *e);
/* The public key is always derived from the seed, never taken from outside (double-public-key oracle). */
void ed25519_from_seed(const uint8_t seed[ED25519_SEED], struct keypair *ret);
void ed25519_sign(const struct keypair *k, const void *msg, size_t n, uint8_t sig[ED25519_SIG]);
/* Strict: canonical encodings, no low order A or R, S < L (libsodium 1.0.18; pinned by the CCTV vectors). */
NODISCARD bool ed25519_verify(const uint8_t pk[ED25519_PK], const void *msg, size_t n, const uint8_t sig[ED25519_SIG]);
/* May this public key be registered at all? false: low order or not canonical. */
NODISCARD bool ed25519_pk_ok(const uint8_t pk[ED25519_PK]);
void keypair_wipe(struct keypair *k);
void secret_wipe(void *p, size_t n);
bool secret_equal(const void *a, const void *b, size_t n); /* constant time */

/*
 * Passwords: argon2id in its usual text form "$argon2id$v=19$m=…,t=…,p=1$salt$hash". Each call takes about 0.1 s and
 * 64 MiB; callers see to it that few run at once. E_NOMEM.
 */
#define PASSWORD_TEXT 128
NODISCARD int password_hash(const struct rng *rng, const char *password, size_t n, char ret[PASSWORD_TEXT], struct err *e);
/* false: another password, or no text that password_hash of this or an older version made (that answer comes at once). */
NODISCARD bool password_ok(const char *text, const char *password, size_t n);

/*
 * One-time passwords: RFC 4226 (counter), with counter = time / 30 s RFC 6238. HMAC-SHA-1, as every phone has it.
 * digits 6 to 8. The value below 10^digits.
 */
uint32_t hotp(const void *key, size_t n, uint64_t counter, unsigned digits);

/* Keyed BLAKE2b-256: only who has the key can make it. */
#define MAC_KEY 32
#define MAC_LEN 32
void mac(const uint8_t key[MAC_KEY], const void *p, size_t n, uint8_t out[MAC_LEN]);
/* XChaCha20-Poly1305. A sealed text is nonce, ciphertext, tag: n + SEAL_EXTRA bytes; the context is checked, not contained. The nonce is random. */
#define SEAL_KEY 32
#define SEAL_NONCE 24
#define SEAL_EXTRA 40
void seal(const uint8_t key[SEAL_KEY], const uint8_t nonce[SEAL_NONCE], const void *context, size_t context_n, const void *p, size_t n, void *out);
/* n counts the sealed text; out gets n - SEAL_EXTRA bytes. false: not sealed with this key and context; out is undefined then. */
NODISCARD bool unseal(const uint8_t key[SEAL_KEY], const void *context, size_t context_n, const void *p, size_t n, void *out);

/*
 * Key file: one line "verbale-key/v1 <role> <base64 seed>\n", mode 0600, written once.
 * E_EXISTS if the file is there; E_DENIED when reading a file others may read.
 */
NODISCARD int keyfile_write(const struct fs *fs, const char *path, const char *role, const struct keypair *k, struct err *e);
NODISCARD int keyfile_read(const struct fs *fs, const char *path, const char *role, struct keypair *ret, struct err *e);
