/* Signing in and out. Every refusal looks alike; where it leads afterwards is a path of ours or the overview. */
#include <stdio.h>
#include <string.h>

#include "web/people_view.h"
#include "web/tmpl.h"
#include "web/visit.h"

static const struct field sign_fields[SIGN_FIELDS] = {
	[SIGN_NAME] = {.name = "name", .label = N_("Name"), .autocomplete = "username webauthn", .required = true, .max = LIMIT_USER},
	[SIGN_PASSWORD] = {.name = "password", .label = N_("Password"), .type = "password", .autocomplete = "current-password", .required = true, .max = LIMIT_PASSWORD},
};
static const struct field code_field = {.name = "code", .label = N_("Code"), .hint = N_("Six digits from your app, or one of your recovery codes."), .autocomplete = "one-time-code", .required = true, .max = 40};

/* ---- the page ---- */

static void name_sign_in(struct visit *v)
{
	v->p.unlisted = true;
	v->p.title = tr(v->p.lang, N_("Sign in"));
	visit_name(v, url_path(v->l.a, "sign-in", NULL));
}

/* Where passkeys cannot be (no name for this site), the page simply does not offer them. */
static void ask_key(struct visit *v, struct v_sign_in *s)
{
	CLEANUP_BUF struct buf options = BUF_INIT(LIMIT_KEY_ANSWER);
	char ticket[PEOPLE_TICKET];

	if ((s->second && !s->key.there) || people_key_begin(v->w->access, &v->from, s->second ? s->ticket : NULL, ticket, &options, NULL) != 0 || options.p == NULL) {
		s->key.there = false;
		return;
	}
	s->key = (struct v_key){true, arena_str(v->l.a, options.p), arena_str(v->l.a, ticket)};
}

static int show(struct visit *v, struct v_sign_in *s)
{
	struct out o = visit_out(v);

	if (!s->second) {
		memcpy(s->f, sign_fields, sizeof(s->f));
		s->f[SIGN_NAME].value = v->q->method == HTTP_POST ? visit_field(v, "name") : v->p.user;
	}
	s->code = code_field;
	s->certificate = v->from.has_spki;
	ask_key(v, s);
	name_sign_in(v);
	page_sign_in(&o, &v->p, s);
	return 0;
}

static const char *wanted(struct visit *v)
{
	const char *to = v->q->method == HTTP_POST ? visit_field(v, "to") : http_param(v->q, "to");

	return to != NULL && people_return_ok(to) ? to : "";
}

int see_sign_in(struct visit *v, struct err *e)
{
	struct v_sign_in s = {.to = wanted(v)};

	return v->w->access != NULL ? show(v, &s) : fail(e, E_NOTFOUND, "not found");
}

/* ---- the steps ---- */

static int go_on(struct visit *v, const struct people_in *in, const char *to, struct err *e)
{
	const struct url home = url_suffix(v->l.a, visit_url(v, NULL), "/");
	const int rc = http_header(v->r, "Set-Cookie", in->cookie, e);

	return rc != 0 ? rc : visit_go(v, to[0] != '\0' ? url_own(v->l.a, to) : home, NULL, e);
}

static int refuse(struct visit *v, struct v_sign_in *s, const struct people_in *in, int rc, struct err *e)
{
	char wait[16];

	v->r->status = rc == E_LIMIT ? 429 : 403;
	*s = (struct v_sign_in){.to = s->to};
	if (rc != E_LIMIT) {
		s->fault = N_("Name, password or code are not right, or this account cannot sign in. Please try again.");
		return show(v, s);
	}
	s->wait = in->wait > 0 ? in->wait : 1;
	(void)snprintf(wait, sizeof(wait), "%u", s->wait);
	rc = http_header(v->r, "Retry-After", wait, e);
	return rc != 0 ? rc : show(v, s);
}

/* What came of a step: on, one step more, or refused. */
static int came_of(struct visit *v, const struct people_in *in, int rc, struct err *e)
{
	struct v_sign_in s = {.to = wanted(v)};

	if (rc == E_DENIED || rc == E_LIMIT)
		return refuse(v, &s, in, rc, e);
	if (rc != 0)
		return rc;
	if (in->done)
		return go_on(v, in, s.to, e);
	s.second = true;
	s.ticket = in->ticket;
	s.by_code = in->by_code;
	s.by_recovery = in->by_recovery;
	s.key.there = in->by_key;
	return show(v, &s);
}

static int by_password(struct visit *v, struct err *e)
{
	struct people_in in = {.done = false};
	const char *password = http_form_get(&v->form, "password"); /* blanks around it may be meant */
	const int rc = people_password(v->w->access, &v->from, visit_field(v, "name"), password != NULL ? password : "", &in, e);

	return came_of(v, &in, rc, e);
}

static int step_password(struct visit *v, struct err *e) { return visit_later(v, by_password, e); }

static int step_code(struct visit *v, struct err *e)
{
	struct people_in in = {.done = false};
	const int rc = people_code(v->w->access, &v->from, visit_field(v, "ticket"), visit_field(v, "code"), &in, e);

	return came_of(v, &in, rc, e);
}

static int step_key(struct visit *v, struct err *e)
{
	struct people_in in = {.done = false};
	const int rc = people_key(v->w->access, &v->from, visit_field(v, "ticket"), visit_field(v, "answer"), &in, e);

	return came_of(v, &in, rc, e);
}

static int step_certificate(struct visit *v, struct err *e)
{
	struct people_in in = {.done = false};
	const int rc = people_certificate(v->w->access, &v->from, &in, e);

	return came_of(v, &in, rc, e);
}

int do_sign_in(struct visit *v, struct err *e)
{
	static const struct { const char *word; visitor *run; } steps[] = {{"password", step_password}, {"code", step_code}, {"key", step_key}, {"certificate", step_certificate}};
	const char *step = visit_field(v, "step");

	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (strcmp(step, steps[i].word) == 0)
			return steps[i].run(v, e);
	return fail(e, E_USAGE, "no such step");
}

/* ---- out ---- */

int see_sign_out(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);

	if (v->w->access == NULL)
		return fail(e, E_NOTFOUND, "not found");
	v->p.unlisted = true;
	v->p.title = tr(v->p.lang, N_("Sign out"));
	visit_name(v, url_path(v->l.a, "sign-out", NULL));
	page_sign_out(&o, &v->p);
	return 0;
}

int do_sign_out(struct visit *v, struct err *e)
{
	char cookie[PEOPLE_COOKIE];
	int rc = people_sign_out(v->w->access, &v->from, cookie, e);

	if (rc != 0 || (rc = http_header(v->r, "Set-Cookie", cookie, e)) != 0)
		return rc;
	return visit_go(v, url_suffix(v->l.a, visit_url(v, NULL), "/"), "signed-out", e);
}
