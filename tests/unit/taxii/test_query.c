/* Query parameters alone: H13–H15, P8, P11–P14. */
#include "check.h"

#include <stdio.h>

#include "base/mem.h"
#include "http/priv.h"
#include "taxii/priv.h"

#define ALL (QUERY_PAGE | MATCH_ID | MATCH_TYPE | MATCH_VERSION | MATCH_SPEC)

static int parse(const char *query, unsigned takes, struct query *ret, struct err *e)
{
	struct http_target *t = mem_zalloc(sizeof(*t));
	char target[LIMIT_HTTP_URL + 8];
	struct http_req *q = mem_zalloc(sizeof(*q));
	int rc;

	(void)snprintf(target, sizeof(target), "/?%s", query);
	assert_int_equal(http_target_parse(target, strlen(target), t, e), 0);
	memcpy(q->param, t->param, sizeof(q->param));
	q->params = t->params;
	rc = taxii_query_parse(q, takes, ret, e);
	mem_free(q);
	mem_free(t); /* lists are copies; `next` is only looked at as a flag here */
	return rc;
}

static void test_H13_malformed(void **unused)
{
	static const char *const bad[] = {
		"limit=0", "limit=-1", "limit=", "limit=ten", "limit=1.0", "limit=%201", "limit=01", "limit=9007199254740992", "limit=1e3",
		"added_after=", "added_after=yesterday", "added_after=2016-09-01", "added_after=2016-09-01T00:00:00", "added_after=2016-09-01T00:00:00%2b00:00",
		"added_after=2016-02-30T00:00:00Z", "added_after=9999-02-29T00:00:00Z", "added_after=99999-01-01T00:00:00Z", "match[version]=9999-13-01T00:00:00Z", "added_after=2016-09-01T00:00:00.Z", "added_after=2016-09-01T00:00:00.1234567890Z",
		"added_after=2016-09-01T00:00:00Z,2016-09-02T00:00:00Z",
		"match[version]=yesterday", "match[version]=", "match[version]=all,first", "match[version]=last,last", "match[version]=ALL",
		"match[version]=2016-09-01T00:00:00Z,2016-09-01T00:00:00.000Z", "match[version]=first,", "match[version]=first,%20last",
		"match[spec_version]=", "match[spec_version]=two", "match[spec_version]=2", "match[spec_version]=2.", "match[spec_version]=2.1,,2.0",
		"match[id]=", "match[type]=", "match[type]=,", "match[type]=indicator,%20malware", "match[id]=a,",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct query s = {.limit = 77};
		struct err e = {0};

		if (parse(bad[i], ALL, &s, &e) != E_FORMAT)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(s.limit, 77);
		assert_true(strchr(e.msg, ':') != NULL);
	}
}

static void test_H14_given_twice(void **unused)
{
	static const char *const bad[] = {"limit=1&limit=1", "next=a&next=b", "added_after=2016-09-01T00:00:00Z&added_after=2016-09-01T00:00:00Z",
		"match[id]=a&match[id]=b", "match[type]=a&match%5Btype%5D=b", "match[x]=1&match[x]=1"};
	static const char *const good[] = {"x=1&x=2", "match[x]=", "match[x]=%20,,&limit=3", "match[type]=a,a", "limit=3&Limit=0", "next=", "match[]=1", "match=2",
		"match[version]=9998-01-01T00:00:00Z,9999-01-01T00:00:00Z"};
	struct query s;
	struct err e = {0};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse(bad[i], ALL, &s, &e) != E_FORMAT)
			fail_msg("taken: %s", bad[i]);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		if (parse(good[i], ALL, &s, &e) != 0)
			fail_msg("%s: %s", good[i], e.msg);
		taxii_query_free(&s);
	}
}

/* What an endpoint has no use for is not judged, but twice is twice. */
static void test_H14_fields_of_other_endpoints(void **unused)
{
	struct query s;
	struct err e = {0};

	(void)unused;
	assert_int_equal(parse("match[type]=,&limit=0&match[version]=first", MATCH_VERSION, &s, &e), 0);
	assert_int_equal(s.types, 0);
	assert_int_equal(s.versions, 1);
	assert_int_equal(s.limit, LIMIT_PAGE_DEFAULT);
	taxii_query_free(&s);
	assert_int_equal(parse("match[type]=a&match[type]=b", MATCH_VERSION, &s, &e), E_FORMAT);
}

static void test_H15_encoded_brackets(void **unused)
{
	struct query s;
	struct err e = {0};

	(void)unused;
	assert_int_equal(parse("match%5Btype%5D=indicator%2Cmalware", ALL, &s, &e), 0);
	assert_int_equal(s.types, 2);
	assert_string_equal(s.type[0], "indicator");
	assert_string_equal(s.type[1], "malware");
	taxii_query_free(&s);
}

static void test_P3_limit(void **unused)
{
	static const struct { const char *query; size_t limit; } cases[] = {{"", LIMIT_PAGE_DEFAULT}, {"limit=1", 1}, {"limit=10000", LIMIT_PAGE_ROWS},
		{"limit=10001", LIMIT_PAGE_ROWS}, {"limit=9007199254740991", LIMIT_PAGE_ROWS}};
	struct query s;
	struct err e = {0};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(parse(cases[i].query, ALL, &s, &e), 0);
		assert_int_equal(s.limit, cases[i].limit);
		taxii_query_free(&s);
	}
}

/* 0 to 9 digits; what is finer than a microsecond is rounded down, so "strictly later" holds for whole microseconds. */
static void test_P8_added_after_digits(void **unused)
{
	static const struct { const char *query; int64_t us; } cases[] = {
		{"added_after=1970-01-01T00:00:01Z", 1000000}, {"added_after=1970-01-01T00:00:01.5Z", 1500000}, {"added_after=1970-01-01T00:00:01.123Z", 1123000},
		{"added_after=1970-01-01T00:00:01.123456Z", 1123456}, {"added_after=1970-01-01T00:00:01.123456789Z", 1123456},
		{"added_after=1969-12-31T23:59:59.999999999Z", -1}, {"added_after=9996-02-29T23:59:59Z", INT64_MAX / 1000}, {"added_after=0001-01-01T00:00:00.5Z", INT64_MIN / 1000 - 1}, {"limit=1", INT64_MIN}};
	struct query s;
	struct err e = {0};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(parse(cases[i].query, ALL, &s, &e), 0);
		if (s.after_added != cases[i].us)
			fail_msg("%s: %lld", cases[i].query, (long long)s.after_added);
		taxii_query_free(&s);
	}
}

static void test_P11_all_fields(void **unused)
{
	struct query s;
	struct err e = {0};

	(void)unused;
	assert_int_equal(parse("match[spec_version]=2.1,2.0&match[id]=b,a&match[version]=first,1970-01-01T00:00:01Z,last&match[type]=x&next=n&limit=5", ALL, &s, &e), 0);
	assert_int_equal(s.ids, 2);
	assert_string_equal(s.id[0], "b");
	assert_string_equal(s.id[1], "a");
	assert_int_equal(s.types, 1);
	assert_string_equal(s.type[0], "x");
	assert_int_equal(s.versions, 3);
	assert_int_equal(s.version[0].pick, VERSION_FIRST);
	assert_int_equal(s.version[1].pick, VERSION_AT);
	assert_true(s.version[1].ns == NS_PER_S);
	assert_int_equal(s.version[2].pick, VERSION_LAST);
	assert_int_equal(s.specs, SPEC_20 | SPEC_21);
	assert_false(s.nothing);
	assert_non_null(s.next);
	taxii_query_free(&s);
}

static void test_P12_unknown_values(void **unused)
{
	struct query s;
	struct err e = {0};

	(void)unused;
	assert_int_equal(parse("match[type]=no-such-type,x_y&match[id]=nonsense&match[spec_version]=2.2", ALL, &s, &e), 0);
	assert_true(s.nothing);
	taxii_query_free(&s);
	assert_int_equal(parse("match[spec_version]=2.2,2.1", ALL, &s, &e), 0);
	assert_false(s.nothing);
	assert_int_equal(s.specs, SPEC_21);
	taxii_query_free(&s);
}

static void test_limit_match(void **unused)
{
	char query[LIMIT_HTTP_URL];
	struct query s;
	struct err e = {0};

	(void)unused;
	for (size_t n = LIMIT_MATCH; n <= LIMIT_MATCH + 1; n++) {
		size_t at = (size_t)snprintf(query, sizeof(query), "match[type]=a");

		for (size_t i = 1; i < n; i++)
			at += (size_t)snprintf(query + at, sizeof(query) - at, ",a");
		assert_int_equal(parse(query, ALL, &s, &e), n == LIMIT_MATCH ? 0 : E_FORMAT);
		if (n == LIMIT_MATCH)
			taxii_query_free(&s);
	}
}

static void test_no_memory(void **unused)
{
	struct query s = {.limit = 1};
	struct http_req q = {.params = 1, .param = {{"match[type]", "a,b"}}};
	struct err e = {0};

	(void)unused;
	mem_fail_after(1);
	assert_int_equal(taxii_query_parse(&q, ALL, &s, &e), E_NOMEM);
	mem_fail_after(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_H13_malformed), cmocka_unit_test(test_H14_given_twice), cmocka_unit_test(test_H14_fields_of_other_endpoints),
		cmocka_unit_test(test_H15_encoded_brackets), cmocka_unit_test(test_P3_limit), cmocka_unit_test(test_P8_added_after_digits),
		cmocka_unit_test(test_P11_all_fields), cmocka_unit_test(test_P12_unknown_values), cmocka_unit_test(test_limit_match), cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
