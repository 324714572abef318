/* National papers by the rights of people: every role × use, asking, answering, merging, the folder. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "desk_support.h"

#define OK(call) do { \
	if ((call) != 0) \
		fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e.msg); \
} while (0)
#define ROUND "verbale-round--00000000-0000-4000-8000-000000000002"

static struct { char dir[64]; struct office o; int64_t now; struct clock clock; struct rng rng; struct desk d; struct principal p; } g;
static struct err e;

static int64_t now(void *ctx) { return *(int64_t *)ctx; }

static int setup(void **state)
{
	(void)state;
	(void)snprintf(g.dir, sizeof(g.dir), "/tmp/verbale-desk-XXXXXX");
	assert_non_null(mkdtemp(g.dir));
	office_open(&g.o, g.dir);
	g.now = 1000 * NS_PER_S;
	g.clock = (struct clock){now, &g.now};
	g.rng = rng_system();
	g.d = (struct desk){.home = g.o.home, .state = g.o.state, .clock = &g.clock, .rng = &g.rng, .who = &g.p};
	return 0;
}

static int teardown(void **state)
{
	static const char *const files[] = {"home.sqlite", "home.sqlite-wal", "home.sqlite-shm", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm"};
	char path[160];

	(void)state;
	office_close(&g.o);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", g.dir, files[i]);
		unlink(path);
	}
	rmdir(g.dir);
	return 0;
}

static void as(const char *name, const char *agency, enum role role) { g.p = person(name, agency, role); }

static const enum role roles[] = {ROLE_NONE, ROLE_READER, ROLE_CONTRIBUTOR, ROLE_DESK, ROLE_RELEASER, ROLE_ADMIN, ROLE_AUDITOR, ROLE_NODE, (enum role)99};

/* Said by hand, not by the code's own table: r, w, c of the own agency's, and of another's. */
static const struct { enum home_kind kind; enum home_state state; const char *own, *others; } contributor[] = {
	{HOME_REQUEST, HOME_DRAFT, "r", ""}, {HOME_REQUEST, HOME_SENT, "r", ""}, {HOME_REQUEST, HOME_CLEARED, "r", ""}, {HOME_REQUEST, HOME_WITHDRAWN, "r", ""},
	{HOME_CONTRIBUTION, HOME_DRAFT, "rw", ""}, {HOME_CONTRIBUTION, HOME_SENT, "rw", "r"}, {HOME_CONTRIBUTION, HOME_CLEARED, "r", "r"}, {HOME_CONTRIBUTION, HOME_WITHDRAWN, "rw", ""},
	{HOME_POSITION, HOME_DRAFT, "r", "r"}, {HOME_POSITION, HOME_SENT, "r", "r"}, {HOME_POSITION, HOME_CLEARED, "r", "r"}, {HOME_POSITION, HOME_WITHDRAWN, "r", "r"},
	{HOME_BRIEFING, HOME_DRAFT, "r", "r"}, {HOME_BRIEFING, HOME_SENT, "r", "r"}, {HOME_BRIEFING, HOME_CLEARED, "r", "r"}, {HOME_BRIEFING, HOME_WITHDRAWN, "r", "r"},
	{HOME_MINUTES, HOME_DRAFT, "r", "r"}, {HOME_MINUTES, HOME_SENT, "r", "r"}, {HOME_MINUTES, HOME_CLEARED, "r", "r"}, {HOME_MINUTES, HOME_WITHDRAWN, "r", "r"},
	{HOME_NOTE, HOME_DRAFT, "rw", ""}, {HOME_NOTE, HOME_SENT, "rw", "r"}, {HOME_NOTE, HOME_CLEARED, "r", "r"}, {HOME_NOTE, HOME_WITHDRAWN, "rw", ""},
};

static void test_rights(void **state)
{
	static const char letter[] = {[DESK_READ] = 'r', [DESK_WRITE] = 'w', [DESK_CLEAR] = 'c'};
	unsigned asked = 0;

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(roles); r++)
		for (size_t i = 0; i < ARRAY_LEN(contributor); i++)
			for (int own = 0; own < 2; own++)
				for (enum desk_use use = DESK_READ; use <= DESK_CLEAR; use++) {
					const char *may = roles[r] == ROLE_DESK || roles[r] == ROLE_RELEASER ? "rwc"
					    : roles[r] != ROLE_CONTRIBUTOR ? "" : own ? contributor[i].own : contributor[i].others;
					struct principal p = person("x", "BSI", roles[r]);
					const char *agency = own ? "BSI" : "BMI";

					if (desk_may(&p, use, contributor[i].kind, contributor[i].state, agency) != (strchr(may, letter[use]) != NULL))
						fail_msg("role %u, %s %s of %s: %c", roles[r], home_kind_word(contributor[i].kind), home_state_word(contributor[i].state), agency, letter[use]);
					p.own = false; /* another party's user */
					assert_false(desk_may(&p, use, contributor[i].kind, contributor[i].state, agency));
					p.own = true;
					p.known = false;
					assert_false(desk_may(&p, use, contributor[i].kind, contributor[i].state, agency));
					asked += 3;
				}
	assert_int_equal(asked, 9 * 24 * 2 * 3 * 3);
	/* Of no agency: nothing is one's own. */
	assert_false(desk_may(&(struct principal){.known = true, .own = true, .reader.role = ROLE_CONTRIBUTOR}, DESK_WRITE, HOME_NOTE, HOME_DRAFT, ""));
}

static int none(void *ctx, const struct home_paper *p, struct err *err)
{
	(void)p;
	(void)err;
	++*(unsigned *)ctx;
	return 0;
}

static int none_due(void *ctx, const struct desk_due *p, struct err *err)
{
	(void)p;
	(void)err;
	++*(unsigned *)ctx;
	return 0;
}

/* Every act × every role: what a role may not do changes nothing and shows nothing. */
static void test_acts_by_role(void **state)
{
	static const char *const agencies[] = {"BSI"};
	const struct desk_question q = {.round = ROUND, .item = "1", .title = "t", .text = "t", .agency = agencies, .agencies = 1};
	char request[17], id[17];
	struct home_paper p = {.kind = HOME_BRIEFING, .round = ROUND, .item = "1"}, got;
	struct desk_folder f;

	(void)state;
	as("leitung", "AA", ROLE_DESK);
	OK(desk_save(&g.d, &(struct home_paper){.kind = HOME_REQUEST, .round = ROUND, .item = "9", .agency = "BSI"}, 0, request, NULL, &e));
	OK(desk_contribute(&g.d, &(struct desk_answer){.request = request, .text = "x", .send = true}, id, NULL, &e));
	OK(desk_merge(&g.d, ROUND, "9", 0, id, NULL, &e));
	for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
		const bool desk = roles[r] == ROLE_DESK || roles[r] == ROLE_RELEASER, reads = desk || roles[r] == ROLE_CONTRIBUTOR;
		unsigned n = 0;
		uint64_t base = 0;

		as("jemand", "BSI", roles[r]);
		assert_int_equal(desk_request(&g.d, &q, &e), desk ? 0 : E_DENIED);
		assert_int_equal(desk_save(&g.d, &p, 0, NULL, NULL, &e), desk ? 0 : E_DENIED);
		assert_int_equal(desk_read(&g.d, id, 0, &got, &e), reads ? 0 : E_NOTFOUND);
		if (reads) {
			base = got.version;
			home_paper_free(&got);
		}
		assert_int_equal(desk_merge(&g.d, ROUND, "9", base, NULL, NULL, &e), desk ? 0 : E_DENIED);
		assert_int_equal(desk_contribute(&g.d, &(struct desk_answer){.request = request, .text = "y", .base = r + 1}, NULL, NULL, &e), desk ? E_CONFLICT : reads ? E_CONFLICT : E_NOTFOUND);
		assert_int_equal(desk_papers(&g.d, &(struct home_ask){0}, none, &n, &e), reads ? 0 : E_DENIED);
		assert_int_equal(desk_versions(&g.d, id, none, &n, &e), reads ? 0 : E_NOTFOUND);
		assert_int_equal(desk_requests(&g.d, &(struct home_ask){0}, false, none_due, &n, &e), reads ? 0 : E_DENIED);
		assert_int_equal(desk_folder(&g.d, ROUND, &f, &e), reads ? 0 : E_DENIED);
		if (reads)
			desk_folder_free(&f);
		assert_true((n > 0) == reads);
	}
}

static struct home_paper note(const char *id, enum home_state s)
{
	struct home_paper p = {.kind = HOME_NOTE, .state = s, .title = "Notiz", .text[HOME_BODY] = "eins\r\nzwei\rdrei\n"};

	(void)snprintf(p.id, sizeof(p.id), "%s", id);
	return p;
}

static void test_save(void **state)
{
	struct home_paper p = note("", HOME_NO_STATE), got = {0};
	char id[17];
	uint64_t v = 0;

	(void)state;
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	OK(desk_save(&g.d, &p, 0, id, &v, &e));
	OK(desk_read(&g.d, id, 0, &got, &e));
	assert_string_equal(got.text[HOME_BODY], "eins\nzwei\ndrei\n");
	assert_string_equal(got.agency, "BSI");
	assert_string_equal(got.author, "muster");
	assert_true(got.state == HOME_DRAFT && got.at_us == 1000 * 1000000LL);
	home_paper_free(&got);
	/* A draft of another agency's is not there; sent, it can be read but not changed. */
	as("anders", "BMI", ROLE_CONTRIBUTOR);
	assert_int_equal(desk_read(&g.d, id, 0, &got, &e), E_NOTFOUND);
	p = note(id, HOME_SENT);
	assert_int_equal(desk_save(&g.d, &p, 1, NULL, NULL, &e), E_NOTFOUND);
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	OK(desk_save(&g.d, &p, 1, NULL, &v, &e));
	assert_int_equal(v, 2);
	as("anders", "BMI", ROLE_CONTRIBUTOR);
	OK(desk_read(&g.d, id, 0, &got, &e));
	home_paper_free(&got);
	assert_int_equal(desk_read(&g.d, id, 1, &got, &e), E_NOTFOUND); /* what it was as a draft */
	assert_int_equal(desk_save(&g.d, &p, 2, NULL, NULL, &e), E_DENIED);
	/* Cleared by the desk alone; then the contributor is done with it. */
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	p = note(id, HOME_CLEARED);
	assert_int_equal(desk_save(&g.d, &p, 2, NULL, NULL, &e), E_DENIED);
	as("leitung", "AA", ROLE_DESK);
	OK(desk_save(&g.d, &p, 2, NULL, NULL, &e));
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	p = note(id, HOME_DRAFT);
	assert_int_equal(desk_save(&g.d, &p, 3, NULL, NULL, &e), E_DENIED);
	as("leitung", "AA", ROLE_DESK);
	assert_int_equal(desk_save(&g.d, &p, 2, NULL, NULL, &e), E_CONFLICT);
	OK(desk_save(&g.d, &p, 3, NULL, NULL, &e));
	/* In the name of another agency, of nobody. */
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	p = note("", HOME_DRAFT);
	(void)snprintf(p.agency, sizeof(p.agency), "BMI");
	assert_int_equal(desk_save(&g.d, &p, 0, NULL, NULL, &e), E_DENIED);
	assert_int_equal(desk_save(&g.d, &(struct home_paper){.kind = HOME_KINDS}, 0, NULL, NULL, &e), E_DENIED);
	p = note("00000000000000ff", HOME_DRAFT);
	assert_int_equal(desk_save(&g.d, &p, 1, NULL, NULL, &e), E_NOTFOUND);
	assert_int_equal(audited(&g.o, "note save"), 4);
}

struct dues { char s[400]; };

static int list_due(void *ctx, const struct desk_due *d, struct err *err)
{
	struct dues *x = ctx;
	const size_t n = strlen(x->s);

	(void)err;
	(void)snprintf(x->s + n, sizeof(x->s) - n, "%s/%s%s%s ", d->due->request.item, d->due->request.agency, d->due->answered == HOME_SENT ? "+" : "", d->late ? "!" : "");
	return 0;
}

static void expect_dues(bool open, const char *what)
{
	struct dues x = {""};

	OK(desk_requests(&g.d, &(struct home_ask){.round = ROUND}, open, list_due, &x, &e));
	if (strcmp(x.s, what) != 0)
		fail_msg("\"%s\" instead of \"%s\"", x.s, what);
}

struct of_agency { const char *agency; char id[17]; };

static int find_request(void *ctx, const struct home_paper *p, struct err *err)
{
	struct of_agency *f = ctx;

	(void)err;
	if (strcmp(p->agency, f->agency) == 0)
		memcpy(f->id, p->id, sizeof(f->id));
	return 0;
}

static void request_of(const char *agency, char id[17])
{
	struct of_agency f = {.agency = agency};

	OK(home_papers(g.o.home, &(struct home_ask){.kind = HOME_REQUEST, .round = ROUND, .item = "2"}, find_request, &f, &e));
	assert_true(f.id[0] != '\0');
	memcpy(id, f.id, sizeof(f.id));
}

/* From the question to the folder. */
static void test_round(void **state)
{
	static const char *const agencies[] = {"BSI", "BMI", "BKA"}, *const one[] = {"BSI"};
	const struct desk_question q = {.round = ROUND, .item = "2", .title = "Kritische Infrastruktur", .text = "Sachstand?", .agency = agencies, .agencies = 3, .deadline_s = 2000};
	struct home_paper got = {0}, p = {.kind = HOME_BRIEFING, .round = ROUND, .item = "10", .title = "Weiteres", .text = {"Stand", "Sprechen", "Fragen"}};
	char bsi[17], bmi[17], id[17], position[17];
	struct desk_folder f = {0};
	uint64_t v = 0;

	(void)state;
	as("leitung", "AA", ROLE_DESK);
	OK(desk_request(&g.d, &q, &e));
	OK(desk_request(&g.d, &(struct desk_question){.round = ROUND, .item = "10", .agency = one, .agencies = 1}, &e));
	assert_int_equal(desk_request(&g.d, &(struct desk_question){.round = ROUND, .item = "3", .agency = (const char *const[]){"BSI", ""}, .agencies = 2}, &e), E_FORMAT);
	expect_dues(false, "2/BSI 2/BMI 2/BKA 10/BSI "); /* the one before the bad one is not there either */
	request_of("BSI", bsi);
	request_of("BMI", bmi);
	assert_int_equal(desk_merge(&g.d, ROUND, "2", 0, position, &v, &e), E_NOTFOUND);

	as("muster", "BSI", ROLE_CONTRIBUTOR);
	expect_dues(false, "2/BSI 10/BSI ");
	assert_int_equal(desk_contribute(&g.d, &(struct desk_answer){.request = bmi, .text = "x"}, id, &v, &e), E_NOTFOUND);
	assert_int_equal(desk_contribute(&g.d, &(struct desk_answer){.request = bsi, .text = "x", .base = 1}, id, &v, &e), E_NOTFOUND);
	OK(desk_contribute(&g.d, &(struct desk_answer){.request = bsi, .text = "Entwurf"}, id, &v, &e));
	assert_int_equal(desk_contribute(&g.d, &(struct desk_answer){.request = bsi, .text = "nochmals"}, id, &v, &e), E_CONFLICT);
	expect_dues(true, "2/BSI 10/BSI ");
	OK(desk_contribute(&g.d, &(struct desk_answer){.request = bsi, .text = "Beitrag des BSI", .send = true, .base = 1}, id, &v, &e));
	assert_int_equal(v, 2);
	expect_dues(true, "10/BSI ");
	as("kollegin", "BMI", ROLE_CONTRIBUTOR);
	OK(desk_contribute(&g.d, &(struct desk_answer){.request = bmi, .text = "Beitrag des BMI", .send = true}, id, &v, &e));
	assert_int_equal(desk_merge(&g.d, ROUND, "2", 0, position, &v, &e), E_DENIED);
	g.now = 3000 * NS_PER_S;

	as("leitung", "AA", ROLE_RELEASER);
	expect_dues(false, "2/BSI+ 2/BMI+ 2/BKA! 10/BSI ");
	OK(desk_merge(&g.d, ROUND, "2", 0, position, &v, &e));
	assert_int_equal(desk_merge(&g.d, ROUND, "2", 0, position, &v, &e), E_CONFLICT);
	OK(desk_read(&g.d, position, 0, &got, &e));
	assert_string_equal(got.text[HOME_BODY], "BMI\nBeitrag des BMI\n\nBSI\nBeitrag des BSI\n");
	assert_true(got.refs == 2 && got.kind == HOME_POSITION && got.state == HOME_DRAFT);
	home_paper_free(&got);
	/* Edited by hand: what it rests on stays. */
	memcpy(got.id, position, sizeof(position));
	got.text[HOME_BODY] = "Unsere Haltung";
	got.title = "Haltung";
	OK(desk_save(&g.d, &got, 1, NULL, &v, &e));
	OK(desk_save(&g.d, &p, 0, NULL, NULL, &e));
	OK(desk_folder(&g.d, ROUND, &f, &e));
	assert_true(f.n == 2 && f.papers == 2);
	assert_string_equal(f.item[0].item, "2");
	assert_string_equal(f.item[1].item, "10");
	assert_string_equal(f.item[0].position->text[HOME_BODY], "Unsere Haltung");
	assert_string_equal(f.item[1].briefing->text[HOME_POINTS], "Sprechen");
	assert_true(f.item[0].asked == 3 && f.item[0].open == 1 && f.item[0].late == 1 && !f.item[0].stale && f.item[0].briefing == NULL);
	assert_true(f.item[1].asked == 1 && f.item[1].open == 1 && f.item[1].late == 0 && f.item[1].position == NULL);
	desk_folder_free(&f);
	/* A contribution that changes afterwards is told; merging again takes it in as the next version. */
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	OK(desk_contribute(&g.d, &(struct desk_answer){.request = bsi, .text = "Neuer Beitrag", .send = true, .base = 2}, id, &v, &e));
	OK(desk_folder(&g.d, ROUND, &f, &e));
	assert_true(f.item[0].stale && f.item[0].asked == 1); /* of the own agency's */
	desk_folder_free(&f);
	as("leitung", "AA", ROLE_DESK);
	OK(desk_merge(&g.d, ROUND, "2", 2, id, &v, &e));
	assert_string_equal(id, position);
	assert_int_equal(v, 3);
	OK(desk_folder(&g.d, ROUND, &f, &e));
	assert_true(!f.item[0].stale);
	assert_string_equal(f.item[0].position->title, "Haltung");
	desk_folder_free(&f);
	/* What rests on something elsewhere. */
	p = (struct home_paper){.kind = HOME_POSITION, .round = ROUND, .item = "7", .refs = 1, .ref[0].version = 1};
	memcpy(p.ref[0].id, bsi, sizeof(bsi));
	assert_int_equal(desk_save(&g.d, &p, 0, NULL, NULL, &e), E_STATE);
	p = (struct home_paper){.kind = HOME_REQUEST, .state = HOME_WITHDRAWN};
	memcpy(p.id, bmi, sizeof(bmi));
	OK(desk_save(&g.d, &p, 1, NULL, NULL, &e));
	assert_int_equal(desk_contribute(&g.d, &(struct desk_answer){.request = bmi, .text = "x", .base = 1}, NULL, NULL, &e), E_STATE);
}

static void test_people(void **state)
{
	struct state_user u = {.name = "muster", .party = "DE", .agency = "BSI", .role = "desk-officer"};
	struct principal p;

	(void)state;
	assert_int_equal(desk_as(g.o.state, "DE", "muster", &p, &e), E_NOTFOUND);
	OK(state_put_user(g.o.state, &u, &e));
	OK(desk_as(g.o.state, "DE", "muster", &p, &e));
	assert_true(p.known && p.own && p.reader.role == ROLE_DESK && principal_has(&p, RIGHT_WRITE) && !principal_has(&p, RIGHT_RELEASE));
	assert_string_equal(p.who, "DE/BSI/muster");
	assert_string_equal(p.reader.agency, "BSI");
	assert_int_equal(desk_as(g.o.state, "JP", "muster", &p, &e), E_DENIED);
	u.disabled = true;
	OK(state_put_user(g.o.state, &u, &e));
	assert_int_equal(desk_as(g.o.state, "DE", "muster", &p, &e), E_DENIED);
}

/* The audit log cannot be written: then nothing is saved either. */
static void test_no_audit(void **state)
{
	struct home_paper p = note("", HOME_DRAFT);
	unsigned n = 0;

	(void)state;
	as("muster", "BSI", ROLE_CONTRIBUTOR);
	(void)snprintf(g.p.who, sizeof(g.p.who), "DE/BSI/muster");
	for (long at = 1; at < 400; at++) {
		int rc;

		mem_fail_after(at);
		rc = desk_save(&g.d, &p, 0, NULL, NULL, &e);
		mem_fail_after(0);
		if (rc == 0)
			break;
		assert_int_equal(rc, E_NOMEM);
	}
	OK(desk_papers(&g.d, &(struct home_ask){0}, none, &n, &e));
	assert_int_equal(n, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rights), TEST(test_acts_by_role), TEST(test_save), TEST(test_round), TEST(test_people), TEST(test_no_audit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
