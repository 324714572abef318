/* tests/unit/access/lab.h - an access over a folder of its own, a virtual clock, and requests by hand. */
#pragma once
#include "../check.h"

#include "access/people_priv.h"

#define NOW_S 1473400000LL /* 2016-09-09 */
#define PASSWORD "Auswaertiges Amt 2016"

#define OK(call) do { \
	if ((call) != 0) \
		fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, lab->e.msg); \
} while (0)

struct lab {
	char dir[64];
	int64_t now;                 /* ns */
	struct world w;
	struct state *s;             /* another connection: the administrator's */
	struct access *a;
	struct err e;
	unsigned wait;
	struct principal p;
	struct people_session ses;
	struct people_from from;
	struct people_in in;
};
void lab_open(struct lab *lab, unsigned rate, unsigned burst);
void lab_close(struct lab *lab);
/* A user with PASSWORD unless "" is asked for; made by the administrator's connection. */
void lab_user(struct lab *lab, const char *name, const char *party, const char *agency, const char *role, const char *password);
/* Text into text[64]. */
void lab_token(struct lab *lab, const char *user, struct state_token *t, char text[64]);
/* access_identify with these; NULLs: absent. The principal is in lab->p. */
int lab_ask(struct lab *lab, const char *authorization, const uint8_t *spki, const char *addr);
/* A browser: what it sends. Zeroed: plain http from 192.0.2.1 without anything. */
struct browser { bool tls; const char *addr, *cookie, *origin, *site, *host, *agent; const uint8_t *spki; };
#define ORIGIN "https://verbale.example"
/* people_identify, people_from of it; into lab->p, lab->ses, lab->from. */
int lab_visit(struct lab *lab, const struct browser *b);
void lab_from(struct lab *lab, const struct browser *b);
/* The cookie of lab->in as the browser sends it back. */
void lab_cookie(const struct lab *lab, char to[PEOPLE_COOKIE]);
/* Signs in by PASSWORD and gives the cookie; lab->ses, lab->p are of the new session. */
void lab_sign_in(struct lab *lab, const char *name, char cookie[PEOPLE_COOKIE]);
/* The newest audit row's "who act subject outcome". */
const char *lab_audit(struct lab *lab);
/* "Basic …" of a pair into to[]. */
void basic(const char *name, const char *password, char to[2048]);
