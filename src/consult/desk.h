/*
 * consult/desk.h - a party's own desk: national papers by the rights of people, the briefing folder, deadlines of
 * agencies, and the second person, who confirms what must not leave by one hand alone. doc/HOME.md tells the same.
 *
 * Whoever may not read a paper gets E_NOTFOUND, as for an unknown id; who may read but not write gets E_DENIED with the
 * reason. Papers are of the own party's people only: nobody of another party has any right here.
 */
#pragma once
#include "access/people.h"
#include "consult/acts.h"
#include "store/home.h"

/* Who is at the desk, with what: made by a page for a request, by a command for its run. All but `who` stay the caller's. */
struct desk {
	struct record *r; struct record_reader *rd; /* NULL: papers only */
	struct home *home;
	struct access *access;               /* for the audit log: a page's; NULL: `state` */
	struct state *state;                 /* a command's */
	const struct clock *clock;
	const struct rng *rng;
	const struct principal *who;         /* whose rights count */
	const char *from;                    /* address, for the audit log; NULL: none */
};
/* A user of the own party as the one who acts, for commands (--as). E_NOTFOUND, E_DENIED (disabled). */
NODISCARD int desk_as(struct state *s, const char *party, const char *user, struct principal *ret, struct err *e);

/* ---- papers ---- */
/*
 * The table (kind × right): with RIGHT_WRITE all papers of the party. Without: reading everything but the drafts of other
 * agencies' contributions and notes; writing contributions and notes of the own agency, until they are cleared. Clearing
 * needs RIGHT_WRITE.
 */
enum desk_use { DESK_READ, DESK_WRITE, DESK_CLEAR };
bool desk_may(const struct principal *p, enum desk_use use, enum home_kind kind, enum home_state state, const char *agency);

/*
 * Save a version of p (id "": a new one, whose id is *ret_id); `base` as in home_put. author, time and, in new papers
 * without one, agency are filled in. E_CONFLICT: somebody saved meanwhile; E_STATE: it is cleared or withdrawn.
 */
NODISCARD int desk_save(const struct desk *d, const struct home_paper *p, uint64_t base, char ret_id[17], uint64_t *ret_version, struct err *e);
NODISCARD int desk_read(const struct desk *d, const char *id, uint64_t version, struct home_paper *ret, struct err *e);
NODISCARD int desk_versions(const struct desk *d, const char *id, home_visit *v, void *ctx, struct err *e);
NODISCARD int desk_papers(const struct desk *d, const struct home_ask *q, home_visit *v, void *ctx, struct err *e);

/* Ask agencies for contributions: one request each, all or none. */
struct desk_question { const char *round, *item, *title, *text; const char *const *agency; size_t agencies; int64_t deadline_s; };
NODISCARD int desk_request(const struct desk *d, const struct desk_question *q, struct err *e);
/* The own agency's answer to a request: new, or the next version of that agency's contribution made from `base`. */
struct desk_answer { const char *request, *text; bool send; uint64_t base; };
NODISCARD int desk_contribute(const struct desk *d, const struct desk_answer *a, char ret_id[17], uint64_t *ret_version, struct err *e);
/* Requests with what became of them; a contributor sees those of the own agency. late: the deadline has passed and nothing was sent. */
struct desk_due { const struct home_due *due; bool late; };
typedef int desk_due_visit(void *ctx, const struct desk_due *d, struct err *e);
NODISCARD int desk_requests(const struct desk *d, const struct home_ask *q, bool open, desk_due_visit *v, void *ctx, struct err *e);
/*
 * Contributions to an item as one text, by agency, each under its heading: sent and cleared ones. Saved as the next
 * version of the item's position made from `base` (0: a new one, E_CONFLICT if there is one); then edited by desk_save.
 * E_NOTFOUND: nothing was contributed.
 */
NODISCARD int desk_merge(const struct desk *d, const char *round, const char *item, uint64_t base, char ret_id[17], uint64_t *ret_version, struct err *e);

/* ---- the briefing folder of a round, ready to be printed ---- */
struct desk_item {
	char item[LIMIT_HOME_ITEM + 1];      /* "" comes first: the round as a whole; then by number, 2 before 10 */
	struct home_paper *position, *briefing; /* newest; NULL: none */
	bool stale;                          /* a contribution came, or changed, after it was merged into the position */
	size_t asked, open, late;            /* requests; those not answered; those of them past the deadline */
};
struct desk_folder { char round[LIMIT_STIX_ID + 1]; int64_t at_us; size_t n; struct desk_item *item; size_t papers; struct home_paper *paper; };
void desk_folder_free(struct desk_folder *f);
NODISCARD int desk_folder(const struct desk *d, const char *round, struct desk_folder *ret, struct err *e);

/* ---- the second person ---- */
/* Pure: a release of AMBER or above beyond the own party (unmarked: the collection's ceiling; unknown: yes), every publication, and every withdrawal of what is public. */
struct desk_release { enum tlp level; bool beyond; bool publication; bool withdraws_public; };
bool desk_needs_second(const struct desk_release *q);

/*
 * The actor behind a desk: its acts wait where they need a second person, and then return ACT_HELD (acts.h) instead of
 * 0. d and hold live as long as the actor.
 */
void desk_actor(const struct desk *d, struct act_hold *hold, struct actor *ret);
/* What act_hold calls; ctx is a const struct desk. Stores the act with all it needs to be carried out later. */
NODISCARD int desk_hold(const void *ctx, const struct actor *a, const char *act_json, size_t n, const char *about, enum tlp level, bool publication, struct err *e);
/* What waits (all: what was decided, too): everything with RIGHT_RELEASE, else one's own. */
NODISCARD int desk_waiting(const struct desk *d, bool all, home_wait_visit *v, void *ctx, struct err *e);
NODISCARD int desk_wait(const struct desk *d, const char *id, struct home_wait *ret, struct err *e); /* E_NOTFOUND; free it */
/*
 * Carry it out, as another person than the one who asked (and than whoever took over that work), with RIGHT_RELEASE. The
 * rules are asked anew; if it does not fit any more (E_STATE, E_CONFLICT, E_DENIED of the rules …) it lapses, with that
 * as the reason. E_DENIED before that: it goes on waiting. It is written once, also when the node dies in between.
 */
NODISCARD int desk_confirm(const struct desk *d, const char *id, struct add_result *ret, struct err *e);
/* With a reason; the asker may take the own act back likewise. */
NODISCARD int desk_refuse(const struct desk *d, const char *id, const char *reason, struct err *e);
/* Finish what was confirmed when the node died: at start and at intervals. who may be NULL. *ret_n: how many. */
NODISCARD int desk_resume(const struct desk *d, size_t *ret_n, struct err *e);

/* For people_hand_over; ctx is the struct home. */
int desk_hand_over(void *ctx, const char *from, const char *to, struct err *e);
