/* What stays at home: requests to agencies, their answers, positions, the folder. */
#include <string.h>

#include "web/load_home.h"
#include "web/tmpl.h"

#define HOME_TITLE N_("At home")
#define ASK_TITLE N_("Ask agencies")
#define FOLDER_TITLE N_("Briefing folder")
#define ANSWER_TITLE N_("Contribution")

static int open_home(struct visit *v, struct at_desk *d, struct v_series **s, struct v_round **r, const char *under, const char *path, struct err *e)
{
	int rc = load_round_at(v, s, r, e);

	if (rc != 0 || (rc = load_round_more(v, *s, *r, e)) != 0 || (rc = at_desk(v, d, e)) != 0)
		return rc;
	if (!(*r)->more->may_home)
		return fail(e, E_NOTFOUND, "not found");
	name_in_round(v, *s, *r, NULL, path);
	visit_crumb(v, HOME_TITLE, (*r)->more->home);
	if (under != NULL)
		visit_crumb(v, under, v->p.self[v->p.lang]);
	v->p.title = tr(v->p.lang, under != NULL ? under : HOME_TITLE);
	return 0;
}

int see_home_desk(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);
	struct v_series *s;
	struct v_round *r;
	struct at_desk d;
	struct v_home h;
	int rc = open_home(v, &d, &s, &r, NULL, "/home", e);

	if (rc != 0 || (rc = load_home(v, &d.desk, r, &h, e)) != 0)
		return rc;
	page_home_desk(&o, &v->p, &h);
	return 0;
}

int see_home_folder(struct visit *v, struct err *e)
{
	struct out o = visit_out(v);
	struct v_series *s;
	struct v_round *r;
	struct at_desk d;
	struct v_home h;
	int rc = open_home(v, &d, &s, &r, FOLDER_TITLE, "/home/folder", e);

	if (rc != 0 || (rc = load_home(v, &d.desk, r, &h, e)) != 0)
		return rc;
	page_home_folder(&o, &v->p, &h);
	return 0;
}

/* Contributions to an item become the next version of its position; then it is edited. */
int do_home_desk(struct visit *v, struct err *e)
{
	const char *item = visit_field(v, "merge"), *base = visit_field(v, arena_printf(v->l.a, "base.%s", item));
	struct v_series *s;
	struct v_round *r;
	struct at_desk d;
	char id[17];
	int rc = open_home(v, &d, &s, &r, NULL, "/home", e);

	if (rc != 0 || (rc = desk_merge(&d.desk, r->id, item, number_of(base), id, NULL, e)) != 0)
		return rc == E_NOTFOUND ? fail(e, E_STATE, "nothing was contributed to this item yet") : rc;
	return visit_go(v, url_suffix(v->l.a, r->more->home, arena_printf(v->l.a, "/papers/%s", id)), "merged", e);
}

/* ---- asking ---- */

static const struct cell ask_cells[] = {
	{"agencies", CELL_LIST, N_("Agencies asked"), N_("Short names with commas, for example BMI, BMVg, BSI."), .required = true, .rows = 1, .max = 500},
	{"item", CELL_WORD, N_("Agenda item"), NULL, .max = 0},
	{"title", CELL_LINE, N_("What it is about"), NULL, .required = true, .rows = 1, .max = LIMIT_TITLE},
	{"text", CELL_AREA, N_("Question"), NULL, .required = true, .rows = 6, .max = LIMIT_TEXT},
	{"deadline", CELL_DATE, N_("Answer by"), DATE_HINT, .max = 0},
	{"clock", CELL_CLOCK, N_("Time"), TIME_HINT, .max = 0},
};
static const struct part ask_parts[] = {{.cell = ask_cells, .cells = ARRAY_LEN(ask_cells)}};

static bool offer_items(struct visit *v, const struct v_round *r, struct sheet *f)
{
	const size_t n = r->agenda != NULL ? r->agenda->units : 0;
	struct choice *c = arena_array(v->l.a, n + 1, sizeof *c);
	size_t k = 0;

	if (c == NULL)
		return false;
	c[k++] = (struct choice){"", N_("the round as a whole")};
	for (size_t i = 0; i < n; i++)
		if (!r->agenda->unit[i].pause)
			c[k++] = (struct choice){r->agenda->unit[i].number, arena_printf(v->l.a, "%s  %s", r->agenda->unit[i].number, bitext_in(&r->agenda->unit[i].text, v->l.lang).s)};
	sheet_cell(f, 0, "item")->choice = c;
	sheet_cell(f, 0, "item")->choices = k;
	return true;
}

static int open_ask(struct visit *v, struct at_desk *d, struct v_round **r, struct sheet *f, struct err *e)
{
	struct v_series *s;
	int rc = open_home(v, d, &s, r, ASK_TITLE, "/home/ask", e);

	if (rc == 0 && (!sheet_make(f, v->l.a, v->l.lang, party_zone(v->p.party), ask_parts, 1) || !offer_items(v, *r, f)))
		rc = fail(e, E_NOMEM, "page");
	return rc;
}

static int show_ask(struct visit *v, const struct sheet *f)
{
	struct out o = visit_out(v);

	page_home_form(&o, &v->p, f, N_("Each agency named gets the same question and sees its own answer and those that were sent."), N_("Ask"));
	return 0;
}

int see_home_ask(struct visit *v, struct err *e)
{
	struct v_round *r;
	struct at_desk d;
	struct sheet f;
	const int rc = open_ask(v, &d, &r, &f, e);

	if (rc != 0)
		return rc;
	sheet_blank(&f);
	sheet_set(&f, 0, 0, "item", http_param(v->q, "item") != NULL ? http_param(v->q, "item") : "");
	return show_ask(v, &f);
}

int do_home_ask(struct visit *v, struct err *e)
{
	const char *agency[LIMIT_AGENCIES], *at;
	struct desk_question q = {.agency = agency};
	struct v_round *r;
	struct at_desk d;
	struct sheet f;
	int64_t ns = 0;
	int rc = open_ask(v, &d, &r, &f, e);

	if (rc != 0)
		return rc;
	sheet_typed(&f, v);
	at = sheet_time(&f, 0, 0, "deadline", "clock", "23:59");
	if (at != NULL && time_parse(at, strlen(at), &ns))
		q.deadline_s = ns / NS_PER_S;
	if (sheet_stops(v, &f))
		return show_ask(v, &f);
	q.round = r->id;
	q.item = sheet_text(&f, 0, 0, "item");
	q.title = sheet_text(&f, 0, 0, "title");
	q.text = sheet_text(&f, 0, 0, "text");
	q.agencies = sheet_list(&f, 0, 0, "agencies", agency, LIMIT_AGENCIES);
	if ((rc = desk_request(&d.desk, &q, e)) == 0)
		return visit_go(v, r->more->home, "asked", e);
	return sheet_refused(v, &f, rc, e) ? show_ask(v, &f) : rc;
}

/* ---- answering ---- */

static const struct choice sends[] = {{"", N_("keep it as a draft of this agency")}, {"send", N_("give it to the desk")}};
static const struct cell answer_cells[] = {
	{"text", CELL_AREA, N_("Contribution"), NULL, .required = true, .rows = 14, .max = LIMIT_TEXT},
	{"send", CELL_WORD, N_("What becomes of it"), NULL, .choice = sends, .choices = ARRAY_LEN(sends)},
};
static const struct part answer_parts[] = {{.cell = answer_cells, .cells = ARRAY_LEN(answer_cells)}};

static int open_answer(struct visit *v, struct at_desk *d, struct v_round **r, struct v_due *due, struct v_paper *was, struct sheet *f, struct err *e)
{
	struct v_series *s;
	int rc = open_home(v, d, &s, r, ANSWER_TITLE, arena_printf(v->l.a, "/home/answers/%s", v->q->arg[3]), e);

	if (rc != 0 || (rc = load_due(v, &d->desk, *r, v->q->arg[3], due, was, e)) != 0)
		return rc;
	return sheet_make(f, v->l.a, v->l.lang, party_zone(v->p.party), answer_parts, 1) ? 0 : fail(e, E_NOMEM, "page");
}

static void fill_answer(struct visit *v, const struct v_paper *was, struct sheet *f)
{
	sheet_blank(f);
	sheet_set(f, 0, 0, "text", was->text[HOME_BODY] != NULL ? was->text[HOME_BODY] : "");
	if (was->state == HOME_SENT)
		sheet_set(f, 0, 0, "send", "send");
	f->seen = arena_printf(v->l.a, "%llu", (unsigned long long)was->version);
}

static int show_answer(struct visit *v, const struct v_round *r, const struct v_due *due, const struct v_paper *was, const struct sheet *f)
{
	struct out o = visit_out(v);
	const struct v_paper_page page = {.round = r, .paper = was->id != NULL ? was : NULL, .form = due->mine && (was->id == NULL || was->may_write) ? f : NULL, .question = due->question,
		.item = item_words(r, due->item), .home = r->more->home};

	page_answer(&o, &v->p, &page, due);
	return 0;
}

int see_home_answer(struct visit *v, struct err *e)
{
	struct v_paper was;
	struct v_round *r;
	struct at_desk d;
	struct v_due due;
	struct sheet f;
	const int rc = open_answer(v, &d, &r, &due, &was, &f, e);

	if (rc != 0)
		return rc;
	fill_answer(v, &was, &f);
	return show_answer(v, r, &due, &was, &f);
}

int do_home_answer(struct visit *v, struct err *e)
{
	struct desk_answer a;
	struct sheet f, stands;
	struct v_paper was;
	struct v_round *r;
	struct at_desk d;
	struct v_due due;
	char id[17];
	int rc = open_answer(v, &d, &r, &due, &was, &f, e);

	if (rc != 0)
		return rc;
	sheet_typed(&f, v);
	if (sheet_stops(v, &f))
		return show_answer(v, r, &due, &was, &f);
	a = (struct desk_answer){.request = v->q->arg[3], .text = sheet_text(&f, 0, 0, "text"), .send = sheet_text(&f, 0, 0, "send") != NULL, .base = number_of(f.seen)};
	if ((rc = desk_contribute(&d.desk, &a, id, NULL, e)) == 0)
		return visit_go(v, r->more->home, a.send ? "sent" : "draft", e);
	if (!sheet_refused(v, &f, rc, e))
		return rc;
	if (rc == E_CONFLICT && sheet_make(&stands, v->l.a, v->l.lang, f.zone, answer_parts, 1)) {
		fill_answer(v, &was, &stands);
		sheet_conflict(&f, &stands);
	}
	return show_answer(v, r, &due, &was, &f);
}
