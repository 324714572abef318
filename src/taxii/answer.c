/* Resources and errors as TAXII wants them written. */
#include <stdio.h>

#include "base/enc.h"
#include "taxii/priv.h"

static const struct title { int status; const char *text; } titles[] = {
	{308, N_("this address ends in a slash")},
	{400, N_("malformed input")},
	{401, N_("sign in to read this")},
	{403, N_("not allowed")},
	{404, N_("not found")},
	{405, N_("this address does not take this method")},
	{406, N_("nothing here is of a media type that Accept allows")},
	{408, N_("the request took too long")},
	{409, N_("conflict with what is recorded")},
	{413, N_("a limit is exceeded")},
	{414, N_("the address is too long")},
	{415, N_("this media type is not taken here")},
	{422, N_("the content cannot be processed")},
	{429, N_("too many requests")},
	{431, N_("the header fields are too large")},
	{501, N_("this method or transfer encoding is not known here")},
	{503, N_("the server is stopping or out of resources")},
	{507, N_("no space left")},
};

static const char *title_of(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (titles[i].status == status)
			return titles[i].text;
	return err_headline(E_ENV);
}

void put_member(struct buf *out, bool *first, const char *key, const char *value)
{
	json_put_member(out, first, key);
	json_put_str(out, value, strlen(value));
}

/* A value that lives for ever needs no copy. */
static void put_static(struct http_resp *r, const char *name, const char *value)
{
	if (r->headers < ARRAY_LEN(r->header))
		r->header[r->headers++] = (struct http_param){name, value};
}

static const char no_memory[] = "{\"title\":\"out of memory\",\"http_status\":\"503\"}";

static void write_error(const struct http_req *q, struct http_resp *r, int status, const char *description, const char *error_id)
{
	char number[16];
	bool first = true;

	buf_free(&r->body);
	r->body = (struct buf)BUF_INIT(65536);
	r->fixed = NULL;
	r->fixed_n = 0;
	r->may_pack = false;
	r->status = status;
	r->type = TAXII_TYPE;
	(void)snprintf(number, sizeof(number), "%d", status);
	buf_putc(&r->body, '{');
	put_member(&r->body, &first, "title", tr(http_lang(q, LANG_EN), title_of(status)));
	if (description != NULL && description[0] != '\0' && status != 404)
		put_member(&r->body, &first, "description", description);
	if (error_id != NULL)
		put_member(&r->body, &first, "error_id", error_id);
	put_member(&r->body, &first, "http_status", number);
	buf_putc(&r->body, '}');
	if (r->body.err != 0) {
		buf_free(&r->body);
		r->status = 503;
		r->fixed = no_memory;
		r->fixed_n = sizeof(no_memory) - 1;
	}
	put_static(r, "Cache-Control", "no-store");
	put_static(r, "Vary", "Accept-Language");
}

/* Only what stands for the refused resource itself may go; Allow and challenges are part of the answer. */
static void forget_resource(struct http_resp *r)
{
	static const char *const names[] = {"ETag", "Vary", "Cache-Control", "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"};
	size_t kept = 0;

	for (size_t i = 0; i < r->headers; i++) {
		bool drop = false;

		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			drop = drop || strcmp(r->header[i].name, names[k]) == 0;
		if (!drop)
			r->header[kept++] = r->header[i];
	}
	r->headers = kept;
}

void answer_error(const struct http_req *q, struct http_resp *r, int status, const char *description)
{
	forget_resource(r);
	write_error(q, r, status, description, NULL);
}

void answer_fail(struct call *c, int code, const struct err *e)
{
	const int status = err_http(code);
	const char *const why = e != NULL && e->msg[0] != '\0' ? e->msg : err_name(code);
	uint8_t random[8] = {0};
	char id[HEX_LEN(8) + 1];

	if (status < 500) {
		answer_error(c->q, c->r, status, e != NULL ? e->msg : NULL);
		return;
	}
	/* What failed inside us is for the log: its text may name files. */
	IGNORE(rng_fill(&record_world(c->t->conf.record)->rng, random, sizeof(random)), "an id of zeros still finds the line");
	hex_encode(random, sizeof(random), id);
	log_event(c->t->conf.log, EV_taxii_failed, "id", id, "path", c->q->path, "who", c->r->who, "why", why, NULL);
	forget_resource(c->r);
	write_error(c->q, c->r, status, NULL, id);
}

void answer_later(const struct http_req *q, struct http_resp *r, int status, unsigned wait_s, const char *description)
{
	char wait[16];

	answer_error(q, r, status, description);
	(void)snprintf(wait, sizeof(wait), "%u", wait_s > 0 ? wait_s : 1);
	IGNORE(http_header(r, "Retry-After", wait, NULL), "the status says it too");
}

void answer_resource(struct call *c, int status, bool names)
{
	struct err e = {0};
	const int rc = buf_err(&c->r->body, &e, "resource");

	if (rc != 0) {
		answer_fail(c, rc == E_LIMIT ? E_NOMEM : rc, &e);
		return;
	}
	c->r->status = status;
	c->r->type = TAXII_TYPE;
	put_static(c->r, "Cache-Control", c->who.known ? "private, no-cache" : "no-cache");
	put_static(c->r, "Vary", names ? "Authorization, Accept, Accept-Language" : "Authorization, Accept");
}
