/*
 * web/fields.h - a form as the reader sees it: what is asked, what was typed, what is wrong with it; and dates and times
 * as people type them. Pure. A handler has its fields as a table, fills it from what was sent, and shows the same table
 * again with status 422 when something is wrong: nothing that was typed is lost. Templates: tmpl/form.html.
 */
#pragma once
#include "base/clock.h"
#include "web/arena.h"
#include "web/out.h"

/* Words are message ids, or texts in the reader's language (a label with a number in it). */
struct field {
	const char *name;                    /* in the form; the element's id is "f-" and this */
	const char *label, *hint;            /* hint may be NULL */
	const char *value;                   /* what stands in it, or NULL */
	const char *fault;                   /* what is wrong with it, or NULL */
	const char *type;                    /* of <input>; NULL: "text" */
	const char *autocomplete;            /* HTML §4.10.18.7.1, "current-password"; NULL: "off" */
	const char *lang;                    /* of what is typed, "ja"; NULL: the page's */
	bool required;
	bool plain;                          /* never "(optional)": filters, choices that are always made */
	unsigned rows;                       /* of a text area */
	unsigned max;                        /* characters; 0: not said */
};
struct choice { const char *value, *text; };
/* Mark a field as wrong; the first fault of a field stays. */
void fields_fault(struct field *f, size_t n, const char *name, const char *fault);
bool field_is(const struct field *f, const char *value);
bool fields_ok(const struct field *f, size_t n);
/* Required fields that are empty get their fault. */
void fields_require(struct field *f, size_t n);

/* ---- dates and times: NULL when it is understood, else what is wrong, as a message id; *ret is then untouched ---- */
enum date_part { DATE_DAY, DATE_MONTH, DATE_YEAR }; /* how exact */
/*
 * "09.09.2016", "9.9.2016", "9 September 2016", "9. März 2017", "2016年9月9日（金）", "平成28年9月9日", "2016-09-09", "2016/9/9"; with ret_part
 * also "09.2016", "2016年9月", "2016-09" and "2016" (day and month are then 1). Wide digits and blanks are as narrow ones.
 * 9/9/2016 is refused: which number is the month depends on who reads it. Years 1900 to 2200.
 */
const char *date_read(const char *s, struct civil *ret, enum date_part *ret_part);
const char *time_read(const char *s, struct civil *ret);  /* "9:30", "09.30", "9時30分", "9時": hour and minute of *ret */
/* Both, as the clocks of `zone` show them. An hour that comes twice in autumn is the first; one left out in spring is refused. */
const char *moment_read(const char *date, const char *time, const char *zone, int64_t *ret_ns);
/* As the reader would type it: 09.09.2016, 2016年9月9日, 2016-09-09. */
const char *date_typed(struct arena *a, enum lang l, int64_t ns, const char *zone);
#define DATE_HINT N_("For example 2016-09-09")
#define TIME_HINT N_("24 hours, for example 09:30")
