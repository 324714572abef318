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
	uint64_t agreed_to[LIMIT_MEMBERS]; /* each member's last agree to any version: index in its log + 1; 0: none */
};
NODISCARD int story_read(struct record_reader *rd, const struct entry *doc, int64_t now, struct doc_story *ret, struct err *e);
void story_free(struct doc_story *s);
/* The facts as they would be with this word said too. E_NOMEM. */
NODISCARD int story_with(const struct doc_story *s, struct doc_event word, struct doc_facts *ret, struct err *e);
bool story_member(const struct doc_facts *f, const char *party, size_t *ret); /* false: not a member, or NULL */
bool story_open(const struct doc_story *s, const char *proposal_id);

/* The version of `id` with this modified and this object hash (hexadecimal). E_NOTFOUND. */
NODISCARD int find_version(struct record_reader *rd, const char *id, const char *modified, const char *sha256, const uint8_t collection[16], struct entry *ret, struct err *e);
/* Newest version of `id` in one log. E_NOTFOUND. */
NODISCARD int newest_in_log(struct record_reader *rd, const char *id, const uint8_t collection[16], uint32_t log, struct entry *ret, struct err *e);
int64_t entry_time(const char *modified); /* ns; INT64_MIN if it cannot be read */
