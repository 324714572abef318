/*
 * Numbers as ECMAScript writes them (RFC 8785 §3.2.2.3). The digits come from yyjson: shortest that
 * read back to the same double and, of those, the closest; only the layout differs. Neither yyjson
 * nor this file asks the locale for its decimal point.
 */
#include "json/impl.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define EXACT 9007199254740992.0 /* 2^53: below, every integer is a double and prints as itself */

size_t json_int_text(int64_t v, char *to)
{
	char digits[24];
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t n = 0, len = 0;

	do
		digits[n++] = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (v < 0)
		to[len++] = '-';
	while (n > 0)
		to[len++] = digits[--n];
	return len;
}

struct decimal {
	char digit[24];   /* no zero in front, none behind */
	int n;            /* number of digits */
	int point;        /* value = 0.d1d2d3… × 10^point */
};

/* "123.0", "1.5e-7", "1e21" */
static void parse(const char *s, struct decimal *d)
{
	bool fraction = false;
	int exponent = 0;

	*d = (struct decimal){.n = 0};
	for (; *s != '\0' && *s != 'e' && *s != 'E'; s++) {
		if (*s == '.') {
			fraction = true;
			continue;
		}
		if (d->n == 0 && *s == '0') {
			d->point -= fraction;
			continue;
		}
		assert(d->n < (int)sizeof(d->digit));
		d->digit[d->n++] = *s;
		d->point += !fraction;
	}
	if (*s != '\0') {
		const bool minus = s[1] == '-';

		for (s += minus || s[1] == '+' ? 2 : 1; *s != '\0'; s++)
			exponent = exponent * 10 + (*s - '0');
		d->point += minus ? -exponent : exponent;
	}
	while (d->n > 0 && d->digit[d->n - 1] == '0')
		d->n--;
}

static void shortest(double v, struct decimal *ret)
{
	char memory[512], *text;
	yyjson_alc alc;
	yyjson_val val = {.tag = YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL, .uni.f64 = v};
	size_t n;
	bool ready = yyjson_alc_pool_init(&alc, memory, sizeof(memory));

	assert(ready);
	text = ready ? yyjson_val_write_opts(&val, 0, &alc, &n, NULL) : NULL;
	assert(text != NULL);
	parse(text, ret);
}

static char *zeros(char *to, int n)
{
	memset(to, '0', (size_t)n);
	return to + n;
}

static char *digits(char *to, const struct decimal *d, int from, int n)
{
	memcpy(to, d->digit + from, (size_t)n);
	return to + n;
}

/* ECMA-262 Number::toString(x, 10), steps 5 to 10; its n is our point, its k our n. */
static char *layout(char *to, const struct decimal *d)
{
	if (d->n <= d->point && d->point <= 21)
		return zeros(digits(to, d, 0, d->n), d->point - d->n);
	if (0 < d->point && d->point <= 21) {
		to = digits(to, d, 0, d->point);
		*to++ = '.';
		return digits(to, d, d->point, d->n - d->point);
	}
	if (-6 < d->point && d->point <= 0) {
		*to++ = '0';
		*to++ = '.';
		return digits(zeros(to, -d->point), d, 0, d->n);
	}
	*to++ = d->digit[0];
	if (d->n > 1) {
		*to++ = '.';
		to = digits(to, d, 1, d->n - 1);
	}
	*to++ = 'e';
	*to++ = d->point > 0 ? '+' : '-';
	return to + json_int_text(d->point > 0 ? d->point - 1 : 1 - d->point, to);
}

size_t json_num_text(double v, char *to)
{
	struct decimal d;
	char *p = to;

	assert(isfinite(v));
	if (fabs(v) <= EXACT && json_same(v, (double)(int64_t)v))
		return json_int_text((int64_t)v, to); /* -0 becomes 0, as §3.2.2.3 asks */
	if (v < 0)
		*p++ = '-';
	shortest(fabs(v), &d);
	return (size_t)(layout(p, &d) - to);
}
