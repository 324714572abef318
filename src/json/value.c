#include "json/impl.h"

#include <math.h>
#include <string.h>

#define EXACT_MAX 9007199254740991.0 /* 2^53 − 1 */

enum json_type json_type(const struct json_val *v)
{
	yyjson_val *r = json_raw(v);

	if (v == NULL)
		return JSON_NULL;
	switch (unsafe_yyjson_get_type(r)) {
	case YYJSON_TYPE_BOOL: return unsafe_yyjson_get_bool(r) ? JSON_TRUE : JSON_FALSE;
	case YYJSON_TYPE_NUM: return JSON_NUMBER;
	case YYJSON_TYPE_STR: return JSON_STRING;
	case YYJSON_TYPE_ARR: return JSON_ARRAY;
	case YYJSON_TYPE_OBJ: return JSON_OBJECT;
	default: return JSON_NULL;
	}
}

const struct json_val *json_getn(const struct json_val *obj, const char *key, size_t n)
{
	yyjson_val *r = json_raw(obj);

	return obj != NULL && key != NULL && unsafe_yyjson_is_obj(r) ? json_wrap(yyjson_obj_getn(r, key, n)) : NULL;
}

const struct json_val *json_get(const struct json_val *obj, const char *key)
{
	return key != NULL ? json_getn(obj, key, strlen(key)) : NULL;
}

size_t json_len(const struct json_val *v)
{
	return v != NULL && unsafe_yyjson_is_ctn(json_raw(v)) ? unsafe_yyjson_get_len(json_raw(v)) : 0;
}

const char *json_str(const struct json_val *v, size_t *ret_n)
{
	const bool is = v != NULL && unsafe_yyjson_is_str(json_raw(v));

	if (ret_n != NULL)
		*ret_n = is ? unsafe_yyjson_get_len(json_raw(v)) : 0;
	return is ? unsafe_yyjson_get_str(json_raw(v)) : NULL;
}

const char *json_get_str(const struct json_val *obj, const char *key)
{
	size_t n;
	const char *s = json_str(json_get(obj, key), &n);

	return s != NULL && memchr(s, '\0', n) == NULL ? s : NULL;
}

bool json_str_is(const struct json_val *v, const char *s)
{
	size_t n;
	const char *is = json_str(v, &n);

	return is != NULL && s != NULL && strlen(s) == n && memcmp(is, s, n) == 0;
}

bool json_num(const struct json_val *v, double *ret)
{
	if (v == NULL || !unsafe_yyjson_is_num(json_raw(v)))
		return false;
	*ret = unsafe_yyjson_get_num(json_raw(v));
	return true;
}

/* Every integer the reader lets through is exact as a double, so one way serves all three of yyjson's kinds. */
bool json_int(const struct json_val *v, int64_t *ret)
{
	double d;

	if (!json_num(v, &d) || fabs(d) > EXACT_MAX || !json_same(d, (double)(int64_t)d))
		return false;
	*ret = (int64_t)d;
	return true;
}

bool json_bool(const struct json_val *v, bool *ret)
{
	if (v == NULL || !unsafe_yyjson_is_bool(json_raw(v)))
		return false;
	*ret = unsafe_yyjson_get_bool(json_raw(v));
	return true;
}

void json_iter(struct json_iter *it, const struct json_val *v)
{
	*it = (struct json_iter){.next = NULL};
	if (json_len(v) > 0)
		*it = (struct json_iter){json_raw(v) + 1, json_len(v), unsafe_yyjson_is_obj(json_raw(v))};
}

bool json_next(struct json_iter *it, const struct json_val **ret_key, const struct json_val **ret_val)
{
	yyjson_val *at = json_raw(it->next);

	if (it->left == 0)
		return false;
	if (ret_key != NULL)
		*ret_key = it->object ? json_wrap(at) : NULL;
	at += it->object;
	if (ret_val != NULL)
		*ret_val = json_wrap(at);
	it->next = unsafe_yyjson_get_next(at);
	it->left--;
	return true;
}
