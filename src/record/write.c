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

struct prepared {
	size_t off, n;                  /* frame payload inside the job's buffer; n 0: refused */
	struct index_entry row;
	uint8_t leaf[LEAF_LEN];
	struct json_doc *doc;           /* kept for objects whose rules look further */
	struct stix_object object;      /* points into doc; without doc only kind and tlp are set */
	bool author_is_writer;
	bool take;                      /* goes into the batch under way */
};

struct job {
	struct job *next;
	const struct add_opt *opt;
	struct prepared *item;
	struct add_result *res;
	size_t count, done;             /* done: items already decided in earlier commits */
	struct buf frames;
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

static void fill_row(struct prepared *p, const struct add_opt *opt, const struct stix_object *o)
{
	memcpy(p->row.collection, opt->collection, 16);
	(void)snprintf(p->row.id, sizeof(p->row.id), "%s", o->id);
	(void)snprintf(p->row.modified, sizeof(p->row.modified), "%s", o->modified != NULL ? o->modified : "");
	(void)snprintf(p->row.subject, sizeof(p->row.subject), "%s", o->subject != NULL ? o->subject : "");
	p->row.revoked = o->revoked;
}

static bool looks_further(const struct stix_object *o)
{
	const struct stix_type *t = stix_type(o->kind);

	return (t != NULL && t->own) || o->has_release_to;
}

static int prepare_object(const struct record *r, struct job *j, struct prepared *p, struct json_doc *doc, const uint8_t *salt, struct add_result *res)
{
	struct stix_object o;
	int rc = stix_check(json_root(doc), j->opt->strict, NULL, NULL, &o, &res->err);

	if (rc != 0)
		return rc;
	fill_row(p, j->opt, &o);
	(void)snprintf(res->id, sizeof(res->id), "%s", o.id);
	p->author_is_writer = o.created_by_ref == NULL || strcmp(o.created_by_ref, r->self.identity) == 0;
	p->off = j->frames.n;
	if (entry_bytes(j->opt, json_root(doc), salt, &j->frames) != 0)
		return buf_err(&j->frames, &res->err, "batch");
	p->n = j->frames.n - p->off;
	if (p->n > LIMIT_FRAME)
		return fail(&res->err, E_LIMIT, "%s: longer than %lu bytes", o.id, LIMIT_FRAME);
	sha256(j->frames.p + p->off + FRAME_ENTRY_HEAD, p->n - FRAME_ENTRY_HEAD, p->row.sha256);
	leaf_commit(salt, p->row.sha256, p->leaf);
	p->object = o;
	return 0;
}

static int prepare_item(const struct record *r, struct job *j, size_t i, const struct add_item *in, struct json_pool *pool, const uint8_t *salt)
{
	const struct json_read_opt pooled = {.pool = pool, .what = "object"}, own = {.what = "object"};
	struct prepared *p = &j->item[i];
	struct json_doc *doc = NULL;
	const size_t before = j->frames.n;
	int rc = json_read(in->p, in->n, &pooled, &doc, &j->res[i].err);

	if (rc == 0)
		rc = prepare_object(r, j, p, doc, salt, &j->res[i]);
	if (rc == 0 && looks_further(&p->object)) {
		/* The pool serves one document at a time: keep these few in memory of their own. */
		json_free(doc);
		doc = NULL;
		if ((rc = json_read(in->p, in->n, &own, &p->doc, &j->res[i].err)) == 0)
			rc = stix_check(json_root(p->doc), j->opt->strict, NULL, NULL, &p->object, &j->res[i].err);
	}
	json_free(doc);
	if (rc != 0) {
		j->res[i].what = ADDED_REFUSED;
		p->n = 0;
		if (j->frames.err == 0)
			j->frames.n = before;
	}
	return rc;
}

static int prepare(const struct record *r, struct job *j, const struct add_item *in, struct err *e)
{
	struct json_pool *pool = json_pool_new();
	uint8_t *salt = mem_alloc(j->count * SALT_LEN);
	int rc = pool == NULL || salt == NULL ? fail(e, E_NOMEM, "batch") : 0;

	if (rc == 0 && rng_fill(&r->w.rng, salt, j->count * SALT_LEN) != 0)
		rc = fail(e, E_ENV, "no randomness");
	for (size_t i = 0; rc == 0 && i < j->count; i++) {
		rc = prepare_item(r, j, i, &in[i], pool, salt + i * SALT_LEN);
		if (rc != 0 && j->opt->all_or_nothing)
			*e = j->res[i].err;
		else
			rc = buf_err(&j->frames, e, "batch"); /* one refused object is its own matter, memory is everybody's */
	}
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

static uint64_t key_of(const struct index_entry *row)
{
	uint64_t h = 1469598103934665603ULL; /* FNV-1a; only spreads, collisions are compared */

	for (const char *s = row->id; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211ULL;
	for (const char *s = row->modified; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211ULL;
	return h ^ row->collection[0];
}

static bool same_version(const struct index_entry *a, const struct index_entry *b)
{
	return memcmp(a->collection, b->collection, 16) == 0 && strcmp(a->id, b->id) == 0 && strcmp(a->modified, b->modified) == 0;
}

/* The slot of this version in the batch: taken by an equal one, or free. */
static struct seen *seen_slot(struct commit *c, const struct prepared *p)
{
	size_t i = key_of(&p->row) & c->mask;

	while (c->seen[i].first != NULL && !same_version(&c->seen[i].first->row, &p->row))
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
	if (strcmp(row->modified, x->p->row.modified) != 0)
		return 0;
	x->same = memcmp(row->sha256, x->p->row.sha256, 32) == 0;
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
	hex_encode(p->row.sha256, 32, offered);
	return fail(e, E_CONFLICT, "%s: modified %s is recorded with other content: entry SHA-256 %s, offered %s", p->row.id, p->row.modified, have, offered);
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
	int rc = record_collection(c->r->view, p->row.collection, ret, e);

	if (rc != E_NOTFOUND)
		return rc;
	uuid_format(p->row.collection, uuid);
	(void)snprintf(id, sizeof(id), "%s--%s", stix_type_name(STIX_COLLECTION), uuid);
	if (strcmp(p->row.id, id) == 0 && p->object.kind == STIX_COLLECTION)
		return collection_parse(p->object.val, ret, e);
	if (p->object.kind == STIX_ASSENT && strcmp(p->row.subject, id) == 0)
		return collection_offered(c->r->view, p->row.collection, ret, e);
	return fail(e, E_NOTFOUND, "collection %s: not known, or not accepted by this node", uuid);
}

static int may_add(struct commit *c, const struct job *j, const struct prepared *p, const struct earlier *x, struct err *e)
{
	const struct stix_type *t = stix_type(p->object.kind);
	struct collection col;
	struct write_request w = {
		.party = c->r->self.party, .role = j->opt->role, .kind = p->object.kind, .own_type = t != NULL && t->own,
		.author_is_writer = p->author_is_writer, .written_by = x->any ? party_of_log(c->r, x->log) : NULL,
		.object = {.tlp = p->object.tlp, .has_release_to = p->object.has_release_to, .release_to = p->object.release_to,
		    .release_to_n = p->object.release_to_n, .writer = c->r->self.party},
	};
	enum write_reason why;
	int rc = judge_collection(c, p, &col, e);

	if (rc != 0)
		return rc;
	if ((why = may_write(&w, &col)) != WRITE_OK)
		return fail(e, E_DENIED, "%s: %s", p->row.id, write_reason_text(why));
	if (w.own_type && c->r->rule != NULL)
		return c->r->rule(c->r->rules_ctx, c->r->view, &p->object, p->row.collection, e);
	return 0;
}

/* 0: decided (result filled). E_*: refused for that reason. */
static int decide(struct commit *c, const struct job *j, struct prepared *p, struct add_result *res)
{
	struct seen *slot = seen_slot(c, p);
	struct earlier x = {.p = p};
	int rc;

	if (slot->first != NULL) {
		if (memcmp(slot->first->row.sha256, p->row.sha256, 32) != 0)
			return conflict(p, slot->first->row.sha256, &res->err);
		res->what = ADDED_DUPLICATE;
		res->index = slot->first->row.index;
		return 0;
	}
	rc = index_versions(c->r->view->ix, p->row.id, p->row.collection, look_at_version, &x, &res->err);
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
	p->take = true;
	p->row.index = c->r->apply.log[0]->row.size + c->n;
	res->what = ADDED_NEW;
	res->index = p->row.index;
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
	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		const struct hash h = leaf_hash(c->take[i]->leaf, LEAF_LEN);

		rc = tree_append(t, &h, e);
	}
	if (rc == 0)
		*ret = tree_head(t);
	mem_free(t);
	return rc;
}

static int index_batch(struct commit *c, const struct frame_ref *ref, const struct buf *note, struct err *e)
{
	struct record *r = c->r;
	const struct frame cp = {FRAME_CHECKPOINT, ref[c->n], note->p, note->n, true};
	int rc = index_begin(r->index, e);

	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		c->take[i]->row.frame = ref[i].no;
		c->take[i]->row.at = ref[i].at;
		rc = applier_own_entry(&r->apply, &c->take[i]->row, c->take[i]->leaf, e);
	}
	if (rc == 0)
		rc = applier_frame(&r->apply, &cp, e);
	if (rc == 0)
		rc = applier_flush(&r->apply, e);
	return rc == 0 ? index_commit(r->index, ref[c->n].no, ref[c->n].at, e) : rc;
}

static int write_batch(struct commit *c, const struct frame_in *in, struct frame_ref *ref, const struct buf *note, uint64_t size, const struct hash *root, struct err *e)
{
	struct record *r = c->r;
	struct err inner = {0};
	int rc = journal_append(r->journal, in, c->n + 1, ref, e);

	if (rc != 0)
		return rc;
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

			be_put(p, c->take[i]->row.index, 8);
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
	for (struct job *j = list; rc == 0 && j != NULL && !c.full; j = j->next) {
		const size_t from = c.n;
		const bool whole = take_job(&c, j);

		for (size_t i = from; i < c.n; i++)
			job_of[i] = j;
		if (j->rc != 0)
			give_back(&c, from, &j->err);
		j->over = whole;
		if (!whole)
			break;
	}
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
	struct job j = {.opt = opt, .res = ret, .count = count, .frames = BUF_INIT(LIMIT_BATCH_BYTES)};
	struct err here = {0};
	int rc = 0;

	assert(r->writable);
	if (count == 0)
		return 0;
	if (count > LIMIT_BATCH_OBJECTS)
		return fail(e, E_LIMIT, "%zu objects: one batch holds at most %d", count, LIMIT_BATCH_OBJECTS);
	memset(ret, 0, count * sizeof(*ret));
	if ((j.item = mem_array(count, sizeof(*j.item))) == NULL)
		return fail(e, E_NOMEM, "batch");
	if ((rc = prepare(r, &j, in, &here)) == 0) {
		submit(r, &j);
		rc = j.rc;
		here = j.err;
	}
	for (size_t i = 0; rc != 0 && i < count; i++)
		if (ret[i].what != ADDED_REFUSED) {
			ret[i].what = ADDED_REFUSED;
			ret[i].err = here;
		}
	for (size_t i = 0; i < count; i++)
		json_free(j.item[i].doc);
	buf_free(&j.frames);
	mem_free(j.item);
	if (rc != 0 && e != NULL)
		*e = here;
	return rc;
}
