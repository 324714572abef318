#include "web/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
		return NULL;
	default:
		/* HTML has no way to write the other controls, and terminals obey them. */
		return (unsigned char)c < 0x20 || c == 0x7f ? "\xef\xbf\xbd" : NULL;
	}
}

static void escape(struct buf *b, const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		const char *e = entity(s[i]);

		if (e == NULL)
			continue;
		buf_put(b, s + from, i - from);
		buf_puts(b, e);
		from = i + 1;
	}
	buf_put(b, s + from, n - from);
}

void o_text(struct out *o, const char *s)
{
	if (s != NULL)
		escape(o->b, s, strlen(s));
}

void o_textf(struct out *o, const char *fmt, ...)
{
	struct buf tmp = BUF_INIT(0);
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n >= 0 && (to = buf_grow(&tmp, (size_t)n)) != NULL) {
		va_start(ap, fmt);
		IGNORE(vsnprintf(to, (size_t)n + 1, fmt, ap) < 0, "same format measured above");
		va_end(ap);
		escape(o->b, tmp.p, tmp.n);
	} else if (o->b->err == 0)
		o->b->err = E_NOMEM;
	buf_free(&tmp);
}

void o_int(struct out *o, long long v) { buf_printf(o->b, "%lld", v); }
void o_uint(struct out *o, unsigned long long v) { buf_printf(o->b, "%llu", v); }
void o_safe(struct out *o, struct safe s) { buf_put(o->b, s.p, s.n); }
void o_url(struct out *o, struct url u) { o_text(o, u.s); }
