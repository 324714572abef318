/* The second person: what waits, who may confirm it, when it lapses, and that it is written once whatever dies. */
#include "../check.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "consult/acts.h"
#include "consult/desk_priv.h"
#include "desk_support.h"
#include "support.h"

static struct err e;
static void done(int rc, int want, int line)
{
	if (rc != want)
		fail_msg("line %d: %d instead of %d: %s", line, rc, want, e.msg);
}
#define OK(call) done((call), 0, __LINE__)
#define IS(code, call) done((call), (code), __LINE__)

static struct {
	struct lab l;
	struct node de, jp;
	struct office o;
	struct principal p;
	struct desk d;
	struct act_hold hold;
	struct actor a, free, jp_free;
	char round[LIMIT_STIX_ID + 1], clear[LIMIT_STIX_ID + 1], amber[LIMIT_STIX_ID + 1];
	struct add_result res;
} g;

static void as(const char *name, enum role role)
{
	g.p = person(name, "AA", role);
	g.d = (struct desk){.r = g.de.r, .rd = g.de.rd, .home = g.o.home, .state = g.o.state, .clock = &g.l.w.clock, .rng = &g.l.w.rng, .who = &g.p};
	desk_actor(&g.d, &g.hold, &g.a);
}

static const char *const members[] = {"DE", "JP"};
static uint8_t collection[16];

static void write_document(const char *number, const char *id, enum tlp tlp, const char *text, const char *const *to, const struct actor *a, int want)
{
	const struct act_unit unit = {.number = "1", .text = {.in[LANG_EN] = text}};
	const struct act_document doc = {.at = {.id = id, .collection = collection, .tlp = tlp, .release_to = to, .release_to_n = to != NULL}, .round = g.round, .kind = "minutes", .number = number,
	    .date = "2016-09-09T08:30:00Z", .title = {.in[LANG_EN] = "Test"}, .authentic = 1u << LANG_EN, .unit = &unit, .units = 1};

	g.l.now += NS_PER_S;
	IS(want, act_save_document(a, &doc, &g.res, &e));
}

static void meet(void)
{
	OK(follow_direct(&g.de, &g.jp, &e));
	OK(follow_direct(&g.jp, &g.de, &e));
}

static void open_rules(void)
{
	record_set_rules(g.de.r, consult_rule, consult_public, NULL);
	g.free = (struct actor){.r = g.de.r, .rd = g.de.rd, .role = ROLE_RELEASER};
}

static int setup(void **state)
{
	const struct act_series s = {.at = {.collection = collection, .tlp = TLP_CLEAR}, .slug = "test", .noun = "consultation", .member = members, .members = 2, .title = {.in[LANG_EN] = "Test"}};
	struct act_round r = {.at = {.tlp = TLP_CLEAR}, .title = {.in[LANG_EN] = "Test"}, .venue = {.in[LANG_EN] = "Tokyo"}, .start = "2016-09-09T00:30:00Z", .zone = "Asia/Tokyo",
	    .mode = "in-person", .host = "JP", .status = "held"};

	(void)state;
	memset(&g, 0, sizeof(g));
	collection_uuid(collection);
	lab_open(&g.l, 1);
	g.l.w.rng = rng_system(); /* processes that are killed must not draw what the next one draws */
	node_make(&g.l, &g.de, "DE");
	node_make(&g.l, &g.jp, "JP");
	node_pin(&g.de, &g.jp);
	node_pin(&g.jp, &g.de);
	open_rules();
	record_set_rules(g.jp.r, consult_rule, consult_public, NULL);
	g.jp_free = (struct actor){.r = g.jp.r, .rd = g.jp.rd, .role = ROLE_RELEASER};
	found_collection(&g.de, "\"DE\",\"JP\"", "amber");
	OK(follow_direct(&g.jp, &g.de, &e));
	OK(act_assent(&g.jp_free, "verbale-collection--" COLLECTION, NULL, ASSENT_AGREE, NULL, &g.res, &e));
	OK(act_save_series(&g.free, &s, &g.res, &e));
	r.series = g.res.id;
	OK(act_save_round(&g.free, &r, &g.res, &e));
	memcpy(g.round, g.res.id, sizeof(g.round));
	write_document("T-1", NULL, TLP_CLEAR, "clear", NULL, &g.free, 0);
	memcpy(g.clear, g.res.id, sizeof(g.clear));
	write_document("T-2", NULL, TLP_AMBER, "amber", NULL, &g.free, 0);
	memcpy(g.amber, g.res.id, sizeof(g.amber));
	meet();
	office_open(&g.o, g.de.dir);
	as("muster", ROLE_DESK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	office_close(&g.o);
	node_free(&g.de);
	node_free(&g.jp);
	lab_close(&g.l);
	return 0;
}

static int count_own(void *ctx, const struct index_entry *row, struct err *err)
{
	(void)err;
	*(unsigned *)ctx += row->log == 0;
	return 0;
}

static unsigned written(void)
{
	unsigned n = 0;

	OK(index_page(record_index(g.de.rd), 0, NULL, NULL, 100000, count_own, &n, &e));
	return n;
}

struct waiting { unsigned n; char id[17]; };

static int see_wait(void *ctx, const struct home_wait *w, struct err *err)
{
	struct waiting *x = ctx;

	(void)err;
	x->n++;
	memcpy(x->id, w->id, sizeof(x->id));
	return 0;
}

/* How many wait, as far as who is at the desk may know; the newest one's id. */
static struct waiting waiting(bool all)
{
	struct waiting x = {0};

	OK(desk_waiting(&g.d, all, see_wait, &x, &e));
	return x;
}

static enum home_wait_state state_of(const char *id, char reason[1000])
{
	struct home_wait w = {0};
	enum home_wait_state s;

	OK(home_wait_get(g.o.home, id, &w, &e));
	s = w.state;
	if (reason != NULL)
		(void)snprintf(reason, 1000, "%s", w.reason);
	home_wait_free(&w);
	return s;
}

static int comment(const char *about, const char *text)
{
	g.l.now += NS_PER_S;
	return act_comment(&g.a, &(struct act_comment){.about = about, .text = {.in[LANG_EN] = text}}, &g.res, &e);
}

/* Asked by muster: a comment on the amber document. */
static void ask(char id[17])
{
	as("muster", ROLE_DESK);
	IS(ACT_HELD, comment(g.amber, "x"));
	memcpy(id, waiting(false).id, 17);
}

/* ---- tests ---- */

static void test_table(void **state)
{
	static const bool by_level[] = {[TLP_NONE] = true, [TLP_CLEAR] = false, [TLP_GREEN] = false, [TLP_AMBER] = true, [TLP_AMBER_STRICT] = true, [TLP_RED] = true, [TLP_UNKNOWN] = true, true};

	(void)state;
	for (unsigned level = 0; level < ARRAY_LEN(by_level); level++)
		for (unsigned bits = 0; bits < 8; bits++) {
			const struct desk_release q = {.level = (enum tlp)level, .beyond = (bits & 1) != 0, .publication = (bits & 2) != 0, .withdraws_public = (bits & 4) != 0};

			if (desk_needs_second(&q) != (((bits & 1) != 0 && by_level[level]) || bits > 1))
				fail_msg("level %u, bits %u", level, bits);
		}
}

static void test_what_waits(void **state)
{
	static const char *const home[] = {"DE"}, *const agency[] = {"DE/AA"}, *const other[] = {"JP"};
	unsigned n;

	(void)state;
	OK(comment(g.clear, "x"));
	n = written();
	IS(ACT_HELD, comment(g.amber, "x"));
	write_document("T-3", NULL, TLP_AMBER, "x", NULL, &g.a, ACT_HELD);
	write_document("T-3", NULL, TLP_NONE, "x", NULL, &g.a, ACT_HELD); /* as the collection's ceiling */
	write_document("T-3", NULL, TLP_AMBER, "x", other, &g.a, ACT_HELD);
	assert_int_equal(written(), n);
	assert_int_equal(waiting(false).n, 4);
	/* What reaches nobody else, and what is not amber. */
	write_document("T-4", NULL, TLP_AMBER, "x", home, &g.a, 0);
	write_document("T-5", NULL, TLP_AMBER, "x", agency, &g.a, 0);
	write_document("T-6", NULL, TLP_GREEN, "x", NULL, &g.a, 0);
	assert_int_equal(written(), n + 3);
	assert_int_equal(waiting(false).n, 4);
	assert_int_equal(audited(&g.o, "second person ask"), 4);
	/* What does not fit is refused at once. */
	IS(E_STATE, act_publish(&g.a, g.amber, NULL, NULL, &g.res, &e));
	IS(E_NOTFOUND, comment("verbale-document--00000000-0000-4000-8000-0000000000ff", "x"));
	IS(E_CONFLICT, act_freeze(&g.a, g.amber, "2016-01-01T00:00:00.000Z", &g.res, &e));
	assert_int_equal(waiting(false).n, 4);
}

/* Every role: who sees it, who may confirm it, who may refuse it. */
static void test_who(void **state)
{
	static const enum role roles[] = {ROLE_NONE, ROLE_READER, ROLE_CONTRIBUTOR, ROLE_DESK, ROLE_RELEASER, ROLE_ADMIN, ROLE_AUDITOR, ROLE_NODE};
	struct home_wait w;
	char id[17];
	unsigned n;

	(void)state;
	/* What a role may not do does not wait either; nor is it written where nobody else is needed. */
	n = written();
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		const bool may = role_has(roles[i], RIGHT_WRITE) && role_has(roles[i], RIGHT_ASSENT);

		as("jemand", roles[i]);
		IS(may ? ACT_HELD : E_DENIED, comment(g.amber, "x"));
		IS(may ? ACT_HELD : E_DENIED, act_assent(&g.a, g.amber, NULL, ASSENT_AGREE, NULL, &g.res, &e));
		if (!may)
			IS(E_DENIED, comment(g.clear, "x"));
		g.p.own = false;
		desk_actor(&g.d, &g.hold, &g.a);
		IS(E_DENIED, comment(g.amber, "x"));
		IS(E_DENIED, comment(g.clear, "x"));
		g.p.own = true;
		g.p.known = false;
		desk_actor(&g.d, &g.hold, &g.a);
		IS(E_DENIED, comment(g.clear, "x"));
	}
	assert_int_equal(written(), n);
	as("zweite", ROLE_RELEASER);
	for (struct waiting x; (x = waiting(false)).n > 0;)
		OK(desk_refuse(&g.d, x.id, "so", &e));
	as("chef", ROLE_RELEASER);
	IS(ACT_HELD, comment(g.amber, "x"));
	memcpy(id, waiting(false).id, 17);
	n = written();
	IS(E_DENIED, desk_confirm(&g.d, id, &g.res, &e)); /* one's own, with all rights there are */
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (roles[i] == ROLE_RELEASER)
			continue;
		as("unbeteiligt", roles[i]);
		assert_int_equal(waiting(true).n, 0);
		IS(E_NOTFOUND, desk_wait(&g.d, id, &w, &e));
		IS(E_NOTFOUND, desk_confirm(&g.d, id, &g.res, &e));
		IS(E_NOTFOUND, desk_refuse(&g.d, id, "so", &e));
		as("chef", roles[i]); /* whoever asked and has not that right (any more) */
		assert_int_equal(waiting(true).n, 1);
		IS(E_DENIED, desk_confirm(&g.d, id, &g.res, &e));
	}
	as("fremd", ROLE_RELEASER);
	g.p.own = false;
	assert_int_equal(waiting(true).n, 0);
	IS(E_NOTFOUND, desk_confirm(&g.d, id, &g.res, &e));
	assert_int_equal(written(), n);
	as("zweite", ROLE_RELEASER);
	assert_int_equal(waiting(false).n, 1);
	OK(desk_wait(&g.d, id, &w, &e));
	assert_string_equal(w.asked_by, "chef");
	assert_string_equal(w.marking, "amber");
	assert_string_equal(w.about, g.amber);
	assert_string_equal(w.verb, "write");
	assert_true(!w.publication);
	home_wait_free(&w);
	OK(desk_confirm(&g.d, id, &g.res, &e));
	assert_int_equal(written(), n + 1);
	assert_int_equal(g.res.what, ADDED_NEW);
	assert_int_equal(state_of(id, NULL), WAIT_CONFIRMED);
	IS(E_STATE, desk_confirm(&g.d, id, &g.res, &e));
	IS(E_STATE, desk_refuse(&g.d, id, "so", &e));
	assert_int_equal(written(), n + 1);
	assert_int_equal(waiting(false).n, 0);
	assert_int_equal(audited(&g.o, "second person confirm"), 1);
	assert_int_equal(audited(&g.o, "second person carried out"), 1);
	IS(E_NOTFOUND, desk_confirm(&g.d, "00000000000000ff", &g.res, &e));
}

static void test_refuse(void **state)
{
	char id[17], reason[1000];
	unsigned n;

	(void)state;
	ask(id);
	n = written();
	as("zweite", ROLE_RELEASER);
	IS(E_USAGE, desk_refuse(&g.d, id, "", &e));
	OK(desk_refuse(&g.d, id, "zu früh", &e));
	assert_int_equal(state_of(id, reason), WAIT_REFUSED);
	assert_string_equal(reason, "zu früh");
	IS(E_STATE, desk_confirm(&g.d, id, &g.res, &e));
	ask(id);
	OK(desk_refuse(&g.d, id, NULL, &e)); /* taken back */
	assert_int_equal(state_of(id, NULL), WAIT_REFUSED);
	assert_int_equal(written(), n);
	assert_int_equal(audited(&g.o, "second person refuse"), 1);
	assert_int_equal(audited(&g.o, "second person take back"), 1);
}

static void test_lapses(void **state)
{
	char id[17], reason[1000];
	unsigned n;

	(void)state;
	/* A version made from one that is no longer the newest. */
	write_document("T-2", g.amber, TLP_NONE, "second", NULL, &g.a, ACT_HELD);
	memcpy(id, waiting(false).id, 17);
	write_document("T-2", g.amber, TLP_NONE, "meanwhile", NULL, &g.free, 0);
	n = written();
	as("zweite", ROLE_RELEASER);
	IS(E_CONFLICT, desk_confirm(&g.d, id, &g.res, &e));
	assert_int_equal(state_of(id, reason), WAIT_LAPSED);
	assert_non_null(strstr(reason, "the version seen is of"));
	IS(E_STATE, desk_confirm(&g.d, id, &g.res, &e));
	assert_int_equal(written(), n);
	/* An agreement to a text that was replaced. */
	as("muster", ROLE_DESK);
	IS(ACT_HELD, act_assent(&g.a, g.amber, NULL, ASSENT_AGREE, NULL, &g.res, &e));
	memcpy(id, waiting(false).id, 17);
	write_document("T-2", g.amber, TLP_NONE, "again", NULL, &g.free, 0);
	n = written();
	as("zweite", ROLE_RELEASER);
	IS(E_STATE, desk_confirm(&g.d, id, &g.res, &e));
	assert_int_equal(state_of(id, NULL), WAIT_LAPSED);
	assert_int_equal(written(), n);
	assert_int_equal(audited(&g.o, "second person lapse"), 2);
	assert_int_equal(audited(&g.o, "second person confirm"), 0);
}

static void agree_both(const char *id)
{
	OK(act_assent(&g.free, id, NULL, ASSENT_AGREE, NULL, &g.res, &e));
	meet();
	OK(act_assent(&g.jp_free, id, NULL, ASSENT_AGREE, NULL, &g.res, &e));
	meet();
}

static void confirm(const char *id)
{
	g.l.now += 3600 * NS_PER_S;
	as("zweite", ROLE_RELEASER);
	OK(desk_confirm(&g.d, id, &g.res, &e));
}

/* Also of a clear text; by the time of the second person, never an earlier one. And so is its withdrawal. */
static void test_publication(void **state)
{
	struct doc_notice notice;
	struct entry en;
	struct home_wait w;
	char id[17], asked[40];

	(void)state;
	agree_both(g.clear);
	time_format(g.l.now, 3, asked, sizeof(asked));
	IS(ACT_HELD, act_publish(&g.a, g.clear, NULL, NULL, &g.res, &e));
	memcpy(id, waiting(false).id, 17);
	OK(desk_wait(&g.d, id, &w, &e));
	assert_true(w.publication);
	home_wait_free(&w);
	IS(E_NOTFOUND, consult_notice(g.de.rd, g.clear, g.l.now + NS_PER_S, &notice, &e));
	confirm(id);
	OK(record_newest(g.de.rd, g.res.id, NULL, &en, &e));
	assert_true(strcmp(en.row.modified, asked) > 0);
	entry_free(&en);
	g.l.now += NS_PER_S;
	OK(consult_notice(g.de.rd, g.clear, g.l.now, &notice, &e));
	assert_true(notice.published_at >= g.l.now - 2 * NS_PER_S);
	as("muster", ROLE_DESK);
	IS(ACT_HELD, act_withdraw(&g.a, g.clear, NULL, &(struct texts){.in[LANG_EN] = "wrong"}, &g.res, &e));
	memcpy(id, waiting(false).id, 17);
	OK(consult_notice(g.de.rd, g.clear, g.l.now, &notice, &e));
	assert_false(notice.withdrawn);
	confirm(id);
	OK(consult_notice(g.de.rd, g.clear, g.l.now, &notice, &e));
	assert_true(notice.withdrawn);
	/* What never was public is withdrawn by one hand, as far as it is not amber. */
	as("muster", ROLE_DESK);
	write_document("T-7", NULL, TLP_CLEAR, "x", NULL, &g.a, 0);
	OK(act_withdraw(&g.a, g.res.id, NULL, &(struct texts){.in[LANG_EN] = "wrong"}, &g.res, &e));
}

static void propose(char id[LIMIT_STIX_ID + 1])
{
	const struct act_change c = {.unit = "1", .action = "replace", .text = {.in[LANG_EN] = "better"}};

	meet();
	OK(act_propose(&g.jp_free, &(struct act_proposal){.document = g.amber, .change = &c, .changes = 1, .reason = {.in[LANG_EN] = "why"}}, &g.res, &e));
	memcpy(id, g.res.id, sizeof(g.res.id));
	meet();
}

static unsigned open_proposals(void)
{
	struct doc_facts f;
	struct entry en;

	OK(record_newest(g.de.rd, g.amber, NULL, &en, &e));
	OK(consult_facts(g.de.rd, &en, g.l.now, &f, &e));
	entry_free(&en);
	return f.open_proposals;
}

static void expect_text(const char *text)
{
	struct json_iter it;
	const struct json_val *unit = NULL;
	struct entry en;

	OK(record_newest(g.de.rd, g.amber, NULL, &en, &e));
	json_iter(&it, json_get(en.object.val, "units"));
	assert_true(json_next(&it, NULL, &unit));
	assert_string_equal(json_get_str(json_get(unit, "text"), "en"), text);
	entry_free(&en);
}

/* Two objects: the next version, and the word that answers. */
static void test_accept(void **state)
{
	char prop[LIMIT_STIX_ID + 1], id[17];
	unsigned n;

	(void)state;
	propose(prop);
	n = written();
	IS(ACT_HELD, act_accept(&g.a, prop, NULL, &(struct texts){.in[LANG_DE] = "gern"}, &g.res, &e));
	memcpy(id, waiting(false).id, 17);
	assert_int_equal(written(), n);
	expect_text("amber");
	confirm(id);
	assert_int_equal(written(), n + 2);
	expect_text("better");
	assert_int_equal(open_proposals(), 0);
	/* Answered: refused at once, and no version is made for nothing. */
	as("muster", ROLE_DESK);
	IS(E_STATE, act_accept(&g.a, prop, NULL, NULL, &g.res, &e));
	IS(E_STATE, act_accept(&g.free, prop, NULL, NULL, &g.res, &e));
	assert_int_equal(written(), n + 2);
	propose(prop);
	IS(ACT_HELD, act_accept(&g.a, prop, NULL, NULL, &g.res, &e)); /* reads so already: the word alone */
	confirm(waiting(false).id);
	assert_int_equal(written(), n + 3);
	/* The text changed before the confirmation: it lapses whole. */
	write_document("T-2", g.amber, TLP_NONE, "other", NULL, &g.free, 0);
	propose(prop);
	as("muster", ROLE_DESK);
	IS(ACT_HELD, act_accept(&g.a, prop, NULL, NULL, &g.res, &e));
	memcpy(id, waiting(false).id, 17);
	write_document("T-2", g.amber, TLP_NONE, "meanwhile", NULL, &g.free, 0);
	n = written();
	as("zweite", ROLE_RELEASER);
	IS(E_CONFLICT, desk_confirm(&g.d, id, &g.res, &e));
	assert_int_equal(written(), n);
	IS(E_NOTFOUND, act_accept(&g.a, "verbale-proposal--00000000-0000-4000-8000-0000000000ff", NULL, NULL, &g.res, &e));
}

/* The predecessor's open work is the successor's: not for that one to confirm either. */
static void test_hand_over(void **state)
{
	char id[17];

	(void)state;
	ask(id);
	OK(desk_hand_over(g.o.home, "muster", "nachfolgerin", &e));
	OK(desk_hand_over(g.o.home, "muster", "nachfolgerin", &e));
	as("nachfolgerin", ROLE_RELEASER);
	assert_int_equal(waiting(false).n, 1);
	IS(E_DENIED, desk_confirm(&g.d, id, &g.res, &e));
	as("muster", ROLE_RELEASER);
	IS(E_DENIED, desk_confirm(&g.d, id, &g.res, &e));
	as("dritter", ROLE_RELEASER);
	OK(desk_confirm(&g.d, id, &g.res, &e));
}

/* As far as desk_confirm comes before the node dies: ready, and (sent) in the record without a note of it. */
static void die(const char *id, bool sent)
{
	CLEANUP_BUF struct buf ready = BUF_INIT(LIMIT_READY);
	struct home_wait w, to = {.state = WAIT_READY, .decided_by = "zweite"};
	struct add_result res;

	as("zweite", ROLE_RELEASER);
	OK(desk_wait(&g.d, id, &w, &e));
	OK(act_prepare(&g.free, w.act, w.act_n, &ready, &e));
	memcpy(to.id, id, sizeof(to.id));
	to.bytes = ready.p;
	to.bytes_n = ready.n;
	OK(home_wait_step(g.o.home, &to, &e));
	if (sent)
		OK(act_send(&g.free, ready.p, ready.n, &res, &e));
	home_wait_free(&w);
}

static void resume(size_t want)
{
	size_t n = 99;

	g.d.who = NULL; /* the node itself */
	OK(desk_resume(&g.d, &n, &e));
	assert_int_equal(n, want);
	as("zweite", ROLE_RELEASER);
}

static void test_resume(void **state)
{
	char id[17], reason[1000];
	unsigned n;

	(void)state;
	for (int sent = 0; sent < 2; sent++) {
		ask(id);
		n = written();
		die(id, sent != 0);
		assert_int_equal(written(), n + (unsigned)sent);
		IS(E_STATE, desk_confirm(&g.d, id, &g.res, &e));
		IS(E_STATE, desk_refuse(&g.d, id, "so", &e));
		resume(1);
		assert_int_equal(written(), n + 1);
		assert_int_equal(state_of(id, NULL), WAIT_CONFIRMED);
		resume(0);
		assert_int_equal(written(), n + 1);
	}
	/* Written, and then a newer version of the same document before anybody noted it: still done, not lapsed. */
	as("muster", ROLE_DESK);
	write_document("T-2", g.amber, TLP_NONE, "second", NULL, &g.a, ACT_HELD);
	memcpy(id, waiting(false).id, 17);
	die(id, true);
	write_document("T-2", g.amber, TLP_NONE, "third", NULL, &g.free, 0);
	n = written();
	resume(1);
	assert_int_equal(written(), n);
	assert_int_equal(state_of(id, NULL), WAIT_CONFIRMED);
	/* The first of two objects written, not the second. */
	{
		CLEANUP_BUF struct buf one = BUF_INIT(LIMIT_READY);
		struct home_wait w;
		char prop[LIMIT_STIX_ID + 1];

		propose(prop);
		as("muster", ROLE_DESK);
		IS(ACT_HELD, act_accept(&g.a, prop, NULL, NULL, &g.res, &e));
		memcpy(id, waiting(false).id, 17);
		die(id, false);
		n = written();
		OK(home_wait_get(g.o.home, id, &w, &e));
		buf_put(&one, w.bytes, (size_t)(strstr(w.bytes, ",{\"collection\"") - w.bytes));
		buf_putc(&one, ']');
		home_wait_free(&w);
		OK(act_send(&g.free, one.p, one.n, &g.res, &e));
		assert_int_equal(written(), n + 1);
		assert_int_equal(open_proposals(), 1);
		resume(1);
		assert_int_equal(written(), n + 2);
		assert_int_equal(open_proposals(), 0);
	}
	/* Not written, and it does not fit any more. */
	as("muster", ROLE_DESK);
	write_document("T-2", g.amber, TLP_NONE, "fourth", NULL, &g.a, ACT_HELD);
	memcpy(id, waiting(false).id, 17);
	die(id, false);
	write_document("T-2", g.amber, TLP_NONE, "fifth", NULL, &g.free, 0);
	n = written();
	resume(0);
	assert_int_equal(written(), n);
	assert_int_equal(state_of(id, reason), WAIT_LAPSED);
	assert_true(reason[0] != '\0');
}

/* Without memory at any point: it waits, or is ready; it is written once in the end. */
static void test_memory(void **state)
{
	char id[17];
	unsigned n;

	(void)state;
	ask(id);
	n = written();
	as("zweite", ROLE_RELEASER);
	for (long at = 1;; at += 3) {
		int rc;

		mem_fail_after(at);
		rc = desk_confirm(&g.d, id, &g.res, &e);
		mem_fail_after(0);
		if (rc != 0 && rc != E_NOMEM && rc != E_STATE)
			fail_msg("at %ld: %d: %s", at, rc, e.msg);
		if (rc == 0 || state_of(id, NULL) == WAIT_CONFIRMED)
			break;
		if (state_of(id, NULL) == WAIT_READY)
			IGNORE(desk_resume(&g.d, NULL, &e), "the next round tries again");
		assert_true(written() <= n + 1);
		if (state_of(id, NULL) == WAIT_CONFIRMED)
			break;
		assert_true(at < 20000);
	}
	assert_int_equal(written(), n + 1);
	assert_int_equal(state_of(id, NULL), WAIT_CONFIRMED);
}

static void reopen(void)
{
	node_open(&g.l, &g.de, true);
	open_rules();
	office_open(&g.o, g.de.dir);
	as("zweite", ROLE_RELEASER);
}

/* Killed at any moment of a confirmation, a process of its own each time. */
static void test_killed(void **state)
{
	enum { TIMES = 12 };
	unsigned n, seen[6] = {0};

	(void)state;
	n = written();
	for (unsigned i = 0; i < TIMES; i++) {
		char id[17], c = 0;
		int up[2];
		pid_t pid;

		ask(id);
		office_close(&g.o);
		node_close(&g.de);
		assert_int_equal(pipe(up), 0);
		if ((pid = fork()) == 0) {
			reopen();
			if (write(up[1], &c, 1) != 1)
				_exit(1);
			IGNORE(desk_confirm(&g.d, id, &g.res, &e), "killed before it answers");
			IGNORE(pause(), "until killed");
			_exit(0);
		}
		assert_int_equal(read(up[0], &c, 1), 1);
		usleep(i * 1500);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(up[0]);
		close(up[1]);
		for (int tries = 0; tries < 100; tries++) { /* the dead one's signer lets go of the folder a moment later */
			usleep(2000);
			if (kill(pid, 0) != 0)
				break;
		}
		reopen();
		seen[state_of(id, NULL)]++;
		assert_true(state_of(id, NULL) != WAIT_LAPSED);
		OK(desk_resume(&g.d, NULL, &e));
		if (state_of(id, NULL) == WAIT_WAITING)
			OK(desk_confirm(&g.d, id, &g.res, &e));
		assert_int_equal(state_of(id, NULL), WAIT_CONFIRMED);
		assert_int_equal(written(), n + i + 1);
	}
	print_message("killed while waiting %u, ready %u, confirmed %u\n", seen[WAIT_WAITING], seen[WAIT_READY], seen[WAIT_CONFIRMED]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), TEST(test_what_waits), TEST(test_who), TEST(test_refuse), TEST(test_lapses), TEST(test_publication), TEST(test_accept),
		TEST(test_hand_over), TEST(test_resume), TEST(test_memory), TEST(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
