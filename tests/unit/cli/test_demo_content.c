/* Every object of the demo passes the STIX rules, and the story they tell holds together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h" /* ours before cmocka, whose fail() is a macro */
#include "base/enc.h"
#include "cli/demo_content.h"

#include <cmocka.h>

#define DE "identity--11111111-1111-4111-8111-111111111111"
#define JP "identity--22222222-2222-4222-8222-222222222222"
static const struct demo_times times = {
	.created = "2026-01-02T03:04:05.006Z", .modified = "2026-01-02T03:04:05.006Z",
	.publish_at = "2026-01-02T03:05:00.000Z", .about_modified = "2026-01-02T03:04:05.006Z",
	.about_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};

static struct demo_ids ids;
static int make_ids(void **unused)
{
	const struct rng rng = rng_system();

	(void)unused;
	return demo_ids_make(&rng, DE, JP, &ids, NULL);
}

static struct json_doc *object(enum demo_what w)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct json_doc *doc = NULL;
	struct err e = {0};

	if (demo_json(w, &ids, &times, &b, &e) != 0 || json_read(b.p, b.n, NULL, &doc, &e) != 0)
		fail_msg("object %d: %s", w, e.msg);
	return doc;
}

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	(void)ctx;
	print_error("%s: %s: %s\n", rule, path, text);
	assert_true(strcmp(rule, "known-type") == 0 || strcmp(rule, "uuid-version") == 0);
}

static void every_object_passes(void **unused)
{
	(void)unused;
	for (unsigned w = 0; w < DEMO_OBJECTS; w++) {
		struct json_doc *doc = object((enum demo_what)w);
		struct stix_object o;
		struct err e = {0};

		if (stix_check(json_root(doc), &(struct stix_how){.strict = STIX_STRICT, .warn = warn}, &o, &e) != 0)
			fail_msg("object %u: %s", w, e.msg);
		assert_string_equal(o.id, ids.id[w]);
		assert_string_equal(o.created_by_ref, strcmp(demo_writer((enum demo_what)w), "JP") == 0 ? JP : DE);
		assert_int_equal(o.tlp, w == DEMO_INVITATION || w == DEMO_PROPOSAL ? TLP_AMBER : TLP_CLEAR);
		json_free(doc);
	}
}

static void ids_are_apart(void **unused)
{
	(void)unused;
	for (unsigned a = 0; a < DEMO_OBJECTS; a++)
		for (unsigned b = a + 1; b < DEMO_OBJECTS; b++) {
			const bool same = a == DEMO_STATEMENT && b == DEMO_STATEMENT_REVISED;

			assert_int_equal(strcmp(ids.id[a], ids.id[b]) == 0, same);
		}
}

/* What is invented says so on the object; the collection in its description. */
static void examples_say_so(void **unused)
{
	const enum demo_what marked[] = {DEMO_SERIES, DEMO_ROUND, DEMO_INVITATION, DEMO_AGENDA, DEMO_DELEGATION_DE, DEMO_DELEGATION_JP, DEMO_STATEMENT, DEMO_STATEMENT_REVISED};

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(marked); i++) {
		struct json_doc *doc = object(marked[i]);
		bool yes = false;

		assert_true(json_bool(json_get(json_root(doc), "example"), &yes) && yes);
		json_free(doc);
	}
	assert_non_null(strstr(demo_collection_about.de, "Beispieldaten"));
	assert_non_null(strstr(demo_collection_about.ja, "例示"));
}

static void whole(const struct demo_text *t)
{
	const char *each[] = {t->de, t->ja, t->en};

	for (size_t i = 0; i < 3; i++) {
		assert_non_null(each[i]);
		assert_true(strlen(each[i]) > 3);
		assert_int_equal(utf8_check(each[i], strlen(each[i])), strlen(each[i]));
		assert_null(strstr(each[i], "  "));
	}
	/* Each column holds its own language. */
	assert_true((unsigned char)t->ja[0] >= 0xe3 || strncmp(t->ja, "2016", 4) == 0 || strncmp(t->ja, "G7", 2) == 0);
	for (const char *p = t->en; *p != '\0'; p++)
		assert_true((unsigned char)*p < 0xe3);
}

static void three_languages(void **unused)
{
	const struct demo_document *docs[] = {&demo_invitation, &demo_agenda, &demo_statement};

	(void)unused;
	for (size_t d = 0; d < 3; d++) {
		whole(&docs[d]->title);
		for (size_t i = 0; i < docs[d]->units; i++)
			whole(&docs[d]->unit[i].text);
	}
	whole(&demo_proposed_text);
	whole(&demo_proposal_reason);
	for (size_t i = 0; i < demo_delegation_de_n; i++)
		whole(&demo_delegation_de[i].function);
	for (size_t i = 0; i < demo_delegation_jp_n; i++)
		whole(&demo_delegation_jp[i].function);
	for (size_t i = 0; i < demo_agencies; i++)
		whole(&demo_agency[i].name);
}

static void agenda_without_gaps(void **unused)
{
	int items = 0;

	(void)unused;
	for (size_t i = 0; i < demo_agenda.units; i++) {
		const struct demo_unit *u = &demo_agenda.unit[i];

		assert_true(time_compare(u->start, strlen(u->start), u->end, strlen(u->end)) < 0);
		if (i > 0)
			assert_string_equal(u->start, demo_agenda.unit[i - 1].end);
		assert_int_equal(u->pause, u->lead == NULL);
		items += !u->pause;
	}
	assert_int_equal(items, 7);
}

/* The second version is the first one with the proposal taken over, and nothing else. */
static void revision_is_the_proposal(void **unused)
{
	struct json_doc *v1 = object(DEMO_STATEMENT), *v2 = object(DEMO_STATEMENT_REVISED), *p = object(DEMO_PROPOSAL);
	const struct json_val *change = NULL, *key, *u1, *u2;
	struct json_iter changes, a, b;
	size_t differ = 0;

	(void)unused;
	json_iter(&changes, json_get(json_root(p), "changes"));
	assert_true(json_next(&changes, &key, &change));
	json_iter(&a, json_get(json_root(v1), "units"));
	json_iter(&b, json_get(json_root(v2), "units"));
	while (json_next(&a, &key, &u1)) {
		CLEANUP_BUF struct buf t1 = BUF_INIT(0), t2 = BUF_INIT(0), t3 = BUF_INIT(0);

		assert_true(json_next(&b, &key, &u2));
		assert_string_equal(json_get_str(u1, "number"), json_get_str(u2, "number"));
		json_canon(json_get(u1, "text"), &t1);
		json_canon(json_get(u2, "text"), &t2);
		json_canon(json_get(change, "text"), &t3);
		if (strcmp(t1.p, t2.p) == 0)
			continue;
		differ++;
		assert_string_equal(json_get_str(u2, "number"), json_get_str(change, "unit"));
		assert_string_equal(t2.p, t3.p);
	}
	assert_false(json_next(&b, &key, &u2));
	assert_int_equal(differ, 1);
	json_free(v1);
	json_free(v2);
	json_free(p);
}

/* Persons: the two heads only. */
static void no_other_names(void **unused)
{
	(void)unused;
	assert_string_equal(demo_delegation_de[0].role, "head");
	assert_string_equal(demo_delegation_jp[0].role, "head");
	for (size_t i = 1; i < demo_delegation_de_n; i++)
		assert_string_equal(demo_delegation_de[i].latin, "N. N.");
	for (size_t i = 1; i < demo_delegation_jp_n; i++)
		assert_string_equal(demo_delegation_jp[i].latin, "N. N.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_object_passes),
		cmocka_unit_test(ids_are_apart),
		cmocka_unit_test(examples_say_so),
		cmocka_unit_test(three_languages),
		cmocka_unit_test(agenda_without_gaps),
		cmocka_unit_test(revision_is_the_proposal),
		cmocka_unit_test(no_other_names),
	};

	return cmocka_run_group_tests(tests, make_ids, NULL);
}
