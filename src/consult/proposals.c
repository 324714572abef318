/* Which proposals wait for the writer. */
#include "consult/priv.h"

int consult_open_proposals(struct record_reader *rd, const struct entry *doc, int64_t now, consult_visit *v, void *ctx, struct err *e)
{
	struct doc_story s;
	int rc = story_read(rd, doc, now, &s, e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < s.props; i++) {
		struct entry en;

		if (!s.prop[i].open || (rc = record_read(rd, &s.prop[i].row, &en, e)) != 0)
			continue;
		rc = v(ctx, &en, e);
		entry_free(&en);
	}
	story_free(&s);
	return rc;
}
