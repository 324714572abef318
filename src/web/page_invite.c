/* When a round is held: the words of all sides, and one's own. */
#include <stdlib.h>
#include <string.h>

#include "web/at_desk.h"
#include "web/load_more.h"
#include "web/tmpl.h"

#define TITLE N_("Invitation and date")

static const struct choice modes[] = {{"", "–"}, {"in-person", N_("in person")}, {"video", N_("by video conference")}, {"hybrid", N_("in person and by video")}};
static const struct cell date_cells[] = {
	{"start", CELL_DATE, N_("Day"), DATE_HINT, .required = true},
	{"from", CELL_CLOCK, N_("Begins"), TIME_HINT, .prop = "start", .required = true},
	{"last", CELL_DATE, N_("Last day"), N_("Only of a round over several days."), .prop = "end"},
	{"to", CELL_CLOCK, N_("Ends"), NULL, .prop = "end"},
};
static const struct cell word_cells[] = {
	{"mode", CELL_WORD, N_("Form"), NULL, .choice = modes, .choices = ARRAY_LEN(modes)},
	{"venue", CELL_LINES, N_("Place and house"), NULL, .max = LIMIT_TITLE},
	{"text", CELL_AREAS, N_("A word on it"), N_("All sides can read it."), .rows = 3, .max = LIMIT_TEXT},
};
enum { P_DATES, P_WORD };
static const struct part parts[] = {
	{"dates", N_("Dates"), N_("In the time zone of the place. One date invites to it; several ask which one suits."), date_cells, ARRAY_LEN(date_cells), N_("Date"), LIMIT_DATES, 3},
	{.cell = word_cells, .cells = ARRAY_LEN(word_cells)},
};

static int open_dates(struct visit *v, struct v_series **s, struct v_round **r, struct sheet *f, struct err *e)
{
	int rc = load_round_at(v, s, r, e);

	if (rc != 0 || (rc = load_round_more(v, *s, *r, e)) != 0)
		return rc;
	if (!(*r)->more->member)
		return fail(e, E_NOTFOUND, "not found");
	name_in_round(v, *s, *r, TITLE, "/dates");
	v->p.title = tr(v->p.lang, TITLE);
	return sheet_make(f, v->l.a, v->l.lang, (*r)->zone, parts, ARRAY_LEN(parts)) ? 0 : fail(e, E_NOMEM, "page");
}

static int show(struct visit *v, const struct v_round *r, const struct sheet *f)
{
	struct out o = visit_out(v);

	page_dates(&o, &v->p, r, f);
	return 0;
}

int see_dates(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct sheet f;
	const int rc = open_dates(v, &s, &r, &f, e);

	if (rc != 0)
		return rc;
	sheet_blank(&f);
	return show(v, r, &f);
}

/* "ns,ns" as the page put it; anything else is no date on the table. */
static bool read_key(struct visit *v, const char *key, struct act_date *ret)
{
	char *end, start_text[40], end_text[40];
	const long long start = strtoll(key, &end, 10), until = *end == ',' ? strtoll(end + 1, NULL, 10) : INT64_MIN;

	if (*end != ',')
		return false;
	time_format(start, 3, start_text, sizeof start_text);
	ret->start = arena_str(v->l.a, start_text);
	ret->end = NULL;
	if (until != INT64_MIN) {
		time_format(until, 3, end_text, sizeof end_text);
		ret->end = arena_str(v->l.a, end_text);
	}
	return true;
}

static void read_dates(const struct sheet *f, struct act_date *to)
{
	for (size_t i = 0; i < sheet_rows(f, P_DATES); i++) {
		const char *last = sheet_text(f, P_DATES, i, "last"), *until = sheet_text(f, P_DATES, i, "to");

		to[i].start = sheet_time(f, P_DATES, i, "start", "from", "00:00");
		to[i].end = last != NULL || until != NULL ? sheet_time(f, P_DATES, i, last != NULL ? "last" : "start", "to", "23:59") : NULL;
	}
}

static int send_dates(struct visit *v, const struct v_round *r, struct sheet *f, struct err *e)
{
	struct act_date date[LIMIT_DATES];
	struct act_invitation i = {.round = r->id, .verb = r->more->invite.say, .date = date, .dates = sheet_rows(f, P_DATES),
		.mode = sheet_text(f, P_WORD, 0, "mode"), .venue = texts_of(sheet_texts(f, P_WORD, 0, "venue")), .text = texts_of(sheet_texts(f, P_WORD, 0, "text"))};
	struct add_result res;
	struct at_desk d;
	int rc;

	read_dates(f, date);
	if (!fields_ok(f->field, f->fields)) {
		visit_again(v);
		return show(v, r, f);
	}
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	rc = act_invite(&d.actor, &i, &res, e);
	if (rc == 0 || rc == ACT_HELD)
		return at_desk_end(v, rc, r->more->dates, i.verb == INVITE_INVITE ? "invited" : "offered", e);
	return sheet_refused(v, f, rc, e) ? show(v, r, f) : rc;
}

static int send_word(struct visit *v, const struct v_round *r, enum invite_verb verb, struct err *e)
{
	static const char *const done[INVITE_VERBS] = {[INVITE_CONFIRM] = "confirmed", [INVITE_DECLINE] = "declined", [INVITE_CANCEL] = "cancelled"};
	struct act_invitation i = {.round = r->id, .verb = verb};
	struct act_date date;
	struct add_result res;
	struct at_desk d;
	int rc;

	if (verb == INVITE_CONFIRM) {
		if (!read_key(v, visit_field(v, "date"), &date))
			return fail(e, E_FORMAT, "date: none of those on the table");
		i.date = &date;
		i.dates = 1;
	}
	for (unsigned l = 0; l < LANG_COUNT; l++)
		i.text.in[l] = visit_field(v, arena_printf(v->l.a, "text.%s", lang_code((enum lang)l)));
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc;
	return at_desk_end(v, act_invite(&d.actor, &i, &res, e), r->more->dates, done[verb], e);
}

int do_dates(struct visit *v, struct err *e)
{
	const char *verb = visit_field(v, "verb");
	struct v_series *s;
	struct v_round *r;
	struct sheet f;
	const int rc = open_dates(v, &s, &r, &f, e);

	if (rc != 0)
		return rc;
	for (unsigned k = INVITE_CONFIRM; k < INVITE_VERBS; k++)
		if (strcmp(verb, invite_verb_word((enum invite_verb)k)) == 0)
			return send_word(v, r, (enum invite_verb)k, e);
	sheet_typed(&f, v);
	if (!f.again && sheet_rows(&f, P_DATES) == 0)
		sheet_fault(&f, P_DATES, 0, "start", N_("Please give at least one date."));
	return sheet_stops(v, &f) ? show(v, r, &f) : send_dates(v, r, &f, e);
}
