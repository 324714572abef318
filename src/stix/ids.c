#include <string.h>

#include "stix/priv.h"

#define UUID_TEXT 36

/* Value of a lower-case hexadecimal digit plus one; 0 for every other byte. */
static const uint8_t digit1[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};
/* Where the 16 bytes stand in the 36 characters. */
static const uint8_t place[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};

bool uuid_parse(const char *s, size_t n, uint8_t ret[16])
{
	uint8_t u[16];
	bool ok;

	if (n != UUID_TEXT)
		return false;
	ok = s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-';
	for (size_t i = 0; i < 16; i++) {
		const unsigned hi = digit1[(unsigned char)s[place[i]]], lo = digit1[(unsigned char)s[place[i] + 1]];

		ok = ok && hi != 0 && lo != 0;
		u[i] = (uint8_t)((hi - 1) << 4 | ((lo - 1) & 15));
	}
	if (ok)
		memcpy(ret, u, 16);
	return ok;
}

void uuid_format(const uint8_t u[16], char out[37])
{
	static const char hex[] = "0123456789abcdef";

	out[8] = out[13] = out[18] = out[23] = '-';
	for (size_t i = 0; i < 16; i++) {
		out[place[i]] = hex[u[i] >> 4];
		out[place[i] + 1] = hex[u[i] & 15];
	}
	out[UUID_TEXT] = '\0';
}

static void stamp(uint8_t u[16], unsigned version)
{
	u[6] = (uint8_t)((u[6] & 0x0f) | version << 4);
	u[8] = (uint8_t)((u[8] & 0x3f) | 0x80); /* RFC 9562 §4.1, the variant STIX asks for */
}

void uuid_v4(const uint8_t random[16], uint8_t ret[16])
{
	memcpy(ret, random, 16);
	stamp(ret, 4);
}

void uuid_v5_begin(struct sha1_ctx *c, const uint8_t ns[16])
{
	sha1_begin(c);
	sha1_add(c, ns, 16);
}

void uuid_v5_end(struct sha1_ctx *c, uint8_t ret[16])
{
	uint8_t digest[SHA1_LEN];

	sha1_end(c, digest);
	memcpy(ret, digest, 16);
	stamp(ret, 5);
}

void uuid_v5(const uint8_t ns[16], const void *name, size_t n, uint8_t ret[16])
{
	struct sha1_ctx c;

	uuid_v5_begin(&c, ns);
	sha1_add(&c, name, n);
	uuid_v5_end(&c, ret);
}

bool stix_type_ok(const char *s, size_t n)
{
	if (n < 3 || n > LIMIT_STIX_TYPE || s[0] < 'a' || s[0] > 'z')
		return false;
	for (size_t i = 0; i < n; i++) {
		const char c = s[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
		if (c == '-' && s[i - 1] == '-')
			return false; /* "--" ends the type in an id */
	}
	return s[n - 1] != '-';
}

bool stix_id_split(const char *s, size_t n, size_t *ret_type_n, unsigned *ret_version)
{
	uint8_t u[16];
	size_t t;

	if (n < 3 + 2 + UUID_TEXT || n > LIMIT_STIX_ID)
		return false;
	t = n - 2 - UUID_TEXT;
	if (s[t] != '-' || s[t + 1] != '-' || !uuid_parse(s + t + 2, UUID_TEXT, u) || (u[8] & 0xc0) != 0x80)
		return false;
	*ret_type_n = t;
	*ret_version = u[6] >> 4;
	return stix_type_ok(s, t);
}

bool stix_id_ok(const char *s, size_t n)
{
	size_t type_n;
	unsigned version;

	return stix_id_split(s, n, &type_n, &version);
}
