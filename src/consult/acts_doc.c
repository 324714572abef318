/* Acts of a text: versions, proposals, comments, assents, publication, commitments. */
#include "consult/acts_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/enc.h"

/* ---- versions ---- */

static void put_languages(struct buf *b, bool *first, const char *key, unsigned set)
{
	const char *code[LANG_COUNT];
	size_t n = 0;

	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (set >> l & 1)
			code[n++] = lang_code((enum lang)l);
	put_strings(b, first, key, code, n);
}

static void add_unit(struct buf *b, const struct act_unit *u)
{
	bool first = true;

	buf_putc(b, '{');
	add_text(b, &first, "number", u->number);
	add_texts(b, &first, "text", &u->text);
	add_text(b, &first, "state", u->bracketed ? "bracketed" : "agreed");
	add_text(b, &first, "bracketed_by", u->bracketed ? u->bracketed_by : NULL);
	add_text(b, &first, "start", u->start);
	add_text(b, &first, "end", u->end);
	if (u->pause)
		put_true(b, &first, "pause", true);
	if (u->leads > 0)
		put_strings(b, &first, "lead", u->lead, u->leads);
	if (u->papers > 0)
		put_strings(b, &first, "papers", u->paper, u->papers);
	buf_putc(b, '}');
}

static void put_corrected(struct buf *b, bool *first, const char *modified, const char *sha, const struct texts *reason, const struct json_val *before)
{
	bool inner = true;

	json_put_member(b, first, "correction");
	buf_putc(b, '{');
	add_text(b, &inner, "modified", modified);
	add_text(b, &inner, "sha256", sha);
	if (has_texts(reason)) {
		add_texts(b, &inner, "reason", reason);
	} else if (before != NULL) {
		json_put_member(b, &inner, "reason");
		json_canon(before, b);
	}
	buf_putc(b, '}');
}

/* Which published version is corrected is ours to say; why, the writer's. */
static int put_correction(const struct actor *a, struct buf *b, bool *first, const struct act_document *d, struct err *e)
{
	const struct json_val *before;
	char hex[HEX_LEN(32) + 1];
	struct doc_facts f;
	struct entry en;
	uint8_t sum[32];
	int rc;

	if (d->at.id == NULL || newest_by_writer(a->rd, d->at.id, &en, NULL) != 0)
		return 0; /* a first version; or act_write() says what is wrong */
	before = json_get(en.object.val, "correction");
	if (en.object.kind != STIX_DOCUMENT) {
		rc = 0;
	} else if ((rc = consult_facts(a->rd, &en, clock_now(&record_world(a->r)->clock), &f, e)) == 0 && (rc = entry_object_sha256(&en, sum, e)) == 0) {
		hex_encode(sum, sizeof(sum), hex);
		if (doc_state(&f) == DOC_PUBLISHED)
			put_corrected(b, first, en.row.modified, hex, &d->correction, NULL);
		else if (before != NULL)
			put_corrected(b, first, json_get_str(before, "modified"), json_get_str(before, "sha256"), &d->correction, json_get(before, "reason"));
	}
	entry_free(&en);
	return rc;
}

int act_save_document(const struct actor *a, const struct act_document *d, struct add_result *ret, struct err *e)
{
	const struct { const char *key, *text; } texts[] = {{"round_ref", d->round}, {"kind", d->kind}, {"number", d->number}, {"date", d->date}};
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;
	int rc;

	buf_putc(&b, '{');
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) /* of a version: left out, they stay */
		add_text(&b, &first, texts[i].key, texts[i].text);
	put_text(&b, &first, "publish_at", d->publish_at);
	put_texts(&b, &first, "title", &d->title);
	put_languages(&b, &first, "authentic", d->authentic);
	put_languages(&b, &first, "provisional", d->provisional);
	put_true(&b, &first, "frozen", d->frozen);
	if (list_begin(&b, &first, "units", d->units)) {
		for (size_t i = 0; i < d->units; i++) {
			buf_puts(&b, i > 0 ? "," : "");
			add_unit(&b, &d->unit[i]);
		}
		buf_putc(&b, ']');
	}
	if ((rc = put_correction(a, &b, &first, d, e)) != 0) {
		buf_free(&b);
		return rc;
	}
	return act_props(a, STIX_DOCUMENT, &d->at, &b, ret, e);
}

/* The newest version of a document, if it is the one seen. */
static int newest_document(const struct actor *a, const char *id, const char *seen, struct entry *ret, struct err *e)
{
	int rc = newest_by_writer(a->rd, id, ret, e);

	if (rc != 0)
		return rc;
	rc = ret->object.kind == STIX_DOCUMENT ? is_seen(ret, seen, e) : fail(e, E_USAGE, "%s is no document", id);
	if (rc != 0)
		entry_free(ret);
	return rc;
}

int act_freeze(const struct actor *a, const char *document, const char *seen, struct add_result *ret, struct err *e)
{
	static const char props[] = "{\"frozen\":true}";
	struct doc_facts f;
	struct entry en;
	int rc = newest_document(a, document, seen, &en, e);

	if (rc != 0)
		return rc;
	if ((rc = consult_facts(a->rd, &en, clock_now(&record_world(a->r)->clock), &f, e)) == 0 &&
	    (rc = doc_may(&f, MOVE_FREEZE, record_self(a->r)->party, e)) == 0)
		rc = act_write(a, STIX_DOCUMENT, &(struct act_at){.id = document, .seen = en.row.modified}, props, sizeof(props) - 1, ret, e);
	entry_free(&en);
	return rc;
}

int act_withdraw(const struct actor *a, const char *id, const char *seen, const struct texts *reason, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	const struct act_at at = {.id = id, .seen = seen};
	bool first = true;
	struct entry en;
	enum stix_kind kind;
	int rc = newest_by_writer(a->rd, id, &en, e);

	if (rc != 0)
		return rc;
	kind = en.object.kind;
	entry_free(&en);
	if (stix_type(kind) == NULL || !stix_type(kind)->own)
		return fail(e, E_USAGE, "%s: only what belongs to a consultation is withdrawn this way", id);
	buf_putc(&b, '{');
	put_true(&b, &first, "revoked", true);
	if (kind == STIX_DOCUMENT)
		put_texts(&b, &first, "withdrawal", reason);
	return act_props(a, kind, &at, &b, ret, e);
}

/* ---- proposals ---- */

int act_propose(const struct actor *a, const struct act_proposal *p, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;
	struct entry en;
	int rc = newest_document(a, p->document, p->seen, &en, e);

	if (rc != 0)
		return rc;
	buf_putc(&b, '{');
	rc = put_version(&b, &first, document_keys, &en, e);
	entry_free(&en);
	if (rc != 0) {
		buf_free(&b);
		return rc;
	}
	put_text(&b, &first, "counter_to_ref", p->counter_to);
	put_texts(&b, &first, "reason", &p->reason);
	if (list_begin(&b, &first, "changes", p->changes)) {
		for (size_t i = 0; i < p->changes; i++) {
			bool inner = true;

			buf_puts(&b, i > 0 ? ",{" : "{");
			add_text(&b, &inner, "unit", p->change[i].unit);
			add_text(&b, &inner, "action", p->change[i].action);
			add_texts(&b, &inner, "text", &p->change[i].text);
			buf_putc(&b, '}');
		}
		buf_putc(&b, ']');
	}
	return act_props(a, STIX_PROPOSAL, NULL, &b, ret, e);
}

struct taking { const struct json_val *doc, *changes; const char *proposer; struct buf *b; bool any; unsigned made; };

static void add_member(struct buf *b, bool *first, const char *key, const struct json_val *v)
{
	json_put_member(b, first, key);
	json_canon(v, b);
}

/* Languages the change gives are replaced, others stay. */
static void add_merged(struct buf *b, bool *first, const struct json_val *was, const struct json_val *now)
{
	const struct json_val *key, *val;
	struct json_iter it;
	bool inner = true;

	json_put_member(b, first, "text");
	buf_putc(b, '{');
	for (json_iter(&it, now); json_next(&it, &key, &val);)
		add_member(b, &inner, json_str(key, &(size_t){0}), val);
	for (json_iter(&it, was); json_next(&it, &key, &val);)
		if (json_get(now, json_str(key, &(size_t){0})) == NULL)
			add_member(b, &inner, json_str(key, &(size_t){0}), val);
	buf_putc(b, '}');
}

/* Proposer and writer are at one on the unit: no brackets any more, unless a third party keeps them. */
static void take_unit(struct taking *t, const struct json_val *unit, const struct json_val *text)
{
	const struct json_val *by = json_get(unit, "bracketed_by"), *key, *val;
	const bool keeps = text == NULL || (by != NULL && !json_str_is(by, t->proposer));
	struct json_iter it;
	bool first = true;

	buf_puts(t->b, t->any ? ",{" : "{");
	t->any = true;
	for (json_iter(&it, unit); json_next(&it, &key, &val);) {
		const char *name = json_str(key, &(size_t){0});

		if (text != NULL && strcmp(name, "text") == 0)
			add_merged(t->b, &first, val, text);
		else if (keeps || (strcmp(name, "bracketed_by") != 0 && strcmp(name, "state") != 0))
			add_member(t->b, &first, name, val);
	}
	if (!keeps)
		put_text(t->b, &first, "state", "agreed");
	buf_putc(t->b, '}');
}

/* "3" → "3a", "3b" …: the first that is free. */
static void insert_unit(struct taking *t, const char *behind, const struct json_val *text)
{
	const struct json_val *next;
	char number[40];
	bool first = true;

	do {
		const unsigned n = t->made++;

		if (n < 26)
			(void)snprintf(number, sizeof(number), "%.30s%c", behind, (char)('a' + n));
		else
			(void)snprintf(number, sizeof(number), "%.20s-%u", behind, n);
	} while (unit_of(t->doc, number, &next) != NULL);
	buf_puts(t->b, t->any ? ",{" : "{");
	t->any = true;
	put_text(t->b, &first, "number", number);
	put_text(t->b, &first, "state", "agreed");
	add_member(t->b, &first, "text", text);
	buf_putc(t->b, '}');
}

static void take_over(struct taking *t)
{
	const struct json_val *unit, *change;
	struct json_iter it, in;

	for (json_iter(&it, json_get(t->doc, "units")); json_next(&it, NULL, &unit);) {
		const char *number = json_get_str(unit, "number");
		const struct json_val *text = NULL;
		bool gone = false;

		for (json_iter(&in, t->changes); number != NULL && json_next(&in, NULL, &change);) {
			if (!json_str_is(json_get(change, "unit"), number))
				continue;
			gone = gone || json_str_is(json_get(change, "action"), "delete");
			if (json_str_is(json_get(change, "action"), "replace"))
				text = json_get(change, "text");
		}
		if (!gone)
			take_unit(t, unit, text);
		t->made = 0;
		for (json_iter(&in, t->changes); number != NULL && json_next(&in, NULL, &change);)
			if (json_str_is(json_get(change, "unit"), number) && json_str_is(json_get(change, "action"), "insert"))
				insert_unit(t, number, json_get(change, "text"));
	}
}

static bool reads_so(const struct json_val *doc, const struct json_val *changes)
{
	const struct json_val *change;
	struct json_iter it;

	for (json_iter(&it, changes); json_next(&it, NULL, &change);)
		if (!holds(doc, change))
			return false;
	return true;
}

static int all_units_there(const struct json_val *doc, const struct json_val *changes, const char *id, struct err *e)
{
	const struct json_val *change, *next;
	struct json_iter it;

	for (json_iter(&it, changes); json_next(&it, NULL, &change);) {
		const char *number = json_get_str(change, "unit");

		if (number == NULL || (unit_of(doc, number, &next) == NULL && !holds(doc, change)))
			return fail(e, E_STATE, "%s: the document has no unit \"%s\" any more: decline, or counter", id, number == NULL ? "?" : number);
	}
	return 0;
}

static int may_answer(const struct actor *a, const struct entry *doc, const char *proposal, struct err *e)
{
	struct doc_story s;
	int rc = story_read(a->rd, doc, clock_now(&record_world(a->r)->clock), &s, e);

	if (rc != 0)
		return rc;
	rc = doc_may(&s.facts, MOVE_ANSWER, record_self(a->r)->party, e);
	if (rc == 0 && !story_open(&s, proposal))
		rc = fail(e, E_STATE, "%s is not open: answered, taken back, or settled by its proposer's assent", proposal);
	story_free(&s);
	return rc;
}

static int write_taken(const struct actor *a, const struct entry *doc, const struct entry *proposal, struct add_result *ret, struct err *e)
{
	const struct act_at at = {.id = doc->row.id, .seen = doc->row.modified};
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	struct taking t = {.doc = doc->object.val, .changes = json_get(proposal->object.val, "changes"), .proposer = proposal->party != NULL ? proposal->party : "", .b = &b};
	int rc = may_answer(a, doc, proposal->row.id, e);

	if (rc != 0 || (rc = all_units_there(t.doc, t.changes, proposal->row.id, e)) != 0)
		return rc;
	buf_puts(&b, "{\"frozen\":null,\"units\":[");
	take_over(&t);
	buf_putc(&b, ']');
	return act_props(a, STIX_DOCUMENT, &at, &b, ret, e);
}

static int read_proposal(const struct actor *a, const char *id, struct entry *ret, struct err *e)
{
	const int rc = newest_by_writer(a->rd, id, ret, e);

	if (rc != 0 || ret->object.kind == STIX_PROPOSAL)
		return rc;
	entry_free(ret);
	return fail(e, E_USAGE, "%s is no proposal", id);
}

int act_accept(const struct actor *a, const char *proposal, const char *seen, const struct texts *reason, struct add_result *ret, struct err *e)
{
	struct add_result word;
	struct entry prop, doc;
	bool written = false;
	int rc = a->hold != NULL && a->ready == NULL ? hold_accept(a, proposal, seen, reason, e) : 0;

	if (rc != 0 || (rc = read_proposal(a, proposal, &prop, e)) != 0)
		return rc;
	if ((rc = newest_in_log(a->rd, prop.row.subject, prop.row.collection, 0, &doc, e)) == E_NOTFOUND)
		rc = fail(e, E_DENIED, "%s: only the document's writer answers proposals to it", proposal);
	if (rc == 0) {
		if ((rc = is_seen(&doc, seen, e)) == 0 && !reads_so(doc.object.val, json_get(prop.object.val, "changes"))) {
			rc = write_taken(a, &doc, &prop, ret, e);
			written = rc == 0;
		}
		entry_free(&doc);
	}
	if (rc == 0)
		rc = write_assent(a, &prop, ASSENT_AGREE, reason, NULL, &word, e);
	if (rc == 0 && !written)
		*ret = word;
	entry_free(&prop);
	return rc;
}

int act_decline(const struct actor *a, const char *proposal, const struct texts *reason, struct add_result *ret, struct err *e)
{
	struct entry en;
	int rc = read_proposal(a, proposal, &en, e);

	if (rc != 0)
		return rc;
	rc = write_assent(a, &en, ASSENT_OBJECT, reason, NULL, ret, e);
	entry_free(&en);
	return rc;
}

/* ---- comments, silence ---- */

int act_comment(const struct actor *a, const struct act_comment *c, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	buf_putc(&b, '{');
	put_text(&b, &first, "object_ref", c->about);
	put_text(&b, &first, "object_modified", c->seen);
	put_text(&b, &first, "unit", c->unit);
	put_text(&b, &first, "reply_to_ref", c->reply_to);
	put_texts(&b, &first, "text", &c->text);
	return act_props(a, STIX_COMMENT, NULL, &b, ret, e);
}

int act_silence(const struct actor *a, const struct act_silence *s, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;
	struct entry en;
	int rc = newest_document(a, s->document, s->seen, &en, e);

	if (rc != 0)
		return rc;
	buf_putc(&b, '{');
	rc = put_version(&b, &first, document_keys, &en, e);
	entry_free(&en);
	if (rc != 0) {
		buf_free(&b);
		return rc;
	}
	put_text(&b, &first, "deadline", s->deadline);
	put_texts(&b, &first, "text", &s->text);
	return act_props(a, STIX_SILENCE, NULL, &b, ret, e);
}

/* ---- assent, publication ---- */

int write_assent(const struct actor *a, const struct entry *about, enum assent_verb verb, const struct texts *reason, const char *silence, struct add_result *ret, struct err *e)
{
	static const char *const verbs[] = {[ASSENT_AGREE] = "agree", [ASSENT_OBJECT] = "object", [ASSENT_WITHDRAW] = "withdraw"};
	const struct act_at at = {.collection = about->row.collection};
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;
	int rc;

	assert(verb == ASSENT_AGREE || verb == ASSENT_OBJECT || verb == ASSENT_WITHDRAW);
	buf_putc(&b, '{');
	if ((rc = put_version(&b, &first, object_keys, about, e)) != 0) {
		buf_free(&b);
		return rc;
	}
	put_text(&b, &first, "verb", verbs[verb]);
	put_texts(&b, &first, "reason", reason);
	put_text(&b, &first, "silence_ref", silence);
	return act_props(a, STIX_ASSENT, &at, &b, ret, e);
}

/* A word on a text that has changed meanwhile: whoever gives it has to see the new one. */
static int still_newest(const struct actor *a, const struct entry *doc, struct err *e)
{
	struct entry en;
	int rc;

	if (doc->object.kind != STIX_DOCUMENT || (rc = newest_in_log(a->rd, doc->row.id, doc->row.collection, doc->row.log, &en, e)) == E_NOTFOUND)
		return 0;
	if (rc == 0) {
		rc = is_seen(&en, doc->row.modified, e);
		entry_free(&en);
	}
	return rc;
}

int act_assent(const struct actor *a, const char *id, const char *modified, enum assent_verb verb, const struct texts *reason, struct add_result *ret, struct err *e)
{
	struct entry en;
	int rc = read_version(a->rd, id, modified, &en, e);

	if (rc != 0)
		return rc;
	if ((rc = still_newest(a, &en, e)) == 0)
		rc = write_assent(a, &en, verb, reason, NULL, ret, e);
	entry_free(&en);
	return rc;
}

int act_publish(const struct actor *a, const char *document, const char *seen, const char *publish_at, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	char now[LIMIT_TIMESTAMP + 1];
	bool first = true;
	struct entry en;
	int rc = newest_document(a, document, seen, &en, e);

	if (rc != 0)
		return rc;
	time_format(clock_now(&record_world(a->r)->clock), 3, now, sizeof(now));
	buf_putc(&b, '{');
	rc = put_version(&b, &first, document_keys, &en, e);
	entry_free(&en);
	if (rc != 0) {
		buf_free(&b);
		return rc;
	}
	put_text(&b, &first, "publish_at", publish_at != NULL && *publish_at != '\0' ? publish_at : now);
	return act_props(a, STIX_PUBLICATION, NULL, &b, ret, e);
}

/* ---- commitments ---- */

static int write_commitment(const struct actor *a, const struct act_commitment *c, const struct entry *doc, struct add_result *ret, struct err *e)
{
	const struct act_at at = {.collection = doc->row.collection, .tlp = doc->object.tlp, .release_to = doc->object.release_to, .release_to_n = doc->object.release_to_n};
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;
	int rc;

	buf_putc(&b, '{');
	if ((rc = put_version(&b, &first, document_keys, doc, e)) != 0) {
		buf_free(&b);
		return rc;
	}
	put_text(&b, &first, "round_ref", json_get_str(doc->object.val, "round_ref"));
	put_text(&b, &first, "unit", c->unit);
	put_texts(&b, &first, "title", &c->title);
	put_strings(&b, &first, "owners", c->owner, c->owners);
	put_leads(&b, &first, "agencies", c->agency, c->agencies);
	put_text(&b, &first, "due", c->due);
	put_text(&b, &first, "due_precision", c->due_precision);
	put_true(&b, &first, "next_round", c->next_round);
	return act_props(a, STIX_COMMITMENT, &at, &b, ret, e);
}

/* A promise may be taken from a version that is not the newest any more: the text that was agreed made it. */
int act_commit(const struct actor *a, const struct act_commitment *c, struct add_result *ret, struct err *e)
{
	struct entry en;
	int rc = read_version(a->rd, c->document, c->seen, &en, e);

	if (rc != 0)
		return rc;
	rc = en.object.kind == STIX_DOCUMENT ? write_commitment(a, c, &en, ret, e) : fail(e, E_USAGE, "%s is no document", c->document);
	entry_free(&en);
	return rc;
}

int act_progress(const struct actor *a, const struct act_progress *p, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	buf_putc(&b, '{');
	put_text(&b, &first, "commitment_ref", p->commitment);
	put_text(&b, &first, "state", p->state);
	put_text(&b, &first, "due", p->due);
	put_text(&b, &first, "due_precision", p->due_precision);
	put_texts(&b, &first, "text", &p->text);
	if (list_begin(&b, &first, "evidence", p->evidences)) {
		for (size_t i = 0; i < p->evidences; i++) {
			bool inner = true;

			buf_puts(&b, i > 0 ? ",{" : "{");
			add_texts(&b, &inner, "title", &p->evidence[i].title);
			add_text(&b, &inner, "url", p->evidence[i].url);
			add_text(&b, &inner, "object_ref", p->evidence[i].object);
			buf_putc(&b, '}');
		}
		buf_putc(&b, ']');
	}
	return act_props(a, STIX_PROGRESS, NULL, &b, ret, e);
}
