/* The pages: one handler per row of the table at the end. */
#include "web/web.h"

#include <string.h>

#include "web/tmpl.h"
#include "web/asset.h"
#include "web/load.h"
#include "web/serve.h"

/* ---- from request to page and back ---- */

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
	return (struct loader){.rd = rd, .a = a, .lang = lang, .now = clock_now(&record_world(w->record)->clock), .base_url = w->base_url != NULL ? w->base_url : ""};
}

/* The address of this page in every language, from the parts behind the language. */
static void name_page(const struct web *w, struct page *p, struct url rest)
{
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		p->self[k] = (struct url){arena_printf(p->a, "/%s%s", lang_code((enum lang)k), rest.s)};
		if (w->base_url != NULL && w->base_url[0] != '\0')
			p->absolute[k] = url_absolute(p->a, w->base_url, p->self[k]);
	}
}

static void page_init(const struct web *w, struct loader *l, enum nav nav, struct page *p)
{
	*p = (struct page){.a = l->a, .lang = l->lang, .has_second = l->lang != LANG_EN, .second = l->lang == LANG_DE ? LANG_JA : LANG_DE,
		.nav = nav, .example = w->example, .party = record_self(w->record)->party};
}

static void add_crumb(struct page *p, struct shown text, struct url url) { p->crumb[p->crumbs++] = (struct crumb){text, url}; }
static void add_words(struct page *p, const char *id, struct url url) { add_crumb(p, (struct shown){tr(p->lang, id), p->lang}, url); }

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
	return http_header(r, "Cache-Control", "no-cache", e);
}

void serve_failure(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int code)
{
	web_error_page(ctx, thread, q, r, err_http(code));
}

/* What every page handler gets. */
struct visit { const struct web *w; struct loader l; struct page p; const struct http_req *q; struct buf html; struct http_resp *r; };
typedef int visitor(struct visit *v, struct err *e);

static void visit(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, enum nav nav, visitor *fill)
{
	CLEANUP_ARENA struct arena a = {0};
	struct record_reader *rd = thread;
	struct visit v = {.w = ctx, .q = q, .html = BUF_INIT(LIMIT_WEB_PAGE), .r = r};
	struct err e = {0};
	enum lang lang = LANG_EN;
	int rc = lang_of(q->arg[0], &lang) ? 0 : E_NOTFOUND;

	v.l = serve_loader(v.w, rd, &a, lang);
	v.l.view = http_param(q, "view");
	page_init(v.w, &v.l, nav, &v.p);
	/* One snapshot: a page never mixes two states of the record. */
	if (rc == 0 && (rc = index_snapshot(record_index(rd), &e)) == 0) {
		rc = fill(&v, &e);
		index_release(record_index(rd));
	}
	if (rc == 0)
		rc = serve_html(&a, &v.html, r, 200, &e);
	buf_free(&v.html);
	if (rc != 0)
		serve_failure(ctx, thread, q, r, rc);
}

static struct out out_of(struct visit *v) { return (struct out){&v->html, v->p.lang}; }
static struct url series_url(const struct visit *v) { return url_path(v->l.a, lang_code(v->p.lang), "series", NULL); }

/* ---- home and series ---- */

static void note_examples(struct page *p, const struct v_series_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		p->example = p->example || list->v[i].example;
}

static int home(struct visit *v, struct err *e)
{
	struct v_series_list list;
	struct out o = out_of(v);
	const int rc = load_series_list(&v->l, &list, e);

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Overview"));
	v->p.description = tr(v->p.lang, N_("The shared record of consultations"));
	note_examples(&v->p, &list);
	name_page(v->w, &v->p, (struct url){"/"});
	page_home(&o, &v->p, &list);
	return 0;
}

static int series_list(struct visit *v, struct err *e)
{
	struct v_series_list list;
	struct out o = out_of(v);
	const int rc = load_series_list(&v->l, &list, e);

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Consultations"));
	note_examples(&v->p, &list);
	name_page(v->w, &v->p, (struct url){"/series"});
	page_series_list(&o, &v->p, &list);
	return 0;
}

static int series(struct visit *v, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	struct out o = out_of(v);
	int rc = s != NULL ? load_series(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	v->p.title = bitext_in(&s->title, v->p.lang).s;
	v->p.example = v->p.example || s->example;
	name_page(v->w, &v->p, url_path(v->l.a, "series", s->slug, NULL));
	add_words(&v->p, N_("Consultations"), series_url(v));
	add_crumb(&v->p, bitext_in(&s->title, v->p.lang), s->page);
	page_series(&o, &v->p, s);
	return 0;
}

/* ---- a round and its documents ---- */

static void in_round(struct visit *v, const struct v_series *s, const struct v_round *r, const char *under)
{
	v->p.example = v->p.example || r->example;
	name_page(v->w, &v->p, under == NULL ? url_path(v->l.a, "series", s->slug, "rounds", r->key, NULL) : url_path(v->l.a, "series", s->slug, "rounds", r->key, under, NULL));
	add_words(&v->p, N_("Consultations"), series_url(v));
	add_crumb(&v->p, bitext_in(&s->title, v->p.lang), s->page);
	if (r->ordinal > 0)
		add_crumb(&v->p, (struct shown){ordinal_text(v->l.a, v->p.lang, r->ordinal), v->p.lang}, r->page);
	else
		add_crumb(&v->p, bitext_in(&r->title, v->p.lang), r->page);
}

static int find_round(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	int rc = s != NULL ? load_series(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0 || (rc = load_round(&v->l, s, v->q->arg[2], ret, e)) != 0)
		return rc;
	*ret_s = s;
	return 0;
}

static int round_(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct out o = out_of(v);
	const int rc = find_round(v, &s, &r, e);

	if (rc != 0)
		return rc;
	v->p.title = bitext_in(&r->title, v->p.lang).s;
	in_round(v, s, r, NULL);
	page_round(&o, &v->p, r);
	return 0;
}

/* When the last part of it was in the record at the latest; 0 while any part waits for another side's clock. */
static int64_t known_since(const struct v_proof *p)
{
	int64_t since = 0;

	for (size_t i = 0; i < p->n; i++) {
		int64_t first = 0;

		for (size_t k = 0; k < p->evidence[i].bounds; k++)
			if (p->evidence[i].bound[k].has_until && (first == 0 || p->evidence[i].bound[k].until < first))
				first = p->evidence[i].bound[k].until;
		if (first == 0)
			return 0;
		since = first > since ? first : since;
	}
	return since;
}

static int confirm(struct visit *v, const struct v_round *r, struct v_document *d, struct err *e)
{
	struct v_proof *proof = arena_get(v->l.a, sizeof *proof);
	struct picked p;
	int rc;

	if (proof == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_version(&v->l, d->id, d->modified, &p, e)) != 0)
		return rc;
	rc = load_proof(&v->l, d, r, &p, proof, e);
	entry_free(&p.entry);
	if (rc == 0) {
		d->confirmed = proof->ok;
		d->since = known_since(proof);
	}
	return rc;
}

static int document(struct visit *v, struct v_series *s, struct v_round *r, const struct v_document *which, const char *under, struct err *e)
{
	struct v_document *d = NULL;
	struct out o = out_of(v);
	int rc;

	for (size_t i = 0; which != NULL && i < r->documents; i++)
		if (&r->document[i] == which)
			d = &r->document[i];
	if (d == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = confirm(v, r, d, e)) != 0)
		return rc;
	in_round(v, s, r, under);
	add_words(&v->p, d->kind, d->page);
	v->p.title = bitext_in(&d->title, v->p.lang).s;
	v->p.description = arena_printf(v->l.a, "%s, %s", tr(v->p.lang, d->kind), date_text(v->l.a, v->p.lang, d->date, r->zone));
	v->p.foot_record = arena_printf(v->l.a, "%s · v%u · sha256 %s", d->number, d->version, hash_short(v->l.a, d->sha256));
	page_document(&o, &v->p, r, d);
	return 0;
}

static int statement(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	const int rc = find_round(v, &s, &r, e);

	return rc != 0 ? rc : document(v, s, r, r->statement, "statement", e);
}

static int agenda(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	const int rc = find_round(v, &s, &r, e);

	return rc != 0 ? rc : document(v, s, r, r->agenda, "agenda", e);
}

static int any_document(struct visit *v, struct err *e)
{
	const struct v_document *d = NULL;
	struct v_series *s;
	struct v_round *r;
	const int rc = find_round(v, &s, &r, e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].number, v->q->arg[3]) == 0)
			d = &r->document[i];
	return document(v, s, r, d, d != NULL ? url_path(v->l.a, "documents", d->number, NULL).s + 1 : "", e);
}

/* ---- proof ---- */

static int proof(struct visit *v, struct err *e)
{
	struct v_proof *proof = arena_get(v->l.a, sizeof *proof);
	struct v_document *d = arena_get(v->l.a, sizeof *d);
	struct out o = out_of(v);
	struct v_series *s;
	struct v_round *r;
	struct picked p;
	int rc;

	if (proof == NULL || d == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_find(&v->l, v->q->arg[1], http_param(v->q, "v"), &p, e)) != 0)
		return rc;
	if ((rc = load_round_of(&v->l, json_get_str(p.entry.object.val, "round_ref"), &s, &r, e)) == 0 &&
	    (rc = load_round_parts(&v->l, s, r, false, e)) == 0 && (rc = load_document(&v->l, r, &p, d, e)) == 0)
		rc = load_proof(&v->l, d, r, &p, proof, e);
	entry_free(&p.entry);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].id, d->id) == 0)
			d->page = r->document[i].page;
	name_page(v->w, &v->p, url_path(v->l.a, "record", v->q->arg[1], NULL));
	v->p.title = arena_printf(v->l.a, "%s: %s", tr(v->p.lang, N_("Proof")), d->number);
	v->p.example = v->p.example || d->example;
	add_words(&v->p, N_("Proof"), url_path(v->l.a, lang_code(v->p.lang), "record", NULL));
	add_crumb(&v->p, (struct shown){d->number, v->p.lang}, d->proof);
	page_proof(&o, &v->p, proof);
	return 0;
}

static int record(struct visit *v, struct err *e)
{
	struct v_record rec;
	struct out o = out_of(v);
	const int rc = load_record(&v->l, &rec, e);

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Proof"));
	name_page(v->w, &v->p, (struct url){"/record"});
	page_record(&o, &v->p, &rec);
	return 0;
}

/* ---- errors ---- */

static const struct v_error *error_words(int status)
{
	static const struct v_error none = {404, N_("There is nothing at this address"), N_("Perhaps the address was copied incompletely, or the text has not been published.")};
	static const struct v_error refused = {400, N_("This request cannot be answered"), N_("The address or the way it was asked for is not one this server knows. Please go back and follow a link on a page.")};
	static const struct v_error failed = {500, N_("The server cannot answer at the moment"), N_("Nothing in the record is affected. Please try again in a few minutes; the same record stands on the servers of the other sides.")};

	return status == 404 || status == 410 ? &none : status < 500 ? &refused : &failed;
}

void web_error_page(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status)
{
	CLEANUP_ARENA struct arena a = {0};
	struct web *w = ctx;
	struct v_error v = *error_words(status);
	struct buf html = BUF_INIT(LIMIT_WEB_PAGE);
	struct loader l = {.a = &a, .lang = http_lang(q, LANG_EN)};
	struct out o;
	struct page p;

	(void)thread;
	if (q->path != NULL && q->path[0] == '/' && strlen(q->path) > 3 && q->path[3] == '/')
		l.lang = lang_parse(q->path + 1, 2, l.lang);
	page_init(w, &l, NAV_NONE, &p);
	p.example = false;
	p.unlisted = true;
	p.title = tr(p.lang, v.title);
	/* The links lead home: a page for what is not there must not differ by what was asked for. */
	name_page(w, &p, (struct url){"/"});
	v.status = status;
	o = (struct out){&html, p.lang};
	page_error(&o, &p, &v);
	if (serve_html(&a, &html, r, status, NULL) != 0)
		http_error(q, r, E_NOMEM, NULL);
	r->status = status;
	buf_free(&html);
}

void web_security_headers(void *ctx, const struct http_req *q, struct http_resp *r)
{
	static const struct http_param page[] = {
		{"Content-Security-Policy", "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; "
			"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"},
		{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "same-origin"}, {"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"}, {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	};

	/* What programs read is no document: nothing in it runs, opens, refers or frames, should a browser show it. */
	static const struct http_param data[] = {
		{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}, {"X-Content-Type-Options", "nosniff"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
	};
	const bool is_data = r->type != NULL && strncmp(r->type, "application/", strlen("application/")) == 0;
	const struct http_param *const rows = is_data ? data : page;
	const size_t n = is_data ? ARRAY_LEN(data) : ARRAY_LEN(page);

	(void)ctx;
	(void)q;
	for (size_t i = 0; i < n && r->headers < ARRAY_LEN(r->header); i++)
		r->header[r->headers++] = rows[i];
}

/* ---- the table ---- */

#define PAGE(name, nav) static void h_##name(void *ctx, void *thread, const struct http_req *q, struct http_resp *r) { visit(ctx, thread, q, r, nav, name); }
PAGE(home, NAV_HOME)
PAGE(series_list, NAV_SERIES)
PAGE(series, NAV_SERIES)
PAGE(round_, NAV_SERIES)
PAGE(statement, NAV_SERIES)
PAGE(agenda, NAV_SERIES)
PAGE(any_document, NAV_SERIES)
PAGE(proof, NAV_RECORD)
PAGE(record, NAV_RECORD)

static const struct http_route table[] = {
	{.pattern = "/", .methods = HTTP_GET, .handler = serve_root},
	{.pattern = "/a/{}/{}", .methods = HTTP_GET, .handler = serve_asset},
	{.pattern = "/r/{}", .methods = HTTP_GET, .handler = serve_permanent},
	{.pattern = "/r/{}/v/{}", .methods = HTTP_GET, .handler = serve_permanent},
	{.pattern = "/{}/", .methods = HTTP_GET, .handler = h_home},
	{.pattern = "/{}/series", .methods = HTTP_GET, .handler = h_series_list},
	{.pattern = "/{}/series/{}", .methods = HTTP_GET, .handler = h_series},
	{.pattern = "/{}/series/{}/rounds/{}", .methods = HTTP_GET, .handler = h_round_},
	{.pattern = "/{}/series/{}/rounds/{}/statement", .methods = HTTP_GET, .handler = h_statement},
	{.pattern = "/{}/series/{}/rounds/{}/agenda", .methods = HTTP_GET, .handler = h_agenda},
	{.pattern = "/{}/series/{}/rounds/{}/documents/{}", .methods = HTTP_GET, .handler = h_any_document},
	{.pattern = "/{}/record", .methods = HTTP_GET, .handler = h_record},
	{.pattern = "/{}/record/{}", .methods = HTTP_GET, .handler = h_proof},
};

size_t web_routes(const struct http_route **ret)
{
	*ret = table;
	return ARRAY_LEN(table);
}
