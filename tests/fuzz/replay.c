/*
 * replay.c - runs a harness without libFuzzer: every file of the folders given, and of small files
 * also every beginning and every byte changed in a few ways. Not a search, but the same each time.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "fuzz.h"

#define NEIGHBOURS_UP_TO 600 /* bytes; keeps a run within seconds */

/* In a block of exactly this size, so that a sanitizer sees one byte too far. */
static void feed(const char *p, size_t n)
{
	char *copy = mem_alloc(n);

	MUST(copy != NULL);
	if (n > 0)
		memcpy(copy, p, n);
	MUST(LLVMFuzzerTestOneInput((const uint8_t *)copy, n) == 0);
	mem_free(copy);
}

static void feed_neighbours(char *p, size_t n)
{
	static const char instead[] = {'\0', '"', '\\', '0', '9', '\n', ' ', '{', '\x80', '\xed', '\xff'};

	for (size_t i = 0; i < n; i++) {
		const char was = p[i];

		feed(p, i);
		for (size_t k = 0; k < sizeof(instead); k++) {
			p[i] = instead[k];
			feed(p, n);
		}
		p[i] = (char)(was ^ 1);
		feed(p, n);
		p[i] = was;
	}
}

static int feed_file(const char *folder, const char *name)
{
	const struct fs fs = fs_system();
	CLEANUP_STR char *path = mem_printf("%s/%s", folder, name);
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct err e;

	if (path == NULL || fs_read_file(&fs, path, 16UL << 20, &b, &e) != 0) {
		fprintf(stderr, "%s\n", path != NULL ? e.msg : "out of memory");
		return -1;
	}
	feed(b.p, b.n);
	if (b.n <= NEIGHBOURS_UP_TO)
		feed_neighbours(b.p, b.n);
	return 0;
}

/* Number of files, or -1. */
static int feed_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	int count = 0;

	if (d == NULL) {
		perror(folder);
		return -1;
	}
	while (count >= 0 && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			count = feed_file(folder, entry->d_name) == 0 ? count + 1 : -1;
	closedir(d);
	return count;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const int count = feed_folder(argv[i]);

		if (count <= 0) {
			fprintf(stderr, "%s: nothing to feed\n", argv[i]);
			return 1;
		}
		printf("%s: %d files\n", argv[i], count);
	}
	return argc > 1 ? 0 : 2;
}
