/* record/job.h - private to the write path: one writer's objects on their way into a batch. */
#pragma once
#include "record/priv.h"

struct further { struct json_doc *doc; struct stix_object object; /* points into doc */ };

/* Kept small: a batch has thousands of them, and its leader walks over all. */
struct prepared {
	size_t off, n;                  /* frame payload inside the job's buffer; n 0: refused */
	size_t names;                   /* in the job's: id, modified, subject, withdrawn version, each with its NUL; audience */
	const char *id, *modified, *subject;
	struct facts facts;             /* points there too */
	const uint8_t *collection;      /* the job's */
	uint64_t index;                 /* in the log, once it is in a batch */
	struct further *further;        /* of objects whose rules look further, or NULL */
	enum stix_kind kind;
	enum tlp tlp;
	bool revoked, author_is_writer, v20, draft, fresh; /* fresh: no version of it was known when it was decided */
	uint8_t digits;
	bool dated;                     /* it has a version of its own; else that is `added` */
	int64_t version_ns;
	int64_t added;
	uint64_t frame;                 /* once it is durable */
	uint8_t sha256[SHA256_LEN];     /* of the entry bytes */
	uint8_t leaf[LEAF_LEN];
	struct hash hash;               /* of the leaf */
};

struct job {
	struct job *next;
	const struct add_opt *opt;
	struct prepared *item;
	struct add_result *res;
	size_t count, done;             /* done: items already decided in earlier commits */
	struct buf frames, names;
	int rc;
	struct err err;
	bool over;                      /* the leader is done with it */
	bool finished;                  /* the same, said under the lock: from now on its owner may free it */
};

/* prepare.c: no lock held. Refused objects are told in j->res; non-zero only where the whole job fails. */
NODISCARD int job_prepare(const struct record *r, struct job *j, const struct add_item *in, struct err *e);
void job_drop(struct job *j);
/* commit.c: one batch out of the waiting jobs, as many as fit; those it is done with are marked `over`. Leader only. */
void commit_batch(struct record *r, struct job *list, size_t items, struct err *e);
