/*
 * pack/pack.h - gzip (RFC 1952, ISA-L) and zstd (RFC 8878), both ways; the only home of libisal and libzstd.
 * Packing is for answers and files on the way out, unpacking for files on the way in.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum pack { PACK_NONE, PACK_GZIP, PACK_ZSTD, PACKS_ };
const char *pack_name(enum pack p);      /* the HTTP coding: "identity" "gzip" "zstd" (RFC 9110 §8.4.1) */
/* By the first bytes of a file (n >= 4 decides): magic of gzip or zstd, else PACK_NONE. A zstd file may begin with a skippable frame; that is not seen. */
enum pack pack_detect(const void *p, size_t n);

/* Working memory of one thread, kept between calls: no allocation per answer. NULL: no memory. */
struct packer;
NODISCARD struct packer *packer_new(void);
void packer_free(struct packer *k);
/* Append the packed form of n bytes, one whole gzip member or zstd frame (with content size). Fast levels. At most 1 GiB (E_LIMIT). */
NODISCARD int pack_all(struct packer *k, enum pack p, const void *in, size_t n, struct buf *out, struct err *e);

/*
 * Packing or unpacking a stream piece by piece. The sink gets at most 64 KiB at a time, never nothing; non-zero stops and
 * is returned. How much plain comes out of how little is for the sink to bound. After an error: only close.
 */
typedef int pack_sink(void *ctx, const void *p, size_t n, struct err *e);
struct pack_stream;
NODISCARD int pack_open(enum pack p, pack_sink *sink, void *ctx, struct pack_stream **ret, struct err *e);   /* bytes in, packed out */
/* Packed bytes in, plain out. Several members or frames behind one another are one stream (as gzip -d and zstd -d read them). */
NODISCARD int unpack_open(enum pack p, pack_sink *sink, void *ctx, struct pack_stream **ret, struct err *e);
/*
 * E_FORMAT: not of this coding, or damaged (says near which byte); E_LIMIT: a zstd window above LIMIT_PACK_WINDOW.
 * Bytes after the last member or frame that begin no other one are damage. PACK_NONE passes through.
 */
NODISCARD int pack_feed(struct pack_stream *s, const void *p, size_t n, struct err *e);
/* The end, once: flushes; E_FORMAT when the input stops inside a member or frame, or was empty. */
NODISCARD int pack_end(struct pack_stream *s, struct err *e);
void pack_close(struct pack_stream *s); /* NULL is fine */
