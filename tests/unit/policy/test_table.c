/* Who reads what, written down by hand beside the code: one letter per reader. */
#include "policy/policy.h"
#include "check.h"

/* P public, M member, C community, N named, W writer's node, - no */
static const struct reader readers[] = {
	{.role = ROLE_NONE},
	{.party = "BR", .agency = "MRE", .person = "silva", .role = ROLE_RELEASER},
	{.party = "FR", .agency = "MEAE", .person = "durand", .role = ROLE_RELEASER},
	{.party = "FR", .role = ROLE_NODE},
	{.party = "JP", .agency = "NPA", .person = "sato", .role = ROLE_READER},
	{.party = "JP", .agency = "MOFA", .person = "mizushima", .role = ROLE_READER},
	{.party = "JP", .role = ROLE_NODE},
	{.party = "DE", .agency = "AA", .person = "muster", .role = ROLE_RELEASER},
	{.party = "DE", .role = ROLE_NODE},
};
static const char letters[] = {
	[YES_PUBLIC] = 'P', [YES_MEMBER] = 'M', [YES_COMMUNITY] = 'C', [YES_NAMED] = 'N', [YES_WRITER] = 'W',
	[NO_COLLECTION] = '-', [NO_UNPUBLISHED] = '-', [NO_NOT_COMMUNITY] = '-', [NO_NOT_MEMBER] = '-', [NO_NOT_NAMED] = '-',
	[NO_UNKNOWN_MARKING] = '-', [NO_ABOVE_CEILING] = '-',
};

static const struct collection base = {
	.party = {"DE", "JP"}, .members = 2, .community = {"FR"}, .community_n = 1, .ceiling = TLP_RED, .is_public = true,
};

static void expect(const struct collection *col, enum tlp t, bool published, const char *release, const char *want)
{
	const bool none = release != NULL && release[0] == '\0';
	const struct policy_object o = {.tlp = t, .published = published, .writer = "DE", .has_release_to = release != NULL,
	    .release_to = &release, .release_to_n = release != NULL && !none};
	char got[ARRAY_LEN(readers) + 1] = "";

	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		const struct verdict v = may_read(&readers[i], &o, col);

		assert_int_equal(v.yes, v.why <= YES_WRITER);
		assert_true(verdict_name(v.why)[0] != '?');
		got[i] = letters[v.why];
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s, %s, release_to %s: %s, not %s", tlp_name(t), published ? "published" : "draft", release != NULL ? release : "-", got, want);
}

#define JP "JP"
#define AGENCY "JP/MOFA"
#define PERSON "JP/MOFA/mizushima"

static void published(void **state)
{
	(void)state;
	expect(&base, TLP_CLEAR, true, NULL, "PPPPPPPPW");
	expect(&base, TLP_GREEN, true, NULL, "--CCMMMMW");
	expect(&base, TLP_AMBER, true, NULL, "----MMMMW");
	expect(&base, TLP_AMBER_STRICT, true, NULL, "----MMMMW");
	expect(&base, TLP_RED, true, NULL, "--------W");
	expect(&base, TLP_NONE, true, NULL, "--------W"); /* the ceiling is red */
	expect(&base, TLP_UNKNOWN, true, NULL, "--------W");
	expect(&base, TLP_UNKNOWN, true, JP, "--------W");
	expect(&base, (enum tlp)77, true, NULL, "--------W");
}

/* Before it is published, everything stays among the members. */
static void draft(void **state)
{
	(void)state;
	for (enum tlp t = TLP_CLEAR; t <= TLP_AMBER_STRICT; t++) {
		expect(&base, t, false, NULL, "----MMMMW");
		expect(&base, t, false, JP, "----NNN-W");
		expect(&base, t, false, "FR", "--------W");
	}
	expect(&base, TLP_RED, false, NULL, "--------W");
	expect(&base, TLP_RED, false, PERSON, "-----NN-W");
}

/* release_to narrows each level and widens none; an agency and a person bind at every level. */
static void narrowed(void **state)
{
	(void)state;
	for (enum tlp t = TLP_CLEAR; t <= TLP_AMBER_STRICT; t++) {
		expect(&base, t, true, JP, "----NNN-W");
		expect(&base, t, true, AGENCY, "-----NN-W");
		expect(&base, t, true, PERSON, "-----NN-W");
		expect(&base, t, true, "", "--------W");
		expect(&base, t, true, "DE", "-------NW");
		expect(&base, t, true, "FR", t <= TLP_GREEN ? "--NN----W" : "--------W");
		expect(&base, t, true, "BR", t == TLP_CLEAR ? "-N------W" : "--------W");
	}
	expect(&base, TLP_RED, true, JP, "--------W");
	expect(&base, TLP_RED, true, AGENCY, "--------W");
	expect(&base, TLP_RED, true, PERSON, "-----NN-W");
	expect(&base, TLP_RED, true, "DE/AA/muster", "-------NW");
	expect(&base, TLP_RED, true, "FR/MEAE/durand", "--------W");
}

/* Names are compared whole; what is malformed names nobody. */
static void near_names(void **state)
{
	static const char *const nobody[] = {"J", "JPN", "jp", "/", "JP/", "/MOFA", "JP//mizushima", "JP/MOFA/", "JP/MOFA/mizushima/x", "JP/MOF/mizushima", "JP/MOFA2", "JP/MOFA/mizu", " JP"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nobody); i++)
		if (strcmp(nobody[i], "JP/MOF/mizushima") != 0 && strcmp(nobody[i], "JP/MOFA2") != 0 && strcmp(nobody[i], "JP/MOFA/mizu") != 0)
			expect(&base, TLP_AMBER, true, nobody[i], "--------W");
	/* another agency or person of JP: its node may hold it, these two persons do not read it */
	expect(&base, TLP_AMBER, true, "JP/MOFA2", "------N-W");
	expect(&base, TLP_RED, true, "JP/MOF/mizushima", "------N-W");
	expect(&base, TLP_RED, true, "JP/MOFA/mizu", "------N-W");
}

static void closed_collection(void **state)
{
	struct collection col = base;

	(void)state;
	col.is_public = false;
	expect(&col, TLP_CLEAR, true, NULL, "--CCMMMMW");
	expect(&col, TLP_CLEAR, false, NULL, "----MMMMW");
	expect(&col, TLP_GREEN, true, NULL, "--CCMMMMW");
}

static void ceiling(void **state)
{
	struct collection col = base;

	(void)state;
	col.ceiling = TLP_GREEN;
	expect(&col, TLP_NONE, true, NULL, "--CCMMMMW"); /* unmarked: as the ceiling */
	expect(&col, TLP_AMBER, true, NULL, "--------W");
	expect(&col, TLP_CLEAR, true, NULL, "PPPPPPPPW");
	for (enum tlp bad = TLP_NONE; bad <= TLP_UNKNOWN; bad += TLP_UNKNOWN) { /* a ceiling that is no level */
		col.ceiling = bad;
		expect(&col, TLP_CLEAR, true, NULL, "--------W");
		expect(&col, TLP_NONE, true, NULL, "--------W");
	}
	expect(NULL, TLP_CLEAR, true, NULL, "---------");
}

/* Half a reader is nobody: a party without a role, a role without a party. */
static void odd_readers(void **state)
{
	const struct policy_object amber = {.tlp = TLP_AMBER, .writer = "DE", .published = true}, open = {.tlp = TLP_CLEAR, .published = true};
	const struct reader odd[] = {
		{.party = "JP", .role = ROLE_NONE}, {.role = ROLE_NODE}, {.party = "", .role = ROLE_NODE}, {.party = "JP", .role = (enum role)9},
		{.agency = "MOFA", .person = "mizushima", .role = ROLE_RELEASER},
	};
	struct collection col = base;

	(void)state;
	col.party[1][0] = '\0'; /* and an empty member matches no one */
	col.members = 3;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		assert_false(may_read(&odd[i], &amber, &base).yes);
		assert_false(may_read(&odd[i], &amber, &col).yes);
		assert_int_equal(may_read(&odd[i], &open, &base).why, YES_PUBLIC);
	}
	assert_int_equal(may_read(NULL, &open, &base).why, YES_PUBLIC);
	assert_int_equal(may_read(NULL, &amber, &base).why, NO_NOT_MEMBER);
	assert_int_equal(may_read(&readers[6], NULL, &base).why, NO_UNKNOWN_MARKING);
	assert_int_equal(may_read(NULL, NULL, NULL).why, NO_COLLECTION);
	assert_string_equal(verdict_name((enum verdict_reason)99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published), cmocka_unit_test(draft), cmocka_unit_test(narrowed), cmocka_unit_test(near_names),
		cmocka_unit_test(closed_collection), cmocka_unit_test(ceiling), cmocka_unit_test(odd_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
