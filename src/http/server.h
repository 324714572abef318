/* http/server.h - the running server as server.c and mhd.c see it. */
#pragma once
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/priv.h"

struct app_thread { void *thread; struct app_thread *next; };

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
	uint8_t spki[32];
};

struct listener { struct http_server *s; struct MHD_Daemon *daemon; uint16_t port; bool tls; };

struct http_server {
	struct http_conf conf;
	unsigned idle_s, total_s;
	struct listener listener[4];
	pthread_key_t key;          /* this thread's application state */
	bool key_made;
	pthread_t sweeper;
	bool sweeping;
	int stop_fd;                /* eventfd: readable when the sweeper shall end */
	atomic_bool stopping;
	atomic_uint active;         /* requests between their first line and their end */
	_Atomic uint64_t tick;      /* seconds since start, counted by the sweeper: no clock is read */
	pthread_mutex_t lock;       /* conns, threads */
	struct conn *conns;
	struct app_thread *threads;
};

/* Callbacks of libmicrohttpd (mhd.c). cls is a struct listener. */
void mhd_connection(void *cls, struct MHD_Connection *mc, void **socket_context, enum MHD_ConnectionNotificationCode what);
void *mhd_first_line(void *cls, const char *uri, struct MHD_Connection *mc);
enum MHD_Result mhd_request(void *cls, struct MHD_Connection *mc, const char *url, const char *method, const char *version, const char *upload, size_t *upload_n, void **ctx);
void mhd_completed(void *cls, struct MHD_Connection *mc, void **ctx, enum MHD_RequestTerminationCode why);
size_t mhd_unescape(void *cls, struct MHD_Connection *mc, char *s);

/* This worker thread's application state, made on first use. false: thread_new failed (text in e). */
bool server_thread(struct http_server *s, void **ret, struct err *e);
void server_refused(struct http_server *s, const char *addr, const char *why); /* log EV_http_refused */
