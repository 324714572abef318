/*
 * store/segment.h - private to store/: the bytes of a journal segment (doc/FORMAT.md "Journal")
 * and a walker that reads frames one behind another and says what is wrong with a bad one.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/limits.h"
#include "store/journal.h"

#define SEG_HEADER 64u
#define FRAME_HEADER 32u
#define FRAME_ALIGN 8u
#define FRAME_LAST 1u      /* flag: last frame of its batch */
#define FRAME_MARK 0xa5u   /* first byte of each of a frame's two numbers */
#define FRAME_END 0xffu    /* last byte of every frame: a lost tail of a write cannot look whole */
#define SEG_SHIFT 26       /* address = segment << SEG_SHIFT | offset */

/* Bytes a frame with n payload bytes takes: header, payload, zeros, end byte, multiple of 8. */
static inline uint64_t frame_bytes(uint64_t n) { return (FRAME_HEADER + n + 1 + FRAME_ALIGN - 1) / FRAME_ALIGN * FRAME_ALIGN; }

struct seg_head { uint64_t number, first; uint32_t size; };
struct frame_head { uint32_t crc, n, batch; uint8_t type, flags; uint16_t zero; uint64_t no, first; };

static inline uint64_t seg_at(uint64_t segment, uint64_t offset) { return segment << SEG_SHIFT | offset; }
static inline uint64_t at_segment(uint64_t at) { return at >> SEG_SHIFT; }
static inline uint64_t at_offset(uint64_t at) { return at & ((1u << SEG_SHIFT) - 1); }

/* "<dir>/00000007.seg" + suffix; NULL: no memory. free: mem_free */
NODISCARD char *seg_path(const char *dir, uint64_t number, const char *suffix);
void seg_head_put(const struct seg_head *h, uint8_t out[SEG_HEADER]);
/* NULL if good, else what is wrong. */
const char *seg_head_get(const uint8_t in[SEG_HEADER], uint64_t number, struct seg_head *ret);
/* Make <dir>/<number>.seg, durable under its name when 0 is returned. A half-made one is replaced. */
struct seg_made { int fd; bool named; /* the rename was done: the file may be found at the next opening */ };
NODISCARD int seg_create(const struct fs *fs, const char *dir, const struct seg_head *h, struct seg_made *ret, struct err *e);

/* Write header, padding and checksum round a payload that lies at frame + FRAME_HEADER. */
void frame_seal(uint8_t *frame, const struct frame_head *h);
void frame_head_get(const uint8_t *in, struct frame_head *ret);
/* Fields that hold for any frame anywhere; NULL if good, else what is wrong. */
const char *frame_head_check(const struct frame_head *h);
/* frame: the whole frame, frame_bytes(h->n) bytes. */
bool frame_crc_ok(const uint8_t *frame, const struct frame_head *h);

enum step { STEP_FRAME, STEP_END, STEP_BAD };

/* Set fs, fd, number, size, pos, next; the rest zero. Release with walker_free. */
struct walker {
	const struct fs *fs;
	int fd;
	uint64_t number;      /* segment */
	uint64_t size;        /* bytes of the segment */
	uint64_t pos;         /* offset of the next frame */
	uint64_t next;        /* its number */
	uint64_t batch_at;    /* offset of the open batch; 0: none open */
	uint64_t batch_first, batch_bytes;
	bool joined;          /* started inside a batch: its extent cannot be checked */
	const char *why;      /* after STEP_BAD */
	uint8_t *p;           /* window of the file: have bytes from offset off */
	size_t cap, have;
	uint64_t off;
};
void walker_free(struct walker *w);
/* n bytes at offset at; *ret NULL when the file ends before. Valid until the next call. E_IO, E_NOMEM. */
NODISCARD int walker_window(struct walker *w, uint64_t at, size_t n, const uint8_t **ret, struct err *e);
/*
 * The frame at pos, checked against checksum, number chain and batch; steps behind it.
 * STEP_END: no more frames here, between two batches. STEP_BAD: pos stays at the bad frame.
 */
NODISCARD int walker_next(struct walker *w, enum step *ret, struct frame *f, struct err *e);
/* E_CORRUPT naming segment and offset. */
int walker_corrupt(const struct walker *w, struct err *e);
