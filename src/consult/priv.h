/* consult/priv.h - what the files of consult/ share; nobody else includes it. */
#pragma once
#include "consult/consult.h"

/*
 * What was said about one version, as the logs hold it. Order among parties is by time, because two nodes receive the
 * logs interleaved differently and must come to the same state; within one log it is the log's order.
 */
enum doc_word { WORD_AGREE, WORD_PUBLISH, WORD_OBJECT, WORD_WITHDRAW }; /* in this order at equal times */
struct doc_event {
	int64_t time;            /* ns; the object's modified */
	enum doc_word what;
	size_t member;           /* index into doc_facts.member */
	uint64_t index;          /* in that party's log */
	int64_t publish_at;      /* WORD_PUBLISH */
};
/*
 * Sorts `ev` and fills f->assent, has_publication and publish_at from it; members and bracketed must be there.
 * `embargo`: the document's own publish_at, or INT64_MIN. Pure.
 */
void doc_fold(struct doc_facts *f, struct doc_event *ev, size_t n, int64_t embargo);

/* ---- facts.c: what the record holds about one version of a document ---- */
struct doc_proposal { struct index_entry row; size_t member; bool open; };
struct doc_story {
	struct doc_facts facts;
	uint8_t sha256[32];      /* of the version */
	int64_t embargo;
	int64_t latest;          /* ns; newest time of anything said about it, its own included */
	struct doc_event *ev; size_t n, cap;
	struct doc_proposal *prop; size_t props, props_cap;   /* by others than the writer, newest version of each */
	char silence[LIMIT_STIX_ID + 1]; uint64_t silence_index; int64_t silence_added; /* the procedure of facts.has_silence; µs: when it came to this node */
	uint64_t agreed_to[LIMIT_MEMBERS]; /* each member's last agree to any version: index in its log + 1; 0: none */
};
NODISCARD int story_read(struct record_reader *rd, const struct entry *doc, int64_t now, struct doc_story *ret, struct err *e);
void story_free(struct doc_story *s);
/* The facts as they would be with this word said too. E_NOMEM. */
NODISCARD int story_with(const struct doc_story *s, struct doc_event word, struct doc_facts *ret, struct err *e);
bool story_member(const struct doc_facts *f, const char *party, size_t *ret); /* false: not a member, or NULL */
bool story_open(const struct doc_story *s, const char *proposal_id);

/* Units in brackets, and units without a text in one of the document's languages. */
void count_units(const struct json_val *doc, unsigned *ret_bracketed, unsigned *ret_untranslated);
bool is_frozen(const struct json_val *doc);

/* The version of `id` with this modified and this object hash (hexadecimal). E_NOTFOUND. */
NODISCARD int find_version(struct record_reader *rd, const char *id, const char *modified, const char *sha256, const uint8_t collection[16], struct entry *ret, struct err *e);
/* Newest version of `id` in one log. E_NOTFOUND. */
NODISCARD int newest_in_log(struct record_reader *rd, const char *id, const uint8_t collection[16], uint32_t log, struct entry *ret, struct err *e);
/* Newest version of `id` in the log that brought it first: nobody else speaks for its writer. E_NOTFOUND. */
NODISCARD int newest_by_writer(struct record_reader *rd, const char *id, struct entry *ret, struct err *e);
int64_t entry_time(const char *modified); /* ns; INT64_MIN if it cannot be read */
bool is_later(const char *modified, const char *than);

/*
 * ---- invite.c: sorts `ev` and fills what invite_facts takes from it, word[] included; host, members, over, void_ must be there. Pure ----
 */
struct invite_event { int64_t time; size_t member; uint64_t index; struct invite_word word; };
void invite_fold(struct invite_facts *f, struct invite_event *ev, size_t n);

/* ---- promise.c ---- */
struct progress_event { int64_t time; size_t owner; uint64_t index; enum commitment_state state; bool has_due; int64_t due; };
/* Sorts `ev`; owners, has_due and due must be there. Pure. */
void commitment_fold(struct commitment_facts *f, struct progress_event *ev, size_t n, int64_t now);
bool commitment_state_parse(const char *word, enum commitment_state *ret);

/* What slippage is told from. */
struct slip_round { char id[LIMIT_STIX_ID + 1]; char host[LIMIT_PARTY + 1]; int64_t start, until /* end of what start means */; bool held, expected /* proposed, scheduled or postponed */; uint32_t next; };
struct slip_promise { char id[LIMIT_STIX_ID + 1]; int64_t due, made; size_t at; const struct commitment_facts *f; };
struct slip_facts {
	size_t members; char member[LIMIT_MEMBERS][LIMIT_PARTY + 1];
	const struct slip_round *round; size_t rounds;       /* counted ones */
	const struct slip_promise *promise; size_t promises; /* of a next round, not finished, with a due date */
	unsigned rhythm_months;
	int64_t now;
};
void slip(const struct slip_facts *f, struct slippage *ret);

/* ---- rule.c and rule_more.c: one object that is to be written ---- */
struct ask {
	struct record_reader *rd;
	const struct stix_object *o;
	const uint8_t *collection;
	const char *own;             /* this node's party */
	int64_t now;
	const struct entry *prev;    /* newest own version of the same id; NULL: new */
};
const char *ask_field(const struct ask *a, const char *key);
/* What a _ref names must stand in the same collection and not be withdrawn. */
NODISCARD int ask_ref(const struct ask *a, const char *key, enum stix_kind kind, struct err *e);
NODISCARD int ask_not_ahead(const struct ask *a, struct err *e);
/* This text property is as in the version before. E_STATE. */
NODISCARD int ask_same_text(const struct ask *a, const char *key, struct err *e);
const struct json_val *unit_of(const struct json_val *doc, const char *number, const struct json_val **ret_next);
/* Does the version read as the change wanted, in every language the change gave? */
bool holds(const struct json_val *doc, const struct json_val *change);
int rule_invitation(const struct ask *a, struct err *e);
int rule_comment(const struct ask *a, struct err *e);
int rule_silence(const struct ask *a, struct err *e);
int rule_commitment(const struct ask *a, struct err *e);
int rule_progress(const struct ask *a, struct err *e);

/* ---- facts_round.c ---- */
NODISCARD int invite_read(struct record_reader *rd, const struct entry *round, struct invite_facts *ret, struct err *e);
