/* Versions, comparisons, terms. */
#include "web/load_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/enc.h"

int load_spans(struct loader *l, const char *a, const char *b, struct v_spans *ret, struct err *e)
{
	CLEANUP_DIFF struct diff d = {0};
	struct v_span *v;
	int rc;

	a = a != NULL ? a : "";
	b = b != NULL ? b : "";
	if ((rc = diff_texts(a, strlen(a), b, strlen(b), &d, e)) != 0)
		return rc;
	if ((v = arena_array(l->a, d.n + 1, sizeof *v)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < d.n; i++)
		v[i] = (struct v_span){d.v[i].kind, arena_strn(l->a, (d.v[i].kind == DIFF_INSERTED ? b : a) + d.v[i].from, d.v[i].n)};
	*ret = (struct v_spans){v, d.n, d.replaced};
	return 0;
}

struct paper_unit *load_paper_units(struct loader *l, const struct v_document *d)
{
	struct paper_unit *u = arena_array(l->a, d->units + 1, sizeof *u);

	for (size_t i = 0; u != NULL && i < d->units; i++) {
		u[i] = (struct paper_unit){.number = d->unit[i].number, .bracketed = d->unit[i].bracketed, .bracketed_by = d->unit[i].bracketed_by};
		memcpy(u[i].text.s, d->unit[i].text.s, sizeof u[i].text.s);
	}
	return u;
}

int load_numbered(const struct v_round *r, const char *number, struct v_document **ret, struct err *e)
{
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].number, number) == 0) {
			*ret = &r->document[i];
			return 0;
		}
	return fail(e, E_NOTFOUND, "not found");
}

/* ---- versions ---- */

static int take_row(void *ctx, const struct index_entry *row, struct err *e)
{
	struct picks *p = ((void **)ctx)[0];
	struct arena *a = ((void **)ctx)[1];

	if (row->modified[0] == '\0' || (p->n > 0 && (row->log != p->row[0].log || memcmp(row->collection, p->row[0].collection, 16) != 0)))
		return 0;
	if (p->n == LIMIT_WEB_ROWS)
		return fail(e, E_LIMIT, "more than %d versions for one page", LIMIT_WEB_ROWS);
	if (p->n == p->cap) {
		struct index_entry *more = arena_array(a, p->cap == 0 ? 16 : 2 * p->cap, sizeof *more);

		if (more == NULL)
			return fail(e, E_NOMEM, "page");
		if (p->n > 0)
			memcpy(more, p->row, p->n * sizeof *more);
		p->cap = p->cap == 0 ? 16 : 2 * p->cap;
		p->row = more;
	}
	p->row[p->n++] = *row;
	return 0;
}

static int by_time(const void *pa, const void *pb)
{
	const struct index_entry *a = pa, *b = pb;

	return time_compare(a->modified, strlen(a->modified), b->modified, strlen(b->modified));
}

static void version_of(struct loader *l, const struct entry *en, unsigned number, struct v_version *ret)
{
	const struct json_val *o = en->object.val;

	*ret = (struct v_version){.number = number, .modified = arena_str(l->a, en->row.modified), .at = get_time(o, "modified", 0), .frozen = get_bool(o, "frozen")};
	if (json_get(o, "correction") != NULL) {
		ret->correction = true;
		ret->why = get_text(l, json_get(o, "correction"), "reason");
	}
}

int load_versions(struct loader *l, const char *id, struct url compare, struct v_version **ret, size_t *ret_n, struct err *e)
{
	struct picks rows = {0};
	struct v_version *v;
	size_t n = 0;
	int rc = index_versions(record_index(l->rd), id, NULL, take_row, (void *[]){&rows, l->a}, e);

	if (rc != 0)
		return rc;
	if ((v = arena_array(l->a, rows.n + 1, sizeof *v)) == NULL)
		return fail(e, E_NOMEM, "page");
	if (rows.n > 1)
		qsort(rows.row, rows.n, sizeof *rows.row, by_time);
	for (size_t i = 0; i < rows.n; i++) {
		struct entry en;

		if ((rc = load_row(l, &rows.row[i], &en, e)) == E_NOTFOUND)
			continue;
		if (rc != 0)
			return rc;
		version_of(l, &en, (unsigned)n + 1, &v[n]);
		if (n > 0)
			v[n].compare = url_query(l->a, url_query(l->a, compare, "a", v[n - 1].modified), "b", v[n].modified);
		n++;
		entry_free(&en);
	}
	for (size_t i = 0; i < n / 2; i++) {
		const struct v_version swap = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = swap;
	}
	if (n > 0)
		v[0].newest = true;
	*ret = v;
	*ret_n = n;
	return 0;
}

/* ---- comparison ---- */

static int read_document(struct loader *l, const struct v_round *r, const char *id, const char *modified, const struct v_document **ret, struct err *e)
{
	struct v_document *d = arena_get(l->a, sizeof *d);
	struct picked p;
	int rc;

	if (d == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_version(l, id, modified, &p, e)) != 0)
		return rc;
	rc = load_document(l, r, &p, d, e);
	entry_free(&p.entry);
	*ret = d;
	return rc;
}

static int compare_unit(struct loader *l, const struct diff_pair *p, struct v_compare *c, struct err *e)
{
	struct v_compare_unit *u = &c->unit[c->units++];

	*u = (struct v_compare_unit){.what = p->what, .a = p->old != DIFF_NONE ? &c->a->unit[p->old] : NULL, .b = p->new != DIFF_NONE ? &c->b->unit[p->new] : NULL, .brackets = p->brackets};
	memcpy(u->changed, p->changed, sizeof u->changed);
	c->count[p->what]++;
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		const char *a = u->a != NULL ? u->a->text.s[k] : NULL, *b = u->b != NULL ? u->b->text.s[k] : NULL;
		const int rc = a != NULL || b != NULL ? load_spans(l, a, b, &u->diff[k], e) : 0;

		if (rc != 0)
			return rc;
	}
	return 0;
}

static void same_in_all(struct v_compare *c)
{
	c->together = true;
	for (size_t i = 0; i < c->units; i++)
		for (size_t k = 1; k < c->cols; k++)
			if (c->unit[i].what == DIFF_UNIT_CHANGED && c->unit[i].changed[c->col[k]] != c->unit[i].changed[c->col[0]])
				c->together = false;
}

static int compare_units(struct loader *l, struct v_compare *c, struct err *e)
{
	const size_t max = c->a->units + c->b->units;
	struct diff_pair *pair = arena_array(l->a, max + 1, sizeof *pair);
	size_t n = 0;
	int rc;

	c->unit = arena_array(l->a, max + 1, sizeof *c->unit);
	if (pair == NULL || c->unit == NULL)
		return fail(e, E_NOMEM, "page");
	rc = diff_units(load_paper_units(l, c->a), c->a->units, load_paper_units(l, c->b), c->b->units, pair, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = compare_unit(l, &pair[i], c, e);
	for (unsigned k = 0; rc == 0 && k < LANG_COUNT; k++)
		rc = load_spans(l, c->a->title.s[k], c->b->title.s[k], &c->title[k], e);
	if (rc == 0)
		same_in_all(c);
	return rc;
}

/* Columns of either version: a language may have come in between. */
static void choose_columns(struct v_compare *c)
{
	memcpy(c->col, c->b->col, sizeof c->col);
	c->cols = c->b->cols;
	for (size_t i = 0; i < c->a->cols; i++) {
		bool there = false;

		for (size_t k = 0; k < c->cols; k++)
			there = there || c->col[k] == c->a->col[i];
		if (!there && c->cols < VIEW_COLS && c->cols < 2)
			c->col[c->cols++] = c->a->col[i];
	}
}

int load_compare(struct loader *l, const struct v_round *r, const struct v_document *d, const char *a, const char *b, struct v_compare *ret, struct err *e)
{
	struct v_version *v;
	int rc;

	*ret = (struct v_compare){.round = r, .base = url_suffix(l->a, url_path(l->a, lang_code(l->lang), "series", r->series_slug, "rounds", r->key, "documents", d->number, NULL), "/compare")};
	if ((rc = load_versions(l, d->id, ret->base, &v, &ret->versions, e)) != 0)
		return rc;
	ret->version = v;
	if (ret->versions == 0)
		return fail(e, E_NOTFOUND, "not found");
	b = b != NULL && *b != '\0' ? b : v[0].modified;
	a = a != NULL && *a != '\0' ? a : v[ret->versions > 1 ? 1 : 0].modified;
	if ((rc = read_document(l, r, d->id, a, &ret->a, e)) != 0 || (rc = read_document(l, r, d->id, b, &ret->b, e)) != 0)
		return rc;
	choose_columns(ret);
	return compare_units(l, ret, e);
}

/* ---- terms ---- */

static void get_term(struct loader *l, const struct entry *en, const char *own, struct v_term *t)
{
	const struct json_val *o = en->object.val, *list = json_get(o, "confused_with"), *v;
	struct json_iter it;

	*t = (struct v_term){.id = arena_str(l->a, en->row.id), .modified = arena_str(l->a, en->row.modified), .party = arena_str(l->a, en->party), .source = get_str(l, o, "source"),
		.term = get_text(l, o, "term"), .note = get_text(l, o, "note"), .warning = get_text(l, o, "warning"), .own = strcmp(en->party, own) == 0};
	if (!is_list(list) || (t->confused = arena_array(l->a, json_len(list) + 1, sizeof *t->confused)) == NULL)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); t->confused_n++)
		for (unsigned k = 0; k < LANG_COUNT; k++)
			t->confused[t->confused_n].s[k] = get_str(l, v, lang_code((enum lang)k));
}

int load_terms(struct loader *l, const char *own, struct v_term **ret, size_t *ret_n, struct err *e)
{
	struct picks rows = {0};
	const char **ids = NULL;
	int rc = load_rows_of_type(l, "verbale-term", &rows, e);
	const size_t n = rc == 0 ? load_ids(l, &rows, "verbale-term", NULL, &ids) : 0;
	struct v_term *v = arena_array(l->a, n + 1, sizeof *v);
	size_t k = 0;

	if (rc != 0 || v == NULL)
		return rc != 0 ? rc : fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < n && k < LIMIT_GLOSSARY_EXTRA; i++) {
		struct picked p;

		if ((rc = load_version(l, ids[i], NULL, &p, e)) == E_NOTFOUND)
			continue;
		if (rc != 0)
			return rc;
		if (!p.entry.object.revoked)
			get_term(l, &p.entry, own, &v[k++]);
		entry_free(&p.entry);
	}
	*ret = v;
	*ret_n = k;
	return 0;
}
