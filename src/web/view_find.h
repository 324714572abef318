/* web/view_find.h - what the template of the search sees beside web/view.h; rules as there. */
#pragma once
#include "consult/find.h"
#include "web/view.h"

struct v_piece { const char *s; bool hit; };
/* A text around its first hit; every hit in it is a piece of its own. */
struct v_snip { enum lang lang; struct v_piece *piece; size_t n; bool cut_before, cut_after; };
struct v_hit {
	struct v_snip title[2]; size_t titles;  /* the reader's language, and the other side's if there is one */
	struct v_snip text[2]; size_t texts;
	const char *what;                    /* in the reader's language: "Agenda", "Proposal" … or NULL */
	const char *where;                   /* number of a document, a unit; or NULL */
	const char *party;                   /* who wrote it */
	bool has_date; int64_t date; const char *precision; /* of the date; NULL: the day */
	struct url url;                      /* s NULL: it has no page of its own */
};
struct v_group { enum find_group group; const char *word, *name; struct v_hit *hit; size_t n; bool more; struct url all; };
struct v_choice { const char *text; struct url url; bool on; };
struct v_search {
	const char *q;                       /* as typed, filters of the links included */
	const char *fault;                   /* in English, or NULL */
	bool asked;                          /* there was a question */
	bool whole;                          /* false: the index still follows the record */
	struct v_group group[FIND_GROUPS]; size_t groups;
	struct v_choice *kind, *side, *year; size_t kinds, sides, years;
	bool alone; struct url next;         /* one kind only: a page of it, and the next; s NULL: none */
};
