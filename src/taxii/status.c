/* What became of an envelope's objects. */
#include <inttypes.h>
#include <stdio.h>

#include "taxii/write.h"

static void give_up(struct verdict_list *l)
{
	const size_t max = l->json.max;

	buf_free(&l->json);
	l->json = (struct buf){.max = max, .err = E_LIMIT};
}

static void put_entry(struct buf *out, const char *id, const char *version, const char *message)
{
	bool first = true;

	buf_puts(out, out->n > 0 ? ",{" : "{");
	put_member(out, &first, "id", id);
	if (version[0] != '\0')
		put_member(out, &first, "version", version);
	if (message != NULL)
		put_member(out, &first, "message", message);
	buf_putc(out, '}');
}

void verdict_add(struct verdict_list *l, const char *id, const char *version, const char *message)
{
	if (l->n++ == LIMIT_STATUS_FAILURES)
		give_up(l);
	if (l->json.err != 0)
		return;
	put_entry(&l->json, id, version, message);
	if (l->json.err != 0)
		give_up(l);
}

void verdict_warn(struct verdicts *v, const char *id, const char *version, const char *message)
{
	if (v->warning.n++ < LIMIT_STATUS_WARNINGS && v->warning.json.err == 0)
		put_entry(&v->warning.json, id, version, message);
}

void verdicts_lost(struct verdict_list *l, uint64_t n)
{
	if (n == 0)
		return;
	l->n += n;
	give_up(l);
}

/* false: not there, it is empty or not whole. */
static bool put_list(const struct verdict_list *l, const char *name, uint64_t max, struct buf *out)
{
	if (l->n == 0 || l->n > max || l->json.err != 0)
		return false;
	buf_printf(out, ",\"%s\":[", name);
	buf_put(out, l->json.p, l->json.n);
	buf_putc(out, ']');
	return true;
}

void verdicts_put(const struct verdicts *v, uint64_t max_success, struct buf *out)
{
	if (!put_list(&v->success, "successes", max_success, out) && v->warning.n > 0) {
		buf_printf(out, ",\"x_warning_count\":%" PRIu64, v->warning.n);
		(void)put_list(&v->warning, "x_warnings", UINT64_MAX, out);
	}
	(void)put_list(&v->failure, "failures", LIMIT_STATUS_FAILURES, out);
}

void verdicts_free(struct verdicts *v)
{
	buf_free(&v->success.json);
	buf_free(&v->failure.json);
	buf_free(&v->warning.json);
}

void status_put(const struct state_status *st, const char *detail, size_t n, struct buf *out)
{
	char time[LIMIT_TIMESTAMP + 1];
	bool first = true;

	time_format(st->requested_us * 1000, 6, time, sizeof(time));
	buf_putc(out, '{');
	put_member(out, &first, "id", st->id);
	put_member(out, &first, "status", st->finished_s != 0 ? "complete" : "pending");
	put_member(out, &first, "request_timestamp", time);
	buf_printf(out, ",\"total_count\":%" PRIu64 ",\"success_count\":%" PRIu64 ",\"failure_count\":%" PRIu64 ",\"pending_count\":%" PRIu64,
	    st->total, st->success, st->failure, st->pending);
	buf_put(out, detail, n);
	buf_putc(out, '}');
}

void get_status(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	CLEANUP_BUF struct buf detail = BUF_INIT(LIMIT_STATE_BYTES);
	struct state_status st;
	struct err e = {0};
	struct call c;
	int rc;

	if (!call_begin(&c, ctx, thread, q, r, false))
		return;
	if ((rc = ingest_status(c.t->ingest, q->arg[0], c.who.who, &st, &detail, &e)) != 0) {
		answer_fail(&c, rc, &e);
		return;
	}
	status_put(&st, detail.n > 0 ? detail.p : "", detail.n, &r->body);
	r->may_pack = true;
	answer_resource(&c, 200, false);
}
