/*
 * store/home.h - what stays at home: national papers, and acts that wait for a second person. One SQLite file
 * (home.sqlite, WAL, mode 0600) that several processes may open: the serving one and commands beside it.
 *
 * It never leaves the node: only consult/, web/ and cli/ may include this header (tools/layers.sh), and nothing of it is
 * handed to record_add, a peer, a log line or an export. Losing it loses papers, never records: back it up apart.
 *
 * Papers are append-only: a save adds a version, the file's own triggers refuse changes and deletions. A handle belongs
 * to one thread at a time. Texts are NUL-terminated UTF-8 (NULL and "" are both "absent"); titles, names and ids without
 * control bytes, bodies with line ends and tabs. E_FORMAT, E_LIMIT name what breaks that. A change is durable when its
 * call returns. E_BUSY: another process writes for longer than five seconds. E_CORRUPT: the file is damaged. A visitor
 * ends the walk by returning non-zero, which is then the walk's result; it does not call the walk it is in, nor put what
 * it walks over. Nothing here looks at rights: consult/desk.h does.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct home;
/* Opened, brought to this version, or made. E_CORRUPT: of a newer version (its text says what to do). E_DENIED: others may read the file. */
NODISCARD int home_open(const char *path, struct home **ret, struct err *e);
void home_close(struct home *h); /* NULL is fine */
/* Several calls as one change; ends with the caller's rc: 0 commits, else nothing was. Nests. */
NODISCARD int home_begin(struct home *h, struct err *e);
NODISCARD int home_end(struct home *h, int rc, struct err *e);

/* ---- papers ---- */
/* Numbers in the file. */
enum home_kind {
	HOME_ANY,           /* in questions only */
	HOME_REQUEST,       /* a contribution asked from an agency: body is the question */
	HOME_CONTRIBUTION,  /* its answer: rests on the request */
	HOME_POSITION,      /* national position on an item: rests on the contributions merged into it */
	HOME_BRIEFING,      /* of an item: body is the state of play, then speaking points, questions and answers */
	HOME_MINUTES,       /* national minutes of a round */
	HOME_NOTE,
	HOME_KINDS
};
enum home_state { HOME_NO_STATE, HOME_DRAFT, HOME_SENT /* a request: asked; else given to the desk */, HOME_CLEARED /* accepted; final */, HOME_WITHDRAWN, HOME_STATES };
enum home_text { HOME_BODY, HOME_POINTS, HOME_ANSWERS, HOME_TEXTS }; /* the last two: briefings only */
const char *home_kind_word(enum home_kind k);    /* "request" …; "?" for none of ours */
const char *home_kind_name(enum home_kind k);    /* for people: a message id */
enum home_kind home_kind_parse(const char *word); /* HOME_ANY: none of ours */
const char *home_state_word(enum home_state s);
const char *home_state_name(enum home_state s);  /* message id */
enum home_state home_state_parse(const char *word); /* HOME_NO_STATE: none of ours */
const char *home_text_name(enum home_kind k, enum home_text t); /* message id of a part's heading; NULL: this kind has no such part */

struct home_ref { char id[17]; uint64_t version; };
struct home_paper {
	char id[17];                         /* 16 hex digits; the same for all versions */
	uint64_t version;                    /* from 1 */
	uint64_t change;                     /* grows with every version saved in this file: where a search left off */
	enum home_kind kind;
	enum home_state state;
	char round[LIMIT_STIX_ID + 1];
	char item[LIMIT_HOME_ITEM + 1];      /* number of the agenda's unit; "": the round as a whole */
	char agency[LIMIT_AGENCY + 1];       /* asked, answering, or whose paper it is */
	char author[LIMIT_USER + 1];         /* of this version */
	char owner[LIMIT_USER + 1];          /* whose work it is now, of all versions */
	int64_t at_us;                       /* when this version was saved */
	int64_t deadline_s;                  /* requests; 0: none */
	const char *title, *text[HOME_TEXTS];
	struct home_ref ref[LIMIT_HOME_REFS]; size_t refs; /* what it rests on */
	void *own;                           /* holds the texts of a paper that was read; NULL in one to be put */
};
void home_paper_free(struct home_paper *p); /* of what was read by home_get; NULL and zeroed are fine */

/*
 * Save a version. p->id: 16 hex digits of the caller's choosing. `base`: the version it was made from, 0 for a new paper.
 * E_CONFLICT: another version was saved meanwhile (its text names both): read it and show both. Kind, round and item
 * stay what they were (E_STATE). *ret_version may be NULL. owner "": the author of a new paper; a version leaves it.
 */
NODISCARD int home_put(struct home *h, const struct home_paper *p, uint64_t base, uint64_t *ret_version, struct err *e);
/* version 0: the newest. E_NOTFOUND. Free what was read. */
NODISCARD int home_get(struct home *h, const char *id, uint64_t version, struct home_paper *ret, struct err *e);
/* In a walk texts live until the visitor returns. */
typedef int home_visit(void *ctx, const struct home_paper *p, struct err *e);
NODISCARD int home_versions(struct home *h, const char *id, home_visit *v, void *ctx, struct err *e); /* oldest first */
struct home_ask {
	enum home_kind kind;                 /* HOME_ANY: any; so do NULL and "" below */
	const char *round, *item, *agency, *owner;
	uint64_t after;                      /* only what changed since: `change` is greater */
	size_t limit;                        /* 0: all */
};
/* Newest versions of papers, in order of `change`: what a list, a folder or a search reads. */
NODISCARD int home_papers(struct home *h, const struct home_ask *q, home_visit *v, void *ctx, struct err *e);

/* A request and what became of it: its agency's answer that counts most. */
struct home_due { struct home_paper request; char contribution[17]; uint64_t version; enum home_state answered; int64_t answered_us; }; /* HOME_NO_STATE: nothing yet */
typedef int home_due_visit(void *ctx, const struct home_due *d, struct err *e);
/* Requests that were not withdrawn, by deadline, those without last; q->kind does not matter. open: only those whose answer was not sent. */
NODISCARD int home_requests(struct home *h, const struct home_ask *q, bool open, home_due_visit *v, void *ctx, struct err *e);

/* Whose work a paper is; E_NOTFOUND. */
NODISCARD int home_give(struct home *h, const char *id, const char *owner, struct err *e);
/* All papers and waiting acts of `from` become the work of `to`. Doing it twice does nothing more. *ret_n (NULL is fine): how many. */
NODISCARD int home_hand_over(struct home *h, const char *from, const char *to, size_t *ret_n, struct err *e);

/* ---- acts that wait for a second person ---- */
/* Numbers in the file. READY: confirmed, and `bytes` are on their way into the record; after a crash they are sent again. */
enum home_wait_state { WAIT_EVERY /* in questions only */, WAIT_WAITING, WAIT_READY, WAIT_CONFIRMED, WAIT_REFUSED, WAIT_LAPSED };
const char *home_wait_word(enum home_wait_state s);
const char *home_wait_name(enum home_wait_state s); /* message id */
struct home_wait {
	char id[17];
	char asked_by[LIMIT_USER + 1];       /* never changes */
	char owner[LIMIT_USER + 1];          /* who took the asker's work over, else the asker */
	int64_t at_us;
	char verb[LIMIT_USER + 1];           /* "write", "accept": as in the act */
	char about[LIMIT_STIX_ID + 1];       /* the object it writes a version of, or is about */
	char marking[LIMIT_USER + 1];        /* tlp_word(): "amber" */
	bool publication;
	const char *act; size_t act_n;       /* JSON: all it needs to be carried out */
	const char *bytes; size_t bytes_n;   /* WAIT_READY: exactly what is sent to the record */
	enum home_wait_state state;
	char decided_by[LIMIT_USER + 1];
	int64_t decided_us;
	const char *reason;                  /* refused, lapsed: why */
	char object[LIMIT_STIX_ID + 1];      /* confirmed: id of what was written */
	void *own;                           /* as in struct home_paper */
};
void home_wait_free(struct home_wait *w);
NODISCARD int home_wait_put(struct home *h, const struct home_wait *w, struct err *e); /* a new one: state, decided_… are filled in. E_LIMIT: too many wait */
NODISCARD int home_wait_get(struct home *h, const char *id, struct home_wait *ret, struct err *e); /* E_NOTFOUND */
typedef int home_wait_visit(void *ctx, const struct home_wait *w, struct err *e);
/* owner NULL: everybody's. Oldest first. */
NODISCARD int home_waits(struct home *h, enum home_wait_state state, const char *owner, home_wait_visit *v, void *ctx, struct err *e);
/*
 * The steps of one: waiting → ready (by, bytes), refused (by, reason), lapsed (by, reason); ready → confirmed (object),
 * lapsed (reason). E_STATE: it is not where the step begins; its text says who decided and how.
 */
NODISCARD int home_wait_step(struct home *h, const struct home_wait *to, struct err *e);
