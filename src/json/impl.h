/* json/impl.h - shared inside the module only: yyjson's values behind our opaque ones. */
#pragma once
#include <yyjson.h>

#include "base/limits.h"
#include "json/json.h"

/* A struct json_val is a yyjson_val under another name; yyjson's accessors know no const, so it is dropped here once. */
static inline yyjson_val *json_raw(const struct json_val *v) { return (yyjson_val *)(uintptr_t)v; }
static inline const struct json_val *json_wrap(const yyjson_val *v) { return (const struct json_val *)v; }

/* --- members.c: the names in an object --- */

/* The member after the one whose name is `key`; the names of one object are a chain of size `json_len`. */
static inline yyjson_val *json_next_key(yyjson_val *key) { return unsafe_yyjson_get_next(key + 1); }
/* Order of RFC 8785 §3.2.3: by UTF-16 code units. Both valid UTF-8. <0, 0, >0. */
int json_name_cmp(const char *a, size_t an, const char *b, size_t bn);
/* Do the names of this object strictly ascend? Then they are sorted and unique. */
bool json_names_ascend(yyjson_val *obj);
/* Stable sort of n name pointers; `tmp` has room for n (unused up to JSON_FEW). O(n log n) comparisons. */
#define JSON_FEW 32
void json_sort_names(yyjson_val **keys, yyjson_val **tmp, size_t n);

/* --- locate.c: where in the text --- */

enum json_goal {
	JSON_AT_OFFSET,  /* the byte number `n` */
	JSON_AT_VALUE,   /* the n-th value in order of the text, names and the root (0) counted */
	JSON_AT_INTEGER, /* the first integer outside ±(2^53−1) */
};
struct json_spot {
	size_t line, byte;               /* both from 1; byte within the line */
	char path[LIMIT_JSON_PATH + 1];  /* "$.units[3].text.de" */
};
/* Scans without building anything; tolerates broken text in front of the spot. false: no such spot. */
bool json_locate(const char *text, size_t n, enum json_goal goal, size_t goal_n, struct json_spot *ret);

/* --- number.c --- */

#define JSON_NUM_MAX 32
/* ECMAScript Number::toString into `to` (JSON_NUM_MAX bytes, not terminated); the length. Finite only. */
size_t json_num_text(double v, char *to);
size_t json_int_text(int64_t v, char *to);
/* Equality that is meant. */
static inline bool json_same(double a, double b) { return !(a < b) && !(a > b); }
