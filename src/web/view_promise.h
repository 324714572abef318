/* web/view_promise.h - what the templates of commitments see beside web/view.h; rules as there. */
#pragma once
#include "web/fields.h"
#include "web/view_find.h"
#include "web/view_round.h"

struct v_evidence_of { struct bitext title; struct url url; bool foreign; };
struct v_step {                          /* a word of an owner on what became of it */
	const char *party; int64_t at; const char *state /* message id */, *tone;
	struct bitext text;
	bool has_due; int64_t due; const char *precision;
	struct v_evidence_of *evidence; size_t evidences;
};
struct v_promise {
	const char *id;
	struct bitext title;
	const char *owner[LIMIT_MEMBERS]; size_t owners; /* alternat order */
	struct v_lead *lead; size_t leads;   /* agencies */
	bool has_due; int64_t due; const char *precision;
	bool moved; int64_t due_now;         /* carried on: the end of what is meant now */
	const char *state, *tone, *icon;     /* message id */
	bool overdue, finished, next_round;
	unsigned months;                     /* overdue since, whole ones */
	int64_t reported;                    /* INT64_MIN: never */
	struct url page;
	/* of the page about one */
	struct bitext round_title; struct url round;
	const char *number, *unit; struct bitext text; struct url text_url, proof;
	struct v_step *step; size_t steps;
	struct url json;
	bool may_report; struct url report;
	bool example;
};
/* "2017", "31.12.2017" as it was meant. */
const char *due_text(const struct page *p, int64_t due, const char *precision);
enum promise_filter { PROMISE_ALL, PROMISE_LATE, PROMISE_OPEN, PROMISE_DONE, PROMISE_FILTERS };
struct v_promises {
	enum promise_filter filter;
	struct v_choice state[PROMISE_FILTERS]; size_t states;
	struct v_choice *owner; size_t owners;
	struct v_choice *series; size_t series_n;
	struct v_promise *v; size_t n;
	struct url next;                     /* further ones; s NULL: none */
	const char *zone;
};
struct v_promise_form {
	const char *document, *unit, *seen, *number;
	struct bitext text;
	struct field *f; size_t n;
	const char *party[LIMIT_MEMBERS]; bool owner[LIMIT_MEMBERS]; size_t parties;
	const char *fault;                   /* in English, of the rules; or NULL */
	bool next_round;
	struct url back;
};
struct v_progress_form { struct v_promise *p; struct field *f; size_t n; const char *state, *fault; struct { const char *value, *text; bool on; } states[COMMITMENT_STATES]; };
