#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/enc.h"
#include "base/mem.h"
#include "http/server.h"

static void put_addr(struct conn *c, const struct sockaddr *sa)
{
	const struct sockaddr_in6 *v6;
	const void *p = NULL;

	if (sa != NULL && sa->sa_family == AF_INET)
		p = &((const struct sockaddr_in *)(const void *)sa)->sin_addr;
	if (sa != NULL && sa->sa_family == AF_INET6) {
		v6 = (const void *)sa;
		p = &v6->sin6_addr;
	}
	if (p == NULL || inet_ntop(sa->sa_family, p, c->addr, sizeof(c->addr)) == NULL)
		memcpy(c->addr, "?", 2);
}

static void set_deadline(struct conn *c, unsigned seconds)
{
	/* One more: the current tick is already under way. */
	atomic_store(&c->deadline, atomic_load(&c->s->tick) + seconds + 1);
}

static void conn_open(struct listener *l, struct MHD_Connection *mc, void **socket_context)
{
	const union MHD_ConnectionInfo *const fd = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *const addr = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const union MHD_ConnectionInfo *session;
	struct conn *c;

	*socket_context = NULL;
	if (fd == NULL || (c = mem_zalloc(sizeof(*c))) == NULL)
		return; /* its requests are answered with a close */
	c->s = l->s;
	c->fd = fd->connect_fd;
	c->tls = l->tls;
	put_addr(c, addr != NULL ? addr->client_addr : NULL);
	set_deadline(c, l->s->idle_s + l->s->total_s);
	if (l->tls && (session = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_GNUTLS_SESSION)) != NULL)
		tls_ask_client(session->tls_session);
	pthread_mutex_lock(&l->s->lock);
	c->next = l->s->conns;
	if (c->next != NULL)
		c->next->prev = c;
	l->s->conns = c;
	pthread_mutex_unlock(&l->s->lock);
	*socket_context = c;
}

static void conn_close(struct conn *c)
{
	if (c == NULL)
		return;
	if (c->unread)
		linger_add(c->s, c->fd);
	pthread_mutex_lock(&c->s->lock);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->s->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&c->s->lock);
	mem_free(c);
}

/* libmicrohttpd says "closed" while the descriptor is still open: the sweeper never meets a reused number. */
void mhd_connection(void *cls, struct MHD_Connection *mc, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		conn_open(cls, mc, socket_context);
	else
		conn_close(TAKE(*socket_context));
}

size_t mhd_unescape(void *cls, struct MHD_Connection *mc, char *s)
{
	(void)cls;
	(void)mc;
	return strlen(s); /* uri.c decodes, strictly */
}

static const char *get_header(const struct http_req *q, const char *name)
{
	const struct request *const rq = q->impl;

	return MHD_lookup_connection_value(rq->mc, MHD_HEADER_KIND, name);
}

static void put_target(struct request *rq)
{
	struct http_req *const q = &rq->q;

	q->path = rq->target.path;
	q->rest = "";
	q->params = rq->target.params;
	memcpy(q->param, rq->target.param, q->params * sizeof(q->param[0]));
	q->header = get_header;
	q->tls = rq->conn->tls;
	q->addr = rq->conn->addr;
	q->defer = later_new;
	q->impl = rq;
}

void *mhd_first_line(void *cls, const char *uri, struct MHD_Connection *mc)
{
	struct listener *const l = cls;
	const union MHD_ConnectionInfo *const info = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct conn *const c = info != NULL ? info->socket_context : NULL;
	struct request *rq;
	int r;

	if (c == NULL || (rq = mem_alloc(sizeof(*rq))) == NULL)
		return NULL;
	memset(rq, 0, offsetof(struct request, target));
	atomic_init(&rq->owners, 1);
	rq->mc = mc;
	rq->conn = c;
	rq->uri_end = uri + strlen(uri);
	if ((r = http_target_parse(uri, strlen(uri), &rq->target, &rq->err)) != 0)
		rq->refused = r == E_LIMIT ? 414 : 400;
	put_target(rq);
	if (l->s->conf.clock.now != NULL)
		rq->start = clock_now(&l->s->conf.clock);
	set_deadline(c, l->s->total_s);
	atomic_fetch_add(&l->s->active, 1);
	return rq;
}

/* Field names must be tokens, values free of control bytes; of some fields there may be only one (RFC 9110 §5.6.2, RFC 9112 §5). */
struct head_check { struct request *rq; unsigned seen; };
static const struct { const char *name; size_t n; } single[] = {
	{"Host", 4}, {"Content-Length", 14}, {"Transfer-Encoding", 17}, {"Content-Type", 12}, {"Authorization", 13},
};

static bool token(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i] == '-' || (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z') ||
		    (s[i] != '\0' && strchr("!#$%&'*+.^_`|~", s[i]) != NULL)))
			return false;
	return n > 0;
}

static enum MHD_Result check_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
	struct head_check *const h = cls;
	const char *why = NULL;

	(void)kind;
	if (!token(name, name_n))
		why = "a header field's name is malformed";
	for (size_t i = 0; i < value_n; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
			why = "a control byte in a header field";
	for (size_t i = 0; i < ARRAY_LEN(single); i++) {
		if (name_n != single[i].n || strncasecmp(name, single[i].name, name_n) != 0)
			continue;
		if ((h->seen & 1U << i) != 0)
			why = "a header field that may stand only once is there twice";
		h->seen |= 1U << i;
	}
	if (why == NULL)
		return MHD_YES;
	h->rq->refused = 400;
	IGNORE(fail(&h->rq->err, E_FORMAT, "%s", why), "the status says it");
	return MHD_NO;
}

static void check_head(struct request *rq, const char *version)
{
	struct head_check h = {.rq = rq};
	const union MHD_ConnectionInfo *const size = MHD_get_connection_info(rq->mc, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	/* A NUL in the target ends it early for everybody who reads C strings: the version then does not follow it. */
	if (version != rq->uri_end + 1) {
		rq->refused = 400;
		IGNORE(fail(&rq->err, E_FORMAT, "the request line is malformed"), "the status says it");
	}
	if (rq->refused == 0 && size != NULL && size->header_size > LIMIT_HTTP_HEADER + (size_t)(version - rq->method_raw) + strlen(version) + 2)
		rq->refused = 431;
	if (rq->refused == 0)
		MHD_get_connection_values_n(rq->mc, MHD_HEADER_KIND, check_field, &h);
}

static void find_client(struct request *rq)
{
	struct conn *const c = rq->conn;
	const union MHD_ConnectionInfo *session;

	if (!c->tls)
		return;
	if (!c->spki_asked) {
		c->spki_asked = true;
		session = MHD_get_connection_info(rq->mc, MHD_CONNECTION_INFO_GNUTLS_SESSION);
		c->has_spki = session != NULL && tls_client_spki(session->tls_session, c->spki);
	}
	rq->q.client_spki = c->has_spki ? c->spki : NULL;
}

static struct MHD_Response *build(struct http_resp *r, size_t *ret_n)
{
	const bool bodyless = r->status == 204 || r->status == 304;
	struct MHD_Response *m;
	char *p;

	*ret_n = 0;
	if (bodyless || (r->fixed == NULL && r->body.n == 0 && r->body.err == 0))
		m = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
	else if (r->fixed != NULL)
		m = MHD_create_response_from_buffer(*ret_n = r->fixed_n, (void *)(uintptr_t)r->fixed, MHD_RESPMEM_PERSISTENT);
	else if ((p = buf_take(&r->body, ret_n)) == NULL)
		return NULL; /* a body that could not be built whole is not sent in part */
	else if ((m = MHD_create_response_from_buffer_with_free_callback(*ret_n, p, mem_free)) == NULL)
		mem_free(p);
	if (m == NULL)
		return NULL;
	if (r->type != NULL && !bodyless && MHD_add_response_header(m, "Content-Type", r->type) == MHD_NO)
		goto fail;
	for (size_t i = 0; i < r->headers; i++)
		if (MHD_add_response_header(m, r->header[i].name, r->header[i].value) == MHD_NO)
			goto fail;
	return m;
fail:
	MHD_destroy_response(m);
	return NULL;
}

static enum MHD_Result respond(struct request *rq, struct http_resp *r)
{
	const bool owned = r->fixed == NULL;
	struct MHD_Response *m;
	enum MHD_Result sent;

	if ((m = build(r, &rq->sent)) == NULL) {
		http_resp_free(r);
		*r = (struct http_resp){.status = 500};
		http_error(&rq->q, r, E_NOMEM, NULL);
		m = build(r, &rq->sent);
	}
	if (m == NULL)
		return MHD_NO;
	rq->status = r->status;
	rq->held = owned ? rq->sent : 0;
	atomic_fetch_add(&rq->conn->s->unsent, rq->held);
	if (rq->q.head)
		rq->sent = 0;
	memcpy(rq->who, r->who, sizeof(rq->who));
	set_deadline(rq->conn, LIMIT_HTTP_SEND_S);
	sent = MHD_queue_response(rq->mc, (unsigned)r->status, m);
	MHD_destroy_response(m);
	return sent;
}

static void dispatch(struct request *rq, void *thread, struct http_resp *r)
{
	const struct http_conf *const c = &rq->conn->s->conf;
	int status = rq->refused;

	rq->q.unsent = atomic_load(&rq->conn->s->unsent);
	if (status == 0 && rq->row == NULL)
		status = http_admit(c, &rq->q, &rq->row, r, &rq->err);
	if (status == 0 && rq->args == NULL && (rq->args = http_bind(rq->row, &rq->q)) == NULL)
		http_error(&rq->q, r, E_NOMEM, NULL);
	else if (status != 0)
		http_refuse(c, thread, &rq->q, r, status, &rq->err);
	else if (rq->row->stream == NULL)
		rq->row->handler(http_route_ctx(c, rq->row), thread, &rq->q, r);
	else if (rq->phase != STREAM_NONE || body_begin(rq, thread, r))
		body_end(rq, thread, r);
}

static void no_thread(struct request *rq, struct http_resp *r, const struct err *e)
{
	server_refused(rq->conn->s, rq->conn->addr, e->code != 0 ? e->msg : "out of memory");
	http_error_status(&rq->q, r, 503);
}

static enum MHD_Result finish(struct request *rq, struct app_thread *t, struct http_resp *r)
{
	enum MHD_Result sent;

	http_finish(&rq->conn->s->conf, t != NULL ? &t->packer : NULL, &rq->q, r);
	sent = respond(rq, r);
	http_resp_free(r);
	return sent;
}

static enum MHD_Result answer(struct request *rq)
{
	struct http_resp r = {.status = 200};
	struct err e = {0};
	struct app_thread *const t = server_thread(rq->conn->s, &e);

	if (t == NULL)
		no_thread(rq, &r, &e);
	else
		dispatch(rq, t->thread, &r);
	if (rq->later == NULL)
		return finish(rq, t, &r);
	http_resp_free(&r);
	return MHD_YES;
}

static enum MHD_Result answer_later(struct request *rq)
{
	struct http_resp r = {.status = 200};
	struct err e = {0};

	if (!later_take(rq, &r))
		http_error_status(&rq->q, &r, 503);
	return finish(rq, server_thread(rq->conn->s, &e), &r);
}

/* The answer comes before the body was read: the connection ends with it. */
static enum MHD_Result answer_early(struct request *rq)
{
	rq->row = NULL;
	rq->conn->unread = true;
	return answer(rq);
}

static enum MHD_Result begin_stream(struct request *rq)
{
	struct http_resp r = {.status = 200};
	struct err e = {0};
	struct app_thread *const t = server_thread(rq->conn->s, &e);

	if (t == NULL)
		no_thread(rq, &r, &e);
	else if ((rq->args = http_bind(rq->row, &rq->q)) == NULL)
		http_error(&rq->q, &r, E_NOMEM, NULL);
	else if (body_begin(rq, t->thread, &r))
		return MHD_YES;
	rq->conn->unread = true;
	return finish(rq, t, &r);
}

/*
 * First call, headers only. A reply queued here closes the connection after it, so only a request whose body
 * we do not want is answered at once; everything else waits for the second call and keeps the connection.
 */
static enum MHD_Result begin(struct request *rq, const char *method, const char *url, const char *version)
{
	struct http_server *const s = rq->conn->s;
	struct http_resp probe = {.status = 200};

	rq->begun = true;
	rq->method_raw = method;
	rq->path_raw = url;
	rq->q.method = http_method_parse(method, &rq->q.head);
	find_client(rq);
	check_head(rq, version);
	if (atomic_load(&s->stopping))
		rq->refused = 503;
	if (!http_has_body(&rq->q))
		return MHD_YES;
	if (rq->refused != 0)
		return answer_early(rq);
	if (http_admit(&s->conf, &rq->q, &rq->row, &probe, NULL) != 0) {
		http_resp_free(&probe);
		return answer_early(rq);
	}
	if (rq->row->stream != NULL)
		return begin_stream(rq);
	rq->body.max = rq->row->max_body != 0 ? rq->row->max_body : LIMIT_HTTP_BODY;
	return MHD_YES;
}

enum MHD_Result mhd_request(void *cls, struct MHD_Connection *mc, const char *url, const char *method, const char *version, const char *upload, size_t *upload_n, void **ctx)
{
	struct request *const rq = *ctx;
	size_t n;

	(void)cls;
	(void)mc;
	if (rq == NULL)
		return MHD_NO;
	if (!rq->begun)
		return begin(rq, method, url, version);
	if (*upload_n > 0) {
		n = *upload_n;
		*upload_n = 0;
		return body_take(rq, upload, n);
	}
	if (rq->later != NULL)
		return answer_later(rq);
	rq->q.body = rq->body.n > 0 ? rq->body.p : "";
	rq->q.body_n = rq->body.n;
	return answer(rq);
}

#define PATH_SHOWN 1024

static bool shown_as_is(char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; }

/* Bytes outside printable ASCII never stand in a legal target; one that was refused may hold them. */
static void put_path(const char *s, char to[3 * PATH_SHOWN + 1])
{
	for (size_t i = 0; s[i] != '\0' && i < PATH_SHOWN; i++) {
		const unsigned char c = (unsigned char)s[i];

		if (shown_as_is(s[i])) {
			*to++ = s[i];
			continue;
		}
		*to++ = '%';
		*to++ = "0123456789ABCDEF"[c >> 4];
		*to++ = "0123456789ABCDEF"[c & 15];
	}
	*to = '\0';
}

static void log_access(struct request *rq, enum MHD_RequestTerminationCode why)
{
	struct http_server *const s = rq->conn->s;
	UNINIT char path[3 * PATH_SHOWN + 1];
	char status[DEC_MAX + 1], bytes[DEC_MAX + 1], ms[DEC_MAX + 1] = "", client[17];
	int64_t took;

	put_path(rq->path_raw != NULL ? rq->path_raw : "-", path);
	dec_format((uint64_t)rq->status, status);
	dec_format(rq->sent, bytes);
	if (s->conf.clock.now != NULL) {
		took = clock_now(&s->conf.clock) - rq->start;
		dec_format(took > 0 ? (uint64_t)took / 1000000 : 0, ms); /* clocks are set back */
	}
	if (rq->q.client_spki != NULL)
		hex_encode(rq->q.client_spki, 8, client);
	log_event(s->conf.log, EV_http_access, "method", rq->method_raw != NULL ? rq->method_raw : "-", "path", path,
	    "status", status, "bytes", bytes, "ms", ms[0] != '\0' ? ms : NULL, "addr", rq->conn->addr,
	    "party", rq->who[0] != '\0' ? rq->who : NULL, "client", rq->q.client_spki != NULL ? client : NULL,
	    "end", why == MHD_REQUEST_TERMINATED_COMPLETED_OK ? NULL : "broken off", NULL);
}

void mhd_completed(void *cls, struct MHD_Connection *mc, void **ctx, enum MHD_RequestTerminationCode why)
{
	struct request *const rq = *ctx;

	(void)cls;
	(void)mc;
	if (rq == NULL)
		return;
	*ctx = NULL;
	log_access(rq, why);
	body_gone(rq);
	later_unlink(rq);
	set_deadline(rq->conn, rq->conn->s->idle_s + rq->conn->s->total_s);
	atomic_fetch_sub(&rq->conn->s->unsent, rq->held);
	atomic_fetch_sub(&rq->conn->s->active, 1);
	rq->conn = NULL;
	request_drop(rq);
}

void request_drop(struct request *rq)
{
	if (atomic_fetch_sub(&rq->owners, 1) != 1)
		return;
	later_free(rq->later);
	buf_free(&rq->body);
	mem_free(rq->args);
	mem_free(rq);
}
