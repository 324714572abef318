/* Which version of an id a page shows, decided from all of them. page.c does without wherever one row alone tells. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "record/priv.h"

bool page_wants(const struct page_query *q, enum version_pick pick)
{
	for (size_t i = 0; i < q->versions; i++)
		if (q->version[i].pick == pick)
			return true;
	return q->versions == 0 && pick == VERSION_LAST;
}

bool page_wants_time(const struct page_query *q, int64_t ns)
{
	for (size_t i = 0; i < q->versions; i++)
		if (q->version[i].pick == VERSION_AT && q->version[i].ns == ns)
			return true;
	return false;
}

bool page_takes_spec(const struct page_query *q, uint8_t flags)
{
	return q->specs == 0 || (q->specs & ((flags & ROW_V20) != 0 ? SPEC_20 : SPEC_21)) != 0;
}

/* ---- gathering ---- */

static int found_room(struct page_state *s, struct err *e)
{
	const size_t cap = s->found_cap != 0 ? 2 * s->found_cap : 64;
	struct index_row *p;
	bool *t;

	if (s->found_n < s->found_cap)
		return 0;
	if ((p = mem_realloc(s->found, cap * sizeof(*p))) == NULL)
		return fail(e, E_NOMEM, "page");
	s->found = p;
	if ((t = mem_realloc(s->take, cap * sizeof(*t))) == NULL)
		return fail(e, E_NOMEM, "page");
	s->take = t;
	s->found_cap = cap;
	return 0;
}

static int gather_version(void *ctx, const struct index_row *row, struct err *e)
{
	struct page_state *s = ctx;
	const int rc = found_room(s, e);

	if (rc == 0)
		s->found[s->found_n++] = *row;
	return rc;
}

/* ---- deciding: take[i] for versions found[from …] of one id ---- */

static int narrow(struct record_reader *rd, const struct page_query *q, size_t from, struct err *e)
{
	struct page_state *s = &rd->page;
	bool newer = false;
	int rc = 0;

	for (size_t i = from; rc == 0 && i < s->found_n; i++) {
		const struct index_row row = s->found[i];

		s->take[i] = (row.flags & ROW_GONE) == 0 && row.added > q->after_added && page_takes_spec(q, row.flags);
		if (s->take[i] && (rc = page_may(rd, q, &row, &s->take[i], e)) == 0)
			newer = newer || (s->take[i] && (row.flags & ROW_V20) == 0);
	}
	for (size_t i = from; q->specs == 0 && newer && i < s->found_n; i++)
		if ((s->found[i].flags & ROW_V20) != 0)
			s->take[i] = false;
	return rc;
}

static void pick(const struct page_query *q, struct page_state *s, size_t from)
{
	const bool all = page_wants(q, VERSION_ALL);
	size_t first = s->found_n, last = s->found_n;

	for (size_t i = from; i < s->found_n; i++) {
		if (!s->take[i])
			continue;
		if (first == s->found_n || s->found[i].version_ns < s->found[first].version_ns)
			first = i;
		if (last == s->found_n || s->found[i].version_ns > s->found[last].version_ns)
			last = i;
	}
	for (size_t i = from; i < s->found_n; i++)
		s->take[i] = s->take[i] && (all || (i == last && page_wants(q, VERSION_LAST)) || (i == first && page_wants(q, VERSION_FIRST)) ||
		    page_wants_time(q, s->found[i].version_ns));
}

static int decide(struct record_reader *rd, const struct page_query *q, const char *id, size_t from, struct err *e)
{
	int rc = index_id_rows(rd->ix, id, q->collection, gather_version, &rd->page, e);

	if (rc == 0 && (rc = narrow(rd, q, from, e)) == 0)
		pick(q, &rd->page, from);
	return rc;
}

int page_picked(struct record_reader *rd, const struct page_query *q, const struct index_row *row, bool *ret, struct err *e)
{
	struct page_state *s = &rd->page;
	struct page_row at = {.type = NULL};
	char id[LIMIT_STIX_ID + 1];
	int rc = index_type_name(rd->ix, row->type, &at.type, e);

	*ret = false;
	s->found_n = 0;
	if (rc != 0)
		return rc;
	memcpy(at.uuid, row->uuid, 16);
	page_row_id(&at, id);
	rc = decide(rd, q, id, 0, e);
	for (size_t i = 0; rc == 0 && i < s->found_n; i++)
		if (s->found[i].frame == row->frame)
			*ret = s->take[i];
	return rc;
}

/* ---- ids ---- */

static bool type_asked(const struct page_query *q, const char *id)
{
	const size_t n = strlen(id);

	for (size_t i = 0; i < q->types; i++)
		if (n > 38 && strlen(q->type[i]) == n - 38 && memcmp(id, q->type[i], n - 38) == 0)
			return true;
	return q->types == 0;
}

static int by_frame(const void *a, const void *b)
{
	const struct index_row *x = a, *y = b;

	return x->frame < y->frame ? -1 : x->frame > y->frame;
}

int page_ids(struct record_reader *rd, const struct page_query *q, struct err *e)
{
	struct page_state *s = &rd->page;
	size_t from, n = 0;
	int rc = 0;

	s->found_n = 0;
	for (size_t i = 0; rc == 0 && i < q->ids; i++) {
		if (!stix_id_ok(q->id[i], strlen(q->id[i])) || !type_asked(q, q->id[i]))
			continue;
		from = s->found_n;
		if ((rc = decide(rd, q, q->id[i], from, e)) != 0)
			return rc;
		for (size_t k = n = from; k < s->found_n; k++)
			if (s->take[k] && s->found[k].frame > q->after_frame)
				s->found[n++] = s->found[k];
		s->found_n = n;
	}
	if (s->found_n > 1)
		qsort(s->found, s->found_n, sizeof(*s->found), by_frame);
	n = s->found_n > 0;
	for (size_t k = 1; k < s->found_n; k++) /* an id asked for twice */
		if (s->found[k].frame != s->found[n - 1].frame)
			s->found[n++] = s->found[k];
	s->found_n = n;
	return 0;
}
