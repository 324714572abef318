/*
 * mklog DIR SIZE [FORK] - a static log as a node serves it, made with tlog/ alone and always the same:
 *   DIR/checkpoint  cosigned by one witness      DIR/tile/…      tiles and entry bundles
 *   DIR/vkey        the log's verifier key       DIR/policy      log, witness, quorum
 *   DIR/<i>.json    some entries                 DIR/<i>.tlog-proof  and their proofs
 * Entries from index FORK on have other content: two calls that differ in it are a forked log, same keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

#define ORIGIN "log.example/verbale"
#define WITNESS "witness.example/verbale"
#define SECONDS 1473379200

struct maker {
	const char *dir;
	uint64_t size, fork;
	uint8_t (*leaf)[LEAF_LEN];
};

static void salt_make(uint64_t i, uint8_t salt[SALT_LEN])
{
	char text[64];

	sha256(text, (size_t)snprintf(text, sizeof(text), "not random: %llu", (unsigned long long)i), salt);
}

static void entry_make(const struct maker *m, uint64_t i, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "{\"collection\":\"3b7a2d0e-93c1-4f0e-8a55-0c6f1d2e4b10\",\"object\":{\"content\":\"%s %llu\","
	    "\"id\":\"note--5ad1a4f2-6f0b-4c63-9a0e-%012llx\",\"type\":\"note\"}}",
	    i < m->fork ? "entry" : "another entry", (unsigned long long)i, (unsigned long long)i);
}

static void leaf_make(const struct maker *m, uint64_t i, uint8_t leaf[LEAF_LEN])
{
	CLEANUP_BUF struct buf p = BUF_INIT(0);
	uint8_t salt[SALT_LEN], sum[SHA256_LEN];

	entry_make(m, i, &p);
	salt_make(i, salt);
	sha256(p.p, p.n, sum);
	leaf_commit(salt, sum, leaf);
}

static struct note_key key(const char *name, enum note_key_type type, uint8_t fill, struct keypair *ret)
{
	uint8_t seed[ED25519_SEED];
	struct note_key k;
	struct err e;

	memset(seed, fill, sizeof(seed));
	ed25519_from_seed(seed, ret);
	if (note_key_make(&k, name, type, ret->pk, &e) < 0)
		die("%s", e.msg);
	return k;
}

/* Checkpoint, keys and policy; the note goes to `note`. */
static void put_head(const struct maker *m, const struct hash *root, struct buf *note)
{
	CLEANUP_BUF struct buf vkey = BUF_INIT(0), policy = BUF_INIT(0), text = BUF_INIT(0);
	const struct checkpoint c = {.origin = ORIGIN, .size = m->size, .root = *root};
	struct keypair log, witness;
	const struct note_key lk = key(ORIGIN, NOTE_ED25519, 0x21, &log), wk = key(WITNESS, NOTE_COSIGNATURE_V1, 0x22, &witness);
	struct path path;

	checkpoint_put(&c, &text);
	checkpoint_sign(&c, &log, note);
	cosignature_sign(WITNESS, &witness, SECONDS + m->size, text.p, text.n, note);
	note_key_put(&lk, &vkey);
	buf_printf(&policy, "# the log and its one witness\nlog %s\nwitness w ", vkey.p);
	note_key_put(&wk, &policy);
	buf_puts(&policy, "\ngroup witnesses all w\nquorum witnesses\n");
	file_write(path_make(&path, "%s/checkpoint", m->dir), note->p, note->n);
	file_write(path_make(&path, "%s/vkey", m->dir), vkey.p, vkey.n);
	file_write(path_make(&path, "%s/policy", m->dir), policy.p, policy.n);
}

static void put_proof(struct maker *m, uint64_t i, const struct buf *note)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0), entry = BUF_INIT(0);
	const struct tile_source src = {file_tile, (void *)(uintptr_t)m->dir};
	struct proof p = {.has_extra = true, .index = i, .note = note->p, .note_n = note->n};
	struct path path;
	struct err e;

	salt_make(i, p.extra);
	entry_make(m, i, &entry);
	if (tree_inclusion(&src, i, m->size, p.path, &p.n, &e) < 0)
		die("%s", e.msg);
	proof_put(&p, &text);
	file_write(path_make(&path, "%s/%llu.json", m->dir, (unsigned long long)i), entry.p, entry.n);
	file_write(path_make(&path, "%s/%llu.tlog-proof", m->dir, (unsigned long long)i), text.p, text.n);
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf note = BUF_INIT(0);
	struct maker m = {.fork = UINT64_MAX};
	struct hash root;
	struct err e;

	if (argc < 3 || argc > 4)
		die("usage: mklog DIR SIZE [FORK]");
	m.dir = argv[1];
	m.size = strtoull(argv[2], NULL, 10);
	if (argc == 4)
		m.fork = strtoull(argv[3], NULL, 10);
	if (crypto_init(&e) < 0)
		die("%s", e.msg);
	if ((m.leaf = calloc(m.size + 1, LEAF_LEN)) == NULL)
		die("out of memory");
	for (uint64_t i = 0; i < m.size; i++)
		leaf_make(&m, i, m.leaf[i]);
	root = tiles_write(m.dir, (const uint8_t (*)[LEAF_LEN])m.leaf, m.size);
	put_head(&m, &root, &note);
	for (uint64_t i = 0; i < m.size; i += 1 + m.size / 7)
		put_proof(&m, i, &note);
	if (m.size > 1)
		put_proof(&m, m.size - 1, &note);
	free(m.leaf);
	return 0;
}
