#include "web/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/load.h"
#include "web/visit.h"

static bool in_languages(enum cell_kind k) { return k == CELL_LINES || k == CELL_AREAS; }
static size_t width(const struct cell *c) { return in_languages(c->kind) ? LANG_COUNT : 1; }
static bool empty(const char *s) { return s == NULL || s[0] == '\0'; }

bool sheet_make(struct sheet *s, struct arena *a, enum lang lang, const char *zone, const struct part *parts, size_t n)
{
	*s = (struct sheet){.a = a, .lang = lang, .zone = zone, .parts = n};
	for (size_t i = 0; i < n; i++) {
		struct sheet_part *sp = &s->part[i];

		if ((sp->cell = arena_array(a, parts[i].cells, sizeof *sp->cell)) == NULL)
			return false;
		sp->p = &parts[i];
		for (size_t k = 0; k < parts[i].cells; k++) {
			sp->cell[k].c = parts[i].cell[k];
			sp->stride += width(&parts[i].cell[k]);
		}
	}
	return true;
}

struct cell *sheet_cell(struct sheet *s, size_t part, const char *cell)
{
	for (size_t k = 0; k < s->part[part].p->cells; k++)
		if (strcmp(s->part[part].cell[k].c.name, cell) == 0)
			return &s->part[part].cell[k].c;
	return NULL;
}

/* ---- fields ---- */

static const char *field_name(const struct sheet *s, const struct part *p, size_t row, const struct cell *c, unsigned l)
{
	const char *cell = in_languages(c->kind) ? arena_printf(s->a, "%s.%s", c->name, lang_code((enum lang)l)) : c->name;

	return p->name == NULL ? cell : arena_printf(s->a, "%s.%zu.%s", p->name, row, cell);
}

static void put_field(struct sheet *s, const struct part *p, size_t row, const struct cell *c, unsigned l, struct field *f)
{
	*f = (struct field){.name = field_name(s, p, row, c, l), .label = c->label, .hint = c->hint, .rows = c->rows, .max = c->max, .value = "",
		.required = c->required && p->name == NULL && !in_languages(c->kind)};
	if (in_languages(c->kind)) {
		f->lang = lang_code((enum lang)l);
		f->hint = NULL; /* said once, above the three */
		f->label = arena_printf(s->a, "%s (%s)", tr(s->lang, c->label), lang_name((enum lang)l));
	} else if (p->name != NULL)
		f->label = arena_printf(s->a, "%s: %s", arena_printf(s->a, "%s %zu", tr(s->lang, p->row), row + 1), tr(s->lang, c->label));
}

/* rows[i]: filled rows of part i; blank ones are added. */
static bool lay_out(struct sheet *s, const size_t *rows, const size_t *more)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < s->parts; i++) {
		const struct part *p = s->part[i].p;
		const size_t want = p->name == NULL ? 1 : rows[i] + (more[i] > 0 ? more[i] : p->blank);

		s->part[i].filled = p->name == NULL ? 1 : rows[i];
		s->part[i].rows = p->name != NULL && want > p->most ? p->most : want;
		n += s->part[i].rows * s->part[i].stride;
	}
	if ((s->field = arena_array(s->a, n + 1, sizeof *s->field)) == NULL)
		return false;
	for (size_t i = 0; i < s->parts; i++)
		for (size_t r = 0; r < s->part[i].rows; r++)
			for (size_t k = 0; k < s->part[i].p->cells; k++) {
				struct sheet_cell *c = &s->part[i].cell[k];

				if (r == 0)
					c->field = at;
				for (unsigned l = 0; l < width(&c->c); l++)
					put_field(s, s->part[i].p, r, &c->c, l, &s->field[at++]);
			}
	s->fields = at;
	return true;
}

void sheet_blank(struct sheet *s)
{
	const size_t none[SHEET_PARTS] = {0};

	(void)lay_out(s, none, none);
}

static struct field *field_at(const struct sheet *s, size_t part, size_t row, size_t k, unsigned l)
{
	const struct sheet_part *sp = &s->part[part];

	return &s->field[sp->cell[k].field + row * sp->stride + l];
}

struct field *sheet_field(const struct sheet *s, size_t part, size_t row, const char *cell, enum lang l)
{
	for (size_t k = 0; s->field != NULL && row < s->part[part].rows && k < s->part[part].p->cells; k++)
		if (strcmp(s->part[part].cell[k].c.name, cell) == 0)
			return field_at(s, part, row, k, in_languages(s->part[part].cell[k].c.kind) ? (unsigned)l : 0);
	return NULL;
}

/* ---- from an object ---- */

static const char *list_of(struct sheet *s, const struct json_val *v)
{
	const struct json_val *one;
	const char *text = "";
	struct json_iter it;

	for (json_iter(&it, v); json_next(&it, NULL, &one); )
		if (json_str(one, NULL) != NULL)
			text = arena_printf(s->a, "%s%s%s", text, text[0] != '\0' ? ", " : "", json_str(one, NULL));
	return text;
}

static const char *value_of(struct sheet *s, const struct cell *c, const struct json_val *v, size_t row)
{
	const char *text = json_str(v, NULL);
	int64_t n;
	bool b;

	switch (c->kind) {
	case CELL_NUMBER:
		return json_int(v, &n) ? arena_printf(s->a, "%lld", (long long)n) : "";
	case CELL_TICK:
		return json_bool(v, &b) && b ? "1" : "";
	case CELL_LIST:
		return list_of(s, v);
	case CELL_PLACE:
		return arena_printf(s->a, "%zu", row + 1);
	case CELL_DATE:
	case CELL_CLOCK:
		if (text == NULL || !time_parse(text, strlen(text), &n))
			return "";
		return c->kind == CELL_DATE ? date_typed(s->a, s->lang, n, s->zone) : clock_text(s->a, n, s->zone);
	case CELL_WORD:
		if (is_list(v))
			return list_of(s, v);
		break;
	case CELL_LINE:
	case CELL_AREA:
	case CELL_LINES:
	case CELL_AREAS:
		break;
	}
	return text != NULL ? arena_str(s->a, text) : "";
}

static const struct json_val *prop_of(const struct json_val *o, const struct cell *c)
{
	const char *path = c->prop != NULL ? c->prop : c->name, *slash;

	for (; (slash = strchr(path, '/')) != NULL; path = slash + 1)
		o = json_getn(o, path, (size_t)(slash - path));
	return json_get(o, path);
}

static void fill_row(struct sheet *s, size_t part, size_t row, const struct json_val *o)
{
	for (size_t k = 0; k < s->part[part].p->cells; k++) {
		const struct cell *c = &s->part[part].cell[k].c;
		const struct json_val *v = prop_of(o, c);

		for (unsigned l = 0; l < width(c); l++)
			field_at(s, part, row, k, l)->value = value_of(s, c, in_languages(c->kind) ? json_get(v, lang_code((enum lang)l)) : v, row);
	}
}

void sheet_of(struct sheet *s, const struct json_val *o)
{
	size_t rows[SHEET_PARTS] = {0}, none[SHEET_PARTS] = {0};

	for (size_t i = 0; i < s->parts; i++)
		if (s->part[i].p->name != NULL && is_list(json_get(o, s->part[i].p->name)))
			rows[i] = json_len(json_get(o, s->part[i].p->name)) < s->part[i].p->most ? json_len(json_get(o, s->part[i].p->name)) : s->part[i].p->most;
	if (!lay_out(s, rows, none))
		return;
	for (size_t i = 0; i < s->parts; i++) {
		const struct json_val *v;
		struct json_iter it;
		size_t r = 0;

		if (s->part[i].p->name == NULL)
			fill_row(s, i, 0, o);
		else
			for (json_iter(&it, json_get(o, s->part[i].p->name)); r < rows[i] && json_next(&it, NULL, &v); r++)
				fill_row(s, i, r, v);
	}
}

/* ---- from a form ---- */

static bool row_typed(const struct sheet *s, const struct visit *v, const struct sheet_part *sp, size_t row)
{
	for (size_t k = 0; k < sp->p->cells; k++)
		for (unsigned l = 0; l < width(&sp->cell[k].c) && sp->cell[k].c.kind != CELL_PLACE; l++)
			if (visit_field(v, field_name(s, sp->p, row, &sp->cell[k].c, l))[0] != '\0')
				return true;
	return false;
}

static long place_of(const struct sheet *s, const struct visit *v, const struct sheet_part *sp, size_t row)
{
	for (size_t k = 0; k < sp->p->cells; k++)
		if (sp->cell[k].c.kind == CELL_PLACE) {
			const char *text = visit_field(v, field_name(s, sp->p, row, &sp->cell[k].c, 0));

			return text[0] != '\0' ? strtol(text, NULL, 10) : (long)row + 1;
		}
	return 0;
}

/* The rows with something in them, in their places; a row moved to a taken place goes before the one that was there. */
static size_t typed_rows(const struct sheet *s, const struct visit *v, size_t part, size_t *row)
{
	const struct sheet_part *sp = &s->part[part];
	const char *text = visit_field(v, arena_printf(s->a, "rows.%s", sp->p->name));
	const size_t asked = (size_t)strtoul(text, NULL, 10), n = asked < sp->p->most ? asked : sp->p->most;
	long *place = arena_array(s->a, n + 1, sizeof *place);
	size_t used = 0;

	for (size_t r = 0; place != NULL && r < n; r++) {
		size_t at = used;
		long p;

		if (!row_typed(s, v, sp, r))
			continue;
		p = place_of(s, v, sp, r);
		for (; at > 0 && (place[at - 1] > p || (place[at - 1] == p && p != (long)r + 1 && p > 0 && row[at - 1] + 1 == (size_t)p)); at--) {
			place[at] = place[at - 1];
			row[at] = row[at - 1];
		}
		place[at] = p;
		row[at] = r;
		used++;
	}
	return used;
}

static void take_row(struct sheet *s, const struct visit *v, size_t part, size_t to, size_t from)
{
	for (size_t k = 0; k < s->part[part].p->cells; k++) {
		const struct cell *c = &s->part[part].cell[k].c;

		for (unsigned l = 0; l < width(c); l++)
			field_at(s, part, to, k, l)->value = c->kind == CELL_PLACE ? arena_printf(s->a, "%zu", to + 1) : visit_field(v, field_name(s, s->part[part].p, from, c, l));
	}
}

void sheet_typed(struct sheet *s, const struct visit *v)
{
	size_t rows[SHEET_PARTS] = {0}, more[SHEET_PARTS] = {0}, *row[SHEET_PARTS] = {NULL};
	const char *wanted = visit_field(v, "more");

	s->seen = visit_field(v, "seen");
	s->again = wanted[0] != '\0';
	if (s->seen[0] == '\0')
		s->seen = NULL;
	for (size_t i = 0; i < s->parts; i++) {
		if (s->part[i].p->name == NULL)
			continue;
		if ((row[i] = arena_array(s->a, s->part[i].p->most + 1, sizeof **row)) == NULL)
			return;
		rows[i] = typed_rows(s, v, i, row[i]);
		more[i] = strcmp(wanted, s->part[i].p->name) == 0 ? s->part[i].p->blank + 4 : 0;
	}
	if (!lay_out(s, rows, more))
		return;
	for (size_t i = 0; i < s->parts; i++)
		for (size_t r = 0; r < (s->part[i].p->name == NULL ? 1 : rows[i]); r++)
			take_row(s, v, i, r, s->part[i].p->name == NULL ? 0 : row[i][r]);
}

/* ---- what is wrong ---- */

static const char *fault_of(const struct sheet *s, size_t part, size_t row, size_t k)
{
	const struct cell *c = &s->part[part].cell[k].c;
	struct civil day;
	enum date_part exact;
	bool any = false;
	char *end;

	for (unsigned l = 0; l < width(c); l++)
		any = any || !empty(field_at(s, part, row, k, l)->value);
	if (!any)
		return c->required ? N_("Please fill this in.") : NULL;
	switch (c->kind) {
	case CELL_DATE:
		return date_read(field_at(s, part, row, k, 0)->value, &day, &exact);
	case CELL_CLOCK:
		return time_read(field_at(s, part, row, k, 0)->value, &day);
	case CELL_NUMBER:
		return strtoul(field_at(s, part, row, k, 0)->value, &end, 10) > 9999 || *end != '\0' || field_at(s, part, row, k, 0)->value[0] == '-' ?
			N_("Please give a whole number up to 9999.") : NULL;
	case CELL_LINE:
	case CELL_AREA:
	case CELL_WORD:
	case CELL_TICK:
	case CELL_LIST:
	case CELL_LINES:
	case CELL_AREAS:
	case CELL_PLACE:
		break;
	}
	return NULL;
}

bool sheet_ok(struct sheet *s)
{
	if (s->field == NULL)
		return false;
	for (size_t i = 0; i < s->parts; i++)
		for (size_t r = 0; r < s->part[i].filled; r++)
			for (size_t k = 0; k < s->part[i].p->cells; k++) {
				const char *fault = fault_of(s, i, r, k);
				const enum lang l = in_languages(s->part[i].cell[k].c.kind) ? s->lang : (enum lang)0;

				if (fault != NULL && field_at(s, i, r, k, (unsigned)l)->fault == NULL)
					field_at(s, i, r, k, (unsigned)l)->fault = fault;
			}
	return fields_ok(s->field, s->fields);
}

void sheet_conflict(struct sheet *s, const struct sheet *newest)
{
	if ((s->now = arena_array(s->a, s->fields + 1, sizeof *s->now)) == NULL)
		return;
	s->seen = newest->seen;
	for (size_t i = 0; i < s->fields; i++)
		for (size_t k = 0; k < newest->fields; k++)
			if (strcmp(s->field[i].name, newest->field[k].name) == 0) {
				const char *theirs = newest->field[k].value, *mine = s->field[i].value;

				if (strcmp(theirs != NULL ? theirs : "", mine != NULL ? mine : "") != 0)
					s->now[i] = theirs != NULL ? theirs : "";
			}
}

/* ---- reading ---- */

size_t sheet_rows(const struct sheet *s, size_t part) { return s->part[part].filled; }

const char *sheet_text(const struct sheet *s, size_t part, size_t row, const char *cell)
{
	const struct field *f = sheet_field(s, part, row, cell, (enum lang)0);

	return f == NULL || empty(f->value) ? NULL : f->value;
}

struct bitext sheet_texts(const struct sheet *s, size_t part, size_t row, const char *cell)
{
	struct bitext t = {{NULL}};

	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const struct field *f = sheet_field(s, part, row, cell, (enum lang)l);

		t.s[l] = f == NULL || empty(f->value) ? NULL : f->value;
	}
	return t;
}

unsigned sheet_number(const struct sheet *s, size_t part, size_t row, const char *cell)
{
	const char *text = sheet_text(s, part, row, cell);

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;
}

const char *sheet_time(const struct sheet *s, size_t part, size_t row, const char *date, const char *clock, const char *otherwise)
{
	const char *day = sheet_text(s, part, row, date), *at = clock != NULL ? sheet_text(s, part, row, clock) : NULL, *fault;
	enum date_part exact = DATE_DAY;
	char text[40], typed[40];
	struct civil c;
	int64_t ns;

	if (day == NULL)
		return NULL;
	if ((fault = date_read(day, &c, &exact)) == NULL) {
		/* The first of what is meant, where only a month or a year is known; those are counted by UTC (consult: due_end). */
		snprintf(typed, sizeof typed, "%04d-%02d-%02d", c.year, c.month, c.day);
		fault = moment_read(typed, at != NULL ? at : otherwise, exact == DATE_DAY ? s->zone : "UTC", &ns);
	}
	if (fault != NULL) {
		struct field *f = sheet_field(s, part, row, date, (enum lang)0);

		if (f->fault == NULL)
			f->fault = fault;
		return NULL;
	}
	time_format(ns, 3, text, sizeof text);
	return arena_str(s->a, text);
}

const char *sheet_exact(const struct sheet *s, size_t part, size_t row, const char *date)
{
	const char *day = sheet_text(s, part, row, date);
	enum date_part exact = DATE_DAY;
	struct civil c;

	if (day == NULL || date_read(day, &c, &exact) != NULL)
		return NULL;
	return exact == DATE_YEAR ? "year" : exact == DATE_MONTH ? "month" : NULL;
}

size_t sheet_list(const struct sheet *s, size_t part, size_t row, const char *cell, const char **ret, size_t max)
{
	const char *p = sheet_text(s, part, row, cell);
	size_t n = 0;

	while (p != NULL && *p != '\0' && n < max) {
		const size_t len = strcspn(p, ", ");

		if (len > 0)
			ret[n++] = arena_strn(s->a, p, len);
		p += len + strspn(p + len, ", ");
	}
	return n;
}

void sheet_set(struct sheet *s, size_t part, size_t row, const char *cell, const char *value)
{
	struct field *f = sheet_field(s, part, row, cell, (enum lang)0);

	if (f != NULL)
		f->value = value;
}

void sheet_fault(struct sheet *s, size_t part, size_t row, const char *cell, const char *fault)
{
	struct field *f = sheet_field(s, part, row, cell, s->lang);

	if (f != NULL && f->fault == NULL)
		f->fault = fault;
}
