/* A client by hand, and the objects it sends. */
#include "line.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void *must(void *p)
{
	if (p == NULL) {
		perror("memory");
		abort();
	}
	return p;
}

void line_new(struct line *l, uint16_t port, unsigned from, const char *token)
{
	*l = (struct line){.port = port, .from = from, .token = token, .fd = -1, .cap = 1 << 16};
	l->b = must(malloc(l->cap));
	l->b[0] = '\0';
}

void line_close(struct line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

void line_free(struct line *l)
{
	line_close(l);
	free(l->b);
	l->b = NULL;
}

bool line_open(struct line *l)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(l->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + l->from)};
	const struct timeval patience = {.tv_sec = 120};
	const int one = 1;

	if (l->fd >= 0)
		return true;
	if ((l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return false;
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(l->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(l->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if ((l->from != 0 && bind(l->fd, (const struct sockaddr *)(const void *)&from, sizeof(from)) != 0) ||
	    connect(l->fd, (const struct sockaddr *)(const void *)&to, sizeof(to)) != 0)
		line_close(l);
	return l->fd >= 0;
}

bool line_send(struct line *l, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		const ssize_t put = send(l->fd, at, n, MSG_NOSIGNAL);

		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

static bool more(struct line *l)
{
	ssize_t got;

	if (l->n + 1 >= l->cap)
		l->b = must(realloc(l->b, l->cap *= 2));
	got = recv(l->fd, l->b + l->n, l->cap - 1 - l->n, 0);
	if (got > 0)
		l->n += (size_t)got;
	l->b[l->n] = '\0';
	return got > 0;
}

int line_read(struct line *l)
{
	const char *end;
	char length[32];

	l->n = l->head = l->body = 0;
	while ((end = memmem(l->b, l->n, "\r\n\r\n", 4)) == NULL)
		if (!more(l)) {
			line_close(l);
			return -1;
		}
	l->head = (size_t)(end - l->b) + 4;
	if (line_header(l, "Content-Length", length, sizeof(length)))
		l->body = strtoul(length, NULL, 10);
	if (l->head + l->body >= l->cap) {
		l->cap = l->head + l->body + 1;
		l->b = must(realloc(l->b, l->cap));
	}
	while (l->n < l->head + l->body)
		if (!more(l)) {
			line_close(l);
			return -1;
		}
	if (line_header(l, "Connection", length, sizeof(length)) && strcasecmp(length, "close") == 0)
		line_close(l);
	return l->n > 12 ? atoi(l->b + 9) : -1;
}

int line_ask(struct line *l, const char *method, const char *path, const char *extra, const void *body, size_t n)
{
	char head[4096];
	int len = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/taxii+json;version=2.1\r\n%s%s%s%s", method, path,
	    l->token != NULL ? "Authorization: Bearer " : "", l->token != NULL ? l->token : "", l->token != NULL ? "\r\n" : "", extra != NULL ? extra : "");

	if (body != NULL)
		len += snprintf(head + len, sizeof(head) - (size_t)len, "Content-Type: application/taxii+json;version=2.1\r\nContent-Length: %zu\r\n", n);
	len += snprintf(head + len, sizeof(head) - (size_t)len, "\r\n");
	if (!line_open(l))
		return -1;
	if (!line_send(l, head, (size_t)len) || (body != NULL && !line_send(l, body, n))) {
		/* it may have been refused before its end: the answer says so */
		return line_read(l);
	}
	return line_read(l);
}

const char *line_body(const struct line *l) { return l->b + l->head; }

bool line_header(const struct line *l, const char *name, char *to, size_t room)
{
	const size_t n = strlen(name);

	for (const char *s = l->b; (s = memmem(s, l->head - (size_t)(s - l->b), "\r\n", 2)) != NULL && s + 2 < l->b + l->head;) {
		s += 2;
		if (strncasecmp(s, name, n) == 0 && s[n] == ':') {
			const char *const value = s + n + 1 + strspn(s + n + 1, " ");
			const size_t len = strcspn(value, "\r"), cut = len < room ? len : room - 1;

			memcpy(to, value, cut);
			to[cut] = '\0';
			return true;
		}
	}
	return false;
}

double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

uint64_t scatter(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* The number stands in the id; the rest of it is spread as that of real ones. */
size_t put_numbered(char *to, uint64_t k)
{
	const uint64_t h = scatter(k);

	return (size_t)snprintf(to, INDICATOR_ROOM,
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--%08llx-%04x-4%03x-8%03x-%012llx\",\"created\":\"2024-03-01T00:00:00.000Z\","
	    "\"modified\":\"2024-03-01T00:00:00.000Z\",\"name\":\"Command and control address %llu\",\"indicator_types\":[\"malicious-activity\"],"
	    "\"pattern\":\"[ipv4-addr:value = '198.51.%u.%u']\",\"pattern_type\":\"stix\",\"valid_from\":\"2024-03-01T00:00:00Z\",\"labels\":[\"loader\",\"c2\"]}",
	    (unsigned long long)k, (unsigned)(h >> 48), (unsigned)(h >> 36) & 0xfff, (unsigned)(h >> 24) & 0xfff, (unsigned long long)(h & 0xffffffffffff),
	    (unsigned long long)k, (unsigned)(k >> 8) & 255, (unsigned)k & 255);
}

uint64_t number_of(const char *id)
{
	char *end;
	const char *const at = id + strlen("indicator--");
	uint64_t k;

	if (strncmp(id, "indicator--", 11) != 0)
		return UINT64_MAX;
	k = strtoull(at, &end, 16);
	return end == at + 8 ? k : UINT64_MAX;
}
