/* web/view_round.h - what the templates of series, rounds and delegations see beside web/view.h; rules as there. */
#pragma once
#include "web/view.h"

struct v_name { const char *party; struct bitext title; };
struct v_mandate { struct bitext title; bool has_date; int64_t date; bool has_url; struct v_link link; };
struct v_deadline { int64_t at; const char *party; struct bitext title; };
struct v_slip {
	enum slip_why why;
	int64_t since, last_held;            /* last_held INT64_MIN: never */
	const struct v_round *last;          /* or NULL */
	const char *next[LIMIT_MEMBERS]; size_t nexts; /* with whom the next step lies, alternat order */
	unsigned months;                     /* since then, whole ones */
};

/* ---- a month as a table ---- */
enum mark_kind { MARK_ROUND, MARK_OFFER, MARK_DEADLINE };
struct v_mark { enum mark_kind kind; int64_t at, end; const char *precision; /* as in v_round */ struct bitext title; const char *party; const char *zone, *zone2; struct url url; };
struct v_day { int day; bool today; const struct v_mark *mark[4]; size_t marks; };  /* day 0: of another month */
struct v_cal {
	int year, month;
	struct v_day day[42]; size_t days;   /* whole weeks, from Monday */
	struct url before, after;           /* s NULL: nothing there */
};
/* Which days have marks; `now` is today in `zone`, which the days are counted in. */
void cal_make(struct v_cal *c, int year, int month, const struct v_mark *mark, size_t marks, int64_t now, const char *zone);
const char *month_text(struct arena *a, enum lang l, int year, int month); /* September 2016, 2016年9月 */
const char *weekday_short(enum lang l, int from_monday);

struct v_series_more {
	const char *writer;
	struct v_name *name; size_t names;
	struct v_mandate *mandate; size_t mandates;
	struct v_mark *mark; size_t marks;   /* by time */
	unsigned rhythm_months;
	struct v_slip slip;
	struct v_cal cal;
	const char *zone, *zone2;            /* the reader's own side's, another's */
	bool member, may_edit, may_propose;  /* signed in, of a member party; and what the buttons are offered for */
	struct url edit, propose;
};

/* ---- dates of a round ---- */
struct v_date { int64_t start, end; bool has_end; bool confirmable; const char *key; };
struct v_invite_word {
	const char *party; enum invite_verb verb; const char *verb_word; /* message id */ int64_t at;
	struct v_date *date; size_t dates;
	const char *mode; struct bitext venue, text;
	bool stands;
};
struct v_invite {
	enum invite_state state; const char *state_word; /* message id */
	struct v_date confirmed;
	const char *next[LIMIT_MEMBERS]; size_t nexts;
	struct v_invite_word *word; size_t words; /* oldest first */
	struct v_date *table; size_t tables;      /* dates on the table */
	enum invite_verb say;                     /* what new dates are: INVITE_INVITE or INVITE_OFFER */
	bool may[INVITE_VERBS]; const char *why[INVITE_VERBS]; /* why not, in English, or NULL */
};
struct v_ordinal { const char *party; uint64_t ordinal; struct bitext note; };
struct v_chair { const char *party, *native, *latin, *reading; struct bitext title; };
struct v_lead { const char *party, *code; struct bitext agency; };
struct v_round_more {
	const char *writer;
	bool intersessional;
	struct v_ordinal *ordinal; size_t ordinals;
	struct v_chair *chair; size_t chairs;
	struct v_lead *lead; size_t leads;
	struct v_invite invite;
	bool member;                          /* signed in, of a member party */
	bool may_edit, may_invite, may_agenda, may_delegation, may_home;
	struct url edit, dates, agenda_edit, delegations, delegation_edit, home;
};

/* ---- the agenda as a form ---- */
struct sheet;
struct v_back { const char *id; struct bitext title; int64_t due; bool has_due, overdue; const char *document; }; /* a promise for the next agenda */
struct v_agenda { const struct v_round *round; const struct sheet *form; bool wish; /* another side keeps it */ struct v_back *back; size_t backs; };

/* ---- people ---- */
/* The k-th language for a reader of l: own, then the other side's, English last (first for readers of English). */
enum lang lang_place(enum lang l, unsigned k);
/* As a list of delegations writes it: Japanese names family name first and in capitals. */
const char *latin_formal(struct arena *a, const char *party, const char *latin);
const char *type_word(const char *type);                   /* message id for "verbale-round"; the type itself when it has no word */
