/* The glossary: complete, and warning where two languages promise different things. */
#include "../check.h"

#include <stdio.h>

#include "base/limits.h"
#include "consult/glossary.h"

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(glossary_terms(), 72);
	for (size_t i = 0; i < glossary_terms(); i++) {
		const struct glossary_term *t = glossary_term(i);

		assert_int_equal(t->number, i + 1);
		assert_true(t->term.s[LANG_EN][0] != '\0' && t->term.s[LANG_JA][0] != '\0');
		assert_true(t->term.s[LANG_DE][0] != '\0' || t->note != NULL);
		assert_false(t->official[LANG_EN]);
		if (t->note != NULL)
			assert_string_not_equal(tr(LANG_DE, t->note), t->note);
	}
	assert_true(glossary_term(36)->official[LANG_JA] && !glossary_term(36)->official[LANG_DE]);
}

/* The warnings of one unit as "de Zusage / ja 義務; en release". */
static void warns(const char *de, const char *ja, const char *en, const char *want)
{
	const struct paper_unit u = {.number = "1", .text = {{[LANG_DE] = de, [LANG_JA] = ja, [LANG_EN] = en}}};
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct glossary_warning w[16];
	size_t n = 0;

	assert_int_equal(glossary_check(&u, 1, NULL, 0, w, ARRAY_LEN(w), &n, NULL), 0);
	assert_true(n <= ARRAY_LEN(w));
	for (size_t i = 0; i < n; i++) {
		buf_printf(&out, "%s%s %.*s", i > 0 ? "; " : "", lang_code(w[i].lang), (int)w[i].n, u.text.s[w[i].lang] + w[i].from);
		if (w[i].pair)
			buf_printf(&out, " / %s %.*s -> %.*s", lang_code(w[i].other), (int)w[i].other_n, u.text.s[w[i].other] + w[i].other_from, (int)w[i].better_n, w[i].better);
		for (unsigned l = 0; l < LANG_COUNT; l++)
			assert_true(w[i].why.s[l] != NULL && w[i].why.s[l][0] != '\0');
		assert_string_not_equal(w[i].why.s[LANG_DE], w[i].why.s[LANG_EN]);
		assert_string_not_equal(w[i].why.s[LANG_JA], w[i].why.s[LANG_EN]);
	}
	assert_string_equal(out.p != NULL ? out.p : "", want);
}

static void test_pairs(void **state)
{
	(void)state;
	warns("Die Seiten machten eine Zusage.", "双方は義務を負う。", NULL, "de Zusage / ja 義務 -> コミットメント");
	warns("Eine Verpflichtung beider Seiten.", NULL, "A commitment of both sides.", "de Verpflichtung / en commitment -> obligation");
	warns(NULL, "双方は意見の一致をみた。", "Both sides agreed.", "ja 一致 / en agreed -> share the view");
	warns("Sie vereinbarten dies.", "双方は一致した。", NULL, "de vereinbarten / ja 一致 -> 合意");
	warns("Informationsaustausch", "情報共有", NULL, "de Informationsaustausch / ja 情報共有 -> 情報交換");
	warns(NULL, "情報交換を行う", "information sharing", "ja 情報交換 / en information sharing -> exchange of information");
	warns("Anerkennung", NULL, "acknowledgement of receipt", "de Anerkennung / en acknowledgement of receipt -> recognition");
	warns("Konsultationen", "サイバー対話", "consultations", "de Konsultationen / ja 対話 -> 協議; ja 対話 / en consultations -> dialogue");
	warns("Konsultationen", "政策協議", NULL, "de Konsultationen / ja 政策協議 -> 協議");
	warns("Innenministerium", "総務省", NULL, "de Innenministerium / ja 総務省 -> 内務省");
	warns(NULL, "仮訳", "authentic text", "ja 仮訳 / en authentic text -> provisional translation");
}

static void test_right(void **state)
{
	(void)state;
	warns("Zusage", "コミットメント", "commitment", "");
	warns("Zusage, keine Verpflichtung", "コミットメントであり、義務ではない", "a commitment, no obligation", "");
	warns("Informationsaustausch", "情報交換", "exchange of information", "");
	warns("vereinbarte Niederschrift", "合意議事録", "agreed minutes", "");
	warns("Politikkonsultationen", "政策協議", "policy consultations", "");
	warns("Ministerium für Inneres und Kommunikation", "総務省", "Ministry of Internal Affairs and Communications", "");
	warns("Gemeinsame Pressemitteilung", "共同プレスリリース", "joint press release", "");
	warns("einige Seiten", "一致", NULL, "");
	warns(NULL, NULL, NULL, "");
	warns("", "", "", "");
}

static void test_traps(void **state)
{
	(void)state;
	warns("Das Protokoll der Sitzung", NULL, NULL, "de Protokoll");
	warns("die Protokollführung, das Protokollamt", NULL, NULL, "");
	warns(NULL, NULL, "the Release of the text; a press release", "en Release");
	warns(NULL, NULL, "the press release", "");
	warns(NULL, "ﾘﾘｰｽする", NULL, "ja ﾘﾘｰｽ");
	warns("TLP:ROT", "ＴＬＰ：赤", "TLP:RED", "de TLP:ROT; ja ＴＬＰ：赤");
	warns("PROTOKOLL", NULL, NULL, "de PROTOKOLL");
	warns("Fu\u0308rProtokoll", NULL, NULL, "");
}

/* The two accounts of 9 September 2016, in our own words: right words give no warning. */
static void test_of_2016(void **state)
{
	(void)state;
	warns("Die ersten deutsch-japanischen Cybersicherheits-Konsultationen fanden am 9. September 2016 in Tokyo statt. Sie sollen künftig jährlich stattfinden.",
		"第1回日独サイバー協議は、2016年9月9日に東京で開催された。", NULL, "");
	warns("Themen waren der Schutz kritischer Infrastruktur und der Kapazitätsaufbau.", "重要インフラ防護及び能力構築支援について意見交換を行った。",
		"They exchanged views on critical infrastructure protection and capacity building.", "");
	/* As one side might have written it. */
	warns("Botschafter Fitschen lud zu Konsultationen nach Berlin ein; dies ist eine Zusage für 2017.", "2017年にベルリンで対話を行う義務を負うことで合意した。", NULL,
		"de Zusage / ja 義務 -> コミットメント; de Konsultationen / ja 対話 -> 協議");
}

static void test_extra(void **state)
{
	const struct paper_unit u[] = {{.number = "1", .text = {{"Lagebild", "状況"}}}, {.number = "2", .text = {{"Das Lagebild", "情勢認識"}}}};
	const struct paper_text confused[] = {{{[LANG_DE] = "Lage", [LANG_JA] = "状況"}}};
	const struct glossary_extra x = {.term = {{[LANG_DE] = "Lagebild", [LANG_JA] = "情勢認識"}}, .confused_with = confused, .n = 1, .warning = {{[LANG_DE] = "Nicht jede Lage ist ein Bild."}}};
	struct glossary_warning w[2];
	size_t n;
	(void)state;

	assert_int_equal(glossary_check(u, 2, &x, 1, w, 2, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_true(w[0].unit == 0 && w[0].lang == LANG_DE && w[0].other == LANG_JA);
	assert_string_equal(w[0].why.s[LANG_DE], "Nicht jede Lage ist ein Bild.");
	assert_string_not_equal(w[0].why.s[LANG_JA], w[0].why.s[LANG_DE]);
	assert_int_equal(glossary_check(u, 2, &x, LIMIT_GLOSSARY_EXTRA + 1, w, 2, &n, NULL), E_LIMIT);
}

static void test_refused(void **state)
{
	const struct paper_unit bad = {.number = "1", .text = {{"\xff"}}}, many[] = {{.number = "1", .text = {{"Protokoll, Eskalation"}}}};
	struct glossary_warning w[1];
	struct err e;
	size_t n;
	(void)state;

	assert_int_equal(glossary_check(&bad, 1, NULL, 0, w, 1, &n, &e), E_FORMAT);
	assert_string_equal(e.msg, "glossary: unit 1: not UTF-8");
	assert_int_equal(glossary_check(many, 1, NULL, 0, w, 1, &n, &e), 0);
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_pairs), cmocka_unit_test(test_right), cmocka_unit_test(test_traps),
		cmocka_unit_test(test_of_2016), cmocka_unit_test(test_extra), cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
