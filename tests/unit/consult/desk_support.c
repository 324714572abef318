#include "desk_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "desk: %s\n", e->msg);
	abort();
}

void office_open(struct office *o, const char *dir)
{
	struct err e = {0};

	(void)snprintf(o->home_path, sizeof(o->home_path), "%s/home.sqlite", dir);
	(void)snprintf(o->state_path, sizeof(o->state_path), "%s/state.sqlite", dir);
	must(home_open(o->home_path, &o->home, &e), &e);
	must(state_open(o->state_path, &o->state, &e), &e);
}

void office_close(struct office *o)
{
	home_close(o->home);
	state_close(o->state);
	o->home = NULL;
	o->state = NULL;
}

struct principal person(const char *name, const char *agency, enum role role)
{
	struct principal p = {.known = true, .own = true, .party = "DE", .read = true, .write = true};

	(void)snprintf(p.name, sizeof(p.name), "%s", name);
	(void)snprintf(p.agency, sizeof(p.agency), "%s", agency);
	(void)snprintf(p.who, sizeof(p.who), "DE/%s/%s", agency, name);
	p.reader.role = role;
	return p;
}

struct tally { const char *act; unsigned n; };

static int count(void *ctx, const struct state_audit *a, struct err *e)
{
	struct tally *t = ctx;

	(void)e;
	t->n += t->act == NULL || strcmp(t->act, a->act) == 0;
	return 0;
}

unsigned audited(struct office *o, const char *act)
{
	struct tally t = {.act = act};
	struct err e = {0};

	must(state_audits(o->state, &(struct state_audit_ask){0}, count, &t, &e), &e);
	return t.n;
}
