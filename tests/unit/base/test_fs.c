/* Files: replaced whole or not at all whatever call fails, read within limits, short writes continued. */
#include "../check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"

static char dir[] = "/tmp/verbale-fs-XXXXXX";
static char file[64], tmp[64];

/* A file system that fails its `at`-th call with `error`, or writes and reads `most` bytes at a time. */
struct faulty {
	struct fs real;
	int calls, at, error;
	size_t most;
};

static int hit(struct faulty *f) { return ++f->calls == f->at ? -f->error : 0; }

static int f_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct faulty *f = ctx;
	const int r = hit(f);

	return r != 0 ? r : f->real.open(NULL, path, flags, mode);
}

static ssize_t f_pread(void *ctx, int fd, void *p, size_t n, off_t off)
{
	struct faulty *f = ctx;
	const int r = hit(f);

	return r != 0 ? r : f->real.pread(NULL, fd, p, f->most != 0 && n > f->most ? f->most : n, off);
}

static ssize_t f_pwrite(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	struct faulty *f = ctx;
	const int r = hit(f);

	return r != 0 ? r : f->real.pwrite(NULL, fd, p, f->most != 0 && n > f->most ? f->most : n, off);
}

static int f_fsync(void *ctx, int fd)
{
	struct faulty *f = ctx;
	const int r = hit(f);

	return r != 0 ? r : f->real.fsync(NULL, fd);
}

static int f_rename(void *ctx, const char *from, const char *to)
{
	struct faulty *f = ctx;
	const int r = hit(f);

	return r != 0 ? r : f->real.rename(NULL, from, to);
}

static struct fs faulty_fs(struct faulty *f)
{
	struct fs fs = fs_system();

	f->real = fs;
	fs.ctx = f;
	fs.open = f_open;
	fs.pread = f_pread;
	fs.pwrite = f_pwrite;
	fs.fsync = f_fsync;
	fs.rename = f_rename;
	return fs;
}

static void assert_content(const char *want)
{
	const struct fs fs = fs_system();
	struct buf b = BUF_INIT(0);

	assert_int_equal(fs_read_file(&fs, file, 1000, &b, NULL), 0);
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void put(const char *s)
{
	const struct fs fs = fs_system();

	assert_int_equal(fs_replace_file(&fs, file, s, strlen(s), 0600, NULL), 0);
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(file, sizeof(file), "%s/a", dir);
	(void)snprintf(tmp, sizeof(tmp), "%s/a.tmp", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(file);
	(void)unlink(tmp);
	return rmdir(dir); /* fails if anything else was left behind */
}

static void replace(void **state)
{
	const struct fs fs = fs_system();
	struct stat st;

	(void)state;
	assert_int_equal(fs_replace_file(&fs, file, "secret", 6, 0600, NULL), 0);
	assert_content("secret");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	put("");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(access(tmp, F_OK), -1);
}

/* open, write, fsync, rename, and the folder's open and fsync: each fails in turn, in two ways. */
static void replace_fails_anywhere(void **state)
{
	int failures = 0;

	(void)state;
	for (int at = 1; at <= 6; at++) {
		struct faulty f = {.at = at, .error = at % 2 ? ENOSPC : EIO};
		const struct fs fs = faulty_fs(&f);
		struct err e = {0};

		put("old");
		failures += fs_replace_file(&fs, file, "new!", 4, 0600, &e) == (at % 2 ? E_NOSPACE : E_IO);
		assert_non_null(strstr(e.msg, dir));
		assert_content(at <= 4 ? "old" : "new!"); /* from 5 on the rename had been done */
		assert_int_equal(access(tmp, F_OK), -1);
	}
	assert_int_equal(failures, 6);
}

static void short_writes_and_reads_go_on(void **state)
{
	struct faulty f = {.most = 3};
	const struct fs fs = faulty_fs(&f);
	struct buf b = BUF_INIT(0);

	(void)state;
	assert_int_equal(fs_replace_file(&fs, file, "0123456789", 10, 0600, NULL), 0);
	assert_content("0123456789");
	assert_int_equal(fs_read_file(&fs, file, 10, &b, NULL), 0);
	assert_string_equal(b.p, "0123456789");
	buf_free(&b);
}

static ssize_t no_progress(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	(void)ctx, (void)fd, (void)p, (void)n, (void)off;
	return 0;
}

static void no_progress_is_an_error(void **state)
{
	struct fs fs = fs_system();
	struct err e = {0};

	(void)state;
	fs.pwrite = no_progress;
	assert_int_equal(fs_pwrite_all(&fs, -1, "x", 1, 7, "the journal", &e), E_IO);
	assert_string_equal(e.msg, "the journal: nothing could be written at 7");
}

/* A symbolic link laid at the temporary name must not lead the write elsewhere. */
static void link_is_not_followed(void **state)
{
	const struct fs fs = fs_system();
	char other[64];

	(void)state;
	put("old");
	(void)snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(symlink(other, tmp), 0);
	assert_int_equal(fs_replace_file(&fs, file, "new", 3, 0600, NULL), E_IO);
	assert_int_equal(access(other, F_OK), -1);
	assert_content("old");
}

static void reading_within_limits(void **state)
{
	const struct fs fs = fs_system();
	struct buf b = BUF_INIT(0);
	struct err e = {0};

	(void)state;
	put("12345");
	buf_puts(&b, "before ");
	assert_int_equal(fs_read_file(&fs, file, 5, &b, &e), 0);
	assert_string_equal(b.p, "before 12345"); /* the limit is the file's, not the buffer's */
	assert_int_equal(fs_read_file(&fs, file, 4, &b, &e), E_LIMIT);
	assert_non_null(strstr(e.msg, file));
	assert_string_equal(b.p, "before 12345");
	assert_int_equal(b.n, 12);
	assert_int_equal(fs_read_file(&fs, "/tmp/no/such/file", 4, &b, &e), E_NOTFOUND);
	assert_int_equal(fs_read_file(&fs, dir, 1000, &b, &e), E_IO);
	assert_string_equal(b.p, "before 12345");
	buf_free(&b);
}

static void reading_much(void **state)
{
	static char big[20000], again[20001];
	const struct fs fs = fs_system();
	struct buf b = BUF_INIT(0), small = BUF_INIT(9000);
	size_t n = 0;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 31 % 251);
	assert_int_equal(fs_replace_file(&fs, file, big, sizeof(big), 0600, NULL), 0);
	assert_int_equal(fs_read_file(&fs, file, sizeof(big), &b, NULL), 0);
	assert_int_equal(b.n, sizeof(big));
	assert_memory_equal(b.p, big, sizeof(big));
	assert_int_equal(fs_read_file(&fs, file, sizeof(big), &small, NULL), E_LIMIT);
	fd = fs.open(fs.ctx, file, O_RDONLY, 0);
	assert_int_equal(fs_pread_all(&fs, fd, again, sizeof(again), 1, &n, "big", NULL), 0);
	assert_int_equal(n, sizeof(big) - 1);
	assert_memory_equal(again, big + 1, n);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fs.close(fs.ctx, fd), 0);
	buf_free(&b);
	buf_free(&small);
}

static void reading_fails(void **state)
{
	(void)state;
	put("12345");
	for (int at = 1; at <= 2; at++) {
		struct faulty f = {.at = at, .error = EIO};
		const struct fs fs = faulty_fs(&f);
		struct buf b = BUF_INIT(0);
		struct err e = {0};

		assert_int_equal(fs_read_file(&fs, file, 100, &b, &e), E_IO);
		assert_non_null(strstr(e.msg, file));
		assert_int_equal(b.n, 0);
		buf_free(&b);
	}
}

static void no_memory(void **state)
{
	const struct fs fs = fs_system();
	struct buf b = BUF_INIT(0);
	int rc;

	(void)state;
	put("old");
	mem_fail_after(1);
	rc = fs_replace_file(&fs, file, "new", 3, 0600, NULL);
	mem_fail_after(0);
	assert_int_equal(rc, E_NOMEM);
	assert_content("old");
	mem_fail_after(1);
	rc = fs_read_file(&fs, file, 100, &b, NULL);
	mem_fail_after(0);
	assert_int_equal(rc, E_NOMEM);
	buf_free(&b);
}

static void system_calls_tell_errno(void **state)
{
	const struct fs fs = fs_system();
	int fd;

	(void)state;
	put("x");
	assert_int_equal(fs.open(fs.ctx, "/tmp/no/such/file", O_RDONLY, 0), -ENOENT);
	assert_int_equal(fs.close(fs.ctx, -1), -EBADF);
	assert_int_equal(fs.fsync(fs.ctx, -1), -EBADF);
	assert_int_equal(fs.fdatasync(fs.ctx, -1), -EBADF);
	assert_int_equal(fs.fallocate(fs.ctx, -1, 0, 1), -EBADF);
	assert_int_equal(fs.mkdir(fs.ctx, dir, 0700), -EEXIST);
	assert_int_equal(fs.unlink(fs.ctx, tmp), -ENOENT);
	assert_int_equal(fs.rename(fs.ctx, tmp, file), -ENOENT);
	fd = fs.open(fs.ctx, file, O_RDWR, 0);
	assert_int_equal(fs.fallocate(fs.ctx, fd, 0, 10000), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 10000);
	assert_int_equal(fs.ftruncate(fs.ctx, fd, 3), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 3);
	assert_int_equal(fs.fdatasync(fs.ctx, fd), 0);
	assert_int_equal(fs.close(fs.ctx, fd), 0);
}

static void parent_folder(void **state)
{
	const struct fs fs = fs_system();

	(void)state;
	assert_int_equal(fs_sync_parent(&fs, file, NULL), 0);
	assert_int_equal(fs_sync_parent(&fs, "here", NULL), 0);
	assert_int_equal(fs_sync_parent(&fs, "/tmp", NULL), 0);
	assert_int_equal(fs_sync_parent(&fs, "/tmp/no/such/file", NULL), E_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replace),
		cmocka_unit_test(replace_fails_anywhere),
		cmocka_unit_test(short_writes_and_reads_go_on),
		cmocka_unit_test(no_progress_is_an_error),
		cmocka_unit_test(reading_within_limits),
		cmocka_unit_test(reading_much),
		cmocka_unit_test(reading_fails),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(system_calls_tell_errno),
		cmocka_unit_test(parent_folder),
		cmocka_unit_test(link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
