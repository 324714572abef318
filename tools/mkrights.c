/*
 * tools/mkrights.c - prints the table of doc/RIGHTS.md from the code that decides.
 * mkrights FILE replaces what stands behind the marker line in FILE; mkrights --check FILE fails if it differs.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "policy/rights.h"

#define MARKER "<!-- The table below is printed by tools/mkrights.c from src/policy/rights.def. -->\n"

static void put_table(struct buf *b)
{
	buf_puts(b, "\n| right | word |");
	for (enum role r = ROLE_READER; r <= ROLE_NODE; r++)
		buf_printf(b, " %s |", role_name(r));
	buf_puts(b, "\n|---|---|");
	for (enum role r = ROLE_READER; r <= ROLE_NODE; r++)
		buf_puts(b, "---|");
	buf_putc(b, '\n');
	for (enum right i = RIGHT_READ; i < RIGHT_COUNT_; i++) {
		buf_printf(b, "| %s | `%s` |", right_name(i), right_word(i));
		for (enum role r = ROLE_READER; r <= ROLE_NODE; r++)
			buf_puts(b, role_has(r, i) ? " **yes** |" : " – |");
		buf_putc(b, '\n');
	}
}

int main(int argc, char **argv)
{
	const bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf old = BUF_INIT(0), new = BUF_INIT(0);
	struct err e = {.code = 0};
	const char *at;

	if (argc != 2 + check) {
		(void)fprintf(stderr, "usage: mkrights [--check] FILE\n");
		return 2;
	}
	if (fs_read_file(&fs, argv[1 + check], 65536, &old, &e) != 0 || (at = strstr(old.p, MARKER)) == NULL) {
		(void)fprintf(stderr, "mkrights: %s: %s\n", argv[1 + check], e.code != 0 ? e.msg : "no marker line");
		return 1;
	}
	buf_put(&new, old.p, (size_t)(at - old.p) + sizeof(MARKER) - 1);
	put_table(&new);
	if (check && (new.n != old.n || memcmp(new.p, old.p, new.n) != 0)) {
		(void)fprintf(stderr, "mkrights: %s differs from the code: run mkrights on it\n", argv[2]);
		return 1;
	}
	if (new.err != 0 || (!check && fs_replace_file(&fs, argv[1], new.p, new.n, 0644, &e) != 0)) {
		(void)fprintf(stderr, "mkrights: %s\n", e.msg);
		return 1;
	}
	return 0;
}
