/* Bodies taken in pieces, answers that come later, packed answers: over a socket. */
#include "wire.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "http/priv.h"

/* ---- a stream that counts ---- */
struct taken { size_t n, pieces; uint32_t sum; bool later; };
static atomic_int begun, ended, gone;

static bool on_begin(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, void **state)
{
	struct taken *t;

	(void)thread;
	assert_string_equal(ctx, "own ctx");
	assert_string_equal(q->arg[0], "x");
	if (http_param(q, "refuse") != NULL) {
		http_error_status(q, r, 403);
		return false;
	}
	t = mem_zalloc(sizeof(*t));
	assert_non_null(t);
	t->later = http_param(q, "later") != NULL;
	atomic_fetch_add(&begun, 1);
	*state = t;
	return true;
}

static bool on_data(void *state, const void *p, size_t n)
{
	struct taken *const t = state;

	assert_true(n > 0);
	t->n += n;
	t->pieces++;
	for (size_t i = 0; i < n; i++)
		t->sum = t->sum * 31 + ((const unsigned char *)p)[i];
	return memchr(p, '!', n) == NULL;
}

struct job { struct http_later *l; struct taken *t; };

static void *work(void *ctx)
{
	struct job *const j = ctx;
	struct http_resp r = {.status = 202};

	usleep(100000);
	buf_printf(&r.body, "later %zu", j->t->n);
	http_later_answer(j->l, &r);
	mem_free(j->t);
	mem_free(j);
	return NULL;
}

static void start(struct http_later *l, struct taken *t)
{
	struct job *const j = mem_alloc(sizeof(*j));
	pthread_t thread;

	assert_non_null(j);
	*j = (struct job){l, t};
	assert_int_equal(pthread_create(&thread, NULL, work, j), 0);
	pthread_detach(thread);
}

static void on_end(void *ctx, void *thread, void *state, const struct http_req *q, struct http_resp *r)
{
	struct taken *const t = state;
	struct http_later *l;

	(void)thread;
	assert_string_equal(ctx, "own ctx");
	atomic_fetch_add(&ended, 1);
	if (t->later && q->defer != NULL && (l = q->defer(q)) != NULL) {
		start(l, t);
		return;
	}
	buf_printf(&r->body, "%zu bytes in %s, sum %08x, %s", t->n, t->pieces > 1 ? "pieces" : "one", t->sum, q->arg[0]);
	mem_free(t);
}

static void on_gone(void *state)
{
	atomic_fetch_add(&gone, 1);
	mem_free(state);
}

static const struct http_stream counting = {on_begin, on_data, on_end, on_gone};

/* ---- handlers ---- */
static void rest(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct taken *const t = mem_zalloc(sizeof(*t));
	struct http_later *const l = q->defer(q);

	(void)ctx;
	(void)thread;
	assert_non_null(t);
	if (l == NULL) {
		mem_free(t);
		http_error_status(q, r, 503);
		return;
	}
	start(l, t);
}

/* Answered only when the test says so. */
static struct http_later *_Atomic held;

static void hold(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	(void)r;
	atomic_store(&held, q->defer(q));
}

static void packed(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	r->may_pack = true;
	r->type = "text/plain";
	if (!http_etag(q, r, "v7"))
		for (int i = 0; i < 1000; i++)
			buf_printf(&r->body, "line %d of a text that packs well\n", i % 10);
}

static void at_once(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	(void)q;
	buf_puts(&r->body, "now");
}

#define MAX 300000
static const char own[] = "own ctx";
static const struct http_route table[] = {
	{.pattern = "/put/{}", .methods = HTTP_POST | HTTP_PUT, .stream = &counting, .max_body = MAX, .ctx = (void *)(uintptr_t)own},
	{.pattern = "/rest", .methods = HTTP_GET, .handler = rest},
	{.pattern = "/hold", .methods = HTTP_GET, .handler = hold},
	{.pattern = "/packed", .methods = HTTP_GET, .handler = packed},
	{.pattern = "/now", .methods = HTTP_GET, .handler = at_once},
};

static struct http_server *serve(unsigned threads, unsigned idle_s, unsigned total_s)
{
	const struct http_conf c = {
		.listen = {{.addr = "127.0.0.1"}}, .listeners = 1, .route = table, .routes = ARRAY_LEN(table), .threads = threads, .idle_s = idle_s, .total_s = total_s,
	};
	struct http_server *s = NULL;
	struct err e = {0};

	if (http_start(&c, &s, &e) != 0)
		fail_msg("%s", e.msg);
	begun = ended = gone = 0;
	return s;
}

static uint32_t sum_of(char c, size_t n)
{
	uint32_t s = 0;

	while (n-- > 0)
		s = s * 31 + (unsigned char)c;
	return s;
}

static void send_x(int fd, size_t n)
{
	char x[4096];

	memset(x, 'x', sizeof(x));
	for (; n > 0; n -= n < sizeof(x) ? n : sizeof(x))
		send_all(fd, x, n < sizeof(x) ? n : sizeof(x));
}

static void expect_sum(const struct buf *body, size_t n)
{
	char want[80];

	snprintf(want, sizeof(want), "sum %08x, x", sum_of('x', n));
	assert_int_equal(strtoul(body->p, NULL, 10), n);
	assert_non_null(strstr(body->p, want));
}

static void settle(atomic_int *n, int want)
{
	for (int i = 0; i < 300 && atomic_load(n) != want; i++)
		usleep(10000);
	assert_int_equal(atomic_load(n), want);
}

static void test_bodies(void **state)
{
	struct http_server *const s = serve(2, 0, 0);
	const int fd = dial(http_port(s, 0));
	WITH_ANSWER;

	(void)state;
	/* with a length, up to the very last byte allowed; one connection for all */
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 300000\r\n\r\n");
	send_x(fd, MAX);
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	expect_sum(&body, MAX);
	assert_non_null(strstr(body.p, "in pieces"));
	/* none */
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	expect_sum(&body, 0);
	/* chunked, slowly */
	send_text(fd, "PUT /put/x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 10; i++) {
		usleep(5000);
		send_text(fd, "3\r\nxx");
		usleep(5000);
		send_text(fd, "x\r\n");
	}
	send_text(fd, "0\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	expect_sum(&body, 30);
	/* enough was seen: the rest is dropped, the answer is the stream's */
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 200001\r\n\r\n!");
	usleep(50000);
	send_x(fd, 200000);
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_int_equal(strtoul(body.p, NULL, 10), 1);
	/* Expect: 100-continue */
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 100);
	send_text(fd, "xx");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	expect_sum(&body, 2);
	send_text(fd, "POST /put/x?refuse HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 403);
	assert_true(closed(fd));
	close(fd);
	assert_int_equal(begun, 5);
	assert_int_equal(ended, 5);
	assert_int_equal(gone, 0);
	http_stop(s);
}

/* Refused before the body, while the client goes on sending: it can still read why. */
static void refused_while_sending(uint16_t port, const char *query, const char *length, size_t n, int status)
{
	const int fd = dial(port);
	CLEANUP_BUF struct buf text = {0};
	WITH_ANSWER;

	buf_printf(&text, "POST /put/x%s HTTP/1.1\r\n" HOST "Content-Length: %s\r\n\r\n", query, length);
	send_all(fd, text.p, text.n);
	for (int i = 0; i < 20; i++) {
		send_x(fd, n / 20);
		usleep(2000);
	}
	assert_int_equal(read_answer(fd, false, &head, &body), status);
	assert_true(closed(fd));
	close(fd);
}

static void test_refused(void **state)
{
	struct http_server *const s = serve(2, 0, 0);
	const uint16_t port = http_port(s, 0);
	int fd;
	WITH_ANSWER;

	(void)state;
	refused_while_sending(port, "?refuse", "300000", 300000, 403);
	refused_while_sending(port, "", "300001", 300000, 413);
	refused_while_sending(port, "", "9000000", 9000000, 413);
	assert_int_equal(begun, 0);
	/* chunked beyond the limit: 413 when it ends soon … */
	fd = dial(port);
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n493e1\r\n"); /* 300001 */
	send_x(fd, MAX + 1);
	send_text(fd, "\r\n0\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 413);
	close(fd);
	settle(&gone, 1);
	/* … and cut off when it does not */
	fd = dial(port);
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n");
	send_x(fd, 3 * (size_t)MAX);
	assert_true(closed(fd));
	close(fd);
	settle(&gone, 2);
	/* framing both ways, a wrong coding, a number that is none */
	fd = dial(port);
	send_text(fd, "POST /put/x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 400);
	close(fd);
	assert_int_equal(ended, 0);
	http_stop(s);
}

static void test_broken_off(void **state)
{
	struct http_server *const s = serve(2, 0, 0);
	int fd[20];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		fd[i] = dial(http_port(s, 0));
		send_text(fd[i], i % 2 == 0 ? "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\nabc" : "POST /put/x HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nab!de\r\n4");
	}
	settle(&begun, (int)ARRAY_LEN(fd));
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		close(fd[i]);
	settle(&gone, (int)ARRAY_LEN(fd));
	assert_int_equal(ended, 0);
	http_stop(s);
}

/* Dripping is cut by the total time; a body that flows may take longer than it. */
static void test_total_time(void **state)
{
	struct http_server *const s = serve(2, 2, 1);
	const int slow = dial(http_port(s, 0)), flowing = dial(http_port(s, 0));
	bool cut = false;
	WITH_ANSWER;

	(void)state;
	send_text(slow, "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n");
	send_text(flowing, "POST /put/x HTTP/1.1\r\n" HOST "Content-Length: 300000\r\n\r\n");
	for (int i = 0; i < 50; i++) {
		send_x(flowing, 6000);
		cut = cut || send(slow, "x", 1, MSG_NOSIGNAL) != 1;
		usleep(100000);
	}
	assert_true(cut);
	assert_int_equal(read_answer(flowing, false, &head, &body), 200);
	expect_sum(&body, MAX);
	settle(&gone, 1);
	close(slow);
	close(flowing);
	http_stop(s);
}

enum { CLIENTS = 50 };

/* Fifty rest at once on two threads; others are served meanwhile; every answer comes, on a connection that stays. */
static void test_deferred(void **state)
{
	struct http_server *const s = serve(2, 1, 1);
	int fd[CLIENTS], other = dial(http_port(s, 0));
	WITH_ANSWER;

	(void)state;
	for (int i = 0; i < CLIENTS; i++)
		fd[i] = dial(http_port(s, 0));
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < CLIENTS; i++)
			send_text(fd[i], i % 2 == 0 ? "GET /rest HTTP/1.1\r\n" HOST "\r\n" : "POST /put/x?later HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nxxxxx");
		for (int i = 0; i < 20; i++) {
			send_text(other, "GET /now HTTP/1.1\r\n" HOST "\r\n");
			assert_int_equal(read_answer(other, false, &head, &body), 200);
		}
		for (int i = 0; i < CLIENTS; i++) {
			assert_int_equal(read_answer(fd[i], false, &head, &body), 202);
			assert_string_equal(body.p, i % 2 == 0 ? "later 0" : "later 5");
		}
	}
	/* a client that leaves while it rests hurts nobody */
	for (int i = 0; i < CLIENTS; i++) {
		send_text(fd[i], "GET /rest HTTP/1.1\r\n" HOST "\r\n");
		close(fd[i]);
	}
	usleep(200000);
	send_text(other, "GET /now HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(other, false, &head, &body), 200);
	close(other);
	http_stop(s);
}

/* Rest is not counted: neither the idle nor the total time ends it. */
static void test_rest_has_time(void **state)
{
	struct http_server *const s = serve(1, 1, 1);
	const int fd = dial(http_port(s, 0));
	struct http_resp r = {.status = 200};
	WITH_ANSWER;

	(void)state;
	atomic_store(&held, NULL);
	send_text(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	sleep(4);
	assert_non_null(atomic_load(&held));
	buf_puts(&r.body, "held");
	http_later_answer(atomic_load(&held), &r);
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_string_equal(body.p, "held");
	close(fd);
	http_stop(s);
}

static void test_stop_waits(void **state)
{
	struct http_server *const s = serve(2, 0, 0);
	const int fd = dial(http_port(s, 0));
	WITH_ANSWER;

	(void)state;
	send_text(fd, "GET /rest HTTP/1.1\r\n" HOST "\r\n");
	usleep(30000);
	http_stop(s);
	assert_int_equal(read_answer(fd, false, &head, &body), 202);
	close(fd);
}

/* … but not for ever; an answer given after that is dropped. */
static void test_stop_gives_up(void **state)
{
	struct http_server *const s = serve(2, 0, 0);
	const int fd = dial(http_port(s, 0));
	struct http_resp r = {.status = 200};
	WITH_ANSWER;

	(void)state;
	atomic_store(&held, NULL);
	send_text(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
	usleep(30000);
	assert_non_null(atomic_load(&held));
	http_stop(s);
	assert_int_equal(read_answer(fd, false, &head, &body), 503);
	buf_puts(&r.body, "too late");
	http_later_answer(atomic_load(&held), &r);
	assert_null(r.body.p);
	close(fd);
}

static size_t length_of(const struct buf *head) { return strtoul(strcasestr(head->p, "Content-Length: ") + 16, NULL, 10); }

static void test_packed(void **state)
{
	struct http_server *const s = serve(2, 0, 0);
	const int fd = dial(http_port(s, 0));
	size_t plain, n;
	WITH_ANSWER;

	(void)state;
	send_text(fd, "GET /packed HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_non_null(strstr(head.p, "Vary: Accept-Encoding\r\n"));
	assert_null(strstr(head.p, "Content-Encoding"));
	assert_non_null(strstr(head.p, "ETag: \"v7\"\r\n"));
	plain = body.n;
	send_text(fd, "GET /packed HTTP/1.1\r\n" HOST "Accept-Encoding: gzip, deflate\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_non_null(strstr(head.p, "Content-Encoding: gzip\r\n"));
	assert_non_null(strstr(head.p, "Vary: Accept-Encoding\r\n"));
	assert_non_null(strstr(head.p, "ETag: \"v7-gzip\"\r\n"));
	assert_true(body.n < plain / 10 && pack_detect(body.p, body.n) == PACK_GZIP);
	n = body.n;
	send_text(fd, "HEAD /packed HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 200);
	assert_int_equal(length_of(&head), n);
	assert_non_null(strstr(head.p, "Content-Encoding: gzip\r\n"));
	send_text(fd, "GET /packed HTTP/1.1\r\n" HOST "Accept-Encoding: gzip, zstd\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_non_null(strstr(head.p, "Content-Encoding: zstd\r\n"));
	assert_true(pack_detect(body.p, body.n) == PACK_ZSTD);
	send_text(fd, "GET /packed HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\nIf-None-Match: \"v7-gzip\"\r\n\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 304);
	assert_non_null(strstr(head.p, "ETag: \"v7-gzip\"\r\n"));
	assert_non_null(strstr(head.p, "Vary: Accept-Encoding\r\n"));
	assert_null(strstr(head.p, "Content-Encoding"));
	close(fd);
	http_stop(s);
}

/* The same route without a server: the body whole, the answer at once. */
static void test_without_socket(void **state)
{
	const struct http_conf c = {.route = table, .routes = ARRAY_LEN(table)};
	const struct http_param refuse = {"refuse", ""}, later = {"later", ""};
	struct http_req q = {.method = HTTP_POST, .path = "/put/x", .rest = "", .body = "xxx", .body_n = 3, .addr = "127.0.0.1"};
	struct http_resp r;

	(void)state;
	q.param[0] = later;
	q.params = 1;
	http_dispatch(&c, NULL, &q, &r);
	assert_int_equal(r.status, 200);
	assert_memory_equal(r.body.p, "3 bytes in one, sum", 19);
	http_resp_free(&r);
	q.param[0] = refuse;
	http_dispatch(&c, NULL, &q, &r);
	assert_int_equal(r.status, 403);
	http_resp_free(&r);
	q.body_n = MAX + 1;
	http_dispatch(&c, NULL, &q, &r);
	assert_int_equal(r.status, 413);
	http_resp_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies), cmocka_unit_test(test_refused), cmocka_unit_test(test_broken_off), cmocka_unit_test(test_total_time),
		cmocka_unit_test(test_deferred), cmocka_unit_test(test_rest_has_time), cmocka_unit_test(test_stop_waits), cmocka_unit_test(test_stop_gives_up),
		cmocka_unit_test(test_packed), cmocka_unit_test(test_without_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
