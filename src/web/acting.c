#include "web/acting.h"

int acting(struct visit *v, const struct actor **ret, struct err *e)
{
	struct at_desk *k = arena_get(v->l.a, sizeof *k);
	int rc = k != NULL ? at_desk(v, k, e) : fail(e, E_NOMEM, "page");

	if (rc == 0)
		*ret = &k->actor;
	return rc;
}

struct texts acting_text(const struct visit *v, const char *field)
{
	struct texts t = {{NULL}};

	t.in[v->p.lang] = visit_field(v, field);
	return t;
}

struct texts acting_texts(struct visit *v, const char *field)
{
	struct texts t = {{NULL}};

	for (unsigned k = 0; k < LANG_COUNT; k++)
		t.in[k] = visit_field(v, arena_printf(v->l.a, "%s-%s", field, lang_code((enum lang)k)));
	return t;
}

bool texts_empty(const struct texts *t)
{
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (t->in[k] != NULL && t->in[k][0] != '\0')
			return false;
	return true;
}
