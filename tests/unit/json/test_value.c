#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "json/json.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

static struct json_doc *read_text(const char *text)
{
	struct json_doc *d = NULL;

	assert_int_equal(json_read(text, strlen(text), NULL, &d, NULL), 0);
	return d;
}

static void types(void **state)
{
	static const enum json_type want[] = {JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_NUMBER, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT};
	struct json_doc *d = read_text("[null,false,true,1,-1,1.5,\"\",[],{}]");
	struct json_iter it;
	const struct json_val *key = json_root(d), *val;
	size_t i = 0;

	(void)state;
	assert_int_equal(json_len(json_root(d)), ARRAY_LEN(want));
	for (json_iter(&it, json_root(d)); json_next(&it, &key, &val); i++) {
		bool b = false;
		const bool is_bool = json_bool(val, &b);

		assert_null(key);
		assert_int_equal(json_type(val), want[i]);
		assert_int_equal(is_bool, want[i] == JSON_TRUE || want[i] == JSON_FALSE);
		assert_int_equal(b, want[i] == JSON_TRUE);
	}
	assert_int_equal(i, ARRAY_LEN(want));
	json_free(d);
}

static void members(void **state)
{
	struct json_doc *d = read_text("{\"b\":[1,{\"x\":2}],\"a\":\"A\",\"b\\u0000\":3,\"\":{\"in\":4}}");
	const struct json_val *root = json_root(d), *key, *val;
	static const char *const names[] = {"b", "a", "b", ""};
	struct json_iter it;
	size_t i = 0, n = 9;
	int64_t v = 0;

	(void)state;
	for (json_iter(&it, root); json_next(&it, &key, &val); i++)
		assert_string_equal(json_str(key, &n), names[i]);
	assert_int_equal(i, 4); /* in order of the text, nested values stepped over */
	assert_int_equal(n, 0);
	assert_int_equal(json_len(json_get(root, "b")), 2);
	assert_true(json_int(json_getn(root, "b", 2), &v) && v == 3);
	assert_true(json_int(json_get(json_get(root, ""), "in"), &v) && v == 4);
	assert_null(json_get(root, "c"));
	assert_true(json_str_is(json_get(root, "a"), "A"));
	assert_false(json_str_is(json_get(root, "a"), "AB"));
	assert_false(json_str_is(json_get(root, "a"), ""));
	json_free(d);
}

/* NULL and wrong types are answered, never followed. */
static void wrong_types(void **state)
{
	struct json_doc *d = read_text("{\"s\":\"x\",\"n\":1,\"a\":[\"s\"],\"z\":\"a\\u0000b\"}");
	const struct json_val *root = json_root(d), *s = json_get(root, "s"), *a = json_get(root, "a");
	const struct json_val *const no_ctn[] = {NULL, s, json_get(root, "n")};
	struct json_iter it;
	int64_t i;
	double num;
	bool b;
	size_t n = 9;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(no_ctn); k++) {
		json_iter(&it, no_ctn[k]);
		assert_false(json_next(&it, NULL, NULL));
		assert_int_equal(json_len(no_ctn[k]), 0);
		assert_null(json_get(no_ctn[k], "s"));
	}
	assert_null(json_get(a, "s"));
	assert_null(json_get(root, NULL));
	assert_null(json_get_str(root, "n"));
	assert_null(json_get_str(root, "nothing"));
	assert_null(json_str(a, &n));
	assert_int_equal(n, 0);
	assert_null(json_str(NULL, NULL));
	assert_false(json_int(s, &i));
	assert_false(json_num(NULL, &num));
	assert_false(json_bool(s, &b));
	assert_false(json_str_is(NULL, "x"));
	assert_false(json_str_is(s, NULL));
	/* U+0000 inside: the full string is there, the short way refuses */
	assert_null(json_get_str(root, "z"));
	assert_non_null(json_str(json_get(root, "z"), &n));
	assert_int_equal(n, 3);
	assert_false(json_str_is(json_get(root, "z"), "a"));
	assert_string_equal(json_get_str(root, "s"), "x");
	json_free(d);
}

static void integers(void **state)
{
	static const struct { const char *text; bool is; int64_t v; } rows[] = {
		{"0", true, 0}, {"-0", true, 0}, {"-0.0", true, 0}, {"1.0", true, 1}, {"1e2", true, 100}, {"-25e-1", false, 0},
		{"9007199254740991", true, 9007199254740991}, {"-9007199254740991", true, -9007199254740991},
		{"9007199254740991.0", true, 9007199254740991}, {"1e21", false, 0},
		{"0.5", false, 0}, {"1e300", false, 0}, {"5e-324", false, 0}, {"true", false, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_doc *d = read_text(rows[i].text);
		int64_t v = 77;

		assert_int_equal(json_int(json_root(d), &v), rows[i].is);
		assert_int_equal(v, rows[i].is ? rows[i].v : 77);
		json_free(d);
	}
}

/* The text may go as soon as it is read. */
static void bytes_are_copied(void **state)
{
	char text[] = "{\"name\":\"value\"}";
	struct json_doc *d = read_text(text);

	(void)state;
	memset(text, '#', sizeof(text));
	assert_string_equal(json_get_str(json_root(d), "name"), "value");
	json_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(members),
		cmocka_unit_test(wrong_types),
		cmocka_unit_test(integers),
		cmocka_unit_test(bytes_are_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
