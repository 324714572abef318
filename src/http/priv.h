/* http/priv.h - shared between the files of http/, and with their tests and fuzzer. */
#pragma once
#include "http/http.h"
#include "pack/pack.h"

/* ---- uri.c ---- */
/* A request target, taken apart. Holds its own bytes: do not copy the struct, the pointers lead into it. */
struct http_target {
	const char *path;                         /* decoded, starts with "/"; "*" only as the whole target */
	struct http_param param[LIMIT_HTTP_PARAMS];
	size_t params;
	char mem[LIMIT_HTTP_URL + 3];
};
/*
 * RFC 9112 §3.2: origin form, absolute form (its host is ignored) or "*"; RFC 3986 percent-encoding, "+" is a space
 * in the query. E_LIMIT: longer than LIMIT_HTTP_URL. E_FORMAT: a byte that must be encoded, a broken escape,
 * an encoded slash or control byte, text that is not UTF-8, segments "", "." or "..", too many parameters.
 * Refused, path is the first segment if that is plain letters and digits ("/taxii2/"), else "/".
 */
NODISCARD int http_target_parse(const char *s, size_t n, struct http_target *ret, struct err *e);

/* ---- route.c ---- */
enum http_method http_method_parse(const char *s, bool *ret_head);
/* Is there a body to come or here? Says yes also to framing we will refuse. */
bool http_has_body(const struct http_req *q);
/*
 * Everything that can be refused before the body is read. 0 and the route; or the status to answer with,
 * its headers (Allow, Accept) in r and the reason in e.
 */
int http_admit(const struct http_conf *c, const struct http_req *q, const struct http_route **ret, struct http_resp *r, struct err *e);
/* Dress a refusal: the application's error page or http_error. */
void http_refuse(const struct http_conf *c, void *thread, const struct http_req *q, struct http_resp *r, int status, const struct err *e);
/* Does path fit? Fills arg (pointers into copy, which is cut at "/") and rest (into path) unless copy is NULL. */
bool http_match(const char *pattern, const char *path, char *copy, const char *arg[4], const char **rest);

/* Fill q->arg and q->rest for this row. The string behind the args (caller: mem_free after the answer); NULL: no memory. */
NODISCARD char *http_bind(const struct http_route *row, struct http_req *q);
void *http_route_ctx(const struct http_conf *c, const struct http_route *row);
/* What every answer gets at its end: security headers, packing. *packer is made when first needed; packer may be NULL. */
void http_finish(const struct http_conf *c, struct packer **packer, const struct http_req *q, struct http_resp *r);

/* ---- resp.c ---- */
/* RFC 9110 §12.4.2: the weight of one element of a list (";q=0.5"), in thousandths; malformed counts as 0. */
unsigned http_weight(const char *s, size_t n);

/* ---- coding.c ---- */
/*
 * The coding to answer with (RFC 9110 §12.5.3): the best of zstd and gzip that is wanted at least as much as identity, zstd at
 * equal weight. must: identity is refused. An absent or empty field, or one that leaves nothing: identity.
 */
enum pack http_coding(const char *accept_encoding, bool *ret_must);
/* Pack r's body if it is large enough and the client wants it; Vary, Content-Encoding, the ETag's suffix. */
void http_pack(struct packer **packer, const struct http_req *q, struct http_resp *r);
/* Which form of the tag does If-None-Match hold: "tag", "tag-gzip", "tag-zstd"? PACKS_: none. "*" is the plain one. */
enum pack http_tag_listed(const char *list, const char *tag);

/* ---- listen.c ---- */
/* A listening socket, close-on-exec. E_USAGE: no numeric address, or plain text on one that is not loopback. */
NODISCARD int http_listen_open(const struct http_listen *l, int *ret_fd, uint16_t *ret_port, struct err *e);

/* ---- tls.c ---- */
/* TLS 1.3, and 1.2 because TAXII 2.1 §8.2.2 demands it: there too only with keys of the moment and sealed ciphers (RFC 9325 §4.2). */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:+AEAD" \
	":-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1"
/* Do key and certificate read, and belong together? */
NODISCARD int tls_identity_check(const char *key_pem, const char *cert_pem, struct err *e);
/* Ask the client of this gnutls_session_t for a certificate, without insisting. */
void tls_ask_client(void *session);
/* SPKI hash of the certificate the client of this finished handshake proved to own; false: it showed none. */
bool tls_client_spki(void *session, uint8_t ret[32]);
