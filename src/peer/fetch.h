/* peer/fetch.h - one GET after another from a foreign server (libcurl): TLS checked as usual, or against a pinned key. */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct fetch_conf {
	const char *authorization;   /* value of the header, or NULL */
	const char *ca_file;         /* authorities instead of the system's; or NULL */
	const char *pin;             /* "sha256//…" of the server's key: checked instead of names and authorities; or NULL */
	const char *cert_file, *key_file; /* client certificate; or NULL */
	unsigned timeout_s;          /* 0: LIMIT_PEER_TIMEOUT_S */
};
struct fetch;
NODISCARD int fetch_new(const struct fetch_conf *c, struct fetch **ret, struct err *e);
void fetch_free(struct fetch *f); /* NULL is fine */

struct fetch_answer { int status; char last[LIMIT_TIMESTAMP + 1]; unsigned retry_after_s; };
/* Plain HTTP only to this machine (E_USAGE). Redirects are not followed. E_NET, E_DENIED (another key, no trust), E_LIMIT. */
NODISCARD int fetch_get(struct fetch *f, const char *url, size_t max, struct fetch_answer *ret, struct buf *out, struct err *e);
