/* Two national releases of one round, beside each other. */
#include <string.h>

#include "web/load_text.h"

static bool is_release(const struct v_document *d) { return strcmp(d->kind_code, "press-release") == 0 && d->state != DOC_WITHDRAWN; }

/* Each side's newest; the writers decide whose it is. */
static void find_two(const struct v_series *s, const struct v_round *r, struct v_releases *ret)
{
	for (size_t i = 0; i < s->members && i < 2; i++)
		ret->party[i] = s->member[i];
	for (size_t i = 0; i < r->documents; i++) {
		const struct v_document *d = &r->document[i];

		for (size_t k = 0; is_release(d) && k < 2; k++)
			if (ret->party[k] != NULL && strcmp(d->writer, ret->party[k]) == 0 && (ret->two[k] == NULL || d->date > ret->two[k]->date))
				ret->two[k] = d;
	}
	if (ret->two[0] == NULL || ret->two[1] == NULL)
		ret->joint = r->statement;
}

struct given { struct release_agency *agency; size_t agencies; struct paper_text *promise; size_t promises; };

static int list_agencies(struct loader *l, const struct v_round *r, struct given *g, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < r->delegations; i++)
		n += r->delegation[i].members;
	if ((g->agency = arena_array(l->a, n + 1, sizeof *g->agency)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < r->delegations; i++)
		for (size_t k = 0; k < r->delegation[i].members; k++) {
			const struct v_member *m = &r->delegation[i].member[k];
			struct release_agency *a = &g->agency[g->agencies++];

			*a = (struct release_agency){.party = r->delegation[i].party, .code = m->agency_code};
			memcpy(a->name.s, m->agency.s, sizeof a->name.s);
		}
	return 0;
}

static int list_promises(struct loader *l, const struct v_round *r, struct given *g, struct err *e)
{
	struct commitments c = {0};
	int rc = consult_commitments(l->rd, &l->reader, r->id, l->now, &c, e);

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	g->promise = arena_array(l->a, c.n + 1, sizeof *g->promise);
	for (size_t i = 0; g->promise != NULL && i < c.n; i++) {
		const struct bitext t = get_text(l, c.c[i].en.object.val, "title");

		memcpy(g->promise[g->promises++].s, t.s, sizeof t.s);
	}
	commitments_free(&c);
	return g->promise != NULL ? 0 : fail(e, E_NOMEM, "page");
}

static void get_row(struct loader *l, const struct v_releases *v, const struct release_row *row, struct v_release_row *ret)
{
	struct bitext name;

	memcpy(name.s, row->name.s, sizeof name.s);
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (name.s[k] != NULL && name.s[k][0] == '\0')
			name.s[k] = NULL;
	*ret = (struct v_release_row){.what = row->what, .party = row->party, .name = bitext_in(&name, l->lang), .code = row->code};
	for (size_t k = 0; k < 2; k++) {
		const struct release_place *p = &row->in[k];

		ret->in[k] = p->found;
		if (!p->found || row->what == RELEASE_AGENCY)
			continue;
		ret->unit[k] = v->two[k]->unit[p->unit].number;
		ret->quote[k] = (struct shown){arena_strn(l->a, v->two[k]->unit[p->unit].text.s[p->lang] + p->from, p->n), p->lang};
	}
}

#define ROWS 512
static int compare(struct loader *l, const struct given *g, struct v_releases *ret, struct err *e)
{
	struct release_row *row = arena_array(l->a, ROWS, sizeof *row);
	struct release two[2];
	size_t n = 0;
	int rc;

	ret->row = arena_array(l->a, ROWS, sizeof *ret->row);
	if (row == NULL || ret->row == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t k = 0; k < 2; k++)
		two[k] = (struct release){load_paper_units(l, ret->two[k]), ret->two[k]->units};
	if (l->a->failed)
		return fail(e, E_NOMEM, "page");
	if ((rc = releases_compare(two, g->agency, g->agencies, g->promise, g->promises, row, ROWS, &n, e)) != 0)
		return rc;
	for (size_t i = 0; i < n && i < ROWS; i++) {
		get_row(l, ret, &row[i], &ret->row[ret->rows++]);
		ret->both += row[i].in[0].found && row[i].in[1].found;
		ret->only[0] += row[i].in[0].found && !row[i].in[1].found;
		ret->only[1] += row[i].in[1].found && !row[i].in[0].found;
	}
	return 0;
}

int load_releases(struct loader *l, const struct v_series *s, const struct v_round *r, struct v_releases *ret, struct err *e)
{
	struct given g = {0};
	int rc;

	*ret = (struct v_releases){.round = r};
	find_two(s, r, ret);
	if (ret->two[0] == NULL || ret->two[1] == NULL)
		return 0;
	for (size_t k = 0; k < 2; k++)
		ret->at[k] = ret->two[k]->date;
	if ((rc = list_agencies(l, r, &g, e)) != 0 || (rc = list_promises(l, r, &g, e)) != 0)
		return rc;
	return compare(l, &g, ret, e);
}
