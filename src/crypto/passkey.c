/* Passkeys over libfido2. It takes attestation objects apart only from version 1.14 on, so their outer map is read here. */
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>

#include "crypto/passkey.h"

#include <string.h>

#include "base/enc.h"

/* ---- CBOR (RFC 8949): enough to find one member of a map ---- */

struct cbor { const uint8_t *p; size_t n; };
#define CBOR_DEPTH 8
enum { CBOR_BYTES = 2, CBOR_TEXT = 3, CBOR_ARRAY = 4, CBOR_MAP = 5, CBOR_TAG = 6, CBOR_SIMPLE = 7 };

/* Major type and argument of the next item; definite lengths only, as CTAP2 writes them. */
static bool cbor_head(struct cbor *c, unsigned *ret_major, uint64_t *ret_value)
{
	unsigned low, bytes;

	if (c->n == 0)
		return false;
	*ret_major = c->p[0] >> 5;
	low = c->p[0] & 31U;
	c->p++;
	c->n--;
	*ret_value = low;
	if (low < 24)
		return true;
	bytes = low <= 27 ? 1U << (low - 24) : 0;
	if (bytes == 0 || c->n < bytes)
		return false;
	*ret_value = be_get(c->p, bytes);
	c->p += bytes;
	c->n -= bytes;
	return true;
}

static bool cbor_take(struct cbor *c, uint64_t n, struct cbor *ret)
{
	if (n > c->n)
		return false;
	*ret = (struct cbor){c->p, (size_t)n};
	c->p += n;
	c->n -= (size_t)n;
	return true;
}

static bool cbor_skip(struct cbor *c, unsigned depth)
{
	struct cbor piece;
	unsigned major;
	uint64_t v;

	if (depth == 0 || !cbor_head(c, &major, &v))
		return false;
	if (major == CBOR_BYTES || major == CBOR_TEXT)
		return cbor_take(c, v, &piece);
	if (major == CBOR_TAG)
		return cbor_skip(c, depth - 1);
	if (major != CBOR_ARRAY && major != CBOR_MAP)
		return true;
	/* Each element is a byte at least: a count beyond what is left fails soon, but is not looped for. */
	if (v > c->n)
		return false;
	for (uint64_t i = 0; i < (major == CBOR_MAP ? 2 * v : v); i++)
		if (!cbor_skip(c, depth - 1))
			return false;
	return true;
}

/* Byte string "authData" of the map that an attestation object is; nothing may stand behind the map. */
static bool find_authdata(struct cbor c, struct cbor *ret)
{
	static const char name[] = "authData";
	bool found = false;
	unsigned major;
	uint64_t members, v;

	if (!cbor_head(&c, &major, &members) || major != CBOR_MAP || members > 16)
		return false;
	for (uint64_t i = 0; i < members; i++) {
		struct cbor key;

		if (!cbor_head(&c, &major, &v) || major != CBOR_TEXT || !cbor_take(&c, v, &key))
			return false;
		if (key.n != sizeof(name) - 1 || memcmp(key.p, name, key.n) != 0) {
			if (!cbor_skip(&c, CBOR_DEPTH))
				return false;
		} else if (found || !cbor_head(&c, &major, &v) || major != CBOR_BYTES || !cbor_take(&c, v, ret)) {
			return false;
		} else {
			found = true;
		}
	}
	return found && c.n == 0;
}

/* ---- authenticator data (WebAuthn §6.1) ---- */

enum { FLAG_UP = 0x01, FLAG_UV = 0x04, FLAG_AT = 0x40 };
#define AUTHDATA_MIN 37 /* hash, flags, counter */

static int check_authdata(const char *rp_id, const struct cbor *d, unsigned flags, struct err *e)
{
	uint8_t sum[SHA256_LEN];

	if (d->n < AUTHDATA_MIN)
		return fail(e, E_FORMAT, "passkey: authenticator data of %zu bytes, %d at least are due", d->n, AUTHDATA_MIN);
	sha256(rp_id, strlen(rp_id), sum);
	if (memcmp(d->p, sum, sizeof(sum)) != 0)
		return fail(e, E_DENIED, "passkey: made for another site than %s", rp_id);
	if ((d->p[32] & FLAG_UP) == 0 || (d->p[32] & FLAG_UV) == 0)
		return fail(e, E_DENIED, "passkey: its user was not %s", (d->p[32] & FLAG_UP) == 0 ? "present" : "verified");
	return (d->p[32] & flags) == flags ? 0 : fail(e, E_DENIED, "passkey: no key comes along");
}

/* ---- registering ---- */

static void free_cred(fido_cred_t *c) { fido_cred_free(&c); }
DEFINE_CLEANUP(fido_cred_t, free_cred)

static bool key_ok(const struct passkey *k)
{
	es256_pk_t *ec = NULL;
	eddsa_pk_t *ed = NULL;
	bool ok;

	if (k->alg == PASSKEY_ES256)
		ok = k->pk_n == 64 && (ec = es256_pk_new()) != NULL && es256_pk_from_ptr(ec, k->pk, k->pk_n) == FIDO_OK;
	else
		ok = k->pk_n == 32 && ed25519_pk_ok(k->pk) && (ed = eddsa_pk_new()) != NULL && eddsa_pk_from_ptr(ed, k->pk, k->pk_n) == FIDO_OK;
	es256_pk_free(&ec);
	eddsa_pk_free(&ed);
	return ok;
}

/* false: no key of this algorithm is in it. */
static bool take_key(int alg, const struct cbor *authdata, struct passkey *ret)
{
	CLEANUP(free_cred) fido_cred_t *c = fido_cred_new();
	struct passkey k = {.alg = alg};

	if (c == NULL || fido_cred_set_type(c, alg) != FIDO_OK || fido_cred_set_authdata_raw(c, authdata->p, authdata->n) != FIDO_OK)
		return false;
	k.pk_n = fido_cred_pubkey_len(c);
	k.id_n = fido_cred_id_len(c);
	if (k.pk_n == 0 || k.pk_n > sizeof(k.pk) || k.id_n == 0 || k.id_n > sizeof(k.id))
		return false;
	memcpy(k.pk, fido_cred_pubkey_ptr(c), k.pk_n);
	memcpy(k.id, fido_cred_id_ptr(c), k.id_n);
	k.count = fido_cred_sigcount(c);
	if (!key_ok(&k))
		return false;
	*ret = k;
	return true;
}

int passkey_register(const char *rp_id, const void *attestation, size_t n, struct passkey *ret, struct err *e)
{
	struct cbor authdata = {NULL, 0};
	int rc;

	if (!find_authdata((struct cbor){attestation, n}, &authdata))
		return fail(e, E_FORMAT, "passkey: no attestation object");
	if ((rc = check_authdata(rp_id, &authdata, FLAG_AT, e)) != 0)
		return rc;
	if (take_key(PASSKEY_ES256, &authdata, ret) || take_key(PASSKEY_EDDSA, &authdata, ret))
		return 0;
	return fail(e, E_FORMAT, "passkey: no key for ES256 or Ed25519 in it");
}

/* ---- verifying ---- */

static void free_assert(fido_assert_t *a) { fido_assert_free(&a); }
DEFINE_CLEANUP(fido_assert_t, free_assert)

static bool signature_ok(const fido_assert_t *a, const struct passkey *k)
{
	es256_pk_t *ec = NULL;
	eddsa_pk_t *ed = NULL;
	bool ok;

	if (k->alg == PASSKEY_ES256)
		ok = (ec = es256_pk_new()) != NULL && es256_pk_from_ptr(ec, k->pk, k->pk_n) == FIDO_OK && fido_assert_verify(a, 0, COSE_ES256, ec) == FIDO_OK;
	else
		ok = k->alg == PASSKEY_EDDSA && (ed = eddsa_pk_new()) != NULL && eddsa_pk_from_ptr(ed, k->pk, k->pk_n) == FIDO_OK && fido_assert_verify(a, 0, COSE_EDDSA, ed) == FIDO_OK;
	es256_pk_free(&ec);
	eddsa_pk_free(&ed);
	return ok;
}

int passkey_verify(const char *rp_id, const struct passkey *k, const void *authdata, size_t n, const uint8_t client_hash[SHA256_LEN],
    const void *sig, size_t sig_n, uint32_t *ret_count, struct err *e)
{
	CLEANUP(free_assert) fido_assert_t *a = fido_assert_new();
	const struct cbor d = {authdata, n};
	uint32_t count;
	int rc;

	if ((rc = check_authdata(rp_id, &d, 0, e)) != 0)
		return rc;
	if (a == NULL || fido_assert_set_count(a, 1) != FIDO_OK)
		return fail(e, E_NOMEM, "passkey");
	if (fido_assert_set_clientdata_hash(a, client_hash, SHA256_LEN) != FIDO_OK || fido_assert_set_rp(a, rp_id) != FIDO_OK || fido_assert_set_up(a, FIDO_OPT_TRUE) != FIDO_OK ||
	    fido_assert_set_uv(a, FIDO_OPT_TRUE) != FIDO_OK || fido_assert_set_authdata_raw(a, 0, d.p, n) != FIDO_OK || fido_assert_set_sig(a, 0, sig, sig_n) != FIDO_OK)
		return fail(e, E_FORMAT, "passkey: authenticator data or signature cannot be read");
	if (!signature_ok(a, k))
		return fail(e, E_DENIED, "passkey: the signature is not this key's");
	count = fido_assert_sigcount(a, 0);
	if ((count != 0 || k->count != 0) && count <= k->count)
		return fail(e, E_CONFLICT, "passkey: its counter says %u after %u: it may have been copied", count, k->count);
	*ret_count = count;
	return 0;
}
