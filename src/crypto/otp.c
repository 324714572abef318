#include "crypto/crypto.h"

#include <assert.h>
#include <string.h>

#include "base/enc.h"

#define BLOCK 64 /* of SHA-1 */

/* RFC 2104. */
static void hmac_sha1(const void *key, size_t n, const void *p, size_t p_n, uint8_t out[SHA1_LEN])
{
	uint8_t pad[BLOCK] = {0}, inner[SHA1_LEN];
	struct sha1_ctx c;

	if (n > BLOCK)
		sha1(key, n, pad);
	else
		memcpy(pad, key, n);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	sha1_begin(&c);
	sha1_add(&c, pad, BLOCK);
	sha1_add(&c, p, p_n);
	sha1_end(&c, inner);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha1_begin(&c);
	sha1_add(&c, pad, BLOCK);
	sha1_add(&c, inner, sizeof(inner));
	sha1_end(&c, out);
	secret_wipe(pad, sizeof(pad));
	secret_wipe(&c, sizeof(c));
}

uint32_t hotp(const void *key, size_t n, uint64_t counter, unsigned digits)
{
	uint8_t text[8], sum[SHA1_LEN];
	uint32_t modulus = 1;

	assert(digits >= 6 && digits <= 8);
	be_put(text, counter, sizeof(text));
	hmac_sha1(key, n, text, sizeof(text), sum);
	for (unsigned i = 0; i < digits; i++)
		modulus *= 10;
	/* RFC 4226 §5.3: the last nibble says where. */
	return ((uint32_t)be_get(sum + (sum[19] & 0x0f), 4) & 0x7fffffff) % modulus;
}
