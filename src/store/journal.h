/*
 * store/journal.h - the node's only truth: an append-only sequence of frames in order of arrival.
 * Byte format: doc/FORMAT.md "Journal". The engine sits behind `struct journal_ops`, so another
 * one (PostgreSQL) can take its place; the file engine is journal_open().
 *
 * A batch is all or nothing: after a crash a journal opens with every batch whose append returned 0,
 * and possibly the one that was under way, whole or not at all.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/buf.h"
#include "base/fs.h"

enum frame_type {
	FRAME_ENTRY = 1,           /* an entry of this node's own log */
	FRAME_CHECKPOINT = 2,      /* this node's signed checkpoint */
	FRAME_COSIGNATURE = 3,     /* a witness's line on one of our checkpoints */
	FRAME_PEER_LEAVES = 4,     /* leaves mirrored from a peer's log */
	FRAME_PEER_CHECKPOINT = 5, /* a peer's note with our cosignature */
	FRAME_PEER_ENTRY = 6,      /* an entry of a peer's log, with salt */
	FRAME_EVIDENCE = 7,        /* two contradicting notes of one origin */
	FRAME_RECEIPT = 8,
	FRAME_TYPES_
};

/* Where a frame is: number (1, 2, 3 … without gaps) and the engine's own address. */
struct frame_ref { uint64_t no; uint64_t at; };
struct frame { enum frame_type type; struct frame_ref ref; const void *p; size_t n; bool last; /* of its batch */ };
struct frame_in { enum frame_type type; const void *p; size_t n; };

struct journal;
/* Called per frame in order; p is valid during the call. Non-zero stops the scan and is returned. */
typedef int journal_visit(void *ctx, const struct frame *f, struct err *e);

/* One of many to read: n is how long its payload is thought to be; a wrong guess costs a second read. */
struct frame_want { struct frame_ref ref; size_t n; };
struct frame_place { enum frame_type type; size_t off, n; }; /* its payload, in the buffer */

struct journal_ops {
	/* Durable on return 0; ret[count] gets the addresses. E_IO, E_NOSPACE, E_LIMIT (nothing written then).
	 * After E_IO the journal refuses further appends until reopened: what is on disk must be read again. */
	int (*append)(void *eng, const struct frame_in *in, size_t count, struct frame_ref *ret, struct err *e);
	/* Payload of one frame into out (cleared first); checks the checksum. Any thread. E_CORRUPT, E_NOTFOUND. */
	int (*read)(void *eng, struct frame_ref at, enum frame_type *ret_type, struct buf *out, struct err *e);
	/* journal_read_many(). */
	int (*read_many)(void *eng, const struct frame_want *want, size_t count, struct buf *out, struct frame_place *ret, struct err *e);
	/* Visit whole batches from frame number `from.no` on (from.at 0: engine searches). */
	int (*scan)(void *eng, struct frame_ref from, journal_visit *visit, void *ctx, struct err *e);
	struct frame_ref (*head)(void *eng);  /* last committed frame; no 0: empty */
	void (*close)(void *eng);
	int (*refresh)(void *eng, struct err *e);
};

/* What opening found; for the event log. */
struct journal_opened { uint64_t cut_bytes; uint64_t cut_segment, cut_offset; };

/*
 * Files in `dir` (created if missing and writable). A torn tail is cut (when writable; else passed over);
 * damage anywhere else is E_CORRUPT naming segment and offset. Locking is the caller's (record/).
 */
NODISCARD int journal_open(const struct fs *fs, const char *dir, bool writable, struct journal **ret, struct journal_opened *ret_opened, struct err *e);
void journal_close(struct journal *j); /* NULL is fine */

NODISCARD int journal_append(struct journal *j, const struct frame_in *in, size_t count, struct frame_ref *ret, struct err *e);
NODISCARD int journal_read(struct journal *j, struct frame_ref at, enum frame_type *ret_type, struct buf *out, struct err *e);
/*
 * Payloads of several frames, ascending: frames close to each other come with one call, together with what lies between
 * them, appended to out. ret[i] says where. A frame's checksum is computed when this process meets it for the first time;
 * afterwards its header alone is compared. Any thread. E_CORRUPT, E_NOTFOUND; out is as before then.
 */
NODISCARD int journal_read_many(struct journal *j, const struct frame_want *want, size_t count, struct buf *out, struct frame_place *ret, struct err *e);
NODISCARD int journal_scan(struct journal *j, struct frame_ref from, journal_visit *visit, void *ctx, struct err *e);
struct frame_ref journal_head(struct journal *j);
/* A read-only journal beside a writing process: look again how far the writer got. */
NODISCARD int journal_refresh(struct journal *j, struct err *e);
