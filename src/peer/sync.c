#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "peer/page.h"
#include "peer/peer.h"

enum step { STEP_CHECKPOINT, STEP_BUNDLES, STEP_ENTRIES, STEP_WITNESS, STEP_OVER };

struct sync {
	struct record *r;
	struct record_reader *rd;
	struct party_keys peer;
	enum step step;
	bool again;                /* entries from the first on */
	struct peer_state state;   /* as mirrored */
	struct checkpoint head;    /* what the peer offers; its signature is checked */
	struct buf note;           /* the same as a note */
	/* STEP_BUNDLES */
	struct buf leaves;         /* 33 bytes each, from state.log.size on; when auditing from 0 on */
	uint64_t at;               /* first leaf of the bundle to ask for; a multiple of TILE_WIDTH */
	bool full;                 /* the partial bundle is gone: the peer has filled it meanwhile */
	bool audit;
	/* STEP_ENTRIES */
	uint64_t from, to;
	struct sync_report report;
};

int sync_new(struct record *r, struct record_reader *rd, const struct party_keys *peer, struct sync **ret, struct err *e)
{
	struct sync *s = mem_zalloc(sizeof(*s));
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "sync");
	s->r = r;
	s->rd = rd;
	s->peer = *peer;
	s->note.max = LIMIT_NOTE_BYTES;
	if ((rc = record_peer_state(rd, peer, &s->state, e)) != 0) {
		sync_free(s);
		return rc;
	}
	s->report.old_size = s->report.size = s->state.log.size;
	*ret = s;
	return 0;
}

void sync_again(struct sync *s) { s->again = true; }

void sync_free(struct sync *s)
{
	if (s == NULL)
		return;
	buf_free(&s->note);
	buf_free(&s->leaves);
	mem_free(s);
}

const struct sync_report *sync_result(const struct sync *s) { return &s->report; }

/* ---- what to ask ---- */

static unsigned bundle_width(const struct sync *s)
{
	return s->head.size - s->at < TILE_WIDTH ? (unsigned)(s->head.size - s->at) : TILE_WIDTH;
}

static void ask_bundle(const struct sync *s, struct sync_request *q)
{
	const unsigned width = s->full ? TILE_WIDTH : bundle_width(s);
	CLEANUP_BUF struct buf path = BUF_INIT(sizeof(q->path) - 1);

	*q = (struct sync_request){.what = GET_BUNDLE, .n = s->at / TILE_WIDTH, .width = width, .max = width * (2 + LEAF_LEN)};
	buf_puts(&path, "/log/");
	tile_path(&(struct tile_name){.entries = true, .n = q->n, .width = width}, &path);
	if (path.p != NULL)
		memcpy(q->path, path.p, path.n + 1);
}

static void ask_witness(const struct sync *s, struct sync_request *q)
{
	const char *const origin = record_self(s->r)->origin;
	uint8_t sum[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN) + 1];

	sha256(origin, strlen(origin), sum);
	hex_encode(sum, sizeof(sum), hex);
	*q = (struct sync_request){.what = GET_WITNESS, .max = LIMIT_NOTE_BYTES};
	IGNORE(snprintf(q->path, sizeof(q->path), "/witness/%s/checkpoint", hex) < 0, "fits");
}

bool sync_next(struct sync *s, struct sync_request *ret)
{
	switch (s->step) {
	case STEP_CHECKPOINT:
		*ret = (struct sync_request){.what = GET_CHECKPOINT, .max = LIMIT_NOTE_BYTES, .path = "/log/checkpoint"};
		return true;
	case STEP_BUNDLES:
		ask_bundle(s, ret);
		return true;
	case STEP_ENTRIES:
		*ret = (struct sync_request){.what = GET_ENTRIES, .n = s->from, .max = LIMIT_ENTRIES_BYTES + LIMIT_FRAME};
		IGNORE(snprintf(ret->path, sizeof(ret->path), "/log/entries/%llu", (unsigned long long)s->from) < 0, "fits");
		return true;
	case STEP_WITNESS:
		ask_witness(s, ret);
		return true;
	case STEP_OVER:
		break;
	}
	return false;
}

/* ---- the last steps ---- */

struct sought { const char *name; uint64_t size; bool found; };

static int take_cosignature(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	struct sought *const s = ctx;

	(void)time_s;
	(void)e;
	s->found = s->found || (size >= s->size && strcmp(name, s->name) == 0);
	return 0;
}

/* Has the peer's witness seen our newest checkpoint already? Then there is nothing to ask it for. */
static int begin_witness(struct sync *s, struct err *e)
{
	struct sought want = {.name = s->peer.witness.name};
	struct index_log own;
	int rc;

	s->step = STEP_OVER;
	if ((rc = index_get_log(record_index(s->rd), 0, &own, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	want.size = own.note_size;
	if ((rc = index_cosignatures(record_index(s->rd), 0, take_cosignature, &want, e)) != 0)
		return rc;
	if (!want.found)
		s->step = STEP_WITNESS;
	return 0;
}

/* A peer that answers with an older head than we hold is asked for entries below that head only. */
static int begin_entries(struct sync *s, struct err *e)
{
	int rc;

	if ((rc = record_peer_state(s->rd, &s->peer, &s->state, e)) != 0)
		return rc;
	s->report.size = s->state.log.size;
	s->from = s->again ? 0 : s->state.log.entries_to;
	s->to = s->head.size < s->state.log.size ? s->head.size : s->state.log.size;
	s->report.nothing_new = s->report.size == s->report.old_size && s->from >= s->to;
	s->step = STEP_ENTRIES;
	return s->from < s->to ? 0 : begin_witness(s, e);
}

/* ---- checkpoint ---- */

typedef const uint8_t leaf_bytes[LEAF_LEN];

static leaf_bytes *leaves_from(const struct sync *s, size_t skip)
{
	return s->leaves.p != NULL ? (leaf_bytes *)(s->leaves.p + skip * LEAF_LEN) : NULL;
}

/* Take the head into the record; the leaves collected must lead to it. */
static int follow(struct sync *s, size_t skip, struct err *e)
{
	CLEANUP_BUF struct buf line = BUF_INIT(LIMIT_NOTE_BYTES);
	const size_t count = s->leaves.n / LEAF_LEN - skip;
	int rc = record_follow(s->r, &s->peer, s->note.p, s->note.n, leaves_from(s, skip), count, &line, e);

	if (rc == 0) {
		buf_free(&s->leaves);
		rc = begin_entries(s, e);
	}
	return rc;
}

static int begin_bundles(struct sync *s, struct err *e)
{
	const uint64_t held = s->audit ? 0 : s->state.log.size;

	if (s->head.size - held > (s->audit ? LIMIT_BUF / LEAF_LEN : LIMIT_FOLLOW_LEAVES))
		return fail(e, E_LIMIT, "%s: %llu new leaves at once, of at most %lu", s->peer.party, (unsigned long long)(s->head.size - held), LIMIT_FOLLOW_LEAVES);
	buf_free(&s->leaves);
	s->at = held / TILE_WIDTH * TILE_WIDTH;
	s->full = false;
	s->step = STEP_BUNDLES;
	return 0;
}

static int take_checkpoint(struct sync *s, const char *p, size_t n, struct err *e)
{
	int rc;

	if ((rc = checkpoint_open(p, n, &s->peer.log, NULL, 0, &s->head, NULL, NULL, e)) != 0)
		return rc;
	buf_clear(&s->note);
	buf_put(&s->note, p, n);
	if ((rc = buf_err(&s->note, e, "checkpoint")) != 0)
		return rc;
	/* Not beyond what is mirrored: no leaves are needed to see whether it fits. */
	return s->head.size <= s->state.log.size ? follow(s, 0, e) : begin_bundles(s, e);
}

/* ---- bundles ---- */

static int all_leaves(struct sync *s, struct err *e)
{
	const size_t held = s->audit ? (size_t)s->state.log.size : 0;
	struct err why = {0};
	int rc = 0;

	if (s->audit)
		rc = record_audit(s->r, &s->peer, s->note.p, s->note.n, leaves_from(s, 0), s->leaves.n / LEAF_LEN, &why);
	if (rc == 0)
		rc = follow(s, held, &why);
	if (rc == E_PROOF && !s->audit && s->state.log.size > 0) {
		/* Rewritten history, or a line that changed bytes? The whole log tells. */
		s->audit = true;
		return begin_bundles(s, e);
	}
	return rc != 0 ? fail(e, rc, "%s", why.msg) : 0;
}

static int take_bundle(struct sync *s, const void *p, size_t n, struct err *e)
{
	uint8_t leaf[TILE_WIDTH][LEAF_LEN];
	const unsigned width = bundle_width(s);
	const uint64_t first = s->audit ? 0 : s->state.log.size;
	const unsigned skip = first > s->at ? (unsigned)(first - s->at) : 0;
	int rc;

	if ((rc = bundle_parse(p, n, s->full ? TILE_WIDTH : width, leaf, e)) != 0)
		return rc;
	buf_put(&s->leaves, leaf[skip], (width - skip) * sizeof(leaf[0]));
	if ((rc = buf_err(&s->leaves, e, "leaves")) != 0)
		return rc;
	s->at += width;
	return s->at < s->head.size ? 0 : all_leaves(s, e);
}

/* ---- entries ---- */

/*
 * The peer's log may have grown since its checkpoint: what lies beyond is left for the next time. A page must bring
 * entries or move on by as much as a page is, so that a peer cannot keep us asking.
 */
static int take_page(struct sync *s, const struct page *pg, struct err *e)
{
	const uint64_t next = pg->next < s->to ? pg->next : s->to;
	size_t count = pg->n, fresh = 0;
	int rc;

	while (count > 0 && pg->entry[count - 1].index >= s->to)
		count--;
	if (next <= s->from || (count == 0 && next < s->to && next - s->from < LIMIT_ENTRIES_PAGE))
		return fail(e, E_FORMAT, "entries: the answer from %llu on does not move on", (unsigned long long)s->from);
	if ((rc = record_add_peer_entries(s->r, &s->peer, pg->entry, count, next, &fresh, e)) != 0)
		return rc;
	s->report.entries_new += fresh;
	s->report.entries_asked += next - s->from;
	s->from = next;
	return s->from < s->to ? 0 : begin_witness(s, e);
}

static int take_entries(struct sync *s, const void *p, size_t n, struct err *e)
{
	struct page pg = {0};
	int rc;

	if ((rc = page_parse(p, n, s->from, &pg, e)) != 0)
		return rc;
	rc = take_page(s, &pg, e);
	page_free(&pg);
	return rc;
}

/* ---- answers ---- */

static int take(struct sync *s, const struct sync_request *q, const void *p, size_t n, struct err *e)
{
	switch (q->what) {
	case GET_CHECKPOINT:
		return take_checkpoint(s, p, n, e);
	case GET_BUNDLE:
		return take_bundle(s, p, n, e);
	case GET_ENTRIES:
		return take_entries(s, p, n, e);
	case GET_WITNESS:
		s->step = STEP_OVER;
		return record_add_cosignatures(s->r, p, n, e);
	}
	return fail(e, E_STATE, "nothing was asked");
}

static int answer(struct sync *s, const struct sync_request *q, int status, const void *p, size_t n, struct err *e)
{
	if (status == 404 && q->what == GET_WITNESS) {
		s->step = STEP_OVER; /* it has not followed us yet */
		return 0;
	}
	if (status == 404 && q->what == GET_BUNDLE && q->width < TILE_WIDTH) {
		s->full = true;
		return 0;
	}
	if (status != 200)
		return fail(e, E_NET, "answered with status %d", status);
	if (n > q->max)
		return fail(e, E_LIMIT, "answered with %zu bytes, of at most %zu", n, q->max);
	return take(s, q, p, n, e);
}

int sync_answer(struct sync *s, int status, const void *body, size_t n, struct err *e)
{
	struct sync_request q;
	int rc;

	if (!sync_next(s, &q))
		return fail(e, E_STATE, "%s: the sync is over", s->peer.party);
	s->report.requests++;
	s->report.bytes += n;
	if ((rc = answer(s, &q, status, body, n, e)) != 0) {
		s->step = STEP_OVER;
		return fail_wrap(e, rc, "%s%s: ", s->peer.party, q.path);
	}
	return 0;
}
