#include "web/acting.h"

struct actor acting(struct visit *v)
{
	return (struct actor){.r = v->w->record, .rd = v->l.rd, .who = v->who.name, .role = v->who.reader.role};
}

int acted(struct visit *v, int rc, struct url to, const char *done, struct err *e)
{
	return rc != 0 ? rc : visit_go(v, to, done, e);
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
