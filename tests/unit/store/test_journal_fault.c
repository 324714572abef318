/*
 * The journal on a bad disk. The promise: every batch whose append returned 0 is there after a crash, the one under
 * way is there whole or not at all, and opening needs no help.
 */
#include "journal_support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define SEGMENT 8192u
#define MOST 600u   /* payload bytes */

/* What the workload was told: frames acknowledged, and frames of the batch that failed. */
struct told { uint64_t acked, doubtful; int rc; };

static size_t batch_size(uint64_t *state) { return 1 + (size_t)sim_below(state, sim_below(state, 4) == 0 ? 20 : 3); }

/* Open and append until something fails or `batches` are done. */
static struct told work(const struct fs *fs, uint64_t seed, size_t batches)
{
	struct told t = {0};
	struct journal *j = NULL;
	struct err e = {0};

	if ((t.rc = jfile_open(fs, "/data/journal", true, SEGMENT, &j, NULL, &e)) != 0)
		return t;
	t.acked = journal_head(j).no;
	for (size_t i = 0; i < batches && t.rc == 0; i++) {
		const size_t n = batch_size(&seed);

		t.rc = append_batch(j, n, MOST, &e);
		if (t.rc == 0)
			t.acked += n;
		else
			t.doubtful = n;
	}
	assert_int_equal(journal_head(j).no, t.acked);
	if (t.rc == E_IO) /* what is on the disk is not known: no further append */
		assert_int_equal(append_batch(j, 1, MOST, &e), E_IO);
	journal_close(j);
	return t;
}

/* After a crash: open, compare with what was told, go on, open again. */
static void verify(const struct fs *fs, const struct told *t)
{
	struct journal_opened opened = {0};
	struct journal *j = NULL;
	struct err e = {0};
	uint64_t no;

	/* A reader passes over what a writer will cut. */
	if (jfile_open(fs, "/data/journal", false, SEGMENT, &j, NULL, &e) != E_NOTFOUND) {
		assert_non_null(j);
		check_all(j, journal_head(j).no, MOST);
		journal_close(j);
	}
	j = open_or_die(fs, SEGMENT, true, &opened);
	no = journal_head(j).no;
	if (no != t->acked && no != t->acked + t->doubtful)
		fail_msg("%" PRIu64 " frames, %" PRIu64 " were acknowledged, %" PRIu64 " in doubt", no, t->acked, t->doubtful);
	check_all(j, no, MOST);
	OK(append_batch(j, 1, MOST, &e));
	OK(append_batch(j, 12, MOST, &e));
	journal_close(j);
	j = open_or_die(fs, SEGMENT, true, &opened);
	assert_int_equal(opened.cut_bytes, 0);
	assert_true(journal_head(j).no > no);
	journal_close(j);
}

static struct disk *new_ground(uint64_t seed)
{
	struct disk *d = disk_new(seed);
	const struct fs fs = disk_fs(d);
	struct err e = {0};

	assert_int_equal(fs.mkdir(fs.ctx, "/data", 0700), 0);
	OK(fs_sync_parent(&fs, "/data", &e));
	return d;
}

/* Every call in turn fails in every way; several crashes for each. false: n was beyond the last call. */
static bool fail_nth(long n, unsigned kinds, enum fault what, bool sticky)
{
	bool fired = false;

	for (uint64_t crash = 0; crash < 4; crash++) {
		struct disk *d = new_ground((uint64_t)n * 16 + crash);
		const struct fs below = disk_fs(d);
		struct faultfs *f = faultfs_new(&below);
		const struct fs fs = faultfs_fs(f);
		struct told t;

		faultfs_plan(f, n, kinds, what, sticky);
		t = work(&fs, 5, 25);
		fired = faultfs_fired(f);
		assert_true(t.rc == 0 || t.rc == E_IO || (t.rc == E_NOSPACE && what == FAULT_ENOSPC)); /* a bad call is no damage */
		if (crash == 0)
			disk_kill(d); /* the process died, the machine did not */
		else
			disk_crash(d);
		verify(&below, &t);
		faultfs_free(f);
		disk_free(d);
	}
	return fired;
}

static void countdown(unsigned kinds, enum fault what, bool sticky)
{
	long n = 1;

	while (fail_nth(n, kinds, what, sticky))
		n++;
	assert_true(n > 5); /* something was tried */
}

static void test_eio(void **state) { (void)state; countdown(FAULT_ALL, FAULT_EIO, false); }
static void test_eio_stays(void **state) { (void)state; countdown(FAULT_ALL, FAULT_EIO, true); }
static void test_crash(void **state) { (void)state; countdown(FAULT_CHANGES, FAULT_CRASH, false); }
static void test_enospc(void **state) { (void)state; countdown(FAULT_CHANGES, FAULT_ENOSPC, false); }
static void test_torn(void **state) { (void)state; countdown(FAULT_PWRITE, FAULT_TORN, false); }

/* A short read or write is no error: it is continued. */
static void test_short(void **state)
{
	long n;

	(void)state;
	for (n = 1;; n++) {
		struct disk *d = new_ground(1);
		const struct fs below = disk_fs(d);
		struct faultfs *f = faultfs_new(&below);
		const struct fs fs = faultfs_fs(f);
		struct told t;
		bool fired;

		faultfs_plan(f, n, FAULT_PREAD | FAULT_PWRITE, FAULT_SHORT, n % 2 == 0);
		t = work(&fs, 5, 25);
		fired = faultfs_fired(f);
		assert_int_equal(t.rc, 0);
		disk_crash(d);
		verify(&below, &t);
		faultfs_free(f);
		disk_free(d);
		if (!fired)
			break;
	}
	assert_true(n > 20);
}

/* The calls of opening fail, on a journal with something to cut. */
static void test_opening(void **state)
{
	(void)state;
	for (long n = 1;; n++) {
		struct disk *d = new_ground((uint64_t)n);
		const struct fs below = disk_fs(d);
		struct faultfs *f = faultfs_new(&below);
		const struct fs fs = faultfs_fs(f);
		struct told t, again;
		bool fired;

		/* The workload's last batch is written and never synced. */
		faultfs_plan(f, 12, FAULT_FDATASYNC, FAULT_CRASH, false);
		t = work(&fs, 7, 25);
		assert_int_equal(t.rc, E_IO);
		disk_crash(d);
		faultfs_plan(f, n, FAULT_ALL, FAULT_CRASH, false);
		again = work(&fs, 7, 0);
		assert_true(again.rc == 0 || again.rc == E_IO);
		fired = faultfs_fired(f);
		disk_crash(d);
		verify(&below, &t);
		faultfs_free(f);
		disk_free(d);
		assert_true(fired ? again.rc == E_IO || again.rc == 0 : again.rc == 0);
		if (!fired)
			break;
	}
}

/* Space runs out when a segment is to be made; nothing was written, and when there is space again, it goes on. */
static void test_space(void **state)
{
	struct disk *d = new_ground(3);
	const struct fs fs = disk_fs(d);
	struct journal *j;
	struct err e = {0};
	uint64_t seed = 9, frames = 0;

	(void)state;
	disk_set_space(d, 3 * SEGMENT + SEGMENT / 2);
	j = open_or_die(&fs, SEGMENT, true, NULL);
	for (int round = 0; round < 5; round++) {
		int rc = 0;

		while (rc == 0) {
			const size_t n = batch_size(&seed);

			rc = append_batch(j, n, MOST, &e);
			frames += rc == 0 ? n : 0;
		}
		assert_int_equal(rc, E_NOSPACE);
		check_all(j, frames, MOST);
		disk_set_space(d, (uint64_t)(3 + 2 * round + 2) * SEGMENT + SEGMENT / 2);
	}
	assert_true(disk_size(d, "/data/journal/00000004.seg") == SEGMENT);
	journal_close(j);
	disk_crash(d);
	j = open_or_die(&fs, SEGMENT, true, NULL);
	check_all(j, frames, MOST);
	journal_close(j);
	disk_free(d);
}

/* A journal's life under random faults and crashes, one after the other; a failing seed is printed and can be given. */
static void one_life(uint64_t seed)
{
	struct disk *d = new_ground(seed);
	const struct fs below = disk_fs(d);
	struct faultfs *f = faultfs_new(&below);
	const struct fs fs = faultfs_fs(f);
	uint64_t rng = seed;

	for (int crash = 0; crash < 8; crash++) {
		const enum fault what = (enum fault)sim_below(&rng, FAULT_CRASH + 1);
		const unsigned kinds = sim_below(&rng, 2) == 0 ? FAULT_ALL : (unsigned)(1 << sim_below(&rng, 10));
		struct journal *j = NULL;
		struct err e = {0};
		struct told t;
		uint64_t head = 0;

		faultfs_plan(f, (long)(1 + sim_below(&rng, 80)), kinds, what, sim_below(&rng, 4) == 0);
		t = work(&fs, sim_next(&rng), (size_t)sim_below(&rng, 40));
		faultfs_plan(f, 0, 0, FAULT_EIO, false);
		switch (sim_below(&rng, 5)) {
		case 0:
			disk_kill(d); /* the process died, all it wrote got to the disk */
			break;
		case 1:
			break;        /* the process died, nothing more got to the disk yet */
		default:
			disk_crash(d);
			break;
		}
		if (jfile_open(&below, "/data/journal", true, SEGMENT, &j, NULL, &e) != 0)
			fail_msg("seed %" PRIu64 ", crash %d: %s", seed, crash, e.msg);
		head = journal_head(j).no;
		/* When opening itself failed nothing was told; then nothing may have been lost since the last round. */
		if (t.rc == 0 || t.acked > 0 || t.doubtful > 0)
			if (head != t.acked && head != t.acked + t.doubtful)
				fail_msg("seed %" PRIu64 ", crash %d: %" PRIu64 " frames, %" PRIu64 " acknowledged, %" PRIu64 " in doubt",
				    seed, crash, head, t.acked, t.doubtful);
		check_all(j, head, MOST);
		journal_close(j);
		/* What an opening has shown stays, whoever wrote it and never synced it. */
		if (sim_below(&rng, 2) == 0)
			disk_crash(d);
		if (jfile_open(&below, "/data/journal", true, SEGMENT, &j, NULL, &e) != 0 || journal_head(j).no != head)
			fail_msg("seed %" PRIu64 ", crash %d: %" PRIu64 " frames shown, then lost: %s", seed, crash, head, e.msg);
		journal_close(j);
	}
	faultfs_free(f);
	disk_free(d);
}

static void test_lives(void **state)
{
	const char *given = getenv("VERBALE_SIM_SEED");

	(void)state;
	if (given != NULL) {
		one_life(strtoull(given, NULL, 10));
		return;
	}
	print_message("seeds 1 to 400; one alone: VERBALE_SIM_SEED=n\n");
	for (uint64_t seed = 1; seed <= 400; seed++)
		one_life(seed);
}

/* Memory runs out at every allocation in turn: an error, nothing lost, nothing leaked, and it goes on. */
static bool starve(long n)
{
	const struct frame_in in = {FRAME_ENTRY, "payload", 7};
	struct disk *d = new_ground(1);
	const struct fs fs = disk_fs(d);
	struct journal *j = NULL;
	struct frame_ref ref;
	struct err e = {0};
	uint64_t frames = 0;
	int rc;

	mem_fail_after(n);
	rc = jfile_open(&fs, "/data/journal", true, SEGMENT, &j, NULL, &e);
	for (int i = 0; rc == 0 && i < 300; i++) {
		rc = journal_append(j, &in, 1, &ref, &e);
		frames += rc == 0;
	}
	mem_fail_after(0);
	if (rc != 0 && rc != E_IO) /* E_IO: the name of a new segment could not be synced for want of memory */
		assert_int_equal(rc, E_NOMEM);
	if (j != NULL && rc == E_NOMEM) {
		OK(journal_append(j, &in, 1, &ref, &e));
		frames++;
	}
	journal_close(j);
	j = open_or_die(&fs, SEGMENT, true, NULL);
	assert_int_equal(journal_head(j).no, frames);
	journal_close(j);
	disk_free(d);
	return rc != 0;
}

static void test_memory(void **state)
{
	long n = 1;

	(void)state;
	while (starve(n))
		n++;
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_eio), cmocka_unit_test(test_eio_stays), cmocka_unit_test(test_crash),
		cmocka_unit_test(test_enospc), cmocka_unit_test(test_torn), cmocka_unit_test(test_short),
		cmocka_unit_test(test_opening), cmocka_unit_test(test_space), cmocka_unit_test(test_lives),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("journal on a bad disk", tests, NULL, NULL);
}
