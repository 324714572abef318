#include <string.h>

#include "base/mem.h"
#include "http/server.h"

enum { LATER_OPEN, LATER_GIVEN, LATER_ABANDONED };

struct http_later {
	struct request *rq;
	struct http_server *s;
	struct http_later *prev, *next; /* under s->lock */
	struct http_later *woken;
	atomic_int what;
	struct http_resp resp;
	char addr[INET6_ADDRSTRLEN];
	uint8_t spki[32];
};

/* The strings of a request outlive its connection, if need be: only when a stopping server has given up waiting. */
static void keep_strings(struct http_later *l)
{
	struct http_req *const q = &l->rq->q;

	memcpy(l->addr, l->rq->conn->addr, sizeof(l->addr));
	q->addr = l->addr;
	if (q->client_spki == NULL)
		return;
	memcpy(l->spki, q->client_spki, sizeof(l->spki));
	q->client_spki = l->spki;
}

struct http_later *later_new(const struct http_req *q)
{
	struct request *const rq = q->impl;
	struct http_server *const s = rq->conn->s;
	struct http_later *l = mem_zalloc(sizeof(*l));
	bool open;

	if (l == NULL)
		return NULL;
	l->rq = rq;
	l->s = s;
	pthread_mutex_lock(&s->lock);
	if ((open = !s->no_later)) {
		if ((l->next = s->laters) != NULL)
			l->next->prev = l;
		s->laters = l;
		atomic_fetch_add(&s->deferred, 1);
	}
	pthread_mutex_unlock(&s->lock);
	if (!open) {
		mem_free(l);
		return NULL;
	}
	keep_strings(l);
	rq->later = l;
	atomic_fetch_add(&rq->owners, 1);
	/* Rest costs the client nothing: its time runs on when the answer is there. */
	atomic_store(&rq->conn->deadline, UINT64_MAX);
	MHD_suspend_connection(rq->mc);
	return l;
}

void later_unlink(struct request *rq)
{
	struct http_later *const l = rq->later;
	struct http_server *const s = rq->conn->s;

	if (l == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	if (l->prev != NULL)
		l->prev->next = l->next;
	else
		s->laters = l->next;
	if (l->next != NULL)
		l->next->prev = l->prev;
	pthread_mutex_unlock(&s->lock);
	rq->q.header = NULL;
}

static bool settle(struct http_later *l, int what)
{
	int open = LATER_OPEN;

	return atomic_compare_exchange_strong(&l->what, &open, what);
}

void http_later_answer(struct http_later *l, struct http_resp *r)
{
	struct request *const rq = l->rq;

	l->resp = *r;
	*r = (struct http_resp){0};
	/* Abandoned: nobody reads the answer, the request's end frees it. */
	if (settle(l, LATER_GIVEN)) {
		MHD_resume_connection(rq->mc);
		atomic_fetch_sub(&l->s->deferred, 1); /* the last of the server that is touched here */
	}
	request_drop(rq);
}

bool later_take(struct request *rq, struct http_resp *r)
{
	if (atomic_load(&rq->later->what) != LATER_GIVEN)
		return false;
	*r = rq->later->resp;
	rq->later->resp = (struct http_resp){0};
	return true;
}

void later_free(struct http_later *l)
{
	if (l == NULL)
		return;
	http_resp_free(&l->resp);
	mem_free(l);
}

void later_abandon(struct http_server *s)
{
	struct http_later *woken = NULL, *next;

	pthread_mutex_lock(&s->lock);
	s->no_later = true;
	for (struct http_later *l = s->laters; l != NULL; l = l->next) {
		if (settle(l, LATER_ABANDONED)) {
			l->woken = woken;
			woken = l;
		}
	}
	pthread_mutex_unlock(&s->lock);
	/* Not under the lock: libmicrohttpd has locks of its own. */
	for (; woken != NULL; woken = next) {
		next = woken->woken;
		MHD_resume_connection(woken->rq->mc);
		atomic_fetch_sub(&s->deferred, 1);
	}
	/* An answer being given just now wakes its connection in a moment. */
	while (atomic_load(&s->deferred) > 0)
		poll(NULL, 0, 1);
}
