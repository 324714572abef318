/* From a request to a page and back: who asks, the token of forms, error pages. */
#include "web/visit.h"

#include <string.h>

#include "base/mem.h"
#include "web/asset.h"
#include "web/at_desk.h"
#include "web/homes.h"
#include "web/tmpl.h"

static bool lang_of(const char *s, enum lang *ret)
{
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (strcmp(s, lang_code((enum lang)k)) == 0) {
			*ret = (enum lang)k;
			return true;
		}
	return false;
}

struct loader serve_loader(const struct web *w, struct record_reader *rd, struct arena *a, enum lang lang)
{
	return (struct loader){.rd = rd, .a = a, .lang = lang, .now = clock_now(&record_world(w->record)->clock), .base_url = w->base_url != NULL ? w->base_url : "", .find = w->find,
		.reader = {.role = ROLE_NONE, .via = VIA_WEB}};
}

/* Whom no session names reads as nobody. */
static void read_as(struct loader *l, const struct web *w, const struct principal *who)
{
	if (!who->known)
		return;
	l->reader = who->reader;
	l->reader.via = VIA_WEB;
	l->access = w->access;
	l->who = who;
}

int serve_person(const struct web *w, const struct http_req *q, struct http_resp *r, struct principal *who, struct loader *l, struct err *e)
{
	struct people_session session;
	int rc = 0;

	*who = (struct principal){.known = false};
	if (w->access == NULL)
		return 0;
	if ((rc = people_identify(w->access, q, who, &session, e)) != 0)
		return rc;
	read_as(l, w, who);
	memcpy(r->who, who->who, sizeof(r->who));
	return 0;
}

/* ---- for handlers ---- */

struct out visit_out(struct visit *v) { return (struct out){&v->html, v->p.lang}; }

static void name_page(const struct web *w, struct page *p, struct url rest)
{
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		p->self[k] = (struct url){arena_printf(p->a, "/%s%s", lang_code((enum lang)k), rest.s)};
		if (w->base_url != NULL && w->base_url[0] != '\0')
			p->absolute[k] = url_absolute(p->a, w->base_url, p->self[k]);
	}
}

void visit_name(struct visit *v, struct url rest) { name_page(v->w, &v->p, rest); }
void visit_crumb_text(struct visit *v, struct shown text, struct url url) { v->p.crumb[v->p.crumbs++] = (struct crumb){text, url}; }
void visit_crumb(struct visit *v, const char *id, struct url url) { visit_crumb_text(v, (struct shown){tr(v->p.lang, id), v->p.lang}, url); }
bool visit_may(const struct visit *v, enum right right) { return v->who.known && principal_has(&v->who, right); }

int visit_go(struct visit *v, struct url to, const char *done, struct err *e)
{
	const struct url full = done != NULL ? url_query(v->l.a, to, "done", done) : to;

	if (v->l.a->failed)
		return fail(e, E_NOMEM, "page");
	v->answered = true;
	v->r->status = 303;
	v->r->type = "text/plain; charset=utf-8";
	return http_header(v->r, "Location", full.s, e);
}

const char *visit_field(const struct visit *v, const char *name)
{
	const char *s = http_form_get(&v->form, name);
	size_t n;

	if (s == NULL)
		return "";
	s += strspn(s, " \t\n");
	for (n = strlen(s); n > 0 && strchr(" \t\n", s[n - 1]) != NULL; n--)
		;
	return arena_strn(v->l.a, s, n);
}

void visit_fill(const struct visit *v, struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		f[i].value = visit_field(v, f[i].name);
}

void visit_again(struct visit *v) { v->r->status = 422; }

/* ---- answers ---- */

int serve_html(struct arena *a, struct buf *html, struct http_resp *r, int status, struct err *e)
{
	if (a->failed)
		return fail(e, E_NOMEM, "page");
	if (buf_err(html, e, "page") != 0)
		return e != NULL && e->code != 0 ? e->code : E_NOMEM;
	r->status = status;
	r->type = "text/html; charset=utf-8";
	buf_free(&r->body);
	r->body = *html;
	*html = (struct buf){0};
	return 0;
}

/* What is said to one who is signed in is for him alone; to others the same page may look different. */
static int add_caching(const struct visit *v, struct err *e)
{
	const int rc = http_header(v->r, "Cache-Control", v->who.known || v->q->method == HTTP_POST ? "no-store" : "no-cache", e);

	return rc != 0 ? rc : http_header(v->r, "Vary", "Cookie", e);
}

static const char *done_word(const char *code)
{
	static const struct { const char *code, *word; } rows[] = {
#define DONE(code, word) {code, word},
#include "web/done.def"
#undef DONE
	};

	for (size_t i = 0; code != NULL && i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].code, code) == 0)
			return rows[i].word;
	return NULL;
}

static void page_init(struct page *p, const struct web *w, struct arena *a, enum lang lang, enum nav nav)
{
	*p = (struct page){.a = a, .lang = lang, .has_second = lang != LANG_EN, .second = lang == LANG_DE ? LANG_JA : LANG_DE,
		.nav = nav, .example = w->example, .party = record_self(w->record)->party, .sign_in = w->access != NULL, .feed = w->find != NULL};
}

static void page_person(struct visit *v)
{
	if (!v->who.known)
		return;
	v->p.user = v->who.name;
	v->p.csrf = v->session.csrf;
	v->p.session_end = (v->session.idle_end_s < v->session.end_s ? v->session.idle_end_s : v->session.end_s) * NS_PER_S;
	for (unsigned k = 0; k < RIGHT_COUNT_; k++)
		v->p.may[k] = principal_has(&v->who, (enum right)k);
	v->p.waiting = at_desk_waiting(v);
}

/* ---- who asks ---- */

static int identify(struct visit *v, struct err *e)
{
	int rc;

	if (v->w->access == NULL)
		return 0;
	if ((rc = people_identify(v->w->access, v->q, &v->who, &v->session, e)) != 0)
		return rc;
	if (v->who.known)
		memcpy(v->r->who, v->who.who, sizeof(v->r->who));
	read_as(&v->l, v->w, &v->who);
	people_from(v->w->access, v->q, &v->from);
	return 0;
}

static struct url sign_in_url(struct visit *v)
{
	struct url back = {v->q->path};

	return url_query(v->l.a, visit_url(v, "sign-in", NULL), "to", back.s);
}

/* True: go on. False: *ret is what to return. */
static bool admitted(struct visit *v, const struct web_page *page, int *ret, struct err *e)
{
	*ret = 0;
	if (page->need == NEED_ANYONE)
		return true;
	if (!v->who.known) {
		*ret = v->w->access == NULL ? fail(e, E_NOTFOUND, "not found") : visit_go(v, sign_in_url(v), NULL, e);
		return false;
	}
	if (page->need != NEED_SIGNED_IN && !visit_may(v, (enum right)page->need))
		*ret = fail(e, E_DENIED, "your role \"%s\" does not include: %s", role_word(v->who.reader.role), right_name((enum right)page->need));
	return *ret == 0;
}

/* A form must come from a page of ours in this very session; signing in has no session yet, so its origin is asked. */
static int read_form(struct visit *v, struct err *e)
{
	int rc;

	if (v->w->access == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if (!v->from.same_origin)
		return fail(e, E_DENIED, "the form was sent from another site");
	if ((rc = http_form_parse(v->q->body, v->q->body_n, &v->form, e)) != 0)
		return rc;
	if (v->who.known && !people_csrf_ok(&v->session, http_form_get(&v->form, "csrf")))
		return fail(e, E_DENIED, "the form is not from this session: open the page again and send it from there");
	return 0;
}

static int run(struct visit *v, const struct web_page *page, struct record_reader *rd, struct err *e)
{
	int rc;

	if (v->q->method == HTTP_POST) {
		if ((rc = read_form(v, e)) != 0 || (rc = page->act(v, e)) != 0 || v->r->status != 409)
			return rc;
		/* Nothing was written, and the page may show what stood there before somebody was faster: once more, as it stands now. */
		buf_clear(&v->html);
		v->r->status = 0;
		v->p.crumbs = 0;
		return page->act(v, e);
	}
	/* One snapshot: a page never mixes two states of the record. */
	if ((rc = index_snapshot(record_index(rd), e)) == 0) {
		rc = page->see(v, e);
		index_release(record_index(rd));
	}
	return rc;
}

static void show_error(struct visit *v, int code, const struct err *e);

static void finish(struct visit *v, int rc)
{
	if (rc == 0 && !v->answered)
		rc = serve_html(v->l.a, &v->html, v->r, v->r->status == 0 ? 200 : v->r->status, &v->err);
	if (rc == 0)
		rc = add_caching(v, &v->err);
	if (rc != 0)
		show_error(v, rc, &v->err);
}

static struct visit *visit_new(const struct web *w, const struct http_req *q, struct http_resp *r, struct record_reader *rd, enum lang lang, enum nav nav)
{
	struct visit *v = mem_zalloc(sizeof(*v));

	if (v == NULL)
		return NULL;
	*v = (struct visit){.w = w, .q = q, .r = r, .html = BUF_INIT(LIMIT_WEB_PAGE)};
	v->l = serve_loader(w, rd, &v->arena, lang);
	look_of(q, &v->look);
	v->l.view = http_param(q, "view") != NULL ? http_param(q, "view") : look_columns(&v->look, &v->arena);
	page_init(&v->p, w, &v->arena, lang, nav);
	v->p.era = v->look.era;
	return v;
}

static void visit_free(struct visit *v)
{
	buf_free(&v->html);
	http_form_free(&v->form);
	homes_back(v->w->homes, v->home);
	arena_free(&v->arena);
	mem_free(v);
}

/* In access's thread, or where no thread could be had. */
static void run_later(void *arg)
{
	struct visit *v = arg;

	finish(v, v->err.code != 0 ? v->err.code : v->then(v, &v->err));
	http_later_answer(v->later, &v->later_r);
	visit_free(v);
}

int visit_later(struct visit *v, visitor *then, struct err *e)
{
	if (v->q->defer == NULL || (v->later = v->q->defer(v->q)) == NULL)
		return then(v, e);
	v->then = then;
	v->later_q = *v->q;
	v->later_q.header = NULL; /* there for the handler's call only */
	memcpy(v->later_r.who, v->r->who, sizeof(v->later_r.who));
	v->q = &v->later_q;
	v->r = &v->later_r;
	v->l.rd = NULL;
	homes_back(v->w->homes, v->home); /* not this thread's any more */
	v->home = NULL;
	v->err = (struct err){0};
	if (people_later(v->w->access, run_later, v, &v->err) != 0)
		run_later(v);
	return VISIT_RESTS;
}

void visit(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, const struct web_page *page)
{
	struct record_reader *rd = thread;
	enum lang lang = LANG_EN;
	const bool known = lang_of(q->arg[0], &lang);
	struct visit *v = visit_new(ctx, q, r, rd, lang, page->nav);
	int rc;

	if (v == NULL) {
		http_error(q, r, E_NOMEM, NULL);
		return;
	}
	if ((rc = identify(v, &v->err)) == 0) {
		page_person(v);
		rc = known ? 0 : E_NOTFOUND;
	}
	if (rc == 0) {
		v->p.done = done_word(http_param(q, "done"));
		if (admitted(v, page, &rc, &v->err) && (rc = run(v, page, rd, &v->err)) == VISIT_RESTS)
			return;
	}
	finish(v, rc);
	visit_free(v);
}

int visit_none(struct visit *v, struct err *e)
{
	(void)v;
	return fail(e, E_NOTFOUND, "not found");
}

/* ---- error pages ---- */

static const struct v_error error_rows[] = {
	{404, N_("There is nothing at this address"), N_("Perhaps the address was copied incompletely, or the text has not been published."), NULL},
	{400, N_("This request cannot be answered"), N_("The address or the way it was asked for is not one this server knows. Please go back and follow a link on a page."), NULL},
	{403, N_("You may not do this"), N_("Your role does not include it, or the form has expired. An administrator of your party can change roles; nothing was changed."), NULL},
	{409, N_("It cannot be done as things stand"), N_("Somebody else was faster, or the text is in another state by now. Nothing was changed; please open the page again."), NULL},
	{422, N_("Something in the form is not right"), N_("Nothing was changed. Please go back, correct it and send it again; your browser keeps what you typed."), NULL},
	{429, N_("Too many attempts"), N_("Please wait a moment and try again."), NULL},
	{500, N_("The server cannot answer at the moment"), N_("Nothing in the record is affected. Please try again in a few minutes; the same record stands on the servers of the other sides."), NULL},
};

static const struct v_error *error_words(int status)
{
	if (status == 410)
		status = 404;
	for (size_t i = 0; i < ARRAY_LEN(error_rows); i++)
		if (error_rows[i].status == status)
			return &error_rows[i];
	return &error_rows[status < 500 ? 1 : ARRAY_LEN(error_rows) - 1];
}

/* The links lead home: a page for what is not there must not differ by what was asked for. */
static void put_error(const struct web *w, struct page *p, int status, const char *detail, const struct http_req *q, struct http_resp *r)
{
	struct buf html = BUF_INIT(LIMIT_WEB_PAGE);
	struct v_error v = *error_words(status);
	struct out o = {&html, p->lang};

	p->example = false;
	p->nav = NAV_NONE;
	p->unlisted = true;
	p->crumbs = 0;
	p->title = tr(p->lang, v.title);
	name_page(w, p, (struct url){"/"});
	v.status = status;
	v.detail = detail;
	page_error(&o, p, &v);
	if (serve_html(p->a, &html, r, status, NULL) != 0 || http_header(r, "Cache-Control", p->user != NULL ? "no-store" : "no-cache", NULL) != 0)
		http_error(q, r, E_NOMEM, NULL);
	r->status = status;
	buf_free(&html);
}

static void show_error(struct visit *v, int code, const struct err *e)
{
	const int status = err_http(code);
	const bool tell = status >= 400 && status < 500 && status != 404;

	if (status == 404) /* of the signed-out and the signed-in alike */
		v->p.done = NULL;
	put_error(v->w, &v->p, status, tell && e->msg[0] != '\0' ? e->msg : NULL, v->q, v->r);
}

void web_error_page(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status)
{
	enum lang lang = http_lang(q, LANG_EN);
	struct visit *v;

	(void)thread;
	if (q->path != NULL && q->path[0] == '/' && strlen(q->path) > 3 && q->path[3] == '/')
		lang = lang_parse(q->path + 1, 2, lang);
	if ((v = visit_new(ctx, q, r, NULL, lang, NAV_NONE)) == NULL) {
		http_error(q, r, E_NOMEM, NULL);
		r->status = status;
		return;
	}
	if (identify(v, NULL) == 0)
		page_person(v);
	put_error(v->w, &v->p, status, NULL, q, r);
	visit_free(v);
}

void serve_failure(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int code)
{
	web_error_page(ctx, thread, q, r, err_http(code));
}
