/* Pages: objects, one object, its versions, the manifest. Stored bytes go out as they lie in the journal. */
#include "base/enc.h"
#include "crypto/crypto.h"
#include "taxii/priv.h"

#define ADDED_FIRST "X-TAXII-Date-Added-First"
#define ADDED_LAST "X-TAXII-Date-Added-Last"
#define FRAME_MAX 192                /* an envelope without its objects: {"more":true,"next":"…","objects":[]} */

#define RECORD_BYTES 256             /* about one record of a manifest; LIMIT_PAGE_ROWS of them are far from LIMIT_PAGE_BYTES */

/* One page under way. */
struct paging {
	struct call c;
	struct query query;
	struct page_query ask;
	struct page page;
	size_t n;                        /* rows of the page that go out: fewer when their bytes are too many */
	bool more;
	bool snapshot;
	const char *one_id[1];
	struct page_version one_version[1];
};

/* How a page is written: its name in ETags, the room it takes, its list. */
struct dress {
	const char *purpose, *list;
	bool whole;                      /* the objects themselves go out: their bytes bound the page */
	size_t (*room)(const struct paging *p);
	int (*put)(struct paging *p, struct buf *out, struct err *e);
};

static void fill_ask(struct paging *p)
{
	const struct query *const s = &p->query;

	p->ask = (struct page_query){.who = &p->c.who.reader, .after_added = s->after_added, .limit = s->limit, .id = s->id, .ids = s->ids,
	    .type = s->type, .types = s->types, .version = s->version, .versions = s->versions, .specs = s->specs};
	memcpy(p->ask.collection, p->c.uuid, 16);
}

static void end(struct paging *p)
{
	if (p->snapshot)
		index_release(record_index(p->c.rd));
	taxii_query_free(&p->query);
}

/* One state of the record for the whole answer, and one look at where its head is. */
static int hold(struct paging *p, struct err *e)
{
	const int rc = index_snapshot(record_index(p->c.rd), e);

	p->snapshot = rc == 0;
	return rc;
}

/* Everything before the rows: who, where, what. False: answered. end() is due whenever this was called. */
static bool begin(struct paging *p, void *ctx, void *thread, const struct http_req *q, struct http_resp *r, unsigned takes)
{
	struct err e = {0};
	int rc;

	p->query.mem = NULL;
	p->snapshot = false;
	if (!call_begin(&p->c, ctx, thread, q, r, false))
		return false;
	if ((rc = hold(p, &e)) != 0) {
		answer_fail(&p->c, rc, &e);
		return false;
	}
	if (!call_collection(&p->c, q->arg[0]) || !call_may(&p->c, true, false))
		return false;
	if ((rc = taxii_query_parse(q, takes, &p->query, &e)) == 0) {
		fill_ask(p);
		if (p->query.next != NULL)
			rc = cursor_open(&p->c, p->query.next, &p->ask.after_frame, &e);
	}
	if (rc != 0)
		answer_fail(&p->c, rc, &e);
	return rc == 0;
}

/* One page takes a sixteenth of the room that slow clients leave: no number of them fills it, and reading goes on. */
static size_t page_bytes(const struct http_req *q)
{
	const size_t part = q->unsent < LIMIT_PAGES_UNSENT ? (LIMIT_PAGES_UNSENT - q->unsent) / 16 : 0;

	return part > LIMIT_PAGE_BYTES ? LIMIT_PAGE_BYTES : part < LIMIT_PAGE_SHORT ? LIMIT_PAGE_SHORT : part;
}

/* An answer ends early rather than grow without bound; the first object always fits. */
static void bound_bytes(struct paging *p, const struct dress *d)
{
	const size_t most = page_bytes(p->c.q);
	size_t bytes = 0;

	p->n = p->page.n;
	p->more = p->page.more;
	for (size_t i = 0; i < p->page.n; i++) {
		bytes += d->whole ? p->page.row[i].size + 1UL : RECORD_BYTES;
		if (bytes > most && i > 0) {
			p->n = i;
			p->more = true;
			return;
		}
	}
}

static int read_rows(struct paging *p, const struct dress *d, struct err *e)
{
	int rc = 0;

	p->page = (struct page){.n = 0};
	if (!p->query.nothing)
		rc = record_page(p->c.rd, &p->ask, &p->page, e);
	if (rc == 0)
		bound_bytes(p, d);
	return rc;
}

/* Of the rows that are visible and nothing else: what a reader may not see never changes a tag. */
static bool known_already(const struct paging *p, const char *purpose)
{
	struct sha256_ctx sum;
	uint8_t bytes[32], mac[32];
	char tag[HEX_LEN(16) + 1];

	sha256_begin(&sum);
	sha256_add(&sum, p->c.uuid, 16);
	/* Frames as runs without gaps, which is what they mostly are. */
	for (size_t i = 0, k; i < p->n; i = k) {
		for (k = i + 1; k < p->n && p->page.row[k].frame == p->page.row[k - 1].frame + 1; k++)
			;
		be_put(bytes, p->page.row[i].frame, 8);
		be_put(bytes + 8, k - i, 8);
		sha256_add(&sum, bytes, 16);
	}
	bytes[0] = p->more;
	sha256_add(&sum, bytes, 1);
	sha256_end(&sum, bytes);
	access_mac(p->c.t->conf.access, purpose, bytes, sizeof(bytes), mac);
	hex_encode(mac, 16, tag);
	return http_etag(p->c.q, p->c.r, tag);
}

static int put_dates(struct paging *p, struct err *e)
{
	char text[ADDED_TEXT + 1];
	int rc;

	if (p->n == 0)
		return 0;
	added_text(p->page.row[0].added, text);
	if ((rc = http_header(p->c.r, ADDED_FIRST, text, e)) != 0)
		return rc;
	added_text(p->page.row[p->n - 1].added, text);
	return http_header(p->c.r, ADDED_LAST, text, e);
}

static int put_page(struct paging *p, const struct dress *d, struct err *e)
{
	struct buf *const out = &p->c.r->body;
	char next[CURSOR_TEXT + 1];
	int rc;

	*out = (struct buf)BUF_INIT(LIMIT_BUF);
	if (p->n == 0) {
		buf_puts(out, "{}");
		return buf_err(out, e, "page");
	}
	/* Asked for once and given back at once: the page then grows without moving. */
	if (buf_grow(out, FRAME_MAX + d->room(p)) != NULL)
		out->n = 0;
	buf_putc(out, '{');
	if (p->more) {
		if ((rc = cursor_seal(&p->c, p->page.row[p->n - 1].frame, next, e)) != 0)
			return rc;
		buf_puts(out, "\"more\":true,\"next\":\"");
		buf_put(out, next, CURSOR_TEXT);
		buf_puts(out, "\",");
	}
	buf_putc(out, '"');
	buf_puts(out, d->list);
	buf_puts(out, "\":[");
	if ((rc = d->put(p, out, e)) != 0)
		return rc;
	buf_puts(out, "]}");
	return buf_err(out, e, "page");
}

static void answer_page(struct paging *p, const struct dress *d)
{
	struct err e = {0};
	int rc;

	answer_resource(&p->c, 200, false);
	if ((rc = put_dates(p, &e)) == 0) {
		p->c.r->may_pack = true;
		if (known_already(p, d->purpose))
			return;
		rc = put_page(p, d, &e);
	}
	if (rc != 0)
		answer_fail(&p->c, rc == E_LIMIT ? E_NOMEM : rc, &e);
}

static void page_of(struct paging *p, const struct dress *d)
{
	struct err e = {0};
	const int rc = read_rows(p, d, &e);

	if (rc == 0)
		answer_page(p, d);
	else
		answer_fail(&p->c, rc, &e);
}

/* ---- what pages look like ---- */

static size_t object_room(const struct paging *p)
{
	size_t n = p->n;

	for (size_t i = 0; i < p->n; i++)
		n += p->page.row[i].size;
	return n;
}

static int put_objects(struct paging *p, struct buf *out, struct err *e) { return record_page_objects(p->c.rd, &p->page, 0, p->n, out, e); }

#define RECORD_MAX (LIMIT_STIX_ID + ADDED_TEXT + LIMIT_TIMESTAMP + 128) /* bytes; a manifest record */

static size_t record_room(const struct paging *p)
{
	size_t n = RECORD_MAX;

	for (size_t i = 0; i < p->n; i++)
		n += strlen(p->page.row[i].type) + 38 + RECORD_MAX - LIMIT_STIX_ID;
	return n;
}

#define PUT(to, text) ((char *)memcpy((to), (text), sizeof(text) - 1) + sizeof(text) - 1)

/* Ids, times and media types hold nothing that JSON must escape. */
static int put_records(struct paging *p, struct buf *out, struct err *e)
{
	struct page_day added = {.known = false}, version = {.known = false};
	int rc;

	for (size_t i = 0; i < p->n; i++) {
		const struct page_row *const row = &p->page.row[i];
		char *at = buf_grow(out, RECORD_MAX);

		if (at == NULL)
			return buf_err(out, e, "manifest");
		at = i > 0 ? PUT(at, ",{\"id\":\"") : PUT(at, "{\"id\":\"");
		at = page_row_id(row, at);
		at = PUT(at, "\",\"date_added\":\"");
		at = page_put_time(&added, row->added * 1000, 6, at);
		at = PUT(at, "\",\"version\":\"");
		if ((rc = record_page_version(p->c.rd, row, &version, at, e)) != 0)
			return rc;
		at += strlen(at);
		at = row->v20 ? PUT(at, "\",\"media_type\":\"" STIX_TYPE_20 "\"}") : PUT(at, "\",\"media_type\":\"" STIX_TYPE_21 "\"}");
		out->n = (size_t)(at - out->p);
	}
	return 0;
}

static size_t version_room(const struct paging *p) { return p->n * (LIMIT_TIMESTAMP + 3); }

static int put_versions(struct paging *p, struct buf *out, struct err *e)
{
	struct page_day day = {.known = false};
	char version[LIMIT_TIMESTAMP + 1];
	int rc;

	for (size_t i = 0; i < p->n; i++) {
		if ((rc = record_page_version(p->c.rd, &p->page.row[i], &day, version, e)) != 0)
			return rc;
		buf_puts(out, i > 0 ? ",\"" : "\"");
		buf_puts(out, version);
		buf_putc(out, '"');
	}
	return 0;
}

static const struct dress as_objects = {"taxii objects", "objects", true, object_room, put_objects};
static const struct dress as_records = {"taxii manifest", "objects", false, record_room, put_records};
static const struct dress as_versions = {"taxii versions", "versions", false, version_room, put_versions};

/* ---- handlers ---- */

void get_objects(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct paging p;

	if (begin(&p, ctx, thread, q, r, QUERY_PAGE | MATCH_ID | MATCH_TYPE | MATCH_VERSION | MATCH_SPEC))
		page_of(&p, &as_objects);
	end(&p);
}

void get_manifest(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct paging p;

	if (begin(&p, ctx, thread, q, r, QUERY_PAGE | MATCH_ID | MATCH_TYPE | MATCH_VERSION | MATCH_SPEC))
		page_of(&p, &as_records);
	end(&p);
}

/* ---- one object ---- */

/* Nothing came: is the object there for this reader at all, only not what was asked of it? */
static int is_there(struct paging *p, struct err *e)
{
	struct page_query any = {.who = &p->c.who.reader, .after_added = INT64_MIN, .limit = 1, .id = p->one_id, .ids = 1,
	    .version = &(struct page_version){.pick = VERSION_ALL}, .versions = 1, .specs = SPEC_20 | SPEC_21};
	struct page page;
	int rc;

	memcpy(any.collection, p->c.uuid, 16);
	if ((rc = record_page(p->c.rd, &any, &page, e)) != 0)
		return rc;
	return page.n > 0 ? 0 : fail(e, E_NOTFOUND, "not found");
}

struct gone { struct paging *p; bool yes; };

/* Is this a withdrawal, seen by the reader, of a version that was asked for? */
static int look_at_word(void *ctx, const struct index_entry *row, struct err *e)
{
	struct gone *const g = ctx;
	const struct query *const s = &g->p->query;
	struct entry en;
	const char *modified;
	int64_t ns;
	int rc;

	if (memcmp(row->collection, g->p->c.uuid, 16) != 0)
		return 0;
	if ((rc = record_read(g->p->c.rd, row, &en, e)) != 0)
		return rc;
	modified = json_get_str(en.object.val, "object_modified");
	if (en.object.kind == STIX_WITHDRAWAL && modified != NULL && time_parse(modified, strlen(modified), &ns) &&
	    (rc = record_may_read(g->p->c.rd, &g->p->c.who.reader, &en, e)) == 0)
		for (size_t i = 0; i < s->versions; i++)
			g->yes = g->yes || (s->version[i].pick == VERSION_AT && s->version[i].ns == ns);
	entry_free(&en);
	return rc == E_NOTFOUND ? 0 : rc;
}

/* A version that was deleted is not found (§5.7), though the object is there in others. */
static int not_deleted(struct paging *p, struct err *e)
{
	struct gone g = {.p = p};
	const int rc = p->query.versions > 0 ? index_subjects(record_index(p->c.rd), p->one_id[0], look_at_word, &g, e) : 0;

	return rc != 0 ? rc : g.yes ? fail(e, E_NOTFOUND, "not found") : 0;
}

static void one_object(struct paging *p, const struct dress *d)
{
	struct err e = {0};
	int rc = read_rows(p, d, &e);

	if (rc == 0 && p->n == 0) {
		if ((rc = is_there(p, &e)) == 0)
			rc = not_deleted(p, &e);
		p->page = (struct page){.n = 0}; /* the reader's rows are others now */
	}
	if (rc == 0)
		answer_page(p, d);
	else
		answer_fail(&p->c, rc, &e);
}

static void ask_one(struct paging *p)
{
	p->one_id[0] = p->c.q->arg[1];
	p->ask.id = p->one_id;
	p->ask.ids = 1;
}

void get_object(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct paging p;

	if (begin(&p, ctx, thread, q, r, QUERY_PAGE | MATCH_VERSION | MATCH_SPEC)) {
		ask_one(&p);
		one_object(&p, &as_objects);
	}
	end(&p);
}

void get_versions(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct paging p;

	if (begin(&p, ctx, thread, q, r, QUERY_PAGE | MATCH_SPEC)) {
		ask_one(&p);
		p.one_version[0] = (struct page_version){.pick = VERSION_ALL};
		p.ask.version = p.one_version;
		p.ask.versions = 1;
		one_object(&p, &as_versions);
	}
	end(&p);
}
