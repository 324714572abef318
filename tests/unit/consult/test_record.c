/* The rules over real records: two nodes that follow each other, one that lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h" /* ours before cmocka, whose fail() is a macro */
#include "base/mem.h"
#include "consult/acts.h"
#include "support.h"

#include <cmocka.h>

#define SERIES "verbale-series--00000000-0000-4000-8000-000000000001"
#define ROUND "verbale-round--00000000-0000-4000-8000-000000000002"
#define DOC "verbale-document--00000000-0000-4000-8000-000000000003"
#define HOUR (3600 * NS_PER_S)

struct pair { struct lab l; struct node de, jp; const char *doc; char created[40], modified[40], corrects[40], corrects_sha[65]; bool silent; unsigned ids; };

static void done(int rc, const struct err *e, int line)
{
	if (rc != 0)
		fail_msg("line %d: %d: %s", line, rc, e->msg);
}
#define OK(call) do { struct err e = {0}; const int rc_ = (call); done(rc_, &e, __LINE__); } while (0)
#define REFUSED(code, call) do { struct err e = {0}; const int rc_ = (call); if (rc_ != (code)) fail_msg("line %d: %d instead of %d: %s", __LINE__, rc_, (code), e.msg); } while (0)

/* ---- objects ---- */

static void now_text(struct pair *p, char to[40]) { time_format(clock_now(&p->l.w.clock), 3, to, 40); }

static void put_head(struct buf *b, struct node *n, const char *id, const char *created, const char *modified)
{
	const char *dashes = strstr(id, "--");

	buf_printf(b, "{\"type\":\"%.*s\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created_by_ref\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\","
	    "\"object_marking_refs\":[\"%s\"],\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}}",
	    (int)(dashes - id), id, id, record_self(n->r)->identity, created, modified, tlp_marking_id(TLP_CLEAR));
}

static const char *fresh(struct pair *p, const char *type)
{
	static char id[LIMIT_STIX_ID + 1];

	(void)snprintf(id, sizeof(id), "%s--00000000-0000-4000-8000-%012u", type, 100 + p->ids++);
	return id;
}

/* Add the object in `b` (its closing brace is put here); the code of the refusal, or 0. */
static int add(struct node *n, struct buf *b, struct err *e)
{
	struct add_result res;

	buf_putc(b, '}');
	assert_int_equal(b->err, 0);
	res = add_one(n, b->p);
	buf_free(b);
	if (res.what == ADDED_NEW)
		return 0;
	*e = res.err;
	return res.err.code;
}

static void note_published(struct pair *p);

/* The document's version with this text in unit 2; first or later. Of a published one it says that it corrects it, unless p->silent. */
static int write_document(struct pair *p, struct node *n, const char *two, const char *publish_at, bool revoked, struct err *e)
{
	struct buf b = BUF_INIT(0);
	char modified[40];
	int rc;

	now_text(p, modified);
	if (n == &p->jp && p->created[0] != '\0')
		note_published(p);
	if (p->created[0] == '\0')
		memcpy(p->created, modified, sizeof(modified));
	put_head(&b, n, p->doc, p->created, modified);
	buf_printf(&b, ",\"round_ref\":\"" ROUND "\",\"kind\":\"minutes\",\"number\":\"T-1\",\"title\":{\"en\":\"Test\"},\"date\":\"2016-09-09T08:30:00Z\",\"authentic\":[\"en\"],"
	    "\"units\":[{\"number\":\"1\",\"text\":{\"en\":\"first\"},\"state\":\"agreed\"},{\"number\":\"2\",\"text\":{\"en\":\"%s\"},\"state\":\"%s\"}]%s%s%s%s",
	    two, strchr(two, '[') != NULL ? "bracketed" : "agreed", publish_at != NULL ? ",\"publish_at\":\"" : "", publish_at != NULL ? publish_at : "",
	    publish_at != NULL ? "\"" : "", revoked ? ",\"revoked\":true" : "");
	if (p->corrects[0] != '\0' && !p->silent)
		buf_printf(&b, ",\"correction\":{\"modified\":\"%s\",\"sha256\":\"%s\",\"reason\":{\"en\":\"a slip\"}}", p->corrects, p->corrects_sha);
	if ((rc = add(n, &b, e)) == 0)
		memcpy(p->modified, modified, sizeof(modified));
	return rc;
}

static void version_hash(struct node *n, const char *id, const char *modified, char hex[65])
{
	struct entry en;
	uint8_t sum[32];

	OK(record_newest(n->rd, id, NULL, &en, &e));
	if (modified != NULL)
		assert_string_equal(en.row.modified, modified);
	OK(entry_object_sha256(&en, sum, &e));
	hex_encode(sum, 32, hex);
	entry_free(&en);
}

static int propose(struct pair *p, struct node *n, const char *id, const char *two, const char *counter_to, struct err *e)
{
	struct buf b = BUF_INIT(0);
	char hex[65], now[40];

	now_text(p, now);
	version_hash(n, p->doc, p->modified, hex);
	put_head(&b, n, id, now, now);
	buf_printf(&b, ",\"document_ref\":\"%s\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"reason\":{\"en\":\"why\"},"
	    "\"changes\":[{\"unit\":\"%s\",\"action\":\"replace\",\"text\":{\"en\":\"%s\"}}]", p->doc, p->modified, hex, strcmp(two, "nowhere") == 0 ? "9" : "2", two);
	if (counter_to != NULL)
		buf_printf(&b, ",\"counter_to_ref\":\"%s\"", counter_to);
	return add(n, &b, e);
}

static int raw_publication(struct pair *p, struct node *n, const char *modified, struct err *e)
{
	struct buf b = BUF_INIT(0);
	char hex[65];

	version_hash(n, p->doc, NULL, hex);
	put_head(&b, n, fresh(p, "verbale-publication"), modified, modified);
	buf_printf(&b, ",\"document_ref\":\"%s\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"publish_at\":\"%s\"", p->doc, p->modified, hex, modified);
	return add(n, &b, e);
}

static int raw_assent(struct pair *p, struct node *n, const char *id, const char *hex, const char *modified, const char *verb, struct err *e)
{
	struct buf b = BUF_INIT(0);

	put_head(&b, n, id, modified, modified);
	buf_printf(&b, ",\"object_ref\":\"%s\",\"object_modified\":\"%s\",\"object_sha256\":\"%s\",\"verb\":\"%s\"", p->doc, p->modified, hex, verb);
	return add(n, &b, e);
}

static int agree(struct pair *p, struct node *n, enum assent_verb v, struct err *e)
{
	struct add_result res;

	return act_assent(&(struct actor){.r = n->r, .rd = n->rd, .role = ROLE_NODE}, p->doc, p->modified, v, NULL, &res, e);
}

/* ---- two nodes ---- */

static void meet(struct pair *p)
{
	OK(follow_direct(&p->de, &p->jp, &e));
	OK(follow_direct(&p->jp, &p->de, &e));
}

static void pair_open(struct pair *p, uint64_t seed)
{
	struct add_result res;
	struct buf b = BUF_INIT(0);
	char now[40];

	memset(p, 0, sizeof(*p));
	p->doc = DOC;
	lab_open(&p->l, seed);
	node_make(&p->l, &p->de, "DE");
	node_make(&p->l, &p->jp, "JP");
	node_pin(&p->de, &p->jp);
	node_pin(&p->jp, &p->de);
	record_set_rules(p->de.r, consult_rule, consult_public, NULL);
	record_set_rules(p->jp.r, consult_rule, consult_public, NULL);
	found_collection(&p->jp, "\"DE\",\"JP\"", "amber");
	OK(follow_direct(&p->de, &p->jp, &e));
	OK(act_assent(&(struct actor){.r = p->de.r, .rd = p->de.rd, .role = ROLE_NODE}, "verbale-collection--" COLLECTION, NULL, ASSENT_AGREE, NULL, &res, &e));
	now_text(p, now);
	put_head(&b, &p->jp, SERIES, now, now);
	buf_puts(&b, ",\"title\":{\"en\":\"Test\"},\"members\":[\"DE\",\"JP\"],\"noun\":\"consultation\",\"slug\":\"test\"");
	OK(add(&p->jp, &b, &e));
	put_head(&b, &p->jp, ROUND, now, now);
	buf_puts(&b, ",\"series_ref\":\"" SERIES "\",\"title\":{\"en\":\"Test\"},\"start\":\"2016-09-09T00:30:00Z\",\"zone\":\"Asia/Tokyo\",\"venue\":{\"en\":\"Tokyo\"},"
	    "\"mode\":\"in-person\",\"host\":\"JP\",\"status\":\"held\"");
	OK(add(&p->jp, &b, &e));
	OK(write_document(p, &p->jp, "second", NULL, false, &e));
	meet(p);
}

static void pair_close(struct pair *p)
{
	node_free(&p->de);
	node_free(&p->jp);
	lab_close(&p->l);
}

/* One version (NULL: newest) as a node sees it. */
struct seek { const char *modified; uint32_t log; struct index_entry row; bool found; };
static int seek_version(void *ctx, const struct index_entry *row, struct err *e)
{
	struct seek *s = ctx;

	(void)e;
	if (row->log == s->log && strcmp(row->modified, s->modified) == 0) {
		s->row = *row;
		s->found = true;
	}
	return 0;
}

static struct doc_facts facts_at(struct pair *p, struct node *n, const char *modified)
{
	struct seek s = {.modified = modified != NULL ? modified : p->modified, .log = n == &p->jp ? 0 : 1}; /* Tokyo writes */
	struct doc_facts f;
	struct entry en;

	OK(index_versions(record_index(n->rd), p->doc, NULL, seek_version, &s, &e));
	assert_true(s.found);
	OK(record_read(n->rd, &s.row, &en, &e));
	OK(consult_facts(n->rd, &en, p->l.now, &f, &e));
	entry_free(&en);
	return f;
}

static enum doc_state state_at(struct pair *p, struct node *n, const char *modified)
{
	const struct doc_facts f = facts_at(p, n, modified);

	return doc_state(&f);
}

static void note_published(struct pair *p)
{
	if (state_at(p, &p->jp, NULL) != DOC_PUBLISHED)
		return;
	memcpy(p->corrects, p->modified, sizeof(p->corrects));
	version_hash(&p->jp, p->doc, p->modified, p->corrects_sha);
}

/* Which kinds are public on a node: how many entries of each. */
struct tally { struct pair *p; struct node *n; unsigned of[STIX_KINDS_]; };
static int tally_one(void *ctx, const struct index_entry *row, struct err *e)
{
	struct tally *t = ctx;
	struct entry en;
	bool yes = false;
	int rc = record_read(t->n->rd, row, &en, e);

	if (rc != 0)
		return rc;
	rc = consult_public(NULL, t->n->rd, row, &en.object, t->p->l.now, &yes, e);
	t->of[en.object.kind] += yes;
	entry_free(&en);
	return rc;
}

static struct tally public_now(struct pair *p, struct node *n)
{
	struct tally t = {.p = p, .n = n};

	OK(index_page(record_index(n->rd), 0, NULL, NULL, 100000, tally_one, &t, &e));
	return t;
}

/* ---- tests ---- */

static void whole_way(void **unused)
{
	struct pair p;
	struct add_result res;
	struct tally t;
	char first[40], prop[LIMIT_STIX_ID + 1], at[40];

	(void)unused;
	pair_open(&p, 1);
	assert_int_equal(state_at(&p, &p.de, NULL), DOC_DRAFT);
	memcpy(first, p.modified, sizeof(first));
	(void)snprintf(prop, sizeof(prop), "%s", fresh(&p, "verbale-proposal"));
	OK(propose(&p, &p.de, prop, "better", NULL, &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_PROPOSED);
	REFUSED(E_DENIED, act_decline(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, prop, NULL, &res, &e));
	now_text(&p, at);
	OK(write_document(&p, &p.jp, "better", NULL, false, &e));
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_PROPOSED); /* a new version does not answer by itself */
	OK(act_accept(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, prop, NULL, &(struct texts){{"gern", "承知した", NULL}}, &res, &e));
	REFUSED(E_STATE, act_decline(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, prop, NULL, &res, &e)); /* answered */
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_DRAFT);
	meet(&p);
	{
		struct entry en;

		OK(record_newest(p.jp.rd, res.id, NULL, &en, &e));
		assert_string_equal(json_get_str(json_get(en.object.val, "reason"), "ja"), "承知した");
		assert_int_equal(en.object.tlp, TLP_CLEAR); /* as what it is about */
		entry_free(&en);
	}
	OK(agree(&p, &p.de, ASSENT_AGREE, &e));
	REFUSED(E_STATE, agree(&p, &p.de, ASSENT_AGREE, &e)); /* agreed already */
	REFUSED(E_STATE, act_publish(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, DOC, NULL, NULL, &res, &e)); /* JP has not agreed */
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_ASSENTED);
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.de, NULL), DOC_AGREED);
	t = public_now(&p, &p.de);
	assert_int_equal(t.of[STIX_DOCUMENT], 0);
	assert_int_equal(t.of[STIX_ASSENT], 0);
	time_format(p.l.now + HOUR, 3, at, sizeof(at));
	OK(act_publish(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, DOC, NULL, at, &res, &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_SCHEDULED);
	t = public_now(&p, &p.jp);
	assert_int_equal(t.of[STIX_DOCUMENT] + t.of[STIX_ASSENT] + t.of[STIX_PUBLICATION], 0); /* embargo: not even that it will come */
	assert_int_equal(t.of[STIX_ROUND], 1);
	p.l.now += HOUR;
	for (int i = 0; i < 2; i++) {
		struct node *n = i == 0 ? &p.de : &p.jp;

		assert_int_equal(state_at(&p, n, NULL), DOC_PUBLISHED);
		assert_int_equal(state_at(&p, n, first), DOC_DRAFT);
		t = public_now(&p, n);
		assert_int_equal(t.of[STIX_DOCUMENT], 1);    /* the agreed version, not the first */
		assert_int_equal(t.of[STIX_ASSENT], 2);      /* the two that made it so, not the answer to the proposal */
		assert_int_equal(t.of[STIX_PUBLICATION], 1);
		assert_int_equal(t.of[STIX_PROPOSAL], 0);
	}
	REFUSED(E_STATE, agree(&p, &p.de, ASSENT_OBJECT, &e));
	REFUSED(E_STATE, agree(&p, &p.jp, ASSENT_WITHDRAW, &e));

	/* A later version is a new draft; what is out stays out, until withdrawn. */
	memcpy(first, p.modified, sizeof(first));
	p.silent = true;
	REFUSED(E_STATE, write_document(&p, &p.jp, "third", NULL, false, &e)); /* nothing is changed silently */
	p.silent = false;
	OK(write_document(&p, &p.jp, "third", NULL, false, &e));
	p.silent = true;
	p.l.now += NS_PER_S;
	REFUSED(E_STATE, write_document(&p, &p.jp, "third again", NULL, false, &e)); /* nor by a second version */
	p.silent = false;
	meet(&p);
	assert_int_equal(state_at(&p, &p.de, NULL), DOC_DRAFT);
	assert_int_equal(state_at(&p, &p.de, first), DOC_PUBLISHED);
	assert_int_equal(public_now(&p, &p.de).of[STIX_DOCUMENT], 1);
	OK(write_document(&p, &p.jp, "third", NULL, true, &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.de, first), DOC_WITHDRAWN);
	assert_int_equal(public_now(&p, &p.de).of[STIX_DOCUMENT], 0);
	REFUSED(E_STATE, agree(&p, &p.de, ASSENT_AGREE, &e));
	REFUSED(E_STATE, write_document(&p, &p.jp, "fourth", NULL, false, &e));
	pair_close(&p);
}

/* The document's own embargo is part of what was agreed; nobody publishes before it. */
static void agreed_embargo(void **unused)
{
	struct pair p;
	struct add_result res;
	char at[40];

	(void)unused;
	pair_open(&p, 2);
	time_format(p.l.now + HOUR, 3, at, sizeof(at));
	OK(write_document(&p, &p.jp, "later", at, false, &e));
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	meet(&p);
	OK(agree(&p, &p.de, ASSENT_AGREE, &e));
	OK(act_publish(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, DOC, NULL, "2016-09-09T00:00:00.000Z", &res, &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_SCHEDULED);
	REFUSED(E_STATE, write_document(&p, &p.jp, "too late for that", NULL, false, &e));
	/* Withdrawn in time: no longer released. Agreed again: to be released again. */
	OK(agree(&p, &p.jp, ASSENT_WITHDRAW, &e));
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	meet(&p);
	p.l.now += 2 * HOUR;
	assert_int_equal(state_at(&p, &p.de, NULL), DOC_AGREED);
	OK(act_publish(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, DOC, NULL, NULL, &res, &e));
	meet(&p);
	p.l.now += NS_PER_S;
	assert_int_equal(state_at(&p, &p.de, NULL), DOC_PUBLISHED);
	pair_close(&p);
}

/* Another's delegation, a round that is not there, a series that is not there. */
static void others_things(struct pair *p, const char *now)
{
	struct buf b = BUF_INIT(0);

	put_head(&b, &p->de, fresh(p, "verbale-delegation"), now, now);
	buf_puts(&b, ",\"round_ref\":\"" ROUND "\",\"party\":\"JP\",\"members\":[{\"name\":{\"native\":\"x\",\"latin\":\"x\"},\"function\":{\"en\":\"x\"},\"agency\":{\"en\":\"x\"},\"agency_code\":\"X\",\"role\":\"head\"}]");
	REFUSED(E_DENIED, add(&p->de, &b, &e));
	put_head(&b, &p->de, fresh(p, "verbale-document"), now, now);
	buf_puts(&b, ",\"round_ref\":\"verbale-round--00000000-0000-4000-8000-0000000000ff\",\"kind\":\"minutes\",\"number\":\"T-2\",\"title\":{\"en\":\"Test\"},"
	    "\"date\":\"2016-09-09T08:30:00Z\",\"authentic\":[\"en\"],\"units\":[{\"number\":\"1\",\"text\":{\"en\":\"x\"},\"state\":\"agreed\"}]");
	REFUSED(E_NOTFOUND, add(&p->de, &b, &e));
	put_head(&b, &p->de, fresh(p, "verbale-round"), now, now);
	buf_puts(&b, ",\"series_ref\":\"verbale-series--00000000-0000-4000-8000-0000000000ff\",\"title\":{\"en\":\"Test\"},\"start\":\"2016-09-09T00:30:00Z\",\"zone\":\"Asia/Tokyo\","
	    "\"venue\":{\"en\":\"Tokyo\"},\"mode\":\"video\",\"host\":\"DE\",\"status\":\"held\"");
	REFUSED(E_NOTFOUND, add(&p->de, &b, &e));
	buf_free(&b);
}

/* What `verbale add` is handed is judged like what the acts write. */
static void no_way_round(void **unused)
{
	struct pair p;
	struct buf b = BUF_INIT(0);
	struct add_result res;
	char hex[65], wrong[65], now[40], early[40], one[LIMIT_STIX_ID + 1], two[LIMIT_STIX_ID + 1];

	(void)unused;
	pair_open(&p, 3);
	now_text(&p, now);
	memcpy(early, now, sizeof(early));
	version_hash(&p.de, DOC, p.modified, hex);
	memcpy(wrong, hex, sizeof(wrong));
	wrong[0] = wrong[0] == '0' ? '1' : '0';
	REFUSED(E_STATE, raw_publication(&p, &p.jp, now, &e));                                        /* nobody has agreed */
	REFUSED(E_NOTFOUND, raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), wrong, now, "agree", &e));
	REFUSED(E_STATE, raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, now, "withdraw", &e)); /* nothing to withdraw */
	REFUSED(E_STATE, raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, "2099-01-01T00:00:00.000Z", "agree", &e));
	REFUSED(E_DENIED, propose(&p, &p.jp, fresh(&p, "verbale-proposal"), "own", NULL, &e));         /* the writer revises */

	others_things(&p, now);
	{
		char keep[40];

		REFUSED(E_DENIED, write_document(&p, &p.de, "not mine", NULL, false, &e));
		memcpy(keep, p.created, sizeof(keep));
		memcpy(p.created, now, sizeof(now));
		REFUSED(E_CONFLICT, write_document(&p, &p.jp, "made anew", NULL, false, &e)); /* created stays */
		memcpy(p.created, keep, sizeof(keep));
	}
	for (int i = 0; i < 2; i++) { /* so do kind and number */
		now_text(&p, now);
		put_head(&b, &p.jp, DOC, p.created, now);
		buf_printf(&b, ",\"round_ref\":\"" ROUND "\",\"kind\":\"%s\",\"number\":\"%s\",\"title\":{\"en\":\"Test\"},\"date\":\"2016-09-09T08:30:00Z\",\"authentic\":[\"en\"],"
		    "\"units\":[{\"number\":\"1\",\"text\":{\"en\":\"x\"},\"state\":\"agreed\"}]", i == 0 ? "agenda" : "minutes", i == 0 ? "T-1" : "T-2");
		REFUSED(E_STATE, add(&p.jp, &b, &e));
	}
	p.l.now += 2 * NS_PER_S;
	OK(write_document(&p, &p.jp, "newer", NULL, false, &e));
	meet(&p);

	REFUSED(E_NOTFOUND, propose(&p, &p.de, fresh(&p, "verbale-proposal"), "nowhere", NULL, &e)); /* no such unit */
	{
		const int64_t now_ns = p.l.now;

		p.l.now -= NS_PER_S;
		REFUSED(E_CONFLICT, write_document(&p, &p.jp, "older than it was", NULL, false, &e));
		p.l.now = now_ns;
	}

	/* Counter: by the writer, to an open proposal; it answers. Then that one is settled. */
	(void)snprintf(one, sizeof(one), "%s", fresh(&p, "verbale-proposal"));
	(void)snprintf(two, sizeof(two), "%s", fresh(&p, "verbale-proposal"));
	OK(propose(&p, &p.de, one, "mine", NULL, &e));
	meet(&p);
	assert_int_equal(facts_at(&p, &p.jp, NULL).open_proposals, 1);
	OK(propose(&p, &p.jp, two, "middle", one, &e));
	meet(&p);
	assert_int_equal(facts_at(&p, &p.de, NULL).open_proposals, 0);
	REFUSED(E_STATE, propose(&p, &p.jp, fresh(&p, "verbale-proposal"), "again", one, &e));
	REFUSED(E_NOTFOUND, propose(&p, &p.de, fresh(&p, "verbale-proposal"), "to nothing", "verbale-proposal--00000000-0000-4000-8000-0000000000ff", &e));

	/* One's own agreeing settles one's own proposal. */
	OK(propose(&p, &p.de, fresh(&p, "verbale-proposal"), "mine still", NULL, &e));
	assert_int_equal(facts_at(&p, &p.de, NULL).open_proposals, 1);
	OK(agree(&p, &p.de, ASSENT_AGREE, &e));
	assert_int_equal(facts_at(&p, &p.de, NULL).open_proposals, 0);
	REFUSED(E_STATE, propose(&p, &p.de, fresh(&p, "verbale-proposal"), "after all", NULL, &e));
	meet(&p);
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	meet(&p);
	REFUSED(E_STATE, raw_publication(&p, &p.de, early, &e)); /* dated before the assents: would be void */
	OK(act_publish(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, DOC, NULL, NULL, &res, &e));
	REFUSED(E_STATE, act_publish(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, DOC, NULL, NULL, &res, &e));

	/* A word is not changed afterwards. */
	now_text(&p, now);
	version_hash(&p.de, DOC, p.modified, hex);
	p.l.now += NS_PER_S;
	{
		struct buf again = BUF_INIT(0);
		struct entry en;
		char later[40];

		now_text(&p, later);
		OK(record_newest(p.de.rd, res.id, NULL, &en, &e));
		put_head(&again, &p.de, res.id, en.object.created, later);
		entry_free(&en);
		buf_printf(&again, ",\"document_ref\":\"" DOC "\",\"document_modified\":\"%s\",\"document_sha256\":\"%s\",\"publish_at\":\"%s\"", p.modified, hex, later);
		REFUSED(E_STATE, add(&p.de, &again, &e));
	}
	pair_close(&p);
}

/* Of two proposals each is answered once, whatever becomes of the other. */
static void answers(void **unused)
{
	struct pair p;
	struct add_result res;
	char one[LIMIT_STIX_ID + 1], two[LIMIT_STIX_ID + 1], hex[65], now[40];
	struct buf b = BUF_INIT(0);

	(void)unused;
	pair_open(&p, 8);
	(void)snprintf(one, sizeof(one), "%s", fresh(&p, "verbale-proposal"));
	(void)snprintf(two, sizeof(two), "%s", fresh(&p, "verbale-proposal"));
	OK(propose(&p, &p.de, one, "one", NULL, &e));
	OK(propose(&p, &p.de, two, "two", NULL, &e));
	/* The proposer's own word is no answer, not even in a log without rules. */
	record_set_rules(p.de.r, NULL, NULL, NULL);
	now_text(&p, now);
	version_hash(&p.de, one, NULL, hex);
	put_head(&b, &p.de, fresh(&p, "verbale-assent"), now, now);
	{
		struct entry en;

		OK(record_newest(p.de.rd, one, NULL, &en, &e));
		buf_printf(&b, ",\"object_ref\":\"%s\",\"object_modified\":\"%s\",\"object_sha256\":\"%s\",\"verb\":\"agree\"", one, en.row.modified, hex);
		entry_free(&en);
	}
	OK(add(&p.de, &b, &e));
	meet(&p);
	assert_int_equal(facts_at(&p, &p.jp, NULL).open_proposals, 2);
	OK(act_decline(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, one, &(struct texts){{NULL, NULL, "no"}}, &res, &e));
	assert_int_equal(facts_at(&p, &p.jp, NULL).open_proposals, 1);
	REFUSED(E_STATE, act_decline(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, one, NULL, &res, &e));
	OK(act_decline(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, two, NULL, &res, &e));
	meet(&p);
	assert_int_equal(facts_at(&p, &p.de, NULL).open_proposals, 0);
	pair_close(&p);
}

/* The other side's clock is ahead of ours: our words still come behind what they rest on. */
static void clocks_apart(void **unused)
{
	struct pair p;
	struct add_result res;
	struct entry en;
	char was[40];

	(void)unused;
	pair_open(&p, 9);
	OK(agree(&p, &p.de, ASSENT_AGREE, &e));
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	now_text(&p, was);
	meet(&p);
	p.l.now -= 20 * NS_PER_S;
	OK(act_publish(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, p.doc, NULL, NULL, &res, &e));
	OK(record_newest(p.de.rd, res.id, NULL, &en, &e));
	assert_true(strcmp(en.row.modified, p.modified) > 0);
	entry_free(&en);
	meet(&p);
	p.l.now += 30 * NS_PER_S;
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_PUBLISHED);
	pair_close(&p);
}

/* Someone else's version of the same id, in his own log, is his own document. */
static void another_claims_the_id(void **unused)
{
	struct pair p;
	char late[40];

	(void)unused;
	pair_open(&p, 10);
	p.doc = "verbale-document--00000000-0000-4000-8000-000000000004";
	p.created[0] = '\0';
	OK(write_document(&p, &p.jp, "Tokyo's", NULL, false, &e));
	memcpy(late, p.modified, sizeof(late));
	p.l.now += NS_PER_S;
	p.created[0] = '\0';
	REFUSED(E_STATE, write_document(&p, &p.de, "Berlin's", NULL, true, &e)); /* there is nothing to withdraw */
	OK(write_document(&p, &p.de, "Berlin's", NULL, false, &e));
	memcpy(p.modified, late, sizeof(late));
	meet(&p);
	assert_true(facts_at(&p, &p.jp, NULL).is_newest);
	assert_true(facts_at(&p, &p.de, NULL).is_newest);
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	pair_close(&p);
}

static void words_stand(void **unused)
{
	struct pair p;
	struct add_result res;
	struct buf b = BUF_INIT(0);
	struct entry en;
	struct err told = {0};
	char hex[65], now[40];

	(void)unused;
	pair_open(&p, 11);
	OK(act_assent(&(struct actor){.r = p.de.r, .rd = p.de.rd, .role = ROLE_NODE}, p.doc, NULL, ASSENT_AGREE, NULL, &res, &e));
	OK(record_newest(p.de.rd, res.id, NULL, &en, &e));
	now_text(&p, now);
	version_hash(&p.de, p.doc, NULL, hex);
	put_head(&b, &p.de, res.id, en.object.created, now);
	entry_free(&en);
	buf_printf(&b, ",\"object_ref\":\"%s\",\"object_modified\":\"%s\",\"object_sha256\":\"%s\",\"verb\":\"withdraw\"", p.doc, p.modified, hex);
	assert_int_equal(add(&p.de, &b, &told), E_STATE);
	assert_non_null(strstr(told.msg, "not changed"));
	pair_close(&p);
}

static void brackets(void **unused)
{
	struct pair p;

	(void)unused;
	pair_open(&p, 4);
	OK(write_document(&p, &p.jp, "[not yet]", NULL, false, &e));
	meet(&p);
	REFUSED(E_STATE, agree(&p, &p.de, ASSENT_AGREE, &e));
	OK(agree(&p, &p.de, ASSENT_OBJECT, &e));
	pair_close(&p);
}

/* A node that keeps no rule writes what it likes into its own log; that convinces nobody else. */
static void a_lying_log(void **unused)
{
	struct pair p;
	struct add_result res;
	char hex[65], now[40], future[40];

	(void)unused;
	pair_open(&p, 5);
	record_set_rules(p.de.r, NULL, NULL, NULL);
	now_text(&p, now);
	version_hash(&p.de, DOC, p.modified, hex);
	{
		char other[65], keep[40];

		/* Agreed to this version, by name or by hash alone: to nothing. */
		memcpy(other, hex, sizeof(other));
		other[63] = other[63] == '0' ? '1' : '0';
		OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), other, now, "agree", &e));
		memcpy(keep, p.modified, sizeof(keep));
		memcpy(p.modified, now, sizeof(now));
		OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, now, "agree", &e));
		memcpy(p.modified, keep, sizeof(keep));
		meet(&p);
		assert_int_equal(state_at(&p, &p.jp, NULL), DOC_DRAFT);
	}
	OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, now, "agree", &e));
	OK(raw_publication(&p, &p.de, now, &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_ASSENTED);
	assert_int_equal(public_now(&p, &p.jp).of[STIX_DOCUMENT], 0);
	assert_int_equal(public_now(&p, &p.jp).of[STIX_PUBLICATION], 0);

	/* JP agrees: the early release stays void, JP has not known of it. */
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_AGREED);
	p.l.now += NS_PER_S;
	OK(act_publish(&(struct actor){.r = p.jp.r, .rd = p.jp.rd, .role = ROLE_NODE}, DOC, NULL, NULL, &res, &e));
	p.l.now += NS_PER_S;
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_PUBLISHED);

	/* Once out, the other side alone cannot take it back. */
	now_text(&p, now);
	OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, now, "withdraw", &e));
	time_format(p.l.now + 24 * HOUR, 3, future, sizeof(future));
	OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, future, "object", &e));
	meet(&p);
	p.l.now += HOUR;
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_PUBLISHED);
	assert_int_equal(public_now(&p, &p.jp).of[STIX_ASSENT], 2); /* the withdrawal is not among what is shown */
	pair_close(&p);
}

/* Agreements dated in the future wait; they cannot make a text agreed before their time. */
static void dated_ahead(void **unused)
{
	struct pair p;
	char hex[65], future[40];

	(void)unused;
	pair_open(&p, 6);
	record_set_rules(p.de.r, NULL, NULL, NULL);
	OK(agree(&p, &p.jp, ASSENT_AGREE, &e));
	time_format(p.l.now + HOUR, 3, future, sizeof(future));
	version_hash(&p.de, DOC, p.modified, hex);
	OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, future, "agree", &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_ASSENTED);
	p.l.now += HOUR;
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_AGREED);
	/* What stands against the text counts at once, whatever its date. */
	time_format(p.l.now + HOUR, 3, future, sizeof(future));
	OK(raw_assent(&p, &p.de, fresh(&p, "verbale-assent"), hex, future, "withdraw", &e));
	meet(&p);
	assert_int_equal(state_at(&p, &p.jp, NULL), DOC_ASSENTED);
	pair_close(&p);
}

/* Random moves on both sides, exchanged now and then: after every exchange both nodes see the same. */
static void both_see_the_same(void **unused)
{
	struct pair p;
	uint64_t x = 88172645463325252ULL;
	unsigned published = 0, moves = 0;

	(void)unused;
	pair_open(&p, 7);
	for (int i = 0; i < 160; i++) {
		struct node *n;
		struct add_result res;
		struct err e = {0};
		char two[32];
		int rc;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		n = x >> 40 & 1 ? &p.de : &p.jp;
		switch (x >> 32 & 15) {
		case 0:
			(void)snprintf(two, sizeof(two), "text %d", i);
			rc = write_document(&p, &p.jp, two, NULL, false, &e);
			break;
		case 1: rc = agree(&p, n, ASSENT_OBJECT, &e); break;
		case 2: rc = agree(&p, n, ASSENT_WITHDRAW, &e); break;
		case 3:
		case 4: rc = act_publish(&(struct actor){.r = n->r, .rd = n->rd, .role = ROLE_NODE}, DOC, NULL, NULL, &res, &e); break;
		default: rc = agree(&p, n, ASSENT_AGREE, &e); break;
		}
		assert_true(rc == 0 || rc == E_STATE || rc == E_DENIED || rc == E_NOTFOUND /* not met since the last version */);
		moves += rc == 0;
		if (x >> 48 & 1) {
			struct doc_facts a, b;

			meet(&p);
			p.l.now += NS_PER_S / 10;
			a = facts_at(&p, &p.de, NULL);
			b = facts_at(&p, &p.jp, NULL);
			assert_int_equal(doc_state(&a), doc_state(&b));
			assert_memory_equal(a.assent, b.assent, sizeof(a.assent));
			assert_int_equal(a.publish_at, b.publish_at);
			published += doc_state(&a) == DOC_PUBLISHED;
		}
	}
	assert_true(moves > 30);
	assert_true(published > 0);
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_way),
		cmocka_unit_test(agreed_embargo),
		cmocka_unit_test(no_way_round),
		cmocka_unit_test(answers),
		cmocka_unit_test(clocks_apart),
		cmocka_unit_test(another_claims_the_id),
		cmocka_unit_test(words_stand),
		cmocka_unit_test(brackets),
		cmocka_unit_test(a_lying_log),
		cmocka_unit_test(dated_ahead),
		cmocka_unit_test(both_see_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
