/* What peers and strangers may fetch. Leaves reveal nothing, so the log is open to all; entries ask record_may_read(). */
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "http/http.h"
#include "peer/page.h"
#include "peer/peer.h"

#define FOREVER "public, max-age=31536000, immutable"
#define SHORTLY "public, max-age=5"
#define NEVER "no-store"
#define ROWS 128 /* index rows looked at in one go */

static void put_cache(struct http_resp *r, const char *value) { IGNORE(http_header(r, "Cache-Control", value, NULL), "a cache more or less"); }

/* Who asks: the party whose pinned key the client proved to hold, or nobody. */
static struct reader who(struct record_reader *rd, const struct http_req *q, struct http_resp *r)
{
	const struct party_keys *const k = q->client_spki != NULL ? record_peer_by_spki(record_of(rd), q->client_spki) : NULL;

	if (k == NULL)
		return (struct reader){.via = VIA_SYNC};
	memcpy(r->who, k->party, sizeof(k->party));
	return (struct reader){.party = k->party, .role = ROLE_NODE, .via = VIA_SYNC};
}

/* Everything a reader may not have is one answer: no header, no byte tells why. */
static void refuse(const struct http_req *q, struct http_resp *r, int code, const struct err *e)
{
	char party[sizeof(r->who)];

	memcpy(party, r->who, sizeof(party));
	http_resp_free(r);
	memcpy(r->who, party, sizeof(party));
	http_error(q, r, code, e);
	put_cache(r, NEVER);
}

static void send_note(struct record_reader *rd, uint32_t log, const struct http_req *q, struct http_resp *r)
{
	uint8_t sum[SHA256_LEN];
	char tag[HEX_LEN(16) + 1];
	struct err e = {0};
	int rc;

	r->body.max = LIMIT_NOTE_BYTES;
	if ((rc = record_checkpoint(rd, log, &r->body, &e)) != 0) {
		refuse(q, r, rc, &e);
		return;
	}
	sha256(r->body.p, r->body.n, sum);
	hex_encode(sum, 16, tag);
	r->type = "text/plain; charset=utf-8";
	put_cache(r, SHORTLY);
	IGNORE(http_etag(q, r, tag), "nothing more to build");
}

static void get_checkpoint(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	send_note(thread, 0, q, r);
}

static void get_tile(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct tile_name t;
	struct err e = {0};
	int rc;

	(void)ctx;
	r->body.max = TILE_WIDTH * (2UL + LEAF_LEN);
	if (!tile_path_parse(q->rest, strlen(q->rest), &t))
		rc = E_NOTFOUND;
	else
		rc = record_tile(thread, 0, &t, &r->body, &e);
	if (rc != 0) {
		refuse(q, r, rc, &e);
		return;
	}
	r->type = "application/octet-stream";
	put_cache(r, t.width == TILE_WIDTH ? FOREVER : SHORTLY);
}

/* "17.json" or "17.tlog-proof": the index and which of the two. */
static bool entry_name(const char *s, uint64_t *ret_index, bool *ret_proof)
{
	const size_t n = strcspn(s, ".");

	*ret_proof = strcmp(s + n, ".tlog-proof") == 0;
	return (*ret_proof || strcmp(s + n, ".json") == 0) && dec_parse(s, n, LIMIT_LOG_SIZE, ret_index);
}

static int entry_answer(struct record_reader *rd, const struct reader *reader, uint64_t index, bool proof, struct http_resp *r, struct err *e)
{
	struct entry en;
	int rc;

	if ((rc = record_read_at(rd, 0, index, &en, e)) != 0)
		return rc;
	if ((rc = record_may_read(rd, reader, &en, e)) == 0) {
		if (proof)
			rc = record_prove(rd, 0, index, en.salt, &r->body, e);
		else
			buf_put(&r->body, en.bytes.p, en.bytes.n);
	}
	entry_free(&en);
	return rc;
}

static void get_entry(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	const struct reader reader = who(thread, q, r);
	struct err e = {0};
	uint64_t index;
	bool proof;
	int rc = E_NOTFOUND;

	(void)ctx;
	r->body.max = LIMIT_FRAME;
	if (entry_name(q->arg[0], &index, &proof))
		rc = entry_answer(thread, &reader, index, proof, r, &e);
	if (rc != 0) {
		refuse(q, r, rc, &e);
		return;
	}
	r->type = proof ? "text/plain; charset=utf-8" : "application/json";
	put_cache(r, NEVER);
}

/* ---- pages of entries ---- */

struct rows { struct index_entry row[ROWS]; size_t n; };

static int take_row(void *ctx, const struct index_entry *row, struct err *e)
{
	struct rows *const rows = ctx;

	(void)e;
	rows->row[rows->n++] = *row;
	return 0;
}

struct listing {
	struct record_reader *rd;
	struct reader reader;
	struct rows rows;
	struct buf *out;
	size_t entries, looked;
	uint64_t next, size;
	bool full;
};

/* One row: onto the page if the reader may have it; `full` if it has no room any more. */
static int list_row(struct listing *l, const struct index_entry *row, struct err *e)
{
	struct entry en;
	int rc;

	if (row->index >= l->size)
		return 0;
	if ((rc = record_read(l->rd, row, &en, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	rc = record_may_read(l->rd, &l->reader, &en, e);
	if (rc == 0 && l->entries > 0 && l->out->n + en.bytes.n + PAGE_LINE_EXTRA > LIMIT_ENTRIES_BYTES) {
		l->full = true;
	} else if (rc == 0) {
		page_put_entry(l->out, row->index, en.salt, en.bytes.p, en.bytes.n);
		l->entries++;
	}
	entry_free(&en);
	if (!l->full)
		l->next = row->index + 1;
	l->full = l->full || l->entries == LIMIT_ENTRIES_PAGE || ++l->looked == LIMIT_ENTRIES_LOOKED;
	return rc == E_NOTFOUND ? 0 : rc;
}

static int list(struct listing *l, struct err *e)
{
	int rc = 0;

	do {
		l->rows.n = 0;
		if ((rc = index_log_page(record_index(l->rd), 0, l->next, ROWS, take_row, &l->rows, e)) != 0)
			return rc;
		for (size_t i = 0; i < l->rows.n && !l->full; i++)
			if ((rc = list_row(l, &l->rows.row[i], e)) != 0)
				return rc;
	} while (l->rows.n == ROWS && !l->full && l->next < l->size);
	/* Through to the end: also past indexes that have no entry any more. */
	if (!l->full)
		l->next = l->size;
	page_put_next(l->out, l->next);
	return buf_err(l->out, e, "entries");
}

static void get_entries(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct listing *l = mem_zalloc(sizeof(*l));
	struct index_log own;
	struct err e = {0};
	int rc = l == NULL ? E_NOMEM : 0;

	(void)ctx;
	r->body.max = LIMIT_ENTRIES_BYTES + LIMIT_FRAME;
	if (rc == 0) {
		l->rd = thread;
		l->reader = who(thread, q, r);
		l->out = &r->body;
		if (!dec_parse(q->arg[0], strlen(q->arg[0]), LIMIT_LOG_SIZE, &l->next))
			rc = E_NOTFOUND;
	}
	if (rc == 0)
		rc = index_get_log(record_index(thread), 0, &own, &e);
	if (rc == 0 && l->next > own.note_size)
		rc = E_NOTFOUND;
	if (rc == 0) {
		l->size = own.note_size;
		rc = list(l, &e);
	}
	mem_free(l);
	if (rc != 0) {
		refuse(q, r, rc, &e);
		return;
	}
	r->type = "application/jsonl";
	put_cache(r, NEVER);
}

/* ---- witness ---- */

static bool origin_has_hash(const char *origin, const uint8_t want[SHA256_LEN])
{
	uint8_t sum[SHA256_LEN];

	sha256(origin, strlen(origin), sum);
	return memcmp(sum, want, sizeof(sum)) == 0;
}

/* The newest head of a peer's log that we verified, with our cosignature. */
static void get_witnessed(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	const struct party_keys *peer;
	const size_t peers = record_peers(record_of(thread), &peer);
	uint8_t want[SHA256_LEN];
	struct index_log row;
	struct err e = {0};

	(void)ctx;
	if (!hex_decode(q->arg[0], strlen(q->arg[0]), want, sizeof(want)) || strpbrk(q->arg[0], "ABCDEF") != NULL) {
		refuse(q, r, E_NOTFOUND, NULL);
		return;
	}
	for (size_t i = 0; i < peers; i++) {
		if (!origin_has_hash(peer[i].origin, want))
			continue;
		if (index_find_log(record_index(thread), peer[i].origin, &row, &e) == 0) {
			send_note(thread, row.log, q, r);
			return;
		}
	}
	refuse(q, r, E_NOTFOUND, NULL);
}

static const struct http_route routes[] = {
	{.pattern = "/log/checkpoint", .methods = HTTP_GET, .handler = get_checkpoint},
	{.pattern = "/log/tile/*", .methods = HTTP_GET, .handler = get_tile},
	{.pattern = "/log/entry/{}", .methods = HTTP_GET, .handler = get_entry},
	{.pattern = "/log/entries/{}", .methods = HTTP_GET, .handler = get_entries},
	{.pattern = "/witness/{}/checkpoint", .methods = HTTP_GET, .handler = get_witnessed},
};

size_t peer_routes(const struct http_route **ret)
{
	*ret = routes;
	return ARRAY_LEN(routes);
}
