/* Words of a text and of a question: what finds what. */
#include "../check.h"

#include "base/buf.h"
#include "base/enc.h"
#include "base/limits.h"
#include "base/mem.h"
#include "consult/words.h"

static void column(const char *s, enum word_forms form, const char *want)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	assert_int_equal(words_column(s, strlen(s), form, &out, NULL), 0);
	assert_string_equal(out.p != NULL ? out.p : "", want);
}

static void test_columns(void **state)
{
	(void)state;
	column("", WORD_LONG, "");
	column("Das Völkerrecht, 2016!", WORD_LONG, "das voelkerrecht 2016 ");
	column("Das Völkerrecht, 2016!", WORD_SHORT, "das volkerrecht 2016 ");
	column("Vo\u0308lkerrecht GRÜSSE Straße", WORD_LONG, "voelkerrecht gruesse strasse ");
	column("Tōkyō Tokyo", WORD_LONG, "toukyou tokyo ");
	column("Tōkyō Tokyo", WORD_SHORT, "tokyo tokyo ");
	column("Šūnelaitienė café Łódź", WORD_SHORT, "sunelaitiene cafe lodz ");
	column("協議会", WORD_LONG, "協議 議会 会 ");
	column("ｻｲﾊﾞｰ", WORD_LONG, "サイ イバ バー ー ");
	column("サイハ\u3099ー", WORD_LONG, "サイ イバ バー ー ");
	column("ｶﾞﾊﾟｳﾞ", WORD_LONG, "ガパ パヴ ヴ ");
	column("ＣＥＲＴ２０１６", WORD_LONG, "cert2016 ");
	column("第2回 GGE協議", WORD_LONG, "第 2 回 gge 協議 議 ");
	column("КИБЕР Ёлка", WORD_LONG, "кибер ёлка ");
	column("a\u00adb e-mail", WORD_LONG, "ab e mail ");
}

static void test_refused(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct query q;
	struct err e;
	char many[LIMIT_QUERY + 2];
	(void)state;

	assert_int_equal(words_column("\xff", 1, WORD_LONG, &out, &e), E_FORMAT);
	assert_int_equal(query_parse("\xc3", 1, &q, &e), E_FORMAT);
	memset(many, 'a', sizeof many);
	assert_int_equal(query_parse(many, LIMIT_QUERY, &q, &e), 0);
	assert_int_equal(q.words, 1);
	assert_int_equal(strlen(q.word[0].s[0]), LIMIT_WORD);
	assert_int_equal(query_parse(many, LIMIT_QUERY + 1, &q, &e), E_LIMIT);
	for (size_t i = 0; i < sizeof many; i += 2)
		many[i] = ' ';
	assert_int_equal(query_parse(many, 2 * LIMIT_QUERY_TERMS, &q, &e), 0);
	assert_int_equal(q.terms, LIMIT_QUERY_TERMS);
	assert_int_equal(query_parse(many, 2 * LIMIT_QUERY_TERMS + 2, &q, &e), E_LIMIT);
	assert_int_equal(query_parse("from:2016-02-30", 15, &q, &e), E_FORMAT);
	assert_int_equal(query_parse("from:gestern", 12, &q, &e), E_FORMAT);
	assert_int_equal(query_parse("kind:a'b", 8, &q, &e), E_FORMAT);
}

static void match(const char *s, const char *want)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct query q;

	assert_int_equal(query_parse(s, strlen(s), &q, NULL), 0);
	assert_int_equal(query_match(&q, &out, NULL), 0);
	assert_string_equal(out.p != NULL ? out.p : "", want);
}

static void test_match(void **state)
{
	(void)state;
	match("", "");
	match("協議", "(\"協議\")");
	match("サイバー　協議", "(\"サイ イバ バー\") AND (\"協議\")");
	match("核", "(\"核\" *)");
	match("\"Cyber Dialogue\" -Tokyo", "(\"cyber dialogue\") NOT (\"tokyo\")");
	match("„gemeinsame Erklärung“", "(\"gemeinsame erklaerung\" OR \"gemeinsame erklarung\")");
	match("「協議会 第二回」", "(\"協議 議会 会 第二 二回\")");
	match("sicher*", "(\"sicher\" *)");
	match("-Tokyo", "");
	match("\" OR 1=1 --", "(\"or 1 1\")");
	match("NEAR(a b)", "(\"near a\") AND (\"b\")");
}

static void test_filters(void **state)
{
	static const char s[] = "Kind:Minutes 国：ＪＰ von:2016 to:2017-02 Protokoll http://x";
	struct query q;
	(void)state;

	assert_int_equal(query_parse(s, strlen(s), &q, NULL), 0);
	assert_string_equal(q.filter[QUERY_KIND], "minutes");
	assert_string_equal(q.filter[QUERY_PARTY], "JP");
	assert_string_equal(q.filter[QUERY_FROM], "2016-01-01");
	assert_string_equal(q.filter[QUERY_TO], "2017-02-28");
	assert_int_equal(q.terms, 2);
	assert_int_equal(query_parse("bis:09.09.2016", 14, &q, NULL), 0);
	assert_string_equal(q.filter[QUERY_TO], "2016-09-09");
	assert_int_equal(q.terms, 0);
}

/* `want`: the text with its hits in brackets; NULL: not all terms are there. */
static void finds(const char *question, const char *text, const char *want)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct query_hit hit[16];
	struct query q;
	size_t n = 0, at = 0;
	bool all = false;

	assert_int_equal(query_parse(question, strlen(question), &q, NULL), 0);
	assert_int_equal(query_hits(&q, text, strlen(text), hit, 16, &n, &all, NULL), 0);
	assert_int_equal(all, want != NULL);
	for (size_t i = 0; i < n; at = hit[i].from + hit[i].n, i++) {
		buf_put(&out, text + at, hit[i].from - at);
		buf_printf(&out, "[%.*s]", (int)hit[i].n, text + hit[i].from);
	}
	buf_puts(&out, text + at);
	if (want != NULL)
		assert_string_equal(out.p, want);
}

static void test_hits(void **state)
{
	(void)state;
	finds("voelkerrecht", "Das Völkerrecht gilt", "Das [Völkerrecht] gilt");
	finds("volkerrecht", "Das Völkerrecht gilt", "Das [Völkerrecht] gilt");
	finds("VÖLKERRECHT", "Das Voelkerrecht gilt", "Das [Voelkerrecht] gilt");
	finds("Völkerrecht", "Das Volkerrecht gilt", "Das [Volkerrecht] gilt");
	finds("Tōkyō", "in Tokyo", "in [Tokyo]");
	finds("tokyo", "in Tōkyō", "in [Tōkyō]");
	finds("協議", "第1回日独サイバー協議", "第1回日独サイバー[協議]");
	finds("サイバー", "日独サイバー協議とサイバー犯罪", "日独[サイバー]協議と[サイバー]犯罪");
	finds("ｻｲﾊﾞｰ", "サイバー協議", "[サイバー]協議");
	finds("サイバー", "ｻｲﾊﾞｰ協議", "[ｻｲﾊﾞｰ]協議");
	finds("議", "協議と議題", "協[議]と[議]題");
	finds("Ｇ７", "the G7", "the [G7]");
	finds("\"cyber dialogue\"", "cyber dialogue, dialogue cyber", "[cyber dialogue], dialogue cyber");
	finds("cyber*", "cybersecurity", "[cybersecurity]");
	finds("cyber", "cybersecurity", NULL);
	finds("協議 対話", "サイバー協議", NULL);
	finds("協議 -対話", "サイバー協議", "サイバー[協議]");
	finds("協議 -対話", "協議と対話", NULL);
	finds("合意", "合、意", NULL);
	finds("", "leer", "leer");
}

static uint32_t chance(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

/* Whatever piece of a text is asked for between word ends, the text has it. */
static void test_part_found(void **state)
{
	static const char text[] = "日独サイバー協議は2016年9月9日に東京で開催された。両国は情報共有と国際法の適用について意見交換を行った。";
	uint32_t seed = 5;
	(void)state;

	for (unsigned i = 0; i < 5000; i++) {
		const size_t n = sizeof text - 1;
		size_t from = chance(&seed) % n, len = 3 + chance(&seed) % 60;
		struct query_hit hit[64];
		struct query q;
		size_t hits;
		bool all = false;

		while (((unsigned char)text[from] & 0xc0) == 0x80)
			from--;
		len = from + len > n ? n - from : len;
		while (from + len < n && ((unsigned char)text[from + len] & 0xc0) == 0x80)
			len++;
		/* A number is a word: not to be cut. */
		if (from + len < n && text[from + len] >= '0' && text[from + len] <= '9')
			continue;
		if (text[from] >= '0' && text[from] <= '9')
			continue;
		assert_int_equal(query_parse(text + from, len, &q, NULL), 0);
		assert_int_equal(query_hits(&q, text, n, hit, 64, &hits, &all, NULL), 0);
		assert_true(all);
	}
}

static void test_memory(void **state)
{
	struct query_hit hit[4];
	struct query q;
	size_t n;
	bool all;
	int r = E_NOMEM;
	(void)state;

	assert_int_equal(query_parse("協議", 6, &q, NULL), 0);
	for (long i = 1; r == E_NOMEM && i < 50; i++) {
		mem_fail_after(i);
		r = query_hits(&q, "協議", 6, hit, 4, &n, &all, NULL);
		mem_fail_after(0);
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns), cmocka_unit_test(test_refused), cmocka_unit_test(test_match), cmocka_unit_test(test_filters),
		cmocka_unit_test(test_hits), cmocka_unit_test(test_part_found), cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
