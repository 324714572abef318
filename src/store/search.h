/*
 * store/search.h - the full-text index (search.sqlite, mode 0600): derived from the record and from national papers,
 * thrown away without loss. It knows words, not who may read what: whoever asks has each hit decided.
 *
 * One writer, any number of readers, each a handle that belongs to one thread at a time; readers never wait. Texts are put
 * as folded words with a blank behind each (consult/words.h), so nothing here depends on a language.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct search;
/* writer: a file that is damaged, foreign or of another version is removed and begun anew. Otherwise E_CORRUPT, E_NOTFOUND. */
NODISCARD int search_open(const char *path, bool writer, struct search **ret, struct err *e);
void search_close(struct search *s); /* NULL is fine */
/* Delete the files (path, -wal, -shm). */
NODISCARD int search_remove(const char *path, struct err *e);

/* How far it goes: the last frame of the record that was looked at, the hash of the last entry among those, and the last change of national papers. */
struct search_head { uint64_t frame; uint8_t sha256[32]; uint64_t entry; /* frame of that entry; 0: none */ uint64_t change; };
NODISCARD int search_head(struct search *s, struct search_head *ret, struct err *e);

/* --- writing: inside begin … commit; rollback forgets --- */
NODISCARD int search_begin(struct search *s, struct err *e);
NODISCARD int search_commit(struct search *s, const struct search_head *to, struct err *e);
void search_rollback(struct search *s);
struct search_text {
	unsigned group;              /* 0 … SEARCH_GROUPS - 1: what is found together */
	const char *key;             /* what it belongs to, an id */
	uint64_t source;             /* the frame, or 0 */
	unsigned part;               /* which text of it, the caller's number */
	uint32_t log;
	int64_t version;             /* which version of it */
	int64_t day;                 /* yyyymmdd, or 0 */
	int64_t expires;             /* seconds since 1970; not found from then on; 0: never */
	const char *ref;             /* the caller's, or NULL */
	const char *words[2];        /* in two readings; the second NULL where it is the first */
	const char *tags;            /* "=pde =y2016 ", each begins with '=' and holds [a-z0-9.-]: no text has such words */
};
#define SEARCH_GROUPS 16
NODISCARD int search_put(struct search *s, const struct search_text *t, struct err *e);
/* Texts of `key` in `log` are gone: those of `version`, or all if it is 0; the kept ones stay unless `kept` too. */
NODISCARD int search_drop(struct search *s, const char *key, uint32_t log, int64_t version, bool kept, struct err *e);
/* Those of that version (0: all there are) stay beside newer ones: some may still read them only. */
NODISCARD int search_keep(struct search *s, const char *key, int64_t version, struct err *e);
/* The number of a pair of audience and collection (store/index.h), for a tag. */
NODISCARD int search_who(struct search *s, uint32_t audience, const uint8_t collection[16], uint64_t *ret, struct err *e);
/* Texts whose time is over are taken out of the file. */
NODISCARD int search_expire(struct search *s, int64_t now_s, struct err *e);

/* What has a date. One row per id; at: ns. series, more: the caller's. */
struct search_due { const char *id; unsigned kind; bool open; int64_t at; uint32_t log; const char *series, *more; };
NODISCARD int search_put_due(struct search *s, const struct search_due *d, struct err *e);
NODISCARD int search_drop_due(struct search *s, const char *id, const char *prefix, struct err *e); /* prefix: all ids that begin so, too; or "" */
/* That an object bears or bore this name. */
NODISCARD int search_put_name(struct search *s, const char *name, const char *id, struct err *e);
/* An act of the consultation, when it arrived (microseconds). */
NODISCARD int search_put_act(struct search *s, uint64_t frame, int64_t added, struct err *e);

/* --- asking --- */
/* Of one kind, open or not, with from <= at < to, in order of time (down: the latest first). Non-zero stops and is returned. */
struct search_dues { unsigned kind; bool open, down; int64_t from, to; };
typedef int search_due_visit(void *ctx, const struct search_due *d, struct err *e);
NODISCARD int search_dues(struct search *s, const struct search_dues *q, search_due_visit *v, void *ctx, struct err *e);
NODISCARD int search_get_due(struct search *s, const char *id, search_due_visit *v, void *ctx, struct err *e); /* E_NOTFOUND */
typedef int search_name_visit(void *ctx, const char *id, struct err *e);
NODISCARD int search_names(struct search *s, const char *name, search_name_visit *v, void *ctx, struct err *e);
/* Acts that arrived later than this, newest first. */
typedef int search_act_visit(void *ctx, uint64_t frame, int64_t added, struct err *e);
NODISCARD int search_acts(struct search *s, int64_t after, search_act_visit *v, void *ctx, struct err *e);
/* All those pairs, one collection's behind one another. */
typedef int search_who_visit(void *ctx, uint64_t n, uint32_t audience, const uint8_t collection[16], struct err *e);
NODISCARD int search_whos(struct search *s, search_who_visit *v, void *ctx, struct err *e);
struct search_hit { uint64_t n; uint64_t source; unsigned part; int64_t day; const char *ref; };
/* Newest first; non-zero stops and is returned. Valid during the call. */
typedef int search_visit(void *ctx, const struct search_hit *hit, struct err *e);
/* match: an FTS5 condition over the columns long, short and tag. before: only hits with a smaller n; 0: from the newest. */
NODISCARD int search_find(struct search *s, const char *match, unsigned group, uint64_t before, int64_t now_s, search_visit *v, void *ctx, struct err *e);
