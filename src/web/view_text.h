/*
 * web/view_text.h - what the templates of the text see: draft, edit, review, comparison, releases, glossary.
 * As web/view.h: plain structs in the page's arena, texts of the record untrusted.
 */
#pragma once
#include <string.h>

#include "consult/diff.h"
#include "consult/glossary.h"
#include "consult/releases.h"
#include "web/fields.h"
#include "web/view.h"

/* A text as it changed. */
struct v_span { enum diff_kind kind; const char *s; };
struct v_spans { const struct v_span *v; size_t n; bool replaced; };
bool spans_changed(const struct v_spans *s);

/* ---- the draft ---- */
enum answer { ANSWER_OPEN, ANSWER_ACCEPTED, ANSWER_DECLINED, ANSWER_COUNTERED, ANSWER_TAKEN_BACK, ANSWER_SETTLED /* without a word: its proposer agreed, or it is a counter-proposal */, ANSWERS };
struct v_badge badge_of_answer(enum answer a);
struct v_change { const char *unit; const char *action; bool has[LANG_COUNT]; struct v_spans diff[LANG_COUNT]; };
struct v_proposal {
	const char *id, *anchor, *party, *counter_to;
	int64_t at;
	unsigned version;                    /* of the document it is about; 0: not readable */
	struct bitext reason, answer_reason;
	enum answer answer;
	bool own, by_writer;                 /* by_writer: a counter-proposal */
	struct v_change *change; size_t changes;
	struct url counter;
};
/* The change to this unit, or NULL. */
const struct v_change *change_at(const struct v_proposal *p, const char *unit);
struct v_comment { const char *id, *unit, *party; int64_t at; struct bitext text; bool own, reply; };
struct v_warning { size_t unit; enum lang lang; const char *word; bool pair; enum lang other; const char *other_word, *better, *why; };
struct v_version { unsigned number; const char *modified; int64_t at; bool frozen, correction, newest; struct bitext why; struct url compare; };

/* What can be done with the whole text; rows in load_draft.c. */
enum text_act { TEXT_REVISE, TEXT_PROPOSE, TEXT_ANSWER, TEXT_COMMENT, TEXT_FREEZE, TEXT_SILENCE, TEXT_AGREE, TEXT_OBJECT, TEXT_WITHDRAW_ASSENT, TEXT_PUBLISH, TEXT_WITHDRAW, TEXT_ACTS };
struct text_act_row { enum doc_move move; enum right right; const char *word /* in addresses */, *label, *icon; };
const struct text_act_row *text_act_row(enum text_act a);

struct v_draft {
	const struct v_round *round;
	const struct v_document *doc;
	const struct doc_facts *facts;
	const char *own;                     /* party of the reader */
	bool writer;                         /* it is the reader's side's text */
	bool may[TEXT_ACTS];                 /* by the state now, and by the reader's role */
	bool may_commit;                     /* take a commitment from a paragraph */
	struct url base, edit, propose, review, compare, page, txt, pdf;
	struct v_proposal *prop; size_t props;
	struct v_comment *comment; size_t comments;
	struct v_warning *warning; size_t warnings;
	struct v_version *version; size_t versions;  /* newest first */
	size_t open, agreed, brackets, untranslated; /* proposals, then units */
	const char *next[LIMIT_MEMBERS]; size_t nexts; /* with whom the next step lies */
	const char *next_what;               /* message id */
	enum silence_state silence;
	struct bitext correction, withdrawal;
	/* A form of this page that could not be taken: what was typed, where. */
	const char *fault, *typed, *typed_reason, *at;
};
/* Proposals that are open, answered … among those that touch a unit. */
size_t draft_open_at(const struct v_draft *d, const char *unit);

/* ---- review: before what is written for good ---- */
struct v_review {
	const struct v_draft *d;
	enum text_act act;
	const char *title, *effect;          /* message ids: what happens, and that it cannot be taken back */
	bool ready;                          /* nothing is left to ask: the button carries it out */
	bool has_reason, has_time;
	struct field field[4]; size_t fields;
	int64_t at; bool has_at;             /* the moment that was read */
	const char *fault;                   /* in English, from the rules */
};

/* ---- edit: the writer's versions, the others' proposals, new documents ---- */
enum edit_kind { EDIT_NEW, EDIT_REVISE, EDIT_PROPOSE };
struct v_edit_unit {
	const char *number, *was;            /* was: number in the version seen; "" of a new unit */
	struct bitext text;
	bool bracketed; const char *by;
	bool gone;                           /* propose: to be deleted */
	const char *fault;                   /* message id */
	bool theirs_differs; struct v_spans theirs[LANG_COUNT]; /* conflict: from what was typed to what stands there now */
	const struct v_unit *now;            /* conflict: the unit in the newest version, or NULL */
};
struct v_edit {
	enum edit_kind kind;
	const struct v_round *round;
	const struct v_document *doc;        /* NULL: new */
	const struct v_draft *draft;         /* NULL: new */
	const char *seen;                    /* modified of the version the form was made from */
	const char *counter_to;              /* propose; "" */
	const struct v_proposal *countered;  /* or NULL */
	struct field title[LANG_COUNT], reason[LANG_COUNT], number, date, doc_kind;
	const struct choice *kinds; size_t kinds_n;
	const char *template_from;           /* new: number of the document taken as template, or NULL */
	struct choice *templates; size_t templates_n;
	bool authentic[LANG_COUNT], provisional[LANG_COUNT];
	const char *languages_fault;
	bool needs_reason;                   /* a correction of what is public, or a proposal */
	struct v_edit_unit *unit; size_t units;
	enum lang order[LANG_COUNT];         /* own language first */
	const struct choice *parties; size_t parties_n;
	const char *fault;                   /* in English, from the rules */
	bool faulty;
	bool conflict;                       /* somebody saved first */
	const struct v_document *theirs;     /* conflict: what stands there now */
	struct url action, back;
};

/* Lines a text area needs to show this text, 3 to 16. */
unsigned area_rows(const char *s, enum lang l);

/* ---- comparison of two versions ---- */
struct v_compare_unit { enum diff_unit what; const struct v_unit *a, *b; bool changed[LANG_COUNT], brackets; struct v_spans diff[LANG_COUNT]; };
struct v_compare {
	const struct v_round *round;
	const struct v_document *a, *b;
	const struct v_version *version; size_t versions;
	struct v_compare_unit *unit; size_t units;
	struct v_spans title[LANG_COUNT];
	size_t count[DIFF_UNIT_MOVED + 1];
	bool together;                       /* every changed unit changed in all languages shown */
	enum lang col[VIEW_COLS]; size_t cols;
	struct url base, draft;              /* draft.s NULL: signed out */
};

/* ---- two national releases ---- */
struct v_release_row { enum release_what what; const char *party; struct shown name; const char *code; bool in[2]; struct shown quote[2]; const char *unit[2]; };
struct v_releases {
	const struct v_round *round;
	const struct v_document *two[2];     /* NULL: that side has none */
	const struct v_document *joint;      /* one text of all, or NULL */
	const char *party[2];
	struct v_release_row *row; size_t rows;
	int64_t at[2];                       /* day each bears */
	size_t only[2], both;
};

/* The reader's language first: the i-th of all. */
enum lang nth_lang(enum lang own, unsigned i);

/* ---- glossary ---- */
struct v_pair { struct bitext a, b; const char *why; /* message id */ };
struct v_term { const char *id, *modified, *party, *source; struct bitext term, note, warning; struct bitext *confused; size_t confused_n; bool own; };
struct v_glossary {
	struct v_term *term; size_t terms;   /* of the record */
	struct v_pair *pair; size_t pairs;   /* that mislead */
	bool may_write;
	const char *find; size_t shown;      /* what was looked for, and how many official rows fit */
	bool *hide;                          /* per official row */
	struct field term_field[LANG_COUNT], warning_field[LANG_COUNT], confused_field[LANG_COUNT], source;
	const char *id, *seen;               /* of the term being changed, or "" */
	const char *fault;
	bool faulty;
};
