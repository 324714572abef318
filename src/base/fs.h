/*
 * base/fs.h - the file system behind a table, so tests can make any single call fail,
 * write short, tear or run out of space. Everything durable goes through here
 * (SQLite's own files excepted: they are derived).
 * Calls return >= 0 or -errno; they restart on EINTR.
 */
#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

struct fs {
	void *ctx;
	int (*open)(void *ctx, const char *path, int flags, mode_t mode); /* O_CLOEXEC is added */
	int (*close)(void *ctx, int fd);
	ssize_t (*pread)(void *ctx, int fd, void *p, size_t n, off_t off);
	ssize_t (*pwrite)(void *ctx, int fd, const void *p, size_t n, off_t off);
	int (*fdatasync)(void *ctx, int fd);
	int (*fsync)(void *ctx, int fd);
	int (*ftruncate)(void *ctx, int fd, off_t n);
	int (*fallocate)(void *ctx, int fd, off_t off, off_t n); /* posix_fallocate: extends the file */
	int (*rename)(void *ctx, const char *from, const char *to);
	int (*unlink)(void *ctx, const char *path);
	int (*mkdir)(void *ctx, const char *path, mode_t mode);
};
struct fs fs_system(void);

/* All n bytes or an error; a short write is continued, 0 progress is E_IO. `what` names the file in errors. */
NODISCARD int fs_pwrite_all(const struct fs *fs, int fd, const void *p, size_t n, off_t off, const char *what, struct err *e);
/* Up to n bytes; *ret_n less than n only at the end of the file. */
NODISCARD int fs_pread_all(const struct fs *fs, int fd, void *p, size_t n, off_t off, size_t *ret_n, const char *what, struct err *e);
/* Whole file behind what `out` holds; E_NOTFOUND, E_LIMIT if the file is longer than max. On failure `out` is as before. */
NODISCARD int fs_read_file(const struct fs *fs, const char *path, size_t max, struct buf *out, struct err *e);
/* Replace atomically and durably: path.tmp, fsync, rename, fsync of the folder. On failure the old file
 * stands; only when the folder's sync alone fails may the new one be there already. `path`.tmp is the caller's to guard. */
NODISCARD int fs_replace_file(const struct fs *fs, const char *path, const void *p, size_t n, mode_t mode, struct err *e);
/* fsync of the folder that holds `path`. */
NODISCARD int fs_sync_parent(const struct fs *fs, const char *path, struct err *e);
