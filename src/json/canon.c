#include "json/impl.h"

#include <string.h>

#include "base/mem.h"

/* Room for exactly n more bytes, already counted as used. buf_grow without the call in the common case. */
static inline char *take(struct buf *b, size_t n)
{
	const size_t max = b->max != 0 ? b->max : LIMIT_BUF;
	char *p;

	if (b->p == NULL || b->err != 0 || b->cap - b->n <= n || b->n + n > max)
		return buf_grow(b, n);
	p = b->p + b->n;
	b->n += n;
	p[n] = '\0';
	return p;
}

static inline void put(struct buf *b, const char *s, size_t n)
{
	char *to = take(b, n);

	if (to != NULL)
		memcpy(to, s, n);
}

/* --- strings: RFC 8785 §3.2.2.2 --- */

#define EACH(byte) (0x0101010101010101ULL * (byte))
#define ANY_BELOW(x, byte) (((x) - EACH(byte)) & ~(x) & EACH(0x80))

/* Does any of the eight bytes need an escape: control character, quote, backslash? */
static inline bool special8(const char *s)
{
	uint64_t x;

	memcpy(&x, s, 8);
	return (ANY_BELOW(x, 0x20) | ANY_BELOW(x ^ EACH('"'), 1) | ANY_BELOW(x ^ EACH('\\'), 1)) != 0;
}

static inline bool special(char c) { return (unsigned char)c < 0x20 || c == '"' || c == '\\'; }

/* Length of the run in front that goes out as it is. */
static inline size_t clean_run(const char *s, size_t n)
{
	size_t i = 0;

	while (n - i >= 8 && !special8(s + i))
		i += 8;
	while (i < n && !special(s[i]))
		i++;
	return i;
}

static void put_escape(struct buf *b, char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letter[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};
	const unsigned u = (unsigned char)c;
	const char two[] = {'\\', letter[u]};
	const char six[] = {'\\', 'u', '0', '0', hex[u >> 4 & 15], hex[u & 15]};

	if (letter[u] != 0)
		put(b, two, sizeof(two));
	else
		put(b, six, sizeof(six));
}

static void put_escaped(struct buf *out, const char *s, size_t n)
{
	while (n > 0) {
		const size_t run = clean_run(s, n);

		put(out, s, run);
		if (run == n)
			break;
		put_escape(out, s[run]);
		s += run + 1;
		n -= run + 1;
	}
}

/* The string in quotes and, behind a member's name, the colon. */
static inline void put_string(struct buf *out, const char *s, size_t n, bool colon)
{
	char *to;

	if (n > SIZE_MAX - 3 || clean_run(s, n) < n) {
		put(out, "\"", 1);
		put_escaped(out, s, n);
		put(out, "\":", 1 + (size_t)colon);
		return;
	}
	if ((to = take(out, n + 2 + (size_t)colon)) == NULL)
		return;
	to[0] = '"';
	if (n > 0)
		memcpy(to + 1, s, n);
	to[n + 1] = '"';
	if (colon)
		to[n + 2] = ':';
}

void json_put_str(struct buf *out, const char *s, size_t n) { put_string(out, s, n, false); }

void json_put_num(struct buf *out, double v)
{
	char text[JSON_NUM_MAX];

	put(out, text, json_num_text(v, text));
}

void json_put_member(struct buf *out, bool *first, const char *key)
{
	if (!*first)
		put(out, ",", 1);
	*first = false;
	put_string(out, key, strlen(key), true);
}

/* --- values; recursion is bounded as the reader refuses more than LIMIT_JSON_DEPTH levels --- */

static yyjson_val *put_value(struct buf *out, yyjson_val *v);

static yyjson_val *put_array(struct buf *out, yyjson_val *arr)
{
	yyjson_val *v = arr + 1;

	put(out, "[", 1);
	for (size_t i = 0, n = unsafe_yyjson_get_len(arr); i < n; i++) {
		if (i > 0)
			put(out, ",", 1);
		v = put_value(out, v);
	}
	put(out, "]", 1);
	return v;
}

static yyjson_val *put_member(struct buf *out, yyjson_val *key, bool first)
{
	if (!first)
		put(out, ",", 1);
	put_string(out, unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key), true);
	return put_value(out, key + 1);
}

static void put_sorted(struct buf *out, yyjson_val *obj, yyjson_val **keys, yyjson_val **tmp, size_t n)
{
	yyjson_val *key = obj + 1;

	for (size_t i = 0; i < n; i++, key = json_next_key(key))
		keys[i] = key;
	json_sort_names(keys, tmp, n);
	for (size_t i = 0; i < n; i++)
		put_member(out, keys[i], i == 0);
}

static void put_few(struct buf *out, yyjson_val *obj, size_t n)
{
	yyjson_val *keys[JSON_FEW];

	put_sorted(out, obj, keys, NULL, n);
}

static void put_many(struct buf *out, yyjson_val *obj, size_t n)
{
	yyjson_val **keys = mem_array(n, 2 * sizeof(yyjson_val *));

	if (keys != NULL)
		put_sorted(out, obj, keys, keys + n, n);
	else if (out->err == 0)
		out->err = E_NOMEM;
	mem_free(keys);
}

static yyjson_val *put_object(struct buf *out, yyjson_val *obj)
{
	const size_t n = unsafe_yyjson_get_len(obj);
	yyjson_val *key = obj + 1;

	put(out, "{", 1);
	if (n < 2 || json_names_ascend(obj))
		for (size_t i = 0; i < n; i++)
			key = put_member(out, key, i == 0);
	else if (n <= JSON_FEW)
		put_few(out, obj, n);
	else
		put_many(out, obj, n);
	put(out, "}", 1);
	return unsafe_yyjson_get_next(obj);
}

static void put_number(struct buf *out, yyjson_val *v)
{
	char text[JSON_NUM_MAX];

	if (unsafe_yyjson_get_subtype(v) == YYJSON_SUBTYPE_REAL)
		json_put_num(out, unsafe_yyjson_get_real(v));
	else /* both kinds of integer lie within ±(2^53−1) */
		put(out, text, json_int_text(unsafe_yyjson_get_sint(v), text));
}

/* Returns the value that follows v in memory, so that arrays and sorted objects need no second look. */
static yyjson_val *put_value(struct buf *out, yyjson_val *v)
{
	switch (unsafe_yyjson_get_type(v)) {
	case YYJSON_TYPE_STR:
		put_string(out, unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v), false);
		return v + 1;
	case YYJSON_TYPE_NUM:
		put_number(out, v);
		return v + 1;
	case YYJSON_TYPE_BOOL:
		if (unsafe_yyjson_get_bool(v))
			put(out, "true", 4);
		else
			put(out, "false", 5);
		return v + 1;
	case YYJSON_TYPE_ARR:
		return put_array(out, v);
	case YYJSON_TYPE_OBJ:
		return put_object(out, v);
	default:
		put(out, "null", 4);
		return v + 1;
	}
}

void json_canon(const struct json_val *v, struct buf *out) { put_value(out, json_raw(v)); }

int json_canon_text(const void *p, size_t n, struct buf *out, struct err *e)
{
	struct json_doc *d = NULL;
	int rc = json_read(p, n, NULL, &d, e);

	if (rc == 0) {
		json_canon(json_root(d), out);
		rc = buf_err(out, e, "canonical JSON");
	}
	json_free(d);
	return rc;
}

int json_is_canon(const void *p, size_t n, bool *ret, struct err *e)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	int rc = json_canon_text(p, n, &out, e);

	if (rc == 0)
		*ret = out.n == n && memcmp(out.p, p, n) == 0;
	return rc;
}
