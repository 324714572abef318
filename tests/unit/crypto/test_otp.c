/* One-time passwords against the tables of RFC 4226 (appendix D) and RFC 6238 (appendix B, SHA-1). */
#include "../check.h"

#include "crypto/crypto.h"

static const char secret[] = "12345678901234567890";

static void test_counter(void **state)
{
	static const uint32_t due[] = {755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(due); i++)
		assert_int_equal(hotp(secret, 20, i, 6), due[i]);
}

static void test_time(void **state)
{
	static const struct { uint64_t s; uint32_t code; } due[] = {
		{59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(due); i++) {
		assert_int_equal(hotp(secret, 20, due[i].s / 30, 8), due[i].code);
		assert_int_equal(hotp(secret, 20, due[i].s / 30, 6), due[i].code % 1000000);
		assert_int_equal(hotp(secret, 20, due[i].s / 30, 7), due[i].code % 10000000);
	}
}

/* RFC 2104: a key longer than a block counts by its hash. */
static void test_long_key(void **state)
{
	uint8_t key[100], sum[SHA1_LEN];

	(void)state;
	memset(key, 0xaa, sizeof(key));
	sha1(key, 65, sum);
	assert_int_equal(hotp(key, 65, 7, 8), hotp(sum, sizeof(sum), 7, 8));
	assert_int_not_equal(hotp(key, 64, 7, 8), hotp(key, 63, 7, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counter), cmocka_unit_test(test_time), cmocka_unit_test(test_long_key)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
