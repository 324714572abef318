/* Party keys: the short text peers exchange, and the files of pinned ones. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

static const char first_line[] = "verbale-peer/v1";

void party_keys_put(const struct party_keys *k, struct buf *out)
{
	char hex[HEX_LEN(32) + 1];

	hex_encode(k->tls_spki, sizeof(k->tls_spki), hex);
	buf_printf(out, "%s\nparty %s\nidentity %s\norigin %s\nurl %s\nlog ", first_line, k->party, k->identity, k->origin, k->url[0] != '\0' ? k->url : "-");
	note_key_put(&k->log, out);
	buf_puts(out, "\nwitness ");
	note_key_put(&k->witness, out);
	buf_printf(out, "\ntls sha256:%s\n", hex);
}

struct line { const char *p; size_t n; };

/* The value of "key value\n" at *at; moves on. */
static int take(const char **at, const char *end, const char *key, struct line *ret, struct err *e)
{
	const size_t kn = strlen(key);
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));

	if (lf == NULL || (size_t)(lf - *at) <= kn + 1 || memcmp(*at, key, kn) != 0 || (*at)[kn] != ' ')
		return fail(e, E_FORMAT, "peer text: a line \"%s …\" is due here", key);
	*ret = (struct line){*at + kn + 1, (size_t)(lf - *at) - kn - 1};
	*at = lf + 1;
	return 0;
}

static int text(const struct line *l, char *to, size_t room, const char *what, struct err *e)
{
	if (l->n >= room || utf8_check(l->p, l->n) != l->n)
		return fail(e, E_FORMAT, "peer text: %s: too long or not UTF-8", what);
	for (size_t i = 0; i < l->n; i++)
		if ((unsigned char)l->p[i] <= ' ' || l->p[i] == 0x7f)
			return fail(e, E_FORMAT, "peer text: %s: white space or control byte", what);
	memcpy(to, l->p, l->n);
	to[l->n] = '\0';
	return 0;
}

static bool party_ok(const char *s)
{
	if (s[0] < 'A' || s[0] > 'Z' || s[1] == '\0')
		return false;
	return s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
}

static int check_keys(const struct party_keys *k, struct err *e)
{
	if (!party_ok(k->party))
		return fail(e, E_FORMAT, "peer text: party \"%s\": 2 to %d of A-Z, 0-9, -", k->party, LIMIT_PARTY);
	if (!stix_id_ok(k->identity, strlen(k->identity)) || strncmp(k->identity, "identity--", 10) != 0)
		return fail(e, E_FORMAT, "peer text: identity \"%s\": not the id of an identity", k->identity);
	if (!origin_ok(k->origin, strlen(k->origin)))
		return fail(e, E_FORMAT, "peer text: origin \"%s\": not usable as a log's name", k->origin);
	if (k->log.type != NOTE_ED25519 || strcmp(k->log.name, k->origin) != 0)
		return fail(e, E_FORMAT, "peer text: the log key must be of type 01 and named as the origin");
	if (k->witness.type != NOTE_COSIGNATURE_V1)
		return fail(e, E_FORMAT, "peer text: the witness key must be of type 04");
	if (memcmp(k->witness.pk, k->log.pk, ED25519_PK) == 0)
		return fail(e, E_FORMAT, "peer text: log and witness must have keys of their own");
	return 0;
}

static int parse_lines(const char *p, size_t n, struct party_keys *k, struct err *e)
{
	const char *at = p, *end = p + n;
	const size_t fn = sizeof(first_line) - 1;
	struct line l[7];
	static const char *const key[] = {"party", "identity", "origin", "url", "log", "witness", "tls"};
	int rc = 0;

	if (n <= fn || memcmp(p, first_line, fn) != 0 || p[fn] != '\n')
		return fail(e, E_FORMAT, "peer text: the first line is not \"%s\"", first_line);
	at += fn + 1;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(key); i++)
		rc = take(&at, end, key[i], &l[i], e);
	if (rc == 0 && at != end)
		rc = fail(e, E_FORMAT, "peer text: bytes after the last line");
	if (rc == 0 && (rc = text(&l[0], k->party, sizeof(k->party), "party", e)) == 0 &&
	    (rc = text(&l[1], k->identity, sizeof(k->identity), "identity", e)) == 0 &&
	    (rc = text(&l[2], k->origin, sizeof(k->origin), "origin", e)) == 0 &&
	    (rc = text(&l[3], k->url, sizeof(k->url), "url", e)) == 0 &&
	    (rc = note_key_parse(l[4].p, l[4].n, &k->log, e)) == 0)
		rc = note_key_parse(l[5].p, l[5].n, &k->witness, e);
	if (rc != 0)
		return rc;
	if (l[6].n != 7 + HEX_LEN(32) || memcmp(l[6].p, "sha256:", 7) != 0 || !hex_decode(l[6].p + 7, HEX_LEN(32), k->tls_spki, 32))
		return fail(e, E_FORMAT, "peer text: tls: \"sha256:\" and 64 hexadecimal digits are due");
	if (strcmp(k->url, "-") == 0)
		k->url[0] = '\0';
	return 0;
}

int party_keys_parse(const char *p, size_t n, struct party_keys *ret, struct err *e)
{
	CLEANUP_BUF struct buf again = BUF_INIT(LIMIT_PEER_TEXT);
	struct party_keys k;
	int rc;

	memset(&k, 0, sizeof(k));
	if (n > LIMIT_PEER_TEXT)
		return fail(e, E_LIMIT, "peer text: longer than %d bytes", LIMIT_PEER_TEXT);
	if ((rc = parse_lines(p, n, &k, e)) != 0 || (rc = check_keys(&k, e)) != 0)
		return rc;
	/* One text for one set of keys: two sides compare it by eye or by checksum. */
	party_keys_put(&k, &again);
	if ((rc = buf_err(&again, e, "peer text")) != 0)
		return rc;
	if (again.n != n || memcmp(again.p, p, n) != 0)
		return fail(e, E_FORMAT, "peer text: not in its one exact form (capitals in hexadecimal?)");
	*ret = k;
	return 0;
}

/* ---- files ---- */

struct pinned { struct party_keys *k; size_t n; };

static int load(const struct record *r, const char *path, struct pinned *to, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PEER_TEXT);
	struct party_keys *grown;
	int rc = fs_read_file(&r->w.fs, path, LIMIT_PEER_TEXT, &b, e);

	if (rc != 0)
		return rc;
	if (to->n == LIMIT_PARTIES)
		return fail(e, E_LIMIT, "%s: more than %d parties", path, LIMIT_PARTIES);
	if ((grown = mem_realloc(to->k, (to->n + 1) * sizeof(*grown))) == NULL)
		return fail(e, E_NOMEM, "%s", path);
	to->k = grown;
	if ((rc = party_keys_parse(b.p, b.n, &to->k[to->n], e)) != 0)
		return fail_wrap(e, rc, "%s: ", path);
	to->n++;
	return 0;
}

static bool is_peer_file(const char *name)
{
	const size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".peer") == 0;
}

static int load_peers(const struct record *r, const char *dir, struct pinned *to, struct err *e)
{
	struct dirent **list = NULL;
	int n, rc = 0;

	if ((n = scandir(dir, &list, NULL, alphasort)) < 0)
		return errno == ENOENT ? 0 : fail_errno(e, E_IO, errno, "%s", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && is_peer_file(list[i]->d_name)) {
			CLEANUP_STR char *path = mem_printf("%s/%s", dir, list[i]->d_name);

			rc = path == NULL ? fail(e, E_NOMEM, "%s", dir) : load(r, path, to, e);
		}
		mem_free(list[i]);
	}
	mem_free(list);
	return rc;
}

int keys_load_all(struct record *r, struct err *e)
{
	CLEANUP_STR char *self = record_path(r, "self.peer"), *dir = record_path(r, "peers");
	struct pinned to = {0};
	int rc;

	if (self == NULL || dir == NULL)
		return fail(e, E_NOMEM, "%s", r->dir);
	if ((rc = load(r, self, &to, e)) != 0 || (rc = load_peers(r, dir, &to, e)) != 0) {
		mem_free(to.k); /* what was known stays known */
		return rc;
	}
	mem_free(r->peer);
	r->peer = to.k;
	r->peers = to.n;
	r->self = to.k[0];
	return 0;
}

static bool same_keys(const struct party_keys *a, const struct party_keys *b)
{
	return strcmp(a->origin, b->origin) == 0 && memcmp(a->log.pk, b->log.pk, ED25519_PK) == 0 &&
	    memcmp(a->witness.pk, b->witness.pk, ED25519_PK) == 0 && memcmp(a->tls_spki, b->tls_spki, 32) == 0 &&
	    strcmp(a->identity, b->identity) == 0;
}

/* A party, origin or key may stand for one node only. */
static int check_new(const struct record *r, const struct party_keys *k, struct err *e)
{
	for (size_t i = 0; i < r->peers; i++) {
		const struct party_keys *p = &r->peer[i];
		const bool same_party = strcmp(p->party, k->party) == 0;

		if (same_party && i > 0 && same_keys(p, k))
			continue; /* a new address for the same node */
		if (same_party)
			return fail(e, E_CONFLICT, "party %s is pinned with log key %s+%08x; the text offers %s+%08x", k->party,
			    p->log.name, p->log.id, k->log.name, k->log.id);
		if (strcmp(p->origin, k->origin) == 0 || memcmp(p->log.pk, k->log.pk, ED25519_PK) == 0 ||
		    memcmp(p->witness.pk, k->witness.pk, ED25519_PK) == 0 || memcmp(p->log.pk, k->witness.pk, ED25519_PK) == 0 ||
		    memcmp(p->tls_spki, k->tls_spki, 32) == 0 || strcmp(p->identity, k->identity) == 0)
			return fail(e, E_CONFLICT, "party %s uses the origin, identity or a key of party %s", k->party, p->party);
	}
	return 0;
}

int record_peer_add(struct record *r, const struct party_keys *k, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PEER_TEXT);
	CLEANUP_STR char *dir = record_path(r, "peers"), *path = mem_printf("%s/peers/%s.peer", r->dir, k->party);
	int rc, m;

	if (dir == NULL || path == NULL)
		return fail(e, E_NOMEM, "peer");
	if ((rc = check_new(r, k, e)) != 0)
		return rc;
	if ((m = r->w.fs.mkdir(r->w.fs.ctx, dir, 0700)) < 0 && m != -EEXIST)
		return fail_errno(e, E_IO, -m, "%s", dir);
	party_keys_put(k, &b);
	if ((rc = buf_err(&b, e, "peer")) == 0 && (rc = fs_replace_file(&r->w.fs, path, b.p, b.n, 0644, e)) == 0)
		rc = keys_load_all(r, e);
	return rc;
}

size_t record_peers(const struct record *r, const struct party_keys **ret)
{
	*ret = r->peer + 1;
	return r->peers - 1;
}

const struct party_keys *record_peer(const struct record *r, const char *party)
{
	for (size_t i = 0; i < r->peers; i++)
		if (strcmp(r->peer[i].party, party) == 0)
			return &r->peer[i];
	return NULL;
}

const struct party_keys *record_peer_by_spki(const struct record *r, const uint8_t spki[32])
{
	for (size_t i = 0; i < r->peers; i++)
		if (memcmp(r->peer[i].tls_spki, spki, 32) == 0)
			return &r->peer[i];
	return NULL;
}
