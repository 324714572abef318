/*
 * web/out.h - writing HTML. Templates reach these only through what tools/tmplc generates; each value is escaped
 * by its C type, so a plain string can neither become markup nor an address.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* Markup made by a renderer of this module; never from input. */
struct safe { const char *p; size_t n; };
/* An address that was checked or built by web/url.h; s is never NULL there. */
struct url { const char *s; };

struct out { struct buf *b; enum lang lang; /* of the interface */ };

/* Fixed markup of a template. */
static inline void o_lit(struct out *o, const char *s, size_t n) { buf_put(o->b, s, n); }
/* Escapes & < > " '; other control characters than tab and line feed become U+FFFD. NULL writes nothing. */
void o_text(struct out *o, const char *s);
void o_textf(struct out *o, const char *fmt, ...) PRINTF(2, 3);
void o_int(struct out *o, long long v);
void o_uint(struct out *o, unsigned long long v);
void o_safe(struct out *o, struct safe s);
void o_url(struct out *o, struct url u);

/* Text: strings, whole numbers, renderers' markup. An address is shown as text. */
#define OUT_TEXT(o, x) _Generic((x), \
	char *: o_text, const char *: o_text, struct safe: o_safe, struct url: o_url, \
	int: o_int, long: o_int, long long: o_int, \
	unsigned: o_uint, unsigned long: o_uint, unsigned long long: o_uint)((o), (x))
/* Attribute value: no markup. */
#define OUT_ATTR(o, x) _Generic((x), \
	char *: o_text, const char *: o_text, struct url: o_url, \
	int: o_int, long: o_int, long long: o_int, \
	unsigned: o_uint, unsigned long: o_uint, unsigned long long: o_uint)((o), (x))
/* href, src, action: nothing but an address. */
#define OUT_URL(o, x) _Generic((x), struct url: o_url)((o), (x))
