/* The agenda as a form: items with time, lead and papers by the side that keeps it; wishes by the others. */
#include <stdio.h>
#include <string.h>

#include "web/at_desk.h"
#include "web/load_more.h"
#include "web/tmpl.h"

#define EDIT_TITLE N_("Agenda: draft")
#define WISH_TITLE N_("Agenda: proposals")

/* ---- the keeping side's form ---- */

static const struct choice settled[] = {{"", N_("settled")}, {"bracketed", N_("still in brackets")}};
static const struct cell main_cells[] = {
	{"title", CELL_LINES, N_("Title"), NULL, .required = true, .max = LIMIT_TITLE},
	{"number", CELL_LINE, N_("Number in the record"), N_("Different from all others, for example DJ-2016-0002."), .required = true, .max = 64},
	{"date", CELL_DATE, N_("Date of the document"), DATE_HINT, .required = true},
	{"correction", CELL_AREAS, N_("Why it is corrected"), N_("Only when an earlier version is published."), .prop = "correction/reason", .rows = 2, .max = LIMIT_TEXT},
};
static const struct cell item_cells[] = {
	{"place", CELL_PLACE, N_("Place in the order"), NULL, .max = 0},
	{"number", CELL_LINE, N_("Item"), N_("Empty: counted."), .max = 32},
	{"text", CELL_LINES, N_("Subject"), NULL, .required = true, .max = LIMIT_TITLE},
	{"day", CELL_DATE, N_("Day"), N_("Empty: the first day."), .prop = "start"},
	{"from", CELL_CLOCK, N_("Begins"), NULL, .prop = "start"},
	{"to", CELL_CLOCK, N_("Ends"), NULL, .prop = "end"},
	{"lead", CELL_WORD, N_("Opened by"), NULL, .max = 0},
	{"papers", CELL_LIST, N_("Papers"), N_("Numbers of documents, with commas."), .max = 1000},
	{"state", CELL_WORD, N_("State"), NULL, .choice = settled, .choices = ARRAY_LEN(settled)},
	{"pause", CELL_TICK, N_("A break"), NULL, .max = 0},
};
enum { P_MAIN, P_ITEMS };
static const struct part parts[] = {
	{.cell = main_cells, .cells = ARRAY_LEN(main_cells)},
	{"units", N_("Items"), N_("Times are those of the place."), item_cells, ARRAY_LEN(item_cells), N_("Item"), LIMIT_UNITS, 3},
};

/* Who may open an item: nobody said, each side, and for two sides both in either order. */
static bool offer_leads(struct visit *v, const struct v_series *s, struct sheet *f)
{
	struct choice *c = arena_array(v->l.a, s->members + 3, sizeof *c);
	size_t n = 0;

	if (c == NULL)
		return false;
	c[n++] = (struct choice){"", "–"};
	for (size_t i = 0; i < s->members; i++)
		c[n++] = (struct choice){s->member[i], party_name(v->l.lang, s->member[i])};
	for (size_t i = 0; s->members == 2 && i < 2; i++)
		c[n++] = (struct choice){arena_printf(v->l.a, "%s, %s", s->member[i], s->member[1 - i]),
			arena_printf(v->l.a, "%s, %s", party_name(v->l.lang, s->member[i]), party_name(v->l.lang, s->member[1 - i]))};
	sheet_cell(f, P_ITEMS, "lead")->choice = c;
	sheet_cell(f, P_ITEMS, "lead")->choices = n;
	return true;
}

/* Papers are named by number for people, by id in the record. */
static const char *numbers_of(const struct v_round *r, struct arena *a, const char *ids)
{
	const char *out = "";

	for (const char *p = ids; p != NULL && *p != '\0'; p += strspn(p, ", ")) {
		const size_t n = strcspn(p, ", ");
		const char *name = arena_strn(a, p, n);

		for (size_t i = 0; i < r->documents; i++)
			if (strcmp(r->document[i].id, name) == 0)
				name = r->document[i].number;
		out = arena_printf(a, "%s%s%s", out, out[0] != '\0' ? ", " : "", name);
		p += n;
	}
	return out;
}

static const char *const *ids_of(const struct v_round *r, struct sheet *f, size_t row, size_t *ret_n)
{
	const char **v = arena_array(f->a, LIMIT_READING, sizeof *v);
	size_t n = v != NULL ? sheet_list(f, P_ITEMS, row, "papers", v, LIMIT_READING) : 0;

	for (size_t k = 0; k < n; k++) {
		bool known = strstr(v[k], "--") != NULL;

		for (size_t i = 0; i < r->documents && !known; i++)
			if (strcmp(r->document[i].number, v[k]) == 0) {
				v[k] = r->document[i].id;
				known = true;
			}
		if (!known)
			sheet_fault(f, P_ITEMS, row, "papers", N_("There is no document of this number in this round."));
	}
	*ret_n = n;
	return v;
}

/* ---- what an earlier text of it says ---- */

struct keeping { const char *id, *modified, *writer; unsigned authentic, provisional; struct picked p; bool there; };

static unsigned languages(const struct json_val *list)
{
	const struct json_val *one;
	struct json_iter it;
	unsigned mask = 0;

	for (json_iter(&it, list); json_next(&it, NULL, &one); )
		for (unsigned l = 0; l < LANG_COUNT; l++)
			if (json_str_is(one, lang_code((enum lang)l)))
				mask |= 1u << l;
	return mask;
}

static int find_agenda(struct visit *v, const struct v_series *s, const struct v_round *r, struct keeping *k, struct err *e)
{
	int rc;

	*k = (struct keeping){0};
	for (size_t i = 0; i < s->members; i++)
		k->authentic |= 1u << party_lang(s->member[i]);
	if (r->agenda == NULL)
		return 0;
	if ((rc = load_version(&v->l, r->agenda->id, NULL, &k->p, e)) != 0)
		return rc;
	k->there = true;
	k->id = r->agenda->id;
	k->modified = arena_str(v->l.a, k->p.entry.row.modified);
	k->writer = arena_str(v->l.a, k->p.entry.party);
	k->authentic = languages(json_get(k->p.entry.object.val, "authentic"));
	k->provisional = languages(json_get(k->p.entry.object.val, "provisional"));
	return 0;
}

static void keeping_free(struct keeping *k)
{
	if (k->there)
		entry_free(&k->p.entry);
	k->there = false;
}

/* A number nobody has: one more than the highest of the round's, or the first of its year. */
static const char *suggest_number(struct visit *v, const struct v_series *s, const struct v_round *r)
{
	const char *best = NULL;
	int64_t ns = r->start;
	struct civil c;

	for (size_t i = 0; i < r->documents; i++)
		if (best == NULL || strcmp(r->document[i].number, best) > 0)
			best = r->document[i].number;
	if (best != NULL) {
		const size_t n = strlen(best), head = n - strspn(best + (n > 4 ? n - 4 : 0), "0123456789");
		unsigned last = 0;

		if (n > 4 && head == n - 4 && sscanf(best + head, "%u", &last) == 1)
			return arena_printf(v->l.a, "%.*s%04u", (int)head, best, last + 1);
	}
	time_civil(ns, &c);
	return arena_printf(v->l.a, "%c%c-%d-0001", s->members > 0 ? s->member[0][0] : 'X', s->members > 1 ? s->member[1][0] : 'X', c.year);
}

static void fill(struct visit *v, const struct v_series *s, const struct v_round *r, const struct keeping *k, struct sheet *f)
{
	if (!k->there) {
		sheet_blank(f);
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			struct field *t = sheet_field(f, P_MAIN, 0, "title", (enum lang)l);

			if (t != NULL)
				t->value = tr((enum lang)l, N_("Agenda"));
		}
		sheet_set(f, P_MAIN, 0, "number", suggest_number(v, s, r));
		sheet_set(f, P_MAIN, 0, "date", date_typed(v->l.a, v->l.lang, v->l.now, r->zone));
		return;
	}
	f->seen = k->modified;
	sheet_of(f, k->p.entry.object.val);
	sheet_set(f, P_MAIN, 0, "correction", "");
	for (size_t i = 0; i < sheet_rows(f, P_ITEMS); i++)
		sheet_set(f, P_ITEMS, i, "papers", numbers_of(r, v->l.a, sheet_text(f, P_ITEMS, i, "papers")));
}

/* ---- saving ---- */

static const char *kept_brackets(const struct keeping *k, const char *number, const char *self)
{
	const struct json_val *unit;
	struct json_iter it;

	for (json_iter(&it, k->there ? json_get(k->p.entry.object.val, "units") : NULL); json_next(&it, NULL, &unit); )
		if (json_str_is(json_get(unit, "number"), number) && json_get_str(unit, "bracketed_by") != NULL)
			return json_get_str(unit, "bracketed_by");
	return self;
}

static const char *item_time(struct visit *v, struct sheet *f, const struct v_round *r, size_t i, const char *clock)
{
	if (sheet_text(f, P_ITEMS, i, clock) == NULL)
		return NULL;
	if (sheet_text(f, P_ITEMS, i, "day") == NULL)
		sheet_set(f, P_ITEMS, i, "day", date_typed(v->l.a, v->l.lang, r->start, r->zone));
	return sheet_time(f, P_ITEMS, i, "day", clock, "00:00");
}

static bool read_items(struct visit *v, struct sheet *f, const struct v_round *r, const struct keeping *k, struct act_unit *u)
{
	unsigned items = 0, pauses = 0;

	for (size_t i = 0; i < sheet_rows(f, P_ITEMS); i++) {
		const bool pause = sheet_text(f, P_ITEMS, i, "pause") != NULL;
		const char **lead = arena_array(f->a, LIMIT_MEMBERS, sizeof *lead), *number = sheet_text(f, P_ITEMS, i, "number");

		if (lead == NULL)
			return false;
		if (!pause)
			items++;
		else
			pauses++;
		u[i] = (struct act_unit){.text = texts_of(sheet_texts(f, P_ITEMS, i, "text")), .pause = pause, .lead = lead,
			.number = number != NULL ? number : pause ? arena_printf(f->a, "P%u", pauses) : arena_printf(f->a, "%u", items),
			.bracketed = sheet_text(f, P_ITEMS, i, "state") != NULL && strcmp(sheet_text(f, P_ITEMS, i, "state"), "bracketed") == 0,
			.start = item_time(v, f, r, i, "from"), .end = item_time(v, f, r, i, "to")};
		u[i].leads = sheet_list(f, P_ITEMS, i, "lead", lead, LIMIT_MEMBERS);
		u[i].paper = ids_of(r, f, i, &u[i].papers);
		u[i].bracketed_by = u[i].bracketed ? kept_brackets(k, u[i].number, v->p.party) : NULL;
		if (u[i].end != NULL && u[i].start == NULL)
			sheet_fault(f, P_ITEMS, i, "from", N_("Please fill this in."));
	}
	return true;
}

static int save(struct visit *v, struct sheet *f, const struct v_round *r, const struct keeping *k, struct err *e)
{
	struct act_unit *u = arena_array(f->a, sheet_rows(f, P_ITEMS) + 1, sizeof *u);
	struct act_document x = {.at = {.id = k->id, .seen = f->seen}, .round = r->id, .kind = "agenda", .number = sheet_text(f, P_MAIN, 0, "number"), .title = texts_of(sheet_texts(f, P_MAIN, 0, "title")),
		.authentic = k->authentic, .provisional = k->provisional, .unit = u, .units = sheet_rows(f, P_ITEMS), .correction = texts_of(sheet_texts(f, P_MAIN, 0, "correction"))};
	struct add_result res;
	struct at_desk d;
	int rc;

	if (u == NULL || !read_items(v, f, r, k, u))
		return fail(e, E_NOMEM, "page");
	x.date = sheet_time(f, P_MAIN, 0, "date", NULL, "00:00");
	if (!fields_ok(f->field, f->fields))
		return fail(e, E_FORMAT, "some of it cannot be read");
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	return act_save_document(&d.actor, &x, &res, e);
}

/* ---- promises that come back ---- */

static int get_returning(struct visit *v, const struct v_series *s, struct v_agenda *a, struct err *e)
{
	struct commitments list = {0};
	int rc = consult_agenda_return(v->l.rd, &v->l.reader, s->id, v->l.now, &list, e);

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if ((a->back = arena_array(v->l.a, list.n + 1, sizeof *a->back)) == NULL)
		rc = fail(e, E_NOMEM, "page");
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		a->back[a->backs++] = (struct v_back){arena_str(v->l.a, list.c[i].en.row.id), get_text(&v->l, list.c[i].en.object.val, "title"), list.c[i].f.due_now, list.c[i].f.has_due, list.c[i].f.overdue,
			get_str(&v->l, list.c[i].en.object.val, "document_ref")};
	commitments_free(&list);
	return rc;
}

/* A promise becomes an item of its own: its title in every language, with the text that made it as paper. */
static void take_back(struct sheet *f, const struct v_agenda *a, const struct v_round *r, const char *id)
{
	const size_t row = sheet_rows(f, P_ITEMS);

	for (size_t i = 0; i < a->backs && row < f->part[P_ITEMS].rows; i++) {
		if (strcmp(a->back[i].id, id) != 0)
			continue;
		for (unsigned l = 0; l < LANG_COUNT; l++)
			if (a->back[i].title.s[l] != NULL)
				sheet_field(f, P_ITEMS, row, "text", (enum lang)l)->value = a->back[i].title.s[l];
		for (size_t k = 0; k < r->documents; k++)
			if (a->back[i].document != NULL && strcmp(r->document[k].id, a->back[i].document) == 0)
				sheet_set(f, P_ITEMS, row, "papers", r->document[k].number);
		f->part[P_ITEMS].filled++;
	}
}

/* ---- the other sides' wishes ---- */

static const struct choice actions[] = {{"", "–"}, {"insert", N_("new item behind it")}, {"replace", N_("other wording")}, {"delete", N_("leave it out")}};
static const struct cell wish_cells[] = {
	{"reason", CELL_AREAS, N_("Reason"), N_("Also wishes for time and lead; the other side enters them."), .required = true, .rows = 3, .max = LIMIT_TEXT},
};
static const struct cell change_cells[] = {
	{"action", CELL_WORD, N_("What"), NULL, .required = true, .choice = actions, .choices = ARRAY_LEN(actions)},
	{"unit", CELL_WORD, N_("Item"), NULL, .required = true},
	{"text", CELL_LINES, N_("Subject"), NULL, .max = LIMIT_TITLE},
};
enum { W_REASON, W_CHANGES };
static const struct part wish_parts[] = {
	{.cell = wish_cells, .cells = ARRAY_LEN(wish_cells)},
	{"changes", N_("Changes"), NULL, change_cells, ARRAY_LEN(change_cells), N_("Change"), 100, 3},
};

static bool make_wish(struct visit *v, const struct v_round *r, struct sheet *f)
{
	const struct v_document *d = r->agenda;
	struct choice *c = arena_array(v->l.a, d->units + 1, sizeof *c);

	if (c == NULL || !sheet_make(f, v->l.a, v->l.lang, r->zone, wish_parts, ARRAY_LEN(wish_parts)))
		return false;
	c[0] = (struct choice){"", "–"};
	for (size_t i = 0; i < d->units; i++)
		c[i + 1] = (struct choice){d->unit[i].number, arena_printf(v->l.a, "%s  %s", d->unit[i].number, bitext_in(&d->unit[i].text, v->l.lang).s)};
	sheet_cell(f, W_CHANGES, "unit")->choice = c;
	sheet_cell(f, W_CHANGES, "unit")->choices = d->units + 1;
	return true;
}

static int send_wish(struct visit *v, struct sheet *f, const struct v_round *r, struct err *e)
{
	struct act_change *c = arena_array(f->a, sheet_rows(f, W_CHANGES) + 1, sizeof *c);
	struct act_proposal x = {.document = r->agenda->id, .seen = f->seen, .change = c, .changes = sheet_rows(f, W_CHANGES), .reason = texts_of(sheet_texts(f, W_REASON, 0, "reason"))};
	struct add_result res;
	struct at_desk d;
	int rc;

	if (c == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < x.changes; i++)
		c[i] = (struct act_change){sheet_text(f, W_CHANGES, i, "unit"), sheet_text(f, W_CHANGES, i, "action"), texts_of(sheet_texts(f, W_CHANGES, i, "text"))};
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	return act_propose(&d.actor, &x, &res, e);
}

/* ---- the page ---- */

static int show(struct visit *v, const struct v_agenda *a)
{
	struct out o = visit_out(v);

	v->p.title = tr(v->p.lang, a->wish ? WISH_TITLE : EDIT_TITLE);
	page_agenda_edit(&o, &v->p, a);
	return 0;
}

static int open_agenda(struct visit *v, struct v_series **s, struct v_round **r, struct keeping *k, struct v_agenda *a, struct sheet *f, struct err *e)
{
	int rc = load_round_at(v, s, r, e);

	if (rc != 0 || (rc = load_round_more(v, *s, *r, e)) != 0 || (rc = find_agenda(v, *s, *r, k, e)) != 0)
		return rc;
	if (!(*r)->more->may_agenda)
		return fail(e, E_NOTFOUND, "not found");
	*a = (struct v_agenda){.round = *r, .form = f, .wish = k->there && strcmp(k->writer, v->p.party) != 0};
	name_in_round(v, *s, *r, a->wish ? WISH_TITLE : EDIT_TITLE, "/agenda/edit");
	if (a->wish)
		return make_wish(v, *r, f) ? 0 : fail(e, E_NOMEM, "page");
	if (!sheet_make(f, v->l.a, v->l.lang, (*r)->zone, parts, ARRAY_LEN(parts)) || !offer_leads(v, *s, f))
		return fail(e, E_NOMEM, "page");
	return get_returning(v, *s, a, e);
}

int see_agenda_edit(struct visit *v, struct err *e)
{
	struct keeping k = {0};
	struct v_agenda a;
	struct v_series *s;
	struct v_round *r;
	struct sheet f;
	int rc = open_agenda(v, &s, &r, &k, &a, &f, e);

	if (rc == 0 && a.wish) {
		sheet_blank(&f);
		f.seen = k.modified;
	} else if (rc == 0)
		fill(v, s, r, &k, &f);
	keeping_free(&k);
	return rc != 0 ? rc : show(v, &a);
}

int do_agenda_edit(struct visit *v, struct err *e)
{
	struct keeping k = {0};
	struct v_agenda a;
	struct v_series *s;
	struct v_round *r;
	struct sheet f, stands;
	const char *take = visit_field(v, "take");
	int rc = open_agenda(v, &s, &r, &k, &a, &f, e);

	if (rc != 0) {
		keeping_free(&k);
		return rc;
	}
	sheet_typed(&f, v);
	if (take[0] != '\0') {
		take_back(&f, &a, r, take);
		f.again = true;
	}
	if (!sheet_stops(v, &f)) {
		rc = a.wish ? send_wish(v, &f, r, e) : save(v, &f, r, &k, e);
		if (rc == E_CONFLICT && !a.wish && sheet_make(&stands, v->l.a, v->l.lang, r->zone, parts, ARRAY_LEN(parts))) {
			fill(v, s, r, &k, &stands);
			sheet_conflict(&f, &stands);
		}
	}
	keeping_free(&k);
	if (!f.again && fields_ok(f.field, f.fields) && (rc == 0 || rc == ACT_HELD))
		return at_desk_end(v, rc, a.wish ? url_suffix(v->l.a, r->page, "/agenda") : r->page, a.wish ? "proposed" : "recorded", e);
	if (rc != 0 && !sheet_refused(v, &f, rc, e))
		return rc;
	return show(v, &a);
}
