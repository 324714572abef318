/* What a passkey's authenticator says: taken when all is as due, refused when one thing is not. */
#include "authenticator.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"

#define RP "verbale.example"

static const uint8_t hash[32] = {1, 2, 3};
static struct err e;

static struct passkey registered(struct authenticator *a)
{
	uint8_t object[1024];
	struct passkey k;
	const size_t n = authenticator_attest(a, object);

	if (passkey_register(RP, object, n, &k, &e) != 0)
		fail_msg("%s", e.msg);
	return k;
}

static int answered(struct authenticator *a, const struct passkey *k, uint32_t *ret_count)
{
	uint8_t data[64], sig[80];
	const size_t n = authenticator_data(a, data), sig_n = authenticator_sign(a, data, n, hash, sig);

	return passkey_verify(RP, k, data, n, hash, sig, sig_n, ret_count, &e);
}

static void test_honest(void **state)
{
	static const int algs[] = {PASSKEY_ES256, PASSKEY_EDDSA};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct authenticator a;
		struct passkey k;
		uint32_t count = 99;

		authenticator_make(&a, algs[i], RP, "");
		k = registered(&a);
		assert_int_equal(k.alg, algs[i]);
		assert_int_equal(k.id_n, sizeof(a.id));
		assert_memory_equal(k.id, a.id, sizeof(a.id));
		assert_int_equal(k.count, 1);
		if (answered(&a, &k, &count) != 0)
			fail_msg("%s", e.msg);
		assert_int_equal(count, 2);
		/* Counters that stand at zero do not count at all. */
		k.count = a.count = 0;
		a.still = true;
		assert_int_equal(answered(&a, &k, &count), 0);
		assert_int_equal(count, 0);
		authenticator_free(&a);
	}
}

static void test_lies(void **state)
{
	struct authenticator a;
	struct passkey k;
	uint32_t count = 7;

	(void)state;
	authenticator_make(&a, PASSKEY_ES256, RP, "");
	k = registered(&a);
	a.rp = "verbale.example.evil";
	assert_int_equal(answered(&a, &k, &count), E_DENIED);
	a.rp = RP;
	for (unsigned f = 0; f < 8; f++) {
		a.flags = f;
		assert_int_equal(answered(&a, &k, &count), (f & 5) == 5 ? 0 : E_DENIED);
		k.count = a.count;
	}
	a.flags = 5;
	/* A copy of the key that counts from the same state. */
	a.still = true;
	assert_int_equal(answered(&a, &k, &count), E_CONFLICT);
	a.count--;
	assert_int_equal(answered(&a, &k, &count), E_CONFLICT);
	a.count = 0;
	assert_int_equal(answered(&a, &k, &count), E_CONFLICT);
	a.count = k.count + 1;
	count = 7;
	assert_int_equal(answered(&a, &k, &count), 0);
	assert_int_equal(count, k.count + 1);
	authenticator_free(&a);
}

static void test_signature(void **state)
{
	static const int algs[] = {PASSKEY_ES256, PASSKEY_EDDSA};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct authenticator a, b;
		struct passkey k, other;
		uint8_t data[64], sig[80], changed[80];
		uint32_t count = 7;
		size_t n, sig_n;

		authenticator_make(&a, algs[i], RP, "");
		authenticator_make(&b, algs[i], RP, "");
		k = registered(&a);
		other = registered(&b);
		n = authenticator_data(&a, data);
		sig_n = authenticator_sign(&a, data, n, hash, sig);
		assert_int_equal(passkey_verify(RP, &k, data, n, hash, sig, sig_n, &count, &e), 0);
		assert_int_equal(passkey_verify(RP, &other, data, n, hash, sig, sig_n, &count, &e), E_DENIED);
		for (size_t at = 0; at < sig_n; at++) {
			memcpy(changed, sig, sig_n);
			changed[at] ^= 1;
			assert_int_not_equal(passkey_verify(RP, &k, data, n, hash, changed, sig_n, &count, &e), 0);
		}
		for (size_t at = 33; at < n; at++) { /* the counter is signed, too */
			data[at] ^= 0x80;
			assert_int_equal(passkey_verify(RP, &k, data, n, hash, sig, sig_n, &count, &e), E_DENIED);
			data[at] ^= 0x80;
		}
		assert_int_equal(passkey_verify(RP, &k, data, n, (const uint8_t[32]){9}, sig, sig_n, &count, &e), E_DENIED);
		for (size_t short_n = 0; short_n < n; short_n++)
			assert_int_not_equal(passkey_verify(RP, &k, data, short_n, hash, sig, sig_n, &count, &e), 0);
		assert_int_not_equal(passkey_verify(RP, &k, data, n, hash, sig, 0, &count, &e), 0);
		k.alg = -257;
		assert_int_equal(passkey_verify(RP, &k, data, n, hash, sig, sig_n, &count, &e), E_DENIED);
		authenticator_free(&a);
		authenticator_free(&b);
	}
}

static void test_attestation(void **state)
{
	uint8_t object[1024], changed[1024];
	struct authenticator a;
	struct passkey k;
	size_t n;

	(void)state;
	authenticator_make(&a, PASSKEY_ES256, RP, "");
	a.rp = "other.example";
	n = authenticator_attest(&a, object);
	assert_int_equal(passkey_register(RP, object, n, &k, &e), E_DENIED);
	a.rp = RP;
	a.flags = 1;
	n = authenticator_attest(&a, object);
	assert_int_equal(passkey_register(RP, object, n, &k, &e), E_DENIED);
	a.flags = 5;
	n = authenticator_attest(&a, object);
	/* Cut anywhere, and with a byte behind it. */
	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(passkey_register(RP, object, i, &k, &e), 0);
	object[n] = 0;
	assert_int_not_equal(passkey_register(RP, object, n + 1, &k, &e), 0);
	/* A point that is not on the curve. */
	memcpy(changed, object, n);
	changed[n > 0 ? n - 1 : 0] ^= 1;
	assert_int_not_equal(passkey_register(RP, changed, n, &k, &e), 0);
	/* Any one byte changed: refused or read, but nothing worse. */
	for (size_t i = 0; i < n; i++) {
		memcpy(changed, object, n);
		changed[i] ^= 0xff;
		IGNORE(passkey_register(RP, changed, n, &k, &e) != 0, "either");
	}
	/* Order of members is free; what is not needed is skipped, to a depth. */
	static const char first[] = "\xa3\x61" "x" "\x82\x01\xa1\x61" "y" "\xf6\x63" "fmt" "\x64" "none" "\x68" "authData" "\x58";
	a.fmt_first = first;
	a.fmt_first_n = sizeof(first) - 1;
	n = authenticator_attest(&a, object);
	if (passkey_register(RP, object, n, &k, &e) != 0)
		fail_msg("%s", e.msg);
	memset(changed, 0x81, sizeof(changed));
	assert_int_equal(passkey_register(RP, changed, sizeof(changed), &k, &e), E_FORMAT);
	memcpy(changed, "\xa1\x61x\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	assert_int_equal(passkey_register(RP, changed, sizeof(changed), &k, &e), E_FORMAT);
	memset(changed + 3, 0x81, sizeof(changed) - 3);
	assert_int_equal(passkey_register(RP, changed, sizeof(changed), &k, &e), E_FORMAT);
	authenticator_free(&a);
}

/*
 * WebAuthn level 3 §16 prints test vectors; they are others' and not kept here. VERBALE_VECTORS names a folder with
 * webauthn.txt: lines of rp id, attestation object, authenticator data, client data, signature (the last four in hexadecimal).
 */
static void test_vectors(void **state)
{
	const char *folder = getenv("VERBALE_VECTORS");
	char path[512], rp[256];
	static char text[4][4096];
	unsigned lines = 0;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/webauthn.txt", folder != NULL ? folder : "/nonexistent");
	if ((f = fopen(path, "r")) == NULL)
		skip();
	while (fscanf(f, "%255s %4095s %4095s %4095s %4095s", rp, text[0], text[1], text[2], text[3]) == 5) {
		uint8_t bytes[4][2048], sum[32];
		size_t n[4];
		struct passkey k;
		uint32_t count;

		for (size_t i = 0; i < 4; i++) {
			n[i] = strlen(text[i]) / 2;
			assert_true(hex_decode(text[i], 2 * n[i], bytes[i], n[i]));
		}
		if (passkey_register(rp, bytes[0], n[0], &k, &e) != 0)
			fail_msg("line %u: %s", lines, e.msg);
		sha256(bytes[2], n[2], sum);
		if (passkey_verify(rp, &k, bytes[1], n[1], sum, bytes[3], n[3], &count, &e) != 0)
			fail_msg("line %u: %s", lines, e.msg);
		bytes[3][n[3] - 1] ^= 1;
		assert_int_equal(passkey_verify(rp, &k, bytes[1], n[1], sum, bytes[3], n[3], &count, &e), E_DENIED);
		lines++;
	}
	(void)fclose(f);
	assert_true(lines > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_honest), cmocka_unit_test(test_lies), cmocka_unit_test(test_signature), cmocka_unit_test(test_attestation), cmocka_unit_test(test_vectors)};

	if (crypto_init(&e) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
