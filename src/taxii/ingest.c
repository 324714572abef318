/*
 * The queue of envelopes and the threads that write them. Small ones come first and are answered when they are written;
 * large ones are answered when they are safe on disk, then written a batch at a time, each in turn.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "taxii/ingest.h"

#define RETRY_MS 1000         /* what could not be written is tried again */
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
void job_uncount(struct ingest *in, struct job *j)
{
	if (j->counted)
		atomic_fetch_sub(&in->jobs, 1);
	j->counted = false;
}

void job_close(struct ingest *in, struct job *j, bool remove)
{
	if (j == NULL)
		return;
	drop_memory(in, j);
	job_uncount(in, j);
	if (j->slot)
		atomic_fetch_sub(&in->slots, 1);
	spool_close(j->spool, remove);
	verdicts_free(&j->verdicts);
	mem_free(j);
}

void job_free(struct ingest *in, struct job *j) { job_close(in, j, true); }

void job_held(const struct job *j, size_t i, struct spool_item *ret)
{
	struct held_item h;

	memcpy(&h, j->items.p + i * sizeof(h), sizeof(h));
	ret->id = j->raw.p + h.off;
	ret->version = ret->id + strlen(ret->id) + 1;
	ret->why = ret->version + strlen(ret->version) + 1;
	ret->p = ret->id + h.names;
	ret->n = h.n;
}

size_t job_held_n(const struct job *j) { return j->items.n / sizeof(struct held_item); }

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
	for (size_t i = 0; rc == 0 && i < job_held_n(j); i++) {
		job_held(j, i, &it);
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

static void join(struct queue *q, const struct queue *behind)
{
	if (q->last != NULL)
		q->last->next = behind->first;
	else
		q->first = behind->first;
	q->last = behind->last;
}

void ingest_push(struct ingest *in, struct job *j)
{
	pthread_mutex_lock(&in->lock);
	push(j->accepted ? &in->later : &in->soon, j);
	pthread_cond_signal(&in->more);
	pthread_mutex_unlock(&in->lock);
}

/* The first large one that is not resting; those before it go behind the others. */
static struct job *pop_later(struct ingest *in)
{
	struct queue resting = {0};
	struct job *j;

	while ((j = pop(&in->later)) != NULL && j->rests)
		push(&resting, j);
	if (resting.first != NULL)
		join(&in->later, &resting);
	return j;
}

/* Nothing to do now. Those that rest are tried again after a while. */
static void wait_more(struct ingest *in)
{
	if (in->later.first == NULL) {
		pthread_cond_wait(&in->more, &in->lock);
		return;
	}
	pthread_mutex_unlock(&in->lock);
	poll(NULL, 0, RETRY_MS);
	pthread_mutex_lock(&in->lock);
	for (struct job *j = in->later.first; j != NULL; j = j->next)
		j->rests = false;
}

/* NULL: the server closes. */
static struct job *next_job(struct ingest *in)
{
	struct job *j = NULL;

	pthread_mutex_lock(&in->lock);
	while (!in->closing) {
		if (in->turn++ % LATER_TURN == 0 && (j = pop_later(in)) != NULL)
			break;
		if ((j = pop(&in->soon)) != NULL || (j = pop_later(in)) != NULL)
			break;
		wait_more(in);
	}
	pthread_mutex_unlock(&in->lock);
	return j;
}

struct job *ingest_like(struct ingest *in, const struct job *like, size_t room)
{
	struct job *j;

	pthread_mutex_lock(&in->lock);
	j = in->soon.first;
	if (j != NULL && !j->large && j->spool == NULL && j->role == like->role && memcmp(j->st.collection, like->st.collection, 16) == 0 && job_held_n(j) <= room)
		j = pop(&in->soon);
	else
		j = NULL;
	pthread_mutex_unlock(&in->lock);
	return j;
}

/* ---- threads ---- */

static void *writer_main(void *ctx)
{
	struct writer *const w = ctx;
	struct job *j;

	while ((j = next_job(w->in)) != NULL)
		writer_run(w, j);
	return NULL;
}

bool job_is_large(const struct job *j) { return j->large; }

void job_put_status(const struct job *j, struct buf *out)
{
	CLEANUP_BUF struct buf detail = BUF_INIT(LIMIT_STATE_BYTES);

	verdicts_put(&j->verdicts, LIMIT_STATUS_FAILURES, &detail);
	if (detail.err != 0)
		out->err = detail.err;
	else
		status_put(&j->st, detail.p, detail.n, out);
}

void job_submit(struct ingest *in, struct job *j, job_answer *answer, void *ctx, bool now)
{
	j->answer = answer;
	j->ctx = ctx;
	if (!now) {
		ingest_push(in, j);
		return;
	}
	pthread_mutex_lock(&in->self_lock);
	writer_run(&in->self, j);
	pthread_mutex_unlock(&in->self_lock);
}

int ingest_status(struct ingest *in, const char *id, const char *owner, struct state_status *ret, struct buf *detail, struct err *e)
{
	uint8_t uuid[16];
	int rc;

	if (!uuid_parse(id, strlen(id), uuid) || owner[0] == '\0')
		return fail(e, E_NOTFOUND, "not found");
	pthread_mutex_lock(&in->self_lock);
	rc = state_get_status(in->self.state, id, ret, detail, e);
	pthread_mutex_unlock(&in->self_lock);
	if (rc != 0)
		return rc;
	if (strcmp(ret->owner, owner) != 0 || (ret->finished_s != 0 && ret->finished_s + LIMIT_STATUS_KEEP_S < ingest_now_us(in) / 1000000))
		return fail(e, E_NOTFOUND, "not found");
	return 0;
}

static int writer_open(struct ingest *in, struct writer *w, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/state.sqlite", record_dir(in->t->conf.record));
	int rc;

	w->in = in;
	w->add = mem_array(LIMIT_WRITE_BATCH, sizeof(*w->add));
	w->res = mem_array(LIMIT_WRITE_BATCH, sizeof(*w->res));
	w->item = mem_array(LIMIT_WRITE_BATCH, sizeof(*w->item));
	w->sent = mem_array(LIMIT_WRITE_BATCH, sizeof(*w->sent));
	w->job = mem_array(LIMIT_WRITE_BATCH, sizeof(*w->job));
	if (path == NULL || w->job == NULL || w->add == NULL || w->res == NULL || w->item == NULL || w->sent == NULL)
		return fail(e, E_NOMEM, "writer");
	if ((rc = state_open(path, &w->state, e)) != 0)
		return rc;
	return record_reader_new(in->t->conf.record, &w->rd, e);
}

static void writer_close(struct writer *w)
{
	record_reader_free(w->rd);
	state_close(w->state);
	mem_free(w->add);
	mem_free(w->res);
	mem_free(w->item);
	mem_free(w->sent);
	mem_free(w->job);
}

static int start_writers(struct ingest *in, struct err *e)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned asked = in->t->conf.writers, n = asked != 0 ? asked : cpus < 1 ? 1 : (unsigned)cpus;
	int rc = 0, r;

	in->writers = n > MAX_WRITERS ? MAX_WRITERS : n;
	if ((in->writer = mem_array(in->writers, sizeof(*in->writer))) == NULL)
		return fail(e, E_NOMEM, "writers");
	for (size_t i = 0; rc == 0 && i < in->writers; i++) {
		struct writer *const w = &in->writer[i];

		if ((rc = writer_open(in, w, e)) == 0 && (r = pthread_create(&w->thread, NULL, writer_main, w)) != 0)
			rc = fail_errno(e, E_ENV, r, "thread");
		w->started = rc == 0;
	}
	return rc;
}

int ingest_open(struct taxii *t, struct ingest **ret, struct err *e)
{
	struct ingest *const in = mem_zalloc(sizeof(*in));
	int rc, r;

	if (in == NULL || (in->folder = mem_printf("%s/spool", record_dir(t->conf.record))) == NULL) {
		mem_free(in);
		return fail(e, E_NOMEM, "ingest");
	}
	in->t = t;
	in->w = record_world(t->conf.record);
	pthread_mutex_init(&in->lock, NULL);
	pthread_mutex_init(&in->self_lock, NULL);
	pthread_cond_init(&in->more, NULL);
	if ((r = in->w->fs.mkdir(in->w->fs.ctx, in->folder, 0700)) < 0 && r != -EEXIST)
		rc = fail_errno(e, E_IO, -r, "%s", in->folder);
	else if ((rc = writer_open(in, &in->self, e)) == 0 && (rc = ingest_resume(in, e)) == 0)
		rc = start_writers(in, e);
	if (rc == 0)
		*ret = in;
	else
		ingest_close(in);
	return rc;
}

static void close_queue(struct ingest *in, struct queue *q)
{
	const struct err why = {.code = E_BUSY, .msg = "the server stops"};
	struct job *j;

	while ((j = pop(q)) != NULL) {
		/* Not acknowledged: nothing is kept of it. What is, waits in the spool for the next start. */
		if (!j->accepted)
			j->answer(j->ctx, j, E_BUSY, &why);
		job_close(in, j, !j->accepted);
	}
}

void ingest_close(struct ingest *in)
{
	if (in == NULL)
		return;
	pthread_mutex_lock(&in->lock);
	in->closing = true;
	pthread_cond_broadcast(&in->more);
	pthread_mutex_unlock(&in->lock);
	for (size_t i = 0; i < in->writers && in->writer != NULL; i++) {
		if (in->writer[i].started)
			pthread_join(in->writer[i].thread, NULL);
		writer_close(&in->writer[i]);
	}
	close_queue(in, &in->soon);
	close_queue(in, &in->later);
	writer_close(&in->self);
	pthread_cond_destroy(&in->more);
	pthread_mutex_destroy(&in->self_lock);
	pthread_mutex_destroy(&in->lock);
	mem_free(in->writer);
	mem_free(in->folder);
	mem_free(in);
}
