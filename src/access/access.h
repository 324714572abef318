/*
 * access/access.h - who asks: API tokens, passwords (HTTP Basic), client certificates; what they may use beside what
 * release says; how often. People at pages: access/people.h. Keeps users and tokens in store/state.h.
 *
 * Right to a collection = release (policy/) AND role AND grants AND the token's scope:
 *   no grants for a collection: every user of the own party may read it, who has RIGHT_DATA or RIGHT_WRITE may write it;
 *   grants there: only those named (user, agency of the own party, or party), as the grant says; a grant never widens
 *   role or release.
 *   Users of another party read what may_read gives that party, and never write. So do pinned peers' nodes by their
 *   certificate (ROLE_NODE); grants do not narrow what they read, for they get it over /log/ as well.
 */
#pragma once
#include "http/http.h"
#include "policy/policy.h"
#include "record/record.h"
#include "store/state.h"

struct access;
struct access_conf {
	const struct world *w;
	const char *party;                   /* the node's own */
	unsigned rate, burst;                /* requests per second and reader, and at once; rate 0: unlimited, burst 0: as rate */
	/* The party whose node has this TLS key (record_peer_by_spki), or NULL; any thread. NULL: no peers sign in. */
	const char *(*peer)(void *ctx, const uint8_t spki[32]);
	void *peer_ctx;
	/* For people at pages (access/people.h). */
	const char *origin;                  /* this site as browsers see it, "https://verbale.example"; NULL or "": passkeys on http://localhost only */
	unsigned idle_s, total_s;            /* sessions end after; 0: LIMIT_IDLE_S, LIMIT_TOTAL_S */
};
/* Thread-safe: handlers of all threads share one. The state is opened at dir/state.sqlite. */
NODISCARD int access_open(const struct access_conf *c, const char *dir, struct access **ret, struct err *e);
void access_close(struct access *a);

struct principal {
	bool known;                          /* false: nobody, signed out */
	bool own;                            /* a user of this node's own party */
	struct reader reader;                /* pointers into this struct; party NULL when nobody */
	char name[LIMIT_USER + 1], party[LIMIT_PARTY + 1], agency[LIMIT_AGENCY + 1];
	char who[LIMIT_WHO + 1];             /* for the access log, and the owner of statuses: "DE/BSI/muster token:4f2a…", "JP" (a peer), "" */
	bool token, read, write;             /* what the means of sign-in allows */
	uint8_t scope[LIMIT_TOKEN_SCOPES][16]; size_t scopes;
};
/*
 * Who asks, from Authorization (Bearer and Token: an API token; Basic: name and password; scheme names in any case) or
 * the client certificate. 0 with known false: no credentials at all. E_DENIED: credentials that are wrong, expired,
 * revoked, from the wrong address (one text for all: answer 401). E_LIMIT: too often, or too many failures; *ret_wait
 * seconds (answer 429, Retry-After). Anything else: the state cannot be read. Then *ret is nobody.
 * An Authorization field goes before a certificate; a certificate nobody knows counts as none. Counts the request
 * against the reader's rate (a user's, a party's; the address's when nobody or refused). reader.via is VIA_TAXII.
 * May take the time of a few password checks (0.1 s each, one at a time); all else takes microseconds.
 * A password is checked by argon2id once, then remembered for LIMIT_SESSION_S under a key of this process; a changed or
 * disabled user is forgotten at once. Failures count per (address, name): nobody can lock out another's address.
 */
NODISCARD int access_identify(struct access *a, const struct http_req *q, struct principal *ret, unsigned *ret_wait, struct err *e);
enum access_use { ACCESS_READ, ACCESS_WRITE };
/* May this principal use the collection at all? (Release of each object is asked besides.) Nobody: read only, of public collections: the caller's matter. */
bool access_may(struct access *a, const struct principal *p, const uint8_t collection[16], enum access_use use);
/* A keyed hash that only this node can make (page tokens, ETags): HMAC-like, key per purpose, valid across restarts. */
void access_mac(struct access *a, const char *purpose, const void *p, size_t n, uint8_t out[32]);
/* Seal and open small texts with authenticated encryption bound to `context` (page tokens): out has n + ACCESS_SEAL bytes. */
#define ACCESS_SEAL 40
NODISCARD int access_seal(struct access *a, const void *context, size_t context_n, const void *p, size_t n, void *out, struct err *e);
NODISCARD bool access_unseal(struct access *a, const void *context, size_t context_n, const void *p, size_t n, void *out);

/* ---- for the administrator's commands; each opens the state itself ---- */
/* Sets the password (LIMIT_PASSWORD_MIN characters to LIMIT_PASSWORD bytes, else E_USAGE); NULL: removes it. E_NOTFOUND: no such user. */
NODISCARD int access_set_password(const struct world *w, struct state *s, const char *user, const char *password, struct err *e);
/*
 * Makes a token for t->user, who must exist (label, rights, scope, nets, expiry given; the rest is filled in); ret_text:
 * "vb_" and 43 characters, shown once: only its SHA-256 is kept. E_USAGE, E_FORMAT (a net), E_NOTFOUND (the user).
 */
NODISCARD int access_make_token(const struct world *w, struct state *s, struct state_token *t, char ret_text[64], struct err *e);
