/* The paper as plain text: order, width, breaking of lines. */
#include "../check.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "consult/chars.h"
#include "consult/paper.h"

static const struct paper_unit units[] = {
	{.number = "1", .text = {{
		[LANG_DE] = "Die ersten Konsultationen fanden am 9. September 2016 in Tokyo statt; beide Seiten sprachen über staatliche Strukturen.",
		[LANG_JA] = "第1回日独サイバー協議は、2016年9月9日に東京で開催された。両国は、それぞれの政府の体制及び国際法の適用について意見交換を行った。"}}},
	{.number = "2", .bracketed = true, .bracketed_by = "JP", .text = {{[LANG_DE] = "Berlin, 2017", [LANG_JA] = "ベルリン、2017年"}}},
};

static struct paper sample(void)
{
	return (struct paper){
		.number = "DJ-2016-0007", .kind = {{"Gemeinsame Erklärung", "共同声明"}}, .title = {{"Cyber-Konsultationen", "日独サイバー協議"}},
		.date = {{"Stand: 12.09.2016", "2016年9月12日現在"}}, .status = {{"Entwurf", "案"}}, .record = {{"Register DE, Eintrag 412", "記録 DE 412"}},
		.url = "https://de.example/r/DJ-2016-0007", .lang = {LANG_DE, LANG_JA}, .langs = 2, .authentic = {[LANG_DE] = true}, .provisional = {[LANG_JA] = true},
		.unit = units, .units = ARRAY_LEN(units)};
}

static void test_whole(void **state)
{
	static const char want[] =
		"DJ-2016-0007\n\n"
		"Deutsch (verbindlicher Wortlaut)\n\n"
		"Gemeinsame Erklärung\nCyber-Konsultationen\nStand: 12.09.2016\n\n"
		"1   Die ersten Konsultationen fanden am 9. September 2016 in Tokyo\n"
		"    statt; beide Seiten sprachen über staatliche Strukturen.\n\n"
		"2   [JP: Berlin, 2017]\n\n"
		"------------------------------------------------------------------------\n"
		"日本語（仮訳）\n\n"
		"共同声明\n日独サイバー協議\n2016年9月12日現在\n\n"
		"1   第1回日独サイバー協議は、2016年9月9日に東京で開催された。両国は、そ\n"
		"    れぞれの政府の体制及び国際法の適用について意見交換を行った。\n\n"
		"2   [JP: ベルリン、2017年]\n\n"
		"------------------------------------------------------------------------\n"
		"Entwurf\n案\nRegister DE, Eintrag 412\n記録 DE 412\nhttps://de.example/r/DJ-2016-0007\n";
	const struct paper p = sample();
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	(void)state;

	assert_int_equal(paper_plain(&p, &out, NULL), 0);
	assert_string_equal(out.p, want);
}

static uint32_t chance(uint32_t *seed) { return *seed = *seed * 1664525U + 1013904223U, *seed >> 8; }

static unsigned columns(const char *s, size_t n)
{
	unsigned c = 0;

	for (size_t at = 0; at < n;)
		c += char_columns(char_next(s, &at));
	return c;
}

/* Lines fit, nothing is lost but spaces, no line begins with what may not. */
static void test_lines(void **state)
{
	static const char *const pieces[] = {"協議", "、", "。", "（", "）", "「", "っ", "ー", "サイバー", " ", "word ", "Cyber", "ä", "…"};
	uint32_t seed = 3;
	(void)state;

	for (unsigned i = 0; i < 500; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(0), out = BUF_INIT(0);

		buf_puts(&text, "協");
		for (unsigned n = chance(&seed) % 200; n > 0; n--)
			buf_puts(&text, pieces[chance(&seed) % ARRAY_LEN(pieces)]);
		const struct paper_unit u = {.number = "1", .text = {{[LANG_JA] = text.p}}};
		const struct paper p = {.lang = {LANG_JA}, .langs = 1, .unit = &u, .units = 1};

		assert_int_equal(paper_plain(&p, &out, NULL), 0);
		for (const char *l = out.p; *l != '\0';) {
			const size_t n = strcspn(l, "\n");

			/* Closing marks in a row may run over: they cannot be parted. */
			if (columns(l, n) > PAPER_COLUMNS && strstr(l, "）") == NULL && strstr(l, "。") == NULL && strstr(l, "Cyber") == NULL)
				fail_msg("too wide: %.*s", (int)n, l);
			if (strncmp(l, "    ", 4) == 0)
				assert_true(strncmp(l + 4, "。", 3) != 0 && strncmp(l + 4, "、", 3) != 0 && strncmp(l + 4, "っ", 3) != 0);
			l += n + (l[n] == '\n');
		}
	}
}

static void test_edges(void **state)
{
	const struct paper_unit u[] = {{.number = "1", .text = {{"a\x1b[31mb\n\nc"}}}, {.number = "10.12", .text = {{""}}}, {.number = "3", .text = {{NULL}}}};
	const struct paper p = {.lang = {LANG_DE}, .langs = 1, .unit = u, .units = 3};
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct err e;
	(void)state;

	assert_int_equal(paper_plain(&p, &out, NULL), 0);
	assert_non_null(strstr(out.p, "1   a [31mb\n\n    c\n\n10.12\n\n---"));
	assert_null(strstr(out.p, "3   "));

	const struct paper_unit bad = {.number = "1", .text = {{"\xc3"}}};
	const struct paper q = {.langs = 1, .unit = &bad, .units = 1};

	assert_int_equal(paper_plain(&q, &out, &e), E_FORMAT);
	assert_string_equal(e.msg, "paper: unit 1: text is not UTF-8 at byte 0");
}

static void test_memory(void **state)
{
	const struct paper p = sample();
	int r = E_NOMEM;
	(void)state;

	for (long i = 1; r == E_NOMEM && i < 100; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);

		mem_fail_after(i);
		r = paper_plain(&p, &out, NULL);
		mem_fail_after(0);
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_lines), cmocka_unit_test(test_edges), cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
