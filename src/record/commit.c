/*
 * What the leader does for everybody who waits: duplicates, right to write, index numbers, checkpoint, journal, index.
 */
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/job.h"

/* ---- deciding, one item after another ---- */

struct seen { const struct prepared *first; };
struct commit {
	struct record *r;
	struct prepared **take; size_t n, max; /* items of this batch in order */
	struct add_result **res;
	struct twin { struct add_result *res; const struct prepared *first; } *twin; size_t twins; /* said twice in one batch */
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

struct earlier { const struct prepared *p; bool same, other; uint8_t sha[32]; uint64_t index, frame; int64_t added; uint32_t log; bool any; };

static int look_at_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct earlier *x = ctx;

	(void)e;
	if (!x->any) {
		x->any = true;
		x->log = row->log; /* whoever came first is the object's writer */
	}
	if (row->gone || strcmp(row->modified, x->p->modified) != 0)
		return 0; /* what was withdrawn may be said again */
	x->same = memcmp(row->sha256, x->p->sha256, 32) == 0;
	x->other = !x->same;
	x->index = row->index;
	x->frame = row->frame;
	x->added = row->added;
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

/* The withdrawal of an object that is none of our types. */
static bool is_of_data(const struct stix_object *o)
{
	const char *end = o->kind == STIX_WITHDRAWAL && o->subject != NULL ? strstr(o->subject, "--") : NULL;
	char type[LIMIT_STIX_TYPE + 1];
	const struct stix_type *t;

	if (end == NULL || (size_t)(end - o->subject) >= sizeof(type))
		return false;
	memcpy(type, o->subject, (size_t)(end - o->subject));
	type[end - o->subject] = '\0';
	t = stix_type(stix_kind_of(type));
	return t == NULL || !t->own;
}

struct own_newest { struct index_entry row; bool any; };

static int take_own(void *ctx, const struct index_entry *row, struct err *e)
{
	struct own_newest *n = ctx;

	(void)e;
	if (row->log == 0 && (!n->any || time_compare(row->modified, strlen(row->modified), n->row.modified, strlen(n->row.modified)) > 0)) {
		n->row = *row;
		n->any = true;
	}
	return 0;
}

/* Asked here, where writers come one by one: between a look and a commit another may have written. */
static int follows(struct commit *c, const struct prepared *p, const char *after, struct err *e)
{
	struct own_newest n = {.any = false};
	const int rc = index_versions(c->r->view->ix, p->id, p->collection, take_own, &n, e);

	if (rc != 0 || (n.any && strcmp(n.row.modified, after) == 0))
		return rc;
	return fail(e, E_CONFLICT, "%s: the version seen is of %s, the newest is of %s", p->id, after, n.any ? n.row.modified : "nobody");
}

static int may_add(struct commit *c, const struct job *j, const struct prepared *p, const struct earlier *x, struct err *e)
{
	const struct stix_type *t = stix_type(p->kind);
	const struct stix_object *o = p->further != NULL ? &p->further->object : NULL;
	struct collection col;
	struct write_request w = {
		.party = c->r->self.party, .role = j->opt->role, .kind = p->kind, .own_type = t != NULL && t->own, .of_data = o != NULL && is_of_data(o),
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
	if (j->opt->after[0] != '\0' && (rc = follows(c, p, j->opt->after, e)) != 0)
		return rc;
	if (w.own_type && c->r->rule != NULL)
		return c->r->rule(c->r->rules_ctx, c->r->view, o, p->collection, e);
	return 0;
}

static bool in_batch(const struct commit *c, const struct prepared *p)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->take[i]->id, p->id) == 0)
			return true;
	return false;
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
		c->twin[c->twins++] = (struct twin){res, slot->first};
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
		res->added = x.added;
		return 0;
	}
	if ((rc = may_add(c, j, p, &x, &res->err)) != 0)
		return rc;
	slot->first = p;
	p->fresh = !x.any;
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
		if (!room_for(c, p) || (j->opt->after[0] != '\0' && in_batch(c, p)))
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
	row->added = p->added;
	row->version_ns = p->dated ? p->version_ns : p->added * 1000;
	row->digits = p->digits;
	row->size = (uint32_t)(p->n - FRAME_ENTRY_HEAD - ENTRY_BEFORE - 1);
	row->v20 = p->v20;
	row->draft = p->draft;
	row->gone = false;
	row->fresh = p->fresh;
}

static int index_batch(struct commit *c, const struct frame_ref *ref, const struct buf *note, struct err *e)
{
	struct record *r = c->r;
	const struct frame cp = {FRAME_CHECKPOINT, ref[c->n], note->p, note->n, true};
	struct index_entry row;
	int rc = index_begin(r->index, e);

	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		fill_row(c->take[i], &ref[i], &row);
		rc = applier_own_entry(&r->apply, &row, &c->take[i]->facts, c->take[i]->leaf, &c->take[i]->hash, e);
	}
	if (rc == 0)
		rc = applier_frame(&r->apply, &cp, e);
	if (rc == 0)
		rc = applier_flush(&r->apply, e);
	return rc == 0 ? index_commit(r->index, ref[c->n].no, ref[c->n].at, e) : rc;
}

/* It is durable: what the answers say of it. */
static void tell(struct commit *c, const struct frame_ref *ref)
{
	for (size_t i = 0; i < c->n; i++) {
		c->take[i]->frame = c->res[i]->frame = ref[i].no;
		c->res[i]->added = c->take[i]->added;
	}
	for (size_t i = 0; i < c->twins; i++) {
		c->twin[i].res->frame = c->twin[i].first->frame;
		c->twin[i].res->added = c->twin[i].first->added;
	}
	if (c->n > 0)
		c->r->added_last = c->take[c->n - 1]->added;
}

static int write_batch(struct commit *c, const struct frame_in *in, struct frame_ref *ref, const struct buf *note, uint64_t size, const struct hash *root, struct err *e)
{
	struct record *r = c->r;
	struct err inner = {0};
	int rc = journal_append(r->journal, in, c->n + 1, ref, e);

	if (rc != 0)
		return rc;
	IGNORE(signer_confirm(r->signer, r->self.origin, size, root, NULL) != 0, "the journal holds the head; it is compared at the next start");
	tell(c, ref);
	if (index_batch(c, ref, note, &inner) != 0) {
		index_rollback(r->index);
		r->lag = true;
		log_event(r->w.log, EV_commit_failed, "what", "index", "why", inner.msg, NULL);
	}
	return 0;
}

/* Places in the log and in time, which only the leader knows. */
static int fill_heads(struct commit *c, struct job *const *job_of, struct frame_in *in, struct err *e)
{
	struct added_run added;
	int rc = 0;

	added_begin(c->r, &added);
	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		char *p = job_of[i]->frames.p + c->take[i]->off;

		if ((rc = added_next(&added, e)) != 0)
			break;
		c->take[i]->added = added.last;
		be_put(p, c->take[i]->index, 8);
		be_put(p + 8, (uint64_t)added.last, 8);
		in[i] = (struct frame_in){FRAME_ENTRY, p, c->take[i]->n};
	}
	return rc;
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
	if (rc == 0 && (rc = fill_heads(c, job_of, in, e)) == 0) {
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
	c->twin = mem_array(items, sizeof(*c->twin));
	return c->take == NULL || c->res == NULL || c->seen == NULL || c->twin == NULL ? fail(e, E_NOMEM, "commit") : 0;
}

static void commit_free(struct commit *c)
{
	mem_free(c->take);
	mem_free(c->res);
	mem_free(c->seen);
	mem_free(c->twin);
}

/* An all-or-nothing job that was refused half-way gives its places back (it is the last one taken). */
static void give_back(struct commit *c, size_t from, size_t twins, const struct err *why)
{
	disown(c, from, why);
	c->n = from;
	c->twins = twins;
	c->full = true; /* later items were not yet numbered, but the seen table holds this job's: end the batch here */
}

static int take_jobs(struct commit *c, struct job *list, struct job **job_of, struct err *e)
{
	struct index_reader *view = c->r->view->ix;
	const int rc = index_snapshot(view, e); /* thousands of look-ups in one reading transaction, not each in its own */

	for (struct job *j = list; rc == 0 && j != NULL && !c->full; j = j->next) {
		const size_t from = c->n, twins = c->twins;
		const bool whole = take_job(c, j);

		for (size_t i = from; i < c->n; i++)
			job_of[i] = j;
		if (j->rc != 0)
			give_back(c, from, twins, &j->err);
		j->over = whole;
		if (!whole)
			break;
	}
	index_release(view);
	return rc;
}

void commit_batch(struct record *r, struct job *list, size_t items, struct err *e)
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
