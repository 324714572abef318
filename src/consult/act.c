/* The moves as objects: what a page's button and a command's verb write. */
#include "consult/priv.h"

#include <assert.h>
#include <string.h>

#include "base/enc.h"

static const char *const verbs[] = {[ASSENT_NONE] = NULL, [ASSENT_AGREE] = "agree", [ASSENT_OBJECT] = "object", [ASSENT_WITHDRAW] = "withdraw"};

struct act {
	struct record *r;
	struct record_reader *rd;
	const struct entry *about;
	int64_t latest;              /* newest time of what the word is about and rests on */
	struct buf json;
	bool first;
};

static void put(struct act *a, const char *key, const char *s)
{
	json_put_member(&a->json, &a->first, key);
	json_put_str(&a->json, s, strlen(s));
}

/* A word reaches exactly whom its subject reaches: same markings, same release_to. */
static void put_audience(struct act *a)
{
	const struct json_val *o = a->about->object.val, *refs = json_get(o, "object_marking_refs");
	const struct json_val *to = json_get(json_get(json_get(o, "extensions"), VERBALE_EXTENSION_ID), "release_to");

	if (refs != NULL) {
		json_put_member(&a->json, &a->first, "object_marking_refs");
		json_canon(refs, &a->json);
	}
	json_put_member(&a->json, &a->first, "extensions");
	buf_puts(&a->json, "{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"");
	if (to != NULL) {
		buf_puts(&a->json, ",\"release_to\":");
		json_canon(to, &a->json);
	}
	buf_puts(&a->json, "}}");
}

/*
 * The time of a word lies behind everything it answers, also when the other side's clock is ahead of ours; otherwise
 * who orders by time would find the answer before the question.
 */
static void put_time(struct act *a)
{
	const int64_t ms = NS_PER_S / 1000, now = clock_now(&record_world(a->r)->clock);
	char text[LIMIT_TIMESTAMP + 1];
	int64_t t = now - now % ms;

	if (a->latest >= t && a->latest <= now + LIMIT_CLOCK_SKEW_S * NS_PER_S)
		t = a->latest + ms;
	time_format(t, 3, text, sizeof(text));
	put(a, "created", text);
	put(a, "modified", text);
}

static int act_begin(struct act *a, enum stix_kind kind, struct err *e)
{
	const struct rng *rng = &record_world(a->r)->rng;
	uint8_t random[16], u[16];
	char uuid[37], id[LIMIT_STIX_ID + 1];

	if (rng_fill(rng, random, sizeof(random)) != 0)
		return fail(e, E_ENV, "no randomness");
	uuid_v4(random, u);
	uuid_format(u, uuid);
	assert(strlen(stix_type_name(kind)) + 2 + strlen(uuid) <= LIMIT_STIX_ID);
	stpcpy(stpcpy(stpcpy(id, stix_type_name(kind)), "--"), uuid);
	buf_putc(&a->json, '{');
	a->first = true;
	put(a, "type", stix_type_name(kind));
	put(a, "spec_version", "2.1");
	put(a, "id", id);
	put(a, "created_by_ref", record_self(a->r)->identity);
	put_time(a);
	put_audience(a);
	return 0;
}

/* Which version, by id, modified and hash; the names of the three differ by type. */
static int put_version(struct act *a, const char *ref, const char *modified, const char *sha, struct err *e)
{
	uint8_t sum[32];
	char hex[HEX_LEN(32) + 1];
	const int rc = entry_object_sha256(a->about, sum, e);

	if (rc != 0)
		return rc;
	hex_encode(sum, sizeof(sum), hex);
	put(a, ref, a->about->row.id);
	put(a, modified, a->about->row.modified);
	put(a, sha, hex);
	return 0;
}

/* Asks the rules before anything is queued, also of a record that was opened without them. */
static int judge(struct act *a, struct err *e)
{
	struct json_doc *doc = NULL;
	struct stix_object o;
	int rc = json_read(a->json.p, a->json.n, &(struct json_read_opt){.what = "act"}, &doc, e);

	if (rc == 0)
		rc = stix_check(json_root(doc), &(struct stix_how){.strict = STIX_STRICT}, &o, e);
	if (rc == 0)
		rc = consult_rule(NULL, a->rd, &o, a->about->row.collection, e);
	json_free(doc);
	return rc;
}

static int act_end(struct act *a, struct add_result *ret, struct err *e)
{
	struct add_opt opt = {.strict = STIX_STRICT, .all_or_nothing = true, .role = ROLE_RELEASER};
	struct add_item item;
	int rc;

	buf_putc(&a->json, '}');
	if ((rc = buf_err(&a->json, e, "act")) != 0 || (rc = judge(a, e)) != 0)
		return rc;
	memcpy(opt.collection, a->about->row.collection, 16);
	item = (struct add_item){a->json.p, a->json.n};
	return record_add(a->r, &opt, &item, 1, ret, e);
}

/* Latest thing said about the subject, so that our word comes behind it. */
static int find_latest(struct act *a, struct err *e)
{
	struct doc_story s;
	int rc;

	a->latest = entry_time(a->about->row.modified);
	if (a->about->object.kind != STIX_DOCUMENT)
		return 0;
	if ((rc = story_read(a->rd, a->about, clock_now(&record_world(a->r)->clock), &s, e)) != 0)
		return rc;
	a->latest = s.latest;
	story_free(&s);
	return 0;
}

static int put_reason(struct act *a, const char *reason, struct err *e)
{
	if (reason == NULL || *reason == '\0')
		return 0;
	json_put_member(&a->json, &a->first, "reason");
	if (*reason == '{')
		return json_canon_text(reason, strlen(reason), &a->json, e);
	buf_puts(&a->json, "{\"en\":");
	json_put_str(&a->json, reason, strlen(reason));
	buf_putc(&a->json, '}');
	return 0;
}

struct exactly { const char *modified; struct index_entry row; bool found; };

static int is_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct exactly *x = ctx;

	(void)e;
	if (strcmp(row->modified, x->modified) != 0)
		return 0;
	if (x->found) /* the same id and time in two logs: only a hash could tell them apart */
		return fail(e, E_CONFLICT, "%s: two versions modified %s are recorded", row->id, row->modified);
	x->row = *row;
	x->found = true;
	return 0;
}

static int read_version(struct record_reader *rd, const char *id, const char *modified, struct entry *ret, struct err *e)
{
	struct exactly x = {.modified = modified};
	int rc;

	if (modified == NULL)
		return record_newest(rd, id, NULL, ret, e);
	if ((rc = index_versions(record_index(rd), id, NULL, is_version, &x, e)) != 0)
		return rc;
	return x.found ? record_read(rd, &x.row, ret, e) : fail(e, E_NOTFOUND, "%s: no version modified %s", id, modified);
}

static int assent_to(struct record *r, struct record_reader *rd, const struct entry *about, enum assent_verb verb, const char *reason, struct add_result *ret, struct err *e)
{
	struct act a = {.r = r, .rd = rd, .about = about, .json = BUF_INIT(LIMIT_JSON_BYTES)};
	int rc;

	if ((rc = find_latest(&a, e)) == 0 && (rc = act_begin(&a, STIX_ASSENT, e)) == 0 &&
	    (rc = put_version(&a, "object_ref", "object_modified", "object_sha256", e)) == 0) {
		put(&a, "verb", verbs[verb]);
		if ((rc = put_reason(&a, reason, e)) == 0)
			rc = act_end(&a, ret, e);
	}
	buf_free(&a.json);
	return rc;
}

int act_assent(struct record *r, struct record_reader *rd, const char *subject_id, const char *modified, enum assent_verb verb, const char *reason, struct add_result *ret, struct err *e)
{
	struct entry en;
	int rc;

	assert(verb == ASSENT_AGREE || verb == ASSENT_OBJECT || verb == ASSENT_WITHDRAW);
	if ((rc = read_version(rd, subject_id, modified, &en, e)) != 0)
		return rc;
	rc = assent_to(r, rd, &en, verb, reason, ret, e);
	entry_free(&en);
	return rc;
}

int act_publish(struct record *r, struct record_reader *rd, const char *document_id, const char *publish_at, struct add_result *ret, struct err *e)
{
	struct act a = {.r = r, .rd = rd, .json = BUF_INIT(LIMIT_JSON_BYTES)};
	char now[LIMIT_TIMESTAMP + 1];
	struct entry en;
	int rc;

	if ((rc = record_newest(rd, document_id, NULL, &en, e)) != 0)
		return rc;
	time_format(clock_now(&record_world(r)->clock), 3, now, sizeof(now));
	a.about = &en;
	if ((rc = find_latest(&a, e)) == 0 && (rc = act_begin(&a, STIX_PUBLICATION, e)) == 0 &&
	    (rc = put_version(&a, "document_ref", "document_modified", "document_sha256", e)) == 0) {
		put(&a, "publish_at", publish_at != NULL ? publish_at : now);
		rc = act_end(&a, ret, e);
	}
	buf_free(&a.json);
	entry_free(&en);
	return rc;
}

int act_answer(struct record *r, struct record_reader *rd, const char *proposal_id, const char *answer, const char *reason, struct add_result *ret, struct err *e)
{
	struct entry en;
	enum assent_verb verb;
	int rc;

	if (strcmp(answer, "accepted") == 0)
		verb = ASSENT_AGREE;
	else if (strcmp(answer, "declined") == 0)
		verb = ASSENT_OBJECT;
	else if (strcmp(answer, "countered") == 0)
		return fail(e, E_USAGE, "a counter is a proposal of its own: write one with counter_to_ref %s", proposal_id);
	else
		return fail(e, E_USAGE, "answer \"%s\": accepted or declined", answer);
	if ((rc = record_newest(rd, proposal_id, NULL, &en, e)) != 0)
		return rc;
	rc = en.object.kind == STIX_PROPOSAL ? assent_to(r, rd, &en, verb, reason, ret, e) : fail(e, E_USAGE, "%s is no proposal", proposal_id);
	entry_free(&en);
	return rc;
}
