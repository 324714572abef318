#include <string.h>
#include <strings.h>

#include "base/enc.h"
#include "base/mem.h"
#include "http/priv.h"

static const struct method { const char *name; enum http_method method; bool head; } methods[] = {
	{"GET", HTTP_GET, false},
	{"HEAD", HTTP_GET, true},
	{"POST", HTTP_POST, false},
	{"PUT", HTTP_PUT, false},
	{"DELETE", HTTP_DELETE, false},
	{"OPTIONS", HTTP_OPTIONS, false},
};

enum http_method http_method_parse(const char *s, bool *ret_head)
{
	*ret_head = false;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (strcmp(s, methods[i].name) == 0) {
			*ret_head = methods[i].head;
			return methods[i].method;
		}
	}
	return HTTP_UNKNOWN;
}

bool http_match(const char *pattern, const char *path, char *copy, const char *arg[4], const char **rest)
{
	const char *const start = path;
	size_t args = 0, n;

	while (*pattern != '\0') {
		if (pattern[0] == '*' && pattern[1] == '\0') {
			if (rest != NULL)
				*rest = path;
			return *path != '\0';
		}
		if (pattern[0] == '{' && pattern[1] == '}') {
			if ((n = strcspn(path, "/")) == 0 || args == 4)
				return false;
			if (copy != NULL) {
				arg[args] = copy + (path - start);
				copy[(size_t)(path - start) + n] = '\0';
			}
			args++;
			path += n;
			pattern += 2;
			continue;
		}
		if (*pattern++ != *path++)
			return false;
	}
	return *path == '\0';
}

/*
 * The first row whose pattern fits; further rows with the very same pattern add methods.
 * A pattern is one address: a later, wider pattern never lends its methods to it. Without a row: all methods it takes.
 */
static const struct http_route *find(const struct http_conf *c, const struct http_req *q, unsigned *ret_methods)
{
	const struct http_route *first = NULL;

	*ret_methods = 0;
	for (size_t i = 0; i < c->routes; i++) {
		const struct http_route *const row = &c->route[i];

		if (first == NULL ? !http_match(row->pattern, q->path, NULL, NULL, NULL) : strcmp(row->pattern, first->pattern) != 0)
			continue;
		first = first != NULL ? first : row;
		if (row->tls_only && !q->tls)
			continue;
		*ret_methods |= row->methods;
		if ((row->methods & (unsigned)q->method) != 0)
			return row;
	}
	return NULL;
}

static int put_allow(struct http_resp *r, unsigned allowed)
{
	char list[64] = "OPTIONS";
	size_t n = strlen(list);

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		const size_t name_n = strlen(methods[i].name);

		if ((allowed & (unsigned)methods[i].method) == 0)
			continue;
		memcpy(list + n, ", ", 2);
		memcpy(list + n + 2, methods[i].name, name_n + 1);
		n += name_n + 2;
	}
	return http_header(r, "Allow", list, NULL);
}

static int put_accept(struct http_resp *r, const char *const *types)
{
	CLEANUP_BUF struct buf list = BUF_INIT(1024);

	for (size_t i = 0; types[i] != NULL; i++)
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", types[i]);
	return list.err == 0 && list.n > 0 ? http_header(r, "Accept", list.p, NULL) : E_LIMIT;
}

/* Does a Content-Type name one of these types? Parameters (charset …) are left to the handler. */
static bool type_fits(const char *type, const char *const *types)
{
	size_t n;

	if (type == NULL)
		return false;
	n = strcspn(type, "; \t");
	for (size_t i = 0; types[i] != NULL; i++)
		if (strcspn(types[i], ";") == n && strncasecmp(type, types[i], n) == 0)
			return true;
	return false;
}

bool http_has_body(const struct http_req *q)
{
	const char *const length = http_req_header(q, "Content-Length");

	return q->body_n > 0 || http_req_header(q, "Transfer-Encoding") != NULL || (length != NULL && strcmp(length, "0") != 0);
}

/* Framing both ways at once is how requests are smuggled past a front: refused, RFC 9112 §6.3. */
static int admit_body(const struct http_req *q, const struct http_route *row, struct http_resp *r, struct err *e)
{
	const char *const coding = http_req_header(q, "Transfer-Encoding"), *const length = http_req_header(q, "Content-Length");
	const size_t max = row->max_body != 0 ? row->max_body : LIMIT_HTTP_BODY;
	uint64_t n = 0;

	if (row->types == NULL && row->stream == NULL) {
		IGNORE(fail(e, E_FORMAT, "no body is taken here"), "the status says it");
		return 400;
	}
	if (row->types != NULL && !type_fits(http_req_header(q, "Content-Type"), row->types)) {
		IGNORE(put_accept(r, row->types), "the header is a courtesy");
		return 415;
	}
	if (coding != NULL && strcasecmp(coding, "chunked") != 0)
		return 501;
	if (coding != NULL && length != NULL) {
		IGNORE(fail(e, E_FORMAT, "both Transfer-Encoding and Content-Length"), "the status says it");
		return 400;
	}
	if (length != NULL && !dec_parse(length, strlen(length), UINT64_MAX, &n)) {
		IGNORE(fail(e, E_FORMAT, "Content-Length is no number"), "the status says it");
		return 400;
	}
	if (n > max || q->body_n > max) {
		IGNORE(fail(e, E_LIMIT, "a body has at most %zu bytes here", max), "the status says it");
		return 413;
	}
	return 0;
}

int http_admit(const struct http_conf *c, const struct http_req *q, const struct http_route **ret, struct http_resp *r, struct err *e)
{
	const struct http_route *row;
	unsigned allowed;

	*ret = NULL;
	if (q->method == HTTP_UNKNOWN)
		return 501;
	if (q->method == HTTP_OPTIONS && strcmp(q->path, "*") == 0)
		return put_allow(r, HTTP_GET | HTTP_POST | HTTP_PUT | HTTP_DELETE) == 0 ? 204 : 500;
	row = find(c, q, &allowed);
	if (allowed == 0)
		return 404;
	if (q->method == HTTP_OPTIONS)
		return put_allow(r, allowed) == 0 ? 204 : 500;
	if (row == NULL)
		return put_allow(r, allowed) == 0 ? 405 : 500;
	*ret = row;
	return http_has_body(q) ? admit_body(q, row, r, e) : 0;
}

void http_refuse(const struct http_conf *c, void *thread, const struct http_req *q, struct http_resp *r, int status, const struct err *e)
{
	r->status = status;
	if (status == 204)
		return;
	if (c->error_page != NULL)
		c->error_page(c->route_ctx, thread, q, r, status);
	else if (status == 400 && e != NULL && e->code == E_FORMAT)
		http_error(q, r, e->code, e);
	else
		http_error_status(q, r, status);
}

void *http_route_ctx(const struct http_conf *c, const struct http_route *row)
{
	return row->ctx != NULL ? row->ctx : c->route_ctx;
}

char *http_bind(const struct http_route *row, struct http_req *q)
{
	char *const copy = mem_strdup(q->path);

	if (copy != NULL)
		IGNORE(!http_match(row->pattern, q->path, copy, q->arg, &q->rest), "it fitted when the row was found");
	return copy;
}

static void call_stream(const struct http_route *row, void *ctx, void *thread, struct http_req *q, struct http_resp *r)
{
	void *state = NULL;

	if (!row->stream->begin(ctx, thread, q, r, &state))
		return;
	if (q->body_n > 0)
		IGNORE(!row->stream->data(state, q->body, q->body_n), "enough, or all");
	row->stream->end(ctx, thread, state, q, r);
}

static void call(const struct http_conf *c, const struct http_route *row, void *thread, struct http_req *q, struct http_resp *r)
{
	CLEANUP_STR char *copy = NULL;

	q->rest = "";
	memset(q->arg, 0, sizeof(q->arg));
	if ((copy = http_bind(row, q)) == NULL)
		http_error(q, r, E_NOMEM, NULL);
	else if (row->stream != NULL)
		call_stream(row, http_route_ctx(c, row), thread, q, r);
	else
		row->handler(http_route_ctx(c, row), thread, q, r);
	q->rest = "";
	memset(q->arg, 0, sizeof(q->arg));
}

void http_finish(const struct http_conf *c, struct packer **packer, const struct http_req *q, struct http_resp *r)
{
	if (c->security_headers != NULL)
		c->security_headers(c->route_ctx, q, r);
	if (r->may_pack)
		http_pack(packer, q, r);
}

void http_dispatch(const struct http_conf *c, void *thread, struct http_req *q, struct http_resp *r)
{
	struct packer *packer = NULL;
	const struct http_route *row;
	struct err e = {0};
	int status;

	*r = (struct http_resp){.status = 200};
	status = http_admit(c, q, &row, r, &e);
	if (status == 0)
		call(c, row, thread, q, r);
	else
		http_refuse(c, thread, q, r, status, &e);
	http_finish(c, &packer, q, r);
	packer_free(packer);
}
