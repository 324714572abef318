/* tour.h - asking a node for everything there is and is not, byte by byte: what test_release.c and release_taxii.c share. */
#pragma once
#include "access/access.h"
#include "http/http.h"
#include "release.h"
#include "taxii/taxii.h"
#include "web/web.h"

#define NOBODY (-1)

extern struct sums { unsigned long answers, bytes, shown, hidden, pages, out, objects, tokens, same; } sum;
void fault(const char *path, const char *what, const char *who);

struct asker { const char *name; int party; const uint8_t *spki; };
/* A person who signs in to DE's TAXII server. */
struct user { const char *name, *agency; int party; char token[64], cookie[80] /* of a session at DE's pages */; };
struct tour {
	struct rec *m;
	struct web web;
	struct access *access;
	struct taxii *taxii;
	struct http_conf conf;
	struct http_route route[192];
	size_t peers, webs;                    /* where the routes of taxii/ begin, and those of web/ */
	struct asker asker;
	const struct user *user;               /* the person of that party who asks TAXII; NULL: nobody */
	bool may[MAX_OBJS];                    /* what the asker may have on the route asked */
	bool anyone[MAX_OBJS];
	bool entitled[MAX_OBJS];
	bool person[MAX_OBJS];
	bool on_web;
	bool signed_in;                        /* t->user asks the pages of web/ by his session */
	bool closed;                           /* nobody is asked to sign in: no collection is public */
	struct buf none[2][LANG_COUNT];        /* the answer for what is not there: of peer/, of web/ */
	struct buf refused[2];                 /* of taxii/: 404, 401 */
	bool listed[MAX_COLS];                 /* the collections TAXII shows the asker */
};

/* Status, type, headers in order, body: as a client gets it. */
void flatten(const struct http_resp *r, struct buf *out);
struct scan { const struct rec *m; const bool *may; const char *path, *who; };
/* A fault for every word of a hidden object in these bytes. */
void scan(const struct scan *s, const void *p, size_t n);
void loosen(const struct rec *m, const bool *may);
bool some(struct tour *t, unsigned percent);
/* Ask as t->asker, scan what comes; the status. version and ret_body may be NULL. (test_release.c) */
int ask(struct tour *t, const char *path, const char *version, struct buf *ret_body);
void must_none(struct tour *t, const char *path, const char *version);
bool sees_version(const struct tour *t, int no); /* may he see any version of this document? */

typedef void generator(struct tour *t, const char *pattern);

/* ---- release_taxii.c ---- */
void taxii_people(struct tour *t);         /* users and tokens; opens the server */
void taxii_people_close(struct tour *t);
void taxii_person(struct tour *t);         /* t->user, for t->asker */
void taxii_session(struct tour *t);        /* a session that began just now, for t->user */
generator do_taxii_open, do_taxii_root, do_taxii_status, do_taxii_collections, do_taxii_collection, do_taxii_pages, do_taxii_object, do_taxii_slash;
/* A hidden object more changes no byte of any answer. The last thing done with a record. */
void taxii_unchanged(struct tour *t);

/* ---- release_pages.c ---- */
generator do_people, do_asset, do_shut, do_text, do_search, do_id, do_of_series;
void tour_search(struct tour *t), tour_search_end(struct tour *t);
void mask_session(struct buf *b);

/* ---- release_home.c: what stays at home ---- */
typedef void home_mark(const char *what, const void *p, size_t n);
void home_fill(struct rec *m, home_mark *found);   /* a home beside DE's record; each marked word is told */
void home_files(const struct rec *m, const char *dir, const bool *may); /* a fault for each that lies in another file */
