#include "wire.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "http/priv.h"

static atomic_int threads_made, threads_freed;

static void *thread_new(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	atomic_fetch_add(&threads_made, 1);
	return mem_zalloc(8);
}

static void thread_free(void *t)
{
	atomic_fetch_add(&threads_freed, 1);
	mem_free(t);
}

static void hello(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	assert_non_null(thread);
	r->type = "text/plain; charset=utf-8";
	buf_printf(&r->body, "hello %s from %s, %zu bytes", q->path, q->addr, q->body_n);
}

static void fixed(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	(void)q;
	r->fixed = "fixed\n";
	r->fixed_n = 6;
	r->type = "text/plain";
}

static void big(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	char *const p = buf_grow(&r->body, 3000000);

	(void)ctx;
	(void)thread;
	(void)q;
	assert_non_null(p);
	memset(p, 'x', 3000000);
}

/* More than the system takes off our hands. */
#define VAST 20000000
static void vast(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	char *const p = buf_grow(&r->body, VAST);

	(void)ctx;
	(void)thread;
	(void)q;
	assert_non_null(p);
	memset(p, 'x', VAST);
}

static void unsent(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	buf_printf(&r->body, "%zu", q->unsent);
}

static void slow(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	(void)q;
	usleep(300000);
	buf_puts(&r->body, "finished");
}

static void tagged(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	if (!http_etag(q, r, "v1"))
		buf_puts(&r->body, "tagged");
}

static void failed(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	(void)q;
	r->body.max = 4;
	buf_puts(&r->body, "too long for its buffer");
}

static const char *const text[] = {"text/plain", NULL};
static const struct http_route table[] = {
	{.pattern = "/hello", .methods = HTTP_GET | HTTP_POST, .handler = hello, .types = text, .max_body = 1000},
	{.pattern = "/hello/{}", .methods = HTTP_GET, .handler = hello},
	{.pattern = "/fixed", .methods = HTTP_GET, .handler = fixed},
	{.pattern = "/big", .methods = HTTP_GET, .handler = big},
	{.pattern = "/vast", .methods = HTTP_GET, .handler = vast},
	{.pattern = "/unsent", .methods = HTTP_GET, .handler = unsent},
	{.pattern = "/slow", .methods = HTTP_GET, .handler = slow},
	{.pattern = "/tagged", .methods = HTTP_GET, .handler = tagged},
	{.pattern = "/failed", .methods = HTTP_GET, .handler = failed},
};

struct fixture { struct http_server *s; uint16_t port; FILE *file; struct log *log; };

static struct http_conf conf_for(struct log *log)
{
	return (struct http_conf){
		.listen = {{.addr = "127.0.0.1"}}, .listeners = 1, .route = table, .routes = ARRAY_LEN(table),
		.app = {.thread_new = thread_new, .thread_free = thread_free}, .threads = 2, .clock = clock_system(), .log = log,
	};
}

static int setup(void **state)
{
	static struct fixture f;
	struct http_conf c;
	struct err e = {0};

	f.file = tmpfile();
	f.log = log_new(fileno(f.file), clock_system());
	c = conf_for(f.log);
	if (http_start(&c, &f.s, &e) != 0) {
		print_error("%s\n", e.msg);
		return -1;
	}
	f.port = http_port(f.s, 0);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *const f = *state;

	http_stop(f->s);
	log_free(f->log);
	fclose(f->file);
	return threads_made > 0 && threads_made == threads_freed ? 0 : -1;
}

static void test_keep_alive(void **state)
{
	const struct fixture *const f = *state;
	const int fd = dial(f->port);
	WITH_ANSWER;

	/* found, not found, refused method, HEAD, OPTIONS, POST: one connection carries them all */
	send_text(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_string_equal(body.p, "hello /hello from 127.0.0.1, 0 bytes");
	assert_non_null(strstr(head.p, "Content-Type: text/plain; charset=utf-8\r\n"));
	assert_non_null(strstr(head.p, "\r\nDate: "));
	send_text(fd, "GET /nothing HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 404);
	send_text(fd, "DELETE /hello HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 405);
	assert_non_null(strstr(head.p, "Allow: OPTIONS, GET, HEAD, POST\r\n"));
	send_text(fd, "HEAD /hello/x HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 200);
	assert_non_null(strstr(head.p, "Content-Length: 38\r\n"));
	send_text(fd, "OPTIONS /hello HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 204);
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_non_null(strstr(body.p, "3 bytes"));
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_non_null(strstr(body.p, "5 bytes"));
	send_text(fd, "GET /tagged HTTP/1.1\r\n" HOST "If-None-Match: \"v1\"\r\n\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 304);
	assert_non_null(strstr(head.p, "ETag: \"v1\"\r\n"));
	send_text(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_int_equal(body.n, 3000000);
	send_text(fd, "BREW /hello HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 501);
	send_text(fd, "GET /failed HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 503);
	assert_null(strstr(body.p, "too "));
	send_text(fd, "GET /fixed HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_string_equal(body.p, "fixed\n");
	assert_true(closed(fd));
	close(fd);
}

struct raw { const char *text; size_t n; int status; bool closes; };
#define RAW(s, status, closes) {s, sizeof(s) - 1, status, closes}

static void test_malformed(void **state)
{
	static const struct raw rows[] = {
		RAW("GET /hello?a=%zz HTTP/1.1\r\n" HOST "\r\n", 400, false),
		RAW("GET /hello/../hello HTTP/1.1\r\n" HOST "\r\n", 400, false),
		RAW("GET /hello%00 HTTP/1.1\r\n" HOST "\r\n", 400, false),
		RAW("GET /hello\0/x HTTP/1.1\r\n" HOST "\r\n", 400, false),
		RAW("GET hello HTTP/1.1\r\n" HOST "\r\n", 400, false),
		RAW("GET /hello HTTP/1.1\r\n\r\n", 400, false),
		RAW("GET /hello HTTP/1.1\r\n" HOST "Host: y\r\n\r\n", 400, false),
		RAW("GET /hello HTTP/1.1\r\n" HOST "X Y: z\r\n\r\n", 400, false),
		RAW("GET /hello HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n", 400, false),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\n", 400, false),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, true),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, true),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nTransfer-Encoding: xchunked\r\n\r\nabc", 501, true),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, true),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 99999\r\n\r\n", 413, true),
		RAW("POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/html\r\nContent-Length: 3\r\n\r\nabc", 415, true),
		RAW("GET /fixed HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400, true),
		RAW("GET /hello HTTP/2.0\r\n" HOST "\r\n", 505, true),
	};
	const struct fixture *const f = *state;
	WITH_ANSWER;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const int fd = dial(f->port);
		int status;

		send_all(fd, rows[i].text, rows[i].n);
		if ((status = read_answer(fd, false, &head, &body)) != rows[i].status)
			fail_msg("row %zu: %d instead of %d", i, status, rows[i].status);
		if (rows[i].closes && !closed(fd))
			fail_msg("row %zu: not closed", i);
		close(fd);
	}
}

static void test_too_long(void **state)
{
	const struct fixture *const f = *state;
	CLEANUP_BUF struct buf q = {0};
	WITH_ANSWER;
	int fd = dial(f->port);

	/* an address one byte over the limit */
	buf_puts(&q, "GET /");
	for (size_t i = 0; i < LIMIT_HTTP_URL; i++)
		buf_putc(&q, 'a');
	buf_puts(&q, " HTTP/1.1\r\n" HOST "\r\n");
	send_all(fd, q.p, q.n);
	assert_int_equal(read_answer(fd, false, &head, &body), 414);
	close(fd);
	/* one that never ends */
	fd = dial(f->port);
	buf_clear(&q);
	buf_puts(&q, "GET /");
	for (size_t i = 0; i < 200000; i++)
		buf_putc(&q, 'a');
	send_all(fd, q.p, q.n);
	assert_int_equal(read_answer(fd, false, &head, &body), 414);
	close(fd);
	/* header fields one over the limit, and just inside */
	for (unsigned over = 0; over < 2; over++) {
		fd = dial(f->port);
		buf_clear(&q);
		buf_puts(&q, "GET /hello HTTP/1.1\r\n" HOST "X: ");
		for (size_t i = strlen(HOST "X: \r\n\r\n"); i < LIMIT_HTTP_HEADER + over; i++)
			buf_putc(&q, 'b');
		buf_puts(&q, "\r\n\r\n");
		send_all(fd, q.p, q.n);
		assert_int_equal(read_answer(fd, false, &head, &body), over != 0 ? 431 : 200);
		close(fd);
	}
	/* fields without end */
	fd = dial(f->port);
	send_text(fd, "GET /hello HTTP/1.1\r\n" HOST);
	buf_clear(&q);
	for (size_t i = 0; i < 20000; i++)
		buf_puts(&q, "A: b\r\n");
	send_all(fd, q.p, q.n);
	assert_int_equal(read_answer(fd, false, &head, &body), 431);
	close(fd);
}

static void test_large_bodies(void **state)
{
	const struct fixture *const f = *state;
	WITH_ANSWER;
	int fd = dial(f->port);
	char chunk[1100];

	/* Expect: 100-continue is answered before the body for a good request … */
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(read_answer(fd, true, &head, &body), 100);
	send_text(fd, "abc");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	/* … and with the refusal for a bad one: nothing of the body is asked for. */
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 413);
	assert_true(closed(fd));
	close(fd);
	/* a chunked body over the limit is refused when it ends soon after it */
	memset(chunk, 'x', sizeof(chunk));
	fd = dial(f->port);
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n44c\r\n");
	send_all(fd, chunk, sizeof(chunk));
	send_text(fd, "\r\n0\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 413);
	close(fd);
	/* and cut off when it goes on */
	fd = dial(f->port);
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 8; i++) {
		send_text(fd, "44c\r\n");
		send_all(fd, chunk, sizeof(chunk));
		send_text(fd, "\r\n");
	}
	assert_true(closed(fd));
	close(fd);
}

static void test_plain_only_on_loopback(void **state)
{
	static const char *const refused[] = {"0.0.0.0", "::", "192.0.2.1", "10.0.0.1", "localhost", "128.0.0.1", "::ffff:8.8.8.8", ""};
	struct http_conf c = conf_for(NULL);
	struct http_server *s = NULL;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		c.listen[0] = (struct http_listen){.addr = refused[i]};
		assert_int_equal(http_start(&c, &s, &e), E_USAGE);
		assert_non_null(strstr(e.msg, refused[i]));
	}
	c.listen[0] = (struct http_listen){.addr = "127.0.0.1", .tls = true};
	assert_int_equal(http_start(&c, &s, &e), E_USAGE);
	assert_null(s);
}

static void test_port_in_use(void **state)
{
	const struct fixture *const f = *state;
	struct http_conf c = conf_for(NULL);
	struct http_server *s = NULL;
	struct err e;

	c.listen[0].port = f->port;
	assert_int_equal(http_start(&c, &s, &e), E_ENV);
	assert_non_null(strstr(e.msg, "127.0.0.1"));
	assert_null(s);
}

/* A client that drips never goes silent, so only the total time ends it. */
static void test_dripping_is_cut(void **state)
{
	struct http_conf c = conf_for(NULL);
	struct http_server *s = NULL;
	int fd, n = 0;

	(void)state;
	c.idle_s = 2;
	c.total_s = 1;
	assert_int_equal(http_start(&c, &s, NULL), 0);
	fd = dial(http_port(s, 0));
	send_text(fd, "POST /hello HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 900\r\n\r\n");
	while (n < 80 && send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
		usleep(100000);
		n++;
	}
	assert_in_range(n, 8, 60);
	close(fd);
	http_stop(s);
}

static void *ask_slow(void *ctx)
{
	const int fd = *(const int *)ctx;
	WITH_ANSWER;

	return read_answer(fd, false, &head, &body) == 200 && strcmp(body.p, "finished") == 0 ? ctx : NULL;
}

static void test_stop_finishes(void **state)
{
	struct http_conf c = conf_for(NULL);
	struct http_server *s = NULL;
	pthread_t t;
	void *got = NULL;
	int fd;

	(void)state;
	assert_int_equal(http_start(&c, &s, NULL), 0);
	fd = dial(http_port(s, 0));
	send_text(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(pthread_create(&t, NULL, ask_slow, &fd), 0);
	usleep(100000);
	http_stop(s);
	assert_int_equal(pthread_join(t, &got), 0);
	assert_non_null(got);
	close(fd);
	http_stop(NULL);
}

static size_t ask_unsent(const struct fixture *f)
{
	const int fd = dial(f->port);
	WITH_ANSWER;

	send_text(fd, "GET /unsent HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	close(fd);
	return strtoul(body.p, NULL, 10);
}

/* Handlers are told what clients that do not read hold in memory. */
static void test_unsent(void **state)
{
	const struct fixture *const f = *state;
	const int small = 4096;
	size_t held = 0;
	int fd[2];

	for (size_t i = 0; i < 2; i++) {
		fd[i] = dial(f->port);
		assert_int_equal(setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
		send_text(fd[i], "GET /vast HTTP/1.1\r\n" HOST "\r\n");
	}
	for (int i = 0; i < 200 && (held = ask_unsent(f)) < 2 * VAST; i++)
		usleep(20000);
	assert_true(held >= 2 * VAST && held < 2 * VAST + 100000);
	close(fd[0]);
	close(fd[1]);
	for (int i = 0; i < 200 && (held = ask_unsent(f)) >= VAST; i++)
		usleep(20000);
	assert_true(held < 100000);
}

static void test_access_log(void **state)
{
	const struct fixture *const f = *state;
	const int fd = dial(f->port);
	static char text_read[65536];
	ssize_t n;
	WITH_ANSWER;

	send_text(fd, "GET /hello/%E5%A4%96?secret=1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	assert_int_equal(read_answer(fd, false, &head, &body), 200);
	assert_true(closed(fd));
	close(fd);
	for (int i = 0; i < 100; i++) {
		n = pread(fileno(f->file), text_read, sizeof(text_read) - 1, 0);
		assert_true(n >= 0);
		text_read[n] = '\0';
		if (strstr(text_read, "/hello/%E5%A4%96") != NULL)
			break;
		usleep(20000);
	}
	assert_non_null(strstr(text_read, "http_access"));
	assert_non_null(strstr(text_read, "/hello/%E5%A4%96"));
	assert_non_null(strstr(text_read, "127.0.0.1"));
	assert_non_null(strstr(text_read, "status=405"));
	assert_null(strstr(text_read, "secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_alive), cmocka_unit_test(test_malformed), cmocka_unit_test(test_too_long), cmocka_unit_test(test_large_bodies),
		cmocka_unit_test(test_plain_only_on_loopback), cmocka_unit_test(test_port_in_use), cmocka_unit_test(test_dripping_is_cut),
		cmocka_unit_test(test_stop_finishes), cmocka_unit_test(test_unsent), cmocka_unit_test(test_access_log),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
