#include "round_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK(call) do { struct err e_ = {0}; if ((call) != 0) fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e_.msg); } while (0)

static const char *const parties[SIDES] = {"DE", "JP"};
static const struct { enum side side; const char *name, *agency, *role; } people[] = {
	{SIDE_DE, "e.muster", "AA", "desk-officer"}, {SIDE_DE, "r.frei", "AA", "releaser"}, {SIDE_DE, "b.bmi", "BMI", "contributor"}, {SIDE_DE, "l.leser", "BSI", "reader"},
	{SIDE_DE, "p.pruef", "AA", "auditor"}, {SIDE_JP, "t.tanaka", "MOFA", "desk-officer"}, {SIDE_JP, "s.sato", "MOFA", "releaser"},
};

void round_lab_open(struct round_lab *d, const char *origin)
{
	memset(d, 0, sizeof(*d));
	weblab_open(&d->w);
	for (size_t i = 0; i < SIDES; i++) {
		struct people_lab *s = &d->side[i];
		struct node *n = i == SIDE_DE ? &d->w.de : &d->w.jp;
		struct access_conf c = {.w = &d->w.l.w, .party = parties[i], .origin = origin};
		char path[300];

		s->l.w = d->w.l.w;
		s->l.now = d->w.l.now;
		s->n = *n;
		OK(access_open(&c, record_dir(n->r), &s->a, &e_));
		(void)snprintf(path, sizeof(path), "%s/state.sqlite", record_dir(n->r));
		OK(state_open(path, &s->s, &e_));
		(void)snprintf(path, sizeof(path), "%s/home.sqlite", record_dir(n->r));
		OK(homes_open(path, &d->homes[i], &e_));
		s->web = (struct web){.record = n->r, .access = s->a, .homes = d->homes[i], .base_url = "https://verbale.example"};
	}
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		struct people_lab *s = &d->side[people[i].side];
		struct state_user u = {.created_s = d->w.l.now / NS_PER_S};

		(void)snprintf(u.party, sizeof(u.party), "%s", parties[people[i].side]);
		(void)snprintf(u.name, sizeof(u.name), "%s", people[i].name);
		(void)snprintf(u.agency, sizeof(u.agency), "%s", people[i].agency);
		(void)snprintf(u.role, sizeof(u.role), "%s", people[i].role);
		OK(state_put_user(s->s, &u, &e_));
		OK(access_set_password(&d->w.l.w, s->s, u.name, PASSWORD, &e_));
	}
}

void round_lab_close(struct round_lab *d)
{
	for (size_t i = 0; i < SIDES; i++) {
		homes_close(d->homes[i]);
		access_close(d->side[i].a);
		state_close(d->side[i].s);
	}
	weblab_close(&d->w);
}

void round_lab_meet(struct round_lab *d) { weblab_meet(&d->w); }

void person_in(struct round_lab *d, enum side side, const char *name, struct person *ret)
{
	*ret = (struct person){.d = d, .side = side};
	people_sign_in(&d->side[side], name, ret->cookie);
	people_token(&d->side[side], ret->cookie, "/de/", ret->token);
}

int person_see(struct person *p, const char *target, struct got *ret)
{
	people_ask(&p->d->side[p->side], &(struct sent){.cookie = p->cookie[0] != '\0' ? p->cookie : NULL}, target, NULL, ret);
	return ret->status;
}

int person_status(struct person *p, const char *target)
{
	struct got g;
	const int status = person_see(p, target, &g);

	got_free(&g);
	return status;
}

int person_send(struct person *p, const char *target, const char *fields, struct got *ret)
{
	char *form = NULL;

	p->d->w.l.now += NS_PER_S;
	if (asprintf(&form, "csrf=%s%s%s", p->token, fields[0] != '\0' ? "&" : "", fields) < 0)
		abort();
	people_ask(&p->d->side[p->side], &(struct sent){.cookie = p->cookie}, target, form, ret);
	free(form);
	return ret->status;
}

/* ---- a browser's part of forms ---- */

static void put_encoded(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		static const struct { const char *name; char c; } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
		char c = s[i];

		for (size_t k = 0; k < ARRAY_LEN(entities); k++)
			if (strncmp(s + i, entities[k].name, strlen(entities[k].name)) == 0) {
				c = entities[k].c;
				i += strlen(entities[k].name) - 1;
				break;
			}
		buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
	}
}

static void put_pair(struct buf *b, const char *name, size_t name_n, const char *value, size_t value_n)
{
	if (b->n > 0)
		buf_putc(b, '&');
	buf_printf(b, "%.*s=", (int)name_n, name);
	put_encoded(b, value, value_n);
}

static const char *attr(const char *tag, const char *end, const char *name, size_t *ret_n)
{
	char key[32];
	const char *s;

	(void)snprintf(key, sizeof(key), " %s=\"", name);
	s = strstr(tag, key);
	if (s == NULL || s > end)
		return NULL;
	s += strlen(key);
	*ret_n = strcspn(s, "\"");
	return s;
}

static void put_select(struct buf *b, const char *name, size_t name_n, const char *s, const char *stop)
{
	const char *first = NULL, *chosen = NULL;
	size_t first_n = 0, chosen_n = 0;

	for (const char *o = strstr(s, "<option"); o != NULL && o < stop; o = strstr(o + 1, "<option")) {
		const char *end = strchr(o, '>');
		size_t n = 0;
		const char *v = attr(o, end, "value", &n);

		if (v != NULL && first == NULL) {
			first = v;
			first_n = n;
		}
		if (v != NULL && strncmp(end - 9, " selected", 9) == 0) {
			chosen = v;
			chosen_n = n;
		}
	}
	if (chosen != NULL)
		put_pair(b, name, name_n, chosen, chosen_n);
	else if (first != NULL)
		put_pair(b, name, name_n, first, first_n);
}

char *sheet_fields(const struct got *g)
{
	const char *s = strstr(g->body.p, "<form class=\"form wide sheet\""), *stop = s != NULL ? strstr(s, "</form>") : NULL;
	struct buf b = BUF_INIT(0);
	char *out;

	if (stop == NULL)
		fail_msg("no sheet on the page: %s", g->body.p);
	for (s = strchr(s, '<'); s != NULL && s < stop; s = strchr(s + 1, '<')) {
		const char *end = strchr(s, '>');
		size_t n = 0, vn = 0;
		const char *name = attr(s, end, "name", &n), *value = attr(s, end, "value", &vn);

		if (name == NULL || (n == 4 && memcmp(name, "csrf", 4) == 0))
			continue;
		if (strncmp(s, "<input", 6) == 0 && (strstr(s, "checkbox") == NULL || strstr(s, "checkbox") > end || strncmp(end - 8, " checked", 8) == 0))
			put_pair(&b, name, n, value, vn);
		else if (strncmp(s, "<textarea", 9) == 0)
			put_pair(&b, name, n, end + 1 + (end[1] == '\n'), (size_t)(strstr(end, "</textarea>") - end - 1 - (end[1] == '\n')));
		else if (strncmp(s, "<select", 7) == 0)
			put_select(&b, name, n, end, strstr(end, "</select>"));
	}
	buf_putc(&b, '\0');
	out = strdup(b.p);
	buf_free(&b);
	return out;
}

char *with_field(char *fields, const char *name, const char *value)
{
	struct buf b = BUF_INIT(0);
	const size_t n = strlen(name);
	bool found = false;
	char *out;

	for (const char *p = fields; *p != '\0'; p += strspn(p, "&")) {
		const size_t len = strcspn(p, "&");

		if (strncmp(p, name, n) == 0 && p[n] == '=') {
			put_pair(&b, name, n, value, strlen(value));
			found = true;
		} else
			buf_printf(&b, "%s%.*s", b.n > 0 ? "&" : "", (int)len, p);
		p += len;
	}
	if (!found)
		put_pair(&b, name, n, value, strlen(value));
	buf_putc(&b, '\0');
	out = strdup(b.p);
	buf_free(&b);
	free(fields);
	return out;
}
