/* store/jfile.h - private to store/: the file engine of the journal and its parts. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fs.h"
#include "store/journal.h"
#include "store/segment.h"

/* An engine with what the public journal adds to it. */
struct journal {
	const struct journal_ops *ops;
	void *eng;
};

struct seg { uint64_t first; int fd; unsigned pins; };

/*
 * Frames whose checksum this process has found right, a bit each, by number. A page read again and again costs no checksum
 * then; what rots on the disk meanwhile is found by the next process, or by record_check. Frames beyond the table are
 * computed each time.
 */
#define PROVEN_BITS (1u << 20)
#define PROVEN_PAGES 4096u
typedef _Atomic uint64_t proven_word;

struct jfile {
	struct fs fs;
	char *dir;
	bool writable;
	uint32_t size;            /* bytes of a segment */
	pthread_mutex_t lock;     /* guards what follows, up to the writer's own */
	struct seg *seg;          /* by number; fd -1: not open */
	size_t segs, cap, open;   /* known segments, room, open descriptors */
	struct frame_ref head;
	uint64_t end;             /* offset behind the last whole batch, in the last segment */
	proven_word *_Atomic proven[PROVEN_PAGES]; /* PROVEN_BITS each, made when needed */
	/* the writer's own */
	int wfd;                  /* last segment */
	struct buf out;           /* frames on their way to the file */
	uint64_t written;         /* offset to which the last segment was written to by this opening */
	bool stopped;             /* after an error whose effect on the disk is unknown */
	char why[256];
};

/* jfile.c */
extern const struct journal_ops jfile_ops;
void jfile_close(void *eng);
/* Segment k known with its first frame's number. */
NODISCARD int jfile_add_segment(struct jfile *j, uint64_t first, struct err *e);
/* A descriptor of segment k for reading; release with jfile_unpin. */
NODISCARD int jfile_pin(struct jfile *j, uint64_t k, int *ret_fd, struct err *e);
void jfile_unpin(struct jfile *j, uint64_t k);
/* E_CORRUPT naming segment and offset. */
int jfile_corrupt(struct frame_ref at, const char *why, struct err *e);

/* jmany.c */
NODISCARD int jfile_read_many(void *eng, const struct frame_want *want, size_t count, struct buf *out, struct frame_place *ret, struct err *e);
void jfile_free_proven(struct jfile *j);

/* jopen.c */
/* journal_open with another segment size for new journals (tests). */
NODISCARD int jfile_open(const struct fs *fs, const char *dir, bool writable, uint32_t segment_bytes,
    struct journal **ret, struct journal_opened *ret_opened, struct err *e);
NODISCARD int jfile_refresh(void *eng, struct err *e);

/*
 * jtail.c: after the last whole batch of the last segment (w->pos there, w->next its follower's number), what is
 * there? *ret_end: offset behind the last byte that is not zero, w->pos if there is none, i.e. a clean end.
 * E_CORRUPT: what is there is damage. 0 with *ret_end > w->pos: the remains of one interrupted batch.
 * `from`: where the walk stopped and why; extent: bytes of the batch, if a valid frame told them, else 0.
 */
struct tail { uint64_t from; uint64_t extent; const char *why; };
NODISCARD int tail_judge(struct walker *w, const struct tail *t, uint64_t *ret_end, struct err *e);
