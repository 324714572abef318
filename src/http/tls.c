#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "http/priv.h"

#define YEARS 20
#define CN_MAX 64 /* bytes; ub-common-name, RFC 5280 appendix A */

static void crt_free(gnutls_x509_crt_t *c) { gnutls_x509_crt_deinit(*c); }
static void key_free(gnutls_x509_privkey_t *k) { gnutls_x509_privkey_deinit(*k); }
static void pubkey_free(gnutls_pubkey_t *k) { gnutls_pubkey_deinit(*k); }
static void cred_free(gnutls_certificate_credentials_t *c) { gnutls_certificate_free_credentials(*c); }
#define CLEANUP_CRT __attribute__((cleanup(crt_free)))
#define CLEANUP_KEY __attribute__((cleanup(key_free)))
#define CLEANUP_PUBKEY __attribute__((cleanup(pubkey_free)))
#define CLEANUP_CRED __attribute__((cleanup(cred_free)))

static int gnutls_fail(struct err *e, int code, int r, const char *what)
{
	return fail(e, r == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : code, "%s: %s", what, gnutls_strerror(r));
}

static int spki_of(gnutls_x509_crt_t crt, uint8_t ret[32])
{
	CLEANUP_PUBKEY gnutls_pubkey_t key = NULL;
	gnutls_datum_t der = {0};
	int r;

	if ((r = gnutls_pubkey_init(&key)) < 0 || (r = gnutls_pubkey_import_x509(key, crt, 0)) < 0)
		return r;
	if ((r = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der)) < 0)
		return r;
	r = gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, ret);
	gnutls_free(der.data);
	return r;
}

int tls_identity_spki(const char *cert_pem, size_t n, uint8_t ret_spki[32], struct err *e)
{
	CLEANUP_CRT gnutls_x509_crt_t crt = NULL;
	uint8_t hash[32];
	gnutls_datum_t pem;
	int r;

	if (n > 1024UL * 1024)
		return fail(e, E_LIMIT, "TLS certificate: too long");
	pem = (gnutls_datum_t){(unsigned char *)(uintptr_t)cert_pem, (unsigned)n};
	if ((r = gnutls_x509_crt_init(&crt)) < 0 || (r = gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM)) < 0 || (r = spki_of(crt, hash)) < 0)
		return gnutls_fail(e, E_FORMAT, r, "TLS certificate");
	memcpy(ret_spki, hash, 32);
	return 0;
}

int tls_identity_check(const char *key_pem, const char *cert_pem, struct err *e)
{
	CLEANUP_CRED gnutls_certificate_credentials_t cred = NULL;
	const gnutls_datum_t key = {(unsigned char *)(uintptr_t)key_pem, (unsigned)strlen(key_pem)};
	const gnutls_datum_t cert = {(unsigned char *)(uintptr_t)cert_pem, (unsigned)strlen(cert_pem)};
	int r;

	if ((r = gnutls_certificate_allocate_credentials(&cred)) < 0)
		return gnutls_fail(e, E_ENV, r, "TLS");
	if ((r = gnutls_certificate_set_x509_key_mem2(cred, &cert, &key, GNUTLS_X509_FMT_PEM, NULL, 0)) < 0)
		return gnutls_fail(e, E_FORMAT, r, "TLS key and certificate");
	return 0;
}

/* At most CN_MAX bytes, never half a character. */
static size_t cn_length(const char *name)
{
	size_t n = strlen(name);

	if (n <= CN_MAX)
		return n;
	for (n = CN_MAX; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static int certify(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *name, const uint8_t serial[16], time_t now)
{
	int r;

	/* An hour back: peers' clocks are not ours, though nobody who pins the key looks at the dates. */
	if ((r = gnutls_x509_crt_set_version(crt, 3)) < 0 || (r = gnutls_x509_crt_set_key(crt, key)) < 0 ||
	    (r = gnutls_x509_crt_set_serial(crt, serial, 16)) < 0 ||
	    (r = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)cn_length(name))) < 0 ||
	    (r = gnutls_x509_crt_set_activation_time(crt, now - 3600)) < 0 ||
	    (r = gnutls_x509_crt_set_expiration_time(crt, now + YEARS * 365L * 86400 + YEARS / 4 * 86400L)) < 0 ||
	    (r = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
	    (r = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0 ||
	    (r = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_CLIENT, 0)) < 0)
		return r;
	return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static int export_pem(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, struct buf *ret_key, struct buf *ret_cert)
{
	gnutls_datum_t pem = {0};
	int r;

	if ((r = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem)) < 0)
		return r;
	buf_put(ret_key, pem.data, pem.size);
	gnutls_memset(pem.data, 0, pem.size);
	gnutls_free(pem.data);
	pem = (gnutls_datum_t){0};
	if ((r = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem)) < 0)
		return r;
	buf_put(ret_cert, pem.data, pem.size);
	gnutls_free(pem.data);
	return 0;
}

int tls_identity_make(const char *name, const struct rng *rng, int64_t now_ns, struct buf *ret_key_pem, struct buf *ret_cert_pem, uint8_t ret_spki[32], struct err *e)
{
	CLEANUP_KEY gnutls_x509_privkey_t key = NULL;
	CLEANUP_CRT gnutls_x509_crt_t crt = NULL;
	CLEANUP_BUF struct buf key_pem = {0};
	CLEANUP_BUF struct buf cert_pem = {0};
	uint8_t serial[16], spki[32];
	int r;

	if ((r = rng_fill(rng, serial, sizeof(serial))) != 0)
		return fail(e, r, "no randomness for a serial number");
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40); /* positive, no leading zero: RFC 5280 §4.1.2.2 */
	if ((r = gnutls_x509_privkey_init(&key)) < 0 || (r = gnutls_x509_crt_init(&crt)) < 0 ||
	    (r = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)) < 0 ||
	    (r = certify(crt, key, name, serial, (time_t)(now_ns / NS_PER_S))) < 0 ||
	    (r = spki_of(crt, spki)) < 0 || (r = export_pem(crt, key, &key_pem, &cert_pem)) < 0)
		return gnutls_fail(e, E_ENV, r, "making a TLS identity");
	if ((r = buf_err(&key_pem, e, "TLS key")) != 0 || (r = buf_err(&cert_pem, e, "TLS certificate")) != 0)
		return r;
	buf_put(ret_key_pem, key_pem.p, key_pem.n);
	buf_put(ret_cert_pem, cert_pem.p, cert_pem.n);
	memcpy(ret_spki, spki, 32);
	gnutls_memset(key_pem.p, 0, key_pem.n);
	return 0;
}

void tls_ask_client(void *session) { gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST); }

bool tls_client_spki(void *session, uint8_t ret[32])
{
	CLEANUP_CRT gnutls_x509_crt_t crt = NULL;
	unsigned count = 0;
	const gnutls_datum_t *const list = gnutls_certificate_get_peers(session, &count);

	if (list == NULL || count == 0 || gnutls_certificate_type_get2(session, GNUTLS_CTYPE_CLIENT) != GNUTLS_CRT_X509)
		return false;
	return gnutls_x509_crt_init(&crt) >= 0 && gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) >= 0 && spki_of(crt, ret) >= 0;
}
