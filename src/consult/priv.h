/* consult/priv.h - what the files of consult/ share; nobody else includes it. */
#pragma once
#include "consult/consult.h"

/*
 * What was said about one version, as the logs hold it. Order among parties is by time, because two nodes receive the
 * logs interleaved differently and must come to the same state; within one log it is the log's order.
 */
enum doc_word { WORD_AGREE, WORD_PUBLISH, WORD_OBJECT, WORD_WITHDRAW }; /* in this order at equal times */
struct doc_event {
	int64_t time;            /* ns; the object's modified, never before the same party's previous word */
	enum doc_word what;
	size_t member;           /* index into doc_facts.member */
	int64_t publish_at;      /* WORD_PUBLISH */
};
/*
 * Sorts `ev` and fills f->assent, has_publication and publish_at from it; members and bracketed must be there.
 * `embargo`: the document's own publish_at, or INT64_MIN. Pure.
 */
void doc_fold(struct doc_facts *f, struct doc_event *ev, size_t n, int64_t embargo);
