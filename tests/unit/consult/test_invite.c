/* When a round is held: every verb in every state by everybody, and what folding makes of any words in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "consult/priv.h" /* before cmocka, whose fail() is a macro */

#include <cmocka.h>

enum { JP, DE, FR };      /* JP is the host */
static const char *const names[] = {"JP", "DE", "FR"};
#define STRANGER "US"

static const struct invite_date a = {100, INT64_MIN}, b = {200, 250}, c = {300, INT64_MIN};

static struct invite_facts facts_new(size_t members)
{
	struct invite_facts f = {.host = "JP", .members = members};

	for (size_t i = 0; i < members; i++)
		memcpy(f.member[i], names[i], 3);
	return f;
}

static struct invite_event say(int64_t time, size_t member, enum invite_verb v, const struct invite_date *one, const struct invite_date *two)
{
	struct invite_event ev = {.time = time, .member = member, .index = (uint64_t)time, .word = {.verb = v}};

	if (one != NULL)
		ev.word.date[ev.word.dates++] = *one;
	if (two != NULL)
		ev.word.date[ev.word.dates++] = *two;
	return ev;
}

/* The plainest words that lead to each state; in those that have a date on the table, it is `b`, and DE has not said it. */
static struct invite_facts plain(enum invite_state s)
{
	struct invite_facts f = facts_new(2);
	struct invite_event ev[2];
	size_t n = 0;

	if (s != ROUND_OPEN && s != ROUND_OVER)
		ev[n++] = say(1, JP, INVITE_INVITE, &a, &b);
	if (s == ROUND_OFFERED)
		ev[n++] = say(2, DE, INVITE_OFFER, &a, &c);
	if (s == ROUND_CONFIRMED) {
		ev[0] = say(1, JP, INVITE_INVITE, &a, NULL);
		ev[n++] = say(2, DE, INVITE_CONFIRM, &a, NULL);
	}
	if (s == ROUND_DECLINED)
		ev[n++] = say(2, DE, INVITE_DECLINE, NULL, NULL);
	if (s == ROUND_CANCELLED)
		ev[n++] = say(2, JP, INVITE_CANCEL, NULL, NULL);
	f.over = s == ROUND_OVER;
	invite_fold(&f, ev, n);
	return f;
}

/* Written by hand. Three letters per cell: the host, a guest, a stranger. y may; S not now; D not he. */
static const struct { enum invite_verb v; const char *row; } expected[] = {
	/*                open  invited offered confirmed declined cancelled over */
	{INVITE_INVITE,  "yDD   yDD     yDD     SDD       yDD      yDD       SDD"},
	{INVITE_OFFER,   "yyD   yyD     yyD     yyD       yyD      SSD       SSD"},
	{INVITE_CONFIRM, "SSD   yyD     yyD     SSD       SSD      SSD       SSD"},
	{INVITE_DECLINE, "DSD   DyD     DyD     DSD       DSD      DSD       DSD"},
	{INVITE_CANCEL,  "yyD   yyD     yyD     yyD       yyD      SSD       SSD"},
};

static void every_cell(void **unused)
{
	const char *who[] = {"JP", "DE", STRANGER};

	(void)unused;
	assert_int_equal(sizeof(expected) / sizeof(expected[0]), INVITE_VERBS);
	for (size_t i = 0; i < INVITE_VERBS; i++) {
		const char *cell = expected[i].row;

		for (unsigned s = 0; s < INVITE_STATES; s++) {
			const struct invite_facts f = plain((enum invite_state)s);

			assert_int_equal(f.state, s);
			while (*cell == ' ')
				cell++;
			for (size_t w = 0; w < 3; w++, cell++) {
				struct err e = {0};
				const int want = *cell == 'y' ? 0 : *cell == 'S' ? E_STATE : E_DENIED;
				const int got = invite_may(&f, expected[i].v, who[w], &b, 1, &e);

				if (got != want)
					fail_msg("%s, %s, %s: %d instead of %d: %s", invite_state_name((enum invite_state)s), invite_verb_name(expected[i].v), who[w], got, want, e.msg);
				assert_true(got == 0 || strstr(e.msg, who[w]) != NULL);
			}
		}
		assert_int_equal(*cell, '\0');
	}
}

static uint32_t bit(unsigned m) { return (uint32_t)1 << m; }

/* Fold n of the words and say what came of it. */
static const struct invite_facts *told(size_t members, const struct invite_event *ev, size_t n)
{
	static struct invite_facts f[2]; /* large; two, to compare */
	static unsigned which;
	static struct invite_event copy[8];

	which ^= 1;
	f[which] = facts_new(members);
	if (n > 0)
		memcpy(copy, ev, n * sizeof(copy[0]));
	invite_fold(&f[which], copy, n);
	return &f[which];
}

static void dates_settled(void **unused)
{
	const struct invite_event one[] = {say(1, JP, INVITE_INVITE, &a, NULL), say(2, DE, INVITE_CONFIRM, &a, NULL), say(3, DE, INVITE_OFFER, &c, NULL), say(4, JP, INVITE_CONFIRM, &c, NULL)};
	const struct invite_facts *f;

	(void)unused;
	f = told(2, NULL, 0);
	assert_int_equal(f->next, bit(JP));                    /* nobody has invited: the host has to */
	f = told(2, one, 1);
	assert_int_equal(f->state, ROUND_INVITED);
	assert_int_equal(f->next, bit(DE));
	f = told(2, one, 2);
	assert_int_equal(f->state, ROUND_CONFIRMED);
	assert_int_equal(f->confirmed.start, 100);
	assert_int_equal(f->next, 0);
	f = told(2, one, 3);                                  /* another date after all: no longer confirmed */
	assert_int_equal(f->state, ROUND_OFFERED);
	assert_int_equal(f->next, bit(JP));
	f = told(2, one, 4);
	assert_int_equal(f->state, ROUND_CONFIRMED);
	assert_int_equal(f->confirmed.start, 300);
}

static void several_dates(void **unused)
{
	const struct invite_event many[] = {say(1, JP, INVITE_INVITE, &a, &b), say(2, DE, INVITE_CONFIRM, &b, NULL), say(3, JP, INVITE_CONFIRM, &b, NULL)};
	const struct invite_facts *f;

	(void)unused;
	f = told(2, many, 2);                                 /* the host asked with several: it has the last word */
	assert_int_equal(f->state, ROUND_INVITED);
	assert_int_equal(f->next, bit(JP));
	f = told(2, many, 3);
	assert_int_equal(f->state, ROUND_CONFIRMED);
	assert_int_equal(f->confirmed.end, 250);
}

static void ends_and_beginnings(void **unused)
{
	const struct invite_event three[] = {say(1, JP, INVITE_INVITE, &a, NULL), say(2, DE, INVITE_CONFIRM, &a, NULL), say(3, FR, INVITE_CONFIRM, &a, NULL)};
	const struct invite_event again[] = {say(1, JP, INVITE_INVITE, &a, NULL), say(2, DE, INVITE_CONFIRM, &a, NULL), say(3, JP, INVITE_CANCEL, NULL, NULL), say(4, DE, INVITE_CONFIRM, &a, NULL),
	    say(5, JP, INVITE_INVITE, &a, NULL)};
	const struct invite_facts *f;

	(void)unused;
	f = told(3, three, 2);                                /* not before all have */
	assert_int_equal(f->state, ROUND_INVITED);
	assert_int_equal(f->next, bit(FR));
	f = told(3, three, 3);
	assert_int_equal(f->state, ROUND_CONFIRMED);
	f = told(2, again, 4);
	assert_int_equal(f->state, ROUND_CANCELLED);
	assert_int_equal(f->next, 0);
	f = told(2, again, 5);                                /* what was said before does not stand any more */
	assert_int_equal(f->state, ROUND_INVITED);
	assert_int_equal(f->next, bit(DE));
	assert_false(f->word[DE].said);
}

static void crossing_and_lawless(void **unused)
{
	const struct invite_event crossed[] = {say(5, JP, INVITE_INVITE, &a, NULL), say(5, DE, INVITE_CANCEL, NULL, NULL)};
	const struct invite_event lawless[] = {say(1, DE, INVITE_INVITE, &a, NULL), say(2, JP, INVITE_DECLINE, NULL, NULL)};
	const struct invite_facts *f;
	struct invite_facts closed = facts_new(2);

	(void)unused;
	f = told(2, crossed, 2);                              /* at one moment: what ends counts behind */
	assert_int_equal(f->state, ROUND_CANCELLED);
	f = told(2, lawless, 1);                              /* a guest does not invite: he offers */
	assert_int_equal(f->state, ROUND_OFFERED);
	f = told(2, lawless, 2);
	assert_int_equal(f->state, ROUND_CANCELLED);
	closed.void_ = true;
	invite_fold(&closed, NULL, 0);
	assert_int_equal(closed.state, ROUND_CANCELLED);
}

static void conditions(void **unused)
{
	const struct invite_event ev[] = {say(1, JP, INVITE_INVITE, &a, &b), say(2, DE, INVITE_CONFIRM, &b, NULL)};
	const struct invite_facts *f = told(2, ev, 2);
	const struct invite_date other_end = {200, 251};

	(void)unused;
	assert_int_equal(invite_may(f, INVITE_CONFIRM, "DE", &b, 1, NULL), E_STATE);         /* it has */
	assert_int_equal(invite_may(f, INVITE_CONFIRM, "DE", &a, 1, NULL), 0);               /* one may change one's mind */
	assert_int_equal(invite_may(f, INVITE_CONFIRM, "JP", &c, 1, NULL), E_STATE);         /* nobody named it */
	assert_int_equal(invite_may(f, INVITE_CONFIRM, "JP", &other_end, 1, NULL), E_STATE); /* nor so long */
	assert_int_equal(invite_may(f, INVITE_CONFIRM, "JP", &b, 1, NULL), 0);
}

/* ---- any words in any order ---- */

static uint64_t roll_state;
static unsigned roll(unsigned n)
{
	roll_state ^= roll_state << 13;
	roll_state ^= roll_state >> 7;
	roll_state ^= roll_state << 17;
	return (unsigned)(roll_state >> 33) % n;
}

static void any_order(void **unused)
{
	const struct invite_date dates[] = {a, b, c};
	unsigned seen[INVITE_STATES] = {0};

	(void)unused;
	roll_state = 0x9e3779b97f4a7c15U;
	for (int round = 0; round < 20000; round++) {
		const size_t members = 2 + roll(2), n = roll(8);
		static struct invite_event ev[8], mixed[8];
		const struct invite_facts *f, *g;

		for (size_t i = 0; i < n; i++) {
			const enum invite_verb v = (enum invite_verb)roll(INVITE_VERBS);
			const bool ends = v == INVITE_DECLINE || v == INVITE_CANCEL;

			ev[i] = say((int64_t)roll(12), roll((unsigned)members), v, ends ? NULL : &dates[roll(3)], ends || v == INVITE_CONFIRM || roll(3) != 0 ? NULL : &dates[roll(3)]);
			ev[i].index = i;
		}
		memcpy(mixed, ev, sizeof(ev));
		for (size_t i = n; i > 1; i--) {
			const size_t j = roll((unsigned)i);
			const struct invite_event t = mixed[i - 1];

			mixed[i - 1] = mixed[j];
			mixed[j] = t;
		}
		f = told(members, ev, n);
		g = told(members, mixed, n);
		assert_int_equal(f->state, g->state);
		assert_int_equal(f->next, g->next);
		assert_int_equal(f->confirmed.start, g->confirmed.start);
		seen[f->state]++;
		/* Confirmed: by every member, in a word of its own that names this date alone. */
		for (size_t m = 0; f->state == ROUND_CONFIRMED && m < members; m++) {
			bool said = false;

			for (size_t i = 0; i < n; i++)
				said = said || (ev[i].member == m && ev[i].word.dates == 1 && ev[i].word.date[0].start == f->confirmed.start);
			assert_true(said);
		}
		assert_true((f->next == 0) == (f->state == ROUND_CONFIRMED || f->state == ROUND_CANCELLED));
	}
	for (unsigned s = 0; s < ROUND_OVER; s++)
		assert_true(seen[s] > 100);
}

static void names_are_there(void **unused)
{
	(void)unused;
	for (unsigned s = 0; s < INVITE_STATES; s++)
		assert_true(strlen(invite_state_name((enum invite_state)s)) > 3);
	for (unsigned v = 0; v < INVITE_VERBS; v++)
		assert_true(strlen(invite_verb_name((enum invite_verb)v)) > 3 && strlen(invite_verb_word((enum invite_verb)v)) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell), cmocka_unit_test(dates_settled), cmocka_unit_test(several_dates), cmocka_unit_test(ends_and_beginnings), cmocka_unit_test(crossing_and_lawless), cmocka_unit_test(conditions), cmocka_unit_test(any_order), cmocka_unit_test(names_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
