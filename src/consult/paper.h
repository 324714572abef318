/*
 * consult/paper.h - a document as a paper: all that the printed forms (plain text, PDF) and the comparison need,
 * as plain texts. Whoever has the document fills it; nothing here knows the record. All pointers are the caller's,
 * all texts UTF-8.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* One text in up to three languages; NULL where it is missing. */
struct paper_text { const char *s[LANG_COUNT]; };
/* The wanted language, else English, else any; "" if there is none. */
const char *paper_text_in(const struct paper_text *t, enum lang want);

struct paper_unit {
	const char *number;          /* "3", "2.1"; not NULL */
	struct paper_text text;
	bool bracketed;              /* not agreed: the paper shows it in square brackets */
	const char *bracketed_by;    /* party, or NULL */
};

struct paper {
	const char *number;          /* "DJ-2016-0007", or NULL */
	struct paper_text kind;      /* "Joint press release" */
	struct paper_text title;
	struct paper_text date;      /* the line below the title, as each language writes it: "As of 12.09.2016" */
	struct paper_text status;    /* "Agreed by all parties", "Draft"; where it stands */
	struct paper_text record;    /* the record line: log, entry, hash */
	const char *url;             /* the permanent link, or NULL */
	int64_t modified;            /* ns; of this version. A printed form bears this time, not that of printing */
	enum lang lang[LANG_COUNT]; size_t langs;  /* which languages, in which order; at least one */
	bool authentic[LANG_COUNT], provisional[LANG_COUNT];
	const struct paper_unit *unit; size_t units;
};

/* "authentic text" or "provisional translation" in that language itself; NULL: neither is said. */
const char *paper_mark(const struct paper *p, enum lang l);

/* Every text is UTF-8, or E_FORMAT naming which is not. The printed forms ask this themselves. */
NODISCARD int paper_check(const struct paper *p, struct err *e);

/*
 * The paper as plain text: UTF-8, LF, lines of at most PAPER_COLUMNS columns (a full-width character takes two), one
 * language after the other, units by number. Latin text breaks at spaces, Japanese between characters, with no closing
 * mark or small kana at the beginning of a line and no opening one at its end. What cannot be broken (an address) runs over.
 * E_FORMAT: a text is not UTF-8. E_NOMEM, E_LIMIT.
 */
#define PAPER_COLUMNS 72
NODISCARD int paper_plain(const struct paper *p, struct buf *out, struct err *e);
