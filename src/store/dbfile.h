/*
 * store/dbfile.h - private to store/: a small SQLite file of this node that several processes open: made private,
 * recognised, brought to the newest version by steps, with all its statements prepared. And what its rows have in common.
 */
#pragma once
#include "store/db.h"

struct db_step_row { int version; const char *sql; };
struct db_file {
	const char *what;                    /* names it in errors: "local state" */
	const char *holds;                   /* why nobody else may read it: "what signs users in" */
	const char *lost;                    /* what a new one lacks: "users and tokens" */
	int application, version;            /* PRAGMA application_id, user_version */
	bool triggers;                       /* those of its schema run */
	const struct db_step_row *step; size_t steps;
	const char *const *sql; size_t count;
};
/* Close with db_close, also after failure. E_CORRUPT, E_DENIED as state_open says. */
NODISCARD int db_file_open(struct db *d, const char *path, const struct db_file *f, struct err *e);

enum db_text_may { TEXT_EMPTY = 1, TEXT_LINES = 2 /* line ends and tabs */ };
/* UTF-8 of at most max bytes without control bytes. E_FORMAT, E_LIMIT name `what`. */
NODISCARD int db_text_ok(const char *text, size_t max, unsigned may, const char *what, struct err *e);
