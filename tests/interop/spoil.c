/*
 * spoil WHAT DIR - does one kind of damage to a static log (see mklog.c), in place. Every damage keeps
 * the files well-formed, so that a verifier has to notice by checking and not by failing to read.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/enc.h"
#include "files.h"

/* ---- every proof of the folder ---- */

typedef void proof_change(struct proof *p, struct buf *note, const char *path);

static bool ends_with(const char *s, const char *end)
{
	return strlen(s) > strlen(end) && strcmp(s + strlen(s) - strlen(end), end) == 0;
}

static void change_proof(const char *file, proof_change *change, const char *dir)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0), out = BUF_INIT(0), note = BUF_INIT(0);
	struct proof p;
	struct err e;

	if (!file_read(file, &text) || proof_parse(text.p, text.n, &p, &e) < 0)
		die("%s: not a proof", file);
	buf_put(&note, p.note, p.note_n);
	change(&p, &note, dir);
	p.note = note.p;
	p.note_n = note.n;
	proof_put(&p, &out);
	file_write(file, out.p, out.n);
}

/* Calls fn for the files of the folder that end so. */
static void each_file(const char *dir, const char *end, void (*fn)(const char *file, proof_change *c, const char *dir), proof_change *c)
{
	DIR *d = opendir(dir);
	unsigned files = 0;
	struct path path;

	if (d == NULL)
		die("%s: not a folder", dir);
	for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
		if (!ends_with(f->d_name, end))
			continue;
		fn(path_make(&path, "%s/%s", dir, f->d_name), c, dir);
		files++;
	}
	closedir(d);
	if (files == 0)
		die("%s: no file *%s", dir, end);
}

static void proof_salt(struct proof *p, struct buf *note, const char *dir)
{
	(void)note;
	(void)dir;
	p->extra[7] ^= 0x10;
}

static void proof_path(struct proof *p, struct buf *note, const char *dir)
{
	(void)note;
	(void)dir;
	if (p->n == 0)
		die("a proof without a path cannot be spoiled there");
	p->path[p->n / 2].b[31] ^= 0x01;
}

static void proof_index(struct proof *p, struct buf *note, const char *dir)
{
	(void)note;
	(void)dir;
	p->index ^= 1;
}

static void proof_cut(struct proof *p, struct buf *note, const char *dir)
{
	(void)note;
	(void)dir;
	p->n -= p->n > 0 ? 1 : 0;
}

/* The path in the tree the tiles now have. */
static void proof_again(struct proof *p, struct buf *note, const char *dir)
{
	const struct tile_source src = {file_tile, (void *)(uintptr_t)dir};
	struct checkpoint c;
	struct note n;
	struct err e;

	if (note_parse(note->p, note->n, &n, &e) < 0 || checkpoint_parse(n.text, n.text_n, &c, &e) < 0 ||
	    tree_inclusion(&src, p->index, c.size, p->path, &p->n, &e) < 0)
		die("%s", e.msg);
}

/* ---- notes ---- */

/* Flip one bit in what stands before the LF at `end`: base64 of more than one group. */
static void flip_base64(char *end)
{
	char *c = end - 6; /* clear of the padding and its unused bits */
	static const char pair[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	*c = pair[(strchr(pair, *c) - pair) ^ 1];
}

static char *line_end(struct buf *note, unsigned line)
{
	char *at = note->p;

	for (; line > 0 && at != NULL; line--)
		at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
	at = at != NULL ? strchr(at, '\n') : NULL;
	if (at == NULL)
		die("the note has no such line");
	return at;
}

static void note_root(struct buf *note) { flip_base64(line_end(note, 2)); }
static void note_signature(struct buf *note) { flip_base64(line_end(note, 4)); }
static void note_cosignature(struct buf *note) { flip_base64(line_end(note, 5)); }

static void note_size(struct buf *note)
{
	char *digit = line_end(note, 1) - 1;

	*digit = *digit == '9' ? '8' : (char)(*digit + 1);
}

static void note_origin(struct buf *note) { note->p[0] ^= 0x01; }

static void proof_root(struct proof *p, struct buf *note, const char *dir) { (void)p, (void)dir; note_root(note); }
static void proof_signature(struct proof *p, struct buf *note, const char *dir) { (void)p, (void)dir; note_signature(note); }
static void proof_cosignature(struct proof *p, struct buf *note, const char *dir) { (void)p, (void)dir; note_cosignature(note); }
static void proof_size(struct proof *p, struct buf *note, const char *dir) { (void)p, (void)dir; note_size(note); }
static void proof_origin(struct proof *p, struct buf *note, const char *dir) { (void)p, (void)dir; note_origin(note); }

static void change_checkpoint(const char *dir, void (*change)(struct buf *note))
{
	CLEANUP_BUF struct buf note = BUF_INIT(0);
	struct path path;

	if (!file_read(path_make(&path, "%s/checkpoint", dir), &note))
		die("%s: missing", path.s);
	change(&note);
	file_write(path.s, note.p, note.n);
}

/* ---- entries and tiles ---- */

static void flip_at(const char *file, size_t at)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	if (!file_read(file, &b) || at >= b.n)
		die("%s: missing or too short", file);
	b.p[at] ^= 0x01;
	file_write(file, b.p, b.n);
}

static void flip_in_middle(const char *file, proof_change *c, const char *dir)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	(void)c;
	(void)dir;
	if (!file_read(file, &b))
		die("%s: missing", file);
	flip_at(file, b.n / 2);
}

/* The size the checkpoint claims. */
static uint64_t log_size(const char *dir)
{
	CLEANUP_BUF struct buf note = BUF_INIT(0);
	struct checkpoint c;
	struct path path;
	struct note n;
	struct err e;

	if (!file_read(path_make(&path, "%s/checkpoint", dir), &note) || note_parse(note.p, note.n, &n, &e) < 0 ||
	    checkpoint_parse(n.text, n.text_n, &c, &e) < 0 || c.size == 0)
		die("%s: no checkpoint of a log with entries", dir);
	return c.size;
}

/* The last tile of level 0 (or bundle) of the log: the one its newest leaf is in. */
static struct tile_name last_tile(const char *dir, bool entries)
{
	const uint64_t last = log_size(dir) - 1;
	const unsigned width = (unsigned)(last % TILE_WIDTH) + 1;

	return (struct tile_name){.entries = entries, .n = last / TILE_WIDTH, .width = width};
}

static const char *tile_file(const char *dir, const struct tile_name *t, struct path *ret)
{
	CLEANUP_BUF struct buf name = BUF_INIT(0);

	tile_path(t, &name);
	return path_make(ret, "%s/%s", dir, name.p);
}

static void flip_tile(const char *dir, bool entries)
{
	const struct tile_name t = last_tile(dir, entries);
	const size_t unit = entries ? 2 + LEAF_LEN : HASH_LEN;
	struct path path;

	flip_at(tile_file(dir, &t, &path), t.width / 2 * unit + 9); /* inside a leaf or hash in the middle */
}

/* The newest leaf goes from tile and bundle; what is left is what a log one shorter would serve. */
static void drop_last(const char *dir, bool entries)
{
	const size_t unit = entries ? 2 + LEAF_LEN : HASH_LEN;
	struct tile_name t = last_tile(dir, entries);
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct path path;

	if (!file_read(tile_file(dir, &t, &path), &b) || b.n != t.width * unit)
		die("%s: not the tile wanted", path.s);
	if (unlink(path.s) < 0)
		die("%s: cannot be removed", path.s);
	t.width--;
	if (t.width > 0)
		file_write(tile_file(dir, &t, &path), b.p, b.n - unit);
}

/* ---- the kinds ---- */

static void spoil_tile(const char *dir) { flip_tile(dir, false); }
static void spoil_bundle(const char *dir) { flip_tile(dir, true); }
static void spoil_entry(const char *dir) { each_file(dir, ".json", flip_in_middle, NULL); }
static void spoil_root(const char *dir) { change_checkpoint(dir, note_root); }
static void spoil_size(const char *dir) { change_checkpoint(dir, note_size); }
static void spoil_origin(const char *dir) { change_checkpoint(dir, note_origin); }
static void spoil_signature(const char *dir) { change_checkpoint(dir, note_signature); }
static void spoil_cosignature(const char *dir) { change_checkpoint(dir, note_cosignature); }

static void spoil_truncated(const char *dir)
{
	drop_last(dir, false);
	drop_last(dir, true);
}

/* One leaf in the middle is another, and every tile and path above it fits: a different log under the same head. */
static void spoil_forked(const char *dir)
{
	const uint64_t size = log_size(dir);
	uint8_t (*leaf)[LEAF_LEN] = calloc(size, LEAF_LEN);

	if (leaf == NULL)
		die("out of memory");
	for (uint64_t first = 0; first < size; first += TILE_WIDTH) {
		const unsigned width = size - first < TILE_WIDTH ? (unsigned)(size - first) : TILE_WIDTH;
		const struct tile_name t = {.entries = true, .n = first / TILE_WIDTH, .width = width};
		CLEANUP_BUF struct buf b = BUF_INIT(0);
		struct path path;
		struct err e;

		if (!file_read(tile_file(dir, &t, &path), &b) || bundle_parse(b.p, b.n, width, leaf + first, &e) < 0)
			die("%s: not a bundle", path.s);
	}
	leaf[size / 2][LEAF_LEN - 1] ^= 0x01;
	tiles_write(dir, (const uint8_t (*)[LEAF_LEN])leaf, size);
	free(leaf);
}

static const struct {
	const char *what;
	void (*log)(const char *dir);   /* damage outside the proofs, or NULL */
	proof_change *proof;            /* damage to each proof, or NULL */
} kinds[] = {
    {"entry", spoil_entry, NULL},
    {"salt", NULL, proof_salt},
    {"path", NULL, proof_path},
    {"index", NULL, proof_index},
    {"tile", spoil_tile, NULL},
    {"bundle", spoil_bundle, NULL},
    {"root", spoil_root, proof_root},
    {"size", spoil_size, proof_size},
    {"origin", spoil_origin, proof_origin},
    {"signature", spoil_signature, proof_signature},
    {"cosignature", spoil_cosignature, proof_cosignature},
    {"truncated", spoil_truncated, proof_cut},
    {"forked", spoil_forked, proof_again},
};

int main(int argc, char **argv)
{
	struct err e;

	if (argc != 3)
		die("usage: spoil WHAT DIR");
	if (crypto_init(&e) < 0)
		die("%s", e.msg);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].what, argv[1]) != 0)
			continue;
		if (kinds[i].log != NULL)
			kinds[i].log(argv[2]);
		if (kinds[i].proof != NULL)
			each_file(argv[2], ".tlog-proof", change_proof, kinds[i].proof);
		return 0;
	}
	die("no kind of damage is called %s", argv[1]);
}
