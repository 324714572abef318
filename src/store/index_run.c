/* Runs: packed rows in arrival order. Here: their bytes, their flags, and the writer's side. */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/mem.h"
#include "store/index.h"
#include "store/index_priv.h"

/* ---- rows as bytes: little-endian, so that on most machines they are copied as they are ---- */

static void put64(uint8_t *p, uint64_t v) { v = htole64(v); memcpy(p, &v, 8); }
static void put32(uint8_t *p, uint32_t v) { v = htole32(v); memcpy(p, &v, 4); }
static uint64_t get64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return le64toh(v); }
static uint32_t get32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return le32toh(v); }

#define AT_FLAGS 62

void row_put(const struct index_row *row, uint8_t out[ROW_BYTES])
{
	put64(out, row->frame);
	put64(out + 8, row->at);
	put64(out + 16, (uint64_t)row->added);
	put64(out + 24, (uint64_t)row->version_ns);
	memcpy(out + 32, row->uuid, 16);
	put32(out + 48, row->size);
	put32(out + 52, row->audience);
	put32(out + 56, row->type);
	out[60] = row->log;
	out[61] = row->digits;
	out[AT_FLAGS] = row->flags;
	out[63] = 0;
}

void row_get(const uint8_t in[ROW_BYTES], struct index_row *ret)
{
	ret->frame = get64(in);
	ret->at = get64(in + 8);
	ret->added = (int64_t)get64(in + 16);
	ret->version_ns = (int64_t)get64(in + 24);
	memcpy(ret->uuid, in + 32, 16);
	ret->size = get32(in + 48);
	ret->audience = get32(in + 52);
	ret->type = get32(in + 56);
	ret->log = in[60];
	ret->digits = in[61];
	ret->flags = in[AT_FLAGS];
}

/* ---- versions and their flags ---- */

void versions_free(struct versions *l)
{
	mem_free(l->v);
	mem_free(l->flags);
	*l = (struct versions){0};
}

/* Is v[i] never the last for anybody who may see it? Most ids grow newer and newer: then the first look says so. */
static bool outdated(const struct version *v, size_t n, size_t i)
{
	if ((v[i].flags & ROW_DRAFT) != 0)
		return false;
	for (size_t k = n - 1; k > i; k--)
		if ((v[k].flags & (ROW_GONE | ROW_DRAFT)) == 0 && v[k].ns > v[i].ns && v[k].audience == v[i].audience &&
		    ((v[k].flags ^ v[i].flags) & ROW_V20) == 0)
			return true;
	return false;
}

void version_flags(const struct version *v, size_t n, uint8_t *flags)
{
	size_t alive = 0, last = n;

	for (size_t i = 0; i < n; i++) {
		flags[i] = v[i].flags & (ROW_GONE | ROW_V20 | ROW_DRAFT);
		if ((flags[i] & ROW_GONE) != 0)
			continue;
		alive++;
		if (last == n || v[i].ns > v[last].ns)
			last = i;
	}
	for (size_t i = 0; i < n; i++) {
		if ((flags[i] & ROW_GONE) != 0)
			continue;
		if (i == last)
			flags[i] |= alive == 1 ? ROW_LAST | ROW_ONLY : ROW_LAST;
		else if (outdated(v, n, i))
			flags[i] |= ROW_OLD;
	}
}

int versions_add(struct versions *l, const struct version *v, struct err *e)
{
	if (l->n == l->cap) {
		const size_t cap = l->cap != 0 ? 2 * l->cap : 16;
		struct version *p = mem_realloc(l->v, cap * sizeof(*p));
		uint8_t *f;

		if (p == NULL)
			return fail(e, E_NOMEM, "index: versions");
		l->v = p;
		if ((f = mem_realloc(l->flags, cap)) == NULL)
			return fail(e, E_NOMEM, "index: versions");
		l->flags = f;
		l->cap = cap;
	}
	l->v[l->n++] = *v;
	return 0;
}

/* The frame's version, if it is one of (coll, type, uuid); else v->frame stays 0. */
static int load_version(struct db *d, uint64_t frame, uint64_t coll, uint64_t type, const uint8_t uuid[16], struct version *v, struct err *e)
{
	sqlite3_stmt *st = NULL;
	uint8_t have[16];
	bool row = false;
	int rc = db_start(d, Q_GET_VERSION, &st, e, "u", frame);

	v->frame = 0;
	if (rc == 0 && (rc = db_step(d, st, &row, e)) == 0) {
		if (!row || !db_blob(st, 2, have, 16))
			rc = fail(e, E_CORRUPT, "index: entry of frame %llu is damaged: rebuild it", (unsigned long long)frame);
		else if (db_u64(st, 0) == coll && db_u64(st, 1) == type && memcmp(have, uuid, 16) == 0)
			*v = (struct version){frame, sqlite3_column_int64(st, 3), (uint32_t)db_u64(st, 4), (uint32_t)type, (uint8_t)db_u64(st, 5)};
	}
	db_done(st);
	return rc;
}

static int load_from(struct db *d, enum query q, int64_t id_key, uint64_t coll, uint64_t type, const uint8_t uuid[16], struct versions *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	struct version v;
	bool row = true;
	int rc = db_start(d, q, &st, e, "i", id_key);

	while (rc == 0 && (rc = db_step(d, st, &row, e)) == 0 && row)
		if ((rc = load_version(d, db_u64(st, 0), coll, type, uuid, &v, e)) == 0 && v.frame != 0)
			rc = versions_add(ret, &v, e);
	db_done(st);
	return rc;
}

int versions_load(struct db *d, int64_t id_key, uint64_t coll, uint64_t type, const uint8_t uuid[16], struct versions *ret, struct err *e)
{
	int rc;

	ret->n = 0;
	if ((rc = load_from(d, Q_IDS, id_key, coll, type, uuid, ret, e)) != 0)
		return rc;
	return load_from(d, Q_IDS_RECENT, id_key, coll, type, uuid, ret, e);
}

/* ---- ids that wait in `recent`, as a set: most new ids are told from the known ones without asking the table ---- */

static size_t recent_slot(const struct runs *s, int64_t key)
{
	size_t i = (size_t)key & (RECENT_SLOTS - 1); /* the key is a hash */

	while (s->recent[i] != 0 && s->recent[i] != key + 1)
		i = (i + 1) & (RECENT_SLOTS - 1);
	return i;
}

static void set_add(struct runs *s, int64_t key)
{
	const size_t i = recent_slot(s, key);

	if (s->recents >= RECENT_SLOTS / 2) {
		s->recent_known = false; /* one huge transaction: ask the table until the next merge */
		return;
	}
	s->recents += s->recent[i] == 0;
	s->recent[i] = key + 1;
}

static void recent_load(struct index *x)
{
	struct runs *s = &x->runs;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc;

	memset(s->recent, 0, RECENT_SLOTS * sizeof(*s->recent));
	s->recents = 0;
	s->recent_known = true;
	rc = db_start(&x->db, Q_ALL_RECENT, &st, NULL, "");
	while (rc == 0 && (rc = db_step(&x->db, st, &row, NULL)) == 0 && row && s->recent_known)
		set_add(s, sqlite3_column_int64(st, 0));
	db_done(st);
	s->recent_known = s->recent_known && rc == 0;
}

bool recent_may_have(struct index *x, int64_t id_key)
{
	struct runs *s = &x->runs;

	if (s->recent == NULL) {
		if ((s->recent = mem_array(RECENT_SLOTS, sizeof(*s->recent))) == NULL)
			return true;
		recent_load(x);
	}
	return !s->recent_known || s->recent[recent_slot(s, id_key)] != 0;
}

void recent_note(struct index *x, int64_t id_key)
{
	if (x->runs.recent != NULL && x->runs.recent_known)
		set_add(&x->runs, id_key);
}

/* The table is empty now, or not what it was: read it again when next asked. */
void recent_forget(struct index *x)
{
	mem_free(x->runs.recent);
	x->runs.recent = NULL;
}

/* ---- chunks in the writer's memory ---- */

static int chunk_write(struct index *x, struct chunk *c, struct err *e)
{
	const int rc = db_run(&x->db, Q_PUT_CHUNK, e, "ub", c->k, (const void *)c->rows, (size_t)c->n * ROW_BYTES);

	if (rc == 0) {
		c->dirty = false;
		x->runs.dirty--;
	}
	return rc;
}

int runs_flush(struct index *x, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && x->runs.dirty > 0 && i < CHUNKS; i++)
		if (x->runs.key[i] != 0 && x->runs.chunk[i].dirty)
			rc = chunk_write(x, &x->runs.chunk[i], e);
	return rc;
}

static void soil(struct index *x, struct chunk *c)
{
	x->runs.dirty += !c->dirty;
	c->dirty = true;
}

/* A place for chunk k, another one written out if there is none. */
static int chunk_room(struct index *x, uint64_t k, struct chunk **ret, struct err *e)
{
	struct runs *s = &x->runs;
	const size_t i = s->next++ % CHUNKS;
	int rc;

	if (s->chunk == NULL && (s->chunk = mem_array(CHUNKS, sizeof(*s->chunk))) == NULL)
		return fail(e, E_NOMEM, "index: runs");
	if (s->key[i] != 0 && s->chunk[i].dirty && (rc = chunk_write(x, &s->chunk[i], e)) != 0)
		return rc;
	s->key[i] = k;
	s->chunk[i].k = k;
	s->chunk[i].n = 0;
	s->chunk[i].dirty = false;
	*ret = &s->chunk[i];
	return 0;
}

static struct chunk *chunk_held(struct index *x, uint64_t k)
{
	for (size_t i = 0; i < CHUNKS; i++)
		if (x->runs.key[i] == k)
			return &x->runs.chunk[i];
	return NULL;
}

/* The chunk a started statement finds; NULL: none. */
static int chunk_take(struct index *x, sqlite3_stmt *st, struct chunk **ret, struct err *e)
{
	bool row = false;
	int rc = db_step(&x->db, st, &row, e);

	*ret = NULL;
	if (rc == 0 && row) {
		const uint64_t k = db_u64(st, 0);
		const void *p = sqlite3_column_blob(st, 1);
		const size_t n = (size_t)sqlite3_column_bytes(st, 1);

		if (p == NULL || n == 0 || n % ROW_BYTES != 0 || n > RUN_ROWS * ROW_BYTES)
			rc = fail(e, E_CORRUPT, "index: chunk %llu is damaged: rebuild it", (unsigned long long)k);
		else if ((*ret = chunk_held(x, k)) == NULL && (rc = chunk_room(x, k, ret, e)) == 0) {
			memcpy((*ret)->rows, p, n);
			(*ret)->n = (unsigned)(n / ROW_BYTES);
		}
	}
	db_done(st);
	return rc;
}

static uint64_t row_frame(const struct chunk *c, unsigned i) { return get64(c->rows + (size_t)i * ROW_BYTES); }

/* ---- runs ---- */

int run_number(struct db *d, uint64_t coll, uint64_t type, uint64_t *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(d, Q_GET_RUN, &st, e, "uu", coll, type);

	if (rc == 0 && (rc = db_step(d, st, &row, e)) == 0)
		*ret = row ? db_u64(st, 0) : 0;
	db_done(st);
	return rc;
}

static int run_make(struct index *x, uint64_t coll, uint64_t type, uint64_t *ret, struct err *e)
{
	int rc = db_run(&x->db, Q_PUT_RUN, e, "uu", coll, type);

	if (rc == 0 && (*ret = (uint64_t)sqlite3_last_insert_rowid(x->db.h)) > RUN_MAX)
		rc = fail(e, E_LIMIT, "index: more than %llu runs", (unsigned long long)RUN_MAX);
	return rc;
}

/* The run and its last chunk, from the tables. What is only in memory must be there first. */
static int end_load(struct index *x, struct run_end *r, uint64_t coll, uint64_t type, struct err *e)
{
	sqlite3_stmt *st = NULL;
	struct chunk *c = NULL;
	uint64_t n = 0;
	int rc;

	r->n = 0;
	if ((rc = runs_flush(x, e)) != 0 || (rc = run_number(&x->db, coll, type, &n, e)) != 0)
		return rc;
	if (n == 0) {
		if ((rc = run_make(x, coll, type, &n, e)) == 0)
			*r = (struct run_end){coll, type, n, 0};
		return rc;
	}
	if ((rc = db_start(&x->db, Q_CHUNK_AT, &st, e, "uu", n << RUN_SHIFT | RUN_FRAME, n << RUN_SHIFT)) == 0 &&
	    (rc = chunk_take(x, st, &c, e)) == 0)
		*r = (struct run_end){coll, type, n, c != NULL ? c->k & RUN_FRAME : 0};
	return rc;
}

static int end_of(struct index *x, uint64_t coll, uint64_t type, struct run_end **ret, struct err *e)
{
	struct run_end *r = &x->runs.end[(coll * 31 + type) % RUN_ENDS];
	int rc = 0;

	if (r->n == 0 || r->coll != coll || r->type != type)
		rc = end_load(x, r, coll, type, e);
	*ret = r;
	return rc;
}

static int append_one(struct index *x, uint64_t coll, uint64_t type, const uint8_t row[ROW_BYTES], struct err *e)
{
	const uint64_t frame = get64(row);
	struct run_end *end = NULL;
	struct chunk *c = NULL;
	sqlite3_stmt *st = NULL;
	int rc;

	if ((rc = end_of(x, coll, type, &end, e)) != 0)
		return rc;
	if (end->first != 0 && (c = chunk_held(x, end->n << RUN_SHIFT | end->first)) == NULL &&
	    ((rc = db_start(&x->db, Q_GET_CHUNK, &st, e, "u", end->n << RUN_SHIFT | end->first)) != 0 || (rc = chunk_take(x, st, &c, e)) != 0))
		return rc;
	if (c == NULL || c->n == RUN_ROWS) {
		if ((rc = chunk_room(x, end->n << RUN_SHIFT | frame, &c, e)) != 0)
			return rc;
		end->first = frame;
	}
	memcpy(c->rows + (size_t)c->n * ROW_BYTES, row, ROW_BYTES);
	c->n++;
	soil(x, c);
	return 0;
}

int runs_append(struct index *x, uint64_t coll, uint64_t type, const struct index_row *row, struct err *e)
{
	uint8_t bytes[ROW_BYTES];
	int rc;

	row_put(row, bytes);
	if ((rc = append_one(x, coll, 0, bytes, e)) != 0)
		return rc;
	return append_one(x, coll, type, bytes, e);
}

/* Memory first: a chunk that grew there is shorter in the table. */
static int chunk_with(struct index *x, uint64_t run, uint64_t frame, struct chunk **ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc;

	for (size_t i = 0; i < CHUNKS; i++)
		if (x->runs.key[i] >> RUN_SHIFT == run && (x->runs.key[i] & RUN_FRAME) <= frame && x->runs.chunk[i].n > 0 &&
		    row_frame(&x->runs.chunk[i], x->runs.chunk[i].n - 1) >= frame) {
			*ret = &x->runs.chunk[i];
			return 0;
		}
	rc = db_start(&x->db, Q_CHUNK_AT, &st, e, "uu", run << RUN_SHIFT | frame, run << RUN_SHIFT);
	return rc == 0 ? chunk_take(x, st, ret, e) : rc;
}

static int mark_one(struct index *x, uint64_t coll, uint64_t type, uint64_t frame, uint8_t flags, struct err *e)
{
	struct run_end *end = NULL;
	struct chunk *c = NULL;
	int rc;

	if ((rc = end_of(x, coll, type, &end, e)) != 0 || (rc = chunk_with(x, end->n, frame, &c, e)) != 0)
		return rc;
	for (unsigned i = 0; c != NULL && i < c->n; i++)
		if (row_frame(c, i) == frame) {
			c->rows[(size_t)i * ROW_BYTES + AT_FLAGS] = flags;
			soil(x, c);
			return 0;
		}
	return fail(e, E_CORRUPT, "index: frame %llu is not in its run: rebuild it", (unsigned long long)frame);
}

int runs_mark(struct index *x, uint64_t coll, uint64_t type, uint64_t frame, uint8_t flags, struct err *e)
{
	const int rc = mark_one(x, coll, 0, frame, flags, e);

	return rc == 0 ? mark_one(x, coll, type, frame, flags, e) : rc;
}
