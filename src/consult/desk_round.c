/* Asking agencies, merging what they say, and the briefing folder of a round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "consult/desk_priv.h"

/* ---- asking and answering ---- */

static int only_desk(const struct desk *d, struct err *e)
{
	const int rc = desk_want(d, RIGHT_HOME_WRITE, e);

	return rc != 0 ? rc : desk_want(d, RIGHT_WRITE, e);
}

int desk_request(const struct desk *d, const struct desk_question *q, struct err *e)
{
	struct home_paper p = {.kind = HOME_REQUEST, .state = HOME_SENT, .deadline_s = q->deadline_s, .title = q->title, .text[HOME_BODY] = q->text};
	int rc;

	(void)snprintf(p.round, sizeof(p.round), "%s", q->round);
	(void)snprintf(p.item, sizeof(p.item), "%s", q->item != NULL ? q->item : "");
	if (q->agencies == 0)
		return fail(e, E_USAGE, "no agency is asked");
	if ((rc = only_desk(d, e)) != 0 || (rc = home_begin(d->home, e)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < q->agencies; i++) {
		if (q->agency[i][0] == '\0' || strlen(q->agency[i]) > LIMIT_AGENCY) {
			rc = fail(e, E_FORMAT, "agency: 1 to %d bytes", LIMIT_AGENCY);
			break;
		}
		(void)snprintf(p.agency, sizeof(p.agency), "%s", q->agency[i]);
		rc = desk_save(d, &p, 0, NULL, NULL, e);
	}
	return home_end(d->home, rc, e);
}

struct find_answer { const char *request; char id[17]; };

static int is_answer(void *ctx, const struct home_due *due, struct err *e)
{
	struct find_answer *f = ctx;

	(void)e;
	if (strcmp(due->request.id, f->request) == 0)
		memcpy(f->id, due->contribution, sizeof(f->id));
	return 0;
}

int desk_contribute(const struct desk *d, const struct desk_answer *a, char ret_id[17], uint64_t *ret_version, struct err *e)
{
	struct home_paper asked = {0}, p = {.kind = HOME_CONTRIBUTION, .state = a->send ? HOME_SENT : HOME_DRAFT, .text[HOME_BODY] = a->text, .refs = 1};
	struct find_answer f = {.request = a->request};
	int rc = desk_find(d, a->request, &asked, e);

	if (rc == 0 && asked.kind != HOME_REQUEST)
		rc = fail(e, E_NOTFOUND, "there is no request %.20s", a->request);
	if (rc == 0 && asked.state == HOME_WITHDRAWN)
		rc = fail(e, E_STATE, "request %s was withdrawn", asked.id);
	if (rc == 0 && a->base > 0)
		rc = home_requests(d->home, &(struct home_ask){.round = asked.round, .item = asked.item, .agency = asked.agency}, false, is_answer, &f, e);
	if (rc == 0 && a->base > 0 && f.id[0] == '\0')
		rc = fail(e, E_NOTFOUND, "request %s has no contribution yet", asked.id);
	if (rc == 0) {
		p.title = asked.title;
		memcpy(p.id, f.id, sizeof(p.id));
		memcpy(p.round, asked.round, sizeof(p.round));
		memcpy(p.item, asked.item, sizeof(p.item));
		memcpy(p.agency, asked.agency, sizeof(p.agency));
		memcpy(p.ref[0].id, asked.id, sizeof(asked.id));
		p.ref[0].version = asked.version;
		rc = desk_save(d, &p, a->base, ret_id, ret_version, e);
	}
	home_paper_free(&asked);
	return rc;
}

/* ---- deadlines ---- */

struct dues { const struct desk *d; desk_due_visit *v; void *ctx; int64_t now_s; };

static bool was_sent(enum home_state s) { return s == HOME_SENT || s == HOME_CLEARED; }

static int judge_due(void *ctx, const struct home_due *due, struct err *e)
{
	const struct dues *x = ctx;
	const bool late = due->request.deadline_s != 0 && due->request.deadline_s < x->now_s && !was_sent(due->answered);

	if (!desk_may(x->d->who, DESK_READ, HOME_REQUEST, due->request.state, due->request.agency))
		return 0;
	return x->v(x->ctx, &(struct desk_due){due, late}, e);
}

int desk_requests(const struct desk *d, const struct home_ask *q, bool open, desk_due_visit *v, void *ctx, struct err *e)
{
	struct home_ask own = *q;
	const int rc = desk_want(d, RIGHT_HOME_READ, e);

	/* Before the limit counts. */
	if (!principal_has(d->who, RIGHT_WRITE)) {
		if (d->who->agency[0] == '\0' || (q->agency != NULL && q->agency[0] != '\0' && strcmp(q->agency, d->who->agency) != 0))
			return rc;
		own.agency = d->who->agency;
	}
	return rc != 0 ? rc : home_requests(d->home, &own, open, judge_due, &(struct dues){d, v, ctx, clock_now(d->clock) / NS_PER_S}, e);
}

/* ---- merging ---- */

struct part { char agency[LIMIT_AGENCY + 1]; struct home_ref ref; char *text; };
struct parts { const char *item; struct part p[LIMIT_HOME_REFS]; size_t n; struct home_paper *position; };

static int gather(void *ctx, const struct home_paper *p, struct err *e)
{
	struct parts *x = ctx;
	struct part *to = &x->p[x->n];

	if (strcmp(p->item, x->item) != 0 || !was_sent(p->state))
		return 0;
	if (x->n == LIMIT_HOME_REFS)
		return fail(e, E_LIMIT, "more than %d contributions to one item", LIMIT_HOME_REFS);
	memcpy(to->agency, p->agency, sizeof(to->agency));
	memcpy(to->ref.id, p->id, sizeof(to->ref.id));
	to->ref.version = p->version;
	if ((to->text = mem_strdup(p->text[HOME_BODY])) == NULL)
		return fail(e, E_NOMEM, "contributions");
	x->n++;
	return 0;
}

static int by_agency(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	const int c = strcmp(x->agency, y->agency);

	return c != 0 ? c : strcmp(x->ref.id, y->ref.id);
}

struct find_item { const char *item; char id[17]; };

static int is_item(void *ctx, const struct home_paper *p, struct err *e)
{
	struct find_item *f = ctx;

	(void)e;
	if (strcmp(p->item, f->item) == 0)
		memcpy(f->id, p->id, sizeof(f->id));
	return 0;
}

static int save_merged(const struct desk *d, const char *round, const char *item, const struct parts *x, uint64_t base, char ret_id[17], uint64_t *ret_version, struct err *e)
{
	CLEANUP_BUF struct buf text = BUF_INIT(LIMIT_HOME_TEXT);
	struct home_paper was = {0}, p = {.kind = HOME_POSITION, .state = HOME_DRAFT, .refs = x->n};
	struct find_item f = {.item = item};
	int rc;

	for (size_t i = 0; i < x->n; i++) {
		buf_printf(&text, "%s%s\n%s\n", i > 0 ? "\n" : "", x->p[i].agency, x->p[i].text);
		p.ref[i] = x->p[i].ref;
	}
	(void)snprintf(p.round, sizeof(p.round), "%s", round);
	(void)snprintf(p.item, sizeof(p.item), "%s", item);
	if ((rc = buf_err(&text, e, "merged position")) != 0 ||
	    (base > 0 && (rc = home_papers(d->home, &(struct home_ask){.kind = HOME_POSITION, .round = round}, is_item, &f, e)) != 0))
		return rc;
	if (base > 0 && f.id[0] == '\0')
		return fail(e, E_NOTFOUND, "there is no position on this item yet");
	if (base > 0 && (rc = desk_find(d, f.id, &was, e)) != 0)
		return rc;
	memcpy(p.id, f.id, sizeof(p.id));
	p.title = was.title;
	p.text[HOME_BODY] = text.p;
	rc = desk_save(d, &p, base, ret_id, ret_version, e);
	home_paper_free(&was);
	return rc;
}

int desk_merge(const struct desk *d, const char *round, const char *item, uint64_t base, char ret_id[17], uint64_t *ret_version, struct err *e)
{
	struct parts x = {.item = item != NULL ? item : ""};
	int rc = only_desk(d, e);

	if (rc == 0)
		rc = home_papers(d->home, &(struct home_ask){.kind = HOME_CONTRIBUTION, .round = round}, gather, &x, e);
	if (rc == 0 && x.n == 0)
		rc = fail(e, E_NOTFOUND, "no agency has contributed to this item yet");
	qsort(x.p, x.n, sizeof(x.p[0]), by_agency);
	if (rc == 0)
		rc = save_merged(d, round, x.item, &x, base, ret_id, ret_version, e);
	for (size_t i = 0; i < x.n; i++)
		mem_free(x.p[i].text);
	return rc;
}

/* ---- the briefing folder ---- */

struct row { char id[17], item[LIMIT_HOME_ITEM + 1]; enum home_kind kind; enum home_state state; uint64_t version; };
struct rows { struct row *row; size_t n; };

static int add_row(void *ctx, const struct home_paper *p, struct err *e)
{
	struct rows *r = ctx;
	struct row *to;

	if ((p->kind != HOME_POSITION && p->kind != HOME_BRIEFING && p->kind != HOME_CONTRIBUTION) || p->state == HOME_WITHDRAWN)
		return 0;
	if (r->n == LIMIT_HOME_FOLDER)
		return fail(e, E_LIMIT, "more than %d papers in one folder", LIMIT_HOME_FOLDER);
	to = &r->row[r->n++];
	*to = (struct row){.kind = p->kind, .state = p->state, .version = p->version};
	memcpy(to->id, p->id, sizeof(to->id));
	memcpy(to->item, p->item, sizeof(to->item));
	return 0;
}

static struct desk_item *item_of(struct desk_folder *f, const char *item)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->item[i].item, item) == 0)
			return &f->item[i];
	(void)snprintf(f->item[f->n].item, sizeof(f->item[f->n].item), "%s", item);
	return &f->item[f->n++];
}

static int count_due(void *ctx, const struct desk_due *due, struct err *e)
{
	struct desk_folder *f = ctx;
	struct desk_item *i;

	if (f->n == LIMIT_HOME_FOLDER)
		return fail(e, E_LIMIT, "more than %d items in one folder", LIMIT_HOME_FOLDER);
	i = item_of(f, due->due->request.item);
	i->asked++;
	i->open += !was_sent(due->due->answered);
	i->late += due->late;
	return 0;
}

static bool merged(const struct home_paper *position, const struct row *c)
{
	for (size_t i = 0; i < position->refs; i++)
		if (strcmp(position->ref[i].id, c->id) == 0)
			return position->ref[i].version == c->version;
	return false;
}

/* In a second walk over the rows: all positions are there then. */
static void find_stale(struct desk_folder *f, const struct rows *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct row *c = &r->row[i];

		if (c->kind == HOME_CONTRIBUTION && was_sent(c->state)) {
			struct desk_item *it = item_of(f, c->item);

			it->stale = it->stale || (it->position != NULL && !merged(it->position, c));
		}
	}
}

static int by_number(const void *a, const void *b)
{
	const struct desk_item *x = a, *y = b;

	return strverscmp(x->item, y->item);
}

static int read_papers(const struct desk *d, const struct rows *r, struct desk_folder *f, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		struct desk_item *it;

		if (r->row[i].kind == HOME_CONTRIBUTION)
			continue;
		if ((rc = desk_read(d, r->row[i].id, r->row[i].version, &f->paper[f->papers], e)) != 0)
			break;
		it = item_of(f, r->row[i].item);
		*(r->row[i].kind == HOME_POSITION ? &it->position : &it->briefing) = &f->paper[f->papers++];
	}
	return rc;
}

void desk_folder_free(struct desk_folder *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->papers; i++)
		home_paper_free(&f->paper[i]);
	mem_free(f->paper);
	mem_free(f->item);
	*f = (struct desk_folder){0};
}

static int fill_folder(const struct desk *d, const struct rows *r, struct desk_folder *f, struct err *e)
{
	int rc;

	/* Every paper and every request may have an item of its own. */
	if ((f->item = mem_array(2 * (size_t)LIMIT_HOME_FOLDER, sizeof(f->item[0]))) == NULL || (f->paper = mem_array(r->n, sizeof(f->paper[0]))) == NULL)
		return fail(e, E_NOMEM, "briefing folder");
	f->at_us = desk_now_us(d);
	if ((rc = desk_requests(d, &(struct home_ask){.round = f->round}, false, count_due, f, e)) != 0 || (rc = read_papers(d, r, f, e)) != 0)
		return rc;
	find_stale(f, r);
	qsort(f->item, f->n, sizeof(f->item[0]), by_number);
	return 0;
}

int desk_folder(const struct desk *d, const char *round, struct desk_folder *ret, struct err *e)
{
	struct rows r = {.row = mem_array(LIMIT_HOME_FOLDER, sizeof(struct row))};
	struct desk_folder f = {0};
	int rc = r.row == NULL ? fail(e, E_NOMEM, "briefing folder") : desk_papers(d, &(struct home_ask){.round = round}, add_row, &r, e);

	(void)snprintf(f.round, sizeof(f.round), "%s", round);
	if (rc == 0 && (rc = fill_folder(d, &r, &f, e)) == 0)
		*ret = f;
	else
		desk_folder_free(&f);
	mem_free(r.row);
	return rc;
}
