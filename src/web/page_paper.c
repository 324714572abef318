/* One national paper: position, briefing, minutes, note, contribution; its versions. */
#include <string.h>

#include "web/load_home.h"
#include "web/tmpl.h"

static const struct choice states[] = {{"draft", N_("draft")}, {"cleared", N_("cleared, final")}};
static const struct cell cells[] = {
	{"title", CELL_LINE, N_("Title"), NULL, .required = true, .rows = 1, .max = LIMIT_TITLE},
	{"body", CELL_AREA, N_("Text"), NULL, .rows = 12, .max = LIMIT_TEXT},
	{"points", CELL_AREA, N_("Speaking points"), N_("One point per line."), .rows = 8, .max = LIMIT_TEXT},
	{"answers", CELL_AREA, N_("Questions and answers"), NULL, .rows = 8, .max = LIMIT_TEXT},
	{"state", CELL_WORD, N_("State"), N_("What is cleared can only be changed by the desk."), .choice = states, .choices = ARRAY_LEN(states)},
};
/* Only briefings have points and answers. */
static const struct cell short_cells[] = {
	{"title", CELL_LINE, N_("Title"), NULL, .required = true, .rows = 1, .max = LIMIT_TITLE},
	{"body", CELL_AREA, N_("Text"), NULL, .rows = 18, .max = LIMIT_TEXT},
	{"state", CELL_WORD, N_("State"), N_("What is cleared can only be changed by the desk."), .choice = states, .choices = ARRAY_LEN(states)},
};
static const struct part long_part[] = {{.cell = cells, .cells = ARRAY_LEN(cells)}}, short_part[] = {{.cell = short_cells, .cells = ARRAY_LEN(short_cells)}};
static const char *const names[HOME_TEXTS] = {"body", "points", "answers"};

static bool make_form(struct visit *v, enum home_kind kind, struct sheet *f)
{
	if (!sheet_make(f, v->l.a, v->l.lang, party_zone(v->p.party), kind == HOME_BRIEFING ? long_part : short_part, 1))
		return false;
	sheet_cell(f, 0, "body")->label = home_text_name(kind, HOME_BODY);
	return true;
}

/* What was put together from contributions has no title yet: the item's words. */
static void fill(struct visit *v, const struct v_paper *p, const struct bitext *title, struct sheet *f)
{
	sheet_blank(f);
	f->seen = arena_printf(v->l.a, "%llu", (unsigned long long)p->version);
	sheet_set(f, 0, 0, "title", p->title != NULL && p->title[0] != '\0' ? p->title : bitext_in(title, v->l.lang).s);
	for (size_t t = 0; t < HOME_TEXTS; t++)
		sheet_set(f, 0, 0, names[t], p->text[t] != NULL ? p->text[t] : "");
	sheet_set(f, 0, 0, "state", p->state == HOME_CLEARED ? "cleared" : "draft");
}

static int open_round(struct visit *v, struct at_desk *d, struct v_round **r, const char *path, struct err *e)
{
	struct v_series *s;
	int rc = load_round_at(v, &s, r, e);

	if (rc != 0 || (rc = load_round_more(v, s, *r, e)) != 0 || (rc = at_desk(v, d, e)) != 0)
		return rc;
	if (!(*r)->more->may_home)
		return fail(e, E_NOTFOUND, "not found");
	name_in_round(v, s, *r, NULL, path);
	visit_crumb(v, N_("At home"), (*r)->more->home);
	return 0;
}

static int save(const struct at_desk *d, const struct sheet *f, struct home_paper *p, char id[17], struct err *e)
{
	const char *state = sheet_text(f, 0, 0, "state");

	p->title = sheet_text(f, 0, 0, "title");
	for (size_t t = 0; t < HOME_TEXTS; t++)
		p->text[t] = sheet_text(f, 0, 0, names[t]);
	if (state != NULL && strcmp(state, "cleared") == 0)
		p->state = HOME_CLEARED;
	else if (p->kind != HOME_CONTRIBUTION)
		p->state = HOME_DRAFT;
	return desk_save(&d->desk, p, number_of(f->seen), id, NULL, e);
}

static int show(struct visit *v, const struct v_paper_page *page)
{
	struct out o = visit_out(v);

	page_paper(&o, &v->p, page);
	return 0;
}

/* ---- a new one ---- */

static int open_new(struct visit *v, struct at_desk *d, struct v_round **r, struct v_paper *p, struct sheet *f, struct err *e)
{
	const char *kind = http_param(v->q, "kind"), *item = http_param(v->q, "item");
	int rc = open_round(v, d, r, "/home/new", e);

	if (rc != 0)
		return rc;
	*p = (struct v_paper){.kind = kind != NULL ? home_kind_parse(kind) : HOME_ANY, .item = item != NULL ? arena_str(v->l.a, item) : ""};
	if ((p->kind != HOME_POSITION && p->kind != HOME_BRIEFING && p->kind != HOME_MINUTES && p->kind != HOME_NOTE) || strlen(p->item) > LIMIT_HOME_ITEM)
		return fail(e, E_NOTFOUND, "not found");
	visit_name(v, url_query(v->l.a, url_query(v->l.a, url_path(v->l.a, "series", (*r)->series_slug, "rounds", (*r)->key, "home", "new", NULL), "kind", kind), "item", p->item));
	v->p.title = tr(v->p.lang, home_text_name(p->kind == HOME_BRIEFING ? HOME_BRIEFING : p->kind, HOME_BODY));
	visit_crumb(v, home_kind_name(p->kind), v->p.self[v->p.lang]);
	return make_form(v, p->kind, f) ? 0 : fail(e, E_NOMEM, "page");
}

int see_home_new(struct visit *v, struct err *e)
{
	struct v_paper p;
	struct v_round *r;
	struct at_desk d;
	struct sheet f;
	struct bitext words;
	const int rc = open_new(v, &d, &r, &p, &f, e);

	if (rc != 0)
		return rc;
	words = item_words(r, p.item);
	sheet_blank(&f);
	sheet_set(&f, 0, 0, "title", p.item[0] != '\0' ? bitext_in(&words, v->l.lang).s : bitext_in(&r->title, v->l.lang).s);
	return show(v, &(struct v_paper_page){.round = r, .form = &f, .item = words, .home = r->more->home});
}

int do_home_new(struct visit *v, struct err *e)
{
	struct home_paper put = {0};
	struct v_paper p;
	struct v_round *r;
	struct at_desk d;
	struct sheet f;
	char id[17];
	int rc = open_new(v, &d, &r, &p, &f, e);

	if (rc != 0)
		return rc;
	sheet_typed(&f, v);
	f.seen = NULL;
	if (!sheet_stops(v, &f)) {
		put.kind = p.kind;
		memcpy(put.item, p.item, strlen(p.item) + 1);
		memcpy(put.round, r->id, strlen(r->id) + 1);
		if ((rc = save(&d, &f, &put, id, e)) == 0)
			return visit_go(v, url_suffix(v->l.a, r->more->home, arena_printf(v->l.a, "/papers/%s", id)), "kept", e);
		if (!sheet_refused(v, &f, rc, e))
			return rc;
	}
	return show(v, &(struct v_paper_page){.round = r, .form = &f, .item = item_words(r, p.item), .home = r->more->home});
}

/* ---- one that is there ---- */

struct versions { struct visit *v; const struct v_round *r; struct v_paper *p; size_t n, cap; };

static int keep_version(void *ctx, const struct home_paper *p, struct err *e)
{
	struct versions *x = ctx;

	if (x->n == x->cap) {
		const size_t cap = x->cap == 0 ? 8 : 2 * x->cap;
		struct v_paper *more = arena_array(x->v->l.a, cap, sizeof *more);

		if (more == NULL)
			return fail(e, E_NOMEM, "page");
		for (size_t i = 0; i < x->n; i++)
			more[i] = x->p[i];
		x->p = more;
		x->cap = cap;
	}
	paper_of(x->v, x->r, p, &x->p[x->n++]);
	return 0;
}

static int open_paper(struct visit *v, struct at_desk *d, struct v_round **r, struct versions *x, struct sheet *f, struct sheet *stands, struct err *e)
{
	struct bitext words;
	int rc = open_round(v, d, r, arena_printf(v->l.a, "/home/papers/%s", v->q->arg[3]), e);

	*x = (struct versions){.v = v};
	if (rc != 0)
		return rc;
	x->r = *r;
	if ((rc = desk_versions(&d->desk, v->q->arg[3], keep_version, x, e)) != 0)
		return rc;
	if (x->n == 0)
		return fail(e, E_NOTFOUND, "not found");
	v->p.title = x->p[x->n - 1].title != NULL && x->p[x->n - 1].title[0] != '\0' ? x->p[x->n - 1].title : tr(v->p.lang, home_kind_name(x->p[x->n - 1].kind));
	visit_crumb(v, home_kind_name(x->p[x->n - 1].kind), v->p.self[v->p.lang]);
	if (!make_form(v, x->p[x->n - 1].kind, f) || !make_form(v, x->p[x->n - 1].kind, stands))
		return fail(e, E_NOMEM, "page");
	words = item_words(*r, x->p[x->n - 1].item);
	fill(v, &x->p[x->n - 1], bitext_in(&words, v->l.lang).s[0] != '\0' ? &words : &(*r)->title, stands);
	return 0;
}

static int show_paper(struct visit *v, const struct v_round *r, const struct versions *x, const struct sheet *f)
{
	const struct v_paper *p = &x->p[x->n - 1];
	/* An agency's contribution is changed on the page of its answer; the desk clears it. */
	const bool form = p->may_write && p->state != HOME_WITHDRAWN && (p->state != HOME_CLEARED || p->may_clear);

	return show(v, &(struct v_paper_page){.round = r, .paper = p, .form = form ? f : NULL, .item = item_words(r, p->item), .version = x->p, .versions = x->n, .home = r->more->home});
}

int see_home_paper(struct visit *v, struct err *e)
{
	struct sheet f, stands;
	struct v_round *r;
	struct at_desk d;
	struct versions x;
	const int rc = open_paper(v, &d, &r, &x, &f, &stands, e);

	return rc != 0 ? rc : show_paper(v, r, &x, &stands);
}

int do_home_paper(struct visit *v, struct err *e)
{
	struct home_paper put = {0};
	struct sheet f, stands;
	struct v_round *r;
	struct at_desk d;
	struct versions x;
	char id[17];
	int rc = open_paper(v, &d, &r, &x, &f, &stands, e);

	if (rc != 0)
		return rc;
	sheet_typed(&f, v);
	if (!sheet_stops(v, &f)) {
		put.kind = x.p[x.n - 1].kind;
		memcpy(put.id, x.p[x.n - 1].id, strlen(x.p[x.n - 1].id) + 1);
		if ((rc = save(&d, &f, &put, id, e)) == 0)
			return visit_go(v, v->p.self[v->p.lang], "kept", e);
		if (!sheet_refused(v, &f, rc, e))
			return rc;
		if (rc == E_CONFLICT)
			sheet_conflict(&f, &stands);
	}
	return show_paper(v, r, &x, &f);
}
