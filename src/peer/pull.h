/*
 * peer/pull.h - a TAXII 2.1 client that follows a foreign collection into one of ours. The machine (pull.c) is pure but
 * for the record: request out, answer in; pull_find.c finds the collection; fetch.h carries both over the network.
 *
 * Real servers err. Taken in stride: a wrong or missing Content-Type, objects sent again, pages smaller than asked for,
 * empty pages, `more` without `next`, a `next` that has expired (400) or repeats, dates missing, malformed or cut to
 * milliseconds, many objects with one date, 429 and 5xx with or without Retry-After. Asked for are all versions, so that
 * none is lost between two pulls; a server that refuses to is asked for the last ones.
 */
#pragma once
#include "record/record.h"

/* Where a feed stands. Kept by the caller after every page: an interrupted pull goes on there. */
struct pull_cursor {
	char added_after[LIMIT_TIMESTAMP + 1];  /* asked for: later than this; "": from the beginning */
	char newest[LIMIT_TIMESTAMP + 1];       /* latest date_added seen in this run, or "" */
	char next[LIMIT_PULL_NEXT + 1];         /* the server's token for the page to come, or "" */
};
/* {"added_after":…,"next":…,"newest":…}; parse: E_FORMAT. */
void pull_cursor_put(const struct pull_cursor *c, struct buf *out);
NODISCARD int pull_cursor_parse(const void *p, size_t n, struct pull_cursor *ret, struct err *e);

struct pull_opt {
	const char *url;         /* of the collection's objects: "https://…/collections/{id}/objects/" */
	struct add_opt add;      /* into which collection, how strictly */
	unsigned limit;          /* objects asked for per page; 0: LIMIT_PULL_PAGE */
	/*
	 * Seconds of date_added asked for again at the next run: servers that date an object before they commit it show
	 * it late, under a date already passed. What comes twice is known by its hash and costs nothing but the way.
	 */
	unsigned overlap_s;
	void (*refused)(void *ctx, const struct add_result *res); void *ctx; /* each object refused; or NULL */
};
/*
 * refused: without another node's own papers (its collections, withdrawals), which are seen and left there. last_only: the
 * server would not give all versions.
 */
struct pull_report { uint64_t pages, seen, added, known, refused, again; bool dated, tokens, last_only; };

struct pull_request { const char *url; unsigned wait_s; /* before asking */ };
struct pull_answer {
	int status;
	const char *last;        /* X-TAXII-Date-Added-Last, or NULL */
	unsigned retry_after_s;  /* 0: not said */
	const void *body; size_t n;
};

struct pull;
NODISCARD int pull_new(struct record *r, const struct pull_opt *o, const struct pull_cursor *from, struct pull **ret, struct err *e);
void pull_free(struct pull *p); /* NULL is fine */
/* What to ask for next; false: all is here. */
bool pull_next(struct pull *p, struct pull_request *ret);
/* The answer: its objects are on disk when 0 is returned. E_NET: it was tried often enough. E_DENIED, E_NOTFOUND, E_FORMAT. */
NODISCARD int pull_take(struct pull *p, const struct pull_answer *a, struct err *e);
const struct pull_cursor *pull_where(const struct pull *p);
const struct pull_report *pull_result(const struct pull *p);

/* GET of one resource for pull_find; body appended to out. */
typedef int pull_get(void *ctx, const char *url, int *ret_status, struct buf *out, struct err *e);
/*
 * From what an administrator was given to the address of the objects. url: discovery, an API root, a collection or its
 * objects. want: id, alias or title of the collection; NULL: the only readable one. Roots on another server are left
 * out: credentials go nowhere else. E_USAGE names the choice; E_NOTFOUND.
 */
NODISCARD int pull_find(pull_get *get, void *ctx, const char *url, const char *want, struct buf *ret_url, struct err *e);
