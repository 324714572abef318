/* What a writing thread does with a job. */
#include <stdio.h>

#include "base/mem.h"
#include "taxii/ingest.h"

#define US_PER_S 1000000
#define SAVE_US US_PER_S           /* a pending status is stored this often */
#define SWEEP_US (600LL * US_PER_S) /* old statuses are dropped this often */

static const char again[] = "recorded before";
static const char kept_first[] = "another content of this version was recorded before and is kept; this one is not";

/* ---- a batch ---- */

/* STIX 2.1 §3.6 leaves two contents of one version open; our own types are held to one. */
static bool keeps_first(const struct spool_item *it, const struct add_result *res)
{
	return res->err.code == E_CONFLICT && strncmp(it->id, "verbale-", 8) != 0;
}

/* Its own, or the date it was added (TAXII 2.1 §4.3.1, §3.4.1); for what was not, when it was asked for. */
static const char *version_of(struct writer *w, const struct job *j, const struct spool_item *it, const struct add_result *res, char date[LIMIT_TIMESTAMP + 1])
{
	struct index_entry row;
	int64_t us = j->st.requested_us;

	if (it->version[0] != '\0')
		return it->version;
	if (res != NULL && res->what != ADDED_REFUSED && res->frame != 0 && index_at_frame(record_index(w->rd), res->frame, &row, NULL) == 0)
		us = row.added;
	time_format(us * 1000, 6, date, LIMIT_TIMESTAMP + 1);
	return date;
}

static void judge_new(struct verdicts *v, const char *id, const char *version, const char *said)
{
	char message[LIMIT_WARNING_TEXT + 32];

	if (said[0] == '\0') {
		verdict_add(&v->success, id, version, NULL);
		return;
	}
	IGNORE(snprintf(message, sizeof(message), "recorded; but %s", said) < 0, "it fits");
	verdict_add(&v->success, id, version, message);
	verdict_warn(v, id, version, said);
}

/* res NULL: it was refused on arrival. */
static void judge(struct writer *w, struct job *j, const struct spool_item *it, const struct add_result *res)
{
	char date[LIMIT_TIMESTAMP + 1];
	const char *const version = version_of(w, j, it, res, date);
	struct verdicts *const v = &j->verdicts;

	if (res == NULL) {
		verdict_add(&v->failure, it->id, version, it->why);
		return;
	}
	switch (res->what) {
	case ADDED_NEW: judge_new(v, it->id, version, res->said); break;
	case ADDED_DUPLICATE: verdict_add(&v->success, it->id, version, again); break;
	case ADDED_REFUSED:
		if (keeps_first(it, res))
			verdict_add(&v->success, it->id, version, kept_first);
		else
			verdict_add(&v->failure, it->id, version, res->err.msg);
		break;
	}
}

static size_t select_good(struct writer *w, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (w->item[i].why[0] != '\0')
			continue;
		w->add[k] = (struct add_item){w->item[i].p, w->item[i].n};
		w->res[k].what = ADDED_REFUSED;
		w->res[k].err.code = 0;
		w->res[k].frame = 0;
		w->res[k].said[0] = '\0';
		w->sent[k++] = i;
	}
	return k;
}

/* item[0, n) of one collection and role. Nothing is judged when this fails; what it may have written is a duplicate the next time. */
static int write_items(struct writer *w, size_t n, struct err *e)
{
	const struct job *const j = w->job[0];
	const size_t k = select_good(w, n);
	struct add_opt opt;
	int rc;

	if ((rc = record_add_opt(w->rd, j->st.collection, j->role, &opt, e)) != 0)
		return rc;
	opt.warnings = true;
	if (k > 0 && (rc = record_add(w->in->t->conf.record, &opt, w->add, k, w->res, e)) != 0)
		return rc;
	for (size_t i = 0, next = 0; i < n; i++)
		judge(w, w->job[i], &w->item[i], next < k && w->sent[next] == i ? &w->res[next++] : NULL);
	return 0;
}

static int write_batch(struct writer *w, struct job *j, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		w->job[i] = j;
	return write_items(w, n, e);
}

static void count(struct job *j)
{
	j->st.success = j->verdicts.success.n;
	j->st.failure = j->verdicts.failure.n;
	j->st.pending = j->st.total - j->st.success - j->st.failure;
}

int writer_save(struct writer *w, struct job *j, struct err *e)
{
	CLEANUP_BUF struct buf detail = BUF_INIT(LIMIT_STATE_BYTES);

	count(j);
	j->saved_us = ingest_now_us(w->in);
	verdicts_put(&j->verdicts, LIMIT_STATUS_STORED, &detail);
	if (detail.err != 0)
		return buf_err(&detail, e, "status");
	return state_put_status(w->state, &j->st, detail.p, detail.n, e);
}

static int finish(struct writer *w, struct job *j, struct err *e)
{
	const int64_t now = ingest_now_us(w->in);
	int64_t swept = atomic_load(&w->in->swept_us);

	j->st.finished_s = now / US_PER_S;
	if (now - swept > SWEEP_US && atomic_compare_exchange_strong(&w->in->swept_us, &swept, now))
		IGNORE(state_drop_statuses(w->state, now / US_PER_S - LIMIT_STATUS_KEEP_S, NULL) != 0, "the next time");
	return writer_save(w, j, e);
}

/* ---- small ones ---- */

static int write_held(struct writer *w, struct job *j, struct err *e)
{
	const size_t all = job_held_n(j);
	size_t n = 0;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < all; at += n) {
		n = all - at < LIMIT_WRITE_BATCH ? all - at : LIMIT_WRITE_BATCH;
		for (size_t i = 0; i < n; i++)
			job_held(j, at + i, &w->item[i]);
		rc = write_batch(w, j, n, e);
	}
	return rc;
}

static int write_spooled(struct writer *w, struct job *j, struct err *e)
{
	int rc = spool_seal(j->spool, false, e);
	size_t n = 1;

	while (rc == 0 && n > 0)
		if ((rc = spool_read(j->spool, w->item, LIMIT_WRITE_BATCH, &n, e)) == 0 && n > 0)
			rc = write_batch(w, j, n, e);
	return rc;
}

static void done(struct writer *w, struct job *j, int rc, const struct err *e)
{
	job_uncount(w->in, j);
	j->answer(j->ctx, j, rc, e);
	job_close(w->in, j, true);
}

static void run_alone(struct writer *w, struct job *j)
{
	struct err e = {0};
	int rc = j->spool != NULL ? write_spooled(w, j, &e) : write_held(w, j, &e);

	if (rc == 0)
		rc = finish(w, j, &e);
	done(w, j, rc, &e);
}

static int finish_all(struct writer *w, struct job *first, struct err *e)
{
	int rc = state_begin(w->state, e);

	if (rc != 0)
		return rc;
	for (struct job *j = first; rc == 0 && j != NULL; j = j->next)
		rc = finish(w, j, e);
	return state_end(w->state, rc, e);
}

/* Those that wait together are written together: one sync of the disk for all of them, two with their statuses. */
static void run_together(struct writer *w, struct job *first)
{
	struct err e = {0};
	size_t n = 0;
	struct job *next;
	int rc;

	for (struct job *j = first; j != NULL; j = j->next) {
		const size_t all = job_held_n(j);

		for (size_t i = 0; i < all; i++, n++) {
			w->job[n] = j;
			job_held(j, i, &w->item[n]);
		}
		j->next = ingest_like(w->in, first, LIMIT_WRITE_BATCH - n);
	}
	if ((rc = write_items(w, n, &e)) == 0)
		rc = finish_all(w, first, &e);
	for (struct job *j = first; j != NULL; j = next) {
		next = j->next;
		done(w, j, rc, &e);
	}
}

static void run_small(struct writer *w, struct job *j)
{
	j->next = NULL;
	if (w == &w->in->self || j->spool != NULL || job_held_n(j) > LIMIT_WRITE_BATCH)
		run_alone(w, j);
	else
		run_together(w, j);
}

/* ---- large ones ---- */

static void accept_large(struct writer *w, struct job *j)
{
	struct err e = {0};
	int rc = spool_seal(j->spool, true, &e);

	if (rc == 0)
		rc = writer_save(w, j, &e);
	job_uncount(w->in, j);
	j->answer(j->ctx, j, rc, &e);
	if (rc != 0) {
		job_close(w->in, j, true);
		return;
	}
	j->accepted = true;
	ingest_push(w->in, j);
}

static void put_off(struct writer *w, struct job *j, const struct err *e)
{
	log_event(w->in->t->conf.log, EV_ingest_failed, "status", j->st.id, "why", e->msg, NULL);
	j->rests = true;
	ingest_push(w->in, j);
}

/* The batch at hand is all that is undone when something fails: it is read again. */
static void write_large(struct writer *w, struct job *j)
{
	struct err e = {0};
	size_t n = 0;
	int rc = spool_read(j->spool, w->item, LIMIT_WRITE_BATCH, &n, &e);

	if (rc == E_CORRUPT) {
		log_event(w->in->t->conf.log, EV_ingest_failed, "status", j->st.id, "why", e.msg, NULL);
		verdicts_lost(&j->verdicts.failure, j->st.pending);
		rc = 0;
	}
	if (rc == 0 && n > 0 && (rc = write_batch(w, j, n, &e)) != 0)
		spool_unread(j->spool);
	if (rc == 0 && n == 0 && (rc = finish(w, j, &e)) == 0) {
		job_close(w->in, j, true);
		return;
	}
	if (rc == 0 && ingest_now_us(w->in) - j->saved_us > SAVE_US)
		rc = writer_save(w, j, &e);
	count(j);
	spool_rest(j->spool);
	if (rc != 0)
		put_off(w, j, &e);
	else
		ingest_push(w->in, j);
}

void writer_run(struct writer *w, struct job *j)
{
	if (!j->large)
		run_small(w, j);
	else if (!j->accepted)
		accept_large(w, j);
	else
		write_large(w, j);
}
