/* Whole objects: what is accepted, what is refused and by which rule, what is only said. */
#include <dirent.h>
#include <stdio.h>

#include "base/enc.h"
#include "base/fs.h"
#include "stix/stix.h"
#include "check.h"

static struct json_doc *load(const char *path)
{
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};

	if (fs_read_file(&fs, path, LIMIT_JSON_BYTES, &b, &e) != 0 || json_read(b.p, b.n, NULL, &doc, &e) != 0)
		fail_msg("%s: %s", path, e.msg);
	return doc;
}

struct warned { char rule[32]; size_t n; };

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	struct warned *w = ctx;

	assert_true(path[0] == '$' && text[0] != '\0');
	if (strcmp(rule, "known-type") == 0)
		return;
	(void)snprintf(w->rule, sizeof(w->rule), "%s", rule);
	w->n++;
}

/* Every file of a folder; `field`: which part of its name, counted by full stops, names the rule. */
struct folder { const char *dir; unsigned field; void (*check)(const char *name, const char *rule, const struct json_val *obj); };

static void rule_of(const char *name, unsigned field, char *out, size_t max)
{
	const char *s = strncmp(name, "beyond.", 7) == 0 ? name + 7 : name;

	for (; field > 0; field--)
		s = strchr(s, '.') + 1;
	assert_true(strcspn(s, ".") < max);
	memcpy(out, s, strcspn(s, "."));
	out[strcspn(s, ".")] = '\0';
}

static size_t each_file(const struct folder *f)
{
	char path[1024], rule[64];
	struct dirent *d;
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), GOLDEN_DIR "/stix/%s", f->dir);
	assert_non_null(dir = opendir(path));
	while ((d = readdir(dir)) != NULL) {
		struct json_doc *doc;

		if (strstr(d->d_name, ".json") == NULL)
			continue;
		(void)snprintf(path, sizeof(path), GOLDEN_DIR "/stix/%s/%s", f->dir, d->d_name);
		doc = load(path);
		rule_of(d->d_name, f->field, rule, sizeof(rule));
		f->check(d->d_name, rule, json_root(doc));
		json_free(doc);
		n++;
	}
	(void)closedir(dir);
	return n;
}

static void accepted(const char *name, const char *rule, const struct json_val *obj)
{
	struct warned w = {.n = 0};
	struct stix_object o;
	struct err e = {.code = 0};

	(void)rule;
	for (enum stix_strict s = STIX_LENIENT; s <= STIX_STRICT; s++)
		if (stix_check(obj, &(struct stix_how){.strict = s, .warn = warn, .ctx = &w}, &o, &e) != 0)
			fail_msg("%s: %s", name, e.msg);
	if (w.n != 0)
		fail_msg("%s: warning of rule %s", name, w.rule);
	assert_ptr_equal(o.val, obj);
	assert_string_equal(o.type, json_get_str(obj, "type"));
	assert_string_equal(o.id, json_get_str(obj, "id"));
}

/* Refused by the rule in its name, with id, place and rule in the text, and nothing handed out. */
static void refused(const char *name, const char *rule, const struct json_val *obj)
{
	const char *id = json_get_str(obj, "id");
	struct stix_object o = {.type = "untouched"};
	struct err e = {.code = 0};
	char want[64];

	if (stix_check(obj, &(struct stix_how){.strict = STIX_DEFAULT}, &o, &e) == 0)
		fail_msg("%s is accepted", name);
	assert_int_equal(e.code, strcmp(rule, "classified") == 0 ? E_DENIED : E_FORMAT);
	(void)snprintf(want, sizeof(want), ": rule %s: ", rule);
	if (strstr(e.msg, want) == NULL)
		fail_msg("%s: other words: %s", name, e.msg);
	if (id != NULL && strcmp(rule, "id") != 0 && (strncmp(e.msg, id, strlen(id)) != 0 || strncmp(e.msg + strlen(id), ": $", 3) != 0))
		fail_msg("%s: object or place not named: %s", name, e.msg);
	assert_string_equal(o.type, "untouched");
}

/* Own types know no leniency. */
static void refused_always(const char *name, const char *rule, const struct json_val *obj)
{
	struct stix_object o;

	refused(name, rule, obj);
	if (strcmp(rule, "own-type") != 0)
		assert_int_not_equal(stix_check(obj, &(struct stix_how){.strict = STIX_LENIENT}, &o, NULL), 0);
}

static void warned(const char *name, const char *rule, const struct json_val *obj)
{
	struct warned w = {.n = 0};
	struct stix_object o;
	struct err e = {.code = 0};

	if (stix_check(obj, &(struct stix_how){.strict = STIX_DEFAULT, .warn = warn, .ctx = &w}, &o, &e) != 0)
		fail_msg("%s: %s", name, e.msg);
	if (w.n != 1 || strcmp(w.rule, rule) != 0)
		fail_msg("%s: %zu warnings, the last of rule %s", name, w.n, w.n > 0 ? w.rule : "-");
	if (stix_check(obj, &(struct stix_how){.strict = STIX_STRICT}, &o, &e) == 0)
		fail_msg("%s: accepted when strict", name);
	assert_non_null(strstr(e.msg, rule));
}

static void own(void **state)
{
	(void)state;
	assert_true(each_file(&(struct folder){"own/good", 0, accepted}) >= 20);
	assert_true(each_file(&(struct folder){"own/bad", 1, refused_always}) >= 90);
}

static void foreign(void **state)
{
	(void)state;
	assert_true(each_file(&(struct folder){"foreign/good", 0, accepted}) >= 13);
	assert_true(each_file(&(struct folder){"foreign/bad", 0, refused}) >= 48);
	assert_true(each_file(&(struct folder){"foreign/warn", 0, warned}) >= 16);
}

static int one(void *ctx, const struct json_val *obj, size_t n, struct err *e)
{
	struct warned w = {.n = 0};
	struct stix_object o;
	enum tlp t = TLP_NONE;

	(void)n;
	if (stix_check(obj, &(struct stix_how){.strict = STIX_DEFAULT, .warn = warn, .ctx = &w}, &o, e) != 0)
		return e->code;
	if (o.kind == STIX_MARKING) {
		assert_int_equal(stix_marking_of(obj, &t), MARKING_STATEMENT);
	} else {
		assert_int_equal(o.tlp, TLP_NONE);
		assert_int_equal(o.markings, 1);
		assert_string_equal(o.marking[0], "marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168");
	}
	(*(size_t *)ctx)++;
	return 0;
}

/* ATT&CK: custom types and properties without extensions, empty custom references, a statement marking on all. */
static void attack(void **state)
{
	struct json_doc *doc = load(GOLDEN_DIR "/stix/attack/ics.json");
	struct err e = {.code = 0};
	size_t n = 0;

	(void)state;
	if (stix_each(json_root(doc), one, &n, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(n, 5);
	json_free(doc);
}

/* Our extension-definition passes its own rules, and is the one the objects name. */
static void definition(void **state)
{
	struct json_doc *doc = load(SOURCE_DIR "/schemas/extension-definition.json");
	struct err e = {.code = 0};
	struct stix_object o;

	(void)state;
	if (stix_check(json_root(doc), &(struct stix_how){.strict = STIX_STRICT}, &o, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(o.id, VERBALE_EXTENSION_ID);
	assert_string_equal(o.created_by_ref, VERBALE_IDENTITY_ID);
	assert_int_equal(o.tlp, TLP_CLEAR);
	json_free(doc);
}

/* What the record takes from an object. */
static void handed_out(void **state)
{
	struct json_doc *doc = load(GOLDEN_DIR "/stix/own/good/document.everything.json");
	struct stix_object o;

	(void)state;
	assert_int_equal(stix_check(json_root(doc), &(struct stix_how){.strict = STIX_DEFAULT}, &o, NULL), 0);
	assert_int_equal(o.kind, STIX_DOCUMENT);
	assert_string_equal(o.subject, "verbale-round--00000000-0000-4000-8000-000000000003");
	assert_string_equal(o.created, "2016-09-09T00:30:00.000Z");
	assert_string_equal(o.modified, "2016-09-09T00:30:00.000Z");
	assert_string_equal(o.created_by_ref, "identity--00000000-0000-4000-8000-0000000000de");
	assert_false(o.revoked);
	assert_int_equal(o.tlp, TLP_GREEN); /* clear as a whole, one part green */
	assert_int_equal(o.markings, 0);
	assert_true(o.has_release_to);
	assert_int_equal(o.release_to_n, 3);
	assert_string_equal(o.release_to[2], "JP/MOFA/mizushima");
	json_free(doc);
}

/* What stands in the object cannot break a line or a character of the message that shows it. */
static void messages_stay_clean(void **state)
{
	static const char *const texts[] = {
		"{\"type\":\"verbale-series\",\"id\":\"verbale-series--00000000-0000-4000-8000-000000000002\",\"noun\":\"a\\nb\\r\\u007f\\u0000c\"}",
		"{\"type\":\"verbale-series\",\"id\":\"verbale-series--00000000-0000-4000-8000-000000000002\",\"noun\":\"a語語語語語語語語語語語語語語語語語語\"}",
		"{\"type\":\"verbale-series\",\"id\":\"verbale-series--00000000-0000-4000-8000-000000000002\",\"a\\nb語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語語\":1}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct json_doc *doc = NULL;
		struct err e = {.code = 0};
		struct stix_object o;

		assert_int_equal(json_read(texts[i], strlen(texts[i]), NULL, &doc, &e), 0);
		assert_int_equal(stix_check(json_root(doc), &(struct stix_how){.strict = STIX_DEFAULT}, &o, &e), E_FORMAT);
		assert_int_equal(utf8_check(e.msg, strlen(e.msg)), strlen(e.msg));
		for (const char *p = e.msg; *p != '\0'; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		json_free(doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own), cmocka_unit_test(foreign), cmocka_unit_test(attack), cmocka_unit_test(definition), cmocka_unit_test(handed_out),
		cmocka_unit_test(messages_stay_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
