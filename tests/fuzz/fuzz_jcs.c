/* The first 8 bytes as a double, the rest as a string, as value and as name: what was written is what is read. */
#include <math.h>
#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "fuzz.h"
#include "json/json.h"

static struct json_doc *read_back(const struct buf *b)
{
	struct json_doc *d = NULL;
	bool is = false;

	MUST(b->err == 0);
	MUST(json_is_canon(b->p, b->n, &is, NULL) == 0 && is);
	MUST(json_read(b->p, b->n, NULL, &d, NULL) == 0);
	return d;
}

static void number(double v)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct json_doc *d;
	double back = 0;

	json_put_num(&b, v);
	MUST(b.err == 0 && b.n < 26);
	if (fabs(v) >= 0x1p53 && fabs(v) < 1e21)
		return; /* prints as an integer that no strict reader takes */
	d = read_back(&b);
	MUST(json_num(json_root(d), &back));
	MUST(!(back < v) && !(back > v));
	json_free(d);
}

static void string(const char *s, size_t n)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	const struct json_val *key = NULL, *val = NULL;
	struct json_doc *d;
	struct json_iter it;
	size_t len = 0;

	buf_puts(&b, "{");
	json_put_str(&b, s, n);
	buf_puts(&b, ":");
	json_put_str(&b, s, n);
	buf_puts(&b, "}");
	d = read_back(&b);
	json_iter(&it, json_root(d));
	MUST(json_next(&it, &key, &val));
	MUST(memcmp(json_str(key, &len), s, n) == 0 && len == n);
	MUST(memcmp(json_str(val, &len), s, n) == 0 && len == n);
	json_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s;
	double v;

	if (size < sizeof(v) || size > LIMIT_JSON_BYTES / 16)
		return 0;
	memcpy(&v, data, sizeof(v));
	if (isfinite(v))
		number(v);
	s = (const char *)data + sizeof(v);
	string(s, utf8_check(s, size - sizeof(v)));
	return 0;
}
