/* The table of rights: what stands in it, word by word, and what asking anything else answers. */
#include "policy/rights.h"
#include "check.h"

#include "base/attr.h"

static const struct { enum role role; const char *rights; } rows[] = {
	{ROLE_NONE, ""},
	{ROLE_READER, "read "},
	{ROLE_CONTRIBUTOR, "read data home-read home-write "},
	{ROLE_DESK, "read data home-read home-write write assent "},
	{ROLE_RELEASER, "read data home-read home-write write assent release "},
	{ROLE_ADMIN, "read admin "},
	{ROLE_AUDITOR, "read audit "},
	{ROLE_NODE, "read data write assent "},
	{(enum role)8, ""},
	{(enum role)-1, ""},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char all[256] = "";

		for (enum right r = RIGHT_READ; r < RIGHT_COUNT_; r++)
			if (role_has(rows[i].role, r)) {
				strcat(all, right_word(r));
				strcat(all, " ");
			}
		assert_string_equal(all, rows[i].rights);
		assert_false(role_has(rows[i].role, RIGHT_COUNT_));
		assert_false(role_has(rows[i].role, (enum right)-1));
		assert_false(role_has(rows[i].role, (enum right)32));
	}
}

/* Who keeps users does not read national papers nor release; who watches changes nothing. */
static void separation(void **state)
{
	(void)state;
	for (enum role r = ROLE_NONE; r <= ROLE_NODE; r++) {
		const bool acts = role_has(r, RIGHT_DATA) || role_has(r, RIGHT_HOME_WRITE) || role_has(r, RIGHT_WRITE) || role_has(r, RIGHT_ASSENT) || role_has(r, RIGHT_RELEASE);

		assert_false(acts && (role_has(r, RIGHT_ADMIN) || role_has(r, RIGHT_AUDIT)));
		assert_false(role_has(r, RIGHT_ADMIN) && role_has(r, RIGHT_AUDIT));
		assert_false(role_has(r, RIGHT_HOME_WRITE) && !role_has(r, RIGHT_HOME_READ));
		assert_false(role_has(r, RIGHT_RELEASE) && !role_has(r, RIGHT_ASSENT));
	}
}

static void words(void **state)
{
	static const struct { const char *word; enum role role; } reads[] = {
		{"reader", ROLE_READER}, {"contributor", ROLE_CONTRIBUTOR}, {"desk-officer", ROLE_DESK}, {"releaser", ROLE_RELEASER}, {"administrator", ROLE_ADMIN},
		{"auditor", ROLE_AUDITOR}, {"editor", ROLE_DESK}, {"head", ROLE_RELEASER}, {"", ROLE_NONE}, {"node", ROLE_NONE}, {"Head", ROLE_NONE}, {"reader ", ROLE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reads); i++)
		assert_int_equal(role_parse(reads[i].word), reads[i].role);
	for (enum role r = ROLE_READER; r < ROLE_NODE; r++) {
		assert_int_equal(role_parse(role_word(r)), r);
		assert_non_null(strstr(role_words(), role_word(r)));
		assert_true(strlen(role_name(r)) > 3);
	}
	assert_string_equal(role_word(ROLE_NODE), "");
	assert_string_equal(role_word(ROLE_NONE), "");
	assert_string_equal(role_word((enum role)99), "");
	assert_string_equal(role_name((enum role)99), role_name(ROLE_NONE));
	assert_string_equal(right_word(RIGHT_COUNT_), "?");
	assert_string_equal(right_name((enum right)-1), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(separation), cmocka_unit_test(words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
