/* Is an entry public now? What nobody listed here is not. */
#include "consult/priv.h"

#include <string.h>

struct view { struct record_reader *rd; const struct index_entry *row; const struct stix_object *o; int64_t now; };

/*
 * 0 with the answer; a collection this node has not accepted makes nothing public. Writer and speaker must be members
 * still: a word never outlives the document it is about.
 */
static int published(const struct view *v, const struct entry *doc, const char *speaker, bool *ret, struct err *e)
{
	struct doc_facts f;
	size_t member;
	int rc = consult_facts(v->rd, doc, v->now, &f, e);

	if (rc == E_NOTFOUND || rc == E_FORMAT)
		return 0;
	if (rc == 0)
		*ret = doc_state(&f) == DOC_PUBLISHED && !doc->row.revoked && story_member(&f, doc->party, &member) && story_member(&f, speaker, &member);
	return rc;
}

static int document_public(const struct view *v, bool *ret, struct err *e)
{
	struct entry en;
	int rc = record_read(v->rd, v->row, &en, e);

	if (rc != 0)
		return rc;
	rc = published(v, &en, en.party, ret, e);
	entry_free(&en);
	return rc;
}

/* A word about a document is public with the version it names, if it is one of those that made it public. */
static int word_public(const struct view *v, const char *id, const char *modified, const char *sha, bool *ret, struct err *e)
{
	struct entry en, doc;
	int rc = record_read(v->rd, v->row, &en, e);

	if (rc != 0)
		return rc;
	rc = find_version(v->rd, id, modified, sha, v->row->collection, &doc, e);
	if (rc == 0) {
		rc = published(v, &doc, en.party, ret, e);
		entry_free(&doc);
	} else if (rc == E_NOTFOUND || rc == E_FORMAT) {
		rc = 0;
	}
	entry_free(&en);
	return rc;
}

static int assent_public(const struct view *v, bool *ret, struct err *e)
{
	const struct json_val *a = v->o->val;

	/* Objections and words taken back are how the text came about, not what was agreed. */
	if (!json_str_is(json_get(a, "verb"), "agree") || v->o->revoked)
		return 0;
	return word_public(v, v->o->subject, json_get_str(a, "object_modified"), json_get_str(a, "object_sha256"), ret, e);
}

static int publication_public(const struct view *v, bool *ret, struct err *e)
{
	const struct json_val *p = v->o->val;

	if (v->o->revoked)
		return 0;
	return word_public(v, v->o->subject, json_get_str(p, "document_modified"), json_get_str(p, "document_sha256"), ret, e);
}

static int never(const struct view *v, bool *ret, struct err *e)
{
	(void)v;
	(void)ret;
	(void)e;
	return 0;
}

/* Kinds whose being public is a question; for all others the marking alone decides. */
static int (*const asked[STIX_KINDS_])(const struct view *v, bool *ret, struct err *e) = {
	[STIX_DOCUMENT] = document_public,
	[STIX_ASSENT] = assent_public,
	[STIX_PUBLICATION] = publication_public,
	/* Words of one side: nobody else has assented to them. */
	[STIX_COMMITMENT] = never, [STIX_PROPOSAL] = never, [STIX_INVITATION] = never, [STIX_COMMENT] = never, [STIX_SILENCE] = never, [STIX_PROGRESS] = never,
};

int consult_public(void *ctx, struct record_reader *rd, const struct index_entry *row, const struct stix_object *o, int64_t now, bool *ret, struct err *e)
{
	const struct view v = {rd, row, o, now};
	bool yes = asked[o->kind] == NULL;
	int rc = 0;

	(void)ctx;
	if (asked[o->kind] != NULL)
		rc = asked[o->kind](&v, &yes, e);
	if (rc == 0)
		*ret = yes;
	return rc;
}
