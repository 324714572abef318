/* Local state of people: rows there and back, the step from the first version, and an audit log that is only added to. */
#include "state_support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "store/people.h"

static sqlite3 *raw(void)
{
	sqlite3 *h = NULL;

	assert_int_equal(sqlite3_open(g.path, &h), SQLITE_OK);
	return h;
}

static int run(sqlite3 *h, const char *sql) { return sqlite3_exec(h, sql, NULL, NULL, NULL); }

static struct state_session session(unsigned n, const char *user)
{
	struct state_session x = {.how = "password", .created_s = 100 + n, .seen_s = 200 + n, .from = "192.0.2.1", .agent = "Browser"};

	(void)snprintf(x.id, sizeof(x.id), "%016x", n);
	x.hash[0] = (uint8_t)n;
	x.hash[1] = (uint8_t)(n >> 8);
	(void)snprintf(x.user, sizeof(x.user), "%s", user);
	return x;
}

static int join_ids(void *ctx, const struct state_session *x, struct err *err)
{
	(void)err;
	strcat(strcat(ctx, x->id + 14), " ");
	return 0;
}

static const char *ids(const char *user)
{
	static char all[4096];

	all[0] = '\0';
	OK(state_sessions(g.s, user, join_ids, all, &e));
	return all;
}

static void test_sessions(void **state)
{
	struct state_session x = session(1, "muster"), got;
	uint64_t before;

	(void)state;
	OK(state_put_session(g.s, &x, &e));
	OK(state_session_by_hash(g.s, x.hash, &got, &e));
	assert_string_equal(x.id, got.id);
	assert_memory_equal(x.hash, got.hash, sizeof(x.hash));
	assert_string_equal(x.user, got.user);
	assert_string_equal(x.how, got.how);
	assert_true(x.created_s == got.created_s && x.seen_s == got.seen_s);
	assert_string_equal(x.from, got.from);
	assert_string_equal(x.agent, got.agent);
	x = session(2, "muster");
	OK(state_put_session(g.s, &x, &e));
	x = session(3, "beispiel");
	before = generation(g.s);
	OK(state_put_session(g.s, &x, &e));
	assert_int_equal(generation(g.s), before); /* a new one tells nobody anything */
	assert_string_equal(ids(NULL), "03 02 01 ");
	assert_string_equal(ids("muster"), "02 01 ");
	OK(state_session_seen(g.s, x.id, 500, &e));
	OK(state_session_seen(g.s, x.id, 400, &e));
	OK(state_session_by_hash(g.s, x.hash, &got, &e));
	assert_int_equal(got.seen_s, 500);
	assert_int_equal(state_end_session(g.s, "muster", x.id, &e), E_NOTFOUND);
	OK(state_end_session(g.s, "beispiel", x.id, &e));
	assert_int_not_equal(generation(g.s), before);
	assert_int_equal(state_session_by_hash(g.s, x.hash, &got, &e), E_NOTFOUND);
	OK(state_end_sessions(g.s, "muster", "0000000000000002", &e));
	assert_string_equal(ids(NULL), "02 ");
	for (unsigned n = 10; n < 10 + LIMIT_SESSIONS_USER; n++) {
		x = session(n, "muster");
		OK(state_put_session(g.s, &x, &e));
	}
	assert_null(strstr(ids("muster"), "02 "));
	OK(state_drop_sessions(g.s, 0, 215, &e));
	assert_int_equal(strlen(ids(NULL)), 3 * (LIMIT_SESSIONS_USER - 5));
	OK(state_drop_sessions(g.s, 1000, 0, &e));
	assert_string_equal(ids(NULL), "");
	x = session(1, "muster");
	x.id[3] = 'X';
	assert_int_equal(state_put_session(g.s, &x, &e), E_FORMAT);
	x = session(1, "muster\n");
	assert_int_equal(state_put_session(g.s, &x, &e), E_FORMAT);
}

static void same_factor(const struct state_factor *a, const struct state_factor *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->user, b->user);
	assert_string_equal(a->label, b->label);
	assert_true(a->kind == b->kind && a->created_s == b->created_s && a->used_s == b->used_s && a->confirmed == b->confirmed);
	assert_true(a->secret_n == b->secret_n && a->alg == b->alg && a->credential_n == b->credential_n && a->counter == b->counter);
	assert_true(a->fails == b->fails && a->fails_since_s == b->fails_since_s);
	assert_memory_equal(a->secret, b->secret, a->secret_n);
	assert_memory_equal(a->credential, b->credential, a->credential_n);
}

static void test_factors(void **state)
{
	struct state_factor f = {.id = "00000000000000aa", .user = "muster", .kind = FACTOR_PASSKEY, .label = "鍵", .created_s = 1, .confirmed = true, .secret = {1, 2}, .secret_n = 64,
	    .alg = -7, .credential = {9, 0, 8}, .credential_n = LIMIT_CREDENTIAL, .counter = 4294967295U};
	struct state_factor t = {.id = "00000000000000bb", .user = "muster", .kind = FACTOR_TOTP, .created_s = 2, .secret = {5}, .secret_n = 60}, got;

	(void)state;
	OK(state_put_factor(g.s, &f, &e));
	OK(state_put_factor(g.s, &t, &e));
	OK(state_get_factor(g.s, f.id, &got, &e));
	same_factor(&f, &got);
	OK(state_factor_by_credential(g.s, f.credential, f.credential_n, &got, &e));
	assert_string_equal(got.id, f.id);
	assert_int_equal(state_factor_by_credential(g.s, f.credential, f.credential_n - 1, &got, &e), E_NOTFOUND);
	t.confirmed = true;
	t.counter = 49113333;
	t.fails = 3;
	t.fails_since_s = 77;
	t.used_s = 78;
	OK(state_put_factor(g.s, &t, &e));
	OK(state_get_factor(g.s, t.id, &got, &e));
	same_factor(&t, &got);
	/* What it is stays: neither another's, nor another secret. */
	memcpy(got.user, "beispiel", 9);
	got.secret[0] = 6;
	OK(state_put_factor(g.s, &got, &e));
	OK(state_get_factor(g.s, t.id, &got, &e));
	same_factor(&t, &got);
	f.id[0] = '1';
	assert_int_equal(state_put_factor(g.s, &f, &e), E_CONFLICT);
	assert_int_equal(state_drop_factor(g.s, "beispiel", t.id, &e), E_NOTFOUND);
	OK(state_drop_factor(g.s, "muster", t.id, &e));
	assert_int_equal(state_get_factor(g.s, t.id, &got, &e), E_NOTFOUND);
	t.kind = 3;
	assert_int_equal(state_put_factor(g.s, &t, &e), E_FORMAT);
	t.kind = FACTOR_PASSKEY;
	assert_int_equal(state_put_factor(g.s, &t, &e), E_FORMAT);
	t.kind = FACTOR_TOTP;
	t.secret_n = LIMIT_FACTOR_SECRET + 1;
	assert_int_equal(state_put_factor(g.s, &t, &e), E_LIMIT);
}

static void test_codes(void **state)
{
	static const uint8_t hash[3][32] = {{1}, {2}, {3}};
	size_t n = 99;

	(void)state;
	OK(state_put_codes(g.s, "muster", hash, 3, &e));
	assert_int_equal(state_take_code(g.s, "beispiel", hash[0], &e), E_NOTFOUND);
	OK(state_take_code(g.s, "muster", hash[0], &e));
	assert_int_equal(state_take_code(g.s, "muster", hash[0], &e), E_NOTFOUND);
	OK(state_codes_left(g.s, "muster", &n, &e));
	assert_int_equal(n, 2);
	OK(state_put_codes(g.s, "muster", hash, 1, &e));
	assert_int_equal(state_take_code(g.s, "muster", hash[1], &e), E_NOTFOUND);
	OK(state_codes_left(g.s, "nobody", &n, &e));
	assert_int_equal(n, 0);
}

static void note(int64_t at_us, const char *who)
{
	struct state_audit a = {.at_us = at_us, .from = "192.0.2.1", .act = "sign-in", .outcome = "done"};

	(void)snprintf(a.who, sizeof(a.who), "%s", who);
	OK(state_audit_add(g.s, &a, &e));
}

static int join_rows(void *ctx, const struct state_audit *a, struct err *err)
{
	char *all = ctx;

	(void)err;
	(void)snprintf(all + strlen(all), 64, "%u ", (unsigned)a->n);
	return 0;
}

static const char *rows(const struct state_audit_ask *q)
{
	static char all[1024];

	all[0] = '\0';
	OK(state_audits(g.s, q, join_rows, all, &e));
	return all;
}

static void test_audit(void **state)
{
	sqlite3 *h;

	(void)state;
	for (int64_t i = 1; i <= 5; i++)
		note(i * 10, i == 2 ? "DE/AA/muster" : "DE/AA/beispiel");
	assert_string_equal(rows(&(struct state_audit_ask){.since_us = 20, .until_us = 50}), "2 3 4 ");
	assert_string_equal(rows(&(struct state_audit_ask){.user = "muster"}), "2 ");
	assert_string_equal(rows(&(struct state_audit_ask){.user = "%"}), "");
	assert_string_equal(rows(&(struct state_audit_ask){.after = 3, .limit = 1}), "4 ");
	/* What is rolled back leaves no gap. */
	OK(state_begin(g.s, &e));
	note(60, "x");
	assert_int_equal(state_end(g.s, E_STATE, NULL), E_STATE);
	note(60, "x");
	assert_string_equal(rows(&(struct state_audit_ask){.after = 4}), "5 6 ");
	/* The file's own rules, whoever opens it: nothing is changed, nothing goes from the middle or the end. */
	h = raw();
	assert_int_not_equal(run(h, "UPDATE audit SET who = 'y' WHERE n = 2"), SQLITE_OK);
	assert_int_not_equal(run(h, "DELETE FROM audit WHERE n = 2"), SQLITE_OK);
	assert_int_not_equal(run(h, "DELETE FROM audit WHERE n >= 5"), SQLITE_OK);
	assert_int_not_equal(run(h, "REPLACE INTO audit VALUES (3, 1, '', '', 'x', '', 'x')"), SQLITE_OK);
	sqlite3_close(h);
	OK(state_drop_audits(g.s, 30, &e));
	assert_string_equal(rows(&(struct state_audit_ask){.since_us = 0}), "3 4 5 6 ");
	/* A clock that went back: an old-looking row behind newer ones stays with them. */
	note(5, "x");
	OK(state_drop_audits(g.s, 40, &e));
	assert_string_equal(rows(&(struct state_audit_ask){.since_us = 0}), "4 5 6 7 ");
	OK(state_drop_audits(g.s, 1000, &e));
	assert_string_equal(rows(&(struct state_audit_ask){.since_us = 0}), "");
	note(2000, "x");
	assert_string_equal(rows(&(struct state_audit_ask){.since_us = 0}), "8 ");
}

/* A file of the first version: its users keep their rights under the new words, and all else stays. */
static void test_first_version(void **state)
{
	static const struct { int version; const char *sql; } steps[] = {
#define STEP(version, sql) {version, sql},
#define QUERY(name, sql)
#include "store/state.def"
#undef STEP
#undef QUERY
	};
	static const char *const names[] = {"a", "b", "c", "d"}, *const due[] = {"desk-officer", "releaser", "reader", "king"};
	sqlite3 *h;

	(void)state;
	state_close(g.s);
	g.s = NULL;
	unlink(g.path);
	h = raw();
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i].version == 1)
			assert_int_equal(run(h, steps[i].sql), SQLITE_OK);
	assert_int_equal(run(h, "INSERT INTO user VALUES ('a', 'DE', 'AA', 'editor', '', NULL, 0, 1, 2), ('b', 'DE', '', 'head', 'x', NULL, 0, 1, 2),"
	    " ('c', 'DE', '', 'reader', '', NULL, 1, 1, 2), ('d', 'DE', '', 'king', '', NULL, 0, 1, 2)"), SQLITE_OK);
	assert_int_equal(run(h, "PRAGMA application_id = 1448231507; PRAGMA user_version = 1"), SQLITE_OK);
	sqlite3_close(h);
	assert_int_equal(chmod(g.path, 0600), 0);
	open_it();
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct state_user u;

		OK(state_get_user(g.s, names[i], &u, &e));
		assert_string_equal(u.role, due[i]);
		assert_int_equal(u.disabled, i == 2);
	}
	note(1, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_sessions), TEST(test_factors), TEST(test_codes), TEST(test_audit), TEST(test_first_version)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
