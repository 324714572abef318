/* Any bytes as an entry frame and as entry bytes: refused, or every field fits and the id is one. */
#include <string.h>

#include "crypto/crypto.h"
#include "fuzz.h"
#include "record/priv.h"

static void as_entry(const void *p, size_t n)
{
	struct index_entry row = {.frame = 0};
	struct facts facts = {.audience = NULL};
	struct audience audience;
	CLEANUP_BUF struct buf room = BUF_INIT(LIMIT_FRAME);
	CLEANUP_BUF struct buf key = BUF_INIT(LIMIT_FRAME);
	struct err e = {.code = 0};
	uint8_t sum[SHA256_LEN];
	const int rc = row_from_entry(NULL, p, n, &room, &row, &facts, &e);

	if (rc != 0) {
		MUST((rc == E_FORMAT || rc == E_LIMIT) && e.code == rc && e.msg[0] != '\0');
		return;
	}
	MUST(strlen(row.id) <= LIMIT_STIX_ID && stix_id_ok(row.id, strlen(row.id)));
	MUST(strlen(row.modified) <= LIMIT_TIMESTAMP && strlen(row.subject) <= LIMIT_STIX_ID);
	buf_put(&key, facts.audience, facts.audience_n);
	MUST(audience_get(&key, &audience, &e) == 0);
	sha256(p, n, sum);
	MUST(memcmp(sum, row.sha256, sizeof(sum)) == 0);
}

static void as_frame(enum frame_type t, const uint8_t *p, size_t n)
{
	struct frame_entry en;
	struct err e = {.code = 0};

	if (frame_get_entry(t, p, n, &en, &e) != 0) {
		MUST(e.msg[0] != '\0');
		return;
	}
	MUST(strlen(en.origin) <= LIMIT_ORIGIN && (const uint8_t *)en.p >= p && (const uint8_t *)en.p + en.n == p + n);
	MUST(en.salt >= p && en.salt + SALT_LEN <= p + n);
	as_entry(en.p, en.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	MUST(crypto_init(NULL) == 0);
	as_entry(data, size);
	as_frame(FRAME_ENTRY, data, size);
	as_frame(FRAME_PEER_ENTRY, data, size);
	return 0;
}
