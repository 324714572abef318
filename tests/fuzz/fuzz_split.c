/*
 * First byte: shapes and step. The rest is split in one piece and in steps: the same calls, the same verdict. And against
 * json_read of the whole: what it takes is taken, with the same elements; what it refuses is refused by the splitter or
 * by json_read of an element.
 */
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "fuzz.h"
#include "json/json.h"
#include "json/split.h"

#define MAX_TEXT (256UL * 1024)

struct log { struct buf calls, elements; bool all_read; };

static int note_element(void *ctx, uint64_t n, const void *p, size_t len, struct err *e)
{
	struct log *l = ctx;

	(void)e;
	buf_printf(&l->calls, "element %llu %zu ", (unsigned long long)n, len);
	buf_put(&l->calls, p, len);
	if (json_canon_text(p, len, &l->elements, NULL) != 0)
		l->all_read = false;
	buf_putc(&l->elements, '\n');
	return 0;
}

static int note_skipped(void *ctx, uint64_t n, const void *head, size_t head_n, uint64_t len, struct err *e)
{
	struct log *l = ctx;

	(void)e;
	MUST(len > head_n || head_n == len);
	buf_printf(&l->calls, "skipped %llu %llu ", (unsigned long long)n, (unsigned long long)len);
	buf_put(&l->calls, head, head_n);
	return 0;
}

static int note_member(void *ctx, const char *key, size_t key_n, const void *p, size_t len, struct err *e)
{
	struct log *l = ctx;

	(void)e;
	buf_printf(&l->calls, "member %zu %zu ", key_n, len);
	buf_put(&l->calls, key, key_n);
	buf_put(&l->calls, p, len);
	return 0;
}

static int split(unsigned shapes, size_t max, const uint8_t *p, size_t n, size_t step, struct log *l, uint64_t *elements, bool *wrapped)
{
	const struct json_split_opt opt = {.shapes = shapes, .max_element = max, .what = "text"};
	const struct json_split_sink sink = {note_element, note_skipped, note_member, l};
	struct json_splitter *s = NULL;
	struct err e = {.code = 0};
	int rc = 0;

	l->all_read = true;
	MUST(json_split_new(&opt, &sink, &s, NULL) == 0);
	for (size_t at = 0; rc == 0 && at < n; at += step)
		rc = json_split_feed(s, p + at, n - at < step ? n - at : step, &e);
	if (rc == 0)
		rc = json_split_end(s, elements, wrapped, &e);
	MUST(rc == 0 || rc == E_FORMAT || rc == E_LIMIT);
	MUST(rc == 0 || (e.code == rc && strncmp(e.msg, "text", 4) == 0));
	json_split_free(s);
	buf_printf(&l->calls, "\nverdict %d %s", rc, e.code != 0 ? e.msg : "");
	return rc;
}

static void same(const struct buf *a, const struct buf *b) { MUST(a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0)); }

/* What must come out of a text that json_read takes, one per line. false: these shapes do not allow it. */
static bool expect(unsigned shapes, const struct json_val *root, struct buf *out)
{
	const struct json_val *list = json_type(root) == JSON_ARRAY ? root : json_get(root, "objects"), *key, *val;
	const bool is_list = json_type(list) == JSON_ARRAY;
	struct json_iter it;

	if (json_type(root) == JSON_ARRAY ? (shapes & SPLIT_ARRAY) == 0 : json_type(root) != JSON_OBJECT || (shapes & (SPLIT_WRAPPED | SPLIT_LINES)) == 0)
		return false;
	if (json_type(root) == JSON_OBJECT && ((shapes & SPLIT_WRAPPED) == 0 || !is_list)) {
		if ((shapes & SPLIT_LINES) == 0)
			return list == NULL;
		json_canon(root, out);
		buf_putc(out, '\n');
		return true;
	}
	for (json_iter(&it, list); json_next(&it, &key, &val);) {
		json_canon(val, out);
		buf_putc(out, '\n');
	}
	return true;
}

static bool begins_with_object(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
		i++;
	return i < n && p[i] == '{';
}

static void compare(unsigned shapes, const uint8_t *p, size_t n, bool good, const struct log *l, uint64_t elements, bool wrapped)
{
	CLEANUP_BUF struct buf want = BUF_INIT(0);
	struct json_doc *d = NULL;
	const int rc = json_read(p, n, NULL, &d, NULL);

	if (rc == 0) {
		MUST(good == expect(shapes, json_root(d), &want));
		if (good)
			same(&want, &l->elements);
	} else if (rc == E_FORMAT) { /* E_LIMIT: the depth of the whole; an element's is its own */
		MUST(!good || ((shapes & SPLIT_LINES) != 0 && !wrapped && elements > 1 && begins_with_object(p, n)));
	}
	json_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned shapes = size > 0 ? data[0] & 7U : 0;
	const size_t step = size > 0 ? data[0] / 8U + 1 : 1;
	struct log once = {.calls = BUF_INIT(0), .elements = BUF_INIT(0)}, steps = {.calls = BUF_INIT(0), .elements = BUF_INIT(0)};
	uint64_t elements = 0;
	bool wrapped = false;
	int rc;

	if (shapes == 0 || size > MAX_TEXT)
		return 0;
	rc = split(shapes, 0, data + 1, size - 1, size, &once, &elements, &wrapped);
	split(shapes, 0, data + 1, size - 1, step, &steps, &elements, &wrapped);
	same(&once.calls, &steps.calls);
	compare(shapes, data + 1, size - 1, rc == 0 && once.all_read, &once, elements, wrapped);
	buf_clear(&once.calls);
	buf_clear(&steps.calls);
	split(shapes, 20, data + 1, size - 1, size, &once, &elements, &wrapped);
	split(shapes, 20, data + 1, size - 1, step, &steps, &elements, &wrapped);
	same(&once.calls, &steps.calls);
	buf_free(&once.calls);
	buf_free(&once.elements);
	buf_free(&steps.calls);
	buf_free(&steps.elements);
	return 0;
}
