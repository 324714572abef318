/*
 * The question record/ asks before an own object of our types is written: may this follow what is there? So neither
 * `verbale add` nor a page can go round the table of moves.
 */
#include "consult/priv.h"

#include <string.h>

#include "base/enc.h"

const char *ask_field(const struct ask *a, const char *key) { return json_get_str(a->o->val, key); }

int ask_ref(const struct ask *a, const char *key, enum stix_kind kind, struct err *e)
{
	const char *id = ask_field(a, key);
	struct entry en;
	int rc;

	if (id == NULL)
		return fail(e, E_FORMAT, "%s: %s is missing", a->o->id, key);
	if ((rc = record_newest(a->rd, id, a->collection, &en, e)) != 0)
		return fail_wrap(e, rc, "%s: %s: ", a->o->id, key);
	if (en.object.kind != kind)
		rc = fail(e, E_FORMAT, "%s: %s: %s is no %s", a->o->id, key, id, stix_type_name(kind));
	else if (en.row.revoked)
		rc = fail(e, E_STATE, "%s: %s: %s is withdrawn", a->o->id, key, id);
	entry_free(&en);
	return rc;
}

static int check_round(const struct ask *a, struct err *e)
{
	const int rc = a->prev != NULL ? ask_same_text(a, "series_ref", e) : 0;

	return rc != 0 ? rc : ask_ref(a, "series_ref", STIX_SERIES, e);
}

static int check_delegation(const struct ask *a, struct err *e)
{
	const char *party = ask_field(a, "party");

	if (party == NULL || strcmp(party, a->own) != 0)
		return fail(e, E_DENIED, "%s: each party names its own delegation; this is %s, not %s", a->o->id, a->own, party == NULL ? "?" : party);
	return ask_ref(a, "round_ref", STIX_ROUND, e);
}

/* ---- documents ---- */

int ask_same_text(const struct ask *a, const char *key, struct err *e)
{
	const char *was = json_get_str(a->prev->object.val, key), *is = ask_field(a, key);

	if (was != NULL && is != NULL && strcmp(was, is) == 0)
		return 0;
	return fail(e, E_STATE, "%s: %s stays as it was in every version", a->o->id, key);
}

/* The version named as corrected; E_STATE unless it is this one. */
static int corrects(const struct ask *a, const char *modified, const char *sha, struct err *e)
{
	const struct json_val *c = json_get(a->o->val, "correction");

	if (c == NULL)
		return fail(e, E_STATE, "%s: the version of %s is published: say in correction that this one corrects it, and why", a->o->id, modified);
	if (!json_str_is(json_get(c, "modified"), modified) || !json_str_is(json_get(c, "sha256"), sha))
		return fail(e, E_STATE, "%s: correction names another version than the published one of %s", a->o->id, modified);
	return 0;
}

/* What is published is not changed silently: all versions behind it name it, until one of them is published in turn. */
static int check_correction(const struct ask *a, const struct doc_facts *was, struct err *e)
{
	const struct json_val *before = json_get(a->prev->object.val, "correction");
	char hex[HEX_LEN(32) + 1];
	uint8_t sum[32];
	int rc;

	if (doc_state(was) == DOC_PUBLISHED) {
		if ((rc = entry_object_sha256(a->prev, sum, e)) != 0)
			return rc;
		hex_encode(sum, sizeof(sum), hex);
		return corrects(a, a->prev->row.modified, hex, e);
	}
	if (before != NULL)
		return corrects(a, json_get_str(before, "modified"), json_get_str(before, "sha256"), e);
	return json_get(a->o->val, "correction") == NULL ? 0 : fail(e, E_STATE, "%s: nothing is published that could be corrected", a->o->id);
}

/* To freeze is a move of its own; a correction may be born frozen. */
static enum doc_move version_move(const struct ask *a, const struct doc_facts *was)
{
	if (a->o->revoked)
		return MOVE_WITHDRAW;
	return is_frozen(a->o->val) && !was->frozen && doc_state(was) != DOC_PUBLISHED ? MOVE_FREEZE : MOVE_REVISE;
}

static int check_first(const struct ask *a, struct err *e)
{
	if (a->o->revoked)
		return fail(e, E_STATE, "%s: there is nothing to withdraw", a->o->id);
	if (json_get(a->o->val, "correction") != NULL)
		return fail(e, E_STATE, "%s: nothing is published that could be corrected", a->o->id);
	return ask_ref(a, "round_ref", STIX_ROUND, e);
}

static int check_document(const struct ask *a, struct err *e)
{
	struct doc_facts f;
	enum doc_move m;
	int rc;

	if (a->prev == NULL)
		return check_first(a, e);
	if ((rc = ask_same_text(a, "round_ref", e)) != 0 || (rc = ask_same_text(a, "kind", e)) != 0 || (rc = ask_same_text(a, "number", e)) != 0 ||
	    (rc = consult_facts(a->rd, a->prev, a->now, &f, e)) != 0)
		return rc;
	m = version_move(a, &f);
	count_units(a->o->val, &f.bracketed, &f.untranslated); /* the new version is what gets frozen */
	if ((rc = doc_may(&f, m, a->own, e)) != 0)
		return rc;
	return m == MOVE_WITHDRAW ? 0 : check_correction(a, &f, e);
}

/* ---- proposals ---- */

const struct json_val *unit_of(const struct json_val *doc, const char *number, const struct json_val **ret_next)
{
	const struct json_val *unit, *found = NULL;
	struct json_iter it;

	*ret_next = NULL;
	for (json_iter(&it, json_get(doc, "units")); json_next(&it, NULL, &unit);) {
		if (found != NULL) {
			*ret_next = unit;
			return found;
		}
		if (json_str_is(json_get(unit, "number"), number))
			found = unit;
	}
	return found;
}

static int check_units(const struct ask *a, const struct json_val *doc, struct err *e)
{
	const struct json_val *change, *next;
	struct json_iter it;

	for (json_iter(&it, json_get(a->o->val, "changes")); json_next(&it, NULL, &change);) {
		const char *number = json_get_str(change, "unit");

		if (number == NULL || unit_of(doc, number, &next) == NULL)
			return fail(e, E_NOTFOUND, "%s: the document has no unit \"%s\"", a->o->id, number == NULL ? "?" : number);
	}
	return 0;
}

/* May the writer of a document answer this proposal now? `doc`: the newest version. */
static int may_answer(const struct ask *a, const struct entry *doc, const char *proposal_id, struct err *e)
{
	struct doc_story s;
	int rc = story_read(a->rd, doc, a->now, &s, e);

	if (rc != 0)
		return rc;
	rc = doc_may(&s.facts, MOVE_ANSWER, a->own, e);
	if (rc == 0 && !story_open(&s, proposal_id))
		rc = fail(e, E_STATE, "%s is not open: answered, taken back, or settled by its proposer's assent", proposal_id);
	story_free(&s);
	return rc;
}

static int check_counter(const struct ask *a, const char *to, struct err *e)
{
	struct entry en;
	int rc = record_newest(a->rd, to, a->collection, &en, e);

	if (rc != 0)
		return fail_wrap(e, rc, "%s: counter_to_ref: ", a->o->id);
	if (en.object.kind != STIX_PROPOSAL || a->o->subject == NULL || strcmp(en.row.subject, a->o->subject) != 0)
		rc = fail(e, E_STATE, "%s: counter_to_ref: %s is no proposal to the same document", a->o->id, to);
	entry_free(&en);
	return rc;
}

static int check_proposal(const struct ask *a, struct err *e)
{
	const char *to = ask_field(a, "counter_to_ref");
	struct doc_facts f;
	struct entry doc;
	int rc;

	if (a->o->revoked) /* taking one's own back is always possible */
		return a->prev != NULL ? 0 : fail(e, E_STATE, "%s: there is nothing to take back", a->o->id);
	if (to != NULL && (rc = check_counter(a, to, e)) != 0)
		return rc;
	if ((rc = find_version(a->rd, a->o->subject, ask_field(a, "document_modified"), ask_field(a, "document_sha256"), a->collection, &doc, e)) != 0)
		return rc;
	if (to != NULL && doc.row.log == 0)
		rc = may_answer(a, &doc, to, e);
	else if ((rc = consult_facts(a->rd, &doc, a->now, &f, e)) == 0)
		rc = doc_may(&f, MOVE_PROPOSE, a->own, e);
	if (rc == 0)
		rc = check_units(a, doc.object.val, e);
	entry_free(&doc);
	return rc;
}

/* ---- assents ---- */

static bool same_in(const struct json_val *want, const struct json_val *have)
{
	const struct json_val *key, *text;
	struct json_iter it;

	for (json_iter(&it, want); json_next(&it, &key, &text);) {
		const char *lang = json_str(key, NULL), *a = json_str(text, NULL), *b = lang == NULL ? NULL : json_get_str(have, lang);

		if (a == NULL || b == NULL || strcmp(a, b) != 0)
			return false;
	}
	return json_len(want) > 0;
}

bool holds(const struct json_val *doc, const struct json_val *change)
{
	struct json_iter it;
	const char *number = json_get_str(change, "unit");
	const struct json_val *next, *unit = number == NULL ? NULL : unit_of(doc, number, &next);
	const struct json_val *action = json_get(change, "action"), *text = json_get(change, "text");

	if (json_str_is(action, "delete"))
		return unit == NULL;
	if (!json_str_is(action, "insert"))
		return unit != NULL && same_in(text, json_get(unit, "text"));
	/* Several may be inserted at one place, and the unit there may be gone: the text counts. */
	for (json_iter(&it, json_get(doc, "units")); json_next(&it, NULL, &unit);)
		if (same_in(text, json_get(unit, "text")))
			return true;
	return false;
}

static int taken_over(const struct ask *a, const struct entry *doc, const struct entry *proposal, struct err *e)
{
	const struct json_val *change;
	struct json_iter it;

	for (json_iter(&it, json_get(proposal->object.val, "changes")); json_next(&it, NULL, &change);)
		if (!holds(doc->object.val, change))
			return fail(e, E_STATE, "%s: the newest version of the document does not read as proposed in unit \"%s\": revise it first, or decline", a->o->id, json_get_str(change, "unit"));
	return 0;
}

static int check_answer(const struct ask *a, const struct entry *proposal, struct err *e)
{
	const struct json_val *verb = json_get(a->o->val, "verb");
	struct entry doc;
	int rc;

	if (json_str_is(verb, "withdraw"))
		return fail(e, E_STATE, "%s: an answer to a proposal stands", a->o->id);
	if ((rc = newest_in_log(a->rd, proposal->row.subject, a->collection, 0, &doc, e)) == E_NOTFOUND)
		return fail(e, E_DENIED, "%s: only the document's writer answers proposals to it", a->o->id);
	if (rc != 0)
		return rc;
	rc = may_answer(a, &doc, proposal->row.id, e);
	if (rc == 0 && json_str_is(verb, "agree"))
		rc = taken_over(a, &doc, proposal, e);
	entry_free(&doc);
	return rc;
}

int ask_not_ahead(const struct ask *a, struct err *e)
{
	if (entry_time(a->o->modified) > a->now + LIMIT_CLOCK_SKEW_S * NS_PER_S)
		return fail(e, E_STATE, "%s: dated in the future (%s)", a->o->id, a->o->modified);
	return 0;
}

static int check_word(const struct ask *a, const struct entry *doc, struct err *e)
{
	const struct json_val *verb = json_get(a->o->val, "verb");
	const enum doc_move m = json_str_is(verb, "agree") ? MOVE_AGREE : json_str_is(verb, "object") ? MOVE_OBJECT : MOVE_WITHDRAW_ASSENT;
	struct doc_facts f;
	const int rc = consult_facts(a->rd, doc, a->now, &f, e);

	return rc != 0 ? rc : doc_may(&f, m, a->own, e);
}

/* Only the procedure that runs on this very version, and only when its time is over. */
static int check_by_silence(const struct ask *a, const struct entry *doc, struct err *e)
{
	const char *id = ask_field(a, "silence_ref");
	struct doc_story s;
	int rc;

	if (id == NULL)
		return 0;
	if (doc->object.kind != STIX_DOCUMENT)
		return fail(e, E_STATE, "%s: there is no silence procedure on %s", a->o->id, doc->row.id);
	if ((rc = story_read(a->rd, doc, a->now, &s, e)) != 0)
		return rc;
	if (doc_silence(&s.facts) != SILENCE_OVER || strcmp(s.silence, id) != 0)
		rc = fail(e, E_STATE, "%s: %s is not a silence procedure on this version whose deadline has passed", a->o->id, id);
	story_free(&s);
	return rc;
}

static int check_assent(const struct ask *a, struct err *e)
{
	struct entry en;
	int rc;

	if (a->prev != NULL || a->o->revoked)
		return fail(e, E_STATE, "%s: a word once given is not changed; give a new one", a->o->id);
	if ((rc = ask_not_ahead(a, e)) != 0 ||
	    (rc = find_version(a->rd, a->o->subject, ask_field(a, "object_modified"), ask_field(a, "object_sha256"), a->collection, &en, e)) != 0)
		return rc;
	if ((rc = check_by_silence(a, &en, e)) != 0)
		;
	else if (en.object.kind == STIX_DOCUMENT)
		rc = check_word(a, &en, e);
	else if (en.object.kind == STIX_PROPOSAL)
		rc = check_answer(a, &en, e);
	entry_free(&en);
	return rc;
}

/* ---- publication ---- */

/* Dated before what it rests on it would be void for everybody who reads the logs: better not written. */
static int check_effect(const struct ask *a, const struct doc_story *s, struct err *e)
{
	struct doc_event word = {.time = entry_time(a->o->modified), .what = WORD_PUBLISH, .index = UINT64_MAX, .publish_at = entry_time(ask_field(a, "publish_at"))};
	struct doc_facts f;
	int rc;

	if (!story_member(&s->facts, a->own, &word.member))
		return fail(e, E_DENIED, "%s is not a member of the collection", a->own);
	if ((rc = story_with(s, word, &f, e)) != 0)
		return rc;
	return f.has_publication ? 0 : fail(e, E_STATE, "%s: dated before the assents it rests on (%s): is this node's clock right?", a->o->id, a->o->modified);
}

static int check_publication(const struct ask *a, struct err *e)
{
	struct doc_story s;
	struct entry doc;
	int rc;

	if (a->prev != NULL || a->o->revoked)
		return fail(e, E_STATE, "%s: a publication is not changed; withdraw the assent before its moment, or the document", a->o->id);
	if ((rc = ask_not_ahead(a, e)) != 0 ||
	    (rc = find_version(a->rd, a->o->subject, ask_field(a, "document_modified"), ask_field(a, "document_sha256"), a->collection, &doc, e)) != 0)
		return rc;
	if ((rc = story_read(a->rd, &doc, a->now, &s, e)) == 0) {
		if ((rc = doc_may(&s.facts, MOVE_PUBLISH, a->own, e)) == 0)
			rc = check_effect(a, &s, e);
		story_free(&s);
	}
	entry_free(&doc);
	return rc;
}

/* ---- withdrawal ---- */

struct taking_back { const struct ask *a; const char *modified, *sha; bool found; };

static int look_at_own(void *ctx, const struct index_entry *row, struct err *e)
{
	struct taking_back *t = ctx;
	uint8_t want[32], have[32];
	struct entry en;
	int rc;

	if (row->log != 0 || strcmp(row->modified, t->modified != NULL ? t->modified : "") != 0)
		return 0;
	if ((rc = record_read(t->a->rd, row, &en, e)) != 0)
		return rc;
	rc = entry_object_sha256(&en, have, e);
	if (rc == 0 && hex_decode(t->sha, strlen(t->sha), want, 32) && memcmp(want, have, 32) == 0) {
		const struct stix_type *type = stix_type(en.object.kind);

		t->found = true;
		if (type != NULL && type->own)
			rc = fail(e, E_STATE, "%s: %s is taken back by a version of its own that is revoked, or by withdrawing the assent", t->a->o->id, row->id);
	}
	entry_free(&en);
	return rc;
}

/* Each writer takes back what stands in its own log. */
static int check_withdrawal(const struct ask *a, struct err *e)
{
	struct taking_back t = {.a = a, .modified = ask_field(a, "object_modified"), .sha = ask_field(a, "object_sha256")};
	int rc;

	if (a->prev != NULL || a->o->revoked)
		return fail(e, E_STATE, "%s: a withdrawal is not changed; record the object again instead", a->o->id);
	if (t.sha == NULL || a->o->subject == NULL)
		return fail(e, E_FORMAT, "%s: object_ref and object_sha256 are due", a->o->id);
	if ((rc = ask_not_ahead(a, e)) != 0 || (rc = index_versions(record_index(a->rd), a->o->subject, a->collection, look_at_own, &t, e)) != 0)
		return rc;
	return t.found ? 0 : fail(e, E_NOTFOUND, "%s: this party has recorded no such version of %s", a->o->id, a->o->subject);
}

/* ---- all ---- */

static int check_version(const struct ask *a, struct err *e)
{
	const char *was = a->prev->object.modified, *made = a->prev->object.created;

	if (was == NULL || made == NULL)
		return 0; /* what is there did not pass our rules; it cannot be ours */
	if (time_compare(a->o->modified, strlen(a->o->modified), was, strlen(was)) <= 0)
		return fail(e, E_CONFLICT, "%s: a newer version (%s) is recorded", a->o->id, was);
	if (time_compare(a->o->created, strlen(a->o->created), made, strlen(made)) != 0)
		return fail(e, E_CONFLICT, "%s: created was %s and stays so in every version", a->o->id, made);
	if (a->prev->object.revoked)
		return fail(e, E_STATE, "%s: it is withdrawn", a->o->id);
	return 0;
}

int consult_rule(void *ctx, struct record_reader *view, const struct stix_object *o, const uint8_t collection[16], struct err *e)
{
	static int (*const checks[STIX_KINDS_])(const struct ask *a, struct err *e) = {
		[STIX_ROUND] = check_round, [STIX_DELEGATION] = check_delegation, [STIX_DOCUMENT] = check_document,
		[STIX_PROPOSAL] = check_proposal, [STIX_ASSENT] = check_assent, [STIX_PUBLICATION] = check_publication,
		[STIX_WITHDRAWAL] = check_withdrawal, [STIX_INVITATION] = rule_invitation, [STIX_COMMENT] = rule_comment, [STIX_SILENCE] = rule_silence,
		[STIX_COMMITMENT] = rule_commitment, [STIX_PROGRESS] = rule_progress,
	};
	struct record *r = record_of(view);
	struct ask a = {.rd = view, .o = o, .collection = collection, .own = record_self(r)->party, .now = clock_now(&record_world(r)->clock)};
	struct entry prev;
	int rc = newest_in_log(view, o->id, collection, 0, &prev, e);

	(void)ctx;
	if (rc != 0 && rc != E_NOTFOUND)
		return rc;
	if (rc == 0)
		a.prev = &prev;
	rc = a.prev != NULL ? check_version(&a, e) : 0;
	if (rc == 0 && checks[o->kind] != NULL)
		rc = checks[o->kind](&a, e);
	if (a.prev != NULL)
		entry_free(&prev);
	return rc;
}
