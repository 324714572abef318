/* Commitments: what was promised, by whom, until when, and what became of it. */
#include <stdlib.h>
#include <string.h>

#include "web/at_desk.h"
#include "web/load_find.h"
#include "web/load_more.h"
#include "web/load_promise.h"
#include "web/tmpl.h"

#define TITLE N_("Commitments")

int see_commitments(struct visit *v, struct err *e)
{
	struct v_promises *list = arena_get(v->l.a, sizeof *list);
	struct out o = visit_out(v);
	const int rc = list != NULL ? load_promises(v, list, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	v->p.title = tr(v->p.lang, TITLE);
	visit_name(v, (struct url){"/commitments"});
	for (size_t i = 0; i < list->n; i++)
		v->p.example = v->p.example || list->v[i].example;
	page_promises(&o, &v->p, list);
	return 0;
}

static void name_promise(struct visit *v, const struct v_promise *p, const char *under)
{
	const char *path = under == NULL ? url_path(v->l.a, "commitments", p->id, NULL).s : url_path(v->l.a, "commitments", p->id, under, NULL).s;

	visit_name(v, (struct url){path});
	visit_crumb(v, TITLE, visit_url(v, "commitments", NULL));
	visit_crumb_text(v, bitext_in(&p->title, v->p.lang), p->page);
	v->p.title = bitext_in(&p->title, v->p.lang).s;
	v->p.example = v->p.example || p->example;
}

int see_commitment(struct visit *v, struct err *e)
{
	struct v_promise *p = arena_get(v->l.a, sizeof *p);
	struct out o = visit_out(v);
	const int rc = p != NULL ? load_promise_all(v, v->q->arg[1], p, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	name_promise(v, p, NULL);
	page_promise(&o, &v->p, p);
	return 0;
}

/* ---- dates as typed: 2017 is the year ---- */

struct typed_due { char text[40]; const char *precision; };

static void read_due(struct field *f, size_t n, const char *name, struct typed_due *ret)
{
	enum date_part part = DATE_DAY;
	struct civil c = {0};
	const char *wrong, *value = "";

	*ret = (struct typed_due){.text = ""};
	for (size_t i = 0; i < n; i++)
		if (strcmp(f[i].name, name) == 0 && f[i].value != NULL)
			value = f[i].value;
	if (value[0] == '\0')
		return;
	if ((wrong = date_read(value, &c, &part)) != NULL) {
		fields_fault(f, n, name, wrong);
		return;
	}
	c.hour = c.minute = c.second = 0;
	time_format(time_from_civil(&c) * NS_PER_S, 3, ret->text, sizeof ret->text);
	ret->precision = part == DATE_YEAR ? "year" : part == DATE_MONTH ? "month" : "day";
}

static struct texts typed_texts(const struct field *f, size_t n, const char *name, struct arena *a)
{
	struct texts t = {{NULL}};

	for (unsigned k = 0; k < LANG_COUNT; k++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(f[i].name, arena_printf(a, "%s_%s", name, lang_code((enum lang)k))) == 0 && f[i].value != NULL && f[i].value[0] != '\0')
				t.in[k] = f[i].value;
	return t;
}

static bool no_text(const struct texts *t) { return t->in[LANG_DE] == NULL && t->in[LANG_JA] == NULL && t->in[LANG_EN] == NULL; }

#define DUE_HINT N_("A day, a month or a year, as exactly as it was promised: 2017-05-17, 2017-05 or 2017")

/* ---- progress ---- */

enum { G_TEXT_DE, G_TEXT_JA, G_TEXT_EN, G_DUE, G_EVIDENCE, G_URL, G_FIELDS };
static const struct field progress_fields[G_FIELDS] = {
	[G_TEXT_DE] = {.name = "text_de", .label = N_("What was done, in German"), .lang = "de", .rows = 3, .max = LIMIT_TEXT},
	[G_TEXT_JA] = {.name = "text_ja", .label = N_("What was done, in Japanese"), .lang = "ja", .rows = 3, .max = LIMIT_TEXT},
	[G_TEXT_EN] = {.name = "text_en", .label = N_("What was done, in English"), .lang = "en", .rows = 3, .max = LIMIT_TEXT},
	[G_DUE] = {.name = "due", .label = N_("New date, when it is carried on"), .hint = DUE_HINT},
	[G_EVIDENCE] = {.name = "evidence", .label = N_("Evidence: what it is"), .hint = N_("For example the title of a publication"), .max = LIMIT_TITLE},
	[G_URL] = {.name = "url", .label = N_("Evidence: its address"), .hint = N_("https://… or the id of an object of the record"), .type = "text"},
};

static int open_progress(struct visit *v, struct v_progress_form *f, struct err *e)
{
	int rc;

	*f = (struct v_progress_form){.p = arena_get(v->l.a, sizeof *f->p), .f = arena_array(v->l.a, G_FIELDS, sizeof *f->f), .n = G_FIELDS, .state = "started"};
	if (f->p == NULL || f->f == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_promise_all(v, v->q->arg[1], f->p, e)) != 0)
		return rc;
	memcpy(f->f, progress_fields, sizeof progress_fields);
	for (unsigned i = 0; i < COMMITMENT_STATES; i++) {
		f->states[i].value = commitment_state_word((enum commitment_state)i);
		f->states[i].text = tr(v->p.lang, commitment_state_name((enum commitment_state)i));
		f->states[i].on = strcmp(f->states[i].value, f->state) == 0;
	}
	name_promise(v, f->p, "progress");
	visit_crumb(v, N_("Report progress"), f->p->report);
	if (!f->p->may_report)
		return fail(e, E_DENIED, "progress is reported by the owners of a commitment");
	return 0;
}

int see_progress(struct visit *v, struct err *e)
{
	struct v_progress_form *f = arena_get(v->l.a, sizeof *f);
	struct out o = visit_out(v);
	const int rc = f != NULL ? open_progress(v, f, e) : fail(e, E_NOMEM, "page");

	if (rc == 0)
		page_progress(&o, &v->p, f);
	return rc;
}

/* What was typed stays in the form, and what is wrong is said. Other failures have their own pages. */
static bool wrong_input(int rc) { return rc == E_FORMAT || rc == E_USAGE || rc == E_LIMIT; }

static int send_progress(struct visit *v, struct v_progress_form *f, const struct typed_due *due, struct err *e)
{
	const char *url = f->f[G_URL].value, *title = f->f[G_EVIDENCE].value;
	struct act_evidence evidence = {0};
	struct act_progress p = {.commitment = f->p->id, .state = f->state, .due = due->text, .due_precision = due->precision, .text = typed_texts(f->f, f->n, "text", v->l.a)};
	struct add_result res;
	struct at_desk d;
	int rc = at_desk(v, &d, e);

	if (rc != 0)
		return rc;
	if (url != NULL && url[0] != '\0') {
		evidence.title.in[v->p.lang] = title != NULL && title[0] != '\0' ? title : url;
		if (stix_id_ok(url, strlen(url)))
			evidence.object = url;
		else
			evidence.url = url;
		p.evidence = &evidence;
		p.evidences = 1;
	}
	rc = act_progress(&d.actor, &p, &res, e);
	return at_desk_end(v, rc, f->p->page, "progress-reported", e);
}

int do_progress(struct visit *v, struct err *e)
{
	struct v_progress_form *f = arena_get(v->l.a, sizeof *f);
	struct out o = visit_out(v);
	struct typed_due due;
	int rc = f != NULL ? open_progress(v, f, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	visit_fill(v, f->f, f->n);
	f->state = visit_field(v, "state");
	for (unsigned i = 0; i < COMMITMENT_STATES; i++)
		f->states[i].on = strcmp(f->states[i].value, f->state) == 0;
	read_due(f->f, f->n, "due", &due);
	if (strcmp(f->state, "carried") == 0 && due.text[0] == '\0')
		fields_fault(f->f, f->n, "due", N_("Until when is it carried on?"));
	if (fields_ok(f->f, f->n)) {
		struct err wrong = {0};

		rc = send_progress(v, f, &due, &wrong);
		if (!wrong_input(rc)) {
			if (rc != 0 && e != NULL)
				*e = wrong;
			return rc;
		}
		f->fault = arena_str(v->l.a, wrong.msg);
	}
	visit_again(v);
	page_progress(&o, &v->p, f);
	return 0;
}

/* ---- a commitment from a unit of an agreed text ---- */

enum { N_TITLE_DE, N_TITLE_JA, N_TITLE_EN, N_DUE, N_FIELDS };
static const struct field new_fields[N_FIELDS] = {
	[N_TITLE_DE] = {.name = "title_de", .label = N_("The promise in a few words, in German"), .lang = "de", .max = LIMIT_TITLE},
	[N_TITLE_JA] = {.name = "title_ja", .label = N_("The promise in a few words, in Japanese"), .lang = "ja", .max = LIMIT_TITLE},
	[N_TITLE_EN] = {.name = "title_en", .label = N_("The promise in a few words, in English"), .lang = "en", .max = LIMIT_TITLE},
	[N_DUE] = {.name = "due", .label = N_("Until when"), .hint = DUE_HINT},
};

static int open_new(struct visit *v, const char *document, const char *unit, struct v_promise_form *f, struct err *e)
{
	const struct json_val *u;
	struct collection col;
	struct json_iter it;
	struct picked p;
	int rc;

	*f = (struct v_promise_form){.f = arena_array(v->l.a, N_FIELDS, sizeof *f->f), .n = N_FIELDS, .unit = arena_str(v->l.a, unit)};
	if (f->f == NULL)
		return fail(e, E_NOMEM, "page");
	if (document == NULL || document[0] == '\0' || unit == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = load_find(&v->l, document, NULL, &p, e)) != 0)
		return rc;
	f->document = arena_str(v->l.a, p.entry.row.id);
	f->seen = arena_str(v->l.a, p.entry.row.modified);
	f->number = get_str(&v->l, p.entry.object.val, "number");
	for (json_iter(&it, json_get(p.entry.object.val, "units")); json_next(&it, NULL, &u); )
		if (json_str_is(json_get(u, "number"), unit))
			f->text = get_text(&v->l, u, "text");
	rc = record_collection(v->l.rd, p.entry.row.collection, &col, e);
	entry_free(&p.entry);
	if (rc != 0)
		return rc;
	for (; f->parties < col.members; f->parties++) {
		f->party[f->parties] = arena_str(v->l.a, col.party[f->parties]);
		f->owner[f->parties] = false;
	}
	parties_in_order(v->p.lang, f->party, f->parties);
	memcpy(f->f, new_fields, sizeof new_fields);
	f->back = go_url(&v->l, f->document, f->unit);
	v->p.title = tr(v->p.lang, N_("Take a commitment from the text"));
	visit_name(v, url_query(v->l.a, url_query(v->l.a, (struct url){"/commitments/new"}, "document", f->document), "unit", f->unit));
	visit_crumb(v, TITLE, visit_url(v, "commitments", NULL));
	visit_crumb(v, N_("Take a commitment from the text"), visit_url(v, "commitments", NULL));
	return f->text.s[LANG_DE] != NULL || f->text.s[LANG_JA] != NULL || f->text.s[LANG_EN] != NULL ? 0 : fail(e, E_NOTFOUND, "not found");
}

int see_commitment_new(struct visit *v, struct err *e)
{
	struct v_promise_form *f = arena_get(v->l.a, sizeof *f);
	struct out o = visit_out(v);
	const int rc = f != NULL ? open_new(v, http_param(v->q, "document"), http_param(v->q, "unit"), f, e) : fail(e, E_NOMEM, "page");

	if (rc == 0)
		page_promise_new(&o, &v->p, f);
	return rc;
}

static int send_new(struct visit *v, const struct v_promise_form *f, const struct typed_due *due, struct err *e)
{
	const char *owner[LIMIT_MEMBERS];
	struct act_commitment c = {.document = f->document, .seen = f->seen, .unit = f->unit, .title = typed_texts(f->f, f->n, "title", v->l.a), .owner = owner,
		.due = due->text, .due_precision = due->precision, .next_round = f->next_round};
	struct add_result res;
	struct at_desk d;
	int rc = at_desk(v, &d, e);

	for (size_t i = 0; i < f->parties; i++)
		if (f->owner[i])
			owner[c.owners++] = f->party[i];
	if (rc != 0)
		return rc;
	rc = act_commit(&d.actor, &c, &res, e);
	return at_desk_end(v, rc, rc == 0 ? visit_url(v, "commitments", res.id, NULL) : f->back, "commitment-taken", e);
}

int do_commitment_new(struct visit *v, struct err *e)
{
	struct v_promise_form *f = arena_get(v->l.a, sizeof *f);
	struct out o = visit_out(v);
	struct typed_due due;
	struct texts title;
	bool any = false;
	int rc = f != NULL ? open_new(v, visit_field(v, "document"), visit_field(v, "unit"), f, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	visit_fill(v, f->f, f->n);
	f->seen = visit_field(v, "seen");
	f->next_round = visit_field(v, "next_round")[0] != '\0';
	for (size_t i = 0; i < f->parties; i++) {
		f->owner[i] = visit_field(v, arena_printf(v->l.a, "owner_%s", f->party[i]))[0] != '\0';
		any = any || f->owner[i];
	}
	read_due(f->f, f->n, "due", &due);
	title = typed_texts(f->f, f->n, "title", v->l.a);
	if (no_text(&title))
		fields_fault(f->f, f->n, v->p.lang == LANG_JA ? "title_ja" : v->p.lang == LANG_DE ? "title_de" : "title_en", N_("Say in one language at least what was promised."));
	if (!any)
		f->fault = tr(v->p.lang, N_("Choose who promised it."));
	if (fields_ok(f->f, f->n) && any) {
		struct err wrong = {0};

		rc = send_new(v, f, &due, &wrong);
		if (!wrong_input(rc) && rc != E_STATE && rc != E_CONFLICT) {
			if (rc != 0 && e != NULL)
				*e = wrong;
			return rc;
		}
		f->fault = arena_str(v->l.a, wrong.msg);
		if (rc == E_STATE || rc == E_CONFLICT)
			v->r->status = 409;
	}
	if (v->r->status == 0)
		visit_again(v);
	page_promise_new(&o, &v->p, f);
	return 0;
}
