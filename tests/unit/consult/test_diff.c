/* Comparison: what the script says, that it is the shortest, that it never cuts a character. */
#include "../check.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/enc.h"
#include "base/limits.h"
#include "base/mem.h"
#include "consult/diff.h"
#include "consult/myers.h"

/* The script as people write it: [-old-]{+new+}. */
static void show(const char *a, const char *b, const char *want)
{
	CLEANUP_DIFF struct diff d = {.n = 0};
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	assert_int_equal(diff_texts(a, strlen(a), b, strlen(b), &d, NULL), 0);
	for (size_t i = 0; i < d.n; i++) {
		const struct diff_span *s = &d.v[i];

		buf_puts(&out, s->kind == DIFF_DELETED ? "[-" : s->kind == DIFF_INSERTED ? "{+" : "");
		buf_put(&out, (s->kind == DIFF_INSERTED ? b : a) + s->from, s->n);
		buf_puts(&out, s->kind == DIFF_DELETED ? "-]" : s->kind == DIFF_INSERTED ? "+}" : "");
	}
	assert_string_equal(out.p != NULL ? out.p : "", want);
}

static void test_words(void **state)
{
	(void)state;
	show("", "", "");
	show("a", "a", "a");
	show("", "neu", "{+neu+}");
	show("alt", "", "[-alt-]");
	show("Die Konsultationen finden jährlich statt.", "Die Konsultationen finden alle zwei Jahre statt.", "Die Konsultationen finden [-jährlich-]{+alle zwei Jahre+} statt.");
	show("im Jahr 2016", "im Jahr 2017", "im Jahr [-2016-]{+2017+}");
	show("Straße", "Strasse", "[-Straße-]{+Strasse+}");
	show("Ende", "Ende.", "Ende{+.+}");
	/* Two replaced words are one change, two added ones are not. */
	show("alte Worte hier", "neue Dinge hier", "[-alte Worte-]{+neue Dinge+} hier");
	show("a c", "a b c d", "a {+b +}c{+ d+}");
	/* Composed and decomposed are different bytes, but neither is cut. */
	show("cafe\u0301", "caf\u00e9", "[-cafe\u0301-]{+caf\u00e9+}");
}

static void test_japanese(void **state)
{
	(void)state;
	show("第1回日独サイバー協議を開催した。", "第2回日独サイバー協議を開催した。", "第[-1-]{+2+}回日独サイバー協議を開催した。");
	show("情報共有を行う", "情報交換を行う", "[-情報共有-]{+情報交換+}を行う");
	show("意見の一致をみた", "意見の合意をみた", "意見の[-一致-]{+合意+}をみた");
	/* One の between two replacements is no island. */
	show("東京の協議", "独国の対話", "[-東京の協議-]{+独国の対話+}");
	show("２０１６年", "2016年", "[-２０１６-]{+2016+}年");
	show("サイバー協議", "サイバー犯罪", "サイバー[-協議-]{+犯罪+}");
	show("葛󠄀城市", "葛城市", "[-葛󠄀城市-]{+葛城市+}");
}

static void test_refused(void **state)
{
	struct diff d = {.n = 7};
	struct err e;
	(void)state;

	assert_int_equal(diff_texts("a\xff", 2, "", 0, &d, &e), E_FORMAT);
	assert_string_equal(e.msg, "old text: not UTF-8 at byte 1");
	assert_int_equal(diff_texts("", 0, "\xe5\x8d", 2, &d, &e), E_FORMAT);
	assert_int_equal(d.n, 7);
	CLEANUP(mem_free) void *room = mem_alloc(LIMIT_TEXT + 1);

	assert_non_null(room);
	memset(room, ' ', LIMIT_TEXT + 1);
	assert_int_equal(diff_texts(room, LIMIT_TEXT + 1, "", 0, &d, &e), E_LIMIT);
	assert_int_equal(diff_texts(room, LIMIT_TEXT, "", 0, &d, &e), 0);
	assert_int_equal(d.n, 1);
	diff_free(&d);
}

/* A fixed chance, so that a failure comes again. */
static uint32_t chance(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

/* Every word differs: too far, and said so. */
static void test_far(void **state)
{
	CLEANUP_BUF struct buf a = BUF_INIT(0), b = BUF_INIT(0);
	CLEANUP_DIFF struct diff d = {.n = 0};
	(void)state;

	for (unsigned i = 0; i < LIMIT_DIFF_EDITS; i++) {
		buf_printf(&a, "a%u.", i);
		buf_printf(&b, "b%u.", i);
	}
	assert_int_equal(diff_texts(a.p, a.n, b.p, b.n, &d, NULL), 0);
	assert_true(d.replaced);
	assert_int_equal(d.n, 2);
	assert_true(d.v[0].kind == DIFF_DELETED && d.v[0].from == 0 && d.v[0].n == a.n);
	assert_true(d.v[1].kind == DIFF_INSERTED && d.v[1].from == 0 && d.v[1].n == b.n);
}

static size_t longest_common(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
	size_t l[16][16] = {{0}};

	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++)
			l[i][j] = a[i - 1] == b[j - 1] ? l[i - 1][j - 1] + 1 : l[i - 1][j] > l[i][j - 1] ? l[i - 1][j] : l[i][j - 1];
	return l[n][m];
}

static void one_shortest(uint32_t *seed)
{
	uint32_t a[14], b[14];
	bool del[14] = {false}, ins[14] = {false}, far = true;
	const size_t n = chance(seed) % 14, m = chance(seed) % 14;
	const uint32_t kinds = 1 + chance(seed) % 5;
	size_t edits = 0, j = 0;

	for (size_t i = 0; i < n; i++)
		a[i] = chance(seed) % kinds;
	for (size_t i = 0; i < m; i++)
		b[i] = chance(seed) % kinds;
	assert_int_equal(myers(a, n, b, m, 1000, del, ins, &far), 0);
	assert_false(far);
	for (size_t i = 0; i < n; i++) {
		edits += del[i];
		if (del[i])
			continue;
		while (j < m && ins[j])
			j++;
		assert_true(j < m && a[i] == b[j]);
		j++;
	}
	for (size_t i = 0; i < m; i++)
		edits += ins[i];
	assert_int_equal(edits, n + m - 2 * longest_common(a, n, b, m));
}

static void test_shortest(void **state)
{
	uint32_t seed = 2016;
	(void)state;

	for (unsigned i = 0; i < 50000; i++)
		one_shortest(&seed);
}

/* The bound: exactly as many edits as allowed are found, one fewer is too far. */
static void test_bound(void **state)
{
	const uint32_t a[] = {1, 2, 3, 4, 5, 6}, b[] = {7, 2, 8, 4, 9, 6};
	bool del[6] = {false}, ins[6] = {false}, far = true;
	(void)state;

	assert_int_equal(myers(a, 6, b, 6, 6, del, ins, &far), 0);
	assert_false(far);
	memset(del, 0, sizeof del);
	memset(ins, 0, sizeof ins);
	assert_int_equal(myers(a, 6, b, 6, 2, del, ins, &far), 0);
	assert_true(far);
}

static const char *const pieces[] = {"協議", "の", "を", "サイバー", " ", "Runde", "ä", "2016", "。", "２", "\u0301", "𠮟", "A", "が行う", "\n", "-"};

static void random_text(struct buf *b, uint32_t *seed)
{
	for (unsigned n = chance(seed) % 30; n > 0; n--)
		buf_puts(b, pieces[chance(seed) % ARRAY_LEN(pieces)]);
}

static void check_script(const struct buf *a, const struct buf *b, const struct diff *d)
{
	size_t at_a = 0, at_b = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct diff_span *s = &d->v[i];
		const struct buf *of = s->kind == DIFF_INSERTED ? b : a;

		assert_true(s->n > 0);
		assert_int_equal(s->from, s->kind == DIFF_INSERTED ? at_b : at_a);
		assert_int_equal(utf8_check(of->p + s->from, s->n), s->n);
		if (s->kind == DIFF_SAME)
			assert_memory_equal(a->p + s->from, b->p + at_b, s->n);
		at_a += s->kind != DIFF_INSERTED ? s->n : 0;
		at_b += s->kind != DIFF_DELETED ? s->n : 0;
		assert_true(i == 0 || s->kind != d->v[i - 1].kind);
	}
	assert_int_equal(at_a, a->n);
	assert_int_equal(at_b, b->n);
}

static void test_applies(void **state)
{
	uint32_t seed = 9;
	(void)state;

	for (unsigned i = 0; i < 20000; i++) {
		CLEANUP_BUF struct buf a = BUF_INIT(0), b = BUF_INIT(0);
		CLEANUP_DIFF struct diff d = {.n = 0};

		random_text(&a, &seed);
		random_text(&b, &seed);
		assert_int_equal(diff_texts(a.p != NULL ? a.p : "", a.n, b.p != NULL ? b.p : "", b.n, &d, NULL), 0);
		check_script(&a, &b, &d);
	}
}

static void test_memory(void **state)
{
	struct diff d = {.n = 7};
	int r = E_NOMEM;
	(void)state;

	for (long i = 1; r == E_NOMEM && i < 100; i++) {
		mem_fail_after(i);
		r = diff_texts("a b c", 5, "a x c", 5, &d, NULL);
		mem_fail_after(0);
		assert_true(r == E_NOMEM ? d.n == 7 : r == 0);
	}
	assert_int_equal(r, 0);
	diff_free(&d);
}

#define UNIT(no, de) {.number = no, .text = {{[LANG_DE] = de}}}

static void test_units(void **state)
{
	const struct paper_unit old[] = {UNIT("1", "eins"), UNIT("2", "zwei"), UNIT("3", "drei"), UNIT("4", "vier")};
	const struct paper_unit new[] = {UNIT("1", "eins"), UNIT("2", "neu"), UNIT("3", "zwei"), UNIT("4", "vier!"), UNIT("5", "fünf")};
	static const struct { enum diff_unit what; size_t old, new; } want[] = {
		{DIFF_UNIT_SAME, 0, 0}, {DIFF_UNIT_ADDED, DIFF_NONE, 1}, {DIFF_UNIT_MOVED, 1, 2}, {DIFF_UNIT_REMOVED, 2, DIFF_NONE},
		{DIFF_UNIT_CHANGED, 3, 3}, {DIFF_UNIT_ADDED, DIFF_NONE, 4},
	};
	struct diff_pair p[9];
	size_t n;
	(void)state;

	assert_int_equal(diff_units(old, 4, new, 5, p, &n, NULL), 0);
	assert_int_equal(n, ARRAY_LEN(want));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(p[i].what, want[i].what);
		assert_int_equal(p[i].old, want[i].old);
		assert_int_equal(p[i].new, want[i].new);
	}
	assert_true(p[4].changed[LANG_DE] && !p[4].changed[LANG_JA]);
	assert_int_equal(diff_units(old, 4, NULL, 0, p, &n, NULL), 0);
	assert_int_equal(n, 4);
	assert_int_equal(diff_units(old, LIMIT_UNITS + 1, new, 0, p, &n, NULL), E_LIMIT);
}

static void test_brackets(void **state)
{
	const struct paper_unit old[] = {{.number = "1", .text = {{"a"}}, .bracketed = true, .bracketed_by = "JP"}}, new[] = {{.number = "1", .text = {{"a"}}}};
	struct diff_pair p[2];
	size_t n;
	(void)state;

	assert_int_equal(diff_units(old, 1, new, 1, p, &n, NULL), 0);
	assert_true(n == 1 && p[0].what == DIFF_UNIT_CHANGED && p[0].brackets && !p[0].changed[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_japanese), cmocka_unit_test(test_refused), cmocka_unit_test(test_far),
		cmocka_unit_test(test_shortest), cmocka_unit_test(test_bound), cmocka_unit_test(test_applies), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_units), cmocka_unit_test(test_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
