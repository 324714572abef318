#include "web/at_desk.h"

#include <string.h>

#include "web/homes.h"
#include "web/tmpl.h"

static int open_desk(struct visit *v, struct desk *d, struct err *e)
{
	int rc;

	if (v->w->homes == NULL || !v->who.known || !v->who.own)
		return fail(e, E_NOTFOUND, "not found");
	if (v->home == NULL && (rc = homes_take(v->w->homes, &v->home, e)) != 0)
		return rc;
	*d = (struct desk){.r = v->w->record, .rd = v->l.rd, .home = v->home, .access = v->w->access, .clock = &record_world(v->w->record)->clock,
		.rng = &record_world(v->w->record)->rng, .who = &v->who, .from = v->from.addr};
	return 0;
}

int at_desk(struct visit *v, struct at_desk *ret, struct err *e)
{
	int rc;

	*ret = (struct at_desk){0};
	if ((rc = open_desk(v, &ret->desk, e)) == 0)
		desk_actor(&ret->desk, &ret->hold, &ret->actor);
	return rc;
}

int at_desk_end(struct visit *v, int rc, struct url to, const char *done, struct err *e)
{
	if (rc == ACT_HELD)
		return visit_go(v, to, "held", e);
	/* The record names the side; which of its people it was stands here. */
	if (rc == 0 && v->who.known)
		rc = audit_note(v->w->access, v->who.who, v->from.addr, arena_printf(v->l.a, "act: %s", done), v->q->path, "done", e);
	return rc == 0 ? visit_go(v, to, done, e) : rc;
}

bool sheet_refused(struct visit *v, struct sheet *s, int rc, const struct err *e)
{
	if (rc != E_CONFLICT && rc != E_STATE && rc != E_FORMAT && rc != E_LIMIT && rc != E_USAGE)
		return false;
	v->r->status = rc == E_CONFLICT || rc == E_STATE ? 409 : 422;
	s->fault = rc == E_CONFLICT ? N_("Somebody saved another version while you were writing. What you typed is still here; where it differs, the newer version stands beside it. Sending again saves yours.") :
		arena_str(v->l.a, e->msg);
	return true;
}

bool sheet_stops(struct visit *v, struct sheet *s)
{
	if (s->again)
		return true;
	if (sheet_ok(s))
		return false;
	visit_again(v);
	return true;
}

int sheet_show(struct visit *v, const struct sheet *s, const char *title, const char *intro, const char *send)
{
	struct out o = visit_out(v);

	v->p.title = tr(v->p.lang, title);
	page_sheet(&o, &v->p, s, intro, send);
	return 0;
}

uint64_t number_of(const char *digits)
{
	uint64_t n = 0;

	for (; digits != NULL && *digits >= '0' && *digits <= '9'; digits++)
		n = n * 10 + (uint64_t)(*digits - '0');
	return n;
}

struct texts texts_of(struct bitext t)
{
	struct texts x;

	memcpy(x.in, t.s, sizeof(x.in));
	return x;
}

struct counting { const char *name; unsigned n; };

static int count_one(void *ctx, const struct home_wait *w, struct err *e)
{
	struct counting *c = ctx;

	(void)e;
	if (strcmp(w->asked_by, c->name) != 0 && strcmp(w->owner, c->name) != 0)
		c->n++;
	return 0;
}

unsigned at_desk_waiting(struct visit *v)
{
	struct counting c = {v->who.name, 0};
	struct desk d;

	if (!visit_may(v, RIGHT_RELEASE) || open_desk(v, &d, NULL) != 0 || desk_waiting(&d, false, count_one, &c, NULL) != 0)
		return 0;
	return c.n;
}
