/*
 * base/buf.h - a growing byte buffer with a hard maximum and a sticky error.
 * Write as often as needed, ask once: after the first failure every put is a no-op
 * and buf_err() says E_NOMEM or E_LIMIT.
 */
#pragma once
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct buf {
	char *p;      /* always NUL-terminated behind n once anything was put; NULL before */
	size_t n;     /* bytes in use */
	size_t cap;   /* bytes held */
	size_t max;   /* hard maximum of n; 0 = LIMIT_BUF */
	int err;      /* 0, E_NOMEM, E_LIMIT */
};
#define BUF_INIT(maximum) {.max = (maximum)}

void buf_free(struct buf *b);   /* releases the bytes; the struct may be used again; NULL is fine */
void buf_clear(struct buf *b);  /* n = 0, err = 0, keeps the memory */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_put_be(struct buf *b, uint64_t v, unsigned bytes); /* big-endian, 1..8 bytes */
PRINTF(2, 3) void buf_printf(struct buf *b, const char *fmt, ...);
/* Room for n more bytes at the end, counted as used; NULL on error. */
char *buf_grow(struct buf *b, size_t n);
/* buf_err as a fail(): 0 if all went well. `what` names the thing built. */
NODISCARD int buf_err(const struct buf *b, struct err *e, const char *what);
/* Give the bytes away as a NUL-terminated string (caller: mem_free); NULL if err. Length to *ret_n unless NULL. */
NODISCARD char *buf_take(struct buf *b, size_t *ret_n);

static inline void cleanup_buf_free(struct buf *b) { buf_free(b); }
#define CLEANUP_BUF __attribute__((cleanup(cleanup_buf_free)))
