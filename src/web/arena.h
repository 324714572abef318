/*
 * web/arena.h - memory of one page: everything a view points at lives here and goes at once.
 * A failed allocation gives "" and is remembered; the page is then answered with an error.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct arena_block;
struct arena { struct arena_block *top; bool failed; };

void arena_free(struct arena *a);
/* Zeroed, aligned for any type; NULL when memory is out. */
NODISCARD void *arena_get(struct arena *a, size_t n);
NODISCARD void *arena_array(struct arena *a, size_t n, size_t size); /* zeroed; NULL also on overflow */
const char *arena_str(struct arena *a, const char *s);               /* copy; NULL stays NULL; "" when memory is out */
const char *arena_strn(struct arena *a, const char *s, size_t n);
PRINTF(2, 3) const char *arena_printf(struct arena *a, const char *fmt, ...);

static inline void cleanup_arena_free(struct arena *a) { arena_free(a); }
#define CLEANUP_ARENA __attribute__((cleanup(cleanup_arena_free)))
