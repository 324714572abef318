/*
 * http/http.h - requests and responses as plain structs, a route table, and the server that
 * carries them (libmicrohttpd with GnuTLS behind http/mhd.c). Handlers see no socket.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/rng.h"

enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_DELETE = 8 }; /* HEAD is GET without a body; OPTIONS is answered from the table */

struct http_param { const char *name, *value; };
struct http_req {
	enum http_method method;
	bool head;
	const char *path;                 /* percent-decoded, normalised, starts with "/"; no "." ".." "//" NUL */
	const char *rest;                 /* what the route's "*" matched, or "" */
	const char *arg[4];               /* what the route's {}s matched, in order */
	struct http_param param[LIMIT_HTTP_PARAMS]; size_t params; /* query, decoded, in order */
	const char *(*header)(const struct http_req *q, const char *name); /* NULL if absent */
	const void *body; size_t body_n;
	bool tls;
	const uint8_t *client_spki;       /* SHA-256 of the client certificate's key, 32 bytes, or NULL */
	const char *addr;                 /* remote address as text */
	void *impl;
};
const char *http_param(const struct http_req *q, const char *name); /* first value or NULL */

struct http_resp {
	int status;                       /* 200 unless set */
	struct buf body;                  /* sent and freed by the server */
	const void *fixed; size_t fixed_n; /* instead of body: static bytes, not freed */
	const char *type;                 /* Content-Type, static string */
	struct http_param header[16]; size_t headers; /* names static; values owned by `store` or static */
	char *owned[16]; size_t owned_n;  /* freed by the server */
};
/* Add a header; the value is copied. Refuses control bytes (asserted: ours). */
NODISCARD int http_header(struct http_resp *r, const char *name, const char *value, struct err *e);
/* Plain text error answer: status from the code, translated headline by Accept-Language, no inner detail for 404. */
void http_error(const struct http_req *q, struct http_resp *r, int code, const struct err *e);

/* One per worker thread, made by `thread_new` (e.g. its record_reader). */
struct http_app {
	void *ctx;
	void *(*thread_new)(void *ctx, struct err *e);
	void (*thread_free)(void *thread);
};
typedef void http_handler(void *ctx, void *thread, const struct http_req *q, struct http_resp *r);
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
};

struct http_listen { const char *addr; uint16_t port; bool tls; }; /* plain: loopback addresses only, else E_USAGE */
struct http_conf {
	struct http_listen listen[4]; size_t listeners;
	const struct http_route *route; size_t routes;
	struct http_app app;
	void *route_ctx;                  /* ctx of handlers */
	unsigned threads;                 /* 0: one per processor */
	const char *tls_key, *tls_cert;   /* PEM bytes */
	void (*security_headers)(void *ctx, const struct http_req *q, struct http_resp *r); /* or NULL */
	/* Answers for 404, 405, 413 … in the page's dress; NULL: http_error. */
	void (*error_page)(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status);
	struct log *log;
};
struct http_server;
NODISCARD int http_start(const struct http_conf *c, struct http_server **ret, struct err *e);
uint16_t http_port(const struct http_server *s, size_t listener); /* the bound port (0 was asked for) */
void http_stop(struct http_server *s); /* finishes requests under way; NULL is fine */

/* Route a request without a socket (tests, and the server itself). */
void http_dispatch(const struct http_conf *c, void *thread, struct http_req *q, struct http_resp *r);
void http_resp_free(struct http_resp *r);

/* TLS identity: a fresh ECDSA P-256 key and self-signed certificate (GnuTLS), as PEM; and the key's SPKI hash. */
NODISCARD int tls_identity_make(const char *name, const struct rng *rng, int64_t now_ns, struct buf *ret_key_pem, struct buf *ret_cert_pem, uint8_t ret_spki[32], struct err *e);
NODISCARD int tls_identity_spki(const char *cert_pem, size_t n, uint8_t ret_spki[32], struct err *e);
