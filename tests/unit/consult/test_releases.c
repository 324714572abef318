/*
 * Two accounts of one meeting: the facts of 9 September 2016. The German text is that of the Federal Foreign Office, in our
 * own words and shortened; the Japanese side's account is told in our own words from what the Embassy in Berlin published.
 */
#include "../check.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "consult/releases.h"

#define DE(s) {.number = "1", .text = {{[LANG_DE] = (s)}}}
#define JA(s) {.number = "1", .text = {{[LANG_JA] = (s)}}}

static const struct paper_unit german[] = {
	DE("Am 9. September 2016 fanden im japanischen Außenministerium in Tokyo die ersten deutsch-japanischen Cybersicherheits-Konsultationen statt. Die deutsche Delegation bestand aus Vertretern des "
	   "Auswärtigen Amts, des Bundesinnenministeriums, des Bundesverteidigungsministeriums, des Bundesamts für Sicherheit in der Informationstechnik sowie der Deutschen Botschaft Tokyo."),
	DE("Auf japanischer Seite nahmen viele Behörden teil, darunter die Ministerien für Inneres, Verteidigung sowie die nationale Polizeibehörde."),
	DE("Ausgetauscht wurden Ansichten über die jeweiligen staatlichen Strukturen, aktuelle Rechtsfragen und den Kampf gegen Online-Kriminalität. Abgestimmt wurde die Arbeit in der "
	   "Regierungsexpertengruppe der Vereinten Nationen. Ein Schwerpunkt war die regionale Vertrauensbildung; die OSZE einigte sich im März auf weitere Maßnahmen."),
	DE("Die Konsultationen sollen künftig jährlich stattfinden. Dazu wurde eine Einladung nach Berlin für 2017 ausgesprochen."),
};
static const struct paper_unit japanese[] = {
	DE("Am 9. September 2016 fanden in Tokyo die ersten japanisch-deutschen Cyber-Konsultationen statt. Vertreten waren die zuständigen Ministerien und Behörden."),
	DE("Beide Seiten sprachen über ihre Strategien, den Schutz kritischer Infrastrukturen, die G7, die Gruppe der Regierungsexperten (GGE), vertrauensbildende Maßnahmen und den Kapazitätsaufbau."),
	DE("Sie beschlossen, die Konsultationen fortzusetzen. Die Regelsetzung wird Gegenstand kommender Gespräche sein."),
};
/* The same, as a Japanese paper would have it. */
static const struct paper_unit in_japanese[] = {
	JA("2016年9月9日、東京において第1回日独サイバー協議が開催された。関係省庁が出席した。"),
	JA("双方は、それぞれの戦略、重要インフラ防護、G7、国連政府専門家会合、信頼醸成措置及び能力構築支援について意見交換を行った。"),
	JA("双方は、本協議を継続することで一致した。ルール形成については今後の協議で取り上げる。"),
};

static const struct release_agency delegations[] = {
	{"DE", "AA", {{[LANG_DE] = "Auswärtiges Amt"}}}, {"DE", "BMI", {{[LANG_DE] = "Bundesinnenministerium"}}}, {"DE", "BMVg", {{[LANG_DE] = "Bundesverteidigungsministerium"}}},
	{"DE", "BSI", {{[LANG_DE] = "Bundesamt für Sicherheit in der Informationstechnik"}}}, {"DE", NULL, {{[LANG_DE] = "Deutsche Botschaft Tokyo"}}},
	{"DE", "AA", {{[LANG_DE] = "Auswärtiges Amt"}}},
	{"JP", "MOFA", {{[LANG_JA] = "外務省"}}}, {"JP", "MIC", {{[LANG_JA] = "総務省"}}}, {"JP", "MOD", {{[LANG_JA] = "防衛省"}}}, {"JP", "NPA", {{[LANG_JA] = "警察庁"}}},
	{"JP", "NISC", {{[LANG_JA] = "内閣サイバーセキュリティセンター"}}},
};
static const struct paper_text promised[] = {{{[LANG_DE] = "Konsultationen in Berlin, 2017", [LANG_JA] = "2017年、ベルリンにおける協議"}}};

/* "+-" the first has it, "-+" the second, "++" both, "--" neither; one row a line. */
static char *compare(struct release a, struct release b, enum release_what what)
{
	const struct release two[2] = {a, b};
	struct release_row *row = mem_zalloc(64 * sizeof *row);
	struct buf out = BUF_INIT(0);
	size_t n = 0;

	assert_non_null(row);
	assert_int_equal(releases_compare(two, delegations, ARRAY_LEN(delegations), promised, 1, row, 64, &n, NULL), 0);
	assert_true(n <= 64);
	for (size_t i = 0; i < n; i++)
		if (row[i].what == what)
			buf_printf(&out, "%c%c %s%s%s\n", row[i].in[0].found ? '+' : '-', row[i].in[1].found ? '+' : '-', row[i].party != NULL ? row[i].party : "", row[i].party != NULL ? " " : "",
				row[i].code != NULL ? row[i].code : paper_text_in(&row[i].name, LANG_EN));
	mem_free(row);
	return buf_take(&out, NULL);
}

static const struct release of_germany = {german, ARRAY_LEN(german)}, of_japan = {japanese, ARRAY_LEN(japanese)}, of_japan_ja = {in_japanese, ARRAY_LEN(in_japanese)};

static void are(struct release a, struct release b, enum release_what what, const char *want)
{
	char *got = compare(a, b, what);

	assert_string_equal(got, want);
	mem_free(got);
}

static void topics_of_2016(void **state)
{
	static const char want[] =
		"-+ National strategies\n"
		"+- Structures of the state\n"
		"+- Legal questions\n"
		"+- cybercrime\n"
		"-+ critical infrastructure protection\n"
		"-+ Rule-making\n"
		"++ Group of Governmental Experts\n"
		"-+ G7\n"
		"++ confidence-building measure\n"
		"+- OSCE\n"
		"-+ capacity building\n";

	(void)state;
	are(of_germany, of_japan, RELEASE_TOPIC, want);
	are(of_germany, of_japan_ja, RELEASE_TOPIC, want); /* a German text beside a Japanese one */
}

static void agencies_of_2016(void **state)
{
	(void)state;
	are(of_germany, of_japan, RELEASE_AGENCY,
		"+- DE AA\n+- DE BMI\n+- DE BMVg\n+- DE BSI\n+- DE Deutsche Botschaft Tokyo\n"
		"+- JP MOFA\n+- JP MIC\n+- JP MOD\n+- JP NPA\n-- JP NISC\n");
}

static void promises_of_2016(void **state)
{
	static const char want[] = "+- To be held every year\n-+ To be continued\n+- Invitation to the next round\n-+ Subjects of coming talks\n";

	(void)state;
	are(of_germany, of_japan, RELEASE_PROMISE, want);
	are(of_germany, of_japan_ja, RELEASE_PROMISE, want);
	are(of_germany, of_japan, RELEASE_COMMITMENT, "+- Konsultationen in Berlin, 2017\n");
}

static void promise_is_a_sentence(void **state)
{
	const struct release two[2] = {of_germany, of_japan_ja};
	struct release_row *row = mem_zalloc(64 * sizeof *row);
	size_t n = 0, seen = 0;

	(void)state;
	assert_non_null(row);
	assert_int_equal(releases_compare(two, NULL, 0, NULL, 0, row, 64, &n, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		const struct release_place *a = &row[i].in[0], *b = &row[i].in[1];

		if (row[i].what != RELEASE_PROMISE)
			continue;
		if (a->found && strcmp(row[i].name.s[LANG_EN], "Invitation to the next round") == 0) {
			static const char want[] = "Dazu wurde eine Einladung nach Berlin für 2017 ausgesprochen.";

			assert_int_equal(a->n, sizeof want - 1);
			assert_memory_equal(german[a->unit].text.s[a->lang] + a->from, want, a->n);
			seen++;
		}
		if (b->found && strcmp(row[i].name.s[LANG_EN], "To be continued") == 0) {
			static const char want[] = "双方は、本協議を継続することで一致した。";

			assert_int_equal(b->n, sizeof want - 1);
			assert_memory_equal(in_japanese[b->unit].text.s[b->lang] + b->from, want, b->n);
			seen++;
		}
	}
	assert_int_equal(seen, 2);
	mem_free(row);
}

static void edges(void **state)
{
	const struct paper_unit bad[] = {DE("\xff")};
	const struct release two[2] = {{bad, 1}, {NULL, 0}}, none[2] = {{NULL, 0}, {NULL, 0}};
	const struct release_agency odd[] = {{"DE", "A|B", {{[LANG_DE] = "Amt|*!", [LANG_EN] = ""}}}, {NULL, NULL, {{NULL}}}};
	struct err e = {0};
	size_t n = 7;

	(void)state;
	assert_int_equal(releases_compare(two, NULL, 0, NULL, 0, NULL, 0, &n, &e), E_FORMAT);
	assert_int_equal(n, 7);
	assert_int_equal(releases_compare(none, odd, 2, NULL, 0, NULL, 0, &n, &e), 0);
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(topics_of_2016), cmocka_unit_test(agencies_of_2016), cmocka_unit_test(promises_of_2016), cmocka_unit_test(promise_is_a_sentence), cmocka_unit_test(edges),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
