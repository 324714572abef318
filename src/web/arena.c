#include "web/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK 16384 /* bytes; a page needs one to three */

struct arena_block { struct arena_block *next; size_t used, size; max_align_t data[]; };

void arena_free(struct arena *a)
{
	for (struct arena_block *b = a->top, *next; b != NULL; b = next) {
		next = b->next;
		mem_free(b);
	}
	*a = (struct arena){0};
}

void *arena_get(struct arena *a, size_t n)
{
	struct arena_block *b = a->top;
	size_t size;
	void *p;

	if (n > SIZE_MAX / 2)
		goto no;
	n = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (b == NULL || b->size - b->used < n) {
		size = n > BLOCK ? n : BLOCK;
		if ((b = mem_zalloc(sizeof *b + size)) == NULL)
			goto no;
		b->size = size;
		b->next = a->top;
		a->top = b;
	}
	p = (char *)b->data + b->used;
	b->used += n;
	return p;
no:
	a->failed = true;
	return NULL;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		a->failed = true;
		return NULL;
	}
	return arena_get(a, all);
}

const char *arena_strn(struct arena *a, const char *s, size_t n)
{
	char *p = arena_get(a, n + 1);

	if (p == NULL)
		return "";
	memcpy(p, s, n);
	return p;
}

const char *arena_str(struct arena *a, const char *s) { return s == NULL ? NULL : arena_strn(a, s, strlen(s)); }

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = arena_get(a, (size_t)n + 1)) == NULL)
		return "";
	va_start(ap, fmt);
	IGNORE(vsnprintf(p, (size_t)n + 1, fmt, ap) < 0, "same format measured above");
	va_end(ap);
	return p;
}
