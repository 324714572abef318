/* access/people_priv.h - private to access/ and its tests: what the parts of signing people in share. */
#pragma once
#include "access/people.h"
#include "access/priv.h"
#include "crypto/passkey.h"

/* ---- what is sealed with the node's people key (keys/people.key), which is not in the file it protects ---- */
struct people_keys { uint8_t totp[SEAL_KEY], recovery[MAC_KEY]; };
/* Read, or made when `make`. E_NOTFOUND: there is none yet. */
NODISCARD int people_keys_load(const struct world *w, const char *dir, bool make, struct people_keys *ret, struct err *e);

/* ---- totp.c: one-time codes (RFC 6238: SHA-1, 30 s, 6 digits) and recovery codes ---- */
#define TOTP_STEP_S 30
#define TOTP_SECRET 20 /* bytes: as long as SHA-1's result (RFC 4226 §4 R6) */
/* The time step a code is of: now, the one before or after, later than `used`; 0: of none. Pure. */
uint64_t totp_step(const uint8_t secret[TOTP_SECRET], const char *code, int64_t now_s, uint64_t used);
bool totp_code_form(const char *code); /* six digits */
/* "otpauth://totp/…" as phones read it. E_LIMIT. */
NODISCARD int totp_uri(const char *party, const char *name, const uint8_t secret[TOTP_SECRET], char ret[PEOPLE_URI], struct err *e);
/* A recovery code as people type it: its hash for this user. false: not of that form. */
NODISCARD bool recovery_hash(const struct people_keys *keys, const char *user, const char *code, uint8_t ret[MAC_LEN]);
void recovery_text(const uint8_t random[10], char ret[PEOPLE_CODE]);
NODISCARD int totp_seal(const struct world *w, const struct people_keys *keys, const uint8_t secret[TOTP_SECRET], struct state_factor *f, struct err *e);
NODISCARD bool totp_unseal(const struct people_keys *keys, const struct state_factor *f, uint8_t ret[TOTP_SECRET]);

/* ---- ticket.c: what goes to the browser and back between two steps; sealed, with a key of the process ---- */
enum ticket_kind { TICKET_SECOND = 1, TICKET_KEY_ALONE, TICKET_KEY_SECOND, TICKET_KEY_NEW };
struct ticket {
	enum ticket_kind kind;
	int64_t until_s;
	uint8_t id[16];                       /* two tickets of one sign-in share it: used once */
	char name[LIMIT_USER + 1];            /* whose; "" of TICKET_KEY_ALONE */
	uint8_t password[8];                  /* begin of password_sum: has it been changed meanwhile? */
	uint8_t challenge[32];                /* of passkeys */
};
NODISCARD int ticket_new(struct access *a, struct ticket *t, int64_t now_s, bool keep_id, struct err *e); /* fills until, id, challenge */
NODISCARD int ticket_seal(struct access *a, const struct ticket *t, char ret[PEOPLE_TICKET], struct err *e);
/* false: not ours, over, or of another kind (kinds: bits 1 << kind). Under lock also: used. */
NODISCARD bool ticket_open(struct access *a, const char *text, unsigned kinds, int64_t now_s, struct ticket *ret);
bool ticket_spent(struct access *a, const struct ticket *t, int64_t now_s); /* under lock */
NODISCARD int ticket_spend(struct access *a, const struct ticket *t, int64_t now_s, struct err *e); /* under lock. E_LIMIT: too many at once */

/* ---- webauthn.c: the browser's part of passkeys ---- */
/* rp id of an origin ("https://verbale.example:8443" → "verbale.example"); false: none that a passkey can be for (an address, no host). */
NODISCARD bool origin_rp(const char *origin, char ret[LIMIT_ORIGIN_URL + 1]);
struct key_answer {                           /* what a browser answered, decoded; bytes live in `all` */
	struct buf all;
	uint8_t *id, *client, *authdata, *signature, *user, *attestation;
	size_t id_n, client_n, authdata_n, signature_n, user_n, attestation_n;
};
/* E_FORMAT. Free: buf_free(&ret->all). */
NODISCARD int key_answer_parse(const char *json, bool registering, struct key_answer *ret, struct err *e);
/* clientDataJSON: type ("webauthn.get"), challenge, origin, not crossOrigin. E_FORMAT, E_DENIED. */
NODISCARD int client_data_check(const void *p, size_t n, const char *type, const uint8_t challenge[32], const char *origin, struct err *e);
/* A user's opaque handle at authenticators: never changes, says nothing. */
void user_handle(struct access *a, const char *name, uint8_t ret[32]);
struct key_creation { const char *rp, *party, *name; const uint8_t *challenge, *handle; const struct state_factor *have; size_t n; };
void key_options_create(struct buf *out, const struct key_creation *c);
void key_options_get(struct buf *out, const char *rp, const uint8_t challenge[32], const struct state_factor *allow, size_t n);

/* ---- sessions ---- */
struct known_session {
	uint8_t hash[32];
	uint64_t generation, used;            /* used 0: empty */
	struct who who;
	char id[17];
	enum people_how how;
	int64_t created_s, seen_s, noted_s;
};
/* A new session for `user` in place of the one that came along, audited; cookie into ret. Under lock. */
NODISCARD int session_begin(struct access *a, const struct people_from *f, const struct state_user *u, enum people_how how, int64_t now_s, struct people_in *ret, struct err *e);
bool session_over(const struct access *a, int64_t created_s, int64_t seen_s, int64_t now_s);
const char *how_word(enum people_how how);

struct spent { uint8_t id[16]; int64_t until_s; };
struct people_job { void (*run)(void *arg); void *arg; };
struct people {
	uint8_t ticket_key[SEAL_KEY];
	char origin[LIMIT_ORIGIN_URL + 1];
	unsigned idle_s, total_s;
	/* under access.lock */
	struct known_session *known;
	struct spent *spent; size_t spent_at;
	bool has_keys;
	struct people_keys keys;
	/* people_later; under job_lock */
	pthread_mutex_t job_lock;
	pthread_cond_t job_come;
	pthread_t thread;
	bool threaded, ending;
	struct people_job job[LIMIT_PASSWORD_WAIT]; size_t job_at, jobs;
};
NODISCARD int people_open(struct access *a, struct err *e);
void people_close(struct access *a);
/* Under lock; made when `make`. */
NODISCARD int people_keys_of(struct access *a, bool make, struct people_keys *ret, struct err *e);
/* One audit row of signing in, on access's state; under lock. A name nobody has is not noted (u empty): it may be a password typed in the wrong place. */
NODISCARD int note_sign_in(struct access *a, const struct people_from *f, const struct state_user *u, const char *how, const char *outcome, struct err *e);
void user_who(const struct state_user *u, char ret[LIMIT_WHO + 1]); /* "DE/AA/muster" */
