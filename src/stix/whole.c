/* What the properties of one object say together (STIX 2.1 §4 to §6, §7.1): one operation for each kind of rule in the rows. */
#include "base/clock.h"
#include "stix/priv.h"

static struct at at_key(const char *key) { return (struct at){.key = key, .n = strlen(key)}; }

static int check_times(struct ck *c, const struct stix_whole *w, const struct json_val *b)
{
	const struct at at = at_key(w->b);
	size_t na, nb;
	const char *from = json_str(json_get(c->obj, w->a), &na), *to = json_str(b, &nb);
	int order;

	/* A text that is no time was said already, and comes here only where that is a warning. */
	if (from == NULL || to == NULL || !time_ok(from, na) || !time_ok(to, nb))
		return 0;
	order = time_compare(from, na, to, nb);
	if (order < 0 || (order == 0 && w->op == WHOLE_ORDER))
		return 0;
	return broke(c, &at, RULE_SPAN, w->op == WHOLE_ORDER ? "must not be before %s" : "must be after %s", w->a);
}

static int check_any_of(struct ck *c, const struct stix_whole *w)
{
	if (json_get(c->obj, w->a) != NULL || json_get(c->obj, w->b) != NULL || (w->c != NULL && json_get(c->obj, w->c) != NULL))
		return 0;
	return broke(c, NULL, RULE_SOME, "one of \"%s\", \"%s\"%s%s%s must be there", w->a, w->b, w->c != NULL ? ", \"" : "", w->c != NULL ? w->c : "", w->c != NULL ? "\"" : "");
}

static int check_one_of(struct ck *c, const struct stix_whole *w)
{
	const bool a = json_get(c->obj, w->a) != NULL, b = json_get(c->obj, w->b) != NULL;

	if (a != b)
		return 0;
	return broke(c, NULL, a ? RULE_TOGETHER : RULE_SOME, "exactly one of \"%s\" and \"%s\" must be there", w->a, w->b);
}

static int check_needs(struct ck *c, const struct stix_whole *w)
{
	const struct json_val *a = json_get(c->obj, w->a);
	bool is = true;

	if (a == NULL || (w->op == WHOLE_IF_TRUE && (!json_bool(a, &is) || !is)) || json_get(c->obj, w->b) != NULL)
		return 0;
	return broke(c, NULL, RULE_TOGETHER, w->op == WHOLE_IF_TRUE ? "\"%s\" must be there where %s is true" : "\"%s\" must be there where \"%s\" is", w->b, w->a);
}

static int check_excludes(struct ck *c, const struct stix_whole *w)
{
	const bool not = w->op == WHOLE_NOT_TRUE;
	const struct at at = at_key(w->b);
	bool is;

	if (!json_bool(json_get(c->obj, w->a), &is) || is != not || json_get(c->obj, w->b) == NULL)
		return 0;
	return broke(c, &at, RULE_TOGETHER, "must not be there where %s is %s", w->a, not ? "true" : "false");
}

static int check_some(struct ck *c, const struct stix_whole *w)
{
	if (w->a != NULL && json_get(c->obj, w->a) != NULL)
		return 0;
	for (const struct stix_prop *p = c->type->props; p->name != NULL; p++)
		if (json_getn(c->obj, p->name, p->name_n) != NULL)
			return 0;
	return broke(c, NULL, RULE_SOME, "a property of %s must be there", c->type->name);
}

static int check_target(struct ck *c, const struct at *at, const struct stix_whole *w, const struct json_val *v)
{
	const struct stix_type *t;
	size_t n, type_n;
	const char *s = json_str(v, &n);

	if (s == NULL || (type_n = ref_type_n(n)) == 0)
		return 0;
	/* A type that is not in the standard may be of any class. */
	if ((t = stix_type_named(s, type_n)) == NULL || (w->classes >> t->class & 1) != 0)
		return 0;
	return broke(c, at, RULE_TARGET, "must not name a %s", t->name);
}

static int check_targets(struct ck *c, const struct stix_whole *w)
{
	const struct json_val *v = json_get(c->obj, w->a), *key, *val;
	const struct at list = at_key(w->a);
	struct at at = {.up = &list};
	struct json_iter it;
	int r;

	if (json_type(v) != JSON_ARRAY)
		return v != NULL ? check_target(c, &list, w, v) : 0;
	json_iter(&it, v);
	for (; json_next(&it, &key, &val); at.index++)
		if ((r = check_target(c, &at, w, val)) != 0)
			return r;
	return 0;
}

static int check_row(struct ck *c, const struct stix_whole *w)
{
	const struct json_val *b;

	switch (w->op) {
	case WHOLE_ORDER:
	case WHOLE_BEFORE:
		return (b = json_get(c->obj, w->b)) != NULL ? check_times(c, w, b) : 0;
	case WHOLE_ANY:
		return check_any_of(c, w);
	case WHOLE_ONE:
		return check_one_of(c, w);
	case WHOLE_WITH:
	case WHOLE_IF_TRUE:
		return check_needs(c, w);
	case WHOLE_NOT_TRUE:
	case WHOLE_NOT_FALSE:
		return check_excludes(c, w);
	case WHOLE_SOME:
		return check_some(c, w);
	case WHOLE_TYPES:
		return check_targets(c, w);
	case WHOLE_SHOULD:
		return c->warn == NULL || json_get(c->obj, w->a) != NULL ? 0 : broke(c, NULL, RULE_ADVICE, "\"%s\" should be there", w->a);
	case WHOLE_FORM:
		return check_form(c, w);
	case WHOLE_ID:
		return check_sco_id(c, w);
	case WHOLE_CHECK:
		return w->check(c);
	case WHOLE_END:
		break;
	}
	return 0;
}

int check_rows(struct ck *c, const struct stix_whole *rows)
{
	int r;

	for (; rows->op != WHOLE_END; rows++)
		if ((r = check_row(c, rows)) != 0)
			return r;
	return 0;
}

/* --- what needs words of its own --- */

int check_pattern(struct ck *c)
{
	const struct at at = at_key("pattern");
	const struct json_val *version = json_get(c->obj, "pattern_version");
	struct err e = {.code = 0}, name = {.code = 0};
	size_t n;
	const char *s = json_str(json_get(c->obj, "pattern"), &n);
	int r;

	/* §4.7.1: the pattern may be of another version of the language than the object. */
	if (s == NULL || !json_str_is(json_get(c->obj, "pattern_type"), "stix") || (version != NULL && !json_str_is(version, "2.1")))
		return 0;
	if ((r = pattern_check(s, n, &name, &e)) == 0)
		return name.code == 0 ? 0 : broke(c, &at, RULE_CUSTOM_NAME, "%s", name.msg);
	return r == E_NOMEM ? fail(c->e, r, "%s", e.msg) : broke(c, &at, RULE_PATTERN, "%s", e.msg);
}

/* §4.14.1: among the objects of an observation there is at least one observable. */
int check_observed(struct ck *c)
{
	const struct json_val *list = json_get(c->obj, "object_refs"), *key, *val;
	const struct at at = at_key("object_refs");
	struct json_iter it;
	size_t n, type_n;

	if (json_type(list) != JSON_ARRAY || json_len(list) == 0)
		return 0;
	json_iter(&it, list);
	while (json_next(&it, &key, &val)) {
		const char *s = json_str(val, &n);
		const struct stix_type *t;

		if (s == NULL || (type_n = ref_type_n(n)) == 0 || (t = stix_type_named(s, type_n)) == NULL || t->class == CLASS_SCO)
			return 0;
	}
	return broke(c, &at, RULE_SOME, "must name at least one cyber-observable");
}

/* §7.1.1: translations by language. */
int check_contents(struct ck *c)
{
	const struct json_val *key, *val;
	const struct at up = at_key("contents");
	struct json_iter it;
	int r;

	if (json_type(json_get(c->obj, "contents")) != JSON_OBJECT)
		return 0;
	json_iter(&it, json_get(c->obj, "contents"));
	while (json_next(&it, &key, &val)) {
		struct at at = {.up = &up};

		at.key = json_str(key, &at.n);
		if (!lang_ok(at.key, at.n) && (r = broke(c, &at, RULE_KIND, "the key must be an RFC 5646 language tag")) != 0)
			return r;
	}
	return 0;
}
