/* The acts as objects: what a page's button and a command's verb write. This file: how any of them is written. */
#include "consult/acts_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/enc.h"

/* ---- properties from plain texts ---- */

void put_null(struct buf *b, bool *first, const char *key)
{
	json_put_member(b, first, key);
	buf_puts(b, "null");
}

static bool there(const char *s) { return s != NULL && *s != '\0'; }

void put_text(struct buf *b, bool *first, const char *key, const char *s)
{
	if (!there(s)) {
		put_null(b, first, key);
		return;
	}
	json_put_member(b, first, key);
	json_put_str(b, s, strlen(s));
}

/* Inside lists there is nothing to take away. */
void add_text(struct buf *b, bool *first, const char *key, const char *s)
{
	if (there(s))
		put_text(b, first, key, s);
}

void put_number(struct buf *b, bool *first, const char *key, unsigned n)
{
	if (n == 0) {
		put_null(b, first, key);
		return;
	}
	json_put_member(b, first, key);
	buf_printf(b, "%u", n);
}

void put_true(struct buf *b, bool *first, const char *key, bool yes)
{
	json_put_member(b, first, key);
	buf_puts(b, yes ? "true" : "null");
}

bool has_texts(const struct texts *t)
{
	for (unsigned l = 0; t != NULL && l < LANG_COUNT; l++)
		if (there(t->in[l]))
			return true;
	return false;
}

void add_texts(struct buf *b, bool *first, const char *key, const struct texts *t)
{
	bool inner = true;

	if (!has_texts(t))
		return;
	json_put_member(b, first, key);
	buf_putc(b, '{');
	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (there(t->in[l])) {
			json_put_member(b, &inner, lang_code((enum lang)l));
			json_put_str(b, t->in[l], strlen(t->in[l]));
		}
	buf_putc(b, '}');
}

void put_texts(struct buf *b, bool *first, const char *key, const struct texts *t)
{
	if (has_texts(t))
		add_texts(b, first, key, t);
	else
		put_null(b, first, key);
}

bool list_begin(struct buf *b, bool *first, const char *key, size_t n)
{
	if (n == 0) {
		put_null(b, first, key);
		return false;
	}
	json_put_member(b, first, key);
	buf_putc(b, '[');
	return true;
}

void put_strings(struct buf *b, bool *first, const char *key, const char *const *v, size_t n)
{
	if (!list_begin(b, first, key, n))
		return;
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i > 0 ? "," : "");
		json_put_str(b, v[i], strlen(v[i]));
	}
	buf_putc(b, ']');
}

/* ---- one object on its way ---- */

struct act {
	const struct actor *who;
	const struct act_at *at;
	const struct stix_type *type;
	const struct json_val *props;
	struct entry prev, about;    /* the version before, and what it is about */
	bool has_prev, has_about;
	uint8_t collection[16];
	int64_t latest;              /* newest time of what this answers */
	struct buf json;
	bool first;
};

static void put(struct act *a, const char *key, const char *s)
{
	json_put_member(&a->json, &a->first, key);
	json_put_str(&a->json, s, strlen(s));
}

/* Kinds that say something about one object: whom that reaches, they reach. What belongs to a round is marked by itself. */
static bool is_word(enum stix_kind k)
{
	return k == STIX_ASSENT || k == STIX_PUBLICATION || k == STIX_PROPOSAL || k == STIX_COMMENT || k == STIX_SILENCE || k == STIX_PROGRESS;
}

static const struct json_val *release_of(const struct entry *en)
{
	return json_get(json_get(json_get(en->object.val, "extensions"), VERBALE_EXTENSION_ID), "release_to");
}

static int put_marking(struct act *a, const struct entry *like, struct err *e)
{
	const struct json_val *refs = like != NULL ? json_get(like->object.val, "object_marking_refs") : NULL;
	enum tlp tlp = a->at->tlp;
	struct collection col;
	int rc;

	if (tlp == TLP_NONE && like == NULL) {
		if ((rc = record_collection(a->who->rd, a->collection, &col, e)) != 0)
			return rc;
		tlp = col.ceiling;
	}
	if (tlp == TLP_NONE && refs == NULL)
		return 0;
	json_put_member(&a->json, &a->first, "object_marking_refs");
	if (tlp == TLP_NONE) {
		json_canon(refs, &a->json);
	} else if (tlp_marking_id(tlp) == NULL) {
		return fail(e, E_FORMAT, "the marking is no TLP level");
	} else {
		buf_putc(&a->json, '[');
		json_put_str(&a->json, tlp_marking_id(tlp), strlen(tlp_marking_id(tlp)));
		buf_putc(&a->json, ']');
	}
	return 0;
}

static int put_audience(struct act *a, struct err *e)
{
	const struct entry *like = a->has_prev ? &a->prev : a->has_about && is_word(a->type->kind) ? &a->about : NULL;
	const struct json_val *to = like != NULL ? release_of(like) : NULL;
	const int rc = put_marking(a, like, e);
	bool inner = false;

	if (rc != 0)
		return rc;
	json_put_member(&a->json, &a->first, "extensions");
	buf_puts(&a->json, "{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"");
	if (a->at->release_to_n > 0) {
		put_strings(&a->json, &inner, "release_to", a->at->release_to, a->at->release_to_n);
	} else if (to != NULL) {
		buf_puts(&a->json, ",\"release_to\":");
		json_canon(to, &a->json);
	}
	buf_puts(&a->json, "}}");
	return 0;
}

/*
 * The time of a word lies behind everything it answers, also when the other side's clock is ahead of ours; otherwise
 * who orders by time would find the answer before the question.
 */
static void put_time(struct act *a)
{
	const int64_t ms = NS_PER_S / 1000, now = clock_now(&record_world(a->who->r)->clock);
	char text[LIMIT_TIMESTAMP + 1];
	int64_t t = now - now % ms;

	if (a->latest >= t && a->latest <= now + LIMIT_CLOCK_SKEW_S * NS_PER_S)
		t = a->latest - a->latest % ms + ms;
	time_format(t, 3, text, sizeof(text));
	put(a, "created", a->has_prev ? a->prev.object.created : text);
	put(a, "modified", text);
}

static int fresh_id(struct act *a, char id[LIMIT_STIX_ID + 1], struct err *e)
{
	uint8_t random[16], u[16];
	char uuid[37];

	if (rng_fill(&record_world(a->who->r)->rng, random, sizeof(random)) != 0)
		return fail(e, E_ENV, "no randomness");
	uuid_v4(random, u);
	uuid_format(u, uuid);
	assert(strlen(a->type->name) + 2 + strlen(uuid) <= LIMIT_STIX_ID);
	stpcpy(stpcpy(stpcpy(id, a->type->name), "--"), uuid);
	return 0;
}

/* Ours alone: what the caller gave under these names is not looked at. */
static bool is_head(const char *key)
{
	static const char *const head[] = {"type", "spec_version", "id", "created_by_ref", "created", "modified", "object_marking_refs", "extensions"};

	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		if (strcmp(head[i], key) == 0)
			return true;
	return false;
}

static void put_props(struct act *a, const struct json_val *from, const struct json_val *unless)
{
	const struct json_val *key, *val;
	struct json_iter it;

	for (json_iter(&it, from); json_next(&it, &key, &val);) {
		const char *name = json_str(key, NULL);

		if (name == NULL || is_head(name) || json_type(val) == JSON_NULL || json_get(unless, name) != NULL)
			continue;
		json_put_member(&a->json, &a->first, name);
		json_canon(val, &a->json);
	}
}

static int put_object(struct act *a, struct err *e)
{
	char id[LIMIT_STIX_ID + 1];
	int rc;

	if (a->has_prev)
		memcpy(id, a->prev.row.id, sizeof(id));
	else if ((rc = fresh_id(a, id, e)) != 0)
		return rc;
	buf_putc(&a->json, '{');
	a->first = true;
	put(a, "type", a->type->name);
	put(a, "spec_version", "2.1");
	put(a, "id", id);
	put(a, "created_by_ref", record_self(a->who->r)->identity);
	put_time(a);
	if ((rc = put_audience(a, e)) != 0)
		return rc;
	put_props(a, a->props, NULL);
	if (a->has_prev)
		put_props(a, a->prev.object.val, a->props);
	buf_putc(&a->json, '}');
	return buf_err(&a->json, e, "act");
}

/*
 * Asks the rules before anything is queued, also of a record that was opened without them. What stands behind another
 * object that is not written yet is judged when it is sent: it may rest on that one.
 */
static int judge(const struct act *a, struct err *e)
{
	struct json_doc *doc = NULL;
	struct stix_object o;
	int rc;

	if (a->who->ready != NULL && a->who->ready->n > 0)
		return 0;
	rc = json_read(a->json.p, a->json.n, &(struct json_read_opt){.what = "act"}, &doc, e);

	if (rc == 0)
		rc = stix_check(json_root(doc), &(struct stix_how){.strict = STIX_STRICT}, &o, e);
	if (rc == 0)
		rc = consult_rule(NULL, a->who->rd, &o, a->collection, e);
	json_free(doc);
	return rc;
}

int send_object(const struct actor *a, const struct going *g, struct add_result *ret, struct err *e)
{
	struct add_opt opt = {.strict = STIX_STRICT, .all_or_nothing = true, .role = a->role};
	const struct add_item item = {g->p, g->n};
	int rc;

	memcpy(opt.collection, g->collection, 16);
	(void)snprintf(opt.after, sizeof(opt.after), "%s", g->after);
	if ((rc = record_add(a->r, &opt, &item, 1, ret, e)) != 0 || ret->what != ADDED_REFUSED)
		return rc;
	if (e != NULL)
		*e = ret->err;
	return ret->err.code;
}

static const char *subject_of(const struct act *a);

static int commit(const struct act *a, struct add_result *ret, struct err *e)
{
	const struct going g = {a->collection, a->has_prev ? a->prev.row.modified : "", a->json.p, a->json.n};
	int rc;

	if (a->who->ready != NULL)
		return keep_ready(a->who, &g, ret, e);
	if (a->who->hold != NULL && (rc = hold_write(a->who, a->type->kind, a->at, a->props, &g, a->has_prev ? a->prev.row.id : subject_of(a), e)) != 0)
		return rc;
	return send_object(a->who, &g, ret, e);
}

/* ---- what it follows, what it is about ---- */

struct own_version { struct index_entry row; bool any, theirs; };

static int take_own(void *ctx, const struct index_entry *row, struct err *e)
{
	struct own_version *v = ctx;

	(void)e;
	if (row->log != 0) {
		v->theirs = true;
	} else if (!v->any || is_later(row->modified, v->row.modified)) {
		v->row = *row;
		v->any = true;
	}
	return 0;
}

static int find_own(struct record_reader *rd, const char *id, struct entry *ret, struct err *e)
{
	struct own_version v = {.any = false};
	const int rc = index_versions(record_index(rd), id, NULL, take_own, &v, e);

	if (rc != 0)
		return rc;
	if (v.any)
		return record_read(rd, &v.row, ret, e);
	return v.theirs ? fail(e, E_DENIED, "%s: written by another party; only its writer makes a version of it", id) : fail(e, E_NOTFOUND, "%s: not in this record", id);
}

int is_seen(const struct entry *en, const char *seen, struct err *e)
{
	if (!there(seen) || time_compare(seen, strlen(seen), en->row.modified, strlen(en->row.modified)) == 0)
		return 0;
	return fail(e, E_CONFLICT, "%s: the version seen is of %s, the newest is of %s", en->row.id, seen, en->row.modified);
}

static int find_prev(struct act *a, struct err *e)
{
	int rc;

	if (!there(a->at->id))
		return 0;
	if ((rc = find_own(a->who->rd, a->at->id, &a->prev, e)) != 0)
		return rc;
	a->has_prev = true;
	a->latest = entry_time(a->prev.row.modified);
	memcpy(a->collection, a->prev.row.collection, 16);
	if (a->prev.object.kind != a->type->kind)
		return fail(e, E_USAGE, "%s is no %s", a->at->id, a->type->name);
	return is_seen(&a->prev, a->at->seen, e);
}

static const char *subject_of(const struct act *a)
{
	const char *id = a->type->subject == NULL ? NULL : json_get_str(a->props, a->type->subject);

	return id != NULL || a->type->subject == NULL || !a->has_prev ? id : json_get_str(a->prev.object.val, a->type->subject);
}

static void note_time(struct act *a, int64_t t)
{
	if (t > a->latest)
		a->latest = t;
}

static int note_story(struct act *a, const struct entry *doc, struct err *e)
{
	struct doc_story s;
	const int rc = story_read(a->who->rd, doc, clock_now(&record_world(a->who->r)->clock), &s, e);

	if (rc != 0)
		return rc;
	note_time(a, s.latest);
	story_free(&s);
	return 0;
}

/* The latest word on when the round is held comes before ours. */
static int note_words(struct act *a, struct err *e)
{
	struct invite_facts f;
	const int rc = invite_read(a->who->rd, &a->about, &f, e);

	for (size_t i = 0; rc == 0 && i < f.members; i++)
		if (f.word[i].said)
			note_time(a, f.word[i].time);
	return rc;
}

static int find_about(struct act *a, const char *version, struct err *e)
{
	const char *id = subject_of(a);
	int rc;

	if (id == NULL)
		return 0;
	if ((rc = read_version(a->who->rd, id, version, &a->about, e)) != 0)
		return rc;
	a->has_about = true;
	note_time(a, entry_time(a->about.row.modified));
	if (a->about.object.kind == STIX_DOCUMENT)
		return note_story(a, &a->about, e);
	return a->type->kind == STIX_INVITATION ? note_words(a, e) : 0;
}

static int find_place(struct act *a, struct err *e)
{
	if (a->has_prev)
		return 0;
	if (a->at->collection != NULL)
		memcpy(a->collection, a->at->collection, 16);
	else if (a->has_about)
		memcpy(a->collection, a->about.row.collection, 16);
	else
		return fail(e, E_USAGE, "a collection is due");
	return 0;
}

static const char *version_named(const struct act *a)
{
	const char *v = json_get_str(a->props, "object_modified");

	if (a->type->kind == STIX_COMMITMENT) /* it stands with its round */
		return NULL;
	return v != NULL ? v : json_get_str(a->props, "document_modified");
}

/* The rules refused because somebody saved between our look and theirs: that is a conflict, and both can be shown. */
static int overtaken(const struct act *a, int rc, struct err *e)
{
	struct err why = {0};
	struct entry now;

	if (rc != E_STATE || !a->has_prev || !there(a->at->seen) || find_own(a->who->rd, a->at->id, &now, NULL) != 0)
		return rc;
	if (is_seen(&now, a->at->seen, &why) != 0) {
		rc = why.code;
		if (e != NULL)
			*e = why;
	}
	entry_free(&now);
	return rc;
}

int act_write(const struct actor *who, enum stix_kind kind, const struct act_at *at, const char *props, size_t n, struct add_result *ret, struct err *e)
{
	struct act a = {.who = who, .at = at, .type = stix_type(kind), .latest = INT64_MIN, .json = BUF_INIT(LIMIT_JSON_BYTES)};
	struct json_doc *doc = NULL;
	int rc;

	assert(a.type != NULL && a.type->own);
	if ((rc = json_read(props, n, &(struct json_read_opt){.what = a.type->name}, &doc, e)) == 0) {
		a.props = json_root(doc);
		if (json_type(a.props) != JSON_OBJECT)
			rc = fail(e, E_FORMAT, "%s: an object with its properties is due", a.type->name);
	}
	if (rc == 0 && (rc = find_prev(&a, e)) == 0 && (rc = find_about(&a, version_named(&a), e)) == 0 && (rc = find_place(&a, e)) == 0 &&
	    (!a.has_prev || kind != STIX_DOCUMENT || (rc = note_story(&a, &a.prev, e)) == 0) && (rc = put_object(&a, e)) == 0 && (rc = judge(&a, e)) == 0)
		rc = commit(&a, ret, e);
	rc = overtaken(&a, rc, e);
	if (a.has_prev)
		entry_free(&a.prev);
	if (a.has_about)
		entry_free(&a.about);
	json_free(doc);
	buf_free(&a.json);
	return rc;
}

int act_props(const struct actor *who, enum stix_kind kind, const struct act_at *at, struct buf *props, struct add_result *ret, struct err *e)
{
	static const struct act_at nowhere = {.id = NULL};
	int rc;

	buf_putc(props, '}');
	if ((rc = buf_err(props, e, "act")) == 0)
		rc = act_write(who, kind, at != NULL ? at : &nowhere, props->p, props->n, ret, e);
	buf_free(props);
	return rc;
}

/* ---- versions ---- */

struct exactly { const char *modified; struct index_entry row; bool found; };

static int is_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct exactly *x = ctx;

	if (time_compare(row->modified, strlen(row->modified), x->modified, strlen(x->modified)) != 0)
		return 0;
	if (x->found) /* the same id and time in two logs: only a hash could tell them apart */
		return fail(e, E_CONFLICT, "%s: two versions modified %s are recorded", row->id, row->modified);
	x->row = *row;
	x->found = true;
	return 0;
}

int read_version(struct record_reader *rd, const char *id, const char *modified, struct entry *ret, struct err *e)
{
	struct exactly x = {.modified = modified};
	int64_t ns;
	int rc;

	if (!there(modified))
		return newest_by_writer(rd, id, ret, e);
	if (!time_parse(modified, strlen(modified), &ns))
		return fail(e, E_FORMAT, "%s: \"%s\" is no time of a version", id, modified);
	if ((rc = index_versions(record_index(rd), id, NULL, is_version, &x, e)) != 0)
		return rc;
	return x.found ? record_read(rd, &x.row, ret, e) : fail(e, E_NOTFOUND, "%s: no version modified %s", id, modified);
}

/* Which version, by id, modified and hash; the names of the three differ by type. */
int put_version(struct buf *b, bool *first, const char *const key[3], const struct entry *en, struct err *e)
{
	uint8_t sum[32];
	char hex[HEX_LEN(32) + 1];
	const int rc = entry_object_sha256(en, sum, e);

	if (rc != 0)
		return rc;
	hex_encode(sum, sizeof(sum), hex);
	put_text(b, first, key[0], en->row.id);
	put_text(b, first, key[1], en->row.modified);
	put_text(b, first, key[2], hex);
	return 0;
}

const char *const document_keys[3] = {"document_ref", "document_modified", "document_sha256"};
const char *const object_keys[3] = {"object_ref", "object_modified", "object_sha256"};
