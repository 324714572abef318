/* Tokens and certificates: who is let in as whom, and who is not. */
#include "lab.h"

#include <stdio.h>

static int setup(void **state)
{
	static struct lab lab;

	lab_open(&lab, 0, 0);
	lab_user(&lab, "muster", "DE", "BSI", "editor", "");
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

static void test_let_in(void **state)
{
	static const char *const forms[] = {"Bearer %s", "Token %s", "token %s", "BEARER  %s ", " bearer %s", "tOKEN %s\t"};
	struct lab *lab = *state;
	struct state_token t = {.label = "siem", .read = true};
	char text[64], field[128], who[LIMIT_WHO + 1];

	lab_token(lab, "muster", &t, text);
	assert_int_equal(strlen(text), 46);
	assert_true(strncmp(text, "vb_", 3) == 0);
	(void)snprintf(who, sizeof(who), "DE/BSI/muster token:%s", t.id);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(field, sizeof(field), forms[i], text);
#pragma GCC diagnostic pop
		OK(lab_ask(lab, field, NULL, "192.0.2.1"));
		assert_true(lab->p.known && lab->p.token && lab->p.read && !lab->p.write);
		assert_string_equal(lab->p.who, who);
		assert_ptr_equal(lab->p.reader.party, lab->p.party);
		assert_string_equal(lab->p.reader.party, "DE");
		assert_string_equal(lab->p.reader.agency, "BSI");
		assert_string_equal(lab->p.reader.person, "muster");
		assert_int_equal(lab->p.reader.role, ROLE_DESK);
	}
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "Bearer", "Bearer ", "Token", "Basic", "Basic ", "Digest username=\"x\"", "Negotiate abc", "Bearer vb_", "Token x",
		"Bearer vb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Bearer vb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
		"Bearer vb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Bearer vc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"Bearer vb_+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Bearer\tvb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"Basic bm9jb2xvbg==", "Basic Og==", "Basic OnBhc3N3b3Jk", "Basic !!!!", "Basic YTpi YTpi", "Basic YTpiAA==", "Basic YTpi=",
	};
	struct lab *lab = *state;
	char text[64], field[128];
	struct state_token t = {.read = true};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (lab_ask(lab, bad[i], NULL, "192.0.2.1") != E_DENIED)
			fail_msg("\"%s\" is not refused", bad[i]);
		assert_string_equal(lab->e.msg, "these credentials are not accepted");
		assert_false(lab->p.known);
		assert_null(lab->p.reader.party);
	}
	/* One character of a good one. */
	lab_token(lab, "muster", &t, text);
	for (size_t i = 0; i < 46; i++) {
		(void)snprintf(field, sizeof(field), "Bearer %s", text);
		field[7 + i] = field[7 + i] == 'Q' ? 'g' : 'Q';
		assert_int_equal(lab_ask(lab, field, NULL, "192.0.2.1"), E_DENIED);
	}
}

static void test_nobody(void **state)
{
	struct lab *lab = *state;

	OK(lab_ask(lab, NULL, NULL, "192.0.2.1"));
	assert_false(lab->p.known);
	assert_null(lab->p.reader.party);
	assert_int_equal(lab->p.reader.role, ROLE_NONE);
	assert_string_equal(lab->p.who, "");
	OK(lab_ask(lab, NULL, NULL, NULL));
}

static void test_expiry(void **state)
{
	struct lab *lab = *state;
	struct state_token t = {.read = true, .expires_s = NOW_S + 100};
	char text[64], field[128];

	lab_token(lab, "muster", &t, text);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	lab->now = (NOW_S + 99) * NS_PER_S;
	OK(lab_ask(lab, field, NULL, NULL));
	lab->now = (NOW_S + 100) * NS_PER_S;
	assert_int_equal(lab_ask(lab, field, NULL, NULL), E_DENIED);
	lab->now = NOW_S * NS_PER_S;
	OK(lab_ask(lab, field, NULL, NULL));
	t.expires_s = NOW_S;
	assert_int_equal(access_make_token(&lab->w, lab->s, &t, text, &lab->e), E_USAGE);
}

static void test_nets(void **state)
{
	static const struct { const char *nets[2]; const char *addr; bool in; } rows[] = {
		{{"192.0.2.0/24"}, "192.0.2.255", true}, {{"192.0.2.0/24"}, "192.0.3.0", false}, {{"192.0.2.0/24"}, "::ffff:192.0.2.7", true},
		{{"192.0.2.7"}, "192.0.2.7", true}, {{"192.0.2.7"}, "192.0.2.6", false}, {{"0.0.0.0/0"}, "203.0.113.9", true}, {{"0.0.0.0/0"}, "2001:db8::1", false},
		{{"2001:db8::/32"}, "2001:db8:ffff::1", true}, {{"2001:db8::/32"}, "2001:db9::", false}, {{"2001:db8::/33"}, "2001:db8:8000::", false},
		{{"::/0"}, "2001:db8::1", true}, {{"::/0"}, "192.0.2.1", false}, {{"::/0"}, "::ffff:192.0.2.1", false}, {{"::ffff:192.0.2.0/120"}, "192.0.2.9", true},
		{{"198.51.100.0/25", "fe80::/10"}, "fe80::1%eth0", true}, {{"198.51.100.0/25", "fe80::/10"}, "198.51.100.128", false},
		{{"198.51.100.0/25", "fe80::/10"}, "198.51.100.127", true}, {{"0.0.0.0/0", "::/0"}, "rubbish", false}, {{"0.0.0.0/0", "::/0"}, NULL, false},
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct state_token t = {.read = true};
		char text[64], field[128];

		for (; t.nets < 2 && rows[i].nets[t.nets] != NULL; t.nets++)
			(void)snprintf(t.net[t.nets], sizeof(t.net[0]), "%s", rows[i].nets[t.nets]);
		lab_token(lab, "muster", &t, text);
		(void)snprintf(field, sizeof(field), "Bearer %s", text);
		if ((lab_ask(lab, field, NULL, rows[i].addr) == 0) != rows[i].in)
			fail_msg("row %zu: %s from %s", i, rows[i].nets[0], rows[i].addr != NULL ? rows[i].addr : "nowhere");
	}
}

static void test_bad_nets(void **state)
{
	static const char *const bad[] = {"", "192.0.2", "192.0.2.1/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2.0/024", "192.0.2.1/24", "2001:db8::/129", "2001:db8::1/64",
	    "host.example", "192.0.2.0/24 ", " 192.0.2.0/24", "fe80::1%eth0/64", "1/8", "::ffff:192.0.2.0/24"};
	struct lab *lab = *state;
	struct net n;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct state_token t = {.read = true, .user = "muster", .nets = 1};
		char text[64] = "untouched";

		(void)snprintf(t.net[0], sizeof(t.net[0]), "%s", bad[i]);
		assert_int_equal(net_parse(bad[i], &n, NULL), E_FORMAT);
		assert_int_equal(access_make_token(&lab->w, lab->s, &t, text, &lab->e), E_FORMAT);
		assert_string_equal(text, "untouched");
	}
}

/* What another connection commits holds for the very next request. */
static void test_revoked_at_once(void **state)
{
	struct lab *lab = *state;
	struct state_token t = {.read = true}, other = {.read = true};
	struct state_user u;
	char text[64], field[128];

	lab_token(lab, "muster", &t, text);
	lab_token(lab, "muster", &other, field);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	OK(lab_ask(lab, field, NULL, NULL));
	OK(lab_ask(lab, field, NULL, NULL));
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_int_equal(lab_ask(lab, field, NULL, NULL), E_DENIED);
	u.disabled = false;
	(void)snprintf(u.role, sizeof(u.role), "reader");
	OK(state_put_user(lab->s, &u, &lab->e));
	OK(lab_ask(lab, field, NULL, NULL));
	assert_int_equal(lab->p.reader.role, ROLE_READER);
	(void)snprintf(u.role, sizeof(u.role), "emperor");
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_int_equal(lab_ask(lab, field, NULL, NULL), E_DENIED);
	(void)snprintf(u.role, sizeof(u.role), "editor");
	OK(state_put_user(lab->s, &u, &lab->e));
	OK(lab_ask(lab, field, NULL, NULL));
	t.revoked = true;
	OK(state_put_token(lab->s, &t, &lab->e));
	assert_int_equal(lab_ask(lab, field, NULL, NULL), E_DENIED);
	t.revoked = false;
	OK(state_put_token(lab->s, &t, &lab->e)); /* and never comes back */
	assert_int_equal(lab_ask(lab, field, NULL, NULL), E_DENIED);
}

static void test_seen(void **state)
{
	struct lab *lab = *state;
	struct state_token t = {.read = true}, now;
	char text[64], field[128];
	uint64_t before, after;

	lab_token(lab, "muster", &t, text);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	OK(state_generation(lab->s, &before, &lab->e));
	OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	OK(state_get_token(lab->s, t.id, &now, &lab->e));
	assert_int_equal(now.seen_s, NOW_S);
	assert_string_equal(now.seen_from, "192.0.2.1");
	lab->now += (LIMIT_SEEN_S - 1) * NS_PER_S;
	OK(lab_ask(lab, field, NULL, "192.0.2.2"));
	OK(state_get_token(lab->s, t.id, &now, &lab->e));
	assert_int_equal(now.seen_s, NOW_S);
	lab->now += NS_PER_S;
	OK(lab_ask(lab, field, NULL, "192.0.2.2"));
	OK(state_get_token(lab->s, t.id, &now, &lab->e));
	assert_int_equal(now.seen_s, NOW_S + LIMIT_SEEN_S);
	assert_string_equal(now.seen_from, "192.0.2.2");
	OK(state_generation(lab->s, &after, &lab->e));
	assert_int_equal(before, after);
	/* An administrator in the middle of a change does not hold anybody up. */
	OK(state_begin(lab->s, &lab->e));
	lab->now += LIMIT_SEEN_S * NS_PER_S;
	OK(lab_ask(lab, field, NULL, "192.0.2.3"));
	OK(state_end(lab->s, 0, &lab->e));
}

static void test_certificates(void **state)
{
	struct lab *lab = *state;
	uint8_t muster[32] = {1}, peer[32] = {0x4a}, stranger[32] = {9};
	struct state_user u;
	struct state_token t = {.read = true};
	char text[64], field[128];

	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	memcpy(u.spki, muster, 32);
	u.has_spki = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	OK(lab_ask(lab, NULL, muster, NULL));
	assert_true(lab->p.known && lab->p.read && lab->p.write && !lab->p.token);
	assert_string_equal(lab->p.who, "DE/BSI/muster");
	OK(lab_ask(lab, NULL, peer, NULL));
	assert_true(lab->p.known && lab->p.read && !lab->p.write);
	assert_string_equal(lab->p.who, "JP");
	assert_int_equal(lab->p.reader.role, ROLE_NODE);
	assert_null(lab->p.reader.person);
	OK(lab_ask(lab, NULL, stranger, NULL));
	assert_false(lab->p.known);
	/* The field goes first, good or bad. */
	lab_token(lab, "muster", &t, text);
	(void)snprintf(field, sizeof(field), "Token %s", text);
	OK(lab_ask(lab, field, peer, NULL));
	assert_string_equal(lab->p.party, "DE");
	assert_int_equal(lab_ask(lab, "Token nonsense", muster, NULL), E_DENIED);
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_int_equal(lab_ask(lab, NULL, muster, NULL), E_DENIED);
	u.has_spki = false;
	OK(state_put_user(lab->s, &u, &lab->e));
	OK(lab_ask(lab, NULL, muster, NULL));
	assert_false(lab->p.known);
}

static void test_make(void **state)
{
	struct lab *lab = *state;
	struct state_token none = {.user = "muster"}, nobodys = {.user = "nobody", .read = true}, t = {.read = true, .write = true}, row;
	uint8_t sum[SHA256_LEN];
	struct cred c;
	char text[64], field[128];

	assert_int_equal(access_make_token(&lab->w, lab->s, &none, text, &lab->e), E_USAGE);
	assert_int_equal(access_make_token(&lab->w, lab->s, &nobodys, text, &lab->e), E_NOTFOUND);
	lab_token(lab, "muster", &t, text);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	cred_parse(field, &c);
	OK(state_token_by_hash(lab->s, c.hash, &row, &lab->e));
	assert_string_equal(row.id, t.id);
	sha256(text, strlen(text), sum);
	assert_int_equal(state_token_by_hash(lab->s, sum, &row, &lab->e), E_NOTFOUND);
}

/* More tokens than are remembered: all still work, none is taken for another. */
static void test_many(void **state)
{
	enum { N = 2 * LIMIT_TOKENS_KNOWN };
	static char text[N][64], id[N][17];
	struct lab *lab = *state;
	char field[128];

	OK(state_begin(lab->s, &lab->e));
	for (size_t i = 0; i < N; i++) {
		struct state_token t = {.read = true};

		lab_token(lab, "muster", &t, text[i]);
		memcpy(id[i], t.id, 17);
	}
	OK(state_end(lab->s, 0, &lab->e));
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < N; i++) {
			(void)snprintf(field, sizeof(field), "Bearer %.46s", text[i]);
			OK(lab_ask(lab, field, NULL, NULL));
			assert_non_null(strstr(lab->p.who, id[i]));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_let_in, setup, teardown), cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody, setup, teardown), cmocka_unit_test_setup_teardown(test_expiry, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nets, setup, teardown), cmocka_unit_test_setup_teardown(test_bad_nets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_revoked_at_once, setup, teardown), cmocka_unit_test_setup_teardown(test_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_certificates, setup, teardown), cmocka_unit_test_setup_teardown(test_make, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
