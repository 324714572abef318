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

/* One row per party at most: a side has one name for the series and counts once. */
static int check_parties(struct ck *c, const struct at *root, const char *key, size_t n)
{
	const struct at list = {.up = root, .key = key, .n = n};
	const struct json_val *v, *w;
	struct at here = {.up = &list};
	struct json_iter it, in;

	for (json_iter(&it, json_get(c->obj, key)); json_next(&it, NULL, &v); here.index++) {
		const char *party = json_get_str(v, "party");

		json_iter(&in, json_get(c->obj, key));
		while (json_next(&in, NULL, &w) && w != v)
			if (party != NULL && json_str_is(json_get(w, "party"), party))
				return broke(c, &here, RULE_UNIQUE, "party %s stands there twice", party);
	}
	return 0;
}

static int check_series(struct ck *c, const struct at *root) { return check_parties(c, root, "names", 5); }

static int check_round(struct ck *c, const struct at *root)
{
	const struct at venue = {.up = root, .key = "venue", .n = 5};
	const int r = check_span(c, root, c->obj);

	if (r != 0)
		return r;
	if (json_get(c->obj, "venue") == NULL && !json_str_is(json_get(c->obj, "mode"), "video"))
		return broke(c, &venue, RULE_REQUIRED, "is missing; only a video conference has none");
	return check_parties(c, root, "ordinals", 8);
}

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

/* A frozen text is whole: nothing in brackets, and every unit in every language of the document. */
static int check_frozen(struct ck *c, const struct at *root)
{
	static const char *const lists[] = {"authentic", "provisional"};
	const struct at list = {.up = root, .key = "units", .n = 5};
	const struct json_val *unit, *lang;
	struct at here = {.up = &list};
	struct json_iter it, in;

	for (json_iter(&it, json_get(c->obj, "units")); json_next(&it, NULL, &unit); here.index++) {
		if (json_str_is(json_get(unit, "state"), "bracketed"))
			return broke(c, &here, RULE_LOGIC, "a frozen document has nothing in brackets");
		for (size_t i = 0; i < ARRAY_LEN(lists); i++)
			for (json_iter(&in, json_get(c->obj, lists[i])); json_next(&in, NULL, &lang);)
				if (json_get_str(json_get(unit, "text"), json_str(lang, &(size_t){0})) == NULL)
					return broke(c, &here, RULE_LOGIC, "a frozen document has every unit in every language; \"%s\" is missing", json_str(lang, &(size_t){0}));
	}
	return 0;
}

static int check_state(struct ck *c, const struct at *root)
{
	const struct at at = {.up = root, .key = "withdrawal", .n = 10};
	bool frozen = false, revoked = false;

	if (json_get(c->obj, "withdrawal") != NULL && !(json_bool(json_get(c->obj, "revoked"), &revoked) && revoked))
		return broke(c, &at, RULE_LOGIC, "the document is not revoked");
	return json_bool(json_get(c->obj, "frozen"), &frozen) && frozen ? check_frozen(c, root) : 0;
}

static int check_document(struct ck *c, const struct at *root)
{
	int r;
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
	if ((r = check_units(c, root)) != 0)
		return r;
	return check_state(c, root);
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

static int check_assent(struct ck *c, const struct at *root)
{
	const struct at at = {.up = root, .key = "silence_ref", .n = 11};

	return json_get(c->obj, "silence_ref") == NULL || json_str_is(json_get(c->obj, "verb"), "agree") ? 0 : broke(c, &at, RULE_LOGIC, "silence only ever agrees");
}

/* How many dates a verb has: to invite or offer some, to confirm the one, to decline or cancel none. */
static int check_invitation(struct ck *c, const struct at *root)
{
	const struct at list = {.up = root, .key = "dates", .n = 5};
	const struct json_val *verb = json_get(c->obj, "verb"), *date;
	const size_t n = json_len(json_get(c->obj, "dates"));
	const bool ends = json_str_is(verb, "decline") || json_str_is(verb, "cancel");
	struct at here = {.up = &list};
	struct json_iter it;
	int r;

	if (ends ? n != 0 : json_str_is(verb, "confirm") ? n != 1 : n == 0)
		return broke(c, &list, RULE_LOGIC, "%s", ends ? "to decline or cancel takes no dates" : n == 0 ? "dates are missing" : "to confirm takes one date");
	for (json_iter(&it, json_get(c->obj, "dates")); json_next(&it, NULL, &date); here.index++)
		if ((r = check_span(c, &here, date)) != 0)
			return r;
	return 0;
}

static int check_comment(struct ck *c, const struct at *root)
{
	return json_str_is(json_get(c->obj, "reply_to_ref"), c->id) ? broke(c, root, RULE_LOGIC, "a comment does not answer itself") : 0;
}

static int check_due(struct ck *c, const struct at *root)
{
	const struct at at = {.up = root, .key = "due_precision", .n = 13};

	return json_get(c->obj, "due_precision") == NULL || json_get(c->obj, "due") != NULL ? 0 : broke(c, &at, RULE_LOGIC, "there is no due to it");
}

static int check_commitment(struct ck *c, const struct at *root)
{
	const struct at list = {.up = root, .key = "agencies", .n = 8};
	const struct json_val *agency, *owner;
	struct at here = {.up = &list};
	struct json_iter it, in;

	for (json_iter(&it, json_get(c->obj, "agencies")); json_next(&it, NULL, &agency); here.index++) {
		const char *party = json_get_str(agency, "party");
		bool owns = false;

		for (json_iter(&in, json_get(c->obj, "owners")); json_next(&in, NULL, &owner);)
			owns = owns || (party != NULL && json_str_is(owner, party));
		if (!owns)
			return broke(c, &here, RULE_LOGIC, "its party is none of the owners");
	}
	return check_due(c, root);
}

static int check_progress(struct ck *c, const struct at *root)
{
	const struct at due = {.up = root, .key = "due", .n = 3}, list = {.up = root, .key = "evidence", .n = 8};
	const struct json_val *v;
	struct at here = {.up = &list};
	struct json_iter it;

	if (json_get(c->obj, "due") != NULL && !json_str_is(json_get(c->obj, "state"), "carried"))
		return broke(c, &due, RULE_LOGIC, "only what is carried on gets a new date");
	for (json_iter(&it, json_get(c->obj, "evidence")); json_next(&it, NULL, &v); here.index++)
		if (json_get(v, "url") == NULL && json_get(v, "object_ref") == NULL)
			return broke(c, &here, RULE_LOGIC, "url or object_ref is missing");
	return check_due(c, root);
}

static int check_term(struct ck *c, const struct at *root)
{
	static const char *const all[] = {"de", "ja", "en"};
	const struct at at = {.up = root, .key = "term", .n = 4};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (json_get_str(json_get(c->obj, "term"), all[i]) == NULL)
			return broke(c, &at, RULE_LOGIC, "\"%s\" is missing", all[i]);
	return 0;
}

int check_own(struct ck *c)
{
	static int (*const checks[STIX_KINDS_])(struct ck *c, const struct at *root) = {
		[STIX_SERIES] = check_series, [STIX_ROUND] = check_round, [STIX_DOCUMENT] = check_document, [STIX_PROPOSAL] = check_proposal,
		[STIX_ASSENT] = check_assent, [STIX_INVITATION] = check_invitation, [STIX_COMMENT] = check_comment, [STIX_COMMITMENT] = check_commitment,
		[STIX_PROGRESS] = check_progress, [STIX_TERM] = check_term,
	};
	const struct at root = {.up = NULL};

	if (!c->own_entry)
		return broke(c, &root, RULE_RELEASE, "extensions must hold \"" VERBALE_EXTENSION_ID "\" with extension_type \"new-sdo\"");
	return checks[c->type->kind] != NULL ? checks[c->type->kind](c, &root) : 0;
}
