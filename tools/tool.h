/*
 * tools/tool.h - what the small generators of the build share. They stop at the first error with
 * "file:line: words", so the compiler's own format leads an editor to the place. Build tools only;
 * nothing here is linked into the program.
 */
#pragma once
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tool_chunk { struct tool_chunk *next; };
struct tool { struct tool_chunk *chunks; const char *file; int line; FILE *out; const char *out_name; };

/* Everything lives until the end of the run; freed then, so leak checkers stay quiet. */
static inline void tool_end(struct tool *t)
{
	for (struct tool_chunk *c = t->chunks, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	t->chunks = NULL;
}

/* A half-written output must not look finished to the build. */
__attribute__((format(printf, 2, 3), noreturn)) static inline void tool_die(struct tool *t, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", t->file, t->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (t->out != NULL && t->out != stdout) {
		fclose(t->out);
		remove(t->out_name);
	}
	tool_end(t);
	exit(1);
}

static inline void *tool_alloc(struct tool *t, size_t n)
{
	struct tool_chunk *c = calloc(1, sizeof *c + n);

	if (c == NULL)
		tool_die(t, "out of memory");
	c->next = t->chunks;
	t->chunks = c;
	return c + 1;
}

/* Whole file as a string; sets t->file. */
static inline char *tool_slurp(struct tool *t, const char *path, size_t *ret_n)
{
	FILE *f;
	long n;
	char *p;

	t->file = path;
	t->line = 1;
	f = fopen(path, "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0) {
		if (f != NULL)
			fclose(f);
		tool_die(t, "cannot be read");
	}
	p = tool_alloc(t, (size_t)n + 1);
	if (fread(p, 1, (size_t)n, f) != (size_t)n) {
		fclose(f);
		tool_die(t, "cannot be read");
	}
	fclose(f);
	if (ret_n != NULL)
		*ret_n = (size_t)n;
	return p;
}

static inline void tool_open_out(struct tool *t, const char *path)
{
	t->out_name = path;
	t->out = fopen(path, "wb");
	if (t->out == NULL) {
		t->file = path;
		t->line = 0;
		tool_die(t, "cannot be written");
	}
}

static inline void tool_close_out(struct tool *t)
{
	FILE *f = t->out;

	t->out = NULL;
	if (fclose(f) != 0) {
		remove(t->out_name);
		t->file = t->out_name;
		t->line = 0;
		tool_die(t, "cannot be written");
	}
}

/* A C string literal; bytes beyond ASCII stay as they are (sources are UTF-8), "?" cannot form a trigraph. */
static inline void tool_put_cstr(FILE *f, const char *s, size_t n)
{
	fputc('"', f);
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)s[i];

		if (c == '\n')
			fputs("\\n", f);
		else if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20 || c == 0x7f || c == '?')
			fprintf(f, "\\%03o", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}
