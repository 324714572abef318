/* Passwords, keyed hashes, sealed texts: what opens and what does not. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"

static void test_password(void **state)
{
	static const char *const others[] = {"correct horse ", "correct hors", "Correct horse", "", "correct horse\n"};
	const struct rng rng = rng_system();
	char text[PASSWORD_TEXT], again[PASSWORD_TEXT];
	struct err e = {0};

	(void)state;
	assert_int_equal(password_hash(&rng, "correct horse", 13, text, &e), 0);
	assert_int_equal(password_hash(&rng, "correct horse", 13, again, &e), 0);
	assert_string_not_equal(text, again);
	assert_true(strncmp(text, "$argon2id$v=19$m=65536,t=3,p=1$", 31) == 0);
	assert_null(strstr(text, "horse"));
	assert_true(password_ok(text, "correct horse", 13));
	assert_true(password_ok(again, "correct horse", 13));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(password_ok(text, others[i], strlen(others[i])));
	text[40] = text[40] == 'A' ? 'B' : 'A';
	assert_false(password_ok(text, "correct horse", 13));
}

static void test_password_of_others(void **state)
{
	(void)state;
	assert_false(password_ok("", "x", 1));
	assert_false(password_ok("$argon2id$v=19$m=65536,t=3,p=1$", "x", 1));
	assert_false(password_ok("$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$", "x", 1));
	/* The file does not say how much memory we take. */
	assert_false(password_ok("$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", 1));
	assert_false(password_ok("$argon2i$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", 1));
}

static int no_chance(void *ctx, void *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
	return E_ENV;
}

static void test_no_randomness(void **state)
{
	const struct rng none = {no_chance, NULL};
	char text[PASSWORD_TEXT];
	struct err e = {0};

	(void)state;
	assert_int_equal(password_hash(&none, "x", 1, text, &e), E_ENV);
}

static void test_mac(void **state)
{
	uint8_t key[MAC_KEY] = {1}, other[MAC_KEY] = {2}, a[MAC_LEN], b[MAC_LEN];

	(void)state;
	mac(key, "abc", 3, a);
	mac(key, "abc", 3, b);
	assert_memory_equal(a, b, MAC_LEN);
	mac(key, "abd", 3, b);
	assert_memory_not_equal(a, b, MAC_LEN);
	mac(other, "abc", 3, b);
	assert_memory_not_equal(a, b, MAC_LEN);
	mac_for(key, "p", "abc", 3, b);
	mac(key, "p\0abc", 5, a);
	assert_memory_equal(a, b, MAC_LEN);
	mac_for(key, "q", "abc", 3, b);
	assert_memory_not_equal(a, b, MAC_LEN);
	mac(key, "abc", 3, a);
	mac(key, "", 0, b);
	assert_memory_not_equal(a, b, MAC_LEN);
}

static void test_seal(void **state)
{
	const uint8_t key[SEAL_KEY] = {7}, other[SEAL_KEY] = {8}, nonce[SEAL_NONCE] = {9};
	uint8_t box[5 + SEAL_EXTRA], back[5];

	(void)state;
	seal(key, nonce, "here", 4, "hello", 5, box);
	assert_true(unseal(key, "here", 4, box, sizeof(box), back));
	assert_memory_equal(back, "hello", 5);
	assert_false(unseal(other, "here", 4, box, sizeof(box), back));
	assert_false(unseal(key, "there", 5, box, sizeof(box), back));
	assert_false(unseal(key, "here", 3, box, sizeof(box), back));
	for (size_t n = 0; n < sizeof(box); n++)
		assert_false(unseal(key, "here", 4, box, n, back));
	for (size_t bit = 0; bit < 8 * sizeof(box); bit++) {
		box[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(unseal(key, "here", 4, box, sizeof(box), back));
		box[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	seal(key, nonce, NULL, 0, NULL, 0, box);
	assert_true(unseal(key, NULL, 0, box, SEAL_EXTRA, back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_password), cmocka_unit_test(test_password_of_others), cmocka_unit_test(test_no_randomness),
		cmocka_unit_test(test_mac), cmocka_unit_test(test_seal),
	};

	if (crypto_init(NULL) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
