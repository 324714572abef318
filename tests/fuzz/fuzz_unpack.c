/*
 * First byte: coding and step. The rest as packed bytes: unpacked or refused, the same in one piece and in steps;
 * as plain bytes: packed and unpacked to the same.
 */
#include <string.h>

#include "base/limits.h"
#include "fuzz.h"
#include "pack/pack.h"

#define ENOUGH (4UL * 1024 * 1024) /* bytes of plain; a bomb is stopped by the sink */

static int take(void *ctx, const void *p, size_t n, struct err *e)
{
	struct buf *to = ctx;

	MUST(n > 0 && n <= 65536);
	buf_put(to, p, n);
	return to->n > ENOUGH ? fail(e, E_BUSY, "enough") : 0;
}

static int run(struct pack_stream *s, const uint8_t *p, size_t n, size_t step, struct err *e)
{
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < n; at += step)
		rc = pack_feed(s, p + at, n - at < step ? n - at : step, e);
	if (rc == 0)
		rc = pack_end(s, e);
	pack_close(s);
	return rc;
}

static void as_packed(enum pack k, const uint8_t *p, size_t n, size_t step)
{
	CLEANUP_BUF struct buf once = BUF_INIT(0), steps = BUF_INIT(0);
	struct pack_stream *s = NULL;
	struct err e = {.code = 0};
	int rc;

	MUST(unpack_open(k, take, &once, &s, NULL) == 0);
	rc = run(s, p, n, n + 1, &e);
	MUST(rc == 0 || rc == E_FORMAT || rc == E_LIMIT || rc == E_BUSY);
	MUST(rc == 0 || (e.code == rc && e.msg[0] != '\0'));
	MUST(unpack_open(k, take, &steps, &s, NULL) == 0);
	MUST((run(s, p, n, step, NULL) == 0) == (rc == 0));
	/* what comes before an error may differ in its last piece */
	MUST(rc != 0 || (once.n == steps.n && (once.n == 0 || memcmp(once.p, steps.p, once.n) == 0)));
}

static void as_plain(enum pack k, const uint8_t *p, size_t n, size_t step)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(0), got = BUF_INIT(0);
	struct pack_stream *s = NULL;

	MUST(pack_open(k, take, &packed, &s, NULL) == 0);
	MUST(run(s, p, n, step, NULL) == 0);
	MUST(unpack_open(k, take, &got, &s, NULL) == 0);
	MUST(run(s, (const uint8_t *)packed.p, packed.n, step + 1, NULL) == 0);
	MUST(got.n == n && (n == 0 || memcmp(got.p, p, n) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const enum pack k = size > 0 && (data[0] & 1) != 0 ? PACK_ZSTD : PACK_GZIP;
	const size_t step = size > 0 ? data[0] / 2U + 1 : 1;

	if (size == 0 || size > ENOUGH / 2)
		return 0;
	as_packed(k, data + 1, size - 1, step);
	as_plain(k, data + 1, size - 1, step);
	return 0;
}
