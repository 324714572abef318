/* What fields of our own types say together; JSON Schema cannot, so the schemas accept more than we do here. */
#include "base/clock.h"
#include "stix/priv.h"

static int check_span(struct ck *c, const struct at *at, const struct json_val *obj)
{
	const struct at here = {.up = at, .key = "end", .n = 3};
	size_t ns, ne;
	const char *start = json_str(json_get(obj, "start"), &ns), *end = json_str(json_get(obj, "end"), &ne);

	if (end == NULL)
		return 0;
	if (start == NULL)
		return broke(c, &here, RULE_LOGIC, "there is no start to it");
	return time_compare(start, ns, end, ne) < 0 ? 0 : broke(c, &here, RULE_ORDER, "must be after start");
}

static int check_round(struct ck *c, const struct at *root) { return check_span(c, root, c->obj); }

static int check_unit(struct ck *c, const struct at *at, const struct json_val *unit)
{
	const struct at here = {.up = at, .key = "bracketed_by", .n = 12};

	if (json_get(unit, "bracketed_by") != NULL && !json_str_is(json_get(unit, "state"), "bracketed"))
		return broke(c, &here, RULE_LOGIC, "an agreed unit is in nobody's brackets");
	return check_span(c, at, unit);
}

static int check_units(struct ck *c, const struct at *root)
{
	const struct at list = {.up = root, .key = "units", .n = 5};
	struct { const char *s; size_t n; } number[LIMIT_UNITS];
	const struct json_val *key, *unit;
	struct at here = {.up = &list};
	struct json_iter it;
	int r;

	json_iter(&it, json_get(c->obj, "units"));
	for (; json_next(&it, &key, &unit) && here.index < LIMIT_UNITS; here.index++) {
		const size_t i = here.index;

		number[i].s = json_str(json_get(unit, "number"), &number[i].n);
		for (size_t k = 0; k < i; k++)
			if (number[k].n == number[i].n && memcmp(number[k].s, number[i].s, number[i].n) == 0)
				return broke(c, &here, RULE_UNIQUE, "number \"%.*s\" stands there twice", (int)number[i].n, number[i].s);
		if ((r = check_unit(c, &here, unit)) != 0)
			return r;
	}
	return 0;
}

static int check_document(struct ck *c, const struct at *root)
{
	const struct at list = {.up = root, .key = "provisional", .n = 11};
	const struct json_val *key, *a, *p;
	struct json_iter it, in;

	json_iter(&it, json_get(c->obj, "provisional"));
	while (json_next(&it, &key, &p)) {
		json_iter(&in, json_get(c->obj, "authentic"));
		while (json_next(&in, &key, &a))
			if (json_str_is(a, json_str(p, &(size_t){0})))
				return broke(c, &list, RULE_LOGIC, "\"%s\" is authentic already", json_str(p, &(size_t){0}));
	}
	return check_units(c, root);
}

static int check_proposal(struct ck *c, const struct at *root)
{
	const struct at list = {.up = root, .key = "changes", .n = 7};
	const struct json_val *key, *change;
	struct at here = {.up = &list};
	struct json_iter it;

	json_iter(&it, json_get(c->obj, "changes"));
	for (; json_next(&it, &key, &change); here.index++) {
		const bool deletes = json_str_is(json_get(change, "action"), "delete");

		if (deletes == (json_get(change, "text") != NULL))
			return broke(c, &here, RULE_LOGIC, deletes ? "delete has no text" : "\"text\" is missing");
	}
	if (json_str_is(json_get(c->obj, "counter_to_ref"), c->id))
		return broke(c, root, RULE_LOGIC, "a proposal does not answer itself");
	return 0;
}

int check_own(struct ck *c)
{
	static int (*const checks[STIX_KINDS_])(struct ck *c, const struct at *root) = {
		[STIX_ROUND] = check_round, [STIX_DOCUMENT] = check_document, [STIX_PROPOSAL] = check_proposal,
	};
	const struct at root = {.up = NULL};

	if (!c->own_entry)
		return broke(c, &root, RULE_RELEASE, "extensions must hold \"" VERBALE_EXTENSION_ID "\" with extension_type \"new-sdo\"");
	return checks[c->type->kind] != NULL ? checks[c->type->kind](c, &root) : 0;
}
