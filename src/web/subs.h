/*
 * web/subs.h - addresses of personal calendars: a secret of 32 bytes each, kept as its SHA-256 in the local state, one per
 * person, revocable. Thread-safe.
 */
#pragma once
#include "access/access.h"
#include "base/rng.h"

struct subs;
/* path: the local state (store/state.h). */
NODISCARD int subs_open(const char *path, struct subs **ret, struct err *e);
void subs_close(struct subs *s); /* NULL is fine */
#define SUBS_TOKEN 44 /* base64url of 32 bytes, and NUL */
/* A new secret for this user; the one before no longer works. */
NODISCARD int subs_make(struct subs *s, const struct rng *rng, const char *user, int64_t now_s, char ret[SUBS_TOKEN], struct err *e);
NODISCARD int subs_revoke(struct subs *s, const char *user, struct err *e);
/* When the one that works was made; 0: there is none. */
NODISCARD int subs_made(struct subs *s, const char *user, int64_t *ret_s, struct err *e);
/* Whose it is: an enabled user of the own party as the one who reads. E_NOTFOUND otherwise. */
NODISCARD int subs_reader(struct subs *s, const char *token, const char *party, struct principal *ret, struct err *e);
