#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int result(int r) { return r < 0 ? -errno : r; }

/* Again until no signal came between. */
#define RESTART(r, call) do { (r) = (call); } while ((r) < 0 && errno == EINTR)

static int sys_open(void *ctx, const char *path, int flags, mode_t mode)
{
	int fd;

	(void)ctx;
	RESTART(fd, open(path, flags | O_CLOEXEC, mode));
	return result(fd);
}

/* Never repeated: on Linux the descriptor is gone even after EINTR, and may be another's by now. */
static int sys_close(void *ctx, int fd)
{
	(void)ctx;
	return result(close(fd));
}

static ssize_t sys_pread(void *ctx, int fd, void *p, size_t n, off_t off)
{
	ssize_t r;

	(void)ctx;
	RESTART(r, pread(fd, p, n, off));
	return r < 0 ? -errno : r;
}

static ssize_t sys_pwrite(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	ssize_t r;

	(void)ctx;
	RESTART(r, pwrite(fd, p, n, off));
	return r < 0 ? -errno : r;
}

static int sys_fdatasync(void *ctx, int fd)
{
	int r;

	(void)ctx;
	RESTART(r, fdatasync(fd));
	return result(r);
}

static int sys_fsync(void *ctx, int fd)
{
	int r;

	(void)ctx;
	RESTART(r, fsync(fd));
	return result(r);
}

static int sys_ftruncate(void *ctx, int fd, off_t n)
{
	int r;

	(void)ctx;
	RESTART(r, ftruncate(fd, n));
	return result(r);
}

static int sys_fallocate(void *ctx, int fd, off_t off, off_t n)
{
	int r;

	(void)ctx;
	do
		r = posix_fallocate(fd, off, n); /* returns the error, leaves errno alone */
	while (r == EINTR);
	return -r;
}

static int sys_rename(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return result(rename(from, to));
}

static int sys_unlink(void *ctx, const char *path)
{
	(void)ctx;
	return result(unlink(path));
}

static int sys_mkdir(void *ctx, const char *path, mode_t mode)
{
	(void)ctx;
	return result(mkdir(path, mode));
}

struct fs fs_system(void)
{
	return (struct fs){NULL, sys_open, sys_close, sys_pread, sys_pwrite, sys_fdatasync, sys_fsync,
	    sys_ftruncate, sys_fallocate, sys_rename, sys_unlink, sys_mkdir};
}

int fs_pwrite_all(const struct fs *fs, int fd, const void *p, size_t n, off_t off, const char *what, struct err *e)
{
	const char *from = p;

	while (n > 0) {
		const ssize_t r = fs->pwrite(fs->ctx, fd, from, n, off);

		if (r < 0)
			return fail_errno(e, E_IO, (int)-r, "%s: writing %zu bytes at %lld", what, n, (long long)off);
		if (r == 0)
			return fail(e, E_IO, "%s: nothing could be written at %lld", what, (long long)off);
		from += r;
		off += r;
		n -= (size_t)r;
	}
	return 0;
}

int fs_pread_all(const struct fs *fs, int fd, void *p, size_t n, off_t off, size_t *ret_n, const char *what, struct err *e)
{
	char *to = p;
	size_t done = 0;

	while (done < n) {
		const ssize_t r = fs->pread(fs->ctx, fd, to + done, n - done, off + (off_t)done);

		if (r < 0)
			return fail_errno(e, E_IO, (int)-r, "%s: reading at %lld", what, (long long)off + (long long)done);
		if (r == 0)
			break;
		done += (size_t)r;
	}
	*ret_n = done;
	return 0;
}

int fs_read_file(const struct fs *fs, const char *path, size_t max, struct buf *out, struct err *e)
{
	const int fd = fs->open(fs->ctx, path, O_RDONLY, 0);
	const size_t before = out->n;
	char chunk[8192];
	size_t n = 0, done = 0;
	int rc;

	if (fd < 0)
		return fail_errno(e, fd == -ENOENT ? E_NOTFOUND : E_IO, -fd, "%s", path);
	do {
		rc = fs_pread_all(fs, fd, chunk, sizeof(chunk), (off_t)done, &n, path, e);
		if (rc == 0 && n > max - done)
			rc = fail(e, E_LIMIT, "%s: longer than %zu bytes", path, max);
		if (rc == 0)
			buf_put(out, chunk, n);
		if (rc == 0)
			rc = buf_err(out, e, path);
		done += n;
	} while (rc == 0 && n == sizeof(chunk));
	fs->close(fs->ctx, fd);
	if (rc != 0 && out->err == 0 && out->n > before)
		out->p[out->n = before] = '\0';
	return rc;
}

int fs_sync_parent(const struct fs *fs, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_STR char *dir = slash == NULL ? mem_strdup(".") : mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int fd, r;

	if (dir == NULL)
		return fail(e, E_NOMEM, "%s", path);
	if ((fd = fs->open(fs->ctx, dir, O_RDONLY | O_DIRECTORY, 0)) < 0)
		return fail_errno(e, E_IO, -fd, "%s", dir);
	r = fs->fsync(fs->ctx, fd);
	fs->close(fs->ctx, fd);
	return r < 0 ? fail_errno(e, E_IO, -r, "%s: syncing the folder", dir) : 0;
}

/* Write and sync path.tmp; the caller renames it. */
static int write_tmp(const struct fs *fs, const char *tmp, const void *p, size_t n, mode_t mode, struct err *e)
{
	const int fd = fs->open(fs->ctx, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
	int rc, r;

	if (fd < 0)
		return fail_errno(e, E_IO, -fd, "%s", tmp);
	rc = fs_pwrite_all(fs, fd, p, n, 0, tmp, e);
	if (rc == 0 && (r = fs->fsync(fs->ctx, fd)) < 0)
		rc = fail_errno(e, E_IO, -r, "%s: syncing", tmp);
	fs->close(fs->ctx, fd);
	return rc;
}

int fs_replace_file(const struct fs *fs, const char *path, const void *p, size_t n, mode_t mode, struct err *e)
{
	CLEANUP_STR char *tmp = mem_printf("%s.tmp", path);
	int rc, r;

	if (tmp == NULL)
		return fail(e, E_NOMEM, "%s", path);
	rc = write_tmp(fs, tmp, p, n, mode, e);
	if (rc == 0 && (r = fs->rename(fs->ctx, tmp, path)) < 0)
		rc = fail_errno(e, E_IO, -r, "%s: renaming over it", path);
	if (rc != 0) {
		fs->unlink(fs->ctx, tmp);
		return rc;
	}
	return fs_sync_parent(fs, path, e);
}
