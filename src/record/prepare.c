/* The write path in each writer's own thread: bytes → strict JSON → STIX rules → canonical form → salt, leaf. */
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/job.h"

static int entry_bytes(const struct add_opt *opt, const struct json_val *obj, const uint8_t salt[SALT_LEN], struct buf *out)
{
	char uuid[37];

	uuid_format(opt->collection, uuid);
	frame_put_entry_head(out, "", 0, 0, salt);
	buf_printf(out, "{\"collection\":\"%s\",\"object\":", uuid);
	json_canon(obj, out);
	buf_putc(out, '}');
	return out->err;
}

static int put_names(struct job *j, struct prepared *p, const struct stix_object *o)
{
	const char *const name[] = {o->id, o->modified, o->subject, withdrawn_version(o)};
	size_t before;

	p->names = j->names.n;
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		buf_put(&j->names, name[i] != NULL ? name[i] : "", name[i] != NULL ? strlen(name[i]) + 1 : 1);
	before = j->names.n;
	audience_put(o, 0, &j->names);
	p->facts.audience_n = j->names.n - before;
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
		p->facts.withdrawn = p->subject + strlen(p->subject) + 1;
		p->facts.audience = p->facts.withdrawn + strlen(p->facts.withdrawn) + 1;
		if (p->kind != STIX_WITHDRAWAL)
			p->facts.withdrawn = NULL;
	}
}

static bool looks_further(const struct stix_object *o)
{
	const struct stix_type *t = stix_type(o->kind);

	return (t != NULL && t->own) || o->has_release_to;
}

static void note_object(const struct record *r, const struct job *j, const struct stix_object *o, struct prepared *p)
{
	const struct stix_type *t = stix_type(o->kind);
	struct index_entry row = {.added = 0};

	row_put_version(&row, o->modified, o->created);
	p->version_ns = row.version_ns;
	p->digits = row.digits;
	p->dated = o->modified != NULL || o->created != NULL;
	p->author_is_writer = o->created_by_ref == NULL || strcmp(o->created_by_ref, r->self.identity) == 0;
	p->collection = j->opt->collection;
	p->kind = o->kind;
	p->tlp = o->tlp;
	p->revoked = o->revoked;
	p->v20 = o->v20;
	p->draft = t != NULL && t->own;
}

struct saying { struct add_result *res; bool full; };

static void say(void *ctx, const char *rule, const char *path, const char *text)
{
	static const char more[] = "\xe2\x80\xa6"; /* … */
	struct saying *const s = ctx;
	char *const said = s->res->said;
	const size_t n = strlen(said), room = sizeof(s->res->said) - strlen(more) - n;

	if (s->full)
		return;
	s->full = (size_t)snprintf(said + n, room, "%s%s: rule %s: %s", n > 0 ? "; " : "", path, rule, text) >= room;
	if (s->full)
		memcpy(said + utf8_check(said, strlen(said)), more, sizeof(more));
}

static int prepare_object(const struct record *r, struct job *j, struct prepared *p, struct json_doc *doc, const uint8_t *salt, struct add_result *res, bool *ret_further)
{
	struct saying s = {.res = res};
	const struct stix_how how = {.strict = j->opt->strict, .v20 = j->opt->v20, .warn = j->opt->warnings ? say : NULL, .ctx = &s};
	struct stix_object o;
	int rc = stix_check(json_root(doc), &how, &o, &res->err);

	if (rc != 0)
		return rc;
	if (j->opt->not_v21 && !o.v20 && (stix_type(o.kind) == NULL || !stix_type(o.kind)->own))
		return fail(&res->err, E_FORMAT, "%s: $.spec_version: this collection takes objects of STIX 2.0 only", o.id);
	put_text(res->id, sizeof(res->id), o.id);
	note_object(r, j, &o, p);
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

int job_prepare(const struct record *r, struct job *j, const struct add_item *in, struct err *e)
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

void job_drop(struct job *j)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->item[i].further != NULL) {
			json_free(j->item[i].further->doc);
			mem_free(j->item[i].further);
		}
	buf_free(&j->frames);
	buf_free(&j->names);
	mem_free(j->item);
}
