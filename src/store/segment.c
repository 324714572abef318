#include "store/segment.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "crypto/crypto.h"

#define WINDOW (1024u * 1024) /* bytes per read: large enough for the disk, small enough to stay in the L2 cache */

static const char magic_1[] = "verbale-journal/1\n";
static const char magic[] = "verbale-journal/2\n";

static_assert(1UL << SEG_SHIFT == LIMIT_SEGMENT, "an address has room for every offset");
static_assert(LIMIT_BATCH_BYTES + SEG_HEADER <= LIMIT_SEGMENT, "the largest batch fits an empty segment");
static_assert(LIMIT_FRAME + 2 * FRAME_HEADER <= LIMIT_BATCH_BYTES, "the largest frame fits a batch");

char *seg_path(const char *dir, uint64_t number, const char *suffix)
{
	return mem_printf("%s/%08" PRIu64 ".seg%s", dir, number, suffix);
}

void seg_head_put(const struct seg_head *h, uint8_t out[SEG_HEADER])
{
	memset(out, 0, SEG_HEADER);
	memcpy(out, magic, sizeof(magic) - 1);
	be_put(out + 24, h->number, 8);
	be_put(out + 32, h->first, 8);
	be_put(out + 40, h->size, 4);
	be_put(out + 60, crc32c(0, out, 60), 4);
}

const char *seg_head_get(const uint8_t in[SEG_HEADER], uint64_t number, struct seg_head *ret)
{
	const struct seg_head h = {be_get(in + 24, 8), be_get(in + 32, 8), (uint32_t)be_get(in + 40, 4)};

	if (memcmp(in, magic_1, sizeof(magic_1) - 1) == 0)
		return "a journal of version 1, written before entries had a time of arrival; this program reads version 2";
	if (memcmp(in, magic, sizeof(magic) - 1) != 0)
		return "not a journal segment of version 2";
	if (be_get(in + 60, 4) != crc32c(0, in, 60))
		return "segment header: checksum wrong";
	if (h.number != number)
		return "segment header: belongs to another segment";
	if (h.first == 0 || h.size < SEG_HEADER || h.size > LIMIT_SEGMENT)
		return "segment header: impossible values";
	*ret = h;
	return NULL;
}

/* Space first: running out of it must show here, never in a later append. */
static int seg_fill(const struct fs *fs, int fd, const char *tmp, const struct seg_head *h, struct err *e)
{
	uint8_t head[SEG_HEADER];
	int r, rc;

	if ((r = fs->fallocate(fs->ctx, fd, 0, h->size)) < 0)
		return fail_errno(e, E_IO, -r, "%s: reserving %" PRIu32 " bytes", tmp, h->size);
	seg_head_put(h, head);
	if ((rc = fs_pwrite_all(fs, fd, head, sizeof(head), 0, tmp, e)) != 0)
		return rc;
	if ((r = fs->fsync(fs->ctx, fd)) < 0)
		return fail_errno(e, E_IO, -r, "%s: syncing", tmp);
	return 0;
}

int seg_create(const struct fs *fs, const char *dir, const struct seg_head *h, struct seg_made *ret, struct err *e)
{
	CLEANUP_STR char *tmp = seg_path(dir, h->number, ".new");
	CLEANUP_STR char *path = seg_path(dir, h->number, "");
	int fd, r, rc;

	*ret = (struct seg_made){.fd = -1};
	if (tmp == NULL || path == NULL)
		return fail(e, E_NOMEM, "journal segment %" PRIu64, h->number);
	if ((fd = fs->open(fs->ctx, tmp, O_RDWR | O_CREAT | O_TRUNC, 0600)) < 0)
		return fail_errno(e, E_IO, -fd, "%s", tmp);
	rc = seg_fill(fs, fd, tmp, h, e);
	if (rc == 0 && (r = fs->rename(fs->ctx, tmp, path)) < 0)
		rc = fail_errno(e, E_IO, -r, "%s: renaming", tmp);
	if (rc != 0) {
		fs->close(fs->ctx, fd);
		fs->unlink(fs->ctx, tmp); /* gives the space back; a leftover is replaced next time */
		return rc;
	}
	ret->named = true;
	if ((rc = fs_sync_parent(fs, path, e)) != 0) {
		fs->close(fs->ctx, fd);
		return rc;
	}
	ret->fd = fd;
	return 0;
}

/* The checksum stands first, so it covers all that follows in one go. */
static uint32_t frame_crc(const uint8_t *frame, uint32_t n)
{
	return crc32c(0, frame + 4, (size_t)frame_bytes(n) - 4);
}

/* Marked, so that no single damaged byte makes eight zeros of a number and a hole of them (jtail.c). */
static void put_number(uint8_t *to, uint64_t no)
{
	to[0] = FRAME_MARK;
	be_put(to + 1, no, 7);
}

/* 0, which no frame has, without the mark. */
static uint64_t get_number(const uint8_t *in)
{
	uint64_t v;

	memcpy(&v, in, sizeof(v));
	return in[0] == FRAME_MARK ? be64toh(v) & ((1ull << 56) - 1) : 0;
}

static uint32_t get_32(const uint8_t *in)
{
	uint32_t v;

	memcpy(&v, in, sizeof(v));
	return be32toh(v);
}

void frame_seal(uint8_t *frame, const struct frame_head *h)
{
	const size_t all = (size_t)frame_bytes(h->n);
	uint8_t *pad = frame + FRAME_HEADER + h->n;

	be_put(frame + 4, h->n, 4);
	frame[8] = h->type;
	frame[9] = h->flags;
	frame[10] = frame[11] = 0;
	be_put(frame + 12, h->batch, 4);
	put_number(frame + 16, h->no);
	put_number(frame + 24, h->first);
	memset(pad, 0, (size_t)(frame + all - pad));
	frame[all - 1] = FRAME_END;
	be_put(frame, frame_crc(frame, h->n), 4);
}

void frame_head_get(const uint8_t *in, struct frame_head *ret)
{
	*ret = (struct frame_head){
		.crc = get_32(in), .n = get_32(in + 4),
		.type = in[8], .flags = in[9], .zero = (uint16_t)(in[10] << 8 | in[11]),
		.batch = get_32(in + 12), .no = get_number(in + 16), .first = get_number(in + 24)};
}

const char *frame_head_check(const struct frame_head *h)
{
	if (h->n > LIMIT_FRAME)
		return "frame too long";
	if (h->type == 0 || h->type >= FRAME_TYPES_)
		return "unknown frame type";
	if ((h->flags & ~FRAME_LAST) != 0 || h->zero != 0)
		return "unknown frame flags";
	if (h->first == 0 || h->no < h->first)
		return "frame number before its batch";
	if (h->batch > LIMIT_BATCH_BYTES || h->batch < frame_bytes(h->n))
		return "impossible batch length";
	return NULL;
}

bool frame_crc_ok(const uint8_t *frame, const struct frame_head *h)
{
	return frame_crc(frame, h->n) == h->crc;
}

void walker_free(struct walker *w)
{
	mem_free(w->p);
	w->p = NULL;
	w->cap = w->have = 0;
}

int walker_corrupt(const struct walker *w, struct err *e)
{
	return fail(e, E_CORRUPT, "journal segment %08" PRIu64 ".seg at offset %" PRIu64 ": %s", w->number, w->pos, w->why);
}

static int window_fill(struct walker *w, uint64_t at, size_t n, struct err *e)
{
	const size_t most = w->size < WINDOW ? (size_t)w->size : WINDOW, want = n > most ? n : most;
	const uint64_t left = w->size - at;
	char what[48];
	uint8_t *p;
	int rc;

	if (want > w->cap) {
		if ((p = mem_realloc(w->p, want)) == NULL)
			return fail(e, E_NOMEM, "journal segment %" PRIu64, w->number);
		w->p = p;
		w->cap = want;
	}
	(void)snprintf(what, sizeof(what), "journal segment %08" PRIu64 ".seg", w->number);
	w->have = 0;
	w->off = at;
	rc = fs_pread_all(w->fs, w->fd, w->p, want < left ? want : (size_t)left, (off_t)at, &w->have, what, e);
	return rc;
}

int walker_window(struct walker *w, uint64_t at, size_t n, const uint8_t **ret, struct err *e)
{
	int rc;

	assert(at <= w->size && n <= w->size - at);
	if (at < w->off || at + n > w->off + w->have) {
		if ((rc = window_fill(w, at, n, e)) != 0)
			return rc;
	}
	*ret = n <= w->have - (size_t)(at - w->off) ? w->p + (at - w->off) : NULL;
	return 0;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* Does this frame stand where the chain of numbers and its batch want it? */
static const char *chain_check(const struct walker *w, const struct frame_head *h)
{
	const uint64_t n = frame_bytes(h->n), from = w->batch_at != 0 ? w->batch_at : w->pos;
	const bool ends = w->pos + n == from + h->batch;

	if (h->no != w->next)
		return "frame number out of order";
	if (n > w->size - w->pos)
		return "frame reaches over the end of the segment";
	if (w->joined)
		return NULL;
	if (h->first != (w->batch_at != 0 ? w->batch_first : h->no))
		return "frame of another batch";
	if (w->batch_at != 0 && h->batch != w->batch_bytes)
		return "batch length differs inside the batch";
	if (h->batch > w->size - from || w->pos + n > from + h->batch)
		return "frame reaches over the end of its batch";
	return ends != ((h->flags & FRAME_LAST) != 0) ? "last-frame flag in the wrong place" : NULL;
}

static void walker_step(struct walker *w, const struct frame_head *h)
{
	if (w->batch_at == 0) {
		w->batch_at = w->pos;
		w->batch_first = h->first;
		w->batch_bytes = h->batch;
	}
	w->pos += frame_bytes(h->n);
	w->next++;
	if ((h->flags & FRAME_LAST) != 0) {
		w->batch_at = 0;
		w->joined = false;
	}
}

static int bad(struct walker *w, enum step *ret, const char *why)
{
	w->why = why;
	*ret = STEP_BAD;
	return 0;
}

int walker_next(struct walker *w, enum step *ret, struct frame *f, struct err *e)
{
	const bool open = w->batch_at != 0 || w->joined;
	struct frame_head h;
	const uint8_t *p = NULL;
	const char *why;
	int rc;

	if (w->size - w->pos < FRAME_HEADER) {
		if (open)
			return bad(w, ret, "batch not finished at the end of the segment");
		*ret = STEP_END;
		return 0;
	}
	if ((rc = walker_window(w, w->pos, FRAME_HEADER, &p, e)) != 0)
		return rc;
	if (p == NULL)
		return bad(w, ret, "the file ends before its segment");
	if (all_zero(p, FRAME_HEADER)) {
		if (open)
			return bad(w, ret, "batch not finished");
		*ret = STEP_END;
		return 0;
	}
	frame_head_get(p, &h);
	if ((why = frame_head_check(&h)) != NULL || (why = chain_check(w, &h)) != NULL)
		return bad(w, ret, why);
	if ((rc = walker_window(w, w->pos, (size_t)frame_bytes(h.n), &p, e)) != 0)
		return rc;
	if (p == NULL)
		return bad(w, ret, "the file ends inside a frame");
	if (!frame_crc_ok(p, &h))
		return bad(w, ret, "frame checksum wrong");
	*f = (struct frame){(enum frame_type)h.type, {h.no, seg_at(w->number, w->pos)}, p + FRAME_HEADER, h.n, (h.flags & FRAME_LAST) != 0};
	walker_step(w, &h);
	*ret = STEP_FRAME;
	return 0;
}
