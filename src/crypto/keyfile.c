#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/enc.h"
#include "crypto/crypto.h"

#define MAGIC "verbale-key/v1 "
#define SEED_TEXT BASE64_LEN(ED25519_SEED)
#define ROLE_MAX 32 /* bytes; ours are single words */
#define LINE_BYTES (sizeof(MAGIC) - 1 + ROLE_MAX + 1 + SEED_TEXT + 1)

static int check_role(const char *role, struct err *e)
{
	const size_t n = strlen(role);

	if (n == 0 || n > ROLE_MAX || strspn(role, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
		return fail(e, E_USAGE, "a key's role is 1 to %d of a-z, 0-9 and -", ROLE_MAX);
	return 0;
}

/* The line into `to` (LINE_BYTES + 1 bytes); its length. */
static size_t put_line(const char *role, const struct keypair *k, char *to)
{
	const size_t role_n = strlen(role);
	char *p = to;

	p = mempcpy(p, MAGIC, sizeof(MAGIC) - 1);
	p = mempcpy(p, role, role_n);
	*p++ = ' ';
	base64_encode(k->seed, ED25519_SEED, p);
	p += SEED_TEXT;
	*p++ = '\n';
	return (size_t)(p - to);
}

static int write_new(const struct fs *fs, int fd, const char *path, const char *role, const struct keypair *k, struct err *e)
{
	char line[LINE_BYTES + 1];
	const size_t n = put_line(role, k, line);
	int rc = fs_pwrite_all(fs, fd, line, n, 0, path, e);
	int r;

	secret_wipe(line, sizeof(line));
	if (rc == 0 && (r = fs->fsync(fs->ctx, fd)) < 0)
		rc = fail_errno(e, E_IO, -r, "%s: syncing", path);
	return rc;
}

int keyfile_write(const struct fs *fs, const char *path, const char *role, const struct keypair *k, struct err *e)
{
	int rc = check_role(role, e);
	int fd;

	if (rc != 0)
		return rc;
	/* O_EXCL: never over another key, never through a link somebody laid there */
	fd = fs->open(fs->ctx, path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd == -EEXIST)
		return fail(e, E_EXISTS, "%s: is there already; a key is never overwritten", path);
	if (fd < 0)
		return fail_errno(e, E_IO, -fd, "%s", path);
	rc = write_new(fs, fd, path, role, k, e);
	fs->close(fs->ctx, fd);
	if (rc == 0)
		rc = fs_sync_parent(fs, path, e);
	if (rc != 0)
		fs->unlink(fs->ctx, path); /* half a key must not stand in the way of the next try */
	return rc;
}

/* fs has no fstat: its descriptors are those of the system. Asked of the open file, not of the path. */
static int check_private(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail_errno(e, E_IO, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fail(e, E_DENIED, "%s: not a regular file", path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return fail(e, E_DENIED, "%s: mode %03o lets others at a secret key; chmod 600, and consider the key known", path,
		    (unsigned)st.st_mode & 0777);
	return 0;
}

/* Messages never quote the file: what stands in it may be a secret of another kind. */
static int parse_line(const char *line, size_t n, const char *path, const char *role, struct keypair *ret, struct err *e)
{
	const size_t magic_n = sizeof(MAGIC) - 1, role_n = strlen(role);
	uint8_t seed[ED25519_SEED];
	size_t seed_n = 0;
	bool ok;

	if (n < magic_n || memcmp(line, MAGIC, magic_n) != 0)
		return fail(e, E_FORMAT, "%s: not a key file", path);
	line += magic_n;
	n -= magic_n;
	if (n <= role_n || memcmp(line, role, role_n) != 0 || line[role_n] != ' ')
		return fail(e, E_FORMAT, "%s: not a key for \"%s\"", path, role);
	line += role_n + 1;
	n -= role_n + 1;
	ok = n == SEED_TEXT + 1 && line[SEED_TEXT] == '\n' && base64_decode(line, SEED_TEXT, seed, sizeof(seed), &seed_n) &&
	    seed_n == ED25519_SEED;
	if (ok)
		ed25519_from_seed(seed, ret);
	secret_wipe(seed, sizeof(seed));
	return ok ? 0 : fail(e, E_FORMAT, "%s: key damaged", path);
}

int keyfile_read(const struct fs *fs, const char *path, const char *role, struct keypair *ret, struct err *e)
{
	char line[LINE_BYTES + 1];
	size_t n = 0;
	int rc = check_role(role, e);
	int fd;

	if (rc != 0)
		return rc;
	/* O_NONBLOCK: a pipe laid there must not make us wait */
	if ((fd = fs->open(fs->ctx, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0)) < 0)
		return fail_errno(e, fd == -ENOENT ? E_NOTFOUND : E_IO, -fd, "%s", path);
	rc = check_private(fd, path, e);
	if (rc == 0)
		rc = fs_pread_all(fs, fd, line, sizeof(line), 0, &n, path, e);
	fs->close(fs->ctx, fd);
	if (rc == 0)
		rc = parse_line(line, n, path, role, ret, e);
	secret_wipe(line, sizeof(line));
	return rc;
}
