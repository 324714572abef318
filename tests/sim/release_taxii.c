/* The TAXII routes of the release test: persons with tokens ask for everything, page by page. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/enc.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "http/priv.h"
#include "store/people.h"
#include "tour.h"

#define API "/taxii2/api/"
#define ALL "match[version]=all&match[spec_version]=2.0,2.1"
static const char unknown_col[] = "00000000-0000-4000-8000-000000000000";
static const char unknown_id[] = "indicator--00000000-0000-4000-8000-000000000000";

/* ---- who asks ---- */

static struct user users[] = {
	{"muster", "AA", DE, "", ""}, {"meier", "BSI", DE, "", ""}, {"mizushima", "MOFA", JP, "", ""}, {"sato", "NPA", JP, "", ""}, {"martin", "ANSSI", FR, "", ""}, {"silva", "CERT", BR, "", ""},
};

static void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "release_taxii.c: %s\n", e->msg);
	abort();
}

static void add_user(struct tour *t, struct state *s, struct user *u)
{
	struct state_user su = {.created_s = 1, .role = "reader"};
	struct state_token st = {.read = true, .write = true, .label = "tour", .created_s = 1};
	struct err e = {0};

	(void)snprintf(su.name, sizeof(su.name), "%s", u->name);
	(void)snprintf(su.party, sizeof(su.party), "%s", party_code[u->party]);
	(void)snprintf(su.agency, sizeof(su.agency), "%s", u->agency);
	(void)snprintf(st.user, sizeof(st.user), "%s", u->name);
	must(state_put_user(s, &su, &e), &e);
	must(access_make_token(&t->m->lab.w, s, &st, u->token, &e), &e);
}

void taxii_people(struct tour *t)
{
	struct record *r = t->m->node[DE].r;
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", record_dir(r));
	struct state *s = NULL;
	struct err e = {0};

	must(state_open(path, &s, &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		add_user(t, s, &users[i]);
	state_close(s);
	must(access_open(&(struct access_conf){.w = record_world(r), .party = "DE"}, record_dir(r), &t->access, &e), &e);
	must(taxii_open(&(struct taxii_conf){.record = r, .access = t->access, .title = "DE", .writers = 1}, &t->taxii, &e), &e);
}

void taxii_people_close(struct tour *t)
{
	taxii_close(t->taxii);
	access_close(t->access);
	buf_free(&t->refused[0]);
	buf_free(&t->refused[1]);
}

/* Of several persons of a party, any. */
void taxii_person(struct tour *t)
{
	t->user = NULL;
	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		if (users[i].party == t->asker.party && (t->user == NULL || chance(t->m, 50)))
			t->user = &users[i];
	t->closed = false;
	memset(t->listed, 0, sizeof(t->listed));
	buf_clear(&t->refused[1]);
}

void taxii_session(struct tour *t)
{
	struct record *r = t->m->node[DE].r;
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", record_dir(r));
	struct state_session x = {.how = "password", .created_s = t->m->lab.now / NS_PER_S, .seen_s = t->m->lab.now / NS_PER_S};
	struct user *const u = &users[t->user - users];
	uint8_t secret[32];
	char text[48];
	struct state *s = NULL;
	struct err e = {0};

	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)pick(t->m, 256);
	sha256(secret, sizeof(secret), x.hash);
	hex_encode(secret, 8, x.id);
	base64url_encode(secret, sizeof(secret), text);
	(void)snprintf(u->cookie, sizeof(u->cookie), "__Host-verbale=%s", text);
	(void)snprintf(x.user, sizeof(x.user), "%s", u->name);
	must(state_open(path, &s, &e), &e);
	must(state_put_session(s, &x, &e), &e);
	state_close(s);
}

/* ---- asking ---- */

static const char *header(const struct http_req *q, const char *name)
{
	return strcasecmp(name, "Authorization") == 0 ? q->impl : NULL;
}

static int dispatch(struct tour *t, const char *method, const char *target, struct buf *flat, struct buf *body)
{
	struct http_req q = {.rest = "", .addr = "192.0.2.1", .header = header};
	struct http_target *parsed = malloc(sizeof(*parsed));
	struct http_resp r;
	char bearer[80];
	struct err e = {0};
	int status;

	if (parsed == NULL)
		abort();
	must(http_target_parse(target, strlen(target), parsed, &e), &e);
	q.method = http_method_parse(method, &q.head);
	q.path = parsed->path;
	memcpy(q.param, parsed->param, sizeof(q.param));
	q.params = parsed->params;
	if (t->user != NULL) {
		(void)snprintf(bearer, sizeof(bearer), "Bearer %s", t->user->token);
		q.impl = bearer;
	}
	http_dispatch(&t->conf, t->m->node[DE].rd, &q, &r);
	status = r.status;
	flatten(&r, flat);
	if (body != NULL)
		buf_put(body, r.body.p, r.body.n);
	http_resp_free(&r);
	free(parsed);
	return status;
}

static void compare(struct tour *t, const char *target, struct buf *want, const struct buf *got)
{
	if (want->n == 0)
		buf_put(want, got->p, got->n);
	else if (want->n != got->n || memcmp(want->p, got->p, got->n) != 0)
		fault(target, "the answer for what is hidden or unknown differs", t->asker.name);
}

static int ask_as(struct tour *t, const char *method, const char *target, struct buf *body)
{
	const struct scan s = {t->m, t->may, target, t->user != NULL ? t->user->name : "nobody"};
	CLEANUP_BUF struct buf flat = BUF_INIT(8UL << 20);
	const int status = dispatch(t, method, target, &flat, body);

	sum.answers++;
	sum.bytes += flat.n;
	scan(&s, flat.p, flat.n);
	if (status == 404 || status == 401)
		compare(t, target, &t->refused[status == 401], &flat);
	else if (status != 200 && status != 308 && status != 403)
		fault(target, "neither shown nor refused", s.who);
	if (status == 401 && t->user != NULL)
		fault(target, "a good token is not taken", s.who);
	return status;
}

/* 200 if `may`, else what everything hidden gets. */
static void must_be(struct tour *t, bool may, const char *target, struct buf *body)
{
	const int status = ask_as(t, "GET", target, body), no = t->closed ? 401 : 404;

	if (may)
		sum.shown++;
	else
		sum.hidden++;
	if (status != (may ? 200 : no))
		fault(target, may ? "what may be read is not there" : "what is hidden or unknown is answered", t->user != NULL ? t->user->name : "nobody");
}

#define ASK(...) (make(target, __VA_ARGS__), target)
__attribute__((format(printf, 2, 3))) static void make(char target[600], const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	(void)vsnprintf(target, 600, form, ap);
	va_end(ap);
}

/* ---- what is the same for all ---- */

void do_taxii_open(struct tour *t, const char *pattern) { must_be(t, true, pattern, NULL); }

void do_taxii_root(struct tour *t, const char *pattern)
{
	t->closed = t->user == NULL && ask_as(t, "GET", pattern, NULL) == 401;
	must_be(t, !t->closed, pattern, NULL);
}

void do_taxii_status(struct tour *t, const char *pattern)
{
	char target[600];

	(void)pattern;
	must_be(t, false, API "status/x/", NULL);
	must_be(t, false, ASK(API "status/%s/", unknown_col), NULL);
}

/* Says where the slash is missing, to everybody alike. */
void do_taxii_slash(struct tour *t, const char *pattern)
{
	char target[600];
	size_t n = 0;

	for (const char *p = pattern; *p != '\0'; p++)
		if (*p == '{')
			n += strlen(strcpy(target + n, unknown_col));
		else if (*p != '}')
			target[n++] = *p;
	target[n] = '\0';
	if (ask_as(t, "GET", target, NULL) != 308)
		fault(target, "no redirect", t->asker.name);
}

/* ---- collections ---- */

/* Versions of the collection's own object: all of them his to read, or none? */
static void col_versions(const struct tour *t, int c, bool *ret_all, bool *ret_any)
{
	*ret_all = true;
	*ret_any = false;
	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];

		if (o->col != c || strcmp(o->type, "verbale-collection") != 0 || !o->held)
			continue;
		*ret_all = *ret_all && t->may[i];
		*ret_any = *ret_any || t->may[i];
	}
}

void do_taxii_collections(struct tour *t, const char *pattern)
{
	CLEANUP_BUF struct buf body = BUF_INIT(8UL << 20);

	must_be(t, !t->closed, pattern, &body);
	buf_puts(&body, "");
	for (int c = 0; c < t->m->cols; c++) {
		const bool accepted = t->m->col[c].accepted;
		bool all, any;

		t->listed[c] = strstr(body.p, t->m->col[c].uuid) != NULL;
		col_versions(t, c, &all, &any);
		if (t->listed[c] ? !accepted || !any : accepted && all && any && t->user != NULL)
			fault(pattern, t->listed[c] ? "a collection is shown that is not his" : "his collection is not there", t->asker.name);
	}
}

void do_taxii_collection(struct tour *t, const char *pattern)
{
	char target[600];

	(void)pattern;
	must_be(t, false, ASK(API "collections/%s/", unknown_col), NULL);
	must_be(t, false, API "collections/x/", NULL);
	for (int c = 0; c < t->m->cols; c++)
		must_be(t, t->listed[c], ASK(API "collections/%s/", t->m->col[c].uuid), NULL);
}

/* ---- pages ---- */

static const char *object_of(const struct obj *o, size_t *ret_n)
{
	static const char key[] = "\"object\":";
	const char *at = strstr(o->p, key) + sizeof(key) - 1;

	*ret_n = o->n - (size_t)(at - o->p) - 1;
	return at;
}

static unsigned expected(const struct tour *t, int c)
{
	unsigned n = 0;

	for (int i = 0; i < t->m->objs; i++)
		n += t->m->obj[i].col == c && t->may[i];
	return n;
}

static bool next_of(const struct buf *body, size_t from, char next[200])
{
	static const char key[] = "{\"more\":true,\"next\":\"";

	const char *const at = body->p + from + sizeof(key) - 1;
	size_t n;

	if (body->n - from < sizeof(key) || memcmp(body->p + from, key, sizeof(key) - 1) != 0 || (n = strcspn(at, "\"")) >= 200)
		return false;
	memcpy(next, at, n);
	next[n] = '\0';
	return true;
}

/* Everything of one collection in pages of `limit`; what came together. A page too many would tell of something hidden. */
static void all_pages(struct tour *t, int c, const char *what, unsigned limit, struct buf *ret)
{
	const unsigned n = expected(t, c), want = n == 0 ? 1 : (n + limit - 1) / limit;
	char target[600], next[200] = "";
	unsigned pages = 0;

	for (bool again = true; again && pages <= want; pages++) {
		const size_t from = ret->n;

		make(target, API "collections/%s/%s/?" ALL "&limit=%u%s%s", t->m->col[c].uuid, what, limit, next[0] != '\0' ? "&next=" : "", next);
		must_be(t, true, target, ret);
		again = next_of(ret, from, next);
	}
	if (pages != want)
		fault(target, "another number of pages than what may be read fills", t->asker.name);
}

static unsigned count(const struct buf *b, const char *word)
{
	const size_t n = strlen(word);
	unsigned found = 0;

	for (const char *p = b->p; b->n > 0 && (p = memmem(p, b->n - (size_t)(p - b->p), word, n)) != NULL; p += n)
		found++;
	return found;
}

static void check_pages(struct tour *t, int c, bool objects, const struct buf *got)
{
	const char *what = objects ? "objects" : "manifest";
	unsigned n = 0;

	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];
		size_t len = strlen(o->id);
		const char *p = o->id;

		if (o->col != c || !t->may[i])
			continue;
		n++;
		if (objects)
			p = object_of(o, &len);
		if (got->n == 0 || memmem(got->p, got->n, p, len) == NULL)
			fault(what, "what may be read is on no page", t->asker.name);
	}
	if (!objects && count(got, "\"date_added\":") != n)
		fault(what, "not as many records as may be read", t->asker.name);
}

static void same_as_unknown(struct tour *t, const char *hidden, const char *unknown)
{
	CLEANUP_BUF struct buf a = BUF_INIT(8UL << 20), b = BUF_INIT(8UL << 20);

	(void)dispatch(t, "GET", hidden, &a, NULL);
	(void)dispatch(t, "GET", unknown, &b, NULL);
	sum.same++;
	if (a.n != b.n || memcmp(a.p, b.p, a.n) != 0)
		fault(hidden, "a filter tells hidden from unknown", t->asker.name);
}

static void hidden_filters(struct tour *t, int c, const char *what)
{
	const char *uuid = t->m->col[c].uuid;
	char target[600], other[600];

	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];

		if (!o->held || o->col != c || t->may[i] || !some(t, 20))
			continue;
		make(target, API "collections/%s/%s/?match[id]=%s&match[version]=%s", uuid, what, o->id, o->modified[0] != '\0' ? o->modified : "all");
		make(other, API "collections/%s/%s/?match[id]=%s&match[version]=all", uuid, what, unknown_id);
		same_as_unknown(t, target, other);
	}
}

void do_taxii_pages(struct tour *t, const char *pattern)
{
	static const unsigned limits[] = {1, 2, 3, 7, 1000};
	const bool objects = strstr(pattern, "objects") != NULL;
	const char *what = objects ? "objects" : "manifest";
	char target[600];

	must_be(t, false, ASK(API "collections/%s/%s/", unknown_col, what), NULL);
	for (int c = 0; c < t->m->cols; c++) {
		CLEANUP_BUF struct buf all = BUF_INIT(8UL << 20);

		if (!t->listed[c]) {
			must_be(t, false, ASK(API "collections/%s/%s/?" ALL, t->m->col[c].uuid, what), NULL);
			must_be(t, false, ASK(API "collections/%s/%s/?limit=0", t->m->col[c].uuid, what), NULL);
			continue;
		}
		all_pages(t, c, what, limits[pick(t->m, ARRAY_LEN(limits))], &all);
		check_pages(t, c, objects, &all);
		hidden_filters(t, c, what);
		must_be(t, true, ASK(API "collections/%s/%s/", t->m->col[c].uuid, what), NULL);
		must_be(t, true, ASK(API "collections/%s/%s/?match[type]=indicator&match[version]=first", t->m->col[c].uuid, what), NULL);
	}
}

/* ---- one object ---- */

static bool any_version(const struct tour *t, int no)
{
	for (int i = 0; i < t->m->objs; i++)
		if (t->may[i] && strcmp(t->m->obj[i].id, t->m->obj[no].id) == 0 && t->m->obj[i].col == t->m->obj[no].col)
			return true;
	return false;
}

/* Nobody here may write: a collection that is seen says so of every object, there or not. */
static void must_not_delete(struct tour *t, int c, const char *id)
{
	const int want = t->closed ? 401 : t->listed[c] ? 403 : 404;
	char target[600];

	if (ask_as(t, "DELETE", ASK(API "collections/%s/objects/%s/", t->m->col[c].uuid, id), NULL) != want)
		fault(target, "DELETE is answered otherwise", t->asker.name);
}

void do_taxii_object(struct tour *t, const char *pattern)
{
	const char *tail = strstr(pattern, "versions") != NULL ? "versions/" : "";
	char target[600];

	for (int c = 0; c < t->m->cols; c++) {
		must_be(t, false, ASK(API "collections/%s/objects/%s/%s", t->m->col[c].uuid, unknown_id, tail), NULL);
		must_not_delete(t, c, unknown_id);
	}
	for (int i = 0; i < t->m->objs; i++) {
		const struct obj *o = &t->m->obj[i];
		const char *uuid = t->m->col[o->col].uuid;
		const bool may = t->listed[o->col] && any_version(t, i);

		if (!some(t, 60))
			continue;
		must_be(t, may, ASK(API "collections/%s/objects/%s/%s", uuid, o->id, tail), NULL);
		must_be(t, may, ASK(API "collections/%s/objects/%s/%s?" ALL "&limit=1", uuid, o->id, tail), NULL);
		must_be(t, false, ASK(API "collections/%s/objects/%s/%s", unknown_col, o->id, tail), NULL);
		if (some(t, 20))
			must_not_delete(t, o->col, o->id);
	}
}

/* ---- not a byte ---- */

/* A position is sealed anew each time; everything else must stay. */
static void blank_next(struct buf *b)
{
	static const char key[] = "\"next\":\"";
	char *p = b->n > 0 ? memmem(b->p, b->n, key, sizeof(key) - 1) : NULL;

	if (p != NULL)
		for (p += sizeof(key) - 1; p < b->p + b->n && *p != '"'; p++)
			*p = '-';
}

enum { PLACES = 5, READERS = 7 };
struct shots { struct buf at[READERS][MAX_COLS][PLACES]; };

static void shoot(struct tour *t, struct shots *s)
{
	static const char *const places[PLACES] = {"", "objects/?limit=2", ("objects/?" ALL), "manifest/?limit=3", "objects/?match[type]=indicator&match[version]=last"};
	char target[600];

	for (size_t u = 0; u < READERS; u++) {
		t->user = u < ARRAY_LEN(users) ? &users[u] : NULL;
		for (int c = 0; c < t->m->cols; c++)
			for (size_t k = 0; k < PLACES; k++) {
				(void)dispatch(t, "GET", ASK(API "collections/%s/%s", t->m->col[c].uuid, places[k]), &s->at[u][c][k], NULL);
				blank_next(&s->at[u][c][k]);
			}
	}
}

void taxii_unchanged(struct tour *t)
{
	struct shots *before = calloc(1, sizeof(*before)), *after = calloc(1, sizeof(*after));
	bool hidden = false;

	if (before == NULL || after == NULL)
		abort();
	shoot(t, before);
	for (int c = 0; c < t->m->cols; c++)
		hidden = rec_hide(t->m, c) || hidden;
	if (hidden)
		shoot(t, after);
	for (size_t i = 0; i < (size_t)READERS * MAX_COLS * PLACES; i++) {
		struct buf *const a = &before->at[0][0][0] + i, *const b = &after->at[0][0][0] + i;

		sum.same += hidden;
		if (hidden && (a->n != b->n || (a->n > 0 && memcmp(a->p, b->p, a->n) != 0)))
			fault("TAXII", "an object nobody may read changes an answer", i / (MAX_COLS * PLACES) < ARRAY_LEN(users) ? users[i / (MAX_COLS * PLACES)].name : "nobody");
		buf_free(a);
		buf_free(b);
	}
	free(before);
	free(after);
}
