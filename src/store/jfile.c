#include "store/jfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Frames are collected up to this before they are written: the bytes are still in the L2 cache then, and a
 * batch of any size needs no more memory than this and one frame. */
#define FLUSH (1024u * 1024)
/*
 * The first write into preallocated space costs its sync a commit of the file system's own (measured: 100 frames of
 * 1 KB 0.30 ms instead of 0.13). Small batches write zeros ahead and pay that once per AHEAD.
 */
#define AHEAD (1024u * 1024)
#define SMALL (256u * 1024)

void jfile_close(void *eng)
{
	struct jfile *j = eng;

	if (j == NULL)
		return;
	for (size_t k = 0; k < j->segs; k++)
		if (j->seg[k].fd >= 0)
			j->fs.close(j->fs.ctx, j->seg[k].fd);
	if (j->wfd >= 0)
		j->fs.close(j->fs.ctx, j->wfd);
	jfile_free_proven(j);
	pthread_mutex_destroy(&j->lock);
	buf_free(&j->out);
	mem_free(j->seg);
	mem_free(j->dir);
	mem_free(j);
}

/* ---- segments ---- */

int jfile_add_segment(struct jfile *j, uint64_t first, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&j->lock);
	if (j->segs == j->cap) {
		const size_t cap = j->cap != 0 ? 2 * j->cap : 16;
		struct seg *p = mem_realloc(j->seg, cap * sizeof(*p));

		if (p == NULL) {
			rc = fail(e, E_NOMEM, "journal: %zu segments", cap);
		} else {
			j->seg = p;
			j->cap = cap;
		}
	}
	if (rc == 0)
		j->seg[j->segs++] = (struct seg){.first = first, .fd = -1};
	pthread_mutex_unlock(&j->lock);
	return rc;
}

/* Close one descriptor nobody uses. With the lock held. */
static void close_one(struct jfile *j)
{
	for (size_t k = 0; k < j->segs; k++) {
		if (j->seg[k].fd >= 0 && j->seg[k].pins == 0) {
			j->fs.close(j->fs.ctx, j->seg[k].fd);
			j->seg[k].fd = -1;
			j->open--;
			return;
		}
	}
}

static int open_locked(struct jfile *j, uint64_t k, struct err *e)
{
	CLEANUP_STR char *path = seg_path(j->dir, k, "");
	int fd;

	if (path == NULL)
		return fail(e, E_NOMEM, "journal segment %" PRIu64, k);
	if (j->open >= LIMIT_OPEN_SEGMENTS)
		close_one(j);
	if ((fd = j->fs.open(j->fs.ctx, path, O_RDONLY, 0)) < 0)
		return fail_errno(e, fd == -ENOENT ? E_CORRUPT : E_IO, -fd, "journal segment %s", path);
	j->seg[k].fd = fd;
	j->open++;
	return 0;
}

int jfile_pin(struct jfile *j, uint64_t k, int *ret_fd, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&j->lock);
	assert(k < j->segs);
	if (j->seg[k].fd < 0)
		rc = open_locked(j, k, e);
	if (rc == 0) {
		j->seg[k].pins++;
		*ret_fd = j->seg[k].fd;
	}
	pthread_mutex_unlock(&j->lock);
	return rc;
}

void jfile_unpin(struct jfile *j, uint64_t k)
{
	pthread_mutex_lock(&j->lock);
	j->seg[k].pins--;
	pthread_mutex_unlock(&j->lock);
}

/* ---- appending ---- */

/* From here on only a new opening can say what is on the disk. */
static int stop(struct jfile *j, struct err *e)
{
	j->stopped = true;
	(void)snprintf(j->why, sizeof(j->why), "%.*s", (int)sizeof(j->why) - 1, e->msg);
	return e->code = E_IO;
}

/* Bytes the batch takes in the file; refuses what could never be written. */
static int batch_bytes(const struct jfile *j, const struct frame_in *in, size_t count, uint64_t *ret, struct err *e)
{
	uint64_t all = 0;

	if (count == 0 || count > LIMIT_BATCH_FRAMES)
		return fail(e, E_LIMIT, "journal: a batch has 1 to %d frames, not %zu", LIMIT_BATCH_FRAMES, count);
	for (size_t i = 0; i < count; i++) {
		if (in[i].n > LIMIT_FRAME)
			return fail(e, E_LIMIT, "journal: frame %zu of the batch has %zu bytes, at most %lu are allowed", i, in[i].n, LIMIT_FRAME);
		all += frame_bytes(in[i].n);
	}
	if (all > LIMIT_BATCH_BYTES || all > j->size - SEG_HEADER)
		return fail(e, E_LIMIT, "journal: a batch of %" PRIu64 " bytes, at most %lu are allowed", all, LIMIT_BATCH_BYTES);
	*ret = all;
	return 0;
}

/* The batch does not fit behind the last one: start the next segment. */
static int next_segment(struct jfile *j, struct err *e)
{
	const struct seg_head h = {j->segs, j->head.no + 1, j->size};
	struct seg_made made;
	int rc = jfile_add_segment(j, h.first, e);

	if (rc != 0)
		return rc;
	rc = seg_create(&j->fs, j->dir, &h, &made, e);
	pthread_mutex_lock(&j->lock);
	if (rc != 0)
		j->segs--;
	else
		j->end = SEG_HEADER;
	pthread_mutex_unlock(&j->lock);
	if (rc != 0 && (made.named || (rc != E_NOSPACE && rc != E_NOMEM)))
		return stop(j, e);
	if (rc != 0)
		return rc;
	if (j->wfd >= 0)
		j->fs.close(j->fs.ctx, j->wfd);
	j->wfd = made.fd;
	j->written = 0;
	return 0;
}

/* Write what is collected at `at`. *wrote: something may be on the disk. */
static int flush(struct jfile *j, uint64_t at, bool *wrote, struct err *e)
{
	const ssize_t r = j->fs.pwrite(j->fs.ctx, j->wfd, j->out.p, j->out.n, (off_t)at);
	char what[48];

	(void)snprintf(what, sizeof(what), "journal segment %08zu.seg", j->segs - 1);
	/* A first write refused for want of space took nothing; any other failure leaves it open. */
	if (r < 0 && (*wrote || (r != -ENOSPC && r != -EDQUOT)))
		*wrote = true;
	else if (r >= 0)
		*wrote = true;
	if (r < 0)
		return fail_errno(e, E_IO, (int)-r, "%s: writing %zu bytes at %" PRIu64, what, j->out.n, at);
	if ((size_t)r == j->out.n)
		return 0;
	return fs_pwrite_all(&j->fs, j->wfd, j->out.p + r, j->out.n - (size_t)r, (off_t)at + r, what, e);
}

static int put_frame(struct jfile *j, const struct frame_head *h, const void *p, struct err *e)
{
	uint8_t *to = (uint8_t *)buf_grow(&j->out, (size_t)frame_bytes(h->n));

	if (to == NULL)
		return buf_err(&j->out, e, "journal batch");
	if (h->n > 0)
		memcpy(to + FRAME_HEADER, p, h->n);
	frame_seal(to, h);
	return 0;
}

/* Zeros behind a small batch that reaches space never written. */
static void put_ahead(struct jfile *j, uint64_t at, uint64_t bytes)
{
	uint64_t to = (at / AHEAD + 1) * AHEAD;
	char *p;

	to = to < j->size ? to : j->size;
	if (bytes < SMALL && at > j->written && (p = buf_grow(&j->out, (size_t)(to - at))) != NULL)
		memset(p, 0, (size_t)(to - at));
	else
		to = at;
	j->written = j->written < to ? to : j->written;
}

static int write_batch(struct jfile *j, const struct frame_in *in, size_t count, uint64_t bytes, struct frame_ref *ret, bool *wrote, struct err *e)
{
	struct frame_head h = {.batch = (uint32_t)bytes, .first = j->head.no + 1, .no = j->head.no + 1};
	uint64_t at = j->end, done = j->end;
	int rc, r;

	buf_clear(&j->out);
	for (size_t i = 0; i < count; i++, h.no++) {
		h.n = (uint32_t)in[i].n;
		h.type = (uint8_t)in[i].type;
		h.flags = i + 1 == count ? FRAME_LAST : 0;
		if ((rc = put_frame(j, &h, in[i].p, e)) != 0)
			return rc;
		ret[i] = (struct frame_ref){h.no, seg_at(j->segs - 1, at)};
		at += frame_bytes(h.n);
		if (i + 1 == count)
			put_ahead(j, at, bytes);
		if (j->out.n >= FLUSH || i + 1 == count) {
			if ((rc = flush(j, done, wrote, e)) != 0)
				return rc;
			done = at;
			buf_clear(&j->out);
		}
	}
	assert(at == j->end + bytes);
	if ((r = j->fs.fdatasync(j->fs.ctx, j->wfd)) < 0)
		return fail_errno(e, E_IO, -r, "journal segment %08zu.seg: syncing", j->segs - 1);
	return 0;
}

static int jfile_append(void *eng, const struct frame_in *in, size_t count, struct frame_ref *ret, struct err *e)
{
	struct jfile *j = eng;
	struct err own;
	uint64_t bytes = 0;
	bool wrote = false;
	int rc;

	e = e != NULL ? e : &own;
	if (!j->writable)
		return fail(e, E_STATE, "journal: opened for reading only");
	if (j->stopped)
		return fail(e, E_IO, "journal: stopped after an error, to be opened again: %s", j->why);
	if ((rc = batch_bytes(j, in, count, &bytes, e)) != 0)
		return rc;
	if (bytes > j->size - j->end && (rc = next_segment(j, e)) != 0)
		return rc;
	if ((rc = write_batch(j, in, count, bytes, ret, &wrote, e)) != 0)
		return wrote ? stop(j, e) : rc;
	pthread_mutex_lock(&j->lock);
	j->head = ret[count - 1];
	j->end += bytes;
	pthread_mutex_unlock(&j->lock);
	return 0;
}

/* ---- reading ---- */

static struct frame_ref jfile_head(void *eng)
{
	struct jfile *j = eng;
	struct frame_ref head;

	pthread_mutex_lock(&j->lock);
	head = j->head;
	pthread_mutex_unlock(&j->lock);
	return head;
}

int jfile_corrupt(struct frame_ref at, const char *why, struct err *e)
{
	return fail(e, E_CORRUPT, "journal segment %08" PRIu64 ".seg at offset %" PRIu64 ": %s (frame %" PRIu64 " expected)",
	    at_segment(at.at), at_offset(at.at), why, at.no);
}

/* One read takes most frames whole: entries are 0.5 to 4 KB. */
#define FIRST_READ 4096u

static int read_frame(struct jfile *j, int fd, struct frame_ref at, enum frame_type *ret_type, struct buf *out, struct err *e)
{
	const uint64_t off = at_offset(at.at);
	struct frame_head h;
	const char *why;
	size_t have = 0, more = 0;
	char *p;
	int rc;

	if (buf_grow(out, FIRST_READ) == NULL)
		return buf_err(out, e, "journal frame");
	if ((rc = fs_pread_all(&j->fs, fd, out->p, FIRST_READ, (off_t)off, &have, "journal", e)) != 0)
		return rc;
	if (have < FRAME_HEADER)
		return jfile_corrupt(at, "the file ends here", e);
	frame_head_get((uint8_t *)out->p, &h);
	if ((why = frame_head_check(&h)) != NULL)
		return jfile_corrupt(at, why, e);
	if (h.no != at.no)
		return jfile_corrupt(at, "another frame is here", e);
	if (frame_bytes(h.n) > FIRST_READ) {
		if ((p = buf_grow(out, (size_t)frame_bytes(h.n) - FIRST_READ)) == NULL)
			return buf_err(out, e, "journal frame");
		if ((rc = fs_pread_all(&j->fs, fd, p, out->n - FIRST_READ, (off_t)off + FIRST_READ, &more, "journal", e)) != 0)
			return rc;
	}
	if (have + more < frame_bytes(h.n) || !frame_crc_ok((uint8_t *)out->p, &h))
		return jfile_corrupt(at, "frame checksum wrong", e);
	memmove(out->p, out->p + FRAME_HEADER, h.n);
	out->n = h.n;
	out->p[h.n] = '\0';
	*ret_type = (enum frame_type)h.type;
	return 0;
}

static int jfile_read(void *eng, struct frame_ref at, enum frame_type *ret_type, struct buf *out, struct err *e)
{
	struct jfile *j = eng;
	const uint64_t k = at_segment(at.at);
	size_t segs;
	uint64_t no;
	int rc, fd = -1;

	buf_clear(out);
	pthread_mutex_lock(&j->lock);
	segs = j->segs;
	no = j->head.no;
	pthread_mutex_unlock(&j->lock);
	if (at.no == 0 || at.no > no)
		return fail(e, E_NOTFOUND, "journal: frame %" PRIu64 " is not there, the last one is %" PRIu64, at.no, no);
	if (k >= segs || at_offset(at.at) < SEG_HEADER)
		return fail(e, E_NOTFOUND, "journal: no frame can be at address %" PRIu64, at.at);
	if ((rc = jfile_pin(j, k, &fd, e)) != 0)
		return rc;
	rc = read_frame(j, fd, at, ret_type, out, e);
	jfile_unpin(j, k);
	if (rc != 0)
		buf_clear(out);
	return rc;
}

struct scan { uint64_t from, to; journal_visit *visit; void *ctx; };

/* Frames of one segment up to s->to. *ret_done: the last one was met. */
static int scan_segment(struct walker *w, const struct scan *s, bool *ret_done, struct err *e)
{
	enum step step = STEP_END;
	struct frame f;
	int rc;

	*ret_done = false;
	while (!*ret_done) {
		if ((rc = walker_next(w, &step, &f, e)) != 0)
			return rc;
		if (step == STEP_BAD)
			return walker_corrupt(w, e);
		if (step == STEP_END)
			return 0;
		*ret_done = f.ref.no == s->to;
		if (f.ref.no >= s->from && (rc = s->visit(s->ctx, &f, e)) != 0)
			return rc;
	}
	return 0;
}

/* Last segment whose first frame is not behind `no`. */
static uint64_t find_segment(const struct jfile *j, uint64_t no)
{
	uint64_t lo = 0, hi = j->segs;

	while (hi - lo > 1) {
		const uint64_t mid = lo + (hi - lo) / 2;

		if (j->seg[mid].first <= no)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Where to start: at the address given, or at the head of the segment that holds the frame. */
static int scan_start(struct jfile *j, struct frame_ref from, struct walker *w, uint64_t *ret_segs, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&j->lock);
	*ret_segs = j->segs;
	w->number = from.at != 0 ? at_segment(from.at) : find_segment(j, from.no);
	if (w->number >= j->segs)
		rc = fail(e, E_NOTFOUND, "journal: no frame can be at address %" PRIu64, from.at);
	else
		w->next = from.at != 0 ? from.no : j->seg[w->number].first;
	w->pos = from.at != 0 ? at_offset(from.at) : SEG_HEADER;
	w->joined = from.at != 0;
	pthread_mutex_unlock(&j->lock);
	if (rc == 0 && (w->pos < SEG_HEADER || w->pos >= w->size))
		rc = fail(e, E_NOTFOUND, "journal: no frame can be at address %" PRIu64, from.at);
	return rc;
}

static int jfile_scan(void *eng, struct frame_ref from, journal_visit *visit, void *ctx, struct err *e)
{
	struct jfile *j = eng;
	const struct scan s = {from.no != 0 ? from.no : 1, jfile_head(j).no, visit, ctx};
	struct walker w = {.fs = &j->fs, .fd = -1, .size = j->size};
	uint64_t segs = 0;
	bool done = false;
	int rc;

	if (s.from > s.to)
		return 0;
	from.no = s.from;
	if ((rc = scan_start(j, from, &w, &segs, e)) != 0)
		return rc;
	while (rc == 0 && !done && w.number < segs) {
		if ((rc = jfile_pin(j, w.number, &w.fd, e)) != 0)
			break;
		rc = scan_segment(&w, &s, &done, e);
		jfile_unpin(j, w.number);
		if (rc != 0 || done)
			break;
		/* The next segment must go on where this one ended. */
		pthread_mutex_lock(&j->lock);
		if (w.number + 1 >= segs || j->seg[w.number + 1].first != w.next)
			w.why = "frames are missing here";
		pthread_mutex_unlock(&j->lock);
		if (w.why != NULL) {
			rc = walker_corrupt(&w, e);
			break;
		}
		w.number++;
		w.pos = SEG_HEADER;
		w.have = 0;
	}
	walker_free(&w);
	return rc;
}

const struct journal_ops jfile_ops = {jfile_append, jfile_read, jfile_read_many, jfile_scan, jfile_head, jfile_close, jfile_refresh};
