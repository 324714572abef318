/* Names and verifier keys (C2SP signed-note, "Verifier keys"). */
#include <string.h>

#include "base/enc.h"
#include "tlog/inside.h"

bool origin_ok(const char *s, size_t n)
{
	if (n == 0 || n > LIMIT_ORIGIN)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= 0x20 || s[i] >= 0x7f || s[i] == '+')
			return false;
	return true;
}

/* First four bytes of SHA256(name ‖ LF ‖ type ‖ pk). */
static uint32_t key_id(const char *name, size_t name_n, uint8_t type, const uint8_t pk[ED25519_PK])
{
	const uint8_t middle[2] = {'\n', type};
	const struct piece v[] = {{name, name_n}, {middle, 2}, {pk, ED25519_PK}};
	uint8_t h[SHA256_LEN];

	sha256v(v, ARRAY_LEN(v), h);
	return (uint32_t)be_get(h, 4);
}

int note_key_make(struct note_key *ret, const char *name, enum note_key_type type, const uint8_t pk[ED25519_PK], struct err *e)
{
	const size_t n = strlen(name);

	if (!origin_ok(name, n))
		return fail(e, E_FORMAT, "key name: 1 to %d printable ASCII bytes without space and '+' wanted", LIMIT_ORIGIN);
	if (type != NOTE_ED25519 && type != NOTE_COSIGNATURE_V1)
		return fail(e, E_FORMAT, "key %s: signature type 0x%02x is not known here", name, (unsigned)type);
	if (!ed25519_pk_ok(pk))
		return fail(e, E_FORMAT, "key %s: a weak or malformed Ed25519 public key", name);
	*ret = (struct note_key){.id = key_id(name, n, (uint8_t)type, pk), .type = (uint8_t)type};
	memcpy(ret->name, name, n);
	memcpy(ret->pk, pk, ED25519_PK);
	return 0;
}

int note_key_parse(const char *s, size_t n, struct note_key *ret, struct err *e)
{
	const char *plus = n > 0 ? memchr(s, '+', n) : NULL;
	const size_t name_n = plus != NULL ? (size_t)(plus - s) : 0;
	char name[LIMIT_ORIGIN + 1] = "", id[HEX_LEN(4) + 1];
	uint8_t raw[1 + ED25519_PK], id_bytes[4];
	const size_t fixed = 1 + HEX_LEN(4) + 1; /* +hex+ */
	struct note_key k;
	size_t got;
	int r;

	if (name_n == 0 || name_n > LIMIT_ORIGIN || n < name_n + fixed || plus[1 + HEX_LEN(4)] != '+')
		return fail(e, E_FORMAT, "verifier key: name+id+key wanted");
	memcpy(name, s, name_n);
	if (memchr(name, '\0', name_n) != NULL || !origin_ok(name, name_n))
		return fail(e, E_FORMAT, "verifier key: the name has a byte it may not have");
	if (!base64_decode(plus + fixed, n - name_n - fixed, raw, sizeof(raw), &got) || got != sizeof(raw))
		return fail(e, E_FORMAT, "verifier key %s: base64 of a type byte and 32 bytes wanted", name);
	if ((r = note_key_make(&k, name, (enum note_key_type)raw[0], raw + 1, e)) < 0)
		return r;
	be_put(id_bytes, k.id, 4);
	hex_encode(id_bytes, 4, id);
	if (memcmp(id, plus + 1, HEX_LEN(4)) != 0)
		return fail(e, E_FORMAT, "verifier key %s: the key id is %s", name, id);
	*ret = k;
	return 0;
}

void note_key_put(const struct note_key *k, struct buf *out)
{
	uint8_t raw[1 + ED25519_PK];

	raw[0] = k->type;
	memcpy(raw + 1, k->pk, ED25519_PK);
	buf_printf(out, "%s+%08x+", k->name, (unsigned)k->id);
	base64_put(out, raw, sizeof(raw));
}
