/* taxii/priv.h - what the files of taxii/ share, and their tests and fuzzers. */
#pragma once
#include <string.h>

#include "json/json.h"
#include "record/page.h"
#include "taxii/taxii.h"

#define TAXII_ROOT "/taxii2/api/"
#define TAXII_TYPE "application/taxii+json;version=2.1"
#define STIX_TYPE_20 "application/stix+json;version=2.0"
#define STIX_TYPE_21 "application/stix+json;version=2.1"

struct ingest;                           /* ingest.c: the queue of envelopes and the threads that write them */
struct seen;                             /* seen.c: which collections readers were found to see */
struct taxii {
	struct taxii_conf conf;
	struct ingest *ingest;
	struct seen *seen;
};
/* ingest.c: taxii_open makes *t->ingest, taxii_close ends it. */
NODISCARD int ingest_open(struct taxii *t, struct ingest **ret, struct err *e);
void ingest_close(struct ingest *in); /* NULL is fine */
extern const struct http_stream post_stream; /* post.c: POST …/objects/ */
http_handler get_status;                     /* status.c: GET …/status/{}/ */

/* ---- accept.c: media types (RFC 9110 §8.3.1, §12.5.1). Pure ---- */
/* May an answer of TAXII 2.1 be sent? NULL or "": yes. Most specific range first; malformed ranges count as not there. */
bool accept_taxii(const char *accept);
/* Is this Content-Type TAXII 2.1: application/taxii+json, without a version or with 2.1? NULL: no. */
bool content_taxii(const char *type);
/* Content-Encoding of a body that is read as it comes: none (RFC 9110 §8.4). NULL: no such field. */
bool content_plain(const char *coding);

/* ---- call.c: one request to the API root ---- */
/* Not to be copied or moved: `who` holds pointers into itself. */
struct call {
	struct taxii *t;
	struct record_reader *rd;
	const struct http_req *q;
	struct http_resp *r;
	struct principal who;                /* who.reader.via is VIA_TAXII */
	uint8_t uuid[16];                    /* from here on: after call_collection */
	char id[37];                         /* uuid as text */
	struct collection coll;
	bool can_read, can_write;
};
/*
 * Who asks, and may he be answered in TAXII 2.1? In this order: 401 (wrong credentials; none, where nobody may see
 * any collection and `open` is false), 429, 406. False: r is the answer. Fills r->who, for the access log.
 */
bool call_begin(struct call *c, struct taxii *t, void *thread, const struct http_req *q, struct http_resp *r, bool open);
/* The collection named by UUID (in any case) or alias. False: r is the answer, 404 for what c->who may not see as for what is not there. */
bool call_collection(struct call *c, const char *name);
/* After call_collection: is this use his? False: r is the answer, 403; 404 where he may neither read nor write (TAXII 2.1 §5.7). */
bool call_may(struct call *c, bool read, bool write);
/* As call_collection, for who is known already and without an answer: later questions of the same request. E_NOTFOUND. */
NODISCARD int call_find(struct call *c, const char *name, struct err *e);
/* Does he see this collection? True: c is about it now. Otherwise *ret is E_NOTFOUND, or what failed. */
bool call_sees(struct call *c, const uint8_t uuid[16], const struct collection *col, const struct entry *en, int *ret, struct err *e);

/* ---- seen.c: answers of call_find, while the index's head stays ---- */
struct seen *seen_new(void); /* NULL: no memory */
void seen_free(struct seen *s); /* NULL is fine */
/* Was it asked before whether c->who sees `name`? ("": any collection at all.) True: *ret_yes, and with it the other two. */
bool seen_get(const struct call *c, const char *name, bool *ret_yes, uint8_t uuid[16], struct collection *ret);
/* head: as it was before the answer was looked for; nothing is remembered if it has moved since. */
void seen_put(const struct call *c, const char *name, uint64_t head, bool yes, const uint8_t uuid[16], const struct collection *coll);

/* ---- answer.c: resources and errors ---- */
/*
 * An error resource (TAXII 2.1 §3.6.1) as the whole answer; headers set before stay, r->who stays. Title: the usual one
 * of the status, in the client's language. description NULL: none. 404 never has one: hidden and unknown read alike.
 */
void answer_error(const struct http_req *q, struct http_resp *r, int status, const char *description);
/* The same from an error code. 4xx tell e->msg; 5xx tell an error_id, which the event log has beside the reason. */
void answer_fail(struct call *c, int code, const struct err *e);
/* 401 with what may be used to sign in. description may be NULL. (call.c) */
void answer_challenge(const struct http_req *q, struct http_resp *r, const char *description);
/* 503 or 429 that says when to come again. */
void answer_later(const struct http_req *q, struct http_resp *r, int status, unsigned wait_s, const char *description);
/* r->body is a whole resource: type, Cache-Control, Vary. May call answer_fail (memory). `names`: it depends on Accept-Language. */
void answer_resource(struct call *c, int status, bool names);
/* ETag of a 200 over its body; true: the client has it, r is the 304. After answer_resource. */
bool answer_known(struct call *c, const char *purpose);
/* ,"key":"value" or "key":"value" */
void put_member(struct buf *out, bool *first, const char *key, const char *value);

/* ---- query.c: the parameters of §3.4. Pure ---- */
enum { MATCH_ID = 1, MATCH_TYPE = 2, MATCH_VERSION = 4, MATCH_SPEC = 8, QUERY_PAGE = 16 /* limit, next, added_after */ };
struct query {
	size_t limit;                        /* LIMIT_PAGE_DEFAULT, or as asked, at most LIMIT_PAGE_ROWS */
	int64_t after_added;                 /* microseconds; INT64_MIN: any */
	const char *next;                    /* as it came, or NULL; judged by cursor_open */
	const char **id; size_t ids;
	const char **type; size_t types;
	struct page_version *version; size_t versions;
	unsigned specs;                      /* of SPEC_20 | SPEC_21; 0: not asked */
	bool nothing;                        /* only specifications were asked for that nobody has: no object fits */
	void *mem;
};
/*
 * `takes`: what this endpoint knows; other match fields and parameters are ignored (§3.4 allows it), but none may come
 * twice. E_FORMAT names the parameter. Free: taxii_query_free.
 */
NODISCARD int taxii_query_parse(const struct http_req *q, unsigned takes, struct query *ret, struct err *e);
void taxii_query_free(struct query *s);

/* ---- cursor.c: `next` ---- */
#define CURSOR_TEXT 64
/* A position in c's collection, for c->who alone, whatever filters come with it; base64url. */
NODISCARD int cursor_seal(struct call *c, uint64_t frame, char out[CURSOR_TEXT + 1], struct err *e);
NODISCARD int cursor_open(struct call *c, const char *text, uint64_t *ret_frame, struct err *e); /* E_FORMAT: not ours, or not his here */

/* ---- handlers of the reading side: discovery.c, objects.c, delete.c ---- */
http_handler get_discovery, get_root, get_collections, get_collection, get_openapi, add_slash;
http_handler get_objects, get_object, get_versions, get_manifest, delete_object;
extern const struct http_stream add_slash_stream; /* the same for POST */
extern const unsigned char openapi_json[];
extern const size_t openapi_json_n;
