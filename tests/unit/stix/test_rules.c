/*
 * The rules of STIX 2.1, one by one. S1 to S21 are the numbers of our list of rules; S4 is in test_sco.c and S14 in
 * test_pattern.c in full; S9 and S10 (versions) and S22 (kept as sent) are the record's.
 */
#include <stdio.h>

#include "base/buf.h"
#include "bases.h"
#include "stix/stix.h"
#include "check.h"

/* ' to ", but \' stays a plain quote. */
static void put_quoted(struct buf *b, const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		buf_putc(b, (char)(*p == '\'' ? '"' : p[0] == '\\' && p[1] == '\'' ? *++p : *p));
}

static struct json_doc *parsed(const struct buf *b)
{
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};

	if (json_read(b->p, b->n, NULL, &doc, &e) != 0)
		fail_msg("%.*s: %s", (int)b->n, b->p, e.msg);
	return doc;
}

static struct json_doc *read_text(const char *text)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	put_quoted(&b, text);
	return parsed(&b);
}

static const char *base_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(bases); i++)
		if (strcmp(bases[i].type, type) == 0)
			return bases[i].text;
	return NULL;
}

/* `text` with one member replaced, added, or (value NULL) taken out. */
static struct json_doc *edited(const char *text, const char *edit_key, const char *value)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct json_doc *doc = read_text(text);
	const struct json_val *key, *val;
	bool first = true;
	struct json_iter it;

	buf_putc(&b, '{');
	json_iter(&it, json_root(doc));
	while (json_next(&it, &key, &val)) {
		const char *k = json_str(key, &(size_t){0});

		if (edit_key != NULL && strcmp(k, edit_key) == 0)
			continue;
		json_put_member(&b, &first, k);
		json_canon(val, &b);
	}
	json_free(doc);
	if (value != NULL) {
		json_put_member(&b, &first, edit_key);
		put_quoted(&b, value);
	}
	buf_putc(&b, '}');
	return parsed(&b);
}

struct said { const char *rule; bool found; size_t n; char last[200]; };

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	struct said *said = ctx;

	said->found = said->found || strcmp(rule, said->rule) == 0;
	said->n++;
	(void)snprintf(said->last, sizeof(said->last), "%s: %s: %s", path, rule, text);
}

/* levels: for lenient, default, strict: E refused by the rule, W accepted with it, - accepted without a word about it. */
static void expect(const char *what, const struct json_val *obj, const char *rule, const char *levels)
{
	char want[64];

	(void)snprintf(want, sizeof(want), ": rule %s: ", rule);
	for (enum stix_strict s = STIX_LENIENT; s <= STIX_STRICT; s++) {
		struct said said = {.rule = rule};
		struct err e = {.code = 0};
		struct stix_object o;
		const int rc = stix_check(obj, &(struct stix_how){.strict = s, .warn = warn, .ctx = &said}, &o, &e);
		const char got = rc != 0 ? 'E' : said.found ? 'W' : '-';

		if (got != levels[s])
			fail_msg("%s, level %d: %c instead of %c of rule %s; %s", what, (int)s, got, levels[s], rule, rc != 0 ? e.msg : said.last);
		if (rc != 0 && strstr(e.msg, want) == NULL)
			fail_msg("%s: other words: %s", what, e.msg);
		/* Who hears no warnings gets the same verdict. */
		assert_int_equal(stix_check(obj, &(struct stix_how){.strict = s}, &o, NULL), rc);
	}
}

struct row { const char *type, *key, *value, *rule, *levels; };

static void expect_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct json_doc *doc = edited(base_of(rows[i].type) != NULL ? base_of(rows[i].type) : rows[i].type, rows[i].key, rows[i].value);
		char what[300];

		(void)snprintf(what, sizeof(what), "%.80s.%s = %.150s", rows[i].type, rows[i].key, rows[i].value != NULL ? rows[i].value : "(none)");
		expect(what, json_root(doc), rows[i].rule, rows[i].levels);
		json_free(doc);
	}
}
#define ROWS(...) expect_rows((const struct row[]){__VA_ARGS__}, sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row))

/* Every type of the standard but observables is here with every property of its table, and nobody has anything to say. */
static void good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		struct json_doc *doc = read_text(bases[i].text);
		const struct stix_type *t = stix_type_named(bases[i].type, strlen(bases[i].type));

		assert_non_null(t);
		for (const struct stix_prop *p = t->props; p->name != NULL; p++)
			if (json_get(json_root(doc), p->name) == NULL && strcmp(p->name, "objects") != 0)
				fail_msg("%s: no %s", bases[i].type, p->name);
		expect(bases[i].type, json_root(doc), "", "---");
		for (enum stix_strict s = STIX_LENIENT; s <= STIX_STRICT; s++) {
			struct said said = {.rule = ""};
			struct stix_object o;

			assert_int_equal(stix_check(json_root(doc), &(struct stix_how){.strict = s, .warn = warn, .ctx = &said}, &o, NULL), 0);
			if (said.n != 0)
				fail_msg("%s: %s", bases[i].type, said.last);
		}
		json_free(doc);
	}
}

static void test_S1_json(void **state)
{
	static const char *const bad[] = {
		"{\"type\":\"tool\",\"type\":\"tool\"}", "{\"a\":NaN}", "{\"a\":9007199254740993}", "{\"a\":\"\xff\"}", "{\"a\":1,}", "",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct json_doc *doc = NULL;

		assert_int_not_equal(json_read(bad[i], strlen(bad[i]), NULL, &doc, NULL), 0);
	}
}

static void test_S2_type(void **state)
{
	(void)state;
	ROWS({"tool", "type", "42", "type", "EEE"}, {"tool", "type", "'To'", "type", "EEE"}, {"tool", "type", NULL, "type", "EEE"},
	    {"tool", "type", "'ab'", "type", "EEE"}, {"tool", "type", "'a--b'", "type", "EEE"}, {"tool", "type", "'1ab'", "type", "EEE"},
	    {HEAD("x-own-type") "'anything':1}", "x_y", "1", "known-type", "WWW"},
	    {HEAD("verbale-other") "'anything':1}", "x_y", "1", "own-type", "WEE"},
	    {HEAD("own-type") "'extensions':{'extension-definition--00000000-0000-4000-8000-000000000009':{'extension_type':'new-sdo'}},'anything':1}", "x_y", "1", "known-type", "---"});
}

static void test_S3_id(void **state)
{
	(void)state;
	ROWS({"tool", "id", "'malware--00000000-0000-4000-8000-000000000001'", "id", "EEE"}, {"tool", "id", "'tool-1'", "id", "EEE"}, {"tool", "id", NULL, "id", "EEE"},
	    {"tool", "id", "'tool--00000000-0000-4000-c000-000000000001'", "id", "EEE"}, {"tool", "id", "'tool--00000000-0000-4000-8000-00000000000A'", "id", "EEE"},
	    {"tool", "id", "'tool--00000000-0000-5000-8000-000000000001'", "uuid-version", "WWW"}, {"relationship", "id", "'relationship--00000000-0000-1000-8000-000000000001'", "uuid-version", "WWW"});
}

static void test_S5_spec_version(void **state)
{
	(void)state;
	ROWS({"tool", "spec_version", NULL, "spec-version", "EEE"}, {"tool", "spec_version", "'2.0'", "spec-version", "EEE"}, {"tool", "spec_version", "2.1", "spec-version", "EEE"},
	    {"location", "spec_version", NULL, "spec-version", "EEE"}, {"relationship", "spec_version", NULL, "spec-version", "EEE"});
}

/* STIX 2.0 is taken only where the collection says so, and then by fewer rules. */
static void test_S5_version_20(void **state)
{
	static const struct { const char *text; int rc; } rows[] = {
		{"{'type':'malware','id':'malware--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z','labels':['worm']}", 0},
		{"{'type':'x-own','id':'x-own--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z','whatever':1}", 0},
		{"{'type':'marking-definition','id':'marking-definition--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','definition_type':'statement','definition':{'statement':'a'}}", 0},
		{"{'type':'observed-data','id':'observed-data--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z',"
			"'objects':{'0':{'type':'ipv4-addr','value':'192.0.2.1','belongs_to_refs':['1']},'1':{'type':'x'}}}", 0},
		{"{'type':'malware','spec_version':'2.0','id':'malware--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z','labels':['worm']}", 0},
		{"{'type':'malware','spec_version':'2','id':'malware--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z','labels':['worm']}", E_FORMAT},
		{"{'type':'location','spec_version':'2.0','id':'location--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z'}", E_FORMAT},
		{"{'type':'malware','id':'malware--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z'}", E_FORMAT},
		{"{'type':'malware','id':'malware--00000000-0000-4000-8000-000000000001','created':'2016-09-09','modified':'2016-09-09T00:30:00.000Z'}", E_FORMAT},
		{"{'type':'malware','id':'malware--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z','a_ref':'0'}", E_FORMAT},
		{"{'type':'location','id':'location--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z'}", E_FORMAT},
		{"{'type':'verbale-series','id':'verbale-series--00000000-0000-4000-8000-000000000001','created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z'}", E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_doc *doc = read_text(rows[i].text);
		struct err e = {.code = 0};
		struct stix_object o;

		assert_int_equal(stix_check(json_root(doc), &(struct stix_how){.strict = STIX_DEFAULT}, &o, &e), E_FORMAT);
		if (stix_check(json_root(doc), &(struct stix_how){.strict = STIX_DEFAULT, .v20 = true}, &o, &e) != rows[i].rc)
			fail_msg("%s: %s", rows[i].text, rows[i].rc == 0 ? e.msg : "accepted");
		if (rows[i].rc == 0)
			assert_true(o.v20);
		json_free(doc);
	}
}

static void test_S6_times(void **state)
{
	(void)state;
	ROWS({"tool", "created", "'2016-09-09T00:30:00.000+09:00'", "timestamp", "EEE"}, {"tool", "modified", "'2016-02-30T00:30:00.000Z'", "timestamp", "EEE"},
	    {"tool", "modified", "'2016-09-09T00:30:00.Z'", "timestamp", "EEE"}, {"tool", "modified", "'2016-09-09T00:30:01Z'", "milliseconds", "WWE"},
	    {"tool", "modified", "'2016-09-09T00:30:00.123456789012Z'", "timestamp", "---"}, {"campaign", "last_seen", "'2016-09-09T00:30:00Z'", "milliseconds", "---"},
	    {"campaign", "last_seen", "'yesterday'", "timestamp", "WEE"});
}

static void test_S7_versions(void **state)
{
	(void)state;
	ROWS({"tool", "created", NULL, "versioning", "EEE"}, {"sighting", "modified", NULL, "versioning", "EEE"}, {"language-content", "modified", NULL, "versioning", "EEE"},
	    {"extension-definition", "created", NULL, "versioning", "EEE"},
	    {"{'type':'url','id':'url--c1477287-23ac-5971-a010-5c287877fa60','value':'https://example.com/research/index.html'}", "modified", "'2016-09-09T00:30:00.000Z'", "versioning", "EEE"});
}

static void test_S8_order(void **state)
{
	(void)state;
	ROWS({"tool", "modified", "'2016-09-09T00:29:59.999Z'", "order", "WWE"}, {"tool", "modified", "'2016-09-09T00:30:00.0001Z'", "order", "---"});
}

static void test_S11_names(void **state)
{
	(void)state;
	ROWS({"tool", "aliases", "[]", "empty", "WWE"}, {"language-content", "contents", "{}", "empty", "WWE"}, {"tool", "x_Upper", "1", "custom-name", "WWE"},
	    {"tool", "x-hyphen", "1", "custom-name", "WWE"}, {"tool", "_low", "1", "name", "WEE"}, {"tool", "x_a b", "1", "name", "WEE"},
	    {"indicator", "pattern", "'[file:x_ID = 1]'", "custom-name", "WWE"}, {"indicator", "pattern", "'[file:xy = 1] AND [file:x_ID = 1'", "pattern", "WEE"},
	    {"indicator", "pattern", "'[file:_ID = 1]'", "pattern", "WEE"},
	    {"tool", "ab", "1", "name", "WEE"}, {"tool", "x_dict", "{'a b':1}", "custom", "WWE"}, {"language-content", "contents", "{'de':{'a b':'c'}}", "name", "WEE"},
	    {"tool", "extensions", "{}", "empty", "WWE"});
}

#define EXTENSION(type) "{'extension-definition--00000000-0000-4000-8000-000000000009':{'extension_type':'" type "'}}"
#define MORE HEAD("tool") "'name':'a','extensions':" EXTENSION("toplevel-property-extension") "}"
static void test_S12_suffixes(void **state)
{
	(void)state;
	ROWS({MORE, "some_ref", "'0'", "reference", "EEE"}, {MORE, "some_refs", "['0']", "reference", "EEE"}, {MORE, "some_hex", "'0A'", "suffix", "WEE"},
	    {MORE, "some_bin", "'YQ'", "suffix", "WEE"}, {"tool", "x_some_ref", "'0'", "custom", "WWE"}, {"tool", "confidence", "101", "bound", "EEE"}, {"tool", "confidence", "-1", "bound", "EEE"},
	    {"tool", "defanged", "true", "common", "WWE"}, {"tool", "severity", "1", "reserved", "WWE"}, {"course-of-action", "action", "'x'", "reserved", "WWE"},
	    {"tool", "lang", "'german!'", "kind", "EEE"}, {"language-content", "lang", "'de'", "common", "WWE"}, {"extension-definition", "extensions", "{'a-ext':{'b':1}}", "common", "WWE"},
	    {"extension-definition", "confidence", "1", "common", "WWE"}, {"tool", "created_by_ref", SOME_ID("tool"), "target", "EEE"});
}

/* What the tables say, asked of every row of every type. */
static void each_row(void (*ask)(const char *type, const struct stix_prop *p))
{
	for (size_t i = 0; i < ARRAY_LEN(bases); i++)
		for (const struct stix_prop *p = stix_type_named(bases[i].type, strlen(bases[i].type))->props; p->name != NULL; p++)
			ask(bases[i].type, p);
}

static void ask_required(const char *type, const struct stix_prop *p)
{
	if (p->required)
		ROWS({type, p->name, NULL, "required", "WEE"});
}

static void test_S13_required(void **state)
{
	(void)state;
	each_row(ask_required);
	ROWS({"extension-definition", "created_by_ref", NULL, "required", "EEE"}, {"tool", "kill_chain_phases", "[{'phase_name':'x'}]", "required", "WEE"},
	    {"tool", "external_references", "[{'url':'https://example.org'}]", "required", "WEE"}, {"tool", "external_references", "['x']", "kind", "WEE"});
}

static void ask_kind(const char *type, const struct stix_prop *p)
{
	static const struct { const char *value, *rule, *levels; } wrong[P_TYPES_] = {
		[P_STRING] = {"42", "kind", "WEE"}, [P_VOCAB] = {"42", "kind", "WEE"}, [P_ENUM] = {"'x'", "enum", "WEE"}, [P_BOOL] = {"'true'", "kind", "WEE"},
		[P_INT] = {"1.5", "kind", "WEE"}, [P_NUMBER] = {"'48.8'", "kind", "WEE"}, [P_TIME] = {"'2016-09-09'", "timestamp", "WEE"}, [P_ID] = {"'x'", "reference", "EEE"},
		[P_LIST] = {"'x'", "kind", "WEE"}, [P_DICT] = {"['x']", "kind", "WEE"}, [P_CONTAINER] = {"{'0':1}", "kind", "WEE"},
	};

	if (strcmp(type, "observed-data") == 0 && p->type == P_CONTAINER)
		return; /* not beside object_refs: test_S13_observed_data */
	if (wrong[p->type].value == NULL)
		fail_msg("%s.%s: nothing wrong known", type, p->name);
	ROWS({type, p->name, wrong[p->type].value, wrong[p->type].rule, wrong[p->type].levels});
	if (!p->required)
		ROWS({type, p->name, "null", "null", "WWE"});
}

static void ask_words(const char *type, const struct stix_prop *p)
{
	if (p->type == P_VOCAB)
		ROWS({type, p->name, "'x'", "vocabulary", "WWW"});
	if (p->type == P_LIST && p->sub->type == P_VOCAB)
		ROWS({type, p->name, "['x']", "vocabulary", "WWW"});
	if (p->type == P_ID && p->words != NULL)
		ROWS({type, p->name, SOME_ID("campaign"), "target", "WEE"});
	if (p->type == P_LIST && p->sub->type == P_ID && p->sub->words != NULL)
		ROWS({type, p->name, "[" SOME_ID("campaign") "]", "target", "WEE"});
}

static void test_S13_kinds(void **state)
{
	(void)state;
	each_row(ask_kind);
	each_row(ask_words);
}

static void test_S13_bounds(void **state)
{
	(void)state;
	ROWS({"sighting", "count", "-1", "bound", "WEE"}, {"sighting", "count", "1000000000", "bound", "WEE"}, {"sighting", "count", "999999999", "bound", "---"},
	    {"observed-data", "number_observed", "0", "bound", "WEE"}, {"observed-data", "number_observed", "1", "bound", "---"},
	    {"location", "latitude", "90.0001", "bound", "WEE"}, {"location", "longitude", "-180.5", "bound", "WEE"}, {"location", "longitude", "-180", "bound", "---"});
}

static void test_S13_spans(void **state)
{
	(void)state;
	ROWS({"indicator", "valid_until", "'2016-01-01T00:00:00Z'", "span", "WEE"}, {"indicator", "valid_until", NULL, "span", "---"},
	    {"campaign", "last_seen", "'2015-12-31T23:59:59.999Z'", "span", "WEE"}, {"infrastructure", "last_seen", "'2015-01-01T00:00:00Z'", "span", "WEE"},
	    {"intrusion-set", "last_seen", "'2015-01-01T00:00:00Z'", "span", "WEE"}, {"malware", "last_seen", "'2015-01-01T00:00:00Z'", "span", "WEE"},
	    {"threat-actor", "last_seen", "'2015-01-01T00:00:00Z'", "span", "WEE"}, {"sighting", "last_seen", "'2015-01-01T00:00:00Z'", "span", "WEE"},
	    {"sighting", "first_seen", NULL, "span", "---"}, {"observed-data", "last_observed", "'2015-01-01T00:00:00Z'", "span", "WEE"},
	    {"relationship", "stop_time", "'2016-01-01T00:00:00Z'", "span", "WEE"}, {"relationship", "start_time", "'2016-01-01T23:59:59.9999999999Z'", "span", "---"});
}

static void test_S13_together(void **state)
{
	static const char nowhere[] = HEAD("location") "'name':'a'}", instance[] = HEAD("malware") "'is_family':false}", analysis[] = HEAD("malware-analysis") "'product':'a'}";

	(void)state;
	ROWS({"location", "latitude", NULL, "together", "WEE"}, {"location", "longitude", NULL, "together", "WEE"}, {nowhere, "city", "'a'", "at-least-one", "WEE"},
	    {nowhere, "country", "'de'", "at-least-one", "---"}, {nowhere, "latitude", "1", "together", "WEE"}, {nowhere, "precision", "1", "at-least-one", "WEE"},
	    {"malware", "name", NULL, "together", "WEE"}, {instance, "x_y", "1", "together", "---"}, {"malware", "is_family", NULL, "advice", "WWW"},
	    {"grouping", "name", NULL, "advice", "WWW"}, {analysis, "version", "'1'", "at-least-one", "WEE"}, {analysis, "result", "'benign'", "at-least-one", "---"},
	    {"malware-analysis", "analysis_sco_refs", "[" SOME_ID("tool") "]", "target", "WEE"});
}

static void test_S13_observed_data(void **state)
{
	static const char bare[] = HEAD("observed-data") "'first_observed':'2016-01-01T00:00:00Z','last_observed':'2016-01-01T00:00:00Z','number_observed':1}";

	(void)state;
	ROWS({bare, "x_y", "1", "at-least-one", "WEE"}, {"observed-data", "objects", "{'0':{'type':'url'}}", "together", "WEE"},
	    {bare, "objects", "{'0':{'type':'network-traffic','src_ref':'1','dst_refs':['2']},'1':{'type':'x'}}", "reference", "---"},
	    {bare, "objects", "{'0':1}", "kind", "WEE"}, {bare, "objects", "{'0':{}}", "kind", "WEE"}, {bare, "objects", "{'a b':{'type':'url'}}", "name", "WEE"},
	    {bare, "objects", "{}", "empty", "WWE"}, {bare, "object_refs", "[" SOME_ID("relationship") "]", "at-least-one", "WEE"},
	    {bare, "object_refs", "[" SOME_ID("x-own-type") "]", "at-least-one", "---"}, {bare, "object_refs", "[" SOME_ID("file") "," SOME_ID("tool") "]", "target", "WEE"});
}

static void test_S13_relationship(void **state)
{
	(void)state;
	ROWS({"relationship", "source_ref", SOME_ID("sighting"), "target", "WEE"}, {"relationship", "target_ref", SOME_ID("marking-definition"), "target", "WEE"},
	    {"relationship", "target_ref", SOME_ID("bundle"), "target", "WEE"}, {"relationship", "target_ref", SOME_ID("language-content"), "target", "WEE"},
	    {"relationship", "target_ref", SOME_ID("x-own-type"), "target", "---"}, {"sighting", "sighting_of_ref", SOME_ID("file"), "target", "WEE"},
	    {"sighting", "sighting_of_ref", SOME_ID("relationship"), "target", "WEE"}, {"relationship", "relationship_type", "'Uses it'", "name", "WEE"},
	    {"relationship", "relationship_type", "''", "name", "WEE"});
}

static void test_S13_relation_types(void **state)
{
	(void)state;
	ROWS({"relationship", "relationship_type", "'mitigates'", "relation", "WWW"}, {"relationship", "target_ref", SOME_ID("campaign"), "relation", "WWW"},
	    {"relationship", "relationship_type", "'related-to'", "relation", "---"}, {"relationship", "relationship_type", "'derived-from'", "relation", "WWW"},
	    {"relationship", "target_ref", SOME_ID("x-own-type"), "relation", "---"}, {"relationship", "target_ref", SOME_ID("malware"), "relation", "---"},
	    {HEAD("relationship") "'source_ref':" SOME_ID("infrastructure") ",'relationship_type':'consists-of'}", "target_ref", SOME_ID("mutex"), "relation", "---"},
	    {HEAD("relationship") "'source_ref':" SOME_ID("infrastructure") ",'relationship_type':'consists-of'}", "target_ref", SOME_ID("tool"), "relation", "WWW"},
	    {HEAD("relationship") "'source_ref':" SOME_ID("ipv4-addr") ",'relationship_type':'resolves-to'}", "target_ref", SOME_ID("mac-addr"), "relation", "---"},
	    {HEAD("relationship") "'source_ref':" SOME_ID("tool") ",'relationship_type':'duplicate-of'}", "target_ref", SOME_ID("tool"), "relation", "---"});
}

static void test_S13_external_references(void **state)
{
	(void)state;
	ROWS({"tool", "external_references", "[{'source_name':'a'}]", "source", "WWE"},
	    {"tool", "external_references", "[{'source_name':'a','url':'b','hashes':{'SHA-256':'12'}}]", "hash", "WEE"},
	    {"tool", "external_references", "[{'source_name':'a','url':'b','hashes':{'md5sum':'12'}}]", "vocabulary", "WWW"},
	    {"tool", "external_references", "[{'source_name':'a','url':'b','hashes':{'MD5':'D41D8CD98F00B204E9800998ECF8427E'}}]", "hash", "---"},
	    {"attack-pattern", "external_references", "[{'source_name':'capec','external_id':'163'}]", "source", "WWE"},
	    {"attack-pattern", "external_references", "[{'source_name':'capec','external_id':'CAPEC-163'}]", "source", "---"},
	    {"vulnerability", "external_references", "[{'source_name':'cve','external_id':'2016-1234'}]", "source", "WWE"});
}

static void test_S14_pattern(void **state)
{
	(void)state;
	ROWS({"indicator", "pattern", "'[ipv4-addr:value = ]'", "pattern", "WEE"}, {"indicator", "pattern_type", "'yara'", "pattern", "---"});
}

static void test_S15_markings(void **state)
{
	(void)state;
	ROWS({"tool", "object_marking_refs", "[" SOME_ID("tool") "]", "target", "EEE"},
	    {"tool", "granular_markings", "[{'selectors':['name']}]", "marking", "EEE"},
	    {"tool", "granular_markings", "[{'selectors':['name'],'lang':'de','marking_ref':" SOME_ID("marking-definition") "}]", "marking", "EEE"},
	    {"tool", "granular_markings", "[{'selectors':['aliases.[1]'],'lang':'de'}]", "selector", "EEE"},
	    {"tool", "granular_markings", "[{'selectors':['kill_chain_phases.[0].phase_name'],'lang':'de'}]", "selector", "---"});
}

#define MARKING "{'type':'marking-definition','spec_version':'2.1','created':'2016-09-09T00:30:00.000Z','id':'marking-definition--00000000-0000-4000-8000-000000000001'"
static void test_S16_marking_definition(void **state)
{
	(void)state;
	ROWS({MARKING "}", "name", "'a'", "marking", "EEE"}, {MARKING ",'definition_type':'statement'}", "name", "'a'", "marking", "EEE"},
	    {MARKING ",'definition_type':'statement','definition':{'statement':'a'}}", "modified", "'2016-09-09T00:30:00.000Z'", "common", "WWE"},
	    {MARKING ",'definition_type':'tlp','definition':{'tlp':'red'}}", "name", "'TLP:RED'", "tlp", "WEE"});
}

static void test_S17_tlp_2(void **state)
{
	(void)state;
	ROWS({MARKING ",'extensions':{'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d':{'extension_type':'property-extension','tlp_2_0':'red'}}}", "name", "'TLP:RED'", "tlp-id", "WWW"},
	    {MARKING ",'extensions':{'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d':{'extension_type':'property-extension','tlp_2_0':'pink'}}}", "name", "'a'", "tlp", "WEE"});
}

static void test_S18_extensions(void **state)
{
	(void)state;
	ROWS({"tool", "toxicity", "8", "unknown", "WWE"}, {"tool", "x_toxicity", "8", "unknown", "---"}, {"tool", "extensions", EXTENSION("property-extension"), "extension", "---"},
	    {MORE, "toxicity", "8", "unknown", "---"},
	    {HEAD("tool") "'name':'a','extensions':" EXTENSION("property-extension") "}", "toxicity", "8", "unknown", "WWE"},
	    {"tool", "extensions", EXTENSION("bigger-extension"), "extension", "WWE"}, {"tool", "extensions", "{'extension-definition--1':{'extension_type':'new-sdo'}}", "reference", "EEE"},
	    {"tool", "extensions", "{'ntfs-ext':{'sid':'1'}}", "extension", "WWE"}, {"tool", "extensions", "{'x-my-ext':{'sid':'1'}}", "extension", "WWE"},
	    {"tool", "extensions", "{'extension-definition--00000000-0000-4000-8000-000000000009':{'a':1}}", "extension", "WWE"});
}

static void test_S19_extension_definition(void **state)
{
	(void)state;
	ROWS({"extension-definition", "version", "'1.0'", "definition", "WEE"}, {"extension-definition", "extension_types", "['new-thing']", "enum", "WEE"},
	    {"extension-definition", "extension_types", "['new-sdo']", "definition", "WEE"}, {"extension-definition", "extension_properties", NULL, "advice", "WWW"});
}

static void test_S20_language_content(void **state)
{
	(void)state;
	ROWS({"language-content", "contents", "{'not_a_language':{'name':'a'}}", "kind", "WEE"}, {"language-content", "contents", "{'de':'a'}", "kind", "WEE"},
	    {"language-content", "contents", "{'de':{'name':'a'},'ja-JP':{'name':'b'}}", "kind", "---"}, {"language-content", "object_modified", NULL, "required", "---"},
	    {"language-content", "object_ref", SOME_ID("bundle"), "target", "WEE"});
}

static void test_S21_bundle(void **state)
{
	(void)state;
	ROWS({"{'type':'bundle','id':'bundle--00000000-0000-4000-8000-000000000001'}", "objects", "[]", "type", "EEE"});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good), cmocka_unit_test(test_S1_json), cmocka_unit_test(test_S2_type), cmocka_unit_test(test_S3_id), cmocka_unit_test(test_S5_spec_version),
		cmocka_unit_test(test_S5_version_20), cmocka_unit_test(test_S6_times), cmocka_unit_test(test_S7_versions), cmocka_unit_test(test_S8_order),
		cmocka_unit_test(test_S11_names), cmocka_unit_test(test_S12_suffixes), cmocka_unit_test(test_S13_required), cmocka_unit_test(test_S13_kinds),
		cmocka_unit_test(test_S13_bounds), cmocka_unit_test(test_S13_spans), cmocka_unit_test(test_S13_together), cmocka_unit_test(test_S13_observed_data),
		cmocka_unit_test(test_S13_relationship), cmocka_unit_test(test_S13_relation_types), cmocka_unit_test(test_S13_external_references),
		cmocka_unit_test(test_S14_pattern), cmocka_unit_test(test_S15_markings), cmocka_unit_test(test_S16_marking_definition), cmocka_unit_test(test_S17_tlp_2),
		cmocka_unit_test(test_S18_extensions), cmocka_unit_test(test_S19_extension_definition), cmocka_unit_test(test_S20_language_content), cmocka_unit_test(test_S21_bundle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
