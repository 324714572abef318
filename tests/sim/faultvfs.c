/* A shim over SQLite's own VFS. */
#include "faultvfs.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct shim { sqlite3_file base; sqlite3_file *real; bool wal; };

static struct faultvfs_hook hook;
static sqlite3_vfs vfs, *below;

static sqlite3_file *real_of(sqlite3_file *f) { return ((struct shim *)(void *)f)->real; }
static int turn(bool changes) { return hook.ask != NULL ? hook.ask(hook.ctx, changes) : 0; }

static int shim_close(sqlite3_file *f)
{
	const int rc = real_of(f)->pMethods->xClose(real_of(f));

	free(real_of(f));
	return rc;
}

static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return turn(false) != 0 ? SQLITE_IOERR_READ : real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}

static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	const int t = turn(true);

	if (t != 0) /* half of it arrives */
		(void)real_of(f)->pMethods->xWrite(real_of(f), p, n / 2, at);
	return t == 0 ? real_of(f)->pMethods->xWrite(real_of(f), p, n, at) : t == 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	return turn(true) != 0 ? SQLITE_IOERR_TRUNCATE : real_of(f)->pMethods->xTruncate(real_of(f), n);
}

static int shim_sync(sqlite3_file *f, int flags)
{
	sqlite3_int64 n = 0;

	(void)flags;
	if (turn(true) != 0)
		return SQLITE_IOERR_FSYNC;
	if (((struct shim *)(void *)f)->wal && hook.synced != NULL && real_of(f)->pMethods->xFileSize(real_of(f), &n) == SQLITE_OK)
		hook.synced(hook.ctx, n);
	return SQLITE_OK;
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *ret) { return real_of(f)->pMethods->xFileSize(real_of(f), ret); }
static int shim_lock(sqlite3_file *f, int k) { return real_of(f)->pMethods->xLock(real_of(f), k); }
static int shim_unlock(sqlite3_file *f, int k) { return real_of(f)->pMethods->xUnlock(real_of(f), k); }
static int shim_reserved(sqlite3_file *f, int *ret) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret); }
static int shim_control(sqlite3_file *f, int op, void *p) { return real_of(f)->pMethods->xFileControl(real_of(f), op, p); }
static int shim_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int shim_device(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }

static int shim_shm_map(sqlite3_file *f, int page, int n, int extend, void volatile **ret)
{
	return turn(extend != 0) != 0 ? SQLITE_IOERR_SHMMAP : real_of(f)->pMethods->xShmMap(real_of(f), page, n, extend, ret);
}

static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags); }
static void shim_shm_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int shim_shm_unmap(sqlite3_file *f, int del) { return real_of(f)->pMethods->xShmUnmap(real_of(f), del); }
static int shim_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **ret) { return real_of(f)->pMethods->xFetch(real_of(f), at, n, ret); }
static int shim_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p) { return real_of(f)->pMethods->xUnfetch(real_of(f), at, p); }

static const sqlite3_io_methods methods = {
	3, shim_close, shim_read, shim_write, shim_truncate, shim_sync, shim_size, shim_lock, shim_unlock, shim_reserved,
	shim_control, shim_sector, shim_device, shim_shm_map, shim_shm_lock, shim_shm_barrier, shim_shm_unmap, shim_fetch, shim_unfetch,
};

static int shim_open(sqlite3_vfs *v, sqlite3_filename path, sqlite3_file *f, int flags, int *ret_flags)
{
	struct shim *s = (struct shim *)(void *)f;
	int rc;

	(void)v;
	f->pMethods = NULL;
	s->wal = (flags & SQLITE_OPEN_WAL) != 0;
	if (turn(true) != 0)
		return SQLITE_CANTOPEN;
	if ((s->real = calloc(1, (size_t)below->szOsFile)) == NULL)
		return SQLITE_NOMEM;
	if ((rc = below->xOpen(below, path, s->real, flags, ret_flags)) != SQLITE_OK) {
		free(s->real);
		return rc;
	}
	f->pMethods = &methods;
	return SQLITE_OK;
}

static int shim_delete(sqlite3_vfs *v, const char *path, int sync)
{
	const size_t n = strlen(path);

	(void)v;
	(void)sync;
	if (turn(true) != 0)
		return SQLITE_IOERR_DELETE;
	if (n > 4 && strcmp(path + n - 4, "-wal") == 0 && hook.synced != NULL)
		hook.synced(hook.ctx, 0);
	return below->xDelete(below, path, 0);
}

void faultvfs_set(const struct faultvfs_hook *h)
{
	if (below == NULL) {
		if ((below = sqlite3_vfs_find(NULL)) == NULL)
			abort();
		vfs = *below;
		vfs.pNext = NULL;
		vfs.zName = "fault";
		vfs.szOsFile = (int)sizeof(struct shim);
		vfs.xOpen = shim_open;
		vfs.xDelete = shim_delete;
		if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
			abort();
	}
	hook = h != NULL ? *h : (struct faultvfs_hook){0};
}
