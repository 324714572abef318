/* The journal without faults: what goes in comes out, across segments, batches, processes. */
#include "journal_support.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SEGMENT 16384u

struct ground { struct disk *disk; struct fs fs; };

static int setup(void **state)
{
	struct ground *g = calloc(1, sizeof(*g));

	g->disk = disk_new(1);
	g->fs = disk_fs(g->disk);
	assert_int_equal(g->fs.mkdir(g->fs.ctx, "/data", 0700), 0);
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	struct ground *g = *state;

	disk_free(g->disk);
	free(g);
	return 0;
}

static void test_empty(void **state)
{
	struct ground *g = *state;
	struct journal *j = NULL;
	struct err e = {0};

	assert_int_equal(jfile_open(&g->fs, "/data/journal", false, SEGMENT, &j, NULL, &e), E_NOTFOUND);
	j = open_or_die(&g->fs, SEGMENT, true, NULL);
	check_all(j, 0, 10);
	journal_close(j);
	j = open_or_die(&g->fs, SEGMENT, false, NULL);
	check_all(j, 0, 10);
	assert_int_equal(append_batch(j, 1, 10, &e), E_STATE);
	journal_close(j);
}

static void test_segments(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	struct journal_opened opened;
	struct err e = {0};
	uint64_t frames = 0;

	for (size_t i = 0; i < 200; i++) {
		OK(append_batch(j, 1 + i % 17, 700, &e));
		frames += 1 + i % 17;
	}
	check_all(j, frames, 700);
	journal_close(j);
	/* The size of a segment is the journal's, not the opener's. */
	j = open_or_die(&g->fs, 8192, true, &opened);
	assert_int_equal(opened.cut_bytes, 0);
	check_all(j, frames, 700);
	OK(append_batch(j, 16, 700, &e));
	check_all(j, frames + 16, 700);
	assert_true(disk_size(g->disk, "/data/journal/00000030.seg") == SEGMENT);
	journal_close(j);
}

/* Any ascending choice of frames, whatever is thought of their lengths: each payload is where it is said to be. */
static void test_read_many(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	CLEANUP_BUF struct buf want = BUF_INIT(0);
	static struct frame_want w[300];
	static struct frame_place place[300];
	static struct frame_ref ref[300];
	struct frame_in in;
	struct err e = {0};
	uint64_t seed = 9;

	for (size_t i = 0; i < ARRAY_LEN(ref); i++) {
		payload(i + 1, 900, &want);
		in = (struct frame_in){FRAME_ENTRY, want.p, want.n};
		OK(journal_append(j, &in, 1, &ref[i], &e));
	}
	assert_true(at_segment(ref[299].at) > 3);
	for (unsigned round = 0; round < 200; round++) {
		size_t n = 0;

		for (size_t i = 0; i < ARRAY_LEN(ref); i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			if (round == 0 || (seed >> 33) % (1 + round % 20) == 0)
				w[n++] = (struct frame_want){ref[i], (size_t)((seed >> 40) % 1200)};
		}
		buf_clear(&out);
		buf_puts(&out, "kept");
		OK(journal_read_many(j, w, n, &out, place, &e));
		assert_memory_equal(out.p, "kept", 4);
		for (size_t i = 0; i < n; i++) {
			payload(w[i].ref.no, 900, &want);
			assert_int_equal(place[i].type, FRAME_ENTRY);
			assert_int_equal(place[i].n, want.n);
			assert_memory_equal(out.p + place[i].off, want.p, want.n);
		}
	}
	w[0] = (struct frame_want){{300, ref[299].at}, 10};
	w[1] = (struct frame_want){{301, ref[299].at + 1000}, 10};
	buf_clear(&out);
	buf_puts(&out, "kept");
	assert_int_equal(journal_read_many(j, w, 2, &out, place, &e), E_NOTFOUND);
	w[0].ref.no = 299;
	assert_int_equal(journal_read_many(j, w, 1, &out, place, &e), E_CORRUPT); /* another frame is there */
	w[0].ref = (struct frame_ref){1, seg_at(99, 64)};
	assert_int_equal(journal_read_many(j, w, 1, &out, place, &e), E_NOTFOUND);
	assert_int_equal(out.n, 4);
	journal_close(j);
}

/* A frame's checksum is computed the first time; afterwards the header alone says that it is the one. */
static void test_read_many_proves(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	struct frame_in in = {FRAME_ENTRY, "payload", 7};
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct frame_want w = {.n = 7};
	struct frame_place place;
	struct err e = {0};
	int fd;

	OK(journal_append(j, &in, 1, &w.ref, &e));
	fd = g->fs.open(g->fs.ctx, "/data/journal/00000000.seg", O_RDWR, 0);
	assert_true(fd >= 0);
	assert_int_equal(g->fs.pwrite(g->fs.ctx, fd, "P", 1, (off_t)at_offset(w.ref.at) + FRAME_HEADER), 1);
	assert_int_equal(journal_read_many(j, &w, 1, &out, &place, &e), E_CORRUPT);
	assert_non_null(strstr(e.msg, "checksum"));
	assert_int_equal(g->fs.pwrite(g->fs.ctx, fd, "p", 1, (off_t)at_offset(w.ref.at) + FRAME_HEADER), 1);
	OK(journal_read_many(j, &w, 1, &out, &place, &e));
	assert_memory_equal(out.p + place.off, "payload", 7);
	g->fs.close(g->fs.ctx, fd);
	journal_close(j);
}

static void test_exact_fit(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	static uint8_t zeros[SEGMENT];
	struct frame_in in = {FRAME_ENTRY, zeros, SEGMENT - SEG_HEADER - FRAME_HEADER - 1};
	struct frame_ref ref;
	struct err e = {0};

	/* One byte more than a segment holds is refused and changes nothing. */
	in.n++;
	assert_int_equal(journal_append(j, &in, 1, &ref, &e), E_LIMIT);
	in.n--;
	OK(journal_append(j, &in, 1, &ref, &e));
	assert_int_equal(at_segment(ref.at), 0);
	in.n = 0;
	OK(journal_append(j, &in, 1, &ref, &e));
	assert_int_equal(at_segment(ref.at), 1);
	journal_close(j);
	j = open_or_die(&g->fs, SEGMENT, true, NULL);
	assert_int_equal(journal_head(j).no, 2);
	assert_int_equal(journal_head(j).at, ref.at);
	journal_close(j);
}

static void test_limits(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, LIMIT_SEGMENT, true, NULL);
	uint8_t *big = calloc(1, LIMIT_FRAME + 1);
	struct frame_in *in = calloc(LIMIT_BATCH_FRAMES + 1, sizeof(*in));
	struct frame_ref *ref = calloc(LIMIT_BATCH_FRAMES + 1, sizeof(*ref));
	struct err e = {0};

	for (size_t i = 0; i <= LIMIT_BATCH_FRAMES; i++)
		in[i] = (struct frame_in){FRAME_ENTRY, "x", 1};
	assert_int_equal(journal_append(j, in, 0, ref, &e), E_LIMIT);
	assert_int_equal(journal_append(j, in, LIMIT_BATCH_FRAMES + 1, ref, &e), E_LIMIT);
	OK(journal_append(j, in, LIMIT_BATCH_FRAMES, ref, &e));
	in[0] = (struct frame_in){FRAME_ENTRY, big, LIMIT_FRAME + 1};
	assert_int_equal(journal_append(j, in, 1, ref, &e), E_LIMIT);
	for (size_t i = 0; i < 12; i++)
		in[i] = (struct frame_in){FRAME_PEER_LEAVES, big, LIMIT_FRAME};
	assert_int_equal(journal_append(j, in, 12, ref, &e), E_LIMIT);
	OK(journal_append(j, in, 11, ref, &e));
	assert_int_equal(journal_head(j).no, LIMIT_BATCH_FRAMES + 11);
	journal_close(j);
	free(big);
	free(in);
	free(ref);
}

struct first { uint64_t first, count; uint64_t stop_at; };

static int count_frames(void *ctx, const struct frame *f, struct err *e)
{
	struct first *s = ctx;

	(void)e;
	if (s->count++ == 0)
		s->first = f->ref.no;
	return f->ref.no == s->stop_at ? 42 : 0;
}

static void test_scan_from(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	struct frame_in in = {FRAME_ENTRY, "payload", 7};
	static struct frame_ref ref[1000];
	struct err e = {0};

	for (size_t i = 0; i < 1000; i++)
		OK(journal_append(j, &in, 1, &ref[i], &e));
	for (uint64_t no = 1; no <= 1002; no += 13) {
		struct first by_number = {0}, by_address = {0}, stopped = {.stop_at = no + 2};

		OK(journal_scan(j, (struct frame_ref){no, 0}, count_frames, &by_number, &e));
		assert_int_equal(by_number.count, no <= 1000 ? 1001 - no : 0);
		if (no > 1000)
			continue;
		assert_int_equal(by_number.first, no);
		OK(journal_scan(j, ref[no - 1], count_frames, &by_address, &e));
		assert_int_equal(by_address.count, 1001 - no);
		assert_int_equal(journal_scan(j, ref[no - 1], count_frames, &stopped, &e), no + 2 <= 1000 ? 42 : 0);
	}
	journal_close(j);
}

static void test_read_refuses(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct frame_in in = {FRAME_ENTRY, "payload", 7};
	struct frame_ref a, b;
	enum frame_type type;
	struct err e = {0};

	OK(journal_append(j, &in, 1, &a, &e));
	OK(journal_append(j, &in, 1, &b, &e));
	assert_int_equal(journal_read(j, (struct frame_ref){3, b.at}, &type, &out, &e), E_NOTFOUND);
	assert_int_equal(journal_read(j, (struct frame_ref){0, b.at}, &type, &out, &e), E_NOTFOUND);
	assert_int_equal(journal_read(j, (struct frame_ref){1, seg_at(7, 64)}, &type, &out, &e), E_NOTFOUND);
	assert_int_equal(journal_read(j, (struct frame_ref){1, 8}, &type, &out, &e), E_NOTFOUND);
	/* The frame at an address must be the one asked for. */
	assert_int_equal(journal_read(j, (struct frame_ref){1, b.at}, &type, &out, &e), E_CORRUPT);
	assert_int_equal(journal_read(j, (struct frame_ref){1, a.at + 8}, &type, &out, &e), E_CORRUPT);
	assert_int_equal(out.n, 0);
	OK(journal_read(j, a, &type, &out, &e));
	assert_int_equal(out.n, 7);
	journal_close(j);
}

/* A reader in another process follows a writer, over batches and segments, and never sees half a batch. */
static void test_refresh(void **state)
{
	struct ground *g = *state;
	struct journal *w = open_or_die(&g->fs, SEGMENT, true, NULL);
	struct journal *r = open_or_die(&g->fs, SEGMENT, false, NULL);
	struct err e = {0};
	uint64_t frames = 0;

	for (size_t i = 0; i < 120; i++) {
		OK(append_batch(w, 1 + i % 9, 900, &e));
		frames += 1 + i % 9;
		if (i % 5 != 0)
			continue; /* sometimes several segments at once */
		OK(journal_refresh(r, &e));
		check_all(r, frames, 900);
	}
	OK(journal_refresh(r, &e));
	check_all(r, frames, 900);
	journal_close(r);
	r = open_or_die(&g->fs, SEGMENT, false, NULL);
	check_all(r, frames, 900);
	journal_close(r);
	journal_close(w);
}

/* A frame written but not synced yet is passed over by a reader and cut by nobody. */
static void test_reader_leaves_tail(void **state)
{
	struct ground *g = *state;
	struct journal *w = open_or_die(&g->fs, SEGMENT, true, NULL), *r;
	struct journal_opened opened;
	struct err e = {0};
	uint8_t half[100];
	int fd;

	OK(append_batch(w, 3, 100, &e));
	memset(half, 0x55, sizeof(half));
	fd = g->fs.open(g->fs.ctx, "/data/journal/00000000.seg", 2, 0);
	assert_int_equal(g->fs.pwrite(g->fs.ctx, fd, half, 20, (off_t)((struct jfile *)w->eng)->end), 20);
	r = open_or_die(&g->fs, SEGMENT, false, &opened);
	check_all(r, 3, 100);
	assert_int_equal(opened.cut_bytes, 20);
	OK(append_batch(w, 3, 100, &e));
	OK(journal_refresh(r, &e));
	check_all(r, 6, 100);
	journal_close(r);
	journal_close(w);
}

/* Readers in their own threads beside the appender: whole, right, and never behind what they saw before. */
struct race { struct journal *j; int stop; uint64_t rounds; };

static void *race_reader(void *ctx)
{
	struct race *race = ctx;
	uint64_t seen = 0;

	while (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE) || race->rounds == 0) { /* once at least, however late the machine lets us run */
		struct first f = {0};
		struct err e = {0};
		const struct frame_ref head = journal_head(race->j);
		CLEANUP_BUF struct buf got = BUF_INIT(0);
		CLEANUP_BUF struct buf want = BUF_INIT(0);
		enum frame_type type;

		if (head.no == 0)
			continue;
		if (head.no < seen || journal_read(race->j, head, &type, &got, &e) != 0)
			abort();
		payload(head.no, 500, &want);
		if (got.n != want.n || memcmp(got.p, want.p != NULL ? want.p : "", got.n) != 0)
			abort();
		if (journal_scan(race->j, (struct frame_ref){0}, count_frames, &f, &e) != 0 || f.count < head.no)
			abort();
		seen = head.no;
		race->rounds++;
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct ground *g = *state;
	struct race race[2] = {{0}};
	struct journal *j = open_or_die(&g->fs, 4096, true, NULL);
	struct err e = {0};
	pthread_t t[2];

	for (size_t i = 0; i < 2; i++) {
		race[i].j = j;
		assert_int_equal(pthread_create(&t[i], NULL, race_reader, &race[i]), 0);
	}
	for (size_t i = 0; i < 400; i++)
		OK(append_batch(j, 1 + i % 5, 500, &e));
	for (size_t i = 0; i < 2; i++) {
		__atomic_store_n(&race[i].stop, 1, __ATOMIC_RELEASE);
		pthread_join(t[i], NULL);
		assert_true(race[i].rounds > 0);
	}
	check_all(j, 1200, 500);
	journal_close(j);
}

/* A reading journal follows a writing one while it writes. */
static void *race_follower(void *ctx)
{
	struct race *race = ctx;
	struct err e = {0};

	while (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE) || race->rounds == 0) { /* once at least, however late the machine lets us run */
		struct first f = {0};

		if (journal_refresh(race->j, &e) != 0 || journal_scan(race->j, (struct frame_ref){0}, count_frames, &f, &e) != 0 ||
		    f.count != journal_head(race->j).no) {
			print_error("%s\n", e.msg);
			abort();
		}
		race->rounds++;
	}
	return NULL;
}

static void test_follower(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, 4096, true, NULL);
	struct race race = {.j = open_or_die(&g->fs, 4096, false, NULL)};
	struct err e = {0};
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, race_follower, &race), 0);
	for (size_t i = 0; i < 400; i++) {
		OK(append_batch(j, 1 + i % 5, 500, &e));
		if (i % 16 == 0) /* opening beside a writer finds no damage */
			journal_close(open_or_die(&g->fs, 4096, false, NULL));
	}
	__atomic_store_n(&race.stop, 1, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	OK(journal_refresh(race.j, &e));
	check_all(race.j, 1200, 500);
	journal_close(race.j);
	journal_close(j);
}

/* Between any two calls of a reader that opens or refreshes, the writer may append: made to happen at each in turn. */
struct hook { struct fs below; struct journal *writer; long left; size_t batches; };

static void hooked(struct hook *h)
{
	struct err e = {0};

	if (h->left > 0 && --h->left == 0)
		for (size_t i = 0; i < h->batches; i++)
			OK(append_batch(h->writer, 3, 500, &e));
}

static int hook_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct hook *h = ctx;

	hooked(h);
	return h->below.open(h->below.ctx, path, flags, mode);
}

static ssize_t hook_pread(void *ctx, int fd, void *p, size_t n, off_t off)
{
	struct hook *h = ctx;

	hooked(h);
	return h->below.pread(h->below.ctx, fd, p, n, off);
}

static int hook_close(void *ctx, int fd)
{
	struct hook *h = ctx;

	return h->below.close(h->below.ctx, fd);
}

static bool interleave(size_t before, size_t batches, long n)
{
	struct disk *d = disk_new(1);
	struct hook h = {disk_fs(d), NULL, n, batches};
	const struct fs fs = {.ctx = &h, .open = hook_open, .pread = hook_pread, .close = hook_close};
	struct journal *r;
	struct err e = {0};
	bool fired;

	assert_int_equal(h.below.mkdir(h.below.ctx, "/data", 0700), 0);
	h.writer = open_or_die(&h.below, 4096, true, NULL);
	for (size_t i = 0; i < before; i++)
		OK(append_batch(h.writer, 3, 500, &e));
	r = open_or_die(&fs, 4096, false, NULL);
	check_all(r, journal_head(r).no, 500);
	OK(append_batch(h.writer, 1, 500, &e));
	if (h.left > 0)
		OK(journal_refresh(r, &e));
	fired = h.left == 0;
	check_all(r, journal_head(r).no, 500);
	h.left = 0;
	OK(journal_refresh(r, &e));
	check_all(r, journal_head(h.writer).no, 500);
	journal_close(r);
	journal_close(h.writer);
	disk_free(d);
	return fired;
}

static void test_interleaved(void **state)
{
	(void)state;
	for (size_t before = 0; before < 9; before++)
		for (size_t batches = 1; batches <= 8; batches++)
			for (long n = 1; interleave(before, batches, n); n++)
				;
}

/* More segments than descriptors are kept. */
static void test_many_segments(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, 1024, true, NULL);
	struct err e = {0};

	for (size_t i = 0; i < 3 * LIMIT_OPEN_SEGMENTS; i++)
		OK(append_batch(j, 2, 400, &e));
	check_all(j, 6 * LIMIT_OPEN_SEGMENTS, 400);
	assert_true(((struct jfile *)j->eng)->segs > LIMIT_OPEN_SEGMENTS);
	assert_true(((struct jfile *)j->eng)->open <= LIMIT_OPEN_SEGMENTS);
	journal_close(j);
}

/* The real file system, with segments of the real size. */
static void test_real_files(void **state)
{
	char dir[] = "/tmp/verbale-journal-XXXXXX", sub[64], file[96];
	const struct fs fs = fs_system();
	struct journal *j = NULL;
	struct err e = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(sub, sizeof(sub), "%s/journal", dir);
	OK(journal_open(&fs, sub, true, &j, NULL, &e));
	OK(append_batch(j, 1000, 3000, &e));
	OK(append_batch(j, 1, 3000, &e));
	check_all(j, 1001, 3000);
	journal_close(j);
	OK(journal_open(&fs, sub, true, &j, NULL, &e));
	check_all(j, 1001, 3000);
	journal_close(j);
	(void)snprintf(file, sizeof(file), "%s/00000000.seg", sub);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_segments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_many_proves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exact_fit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scan_from, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refresh, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reader_leaves_tail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_follower, setup, teardown),
		cmocka_unit_test(test_interleaved),
		cmocka_unit_test_setup_teardown(test_many_segments, setup, teardown),
		cmocka_unit_test(test_real_files),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
