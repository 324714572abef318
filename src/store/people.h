/*
 * store/people.h - local state of people at pages: sessions, second factors, recovery codes, open work, and the audit
 * log. Part of state.sqlite: what store/state.h says about handles, transactions, texts and errors holds here too.
 */
#pragma once
#include "store/state.h"

/* ---- sessions: known by the SHA-256 of the cookie's secret ---- */
struct state_session {
	char id[17];                         /* 16 hex digits, shown in lists; proves nothing */
	uint8_t hash[32];
	char user[LIMIT_USER + 1];
	char how[24];                        /* word of enum people_how in access/ */
	int64_t created_s, seen_s;
	char from[46];                       /* address at sign-in */
	char agent[LIMIT_AGENT + 1];         /* what the browser calls itself, or "" */
};
NODISCARD int state_put_session(struct state *s, const struct state_session *ses, struct err *e);
NODISCARD int state_session_by_hash(struct state *s, const uint8_t hash[32], struct state_session *ret, struct err *e); /* E_NOTFOUND */
NODISCARD int state_session_seen(struct state *s, const char *id, int64_t at_s, struct err *e);  /* as state_user_seen */
typedef int state_session_visit(void *ctx, const struct state_session *ses, struct err *e);
NODISCARD int state_sessions(struct state *s, const char *user, state_session_visit *v, void *ctx, struct err *e); /* NULL: everybody's; newest first */
NODISCARD int state_end_session(struct state *s, const char *user, const char *id, struct err *e); /* E_NOTFOUND, also when it is another user's */
NODISCARD int state_end_sessions(struct state *s, const char *user, const char *but, struct err *e); /* but: an id that stays, or NULL */
NODISCARD int state_drop_sessions(struct state *s, int64_t created_before_s, int64_t seen_before_s, struct err *e);

/* ---- second factors and passkeys ---- */
enum { FACTOR_TOTP = 1, FACTOR_PASSKEY = 2 }; /* numbers in the file */
struct state_factor {
	char id[17];                         /* 16 hex digits */
	char user[LIMIT_USER + 1];
	int kind;
	char label[LIMIT_USER + 1];          /* the user's word for it, or "" */
	int64_t created_s, used_s;           /* used_s 0: never */
	bool confirmed;                      /* a secret that was shown counts once a code of it was given */
	uint8_t secret[LIMIT_FACTOR_SECRET]; size_t secret_n; /* TOTP: sealed by access/; passkey: public key */
	int alg;                             /* passkey: COSE algorithm, -7 or -8 */
	uint8_t credential[LIMIT_CREDENTIAL]; size_t credential_n; /* passkey: its id; else empty */
	uint64_t counter;                    /* passkey: signatures; TOTP: last time step used */
	unsigned fails; int64_t fails_since_s; /* TOTP: wrong codes in this hour */
};
NODISCARD int state_put_factor(struct state *s, const struct state_factor *f, struct err *e);    /* E_CONFLICT: this passkey is registered already */
NODISCARD int state_get_factor(struct state *s, const char *id, struct state_factor *ret, struct err *e); /* E_NOTFOUND */
NODISCARD int state_factor_by_credential(struct state *s, const void *id, size_t n, struct state_factor *ret, struct err *e);
typedef int state_factor_visit(void *ctx, const struct state_factor *f, struct err *e);
NODISCARD int state_factors(struct state *s, const char *user, state_factor_visit *v, void *ctx, struct err *e); /* by creation */
NODISCARD int state_drop_factor(struct state *s, const char *user, const char *id, struct err *e); /* E_NOTFOUND */

/* ---- recovery codes: each opens once; keyed hashes made by access/ ---- */
NODISCARD int state_put_codes(struct state *s, const char *user, const uint8_t (*hash)[32], size_t n, struct err *e); /* in place of all others */
NODISCARD int state_take_code(struct state *s, const char *user, const uint8_t hash[32], struct err *e); /* E_NOTFOUND: none such, or used */
NODISCARD int state_codes_left(struct state *s, const char *user, size_t *ret, struct err *e);

/* ---- open work: whose task something is, as its owner module names it; handed over with the person ---- */
struct state_work { char kind[LIMIT_USER + 1], ref[LIMIT_STIX_ID + 1], user[LIMIT_USER + 1]; };
NODISCARD int state_put_work(struct state *s, const struct state_work *w, struct err *e);        /* one person per (kind, ref); user "": nobody's any more */
typedef int state_work_visit(void *ctx, const struct state_work *w, struct err *e);
NODISCARD int state_works(struct state *s, const char *user, state_work_visit *v, void *ctx, struct err *e);
NODISCARD int state_hand_work(struct state *s, const char *from, const char *to, size_t *ret_n, struct err *e);
/* Tokens revoked, grants to this person alone given to `to` (NULL: taken away). */
NODISCARD int state_revoke_tokens(struct state *s, const char *user, size_t *ret_n, struct err *e);
NODISCARD int state_hand_grants(struct state *s, const char *from, const char *to, struct err *e);

/*
 * ---- audit log: rows are only added. Numbers are without gaps and never used again, so what is missing shows; the
 * file's own triggers refuse changes, and deletion of anything but the oldest rows. It is no part of the record and
 * holds no proofs: dropping old rows touches none.
 */
struct state_audit {
	uint64_t n;                          /* filled in when added */
	int64_t at_us;
	char who[LIMIT_WHO + 1];             /* "DE/AA/muster"; what was claimed, when a sign-in was refused; "command" */
	char from[46];                       /* address, or "" */
	char act[LIMIT_USER + 1];            /* "sign-in", "user set", "document publish" */
	char subject[LIMIT_STIX_ID + 1];     /* what it was about, or "" */
	char outcome[LIMIT_USER + 17];       /* "done", "refused: wrong password", "done: to beispiel" */
};
NODISCARD int state_audit_add(struct state *s, const struct state_audit *a, struct err *e);
struct state_audit_ask { int64_t since_us, until_us; const char *user; uint64_t after; size_t limit; }; /* 0, NULL: any; user: name or whole who */
typedef int state_audit_visit(void *ctx, const struct state_audit *a, struct err *e);
NODISCARD int state_audits(struct state *s, const struct state_audit_ask *q, state_audit_visit *v, void *ctx, struct err *e); /* by number */
NODISCARD int state_drop_audits(struct state *s, int64_t before_us, struct err *e);
