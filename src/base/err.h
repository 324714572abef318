/*
 * base/err.h - how functions fail.
 *
 * A function that can fail returns int: 0, or one of the negative codes below.
 * The reader's text goes to `struct err *e`, which may be NULL everywhere.
 * Library code never logs and never exits; only cli/ does.
 */
#pragma once
#include "base/attr.h"

#define N_(s) s /* marks a message id for translation; see base/text.h */

enum {
	ERR_FIRST_ = -1000,
#define ERR(name, http, exit, text) name,
#include "base/err.def"
#undef ERR
	ERR_END_
};

struct err {
	int code;        /* 0 or E_* */
	char msg[1000];  /* English detail: what and where; always terminated */
};

/* Record code and text, return code. An existing message is replaced. */
PRINTF(3, 4) int fail(struct err *e, int code, const char *fmt, ...);
/* fail() with ": <strerror(errnum)>" behind; maps ENOSPC/EDQUOT to E_NOSPACE, ENOMEM to E_NOMEM, else `code`. */
PRINTF(4, 5) int fail_errno(struct err *e, int code, int errnum, const char *fmt, ...);
/* Put context in front of the message ("segment 3: " …); returns e->code, or `code` if e is NULL. */
PRINTF(3, 4) int fail_wrap(struct err *e, int code, const char *fmt, ...);

const char *err_name(int code);     /* "E_FORMAT"; "?" for no code of ours */
const char *err_headline(int code); /* message id, to be translated */
int err_http(int code);             /* HTTP status */
int err_exit(int code);             /* exit status: 1 refused, 2 usage, 3 environment */
