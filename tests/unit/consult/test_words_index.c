/* The columns and conditions of consult/words.h in a real index: what is found there is what was meant. */
#include "../check.h"

#include <sqlite3.h>

#include "consult/words.h"

static const char *const texts[] = {
	"Das Völkerrecht gilt im Cyberraum", "第1回日独サイバー協議は東京で開催された", "The Cyber Dialogue in Tōkyō", "核軍縮に関する対話", "Voelkerrecht und Straße", "Volkerrecht ohne Punkte",
};

static sqlite3 *filled(void)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE VIRTUAL TABLE w USING fts5(long, short, tokenize = 'unicode61 remove_diacritics 0')", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO w(rowid, long, short) VALUES (?, ?, ?)", -1, &s, NULL), SQLITE_OK);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP_BUF struct buf l = BUF_INIT(0), k = BUF_INIT(0);

		assert_int_equal(words_column(texts[i], strlen(texts[i]), WORD_LONG, &l, NULL), 0);
		assert_int_equal(words_column(texts[i], strlen(texts[i]), WORD_SHORT, &k, NULL), 0);
		sqlite3_bind_int64(s, 1, (sqlite3_int64)i);
		sqlite3_bind_text(s, 2, l.p, (int)l.n, SQLITE_STATIC);
		sqlite3_bind_text(s, 3, k.p, (int)k.n, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(s), SQLITE_DONE);
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return db;
}

static void finds(sqlite3 *db, const char *question, const char *want)
{
	CLEANUP_BUF struct buf match = BUF_INIT(0), got = BUF_INIT(0);
	sqlite3_stmt *s = NULL;
	struct query q;
	int r;

	assert_int_equal(query_parse(question, strlen(question), &q, NULL), 0);
	assert_int_equal(query_match(&q, &match, NULL), 0);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rowid FROM w WHERE w MATCH ? ORDER BY rowid", -1, &s, NULL), SQLITE_OK);
	sqlite3_bind_text(s, 1, match.p, (int)match.n, SQLITE_STATIC);
	while ((r = sqlite3_step(s)) == SQLITE_ROW)
		buf_printf(&got, "%d ", sqlite3_column_int(s, 0));
	assert_int_equal(r, SQLITE_DONE);
	sqlite3_finalize(s);
	assert_string_equal(got.p != NULL ? got.p : "", want);
}

static void test_index(void **state)
{
	sqlite3 *db = filled();
	(void)state;

	finds(db, "協議", "1 ");
	finds(db, "サイバー", "1 ");
	finds(db, "ｻｲﾊﾞｰ　東京", "1 ");
	finds(db, "核", "3 ");
	finds(db, "議", "1 ");
	finds(db, "協会", "");
	finds(db, "voelkerrecht", "0 4 ");
	finds(db, "volkerrecht", "0 5 ");
	finds(db, "VÖLKERRECHT", "0 4 5 ");
	finds(db, "Völkerrecht -Straße", "0 5 ");
	finds(db, "tokyo", "2 ");
	finds(db, "Toukyou", "2 ");
	finds(db, "\"cyber dialogue\"", "2 ");
	finds(db, "\"dialogue cyber\"", "");
	finds(db, "cyber*", "0 2 ");
	finds(db, "\"x\" OR (", "");
	finds(db, "long:Völkerrecht NEAR(a) ^b", "");
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_index)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
