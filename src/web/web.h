/*
 * web/web.h - the pages. Each page is a row of web/pages.def (path, handler, who may); the handler reads through
 * record_may_read only, fills a model, and a compiled template writes HTML whose escaping cannot be forgotten.
 */
#pragma once
#include "access/access.h"
#include "http/http.h"
#include "record/record.h"

struct web {
	struct record *record;
	struct find *find;                   /* search and what has a date (consult/find.h); NULL: neither */
	struct keep *keep;                   /* public pages just made (web/keep.h); NULL: each is made anew */
	struct subs *subs;                   /* addresses of personal calendars (web/subs.h); NULL: none */
	struct homes *homes;                 /* national papers and what waits (web/homes.h); NULL: none are kept */
	struct access *access;               /* people who sign in; NULL: nobody can, and pages that need it are not there */
	const struct people_hook *hook; size_t hooks; /* what is handed over with a person beside the local state (access/people.h) */
	const char *base_url;                /* "https://…" for permanent links */
	bool example;                        /* demo data */
};
/* Public pages kept for a second (web/keep.h). */
struct keep;
NODISCARD int keep_new(struct keep **ret, struct err *e);
void keep_free(struct keep *k); /* NULL is fine */
size_t web_routes(const struct http_route **ret);
/* Strict CSP and the other security headers, on every answer. */
void web_security_headers(void *ctx, const struct http_req *q, struct http_resp *r);
void web_error_page(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status);
