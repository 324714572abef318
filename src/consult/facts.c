/* What the record holds about a document, and whether an entry is public now. */
#include "consult/priv.h"

#include <string.h>

#include "base/enc.h"
#include "base/mem.h"

int64_t entry_time(const char *modified)
{
	int64_t ns;

	return modified != NULL && time_parse(modified, strlen(modified), &ns) ? ns : INT64_MIN;
}

bool is_later(const char *modified, const char *than) { return time_compare(modified, strlen(modified), than, strlen(than)) > 0; }

/* ---- versions ---- */

struct wanted { struct record_reader *rd; const char *modified; const uint8_t *sha; struct index_entry row; bool found; };

static int look_at_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct wanted *w = ctx;
	struct entry en;
	uint8_t sum[32];
	int rc;

	if (strcmp(row->modified, w->modified) != 0)
		return 0;
	if ((rc = record_read(w->rd, row, &en, e)) != 0)
		return rc;
	rc = entry_object_sha256(&en, sum, e);
	entry_free(&en);
	if (rc != 0 || memcmp(sum, w->sha, sizeof(sum)) != 0)
		return rc;
	w->row = *row;
	w->found = true;
	return 1;
}

int find_version(struct record_reader *rd, const char *id, const char *modified, const char *sha, const uint8_t collection[16], struct entry *ret, struct err *e)
{
	uint8_t sum[32];
	struct wanted w = {.rd = rd, .modified = modified, .sha = sum};
	int rc;

	if (id == NULL || modified == NULL || sha == NULL || !hex_decode(sha, strlen(sha), sum, sizeof(sum)))
		return fail(e, E_FORMAT, "no version is named");
	rc = index_versions(record_index(rd), id, collection, look_at_version, &w, e);
	if (rc < 0)
		return rc;
	if (!w.found)
		return fail(e, E_NOTFOUND, "%s: no version modified %s with SHA-256 %s in this collection", id, modified, sha);
	return record_read(rd, &w.row, ret, e);
}

struct newest { uint32_t log; struct index_entry row; bool found; };

static int take_newest(void *ctx, const struct index_entry *row, struct err *e)
{
	struct newest *n = ctx;

	(void)e;
	if (row->log == n->log && (!n->found || is_later(row->modified, n->row.modified))) {
		n->row = *row;
		n->found = true;
	}
	return 0;
}

int newest_in_log(struct record_reader *rd, const char *id, const uint8_t collection[16], uint32_t log, struct entry *ret, struct err *e)
{
	struct newest n = {.log = log};
	const int rc = index_versions(record_index(rd), id, collection, take_newest, &n, e);

	if (rc != 0)
		return rc;
	return n.found ? record_read(rd, &n.row, ret, e) : fail(e, E_NOTFOUND, "%s: not in this collection", id);
}

/* ---- what was said ---- */

bool story_member(const struct doc_facts *f, const char *party, size_t *ret)
{
	for (size_t i = 0; party != NULL && i < f->members; i++)
		if (strcmp(f->member[i], party) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

static int put_event(struct doc_story *s, struct doc_event ev, struct err *e)
{
	struct doc_event *p;

	if (s->n == s->cap) {
		const size_t cap = s->cap == 0 ? 16 : 2 * s->cap;

		if (s->n >= LIMIT_DOC_WORDS)
			return fail(e, E_LIMIT, "more than %d words about one document", LIMIT_DOC_WORDS);
		if ((p = mem_realloc(s->ev, cap * sizeof(*p))) == NULL)
			return fail(e, E_NOMEM, "document");
		s->ev = p;
		s->cap = cap;
	}
	s->ev[s->n++] = ev;
	return 0;
}

static int put_proposal(struct doc_story *s, const struct index_entry *row, size_t member, struct err *e)
{
	struct doc_proposal *p;

	for (size_t i = 0; i < s->props; i++)
		if (s->prop[i].row.log == row->log && strcmp(s->prop[i].row.id, row->id) == 0) {
			if (is_later(row->modified, s->prop[i].row.modified))
				s->prop[i].row = *row;
			return 0;
		}
	if (s->props == s->props_cap) {
		const size_t cap = s->props_cap == 0 ? 4 : 2 * s->props_cap;

		if (s->props >= LIMIT_DOC_WORDS)
			return fail(e, E_LIMIT, "more than %d proposals to one document", LIMIT_DOC_WORDS);
		if ((p = mem_realloc(s->prop, cap * sizeof(*p))) == NULL)
			return fail(e, E_NOMEM, "document");
		s->prop = p;
		s->props_cap = cap;
	}
	s->prop[s->props++] = (struct doc_proposal){.row = *row, .member = member, .open = true};
	return 0;
}

struct telling { struct record_reader *rd; const struct entry *doc; struct doc_story *s; };

static bool names(const struct entry *en, const char *modified_key, const char *sha_key, const struct index_entry *row, const uint8_t sha[32])
{
	const char *modified = json_get_str(en->object.val, modified_key), *hex = json_get_str(en->object.val, sha_key);
	uint8_t sum[32];

	return modified != NULL && hex != NULL && strcmp(modified, row->modified) == 0 && hex_decode(hex, strlen(hex), sum, 32) && memcmp(sum, sha, 32) == 0;
}

static enum doc_word word_of(const struct entry *en)
{
	const struct json_val *verb = json_get(en->object.val, "verb");

	if (en->object.revoked || json_str_is(verb, "withdraw"))
		return WORD_WITHDRAW;
	return json_str_is(verb, "agree") ? WORD_AGREE : WORD_OBJECT;
}

/*
 * A word dated further ahead than clocks may differ does not count yet if it would make the text agreed or public; one
 * against the text does, at its date. How far a date may lie in the past is not judged here: cosignatures bound it.
 */
static int tell_word(struct doc_story *s, const struct entry *en, size_t member, enum doc_word what, struct err *e)
{
	const bool against = what == WORD_OBJECT || what == WORD_WITHDRAW;
	struct doc_event ev = {.time = entry_time(en->row.modified), .what = what, .member = member, .index = en->row.index};

	if (!against && ev.time > s->facts.now + LIMIT_CLOCK_SKEW_S * NS_PER_S)
		return 0;
	if (what == WORD_PUBLISH && (ev.publish_at = entry_time(json_get_str(en->object.val, "publish_at"))) == INT64_MIN)
		return 0;
	if (ev.time > s->latest)
		s->latest = ev.time;
	return put_event(s, ev, e);
}

/* Only the writer's silence procedure counts; the newest one of its log. */
static void tell_silence(struct telling *t, const struct entry *en)
{
	struct doc_story *s = t->s;
	const int64_t until = entry_time(json_get_str(en->object.val, "deadline"));

	if (en->row.log != t->doc->row.log || en->object.revoked || until == INT64_MIN || !names(en, "document_modified", "document_sha256", &t->doc->row, s->sha256) ||
	    entry_time(en->row.modified) > s->facts.now + LIMIT_CLOCK_SKEW_S * NS_PER_S || (s->facts.has_silence && s->silence_index > en->row.index))
		return;
	s->facts.has_silence = true;
	s->facts.silence_until = until;
	s->silence_index = en->row.index;
	s->silence_added = en->row.added;
	memcpy(s->silence, en->row.id, sizeof(s->silence));
}

static int tell(struct telling *t, const struct entry *en, size_t member, struct err *e)
{
	struct doc_story *s = t->s;

	if (en->object.kind == STIX_ASSENT) {
		const enum doc_word what = word_of(en);

		if (what == WORD_AGREE && en->row.index + 1 > s->agreed_to[member])
			s->agreed_to[member] = en->row.index + 1;
		return names(en, "object_modified", "object_sha256", &t->doc->row, s->sha256) ? tell_word(s, en, member, what, e) : 0;
	}
	if (en->object.kind == STIX_PUBLICATION && !en->object.revoked)
		return names(en, "document_modified", "document_sha256", &t->doc->row, s->sha256) ? tell_word(s, en, member, WORD_PUBLISH, e) : 0;
	if (en->object.kind == STIX_SILENCE)
		tell_silence(t, en);
	if (en->object.kind == STIX_PROPOSAL && en->row.log != t->doc->row.log)
		return put_proposal(s, &en->row, member, e);
	return 0;
}

static int look_at_subject(void *ctx, const struct index_entry *row, struct err *e)
{
	struct telling *t = ctx;
	struct entry en;
	size_t member;
	int rc;

	if (memcmp(row->collection, t->doc->row.collection, 16) != 0)
		return 0;
	if ((rc = record_read(t->rd, row, &en, e)) != 0)
		return rc;
	/* Only the members' own logs speak, and only in this collection, where all of them can hear it. */
	rc = story_member(&t->s->facts, en.party, &member) ? tell(t, &en, member, e) : 0;
	entry_free(&en);
	return rc;
}

/* ---- which proposals wait for the writer ---- */

struct asking { struct record_reader *rd; uint32_t writer_log; const struct doc_proposal *p; uint8_t sha[32]; bool answered; };

static int look_at_answer(void *ctx, const struct index_entry *row, struct err *e)
{
	struct asking *a = ctx;
	struct entry en;
	int rc;

	if (row->log != a->writer_log || memcmp(row->collection, a->p->row.collection, 16) != 0)
		return 0;
	if ((rc = record_read(a->rd, row, &en, e)) != 0)
		return rc;
	if (en.object.kind == STIX_ASSENT && word_of(&en) != WORD_WITHDRAW && names(&en, "object_modified", "object_sha256", &a->p->row, a->sha))
		a->answered = true;
	entry_free(&en);
	return 0;
}

struct countering { struct record_reader *rd; struct doc_story *s; uint32_t writer_log; };

/* A proposal of the writer's own that names one of the others' answers it. */
static int look_at_counter(void *ctx, const struct index_entry *row, struct err *e)
{
	struct countering *c = ctx;
	struct entry en;
	const char *to;
	int rc;

	if (row->log != c->writer_log || row->revoked || strncmp(row->id, "verbale-proposal--", 18) != 0)
		return 0;
	if ((rc = record_read(c->rd, row, &en, e)) != 0)
		return rc;
	to = json_get_str(en.object.val, "counter_to_ref");
	for (size_t i = 0; to != NULL && i < c->s->props; i++)
		if (strcmp(c->s->prop[i].row.id, to) == 0)
			c->s->prop[i].open = false;
	entry_free(&en);
	return 0;
}

/* About this version or an earlier one, not taken back, and not settled by its proposer's agreeing later on. */
static int still_wanted(struct telling *t, struct doc_proposal *p, struct asking *a, struct err *e)
{
	struct entry en;
	const char *about;
	int rc;

	if (p->row.revoked || p->row.index + 1 < t->s->agreed_to[p->member]) {
		p->open = false;
		return 0;
	}
	if ((rc = record_read(t->rd, &p->row, &en, e)) != 0)
		return rc;
	about = json_get_str(en.object.val, "document_modified");
	if (about == NULL || is_later(about, t->doc->row.modified) ||
	    (strcmp(about, t->doc->row.modified) == 0 &&
	     (t->s->facts.frozen || !names(&en, "document_modified", "document_sha256", &t->doc->row, t->s->sha256))))
		p->open = false;
	rc = entry_object_sha256(&en, a->sha, e);
	entry_free(&en);
	return rc;
}

static int weigh_proposals(struct telling *t, struct err *e)
{
	struct countering c = {t->rd, t->s, t->doc->row.log};
	int rc = t->s->props == 0 ? 0 : index_subjects(record_index(t->rd), t->doc->row.id, look_at_counter, &c, e);

	for (size_t i = 0; rc == 0 && i < t->s->props; i++) {
		struct doc_proposal *p = &t->s->prop[i];
		struct asking a = {.rd = t->rd, .writer_log = t->doc->row.log, .p = p};

		if (p->open && (rc = still_wanted(t, p, &a, e)) == 0 && p->open) {
			rc = index_subjects(record_index(t->rd), p->row.id, look_at_answer, &a, e);
			p->open = !a.answered;
		}
		t->s->facts.open_proposals += p->open;
	}
	return rc;
}

bool story_open(const struct doc_story *s, const char *proposal_id)
{
	for (size_t i = 0; i < s->props; i++)
		if (s->prop[i].open && strcmp(s->prop[i].row.id, proposal_id) == 0)
			return true;
	return false;
}

/* ---- the story of one version ---- */

static bool untranslated(const struct json_val *doc, const struct json_val *unit)
{
	static const char *const lists[] = {"authentic", "provisional"};
	const struct json_val *lang;
	struct json_iter it;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (json_iter(&it, json_get(doc, lists[i])); json_next(&it, NULL, &lang);) {
			const char *code = json_str(lang, NULL);

			if (code != NULL && json_get_str(json_get(unit, "text"), code) == NULL)
				return true;
		}
	return false;
}

void count_units(const struct json_val *doc, unsigned *ret_bracketed, unsigned *ret_untranslated)
{
	struct json_iter it;
	const struct json_val *unit;
	unsigned brackets = 0, lacking = 0;

	for (json_iter(&it, json_get(doc, "units")); json_next(&it, NULL, &unit);) {
		brackets += json_str_is(json_get(unit, "state"), "bracketed");
		lacking += untranslated(doc, unit);
	}
	*ret_bracketed = brackets;
	*ret_untranslated = lacking;
}

bool is_frozen(const struct json_val *doc)
{
	bool yes = false;

	return json_bool(json_get(doc, "frozen"), &yes) && yes;
}

/* A procedure its writer took back is none. */
static int weigh_silence(struct telling *t, struct err *e)
{
	struct newest n = {.log = t->doc->row.log};
	int rc;

	if (!t->s->facts.has_silence)
		return 0;
	if ((rc = index_versions(record_index(t->rd), t->s->silence, t->doc->row.collection, take_newest, &n, e)) == 0 && n.found && n.row.revoked)
		t->s->facts.has_silence = false;
	return rc;
}

static int read_members(struct record_reader *rd, const struct entry *doc, struct doc_facts *f, struct err *e)
{
	struct collection c;
	const int rc = record_collection(rd, doc->row.collection, &c, e);

	if (rc != 0)
		return rc;
	f->members = c.members;
	memcpy(f->member, c.party, sizeof(f->member));
	return 0;
}

static int read_all(struct record_reader *rd, const struct entry *doc, struct doc_story *s, struct err *e)
{
	struct telling t = {rd, doc, s};
	struct newest n = {.log = doc->row.log};
	int rc;

	if ((rc = entry_object_sha256(doc, s->sha256, e)) != 0 || (rc = read_members(rd, doc, &s->facts, e)) != 0 ||
	    (rc = index_versions(record_index(rd), doc->row.id, doc->row.collection, take_newest, &n, e)) != 0)
		return rc;
	s->facts.is_newest = !n.found || !is_later(n.row.modified, doc->row.modified);
	s->facts.revoked = n.found ? n.row.revoked : doc->object.revoked;
	count_units(doc->object.val, &s->facts.bracketed, &s->facts.untranslated);
	s->facts.frozen = is_frozen(doc->object.val);
	if ((rc = index_subjects(record_index(rd), doc->row.id, look_at_subject, &t, e)) != 0 || (rc = weigh_silence(&t, e)) != 0)
		return rc;
	return weigh_proposals(&t, e);
}

int story_read(struct record_reader *rd, const struct entry *doc, int64_t now, struct doc_story *ret, struct err *e)
{
	struct doc_story s = {.facts = {.writer = doc->party, .now = now}, .latest = entry_time(doc->row.modified)};
	int rc;

	if (doc->object.kind != STIX_DOCUMENT)
		return fail(e, E_FORMAT, "%s: not a document", doc->row.id);
	s.embargo = entry_time(json_get_str(doc->object.val, "publish_at"));
	if ((rc = read_all(rd, doc, &s, e)) != 0) {
		story_free(&s);
		return rc;
	}
	doc_fold(&s.facts, s.ev, s.n, s.embargo);
	*ret = s;
	return 0;
}

void story_free(struct doc_story *s)
{
	if (s == NULL)
		return;
	mem_free(s->ev);
	mem_free(s->prop);
	s->ev = NULL;
	s->prop = NULL;
}

int story_with(const struct doc_story *s, struct doc_event word, struct doc_facts *ret, struct err *e)
{
	struct doc_event *ev = mem_array(s->n + 1, sizeof(*ev));

	if (ev == NULL)
		return fail(e, E_NOMEM, "document");
	if (s->n > 0)
		memcpy(ev, s->ev, s->n * sizeof(*ev));
	ev[s->n] = word;
	*ret = s->facts;
	doc_fold(ret, ev, s->n + 1, s->embargo);
	mem_free(ev);
	return 0;
}

int consult_facts(struct record_reader *rd, const struct entry *doc, int64_t now, struct doc_facts *ret, struct err *e)
{
	struct doc_story s;
	const int rc = story_read(rd, doc, now, &s, e);

	if (rc != 0)
		return rc;
	*ret = s.facts;
	story_free(&s);
	return 0;
}
