/*
 * bench_check - what a full record costs: opening it, the whole self-check, a new index; time and resident memory of
 * each, in a process of its own. $BENCH_N entries of 1 KB (200,000), $BENCH_DIR.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

static char dir[300], node[320];

static void make(void *ctx, double out[4])
{
	static const uint8_t spki[32] = {1};
	const size_t n = *(size_t *)ctx;
	struct record *r = node_make(node, "DE", spki, "", "\"DE\"");
	const double t = seconds(), cpu = processor_seconds();

	add_numbers(r, 0, n, n < 1000 ? n : 1000, 2);
	out[0] = seconds() - t;
	out[1] = processor_seconds() - cpu;
	record_close(r);
}

static void open_it(void *ctx, double out[4])
{
	const double t = seconds(), cpu = processor_seconds();
	struct record *r = node_open(node, true);

	(void)ctx;
	out[0] = seconds() - t;
	out[1] = processor_seconds() - cpu;
	record_close(r);
}

static void show_fault(void *ctx, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s\n", text);
}

static void check(void *ctx, double out[4])
{
	const struct world w = world_system();
	struct check_report rep;
	struct err e = {0};
	double t, cpu;

	must(crypto_init(&e), &e);
	t = seconds();
	cpu = processor_seconds();
	must(record_check(&w, node, NULL, show_fault, NULL, &rep, &e), &e);
	out[0] = seconds() - t;
	out[1] = processor_seconds() - cpu;
	if (rep.entries != *(size_t *)ctx + 1) /* and the collection */
		abort();
}

static void rebuild(void *ctx, double out[4])
{
	const struct world w = world_system();
	struct err e = {0};
	double t, cpu;

	(void)ctx;
	must(crypto_init(&e), &e);
	t = seconds();
	cpu = processor_seconds();
	must(record_rebuild(&w, node, NULL, &e), &e);
	out[0] = seconds() - t;
	out[1] = processor_seconds() - cpu;
}

int main(void)
{
	static const struct { const char *what; bench_work *work; } steps[] = {
		{"append, batches of 1,000", make}, {"open for writing", open_it}, {"check", check}, {"rebuild", rebuild}, {"check again", check},
	};
	size_t n = setting("BENCH_N", 200000);

	n = n < 1000 ? n : n / 1000 * 1000;
	folder_make(dir, "check");
	(void)snprintf(node, sizeof(node), "%s/node", dir);
	printf("%zu entries of 1 KB\n%-26s %9s %9s %12s %9s\n", n, "", "seconds", "CPU s", "entries/s", "resident");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		double out[4], mb;

		apart(steps[i].work, &n, out, &mb);
		printf("%-26s %9.2f %9.2f %12.0f %6.0f MB\n", steps[i].what, out[0], out[1], (double)n / out[0], mb);
	}
	folder_remove(dir);
	return 0;
}
