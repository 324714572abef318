#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "crypto/crypto.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

/* base64 of the seed 00 01 02 … 1f */
#define SEED64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

struct place {
	char dir[64], path[96], link[96];
	struct fs fs;
	struct keypair k;
};

static int set_up(void **state)
{
	static struct place place;
	struct place *p = &place;
	uint8_t seed[ED25519_SEED];

	*p = (struct place){.dir = "keyfile-XXXXXX", .fs = fs_system()};
	if (mkdtemp(p->dir) == NULL)
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/log.key", p->dir);
	snprintf(p->link, sizeof(p->link), "%s/link.key", p->dir);
	for (size_t i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)i;
	ed25519_from_seed(seed, &p->k);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	unlink(p->link);
	return rmdir(p->dir); /* fails if a test left anything else behind */
}

static void put_file(const char *path, const char *text, size_t n, mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void written_and_read(void **state)
{
	struct place *p = *state;
	struct keypair k;
	struct stat st;
	CLEANUP_BUF struct buf text = BUF_INIT(0);

	assert_int_equal(keyfile_write(&p->fs, p->path, "log", &p->k, NULL), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fs_read_file(&p->fs, p->path, 1000, &text, NULL), 0);
	assert_string_equal(text.p, "verbale-key/v1 log " SEED64 "\n");
	assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, NULL), 0);
	assert_memory_equal(&k, &p->k, sizeof(k));
}

static void never_overwritten(void **state)
{
	struct place *p = *state;
	struct keypair other, k;
	const uint8_t seed[ED25519_SEED] = {9};

	ed25519_from_seed(seed, &other);
	assert_int_equal(keyfile_write(&p->fs, p->path, "log", &p->k, NULL), 0);
	assert_int_equal(keyfile_write(&p->fs, p->path, "log", &other, NULL), E_EXISTS);
	assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, NULL), 0);
	assert_memory_equal(&k, &p->k, sizeof(k));
}

/* A link laid where the key shall go, even to nowhere, is not followed. */
static void not_through_a_link(void **state)
{
	struct place *p = *state;

	assert_int_equal(symlink("log.key", p->link), 0);
	assert_int_equal(keyfile_write(&p->fs, p->link, "log", &p->k, NULL), E_EXISTS);
	assert_int_equal(access(p->path, F_OK), -1);
}

static void others_must_not_read(void **state)
{
	static const mode_t bad[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777}, good[] = {0600, 0400, 0700};
	static const char text[] = "verbale-key/v1 log " SEED64 "\n";
	struct place *p = *state;
	struct keypair k;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e;

		put_file(p->path, text, sizeof(text) - 1, bad[i]);
		assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, &e), E_DENIED);
		assert_null(strstr(e.msg, "AAEC"));
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		put_file(p->path, text, sizeof(text) - 1, good[i]);
		assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, NULL), 0);
	}
}

/* Whatever is not exactly the line is refused; nothing of it appears in the message; *ret stays. */
static void damaged(void **state)
{
	static const char *const rows[] = {
		"", "\n", "verbale-key/v1 log", "verbale-key/v1 log ", "verbale-key/v2 log " SEED64 "\n",
		"verbale-key/v1 log " SEED64, "verbale-key/v1 log " SEED64 "\n\n", "verbale-key/v1 log " SEED64 "\r\n",
		"verbale-key/v1 log " SEED64 " \n", "verbale-key/v1  log " SEED64 "\n", " verbale-key/v1 log " SEED64 "\n",
		"verbale-key/v1 log AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", /* unused bits set */
		"verbale-key/v1 log AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n", /* 31 bytes */
		"verbale-key/v1 log AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n", /* 33 bytes */
		"verbale-key/v1 witness " SEED64 "\n", "verbale-key/v1 lo " SEED64 "\n", "verbale-key/v1 logs " SEED64 "\n",
		"verbale-key/v1 log " SEED64 SEED64 SEED64 SEED64 SEED64 "\n",
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct keypair k = {{7}, {7}}, same = k;
		struct err e;

		put_file(p->path, rows[i], strlen(rows[i]), 0600);
		if (keyfile_read(&p->fs, p->path, "log", &k, &e) != E_FORMAT)
			fail_msg("row %zu taken", i);
		assert_null(strstr(e.msg, "AAEC"));
		assert_memory_equal(&k, &same, sizeof(k));
	}
}

static void not_a_file(void **state)
{
	struct place *p = *state;
	struct keypair k;

	assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, NULL), E_NOTFOUND);
	assert_int_equal(keyfile_read(&p->fs, p->dir, "log", &k, NULL), E_DENIED);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, NULL), E_DENIED); /* and does not wait for a writer */
}

static void roles(void **state)
{
	static const char *const bad[] = {"", "Log", "two words", "new\nline", "ä", "a-role-that-is-longer-than-anyone-needs"};
	struct place *p = *state;
	struct keypair k;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(keyfile_write(&p->fs, p->path, bad[i], &p->k, NULL), E_USAGE);
		assert_int_equal(keyfile_read(&p->fs, p->path, bad[i], &k, NULL), E_USAGE);
	}
	assert_int_equal(access(p->path, F_OK), -1);
	assert_int_equal(keyfile_write(&p->fs, p->path, "abcdefghijklmnopqrstuvwxyz-12345", &p->k, NULL), 0);
	assert_int_equal(keyfile_read(&p->fs, p->path, "abcdefghijklmnopqrstuvwxyz-12345", &k, NULL), 0);
	assert_int_equal(keyfile_read(&p->fs, p->path, "log", &k, NULL), E_FORMAT);
}

static int no_sync(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return -EIO;
}

static ssize_t no_room(void *ctx, int fd, const void *b, size_t n, off_t off)
{
	(void)ctx;
	(void)fd;
	(void)b;
	(void)n;
	(void)off;
	return -ENOSPC;
}

/* A key that may not be on disk is not left lying there half. */
static void failed_write_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct fs broken = p->fs;

	broken.fsync = no_sync;
	assert_int_equal(keyfile_write(&broken, p->path, "log", &p->k, NULL), E_IO);
	assert_int_equal(access(p->path, F_OK), -1);
	broken = p->fs;
	broken.pwrite = no_room;
	assert_int_equal(keyfile_write(&broken, p->path, "log", &p->k, NULL), E_NOSPACE);
	assert_int_equal(access(p->path, F_OK), -1);
	assert_int_equal(keyfile_write(&p->fs, p->path, "log", &p->k, NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(written_and_read),
		TEST(never_overwritten),
		TEST(not_through_a_link),
		TEST(others_must_not_read),
		TEST(damaged),
		TEST(not_a_file),
		TEST(roles),
		TEST(failed_write_leaves_nothing),
	};

	return crypto_init(NULL) == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
