/*
 * bench_store DIR [ROWS] - how fast the journal appends and the index takes rows, beside the bare limits:
 * the same bytes written and synced to a preallocated file. DIR must be new; it is removed again.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "store/index.h"
#include "store/journal.h"

#define PAYLOAD 1024u

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s: %s\n", err_name(rc), e->msg);
	exit(1);
}

static void remove_segments(const char *dir)
{
	char path[300];

	for (unsigned k = 0; k < 100000; k++) {
		(void)snprintf(path, sizeof(path), "%s/%08u.seg", dir, k);
		if (unlink(path) != 0)
			break;
	}
	rmdir(dir);
}

static double journal_rate(const char *dir, size_t batch, size_t rows)
{
	const struct fs fs = fs_system();
	struct frame_in *in = calloc(batch, sizeof(*in));
	struct frame_ref *ref = calloc(batch, sizeof(*ref));
	uint8_t *bytes = malloc(batch * PAYLOAD);
	struct journal *j = NULL;
	struct err e = {0};
	double t;

	if (in == NULL || ref == NULL || bytes == NULL)
		abort();
	memset(bytes, 'x', batch * PAYLOAD);
	for (size_t i = 0; i < batch; i++)
		in[i] = (struct frame_in){FRAME_ENTRY, bytes + i * PAYLOAD, PAYLOAD};
	must(journal_open(&fs, dir, true, &j, NULL, &e), &e);
	t = now();
	for (size_t done = 0; done < rows; done += batch)
		must(journal_append(j, in, batch, ref, &e), &e);
	t = now() - t;
	journal_close(j);
	remove_segments(dir);
	free(in);
	free(ref);
	free(bytes);
	return (double)rows / t;
}

/* As many bytes, with the frames' headers, one write and one sync per batch. */
static double bare_rate(const char *path, size_t batch, size_t rows)
{
	const size_t n = batch * (PAYLOAD + 40);
	uint8_t *bytes = malloc(n);
	off_t at = 0, size = 64 << 20;
	const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	double t;

	if (fd < 0 || bytes == NULL || posix_fallocate(fd, 0, size) != 0 || fsync(fd) != 0)
		abort();
	memset(bytes, 'x', n);
	t = now();
	for (size_t done = 0; done < rows; done += batch) {
		if (at + (off_t)n > size && (posix_fallocate(fd, size, 64 << 20) != 0 || fsync(fd) != 0 || (size += 64 << 20) == 0))
			abort();
		if (pwrite(fd, bytes, n, at) != (ssize_t)n || fdatasync(fd) != 0)
			abort();
		at += (off_t)n;
	}
	t = now() - t;
	close(fd);
	unlink(path);
	free(bytes);
	return (double)rows / t;
}

static uint64_t mix(uint64_t v)
{
	v = (v ^ (v >> 33)) * 0xff51afd7ed558ccdu;
	v = (v ^ (v >> 33)) * 0xc4ceb9fe1a85ec53u;
	return v ^ (v >> 33);
}

static void make_row(struct index_entry *row, uint64_t frame)
{
	static const char *const kinds[] = {"indicator", "relationship", "malware", "attack-pattern"};
	const uint64_t a = mix(frame), b = mix(frame + 77);

	*row = (struct index_entry){.frame = frame, .at = frame * 1064, .index = frame - 1, .added = (int64_t)frame * 8, .size = 700, .audience = 1, .fresh = true};
	row->version_ns = row->added;
	(void)snprintf(row->id, sizeof(row->id), "%s--%08x-%04x-4%03x-8%03x-%012" PRIx64, kinds[a % 4], (unsigned)(a & 0xffffffff),
	    (unsigned)(a >> 32 & 0xffff), (unsigned)(a >> 48 & 0xfff), (unsigned)(b & 0xfff), b >> 16 & 0xffffffffffff);
	(void)snprintf(row->modified, sizeof(row->modified), "2016-09-09T00:30:00.%03uZ", (unsigned)(frame % 1000));
	memset(row->collection, (int)(frame / 1000 % 4), 16);
	memcpy(row->sha256, &a, sizeof(a));
	memcpy(row->sha256 + 8, &b, sizeof(b));
}

static void index_batch(struct index *x, uint64_t from, size_t batch)
{
	static uint8_t wide[256 * 33];
	struct index_entry row;
	struct err e = {0};

	must(index_begin(x, &e), &e);
	for (uint64_t f = from; f < from + batch; f++) {
		make_row(&row, f);
		must(index_put_entry(x, &row, &e), &e);
		if (f % 256 == 0) {
			must(index_put_tile(x, 0, 0, f / 256 - 1, 256, wide, &e), &e);
			must(index_put_bundle(x, 0, f / 256 - 1, 256, wide, &e), &e);
		}
	}
	must(index_put_tile(x, 0, 0, (from + batch) / 256, (unsigned)((from + batch - 1) % 256) + 1, wide, &e), &e);
	must(index_put_bundle(x, 0, (from + batch) / 256, (unsigned)((from + batch - 1) % 256) + 1, wide, &e), &e);
	must(index_commit(x, from + batch - 1, from, &e), &e);
}

static int nothing(void *ctx, const struct index_entry *row, struct err *e)
{
	(void)row;
	(void)e;
	++*(uint64_t *)ctx;
	return 0;
}

static void index_reads(const char *path, uint64_t rows)
{
	struct index_reader *r = NULL;
	struct index_entry row, got;
	struct err e = {0};
	uint64_t seen = 0;
	double t;

	must(index_reader_open(path, &r, &e), &e);
	t = now();
	for (uint64_t i = 0; i < 20000; i++) {
		make_row(&row, 1 + mix(i) % rows);
		must(index_versions(r, row.id, NULL, nothing, &seen, &e), &e);
	}
	printf("  by id %.0f/s", 20000 / (now() - t));
	t = now();
	for (uint64_t i = 0; i < 20000; i++)
		must(index_get_entry(r, 0, mix(i) % rows, &got, &e), &e);
	printf(", by log place %.0f/s", 20000 / (now() - t));
	t = now();
	for (uint64_t i = 0; i < 500; i++)
		must(index_page(r, mix(i) % rows, row.collection, NULL, 100, nothing, &seen, &e), &e);
	printf(", pages of 100 in a collection %.0f/s\n", 500 / (now() - t));
	index_reader_close(r);
}

static double cpu(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) + (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static void index_growth(const char *path, size_t batch, size_t rows)
{
	struct index *x = NULL;
	struct err e = {0};
	struct rusage before, use;
	struct stat st;
	const double start = now();
	double t = start;
	size_t step = rows / 10 / batch * batch, done = 0;

	step = step == 0 ? batch : step;
	must(index_open(path, &x, &e), &e);
	getrusage(RUSAGE_SELF, &before);
	printf("index, transactions of %zu rows:\n  rows     rows/s\n", batch);
	for (; done < rows; done += batch) {
		if (done > 0 && done % step == 0) {
			printf("  %-8zu %.0f\n", done, (double)step / (now() - t));
			t = now();
		}
		index_batch(x, done + 1, batch);
	}
	getrusage(RUSAGE_SELF, &use);
	printf("  %-8zu %.0f/s in all, %.1f us of processor per row", done, (double)done / (now() - start), 1e6 * (cpu(&use) - cpu(&before)) / (double)done);
	t = now();
	must(index_check(x, &e), &e);
	printf("; check %.2f s; resident at most %ld MB", now() - t, use.ru_maxrss / 1024);
	t = now();
	must(index_vacuum(x, &e), &e);
	printf("; vacuum %.2f s, %.0f bytes per row\n", now() - t, stat(path, &st) == 0 ? (double)st.st_size / (double)done : 0.0);
	index_reads(path, done);
	index_close(x);
	must(index_remove(path, &e), &e);
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Taken in turn, and the middle of five: a disk shared with others is fast and slow by moments. */
static void journal_line(const char *dir, size_t batch, size_t rows)
{
	double j[5], b[5];
	char path[256];

	for (size_t k = 0; k < 5; k++) {
		(void)snprintf(path, sizeof(path), "%s/bare", dir);
		b[k] = bare_rate(path, batch, rows);
		(void)snprintf(path, sizeof(path), "%s/journal", dir);
		j[k] = journal_rate(path, batch, rows);
	}
	qsort(j, 5, sizeof(*j), by_size);
	qsort(b, 5, sizeof(*b), by_size);
	printf("  %-8zu %-11.0f %-11.0f (%.0f %%)\n", batch, j[2], b[2], 100 * j[2] / b[2]);
}

int main(int argc, char **argv)
{
	static const struct { size_t batch, rows; } runs[] = {{1, 2000}, {10, 10000}, {100, 100000}, {1000, 300000}, {10000, 300000}};
	const size_t rows = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 1000000;
	char path[256];

	if (argc < 2 || mkdir(argv[1], 0700) != 0) {
		fprintf(stderr, "usage: bench_store DIR [ROWS]   DIR must be new\n");
		return 2;
	}
	printf("journal, frames of %u bytes:\n  batch    frames/s    bare write and sync\n", PAYLOAD);
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		journal_line(argv[1], runs[i].batch, runs[i].rows);
	(void)snprintf(path, sizeof(path), "%s/index.sqlite", argv[1]);
	index_growth(path, 1, 5000);
	index_growth(path, 1000, rows);
	rmdir(argv[1]);
	return 0;
}
