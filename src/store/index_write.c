/* Rows into the index: inside begin … commit. */
#include <assert.h>
#include <string.h>

#include "base/enc.h"
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
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(&x->db, get, &st, e, fmt, key, n);

	if (rc == 0 && (rc = db_step(&x->db, st, &row, e)) == 0 && row)
		*ret = db_u64(st, 0);
	db_done(st);
	if (rc != 0 || row)
		return rc;
	if ((rc = db_run(&x->db, put, e, fmt, key, n)) == 0)
		*ret = (uint64_t)sqlite3_last_insert_rowid(x->db.h);
	return rc;
}

static int collection_number(struct index *x, const uint8_t uuid[16], uint64_t *ret, struct err *e)
{
	struct known *k = &x->coll[uuid[15] % ARRAY_LEN(x->coll)];
	int rc;

	if (k->n == 0 || memcmp(k->key, uuid, 16) != 0) {
		k->n = 0;
		if ((rc = number_of(x, Q_GET_COLLECTION, Q_PUT_COLLECTION, "b", uuid, 16, &k->n, e)) != 0)
			return rc;
		memcpy(k->key, uuid, 16);
	}
	*ret = k->n;
	return 0;
}

static int type_number(struct index *x, const char *type, uint64_t *ret, struct err *e)
{
	const size_t n = strlen(type);
	struct known *k = &x->type[(n * 31 + (unsigned char)type[0] + (unsigned char)type[n - 1] * 7u) % ARRAY_LEN(x->type)];
	int rc;

	if (k->n == 0 || strcmp(k->key, type) != 0) {
		k->n = 0;
		if ((rc = number_of(x, Q_GET_TYPE, Q_PUT_TYPE, "t", type, 0, &k->n, e)) != 0)
			return rc;
		memcpy(k->key, type, n + 1);
	}
	*ret = k->n;
	return 0;
}

int index_put_entry(struct index *x, const struct index_entry *row, struct err *e)
{
	char type[LIMIT_STIX_TYPE + 1];
	uint8_t uuid[16];
	uint64_t coll = 0, kind = 0;
	int rc;

	if (!index_id_split(row->id, type, uuid))
		return fail(e, E_FORMAT, "index: frame %llu: \"%s\" is not type--UUID", (unsigned long long)row->frame, row->id);
	if ((rc = collection_number(x, row->collection, &coll, e)) != 0 || (rc = type_number(x, type, &kind, e)) != 0)
		return rc;
	rc = db_run(&x->db, Q_PUT_ENTRY, e, "uuiuuubtbti", row->frame, row->at, (int64_t)row->log, row->index, coll, kind,
	    (const void *)uuid, sizeof(uuid), row->modified[0] != '\0' ? row->modified : NULL, (const void *)row->sha256,
	    sizeof(row->sha256), row->subject[0] != '\0' ? row->subject : NULL, (int64_t)row->revoked);
	if (rc != 0 || (rc = db_run(&x->db, Q_PUT_RECENT, e, "iu", index_id_key(row->id), row->frame)) != 0)
		return rc;
	x->now.entries++;
	x->now.recent++;
	return 0;
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
