/* Two nodes with people at both, asked as browsers ask, without sockets: for what two sides write to each other. */
#pragma once
#include "../check.h"
#include "access/people.h"
#include "lab.h"
#include "web/homes.h"

struct side { struct node *n; struct access *a; struct state *s; struct homes *homes; struct web web; const char *lang; };
struct desks { struct weblab w; struct side de, jp; };
/* As weblab_open(); on each side a desk officer ("desk"), a releaser ("chief") and a reader ("reader") of the foreign ministry. */
void desks_open(struct desks *d);
void desks_close(struct desks *d);
/* The clock goes on and the nodes hear of each other. */
void desks_meet(struct desks *d);

struct answer { int status; char location[512], type[64]; struct buf body; };
/* cookie NULL: signed out. form NULL: GET. Free: answer_free. */
void desks_ask(struct side *s, const char *cookie, const char *target, const char *form, struct answer *ret);
void answer_free(struct answer *a);
struct person { struct side *s; char cookie[128], csrf[128]; };
void person_in(struct side *s, const char *name, struct person *ret);
/* GET; the page's body is the caller's (free). Fails the test unless the status is as given. */
char *see_page(struct person *p, const char *target, int status);
/* POST with the session's token and these fields (encoded); the body or the place it leads to, the caller's. */
char *send_form(struct person *p, const char *target, const char *form, int status);
/* Text, encoded for a form; static until the next 8 calls. */
const char *enc(const char *s);
