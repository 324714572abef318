/*
 * tests/sim/faultfs.h - a `struct fs` that fails on request, and an in-memory disk that crashes.
 *
 * Two parts, used together or alone:
 *
 *   struct disk     files in memory with the two states real ones have: what programs see (the page cache) and
 *                   what is on the platter. Only fsync and fdatasync move bytes from the first to the second,
 *                   only fsync of a folder makes names in it durable. disk_crash() throws the first state away,
 *                   except for what chance (a seed) had written back before.
 *   struct faultfs  any other fs (a disk, or the real one) with one planned fault: the n-th call of some kinds.
 *
 * Typical countdown test:
 *
 *   for (long n = 1; ; n++) {
 *           struct disk *d = disk_new(n);
 *           struct fs below = disk_fs(d);
 *           struct faultfs *f = faultfs_new(&below);
 *           struct fs fs = faultfs_fs(f);
 *           faultfs_plan(f, n, FAULT_ALL, FAULT_EIO, false);
 *           work(&fs);
 *           bool fired = faultfs_fired(f);
 *           disk_crash(d);
 *           check(&below);
 *           faultfs_free(f); disk_free(d);
 *           if (!fired) break;        // n is beyond the last call: all of them were tried
 *   }
 *
 * Both are safe to use from several threads. Memory failure aborts: these are tests.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/fs.h"

#define DISK_PAGE 4096u   /* what the page cache writes back */
#define DISK_SECTOR 512u  /* what a disk writes whole or not at all */

/* ---- the disk ---- */
struct disk;
struct disk *disk_new(uint64_t seed);      /* folders "/" and "." are there */
struct disk *disk_clone(struct disk *d);   /* both states; descriptors are not cloned */
void disk_free(struct disk *d);
struct fs disk_fs(struct disk *d);         /* valid while d lives */
/*
 * Power off and on again. Every descriptor is dead (EBADF). Per page that was written and not synced, by chance:
 * kept, dropped, or torn: some of its sectors new, others old. Sizes and names not synced: kept up to some point of
 * their history, lost after it, per file and per folder.
 */
void disk_crash(struct disk *d);
/* The mildest crash: everything written is kept (kill -9). Descriptors are dead. */
void disk_kill(struct disk *d);
void disk_reseed(struct disk *d, uint64_t seed);
/* Bytes the disk holds at most; files count with their size. 0: no bound. */
void disk_set_space(struct disk *d, uint64_t bytes);
/* Change a stored byte behind everyone's back, on both states. Aborts if there is no such byte. */
void disk_flip(struct disk *d, const char *path, uint64_t at, uint8_t mask);
/* Size of a file, -1: no such file. */
int64_t disk_size(struct disk *d, const char *path);

/* ---- faults ---- */
enum {
	FAULT_OPEN = 1 << 0, FAULT_PREAD = 1 << 1, FAULT_PWRITE = 1 << 2, FAULT_FDATASYNC = 1 << 3, FAULT_FSYNC = 1 << 4,
	FAULT_FTRUNCATE = 1 << 5, FAULT_FALLOCATE = 1 << 6, FAULT_RENAME = 1 << 7, FAULT_UNLINK = 1 << 8, FAULT_MKDIR = 1 << 9,
	FAULT_ALL = (1 << 10) - 1, FAULT_CHANGES = FAULT_ALL & ~FAULT_PREAD, /* close never fails */
};
enum fault {
	FAULT_EIO, FAULT_ENOSPC, /* the call fails and does nothing */
	FAULT_SHORT,             /* pread, pwrite: half of it is done and returned; others: as EIO */
	FAULT_TORN,              /* pwrite: half of it is done, EIO is returned; others: as EIO */
	FAULT_CRASH,             /* this call and all later ones fail with EIO, whatever kind they are; half of a pwrite is done */
};
struct faultfs;
struct faultfs *faultfs_new(const struct fs *below); /* copies the table */
void faultfs_free(struct faultfs *f);
struct fs faultfs_fs(struct faultfs *f);             /* valid while f lives */
/* The n-th call (1 = next) of any of `kinds` fails; sticky: and every later one of these kinds too. n 0: no fault. */
void faultfs_plan(struct faultfs *f, long n, unsigned kinds, enum fault what, bool sticky);
bool faultfs_fired(struct faultfs *f);               /* since the last plan */
long faultfs_calls(struct faultfs *f, unsigned kinds); /* made since faultfs_new */

/* A small seeded generator for tests (splitmix64): same seed, same row of numbers, everywhere. */
uint64_t sim_next(uint64_t *state);
/* 0 … n-1 */
uint64_t sim_below(uint64_t *state, uint64_t n);
