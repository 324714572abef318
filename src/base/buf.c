#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

void buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	mem_free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->err = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

char *buf_grow(struct buf *b, size_t n)
{
	const size_t max = b->max != 0 ? b->max : LIMIT_BUF;
	size_t cap;
	char *p;

	if (b->err != 0)
		return NULL;
	if (n > max || b->n > max - n) {
		b->err = E_LIMIT;
		return NULL;
	}
	if (b->p == NULL || b->n + n + 1 > b->cap) {
		cap = b->cap < 64 ? 64 : b->cap;
		while (cap < b->n + n + 1)
			cap *= 2;
		if ((p = mem_realloc(b->p, cap)) == NULL) {
			b->err = E_NOMEM;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	p = b->p + b->n;
	b->n += n;
	b->p[b->n] = '\0';
	return p;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	char *to = buf_grow(b, n);

	if (to != NULL && n > 0)
		memcpy(to, p, n);
}

void buf_puts(struct buf *b, const char *s) { buf_put(b, s, strlen(s)); }
void buf_putc(struct buf *b, char c) { buf_put(b, &c, 1); }

void buf_put_be(struct buf *b, uint64_t v, unsigned bytes)
{
	char *to = buf_grow(b, bytes);

	for (unsigned i = 0; to != NULL && i < bytes; i++)
		to[i] = (char)(unsigned char)(v >> (8 * (bytes - 1 - i)));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 && b->err == 0)
		b->err = E_LIMIT; /* longer than an int counts */
	if (n < 0 || (to = buf_grow(b, (size_t)n)) == NULL)
		return;
	va_start(ap, fmt);
	IGNORE(vsnprintf(to, (size_t)n + 1, fmt, ap) < 0, "same format measured above");
	va_end(ap);
}

int buf_err(const struct buf *b, struct err *e, const char *what)
{
	if (b->err == 0)
		return 0;
	return fail(e, b->err, "%s: %s", what, b->err == E_LIMIT ? "too long" : "out of memory");
}

char *buf_take(struct buf *b, size_t *ret_n)
{
	char *p;

	if (b->err != 0 || buf_grow(b, 0) == NULL)
		return NULL;
	p = b->p;
	if (ret_n != NULL)
		*ret_n = b->n;
	*b = (struct buf){.max = b->max};
	return p;
}
