/* Every refusal of may_write, each by changing one thing in a request that is allowed; and their order. */
#include "policy/policy.h"
#include "check.h"

static const struct collection col = {
	.party = {"DE", "JP"}, .members = 2, .community = {"FR"}, .community_n = 1, .ceiling = TLP_AMBER, .is_public = true,
};

static struct write_request good(void)
{
	return (struct write_request){.party = "DE", .role = ROLE_DESK, .kind = STIX_ROUND, .own_type = true, .author_is_writer = true,
	    .object = {.tlp = TLP_AMBER, .writer = "DE"}};
}

static enum write_reason released(enum tlp t, const char *to)
{
	struct write_request w = good();

	w.object.tlp = t;
	w.object.has_release_to = true;
	w.object.release_to = &to;
	w.object.release_to_n = 1;
	return may_write(&w, &col);
}

static void one_thing_wrong(void **state)
{
	struct write_request w = good();

	(void)state;
	assert_int_equal(may_write(&w, &col), WRITE_OK);
	assert_int_equal(may_write(&w, NULL), WRITE_NO_COLLECTION);
	for (enum role r = ROLE_NONE; r <= ROLE_NODE; r++) {
		w = good();
		w.role = r;
		assert_int_equal(may_write(&w, &col), role_has(r, RIGHT_WRITE) ? WRITE_OK : WRITE_ROLE);
		w.of_data = true; /* the withdrawal of an indicator */
		assert_int_equal(may_write(&w, &col), role_has(r, RIGHT_DATA) ? WRITE_OK : WRITE_ROLE);
		w.of_data = w.own_type = false;
		assert_int_equal(may_write(&w, &col), role_has(r, RIGHT_DATA) ? WRITE_OK : WRITE_ROLE);
	}
	w.role = (enum role)99;
	assert_int_equal(may_write(&w, &col), WRITE_ROLE);
	static const char *const outside[] = {"FR", "BR", "", NULL, "D", "DEU"};
	for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
		w = good();
		w.party = outside[i];
		assert_int_equal(may_write(&w, &col), WRITE_NOT_MEMBER);
	}
	for (enum tlp t = TLP_NONE; t <= TLP_RED; t++) {
		w = good();
		w.object.tlp = t;
		assert_int_equal(may_write(&w, &col), t <= TLP_AMBER ? WRITE_OK : WRITE_ABOVE_CEILING);
	}
	w.object.tlp = TLP_UNKNOWN;
	assert_int_equal(may_write(&w, &col), WRITE_UNKNOWN_MARKING);
	w = good();
	w.author_is_writer = false;
	assert_int_equal(may_write(&w, &col), WRITE_NOT_AUTHOR);
	w.own_type = false; /* somebody else's indicator may be brought in */
	assert_int_equal(may_write(&w, &col), WRITE_OK);
	w.written_by = "JP";
	assert_int_equal(may_write(&w, &col), WRITE_OTHERS_OBJECT);
	w.written_by = "DE";
	assert_int_equal(may_write(&w, &col), WRITE_OK);
}

static void release(void **state)
{
	static const char *const fine[] = {"DE", "JP", "JP/NPA", "JP/MOFA/mizushima"}, *const wide[] = {"BR", "BR/X", "", "JP/", "/JP", "JP//x", "a/b/c/d", "ABCDEFGHIJKLMNOPQ"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		assert_int_equal(released(TLP_AMBER, fine[i]), WRITE_OK);
	for (enum tlp t = TLP_NONE; t <= TLP_AMBER; t++) {
		const bool community = t == TLP_CLEAR || t == TLP_GREEN;

		for (size_t i = 0; i < ARRAY_LEN(wide); i++)
			assert_int_equal(released(t, wide[i]), WRITE_WIDENS);
		assert_int_equal(released(t, "FR/MEAE"), community ? WRITE_OK : WRITE_WIDENS);
	}
}

static void words(void **state)
{
	(void)state;
	for (enum write_reason r = WRITE_OK; r <= WRITE_ROLE; r++)
		assert_true(strlen(write_reason_text(r)) > 5);
	assert_string_equal(write_reason_text((enum write_reason)99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_thing_wrong), cmocka_unit_test(release), cmocka_unit_test(words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
