#include "desks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/enc.h"
#include "http/form.h"

#define PASSWORD "korrekt pferd batterie"
#define OK(call) do { struct err e_ = {0}; if ((call) != 0) { fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, e_.msg); abort(); } } while (0)

static void put_user(struct desks *d, struct side *s, const char *name, const char *role)
{
	struct state_user u = {.created_s = d->w.l.now / NS_PER_S};

	(void)snprintf(u.party, sizeof u.party, "%s", record_self(s->n->r)->party);
	(void)snprintf(u.name, sizeof u.name, "%s", name);
	(void)snprintf(u.agency, sizeof u.agency, "%s", strcmp(u.party, "DE") == 0 ? "AA" : "MOFA");
	(void)snprintf(u.role, sizeof u.role, "%s", role);
	OK(state_put_user(s->s, &u, &e_));
	OK(access_set_password(&d->w.l.w, s->s, name, PASSWORD, &e_));
}

static void side_open(struct desks *d, struct side *s, struct node *n, const char *lang)
{
	const struct access_conf c = {.w = &d->w.l.w, .party = record_self(n->r)->party, .origin = "https://verbale.example"};
	char path[200];

	s->n = n;
	s->lang = lang;
	OK(access_open(&c, record_dir(n->r), &s->a, &e_));
	(void)snprintf(path, sizeof path, "%s/state.sqlite", record_dir(n->r));
	OK(state_open(path, &s->s, &e_));
	(void)snprintf(path, sizeof path, "%s/home.sqlite", record_dir(n->r));
	OK(homes_open(path, &s->homes, &e_));
	s->web = (struct web){.record = n->r, .access = s->a, .homes = s->homes, .base_url = "https://verbale.example"};
	put_user(d, s, "desk", "desk-officer");
	put_user(d, s, "chief", "releaser");
	put_user(d, s, "reader", "reader");
}

static void side_close(struct side *s)
{
	access_close(s->a);
	state_close(s->s);
	homes_close(s->homes);
}

void desks_open(struct desks *d)
{
	memset(d, 0, sizeof *d);
	weblab_open(&d->w);
	side_open(d, &d->de, &d->w.de, "de");
	side_open(d, &d->jp, &d->w.jp, "ja");
}

void desks_close(struct desks *d)
{
	side_close(&d->de);
	side_close(&d->jp);
	weblab_close(&d->w);
}

void desks_meet(struct desks *d)
{
	d->w.l.now += 60 * NS_PER_S;
	weblab_meet(&d->w);
	weblab_meet(&d->w);
}

/* ---- asking ---- */

static const char *header(const struct http_req *q, const char *name)
{
	const struct { const char *name, *value; } all[] = {{"Cookie", q->impl}, {"Host", "verbale.example"}, {"Content-Type", "application/x-www-form-urlencoded"}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcasecmp(name, all[i].name) == 0)
			return all[i].value;
	return NULL;
}

static char *decoded(const char *s)
{
	char *to = strdup(s), *w = to;

	for (; *s != '\0'; s++) {
		unsigned byte;

		if (*s == '%' && sscanf(s + 1, "%2x", &byte) == 1) {
			*w++ = (char)byte;
			s += 2;
		} else {
			*w++ = *s;
		}
	}
	*w = '\0';
	return to;
}

static void take_query(struct http_req *q, const char *s)
{
	struct http_form f = {0};

	OK(http_form_parse(s, strlen(s), &f, &e_));
	for (size_t i = 0; i < f.n; i++)
		q->param[q->params++] = (struct http_param){strdup(f.field[i].name), strdup(f.field[i].value)};
	http_form_free(&f);
}

static char cookie_seen[256];

void desks_ask(struct side *s, const char *cookie, const char *target, const char *form, struct answer *ret)
{
	struct http_conf c = {.security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &s->web};
	struct http_req q = {.method = form != NULL ? HTTP_POST : HTTP_GET, .rest = "", .header = header, .impl = (void *)(uintptr_t)cookie, .addr = "192.0.2.1"};
	char *raw = strdup(target), *query = strchr(raw, '?'), *hash = strchr(raw, '#'), *path;
	struct http_resp r;

	if (hash != NULL)
		*hash = '\0';
	if (query != NULL) {
		*query++ = '\0';
		take_query(&q, query);
	}
	path = decoded(raw);
	q.path = path;
	q.body = form;
	q.body_n = form != NULL ? strlen(form) : 0;
	c.routes = web_routes(&c.route);
	*ret = (struct answer){.body = BUF_INIT(0)};
	http_dispatch(&c, s->n->rd, &q, &r);
	ret->status = r.status;
	(void)snprintf(ret->type, sizeof ret->type, "%s", r.type != NULL ? r.type : "");
	for (size_t i = 0; i < r.headers; i++) {
		if (strcmp(r.header[i].name, "Location") == 0)
			(void)snprintf(ret->location, sizeof ret->location, "%s", r.header[i].value);
		if (strcmp(r.header[i].name, "Set-Cookie") == 0)
			(void)snprintf(cookie_seen, sizeof cookie_seen, "%s", r.header[i].value);
	}
	buf_put(&ret->body, r.body.p != NULL ? r.body.p : "", r.body.n);
	buf_putc(&ret->body, '\0');
	http_resp_free(&r);
	for (size_t i = 0; i < q.params; i++) {
		free((void *)(uintptr_t)q.param[i].name);
		free((void *)(uintptr_t)q.param[i].value);
	}
	free(path);
	free(raw);
}

void answer_free(struct answer *a) { buf_free(&a->body); }

void person_in(struct side *s, const char *name, struct person *ret)
{
	struct answer a;
	char form[256];
	const char *t;

	*ret = (struct person){.s = s};
	cookie_seen[0] = '\0';
	(void)snprintf(form, sizeof form, "step=password&name=%s&password=korrekt+pferd+batterie", name);
	desks_ask(s, NULL, "/de/sign-in", form, &a);
	answer_free(&a);
	assert_int_equal(a.status, 303);
	(void)snprintf(ret->cookie, sizeof ret->cookie, "%.*s", (int)(strcspn(cookie_seen, ";") % sizeof ret->cookie), cookie_seen);
	desks_ask(s, ret->cookie, "/de/series", NULL, &a);
	t = strstr(a.body.p, "name=\"csrf\" value=\"");
	assert_non_null(t);
	t += strlen("name=\"csrf\" value=\"");
	(void)snprintf(ret->csrf, sizeof ret->csrf, "%.*s", (int)(strcspn(t, "\"") % sizeof ret->csrf), t);
	answer_free(&a);
}

static char *end(struct answer *a, const char *target, int status)
{
	char *s;

	if (a->status != status)
		fail_msg("%s: %d, not %d (%s)\n%s", target, a->status, status, a->location, a->body.p);
	s = strdup(a->status == 303 ? a->location : a->body.p);
	answer_free(a);
	return s;
}

char *see_page(struct person *p, const char *target, int status)
{
	struct answer a;

	desks_ask(p->s, p->cookie, target, NULL, &a);
	return end(&a, target, status);
}

char *send_form(struct person *p, const char *target, const char *form, int status)
{
	const size_t n = strlen(form) + strlen(p->csrf) + 16;
	char *all = malloc(n);
	struct answer a;

	assert_non_null(all);
	(void)snprintf(all, n, "csrf=%s&%s", p->csrf, form);
	desks_ask(p->s, p->cookie, target, all, &a);
	free(all);
	return end(&a, target, status);
}

const char *enc(const char *s)
{
	static char room[8][8192];
	static unsigned next;
	char *to = room[next++ % 8], *w = to;

	for (; *s != '\0'; s++)
		w += sprintf(w, "%%%02X", (unsigned char)*s);
	*w = '\0';
	return to;
}
