/*
 * store/watch.h - private to store/: has anybody committed to a database in WAL mode since one last asked? Answered from
 * memory, without a system call: every commit, by whatever process, rewrites the header of the wal-index
 * (https://www.sqlite.org/walformat.html §2.1; two copies of 48 bytes), which SQLite maps for each of its readers.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

#define WATCH_WORDS 12

struct watch {
	const volatile uint64_t *head; /* SQLite's mapping; NULL: nothing to go by. Ends with the connection */
	uint64_t seen[WATCH_WORDS];
};

/* Nothing was committed since the last watch_look(). false: perhaps something was, or nobody can tell: ask by SQL. */
bool watch_same(const struct watch *w);
/*
 * Before asking by SQL: remember what is there now, so that whatever is committed later is noticed. The connection has
 * read in WAL mode before, and keeps it.
 */
void watch_look(struct watch *w, struct db *d);
