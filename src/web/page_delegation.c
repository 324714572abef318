/* Delegations: the list of both, name plates, and the form for the own one. */
#include <string.h>

#include "web/at_desk.h"
#include "web/load_more.h"
#include "web/tmpl.h"

#define LIST_TITLE N_("Delegations")
#define PLATES_TITLE N_("Name plates")
#define EDIT_TITLE N_("Own delegation")
#define EDIT_INTRO N_("The other sides see the list as soon as it is saved. It holds personal data: say until when it is needed; after that day no page shows the names.")
#define SAVE N_("Save in the record")

static int open_list(struct visit *v, struct v_series **s, struct v_round **r, const char *title, const char *path, struct err *e)
{
	int rc = load_round_at(v, s, r, e);

	if (rc != 0 || (rc = load_round_more(v, *s, *r, e)) != 0)
		return rc;
	for (size_t i = 0; i < (*r)->delegations; i++)
		for (size_t k = 0; k < (*r)->delegation[i].members; k++) {
			struct v_member *m = &(*r)->delegation[i].member[k];

			m->latin = latin_formal(v->l.a, (*r)->delegation[i].party, m->latin);
		}
	name_in_round(v, *s, *r, title, path);
	v->p.title = tr(v->p.lang, title);
	return 0;
}

int see_delegations(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct out o = visit_out(v);
	const int rc = open_list(v, &s, &r, LIST_TITLE, "/delegations", e);

	if (rc != 0)
		return rc;
	page_delegations(&o, &v->p, r);
	return 0;
}

int see_plates(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct out o = visit_out(v);
	const int rc = open_list(v, &s, &r, PLATES_TITLE, "/delegations/plates", e);

	if (rc != 0)
		return rc;
	page_plates(&o, &v->p, r);
	return 0;
}

/* ---- the form ---- */

static const struct choice roles[] = {{"", "–"}, {"head", N_("Head of delegation")}, {"member", N_("Member")}, {"note-taker", N_("Note-taker")}, {"interpreter", N_("Interpreter")}, {"embassy", N_("Embassy")}};
static const struct cell main_cells[] = {
	{"expires", CELL_DATE, N_("The names are needed until"), N_("For example a year after the round. After that day they are shown nowhere."), .required = true},
};
static const struct cell member_cells[] = {
	{"place", CELL_PLACE, N_("Place in the order"), NULL, .max = 0},
	{"role", CELL_WORD, N_("Role"), NULL, .required = true, .choice = roles, .choices = ARRAY_LEN(roles)},
	{"native", CELL_LINE, N_("Name in its own script"), NULL, .prop = "name/native", .required = true, .max = LIMIT_TITLE},
	{"latin", CELL_LINE, N_("Name in Latin letters"), N_("Japanese names: family name first."), .prop = "name/latin", .required = true, .max = LIMIT_TITLE},
	{"reading", CELL_LINE, N_("Reading in kana"), NULL, .prop = "name/reading", .max = LIMIT_TITLE},
	{"agency_code", CELL_LINE, N_("Short name of the agency"), N_("For example BMVg, MOFA."), .required = true, .max = LIMIT_AGENCY},
	{"agency", CELL_LINES, N_("Ministry or agency"), NULL, .required = true, .max = LIMIT_TITLE},
	{"function", CELL_LINES, N_("Function"), NULL, .required = true, .max = LIMIT_TITLE},
	{"rank", CELL_LINES, N_("Rank"), NULL, .max = LIMIT_TITLE},
};
enum { P_MAIN, P_MEMBERS };
static const struct part parts[] = {
	{.cell = main_cells, .cells = ARRAY_LEN(main_cells)},
	{"members", N_("Members"), N_("In order of precedence."), member_cells, ARRAY_LEN(member_cells), N_("Member"), LIMIT_DELEGATES, 3},
};

static int open_edit(struct visit *v, struct v_series **s, struct v_round **r, struct sheet *form, struct sheet *stands, const char **ret_id, struct err *e)
{
	const char *zone = party_zone(v->p.party);
	struct picked p;
	int rc = open_list(v, s, r, EDIT_TITLE, "/delegations/edit", e);

	*ret_id = NULL;
	if (rc != 0)
		return rc;
	if (!(*r)->more->may_delegation)
		return fail(e, E_NOTFOUND, "not found");
	if (!sheet_make(form, v->l.a, v->l.lang, zone, parts, ARRAY_LEN(parts)) || !sheet_make(stands, v->l.a, v->l.lang, zone, parts, ARRAY_LEN(parts)))
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < (*r)->delegations; i++)
		if (strcmp((*r)->delegation[i].party, v->p.party) == 0)
			*ret_id = (*r)->delegation[i].id;
	if (*ret_id == NULL) {
		sheet_blank(stands);
		return 0;
	}
	if ((rc = load_version(&v->l, *ret_id, NULL, &p, e)) != 0)
		return rc;
	stands->seen = arena_str(v->l.a, p.entry.row.modified);
	sheet_of(stands, p.entry.object.val);
	entry_free(&p.entry);
	return 0;
}

int see_delegation_edit(struct visit *v, struct err *e)
{
	struct sheet form, stands;
	struct v_series *s;
	struct v_round *r;
	const char *id;
	const int rc = open_edit(v, &s, &r, &form, &stands, &id, e);

	return rc != 0 ? rc : sheet_show(v, &stands, EDIT_TITLE, EDIT_INTRO, SAVE);
}

static int save(struct visit *v, struct sheet *f, const struct v_round *r, const char *id, struct err *e)
{
	struct act_delegate *m = arena_array(f->a, sheet_rows(f, P_MEMBERS) + 1, sizeof *m);
	struct act_delegation x = {.at = {.id = id, .seen = f->seen}, .round = r->id, .expires = sheet_time(f, P_MAIN, 0, "expires", NULL, "23:59"), .member = m, .members = sheet_rows(f, P_MEMBERS)};
	struct add_result res;
	struct at_desk d;
	int rc;

	if (m == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < x.members; i++)
		m[i] = (struct act_delegate){.name = {sheet_text(f, P_MEMBERS, i, "native"), sheet_text(f, P_MEMBERS, i, "latin"), sheet_text(f, P_MEMBERS, i, "reading")},
			.function = texts_of(sheet_texts(f, P_MEMBERS, i, "function")), .agency = texts_of(sheet_texts(f, P_MEMBERS, i, "agency")), .rank = texts_of(sheet_texts(f, P_MEMBERS, i, "rank")),
			.agency_code = sheet_text(f, P_MEMBERS, i, "agency_code"), .role = sheet_text(f, P_MEMBERS, i, "role")};
	if (!fields_ok(f->field, f->fields))
		return fail(e, E_FORMAT, "some of it cannot be read");
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	return act_save_delegation(&d.actor, &x, &res, e);
}

int do_delegation_edit(struct visit *v, struct err *e)
{
	struct sheet form, stands;
	struct v_series *s;
	struct v_round *r;
	const char *id;
	int rc = open_edit(v, &s, &r, &form, &stands, &id, e);

	if (rc != 0)
		return rc;
	sheet_typed(&form, v);
	if (!sheet_stops(v, &form)) {
		rc = save(v, &form, r, id, e);
		if (rc == 0 || rc == ACT_HELD)
			return at_desk_end(v, rc, r->more->delegations, "recorded", e);
		if (!sheet_refused(v, &form, rc, e))
			return rc;
		if (rc == E_CONFLICT)
			sheet_conflict(&form, &stands);
	}
	return sheet_show(v, &form, EDIT_TITLE, EDIT_INTRO, SAVE);
}
