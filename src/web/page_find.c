/* Search, and the way from an object to the page people read it on. */
#include <string.h>

#include "web/load_find.h"
#include "web/tmpl.h"

int see_search(struct visit *v, struct err *e)
{
	const char *q = http_param(v->q, "q");
	struct v_search *s = arena_get(v->l.a, sizeof *s);
	struct out o = visit_out(v);
	int rc = s != NULL ? load_search(v, q, http_param(v->q, "before"), s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Search"));
	visit_name(v, q != NULL && q[0] != '\0' ? url_query(v->l.a, (struct url){"/search"}, "q", q) : (struct url){"/search"});
	if (s->fault != NULL)
		v->r->status = 422;
	page_search(&o, &v->p, s);
	return 0;
}

/* ---- from an object to its page ---- */

static int round_page(struct visit *v, const char *round, struct url *ret, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	const int rc = load_round_of(&v->l, round, &s, &r, e);

	if (rc == 0)
		*ret = r->page;
	return rc;
}

static int document_page(struct visit *v, const struct entry *en, const char *unit, struct url *ret, struct err *e)
{
	struct loader *l = &v->l;
	struct v_series *s;
	struct v_round *r;
	int rc = load_round_of(l, json_get_str(en->object.val, "round_ref"), &s, &r, e);

	if (rc != 0 || (rc = load_round_parts(l, s, r, false, e)) != 0)
		return rc;
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].id, en->row.id) == 0) {
			*ret = r->document[i].page;
			if (unit != NULL)
				*ret = url_anchor(l->a, *ret, arena_printf(l->a, "%s-%s", lang_code(l->lang), unit));
			return 0;
		}
	return fail(e, E_NOTFOUND, "not found");
}

#define HOPS 4 /* a progress → a commitment; a comment → a proposal → a document */

static int page_for(struct visit *v, const char *id, const char *unit, unsigned hops, struct url *ret, struct err *e)
{
	struct picked p;
	const struct json_val *o;
	int rc = id != NULL && hops > 0 ? load_version(&v->l, id, NULL, &p, e) : fail(e, E_NOTFOUND, "not found");

	if (rc != 0)
		return rc;
	o = p.entry.object.val;
	if (p.entry.object.kind == STIX_SERIES && json_get_str(o, "slug") != NULL)
		*ret = visit_url(v, "series", json_get_str(o, "slug"), NULL);
	else if (p.entry.object.kind == STIX_ROUND)
		rc = round_page(v, id, ret, e);
	else if (p.entry.object.kind == STIX_DOCUMENT)
		rc = document_page(v, &p.entry, unit, ret, e);
	else if (p.entry.object.kind == STIX_COMMITMENT)
		*ret = visit_url(v, "commitments", p.entry.row.id, NULL);
	else
		rc = page_for(v, p.entry.object.subject, unit != NULL ? unit : json_get_str(o, "unit"), hops - 1, ret, e);
	entry_free(&p.entry);
	return rc;
}

int see_go(struct visit *v, struct err *e)
{
	struct url to = {NULL};
	const int rc = page_for(v, v->q->arg[1], http_param(v->q, "unit"), HOPS, &to, e);

	return rc != 0 ? rc : visit_go(v, to, NULL, e);
}
