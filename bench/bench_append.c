/*
 * bench_append - objects of 1 KB through the whole write path (JSON, STIX rules, canonical form, leaf, journal, log,
 * index), beside the bare limit of the machine: the same bytes written to a preallocated file and synced as often, and the
 * same rows put into SQLite with the same tables, settings and transactions, by raw calls in one thread.
 * $BENCH_N objects at most (200,000), $BENCH_ROUNDS rounds (3), $BENCH_THREADS writers (2), $BENCH_DIR.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/enc.h"
#include "bench.h"
#include "store/segment.h"

struct plan { size_t batch, n, threads; };

/* ---- ours ---- */

static void ours(void *ctx, double out[4])
{
	static const uint8_t spki[32] = {1};
	const struct plan *p = ctx;
	char dir[300], node[320];
	struct record *r;
	double t, cpu;

	folder_make(dir, "append");
	(void)snprintf(node, sizeof(node), "%s/node", dir);
	r = node_make(node, "DE", spki, "", "\"DE\"");
	t = seconds();
	cpu = processor_seconds();
	add_numbers(r, 0, p->n, p->batch, p->threads);
	out[0] = (double)p->n / (seconds() - t);
	out[1] = (processor_seconds() - cpu) * 1e6 / (double)p->n;
	record_close(r);
	folder_remove(dir);
}

/* ---- the bare limit ---- */

static const char *const tables[] = {
#define TABLE(name, sql) sql,
#define DIGEST(sql)
#define QUERY(name, sql)
#include "store/index.def"
#undef TABLE
#undef DIGEST
#undef QUERY
};

enum { BEGIN, COMMIT, HEAD, LOG, ENTRY, RECENT, MERGE, CLEAR, TILE, BUNDLE, CHECKPOINT, STATEMENTS };
static const char *const statement[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[HEAD] = "INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?, 0, 0)",
	[LOG] = "INSERT OR REPLACE INTO log VALUES (0, 'DE.example/log', ?, ?, ?, ?, 0)",
	[ENTRY] = "INSERT INTO entry VALUES (?, ?, 0, ?, 1, 1, ?, '2016-09-09T00:30:00.000Z', ?, NULL, 0, ?1, 1473381000000000000, 3, 1024, 1, 0)",
	[RECENT] = "INSERT INTO recent VALUES (?, ?)",
	[MERGE] = "INSERT INTO ids SELECT h, frame FROM recent ORDER BY h, frame",
	[CLEAR] = "DELETE FROM recent",
	[TILE] = "INSERT OR REPLACE INTO tile VALUES (?, ?)",
	[BUNDLE] = "INSERT OR REPLACE INTO bundle VALUES (?, ?)",
	[CHECKPOINT] = "INSERT OR REPLACE INTO checkpoint VALUES (0, ?, ?, ?)",
};

struct bare {
	char dir[300];
	sqlite3 *h;
	sqlite3_stmt *st[STATEMENTS];
	uint64_t frame, entries, recent;
	uint8_t *bytes; size_t n;       /* of one batch in the journal */
	int fd; unsigned segment; uint64_t at;
};

static void sql_must(struct bare *b, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(b->h));
	exit(1);
}

static void exec(struct bare *b, const char *sql) { sql_must(b, sqlite3_exec(b->h, sql, NULL, NULL, NULL)); }

/* As store/index.c opens it. */
static void bare_open(struct bare *b, size_t batch)
{
	char path[320], cache[64];

	folder_make(b->dir, "bare");
	(void)snprintf(path, sizeof(path), "%s/index.sqlite", b->dir);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sql_must(b, sqlite3_open_v2(path, &b->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
	(void)snprintf(cache, sizeof(cache), "PRAGMA cache_size = -%d", LIMIT_INDEX_CACHE_KIB);
	exec(b, "PRAGMA page_size = 8192; PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16000");
	exec(b, cache);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		exec(b, tables[i]);
	exec(b, "INSERT INTO collection(uuid) VALUES (x'00'); INSERT INTO type(name) VALUES ('indicator')");
	for (size_t i = 0; i < STATEMENTS; i++)
		sql_must(b, sqlite3_prepare_v3(b->h, statement[i], -1, SQLITE_PREPARE_PERSISTENT, &b->st[i], NULL));
	/* Entry: header of the frame, index and salt, {"collection":"…","object":…}; a checkpoint is a frame of 250 bytes. */
	b->n = batch * frame_bytes(8 + SALT_LEN + 64 + OBJECT_BYTES) + frame_bytes(250);
	if ((b->bytes = malloc(b->n)) == NULL)
		abort();
	memset(b->bytes, 'x', b->n);
	b->fd = -1;
}

static void bare_close(struct bare *b)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(b->st[i]);
	sqlite3_close(b->h);
	close(b->fd);
	free(b->bytes);
	folder_remove(b->dir);
}

static void run(struct bare *b, int which)
{
	sql_must(b, sqlite3_step(b->st[which]));
	sqlite3_reset(b->st[which]);
}

static void numbers(struct bare *b, int which, const uint64_t *v, int n)
{
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(b->st[which], i + 1, (sqlite3_int64)v[i]);
	run(b, which);
}

static void bare_file(struct bare *b)
{
	char path[340];

	if (b->fd < 0 || b->at + b->n > LIMIT_SEGMENT) {
		if (b->fd >= 0)
			close(b->fd);
		(void)snprintf(path, sizeof(path), "%s/%08u.seg", b->dir, b->segment++);
		b->fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (b->fd < 0 || posix_fallocate(b->fd, 0, LIMIT_SEGMENT) != 0 || fsync(b->fd) != 0)
			abort();
		b->at = 0;
	}
	if (pwrite(b->fd, b->bytes, b->n, (off_t)b->at) != (ssize_t)b->n || fdatasync(b->fd) != 0)
		abort();
	b->at += b->n;
}

static void bare_tiles(struct bare *b, uint64_t n, size_t width)
{
	static uint8_t wide[256 * LEAF_LEN];

	sqlite3_bind_int64(b->st[TILE], 1, (sqlite3_int64)n);
	sqlite3_bind_blob(b->st[TILE], 2, wide, (int)(width * HASH_LEN), SQLITE_STATIC);
	run(b, TILE);
	sqlite3_bind_int64(b->st[BUNDLE], 1, (sqlite3_int64)n);
	sqlite3_bind_blob(b->st[BUNDLE], 2, wide, (int)(width * LEAF_LEN), SQLITE_STATIC);
	run(b, BUNDLE);
}

static void bare_row(struct bare *b)
{
	uint8_t uuid[16], sha[32];
	sqlite3_stmt *st = b->st[ENTRY];

	object_uuid(b->entries, uuid);
	object_uuid(b->entries + 1000000000, sha);
	memcpy(sha + 16, sha, 16);
	sqlite3_bind_int64(st, 1, (sqlite3_int64)++b->frame);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)(b->frame * 1150));
	sqlite3_bind_int64(st, 3, (sqlite3_int64)b->entries);
	sqlite3_bind_blob(st, 4, uuid, sizeof(uuid), SQLITE_STATIC);
	sqlite3_bind_blob(st, 5, sha, sizeof(sha), SQLITE_STATIC);
	run(b, ENTRY);
	numbers(b, RECENT, (const uint64_t[]){be_get(uuid, 6), b->frame}, 2);
	if (++b->entries % TILE_WIDTH == 0)
		bare_tiles(b, b->entries / TILE_WIDTH - 1, TILE_WIDTH);
}

static void bare_rows(struct bare *b, size_t batch)
{
	run(b, BEGIN);
	for (size_t i = 0; i < batch; i++)
		bare_row(b);
	b->frame++;
	numbers(b, CHECKPOINT, (const uint64_t[]){b->entries, b->frame, b->frame * 1150}, 3);
	if (b->entries % TILE_WIDTH > 0)
		bare_tiles(b, b->entries / TILE_WIDTH, b->entries % TILE_WIDTH);
	numbers(b, LOG, (const uint64_t[]){b->entries, b->frame, b->frame * 1150, b->entries}, 4);
	if ((b->recent += batch) >= LIMIT_INDEX_RECENT) {
		run(b, MERGE);
		run(b, CLEAR);
		b->recent = 0;
	}
	numbers(b, HEAD, (const uint64_t[]){b->frame, b->frame * 1150, b->entries}, 3);
	run(b, COMMIT);
}

static void bare(void *ctx, double out[4])
{
	const struct plan *p = ctx;
	struct bare b = {.fd = -1};
	double t, cpu, file = 0, half;

	bare_open(&b, p->batch);
	t = seconds();
	cpu = processor_seconds();
	for (size_t done = 0; done < p->n; done += p->batch) {
		half = seconds();
		bare_file(&b);
		file += seconds() - half;
		bare_rows(&b, p->batch);
	}
	t = seconds() - t;
	out[0] = (double)p->n / t;
	out[1] = (processor_seconds() - cpu) * 1e6 / (double)p->n;
	out[2] = (double)p->n / file;
	bare_close(&b);
}

/* Processor time says what the work costs whatever else the machine does at the moment. */
static void one_size(const struct plan *p, size_t rounds)
{
	double our[16], limit[16], ratio[16], mb[16], cpu[16], bare_cpu[16], file[16], out[4];
	double unused;

	for (size_t i = 0; i < rounds; i++) {
		apart(bare, (void *)(uintptr_t)p, out, &unused);
		limit[i] = out[0];
		file[i] = out[2];
		bare_cpu[i] = out[1];
		apart(ours, (void *)(uintptr_t)p, out, &mb[i]);
		our[i] = out[0];
		ratio[i] = 100 * our[i] / limit[i];
		cpu[i] = out[1];
	}
	printf("%8zu %9zu %10.0f %10.0f %5.0f %% %12.0f %8.1f %8.1f %7.0f MB\n", p->batch, p->n, median(our, rounds), median(limit, rounds),
	    median(ratio, rounds), median(file, rounds), median(cpu, rounds), median(bare_cpu, rounds), median(mb, rounds));
}

int main(void)
{
	static const struct { size_t batch, share; } sizes[] = {{1, 100}, {100, 4}, {1000, 1}, {10000, 1}};
	const size_t n = setting("BENCH_N", 200000), rounds = setting("BENCH_ROUNDS", 3), only = setting("BENCH_BATCH", 0);

	printf("append of objects of %d bytes, %zu writers: objects/s\n", OBJECT_BYTES, setting("BENCH_THREADS", 2));
	printf("   batch   objects       ours       bare   ratio  bare, no rows  us CPU   bare     resident\n");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		const size_t batch = sizes[i].batch, share = n / sizes[i].share;
		const struct plan p = {batch, share < batch ? batch : share / batch * batch, setting("BENCH_THREADS", 2)};

		if (only == 0 || only == batch)
			one_size(&p, rounds < 1 ? 1 : rounds > 16 ? 16 : rounds);
	}
	return 0;
}
