/* A question and a text, parted by the first zero byte: hits lie in the text, apart, on whole characters; what goes to the index is quoted. */
#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "consult/words.h"
#include "fuzz.h"

static int word(void *ctx, const struct word *w)
{
	const size_t *n = ctx;

	MUST(w->n > 0 && w->n <= LIMIT_WORD && utf8_check(w->s, w->n) == w->n);
	MUST(w->len > 0 && w->from + w->len <= *n && w->head <= w->len && w->forms != 0);
	MUST(memchr(w->s, ' ', w->n) == NULL && memchr(w->s, '"', w->n) == NULL);
	return 0;
}

/* Quotes stand only around words. */
static void check_match(const struct query *q)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	bool inside = false;

	MUST(query_match(q, &out, NULL) == 0);
	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i] == '"')
			inside = !inside;
		else if (!inside)
			MUST(strchr("() ANDORT*", out.p[i]) != NULL);
	}
	MUST(!inside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *q = (const char *)data, *zero = size > 0 ? memchr(q, 0, size) : NULL;
	const size_t qn = zero != NULL ? (size_t)(zero - q) : size;
	size_t n = zero != NULL ? size - qn - 1 : 0, hits = 0, end = 0;
	const char *text = zero != NULL ? zero + 1 : "";
	static struct query query;
	struct query_hit hit[64];
	bool all;

	if (words_each(text, n, word, &n, NULL) < 0)
		return 0;
	if (query_parse(q, qn, &query, NULL) < 0)
		return 0;
	check_match(&query);
	MUST(query_hits(&query, text, n, hit, 64, &hits, &all, NULL) == 0);
	for (size_t i = 0; i < hits; i++) {
		MUST(hit[i].n > 0 && (i == 0 || hit[i].from > end) && hit[i].from + hit[i].n <= n);
		MUST(utf8_check(text + hit[i].from, hit[i].n) == hit[i].n);
		end = hit[i].from + hit[i].n;
	}
	return 0;
}
