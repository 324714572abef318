/* Comparisons: two versions of a text, two releases of one round. */
#include "web/page_text.h"
#include "web/tmpl.h"

int see_compare(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);
	struct v_series *s;
	struct v_round *r;
	struct v_document *d;
	struct v_compare c;
	int rc;

	if ((rc = text_round(v, &s, &r, e)) != 0 || (rc = load_numbered(r, v->q->arg[3], &d, e)) != 0 ||
	    (rc = load_compare(&v->l, r, d, http_param(v->q, "a"), http_param(v->q, "b"), &c, e)) != 0)
		return rc;
	text_name(v, s, r, d, url_query(v->l.a, url_query(v->l.a, (struct url){"/compare"}, "a", c.a->modified), "b", c.b->modified).s, N_("Comparison of versions"));
	page_compare(&o, &v->p, &c);
	return 0;
}

int see_releases(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);
	struct v_series *s;
	struct v_round *r;
	struct v_releases x;
	int rc;

	if ((rc = text_round(v, &s, &r, e)) != 0 || (rc = load_releases(&v->l, s, r, &x, e)) != 0)
		return rc;
	visit_name(v, url_path(v->l.a, "series", s->slug, "rounds", r->key, "compare-releases", NULL));
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	visit_crumb_text(v, bitext_in(&r->title, v->p.lang), r->page);
	visit_crumb(v, N_("Releases compared"), url_suffix(v->l.a, r->page, "/compare-releases"));
	v->p.title = tr(v->p.lang, N_("Releases compared"));
	v->p.example = v->p.example || r->example;
	page_releases(&o, &v->p, &x);
	return 0;
}
