/* One planned fault over any fs; see faultfs.h. */
#include "faultfs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define KINDS 10

struct faultfs {
	struct fs below;
	pthread_mutex_t lock;
	long left, calls[KINDS];
	unsigned kinds;
	enum fault what;
	bool sticky, fired;
};

struct faultfs *faultfs_new(const struct fs *below)
{
	struct faultfs *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->below = *below;
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

void faultfs_free(struct faultfs *f)
{
	if (f == NULL)
		return;
	pthread_mutex_destroy(&f->lock);
	free(f);
}

void faultfs_plan(struct faultfs *f, long n, unsigned kinds, enum fault what, bool sticky)
{
	pthread_mutex_lock(&f->lock);
	f->left = n;
	f->kinds = kinds;
	f->what = what;
	f->sticky = sticky;
	f->fired = false;
	pthread_mutex_unlock(&f->lock);
}

bool faultfs_fired(struct faultfs *f)
{
	bool fired;

	pthread_mutex_lock(&f->lock);
	fired = f->fired;
	pthread_mutex_unlock(&f->lock);
	return fired;
}

long faultfs_calls(struct faultfs *f, unsigned kinds)
{
	long n = 0;

	pthread_mutex_lock(&f->lock);
	for (int k = 0; k < KINDS; k++)
		n += (kinds >> k & 1) != 0 ? f->calls[k] : 0;
	pthread_mutex_unlock(&f->lock);
	return n;
}

/* Is it this call's turn to fail? *half: it does half of its work first. 0, or the error to return. */
static int turn(struct faultfs *f, unsigned kind, bool *half)
{
	int r = 0;

	*half = false;
	pthread_mutex_lock(&f->lock);
	f->calls[__builtin_ctz(kind)]++;
	if (f->fired && f->what == FAULT_CRASH) {
		r = -EIO;
	} else if ((f->kinds & kind) != 0 && (f->left > 0 || (f->fired && f->sticky))) {
		if (f->left <= 1) {
			r = f->what == FAULT_ENOSPC ? -ENOSPC : -EIO;
			*half = f->what != FAULT_EIO && f->what != FAULT_ENOSPC;
			f->fired = true;
		}
		f->left -= f->left > 0;
	}
	pthread_mutex_unlock(&f->lock);
	return r;
}

static int ff_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_OPEN, &half);

	return r != 0 ? r : f->below.open(f->below.ctx, path, flags, mode);
}

static int ff_close(void *ctx, int fd)
{
	struct faultfs *f = ctx;

	return f->below.close(f->below.ctx, fd);
}

static ssize_t ff_pread(void *ctx, int fd, void *p, size_t n, off_t off)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_PREAD, &half);

	if (r != 0 && f->what != FAULT_SHORT)
		return r;
	return f->below.pread(f->below.ctx, fd, p, r != 0 ? (n + 1) / 2 : n, off);
}

static ssize_t ff_pwrite(void *ctx, int fd, const void *p, size_t n, off_t off)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_PWRITE, &half);
	ssize_t done;

	if (r != 0 && !half)
		return r;
	done = f->below.pwrite(f->below.ctx, fd, p, r != 0 ? (n + 1) / 2 : n, off);
	return r != 0 && f->what != FAULT_SHORT ? r : done;
}

static int ff_sync(struct faultfs *f, int fd, unsigned kind, int (*sync)(void *, int))
{
	bool half;
	const int r = turn(f, kind, &half);

	return r != 0 ? r : sync(f->below.ctx, fd);
}

static int ff_fdatasync(void *ctx, int fd)
{
	struct faultfs *f = ctx;

	return ff_sync(f, fd, FAULT_FDATASYNC, f->below.fdatasync);
}

static int ff_fsync(void *ctx, int fd)
{
	struct faultfs *f = ctx;

	return ff_sync(f, fd, FAULT_FSYNC, f->below.fsync);
}

static int ff_ftruncate(void *ctx, int fd, off_t n)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_FTRUNCATE, &half);

	return r != 0 ? r : f->below.ftruncate(f->below.ctx, fd, n);
}

static int ff_fallocate(void *ctx, int fd, off_t off, off_t n)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_FALLOCATE, &half);

	return r != 0 ? r : f->below.fallocate(f->below.ctx, fd, off, n);
}

static int ff_rename(void *ctx, const char *from, const char *to)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_RENAME, &half);

	return r != 0 ? r : f->below.rename(f->below.ctx, from, to);
}

static int ff_unlink(void *ctx, const char *path)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_UNLINK, &half);

	return r != 0 ? r : f->below.unlink(f->below.ctx, path);
}

static int ff_mkdir(void *ctx, const char *path, mode_t mode)
{
	struct faultfs *f = ctx;
	bool half;
	const int r = turn(f, FAULT_MKDIR, &half);

	return r != 0 ? r : f->below.mkdir(f->below.ctx, path, mode);
}

struct fs faultfs_fs(struct faultfs *f)
{
	return (struct fs){.ctx = f, .open = ff_open, .close = ff_close, .pread = ff_pread, .pwrite = ff_pwrite,
	    .fdatasync = ff_fdatasync, .fsync = ff_fsync, .ftruncate = ff_ftruncate, .fallocate = ff_fallocate,
	    .rename = ff_rename, .unlink = ff_unlink, .mkdir = ff_mkdir};
}
