/*
 * judge paths <LINES - our verdict on claims that another implementation has judged, one per line:
 *   inclusion <index> <size> <leaf> <root> <ok|bad> [<hash>…]
 *   consistency <old size> <size> <old root> <root> <ok|bad> [<hash>…]
 * judge log DIR VKEY - a log another implementation made: every DIR/checkpoint.<n> must be signed by VKEY and have
 * the root of the tiles.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "files.h"

static bool take_hash(char **at, struct hash *ret)
{
	const char *word = strsep(at, " ");

	return word != NULL && hex_decode(word, strlen(word), ret->b, HASH_LEN);
}

/* Does our verdict agree? */
static bool claim_agrees(char *line)
{
	struct hash first, root, path[LIMIT_PROOF_HASHES + 8];
	const char *word = strsep(&line, " ");
	const char *a = strsep(&line, " "), *size = strsep(&line, " "), *verdict;
	uint64_t an, sn;
	size_t n = 0;
	int r;

	if (a == NULL || size == NULL || !dec_parse(a, strlen(a), UINT64_MAX, &an) || !dec_parse(size, strlen(size), UINT64_MAX, &sn) ||
	    !take_hash(&line, &first) || !take_hash(&line, &root) || (verdict = strsep(&line, " ")) == NULL)
		die("judge: malformed line");
	while (line != NULL && n < ARRAY_LEN(path))
		if (!take_hash(&line, &path[n++]))
			die("judge: malformed hash");
	if (strcmp(word, "inclusion") == 0)
		r = inclusion_verify(an, sn, &first, path, n, &root, NULL);
	else
		r = consistency_verify(an, &first, sn, &root, path, n, NULL);
	return (r == 0) == (strcmp(verdict, "ok") == 0);
}

static int judge_paths(void)
{
	unsigned lines = 0, wrong = 0;
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		lines++;
		if (!claim_agrees(line) && wrong++ < 5)
			fprintf(stderr, "judge: line %u: another verdict\n", lines);
	}
	free(line);
	printf("%u claims, %u judged otherwise\n", lines, wrong);
	return lines > 0 && wrong == 0 ? 0 : 1;
}

static int judge_log(const char *dir, const char *vkey)
{
	const struct tile_source src = {file_tile, (void *)(uintptr_t)dir};
	struct note_key key;
	unsigned heads = 0;
	struct err e;

	if (note_key_parse(vkey, strlen(vkey), &key, &e) < 0)
		die("%s", e.msg);
	for (uint64_t size = 0; size < 1000; size++) {
		CLEANUP_BUF struct buf note = BUF_INIT(0);
		struct checkpoint c;
		struct hash root;
		struct path path;

		if (!file_read(path_make(&path, "%s/checkpoint.%llu", dir, (unsigned long long)size), &note))
			break;
		if (checkpoint_open(note.p, note.n, &key, NULL, 0, &c, NULL, NULL, &e) < 0 || tree_root(&src, c.size, &root, &e) < 0)
			die("%s: %s", path.s, e.msg);
		if (c.size != size || memcmp(&root, &c.root, sizeof(root)) != 0)
			die("%s: the tiles have another root", path.s);
		heads++;
	}
	printf("%u heads\n", heads);
	return heads > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct err e;

	if (crypto_init(&e) < 0)
		die("%s", e.msg);
	if (argc == 2 && strcmp(argv[1], "paths") == 0)
		return judge_paths();
	if (argc == 4 && strcmp(argv[1], "log") == 0)
		return judge_log(argv[2], argv[3]);
	die("usage: judge paths | judge log DIR VKEY");
}
