/*
 * Any JSON text as a MISP event: refused with a decent message, or turned into objects that are JSON, have a type and a good
 * id, and are the same when made again.
 */
#include <string.h>

#include "base/limits.h"
#include "cli/misp.h"
#include "fuzz.h"
#include "stix/stix.h"

static int take(void *ctx, const void *p, size_t n, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_MISP_EVENT};
	struct json_doc *d = NULL;

	(void)e;
	MUST(json_read(p, n, &opt, &d, NULL) == 0);
	MUST(json_get_str(json_root(d), "type") != NULL);
	MUST(stix_id_ok(json_get_str(json_root(d), "id"), strlen(json_get_str(json_root(d), "id"))));
	json_free(d);
	buf_put(ctx, p, n);
	buf_putc(ctx, '\n');
	return 0;
}

static void count(void *ctx, const char *type, const struct misp_count *c)
{
	uint64_t *all = ctx;

	MUST(type != NULL);
	*all += c->mapped + c->partly + c->raw;
}

static int convert(const struct json_val *v, struct buf *out, struct err *e)
{
	struct misp *m = misp_new();
	uint64_t all = 0;
	int rc;

	MUST(m != NULL);
	rc = misp_event(m, v, take, out, e);
	misp_counts(m, count, &all);
	MUST(rc != 0 || all <= json_len(json_get(v, "Attribute")) + 100000);
	misp_free(m);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf once = BUF_INIT(0), again = BUF_INIT(0);
	struct json_doc *d = NULL;
	struct err e = {.code = 0};
	int rc;

	if (json_read(data, size, NULL, &d, NULL) != 0)
		return 0;
	rc = convert(json_root(d), &once, &e);
	MUST(rc == 0 || (rc == E_FORMAT && e.code == rc && e.msg[0] != '\0'));
	MUST(convert(json_root(d), &again, NULL) == rc);
	MUST(once.n == again.n && (once.n == 0 || memcmp(once.p, again.p, once.n) == 0));
	json_free(d);
	return 0;
}
