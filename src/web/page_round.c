/* A round: its page, and the form for all that rounds have been in reality. */
#include <string.h>

#include "web/at_desk.h"
#include "web/load_more.h"
#include "web/tmpl.h"

int see_round(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct out o = visit_out(v);
	int rc = load_round_at(v, &s, &r, e);

	if (rc == 0)
		rc = load_round_more(v, s, r, e);
	if (rc != 0)
		return rc;
	v->p.title = bitext_in(&r->title, v->p.lang).s;
	name_in_round(v, s, r, NULL, NULL);
	page_round(&o, &v->p, r);
	return 0;
}

/* ---- the form ---- */

#define ROWS(x) .choice = x, .choices = ARRAY_LEN(x)
static const struct choice kinds[] = {{"", N_("Round, counted in the series")}, {"intersessional", N_("Intersessional meeting, not counted")}};
static const struct choice statuses[] = {{"proposed", N_("proposed")}, {"scheduled", N_("scheduled")}, {"held", N_("held")}, {"closed", N_("closed")}, {"postponed", N_("postponed")}, {"cancelled", N_("cancelled")}};
static const struct choice modes[] = {{"in-person", N_("in person")}, {"video", N_("by video conference")}, {"hybrid", N_("in person and by video")}};
static const struct choice zones[] = {{"Europe/Berlin", N_("Berlin (CET, CEST)")}, {"Asia/Tokyo", N_("Tokyo (JST)")}, {"UTC", "UTC"}};
static const struct choice observer_kinds[] = {{"", "–"}, {"observer", N_("Observer")}, {"non-government", N_("Takes part, not of a government")}};

static const struct cell main_cells[] = {
	{"title", CELL_LINES, N_("Title"), NULL, .required = true, .max = LIMIT_TITLE},
	{"kind", CELL_WORD, N_("Kind"), NULL, ROWS(kinds), .max = 0},
	{"status", CELL_WORD, N_("State"), NULL, .required = true, ROWS(statuses)},
	{"ordinal", CELL_NUMBER, N_("Number in the series"), N_("Leave it empty where nobody counted, or where the sides count differently."), .max = 4},
	{"host", CELL_WORD, N_("Host"), NULL, .required = true},
	{"mode", CELL_WORD, N_("Form"), NULL, .required = true, ROWS(modes)},
	{"zone", CELL_WORD, N_("Time zone of the place"), NULL, .required = true, ROWS(zones)},
	{"start", CELL_DATE, N_("Day"), N_("A month or a year is enough for a round that is only announced."), .required = true},
	{"from", CELL_CLOCK, N_("Begins"), TIME_HINT, .prop = "start"},
	{"last", CELL_DATE, N_("Last day"), N_("Only of a round over several days."), .prop = "end"},
	{"to", CELL_CLOCK, N_("Ends"), TIME_HINT, .prop = "end"},
	{"venue", CELL_LINES, N_("Place and house"), N_("Only a video conference has none."), .max = LIMIT_TITLE},
};
static const struct cell ordinal_cells[] = {
	{"party", CELL_WORD, N_("Side"), NULL, .required = true},
	{"ordinal", CELL_NUMBER, N_("Counts it as number"), N_("Empty: this side does not count it."), .max = 4},
	{"note", CELL_LINES, N_("Where that is found"), NULL, .max = LIMIT_TITLE},
};
static const struct cell chair_cells[] = {
	{"place", CELL_PLACE, N_("Place in the order"), NULL, .max = 0},
	{"party", CELL_WORD, N_("Side"), NULL, .required = true},
	{"native", CELL_LINE, N_("Name in its own script"), NULL, .prop = "name/native", .required = true, .max = LIMIT_TITLE},
	{"latin", CELL_LINE, N_("Name in Latin letters"), N_("Japanese names: family name first."), .prop = "name/latin", .required = true, .max = LIMIT_TITLE},
	{"reading", CELL_LINE, N_("Reading in kana"), NULL, .prop = "name/reading", .max = LIMIT_TITLE},
	{"title", CELL_LINES, N_("Function, in full"), NULL, .required = true, .max = LIMIT_TITLE},
};
static const struct cell lead_cells[] = {
	{"party", CELL_WORD, N_("Side"), NULL, .required = true},
	{"agency", CELL_LINES, N_("Ministry or agency"), NULL, .required = true, .max = LIMIT_TITLE},
	{"agency_code", CELL_LINE, N_("Short name"), N_("For example BMVg, MOFA."), .max = LIMIT_AGENCY},
};
static const struct cell observer_cells[] = {
	{"name", CELL_LINES, N_("Name of the participant"), NULL, .required = true, .max = LIMIT_TITLE},
	{"kind", CELL_WORD, N_("Takes part as"), NULL, ROWS(observer_kinds), .max = 0},
	{"party", CELL_LINE, N_("Code of the side"), N_("If it has one, for example EE."), .max = LIMIT_PARTY},
};
enum { P_MAIN, P_ORDINALS, P_CHAIRS, P_LEADS, P_OBSERVERS };
static const struct part parts[] = {
	{.cell = main_cells, .cells = ARRAY_LEN(main_cells)},
	{"ordinals", N_("Counted differently"), N_("Only where a side counts the round in its own way, or not at all."), ordinal_cells, ARRAY_LEN(ordinal_cells), N_("Count"), LIMIT_MEMBERS, 1},
	{"chairs", N_("Chairs"), N_("In order of precedence; one side may have several."), chair_cells, ARRAY_LEN(chair_cells), N_("Chair"), LIMIT_CHAIRS, 2},
	{"leads", N_("Lead"), N_("Only where it is not the foreign ministry."), lead_cells, ARRAY_LEN(lead_cells), N_("Lead"), LIMIT_MEMBERS, 1},
	{"observers", N_("Observers and others taking part"), NULL, observer_cells, ARRAY_LEN(observer_cells), N_("Participant"), LIMIT_OBSERVERS, 1},
};

static int make_form(struct visit *v, const struct v_series *s, struct sheet *ret, struct err *e)
{
	struct choice *c = arena_array(v->l.a, s->members + 1, sizeof *c);

	if (c == NULL || !sheet_make(ret, v->l.a, v->l.lang, party_zone(v->p.party), parts, ARRAY_LEN(parts)))
		return fail(e, E_NOMEM, "page");
	c[0] = (struct choice){"", "–"};
	for (size_t i = 0; i < s->members; i++)
		c[i + 1] = (struct choice){s->member[i], party_name(v->l.lang, s->member[i])};
	for (size_t i = P_ORDINALS; i <= P_LEADS; i++) {
		sheet_cell(ret, i, "party")->choice = c;
		sheet_cell(ret, i, "party")->choices = s->members + 1;
	}
	sheet_cell(ret, P_MAIN, "host")->choice = c + 1;
	sheet_cell(ret, P_MAIN, "host")->choices = s->members;
	return 0;
}

/* An announced date is shown as exactly as it is meant; a meeting of one day has no last day. */
static void fill_form(struct visit *v, struct sheet *s, const struct entry *en)
{
	const struct json_val *o = en->object.val;
	const char *precision = json_get_str(o, "start_precision"), *last;
	const int64_t start = get_time(o, "start", 0);

	if (json_get_str(o, "zone") != NULL)
		s->zone = get_str(&v->l, o, "zone");
	s->seen = arena_str(v->l.a, en->row.modified);
	sheet_of(s, o);
	if (precision != NULL && strcmp(precision, "day") != 0)
		sheet_set(s, P_MAIN, 0, "start", arena_printf(v->l.a, "%.*s", strcmp(precision, "year") == 0 ? 4 : 7, iso_date(v->l.a, start, s->zone)));
	if (precision != NULL)
		sheet_set(s, P_MAIN, 0, "from", "");
	last = sheet_text(s, P_MAIN, 0, "last");
	if (last != NULL && sheet_text(s, P_MAIN, 0, "start") != NULL && strcmp(last, sheet_text(s, P_MAIN, 0, "start")) == 0)
		sheet_set(s, P_MAIN, 0, "last", "");
}

static bool fill_lists(struct sheet *s, struct act_round *x)
{
	struct act_ordinal *ordinal = arena_array(s->a, sheet_rows(s, P_ORDINALS) + 1, sizeof *ordinal);
	struct act_chair *chair = arena_array(s->a, sheet_rows(s, P_CHAIRS) + 1, sizeof *chair);
	struct act_lead *lead = arena_array(s->a, sheet_rows(s, P_LEADS) + 1, sizeof *lead);
	struct act_observer *observer = arena_array(s->a, sheet_rows(s, P_OBSERVERS) + 1, sizeof *observer);

	if (ordinal == NULL || chair == NULL || lead == NULL || observer == NULL)
		return false;
	for (size_t i = 0; i < sheet_rows(s, P_ORDINALS); i++)
		ordinal[i] = (struct act_ordinal){sheet_text(s, P_ORDINALS, i, "party"), sheet_number(s, P_ORDINALS, i, "ordinal"), texts_of(sheet_texts(s, P_ORDINALS, i, "note"))};
	for (size_t i = 0; i < sheet_rows(s, P_CHAIRS); i++)
		chair[i] = (struct act_chair){sheet_text(s, P_CHAIRS, i, "party"), {sheet_text(s, P_CHAIRS, i, "native"), sheet_text(s, P_CHAIRS, i, "latin"), sheet_text(s, P_CHAIRS, i, "reading")},
			texts_of(sheet_texts(s, P_CHAIRS, i, "title"))};
	for (size_t i = 0; i < sheet_rows(s, P_LEADS); i++)
		lead[i] = (struct act_lead){sheet_text(s, P_LEADS, i, "party"), sheet_text(s, P_LEADS, i, "agency_code"), texts_of(sheet_texts(s, P_LEADS, i, "agency"))};
	for (size_t i = 0; i < sheet_rows(s, P_OBSERVERS); i++)
		observer[i] = (struct act_observer){texts_of(sheet_texts(s, P_OBSERVERS, i, "name")), sheet_text(s, P_OBSERVERS, i, "party"), sheet_text(s, P_OBSERVERS, i, "kind")};
	x->ordinals = ordinal;
	x->chair = chair;
	x->lead = lead;
	x->observer = observer;
	x->ordinals_n = sheet_rows(s, P_ORDINALS);
	x->chairs = sheet_rows(s, P_CHAIRS);
	x->leads = sheet_rows(s, P_LEADS);
	x->observers = sheet_rows(s, P_OBSERVERS);
	return true;
}

static int save(struct visit *v, const struct v_series *s, struct sheet *f, const struct act_at *at, struct add_result *res, struct err *e)
{
	const char *exact = sheet_exact(f, P_MAIN, 0, "start"), *last = sheet_text(f, P_MAIN, 0, "last"), *to = sheet_text(f, P_MAIN, 0, "to");
	struct act_round x = {.at = *at, .series = s->id, .title = texts_of(sheet_texts(f, P_MAIN, 0, "title")), .venue = texts_of(sheet_texts(f, P_MAIN, 0, "venue")),
		.kind = sheet_text(f, P_MAIN, 0, "kind"), .zone = sheet_text(f, P_MAIN, 0, "zone"), .mode = sheet_text(f, P_MAIN, 0, "mode"), .host = sheet_text(f, P_MAIN, 0, "host"),
		.status = sheet_text(f, P_MAIN, 0, "status"), .ordinal = sheet_number(f, P_MAIN, 0, "ordinal")};
	struct at_desk d;
	int rc;

	if (x.zone == NULL)
		x.zone = "UTC";
	x.start_precision = exact != NULL ? exact : sheet_text(f, P_MAIN, 0, "from") == NULL ? "day" : NULL;
	/* A day without a time is a day of the calendar, by UTC as months and years are. */
	f->zone = x.start_precision != NULL ? "UTC" : x.zone;
	x.start = sheet_time(f, P_MAIN, 0, "start", "from", "00:00");
	f->zone = x.zone;
	if (last != NULL || to != NULL)
		x.end = sheet_time(f, P_MAIN, 0, last != NULL ? "last" : "start", "to", "23:59");
	if (!fill_lists(f, &x))
		return fail(e, E_NOMEM, "page");
	if (!fields_ok(f->field, f->fields))
		return fail(e, E_FORMAT, "some of it cannot be read");
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	return act_save_round(&d.actor, &x, res, e);
}

#define NEW_TITLE N_("Propose a round")
#define NEW_INTRO N_("The other sides see the round as soon as it is saved. The date is settled afterwards: invite, and let them answer.")
#define EDIT_TITLE N_("Edit the round")
#define EDIT_INTRO N_("Saving makes a new version; the earlier one stays in the record.")
#define SAVE N_("Save in the record")

/* ---- a new one ---- */

static int open_new(struct visit *v, struct v_series *s, struct sheet *form, struct picked *p, struct err *e)
{
	int rc = load_series(&v->l, v->q->arg[1], s, e);

	if (rc != 0 || (rc = make_form(v, s, form, e)) != 0 || (rc = load_version(&v->l, s->id, NULL, p, e)) != 0)
		return rc;
	visit_name(v, url_path(v->l.a, "series", s->slug, "rounds", "new", NULL));
	visit_crumb(v, N_("Consultations"), visit_url(v, "series", NULL));
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	visit_crumb(v, NEW_TITLE, v->p.self[v->p.lang]);
	return 0;
}

/* The next number, and the side that did not host the last one: as mostly, not always. */
static void suggest(struct visit *v, const struct v_series *s, struct sheet *f)
{
	uint64_t next = 0;

	for (size_t i = 0; i < s->rounds; i++)
		next = s->round[i].ordinal > next ? s->round[i].ordinal : next;
	if (s->rounds == 0 || next > 0)
		sheet_set(f, P_MAIN, 0, "ordinal", arena_printf(v->l.a, "%llu", (unsigned long long)next + 1));
	for (size_t i = 0; i < s->members; i++)
		if (s->rounds > 0 && s->round[0].host != NULL && strcmp(s->member[i], s->round[0].host) != 0) {
			sheet_set(f, P_MAIN, 0, "host", s->member[i]);
			sheet_set(f, P_MAIN, 0, "zone", party_zone(s->member[i]));
			break;
		}
}

int see_round_new(struct visit *v, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	struct sheet f;
	struct picked p;
	const int rc = s != NULL ? open_new(v, s, &f, &p, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	entry_free(&p.entry);
	sheet_blank(&f);
	suggest(v, s, &f);
	return sheet_show(v, &f, NEW_TITLE, NEW_INTRO, SAVE);
}

/* The page of a round just written, however it is named by now. */
static struct url page_of_new(struct visit *v, const struct v_series *s, const char *id)
{
	struct v_series *now = arena_get(v->l.a, sizeof *now);

	if (now != NULL && load_series(&v->l, s->slug, now, NULL) == 0)
		for (size_t i = 0; i < now->rounds; i++)
			if (strcmp(now->round[i].id, id) == 0)
				return now->round[i].page;
	return s->page;
}

int do_round_new(struct visit *v, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	struct add_result res;
	struct sheet f;
	struct picked p;
	int rc = s != NULL ? open_new(v, s, &f, &p, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	sheet_typed(&f, v);
	if (!sheet_stops(v, &f)) {
		const struct act_at at = {.collection = p.entry.row.collection};

		rc = save(v, s, &f, &at, &res, e);
		if (rc == 0 || rc == ACT_HELD) {
			entry_free(&p.entry);
			return at_desk_end(v, rc, rc == 0 ? page_of_new(v, s, res.id) : s->page, "recorded", e);
		}
	}
	entry_free(&p.entry);
	if (rc != 0 && !sheet_refused(v, &f, rc, e))
		return rc;
	return sheet_show(v, &f, NEW_TITLE, NEW_INTRO, SAVE);
}

/* ---- a newer version ---- */

static int open_edit(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct sheet *form, struct sheet *stands, struct err *e)
{
	struct picked p;
	int rc = load_round_at(v, ret_s, ret, e);

	if (rc != 0 || (rc = make_form(v, *ret_s, form, e)) != 0 || (rc = make_form(v, *ret_s, stands, e)) != 0 || (rc = load_version(&v->l, (*ret)->id, NULL, &p, e)) != 0)
		return rc;
	if (strcmp(p.entry.party, v->p.party) != 0)
		rc = fail(e, E_STATE, "the entry of this round is kept by %s", p.entry.party);
	fill_form(v, stands, &p.entry);
	entry_free(&p.entry);
	name_in_round(v, *ret_s, *ret, EDIT_TITLE, "/edit");
	return rc;
}

int see_round_edit(struct visit *v, struct err *e)
{
	struct sheet form, stands;
	struct v_series *s;
	struct v_round *r;
	const int rc = open_edit(v, &s, &r, &form, &stands, e);

	return rc != 0 ? rc : sheet_show(v, &stands, EDIT_TITLE, EDIT_INTRO, SAVE);
}

int do_round_edit(struct visit *v, struct err *e)
{
	struct sheet form, stands;
	struct add_result res;
	struct v_series *s;
	struct v_round *r;
	int rc = open_edit(v, &s, &r, &form, &stands, e);

	if (rc != 0)
		return rc;
	sheet_typed(&form, v);
	if (!sheet_stops(v, &form)) {
		const struct act_at at = {.id = r->id, .seen = form.seen};

		rc = save(v, s, &form, &at, &res, e);
		if (rc == 0 || rc == ACT_HELD)
			return at_desk_end(v, rc, rc == 0 ? page_of_new(v, s, r->id) : r->page, "recorded", e);
		if (!sheet_refused(v, &form, rc, e))
			return rc;
		if (rc == E_CONFLICT)
			sheet_conflict(&form, &stands);
	}
	return sheet_show(v, &form, EDIT_TITLE, EDIT_INTRO, SAVE);
}
