/*
 * http/form.h - the fields a browser's form sends (application/x-www-form-urlencoded, WHATWG URL standard §5.1), and
 * cookies (RFC 6265 §5.4, read strictly).
 */
#pragma once
#include "http/http.h"

struct http_form { struct http_param *field; size_t n; void *mem; };
/*
 * Decoded, in order; line ends become LF, as the text was typed. E_FORMAT names byte and reason: a broken escape, a
 * control byte other than tab and line end, text that is not UTF-8. E_LIMIT: more than LIMIT_FORM_FIELDS. E_NOMEM.
 * An empty body has no fields. Free: http_form_free.
 */
NODISCARD int http_form_parse(const void *p, size_t n, struct http_form *ret, struct err *e);
void http_form_free(struct http_form *f); /* zeroed is fine */
const char *http_form_get(const struct http_form *f, const char *name); /* first value or NULL */
/* The value of a cookie of that name, 1…room-1 bytes of [A-Za-z0-9_-]. False: none, twice with different values, too long, other bytes. */
bool http_cookie(const struct http_req *q, const char *name, char *to, size_t room);
