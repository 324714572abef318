/* The journal in front of its engine. */
#include "store/journal.h"

#include "base/mem.h"
#include "store/jfile.h"

int journal_open(const struct fs *fs, const char *dir, bool writable, struct journal **ret, struct journal_opened *ret_opened, struct err *e)
{
	return jfile_open(fs, dir, writable, LIMIT_SEGMENT, ret, ret_opened, e);
}

void journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	j->ops->close(j->eng);
	mem_free(j);
}

int journal_append(struct journal *j, const struct frame_in *in, size_t count, struct frame_ref *ret, struct err *e)
{
	return j->ops->append(j->eng, in, count, ret, e);
}

int journal_read(struct journal *j, struct frame_ref at, enum frame_type *ret_type, struct buf *out, struct err *e)
{
	return j->ops->read(j->eng, at, ret_type, out, e);
}

int journal_read_many(struct journal *j, const struct frame_want *want, size_t count, struct buf *out, struct frame_place *ret, struct err *e)
{
	return j->ops->read_many(j->eng, want, count, out, ret, e);
}

int journal_scan(struct journal *j, struct frame_ref from, journal_visit *visit, void *ctx, struct err *e)
{
	return j->ops->scan(j->eng, from, visit, ctx, e);
}

struct frame_ref journal_head(struct journal *j) { return j->ops->head(j->eng); }

int journal_refresh(struct journal *j, struct err *e) { return j->ops->refresh(j->eng, e); }
