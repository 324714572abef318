#include "files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

const char *path_make(struct path *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->s, sizeof(p->s), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(p->s))
		die("path too long");
	return p->s;
}

void file_write(const char *path, const void *p, size_t n)
{
	struct path folder;
	FILE *f;

	path_make(&folder, "%s", path);
	for (char *s = strchr(folder.s + 1, '/'); s != NULL; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdir(folder.s, 0755) < 0 && errno != EEXIST)
			die("%s: %s", folder.s, strerror(errno));
		*s = '/';
	}
	f = fopen(path, "wb");
	if (f == NULL)
		die("%s: %s", path, strerror(errno));
	if ((n > 0 && fwrite(p, n, 1, f) != 1) || fclose(f) != 0)
		die("%s: cannot be written", path);
}

bool file_read(const char *path, struct buf *out)
{
	const struct fs fs = fs_system();
	struct err e;
	const int r = fs_read_file(&fs, path, 1 << 24, out, &e);

	if (r < 0 && r != E_NOTFOUND)
		die("%s: %s", path, e.msg);
	return r == 0;
}

int file_tile(void *ctx, unsigned level, uint64_t n, unsigned width, struct hash *out, struct err *e)
{
	for (unsigned w = width; w <= TILE_WIDTH; w++) {
		const struct tile_name t = {.level = level, .n = n, .width = w};
		CLEANUP_BUF struct buf name = BUF_INIT(0), data = BUF_INIT(0);
		struct path path;

		tile_path(&t, &name);
		if (!file_read(path_make(&path, "%s/%s", (const char *)ctx, name.p), &data))
			continue;
		if (data.n != w * sizeof(*out))
			return fail(e, E_CORRUPT, "%s has %zu bytes", name.p, data.n);
		memcpy(out, data.p, width * sizeof(*out));
		return 0;
	}
	return fail(e, E_NOTFOUND, "tile %llu of level %u is missing", (unsigned long long)n, level);
}

static void tile_write(const char *dir, const struct tile_name *t, const void *p, size_t bytes)
{
	CLEANUP_BUF struct buf name = BUF_INIT(0);
	struct path path;

	tile_path(t, &name);
	file_write(path_make(&path, "%s/%s", dir, name.p), p, bytes);
}

static void bundle_write(const char *dir, const uint8_t (*leaf)[LEAF_LEN], uint64_t first, unsigned width)
{
	const struct tile_name t = {.entries = true, .n = first / TILE_WIDTH, .width = width};
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	bundle_put(&b, leaf + first, width);
	tile_write(dir, &t, b.p, b.n);
}

static int emit(void *ctx, unsigned level, uint64_t n, const struct hash tile[TILE_WIDTH], struct err *e)
{
	const struct tile_name t = {.level = level, .n = n, .width = TILE_WIDTH};

	(void)e;
	tile_write(ctx, &t, tile, TILE_WIDTH * sizeof(*tile));
	return 0;
}

static void edge_write(const char *dir, const struct tree *t)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		const struct tile_name name = {.level = level, .n = t->size >> (TILE_HEIGHT * (level + 1)), .width = t->width[level]};

		if (name.width > 0)
			tile_write(dir, &name, t->edge[level], name.width * sizeof(struct hash));
	}
}

struct hash tiles_write(const char *dir, const uint8_t (*leaf)[LEAF_LEN], uint64_t size)
{
	struct tree *t = calloc(1, sizeof(*t));
	struct hash root;
	struct err e;

	if (t == NULL)
		die("out of memory");
	t->emit = emit;
	t->ctx = (void *)(uintptr_t)dir;
	for (uint64_t i = 0; i < size; i++) {
		const struct hash h = leaf_hash(leaf[i], LEAF_LEN);

		if (tree_append(t, &h, &e) < 0)
			die("%s", e.msg);
	}
	edge_write(dir, t);
	for (uint64_t first = 0; first < size; first += TILE_WIDTH)
		bundle_write(dir, leaf, first, size - first < TILE_WIDTH ? (unsigned)(size - first) : TILE_WIDTH);
	root = tree_head(t);
	free(t);
	return root;
}
