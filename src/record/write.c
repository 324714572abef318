/*
 * The one write path: bytes → strict JSON → STIX rules → canonical form → salt, leaf (each writer's own thread),
 * then, by whoever finds no commit under way: duplicates, right to write, index numbers, checkpoint, journal,
 * index, answers for everybody who waited.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

struct further { struct json_doc *doc; struct stix_object object; /* points into doc */ };

/* Kept small: a batch has thousands of them, and its leader walks over all. */
struct prepared {
	size_t off, n;                  /* frame payload inside the job's buffer; n 0: refused */
	size_t names;                   /* in the job's: id, modified, subject, each with its NUL */
	const char *id, *modified, *subject;
	const uint8_t *collection;      /* the job's */
	uint64_t index;                 /* in the log, once it is in a batch */
	struct further *further;        /* of objects whose rules look further, or NULL */
	enum stix_kind kind;
	enum tlp tlp;
	bool revoked, author_is_writer;
	uint8_t sha256[SHA256_LEN];     /* of the entry bytes */
	uint8_t leaf[LEAF_LEN];
	struct hash hash;               /* of the leaf */
};

struct job {
	struct job *next;
	const struct add_opt *opt;
	struct prepared *item;
	struct add_result *res;
	size_t count, done;             /* done: items already decided in earlier commits */
	struct buf frames, names;
	int rc;
	struct err err;
	bool over;                      /* the leader is done with it */
	bool finished;                  /* the same, said under the lock: from now on its owner may free it */
};

/* ---- preparing: no lock held ---- */

static int entry_bytes(const struct add_opt *opt, const struct json_val *obj, const uint8_t salt[SALT_LEN], struct buf *out)
{
	char uuid[37];

	uuid_format(opt->collection, uuid);
	frame_put_entry_head(out, "", 0, salt);
	buf_printf(out, "{\"collection\":\"%s\",\"object\":", uuid);
	json_canon(obj, out);
	buf_putc(out, '}');
	return out->err;
}

static int put_names(struct job *j, struct prepared *p, const struct stix_object *o)
{
	const char *const name[] = {o->id, o->modified, o->subject};

	p->names = j->names.n;
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		buf_put(&j->names, name[i] != NULL ? name[i] : "", name[i] != NULL ? strlen(name[i]) + 1 : 1);
	return j->names.err;
}

/* The names stay where they are once all are there. */
static void point_at_names(struct job *j)
{
	for (size_t i = 0; i < j->count; i++) {
		struct prepared *p = &j->item[i];

		if (p->n == 0)
			continue;
		p->id = j->names.p + p->names;
		p->modified = p->id + strlen(p->id) + 1;
		p->subject = p->modified + strlen(p->modified) + 1;
	}
}

static bool looks_further(const struct stix_object *o)
{
	const struct stix_type *t = stix_type(o->kind);

	return (t != NULL && t->own) || o->has_release_to;
}

static int prepare_object(const struct record *r, struct job *j, struct prepared *p, struct json_doc *doc, const uint8_t *salt, struct add_result *res, bool *ret_further)
{
	struct stix_object o;
	int rc = stix_check(json_root(doc), &(struct stix_how){.strict = j->opt->strict, .v20 = j->opt->v20}, &o, &res->err);

	if (rc != 0)
		return rc;
	if (j->opt->not_v21 && !o.v20 && (stix_type(o.kind) == NULL || !stix_type(o.kind)->own))
		return fail(&res->err, E_FORMAT, "%s: $.spec_version: this collection takes objects of STIX 2.0 only", o.id);
	put_text(res->id, sizeof(res->id), o.id);
	p->author_is_writer = o.created_by_ref == NULL || strcmp(o.created_by_ref, r->self.identity) == 0;
	p->collection = j->opt->collection;
	p->kind = o.kind;
	p->tlp = o.tlp;
	p->revoked = o.revoked;
	p->off = j->frames.n;
	if (entry_bytes(j->opt, json_root(doc), salt, &j->frames) != 0)
		return buf_err(&j->frames, &res->err, "batch");
	if (put_names(j, p, &o) != 0)
		return buf_err(&j->names, &res->err, "batch");
	p->n = j->frames.n - p->off;
	if (p->n > LIMIT_FRAME)
		return fail(&res->err, E_LIMIT, "%s: longer than %lu bytes", o.id, LIMIT_FRAME);
	sha256(j->frames.p + p->off + FRAME_ENTRY_HEAD, p->n - FRAME_ENTRY_HEAD, p->sha256);
	leaf_commit(salt, p->sha256, p->leaf);
	p->hash = leaf_hash(p->leaf, LEAF_LEN);
	*ret_further = looks_further(&o);
	return 0;
}

/* The pool serves one document at a time: these few are kept in memory of their own. */
static int keep(const struct job *j, struct prepared *p, const struct add_item *in, struct err *e)
{
	const struct json_read_opt own = {.what = "object"};
	int rc;

	if ((p->further = mem_zalloc(sizeof(*p->further))) == NULL)
		return fail(e, E_NOMEM, "batch");
	if ((rc = json_read(in->p, in->n, &own, &p->further->doc, e)) != 0)
		return rc;
	return stix_check(json_root(p->further->doc), &(struct stix_how){.strict = j->opt->strict, .v20 = j->opt->v20}, &p->further->object, e);
}

static int prepare_item(const struct record *r, struct job *j, size_t i, const struct add_item *in, struct json_pool *pool, const uint8_t *salt)
{
	const struct json_read_opt pooled = {.pool = pool, .what = "object"};
	struct prepared *p = &j->item[i];
	struct json_doc *doc = NULL;
	const size_t before = j->frames.n;
	bool further = false;
	int rc = json_read(in->p, in->n, &pooled, &doc, &j->res[i].err);

	if (rc == 0)
		rc = prepare_object(r, j, p, doc, salt, &j->res[i], &further);
	json_free(doc);
	if (rc == 0 && further)
		rc = keep(j, p, in, &j->res[i].err);
	if (rc != 0) {
		j->res[i].what = ADDED_REFUSED;
		p->n = 0;
		if (j->frames.err == 0)
			j->frames.n = before;
	}
	return rc;
}

/* All the room these are likely to need at once: growing by steps would leave as much again lying about. */
static void reserve(struct job *j, const struct add_item *in)
{
	size_t n = 0;

	for (size_t i = 0; i < j->count && n < LIMIT_BATCH_BYTES / 2; i++)
		n += FRAME_ENTRY_HEAD + sizeof("{\"collection\":\"\",\"object\":}") + 36 + (in[i].n < LIMIT_BATCH_BYTES ? in[i].n : LIMIT_BATCH_BYTES);
	if (n < LIMIT_BATCH_BYTES / 2 && buf_grow(&j->frames, n) != NULL)
		buf_clear(&j->frames);
}

static int prepare(const struct record *r, struct job *j, const struct add_item *in, struct err *e)
{
	struct json_pool *pool = json_pool_new();
	uint8_t *salt = mem_alloc(j->count * SALT_LEN);
	int rc = pool == NULL || salt == NULL ? fail(e, E_NOMEM, "batch") : 0;

	if (rc == 0 && rng_fill(&r->w.rng, salt, j->count * SALT_LEN) != 0)
		rc = fail(e, E_ENV, "no randomness");
	reserve(j, in);
	for (size_t i = 0; rc == 0 && i < j->count; i++) {
		rc = prepare_item(r, j, i, &in[i], pool, salt + i * SALT_LEN);
		if (rc != 0 && j->opt->all_or_nothing)
			*e = j->res[i].err;
		else
			rc = j->names.err != 0 ? buf_err(&j->names, e, "batch") : buf_err(&j->frames, e, "batch"); /* one refused object is its own matter, memory is everybody's */
	}
	if (rc == 0)
		point_at_names(j);
	if (salt != NULL)
		secret_wipe(salt, j->count * SALT_LEN);
	mem_free(salt);
	json_pool_free(pool);
	return rc;
}

/* ---- deciding: the leader, one item after another ---- */

struct seen { const struct prepared *first; };
struct commit {
	struct record *r;
	struct prepared **take; size_t n, max; /* items of this batch in order */
	struct add_result **res;
	size_t bytes;
	struct seen *seen; size_t mask;        /* open addressing over (collection, id, modified) */
	bool full;                             /* stop before the item at hand; it goes into the next batch */
};

static uint64_t key_of(const struct prepared *p)
{
	uint64_t h = 1469598103934665603ULL; /* FNV-1a; only spreads, collisions are compared */

	for (const char *s = p->id; s < p->subject; s++) /* and modified, which follows it */
		h = (h ^ (unsigned char)*s) * 1099511628211ULL;
	return h ^ p->collection[0];
}

static bool same_version(const struct prepared *a, const struct prepared *b)
{
	return memcmp(a->collection, b->collection, 16) == 0 && strcmp(a->id, b->id) == 0 && strcmp(a->modified, b->modified) == 0;
}

/* The slot of this version in the batch: taken by an equal one, or free. */
static struct seen *seen_slot(struct commit *c, const struct prepared *p)
{
	size_t i = key_of(p) & c->mask;

	while (c->seen[i].first != NULL && !same_version(c->seen[i].first, p))
		i = (i + 1) & c->mask;
	return &c->seen[i];
}

struct earlier { const struct prepared *p; bool same, other; uint8_t sha[32]; uint64_t index, frame; uint32_t log; bool any; };

static int look_at_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct earlier *x = ctx;

	(void)e;
	if (!x->any) {
		x->any = true;
		x->log = row->log; /* whoever came first is the object's writer */
	}
	if (strcmp(row->modified, x->p->modified) != 0)
		return 0;
	x->same = memcmp(row->sha256, x->p->sha256, 32) == 0;
	x->other = !x->same;
	x->index = row->index;
	x->frame = row->frame;
	memcpy(x->sha, row->sha256, 32);
	return 1;
}

static int conflict(const struct prepared *p, const uint8_t sha[32], struct err *e)
{
	char have[HEX_LEN(32) + 1], offered[HEX_LEN(32) + 1];

	hex_encode(sha, 32, have);
	hex_encode(p->sha256, 32, offered);
	return fail(e, E_CONFLICT, "%s: modified %s is recorded with other content: entry SHA-256 %s, offered %s", p->id, p->modified, have, offered);
}

static const char *party_of_log(const struct record *r, uint32_t log)
{
	if (log == 0)
		return r->self.party;
	for (size_t i = 1; log < r->apply.logs && i < r->peers; i++)
		if (strcmp(r->peer[i].origin, r->apply.log[log]->row.origin) == 0)
			return r->peer[i].party;
	return "?";
}

/* The collection this item may be judged by: as accepted, or, when it founds or answers the collection, itself or as offered. */
static int judge_collection(struct commit *c, const struct prepared *p, struct collection *ret, struct err *e)
{
	char id[LIMIT_STIX_ID + 1], uuid[37];
	int rc = record_collection(c->r->view, p->collection, ret, e);

	if (rc != E_NOTFOUND)
		return rc;
	uuid_format(p->collection, uuid);
	(void)snprintf(id, sizeof(id), "%s--%s", stix_type_name(STIX_COLLECTION), uuid);
	if (p->kind == STIX_COLLECTION && strcmp(p->id, id) == 0)
		return collection_parse(p->further->object.val, ret, e);
	if (p->kind == STIX_ASSENT && strcmp(p->subject, id) == 0)
		return collection_offered(c->r->view, p->collection, ret, e);
	return fail(e, E_NOTFOUND, "collection %s: not known, or not accepted by this node", uuid);
}

static int may_add(struct commit *c, const struct job *j, const struct prepared *p, const struct earlier *x, struct err *e)
{
	const struct stix_type *t = stix_type(p->kind);
	const struct stix_object *o = p->further != NULL ? &p->further->object : NULL;
	struct collection col;
	struct write_request w = {
		.party = c->r->self.party, .role = j->opt->role, .kind = p->kind, .own_type = t != NULL && t->own,
		.author_is_writer = p->author_is_writer, .written_by = x->any ? party_of_log(c->r, x->log) : NULL,
		.object = {.tlp = p->tlp, .writer = c->r->self.party},
	};
	enum write_reason why;
	int rc = judge_collection(c, p, &col, e);

	if (rc != 0)
		return rc;
	if (o != NULL) {
		w.object.has_release_to = o->has_release_to;
		w.object.release_to = o->release_to;
		w.object.release_to_n = o->release_to_n;
	}
	if ((why = may_write(&w, &col)) != WRITE_OK)
		return fail(e, E_DENIED, "%s: %s", p->id, write_reason_text(why));
	if (w.own_type && c->r->rule != NULL)
		return c->r->rule(c->r->rules_ctx, c->r->view, o, p->collection, e);
	return 0;
}

/* 0: decided (result filled). E_*: refused for that reason. */
static int decide(struct commit *c, const struct job *j, struct prepared *p, struct add_result *res)
{
	struct seen *slot = seen_slot(c, p);
	struct earlier x = {.p = p};
	int rc;

	if (slot->first != NULL) {
		if (memcmp(slot->first->sha256, p->sha256, 32) != 0)
			return conflict(p, slot->first->sha256, &res->err);
		res->what = ADDED_DUPLICATE;
		res->index = slot->first->index;
		return 0;
	}
	rc = index_versions(c->r->view->ix, p->id, p->collection, look_at_version, &x, &res->err);
	if (rc < 0)
		return rc;
	if (x.other)
		return conflict(p, x.sha, &res->err);
	if (x.same) {
		res->what = ADDED_DUPLICATE;
		res->index = x.index;
		res->frame = x.frame;
		return 0;
	}
	if ((rc = may_add(c, j, p, &x, &res->err)) != 0)
		return rc;
	slot->first = p;
	p->index = c->r->apply.log[0]->row.size + c->n;
	res->what = ADDED_NEW;
	res->index = p->index;
	c->res[c->n] = res;
	c->take[c->n++] = p;
	c->bytes += p->n;
	return 0;
}

static bool room_for(const struct commit *c, const struct prepared *p)
{
	return c->n < c->max && c->bytes + p->n + LIMIT_NOTE_BYTES < LIMIT_BATCH_BYTES - 64 * (c->n + 2);
}

/* Take a job's items into the batch; false: it has to be continued in the next one. */
static bool take_job(struct commit *c, struct job *j)
{
	for (; j->done < j->count; j->done++) {
		struct prepared *p = &j->item[j->done];
		struct add_result *res = &j->res[j->done];
		int rc;

		if (p->n == 0)
			continue; /* refused while preparing */
		if (!room_for(c, p))
			return false;
		rc = decide(c, j, p, res);
		/* What it refers to may stand earlier in this very batch: try again once that is committed. */
		if (rc == E_NOTFOUND && c->n > 0 && !j->opt->all_or_nothing)
			return false;
		if (rc != 0) {
			res->what = ADDED_REFUSED;
			if (j->opt->all_or_nothing) {
				j->rc = rc;
				j->err = res->err;
				return true;
			}
		}
	}
	return true;
}

/* ---- committing ---- */

static int provisional_root(const struct commit *c, struct hash *ret, struct err *e)
{
	struct tree *t = mem_alloc(sizeof(*t));
	int rc = t == NULL ? fail(e, E_NOMEM, "commit") : 0;

	if (rc == 0) {
		*t = c->r->apply.log[0]->tree;
		t->emit = NULL; /* only the root is wanted; the tiles follow when the batch is durable */
	}
	for (size_t i = 0; rc == 0 && i < c->n; i++)
		rc = tree_append(t, &c->take[i]->hash, e);
	if (rc == 0)
		*ret = tree_head(t);
	mem_free(t);
	return rc;
}

static void fill_row(const struct prepared *p, const struct frame_ref *ref, struct index_entry *row)
{
	row->frame = ref->no;
	row->at = ref->at;
	row->log = 0;
	row->index = p->index;
	memcpy(row->collection, p->collection, sizeof(row->collection));
	put_text(row->id, sizeof(row->id), p->id);
	put_text(row->modified, sizeof(row->modified), p->modified);
	memcpy(row->sha256, p->sha256, sizeof(row->sha256));
	put_text(row->subject, sizeof(row->subject), p->subject);
	row->revoked = p->revoked;
}

static int index_batch(struct commit *c, const struct frame_ref *ref, const struct buf *note, struct err *e)
{
	struct record *r = c->r;
	const struct frame cp = {FRAME_CHECKPOINT, ref[c->n], note->p, note->n, true};
	struct index_entry row;
	int rc = index_begin(r->index, e);

	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		fill_row(c->take[i], &ref[i], &row);
		rc = applier_own_entry(&r->apply, &row, c->take[i]->leaf, &c->take[i]->hash, e);
	}
	if (rc == 0)
		rc = applier_frame(&r->apply, &cp, e);
	if (rc == 0)
		rc = applier_flush(&r->apply, e);
	return rc == 0 ? index_commit(r->index, ref[c->n].no, ref[c->n].at, e) : rc;
}

/* What the leader knows of collections holds on, unless this batch says something of them: looked up once, not for each batch. */
static void keep_collections(const struct commit *c, uint64_t head_before)
{
	struct record_reader *view = c->r->view;

	if (view->cached_at != head_before)
		return;
	for (size_t i = 0; i < c->n; i++)
		if (c->take[i]->kind == STIX_COLLECTION || c->take[i]->kind == STIX_ASSENT)
			return;
	view->cached_at = journal_head(c->r->journal).no;
}

static int write_batch(struct commit *c, const struct frame_in *in, struct frame_ref *ref, const struct buf *note, uint64_t size, const struct hash *root, struct err *e)
{
	struct record *r = c->r;
	const uint64_t before = journal_head(r->journal).no;
	struct err inner = {0};
	int rc = journal_append(r->journal, in, c->n + 1, ref, e);

	if (rc != 0)
		return rc;
	keep_collections(c, before);
	IGNORE(signer_confirm(r->signer, r->self.origin, size, root, NULL) != 0, "the journal holds the head; it is compared at the next start");
	for (size_t i = 0; i < c->n; i++)
		c->res[i]->frame = ref[i].no;
	if (index_batch(c, ref, note, &inner) != 0) {
		index_rollback(r->index);
		r->lag = true;
		log_event(r->w.log, EV_commit_failed, "what", "index", "why", inner.msg, NULL);
	}
	return 0;
}

static int commit_taken(struct commit *c, struct job *const *job_of, struct err *e)
{
	struct record *r = c->r;
	const uint64_t size = r->apply.log[0]->row.size + c->n;
	struct frame_in *in = mem_array(c->n + 1, sizeof(*in));
	struct frame_ref *ref = mem_array(c->n + 1, sizeof(*ref));
	CLEANUP_BUF struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct hash root;
	int rc = in == NULL || ref == NULL ? fail(e, E_NOMEM, "commit") : provisional_root(c, &root, e);

	if (rc == 0)
		rc = signer_checkpoint(r->signer, size, &root, &note, e);
	if (rc == 0) {
		for (size_t i = 0; i < c->n; i++) {
			char *p = job_of[i]->frames.p + c->take[i]->off;

			be_put(p, c->take[i]->index, 8);
			in[i] = (struct frame_in){FRAME_ENTRY, p, c->take[i]->n};
		}
		in[c->n] = (struct frame_in){FRAME_CHECKPOINT, note.p, note.n};
		rc = write_batch(c, in, ref, &note, size, &root, e);
	}
	mem_free(in);
	mem_free(ref);
	return rc;
}

int recover_lag(struct record *r, struct err *e)
{
	int rc;

	if (!r->lag)
		return 0;
	applier_free(&r->apply);
	if ((rc = applier_init(&r->apply, r->index, r->self.origin, e)) == 0 && (rc = catch_up(r, e)) == 0)
		r->lag = false;
	return rc;
}

/* Undo what a failed or refused batch announced. */
static void disown(struct commit *c, size_t from, const struct err *why)
{
	for (size_t i = from; i < c->n; i++) {
		c->res[i]->what = ADDED_REFUSED;
		c->res[i]->err = *why;
	}
}

static int commit_init(struct commit *c, struct record *r, size_t items, struct err *e)
{
	size_t slots = 16;

	while (slots < 2 * items)
		slots *= 2;
	*c = (struct commit){.r = r, .max = items < LIMIT_BATCH_FRAMES - 1 ? items : LIMIT_BATCH_FRAMES - 1, .mask = slots - 1};
	c->take = mem_array(items, sizeof(struct prepared *));
	c->res = mem_array(items, sizeof(struct add_result *));
	c->seen = mem_array(slots, sizeof(*c->seen));
	return c->take == NULL || c->res == NULL || c->seen == NULL ? fail(e, E_NOMEM, "commit") : 0;
}

static void commit_free(struct commit *c)
{
	mem_free(c->take);
	mem_free(c->res);
	mem_free(c->seen);
}

/* An all-or-nothing job that was refused half-way gives its places back (it is the last one taken). */
static void give_back(struct commit *c, size_t from, const struct err *why)
{
	disown(c, from, why);
	c->n = from;
	c->full = true; /* later items were not yet numbered, but the seen table holds this job's: end the batch here */
}

static int take_jobs(struct commit *c, struct job *list, struct job **job_of, struct err *e)
{
	struct index_reader *view = c->r->view->ix;
	const int rc = index_snapshot(view, e); /* thousands of look-ups in one reading transaction, not each in its own */

	for (struct job *j = list; rc == 0 && j != NULL && !c->full; j = j->next) {
		const size_t from = c->n;
		const bool whole = take_job(c, j);

		for (size_t i = from; i < c->n; i++)
			job_of[i] = j;
		if (j->rc != 0)
			give_back(c, from, &j->err);
		j->over = whole;
		if (!whole)
			break;
	}
	index_release(view);
	return rc;
}

/* One batch out of the waiting jobs: as many as fit. Jobs it is done with are marked `over`. */
static void one_batch(struct record *r, struct job *list, size_t items, struct err *e)
{
	struct commit c;
	struct job **job_of = mem_array(items, sizeof(struct job *));
	int rc = commit_init(&c, r, items, e);

	if (rc == 0 && job_of == NULL)
		rc = fail(e, E_NOMEM, "commit");
	if (rc == 0)
		rc = recover_lag(r, e);
	if (rc == 0)
		rc = take_jobs(&c, list, job_of, e);
	if (rc == 0 && c.n > 0)
		rc = commit_taken(&c, job_of, e);
	if (rc != 0) { /* nothing of this batch is acknowledged */
		if (e->code != 0)
			disown(&c, 0, e);
		for (struct job *j = list; j != NULL; j = j->next) {
			j->rc = rc;
			j->err = *e;
			j->over = true;
		}
	}
	commit_free(&c);
	mem_free(job_of);
}

/* ---- group commit ---- */

/* Everything that waits, within the limits of one batch. */
static struct job *take_queue(struct record *r, size_t *ret_items)
{
	struct job *list = r->queue, *j = list;
	size_t items = list->count - list->done;

	while (j->next != NULL && items + j->next->count <= LIMIT_BATCH_OBJECTS) {
		j = j->next;
		items += j->count - j->done;
	}
	r->queue = j->next;
	if (r->queue == NULL)
		r->queue_tail = &r->queue;
	j->next = NULL;
	*ret_items = items;
	return list;
}

/* Jobs that are over are told so; the others go back to the head of the queue, in order. */
static void put_back(struct record *r, struct job *list)
{
	struct job *keep = NULL, **tail = &keep, *next;

	for (struct job *j = list; j != NULL; j = next) {
		next = j->next;
		j->next = NULL;
		if (j->over) {
			j->finished = true;
			continue;
		}
		*tail = j;
		tail = &j->next;
	}
	if (keep == NULL)
		return;
	*tail = r->queue;
	if (r->queue == NULL)
		r->queue_tail = tail;
	r->queue = keep;
}

static void lead(struct record *r, const struct job *mine)
{
	while (!mine->finished) {
		struct err e = {0};
		size_t items;
		struct job *list = take_queue(r, &items);

		pthread_mutex_unlock(&r->mu);
		one_batch(r, list, items, &e);
		pthread_mutex_lock(&r->mu);
		put_back(r, list);
		pthread_cond_broadcast(&r->cond);
	}
}

static void submit(struct record *r, struct job *j)
{
	pthread_mutex_lock(&r->mu);
	*r->queue_tail = j;
	r->queue_tail = &j->next;
	while (!j->finished && r->leading)
		pthread_cond_wait(&r->cond, &r->mu);
	if (!j->finished) {
		r->leading = true;
		lead(r, j);
		r->leading = false;
		pthread_cond_broadcast(&r->cond);
	}
	pthread_mutex_unlock(&r->mu);
}

void lead_begin(struct record *r)
{
	pthread_mutex_lock(&r->mu);
	while (r->leading)
		pthread_cond_wait(&r->cond, &r->mu);
	r->leading = true;
	pthread_mutex_unlock(&r->mu);
}

void lead_end(struct record *r)
{
	pthread_mutex_lock(&r->mu);
	r->leading = false;
	pthread_cond_broadcast(&r->cond);
	pthread_mutex_unlock(&r->mu);
}

int record_add(struct record *r, const struct add_opt *opt, const struct add_item *in, size_t count, struct add_result *ret, struct err *e)
{
	struct job j = {.opt = opt, .res = ret, .count = count, .frames = BUF_INIT(LIMIT_BATCH_BYTES), .names = BUF_INIT(LIMIT_BATCH_BYTES)};
	struct err here = {0};
	int rc = 0;

	assert(r->writable || r->through_gate);
	if (count == 0)
		return 0;
	if (count > LIMIT_BATCH_OBJECTS)
		return fail(e, E_LIMIT, "%zu objects: one batch holds at most %d", count, LIMIT_BATCH_OBJECTS);
	memset(ret, 0, count * sizeof(*ret));
	if (r->through_gate)
		return gate_add(r, opt, in, count, ret, e);
	if ((j.item = mem_array(count, sizeof(*j.item))) == NULL)
		return fail(e, E_NOMEM, "batch");
	if ((rc = prepare(r, &j, in, &here)) == 0) {
		submit(r, &j);
		rc = j.rc;
		here = j.err;
	}
	for (size_t i = 0; rc != 0 && i < count; i++)
		if (ret[i].what != ADDED_REFUSED && ret[i].frame == 0) { /* what an earlier part committed stays said */
			ret[i].what = ADDED_REFUSED;
			ret[i].err = here;
		}
	for (size_t i = 0; i < count; i++)
		if (j.item[i].further != NULL) {
			json_free(j.item[i].further->doc);
			mem_free(j.item[i].further);
		}
	buf_free(&j.frames);
	buf_free(&j.names);
	mem_free(j.item);
	if (rc != 0 && e != NULL)
		*e = here;
	return rc;
}
