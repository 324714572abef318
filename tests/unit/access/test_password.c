/* Passwords: right, wrong, remembered, forgotten, guessed at, many at once. */
#include "lab.h"

#include <stdio.h>
#include <time.h>

static int setup(void **state)
{
	static struct lab lab;

	lab_open(&lab, 0, 0);
	lab_user(&lab, "muster", "DE", "BSI", "editor", PASSWORD);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

static int ask(struct lab *lab, const char *name, const char *password, const char *addr)
{
	char field[2048];

	basic(name, password, field);
	return lab_ask(lab, field, NULL, addr);
}

/* The process's own: a busy machine changes nothing. */
static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_let_in(void **state)
{
	struct lab *lab = *state;
	char field[2048];

	OK(ask(lab, "muster", PASSWORD, "192.0.2.1"));
	assert_true(lab->p.known && lab->p.read && lab->p.write && !lab->p.token);
	assert_string_equal(lab->p.who, "DE/BSI/muster");
	assert_int_equal(lab->p.reader.role, ROLE_DESK);
	basic("muster", PASSWORD, field);
	memcpy(field, "basic", 5); /* MISP */
	OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	lab_user(lab, "colon", "DE", "", "reader", "with:a colon: or two");
	OK(ask(lab, "colon", "with:a colon: or two", "192.0.2.1"));
	assert_string_equal(lab->p.who, "DE/colon");
	assert_null(lab->p.reader.agency);
}

static void test_refused(void **state)
{
	struct lab *lab = *state;
	struct state_user u;

	lab_user(lab, "bare", "DE", "", "reader", "");
	lab_user(lab, "off", "DE", "", "reader", PASSWORD);
	OK(state_get_user(lab->s, "off", &u, &lab->e));
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	for (size_t i = 0; i < 7; i++) {
		static const struct { const char *name, *password; } bad[7] = {
			{"muster", "wrong"}, {"muster", ""}, {"Muster", PASSWORD}, {"nobody", PASSWORD}, {"bare", ""}, {"bare", PASSWORD}, {"off", PASSWORD}};
		double t = seconds();

		if (ask(lab, bad[i].name, bad[i].password, "192.0.2.1") != E_DENIED)
			fail_msg("%s is not refused", bad[i].name);
		t = seconds() - t;
		/* Whatever is wrong, the whole work is done. (A remembered one takes a thousandth of that.) */
		if (t < 0.02)
			fail_msg("%s is refused after %.4f s", bad[i].name, t);
		assert_string_equal(lab->e.msg, "these credentials are not accepted");
		assert_false(lab->p.known);
	}
}

static void test_remembered(void **state)
{
	struct lab *lab = *state;
	struct state_user u;
	double t;

	OK(ask(lab, "muster", PASSWORD, "192.0.2.1"));
	t = seconds();
	for (size_t i = 0; i < 100; i++)
		OK(ask(lab, "muster", PASSWORD, "192.0.2.2"));
	assert_true(seconds() - t < 1.0);
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	assert_int_equal(u.seen_s, NOW_S);
	/* For a while, not longer: then it is checked anew. */
	lab->now += (LIMIT_SESSION_S - 1) * NS_PER_S;
	t = seconds();
	OK(ask(lab, "muster", PASSWORD, "192.0.2.1"));
	assert_true(seconds() - t < 0.02);
	lab->now += NS_PER_S;
	t = seconds();
	OK(ask(lab, "muster", PASSWORD, "192.0.2.1"));
	assert_true(seconds() - t >= 0.02);
}

static void test_forgotten(void **state)
{
	struct lab *lab = *state;
	struct state_user u;

	OK(ask(lab, "muster", PASSWORD, "192.0.2.1"));
	OK(access_set_password(&lab->w, lab->s, "muster", "another one, longer", &lab->e));
	assert_int_equal(ask(lab, "muster", PASSWORD, "192.0.2.1"), E_DENIED);
	OK(ask(lab, "muster", "another one, longer", "192.0.2.1"));
	/* Another user's change is none of his. */
	lab_user(lab, "other", "DE", "", "reader", "");
	OK(ask(lab, "muster", "another one, longer", "192.0.2.1"));
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	(void)snprintf(u.agency, sizeof(u.agency), "AA");
	OK(state_put_user(lab->s, &u, &lab->e));
	OK(ask(lab, "muster", "another one, longer", "192.0.2.1"));
	assert_string_equal(lab->p.reader.agency, "AA");
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_int_equal(ask(lab, "muster", "another one, longer", "192.0.2.1"), E_DENIED);
	u.disabled = false;
	OK(state_put_user(lab->s, &u, &lab->e));
	OK(ask(lab, "muster", "another one, longer", "192.0.2.1"));
	OK(access_set_password(&lab->w, lab->s, "muster", NULL, &lab->e));
	assert_int_equal(ask(lab, "muster", "another one, longer", "192.0.2.1"), E_DENIED);
}

static void test_guessing(void **state)
{
	struct lab *lab = *state;
	char guess[32];

	OK(ask(lab, "muster", PASSWORD, "192.0.2.9"));
	lab->now += 10 * NS_PER_S;
	for (size_t i = 0; i < LIMIT_FAILURES; i++) {
		(void)snprintf(guess, sizeof(guess), "guess %zu", i);
		assert_int_equal(ask(lab, "muster", guess, "192.0.2.1"), E_DENIED);
		lab->now += NS_PER_S;
	}
	/* Now even the right one waits here, remembered or not, and nothing tells that it is right. */
	assert_int_equal(ask(lab, "muster", "guess", "192.0.2.1"), E_LIMIT);
	assert_int_equal(lab->wait, FAIL_WINDOW_S - LIMIT_FAILURES);
	assert_int_equal(ask(lab, "muster", PASSWORD, "192.0.2.1"), E_LIMIT);
	assert_string_equal(lab->e.msg, "too many wrong passwords");
	assert_false(lab->p.known);
	/* Elsewhere, and for another name, nothing of it is felt. */
	OK(ask(lab, "muster", PASSWORD, "192.0.2.2"));
	assert_int_equal(ask(lab, "other", "guess", "192.0.2.1"), E_DENIED);
	lab->now += (FAIL_WINDOW_S - LIMIT_FAILURES) * NS_PER_S;
	OK(ask(lab, "muster", PASSWORD, "192.0.2.1"));
}

/* A client that chooses among the addresses of its network is still one client. */
static void test_network(void **state)
{
	struct lab *lab = *state;
	char addr[64];

	for (size_t i = 0; i < LIMIT_FAILURES; i++) {
		(void)snprintf(addr, sizeof(addr), "2001:db8:0:1:%zx::1", i);
		assert_int_equal(ask(lab, "muster", "guess", addr), E_DENIED);
	}
	assert_int_equal(ask(lab, "muster", PASSWORD, "2001:db8:0:1:ffff::1"), E_LIMIT);
	OK(ask(lab, "muster", PASSWORD, "2001:db8:0:2::1"));
}

/* Unlike the above without the cost: names from one address. */
static void test_fail_table(void **state)
{
	static struct fail_slot slots[LIMIT_FAILURE_SLOTS];

	(void)state;
	memset(slots, 0, sizeof(slots));
	for (unsigned i = 0; i < LIMIT_ADDR_FAILURES; i++) {
		assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 1000 + i % 10), 0);
		fail_count(slots, 7, 1000 + i % 10);
	}
	assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 1010), 50);
	fail_forgive(slots, 7);
	assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 1010), 0);
	fail_count(slots, 7, 1010);
	assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 1059), 1);
	assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 1060), 0);
	assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 999), 0); /* the clock was set back */
	/* A flood of others in its set pushes out the oldest, and never more than the table holds. */
	for (uint64_t k = 0; k < 100; k++)
		fail_count(slots, 7 + (k + 1) * (LIMIT_FAILURE_SLOTS / 4), 1011);
	assert_int_equal(fail_wait_s(slots, 7, LIMIT_ADDR_FAILURES, 1011), 0);
	fail_forgive(slots, 12345);
}

static void test_set_password(void **state)
{
	struct lab *lab = *state;
	static char longest[LIMIT_PASSWORD + 2];

	memset(longest, 'x', sizeof(longest) - 1);
	assert_int_equal(access_set_password(&lab->w, lab->s, "muster", longest, &lab->e), E_USAGE);
	longest[LIMIT_PASSWORD] = '\0';
	OK(access_set_password(&lab->w, lab->s, "muster", longest, &lab->e));
	OK(ask(lab, "muster", longest, "192.0.2.1"));
	assert_int_equal(access_set_password(&lab->w, lab->s, "muster", "elevenchars", &lab->e), E_USAGE);
	assert_int_equal(access_set_password(&lab->w, lab->s, "muster", "東京東京東京東京東京東", &lab->e), E_USAGE);
	OK(access_set_password(&lab->w, lab->s, "muster", "東京東京東京東京東京東京", &lab->e));
	OK(ask(lab, "muster", "東京東京東京東京東京東京", "192.0.2.1"));
	assert_int_equal(access_set_password(&lab->w, lab->s, "nobody", PASSWORD, &lab->e), E_NOTFOUND);
	assert_null(strstr(lab->e.msg, PASSWORD));
}

/* ---- many at once ---- */

struct crowd { struct lab *lab; const char *name, *password; int rc; unsigned wait; };

static const char *crowd_field(const struct http_req *q, const char *name)
{
	return strcmp(name, "Authorization") == 0 ? q->impl : NULL;
}

static void *crowd_ask(void *ctx)
{
	struct crowd *c = ctx;
	char field[2048];
	struct http_req q = {.header = crowd_field, .addr = "192.0.2.1", .impl = field};
	struct principal p;
	struct err e = {0};

	basic(c->name, c->password, field);
	c->rc = access_identify(c->lab->a, &q, &p, &c->wait, &e);
	return NULL;
}

static double run_crowd(struct crowd *c, size_t n)
{
	pthread_t t[32];
	const double since = seconds();

	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_create(&t[i], NULL, crowd_ask, &c[i]), 0);
	for (size_t i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	return seconds() - since;
}

/* More at once than failures are allowed, with the right password: checked once, and nobody is held for a guesser. */
static void test_together(void **state)
{
	struct lab *lab = *state;
	struct crowd one = {lab, "muster", "wrong", 0, 0}, all[32];
	const double single = run_crowd(&one, 1);

	assert_int_equal(one.rc, E_DENIED);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		all[i] = (struct crowd){lab, "muster", PASSWORD, -1, 0};
	assert_true(run_crowd(all, ARRAY_LEN(all)) < 6 * single + 0.5);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(all[i].rc, 0);
}

/* Different guesses at once: no more than the limit are checked, the others are told to wait. */
static void test_guessers(void **state)
{
	struct lab *lab = *state;
	struct crowd all[16];
	char guess[16][16];
	size_t denied = 0, waiting = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		(void)snprintf(guess[i], sizeof(guess[i]), "guess %zu", i);
		all[i] = (struct crowd){lab, "muster", guess[i], -1, 0};
	}
	run_crowd(all, ARRAY_LEN(all));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		denied += all[i].rc == E_DENIED;
		waiting += all[i].rc == E_LIMIT && all[i].wait > 0;
	}
	assert_int_equal(denied, LIMIT_FAILURES);
	assert_int_equal(denied + waiting, ARRAY_LEN(all));
}

/* Different names at once: the queue is short. */
static void test_queue(void **state)
{
	struct lab *lab = *state;
	struct crowd all[32];
	char name[32][16];
	size_t denied = 0, waiting = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		(void)snprintf(name[i], sizeof(name[i]), "user%zu", i);
		all[i] = (struct crowd){lab, name[i], "guess", -1, 0};
	}
	run_crowd(all, ARRAY_LEN(all));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		denied += all[i].rc == E_DENIED;
		waiting += all[i].rc == E_LIMIT && all[i].wait == 1;
	}
	assert_true(denied >= LIMIT_PASSWORD_WAIT);
	assert_int_equal(denied + waiting, ARRAY_LEN(all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_let_in, setup, teardown), cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_remembered, setup, teardown), cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_guessing, setup, teardown), cmocka_unit_test_setup_teardown(test_network, setup, teardown),
		cmocka_unit_test(test_fail_table), cmocka_unit_test_setup_teardown(test_set_password, setup, teardown),
		cmocka_unit_test_setup_teardown(test_together, setup, teardown), cmocka_unit_test_setup_teardown(test_guessers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_queue, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
