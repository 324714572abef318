/* POST …/objects/ (TAXII 2.1 §5.5): the head, the body as it comes, the answer. */
#include <strings.h>

#include "base/mem.h"
#include "taxii/write.h"

struct post {
	struct call c;
	struct envelope *env;
	struct job *job;
	struct add_opt opt;
	/* When the answer comes from another thread, the request's header fields are out of reach: */
	struct http_req own;
	char language[128];
	struct http_resp resp;
	struct http_later *later;
};

static void post_free(struct post *p)
{
	if (p == NULL)
		return;
	envelope_free(p->env);
	job_free(p->c.t->ingest, p->job);
	http_resp_free(&p->resp);
	mem_free(p);
}

static bool refuse_type(struct call *c)
{
	answer_error(c->q, c->r, 415, "a body is " TAXII_TYPE);
	IGNORE(http_header(c->r, "Accept", TAXII_TYPE, NULL), "a courtesy");
	return false;
}

/* Taken for JSON, packed bytes would be called malformed. */
static bool refuse_coding(struct call *c)
{
	answer_error(c->q, c->r, 415, "a body is sent as it is, without Content-Encoding");
	IGNORE(http_header(c->r, "Accept-Encoding", "identity", NULL), "a courtesy");
	return false;
}

static bool refuse_busy(struct call *c, int rc, const struct err *e)
{
	if (rc == E_BUSY)
		answer_later(c->q, c->r, 503, 1, e->msg);
	else
		answer_fail(c, rc, e);
	return false;
}

/* ---- the body ---- */

/* Large envelopes are answered before they are written: what is wrong with one object alone is found on the way in. */
static bool fits(struct post *p, const struct envelope_object *o, struct err *why)
{
	struct stix_object so;

	return !job_is_large(p->job) || stix_check(o->val, &(struct stix_how){.strict = p->opt.strict, .v20 = p->opt.v20}, &so, why) == 0;
}

static int take(void *ctx, const struct envelope_object *o, struct err *e)
{
	struct post *const p = ctx;
	struct spool_item it = {o->id, o->version, "", o->p, o->n};
	struct err why = {0};

	if (o->val == NULL) {
		it.why = o->why;
		it.n = 0;
	} else if (!fits(p, o, &why)) {
		it.why = why.msg;
		it.n = 0;
	}
	return job_keep(p->c.t->ingest, p->job, &it, e);
}

static bool begin(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, void **state)
{
	struct post *const p = mem_zalloc(sizeof(*p));
	struct call *c;
	struct err e = {0};
	int rc;

	if (p == NULL) {
		answer_error(q, r, 503, NULL);
		return false;
	}
	c = &p->c;
	if (!call_begin(c, ctx, thread, q, r, false))
		goto refused;
	if (!content_taxii(http_req_header(q, "Content-Type"))) {
		refuse_type(c);
		goto refused;
	}
	if (!content_plain(http_req_header(q, "Content-Encoding"))) {
		refuse_coding(c);
		goto refused;
	}
	if (!c->who.known) {
		answer_challenge(q, r, NULL);
		goto refused;
	}
	if (!call_collection(c, q->arg[0]) || !call_may(c, false, true))
		goto refused;
	if ((rc = record_add_opt(c->rd, c->uuid, c->who.reader.role, &p->opt, &e)) != 0) {
		answer_fail(c, rc, &e);
		goto refused;
	}
	if ((rc = job_new(c->t->ingest, c->uuid, c->who.reader.role, c->who.who, &p->job, &e)) != 0 || (rc = envelope_new(take, p, &p->env, &e)) != 0) {
		refuse_busy(c, rc, &e);
		goto refused;
	}
	*state = p;
	return true;
refused:
	post_free(p);
	return false;
}

static bool data(void *state, const void *p, size_t n) { return envelope_feed(((struct post *)state)->env, p, n); }

static void gone(void *state) { post_free(state); }

/* ---- the answer ---- */

static const char *kept_header(const struct http_req *q, const char *name)
{
	const struct post *const p = q->impl;

	return strcasecmp(name, "Accept-Language") == 0 && p->language[0] != '\0' ? p->language : NULL;
}

static void keep_request(struct post *p, const struct http_req *q)
{
	const char *const l = http_req_header(q, "Accept-Language");

	if (l != NULL && strlen(l) < sizeof(p->language))
		memcpy(p->language, l, strlen(l) + 1);
	p->own = (struct http_req){.method = q->method, .path = q->path, .rest = "", .header = kept_header, .addr = q->addr, .impl = p};
}

static void answered(void *ctx, struct job *j, int rc, const struct err *e)
{
	struct post *const p = ctx;
	struct call *const c = &p->c;

	if (rc == 0) {
		job_put_status(j, &c->r->body);
		c->r->may_pack = true;
		answer_resource(c, 202, false);
	} else {
		refuse_busy(c, rc, e);
	}
	if (p->later != NULL)
		http_later_answer(p->later, &p->resp);
	post_free(p);
}

static void end(void *ctx, void *thread, void *state, const struct http_req *q, struct http_resp *r)
{
	struct post *const p = state;
	struct call *const c = &p->c;
	struct err e = {0};
	int status = 0, rc;

	(void)ctx;
	(void)thread;
	c->q = q;
	c->r = r;
	memcpy(r->who, c->who.who, sizeof(r->who));
	if ((rc = envelope_end(p->env, &status, &e)) != 0) {
		if (rc == E_FORMAT || rc == E_LIMIT)
			answer_error(q, r, status, e.msg);
		else
			refuse_busy(c, rc, &e);
		post_free(p);
		return;
	}
	keep_request(p, q);
	if ((p->later = q->defer != NULL ? q->defer(q) : NULL) != NULL) {
		c->q = &p->own;
		c->r = &p->resp;
		memcpy(p->resp.who, c->who.who, sizeof(p->resp.who));
	}
	job_submit(c->t->ingest, TAKE(p->job), answered, p, p->later == NULL);
}

const struct http_stream post_stream = {begin, data, end, gone};
