/* access/priv.h - private to access/ and its tests. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "access/access.h"
#include "crypto/crypto.h"

/* ---- header.c: what an Authorization field says; pure ---- */
enum cred_kind { CRED_NONE, CRED_TOKEN, CRED_BASIC, CRED_BAD, CRED_KINDS_ };
struct cred {
	enum cred_kind kind;
	uint8_t hash[SHA256_LEN];             /* of the token's secret */
	char name[LIMIT_USER + 1];
	char password[LIMIT_PASSWORD + 1]; size_t password_n;
};
/* NULL: no such field. Never fails: what cannot be read is CRED_BAD. Wipe with secret_wipe. */
void cred_parse(const char *field, struct cred *ret);
void token_text(const uint8_t secret[32], char ret[64]);

/* ---- net.c: addresses and ranges; IPv4 as mapped into IPv6; pure ---- */
struct net { uint8_t p[16]; unsigned bits; };
NODISCARD bool addr_parse(const char *s, uint8_t ret[16]);
/* "192.0.2.0/24", "2001:db8::/32", or one address. E_FORMAT also for bits behind the prefix. */
NODISCARD int net_parse(const char *s, struct net *ret, struct err *e);
bool net_has(const struct net *n, const uint8_t addr[16]);
/* The whole network a client may choose its addresses from: /64 of IPv6. */
void addr_network(uint8_t addr[16]);

/* ---- rate.c ---- */
struct rate_slot { _Atomic uint64_t key; _Atomic int64_t full; };
struct rate { struct rate_slot *slot; int64_t interval, window; }; /* ns between requests, and how far ahead one may be; interval 0: unlimited */
/* Count one request of `key` at now. false: too many; *ret_wait seconds. Any thread. */
NODISCARD bool rate_take(struct rate *r, uint64_t key, int64_t now, unsigned *ret_wait);
struct fail_slot { uint64_t key; int64_t since_s; unsigned n; };
#define FAIL_WINDOW_S 60
/* Seconds until `key` may try again, 0: now. */
unsigned fail_wait_s(struct fail_slot *slots, uint64_t key, unsigned limit, int64_t now_s);
void fail_count(struct fail_slot *slots, uint64_t key, int64_t now_s);
void fail_forgive(struct fail_slot *slots, uint64_t key); /* takes back one count */

/* ---- what is remembered; all under access.lock ---- */
struct who {
	char name[LIMIT_USER + 1], party[LIMIT_PARTY + 1], agency[LIMIT_AGENCY + 1];
	enum role role;
	bool own;                             /* of the node's own party */
	bool second;                          /* has a second factor: the password alone opens nothing */
	uint64_t rate_key;
};
struct known {                                /* a token or a certificate */
	uint8_t key[32];
	uint64_t generation, used;            /* used 0: empty */
	struct who who;
	char token[17];                       /* or "" */
	bool read, write;
	int64_t expires_s, noted_s;
	uint8_t scope[LIMIT_TOKEN_SCOPES][16]; size_t scopes;
	struct net net[LIMIT_TOKEN_NETS]; size_t nets;
};
struct session {                              /* a password that was right */
	uint8_t key[32];                      /* keyed hash of name and password */
	uint64_t generation, used;
	struct who who;
	uint8_t password[SHA256_LEN];         /* of the stored hash's text: has it been changed? */
	int64_t until_s, noted_s;
};
struct check { uint8_t key[32]; unsigned refs; bool done, ok; }; /* a password being checked */

struct access {
	struct access_conf conf;
	struct world w;
	char party[LIMIT_PARTY + 1];
	char *dir;
	uint8_t process_key[MAC_KEY];         /* for what ends with the process */
	uint8_t node_key[MAC_KEY], seal_key[SEAL_KEY];
	struct rate rate;

	pthread_mutex_t lock;                 /* all below; never held while a password is hashed */
	pthread_cond_t checked;
	struct state *state;
	uint64_t generation, ticks;
	struct state_grant *grant; size_t grants, grants_room; uint64_t grants_generation;
	struct known *known;
	struct session *session;
	struct fail_slot *fails;
	struct check check[LIMIT_PASSWORD_WAIT];
	bool checking;
	struct people *people;                /* people_priv.h */
};

/* One request while it is being looked at. */
struct asking {
	struct access *a;
	const struct http_req *q;
	int64_t now, now_s;
	uint8_t addr[16]; bool has_addr;
	uint64_t addr_key, rate_key;
	struct cred cred;
	bool page;                            /* a sign-in at a page: a second factor is asked for there */
	unsigned wait;
};

void asking_begin(struct asking *k, struct access *a, const struct http_req *q);
/* Whose rate counts, and whose failures, as long as nobody is known. A token that is right never needs it. */
void count_by_addr(struct asking *k);
/* Failures counted for this address and any names: must it wait (k->wait)? Under lock, as all of these. */
NODISCARD bool addr_must_wait(struct asking *k);
void password_sum(const struct state_user *u, uint8_t ret[SHA256_LEN]);
/* The text kept of a password. E_USAGE: too short or long. */
NODISCARD int password_text(const struct world *w, const char *password, char ret[PASSWORD_TEXT], struct err *e);

/* "Not accepted", the one text for whatever is wrong with credentials. */
NODISCARD int refuse_credentials(struct err *e);
uint64_t access_key64(const struct access *a, const char *what, const void *p, size_t n);
/* Bring generation and grants up to what is committed now; under lock. */
NODISCARD int access_refresh(struct access *a, struct err *e);
/* false: disabled, or of a role this program does not know. */
NODISCARD bool who_from_user(const struct access *a, const struct state_user *u, struct who *ret);
/* A user's name and rights into a principal; token "" or its id. */
void principal_fill(struct principal *p, const struct who *who, const char *token);
/* Each: 0, E_DENIED, E_LIMIT (with asking.wait) or trouble; takes access.lock itself. */
NODISCARD int by_token(struct asking *k, struct principal *ret, struct err *e);
NODISCARD int by_certificate(struct asking *k, struct principal *ret, struct err *e);
NODISCARD int by_password(struct asking *k, struct principal *ret, struct err *e);
