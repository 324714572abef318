/* tests/unit/crypto/authenticator.h - a passkey's authenticator and its browser in software: honest, or lying in one thing. */
#pragma once
#include "../check.h"

#include "crypto/passkey.h"

struct authenticator {
	int alg;
	void *ec;                        /* gnutls key, for ES256 */
	struct keypair ed;
	uint8_t id[32];
	uint8_t user[32]; size_t user_n; /* handle it was given */
	uint32_t count;                  /* counts up with each signature unless `still` */
	bool still;
	/* What it says; set to something else for a lie. */
	const char *rp, *origin, *type;  /* type NULL: what is due */
	unsigned flags;                  /* UP, UV */
	bool cross;
	const char *fmt_first;           /* another member in front of authData, as CBOR bytes */
	size_t fmt_first_n;
};
void authenticator_make(struct authenticator *a, int alg, const char *rp, const char *origin);
void authenticator_free(struct authenticator *a);
/* Attestation object (format "none") into out[1024]; its length. */
size_t authenticator_attest(struct authenticator *a, uint8_t *out);
/* Authenticator data of an assertion, and the signature over it and client; lengths. */
size_t authenticator_data(struct authenticator *a, uint8_t out[64]);
size_t authenticator_sign(struct authenticator *a, const uint8_t *authdata, size_t n, const uint8_t client_hash[32], uint8_t out[80]);
size_t authenticator_client(const struct authenticator *a, const char *type, const char *challenge, char out[1024]);
/* What PublicKeyCredential.toJSON() gives, for a challenge in base64url. */
void authenticator_register(struct authenticator *a, const char *challenge, struct buf *out);
void authenticator_answer(struct authenticator *a, const char *challenge, struct buf *out);
