/* Reading the index. No statement is open while a visitor runs, so visitors may ask the same reader. */
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "store/index.h"
#include "store/index_priv.h"

#define CHUNK 1000u /* frame numbers gathered at a time */

/* ---- single rows ---- */

static int bad_row(const char *what, uint64_t key, struct err *e)
{
	return fail(e, E_CORRUPT, "index: %s %llu is damaged: rebuild it", what, (unsigned long long)key);
}

static int take_log(struct db *d, sqlite3_stmt *st, struct index_log *ret, struct err *e)
{
	struct index_log row;
	bool there = false;
	int rc = db_step(d, st, &there, e);

	if (rc == 0 && !there)
		rc = fail(e, E_NOTFOUND, "index: no such log");
	if (rc == 0) {
		row = (struct index_log){.log = (uint32_t)db_u64(st, 0), .size = db_u64(st, 2), .note_frame = db_u64(st, 3),
		    .note_at = db_u64(st, 4), .note_size = db_u64(st, 5), .entries_to = db_u64(st, 6)};
		if (db_text(st, 1, row.origin, sizeof(row.origin)))
			*ret = row;
		else
			rc = bad_row("log", row.log, e);
	}
	db_done(st);
	return rc;
}

int index_get_log(struct index_reader *r, uint32_t log, struct index_log *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = index_ask(r, e);

	if (rc != 0)
		return rc;
	if ((rc = db_start(r->db, Q_GET_LOG, &st, e, "i", (int64_t)log)) == 0)
		rc = take_log(r->db, st, ret, e);
	index_asked(r);
	return rc;
}

int index_find_log(struct index_reader *r, const char *origin, struct index_log *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = index_ask(r, e);

	if (rc != 0)
		return rc;
	if ((rc = db_start(r->db, Q_FIND_LOG, &st, e, "t", origin)) == 0)
		rc = take_log(r->db, st, ret, e);
	index_asked(r);
	return rc;
}

/* The first width × each bytes of a stored tile or bundle. */
static int get_wide(struct index_reader *r, enum query q, uint32_t log, unsigned level, uint64_t n, unsigned width, size_t each, void *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool there = false;
	int64_t key = 0;
	int rc;

	if (width < 1 || width > 256 || index_tile_key(log, level, n, &key, NULL) != 0)
		return fail(e, E_NOTFOUND, "index: no tile can be at log %u, level %u, %llu, width %u", log, level, (unsigned long long)n, width);
	if ((rc = index_ask(r, e)) != 0)
		return rc;
	if ((rc = db_start(r->db, q, &st, e, "i", key)) == 0 && (rc = db_step(r->db, st, &there, e)) == 0) {
		const void *p = there ? sqlite3_column_blob(st, 0) : NULL;

		if (p == NULL || (size_t)sqlite3_column_bytes(st, 0) < width * each)
			rc = fail(e, E_NOTFOUND, "index: log %u, level %u, %llu: no %u wide", log, level, (unsigned long long)n, width);
		else
			memcpy(out, p, width * each);
	}
	db_done(st);
	index_asked(r);
	return rc;
}

int index_get_tile(struct index_reader *r, uint32_t log, unsigned level, uint64_t n, unsigned width, void *hashes, struct err *e)
{
	return get_wide(r, Q_GET_TILE, log, level, n, width, 32, hashes, e);
}

int index_get_bundle(struct index_reader *r, uint32_t log, uint64_t n, unsigned width, void *leaves, struct err *e)
{
	return get_wide(r, Q_GET_BUNDLE, log, 0, n, width, 33, leaves, e);
}

void index_id_join(const char *type, const uint8_t uuid[16], char id[LIMIT_STIX_ID + 1])
{
	static const uint8_t at[] = {0, 8, 12, 16, 20, 32};
	const size_t n = strlen(type);
	char hex[33], *to = id + n;

	memcpy(id, type, n);
	hex_encode(uuid, 16, hex);
	*to++ = '-';
	for (size_t i = 0; i + 1 < sizeof(at); i++) {
		*to++ = '-';
		memcpy(to, hex + at[i], (size_t)(at[i + 1] - at[i]));
		to += at[i + 1] - at[i];
	}
	*to = '\0';
}

static bool take_entry(sqlite3_stmt *st, struct index_entry *row)
{
	char type[LIMIT_STIX_TYPE + 1];
	uint8_t uuid[16];

	row->frame = db_u64(st, 0);
	row->at = db_u64(st, 1);
	row->log = (uint32_t)db_u64(st, 2);
	row->index = db_u64(st, 3);
	row->revoked = db_u64(st, 10) != 0;
	row->added = sqlite3_column_int64(st, 11);
	row->version_ns = sqlite3_column_int64(st, 12);
	row->digits = (uint8_t)db_u64(st, 13);
	row->size = (uint32_t)db_u64(st, 14);
	row->audience = (uint32_t)db_u64(st, 15);
	row->v20 = (db_u64(st, 16) & ROW_V20) != 0;
	row->draft = (db_u64(st, 16) & ROW_DRAFT) != 0;
	row->gone = (db_u64(st, 16) & ROW_GONE) != 0;
	row->type = (uint32_t)db_u64(st, 17);
	row->fresh = false;
	if (!db_blob(st, 4, row->collection, 16) || !db_text(st, 5, type, sizeof(type)) || !db_blob(st, 6, uuid, 16) ||
	    !db_text(st, 7, row->modified, sizeof(row->modified)) || !db_blob(st, 8, row->sha256, 32) ||
	    !db_text(st, 9, row->subject, sizeof(row->subject)))
		return false;
	index_id_join(type, uuid, row->id);
	return true;
}

static int entry_at(struct index_reader *r, uint64_t frame, struct index_entry *row, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool there = false;
	int rc = db_start(r->db, Q_GET_ENTRY, &st, e, "u", frame);

	if (rc == 0)
		rc = db_step(r->db, st, &there, e);
	if (rc == 0 && (!there || !take_entry(st, row)))
		rc = bad_row("entry of frame", frame, e);
	db_done(st);
	return rc;
}

int index_at_frame(struct index_reader *r, uint64_t frame, struct index_entry *ret, struct err *e)
{
	int rc;

	if (frame > INT64_MAX)
		return bad_row("entry of frame", frame, e);
	if ((rc = index_ask(r, e)) != 0)
		return rc;
	rc = entry_at(r, frame, ret, e);
	index_asked(r);
	return rc;
}

/* ---- lists of frames ---- */

struct frames { uint64_t *no; size_t n, cap; };

static int frames_add(struct frames *f, uint64_t no, struct err *e)
{
	if (f->n == f->cap) {
		const size_t cap = f->cap != 0 ? 2 * f->cap : 16;
		uint64_t *p = mem_realloc(f->no, cap * sizeof(*p));

		if (p == NULL)
			return fail(e, E_NOMEM, "index");
		f->no = p;
		f->cap = cap;
	}
	f->no[f->n++] = no;
	return 0;
}

/* Run a started statement to its end; its first column to f. */
static int gather(struct index_reader *r, sqlite3_stmt *st, struct frames *f, struct err *e)
{
	bool row = true;
	int rc = 0;

	while (rc == 0 && row) {
		if ((rc = db_step(r->db, st, &row, e)) == 0 && row)
			rc = frames_add(f, db_u64(st, 0), e);
	}
	db_done(st);
	return rc;
}

/* Which of the frames gathered are wanted; NULL members: any. */
struct want { const char *id; const uint8_t *collection; };

static bool wanted(const struct want *w, const struct index_entry *row)
{
	return (w->id == NULL || strcmp(w->id, row->id) == 0) && (w->collection == NULL || memcmp(w->collection, row->collection, 16) == 0);
}

static int visit_frames(struct index_reader *r, const struct frames *f, const struct want *w, index_visit *v, void *ctx, struct err *e)
{
	struct index_entry row;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->n; i++) {
		if ((rc = entry_at(r, f->no[i], &row, e)) == 0 && wanted(w, &row))
			rc = v(ctx, &row, e);
	}
	return rc;
}

int index_versions(struct index_reader *r, const char *id, const uint8_t *collection, index_visit *v, void *ctx, struct err *e)
{
	const struct want w = {id, collection};
	const int64_t key = index_id_key(id);
	struct frames f = {0};
	sqlite3_stmt *st = NULL;
	int rc;

	if ((rc = index_enter(r, e)) != 0)
		return rc;
	if ((rc = db_start(r->db, Q_IDS, &st, e, "i", key)) == 0)
		rc = gather(r, st, &f, e);
	if (rc == 0 && (rc = db_start(r->db, Q_IDS_RECENT, &st, e, "i", key)) == 0)
		rc = gather(r, st, &f, e);
	if (rc == 0)
		rc = visit_frames(r, &f, &w, v, ctx, e);
	index_leave(r);
	mem_free(f.no);
	return rc;
}

int index_subjects(struct index_reader *r, const char *subject, index_visit *v, void *ctx, struct err *e)
{
	const struct want any = {0};
	struct frames f = {0};
	sqlite3_stmt *st = NULL;
	int rc;

	if ((rc = index_enter(r, e)) != 0)
		return rc;
	if ((rc = db_start(r->db, Q_FRAMES_BY_SUBJECT, &st, e, "t", subject)) == 0)
		rc = gather(r, st, &f, e);
	if (rc == 0)
		rc = visit_frames(r, &f, &any, v, ctx, e);
	index_leave(r);
	mem_free(f.no);
	return rc;
}

int index_get_entry(struct index_reader *r, uint32_t log, uint64_t index, struct index_entry *ret, struct err *e)
{
	struct frames f = {0};
	sqlite3_stmt *st = NULL;
	int rc;

	if (index > INT64_MAX)
		return fail(e, E_NOTFOUND, "index: no entry %llu", (unsigned long long)index);
	if ((rc = index_enter(r, e)) != 0)
		return rc;
	if ((rc = db_start(r->db, Q_FRAME_BY_LOG, &st, e, "iu", (int64_t)log, index)) == 0)
		rc = gather(r, st, &f, e);
	if (rc == 0 && f.n == 0)
		rc = fail(e, E_NOTFOUND, "index: log %u: entry %llu is not here", log, (unsigned long long)index);
	if (rc == 0)
		rc = entry_at(r, f.no[0], ret, e);
	index_leave(r);
	mem_free(f.no);
	return rc;
}

/* ---- pages ---- */

struct page { uint64_t after; const uint8_t *collection; const char *type; struct index_cursor *at; size_t n; };

/* The next frames of one collection's run, or of its type's, behind p->after. */
static int page_run(struct index_reader *r, const struct page *p, const uint8_t *collection, struct frames *f, struct err *e)
{
	const struct index_want w = {.collection = collection, .type = &p->type, .types = p->type != NULL, .after_frame = p->after, .after_added = INT64_MIN};
	const struct index_row *row = NULL;
	size_t left = p->n;
	int rc = index_seek(p->at, r, &w, e);

	while (rc == 0 && left-- > 0 && (rc = index_next(p->at, &row, e)) == 0 && row != NULL)
		rc = frames_add(f, row->frame, e);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int index_collection_uuid(struct index_reader *r, uint64_t n, uint8_t ret[16], struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(r->db, Q_COLLECTION_UUID, &st, e, "u", n);

	if (rc == 0 && (rc = db_step(r->db, st, &row, e)) == 0 && (!row || !db_blob(st, 0, ret, 16)))
		rc = bad_row("collection", n, e);
	db_done(st);
	return rc;
}

/* One type in whichever collection: the next of each, then the first of all. Bounded by collections × n. */
static int page_over_collections(struct index_reader *r, const struct page *p, struct frames *f, struct err *e)
{
	struct frames coll = {0};
	uint8_t uuid[16];
	sqlite3_stmt *st = NULL;
	int rc = db_start(r->db, Q_ALL_COLLECTIONS, &st, e, "");

	if (rc == 0)
		rc = gather(r, st, &coll, e);
	for (size_t i = 0; rc == 0 && i < coll.n; i++)
		if ((rc = index_collection_uuid(r, coll.no[i], uuid, e)) == 0)
			rc = page_run(r, p, uuid, f, e);
	mem_free(coll.no);
	if (rc == 0 && f->n > 0)
		qsort(f->no, f->n, sizeof(*f->no), by_number);
	f->n = f->n < p->n ? f->n : p->n;
	return rc;
}

/* The next p->n frames behind p->after. */
static int page_chunk(struct index_reader *r, const struct page *p, struct frames *f, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	f->n = 0;
	if (p->collection != NULL)
		return page_run(r, p, p->collection, f, e);
	if (p->type != NULL)
		return page_over_collections(r, p, f, e);
	rc = db_start(r->db, Q_PAGE, &st, e, "uu", p->after, (uint64_t)p->n);
	return rc != 0 ? rc : gather(r, st, f, e);
}

static int page_visit(struct index_reader *r, struct page *p, size_t limit, struct frames *f, index_visit *v, void *ctx, struct err *e)
{
	const struct want any = {0};
	int rc = 0;

	while (rc == 0 && limit > 0) {
		p->n = limit < CHUNK ? limit : CHUNK;
		if ((rc = page_chunk(r, p, f, e)) != 0 || f->n == 0)
			return rc;
		p->after = f->no[f->n - 1];
		limit = f->n < p->n ? 0 : limit - f->n;
		rc = visit_frames(r, f, &any, v, ctx, e);
	}
	return rc;
}

int index_page(struct index_reader *r, uint64_t after, const uint8_t *collection, const char *type, size_t limit, index_visit *v, void *ctx, struct err *e)
{
	struct page p = {.after = after, .collection = collection, .type = type};
	struct frames f = {0};
	int rc;

	if (after > INT64_MAX)
		return 0;
	/* Its own: visitors may come back here. */
	if ((collection != NULL || type != NULL) && (rc = index_cursor_new(&p.at, e)) != 0)
		return rc;
	if ((rc = index_enter(r, e)) == 0) {
		rc = page_visit(r, &p, limit, &f, v, ctx, e);
		index_leave(r);
	}
	index_cursor_free(p.at);
	mem_free(f.no);
	return rc;
}

static int log_page_visit(struct index_reader *r, uint32_t log, uint64_t from, size_t limit, struct frames *f, index_visit *v, void *ctx, struct err *e)
{
	struct index_entry row = {0};
	sqlite3_stmt *st = NULL;
	int rc = 0;

	while (rc == 0 && limit > 0) {
		const size_t n = limit < CHUNK ? limit : CHUNK;

		f->n = 0;
		if ((rc = db_start(r->db, Q_PAGE_LOG, &st, e, "iuu", (int64_t)log, from, (uint64_t)n)) != 0 || (rc = gather(r, st, f, e)) != 0)
			return rc;
		limit = f->n < n ? 0 : limit - n;
		for (size_t i = 0; rc == 0 && i < f->n; i++) {
			if ((rc = entry_at(r, f->no[i], &row, e)) == 0)
				rc = v(ctx, &row, e);
		}
		from = row.index + 1;
	}
	return rc;
}

int index_log_page(struct index_reader *r, uint32_t log, uint64_t from, size_t limit, index_visit *v, void *ctx, struct err *e)
{
	struct frames f = {0};
	int rc;

	if (from > INT64_MAX)
		return 0;
	if ((rc = index_enter(r, e)) != 0)
		return rc;
	rc = log_page_visit(r, log, from, limit, &f, v, ctx, e);
	index_leave(r);
	mem_free(f.no);
	return rc;
}

/* ---- checkpoints, cosignatures, counts ---- */

int index_cosignatures(struct index_reader *r, uint32_t log, index_cosig_visit *v, void *ctx, struct err *e)
{
	static const char sql[] = "SELECT name, size, time_s FROM cosignature WHERE log = ? ORDER BY name, size, time_s";
	char name[LIMIT_ORIGIN + 1];
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = index_ask(r, e);

	if (rc != 0)
		return rc;
	/* Its own statement: the visitor may come back here. */
	if ((rc = sqlite3_prepare_v2(r->db->h, sql, -1, &st, NULL)) == SQLITE_OK)
		rc = sqlite3_bind_int64(st, 1, (int64_t)log);
	if (rc != SQLITE_OK)
		rc = db_fail(r->db, rc, sql, e);
	while (rc == 0 && row) {
		if ((rc = db_step(r->db, st, &row, e)) != 0 || !row)
			break;
		rc = db_text(st, 0, name, sizeof(name)) ? v(ctx, name, db_u64(st, 1), db_u64(st, 2), e) : bad_row("cosignature of log", log, e);
	}
	sqlite3_finalize(st);
	index_asked(r);
	return rc;
}

int index_checkpoint_at(struct index_reader *r, uint32_t log, uint64_t size, uint64_t *ret_size, uint64_t *ret_frame, uint64_t *ret_at, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc;

	if (size > INT64_MAX)
		return fail(e, E_NOTFOUND, "index: no checkpoint of %llu leaves", (unsigned long long)size);
	if ((rc = index_ask(r, e)) != 0)
		return rc;
	if ((rc = db_start(r->db, Q_CHECKPOINT_AT, &st, e, "iu", (int64_t)log, size)) == 0 && (rc = db_step(r->db, st, &row, e)) == 0) {
		if (row) {
			*ret_size = db_u64(st, 0);
			*ret_frame = db_u64(st, 1);
			*ret_at = db_u64(st, 2);
		} else {
			rc = fail(e, E_NOTFOUND, "index: log %u: no checkpoint of %llu leaves or more", log, (unsigned long long)size);
		}
	}
	db_done(st);
	index_asked(r);
	return rc;
}

int index_count(struct index_reader *r, uint64_t *ret_entries, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = index_ask(r, e);

	if (rc != 0)
		return rc;
	if ((rc = db_start(r->db, Q_GET_HEAD, &st, e, "")) == 0 && (rc = db_step(r->db, st, &row, e)) == 0)
		*ret_entries = row ? db_u64(st, 2) : 0;
	db_done(st);
	index_asked(r);
	return rc;
}
