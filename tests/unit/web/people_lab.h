/* One node with people, asked as browsers ask, without sockets. */
#pragma once
#include "../check.h"
#include "access/people.h"
#include "support.h"
#include "web/web.h"

#define PASSWORD "korrekt pferd batterie"

struct people_lab { struct lab l; struct node n; struct access *a; struct state *s; struct web web; };
void house_open(struct people_lab *d);
void house_close(struct people_lab *d);
/* The same over a node that is there already: l.w, l.now and n are set; it stays the caller's. */
void house_people(struct people_lab *d);
void house_leave(struct people_lab *d);
void people_user(struct people_lab *d, const char *name, const char *agency, const char *role);

/* What a browser sends beside target and form; zeroed: nothing. */
struct sent { const char *cookie, *origin, *site, *agent; bool tls; const uint8_t *spki; };
struct got { int status; char location[512], cookie[256], cache[64], wait[16]; struct buf body; };
/* form NULL: GET. Free: got_free. */
void people_ask(struct people_lab *d, const struct sent *b, const char *target, const char *form, struct got *ret);
void got_free(struct got *g);
int people_status(struct people_lab *d, const struct sent *b, const char *target, const char *form);

/* Signs in with PASSWORD; the cookie as the browser sends it. */
void cookie_of(const struct got *g, char to[128]);
void people_sign_in(struct people_lab *d, const char *name, char cookie[128]);
/* The token of forms on this page, encoded; fails the test if there is none. */
void people_token(struct people_lab *d, const char *cookie, const char *target, char to[128]);
/* The value of a hidden field, or the text between two marks, out of a page. */
void between(const struct got *g, const char *before, const char *after, char *to, size_t room);
/* Users, sessions, factors and codes as one text: what an act may have changed. */
void people_digest(struct people_lab *d, struct buf *to);
