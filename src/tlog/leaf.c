#include <string.h>

#include "base/enc.h"
#include "tlog/inside.h"

static const char leaf_domain[] = "verbale/leaf/v1\n";

void leaf_commit(const uint8_t salt[SALT_LEN], const uint8_t entry_sha256[SHA256_LEN], uint8_t leaf[LEAF_LEN])
{
	const struct piece v[] = {
	    {leaf_domain, sizeof(leaf_domain) - 1}, {salt, SALT_LEN}, {entry_sha256, SHA256_LEN}};

	leaf[0] = 0x01;
	sha256v(v, ARRAY_LEN(v), leaf + 1);
}

struct hash leaf_hash(const void *leaf, size_t n)
{
	static const uint8_t prefix = 0x00;
	const struct piece v[] = {{&prefix, 1}, {leaf, n}};
	struct hash h;

	if (n == LEAF_LEN) { /* every leaf of ours: one block of SHA-256, no piecewise feeding */
		uint8_t in[1 + LEAF_LEN];

		in[0] = prefix;
		memcpy(in + 1, leaf, LEAF_LEN);
		sha256(in, sizeof(in), h.b);
		return h;
	}
	sha256v(v, ARRAY_LEN(v), h.b);
	return h;
}

struct hash node_hash(const struct hash *l, const struct hash *r)
{
	uint8_t in[1 + 2 * HASH_LEN];
	struct hash h;

	in[0] = 0x01;
	memcpy(in + 1, l->b, HASH_LEN);
	memcpy(in + 1 + HASH_LEN, r->b, HASH_LEN);
	sha256(in, sizeof(in), h.b);
	return h;
}

struct hash empty_root(void)
{
	struct hash h;

	sha256("", 0, h.b);
	return h;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_LEN) == 0; /* hashes are public: nothing to hide by constant time */
}

bool hash_parse(const char *s, size_t n, struct hash *ret)
{
	struct hash h;
	size_t got;

	if (!base64_decode(s, n, h.b, HASH_LEN, &got) || got != HASH_LEN)
		return false;
	*ret = h;
	return true;
}
