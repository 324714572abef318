/* The common properties (STIX 2.1 §3.2) and what they ask beyond their row. */
#include "stix/priv.h"

static const char *const only_identity[] = {"identity", NULL}, *const only_marking[] = {"marking-definition", NULL};
static const char *const spec_versions[] = {"2.1", NULL};

#define NAME(s) .name = s, .name_n = sizeof(s) - 1
static const struct stix_prop any_string = {NAME(""), .type = P_STRING};
static const struct stix_prop marking_ref = {NAME(""), .type = P_ID, .words = only_marking};

static const struct stix_prop granular_props[] = {
	{NAME("lang"), .type = P_LANG, .doc = "language of the selected parts"},
	{NAME("marking_ref"), .type = P_ID, .words = only_marking, .doc = "marking of the selected parts; counts for the whole object when it is released"},
	{NAME("selectors"), .type = P_LIST, .required = true, .sub = &any_string, .doc = "what is marked: a.b.[0]"},
	{.name = NULL},
};
static const struct stix_prop granular = {NAME(""), .type = P_OBJECT, .sub = granular_props};
static const struct stix_prop external_props[] = {
	{NAME("description"), .type = P_STRING},
	{NAME("external_id"), .type = P_STRING},
	{NAME("hashes"), .type = P_HASHES},
	{NAME("source_name"), .type = P_STRING, .required = true},
	{NAME("url"), .type = P_STRING},
	{.name = NULL},
};
static const struct stix_prop external = {NAME(""), .type = P_OBJECT, .sub = external_props};

/* In the order of enum common; sorted by name. Required ones depend on the class of the type: below. */
static const struct stix_prop props[COMMON_ + 1] = {
	[C_CONFIDENCE] = {NAME("confidence"), .type = P_INT, .max = 100, .doc = "confidence of the creator in the content, 0 to 100"},
	[C_CREATED] = {NAME("created"), .type = P_TIME, .doc = "when the first version was made; the same in all versions"},
	[C_CREATED_BY] = {NAME("created_by_ref"), .type = P_ID, .words = only_identity, .doc = "identity of the creator"},
	[C_DEFANGED] = {NAME("defanged"), .type = P_BOOL, .doc = "the observable was made harmless"},
	[C_EXTENSIONS] = {NAME("extensions"), .type = P_OBJECT, .doc = "entries by extension-definition id"},
	[C_EXTERNAL] = {NAME("external_references"), .type = P_LIST, .sub = &external, .doc = "sources outside STIX"},
	[C_GRANULAR] = {NAME("granular_markings"), .type = P_LIST, .sub = &granular, .doc = "markings and languages of parts"},
	[C_ID] = {NAME("id"), .type = P_ID, .doc = "type--UUID"},
	[C_LABELS] = {NAME("labels"), .type = P_LIST, .sub = &any_string, .doc = "free terms"},
	[C_LANG] = {NAME("lang"), .type = P_LANG, .doc = "language of the text, RFC 5646"},
	[C_MODIFIED] = {NAME("modified"), .type = P_TIME, .doc = "when this version was made"},
	[C_MARKINGS] = {NAME("object_marking_refs"), .type = P_LIST, .sub = &marking_ref, .doc = "markings of the whole object, TLP among them"},
	[C_REVOKED] = {NAME("revoked"), .type = P_BOOL, .doc = "withdrawn by its creator; no later version follows"},
	[C_SPEC] = {NAME("spec_version"), .type = P_ENUM, .words = spec_versions, .doc = "version of STIX"},
	[C_TYPE] = {NAME("type"), .type = P_STRING, .doc = "type of the object"},
	{.name = NULL},
};

const struct stix_prop *stix_common_props(void) { return props; }

#define B(x) (1u << (x))
#define ALL ((1u << COMMON_) - 1)
#define HEAD (B(C_TYPE) | B(C_ID))
#define NEVER_SDO B(C_DEFANGED)
static const struct { uint32_t needs, has; } classes[] = {
	[CLASS_OTHER] = {HEAD, ALL},
	[CLASS_SDO] = {HEAD | B(C_SPEC) | B(C_CREATED) | B(C_MODIFIED), ALL & ~NEVER_SDO},
	[CLASS_SRO] = {HEAD | B(C_SPEC) | B(C_CREATED) | B(C_MODIFIED), ALL & ~NEVER_SDO},
	[CLASS_SCO] = {HEAD, HEAD | B(C_SPEC) | B(C_MARKINGS) | B(C_GRANULAR) | B(C_DEFANGED) | B(C_EXTENSIONS)},
	[CLASS_MARKING] = {HEAD | B(C_SPEC) | B(C_CREATED), ALL & ~(NEVER_SDO | B(C_MODIFIED) | B(C_REVOKED) | B(C_LABELS) | B(C_CONFIDENCE) | B(C_LANG))},
	[CLASS_EXTENSION] = {HEAD | B(C_SPEC) | B(C_CREATED) | B(C_MODIFIED) | B(C_CREATED_BY), ALL & ~(NEVER_SDO | B(C_CONFIDENCE) | B(C_LANG) | B(C_EXTENSIONS))},
	[CLASS_LANGUAGE] = {HEAD | B(C_SPEC) | B(C_CREATED) | B(C_MODIFIED), ALL & ~(NEVER_SDO | B(C_LANG))},
	[CLASS_BUNDLE] = {HEAD, HEAD},
};

bool common_needs(enum stix_class class, enum common i) { return (classes[class].needs >> i & 1) != 0; }
bool common_has(enum stix_class class, enum common i) { return (classes[class].has >> i & 1) != 0; }

static int add_marking(struct ck *c, const struct at *at, const struct json_val *ref)
{
	const char *id = json_str(ref, &(size_t){0});
	const enum tlp t = tlp_of_marking(id);

	if (strcmp(id, c->id) == 0)
		return broke(c, at, RULE_MARKING, "an object must not mark itself");
	if (t != TLP_UNKNOWN) {
		c->o.tlp = t > c->o.tlp ? t : c->o.tlp;
		return 0;
	}
	for (size_t i = 0; i < c->o.markings; i++)
		if (strcmp(c->o.marking[i], id) == 0)
			return 0;
	/* Dropping one would release too much, so this bound refuses at every level. */
	if (c->o.markings == LIMIT_MARKINGS)
		return broke(c, at, RULE_MARKING, "more than %d markings", LIMIT_MARKINGS);
	c->o.marking[c->o.markings++] = id;
	return 0;
}

int check_marking_refs(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct at here = {.up = at};
	struct json_iter it;
	int r;

	json_iter(&it, v);
	for (; json_next(&it, &key, &val); here.index++)
		if ((r = add_marking(c, &here, val)) != 0)
			return r;
	return 0;
}

static const struct json_val *element(const struct json_val *list, size_t i)
{
	const struct json_val *key, *val = NULL;
	struct json_iter it;

	json_iter(&it, list);
	for (size_t n = 0; json_next(&it, &key, &val); n++)
		if (n == i)
			return val;
	return NULL;
}

/* §7.2.3.1: property names and [index] joined by dots, from the object down to something that is there. */
static bool selects(const struct json_val *obj, const char *s, size_t n)
{
	const struct json_val *at = obj;

	while (n > 0 && at != NULL) {
		const char *dot = memchr(s, '.', n);
		const size_t part = dot != NULL ? (size_t)(dot - s) : n;

		if (part >= 3 && s[0] == '[' && s[part - 1] == ']' && json_type(at) == JSON_ARRAY) {
			size_t i = 0;

			for (size_t d = 1; d + 1 < part; d++) {
				if (s[d] < '0' || s[d] > '9' || part > 9)
					return false;
				i = i * 10 + (size_t)(s[d] - '0');
			}
			at = element(at, i);
		} else {
			at = json_type(at) == JSON_OBJECT ? json_getn(at, s, part) : NULL;
		}
		if (dot != NULL && part + 1 == n)
			return false;
		s += part + (dot != NULL);
		n -= part + (dot != NULL);
	}
	return at != NULL && at != obj;
}

static int check_selectors(struct ck *c, const struct at *at, const struct json_val *list)
{
	const struct json_val *key, *val;
	struct at here = {.up = at};
	struct json_iter it;
	size_t n;
	int r;

	json_iter(&it, list);
	for (; json_next(&it, &key, &val); here.index++) {
		const char *s = json_str(val, &n);

		if (!selects(c->obj, s, n) &&
		    (r = broke(c, &here, RULE_SELECTOR, "\"%.*s\" is not in the object", (int)(n < 80 ? n : 80), s)) != 0)
			return r;
	}
	return 0;
}

int check_granular(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct at here = {.up = at};
	struct json_iter it;
	int r;

	json_iter(&it, v);
	for (; json_next(&it, &key, &val); here.index++) {
		const struct json_val *lang = json_get(val, "lang"), *ref = json_get(val, "marking_ref");
		const struct at at_ref = {.up = &here, .key = "marking_ref", .n = 11}, at_sel = {.up = &here, .key = "selectors", .n = 9};

		if ((lang == NULL) == (ref == NULL))
			return broke(c, &here, RULE_MARKING, "exactly one of \"lang\" and \"marking_ref\" must be there");
		if (ref != NULL && (r = add_marking(c, &at_ref, ref)) != 0)
			return r;
		if ((r = check_selectors(c, &at_sel, json_get(val, "selectors"))) != 0)
			return r;
	}
	return 0;
}

int check_labels(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct at here = {.up = at};
	struct json_iter it;
	size_t n;
	int r;

	json_iter(&it, v);
	for (; json_next(&it, &key, &val); here.index++) {
		const char *s = json_str(val, &n);
		enum tlp t;

		if ((r = check_grade(c, &here, s, n)) != 0)
			return r;
		if (tlp_label(s, n, &t) && t > c->o.tlp)
			c->o.tlp = t;
	}
	return 0;
}

static bool has_digits(const char *s, size_t n, size_t at_least)
{
	bool ok = n >= at_least;

	for (size_t i = 0; ok && i < n; i++)
		ok = s[i] >= '0' && s[i] <= '9';
	return ok;
}

/* §4.1.1, §4.19.1: how an attack pattern names CAPEC, a vulnerability CVE. */
static bool known_id(const struct ck *c, const struct json_val *ref)
{
	size_t n;
	const char *s = json_str(json_get(ref, "external_id"), &n);

	if (s == NULL || c->type == NULL)
		return true;
	if (strcmp(c->type->name, "attack-pattern") == 0 && json_str_is(json_get(ref, "source_name"), "capec"))
		return n > 6 && memcmp(s, "CAPEC-", 6) == 0 && has_digits(s + 6, n - 6, 1);
	if (strcmp(c->type->name, "vulnerability") == 0 && json_str_is(json_get(ref, "source_name"), "cve"))
		return n > 9 && memcmp(s, "CVE-", 4) == 0 && has_digits(s + 4, 4, 4) && s[8] == '-' && has_digits(s + 9, n - 9, 4);
	return true;
}

int check_external(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct at here = {.up = at};
	struct json_iter it;
	int r;

	json_iter(&it, v);
	for (; json_next(&it, &key, &val); here.index++) {
		if (json_get(val, "description") == NULL && json_get(val, "url") == NULL && json_get(val, "external_id") == NULL &&
		    (r = broke(c, &here, RULE_SOURCE, "one of \"description\", \"url\", \"external_id\" must be there")) != 0)
			return r;
		if (!known_id(c, val) && (r = broke(c, &here, RULE_SOURCE, "\"external_id\" must be CAPEC-… or CVE-… as its source writes it")) != 0)
			return r;
	}
	return 0;
}

static const char *const extension_types[] = {"property-extension", "toplevel-property-extension", "new-sdo", "new-sco", "new-sro", NULL};
static const struct stix_prop release_element = {NAME(""), .type = P_RELEASE};
static const struct stix_prop release_props[] = {
	{NAME("extension_type"), .type = P_ENUM, .required = true, .words = extension_types},
	{NAME("release_to"), .type = P_LIST, .unique = true, .sub = &release_element, .max = LIMIT_MEMBERS,
	    .doc = "narrows who may read: parties, agencies, persons"},
	{.name = NULL},
};
static const struct stix_prop release_entry = {NAME(""), .type = P_OBJECT, .sub = release_props};

const struct stix_prop *stix_release_props(void) { return release_props; }

static bool is_word(const struct json_val *v, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (json_str_is(v, words[i]))
			return true;
	return false;
}

/*
 * Our own entry. It decides who may read, so it is held to its exact form on every object: a misspelt
 * property here would widen the audience.
 */
static int check_release(struct ck *c, const struct at *at, const struct json_val *v)
{
	const unsigned column = c->column;
	const char *want = c->own || c->own_prefix ? "new-sdo" : "property-extension";
	const struct json_val *key, *val, *list = json_get(v, "release_to");
	struct json_iter it;
	int r;

	c->column = COLUMN_OWN;
	r = check_value(c, at, &release_entry, v);
	c->column = column;
	if (r != 0)
		return r;
	if (!json_str_is(json_get(v, "extension_type"), want))
		return broke(c, at, RULE_RELEASE, "extension_type must be \"%s\" here", want);
	c->own_entry = true;
	c->o.has_release_to = list != NULL;
	json_iter(&it, list);
	while (json_next(&it, &key, &val))
		c->o.release_to[c->o.release_to_n++] = json_str(val, &(size_t){0});
	return 0;
}

static int check_extension(struct ck *c, const struct at *at, const struct json_val *v)
{
	static const char prefix[] = "extension-definition--";
	const bool defined = at->n > sizeof(prefix) - 1 && memcmp(at->key, prefix, sizeof(prefix) - 1) == 0;
	const struct json_val *type = json_get(v, "extension_type");
	int r = 0;

	if (text_is(at->key, at->n, VERBALE_EXTENSION_ID))
		return check_release(c, at, v);
	if (json_type(v) != JSON_OBJECT)
		return broke(c, at, RULE_KIND, "must be an object");
	if (defined && !stix_id_ok(at->key, at->n))
		r = broke(c, at, RULE_REF, "the key must be an extension-definition's id");
	else if (defined && type == NULL)
		r = broke(c, at, RULE_EXTENSION, "\"extension_type\" is missing");
	else if (!defined && type != NULL)
		r = broke(c, at, RULE_EXTENSION, "a predefined extension has no \"extension_type\"");
	else if (type != NULL && !is_word(type, extension_types))
		r = broke(c, at, RULE_EXTENSION, "unknown \"extension_type\"");
	return r;
}

/* §11.3 (deprecated): a-z, 0-9, -, with "-ext" at its end, on cyber-observables only. */
static bool custom_extension(const struct ck *c, const char *s, size_t n)
{
	bool ok = n > 4 && memcmp(s + n - 4, "-ext", 4) == 0 && (c->type == NULL || c->type->class == CLASS_SCO);

	for (size_t i = 0; ok && i < n; i++)
		ok = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-';
	return ok;
}

/* "id" stands in many. */
static int check_entry_names(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int r;

	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};

		here.key = json_str(key, &here.n);
		if (!property_ok(here.key, here.n) && !text_is(here.key, here.n, "id") && (r = broke(c, &here, RULE_EXTENSION, PROPERTY_WORDS)) != 0)
			return r;
	}
	return 0;
}

/* What stands in an entry: by its table where the standard has one, else by the rules that need none. */
static int check_entry(struct ck *c, const struct at *at, const struct json_val *v)
{
	const unsigned column = c->column;
	const char *type = NULL;
	const bool facility = json_get(v, "extension_type") != NULL; /* said already where it should not be */
	const struct stix_prop *row = facility || c->o.v20 ? NULL : predefined_extension(at->key, at->n, &type);
	int r = 0;

	if (row != NULL && strcmp(type, c->o.type) == 0) {
		c->column = table_column(c);
		r = check_value(c, at, row, v);
		c->column = column;
		return r;
	}
	if (row != NULL)
		r = broke(c, at, RULE_EXTENSION, "is an extension of %s", type);
	else if (!facility && !stix_id_ok(at->key, at->n) && !custom_extension(c, at->key, at->n))
		r = broke(c, at, RULE_EXTENSION, "is no predefined extension; others go by their extension-definition's id");
	if (r == 0 && facility && !c->own) /* what others add to our types is theirs */
		r = check_entry_names(c, at, v);
	return r != 0 ? r : walk(c, at, at->key, at->n, v);
}

int check_extensions(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int r;

	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};

		here.key = json_str(key, &here.n);
		if ((r = check_name(c, &here, here.key, here.n, false)) != 0 || (r = check_extension(c, &here, val)) != 0 ||
		    (r = check_entry(c, &here, val)) != 0)
			return r;
	}
	return 0;
}
