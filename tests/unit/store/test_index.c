/* The index: what is put in is found, in the promised order, in one state, and equal content is equal bytes. */
#include "../check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "store/index.h"

#define OK(expr) ok((expr), &e, #expr, __LINE__)

static void ok(int rc, const struct err *e, const char *expr, int line)
{
	if (rc == 0)
		return;
	print_error("%s: %s: %s\n", expr, err_name(rc), e->msg);
	_fail(__FILE__, line);
}

/* A folder of its own for every test. */
struct ground { char dir[40], path[64]; struct index *x; };

static int setup(void **state)
{
	struct ground *g = calloc(1, sizeof(*g));
	struct err e = {0};

	strcpy(g->dir, "/tmp/verbale-index-XXXXXX");
	assert_non_null(mkdtemp(g->dir));
	(void)snprintf(g->path, sizeof(g->path), "%s/index.sqlite", g->dir);
	OK(index_open(g->path, &g->x, &e));
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	struct ground *g = *state;
	struct err e = {0};

	index_close(g->x);
	OK(index_remove(g->path, &e));
	assert_int_equal(rmdir(g->dir), 0); /* nothing was left lying about */
	free(g);
	return 0;
}

/* ---- made-up rows, the same for the same frame ---- */

static uint64_t mix(uint64_t v)
{
	v = (v ^ (v >> 33)) * 0xff51afd7ed558ccdu;
	v = (v ^ (v >> 33)) * 0xc4ceb9fe1a85ec53u;
	return v ^ (v >> 33);
}

static const char *const kinds[] = {"indicator", "relationship", "malware", "x-own-thing", "verbale-assent"};

static void make_id(char *id, const char *type, uint64_t n)
{
	const uint64_t a = mix(n), b = mix(n + 77);

	(void)snprintf(id, LIMIT_STIX_ID + 1, "%s--%08x-%04x-4%03x-8%03x-%012" PRIx64, type, (unsigned)(a & 0xffffffff),
	    (unsigned)(a >> 32 & 0xffff), (unsigned)(a >> 48 & 0xfff), (unsigned)(b & 0xfff), b >> 16 & 0xffffffffffff);
}

static struct index_entry make_row(uint64_t frame)
{
	struct index_entry row = {.frame = frame, .at = frame * 1000, .log = frame % 3 == 0, .revoked = frame % 50 == 0};

	row.index = frame; /* has gaps, as a peer's log here has */
	memset(row.collection, (int)(1 + frame % 4), 16);
	make_id(row.id, kinds[mix(frame) % ARRAY_LEN(kinds)], frame % 10 == 0 ? frame / 10 : 1000000 + frame);
	if (frame % 7 != 0)
		(void)snprintf(row.modified, sizeof(row.modified), "2016-09-09T00:30:00.%03uZ", (unsigned)(frame % 1000));
	for (size_t i = 0; i < sizeof(row.sha256); i++)
		row.sha256[i] = (uint8_t)(mix(frame) >> i % 8);
	if (frame % 11 == 0)
		make_id(row.subject, "verbale-document", frame % 5);
	return row;
}

static void assert_row(const struct index_entry *got, const struct index_entry *want)
{
	assert_int_equal(got->frame, want->frame);
	assert_int_equal(got->at, want->at);
	assert_int_equal(got->log, want->log);
	assert_int_equal(got->index, want->index);
	assert_memory_equal(got->collection, want->collection, 16);
	assert_string_equal(got->id, want->id);
	assert_string_equal(got->modified, want->modified);
	assert_memory_equal(got->sha256, want->sha256, 32);
	assert_string_equal(got->subject, want->subject);
	assert_int_equal(got->revoked, want->revoked);
}

/* Frames from…to in batches of up to `batch`, with the tiles, checkpoints and log rows a record would put. */
static void fill(struct index *x, uint64_t from, uint64_t to, uint64_t batch)
{
	struct err e = {0};
	uint8_t bytes[256 * 33];
	struct index_log log = {.log = 0, .origin = "example.org/log"};

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 256);
	while (from <= to) {
		const uint64_t end = from + batch - 1 < to ? from + batch - 1 : to;

		OK(index_begin(x, &e));
		for (uint64_t f = from; f <= end; f++) {
			const struct index_entry row = make_row(f);

			OK(index_put_entry(x, &row, &e));
			if (f % 256 == 0) {
				OK(index_put_tile(x, 0, 0, f / 256 - 1, 256, bytes, &e));
				OK(index_put_bundle(x, 0, f / 256 - 1, 256, bytes, &e));
			}
		}
		if (end % 256 != 0) {
			OK(index_put_tile(x, 0, 0, end / 256, (unsigned)(end % 256), bytes, &e));
			OK(index_put_bundle(x, 0, end / 256, (unsigned)(end % 256), bytes, &e));
		}
		log.size = end;
		OK(index_put_log(x, &log, &e));
		OK(index_commit(x, end, end * 1000, &e));
		from = end + 1;
	}
}

/* ---- visitors ---- */

struct list { struct index_entry row[4000]; size_t n, stop; };

static int collect(void *ctx, const struct index_entry *row, struct err *e)
{
	struct list *l = ctx;

	(void)e;
	assert_true(l->n < ARRAY_LEN(l->row));
	l->row[l->n++] = *row;
	return l->n == l->stop ? 42 : 0;
}

/* ---- tests ---- */

static void test_empty(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = index_view(g->x);
	struct index_entry row;
	struct index_log log;
	struct err e = {0};
	uint64_t frame = 9, at = 9, n = 9;
	uint8_t tile[32];

	index_head(g->x, &frame, &at);
	assert_int_equal(frame, 0);
	OK(index_count(r, &n, &e));
	assert_int_equal(n, 0);
	assert_int_equal(index_get_log(r, 0, &log, &e), E_NOTFOUND);
	assert_int_equal(index_find_log(r, "example.org/log", &log, &e), E_NOTFOUND);
	assert_int_equal(index_get_entry(r, 0, 0, &row, &e), E_NOTFOUND);
	assert_int_equal(index_get_tile(r, 0, 0, 0, 1, tile, &e), E_NOTFOUND);
	assert_int_equal(index_checkpoint_at(r, 0, 0, &n, &frame, &at, &e), E_NOTFOUND);
}

static void test_entries(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	struct index_entry row, want;
	struct err e = {0};
	uint64_t n = 0;

	fill(g->x, 1, 3000, 100);
	OK(index_reader_open(g->path, &r, &e));
	for (uint64_t f = 1; f <= 3000; f++) {
		want = make_row(f);
		OK(index_get_entry(r, want.log, want.index, &row, &e));
		assert_row(&row, &want);
		assert_int_equal(index_get_entry(r, 1 - want.log, want.index, &row, &e), E_NOTFOUND);
	}
	assert_int_equal(index_get_entry(r, 0, 3001, &row, &e), E_NOTFOUND);
	assert_int_equal(index_get_entry(r, 0, UINT64_MAX, &row, &e), E_NOTFOUND);
	OK(index_count(r, &n, &e));
	assert_int_equal(n, 3000);
	index_reader_close(r);
}

static void test_refuses(void **state)
{
	struct ground *g = *state;
	static const char *const bad[] = {"", "indicator", "--00000000-0000-4000-8000-000000000000",
		"indicator--00000000-0000-4000-8000-00000000000", "indicator--0000000g-0000-4000-8000-000000000000",
		"indicator--00000000x0000-4000-8000-000000000000", "indicator-000000000-0000-4000-8000-000000000000",
		"indicator--AAAAAAAA-0000-4000-8000-000000000000"};
	struct index_entry row = make_row(1);
	uint8_t tile[32] = {0};
	struct err e = {0};

	OK(index_begin(g->x, &e));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		strcpy(row.id, bad[i]);
		assert_int_equal(index_put_entry(g->x, &row, &e), E_FORMAT);
	}
	row = make_row(1);
	OK(index_put_entry(g->x, &row, &e));
	assert_int_equal(index_put_entry(g->x, &row, &e), E_CONFLICT); /* same frame */
	row.frame = 2;
	assert_int_equal(index_put_entry(g->x, &row, &e), E_CONFLICT); /* same place in the log */
	assert_int_equal(index_put_tile(g->x, 0, 0, 0, 0, tile, &e), E_LIMIT);
	assert_int_equal(index_put_tile(g->x, 0, 0, 0, 257, tile, &e), E_LIMIT);
	assert_int_equal(index_put_tile(g->x, 0, 16, 0, 1, tile, &e), E_LIMIT);
	assert_int_equal(index_put_tile(g->x, 65536, 0, 0, 1, tile, &e), E_LIMIT);
	assert_int_equal(index_put_tile(g->x, 0, 0, 1ull << 43, 1, tile, &e), E_LIMIT);
	index_rollback(g->x);
}

static void test_versions(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	static struct list l;
	struct index_entry row;
	char id[LIMIT_STIX_ID + 1];
	uint8_t coll[16];
	struct err e = {0};

	make_id(id, "indicator", 500000);
	fill(g->x, 1, 1000, 50);
	/* Enough rows between the versions that some of them are merged and some wait. */
	for (uint64_t f = 1001; f <= 1005; f++) {
		OK(index_begin(g->x, &e));
		row = make_row(f);
		strcpy(row.id, id);
		memset(row.collection, f % 2 == 0 ? 0xaa : 0xbb, 16);
		OK(index_put_entry(g->x, &row, &e));
		OK(index_commit(g->x, f, f, &e));
		if (f == 1002)
			OK(index_vacuum(g->x, &e));
	}
	OK(index_reader_open(g->path, &r, &e));
	l = (struct list){.n = 0};
	OK(index_versions(r, id, NULL, collect, &l, &e));
	assert_int_equal(l.n, 5);
	for (size_t i = 0; i < l.n; i++) {
		assert_int_equal(l.row[i].frame, 1001 + i);
		assert_string_equal(l.row[i].id, id);
	}
	memset(coll, 0xaa, 16);
	l = (struct list){.n = 0};
	OK(index_versions(r, id, coll, collect, &l, &e));
	assert_int_equal(l.n, 2);
	assert_int_equal(l.row[0].frame, 1002);
	assert_int_equal(l.row[1].frame, 1004);
	l = (struct list){.stop = 2};
	assert_int_equal(index_versions(r, id, NULL, collect, &l, &e), 42);
	assert_int_equal(l.n, 2);
	/* Another type with the same UUID is another object. */
	make_id(id, "malware", 500000);
	l = (struct list){.n = 0};
	OK(index_versions(r, id, NULL, collect, &l, &e));
	assert_int_equal(l.n, 0);
	index_reader_close(r);
}

/* The open transaction is seen by the view and by nobody else; a rollback leaves nothing. */
static void test_view(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	static struct list l;
	struct index_entry row = make_row(1);
	struct err e = {0};
	uint64_t frame, at, n = 9;

	OK(index_reader_open(g->path, &r, &e));
	OK(index_begin(g->x, &e));
	OK(index_put_entry(g->x, &row, &e));
	l = (struct list){.n = 0};
	OK(index_versions(index_view(g->x), row.id, NULL, collect, &l, &e));
	assert_int_equal(l.n, 1);
	OK(index_page(index_view(g->x), 0, row.collection, NULL, 10, collect, &l, &e));
	assert_int_equal(l.n, 2);
	l = (struct list){.n = 0};
	OK(index_versions(r, row.id, NULL, collect, &l, &e));
	assert_int_equal(l.n, 0);
	index_rollback(g->x);
	OK(index_versions(index_view(g->x), row.id, NULL, collect, &l, &e));
	OK(index_page(index_view(g->x), 0, NULL, NULL, 10, collect, &l, &e));
	assert_int_equal(l.n, 0);
	OK(index_count(index_view(g->x), &n, &e));
	assert_int_equal(n, 0);
	/* Numbers handed out and taken back are given again. */
	fill(g->x, 1, 10, 10);
	OK(index_page(r, 0, NULL, NULL, 100, collect, &l, &e));
	assert_int_equal(l.n, 10);
	for (size_t i = 0; i < 10; i++) {
		row = make_row(i + 1);
		assert_row(&l.row[i], &row);
	}
	index_head(g->x, &frame, &at);
	assert_int_equal(frame, 10);
	assert_int_equal(at, 10000);
	index_reader_close(r);
}

/* Every page of every kind against a plain filter over all rows. */
static void check_pages(struct index_reader *r, uint64_t frames, const uint8_t *coll, const char *type, size_t limit)
{
	static struct list l;
	struct index_entry want;
	struct err e = {0};
	uint64_t after = 0;
	size_t i = 0;

	l = (struct list){.n = 0};
	for (uint64_t f = 1; f <= frames; f++) {
		want = make_row(f);
		if ((coll != NULL && memcmp(coll, want.collection, 16) != 0) ||
		    (type != NULL && (strncmp(want.id, type, strlen(type)) != 0 || strncmp(want.id + strlen(type), "--", 2) != 0)))
			continue;
		if (i == l.n) {
			after = l.n > 0 ? l.row[l.n - 1].frame : 0;
			l.n = i = 0;
			OK(index_page(r, after, coll, type, limit, collect, &l, &e));
			assert_true(l.n <= limit);
		}
		assert_true(i < l.n);
		assert_row(&l.row[i++], &want);
	}
	assert_int_equal(i, l.n);
	if (l.n > 0) {
		after = l.row[l.n - 1].frame;
		OK(index_page(r, after, coll, type, limit, collect, &l, &e));
		assert_int_equal(l.n, i);
	}
}

static void test_pages(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	static struct list l;
	uint8_t coll[16];
	struct err e = {0};

	fill(g->x, 1, 2500, 333);
	OK(index_reader_open(g->path, &r, &e));
	memset(coll, 2, 16);
	for (size_t limit = 1; limit <= 3000; limit = limit * 7 + 1) {
		check_pages(r, 2500, NULL, NULL, limit);
		check_pages(r, 2500, coll, NULL, limit);
		check_pages(r, 2500, NULL, "indicator", limit);
		check_pages(r, 2500, coll, "indicator", limit);
	}
	l = (struct list){.n = 0};
	OK(index_page(r, 0, NULL, "indicato", 10, collect, &l, &e));
	OK(index_page(r, 0, NULL, "never-seen", 10, collect, &l, &e));
	memset(coll, 99, 16);
	OK(index_page(r, 0, coll, NULL, 10, collect, &l, &e));
	OK(index_page(r, 0, NULL, NULL, 0, collect, &l, &e));
	OK(index_page(r, UINT64_MAX, NULL, NULL, 10, collect, &l, &e));
	assert_int_equal(l.n, 0);
	l.stop = 3;
	assert_int_equal(index_page(r, 0, NULL, NULL, 10, collect, &l, &e), 42);
	assert_int_equal(l.n, 3);
	index_reader_close(r);
}

static void test_log_page(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	static struct list l;
	struct index_entry want;
	struct err e = {0};

	fill(g->x, 1, 6000, 500);
	OK(index_reader_open(g->path, &r, &e));
	l = (struct list){.n = 0};
	OK(index_log_page(r, 1, 100, 1500, collect, &l, &e)); /* more than a chunk */
	assert_int_equal(l.n, 1500);
	for (size_t i = 0; i < l.n; i++) {
		want = make_row(102 + 3 * i);
		assert_row(&l.row[i], &want);
	}
	l = (struct list){.n = 0};
	OK(index_log_page(r, 1, 5998, 1000, collect, &l, &e));
	assert_int_equal(l.n, 1);
	OK(index_log_page(r, 2, 0, 1000, collect, &l, &e));
	OK(index_log_page(r, 0, UINT64_MAX, 1000, collect, &l, &e));
	assert_int_equal(l.n, 1);
	index_reader_close(r);
}

static void test_subjects(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	static struct list l;
	char id[LIMIT_STIX_ID + 1];
	struct err e = {0};

	fill(g->x, 1, 1100, 100);
	OK(index_reader_open(g->path, &r, &e));
	make_id(id, "verbale-document", 3);
	l = (struct list){.n = 0};
	OK(index_subjects(r, id, collect, &l, &e));
	assert_int_equal(l.n, 20);
	for (size_t i = 0; i < l.n; i++) {
		assert_string_equal(l.row[i].subject, id);
		assert_int_equal(l.row[i].frame, 33 + 55 * i);
	}
	index_reader_close(r);
}

static void test_tiles(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = index_view(g->x);
	static uint8_t a[256 * 33], b[256 * 33], got[256 * 33];
	struct err e = {0};

	memset(a, 1, sizeof(a));
	memset(b, 2, sizeof(b));
	OK(index_begin(g->x, &e));
	OK(index_put_tile(g->x, 0, 0, 7, 10, a, &e));
	OK(index_put_tile(g->x, 0, 0, 7, 5, b, &e));  /* shorter: no change */
	OK(index_put_tile(g->x, 0, 0, 7, 10, b, &e)); /* as long: no change */
	OK(index_get_tile(r, 0, 0, 7, 10, got, &e));
	assert_memory_equal(got, a, 10 * 32);
	OK(index_put_tile(g->x, 0, 0, 7, 256, b, &e));
	OK(index_get_tile(r, 0, 0, 7, 3, got, &e));
	assert_memory_equal(got, b, 3 * 32);
	OK(index_get_tile(r, 0, 0, 7, 256, got, &e));
	assert_memory_equal(got, b, 256 * 32);
	/* Neighbours in every direction are other tiles. */
	assert_int_equal(index_get_tile(r, 0, 0, 8, 1, got, &e), E_NOTFOUND);
	assert_int_equal(index_get_tile(r, 0, 1, 7, 1, got, &e), E_NOTFOUND);
	assert_int_equal(index_get_tile(r, 1, 0, 7, 1, got, &e), E_NOTFOUND);
	assert_int_equal(index_get_bundle(r, 0, 7, 1, got, &e), E_NOTFOUND);
	assert_int_equal(index_get_tile(r, 0, 0, 7, 257, got, &e), E_NOTFOUND);
	assert_int_equal(index_get_tile(r, 0, 0, 7, 0, got, &e), E_NOTFOUND);
	OK(index_put_bundle(g->x, 3, 7, 2, a, &e));
	assert_int_equal(index_get_bundle(r, 3, 7, 3, got, &e), E_NOTFOUND);
	OK(index_get_bundle(r, 3, 7, 2, got, &e));
	assert_memory_equal(got, a, 2 * 33);
	OK(index_commit(g->x, 1, 1, &e));
}

static void test_logs(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = index_view(g->x);
	struct index_log a = {.log = 0, .origin = "own.example/log", .size = 5, .note_frame = 6, .note_at = 7, .note_size = 8, .entries_to = 9};
	struct index_log b = {.log = 1, .origin = "peer.example/log", .size = 1}, got;
	struct err e = {0};

	memset(b.origin, 'o', LIMIT_ORIGIN); /* the longest */
	OK(index_begin(g->x, &e));
	OK(index_put_log(g->x, &a, &e));
	OK(index_put_log(g->x, &b, &e));
	a.size = 50;
	OK(index_put_log(g->x, &a, &e));
	OK(index_commit(g->x, 1, 1, &e));
	OK(index_find_log(r, "own.example/log", &got, &e));
	assert_int_equal(got.log, 0);
	assert_int_equal(got.size, 50);
	assert_int_equal(got.note_frame, 6);
	assert_int_equal(got.note_at, 7);
	assert_int_equal(got.note_size, 8);
	assert_int_equal(got.entries_to, 9);
	OK(index_get_log(r, 1, &got, &e));
	assert_string_equal(got.origin, b.origin);
	assert_int_equal(index_get_log(r, 2, &got, &e), E_NOTFOUND);
}

struct cosig { char text[400]; };

static int collect_cosig(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	struct cosig *c = ctx;
	const size_t n = strlen(c->text);

	(void)e;
	(void)snprintf(c->text + n, sizeof(c->text) - n, "%s/%" PRIu64 "/%" PRIu64 " ", name, size, time_s);
	return size == 99 ? 42 : 0;
}

static void test_checkpoints(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = index_view(g->x);
	uint64_t size = 0, frame = 0, at = 0;
	struct cosig c = {""};
	struct err e = {0};

	OK(index_begin(g->x, &e));
	OK(index_put_checkpoint(g->x, 0, 0, 1, 10, &e));
	OK(index_put_checkpoint(g->x, 0, 100, 5, 50, &e));
	OK(index_put_checkpoint(g->x, 0, 200, 9, 90, &e));
	OK(index_put_checkpoint(g->x, 0, 200, 10, 100, &e)); /* the newer frame has more signatures */
	OK(index_put_checkpoint(g->x, 1, 150, 7, 70, &e));
	OK(index_put_cosignature(g->x, 0, 200, "w/b", 1000, 3, 30, &e));
	OK(index_put_cosignature(g->x, 0, 100, "w/b", 900, 2, 20, &e));
	OK(index_put_cosignature(g->x, 0, 200, "w/a", 1001, 4, 40, &e));
	OK(index_put_cosignature(g->x, 0, 200, "w/b", 1000, 3, 30, &e));
	OK(index_put_cosignature(g->x, 0, 200, "w/b", 1002, 6, 60, &e));
	OK(index_put_cosignature(g->x, 1, 99, "w/c", 1, 4, 40, &e));
	OK(index_commit(g->x, 10, 100, &e));
	OK(index_checkpoint_at(r, 0, 101, &size, &frame, &at, &e));
	assert_int_equal(size, 200);
	assert_int_equal(frame, 10);
	assert_int_equal(at, 100);
	OK(index_checkpoint_at(r, 0, 100, &size, &frame, &at, &e));
	assert_int_equal(size, 100);
	assert_int_equal(index_checkpoint_at(r, 0, 201, &size, &frame, &at, &e), E_NOTFOUND);
	OK(index_cosignatures(r, 0, collect_cosig, &c, &e));
	assert_string_equal(c.text, "w/a/200/1001 w/b/100/900 w/b/200/1000 w/b/200/1002 ");
	assert_int_equal(index_cosignatures(r, 1, collect_cosig, &c, &e), 42);
}

static void test_snapshot(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	static struct list l;
	uint8_t before[32], after[32];
	struct err e = {0};
	uint64_t n = 0;

	fill(g->x, 1, 100, 100);
	OK(index_reader_open(g->path, &r, &e));
	OK(index_snapshot(r, &e));
	OK(index_digest(r, before, &e));
	fill(g->x, 101, 40000, 5000); /* across a merge */
	OK(index_count(r, &n, &e));
	assert_int_equal(n, 100);
	l = (struct list){.n = 0};
	OK(index_page(r, 0, NULL, NULL, 1000, collect, &l, &e));
	assert_int_equal(l.n, 100);
	OK(index_digest(r, after, &e));
	assert_memory_equal(before, after, 32);
	index_release(r);
	OK(index_count(r, &n, &e));
	assert_int_equal(n, 40000);
	OK(index_digest(r, after, &e));
	assert_memory_not_equal(before, after, 32);
	OK(index_check(g->x, &e));
	index_reader_close(r);
}

/* A snapshot begins where it was asked for, not at the first question; and one call is one state. */
struct intruder { struct ground *g; uint64_t next; size_t n; };

static int intrude(void *ctx, const struct index_entry *row, struct err *e)
{
	struct intruder *i = ctx;

	(void)row;
	(void)e;
	if (i->n++ == 0) {
		fill(i->g->x, i->next, i->next + 99, 100);
		i->next += 100;
	}
	return 0;
}

static void test_one_state(void **state)
{
	struct ground *g = *state;
	struct intruder i = {g, 1501, 0};
	struct index_reader *r = NULL;
	struct err e = {0};
	uint64_t n = 0;

	fill(g->x, 1, 1500, 500);
	OK(index_reader_open(g->path, &r, &e));
	OK(index_page(r, 0, NULL, NULL, 10000, intrude, &i, &e));
	assert_int_equal(i.n, 1500);
	i.n = 0;
	OK(index_log_page(r, 0, 0, 10000, intrude, &i, &e));
	assert_int_equal(i.n, 1600 - 1600 / 3);
	OK(index_snapshot(r, &e));
	fill(g->x, i.next, i.next + 9, 10);
	OK(index_count(r, &n, &e));
	assert_int_equal(n, 1700);
	index_release(r);
	OK(index_count(r, &n, &e));
	assert_int_equal(n, 1710);
	index_reader_close(r);
}

/* A visitor that asks the same reader again, three deep. */
struct deep { struct index_reader *r; int depth, calls; };

static int dive(void *ctx, const struct index_entry *row, struct err *e)
{
	struct deep *d = ctx;
	struct deep below = {d->r, d->depth + 1, 0};
	struct index_entry again;
	int rc;

	d->calls++;
	if ((rc = index_get_entry(d->r, row->log, row->index, &again, e)) != 0)
		return rc;
	assert_row(&again, row);
	if (d->depth == 3)
		return 0;
	if ((rc = index_page(d->r, row->frame, row->collection, NULL, 3, dive, &below, e)) != 0 ||
	    (rc = index_versions(d->r, row->id, NULL, dive, &below, e)) != 0)
		return rc;
	d->calls += below.calls;
	return 0;
}

static void test_visitors_nest(void **state)
{
	struct ground *g = *state;
	struct deep d = {.depth = 0};
	struct err e = {0};

	fill(g->x, 1, 500, 100);
	OK(index_reader_open(g->path, &d.r, &e));
	OK(index_page(d.r, 0, NULL, NULL, 10, dive, &d, &e));
	assert_int_equal(d.calls, 10 * (1 + 4 * (1 + 4 * (1 + 4))));
	index_reader_close(d.r);
}

/* A thread that reads while another writes sees whole transactions only. */
struct race { const char *path; int stop; int rounds; const char *fault; };

static int last_frame(void *ctx, const struct index_entry *row, struct err *e)
{
	(void)e;
	*(uint64_t *)ctx = row->frame;
	return 0;
}

static void *race_reader(void *ctx)
{
	struct race *race = ctx;
	struct index_reader *r = NULL;
	struct err e = {0};
	uint64_t n = 0, last, seen = 0;

	if (index_reader_open(race->path, &r, &e) != 0)
		race->fault = "open";
	while (race->fault == NULL && !__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE)) {
		last = 0;
		if (index_snapshot(r, &e) != 0 || index_count(r, &n, &e) != 0 || (n > 0 && index_page(r, n - 1, NULL, NULL, 10, last_frame, &last, &e) != 0))
			race->fault = "read";
		else if (last != n || n % 100 != 0 || n < seen)
			race->fault = "half a transaction";
		index_release(r);
		seen = n;
		race->rounds++;
	}
	index_reader_close(r);
	return NULL;
}

static void test_threads(void **state)
{
	struct ground *g = *state;
	struct race race = {.path = g->path};
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, race_reader, &race), 0);
	fill(g->x, 1, 20000, 100);
	__atomic_store_n(&race.stop, 1, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	if (race.fault != NULL)
		fail_msg("%s", race.fault);
	assert_true(race.rounds > 0);
}

static void read_all(const char *path, struct buf *out)
{
	const struct fs fs = fs_system();
	struct err e = {0};

	buf_clear(out);
	OK(fs_read_file(&fs, path, LIMIT_BUF, out, &e));
}

/* However the frames were batched, merged, closed and opened: one digest, and one file after index_vacuum. */
static void test_rebuild(void **state)
{
	struct ground *g = *state;
	CLEANUP_BUF struct buf a = BUF_INIT(0);
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	uint8_t first[32], second[32], again[32];
	struct err e = {0};

	fill(g->x, 1, 40000, 40000);
	OK(index_digest(index_view(g->x), first, &e));
	OK(index_vacuum(g->x, &e));
	OK(index_digest(index_view(g->x), again, &e));
	assert_memory_equal(first, again, 32);
	index_close(g->x);
	read_all(g->path, &a);

	OK(index_remove(g->path, &e));
	OK(index_open(g->path, &g->x, &e));
	fill(g->x, 1, 333, 1);
	index_close(g->x);
	OK(index_open(g->path, &g->x, &e));
	fill(g->x, 334, 20000, 77);
	OK(index_vacuum(g->x, &e)); /* more than once */
	fill(g->x, 20001, 40000, 1313);
	OK(index_digest(index_view(g->x), second, &e));
	assert_memory_equal(first, second, 32);
	OK(index_vacuum(g->x, &e));
	index_close(g->x);
	read_all(g->path, &b);
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
	OK(index_open(g->path, &g->x, &e));
	OK(index_check(g->x, &e));
}

static void test_digest_sees(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = index_view(g->x);
	uint8_t d[8][32], tile[64] = {0};
	struct index_log log = {.log = 1, .origin = "o"};
	struct err e = {0};
	size_t n = 0;

	fill(g->x, 1, 10, 10);
	OK(index_digest(r, d[n++], &e));
	OK(index_begin(g->x, &e));
	OK(index_put_tile(g->x, 0, 2, 0, 2, tile, &e));
	OK(index_digest(r, d[n++], &e));
	OK(index_put_bundle(g->x, 2, 0, 1, tile, &e));
	OK(index_digest(r, d[n++], &e));
	OK(index_put_checkpoint(g->x, 0, 1, 2, 3, &e));
	OK(index_digest(r, d[n++], &e));
	OK(index_put_cosignature(g->x, 0, 1, "w", 2, 3, 4, &e));
	OK(index_digest(r, d[n++], &e));
	OK(index_put_log(g->x, &log, &e));
	OK(index_digest(r, d[n++], &e));
	OK(index_commit(g->x, 11, 11, &e));
	OK(index_digest(r, d[n++], &e));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(d[i], d[k], 32);
}

static void flip(const char *path, off_t at, size_t n)
{
	const int fd = open(path, O_RDWR);
	uint8_t c;

	assert_true(fd >= 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(pread(fd, &c, 1, at + (off_t)i), 1);
		c ^= 0x55;
		assert_int_equal(pwrite(fd, &c, 1, at + (off_t)i), 1);
	}
	close(fd);
}

static void test_damage(void **state)
{
	struct ground *g = *state;
	struct index *x = NULL;
	struct index_reader *r = NULL;
	struct stat st;
	struct err e = {0};

	fill(g->x, 1, 5000, 1000);
	OK(index_vacuum(g->x, &e));
	index_close(g->x);
	g->x = NULL;
	assert_int_equal(stat(g->path, &st), 0);

	flip(g->path, 0, 16);
	assert_int_equal(index_open(g->path, &x, &e), E_CORRUPT);
	assert_int_equal(index_reader_open(g->path, &r, &e), E_CORRUPT);
	flip(g->path, 0, 16);
	flip(g->path, 68, 4); /* application id */
	assert_int_equal(index_open(g->path, &x, &e), E_CORRUPT);
	assert_int_equal(index_reader_open(g->path, &r, &e), E_CORRUPT);
	flip(g->path, 68, 4);
	flip(g->path, 60, 4); /* version */
	assert_int_equal(index_open(g->path, &x, &e), E_CORRUPT);
	flip(g->path, 60, 4);
	flip(g->path, 8192 - 300, 300); /* the schema's text */
	assert_int_equal(index_open(g->path, &x, &e), E_CORRUPT);
	flip(g->path, 8192 - 300, 300);
	flip(g->path, st.st_size / 2 / 8192 * 8192, 64); /* some page's header */
	OK(index_open(g->path, &x, &e));
	assert_int_equal(index_check(x, &e), E_CORRUPT);
	index_close(x);
	flip(g->path, st.st_size / 2 / 8192 * 8192, 64);
	OK(index_open(g->path, &x, &e));
	OK(index_check(x, &e));
	index_close(x);
	assert_int_equal(truncate(g->path, st.st_size / 2), 0);
	x = NULL;
	if (index_open(g->path, &x, &e) == 0) {
		assert_int_equal(index_check(x, &e), E_CORRUPT);
		index_close(x);
	}
	assert_int_equal(truncate(g->path, 100), 0);
	assert_int_equal(index_open(g->path, &x, &e), E_CORRUPT);
}

static void test_foreign(void **state)
{
	struct ground *g = *state;
	const struct fs fs = fs_system();
	struct index *x = NULL;
	struct err e = {0};

	index_close(g->x);
	g->x = NULL;
	OK(index_remove(g->path, &e));
	OK(fs_replace_file(&fs, g->path, "", 0, 0600, &e)); /* its making was interrupted: like none */
	OK(index_open(g->path, &x, &e));
	index_close(x);
	OK(index_remove(g->path, &e));
	OK(fs_replace_file(&fs, g->path, "this is no database, but long enough to hold a header of one hundred bytes, as any such file must begin with", 100, 0600, &e));
	assert_int_equal(index_open(g->path, &x, &e), E_CORRUPT);
	assert_int_equal(index_open("/nonexistent/index", &x, &e), E_IO);
	OK(index_remove(g->path, &e));
	OK(index_remove(g->path, &e)); /* nothing there: fine */
}

/* Killed in the middle: what was committed is there after opening, the rest is not. */
static void test_left_open(void **state)
{
	struct ground *g = *state;
	struct index_entry row;
	struct index *x = NULL;
	struct err e = {0};
	uint64_t frame, at, n = 0;

	fill(g->x, 1, 100, 10);
	OK(index_begin(g->x, &e));
	row = make_row(101);
	OK(index_put_entry(g->x, &row, &e));
	index_close(g->x); /* rolls back */
	g->x = NULL;
	OK(index_open(g->path, &x, &e));
	index_head(x, &frame, &at);
	assert_int_equal(frame, 100);
	OK(index_count(index_view(x), &n, &e));
	assert_int_equal(n, 100);
	OK(index_check(x, &e));
	fill(x, 101, 200, 10);
	g->x = x;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_empty), T(test_entries), T(test_refuses), T(test_versions), T(test_view), T(test_pages), T(test_log_page),
		T(test_subjects), T(test_tiles), T(test_logs), T(test_checkpoints), T(test_snapshot), T(test_one_state), T(test_visitors_nest),
		T(test_threads), T(test_rebuild), T(test_digest_sees), T(test_damage), T(test_foreign), T(test_left_open),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
