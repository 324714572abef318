/* store/index_priv.h - private to store/: what the parts of the index share. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/index.h"

#define INDEX_APPLICATION 0x56524249 /* "VRBI", PRAGMA application_id */
#define INDEX_VERSION 1              /* PRAGMA user_version; doc/FORMAT.md "Index" */

enum query {
#define TABLE(name, sql)
#define DIGEST(sql)
#define QUERY(name, sql) Q_##name,
#include "store/index.def"
#undef TABLE
#undef DIGEST
#undef QUERY
	Q_COUNT_
};
extern const char *const index_queries[Q_COUNT_];

struct index_reader {
	struct db *db;
	struct db own;        /* used unless this is the writer's view */
	unsigned depth;       /* index_enter calls open */
	bool began;           /* the outermost of them began a transaction */
	bool snapshot;        /* the caller did */
};

struct counts { uint64_t frame, at, entries, recent; };
struct known { uint64_t n; char key[LIMIT_STIX_TYPE + 1]; };

struct index {
	struct db db;
	char *path;
	struct index_reader view;
	struct counts now, committed;
	/* Numbers of collections and types lately used; n 0: empty. Forgotten when a transaction is. */
	struct known coll[16], type[64];
};

/* One state of the database until index_leave, whoever else commits; nests. */
NODISCARD int index_enter(struct index_reader *r, struct err *e);
void index_leave(struct index_reader *r);

/* 48 bits of SHA-256: nobody can make many ids that meet in one key, and an integer of 6 bytes is stored. */
int64_t index_id_key(const char *id);
/* "type--uuid" taken apart. false: not of that form, lower-case. */
NODISCARD bool index_id_split(const char *id, char type[LIMIT_STIX_TYPE + 1], uint8_t uuid[16]);
/* Row number of a tile or bundle; E_LIMIT. */
NODISCARD int index_tile_key(uint32_t log, unsigned level, uint64_t n, int64_t *ret, struct err *e);
/* Move what waits in `recent` to its place; inside a transaction. */
NODISCARD int index_merge(struct index *x, struct err *e);
