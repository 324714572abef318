/* Local state: what is put is what is got; bounds; several processes; a full disk; a damaged file. */
#include "../check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/mem.h"
#include "store/state_priv.h"

#define OK(call) do { \
	if ((call) != 0) \
		fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e.msg); \
} while (0)

static struct { char dir[64], path[128]; struct state *s; } g;
static struct err e;

static void open_it(void) { OK(state_open(g.path, &g.s, &e)); }

static int setup(void **state)
{
	(void)state;
	(void)snprintf(g.dir, sizeof(g.dir), "/tmp/verbale-state-XXXXXX");
	assert_non_null(mkdtemp(g.dir));
	(void)snprintf(g.path, sizeof(g.path), "%s/state.sqlite", g.dir);
	open_it();
	return 0;
}

static int teardown(void **state)
{
	DIR *d;
	char path[400];

	(void)state;
	state_close(g.s);
	g.s = NULL;
	d = opendir(g.dir);
	for (const struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof(path), "%s/%s", g.dir, f->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(g.dir);
	return 0;
}

static struct state_user user(const char *name)
{
	struct state_user u = {.party = "DE", .agency = "BSI", .role = "editor", .password = "$argon2id$x", .created_s = 17, .seen_s = 18};

	(void)snprintf(u.name, sizeof(u.name), "%s", name);
	return u;
}

static struct state_token token(unsigned n)
{
	struct state_token t = {.user = "muster", .label = "SIEM im Lagezentrum", .read = true, .created_s = 5};

	(void)snprintf(t.id, sizeof(t.id), "%016x", n);
	memcpy(t.hash, &n, sizeof(n));
	return t;
}

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

static uint64_t generation(struct state *s)
{
	uint64_t v = 0;

	OK(state_generation(s, &v, &e));
	return v;
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

/* Eight processes open the same new file at once and write beside one another. */
static void test_processes(void **state)
{
	enum { PROCESSES = 8, EACH = 20 };
	pid_t pid[PROCESSES];
	struct state_token got;
	unsigned n = 0;

	(void)state;
	state_close(g.s);
	g.s = NULL;
	unlink(g.path);
	for (unsigned p = 0; p < PROCESSES; p++) {
		if ((pid[p] = fork()) == 0) {
			struct state *s = NULL;
			int rc = state_open(g.path, &s, &e);

			for (unsigned i = 0; rc == 0 && i < EACH; i++) {
				struct state_token t = token(p * EACH + i + 1);

				rc = state_put_token(s, &t, &e);
			}
			state_close(s);
			if (rc != 0)
				fprintf(stderr, "process %u: %s\n", p, e.msg);
			_exit(rc != 0);
		}
	}
	for (unsigned p = 0; p < PROCESSES; p++) {
		int status = -1;

		assert_int_equal(waitpid(pid[p], &status, 0), pid[p]);
		assert_int_equal(status, 0);
	}
	open_it();
	for (unsigned i = 1; i <= PROCESSES * EACH; i++) {
		const struct state_token t = token(i);

		OK(state_get_token(g.s, t.id, &got, &e));
		n++;
	}
	assert_int_equal(generation(g.s), n + 1);
}

/* Commands beside a process that has several handles, some closed: each sees what the others did, before and after. */
static void test_beside(void **state)
{
	struct state_user u = user("muster"), got;
	struct state *more[2] = {NULL, NULL};
	uint64_t v;
	int go[2], done[2];
	char c = 0;
	pid_t pid;

	(void)state;
	state_close(g.s);
	g.s = NULL;
	assert_true(pipe(go) == 0 && pipe(done) == 0);
	if ((pid = fork()) == 0) {
		close(go[1]);
		close(done[0]);
		for (int i = 0; i < 3; i++) {
			struct state *s = NULL;

			if (read(go[0], &c, 1) != 1 || state_open(g.path, &s, &e) != 0 || state_get_user(s, "muster", &u, &e) != 0)
				_exit(1);
			u.created_s = u.seen_s = u.seen_s + 1;
			if (state_put_user(s, &u, &e) != 0)
				_exit(1);
			state_close(s);
			if (write(done[1], &c, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(go[0]);
	close(done[1]);
	open_it();
	OK(state_open(g.path, &more[0], &e));
	OK(state_open(g.path, &more[1], &e));
	OK(state_put_user(g.s, &u, &e));
	for (int i = 0; i < 3; i++) {
		v = generation(g.s);
		assert_int_equal(write(go[1], &c, 1), 1);
		assert_int_equal(read(done[0], &c, 1), 1);
		assert_int_equal(generation(g.s), v + 1);
		OK(state_get_user(g.s, "muster", &got, &e));
		assert_int_equal(got.seen_s, 19 + i);
		OK(state_get_user(more[1], "muster", &got, &e));
		assert_int_equal(got.seen_s, 19 + i);
		state_close(more[0]);
		more[0] = NULL;
	}
	state_close(more[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(go[1]);
	close(done[0]);
}

/* Killed at any moment: what was said to be stored is there. */
static void test_killed(void **state)
{
	int back[2];
	unsigned last = 0, n = 0;
	struct state_token got;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(back), 0);
	state_close(g.s); /* no handle survives a fork */
	g.s = NULL;
	if ((pid = fork()) == 0) {
		struct state *s = NULL;

		if (state_open(g.path, &s, &e) != 0)
			_exit(1);
		for (unsigned i = 1;; i++) {
			struct state_token t = token(i);

			if (state_put_token(s, &t, &e) != 0 || write(back[1], &i, sizeof(i)) != sizeof(i))
				_exit(1);
		}
	}
	while (n < 50 && read(back[0], &last, sizeof(last)) == sizeof(last))
		n++;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(back[1]);
	while (read(back[0], &n, sizeof(n)) == sizeof(n))
		last = n;
	close(back[0]);
	assert_true(last >= 50);
	open_it();
	for (unsigned i = 1; i <= last; i++) {
		const struct state_token t = token(i);

		OK(state_get_token(g.s, t.id, &got, &e));
	}
}

/* No room: an error that says so, nothing half done, and work goes on when there is room again. */
static void test_full(void **state)
{
	struct state_user u = user("muster"), got;
	static uint8_t big[1 << 16];
	int64_t pages = 0;
	char sql[64];

	(void)state;
	OK(db_int(&g.s->db, "PRAGMA page_count", &pages, &e));
	(void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d", (int)pages + 1);
	OK(db_exec(&g.s->db, sql, &e));
	assert_int_equal(state_put_value(g.s, "a", "b", big, sizeof(big), &e), E_NOSPACE);
	OK(state_begin(g.s, &e));
	OK(state_put_user(g.s, &u, &e));
	assert_int_equal(state_put_value(g.s, "a", "b", big, sizeof(big), &e), E_NOSPACE);
	assert_int_equal(state_end(g.s, E_NOSPACE, &e), E_NOSPACE);
	assert_int_equal(state_get_user(g.s, "muster", &got, &e), E_NOTFOUND);
	OK(db_exec(&g.s->db, "PRAGMA max_page_count = 1000000", &e));
	OK(state_put_value(g.s, "a", "b", big, sizeof(big), &e));
	OK(state_put_user(g.s, &u, &e));
}

static void expect_open(int code, const char *says)
{
	struct state *s = NULL;

	memset(&e, 0, sizeof(e));
	if (state_open(g.path, &s, &e) != code || strstr(e.msg, says) == NULL)
		fail_msg("%d, %s instead of %d, %s", e.code, e.msg, code, says);
	assert_null(s);
}

static void sql(const char *text)
{
	OK(db_exec(&g.s->db, text, &e));
	state_close(g.s);
	g.s = NULL;
}

static void test_strangers(void **state)
{
	static char rubbish[8192];
	int fd;

	(void)state;
	sql("PRAGMA user_version = 99");
	expect_open(E_CORRUPT, "newer program (version 99");
	unlink(g.path);
	open_it();
	sql("PRAGMA application_id = 7");
	expect_open(E_CORRUPT, "not a file of local state");
	unlink(g.path);
	open_it();
	sql("DROP TABLE token");
	expect_open(E_CORRUPT, "token");
	memset(rubbish, 'x', sizeof(rubbish));
	assert_true((fd = open(g.path, O_WRONLY | O_TRUNC)) >= 0);
	assert_int_equal(write(fd, rubbish, sizeof(rubbish)), (ssize_t)sizeof(rubbish));
	close(fd);
	expect_open(E_CORRUPT, "local state");
	unlink(g.path);
	assert_int_equal(symlink("/dev/null", g.path), 0);
	expect_open(E_IO, "");
	unlink(g.path);
	assert_int_equal(mkdir(g.path, 0700), 0);
	expect_open(E_IO, "");
	rmdir(g.path);
}

static void test_mode(void **state)
{
	struct stat st;
	char path[140];

	(void)state;
	umask(0);
	state_close(g.s);
	g.s = NULL;
	unlink(g.path);
	open_it();
	OK(state_put_value(g.s, "a", "b", "c", 1, &e));
	for (size_t i = 0; i < 3; i++) {
		static const char *const suffix[] = {"", "-wal", "-shm"};

		(void)snprintf(path, sizeof(path), "%s%s", g.path, suffix[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	umask(022);
	assert_int_equal(chmod(g.path, 0640), 0);
	expect_open(E_DENIED, "chmod 600");
	assert_int_equal(chmod(g.path, 0600), 0);
}

/* Rows that no call of ours would write: refused, not believed. */
static void test_bad_rows(void **state)
{
	static const struct { const char *change; } rows[] = {
		{"UPDATE user SET name = 'muster', party = 'a party with a code of more than sixteen bytes'"}, {"UPDATE user SET spki = x'01'"},
		{"UPDATE token SET scope = x'0102'"}, {"UPDATE token SET scope = zeroblob(16 * 65)"}, {"UPDATE token SET hash = x'00'"},
		{"UPDATE token SET net = printf('%.900c', ',')"}, {"UPDATE token SET net = printf('%.49c', 'a')"}, {"UPDATE token SET id = 'abcdefghabcdefgh1'"},
		{"UPDATE access_grant SET collection = x'00'"}, {"UPDATE meta SET one = 2; DELETE FROM meta"}, {"UPDATE secret SET bytes = x'00'"},
	};
	const struct state_user u = user("muster");
	const struct state_token t = token(1);
	const struct state_grant gr = {.subject = "user:muster", .read = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct state_user got;
		struct state_token tok;
		const uint8_t spki[32] = {0};
		uint64_t v;
		uint8_t secret[32];
		unsigned n = 0;
		int bad = 0;

		OK(state_put_user(g.s, &u, &e));
		OK(state_put_token(g.s, &t, &e));
		OK(state_put_grant(g.s, &gr, &e));
		OK(state_secret(g.s, "page", spki, secret, &e));
		OK(db_exec(&g.s->db, rows[i].change, &e));
		g.s->stale = true;
		bad += state_get_user(g.s, "muster", &got, &e) == E_CORRUPT;
		bad += state_tokens(g.s, count_tokens, &n, &e) == E_CORRUPT;
		bad += state_get_token(g.s, t.id, &tok, &e) == E_CORRUPT;
		n = 0;
		bad += state_grants(g.s, NULL, count_grants, &n, &e) == E_CORRUPT;
		bad += state_generation(g.s, &v, &e) == E_CORRUPT;
		bad += state_secret(g.s, "page", spki, secret, &e) == E_CORRUPT;
		if (bad == 0)
			fail_msg("%s goes unnoticed", rows[i].change);
		state_close(g.s);
		unlink(g.path);
		open_it();
	}
}

/* Any byte of the file changed: an error of ours or an answer, never a crash. */
static void test_damage(void **state)
{
	struct state_user u = user("muster");
	CLEANUP_BUF struct buf whole = BUF_INIT(1 << 22);
	const struct fs fs = fs_system();

	(void)state;
	for (unsigned i = 1; i < 50; i++) {
		struct state_token t = token(i);

		OK(state_put_token(g.s, &t, &e));
	}
	OK(state_put_user(g.s, &u, &e));
	state_close(g.s);
	g.s = NULL;
	OK(fs_read_file(&fs, g.path, 1 << 22, &whole, &e));
	for (size_t at = 0; at < whole.n; at += at < 120 ? 1 : 389) {
		struct state *s = NULL;
		struct state_user got;
		unsigned n = 0;

		whole.p[at] = (char)(whole.p[at] ^ 0x55);
		OK(fs_replace_file(&fs, g.path, whole.p, whole.n, 0600, &e));
		whole.p[at] = (char)(whole.p[at] ^ 0x55);
		if (state_open(g.path, &s, &e) == 0) {
			IGNORE(state_get_user(s, "muster", &got, &e), "either");
			IGNORE(state_grants(s, NULL, count_grants, &n, &e), "either");
			IGNORE(state_put_user(s, &u, &e), "either");
		}
		state_close(s);
	}
}

static void test_no_memory(void **state)
{
	(void)state;
	state_close(g.s);
	g.s = NULL;
	for (long n = 1; n < 4; n++) {
		mem_fail_after(n);
		if (state_open(g.path, &g.s, &e) == 0)
			break;
		assert_int_equal(e.code, E_NOMEM);
	}
	mem_fail_after(0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_users), TEST(test_bounds), TEST(test_tokens), TEST(test_grants), TEST(test_statuses), TEST(test_values_and_secrets),
		TEST(test_generation), TEST(test_together), TEST(test_processes), TEST(test_beside), TEST(test_killed), TEST(test_full), TEST(test_strangers),
		TEST(test_mode), TEST(test_bad_rows), TEST(test_damage), TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
