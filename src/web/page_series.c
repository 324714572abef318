/* Series: its page for all, and the form its writer keeps it with. */
#include <string.h>

#include "base/enc.h"
#include "web/at_desk.h"
#include "web/load_more.h"
#include "web/tmpl.h"

int see_series(struct visit *v, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	struct out o = visit_out(v);
	int rc = s != NULL ? load_series(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc == 0)
		rc = load_series_more(v, s, http_param(v->q, "month"), e);
	if (rc != 0)
		return rc;
	v->p.title = bitext_in(&s->title, v->p.lang).s;
	v->p.example = v->p.example || s->example;
	visit_name(v, url_path(v->l.a, "series", s->slug, NULL));
	visit_crumb(v, N_("Consultations"), visit_url(v, "series", NULL));
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	page_series(&o, &v->p, s);
	return 0;
}

/* ---- the form ---- */

static const struct choice nouns[] = {{"consultation", N_("Consultations")}, {"dialogue", N_("Dialogue")}, {"policy-consultation", N_("Policy consultations")}};
static const struct cell where_cells[] = {
	{"collection", CELL_WORD, N_("Shared collection"), N_("Its members read and write; it cannot be changed later."), .required = true},
};
static const struct cell main_cells[] = {
	{"title", CELL_LINES, N_("Title"), NULL, .required = true, .max = LIMIT_TITLE},
	{"noun", CELL_WORD, N_("What it is called"), N_("Follows the official noun of the partner."), .required = true, .choice = nouns, .choices = ARRAY_LEN(nouns)},
	{"slug", CELL_LINE, N_("Name in addresses"), N_("Small letters, digits and hyphens, for example de-jp-cyber."), .required = true, .max = 64},
	{"members", CELL_LIST, N_("Sides"), N_("Codes with commas, for example DE, JP."), .required = true, .max = 200},
	{"rhythm_months", CELL_NUMBER, N_("Months from round to round"), N_("As announced; leave it empty if no rhythm was announced."), .max = 3},
	{"rhythm", CELL_LINES, N_("Rhythm in words"), NULL, .max = LIMIT_TITLE},
	{"mandate", CELL_AREAS, N_("On what the series rests"), NULL, .rows = 3, .max = LIMIT_TEXT},
};
static const struct cell name_cells[] = {
	{"party", CELL_WORD, N_("Side"), NULL, .required = true},
	{"title", CELL_LINES, N_("Official name"), N_("As this side publishes it."), .required = true, .max = LIMIT_TITLE},
};
static const struct cell mandate_cells[] = {
	{"title", CELL_LINES, N_("Text or meeting"), NULL, .required = true, .max = LIMIT_TITLE},
	{"date", CELL_DATE, N_("Date"), DATE_HINT, .max = 0},
	{"url", CELL_LINE, N_("Address of the publication"), NULL, .max = 2000},
};
static const struct cell deadline_cells[] = {
	{"title", CELL_LINES, N_("What is due"), NULL, .required = true, .max = LIMIT_TITLE},
	{"at", CELL_DATE, N_("Date"), DATE_HINT, .required = true},
	{"clock", CELL_CLOCK, N_("Time"), TIME_HINT, .prop = "at"},
	{"party", CELL_WORD, N_("Due from"), NULL, .max = 0},
};
enum { P_MAIN, P_NAMES, P_MANDATES, P_DEADLINES, P_WHERE };
static const struct part parts[] = {
	{.cell = main_cells, .cells = ARRAY_LEN(main_cells)},
	{"names", N_("Official names"), N_("Only where the sides call it differently: one row per side."), name_cells, ARRAY_LEN(name_cells), N_("Name"), LIMIT_MEMBERS, 2},
	{"mandates", N_("Mandates"), N_("The texts that created or confirmed the series."), mandate_cells, ARRAY_LEN(mandate_cells), N_("Mandate"), LIMIT_READING, 1},
	{"deadlines", N_("Deadlines"), N_("Dates to be kept beside the rounds; they stand in the calendar of all sides."), deadline_cells, ARRAY_LEN(deadline_cells), N_("Deadline"), LIMIT_DEADLINES, 2},
	{.cell = where_cells, .cells = ARRAY_LEN(where_cells)},
};
#define PARTS_EDIT 4
#define PARTS_NEW 5

struct choosing { struct visit *v; struct choice *c; size_t n, most; };

static int offer_collection(void *ctx, const uint8_t uuid[16], const struct collection *c, const struct entry *en, struct err *e)
{
	struct choosing *k = ctx;
	struct loader *l = &k->v->l;
	char text[37];

	(void)e;
	for (size_t i = 0; i < c->members && k->n < k->most; i++)
		if (strcmp(c->party[i], k->v->p.party) == 0 && access_may(k->v->w->access, &k->v->who, uuid, ACCESS_WRITE)) {
			const struct bitext name = get_text(l, en->object.val, "name");

			uuid_format(uuid, text);
			k->c[k->n++] = (struct choice){arena_str(l->a, text), bitext_in(&name, l->lang).s};
		}
	return 0;
}

/* The sides of a series as choices; none: any side of this node. */
static const struct choice *sides(struct visit *v, const char *const *party, size_t n)
{
	struct choice *c = arena_array(v->l.a, n + 1, sizeof *c);

	if (c == NULL)
		return NULL;
	c[0] = (struct choice){"", "–"};
	for (size_t i = 0; i < n; i++)
		c[i + 1] = (struct choice){party[i], arena_printf(v->l.a, "%s (%s)", party_name(v->l.lang, party[i]), party[i])};
	return c;
}

static int make_form(struct visit *v, bool is_new, const struct v_series *s, struct sheet *ret, struct err *e)
{
	static const char *known[] = {"DE", "JP"};
	const char *const *party = s != NULL ? s->member : known;
	const size_t n = s != NULL ? s->members : ARRAY_LEN(known);
	struct choosing k = {v, arena_array(v->l.a, LIMIT_WEB_SERIES, sizeof *k.c), 0, LIMIT_WEB_SERIES};
	const struct choice *c = sides(v, party, n);
	int rc;

	if (k.c == NULL || c == NULL || !sheet_make(ret, v->l.a, v->l.lang, party_zone(v->p.party), parts, is_new ? PARTS_NEW : PARTS_EDIT))
		return fail(e, E_NOMEM, "page");
	for (size_t i = P_NAMES; i <= P_DEADLINES; i += P_DEADLINES - P_NAMES) {
		sheet_cell(ret, i, "party")->choice = c;
		sheet_cell(ret, i, "party")->choices = n + 1;
	}
	if (!is_new)
		return 0;
	if ((rc = record_collections(v->l.rd, offer_collection, &k, e)) != 0)
		return rc;
	sheet_cell(ret, P_WHERE, "collection")->choice = k.c;
	sheet_cell(ret, P_WHERE, "collection")->choices = k.n;
	return k.n > 0 ? 0 : fail(e, E_STATE, "your side is in no collection yet that you may write to: an administrator proposes one");
}

static int save(struct visit *v, struct sheet *s, const struct act_at *at, struct add_result *res, struct err *e)
{
	struct act_series x = {.at = *at, .slug = sheet_text(s, P_MAIN, 0, "slug"), .noun = sheet_text(s, P_MAIN, 0, "noun"), .title = texts_of(sheet_texts(s, P_MAIN, 0, "title")),
		.rhythm = texts_of(sheet_texts(s, P_MAIN, 0, "rhythm")), .mandate = texts_of(sheet_texts(s, P_MAIN, 0, "mandate")), .rhythm_months = sheet_number(s, P_MAIN, 0, "rhythm_months"),
		.names = sheet_rows(s, P_NAMES), .mandates_n = sheet_rows(s, P_MANDATES), .deadlines = sheet_rows(s, P_DEADLINES)};
	struct act_name *name = arena_array(s->a, x.names + 1, sizeof *name);
	struct act_mandate *mandate = arena_array(s->a, x.mandates_n + 1, sizeof *mandate);
	struct act_deadline *deadline = arena_array(s->a, x.deadlines + 1, sizeof *deadline);
	const char *member[LIMIT_MEMBERS];
	struct at_desk d;
	int rc;

	if (name == NULL || mandate == NULL || deadline == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < x.names; i++)
		name[i] = (struct act_name){sheet_text(s, P_NAMES, i, "party"), texts_of(sheet_texts(s, P_NAMES, i, "title"))};
	for (size_t i = 0; i < x.mandates_n; i++)
		mandate[i] = (struct act_mandate){texts_of(sheet_texts(s, P_MANDATES, i, "title")), sheet_time(s, P_MANDATES, i, "date", NULL, "00:00"), sheet_text(s, P_MANDATES, i, "url")};
	for (size_t i = 0; i < x.deadlines; i++)
		deadline[i] = (struct act_deadline){sheet_time(s, P_DEADLINES, i, "at", "clock", "23:59"), sheet_text(s, P_DEADLINES, i, "party"), texts_of(sheet_texts(s, P_DEADLINES, i, "title"))};
	x.member = member;
	x.members = sheet_list(s, P_MAIN, 0, "members", member, LIMIT_MEMBERS);
	x.name = name;
	x.mandates = mandate;
	x.deadline = deadline;
	if (!fields_ok(s->field, s->fields))
		return fail(e, E_FORMAT, "some of it cannot be read");
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	return act_save_series(&d.actor, &x, res, e);
}

#define NEW_TITLE N_("New series")
#define NEW_INTRO N_("A series holds the rounds of two or more sides. All members of the collection see it as soon as it is saved.")
#define EDIT_TITLE N_("Edit the series")
#define EDIT_INTRO N_("Saving makes a new version; the earlier one stays in the record.")
#define SAVE N_("Save in the record")

static void name_new(struct visit *v)
{
	visit_name(v, (struct url){"/series/new"});
	visit_crumb(v, N_("Consultations"), visit_url(v, "series", NULL));
	visit_crumb(v, NEW_TITLE, visit_url(v, "series", "new", NULL));
}

int see_series_new(struct visit *v, struct err *e)
{
	struct sheet s;
	const int rc = make_form(v, true, NULL, &s, e);

	if (rc != 0)
		return rc;
	name_new(v);
	sheet_blank(&s);
	return sheet_show(v, &s, NEW_TITLE, NEW_INTRO, SAVE);
}

int do_series_new(struct visit *v, struct err *e)
{
	struct act_at at = {0};
	uint8_t collection[16];
	struct add_result res;
	struct sheet s;
	int rc = make_form(v, true, NULL, &s, e);

	if (rc != 0)
		return rc;
	name_new(v);
	sheet_typed(&s, v);
	if (!sheet_stops(v, &s)) {
		const char *uuid = sheet_text(&s, P_WHERE, 0, "collection");

		at.collection = collection;
		rc = uuid_parse(uuid, strlen(uuid), collection) ? save(v, &s, &at, &res, e) : fail(e, E_FORMAT, "collection: not an id");
		if (rc == 0 || rc == ACT_HELD)
			return at_desk_end(v, rc, rc == 0 ? visit_url(v, "series", sheet_text(&s, P_MAIN, 0, "slug"), NULL) : visit_url(v, "series", NULL), "recorded", e);
		if (!sheet_refused(v, &s, rc, e))
			return rc;
	}
	return sheet_show(v, &s, NEW_TITLE, NEW_INTRO, SAVE);
}

/* The series as it stands, for the writer alone; *ret_s from its newest version. */
static int open_edit(struct visit *v, struct v_series **ret, struct sheet *form, struct sheet *stands, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	struct picked p;
	int rc = s != NULL ? load_series(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0 || (rc = make_form(v, false, s, form, e)) != 0 || (rc = make_form(v, false, s, stands, e)) != 0 || (rc = load_version(&v->l, s->id, NULL, &p, e)) != 0)
		return rc;
	if (strcmp(p.entry.party, v->p.party) != 0)
		rc = fail(e, E_STATE, "the entry of this series is kept by %s", p.entry.party);
	stands->seen = arena_str(v->l.a, p.entry.row.modified);
	sheet_of(stands, p.entry.object.val);
	entry_free(&p.entry);
	visit_name(v, url_path(v->l.a, "series", s->slug, "edit", NULL));
	visit_crumb(v, N_("Consultations"), visit_url(v, "series", NULL));
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	visit_crumb(v, EDIT_TITLE, v->p.self[v->p.lang]);
	*ret = s;
	return rc;
}

int see_series_edit(struct visit *v, struct err *e)
{
	struct sheet form, stands;
	struct v_series *s;
	const int rc = open_edit(v, &s, &form, &stands, e);

	return rc != 0 ? rc : sheet_show(v, &stands, EDIT_TITLE, EDIT_INTRO, SAVE);
}

int do_series_edit(struct visit *v, struct err *e)
{
	struct sheet form, stands;
	struct add_result res;
	struct v_series *s;
	int rc = open_edit(v, &s, &form, &stands, e);

	if (rc != 0)
		return rc;
	sheet_typed(&form, v);
	if (!sheet_stops(v, &form)) {
		const struct act_at at = {.id = s->id, .seen = form.seen};

		rc = save(v, &form, &at, &res, e);
		if (rc == 0 || rc == ACT_HELD)
			return at_desk_end(v, rc, rc == 0 ? visit_url(v, "series", sheet_text(&form, P_MAIN, 0, "slug"), NULL) : s->page, "recorded", e);
		if (!sheet_refused(v, &form, rc, e))
			return rc;
		if (rc == E_CONFLICT)
			sheet_conflict(&form, &stands);
	}
	return sheet_show(v, &form, EDIT_TITLE, EDIT_INTRO, SAVE);
}
