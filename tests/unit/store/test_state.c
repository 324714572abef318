/* Local state: what is put is what is got; bounds; generations; several calls as one. */
#include "state_support.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_users(void **state)
{
	struct state_user u = user("muster"), got;
	const uint8_t spki[32] = {1, 2, 3};

	(void)state;
	assert_int_equal(state_get_user(g.s, "muster", &got, &e), E_NOTFOUND);
	OK(state_put_user(g.s, &u, &e));
	OK(state_get_user(g.s, "muster", &got, &e));
	assert_string_equal(got.password, u.password);
	assert_true(!got.has_spki && !got.disabled && got.created_s == 17 && got.seen_s == 18);
	memcpy(u.spki, spki, 32);
	u.has_spki = u.disabled = true;
	u.created_s = 99;
	u.seen_s = 3;
	OK(state_put_user(g.s, &u, &e));
	OK(state_user_by_spki(g.s, spki, &got, &e));
	assert_true(got.has_spki && got.disabled && got.created_s == 17 && got.seen_s == 18);
	assert_memory_equal(got.spki, spki, 32);
	/* A certificate is one user's; taking it away from another would be a sign-in that changes hands unseen. */
	u = user("other");
	memcpy(u.spki, spki, 32);
	u.has_spki = true;
	assert_int_equal(state_put_user(g.s, &u, &e), E_CONFLICT);
	assert_int_equal(state_get_user(g.s, "other", &got, &e), E_NOTFOUND);
	OK(state_user_by_spki(g.s, spki, &got, &e));
	OK(state_user_seen(g.s, "muster", 20, &e));
	OK(state_user_seen(g.s, "muster", 19, &e));
	OK(state_get_user(g.s, "muster", &got, &e));
	assert_int_equal(got.seen_s, 20);
}

static void test_bounds(void **state)
{
	static const struct { const char *name; int code; } names[] = {
		{"", E_FORMAT}, {"Muster", E_FORMAT}, {"1a", E_FORMAT}, {"a b", E_FORMAT}, {"a/b", E_FORMAT}, {"m\xc3\xbcller", E_FORMAT}, {"a\n", E_FORMAT}, {"a", 0}, {"a.b-c_9", 0}};
	struct state_user u;
	struct state_token t = token(1);
	struct state_grant gr = {.subject = "user:", .read = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		u = user(names[i].name);
		if (state_put_user(g.s, &u, &e) != names[i].code)
			fail_msg("user name \"%s\"", names[i].name);
	}
	u = user("b");
	memset(u.agency, 'x', sizeof(u.agency)); /* no end */
	assert_int_equal(state_put_user(g.s, &u, &e), E_LIMIT);
	u = user("b");
	(void)snprintf(u.agency, sizeof(u.agency), "B\033[2J");
	assert_int_equal(state_put_user(g.s, &u, &e), E_FORMAT);
	u = user("b");
	u.party[0] = '\0';
	assert_int_equal(state_put_user(g.s, &u, &e), E_FORMAT);
	t.scopes = LIMIT_TOKEN_SCOPES + 1;
	assert_int_equal(state_put_token(g.s, &t, &e), E_LIMIT);
	t = token(1);
	t.nets = 1;
	(void)snprintf(t.net[0], sizeof(t.net[0]), "a,b");
	assert_int_equal(state_put_token(g.s, &t, &e), E_FORMAT);
	t = token(1);
	(void)snprintf(t.label, sizeof(t.label), "\xff");
	assert_int_equal(state_put_token(g.s, &t, &e), E_FORMAT);
	t = token(1);
	t.id[3] = 'G';
	assert_int_equal(state_put_token(g.s, &t, &e), E_FORMAT);
	assert_int_equal(state_put_grant(g.s, &gr, &e), E_FORMAT);
	(void)snprintf(gr.subject, sizeof(gr.subject), "muster");
	assert_int_equal(state_put_grant(g.s, &gr, &e), E_FORMAT);
	assert_int_equal(state_put_value(g.s, "", "x", "y", 1, &e), E_FORMAT);
	assert_int_equal(state_put_value(g.s, "k", "x", "y", LIMIT_STATE_BYTES + 1, &e), E_LIMIT);
}

static int count_tokens(void *ctx, const struct state_token *t, struct err *err)
{
	unsigned *n = ctx;

	(void)err;
	assert_int_equal(t->hash[0], ++*n);
	return 0;
}

static int stop(void *ctx, const struct state_token *t, struct err *err)
{
	(void)ctx;
	(void)t;
	return fail(err, E_STATE, "enough");
}

static void test_tokens(void **state)
{
	struct state_token t = token(1), got;
	unsigned n = 0;

	(void)state;
	t.scopes = LIMIT_TOKEN_SCOPES;
	t.nets = LIMIT_TOKEN_NETS;
	for (size_t i = 0; i < t.scopes; i++)
		memset(t.scope[i], (int)i, 16);
	for (size_t i = 0; i < t.nets; i++)
		(void)snprintf(t.net[i], sizeof(t.net[i]), "%048zu", i);
	t.write = true;
	t.expires_s = INT64_MAX;
	OK(state_put_token(g.s, &t, &e));
	OK(state_token_by_hash(g.s, t.hash, &got, &e));
	assert_memory_equal(&got, &t, sizeof(t));
	OK(state_get_token(g.s, t.id, &got, &e));
	assert_memory_equal(&got, &t, sizeof(t));
	OK(state_token_seen(g.s, t.id, 44, "2001:db8::1", &e));
	t.revoked = true;
	t.read = false;
	t.scopes = t.nets = 0;
	OK(state_put_token(g.s, &t, &e));
	t.revoked = false;
	OK(state_put_token(g.s, &t, &e));
	OK(state_get_token(g.s, t.id, &got, &e));
	assert_true(got.revoked && !got.read && got.write && got.scopes == 0 && got.nets == 0 && got.seen_s == 44);
	assert_string_equal(got.seen_from, "2001:db8::1");
	for (unsigned i = 2; i < 10; i++) {
		t = token(i);
		OK(state_put_token(g.s, &t, &e));
	}
	OK(state_tokens(g.s, count_tokens, &n, &e));
	assert_int_equal(n, 9);
	assert_int_equal(state_tokens(g.s, stop, NULL, &e), E_STATE);
	t = token(1);
	(void)snprintf(t.id, sizeof(t.id), "%016x", 77U);
	assert_int_equal(state_put_token(g.s, &t, &e), E_CONFLICT);
	assert_int_equal(state_get_token(g.s, t.id, &got, &e), E_NOTFOUND);
	assert_int_equal(state_token_by_hash(g.s, (const uint8_t[32]){0xff}, &got, &e), E_NOTFOUND);
}

static int count_grants(void *ctx, const struct state_grant *gr, struct err *err)
{
	(void)gr;
	(void)err;
	++*(unsigned *)ctx;
	return 0;
}

static unsigned grants_of(const uint8_t *collection)
{
	unsigned n = 0;

	OK(state_grants(g.s, collection, count_grants, &n, &e));
	return n;
}

static void test_grants(void **state)
{
	struct state_grant a = {.collection = {1}, .subject = "user:muster", .read = true}, b = {.collection = {2}, .subject = "party:JP", .write = true};

	(void)state;
	OK(state_put_grant(g.s, &a, &e));
	OK(state_put_grant(g.s, &a, &e));
	OK(state_put_grant(g.s, &b, &e));
	assert_int_equal(grants_of(NULL), 2);
	assert_int_equal(grants_of(a.collection), 1);
	a.read = false;
	OK(state_put_grant(g.s, &a, &e));
	assert_int_equal(grants_of(NULL), 1);
	assert_int_equal(grants_of(a.collection), 0);
}

static int count_statuses(void *ctx, const struct state_status *st, struct err *err)
{
	unsigned *n = ctx;

	(void)err;
	assert_int_equal(st->requested_us, ++*n);
	return 0;
}

static void test_statuses(void **state)
{
	struct state_status st = {.owner = "DE/BSI/muster", .collection = {7}, .total = 3, .success = 1, .failure = 1, .pending = 1}, got;
	CLEANUP_BUF struct buf detail = BUF_INIT(100);
	unsigned n = 0;

	(void)state;
	for (int i = 3; i >= 1; i--) {
		(void)snprintf(st.id, sizeof(st.id), "%08d-0000-4000-8000-000000000000", i);
		st.requested_us = i;
		OK(state_put_status(g.s, &st, NULL, 0, &e));
	}
	OK(state_pending(g.s, count_statuses, &n, &e));
	assert_int_equal(n, 3);
	st.finished_s = 100;
	st.pending = 0;
	st.failure = 2;
	OK(state_put_status(g.s, &st, "{\"failures\":[]}", 15, &e));
	OK(state_get_status(g.s, st.id, &got, &detail, &e));
	assert_memory_equal(&got, &st, sizeof(st));
	assert_string_equal(detail.p, "{\"failures\":[]}");
	OK(state_drop_statuses(g.s, 100, &e));
	OK(state_get_status(g.s, st.id, &got, NULL, &e));
	OK(state_drop_statuses(g.s, 101, &e));
	assert_int_equal(state_get_status(g.s, st.id, &got, NULL, &e), E_NOTFOUND);
	n = 1;
	OK(state_pending(g.s, count_statuses, &n, &e)); /* unfinished ones stay, however old */
	assert_int_equal(n, 3);
}

static void test_values_and_secrets(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(10);
	uint8_t first[32] = {1}, second[32] = {2}, got[32];

	(void)state;
	assert_int_equal(state_get_value(g.s, "pull", "a", &b, &e), E_NOTFOUND);
	OK(state_put_value(g.s, "pull", "a", "x\0y", 3, &e));
	OK(state_put_value(g.s, "pull", "b", NULL, 0, &e));
	OK(state_get_value(g.s, "pull", "a", &b, &e));
	assert_int_equal(b.n, 3);
	buf_clear(&b);
	OK(state_get_value(g.s, "pull", "b", &b, &e));
	assert_int_equal(b.n, 0);
	OK(state_put_value(g.s, "pull", "a", "0123456789a", 11, &e));
	assert_int_equal(state_get_value(g.s, "pull", "a", &b, &e), E_LIMIT);
	OK(state_secret(g.s, "page", first, got, &e));
	assert_memory_equal(got, first, 32);
	OK(state_secret(g.s, "page", second, got, &e));
	assert_memory_equal(got, first, 32);
	state_close(g.s);
	open_it();
	OK(state_secret(g.s, "page", second, got, &e));
	assert_memory_equal(got, first, 32);
}

static void test_generation(void **state)
{
	struct state_user u = user("muster");
	struct state_token t = token(1);
	struct state_grant gr = {.subject = "user:muster", .read = true};
	struct state *other = NULL;
	uint64_t v[4];

	(void)state;
	OK(state_open(g.path, &other, &e));
	v[0] = generation(g.s);
	assert_int_equal(generation(other), v[0]);
	OK(state_put_user(other, &u, &e));
	v[1] = generation(g.s);
	OK(state_put_token(g.s, &t, &e));
	v[2] = generation(g.s);
	OK(state_put_grant(other, &gr, &e));
	v[3] = generation(g.s);
	assert_true(v[0] < v[1] && v[1] < v[2] && v[2] < v[3]);
	assert_int_equal(generation(other), v[3]);
	/* What is no concern of sign-in leaves it alone, and so does what failed. */
	OK(state_put_value(other, "a", "b", "c", 1, &e));
	OK(state_token_seen(other, t.id, 9, "", &e));
	OK(state_begin(other, &e));
	OK(state_put_grant(other, &gr, &e));
	assert_int_equal(state_end(other, E_DENIED, &e), E_DENIED);
	assert_int_equal(generation(g.s), v[3]);
	assert_int_equal(generation(other), v[3]);
	state_close(other);
}

/* Asked again, nothing is read while nobody has committed; what another process commits is noticed. */
static void test_watch(void **state)
{
	struct state_user u = user("muster");
	struct state *other = NULL;
	const uint64_t before = generation(g.s);
	int status = 0;
	pid_t child;

	(void)state;
	assert_true(watch_same(&g.s->watch) && !g.s->stale);
	g.s->generation = 77; /* stands for "not asked again" */
	assert_int_equal(generation(g.s), 77);
	g.s->generation = before;
	if ((child = fork()) == 0)
		_exit(state_open(g.path, &other, NULL) == 0 && state_put_user(other, &u, NULL) == 0 ? 0 : 1);
	assert_true(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	assert_false(watch_same(&g.s->watch));
	assert_int_equal(generation(g.s), before + 1);
	assert_true(watch_same(&g.s->watch));
	/* Inside a transaction what is read may be older than what is there, and may be taken back. */
	OK(state_begin(g.s, &e));
	OK(state_put_user(g.s, &u, &e));
	assert_int_equal(generation(g.s), before + 2);
	assert_false(watch_same(&g.s->watch));
	assert_int_equal(state_end(g.s, E_DENIED, &e), E_DENIED);
	assert_int_equal(generation(g.s), before + 1);
}

/* Several calls are one change: all or nothing, and nobody in between. */
static void test_together(void **state)
{
	struct state_user u = user("muster"), bad = user("Bad"), got;
	struct state *other = NULL;

	(void)state;
	OK(state_open(g.path, &other, &e));
	OK(state_begin(g.s, &e));
	OK(state_put_user(g.s, &u, &e));
	assert_int_equal(state_get_user(other, "muster", &got, &e), E_NOTFOUND);
	sqlite3_busy_timeout(other->db.h, 10);
	assert_int_equal(state_put_user(other, &u, &e), E_BUSY);
	assert_int_equal(state_token_seen(other, "0000000000000001", 1, "", &e), E_BUSY);
	OK(state_end(g.s, 0, &e));
	OK(state_get_user(other, "muster", &got, &e));
	OK(state_begin(g.s, &e));
	u.disabled = true;
	OK(state_put_user(g.s, &u, &e));
	assert_int_equal(state_put_user(g.s, &bad, &e), E_FORMAT);
	assert_int_equal(state_end(g.s, E_FORMAT, &e), E_FORMAT);
	OK(state_get_user(g.s, "muster", &got, &e));
	assert_false(got.disabled);
	state_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_users), TEST(test_bounds), TEST(test_tokens), TEST(test_grants), TEST(test_statuses),
		TEST(test_values_and_secrets), TEST(test_generation), TEST(test_watch), TEST(test_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
