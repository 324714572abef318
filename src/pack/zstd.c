#include "pack/impl.h"

#include <inttypes.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/limits.h"
#include "base/mem.h"

#define LEVEL 1 /* of 1..22 */

static int failed(const struct pack_stream *s, size_t code, struct err *e)
{
	const ZSTD_ErrorCode c = ZSTD_getErrorCode(code);
	const int kind = c == ZSTD_error_memory_allocation ? E_NOMEM : c == ZSTD_error_frameParameter_windowTooLarge ? E_LIMIT : E_FORMAT;

	return fail(e, kind, "zstd: byte %" PRIu64 ": %s", s->taken, ZSTD_getErrorName(code));
}

/* --- out --- */

void *zstd_all_new(void) { return ZSTD_createCCtx(); }
void zstd_all_free(void *state) { ZSTD_freeCCtx(state); }

int zstd_all(void *state, const void *in, size_t n, struct buf *out, struct err *e)
{
	const size_t room = ZSTD_compressBound(n);
	char *to = ZSTD_isError(room) ? NULL : buf_grow(out, room);
	size_t used;

	if (ZSTD_isError(room))
		return fail(e, E_LIMIT, "zstd: too many bytes at once");
	if (to == NULL)
		return buf_err(out, e, "zstd");
	used = ZSTD_compressCCtx(state, to, room, in, n, LEVEL);
	out->n -= ZSTD_isError(used) ? room : room - used;
	out->p[out->n] = '\0';
	return ZSTD_isError(used) ? fail(e, E_NOMEM, "zstd: %s", ZSTD_getErrorName(used)) : 0;
}

static int out_open(struct pack_stream *s, struct err *e)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();

	s->state = z;
	if (z == NULL || ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)))
		return fail(e, E_NOMEM, "zstd: out of memory");
	return 0;
}

static int out_run(struct pack_stream *s, ZSTD_inBuffer *in, ZSTD_EndDirective how, struct err *e)
{
	ZSTD_outBuffer to;
	size_t left;
	int rc;

	do {
		to = (ZSTD_outBuffer){s->out, PACK_OUT, 0};
		left = ZSTD_compressStream2(s->state, &to, in, how);
		if (ZSTD_isError(left))
			return failed(s, left, e);
		if ((rc = pack_emit(s, to.pos, e)) != 0)
			return rc;
	} while (how == ZSTD_e_end ? left > 0 : in->pos < in->size || to.pos == to.size);
	return 0;
}

static int out_feed(struct pack_stream *s, const void *p, size_t n, struct err *e)
{
	const int rc = out_run(s, &(ZSTD_inBuffer){p, n, 0}, ZSTD_e_continue, e);

	s->taken += n;
	return rc;
}

static int out_end(struct pack_stream *s, struct err *e)
{
	return out_run(s, &(ZSTD_inBuffer){NULL, 0, 0}, ZSTD_e_end, e);
}

static void out_close(void *state) { ZSTD_freeCCtx(state); }

const struct coder zstd_out = {out_open, out_feed, out_end, out_close};

/* --- in --- */

struct unzstd { ZSTD_DCtx *z; bool inside, any; /* inside: a frame is not over */ };

static int in_open(struct pack_stream *s, struct err *e)
{
	struct unzstd *g = mem_zalloc(sizeof(*g));

	s->state = g;
	if (g == NULL || (g->z = ZSTD_createDCtx()) == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(g->z, ZSTD_d_windowLogMax, LIMIT_PACK_WINDOW)))
		return fail(e, E_NOMEM, "zstd: out of memory");
	return 0;
}

static int in_feed(struct pack_stream *s, const void *p, size_t n, struct err *e)
{
	const uint64_t before = s->taken;
	struct unzstd *g = s->state;
	ZSTD_inBuffer in = {p, n, 0};
	ZSTD_outBuffer to;
	size_t left;
	int rc;

	do {
		to = (ZSTD_outBuffer){s->out, PACK_OUT, 0};
		left = ZSTD_decompressStream(g->z, &to, &in);
		s->taken = before + in.pos;
		if (ZSTD_isError(left))
			return failed(s, left, e);
		g->inside = left > 0;
		g->any = true;
		if ((rc = pack_emit(s, to.pos, e)) != 0)
			return rc;
	} while (in.pos < in.size || (g->inside && to.pos == to.size)); /* after a frame's end a call without input would begin one */
	return 0;
}

static int in_end(struct pack_stream *s, struct err *e)
{
	const struct unzstd *g = s->state;

	if (g->inside || !g->any)
		return fail(e, E_FORMAT, "zstd: byte %" PRIu64 ": %s", s->taken, g->any ? "cut short" : "empty");
	return 0;
}

static void in_close(void *state)
{
	struct unzstd *g = state;

	if (g != NULL)
		ZSTD_freeDCtx(g->z);
	mem_free(g);
}

const struct coder zstd_in = {in_open, in_feed, in_end, in_close};
