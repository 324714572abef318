/*
 * The queue of envelopes and the threads that write them. Small ones come first and are answered when they are written;
 * large ones are answered when they are safe on disk, then written a batch at a time, each in turn.
 */
#include "taxii/ingest.h"

#include <unistd.h>

#include "base/mem.h"

#define SAVE_US 1000000       /* a pending status is stored this often */
#define RETRY_US 2000000      /* what could not be written is tried again */
#define LATER_TURN 4          /* of so many turns one belongs to the large ones, whatever is waiting */
#define MAX_WRITERS 16

struct held_item { size_t off, names, n; };

int64_t ingest_now_us(const struct ingest *in) { return clock_now(&in->w->clock) / 1000; }

/* ---- jobs ---- */

int job_new(struct ingest *in, const uint8_t collection[16], enum role role, const char *owner, struct job **ret, struct err *e)
{
	uint8_t random[16], id[16];
	struct job *j;

	if (atomic_fetch_add(&in->jobs, 1) >= LIMIT_POSTS) {
		atomic_fetch_sub(&in->jobs, 1);
		return fail(e, E_BUSY, "%d envelopes are under way", LIMIT_POSTS);
	}
	if ((j = mem_zalloc(sizeof(*j))) == NULL || rng_fill(&in->w->rng, random, sizeof(random)) != 0) {
		mem_free(j);
		atomic_fetch_sub(&in->jobs, 1);
		return fail(e, E_NOMEM, "envelope");
	}
	uuid_v4(random, id);
	uuid_format(id, j->st.id);
	memcpy(j->st.owner, owner, strnlen(owner, sizeof(j->st.owner) - 1));
	memcpy(j->st.collection, collection, 16);
	j->st.requested_us = ingest_now_us(in);
	j->role = role;
	j->counted = true;
	j->verdicts = (struct verdicts)VERDICTS_INIT;
	*ret = j;
	return 0;
}

static void drop_memory(struct ingest *in, struct job *j)
{
	atomic_fetch_sub(&in->held, j->raw.n);
	buf_free(&j->raw);
	buf_free(&j->items);
}

/* Answered: its client may send the next one. */
static void uncount(struct ingest *in, struct job *j)
{
	if (j->counted)
		atomic_fetch_sub(&in->jobs, 1);
	j->counted = false;
}

static void job_close(struct ingest *in, struct job *j, bool remove)
{
	if (j == NULL)
		return;
	drop_memory(in, j);
	uncount(in, j);
	if (j->slot)
		atomic_fetch_sub(&in->slots, 1);
	spool_close(j->spool, remove);
	verdicts_free(&j->verdicts);
	mem_free(j);
}

void job_free(struct ingest *in, struct job *j) { job_close(in, j, true); }

static void held_at(const struct job *j, size_t i, struct spool_item *ret)
{
	struct held_item h;

	memcpy(&h, j->items.p + i * sizeof(h), sizeof(h));
	ret->id = j->raw.p + h.off;
	ret->version = ret->id + strlen(ret->id) + 1;
	ret->why = ret->version + strlen(ret->version) + 1;
	ret->p = ret->id + h.names;
	ret->n = h.n;
}

static size_t held_n(const struct job *j) { return j->items.n / sizeof(struct held_item); }

static int hold(struct ingest *in, struct job *j, const struct spool_item *it, struct err *e)
{
	const char *const name[] = {it->id, it->version, it->why};
	struct held_item h = {.off = j->raw.n, .n = it->n};
	int rc;

	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		buf_put(&j->raw, name[i], strlen(name[i]) + 1);
	h.names = j->raw.n - h.off;
	buf_put(&j->raw, it->p, it->n);
	buf_put(&j->items, &h, sizeof(h));
	atomic_fetch_add(&in->held, j->raw.n - h.off);
	return (rc = buf_err(&j->raw, e, "envelope")) != 0 ? rc : buf_err(&j->items, e, "envelope");
}

/* What is in memory goes to disk, and so does what follows. */
static int spill(struct ingest *in, struct job *j, struct err *e)
{
	struct spool_head h = {.role = j->role};
	struct spool_item it;
	int rc;

	memcpy(h.id, j->st.id, sizeof(h.id));
	memcpy(h.collection, j->st.collection, 16);
	if ((rc = spool_create(&in->w->fs, in->folder, &h, &j->spool, e)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < held_n(j); i++) {
		held_at(j, i, &it);
		rc = spool_put(j->spool, &it, e);
	}
	drop_memory(in, j);
	return rc;
}

static int grow_large(struct ingest *in, struct job *j, struct err *e)
{
	j->large = true;
	if (atomic_fetch_add(&in->slots, 1) >= LIMIT_INGEST_QUEUE) {
		atomic_fetch_sub(&in->slots, 1);
		return fail(e, E_BUSY, "%d large envelopes are waiting to be written", LIMIT_INGEST_QUEUE);
	}
	j->slot = true;
	return j->spool != NULL ? 0 : spill(in, j, e);
}

int job_keep(struct ingest *in, struct job *j, const struct spool_item *it, struct err *e)
{
	int rc = 0;

	j->st.total++;
	j->bytes += it->n;
	if (!j->large && (j->bytes > LIMIT_POST_NOW || j->st.total > LIMIT_POST_OBJECTS))
		rc = grow_large(in, j, e);
	else if (j->spool == NULL && atomic_load(&in->held) + it->n > LIMIT_INGEST_BYTES)
		rc = spill(in, j, e);
	if (rc != 0)
		return rc;
	return j->spool != NULL ? spool_put(j->spool, it, e) : hold(in, j, it, e);
}

/* ---- the queue ---- */

static void push(struct queue *q, struct job *j)
{
	j->next = NULL;
	if (q->last != NULL)
		q->last->next = j;
	else
		q->first = j;
	q->last = j;
}

static struct job *pop(struct queue *q)
{
	struct job *const j = q->first;

	if (j == NULL)
		return NULL;
	q->first = j->next;
	if (q->first == NULL)
		q->last = NULL;
	return j;
}

void ingest_push(struct ingest *in, struct job *j)
{
	pthread_mutex_lock(&in->lock);
	push(j->accepted ? &in->later : &in->soon, j);
	pthread_cond_signal(&in->more);
	pthread_mutex_unlock(&in->lock);
}

/* The first large one that is not resting. */
static struct job *pop_later(struct ingest *in)
{
	const int64_t now = ingest_now_us(in);
	struct job *j = in->later.first;

	for (; j != NULL && j->rest_us > now; j = j->next)
		;
	if (j == NULL)
		return NULL;
	while (in->later.first != j)
		push(&in->later, pop(&in->later));
	return pop(&in->later);
}

static void wait_more(struct ingest *in)
{
	struct timespec until;

	if (in->later.first == NULL) {
		pthread_cond_wait(&in->more, &in->lock);
		return;
	}
	/* Some rest: look again in a while. The injected clock says when, this only paces the looking. */
	until = (struct timespec){0};
	IGNORE(pthread_cond_clockwait_ms(&in->more, &in->lock, &until) != 0, "woken or not");
}
