/* Values nobody described in a table still follow STIX 2.1's rules on names, emptiness and suffixes. */
#include "stix/priv.h"

/* What stands below an x_ property is its maker's business: ATT&CK leaves lists and references there empty. */
static enum rule custom(const struct ck *c, enum rule r) { return c->custom ? RULE_CUSTOM : r; }

/* Property names (§3.1): a-z 0-9 _; dictionary keys (§2.3): also A-Z and -. One bit per byte value: this runs for every member. */
static const uint32_t in_prop[8] = {0, 0x03ff0000, 0x80000000, 0x07fffffe}, in_key[8] = {0, 0x03ff2000, 0x87fffffe, 0x07fffffe};
static bool in(const uint32_t set[8], char c) { return (set[(unsigned char)c >> 5] >> (c & 31) & 1) != 0; }

static bool of(const uint32_t set[8], const char *s, size_t n)
{
	bool ok = n <= LIMIT_STIX_KEY;

	for (size_t i = 0; ok && i < n; i++)
		ok = in(set, s[i]);
	return ok;
}

bool property_ok(const char *s, size_t n) { return n >= 3 && s[0] >= 'a' && of(in_prop, s, n); }
bool custom_name(const char *s, size_t n) { return n >= 3 && (s[0] >= 'a' || (s[0] >= 'A' && s[0] <= 'Z')) && of(in_key, s, n); }

int check_name(struct ck *c, const struct at *at, const char *key, size_t n, bool top)
{
	static const struct { const char *p; size_t n; } reserved[] = {{"severity", 8}, {"username", 8}, {"phone_number", 12}, {"action", 6}};
	int r;

	if (top && !c->own && !property_ok(key, n) && custom_name(key, n))
		return broke(c, at, RULE_CUSTOM_NAME, PROPERTY_WORDS);
	if (top ? !property_ok(key, n) : !of(in_key, key, n))
		return broke(c, at, custom(c, RULE_NAME), top ? PROPERTY_WORDS : "dictionary keys are up to 250 of A-Z, a-z, 0-9, _, -");
	for (size_t i = 0; top && i < ARRAY_LEN(reserved); i++)
		if (n == reserved[i].n && memcmp(key, reserved[i].p, n) == 0 && (r = broke(c, at, RULE_RESERVED, "this name is reserved")) != 0)
			return r;
	return 0;
}

static bool ends(const char *key, size_t n, const char *suffix, size_t m)
{
	return n > m && memcmp(key + n - m, suffix, m) == 0;
}

static int check_ref(struct ck *c, const struct at *at, const struct json_val *v)
{
	size_t n;
	const char *s = json_str(v, &n);

	if (c->contained && s != NULL)
		return 0;
	return s != NULL && stix_id_ok(s, n) ? 0 : broke(c, at, custom(c, RULE_REF), "must be an identifier type--UUID");
}

bool hex_ok(const char *s, size_t n)
{
	bool ok = n % 2 == 0;

	for (size_t i = 0; ok && i < n; i++)
		ok = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');
	return ok;
}

/* RFC 4648 §4 with padding. Unused bits may be set: others write them, and we only keep the text. */
bool base64_ok(const char *s, size_t n)
{
	const size_t pad = n >= 4 && s[n - 1] == '=' ? (s[n - 2] == '=' ? 2 : 1) : 0;
	bool ok = n % 4 == 0;

	for (size_t i = 0; ok && i < n - pad; i++)
		ok = (s[i] != '_' && s[i] != '-' && in(in_key, s[i])) || s[i] == '+' || s[i] == '/';
	return ok;
}

static int walk_string(struct ck *c, const struct at *at, const char *key, size_t n, const struct json_val *v)
{
	size_t len;
	const char *s = json_str(v, &len);

	if (ends(key, n, "_hex", 4) && !hex_ok(s, len))
		return broke(c, at, custom(c, RULE_SUFFIX), "must be an even number of lower-case hexadecimal digits");
	if (ends(key, n, "_bin", 4) && !base64_ok(s, len))
		return broke(c, at, custom(c, RULE_SUFFIX), "must be base64");
	return 0;
}

static int walk_list(struct ck *c, const struct at *at, const char *key, size_t n, const struct json_val *v)
{
	const bool refs = ends(key, n, "_refs", 5);
	const struct json_val *k, *val;
	struct at here = {.up = at};
	struct json_iter it;
	int r;

	if (json_len(v) == 0)
		return broke(c, at, custom(c, RULE_EMPTY), "a list must not be empty");
	json_iter(&it, v);
	for (; json_next(&it, &k, &val); here.index++) {
		r = refs ? check_ref(c, &here, val) : walk(c, &here, "", 0, val);
		if (r != 0)
			return r;
	}
	return 0;
}

static int walk_object(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *k, *val;
	struct json_iter it;
	int r;

	if (json_len(v) == 0)
		return broke(c, at, custom(c, RULE_EMPTY), "an object must not be empty");
	json_iter(&it, v);
	while (json_next(&it, &k, &val)) {
		struct at here = {.up = at};

		here.key = json_str(k, &here.n);
		if ((r = check_name(c, &here, here.key, here.n, false)) != 0 || (r = walk(c, &here, here.key, here.n, val)) != 0)
			return r;
	}
	return 0;
}

int walk(struct ck *c, const struct at *at, const char *key, size_t n, const struct json_val *v)
{
	const enum json_type t = json_type(v);

	if (ends(key, n, "_ref", 4))
		return check_ref(c, at, v);
	if (ends(key, n, "_refs", 5) && t != JSON_ARRAY)
		return broke(c, at, custom(c, RULE_REF), "must be a list of identifiers");
	if (t == JSON_STRING)
		return walk_string(c, at, key, n, v);
	if (ends(key, n, "_hex", 4) || ends(key, n, "_bin", 4))
		return broke(c, at, custom(c, RULE_SUFFIX), "must be a string");
	if (t == JSON_ARRAY)
		return walk_list(c, at, key, n, v);
	if (t == JSON_OBJECT)
		return walk_object(c, at, v);
	return t == JSON_NULL ? broke(c, at, custom(c, RULE_NULLS), NULL_WORDS) : 0;
}
