/*
 * tests/sim/ground.h - one machine for one node: what goes through `struct fs` lies on the disk of faultfs.h, what
 * SQLite, the lock and the signer write lies in a real folder of the same path; one plan of faults for both.
 *
 * Keys stay in the real folder too (their mode is looked at by descriptor) but go through the planned faults.
 * Folders and the names of pinned peers, which are listed, are kept the same on both sides.
 */
#pragma once
#include "faultfs.h"

enum side { SIDE_FS, SIDE_INDEX }; /* whose calls are counted and fail: struct fs, SQLite's files */

struct ground;
/* `dir`: an existing real folder, the only one this ground knows. SQLite uses this ground until it is freed: one at a time. */
struct ground *ground_new(const char *dir, uint64_t seed);
void ground_free(struct ground *g);
struct fs ground_fs(struct ground *g); /* valid while g lives */
/* The n-th call of that side fails; FAULT_CRASH: from then on everything fails, on both sides. n 0: no fault. */
void ground_plan(struct ground *g, enum side side, long n, unsigned kinds, enum fault what);
bool ground_fired(struct ground *g);
long ground_calls(struct ground *g, enum side side, unsigned kinds); /* since ground_new; kinds: of SIDE_FS */
bool ground_crashed(struct ground *g);

/* Remember everything as it is (nothing may be open); and go back there with new chances. No fault is planned then. */
void ground_save(struct ground *g);
void ground_restore(struct ground *g, uint64_t seed);
/* After everything is closed. The process died; the machine did not. */
void ground_kill(struct ground *g);
/* Power loss: disk_crash(); the index and the signer's memory as they are, as they were when saved, or cut short. */
void ground_power(struct ground *g);
