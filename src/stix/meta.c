/* marking-definition and extension-definition as wholes (STIX 2.1 §7.2.1, §7.3.1). */
#include "stix/priv.h"

static int check_text_grade(struct ck *c, const char *key, const struct json_val *v)
{
	const struct at at = {.key = key, .n = strlen(key)};
	size_t n;
	const char *s = json_str(v, &n);

	return s != NULL ? check_grade(c, &at, s, n) : 0;
}

int check_marking(struct ck *c)
{
	const struct json_val *def = json_get(c->obj, "definition"), *type = json_get(c->obj, "definition_type");
	const struct json_val *statement = json_get(def, "statement");
	int r;

	/* The grade first: whatever else is wrong, this is what must be said. */
	if ((r = check_text_grade(c, "name", json_get(c->obj, "name"))) != 0 || (r = check_text_grade(c, "definition.statement", statement)) != 0)
		return r;
	if (json_get(c->obj, "extensions") == NULL && (def == NULL || type == NULL))
		return broke(c, NULL, RULE_MARKING, "\"definition_type\" and \"definition\" must be there, or an extension");
	if ((def == NULL) != (type == NULL))
		return broke(c, NULL, RULE_MARKING, "\"definition_type\" and \"definition\" come together");
	if (json_str_is(type, "statement") && json_str(statement, &(size_t){0}) == NULL)
		return broke(c, NULL, RULE_MARKING, "definition.statement must be a string");
	return check_marking_tlp(c);
}

/* Semantic versioning 2.0.0, its three numbers; what may follow them is not read. */
static bool semver(const char *s, size_t n)
{
	size_t i = 0;

	for (int part = 0; part < 3; part++) {
		const size_t start = i;

		while (i < n && s[i] >= '0' && s[i] <= '9')
			i++;
		if (i == start || (s[start] == '0' && i > start + 1))
			return false;
		if (part < 2 && (i >= n || s[i++] != '.'))
			return false;
	}
	return i == n || s[i] == '-' || s[i] == '+';
}

int check_definition(struct ck *c)
{
	const struct at version = {.key = "version", .n = 7}, list = {.key = "extension_properties", .n = 20};
	const struct json_val *key, *val;
	struct json_iter it;
	bool top = false;
	size_t n;
	const char *s = json_str(json_get(c->obj, "version"), &n);

	json_iter(&it, json_get(c->obj, "extension_types"));
	while (json_next(&it, &key, &val))
		top = top || json_str_is(val, "toplevel-property-extension");
	if (s != NULL && !semver(s, n))
		return broke(c, &version, RULE_DEFINITION, "must be a semantic version like 1.0.0");
	if (!top && json_get(c->obj, "extension_properties") != NULL)
		return broke(c, &list, RULE_DEFINITION, "only a toplevel-property-extension lists properties");
	if (top && json_get(c->obj, "extension_properties") == NULL)
		return broke(c, &list, RULE_ADVICE, "should be there: the properties that are added");
	return 0;
}
