#include "check.h"

#include "http/priv.h"

static int parse(const char *s, struct http_target *t) { return http_target_parse(s, strlen(s), t, NULL); }

static const struct good { const char *target, *path; } goods[] = {
	{"/", "/"},
	{"/de/series/gc-jp", "/de/series/gc-jp"},
	{"/taxii2/", "/taxii2/"},
	{"/%E5%A4%96%E5%8B%99%E7%9C%81", "/外務省"},
	{"/a%20b%25", "/a b%"},
	{"/a+b", "/a+b"},
	{"/x?", "/x"},
	{"/x?&&", "/x"},
	{"http://node.example/log/checkpoint", "/log/checkpoint"},
	{"/...", "/..."},
	{"/.well-known/x", "/.well-known/x"},
	{"*", "*"},
};

static void test_paths(void **state)
{
	struct http_target t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(goods); i++) {
		assert_int_equal(parse(goods[i].target, &t), 0);
		assert_string_equal(t.path, goods[i].path);
		assert_int_equal(t.params, 0);
	}
}

static const char *const bads[] = {
	"", "x", "?a=b", "**", "//", "/a//b", "/.", "/..", "/a/./b", "/a/../b", "/%2e%2E/etc", "/a/%2e", "/a%2Fb", "/a%5cb", "/a\\b",
	"/%", "/%4", "/%zz", "/%00", "/%0a", "/%7f", "/a b", "/\xc3\xa4", "/%c3", "/%ed%a0%80", "/%c0%af", "/#x", "/\"", "/<", "/x?a=%", "/x?a=%00",
	"/x?a=\x01", "/x?%ff=1", "/x?a=b c", "http://node.example", "http://", "ftp://a/b",
};

static void test_refused(void **state)
{
	struct http_target t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bads); i++) {
		if (parse(bads[i], &t) != E_FORMAT)
			fail_msg("taken: %s", bads[i]);
		assert_true(strcmp(t.path, "/") == 0 || strcmp(t.path, "/a/") == 0 || strcmp(t.path, "/x") == 0);
		assert_int_equal(t.params, 0);
	}
	/* a NUL in the middle ends nothing */
	assert_int_equal(http_target_parse("/a\0b", 4, &t, NULL), E_FORMAT);
}

/* Whose error it is can be told from the first segment, if from anything. */
static void test_refused_path(void **state)
{
	static const struct { const char *target, *path; } cases[] = {
		{"/taxii2/api/%", "/taxii2/"}, {"/taxii2/?limit=%0", "/taxii2/"}, {"/taxii2?a=%", "/taxii2"}, {"/de/x/../y", "/de/"},
		{"/a%2Fb", "/"}, {"//a", "/"}, {"/..", "/"}, {"/a b", "/"}, {"/a.b/%", "/"}, {"x", "/"}, {"", "/"},
	};
	struct http_target t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(parse(cases[i].target, &t), E_FORMAT);
		assert_string_equal(t.path, cases[i].path);
	}
}

/* As TAXII clients write it; only there. */
static void test_raw_brackets(void **state)
{
	struct http_target t;

	(void)state;
	assert_int_equal(parse("/s/?match[type]=x&[=]", &t), 0);
	assert_string_equal(t.param[0].name, "match[type]");
	assert_string_equal(t.param[1].name, "[");
	assert_string_equal(t.param[1].value, "]");
	assert_int_equal(parse("/s[1]/", &t), E_FORMAT);
}

static void test_query(void **state)
{
	struct http_target t;
	struct http_req q = {.method = HTTP_GET};

	(void)state;
	assert_int_equal(parse("/s?q=%E5%8D%94%E8%AD%B0+2016&match%5Btype%5D=x&q=second&flag&=&e=a=b", &t), 0);
	assert_int_equal(t.params, 6);
	memcpy(q.param, t.param, sizeof(q.param));
	q.params = t.params;
	assert_string_equal(http_param(&q, "q"), "協議 2016");
	assert_string_equal(http_param(&q, "match[type]"), "x");
	assert_string_equal(t.param[2].value, "second");
	assert_string_equal(http_param(&q, "flag"), "");
	assert_string_equal(http_param(&q, ""), "");
	assert_string_equal(http_param(&q, "e"), "a=b");
	assert_null(http_param(&q, "x"));
	assert_string_equal(t.path, "/s");
}

static void test_limits(void **state)
{
	static char long_one[LIMIT_HTTP_URL + 2];
	char many[4 * LIMIT_HTTP_PARAMS + 8] = "/?";
	struct http_target t;

	(void)state;
	memset(long_one, 'a', sizeof(long_one));
	long_one[0] = '/';
	assert_int_equal(http_target_parse(long_one, LIMIT_HTTP_URL, &t, NULL), 0);
	assert_int_equal(strlen(t.path), LIMIT_HTTP_URL);
	assert_int_equal(http_target_parse(long_one, LIMIT_HTTP_URL + 1, &t, NULL), E_LIMIT);
	/* the tightest packing of names and values stays inside the target's memory (sanitizers watch) */
	for (size_t i = 2; i < LIMIT_HTTP_URL; i += 2)
		memcpy(long_one + i, "=&", 2);
	long_one[1] = '?';
	assert_int_equal(http_target_parse(long_one, LIMIT_HTTP_URL, &t, NULL), E_FORMAT);
	for (size_t i = 0; i < LIMIT_HTTP_PARAMS; i++)
		strcat(many, "a=&");
	assert_int_equal(parse(many, &t), 0);
	assert_int_equal(t.params, LIMIT_HTTP_PARAMS);
	strcat(many, "b");
	assert_int_equal(parse(many, &t), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths), cmocka_unit_test(test_refused), cmocka_unit_test(test_refused_path), cmocka_unit_test(test_raw_brackets), cmocka_unit_test(test_query), cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
