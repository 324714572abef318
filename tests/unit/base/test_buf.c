/* The growing buffer: a hard maximum, and an error that sticks. */
#include "../check.h"

#include "base/buf.h"
#include "base/mem.h"

static void grows_and_terminates(void **state)
{
	struct buf b = BUF_INIT(0);
	char *s = NULL;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%04d", i);
	assert_int_equal(b.n, 4000);
	assert_int_equal(b.p[b.n], 0);
	assert_memory_equal(b.p + 3996, "0999", 5);
	assert_int_equal(buf_err(&b, NULL, "x"), 0);
	s = buf_take(&b, &n);
	assert_int_equal(n, 4000);
	assert_int_equal(strlen(s), 4000);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	mem_free(s);
}

static void maximum_is_exact(void **state)
{
	struct buf b = BUF_INIT(10);
	struct err e = {0};

	(void)state;
	buf_puts(&b, "0123456789");
	assert_int_equal(buf_err(&b, &e, "note"), 0);
	buf_putc(&b, 'x');
	assert_int_equal(buf_err(&b, &e, "note"), E_LIMIT);
	assert_string_equal(e.msg, "note: too long");
	assert_string_equal(b.p, "0123456789");
	buf_free(&b);
	assert_int_equal(b.max, 10);
	assert_int_equal(b.err, 0);
}

/* After one failure nothing more is put, even what would fit: no holes in what was built. */
static void error_sticks(void **state)
{
	struct buf b = BUF_INIT(4);

	(void)state;
	buf_puts(&b, "abc");
	buf_puts(&b, "de");
	buf_putc(&b, 'f');
	buf_printf(&b, "%d", 1);
	buf_put_be(&b, 1, 1);
	assert_null(buf_grow(&b, 0));
	assert_null(buf_take(&b, NULL));
	assert_string_equal(b.p, "abc");
	buf_clear(&b);
	buf_puts(&b, "wxyz");
	assert_string_equal(b.p, "wxyz");
	assert_int_equal(buf_err(&b, NULL, "x"), 0);
	buf_free(&b);
}

static void huge_sizes_are_refused(void **state)
{
	struct buf b = BUF_INIT(0);

	(void)state;
	buf_putc(&b, 'x');
	assert_null(buf_grow(&b, SIZE_MAX));
	assert_int_equal(buf_err(&b, NULL, "x"), E_LIMIT);
	assert_string_equal(b.p, "x");
	buf_free(&b);
}

static void no_memory(void **state)
{
	struct buf b = BUF_INIT(0);
	struct err e = {0};

	(void)state;
	buf_puts(&b, "kept");
	mem_fail_after(1);
	for (int i = 0; i < 100; i++)
		buf_putc(&b, 'x');
	mem_fail_after(0);
	assert_int_equal(buf_err(&b, &e, "page"), E_NOMEM);
	assert_string_equal(e.msg, "page: out of memory");
	assert_memory_equal(b.p, "kept", 4);
	assert_int_equal(strlen(b.p), b.n);
	buf_free(&b);
	buf_free(NULL);
}

static void empty_can_be_taken(void **state)
{
	struct buf b = BUF_INIT(0);
	size_t n = 1;
	char *s = buf_take(&b, &n);

	(void)state;
	assert_string_equal(s, "");
	assert_int_equal(n, 0);
	mem_free(s);
}

static void big_endian(void **state)
{
	struct buf b = BUF_INIT(0);

	(void)state;
	buf_put_be(&b, 0x0102030405060708ULL, 8);
	buf_put_be(&b, 0xfffe, 2);
	buf_put_be(&b, 0x1234, 1);
	assert_int_equal(b.n, 11);
	assert_memory_equal(b.p, "\1\2\3\4\5\6\7\10\xff\xfe\x34", 12);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_terminates),
		cmocka_unit_test(maximum_is_exact),
		cmocka_unit_test(error_sticks),
		cmocka_unit_test(huge_sizes_are_refused),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(empty_can_be_taken),
		cmocka_unit_test(big_endian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
