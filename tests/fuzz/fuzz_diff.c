/* Two texts, parted by the first zero byte: the script turns one into the other and cuts no character. */
#include <string.h>

#include "base/enc.h"
#include "consult/diff.h"
#include "fuzz.h"

static void check(const char *a, size_t an, const char *b, size_t bn, const struct diff *d)
{
	size_t at_a = 0, at_b = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct diff_span *s = &d->v[i];
		const char *of = s->kind == DIFF_INSERTED ? b : a;

		MUST(s->n > 0 && s->from == (s->kind == DIFF_INSERTED ? at_b : at_a));
		MUST(s->n <= (s->kind == DIFF_INSERTED ? bn : an) - s->from);
		MUST(utf8_check(of + s->from, s->n) == s->n);
		if (s->kind == DIFF_SAME)
			MUST(s->n <= bn - at_b && memcmp(a + s->from, b + at_b, s->n) == 0);
		at_a += s->kind != DIFF_INSERTED ? s->n : 0;
		at_b += s->kind != DIFF_DELETED ? s->n : 0;
	}
	MUST(at_a == an && at_b == bn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *a = (const char *)data, *zero = size > 0 ? memchr(a, 0, size) : NULL;
	const size_t an = zero != NULL ? (size_t)(zero - a) : size, bn = zero != NULL ? size - an - 1 : 0;
	const char *b = zero != NULL ? zero + 1 : "";
	CLEANUP_DIFF struct diff d = {.n = 0};
	const bool good = utf8_check(a, an) == an && utf8_check(b, bn) == bn;
	const int r = diff_texts(a, an, b, bn, &d, NULL);

	MUST(r == 0 || r == E_FORMAT || r == E_LIMIT);
	MUST(good == (r != E_FORMAT));
	if (r == 0)
		check(a, an, b, bn, &d);
	return 0;
}
