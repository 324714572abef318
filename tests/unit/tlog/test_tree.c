/* RFC 6962 trees in C2SP tiles: equal to other people's numbers, and deaf to any changed bit. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"
#include "base/mem.h"

#define GOLDEN_SIZE 300

/* ---- other people's numbers ---- */

/* Up to `max` hexadecimal hashes, each behind a space, to the end of the line. */
static size_t take_hashes(const char *s, struct hash *out, size_t max)
{
	size_t n = 0;

	for (; *s == ' '; s += 1 + HEX_LEN(HASH_LEN)) {
		assert_true(n < max);
		assert_true(hex_decode(s + 1, HEX_LEN(HASH_LEN), out[n++].b, HASH_LEN));
	}
	assert_int_equal(*s, '\0');
	return n;
}

static void golden_path(struct memory_log *m, const char *word, uint64_t a, uint64_t size, const struct hash *want, size_t want_n)
{
	const struct hash root = plain_root(m->leaf, 0, size), old = plain_root(m->leaf, 0, a);
	struct hash path[LIMIT_PROOF_HASHES];
	size_t n = 999;

	m->size = size;
	if (word[0] == 'i') {
		assert_int_equal(tree_inclusion(&m->src, a, size, path, &n, NULL), 0);
		assert_int_equal(inclusion_verify(a, size, &m->leaf[a], want, want_n, &root, NULL), 0);
	} else {
		assert_int_equal(tree_consistency(&m->src, a, size, path, &n, NULL), 0);
		assert_int_equal(consistency_verify(a, &old, size, &root, want, want_n, NULL), 0);
	}
	m->size = GOLDEN_SIZE;
	assert_int_equal(n, want_n);
	assert_memory_equal(path, want, n * sizeof(*path));
}

static void golden_root(struct memory_log *m, uint64_t size, const struct hash *want)
{
	struct tree *t = mem_zalloc(sizeof(*t));
	struct hash got;

	assert_non_null(t);
	m->size = size;
	assert_int_equal(tree_root(&m->src, size, &got, NULL), 0);
	assert_memory_equal(&got, want, sizeof(got));
	assert_int_equal(tree_load(t, size, &m->src, NULL), 0);
	got = tree_head(t);
	assert_memory_equal(&got, want, sizeof(got));
	m->size = GOLDEN_SIZE;
	mem_free(t);
}

static void golden_tree(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0);
	struct memory_log m;
	struct hash h[LIMIT_PROOF_HASHES];
	unsigned long long a, n;
	unsigned lines = 0;
	char word[16];
	int at;

	(void)state;
	golden_read("tree.txt", &text);
	memory_log_make(&m, GOLDEN_SIZE);
	for (char *line = strtok(text.p, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		if (sscanf(line, "%15s %llu %llu%n", word, &a, &n, &at) != 3 || strcmp(word, "path") == 0)
			continue;
		lines++;
		if (strcmp(word, "root") == 0) {
			assert_int_equal(take_hashes(line + at, h, 1), 1);
			golden_root(&m, n, h);
		} else {
			golden_path(&m, word, a, n, h, take_hashes(line + at, h, LIMIT_PROOF_HASHES));
		}
	}
	assert_true(lines > 500);
	memory_log_free(&m);
}

static void golden_tiles(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0), path = BUF_INIT(0);
	struct memory_log m;
	struct hash tile[TILE_WIDTH], sum, want;
	struct tile_name t;
	unsigned lines = 0;
	char name[64], hex[65];

	(void)state;
	golden_read("tree.txt", &text);
	memory_log_make(&m, GOLDEN_SIZE);
	for (char *line = strtok(text.p, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		if (sscanf(line, "tile %63s %64s", name, hex) != 2)
			continue;
		lines++;
		assert_true(tile_path_parse(name + 5, strlen(name) - 5, &t));
		assert_true(tile_exists(&t, GOLDEN_SIZE));
		assert_int_equal(m.src.read(&m, t.level, t.n, t.width, tile, NULL), 0);
		sha256(tile, t.width * sizeof(*tile), sum.b);
		assert_true(hex_decode(hex, 64, want.b, HASH_LEN));
		assert_memory_equal(&sum, &want, sizeof(sum));
		buf_clear(&path);
		tile_path(&t, &path);
		assert_string_equal(path.p, name);
	}
	assert_int_equal(lines, 3);
	memory_log_free(&m);
}

/* ---- growing ---- */

struct emitted { struct memory_log *m; unsigned tiles; int fail_at; };

static int emit(void *ctx, unsigned level, uint64_t n, const struct hash tile[TILE_WIDTH], struct err *e)
{
	struct emitted *got = ctx;

	if (got->fail_at > 0 && --got->fail_at == 0)
		return fail(e, E_NOSPACE, "full");
	assert_true(level <= 1);
	assert_memory_equal(tile, (level == 0 ? got->m->leaf : got->m->row) + n * TILE_WIDTH, TILE_WIDTH * sizeof(*tile));
	got->tiles++;
	return 0;
}

static void appending_equals_the_definition(void **state)
{
	struct tree *t = mem_zalloc(sizeof(*t));
	struct memory_log m;
	struct emitted got = {.m = &m};
	struct hash head, want;

	(void)state;
	assert_non_null(t);
	memory_log_make(&m, 1500);
	t->emit = emit;
	t->ctx = &got;
	for (uint64_t i = 0; i < 1500; i++) {
		head = tree_head(t);
		want = plain_root(m.leaf, 0, i);
		assert_memory_equal(&head, &want, sizeof(head));
		assert_int_equal(tree_append(t, &m.leaf[i], NULL), 0);
		assert_int_equal(t->size, i + 1);
	}
	assert_int_equal(got.tiles, 5);
	memory_log_free(&m);
	mem_free(t);
}

/* 65,536 leaves fill a tile of level 1; a failing emit at either level leaves the tree as it was. */
static void failed_emit_changes_nothing(void **state)
{
	struct tree *t = mem_zalloc(sizeof(*t));
	struct memory_log m;
	struct emitted got = {.m = &m};
	struct hash before, after;
	struct err e;

	(void)state;
	assert_non_null(t);
	memory_log_make(&m, 65536);
	t->emit = emit;
	t->ctx = &got;
	for (uint64_t i = 0; i < 65535; i++)
		assert_int_equal(tree_append(t, &m.leaf[i], NULL), 0);
	before = tree_head(t);
	for (int at = 1; at <= 2; at++) {
		got.fail_at = at;
		assert_int_equal(tree_append(t, &m.leaf[65535], &e), E_NOSPACE);
		after = tree_head(t);
		assert_int_equal(t->size, 65535);
		assert_memory_equal(&before, &after, sizeof(after));
	}
	got.fail_at = 0;
	assert_int_equal(tree_append(t, &m.leaf[65535], NULL), 0);
	after = tree_head(t);
	before = plain_root(m.leaf, 0, 65536);
	assert_memory_equal(&before, &after, sizeof(after));
	memory_log_free(&m);
	mem_free(t);
}

static void proofs_read_few_tiles(void **state)
{
	struct hash path[LIMIT_PROOF_HASHES];
	struct memory_log m;
	size_t n;

	(void)state;
	memory_log_make(&m, 65000);
	for (uint64_t i = 0; i < 65000; i += 1777) {
		m.reads = 0;
		assert_int_equal(tree_inclusion(&m.src, i, 65000, path, &n, NULL), 0);
		assert_true(m.reads <= 4); /* a tile of each of two levels, and of their right edges */
		m.reads = 0;
		assert_int_equal(tree_consistency(&m.src, i, 65000, path, &n, NULL), 0);
		assert_true(m.reads <= 4);
	}
	memory_log_free(&m);
}

static void missing_tile_passes_through(void **state)
{
	struct hash path[LIMIT_PROOF_HASHES], root;
	struct memory_log m;
	struct tree *t = mem_zalloc(sizeof(*t));
	size_t n;

	(void)state;
	assert_non_null(t);
	memory_log_make(&m, 300);
	m.size = 299; /* the source has less than it is asked for */
	assert_int_equal(tree_root(&m.src, 300, &root, NULL), E_NOTFOUND);
	assert_int_equal(tree_inclusion(&m.src, 299, 300, path, &n, NULL), E_NOTFOUND);
	assert_int_equal(tree_consistency(&m.src, 7, 300, path, &n, NULL), E_NOTFOUND);
	assert_int_equal(tree_load(t, 300, &m.src, NULL), E_NOTFOUND);
	m.size = 300;
	assert_int_equal(tree_inclusion(&m.src, 300, 300, path, &n, NULL), E_NOTFOUND);
	assert_int_equal(tree_consistency(&m.src, 301, 300, path, &n, NULL), E_NOTFOUND);
	assert_int_equal(tree_root(&m.src, LIMIT_LOG_SIZE, &root, NULL), E_LIMIT);
	memory_log_free(&m);
	mem_free(t);
}

/* ---- no changed bit verifies ---- */

struct claim { bool inclusion; uint64_t a, size; struct hash first, root, path[LIMIT_PROOF_HASHES]; size_t n; };

static int claim_verify(const struct claim *c)
{
	struct err e = {.code = 0};
	const int r = c->inclusion ? inclusion_verify(c->a, c->size, &c->first, c->path, c->n, &c->root, &e)
	                           : consistency_verify(c->a, &c->first, c->size, &c->root, c->path, c->n, &e);

	assert_true(r == 0 || (r == E_PROOF && e.code == E_PROOF && e.msg[0] != '\0'));
	return r;
}

static void flip(void *p, size_t bit)
{
	((uint8_t *)p)[bit / 8] ^= (uint8_t)(1U << bit % 8);
}

static void no_flip_verifies(struct claim *c, void *p, size_t bits, size_t step)
{
	for (size_t bit = step > 1 ? (c->size * 7 + c->a) % step : 0; bit < bits; bit += step) {
		flip(p, bit);
		if (claim_verify(c) == 0)
			fail_msg("%s %llu in %llu: flipped bit %zu verifies", c->inclusion ? "inclusion" : "consistency",
			    (unsigned long long)c->a, (unsigned long long)c->size, bit);
		flip(p, bit);
	}
}

static void claim_is_tight(struct claim *c)
{
	const size_t step = c->size <= 20 || c->size % 100 == 0 ? 1 : 67;

	assert_int_equal(claim_verify(c), 0);
	no_flip_verifies(c, &c->a, 64, 1);
	no_flip_verifies(c, &c->first, HASH_LEN * 8, step);
	no_flip_verifies(c, &c->root, HASH_LEN * 8, step);
	no_flip_verifies(c, c->path, c->n * HASH_LEN * 8, step);
	c->path[c->n] = c->root;
	c->n++;
	assert_int_equal(claim_verify(c), E_PROOF);
	c->n--;
	if (c->n > 0) {
		c->n--;
		assert_int_equal(claim_verify(c), E_PROOF);
		memmove(c->path, c->path + 1, c->n * sizeof(*c->path)); /* the first one cut instead */
		assert_int_equal(claim_verify(c), E_PROOF);
	}
}

static void no_changed_bit_verifies(void **state)
{
	struct memory_log m;
	struct claim c;

	(void)state;
	memory_log_make(&m, 600);
	for (uint64_t size = 1; size <= 600; size++) {
		const uint64_t step = size <= 20 ? 1 : 1 + size / 4;

		m.size = size;
		c = (struct claim){.size = size, .root = plain_root(m.leaf, 0, size)};
		for (uint64_t i = size % step; i < size; i += step) {
			c.inclusion = true;
			c.a = i;
			c.first = m.leaf[i];
			assert_int_equal(tree_inclusion(&m.src, i, size, c.path, &c.n, NULL), 0);
			claim_is_tight(&c);
			c.inclusion = false;
			c.a = i + 1;
			c.first = plain_root(m.leaf, 0, i + 1);
			assert_int_equal(tree_consistency(&m.src, i + 1, size, c.path, &c.n, NULL), 0);
			claim_is_tight(&c);
		}
	}
	memory_log_free(&m);
}

static void impossible_claims(void **state)
{
	const struct hash a = empty_root(), b = leaf_hash("x", 1);

	(void)state;
	assert_int_equal(inclusion_verify(0, 0, &a, NULL, 0, &a, NULL), E_PROOF);
	assert_int_equal(inclusion_verify(1, 1, &b, NULL, 0, &b, NULL), E_PROOF);
	assert_int_equal(inclusion_verify(UINT64_MAX, 0, &b, NULL, 0, &b, NULL), E_PROOF);
	assert_int_equal(inclusion_verify(0, 1, &b, NULL, 0, &b, NULL), 0);
	assert_int_equal(consistency_verify(0, &a, 0, &a, NULL, 0, NULL), 0);
	assert_int_equal(consistency_verify(0, &a, 1, &b, NULL, 0, NULL), 0);
	assert_int_equal(consistency_verify(0, &b, 1, &b, NULL, 0, NULL), E_PROOF);
	assert_int_equal(consistency_verify(0, &a, 1, &b, &a, 1, NULL), E_PROOF);
	assert_int_equal(consistency_verify(0, &a, 0, &b, NULL, 0, NULL), E_PROOF);
	assert_int_equal(consistency_verify(1, &b, 0, &a, NULL, 0, NULL), E_PROOF);
	assert_int_equal(consistency_verify(1, &b, 1, &a, NULL, 0, NULL), E_PROOF);
	assert_int_equal(consistency_verify(1, &b, 2, &b, NULL, 0, NULL), E_PROOF);
	assert_int_equal(consistency_verify(3, &b, 5, &a, NULL, 0, NULL), E_PROOF);
}

/* ---- names ---- */

static void tile_paths(void **state)
{
	static const struct { const char *path; struct tile_name t; } good[] = {
	    {"0/000", {false, 0, 0, 256}}, {"0/000.p/1", {false, 0, 0, 1}}, {"1/999", {false, 1, 999, 256}},
	    {"2/x001/000.p/255", {false, 2, 1000, 255}}, {"5/x001/x234/067.p/1", {false, 5, 1234067, 1}},
	    {"entries/000.p/7", {true, 0, 0, 7}}, {"entries/x001/x234/067", {true, 0, 1234067, 256}}, {"63/000", {false, 63, 0, 256}}};
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct tile_name t;

		assert_true(tile_path_parse(good[i].path, strlen(good[i].path), &t));
		assert_int_equal(t.entries, good[i].t.entries);
		assert_int_equal(t.level, good[i].t.level);
		assert_int_equal(t.n, good[i].t.n);
		assert_int_equal(t.width, good[i].t.width);
		buf_clear(&b);
		tile_path(&t, &b);
		assert_memory_equal(b.p, "tile/", 5);
		assert_string_equal(b.p + 5, good[i].path);
	}
}

static void wrong_tile_paths(void **state)
{
	static const char *const bad[] = {"", "0", "0/", "/000", "0/0", "0/00", "0/0000", "0/x000/000", "0/x001", "0/x001/", "0/x001/0",
	    "0/x001/x000", "0/001/000", "00/000", "01/000", "64/000", "-1/000", "+1/000", "0/000/", "0/000.p", "0/000.p/", "0/000.p/0",
	    "0/000.p/01", "0/000.p/256", "0/000.p/1/", "0/000.p/1 ", " 0/000", "0/000.P/1", "0/00a", "0/X001/000", "entries/", "entries",
	    "entries000", "Entries/000", "data/000", "0/x999/x999/x999/x999/x999/999", "0/x001//000", "0/x1/000", "0/000.p/1.p/1", "0//000"};
	struct tile_name t = {.n = 77};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (tile_path_parse(bad[i], strlen(bad[i]), &t))
			fail_msg("\"%s\" is taken", bad[i]);
	assert_false(tile_path_parse("0/000\0", 6, &t));
	assert_false(tile_path_parse("0/000.p/1\0", 10, &t));
	assert_false(tile_path_parse("0\0/000", 6, &t));
	assert_int_equal(t.n, 77);
}

static void which_tiles_exist(void **state)
{
	/* tlog-tiles, "Partial Tiles": a log of 70,000. */
	static const struct { struct tile_name t; bool is; } row[] = {
	    {{false, 0, 272, 256}, true}, {{false, 0, 273, 112}, true}, {{false, 0, 273, 111}, true}, {{false, 0, 273, 113}, false},
	    {{false, 0, 273, 256}, false}, {{false, 0, 272, 5}, false}, {{false, 0, 274, 1}, false}, {{false, 1, 0, 256}, true},
	    {{false, 1, 1, 17}, true}, {{false, 1, 1, 18}, false}, {{false, 2, 0, 1}, true}, {{false, 2, 0, 2}, false},
	    {{false, 3, 0, 1}, false}, {{false, 63, 0, 1}, false}, {{false, 8, 0, 1}, false}, {{true, 0, 273, 112}, true},
	    {{true, 0, 273, 113}, false}, {{true, 0, 272, 256}, true}, {{false, 0, 273, 0}, false}, {{false, 0, 273, 300}, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (tile_exists(&row[i].t, 70000) != row[i].is)
			fail_msg("row %zu", i);
}

static void bundles(void **state)
{
	uint8_t leaf[3][LEAF_LEN], got[3][LEAF_LEN];
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		golden_leaf(i, leaf[i]);
	bundle_put(&b, (const uint8_t (*)[LEAF_LEN])leaf, 3);
	assert_int_equal(b.n, 3 * 35);
	assert_memory_equal(b.p, "\x00\x21\x01", 3);
	assert_int_equal(bundle_parse(b.p, b.n, 3, got, NULL), 0);
	assert_memory_equal(leaf, got, sizeof(leaf));
	assert_int_equal(bundle_parse(b.p, b.n - 1, 3, got, NULL), E_FORMAT);
	assert_int_equal(bundle_parse(b.p, b.n, 2, got, NULL), E_FORMAT);
	b.p[36] = 0x20;
	assert_int_equal(bundle_parse(b.p, b.n, 3, got, NULL), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(golden_tree), cmocka_unit_test(golden_tiles), cmocka_unit_test(appending_equals_the_definition),
	    cmocka_unit_test(failed_emit_changes_nothing), cmocka_unit_test(proofs_read_few_tiles),
	    cmocka_unit_test(missing_tile_passes_through), cmocka_unit_test(no_changed_bit_verifies),
	    cmocka_unit_test(impossible_claims), cmocka_unit_test(tile_paths), cmocka_unit_test(wrong_tile_paths),
	    cmocka_unit_test(which_tiles_exist), cmocka_unit_test(bundles)};

	if (crypto_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
