/* Forms and cookies as browsers send them, and as nobody should. */
#include "check.h"

#include "http/form.h"

static struct err e;

static void parse_ok(const char *body, const char *fields)
{
	struct buf got = BUF_INIT(4096);
	struct http_form f;

	assert_int_equal(http_form_parse(body, strlen(body), &f, &e), 0);
	for (size_t i = 0; i < f.n; i++) {
		buf_puts(&got, f.field[i].name);
		buf_puts(&got, "→");
		buf_puts(&got, f.field[i].value);
		buf_puts(&got, "|");
	}
	buf_putc(&got, '\0');
	assert_string_equal(got.p, fields);
	buf_free(&got);
	http_form_free(&f);
}

static void good_forms(void **state)
{
	(void)state;
	parse_ok("", "");
	parse_ok("a=1&b=2", "a→1|b→2|");
	parse_ok("a", "a→|");
	parse_ok("&&a=&=b&", "a→|→b|");
	parse_ok("a=b=c", "a→b=c|");
	parse_ok("text=%E5%8D%94%E8%AD%B0+x%2By&x=%3C%22%27%26%3E", "text→協議 x+y|x→<\"'&>|");
	parse_ok("t=one%0D%0Atwo%0Athree%0Dfour%0D%0D%0A", "t→one\ntwo\nthree\nfour\n\n|");
	parse_ok("\xe5\x8d\x94=\xe8\xad\xb0", "協→議|"); /* not encoded at all: still text */
}

static void parse_bad(const char *body, size_t n, const char *words)
{
	struct http_form f;

	assert_int_equal(http_form_parse(body, n, &f, &e), E_FORMAT);
	assert_string_equal(e.msg, words);
	assert_int_equal(f.n, 0);
	http_form_free(&f);
}

static void bad_forms(void **state)
{
	(void)state;
	parse_bad("a=%0", 4, "form, byte 3: a broken escape");
	parse_bad("a=%zz", 5, "form, byte 3: a broken escape");
	parse_bad("a=1&b=%00", 9, "form, byte 7: a control character");
	parse_bad("a=\0", 3, "form, byte 3: a control character");
	parse_bad("%07=1", 5, "form, byte 1: a control character");
	parse_bad("a=%ff", 5, "form, byte 3: text that is not UTF-8");
	parse_bad("a=%e5%8d", 8, "form, byte 3: text that is not UTF-8");
}

static void many_fields(void **state)
{
	static char body[2 * (LIMIT_FORM_FIELDS + 1)];
	struct http_form f;

	(void)state;
	for (size_t i = 0; i < sizeof(body); i += 2)
		memcpy(body + i, "a&", 2);
	assert_int_equal(http_form_parse(body, sizeof(body) - 3, &f, &e), 0);
	assert_int_equal(f.n, LIMIT_FORM_FIELDS);
	assert_string_equal(http_form_get(&f, "a"), "");
	assert_null(http_form_get(&f, "b"));
	http_form_free(&f);
	assert_int_equal(http_form_parse(body, sizeof(body) - 1, &f, &e), E_LIMIT);
}

static const char *sent;
static const char *header(const struct http_req *q, const char *name)
{
	(void)q;
	return strcmp(name, "Cookie") == 0 ? sent : NULL;
}

static void cookies(void **state)
{
	static const struct { const char *sent, *value; } rows[] = {
		{"s=abc", "abc"}, {"a=1; s=abc; b=2", "abc"}, {"a=1;s=abc", "abc"}, {"s=abc; s=abc", "abc"}, {"xs=1; s=-_9", "-_9"}, {"; ;s=a;", "a"},
		{"", NULL}, {NULL, NULL}, {"s=", NULL}, {"s", NULL}, {"xs=abc", NULL}, {"s=abc; s=abd", NULL}, {"s=a\"b", NULL}, {"s=12345678", NULL}, {"S=abc", NULL},
	};
	const struct http_req q = {.header = header};
	char got[8];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sent = rows[i].sent;
		if (http_cookie(&q, "s", got, sizeof(got)) != (rows[i].value != NULL) || (rows[i].value != NULL && strcmp(got, rows[i].value) != 0))
			fail_msg("%s", sent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good_forms), cmocka_unit_test(bad_forms), cmocka_unit_test(many_fields), cmocka_unit_test(cookies)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
