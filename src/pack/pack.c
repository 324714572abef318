#include "pack/pack.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "pack/impl.h"

static const struct { const char *name; unsigned char magic[4]; size_t magic_n; const struct coder *in, *out; } codings[PACKS_] = {
	[PACK_NONE] = {.name = "identity"},
	[PACK_GZIP] = {"gzip", {0x1f, 0x8b}, 2, &gzip_in, &gzip_out},             /* RFC 1952 §2.3.1 */
	[PACK_ZSTD] = {"zstd", {0x28, 0xb5, 0x2f, 0xfd}, 4, &zstd_in, &zstd_out}, /* RFC 8878 §3.1.1 */
};

const char *pack_name(enum pack p) { return codings[p].name; }

enum pack pack_detect(const void *p, size_t n)
{
	for (enum pack k = PACK_NONE + 1; k < PACKS_; k++)
		if (n >= codings[k].magic_n && memcmp(p, codings[k].magic, codings[k].magic_n) == 0)
			return k;
	return PACK_NONE;
}

/* --- the whole at once --- */

struct packer { void *gzip, *zstd; };

struct packer *packer_new(void)
{
	struct packer *k = mem_zalloc(sizeof(*k));

	if (k == NULL)
		return NULL;
	k->gzip = gzip_all_new();
	k->zstd = zstd_all_new();
	if (k->gzip == NULL || k->zstd == NULL) {
		packer_free(k);
		return NULL;
	}
	return k;
}

void packer_free(struct packer *k)
{
	if (k == NULL)
		return;
	gzip_all_free(k->gzip);
	zstd_all_free(k->zstd);
	mem_free(k);
}

int pack_all(struct packer *k, enum pack p, const void *in, size_t n, struct buf *out, struct err *e)
{
	switch (p) {
	case PACK_GZIP: return gzip_all(k->gzip, in, n, out, e);
	case PACK_ZSTD: return zstd_all(k->zstd, in, n, out, e);
	case PACK_NONE: break;
	case PACKS_: assert(false);
	}
	buf_put(out, in, n);
	return buf_err(out, e, "copy");
}

/* --- piece by piece --- */

int pack_emit(struct pack_stream *s, size_t n, struct err *e)
{
	assert(n <= sizeof(s->out));
	return n > 0 ? s->sink(s->ctx, s->out, n, e) : 0;
}

static int open_stream(const struct coder *c, pack_sink *sink, void *ctx, struct pack_stream **ret, struct err *e)
{
	struct pack_stream *s = mem_zalloc(sizeof(*s));
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "compression: out of memory");
	*s = (struct pack_stream){.coder = c, .sink = sink, .ctx = ctx};
	if (c != NULL && (rc = c->open(s, e)) != 0) {
		pack_close(s);
		return rc;
	}
	*ret = s;
	return 0;
}

int pack_open(enum pack p, pack_sink *sink, void *ctx, struct pack_stream **ret, struct err *e)
{
	return open_stream(codings[p].out, sink, ctx, ret, e);
}

int unpack_open(enum pack p, pack_sink *sink, void *ctx, struct pack_stream **ret, struct err *e)
{
	return open_stream(codings[p].in, sink, ctx, ret, e);
}

int pack_feed(struct pack_stream *s, const void *p, size_t n, struct err *e)
{
	const unsigned char *at = p;
	int rc = 0;

	if (s->coder != NULL)
		return n > 0 ? s->coder->feed(s, p, n, e) : 0;
	while (rc == 0 && n > 0) {
		const size_t part = n < PACK_OUT ? n : PACK_OUT;

		rc = s->sink(s->ctx, at, part, e);
		at += part;
		n -= part;
	}
	return rc;
}

int pack_end(struct pack_stream *s, struct err *e) { return s->coder != NULL ? s->coder->end(s, e) : 0; }

void pack_close(struct pack_stream *s)
{
	if (s == NULL)
		return;
	if (s->coder != NULL)
		s->coder->close(s->state);
	mem_free(s);
}
