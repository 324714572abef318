#include "json/impl.h"

#include <string.h>

/*
 * UTF-8 bytes order like code points. UTF-16 differs in one place: U+10000 and above are written
 * with surrogates (D800–DFFF) and so stand before U+E000–FFFF. In UTF-8 the former lead with F0–F4
 * and the latter with EE or EF; lifting these two above F4 gives the order of UTF-16.
 */
static int weight(char c)
{
	const int w = (unsigned char)c;

	return w == 0xee || w == 0xef ? w + 7 : w;
}

int json_name_cmp(const char *a, size_t an, const char *b, size_t bn)
{
	const size_t n = an < bn ? an : bn;
	size_t i = 0;

	while (i < n && a[i] == b[i])
		i++;
	if (i == n)
		return (an > bn) - (an < bn);
	return weight(a[i]) - weight(b[i]);
}

static int cmp(yyjson_val *a, yyjson_val *b)
{
	return json_name_cmp(unsafe_yyjson_get_str(a), unsafe_yyjson_get_len(a), unsafe_yyjson_get_str(b), unsafe_yyjson_get_len(b));
}

bool json_names_ascend(yyjson_val *obj)
{
	const size_t n = unsafe_yyjson_get_len(obj);
	yyjson_val *key = obj + 1;

	for (size_t i = 1; i < n; i++) {
		yyjson_val *next = json_next_key(key);

		if (cmp(key, next) >= 0)
			return false;
		key = next;
	}
	return true;
}

static void insertion_sort(yyjson_val **keys, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		yyjson_val *key = keys[i];
		size_t j = i;

		for (; j > 0 && cmp(keys[j - 1], key) > 0; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
}

static void merge(yyjson_val **to, yyjson_val **a, size_t an, yyjson_val **b, size_t bn)
{
	while (an > 0 && bn > 0) {
		if (cmp(*a, *b) <= 0) {
			*to++ = *a++;
			an--;
		} else {
			*to++ = *b++;
			bn--;
		}
	}
	memcpy(to, an > 0 ? a : b, (an + bn) * sizeof(*to));
}

/* Bottom up and not libc's qsort: its worst case is bounded whatever the sender chose as names. */
void json_sort_names(yyjson_val **keys, yyjson_val **tmp, size_t n)
{
	yyjson_val **from = keys, **to = tmp;

	for (size_t i = 0; i < n; i += JSON_FEW)
		insertion_sort(keys + i, n - i < JSON_FEW ? n - i : JSON_FEW);
	for (size_t run = JSON_FEW; run < n; run *= 2) {
		yyjson_val **swap = from;

		for (size_t i = 0; i < n; i += 2 * run) {
			const size_t an = n - i < run ? n - i : run;
			const size_t bn = n - i - an < run ? n - i - an : run;

			merge(to + i, from + i, an, from + i + an, bn);
		}
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, n * sizeof(*keys));
}
