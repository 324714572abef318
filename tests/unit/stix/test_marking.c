/* TLP in both versions, what a marking-definition means for release, and the grades this product must not hold. */
#include <stdio.h>

#include "stix/stix.h"
#include "check.h"

#define M "marking-definition--"
#define T20 "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

static void levels(void **state)
{
	static const struct { enum tlp t; const char *name, *word, *id, *id1; } want[] = {
		{TLP_CLEAR, "TLP:CLEAR", "clear", M "94868c89-83c2-464b-929b-a1a8aa3c8487", M "613f2e26-407d-48c7-9eca-b8e91df99dc9"},
		{TLP_GREEN, "TLP:GREEN", "green", M "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", M "34098fce-860f-48ae-8e50-ebd3cc5e41da"},
		{TLP_AMBER, "TLP:AMBER", "amber", M "55d920b0-5e8b-4f79-9ee9-91f868d9b421", M "f88d31f6-486f-44da-b317-01333bde0b82"},
		{TLP_AMBER_STRICT, "TLP:AMBER+STRICT", "amber+strict", M "939a9414-2ddd-4d32-a0cd-375ea402b003", NULL},
		{TLP_RED, "TLP:RED", "red", M "e828b379-4e03-4974-9ac4-e53a884c97c1", M "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_string_equal(tlp_name(want[i].t), want[i].name);
		assert_string_equal(tlp_word(want[i].t), want[i].word);
		assert_string_equal(tlp_marking_id(want[i].t), want[i].id);
		assert_int_equal(tlp_parse(want[i].word), want[i].t);
		assert_int_equal(tlp_of_marking(want[i].id), want[i].t);
		if (want[i].id1 != NULL)
			assert_int_equal(tlp_of_marking(want[i].id1), want[i].t);
		if (i > 0)
			assert_true(want[i].t > want[i - 1].t); /* comparing levels compares strictness */
	}
	assert_int_equal(tlp_of_marking(NULL), TLP_UNKNOWN);
	assert_int_equal(tlp_of_marking("94868c89-83c2-464b-929b-a1a8aa3c8487"), TLP_UNKNOWN);
	assert_int_equal(tlp_of_marking(M "94868c89-83c2-464b-929b-a1a8aa3c8488"), TLP_UNKNOWN);
	assert_int_equal(tlp_parse("AMBER"), TLP_UNKNOWN);
	assert_int_equal(tlp_parse(NULL), TLP_UNKNOWN);
	assert_null(tlp_marking_id(TLP_NONE));
	assert_null(tlp_marking_id(TLP_UNKNOWN));
	assert_string_equal(tlp_name((enum tlp)99), "unknown");
}

static struct json_doc *read_text(const char *text)
{
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};

	if (json_read(text, strlen(text), NULL, &doc, &e) != 0)
		fail_msg("%s: %s", text, e.msg);
	return doc;
}

#define DEF "{\"type\":\"marking-definition\",\"id\":\"" M
#define OTHER "00000000-0000-4000-8000-000000000001\","
#define TLP2(word) "\"extensions\":{\"" T20 "\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"" word "\"}}}"
#define SAYS(s) "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"" s "\"}"

static void meaning(void **state)
{
	static const struct { const char *text; enum stix_marking m; enum tlp t; } cases[] = {
		{DEF OTHER SAYS("Copyright.") "}", MARKING_STATEMENT, TLP_NONE},
		{DEF OTHER SAYS("Copyright.") ",\"x_a\":1}", MARKING_STATEMENT, TLP_NONE},
		{DEF OTHER SAYS("TLP:RED") "}", MARKING_TLP, TLP_RED},
		{DEF OTHER SAYS("tlp: amber") "}", MARKING_TLP, TLP_AMBER},
		{DEF OTHER SAYS("TLP:PURPLE") "}", MARKING_UNKNOWN, TLP_NONE},
		{DEF OTHER "\"name\":\"TLP:RED\"," SAYS("x") "}", MARKING_TLP, TLP_RED},
		{DEF OTHER SAYS("") "}", MARKING_UNKNOWN, TLP_NONE},
		{DEF OTHER SAYS("GEHEIM") "}", MARKING_UNKNOWN, TLP_NONE},
		{DEF OTHER "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"x\",\"to\":\"nobody\"}}", MARKING_UNKNOWN, TLP_NONE},
		{DEF OTHER SAYS("x") ",\"extensions\":{\"extension-definition--00000000-0000-4000-8000-000000000002\":{\"a\":1}}}", MARKING_UNKNOWN, TLP_NONE},
		{DEF OTHER "\"definition_type\":\"iep\",\"definition\":{\"statement\":\"x\"}}", MARKING_UNKNOWN, TLP_NONE},
		{DEF OTHER TLP2("amber+strict"), MARKING_TLP, TLP_AMBER_STRICT},
		{DEF OTHER TLP2("AMBER"), MARKING_UNKNOWN, TLP_NONE},
		{DEF "e828b379-4e03-4974-9ac4-e53a884c97c1\"," TLP2("red"), MARKING_TLP, TLP_RED},
		{DEF "e828b379-4e03-4974-9ac4-e53a884c97c1\"," TLP2("clear"), MARKING_UNKNOWN, TLP_NONE},
		{DEF "e828b379-4e03-4974-9ac4-e53a884c97c1\"," SAYS("x") "}", MARKING_UNKNOWN, TLP_NONE},
		{DEF "613f2e26-407d-48c7-9eca-b8e91df99dc9\",\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"white\"}}", MARKING_TLP, TLP_CLEAR},
		{DEF OTHER "\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"white\"}}", MARKING_UNKNOWN, TLP_NONE},
		{"{\"type\":\"identity\",\"id\":\"identity--" OTHER SAYS("x") "}", MARKING_UNKNOWN, TLP_NONE},
		{"[]", MARKING_UNKNOWN, TLP_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json_doc *doc = read_text(cases[i].text);
		enum tlp t = TLP_NONE;
		const enum stix_marking m = stix_marking_of(json_root(doc), &t);

		if (m != cases[i].m || t != cases[i].t)
			fail_msg("%s: marking %u, level %s", cases[i].text, (unsigned)m, tlp_name(t));
		json_free(doc);
	}
}

/* Strictest of whole, parts and labels; other markings go to the list, each once, for whoever can look them up. */
static void strictest(void **state)
{
#define ID "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"identity--00000000-0000-4000-8000-000000000001\"," \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":\"x\","
	static const struct { const char *text; enum tlp t; size_t others; } cases[] = {
		{ID "\"x_a\":1}", TLP_NONE, 0},
		{ID "\"object_marking_refs\":[\"" M "613f2e26-407d-48c7-9eca-b8e91df99dc9\"]}", TLP_CLEAR, 0},
		{ID "\"object_marking_refs\":[\"" M "e828b379-4e03-4974-9ac4-e53a884c97c1\",\"" M "bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"]}", TLP_RED, 0},
		{ID "\"object_marking_refs\":[\"" M "bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"],\"granular_markings\":[{\"selectors\":[\"name\"],\"marking_ref\":\"" M
			"55d920b0-5e8b-4f79-9ee9-91f868d9b421\"}]}", TLP_AMBER, 0},
		{ID "\"object_marking_refs\":[\"" M OTHER "\"" M OTHER "\"" M "00000000-0000-4000-8000-000000000002\"],\"granular_markings\":[{\"selectors\":[\"name\"],"
			"\"marking_ref\":\"" M "00000000-0000-4000-8000-000000000003\"}]}", TLP_NONE, 3},
		{ID "\"labels\":[\"TLP:AMBER+STRICT\"]}", TLP_AMBER_STRICT, 0},
		{ID "\"labels\":[\"ＴＬＰ：ｒｅｄ\"]}", TLP_RED, 0},
		{ID "\"labels\":[\"tlp:ex:chr\"]}", TLP_UNKNOWN, 0},
		{ID "\"labels\":[\"tlp:\"]}", TLP_UNKNOWN, 0},
		{ID "\"labels\":[\"tlpx\",\"about tlp:red\"]}", TLP_NONE, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json_doc *doc = read_text(cases[i].text);
		struct err e = {.code = 0};
		struct stix_object o;

		if (stix_check(json_root(doc), &(struct stix_how){.strict = STIX_DEFAULT}, &o, &e) != 0)
			fail_msg("%s", e.msg);
		if (o.tlp != cases[i].t || o.markings != cases[i].others)
			fail_msg("%s: %s, %zu others", cases[i].text, tlp_name(o.tlp), o.markings);
		json_free(doc);
	}
}

static void grades(void **state)
{
	static const char *const refused[] = {
		"VS-NfD", "VS-NFD", "vs nfd", "VS_NfD", "VS – NfD", "VS‑NfD", "ＶＳ－ＮｆＤ", "VS\u00a0NfD", "V\u200bS-NfD", "VSNfD", "VS-NfD, amtlich", "VS-NUR FÜR DEN DIENSTGEBRAUCH",
		"VS-Nur fu\u0308r den Dienstgebrauch", "VS-NUR FUER DEN DIENSTGEBRAUCH", "Nur für den Dienstgebrauch", "VS-VERTRAULICH", "VS-Vertraulich – amtlich geheim gehalten",
		"VS-Vertr.", "GEHEIM", "geheim", "STRENG GEHEIM", "GEHEIM amtlich geheim gehalten", "Einstufung: GEHEIM", "de-vs:einstufung=\"vs-nfd\"",
		"取扱注意", "秘", "㊙", "極秘", "機密", "特定秘密", "【極秘】", "特定秘密（防衛）", "区分：秘", "取扱注意 TLP:AMBER", "機密性３情報", "機密性3",
		"SECRET", "Secret", "TOP SECRET", "TOP-SECRET", "CONFIDENTIAL", "RESTRICTED", "NATO SECRET", "COSMIC TOP SECRET", "EU RESTRICTED", "SECRET//NOFORN",
		"RESTREINT UE/EU RESTRICTED", "CONFIDENTIEL UE", "SECRET UE", "Très Secret", "TRES SECRET DEFENSE", "CONFIDENTIEL DÉFENSE", "Diffusion restreinte",
		"Classification: SECRET (until 2030)", "Exercise.\nSECRET\n", "UK SECRET",
	};
	static const char *const fine[] = {
		"", " ", "-", "TLP:RED", "TLP:AMBER+STRICT", "NATO UNCLASSIFIED", "offen", "intern", "機密性2", "機密性2情報", "秘書", "秘密", "極秘裏", "機密保持契約",
		"secret-stealing malware", "leaked secrets", "The secret of success.", "Geheimschutzabkommen", "geheimnis", "top secrets of cooking",
		"Confidential information of Example Ltd.", "Restricted to members of the project", "Terms: https://example.org/legal/confidential", "secret.example.org",
		"Copyright 2015-2025, The MITRE Corporation. MITRE ATT&CK and ATT&CK are registered trademarks of The MITRE Corporation.",
		"vsnfdx", "nato", "eu eu eu", "This was never classified as secret by anyone",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (stix_grade(refused[i], strlen(refused[i])) == NULL)
			fail_msg("\"%s\" is let through", refused[i]);
	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		if (stix_grade(fine[i], strlen(fine[i])) != NULL)
			fail_msg("\"%s\" is taken for %s", fine[i], stix_grade(fine[i], strlen(fine[i])));
	assert_string_equal(stix_grade("VS-NfD", 6), "VS-NUR FÜR DEN DIENSTGEBRAUCH");
	assert_string_equal(stix_grade("㊙", 3), "秘");
	assert_string_equal(stix_grade("nato top secret", 15), "TOP SECRET");
}

/* Any length, any cut: never read past the end, never lose a grade behind a long part. */
static void grades_in_long_text(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 0; n < 300; n++)
		assert_null(stix_grade(text, n));
	memcpy(text + 3000, ": 極秘", 8);
	assert_string_equal(stix_grade(text, 3008), "極秘");
	assert_null(stix_grade(text, 3007)); /* cut inside the last character */
	memset(text, ' ', sizeof(text));
	assert_null(stix_grade(text, sizeof(text)));
}

static void refusal(void **state)
{
	struct json_doc *doc = read_text(ID "\"labels\":[\"a\",\"極秘\"]}");
	struct err e = {.code = 0};
	struct stix_object o;

	(void)state;
	assert_int_equal(stix_check(json_root(doc), &(struct stix_how){.strict = STIX_LENIENT}, &o, &e), E_DENIED);
	assert_string_equal(e.msg, "identity--00000000-0000-4000-8000-000000000001: $.labels[1]: rule classified: this is not an approved product for 極秘; "
		"remove the object from this system as your security office prescribes");
	json_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels), cmocka_unit_test(meaning), cmocka_unit_test(strictest), cmocka_unit_test(grades),
		cmocka_unit_test(grades_in_long_text), cmocka_unit_test(refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
