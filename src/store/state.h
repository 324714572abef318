/*
 * store/state.h - local state: what belongs to this node alone and is no part of the record: users, tokens, grants,
 * statuses of envelopes, cursors of pulled feeds, secrets. One SQLite file (state.sqlite, WAL, mode 0600) that several
 * processes may open: the serving one and commands beside it. Losing it loses sign-ins, never records.
 *
 * A handle belongs to one thread at a time. Rows are plain structs; texts NUL-terminated, UTF-8 without control bytes
 * (E_FORMAT, E_LIMIT name what breaks that). A change is durable when its call returns. E_BUSY: another process writes
 * for longer than five seconds. E_CORRUPT: the file is damaged. A visitor ends the walk by returning non-zero, which is
 * then the walk's result; it does not call the walk it is in, nor put what it walks over.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct state;
/* Opened, brought to this version, or made. E_CORRUPT: of a newer version (its text says what to do). E_DENIED: others may read the file. */
NODISCARD int state_open(const char *path, struct state **ret, struct err *e);
void state_close(struct state *s); /* NULL is fine */
/*
 * A number that changes with every committed change to users, tokens or grants by anybody, in whatever process (not
 * when they were last seen; not by statuses and values): for caches. No system call while
 * nobody commits.
 */
NODISCARD int state_generation(struct state *s, uint64_t *ret, struct err *e);
/* Several calls as one change, read and written without anybody in between; ends with the caller's rc: 0 commits, else nothing was. Nests. */
NODISCARD int state_begin(struct state *s, struct err *e);
NODISCARD int state_end(struct state *s, int rc, struct err *e);

/* Random bytes made once under a name: page tokens, session keys. `fresh` is stored if there is none yet. */
NODISCARD int state_secret(struct state *s, const char *name, const uint8_t fresh[32], uint8_t ret[32], struct err *e);

/* ---- users ---- */
struct state_user {
	char name[LIMIT_USER + 1];           /* "muster"; [a-z0-9._-], first a letter */
	char party[LIMIT_PARTY + 1];         /* the node's own, or another member's (may then never write) */
	char agency[LIMIT_AGENCY + 1];       /* or "" */
	char role[24];                       /* word of enum role in policy/rights.h; decided there, not here */
	char password[160];                  /* argon2id, libsodium's text form; "" : none */
	uint8_t spki[32]; bool has_spki;     /* client certificate's key */
	bool disabled;
	int64_t created_s, seen_s;           /* seen_s 0: never */
};
/* Insert, or replace all but created_s by name. E_CONFLICT: another user has this key. */
NODISCARD int state_put_user(struct state *s, const struct state_user *u, struct err *e);
NODISCARD int state_get_user(struct state *s, const char *name, struct state_user *ret, struct err *e);       /* E_NOTFOUND */
NODISCARD int state_user_by_spki(struct state *s, const uint8_t spki[32], struct state_user *ret, struct err *e);
typedef int state_user_visit(void *ctx, const struct state_user *u, struct err *e);
NODISCARD int state_users(struct state *s, state_user_visit *v, void *ctx, struct err *e);      /* by name */
/* Seen is not worth a disk's sync nor a wait: E_BUSY at once when another process writes. */
NODISCARD int state_user_seen(struct state *s, const char *name, int64_t at_s, struct err *e);

/* ---- tokens: known by the SHA-256 of their secret ---- */
struct state_token {
	char id[17];                         /* 16 hex digits, shown in lists and the access log */
	uint8_t hash[32];
	char user[LIMIT_USER + 1];
	char label[LIMIT_USER + 1];          /* what it is for, in the administrator's words */
	bool read, write;
	uint8_t scope[LIMIT_TOKEN_SCOPES][16]; size_t scopes;  /* collections; 0: all the user may use */
	char net[LIMIT_TOKEN_NETS][49]; size_t nets;           /* "192.0.2.0/24", "2001:db8::/32"; 0: from anywhere */
	int64_t created_s, expires_s, seen_s;                  /* expires_s 0: never */
	char seen_from[46];
	bool revoked;
};
/* Insert, or change by id: label, rights, scope, nets, expiry; revoked stays revoked. */
NODISCARD int state_put_token(struct state *s, const struct state_token *t, struct err *e);
NODISCARD int state_get_token(struct state *s, const char *id, struct state_token *ret, struct err *e); /* E_NOTFOUND */
NODISCARD int state_token_by_hash(struct state *s, const uint8_t hash[32], struct state_token *ret, struct err *e); /* E_NOTFOUND; revoked ones too */
typedef int state_token_visit(void *ctx, const struct state_token *t, struct err *e);
NODISCARD int state_tokens(struct state *s, state_token_visit *v, void *ctx, struct err *e);    /* by creation */
NODISCARD int state_token_seen(struct state *s, const char *id, int64_t at_s, const char *from, struct err *e); /* as state_user_seen */

/* ---- grants: who may use a collection, beside what release and role say ---- */
struct state_grant { uint8_t collection[16]; char subject[LIMIT_WHO + 1]; /* "user:muster" "agency:BSI" "party:JP" */ bool read, write; };
NODISCARD int state_put_grant(struct state *s, const struct state_grant *g, struct err *e);     /* neither read nor write: removes it */
typedef int state_grant_visit(void *ctx, const struct state_grant *g, struct err *e);
NODISCARD int state_grants(struct state *s, const uint8_t *collection, state_grant_visit *v, void *ctx, struct err *e); /* NULL: all */

/* ---- statuses (TAXII 2.1 §4.3) ---- */
struct state_status {
	char id[37];
	char owner[LIMIT_WHO + 1];           /* who may read it */
	uint8_t collection[16];
	int64_t requested_us, finished_s;    /* finished_s 0: pending */
	uint64_t total, success, failure, pending;
};
NODISCARD int state_put_status(struct state *s, const struct state_status *st, const void *detail, size_t n, struct err *e); /* detail: JSON members "successes", "failures" */
NODISCARD int state_get_status(struct state *s, const char *id, struct state_status *ret, struct buf *detail, struct err *e); /* E_NOTFOUND */
NODISCARD int state_drop_statuses(struct state *s, int64_t finished_before_s, struct err *e);
typedef int state_status_visit(void *ctx, const struct state_status *st, struct err *e);
NODISCARD int state_pending(struct state *s, state_status_visit *v, void *ctx, struct err *e);  /* unfinished ones, oldest first */

/* ---- small named values: cursors of pulled feeds ---- */
NODISCARD int state_put_value(struct state *s, const char *kind, const char *name, const void *p, size_t n, struct err *e);
NODISCARD int state_get_value(struct state *s, const char *kind, const char *name, struct buf *out, struct err *e); /* E_NOTFOUND */
