/* wire.h - a client by hand: raw bytes over a socket, answers taken apart. */
#pragma once
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

static inline int dial(uint16_t port)
{
	const struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval t = {.tv_sec = 10};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)(const void *)&a, sizeof(a)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)), 0);
	return fd;
}

/* Read one answer: headers, then as many bytes as Content-Length says (unless bodyless). Returns the status, 0 at the end of the stream. */
static inline int read_answer(int fd, bool bodyless, struct buf *head, struct buf *body)
{
	const char *len;
	char c;
	size_t n = 0;

	buf_clear(head);
	buf_clear(body);
	while (head->n < 4 || memcmp(head->p + head->n - 4, "\r\n\r\n", 4) != 0) {
		if (recv(fd, &c, 1, 0) != 1)
			return 0;
		buf_putc(head, c);
	}
	len = strcasestr(head->p, "\r\nContent-Length: ");
	if (len != NULL)
		n = strtoul(len + 18, NULL, 10);
	while (!bodyless && body->n < n) {
		char chunk[8192];
		const ssize_t got = recv(fd, chunk, n - body->n < sizeof(chunk) ? n - body->n : sizeof(chunk), 0);

		if (got <= 0)
			return 0;
		buf_put(body, chunk, (size_t)got);
	}
	return atoi(head->p + 9);
}

static inline bool closed(int fd)
{
	char c;
	const ssize_t got = recv(fd, &c, 1, 0);

	return got == 0 || (got < 0 && errno == ECONNRESET);
}

static inline void send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		const ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put <= 0)
			return;
		p += put;
		n -= (size_t)put;
	}
}

static inline void send_text(int fd, const char *s) { send_all(fd, s, strlen(s)); }

#define HOST "Host: x\r\n"
#define WITH_ANSWER CLEANUP_BUF struct buf head = {0}; CLEANUP_BUF struct buf body = {0}
