/* The short text in which peers exchange keys: taken exactly, and written back to the same bytes. */
#include <string.h>

#include "fuzz.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = BUF_INIT(LIMIT_PEER_TEXT);
	struct party_keys k;
	struct err e;

	MUST(crypto_init(NULL) == 0);
	if (party_keys_parse((const char *)data, size, &k, &e) == 0) {
		party_keys_put(&k, &out);
		MUST(out.err == 0 && out.n == size && memcmp(out.p, data, size) == 0);
	}
	return 0;
}
