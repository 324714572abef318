/* National papers in the search: they are of the own file, and never of the record. */
#include <string.h>

#include "consult/desk.h"
#include "consult/find_priv.h"

static int take_paper(void *ctx, const struct home_paper *p, struct err *e)
{
	struct filler *f = ctx;

	if ((f->rc = search_drop(f->s, p->id, 0, 0, true, e)) != 0)
		return f->rc;
	f->t = (struct search_text){.key = p->id, .ref = p->id, .version = (int64_t)p->version};
	fill_begin(f, FIND_PAPER, 0);
	fill_tag(f, 'k', home_kind_word(p->kind));
	fill_day(f, p->at_us * 1000);
	fill_text(f, p->title, e);
	for (unsigned i = 0; i < HOME_TEXTS; i++)
		fill_text(f, p->text[i], e);
	if (p->state != HOME_WITHDRAWN)
		fill_put(f, e);
	f->t.version = (int64_t)p->change;
	return f->rc;
}

int fill_papers(struct search *s, struct home *home, struct err *e)
{
	struct filler f = {.s = s, .words = {BUF_INIT(LIMIT_FRAME), BUF_INIT(LIMIT_FRAME)}, .tags = BUF_INIT(LIMIT_FRAME)};
	struct search_head h;
	struct home_ask q = {0};
	int rc = search_begin(s, e);

	if (rc != 0)
		return rc;
	if ((rc = search_head(s, &h, e)) == 0) {
		q.after = h.change;
		rc = home_papers(home, &q, take_paper, &f, e);
	}
	if (rc == 0 && f.t.key != NULL)
		h.change = (uint64_t)f.t.version;
	filler_free(&f);
	if (rc == 0)
		return search_commit(s, &h, e);
	search_rollback(s);
	return rc;
}

int find_paper(const struct find_ask *a, const struct search_hit *hit, find_visit *v, void *ctx, struct err *e)
{
	struct find_hit h = {.n = hit->n, .group = FIND_PAPER};
	struct home_paper p = {0};
	int rc = desk_read(a->desk, hit->ref, 0, &p, e);

	if (rc != 0)
		return rc;
	h.paper = &p;
	rc = v(ctx, &h, e);
	home_paper_free(&p);
	return rc;
}
