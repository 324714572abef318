/* What a page's rows stand for: the objects' bytes as they lie in the journal. */
#include <string.h>

#include "base/mem.h"
#include "record/priv.h"

/* Rows read together: few calls, and what was read is still in the cache when it is copied. */
#define GROUP 128
#define GROUP_BYTES (256u * 1024)
#define KEEP_BYTES (1024u * 1024) /* of memory, from one page to the next */

static int group_room(struct page_state *s, struct err *e)
{
	if (s->want == NULL)
		s->want = mem_array(GROUP, sizeof(*s->want));
	if (s->place == NULL)
		s->place = mem_array(GROUP, sizeof(*s->place));
	return s->want == NULL || s->place == NULL ? fail(e, E_NOMEM, "page") : 0;
}

/* The next rows for one call; a reader process beside a writer may have to look how far the writer got. */
static int read_group(struct record_reader *rd, const struct page_row *row, size_t most, size_t *ret_n, struct err *e)
{
	struct page_state *s = &rd->page;
	size_t n = 0, bytes = 0;
	int rc;

	for (; n < most && n < GROUP && bytes < GROUP_BYTES; n++) {
		s->want[n] = (struct frame_want){{row[n].frame, row[n].at}, FRAME_ENTRY_HEAD + ENTRY_BEFORE + row[n].size + 1};
		bytes += row[n].size;
	}
	*ret_n = n;
	buf_clear(&s->bytes);
	rc = journal_read_many(rd->r->journal, s->want, n, &s->bytes, s->place, e);
	if (rc == E_NOTFOUND && !rd->r->writable && (rc = journal_refresh(rd->r->journal, e)) == 0)
		rc = journal_read_many(rd->r->journal, s->want, n, &s->bytes, s->place, e);
	return rc;
}

static int put_object(const struct page_state *s, size_t i, const struct page_row *row, bool first, struct buf *out, struct err *e)
{
	const struct frame_place *at = &s->place[i];
	struct frame_entry fe;
	char *to;
	int rc;

	if (at->type != FRAME_ENTRY && at->type != FRAME_PEER_ENTRY)
		return fail(e, E_CORRUPT, "frame %llu: the journal holds no entry there", (unsigned long long)row->frame);
	if ((rc = frame_get_entry(at->type, s->bytes.p + at->off, at->n, &fe, e)) != 0)
		return rc;
	if (fe.n != ENTRY_BEFORE + (size_t)row->size + 1)
		return fail(e, E_CORRUPT, "frame %llu: the journal holds another entry than the index says", (unsigned long long)row->frame);
	if ((to = buf_grow(out, (size_t)row->size + !first)) == NULL)
		return buf_err(out, e, "page");
	if (!first)
		*to++ = ',';
	memcpy(to, (const char *)fe.p + ENTRY_BEFORE, row->size);
	return 0;
}

int record_page_objects(struct record_reader *rd, const struct page *p, size_t from, size_t to, struct buf *out, struct err *e)
{
	struct page_state *s = &rd->page;
	const size_t before = out->n;
	size_t n = 0;
	int rc = group_room(s, e);

	s->bytes.max = LIMIT_SEGMENT;
	for (size_t i = from; rc == 0 && i < to; i += n) {
		rc = read_group(rd, &p->row[i], to - i, &n, e);
		for (size_t k = 0; rc == 0 && k < n; k++)
			rc = put_object(s, k, &p->row[i + k], i + k == from, out, e);
	}
	if (s->bytes.cap > KEEP_BYTES)
		buf_free(&s->bytes);
	if (rc == 0)
		rc = buf_err(out, e, "page");
	if (rc != 0 && out->n > before)
		out->n = before;
	return rc;
}
