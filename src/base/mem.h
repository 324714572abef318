/*
 * base/mem.h - the only home of malloc and free.
 * Every allocation can be made to fail by countdown in tests (mem_fail_after).
 */
#pragma once
#include <stddef.h>

#include "base/attr.h"

NODISCARD void *mem_alloc(size_t n);               /* NULL: no memory; n 0 gives 1 byte */
NODISCARD void *mem_zalloc(size_t n);              /* zeroed */
NODISCARD void *mem_realloc(void *p, size_t n);    /* NULL: no memory, p stays valid */
NODISCARD void *mem_array(size_t n, size_t size);  /* zeroed n × size; NULL also on overflow */
NODISCARD char *mem_strdup(const char *s);
NODISCARD char *mem_strndup(const char *s, size_t n); /* copies exactly n bytes and a NUL */
NODISCARD PRINTF(1, 2) char *mem_printf(const char *fmt, ...);
void mem_free(void *p);                            /* NULL is fine */

/* Tests only: the n-th allocation from now (1 = next) and all after it fail; 0 switches off. Process-wide. */
void mem_fail_after(long n);

DEFINE_CLEANUP(void, mem_free)
static inline void cleanup_mem_str(char **p) { mem_free(*p); }
#define CLEANUP_STR __attribute__((cleanup(cleanup_mem_str)))
