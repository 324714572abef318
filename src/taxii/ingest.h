/* taxii/ingest.h - the queue of envelopes as ingest.c, writer.c and resume.c see it. */
#pragma once
#include <stdatomic.h>

#include "taxii/write.h"

/* One envelope on its way into the record. */
struct job {
	struct job *next;
	struct state_status st;              /* counts are those of `verdicts` once it is written */
	enum role role;
	struct verdicts verdicts;
	size_t bytes;                        /* of its objects */
	struct buf raw, items;               /* objects in memory, and where each is … */
	struct spool *spool;                 /* … or on disk */
	bool large;                          /* answered when it is safe on disk, written later */
	bool accepted;                       /* that was done */
	bool counted, slot;                  /* one of LIMIT_POSTS, of LIMIT_INGEST_QUEUE is held */
	bool rests;                          /* could not be written just now */
	int64_t saved_us;                    /* when its status was last stored */
	job_answer *answer;
	void *ctx;
};
void job_held(const struct job *j, size_t i, struct spool_item *ret);
size_t job_held_n(const struct job *j);
void job_uncount(struct ingest *in, struct job *j); /* answered: its client may send the next one */
void job_close(struct ingest *in, struct job *j, bool remove);

struct writer {
	struct ingest *in;
	pthread_t thread;
	bool started;
	struct record_reader *rd;
	struct state *state;
	struct spool_item *item; struct add_item *add; struct add_result *res; /* LIMIT_WRITE_BATCH each */
	size_t *sent;                        /* add[k] is item[sent[k]] */
	struct job **job;                    /* whose item[i] is */
};
struct queue { struct job *first, *last; };
struct ingest {
	struct taxii *t;
	const struct world *w;
	char *folder;
	pthread_mutex_t lock;                /* soon, later, turn, closing */
	pthread_cond_t more;
	struct queue soon, later;            /* to be answered; large ones to be written */
	unsigned turn;
	bool closing;
	atomic_size_t held;                  /* bytes in memory */
	atomic_int jobs, slots;
	_Atomic int64_t swept_us;            /* when old statuses were last dropped */
	struct writer *writer; size_t writers;
	pthread_mutex_t self_lock;
	struct writer self;                  /* for what is done in the caller's thread */
};
int64_t ingest_now_us(const struct ingest *in);
void ingest_push(struct ingest *in, struct job *j);
/* The next waiting one if it may share a batch with `like`: small, in memory, of one collection and role, at most `room` objects. NULL: none. */
struct job *ingest_like(struct ingest *in, const struct job *like, size_t room);

/* ---- writer.c ---- */
/* One step of a job: all of a small one, acceptance or a batch of a large one. The job is gone or queued again after it. */
void writer_run(struct writer *w, struct job *j);
/* Store its status; lists as they are stored. */
NODISCARD int writer_save(struct writer *w, struct job *j, struct err *e);

/* ---- resume.c ---- */
/* Queue what was accepted before the last stop; remove what was not. */
NODISCARD int ingest_resume(struct ingest *in, struct err *e);
