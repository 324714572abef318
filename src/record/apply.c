/* Frames to index rows: the one derivation, shared by commit, catching up and rebuilding. */
#include <assert.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

static int emit_tile(void *ctx, unsigned level, uint64_t n, const struct hash tile[TILE_WIDTH], struct err *e)
{
	const struct log_state *l = ctx;

	return index_put_tile(l->x, l->row.log, level, n, TILE_WIDTH, tile, e);
}

struct tile_ctx { struct index_reader *ix; uint32_t log; };

static int read_tile(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e)
{
	const struct tile_ctx *t = ctx;

	return index_get_tile(t->ix, t->log, level, n, width, out, e);
}

/* Right edge and last bundle of a log that the index already knows. */
static int log_load(struct log_state *l, struct err *e)
{
	struct tile_ctx t = {index_view(l->x), l->row.log};
	const struct tile_source src = {read_tile, &t};
	const unsigned part = (unsigned)(l->row.size % TILE_WIDTH);
	int rc = tree_load(&l->tree, l->row.size, &src, e);

	l->tree.emit = emit_tile;
	l->tree.ctx = l;
	if (rc == 0 && part > 0)
		rc = index_get_bundle(t.ix, l->row.log, l->row.size / TILE_WIDTH, part, l->bundle, e);
	return rc;
}

static struct log_state *log_add(struct applier *a, const struct index_log *row)
{
	struct log_state *l;

	if (a->logs == ARRAY_LEN(a->log) || (l = mem_zalloc(sizeof(*l))) == NULL)
		return NULL;
	l->x = a->x;
	l->row = *row;
	l->tree.emit = emit_tile;
	l->tree.ctx = l;
	a->log[a->logs++] = l;
	return l;
}

/* The log of this origin, made on first appearance: numbers follow the journal's order. */
static struct log_state *log_make(struct applier *a, const char *origin)
{
	struct log_state *l = applier_log(a, origin);
	struct index_log row = {.log = (uint32_t)a->logs};

	if (l != NULL)
		return l;
	put_text(row.origin, sizeof(row.origin), origin);
	if ((l = log_add(a, &row)) != NULL)
		l->dirty = true;
	return l;
}

int applier_init(struct applier *a, struct index *x, const char *own_origin, struct err *e)
{
	struct index_log row;
	int rc;

	*a = (struct applier){.x = x, .own_origin = own_origin, .pool = json_pool_new()};
	if (a->pool == NULL)
		return fail(e, E_NOMEM, "applying the journal");
	for (uint32_t i = 0; i < LIMIT_PARTIES; i++) {
		struct log_state *l;

		rc = index_get_log(index_view(x), i, &row, NULL);
		if (rc == E_NOTFOUND)
			break;
		if (rc != 0)
			return fail(e, rc, "index: log %u cannot be read", i);
		if ((l = log_add(a, &row)) == NULL)
			return fail(e, E_NOMEM, "applying the journal");
		if ((rc = log_load(l, e)) != 0)
			return fail_wrap(e, rc, "index: log %s: ", row.origin);
	}
	if (log_make(a, own_origin) == NULL)
		return fail(e, E_NOMEM, "applying the journal");
	if (strcmp(a->log[0]->row.origin, own_origin) != 0)
		return fail(e, E_CORRUPT, "index: it belongs to the log %s", a->log[0]->row.origin);
	return 0;
}

void applier_free(struct applier *a)
{
	for (size_t i = 0; i < a->logs; i++)
		mem_free(a->log[i]);
	json_pool_free(a->pool);
	buf_free(&a->room);
	a->logs = 0;
	a->pool = NULL;
}

struct log_state *applier_log(struct applier *a, const char *origin)
{
	for (size_t i = 0; i < a->logs; i++)
		if (strcmp(a->log[i]->row.origin, origin) == 0)
			return a->log[i];
	return NULL;
}

int applier_leaf(struct applier *a, struct log_state *l, const uint8_t leaf[LEAF_LEN], const struct hash *h, struct err *e)
{
	const unsigned slot = (unsigned)(l->row.size % TILE_WIDTH);
	int rc;

	memcpy(l->bundle[slot], leaf, LEAF_LEN);
	if ((rc = tree_append(&l->tree, h, e)) != 0)
		return rc;
	if (slot == TILE_WIDTH - 1)
		rc = index_put_bundle(a->x, l->row.log, l->row.size / TILE_WIDTH, TILE_WIDTH, l->bundle, e);
	l->row.size++;
	l->dirty = true;
	return rc;
}

static void copy_text(char *to, size_t room, const char *from)
{
	const size_t n = from == NULL ? 0 : strlen(from);

	assert(n < room);
	memcpy(to, from == NULL ? "" : from, n);
	to[n] = '\0';
}

static bool fits(const char *s, size_t max) { return s == NULL || strlen(s) <= max; }

/* An object that our rules do not pass is kept and proven, but nobody can be shown it: its audience says so. */
static void put_facts(const struct json_val *obj, struct index_entry *row, struct buf *room, size_t *ret_audience, bool *ret_withdraws)
{
	const struct stix_how how = {.strict = STIX_LENIENT, .v20 = true};
	struct stix_object o;
	const bool readable = stix_check(obj, &how, &o, NULL) == 0;
	const struct stix_type *t = readable ? stix_type(o.kind) : NULL;
	const char *withdrawn = readable ? withdrawn_version(&o) : NULL;

	row->v20 = readable && o.v20;
	row->draft = t != NULL && t->own;
	*ret_withdraws = withdrawn != NULL;
	if (withdrawn != NULL)
		buf_put(room, withdrawn, strlen(withdrawn) + 1);
	*ret_audience = room->n;
	audience_put(readable ? &o : NULL, row->log, room);
}

static int put_object(const struct json_val *obj, struct index_entry *row, struct buf *room, struct facts *ret, struct err *e)
{
	const char *id = json_get_str(obj, "id"), *mod = json_get_str(obj, "modified"), *word = json_get_str(obj, "type");
	const struct stix_type *type = stix_type(stix_kind_of(word != NULL ? word : ""));
	const char *subject = type != NULL && type->subject != NULL ? json_get_str(obj, type->subject) : NULL;
	bool withdraws = false;
	size_t audience = 0;
	int rc;

	if (id == NULL || !stix_id_ok(id, strlen(id)) || !fits(mod, LIMIT_TIMESTAMP) || !fits(subject, LIMIT_STIX_ID))
		return fail(e, E_FORMAT, "entry: not a collection and an object");
	copy_text(row->id, sizeof(row->id), id);
	copy_text(row->modified, sizeof(row->modified), mod);
	copy_text(row->subject, sizeof(row->subject), subject);
	row->revoked = false;
	IGNORE(!json_bool(json_get(obj, "revoked"), &row->revoked), "absent means false");
	row_put_version(row, mod, json_get_str(obj, "created"));
	put_facts(obj, row, room, &audience, &withdraws);
	if ((rc = buf_err(room, e, "entry")) == 0)
		*ret = (struct facts){room->p + audience, room->n - audience, withdraws ? room->p : NULL};
	return rc;
}

int row_from_entry(struct json_pool *pool, const void *p, size_t n, struct buf *room, struct index_entry *ret, struct facts *ret_facts, struct err *e)
{
	const struct json_read_opt opt = {.pool = pool, .what = "entry", .max_bytes = LIMIT_FRAME};
	const struct json_val *root;
	struct json_doc *doc = NULL;
	const char *col;
	int rc = json_read(p, n, &opt, &doc, e);

	if (rc != 0)
		return rc;
	buf_clear(room);
	root = json_root(doc);
	col = json_get_str(root, "collection");
	if (col == NULL || !uuid_parse(col, strlen(col), ret->collection) || json_len(root) != 2)
		rc = fail(e, E_FORMAT, "entry: not a collection and an object");
	if (rc == 0 && (rc = put_object(json_get(root, "object"), ret, room, ret_facts, e)) == 0) {
		sha256(p, n, ret->sha256);
		ret->size = n > ENTRY_BEFORE + 1 ? (uint32_t)(n - ENTRY_BEFORE - 1) : 0;
	}
	json_free(doc);
	return rc;
}

static int apply_row(struct applier *a, struct index_entry *row, const struct facts *f, struct err *e)
{
	int rc = index_audience(a->x, f->audience, f->audience_n, &row->audience, e);

	if (rc == 0 && row->added <= index_last_added(a->x))
		rc = fail(e, E_CORRUPT, "journal frame %llu: added before an earlier one", (unsigned long long)row->frame);
	if (rc == 0 && (rc = index_put_entry(a->x, row, e)) == 0 && f->withdrawn != NULL)
		rc = index_withdraw(a->x, row, row->subject, f->withdrawn, e);
	a->entries += rc == 0;
	return rc;
}

int applier_own_entry(struct applier *a, struct index_entry *row, const struct facts *f, const uint8_t leaf[LEAF_LEN], const struct hash *h, struct err *e)
{
	struct log_state *own = a->log[0];
	int rc;

	if (row->index != own->row.size)
		return fail(e, E_CORRUPT, "journal frame %llu: entry %llu where %llu was due", (unsigned long long)row->frame,
		    (unsigned long long)row->index, (unsigned long long)own->row.size);
	if ((rc = apply_row(a, row, f, e)) != 0)
		return rc;
	return applier_leaf(a, own, leaf, h, e);
}

static int apply_entry(struct applier *a, const struct frame *f, struct err *e)
{
	struct index_entry row = {.frame = f->ref.no, .at = f->ref.at};
	uint8_t leaf[LEAF_LEN];
	struct hash h;
	struct facts facts;
	struct frame_entry en;
	struct log_state *l = a->log[0];
	int rc = frame_get_entry(f->type, f->p, f->n, &en, e);

	if (rc != 0)
		return rc;
	if (f->type == FRAME_PEER_ENTRY && ((l = applier_log(a, en.origin)) == NULL || en.index >= l->row.size))
		return fail(e, E_CORRUPT, "journal frame %llu: entry before its leaf", (unsigned long long)f->ref.no);
	row.log = l->row.log;
	row.index = en.index;
	row.added = en.added;
	if ((rc = row_from_entry(a->pool, en.p, en.n, &a->room, &row, &facts, e)) != 0)
		return rc;
	if (f->type == FRAME_PEER_ENTRY)
		return apply_row(a, &row, &facts, e);
	leaf_commit(en.salt, row.sha256, leaf);
	h = leaf_hash(leaf, LEAF_LEN);
	return applier_own_entry(a, &row, &facts, leaf, &h, e);
}

static int apply_leaves(struct applier *a, const struct frame *f, struct err *e)
{
	struct frame_leaves fl;
	struct log_state *l;
	int rc = frame_get_leaves(f->p, f->n, &fl, e);

	if (rc != 0)
		return rc;
	if ((l = log_make(a, fl.origin)) == NULL)
		return fail(e, E_NOMEM, "log %s", fl.origin);
	if (fl.start != l->row.size)
		return fail(e, E_CORRUPT, "journal frame %llu: leaves out of order", (unsigned long long)f->ref.no);
	for (size_t i = 0; rc == 0 && i < fl.count; i++) {
		const struct hash h = leaf_hash(fl.leaf + i * LEAF_LEN, LEAF_LEN);

		rc = applier_leaf(a, l, fl.leaf + i * LEAF_LEN, &h, e);
	}
	return rc;
}

/* Cosignature lines of a note that was verified before it was journalled. */
static int apply_cosignatures(struct applier *a, const struct frame *f, const struct log_state *l, const struct checkpoint *c, const struct note *n, struct err *e)
{
	char name[LIMIT_ORIGIN + 1];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n->sigs; i++) {
		const struct note_sig *s = &n->sig[i];

		if (s->blob_n != 4 + 8 + ED25519_SIG || s->name_n > LIMIT_ORIGIN)
			continue; /* not a cosignature/v1 */
		memcpy(name, s->name, s->name_n);
		name[s->name_n] = '\0';
		rc = index_put_cosignature(a->x, l->row.log, c->size, name, be_get(s->blob + 4, 8), f->ref.no, f->ref.at, e);
	}
	return rc;
}

static int apply_note(struct applier *a, const struct frame *f, struct err *e)
{
	struct checkpoint c;
	struct log_state *l = NULL;
	struct note *n = mem_zalloc(sizeof(*n));
	int rc = n == NULL ? fail(e, E_NOMEM, "note") : note_parse(f->p, f->n, n, e);

	if (rc == 0)
		rc = checkpoint_parse(n->text, n->text_n, &c, e);
	if (rc == 0 && (l = log_make(a, c.origin)) == NULL)
		rc = fail(e, E_NOMEM, "log %s", c.origin);
	if (rc != 0 || l == NULL)
		goto out;
	rc = index_put_checkpoint(a->x, l->row.log, c.size, f->ref.no, f->ref.at, e);
	if (rc == 0 && f->type != FRAME_CHECKPOINT)
		rc = apply_cosignatures(a, f, l, &c, n, e);
	if (rc == 0 && c.size >= l->row.note_size) {
		l->row.note_frame = f->ref.no;
		l->row.note_at = f->ref.at;
		l->row.note_size = c.size;
		l->dirty = true;
	}
out:
	mem_free(n);
	return rc;
}

static int apply_receipt(struct applier *a, const struct frame *f, struct err *e)
{
	struct frame_receipt fr;
	struct log_state *l;
	const int rc = frame_get_receipt(f->p, f->n, &fr, e);

	if (rc != 0)
		return rc;
	if ((l = applier_log(a, fr.origin)) == NULL)
		return fail(e, E_CORRUPT, "journal frame %llu: receipt for an unknown log", (unsigned long long)f->ref.no);
	l->row.entries_to = fr.asked_to;
	l->dirty = true;
	return 0;
}

static int apply_nothing(struct applier *a, const struct frame *f, struct err *e)
{
	(void)a;
	(void)f;
	(void)e;
	return 0;
}

int applier_frame(struct applier *a, const struct frame *f, struct err *e)
{
	static int (*const by_type[FRAME_TYPES_])(struct applier *, const struct frame *, struct err *) = {
		[FRAME_ENTRY] = apply_entry,
		[FRAME_CHECKPOINT] = apply_note,
		[FRAME_COSIGNATURE] = apply_note,
		[FRAME_PEER_LEAVES] = apply_leaves,
		[FRAME_PEER_CHECKPOINT] = apply_note,
		[FRAME_PEER_ENTRY] = apply_entry,
		[FRAME_EVIDENCE] = apply_nothing, /* read from the journal when asked for */
		[FRAME_RECEIPT] = apply_receipt,
	};

	if ((unsigned)f->type >= FRAME_TYPES_ || by_type[f->type] == NULL)
		return fail(e, E_CORRUPT, "journal frame %llu: unknown type %d: written by a newer version?", (unsigned long long)f->ref.no, (int)f->type);
	return by_type[f->type](a, f, e);
}

static int flush_log(struct applier *a, struct log_state *l, struct err *e)
{
	const unsigned part = (unsigned)(l->row.size % TILE_WIDTH);
	int rc = 0;

	for (unsigned level = 0; rc == 0 && level < TILE_LEVELS; level++)
		if (l->tree.width[level] > 0)
			rc = index_put_tile(a->x, l->row.log, level, l->row.size >> (TILE_HEIGHT * (level + 1)),
			    l->tree.width[level], l->tree.edge[level], e);
	if (rc == 0 && part > 0)
		rc = index_put_bundle(a->x, l->row.log, l->row.size / TILE_WIDTH, part, l->bundle, e);
	if (rc == 0)
		rc = index_put_log(a->x, &l->row, e);
	if (rc == 0)
		l->dirty = false;
	return rc;
}

int applier_flush(struct applier *a, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < a->logs; i++)
		if (a->log[i]->dirty)
			rc = flush_log(a, a->log[i], e);
	return rc;
}
