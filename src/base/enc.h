/* base/enc.h - strict text encodings: hexadecimal, base64 (RFC 4648 §4), UTF-8 (RFC 3629), decimals. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

#define HEX_LEN(n) (2 * (n))
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

void hex_encode(const void *in, size_t n, char *out /* HEX_LEN(n)+1 */);
/* Lower or upper case, exactly 2·n digits. false: anything else. */
NODISCARD bool hex_decode(const char *s, size_t len, void *out, size_t n);

void base64_encode(const void *in, size_t n, char *out /* BASE64_LEN(n)+1 */);
void base64_put(struct buf *b, const void *in, size_t n);
/*
 * Standard alphabet, padding required, no white space, unused bits zero.
 * At most max bytes; the number to *ret_n. false: malformed or too long.
 */
NODISCARD bool base64_decode(const char *s, size_t len, void *out, size_t max, size_t *ret_n);

/* The URL-safe alphabet (RFC 4648 §5) without padding; otherwise as above. */
#define BASE64URL_LEN(n) (((n) * 4 + 2) / 3)
void base64url_encode(const void *in, size_t n, char *out /* BASE64URL_LEN(n)+1 */);
NODISCARD bool base64url_decode(const char *s, size_t len, void *out, size_t max, size_t *ret_n);

/* Base32 (RFC 4648 §6) without padding, in capitals. */
#define BASE32_LEN(n) (((n) * 8 + 4) / 5)
void base32_encode(const void *in, size_t n, char *out /* BASE32_LEN(n)+1 */);

/* Offset of the first byte that breaks UTF-8 (overlong, surrogate, > U+10FFFF count as broken), or n. */
size_t utf8_check(const char *s, size_t n);

/* "0" or digits without leading zero, no sign, whole string, <= max. */
NODISCARD bool dec_parse(const char *s, size_t len, uint64_t max, uint64_t *ret);

/* The number a text begins with, of at most nine digits; 0 where there is none. For texts of our own making. */
unsigned dec_prefix(const char *s);

/* Decimal digits, NUL-terminated; how many. */
#define DEC_MAX 20
size_t dec_format(uint64_t v, char ret[DEC_MAX + 1]);

/* Big-endian numbers of 1 to 8 bytes. Here, so that those of a known width become one instruction. */
static inline void be_put(void *p, uint64_t v, unsigned bytes)
{
	unsigned char *const to = p;

	for (unsigned i = 0; i < bytes; i++)
		to[i] = (unsigned char)(v >> (8 * (bytes - 1 - i)));
}
static inline uint64_t be_get(const void *p, unsigned bytes)
{
	const unsigned char *const from = p;
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | from[i];
	return v;
}
