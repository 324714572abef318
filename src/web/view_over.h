/* web/view_over.h - what the overview sees beside web/view.h; rules as there. */
#pragma once
#include "web/view_promise.h"

/* Something with a date: a round, a deadline, an embargo, a silence procedure, a promise. */
struct v_dated {
	enum due_kind kind; const char *icon;
	const char *what;                    /* message id: "Round", "Embargo ends" */
	struct bitext title;
	int64_t at; const char *precision;   /* of the date; NULL: the moment */
	const char *zone, *zone2;
	const char *party[LIMIT_MEMBERS]; size_t parties; /* whose, or with whom the next step lies; alternat order */
	struct url url;
};
/* The next round that did not come. */
struct v_late_round {
	struct bitext series; struct url url;
	enum slip_why why;
	int64_t since; unsigned months;
	bool held; struct bitext last; int64_t last_held; struct url last_url;
	bool promised; struct bitext promise; struct url promise_url;
	const char *next[LIMIT_MEMBERS]; size_t nexts;
};
/* A contribution asked from an agency, not sent. */
struct v_late_paper { const char *title, *agency, *item; int64_t deadline; struct url url; };
struct v_act { int64_t at; unsigned joined; const char *text /* in the reader's language */; struct bitext title; struct url url; };
/* Another side's log here, and ours there. */
struct v_whole {
	const char *party;
	bool known; uint64_t size; int64_t checked; bool has_checked;  /* their log as we hold it, and when we last confirmed it */
	uint64_t confirmed; int64_t confirmed_at; bool has_confirmed;  /* ours as far as they confirmed it */
	bool same;                           /* they confirmed all of ours */
};
#define OVER_LATE 6
#define OVER_SLIPS 4
#define OVER_NEXT 10
#define OVER_ACTS 6
struct v_over {
	int64_t now; const char *zone, *zone2;
	struct v_late_round slip[OVER_SLIPS]; size_t slips;
	struct v_promise *promise; size_t promises; bool more_promises;
	struct v_dated wait[OVER_LATE]; size_t waits;      /* rounds whose dates wait for a word of ours */
	struct v_late_paper paper[OVER_LATE]; size_t papers;
	struct v_dated next[OVER_NEXT]; size_t nexts;
	struct v_act act[OVER_ACTS]; size_t acts; bool more_acts;
	bool has_visit; int64_t visit;       /* the last one */
	uint64_t own; struct v_whole whole[LIMIT_PARTIES]; size_t wholes;
	bool fresh;                          /* the index has taken in the whole record */
	bool example;
};
/* What follows from public facts alone. */
struct v_front { struct v_late_round slip[OVER_SLIPS]; size_t slips; struct v_promise *promise; size_t promises; };
