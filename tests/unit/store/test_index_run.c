/* Packed runs: random histories of versions, withdrawals and restarts, against what the rows themselves say. */
#include "index_support.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/index_priv.h"

#define IDS 60
#define ROWS 1500
#define COLLECTIONS 2

static const char *const kinds[] = {"indicator", "malware", "x-one", "x-two", "tool"};

struct world { struct index_entry row[ROWS]; bool gone[ROWS]; size_t n; uint64_t seed; };

static unsigned dice(struct world *w, unsigned n)
{
	w->seed = w->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((w->seed >> 33) % n);
}

static void make_next(struct world *w)
{
	const uint64_t frame = (w->n == 0 ? 0 : w->row[w->n - 1].frame) + 1 + dice(w, 3);
	const unsigned id = dice(w, IDS);
	struct index_entry *row = &w->row[w->n];

	*row = (struct index_entry){.frame = frame, .at = frame * 800, .log = dice(w, 4) == 0, .index = frame, .size = 100 + dice(w, 800)};
	row->added = (w->n == 0 ? -500 : w->row[w->n - 1].added) + 1 + dice(w, 9);
	memset(row->collection, 1 + (int)dice(w, COLLECTIONS), 16);
	make_id(row->id, kinds[id % ARRAY_LEN(kinds)], id);
	row->version_ns = dice(w, 12);
	(void)snprintf(row->modified, sizeof(row->modified), "2016-09-09T00:30:%02u.000Z", (unsigned)row->version_ns);
	row->digits = 3;
	row->audience = 1 + dice(w, 2) + 2 * row->log;
	row->v20 = dice(w, 6) == 0;
	row->draft = id % 7 == 0;
	memcpy(row->sha256, &frame, sizeof(frame));
}

static bool same_id(const struct index_entry *a, const struct index_entry *b)
{
	return memcmp(a->collection, b->collection, 16) == 0 && strcmp(a->id, b->id) == 0;
}

/* index.h's words on flags, row against row. */
static uint8_t naive_flags(const struct world *w, size_t i)
{
	const struct index_entry *r = &w->row[i];
	uint8_t f = (uint8_t)((r->v20 ? ROW_V20 : 0) | (r->draft ? ROW_DRAFT : 0));
	bool only = true, last = true, old = false;

	if (w->gone[i])
		return (uint8_t)(f | ROW_GONE);
	for (size_t k = 0; k < w->n; k++) {
		const struct index_entry *o = &w->row[k];

		if (k == i || w->gone[k] || !same_id(r, o))
			continue;
		only = false;
		if (o->version_ns > r->version_ns || (o->version_ns == r->version_ns && k < i))
			last = false;
		if (k > i && o->version_ns > r->version_ns && o->audience == r->audience && o->v20 == r->v20 && !o->draft && !r->draft)
			old = true;
	}
	return (uint8_t)(f | (only ? ROW_ONLY : 0) | (last ? ROW_LAST : 0) | (old ? ROW_OLD : 0));
}

static bool has_type(const struct index_entry *r, const char *type)
{
	return strncmp(r->id, type, strlen(type)) == 0 && r->id[strlen(type)] == '-' && r->id[strlen(type) + 1] == '-';
}

static void compare(struct world *w, struct index_reader *r, struct index_cursor *c, const struct index_want *want)
{
	const struct index_row *got = NULL;
	const char *type = NULL;
	char id[LIMIT_STIX_ID + 1];
	struct err e = {0};

	OK(index_seek(c, r, want, &e));
	for (size_t i = 0; i < w->n; i++) {
		const struct index_entry *row = &w->row[i];
		bool asked = want->types == 0;

		for (size_t k = 0; k < want->types; k++)
			asked = asked || has_type(row, want->type[k]);
		if (!asked || memcmp(row->collection, want->collection, 16) != 0 || row->frame <= want->after_frame || row->added <= want->after_added)
			continue;
		OK(index_next(c, &got, &e));
		assert_non_null(got);
		OK(index_type_name(r, got->type, &type, &e));
		index_id_join(type, got->uuid, id);
		assert_string_equal(id, row->id);
		assert_int_equal(got->frame, row->frame);
		assert_int_equal(got->at, row->at);
		assert_int_equal(got->added, row->added);
		assert_int_equal(got->version_ns, row->version_ns);
		assert_int_equal(got->size, row->size);
		assert_int_equal(got->audience, row->audience);
		assert_int_equal(got->log, row->log);
		assert_int_equal(got->digits, row->digits);
		assert_int_equal(got->flags, naive_flags(w, i));
	}
	OK(index_next(c, &got, &e));
	assert_null(got);
}

static void compare_all(struct world *w, struct index_reader *r, unsigned rounds)
{
	const char *many[40];
	uint8_t coll[16];
	struct index_cursor *c = NULL;
	struct err e = {0};

	OK(index_cursor_new(&c, &e));
	OK(index_snapshot(r, &e));
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = i < ARRAY_LEN(kinds) ? kinds[i] : "x-never";
	for (unsigned i = 0; i < rounds; i++) {
		const struct index_entry *any = &w->row[dice(w, (unsigned)w->n)];
		struct index_want want = {.collection = coll, .type = many + dice(w, 3), .types = dice(w, 4), .after_added = INT64_MIN};

		memset(coll, 1 + (int)dice(w, COLLECTIONS + 1), 16); /* sometimes one nobody knows */
		if (dice(w, 8) == 0)
			want.types = 30; /* the first five of them known, and sifted */
		if (dice(w, 2) == 0)
			want.after_frame = any->frame - dice(w, 2);
		if (dice(w, 2) == 0)
			want.after_added = w->row[dice(w, (unsigned)w->n)].added - (int64_t)dice(w, 3);
		compare(w, r, c, &want);
	}
	index_release(r);
	index_cursor_free(c);
}

static bool known_before(const struct world *w, const struct index_entry *row)
{
	for (size_t i = 0; i < w->n; i++)
		if (same_id(&w->row[i], row))
			return true;
	return false;
}

static void withdraw(struct world *w, struct index *x)
{
	const struct index_entry *by = &w->row[w->n - 1], *victim = &w->row[dice(w, (unsigned)w->n)];
	struct err e = {0};

	OK(index_withdraw(x, by, victim->id, victim->modified, &e));
	for (size_t i = 0; i + 1 < w->n; i++)
		if (w->row[i].log == by->log && memcmp(w->row[i].collection, by->collection, 16) == 0 && strcmp(w->row[i].id, victim->id) == 0 &&
		    strcmp(w->row[i].modified, victim->modified) == 0)
			w->gone[i] = true;
}

/* Put, withdraw, commit, roll back, close and open again; *saved is what was committed last. */
static void live(struct world *w, struct ground *g, struct world *saved, bool wild)
{
	struct err e = {0};

	*saved = *w;
	OK(index_begin(g->x, &e));
	while (w->n < ROWS) {
		make_next(w);
		w->row[w->n].fresh = dice(w, 2) == 0 && !known_before(saved, &w->row[w->n]);
		OK(index_put_entry(g->x, &w->row[w->n], &e));
		w->row[w->n].fresh = false;
		w->n++;
		if (dice(w, 10) == 0)
			withdraw(w, g->x);
		if (!wild || dice(w, 25) != 0)
			continue;
		if (dice(w, 6) == 0) {
			const uint64_t seed = w->seed;

			index_rollback(g->x);
			*w = *saved;
			w->seed = seed;
		} else {
			OK(index_commit(g->x, w->row[w->n - 1].frame, w->row[w->n - 1].at, &e));
			*saved = *w;
		}
		if (dice(w, 10) == 0) {
			index_close(g->x);
			OK(index_open(g->path, &g->x, &e));
		}
		OK(index_begin(g->x, &e));
	}
	compare_all(w, index_view(g->x), 3); /* what is not committed yet is seen from here */
	OK(index_commit(g->x, w->row[w->n - 1].frame, w->row[w->n - 1].at, &e));
}

/* The same rows again, in one transaction. */
static void again(const struct world *w, struct ground *g)
{
	struct err e = {0};

	OK(index_begin(g->x, &e));
	for (size_t i = 0; i < w->n; i++)
		OK(index_put_entry(g->x, &w->row[i], &e));
	OK(index_commit(g->x, w->row[w->n - 1].frame, w->row[w->n - 1].at, &e));
}

static void test_histories(void **state)
{
	struct ground *g = *state;
	const char *from = getenv("SEED");
	const uint64_t seed = from != NULL ? strtoull(from, NULL, 10) : 20160909;
	struct world *w = calloc(1, sizeof(*w)), *saved = calloc(1, sizeof(*saved));
	struct index_reader *r = NULL;
	struct err e = {0};

	print_message("seed %llu\n", (unsigned long long)seed);
	for (unsigned round = 0; round < 4; round++) {
		*w = (struct world){.seed = seed + round};
		live(w, g, saved, true);
		OK(index_reader_open(g->path, &r, &e));
		compare_all(w, r, 60);
		index_reader_close(r);
		OK(index_check(g->x, &e));
		OK(index_vacuum(g->x, &e));
		OK(index_check(g->x, &e));
		compare_all(w, index_view(g->x), 10);
		index_close(g->x);
		OK(index_remove(g->path, &e));
		OK(index_open(g->path, &g->x, &e));
	}
	free(w);
	free(saved);
}

/* Content comes from the rows, not from how they were committed. */
static void test_batching(void **state)
{
	struct ground *g = *state;
	struct world *w = calloc(1, sizeof(*w));
	uint8_t one[32], other[32];
	struct err e = {0};

	w->seed = 7;
	for (size_t i = 0; i < ROWS; i++, w->n++)
		make_next(w);
	again(w, g);
	OK(index_digest(index_view(g->x), one, &e));
	index_close(g->x);
	OK(index_remove(g->path, &e));
	OK(index_open(g->path, &g->x, &e));
	for (size_t i = 0; i < w->n; i++) {
		OK(index_begin(g->x, &e));
		OK(index_put_entry(g->x, &w->row[i], &e));
		OK(index_commit(g->x, w->row[i].frame, w->row[i].at, &e));
	}
	/* The head says where the last commit ended, which is the same. */
	OK(index_digest(index_view(g->x), other, &e));
	assert_memory_equal(one, other, 32);
	free(w);
}

/* More types than chunks are kept: each row's chunk has to be fetched again. */
static void test_many_runs(void **state)
{
	struct ground *g = *state;
	struct index_entry row = {.log = 0};
	struct index_cursor *c = NULL;
	const struct index_row *got = NULL;
	struct err e = {0};
	uint64_t frame = 0;
	char name[32];
	const char *type = name;
	uint8_t coll[16] = {9};

	memcpy(row.collection, coll, 16);
	OK(index_begin(g->x, &e));
	for (unsigned round = 0; round < 5; round++)
		for (unsigned k = 0; k < 300; k++) {
			(void)snprintf(name, sizeof(name), "x-type-%03u", k);
			make_id(row.id, name, frame);
			row.frame = row.index = ++frame;
			row.added = (int64_t)frame;
			OK(index_put_entry(g->x, &row, &e));
		}
	OK(index_commit(g->x, frame, 1, &e));
	OK(index_check(g->x, &e));
	OK(index_cursor_new(&c, &e));
	for (unsigned k = 0; k < 300; k++) {
		const struct index_want want = {coll, &type, 1, 0, INT64_MIN};

		(void)snprintf(name, sizeof(name), "x-type-%03u", k);
		OK(index_seek(c, index_view(g->x), &want, &e));
		for (unsigned round = 0; round < 5; round++) {
			OK(index_next(c, &got, &e));
			assert_int_equal(got->frame, round * 300 + k + 1);
		}
		OK(index_next(c, &got, &e));
		assert_null(got);
	}
	index_cursor_free(c);
}

static void test_order(void **state)
{
	struct ground *g = *state;
	struct index_entry row = make_row(5);
	struct err e = {0};

	OK(index_begin(g->x, &e));
	OK(index_put_entry(g->x, &row, &e));
	row = make_row(6);
	row.added = make_row(5).added;
	assert_int_equal(index_put_entry(g->x, &row, &e), E_FORMAT);
	index_rollback(g->x);
	assert_true(index_last_added(g->x) == INT64_MIN);
	OK(index_begin(g->x, &e));
	row = make_row(5);
	OK(index_put_entry(g->x, &row, &e));
	row = make_row(4);
	row.added = row.added + 100;
	assert_int_equal(index_put_entry(g->x, &row, &e), E_FORMAT);
	index_rollback(g->x);
}

/* Any bit of a packed row differs from what the entry says. */
static void test_damage(void **state)
{
	struct ground *g = *state;
	struct err e = {0};
	struct db d = {0};
	sqlite3_stmt *st = NULL;
	uint8_t rows[RUN_ROWS * ROW_BYTES];
	int64_t k;
	size_t n;

	fill(g->x, 1, 600, 100);
	OK(index_check(g->x, &e));
	for (unsigned bit = 0; bit < 63 * 8; bit += 5) {
		index_close(g->x);
		OK(db_open(&d, g->path, SQLITE_OPEN_READWRITE, "index", NULL, 0, &e));
		assert_int_equal(sqlite3_prepare_v2(d.h, "SELECT k, rows FROM chunk ORDER BY k LIMIT 1 OFFSET ?", -1, &st, NULL), SQLITE_OK);
		sqlite3_bind_int(st, 1, (int)(bit % 9));
		assert_int_equal(sqlite3_step(st), SQLITE_ROW);
		k = sqlite3_column_int64(st, 0);
		n = (size_t)sqlite3_column_bytes(st, 1);
		memcpy(rows, sqlite3_column_blob(st, 1), n);
		sqlite3_finalize(st);
		for (unsigned pass = 0; pass < 2; pass++) {
			rows[(bit * 7 % (n / ROW_BYTES)) * ROW_BYTES + bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (pass == 1)
				OK(db_open(&d, g->path, SQLITE_OPEN_READWRITE, "index", NULL, 0, &e));
			assert_int_equal(sqlite3_prepare_v2(d.h, "UPDATE chunk SET rows = ? WHERE k = ?", -1, &st, NULL), SQLITE_OK);
			sqlite3_bind_blob(st, 1, rows, (int)n, SQLITE_STATIC);
			sqlite3_bind_int64(st, 2, k);
			assert_int_equal(sqlite3_step(st), SQLITE_DONE);
			sqlite3_finalize(st);
			db_close(&d);
			OK(index_open(g->path, &g->x, &e));
			if (pass == 0) {
				assert_int_equal(index_check(g->x, &e), E_CORRUPT);
				index_close(g->x);
			}
		}
		OK(index_check(g->x, &e));
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_histories), T(test_batching), T(test_many_runs), T(test_order), T(test_damage)};

	return cmocka_run_group_tests_name("packed runs", tests, NULL, NULL);
}
