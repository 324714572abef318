/* The index: what is put in is found, in the promised order and in one state. */
#include "index_support.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include "store/index_priv.h"

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

static uint64_t counted(struct index_reader *r)
{
	struct err e = {0};
	uint64_t n = 0;

	OK(index_count(r, &n, &e));
	return n;
}

/* A state is kept from one question to the next, and never one that is not the newest. */
static void test_attached(void **state)
{
	struct ground *g = *state;
	struct index_reader *r = NULL;
	struct index *other = NULL;
	struct err e = {0};
	uint64_t head = 0;

	fill(g->x, 1, 100, 100);
	OK(index_reader_open(g->path, &r, &e));
	index_attach(g->x, r);
	assert_int_equal(counted(r), 100);
	assert_true(r->kept && r->watch.head != NULL);
	OK(index_begin(g->x, &e));
	assert_false(r->kept); /* the writer ended it, and while it writes nothing is kept */
	assert_int_equal(counted(r), 100);
	assert_false(r->kept);
	index_rollback(g->x);
	assert_int_equal(counted(r), 100);
	assert_true(r->kept);
	fill(g->x, 101, 200, 50);
	OK(index_reader_head(r, &head, &e));
	assert_int_equal(head, 200);
	OK(index_snapshot(r, &e));
	fill(g->x, 201, 300, 100);
	assert_int_equal(counted(r), 200);
	index_release(r);
	assert_int_equal(counted(r), 300);
	/* A writer that knows nothing of this reader. */
	assert_true(r->kept);
	OK(index_open(g->path, &other, &e));
	fill(other, 301, 400, 100);
	index_close(other);
	assert_true(r->kept);
	assert_int_equal(counted(r), 400);
	index_close(g->x);
	g->x = NULL;
	assert_false(r->kept);
	assert_int_equal(counted(r), 400);
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
struct race { const char *path; struct index *x; int stop; int rounds; const char *fault; };

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
	else if (race->x != NULL)
		index_attach(race->x, r);
	while (race->fault == NULL && (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE) || race->rounds == 0)) { /* once at least */
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

static void race_with(struct ground *g, struct index *attached)
{
	struct race race = {.path = g->path, .x = attached};
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, race_reader, &race), 0);
	fill(g->x, 1, 20000, 100);
	__atomic_store_n(&race.stop, 1, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	if (race.fault != NULL)
		fail_msg("%s", race.fault);
	assert_true(race.rounds > 0);
}

static void test_threads(void **state) { race_with(*state, NULL); }

static void test_threads_attached(void **state)
{
	struct ground *g = *state;

	race_with(g, g->x);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_empty), T(test_entries), T(test_refuses), T(test_versions), T(test_view), T(test_pages),
		T(test_log_page), T(test_subjects), T(test_tiles), T(test_logs), T(test_checkpoints),
		T(test_snapshot), T(test_one_state), T(test_visitors_nest), T(test_threads),
		T(test_attached), T(test_threads_attached),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
