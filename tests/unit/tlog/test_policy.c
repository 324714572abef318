/* Policy files: C2SP tlog-policy, its grammar and its quorum. */
#include "support.h"

#include <stdio.h>

#include "base/mem.h"

static struct tlog_policy *parse(const char *text, struct err *e)
{
	struct tlog_policy *p = NULL;

	return tlog_policy_parse(text, strlen(text), &p, e) == 0 ? p : NULL;
}

/* Six witnesses X1–X3, Y1–Y3 with the keys of seeds 11…16, a log L, then `more`. */
static void text_make(struct buf *b, const char *more)
{
	static const char *const name[] = {"X1", "X2", "X3", "Y1", "Y2", "Y3"};
	const struct note_key log = test_log_key();

	buf_puts(b, "log ");
	note_key_put(&log, b);
	buf_puts(b, " https://log.example/\n");
	for (unsigned i = 0; i < 6; i++) {
		const struct note_key w = test_witness_key((uint8_t)(11 + i), name[i]);

		buf_printf(b, "\twitness  %s\t", name[i]);
		note_key_put(&w, b);
		buf_puts(b, i == 3 ? " https://w.example/ \n" : "\n");
	}
	buf_puts(b, more);
}

static struct tlog_policy *made(const char *more)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct err e = {.code = 0};
	struct tlog_policy *p;

	text_make(&b, more);
	p = parse(b.p, &e);
	if (p == NULL)
		fail_msg("%s", e.msg);
	return p;
}

static bool met(const struct tlog_policy *p, unsigned set)
{
	static const char *const name[] = {"X1", "X2", "X3", "Y1", "Y2", "Y3"};
	struct cosigned c[6];
	size_t n = 0;

	for (unsigned i = 0; i < 6; i++)
		if ((set >> i & 1) != 0)
			c[n++] = (struct cosigned){.key = test_witness_key((uint8_t)(11 + i), name[i]), .time_s = 5};
	return tlog_policy_quorum(p, c, n);
}

/* The example of tlog-policy: two of X and one of Y, for every subset of the six. */
static void the_specification_s_example(void **state)
{
	struct tlog_policy *p = made("# comment\n\n  # another\n \t\ngroup X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n"
	                             "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n");
	const struct note_key *k;

	(void)state;
	assert_int_equal(tlog_policy_logs(p, &k), 1);
	assert_string_equal(k[0].name, "log.example/verbale");
	assert_int_equal(tlog_policy_witnesses(p, &k), 6);
	assert_string_equal(k[5].name, "Y3");
	for (unsigned set = 0; set < 64; set++)
		assert_int_equal(met(p, set), __builtin_popcount(set & 7) >= 2 && (set >> 3) != 0);
	tlog_policy_free(p);
}

static void quorum_of_one_all_any(void **state)
{
	static const struct { const char *more; unsigned need, of; } row[] = {
	    {"quorum none\n", 0, 0}, {"quorum Y1\n", 1, 8}, {"group g all X1 X2 X3 Y1 Y2 Y3\nquorum g\n", 6, 63},
	    {"group g any X1 Y3\nquorum g\n", 1, 33}, {"group g 5 X1 X2 X3 Y1 Y2 Y3\nquorum g\n", 5, 63},
	    {"group \xc3\xa4\xff all X2\nquorum \xc3\xa4\xff\n", 1, 2}, {"quorum X1\ngroup late all X2\n", 1, 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct tlog_policy *p = made(row[i].more);

		for (unsigned set = 0; set < 64; set++)
			assert_int_equal(met(p, set), (unsigned)__builtin_popcount(set & row[i].of) >= row[i].need);
		tlog_policy_free(p);
	}
}

/* A witness is its key: the name it signs under does not lend the vote to another key. */
static void a_strange_key_does_not_count(void **state)
{
	struct tlog_policy *p = made("quorum X1\n");
	const struct cosigned strange = {.key = test_witness_key(99, "X1"), .time_s = 5};

	(void)state;
	assert_false(tlog_policy_quorum(p, &strange, 1));
	tlog_policy_free(p);
}

static void wrong_endings(void **state)
{
	static const char *const bad[] = {"", "quorum none", "quorum\n", "quorum none none\n", "quorum None\n", "quorum Z\n", "quorum none\nquorum none\n",
	    "quorum none\nquorum X1\n", "quorum none\nfoo\n", "quorum none\r\n", "quorum none\v\n", "quorum none\x7f\n", "Quorum none\n",
	    "group g all\nquorum g\n", "group g\nquorum g\n", "group g 0 X1\nquorum g\n", "group g 2 X1\nquorum g\n", "group g 01 X1\nquorum g\n",
	    "group g -1 X1\nquorum g\n", "group g some X1\nquorum g\n", "group g all Z\nquorum g\n", "group g all g\nquorum g\n",
	    "group g all none\nquorum g\n", "group none all X1\nquorum none\n", "group X1 all X2\nquorum X1\n",
	    "group g all X1 X1\nquorum g\n", "group g all X1\ngroup h all X1\nquorum g\n", "group g all h\ngroup h all X1\nquorum g\n",
	    "quorum g\ngroup g all X1\n", "group g all X1\ngroup g all X2\nquorum g\n", "quorum x1\n", "log\nquorum none\n", "witness W\nquorum none\n",
	    "witness W x y z\nquorum none\n", "log a b c\nquorum none\n", "quorum none # why\n", "# \x7f\nquorum none\n", "# \x1b[2J\nquorum none\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP_BUF struct buf b = BUF_INIT(0);
		struct err e = {.code = 0};

		text_make(&b, bad[i]);
		if (parse(b.p, &e) != NULL || e.code != E_FORMAT || memcmp(e.msg, "policy", 6) != 0)
			fail_msg("%zu: %s", i, e.msg);
	}
}

/* Keys: right type for the line, and never one key under two names. */
static void keys_in_policies(void **state)
{
	const struct note_key log = test_log_key(), w = test_witness_key(11, "another.name");
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct err e;

	(void)state;
	text_make(&b, "witness W ");
	note_key_put(&w, &b);                        /* the key of X1 */
	buf_puts(&b, "\nquorum none\n");
	assert_null(parse(b.p, &e));
	assert_non_null(strstr(e.msg, "twice"));
	buf_clear(&b);
	text_make(&b, "log ");
	note_key_put(&log, &b);
	buf_puts(&b, "\nquorum none\n");
	assert_null(parse(b.p, &e));
	assert_non_null(strstr(e.msg, "policy line 8: "));
	buf_clear(&b);
	buf_puts(&b, "log ");
	note_key_put(&w, &b);
	buf_puts(&b, "\nquorum none\n");
	assert_null(parse(b.p, &e));
	buf_clear(&b);
	buf_puts(&b, "witness W ");
	note_key_put(&log, &b);
	buf_puts(&b, "\nquorum none\n");
	assert_null(parse(b.p, &e));
}

static void limits(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct tlog_policy *p;
	struct err e;
	char name[LIMIT_ORIGIN + 2];

	(void)state;
	for (int more = 0; more <= 1; more++) { /* LIMIT_POLICY_NAMES names and one more */
		buf_clear(&b);
		text_make(&b, "");
		for (int i = 7; i <= LIMIT_POLICY_NAMES + more; i++)
			buf_printf(&b, i == 7 ? "group g%d all X1\n" : "group g%d all g%d\n", i, i - 1);
		buf_printf(&b, "quorum g%d\n", LIMIT_POLICY_NAMES);
		p = parse(b.p, &e);
		assert_int_equal(p == NULL, more);
		assert_true(p == NULL || (met(p, 1) && !met(p, 62)));
		assert_true(p != NULL || e.code == E_LIMIT);
		tlog_policy_free(p);
	}
	memset(name, 'n', sizeof(name));
	name[LIMIT_ORIGIN + 1] = '\0';
	buf_clear(&b);
	text_make(&b, "");
	buf_printf(&b, "group %s all X1\nquorum none\n", name);
	assert_null(parse(b.p, &e));
	assert_int_equal(e.code, E_LIMIT);
	buf_clear(&b);
	while (b.n <= LIMIT_POLICY_BYTES)
		buf_puts(&b, "# long\n");
	assert_null(parse(b.p, &e));
	assert_int_equal(e.code, E_LIMIT);
}

static void no_memory(void **state)
{
	const struct note_key log = test_log_key();
	struct tlog_policy *p = NULL;
	struct err e;

	(void)state;
	mem_fail_after(1);
	assert_int_equal(tlog_policy_parse("quorum none\n", 12, &p, &e), E_NOMEM);
	mem_fail_after(1);
	assert_int_equal(tlog_policy_single(&log, &p, &e), E_NOMEM);
	mem_fail_after(0);
	assert_null(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_specification_s_example), cmocka_unit_test(quorum_of_one_all_any),
	    cmocka_unit_test(a_strange_key_does_not_count), cmocka_unit_test(wrong_endings), cmocka_unit_test(keys_in_policies),
	    cmocka_unit_test(limits), cmocka_unit_test(no_memory)};

	if (crypto_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
