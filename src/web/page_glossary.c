/* The shared glossary: official words, pairs that mislead, and terms of the record. */
#include <string.h>

#include "consult/words.h"
#include "web/page_text.h"
#include "web/tmpl.h"

static const char *const term_words[LANG_COUNT] = {[LANG_DE] = N_("Term in German"), [LANG_JA] = N_("Term in Japanese"), [LANG_EN] = N_("Term in English")};
static const char *const confused_words[LANG_COUNT] = {[LANG_DE] = N_("Not to be taken for (German)"), [LANG_JA] = N_("Not to be taken for (Japanese)"), [LANG_EN] = N_("Not to be taken for (English)")};
static const char *const warning_words[LANG_COUNT] = {[LANG_DE] = N_("Why, in German"), [LANG_JA] = N_("Why, in Japanese"), [LANG_EN] = N_("Why, in English")};

static void make_fields(struct visit *v, struct v_glossary *g)
{
	struct arena *a = v->l.a;

	for (unsigned k = 0; k < LANG_COUNT; k++) {
		const char *code = lang_code((enum lang)k);

		g->term_field[k] = (struct field){.name = arena_printf(a, "term-%s", code), .label = term_words[k], .lang = code, .required = true, .max = LIMIT_TITLE};
		g->confused_field[k] = (struct field){.name = arena_printf(a, "confused-%s", code), .label = confused_words[k], .lang = code, .max = LIMIT_TITLE};
		g->warning_field[k] = (struct field){.name = arena_printf(a, "warning-%s", code), .label = warning_words[k], .lang = code, .rows = 2};
	}
	g->source = (struct field){.name = "source", .label = N_("Official text it is taken from"), .max = LIMIT_TITLE};
	g->id = g->seen = "";
}

/* Rows without the words looked for are left out. */
static int look_for(struct visit *v, struct v_glossary *g, struct err *e)
{
	const char *find = http_param(v->q, "q");
	struct query *q = arena_get(v->l.a, sizeof *q);
	int rc = 0;

	g->find = find != NULL ? find : "";
	g->hide = arena_array(v->l.a, glossary_terms(), sizeof *g->hide);
	g->shown = glossary_terms();
	if (q == NULL || g->hide == NULL)
		return fail(e, E_NOMEM, "page");
	if (g->find[0] == '\0' || query_parse(g->find, strlen(g->find), q, e) != 0)
		return 0;
	for (size_t i = 0; rc == 0 && i < glossary_terms(); i++) {
		const struct glossary_term *t = glossary_term(i);
		const char *all = arena_printf(v->l.a, "%s %s %s", t->term.s[LANG_DE], t->term.s[LANG_JA], t->term.s[LANG_EN]);
		struct query_hit hit[1];
		size_t n = 0;
		bool every = false;

		rc = query_hits(q, all, strlen(all), hit, 1, &n, &every, e);
		g->hide[i] = !every;
		g->shown -= !every;
	}
	return rc;
}

static const char *word_of(struct arena *a, const char *s, size_t n) { return s != NULL && n > 0 ? arena_strn(a, s, n) : NULL; }

static int list_pairs(struct visit *v, struct v_glossary *g, struct err *e)
{
	g->pairs = glossary_pairs();
	if ((g->pair = arena_array(v->l.a, g->pairs, sizeof *g->pair)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < g->pairs; i++) {
		struct glossary_pair p;

		glossary_pair(i, &p);
		g->pair[i].why = p.why;
		for (unsigned k = 0; k < LANG_COUNT; k++) {
			g->pair[i].a.s[k] = word_of(v->l.a, p.a[k].s, p.a[k].n);
			g->pair[i].b.s[k] = word_of(v->l.a, p.b[k].s, p.b[k].n);
		}
	}
	return 0;
}

static int begin(struct visit *v, struct v_glossary *g, struct err *e)
{
	int rc;

	*g = (struct v_glossary){.may_write = visit_may(v, RIGHT_WRITE)};
	make_fields(v, g);
	if ((rc = list_pairs(v, g, e)) != 0)
		return rc;
	return load_terms(&v->l, record_self(v->w->record)->party, &g->term, &g->terms, e);
}

static int show(struct visit *v, struct v_glossary *g, struct err *e)
{
	struct out o = visit_out(v);
	const int rc = look_for(v, g, e);

	if (rc != 0)
		return rc;
	visit_name(v, (struct url){"/glossary"});
	v->p.title = tr(v->p.lang, N_("Glossary"));
	v->p.description = tr(v->p.lang, N_("The words of the consultations in three languages"));
	page_glossary(&o, &v->p, g);
	return 0;
}

static const struct v_term *own_term(const struct v_glossary *g, const char *id)
{
	for (size_t i = 0; id != NULL && i < g->terms; i++)
		if (g->term[i].own && strcmp(g->term[i].id, id) == 0)
			return &g->term[i];
	return NULL;
}

static void fill_from(struct v_glossary *g, const struct v_term *t)
{
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		g->term_field[k].value = t->term.s[k];
		g->warning_field[k].value = t->warning.s[k];
		g->confused_field[k].value = t->confused_n > 0 ? t->confused[0].s[k] : NULL;
	}
	g->source.value = t->source;
	g->id = t->id;
	g->seen = t->modified;
}

int see_glossary(struct visit *v, struct err *e)
{
	const struct v_term *t;
	struct v_glossary g;
	const int rc = begin(v, &g, e);

	if (rc != 0)
		return rc;
	if ((t = own_term(&g, http_param(v->q, "term"))) != NULL && g.may_write)
		fill_from(&g, t);
	return show(v, &g, e);
}

static void fill_sent(struct visit *v, struct v_glossary *g)
{
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		struct field *const f[] = {&g->term_field[k], &g->confused_field[k], &g->warning_field[k]};

		for (size_t i = 0; i < ARRAY_LEN(f); i++)
			f[i]->value = visit_field(v, f[i]->name);
	}
	g->source.value = visit_field(v, "source");
	g->id = visit_field(v, "id");
	g->seen = visit_field(v, "seen");
}

/* A term stands in the first collection whose members are this side and another: the one the series are in. */
static int collection_of(struct visit *v, uint8_t ret[16], struct err *e)
{
	struct picks rows = {0};
	const int rc = load_rows_of_type(&v->l, "verbale-series", &rows, e);

	for (size_t i = 0; rc == 0 && i < rows.n; i++) {
		struct entry en;

		if (load_row(&v->l, &rows.row[i], &en, NULL) != 0)
			continue;
		memcpy(ret, en.row.collection, 16);
		entry_free(&en);
		return 0;
	}
	return rc != 0 ? rc : fail(e, E_STATE, "there is no series yet whose sides could share a term");
}

static int save(struct visit *v, const struct v_glossary *g, const struct actor *a, struct err *e)
{
	uint8_t collection[16];
	const struct texts confused = acting_texts(v, "confused");
	struct act_term t = {.term = acting_texts(v, "term"), .warning = acting_texts(v, "warning"), .confused = &confused, .confused_n = !texts_empty(&confused), .source = g->source.value};
	struct add_result res;
	int rc;

	if (own_term(g, g->id) != NULL) {
		t.at = (struct act_at){.id = g->id, .seen = g->seen};
	} else {
		if ((rc = collection_of(v, collection, e)) != 0)
			return rc;
		t.at.collection = collection;
	}
	return act_save_term(a, &t, &res, e);
}

static int take_out(struct visit *v, const struct v_glossary *g, const struct actor *a, struct err *e)
{
	struct add_result res;

	if (own_term(g, visit_field(v, "id")) == NULL)
		return fail(e, E_NOTFOUND, "not found");
	return at_desk_end(v, act_withdraw(a, visit_field(v, "id"), NULL, NULL, &res, e), visit_url(v, "glossary", NULL), "term-gone", e);
}

int do_glossary(struct visit *v, struct err *e)
{
	const struct actor *a;
	struct v_glossary g;
	int rc;

	if (!visit_may(v, RIGHT_WRITE))
		return fail(e, E_DENIED, "your role does not include: %s", right_name(RIGHT_WRITE));
	if ((rc = begin(v, &g, e)) != 0 || (rc = acting(v, &a, e)) != 0)
		return rc;
	if (strcmp(visit_field(v, "act"), "take-out") == 0)
		return take_out(v, &g, a, e);
	fill_sent(v, &g);
	fields_require(g.term_field, LANG_COUNT);
	g.faulty = !fields_ok(g.term_field, LANG_COUNT);
	rc = g.faulty ? E_FORMAT : save(v, &g, a, e);
	if (rc >= 0)
		return at_desk_end(v, rc, visit_url(v, "glossary", NULL), "term", e);
	if (rc != E_FORMAT && rc != E_CONFLICT && rc != E_STATE && rc != E_LIMIT)
		return rc;
	g.fault = g.faulty ? NULL : arena_str(v->l.a, e->msg);
	v->r->status = rc == E_FORMAT || rc == E_LIMIT ? 422 : 409;
	return show(v, &g, e);
}
