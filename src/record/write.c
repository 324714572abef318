/*
 * The one write path: prepared in each writer's own thread (prepare.c), then committed, by whoever finds no commit under
 * way, for everybody who waited (commit.c).
 */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "record/job.h"

/* Everything that waits, within the limits of one batch. */
static struct job *take_queue(struct record *r, size_t *ret_items)
{
	struct job *list = r->queue, *j = list;
	size_t items = list->count - list->done;

	while (j->next != NULL && items + j->next->count <= LIMIT_BATCH_OBJECTS) {
		j = j->next;
		items += j->count - j->done;
	}
	r->queue = j->next;
	if (r->queue == NULL)
		r->queue_tail = &r->queue;
	j->next = NULL;
	*ret_items = items;
	return list;
}

/* Jobs that are over are told so; the others go back to the head of the queue, in order. */
static void put_back(struct record *r, struct job *list)
{
	struct job *keep = NULL, **tail = &keep, *next;

	for (struct job *j = list; j != NULL; j = next) {
		next = j->next;
		j->next = NULL;
		if (j->over) {
			j->finished = true;
			continue;
		}
		*tail = j;
		tail = &j->next;
	}
	if (keep == NULL)
		return;
	*tail = r->queue;
	if (r->queue == NULL)
		r->queue_tail = tail;
	r->queue = keep;
}

static void lead(struct record *r, const struct job *mine)
{
	while (!mine->finished) {
		struct err e = {0};
		size_t items;
		struct job *list = take_queue(r, &items);

		pthread_mutex_unlock(&r->mu);
		commit_batch(r, list, items, &e);
		pthread_mutex_lock(&r->mu);
		put_back(r, list);
		pthread_cond_broadcast(&r->cond);
	}
}

static void submit(struct record *r, struct job *j)
{
	pthread_mutex_lock(&r->mu);
	*r->queue_tail = j;
	r->queue_tail = &j->next;
	while (!j->finished && r->leading)
		pthread_cond_wait(&r->cond, &r->mu);
	if (!j->finished) {
		r->leading = true;
		lead(r, j);
		r->leading = false;
		pthread_cond_broadcast(&r->cond);
	}
	pthread_mutex_unlock(&r->mu);
}

void lead_begin(struct record *r)
{
	pthread_mutex_lock(&r->mu);
	while (r->leading)
		pthread_cond_wait(&r->cond, &r->mu);
	r->leading = true;
	pthread_mutex_unlock(&r->mu);
}

void lead_end(struct record *r)
{
	pthread_mutex_lock(&r->mu);
	r->leading = false;
	pthread_cond_broadcast(&r->cond);
	pthread_mutex_unlock(&r->mu);
}

int record_add(struct record *r, const struct add_opt *opt, const struct add_item *in, size_t count, struct add_result *ret, struct err *e)
{
	struct job j = {.opt = opt, .res = ret, .count = count, .frames = BUF_INIT(LIMIT_BATCH_BYTES), .names = BUF_INIT(LIMIT_BATCH_BYTES)};
	struct err here = {0};
	int rc = 0;

	assert(r->writable || r->through_gate);
	if (count == 0)
		return 0;
	if (count > LIMIT_BATCH_OBJECTS)
		return fail(e, E_LIMIT, "%zu objects: one batch holds at most %d", count, LIMIT_BATCH_OBJECTS);
	memset(ret, 0, count * sizeof(*ret));
	if (r->through_gate)
		return gate_add(r, opt, in, count, ret, e);
	if ((j.item = mem_array(count, sizeof(*j.item))) == NULL)
		return fail(e, E_NOMEM, "batch");
	if ((rc = job_prepare(r, &j, in, &here)) == 0) {
		submit(r, &j);
		rc = j.rc;
		here = j.err;
	}
	for (size_t i = 0; rc != 0 && i < count; i++)
		if (ret[i].what != ADDED_REFUSED && ret[i].frame == 0) { /* what an earlier part committed stays said */
			ret[i].what = ADDED_REFUSED;
			ret[i].err = here;
		}
	job_drop(&j);
	if (rc != 0 && e != NULL)
		*e = here;
	return rc;
}
