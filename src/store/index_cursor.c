/* Reading runs: a place in one or several of them, and the few tables their numbers stand for. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/index.h"
#include "store/index_priv.h"

/* Runs of types read side by side; of more types than this the collection's own run is read and sifted. */
#define LANES 16

struct lane {
	uint64_t run;
	uint64_t k;               /* key of the chunk held */
	unsigned n, i;            /* its rows, and the next of them */
	bool end;
	uint8_t *rows;            /* RUN_ROWS × ROW_BYTES, kept */
	uint64_t frame;           /* of the next row */
	uint64_t state, from;     /* the rows held are what is in the run behind positions ≥ from, in this state; 0: unknown */
};

struct index_cursor {
	struct index_reader *r;
	struct lane lane[LANES];
	size_t lanes;
	uint64_t after;
	int64_t added;
	uint32_t *type;           /* sorted: what is sifted for; types 0: everything */
	size_t types, cap;
	struct index_row row;
};

int index_cursor_new(struct index_cursor **ret, struct err *e)
{
	struct index_cursor *c = mem_zalloc(sizeof(*c));

	if (c == NULL)
		return fail(e, E_NOMEM, "index: cursor");
	*ret = c;
	return 0;
}

void index_cursor_free(struct index_cursor *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < LANES; i++)
		mem_free(c->lane[i].rows);
	mem_free(c->type);
	mem_free(c);
}

/* ---- one lane ---- */

static uint64_t lane_frame(const struct lane *l, unsigned i)
{
	struct index_row row;

	row_get(l->rows + (size_t)i * ROW_BYTES, &row);
	return row.frame;
}

/* The chunk a started statement finds. *ret false: none. */
static int lane_take(struct index_cursor *c, struct lane *l, sqlite3_stmt *st, bool *ret, struct err *e)
{
	int rc = db_step(c->r->db, st, ret, e);

	if (rc == 0 && *ret) {
		const void *p = sqlite3_column_blob(st, 1);
		const size_t n = (size_t)sqlite3_column_bytes(st, 1);

		l->k = db_u64(st, 0);
		l->i = l->n = 0;
		if (p == NULL || n == 0 || n % ROW_BYTES != 0 || n > RUN_ROWS * ROW_BYTES) {
			rc = fail(e, E_CORRUPT, "index: chunk %llu is damaged: rebuild it", (unsigned long long)l->k);
		} else {
			memcpy(l->rows, p, n);
			l->n = (unsigned)(n / ROW_BYTES);
			l->from = l->k & RUN_FRAME;
			l->state = c->r->state;
		}
	}
	db_done(st);
	return rc;
}

static int lane_next_chunk(struct index_cursor *c, struct lane *l, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool there = false;
	int rc = db_start(c->r->db, Q_CHUNK_AFTER, &st, e, "uu", l->k, l->run << RUN_SHIFT | RUN_FRAME);

	if (rc == 0)
		rc = lane_take(c, l, st, &there, e);
	l->end = !there;
	return rc;
}

static void lane_look(struct lane *l)
{
	l->frame = l->end ? UINT64_MAX : lane_frame(l, l->i);
}

/* One page ends where the next one begins: then its rows are here already. */
static bool lane_holds(const struct index_cursor *c, const struct lane *l, uint64_t run)
{
	return l->state != 0 && l->state == c->r->state && l->run == run && l->n > 0 && c->after >= l->from && c->after < lane_frame(l, l->n - 1);
}

/* Read the chunk that c->after lies in, or the next one, if there is any. */
static int lane_load(struct index_cursor *c, struct lane *l, uint64_t run, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool there = false;
	int rc;

	l->run = run;
	l->k = run << RUN_SHIFT;
	l->n = 0;
	l->state = 0;
	if ((rc = db_start(c->r->db, Q_CHUNK_AT, &st, e, "uu", run << RUN_SHIFT | c->after, run << RUN_SHIFT)) != 0 ||
	    (rc = lane_take(c, l, st, &there, e)) != 0)
		return rc;
	l->i = 0;
	if (there && lane_frame(l, l->n - 1) > c->after)
		return 0;
	l->i = l->n;
	if ((rc = lane_next_chunk(c, l, e)) == 0 && !l->end)
		l->from = there ? c->after : 0;
	return rc;
}

/* To the first row behind c->after. */
static int lane_seek(struct index_cursor *c, struct lane *l, uint64_t run, struct err *e)
{
	unsigned hi;
	int rc;

	if (l->rows == NULL && (l->rows = mem_alloc(RUN_ROWS * ROW_BYTES)) == NULL)
		return fail(e, E_NOMEM, "index: cursor");
	l->end = false;
	if (lane_holds(c, l, run))
		l->i = 0;
	else if ((rc = lane_load(c, l, run, e)) != 0)
		return rc;
	for (hi = l->n; l->i < hi;) {
		const unsigned mid = l->i + (hi - l->i) / 2;

		if (lane_frame(l, mid) <= c->after)
			l->i = mid + 1;
		else
			hi = mid;
	}
	lane_look(l);
	return 0;
}

/* ---- where to go ---- */

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The numbers of the types wanted, each once; unknown ones have no rows. */
static int know_types(struct index_cursor *c, const struct index_want *w, struct err *e)
{
	size_t n = 0, to = 0;
	uint64_t number = 0;
	uint32_t *p;
	int rc;

	c->types = 0;
	if (w->types > c->cap) {
		if ((p = mem_realloc(c->type, w->types * sizeof(*p))) == NULL)
			return fail(e, E_NOMEM, "index: cursor");
		c->type = p;
		c->cap = w->types;
	}
	for (size_t i = 0; i < w->types; i++) {
		if ((rc = reader_type(c->r, w->type[i], &number, e)) != 0)
			return rc;
		if (number != 0)
			c->type[n++] = (uint32_t)number;
	}
	if (n > 1)
		qsort(c->type, n, sizeof(*c->type), by_number);
	for (size_t i = 0; i < n; i++)
		if (to == 0 || c->type[i] != c->type[to - 1])
			c->type[to++] = c->type[i];
	c->types = to;
	return 0;
}

/* The clock's table leads to a frame shortly before the first one wanted. */
static int know_moment(struct index_cursor *c, const struct index_want *w, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc;

	c->after = w->after_frame;
	c->added = w->after_added;
	if (c->added == INT64_MIN)
		return 0;
	if ((rc = db_start(c->r->db, Q_MOMENT_AT, &st, e, "i", c->added)) == 0 && (rc = db_step(c->r->db, st, &row, e)) == 0 && row &&
	    db_u64(st, 0) > c->after)
		c->after = db_u64(st, 0);
	db_done(st);
	return rc;
}

/* A number once given stays. */
static int reader_run(struct index_reader *r, uint64_t coll, uint64_t type, uint64_t *ret, struct err *e)
{
	const size_t i = type % RUNS_KNOWN;
	int rc;

	if (r->run[i].n == 0 || r->run[i].coll != coll || r->run[i].type != type) {
		if ((rc = run_number(r->db, coll, type, ret, e)) != 0)
			return rc;
		r->run[i].coll = coll;
		r->run[i].type = type;
		r->run[i].n = *ret;
	}
	*ret = r->run[i].n;
	return 0;
}

static int add_lane(struct index_cursor *c, uint64_t coll, uint64_t type, struct err *e)
{
	uint64_t run = 0;
	int rc = reader_run(c->r, coll, type, &run, e);

	if (rc == 0 && run != 0 && (rc = lane_seek(c, &c->lane[c->lanes], run, e)) == 0)
		c->lanes++;
	return rc;
}

int index_seek(struct index_cursor *c, struct index_reader *r, const struct index_want *w, struct err *e)
{
	uint64_t coll = 0;
	int rc;

	for (size_t i = 0; c->r != r && i < LANES; i++)
		c->lane[i].state = 0;
	c->r = r;
	c->lanes = 0;
	if (w->after_frame > RUN_FRAME)
		return 0;
	if ((rc = reader_collection(r, w->collection, &coll, e)) != 0 || coll == 0 ||
	    (rc = know_types(c, w, e)) != 0 || (w->types > 0 && c->types == 0) || (rc = know_moment(c, w, e)) != 0)
		return rc;
	if (c->types == 0 || c->types > LANES)
		return add_lane(c, coll, 0, e);
	for (size_t i = 0; rc == 0 && i < c->types; i++)
		rc = add_lane(c, coll, c->type[i], e);
	c->types = 0; /* every lane has what is wanted and nothing else */
	return rc;
}

/* ---- going on ---- */

static bool sifted(const struct index_cursor *c)
{
	return c->row.added <= c->added ||
	    (c->types > 0 && bsearch(&c->row.type, c->type, c->types, sizeof(*c->type), by_number) == NULL);
}

int index_next(struct index_cursor *c, const struct index_row **ret, struct err *e)
{
	int rc;

	for (;;) {
		struct lane *l = &c->lane[0];

		for (size_t i = 1; i < c->lanes; i++)
			if (c->lane[i].frame < l->frame)
				l = &c->lane[i];
		if (c->lanes == 0 || l->end) {
			*ret = NULL;
			return 0;
		}
		row_get(l->rows + (size_t)l->i * ROW_BYTES, &c->row);
		if (++l->i == l->n && (rc = lane_next_chunk(c, l, e)) != 0)
			return rc;
		if (c->lanes > 1)
			lane_look(l);
		if (!sifted(c)) {
			*ret = &c->row;
			return 0;
		}
	}
}

/* ---- what numbers stand for ---- */

int index_number(struct db *d, enum query q, const char *fmt, const void *key, size_t n, uint64_t *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(d, q, &st, e, fmt, key, n); /* n is read only where fmt asks for it */

	if (rc == 0 && (rc = db_step(d, st, &row, e)) == 0)
		*ret = row ? db_u64(st, 0) : 0;
	db_done(st);
	return rc;
}

/* A number once given stays: only what is not there yet is asked for again. */
static int reader_number(struct index_reader *r, struct known *k, enum query q, const char *fmt, const void *key, size_t n, uint64_t *ret, struct err *e)
{
	int rc;

	if (k->n != 0 && k->len == n && memcmp(k->key, key, n) == 0) {
		*ret = k->n;
		return 0;
	}
	if ((rc = index_number(r->db, q, fmt, key, n, ret, e)) != 0 || *ret == 0 || n > sizeof(k->key))
		return rc;
	k->n = *ret;
	k->len = n;
	memcpy(k->key, key, n);
	return 0;
}

int reader_collection(struct index_reader *r, const uint8_t uuid[16], uint64_t *ret, struct err *e)
{
	return reader_number(r, &r->coll, Q_GET_COLLECTION, "b", uuid, 16, ret, e);
}

int reader_type(struct index_reader *r, const char *type, uint64_t *ret, struct err *e)
{
	return reader_number(r, &r->type, Q_GET_TYPE, "t", type, strlen(type), ret, e);
}

struct id_key { int64_t h; uint64_t coll, type; uint8_t uuid[16]; };

static int visit_id_rows(struct index_reader *r, enum query q, const struct id_key *key, index_row_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	struct index_row row;
	bool there = true;
	int rc = db_start(r->db, q, &st, e, "iuu", key->h, key->coll, key->type);

	while (rc == 0 && (rc = db_step(r->db, st, &there, e)) == 0 && there) {
		if (!db_blob(st, 4, row.uuid, 16) || memcmp(row.uuid, key->uuid, 16) != 0)
			continue; /* another id of the same 48 bits */
		row.frame = db_u64(st, 0);
		row.at = db_u64(st, 1);
		row.log = (uint8_t)db_u64(st, 2);
		row.type = (uint32_t)db_u64(st, 3);
		row.added = sqlite3_column_int64(st, 5);
		row.version_ns = sqlite3_column_int64(st, 6);
		row.digits = (uint8_t)db_u64(st, 7);
		row.size = (uint32_t)db_u64(st, 8);
		row.audience = (uint32_t)db_u64(st, 9);
		row.flags = (uint8_t)db_u64(st, 10);
		rc = v(ctx, &row, e);
	}
	db_done(st);
	return rc;
}

int index_id_rows(struct index_reader *r, const char *id, const uint8_t collection[16], index_row_visit *v, void *ctx, struct err *e)
{
	char type[LIMIT_STIX_TYPE + 1];
	struct id_key key = {.h = 0};
	int rc;

	if (!index_id_split(id, type, key.uuid))
		return 0;
	if ((rc = index_enter(r, e)) != 0)
		return rc;
	if ((rc = reader_collection(r, collection, &key.coll, e)) == 0 && (rc = reader_type(r, type, &key.type, e)) == 0 &&
	    key.coll != 0 && key.type != 0) {
		key.h = index_id_key(id);
		/* All of ids came before all of recent. */
		if ((rc = visit_id_rows(r, Q_ID_ROWS, &key, v, ctx, e)) == 0)
			rc = visit_id_rows(r, Q_ID_ROWS_RECENT, &key, v, ctx, e);
	}
	index_leave(r);
	return rc;
}

int index_audience_key(struct index_reader *r, uint32_t audience, struct buf *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = index_ask(r, e);

	if (rc != 0)
		return rc;
	if ((rc = db_start(r->db, Q_AUDIENCE_KEY, &st, e, "i", (int64_t)audience)) == 0 && (rc = db_step(r->db, st, &row, e)) == 0) {
		if (row)
			buf_put(out, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
		rc = row ? buf_err(out, e, "audience") : fail(e, E_CORRUPT, "index: audience %u is not there: rebuild it", audience);
	}
	db_done(st);
	index_asked(r);
	return rc;
}

static int type_room(struct index_reader *r, uint32_t type, struct err *e)
{
	const size_t n = (size_t)type + 16;
	char **p;

	if (type < r->type_names)
		return 0;
	if ((p = mem_realloc(r->type_name, n * sizeof(*p))) == NULL)
		return fail(e, E_NOMEM, "index: types");
	memset(p + r->type_names, 0, (n - r->type_names) * sizeof(*p));
	r->type_name = p;
	r->type_names = n;
	return 0;
}

static int type_load(struct index_reader *r, uint32_t type, struct err *e)
{
	char name[LIMIT_STIX_TYPE + 1];
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = index_ask(r, e);

	if (rc != 0)
		return rc;
	if ((rc = db_start(r->db, Q_TYPE_NAME, &st, e, "i", (int64_t)type)) == 0 && (rc = db_step(r->db, st, &row, e)) == 0 && (!row || !db_text(st, 0, name, sizeof(name))))
		rc = fail(e, E_CORRUPT, "index: type %u is not there: rebuild it", type);
	db_done(st);
	index_asked(r);
	/* Numbers are given from 1 on: a number that is in the table is small enough for an array. */
	if (rc == 0 && (rc = type_room(r, type, e)) == 0 && (r->type_name[type] = mem_strdup(name)) == NULL)
		rc = fail(e, E_NOMEM, "index: types");
	return rc;
}

int index_type_name(struct index_reader *r, uint32_t type, const char **ret, struct err *e)
{
	int rc;

	if ((type >= r->type_names || r->type_name[type] == NULL) && (rc = type_load(r, type, e)) != 0)
		return rc;
	*ret = r->type_name[type];
	return 0;
}
