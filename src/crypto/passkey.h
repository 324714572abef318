/*
 * crypto/passkey.h - what a passkey's authenticator signs (WebAuthn level 2 §6, §7), over libfido2. What the browser says
 * beside it (challenge, origin) is for the caller: it gives the SHA-256 of clientDataJSON once it has judged that text.
 * All input is hostile. Pure.
 */
#pragma once
#include "base/limits.h"
#include "crypto/crypto.h"

enum { PASSKEY_ES256 = -7, PASSKEY_EDDSA = -8 }; /* COSE algorithms; no others */
#define PASSKEY_PK 64

struct passkey {
	int alg;
	uint8_t pk[PASSKEY_PK]; size_t pk_n;      /* ES256: x and y; EdDSA: 32 bytes */
	uint8_t id[LIMIT_CREDENTIAL]; size_t id_n;
	uint32_t count;                           /* signatures so far; 0 for ever: it does not count */
};

/*
 * The public key in an attestation object. Checked: form, rpId hash, user present and verified, algorithm, that the key
 * is one. What it says about its maker (attStmt) is not: none was asked for and nothing rests on it. E_FORMAT: cannot be
 * read; E_DENIED: says something else than it must.
 */
NODISCARD int passkey_register(const char *rp_id, const void *attestation, size_t n, struct passkey *ret, struct err *e);
/*
 * Did this key sign (authenticator data, client hash) for this site, its user present and verified, with a counter that
 * moved on since k->count? The new count to *ret_count. E_FORMAT, E_DENIED; E_CONFLICT: the counter went back or stands
 * still: the key may have been copied.
 */
NODISCARD int passkey_verify(const char *rp_id, const struct passkey *k, const void *authdata, size_t n, const uint8_t client_hash[SHA256_LEN],
    const void *sig, size_t sig_n, uint32_t *ret_count, struct err *e);
