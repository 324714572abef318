/*
 * web/at_desk.h - a page's way to acts and papers: who is signed in, at the desk of the own party. Acts go through
 * consult/acts.h with the desk's actor, so what needs a second person waits (ACT_HELD), for pages and commands alike.
 */
#pragma once
#include "consult/acts.h"
#include "consult/desk.h"
#include "web/sheet.h"
#include "web/visit.h"

struct at_desk { struct desk desk; struct act_hold hold; struct actor actor; };
/* E_NOTFOUND: signed out, or the node keeps no papers. What is in *ret lives as long as the visit; *ret is not moved. */
NODISCARD int at_desk(struct visit *v, struct at_desk *ret, struct err *e);
/* How an act ended: done or held, 303 to `to` with the word `done` or "held"; otherwise rc as it came. */
NODISCARD int at_desk_end(struct visit *v, int rc, struct url to, const char *done, struct err *e);
/*
 * After an act that was refused: can the form be shown again, with the reason on top? Sets status and s->fault; with
 * E_CONFLICT the caller puts the newest version beside what was typed (sheet_conflict). False: answer with rc.
 */
bool sheet_refused(struct visit *v, struct sheet *s, int rc, const struct err *e);
/* Show a form over a page of its own. title, intro (or NULL), send: message ids. */
int sheet_show(struct visit *v, const struct sheet *s, const char *title, const char *intro, const char *send);
/* What of a form stops it before any act: more rows are wanted (200), or something is missing (422). False: go on. */
bool sheet_stops(struct visit *v, struct sheet *s);
uint64_t number_of(const char *digits); /* NULL, none: 0 */
struct texts texts_of(struct bitext t);
/* How many acts wait that this person may confirm. Failures count as none: a page is not refused for a number. */
unsigned at_desk_waiting(struct visit *v);
