/* The Authorization field (RFC 9110 §11.6.2): Bearer and Token with one of our tokens, Basic (RFC 7617). */
#include <string.h>
#include <strings.h>

#include "access/priv.h"
#include "base/enc.h"

#define TOKEN_MARK "vb_" /* so that scanners for leaked secrets can find them */
#define TOKEN_CHARS 43   /* base64url of 32 bytes, without padding */

void token_text(const uint8_t secret[32], char ret[64])
{
	char text[BASE64_LEN(32) + 1];

	base64_encode(secret, 32, text);
	for (char *s = text; *s != '\0'; s++)
		*s = *s == '+' ? '-' : *s == '/' ? '_' : *s;
	memcpy(ret, TOKEN_MARK, strlen(TOKEN_MARK));
	memcpy(ret + strlen(TOKEN_MARK), text, TOKEN_CHARS);
	ret[strlen(TOKEN_MARK) + TOKEN_CHARS] = '\0';
	secret_wipe(text, sizeof(text));
}

static bool parse_token(const char *p, size_t n, struct cred *ret)
{
	char text[TOKEN_CHARS + 1];
	uint8_t secret[32];
	size_t got = 0;
	bool ok;

	if (n != strlen(TOKEN_MARK) + TOKEN_CHARS || memcmp(p, TOKEN_MARK, strlen(TOKEN_MARK)) != 0)
		return false;
	p += strlen(TOKEN_MARK);
	if (memchr(p, '+', TOKEN_CHARS) != NULL || memchr(p, '/', TOKEN_CHARS) != NULL)
		return false;
	for (size_t i = 0; i < TOKEN_CHARS; i++)
		text[i] = p[i] == '-' ? '+' : p[i] == '_' ? '/' : p[i];
	text[TOKEN_CHARS] = '=';
	ok = base64_decode(text, sizeof(text), secret, sizeof(secret), &got) && got == sizeof(secret);
	if (ok)
		sha256(secret, sizeof(secret), ret->hash);
	secret_wipe(text, sizeof(text));
	secret_wipe(secret, sizeof(secret));
	return ok;
}

static bool parse_basic(const char *p, size_t n, struct cred *ret)
{
	char pair[LIMIT_USER + 1 + LIMIT_PASSWORD];
	size_t got = 0;
	const char *colon = NULL;
	bool ok = base64_decode(p, n, pair, sizeof(pair), &got);

	ok = ok && memchr(pair, '\0', got) == NULL && (colon = memchr(pair, ':', got)) != NULL;
	if (ok) {
		const size_t name_n = (size_t)(colon - pair), password_n = got - name_n - 1;

		ok = name_n > 0 && name_n <= LIMIT_USER && password_n <= LIMIT_PASSWORD;
		if (ok) {
			memcpy(ret->name, pair, name_n);
			memcpy(ret->password, colon + 1, password_n);
			ret->password_n = password_n;
		}
	}
	secret_wipe(pair, sizeof(pair));
	return ok;
}

void cred_parse(const char *field, struct cred *ret)
{
	static const struct { const char *scheme; enum cred_kind kind; bool (*parse)(const char *p, size_t n, struct cred *ret); } schemes[] = {
		{"Bearer", CRED_TOKEN, parse_token}, {"Token", CRED_TOKEN, parse_token}, {"Basic", CRED_BASIC, parse_basic},
	};
	size_t scheme_n, n;

	memset(ret, 0, sizeof(*ret));
	if (field == NULL)
		return;
	ret->kind = CRED_BAD;
	field += strspn(field, " \t");
	scheme_n = strcspn(field, " ");
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (strlen(schemes[i].scheme) != scheme_n || strncasecmp(field, schemes[i].scheme, scheme_n) != 0)
			continue;
		field += scheme_n;
		field += strspn(field, " ");
		for (n = strlen(field); n > 0 && (field[n - 1] == ' ' || field[n - 1] == '\t'); n--)
			;
		if (schemes[i].parse(field, n, ret))
			ret->kind = schemes[i].kind;
		return;
	}
}
