/*
 * load_taxii PORT PATH AUTHORIZATION COUNT PER_ENVELOPE CONNECTIONS FIRST [RESOURCE-STATUS] - posts indicators of about
 * 670 bytes to a TAXII collection on this machine, as many connections as said, each waiting for its answer; prints
 * objects per second. Every answer must be 202 with all objects taken. The same client for every server measured.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

struct load { uint16_t port; const char *path, *auth; uint64_t first, end; size_t per; _Atomic uint64_t next; };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* Looks like what feeds carry; unique id, spread over the whole range as real ones are. */
static size_t put_indicator(char *to, size_t room, uint64_t k)
{
	const uint64_t a = mix(k), b = mix(~k);
	const int n = snprintf(to, room,
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--%08x-%04x-4%03x-8%03x-%012llx\","
	    "\"created\":\"2024-03-%02uT%02u:%02u:%02u.%03uZ\",\"modified\":\"2024-03-%02uT%02u:%02u:%02u.%03uZ\","
	    "\"name\":\"Command and control address %llu\",\"description\":\"Seen as command and control of a loader in the last days; confidence by two sources. Block at the border and look for connections of the last thirty days.\","
	    "\"indicator_types\":[\"malicious-activity\"],\"pattern\":\"[ipv4-addr:value = '198.51.%u.%u'] OR [domain-name:value = 'c%llx.example.net']\","
	    "\"pattern_type\":\"stix\",\"valid_from\":\"2024-03-01T00:00:00Z\",\"labels\":[\"loader\",\"c2\"],\"confidence\":%u}",
	    (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff, (unsigned)(b >> 48) & 0xfff, (unsigned long long)(b & 0xffffffffffff),
	    (unsigned)(k % 28) + 1, (unsigned)(k / 7 % 24), (unsigned)(k % 60), (unsigned)(k / 3 % 60), (unsigned)(k % 1000),
	    (unsigned)(k % 28) + 1, (unsigned)(k / 7 % 24), (unsigned)(k % 60), (unsigned)(k / 3 % 60), (unsigned)(k % 1000),
	    (unsigned long long)k, (unsigned)(k >> 8) & 255, (unsigned)k & 255, (unsigned long long)a, (unsigned)(k % 101));

	return n < 0 || (size_t)n >= room ? 0 : (size_t)n;
}

static int line_open(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		const ssize_t w = send(fd, p, n, MSG_NOSIGNAL);

		if (w <= 0)
			die("send");
		p += w;
		n -= (size_t)w;
	}
}

/* Reads one answer whose length is told; its text is left in b, terminated. */
static void answer(int fd, char *b, size_t room)
{
	size_t n = 0, head = 0, body = 0;

	while (head == 0 || n < head + body) {
		const ssize_t r = recv(fd, b + n, room - 1 - n, 0);
		const char *end, *len;

		if (r <= 0)
			die("recv");
		n += (size_t)r;
		b[n] = '\0';
		if (head == 0 && (end = strstr(b, "\r\n\r\n")) != NULL) {
			head = (size_t)(end + 4 - b);
			len = strcasestr(b, "\r\ncontent-length:");
			body = len != NULL ? strtoul(len + 17, NULL, 10) : 0;
		}
		if (head + body >= room) /* a long status: only its beginning is looked at */
			while (n < head + body) {
				const ssize_t more = recv(fd, b + room / 2, room / 2 < head + body - n ? room / 2 : head + body - n, 0);

				if (more <= 0)
					die("recv");
				n += (size_t)more;
			}
	}
}

static void check_answer(const char *b, size_t per)
{
	const char *fresh = strstr(b, "\"success_count\":"), *status = strchr(b, ' ');

	if (status == NULL || strncmp(status, " 202", 4) != 0 || (fresh != NULL && strtoul(fresh + 16, NULL, 10) != per)) {
		fprintf(stderr, "load_taxii: answered %.600s\n", b);
		exit(1);
	}
}

static void *worker(void *arg)
{
	enum { ROOM = 4 << 20 };
	struct load *l = arg;
	const size_t room = l->per * 1024 + 1024;
	char *body = malloc(room), *in = malloc(ROOM), head[1024];
	const int fd = line_open(l->port);
	uint64_t k;

	if (body == NULL || in == NULL)
		die("memory");
	while ((k = atomic_fetch_add(&l->next, l->per)) < l->end) {
		size_t n = (size_t)sprintf(body, "{\"objects\":[");

		for (size_t i = 0; i < l->per; i++) {
			if (i > 0)
				body[n++] = ',';
			n += put_indicator(body + n, room - n, k + i);
		}
		n += (size_t)sprintf(body + n, "]}");
		const int h = snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\nAccept: application/taxii+json;version=2.1\r\n"
		    "Content-Type: application/taxii+json;version=2.1\r\nContent-Length: %zu\r\n\r\n", l->path, l->auth, n);

		send_all(fd, head, (size_t)h);
		send_all(fd, body, n);
		answer(fd, in, ROOM);
		check_answer(in, l->per);
	}
	close(fd);
	free(body);
	free(in);
	return NULL;
}

int main(int argc, char **argv)
{
	struct load l;
	pthread_t t[64];
	size_t threads;
	double start;

	if (argc < 8) {
		fprintf(stderr, "usage: load_taxii PORT PATH AUTHORIZATION COUNT PER_ENVELOPE CONNECTIONS FIRST\n");
		return 2;
	}
	l = (struct load){.port = (uint16_t)atoi(argv[1]), .path = argv[2], .auth = argv[3], .first = strtoull(argv[7], NULL, 10), .per = strtoul(argv[5], NULL, 10)};
	l.end = l.first + strtoull(argv[4], NULL, 10);
	l.next = l.first;
	threads = strtoul(argv[6], NULL, 10) < 64 ? strtoul(argv[6], NULL, 10) : 64;
	start = seconds();
	for (size_t i = 0; i < threads; i++)
		if (pthread_create(&t[i], NULL, worker, &l) != 0)
			die("thread");
	for (size_t i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	printf("%.0f\n", (double)(l.end - l.first) / (seconds() - start));
	return 0;
}
