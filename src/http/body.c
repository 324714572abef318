#include "base/mem.h"
#include "http/server.h"

/* A body may take as long as it needs while it keeps coming: a second more for each of these bytes. */
#define BYTES_PER_S LIMIT_HTTP_BODY_RATE

static size_t max_of(const struct request *rq)
{
	return rq->row != NULL && rq->row->max_body != 0 ? rq->row->max_body : LIMIT_HTTP_BODY;
}

static void *ctx_of(const struct request *rq)
{
	return http_route_ctx(&rq->conn->s->conf, rq->row);
}

bool body_begin(struct request *rq, void *thread, struct http_resp *r)
{
	if (!rq->row->stream->begin(ctx_of(rq), thread, &rq->q, r, &rq->state))
		return false;
	rq->phase = STREAM_TAKING;
	return true;
}

void body_gone(struct request *rq)
{
	if (rq->phase != STREAM_NONE)
		rq->row->stream->gone(rq->state);
	rq->phase = STREAM_NONE;
	rq->state = NULL;
	buf_free(&rq->body);
}

void body_end(struct request *rq, void *thread, struct http_resp *r)
{
	void *const state = rq->state;

	rq->phase = STREAM_NONE;
	rq->state = NULL;
	rq->row->stream->end(ctx_of(rq), thread, state, &rq->q, r);
}

static void put_stream(struct request *rq, const char *p, size_t n)
{
	const size_t before = rq->taken - n;

	if (rq->taken > max_of(rq)) {
		rq->refused = 413;
		body_gone(rq);
		return;
	}
	atomic_fetch_add(&rq->conn->deadline, rq->taken / BYTES_PER_S - before / BYTES_PER_S);
	if (rq->phase == STREAM_TAKING && !rq->row->stream->data(rq->state, p, n))
		rq->phase = STREAM_ENOUGH;
}

static void put_whole(struct request *rq, const char *p, size_t n)
{
	buf_put(&rq->body, p, n);
	if (rq->body.err == 0)
		return;
	rq->refused = rq->body.err == E_LIMIT ? 413 : 503;
	buf_free(&rq->body);
}

/* A chunked body shows its length only as it comes. Some of the surplus is read so that the 413 can be sent. */
enum MHD_Result body_take(struct request *rq, const char *p, size_t n)
{
	const size_t max = max_of(rq);

	if (rq->refused != 0) {
		rq->dropped += n;
	} else if (rq->row->stream != NULL) {
		rq->taken += n;
		put_stream(rq, p, n);
	} else {
		put_whole(rq, p, n);
	}
	if (rq->dropped <= (max < LIMIT_HTTP_DRAIN ? max : LIMIT_HTTP_DRAIN))
		return MHD_YES;
	rq->status = rq->refused; /* for the log; nothing can be said any more */
	return MHD_NO;
}
