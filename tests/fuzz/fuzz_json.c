/* Any bytes: refused with a decent message, or read so that the canonical form is a fixed point. */
#include <string.h>

#include "base/enc.h"
#include "base/limits.h"
#include "fuzz.h"
#include "json/json.h"

/* Every value is reachable and of a known type; the depth is bounded, so this may recurse. */
static void visit(const struct json_val *v, unsigned depth)
{
	const struct json_val *key, *val;
	struct json_iter it;
	size_t n, count = 0;
	const char *s = json_str(v, &n);

	MUST(depth <= LIMIT_JSON_DEPTH);
	MUST((s != NULL) == (json_type(v) == JSON_STRING));
	MUST(s == NULL || (s[n] == '\0' && utf8_check(s, n) == n));
	for (json_iter(&it, v); json_next(&it, &key, &val); count++) {
		MUST((key != NULL) == (json_type(v) == JSON_OBJECT));
		if (key != NULL) {
			s = json_str(key, &n);
			MUST(json_getn(v, s, n) == val); /* the only member of this name */
		}
		visit(val, depth + 1);
	}
	MUST(count == json_len(v));
}

static void refused(const struct err *e, int code)
{
	MUST(code == E_FORMAT || code == E_LIMIT);
	MUST(e->code == code && e->msg[0] != '\0');
	MUST(utf8_check(e->msg, strlen(e->msg)) == strlen(e->msg));
	for (const char *p = e->msg; *p != '\0'; p++)
		MUST((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void taken(const struct json_doc *d)
{
	CLEANUP_BUF struct buf once = BUF_INIT(0), twice = BUF_INIT(0);
	bool is = false;

	visit(json_root(d), 0);
	json_canon(json_root(d), &once);
	MUST(once.err == 0);
	MUST(once.n > LIMIT_JSON_BYTES || json_canon_text(once.p, once.n, &twice, NULL) == 0);
	MUST(once.n > LIMIT_JSON_BYTES || (twice.n == once.n && memcmp(once.p, twice.p, once.n) == 0));
	MUST(once.n > LIMIT_JSON_BYTES || (json_is_canon(once.p, once.n, &is, NULL) == 0 && is));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_pool *pool = json_pool_new();
	const struct json_read_opt opt = {.pool = pool};
	struct json_doc *d = NULL, *plain = NULL;
	struct err e = {.code = 0};
	const int rc = json_read(data, size, &opt, &d, &e);

	MUST(json_read(data, size, NULL, &plain, NULL) == rc);
	MUST((d != NULL) == (rc == 0) && (plain != NULL) == (rc == 0));
	if (rc != 0)
		refused(&e, rc);
	else
		taken(d);
	json_free(plain);
	json_free(d);
	json_pool_free(pool);
	return 0;
}
