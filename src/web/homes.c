#include "web/homes.h"

#include <pthread.h>

#include "base/mem.h"

#define IDLE_MOST 16 /* more threads than any listener has */

struct homes { pthread_mutex_t lock; char *path; struct home *idle[IDLE_MOST]; size_t n; };

int homes_open(const char *path, struct homes **ret, struct err *e)
{
	struct homes *h = mem_zalloc(sizeof(*h));
	int rc;

	if (h == NULL || (h->path = mem_strdup(path)) == NULL) {
		mem_free(h);
		return fail(e, E_NOMEM, "home");
	}
	if ((rc = home_open(path, &h->idle[0], e)) != 0) {
		mem_free(h->path);
		mem_free(h);
		return rc;
	}
	h->n = 1;
	pthread_mutex_init(&h->lock, NULL);
	*ret = h;
	return 0;
}

void homes_close(struct homes *h)
{
	if (h == NULL)
		return;
	while (h->n > 0)
		home_close(h->idle[--h->n]);
	pthread_mutex_destroy(&h->lock);
	mem_free(h->path);
	mem_free(h);
}

int homes_take(struct homes *h, struct home **ret, struct err *e)
{
	struct home *one = NULL;

	pthread_mutex_lock(&h->lock);
	if (h->n > 0)
		one = h->idle[--h->n];
	pthread_mutex_unlock(&h->lock);
	if (one == NULL)
		return home_open(h->path, ret, e);
	*ret = one;
	return 0;
}

void homes_back(struct homes *h, struct home *one)
{
	if (one == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	if (h->n < IDLE_MOST) {
		h->idle[h->n++] = one;
		one = NULL;
	}
	pthread_mutex_unlock(&h->lock);
	home_close(one);
}
