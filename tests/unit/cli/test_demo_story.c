/* The demo's objects carried through two records by the rules: every step is allowed, and the public sees what it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h" /* ours before cmocka, whose fail() is a macro */
#include "cli/demo_content.h"
#include "consult/acts.h"
#include "support.h"

#include <cmocka.h>

#define OK(call) do { struct err e = {0}; const int rc_ = (call); if (rc_ != 0) fail_msg("line %d: %d: %s", __LINE__, rc_, e.msg); } while (0)
#define EMBARGO_S 3600

struct story { struct lab l; struct node de, jp; struct demo_ids ids; char publish_at[40], first_modified[40], first_sha[65]; };

static struct node *writer(struct story *s, enum demo_what w) { return demo_writer(w)[0] == 'J' ? &s->jp : &s->de; }

static void meet(struct story *s)
{
	OK(follow_direct(&s->de, &s->jp, &e));
	OK(follow_direct(&s->jp, &s->de, &e));
}

static void write_one(struct story *s, enum demo_what w)
{
	struct add_opt opt = {.strict = STIX_STRICT, .role = ROLE_DESK};
	struct buf b = BUF_INIT(0);
	struct node *n = writer(s, w);
	struct add_result res;
	struct add_item item;
	char now[40];
	struct demo_times t = {.created = now, .modified = now, .publish_at = w == DEMO_STATEMENT || w == DEMO_STATEMENT_REVISED ? s->publish_at : NULL,
	    .about_modified = s->first_modified, .about_sha256 = s->first_sha};

	time_format(clock_now(&s->l.w.clock), 3, now, sizeof(now));
	if (w == DEMO_STATEMENT)
		memcpy(s->first_modified, now, sizeof(now));
	if (w == DEMO_STATEMENT_REVISED)
		t.created = s->first_modified;
	OK(demo_json(w, &s->ids, &t, &b, &e));
	item = (struct add_item){b.p, b.n};
	assert_true(uuid_parse(strstr(s->ids.id[DEMO_COLLECTION], "--") + 2, 36, opt.collection));
	OK(record_add(n->r, &opt, &item, 1, &res, &e));
	if (res.what != ADDED_NEW)
		fail_msg("object %d: %s", w, res.err.msg);
	buf_free(&b);
	if (w == DEMO_STATEMENT) {
		struct entry en;
		uint8_t sum[32];

		OK(record_newest(n->rd, s->ids.id[w], NULL, &en, &e));
		OK(entry_object_sha256(&en, sum, &e));
		hex_encode(sum, 32, s->first_sha);
		entry_free(&en);
	}
}

static void agree(struct story *s, struct node *n, enum demo_what w)
{
	struct add_result res;

	OK(act_assent(&(struct actor){.r = n->r, .rd = n->rd, .role = ROLE_NODE}, s->ids.id[w], NULL, ASSENT_AGREE, NULL, &res, &e));
}

static enum doc_state state(struct story *s, struct node *n, enum demo_what w)
{
	struct doc_facts f;
	struct entry en;

	OK(record_newest(n->rd, s->ids.id[w], NULL, &en, &e));
	OK(consult_facts(n->rd, &en, s->l.now, &f, &e));
	entry_free(&en);
	return doc_state(&f);
}

/* What someone signed out may read on a node, by kind, through the one door there is. */
struct tally { struct node *n; unsigned of[STIX_KINDS_]; };
static int tally_one(void *ctx, const struct index_entry *row, struct err *e)
{
	const struct reader nobody = {.via = VIA_WEB};
	struct tally *t = ctx;
	struct entry en;
	int rc = record_read(t->n->rd, row, &en, e);

	if (rc != 0)
		return rc;
	rc = record_may_read(t->n->rd, &nobody, &en, e);
	t->of[en.object.kind] += rc == 0;
	entry_free(&en);
	return rc == E_NOTFOUND ? 0 : rc;
}

static struct tally seen_by_all(struct node *n)
{
	struct tally t = {.n = n};

	OK(index_page(record_index(n->rd), 0, NULL, NULL, 10000, tally_one, &t, &e));
	return t;
}

static void set_up(struct story *s)
{
	memset(s, 0, sizeof(*s));
	lab_open(&s->l, 20160909);
	node_make(&s->l, &s->de, "DE");
	node_make(&s->l, &s->jp, "JP");
	node_pin(&s->de, &s->jp);
	node_pin(&s->jp, &s->de);
	record_set_rules(s->de.r, consult_rule, consult_public, NULL);
	record_set_rules(s->jp.r, consult_rule, consult_public, NULL);
	OK(demo_ids_make(&s->l.w.rng, record_self(s->de.r)->identity, record_self(s->jp.r)->identity, &s->ids, &e));
	time_format(s->l.now + EMBARGO_S * NS_PER_S, 3, s->publish_at, sizeof(s->publish_at));
	write_one(s, DEMO_COLLECTION);
	meet(s);
	agree(s, &s->de, DEMO_COLLECTION);
	write_one(s, DEMO_IDENTITY_JP);
	write_one(s, DEMO_IDENTITY_DE);
	write_one(s, DEMO_SERIES);
	write_one(s, DEMO_ROUND);
	meet(s);
}

static void prepare_round(struct story *s)
{
	write_one(s, DEMO_INVITATION);
	write_one(s, DEMO_AGENDA);
	meet(s);
	agree(s, &s->de, DEMO_AGENDA);
	agree(s, &s->jp, DEMO_AGENDA);
	meet(s);
	assert_int_equal(state(s, &s->de, DEMO_AGENDA), DOC_AGREED);
	write_one(s, DEMO_DELEGATION_JP);
	write_one(s, DEMO_DELEGATION_DE);
	meet(s);
}

static void draft_statement(struct story *s)
{
	struct add_result res;

	write_one(s, DEMO_STATEMENT);
	meet(s);
	assert_int_equal(state(s, &s->de, DEMO_STATEMENT), DOC_DRAFT);
	write_one(s, DEMO_PROPOSAL);
	meet(s);
	assert_int_equal(state(s, &s->jp, DEMO_STATEMENT), DOC_PROPOSED);
	write_one(s, DEMO_STATEMENT_REVISED);
	OK(act_accept(&(struct actor){.r = s->jp.r, .rd = s->jp.rd, .role = ROLE_NODE}, s->ids.id[DEMO_PROPOSAL], NULL, NULL, &res, &e));
	meet(s);
	assert_int_equal(state(s, &s->de, DEMO_STATEMENT), DOC_DRAFT);
	agree(s, &s->de, DEMO_STATEMENT);
	agree(s, &s->jp, DEMO_STATEMENT);
	meet(s);
	assert_int_equal(state(s, &s->jp, DEMO_STATEMENT), DOC_AGREED);
}

static void told_to_the_end(void **unused)
{
	struct story s;
	struct add_result res;

	(void)unused;
	set_up(&s);
	prepare_round(&s);
	draft_statement(&s);
	OK(act_publish(&(struct actor){.r = s.jp.r, .rd = s.jp.rd, .role = ROLE_NODE}, s.ids.id[DEMO_AGENDA], NULL, s.publish_at, &res, &e));
	OK(act_publish(&(struct actor){.r = s.de.r, .rd = s.de.rd, .role = ROLE_NODE}, s.ids.id[DEMO_STATEMENT], NULL, s.publish_at, &res, &e)); /* any member may release */
	meet(&s);
	for (int i = 0; i < 2; i++) {
		struct node *n = i == 0 ? &s.de : &s.jp;
		const struct tally t = seen_by_all(n);

		assert_int_equal(state(&s, n, DEMO_STATEMENT), DOC_SCHEDULED);
		assert_int_equal(t.of[STIX_DOCUMENT] + t.of[STIX_ASSENT] + t.of[STIX_PUBLICATION] + t.of[STIX_PROPOSAL], 0);
		assert_int_equal(t.of[STIX_ROUND], 1);
		assert_int_equal(t.of[STIX_DELEGATION], 2);
	}
	s.l.now += EMBARGO_S * NS_PER_S;
	for (int i = 0; i < 2; i++) {
		const struct tally t = seen_by_all(i == 0 ? &s.de : &s.jp);

		assert_int_equal(t.of[STIX_DOCUMENT], 2);     /* agenda and statement, neither the first draft nor the invitation */
		assert_int_equal(t.of[STIX_ASSENT], 4);
		assert_int_equal(t.of[STIX_PUBLICATION], 2);
		assert_int_equal(t.of[STIX_PROPOSAL], 0);
		assert_int_equal(t.of[STIX_IDENTITY], 2);
		assert_int_equal(t.of[STIX_COLLECTION] + t.of[STIX_SERIES], 2);
	}
	node_free(&s.de);
	node_free(&s.jp);
	lab_close(&s.l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(told_to_the_end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
