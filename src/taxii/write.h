/* taxii/write.h - what the files of the writing side share, and their tests and fuzzer. */
#pragma once
#include <pthread.h>

#include "store/state.h"
#include "taxii/priv.h"

/* ---- envelope.c: a body judged as it comes. Pure ---- */
struct envelope_object {
	const void *p; size_t n;             /* its text */
	const struct json_val *val;          /* NULL: refused, and why says what for */
	char id[LIMIT_STIX_ID + 1];          /* as it stands there, cut */
	char version[LIMIT_TIMESTAMP + 1];   /* modified, else created; "": neither */
	const char *why;
};
/* Non-zero ends the envelope and is what envelope_end() returns. */
typedef int envelope_take(void *ctx, const struct envelope_object *o, struct err *e);
struct envelope;
NODISCARD int envelope_new(envelope_take *take, void *ctx, struct envelope **ret, struct err *e);
/* false: it is judged already, the rest of the body changes nothing. Any cut of the body gives the same. */
bool envelope_feed(struct envelope *v, const void *p, size_t n);
/*
 * 0, or why nothing of it counts. *ret_status: 400 for what is no JSON; 422 for JSON that is no envelope with objects
 * (TAXII 2.1 §3.7): no object at all, a bundle, an element without an id. Otherwise as err_http of the result.
 */
NODISCARD int envelope_end(struct envelope *v, int *ret_status, struct err *e);
void envelope_free(struct envelope *v); /* NULL is fine */

/* ---- status.c: what became of each object (TAXII 2.1 §4.3.1) ---- */
struct verdict_list { struct buf json; uint64_t n; };
struct verdicts { struct verdict_list success, failure, warning; };
#define VERDICTS_INIT {.success.json.max = LIMIT_STATUS_BYTES, .failure.json.max = LIMIT_STATUS_BYTES, .warning.json.max = LIMIT_STATUS_BYTES}
/* message NULL: none. Beyond LIMIT_STATUS_FAILURES entries or LIMIT_STATUS_BYTES a list is given up, its count goes on. */
void verdict_add(struct verdict_list *l, const char *id, const char *version, const char *message);
/* It was taken, with warnings; the first LIMIT_STATUS_WARNINGS are kept, all are counted. */
void verdict_warn(struct verdicts *v, const char *id, const char *version, const char *message);
/* That many more, of which nothing can be said. */
void verdicts_lost(struct verdict_list *l, uint64_t n);
/*
 * The lists as members, each only when it is whole and has entries: ,"successes":[…] (up to max_success of them) ,"failures":[…].
 * Where no successes are listed, what their messages would have said of warnings: ,"x_warning_count":N,"x_warnings":[…]
 * (the first of them; custom properties of a status, TAXII 2.1 §4.3).
 */
void verdicts_put(const struct verdicts *v, uint64_t max_success, struct buf *out);
void verdicts_free(struct verdicts *v);
/* The resource; detail: what verdicts_put wrote. */
void status_put(const struct state_status *st, const char *detail, size_t n, struct buf *out);

/* ---- spool.c: objects on disk until they are written, DIR/spool/STATUS-ID ---- */
struct spool;
struct spool_head { char id[37]; uint8_t collection[16]; enum role role; };
/* One object, or one that was refused on arrival (n 0, why not empty). */
struct spool_item { const char *id, *version, *why; const void *p; size_t n; };
NODISCARD int spool_create(const struct fs *fs, const char *folder, const struct spool_head *h, struct spool **ret, struct err *e);
NODISCARD int spool_put(struct spool *s, const struct spool_item *it, struct err *e);
/* All is there: mark the end. With `sync` it is durable, its name too. */
NODISCARD int spool_seal(struct spool *s, bool sync, struct err *e);
/* E_CORRUPT: not a whole one. */
NODISCARD int spool_open(const struct fs *fs, const char *folder, const char *id, struct spool_head *ret_head, struct spool **ret, struct err *e);
/*
 * The next items, at most max, and of about 1 MiB (one always); their strings live until the next call. 0 items: the end.
 * A spool just sealed is read from its start. E_CORRUPT.
 */
NODISCARD int spool_read(struct spool *s, struct spool_item *it, size_t max, size_t *ret_n, struct err *e);
void spool_rest(struct spool *s);    /* it will be a while: what was read last is not needed any more */
void spool_unread(struct spool *s); /* the items read last come once more */
void spool_close(struct spool *s, bool remove); /* NULL is fine */
NODISCARD int spool_remove(const struct fs *fs, const char *folder, const char *id, struct err *e);

/* ---- ingest.c: from a body to the record ---- */
struct job;
/* Called once: written (or, a large one, safe on disk); or rc says why not, and nothing is promised. */
typedef void job_answer(void *ctx, struct job *j, int rc, const struct err *e);
/* A fresh job with a status of its own. E_BUSY: too many envelopes are under way. */
NODISCARD int job_new(struct ingest *in, const uint8_t collection[16], enum role role, const char *owner, struct job **ret, struct err *e);
/* Keep an object, or what was wrong with it, until job_submit: in memory; on disk where that is short or it grew large. E_BUSY, E_NOSPACE. */
NODISCARD int job_keep(struct ingest *in, struct job *j, const struct spool_item *it, struct err *e);
/* Is it so large that it is written after its answer? */
bool job_is_large(const struct job *j);
/*
 * Hand it over to the writers, for good; any of their threads calls `answer`. now: it is written and answered before this
 * returns (large ones: answered).
 */
void job_submit(struct ingest *in, struct job *j, job_answer *answer, void *ctx, bool now);
void job_free(struct ingest *in, struct job *j); /* one that was not submitted; NULL is fine */
/* Its status as a resource, with whole lists. */
void job_put_status(const struct job *j, struct buf *out);
/* A stored status. E_NOTFOUND: unknown, too old, or another owner's. */
NODISCARD int ingest_status(struct ingest *in, const char *id, const char *owner, struct state_status *ret, struct buf *detail, struct err *e);
