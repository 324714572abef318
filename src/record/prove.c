/* Checkpoints, tiles and proofs, for our own log and the mirrored ones alike. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/priv.h"

int note_at(struct record *r, struct frame_ref at, struct buf *out, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_NOTE_BYTES);
	enum frame_type t;
	int rc = journal_read(r->journal, at, &t, &b, e);

	if (rc == E_NOTFOUND && !r->writable && (rc = journal_refresh(r->journal, e)) == 0)
		rc = journal_read(r->journal, at, &t, &b, e);
	if (rc == 0 && t != FRAME_CHECKPOINT && t != FRAME_COSIGNATURE && t != FRAME_PEER_CHECKPOINT)
		rc = fail(e, E_CORRUPT, "index: frame %llu is no checkpoint", (unsigned long long)at.no);
	if (rc != 0)
		return rc;
	buf_put(out, b.p, b.n);
	return buf_err(out, e, "checkpoint");
}

int record_checkpoint(struct record_reader *rd, uint32_t log, struct buf *out, struct err *e)
{
	struct index_log row;
	int rc = index_get_log(rd->ix, log, &row, e);

	if (rc == 0 && row.note_frame == 0)
		rc = fail(e, E_NOTFOUND, "log %s: no checkpoint yet", row.origin);
	return rc != 0 ? rc : note_at(rd->r, (struct frame_ref){row.note_frame, row.note_at}, out, e);
}

struct best { uint64_t size; };

static int take_best(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	struct best *b = ctx;

	(void)name;
	(void)time_s;
	(void)e;
	if (size > b->size)
		b->size = size;
	return 0;
}

/* The note a proof stands under: the greatest cosigned one that holds the entry, else the newest. */
static int proof_note(struct record_reader *rd, uint32_t log, uint64_t index, uint64_t *ret_size, struct buf *out, struct err *e)
{
	struct best b = {0};
	uint64_t size = 0, no = 0, at = 0;
	struct index_log row;
	int rc;

	if ((rc = index_cosignatures(rd->ix, log, take_best, &b, e)) != 0 || (rc = index_get_log(rd->ix, log, &row, e)) != 0)
		return rc;
	if (b.size <= index)
		b.size = row.note_size;
	if (b.size <= index)
		return fail(e, E_NOTFOUND, "entry %llu: no checkpoint holds it yet", (unsigned long long)index);
	if ((rc = index_checkpoint_at(rd->ix, log, b.size, &size, &no, &at, e)) != 0)
		return rc;
	*ret_size = size;
	return note_at(rd->r, (struct frame_ref){no, at}, out, e);
}

struct tile_log { struct index_reader *ix; uint32_t log; };

static int tile_read(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e)
{
	const struct tile_log *t = ctx;

	return index_get_tile(t->ix, t->log, level, n, width, out, e);
}

int record_prove(struct record_reader *rd, uint32_t log, uint64_t index, const uint8_t salt[SALT_LEN], struct buf *out, struct err *e)
{
	CLEANUP_BUF struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct tile_log t = {rd->ix, log};
	const struct tile_source src = {tile_read, &t};
	struct proof p = {.has_extra = true, .index = index};
	uint64_t size = 0;
	int rc = proof_note(rd, log, index, &size, &note, e);

	if (rc == 0)
		rc = tree_inclusion(&src, index, size, p.path, &p.n, e);
	if (rc != 0)
		return rc;
	memcpy(p.extra, salt, SALT_LEN);
	p.note = note.p;
	p.note_n = note.n;
	proof_put(&p, out);
	return buf_err(out, e, "proof");
}

int record_policy(struct record_reader *rd, const struct entry *en, bool confirm, struct buf *out, struct err *e)
{
	const struct record *r = rd->r;
	const struct party_keys *writer = en->party != NULL ? record_peer(r, en->party) : NULL;
	CLEANUP_BUF struct buf group = BUF_INIT(LIMIT_POLICY_BYTES);

	if (writer == NULL)
		return fail(e, E_NOTFOUND, "the keys of the log this entry stands in are not pinned");
	buf_puts(out, "log ");
	note_key_put(&writer->log, out);
	buf_putc(out, '\n');
	for (size_t i = 0; i < r->peers; i++) {
		const struct party_keys *k = &r->peer[i];

		if (k == writer)
			continue;
		buf_printf(out, "witness %s ", k->party);
		note_key_put(&k->witness, out);
		buf_putc(out, '\n');
		buf_printf(&group, " %s", k->party);
	}
	if (confirm && group.n > 0)
		buf_printf(out, "group others any%s\nquorum others\n", group.p);
	else
		buf_puts(out, "quorum none\n");
	return buf_err(out, e, "policy");
}

int record_root(struct record_reader *rd, uint32_t log, uint64_t size, struct hash *ret, struct err *e)
{
	struct tile_log t = {rd->ix, log};
	const struct tile_source src = {tile_read, &t};

	return tree_root(&src, size, ret, e);
}

int record_tile(struct record_reader *rd, uint32_t log, const struct tile_name *t, struct buf *out, struct err *e)
{
	union { struct hash hash[TILE_WIDTH]; uint8_t leaf[TILE_WIDTH][LEAF_LEN]; } u;
	struct index_log row;
	int rc = index_get_log(rd->ix, log, &row, e);

	if (rc == 0 && !tile_exists(t, row.note_size))
		rc = fail(e, E_NOTFOUND, "no such tile at size %llu", (unsigned long long)row.note_size);
	if (rc != 0)
		return rc;
	if (t->entries) {
		if ((rc = index_get_bundle(rd->ix, log, t->n, t->width, u.leaf, e)) == 0)
			bundle_put(out, (const uint8_t (*)[LEAF_LEN])u.leaf, t->width);
	} else if ((rc = index_get_tile(rd->ix, log, t->level, t->n, t->width, u.hash, e)) == 0) {
		buf_put(out, u.hash, t->width * sizeof(u.hash[0]));
	}
	return rc != 0 ? rc : buf_err(out, e, "tile");
}

/* ---- when ---- */

struct bounds { uint64_t index; struct bound *list; size_t max, n; };

static int take_bound(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	struct bounds *b = ctx;
	struct bound *at = NULL;

	(void)e;
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->list[i].witness, name) == 0)
			at = &b->list[i];
	if (at == NULL) {
		if (b->n == b->max)
			return 0;
		at = &b->list[b->n++];
		*at = (struct bound){.after_s = -1, .until_s = -1};
		(void)snprintf(at->witness, sizeof(at->witness), "%s", name);
	}
	if (size <= b->index && (int64_t)time_s > at->after_s)
		at->after_s = (int64_t)time_s;
	if (size > b->index && (at->until_s < 0 || (int64_t)time_s < at->until_s))
		at->until_s = (int64_t)time_s;
	return 0;
}

int record_bounds(struct record_reader *rd, uint32_t log, uint64_t index, struct bound *ret, size_t max, size_t *ret_n, struct err *e)
{
	struct bounds b = {index, ret, max, 0};
	const int rc = index_cosignatures(rd->ix, log, take_bound, &b, e);

	if (rc == 0)
		*ret_n = b.n;
	return rc;
}
