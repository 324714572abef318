/*
 * taxii/taxii.h - the TAXII 2.1 server (OASIS Standard): discovery at /taxii2/, one API root at /taxii2/api/.
 * Reads through record/page.h, writes through record_add; who asks comes from access/. Rules H1–D4 are named in tests.
 */
#pragma once
#include "access/access.h"
#include "http/http.h"
#include "record/record.h"

struct taxii_conf {
	struct record *record;
	struct access *access;
	const char *title, *description, *contact;   /* of discovery and API root; description and contact may be NULL */
	unsigned writers;                            /* threads that write queued envelopes; 0: one per processor */
	struct log *log;
};
struct taxii;
/* Starts the writers and takes up what the spool folder still holds from before. */
NODISCARD int taxii_open(const struct taxii_conf *c, struct taxii **ret, struct err *e);
void taxii_close(struct taxii *t); /* after http_stop: finishes or leaves in the spool what is queued */
/* Rows to put into http_conf.route, each with ctx = the struct taxii. */
size_t taxii_routes(const struct http_route **ret);
/* Is this path ours? Then errors before routing are dressed by taxii_error (TAXII 2.1 §3.6). */
bool taxii_owns(const char *path);
void taxii_error(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status);
