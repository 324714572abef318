/* pack/impl.h - shared inside the module only: what a coding brings. */
#pragma once
#include "pack/pack.h"

#define PACK_OUT (64UL * 1024) /* bytes; what the sink gets at most at a time */

/* One direction of one coding. `open` leaves its memory in s->state, `close` takes it (NULL is fine). */
struct coder {
	int (*open)(struct pack_stream *s, struct err *e);
	int (*feed)(struct pack_stream *s, const void *p, size_t n, struct err *e); /* n > 0; adds to s->taken */
	int (*end)(struct pack_stream *s, struct err *e);
	void (*close)(void *state);
};
extern const struct coder gzip_in, gzip_out, zstd_in, zstd_out;

struct pack_stream {
	const struct coder *coder;
	void *state;
	pack_sink *sink;
	void *ctx;
	uint64_t taken;              /* bytes of the input used up: where an error stands */
	unsigned char out[PACK_OUT];
};

/* Give the first n bytes of s->out to the sink; nothing is called for none. */
int pack_emit(struct pack_stream *s, size_t n, struct err *e);

/* The whole at once. State made by new, kept in struct packer. */
void *gzip_all_new(void);
void gzip_all_free(void *state);
int gzip_all(void *state, const void *in, size_t n, struct buf *out, struct err *e);
void *zstd_all_new(void);
void zstd_all_free(void *state);
int zstd_all(void *state, const void *in, size_t n, struct buf *out, struct err *e);
