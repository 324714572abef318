/* One-time codes and recovery codes, and the key that seals what is stored of them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "access/people_priv.h"
#include "base/enc.h"
#include "base/mem.h"

/* ---- the people key ---- */

/* Another process may make it at the same time: whoever comes second reads. */
static int make_key(const struct world *w, const char *path, struct keypair *ret, struct err *e)
{
	int rc;

	if ((rc = ed25519_generate(&w->rng, ret, e)) != 0 || (rc = keyfile_write(&w->fs, path, "people", ret, e)) == 0)
		return rc;
	return rc == E_EXISTS ? keyfile_read(&w->fs, path, "people", ret, e) : rc;
}

int people_keys_load(const struct world *w, const char *dir, bool make, struct people_keys *ret, struct err *e)
{
	CLEANUP_STR char *folder = mem_printf("%s/keys", dir), *path = mem_printf("%s/keys/people.key", dir);
	struct keypair k;
	int rc, r;

	if (folder == NULL || path == NULL)
		return fail(e, E_NOMEM, "people key");
	if ((rc = keyfile_read(&w->fs, path, "people", &k, e)) == E_NOTFOUND && make) {
		if ((r = w->fs.mkdir(w->fs.ctx, folder, 0700)) < 0 && r != -EEXIST)
			return fail_errno(e, E_IO, -r, "%s", folder);
		rc = make_key(w, path, &k, e);
	}
	if (rc != 0)
		return rc;
	mac(k.seed, "totp", 4, ret->totp);
	mac(k.seed, "recovery", 8, ret->recovery);
	keypair_wipe(&k);
	return 0;
}

/* ---- one-time codes ---- */

bool totp_code_form(const char *code) { return strlen(code) == 6 && code[strspn(code, "0123456789")] == '\0'; }

uint64_t totp_step(const uint8_t secret[TOTP_SECRET], const char *code, int64_t now_s, uint64_t used)
{
	const uint64_t now = now_s > 0 ? (uint64_t)now_s / TOTP_STEP_S : 0;
	uint64_t found = 0;
	char due[16];

	if (!totp_code_form(code) || now == 0)
		return 0;
	for (uint64_t step = now - 1; step <= now + 1; step++) {
		(void)snprintf(due, sizeof(due), "%06u", hotp(secret, TOTP_SECRET, step, 6));
		if (secret_equal(due, code, 6) && step > used && found == 0)
			found = step;
	}
	secret_wipe(due, sizeof(due));
	return found;
}

static void put_escaped(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || strchr("-._~", *s) != NULL)
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*s);
	}
}

int totp_uri(const char *party, const char *name, const uint8_t secret[TOTP_SECRET], char ret[PEOPLE_URI], struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(PEOPLE_URI - 1);
	char text[BASE32_LEN(TOTP_SECRET) + 1];
	int rc;

	base32_encode(secret, TOTP_SECRET, text);
	buf_puts(&b, "otpauth://totp/Verbale%20");
	put_escaped(&b, party);
	buf_putc(&b, ':');
	put_escaped(&b, name);
	buf_printf(&b, "?secret=%s&issuer=Verbale%%20", text);
	put_escaped(&b, party);
	buf_puts(&b, "&algorithm=SHA1&digits=6&period=30");
	secret_wipe(text, sizeof(text));
	if ((rc = buf_err(&b, e, "address of one-time codes")) != 0)
		return rc;
	memcpy(ret, b.p, b.n + 1);
	secret_wipe(b.p, b.n);
	return 0;
}

static size_t totp_context(const struct state_factor *f, char to[sizeof(f->id) + sizeof(f->user)])
{
	return (size_t)snprintf(to, sizeof(f->id) + sizeof(f->user), "%s/%s", f->id, f->user);
}

int totp_seal(const struct world *w, const struct people_keys *keys, const uint8_t secret[TOTP_SECRET], struct state_factor *f, struct err *e)
{
	char context[sizeof(f->id) + sizeof(f->user)];
	const size_t n = totp_context(f, context);
	uint8_t nonce[SEAL_NONCE];
	const int rc = rng_fill(&w->rng, nonce, sizeof(nonce));

	if (rc != 0)
		return fail(e, rc, "no randomness for sealing");
	seal(keys->totp, nonce, context, n, secret, TOTP_SECRET, f->secret);
	f->secret_n = TOTP_SECRET + SEAL_EXTRA;
	return 0;
}

bool totp_unseal(const struct people_keys *keys, const struct state_factor *f, uint8_t ret[TOTP_SECRET])
{
	char context[sizeof(f->id) + sizeof(f->user)];
	const size_t n = totp_context(f, context);

	return f->kind == FACTOR_TOTP && f->secret_n == TOTP_SECRET + SEAL_EXTRA && unseal(keys->totp, context, n, f->secret, f->secret_n, ret);
}

/* ---- recovery codes: 80 bits in base32, groups of four ---- */

void recovery_text(const uint8_t random[10], char ret[PEOPLE_CODE])
{
	char text[BASE32_LEN(10) + 1];
	char *to = ret;

	base32_encode(random, 10, text);
	for (size_t i = 0; i < BASE32_LEN(10); i++) {
		if (i > 0 && i % 4 == 0)
			*to++ = '-';
		*to++ = (char)(text[i] >= 'A' ? text[i] - 'A' + 'a' : text[i]);
	}
	*to = '\0';
	secret_wipe(text, sizeof(text));
}

bool recovery_hash(const struct people_keys *keys, const char *user, const char *code, uint8_t ret[MAC_LEN])
{
	char text[LIMIT_USER + 1 + BASE32_LEN(10)];
	size_t at = strlen(user), n = 0;

	memcpy(text, user, at);
	text[at++] = '/';
	for (; *code != '\0'; code++) {
		const char c = (char)(*code >= 'A' && *code <= 'Z' ? *code - 'A' + 'a' : *code);

		if (c == '-' || c == ' ')
			continue;
		if (n == BASE32_LEN(10) || !((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7')))
			return false;
		text[at + n++] = c;
	}
	if (n != BASE32_LEN(10))
		return false;
	mac(keys->recovery, text, at + n, ret);
	secret_wipe(text, sizeof(text));
	return true;
}
