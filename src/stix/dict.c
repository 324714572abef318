/* Values with names of their own: hashes, dictionaries, observable-containers (STIX 2.1 §2.7, §2.3, §2.13). */
#include "stix/priv.h"

/* Both cases are in use: the standard fixes one for hex values, not for digests. */
static bool digest_hex(const char *s, size_t n)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f') || (s[i] >= 'A' && s[i] <= 'F');
	return ok;
}

/* "blocksize:hash:hash", perhaps with the file's name behind. */
static bool digest_ssdeep(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);

	return n >= 5 && s[0] >= '0' && s[0] <= '9' && colon != NULL && memchr(colon + 1, ':', n - (size_t)(colon + 1 - s)) != NULL;
}

static bool digest_tlsh(const char *s, size_t n)
{
	const bool versioned = n == 72 && s[0] == 'T' && s[1] == '1';

	return (n == 70 || versioned) && digest_hex(s + (versioned ? 2 : 0), versioned ? 70 : n);
}

#define N(s) s, sizeof(s) - 1
/* hash-algorithm-ov; `digits` 0: no fixed length. */
static const struct algorithm { const char *name; size_t n, digits; bool (*ok)(const char *s, size_t n); } algorithms[] = {
	{N("MD5"), 32, digest_hex}, {N("SHA-1"), 40, digest_hex}, {N("SHA-256"), 64, digest_hex}, {N("SHA-512"), 128, digest_hex},
	{N("SHA3-256"), 64, digest_hex}, {N("SHA3-512"), 128, digest_hex}, {N("SSDEEP"), 0, digest_ssdeep}, {N("TLSH"), 0, digest_tlsh},
};

static int check_digest(struct ck *c, const struct at *at, const char *s, size_t n)
{
	int r;

	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		const struct algorithm *a = &algorithms[i];

		if (at->n == a->n && memcmp(at->key, a->name, a->n) == 0)
			return (a->digits == 0 || a->digits == n) && a->ok(s, n) ? 0 : broke(c, at, RULE_HASH, "is no digest of %s", a->name);
	}
	if (at->n < 3 && (r = broke(c, at, RULE_NAME, "the name of a hash has at least 3 characters")) != 0)
		return r;
	return broke(c, at, RULE_VOCAB, "is not in the vocabulary: \"%s\" …", algorithms[0].name);
}

int check_hashes(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int r;

	(void)p;
	if (json_type(v) != JSON_OBJECT)
		return broke(c, at, RULE_KIND, "must be an object");
	if (json_len(v) == 0)
		return broke(c, at, RULE_EMPTY, "a dictionary must not be empty");
	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};
		size_t n;
		const char *s = json_str(val, &n);

		here.key = json_str(key, &here.n);
		if ((r = check_name(c, &here, here.key, here.n, false)) == 0)
			r = s != NULL ? check_digest(c, &here, s, n) : broke(c, &here, RULE_KIND, "must be a string");
		if (r != 0)
			return r;
	}
	return 0;
}

int check_dict(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int r;

	if (json_type(v) != JSON_OBJECT)
		return broke(c, at, RULE_KIND, "must be an object");
	if (json_len(v) == 0)
		return broke(c, at, RULE_EMPTY, "a dictionary must not be empty");
	if (p->max != 0 && json_len(v) > p->max)
		return broke(c, at, RULE_BOUND, "has more than %u entries", p->max);
	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};

		here.key = json_str(key, &here.n);
		if ((r = check_name(c, &here, here.key, here.n, false)) != 0)
			return r;
		r = p->sub != NULL ? check_value(c, &here, p->sub, val) : walk(c, &here, here.key, here.n, val);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Deprecated: what stands in it may be of STIX 2.0, so no table is asked. */
int check_container(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int r = 0;

	(void)p;
	if (json_type(v) != JSON_OBJECT)
		return broke(c, at, RULE_KIND, "must be an object");
	if (json_len(v) == 0)
		return broke(c, at, RULE_EMPTY, "a container must not be empty");
	c->contained = true;
	json_iter(&it, v);
	while (r == 0 && json_next(&it, &key, &val)) {
		struct at here = {.up = at};

		here.key = json_str(key, &here.n);
		if (json_type(val) != JSON_OBJECT || json_get_str(val, "type") == NULL)
			r = broke(c, &here, RULE_KIND, "must be an object with a \"type\"");
		if (r == 0 && (r = check_name(c, &here, here.key, here.n, false)) == 0)
			r = walk(c, &here, here.key, here.n, val);
	}
	c->contained = false;
	return r;
}
