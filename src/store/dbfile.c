/* Small files of this node: opening, versions, what rows have in common. */
#include "store/dbfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/enc.h"

/*
 * SQLite would make it with the process's umask, and gives its own -wal and -shm the mode it finds here. The file is
 * never opened here: closing a descriptor drops all locks this process holds on the file, those of its other handles
 * too, and another process would then clear the write-ahead log away beneath them.
 */
static int make_private(const struct db_file *f, const char *path, struct err *e)
{
	struct stat st;

	if (mknod(path, S_IFREG | 0600, 0) < 0 && errno != EEXIST)
		return fail_errno(e, E_IO, errno, "%s", path);
	if (lstat(path, &st) < 0)
		return fail_errno(e, E_IO, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fail(e, E_IO, "%s: not a regular file", path);
	if ((st.st_mode & 077) != 0)
		return fail(e, E_DENIED, "%s: others may read or write it (mode %03o); it holds %s: chmod 600", path, (unsigned)(st.st_mode & 0777), f->holds);
	return 0;
}

/* *ret_version 0: nothing in it yet. */
static int identify(struct db *d, const struct db_file *f, const char *path, int64_t *ret_version, struct err *e)
{
	int64_t app = 0, version = 0, objects = 0;
	int rc;

	if ((rc = db_int(d, "PRAGMA application_id", &app, e)) != 0 || (rc = db_int(d, "PRAGMA user_version", &version, e)) != 0 ||
	    (rc = db_int(d, "SELECT count(*) FROM sqlite_schema", &objects, e)) != 0)
		return rc;
	*ret_version = version;
	if (app == 0 && version == 0 && objects == 0)
		return 0;
	if (app != f->application || version < 1)
		return fail(e, E_CORRUPT, "%s: not a file of %s; move it away and a new one is made, without %s", path, f->what, f->lost);
	if (version > f->version)
		return fail(e, E_CORRUPT, "%s: made by a newer program (version %" PRId64 ", this one knows %d): use that one", path, version, f->version);
	return 0;
}

static int upgrade(struct db *d, const struct db_file *f, const char *path, struct err *e)
{
	int64_t version = 0;
	char sql[128];
	int rc;

	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", f->application, f->version);
	if ((rc = db_exec(d, "BEGIN IMMEDIATE", e)) != 0)
		return rc;
	/* Somebody else may have done it while we waited. */
	rc = identify(d, f, path, &version, e);
	for (size_t i = 0; rc == 0 && i < f->steps; i++)
		if (f->step[i].version > version)
			rc = db_exec(d, f->step[i].sql, e);
	if (rc == 0)
		rc = db_exec(d, sql, e);
	if (rc == 0)
		return db_exec(d, "COMMIT", e);
	IGNORE(db_exec(d, "ROLLBACK", NULL), "the first error is the one to tell");
	return rc;
}

/* Two processes that open a new file at once: SQLite does not wait when both want to change its mode, so we do. */
static int set_wal(struct db *d, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < 250; i++) {
		if ((rc = db_exec(d, "PRAGMA journal_mode = WAL", e)) != E_BUSY)
			return rc;
		sqlite3_sleep(20);
	}
	return rc;
}

/* A file whose tables are not what its version says is found out now, not in the middle of a request. */
static int prepare_all(struct db *d, struct err *e)
{
	sqlite3_stmt *st;
	int rc = 0;

	for (unsigned q = 0; rc == 0 && q < d->count; q++)
		rc = db_start(d, q, &st, e, "");
	return rc;
}

int db_file_open(struct db *d, const char *path, const struct db_file *f, struct err *e)
{
	int64_t version = 0;
	int rc;

	if ((rc = make_private(f, path, e)) != 0 || (rc = db_open(d, path, SQLITE_OPEN_READWRITE, f->what, f->sql, f->count, e)) != 0 ||
	    (rc = identify(d, f, path, &version, e)) != 0)
		return rc;
	if (f->triggers && (rc = sqlite3_db_config(d->h, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, (int *)NULL)) != SQLITE_OK)
		return db_fail(d, rc, "configuring", e);
	if ((rc = set_wal(d, e)) != 0 ||
	    (rc = db_exec(d, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -512", e)) != 0 ||
	    (version < f->version && (rc = upgrade(d, f, path, e)) != 0))
		return rc;
	return prepare_all(d, e);
}

int db_text_ok(const char *text, size_t max, unsigned may, const char *what, struct err *e)
{
	const size_t n = strnlen(text, max + 1);

	if (n > max)
		return fail(e, E_LIMIT, "%s: longer than %zu bytes", what, max);
	if (n == 0 && (may & TEXT_EMPTY) == 0)
		return fail(e, E_FORMAT, "%s: missing", what);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < ' ' && ((may & TEXT_LINES) == 0 || strchr("\n\t", text[i]) == NULL)) || text[i] == 0x7f)
			return fail(e, E_FORMAT, "%s: a control byte at %zu", what, i);
	return utf8_check(text, n) < n ? fail(e, E_FORMAT, "%s: not UTF-8", what) : 0;
}
