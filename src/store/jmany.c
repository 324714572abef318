/* Many frames with few reads. */
#include "store/jfile.h"

#include <inttypes.h>

#include "base/mem.h"

/* A gap up to this is read along: a call costs about as much as copying 8 KB. A span ends here, so that it stays in the cache. */
#define GAP (8u * 1024)
#define SPAN (1024u * 1024)

void jfile_free_proven(struct jfile *j)
{
	for (size_t i = 0; i < PROVEN_PAGES; i++)
		mem_free((void *)(uintptr_t)atomic_load(&j->proven[i]));
}

/* The word that holds frame no's bit; NULL: beyond the table, or no memory. */
static proven_word *proven_at(struct jfile *j, uint64_t no)
{
	const uint64_t page = no / PROVEN_BITS;
	proven_word *p, *none = NULL;

	if (page >= PROVEN_PAGES)
		return NULL;
	if ((p = atomic_load_explicit(&j->proven[page], memory_order_acquire)) == NULL) {
		if ((p = mem_array(PROVEN_BITS / 64, sizeof(*p))) == NULL)
			return NULL;
		if (!atomic_compare_exchange_strong(&j->proven[page], &none, p)) {
			mem_free((void *)(uintptr_t)p);
			p = none;
		}
	}
	return &p[no % PROVEN_BITS / 64];
}

static bool crc_holds(struct jfile *j, const uint8_t *frame, const struct frame_head *h)
{
	proven_word *w = proven_at(j, h->no);
	const uint64_t bit = 1ull << (h->no % 64);

	if (w != NULL && (atomic_load_explicit(w, memory_order_relaxed) & bit) != 0)
		return true;
	if (!frame_crc_ok(frame, h))
		return false;
	if (w != NULL)
		atomic_fetch_or_explicit(w, bit, memory_order_relaxed);
	return true;
}

/* Bytes [from, from + n) of a segment behind what out holds. */
static int read_on(struct jfile *j, int fd, uint64_t from, size_t n, struct buf *out, struct err *e)
{
	const size_t before = out->n;
	size_t have = 0;
	char *p = buf_grow(out, n);
	int rc;

	if (p == NULL)
		return buf_err(out, e, "journal frames");
	rc = fs_pread_all(&j->fs, fd, p, n, (off_t)from, &have, "journal", e);
	out->n = before + (rc == 0 ? have : 0);
	return rc;
}

struct span { struct jfile *j; int fd; uint64_t from; size_t base; /* where `from` is in out */ struct buf *out; };

/* The frame at `at`, in what was read; the last one may need more. */
static int take(struct span *s, const struct frame_want *w, struct frame_place *ret, struct err *e)
{
	const size_t off = s->base + (size_t)(at_offset(w->ref.at) - s->from);
	struct frame_head h;
	const char *why;
	size_t end;
	int rc;

	if (s->out->n < off + FRAME_HEADER)
		return jfile_corrupt(w->ref, "the file ends here", e);
	frame_head_get((const uint8_t *)s->out->p + off, &h);
	if ((why = frame_head_check(&h)) != NULL)
		return jfile_corrupt(w->ref, why, e);
	if (h.no != w->ref.no)
		return jfile_corrupt(w->ref, "another frame is here", e);
	end = off + (size_t)frame_bytes(h.n);
	if (end > s->out->n && (rc = read_on(s->j, s->fd, s->from + (s->out->n - s->base), end - s->out->n, s->out, e)) != 0)
		return rc;
	if (end > s->out->n || !crc_holds(s->j, (const uint8_t *)s->out->p + off, &h))
		return jfile_corrupt(w->ref, "frame checksum wrong", e);
	*ret = (struct frame_place){(enum frame_type)h.type, off + FRAME_HEADER, h.n};
	return 0;
}

static int read_span(struct jfile *j, const struct frame_want *w, size_t count, uint64_t bytes, struct buf *out, struct frame_place *ret, struct err *e)
{
	struct span s = {j, -1, at_offset(w->ref.at), out->n, out};
	int rc = jfile_pin(j, at_segment(w->ref.at), &s.fd, e);

	if (rc != 0)
		return rc;
	rc = read_on(j, s.fd, s.from, (size_t)bytes, out, e);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = take(&s, &w[i], &ret[i], e);
	jfile_unpin(j, at_segment(w->ref.at));
	return rc;
}

/* How many frames from w[0] on go into one read, and its length. */
static size_t gather(const struct jfile *j, const struct frame_want *w, size_t count, uint64_t *ret_bytes)
{
	const uint64_t from = at_offset(w->ref.at);
	uint64_t end = from + frame_bytes(w->n);
	size_t n = 1;

	for (; n < count && at_segment(w[n].ref.at) == at_segment(w->ref.at); n++) {
		const uint64_t at = at_offset(w[n].ref.at), to = at + frame_bytes(w[n].n);

		if (at < end - frame_bytes(w[n - 1].n) || (at > end && at - end > GAP) || to - from > SPAN)
			break;
		end = to > end ? to : end;
	}
	*ret_bytes = (end < j->size ? end : j->size) - from;
	return n;
}

int jfile_read_many(void *eng, const struct frame_want *want, size_t count, struct buf *out, struct frame_place *ret, struct err *e)
{
	struct jfile *j = eng;
	const size_t before = out->n;
	uint64_t no, bytes = 0;
	size_t segs, n;
	int rc = 0;

	pthread_mutex_lock(&j->lock);
	segs = j->segs;
	no = j->head.no;
	pthread_mutex_unlock(&j->lock);
	for (size_t i = 0; rc == 0 && i < count; i += n) {
		if (want[i].n > LIMIT_FRAME || at_segment(want[i].ref.at) >= segs || at_offset(want[i].ref.at) < SEG_HEADER || at_offset(want[i].ref.at) >= j->size) {
			rc = fail(e, E_NOTFOUND, "journal: no frame can be at address %" PRIu64, want[i].ref.at);
			break;
		}
		n = gather(j, want + i, count - i, &bytes);
		if (want[i].ref.no == 0 || want[i + n - 1].ref.no > no)
			rc = fail(e, E_NOTFOUND, "journal: frame %" PRIu64 " is not there, the last one is %" PRIu64, want[i + n - 1].ref.no, no);
		else
			rc = read_span(j, want + i, n, bytes, out, ret + i, e);
	}
	if (rc != 0)
		out->n = before;
	return rc;
}
