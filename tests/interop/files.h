/* files.h - what the interop programs share: files of a static log. They exit on any error. */
#pragma once
#include "base/buf.h"
#include "tlog/tlog.h"

PRINTF(1, 2) _Noreturn void die(const char *fmt, ...);
/* "DIR/name" in a static buffer of the caller's. */
struct path { char s[4096]; };
PRINTF(2, 3) const char *path_make(struct path *p, const char *fmt, ...);
void file_write(const char *path, const void *p, size_t n); /* makes the folders above */
bool file_read(const char *path, struct buf *out);          /* false: not there */
/* Tiles from DIR/tile; ctx is the folder's name. A partial tile may be cut from a longer one. */
int file_tile(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e);
/* All tiles and entry bundles of these leaves under DIR/tile; returns the root. */
struct hash tiles_write(const char *dir, const uint8_t (*leaf)[LEAF_LEN], uint64_t size);
