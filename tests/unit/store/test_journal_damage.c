/*
 * Damage is told from tearing: a journal with any flipped byte is refused with segment and offset, or, where only a
 * reader gets to it, read refuses; and no frame ever comes out other than it went in.
 */
#include "journal_support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"

#define SEGMENT 8192u
#define MOST 300u

struct ground { struct disk *disk; struct fs fs; uint64_t frames; };

/* Three segments and a bit, closed cleanly. */
static int setup(void **state)
{
	struct ground *g = calloc(1, sizeof(*g));
	struct journal *j;
	struct err e = {0};

	g->disk = disk_new(1);
	g->fs = disk_fs(g->disk);
	assert_int_equal(g->fs.mkdir(g->fs.ctx, "/data", 0700), 0);
	j = open_or_die(&g->fs, SEGMENT, true, NULL);
	for (size_t i = 0; i < 36; i++) {
		OK(append_batch(j, 1 + i % 7, MOST, &e));
		g->frames += 1 + i % 7;
	}
	journal_close(j);
	disk_kill(g->disk);
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

static int ignore(void *ctx, const struct frame *f, struct err *e)
{
	(void)e;
	*(uint64_t *)ctx = f->ref.no;
	return 0;
}

/* Open and scan; the first error. */
static int examine(const struct fs *fs, bool writable, uint64_t *ret_last, struct err *e)
{
	struct journal *j = NULL;
	int rc = jfile_open(fs, "/data/journal", writable, SEGMENT, &j, NULL, e);

	*ret_last = 0;
	if (rc == 0) {
		rc = journal_scan(j, (struct frame_ref){0}, ignore, ret_last, e);
		if (rc == 0)
			assert_int_equal(*ret_last, journal_head(j).no);
	}
	journal_close(j);
	return rc;
}

static void expect_corrupt(const struct fs *fs, const char *segment, const char *what)
{
	struct err e = {0};
	uint64_t last;

	for (int writable = 0; writable < 2; writable++) {
		if (examine(fs, writable != 0, &last, &e) != E_CORRUPT)
			fail_msg("%s: not noticed", what);
		if (strstr(e.msg, segment) == NULL || strstr(e.msg, "offset") == NULL)
			fail_msg("%s: \"%s\" does not name %s and an offset", what, e.msg, segment);
	}
}

static const char *const segments[] = {"/data/journal/00000000.seg", "/data/journal/00000001.seg", "/data/journal/00000002.seg", "/data/journal/00000003.seg"};

/* Offset behind the last frame of a segment. */
static uint64_t end_of(struct ground *g, size_t k)
{
	struct walker w = {.fs = &g->fs, .number = k, .size = SEGMENT, .pos = SEG_HEADER, .joined = true};
	enum step step = STEP_FRAME;
	struct frame f;
	struct err e = {0};
	uint8_t head[SEG_HEADER];
	size_t n = 0;

	w.fd = g->fs.open(g->fs.ctx, segments[k], 0, 0);
	OK(fs_pread_all(&g->fs, w.fd, head, sizeof(head), 0, &n, "", &e));
	w.next = be_get(head + 32, 8);
	while (step == STEP_FRAME)
		OK(walker_next(&w, &step, &f, &e));
	assert_int_equal(step, STEP_END);
	walker_free(&w);
	g->fs.close(g->fs.ctx, w.fd);
	return w.pos;
}

/*
 * Every byte of every segment, headers, payloads, padding, also of the very last batch: flipped, it is noticed. (In
 * a whole batch there are no holes, so it cannot pass for a torn one.)
 */
static void test_every_byte(void **state)
{
	struct ground *g = *state;

	assert_true(disk_size(g->disk, segments[3]) == SEGMENT);
	for (size_t k = 0; k < ARRAY_LEN(segments); k++) {
		const uint64_t end = end_of(g, k);

		for (uint64_t at = 0; at < end; at++) {
			const uint8_t mask = (uint8_t)(1u << at % 8);
			char what[80];

			/* A last byte ff flipped to 00 would be a hole; one bit never does that. */
			disk_flip(g->disk, segments[k], at, mask);
			(void)snprintf(what, sizeof(what), "segment %zu, byte %" PRIu64, k, at);
			expect_corrupt(&g->fs, segments[k] + strlen("/data/journal/"), what);
			disk_flip(g->disk, segments[k], at, mask);
		}
	}
}

/* The last batch in many shapes: where it is alone in its segment, of one frame, with empty payloads … every bit. */
static void test_every_bit_of_last(void **state)
{
	(void)state;
	for (size_t shape = 0; shape < 24; shape++) {
		struct disk *d = disk_new(shape);
		const struct fs fs = disk_fs(d);
		struct journal *j;
		struct err e = {0};
		uint64_t from, to;

		assert_int_equal(fs.mkdir(fs.ctx, "/data", 0700), 0);
		j = open_or_die(&fs, SEGMENT, true, NULL);
		for (size_t i = 0; i < shape; i++)
			OK(append_batch(j, 1 + i % 3, 40, &e));
		from = ((struct jfile *)j->eng)->end;
		OK(append_batch(j, 1 + shape % 4, shape % 5 * 20, &e));
		to = ((struct jfile *)j->eng)->end;
		journal_close(j);
		disk_kill(d);
		for (uint64_t at = from; at < to; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				char what[80];

				disk_flip(d, "/data/journal/00000000.seg", at, (uint8_t)(1u << bit));
				(void)snprintf(what, sizeof(what), "shape %zu, byte %" PRIu64 " bit %u", shape, at, bit);
				expect_corrupt(&fs, "00000000.seg", what);
				disk_flip(d, "/data/journal/00000000.seg", at, (uint8_t)(1u << bit));
			}
		}
		disk_free(d);
	}
}

static void test_read_notices(void **state)
{
	struct ground *g = *state;
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	const uint64_t end = end_of(g, 0);
	enum frame_type type;
	struct err e = {0};
	const struct frame_ref first = {1, SEG_HEADER};
	size_t n;

	OK(journal_read(j, first, &type, &out, &e));
	n = (size_t)frame_bytes(out.n);
	assert_true(SEG_HEADER + n < end);
	for (uint64_t at = SEG_HEADER; at < SEG_HEADER + n; at++) {
		disk_flip(g->disk, segments[0], at, 0x10);
		assert_int_equal(journal_read(j, first, &type, &out, &e), E_CORRUPT);
		assert_non_null(strstr(e.msg, "00000000.seg at offset 64"));
		assert_int_equal(out.n, 0);
		disk_flip(g->disk, segments[0], at, 0x10);
	}
	OK(journal_read(j, first, &type, &out, &e));
	journal_close(j);
}

/* Whole sectors and pages of zeros in the middle: not a torn tail, because something valid stands behind. */
static void test_zeroed(void **state)
{
	struct ground *g = *state;

	for (size_t k = 0; k < ARRAY_LEN(segments); k++) {
		const uint64_t end = end_of(g, k);

		for (uint64_t at = 0; at + DISK_SECTOR < end; at += DISK_SECTOR) {
			struct disk *d = disk_clone(g->disk);
			struct fs fs = disk_fs(d);
			uint8_t zeros[DISK_SECTOR] = {0};
			struct err e = {0};
			uint64_t last = 0;
			char what[80];
			const int fd = fs.open(fs.ctx, segments[k], 2, 0);

			assert_int_equal(fs.pwrite(fs.ctx, fd, zeros, sizeof(zeros), (off_t)at), sizeof(zeros));
			disk_kill(d);
			(void)snprintf(what, sizeof(what), "segment %zu, sector at %" PRIu64, k, at);
			/* Inside the last batch alone a lost sector is what a torn write looks like; its end is near. */
			if (k + 1 < ARRAY_LEN(segments) || at + 5 * DISK_SECTOR < end)
				expect_corrupt(&fs, segments[k] + strlen("/data/journal/"), what);
			else
				assert_true(examine(&fs, true, &last, &e) == E_CORRUPT || g->frames - last <= 7);
			disk_free(d);
		}
	}
}

/* A batch of which nothing is left, or whose header is gone, in front of others: lost, not torn. */
static void test_lost_batch(void **state)
{
	(void)state;
	for (size_t lost = 0; lost < 19; lost++) {
		for (uint64_t most = 8; most <= 512; most *= 8) {
			struct disk *d = disk_new(lost);
			const struct fs fs = disk_fs(d);
			static const uint8_t zeros[512];
			struct journal *j;
			struct err e = {0};
			uint64_t end = 0, n = most;
			char what[60];
			int fd;

			assert_int_equal(fs.mkdir(fs.ctx, "/data", 0700), 0);
			j = open_or_die(&fs, SEGMENT, true, NULL);
			for (size_t i = 0; i < 20; i++) {
				end = i == lost ? ((struct jfile *)j->eng)->end : end;
				OK(append_batch(j, 1, MOST, &e));
			}
			if (end + n > ((struct jfile *)j->eng)->end - 300)
				n = 64; /* keep the last batch */
			journal_close(j);
			fd = fs.open(fs.ctx, segments[0], 2, 0);
			assert_int_equal(fs.pwrite(fs.ctx, fd, zeros, n, (off_t)end), n);
			disk_kill(d);
			(void)snprintf(what, sizeof(what), "batch %zu, %" PRIu64 " bytes", lost, n);
			expect_corrupt(&fs, "00000000.seg", what);
			disk_free(d);
		}
	}
}

static void test_missing_segment(void **state)
{
	struct ground *g = *state;
	struct err e = {0};
	uint64_t last;

	for (size_t k = 0; k + 1 < ARRAY_LEN(segments); k++) {
		struct disk *d = disk_clone(g->disk);
		struct fs fs = disk_fs(d);

		assert_int_equal(fs.unlink(fs.ctx, segments[k]), 0);
		assert_int_equal(examine(&fs, true, &last, &e), E_CORRUPT);
		assert_non_null(strstr(e.msg, segments[k] + strlen("/data/journal/")));
		assert_true(disk_size(d, segments[k]) == -1); /* and none was made in its place */
		disk_free(d);
	}
}

static void test_wrong_segment(void **state)
{
	struct ground *g = *state;
	struct err e = {0};
	uint64_t last;

	/* A segment under another's name; a segment cut short; one that is too long does not matter. */
	assert_int_equal(g->fs.rename(g->fs.ctx, segments[1], segments[2]), 0);
	assert_int_equal(examine(&g->fs, true, &last, &e), E_CORRUPT);
	teardown(state);
	setup(state);
	g = *state;
	for (size_t k = 0; k < ARRAY_LEN(segments); k++) {
		const uint64_t end = end_of(g, k);
		const uint64_t sizes[] = {0, 10, SEG_HEADER, end / 2, end - 1};

		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			struct disk *d = disk_clone(g->disk);
			struct fs fs = disk_fs(d);
			const int fd = fs.open(fs.ctx, segments[k], 2, 0);

			assert_int_equal(fs.ftruncate(fs.ctx, fd, (off_t)sizes[i]), 0);
			expect_corrupt(&fs, segments[k] + strlen("/data/journal/"), "cut short");
			disk_free(d);
		}
	}
}

/* A wrong order of things, each with good checksums: only the chain of numbers and batches tells. */
static void seal_at(struct ground *g, size_t k, uint64_t at, const struct frame_head *h)
{
	uint8_t frame[64] = {0};
	const int fd = g->fs.open(g->fs.ctx, segments[k], 2, 0);

	memset(frame + FRAME_HEADER, 'p', h->n);
	frame_seal(frame, h);
	assert_int_equal(g->fs.pwrite(g->fs.ctx, fd, frame, frame_bytes(h->n), (off_t)at), frame_bytes(h->n));
	g->fs.close(g->fs.ctx, fd);
}

static void test_chain(void **state)
{
	struct ground *g = *state;
	const uint64_t no = g->frames + 1, at = end_of(g, 3);
	const struct frame_head bad[] = {
		{.n = 7, .type = 1, .flags = FRAME_LAST, .batch = 40, .no = no + 1, .first = no + 1}, /* a gap */
		{.n = 7, .type = 1, .flags = FRAME_LAST, .batch = 40, .no = no - 1, .first = no - 1}, /* again */
		{.n = 7, .type = 1, .flags = FRAME_LAST, .batch = 40, .no = no, .first = no - 1},     /* of the batch before */
		{.n = 7, .type = 1, .flags = 0, .batch = 40, .no = no, .first = no},                  /* ends without the flag */
		{.n = 7, .type = 1, .flags = FRAME_LAST, .batch = 39, .no = no, .first = no},         /* longer than its batch */
		{.n = 7, .type = 0, .flags = FRAME_LAST, .batch = 40, .no = no, .first = no},
		{.n = 7, .type = FRAME_TYPES_, .flags = FRAME_LAST, .batch = 40, .no = no, .first = no},
		{.n = 7, .type = 1, .flags = 3, .batch = 40, .no = no, .first = no},
	};
	const struct frame_head good = {.n = 7, .type = 1, .flags = FRAME_LAST, .batch = 40, .no = no, .first = no};
	struct err e = {0};
	uint64_t last = 0;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char what[40];

		seal_at(g, 3, at, &bad[i]);
		(void)snprintf(what, sizeof(what), "chain %zu", i);
		expect_corrupt(&g->fs, "00000003.seg", what);
	}
	seal_at(g, 3, at, &good);
	assert_int_equal(examine(&g->fs, true, &last, &e), 0);
	assert_int_equal(last, no);
}

/*
 * All ways a batch can be half there: each subset of its sectors, its frames being of several sizes. With one sector
 * lost it is cut, and what went before stays.
 */
static void test_torn_subsets(void **state)
{
	struct ground *g = *state;
	const uint64_t from = end_of(g, 3);
	struct journal *j = open_or_die(&g->fs, SEGMENT, true, NULL);
	static uint8_t batch[SEGMENT];
	struct disk *before;
	struct err e = {0};
	uint64_t to, sectors;
	int fd;

	before = disk_clone(g->disk);
	OK(append_batch(j, 12, MOST, &e));
	assert_true(at_segment(journal_head(j).at) == 3);
	to = ((struct jfile *)j->eng)->end;
	journal_close(j);
	fd = g->fs.open(g->fs.ctx, segments[3], 0, 0);
	assert_int_equal(g->fs.pread(g->fs.ctx, fd, batch, SEGMENT, 0), SEGMENT);
	sectors = (to - 1) / DISK_SECTOR - from / DISK_SECTOR + 1;
	assert_true(sectors >= 4 && sectors < 12);
	for (unsigned mask = 0; mask < 1u << sectors; mask++) {
		struct disk *d = disk_clone(before);
		struct fs fs = disk_fs(d);
		struct journal_opened opened = {0};

		fd = fs.open(fs.ctx, segments[3], 2, 0);
		for (uint64_t s = 0; s < sectors; s++) {
			const uint64_t a = s == 0 ? from : (from / DISK_SECTOR + s) * DISK_SECTOR;
			const uint64_t b = (from / DISK_SECTOR + s + 1) * DISK_SECTOR < to ? (from / DISK_SECTOR + s + 1) * DISK_SECTOR : to;

			if ((mask >> s & 1) != 0)
				assert_int_equal(fs.pwrite(fs.ctx, fd, batch + a, b - a, (off_t)a), b - a);
		}
		disk_kill(d);
		j = open_or_die(&fs, SEGMENT, true, &opened);
		check_all(j, mask == (1u << sectors) - 1 ? g->frames + 12 : g->frames, MOST);
		assert_int_equal(opened.cut_bytes != 0, mask != 0 && mask != (1u << sectors) - 1);
		if (opened.cut_bytes != 0) {
			assert_int_equal(opened.cut_segment, 3);
			assert_int_equal(opened.cut_offset, from);
		}
		/* What was cut is gone for good, also for a shorter batch in its place. */
		OK(append_batch(j, 1, MOST, &e));
		journal_close(j);
		j = open_or_die(&fs, SEGMENT, true, &opened);
		assert_int_equal(opened.cut_bytes, 0);
		journal_close(j);
		disk_free(d);
	}
	disk_free(before);
}

/* A write that stopped after any number of bytes, for batches of many shapes. */
static void test_torn_anywhere(void **state)
{
	(void)state;
	for (size_t shape = 0; shape < 40; shape++) {
		struct disk *before = disk_new(shape), *d;
		struct fs fs = disk_fs(before);
		struct journal *j;
		static uint8_t batch[4 * SEGMENT];
		struct err e = {0};
		uint64_t from, to, no;
		int fd;

		assert_int_equal(fs.mkdir(fs.ctx, "/data", 0700), 0);
		j = open_or_die(&fs, 4 * SEGMENT, true, NULL);
		for (size_t i = 0; i < shape; i++)
			OK(append_batch(j, 7, 3, &e)); /* up to numbers of two bytes */
		from = ((struct jfile *)j->eng)->end;
		no = journal_head(j).no;
		d = disk_clone(before);
		OK(append_batch(j, 1 + shape % 4, shape % 6 * 20, &e));
		to = ((struct jfile *)j->eng)->end;
		journal_close(j);
		fd = fs.open(fs.ctx, segments[0], 0, 0);
		assert_int_equal(fs.pread(fs.ctx, fd, batch, sizeof(batch), 0), sizeof(batch));
		disk_free(before);
		fs = disk_fs(d);
		for (uint64_t n = 1; n <= to - from; n++) {
			fd = fs.open(fs.ctx, segments[0], 2, 0);
			assert_int_equal(fs.pwrite(fs.ctx, fd, batch + from, n, (off_t)from), n);
			fs.close(fs.ctx, fd);
			j = open_or_die(&fs, 4 * SEGMENT, true, NULL);
			assert_int_equal(journal_head(j).no, n == to - from ? no + 1 + shape % 4 : no);
			journal_close(j);
		}
		disk_free(d);
	}
}

/* A half-made segment is made again. */
static void test_half_segment(void **state)
{
	struct ground *g = *state;
	struct journal *j;
	struct err e = {0};
	const int fd = g->fs.open(g->fs.ctx, "/data/journal/00000004.seg.new", 2 | 0100, 0600);

	assert_int_equal(g->fs.pwrite(g->fs.ctx, fd, "half", 4, 0), 4);
	j = open_or_die(&g->fs, SEGMENT, true, NULL);
	assert_true(disk_size(g->disk, "/data/journal/00000004.seg.new") == -1);
	for (size_t i = 0; i < 20; i++)
		OK(append_batch(j, 7, MOST, &e));
	check_all(j, g->frames + 140, MOST);
	assert_true(disk_size(g->disk, "/data/journal/00000004.seg") == SEGMENT);
	journal_close(j);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_every_byte), T(test_every_bit_of_last), T(test_read_notices), T(test_zeroed), T(test_lost_batch), T(test_missing_segment), T(test_wrong_segment),
		T(test_chain), T(test_torn_subsets), T(test_torn_anywhere), T(test_half_segment),
	};

	return cmocka_run_group_tests_name("damage to the journal", tests, NULL, NULL);
}
