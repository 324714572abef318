/*
 * web/visit.h - one request for a page: who asks, what the page needs, its answer. Pages are rows of web/pages.def;
 * each handler fills a view (web/load*.h) and calls a template, or carries out an act and redirects.
 */
#pragma once
#include "access/people.h"
#include "http/form.h"
#include "web/fields.h"
#include "web/look.h"
#include "web/serve.h"

struct visit {
	const struct web *w;
	struct arena arena;               /* everything of this visit lives here */
	struct loader l;
	struct page p;
	const struct http_req *q;
	struct http_resp *r;
	struct buf html;
	struct principal who;             /* known false: signed out */
	struct people_session session;
	struct people_from from;
	struct http_form form;            /* of a POST */
	bool answered;                    /* the handler made the answer itself: a redirect, a file */
	struct look look;                 /* how this browser wants pages */
	struct home *home;                /* lent for this visit once it was needed (web/at_desk.h) */
	struct err err;
	/* visit.c's, of a visit that rests */
	struct http_req later_q;
	struct http_resp later_r;
	struct http_later *later;
	int (*then)(struct visit *v, struct err *e);
};
/*
 * A handler. 0: the page is in v->html, or v->answered. Otherwise the error page of the code: E_NOTFOUND 404 (also for
 * what may not be seen), E_DENIED 403, E_STATE and E_CONFLICT 409, E_FORMAT and E_USAGE 422; e->msg is shown as detail
 * except with 404 and trouble of ours. Reads happen in one snapshot of the record; a `do` handler's do not.
 */
typedef int visitor(struct visit *v, struct err *e);
#define PAGE(name, pattern, nav, need, methods, see, act) visitor see, act;
#define NONE visit_none
#include "web/pages.def"
#undef NONE
#undef PAGE

/* Who may: a right of policy/rights.h, or one of these. */
enum { NEED_SIGNED_IN = -1, NEED_ANYONE = -2 };
struct web_page { enum nav nav; int need; visitor *see, *act; };
void visit(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, const struct web_page *page);

/* ---- for handlers ---- */
struct out visit_out(struct visit *v);
/* The address of this page in every language, from the parts behind the language ("/series"). */
void visit_name(struct visit *v, struct url rest);
void visit_crumb(struct visit *v, const char *id, struct url url);             /* words of ours */
void visit_crumb_text(struct visit *v, struct shown text, struct url url);    /* text of the record */
bool visit_may(const struct visit *v, enum right right);
/*
 * For work of more than a few milliseconds (checking a password): `then` runs in access's own thread while the request
 * rests, and answers as a handler does; it reads no record (v->l.rd is NULL). To be returned by a `do` handler at once:
 * v may be gone already.
 */
NODISCARD int visit_later(struct visit *v, visitor *then, struct err *e);
#define VISIT_RESTS 1                 /* what it returns then */
/* Move values from the form into the fields. */
void visit_fill(const struct visit *v, struct field *f, size_t n);
/* A page that was asked again because something is wrong with the form: 422. */
void visit_again(struct visit *v);
/* 303 to a page of ours; done: what was done, shown there as a confirmation (a word of web/done.def), or NULL. */
NODISCARD int visit_go(struct visit *v, struct url to, const char *done, struct err *e);
/* A field of the form, trimmed of surrounding blanks; "" if it is not there. */
const char *visit_field(const struct visit *v, const char *name);
/* The address of a page in the reader's language: visit_url(v, "series", slug, NULL). */
#define visit_url(v, ...) url_path((v)->l.a, lang_code((v)->p.lang), __VA_ARGS__)
