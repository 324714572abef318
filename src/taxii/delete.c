/*
 * DELETE. A record forgets nothing: deleting means that the writer takes the versions back, which is an entry of its own,
 * logged and visible. From then on TAXII does not show them; their proofs stay (consult/ has the rules of a withdrawal).
 */
#include "base/enc.h"
#include "base/mem.h"
#include "taxii/priv.h"

struct deleting {
	struct call c;
	struct query query;
	struct buf frames;               /* uint64_t: the versions meant, ascending */
	size_t at;                       /* the next of them */
	struct buf json;                 /* withdrawals behind one another … */
	struct buf ends;                 /* … and where each ends: size_t */
};

static size_t frames_n(const struct deleting *d) { return d->frames.n / sizeof(uint64_t); }

static uint64_t frame_at(const struct deleting *d, size_t i)
{
	uint64_t f;

	memcpy(&f, d->frames.p + i * sizeof(f), sizeof(f));
	return f;
}

/* ---- which versions ---- */

static int find_versions(struct deleting *d, struct err *e)
{
	const struct page_version all = {.pick = VERSION_ALL};
	const char *const id = d->c.q->arg[1];
	struct page_query ask = {.who = &d->c.who.reader, .after_added = INT64_MIN, .limit = LIMIT_PAGE_ROWS, .id = &id, .ids = 1,
	    .version = d->query.versions > 0 ? d->query.version : &all, .versions = d->query.versions > 0 ? d->query.versions : 1,
	    .specs = d->query.specs != 0 ? d->query.specs : SPEC_20 | SPEC_21};
	struct page page = {.more = !d->query.nothing};
	int rc = 0;

	memcpy(ask.collection, d->c.uuid, 16);
	while (rc == 0 && page.more) {
		if ((rc = record_page(d->c.rd, &ask, &page, e)) != 0 || page.n == 0)
			break;
		for (size_t i = 0; i < page.n; i++)
			buf_put(&d->frames, &page.row[i].frame, sizeof(page.row[i].frame));
		ask.after_frame = page.row[page.n - 1].frame;
		rc = buf_err(&d->frames, e, "versions");
	}
	return rc != 0 ? rc : frames_n(d) > 0 ? 0 : fail(e, E_NOTFOUND, "not found");
}

/* ---- what is written about each ---- */

static void put_list_member(struct buf *out, bool *first, const char *s)
{
	if (!*first)
		buf_putc(out, ',');
	*first = false;
	json_put_str(out, s, strlen(s));
}

/* A collection may have lost a party since the object came: then what is said to it ends, and naming it is refused. */
static bool reaches(const struct call *c, const struct stix_object *o, const char *entry)
{
	const struct write_request w = {.party = record_self(c->t->conf.record)->party, .role = ROLE_RELEASER, .kind = STIX_WITHDRAWAL, .own_type = true, .author_is_writer = true,
	    .object = {.tlp = o->tlp, .writer = record_self(c->t->conf.record)->party, .has_release_to = true, .release_to = &entry, .release_to_n = 1}};

	return may_write(&w, &c->coll) != WRITE_WIDENS;
}

/* It reaches at most whom the object reaches. */
static void put_audience(const struct call *c, const struct stix_object *o, struct buf *out, bool *first)
{
	bool first_ref = true, first_to = true;

	if (o->tlp != TLP_NONE || o->markings > 0) {
		json_put_member(out, first, "object_marking_refs");
		buf_putc(out, '[');
		if (o->tlp != TLP_NONE)
			put_list_member(out, &first_ref, tlp_marking_id(o->tlp));
		for (size_t i = 0; i < o->markings; i++)
			put_list_member(out, &first_ref, o->marking[i]);
		buf_putc(out, ']');
	}
	json_put_member(out, first, "extensions");
	buf_puts(out, "{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"");
	if (o->has_release_to) {
		buf_puts(out, ",\"release_to\":[");
		for (size_t i = 0; i < o->release_to_n; i++)
			if (reaches(c, o, o->release_to[i]))
				put_list_member(out, &first_to, o->release_to[i]);
		buf_putc(out, ']');
	}
	buf_puts(out, "}}");
}

static int put_identity(struct call *c, struct buf *out, bool *first, struct err *e)
{
	const struct world *const w = record_world(c->t->conf.record);
	const int64_t ms = NS_PER_S / 1000, now = clock_now(&w->clock);
	char id[LIMIT_STIX_ID + 1], uuid[37], time[LIMIT_TIMESTAMP + 1];
	uint8_t random[16], u[16];

	if (rng_fill(&w->rng, random, sizeof(random)) != 0)
		return fail(e, E_ENV, "no randomness");
	uuid_v4(random, u);
	uuid_format(u, uuid);
	stpcpy(stpcpy(stpcpy(id, stix_type_name(STIX_WITHDRAWAL)), "--"), uuid);
	time_format(now - now % ms, 3, time, sizeof(time));
	put_member(out, first, "type", stix_type_name(STIX_WITHDRAWAL));
	put_member(out, first, "spec_version", "2.1");
	put_member(out, first, "id", id);
	put_member(out, first, "created_by_ref", record_self(c->t->conf.record)->identity);
	put_member(out, first, "created", time);
	put_member(out, first, "modified", time);
	return 0;
}

static int put_withdrawal(struct deleting *d, const struct entry *en, struct err *e)
{
	struct buf *const out = &d->json;
	char hex[HEX_LEN(32) + 1];
	uint8_t sum[32];
	bool first = true;
	int rc;

	buf_putc(out, '{');
	if ((rc = entry_object_sha256(en, sum, e)) != 0 || (rc = put_identity(&d->c, out, &first, e)) != 0)
		return rc;
	hex_encode(sum, sizeof(sum), hex);
	put_audience(&d->c, &en->object, out, &first);
	put_member(out, &first, "object_ref", en->row.id);
	if (en->row.modified[0] != '\0')
		put_member(out, &first, "object_modified", en->row.modified);
	put_member(out, &first, "object_sha256", hex);
	buf_puts(out, ",\"reason\":{\"en\":\"deleted through TAXII\"}}");
	buf_put(&d->ends, &out->n, sizeof(out->n));
	return (rc = buf_err(out, e, "withdrawals")) != 0 ? rc : buf_err(&d->ends, e, "withdrawals");
}

static int look_at_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct deleting *const d = ctx;
	struct entry en;
	int rc;

	if (d->at == frames_n(d) || row->frame != frame_at(d, d->at))
		return 0;
	d->at++;
	if (row->log != 0)
		return fail(e, E_DENIED, "%s was written by another party: only its writer takes it back", row->id);
	if ((rc = record_read(d->c.rd, row, &en, e)) != 0)
		return rc;
	rc = put_withdrawal(d, &en, e);
	entry_free(&en);
	return rc;
}

/* ---- writing ---- */

static void cut_items(const struct deleting *d, struct add_item *item, size_t n)
{
	size_t from = 0, to;

	for (size_t i = 0; i < n; i++, from = to) {
		memcpy(&to, d->ends.p + i * sizeof(to), sizeof(to));
		item[i] = (struct add_item){d->json.p + from, to - from};
	}
}

static int refused(const struct add_result *res, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (res[i].what == ADDED_REFUSED)
			return fail(e, res[i].err.code, "%s", res[i].err.msg);
	return 0;
}

/* What the rules of the record refuse was never the client's to delete (§5.7: 403). */
static int as_denial(int rc, struct err *e)
{
	if (rc != 0 && err_http(rc) < 500) {
		e->code = E_DENIED;
		return E_DENIED;
	}
	return rc;
}

static int withdraw(struct deleting *d, struct err *e)
{
	const size_t n = frames_n(d);
	struct add_item *item = mem_array(n, sizeof(*item));
	struct add_result *res = mem_array(n, sizeof(*res));
	struct add_opt opt;
	int rc = item == NULL || res == NULL ? fail(e, E_NOMEM, "withdrawals") : 0;

	if (rc == 0)
		rc = record_add_opt(d->c.rd, d->c.uuid, d->c.who.reader.role, &opt, e);
	if (rc == 0) {
		cut_items(d, item, n);
		opt.all_or_nothing = true;
		if ((rc = record_add(d->c.t->conf.record, &opt, item, n, res, e)) == 0)
			rc = refused(res, n, e);
		rc = as_denial(rc, e);
	}
	mem_free(item);
	mem_free(res);
	return rc;
}

static int delete(struct deleting *d, struct err *e)
{
	int rc;

	if ((rc = taxii_query_parse(d->c.q, MATCH_VERSION | MATCH_SPEC, &d->query, e)) != 0 || (rc = find_versions(d, e)) != 0)
		return rc;
	if (frames_n(d) > LIMIT_BATCH_OBJECTS)
		return fail(e, E_DENIED, "more than %d versions: name some with match[version]", LIMIT_BATCH_OBJECTS);
	if ((rc = index_versions(record_index(d->c.rd), d->c.q->arg[1], d->c.uuid, look_at_version, d, e)) != 0)
		return rc;
	if (d->at != frames_n(d))
		return fail(e, E_CORRUPT, "%s: a version on the page is not in the index", d->c.q->arg[1]);
	return withdraw(d, e);
}

void delete_object(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct deleting d = {.frames = BUF_INIT(LIMIT_BATCH_BYTES), .json = BUF_INIT(LIMIT_BATCH_BYTES), .ends = BUF_INIT(LIMIT_BATCH_BYTES)};
	struct err e = {0};
	int rc;

	if (!call_begin(&d.c, ctx, thread, q, r, false) || !call_collection(&d.c, q->arg[0]) || !call_may(&d.c, true, true))
		return;
	if ((rc = delete(&d, &e)) == 0)
		answer_resource(&d.c, 200, false);
	else
		answer_fail(&d.c, rc, &e);
	taxii_query_free(&d.query);
	buf_free(&d.frames);
	buf_free(&d.json);
	buf_free(&d.ends);
}
