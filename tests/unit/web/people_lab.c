#include "people_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/form.h"

#define OK(call) do { struct err e_ = {0}; if ((call) != 0) fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e_.msg); } while (0)

void house_open(struct people_lab *d)
{
	memset(d, 0, sizeof(*d));
	lab_open(&d->l, 11);
	if (!time_parse("2016-09-12T06:00:00Z", 20, &d->l.now))
		abort();
	node_make(&d->l, &d->n, "DE");
	house_people(d);
}

void house_people(struct people_lab *d)
{
	struct access_conf c;
	char path[200];

	c = (struct access_conf){.w = &d->l.w, .party = "DE", .origin = "https://verbale.example"};
	OK(access_open(&c, record_dir(d->n.r), &d->a, &e_));
	(void)snprintf(path, sizeof(path), "%s/state.sqlite", record_dir(d->n.r));
	OK(state_open(path, &d->s, &e_));
	d->web = (struct web){.record = d->n.r, .access = d->a, .base_url = "https://verbale.example"};
}

void house_leave(struct people_lab *d)
{
	access_close(d->a);
	state_close(d->s);
}

void house_close(struct people_lab *d)
{
	house_leave(d);
	node_free(&d->n);
	lab_close(&d->l);
}

void people_user(struct people_lab *d, const char *name, const char *agency, const char *role)
{
	struct state_user u = {.party = "DE", .created_s = d->l.now / NS_PER_S};

	(void)snprintf(u.name, sizeof(u.name), "%s", name);
	(void)snprintf(u.agency, sizeof(u.agency), "%s", agency);
	(void)snprintf(u.role, sizeof(u.role), "%s", role);
	OK(state_put_user(d->s, &u, &e_));
	OK(access_set_password(&d->l.w, d->s, name, PASSWORD, &e_));
}

/* ---- asking ---- */

static const char *header(const struct http_req *q, const char *name)
{
	const struct sent *b = q->impl;
	const struct { const char *name, *value; } all[] = {{"Cookie", b->cookie}, {"Origin", b->origin}, {"Sec-Fetch-Site", b->site}, {"User-Agent", b->agent}, {"Host", "verbale.example"},
		{"Content-Type", "application/x-www-form-urlencoded"}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcasecmp(name, all[i].name) == 0)
			return all[i].value;
	return NULL;
}

static void take_headers(const struct http_resp *r, struct got *ret)
{
	const struct { const char *name; char *to; size_t room; } rows[] = {{"Location", ret->location, sizeof(ret->location)}, {"Set-Cookie", ret->cookie, sizeof(ret->cookie)},
		{"Cache-Control", ret->cache, sizeof(ret->cache)}, {"Retry-After", ret->wait, sizeof(ret->wait)}};

	for (size_t i = 0; i < r->headers; i++) {
		for (const char *s = r->header[i].value; *s != '\0'; s++)
			assert_true((unsigned char)*s >= ' ' && *s != 0x7f);
		for (size_t k = 0; k < ARRAY_LEN(rows); k++)
			if (strcmp(r->header[i].name, rows[k].name) == 0)
				(void)snprintf(rows[k].to, rows[k].room, "%s", r->header[i].value);
	}
}

/* "a=b&c=d" taken apart and decoded, as the server does before a handler sees it. */
static void take_query(struct http_req *q, char *s)
{
	struct http_form f = {0};

	OK(http_form_parse(s, strlen(s), &f, &e_));
	for (size_t i = 0; i < f.n; i++)
		q->param[q->params++] = (struct http_param){strdup(f.field[i].name), strdup(f.field[i].value)};
	http_form_free(&f);
}

void people_ask(struct people_lab *d, const struct sent *b, const char *target, const char *form, struct got *ret)
{
	struct http_conf c = {.security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &d->web};
	struct http_req q = {.method = form != NULL ? HTTP_POST : HTTP_GET, .rest = "", .header = header, .impl = (void *)(uintptr_t)b, .addr = "192.0.2.1", .tls = b->tls, .client_spki = b->spki};
	char path[1024], *query;
	struct http_resp r;

	(void)snprintf(path, sizeof(path), "%s", target);
	if ((query = strchr(path, '?')) != NULL) {
		*query++ = '\0';
		take_query(&q, query);
	}
	q.path = path;
	q.body = form;
	q.body_n = form != NULL ? strlen(form) : 0;
	c.routes = web_routes(&c.route);
	*ret = (struct got){.body = BUF_INIT(0)};
	http_dispatch(&c, d->n.rd, &q, &r);
	ret->status = r.status;
	take_headers(&r, ret);
	buf_put(&ret->body, r.body.p != NULL ? r.body.p : "", r.body.n);
	buf_putc(&ret->body, '\0');
	http_resp_free(&r);
	for (size_t i = 0; i < q.params; i++) {
		free((void *)(uintptr_t)q.param[i].name);
		free((void *)(uintptr_t)q.param[i].value);
	}
}

void got_free(struct got *g) { buf_free(&g->body); }

int people_status(struct people_lab *d, const struct sent *b, const char *target, const char *form)
{
	struct got g;

	people_ask(d, b, target, form, &g);
	got_free(&g);
	return g.status;
}

void cookie_of(const struct got *g, char to[128])
{
	const size_t n = strcspn(g->cookie, ";");

	assert_true(n > 0 && n < 128);
	memcpy(to, g->cookie, n);
	to[n] = '\0';
}

void people_sign_in(struct people_lab *d, const char *name, char cookie[128])
{
	struct got g;
	char form[256];

	(void)snprintf(form, sizeof(form), "step=password&name=%s&password=korrekt+pferd+batterie", name);
	people_ask(d, &(struct sent){.cookie = NULL}, "/de/sign-in", form, &g);
	assert_int_equal(g.status, 303);
	assert_true(g.cookie[0] != '\0');
	cookie_of(&g, cookie);
	got_free(&g);
}

void between(const struct got *g, const char *before, const char *after, char *to, size_t room)
{
	const char *s = strstr(g->body.p, before), *end = s != NULL ? strstr(s + strlen(before), after) : NULL;

	if (end == NULL || (size_t)(end - s) - strlen(before) >= room)
		fail_msg("not on the page: %s", before);
	else {
		memcpy(to, s + strlen(before), (size_t)(end - s) - strlen(before));
		to[(size_t)(end - s) - strlen(before)] = '\0';
	}
}

void people_token(struct people_lab *d, const char *cookie, const char *target, char to[128])
{
	struct got g;

	people_ask(d, &(struct sent){.cookie = cookie}, target, NULL, &g);
	between(&g, "name=\"csrf\" value=\"", "\"", to, 128);
	got_free(&g);
}

/* ---- what there is ---- */

static int put_user(void *ctx, const struct state_user *u, struct err *e)
{
	(void)e;
	buf_printf(ctx, "u %s %s %s %s %d\n", u->name, u->agency, u->role, u->password, u->disabled);
	return 0;
}

static int put_session(void *ctx, const struct state_session *x, struct err *e)
{
	(void)e;
	buf_printf(ctx, "s %s %s\n", x->id, x->user);
	return 0;
}

static int put_factor(void *ctx, const struct state_factor *f, struct err *e)
{
	(void)e;
	buf_printf(ctx, "f %s %s %s %d\n", f->id, f->user, f->label, f->confirmed);
	return 0;
}

void people_digest(struct people_lab *d, struct buf *to)
{
	static const char *const names[] = {"e.muster", "a.admin", "l.leser"};

	OK(state_users(d->s, put_user, to, &e_));
	OK(state_sessions(d->s, NULL, put_session, to, &e_));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = 0;

		OK(state_factors(d->s, names[i], put_factor, to, &e_));
		OK(state_codes_left(d->s, names[i], &n, &e_));
		buf_printf(to, "c %zu\n", n);
	}
	buf_putc(to, '\0');
}
