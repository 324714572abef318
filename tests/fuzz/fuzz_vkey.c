/* Verifier keys: one spelling per key. */
#include <string.h>

#include "fuzz.h"
#include "tlog/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct note_key k;

	MUST(crypto_init(NULL) == 0);
	if (note_key_parse((const char *)data, size, &k, NULL) < 0)
		return 0;
	MUST(origin_ok(k.name, strlen(k.name)) && ed25519_pk_ok(k.pk));
	note_key_put(&k, &b);
	MUST(b.err == 0 && b.n == size && memcmp(b.p, data, size) == 0);
	return 0;
}
