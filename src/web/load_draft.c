/* The page of a draft: what was proposed and said, unit by unit, and what can be done now. */
#include <string.h>

#include "web/load_text.h"

/* ---- proposals ---- */

static const struct v_unit *unit_of(const struct v_document *d, const char *number)
{
	for (size_t i = 0; i < d->units; i++)
		if (strcmp(d->unit[i].number, number) == 0)
			return &d->unit[i];
	return NULL;
}

static int get_change(struct loader *l, const struct v_document *d, const struct json_val *v, struct v_change *c, struct err *e)
{
	const struct bitext text = get_text(l, v, "text");
	const struct v_unit *u;
	int rc = 0;

	*c = (struct v_change){.unit = get_str(l, v, "unit"), .action = get_str(l, v, "action")};
	if (c->unit == NULL || c->action == NULL)
		return fail(e, E_NOTFOUND, "not found");
	u = strcmp(c->action, "insert") == 0 ? NULL : unit_of(d, c->unit);
	for (unsigned k = 0; rc == 0 && k < LANG_COUNT; k++) {
		const bool gone = strcmp(c->action, "delete") == 0 && u != NULL && u->text.s[k] != NULL;

		c->has[k] = gone || text.s[k] != NULL;
		if (c->has[k])
			rc = load_spans(l, u != NULL ? u->text.s[k] : NULL, text.s[k], &c->diff[k], e);
	}
	return rc;
}

static int get_proposal(struct loader *l, const struct v_draft *d, const struct entry *en, struct v_proposal *p, struct err *e)
{
	const struct json_val *o = en->object.val, *list = json_get(o, "changes"), *v;
	const char *about = json_get_str(o, "document_modified");
	struct json_iter it;
	int rc = 0;

	*p = (struct v_proposal){.id = arena_str(l->a, en->row.id), .party = arena_str(l->a, en->party), .counter_to = get_str(l, o, "counter_to_ref"), .at = get_time(o, "modified", 0),
		.reason = get_text(l, o, "reason"), .answer = en->object.revoked ? ANSWER_TAKEN_BACK : ANSWER_SETTLED, .own = strcmp(en->party, d->own) == 0};
	p->anchor = arena_printf(l->a, "p-%.8s", strlen(p->id) > 18 ? p->id + 18 : p->id);
	p->by_writer = strcmp(p->party, d->doc->writer) == 0;
	p->counter = url_query(l->a, d->propose, "counter", p->id);
	for (size_t i = 0; about != NULL && i < d->versions; i++)
		if (strcmp(d->version[i].modified, about) == 0)
			p->version = d->version[i].number;
	if (!is_list(list) || (p->change = arena_array(l->a, json_len(list) + 1, sizeof *p->change)) == NULL)
		return fail(e, E_NOTFOUND, "not found");
	for (json_iter(&it, list); rc == 0 && json_next(&it, NULL, &v); )
		rc = get_change(l, d->doc, v, &p->change[p->changes++], e);
	return rc;
}

static int mark_open(void *ctx, const struct entry *en, struct err *e)
{
	struct v_draft *d = ctx;

	(void)e;
	for (size_t i = 0; i < d->props; i++)
		if (strcmp(d->prop[i].id, en->row.id) == 0)
			d->prop[i].answer = ANSWER_OPEN;
	return 0;
}

/* The writer's word on it. */
static int get_answer(struct loader *l, const struct v_document *d, struct v_proposal *p, struct err *e)
{
	struct picks rows = {0};
	int64_t latest = INT64_MIN;
	int rc = load_rows_about(l, p->id, &rows, e);

	for (size_t i = 0; rc == 0 && i < rows.n; i++) {
		struct entry en;

		if (strncmp(rows.row[i].id, "verbale-assent--", 16) != 0)
			continue;
		if ((rc = load_row(l, &rows.row[i], &en, e)) != 0) {
			rc = rc == E_NOTFOUND ? 0 : rc;
			continue;
		}
		if (strcmp(en.party, d->writer) == 0 && !en.object.revoked && get_time(en.object.val, "modified", 0) > latest) {
			latest = get_time(en.object.val, "modified", 0);
			p->answer = json_str_is(json_get(en.object.val, "verb"), "agree") ? ANSWER_ACCEPTED : ANSWER_DECLINED;
			p->answer_reason = get_text(l, en.object.val, "reason");
		}
		entry_free(&en);
	}
	return rc;
}

static int get_answers(struct loader *l, struct v_draft *d, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->props; i++) {
		if (d->prop[i].answer != ANSWER_SETTLED || d->prop[i].by_writer)
			continue;
		for (size_t k = 0; k < d->props; k++)
			if (d->prop[k].by_writer && d->prop[k].counter_to != NULL && strcmp(d->prop[k].counter_to, d->prop[i].id) == 0)
				d->prop[i].answer = ANSWER_COUNTERED;
		rc = get_answer(l, d->doc, &d->prop[i], e);
	}
	return rc;
}

static int load_proposals(struct loader *l, struct v_draft *d, const struct entry *doc, const struct picks *rows, struct err *e)
{
	const char **ids = NULL;
	const size_t n = load_ids(l, rows, "verbale-proposal", doc->row.collection, &ids);
	int rc = 0;

	if ((d->prop = arena_array(l->a, n + 1, sizeof *d->prop)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct picked p;

		if ((rc = load_version(l, ids[i], NULL, &p, e)) == 0) {
			rc = get_proposal(l, d, &p.entry, &d->prop[d->props], e);
			d->props += rc == 0;
			entry_free(&p.entry);
		}
		rc = rc == E_NOTFOUND ? 0 : rc;
	}
	if (rc == 0 && (rc = consult_open_proposals(l->rd, doc, l->now, mark_open, d, e)) == 0)
		rc = get_answers(l, d, e);
	return rc;
}

/* ---- comments ---- */

struct comments { struct loader *l; struct v_draft *d; size_t cap; };

static int take_comment(void *ctx, const struct entry *en, struct err *e)
{
	struct comments *c = ctx;
	struct loader *l = c->l;
	const struct json_val *o = en->object.val;

	if (c->d->comments == c->cap) {
		struct v_comment *more = arena_array(l->a, c->cap == 0 ? 16 : 2 * c->cap, sizeof *more);

		if (more == NULL)
			return fail(e, E_NOMEM, "page");
		if (c->d->comments > 0)
			memcpy(more, c->d->comment, c->d->comments * sizeof *more);
		c->d->comment = more;
		c->cap = c->cap == 0 ? 16 : 2 * c->cap;
	}
	c->d->comment[c->d->comments++] = (struct v_comment){.id = arena_str(l->a, en->row.id), .unit = get_str(l, o, "unit"), .party = arena_str(l->a, en->party),
		.at = get_time(o, "modified", 0), .text = get_text(l, o, "text"), .own = en->party != NULL && strcmp(en->party, c->d->own) == 0, .reply = json_get(o, "reply_to_ref") != NULL};
	return 0;
}

/* ---- glossary ---- */

static void take_warning(struct loader *l, struct v_draft *d, const struct glossary_warning *w)
{
	const struct bitext *t = &d->doc->unit[w->unit].text;
	struct v_warning *v = &d->warning[d->warnings++];

	*v = (struct v_warning){.unit = w->unit, .lang = w->lang, .word = arena_strn(l->a, t->s[w->lang] + w->from, w->n), .pair = w->pair, .why = arena_str(l->a, paper_text_in(&w->why, l->lang))};
	if (!w->pair)
		return;
	v->other = w->other;
	v->other_word = arena_strn(l->a, t->s[w->other] + w->other_from, w->other_n);
	v->better = w->better != NULL ? arena_strn(l->a, w->better, w->better_n) : NULL;
}

#define WARNINGS 200
static int load_warnings(struct loader *l, struct v_draft *d, struct err *e)
{
	struct glossary_warning *w = arena_array(l->a, WARNINGS, sizeof *w);
	struct glossary_extra *x;
	struct v_term *t;
	size_t n = 0, terms;
	int rc = load_terms(l, d->own, &t, &terms, e);

	if (rc != 0)
		return rc;
	x = arena_array(l->a, terms + 1, sizeof *x);
	d->warning = arena_array(l->a, WARNINGS, sizeof *d->warning);
	if (w == NULL || x == NULL || d->warning == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < terms; i++) {
		struct paper_text *confused = arena_array(l->a, t[i].confused_n + 1, sizeof *confused);

		for (size_t k = 0; confused != NULL && k < t[i].confused_n; k++)
			memcpy(confused[k].s, t[i].confused[k].s, sizeof confused[k].s);
		memcpy(x[i].term.s, t[i].term.s, sizeof x[i].term.s);
		memcpy(x[i].warning.s, t[i].warning.s, sizeof x[i].warning.s);
		x[i].confused_with = confused;
		x[i].n = confused != NULL ? t[i].confused_n : 0;
	}
	rc = glossary_check(load_paper_units(l, d->doc), d->doc->units, x, terms, w, WARNINGS, &n, e);
	for (size_t i = 0; rc == 0 && i < n && i < WARNINGS; i++)
		take_warning(l, d, &w[i]);
	return rc;
}

/* ---- what can be done, and by whom ---- */

static void count(struct v_draft *d)
{
	for (size_t i = 0; i < d->doc->units; i++) {
		d->brackets += d->doc->unit[i].bracketed;
		d->agreed += !d->doc->unit[i].bracketed;
	}
	d->untranslated = d->facts->untranslated;
	d->open = d->facts->open_proposals;
}

static void next_is(struct v_draft *d, const char *party)
{
	if (party != NULL && d->nexts < LIMIT_MEMBERS)
		d->next[d->nexts++] = party;
}

static void all_but(struct v_draft *d, enum assent_verb said)
{
	for (size_t i = 0; i < d->facts->members; i++)
		if (d->facts->assent[i] != said)
			next_is(d, d->facts->member[i]);
}

static void find_next(struct v_draft *d)
{
	const enum doc_state s = doc_state(d->facts);

	switch (s) {
	case DOC_WITHDRAWN: d->next_what = N_("The document is withdrawn. Nothing more can be done with it."); return;
	case DOC_PUBLISHED: d->next_what = N_("The text is public. A new version would be a correction, and be shown as one."); return;
	case DOC_SCHEDULED: d->next_what = N_("All sides agreed. The text becomes public by itself at the agreed minute."); return;
	case DOC_AGREED: d->next_what = N_("All sides agreed. Any side can now ask for publication."); all_but(d, ASSENT_NONE); return;
	case DOC_PROPOSED: d->next_what = N_("Proposals wait for an answer: accept, counter or decline."); next_is(d, d->doc->writer); return;
	case DOC_DRAFT:
	case DOC_ASSENTED:
	case DOC_STATES: break;
	}
	if (d->brackets > 0) {
		d->next_what = N_("Square brackets stand for what is not agreed. Propose a wording, or take the brackets away.");
		all_but(d, ASSENT_AGREE);
	} else if (d->silence == SILENCE_RUNS) {
		d->next_what = N_("The silence procedure runs: who says nothing until the deadline agrees.");
		all_but(d, ASSENT_AGREE);
	} else {
		d->next_what = N_("Nothing is left open. The sides named can agree to this version.");
		all_but(d, ASSENT_AGREE);
	}
}

static void find_moves(struct v_draft *d, const bool may[RIGHT_COUNT_])
{
	for (unsigned k = 0; k < TEXT_ACTS; k++)
		d->may[k] = may[text_act_row((enum text_act)k)->right] && doc_may(d->facts, text_act_row((enum text_act)k)->move, d->own, NULL) == 0;
	d->may_commit = may[RIGHT_WRITE] && doc_may(d->facts, MOVE_COMMIT, d->own, NULL) == 0;
}

static void make_urls(struct loader *l, const struct v_round *r, struct v_draft *d)
{
	const struct url doc = url_path(l->a, lang_code(l->lang), "series", r->series_slug, "rounds", r->key, "documents", d->doc->number, NULL);

	d->page = doc;
	d->base = url_suffix(l->a, doc, "/draft");
	d->edit = url_suffix(l->a, doc, "/edit");
	d->propose = url_suffix(l->a, doc, "/propose");
	d->review = url_suffix(l->a, doc, "/review");
	d->compare = url_suffix(l->a, doc, "/compare");
	d->txt = url_suffix(l->a, doc, "/txt");
	d->pdf = url_suffix(l->a, doc, "/pdf");
}

static int fill(struct loader *l, struct v_draft *d, const struct entry *en, bool all, struct err *e)
{
	struct doc_facts *f = arena_get(l->a, sizeof *f);
	struct comments c = {l, d, 0};
	struct picks rows = {0};
	int rc;

	if (f == NULL)
		return fail(e, E_NOMEM, "page");
	d->facts = f;
	if ((rc = consult_facts(l->rd, en, l->now, f, e)) != 0)
		return rc;
	f->writer = d->doc->writer; /* the entry goes, the page stays */
	d->writer = strcmp(d->own, f->writer) == 0;
	d->silence = doc_silence(f);
	d->correction = get_text(l, json_get(en->object.val, "correction"), "reason");
	d->withdrawal = get_text(l, en->object.val, "withdrawal");
	if (!all)
		return 0;
	if ((rc = load_versions(l, d->doc->id, d->compare, &d->version, &d->versions, e)) != 0 || (rc = load_rows_about(l, d->doc->id, &rows, e)) != 0 ||
	    (rc = load_proposals(l, d, en, &rows, e)) != 0 || (rc = consult_comments(l->rd, &l->reader, d->doc->id, take_comment, &c, e)) != 0)
		return rc;
	return load_warnings(l, d, e);
}

int load_draft(struct loader *l, const struct v_round *r, const struct v_document *doc, const char *own, const bool may[RIGHT_COUNT_], bool all, struct v_draft *ret, struct err *e)
{
	struct picked p;
	int rc;

	*ret = (struct v_draft){.round = r, .doc = doc, .own = own};
	make_urls(l, r, ret);
	if ((rc = load_version(l, doc->id, doc->modified, &p, e)) != 0)
		return rc;
	rc = fill(l, ret, &p.entry, all, e);
	entry_free(&p.entry);
	if (rc != 0)
		return rc;
	count(ret);
	find_next(ret);
	find_moves(ret, may);
	return 0;
}
