/* tests/unit/access/lab.h - an access over a folder of its own, a virtual clock, and requests by hand. */
#pragma once
#include "../check.h"

#include "access/priv.h"

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
};
void lab_open(struct lab *lab, unsigned rate, unsigned burst);
void lab_close(struct lab *lab);
/* A user with PASSWORD unless "" is asked for; made by the administrator's connection. */
void lab_user(struct lab *lab, const char *name, const char *party, const char *agency, const char *role, const char *password);
/* Text into text[64]. */
void lab_token(struct lab *lab, const char *user, struct state_token *t, char text[64]);
/* access_identify with these; NULLs: absent. The principal is in lab->p. */
int lab_ask(struct lab *lab, const char *authorization, const uint8_t *spki, const char *addr);
/* "Basic …" of a pair into to[]. */
void basic(const char *name, const char *password, char to[2048]);
