/* What was public once and is withdrawn: said, not silent. */
#include <string.h>

#include "web/load.h"

/* The newest version, which takes the document back; release is consult_notice()'s matter here, not the reader's. */
static int read_gone(struct loader *l, const char *id, struct v_gone *ret, struct err *e)
{
	struct doc_notice n;
	struct entry en;
	int rc = consult_notice(l->rd, id, l->now, &n, e);

	if (rc == 0 && !n.withdrawn)
		rc = fail(e, E_NOTFOUND, "not found");
	if (rc != 0 || (rc = record_newest(l->rd, id, NULL, &en, e)) != 0)
		return rc;
	*ret = (struct v_gone){.id = arena_str(l->a, id), .number = get_str(l, en.object.val, "number"), .writer = arena_str(l->a, n.writer), .round_id = get_str(l, en.object.val, "round_ref"),
		.reason = get_text(l, en.object.val, "withdrawal"), .at = n.withdrawn_at, .zone = party_zone(n.writer)};
	if (ret->number == NULL || !en.object.revoked)
		rc = fail(e, E_NOTFOUND, "not found");
	entry_free(&en);
	return rc;
}

int load_gone(struct loader *l, const char *name, struct v_gone *ret, struct err *e)
{
	struct picks rows = {0};
	const char **ids = NULL;
	int rc;

	if (stix_id_ok(name, strlen(name)))
		return read_gone(l, name, ret, e);
	rc = load_rows_of_type(l, "verbale-document", &rows, e);
	for (size_t i = 0, n = rc == 0 ? load_ids(l, &rows, "verbale-document", NULL, &ids) : 0; rc == 0 && i < n; i++) {
		if ((rc = read_gone(l, ids[i], ret, e)) == 0 && strcmp(ret->number, name) == 0)
			return 0;
		rc = rc == E_NOTFOUND ? 0 : rc;
	}
	return rc != 0 ? rc : fail(e, E_NOTFOUND, "not found");
}
