/* What became of a document that was public once: corrections and withdrawals are never silent. */
#include "consult/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct versions { struct index_entry *row; size_t n, cap; uint32_t log; };

/* Those of the log that brought the document first. */
static int take(void *ctx, const struct index_entry *row, struct err *e)
{
	struct versions *v = ctx;

	if (v->n == 0)
		v->log = row->log;
	if (row->log != v->log)
		return 0;
	if (v->n == v->cap) {
		const size_t cap = v->cap == 0 ? 8 : 2 * v->cap;
		struct index_entry *p = mem_realloc(v->row, cap * sizeof(*p));

		if (p == NULL)
			return fail(e, E_NOMEM, "versions");
		v->row = p;
		v->cap = cap;
	}
	v->row[v->n++] = *row;
	return 0;
}

/* Newest first. */
static int by_version(const void *pa, const void *pb)
{
	const struct index_entry *a = pa, *b = pb;

	return time_compare(b->modified, strlen(b->modified), a->modified, strlen(a->modified));
}

/* Would anybody be shown it, were it not withdrawn? Whoever carries a marking we would have to look up: no. */
static bool for_anybody(struct record_reader *rd, const struct entry *en)
{
	const struct reader nobody = {.party = NULL};
	const struct stix_object *o = &en->object;
	struct collection col;

	if (o->markings > 0 || record_collection(rd, en->row.collection, &col, NULL) != 0)
		return false;
	return may_read(&nobody, &(struct policy_object){.tlp = o->tlp, .has_release_to = o->has_release_to, .release_to = o->release_to,
	    .release_to_n = o->release_to_n, .writer = en->party, .published = true}, &col).yes;
}

/* Was this version public before `until`, when its writer took the document back? */
static int was_public(struct record_reader *rd, const struct index_entry *row, int64_t now, int64_t until, struct doc_notice *n, bool *ret, struct err *e)
{
	const struct json_val *c;
	struct doc_facts f;
	struct entry en;
	int rc = record_read(rd, row, &en, e);

	if (rc != 0)
		return rc;
	if ((rc = consult_facts(rd, &en, now, &f, e)) == 0) {
		f.revoked = false;
		*ret = doc_state(&f) == DOC_PUBLISHED && f.publish_at <= until && for_anybody(rd, &en);
	}
	if (rc == 0 && *ret) {
		c = json_get(en.object.val, "correction");
		memcpy(n->published, row->modified, sizeof(n->published));
		n->published_at = f.publish_at;
		if (json_get_str(c, "modified") != NULL && strlen(json_get_str(c, "modified")) < sizeof(n->corrected))
			strcpy(n->corrected, json_get_str(c, "modified"));
		if (en.party != NULL)
			strcpy(n->writer, en.party);
	}
	entry_free(&en);
	return rc;
}

int consult_notice(struct record_reader *rd, const char *document_id, int64_t now, struct doc_notice *ret, struct err *e)
{
	struct doc_notice n = {.withdrawn = false};
	struct versions v = {0};
	int64_t until = INT64_MAX;
	bool found = false;
	int rc = index_versions(record_index(rd), document_id, NULL, take, &v, e);

	if (rc == 0 && v.n > 0)
		qsort(v.row, v.n, sizeof(*v.row), by_version);
	for (size_t i = 0; rc == 0 && i < v.n && !found; i++) {
		if (v.row[i].revoked) {
			n.withdrawn = true;
			until = n.withdrawn_at = entry_time(v.row[i].modified);
		} else {
			rc = was_public(rd, &v.row[i], now, until, &n, &found, e);
			if (rc == E_FORMAT || rc == E_NOTFOUND)
				rc = 0; /* no document, or of a collection this node does not go by */
		}
	}
	mem_free(v.row);
	if (rc == 0 && !found)
		rc = fail(e, E_NOTFOUND, "%s: not in this record", document_id);
	if (rc == 0)
		*ret = n;
	return rc;
}
