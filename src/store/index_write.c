/* Rows into the index: inside begin … commit. */
#include <assert.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "store/index.h"
#include "store/index_priv.h"

/* The row number of a tile or bundle: log, level, n from the top. n < 2^43 covers 2^48 leaves in tiles of 256. */
#define KEY_N_BITS 43
#define KEY_LEVEL_BITS 4
#define KEY_LOG_BITS 16

int index_tile_key(uint32_t log, unsigned level, uint64_t n, int64_t *ret, struct err *e)
{
	if (log >> KEY_LOG_BITS != 0 || level >> KEY_LEVEL_BITS != 0 || n >> KEY_N_BITS != 0)
		return fail(e, E_LIMIT, "index: no tile can be at log %u, level %u, %llu", log, level, (unsigned long long)n);
	*ret = (int64_t)((uint64_t)log << (KEY_LEVEL_BITS + KEY_N_BITS) | (uint64_t)level << KEY_N_BITS | n);
	return 0;
}

int64_t index_id_key(const char *id)
{
	uint8_t h[SHA256_LEN];

	sha256(id, strlen(id), h);
	return (int64_t)be_get(h, 6);
}

bool index_id_split(const char *id, char type[LIMIT_STIX_TYPE + 1], uint8_t uuid[16])
{
	static const uint8_t dash[] = {8, 13, 18, 23};
	const size_t n = strlen(id);
	char hex[33];
	size_t at = 0;

	if (n < 1 + 2 + 36 || n > LIMIT_STIX_ID || id[n - 37] != '-' || id[n - 38] != '-')
		return false;
	for (size_t i = 0; i < 36; i++) {
		const char c = id[n - 36 + i];

		if (i == dash[0] || i == dash[1] || i == dash[2] || i == dash[3]) {
			if (c != '-')
				return false;
		} else if (at == 32 || c == '-' || (c >= 'A' && c <= 'F')) {
			return false;
		} else {
			hex[at++] = c;
		}
	}
	memcpy(type, id, n - 38);
	type[n - 38] = '\0';
	return hex_decode(hex, 32, uuid, 16);
}

/* The number a key has in its table; the next free one if it is new. */
static int number_of(struct index *x, enum query get, enum query put, const char *fmt, const void *key, size_t n, uint64_t *ret, struct err *e)
{
	int rc = index_number(&x->db, get, fmt, key, n, ret, e);

	if (rc != 0 || *ret != 0)
		return rc;
	if ((rc = db_run(&x->db, put, e, fmt, key, n)) == 0)
		*ret = (uint64_t)sqlite3_last_insert_rowid(x->db.h);
	return rc;
}

/* The same, through a few lately used ones; keys too long for them are always looked up. */
static int known_number(struct index *x, struct known *k, enum query get, enum query put, const char *fmt, const void *key, size_t n, uint64_t *ret, struct err *e)
{
	int rc;

	if (k->n != 0 && k->len == n && memcmp(k->key, key, n) == 0) {
		*ret = k->n;
		return 0;
	}
	if ((rc = number_of(x, get, put, fmt, key, n, ret, e)) != 0 || n > sizeof(k->key))
		return rc;
	k->n = *ret;
	k->len = n;
	memcpy(k->key, key, n);
	return 0;
}

static int collection_number(struct index *x, const uint8_t uuid[16], uint64_t *ret, struct err *e)
{
	return known_number(x, &x->coll[uuid[15] % ARRAY_LEN(x->coll)], Q_GET_COLLECTION, Q_PUT_COLLECTION, "b", uuid, 16, ret, e);
}

static int type_number(struct index *x, const char *type, uint64_t *ret, struct err *e)
{
	const size_t n = strlen(type);
	const size_t slot = (n * 31 + (unsigned char)type[0] + (unsigned char)type[n - 1] * 7u) % ARRAY_LEN(x->type);
	const int rc = known_number(x, &x->type[slot], Q_GET_TYPE, Q_PUT_TYPE, "t", type, n, ret, e);

	return rc == 0 && *ret > UINT32_MAX ? fail(e, E_LIMIT, "index: too many types") : rc;
}

int index_audience(struct index *x, const void *key, size_t n, uint32_t *ret, struct err *e)
{
	const uint8_t *p = key;
	size_t slot = n;
	uint64_t number = 0;
	int rc;

	for (size_t i = 0; i < n && i < 64; i++)
		slot = slot * 31 + p[i];
	rc = known_number(x, &x->audience[slot % ARRAY_LEN(x->audience)], Q_GET_AUDIENCE, Q_PUT_AUDIENCE, "b", key, n, &number, e);
	if (rc == 0 && number > UINT32_MAX)
		rc = fail(e, E_LIMIT, "index: too many audiences");
	if (rc == 0)
		*ret = (uint32_t)number;
	return rc;
}

/* ---- an entry: its row, its id, its places in two runs, and what it means for the id's other versions ---- */

struct place { uint64_t coll, type; uint8_t uuid[16]; int64_t id_key; };

static int place_of(struct index *x, const struct index_entry *row, struct place *ret, struct err *e)
{
	char type[LIMIT_STIX_TYPE + 1];
	int rc;

	if (!index_id_split(row->id, type, ret->uuid))
		return fail(e, E_FORMAT, "index: frame %llu: \"%s\" is not type--UUID", (unsigned long long)row->frame, row->id);
	ret->id_key = index_id_key(row->id);
	if ((rc = collection_number(x, row->collection, &ret->coll, e)) != 0)
		return rc;
	return type_number(x, type, &ret->type, e);
}

static uint8_t facts_of(const struct index_entry *row)
{
	return (uint8_t)((row->v20 ? ROW_V20 : 0) | (row->draft ? ROW_DRAFT : 0));
}

static int put_row(struct index *x, const struct index_entry *row, const struct place *at, struct err *e)
{
	return db_run(&x->db, Q_PUT_ENTRY, e, "uuiuuubtbtiiiiiii", row->frame, row->at, (int64_t)row->log, row->index, at->coll, at->type,
	    (const void *)at->uuid, sizeof(at->uuid), row->modified[0] != '\0' ? row->modified : NULL, (const void *)row->sha256,
	    sizeof(row->sha256), row->subject[0] != '\0' ? row->subject : NULL, (int64_t)row->revoked, row->added, row->version_ns,
	    (int64_t)row->digits, (int64_t)row->size, (int64_t)row->audience, (int64_t)facts_of(row));
}

/* Flags of versions that came before, where this one changes them. */
static int mark_changed(struct index *x, const struct place *at, const uint8_t *before, struct err *e)
{
	const struct versions *l = &x->versions;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->n; i++)
		if (l->flags[i] != before[i])
			rc = runs_mark(x, at->coll, at->type, l->v[i].frame, l->flags[i], e);
	return rc;
}

/* With x->versions loaded: the flags of the new one, and what becomes of the others. */
static int join_versions(struct index *x, const struct index_entry *row, const struct place *at, uint8_t *ret_flags, struct err *e)
{
	struct versions *l = &x->versions;
	const size_t n = l->n;
	CLEANUP(mem_free) void *before = mem_alloc(n);
	int rc;

	if (before == NULL)
		return fail(e, E_NOMEM, "index: versions");
	version_flags(l->v, n, l->flags);
	memcpy(before, l->flags, n);
	if ((rc = versions_add(l, &(struct version){row->frame, row->version_ns, row->audience, (uint32_t)at->type, facts_of(row)}, e)) != 0)
		return rc;
	version_flags(l->v, n + 1, l->flags);
	*ret_flags = l->flags[n];
	l->n = n;
	return mark_changed(x, at, before, e);
}

static int put_moment(struct index *x, const struct index_entry *row, struct err *e)
{
	return x->now.entries % MOMENT_EVERY == 0 ? db_run(&x->db, Q_PUT_MOMENT, e, "iu", row->added, row->frame) : 0;
}

static int put_place(struct index *x, const struct index_entry *row, const struct place *at, struct err *e)
{
	struct index_row packed = {
		.frame = row->frame, .at = row->at, .added = row->added, .version_ns = row->version_ns, .size = row->size,
		.audience = row->audience, .type = (uint32_t)at->type, .log = (uint8_t)row->log, .digits = row->digits,
		.flags = (uint8_t)(facts_of(row) | ROW_ONLY | ROW_LAST),
	};
	int rc = 0;

	memcpy(packed.uuid, at->uuid, sizeof(packed.uuid));
	x->versions.n = 0;
	if (!row->fresh || recent_may_have(x, at->id_key))
		rc = versions_load(&x->db, at->id_key, at->coll, at->type, at->uuid, &x->versions, e);
	if (rc == 0 && x->versions.n > 0)
		rc = join_versions(x, row, at, &packed.flags, e);
	return rc == 0 ? runs_append(x, at->coll, at->type, &packed, e) : rc;
}

int index_put_entry(struct index *x, const struct index_entry *row, struct err *e)
{
	struct place at = {0};
	int rc;

	if (row->frame > RUN_FRAME || row->log > UINT8_MAX)
		return fail(e, E_LIMIT, "index: frame %llu, log %u", (unsigned long long)row->frame, row->log);
	if ((rc = place_of(x, row, &at, e)) != 0 || (rc = put_row(x, row, &at, e)) != 0)
		return rc;
	/* Behind the row itself: that a frame or a place in a log is taken is the plainer thing to say. */
	if (row->frame <= x->now.last || row->added <= x->now.added)
		return fail(e, E_FORMAT, "index: frame %llu comes behind frame %llu, or was not added after it",
		    (unsigned long long)row->frame, (unsigned long long)x->now.last);
	if ((rc = put_place(x, row, &at, e)) != 0 || (rc = put_moment(x, row, e)) != 0 ||
	    (rc = db_run(&x->db, Q_PUT_RECENT, e, "iu", at.id_key, row->frame)) != 0)
		return rc;
	recent_note(x, at.id_key);
	x->now.entries++;
	x->now.recent++;
	x->now.last = row->frame;
	if (row->draft)
		x->now.own = row->frame;
	x->now.added = row->added;
	return 0;
}

/* ---- withdrawals ---- */

/* Is the version in this frame of that log, with that text of `modified`? */
static int is_taken_back(struct index *x, uint64_t frame, uint32_t log, const char *modified, bool *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = db_start(&x->db, Q_IS_TAKEN_BACK, &st, e, "uit", frame, (int64_t)log, modified);

	if (rc == 0)
		rc = db_step(&x->db, st, ret, e);
	db_done(st);
	return rc;
}

static int take_back(struct index *x, const struct index_entry *by, const char *modified, const struct place *at, struct err *e)
{
	struct versions *l = &x->versions;
	CLEANUP(mem_free) void *before = mem_alloc(l->n);
	int rc = 0;

	if (before == NULL)
		return fail(e, E_NOMEM, "index: versions");
	version_flags(l->v, l->n, l->flags);
	memcpy(before, l->flags, l->n);
	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		bool yes = false;

		if (l->v[i].frame >= by->frame || (l->v[i].flags & ROW_GONE) != 0 ||
		    (rc = is_taken_back(x, l->v[i].frame, by->log, modified, &yes, e)) != 0 || !yes)
			continue;
		l->v[i].flags |= ROW_GONE;
		rc = db_run(&x->db, Q_MARK_ENTRY, e, "iu", (int64_t)l->v[i].flags, l->v[i].frame);
	}
	if (rc != 0)
		return rc;
	version_flags(l->v, l->n, l->flags);
	return mark_changed(x, at, before, e);
}

int index_withdraw(struct index *x, const struct index_entry *by, const char *id, const char *modified, struct err *e)
{
	struct place at = {0};
	char type[LIMIT_STIX_TYPE + 1];
	int rc;

	if (!index_id_split(id, type, at.uuid))
		return 0; /* nothing here has such an id */
	at.id_key = index_id_key(id);
	if ((rc = index_number(&x->db, Q_GET_COLLECTION, "b", by->collection, 16, &at.coll, e)) != 0 ||
	    (rc = index_number(&x->db, Q_GET_TYPE, "t", type, 0, &at.type, e)) != 0 || at.coll == 0 || at.type == 0)
		return rc;
	rc = versions_load(&x->db, at.id_key, at.coll, at.type, at.uuid, &x->versions, e);
	return rc == 0 && x->versions.n > 0 ? take_back(x, by, modified, &at, e) : rc;
}

int index_put_log(struct index *x, const struct index_log *row, struct err *e)
{
	return db_run(&x->db, Q_PUT_LOG, e, "ituuuuu", (int64_t)row->log, row->origin, row->size, row->note_frame, row->note_at,
	    row->note_size, row->entries_to);
}

static int put_wide(struct index *x, enum query q, uint32_t log, unsigned level, uint64_t n, unsigned width, size_t each, const void *p, struct err *e)
{
	int64_t key = 0;
	int rc;

	if (width < 1 || width > 256)
		return fail(e, E_LIMIT, "index: a tile of %u", width);
	if ((rc = index_tile_key(log, level, n, &key, e)) != 0)
		return rc;
	return db_run(&x->db, q, e, "ib", key, p, width * each);
}

int index_put_tile(struct index *x, uint32_t log, unsigned level, uint64_t n, unsigned width, const void *hashes, struct err *e)
{
	return put_wide(x, Q_PUT_TILE, log, level, n, width, 32, hashes, e);
}

int index_put_bundle(struct index *x, uint32_t log, uint64_t n, unsigned width, const void *leaves, struct err *e)
{
	return put_wide(x, Q_PUT_BUNDLE, log, 0, n, width, 33, leaves, e);
}

int index_put_checkpoint(struct index *x, uint32_t log, uint64_t size, uint64_t frame, uint64_t at, struct err *e)
{
	return db_run(&x->db, Q_PUT_CHECKPOINT, e, "iuuu", (int64_t)log, size, frame, at);
}

int index_put_cosignature(struct index *x, uint32_t log, uint64_t size, const char *name, uint64_t time_s, uint64_t frame, uint64_t at, struct err *e)
{
	return db_run(&x->db, Q_PUT_COSIGNATURE, e, "ituuuu", (int64_t)log, name, size, time_s, frame, at);
}
