/*
 * The whole self-check: every frame of the journal is read and re-derived in memory, then held against the index:
 * rows, tiles, bundles, heads; every checkpoint's signature and root; every entry's leaf. Nothing is changed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "record/priv.h"

struct shadow {                          /* one log, re-derived */
	struct checker *c;
	char origin[LIMIT_ORIGIN + 1];
	uint32_t log;
	struct tree tree;
	uint8_t bundle[TILE_WIDTH][LEAF_LEN];
	struct note_key key;
	bool has_key;
};

struct checker {
	struct record *r;
	struct index *ix;
	struct index_reader *view;
	struct json_pool *pool;
	struct shadow *log[LIMIT_PARTIES];
	size_t logs;
	struct buf room, key;
	int64_t added;                   /* of the last entry */
	uint64_t *gone; size_t gone_n, gone_cap; /* frames that withdrawals take back, some more than once */
	size_t gone_held;                /* withdrawn entries, as the index has it */
	uint64_t index_head, frames_all;
	struct check_report rep;
	const struct progress *p;
	void (*fault)(void *ctx, const char *text);
	void *ctx;
};

PRINTF(2, 3) static void fault(struct checker *c, const char *fmt, ...)
{
	char text[1200];
	va_list ap;

	c->rep.faults++;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (c->fault != NULL)
		c->fault(c->ctx, text);
}

typedef unsigned long long ull; /* for messages only */

static int compare_tile(void *ctx, unsigned level, uint64_t n, const struct hash tile[TILE_WIDTH], struct err *e)
{
	struct shadow *s = ctx;
	struct hash held[TILE_WIDTH];

	(void)e;
	s->c->rep.tiles++;
	if (index_get_tile(s->c->view, s->log, level, n, TILE_WIDTH, held, NULL) != 0)
		fault(s->c, "%s: tile level %u number %llu is missing", s->origin, level, (ull)n);
	else if (memcmp(held, tile, sizeof(held)) != 0)
		fault(s->c, "%s: tile level %u number %llu differs from the journal", s->origin, level, (ull)n);
	return 0;
}

static const struct note_key *key_of_origin(const struct record *r, const char *origin)
{
	for (size_t i = 0; i < r->peers; i++)
		if (strcmp(r->peer[i].origin, origin) == 0)
			return &r->peer[i].log;
	return NULL;
}

static struct shadow *shadow_of(struct checker *c, const char *origin)
{
	const struct note_key *k = key_of_origin(c->r, origin);
	struct index_log row;
	struct shadow *s;

	for (size_t i = 0; i < c->logs; i++)
		if (strcmp(c->log[i]->origin, origin) == 0)
			return c->log[i];
	if (c->logs == ARRAY_LEN(c->log) || (s = mem_zalloc(sizeof(*s))) == NULL)
		return NULL;
	s->c = c;
	(void)snprintf(s->origin, sizeof(s->origin), "%s", origin);
	s->log = (uint32_t)c->logs;
	s->tree.emit = compare_tile;
	s->tree.ctx = s;
	s->has_key = k != NULL;
	if (k != NULL)
		s->key = *k;
	if (index_get_log(c->view, s->log, &row, NULL) != 0 || strcmp(row.origin, origin) != 0)
		fault(c, "%s: the index does not know this log as number %u", origin, s->log);
	c->log[c->logs++] = s;
	c->rep.logs++;
	return s;
}

static void compare_bundle(struct shadow *s, uint64_t n, unsigned width)
{
	uint8_t held[TILE_WIDTH][LEAF_LEN];

	if (index_get_bundle(s->c->view, s->log, n, width, held, NULL) != 0)
		fault(s->c, "%s: entry bundle %llu is missing", s->origin, (ull)n);
	else if (memcmp(held, s->bundle, (size_t)width * LEAF_LEN) != 0)
		fault(s->c, "%s: entry bundle %llu differs from the journal", s->origin, (ull)n);
}

static int add_leaf(struct shadow *s, const uint8_t leaf[LEAF_LEN], struct err *e)
{
	const unsigned slot = (unsigned)(s->tree.size % TILE_WIDTH);
	const struct hash h = leaf_hash(leaf, LEAF_LEN);

	memcpy(s->bundle[slot], leaf, LEAF_LEN);
	s->c->rep.leaves++;
	if (slot == TILE_WIDTH - 1)
		compare_bundle(s, s->tree.size / TILE_WIDTH, TILE_WIDTH);
	return tree_append(&s->tree, &h, e);
}

static bool same_row(const struct index_entry *a, const struct index_entry *b)
{
	return a->frame == b->frame && a->at == b->at && a->log == b->log && a->index == b->index &&
	    memcmp(a->collection, b->collection, 16) == 0 && strcmp(a->id, b->id) == 0 && strcmp(a->modified, b->modified) == 0 &&
	    memcmp(a->sha256, b->sha256, 32) == 0 && strcmp(a->subject, b->subject) == 0 && a->revoked == b->revoked &&
	    a->added == b->added && a->version_ns == b->version_ns && a->digits == b->digits && a->size == b->size && a->v20 == b->v20 && a->draft == b->draft;
}

static bool same_audience(struct checker *c, uint32_t audience, const struct facts *f)
{
	buf_clear(&c->key);
	return index_audience_key(c->view, audience, &c->key, NULL) == 0 && c->key.n == f->audience_n && memcmp(c->key.p, f->audience, f->audience_n) == 0;
}

struct taken_back { struct checker *c; const struct index_entry *by; const char *modified; };

static int is_gone(void *ctx, const struct index_entry *row, struct err *e)
{
	const struct taken_back *t = ctx;
	struct checker *c = t->c;

	if (row->frame >= t->by->frame || row->log != t->by->log || strcmp(row->modified, t->modified) != 0)
		return 0;
	if (!row->gone)
		fault(c, "entry %llu of log %u (%s): withdrawn, but the index still has it", (ull)row->index, row->log, row->id);
	if (c->gone_n == c->gone_cap) {
		const size_t cap = c->gone_cap != 0 ? 2 * c->gone_cap : 64;
		uint64_t *p = mem_realloc(c->gone, cap * sizeof(*p));

		if (p == NULL)
			return fail(e, E_NOMEM, "check");
		c->gone = p;
		c->gone_cap = cap;
	}
	c->gone[c->gone_n++] = row->frame;
	return 0;
}

static int by_frame(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Each one that had to be was found withdrawn: so the numbers tell whether others are, too. */
static void check_gone(struct checker *c)
{
	size_t n = c->gone_n > 0;

	if (c->gone_n > 1)
		qsort(c->gone, c->gone_n, sizeof(*c->gone), by_frame);
	for (size_t i = 1; i < c->gone_n; i++)
		n += c->gone[i] != c->gone[i - 1];
	if (c->gone_held > n)
		fault(c, "index: %zu entries withdrawn, the journal has %zu", c->gone_held, n);
}

static void compare_row(struct checker *c, const struct index_entry *want, const struct facts *f)
{
	struct taken_back t = {c, want, f->withdrawn};
	struct index_entry have;

	if (index_get_entry(c->view, want->log, want->index, &have, NULL) != 0)
		fault(c, "entry %llu of log %u (%s): not in the index", (ull)want->index, want->log, want->id);
	else if (!same_row(&have, want) || !same_audience(c, have.audience, f))
		fault(c, "entry %llu of log %u (%s): the index says something else than the journal", (ull)want->index, want->log, want->id);
	else
		c->gone_held += have.gone;
	if (f->withdrawn != NULL && want->subject[0] != '\0')
		IGNORE(index_versions(c->view, want->subject, want->collection, is_gone, &t, NULL) != 0, "a damaged index shows above");
}

static int check_entry(struct checker *c, const struct frame *f, struct err *e)
{
	struct index_entry row = {.frame = f->ref.no, .at = f->ref.at};
	struct facts facts;
	uint8_t leaf[LEAF_LEN], held[TILE_WIDTH][LEAF_LEN];
	struct frame_entry en;
	struct shadow *s;
	bool canon = false;

	c->rep.entries++;
	if (frame_get_entry(f->type, f->p, f->n, &en, e) != 0) {
		fault(c, "frame %llu: %s", (ull)f->ref.no, e->msg);
		return 0;
	}
	if ((s = shadow_of(c, f->type == FRAME_ENTRY ? c->r->self.origin : en.origin)) == NULL)
		return fail(e, E_NOMEM, "check");
	row.log = s->log;
	row.index = en.index;
	row.added = en.added;
	if (row_from_entry(c->pool, en.p, en.n, &c->room, &row, &facts, e) != 0) {
		fault(c, "frame %llu: %s", (ull)f->ref.no, e->msg);
		return 0;
	}
	if (en.added <= c->added)
		fault(c, "frame %llu: added before an earlier one", (ull)f->ref.no);
	c->added = en.added;
	compare_row(c, &row, &facts);
	leaf_commit(en.salt, row.sha256, leaf);
	if (f->type == FRAME_PEER_ENTRY) {
		if (en.index >= s->tree.size || index_get_bundle(c->view, s->log, en.index / TILE_WIDTH, (unsigned)(en.index % TILE_WIDTH) + 1, held, NULL) != 0 ||
		    memcmp(held[en.index % TILE_WIDTH], leaf, LEAF_LEN) != 0)
			fault(c, "%s: entry %llu does not open its leaf", s->origin, (ull)en.index);
		return 0;
	}
	if (json_is_canon(en.p, en.n, &canon, NULL) != 0 || !canon)
		fault(c, "entry %llu (%s): not in canonical form", (ull)en.index, row.id);
	if (en.index != s->tree.size)
		fault(c, "entry %llu: %llu was due", (ull)en.index, (ull)s->tree.size);
	return add_leaf(s, leaf, e);
}

static int check_leaves(struct checker *c, const struct frame *f, struct err *e)
{
	struct frame_leaves fl;
	struct shadow *s;
	int rc = 0;

	if (frame_get_leaves(f->p, f->n, &fl, e) != 0) {
		fault(c, "frame %llu: %s", (ull)f->ref.no, e->msg);
		return 0;
	}
	if ((s = shadow_of(c, fl.origin)) == NULL)
		return fail(e, E_NOMEM, "check");
	if (fl.start != s->tree.size)
		fault(c, "frame %llu: leaves from %llu, %llu was due", (ull)f->ref.no, (ull)fl.start, (ull)s->tree.size);
	for (size_t i = 0; rc == 0 && i < fl.count; i++)
		rc = add_leaf(s, fl.leaf + i * LEAF_LEN, e);
	return rc;
}

/* Signature of the log, root of exactly that size; cosignatures of keys we know. */
static int check_note(struct checker *c, const struct frame *f, struct err *e)
{
	struct note_key *keys = mem_array(LIMIT_PARTIES, sizeof(*keys));
	struct cosigned *co = mem_array(LIMIT_PARTIES, sizeof(*co));
	struct note *n = mem_zalloc(sizeof(*n));
	struct checkpoint cp;
	struct shadow *s = NULL;
	struct hash root;
	size_t count = 0;
	int rc = keys == NULL || co == NULL || n == NULL ? fail(e, E_NOMEM, "check") : 0;

	c->rep.checkpoints++;
	for (size_t i = 0; rc == 0 && i < c->r->peers; i++)
		keys[i] = c->r->peer[i].witness;
	if (rc == 0 && (note_parse(f->p, f->n, n, e) != 0 || checkpoint_parse(n->text, n->text_n, &cp, e) != 0))
		fault(c, "frame %llu: %s", (ull)f->ref.no, e->msg);
	else if (rc == 0 && (s = shadow_of(c, cp.origin)) == NULL)
		rc = fail(e, E_NOMEM, "check");
	if (s != NULL && s->has_key && checkpoint_open(f->p, f->n, &s->key, keys, c->r->peers, &cp, co, &count, e) != 0)
		fault(c, "%s: checkpoint of size %llu: %s", s->origin, (ull)cp.size, e->msg);
	c->rep.cosignatures += count;
	if (s != NULL && cp.size > s->tree.size)
		fault(c, "%s: checkpoint of size %llu where %llu leaves are", s->origin, (ull)cp.size, (ull)s->tree.size);
	else if (s != NULL) {
		root = tree_head(&s->tree);
		if (cp.size < s->tree.size)
			IGNORE(record_root(c->r->view, s->log, cp.size, &root, NULL) != 0, "a failed read leaves another root, which is the fault below");
		if (memcmp(&root, &cp.root, sizeof(root)) != 0)
			fault(c, "%s: checkpoint of size %llu has another root than its entries", s->origin, (ull)cp.size);
	}
	mem_free(keys);
	mem_free(co);
	mem_free(n);
	return rc;
}

static int check_frame(void *ctx, const struct frame *f, struct err *e)
{
	struct checker *c = ctx;

	if (f->ref.no > c->index_head)
		return 0; /* the index follows at the next start */
	c->rep.frames++;
	if (c->p != NULL && f->ref.no % 1000 == 0)
		c->p->tick(c->p->ctx, N_("check"), f->ref.no, c->frames_all);
	if (f->type == FRAME_ENTRY || f->type == FRAME_PEER_ENTRY)
		return check_entry(c, f, e);
	if (f->type == FRAME_PEER_LEAVES)
		return check_leaves(c, f, e);
	if (f->type == FRAME_CHECKPOINT || f->type == FRAME_PEER_CHECKPOINT || f->type == FRAME_COSIGNATURE)
		return check_note(c, f, e);
	return 0;
}

/* The right edge: partial tiles and the last bundle. */
static void check_edge(struct checker *c, struct shadow *s)
{
	struct hash held[TILE_WIDTH];
	const unsigned part = (unsigned)(s->tree.size % TILE_WIDTH);

	if (part > 0)
		compare_bundle(s, s->tree.size / TILE_WIDTH, part);
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		const unsigned w = s->tree.width[level];
		const uint64_t n = s->tree.size >> (TILE_HEIGHT * (level + 1));

		if (w == 0)
			continue;
		c->rep.tiles++;
		if (index_get_tile(c->view, s->log, level, n, w, held, NULL) != 0)
			fault(c, "%s: partial tile level %u number %llu is missing", s->origin, level, (ull)n);
		else if (memcmp(held, s->tree.edge[level], w * sizeof(held[0])) != 0)
			fault(c, "%s: partial tile level %u number %llu differs from the journal", s->origin, level, (ull)n);
	}
}

static void check_index(struct checker *c)
{
	struct err e = {0};
	uint64_t entries = 0;

	if (index_check(c->ix, &e) != 0)
		fault(c, "index: %s", e.msg);
	if (index_count(c->view, &entries, &e) != 0)
		fault(c, "index: %s", e.msg);
	else if (entries != c->rep.entries)
		fault(c, "index: %llu entries, the journal has %llu", (ull)entries, (ull)c->rep.entries);
}

/* A node may be writing beside us: one state of the index, then at least as much of the journal. */
static int stand_still(struct checker *c, struct err *e)
{
	uint64_t at;
	int rc;

	if ((rc = index_snapshot(c->view, e)) != 0 || (rc = index_refresh(c->ix, e)) != 0 || (rc = journal_refresh(c->r->journal, e)) != 0)
		return rc;
	index_head(c->ix, &c->index_head, &at);
	c->frames_all = journal_head(c->r->journal).no;
	if (c->index_head > c->frames_all)
		fault(c, "the index knows frame %llu, the journal ends at %llu", (ull)c->index_head, (ull)c->frames_all);
	return 0;
}

static int run(struct checker *c, struct err *e)
{
	const struct frame_ref from = {1, 0};
	int rc = stand_still(c, e);

	if (rc == 0 && c->frames_all > 0)
		rc = journal_scan(c->r->journal, from, check_frame, c, e);
	if (rc == E_CORRUPT) {
		fault(c, "%s", e->msg);
		rc = 0;
	}
	for (size_t i = 0; rc == 0 && i < c->logs; i++)
		check_edge(c, c->log[i]);
	if (rc == 0) {
		check_gone(c);
		check_index(c);
	}
	index_release(c->view);
	return rc;
}

static int checker_open(struct checker *c, struct err *e)
{
	CLEANUP_STR char *path = record_path(c->r, "index.sqlite");
	int rc = 0;

	if (path == NULL)
		return fail(e, E_NOMEM, "check");
	if (access(path, F_OK) != 0) {
		fault(c, "index: it is missing (verbale rebuild makes it anew)");
		return fail(e, E_CORRUPT, "no index");
	}
	if ((rc = index_open(path, &c->ix, e)) == E_CORRUPT) {
		fault(c, "index: %s (verbale rebuild makes it anew)", e->msg);
		return rc;
	}
	if (rc != 0)
		return rc;
	c->view = index_view(c->ix);
	if ((c->r->view = mem_zalloc(sizeof(*c->r->view))) == NULL || (c->pool = json_pool_new()) == NULL)
		return fail(e, E_NOMEM, "check");
	c->r->view->r = c->r;
	c->r->view->ix = c->view;
	return 0;
}

int record_check(const struct world *w, const char *dir, const struct progress *p,
    void (*on_fault)(void *ctx, const char *text), void *ctx, struct check_report *ret, struct err *e)
{
	struct checker *c = mem_zalloc(sizeof(*c));
	int rc;

	if (c == NULL)
		return fail(e, E_NOMEM, "check");
	c->p = p;
	c->fault = on_fault;
	c->ctx = ctx;
	c->added = INT64_MIN;
	rc = record_open(w, dir, false, &c->r, e);
	if (rc == E_CORRUPT)
		fault(c, "%s", e->msg);
	if (rc == 0)
		rc = checker_open(c, e);
	if (rc == 0)
		rc = run(c, e);
	for (size_t i = 0; i < c->logs; i++)
		mem_free(c->log[i]);
	json_pool_free(c->pool);
	buf_free(&c->room);
	buf_free(&c->key);
	mem_free(c->gone);
	record_close(c->r);
	index_close(c->ix);
	*ret = c->rep;
	if ((rc == 0 || rc == E_CORRUPT) && c->rep.faults > 0)
		rc = fail(e, E_CORRUPT, "%s: %llu faults", dir, (ull)c->rep.faults);
	mem_free(c);
	return rc;
}

int record_rebuild(const struct world *w, const char *dir, const struct progress *p, struct err *e)
{
	struct record *r = NULL;
	int rc = record_open_fresh(w, dir, p, &r, e);

	if (rc == 0)
		rc = index_vacuum(r->index, e);
	record_close(r);
	return rc;
}
