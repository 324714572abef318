/*
 * consult/diff.h - what changed: between two texts of one language, word by word, and between two documents, unit by
 * unit. Pure.
 *
 * Words: a run of Latin letters (or of any other script with spaces), a run of digits, a run of spaces, each other mark by
 * itself; in Japanese a run of kanji, of hiragana, of katakana. Full-width letters and digits are runs of their own.
 * Among words the script is the shortest there is (E. Myers, An O(ND) difference algorithm, 1986, linear space). Then two
 * replacements that only one space or one or two hiragana keep apart become one, because that is how people read them.
 */
#pragma once
#include "consult/paper.h"

enum diff_kind { DIFF_SAME, DIFF_DELETED, DIFF_INSERTED };
/* n bytes from `from`: of the old text for SAME and DELETED, of the new one for INSERTED. Never empty, never half a character. */
struct diff_span { enum diff_kind kind; size_t from, n; };
struct diff {
	struct diff_span *v; size_t n;  /* in reading order; a deletion before the insertion that replaces it */
	bool replaced;                  /* too different to be compared (LIMIT_DIFF_EDITS): all of the old deleted, all of the new inserted */
};
/* E_FORMAT: not UTF-8. E_LIMIT: more than LIMIT_TEXT characters. Caller: diff_free(ret). */
NODISCARD int diff_texts(const char *old, size_t old_n, const char *new, size_t new_n, struct diff *ret, struct err *e);
void diff_free(struct diff *d);  /* NULL is fine */

enum diff_unit { DIFF_UNIT_SAME, DIFF_UNIT_CHANGED, DIFF_UNIT_ADDED, DIFF_UNIT_REMOVED, DIFF_UNIT_MOVED };
#define DIFF_NONE ((size_t)-1)
struct diff_pair {
	enum diff_unit what;
	size_t old, new;                /* index into the lists; DIFF_NONE: there is none */
	bool changed[LANG_COUNT];       /* which languages' texts differ */
	bool brackets;                  /* the square brackets differ; alone they make it CHANGED */
};
/*
 * A unit is the one of the same number; one whose texts stand unchanged under another number has MOVED (renumbered).
 * In the new order, removed ones behind what stood before them. ret has room for old_n + new_n. E_LIMIT: more than LIMIT_UNITS.
 */
NODISCARD int diff_units(const struct paper_unit *old, size_t old_n, const struct paper_unit *new, size_t new_n, struct diff_pair *ret, size_t *ret_n, struct err *e);
const char *diff_unit_name(enum diff_unit what);  /* message id */

static inline void cleanup_diff(struct diff *d) { diff_free(d); }
#define CLEANUP_DIFF __attribute__((cleanup(cleanup_diff)))
