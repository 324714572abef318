/* tests/sim/faultvfs.h - SQLite's file system with planned faults, as faultfs.h is for ours. */
#pragma once
#include <stdbool.h>

/*
 * Asked before each call that changes a file; 0: go on, 1: fail with an I/O error, 2: no space. Syncs do nothing but
 * tell how long the write-ahead log was then: so much of it outlasts a power loss (0: it is gone).
 */
struct faultvfs_hook { int (*ask)(void *ctx, bool changes); void (*synced)(void *ctx, long long wal_bytes); void *ctx; };
void faultvfs_set(const struct faultvfs_hook *h); /* becomes SQLite's default; NULL: no faults */
