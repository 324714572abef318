#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "base/fs.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "json/json.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

struct vector {
	uint8_t pk[ED25519_PK], sig[ED25519_SIG], msg[2048];
	size_t msg_n;
};

static void unhex(const char *hex, void *out, size_t n) { assert_true(hex_decode(hex, strlen(hex), out, n)); }

/* --- RFC 8032 §7.1, tests 1 to 3 --- */

static void rfc_8032(void **state)
{
	static const struct { const char *seed, *pk, *msg, *sig; } rows[] = {
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
		{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t seed[ED25519_SEED], pk[ED25519_PK], want[ED25519_SIG], sig[ED25519_SIG], msg[2] = {0};
		const size_t n = strlen(rows[i].msg) / 2;
		struct keypair k;

		unhex(rows[i].seed, seed, sizeof(seed));
		unhex(rows[i].pk, pk, sizeof(pk));
		unhex(rows[i].sig, want, sizeof(want));
		unhex(rows[i].msg, msg, n);
		ed25519_from_seed(seed, &k);
		assert_memory_equal(k.pk, pk, sizeof(pk));
		assert_memory_equal(k.seed, seed, sizeof(seed));
		ed25519_sign(&k, n > 0 ? msg : NULL, n, sig);
		assert_memory_equal(sig, want, sizeof(want));
		assert_true(ed25519_verify(pk, n > 0 ? msg : NULL, n, sig));
		assert_true(ed25519_pk_ok(pk));
	}
}

static int fixed_fill(void *ctx, void *p, size_t n)
{
	memset(p, *(const int *)ctx, n);
	return 0;
}

static int broken_fill(void *ctx, void *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
	return E_ENV;
}

static void generate(void **state)
{
	int seven = 7;
	const struct rng fixed = {fixed_fill, &seven}, broken = {broken_fill, NULL}, real = rng_system();
	struct keypair a, b, untouched;
	uint8_t seed[ED25519_SEED];

	(void)state;
	assert_int_equal(ed25519_generate(&fixed, &a, NULL), 0);
	memset(seed, 7, sizeof(seed));
	ed25519_from_seed(seed, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	ed25519_from_seed(a.seed, &a); /* in place */
	assert_memory_equal(&a, &b, sizeof(a));
	untouched = a;
	assert_int_equal(ed25519_generate(&broken, &a, NULL), E_ENV);
	assert_memory_equal(&a, &untouched, sizeof(a));
	assert_int_equal(ed25519_generate(&real, &a, NULL), 0);
	assert_int_equal(ed25519_generate(&real, &b, NULL), 0);
	assert_memory_not_equal(a.seed, b.seed, ED25519_SEED);
	assert_true(ed25519_pk_ok(a.pk));
	keypair_wipe(&a);
	memset(&b, 0, sizeof(b));
	assert_memory_equal(&a, &b, sizeof(a));
}

/* A wrong public key in the struct must not reach the signature: two signatures would then give the seed away. */
static void foreign_public_key_is_ignored(void **state)
{
	uint8_t seed[ED25519_SEED] = {1}, want[ED25519_SIG], sig[ED25519_SIG];
	struct keypair k;

	(void)state;
	ed25519_from_seed(seed, &k);
	ed25519_sign(&k, "m", 1, want);
	k.pk[0] ^= 1;
	ed25519_sign(&k, "m", 1, sig);
	assert_memory_equal(sig, want, sizeof(sig));
}

/* Any one bit of key, message or signature turned: refused. */
static void every_bit_counts(void **state)
{
	uint8_t seed[ED25519_SEED] = {2}, sig[ED25519_SIG], msg[5] = "text";
	struct keypair k;

	(void)state;
	ed25519_from_seed(seed, &k);
	ed25519_sign(&k, msg, sizeof(msg), sig);
	for (size_t bit = 0; bit < 8 * (sizeof(sig) + sizeof(k.pk) + sizeof(msg)); bit++) {
		const size_t i = bit / 8;
		uint8_t *at = i < sizeof(sig) ? &sig[i] : i < sizeof(sig) + sizeof(k.pk) ? &k.pk[i - sizeof(sig)] : &msg[i - sizeof(sig) - sizeof(k.pk)];

		*at ^= (uint8_t)(1u << bit % 8);
		assert_false(ed25519_verify(k.pk, msg, sizeof(msg), sig));
		*at ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(ed25519_verify(k.pk, msg, sizeof(msg), sig));
	assert_false(ed25519_verify(k.pk, msg, sizeof(msg) - 1, sig));
}

/* --- files of vectors --- */

static struct json_doc *load(const char *path)
{
	const struct fs fs = fs_system();
	const struct json_read_opt opt = {.what = path};
	CLEANUP_BUF struct buf text = BUF_INIT(0);
	struct json_doc *d = NULL;
	struct err e;

	if (fs_read_file(&fs, path, 1 << 20, &text, &e) != 0 || json_read(text.p, text.n, &opt, &d, &e) != 0)
		fail_msg("%s", e.msg);
	return d;
}

static void vector_of(const struct json_val *o, const char *key, const char *msg, size_t msg_n, struct vector *ret)
{
	unhex(key, ret->pk, sizeof(ret->pk));
	unhex(json_get_str(o, "sig"), ret->sig, sizeof(ret->sig));
	assert_true(msg_n <= sizeof(ret->msg));
	memcpy(ret->msg, msg, msg_n);
	ret->msg_n = msg_n;
}

static void text_vector(const struct json_val *o, struct vector *ret)
{
	size_t n;
	const char *msg = json_str(json_get(o, "msg"), &n);

	assert_non_null(msg);
	vector_of(o, json_get_str(o, "key"), msg, n, ret);
}

/* Our own edges: low and mixed order, encodings that are not canonical, S past L, cofactor needed. */
static void edges(void **state)
{
	struct json_doc *d = load(GOLDEN_DIR "/ed25519/edges.json");
	const struct json_val *o;
	struct json_iter it;
	size_t accepted = 0;

	(void)state;
	assert_int_equal(json_len(json_root(d)), 929);
	for (json_iter(&it, json_root(d)); json_next(&it, NULL, &o);) {
		const char *why = json_get_str(o, "why");
		struct vector v;
		bool accept = false, ok;

		text_vector(o, &v);
		assert_true(json_bool(json_get(o, "accept"), &accept));
		ok = ed25519_verify(v.pk, v.msg, v.msg_n, v.sig);
		if (ok != accept)
			fail_msg("%s: %s", ok ? "accepted" : "refused", why);
		accepted += ok;
		/* A key may be registered if and only if its signatures can be accepted at all. */
		if (ed25519_pk_ok(v.pk) != (strncmp(why, "A low order", 11) != 0))
			fail_msg("key: %s", why);
	}
	assert_int_equal(accepted, 41);
	json_free(d);
}

/* Not on the curve; y past the prime on the curve; the largest y. */
static void keys_refused(void **state)
{
	static const char *const rows[] = {
		"0200000000000000000000000000000000000000000000000000000000000000",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t pk[ED25519_PK];

		unhex(rows[i], pk, sizeof(pk));
		assert_false(ed25519_pk_ok(pk));
	}
}

/*
 * Vectors of others, not kept here (tests/golden/ed25519/SOURCE names them): found in the folder that
 * the variable VERBALE_VECTORS names, otherwise skipped.
 */
static struct json_doc *load_foreign(const char *name)
{
	const char *dir = getenv("VERBALE_VECTORS");
	CLEANUP_STR char *path = dir != NULL ? mem_printf("%s/%s", dir, name) : NULL;

	if (path == NULL)
		skip();
	return load(path);
}

static void cctv(void **state)
{
	struct json_doc *d = load_foreign("ed25519vectors.json");
	const struct json_val *o;
	struct json_iter it;
	size_t accepted = 0;

	(void)state;
	assert_true(json_len(json_root(d)) == 914 || json_len(json_root(d)) == 768); /* CCTV, or its edition of 2021 */
	for (json_iter(&it, json_root(d)); json_next(&it, NULL, &o);) {
		const struct json_val *flag;
		struct json_iter flags;
		struct vector v;
		bool strict = true, ok, key = true;

		text_vector(o, &v);
		for (json_iter(&flags, json_get(o, "flags")); json_next(&flags, NULL, &flag);) {
			const bool component = json_str_is(flag, "low_order_component_A") || json_str_is(flag, "low_order_component_R");

			strict = strict && component;
			key = key && !json_str_is(flag, "low_order_A") && !json_str_is(flag, "non_canonical_A");
		}
		ok = ed25519_verify(v.pk, v.msg, v.msg_n, v.sig);
		assert_int_equal(ok, strict);
		assert_int_equal(ed25519_pk_ok(v.pk), key);
		accepted += ok;
	}
	assert_int_equal(accepted, 43);
	json_free(d);
}

static size_t wycheproof_group(const struct json_val *group)
{
	const struct json_val *o;
	struct json_iter it;
	size_t count = 0;

	for (json_iter(&it, json_get(group, "tests")); json_next(&it, NULL, &o); count++) {
		const char *msg = json_get_str(o, "msg"), *sig = json_get_str(o, "sig");
		uint8_t bytes[1024];
		struct vector v;
		bool ok = false;

		unhex(msg, bytes, strlen(msg) / 2);
		if (strlen(sig) == HEX_LEN(ED25519_SIG)) { /* other lengths never reach verification */
			vector_of(o, json_get_str(json_get(group, "publicKey"), "pk"), (const char *)bytes, strlen(msg) / 2, &v);
			ok = ed25519_verify(v.pk, v.msg, v.msg_n, v.sig);
		}
		if (ok != json_str_is(json_get(o, "result"), "valid"))
			fail_msg("%s: %s", json_get_str(o, "comment"), ok ? "accepted" : "refused");
	}
	return count;
}

static void wycheproof(void **state)
{
	struct json_doc *d = load_foreign("ed25519_test.json");
	const struct json_val *group;
	struct json_iter it;
	size_t count = 0;

	(void)state;
	for (json_iter(&it, json_get(json_root(d), "testGroups")); json_next(&it, NULL, &group);)
		count += wycheproof_group(group);
	assert_int_equal(count, 151);
	json_free(d);
}

static void secrets(void **state)
{
	uint8_t a[16] = {1, 2, 3}, b[16] = {1, 2, 3}, zero[16] = {0};

	(void)state;
	assert_true(secret_equal(a, b, sizeof(a)));
	b[15] ^= 0x80;
	assert_false(secret_equal(a, b, sizeof(a)));
	assert_true(secret_equal(a, b, 15));
	assert_true(secret_equal(a, b, 0));
	secret_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_8032),
		cmocka_unit_test(generate),
		cmocka_unit_test(foreign_public_key_is_ignored),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(edges),
		cmocka_unit_test(keys_refused),
		cmocka_unit_test(cctv),
		cmocka_unit_test(wycheproof),
		cmocka_unit_test(secrets),
	};

	return crypto_init(NULL) == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
