#include "json/scan.h"

#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#define BLOCK 64

static bool delimits(char c)
{
	static const char marks[] = " \t\r\n,:[]{}\"";

	return memchr(marks, c, sizeof(marks) - 1) != NULL;
}

bool json_scan_begins(char c) { return c == '{' || c == '[' || c == '"' || !delimits(c); }

void json_scan_start(struct json_scan *s, char first)
{
	*s = (struct json_scan){.kind = first == '{' || first == '[' ? SCAN_TREE : first == '"' ? SCAN_STRING : SCAN_WORD};
}

/* --- 64 bytes at once: one bit per byte --- */

struct marks { uint64_t quote, backslash, open, close; };

#ifdef __SSE2__
static uint64_t equal(__m128i v, char c) { return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c))); }

static void mark(const char *p, struct marks *m)
{
	*m = (struct marks){0};
	for (unsigned i = 0; i < BLOCK; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		const __m128i braces = _mm_or_si128(v, _mm_set1_epi8(0x20)); /* [ and ] become { and }; nothing else does */

		m->quote |= equal(v, '"') << i;
		m->backslash |= equal(v, '\\') << i;
		m->open |= equal(braces, '{') << i;
		m->close |= equal(braces, '}') << i;
	}
}
#else
static void mark(const char *p, struct marks *m)
{
	*m = (struct marks){0};
	for (unsigned i = 0; i < BLOCK; i++) {
		m->quote |= (uint64_t)(p[i] == '"') << i;
		m->backslash |= (uint64_t)(p[i] == '\\') << i;
		m->open |= (uint64_t)(p[i] == '{' || p[i] == '[') << i;
		m->close |= (uint64_t)(p[i] == '}' || p[i] == ']') << i;
	}
}
#endif

/* Bit i: an odd number of bits up to and with i, so all from an opening quote up to the byte before the closing one. */
static uint64_t prefix_xor(uint64_t x)
{
	for (unsigned i = 1; i < BLOCK; i *= 2)
		x ^= x << i;
	return x;
}

/* The byte behind the bracket that closes the last open one, or NULL: not in this block. */
static const char *close_in(struct json_scan *s, const char *p, const struct marks *m)
{
	const unsigned opened = (unsigned)__builtin_popcountll(m->open), closed = (unsigned)__builtin_popcountll(m->close);
	uint64_t bits = m->open | m->close;

	if (s->depth > closed) {
		s->depth += opened;
		s->depth -= closed;
		return NULL;
	}
	for (; bits != 0; bits &= bits - 1) {
		const uint64_t bit = bits & (0 - bits);

		if ((m->open & bit) != 0)
			s->depth++;
		else if (--s->depth == 0)
			return p + __builtin_ctzll(bits) + 1;
	}
	return NULL;
}

/* As long as whole blocks without a backslash come. NULL or the end of the value. */
static const char *blocks(struct json_scan *s, const char **p, const char *end)
{
	const char *close;
	struct marks m;
	uint64_t inside;

	for (; end - *p >= BLOCK && !s->escaped; *p += BLOCK) {
		mark(*p, &m);
		if (m.backslash != 0)
			return NULL;
		inside = prefix_xor(m.quote) ^ (s->in_string ? UINT64_MAX : 0);
		m.open &= ~inside;
		m.close &= ~inside;
		if ((close = close_in(s, *p, &m)) != NULL)
			return close;
		s->in_string = inside >> (BLOCK - 1) != 0;
	}
	return NULL;
}

/* --- byte by byte --- */

/* true: the value ends with this byte. */
static bool step(struct json_scan *s, char c)
{
	if (s->in_string) {
		if (s->escaped)
			s->escaped = false;
		else if (c == '\\')
			s->escaped = true;
		else if (c == '"')
			s->in_string = false;
		return !s->in_string && s->kind == SCAN_STRING;
	}
	if (c == '"')
		s->in_string = true;
	else if (c == '{' || c == '[')
		s->depth++;
	else if (c == '}' || c == ']')
		return --s->depth == 0;
	return false;
}

static const char *tree(struct json_scan *s, const char *p, const char *end, bool *ret_done)
{
	*ret_done = true;
	while (p < end) {
		const char *close = blocks(s, &p, end), *stop;

		if (close != NULL)
			return close;
		stop = end - p < BLOCK ? end : p + BLOCK;
		while (p < stop)
			if (step(s, *p++))
				return p;
	}
	*ret_done = false;
	return p;
}

const char *json_scan(struct json_scan *s, const char *p, const char *end, bool *ret_done)
{
	if (s->kind == SCAN_TREE)
		return tree(s, p, end, ret_done);
	if (s->kind == SCAN_WORD) {
		while (p < end && !delimits(*p))
			p++;
		*ret_done = p < end;
		return p;
	}
	*ret_done = false;
	while (p < end && !*ret_done)
		*ret_done = step(s, *p++);
	return p;
}

uint64_t json_scan_lines(const char *p, const char *end, const char **ret_after)
{
	uint64_t lines = 0;
	const char *last;

#ifdef __SSE2__
	for (const char *at = p; end - at >= 16; at += 16)
		lines += (unsigned)__builtin_popcount((unsigned)equal(_mm_loadu_si128((const __m128i *)(const void *)at), '\n'));
	for (const char *at = end - (end - p) % 16; at < end; at++)
		lines += *at == '\n';
#else
	for (const char *at = p; at < end; at++)
		lines += *at == '\n';
#endif
	last = lines > 0 ? memrchr(p, '\n', (size_t)(end - p)) : NULL;
	*ret_after = last != NULL ? last + 1 : p;
	return lines;
}
