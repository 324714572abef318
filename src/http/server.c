#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"

/*
 * Bytes libmicrohttpd may use per connection: first line, headers, its records of them, and the answer's headers. It
 * clears them one and a half times for each request.
 */
#define CONN_MEMORY 32768
#define MAX_THREADS 16
static_assert(CONN_MEMORY >= LIMIT_HTTP_HEADER + LIMIT_HTTP_URL + 8192, "a whole legal head, 100 records of its fields, and the answer's");

void server_refused(struct http_server *s, const char *addr, const char *why)
{
	log_event(s->conf.log, EV_http_refused, "addr", addr, "why", why, NULL);
}

static void thread_drop(struct http_server *s, struct app_thread *t)
{
	if (t->thread != NULL && s->conf.app.thread_free != NULL)
		s->conf.app.thread_free(t->thread);
	packer_free(t->packer);
	mem_free(t);
}

struct app_thread *server_thread(struct http_server *s, struct err *e)
{
	struct app_thread *t = pthread_getspecific(s->key);

	if (t != NULL || (t = mem_zalloc(sizeof(*t))) == NULL)
		return t;
	if ((s->conf.app.thread_new != NULL && (t->thread = s->conf.app.thread_new(s->conf.app.ctx, e)) == NULL) || pthread_setspecific(s->key, t) != 0) {
		thread_drop(s, t);
		return NULL;
	}
	pthread_mutex_lock(&s->lock);
	t->next = s->threads;
	s->threads = t;
	pthread_mutex_unlock(&s->lock);
	return t;
}

static void sweep(struct http_server *s, uint64_t now)
{
	pthread_mutex_lock(&s->lock);
	for (struct conn *c = s->conns; c != NULL; c = c->next) {
		if (now <= atomic_load(&c->deadline))
			continue;
		/* The worker sees the end of the stream and closes; closing here would free the number for reuse. */
		shutdown(c->fd, SHUT_RDWR);
		atomic_store(&c->deadline, UINT64_MAX);
		server_refused(s, c->addr, "the request took too long");
	}
	pthread_mutex_unlock(&s->lock);
}

void server_wake(struct http_server *s)
{
	const uint64_t one = 1;

	IGNORE(write(s->wake_fd, &one, sizeof(one)) != sizeof(one), "an eventfd takes eight bytes");
}

/* Was this descriptor readable? Then its counter is taken. */
static bool counted(const struct pollfd *p)
{
	uint64_t n;

	return (p->revents & POLLIN) != 0 && read(p->fd, &n, sizeof(n)) == sizeof(n);
}

static void *sweeper_main(void *ctx)
{
	struct http_server *const s = ctx;
	struct pollfd p[2 + LINGER_MAX] = {{.fd = s->wake_fd, .events = POLLIN}, {.fd = s->tick_fd, .events = POLLIN}};
	nfds_t n;

	while (!atomic_load(&s->ending)) {
		n = 2 + (nfds_t)linger_poll(s, p + 2);
		if (poll(p, n, -1) <= 0)
			continue;
		IGNORE(counted(&p[0]), "woken to look at `ending` and the lingering");
		/* A tick may be late, never early: deadlines stretch under load, they do not shrink. */
		if (counted(&p[1]))
			sweep(s, atomic_fetch_add(&s->tick, 1) + 1);
		linger_read(s);
	}
	return NULL;
}

__attribute__((format(printf, 2, 0)))
static void mhd_log(void *cls, const char *fmt, va_list ap)
{
	struct listener *const l = cls;
	char text[300];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	if (n <= 0)
		return;
	text[strcspn(text, "\r\n")] = '\0';
	server_refused(l->s, NULL, text);
}

static unsigned thread_count(const struct http_conf *c)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned n = c->threads != 0 ? c->threads : cpus < 1 ? 1 : (unsigned)(cpus > MAX_THREADS ? MAX_THREADS : cpus);

	return n > MAX_THREADS ? MAX_THREADS : n;
}

static struct MHD_Daemon *start_daemon(struct listener *l, const struct http_conf *c, int fd)
{
	struct http_server *const s = l->s;
	const unsigned threads = thread_count(c), conns = (unsigned)(LIMIT_HTTP_CONNS / c->listeners);
	const unsigned flags = (unsigned)MHD_USE_EPOLL_INTERNAL_THREAD | (unsigned)MHD_USE_ERROR_LOG | (unsigned)MHD_USE_ITC | (unsigned)MHD_ALLOW_SUSPEND_RESUME | (l->tls ? (unsigned)MHD_USE_TLS : 0U);
	struct MHD_OptionItem more[8];
	size_t n = 0;

	/* One thread is libmicrohttpd's own internal thread: it warns about a pool of one. */
	if (threads > 1)
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL};
	if (l->tls) {
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)c->tls_key};
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)c->tls_cert};
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES};
		/* Plain listeners see loopback only, where one address is everybody behind a front. */
		more[n++] = (struct MHD_OptionItem){MHD_OPTION_PER_IP_CONNECTION_LIMIT, LIMIT_HTTP_PER_ADDR, NULL};
	}
	more[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
	return MHD_start_daemon(flags, 0, NULL, NULL, mhd_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, mhd_log, l,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, conns,
	    MHD_OPTION_CONNECTION_TIMEOUT, s->idle_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONN_MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_NOTIFY_CONNECTION, mhd_connection, l,
	    MHD_OPTION_NOTIFY_COMPLETED, mhd_completed, l,
	    MHD_OPTION_URI_LOG_CALLBACK, mhd_first_line, l,
	    MHD_OPTION_UNESCAPE_CALLBACK, mhd_unescape, l,
	    MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}

static int start_listener(struct http_server *s, size_t i, struct err *e)
{
	const struct http_conf *const c = &s->conf;
	struct listener *const l = &s->listener[i];
	int fd, r;

	*l = (struct listener){.s = s, .tls = c->listen[i].tls};
	if (l->tls && (c->tls_key == NULL || c->tls_cert == NULL))
		return fail(e, E_USAGE, "listening on %s with TLS needs a key and a certificate", c->listen[i].addr);
	if (l->tls && (r = tls_identity_check(c->tls_key, c->tls_cert, e)) != 0)
		return r;
	if ((r = http_listen_open(&c->listen[i], &fd, &l->port, e)) != 0)
		return r;
	/* From here libmicrohttpd owns fd: it closes it also when it fails to start. */
	if ((l->daemon = start_daemon(l, c, fd)) == NULL)
		return fail(e, E_ENV, "cannot serve on %s port %u", c->listen[i].addr, (unsigned)l->port);
	return 0;
}

static int start_helpers(struct http_server *s, struct err *e)
{
	const struct itimerspec second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
	int r;

	if ((s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		return fail_errno(e, E_ENV, errno, "eventfd");
	if ((s->tick_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) < 0 || timerfd_settime(s->tick_fd, 0, &second, NULL) != 0)
		return fail_errno(e, E_ENV, errno, "timerfd");
	if ((r = pthread_key_create(&s->key, NULL)) != 0)
		return fail_errno(e, E_ENV, r, "thread storage");
	s->key_made = true;
	if ((r = pthread_create(&s->sweeper, NULL, sweeper_main, s)) != 0)
		return fail_errno(e, E_ENV, r, "thread");
	s->sweeping = true;
	return 0;
}

int http_start(const struct http_conf *c, struct http_server **ret, struct err *e)
{
	struct http_server *s;
	int r;

	if (c->listeners == 0 || c->listeners > ARRAY_LEN(c->listen))
		return fail(e, E_USAGE, "nothing to listen on");
	if ((s = mem_zalloc(sizeof(*s))) == NULL)
		return fail(e, E_NOMEM, "http");
	s->conf = *c;
	s->idle_s = c->idle_s != 0 ? c->idle_s : LIMIT_HTTP_IDLE_S;
	s->total_s = c->total_s != 0 ? c->total_s : LIMIT_HTTP_TOTAL_S;
	s->wake_fd = s->tick_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	r = start_helpers(s, e);
	for (size_t i = 0; r == 0 && i < c->listeners; i++)
		r = start_listener(s, i, e);
	if (r != 0) {
		http_stop(s);
		return r;
	}
	*ret = s;
	return 0;
}

uint16_t http_port(const struct http_server *s, size_t listener)
{
	return listener < s->conf.listeners ? s->listener[listener].port : 0;
}

static void wait_active(struct http_server *s, int seconds)
{
	for (int i = 0; i < seconds * 100 && atomic_load(&s->active) > 0; i++)
		poll(NULL, 0, 10);
}

/* New requests get 503 from now on; give those under way a little time to be answered. */
static void drain(struct http_server *s)
{
	atomic_store(&s->stopping, true);
	wait_active(s, LIMIT_HTTP_STOP_S);
	later_abandon(s);
	wait_active(s, 1);
}

static void stop_sweeper(struct http_server *s)
{
	if (!s->sweeping)
		return;
	atomic_store(&s->ending, true);
	server_wake(s);
	pthread_join(s->sweeper, NULL);
	linger_close_all(s);
}

void http_stop(struct http_server *s)
{
	struct app_thread *t;

	if (s == NULL)
		return;
	drain(s);
	for (size_t i = 0; i < ARRAY_LEN(s->listener); i++)
		if (s->listener[i].daemon != NULL)
			MHD_stop_daemon(s->listener[i].daemon);
	stop_sweeper(s);
	while ((t = s->threads) != NULL) {
		s->threads = t->next;
		thread_drop(s, t);
	}
	if (s->key_made)
		pthread_key_delete(s->key);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	if (s->tick_fd >= 0)
		close(s->tick_fd);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}
