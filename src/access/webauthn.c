/* The browser's part of passkeys (WebAuthn level 2 §5, §7): what it is asked, and what it says it was asked. */
#include <stdio.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"
#include "json/json.h"

/* ---- sites ---- */

static bool is_host(const char *s, size_t n)
{
	bool letter = false;

	for (size_t i = 0; i < n; i++) {
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-' || s[i] == '.'))
			return false;
		letter = letter || (s[i] >= 'a' && s[i] <= 'z');
	}
	/* Passkeys are for domains: an IPv4 address has no letter, an IPv6 one its brackets. */
	return n > 0 && n <= 253 && letter && s[0] != '.' && s[n - 1] != '.';
}

bool origin_rp(const char *origin, char ret[LIMIT_ORIGIN_URL + 1])
{
	const char *host = strstr(origin, "://");
	size_t n;

	if (host == NULL || strlen(origin) > LIMIT_ORIGIN_URL)
		return false;
	host += 3;
	n = strcspn(host, ":/");
	if (!is_host(host, n))
		return false;
	memcpy(ret, host, n);
	ret[n] = '\0';
	return true;
}

void user_handle(struct access *a, const char *name, uint8_t ret[32]) { access_mac(a, "user handle", name, strlen(name), ret); }

/* ---- what the browser is asked ---- */

static void put_url64(struct buf *out, const void *p, size_t n)
{
	char text[BASE64URL_LEN(LIMIT_CREDENTIAL) + 1];

	base64url_encode(p, n, text);
	buf_printf(out, "\"%s\"", text);
}

static void put_keys(struct buf *out, const char *name, const struct state_factor *key, size_t n)
{
	bool first = true;

	buf_printf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		if (key[i].kind != FACTOR_PASSKEY)
			continue;
		buf_puts(out, first ? "{\"type\":\"public-key\",\"id\":" : ",{\"type\":\"public-key\",\"id\":");
		put_url64(out, key[i].credential, key[i].credential_n);
		buf_putc(out, '}');
		first = false;
	}
	buf_putc(out, ']');
}

void key_options_get(struct buf *out, const char *rp, const uint8_t challenge[32], const struct state_factor *allow, size_t n)
{
	buf_puts(out, "{\"challenge\":");
	put_url64(out, challenge, 32);
	buf_printf(out, ",\"rpId\":\"%s\",\"timeout\":%d,\"userVerification\":\"required\"", rp, LIMIT_TICKET_S * 1000);
	put_keys(out, "allowCredentials", allow, n);
	buf_putc(out, '}');
}

void key_options_create(struct buf *out, const struct key_creation *c)
{
	buf_puts(out, "{\"challenge\":");
	put_url64(out, c->challenge, 32);
	buf_printf(out, ",\"rp\":{\"id\":\"%s\",\"name\":\"Verbale %s\"},\"user\":{\"id\":", c->rp, c->party);
	put_url64(out, c->handle, 32);
	buf_printf(out, ",\"name\":\"%s\",\"displayName\":\"%s\"},\"timeout\":%d,\"attestation\":\"none\"", c->name, c->name, LIMIT_TICKET_S * 1000);
	buf_printf(out, ",\"pubKeyCredParams\":[{\"type\":\"public-key\",\"alg\":%d},{\"type\":\"public-key\",\"alg\":%d}]", PASSKEY_EDDSA, PASSKEY_ES256);
	buf_puts(out, ",\"authenticatorSelection\":{\"residentKey\":\"required\",\"requireResidentKey\":true,\"userVerification\":\"required\"}");
	put_keys(out, "excludeCredentials", c->have, c->n);
	buf_putc(out, '}');
}

/* ---- what it answers ---- */

/* A member in base64url, decoded behind what is in `all`, which has room for everything. */
static bool take(struct buf *all, const struct json_val *obj, const char *name, size_t min, uint8_t **ret, size_t *ret_n)
{
	size_t n = 0;
	const char *const text = json_str(json_get(obj, name), &n);
	uint8_t *const to = (uint8_t *)all->p + all->n;

	if (text == NULL)
		return min == 0;
	if (!base64url_decode(text, n, to, all->cap - all->n - 1, ret_n) || *ret_n < min)
		return false;
	*ret = to;
	all->n += *ret_n;
	return true;
}

static bool take_all(const struct json_val *root, bool registering, struct key_answer *k)
{
	const struct json_val *const resp = json_get(root, "response");

	if (!json_str_is(json_get(root, "type"), "public-key") || !take(&k->all, root, "rawId", 1, &k->id, &k->id_n) || k->id_n > LIMIT_CREDENTIAL ||
	    !take(&k->all, resp, "clientDataJSON", 2, &k->client, &k->client_n))
		return false;
	if (registering)
		return take(&k->all, resp, "attestationObject", 1, &k->attestation, &k->attestation_n);
	return take(&k->all, resp, "authenticatorData", 1, &k->authdata, &k->authdata_n) && take(&k->all, resp, "signature", 1, &k->signature, &k->signature_n) &&
	    (json_type(json_get(resp, "userHandle")) == JSON_NULL || take(&k->all, resp, "userHandle", 0, &k->user, &k->user_n));
}

int key_answer_parse(const char *json, bool registering, struct key_answer *ret, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_KEY_ANSWER};
	struct json_doc *doc = NULL;
	const size_t n = strlen(json);
	int rc;

	*ret = (struct key_answer){.all = BUF_INIT(LIMIT_KEY_ANSWER)};
	if ((rc = json_read(json, n, &opt, &doc, e)) != 0)
		return fail_wrap(e, rc, "passkey: ");
	/* Decoded it is shorter than its text. */
	if (buf_grow(&ret->all, n + 1) == NULL) {
		rc = buf_err(&ret->all, e, "passkey");
	} else {
		ret->all.n = 0;
		if (!take_all(json_root(doc), registering, ret))
			rc = fail(e, E_FORMAT, "passkey: not what PublicKeyCredential.toJSON() gives");
	}
	json_free(doc);
	return rc;
}

static bool same_challenge(const struct json_val *root, const uint8_t challenge[32])
{
	uint8_t got[32];
	size_t n = 0, got_n = 0;
	const char *const text = json_str(json_get(root, "challenge"), &n);

	return text != NULL && base64url_decode(text, n, got, sizeof(got), &got_n) && got_n == sizeof(got) && secret_equal(got, challenge, sizeof(got));
}

int client_data_check(const void *p, size_t n, const char *type, const uint8_t challenge[32], const char *origin, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_KEY_ANSWER};
	const struct json_val *root;
	struct json_doc *doc = NULL;
	bool crossed = false;
	int rc;

	if ((rc = json_read(p, n, &opt, &doc, e)) != 0)
		return fail_wrap(e, rc, "passkey: client data: ");
	root = json_root(doc);
	if (!json_str_is(json_get(root, "type"), type))
		rc = fail(e, E_DENIED, "passkey: client data of another type than %s", type);
	else if (!same_challenge(root, challenge))
		rc = fail(e, E_DENIED, "passkey: another challenge was answered");
	else if (!json_str_is(json_get(root, "origin"), origin))
		rc = fail(e, E_DENIED, "passkey: answered at another site than %s", origin);
	else if (json_get(root, "crossOrigin") != NULL && (!json_bool(json_get(root, "crossOrigin"), &crossed) || crossed))
		rc = fail(e, E_DENIED, "passkey: answered inside another site");
	json_free(doc);
	return rc;
}
