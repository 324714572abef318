/*
 * consult/acts.h - the acts of a consultation: each makes an object (or a new version of one) from plain texts, asks the
 * rules first (E_STATE, E_DENIED with the reason) and writes it with record_add. The page and the command call the same.
 *
 * Texts of all kinds are UTF-8; NULL and "" are both "absent". Times are RFC 3339 with Z ("2016-09-09T00:30:00.000Z").
 * What is missing or malformed is E_FORMAT, naming the property. A version that is no longer the newest is E_CONFLICT,
 * naming the one seen and the newest: nothing is written, and whoever asked can be shown both.
 * Nothing here looks at the rights of a person beyond `role`: ask policy/ before. Each returns 0, E_*, or ACT_HELD where
 * the actor has a hold: *ret is untouched then.
 */
#pragma once
#include "base/text.h"
#include "consult/consult.h"

/*
 * Where acts go that need a second person (consult/desk.h): `put` stores the text of one; the act is not written and
 * returns ACT_HELD. level: of what would be written.
 */
#define ACT_HELD 1
struct actor;
struct act_hold {
	int (*put)(const void *ctx, const struct actor *a, const char *act_json, size_t n, const char *about, enum tlp level, bool publication, struct err *e);
	const void *ctx;
};
/* Who acts. The object is the party's; the person stands in the audit log of the caller alone. */
struct actor {
	struct record *r;
	struct record_reader *rd;
	const char *who;                      /* the person, for that log; NULL: a command or the node itself */
	enum role role;
	const struct act_hold *hold;          /* NULL: nothing is held back */
	struct buf *ready;                    /* act_prepare()'s own; NULL */
};
/* One text in each language. */
struct texts { const char *in[LANG_COUNT]; };

/* Which object gets a new version, or where a new one goes; and who may see it. */
struct act_at {
	const char *id;                       /* NULL: a new object */
	const char *seen;                     /* with id: `modified` of the version its writer saw; NULL: whatever is newest */
	const uint8_t *collection;            /* of a new object; NULL: that of what it is about */
	enum tlp tlp;                         /* TLP_NONE: a new object: the collection's ceiling; a version: as before */
	const char *const *release_to; size_t release_to_n; /* 0: a new object: not narrowed; a version: as before */
};

/*
 * Any of our own types from a JSON object with its own properties; type, id, times, writer, markings and extension are
 * put by us. For a new version `props` is what changes (RFC 7396 at the top level: null takes a property away). All
 * other acts end here, and what they leave out is taken away, but for `example` and `further_reading`.
 */
NODISCARD int act_write(const struct actor *a, enum stix_kind kind, const struct act_at *at, const char *props, size_t n, struct add_result *ret, struct err *e);

/* ---- series, round, delegation ---- */
struct act_name { const char *party; struct texts title; };                  /* what a side calls the series */
struct act_mandate { struct texts title; const char *date, *url; };
struct act_deadline { const char *at, *party; struct texts title; };
struct act_series {
	struct act_at at;
	const char *slug, *noun;              /* noun: consultation, dialogue, policy-consultation */
	const char *const *member; size_t members;
	struct texts title, rhythm, mandate;
	unsigned rhythm_months;               /* 0: none announced */
	const struct act_name *name; size_t names;
	const struct act_mandate *mandates; size_t mandates_n;
	const struct act_deadline *deadline; size_t deadlines;
};
NODISCARD int act_save_series(const struct actor *a, const struct act_series *s, struct add_result *ret, struct err *e);

struct act_person { const char *native, *latin, *reading; };
struct act_chair { const char *party; struct act_person name; struct texts title; };
struct act_lead { const char *party, *agency_code; struct texts agency; };
struct act_observer { struct texts name; const char *party, *kind; };        /* kind: observer, non-government */
struct act_ordinal { const char *party; unsigned ordinal; struct texts note; }; /* 0: this side does not count it */
struct act_link { struct texts title; const char *url; };
struct act_round {
	struct act_at at;
	const char *series;                   /* id */
	struct texts title, venue;            /* venue may be absent by video */
	const char *kind;                     /* round, intersessional; NULL: round */
	const char *start, *end, *start_precision; /* precision: day, month, year; NULL: all of it */
	const char *zone, *mode, *host, *status;   /* mode: in-person, video, hybrid; status: proposed, scheduled, held, closed, postponed, cancelled */
	unsigned ordinal;                     /* 0: none */
	const struct act_ordinal *ordinals; size_t ordinals_n;
	const struct act_chair *chair; size_t chairs;
	const struct act_lead *lead; size_t leads;
	const struct act_observer *observer; size_t observers;
};
NODISCARD int act_save_round(const struct actor *a, const struct act_round *r, struct add_result *ret, struct err *e);

struct act_delegate { struct act_person name; struct texts function, agency, rank; const char *agency_code, *role; };
struct act_delegation {                   /* of the own party */
	struct act_at at;
	const char *round, *expires;
	const struct act_delegate *member; size_t members; /* in order of precedence */
};
NODISCARD int act_save_delegation(const struct actor *a, const struct act_delegation *d, struct add_result *ret, struct err *e);

/* ---- invitation: the verbs of enum invite_verb (consult.h), by either side ---- */
struct act_date { const char *start, *end; };
struct act_invitation {
	const char *round;
	enum invite_verb verb;
	const struct act_date *date; size_t dates; /* confirm: one that is on the table; decline, cancel: none */
	const char *mode; struct texts venue, text;
};
NODISCARD int act_invite(const struct actor *a, const struct act_invitation *i, struct add_result *ret, struct err *e);

/* The date all have confirmed goes into the round's own entry, by its writer: start, end, status scheduled. E_STATE until it is confirmed. */
NODISCARD int act_settle_round(const struct actor *a, const char *round, const char *seen, struct add_result *ret, struct err *e);

/* ---- documents ---- */
struct act_unit {
	const char *number; struct texts text;
	bool bracketed; const char *bracketed_by;  /* by: a party, or NULL */
	const char *start, *end; bool pause;       /* agenda items */
	const char *const *lead; size_t leads;
	const char *const *paper; size_t papers;   /* ids */
};
struct act_document {                     /* every save is a version, and a new draft */
	struct act_at at;
	const char *round, *kind, *number, *date, *publish_at; /* round, kind, number stay what they were */
	struct texts title;
	unsigned authentic, provisional;      /* languages: 1u << LANG_DE | … */
	const struct act_unit *unit; size_t units;
	struct texts correction;              /* why; due when the version before is published or a correction itself */
	bool frozen;
};
NODISCARD int act_save_document(const struct actor *a, const struct act_document *d, struct add_result *ret, struct err *e);
/* The same text once more, frozen. Open proposals, brackets and missing languages are E_STATE. */
NODISCARD int act_freeze(const struct actor *a, const char *document, const char *seen, struct add_result *ret, struct err *e);
/*
 * A new version that is revoked: a document (its reason stands in it), or an own proposal, comment, silence procedure,
 * commitment, progress, term. Visible to whoever could see the object.
 */
NODISCARD int act_withdraw(const struct actor *a, const char *id, const char *seen, const struct texts *reason, struct add_result *ret, struct err *e);

struct act_change { const char *unit, *action; struct texts text; }; /* action: replace, insert (behind the unit), delete */
struct act_proposal {
	const char *document, *seen;          /* seen: the version it is about; NULL: the newest */
	const struct act_change *change; size_t changes;
	struct texts reason;                  /* due */
	const char *counter_to;               /* id of the proposal this answers, or NULL */
};
NODISCARD int act_propose(const struct actor *a, const struct act_proposal *p, struct add_result *ret, struct err *e);
/*
 * Take a proposal over: the document's next version with its changes made, then the word that answers it. Where the
 * document reads so already, only the word. `seen`: the document's version. *ret is the version's, else the word's.
 */
NODISCARD int act_accept(const struct actor *a, const char *proposal, const char *seen, const struct texts *reason, struct add_result *ret, struct err *e);
NODISCARD int act_decline(const struct actor *a, const char *proposal, const struct texts *reason, struct add_result *ret, struct err *e);

struct act_comment { const char *about, *seen, *unit, *reply_to; struct texts text; }; /* seen: the version it is said of, or NULL */
NODISCARD int act_comment(const struct actor *a, const struct act_comment *c, struct add_result *ret, struct err *e);

struct act_silence { const char *document, *seen, *deadline; struct texts text; };
NODISCARD int act_silence(const struct actor *a, const struct act_silence *s, struct add_result *ret, struct err *e);

/* Agree, object, withdraw the assent: to the version of any object with this `modified`; NULL: the newest. A document that has a newer one: E_CONFLICT. reason: NULL or texts. */
NODISCARD int act_assent(const struct actor *a, const char *id, const char *modified, enum assent_verb verb, const struct texts *reason, struct add_result *ret, struct err *e);
/* The newest version; if `seen` is given, that one must be it. publish_at NULL: now. */
NODISCARD int act_publish(const struct actor *a, const char *document, const char *seen, const char *publish_at, struct add_result *ret, struct err *e);

/* ---- commitments ---- */
struct act_commitment {                   /* taken from a unit of a text all have agreed to */
	const char *document, *seen, *unit;   /* seen: the agreed version; NULL: the newest */
	struct texts title;
	const char *const *owner; size_t owners;
	const struct act_lead *agency; size_t agencies;
	const char *due, *due_precision;
	bool next_round;                      /* what is promised is the next round */
};
NODISCARD int act_commit(const struct actor *a, const struct act_commitment *c, struct add_result *ret, struct err *e);
struct act_evidence { struct texts title; const char *url, *object; };
struct act_progress {
	const char *commitment, *state;       /* open, started, done, dropped, carried */
	const char *due, *due_precision;      /* carried: the new date */
	struct texts text;
	const struct act_evidence *evidence; size_t evidences;
};
NODISCARD int act_progress(const struct actor *a, const struct act_progress *p, struct add_result *ret, struct err *e);

/* ---- glossary ---- */
struct act_term { struct act_at at; struct texts term, note, warning; const struct texts *confused; size_t confused_n; const char *source; };
NODISCARD int act_save_term(const struct actor *a, const struct act_term *t, struct add_result *ret, struct err *e);

/*
 * What this node owes by the clock: its own "agree" where a silence procedure has run out and nobody of its party
 * spoke. Called at intervals, by `serve` and `verbale tick`; doing it twice does nothing more. *ret_words: how many.
 */
NODISCARD int consult_tick(struct record *r, struct record_reader *rd, size_t *ret_words, struct err *e);

/*
 * Carry out what was held: prepare asks the rules anew and makes the very bytes that will be written, with the time of
 * now; send writes them. Sending again what was sent does nothing more, so what is kept between the two survives a crash.
 * send: *ret is what became of the first object; an error behind one that was written: ret->what is not ADDED_REFUSED.
 */
NODISCARD int act_prepare(const struct actor *a, const char *act_json, size_t n, struct buf *ret_ready, struct err *e);
NODISCARD int act_send(const struct actor *a, const char *ready, size_t n, struct add_result *ret, struct err *e);
