#include "base/text.h"

#include <string.h>

#include "base/text_table.h"

static const struct { char code[3]; } langs[LANG_COUNT] = {
	[LANG_DE] = {"de"}, [LANG_JA] = {"ja"}, [LANG_EN] = {"en"},
};

const char *lang_code(enum lang l) { return langs[l].code; }

enum lang lang_parse(const char *s, size_t n, enum lang otherwise)
{
	if (s == NULL || n < 2 || (n > 2 && memchr("-_.@", s[2], 4) == NULL))
		return otherwise;
	for (unsigned l = 0; l < LANG_COUNT; l++)
		/* Language tags have no case (RFC 5646 §2.1.1). */
		if ((s[0] | 0x20) == langs[l].code[0] && (s[1] | 0x20) == langs[l].code[1])
			return (enum lang)l;
	return otherwise;
}

static const struct text_row *row_of(const char *id)
{
	size_t lo = 0, hi = text_rows;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const int c = strcmp(id, text_table[mid].id);

		if (c == 0)
			return &text_table[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static const char *or_else(const char *s, const char *otherwise) { return s != NULL ? s : otherwise; }

const char *tr(enum lang l, const char *id)
{
	const struct text_row *r = l == LANG_EN ? NULL : row_of(id);

	if (r == NULL)
		return id;
	return or_else(l == LANG_DE ? r->de : r->ja, id);
}

const char *trn(enum lang l, const char *one, const char *many, unsigned long n)
{
	const struct text_row *r = l == LANG_EN ? NULL : row_of(one);

	if (r != NULL && l == LANG_JA && r->ja != NULL)
		return r->ja;
	if (r != NULL && l == LANG_DE && r->de != NULL && r->de_many != NULL)
		return n == 1 ? r->de : r->de_many;
	return n == 1 ? one : many;
}
