#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/enc.h"
#include "record/priv.h"

static void put_origin(struct buf *out, const char *origin)
{
	const size_t n = strlen(origin);

	assert(n > 0 && n <= LIMIT_ORIGIN);
	buf_put_be(out, n, 1);
	buf_put(out, origin, n);
}

/* Length byte and origin; returns the bytes taken, 0 if malformed. */
static size_t get_origin(const uint8_t *p, size_t n, char ret[LIMIT_ORIGIN + 1])
{
	if (n < 1 || p[0] == 0 || p[0] > LIMIT_ORIGIN || n < 1U + p[0])
		return 0;
	memcpy(ret, p + 1, p[0]);
	ret[p[0]] = '\0';
	return 1U + p[0];
}

void frame_put_entry_head(struct buf *out, const char *origin, uint64_t index, int64_t added, const uint8_t salt[SALT_LEN])
{
	if (origin[0] != '\0')
		put_origin(out, origin);
	buf_put_be(out, index, 8);
	buf_put_be(out, (uint64_t)added, 8);
	buf_put(out, salt, SALT_LEN);
}

static uint64_t get_64(const uint8_t *in)
{
	uint64_t v;

	memcpy(&v, in, sizeof(v));
	return be64toh(v);
}

int frame_get_entry(enum frame_type t, const void *p, size_t n, struct frame_entry *ret, struct err *e)
{
	const uint8_t *at = p;
	size_t off = 0;

	ret->origin[0] = '\0';
	if (t == FRAME_PEER_ENTRY && (off = get_origin(at, n, ret->origin)) == 0)
		return fail(e, E_CORRUPT, "entry frame: bad origin");
	if (n - off <= FRAME_ENTRY_HEAD)
		return fail(e, E_CORRUPT, "entry frame: too short");
	ret->index = get_64(at + off);
	ret->added = (int64_t)get_64(at + off + 8);
	if (ret->added < ADDED_MIN || ret->added > ADDED_MAX)
		return fail(e, E_CORRUPT, "entry frame: impossible time");
	ret->salt = at + off + 16;
	ret->p = at + off + FRAME_ENTRY_HEAD;
	ret->n = n - off - FRAME_ENTRY_HEAD;
	return 0;
}

void frame_put_leaves(struct buf *out, const char *origin, uint64_t start, const uint8_t (*leaf)[LEAF_LEN], size_t count)
{
	put_origin(out, origin);
	buf_put_be(out, start, 8);
	buf_put(out, leaf, count * LEAF_LEN);
}

int frame_get_leaves(const void *p, size_t n, struct frame_leaves *ret, struct err *e)
{
	const uint8_t *at = p;
	const size_t off = get_origin(at, n, ret->origin);

	if (off == 0 || n - off < 8 || (n - off - 8) % LEAF_LEN != 0)
		return fail(e, E_CORRUPT, "leaves frame: malformed");
	ret->start = be_get(at + off, 8);
	ret->count = (n - off - 8) / LEAF_LEN;
	ret->leaf = at + off + 8;
	return 0;
}

void frame_put_receipt(struct buf *out, const char *origin, uint64_t asked_to)
{
	put_origin(out, origin);
	buf_put_be(out, asked_to, 8);
}

int frame_get_receipt(const void *p, size_t n, struct frame_receipt *ret, struct err *e)
{
	const uint8_t *at = p;
	const size_t off = get_origin(at, n, ret->origin);

	if (off == 0 || n - off != 8)
		return fail(e, E_CORRUPT, "receipt frame: malformed");
	ret->asked_to = be_get(at + off, 8);
	return 0;
}

void frame_put_evidence(struct buf *out, uint64_t size, const char *a, size_t an, const char *b, size_t bn)
{
	buf_put_be(out, size, 8);
	buf_put_be(out, an, 4);
	buf_put(out, a, an);
	buf_put_be(out, bn, 4);
	buf_put(out, b, bn);
}
