/* The pages about what is published or shared: series, rounds, documents, proofs. */
#include <string.h>

#include "web/tmpl.h"
#include "web/visit.h"

/* ---- home and series ---- */

static void note_examples(struct page *p, const struct v_series_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		p->example = p->example || list->v[i].example;
}

int see_series_list(struct visit *v, struct err *e)
{
	struct v_series_list list;
	struct out o = visit_out(v);
	const int rc = load_series_list(&v->l, &list, e);

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Consultations"));
	note_examples(&v->p, &list);
	visit_name(v, (struct url){"/series"});
	page_series_list(&o, &v->p, &list);
	return 0;
}

/* ---- a round and its documents ---- */

static void in_round(struct visit *v, const struct v_series *s, const struct v_round *r, const char *under)
{
	v->p.example = v->p.example || r->example;
	visit_name(v, under == NULL ? url_path(v->l.a, "series", s->slug, "rounds", r->key, NULL) : url_path(v->l.a, "series", s->slug, "rounds", r->key, under, NULL));
	visit_crumb(v, N_("Consultations"), visit_url(v, "series", NULL));
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	if (r->ordinal > 0)
		visit_crumb_text(v, (struct shown){ordinal_text(v->l.a, v->p.lang, r->ordinal), v->p.lang}, r->page);
	else
		visit_crumb_text(v, bitext_in(&r->title, v->p.lang), r->page);
}

static int find_round(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	int rc = s != NULL ? load_series_bare(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0 || (rc = load_round(&v->l, s, v->q->arg[2], ret, e)) != 0)
		return rc;
	*ret_s = s;
	return 0;
}

/* When the last part of it was in the record at the latest; 0 while any part waits for another side's clock. */
static int64_t known_since(const struct v_proof *p)
{
	int64_t since = 0;

	for (size_t i = 0; i < p->n; i++) {
		int64_t first = 0;

		for (size_t k = 0; k < p->evidence[i].bounds; k++)
			if (p->evidence[i].bound[k].has_until && (first == 0 || p->evidence[i].bound[k].until < first))
				first = p->evidence[i].bound[k].until;
		if (first == 0)
			return 0;
		since = first > since ? first : since;
	}
	return since;
}

static int confirm(struct visit *v, const struct v_round *r, struct v_document *d, struct err *e)
{
	struct v_proof *proof = arena_get(v->l.a, sizeof *proof);
	struct picked p;
	int rc;

	if (proof == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_version(&v->l, d->id, d->modified, &p, e)) != 0)
		return rc;
	rc = load_proof(&v->l, d, r, &p, proof, e);
	entry_free(&p.entry);
	if (rc == 0) {
		d->confirmed = proof->ok;
		d->since = known_since(proof);
	}
	return rc;
}

static int show_document(struct visit *v, struct v_series *s, struct v_round *r, const struct v_document *which, const char *under, struct err *e)
{
	struct v_document *d = NULL;
	struct out o = visit_out(v);
	int rc;

	for (size_t i = 0; which != NULL && i < r->documents; i++)
		if (&r->document[i] == which)
			d = &r->document[i];
	if (d == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = confirm(v, r, d, e)) != 0)
		return rc;
	in_round(v, s, r, under);
	visit_crumb(v, d->kind, d->page);
	v->p.title = bitext_in(&d->title, v->p.lang).s;
	v->p.description = arena_printf(v->l.a, "%s, %s", tr(v->p.lang, d->kind), date_text(v->l.a, v->p.lang, d->date, r->zone));
	v->p.foot_record = arena_printf(v->l.a, "%s · v%u · sha256 %s", d->number, d->version, hash_short(v->l.a, d->sha256));
	page_document(&o, &v->p, r, d);
	return 0;
}

int see_statement(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	const int rc = find_round(v, &s, &r, e);

	return rc != 0 ? rc : show_document(v, s, r, r->statement, "statement", e);
}

int see_agenda(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	const int rc = find_round(v, &s, &r, e);

	return rc != 0 ? rc : show_document(v, s, r, r->agenda, "agenda", e);
}

/* Withdrawn: 410 with the reason. */
static int show_gone(struct visit *v, const struct v_series *s, const struct v_round *r, const char *number, struct err *e)
{
	struct v_gone g;
	struct out o = visit_out(v);
	const int rc = load_gone(&v->l, number, &g, e);

	if (rc != 0)
		return rc;
	if (g.round_id == NULL || strcmp(g.round_id, r->id) != 0)
		return fail(e, E_NOTFOUND, "not found");
	g.round = r->page;
	g.zone = r->own;
	g.zone2 = r->other;
	in_round(v, s, r, url_path(v->l.a, "documents", g.number, NULL).s + 1);
	v->p.title = tr(v->p.lang, N_("This document is withdrawn"));
	v->p.unlisted = true;
	v->r->status = 410;
	page_gone(&o, &v->p, &g);
	return 0;
}

int see_document(struct visit *v, struct err *e)
{
	const struct v_document *d = NULL;
	struct v_series *s;
	struct v_round *r;
	const int rc = find_round(v, &s, &r, e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].number, v->q->arg[3]) == 0)
			d = &r->document[i];
	if (d == NULL)
		return show_gone(v, s, r, v->q->arg[3], e);
	return show_document(v, s, r, d, url_path(v->l.a, "documents", d->number, NULL).s + 1, e);
}

/* ---- proof ---- */

int see_proof(struct visit *v, struct err *e)
{
	struct v_proof *proof = arena_get(v->l.a, sizeof *proof);
	struct v_document *d = arena_get(v->l.a, sizeof *d);
	struct out o = visit_out(v);
	struct v_series *s;
	struct v_round *r;
	struct picked p;
	int rc;

	if (proof == NULL || d == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_find(&v->l, v->q->arg[1], http_param(v->q, "v"), &p, e)) != 0)
		return rc;
	if ((rc = load_round_of(&v->l, json_get_str(p.entry.object.val, "round_ref"), &s, &r, e)) == 0 &&
	    (rc = load_round_parts(&v->l, s, r, false, e)) == 0 && (rc = load_document(&v->l, r, &p, d, e)) == 0)
		rc = load_proof(&v->l, d, r, &p, proof, e);
	entry_free(&p.entry);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < r->documents; i++)
		if (strcmp(r->document[i].id, d->id) == 0)
			d->page = r->document[i].page;
	visit_name(v, url_path(v->l.a, "record", v->q->arg[1], NULL));
	v->p.title = arena_printf(v->l.a, "%s: %s", tr(v->p.lang, N_("Proof")), d->number);
	v->p.example = v->p.example || d->example;
	visit_crumb(v, N_("Proof"), url_path(v->l.a, lang_code(v->p.lang), "record", NULL));
	visit_crumb_text(v, (struct shown){d->number, v->p.lang}, d->proof);
	page_proof(&o, &v->p, proof);
	return 0;
}

int see_record(struct visit *v, struct err *e)
{
	struct v_record rec;
	struct out o = visit_out(v);
	const int rc = load_record(&v->l, &rec, e);

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, N_("Proof"));
	visit_name(v, (struct url){"/record"});
	page_record(&o, &v->p, &rec);
	return 0;
}

