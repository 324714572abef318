/* Mirroring a peer's log: its head, its leaves, the entries we may read; and witnesses' words on our own. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

#define LEAVES_PER_FRAME 65536
#define FRAMES_PER_BATCH 16 /* 33 MB of leaves, within LIMIT_BATCH_BYTES */

/* Every witness key we know, ours included: a bad line of a known key spoils a note. */
static size_t witness_keys(const struct record *r, struct note_key *to)
{
	for (size_t i = 0; i < r->peers; i++)
		to[i] = r->peer[i].witness;
	return r->peers;
}

static int open_note(struct record *r, const struct note_key *log, const char *note, size_t n, struct checkpoint *ret, struct cosigned *co, size_t *ret_co, struct err *e)
{
	struct note_key *keys = mem_array(LIMIT_PARTIES, sizeof(*keys));
	int rc;

	if (keys == NULL)
		return fail(e, E_NOMEM, "note");
	rc = checkpoint_open(note, n, log, keys, witness_keys(r, keys), ret, co, ret_co, e);
	mem_free(keys);
	return rc;
}

/* ---- contradiction ---- */

static int evidence_name(struct record *r, const char *note, size_t n, char **ret, struct err *e)
{
	uint8_t sum[SHA256_LEN];
	char hex[HEX_LEN(8) + 1];

	sha256(note, n, sum);
	hex_encode(sum, 8, hex);
	*ret = mem_printf("%s/evidence/%s.txt", r->dir, hex);
	return *ret == NULL ? fail(e, E_NOMEM, "evidence") : 0;
}

/* Both notes, once: as a frame in the journal, and as a file to hand to a third party. */
static int keep_evidence(struct record *r, uint64_t size, const struct buf *ours, const char *note, size_t n, struct err *e)
{
	CLEANUP_BUF struct buf frame = BUF_INIT(LIMIT_FRAME), text = BUF_INIT(LIMIT_FRAME), have = BUF_INIT(LIMIT_FRAME);
	CLEANUP_STR char *dir = record_path(r, "evidence"), *path = NULL;
	struct frame_in in = {.type = FRAME_EVIDENCE};
	int rc = dir == NULL ? fail(e, E_NOMEM, "evidence") : evidence_name(r, note, n, &path, e);

	if (rc != 0)
		return rc;
	if (fs_read_file(&r->w.fs, path, LIMIT_FRAME, &have, NULL) == 0)
		return fs_sync_parent(&r->w.fs, path, e); /* its name may be all that did not reach the disk then */
	frame_put_evidence(&frame, size, ours->p, ours->n, note, n);
	buf_puts(&text, "Two signed heads of one log that cannot both be true.\n\n--- verified before ---\n");
	buf_put(&text, ours->p, ours->n);
	buf_puts(&text, "\n--- offered now ---\n");
	buf_put(&text, note, n);
	if ((rc = buf_err(&frame, e, "evidence")) != 0 || (rc = buf_err(&text, e, "evidence")) != 0)
		return rc;
	in.p = frame.p;
	in.n = frame.n;
	if ((rc = commit_frames(r, &in, 1, e)) != 0)
		return rc;
	IGNORE(r->w.fs.mkdir(r->w.fs.ctx, dir, 0700) < 0, "there already, or the next call says why");
	if ((rc = fs_sync_parent(&r->w.fs, dir, e)) != 0)
		return rc;
	return fs_replace_file(&r->w.fs, path, text.p, text.n, 0644, e);
}

static int rewritten(struct record *r, const struct log_state *l, const struct checkpoint *c, uint64_t at, const char *note, size_t n, struct err *e)
{
	CLEANUP_BUF struct buf ours = BUF_INIT(LIMIT_NOTE_BYTES);
	char size[32];
	int rc = note_at(r, (struct frame_ref){l->row.note_frame, l->row.note_at}, &ours, e);

	if (rc == 0)
		rc = keep_evidence(r, c->size, &ours, note, n, e);
	if (rc != 0)
		return rc;
	(void)snprintf(size, sizeof(size), "%llu", (unsigned long long)c->size);
	log_event(r->w.log, EV_peer_rewrote, "origin", c->origin, "size", size, NULL);
	return fail(e, E_REWRITE, "%s: the head signed for size %llu contradicts the head of size %llu verified before (first difference at size %llu); "
	    "both notes are kept in %s/evidence; cosigning stops", c->origin, (unsigned long long)c->size,
	    (unsigned long long)l->row.note_size, (unsigned long long)at, r->dir);
}

/* ---- following ---- */

static int root_after(const struct log_state *l, const uint8_t (*leaves)[LEAF_LEN], size_t count, struct hash *ret, struct err *e)
{
	struct tree *t = mem_zalloc(sizeof(*t));
	int rc = t == NULL ? fail(e, E_NOMEM, "tree") : 0;

	if (rc == 0 && l != NULL)
		*t = l->tree;
	if (rc == 0)
		t->emit = NULL;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct hash h = leaf_hash(leaves[i], LEAF_LEN);

		rc = tree_append(t, &h, e);
	}
	if (rc == 0)
		*ret = tree_head(t);
	mem_free(t);
	return rc;
}

/* A head not beyond what is mirrored: equal to our history, or a contradiction. */
static int compare_old(struct record *r, const struct log_state *l, const struct checkpoint *c, const char *note, size_t n, struct err *e)
{
	struct hash root;
	int rc = record_root(r->view, l->row.log, c->size, &root, e);

	if (rc == 0 && memcmp(&root, &c->root, sizeof(root)) != 0)
		rc = rewritten(r, l, c, c->size, note, n, e);
	return rc;
}

/* One batch: leaves from `from` on, and behind the last of them the note they lead to (NULL: more follow). */
static int store_leaves(struct record *r, const char *origin, uint64_t from, const uint8_t (*leaves)[LEAF_LEN], size_t count, const struct buf *note, struct err *e)
{
	struct frame_in in[FRAMES_PER_BATCH + 1];
	CLEANUP_BUF struct buf bytes = BUF_INIT(LIMIT_BATCH_BYTES);
	size_t parts = 0, off = 0;
	int rc;

	for (size_t at = 0; at < count; at += LEAVES_PER_FRAME) {
		frame_put_leaves(&bytes, origin, from + at, leaves + at, count - at < LEAVES_PER_FRAME ? count - at : LEAVES_PER_FRAME);
		in[parts++] = (struct frame_in){.type = FRAME_PEER_LEAVES, .n = bytes.n};
	}
	if ((rc = buf_err(&bytes, e, "leaves")) != 0)
		return rc;
	for (size_t i = 0; i < parts; i++) { /* the buffer stands still now */
		in[i].p = bytes.p + off;
		in[i].n -= off;
		off += in[i].n;
	}
	if (note != NULL)
		in[parts++] = (struct frame_in){FRAME_PEER_CHECKPOINT, note->p, note->n};
	return commit_frames(r, in, parts, e);
}

/*
 * All leaves were found to lead to the signed root before the first is stored. A crash between two batches leaves
 * some of them without their note: the next round goes on from there.
 */
static int store_head(struct record *r, const char *origin, uint64_t from, const uint8_t (*leaves)[LEAF_LEN], size_t count, const struct buf *note, struct err *e)
{
	const size_t most = FRAMES_PER_BATCH * LEAVES_PER_FRAME;
	int rc = 0;

	for (; rc == 0 && count > most; from += most, leaves += most, count -= most)
		rc = store_leaves(r, origin, from, leaves, most, NULL, e);
	return rc == 0 ? store_leaves(r, origin, from, leaves, count, note, e) : rc;
}

static int cosign_and_store(struct record *r, const struct checkpoint *c, const char *note, size_t n, const uint8_t (*leaves)[LEAF_LEN], size_t count, uint64_t from, struct buf *ret_line, struct err *e)
{
	CLEANUP_BUF struct buf text = BUF_INIT(LIMIT_NOTE_BYTES), line = BUF_INIT(LIMIT_NOTE_BYTES), with = BUF_INIT(LIMIT_NOTE_BYTES), merged = BUF_INIT(LIMIT_NOTE_BYTES);
	int rc;

	checkpoint_put(c, &text);
	rc = signer_cosign(r->signer, (uint64_t)(clock_now(&r->w.clock) / NS_PER_S), text.p, text.n, &line, e);
	if (rc != 0)
		return rc;
	buf_put(&with, text.p, text.n);
	buf_putc(&with, '\n');
	buf_put(&with, line.p, line.n);
	if ((rc = buf_err(&with, e, "note")) != 0 || (rc = note_merge(note, n, with.p, with.n, &merged, e)) != 0)
		return rc;
	if ((rc = store_head(r, c->origin, from, leaves, count, &merged, e)) == 0) {
		buf_put(ret_line, line.p, line.n);
		rc = buf_err(ret_line, e, "cosignature");
	}
	return rc;
}

static int follow(struct record *r, const struct checkpoint *c, const char *note, size_t n, const uint8_t (*leaves)[LEAF_LEN], size_t count, struct buf *ret_line, struct err *e)
{
	struct log_state *l;
	uint64_t held;
	struct hash root;
	int rc = recover_lag(r, e);

	if (rc != 0)
		return rc;
	l = applier_log(&r->apply, c->origin);
	held = l != NULL ? l->row.size : 0;
	if (l != NULL && l->row.note_frame != 0 && c->size <= held) {
		rc = compare_old(r, l, c, note, n, e);
		return rc; /* an older or the same head: nothing to add */
	}
	if (c->size < held || c->size - held != count)
		return fail(e, E_PROOF, "%s: %zu leaves given, %llu needed from %llu to %llu", c->origin, count,
		    (unsigned long long)(c->size - held), (unsigned long long)held, (unsigned long long)c->size);
	if ((rc = root_after(l, leaves, count, &root, e)) != 0)
		return rc;
	if (memcmp(&root, &c->root, sizeof(root)) != 0)
		return fail(e, E_PROOF, "%s: the leaves from %llu to %llu do not lead to the signed root", c->origin, (unsigned long long)held, (unsigned long long)c->size);
	return cosign_and_store(r, c, note, n, leaves, count, held, ret_line, e);
}

int record_follow(struct record *r, const struct party_keys *peer, const char *note, size_t note_n,
    const uint8_t (*leaves)[LEAF_LEN], size_t count, struct buf *ret_cosignature, struct err *e)
{
	struct checkpoint c;
	int rc = open_note(r, &peer->log, note, note_n, &c, NULL, NULL, e);

	if (rc != 0)
		return fail_wrap(e, rc, "%s: ", peer->party);
	lead_begin(r);
	rc = follow(r, &c, note, note_n, leaves, count, ret_cosignature, e);
	lead_end(r);
	return rc;
}

/* First leaf in which the mirror and `leaves` differ below `size`; `size` if none. */
static int first_difference(struct record *r, const struct log_state *l, const uint8_t (*leaves)[LEAF_LEN], uint64_t size, uint64_t *ret, struct err *e)
{
	uint8_t held[TILE_WIDTH][LEAF_LEN];

	for (uint64_t n = 0; n * TILE_WIDTH < size; n++) {
		const uint64_t left = size - n * TILE_WIDTH;
		const unsigned w = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
		const int rc = index_get_bundle(r->view->ix, l->row.log, n, w, held, e);

		if (rc != 0)
			return rc;
		for (unsigned i = 0; i < w; i++)
			if (memcmp(held[i], leaves[n * TILE_WIDTH + i], LEAF_LEN) != 0) {
				*ret = n * TILE_WIDTH + i;
				return 0;
			}
	}
	*ret = size;
	return 0;
}

static int audit(struct record *r, const struct checkpoint *c, const char *note, size_t n, const uint8_t (*leaves)[LEAF_LEN], size_t count, struct err *e)
{
	struct log_state *l;
	uint64_t both, at;
	struct hash root;
	int rc;

	if (count != c->size)
		return fail(e, E_PROOF, "%s: %zu leaves given for size %llu", c->origin, count, (unsigned long long)c->size);
	if ((rc = root_after(NULL, leaves, count, &root, e)) != 0)
		return rc;
	if (memcmp(&root, &c->root, sizeof(root)) != 0)
		return fail(e, E_PROOF, "%s: the leaves given do not lead to the signed root of size %llu", c->origin, (unsigned long long)c->size);
	if ((rc = recover_lag(r, e)) != 0 || (l = applier_log(&r->apply, c->origin)) == NULL)
		return rc;
	both = l->row.size < c->size ? l->row.size : c->size;
	if ((rc = first_difference(r, l, leaves, both, &at, e)) != 0)
		return rc;
	return at < both ? rewritten(r, l, c, at + 1, note, n, e) : 0;
}

int record_audit(struct record *r, const struct party_keys *peer, const char *note, size_t note_n,
    const uint8_t (*leaves)[LEAF_LEN], size_t count, struct err *e)
{
	struct checkpoint c;
	int rc = open_note(r, &peer->log, note, note_n, &c, NULL, NULL, e);

	if (rc != 0)
		return fail_wrap(e, rc, "%s: ", peer->party);
	lead_begin(r);
	rc = audit(r, &c, note, note_n, leaves, count, e);
	lead_end(r);
	return rc;
}

/* ---- entries ---- */

struct intake {
	struct record *r;
	struct log_state *l;
	uint64_t bundle;                 /* number of the bundle in `leaf`; UINT64_MAX: none */
	unsigned width;
	uint8_t leaf[TILE_WIDTH][LEAF_LEN];
	struct buf frames;
	struct frame_in *in;
	size_t n;
	struct added_run added;
};

static int mirrored_leaf(struct intake *x, uint64_t index, const uint8_t **ret, struct err *e)
{
	const uint64_t b = index / TILE_WIDTH, left = x->l->row.size - b * TILE_WIDTH;
	int rc = 0;

	if (b != x->bundle) {
		x->width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
		rc = index_get_bundle(x->r->view->ix, x->l->row.log, b, x->width, x->leaf, e);
		x->bundle = rc == 0 ? b : UINT64_MAX;
	}
	*ret = x->leaf[index % TILE_WIDTH];
	return rc;
}

static int take_entry(struct intake *x, const struct peer_entry *pe, struct err *e)
{
	uint8_t sum[SHA256_LEN], leaf[LEAF_LEN];
	struct index_entry row = {.log = x->l->row.log};
	struct facts facts;
	const uint8_t *mirrored = NULL;
	const size_t before = x->frames.n;
	int rc;

	if (pe->index >= x->l->row.size)
		return fail(e, E_PROOF, "%s: entry %llu lies beyond the verified size %llu", x->l->row.origin, (unsigned long long)pe->index, (unsigned long long)x->l->row.size);
	if ((rc = mirrored_leaf(x, pe->index, &mirrored, e)) != 0)
		return rc;
	sha256(pe->p, pe->n, sum);
	leaf_commit(pe->salt, sum, leaf);
	if (memcmp(leaf, mirrored, LEAF_LEN) != 0)
		return fail(e, E_PROOF, "%s: entry %llu: content and salt do not give the leaf the log committed to", x->l->row.origin, (unsigned long long)pe->index);
	if (index_get_entry(x->r->view->ix, x->l->row.log, pe->index, &row, NULL) == 0)
		return 0; /* held already */
	if (row_from_entry(x->r->apply.pool, pe->p, pe->n, &x->r->apply.room, &row, &facts, NULL) != 0)
		return 0; /* proven, but no object in a collection: nothing that could ever be shown */
	if ((rc = added_next(&x->added, e)) != 0)
		return rc;
	frame_put_entry_head(&x->frames, x->l->row.origin, pe->index, x->added.last, pe->salt);
	buf_put(&x->frames, pe->p, pe->n);
	x->in[x->n++] = (struct frame_in){.type = FRAME_PEER_ENTRY, .n = x->frames.n - before};
	return buf_err(&x->frames, e, "entries");
}

static int add_entries(struct intake *x, const struct peer_entry *in, size_t count, uint64_t asked_to, struct err *e)
{
	size_t off = 0, before;
	int rc = index_snapshot(x->r->view->ix, e); /* one reading transaction for all look-ups */

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = i > 0 && in[i].index <= in[i - 1].index ? fail(e, E_PROOF, "%s: entries not in order", x->l->row.origin) : take_entry(x, &in[i], e);
	index_release(x->r->view->ix);
	if (rc == 0 && asked_to > x->l->row.size)
		rc = fail(e, E_PROOF, "%s: asked up to %llu of %llu", x->l->row.origin, (unsigned long long)asked_to, (unsigned long long)x->l->row.size);
	if (rc != 0)
		return rc;
	before = x->n;
	if (asked_to > x->l->row.entries_to) {
		frame_put_receipt(&x->frames, x->l->row.origin, asked_to);
		x->in[x->n++].type = FRAME_RECEIPT;
		if ((rc = buf_err(&x->frames, e, "entries")) != 0)
			return rc;
	}
	for (size_t i = 0; i < before; i++) {
		x->in[i].p = x->frames.p + off;
		off += x->in[i].n;
	}
	if (x->n > before) {
		x->in[before].p = x->frames.p + off;
		x->in[before].n = x->frames.n - off;
	}
	if (x->n == 0 || (rc = commit_frames(x->r, x->in, x->n, e)) != 0)
		return rc;
	x->r->added_last = x->added.last;
	return 0;
}

int record_add_peer_entries(struct record *r, const struct party_keys *peer, const struct peer_entry *in, size_t count, uint64_t asked_to, size_t *ret_new, struct err *e)
{
	struct intake *x = mem_zalloc(sizeof(*x));
	int rc;

	if (x == NULL || (x->in = mem_array(count + 1, sizeof(*x->in))) == NULL) {
		mem_free(x);
		return fail(e, E_NOMEM, "entries");
	}
	x->r = r;
	x->bundle = UINT64_MAX;
	x->frames.max = LIMIT_BATCH_BYTES;
	lead_begin(r);
	if ((rc = recover_lag(r, e)) == 0) {
		added_begin(r, &x->added);
		if ((x->l = applier_log(&r->apply, peer->origin)) == NULL)
			rc = fail(e, E_NOTFOUND, "%s: its log is not mirrored yet", peer->origin);
		else
			rc = add_entries(x, in, count, asked_to, e);
	}
	lead_end(r);
	if (rc == 0)
		*ret_new = x->n > 0 && x->in[x->n - 1].type == FRAME_RECEIPT ? x->n - 1 : x->n;
	buf_free(&x->frames);
	mem_free(x->in);
	mem_free(x);
	return rc;
}

int record_peer_state(struct record_reader *rd, const struct party_keys *peer, struct peer_state *ret, struct err *e)
{
	const int rc = index_find_log(rd->ix, peer->origin, &ret->log, e);

	ret->known = rc == 0;
	if (rc == E_NOTFOUND) {
		memset(&ret->log, 0, sizeof(ret->log));
		(void)snprintf(ret->log.origin, sizeof(ret->log.origin), "%s", peer->origin);
		return 0;
	}
	return rc;
}

/* ---- what witnesses say of our own log ---- */

/* The note with only those lines of `note` that were verified and are not from the future. */
static int valid_lines(const struct record *r, const struct note *n, const struct cosigned *co, size_t count, struct buf *out, struct err *e)
{
	const int64_t latest = clock_now(&r->w.clock) / NS_PER_S + LIMIT_CLOCK_SKEW_S;

	buf_put(out, n->text, n->text_n);
	buf_putc(out, '\n');
	for (size_t i = 0; i < n->sigs; i++)
		for (size_t k = 0; k < count; k++)
			if (n->sig[i].id == co[k].key.id && n->sig[i].name_n == strlen(co[k].key.name) &&
			    memcmp(n->sig[i].name, co[k].key.name, n->sig[i].name_n) == 0 && (int64_t)co[k].time_s <= latest)
				note_put_sig(out, co[k].key.name, co[k].key.id, n->sig[i].blob + 4, n->sig[i].blob_n - 4);
	return buf_err(out, e, "cosignatures");
}

static int merge_own(struct record *r, const struct checkpoint *c, const struct buf *lines, struct err *e)
{
	CLEANUP_BUF struct buf have = BUF_INIT(LIMIT_NOTE_BYTES), merged = BUF_INIT(LIMIT_NOTE_BYTES);
	struct frame_in in = {.type = FRAME_COSIGNATURE};
	uint64_t size = 0, no = 0, at = 0;
	int rc = index_checkpoint_at(r->view->ix, 0, c->size, &size, &no, &at, e);

	if (rc == 0 && size != c->size)
		rc = fail(e, E_PROOF, "no checkpoint of ours has size %llu", (unsigned long long)c->size);
	if (rc == 0)
		rc = note_at(r, (struct frame_ref){no, at}, &have, e);
	if (rc == 0)
		rc = note_merge(have.p, have.n, lines->p, lines->n, &merged, e);
	if (rc != 0 || (merged.n == have.n && memcmp(merged.p, have.p, have.n) == 0))
		return rc;
	in.p = merged.p;
	in.n = merged.n;
	return commit_frames(r, &in, 1, e);
}

int record_add_cosignatures(struct record *r, const char *note, size_t n, struct err *e)
{
	struct cosigned *co = mem_array(LIMIT_PARTIES, sizeof(*co));
	struct note *parsed = mem_zalloc(sizeof(*parsed));
	CLEANUP_BUF struct buf lines = BUF_INIT(LIMIT_NOTE_BYTES);
	struct checkpoint c;
	size_t count = 0;
	int rc = co == NULL || parsed == NULL ? fail(e, E_NOMEM, "cosignatures") : open_note(r, &r->self.log, note, n, &c, co, &count, e);

	if (rc == 0 && count > 0 && (rc = note_parse(note, n, parsed, e)) == 0 &&
	    (rc = valid_lines(r, parsed, co, count, &lines, e)) == 0) {
		lead_begin(r);
		if ((rc = recover_lag(r, e)) == 0)
			rc = merge_own(r, &c, &lines, e);
		lead_end(r);
	}
	mem_free(co);
	mem_free(parsed);
	return rc;
}
