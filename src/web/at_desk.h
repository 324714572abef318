/*
 * web/at_desk.h - a page's way to acts and papers: who is signed in, at the desk of the own party. Acts go through
 * consult/acts.h with the desk's actor, so what needs a second person waits (ACT_HELD), for pages and commands alike.
 */
#pragma once
#include "consult/acts.h"
#include "consult/desk.h"
#include "web/visit.h"

struct at_desk { struct desk desk; struct act_hold hold; struct actor actor; };
/* E_NOTFOUND: signed out, or the node keeps no papers. What is in *ret lives as long as the visit; *ret is not moved. */
NODISCARD int at_desk(struct visit *v, struct at_desk *ret, struct err *e);
/* How an act ended: done or held, 303 to `to` with the word `done` or "held"; otherwise rc as it came. */
NODISCARD int at_desk_end(struct visit *v, int rc, struct url to, const char *done, struct err *e);
struct texts texts_of(struct bitext t);
/* How many acts wait that this person may confirm. Failures count as none: a page is not refused for a number. */
unsigned at_desk_waiting(struct visit *v);
