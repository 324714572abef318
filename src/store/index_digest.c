/* One number for all that the index says. */
#include <string.h>

#include "base/enc.h"
#include "crypto/crypto.h"
#include "store/index.h"
#include "store/index_priv.h"

static const char *const tables[] = {
#define TABLE(name, sql)
#define DIGEST(sql) sql,
#define QUERY(name, sql)
#include "store/index.def"
#undef TABLE
#undef DIGEST
#undef QUERY
};

/* Kind, length, bytes: no two rows read alike. Integers as 8 bytes. */
static void add_value(struct sha256_ctx *c, sqlite3_stmt *st, int col)
{
	const int kind = sqlite3_column_type(st, col);
	const void *p = NULL;
	uint8_t head[9], number[8];
	size_t n = 0;

	if (kind == SQLITE_INTEGER) {
		be_put(number, (uint64_t)sqlite3_column_int64(st, col), 8);
		p = number;
		n = sizeof(number);
	} else if (kind != SQLITE_NULL) {
		p = sqlite3_column_blob(st, col);
		n = (size_t)sqlite3_column_bytes(st, col);
	}
	head[0] = (uint8_t)kind;
	be_put(head + 1, n, 8);
	sha256_add(c, head, sizeof(head));
	if (n > 0)
		sha256_add(c, p, n);
}

static int add_table(struct index_reader *r, struct sha256_ctx *c, const char *sql, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = sqlite3_prepare_v2(r->db->h, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return db_fail(r->db, rc, sql, e);
	sha256_add(c, sql, strlen(sql) + 1);
	while ((rc = db_step(r->db, st, &row, e)) == 0 && row) {
		sha256_add(c, "row", 3);
		for (int col = 0; col < sqlite3_column_count(st); col++)
			add_value(c, st, col);
	}
	sqlite3_finalize(st);
	return rc;
}

int index_digest(struct index_reader *r, uint8_t ret[32], struct err *e)
{
	struct sha256_ctx c;
	int rc;

	if ((rc = index_enter(r, e)) != 0)
		return rc;
	sha256_begin(&c);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(tables); i++)
		rc = add_table(r, &c, tables[i], e);
	index_leave(r);
	if (rc == 0)
		sha256_end(&c, ret);
	return rc;
}
