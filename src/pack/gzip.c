#include "pack/impl.h"

#include <inttypes.h>
#include <isa-l/igzip_lib.h>

#include "base/mem.h"

#define LEVEL 1                  /* of 0..3: within a few per cent of the size of 3, half its time */
#define PIECE (1UL << 30)        /* bytes; ISA-L counts in 32 bits */

/* --- out --- */

struct deflate {
	struct isal_zstream z;
	uint8_t level_buf[ISAL_DEF_LVL1_DEFAULT];
};

static void deflate_init(struct deflate *d)
{
	isal_deflate_init(&d->z);
	d->z.level = LEVEL;
	d->z.level_buf = d->level_buf;
	d->z.level_buf_size = sizeof(d->level_buf);
	d->z.gzip_flag = IGZIP_GZIP;
}

/* ISA-L knows no const; it only reads. */
static uint8_t *unconst(const void *p) { return (uint8_t *)(uintptr_t)p; }

void *gzip_all_new(void) { return mem_alloc(sizeof(struct deflate)); }
void gzip_all_free(void *state) { mem_free(state); }

int gzip_all(void *state, const void *in, size_t n, struct buf *out, struct err *e)
{
	struct deflate *d = state;
	struct isal_zstream *z = &d->z;

	if (n > PIECE)
		return fail(e, E_LIMIT, "gzip: more than %lu bytes at once", PIECE);
	deflate_init(d);
	z->next_in = unconst(in);
	z->avail_in = (uint32_t)n;
	z->end_of_stream = 1;
	while (z->internal_state.state != ZSTATE_END) {
		const uint32_t room = (uint32_t)(z->avail_in / 4 + 4096);

		z->next_out = (uint8_t *)buf_grow(out, room);
		z->avail_out = room;
		if (z->next_out == NULL)
			return buf_err(out, e, "gzip");
		if (isal_deflate(z) != COMP_OK)
			return fail(e, E_CORRUPT, "gzip: ISA-L refuses to pack");
		out->n -= z->avail_out;
		out->p[out->n] = '\0';
	}
	return 0;
}

static int out_open(struct pack_stream *s, struct err *e)
{
	s->state = mem_alloc(sizeof(struct deflate));
	if (s->state == NULL)
		return fail(e, E_NOMEM, "gzip: out of memory");
	deflate_init(s->state);
	return 0;
}

/* Until the input is used up and the output was not filled: then nothing is left to come. */
static int out_run(struct pack_stream *s, struct isal_zstream *z, struct err *e)
{
	int rc;

	do {
		z->next_out = s->out;
		z->avail_out = PACK_OUT;
		if (isal_deflate(z) != COMP_OK)
			return fail(e, E_CORRUPT, "gzip: ISA-L refuses to pack");
		if ((rc = pack_emit(s, PACK_OUT - z->avail_out, e)) != 0)
			return rc;
	} while (z->avail_in > 0 || z->avail_out == 0);
	return 0;
}

static int out_feed(struct pack_stream *s, const void *p, size_t n, struct err *e)
{
	struct isal_zstream *z = &((struct deflate *)s->state)->z;
	const unsigned char *at = p;
	int rc = 0;

	while (rc == 0 && n > 0) {
		const size_t part = n < PIECE ? n : PIECE;

		z->next_in = unconst(at);
		z->avail_in = (uint32_t)part;
		rc = out_run(s, z, e);
		at += part;
		n -= part;
		s->taken += part;
	}
	return rc;
}

static int out_end(struct pack_stream *s, struct err *e)
{
	struct isal_zstream *z = &((struct deflate *)s->state)->z;

	z->end_of_stream = 1;
	z->avail_in = 0;
	return out_run(s, z, e);
}

const struct coder gzip_out = {out_open, out_feed, out_end, mem_free};

/* --- in --- */

enum place { BETWEEN, HEADER, BODY };

struct inflate {
	struct inflate_state z;
	struct isal_gzip_header header; /* kept here: a header may come in several pieces */
	enum place place;
	uint64_t members;
};

static int in_open(struct pack_stream *s, struct err *e)
{
	struct inflate *g = mem_zalloc(sizeof(*g));

	if (g == NULL)
		return fail(e, E_NOMEM, "gzip: out of memory");
	isal_inflate_init(&g->z);
	s->state = g;
	return 0;
}

static int damaged(const struct pack_stream *s, const char *why, struct err *e)
{
	return fail(e, E_FORMAT, "gzip: byte %" PRIu64 ": %s", s->taken, why);
}

static const char *why(int code)
{
	static const struct { int code; const char *text; } whys[] = {
		{ISAL_INVALID_WRAPPER, "no gzip header"},
		{ISAL_UNSUPPORTED_METHOD, "no gzip header (unknown method)"},
		{ISAL_INCORRECT_CHECKSUM, "the checksum does not match"},
		{ISAL_INVALID_LOOKBACK, "damaged (reaches back too far)"},
	};

	for (size_t i = 0; i < ARRAY_LEN(whys); i++)
		if (whys[i].code == code)
			return whys[i].text;
	return "damaged";
}

/* The next member. A reset forgets the input at hand. */
static void next_member(struct inflate *g)
{
	uint8_t *const in = g->z.next_in;
	const uint32_t n = g->z.avail_in;

	isal_inflate_reset(&g->z);
	g->z.next_in = in;
	g->z.avail_in = n;
	g->z.crc_flag = ISAL_GZIP_NO_HDR_VER;
	isal_gzip_header_init(&g->header);
	g->place = HEADER;
}

static int in_header(struct inflate *g)
{
	const int rc = isal_read_gzip_header(&g->z, &g->header);

	if (rc == ISAL_DECOMP_OK)
		g->place = BODY;
	return rc == ISAL_END_INPUT ? ISAL_DECOMP_OK : rc;
}

static int in_body(struct pack_stream *s, struct inflate *g, int *ret_sink, struct err *e)
{
	int rc;

	do {
		g->z.next_out = s->out;
		g->z.avail_out = PACK_OUT;
		rc = isal_inflate(&g->z);
		if (rc < 0 || (*ret_sink = pack_emit(s, PACK_OUT - g->z.avail_out, e)) != 0)
			return rc;
	} while (g->z.block_state != ISAL_BLOCK_FINISH && g->z.avail_out == 0);
	if (g->z.block_state == ISAL_BLOCK_FINISH) {
		g->place = BETWEEN;
		g->members++;
	}
	return rc == ISAL_END_INPUT || rc == ISAL_OUT_OVERFLOW ? ISAL_DECOMP_OK : rc;
}

static int in_piece(struct pack_stream *s, struct inflate *g, const uint8_t *p, size_t n, struct err *e)
{
	const uint64_t before = s->taken;
	int rc, sink = 0;

	g->z.next_in = unconst(p);
	g->z.avail_in = (uint32_t)n;
	while (g->z.avail_in > 0) {
		if (g->place == BETWEEN)
			next_member(g);
		rc = g->place == HEADER ? in_header(g) : in_body(s, g, &sink, e);
		s->taken = before + n - g->z.avail_in;
		if (sink != 0)
			return sink;
		if (rc != ISAL_DECOMP_OK)
			return damaged(s, why(rc), e);
	}
	return 0;
}

static int in_feed(struct pack_stream *s, const void *p, size_t n, struct err *e)
{
	const uint8_t *at = p;
	int rc = 0;

	while (rc == 0 && n > 0) {
		const size_t part = n < PIECE ? n : PIECE;

		rc = in_piece(s, s->state, at, part, e);
		at += part;
		n -= part;
	}
	return rc;
}

static int in_end(struct pack_stream *s, struct err *e)
{
	const struct inflate *g = s->state;

	if (g->place != BETWEEN || g->members == 0)
		return damaged(s, s->taken == 0 ? "empty" : "cut short", e);
	return 0;
}

const struct coder gzip_in = {in_open, in_feed, in_end, mem_free};
