/* The draft, its comments and proposals, and the review before what is written for good. */
#include <string.h>

#include "web/page_text.h"
#include "web/tmpl.h"

int text_round(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	int rc = s != NULL ? load_series(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0 || (rc = load_round(&v->l, s, v->q->arg[2], ret, e)) != 0)
		return rc;
	*ret_s = s;
	return 0;
}

void text_name(struct visit *v, const struct v_series *s, const struct v_round *r, const struct v_document *d, const char *under, const char *what)
{
	struct url rest = url_path(v->l.a, "series", s->slug, "rounds", r->key, "documents", d != NULL ? d->number : NULL, NULL);

	v->p.example = v->p.example || r->example;
	visit_name(v, under != NULL ? url_suffix(v->l.a, rest, under) : rest);
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	if (r->ordinal > 0)
		visit_crumb_text(v, (struct shown){ordinal_text(v->l.a, v->p.lang, r->ordinal), v->p.lang}, r->page);
	else
		visit_crumb_text(v, bitext_in(&r->title, v->p.lang), r->page);
	visit_crumb(v, N_("Documents"), url_suffix(v->l.a, r->page, "/documents"));
	if (d != NULL)
		visit_crumb_text(v, (struct shown){d->number, v->p.lang}, d->page);
	if (what != NULL)
		visit_crumb(v, what, rest);
	v->p.title = d != NULL ? arena_printf(v->l.a, "%s: %s", d->number, tr(v->p.lang, what)) : tr(v->p.lang, what != NULL ? what : N_("Documents"));
}

int text_place(struct visit *v, struct text_place *ret, struct err *e)
{
	int rc;

	if ((rc = text_round(v, &ret->s, &ret->r, e)) != 0 || (rc = load_numbered(ret->r, v->q->arg[3], &ret->d, e)) != 0)
		return rc;
	return load_draft(&v->l, ret->r, ret->d, record_self(v->w->record)->party, v->p.may, true, &ret->draft, e);
}

/* ---- the draft ---- */

static int show_draft(struct visit *v, struct text_place *t, struct err *e)
{
	struct out o = visit_out(v);

	(void)e;
	text_name(v, t->s, t->r, t->d, "/draft", N_("Draft"));
	page_draft(&o, &v->p, &t->draft);
	return 0;
}

int see_draft(struct visit *v, struct err *e)
{
	struct text_place t = {0};
	const int rc = text_place(v, &t, e);

	return rc != 0 ? rc : show_draft(v, &t, e);
}

/* A form of this page that cannot be taken: the page again, with what was typed. */
static int draft_fault(struct visit *v, struct text_place *t, const char *fault, const char *at, struct err *e)
{
	t->draft.fault = fault;
	t->draft.at = at;
	t->draft.typed = visit_field(v, "text");
	t->draft.typed_reason = visit_field(v, "reason");
	v->r->status = 422;
	return show_draft(v, t, e);
}

static int do_accept(struct visit *v, struct text_place *t, const struct actor *a, struct err *e)
{
	const struct texts none = {{NULL}};
	struct add_result res;

	return at_desk_end(v, act_accept(a, visit_field(v, "id"), visit_field(v, "seen"), &none, &res, e), t->draft.base, "accepted", e);
}

static int do_decline(struct visit *v, struct text_place *t, const struct actor *a, struct err *e)
{
	const struct texts reason = acting_text(v, "reason");
	struct add_result res;

	if (texts_empty(&reason))
		return draft_fault(v, t, N_("Please give a reason for declining: the other side reads it."), visit_field(v, "id"), e);
	return at_desk_end(v, act_decline(a, visit_field(v, "id"), &reason, &res, e), t->draft.base, "proposal-declined", e);
}

static int do_take_back(struct visit *v, struct text_place *t, const struct actor *a, struct err *e)
{
	const char *id = visit_field(v, "id");
	struct add_result res;

	for (size_t i = 0; i < t->draft.props; i++)
		if (t->draft.prop[i].own && strcmp(t->draft.prop[i].id, id) == 0)
			return at_desk_end(v, act_withdraw(a, id, NULL, NULL, &res, e), t->draft.base, "taken-back", e);
	return fail(e, E_NOTFOUND, "not found");
}

static int do_comment(struct visit *v, struct text_place *t, const struct actor *a, struct err *e)
{
	const struct act_comment c = {.about = t->d->id, .seen = visit_field(v, "seen"), .unit = visit_field(v, "unit"), .text = acting_text(v, "text")};
	struct add_result res;

	if (texts_empty(&c.text))
		return draft_fault(v, t, N_("The comment is empty."), c.unit, e);
	return at_desk_end(v, act_comment(a, &c, &res, e), t->draft.base, "commented", e);
}

static const struct { const char *word; enum text_act act; int (*run)(struct visit *v, struct text_place *t, const struct actor *a, struct err *e); } act_handlers[] = {
	{"accept", TEXT_ANSWER, do_accept}, {"decline", TEXT_ANSWER, do_decline}, {"take-back", TEXT_COMMENT, do_take_back}, {"comment", TEXT_COMMENT, do_comment},
};

int do_draft(struct visit *v, struct err *e)
{
	const struct actor *a;
	struct text_place t = {0};
	int rc = text_place(v, &t, e);

	if (rc != 0 || (rc = acting(v, &a, e)) != 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(act_handlers); i++)
		if (strcmp(visit_field(v, "act"), act_handlers[i].word) == 0) {
			const enum right need = text_act_row(act_handlers[i].act)->right;

			if (!visit_may(v, need))
				return fail(e, E_DENIED, "your role does not include: %s", right_name(need));
			return act_handlers[i].run(v, &t, a, e);
		}
	return fail(e, E_USAGE, "no such act");
}

/* ---- review ---- */

static const struct review_row { enum text_act act; const char *title, *effect, *done, *reason /* label, or NULL */, *time /* label, or NULL */; bool reason_due, time_due; } reviews[] = {
	{TEXT_AGREE, N_("Agree"), N_("Your side agrees to exactly this version, in all its languages. The assent is recorded for good; until publication it can be withdrawn, visibly."), "agreed", NULL, NULL, false, false},
	{TEXT_OBJECT, N_("Object"), N_("Your side objects to this version. The objection and its reason are recorded for good and seen by all sides."), "objected", N_("Reason for the objection"), NULL, true, false},
	{TEXT_WITHDRAW_ASSENT, N_("Withdraw the assent"), N_("Your side no longer agrees to this version. A publication that was planned lapses. This is recorded for good and seen by all sides."), "assent-withdrawn", N_("Reason for withdrawing"), NULL, true, false},
	{TEXT_PUBLISH, N_("Publication"), N_("From the agreed minute on, anyone can read this text on the servers of all sides. What is public cannot be taken back: it can be corrected or withdrawn, and both stay visible."), "publishing", NULL, N_("Public from"), false, false},
	{TEXT_FREEZE, N_("Freeze"), N_("A last version with the same text takes no more proposals. To change it, your side would have to save a new version."), "frozen", NULL, NULL, false, false},
	{TEXT_SILENCE, N_("Silence procedure"), N_("Each side that says nothing until the deadline agrees to this version; its server records the assent by itself. An objection before the deadline ends the procedure."), "silence", N_("Message to the other sides"), N_("Deadline"), false, true},
	{TEXT_WITHDRAW, N_("Withdraw the document"), N_("The document is withdrawn as a whole, in all versions. Its number stays taken, and its address will say that it was withdrawn, and why. This cannot be undone."), "withdrawn", N_("Reason for withdrawing"), NULL, true, false},
};

static const struct review_row *review_row(const char *word)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(reviews); i++)
		if (strcmp(text_act_row(reviews[i].act)->word, word) == 0)
			return &reviews[i];
	return NULL;
}

/* Clocks of the reader's own side; the review shows both. */
static void review_fields(struct visit *v, const struct review_row *row, const char *own, struct v_review *ret)
{
	if (row->reason != NULL)
		ret->field[ret->fields++] = (struct field){.name = "reason", .label = row->reason, .rows = 4, .lang = lang_code(v->p.lang), .required = row->reason_due, .value = visit_field(v, "reason")};
	ret->has_reason = row->reason != NULL;
	ret->has_time = row->time != NULL;
	if (row->time == NULL)
		return;
	ret->field[ret->fields++] = (struct field){.name = "date", .required = row->time_due, .value = visit_field(v, "date"), .label = row->time,
		.hint = row->time_due ? DATE_HINT : N_("For example 2016-09-12. Leave empty to publish at once.")};
	ret->field[ret->fields++] = (struct field){.name = "time", .required = row->time_due, .value = visit_field(v, "time"),
		.label = arena_printf(v->l.a, tr(v->p.lang, N_("Time (%s)")), zone_text(v->p.lang, v->l.now, party_zone(own))), .hint = TIME_HINT};
}

/* True: nothing is left to ask. */
static bool review_read(struct visit *v, const char *own, struct v_review *r)
{
	const char *date = visit_field(v, "date"), *time = visit_field(v, "time"), *fault;

	fields_require(r->field, r->fields);
	if (r->has_time && (date[0] != '\0' || time[0] != '\0')) {
		fault = moment_read(date, time, party_zone(own), &r->at);
		if (fault != NULL)
			fields_fault(r->field, r->fields, date[0] == '\0' ? "date" : "time", fault);
		else if (r->at <= v->l.now)
			fields_fault(r->field, r->fields, "date", N_("This moment has passed already."));
		r->has_at = fault == NULL;
	}
	return fields_ok(r->field, r->fields);
}

static int show_review(struct visit *v, struct text_place *t, struct v_review *r, struct err *e)
{
	struct out o = visit_out(v);

	(void)e;
	text_name(v, t->s, t->r, t->d, url_query(v->l.a, (struct url){"/review"}, "act", text_act_row(r->act)->word).s, r->title);
	page_review(&o, &v->p, r);
	return 0;
}

static int review_begin(struct visit *v, const char *word, struct text_place *t, struct v_review *r, const struct review_row **ret_row, struct err *e)
{
	const struct review_row *row = review_row(word);
	int rc;

	if (row == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = text_place(v, t, e)) != 0)
		return rc;
	if (!visit_may(v, text_act_row(row->act)->right))
		return fail(e, E_DENIED, "your role does not include: %s", right_name(text_act_row(row->act)->right));
	*r = (struct v_review){.d = &t->draft, .act = row->act, .title = row->title, .effect = row->effect};
	review_fields(v, row, t->draft.own, r);
	*ret_row = row;
	return doc_may(t->draft.facts, text_act_row(row->act)->move, t->draft.own, e);
}

int see_review(struct visit *v, struct err *e)
{
	const struct review_row *row;
	struct text_place t = {0};
	struct v_review r;
	const int rc = review_begin(v, http_param(v->q, "act"), &t, &r, &row, e);

	if (rc != 0)
		return rc;
	r.ready = r.fields == 0;
	return show_review(v, &t, &r, e);
}

static int carry_out(struct visit *v, const struct text_place *t, const struct v_review *r, struct err *e)
{
	const char *id = t->d->id, *seen = visit_field(v, "seen"), *at = r->has_at ? iso_time(v->l.a, r->at) : NULL;
	const struct texts text = r->has_reason ? acting_text(v, "reason") : (struct texts){{NULL}};
	const struct act_silence silence = {.document = id, .seen = seen, .deadline = at, .text = text};
	const struct actor *a;
	struct add_result res;
	const int rc = acting(v, &a, e);

	if (rc != 0)
		return rc;
	switch (r->act) {
	case TEXT_AGREE: return act_assent(a, id, seen, ASSENT_AGREE, NULL, &res, e);
	case TEXT_OBJECT: return act_assent(a, id, seen, ASSENT_OBJECT, &text, &res, e);
	case TEXT_WITHDRAW_ASSENT: return act_assent(a, id, seen, ASSENT_WITHDRAW, &text, &res, e);
	case TEXT_PUBLISH: return act_publish(a, id, seen, at, &res, e);
	case TEXT_FREEZE: return act_freeze(a, id, seen, &res, e);
	case TEXT_SILENCE: return act_silence(a, &silence, &res, e);
	case TEXT_WITHDRAW: return act_withdraw(a, id, seen, &text, &res, e);
	case TEXT_REVISE: case TEXT_PROPOSE: case TEXT_ANSWER: case TEXT_COMMENT: case TEXT_ACTS: break;
	}
	return fail(e, E_USAGE, "no such act");
}

int do_review(struct visit *v, struct err *e)
{
	const struct review_row *row;
	struct text_place t = {0};
	struct v_review r;
	int rc = review_begin(v, visit_field(v, "act"), &t, &r, &row, e);

	if (rc != 0)
		return rc;
	if (strcmp(visit_field(v, "seen"), t.d->modified) != 0)
		return fail(e, E_CONFLICT, "another version was saved meanwhile (%s): read it first", t.d->modified);
	if (!review_read(v, t.draft.own, &r)) {
		v->r->status = 422;
		return show_review(v, &t, &r, e);
	}
	r.ready = true;
	if (strcmp(visit_field(v, "sure"), "1") != 0)
		return show_review(v, &t, &r, e);
	if ((rc = carry_out(v, &t, &r, e)) == E_STATE || rc == E_CONFLICT) {
		r.fault = arena_str(v->l.a, e->msg);
		v->r->status = 409;
		return show_review(v, &t, &r, e);
	}
	return at_desk_end(v, rc, t.draft.base, row->done, e);
}
