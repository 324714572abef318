/* Shared by the index's tests: an index in a folder of its own, and made-up rows, the same for the same frame. */
#pragma once
#include "../check.h"

#include "store/index.h"

#define OK(expr) ok((expr), &e, #expr, __FILE__, __LINE__)
void ok(int rc, const struct err *e, const char *expr, const char *file, int line);

/* A folder of its own for every test. */
struct ground { char dir[40], path[64]; struct index *x; };
int setup(void **state);
int teardown(void **state);

void make_id(char *id, const char *type, uint64_t n);
struct index_entry make_row(uint64_t frame);
void assert_row(const struct index_entry *got, const struct index_entry *want);
/* Frames from…to in batches of up to `batch`, with the tiles, checkpoints and log rows a record would put. */
void fill(struct index *x, uint64_t from, uint64_t to, uint64_t batch);

/* A visitor that keeps what it is shown; returns 42 at row number `stop`. */
struct list { struct index_entry row[4000]; size_t n, stop; };
int collect(void *ctx, const struct index_entry *row, struct err *e);
