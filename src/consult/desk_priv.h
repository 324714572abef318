/* consult/desk_priv.h - private to consult/: what the parts of the desk share. */
#pragma once
#include "consult/desk.h"

/* A fresh id of a paper or a waiting act. */
NODISCARD int desk_new_id(const struct desk *d, char ret[17], struct err *e);
/* A row of the audit log: who is at the desk did `act` to `subject`. outcome NULL: done. */
NODISCARD int desk_note(const struct desk *d, const char *act, const char *subject, const char *outcome, struct err *e);
/* E_DENIED unless who is at the desk has the right at all. */
NODISCARD int desk_want(const struct desk *d, enum right right, struct err *e);
/* The newest version, if who is at the desk may read it: E_NOTFOUND. */
NODISCARD int desk_find(const struct desk *d, const char *id, struct home_paper *ret, struct err *e);
/* home_put and its row in the audit log, as one. */
NODISCARD int desk_put(const struct desk *d, const struct home_paper *p, uint64_t base, uint64_t *ret_version, struct err *e);
static inline int64_t desk_now_us(const struct desk *d) { return clock_now(d->clock) / 1000; }
