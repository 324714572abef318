/*
 * consult/words.h - texts and questions as the words of a search index. Pure and bounded.
 *
 * Latin words are folded: case, width (Ａ is a), marks (é is e, ō is o), ß is ss. An umlaut has two forms, as DIN 5007-2 writes
 * it and as it is typed elsewhere: Völkerrecht is voelkerrecht and volkerrecht; a long ō likewise: toukyou and tokyo.
 * Japanese has no spaces, so a run of kanji and kana becomes its pairs: 協議会 is 協議 議会 会; the last character
 * stands alone so that a search for one character finds it by its beginning. Half-width katakana become full ones.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"

enum word_forms { WORD_LONG = 1 /* ae */, WORD_SHORT = 2 /* a */, WORD_BOTH = 3 };
enum word_sort { WORD_SPACED, WORD_PAIR /* of Japanese; the next begins with its second character */, WORD_LAST /* of a run of Japanese */ };
struct word {
	const char *s; size_t n;     /* folded; valid during the call */
	unsigned forms;              /* enum word_forms: which reading this is; most words are both */
	uint32_t at;                 /* number in the text, from 0; the two forms share one */
	size_t from, len;            /* bytes of the text it was made of */
	size_t head;                 /* bytes of the first character of it, marks included */
	enum word_sort sort;
};
/* Non-zero ends the walk and is returned. */
typedef int word_fn(void *ctx, const struct word *w);
/* E_FORMAT: not UTF-8. Words beyond LIMIT_WORD bytes are cut there. */
NODISCARD int words_each(const char *s, size_t n, word_fn *fn, void *ctx, struct err *e);
/* The words of one form, each followed by a space: a column for an index that splits at spaces. */
NODISCARD int words_column(const char *s, size_t n, enum word_forms form, struct buf *out, struct err *e);

enum query_filter { QUERY_KIND, QUERY_PARTY, QUERY_FROM, QUERY_TO, QUERY_FILTERS };
struct query_term {
	bool except;                 /* -word: must not be there */
	bool prefix;                 /* one character of Japanese, or word*: the last word is a beginning */
	unsigned words;              /* in a row */
	unsigned first;              /* index into query.word */
};
struct query_word { char s[2][LIMIT_WORD + 1]; };  /* folded: the long form and the short one, mostly equal */
struct query {
	struct query_term term[LIMIT_QUERY_TERMS]; unsigned terms;  /* all must be there */
	struct query_word word[LIMIT_QUERY_WORDS]; unsigned words;
	char filter[QUERY_FILTERS][LIMIT_QUERY_VALUE + 1];          /* "" where not asked; dates as YYYY-MM-DD */
};
/*
 * What people type: words, "a phrase", 「句」, -without, beginning*, kind:minutes party:JP from:2016 to:2017-05 (also art: seite: von: bis:,
 * 種類: 国: 開始: 終了:, and full-width forms). Dates are 2016-09-09, 09.09.2016, or a year or
 * month, which becomes its first day (from) or last day (to). An unknown name before a colon is a word like any other.
 * An empty question is no error: terms and filters are empty. E_FORMAT: not UTF-8, a date that is none. E_LIMIT: longer than
 * LIMIT_QUERY bytes, too many terms.
 */
NODISCARD int query_parse(const char *s, size_t n, struct query *ret, struct err *e);
/*
 * The terms as one condition over an index with a column per form (SQLite FTS5 MATCH syntax, all quoted). Nothing is written
 * if no term is to be there: an index cannot be asked only for what is not.
 */
NODISCARD int query_match(const struct query *q, struct buf *out, struct err *e);

struct query_hit { size_t from, n; };  /* bytes of the text */
/*
 * Where the question's words stand in a text, in order and apart, for marking them; at most max. *ret_all: every term is
 * there and no excepted one. E_FORMAT, E_NOMEM.
 */
NODISCARD int query_hits(const struct query *q, const char *s, size_t n, struct query_hit *ret, size_t max, size_t *ret_n, bool *ret_all, struct err *e);
