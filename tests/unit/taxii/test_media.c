/* Media types alone: the negotiation rules H3–H9 as tables. */
#include "check.h"

#include "taxii/priv.h"

static void accepted(const char *const *list, bool yes)
{
	for (; *list != NULL; list++)
		if (accept_taxii(*list) != yes)
			fail_msg("Accept: %s", *list);
}

static void test_H3_accept_exact(void **unused)
{
	(void)unused;
	accepted((const char *[]){"application/taxii+json;version=2.1", NULL}, true);
}

static void test_H4_accept_without_version(void **unused)
{
	(void)unused;
	accepted((const char *[]){"application/taxii+json", "application/taxii+json;q=0.1", "application/taxii+json;", NULL}, true);
}

static void test_H5_accept_is_a_list(void **unused)
{
	(void)unused;
	accepted((const char *[]){
		"application/taxii+json;version=2.1,application/stix+json;version=2.1",
		"application/stix+json;version=2.1, application/taxii+json; version=2.1",
		"Application/TAXII+JSON;Version=2.1", "application/taxii+json ; version=\"2.1\"", "application/taxii+json;version=2.1;q=0.5, text/html;q=0.9",
		"application/taxii+json;charset=utf-8;version=2.1", "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
		" , application/taxii+json;version=2.1 ,", "application/taxii+json;x=\"a,b;\\\"c\";version=2.1", "garbage, application/taxii+json", NULL}, true);
	accepted((const char *[]){"text/html;level=\"unclosed, application/taxii+json", NULL}, false);
}

static void test_H5_weights(void **unused)
{
	(void)unused;
	accepted((const char *[]){"application/taxii+json;version=2.1;q=0", "application/taxii+json;q=0.000", "*/*;q=0",
		"application/taxii+json;version=2.1;q=0, */*;q=1", "application/*;q=0, */*", "application/taxii+json;q=2", "application/taxii+json;q=x",
		"application/taxii+json;q=0.0001", NULL}, false);
	accepted((const char *[]){"application/taxii+json;version=2.1;q=0.001", "application/taxii+json;q=0, application/taxii+json;version=2.1",
		"*/*;q=0, application/taxii+json", "application/*;q=1.000, */*;q=0", NULL}, true);
}

static void test_H6_other_ranges(void **unused)
{
	(void)unused;
	accepted((const char *[]){"*/*", "application/*", "text/html, */*;q=0.8", NULL}, true);
	accepted((const char *[]){"application/taxii+json;version=2.0", "application/json", "text/*", "application/stix+json;version=2.1", "*/json",
		"application/taxii+json;version=2.10", "application/taxii+json;version=\"2.0\"", "application", "/", ";version=2.1", NULL}, false);
}

static void test_H7_no_accept(void **unused)
{
	(void)unused;
	assert_true(accept_taxii(NULL));
	assert_true(accept_taxii(""));
	assert_true(accept_taxii(" , "));
}

static void test_H8_content_types_taken(void **unused)
{
	static const char *const yes[] = {"application/taxii+json;version=2.1", "application/taxii+json", "application/taxii+json; version=2.1",
		"APPLICATION/taxii+json;VERSION=\"2.1\"", " application/taxii+json ", "application/taxii+json;charset=utf-8"};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!content_taxii(yes[i]))
			fail_msg("Content-Type: %s", yes[i]);
}

static void test_H9_content_types_refused(void **unused)
{
	static const char *const no[] = {"application/json", "application/taxii+json;version=2.0", "*/*", "application/*", "text/plain", "",
		"application/taxii+json, application/taxii+json", "application/vnd.oasis.stix+json; version=2.0", "application/taxii+jsonx"};

	(void)unused;
	assert_false(content_taxii(NULL));
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (content_taxii(no[i]))
			fail_msg("Content-Type: %s", no[i]);
}

static void test_H9_content_codings(void **unused)
{
	static const char *const yes[] = {"", " ", "identity", "Identity"}, *const no[] = {"gzip", "br", "identity, gzip", "gzip, identity", "identityx", ","};

	(void)unused;
	assert_true(content_plain(NULL));
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		assert_true(content_plain(yes[i]));
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (content_plain(no[i]))
			fail_msg("Content-Encoding: %s", no[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_H3_accept_exact), cmocka_unit_test(test_H4_accept_without_version), cmocka_unit_test(test_H5_accept_is_a_list),
		cmocka_unit_test(test_H5_weights), cmocka_unit_test(test_H6_other_ranges), cmocka_unit_test(test_H7_no_accept),
		cmocka_unit_test(test_H8_content_types_taken), cmocka_unit_test(test_H9_content_types_refused), cmocka_unit_test(test_H9_content_codings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
