/* bench/bench.h - what the measuring programs share: time, medians, nodes in throw-away folders, objects of 1 KB. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record.h"

/* A failed call ends the program: a measurement of half the work is none. */
void must(int rc, const struct err *e);
double seconds(void);
double processor_seconds(void); /* of this process, all threads */
double median(double *v, size_t n); /* sorts v */
size_t setting(const char *name, size_t otherwise); /* a number from the environment */

/*
 * Run `work` in a process of its own, so that its memory can be told from the others'. It fills up to 4 numbers.
 * ret_mb: the most it had resident.
 */
typedef void bench_work(void *ctx, double out[4]);
void apart(bench_work *work, void *ctx, double out[4], double *ret_mb);

/* A folder under $BENCH_DIR (or the working directory); removed with everything in it. */
void folder_make(char path[300], const char *name);
void folder_remove(const char *path);
uint64_t folder_bytes(const char *path); /* of files directly in it */

#define BENCH_COLLECTION "0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a01"
/* Make the node `party` in dir and open it for writing; `members`: found the collection for them, or NULL. */
struct record *node_make(const char *dir, const char *party, const uint8_t spki[32], const char *url, const char *members);
struct record *node_open(const char *dir, bool writable);

/*
 * `count` indicators of exactly 1024 bytes in canonical form, one behind another. batch_number() gives them the ids
 * of numbers first, first + 1 …: everything else stays, so making objects costs next to nothing while measuring.
 */
#define OBJECT_BYTES 1024
struct batch { char *text; struct add_item *item; struct add_result *res; size_t count; };
void batch_make(struct batch *b, size_t count);
void batch_number(struct batch *b, uint64_t first);
void batch_free(struct batch *b);
/* Add it; every object must be new. */
void batch_add(struct record *r, struct batch *b);
/* Numbers first … first + n - 1, in batches, by `threads` threads in turn. */
void add_numbers(struct record *r, uint64_t first, size_t n, size_t batch, size_t threads);
/* The UUID of object `number`, 16 bytes. */
void object_uuid(uint64_t number, uint8_t uuid[16]);
