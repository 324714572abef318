/* The tables keep what the code that reads them relies on, and the published schemas say what they say. */
#include <stdio.h>

#include "base/fs.h"
#include "stix/priv.h"
#include "check.h"

/* Sorted (find_prop's hint), lengths right, few enough for one word of seen bits, nested rows too. */
static void check_table(const char *where, const struct stix_prop *t, unsigned depth)
{
	size_t n = 0;

	assert_true(depth < 6);
	for (; t[n].name != NULL; n++) {
		const struct stix_prop *p = &t[n], *sub = p->type == P_LIST ? p->sub : NULL;

		if (strlen(p->name) != p->name_n)
			fail_msg("%s.%s: wrong length", where, p->name);
		if (n > 0 && strcmp(t[n - 1].name, p->name) >= 0)
			fail_msg("%s.%s: not sorted", where, p->name);
		assert_true((p->type == P_ENUM || p->type == P_VOCAB) <= (p->words != NULL));
		assert_true((p->type == P_LIST) <= (p->sub != NULL));
		assert_true((sub != NULL && (sub->type == P_ENUM || sub->type == P_VOCAB)) <= (sub != NULL && sub->words != NULL));
		if (p->type == P_OBJECT && p->sub != NULL)
			check_table(p->name, p->sub, depth + 1);
		if (sub != NULL && sub->type == P_OBJECT && sub->sub != NULL)
			check_table(p->name, sub->sub, depth + 1);
	}
	assert_true(n < 64);
}

static bool has(const struct stix_prop *t, const char *name)
{
	for (; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return true;
	return false;
}

/* Rows of what properties say together name properties that are there. */
static void check_together(const struct stix_type *t)
{
	for (const struct stix_whole *w = t->whole; w != NULL && w->op != WHOLE_END; w++) {
		const char *const keys[] = {w->a, w->b, w->c};
		const char *type = NULL;

		assert_true((w->op == WHOLE_FORM) <= (w->ok != NULL && w->words != NULL));
		assert_int_equal(w->op == WHOLE_ID, w->from != NULL);
		for (size_t i = 0; w->op == WHOLE_ID && w->from[i] != NULL; i++) {
			assert_true(has(t->props, w->from[i]) || has(stix_common_props(), w->from[i]));
			assert_true(i == 0 || strcmp(w->from[i - 1], w->from[i]) < 0);
		}
		if (w->op == WHOLE_FORM && w->b != NULL) { /* a property of a predefined extension */
			assert_true(has(predefined_extension(w->b, strlen(w->b), &type)->sub, w->a));
			assert_string_equal(type, t->name);
			continue;
		}
		for (size_t i = 0; i < ARRAY_LEN(keys); i++)
			if (keys[i] != NULL && !has(t->props, keys[i]) && !has(stix_common_props(), keys[i]))
				fail_msg("%s: no property %s", t->name, keys[i]);
		assert_true((w->op == WHOLE_CHECK) <= (w->check != NULL));
		assert_true((w->op == WHOLE_TYPES) <= (w->classes != 0));
	}
}

static void tables(void **state)
{
	(void)state;
	check_table("common", stix_common_props(), 0);
	check_table("release", stix_release_props(), 0);
	for (enum stix_kind k = STIX_OTHER; k < STIX_KINDS_; k++) {
		const struct stix_type *t = stix_type(k);

		if (k == STIX_OTHER) {
			assert_null(t);
			continue;
		}
		assert_non_null(t);
		assert_int_equal(t->kind, k);
		assert_ptr_equal(stix_type_named(t->name, strlen(t->name)), t);
		assert_int_equal(stix_kind_of(t->name), k);
		assert_string_equal(stix_type_name(k), t->name);
		if (t->props == NULL)
			continue;
		check_table(t->name, t->props, 0);
		assert_true(t->subject == NULL || has(t->props, t->subject));
		for (const struct stix_prop *p = t->props; p->name != NULL; p++)
			assert_false(has(stix_common_props(), p->name));
	}
	assert_null(stix_type_name(STIX_OTHER));
	assert_int_equal(stix_kind_of(NULL), STIX_OTHER);
	assert_int_equal(stix_kind_of("verbale-nothing"), STIX_OTHER);
}

/* All 18 domain, 2 relationship, 18 observable and 3 meta types of STIX 2.1, and the bundle. */
static void catalogue(void **state)
{
	static const char *const names[] = {
		"attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator", "infrastructure", "intrusion-set", "location",
		"malware", "malware-analysis", "note", "observed-data", "opinion", "report", "threat-actor", "tool", "vulnerability", "relationship", "sighting",
		"artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr", "ipv6-addr", "mac-addr", "mutex",
		"network-traffic", "process", "software", "url", "user-account", "windows-registry-key", "x509-certificate",
		"marking-definition", "language-content", "extension-definition", "bundle",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct stix_type *t = stix_type_named(names[i], strlen(names[i]));

		if (t == NULL)
			fail_msg("%s is missing", names[i]);
		assert_string_equal(t->name, names[i]);
		assert_int_equal(t->versioned, t->class != CLASS_SCO && t->class != CLASS_MARKING && t->class != CLASS_BUNDLE);
		assert_int_equal(t->props != NULL, t->class != CLASS_BUNDLE);
		if (t->props != NULL)
			check_table(names[i], t->props, 0);
		check_together(t);
		for (const struct stix_prop *p = t->props; p != NULL && p->name != NULL; p++)
			assert_false(has(stix_common_props(), p->name));
	}
	assert_null(stix_type_named("fil", 3));
	assert_null(stix_type_named("files", 5));
	assert_null(stix_type_named("x-mitre-tactic", 14));
}

static void extensions(void **state)
{
	static const char *const names[] = {
		"archive-ext", "ntfs-ext", "pdf-ext", "raster-image-ext", "windows-pebinary-ext", "http-request-ext", "icmp-ext", "socket-ext", "tcp-ext",
		"windows-process-ext", "windows-service-ext", "unix-account-ext",
	};
	const char *type = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct stix_prop *row = predefined_extension(names[i], strlen(names[i]), &type);

		assert_non_null(row);
		assert_string_equal(row->name, names[i]);
		assert_int_equal(stix_type_named(type, strlen(type))->class, CLASS_SCO);
		check_table(names[i], row->sub, 0);
	}
	assert_null(predefined_extension("ntfs", 4, &type));
}

/* --- schema files against rows, by a way of their own: not by printing again --- */

static struct json_doc *schema(const char *name)
{
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	struct json_doc *doc = NULL;
	char path[1024];
	struct err e = {.code = 0};

	(void)snprintf(path, sizeof(path), SOURCE_DIR "/schemas/%s.json", name);
	if (fs_read_file(&fs, path, LIMIT_JSON_BYTES, &b, &e) != 0 || json_read(b.p, b.n, NULL, &doc, &e) != 0)
		fail_msg("%s: %s", path, e.msg);
	return doc;
}

static bool in_list(const struct json_val *list, const char *s)
{
	const struct json_val *key, *val;
	struct json_iter it;

	json_iter(&it, list);
	while (json_next(&it, &key, &val))
		if (json_str_is(val, s))
			return true;
	return false;
}

static bool is_bool(const struct json_val *obj, const char *key, bool want)
{
	bool b;

	return json_bool(json_get(obj, key), &b) && b == want;
}

static void same_number(const char *name, const struct json_val *s, const char *key, unsigned want)
{
	int64_t v = 0;

	if ((json_int(json_get(s, key), &v) ? v : 0) != want)
		fail_msg("%s: %s is not %u", name, key, want);
}

static void same_table(const char *where, const struct stix_prop *t, const struct json_val *s, const struct json_val *common);

static void same_row(const struct stix_prop *p, const struct json_val *s, const struct json_val *common)
{
	const char *ref = json_get_str(s, "$ref");

	if (ref != NULL) { /* kinds with a pattern: the pattern under $defs is the one the checker names */
		const struct json_val *def = json_get(json_get(common, "$defs"), strrchr(ref, '/') + 1);

		assert_non_null(def);
		if (stix_pattern(p->type) != NULL)
			assert_string_equal(json_get_str(def, "pattern"), stix_pattern(p->type));
	}
	if (p->type == P_STRING)
		same_number(p->name, s, "maxLength", p->max);
	if (p->type == P_LANGMAP)
		same_number(p->name, json_get(s, "additionalProperties"), "maxLength", p->max);
	if (p->type == P_LIST) {
		same_number(p->name, s, "maxItems", p->max);
		same_number(p->name, s, "minItems", 1);
		assert_int_equal(is_bool(s, "uniqueItems", true), p->unique);
		same_row(p->sub, json_get(s, "items"), common);
	}
	if (p->type == P_ENUM) {
		size_t n = 0;

		for (; p->words[n] != NULL; n++)
			if (!in_list(json_get(s, "enum"), p->words[n]))
				fail_msg("%s: enum lacks %s", p->name, p->words[n]);
		assert_int_equal(json_len(json_get(s, "enum")), n);
	}
	for (size_t i = 0; p->type == P_ID && p->words != NULL && p->words[i] != NULL; i++)
		assert_non_null(strstr(json_get_str(s, "pattern"), p->words[i]));
	if (p->type == P_OBJECT && p->sub != NULL) {
		assert_true(is_bool(s, "additionalProperties", false));
		same_table(p->name, p->sub, s, common);
	}
}

static void same_table(const char *where, const struct stix_prop *t, const struct json_val *s, const struct json_val *common)
{
	size_t n = 0, required = 0;

	for (; t[n].name != NULL; n++) {
		const struct json_val *row = json_get(json_get(s, "properties"), t[n].name);

		if (row == NULL)
			fail_msg("%s: the schema lacks %s", where, t[n].name);
		if (t[n].required != in_list(json_get(s, "required"), t[n].name))
			fail_msg("%s.%s: required differs", where, t[n].name);
		required += t[n].required;
		same_row(&t[n], row, common);
	}
	assert_int_equal(json_len(json_get(s, "properties")), n);
	assert_int_equal(json_len(json_get(s, "required")), required);
}

static void schemas(void **state)
{
	struct json_doc *common = schema("common");
	size_t own = 0;

	(void)state;
	for (enum stix_kind k = STIX_OTHER; k < STIX_KINDS_; k++) {
		const struct stix_type *t = stix_type(k);
		struct json_doc *doc;
		const struct json_val *s;

		if (t == NULL || !t->own)
			continue;
		doc = schema(t->name);
		s = json_root(doc);
		assert_string_equal(json_get_str(s, "$schema"), "https://json-schema.org/draft/2020-12/schema");
		assert_string_equal(json_get_str(s, "title"), t->name);
		assert_string_equal(json_get_str(s, "description"), t->doc);
		assert_true(is_bool(s, "unevaluatedProperties", false));
		same_table(t->name, t->props, s, json_root(common));
		json_free(doc);
		own++;
	}
	assert_int_equal(own, 15);
	for (const struct stix_prop *p = stix_common_props(); p->name != NULL; p++)
		assert_int_equal(json_get(json_get(json_root(common), "properties"), p->name) != NULL, strcmp(p->name, "defanged") != 0);
	json_free(common);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tables), cmocka_unit_test(catalogue), cmocka_unit_test(extensions), cmocka_unit_test(schemas)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
