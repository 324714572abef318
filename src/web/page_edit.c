/* Writing: versions by the side that keeps the text, proposals by the others, new documents, their list. */
#include <stdlib.h>
#include <string.h>

#include "web/form_text.h"
#include "web/tmpl.h"

/* ---- the list ---- */

int see_documents(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct v_round *r;
	struct out o = visit_out(v);
	struct v_draft *d;
	int rc = text_round(v, &s, &r, e);

	if (rc != 0)
		return rc;
	if ((d = arena_array(v->l.a, r->documents + 1, sizeof *d)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < r->documents; i++)
		if ((rc = load_draft(&v->l, r, &r->document[i], record_self(v->w->record)->party, v->p.may, false, &d[i], e)) != 0)
			return rc;
	text_name(v, s, r, NULL, NULL, NULL);
	page_documents(&o, &v->p, r, d, r->documents);
	return 0;
}

/* ---- showing the form ---- */

static const char *const edit_titles[] = {[EDIT_NEW] = N_("New document"), [EDIT_REVISE] = N_("Edit the text"), [EDIT_PROPOSE] = N_("Propose changes")};

static int show_edit(struct visit *v, const struct v_series *s, struct v_edit *f)
{
	struct out o = visit_out(v);

	text_name(v, s, f->round, f->doc, f->kind == EDIT_NEW ? "/new" : f->kind == EDIT_REVISE ? "/edit" : "/propose", edit_titles[f->kind]);
	page_edit(&o, &v->p, f);
	return 0;
}

/* After an act that could not be: the form with what was typed; somebody saved first: both texts. */
static int show_again(struct visit *v, const struct v_series *s, struct v_edit *f, int rc, struct err *e)
{
	if (rc != E_CONFLICT && rc != E_STATE && rc != E_FORMAT && rc != E_LIMIT && rc != E_EXISTS)
		return rc;
	v->r->status = rc == E_FORMAT || rc == E_LIMIT ? 422 : 409;
	f->fault = arena_str(v->l.a, e->msg);
	if (rc == E_CONFLICT && f->doc != NULL && (rc = edit_conflict(v, f, f->doc, e)) != 0)
		return rc;
	return show_edit(v, s, f);
}

/* ---- a new document ---- */

/* "DJ-2016-0003": letters of the members, year, a number nobody has had. */
static const char *next_number(struct visit *v, const struct v_series *s, const struct v_round *r)
{
	char letters[LIMIT_MEMBERS + 1] = {0};
	const char *year = arena_strn(v->l.a, iso_date(v->l.a, r->start, r->zone), 4), *prefix;
	unsigned long last = 0;

	for (size_t i = 0; i < s->members; i++)
		letters[i] = s->member[i][0];
	for (size_t i = 1; i < s->members; i++) /* in every language the same */
		for (size_t k = i; k > 0 && letters[k] < letters[k - 1]; k--) {
			const char swap = letters[k];

			letters[k] = letters[k - 1];
			letters[k - 1] = swap;
		}
	prefix = arena_printf(v->l.a, "%s-%s-", letters, year);
	for (size_t i = 0; i < s->rounds; i++)
		for (size_t k = 0; k < s->round[i].documents; k++) {
			const char *n = s->round[i].document[k].number;
			const unsigned long x = strncmp(n, prefix, strlen(prefix)) == 0 ? strtoul(n + strlen(prefix), NULL, 10) : 0;

			last = x > last && x < 1000000 ? x : last;
		}
	return arena_printf(v->l.a, "%s%04lu", prefix, last + 1);
}

static int list_templates(struct visit *v, const struct v_series *s, struct v_edit *f, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < s->rounds; i++)
		n += s->round[i].documents;
	if ((f->templates = arena_array(v->l.a, n + 1, sizeof *f->templates)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < s->rounds; i++)
		for (size_t k = 0; k < s->round[i].documents; k++) {
			const struct v_document *d = &s->round[i].document[k];

			f->templates[f->templates_n++] = (struct choice){d->number, arena_printf(v->l.a, "%s · %s · %s", d->number, tr(v->p.lang, d->kind), bitext_in(&d->title, v->p.lang).s)};
		}
	return 0;
}

static const struct v_document *template_of(const struct v_series *s, const char *number)
{
	for (size_t i = 0; number != NULL && i < s->rounds; i++)
		for (size_t k = 0; k < s->round[i].documents; k++)
			if (strcmp(s->round[i].document[k].number, number) == 0)
				return &s->round[i].document[k];
	return NULL;
}

static int blank_units(struct visit *v, struct v_edit *f, struct err *e)
{
	static const char *const numbers[] = {"1", "2", "3"};

	if ((f->unit = arena_array(v->l.a, ARRAY_LEN(numbers) + 2, sizeof *f->unit)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		f->unit[f->units++] = (struct v_edit_unit){.number = numbers[i], .was = ""};
	return 0;
}

/* load_round() reads its round's documents anew; the others' are there from load_series(). */
static int new_begin(struct visit *v, struct v_series **ret_s, struct v_edit *f, struct err *e)
{
	struct v_round *r;
	int rc;

	if ((rc = text_round(v, ret_s, &r, e)) != 0 || (rc = edit_begin(v, EDIT_NEW, *ret_s, r, NULL, f, e)) != 0)
		return rc;
	return list_templates(v, *ret_s, f, e);
}

int see_doc_new(struct visit *v, struct err *e)
{
	const char *kind = http_param(v->q, "kind"), *from = http_param(v->q, "from");
	const struct v_document *d;
	struct v_series *s;
	struct v_edit f;
	int rc;

	if ((rc = new_begin(v, &s, &f, e)) != 0)
		return rc;
	d = template_of(s, from);
	if ((rc = d != NULL ? edit_from_document(v, d, &f, e) : blank_units(v, &f, e)) != 0)
		return rc;
	if (d == NULL)
		for (size_t i = 0; i < s->members; i++)
			f.authentic[party_lang(s->member[i])] = true;
	f.template_from = d != NULL ? d->number : NULL;
	f.number.value = next_number(v, s, f.round);
	f.date.value = date_typed(v->l.a, v->p.lang, f.round->start > v->l.now ? v->l.now : f.round->start, f.round->zone);
	f.doc_kind.value = kind != NULL ? kind : d != NULL ? d->kind_code : "agenda";
	return show_edit(v, s, &f);
}

/* ---- from the form to the act ---- */

static unsigned languages(const bool in[LANG_COUNT])
{
	unsigned set = 0;

	for (unsigned k = 0; k < LANG_COUNT; k++)
		set |= in[k] ? 1u << k : 0;
	return set;
}

/* The date a document bears is a day where the round is held. */
static const char *date_of(struct visit *v, const struct v_edit *f)
{
	int64_t ns = 0;

	return moment_read(f->date.value, "00:00", f->round->zone, &ns) == NULL ? iso_time(v->l.a, ns) : NULL;
}

static int save(struct visit *v, const struct v_edit *f, const char *round, const char *id, const struct json_val *version, struct add_result *res, struct err *e)
{
	struct act_document d = {.at = {.id = id, .seen = f->seen}, .date = date_of(v, f), .authentic = languages(f->authentic), .provisional = languages(f->provisional)};
	const struct actor *a;
	struct act_unit *unit;
	int rc = acting(v, &a, e);

	if (rc != 0 || (rc = edit_units(v, f, version, &unit, &d.units, e)) != 0)
		return rc;
	d.unit = unit;
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		d.title.in[k] = f->title[k].value;
		d.correction.in[k] = f->reason[k].value;
	}
	if (id == NULL) {
		d.round = round;
		d.kind = f->doc_kind.value;
		d.number = f->number.value;
		d.at.seen = NULL;
	} else {
		d.publish_at = json_get_str(version, "publish_at");
	}
	return act_save_document(a, &d, res, e);
}

int do_doc_new(struct visit *v, struct err *e)
{
	struct v_series *s;
	struct add_result res;
	struct v_edit f;
	int rc;

	if ((rc = new_begin(v, &s, &f, e)) != 0 || (rc = edit_from_form(v, &f, e)) != 0)
		return rc;
	if (edit_operate(v, &f))
		return show_edit(v, s, &f);
	if (edit_check(v, &f) && template_of(s, f.number.value) != NULL) {
		f.number.fault = N_("This number is taken. A number is never given twice.");
		f.faulty = true;
	}
	if (f.faulty) {
		v->r->status = 422;
		return show_edit(v, s, &f);
	}
	rc = save(v, &f, f.round->id, NULL, NULL, &res, e);
	if (rc != 0 && rc != ACT_HELD)
		return show_again(v, s, &f, rc, e);
	return at_desk_end(v, rc, rc == ACT_HELD ? f.back : url_suffix(v->l.a, url_path(v->l.a, lang_code(v->p.lang), "series", s->slug, "rounds", f.round->key, "documents", f.number.value, NULL), "/draft"), "text-saved", e);
}

/* ---- versions and proposals ---- */

static int begin(struct visit *v, enum edit_kind kind, struct text_place *t, struct v_edit *f, struct err *e)
{
	int rc;

	if ((rc = text_place(v, t, e)) != 0 || (rc = edit_begin(v, kind, t->s, t->r, &t->draft, f, e)) != 0)
		return rc;
	return 0;
}

/* Whoever opens the form may do it as things stand; whoever sends it hears from the act, with what was typed. */
static int may_open(const struct v_edit *f, struct err *e)
{
	const bool counters = f->kind == EDIT_PROPOSE && f->draft->writer;

	if (counters && !f->draft->may[TEXT_ANSWER])
		return fail(e, E_STATE, "there is no open proposal to counter");
	return counters ? 0 : doc_may(f->draft->facts, f->kind == EDIT_PROPOSE ? MOVE_PROPOSE : MOVE_REVISE, f->draft->own, e);
}

static void find_countered(struct v_edit *f)
{
	for (size_t i = 0; i < f->draft->props; i++)
		if (strcmp(f->draft->prop[i].id, f->counter_to) == 0)
			f->countered = &f->draft->prop[i];
	if (f->countered == NULL)
		f->counter_to = "";
}

static int see(struct visit *v, enum edit_kind kind, struct err *e)
{
	const char *counter = http_param(v->q, "counter");
	struct text_place t = {0};
	struct v_edit f;
	int rc;

	if ((rc = begin(v, kind, &t, &f, e)) != 0 || (rc = may_open(&f, e)) != 0 || (rc = edit_from_document(v, t.d, &f, e)) != 0)
		return rc;
	f.counter_to = counter != NULL ? counter : "";
	find_countered(&f);
	return show_edit(v, t.s, &f);
}

int see_edit(struct visit *v, struct err *e) { return see(v, EDIT_REVISE, e); }
int see_propose(struct visit *v, struct err *e) { return see(v, EDIT_PROPOSE, e); }

/* The version the form was made from; it may not be the newest any more. */
static int read_seen(struct visit *v, const struct v_edit *f, struct picked *ret, struct err *e)
{
	const int rc = load_version(&v->l, f->doc->id, f->seen, ret, e);

	return rc == E_NOTFOUND ? fail(e, E_CONFLICT, "the version this form was made from is not there") : rc;
}

static int revise(struct visit *v, struct text_place *t, struct v_edit *f, struct err *e)
{
	struct add_result res;
	struct picked p;
	int rc;

	if ((rc = read_seen(v, f, &p, e)) == 0) {
		rc = save(v, f, NULL, t->d->id, p.entry.object.val, &res, e);
		entry_free(&p.entry);
	}
	return rc < 0 ? show_again(v, t->s, f, rc, e) : at_desk_end(v, rc, t->draft.base, "text-saved", e);
}

static int propose(struct visit *v, struct text_place *t, struct v_edit *f, struct err *e)
{
	struct act_proposal a = {.document = t->d->id, .seen = f->seen, .counter_to = f->counter_to};
	const struct actor *who;
	struct v_document seen;
	struct act_change *change = NULL;
	struct add_result res;
	struct picked p;
	int rc;

	if ((rc = acting(v, &who, e)) != 0)
		return rc;
	if ((rc = read_seen(v, f, &p, e)) == 0) {
		rc = load_document(&v->l, t->r, &p, &seen, e);
		entry_free(&p.entry);
	}
	if (rc == 0)
		rc = edit_changes(v, f, &seen, &change, &a.changes, e);
	if (rc == 0 && a.changes == 0)
		rc = fail(e, E_FORMAT, "nothing was changed: a proposal changes at least one paragraph");
	if (rc == 0) {
		a.change = change;
		for (unsigned k = 0; k < LANG_COUNT; k++)
			a.reason.in[k] = f->reason[k].value;
		rc = act_propose(who, &a, &res, e);
	}
	return rc < 0 ? show_again(v, t->s, f, rc, e) : at_desk_end(v, rc, t->draft.base, f->counter_to[0] != '\0' ? "countered" : "text-proposed", e);
}

static int act(struct visit *v, enum edit_kind kind, struct err *e)
{
	struct text_place t = {0};
	struct v_edit f;
	int rc;

	if ((rc = begin(v, kind, &t, &f, e)) != 0 || (rc = edit_from_form(v, &f, e)) != 0)
		return rc;
	if (kind == EDIT_PROPOSE)
		find_countered(&f);
	if (edit_operate(v, &f))
		return show_edit(v, t.s, &f);
	if (!edit_check(v, &f)) {
		v->r->status = 422;
		return show_edit(v, t.s, &f);
	}
	return kind == EDIT_REVISE ? revise(v, &t, &f, e) : propose(v, &t, &f, e);
}

int do_edit(struct visit *v, struct err *e) { return act(v, EDIT_REVISE, e); }
int do_propose(struct visit *v, struct err *e) { return act(v, EDIT_PROPOSE, e); }
