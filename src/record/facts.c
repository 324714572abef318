/* What the index keeps of an object beside its row: whom it may be shown to, which version it is, what it takes back. */
#include <string.h>

#include "base/clock.h"
#include "base/enc.h"
#include "record/priv.h"

/*
 * log(4) tlp(1) has_release_to(1) release_to(1) markings(1), then the texts, each with its NUL. Of an object that is not
 * readable: TLP_UNKNOWN and nothing else. Kept as written: a list in another order is another audience, only less shared.
 */
#define AUDIENCE_HEAD 8

void audience_put(const struct stix_object *o, uint32_t log, struct buf *out)
{
	buf_put_be(out, log, 4);
	buf_put_be(out, o != NULL ? (uint64_t)o->tlp : TLP_UNKNOWN, 1);
	buf_put_be(out, o != NULL && o->has_release_to, 1);
	buf_put_be(out, o != NULL ? o->release_to_n : 0, 1);
	buf_put_be(out, o != NULL ? o->markings : 0, 1);
	for (size_t i = 0; o != NULL && i < o->release_to_n; i++)
		buf_put(out, o->release_to[i], strlen(o->release_to[i]) + 1);
	for (size_t i = 0; o != NULL && i < o->markings; i++)
		buf_put(out, o->marking[i], strlen(o->marking[i]) + 1);
}

/* The next n texts; NULL: they end before. */
static const char *take_texts(const char *p, const char *end, const char **to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *nul = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;

		if (nul == NULL)
			return NULL;
		to[i] = p;
		p = nul + 1;
	}
	return p;
}

int audience_get(const struct buf *key, struct audience *ret, struct err *e)
{
	const uint8_t *h = (const uint8_t *)key->p;
	const char *p, *end = key->p + key->n;

	if (key->n < AUDIENCE_HEAD || h[4] > TLP_UNKNOWN || h[6] > LIMIT_MEMBERS || h[7] > LIMIT_MARKINGS)
		return fail(e, E_CORRUPT, "index: an audience is damaged: rebuild it");
	ret->log = (uint32_t)be_get(h, 4);
	ret->tlp = (enum tlp)h[4];
	ret->has_release_to = h[5] != 0;
	ret->release_to_n = h[6];
	ret->markings = h[7];
	if ((p = take_texts(key->p + AUDIENCE_HEAD, end, ret->release_to, ret->release_to_n)) == NULL ||
	    take_texts(p, end, ret->marking, ret->markings) != end)
		return fail(e, E_CORRUPT, "index: an audience is damaged: rebuild it");
	return 0;
}

void row_put_version(struct index_entry *row, const char *modified, const char *created)
{
	const char *text = modified != NULL ? modified : created;
	const size_t n = text != NULL ? strlen(text) : 0, bare = sizeof("2016-09-09T00:30:00Z") - 1;

	row->version_ns = row->added * 1000;
	row->digits = text == NULL ? 6 : DIGITS_TEXT;
	if (text == NULL || !time_parse(text, n, &row->version_ns))
		return;
	if (n <= bare)
		row->digits = 0;
	else if (n - bare - 1 <= 9)
		row->digits = (uint8_t)(n - bare - 1);
}

const char *withdrawn_version(const struct stix_object *o)
{
	const char *modified;

	if (o->kind != STIX_WITHDRAWAL)
		return NULL;
	modified = json_get_str(o->val, "object_modified");
	return modified != NULL ? modified : "";
}
