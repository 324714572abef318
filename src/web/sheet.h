/*
 * web/sheet.h - forms of many parts as a table: each part stands once, or in rows that repeat (chairs, delegates, items).
 * One table fills the form from an object of the record, takes back what was typed, and hands it to an act. Emptied rows
 * are dropped, blank ones offered; a button asks for more of them. The template (tmpl/sheet.html) shows it all.
 */
#pragma once
#include "web/fields.h"
#include "web/view.h"

enum cell_kind {
	CELL_LINE, CELL_AREA, CELL_NUMBER,
	CELL_WORD,             /* one of the choices */
	CELL_TICK,             /* true or absent */
	CELL_DATE, CELL_CLOCK, /* of a time, in the sheet's zone */
	CELL_LIST,             /* of words: "DE, JP" */
	CELL_LINES, CELL_AREAS,/* one per language */
	CELL_PLACE             /* where the row stands: rows are put in this order */
};
struct cell {
	const char *name;                /* in the form; and of the property, unless prop says otherwise ("name/latin") */
	enum cell_kind kind;
	const char *label, *hint;        /* message ids */
	const char *prop;
	bool required;                   /* in rows, of a row that is not empty */
	unsigned max, rows;              /* rows of a line: 1 takes the whole width */
	const struct choice *choice; size_t choices; /* their texts are message ids */
};
struct part {
	const char *name;                /* the property that lists the rows; NULL: stands once, cells are the object's own */
	const char *title, *hint;        /* NULL: without a heading */
	const struct cell *cell; size_t cells;
	const char *row;                 /* what a row is: "Chair"; its number follows */
	size_t most, blank;
};

#define SHEET_PARTS 8
struct sheet_cell { struct cell c; size_t field; /* of the first row; languages follow each other */ };
struct sheet_part { const struct part *p; struct sheet_cell *cell; size_t rows, stride, filled; };
struct sheet {
	struct arena *a;
	enum lang lang;
	const char *zone;                /* of dates and clocks */
	struct sheet_part part[SHEET_PARTS]; size_t parts;
	struct field *field; size_t fields;
	const char **now;                /* E_CONFLICT: what stands in the record by now, per field; or NULL */
	const char *fault;               /* that belongs to no field, in words; or NULL */
	const char *seen;                /* version it was made from, or NULL */
	bool again;                      /* more rows were asked for: show, do not save */
};
/* The parts' tables live on. False: no memory (the arena remembers). Choices may be set before it is filled. */
bool sheet_make(struct sheet *s, struct arena *a, enum lang lang, const char *zone, const struct part *parts, size_t n);
struct cell *sheet_cell(struct sheet *s, size_t part, const char *cell);

struct json_val;
struct visit;
void sheet_blank(struct sheet *s);
void sheet_of(struct sheet *s, const struct json_val *o);
/* Also takes "seen", and which rows there were. */
void sheet_typed(struct sheet *s, const struct visit *v);
/* Required cells are there, dates and numbers can be read. False: faults stand at the fields. */
bool sheet_ok(struct sheet *s);
/* What the newest version says now, beside what was typed. */
void sheet_conflict(struct sheet *s, const struct sheet *newest);

/* ---- reading it; row 0 of parts that stand once ---- */
size_t sheet_rows(const struct sheet *s, size_t part);          /* filled ones; they come first */
struct field *sheet_field(const struct sheet *s, size_t part, size_t row, const char *cell, enum lang l);
const char *sheet_text(const struct sheet *s, size_t part, size_t row, const char *cell); /* NULL: empty */
struct bitext sheet_texts(const struct sheet *s, size_t part, size_t row, const char *cell);
unsigned sheet_number(const struct sheet *s, size_t part, size_t row, const char *cell);
/* "2016-09-09T00:30:00.000Z" from a date and a clock (NULL, or nothing typed: `otherwise`); NULL: no date, or a fault. */
const char *sheet_time(const struct sheet *s, size_t part, size_t row, const char *date, const char *clock, const char *otherwise);
/* How much of a date was typed: "month", "year", or NULL for all of it. */
const char *sheet_exact(const struct sheet *s, size_t part, size_t row, const char *date);
/* The words of a list, at most max. */
size_t sheet_list(const struct sheet *s, size_t part, size_t row, const char *cell, const char **ret, size_t max);
void sheet_set(struct sheet *s, size_t part, size_t row, const char *cell, const char *value);
void sheet_fault(struct sheet *s, size_t part, size_t row, const char *cell, const char *fault);
