/* May this invitation, comment, silence procedure, commitment or progress follow what is there? */
#include "consult/priv.h"

#include <string.h>

#include "base/clock.h"

/* Words that are said once: a version may only take one's own back. */
static int said_once(const struct ask *a, struct err *e)
{
	if (a->prev == NULL)
		return a->o->revoked ? fail(e, E_STATE, "%s: there is nothing to take back", a->o->id) : ask_not_ahead(a, e);
	return a->o->revoked ? 0 : fail(e, E_STATE, "%s: what was said is not changed; take it back and say it anew", a->o->id);
}

static int doc_version(const struct ask *a, struct entry *ret, struct err *e)
{
	return find_version(a->rd, a->o->kind == STIX_COMMITMENT ? ask_field(a, "document_ref") : a->o->subject, ask_field(a, "document_modified"),
	    ask_field(a, "document_sha256"), a->collection, ret, e);
}

static int may_move(const struct ask *a, const struct entry *doc, enum doc_move m, struct err *e)
{
	struct doc_facts f;
	const int rc = consult_facts(a->rd, doc, a->now, &f, e);

	return rc != 0 ? rc : doc_may(&f, m, a->own, e);
}

static int has_unit(const struct ask *a, const struct entry *doc, const char *number, struct err *e)
{
	const struct json_val *next;

	return number == NULL || unit_of(doc->object.val, number, &next) != NULL ? 0 : fail(e, E_NOTFOUND, "%s: the document has no unit \"%s\"", a->o->id, number);
}

/* ---- invitation ---- */

int rule_invitation(const struct ask *a, struct err *e)
{
	struct invite_date date = {0, INT64_MIN};
	const struct json_val *d = NULL;
	enum invite_verb v = INVITE_INVITE;
	struct invite_facts f;
	struct json_iter it;
	struct entry en;
	int rc;

	if (a->prev != NULL || a->o->revoked)
		return fail(e, E_STATE, "%s: a word once given is not changed; give a new one", a->o->id);
	if ((rc = ask_not_ahead(a, e)) != 0 || (rc = ask_ref(a, "round_ref", STIX_ROUND, e)) != 0 || (rc = record_newest(a->rd, a->o->subject, a->collection, &en, e)) != 0)
		return rc;
	while (v < INVITE_VERBS && !json_str_is(json_get(a->o->val, "verb"), invite_verb_word(v)))
		v++;
	json_iter(&it, json_get(a->o->val, "dates"));
	if (json_next(&it, NULL, &d))
		date = (struct invite_date){entry_time(json_get_str(d, "start")), entry_time(json_get_str(d, "end"))};
	if (v == INVITE_VERBS)
		rc = fail(e, E_FORMAT, "%s: verb", a->o->id);
	else if ((rc = invite_read(a->rd, &en, &f, e)) == 0)
		rc = invite_may(&f, v, a->own, &date, json_len(json_get(a->o->val, "dates")), e);
	entry_free(&en);
	return rc;
}

/* ---- comment ---- */

struct version_of { const char *modified; struct index_entry row; bool found; };

static int is_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct version_of *v = ctx;

	(void)e;
	if (strcmp(row->modified, v->modified) != 0)
		return 0;
	v->row = *row;
	v->found = true;
	return 1;
}

/* What is commented: the version named, else the newest. */
static int commented(const struct ask *a, struct entry *ret, struct err *e)
{
	struct version_of v = {.modified = ask_field(a, "object_modified")};
	int rc;

	if (a->o->subject == NULL)
		return fail(e, E_FORMAT, "%s: object_ref is missing", a->o->id);
	if (v.modified == NULL)
		return record_newest(a->rd, a->o->subject, a->collection, ret, e);
	if ((rc = index_versions(record_index(a->rd), a->o->subject, a->collection, is_version, &v, e)) < 0)
		return rc;
	return v.found ? record_read(a->rd, &v.row, ret, e) : fail(e, E_NOTFOUND, "%s: no version modified %s in this collection", a->o->subject, v.modified);
}

static int check_reply(const struct ask *a, struct err *e)
{
	const char *to = ask_field(a, "reply_to_ref");
	struct entry en;
	int rc;

	if (to == NULL)
		return 0;
	if ((rc = ask_ref(a, "reply_to_ref", STIX_COMMENT, e)) != 0 || (rc = record_newest(a->rd, to, a->collection, &en, e)) != 0)
		return rc;
	if (strcmp(en.row.subject, a->o->subject) != 0)
		rc = fail(e, E_STATE, "%s: reply_to_ref: %s is about something else", a->o->id, to);
	entry_free(&en);
	return rc;
}

int rule_comment(const struct ask *a, struct err *e)
{
	const char *unit = ask_field(a, "unit");
	struct entry en;
	int rc = said_once(a, e);

	if (rc != 0 || a->o->revoked || (rc = commented(a, &en, e)) != 0)
		return rc;
	if (en.object.kind == STIX_DOCUMENT) {
		if ((rc = may_move(a, &en, MOVE_COMMENT, e)) == 0)
			rc = has_unit(a, &en, unit, e);
	} else if (unit != NULL) {
		rc = fail(e, E_STATE, "%s: %s has no units", a->o->id, en.row.id);
	} else if (en.row.revoked) {
		rc = fail(e, E_STATE, "%s: %s is withdrawn", a->o->id, en.row.id);
	}
	entry_free(&en);
	return rc != 0 ? rc : check_reply(a, e);
}

/* ---- silence ---- */

int rule_silence(const struct ask *a, struct err *e)
{
	const int64_t until = entry_time(ask_field(a, "deadline"));
	struct entry doc;
	int rc = said_once(a, e);

	if (rc != 0)
		return rc;
	if (a->o->revoked)
		return a->now < entry_time(json_get_str(a->prev->object.val, "deadline")) ? 0 : fail(e, E_STATE, "%s: the deadline has passed", a->o->id);
	if (until < a->now + LIMIT_SILENCE_S * NS_PER_S)
		return fail(e, E_STATE, "%s: deadline: who is to be heard needs %d hours at least", a->o->id, LIMIT_SILENCE_S / 3600);
	if ((rc = doc_version(a, &doc, e)) != 0)
		return rc;
	rc = may_move(a, &doc, MOVE_SILENCE, e);
	entry_free(&doc);
	return rc;
}

/* ---- commitments ---- */

static bool owns(const struct json_val *commitment, const char *party)
{
	const struct json_val *owner;
	struct json_iter it;

	for (json_iter(&it, json_get(commitment, "owners")); json_next(&it, NULL, &owner);)
		if (json_str_is(owner, party))
			return true;
	return false;
}

static int check_owners(const struct ask *a, struct err *e)
{
	const struct json_val *owner;
	struct collection col;
	struct json_iter it;
	int rc = record_collection(a->rd, a->collection, &col, e);

	for (json_iter(&it, json_get(a->o->val, "owners")); rc == 0 && json_next(&it, NULL, &owner);) {
		const char *party = json_str(owner, NULL);
		bool member = false;

		for (size_t i = 0; party != NULL && i < col.members; i++)
			member = member || strcmp(col.party[i], party) == 0;
		if (!member)
			rc = fail(e, E_STATE, "%s: owners: %s is not a member of the collection", a->o->id, party == NULL ? "?" : party);
	}
	return rc;
}

static bool same_value(const struct ask *a, const char *key)
{
	CLEANUP_BUF struct buf x = BUF_INIT(LIMIT_JSON_BYTES), y = BUF_INIT(LIMIT_JSON_BYTES);
	const struct json_val *was = json_get(a->prev->object.val, key), *is = json_get(a->o->val, key);

	if (was == NULL || is == NULL)
		return was == is;
	json_canon(was, &x);
	json_canon(is, &y);
	return x.err == 0 && y.err == 0 && x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

/* Its words may get better; what was promised, by whom and until when stands. */
static int still_promised(const struct ask *a, struct err *e)
{
	static const char *const fixed[] = {"document_ref", "document_modified", "document_sha256", "round_ref", "unit", "owners", "due", "due_precision", "next_round"};

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (!same_value(a, fixed[i]))
			return fail(e, E_STATE, "%s: %s stays as it was in every version", a->o->id, fixed[i]);
	return 0;
}

int rule_commitment(const struct ask *a, struct err *e)
{
	struct entry doc;
	int rc;

	if (a->prev != NULL)
		return a->o->revoked ? 0 : still_promised(a, e);
	if (a->o->revoked)
		return fail(e, E_STATE, "%s: there is nothing to take back", a->o->id);
	if ((rc = ask_not_ahead(a, e)) != 0 || (rc = doc_version(a, &doc, e)) != 0)
		return rc;
	if ((rc = may_move(a, &doc, MOVE_COMMIT, e)) == 0 && (rc = has_unit(a, &doc, ask_field(a, "unit"), e)) == 0 &&
	    !json_str_is(json_get(doc.object.val, "round_ref"), a->o->subject != NULL ? a->o->subject : ""))
		rc = fail(e, E_STATE, "%s: round_ref is not the document's round", a->o->id);
	entry_free(&doc);
	return rc != 0 ? rc : check_owners(a, e);
}

int rule_progress(const struct ask *a, struct err *e)
{
	struct entry en;
	int rc = said_once(a, e);

	if (rc != 0 || a->o->revoked || (rc = ask_ref(a, "commitment_ref", STIX_COMMITMENT, e)) != 0 || (rc = record_newest(a->rd, a->o->subject, a->collection, &en, e)) != 0)
		return rc;
	if (!owns(en.object.val, a->own))
		rc = fail(e, E_DENIED, "%s: only an owner says what became of %s", a->o->id, en.row.id);
	entry_free(&en);
	return rc;
}
