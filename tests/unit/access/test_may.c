/* What a principal may use; sealed texts and keyed hashes; how often. */
#include "lab.h"

#include <stdio.h>
#include <time.h>

static int setup(void **state)
{
	static struct lab lab;

	lab_open(&lab, 0, 0);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

static const uint8_t one[16] = "collection one", two[16] = "collection two";

static struct principal principal(const char *party, const char *agency, const char *name, enum role role)
{
	struct principal p = {.known = true, .read = true, .write = true, .reader = {.role = role}};

	(void)snprintf(p.party, sizeof(p.party), "%s", party);
	(void)snprintf(p.agency, sizeof(p.agency), "%s", agency);
	(void)snprintf(p.name, sizeof(p.name), "%s", name);
	return p;
}

static void grant(struct lab *lab, const uint8_t collection[16], const char *subject, bool read, bool write)
{
	struct state_grant g = {.read = read, .write = write};

	memcpy(g.collection, collection, 16);
	(void)snprintf(g.subject, sizeof(g.subject), "%s", subject);
	OK(state_put_grant(lab->s, &g, &lab->e));
}

static bool may(struct lab *lab, struct principal p, enum access_use use) { return access_may(lab->a, &p, one, use); }

static void test_roles(void **state)
{
	static const struct { const char *party; enum role role; bool read, write; } rows[] = {
		{"DE", ROLE_READER, true, false}, {"DE", ROLE_DESK, true, true}, {"DE", ROLE_RELEASER, true, true}, {"DE", ROLE_NODE, true, false},
		{"DE", ROLE_CONTRIBUTOR, true, true}, {"DE", ROLE_ADMIN, true, false}, {"DE", ROLE_AUDITOR, true, false},
		{"JP", ROLE_READER, true, false}, {"JP", ROLE_DESK, true, false}, {"JP", ROLE_RELEASER, true, false}, {"JP", ROLE_NODE, true, false},
	};
	struct lab *lab = *state;
	struct principal p;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		p = principal(rows[i].party, "BSI", "muster", rows[i].role);
		assert_int_equal(may(lab, p, ACCESS_READ), rows[i].read);
		assert_int_equal(may(lab, p, ACCESS_WRITE), rows[i].write);
		p.write = false;
		assert_int_equal(may(lab, p, ACCESS_READ), rows[i].read);
		assert_false(may(lab, p, ACCESS_WRITE));
		p.write = rows[i].write;
		p.read = false;
		assert_false(may(lab, p, ACCESS_READ));
		assert_int_equal(may(lab, p, ACCESS_WRITE), rows[i].write);
	}
	p = (struct principal){.known = false};
	assert_true(may(lab, p, ACCESS_READ));
	assert_false(may(lab, p, ACCESS_WRITE));
}

static void test_scope(void **state)
{
	struct lab *lab = *state;
	struct principal p = principal("DE", "", "muster", ROLE_DESK);

	memcpy(p.scope[0], two, 16);
	p.scopes = 1;
	assert_false(may(lab, p, ACCESS_READ));
	assert_false(may(lab, p, ACCESS_WRITE));
	memcpy(p.scope[1], one, 16);
	p.scopes = 2;
	assert_true(may(lab, p, ACCESS_READ));
	assert_true(may(lab, p, ACCESS_WRITE));
}

static void test_grants(void **state)
{
	struct lab *lab = *state;
	const struct principal muster = principal("DE", "BSI", "muster", ROLE_DESK), reader = principal("DE", "BSI", "reader", ROLE_READER),
	    other = principal("DE", "AA", "other", ROLE_RELEASER), theirs = principal("JP", "BSI", "muster2", ROLE_DESK), node = principal("JP", "", "", ROLE_NODE);

	grant(lab, two, "user:other", true, true); /* another collection's */
	assert_true(may(lab, muster, ACCESS_WRITE));
	grant(lab, one, "user:muster", true, true);
	assert_true(may(lab, muster, ACCESS_READ));
	assert_true(may(lab, muster, ACCESS_WRITE));
	assert_false(may(lab, reader, ACCESS_READ));
	assert_false(may(lab, other, ACCESS_READ));
	assert_false(may(lab, theirs, ACCESS_READ));
	assert_true(may(lab, node, ACCESS_READ));
	assert_false(may(lab, principal("DE", "", "must", ROLE_DESK), ACCESS_READ));
	/* An agency is one of the own party; a grant does not make a reader an editor. */
	grant(lab, one, "agency:BSI", true, true);
	assert_true(may(lab, reader, ACCESS_READ));
	assert_false(may(lab, reader, ACCESS_WRITE));
	assert_false(may(lab, theirs, ACCESS_READ));
	assert_false(may(lab, other, ACCESS_READ));
	grant(lab, one, "party:JP", true, true);
	assert_true(may(lab, theirs, ACCESS_READ));
	assert_false(may(lab, theirs, ACCESS_WRITE));
	grant(lab, one, "party:DE", true, false);
	assert_true(may(lab, other, ACCESS_READ));
	assert_false(may(lab, other, ACCESS_WRITE));
	assert_true(may(lab, muster, ACCESS_WRITE));
	/* Write alone. */
	grant(lab, one, "user:muster", false, true);
	grant(lab, one, "agency:BSI", false, false);
	grant(lab, one, "party:DE", false, false);
	assert_false(may(lab, muster, ACCESS_READ));
	assert_true(may(lab, muster, ACCESS_WRITE));
	/* The last one taken away: as if there had never been any. */
	grant(lab, one, "user:muster", false, false);
	grant(lab, one, "party:JP", false, false);
	assert_true(may(lab, other, ACCESS_WRITE));
}

static void test_many_grants(void **state)
{
	struct lab *lab = *state;
	const struct principal p = principal("DE", "", "muster", ROLE_DESK);
	uint8_t c[16] = {0};

	OK(state_begin(lab->s, &lab->e));
	for (unsigned i = 0; i < 1000; i++) {
		memcpy(c, &i, sizeof(i));
		grant(lab, c, i % 2 == 0 ? "user:muster" : "user:other", true, false);
	}
	OK(state_end(lab->s, 0, &lab->e));
	for (unsigned i = 0; i < 1000; i++) {
		memcpy(c, &i, sizeof(i));
		assert_int_equal(access_may(lab->a, &p, c, ACCESS_READ), i % 2 == 0);
	}
}

static void test_sealed(void **state)
{
	struct lab *lab = *state;
	uint8_t box[9 + ACCESS_SEAL], again[sizeof(box)], back[9], a[32], b[32];
	struct access_conf c = {.w = &lab->w, .party = "DE"};

	OK(access_seal(lab->a, "here", 4, "page four", 9, box, &lab->e));
	OK(access_seal(lab->a, "here", 4, "page four", 9, again, &lab->e));
	assert_memory_not_equal(box, again, sizeof(box));
	assert_true(access_unseal(lab->a, "here", 4, box, sizeof(box), back));
	assert_memory_equal(back, "page four", 9);
	assert_false(access_unseal(lab->a, "there", 5, box, sizeof(box), back));
	for (size_t n = 0; n < sizeof(box); n++)
		assert_false(access_unseal(lab->a, "here", 4, box, n, back));
	for (size_t bit = 0; bit < 8 * sizeof(box); bit++) {
		memcpy(again, box, sizeof(box));
		again[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(access_unseal(lab->a, "here", 4, again, sizeof(again), back));
	}
	access_mac(lab->a, "etag", "x", 1, a);
	access_mac(lab->a, "page", "x", 1, b);
	assert_memory_not_equal(a, b, 32);
	/* Both outlive the process. */
	access_close(lab->a);
	lab->a = NULL;
	OK(access_open(&c, lab->dir, &lab->a, &lab->e));
	assert_true(access_unseal(lab->a, "here", 4, box, sizeof(box), back));
	access_mac(lab->a, "etag", "x", 1, b);
	assert_memory_equal(a, b, 32);
}

/* ---- rates ---- */

static void test_rate(void **state)
{
	struct lab one_lab, *lab = &one_lab;
	struct state_token t = {.read = true}, t2 = {.read = true};
	char text[64], field[128], second[128];

	(void)state;
	lab_open(lab, 10, 20);
	lab_user(lab, "muster", "DE", "", "reader", "");
	lab_token(lab, "muster", &t, text);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	lab_token(lab, "muster", &t2, text);
	(void)snprintf(second, sizeof(second), "Bearer %s", text);
	for (size_t i = 0; i < 20; i++)
		OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	assert_int_equal(lab_ask(lab, field, NULL, "192.0.2.1"), E_LIMIT);
	assert_int_equal(lab->wait, 1);
	assert_false(lab->p.known);
	assert_int_equal(lab_ask(lab, second, NULL, "192.0.2.2"), E_LIMIT); /* the reader, not the token */
	for (size_t i = 0; i < 20; i++)
		OK(lab_ask(lab, NULL, NULL, "192.0.2.1")); /* nobody at the same address has its own */
	assert_int_equal(lab_ask(lab, NULL, NULL, "192.0.2.1"), E_LIMIT);
	assert_int_equal(lab_ask(lab, "Bearer x", NULL, "192.0.2.1"), E_LIMIT);
	assert_int_equal(lab_ask(lab, "Bearer x", NULL, "192.0.2.2"), E_DENIED);
	lab->now += NS_PER_S / 10;
	OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	assert_int_equal(lab_ask(lab, field, NULL, "192.0.2.1"), E_LIMIT);
	lab->now += 3600 * NS_PER_S;
	for (size_t i = 0; i < 20; i++)
		OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	assert_int_equal(lab_ask(lab, field, NULL, "192.0.2.1"), E_LIMIT);
	lab->now -= 3600 * NS_PER_S; /* the clock was set back: nobody waits an hour */
	OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	lab_close(lab);
}

struct rate_thread { struct rate *r; unsigned taken; };

static void *take(void *ctx)
{
	struct rate_thread *t = ctx;
	unsigned wait;

	for (size_t i = 0; i < 100000; i++)
		t->taken += rate_take(t->r, 42, NS_PER_S, &wait);
	return NULL;
}

static void test_rate_threads(void **state)
{
	static struct rate_slot slots[LIMIT_RATE_SLOTS];
	struct rate r = {slots, NS_PER_S / 1000, 5000 * (NS_PER_S / 1000)};
	struct rate_thread t[4];
	pthread_t id[4];
	unsigned taken = 0, wait;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		t[i] = (struct rate_thread){&r, 0};
		assert_int_equal(pthread_create(&id[i], NULL, take, &t[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(id[i], NULL);
		taken += t[i].taken;
	}
	assert_int_equal(taken, 5000);
	/* A flood of other readers in its set does not give a busy one a new bucket while idle ones can go. */
	for (uint64_t k = 1; k <= 5; k++)
		assert_true(rate_take(&r, 42 + k * (LIMIT_RATE_SLOTS / 8), NS_PER_S, &wait));
	assert_false(rate_take(&r, 42, NS_PER_S, &wait));
}

/* Not a bound to fail by: how long the steady state takes. */
static void test_cost(void **state)
{
	struct lab *lab = *state;
	struct state_token t = {.read = true};
	const int n = 20000;
	char text[64], field[128], pair[2048];
	struct timespec a, b;

	lab_user(lab, "muster", "DE", "BSI", "editor", PASSWORD);
	basic("muster", PASSWORD, pair);
	OK(lab_ask(lab, pair, NULL, "192.0.2.1"));
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++)
		OK(lab_ask(lab, pair, NULL, "192.0.2.1"));
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("%.2f us per request with a remembered password\n", ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 1000 / n);
	lab_token(lab, "muster", &t, text);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++)
		OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("%.2f us per request with a token\n", ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 1000 / n);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++)
		assert_true(access_may(lab->a, &lab->p, one, ACCESS_READ));
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("%.2f us per access_may\n", ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 1000 / n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_roles, setup, teardown), cmocka_unit_test_setup_teardown(test_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(test_grants, setup, teardown), cmocka_unit_test_setup_teardown(test_many_grants, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sealed, setup, teardown), cmocka_unit_test(test_rate), cmocka_unit_test(test_rate_threads),
		cmocka_unit_test_setup_teardown(test_cost, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
