/* Bodies of POST: any bytes in any pieces are judged the same, and what is taken is an object with an id. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/enc.h"
#include "taxii/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A stub of the writer: what it got. */
static int take(void *ctx, const struct envelope_object *o, struct err *e)
{
	struct buf *const seen = ctx;

	(void)e;
	assert((o->val == NULL) == (o->why != NULL));
	assert(strlen(o->id) < sizeof(o->id) && strlen(o->version) < sizeof(o->version));
	assert(utf8_check(o->id, strlen(o->id)) == strlen(o->id) && utf8_check(o->version, strlen(o->version)) == strlen(o->version));
	assert(o->val == NULL || (json_type(o->val) == JSON_OBJECT && json_get_str(o->val, "id") != NULL));
	buf_printf(seen, "%d %zu %s %s\n", o->val != NULL, o->n, o->id, o->version);
	return 0;
}

static int judge(const uint8_t *data, size_t n, size_t piece, struct buf *seen)
{
	struct envelope *v = NULL;
	int status = 0, rc;
	struct err e;

	if (envelope_new(take, seen, &v, NULL) != 0)
		return 0;
	for (size_t i = 0; i < n; i += piece)
		if (!envelope_feed(v, data + i, n - i < piece ? n - i : piece))
			break;
	rc = envelope_end(v, &status, &e);
	assert(rc == 0 ? status == 0 && seen->n > 0 : status == 400 || status == 413 || status == 422);
	envelope_free(v);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_BUF struct buf whole = {0};
	CLEANUP_BUF struct buf pieces = {0};
	const int status = judge(data, n, n + 1, &whole);

	assert(judge(data, n, 1 + n % 13, &pieces) == status);
	if (status == 0)
		assert(whole.n == pieces.n && memcmp(whole.p, pieces.p, whole.n) == 0);
	return 0;
}
