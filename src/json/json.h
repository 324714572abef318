/*
 * json/json.h - strict I-JSON in (RFC 7493), canonical JSON out (RFC 8785).
 *
 * Reading refuses: anything not RFC 8259, a byte order mark, invalid UTF-8, duplicate member
 * names (compared after unescaping), lone or reversed surrogates, numbers that overflow, integers
 * outside ±(2^53−1) (no fraction, no exponent in the text, or none in the canonical form: 1e20),
 * more depth than LIMIT_JSON_DEPTH, more bytes than allowed, bytes after the value. So whatever
 * was read, its canonical form can be read again. Errors name line, byte (in the line, both from
 * 1) and JSON path: "standard input: line 2, byte 28, $.units[3].text.de: duplicate member name".
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct json_doc;                 /* owns all values read; not changed after reading: share between threads */
struct json_val;                 /* lives as long as its document */
struct json_pool;                /* optional reusable memory for one document at a time */

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_read_opt {
	size_t max_bytes;        /* 0 = LIMIT_JSON_BYTES */
	unsigned max_depth;      /* 0 = LIMIT_JSON_DEPTH */
	struct json_pool *pool;  /* NULL: memory of its own */
	const char *what;        /* names the input in errors: "standard input"; NULL = "JSON" */
};
/* One JSON text. E_FORMAT, E_LIMIT, E_NOMEM; *ret untouched then. Bytes are copied. Free: json_free. */
NODISCARD int json_read(const void *p, size_t n, const struct json_read_opt *opt, struct json_doc **ret, struct err *e);
void json_free(struct json_doc *d); /* NULL is fine; with a pool: gives the memory back to it */

NODISCARD struct json_pool *json_pool_new(void); /* NULL: no memory. One per thread; not thread-safe. */
void json_pool_free(struct json_pool *p);

const struct json_val *json_root(const struct json_doc *d);
enum json_type json_type(const struct json_val *v); /* NULL: JSON_NULL */
/* All getters take NULL and the wrong type: they answer NULL, 0 or false. */
const struct json_val *json_get(const struct json_val *obj, const char *key);
const struct json_val *json_getn(const struct json_val *obj, const char *key, size_t n);
size_t json_len(const struct json_val *v);                       /* members or elements */
const char *json_str(const struct json_val *v, size_t *ret_n);   /* UTF-8, NUL-terminated; may hold U+0000 inside */
const char *json_get_str(const struct json_val *obj, const char *key); /* NULL if absent, no string, or U+0000 inside */
bool json_str_is(const struct json_val *v, const char *s);
bool json_int(const struct json_val *v, int64_t *ret);           /* integers within ±(2^53−1), 1.0 and 1e2 included */
bool json_num(const struct json_val *v, double *ret);
bool json_bool(const struct json_val *v, bool *ret);

struct json_iter { const void *next; size_t left; bool object; };
/* for (json_iter(&it, v); json_next(&it, &key, &val);) … key is NULL in arrays. Not an array or object: no rounds. */
void json_iter(struct json_iter *it, const struct json_val *v);
bool json_next(struct json_iter *it, const struct json_val **ret_key, const struct json_val **ret_val);

/* Append the RFC 8785 form. Never fails but for the buffer (buf_err). */
void json_canon(const struct json_val *v, struct buf *out);
/* json_read + json_canon of a text we built ourselves or received; same errors as json_read. */
NODISCARD int json_canon_text(const void *p, size_t n, struct buf *out, struct err *e);
/* Is this text already exactly canonical? (read, write, compare) */
NODISCARD int json_is_canon(const void *p, size_t n, bool *ret, struct err *e);

/* Writing by hand: the quoted and escaped JSON form of a string or a number (RFC 8785 §3.2.2). */
void json_put_str(struct buf *out, const char *s, size_t n);
void json_put_num(struct buf *out, double v); /* finite only (asserted) */
void json_put_member(struct buf *out, bool *first, const char *key); /* [,]"key": */
