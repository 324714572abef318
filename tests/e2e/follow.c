/*
 * tests/e2e/follow.c - readers that follow two collections while others write to them (follow.sh kills the server in
 * between). Every reader must get every object once, in one and the same order.
 *
 *   follow PORT WRITE-TOKEN READ-TOKEN COLLECTION-A COLLECTION-B OBJECTS
 *
 * A writer goes on only when its envelope was answered; what the server's death left open is sent again. Readers do what
 * the standard says: added_after = the last X-TAXII-Date-Added-Last, or `next` while there is more.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line.h"

enum { WRITERS = 4, BATCH = 120 };
/* A: three writers; B: one. Readers: what they ask, and how many rows. */
static const struct how { bool b, manifest, next; unsigned limit; } hows[] = {
	{false, true, false, 10000}, {false, true, false, 37}, {false, false, false, 500}, {false, false, true, 100}, {false, true, true, 9}, {false, false, true, 1000},
	{true, true, false, 5}, {true, false, false, 50}, {true, true, true, 3}, {true, false, false, 2000},
};
enum { READERS = sizeof(hows) / sizeof(hows[0]) };

static struct { uint16_t port; const char *write, *read, *col[2]; uint64_t objects; } args;
static _Atomic uint64_t fresh;           /* numbers given away */
static _Atomic uint64_t acknowledged[2]; /* objects, per collection */
static atomic_uint writing = WRITERS;
static atomic_ulong broken, asked;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "follow: %s: %.2000s\n", what, why);
	exit(1);
}

/* ---- writers ---- */

struct writer { unsigned n; pthread_t thread; };

static void post(struct line *l, const char *col, const char *body, size_t n, unsigned count)
{
	char path[128], due[40];
	int status;

	snprintf(path, sizeof(path), "/taxii2/api/collections/%s/objects/", col);
	snprintf(due, sizeof(due), "\"success_count\":%u,", count);
	while ((status = line_ask(l, "POST", path, NULL, body, n)) == -1 || status == 503) {
		line_close(l);
		if (status == -1)
			atomic_fetch_add(&broken, 1);
		usleep(20000);
	}
	if (status != 202 || strstr(line_body(l), due) == NULL)
		die("POST", l->b);
}

static void *write_on(void *arg)
{
	const struct writer *const w = arg;
	char *const body = malloc(BATCH * INDICATOR_ROOM + 64);
	uint64_t chance = scatter(w->n);
	struct line l;

	if (body == NULL)
		abort();
	line_new(&l, args.port, 10 + w->n, args.write);
	for (;;) {
		const unsigned want = 1 + (unsigned)((chance = scatter(chance)) % BATCH);
		const uint64_t first = atomic_fetch_add(&fresh, want);
		size_t n = (size_t)sprintf(body, "{\"objects\":[");

		if (first + want > args.objects) /* the numbers handed out behind the last are nobody's */
			break;
		for (unsigned i = 0; i < want; i++) {
			if (i > 0)
				body[n++] = ',';
			/* which collection: its lowest bit */
			n += put_numbered(body + n, (first + i) * 2 + (w->n == 0));
		}
		n += (size_t)sprintf(body + n, "]}");
		post(&l, args.col[w->n == 0], body, n, want);
		atomic_fetch_add(&acknowledged[w->n == 0], want);
		if ((chance >> 20) % 4 == 0)
			usleep((unsigned)(chance >> 40) % 4000);
	}
	line_free(&l);
	free(body);
	atomic_fetch_sub(&writing, 1);
	return NULL;
}

/* ---- readers ---- */

struct reader { const struct how *how; unsigned nth; pthread_t thread; uint32_t *got; size_t n, cap; char last[40], date[40]; };

static void keep(struct reader *r, const char *id)
{
	const uint64_t k = number_of(id);

	if (k == UINT64_MAX)
		return; /* the collection itself */
	if (r->n == r->cap && (r->got = realloc(r->got, (r->cap = r->cap != 0 ? 2 * r->cap : 4096) * sizeof(*r->got))) == NULL)
		abort();
	r->got[r->n++] = (uint32_t)k;
}

/* Ids as they come; where there are dates, each is later than the one before. */
static size_t take_page(struct reader *r, const char *body)
{
	static const char id[] = "\"id\":\"", date[] = "\"date_added\":\"";
	size_t n = 0;

	for (const char *s = body; (s = strstr(s, id)) != NULL; n++) {
		s += sizeof(id) - 1;
		keep(r, s);
		if (r->how->manifest) {
			const char *const at = strstr(s, date);

			if (at == NULL)
				die("no date_added", s);
			if (strncmp(at + sizeof(date) - 1, r->date, 27) <= 0)
				die("date_added is not later than the one before", s);
			snprintf(r->date, sizeof(r->date), "%.27s", at + sizeof(date) - 1);
		}
	}
	return n;
}

static void check_dates(struct reader *r, const struct line *l, const char *before)
{
	char first[40];

	if (!line_header(l, "X-TAXII-Date-Added-First", first, sizeof(first)) || !line_header(l, "X-TAXII-Date-Added-Last", r->last, sizeof(r->last)))
		die("no dates", l->b);
	if (strlen(first) != 27 || strcmp(first, before) <= 0 || strcmp(first, r->last) > 0)
		die("dates out of order", l->b);
	if (r->how->manifest && strcmp(r->last, r->date) != 0)
		die("the last date is another", l->b);
}

static bool next_of(const struct line *l, char next[128])
{
	const char *const at = strstr(line_body(l), "\"next\":\"");

	next[0] = '\0';
	if (strncmp(line_body(l), "{\"more\":true", 12) != 0)
		return false;
	if (at == NULL || sscanf(at + 8, "%127[^\"]", next) != 1)
		die("more without next", line_body(l));
	return true;
}

/* true: there was something. */
static bool ask_page(struct reader *r, struct line *l, char next[128])
{
	char path[512], before[40];
	int n = snprintf(path, sizeof(path), "/taxii2/api/collections/%s/%s/?limit=%u", args.col[r->how->b], r->how->manifest ? "manifest" : "objects", r->how->limit);
	size_t rows;

	if (next[0] != '\0')
		snprintf(path + n, sizeof(path) - (size_t)n, "&next=%s", next);
	else if (r->last[0] != '\0')
		snprintf(path + n, sizeof(path) - (size_t)n, "&added_after=%s", r->last);
	atomic_fetch_add(&asked, 1);
	switch (line_ask(l, "GET", path, NULL, NULL, 0)) {
	case 200: break;
	case -1: /* dead for now: the same again later */
		atomic_fetch_add(&broken, 1);
		usleep(20000);
		return true;
	default: die(path, l->b);
	}
	snprintf(before, sizeof(before), "%s", r->last);
	rows = take_page(r, line_body(l));
	if (rows > r->how->limit)
		die("more rows than asked for", path);
	if (rows > 0)
		check_dates(r, l, before);
	if (!next_of(l, next) || !r->how->next)
		next[0] = '\0';
	return rows > 0;
}

static void *read_on(void *arg)
{
	struct reader *const r = arg;
	char next[128] = "";
	struct line l;
	bool last = false;

	line_new(&l, args.port, 30 + r->nth, args.read);
	for (;;) {
		const bool done = atomic_load(&writing) == 0;

		if (ask_page(r, &l, next))
			last = false;
		else if (last)
			break;
		else if (done)
			last = true; /* asked after the last answer to a writer, and nothing: once more, then it is all */
		else
			usleep(2000);
	}
	line_free(&l);
	return NULL;
}

/* ---- the sum ---- */

static void compare(const struct reader *r, const struct reader *with)
{
	char why[200];

	if (r->n == with->n && memcmp(r->got, with->got, r->n * sizeof(*r->got)) == 0)
		return;
	for (size_t i = 0; i < r->n && i < with->n; i++)
		if (r->got[i] != with->got[i]) {
			snprintf(why, sizeof(why), "reader %u has %u where reader %u has %u, at %zu", r->nth, r->got[i], with->nth, with->got[i], i);
			die("another order", why);
		}
	snprintf(why, sizeof(why), "reader %u has %zu objects, reader %u %zu", r->nth, r->n, with->nth, with->n);
	die("another count", why);
}

/* As many as were acknowledged, each once. */
static void check_all(const struct reader *r, uint64_t objects)
{
	unsigned char *const seen = calloc(objects * 2, 1);
	char why[100];

	if (seen == NULL)
		abort();
	for (size_t i = 0; i < r->n; i++)
		if (r->got[i] >= objects * 2 || seen[r->got[i]]++ != 0) {
			snprintf(why, sizeof(why), "reader %u, number %u", r->nth, r->got[i]);
			die("twice, or never sent", why);
		}
	free(seen);
	if (r->n != atomic_load(&acknowledged[r->how->b])) {
		snprintf(why, sizeof(why), "reader %u has %zu of %llu", r->nth, r->n, (unsigned long long)atomic_load(&acknowledged[r->how->b]));
		die("missed", why);
	}
}

int main(int argc, char **argv)
{
	struct writer w[WRITERS];
	struct reader *const r = calloc(READERS, sizeof(*r));
	const double start = seconds_now();
	const struct reader *first[2] = {NULL, NULL};

	if (argc != 7 || r == NULL) {
		fprintf(stderr, "usage: follow PORT WRITE-TOKEN READ-TOKEN COLLECTION-A COLLECTION-B OBJECTS\n");
		return 2;
	}
	args.port = (uint16_t)atoi(argv[1]);
	args.write = argv[2];
	args.read = argv[3];
	args.col[0] = argv[4];
	args.col[1] = argv[5];
	args.objects = strtoull(argv[6], NULL, 10);
	for (unsigned i = 0; i < READERS; i++) {
		r[i] = (struct reader){.how = &hows[i], .nth = i};
		if (pthread_create(&r[i].thread, NULL, read_on, &r[i]) != 0)
			die("thread", "reader");
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		w[i].n = i;
		if (pthread_create(&w[i].thread, NULL, write_on, &w[i]) != 0)
			die("thread", "writer");
	}
	for (unsigned i = 0; i < WRITERS; i++)
		pthread_join(w[i].thread, NULL);
	for (unsigned i = 0; i < READERS; i++) {
		pthread_join(r[i].thread, NULL);
		check_all(&r[i], args.objects);
		if (first[hows[i].b] == NULL)
			first[hows[i].b] = &r[i];
		compare(&r[i], first[hows[i].b]);
	}
	printf("%zu and %zu objects, %d readers, %lu questions, %lu broken off, %.1f s\n", first[0]->n, first[1]->n, (int)READERS, atomic_load(&asked), atomic_load(&broken),
	    seconds_now() - start);
	return 0;
}
