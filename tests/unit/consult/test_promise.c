/* Due dates, what owners say of a promise, and the next round that did not come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "consult/priv.h" /* before cmocka, whose fail() is a macro */

#include <cmocka.h>

static int64_t at(const char *s)
{
	int64_t ns;

	assert_true(time_parse(s, strlen(s), &ns));
	return ns;
}

static void due_dates(void **unused)
{
	static const struct { const char *due, *precision, *end; } rows[] = {
		{"2017-01-01T00:00:00Z", "year", "2018-01-01T00:00:00Z"},
		{"2017-06-30T12:00:00Z", "year", "2018-01-01T00:00:00Z"},
		{"2017-12-03T00:00:00Z", "month", "2018-01-01T00:00:00Z"},
		{"2016-02-29T23:00:00Z", "month", "2016-03-01T00:00:00Z"},
		{"2016-02-28T23:00:00Z", "day", "2016-02-29T00:00:00Z"},
		{"2017-12-31T00:00:00Z", "day", "2018-01-01T00:00:00Z"},
		{"2017-05-17T08:30:00Z", NULL, "2017-05-17T08:30:00Z"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(due_end(at(rows[i].due), rows[i].precision), at(rows[i].end));
	assert_int_equal(due_end(at("2261-05-01T00:00:00Z"), "year"), INT64_MAX); /* behind all times there are */
	assert_int_equal(due_end(at("2261-12-31T00:00:00Z"), "day"), INT64_MAX);
}

static struct commitment_facts by_two(void)
{
	return (struct commitment_facts){.owners = 2, .owner = {"DE", "JP"}, .has_due = true, .due = 100};
}

static void owners_report(void **unused)
{
	struct progress_event ev[] = {
		{10, 0, 1, COMMITMENT_STARTED, false, 0}, {20, 1, 1, COMMITMENT_DONE, false, 0}, {30, 0, 2, COMMITMENT_CARRIED, true, 300}, {40, 0, 3, COMMITMENT_DROPPED, false, 0}, {50, 1, 2, COMMITMENT_OPEN, false, 0},
	};
	struct commitment_facts f = by_two();

	(void)unused;
	commitment_fold(&f, NULL, 0, 99);
	assert_int_equal(f.state, COMMITMENT_OPEN);
	assert_false(f.overdue);
	commitment_fold(&f, NULL, 0, 100);
	assert_true(f.overdue);
	assert_int_equal(f.reported, INT64_MIN);
	commitment_fold(&f, ev, 1, 200);
	assert_int_equal(f.state, COMMITMENT_STARTED);
	assert_true(f.overdue);
	commitment_fold(&f, ev, 2, 200); /* one is through, the other is not */
	assert_int_equal(f.state, COMMITMENT_STARTED);
	assert_false(f.finished);
	commitment_fold(&f, ev, 3, 200); /* a new date: not late before that; what was promised stays known */
	assert_int_equal(f.state, COMMITMENT_CARRIED);
	assert_false(f.overdue);
	assert_int_equal(f.due_now, 300);
	assert_int_equal(f.due, 100);
	commitment_fold(&f, ev, 3, 300);
	assert_true(f.overdue);
	commitment_fold(&f, ev, 4, 300); /* dropped by one, done by the other */
	assert_int_equal(f.state, COMMITMENT_DONE);
	assert_true(f.finished);
	assert_false(f.overdue);
	commitment_fold(&f, ev, 5, 300); /* taken up again */
	assert_int_equal(f.state, COMMITMENT_OPEN);
	f = by_two();
	f.owners = 1;
	commitment_fold(&f, (struct progress_event[]){{5, 0, 2, COMMITMENT_DROPPED, false, 0}, {9, 0, 1, COMMITMENT_STARTED, false, 0}}, 2, 300);
	assert_int_equal(f.state, COMMITMENT_DROPPED); /* the log's order, whatever the clock said */
}

/* ---- slippage ---- */

#define FIRST "2016-09-09T00:30:00Z"

struct series { struct slip_facts f; struct slip_round round[4]; struct slip_promise promise[2]; struct commitment_facts c; };

static struct slip_round *put_round(struct series *s, const char *start, bool held, bool expected, uint32_t next)
{
	struct slip_round *r = &s->round[s->f.rounds++];

	*r = (struct slip_round){.start = at(start), .until = due_end(at(start), "day"), .held = held, .expected = expected, .next = next, .host = "DE"};
	(void)snprintf(r->id, sizeof(r->id), "round-%.10s", start);
	return r;
}

static struct slippage of(struct series *s, const char *now)
{
	struct slippage ret;

	s->f.round = s->round;
	s->f.promise = s->promise;
	s->f.now = at(now);
	slip(&s->f, &ret);
	return ret;
}

static struct series new_series(void)
{
	struct series s = {.f = {.members = 2, .member = {"DE", "JP"}}};

	put_round(&s, FIRST, true, false, 0);
	return s;
}

static void promise_berlin(struct series *s)
{
	s->c = (struct commitment_facts){.owners = 1, .owner = {"DE"}};
	s->promise[0] = (struct slip_promise){.id = "promise", .due = due_end(at("2017-01-01T00:00:00Z"), "year"), .made = at(FIRST), .f = &s->c};
	s->f.promises = 1;
}

static void slippage(void **unused)
{
	struct series s = new_series();
	struct slippage r;

	(void)unused;
	r = of(&s, "2030-01-01T00:00:00Z"); /* nobody announced anything */
	assert_int_equal(r.why, SLIP_NONE);
	assert_string_equal(r.last_round, "round-2016-09-09");
	s.f.rhythm_months = 12;
	assert_int_equal(of(&s, "2017-09-09T00:00:00Z").why, SLIP_NONE);
	r = of(&s, "2017-09-09T00:30:00Z");
	assert_int_equal(r.why, SLIP_RHYTHM);
	assert_int_equal(r.since, at("2017-09-09T00:30:00Z"));
	assert_int_equal(r.next, 2); /* nobody is named: both */

	/* "Berlin, 2017": the promise says it more clearly than the rhythm. */
	promise_berlin(&s);
	r = of(&s, "2017-12-31T23:59:59Z");
	assert_int_equal(r.why, SLIP_NONE);
	assert_string_equal(r.commitment, "promise");
	r = of(&s, "2021-01-01T00:00:00Z");
	assert_int_equal(r.why, SLIP_PROMISED);
	assert_int_equal(r.since, at("2018-01-01T00:00:00Z"));
	assert_int_equal(r.next, 1);
	assert_string_equal(r.party[0], "DE");

	/* A round in the record says it most clearly; with whom its invitation waits, the step lies. */
	put_round(&s, "2017-06-01T08:00:00Z", false, true, 2);
	r = of(&s, "2021-01-01T00:00:00Z");
	assert_int_equal(r.why, SLIP_ANNOUNCED);
	assert_int_equal(r.since, at("2017-06-02T00:00:00Z"));
	assert_string_equal(r.party[0], "JP");
	s.round[1].next = 0;                /* the date was settled, but nobody has said that it was held: the host has to */
	assert_string_equal(of(&s, "2021-01-01T00:00:00Z").party[0], "DE");

	/* Announced anew: not late until then. */
	s.round[1] = s.round[0];
	s.f.rounds = 1;
	put_round(&s, "2021-05-17T07:00:00Z", false, true, 0);
	assert_int_equal(of(&s, "2021-01-01T00:00:00Z").why, SLIP_NONE);
	assert_string_equal(of(&s, "2021-01-01T00:00:00Z").round, "round-2021-05-17");

	/* Held: what was announced or promised before it is not missing any more. */
	s.round[1].held = true;
	s.round[1].expected = false;
	put_round(&s, "2017-06-01T08:00:00Z", false, true, 1);
	s.f.rhythm_months = 0;
	r = of(&s, "2026-01-01T00:00:00Z");
	assert_int_equal(r.why, SLIP_NONE);
	assert_string_equal(r.last_round, "round-2021-05-17");
	for (unsigned w = 0; w < SLIP_WHYS; w++)
		assert_true(strlen(slip_why_name((enum slip_why)w)) > 3);
	for (unsigned c = 0; c < COMMITMENT_STATES; c++)
		assert_true(strlen(commitment_state_name((enum commitment_state)c)) > 3);
}

/* A rhythm of months keeps to the month's end. */
static void rhythms(void **unused)
{
	struct series s = {.f = {.members = 2, .member = {"DE", "JP"}, .rhythm_months = 6}};

	(void)unused;
	put_round(&s, "2015-08-31T00:00:00Z", true, false, 0);
	assert_int_equal(of(&s, "2020-01-01T00:00:00Z").since, at("2016-02-29T00:00:00Z"));
	s.f.rhythm_months = 16;
	assert_int_equal(of(&s, "2020-01-01T00:00:00Z").since, at("2016-12-31T00:00:00Z"));
	s.f.rhythm_months = 240;
	assert_int_equal(of(&s, "2020-01-01T00:00:00Z").why, SLIP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(due_dates), cmocka_unit_test(owners_report), cmocka_unit_test(slippage), cmocka_unit_test(rhythms)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
