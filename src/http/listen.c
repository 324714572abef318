#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/priv.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool parse(const struct http_listen *l, union address *ret, socklen_t *ret_n)
{
	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, l->addr, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons(l->port);
		*ret_n = sizeof(ret->v4);
		return true;
	}
	if (inet_pton(AF_INET6, l->addr, &ret->v6.sin6_addr) == 1) {
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons(l->port);
		*ret_n = sizeof(ret->v6);
		return true;
	}
	return false;
}

static bool loopback(const union address *a)
{
	if (a->any.sa_family == AF_INET)
		return (ntohl(a->v4.sin_addr.s_addr) >> 24) == 127;
	return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
}

static int listen_on(int fd, union address *a, socklen_t n)
{
	const int on = 1;

	/* NODELAY is inherited by accepted sockets; without it small answers wait for the client's delayed ack. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
		return -1;
	if (bind(fd, &a->any, n) != 0 || listen(fd, SOMAXCONN) != 0)
		return -1;
	return getsockname(fd, &a->any, &n);
}

int http_listen_open(const struct http_listen *l, int *ret_fd, uint16_t *ret_port, struct err *e)
{
	union address a;
	socklen_t n;
	int fd, r;

	if (!parse(l, &a, &n))
		return fail(e, E_USAGE, "cannot listen on \"%s\": not a numeric IPv4 or IPv6 address", l->addr);
	if (!l->tls && !loopback(&a))
		return fail(e, E_USAGE, "will not listen on %s without TLS: plain HTTP is answered on loopback addresses only (127.0.0.0/8, ::1)", l->addr);
	if ((fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return fail_errno(e, E_ENV, errno, "socket for %s", l->addr);
	if (listen_on(fd, &a, n) != 0) {
		r = fail_errno(e, E_ENV, errno, "cannot listen on %s port %u", l->addr, (unsigned)l->port);
		close(fd);
		return r;
	}
	*ret_fd = fd;
	*ret_port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
	return 0;
}
