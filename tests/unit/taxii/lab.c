#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "consult/consult.h"
#include "http/priv.h"
#include "lab.h"

#define MUST(call) do { struct err e = {0}; if ((call) != 0) fail_msg("lab.c:%d: %s", __LINE__, e.msg); } while (0)

/* ---- the nodes ---- */

static char *collection(struct node *n, const char *uuid, const char *members, const char *ceiling, const char *extra)
{
	return mem_printf("{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"verbale-collection--%s\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"modified\":\"2016-09-01T08:00:00.000Z\",\"created_by_ref\":\"%s\",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},"
	    "\"members\":[%s],\"ceiling\":\"%s\"%s}", uuid, record_self(n->r)->identity, members, ceiling, extra);
}

static void found(struct taxiilab *x, const char *uuid, const char *members, const char *ceiling, const char *extra)
{
	char *json = collection(&x->de, uuid, members, ceiling, extra);

	put(x, uuid, json);
	mem_free(json);
}

static void user(struct taxiilab *x, const char *name, const char *party, const char *agency, const char *role)
{
	struct state_user u = {.created_s = 1};

	(void)snprintf(u.name, sizeof(u.name), "%s", name);
	(void)snprintf(u.party, sizeof(u.party), "%s", party);
	(void)snprintf(u.agency, sizeof(u.agency), "%s", agency);
	(void)snprintf(u.role, sizeof(u.role), "%s", role);
	MUST(state_put_user(x->state, &u, &e));
}

static void token(struct taxiilab *x, const char *name, bool read, bool write, const char *scope, char out[64])
{
	struct state_token t = {.read = read, .write = write, .created_s = 1};

	(void)snprintf(t.user, sizeof(t.user), "%s", name);
	(void)snprintf(t.label, sizeof(t.label), "test");
	if (scope != NULL) {
		assert_true(uuid_parse(scope, strlen(scope), t.scope[0]));
		t.scopes = 1;
	}
	MUST(access_make_token(&x->l.w, x->state, &t, out, &e));
}

static void people(struct taxiilab *x)
{
	char *path = mem_printf("%s/state.sqlite", x->de.dir);

	MUST(state_open(path, &x->state, &e));
	user(x, "leser", "DE", "BSI", "reader");
	user(x, "muster", "DE", "BSI", "editor");
	user(x, "fremd", "DE", "BKA", "reader");
	user(x, "mizushima", "JP", "MOFA", "editor");
	token(x, "leser", true, false, NULL, x->reader);
	token(x, "muster", true, true, NULL, x->editor);
	token(x, "fremd", true, false, NULL, x->agency);
	token(x, "mizushima", true, true, NULL, x->jp_user);
	token(x, "muster", true, false, NULL, x->read_only);
	token(x, "muster", false, true, NULL, x->write_only);
	token(x, "muster", true, true, OWN_C, x->scoped);
	mem_free(path);
}

static void start(struct taxiilab *x)
{
	struct taxii_conf c = {.record = x->de.r, .title = "Berlin", .description = "The node of DE", .contact = "kontakt@de.example", .writers = 1};
	const struct http_route *route;

	record_set_rules(x->de.r, consult_rule, consult_public, NULL);
	MUST(access_open(&(struct access_conf){.w = record_world(x->de.r), .party = "DE"}, x->de.dir, &x->access, &e));
	c.access = x->access;
	MUST(taxii_open(&c, &x->t, &e));
	x->conf = (struct http_conf){.route_ctx = x->t, .error_page = taxii_error};
	x->conf.routes = taxii_routes(&route);
	x->conf.route = route;
}

static void stop(struct taxiilab *x)
{
	taxii_close(x->t);
	access_close(x->access);
}

void taxiilab_restart(struct taxiilab *x)
{
	stop(x);
	node_close(&x->de);
	node_open(&x->l, &x->de, true);
	start(x);
}

void taxiilab_open(struct taxiilab *x, unsigned flags)
{
	memset(x, 0, sizeof(*x));
	lab_open(&x->l, 11);
	x->l.now = 1790000000LL * NS_PER_S;
	node_make(&x->l, &x->de, "DE");
	record_set_rules(x->de.r, consult_rule, consult_public, NULL);
	found(x, JOINT, "\"DE\",\"JP\"", "amber", ",\"alias\":\"joint\",\"public\":false,\"spec_versions\":[\"2.0\",\"2.1\"],"
	    "\"name\":{\"de\":\"Gemeinsam\",\"en\":\"Joint\",\"ja\":\"共同\"},\"description\":{\"en\":\"What both share\"}");
	if ((flags & LAB_NO_PUBLIC) == 0)
		found(x, OPEN_C, "\"DE\"", "clear", ",\"alias\":\"open\",\"public\":true,\"name\":{\"de\":\"Offen\"}" MARKED(CLEAR_ID));
	found(x, OWN_C, "\"DE\"", "amber", ",\"public\":false,\"name\":{\"en\":\"Own\"}");
	people(x);
	start(x);
}

void taxiilab_close(struct taxiilab *x)
{
	stop(x);
	state_close(x->state);
	if (x->jp.r != NULL)
		node_free(&x->jp);
	node_free(&x->de);
	lab_close(&x->l);
}

static void meet(struct taxiilab *x)
{
	MUST(follow_direct(&x->jp, &x->de, &e));
	MUST(follow_direct(&x->de, &x->jp, &e));
}

void taxiilab_jp(struct taxiilab *x)
{
	struct entry en;
	char *json;

	node_make(&x->l, &x->jp, "JP");
	record_set_rules(x->jp.r, consult_rule, consult_public, NULL);
	node_pin(&x->de, &x->jp);
	node_pin(&x->jp, &x->de);
	meet(x);
	MUST(record_newest(x->jp.rd, "verbale-collection--" JOINT, NULL, &en, &e));
	json = assent_json(&x->jp, &en, "agree");
	entry_free(&en);
	add_ok(&x->jp, json);
	mem_free(json);
	meet(x);
}

void taxiilab_add_jp(struct taxiilab *x, const char *json)
{
	add_ok(&x->jp, json);
	meet(x);
}

/* ---- writing ---- */

void put(struct taxiilab *x, const char *uuid, const char *json)
{
	const struct add_item item = {json, strlen(json)};
	struct add_result res = {.what = ADDED_REFUSED};
	struct add_opt opt;
	uint8_t u[16];
	struct err e = {0};

	assert_true(uuid_parse(uuid, strlen(uuid), u));
	if (record_add_opt(x->de.rd, u, ROLE_RELEASER, &opt, &e) != 0)
		opt.role = ROLE_RELEASER;
	if (record_add(x->de.r, &opt, &item, 1, &res, &e) != 0 || res.what != ADDED_NEW)
		fail_msg("not added: %s %s\n%s", e.msg, res.err.msg, json);
}

static void put_pattern(struct taxiilab *x, const char *uuid, unsigned k, const char *modified, const char *head, const char *tail)
{
	char *json = mem_printf("{\"type\":\"indicator\",%s\"id\":\"indicator--%08x-0000-4000-8000-000000000001\",\"created\":\"2016-09-01T08:00:00.000Z\",\"modified\":\"%s\","
	    "\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\"%s}", head, k, modified != NULL ? modified : "2016-09-01T08:00:00.000Z", tail);

	put(x, uuid, json);
	mem_free(json);
}

void put_indicator(struct taxiilab *x, const char *uuid, unsigned k, const char *modified, const char *extra)
{
	char *tail = mem_printf(",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\"%s", extra != NULL ? extra : "");

	put_pattern(x, uuid, k, modified, "\"spec_version\":\"2.1\",", tail);
	mem_free(tail);
}

void put_v20(struct taxiilab *x, const char *uuid, unsigned k, const char *modified)
{
	put_pattern(x, uuid, k, modified, "", ",\"labels\":[\"malicious-activity\"],\"valid_from\":\"2016-09-01T08:00:00Z\"");
}

/* ---- asking ---- */

struct asking { const char *token, *headers; char ring[8][512]; unsigned at; };

static const char *header(const struct http_req *q, const char *name)
{
	struct asking *const a = q->impl;
	const size_t n = strlen(name);
	char *const value = a->ring[a->at++ % 8];

	if (strcasecmp(name, "Authorization") == 0 && a->token != NULL) {
		(void)snprintf(value, sizeof(a->ring[0]), "Bearer %s", a->token);
		return value;
	}
	for (const char *s = a->headers; s != NULL && *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n')
		if (strncasecmp(s, name, n) == 0 && s[n] == ':') {
			const size_t len = strcspn(s + n + 2, "\n");

			assert_true(len < sizeof(a->ring[0]));
			memcpy(value, s + n + 2, len);
			value[len] = '\0';
			return value;
		}
	return NULL;
}

void ask(struct taxiilab *x, const char *method, const char *token_, const char *headers, const char *target, struct answer *ret)
{
	struct asking a = {.token = token_, .headers = headers};
	struct http_target *t = mem_zalloc(sizeof(*t));
	struct http_req q = {.header = header, .impl = &a, .addr = "192.0.2.1", .rest = ""};
	struct err e = {0};

	memset(ret, 0, sizeof(*ret));
	if (http_target_parse(target, strlen(target), t, &e) != 0)
		fail_msg("%s: %s", target, e.msg);
	q.method = http_method_parse(method, &q.head);
	q.path = t->path;
	memcpy(q.param, t->param, sizeof(q.param));
	q.params = t->params;
	q.unsent = x->unsent;
	mem_fail_after(x->fail_after);
	http_dispatch(&x->conf, x->de.rd, &q, &ret->r);
	mem_fail_after(0);
	mem_free(t);
	if (ret->r.body.n > 0 && json_read(ret->r.body.p, ret->r.body.n, &(struct json_read_opt){.max_bytes = LIMIT_JSON_BULK}, &ret->doc, &e) != 0)
		fail_msg("%s: %s\n%.300s", target, e.msg, ret->r.body.p);
}

void get(struct taxiilab *x, const char *token_, const char *target, struct answer *ret) { ask(x, "GET", token_, NULL, target, ret); }

void answer_free(struct answer *a)
{
	json_free(a->doc);
	http_resp_free(&a->r);
}

int method_status(struct taxiilab *x, const char *method, const char *token_, const char *target)
{
	struct answer a;
	int status;

	ask(x, method, token_, NULL, target, &a);
	status = a.r.status;
	answer_free(&a);
	return status;
}

int status_of(struct taxiilab *x, const char *token_, const char *target) { return method_status(x, "GET", token_, target); }

const char *answer_header(const struct answer *a, const char *name)
{
	for (size_t i = 0; i < a->r.headers; i++)
		if (strcasecmp(a->r.header[i].name, name) == 0)
			return a->r.header[i].value;
	return NULL;
}

const struct json_val *answer_root(const struct answer *a) { return json_root(a->doc); }

char *listed(const struct answer *a)
{
	static const char *const lists[] = {"objects", "versions", "collections"};
	struct buf b = BUF_INIT(0);
	const struct json_val *v;
	struct json_iter it;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (json_iter(&it, json_get(answer_root(a), lists[i])); json_next(&it, NULL, &v);) {
			buf_puts(&b, b.n > 0 ? " " : "");
			buf_puts(&b, json_str(v, NULL) != NULL ? json_str(v, NULL) : json_get_str(v, "id"));
		}
	buf_puts(&b, "");
	assert_int_equal(b.err, 0);
	return b.p != NULL ? b.p : mem_strdup("");
}

char *listed_at(struct taxiilab *x, const char *token_, const char *target)
{
	struct answer a;
	char *s;

	get(x, token_, target, &a);
	if (a.r.status != 200)
		fail_msg("%s: %d %s", target, a.r.status, a.r.body.p);
	s = listed(&a);
	answer_free(&a);
	return s;
}

void assert_listed(struct taxiilab *x, const char *token_, const char *target, const char *expected)
{
	char *s = listed_at(x, token_, target);

	if (strcmp(s, expected) != 0)
		fail_msg("%s:\n  got      %s\n  expected %s", target, s, expected);
	mem_free(s);
}

void taxiilab_run(void **state)
{
	struct taxiilab x;
	rule *r;

	memcpy(&r, *state, sizeof(r));
	taxiilab_open(&x, 0);
	r(&x);
	taxiilab_close(&x);
}
