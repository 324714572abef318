#include "stix/stix.h"

static int each_of(const struct json_val *list, const char *what, int (*visit)(void *, const struct json_val *, size_t, struct err *), void *ctx, struct err *e)
{
	const struct json_val *key, *val;
	struct json_iter it;
	size_t n = 0;
	int r;

	json_iter(&it, list);
	for (; json_next(&it, &key, &val); n++) {
		if (json_type(val) != JSON_OBJECT)
			return fail(e, E_FORMAT, "%s[%zu]: not a STIX object", what, n);
		if ((r = visit(ctx, val, n, e)) != 0)
			return r;
	}
	return 0;
}

int stix_each(const struct json_val *root, int (*visit)(void *ctx, const struct json_val *obj, size_t n, struct err *e), void *ctx, struct err *e)
{
	const struct json_val *type = json_get(root, "type"), *objects = json_get(root, "objects");
	const bool bundle = json_str_is(type, "bundle");

	if (json_type(root) == JSON_ARRAY)
		return each_of(root, "$", visit, ctx, e);
	if (json_type(root) != JSON_OBJECT)
		return fail(e, E_FORMAT, "$: not a STIX object, list, bundle or envelope");
	if (type != NULL && !bundle)
		return visit(ctx, root, 0, e);
	if (bundle && objects == NULL)
		return 0; /* STIX 2.1 §8: a bundle may hold nothing */
	if (objects == NULL || json_type(objects) != JSON_ARRAY)
		return fail(e, E_FORMAT, bundle ? "$.objects: must be a list" : "$: neither \"type\" nor a list \"objects\": not a STIX object, list, bundle or envelope");
	return each_of(objects, "$.objects", visit, ctx, e);
}
