#include "check.h"

#include "base/enc.h"
#include "peer/page.h"

static const uint8_t salt_a[SALT_LEN] = {1, 2, 3}, salt_b[SALT_LEN] = {0xff, 0xfe};
/* An entry that tries to look like the end of its line. */
#define TRICK "{\"collection\":\"x\",\"object\":{\"name\":\",\\\"index\\\":7,\\\"salt\\\":\\\"\"}}"

static void build(struct buf *b)
{
	page_put_entry(b, 3, salt_a, "{\"a\":1}", 7);
	page_put_entry(b, 5, salt_b, TRICK, strlen(TRICK));
	page_put_next(b, 9);
}

static void test_round(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct page pg = {0};

	(void)state;
	build(&b);
	assert_non_null(strstr(b.p, "{\"entry\":{\"a\":1},\"index\":3,\"salt\":\"AQID"));
	assert_int_equal(page_parse(b.p, b.n, 3, &pg, NULL), 0);
	assert_int_equal(pg.n, 2);
	assert_int_equal(pg.next, 9);
	assert_int_equal(pg.entry[0].index, 3);
	assert_int_equal(pg.entry[1].index, 5);
	assert_memory_equal(pg.entry[0].salt, salt_a, SALT_LEN);
	assert_memory_equal(pg.entry[1].salt, salt_b, SALT_LEN);
	assert_int_equal(pg.entry[1].n, strlen(TRICK));
	assert_memory_equal(pg.entry[1].p, TRICK, strlen(TRICK));
	page_free(&pg);
	buf_clear(&b);
	page_put_next(&b, 0);
	assert_int_equal(page_parse(b.p, b.n, 0, &pg, NULL), 0);
	assert_int_equal(pg.n, 0);
	page_free(&pg);
}

static int parse(const char *s, size_t n, uint64_t from)
{
	struct page pg = {0};
	const int rc = page_parse(s, n, from, &pg, NULL);

	page_free(&pg);
	return rc;
}

static void test_cut_anywhere(void **state)
{
	CLEANUP_BUF struct buf b = {0};

	(void)state;
	build(&b);
	assert_int_equal(parse(b.p, b.n, 3), 0);
	for (size_t n = 0; n < b.n; n++)
		if (parse(b.p, n, 3) == 0)
			fail_msg("taken when cut at %zu", n);
}

#define S44 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
static const char *const bads[] = {
	"", "\n", "{}\n", "{\"next\":1}", "{\"next\":}\n", "{\"next\":01}\n", "{\"next\":-1}\n", "{\"next\": 1}\n", "{\"next\":1}\r\n", "{\"next\":1}\n\n",
	"{\"next\":281474976710657}\n", "{\"next\":99999999999999999999}\n", "{\"next\":1}\n{\"next\":1}\n",
	"{\"entry\":{},\"index\":0,\"salt\":\"" S44 "\"}\n", /* no last line */
	"{\"entry\":{},\"index\":1,\"salt\":\"" S44 "\"}\n{\"next\":1}\n", /* next not beyond it */
	"{\"entry\":{},\"index\":1,\"salt\":\"" S44 "\"}\n{\"entry\":{},\"index\":1,\"salt\":\"" S44 "\"}\n{\"next\":9}\n", /* twice */
	"{\"entry\":{},\"index\":2,\"salt\":\"" S44 "\"}\n{\"entry\":{},\"index\":1,\"salt\":\"" S44 "\"}\n{\"next\":9}\n", /* backwards */
	"{\"entry\":,\"index\":1,\"salt\":\"" S44 "\"}\n{\"next\":9}\n",
	"{\"entry\":{},\"index\":01,\"salt\":\"" S44 "\"}\n{\"next\":9}\n",
	"{\"entry\":{},\"index\":,\"salt\":\"" S44 "\"}\n{\"next\":9}\n",
	"{\"entry\":{},\"index\":1,\"salt\":\"AAAA\"}\n{\"next\":9}\n",
	"{\"entry\":{},\"index\":1,\"salt\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}\n{\"next\":9}\n", /* 33 bytes */
	"{\"entry\":{},\"index\":1,\"salt\":\"" S44 "\",\"x\":1}\n{\"next\":9}\n",
	"{\"Entry\":{},\"index\":1,\"salt\":\"" S44 "\"}\n{\"next\":9}\n",
	" {\"entry\":{},\"index\":1,\"salt\":\"" S44 "\"}\n{\"next\":9}\n",
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bads); i++)
		if (parse(bads[i], strlen(bads[i]), 0) != E_FORMAT)
			fail_msg("taken: %s", bads[i]);
	/* below what was asked for */
	assert_int_equal(parse("{\"next\":4}\n", 11, 5), E_FORMAT);
	assert_int_equal(parse("{\"next\":5}\n", 11, 5), 0);
}

static void test_too_many(void **state)
{
	CLEANUP_BUF struct buf b = {0};

	(void)state;
	for (uint64_t i = 0; i < LIMIT_ENTRIES_PAGE; i++)
		page_put_entry(&b, i, salt_a, "{}", 2);
	page_put_next(&b, 5000);
	assert_int_equal(parse(b.p, b.n, 0), 0);
	b.n -= strlen("{\"next\":5000}\n");
	page_put_entry(&b, LIMIT_ENTRIES_PAGE, salt_a, "{}", 2);
	page_put_next(&b, 5000);
	assert_int_equal(parse(b.p, b.n, 0), E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round), cmocka_unit_test(test_cut_anywhere), cmocka_unit_test(test_refused), cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
