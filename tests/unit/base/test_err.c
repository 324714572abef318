/* Errors: the text says what and where, is always terminated, never cut inside a character. */
#include "../check.h"

#include <errno.h>
#include <stdio.h>

#include "base/enc.h"
#include "base/err.h"

static void code_and_text(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(fail(&e, E_FORMAT, "line %d", 7), E_FORMAT);
	assert_int_equal(e.code, E_FORMAT);
	assert_string_equal(e.msg, "line 7");
	assert_int_equal(fail(NULL, E_DENIED, "nobody listens"), E_DENIED);
	assert_int_equal(fail_wrap(NULL, E_DENIED, "nobody"), E_DENIED);
	assert_int_equal(fail_errno(NULL, E_IO, ENOSPC, "disk"), E_NOSPACE);
}

static void old_message_as_argument(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(fail(&e, E_IO, "inner"), E_IO);
	assert_int_equal(fail(&e, E_PROOF, "outer: %s", e.msg), E_PROOF);
	assert_string_equal(e.msg, "outer: inner");
}

static void wrap_keeps_code(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(fail(&e, E_CORRUPT, "bad checksum"), E_CORRUPT);
	assert_int_equal(fail_wrap(&e, E_IO, "segment %d: ", 3), E_CORRUPT);
	assert_string_equal(e.msg, "segment 3: bad checksum");
	e = (struct err){0};
	assert_int_equal(fail_wrap(&e, E_IO, "alone"), E_IO);
	assert_string_equal(e.msg, "alone");
}

static void errno_is_mapped(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(fail_errno(&e, E_IO, ENOENT, "a/b"), E_IO);
	assert_string_equal(e.msg, "a/b: No such file or directory");
	assert_int_equal(fail_errno(&e, E_IO, EDQUOT, "x"), E_NOSPACE);
	assert_int_equal(fail_errno(&e, E_IO, ENOMEM, "x"), E_NOMEM);
	assert_int_equal(e.code, E_NOMEM);
}

/* Every length around the limit, with a character of three bytes across it. */
static void long_messages_end_between_characters(void **state)
{
	char text[1100];
	struct err e = {0};

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		size_t n = shift;

		memset(text, 'x', shift);
		for (; n + 3 < sizeof(text); n += 3)
			memcpy(text + n, "\xe6\x97\xa5", 3);
		text[n] = '\0';
		assert_int_equal(fail(&e, E_FORMAT, "%s", text), E_FORMAT);
		assert_true(strlen(e.msg) >= sizeof(e.msg) - 4);
		assert_int_equal(utf8_check(e.msg, strlen(e.msg)), strlen(e.msg));
		assert_int_equal(fail_wrap(&e, E_FORMAT, "w: "), E_FORMAT);
		assert_memory_equal(e.msg, "w: ", 3);
		assert_true(strlen(e.msg) >= sizeof(e.msg) - 4);
		assert_int_equal(utf8_check(e.msg, strlen(e.msg)), strlen(e.msg));
		assert_int_equal(fail_errno(&e, E_IO, ENOENT, "%s", text), E_IO);
		assert_true(strlen(e.msg) < sizeof(e.msg));
	}
}

static void exact_fit_is_not_cut(void **state)
{
	struct err e = {0};
	char text[sizeof(e.msg)];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text + sizeof(text) - 4, "\xe6\x97\xa5", 3);
	text[sizeof(text) - 1] = '\0';
	(void)fail(&e, E_FORMAT, "%s", text);
	assert_string_equal(e.msg, text);
	text[sizeof(text) - 4] = '\0';
	(void)fail(&e, E_FORMAT, "%s", text + 1);
	(void)fail_wrap(&e, E_FORMAT, "123%c", '4');
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	assert_int_equal(e.msg[sizeof(e.msg) - 2], 'x');
}

static void every_code_has_a_row(void **state)
{
	(void)state;
	for (int c = ERR_FIRST_ + 1; c < ERR_END_; c++) {
		assert_int_equal(strncmp(err_name(c), "E_", 2), 0);
		assert_true(strlen(err_headline(c)) > 3);
		assert_true(err_http(c) >= 400 && err_http(c) <= 599);
		assert_true(err_exit(c) >= 1 && err_exit(c) <= 3);
	}
	assert_string_equal(err_name(E_REWRITE), "E_REWRITE");
	assert_int_equal(err_exit(E_USAGE), 2);
	assert_string_equal(err_name(0), "?");
	assert_string_equal(err_name(ERR_END_), "?");
	assert_string_equal(err_name(-4096), "?");
	assert_int_equal(err_http(1), 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_and_text),
		cmocka_unit_test(old_message_as_argument),
		cmocka_unit_test(wrap_keeps_code),
		cmocka_unit_test(errno_is_mapped),
		cmocka_unit_test(long_messages_end_between_characters),
		cmocka_unit_test(exact_fit_is_not_cut),
		cmocka_unit_test(every_code_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
