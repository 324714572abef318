/* One object, from its head to what its type asks of the whole. */
#include "base/clock.h"
#include "stix/priv.h"

/* Members that are common properties, by row; NULL where absent. */
struct found { const struct json_val *common[COMMON_]; uint64_t seen; };

static const struct at root = {.up = NULL};

static struct at at_common(enum common i)
{
	const struct stix_prop *p = &stix_common_props()[i];

	return (struct at){.up = &root, .key = p->name, .n = p->name_n};
}

/* Is there an extension of this type (§7.3)? It explains what the standard does not know. */
static bool extends(const struct ck *c, const char *type)
{
	const struct json_val *key, *val;
	struct json_iter it;
	bool found = false;

	json_iter(&it, json_get(c->obj, "extensions"));
	while (!found && json_next(&it, &key, &val))
		found = json_str_is(json_get(val, "extension_type"), type);
	return found;
}

/* Type and id come first: every later message names the object by its id, every later rule depends on the type. */
static int check_type(struct ck *c)
{
	const struct at at = at_common(C_TYPE);
	size_t n;
	const char *s = json_str(json_get(c->obj, "type"), &n);

	if (s == NULL || !stix_type_ok(s, n))
		return broke(c, &at, RULE_TYPE, s == NULL ? "must be there, a string" : "3 to 250 of a-z, 0-9, -, first a letter");
	c->o.type = s;
	if ((c->type = stix_type_named(s, n)) != NULL) {
		c->o.kind = c->type->kind;
		c->own = c->type->own;
		c->column = c->own ? COLUMN_OWN : c->column;
		return c->type->class != CLASS_BUNDLE ? 0 : broke(c, &at, RULE_TYPE, "a bundle is not an object");
	}
	c->own_prefix = n > 8 && memcmp(s, "verbale-", 8) == 0;
	if (c->own_prefix)
		return broke(c, &at, RULE_OWN_TYPE, "this version knows no such type");
	return extends(c, "new-sdo") || extends(c, "new-sco") || extends(c, "new-sro") ? 0 : broke(c, &at, RULE_KNOWN, "not a type of STIX 2.1");
}

static int check_head(struct ck *c)
{
	const struct at at = at_common(C_ID);
	size_t n, type_n;
	unsigned version;
	const char *s;
	int r;

	s = json_str(json_get(c->obj, "id"), &n);
	if (s == NULL || !stix_id_split(s, n, &type_n, &version))
		return (r = check_type(c)) != 0 ? r : broke(c, &at, RULE_ID, s == NULL ? "must be there, a string" : "must be type--UUID");
	c->id = s;
	c->id_n = n;
	if ((r = check_type(c)) != 0)
		return r;
	if (!text_is(s, type_n, c->o.type))
		return broke(c, &at, RULE_ID, "its type must be \"%s\"", c->o.type);
	/* Ours are made of names in a namespace of our own; those of types we do not know may be either. */
	if (version != 4 && (version != 5 || (c->type != NULL && c->type->class != CLASS_SCO && !c->own)) &&
	    (r = broke(c, &at, RULE_UUID, "should be a UUID of version %s, not %u", c->type != NULL && c->type->class == CLASS_SCO ? "5" : "4", version)) != 0)
		return r;
	c->o.id = s;
	return 0;
}

static enum stix_class class_of(const struct ck *c) { return c->type != NULL ? c->type->class : CLASS_OTHER; }

static bool is_v20(const char *type)
{
	static const char *const types[] = {
		"attack-pattern", "campaign", "course-of-action", "identity", "indicator", "intrusion-set", "malware", "marking-definition",
		"observed-data", "relationship", "report", "sighting", "threat-actor", "tool", "vulnerability",
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

/* §3.2 has no other mark of it: STIX 2.0 knows no spec_version on objects (some servers write one), and every object has created. */
static int check_v20(struct ck *c)
{
	const struct at at = at_common(C_SPEC);
	const struct json_val *said = json_get(c->obj, "spec_version");
	const char *words = said == NULL ? "is missing" : "must be \"2.1\"";

	if (class_of(c) == CLASS_SCO)
		return 0;
	c->o.v20 = (said == NULL || json_str_is(said, "2.0")) && (json_get(c->obj, "created") != NULL || json_get(c->obj, "modified") != NULL);
	if (!c->o.v20)
		return 0;
	if (c->own || c->own_prefix || (c->type != NULL && !is_v20(c->o.type)))
		return broke(c, &at, RULE_SPEC, "%s", words);
	return c->v20_ok ? 0 : broke(c, &at, RULE_SPEC, "%s: this is an object of STIX 2.0, this collection does not take them", words);
}

static int check_spec(struct ck *c, const struct found *f)
{
	const struct at at = at_common(C_SPEC);

	if (f->common[C_SPEC] == NULL)
		return !c->o.v20 && common_needs(class_of(c), C_SPEC) ? broke(c, &at, RULE_SPEC, "is missing") : 0;
	if (c->o.v20)
		return broke(c, &at, RULE_ADVICE, "objects of STIX 2.0 have no such property");
	return json_str_is(f->common[C_SPEC], "2.1") ? 0 : broke(c, &at, RULE_SPEC, "must be \"2.1\"");
}

static int check_milli(struct ck *c, enum common i, const char *s, size_t n)
{
	const struct at at = at_common(i);

	return n >= sizeof("2016-09-09T00:00:00.000Z") - 1 ? 0 : broke(c, &at, RULE_MILLI, "\"%s\" has fewer than three fraction digits", s);
}

/* Which of created and modified a type has (S7). A type we do not know has both, like every versioned one, or neither. */
static int check_versions(struct ck *c, const struct found *f)
{
	const struct at at = at_common(C_CREATED), at_mod = at_common(C_MODIFIED);
	const struct json_val *created = f->common[C_CREATED], *modified = f->common[C_MODIFIED];
	const enum stix_class class = class_of(c);
	const bool sco = class == CLASS_SCO;
	size_t nc, nm;
	int r;

	if (sco && (created != NULL || modified != NULL))
		return broke(c, created != NULL ? &at : &at_mod, RULE_VERSIONED, "cyber-observables have no versions");
	if (created == NULL && (common_needs(class, C_CREATED) || modified != NULL))
		return broke(c, &at, RULE_VERSIONED, "is missing");
	if (modified == NULL && class != CLASS_MARKING && created != NULL)
		return broke(c, &at_mod, RULE_VERSIONED, "is missing");
	c->o.created = json_str(created, &nc);
	c->o.modified = json_str(modified, &nm);
	if (created != NULL && (r = check_milli(c, C_CREATED, c->o.created, nc)) != 0)
		return r;
	if (modified == NULL)
		return 0;
	if ((r = check_milli(c, C_MODIFIED, c->o.modified, nm)) != 0)
		return r;
	return time_compare(c->o.created, nc, c->o.modified, nm) <= 0 ? 0 : broke(c, &at_mod, RULE_ORDER, "must not be before created");
}

/* Which common properties the class of the type must and may have. */
static int check_class(struct ck *c, const struct found *f)
{
	const enum stix_class class = class_of(c);
	int r;

	for (enum common i = 0; i < COMMON_; i++) {
		const struct at at = at_common(i);

		if (c->o.v20 && i == C_SPEC)
			continue;
		if (f->common[i] == NULL && (common_needs(class, i) || (c->own && i == C_CREATED_BY)) &&
		    (r = broke(c, &root, RULE_REQUIRED, "\"%s\" is missing", at.key)) != 0)
			return r;
		if (f->common[i] != NULL && !common_has(class, i) &&
		    (r = broke(c, &at, RULE_COMMON, "a %s has no such property", c->o.type)) != 0)
			return r;
	}
	return 0;
}

static int check_special(struct ck *c, const struct found *f)
{
	static const struct { enum common i; int (*check)(struct ck *c, const struct at *at, const struct json_val *v); } special[] = {
		{C_LABELS, check_labels}, {C_MARKINGS, check_marking_refs}, {C_GRANULAR, check_granular},
		{C_EXTERNAL, check_external}, {C_EXTENSIONS, check_extensions},
	};
	int r;

	for (size_t k = 0; k < ARRAY_LEN(special); k++) {
		const struct at at = at_common(special[k].i);

		if (f->common[special[k].i] != NULL && (r = special[k].check(c, &at, f->common[special[k].i])) != 0)
			return r;
	}
	return 0;
}

static int check_common(struct ck *c, const struct found *f)
{
	int r;

	if ((r = check_spec(c, f)) != 0 || (r = check_versions(c, f)) != 0 || (r = check_class(c, f)) != 0)
		return r;
	c->o.created_by_ref = json_str(f->common[C_CREATED_BY], &(size_t){0});
	(void)json_bool(f->common[C_REVOKED], &c->o.revoked);
	return check_special(c, f);
}

static const struct stix_prop *table_of(const struct ck *c) { return c->type != NULL && !c->o.v20 ? c->type->props : NULL; }

/* A marking decides about release and is not loosened. */
unsigned table_column(const struct ck *c)
{
	return c->column == STIX_LENIENT && class_of(c) != CLASS_MARKING ? COLUMN_LOOSE : c->column;
}

/* A member that is no common property: by the type's table, or by the rules that need none. */
static int check_member(struct ck *c, const struct at *at, struct found *f, unsigned *hint, const struct json_val *v)
{
	const struct stix_prop *table = c->type != NULL ? c->type->props : NULL;
	const struct stix_prop *row = table != NULL ? find_prop(table, at->key, at->n, hint) : NULL;
	const unsigned column = c->column;
	int r;

	if (row != NULL && json_type(v) == JSON_NULL && !c->own && c->type->class != CLASS_MARKING)
		return broke(c, at, RULE_NULLS, NULL_WORDS); /* says as little as an absent one, which is how it counts */
	if (row != NULL && (!c->o.v20 || row->type == P_CONTAINER)) {
		f->seen |= 1ULL << (row - table);
		c->column = table_column(c);
		r = check_value(c, at, row, v);
		c->column = column;
		return r;
	}
	if ((r = check_name(c, at, at->key, at->n, true)) != 0)
		return r;
	c->custom = at->n > 2 && memcmp(at->key, "x_", 2) == 0;
	if (table != NULL && !c->o.v20 && !c->custom && !c->toplevel && (r = broke(c, at, RULE_UNKNOWN, "is not a property of %s", c->type->name)) != 0)
		return r;
	r = walk(c, at, at->key, at->n, v);
	c->custom = false;
	return r;
}

static int check_members(struct ck *c, struct found *f)
{
	const struct stix_prop *common = stix_common_props(), *row;
	const struct json_val *key, *val;
	const unsigned column = c->column;
	unsigned hint = 0, hint_own = 0;
	struct json_iter it;
	int r;

	json_iter(&it, c->obj);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = &root};

		here.key = json_str(key, &here.n);
		if ((row = find_prop(common, here.key, here.n, &hint)) == NULL) {
			r = check_member(c, &here, f, &hint_own, val);
		} else {
			f->common[row - common] = val;
			/* type and id were read already; spec_version has a rule of its own with clearer words; an entry of extensions too */
			/* What stands in a source was freer once, and decides nothing. */
			c->column = row - common == C_EXTERNAL && column == STIX_LENIENT ? COLUMN_LOOSE : column;
			r = row - common == C_TYPE || row - common == C_ID || row - common == C_SPEC ? 0 : check_value(c, &here, row, val);
			c->column = column;
		}
		if (r != 0)
			return r;
	}
	if (table_of(c) == NULL)
		return 0;
	c->column = table_column(c);
	r = check_required(c, &root, table_of(c), f->seen);
	c->column = column;
	return r;
}

static int check_together(struct ck *c)
{
	const unsigned column = c->column;
	int r;

	c->column = table_column(c);
	r = check_rows(c, c->type->whole);
	c->column = column;
	return r;
}

static int check_whole(struct ck *c)
{
	if (c->type != NULL && !c->o.v20 && c->type->whole != NULL)
		return check_together(c);
	if (c->own)
		return check_own(c);
	if (c->o.kind == STIX_MARKING)
		return check_marking(c);
	return c->o.kind == STIX_EXTENSION ? check_definition(c) : 0;
}

int stix_check(const struct json_val *obj, const struct stix_how *how, struct stix_object *ret, struct err *e)
{
	struct ck c = {.obj = obj, .column = how->strict, .v20_ok = how->v20, .warn = how->warn, .ctx = how->ctx, .e = e, .o = {.val = obj}};
	struct found f = {.seen = 0};
	int r;

	if (obj == NULL || json_type(obj) != JSON_OBJECT)
		return broke(&c, NULL, RULE_KIND, "a STIX object is a JSON object");
	c.toplevel = extends(&c, "toplevel-property-extension");
	if ((r = check_head(&c)) != 0 || (r = check_v20(&c)) != 0 || (r = check_members(&c, &f)) != 0 ||
	    (r = check_common(&c, &f)) != 0 || (r = check_whole(&c)) != 0)
		return r;
	if (c.type != NULL && c.type->subject != NULL)
		c.o.subject = json_get_str(obj, c.type->subject);
	*ret = c.o;
	return 0;
}
