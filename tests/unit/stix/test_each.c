/* The four shapes in which objects come. */
#include "stix/stix.h"
#include "check.h"

struct seen { size_t n; const char *first; size_t stop_at; };

static int visit(void *ctx, const struct json_val *obj, size_t n, struct err *e)
{
	struct seen *s = ctx;

	assert_int_equal(n, s->n);
	assert_int_equal(json_type(obj), JSON_OBJECT);
	if (s->n == 0)
		s->first = json_get_str(obj, "type");
	s->n++;
	return s->n == s->stop_at ? fail(e, E_STATE, "stopped") : 0;
}

static int run(const char *text, struct seen *s, struct err *e)
{
	struct json_doc *doc = NULL;
	int r;

	if (json_read(text, strlen(text), NULL, &doc, e) != 0)
		fail_msg("%s: %s", text, e->msg);
	r = stix_each(json_root(doc), visit, s, e);
	json_free(doc);
	return r;
}

static void shapes(void **state)
{
	static const struct { const char *text; int r; size_t n; } cases[] = {
		{"{\"type\":\"tool\"}", 0, 1},
		{"{\"type\":\"tool\",\"objects\":[{},{}]}", 0, 1}, /* an object that happens to have objects, as observed-data has */
		{"[{\"type\":\"tool\"},{}]", 0, 2},
		{"[]", 0, 0},
		{"{\"type\":\"bundle\",\"objects\":[{\"type\":\"a\"},{\"type\":\"b\"},{\"type\":\"bundle\"}]}", 0, 3},
		{"{\"type\":\"bundle\"}", 0, 0},
		{"{\"objects\":[{\"type\":\"a\"}],\"more\":false}", 0, 1},
		{"{\"objects\":[]}", 0, 0},
		{"{}", E_FORMAT, 0},
		{"{\"objects\":{}}", E_FORMAT, 0},
		{"{\"type\":\"bundle\",\"objects\":1}", E_FORMAT, 0},
		{"1", E_FORMAT, 0},
		{"null", E_FORMAT, 0},
		{"[{},1]", E_FORMAT, 1},
		{"[[{}]]", E_FORMAT, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen s = {.n = 0};
		struct err e = {.code = 0};

		if (run(cases[i].text, &s, &e) != cases[i].r || s.n != cases[i].n)
			fail_msg("%s: %s, %zu visited", cases[i].text, e.msg, s.n);
	}
}

static void stops(void **state)
{
	struct seen s = {.stop_at = 2};
	struct err e = {.code = 0};

	(void)state;
	assert_int_equal(run("[{},{},{}]", &s, &e), E_STATE);
	assert_int_equal(s.n, 2);
	assert_string_equal(e.msg, "stopped");
	s = (struct seen){.n = 0};
	assert_int_equal(run("{\"objects\":[{},true]}", &s, &e), E_FORMAT);
	assert_string_equal(e.msg, "$.objects[1]: not a STIX object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(stops)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
