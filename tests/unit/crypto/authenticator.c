#include "authenticator.h"

#include <gnutls/abstract.h>
#include <stdio.h>

#include "base/enc.h"

void authenticator_make(struct authenticator *a, int alg, const char *rp, const char *origin)
{
	const struct rng rng = rng_system();
	struct err e;

	*a = (struct authenticator){.alg = alg, .rp = rp, .origin = origin, .flags = 0x05};
	assert_int_equal(rng_fill(&rng, a->id, sizeof(a->id)), 0);
	assert_int_equal(ed25519_generate(&rng, &a->ed, &e), 0);
	if (alg == PASSKEY_ES256) {
		gnutls_privkey_t k;

		assert_int_equal(gnutls_privkey_init(&k), 0);
		assert_int_equal(gnutls_privkey_generate(k, GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
		a->ec = k;
	}
}

void authenticator_free(struct authenticator *a)
{
	if (a->ec != NULL)
		gnutls_privkey_deinit(a->ec);
	a->ec = NULL;
}

static uint8_t *put(uint8_t *to, const void *p, size_t n)
{
	memcpy(to, p, n);
	return to + n;
}

static uint8_t *put_head(struct authenticator *a, uint8_t *to, unsigned more)
{
	if (!a->still)
		a->count++;
	sha256(a->rp, strlen(a->rp), to);
	to[32] = (uint8_t)(a->flags | more);
	be_put(to + 33, a->count, 4);
	return to + 37;
}

/* COSE_Key of either kind (RFC 9053). */
static uint8_t *put_key(const struct authenticator *a, uint8_t *to)
{
	static const uint8_t es[] = {0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, y[] = {0x22, 0x58, 0x20}, ed[] = {0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};
	gnutls_datum_t x = {NULL, 0}, yy = {NULL, 0};

	if (a->alg == PASSKEY_EDDSA)
		return put(put(to, ed, sizeof(ed)), a->ed.pk, 32);
	assert_int_equal(gnutls_privkey_export_ecc_raw2(a->ec, NULL, &x, &yy, NULL, GNUTLS_EXPORT_FLAG_NO_LZ), 0);
	to = put(to, es, sizeof(es));
	memset(to, 0, 32);
	memcpy(to + 32 - x.size, x.data, x.size);
	to = put(to + 32, y, sizeof(y));
	memset(to, 0, 32);
	memcpy(to + 32 - yy.size, yy.data, yy.size);
	gnutls_free(x.data);
	gnutls_free(yy.data);
	return to + 32;
}

size_t authenticator_attest(struct authenticator *a, uint8_t *out)
{
	static const uint8_t begin[] = "\xa3\x63" "fmt" "\x64" "none" "\x67" "attStmt" "\xa0\x68" "authData" "\x58";
	uint8_t data[256], *to = put_head(a, data, 0x40);

	memset(to, 0xaa, 16);
	be_put(to + 16, sizeof(a->id), 2);
	to = put_key(a, put(to + 18, a->id, sizeof(a->id)));
	assert_true(to - data < 256);
	out = a->fmt_first != NULL ? put(out, a->fmt_first, a->fmt_first_n) : put(out, begin, sizeof(begin) - 1);
	*out++ = (uint8_t)(to - data);
	memcpy(out, data, (size_t)(to - data));
	return (a->fmt_first != NULL ? a->fmt_first_n : sizeof(begin) - 1) + 1 + (size_t)(to - data);
}

size_t authenticator_data(struct authenticator *a, uint8_t out[64]) { return (size_t)(put_head(a, out, 0) - out); }

size_t authenticator_sign(struct authenticator *a, const uint8_t *authdata, size_t n, const uint8_t client_hash[32], uint8_t out[80])
{
	uint8_t text[128];
	const gnutls_datum_t msg = {text, (unsigned)n + 32};
	gnutls_datum_t sig = {NULL, 0};

	memcpy(text, authdata, n);
	memcpy(text + n, client_hash, 32);
	if (a->alg == PASSKEY_EDDSA) {
		ed25519_sign(&a->ed, text, n + 32, out);
		return ED25519_SIG;
	}
	assert_int_equal(gnutls_privkey_sign_data(a->ec, GNUTLS_DIG_SHA256, 0, &msg, &sig), 0);
	assert_true(sig.size <= 80);
	memcpy(out, sig.data, n = sig.size);
	gnutls_free(sig.data);
	return n;
}

size_t authenticator_client(const struct authenticator *a, const char *type, const char *challenge, char out[1024])
{
	return (size_t)snprintf(out, 1024, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":%s,\"other_keys_can_be_added_here\":\"x\"}", a->type != NULL ? a->type : type,
	    challenge, a->origin, a->cross ? "true" : "false");
}

static void put_member(struct buf *out, const char *name, const void *p, size_t n)
{
	char text[BASE64URL_LEN(1024) + 1];

	base64url_encode(p, n, text);
	buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

void authenticator_register(struct authenticator *a, const char *challenge, struct buf *out)
{
	char client[1024];
	uint8_t object[1024];
	const size_t client_n = authenticator_client(a, "webauthn.create", challenge, client), n = authenticator_attest(a, object);

	buf_puts(out, "{\"type\":\"public-key\"");
	put_member(out, "id", a->id, sizeof(a->id));
	put_member(out, "rawId", a->id, sizeof(a->id));
	buf_puts(out, ",\"clientExtensionResults\":{},\"response\":{\"transports\":[\"internal\"]");
	put_member(out, "clientDataJSON", client, client_n);
	put_member(out, "attestationObject", object, n);
	buf_puts(out, "}}");
}

void authenticator_answer(struct authenticator *a, const char *challenge, struct buf *out)
{
	char client[1024];
	uint8_t data[64], sig[80], hash[32];
	const size_t client_n = authenticator_client(a, "webauthn.get", challenge, client), n = authenticator_data(a, data);
	size_t sig_n;

	sha256(client, client_n, hash);
	sig_n = authenticator_sign(a, data, n, hash, sig);
	buf_puts(out, "{\"type\":\"public-key\"");
	put_member(out, "rawId", a->id, sizeof(a->id));
	buf_puts(out, ",\"response\":{\"x\":0");
	put_member(out, "clientDataJSON", client, client_n);
	put_member(out, "authenticatorData", data, n);
	put_member(out, "signature", sig, sig_n);
	if (a->user_n > 0)
		put_member(out, "userHandle", a->user, a->user_n);
	else
		buf_puts(out, ",\"userHandle\":null");
	buf_puts(out, "}}");
}
