/* Local state as a file: several processes, kills, a full disk, strangers, damage. */
#include "state_support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"

static int count_tokens(void *ctx, const struct state_token *t, struct err *err)
{
	unsigned *n = ctx;

	(void)err;
	assert_int_equal(t->hash[0], ++*n);
	return 0;
}

static int count_grants(void *ctx, const struct state_grant *gr, struct err *err)
{
	(void)gr;
	(void)err;
	++*(unsigned *)ctx;
	return 0;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_processes), TEST(test_beside), TEST(test_killed), TEST(test_full), TEST(test_strangers),
		TEST(test_mode), TEST(test_bad_rows), TEST(test_damage), TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
