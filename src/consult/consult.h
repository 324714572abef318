/*
 * consult/consult.h - what may follow what in a consultation. The rules (consult/rules.c) are a pure table of
 * states and moves; the facts (consult/facts.c) are read from the record; the acts (consult/act.c) check the
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
 *   withdraw        w     y       y         y        y         y          y          -
 *
 * (1) A revision never changes a version: it is a new one, and a new draft. The published one stays published.
 * (2) When a proposal is open.
 * Only the newest version moves. The state follows from the facts alone:
 * withdrawn: the writer revoked the document. agreed: the latest word of every member on exactly this hash is
 * agree, and no unit is in brackets. scheduled: agreed, released by a member, and the latest of the release itself,
 * its publish_at and the document's own publish_at has not come. published: it has come. proposed: a proposal is open. assented: some agree.
 * Any member may release: the moment is not the releaser's to choose before the document's own publish_at, and
 * that one is part of the text all agreed to. Of several releases the earliest stands. An objection or a withdrawn
 * assent before the moment makes the release lapse; after it, it comes too late.
 */
#pragma once
#include "record/record.h"

/* ---- pure rules ---- */
enum doc_state { DOC_DRAFT, DOC_PROPOSED /* open proposals */, DOC_ASSENTED /* some, not all */, DOC_AGREED, DOC_SCHEDULED /* published, embargo runs */, DOC_PUBLISHED, DOC_WITHDRAWN, DOC_STATES };
enum doc_move { MOVE_REVISE, MOVE_PROPOSE, MOVE_ANSWER /* take over, counter, decline */, MOVE_AGREE, MOVE_OBJECT, MOVE_WITHDRAW_ASSENT, MOVE_PUBLISH, MOVE_WITHDRAW, DOC_MOVES };
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
	bool revoked;
	bool has_publication; int64_t publish_at;               /* ns; when it takes or took effect */
	int64_t now;
};
enum doc_state doc_state(const struct doc_facts *f);
/* May `party` make this move now? E_STATE or E_DENIED with the reason. */
NODISCARD int doc_may(const struct doc_facts *f, enum doc_move m, const char *party, struct err *e);

/* ---- facts from the record ---- */
/* Facts of the version `doc` (kind document). Proposals count as open until an answer names them. */
NODISCARD int consult_facts(struct record_reader *rd, const struct entry *doc, int64_t now, struct doc_facts *ret, struct err *e);
/* The hooks for record_set_rules(). */
record_rule consult_rule;
record_public consult_public;

/*
 * ---- acts: each makes one object and writes it with record_add; the page and the command call the same ----
 * The word carries the markings and release_to of its subject. The rules are asked first: E_STATE, E_DENIED with the
 * reason. `reason`: NULL, a JSON object with texts by language ({"de":…,"ja":…}), or plain words, taken as English.
 */
/* To the version of any object with this `modified`; NULL: the newest. */
NODISCARD int act_assent(struct record *r, struct record_reader *rd, const char *subject_id, const char *modified, enum assent_verb verb, const char *reason, struct add_result *ret, struct err *e);
/* The newest version; publish_at NULL: now. */
NODISCARD int act_publish(struct record *r, struct record_reader *rd, const char *document_id, const char *publish_at, struct add_result *ret, struct err *e);
/*
 * answer: "accepted" (the document's newest version already holds it: checked) or "declined". "countered" is E_USAGE:
 * a counter is a proposal of its own with counter_to_ref, written like any object.
 */
NODISCARD int act_answer(struct record *r, struct record_reader *rd, const char *proposal_id, const char *answer, const char *reason, struct add_result *ret, struct err *e);
