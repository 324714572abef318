/* Help, accessibility, data protection. */
#include "web/tmpl.h"
#include "web/visit.h"

static void name_about(struct visit *v, const char *path, const char *title)
{
	v->p.title = tr(v->p.lang, title);
	visit_name(v, url_path(v->l.a, path, NULL));
}

int see_help(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);

	(void)e;
	name_about(v, "help", N_("Help"));
	page_help(&o, &v->p);
	return 0;
}

int see_accessibility(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);

	(void)e;
	name_about(v, "accessibility", N_("Accessibility"));
	page_accessibility(&o, &v->p);
	return 0;
}

int see_privacy(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);

	(void)e;
	name_about(v, "privacy", N_("Data protection"));
	page_privacy(&o, &v->p);
	return 0;
}
