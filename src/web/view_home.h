/* web/view_home.h - what the templates of papers at home and of waiting acts see; rules as in web/view.h. */
#pragma once
#include "store/home.h"
#include "web/view_round.h"

struct v_paper {
	const char *id; uint64_t version;
	enum home_kind kind; enum home_state state;
	const char *item, *agency, *author, *title, *text[HOME_TEXTS];
	int64_t at;
	struct url page;
	bool may_write, may_clear;
};
struct v_due {
	const char *agency, *item, *title, *question;
	bool has_deadline, late, mine; int64_t deadline;
	enum home_state answered; int64_t answered_at;
	struct url answer, contribution;     /* s NULL: none */
};
struct v_home_item {
	const char *number;                  /* "": the round as a whole */
	struct bitext title;
	const struct v_paper *position, *briefing; /* or NULL */
	bool stale;
	size_t asked, open, late;
	struct url write_position, write_briefing;
	uint64_t base;                       /* version of the position a merge is made from */
};
struct v_home {
	const struct v_round *round;
	struct v_due *due; size_t dues;
	struct v_home_item *item; size_t items;
	struct v_paper *paper; size_t papers; /* minutes and notes */
	bool desk, writes;                   /* RIGHT_WRITE; RIGHT_HOME_WRITE */
	struct url self, ask, folder, write_minutes, write_note;
};
struct v_paper_page {
	const struct v_round *round; const struct v_paper *paper; const struct sheet *form; /* either may be NULL */
	struct bitext item;                  /* the agenda's words */
	const struct v_paper *version; size_t versions; /* oldest first */
	const char *question;                /* what was asked, or NULL */
	struct url home;
};

/* ---- waiting ---- */
/* One line of what would leave: a name, and text in languages or a plain value; depth: how far inside. */
struct v_line { const char *name; bool known; struct bitext text; const char *value; unsigned depth; };
struct v_wait {
	const char *id, *asked_by, *owner, *verb, *kind, *marking, *decided_by, *reason;
	struct bitext about; struct url about_page;
	int64_t at, decided;
	bool publication, own, may_confirm, taken_over;
	enum home_wait_state state;
	const char *const *release_to; size_t release_to_n;
	struct v_line *line; size_t lines;
	struct url page;
};
struct v_waiting { struct v_wait *v; size_t n; const char *zone, *zone2; };
