/* Opening a journal: which segments are there, where the last whole batch ends, and what lies behind it. */
#include "store/jfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

/* A lost segment shows by a later one. There is no folder listing in struct fs, so look this far. */
#define LOOK_AHEAD 8

DEFINE_CLEANUP(struct jfile, jfile_close)

static int seg_corrupt(uint64_t k, const char *why, struct err *e)
{
	return fail(e, E_CORRUPT, "journal segment %08" PRIu64 ".seg at offset 0: %s", k, why);
}

static int read_head(const struct jfile *j, uint64_t k, struct seg_head *ret, bool *ret_there, struct err *e)
{
	CLEANUP_STR char *path = seg_path(j->dir, k, "");
	uint8_t bytes[SEG_HEADER];
	const char *why;
	size_t n = 0;
	int fd, rc;

	if (path == NULL)
		return fail(e, E_NOMEM, "journal segment %" PRIu64, k);
	fd = j->fs.open(j->fs.ctx, path, O_RDONLY, 0);
	*ret_there = fd != -ENOENT;
	if (fd < 0)
		return *ret_there ? fail_errno(e, E_IO, -fd, "%s", path) : 0;
	rc = fs_pread_all(&j->fs, fd, bytes, sizeof(bytes), 0, &n, path, e);
	j->fs.close(j->fs.ctx, fd);
	if (rc != 0)
		return rc;
	if (n < sizeof(bytes))
		return seg_corrupt(k, "the file ends inside its header", e);
	if ((why = seg_head_get(bytes, k, ret)) != NULL)
		return seg_corrupt(k, why, e);
	return 0;
}

/* Take the next segment into the table if it is there. */
static int take_segment(struct jfile *j, bool *ret_there, struct err *e)
{
	const uint64_t k = j->segs;
	struct seg_head h;
	int rc = read_head(j, k, &h, ret_there, e);

	if (rc != 0 || !*ret_there)
		return rc;
	if (k == 0)
		j->size = h.size;
	if (h.size != j->size || (k == 0 ? h.first != 1 : h.first <= j->seg[k - 1].first))
		return seg_corrupt(k, "segment header does not continue the segment before", e);
	return jfile_add_segment(j, h.first, e);
}

/* Is there a segment behind the one that is not there? */
static int look_ahead(const struct jfile *j, bool *ret, struct err *e)
{
	struct seg_head h;
	int rc = 0;

	*ret = false;
	for (uint64_t k = j->segs + 1; !*ret && rc == 0 && k <= j->segs + LOOK_AHEAD; k++)
		rc = read_head(j, k, &h, ret, e);
	return rc == E_CORRUPT ? 0 : rc; /* something is there: enough */
}

static int load_segments(struct jfile *j, struct err *e)
{
	bool there = true, later = true;
	int rc;

	while (there) {
		while (there) {
			if ((rc = take_segment(j, &there, e)) != 0)
				return rc;
		}
		if ((rc = look_ahead(j, &later, e)) != 0 || !later)
			return rc;
		/* A writing process may have made both just now: then the first is there when looked for again. */
		if ((rc = take_segment(j, &there, e)) != 0)
			return rc;
	}
	return seg_corrupt(j->segs, "the file is missing, later ones are there", e);
}

/* A journal that is not there yet. The folder's own name is made durable as well. */
static int make_first(struct jfile *j, struct err *e)
{
	const struct seg_head h = {0, 1, j->size};
	struct seg_made made;
	int rc, r;

	if (!j->writable)
		return fail(e, E_NOTFOUND, "%s: no journal here", j->dir);
	r = j->fs.mkdir(j->fs.ctx, j->dir, 0700);
	if (r < 0 && r != -EEXIST)
		return fail_errno(e, E_IO, -r, "%s: making the folder", j->dir);
	if ((rc = fs_sync_parent(&j->fs, j->dir, e)) != 0 || (rc = seg_create(&j->fs, j->dir, &h, &made, e)) != 0)
		return rc;
	j->fs.close(j->fs.ctx, made.fd);
	return jfile_add_segment(j, h.first, e);
}

/* Walk on to the end of what is valid; head and end follow batch by batch. *t: why it stopped there. */
static int walk(struct jfile *j, struct walker *w, struct tail *t, struct err *e)
{
	enum step step = STEP_FRAME;
	struct frame f;
	int rc;

	while (step == STEP_FRAME) {
		if ((rc = walker_next(w, &step, &f, e)) != 0)
			return rc;
		if (step != STEP_FRAME || !f.last)
			continue;
		pthread_mutex_lock(&j->lock);
		j->head = f.ref;
		j->end = w->pos;
		pthread_mutex_unlock(&j->lock);
	}
	*t = (struct tail){w->pos, w->batch_at != 0 ? w->batch_bytes : 0, step == STEP_BAD ? w->why : NULL};
	return 0;
}

/* Put the walker behind the last whole batch; its window is forgotten, the file may have changed. */
static void rewind_walker(const struct jfile *j, struct walker *w)
{
	w->pos = j->end;
	w->next = j->head.no + 1;
	w->batch_at = 0;
	w->have = 0;
}

/* Walk segment k, whose frames are all there because a later segment follows it. */
static int walk_full(struct jfile *j, uint64_t k, struct err *e)
{
	struct walker w = {.fs = &j->fs, .number = k, .size = j->size, .pos = SEG_HEADER, .next = j->seg[k].first};
	struct tail t;
	int rc;

	if ((rc = jfile_pin(j, k, &w.fd, e)) != 0)
		return rc;
	rc = walk(j, &w, &t, e);
	if (rc == 0 && (t.why != NULL || w.next != j->seg[k + 1].first)) {
		w.why = t.why != NULL ? t.why : "frames are missing here";
		rc = walker_corrupt(&w, e);
	}
	jfile_unpin(j, k);
	walker_free(&w);
	return rc;
}

static int cut(struct jfile *j, uint64_t from, uint64_t to, struct err *e)
{
	static const uint8_t zeros[65536];
	int rc, r;

	for (uint64_t at = from; at < to; at += sizeof(zeros)) {
		const size_t n = to - at < sizeof(zeros) ? (size_t)(to - at) : sizeof(zeros);

		if ((rc = fs_pwrite_all(&j->fs, j->wfd, zeros, n, (off_t)at, "journal: cutting an interrupted batch", e)) != 0)
			return rc;
	}
	if ((r = j->fs.fdatasync(j->fs.ctx, j->wfd)) < 0)
		return fail_errno(e, E_IO, -r, "journal: cutting an interrupted batch");
	return 0;
}

/*
 * Find the end in the last segment. Beside a writing process, what looks like damage may be a batch that
 * arrived between two reads: as long as looking again finds more whole batches, look again.
 */
static int find_end(struct jfile *j, struct walker *w, uint64_t *ret_dirty, struct err *e)
{
	struct tail t;
	uint64_t seen;
	int rc = walk(j, w, &t, e);

	while (rc == 0) {
		seen = j->head.no;
		rewind_walker(j, w);
		rc = tail_judge(w, &t, ret_dirty, e);
		if (rc != E_CORRUPT || j->writable)
			return rc;
		rewind_walker(j, w);
		if ((rc = walk(j, w, &t, e)) == 0 && j->head.no == seen) {
			rewind_walker(j, w);
			return tail_judge(w, &t, ret_dirty, e);
		}
	}
	return rc;
}

static int recover(struct jfile *j, struct journal_opened *ret, struct err *e)
{
	const uint64_t k = j->segs - 1;
	struct walker w = {.fs = &j->fs, .number = k, .size = j->size, .pos = SEG_HEADER, .next = j->seg[k].first};
	uint64_t dirty = 0;
	int rc;

	j->head = (struct frame_ref){0, 0};
	if (k > 0 && (rc = walk_full(j, k - 1, e)) != 0)
		return rc;
	j->end = SEG_HEADER;
	if ((rc = jfile_pin(j, k, &w.fd, e)) != 0)
		return rc;
	if ((rc = find_end(j, &w, &dirty, e)) == 0 && dirty > j->end) {
		*ret = (struct journal_opened){dirty - j->end, k, j->end};
		if (j->writable)
			rc = cut(j, j->end, dirty, e);
	}
	jfile_unpin(j, k);
	walker_free(&w);
	return rc;
}

static int open_writer(struct jfile *j, struct err *e)
{
	CLEANUP_STR char *path = seg_path(j->dir, j->segs - 1, "");
	CLEANUP_STR char *half = seg_path(j->dir, j->segs, ".new");

	if (path == NULL || half == NULL)
		return fail(e, E_NOMEM, "%s", j->dir);
	if ((j->wfd = j->fs.open(j->fs.ctx, path, O_RDWR, 0)) < 0)
		return fail_errno(e, E_IO, -j->wfd, "%s", path);
	/* A segment whose making was interrupted: give the space back. If it stays, the next making replaces it. */
	j->fs.unlink(j->fs.ctx, half);
	return 0;
}

/*
 * What is found may never have been synced: an earlier process can have died between a write and its sync, or between
 * naming a segment and syncing the folder. From here on it counts, so it must be durable first.
 */
static int settle(struct jfile *j, struct err *e)
{
	CLEANUP_STR char *path = seg_path(j->dir, j->segs - 1, "");
	int r;

	if (path == NULL)
		return fail(e, E_NOMEM, "%s", j->dir);
	if ((r = j->fs.fdatasync(j->fs.ctx, j->wfd)) < 0)
		return fail_errno(e, E_IO, -r, "%s: syncing", path);
	return fs_sync_parent(&j->fs, path, e);
}

static int open_steps(struct jfile *j, struct journal_opened *opened, struct err *e)
{
	int rc;

	if ((rc = load_segments(j, e)) != 0)
		return rc;
	if (j->segs == 0 && (rc = make_first(j, e)) != 0)
		return rc;
	if (j->writable && (rc = open_writer(j, e)) != 0)
		return rc;
	if ((rc = recover(j, opened, e)) != 0 || !j->writable)
		return rc;
	return settle(j, e);
}

int jfile_open(const struct fs *fs, const char *dir, bool writable, uint32_t segment_bytes,
    struct journal **ret, struct journal_opened *ret_opened, struct err *e)
{
	CLEANUP(jfile_close) struct jfile *j = mem_zalloc(sizeof(*j));
	CLEANUP(mem_free) void *made = mem_zalloc(sizeof(struct journal));
	struct journal_opened opened = {0};
	struct journal *out = made;
	int rc;

	if (j == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	j->fs = *fs;
	j->wfd = -1;
	j->writable = writable;
	j->size = segment_bytes;
	pthread_mutex_init(&j->lock, NULL);
	if ((j->dir = mem_strdup(dir)) == NULL || out == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if ((rc = open_steps(j, &opened, e)) != 0)
		return rc;
	out->ops = &jfile_ops;
	out->eng = TAKE(j);
	made = NULL;
	*ret = out;
	if (ret_opened != NULL)
		*ret_opened = opened;
	return 0;
}

/* ---- beside a writing process ---- */

static int refresh_segment(struct jfile *j, struct tail *t, uint64_t *ret_next, struct err *e)
{
	struct walker w = {.fs = &j->fs, .number = j->segs - 1, .size = j->size, .pos = j->end, .next = j->head.no + 1};
	int rc;

	if ((rc = jfile_pin(j, w.number, &w.fd, e)) != 0)
		return rc;
	rc = walk(j, &w, t, e);
	jfile_unpin(j, w.number);
	walker_free(&w);
	*ret_next = w.next;
	return rc;
}

int jfile_refresh(void *eng, struct err *e)
{
	struct jfile *j = eng;
	struct seg_head h;
	struct tail t;
	uint64_t next = 0;
	bool after = false;
	int rc;

	if (j->writable)
		return 0;
	do {
		/* First whether there is a next segment, then this one's end: in the other order batches could slip between. */
		if ((rc = read_head(j, j->segs, &h, &after, e)) != 0)
			return rc;
		if ((rc = refresh_segment(j, &t, &next, e)) != 0 || !after)
			return rc;
		if (next != h.first || t.why != NULL)
			return fail(e, E_CORRUPT, "journal segment %08zu.seg at offset %" PRIu64 ": %s", j->segs - 1, t.from,
			    t.why != NULL ? t.why : "frames are missing here");
		if ((rc = jfile_add_segment(j, h.first, e)) != 0)
			return rc;
		pthread_mutex_lock(&j->lock);
		j->end = SEG_HEADER;
		pthread_mutex_unlock(&j->lock);
	} while (after);
	return 0;
}
