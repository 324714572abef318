/* The acts over two records: a round from its invitation to what became of its promise, conflicts, silence over a cut line. */
#include <pthread.h>
#include <stdio.h>

#include "pair.h"

/* The newest `modified` of an id as this side sees it. */
static const char *version(struct side *s, const char *id)
{
	static char ret[4][LIMIT_TIMESTAMP + 1];
	static unsigned turn;
	struct entry en;

	turn = (turn + 1) % 4;
	OK(newest_by_writer(s->n.rd, id, &en, &e));
	memcpy(ret[turn], en.row.modified, sizeof(ret[turn]));
	entry_free(&en);
	return ret[turn];
}

static int patch(const struct actor *by, enum stix_kind kind, const struct act_at *at, const char *props, struct add_result *res, struct err *e)
{
	return act_write(by, kind, at, props, strlen(props), res, e);
}

/* Text of a unit in English; "" if there is none. Checks that it carries the marking. */
static const char *text_of(struct side *s, const char *id, const char *number)
{
	static char ret[200];
	const struct json_val *next, *unit;
	struct entry en;

	OK(newest_by_writer(s->n.rd, id, &en, &e));
	unit = unit_of(en.object.val, number, &next);
	(void)snprintf(ret, sizeof(ret), "%s", unit != NULL ? json_get_str(json_get(unit, "text"), "en") : "");
	entry_free(&en);
	return ret;
}

static const struct act_unit units[] = {
	{.number = "1", .text = {{"Eins", "一", "One"}}},
	{.number = "2", .text = {{"Zwei", "二", "Two"}}},
	{.number = "7", .text = {{"Weiter", "継続", "Go on"}}, .bracketed = true, .bracketed_by = "DE"},
};
#define ALL (1u << LANG_DE | 1u << LANG_JA | 1u << LANG_EN)

static int save(struct pair *p, struct side *s, const char *id, const char *seen, size_t n, const char *correction, bool frozen, struct add_result *res, struct err *e)
{
	return act_save_document(&s->by, &(struct act_document){.at = {.collection = p->collection, .id = id, .seen = seen, .tlp = TLP_CLEAR}, .round = p->round, .kind = "joint-statement", .number = "T-1",
	    .date = "2016-09-09T08:30:00.000Z", .title = {{"Erklärung", "声明", "Statement"}}, .authentic = 1u << LANG_DE | 1u << LANG_JA, .provisional = 1u << LANG_EN,
	    .unit = units, .units = n, .correction = {{NULL, NULL, correction}}, .frozen = frozen}, res, e);
}

/* ---- invitation ---- */

static void invitation(struct pair *p)
{
	const struct act_date a = {"2016-09-09T00:30:00.000Z", "2016-09-10T08:00:00.000Z"}, b = {"2016-10-03T00:30:00.000Z", NULL}, never = {"2016-11-03T00:30:00.000Z", NULL};
	struct act_invitation i = {.round = p->round, .verb = INVITE_INVITE, .date = (struct act_date[]){a, b}, .dates = 2, .text = EN("Welcome")};
	static struct invite_facts f, g;
	struct add_result res;

	REFUSED(E_DENIED, act_invite(&p->de.by, &i, &res, &e)); /* the host invites */
	OK(act_invite(&p->jp.by, &i, &res, &e));
	meet(p);
	OK(consult_round(p->de.n.rd, NULL, p->round, &f, &e));
	assert_int_equal(f.state, ROUND_INVITED);
	REFUSED(E_STATE, act_settle_round(&p->jp.by, p->round, NULL, &res, &e)); /* nothing is confirmed */
	i = (struct act_invitation){.round = p->round, .verb = INVITE_CONFIRM, .date = &never, .dates = 1};
	REFUSED(E_STATE, act_invite(&p->de.by, &i, &res, &e)); /* not on the table */
	i.dates = 0;
	REFUSED(E_FORMAT, act_invite(&p->de.by, &i, &res, &e));
	i = (struct act_invitation){.round = p->round, .verb = INVITE_OFFER, .date = (struct act_date[]){b, never}, .dates = 2};
	OK(act_invite(&p->de.by, &i, &res, &e));
	REFUSED(E_STATE, act_withdraw(&p->de.by, res.id, NULL, NULL, &res, &e)); /* a word stands */
	i = (struct act_invitation){.round = p->round, .verb = INVITE_CONFIRM, .date = &a, .dates = 1};
	OK(act_invite(&p->de.by, &i, &res, &e));
	meet(p);
	OK(act_invite(&p->jp.by, &i, &res, &e));
	meet(p);
	OK(consult_round(p->de.n.rd, NULL, p->round, &f, &e));
	OK(consult_round(p->jp.n.rd, NULL, p->round, &g, &e));
	assert_int_equal(f.state, ROUND_CONFIRMED);
	assert_int_equal(g.state, ROUND_CONFIRMED);
	assert_int_equal(f.confirmed.start, entry_time(a.start));
	assert_int_equal(g.confirmed.end, entry_time(a.end));
	REFUSED(E_DENIED, act_settle_round(&p->de.by, p->round, NULL, &res, &e)); /* Tokyo's entry */
	OK(act_settle_round(&p->jp.by, p->round, NULL, &res, &e));
	{
		struct entry en;

		OK(newest_by_writer(p->jp.n.rd, p->round, &en, &e));
		assert_string_equal(json_get_str(en.object.val, "end"), a.end);
		assert_string_equal(json_get_str(en.object.val, "status"), "scheduled");
		entry_free(&en);
	}
	/* Once it was held nothing is invited to any more; who may not see the round does not see it. */
	OK(patch(&p->jp.by, STIX_ROUND, &(struct act_at){.id = p->round}, "{\"status\":\"held\"}", &res, &e));
	i.verb = INVITE_CANCEL;
	i.dates = 0;
	REFUSED(E_STATE, act_invite(&p->jp.by, &i, &res, &e));
	REFUSED(E_NOTFOUND, consult_round(p->jp.n.rd, &(struct reader){.party = "FR", .role = ROLE_READER}, p->round, &f, &e));
	REFUSED(E_USAGE, consult_round(p->jp.n.rd, NULL, p->series, &f, &e));
	meet(p);
}

/* ---- text ---- */

static void propose_and_answer(struct pair *p, const char *doc)
{
	const struct act_change change[] = {
		{"2", "replace", EN("Two, better")}, {"7", "replace", {{"Berlin, 2017", "ベルリン、2017年", "Berlin, 2017"}}}, {"1", "insert", EN("One and a half")}, {"1", "insert", EN("One and three quarters")},
	};
	struct act_proposal prop = {.document = doc, .seen = version(&p->de, doc), .change = change, .changes = 4, .reason = EN("why")};
	char id[LIMIT_STIX_ID + 1];
	struct add_result res;

	OK(act_propose(&p->de.by, &prop, &res, &e));
	memcpy(id, res.id, sizeof(id));
	REFUSED(E_DENIED, act_accept(&p->de.by, id, NULL, NULL, &res, &e)); /* its proposer does not answer */
	meet(p);
	REFUSED(E_STATE, act_freeze(&p->jp.by, doc, NULL, &res, &e));       /* not over an open proposal */
	REFUSED(E_CONFLICT, act_accept(&p->jp.by, id, "2016-01-01T00:00:00.000Z", NULL, &res, &e));
	OK(act_accept(&p->jp.by, id, version(&p->jp, doc), &(struct texts)EN("gladly"), &res, &e));
	assert_string_equal(res.id, doc);
	assert_string_equal(text_of(&p->jp, doc, "2"), "Two, better");
	assert_string_equal(text_of(&p->jp, doc, "1a"), "One and a half");
	assert_string_equal(text_of(&p->jp, doc, "1b"), "One and three quarters");
	assert_int_equal(facts_of(p, &p->jp, doc).bracketed, 0);            /* its brackets were the proposer's */
	assert_int_equal(facts_of(p, &p->jp, doc).open_proposals, 0);
	assert_int_equal(facts_of(p, &p->jp, doc).untranslated, 2);
	REFUSED(E_STATE, act_accept(&p->jp.by, id, NULL, NULL, &res, &e)); /* answered */
	meet(p);
	/* Declined; and the version seen is not the newest any more. */
	prop = (struct act_proposal){.document = doc, .seen = version(&p->de, doc), .change = &change[2], .changes = 1, .reason = EN("again")};
	OK(act_propose(&p->de.by, &prop, &res, &e));
	meet(p);
	OK(act_decline(&p->jp.by, res.id, &(struct texts)EN("no"), &res, &e));
	prop.seen = "2016-01-01T00:00:00.000Z";
	REFUSED(E_CONFLICT, act_propose(&p->de.by, &prop, &res, &e));
	prop.seen = NULL;
	prop.reason = (struct texts){{NULL}};
	REFUSED(E_FORMAT, act_propose(&p->de.by, &prop, &res, &e));
	meet(p);
}

struct count { unsigned n; char last[100]; };
static int count(void *ctx, const struct entry *en, struct err *e)
{
	struct count *c = ctx;

	(void)e;
	c->n++;
	(void)snprintf(c->last, sizeof(c->last), "%s", json_get_str(json_get(en->object.val, "text"), "en"));
	return 0;
}

static void comments(struct pair *p, const char *doc)
{
	struct act_comment c = {.about = doc, .seen = version(&p->de, doc), .unit = "2", .text = EN("Is that so?")};
	struct count n = {0};
	struct add_result res;
	char first[LIMIT_STIX_ID + 1];

	OK(act_comment(&p->de.by, &c, &res, &e));
	memcpy(first, res.id, sizeof(first));
	meet(p);
	c.reply_to = first;
	c.text = (struct texts)EN("It is.");
	OK(act_comment(&p->jp.by, &c, &res, &e));
	c.unit = "99";
	REFUSED(E_NOTFOUND, act_comment(&p->jp.by, &c, &res, &e));
	c = (struct act_comment){.about = p->round, .text = EN("The round as a whole")};
	OK(act_comment(&p->jp.by, &c, &res, &e));
	c.unit = "1";
	REFUSED(E_STATE, act_comment(&p->jp.by, &c, &res, &e));
	meet(p);
	OK(consult_comments(p->de.n.rd, NULL, doc, count, &n, &e));
	assert_int_equal(n.n, 2);
	REFUSED(E_DENIED, act_withdraw(&p->jp.by, first, NULL, NULL, &res, &e)); /* another's */
	OK(act_withdraw(&p->de.by, first, NULL, NULL, &res, &e));
	n.n = 0;
	OK(consult_comments(p->de.n.rd, NULL, doc, count, &n, &e));
	assert_int_equal(n.n, 1);
	assert_string_equal(n.last, "It is.");
	meet(p);
}

/* Both see both versions named; nothing is written; then the writer saves over what it saw. */
static void conflict(struct pair *p, const char *doc)
{
	char seen[LIMIT_TIMESTAMP + 1];
	struct add_result res;
	struct err told = {0};

	memcpy(seen, version(&p->jp, doc), sizeof(seen));
	OK(save(p, &p->jp, doc, seen, 2, NULL, false, &res, &e));
	assert_int_equal(save(p, &p->jp, doc, seen, 1, NULL, false, &res, &told), E_CONFLICT);
	assert_non_null(strstr(told.msg, seen));
	assert_non_null(strstr(told.msg, version(&p->jp, doc)));
	REFUSED(E_CONFLICT, act_freeze(&p->jp.by, doc, seen, &res, &e));
	REFUSED(E_CONFLICT, act_publish(&p->jp.by, doc, seen, NULL, &res, &e));
	REFUSED(E_CONFLICT, act_assent(&p->jp.by, doc, seen, ASSENT_AGREE, NULL, &res, &e));
	REFUSED(E_CONFLICT, act_withdraw(&p->jp.by, doc, seen, NULL, &res, &e));
	REFUSED(E_DENIED, save(p, &p->de, doc, NULL, 2, NULL, false, &res, &e)); /* the other side's document */
	assert_string_equal(text_of(&p->jp, doc, "2"), "Two");
	meet(p);
}

/* Not even between a look and a commit: what the record asks is the same. */
static void conflict_at_commit(struct pair *p, const char *doc)
{
	struct add_opt opt = {.strict = STIX_STRICT, .all_or_nothing = true, .role = ROLE_NODE, .after = "2016-01-01T00:00:00.000Z"};
	struct buf b = BUF_INIT(0);
	struct add_item item;
	struct add_result res;
	struct entry en;

	memcpy(opt.collection, p->collection, 16);
	OK(newest_by_writer(p->jp.n.rd, doc, &en, &e));
	{
		char *later = mem_strdup("2016-12-31T00:00:00.000Z");
		const struct json_val *key, *val;
		struct json_iter it;
		bool first = true;

		buf_putc(&b, '{');
		for (json_iter(&it, en.object.val); json_next(&it, &key, &val);) {
			json_put_member(&b, &first, json_str(key, &(size_t){0}));
			if (json_str_is(key, "modified"))
				json_put_str(&b, later, strlen(later));
			else
				json_canon(val, &b);
		}
		buf_putc(&b, '}');
		mem_free(later);
	}
	entry_free(&en);
	item = (struct add_item){b.p, b.n};
	REFUSED(E_CONFLICT, record_add(p->jp.n.r, &opt, &item, 1, &res, &e));
	buf_free(&b);
}

/* Two people at one moment over one version: one saves, the other is told; never both. */
struct saver { struct pair *p; struct side s; const char *doc, *seen; size_t units; /* different texts: the same one twice would be no conflict */ int rc; };

static void *save_at_once(void *ctx)
{
	struct saver *v = ctx;
	struct add_result res;
	struct err e = {0};

	v->rc = save(v->p, &v->s, v->doc, v->seen, v->units, NULL, false, &res, &e);
	return NULL;
}

static void two_at_once(void **unused)
{
	struct saver v[2];
	struct pair p;
	struct add_result res;
	char doc[LIMIT_STIX_ID + 1], seen[LIMIT_TIMESTAMP + 1];

	(void)unused;
	pair_open(&p, 7);
	OK(save(&p, &p.jp, NULL, NULL, 2, NULL, false, &res, &e));
	memcpy(doc, res.id, sizeof(doc));
	for (int i = 0; i < 2; i++) {
		v[i] = (struct saver){.p = &p, .s = p.jp, .doc = doc, .units = (size_t)i + 1};
		OK(record_reader_new(p.jp.n.r, &v[i].s.n.rd, &e));
		v[i].s.by.rd = v[i].s.n.rd;
	}
	for (int round = 0; round < 30; round++) {
		pthread_t t[2];

		memcpy(seen, version(&p.jp, doc), sizeof(seen));
		for (int i = 0; i < 2; i++) {
			v[i].seen = seen;
			assert_int_equal(pthread_create(&t[i], NULL, save_at_once, &v[i]), 0);
		}
		for (int i = 0; i < 2; i++)
			(void)pthread_join(t[i], NULL);
		assert_true(v[0].rc == 0 || v[1].rc == 0);
		assert_true(v[0].rc == E_CONFLICT || v[1].rc == E_CONFLICT);
	}
	record_reader_free(v[0].s.n.rd);
	record_reader_free(v[1].s.n.rd);
	pair_close(&p);
}

static void publish(struct pair *p, const char *doc)
{
	struct add_result res;

	OK(act_assent(&p->jp.by, doc, version(&p->jp, doc), ASSENT_AGREE, NULL, &res, &e));
	OK(act_assent(&p->de.by, doc, NULL, ASSENT_AGREE, &(struct texts){{"Einverstanden", NULL, NULL}}, &res, &e));
	REFUSED(E_STATE, act_publish(&p->de.by, doc, NULL, NULL, &res, &e)); /* Tokyo's word has not come yet */
	meet(p);
	OK(act_publish(&p->de.by, doc, version(&p->de, doc), NULL, &res, &e));
	meet(p);
	p->l.now += NS_PER_S;
	assert_int_equal(state_of(p, &p->jp, doc), DOC_PUBLISHED);
	assert_int_equal(state_of(p, &p->de, doc), DOC_PUBLISHED);
}

/* ---- what was promised ---- */

static void promise(struct pair *p, const char *doc)
{
	static const char *const germany[] = {"DE"}, *const brazil[] = {"BR"};
	struct act_commitment c = {.document = doc, .unit = "2", .title = EN("Berlin, 2017"), .owner = germany, .owners = 1, .due = "2017-01-01T00:00:00.000Z", .due_precision = "year", .next_round = true};
	char id[LIMIT_STIX_ID + 1];
	struct commitments all;
	struct slippage s;
	struct count n = {0};
	struct add_result res;

	c.unit = "99";
	REFUSED(E_NOTFOUND, act_commit(&p->jp.by, &c, &res, &e));
	c.unit = "2";
	c.owner = brazil;
	REFUSED(E_STATE, act_commit(&p->jp.by, &c, &res, &e));
	c.owner = germany;
	OK(act_commit(&p->jp.by, &c, &res, &e));
	memcpy(id, res.id, sizeof(id));
	meet(p);
	REFUSED(E_STATE, patch(&p->jp.by, STIX_COMMITMENT, &(struct act_at){.id = id}, "{\"due\":null,\"due_precision\":null}", &res, &e)); /* it was promised so */
	OK(patch(&p->jp.by, STIX_COMMITMENT, &(struct act_at){.id = id}, "{\"title\":{\"en\":\"Second round: Berlin, 2017\"}}", &res, &e));
	REFUSED(E_DENIED, act_progress(&p->jp.by, &(struct act_progress){.commitment = id, .state = "done"}, &res, &e)); /* not its promise */
	OK(act_progress(&p->de.by, &(struct act_progress){.commitment = id, .state = "started", .text = EN("a hall is sought")}, &res, &e));
	meet(p);
	OK(consult_slippage(p->jp.n.rd, NULL, p->series, p->l.now, &s, &e));
	assert_int_equal(s.why, SLIP_NONE);
	assert_string_equal(s.last_round, p->round);

	/* As of 2021. */
	p->l.now = entry_time("2021-01-04T08:00:00.000Z");
	for (int i = 0; i < 2; i++) {
		struct side *v = i == 0 ? &p->de : &p->jp;

		OK(consult_slippage(v->n.rd, NULL, p->series, p->l.now, &s, &e));
		assert_int_equal(s.why, SLIP_PROMISED);
		assert_int_equal(s.since, entry_time("2018-01-01T00:00:00.000Z"));
		assert_int_equal(s.next, 1);
		assert_string_equal(s.party[0], "DE");
		assert_string_equal(s.commitment, id);
		OK(consult_agenda_return(v->n.rd, NULL, p->series, p->l.now, &all, &e));
		assert_int_equal(all.n, 1);
		assert_true(all.c[0].f.overdue);
		assert_int_equal(all.c[0].f.state, COMMITMENT_STARTED);
		assert_string_equal(json_get_str(json_get(all.c[0].en.object.val, "title"), "en"), "Second round: Berlin, 2017");
		commitments_free(&all);
	}
	REFUSED(E_NOTFOUND, consult_slippage(p->jp.n.rd, &(struct reader){.party = "FR", .role = ROLE_READER}, p->series, p->l.now, &s, &e));
	OK(act_progress(&p->de.by, &(struct act_progress){.commitment = id, .state = "carried", .due = "2021-05-17T00:00:00.000Z", .due_precision = "day"}, &res, &e));
	OK(consult_commitments(p->de.n.rd, NULL, p->round, p->l.now, &all, &e));
	assert_int_equal(all.n, 1);
	assert_false(all.c[0].f.overdue);
	commitments_free(&all);
	OK(consult_slippage(p->de.n.rd, NULL, p->series, p->l.now, &s, &e));
	assert_int_equal(s.why, SLIP_NONE);
	OK(act_progress(&p->de.by, &(struct act_progress){.commitment = id, .state = "done"}, &res, &e));
	OK(act_withdraw(&p->de.by, res.id, NULL, NULL, &res, &e));          /* said too early */
	OK(consult_progress(p->de.n.rd, NULL, id, count, &n, &e));
	assert_int_equal(n.n, 2);
	OK(act_progress(&p->de.by, &(struct act_progress){.commitment = id, .state = "done"}, &res, &e));
	OK(consult_agenda_return(p->de.n.rd, NULL, p->series, p->l.now, &all, &e));
	assert_int_equal(all.n, 0);
	commitments_free(&all);
	/* Taken back: the reading was wrong. */
	OK(act_withdraw(&p->jp.by, id, NULL, NULL, &res, &e));
	meet(p);
	REFUSED(E_STATE, act_progress(&p->de.by, &(struct act_progress){.commitment = id, .state = "open"}, &res, &e));
	OK(consult_commitments(p->de.n.rd, NULL, p->series, p->l.now, &all, &e));
	assert_int_equal(all.n, 0);
	commitments_free(&all);
}

/* A correction names what it corrects; a withdrawal stays known. */
static void corrected_and_withdrawn(struct pair *p, const char *doc)
{
	char was[LIMIT_TIMESTAMP + 1];
	struct doc_notice n;
	struct add_result res;

	memcpy(was, version(&p->jp, doc), sizeof(was));
	OK(consult_notice(p->de.n.rd, doc, p->l.now, &n, &e));
	assert_string_equal(n.published, was);
	assert_false(n.withdrawn);
	REFUSED(E_FORMAT, save(p, &p->jp, doc, was, 1, NULL, false, &res, &e)); /* why? */
	OK(save(p, &p->jp, doc, was, 1, "a slip in unit 2", false, &res, &e));
	OK(save(p, &p->jp, doc, NULL, 2, NULL, false, &res, &e));               /* said once, it stands in all that follow */
	OK(consult_notice(p->jp.n.rd, doc, p->l.now, &n, &e));
	assert_string_equal(n.published, was);                                  /* still */
	meet(p);
	publish(p, doc);
	OK(consult_notice(p->de.n.rd, doc, p->l.now, &n, &e));
	assert_string_equal(n.corrected, was);
	assert_string_equal(n.writer, "JP");
	OK(act_withdraw(&p->jp.by, doc, NULL, &(struct texts)EN("issued by mistake"), &res, &e));
	meet(p);
	assert_int_equal(state_of(p, &p->de, doc), DOC_WITHDRAWN);
	OK(consult_notice(p->de.n.rd, doc, p->l.now, &n, &e));
	assert_true(n.withdrawn);
	assert_string_equal(n.corrected, was);
	REFUSED(E_STATE, save(p, &p->jp, doc, NULL, 2, "after all", false, &res, &e));
}

static void a_round(void **unused)
{
	struct pair p;
	struct doc_notice n;
	struct add_result res;
	char doc[LIMIT_STIX_ID + 1];

	(void)unused;
	pair_open(&p, 1);
	invitation(&p);
	OK(save(&p, &p.jp, NULL, NULL, 3, NULL, false, &res, &e));
	memcpy(doc, res.id, sizeof(doc));
	meet(&p);
	propose_and_answer(&p, doc);
	comments(&p, doc);
	conflict(&p, doc);
	conflict_at_commit(&p, doc);
	REFUSED(E_NOTFOUND, consult_notice(p.de.n.rd, doc, p.l.now, &n, &e)); /* never public: nothing to say of it */
	publish(&p, doc);
	promise(&p, doc);
	corrected_and_withdrawn(&p, doc);
	pair_close(&p);
}

/* ---- silence ---- */

static void open_silence(struct pair *p, const char *doc, int64_t in, char id[LIMIT_STIX_ID + 1])
{
	char deadline[40];
	struct add_result res;

	time_text(p->l.now + in, deadline);
	OK(act_silence(&p->jp.by, &(struct act_silence){.document = doc, .deadline = deadline, .text = EN("by then")}, &res, &e));
	memcpy(id, res.id, sizeof(res.id));
}

static size_t tick(struct side *s)
{
	size_t n = 99;

	OK(consult_tick(s->n.r, s->n.rd, &n, &e));
	return n;
}

static void frozen_document(struct pair *p, char doc[LIMIT_STIX_ID + 1])
{
	struct add_result res;
	char deadline[40];

	OK(save(p, &p->jp, NULL, NULL, 2, NULL, false, &res, &e));
	memcpy(doc, res.id, sizeof(res.id));
	time_text(p->l.now + 3 * DAY, deadline);
	REFUSED(E_STATE, act_silence(&p->jp.by, &(struct act_silence){.document = doc, .deadline = deadline}, &res, &e)); /* not frozen */
	OK(act_freeze(&p->jp.by, doc, NULL, &res, &e));
	REFUSED(E_STATE, act_freeze(&p->jp.by, doc, NULL, &res, &e));
	time_text(p->l.now + HOUR, deadline);
	REFUSED(E_STATE, act_silence(&p->jp.by, &(struct act_silence){.document = doc, .deadline = deadline}, &res, &e)); /* nobody could answer in time */
	meet(p);
	time_text(p->l.now + 3 * DAY, deadline);
	REFUSED(E_DENIED, act_silence(&p->de.by, &(struct act_silence){.document = doc, .deadline = deadline}, &res, &e));
	REFUSED(E_STATE, act_propose(&p->de.by, &(struct act_proposal){.document = doc, .change = &(struct act_change){"1", "replace", EN("x")}, .changes = 1, .reason = EN("y")}, &res, &e));
}

static void silence_agrees(void **unused)
{
	struct pair p;
	char doc[LIMIT_STIX_ID + 1], id[LIMIT_STIX_ID + 1];
	struct add_result res;
	struct doc_facts a, b;

	(void)unused;
	pair_open(&p, 2);
	frozen_document(&p, doc);
	open_silence(&p, doc, 3 * DAY, id);
	meet(&p);
	a = facts_of(&p, &p.de, doc);
	b = facts_of(&p, &p.jp, doc);
	assert_int_equal(doc_silence(&a), SILENCE_RUNS);
	assert_int_equal(a.silence_until, b.silence_until); /* the deadline is the same on both sides */
	assert_int_equal(tick(&p.de) + tick(&p.jp), 0);
	p.l.now += 3 * DAY;
	a = facts_of(&p, &p.de, doc);
	assert_int_equal(doc_silence(&a), SILENCE_OVER);
	assert_int_equal(doc_state(&a), DOC_DRAFT);         /* no word, no assent */
	assert_int_equal(tick(&p.de), 1);
	assert_int_equal(tick(&p.de), 0);
	assert_int_equal(state_of(&p, &p.de, doc), DOC_ASSENTED);
	REFUSED(E_STATE, act_publish(&p.de.by, doc, NULL, NULL, &res, &e));
	assert_int_equal(tick(&p.jp), 1);
	meet(&p);
	assert_int_equal(state_of(&p, &p.de, doc), DOC_AGREED);
	assert_int_equal(state_of(&p, &p.jp, doc), DOC_AGREED);
	OK(act_publish(&p.de.by, doc, NULL, NULL, &res, &e));
	REFUSED(E_STATE, act_withdraw(&p.jp.by, id, NULL, NULL, &res, &e)); /* the deadline has passed */
	pair_close(&p);
}

/* The line is cut: an objection in time holds, wherever it is heard of first. */
static void silence_over_a_cut_line(void **unused)
{
	struct pair p;
	char doc[LIMIT_STIX_ID + 1], id[LIMIT_STIX_ID + 1];
	struct add_result res;
	struct doc_facts f;

	(void)unused;
	pair_open(&p, 3);
	frozen_document(&p, doc);
	open_silence(&p, doc, 2 * DAY, id);
	meet(&p);
	p.l.now += DAY;
	OK(act_assent(&p.de.by, doc, NULL, ASSENT_OBJECT, &(struct texts)EN("not so"), &res, &e)); /* Tokyo does not hear it */
	p.l.now += DAY;
	assert_int_equal(tick(&p.de), 0);
	assert_int_equal(tick(&p.jp), 1);                   /* it speaks for Tokyo alone */
	assert_int_equal(state_of(&p, &p.jp, doc), DOC_ASSENTED);
	REFUSED(E_STATE, act_publish(&p.jp.by, doc, NULL, NULL, &res, &e));
	meet(&p);
	for (int i = 0; i < 2; i++) {
		f = facts_of(&p, i == 0 ? &p.de : &p.jp, doc);
		assert_int_equal(doc_silence(&f), SILENCE_BROKEN);
		assert_int_equal(doc_state(&f), DOC_ASSENTED);
	}
	REFUSED(E_STATE, act_silence(&p.jp.by, &(struct act_silence){.document = doc, .deadline = "2016-10-09T00:00:00.000Z"}, &res, &e));
	assert_int_equal(tick(&p.de) + tick(&p.jp), 0);
	pair_close(&p);
}

/* A procedure that arrives late, or says of itself that it ran long ago, is heard before it is answered. */
static void silence_must_be_heard(void **unused)
{
	struct pair p;
	char doc[LIMIT_STIX_ID + 1], id[LIMIT_STIX_ID + 1];

	(void)unused;
	pair_open(&p, 4);
	frozen_document(&p, doc);
	open_silence(&p, doc, 2 * DAY, id);
	p.l.now += 5 * DAY;
	meet(&p);                                           /* only now */
	assert_int_equal(tick(&p.de), 0);
	p.l.now += DAY - HOUR;
	assert_int_equal(tick(&p.de), 0);
	p.l.now += 2 * HOUR;
	assert_int_equal(tick(&p.de), 1);
	pair_close(&p);
}

/* Who spoke was not silent; a procedure taken back is none; a newer version ends it. */
static void silence_ends(void **unused)
{
	struct pair p;
	char doc[LIMIT_STIX_ID + 1], id[LIMIT_STIX_ID + 1];
	struct add_result res;
	struct doc_facts f;

	(void)unused;
	pair_open(&p, 5);
	frozen_document(&p, doc);
	open_silence(&p, doc, 2 * DAY, id);
	meet(&p);
	OK(act_withdraw(&p.jp.by, id, NULL, NULL, &res, &e));
	meet(&p);
	f = facts_of(&p, &p.de, doc);
	assert_int_equal(doc_silence(&f), SILENCE_NONE);
	open_silence(&p, doc, 2 * DAY, id);                 /* once more */
	meet(&p);
	OK(act_assent(&p.de.by, doc, NULL, ASSENT_AGREE, NULL, &res, &e));
	OK(act_assent(&p.de.by, doc, NULL, ASSENT_WITHDRAW, NULL, &res, &e));
	p.l.now += 3 * DAY;
	assert_int_equal(tick(&p.de), 0);                   /* it took its word back: that is not silence */
	OK(save(&p, &p.jp, doc, NULL, 1, NULL, false, &res, &e));
	assert_int_equal(tick(&p.jp), 0);
	pair_close(&p);
}

/* ---- series, rounds, delegations as real ones are ---- */

static void real_rounds(void **unused)
{
	static const char *const nowhere[] = {"JP/MOFA"};
	const struct act_person koichi = {"水嶋光一", "MIZUSHIMA Koichi", "みずしまこういち"}, bettina = {"Bettina Muster", "Bettina Muster", NULL};
	const struct act_chair chair[] = {{"JP", koichi, EN("Ambassador")}, {"EU", bettina, EN("EEAS")}, {"EU", bettina, EN("DG CONNECT")}};
	const struct act_ordinal ordinals[] = {{"DE", 2, EN("announcement")}, {"JP", 0, {{NULL}}}};
	const struct act_lead lead = {"LT", "KAM", EN("Ministry of National Defence")};
	const struct act_observer observer = {EN("JPCERT/CC"), "JP", "non-government"};
	struct act_round r = {.title = EN("Second"), .kind = "intersessional", .start = "2021-05-17T07:00:00.000Z", .end = "2021-05-18T09:00:00.000Z", .zone = "Europe/Berlin", .mode = "video",
	    .host = "DE", .status = "scheduled", .ordinals = ordinals, .ordinals_n = 2, .chair = chair, .chairs = 3, .lead = &lead, .leads = 1, .observer = &observer, .observers = 1};
	struct act_delegate member = {koichi, EN("Ambassador"), EN("MOFA"), EN("Minister"), "MOFA", "head"};
	struct add_result res;
	struct entry en;
	struct pair p;
	char id[LIMIT_STIX_ID + 1];

	(void)unused;
	pair_open(&p, 6);
	r.at = (struct act_at){.collection = p.collection, .tlp = TLP_GREEN};
	r.series = p.series;
	OK(act_save_round(&p.de.by, &r, &res, &e));
	memcpy(id, res.id, sizeof(id));
	OK(newest_by_writer(p.de.n.rd, id, &en, &e));
	assert_int_equal(en.object.tlp, TLP_GREEN);
	assert_int_equal(json_len(json_get(en.object.val, "chairs")), 3);
	entry_free(&en);
	r.at = (struct act_at){.id = id, .seen = version(&p.de, id)};
	r.mode = "in-person";
	REFUSED(E_FORMAT, act_save_round(&p.de.by, &r, &res, &e)); /* where? */
	r.venue = (struct texts)EN("Rennes");
	r.ordinals_n = 0;
	OK(act_save_round(&p.de.by, &r, &res, &e));
	OK(newest_by_writer(p.de.n.rd, id, &en, &e));
	assert_int_equal(en.object.tlp, TLP_GREEN);                /* as before */
	assert_null(json_get(en.object.val, "ordinals"));          /* what is left out is taken away */
	entry_free(&en);
	REFUSED(E_NOTFOUND, act_save_round(&p.jp.by, &r, &res, &e)); /* not heard of yet */
	meet(&p);
	REFUSED(E_DENIED, act_save_round(&p.jp.by, &r, &res, &e));
	OK(act_save_delegation(&p.jp.by, &(struct act_delegation){.at = {.release_to = nowhere, .release_to_n = 1}, .round = id, .expires = "2022-05-17T00:00:00.000Z", .member = &member, .members = 1}, &res, &e));
	OK(newest_by_writer(p.jp.n.rd, res.id, &en, &e));
	assert_int_equal(en.object.tlp, TLP_AMBER);                /* not as the round: as the collection's highest */
	assert_int_equal(en.object.release_to_n, 1);
	assert_string_equal(json_get_str(en.object.val, "party"), "JP");
	entry_free(&en);
	OK(act_save_term(&p.de.by, &(struct act_term){.at = {.collection = p.collection}, .term = {{"Zusage", "コミットメント", "commitment"}}, .confused = &(struct texts){{"Verpflichtung", "義務", "obligation"}},
	    .confused_n = 1, .warning = {{"nicht Verpflichtung", NULL, NULL}}}, &res, &e));
	REFUSED(E_FORMAT, act_save_term(&p.de.by, &(struct act_term){.at = {.collection = p.collection}, .term = {{"Zusage", NULL, "commitment"}}}, &res, &e));
	REFUSED(E_USAGE, act_save_term(&p.de.by, &(struct act_term){.term = {{"Zusage", "コミットメント", "commitment"}}}, &res, &e)); /* where? */
	REFUSED(E_USAGE, act_write(&p.de.by, STIX_TERM, &(struct act_at){.id = id}, "{}", 2, &res, &e));
	REFUSED(E_FORMAT, act_write(&p.de.by, STIX_TERM, &(struct act_at){.collection = p.collection}, "[]", 2, &res, &e));
	REFUSED(E_DENIED, act_save_series(&(struct actor){.r = p.de.n.r, .rd = p.de.n.rd, .role = ROLE_READER}, &(struct act_series){.at = {.collection = p.collection}, .slug = "x", .noun = "dialogue",
	    .member = (const char *const[]){"DE"}, .members = 1, .title = EN("x")}, &res, &e)); /* a reader does not write */
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round), cmocka_unit_test(silence_agrees), cmocka_unit_test(silence_over_a_cut_line), cmocka_unit_test(silence_must_be_heard), cmocka_unit_test(silence_ends),
		cmocka_unit_test(two_at_once), cmocka_unit_test(real_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
