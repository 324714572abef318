#include "web/load_home.h"

#include <string.h>

struct bitext item_words(const struct v_round *r, const char *number)
{
	for (size_t i = 0; r->agenda != NULL && i < r->agenda->units; i++)
		if (strcmp(r->agenda->unit[i].number, number) == 0)
			return r->agenda->unit[i].text;
	return (struct bitext){{NULL}};
}

static struct url home_url(struct visit *v, const struct v_round *r, const char *what, const char *id)
{
	const struct url base = url_suffix(v->l.a, r->page, "/home");

	return id != NULL ? url_suffix(v->l.a, base, arena_printf(v->l.a, "/%s/%s", what, id)) : url_suffix(v->l.a, base, arena_printf(v->l.a, "/%s", what));
}

void paper_of(struct visit *v, const struct v_round *r, const struct home_paper *p, struct v_paper *ret)
{
	struct arena *a = v->l.a;

	*ret = (struct v_paper){.id = arena_str(a, p->id), .version = p->version, .kind = p->kind, .state = p->state, .item = arena_str(a, p->item), .agency = arena_str(a, p->agency),
		.author = arena_str(a, p->author), .title = arena_str(a, p->title), .at = p->at_us * 1000, .page = home_url(v, r, "papers", p->id),
		.may_write = desk_may(&v->who, DESK_WRITE, p->kind, p->state, p->agency), .may_clear = desk_may(&v->who, DESK_CLEAR, p->kind, p->state, p->agency)};
	for (size_t t = 0; t < HOME_TEXTS; t++)
		ret->text[t] = p->text[t] != NULL && p->text[t][0] != '\0' ? arena_str(a, p->text[t]) : NULL;
}

/* ---- requests ---- */

struct gathering { struct visit *v; const struct v_round *r; struct v_due *due; const char **id; char (*contribution)[17]; size_t n, cap; bool failed; };

static bool grow(struct gathering *g)
{
	const size_t cap = g->cap == 0 ? 16 : 2 * g->cap;
	struct v_due *due = arena_array(g->v->l.a, cap, sizeof *due);
	const char **id = arena_array(g->v->l.a, cap, sizeof *id);
	char (*contribution)[17] = arena_array(g->v->l.a, cap, 17);

	if (due == NULL || id == NULL || contribution == NULL)
		return false;
	for (size_t i = 0; i < g->n; i++) {
		due[i] = g->due[i];
		id[i] = g->id[i];
		memcpy(contribution[i], g->contribution[i], 17);
	}
	g->due = due;
	g->id = id;
	g->contribution = contribution;
	g->cap = cap;
	return true;
}

static int gather_due(void *ctx, const struct desk_due *d, struct err *e)
{
	struct gathering *g = ctx;
	const struct home_paper *q = &d->due->request;
	struct arena *a = g->v->l.a;

	if (g->n == g->cap && !grow(g))
		return fail(e, E_NOMEM, "page");
	g->id[g->n] = arena_str(a, q->id);
	memcpy(g->contribution[g->n], d->due->contribution, 17);
	g->due[g->n++] = (struct v_due){.agency = arena_str(a, q->agency), .item = arena_str(a, q->item), .title = arena_str(a, q->title), .question = arena_str(a, q->text[HOME_BODY]),
		.has_deadline = q->deadline_s != 0, .deadline = q->deadline_s * NS_PER_S, .late = d->late, .answered = d->due->answered, .answered_at = d->due->answered_us * 1000,
		.mine = g->v->who.agency[0] != '\0' && strcmp(g->v->who.agency, q->agency) == 0 && visit_may(g->v, RIGHT_HOME_WRITE),
		.answer = home_url(g->v, g->r, "answers", q->id), .contribution = d->due->contribution[0] != '\0' ? home_url(g->v, g->r, "papers", d->due->contribution) : (struct url){NULL}};
	return 0;
}

static int gather_dues(struct visit *v, const struct desk *d, const struct v_round *r, struct gathering *g, struct err *e)
{
	*g = (struct gathering){.v = v, .r = r};
	return desk_requests(d, &(struct home_ask){.round = r->id}, false, gather_due, g, e);
}

int load_due(struct visit *v, const struct desk *d, const struct v_round *r, const char *id, struct v_due *ret, struct v_paper *ret_answer, struct err *e)
{
	struct gathering g;
	int rc = gather_dues(v, d, r, &g, e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < g.n; i++) {
		struct home_paper p = {0};

		if (strcmp(g.id[i], id) != 0)
			continue;
		*ret = g.due[i];
		*ret_answer = (struct v_paper){0};
		if (g.contribution[i][0] == '\0' || (rc = desk_read(d, g.contribution[i], 0, &p, e)) == E_NOTFOUND)
			return 0;
		if (rc == 0)
			paper_of(v, r, &p, ret_answer);
		home_paper_free(&p);
		return rc;
	}
	return fail(e, E_NOTFOUND, "not found");
}

/* ---- items ---- */

static struct v_home_item *item_at(struct v_home *h, const char *number)
{
	for (size_t i = 0; i < h->items; i++)
		if (strcmp(h->item[i].number, number) == 0)
			return &h->item[i];
	return NULL;
}

static struct url new_url(struct visit *v, const struct v_round *r, const char *kind, const char *item)
{
	return url_query(v->l.a, url_query(v->l.a, home_url(v, r, "new", NULL), "kind", kind), "item", item);
}

static const struct v_paper *keep_paper(struct visit *v, const struct v_round *r, const struct home_paper *p)
{
	struct v_paper *copy = p != NULL ? arena_get(v->l.a, sizeof *copy) : NULL;

	if (copy != NULL)
		paper_of(v, r, p, copy);
	return copy;
}

static void add_item(struct visit *v, const struct v_round *r, struct v_home *h, const char *number, struct bitext title)
{
	h->item[h->items++] = (struct v_home_item){.number = arena_str(v->l.a, number), .title = title, .write_position = new_url(v, r, "position", number),
		.write_briefing = new_url(v, r, "briefing", number)};
}

/* The agenda's items in their order, the round as a whole first; then what was written on items that are gone. */
static int get_items(struct visit *v, const struct desk *d, const struct v_round *r, struct v_home *h, struct err *e)
{
	struct desk_folder f = {0};
	int rc = desk_folder(d, r->id, &f, e);

	if (rc != 0)
		return rc;
	h->item = arena_array(v->l.a, 1 + f.n + (r->agenda != NULL ? r->agenda->units : 0), sizeof *h->item);
	if (h->item == NULL)
		rc = fail(e, E_NOMEM, "page");
	if (rc == 0) {
		add_item(v, r, h, "", (struct bitext){{NULL}});
		for (size_t i = 0; r->agenda != NULL && i < r->agenda->units; i++)
			if (!r->agenda->unit[i].pause)
				add_item(v, r, h, r->agenda->unit[i].number, r->agenda->unit[i].text);
	}
	for (size_t i = 0; rc == 0 && i < f.n; i++) {
		struct v_home_item *at;

		if (item_at(h, f.item[i].item) == NULL)
			add_item(v, r, h, f.item[i].item, item_words(r, f.item[i].item));
		at = item_at(h, f.item[i].item);
		at->position = keep_paper(v, r, f.item[i].position);
		at->briefing = keep_paper(v, r, f.item[i].briefing);
		at->stale = f.item[i].stale;
		at->asked = f.item[i].asked;
		at->open = f.item[i].open;
		at->late = f.item[i].late;
		at->base = at->position != NULL ? at->position->version : 0;
	}
	desk_folder_free(&f);
	return rc;
}

/* ---- minutes and notes ---- */

struct papers { struct visit *v; const struct v_round *r; struct v_home *h; size_t cap; };

static int keep_other(void *ctx, const struct home_paper *p, struct err *e)
{
	struct papers *x = ctx;
	struct v_home *h = x->h;

	if ((p->kind != HOME_MINUTES && p->kind != HOME_NOTE) || p->state == HOME_WITHDRAWN)
		return 0;
	if (h->papers == x->cap) {
		const size_t cap = x->cap == 0 ? 8 : 2 * x->cap;
		struct v_paper *more = arena_array(x->v->l.a, cap, sizeof *more);

		if (more == NULL)
			return fail(e, E_NOMEM, "page");
		for (size_t i = 0; i < h->papers; i++)
			more[i] = h->paper[i];
		h->paper = more;
		x->cap = cap;
	}
	paper_of(x->v, x->r, p, &h->paper[h->papers++]);
	return 0;
}

int load_home(struct visit *v, const struct desk *d, const struct v_round *r, struct v_home *ret, struct err *e)
{
	struct papers x = {v, r, ret, 0};
	struct gathering g;
	int rc;

	*ret = (struct v_home){.round = r, .desk = visit_may(v, RIGHT_WRITE) && visit_may(v, RIGHT_HOME_WRITE), .writes = visit_may(v, RIGHT_HOME_WRITE), .self = url_suffix(v->l.a, r->page, "/home"),
		.ask = home_url(v, r, "ask", NULL), .folder = home_url(v, r, "folder", NULL), .write_minutes = new_url(v, r, "minutes", ""), .write_note = new_url(v, r, "note", "")};
	if ((rc = gather_dues(v, d, r, &g, e)) != 0 || (rc = get_items(v, d, r, ret, e)) != 0)
		return rc;
	ret->due = g.due;
	ret->dues = g.n;
	return desk_papers(d, &(struct home_ask){.round = r->id}, keep_other, &x, e);
}
