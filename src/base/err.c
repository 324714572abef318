#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct err_row {
	const char *name, *text;
	int http, exit;
} rows[] = {
#define ERR(name, http, exit, text) {#name, text, http, exit},
#include "base/err.def"
#undef ERR
};

static_assert(ARRAY_LEN(rows) == ERR_END_ - ERR_FIRST_ - 1, "one row per code");

static const struct err_row *row(int code)
{
	const int i = code - ERR_FIRST_ - 1;

	return i >= 0 && i < (int)ARRAY_LEN(rows) ? &rows[i] : NULL;
}

/* Cut at the end of a character: the message may go into JSON or HTML. `len` bytes were wanted. */
static void cut(char *msg, size_t size, size_t len)
{
	size_t n = size - 1;

	if (len < size)
		return;
	while (n > 0 && ((unsigned char)msg[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0 && ((unsigned char)msg[n - 1] & 0xc0) == 0xc0)
		n--;
	msg[n] = '\0';
}

/* Formats aside first: an argument may be the old message. */
__attribute__((format(printf, 3, 0)))
static void put(struct err *e, int code, const char *fmt, va_list ap)
{
	char msg[sizeof(e->msg)];
	const int len = vsnprintf(msg, sizeof(msg), fmt, ap);

	if (len < 0)
		msg[0] = '\0';
	else
		cut(msg, sizeof(msg), (size_t)len);
	e->code = code;
	memcpy(e->msg, msg, strlen(msg) + 1);
}

int fail(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e != NULL) {
		va_start(ap, fmt);
		put(e, code, fmt, ap);
		va_end(ap);
	}
	return code;
}

static int code_of_errno(int errnum, int code)
{
	if (errnum == ENOSPC || errnum == EDQUOT)
		return E_NOSPACE;
	return errnum == ENOMEM ? E_NOMEM : code;
}

int fail_errno(struct err *e, int code, int errnum, const char *fmt, ...)
{
	char why[128];
	va_list ap;
	size_t n;

	code = code_of_errno(errnum, code);
	if (e == NULL)
		return code;
	va_start(ap, fmt);
	put(e, code, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	(void)snprintf(e->msg + n, sizeof(e->msg) - n, ": %s",
	    strerror_r(errnum, why, sizeof(why)));
	return code;
}

int fail_wrap(struct err *e, int code, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	size_t n, len;

	if (e == NULL)
		return code;
	len = strlen(e->msg);
	memcpy(old, e->msg, len + 1);
	code = e->code != 0 ? e->code : code;
	va_start(ap, fmt);
	put(e, code, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	if (n + len < sizeof(e->msg)) {
		memcpy(e->msg + n, old, len + 1);
	} else {
		memcpy(e->msg + n, old, sizeof(e->msg) - n);
		cut(e->msg, sizeof(e->msg), n + len);
	}
	return code;
}

const char *err_name(int code) { return row(code) != NULL ? row(code)->name : "?"; }
const char *err_headline(int code) { return row(code) != NULL ? row(code)->text : "?"; }
int err_http(int code) { return row(code) != NULL ? row(code)->http : 500; }
int err_exit(int code) { return row(code) != NULL ? row(code)->exit : 3; }
