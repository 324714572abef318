/*
 * consult/find.h - search over everything one may see: texts of the record and national papers, as words in an index of
 * its own (store/search.h), which follows the record and is made anew when it does not fit.
 *
 * Each hit is read from the record and asked of record_may_read before anybody hears of it, and of several versions
 * only the newest that may be read is found. There is no count; texts of audiences closed to the reader are left out by
 * the index itself, so neither answers nor their time tell of them.
 */
#pragma once
#include "consult/consult.h"
#include "consult/words.h"
#include "record/record.h"

struct desk;
struct find;
/* Shared by all threads. The files are made at path; E_IO when that cannot be. */
NODISCARD int find_open(const char *path, struct find **ret, struct err *e);
void find_close(struct find *f); /* NULL is fine */
/*
 * Take in what came since: at most `max` entries (0: all there are), papers of `home` (NULL: none). One thread at a
 * time; others return at once. *ret_whole: nothing is left to take in.
 */
struct home;
NODISCARD int find_follow(struct find *f, struct record_reader *rd, struct home *home, size_t max, int64_t now, bool *ret_whole, struct err *e);

/* Groups of hits, in the order in which they are shown. */
enum find_group { FIND_DOCUMENT, FIND_UNIT, FIND_ROUND, FIND_COMMITMENT, FIND_COMMENT, FIND_PERSON, FIND_TERM, FIND_PAPER, FIND_THREAT, FIND_GROUPS };
const char *find_group_word(enum find_group g);  /* in addresses and after kind: */
const char *find_group_name(enum find_group g);  /* message id */

struct find_ask {
	const struct query *q;
	const struct reader *who;
	const struct desk *desk;         /* whose papers; NULL: none are looked for */
	enum find_group group;
	uint64_t before;                 /* only what comes behind this hit; 0: the newest first */
	size_t limit;
	int64_t now;
};
struct home_paper;
struct find_hit {
	uint64_t n;                      /* for find_ask.before */
	enum find_group group;
	unsigned part;                   /* FIND_UNIT: index of the unit + 1; FIND_PERSON: index of the member + 1; else 0 */
	const struct entry *en;          /* of the record */
	const struct home_paper *paper;  /* or of the desk */
};
/* Non-zero stops and is returned. Valid during the call. */
typedef int find_visit(void *ctx, const struct find_hit *hit, struct err *e);
/* One group, newest first. *ret_more: there are more than `limit`. A question without words and filters finds nothing. */
NODISCARD int find(struct find *f, struct record_reader *rd, const struct find_ask *a, find_visit *v, void *ctx, bool *ret_more, struct err *e);

/* ---- what has a date, and what was done ---- */
/* What is late and what is next, without going through all there is. Whoever shows one of these asks first whether it may be read. */
enum due_kind { DUE_ROUND /* start; more: with whom the next step on its dates lies, "DE,JP" */, DUE_COMMITMENT /* as carried on; more: owners */, DUE_SILENCE /* more: the document */,
	DUE_PUBLICATION /* id: the document's */, DUE_DEADLINE /* of a series: id "SERIES#n" */, DUE_SLIP /* id "SERIES#slip": since when it will be said; more: slip_read() */, DUE_KINDS };
struct find_due { enum due_kind kind; bool open; int64_t at; const char *id, *series, *more; };
struct find_dues { enum due_kind kind; bool open, down; int64_t from, to; };
typedef int find_due_visit(void *ctx, const struct find_due *d, struct err *e);
NODISCARD int find_dues(struct find *f, const struct find_dues *q, find_due_visit *v, void *ctx, struct err *e);
/* What DUE_SLIP says, as of the time when nothing more had been held. False: not readable. */
bool slip_read(const char *more, struct slippage *ret);
/*
 * Ids that bear or bore a name: of documents, their number; of series, the short one. *ret_whole false: the index does
 * not know the newest entries yet, so what it does not name may be there all the same.
 */
enum find_name { FIND_NUMBER, FIND_SLUG };
typedef int find_id_visit(void *ctx, const char *id, struct err *e);
NODISCARD int find_named(struct find *f, struct record_reader *rd, enum find_name kind, const char *name, find_id_visit *v, void *ctx, bool *ret_whole, struct err *e);
/* Acts of the consultation that arrived later than this (microseconds), newest first; each may be hidden. */
typedef int find_act_visit(void *ctx, const struct index_entry *row, struct err *e);
NODISCARD int find_acts(struct find *f, struct record_reader *rd, int64_t after, find_act_visit *v, void *ctx, struct err *e);
