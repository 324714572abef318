/* store/home_priv.h - private to store/: what the parts of the national papers' file share. */
#pragma once
#include "store/dbfile.h"
#include "store/home.h"

#define HOME_APPLICATION 0x56524248 /* "VRBH", PRAGMA application_id */
#define HOME_VERSION 1              /* PRAGMA user_version: the last STEP of home.def */

enum home_query {
#define STEP(version, sql)
#define QUERY(name, sql) HQ_##name,
#include "store/home.def"
#undef STEP
#undef QUERY
	HQ_COUNT_
};

struct home {
	struct db db;
	unsigned depth;  /* transactions open, nested ones counted */
	bool failed;     /* one of them: the outermost rolls back */
};

NODISCARD int home_check_id(const char *id, const char *what, struct err *e);
NODISCARD int home_bad_row(const char *table, struct err *e);
/*
 * Texts of a row into one block of their own: text[i] with length n[i], each with a NUL behind it, then pointing into it.
 * NULL: no memory.
 */
struct home_piece { const char **text; size_t n; };
NODISCARD void *home_keep(struct home_piece *piece, size_t pieces);
/* A text or blob column, never NULL but without memory. */
NODISCARD int home_column(struct db *d, sqlite3_stmt *st, int col, const char **ret, size_t *ret_n, struct err *e);
