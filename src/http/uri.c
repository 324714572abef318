#include <string.h>

#include "base/enc.h"
#include "http/priv.h"

/* What may stand unencoded in path and query: RFC 3986 pchar, "/" and "?". */
static bool plain_byte(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '-' && c <= '9') || (c >= 'A' && c <= 'Z')) /* "-./" stand before the digits */
		return true;
	return c != 0 && strchr("_~!$&'()*+,;=:@?", c) != NULL;
}

/* One byte of s at *i, decoded; *i moves on. -1: broken. */
static int decode(const char *s, size_t n, size_t *i)
{
	unsigned char b;

	if (s[*i] != '%') {
		b = (unsigned char)s[*i];
		*i += 1;
		return plain_byte(b) ? b : -1;
	}
	if (n - *i < 3 || !hex_decode(s + *i + 1, 2, &b, 1))
		return -1;
	*i += 3;
	return b;
}

/*
 * An encoded "/" would be a separator to us and a letter to a front before us, so it is refused
 * rather than given one of the two meanings; so is every way to spell "." and "..".
 */
static int path_byte(const char *s, size_t n, size_t *i)
{
	const bool escaped = s[*i] == '%';
	const int c = decode(s, n, i);

	if (c < 0x20 || c == 0x7f || (escaped && c == '/') || c == '\\' || (!escaped && c == '?'))
		return -1;
	return c;
}

static bool dot_segment(const char *seg, size_t n)
{
	return (n == 1 && seg[0] == '.') || (n == 2 && seg[0] == '.' && seg[1] == '.');
}

static int path_parse(const char *s, size_t n, char **to, struct err *e)
{
	char *const start = *to;
	char *p = start, *seg;
	size_t i = 0;
	int c;

	if (n == 0 || s[0] != '/')
		return fail(e, E_FORMAT, "the address must start with \"/\"");
	while (i < n) {
		const size_t at = i;

		if (s[i] != '%' && s[i] != '?' && plain_byte((unsigned char)s[i])) {
			*p++ = s[i++];
			continue;
		}
		if ((c = path_byte(s, n, &i)) < 0)
			return fail(e, E_FORMAT, "address, byte %zu: not a legal byte or escape here", at + 1);
		*p++ = (char)(unsigned char)c;
	}
	*p = '\0';
	if (utf8_check(start, (size_t)(p - start)) != (size_t)(p - start))
		return fail(e, E_FORMAT, "address: not UTF-8");
	for (seg = start + 1; seg < p; seg += strcspn(seg, "/") + 1)
		if (*seg == '/' || dot_segment(seg, strcspn(seg, "/")))
			return fail(e, E_FORMAT, "address: an empty or dot segment");
	*to = p + 1;
	return 0;
}

/* A name or value of the query up to its end; decoded and NUL-terminated behind *to. */
static int text_parse(const char *s, size_t n, char **to, const char **ret, struct err *e)
{
	char *const start = *to;
	char *p = start;
	size_t i = 0;
	int c;

	while (i < n) {
		if (s[i] == '+') {
			*p++ = ' ';
			i++;
			continue;
		}
		/* RFC 3986 wants brackets encoded; TAXII 2.1 §3.4 itself writes match[type]=…, and so do its clients. */
		if (s[i] == '[' || s[i] == ']') {
			*p++ = s[i++];
			continue;
		}
		if ((c = decode(s, n, &i)) < 0)
			return fail(e, E_FORMAT, "query: not a legal byte or escape");
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return fail(e, E_FORMAT, "query: a control byte");
		*p++ = (char)(unsigned char)c;
	}
	*p = '\0';
	if (utf8_check(start, (size_t)(p - start)) != (size_t)(p - start))
		return fail(e, E_FORMAT, "query: not UTF-8");
	*ret = start;
	*to = p + 1;
	return 0;
}

static int query_parse(const char *s, size_t n, char **to, struct http_target *t, struct err *e)
{
	size_t len, name_n;
	const char *eq;
	int r;

	for (; n > 0; s += len, n -= len) {
		if (*s == '&') {
			len = 1;
			continue;
		}
		eq = memchr(s, '&', n);
		len = eq != NULL ? (size_t)(eq - s) : n;
		eq = memchr(s, '=', len);
		name_n = eq != NULL ? (size_t)(eq - s) : len;
		if (t->params == LIMIT_HTTP_PARAMS)
			return fail(e, E_FORMAT, "query: more than %d parameters", LIMIT_HTTP_PARAMS);
		if ((r = text_parse(s, name_n, to, &t->param[t->params].name, e)) != 0)
			return r;
		t->param[t->params].value = "";
		if (eq != NULL && (r = text_parse(eq + 1, len - name_n - 1, to, &t->param[t->params].value, e)) != 0)
			return r;
		t->params++;
	}
	return 0;
}

/* Absolute form: skip "http://authority"; servers must take it, RFC 9112 §3.2.2. */
static void skip_authority(const char **s, size_t *n)
{
	static const char *const schemes[] = {"http://", "https://"};
	size_t skip;

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		skip = strlen(schemes[i]);
		if (*n <= skip || memcmp(*s, schemes[i], skip) != 0)
			continue;
		while (skip < *n && (*s)[skip] != '/' && (*s)[skip] != '?')
			skip++;
		*s += skip;
		*n -= skip;
		return;
	}
}

static int parse(const char *s, size_t n, struct http_target *ret, struct err *e)
{
	char *to = ret->mem;
	const char *query;
	int r;

	ret->path = ret->mem;
	if (n > LIMIT_HTTP_URL)
		return fail(e, E_LIMIT, "the address is longer than %d bytes", LIMIT_HTTP_URL);
	if (n == 1 && s[0] == '*') {
		ret->path = "*";
		return 0;
	}
	skip_authority(&s, &n);
	query = memchr(s, '?', n);
	if ((r = path_parse(s, query != NULL ? (size_t)(query - s) : n, &to, e)) != 0)
		return r;
	if (query == NULL)
		return 0;
	return query_parse(query + 1, n - (size_t)(query - s) - 1, &to, ret, e);
}

/* "/name/" or "/name", if the target begins so in plain letters; whose dress an error wears hangs on it. */
static const char *first_segment(const char *s, size_t n, char *to)
{
	size_t end = 1;

	while (end < n && ((s[end] >= '0' && s[end] <= '9') || (s[end] >= 'A' && s[end] <= 'Z') || (s[end] >= 'a' && s[end] <= 'z')))
		end++;
	if (n == 0 || s[0] != '/' || end == 1 || (end < n && s[end] != '/' && s[end] != '?'))
		return "/";
	end += end < n && s[end] == '/';
	memcpy(to, s, end);
	to[end] = '\0';
	return to;
}

int http_target_parse(const char *s, size_t n, struct http_target *ret, struct err *e)
{
	int r;

	ret->params = 0;
	if ((r = parse(s, n, ret, e)) != 0) {
		/* An error page still wants a path to show and no half-decoded bytes. */
		ret->path = first_segment(s, n < LIMIT_HTTP_URL ? n : LIMIT_HTTP_URL, ret->mem);
		ret->params = 0;
	}
	return r;
}
