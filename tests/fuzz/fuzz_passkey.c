/* What a browser answers about a passkey: read or refused, never accepted without its challenge and its key. */
#include <string.h>

#include "access/people_priv.h"
#include "base/mem.h"
#include "fuzz.h"

static const uint8_t challenge[32] = {0xaa}, hash[32] = {1};

static void as_answer(const char *text, bool registering)
{
	struct key_answer k = {.all = BUF_INIT(0)};

	if (key_answer_parse(text, registering, &k, NULL) == 0) {
		MUST(k.id_n > 0 && k.id_n <= LIMIT_CREDENTIAL && k.client_n > 0 && (registering ? k.attestation_n > 0 : k.authdata_n > 0 && k.signature_n > 0));
		MUST(k.client >= (uint8_t *)k.all.p && k.client + k.client_n <= (uint8_t *)k.all.p + k.all.n);
		IGNORE(client_data_check(k.client, k.client_n, "webauthn.get", challenge, "https://verbale.example", NULL) != 0, "either");
	}
	buf_free(&k.all);
}

static void as_bytes(const uint8_t *data, size_t size)
{
	struct passkey k = {.alg = PASSKEY_ES256, .pk_n = 64};
	uint32_t count = 0;

	if (passkey_register("verbale.example", data, size, &k, NULL) == 0)
		MUST((k.alg == PASSKEY_ES256 && k.pk_n == 64) || (k.alg == PASSKEY_EDDSA && k.pk_n == 32));
	/* Whoever signed it, it was not over this hash. */
	MUST(passkey_verify("verbale.example", &k, data, size, hash, data, size, &count, NULL) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);

	MUST(text != NULL && crypto_init(NULL) == 0);
	as_answer(text, false);
	as_answer(text, true);
	as_bytes(data, size);
	mem_free(text);
	return 0;
}
