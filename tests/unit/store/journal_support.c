#include "journal_support.h"

#include <inttypes.h>

#define MOST_FRAMES 4096

void ok_(int rc, const struct err *e, const char *expr, const char *file, int line)
{
	if (rc == 0)
		return;
	print_error("%s: %s: %s\n", expr, err_name(rc), e->msg);
	_fail(file, line);
}

void payload(uint64_t no, size_t most, struct buf *out)
{
	uint64_t state = no * 7919;
	const size_t n = (size_t)sim_below(&state, most + 1);

	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		buf_putc(out, (char)(1 + sim_below(&state, 255))); /* no zeros: what is zero was lost */
	assert_int_equal(out->err, 0);
}

int append_batch(struct journal *j, size_t count, size_t most, struct err *e)
{
	static struct frame_in in[MOST_FRAMES];
	static struct frame_ref ref[MOST_FRAMES];
	CLEANUP_BUF struct buf all = BUF_INIT(0);
	CLEANUP_BUF struct buf one = BUF_INIT(0);
	const uint64_t from = journal_head(j).no + 1;
	int rc;

	assert_true(count <= MOST_FRAMES);
	for (size_t i = 0; i < count; i++) {
		payload(from + i, most, &one);
		in[i] = (struct frame_in){(enum frame_type)(1 + (from + i) % (FRAME_TYPES_ - 1)), NULL, one.n};
		buf_put(&all, one.p, one.n);
	}
	assert_int_equal(all.err, 0);
	for (size_t i = 0, at = 0; i < count; at += in[i].n, i++)
		in[i].p = in[i].n > 0 ? all.p + at : NULL;
	if ((rc = journal_append(j, in, count, ref, e)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ref[i].no, from + i);
	assert_int_equal(journal_head(j).no, from + count - 1);
	assert_int_equal(journal_head(j).at, ref[count - 1].at);
	return 0;
}

struct seen { struct journal *j; uint64_t no; size_t most; bool last; };

static int see(void *ctx, const struct frame *f, struct err *e)
{
	struct seen *s = ctx;
	CLEANUP_BUF struct buf want = BUF_INIT(0);
	CLEANUP_BUF struct buf got = BUF_INIT(0);
	enum frame_type type;

	assert_int_equal(f->ref.no, ++s->no);
	assert_int_equal(f->type, 1 + s->no % (FRAME_TYPES_ - 1));
	payload(s->no, s->most, &want);
	assert_int_equal(f->n, want.n);
	assert_memory_equal(f->p, want.p != NULL ? want.p : "", want.n);
	ok_(journal_read(s->j, f->ref, &type, &got, e), e, "journal_read", __FILE__, __LINE__);
	assert_int_equal(type, f->type);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, f->p, f->n);
	s->last = f->last;
	return 0;
}

void check_all(struct journal *j, uint64_t last, size_t most)
{
	struct seen s = {.j = j, .most = most, .last = true};
	struct err e = {0};

	assert_int_equal(journal_head(j).no, last);
	OK(journal_scan(j, (struct frame_ref){0}, see, &s, &e));
	assert_int_equal(s.no, last);
	assert_true(s.last);
}

struct journal *open_or_die(const struct fs *fs, uint32_t segment, bool writable, struct journal_opened *opened)
{
	struct journal *j = NULL;
	struct err e = {0};

	OK(jfile_open(fs, "/data/journal", writable, segment, &j, opened, &e));
	return j;
}
