#include "lab.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/enc.h"

static int64_t lab_now(void *ctx) { return ((const struct lab *)ctx)->now; }

static const char *peer(void *ctx, const uint8_t spki[32])
{
	(void)ctx;
	return spki[0] == 0x4a ? "JP" : NULL;
}

void lab_open(struct lab *lab, unsigned rate, unsigned burst)
{
	struct access_conf c = {.w = &lab->w, .party = "DE", .rate = rate, .burst = burst, .peer = peer, .origin = ORIGIN};
	char path[128];

	*lab = (struct lab){.dir = "/tmp/verbale-access-XXXXXX", .now = NOW_S * NS_PER_S, .w = world_system()};
	assert_non_null(mkdtemp(lab->dir));
	lab->w.clock = (struct clock){lab_now, lab};
	(void)snprintf(path, sizeof(path), "%s/state.sqlite", lab->dir);
	OK(access_open(&c, lab->dir, &lab->a, &lab->e));
	OK(state_open(path, &lab->s, &lab->e));
}

void lab_close(struct lab *lab)
{
	DIR *d = opendir(lab->dir);
	char path[400];

	access_close(lab->a);
	state_close(lab->s);
	(void)snprintf(path, sizeof(path), "%s/keys/people.key", lab->dir);
	unlink(path);
	(void)snprintf(path, sizeof(path), "%s/keys", lab->dir);
	rmdir(path);
	for (const struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof(path), "%s/%s", lab->dir, f->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(lab->dir);
}

void lab_user(struct lab *lab, const char *name, const char *party, const char *agency, const char *role, const char *password)
{
	struct state_user u = {.created_s = NOW_S};

	(void)snprintf(u.name, sizeof(u.name), "%s", name);
	(void)snprintf(u.party, sizeof(u.party), "%s", party);
	(void)snprintf(u.agency, sizeof(u.agency), "%s", agency);
	(void)snprintf(u.role, sizeof(u.role), "%s", role);
	OK(state_put_user(lab->s, &u, &lab->e));
	if (password[0] != '\0')
		OK(access_set_password(&lab->w, lab->s, name, password, &lab->e));
}

void lab_token(struct lab *lab, const char *user, struct state_token *t, char text[64])
{
	(void)snprintf(t->user, sizeof(t->user), "%s", user);
	OK(access_make_token(&lab->w, lab->s, t, text, &lab->e));
}

struct asked { struct http_req q; const char *authorization; };

static const char *header(const struct http_req *q, const char *name)
{
	return strcmp(name, "Authorization") == 0 ? ((const struct asked *)(const void *)q)->authorization : NULL;
}

int lab_ask(struct lab *lab, const char *authorization, const uint8_t *spki, const char *addr)
{
	struct asked ask = {.q = {.header = header, .client_spki = spki, .addr = addr}, .authorization = authorization};

	memset(&lab->e, 0, sizeof(lab->e));
	return access_identify(lab->a, &ask.q, &lab->p, &lab->wait, &lab->e);
}

void basic(const char *name, const char *password, char to[2048])
{
	char pair[1400];
	const int n = snprintf(pair, sizeof(pair), "%s:%s", name, password);

	memcpy(to, "Basic ", 6);
	base64_encode(pair, (size_t)n, to + 6);
}

/* ---- browsers ---- */

struct visit { struct http_req q; const struct browser *b; };

static const char *browser_header(const struct http_req *q, const char *name)
{
	const struct browser *b = ((const struct visit *)(const void *)q)->b;
	const struct { const char *name, *value; } all[] = {{"Cookie", b->cookie}, {"Origin", b->origin}, {"Sec-Fetch-Site", b->site}, {"Host", b->host}, {"User-Agent", b->agent}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(name, all[i].name) == 0)
			return all[i].value;
	return NULL;
}

static struct visit visit(const struct browser *b)
{
	return (struct visit){.q = {.header = browser_header, .addr = b->addr != NULL ? b->addr : "192.0.2.1", .tls = b->tls, .client_spki = b->spki}, .b = b};
}

int lab_visit(struct lab *lab, const struct browser *b)
{
	const struct visit v = visit(b);

	memset(&lab->e, 0, sizeof(lab->e));
	return people_identify(lab->a, &v.q, &lab->p, &lab->ses, &lab->e);
}

void lab_from(struct lab *lab, const struct browser *b)
{
	const struct visit v = visit(b);

	people_from(lab->a, &v.q, &lab->from);
}

void lab_cookie(const struct lab *lab, char to[PEOPLE_COOKIE])
{
	const size_t n = strcspn(lab->in.cookie, ";");

	memcpy(to, lab->in.cookie, n);
	to[n] = '\0';
}

void lab_sign_in(struct lab *lab, const char *name, char cookie[PEOPLE_COOKIE])
{
	lab_from(lab, &(struct browser){.addr = NULL});
	OK(people_password(lab->a, &lab->from, name, PASSWORD, &lab->in, &lab->e));
	assert_true(lab->in.done);
	lab_cookie(lab, cookie);
	OK(lab_visit(lab, &(struct browser){.cookie = cookie}));
	assert_true(lab->p.known);
}

static char newest[1024];

static int take_newest(void *ctx, const struct state_audit *a, struct err *e)
{
	(void)ctx;
	(void)e;
	(void)snprintf(newest, sizeof(newest), "%s|%s|%s|%s|%s", a->who, a->from, a->act, a->subject, a->outcome);
	return 0;
}

const char *lab_audit(struct lab *lab)
{
	newest[0] = '\0';
	OK(state_audits(lab->s, &(struct state_audit_ask){.since_us = 0}, take_newest, NULL, &lab->e));
	return newest;
}
