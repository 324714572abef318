/* The second person: what must not leave by one hand alone waits until another confirms it. */
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "consult/acts.h"
#include "consult/desk_priv.h"

bool desk_needs_second(const struct desk_release *q)
{
	/* An unmarked object is as its collection's ceiling; who asks without having looked that up gets the careful answer. */
	static const bool waits[] = {
		[TLP_NONE] = true, [TLP_CLEAR] = false, [TLP_GREEN] = false, [TLP_AMBER] = true, [TLP_AMBER_STRICT] = true, [TLP_RED] = true, [TLP_UNKNOWN] = true};

	return q->publication || q->withdraws_public || (q->beyond && ((unsigned)q->level >= ARRAY_LEN(waits) || waits[q->level]));
}

/* ---- waiting ---- */

void desk_actor(const struct desk *d, struct act_hold *hold, struct actor *ret)
{
	*hold = (struct act_hold){.put = desk_hold, .ctx = d};
	/* Whatever the role of another party's user says: nobody acts for this party but its own people. */
	*ret = (struct actor){.r = d->r, .rd = d->rd, .who = d->who->who, .role = d->who->known && d->who->own ? d->who->reader.role : ROLE_NONE, .hold = hold};
}

/* What the act's text says of it: its verb, for lists, and the right it takes. */
static int read_act(const char *json, size_t n, char *ret_verb, size_t room, enum right *ret_right, struct err *e)
{
	struct json_doc *doc = NULL;
	const char *verb, *kind;
	int rc = json_read(json, n, &(struct json_read_opt){.what = "a waiting act", .max_bytes = LIMIT_READY}, &doc, e);

	if (rc != 0)
		return rc;
	verb = json_get_str(json_root(doc), "verb");
	kind = json_get_str(json_root(doc), "kind");
	if (verb == NULL || strlen(verb) >= room)
		rc = fail(e, E_FORMAT, "a waiting act without a verb");
	else
		(void)snprintf(ret_verb, room, "%s", verb);
	*ret_right = kind == NULL || stix_kind_of(kind) == STIX_ASSENT || stix_kind_of(kind) == STIX_PUBLICATION ? RIGHT_ASSENT : RIGHT_WRITE;
	json_free(doc);
	return rc;
}

/* The right is asked here: once confirmed, the act is written in the name of the party. */
int desk_hold(const void *ctx, const struct actor *a, const char *act_json, size_t n, const char *about, enum tlp level, bool publication, struct err *e)
{
	const struct desk *d = ctx;
	struct home_wait w = {.at_us = desk_now_us(d), .publication = publication, .act = act_json, .act_n = n};
	enum right right;
	int rc;

	(void)a;
	(void)snprintf(w.asked_by, sizeof(w.asked_by), "%s", d->who->name);
	(void)snprintf(w.about, sizeof(w.about), "%s", about != NULL ? about : "");
	(void)snprintf(w.marking, sizeof(w.marking), "%s", tlp_word(level) != NULL ? tlp_word(level) : "");
	if ((rc = read_act(act_json, n, w.verb, sizeof(w.verb), &right, e)) != 0 || (rc = desk_want(d, right, e)) != 0 || (rc = desk_new_id(d, w.id, e)) != 0 || (rc = home_begin(d->home, e)) != 0)
		return rc;
	if ((rc = home_wait_put(d->home, &w, e)) == 0)
		rc = desk_note(d, "second person ask", w.about, w.id, e);
	return home_end(d->home, rc, e);
}

/* ---- who sees what waits ---- */

static bool is_own(const struct desk *d, const struct home_wait *w)
{
	return d->who->known && d->who->own && (strcmp(w->asked_by, d->who->name) == 0 || strcmp(w->owner, d->who->name) == 0);
}

struct waits { const struct desk *d; bool all; home_wait_visit *v; void *ctx; };

static int pass_wait(void *ctx, const struct home_wait *w, struct err *e)
{
	const struct waits *x = ctx;

	if (!x->all && w->state != WAIT_WAITING && w->state != WAIT_READY)
		return 0;
	return principal_has(x->d->who, RIGHT_RELEASE) || is_own(x->d, w) ? x->v(x->ctx, w, e) : 0;
}

int desk_waiting(const struct desk *d, bool all, home_wait_visit *v, void *ctx, struct err *e)
{
	const char *owner = principal_has(d->who, RIGHT_RELEASE) ? NULL : d->who->name;
	struct waits x = {d, all, v, ctx};

	if (!d->who->known || !d->who->own)
		return 0;
	return home_waits(d->home, WAIT_EVERY, owner, pass_wait, &x, e);
}

int desk_wait(const struct desk *d, const char *id, struct home_wait *ret, struct err *e)
{
	struct home_wait w = {0};
	int rc = home_wait_get(d->home, id, &w, e);

	if (rc == 0 && !principal_has(d->who, RIGHT_RELEASE) && !is_own(d, &w))
		rc = fail(e, E_NOTFOUND, "nothing waits under %.20s", id);
	if (rc == 0)
		*ret = w;
	else
		home_wait_free(&w);
	return rc;
}

/* ---- deciding ---- */

/* Trouble of the moment: the act goes on waiting. All else says that it does not fit (any more). */
static bool passes(int rc)
{
	static const int trouble[] = {E_NOMEM, E_BUSY, E_NOSPACE, E_IO, E_NET, E_ENV, E_CORRUPT};

	for (size_t i = 0; i < ARRAY_LEN(trouble); i++)
		if (rc == trouble[i])
			return true;
	return false;
}

static int note_decision(const struct desk *d, const char *what, const struct home_wait *w, const char *outcome, struct err *e)
{
	char act[LIMIT_USER + 1];

	(void)snprintf(act, sizeof(act), "second person %s", what);
	return desk_note(d, act, w->about, outcome, e);
}

/* An error's text may end inside a character, or quote what no list should show. */
static void make_plain(char *text)
{
	text[utf8_check(text, strlen(text))] = '\0';
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static int lapse(const struct desk *d, const struct home_wait *w, const char *by, const char *reason, struct err *e)
{
	struct home_wait to = {.state = WAIT_LAPSED, .decided_us = desk_now_us(d), .reason = reason};
	int rc;

	memcpy(to.id, w->id, sizeof(to.id));
	(void)snprintf(to.decided_by, sizeof(to.decided_by), "%s", by);
	if ((rc = home_wait_step(d->home, &to, e)) == 0)
		rc = note_decision(d, "lapse", w, reason, e);
	return rc;
}

static struct actor actor_of(const struct desk *d)
{
	return (struct actor){.r = d->r, .rd = d->rd, .who = d->who != NULL ? d->who->who : NULL, .role = ROLE_RELEASER};
}

/*
 * What is ready goes into the record as it stands: sent twice, it is a duplicate the second time. Another process may do
 * the same at the same moment; then the later one finds the step done.
 */
static int carry_out(const struct desk *d, const struct home_wait *w, struct add_result *ret, struct err *e)
{
	const struct actor a = actor_of(d);
	struct home_wait to = {.state = WAIT_CONFIRMED}, now = {0};
	struct err why = {.code = 0};
	int rc, step;

	*ret = (struct add_result){.what = ADDED_REFUSED};
	rc = act_send(&a, w->bytes, w->bytes_n, ret, &why);
	make_plain(why.msg);
	if (rc != 0 && passes(rc)) {
		if (e != NULL)
			*e = why;
		return rc;
	}
	memcpy(to.id, w->id, sizeof(to.id));
	if ((step = home_begin(d->home, e)) != 0)
		return step;
	if (rc != 0 && ret->what == ADDED_REFUSED) {
		step = lapse(d, w, "", why.msg, e);
	} else {
		(void)snprintf(to.object, sizeof(to.object), "%s", ret->id);
		to.reason = rc != 0 ? why.msg : NULL; /* a part of it was refused */
		if ((step = home_wait_step(d->home, &to, e)) == 0)
			step = note_decision(d, "carried out", w, ret->id, e);
	}
	step = home_end(d->home, step, e);
	if (step == E_STATE && home_wait_get(d->home, w->id, &now, NULL) == 0 && now.state == WAIT_CONFIRMED)
		step = 0;
	home_wait_free(&now);
	if (step == 0 && rc != 0 && e != NULL)
		*e = why;
	return step != 0 ? step : rc;
}

static int may_confirm(const struct desk *d, const struct home_wait *w, struct err *e)
{
	if (!principal_has(d->who, RIGHT_RELEASE))
		return desk_want(d, RIGHT_RELEASE, e);
	if (is_own(d, w))
		return fail(e, E_DENIED, "%s: asked by %s; a second person has to confirm it", w->id, d->who->name);
	if (w->state != WAIT_WAITING)
		return fail(e, E_STATE, "%s: %s by %s", w->id, home_wait_word(w->state), w->decided_by);
	return 0;
}

/* In one step of the home's: nobody else decides in between. *ret_lapsed: it does not fit any more, and that is kept. */
static int make_ready(const struct desk *d, const char *id, int *ret_lapsed, struct err *e)
{
	CLEANUP_BUF struct buf ready = BUF_INIT(LIMIT_READY);
	struct home_wait w = {0}, to = {.state = WAIT_READY, .decided_us = desk_now_us(d)};
	const struct actor a = actor_of(d);
	struct err why = {.code = 0};
	int rc = desk_wait(d, id, &w, e), fits;

	if (rc == 0 && (rc = may_confirm(d, &w, e)) == 0) {
		fits = act_prepare(&a, w.act, w.act_n, &ready, &why);
		make_plain(why.msg);
		if (fits == 0) {
			memcpy(to.id, w.id, sizeof(to.id));
			(void)snprintf(to.decided_by, sizeof(to.decided_by), "%s", d->who->name);
			to.bytes = ready.p;
			to.bytes_n = ready.n;
			if ((rc = home_wait_step(d->home, &to, e)) == 0)
				rc = note_decision(d, "confirm", &w, w.id, e);
		} else if (passes(fits)) {
			rc = fits;
			if (e != NULL)
				*e = why;
		} else if ((rc = lapse(d, &w, d->who->name, why.msg, e)) == 0) {
			*ret_lapsed = fits;
			if (e != NULL)
				*e = why;
		}
	}
	home_wait_free(&w);
	return rc;
}

int desk_confirm(const struct desk *d, const char *id, struct add_result *ret, struct err *e)
{
	struct home_wait w = {0};
	int lapsed = 0, rc;

	if ((rc = home_begin(d->home, e)) != 0)
		return rc;
	rc = make_ready(d, id, &lapsed, e);
	if ((rc = home_end(d->home, rc, rc == 0 && lapsed != 0 ? NULL : e)) != 0 || lapsed != 0)
		return rc != 0 ? rc : lapsed;
	if ((rc = home_wait_get(d->home, id, &w, e)) == 0 && w.state == WAIT_READY)
		rc = carry_out(d, &w, ret, e);
	home_wait_free(&w);
	return rc;
}

int desk_refuse(const struct desk *d, const char *id, const char *reason, struct err *e)
{
	struct home_wait w = {0}, to = {.state = WAIT_REFUSED, .decided_us = desk_now_us(d), .reason = reason};
	int rc;

	if ((rc = home_begin(d->home, e)) != 0)
		return rc;
	if ((rc = desk_wait(d, id, &w, e)) == 0) {
		memcpy(to.id, w.id, sizeof(to.id));
		(void)snprintf(to.decided_by, sizeof(to.decided_by), "%s", d->who->name);
		if (w.state != WAIT_WAITING)
			rc = fail(e, E_STATE, "%s: %s by %s", w.id, home_wait_word(w.state), w.decided_by);
		else if ((reason == NULL || *reason == '\0') && !is_own(d, &w))
			rc = fail(e, E_USAGE, "a refusal needs a reason");
		else if ((rc = home_wait_step(d->home, &to, e)) == 0)
			rc = note_decision(d, is_own(d, &w) ? "take back" : "refuse", &w, w.id, e);
	}
	home_wait_free(&w);
	return home_end(d->home, rc, e);
}

/* ---- what a dead node left behind ---- */

struct left { char id[LIMIT_WAITING][17]; size_t n; };

static int take_left(void *ctx, const struct home_wait *w, struct err *e)
{
	struct left *l = ctx;

	(void)e;
	if (l->n < LIMIT_WAITING)
		memcpy(l->id[l->n++], w->id, sizeof(w->id));
	return 0;
}

int desk_resume(const struct desk *d, size_t *ret_n, struct err *e)
{
	struct left *l = mem_zalloc(sizeof(*l));
	struct add_result res;
	size_t done = 0;
	int rc = l == NULL ? fail(e, E_NOMEM, "waiting acts") : home_waits(d->home, WAIT_READY, NULL, take_left, l, e);

	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		struct home_wait w = {0};

		if ((rc = home_wait_get(d->home, l->id[i], &w, e)) == 0 && w.state == WAIT_READY) {
			rc = carry_out(d, &w, &res, e);
			done += rc == 0;
			rc = passes(rc) ? rc : 0; /* one that lapsed is finished, too */
		}
		home_wait_free(&w);
	}
	mem_free(l);
	if (rc == 0 && ret_n != NULL)
		*ret_n = done;
	return rc;
}
