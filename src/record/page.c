/*
 * Pages. A row's flags say what its id's other versions mean for it, so that almost every row is decided from its 64
 * bytes and one verdict per audience; the others are decided from all versions (page_versions.c).
 */
#include <inttypes.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

/* ---- one row ---- */

enum fate { FATE_SKIP, FATE_TAKE, FATE_LOOK };
struct wish { bool last, first, all; }; /* of the query's picks; times apart */

/* If it may be read: is it in the page? */
static enum fate fate_of(const struct page_query *q, const struct wish *w, const struct index_row *row)
{
	const uint8_t f = row->flags;

	if ((f & ROW_GONE) != 0 || !page_takes_spec(q, f))
		return FATE_SKIP;
	if ((f & ROW_ONLY) != 0)
		return w->last || w->first || w->all || page_wants_time(q, row->version_ns) ? FATE_TAKE : FATE_SKIP;
	/* Only the newest specification: that of 2.0 gives way to any version of 2.1 the reader may see. */
	if (q->specs == 0 && (f & ROW_V20) != 0)
		return (f & ROW_OLD) != 0 && w->last && q->versions <= 1 ? FATE_SKIP : FATE_LOOK;
	if (w->all || (w->last && (f & ROW_LAST) != 0) || page_wants_time(q, row->version_ns))
		return FATE_TAKE;
	/* What is the greatest of all versions is the greatest of any part of them; ROW_OLD is the other way round. */
	if (!w->first && (!w->last || (f & ROW_OLD) != 0))
		return FATE_SKIP;
	return FATE_LOOK;
}

static int is_in(struct record_reader *rd, const struct page_query *q, const struct wish *w, const struct index_row *row, bool *ret, struct err *e)
{
	const enum fate f = fate_of(q, w, row);
	const struct index_row own = *row; /* what is looked at below may move the cursor's */
	int rc;

	*ret = false;
	if (f == FATE_SKIP)
		return 0;
	if ((rc = page_may(rd, q, &own, ret, e)) != 0 || !*ret)
		return rc;
	return f == FATE_LOOK ? page_picked(rd, q, &own, ret, e) : 0;
}

/* ---- the page ---- */

static int put_row(struct record_reader *rd, const struct index_row *row, size_t n, struct err *e)
{
	struct page_state *s = &rd->page;
	struct page_row *to;
	int rc;

	if (n == s->cap) {
		const size_t cap = s->cap != 0 ? 2 * s->cap : 128;

		if ((to = mem_realloc(s->row, cap * sizeof(*to))) == NULL)
			return fail(e, E_NOMEM, "page");
		s->row = to;
		s->cap = cap;
	}
	to = &s->row[n];
	to->frame = row->frame;
	to->at = row->at;
	to->added = row->added;
	to->version_ns = row->version_ns;
	to->size = row->size;
	to->v20 = (row->flags & ROW_V20) != 0;
	memcpy(to->uuid, row->uuid, 16);
	to->version_digits = row->digits;
	if ((rc = index_type_name(rd->ix, row->type, &to->type, e)) != 0)
		return rc;
	return 0;
}

static int scan(struct record_reader *rd, const struct page_query *q, struct page *ret, struct err *e)
{
	const struct index_want want = {q->collection, q->type, q->types, q->after_frame, q->after_added};
	const struct wish w = {page_wants(q, VERSION_LAST), page_wants(q, VERSION_FIRST), page_wants(q, VERSION_ALL)};
	const struct index_row *row = NULL;
	bool in = false;
	int rc = rd->page.at == NULL ? index_cursor_new(&rd->page.at, e) : 0;

	if (rc == 0)
		rc = index_seek(rd->page.at, rd->ix, &want, e);
	while (rc == 0 && (rc = index_next(rd->page.at, &row, e)) == 0 && row != NULL) {
		if ((rc = is_in(rd, q, &w, row, &in, e)) != 0 || !in)
			continue;
		if (ret->n == q->limit) {
			ret->more = true;
			return 0;
		}
		rc = put_row(rd, row, ret->n, e);
		ret->n += rc == 0;
	}
	return rc;
}

static int named(struct record_reader *rd, const struct page_query *q, struct page *ret, struct err *e)
{
	int rc = page_ids(rd, q, e);

	ret->more = rc == 0 && rd->page.found_n > q->limit;
	for (; rc == 0 && ret->n < rd->page.found_n && ret->n < q->limit; ret->n += rc == 0)
		rc = put_row(rd, &rd->page.found[ret->n], ret->n, e);
	return rc;
}

int record_page(struct record_reader *rd, const struct page_query *q, struct page *ret, struct err *e)
{
	struct page p = {.n = 0};
	int rc;

	if (q->limit < 1 || q->limit > LIMIT_PAGE_ROWS)
		return fail(e, E_LIMIT, "a page of %zu rows: 1 to %d are possible", q->limit, LIMIT_PAGE_ROWS);
	if ((rc = index_snapshot(rd->ix, e)) != 0)
		return rc;
	if ((rc = page_verdicts(rd, q, e)) == 0)
		rc = q->ids > 0 ? named(rd, q, &p, e) : scan(rd, q, &p, e);
	index_release(rd->ix);
	if (rc != 0)
		return rc;
	p.row = rd->page.row;
	*ret = p;
	return 0;
}
