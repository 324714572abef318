/*
 * http/http.h - requests and responses as plain structs, a route table, and the server that
 * carries them (libmicrohttpd with GnuTLS behind http/mhd.c). Handlers see no socket.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/text.h"

/* HEAD is GET without a body; OPTIONS is answered from the table, HTTP_UNKNOWN with 501: no route names these two. */
enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_DELETE = 8, HTTP_OPTIONS = 16, HTTP_UNKNOWN = 32 };

struct http_param { const char *name, *value; };
struct http_req {
	enum http_method method;
	bool head;
	const char *path;                 /* percent-decoded, normalised, starts with "/"; no "." ".." "//" NUL */
	const char *rest;                 /* what the route's "*" matched, or "" */
	const char *arg[4];               /* what the route's {}s matched, in order */
	struct http_param param[LIMIT_HTTP_PARAMS]; size_t params; /* query, decoded, in order */
	const char *(*header)(const struct http_req *q, const char *name); /* NULL if absent; the function may be NULL: no headers. During the handler's call only */
	const void *body; size_t body_n;
	bool tls;
	const uint8_t *client_spki;       /* SHA-256 of the client certificate's key, 32 bytes, or NULL */
	const char *addr;                 /* remote address as text */
	/* Answer later, from any thread (see http_later); NULL, or it gives NULL, where that cannot be: answer at once. */
	struct http_later *(*defer)(const struct http_req *q);
	size_t unsent;                    /* bytes of answers that all clients of this server have still to take: large ones may be cut short */
	void *impl;
};
const char *http_param(const struct http_req *q, const char *name); /* first value or NULL */
const char *http_req_header(const struct http_req *q, const char *name); /* q->header, or NULL without one */
/* The best of our languages by Accept-Language (RFC 9110 §12.5.4); `otherwise` if it names none of them. */
enum lang http_lang(const struct http_req *q, enum lang otherwise);

struct http_resp {
	int status;                       /* 200 unless set */
	struct buf body;                  /* sent and freed by the server */
	const void *fixed; size_t fixed_n; /* instead of body: static bytes, not freed */
	const char *type;                 /* Content-Type, static string */
	struct http_param header[16]; size_t headers; /* names static; values owned by `store` or static */
	char *owned[16]; size_t owned_n;  /* freed by the server */
	char who[LIMIT_WHO + 1];          /* whom the handler recognised (party, or user), for the access log; or "" */
	/*
	 * The body may be packed for a client that asks for it (RFC 9110 §12.5.3: gzip, zstd; identity by default). Then
	 * Content-Encoding and Vary are set and the ETag gets a suffix, which http_etag() understands. Only for bodies that
	 * mix no secret with what the client chose (BREACH).
	 */
	bool may_pack;
};
/* Add a header; the value is copied. E_FORMAT: a control byte (a value may come from a request). E_LIMIT: no room. */
NODISCARD int http_header(struct http_resp *r, const char *name, const char *value, struct err *e);
/* Plain text error answer: status from the code, translated headline by Accept-Language, no inner detail for 404. */
void http_error(const struct http_req *q, struct http_resp *r, int code, const struct err *e);
/* The same for a bare status: 405, 414, 415, 431, 501 … ; no detail. */
void http_error_status(const struct http_req *q, struct http_resp *r, int status);
/*
 * Name this answer: sets ETag "tag" (tag: [A-Za-z0-9+/=_.-]). True: the client has it already (If-None-Match);
 * the answer is now 304 without body, and the handler need not build one. Weak comparison, RFC 9110 §13.1.2.
 */
bool http_etag(const struct http_req *q, struct http_resp *r, const char *tag);

/* One per worker thread, made by `thread_new` (e.g. its record_reader). */
struct http_app {
	void *ctx;
	void *(*thread_new)(void *ctx, struct err *e);
	void (*thread_free)(void *thread);
};
typedef void http_handler(void *ctx, void *thread, const struct http_req *q, struct http_resp *r);

/*
 * An answer that comes later: the connection rests, its thread serves others. http_later_answer() may be called from
 * any thread, exactly once; it takes over *r's contents. The request and its strings live until then. Rest does not
 * count against the client's time. A stopping server waits LIMIT_HTTP_STOP_S, then answers 503 itself and drops what
 * comes later: http_later_answer() may be called even after http_stop().
 */
struct http_later;
void http_later_answer(struct http_later *l, struct http_resp *r);

/*
 * A body taken piece by piece, chunked ones too, up to max_body. begin judges the head (who asks, media type): true
 * goes on with *state; false: r is the answer, the body is not read. data: false: enough, r of end is the answer and
 * the rest is dropped. end makes the answer (or keeps q->defer(q) for later and leaves r alone). gone: the body broke
 * off or grew beyond max_body (answered 413): free the state. After end the state is the handler's own. All calls for
 * one body come from one thread. http_conf.total_s grows by a second for every LIMIT_HTTP_BODY_RATE bytes received.
 */
struct http_stream {
	bool (*begin)(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, void **state);
	bool (*data)(void *state, const void *p, size_t n);
	void (*end)(void *ctx, void *thread, void *state, const struct http_req *q, struct http_resp *r);
	void (*gone)(void *state);
};
/*
 * Patterns: "/log/checkpoint", "/{}/series/{}", "/log/tile/" "*" ({} one non-empty segment, a final * the non-empty rest).
 * First match in table order wins. types: accepted request media types for bodies, NULL = no body allowed.
 */
struct http_route {
	const char *pattern;
	unsigned methods;                 /* of enum http_method */
	http_handler *handler;
	const char *const *types;         /* NULL-terminated, or NULL */
	size_t max_body;                  /* 0: LIMIT_HTTP_BODY */
	bool tls_only;                    /* 404 on the plain listener */
	const struct http_stream *stream; /* for POST and PUT instead of body and handler; types may be NULL: begin judges */
	void *ctx;                        /* instead of http_conf.route_ctx; NULL: that one */
};

struct http_listen { const char *addr; uint16_t port; bool tls; }; /* plain: loopback addresses only, else E_USAGE */
struct http_conf {
	struct http_listen listen[4]; size_t listeners;
	const struct http_route *route; size_t routes;
	struct http_app app;
	void *route_ctx;                  /* ctx of handlers */
	unsigned threads;                 /* per listener; 0: one per processor */
	unsigned idle_s, total_s;         /* 0: LIMIT_HTTP_IDLE_S, LIMIT_HTTP_TOTAL_S */
	struct clock clock;               /* times requests for the log; .now NULL: no "ms" is logged */
	const char *tls_key, *tls_cert;   /* PEM bytes */
	void (*security_headers)(void *ctx, const struct http_req *q, struct http_resp *r); /* or NULL */
	/* Answers for 404, 405, 413 … in the page's dress (thread may be NULL); NULL: http_error. Headers such as Allow are set already. */
	void (*error_page)(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status);
	struct log *log;
};
struct http_server;
NODISCARD int http_start(const struct http_conf *c, struct http_server **ret, struct err *e);
uint16_t http_port(const struct http_server *s, size_t listener); /* the bound port (0 was asked for) */
void http_stop(struct http_server *s); /* finishes requests under way; NULL is fine */

/*
 * Route a request without a socket (tests, and the server itself). Refuses in this order: method, path, media type,
 * transfer encoding, content length, size; who asks is the handler's matter. r is overwritten; free: http_resp_free.
 */
void http_dispatch(const struct http_conf *c, void *thread, struct http_req *q, struct http_resp *r);
void http_resp_free(struct http_resp *r);

/* TLS identity: a fresh ECDSA P-256 key and self-signed certificate (GnuTLS), as PEM; and the key's SPKI hash. */
/* CN = name (cut at 64 bytes), 20 years from now_ns; rng gives the serial number, the key comes from GnuTLS's own generator. */
NODISCARD int tls_identity_make(const char *name, const struct rng *rng, int64_t now_ns, struct buf *ret_key_pem, struct buf *ret_cert_pem, uint8_t ret_spki[32], struct err *e);
NODISCARD int tls_identity_spki(const char *cert_pem, size_t n, uint8_t ret_spki[32], struct err *e);
