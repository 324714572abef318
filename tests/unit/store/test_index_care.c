/* The index as a file: equal content is equal bytes, damage and strangers are refused, a killed writer leaves no trace. */
#include "index_support.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"

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
		T(test_rebuild), T(test_digest_sees), T(test_damage), T(test_foreign), T(test_left_open),
	};

	return cmocka_run_group_tests_name("index as a file", tests, NULL, NULL);
}
