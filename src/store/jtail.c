/*
 * Torn or damaged? A batch is synced before the next one is written, and the space behind the last batch is
 * zero. So an interrupted batch leaves some of its bytes and zeros for the others, and nothing behind it.
 * What is lost is whole words (sectors, pages), or the end of a write, and a frame ends in a byte that is not
 * zero. A bad batch without such a hole, or with anything behind it, was whole once: that is damage.
 */
#include "store/jfile.h"

#include <string.h>

#include "base/enc.h"

/*
 * Checksums computed in one search. The bytes searched may come from a peer, who could make each of them look like
 * the start of a frame; honest remains need less than the segment once.
 */
#define SEARCH_BYTES (4 * LIMIT_SEGMENT)

static bool zero(const uint8_t *p, size_t n)
{
	return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

/* Offset behind the last byte that is not zero from w->pos on. */
static int find_end(struct walker *w, uint64_t *ret, struct err *e)
{
	uint64_t end = w->pos, at = w->pos;
	const uint8_t *p = NULL;
	int rc;

	while (at < w->size) {
		size_t n = w->size - at < 65536 ? (size_t)(w->size - at) : 65536;

		if ((rc = walker_window(w, at, n, &p, e)) != 0)
			return rc;
		if (p == NULL) {
			w->why = "the file ends before its segment";
			return walker_corrupt(w, e);
		}
		if (!zero(p, n)) {
			for (end = at + n; p[end - at - 1] == 0; end--)
				;
		}
		at += n;
	}
	*ret = end;
	return 0;
}

/* Does the frame at `at` hold in itself? */
static int try_frame(struct walker *w, uint64_t at, struct frame_head *h, uint64_t *spent, bool *ret, struct err *e)
{
	const uint8_t *p = NULL;
	int rc;

	*ret = false;
	if ((rc = walker_window(w, at, FRAME_HEADER, &p, e)) != 0 || p == NULL)
		return rc;
	/* Cheap first: this runs at every eighth byte. */
	if (p[8] == 0 || p[8] >= FRAME_TYPES_ || p[10] != 0 || p[11] != 0)
		return 0;
	frame_head_get(p, h);
	if (frame_head_check(h) != NULL || h->first < w->next || frame_bytes(h->n) > w->size - at || *spent > SEARCH_BYTES)
		return 0;
	*spent += frame_bytes(h->n);
	if ((rc = walker_window(w, at, (size_t)frame_bytes(h->n), &p, e)) != 0 || p == NULL)
		return rc;
	*ret = frame_crc_ok(p, h);
	return 0;
}

/* Look for valid frames in [w->pos, end): one of the bad batch tells its extent, one of a later batch proves damage. */
static int search(struct walker *w, uint64_t end, uint64_t *ret_extent, bool *ret_later, struct err *e)
{
	struct frame_head h;
	uint64_t spent = 0;
	bool good;
	int rc;

	*ret_extent = 0;
	*ret_later = false;
	for (uint64_t at = w->pos; at < end && w->size - at >= FRAME_HEADER; at += FRAME_ALIGN) {
		if ((rc = try_frame(w, at, &h, &spent, &good, e)) != 0)
			return rc;
		if (good && h.first == w->next) {
			*ret_extent = h.batch;
			return 0;
		}
		*ret_later = *ret_later || good;
	}
	return 0;
}

/* Has [w->pos, w->pos + extent) a hole that an interrupted write leaves? `whole`: a frame ends there. */
static int has_hole(struct walker *w, uint64_t extent, bool whole, bool *ret, struct err *e)
{
	const uint8_t *p = NULL;
	int rc;

	for (uint64_t at = 0; at < extent; at += FRAME_ALIGN) {
		if ((rc = walker_window(w, w->pos + at, FRAME_ALIGN, &p, e)) != 0)
			return rc;
		if (p == NULL || zero(p, FRAME_ALIGN) || (whole && at + FRAME_ALIGN == extent && p[FRAME_ALIGN - 1] == 0)) {
			*ret = true;
			return 0;
		}
	}
	*ret = false;
	return 0;
}

/* A header without holes was written whole: then it is right, or damaged. Its two lengths check each other. */
static bool header_holds(const struct walker *w, const struct frame_head *h)
{
	const uint64_t n = frame_bytes(h->n);

	if (frame_head_check(h) != NULL || h->no != w->next || h->first != w->next)
		return false;
	return (h->flags & FRAME_LAST) != 0 ? h->batch == n : h->batch >= n + frame_bytes(0);
}

/* No valid frame anywhere: the header alone, unproven, must show that the write was interrupted. */
static int judge_header(struct walker *w, uint64_t end, uint64_t *ret_extent, bool *ret_torn, struct err *e)
{
	struct frame_head h;
	const uint8_t *p = NULL;
	int rc;

	*ret_extent = 0;
	if ((rc = has_hole(w, FRAME_HEADER, false, ret_torn, e)) != 0 || *ret_torn)
		return rc;
	*ret_torn = end < w->pos + FRAME_HEADER;
	if ((rc = walker_window(w, w->pos, FRAME_HEADER, &p, e)) != 0 || p == NULL || *ret_torn)
		return rc;
	frame_head_get(p, &h);
	if (header_holds(w, &h))
		*ret_extent = h.batch;
	return 0;
}

int tail_judge(struct walker *w, const struct tail *t, uint64_t *ret_end, struct err *e)
{
	uint64_t end = 0, extent = t->extent;
	bool later = false, torn = false;
	int rc;

	if ((rc = find_end(w, &end, e)) != 0)
		return rc;
	if (end > w->pos && extent == 0)
		rc = search(w, end, &extent, &later, e);
	if (rc == 0 && end > w->pos && extent == 0 && !later)
		rc = judge_header(w, end, &extent, &torn, e);
	if (rc == 0 && extent > 0 && extent <= w->size - w->pos && end <= w->pos + extent)
		rc = has_hole(w, extent, true, &torn, e);
	if (rc != 0)
		return rc;
	if (end > w->pos && !torn) {
		w->pos = t->from;
		w->why = t->why != NULL ? t->why : "bytes behind the last batch";
		return walker_corrupt(w, e);
	}
	*ret_end = end;
	return 0;
}
