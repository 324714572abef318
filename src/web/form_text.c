#include "web/form_text.h"

#include <stdlib.h>
#include <string.h>

static const char *unit_field(struct visit *v, size_t i, const char *what) { return arena_printf(v->l.a, "u%zu-%s", i, what); }
static const char *lang_field(struct visit *v, const char *what, unsigned k) { return arena_printf(v->l.a, "%s-%s", what, lang_code((enum lang)k)); }
static bool empty(const char *s) { return s == NULL || s[0] == '\0'; }

/* ---- the form ---- */

static const struct { const char *code, *word; } kind_rows[] = {
	{"agenda", N_("Agenda")}, {"joint-statement", N_("Joint statement")}, {"press-release", N_("Press release")}, {"agreed-minutes", N_("Agreed minutes")},
	{"position-paper", N_("Position paper")}, {"non-paper", N_("Non-paper")}, {"invitation", N_("Invitation")},
};

static int fill_choices(struct visit *v, const struct v_series *s, struct v_edit *f, struct err *e)
{
	struct choice *kinds = arena_array(v->l.a, ARRAY_LEN(kind_rows), sizeof *kinds), *parties = arena_array(v->l.a, s->members + 1, sizeof *parties);

	if (kinds == NULL || parties == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < ARRAY_LEN(kind_rows); i++)
		kinds[i] = (struct choice){kind_rows[i].code, tr(v->p.lang, kind_rows[i].word)};
	parties[f->parties_n++] = (struct choice){"", tr(v->p.lang, N_("of nobody in particular"))};
	for (size_t i = 0; i < s->members; i++)
		parties[f->parties_n++] = (struct choice){s->member[i], party_name(v->p.lang, s->member[i])};
	f->kinds = kinds;
	f->kinds_n = ARRAY_LEN(kind_rows);
	f->parties = parties;
	return 0;
}

static void order_languages(enum lang own, enum lang order[LANG_COUNT])
{
	size_t n = 0;

	order[n++] = own;
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if ((enum lang)k != own)
			order[n++] = (enum lang)k;
}

static const char *const title_words[LANG_COUNT] = {[LANG_DE] = N_("Title in German"), [LANG_JA] = N_("Title in Japanese"), [LANG_EN] = N_("Title in English")};
static const char *const reason_words[LANG_COUNT] = {[LANG_DE] = N_("Reason in German"), [LANG_JA] = N_("Reason in Japanese"), [LANG_EN] = N_("Reason in English")};

static void make_fields(struct visit *v, struct v_edit *f)
{
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		f->title[k] = (struct field){.name = lang_field(v, "title", k), .label = title_words[k], .lang = lang_code((enum lang)k), .max = LIMIT_TITLE};
		f->reason[k] = (struct field){.name = lang_field(v, "reason", k), .label = reason_words[k], .lang = lang_code((enum lang)k), .rows = 3};
	}
	f->number = (struct field){.name = "number", .label = N_("Number in the record"), .required = true, .max = 64, .hint = N_("It is never given twice. The next free one is proposed.")};
	f->date = (struct field){.name = "date", .label = N_("Date the document bears"), .required = true, .hint = DATE_HINT};
	f->doc_kind = (struct field){.name = "kind", .label = N_("Kind of document"), .required = true};
}

int edit_begin(struct visit *v, enum edit_kind kind, const struct v_series *s, const struct v_round *r, const struct v_draft *draft, struct v_edit *ret, struct err *e)
{
	*ret = (struct v_edit){.kind = kind, .round = r, .draft = draft, .doc = draft != NULL ? draft->doc : NULL, .counter_to = "", .seen = draft != NULL ? draft->doc->modified : ""};
	order_languages(v->p.lang, ret->order);
	make_fields(v, ret);
	if (draft != NULL) {
		ret->action = kind == EDIT_PROPOSE ? draft->propose : draft->edit;
		ret->back = draft->base;
		/* consult/acts.h: due when the version before is published or a correction itself. */
		ret->needs_reason = kind == EDIT_PROPOSE || draft->doc->state == DOC_PUBLISHED || bitext_in(&draft->correction, v->p.lang).s[0] != '\0';
	} else {
		ret->back = url_suffix(v->l.a, r->page, "/documents");
		ret->action = url_suffix(v->l.a, ret->back, "/new");
	}
	return fill_choices(v, s, ret, e);
}

int edit_from_document(struct visit *v, const struct v_document *d, struct v_edit *f, struct err *e)
{
	if ((f->unit = arena_array(v->l.a, d->units + 2, sizeof *f->unit)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		f->title[k].value = d->title.s[k];
		f->authentic[k] = d->authentic[k];
		f->provisional[k] = d->provisional[k];
	}
	f->date.value = date_typed(v->l.a, v->p.lang, d->date, f->round->zone);
	f->doc_kind.value = d->kind_code;
	for (size_t i = 0; i < d->units; i++)
		f->unit[f->units++] = (struct v_edit_unit){.number = d->unit[i].number, .was = f->kind == EDIT_NEW ? "" : d->unit[i].number, .text = d->unit[i].text,
			.bracketed = d->unit[i].bracketed, .by = d->unit[i].bracketed_by};
	return 0;
}

/* ---- what was sent ---- */

static void read_unit(struct visit *v, size_t i, struct v_edit_unit *u)
{
	*u = (struct v_edit_unit){.number = visit_field(v, unit_field(v, i, "n")), .was = visit_field(v, unit_field(v, i, "was")), .bracketed = !empty(visit_field(v, unit_field(v, i, "b"))),
		.by = visit_field(v, unit_field(v, i, "by")), .gone = !empty(visit_field(v, unit_field(v, i, "x")))};
	for (unsigned k = 0; k < LANG_COUNT; k++)
		u->text.s[k] = visit_field(v, unit_field(v, i, lang_code((enum lang)k)));
}

int edit_from_form(struct visit *v, struct v_edit *f, struct err *e)
{
	struct field *const fields[] = {&f->number, &f->date, &f->doc_kind};
	const size_t n = strtoul(visit_field(v, "units"), NULL, 10);

	if (n > LIMIT_UNITS)
		return fail(e, E_LIMIT, "more than %d units", LIMIT_UNITS);
	if ((f->unit = arena_array(v->l.a, n + 2, sizeof *f->unit)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fields[i]->value = visit_field(v, fields[i]->name);
	for (unsigned k = 0; k < LANG_COUNT; k++) {
		f->title[k].value = visit_field(v, f->title[k].name);
		f->reason[k].value = visit_field(v, f->reason[k].name);
		f->authentic[k] = !empty(visit_field(v, lang_field(v, "authentic", k)));
		f->provisional[k] = !empty(visit_field(v, lang_field(v, "provisional", k)));
	}
	f->seen = visit_field(v, "seen");
	f->counter_to = visit_field(v, "counter");
	for (size_t i = 0; i < n; i++)
		read_unit(v, i, &f->unit[f->units++]);
	return 0;
}

/* ---- its buttons ---- */

static bool number_taken(const struct v_edit *f, const char *number)
{
	for (size_t i = 0; i < f->units; i++)
		if (f->unit[i].number != NULL && strcmp(f->unit[i].number, number) == 0)
			return true;
	return false;
}

/* At the end the next whole number, else "3a", "3b" …: numbers that are there already stay. */
static const char *free_number(struct visit *v, const struct v_edit *f, size_t behind)
{
	const char *before = f->units > 0 && behind < f->units ? f->unit[behind].number : "";
	const char *number = arena_printf(v->l.a, "%zu", f->units + 1);

	if (f->units == 0 || (behind + 1 == f->units && !number_taken(f, number)))
		return number;
	for (char c = 'a'; c <= 'z'; c++)
		if (!number_taken(f, number = arena_printf(v->l.a, "%.28s%c", before, c)))
			return number;
	return "";
}

static void swap_units(struct v_edit *f, size_t a, size_t b)
{
	const struct v_edit_unit swap = f->unit[a];

	f->unit[a] = f->unit[b];
	f->unit[b] = swap;
}

static void add_unit(struct visit *v, struct v_edit *f, size_t behind)
{
	const size_t at = f->units == 0 ? 0 : behind + 1;
	const struct v_edit_unit fresh = {.number = free_number(v, f, behind), .was = ""};

	if (f->units == LIMIT_UNITS)
		return;
	/* One place more than there were units was asked for. */
	memmove(&f->unit[at + 1], &f->unit[at], (f->units - at) * sizeof *f->unit);
	f->unit[at] = fresh;
	f->units++;
}

static void drop_unit(struct v_edit *f, size_t i)
{
	memmove(&f->unit[i], &f->unit[i + 1], (f->units - i - 1) * sizeof *f->unit);
	f->units--;
}

bool edit_operate(struct visit *v, struct v_edit *f)
{
	const char *act = visit_field(v, "do"), *dash = strchr(act, '-');
	const size_t i = dash != NULL ? strtoul(dash + 1, NULL, 10) : 0;

	if (dash == NULL)
		return false;
	if (strncmp(act, "add-", 4) == 0 && (i < f->units || f->units == 0))
		add_unit(v, f, i);
	else if (strncmp(act, "drop-", 5) == 0 && i < f->units)
		drop_unit(f, i);
	else if (strncmp(act, "up-", 3) == 0 && i > 0 && i < f->units)
		swap_units(f, i, i - 1);
	else if (strncmp(act, "down-", 5) == 0 && i + 1 < f->units)
		swap_units(f, i, i + 1);
	return true;
}

/* ---- what is missing ---- */

static bool no_text(const struct v_edit_unit *u)
{
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (!empty(u->text.s[k]))
			return false;
	return true;
}

static bool check_units(struct v_edit *f)
{
	bool ok = true;

	for (size_t i = 0; i < f->units; i++) {
		struct v_edit_unit *u = &f->unit[i];

		if (!u->gone && no_text(u))
			u->fault = N_("This paragraph is empty. Write a text, or remove it.");
		else if (f->kind != EDIT_PROPOSE && empty(u->number))
			u->fault = N_("Please give this paragraph a number.");
		for (size_t k = 0; f->kind != EDIT_PROPOSE && k < i; k++)
			if (!empty(u->number) && strcmp(f->unit[k].number, u->number) == 0)
				u->fault = N_("This number stands there twice.");
		ok = ok && u->fault == NULL;
	}
	return ok;
}

static bool check_reason(struct visit *v, struct v_edit *f)
{
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (!empty(f->reason[k].value))
			return true;
	f->reason[v->p.lang].fault = f->kind == EDIT_PROPOSE ? N_("Please give a reason: the other side reads it beside the change.") : N_("Please say why the published text is corrected: it is shown beside the correction.");
	return false;
}

static bool check_head(struct visit *v, struct v_edit *f)
{
	struct civil c;
	const char *fault;
	bool title = false, authentic = false, ok;

	for (unsigned k = 0; k < LANG_COUNT; k++) {
		title = title || !empty(f->title[k].value);
		authentic = authentic || f->authentic[k];
		if (f->authentic[k] && f->provisional[k])
			f->languages_fault = N_("A language is either authentic or a provisional translation.");
	}
	if (!title)
		f->title[v->p.lang].fault = N_("Please fill this in.");
	if (!authentic)
		f->languages_fault = N_("At least one language is authentic.");
	fault = date_read(f->date.value, &c, NULL);
	fields_fault(&f->date, 1, "date", empty(f->date.value) ? N_("Please fill this in.") : fault);
	if (f->kind == EDIT_NEW) {
		fields_require(&f->number, 1);
		if (strchr(f->number.value, '/') != NULL || strcmp(f->number.value, "new") == 0)
			fields_fault(&f->number, 1, "number", N_("This cannot be a number: it stands in addresses."));
		fields_require(&f->doc_kind, 1);
	}
	ok = title && f->languages_fault == NULL && f->date.fault == NULL && f->number.fault == NULL && f->doc_kind.fault == NULL;
	return ok;
}

bool edit_check(struct visit *v, struct v_edit *f)
{
	const bool head = f->kind == EDIT_PROPOSE || check_head(v, f), units = check_units(f), reason = !f->needs_reason || check_reason(v, f);

	f->faulty = !(head && units && reason);
	return !f->faulty;
}

/* ---- acts ---- */

static const struct json_val *unit_json(const struct json_val *version, const char *number)
{
	const struct json_val *list = version != NULL ? json_get(version, "units") : NULL, *u;
	struct json_iter it;

	if (!is_list(list) || empty(number))
		return NULL;
	for (json_iter(&it, list); json_next(&it, NULL, &u); )
		if (json_str_is(json_get(u, "number"), number))
			return u;
	return NULL;
}

static const char *const *strings_of(struct loader *l, const struct json_val *o, const char *key, size_t *ret_n)
{
	const struct json_val *list = json_get(o, key), *s;
	const char **v = arena_array(l->a, json_len(list) + 1, sizeof *v);
	struct json_iter it;

	*ret_n = 0;
	if (!is_list(list) || v == NULL)
		return NULL;
	for (json_iter(&it, list); json_next(&it, NULL, &s); )
		if (json_str(s, NULL) != NULL)
			v[(*ret_n)++] = arena_str(l->a, json_str(s, NULL));
	return v;
}

/* Times, speakers and papers of an agenda's item are not on this form: they stay with their unit. */
static void keep_rest(struct loader *l, const struct json_val *was, struct act_unit *u)
{
	if (was == NULL)
		return;
	u->start = get_str(l, was, "start");
	u->end = get_str(l, was, "end");
	u->pause = get_bool(was, "pause");
	u->lead = strings_of(l, was, "lead", &u->leads);
	u->paper = strings_of(l, was, "papers", &u->papers);
}

int edit_units(struct visit *v, const struct v_edit *f, const struct json_val *version, struct act_unit **ret, size_t *ret_n, struct err *e)
{
	struct act_unit *u = arena_array(v->l.a, f->units + 1, sizeof *u);

	if (u == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < f->units; i++) {
		u[i] = (struct act_unit){.number = f->unit[i].number, .bracketed = f->unit[i].bracketed, .bracketed_by = f->unit[i].by};
		memcpy(u[i].text.in, f->unit[i].text.s, sizeof u[i].text.in);
		keep_rest(&v->l, unit_json(version, f->unit[i].was), &u[i]);
	}
	*ret = u;
	*ret_n = f->units;
	return 0;
}

static const struct v_unit *unit_of(const struct v_document *d, const char *number)
{
	for (size_t i = 0; i < d->units; i++)
		if (strcmp(d->unit[i].number, number) == 0)
			return &d->unit[i];
	return NULL;
}

static bool same_text(const char *a, const char *b) { return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0; }

int edit_changes(struct visit *v, const struct v_edit *f, const struct v_document *seen, struct act_change **ret, size_t *ret_n, struct err *e)
{
	struct act_change *c = arena_array(v->l.a, f->units + 1, sizeof *c);
	const char *behind = NULL;
	size_t n = 0;

	if (c == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < f->units; i++) {
		const struct v_edit_unit *u = &f->unit[i];
		const struct v_unit *was = empty(u->was) ? NULL : unit_of(seen, u->was);
		bool any = was != NULL && u->gone;

		behind = was != NULL ? was->number : behind;
		if (behind == NULL || (was == NULL && u->gone))
			continue;
		c[n] = (struct act_change){.unit = behind, .action = was == NULL ? "insert" : u->gone ? "delete" : "replace"};
		for (unsigned k = 0; k < LANG_COUNT; k++)
			if (!u->gone && !empty(u->text.s[k]) && (was == NULL || !same_text(u->text.s[k], was->text.s[k]))) {
				c[n].text.in[k] = u->text.s[k];
				any = true;
			}
		n += any;
	}
	*ret = c;
	*ret_n = n;
	return 0;
}

int edit_conflict(struct visit *v, struct v_edit *f, const struct v_document *now, struct err *e)
{
	int rc = 0;

	f->conflict = true;
	f->theirs = now;
	f->seen = now->modified;
	for (size_t i = 0; rc == 0 && i < f->units; i++) {
		struct v_edit_unit *u = &f->unit[i];

		u->now = empty(u->was) ? NULL : unit_of(now, u->was);
		for (unsigned k = 0; rc == 0 && u->now != NULL && k < LANG_COUNT; k++) {
			if (same_text(u->text.s[k], u->now->text.s[k]))
				continue;
			u->theirs_differs = true;
			rc = load_spans(&v->l, u->text.s[k], u->now->text.s[k], &u->theirs[k], e);
		}
	}
	return rc;
}
