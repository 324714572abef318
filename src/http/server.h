/* http/server.h - the running server as server.c, mhd.c, body.c, later.c and linger.c see it. */
#pragma once
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/priv.h"

/* What one worker thread keeps: the application's state and, once it was needed, memory for packing. */
struct app_thread { void *thread; struct packer *packer; struct app_thread *next; };

/*
 * One connection, from accept to close. `deadline` is in ticks (seconds) of the server's sweeper, which
 * shuts the socket down when it has passed; libmicrohttpd's own timeout only sees silence, not dripping.
 */
struct conn {
	struct http_server *s;
	struct conn *prev, *next;   /* under s->lock */
	int fd;
	_Atomic uint64_t deadline;
	char addr[INET6_ADDRSTRLEN];
	bool tls, spki_asked, has_spki;
	bool unread;                /* answered before its body was read: lingers when it closes */
	uint8_t spki[32];
};

enum stream_phase { STREAM_NONE, STREAM_TAKING, STREAM_ENOUGH };

/* One request, from its first line to the end of its answer; with an answer to come later, until that is given too. */
struct request {
	struct http_req q;
	struct MHD_Connection *mc;
	struct conn *conn;
	const char *uri_end;      /* where libmicrohttpd ended the request target */
	const char *path_raw;     /* as sent; lives as long as the request */
	const char *method_raw;
	struct err err;           /* why it is refused, if refused is not 0 */
	int refused;
	bool begun;
	const struct http_route *row; /* once admitted */
	char *args;               /* what q.arg points into */
	struct buf body;          /* of a route that takes it whole */
	size_t taken, dropped;    /* bytes of the body */
	enum stream_phase phase;
	void *state;              /* the stream's, while phase is not STREAM_NONE */
	struct http_later *later;
	atomic_uint owners;       /* libmicrohttpd, and who answers later */
	int64_t start;
	int status;
	size_t sent;
	size_t held;              /* bytes of its answer in memory, part of http_server.unsent */
	char who[LIMIT_WHO + 1];
	struct http_target target; /* last: all before it starts as zeros, its 4 KiB of text do not */
};

struct listener { struct http_server *s; struct MHD_Daemon *daemon; uint16_t port; bool tls; };

/* Sockets of closed connections whose client is still sending (linger.c). */
#define LINGER_MAX 64
struct lingering { int fd; size_t left; uint64_t until; };

struct http_server {
	struct http_conf conf;
	unsigned idle_s, total_s;
	struct listener listener[4];
	pthread_key_t key;          /* this thread's struct app_thread */
	bool key_made;
	pthread_t sweeper;
	bool sweeping;
	int wake_fd;                /* eventfd: the sweeper shall look around */
	int tick_fd;                /* timerfd: readable every second */
	atomic_bool ending;         /* the sweeper shall end */
	atomic_bool stopping;
	atomic_uint active;         /* requests between their first line and their end */
	atomic_uint deferred;       /* of these: at rest, their answer is to come */
	atomic_size_t unsent;       /* bytes of answers in memory */
	_Atomic uint64_t tick;      /* seconds since start, counted by the sweeper: no clock is read */
	pthread_mutex_t lock;       /* conns, threads, laters, no_later, linger */
	struct conn *conns;
	struct app_thread *threads;
	struct http_later *laters;
	bool no_later;              /* the server no longer waits for anybody */
	struct lingering linger[LINGER_MAX];
	size_t lingers;
};

/* Callbacks of libmicrohttpd (mhd.c). cls is a struct listener. */
void mhd_connection(void *cls, struct MHD_Connection *mc, void **socket_context, enum MHD_ConnectionNotificationCode what);
void *mhd_first_line(void *cls, const char *uri, struct MHD_Connection *mc);
enum MHD_Result mhd_request(void *cls, struct MHD_Connection *mc, const char *url, const char *method, const char *version, const char *upload, size_t *upload_n, void **ctx);
void mhd_completed(void *cls, struct MHD_Connection *mc, void **ctx, enum MHD_RequestTerminationCode why);
size_t mhd_unescape(void *cls, struct MHD_Connection *mc, char *s);
void request_drop(struct request *rq); /* one owner less */

/* This worker thread's state, made on first use. NULL: no memory, or thread_new failed (text in e). */
struct app_thread *server_thread(struct http_server *s, struct err *e);
void server_refused(struct http_server *s, const char *addr, const char *why); /* log EV_http_refused */
void server_wake(struct http_server *s);

/* ---- body.c ---- */
/* Ask the stream of rq->row whether it wants the body. false: r is the answer. */
bool body_begin(struct request *rq, void *thread, struct http_resp *r);
/* A piece of the body. MHD_NO: too much came after the refusal; close. */
enum MHD_Result body_take(struct request *rq, const char *p, size_t n);
/* The body is over: let the stream make its answer. */
void body_end(struct request *rq, void *thread, struct http_resp *r);
void body_gone(struct request *rq); /* broke off, or is not wanted any more */

/* ---- later.c ---- */
struct http_later *later_new(const struct http_req *q); /* http_req.defer */
/* The answer that came, moved to r; false: none was given, the server stops. */
bool later_take(struct request *rq, struct http_resp *r);
void later_unlink(struct request *rq);
void later_free(struct http_later *l); /* NULL is fine */
/* Nobody waits any more: answers still to come are given as 503, later ones dropped. Returns when nothing rests. */
void later_abandon(struct http_server *s);

/* ---- linger.c ---- */
/*
 * Keep a socket about to be closed open for its client's sake: closing with unread bytes would reset the connection and
 * the answer might never be read. What comes is dropped, for LIMIT_HTTP_LINGER_S and up to LIMIT_HTTP_DRAIN bytes.
 */
void linger_add(struct http_server *s, int fd);
/* Sweeper: descriptors to wait for, LINGER_MAX at most. Returns how many. */
size_t linger_poll(struct http_server *s, struct pollfd p[LINGER_MAX]);
void linger_read(struct http_server *s);
void linger_close_all(struct http_server *s);
