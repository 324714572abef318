/* National papers by the rights of people. */
#include "consult/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "consult/desk_priv.h"

/* ---- who may ---- */

/* What those may do who only contribute: without the right to write acts of the consultation. */
enum others { OTHERS_NEVER, OTHERS_SENT, OTHERS_ALWAYS };
static const struct { enum others read; bool write_own; } contributor[HOME_KINDS] = {
	[HOME_REQUEST]      = {OTHERS_NEVER,  false},
	[HOME_CONTRIBUTION] = {OTHERS_SENT,   true},
	[HOME_POSITION]     = {OTHERS_ALWAYS, false},
	[HOME_BRIEFING]     = {OTHERS_ALWAYS, false},
	[HOME_MINUTES]      = {OTHERS_ALWAYS, false},
	[HOME_NOTE]         = {OTHERS_SENT,   true},
};

static bool others_readable(enum home_kind kind, enum home_state state)
{
	return contributor[kind].read == OTHERS_ALWAYS || (contributor[kind].read == OTHERS_SENT && (state == HOME_SENT || state == HOME_CLEARED));
}

bool desk_may(const struct principal *p, enum desk_use use, enum home_kind kind, enum home_state state, const char *agency)
{
	const bool desk = principal_has(p, RIGHT_WRITE), own = p->agency[0] != '\0' && strcmp(p->agency, agency) == 0;

	if (kind <= HOME_ANY || kind >= HOME_KINDS || !principal_has(p, use == DESK_READ ? RIGHT_HOME_READ : RIGHT_HOME_WRITE))
		return false;
	switch (use) {
	case DESK_READ:
		return desk || own || others_readable(kind, state);
	case DESK_WRITE:
		return desk || (own && contributor[kind].write_own && state != HOME_CLEARED);
	case DESK_CLEAR:
		return desk;
	}
	return false;
}

int desk_want(const struct desk *d, enum right right, struct err *e)
{
	return principal_has(d->who, right) ? 0 : fail(e, E_DENIED, "%s: the right \"%s\" is needed for that", d->who->known ? d->who->name : "nobody", right_word(right));
}

static bool may(const struct desk *d, enum desk_use use, const struct home_paper *p) { return desk_may(d->who, use, p->kind, p->state, p->agency); }

/* ---- the audit log ---- */

int desk_note(const struct desk *d, const char *act, const char *subject, const char *outcome, struct err *e)
{
	const char *who = d->who != NULL ? d->who->who : "node";

	return d->access != NULL ? audit_note(d->access, who, d->from, act, subject, outcome, e)
	                         : audit_note_state(d->clock, d->state, who, d->from, act, subject, outcome, e);
}

int desk_new_id(const struct desk *d, char ret[17], struct err *e)
{
	uint8_t random[8];

	if (rng_fill(d->rng, random, sizeof(random)) != 0)
		return fail(e, E_ENV, "no randomness");
	hex_encode(random, sizeof(random), ret);
	ret[16] = '\0';
	return 0;
}

/* ---- reading ---- */

int desk_find(const struct desk *d, const char *id, struct home_paper *ret, struct err *e) { return desk_read(d, id, 0, ret, e); }

static int no_paper(const char *id, struct err *e) { return fail(e, E_NOTFOUND, "there is no paper %.20s", id); }

/* By the state of the newest version: what was sent and is a draft again is seen by its agency alone, old versions too. */
static int see(const struct desk *d, const char *id, struct err *e)
{
	struct home_paper p = {0};
	int rc = home_get(d->home, id, 0, &p, e);

	if (rc == E_NOTFOUND || (rc == 0 && !may(d, DESK_READ, &p)))
		rc = no_paper(id, e);
	home_paper_free(&p);
	return rc;
}

int desk_read(const struct desk *d, const char *id, uint64_t version, struct home_paper *ret, struct err *e)
{
	struct home_paper p = {0};
	int rc;

	if ((rc = see(d, id, e)) != 0 || (rc = home_get(d->home, id, version, &p, e)) != 0)
		return rc;
	if (may(d, DESK_READ, &p)) {
		*ret = p;
		return 0;
	}
	home_paper_free(&p);
	return no_paper(id, e);
}

struct filter { const struct desk *d; home_visit *v; void *ctx; size_t left; bool bounded; };

static int pass_on(void *ctx, const struct home_paper *p, struct err *e)
{
	struct filter *f = ctx;

	if (!may(f->d, DESK_READ, p) || (f->bounded && f->left == 0))
		return 0;
	f->left--;
	return f->v(f->ctx, p, e);
}

int desk_versions(const struct desk *d, const char *id, home_visit *v, void *ctx, struct err *e)
{
	const int rc = see(d, id, e);

	return rc != 0 ? rc : home_versions(d->home, id, pass_on, &(struct filter){.d = d, .v = v, .ctx = ctx}, e);
}

/* The limit counts what is shown. */
int desk_papers(const struct desk *d, const struct home_ask *q, home_visit *v, void *ctx, struct err *e)
{
	struct home_ask all = *q;
	const int rc = desk_want(d, RIGHT_HOME_READ, e);

	all.limit = principal_has(d->who, RIGHT_WRITE) ? q->limit : 0;
	return rc != 0 ? rc : home_papers(d->home, &all, pass_on, &(struct filter){d, v, ctx, q->limit, q->limit != 0}, e);
}

/* ---- saving ---- */

int desk_put(const struct desk *d, const struct home_paper *p, uint64_t base, uint64_t *ret_version, struct err *e)
{
	char act[LIMIT_USER + 1];
	int rc = home_begin(d->home, e);

	if (rc != 0)
		return rc;
	(void)snprintf(act, sizeof(act), "%s save", home_kind_word(p->kind));
	if ((rc = home_put(d->home, p, base, ret_version, e)) == 0)
		rc = desk_note(d, act, p->id, NULL, e);
	return home_end(d->home, rc, e);
}

/* A form's line ends are CR LF. */
static const char *plain_lines(const char *text, struct buf *room)
{
	if (text == NULL || strchr(text, '\r') == NULL)
		return text;
	for (const char *s = text; *s != '\0'; s++)
		if (*s != '\r' || s[1] != '\n')
			buf_putc(room, *s == '\r' ? '\n' : *s);
	buf_putc(room, '\0');
	return room->p;
}

/* Does p stand where what it rests on stands? */
static int check_rests(const struct desk *d, const struct home_paper *p, struct err *e)
{
	const enum home_kind due = p->kind == HOME_CONTRIBUTION ? HOME_REQUEST : HOME_CONTRIBUTION;
	struct home_paper on = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->refs && i < LIMIT_HOME_REFS; i++) {
		if ((rc = desk_find(d, p->ref[i].id, &on, e)) == 0 && (on.kind != due || strcmp(on.round, p->round) != 0 || strcmp(on.item, p->item) != 0 ||
		    (due == HOME_REQUEST && strcmp(on.agency, p->agency) != 0)))
			rc = fail(e, E_STATE, "%s: not a %s of the same round, item and agency", p->ref[i].id, home_kind_word(due));
		home_paper_free(&on);
	}
	return rc;
}

/* What stays as it was, whatever the caller left out. */
static int take_over(const struct desk *d, struct home_paper *q, struct err *e)
{
	struct home_paper was = {0};
	int rc = desk_find(d, q->id, &was, e);

	if (rc == 0 && !may(d, DESK_WRITE, &was))
		rc = fail(e, E_DENIED, "%s %s: only the desk changes it%s", home_kind_word(was.kind), was.id, was.state == HOME_CLEARED ? " now that it is cleared" : "");
	if (rc == 0) {
		q->kind = was.kind;
		if (q->state == HOME_NO_STATE)
			q->state = was.state;
		memcpy(q->round, was.round, sizeof(q->round));
		memcpy(q->item, was.item, sizeof(q->item));
		memcpy(q->agency, was.agency, sizeof(q->agency));
		if (q->refs == 0) {
			memcpy(q->ref, was.ref, sizeof(q->ref));
			q->refs = was.refs;
		}
	}
	home_paper_free(&was);
	return rc;
}

static int begin_new(const struct desk *d, struct home_paper *q, struct err *e)
{
	if (q->agency[0] == '\0')
		(void)snprintf(q->agency, sizeof(q->agency), "%s", d->who->agency);
	if (q->state == HOME_NO_STATE)
		q->state = q->kind == HOME_REQUEST ? HOME_SENT : HOME_DRAFT;
	if (!desk_may(d->who, DESK_WRITE, q->kind, HOME_DRAFT, q->agency))
		return fail(e, E_DENIED, "%s: no right to write a %s of %s", d->who->name, home_kind_word(q->kind), q->agency[0] != '\0' ? q->agency : "the party");
	return desk_new_id(d, q->id, e);
}

int desk_save(const struct desk *d, const struct home_paper *p, uint64_t base, char ret_id[17], uint64_t *ret_version, struct err *e)
{
	struct buf lines[HOME_TEXTS] = {BUF_INIT(LIMIT_HOME_TEXT + 2), BUF_INIT(LIMIT_HOME_TEXT + 2), BUF_INIT(LIMIT_HOME_TEXT + 2)};
	struct home_paper q = *p;
	int rc;

	q.at_us = desk_now_us(d);
	(void)snprintf(q.author, sizeof(q.author), "%s", d->who->name);
	if ((rc = desk_want(d, RIGHT_HOME_WRITE, e)) != 0 || (rc = q.id[0] != '\0' ? take_over(d, &q, e) : begin_new(d, &q, e)) != 0)
		return rc;
	if (q.state == HOME_CLEARED && !may(d, DESK_CLEAR, &q))
		return fail(e, E_DENIED, "%s: only the desk clears papers", d->who->name);
	if ((rc = check_rests(d, &q, e)) != 0)
		return rc;
	for (size_t t = 0; t < HOME_TEXTS; t++) {
		q.text[t] = plain_lines(p->text[t], &lines[t]);
		if (rc == 0)
			rc = buf_err(&lines[t], e, "text of a paper");
	}
	if (rc == 0 && (rc = desk_put(d, &q, base, ret_version, e)) == 0 && ret_id != NULL)
		memcpy(ret_id, q.id, sizeof(q.id));
	for (size_t t = 0; t < HOME_TEXTS; t++)
		buf_free(&lines[t]);
	return rc;
}

/* ---- people ---- */

int desk_as(struct state *s, const char *party, const char *user, struct principal *ret, struct err *e)
{
	struct state_user u;
	int rc = state_get_user(s, user, &u, e);

	if (rc != 0)
		return rc;
	if (u.disabled)
		return fail(e, E_DENIED, "user %s is disabled", u.name);
	if (strcmp(u.party, party) != 0)
		return fail(e, E_DENIED, "user %s is of party %s, not of this node's", u.name, u.party);
	*ret = (struct principal){.known = true, .own = true, .read = true, .write = true};
	(void)snprintf(ret->name, sizeof(ret->name), "%s", u.name);
	(void)snprintf(ret->party, sizeof(ret->party), "%s", u.party);
	(void)snprintf(ret->agency, sizeof(ret->agency), "%s", u.agency);
	if (u.agency[0] != '\0')
		(void)snprintf(ret->who, sizeof(ret->who), "%s/%s/%s", u.party, u.agency, u.name);
	else
		(void)snprintf(ret->who, sizeof(ret->who), "%s/%s", u.party, u.name);
	ret->reader = (struct reader){.party = ret->party, .agency = ret->agency[0] != '\0' ? ret->agency : NULL, .person = ret->name, .role = role_parse(u.role), .via = VIA_COMMAND};
	return 0;
}

int desk_hand_over(void *ctx, const char *from, const char *to, struct err *e) { return home_hand_over(ctx, from, to, NULL, e); }
