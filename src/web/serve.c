/* Files and permanent links: what a page points at but is no page itself. */
#include "web/serve.h"

#include <string.h>

#include "web/asset.h"
#include "web/page_print.h"
#include "web/look.h"

static int redirect(struct http_resp *r, struct url to, struct err *e)
{
	r->status = 303;
	r->type = "text/plain; charset=utf-8";
	return http_header(r, "Location", to.s, e);
}

void serve_root(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	CLEANUP_ARENA struct arena a = {0};
	struct look look;
	int rc;

	look_of(q, &look);
	rc = redirect(r, url_suffix(&a, url_path(&a, lang_code(look.has_lang ? look.lang : http_lang(q, LANG_EN)), NULL), "/"), NULL);
	if (rc == 0)
		rc = http_header(r, "Vary", "Accept-Language, Cookie", NULL);
	if (rc != 0)
		serve_failure(ctx, thread, q, r, rc);
}

void serve_asset(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	for (size_t i = 0; i < assets_n; i++) {
		if (strcmp(q->arg[0], assets_version) != 0 || strcmp(q->arg[1], assets[i].name) != 0)
			continue;
		r->fixed = assets[i].p;
		r->fixed_n = assets[i].n;
		r->type = assets[i].type;
		/* The address changes with the content. */
		if (http_header(r, "Cache-Control", "public, max-age=31536000, immutable", NULL) == 0)
			return;
	}
	serve_failure(ctx, thread, q, r, E_NOTFOUND);
}

/* ---- permanent links ---- */

enum form { FORM_PAGE, FORM_JSON, FORM_PROOF, FORM_POLICY, FORM_PDF, FORM_TEXT };

/* Cuts a known ending off the name. */
static enum form take_form(char *name)
{
	static const struct { const char *end; enum form form; } forms[] = {{".json", FORM_JSON}, {".tlog-proof", FORM_PROOF}, {".policy.txt", FORM_POLICY}, {".pdf", FORM_PDF}, {".txt", FORM_TEXT}};
	const size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const size_t end = strlen(forms[i].end);

		if (n > end && strcmp(name + n - end, forms[i].end) == 0) {
			name[n - end] = '\0';
			return forms[i].form;
		}
	}
	return FORM_PAGE;
}

/* What one who is signed in is shown, is for him alone. */
static int cache_as(const struct loader *l, struct http_resp *r, const char *vary, struct err *e)
{
	const int rc = http_header(r, "Cache-Control", l->who != NULL ? "no-store" : "no-cache", e);

	return rc != 0 ? rc : http_header(r, "Vary", vary, e);
}

static int send_file(struct loader *l, const struct picked *p, enum form form, struct http_resp *r, struct err *e)
{
	const struct entry *const en = &p->entry;
	static const char *const types[] = {[FORM_JSON] = "application/json", [FORM_PROOF] = "text/plain; charset=utf-8", [FORM_POLICY] = "text/plain; charset=utf-8"};
	int rc;

	if (form == FORM_PDF || form == FORM_TEXT) {
		rc = paper_send(l, p, form == FORM_PDF ? PAPER_PDF : PAPER_TEXT, r, e);
		return rc != 0 ? rc : cache_as(l, r, "Cookie", e);
	}
	buf_free(&r->body);
	r->body = (struct buf)BUF_INIT(LIMIT_FRAME);
	r->type = types[form];
	if (form == FORM_JSON)
		buf_put(&r->body, en->bytes.p, en->bytes.n);
	else if (form == FORM_PROOF && (rc = record_prove(l->rd, en->row.log, en->row.index, en->salt, &r->body, e)) != 0)
		return rc;
	else if (form == FORM_POLICY && (rc = record_policy(l->rd, en, true, &r->body, e)) != 0)
		return rc;
	rc = buf_err(&r->body, e, "file");
	return rc != 0 ? rc : cache_as(l, r, "Cookie", e);
}

/* Where people read it: newest versions of documents on their page, older ones and their proof on the proof page. */
static int page_of(struct loader *l, const struct picked *p, struct url *ret, struct err *e)
{
	const struct json_val *o = p->entry.object.val;
	const char *lang = lang_code(l->lang);
	struct v_series *s;
	struct v_round *r;
	int rc;

	if (p->entry.object.kind == STIX_SERIES && json_get_str(o, "slug") != NULL) {
		*ret = url_path(l->a, lang, "series", json_get_str(o, "slug"), NULL);
		return 0;
	}
	if (p->entry.object.kind != STIX_ROUND && p->entry.object.kind != STIX_DOCUMENT) {
		*ret = url_suffix(l->a, url_path(l->a, "r", p->entry.row.id, "v", p->entry.row.modified, NULL), ".json");
		return 0;
	}
	if ((rc = load_round_of(l, p->entry.object.kind == STIX_ROUND ? p->entry.row.id : json_get_str(o, "round_ref"), &s, &r, e)) != 0)
		return rc;
	*ret = r->page;
	if (p->entry.object.kind == STIX_ROUND)
		return 0;
	*ret = url_query(l->a, url_path(l->a, lang, "record", p->entry.row.id, NULL), "v", p->entry.row.modified);
	if (p->version < p->versions || (rc = load_round_parts(l, s, r, false, e)) != 0)
		return rc;
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].id, p->entry.row.id) == 0)
			*ret = r->document[i].page;
	return 0;
}

static int permanent(struct loader *l, const struct http_req *q, struct http_resp *r, struct err *e)
{
	char *name = arena_get(l->a, strlen(q->arg[0]) + 1), *version = NULL;
	enum form form;
	struct picked p;
	struct url to;
	int rc;

	if (q->arg[1] != NULL)
		version = arena_get(l->a, strlen(q->arg[1]) + 1);
	if (l->a->failed)
		return fail(e, E_NOMEM, "link");
	memcpy(name, q->arg[0], strlen(q->arg[0]) + 1);
	if (version != NULL)
		memcpy(version, q->arg[1], strlen(q->arg[1]) + 1);
	form = take_form(version != NULL ? version : name);
	if ((rc = load_find(l, name, version, &p, e)) != 0)
		return rc;
	if (form != FORM_PAGE)
		rc = send_file(l, &p, form, r, e);
	else if ((rc = page_of(l, &p, &to, e)) == 0 && (rc = redirect(r, to, e)) == 0)
		rc = cache_as(l, r, "Accept-Language, Cookie", e);
	entry_free(&p.entry);
	return rc;
}

void serve_permanent(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	CLEANUP_ARENA struct arena a = {0};
	struct record_reader *rd = thread;
	struct loader l = serve_loader(ctx, rd, &a, http_lang(q, LANG_EN));
	struct principal who;
	struct err e = {0};
	int rc = serve_person(ctx, q, r, &who, &l, &e);

	if (rc == 0 && (rc = index_snapshot(record_index(rd), &e)) == 0) {
		rc = permanent(&l, q, r, &e);
		index_release(record_index(rd));
	}
	if (rc != 0)
		serve_failure(ctx, thread, q, r, rc);
}
