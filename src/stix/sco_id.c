/* Deterministic ids of cyber-observables (STIX 2.1 §2.9, §3.4): UUIDv5 over the canonical JSON of what contributes. */
#include "base/buf.h"
#include "stix/priv.h"

/* 00abedb4-aa42-466c-9c01-fed23315a9b7 */
static const uint8_t namespace[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

/* The name as it is made. Room for what is usual, so that checking allocates nothing; payloads go through it in parts. 512 bytes of text become 3,074 at most. */
struct name { struct sha1_ctx sha; struct buf b; bool ok, any; char room[3200]; };

static void put(struct name *n, const char *s) { sha1_add(&n->sha, s, strlen(s)); }

/* Escapes stand for single bytes, so a text may be cut anywhere. */
static void put_text(struct name *n, const char *s, size_t len)
{
	put(n, "\"");
	for (size_t at = 0, m; at < len; at += m) {
		m = len - at < 512 ? len - at : 512;
		buf_clear(&n->b);
		json_put_str(&n->b, s + at, m);
		sha1_add(&n->sha, n->b.p + 1, n->b.n - 2);
	}
	put(n, "\"");
}

static void put_canon(struct name *n, const struct json_val *v)
{
	CLEANUP_BUF struct buf big = BUF_INIT(0);
	struct buf *b = &n->b;

	buf_clear(b);
	json_canon(v, b);
	if (b->err == E_LIMIT)
		json_canon(v, b = &big);
	if (b->err == 0)
		sha1_add(&n->sha, b->p, b->n);
	n->ok = n->ok && b->err == 0;
}

static void put_value(struct name *n, const struct json_val *v)
{
	size_t len;
	const char *s = json_str(v, &len);

	if (s != NULL)
		put_text(n, s, len);
	else
		put_canon(n, v);
}

/* Only one hash counts: the first of these that is there, else, where the standard leaves it open, the first by name. */
static const struct json_val *choose_hash(const struct json_val *hashes, const char **ret_key, size_t *ret_n)
{
	static const char *const preferred[] = {"MD5", "SHA-1", "SHA-256", "SHA-512"};
	const struct json_val *key, *val, *best = NULL;
	struct json_iter it;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(preferred); i++)
		if ((val = json_get(hashes, preferred[i])) != NULL) {
			*ret_key = preferred[i];
			*ret_n = strlen(preferred[i]);
			return val;
		}
	json_iter(&it, hashes);
	while (json_next(&it, &key, &val)) {
		const char *s = json_str(key, &n);

		if (best == NULL || strcmp(s, *ret_key) < 0) {
			best = val;
			*ret_key = s;
			*ret_n = n;
		}
	}
	return best;
}

static void put_member(struct name *n, const char *key, const struct json_val *v)
{
	put(n, n->any ? ",\"" : "{\"");
	n->any = true;
	put(n, key);
	put(n, "\":");
	if (strcmp(key, "hashes") == 0) {
		const char *alg = "";
		size_t alg_n = 0;
		const struct json_val *digest = choose_hash(v, &alg, &alg_n);

		put(n, "{");
		put_text(n, alg, alg_n);
		put(n, ":");
		put_value(n, digest);
		put(n, "}");
	} else {
		put_value(n, v);
	}
}

/* A property as far as it is there; null and what is no dictionary with a hash in it say nothing. */
static const struct json_val *part(const struct json_val *obj, const char *key)
{
	const struct json_val *v = json_get(obj, key);

	if (strcmp(key, "hashes") == 0 && (json_type(v) != JSON_OBJECT || json_len(v) == 0))
		return NULL;
	return json_type(v) != JSON_NULL ? v : NULL;
}

static bool contributes(const char *const *from, const struct json_val *obj)
{
	for (; *from != NULL; from++)
		if (part(obj, *from) != NULL)
			return true;
	return false;
}

static bool id_of(const char *type, const char *const *from, const struct json_val *obj, char out[LIMIT_STIX_ID + 1])
{
	const size_t type_n = strlen(type);
	uint8_t uuid[16];
	struct name n;

	n.b = (struct buf){.p = n.room, .cap = sizeof(n.room), .max = sizeof(n.room) - 1}; /* never grows, never freed */
	n.ok = true;
	n.any = false;
	uuid_v5_begin(&n.sha, namespace);
	for (; *from != NULL; from++) {
		const struct json_val *v = part(obj, *from);

		if (v != NULL)
			put_member(&n, *from, v);
	}
	put(&n, "}");
	uuid_v5_end(&n.sha, uuid);
	memcpy(out, type, type_n);
	memcpy(out + type_n, "--", 2);
	uuid_format(uuid, out + type_n + 2);
	return n.ok && n.any;
}

bool stix_sco_id(const struct json_val *obj, char out[LIMIT_STIX_ID + 1])
{
	const char *name = json_get_str(obj, "type");
	const struct stix_type *t = name != NULL ? stix_type_named(name, strlen(name)) : NULL;

	for (const struct stix_whole *w = t != NULL ? t->whole : NULL; w != NULL && w->op != WHOLE_END; w++)
		if (w->op == WHOLE_ID)
			return contributes(w->from, obj) && id_of(name, w->from, obj, out);
	return false;
}

int check_sco_id(struct ck *c, const struct stix_whole *w)
{
	const struct at at = {.key = "id", .n = 2};
	const char version = c->id[c->id_n - 22]; /* of the UUID's 36 characters, the 15th */
	char want[LIMIT_STIX_ID + 1];

	if (!contributes(w->from, c->obj))
		return version == '4' ? 0 : broke(c, &at, RULE_SCO_UUID, "nothing this id could be computed from is there: must be a UUID of version 4");
	if (c->warn == NULL || !id_of(c->o.type, w->from, c->obj, want)) /* both rules only ever warn */
		return 0;
	if (version == '4')
		return broke(c, &at, RULE_UUID, "should be %s, computed from its properties", want);
	return version != '5' || strcmp(want, c->id) == 0 ? 0 : broke(c, &at, RULE_SCO_ID, "differs from the one computed from its properties: %s", want);
}
