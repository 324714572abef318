/* The overview: one for those who are signed in, one for everybody. */
#include <string.h>

#include "web/load_over.h"
#include "web/tmpl.h"

static int see_desk(struct visit *v, struct err *e)
{
	struct v_over *d = arena_get(v->l.a, sizeof *d);
	struct out o = visit_out(v);
	const int rc = d != NULL ? load_over(v, d, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Overview"));
	v->p.example = v->p.example || d->example;
	visit_name(v, (struct url){"/"});
	page_over(&o, &v->p, d);
	return 0;
}

int see_home(struct visit *v, struct err *e)
{
	struct v_series_list list;
	struct v_front f;
	struct out o = visit_out(v);
	int rc;

	if (v->who.known && v->w->find != NULL)
		return see_desk(v, e);
	if ((rc = load_series_list(&v->l, &list, e)) != 0 || (rc = load_front(v, &f, e)) != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Overview"));
	v->p.description = tr(v->p.lang, N_("The shared record of consultations"));
	for (size_t i = 0; i < list.n; i++)
		v->p.example = v->p.example || list.v[i].example;
	visit_name(v, (struct url){"/"});
	page_front(&o, &v->p, &list, &f);
	return 0;
}
