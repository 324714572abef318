/* What was accepted before the last stop is taken up; what was not leaves nothing behind. */
#include <dirent.h>
#include <errno.h>

#include "base/mem.h"
#include "taxii/ingest.h"

/* Its objects cannot be read any more: nobody shall wait for them. */
static int lose(struct ingest *in, struct job *j, struct err *e)
{
	const uint64_t left = j->st.total - j->st.success;

	verdicts_lost(&j->verdicts.success, j->st.success);
	verdicts_lost(&j->verdicts.failure, left);
	j->st.finished_s = ingest_now_us(in) / 1000000;
	return writer_save(&in->self, j, e);
}

static int take_up(void *ctx, const struct state_status *st, struct err *e)
{
	struct queue *const found = ctx;
	struct job *const j = mem_zalloc(sizeof(*j));

	if (j == NULL)
		return fail(e, E_NOMEM, "envelope");
	j->st = *st;
	j->verdicts = (struct verdicts)VERDICTS_INIT;
	j->large = j->accepted = true;
	if (found->last != NULL)
		found->last->next = j;
	else
		found->first = j;
	found->last = j;
	return 0;
}

/* From its first object again: what is recorded already is a duplicate, and no fault. */
static int resume(struct ingest *in, struct job *j, struct err *e)
{
	struct spool_head h = {0};
	int rc = spool_open(&in->w->fs, in->folder, j->st.id, &h, &j->spool, e);

	if (rc == E_NOTFOUND || rc == E_CORRUPT) {
		log_event(in->t->conf.log, EV_ingest_failed, "status", j->st.id, "why", e->msg, NULL);
		rc = lose(in, j, e);
		job_close(in, j, true);
		return rc;
	}
	if (rc != 0) {
		job_close(in, j, false);
		return rc;
	}
	j->role = h.role;
	j->slot = true;
	atomic_fetch_add(&in->slots, 1);
	j->st.success = j->st.failure = 0;
	j->st.pending = j->st.total;
	ingest_push(in, j);
	return 0;
}

static bool pending(const struct ingest *in, const char *name)
{
	for (const struct job *j = in->later.first; j != NULL; j = j->next)
		if (strcmp(j->st.id, name) == 0)
			return true;
	return false;
}

static int remove_others(struct ingest *in, struct err *e)
{
	DIR *const d = opendir(in->folder);
	const struct dirent *f;
	int rc = 0;

	if (d == NULL)
		return fail_errno(e, E_IO, errno, "%s", in->folder);
	while (rc == 0 && (f = readdir(d)) != NULL)
		if (strlen(f->d_name) == 36 && !pending(in, f->d_name))
			rc = spool_remove(&in->w->fs, in->folder, f->d_name, e);
	closedir(d);
	return rc;
}

int ingest_resume(struct ingest *in, struct err *e)
{
	struct queue found = {0};
	struct job *j, *next;
	int rc = state_pending(in->self.state, take_up, &found, e);

	for (j = found.first; j != NULL; j = next) {
		next = j->next;
		if (rc == 0)
			rc = resume(in, j, e);
		else
			job_close(in, j, false);
	}
	return rc != 0 ? rc : remove_others(in, e);
}
