/*
 * tests/e2e/load.c - all sorts of TAXII clients at once (load.sh): 200 polite ones whose waiting is measured, and beside
 * them those that read at 1 kB/s, that never finish a request, that send 64 MiB (good, broken off, garbage) and that send
 * nonsense.
 *
 *   load PORT SERVER-PID WRITE-TOKEN READ-TOKEN COLLECTION-A COLLECTION-B SECONDS MAX-MIB
 *
 * Wrong is: any 5xx but 503 with Retry-After (501 for what asks for the unknown), a polite client refused otherwise than by
 * 503, a broken connection of a polite client, and a resident memory of the server beyond MAX-MIB.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "line.h"

enum { POLITE = 200, POSTERS = 20, SLOW = 120, HALF = 20, HUGE_ = 3, NONSENSE = 5, THREADS = POLITE + SLOW + HALF + HUGE_ + NONSENSE };
#define HUGE_BYTES (64UL << 20)
#define BODY_MAX (1000 * INDICATOR_ROOM + 64)

static struct { uint16_t port; long pid; const char *write, *read, *col[2]; double until; unsigned long max_mib; } args;
static _Atomic uint64_t fresh = 1;       /* numbers of objects */
static atomic_uint faults;
static atomic_ulong objects_in, bytes_out, busy, huge_good, huge_other, half_open, slow_bytes, slow_answers, nonsense;
static char dates[256][40];              /* some that were seen; a torn one is a bad request at worst, so under a lock */
static unsigned dates_n;
static pthread_mutex_t dates_lock = PTHREAD_MUTEX_INITIALIZER;

static bool over(void) { return seconds_now() > args.until; }

static void fault(const char *what, int status, const char *why)
{
	if (atomic_fetch_add(&faults, 1) < 20)
		fprintf(stderr, "load: %s: %d %.600s (errno %d)\n", what, status, why, errno);
}

/* ---- how long it took: 16 steps to each doubling of a microsecond ---- */

enum what { PAGE, MANIFEST, OBJECT, VERSIONS, COLLECTIONS, POST_FEW, POST_MANY, WHATS };
static const char *const names[WHATS] = {"page of 1 to 1000", "manifest", "one object", "versions", "collections", "POST of 1 to 20", "POST of 21 to 1000"};
static atomic_ulong times[WHATS][40 * 16];

static void timed(enum what w, double s)
{
	uint64_t us = s < 1e-6 ? 1 : (uint64_t)(s * 1e6);
	unsigned up = 0;

	while (us >= 32) {
		us >>= 1;
		up++;
	}
	atomic_fetch_add(&times[w][up * 16 + (us >= 16 ? us - 16 : 0)], 1);
}

static double at_part(enum what w, double part)
{
	unsigned long all = 0, sum = 0;

	for (size_t i = 0; i < 640; i++)
		all += times[w][i];
	for (size_t i = 0; i < 640; i++)
		if ((sum += times[w][i]) > 0 && (double)sum >= part * (double)all)
			return (double)((16 + i % 16 + 1) << (i / 16)) / 1e3;
	return 0;
}

/* ---- chance ---- */

struct client { unsigned n; pthread_t thread; uint64_t chance; };

static unsigned below(struct client *c, unsigned n) { return (unsigned)((c->chance = scatter(c->chance)) >> 20) % n; }

static void rest(struct client *c, unsigned ms) { usleep(below(c, 2 * ms * 1000 + 1)); }

/* ---- polite ---- */

/* true: it was answered as it should be. */
static bool good(const struct line *l, int status, int due, const char *what)
{
	char wait[32];

	if (status == due)
		return true;
	if (status == 503 && line_header(l, "Retry-After", wait, sizeof(wait))) {
		atomic_fetch_add(&busy, 1);
		sleep((unsigned)atoi(wait) < 5 ? (unsigned)atoi(wait) : 5);
	} else {
		fault(what, status, l->b);
	}
	return false;
}

static void keep_date(struct client *c, const struct line *l)
{
	char date[40];

	if (!line_header(l, "X-TAXII-Date-Added-Last", date, sizeof(date)))
		return;
	pthread_mutex_lock(&dates_lock);
	memcpy(dates[dates_n < 256 ? dates_n++ : below(c, 256)], date, sizeof(date));
	pthread_mutex_unlock(&dates_lock);
}

static void some_date(struct client *c, char to[40])
{
	pthread_mutex_lock(&dates_lock);
	memcpy(to, dates_n > 0 ? dates[below(c, dates_n)] : "", dates_n > 0 ? 40 : 1);
	pthread_mutex_unlock(&dates_lock);
}

static void read_page(struct client *c, struct line *l, bool manifest)
{
	static const unsigned limits[] = {1, 10, 100, 100, 1000};
	char path[512], date[40], next[128];
	int n = snprintf(path, sizeof(path), "/taxii2/api/collections/%s/%s/?limit=%u", args.col[below(c, 4) == 0], manifest ? "manifest" : "objects", limits[below(c, 5)]);

	some_date(c, date);
	if (date[0] != '\0' && below(c, 4) != 0)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "&added_after=%s", date);
	for (unsigned i = 0; i < 3; i++) {
		const double start = seconds_now();
		const int status = line_ask(l, "GET", path, NULL, NULL, 0);
		const char *at;

		if (!good(l, status, 200, path))
			return;
		timed(manifest ? MANIFEST : PAGE, seconds_now() - start);
		keep_date(c, l);
		atomic_fetch_add(&bytes_out, l->n);
		if ((at = strstr(line_body(l), "\"next\":\"")) == NULL || at - line_body(l) > 40 || sscanf(at + 8, "%127[^\"]", next) != 1)
			return;
		snprintf(path + n, sizeof(path) - (size_t)n, "&next=%s", next);
	}
}

static void read_one(struct client *c, struct line *l, char id[64], bool versions)
{
	const double start = seconds_now();
	char path[256];

	if (id[0] == '\0')
		return;
	snprintf(path, sizeof(path), "/taxii2/api/collections/%s/objects/%s/%s", args.col[0], id, versions ? "versions/" : "");
	if (good(l, line_ask(l, "GET", path, NULL, NULL, 0), 200, path))
		timed(versions ? VERSIONS : OBJECT, seconds_now() - start);
	(void)c;
}

/* An id of collection A that is there. */
static void find_id(struct client *c, struct line *l, char id[64])
{
	char path[256], date[40];
	const char *at;

	some_date(c, date);
	snprintf(path, sizeof(path), "/taxii2/api/collections/%s/manifest/?limit=1&match[type]=indicator%s%s", args.col[0], date[0] != '\0' ? "&added_after=" : "", date);
	if (good(l, line_ask(l, "GET", path, NULL, NULL, 0), 200, path) && (at = strstr(line_body(l), "\"id\":\"")) != NULL)
		sscanf(at + 6, "%63[^\"]", id);
}

static void read_collections(struct line *l)
{
	const double start = seconds_now();

	if (good(l, line_ask(l, "GET", "/taxii2/api/collections/", NULL, NULL, 0), 200, "collections"))
		timed(COLLECTIONS, seconds_now() - start);
}

static void *poll_on(void *arg)
{
	struct client *const c = arg;
	char id[64] = "";
	struct line l;

	line_new(&l, args.port, 10 + c->n, args.read);
	while (!over()) {
		const unsigned what = below(c, 100);

		if (id[0] == '\0' || what < 5)
			find_id(c, &l, id);
		if (what < 40)
			read_page(c, &l, false);
		else if (what < 60)
			read_page(c, &l, true);
		else if (what < 85)
			read_one(c, &l, id, false);
		else if (what < 95)
			read_one(c, &l, id, true);
		else
			read_collections(&l);
		rest(c, 150);
	}
	line_free(&l);
	return NULL;
}

static size_t fill(char *body, unsigned count)
{
	const uint64_t first = atomic_fetch_add(&fresh, count);
	size_t n = (size_t)sprintf(body, "{\"objects\":[");

	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			body[n++] = ',';
		n += put_numbered(body + n, first + i);
	}
	return n + (size_t)sprintf(body + n, "]}");
}

static void *post_on(void *arg)
{
	struct client *const c = arg;
	char *const body = malloc(BODY_MAX), path[128], due[64];
	struct line l;

	if (body == NULL)
		abort();
	line_new(&l, args.port, 10 + c->n, args.write);
	snprintf(path, sizeof(path), "/taxii2/api/collections/%s/objects/", args.col[0]);
	while (!over()) {
		const unsigned count = below(c, 2) == 0 ? 1 + below(c, 20) : 21 + below(c, 980);
		const size_t n = fill(body, count);
		const double start = seconds_now();

		snprintf(due, sizeof(due), "\"success_count\":%u,", count);
		if (good(&l, line_ask(&l, "POST", path, NULL, body, n), 202, "POST")) {
			timed(count <= 20 ? POST_FEW : POST_MANY, seconds_now() - start);
			if (strstr(line_body(&l), due) == NULL)
				fault("POST without success", 202, line_body(&l));
			atomic_fetch_add(&objects_in, count);
		}
		rest(c, 1500);
	}
	line_free(&l);
	free(body);
	return NULL;
}

/* ---- the others ---- */

/* What came before the connection ended: never a fault of the server's own. */
static void judge(const char *what, const struct line *l, int status)
{
	char wait[32];

	if (status >= 500 && !(status == 503 && line_header(l, "Retry-After", wait, sizeof(wait))) && status != 501 && status != 505)
		fault(what, status, l->b);
}

static void *read_slowly(void *arg)
{
	struct client *const c = arg;
	char request[512], some[1024];
	const int small = 4096;

	while (!over()) {
		struct line l;
		const double end = seconds_now() + 20 + below(c, 100);

		line_new(&l, args.port, 200 + c->n % 40, args.read);
		if (!line_open(&l)) {
			sleep(1);
			continue;
		}
		setsockopt(l.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
		snprintf(request, sizeof(request), "GET /taxii2/api/collections/%s/objects/?limit=10000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
		    args.col[1], args.read);
		if (line_send(&l, request, strlen(request)))
			while (!over() && seconds_now() < end) {
				const ssize_t got = recv(l.fd, some, sizeof(some), 0);

				if (got <= 0)
					break;
				atomic_fetch_add(&slow_bytes, (unsigned long)got);
				sleep(1);
			}
		atomic_fetch_add(&slow_answers, 1);
		line_free(&l);
	}
	return NULL;
}

/* A head or a body that never ends, or nothing at all; until the server has enough. */
static void *stay_half_open(void *arg)
{
	struct client *const c = arg;
	char request[512];
	const struct timeval patience = {.tv_sec = 45};

	while (!over()) {
		struct line l;

		line_new(&l, args.port, 180 + c->n % 20, args.write);
		if (!line_open(&l)) {
			sleep(1);
			continue;
		}
		snprintf(request, sizeof(request), "POST /taxii2/api/collections/%s/objects/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nAccept: */*\r\n"
		    "Content-Type: application/taxii+json\r\nContent-Length: 100000\r\n\r\n{\"objects\":[{\"type\":", args.col[0], args.write);
		if (below(c, 4) != 0)
			(void)line_send(&l, request, 1 + below(c, (unsigned)strlen(request)));
		setsockopt(l.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		if (over())
			shutdown(l.fd, SHUT_RDWR);
		while (!over() && recv(l.fd, request, sizeof(request), MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR))
			usleep(200000);
		atomic_fetch_add(&half_open, 1);
		line_free(&l);
	}
	return NULL;
}

static char *huge_body(size_t *ret_n)
{
	char *const body = malloc(HUGE_BYTES + BODY_MAX);
	size_t n, step = 0;

	if (body == NULL)
		abort();
	n = (size_t)sprintf(body, "{\"objects\":[");
	while (n < HUGE_BYTES - 2 * INDICATOR_ROOM) {
		body[n] = ',';
		n += step > 0;
		n += put_numbered(body + n, atomic_fetch_add(&fresh, 1));
		step++;
	}
	*ret_n = n + (size_t)sprintf(body + n, "]}");
	return body;
}

enum { GOOD, BROKEN_OFF, GARBAGE };

static void *send_huge(void *arg)
{
	struct client *const c = arg;
	char path[128];

	snprintf(path, sizeof(path), "/taxii2/api/collections/%s/objects/", args.col[1]);
	while (!over()) {
		struct line l;
		size_t n;
		char *const body = huge_body(&n);
		int status;

		line_new(&l, args.port, 170 + c->n, args.write);
		if (c->n == GARBAGE)
			for (size_t i = below(c, 2) == 0 ? 0 : n / 2; i < n; i += 8) {
				c->chance = scatter(c->chance);
				memcpy(body + i, &c->chance, i + 8 <= n ? 8 : n - i);
			}
		if (c->n == BROKEN_OFF) {
			char head[1024];

			snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/taxii+json\r\nContent-Length: %zu\r\n\r\n",
			    path, args.write, n);
			if (line_open(&l) && line_send(&l, head, strlen(head)))
				(void)line_send(&l, body, n / 4 + below(c, (unsigned)(n / 2)));
			status = 0;
		} else {
			status = line_ask(&l, "POST", path, NULL, body, n);
		}
		judge("huge body", &l, status);
		if (c->n == GARBAGE && status > 0 && status / 100 != 4 && status != 503)
			fault("garbage taken", status, l.b);
		atomic_fetch_add(status == 202 ? &huge_good : &huge_other, 1);
		line_free(&l);
		free(body);
		for (unsigned i = 0; i < (c->n == GOOD ? 250u : 30u) && !over(); i++)
			usleep(100000);
	}
	return NULL;
}

static void *send_nonsense(void *arg)
{
	static const char *const rows[] = {
		"GET /taxii2/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET\r\n\r\n", "GET /taxii2/api/collections/%zz/ HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n\r\n\r\n",
		"BREW /taxii2/ HTTP/1.1\r\nHost: x\r\n\r\n", "POST /taxii2/api/collections/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /taxii2/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "GET /taxii2/ HTTP/9.9\r\nHost: x\r\n\r\n",
		"GET /taxii2/api/status/../../x/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ====\r\n\r\n", "GET /taxii2/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \x01\x02\r\n\r\n",
		"GET /taxii2/api/collections/?limit=x&limit=y&match[id]=,,, HTTP/1.1\r\nHost: x\r\nAccept: ;;;q=7,\"\r\n\r\n",
		"DELETE /taxii2/api/collections/a/objects/b/ HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	};
	struct client *const c = arg;
	const struct timeval patience = {.tv_sec = 2};

	while (!over()) {
		const char *const row = rows[below(c, sizeof(rows) / sizeof(rows[0]))];
		char text[8192];
		size_t n = strlen(row);
		struct line l;

		memcpy(text, row, n + 1);
		for (unsigned i = below(c, 4); i > 0; i--)
			text[below(c, (unsigned)n)] = (char)below(c, 256);
		if (below(c, 10) == 0) { /* beyond every bound of a head */
			memset(text, 'a' + (int)below(c, 26), sizeof(text));
			memcpy(text, "GET /", 5);
			n = sizeof(text);
		}
		line_new(&l, args.port, 190 + c->n, NULL);
		if (line_open(&l)) {
			setsockopt(l.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
			if (line_send(&l, text, n))
				judge("nonsense", &l, line_read(&l));
			atomic_fetch_add(&nonsense, 1);
		}
		line_free(&l);
		rest(c, 30);
	}
	return NULL;
}

/* ---- the server's memory ---- */

static unsigned long of_server(const char *key)
{
	char path[64], s[256];
	unsigned long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", args.pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(s, sizeof(s), f) != NULL)
		if (strncmp(s, key, strlen(key)) == 0)
			kib = strtoul(s + strlen(key) + 1, NULL, 10);
	fclose(f);
	return kib / 1024;
}

/* Large objects, so that a page of them is as long as pages get: what slow readers ask for. */
static void post_large_ones(void)
{
	enum { COUNT = 100, LONG = 16000, ROUNDS = 20 };
	char *const body = malloc(COUNT * (INDICATOR_ROOM + LONG + 32)), path[128];
	struct line l;

	if (body == NULL)
		abort();
	line_new(&l, args.port, 9, args.write);
	snprintf(path, sizeof(path), "/taxii2/api/collections/%s/objects/", args.col[1]);
	for (unsigned k = 0; k < ROUNDS; k++) {
		size_t n = (size_t)sprintf(body, "{\"objects\":[");

		for (unsigned i = 0; i < COUNT; i++) {
			if (i > 0)
				body[n++] = ',';
			n += put_numbered(body + n, atomic_fetch_add(&fresh, 1)) - 1;
			n += (size_t)sprintf(body + n, ",\"description\":\"");
			memset(body + n, 'x', LONG);
			n += LONG + (size_t)sprintf(body + n + LONG, "\"}");
		}
		n += (size_t)sprintf(body + n, "]}");
		(void)good(&l, line_ask(&l, "POST", path, NULL, body, n), 202, "POST of large objects");
	}
	line_free(&l);
	free(body);
}

static bool start(struct client *c, unsigned n, unsigned of, void *(*f)(void *))
{
	pthread_attr_t a;

	c->n = of;
	c->chance = scatter(n + 1);
	return pthread_attr_init(&a) == 0 && pthread_attr_setstacksize(&a, 256 << 10) == 0 && pthread_create(&c->thread, &a, f, c) == 0;
}

static bool start_all(struct client *c)
{
	static const struct { unsigned n; void *(*f)(void *); } rows[] = {
		{POSTERS, post_on}, {POLITE - POSTERS, poll_on}, {SLOW, read_slowly}, {HALF, stay_half_open}, {HUGE_, send_huge}, {NONSENSE, send_nonsense},
	};
	unsigned n = 0;

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		for (unsigned i = 0; i < rows[k].n; i++, n++)
			if (!start(&c[n], n, rows[k].f == poll_on ? n : i, rows[k].f))
				return false;
	return true;
}

static void print(double took, unsigned long peak)
{
	printf("%.0f s: %lu objects in by POST, %lu MiB out; %lu times busy; %lu huge bodies taken, %lu not; %lu half open; %lu slow answers (%lu kB read); %lu times nonsense\n", took,
	    atomic_load(&objects_in), atomic_load(&bytes_out) >> 20, atomic_load(&busy), atomic_load(&huge_good), atomic_load(&huge_other), atomic_load(&half_open),
	    atomic_load(&slow_answers), atomic_load(&slow_bytes) >> 10, atomic_load(&nonsense));
	for (enum what w = 0; w < WHATS; w++) {
		unsigned long n = 0;

		for (size_t i = 0; i < 640; i++)
			n += times[w][i];
		printf("%-20s %8lu  p50 %8.1f ms  p99 %8.1f ms  longest %8.1f ms\n", names[w], n, at_part(w, 0.5), at_part(w, 0.99), at_part(w, 1));
	}
	printf("resident memory of the server: at most %lu MiB (bound %lu), %lu MiB at the end\n", peak, args.max_mib, of_server("VmRSS:"));
}

int main(int argc, char **argv)
{
	static struct client c[THREADS];
	const double begin = seconds_now();
	unsigned long peak = 0;

	if (argc != 9) {
		fprintf(stderr, "usage: load PORT SERVER-PID WRITE-TOKEN READ-TOKEN COLLECTION-A COLLECTION-B SECONDS MAX-MIB\n");
		return 2;
	}
	args.port = (uint16_t)atoi(argv[1]);
	args.pid = atol(argv[2]);
	args.write = argv[3];
	args.read = argv[4];
	args.col[0] = argv[5];
	args.col[1] = argv[6];
	args.until = begin + atof(argv[7]);
	args.max_mib = strtoul(argv[8], NULL, 10);
	post_large_ones();
	if (!start_all(c)) {
		perror("thread");
		return 1;
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(c[i].thread, NULL);
	if ((peak = of_server("VmHWM:")) == 0)
		fault("the server is gone", 0, "");
	print(seconds_now() - begin, peak);
	if (peak > args.max_mib)
		fault("memory", (int)peak, "MiB");
	if (atomic_load(&faults) > 0)
		printf("%u faults\n", atomic_load(&faults));
	return atomic_load(&faults) > 0;
}
