/* What a page's rows stand for: the objects' bytes as they lie in the journal, and texts. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/enc.h"
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

static int put_object(const struct page_state *s, size_t i, const struct page_row *row, struct buf *out, struct err *e)
{
	const struct frame_place *at = &s->place[i];
	struct frame_entry fe;
	int rc;

	if (at->type != FRAME_ENTRY && at->type != FRAME_PEER_ENTRY)
		return fail(e, E_CORRUPT, "frame %llu: the journal holds no entry there", (unsigned long long)row->frame);
	if ((rc = frame_get_entry(at->type, s->bytes.p + at->off, at->n, &fe, e)) != 0)
		return rc;
	if (fe.n != ENTRY_BEFORE + (size_t)row->size + 1)
		return fail(e, E_CORRUPT, "frame %llu: the journal holds another entry than the index says", (unsigned long long)row->frame);
	buf_put(out, (const char *)fe.p + ENTRY_BEFORE, row->size);
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
		for (size_t k = 0; rc == 0 && k < n; k++) {
			if (i + k > from)
				buf_putc(out, ',');
			rc = put_object(s, k, &p->row[i + k], out, e);
		}
	}
	if (s->bytes.cap > KEEP_BYTES)
		buf_free(&s->bytes);
	if (rc == 0)
		rc = buf_err(out, e, "page");
	if (rc != 0 && out->n > before)
		out->n = before;
	return rc;
}

/* ---- texts: thousands in one answer, so without printf ---- */

void page_row_id(const struct page_row *row, char out[LIMIT_STIX_ID + 1])
{
	const size_t n = strnlen(row->type, LIMIT_STIX_TYPE);

	memcpy(out, row->type, n);
	out[n] = out[n + 1] = '-';
	uuid_format(row->uuid, out + n + 2);
}

static char *put_digits(char *to, unsigned v, unsigned digits)
{
	for (unsigned i = digits; i > 0; v /= 10)
		to[--i] = (char)('0' + v % 10);
	return to + digits;
}

/* As time_format(), for any number of digits up to 9 and years of four. */
static void put_time(int64_t ns, unsigned digits, char *to)
{
	static const unsigned scale[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	unsigned rest = (unsigned)((ns % NS_PER_S + NS_PER_S) % NS_PER_S);
	struct civil c;

	time_civil(ns, &c);
	to = put_digits(to, (unsigned)c.year, 4);
	*to++ = '-';
	to = put_digits(to, (unsigned)c.month, 2);
	*to++ = '-';
	to = put_digits(to, (unsigned)c.day, 2);
	*to++ = 'T';
	to = put_digits(to, (unsigned)c.hour, 2);
	*to++ = ':';
	to = put_digits(to, (unsigned)c.minute, 2);
	*to++ = ':';
	to = put_digits(to, (unsigned)c.second, 2);
	if (digits > 0) {
		rest /= scale[digits];
		*to++ = '.';
		to = put_digits(to, rest, digits);
	}
	*to++ = 'Z';
	*to = '\0';
}

void added_text(int64_t us, char out[ADDED_TEXT + 1])
{
	put_time(us * 1000, 6, out);
}

/* Written with more digits than a number of nanoseconds has, or no time at all. */
static int read_text(struct record_reader *rd, const struct page_row *row, char out[LIMIT_TIMESTAMP + 1], struct err *e)
{
	struct index_entry at;
	struct entry en;
	const char *text;
	int rc;

	if ((rc = index_at_frame(rd->ix, row->frame, &at, e)) != 0 || (rc = record_read(rd, &at, &en, e)) != 0)
		return rc;
	if ((text = json_get_str(en.object.val, "modified")) == NULL)
		text = json_get_str(en.object.val, "created");
	if (text == NULL || strlen(text) > LIMIT_TIMESTAMP)
		added_text(row->added, out);
	else
		memcpy(out, text, strlen(text) + 1);
	entry_free(&en);
	return 0;
}

int record_page_version(struct record_reader *rd, const struct page_row *row, char out[LIMIT_TIMESTAMP + 1], struct err *e)
{
	if (row->version_digits == PAGE_TEXT)
		return read_text(rd, row, out, e);
	put_time(row->version_ns, row->version_digits <= 9 ? row->version_digits : 9, out);
	return 0;
}
