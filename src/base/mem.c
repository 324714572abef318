#include "base/mem.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one mutable global of the program: a test switch, off (0) in service. */
static atomic_long countdown;

static int must_fail(void)
{
	long left = atomic_load_explicit(&countdown, memory_order_relaxed);

	/* Compare and swap: two threads stepping from 2 at once must not land on 0, which is "off". */
	while (left > 1)
		if (atomic_compare_exchange_weak_explicit(&countdown, &left, left - 1, memory_order_relaxed, memory_order_relaxed))
			return 0;
	return left == 1;
}

void mem_fail_after(long n) { atomic_store(&countdown, n); }

void *mem_alloc(size_t n) { return must_fail() ? NULL : malloc(n != 0 ? n : 1); }
void *mem_zalloc(size_t n) { return must_fail() ? NULL : calloc(1, n != 0 ? n : 1); }
void *mem_realloc(void *p, size_t n) { return must_fail() ? NULL : realloc(p, n != 0 ? n : 1); }
void mem_free(void *p) { free(p); }

void *mem_array(size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return mem_zalloc(n * size);
}

char *mem_strndup(const char *s, size_t n)
{
	char *p = n < SIZE_MAX ? mem_alloc(n + 1) : NULL;

	if (p == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *mem_strdup(const char *s) { return mem_strndup(s, strlen(s)); }

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = mem_alloc((size_t)n + 1)) == NULL)
		return NULL;
	va_start(ap, fmt);
	IGNORE(vsnprintf(p, (size_t)n + 1, fmt, ap) < 0, "same format measured above");
	va_end(ap);
	return p;
}
