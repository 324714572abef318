#include "base/enc.h"

#include <string.h>

static const char hexdigits[] = "0123456789abcdef";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_encode(const void *in, size_t n, char *out)
{
	const unsigned char *p = in;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = hexdigits[p[i] >> 4];
		out[2 * i + 1] = hexdigits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(const char *s, size_t len, void *out, size_t n)
{
	unsigned char *p = out;

	if (len != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		const int hi = hex_value(s[2 * i]), lo = hex_value(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		p[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

void base64_encode(const void *in, size_t n, char *out)
{
	const unsigned char *p = in;
	size_t i;

	for (i = 0; i + 2 < n; i += 3) {
		const uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];

		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = alphabet[v >> 6 & 63];
		*out++ = alphabet[v & 63];
	}
	if (i < n) {
		const uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0);

		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = i + 1 < n ? alphabet[v >> 6 & 63] : '=';
		*out++ = '=';
	}
	*out = '\0';
}

void base64_put(struct buf *b, const void *in, size_t n)
{
	char *to = buf_grow(b, BASE64_LEN(n));

	if (to != NULL) /* the terminator falls on the byte buf keeps behind n */
		base64_encode(in, n, to);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* One group of four; `pad` counts its '='. Returns false on bad digits or set unused bits. */
static bool base64_group(const char *s, size_t pad, unsigned char out[3])
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		const int d = i < 4 - pad ? base64_value(s[i]) : 0;

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	if ((pad == 1 && (v & 0xff) != 0) || (pad == 2 && (v & 0xffff) != 0))
		return false;
	out[0] = (unsigned char)(v >> 16);
	out[1] = (unsigned char)(v >> 8);
	out[2] = (unsigned char)v;
	return true;
}

bool base64_decode(const char *s, size_t len, void *out, size_t max, size_t *ret_n)
{
	unsigned char *to = out, group[3];
	size_t n = 0, pad = 0;

	if (len % 4 != 0)
		return false;
	if (len > 0 && s[len - 1] == '=')
		pad = s[len - 2] == '=' ? 2 : 1;
	if (len / 4 * 3 - pad > max)
		return false;
	for (size_t i = 0; i < len; i += 4) {
		const size_t p = i + 4 == len ? pad : 0;

		if (!base64_group(s + i, p, group))
			return false;
		memcpy(to + n, group, 3 - p);
		n += 3 - p;
	}
	*ret_n = n;
	return true;
}

void base64url_encode(const void *in, size_t n, char *out)
{
	static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *const p = in;
	unsigned bits = 0;
	uint32_t v = 0;

	for (size_t i = 0; i < n; i++) {
		v = v << 8 | p[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = url[v >> (bits - 6) & 63];
	}
	if (bits > 0)
		*out++ = url[v << (6 - bits) & 63];
	*out = '\0';
}

bool base64url_decode(const char *s, size_t len, void *out, size_t max, size_t *ret_n)
{
	unsigned char *to = out;
	unsigned bits = 0;
	uint32_t v = 0;
	size_t n = 0;

	if (len % 4 == 1 || len / 4 * 3 + len % 4 * 3 / 4 > max)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = s[i] == '-' ? '+' : s[i] == '_' ? '/' : s[i] == '+' || s[i] == '/' ? '!' : s[i];
		const int d = base64_value(c);

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
		if ((bits += 6) >= 8) {
			bits -= 8;
			to[n++] = (unsigned char)(v >> bits);
		}
	}
	if ((v & ((1U << bits) - 1)) != 0)
		return false;
	*ret_n = n;
	return true;
}

void base32_encode(const void *in, size_t n, char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const unsigned char *const p = in;
	unsigned bits = 0;
	uint32_t v = 0;

	for (size_t i = 0; i < n; i++) {
		v = v << 8 | p[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*out++ = letters[v >> (bits - 5) & 31];
	}
	if (bits > 0)
		*out++ = letters[v << (5 - bits) & 31];
	*out = '\0';
}

/* Length of the well-formed sequence at s (RFC 3629 §4), 0 if none. */
static size_t utf8_seq(const unsigned char *s, size_t n)
{
	size_t len;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

size_t utf8_check(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0;

	while (i < n) {
		const size_t len = utf8_seq(p + i, n - i);

		if (len == 0)
			return i;
		i += len;
	}
	return n;
}

bool dec_parse(const char *s, size_t len, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (len == 0 || len > 20 || (len > 1 && s[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		const uint64_t d = (uint64_t)(unsigned char)s[i] - '0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

unsigned dec_prefix(const char *s)
{
	unsigned v = 0;

	for (int i = 0; i < 9 && s[i] >= '0' && s[i] <= '9'; i++)
		v = 10 * v + (unsigned)(s[i] - '0');
	return v;
}

size_t dec_format(uint64_t v, char ret[DEC_MAX + 1])
{
	char digits[DEC_MAX];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	for (size_t i = 0; i < n; i++)
		ret[i] = digits[n - 1 - i];
	ret[n] = '\0';
	return n;
}
