/* The three languages: what a reader asks for, and that the table's order and lookups agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "base/text_table.h"

static enum lang parse(const char *s) { return lang_parse(s, strlen(s), LANG_EN); }

static void language_tags(void **state)
{
	(void)state;
	assert_int_equal(parse("de"), LANG_DE);
	assert_int_equal(parse("de-AT"), LANG_DE);
	assert_int_equal(parse("JA"), LANG_JA);
	assert_int_equal(parse("ja_JP.UTF-8"), LANG_JA);
	assert_int_equal(parse("den"), LANG_EN); /* Slave, not German */
	assert_int_equal(parse("d"), LANG_EN);
	assert_int_equal(parse(""), LANG_EN);
	assert_int_equal(parse("fr"), LANG_EN);
	assert_int_equal(lang_parse(NULL, 0, LANG_JA), LANG_JA);
	assert_int_equal(lang_parse("de\0", 3, LANG_EN), LANG_EN);
	assert_string_equal(lang_code(LANG_JA), "ja");
}

static void every_row_is_found(void **state)
{
	(void)state;
	assert_true(text_rows > 10);
	for (size_t i = 0; i < text_rows; i++) {
		const struct text_row *r = &text_table[i];

		if (i > 0)
			assert_true(strcmp(text_table[i - 1].id, r->id) < 0);
		if (r->de != NULL && r->de_many == NULL)
			assert_ptr_equal(tr(LANG_DE, r->id), r->de);
		if (r->ja != NULL)
			assert_ptr_equal(tr(LANG_JA, r->id), r->ja);
		assert_ptr_equal(tr(LANG_EN, r->id), r->id);
	}
	assert_string_equal(tr(LANG_DE, "not found"), "Nicht gefunden");
	assert_string_equal(tr(LANG_JA, "not found"), "見つかりません");
}

static void unknown_ids_come_back(void **state)
{
	(void)state;
	assert_string_equal(tr(LANG_DE, "no such message, ever"), "no such message, ever");
	assert_string_equal(tr(LANG_JA, ""), "");
	assert_string_equal(trn(LANG_DE, "one x", "many x", 1), "one x");
	assert_string_equal(trn(LANG_JA, "one x", "many x", 2), "many x");
}

static void plurals(void **state)
{
	(void)state;
	assert_string_equal(trn(LANG_EN, "%lu round", "%lu rounds", 0), "%lu rounds");
	assert_string_equal(trn(LANG_EN, "%lu round", "%lu rounds", 1), "%lu round");
	assert_string_equal(trn(LANG_DE, "%lu round", "%lu rounds", 1), "%lu Runde");
	assert_string_equal(trn(LANG_DE, "%lu round", "%lu rounds", 2), "%lu Runden");
	assert_string_equal(trn(LANG_JA, "%lu round", "%lu rounds", 1), "%lu回");
	assert_string_equal(trn(LANG_JA, "%lu round", "%lu rounds", 2), "%lu回");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(language_tags), cmocka_unit_test(every_row_is_found),
		cmocka_unit_test(unknown_ids_come_back), cmocka_unit_test(plurals),
	};

	return cmocka_run_group_tests_name("base: text", tests, NULL, NULL);
}
