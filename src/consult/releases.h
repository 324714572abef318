/*
 * consult/releases.h - two accounts of one meeting beside each other: which topics, agencies and promises one has and the
 * other lacks. Pure; the rows are in consult/releases.def. Words are found in any language, so a German text and a
 * Japanese one can be compared. What is not found may still be there in other words: a page says so.
 */
#pragma once
#include "consult/paper.h"

/* One side's text. */
struct release { const struct paper_unit *unit; size_t units; };
/* Of a delegation. A name is found in its German cases, too; a code as a word. */
struct release_agency { const char *party, *code /* or NULL */; struct paper_text name; };

enum release_what { RELEASE_TOPIC, RELEASE_AGENCY, RELEASE_PROMISE /* a phrase that promises */, RELEASE_COMMITMENT /* one of the record */ };
struct release_place { bool found; size_t unit; enum lang lang; size_t from, n; /* bytes; of a promise: its sentence */ };
struct release_row {
	enum release_what what;
	const char *party;           /* of an agency; else NULL */
	struct paper_text name;      /* of an agency may be empty but for its code */
	const char *code;            /* of an agency, or NULL */
	struct release_place in[2];
};
/*
 * Topics and promises that one of the two has; every agency of the delegations, and those known to us that one of them
 * names; every commitment, found where one unit has its numbers and at least half of its words. At most max rows into ret,
 * topics first; *ret_n is how many there are. E_FORMAT: a text is not UTF-8.
 */
NODISCARD int releases_compare(const struct release two[2], const struct release_agency *agency, size_t agencies, const struct paper_text *commitment, size_t commitments,
	struct release_row *ret, size_t max, size_t *ret_n, struct err *e);
