/* Identifiers, UUIDs and the constants made from them. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "stix/stix.h"
#include "check.h"

static void uuids(void **state)
{
	static const char text[] = "00112233-4455-4677-8899-aabbccddeeff";
	uint8_t u[16], v[16] = {0};
	char back[37];

	(void)state;
	assert_true(uuid_parse(text, 36, u));
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(u[i], i == 6 ? 0x46 : (uint8_t)(i * 0x11));
	uuid_format(u, back);
	assert_string_equal(back, text);
	for (size_t i = 0; i < 36; i++) { /* any wrong character, anywhere */
		static const char wrong[] = {'A', 'g', '-', '0', ' ', '\0', '/', ':', '`'};

		for (size_t k = 0; k < ARRAY_LEN(wrong); k++) {
			char bad[37];
			const bool dash = text[i] == '-';

			memcpy(bad, text, 37);
			bad[i] = wrong[k];
			if ((wrong[k] == '0' && !dash) || (wrong[k] == '-' && dash))
				continue;
			assert_false(uuid_parse(bad, 36, v));
		}
	}
	assert_false(uuid_parse(text, 35, v));
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(v[i], 0); /* untouched */
}

static void version4(void **state)
{
	uint8_t all[16], u[16];

	(void)state;
	memset(all, 0xff, sizeof(all));
	uuid_v4(all, u);
	assert_int_equal(u[6], 0x4f);
	assert_int_equal(u[8], 0xbf);
	memset(all, 0, sizeof(all));
	uuid_v4(all, u);
	assert_int_equal(u[6], 0x40);
	assert_int_equal(u[8], 0x80);
}

static void expect_v5(const char *ns, const char *name, const char *want)
{
	uint8_t n[16], u[16];
	char text[37];

	assert_true(uuid_parse(ns, 36, n));
	uuid_v5(n, name, strlen(name), u);
	uuid_format(u, text);
	assert_string_equal(text, want);
}

/* RFC 9562 appendix A.4; then the chain our constants come from; then the namespace of STIX observables. */
static void version5(void **state)
{
	(void)state;
	expect_v5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	expect_v5("6ba7b811-9dad-11d1-80b4-00c04fd430c8", "urn:verbale", VERBALE_NAMESPACE);
	expect_v5(VERBALE_NAMESPACE, "verbale/extension/v1", strstr(VERBALE_EXTENSION_ID, "--") + 2);
	expect_v5(VERBALE_NAMESPACE, "verbale/identity/v1", strstr(VERBALE_IDENTITY_ID, "--") + 2);
	expect_v5("00abedb4-aa42-466c-9c01-fed23315a9b7", "{\"value\":\"198.51.100.3\"}", "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
}

static void identifiers(void **state)
{
#define U "--00112233-4455-4677-8899-aabbccddeeff"
	static const char *const good[] = {"url" U, "x-a-b" U, "a1b" U, VERBALE_EXTENSION_ID, "identity--00000000-0000-1000-8000-000000000000"};
	static const char *const bad[] = {
		"", U, "ab" U, "1ab" U, "Abc" U, "a_b" U, "-ab" U, "ab-" U, "a--b" U, "url" U "0", "url-00112233-4455-4677-8899-aabbccddeeff",
		"url--00112233-4455-4677-7899-aabbccddeeff", "url--00112233-4455-4677-c899-aabbccddeeff", "url--00000000-0000-0000-0000-000000000000",
		"url--00112233-4455-4677-8899-aabbccddeef", "url--00112233445546778899aabbccddeeff0000",
	};
	char longest[LIMIT_STIX_ID + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(stix_id_ok(good[i], strlen(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (stix_id_ok(bad[i], strlen(bad[i])))
			fail_msg("%s is accepted", bad[i]);
	assert_false(stix_id_ok("ur\0" U, 3 + strlen(U)));
	(void)snprintf(longest, sizeof(longest), "%0250d" U, 0);
	memset(longest, 'a', 250);
	assert_true(stix_id_ok(longest, LIMIT_STIX_ID));
	(void)snprintf(longest, sizeof(longest), "%0251d" U, 0);
	memset(longest, 'a', 251);
	assert_false(stix_id_ok(longest, LIMIT_STIX_ID + 1));
}

static int init(void **state)
{
	(void)state;
	return crypto_init(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uuids), cmocka_unit_test(version4), cmocka_unit_test(version5), cmocka_unit_test(identifiers),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
