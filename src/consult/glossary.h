/*
 * consult/glossary.h - the shared words of the consultations in three languages, and the pairs that mislead: words that
 * look like a translation of each other and promise something else. Pure; the rows are in consult/glossary.def.
 */
#pragma once
#include "consult/paper.h"

/* One row. Several words for one thing stand apart by " / ". */
struct glossary_term {
	unsigned number;             /* 1… */
	struct paper_text term;      /* "" where a language has none */
	bool official[LANG_COUNT];   /* seen in an official text of the German or Japanese government; other words want a native check */
	const char *note;            /* message id, or NULL */
};
size_t glossary_terms(void);
const struct glossary_term *glossary_term(size_t i);

/* Words that promise different things: the first of each list; NULL where a language has none. */
struct glossary_pair { struct { const char *s; size_t n; } a[LANG_COUNT], b[LANG_COUNT]; const char *why; /* message id */ };
size_t glossary_pairs(void);
void glossary_pair(size_t i, struct glossary_pair *ret);

/* A row more, from the record (verbale-term): the words, what they must not be taken for, and why. */
struct glossary_extra {
	struct paper_text term;
	const struct paper_text *confused_with; size_t n;
	struct paper_text warning;   /* may be empty */
};

struct glossary_warning {
	size_t unit;                 /* index */
	enum lang lang; size_t from, n;              /* the word, as bytes of that unit's text */
	bool pair;                                   /* two languages say different things; otherwise the word alone is a trap */
	enum lang other; size_t other_from, other_n; /* pair: the word of the other language */
	struct paper_text why;       /* in all three languages */
	const char *better; size_t better_n;         /* pair: what in `other` would say the same as `lang` does; n 0: not known */
};
/*
 * Looks for risky pairs in the texts of each unit: one language has the word of one row and not of the other, a second
 * language the reverse. And for single words that mean several things. At most max into ret, in order of units; *ret_n is
 * how many there are. Texts that are not UTF-8 are E_FORMAT; extra rows beyond LIMIT_GLOSSARY_EXTRA E_LIMIT; E_NOMEM.
 */
NODISCARD int glossary_check(const struct paper_unit *unit, size_t units, const struct glossary_extra *extra, size_t extras, struct glossary_warning *ret, size_t max, size_t *ret_n, struct err *e);
