/* One thread for what takes long (argon2id): requests rest meanwhile, and the server's threads answer others. */
#include <string.h>

#include "access/people_priv.h"
#include "base/mem.h"

static void *work(void *ctx)
{
	struct people *const p = ctx;

	pthread_mutex_lock(&p->job_lock);
	for (;;) {
		struct people_job job;

		while (p->jobs == 0 && !p->ending)
			pthread_cond_wait(&p->job_come, &p->job_lock);
		if (p->jobs == 0)
			break;
		job = p->job[p->job_at];
		p->job_at = (p->job_at + 1) % LIMIT_PASSWORD_WAIT;
		p->jobs--;
		pthread_mutex_unlock(&p->job_lock);
		job.run(job.arg);
		pthread_mutex_lock(&p->job_lock);
	}
	pthread_mutex_unlock(&p->job_lock);
	return NULL;
}

int people_later(struct access *a, void (*run)(void *arg), void *arg, struct err *e)
{
	struct people *const p = a->people;
	int rc = 0, r;

	pthread_mutex_lock(&p->job_lock);
	if (p->jobs == LIMIT_PASSWORD_WAIT) {
		rc = fail(e, E_BUSY, "too many are signing in");
	} else if (!p->threaded && (r = pthread_create(&p->thread, NULL, work, p)) != 0) {
		rc = fail_errno(e, E_ENV, r, "thread for signing in");
	} else {
		p->threaded = true;
		p->job[(p->job_at + p->jobs++) % LIMIT_PASSWORD_WAIT] = (struct people_job){run, arg};
		pthread_cond_signal(&p->job_come);
	}
	pthread_mutex_unlock(&p->job_lock);
	return rc;
}

void people_close(struct access *a)
{
	struct people *const p = a->people;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->job_lock);
	p->ending = true;
	pthread_cond_signal(&p->job_come);
	pthread_mutex_unlock(&p->job_lock);
	if (p->threaded)
		pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->job_come);
	pthread_mutex_destroy(&p->job_lock);
	mem_free(p->known);
	mem_free(p->spent);
	secret_wipe(p, sizeof(*p));
	mem_free(p);
	a->people = NULL;
}
