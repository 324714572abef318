/*
 * consult/consult.h - what may follow what in a consultation. The rules (consult/rules.c) are a pure table of
 * states and moves; the facts (consult/facts.c …) are read from the record; the acts (consult/acts.h) check the
 * rules and write through record_add.
 *
 * The table, for one version of one document (y: allowed; w: by its writer; o: by every other member; m: by
 * any member; the columns are exclusive, the first from the right that fits holds):
 *
 *                       draft  proposed  assented  agreed  scheduled  published  withdrawn
 *   revise          w     y       y         y        y         -          y (1)      -
 *   propose         o     y       y         y        -         -          y          -      unless one's own word is agree
 *   answer          w    (2)     (2)       (2)      (2)       (2)        (2)         -
 *   agree           m     y       y         y        -         -          -          -      unless agreed already, or brackets left
 *   object          m     y       y         y        y         y          -          -      unless objected already
 *   withdraw assent m     y       y         y        y         y          -          -      needs a word that stands
 *   publish         m     -       -         -        y         -          -          -
 *   freeze          w     y       -         y        -         -          -          -      unless frozen, in brackets, or without a language
 *   silence         w     y       -         y        -         -          -          -      of a frozen version, one at a time, nobody objecting
 *   comment         m     y       y         y        y         y          y          -
 *   commit          m     -       -         -        y         y          y          -      not only the newest version
 *   withdraw        w     y       y         y        y         y          y          -
 *
 * (1) A revision never changes a version: it is a new one, and a new draft. The published one stays published, and the
 *     versions behind it say that they correct it, until one of them is published in turn.
 * (2) When a proposal is open.
 * A frozen version takes no proposals; to change it after all its writer revises it.
 * Only the newest version moves. The state follows from the facts alone:
 * withdrawn: the writer revoked the document. agreed: the latest word of every member on exactly this hash is
 * agree, and no unit is in brackets. scheduled: agreed, released by a member, and the latest of the release itself,
 * its publish_at and the document's own publish_at has not come. published: it has come. proposed: a proposal is open. assented: some agree.
 * Any member may release: the moment is not the releaser's to choose before the document's own publish_at, and
 * that one is part of the text all agreed to. Of several releases the earliest stands. An objection or a withdrawn
 * assent before the moment makes the release lapse; after it, it comes too late.
 */
#pragma once
#include <assert.h>

#include "record/record.h"

/* ---- pure rules ---- */
enum doc_state { DOC_DRAFT, DOC_PROPOSED /* open proposals */, DOC_ASSENTED /* some, not all */, DOC_AGREED, DOC_SCHEDULED /* published, embargo runs */, DOC_PUBLISHED, DOC_WITHDRAWN, DOC_STATES };
enum doc_move { MOVE_REVISE, MOVE_PROPOSE, MOVE_ANSWER /* take over, counter, decline */, MOVE_AGREE, MOVE_OBJECT, MOVE_WITHDRAW_ASSENT, MOVE_PUBLISH, MOVE_FREEZE, MOVE_SILENCE, MOVE_COMMENT, MOVE_COMMIT, MOVE_WITHDRAW, DOC_MOVES };
const char *doc_state_name(enum doc_state s);  /* message id */
const char *doc_move_name(enum doc_move m);    /* message id */

enum assent_verb { ASSENT_NONE, ASSENT_AGREE, ASSENT_OBJECT, ASSENT_WITHDRAW };
/* Everything the rules look at, for one version of one document. */
struct doc_facts {
	const char *writer;                                     /* party */
	size_t members; char member[LIMIT_MEMBERS][LIMIT_PARTY + 1];
	enum assent_verb assent[LIMIT_MEMBERS];                 /* each member's latest word on exactly this hash */
	bool is_newest;                                         /* newest version of its id */
	unsigned open_proposals;
	unsigned bracketed;                                     /* units still in brackets: nobody agrees to those */
	unsigned untranslated;                                  /* units without a text in one of the document's languages */
	bool frozen;
	bool revoked;
	bool has_silence; int64_t silence_until;                /* ns; the newest silence procedure on it that was not taken back */
	bool has_publication; int64_t publish_at;               /* ns; when it takes or took effect */
	int64_t now;
};
enum doc_state doc_state(const struct doc_facts *f);
/* May `party` make this move now? E_STATE or E_DENIED with the reason. */
NODISCARD int doc_may(const struct doc_facts *f, enum doc_move m, const char *party, struct err *e);


enum silence_state { SILENCE_NONE, SILENCE_RUNS, SILENCE_BROKEN /* somebody objected */, SILENCE_OVER /* the deadline has passed */, SILENCE_STATES };
enum silence_state doc_silence(const struct doc_facts *f);
const char *silence_state_name(enum silence_state s); /* message id */

/* ---- when a round is held: each member's latest word stands ---- */
enum invite_verb { INVITE_INVITE, INVITE_OFFER /* other dates */, INVITE_CONFIRM, INVITE_DECLINE, INVITE_CANCEL, INVITE_VERBS };
const char *invite_verb_word(enum invite_verb v);     /* as in objects: "invite" */
const char *invite_verb_name(enum invite_verb v);     /* message id */
enum invite_state { ROUND_OPEN /* nothing said */, ROUND_INVITED, ROUND_OFFERED /* other dates than the invitation's */, ROUND_CONFIRMED, ROUND_DECLINED, ROUND_CANCELLED, ROUND_OVER /* held or closed */, INVITE_STATES };
const char *invite_state_name(enum invite_state s);   /* message id */
struct invite_date { int64_t start, end; };           /* ns; end INT64_MIN: not said */
struct invite_word { bool said; enum invite_verb verb; int64_t time; struct invite_date date[LIMIT_DATES]; size_t dates; };
/*
 * A round is confirmed when the standing word of every member names one and the same date and no other: an invitation
 * with one date is its writer's yes to it; one with several asks, and its writer confirms in turn. It is cancelled or
 * declined when that is the latest word; a new invitation opens it again. Words said before that do not stand any more.
 */
struct invite_facts {
	char host[LIMIT_PARTY + 1];
	size_t members; char member[LIMIT_MEMBERS][LIMIT_PARTY + 1];
	struct invite_word word[LIMIT_MEMBERS];             /* each member's that stands */
	bool over, void_;                                   /* the round was held or closed; its own entry says cancelled */
	/* from invite_fold(): */
	enum invite_state state;
	struct invite_date confirmed;                       /* ROUND_CONFIRMED */
	size_t latest;                                      /* who spoke last; `members`: nobody */
	uint32_t next;                                      /* whose move it is: a bit per member; 0: nobody's */
};
static_assert(LIMIT_MEMBERS <= 32, "a bit per member");
/* May `party` say this now? `date`, `dates`: what it would name. E_STATE or E_DENIED with the reason. */
NODISCARD int invite_may(const struct invite_facts *f, enum invite_verb v, const char *party, const struct invite_date *date, size_t dates, struct err *e);

/* ---- what became of a promise ---- */
enum commitment_state { COMMITMENT_OPEN, COMMITMENT_STARTED, COMMITMENT_DONE, COMMITMENT_DROPPED, COMMITMENT_CARRIED, COMMITMENT_STATES };
const char *commitment_state_word(enum commitment_state s); /* as in objects: "open" */
const char *commitment_state_name(enum commitment_state s); /* message id */
/* The moment a due date has passed: the end of the day, month or year meant (UTC), or the moment itself. precision may be NULL. */
int64_t due_end(int64_t due, const char *precision);
struct commitment_facts {
	size_t owners; char owner[LIMIT_MEMBERS][LIMIT_PARTY + 1];
	enum commitment_state said[LIMIT_MEMBERS];          /* each owner's latest progress; open before the first */
	enum commitment_state state;                        /* done or dropped: all owners say so (done if one of them does); else the latest of the others */
	bool has_due; int64_t due, due_now;                 /* as promised, and as carried on: ns, the end of what is meant */
	int64_t reported;                                   /* ns; latest progress; INT64_MIN: none */
	bool finished, overdue;                             /* overdue: not finished and due_now has passed */
};

/* ---- slippage: the announced next round that did not come ---- */
enum slip_why { SLIP_NONE, SLIP_ANNOUNCED /* a round in the record that was not held */, SLIP_PROMISED /* a commitment to hold it */, SLIP_RHYTHM, SLIP_WHYS };
const char *slip_why_name(enum slip_why w);           /* message id */
struct slippage {
	enum slip_why why;                                  /* in this order: what was said most clearly counts */
	int64_t since;                                      /* ns; when it should have been held at the latest */
	int64_t last_held; char last_round[LIMIT_STIX_ID + 1]; /* the last counted round; INT64_MIN, "": none */
	char round[LIMIT_STIX_ID + 1];                      /* the announced one, or "" */
	char commitment[LIMIT_STIX_ID + 1];                 /* the promise, or "" */
	size_t next; char party[LIMIT_MEMBERS][LIMIT_PARTY + 1]; /* with whom the next step lies */
};

/* ---- facts from the record ---- */
/* Facts of the version `doc` (kind document). Proposals count as open until an answer names them. */
NODISCARD int consult_facts(struct record_reader *rd, const struct entry *doc, int64_t now, struct doc_facts *ret, struct err *e);
/*
 * Readers for pages and commands. `who`: what it may not read is not there (NULL: everything is). Ids that are unknown or
 * hidden: E_NOTFOUND.
 */
NODISCARD int consult_round(struct record_reader *rd, const struct reader *who, const char *round_id, struct invite_facts *ret, struct err *e);
struct commitment { struct entry en; struct commitment_facts f; }; /* en: newest version; round_ref, document_ref, unit, title … are read from it */
struct commitments { struct commitment *c; size_t n; };
void commitments_free(struct commitments *c);
/* All of a series, or of one round (either id): what is overdue first, then by due date, then by time written. */
NODISCARD int consult_commitments(struct record_reader *rd, const struct reader *who, const char *series_or_round, int64_t now, struct commitments *ret, struct err *e);
/* One of them. E_NOTFOUND. ret->en: free it (entry_free). */
NODISCARD int consult_commitment(struct record_reader *rd, const struct reader *who, const char *id, int64_t now, struct commitment *ret, struct err *e);
/* Of those, what belongs on the next round's agenda: overdue or carried on, and not finished. */
NODISCARD int consult_agenda_return(struct record_reader *rd, const struct reader *who, const char *series_id, int64_t now, struct commitments *ret, struct err *e);
/* What the owners said of one commitment, in order of time. Non-zero stops and is returned. */
typedef int consult_visit(void *ctx, const struct entry *en, struct err *e);
NODISCARD int consult_progress(struct record_reader *rd, const struct reader *who, const char *commitment_id, consult_visit *v, void *ctx, struct err *e);
/* Comments on an object that were not taken back, newest version of each, in order of arrival. */
NODISCARD int consult_comments(struct record_reader *rd, const struct reader *who, const char *about, consult_visit *v, void *ctx, struct err *e);
/* Proposals to a document that wait for its writer, newest version of each. Asks no release: do so before showing one. */
NODISCARD int consult_open_proposals(struct record_reader *rd, const struct entry *doc, int64_t now, consult_visit *v, void *ctx, struct err *e);
NODISCARD int consult_slippage(struct record_reader *rd, const struct reader *who, const char *series_id, int64_t now, struct slippage *ret, struct err *e);
/*
 * What became of a document that was public once; E_NOTFOUND if none of its versions ever was. Only what may be said in
 * public: no text of a version that is not. Versions are told by their `modified`.
 */
struct doc_notice {
	char published[LIMIT_TIMESTAMP + 1]; int64_t published_at; /* the newest version that was published */
	char corrected[LIMIT_TIMESTAMP + 1];                /* the version it corrects, or "" */
	bool withdrawn; int64_t withdrawn_at;               /* ns, by the writer's clock */
	char writer[LIMIT_PARTY + 1];
};
NODISCARD int consult_notice(struct record_reader *rd, const char *document_id, int64_t now, struct doc_notice *ret, struct err *e);
/* The hooks for record_set_rules(). */
record_rule consult_rule;
record_public consult_public;
