/* Making a data folder: keys first, self text last, so that a half-made folder is never taken for a node. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "record/priv.h"

int path_of(const char *dir, const char *name, char **ret, struct err *e)
{
	*ret = mem_printf("%s/%s", dir, name);
	return *ret == NULL ? fail(e, E_NOMEM, "%s", dir) : 0;
}

static int make_dir(const struct fs *fs, const char *path, struct err *e)
{
	const int r = fs->mkdir(fs->ctx, path, 0700);

	return r < 0 && r != -EEXIST ? fail_errno(e, E_IO, -r, "%s", path) : 0;
}

static int make_dirs(const struct fs *fs, const char *dir, struct err *e)
{
	static const char *const names[] = {"keys", "journal", "peers"};
	int rc = make_dir(fs, dir, e);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(names); i++) {
		CLEANUP_STR char *p = mem_printf("%s/%s", dir, names[i]);

		rc = p == NULL ? fail(e, E_NOMEM, "%s", dir) : make_dir(fs, p, e);
	}
	return rc == 0 ? fs_sync_parent(fs, dir, e) : rc; /* names inside are made durable with self.peer */
}

static int exists(const struct fs *fs, const char *path)
{
	const int fd = fs->open(fs->ctx, path, O_RDONLY, 0);

	if (fd >= 0)
		fs->close(fs->ctx, fd);
	return fd >= 0;
}

/* One role's key: made, or taken up again from an interrupted attempt. Under its name it is always whole. */
static int make_key(const struct world *w, const char *dir, const char *role, struct keypair *ret, struct err *e)
{
	CLEANUP_STR char *path = mem_printf("%s/keys/%s.key", dir, role), *fresh = mem_printf("%s/keys/%s.key.new", dir, role);
	int rc, r;

	if (path == NULL || fresh == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if (exists(&w->fs, path)) {
		rc = keyfile_read(&w->fs, path, role, ret, e);
	} else {
		IGNORE(w->fs.unlink(w->fs.ctx, fresh) < 0, "half a key of an interrupted attempt; there is none as a rule");
		if ((rc = ed25519_generate(&w->rng, ret, e)) == 0)
			rc = keyfile_write(&w->fs, fresh, role, ret, e);
		if (rc == 0 && (r = w->fs.rename(w->fs.ctx, fresh, path)) < 0)
			rc = fail_errno(e, E_IO, -r, "%s: renaming", fresh);
	}
	return rc == 0 ? fs_sync_parent(&w->fs, path, e) : rc; /* an earlier attempt may have failed just there */
}

static int copy(char *to, size_t room, const char *from, const char *what, struct err *e)
{
	const size_t n = from == NULL ? 0 : strlen(from);

	if (n >= room)
		return fail(e, E_USAGE, "%s: longer than %zu bytes", what, room - 1);
	memcpy(to, from == NULL ? "" : from, n);
	to[n] = '\0';
	return 0;
}

static int fill_self(const struct world *w, const struct record_init *in, struct party_keys *k, struct err *e)
{
	uint8_t random[16], uuid[16];
	int rc;

	memset(k, 0, sizeof(*k));
	if ((rc = copy(k->party, sizeof(k->party), in->party, "party", e)) != 0 ||
	    (rc = copy(k->origin, sizeof(k->origin), in->origin, "origin", e)) != 0 ||
	    (rc = copy(k->url, sizeof(k->url), in->url, "url", e)) != 0)
		return rc;
	if (rng_fill(&w->rng, random, sizeof(random)) != 0)
		return fail(e, E_ENV, "no randomness");
	uuid_v4(random, uuid);
	memcpy(k->identity, "identity--", 10);
	uuid_format(uuid, k->identity + 10);
	memcpy(k->tls_spki, in->tls_spki, sizeof(k->tls_spki));
	return 0;
}

static int make_keys(const struct world *w, const char *dir, struct party_keys *k, struct err *e)
{
	struct keypair log, witness;
	char name[LIMIT_ORIGIN + 16];
	int rc;

	if ((rc = make_key(w, dir, "log", &log, e)) != 0)
		return rc;
	if ((rc = make_key(w, dir, "witness", &witness, e)) == 0)
		rc = note_key_make(&k->log, k->origin, NOTE_ED25519, log.pk, e);
	if (rc == 0) {
		memcpy(name, k->origin, strlen(k->origin) + 1);
		memcpy(name + strlen(name), "/witness", sizeof("/witness"));
		rc = note_key_make(&k->witness, name, NOTE_COSIGNATURE_V1, witness.pk, e);
	}
	keypair_wipe(&log);
	keypair_wipe(&witness);
	return rc;
}

/* self.peer is there: a node, or a making that was interrupted before its first checkpoint and is taken up again. */
static int finish(const struct world *w, const char *dir, const struct record_init *in, struct err *e)
{
	struct record *r = NULL;
	int rc = record_open(w, dir, false, &r, e);
	const bool unfinished = rc == E_ENV || (rc == 0 && journal_head(r->journal).no == 0);

	record_close(r);
	r = NULL;
	if (!unfinished)
		return fail(e, E_EXISTS, "%s: there is a node already", dir);
	if ((rc = record_open(w, dir, true, &r, e)) != 0)
		return rc;
	if (strcmp(r->self.party, in->party) != 0 || strcmp(r->self.origin, in->origin) != 0)
		rc = fail(e, E_EXISTS, "%s: there is a node already, of party %s as %s", dir, r->self.party, r->self.origin);
	record_close(r);
	return rc;
}

int record_create(const struct world *w, const char *dir, const struct record_init *in, struct err *e)
{
	CLEANUP_STR char *self = mem_printf("%s/self.peer", dir);
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PEER_TEXT);
	struct party_keys k, again;
	struct record *r = NULL;
	int rc;

	if (self == NULL)
		return fail(e, E_NOMEM, "%s", dir);
	if (exists(&w->fs, self))
		return finish(w, dir, in, e);
	if ((rc = fill_self(w, in, &k, e)) != 0 || (rc = make_dirs(&w->fs, dir, e)) != 0 || (rc = make_keys(w, dir, &k, e)) != 0)
		return rc;
	party_keys_put(&k, &b);
	if ((rc = buf_err(&b, e, "self.peer")) != 0 || (rc = party_keys_parse(b.p, b.n, &again, e)) != 0)
		return rc;
	if ((rc = fs_replace_file(&w->fs, self, b.p, b.n, 0644, e)) == 0)
		rc = record_open(w, dir, true, &r, e); /* journal, index and first checkpoint */
	record_close(r);
	return rc;
}
