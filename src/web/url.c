#include "web/url.h"

#include <stdarg.h>
#include <string.h>

/* ':' and ',' are left alone: times and language lists stay readable, and a path part begins behind "/". */
static bool plain(char c, const char *also)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(also, c) != NULL);
}

static const char *encode(struct arena *a, const char *s, const char *also)
{
	static const char hex[] = "0123456789ABCDEF";
	const size_t n = s != NULL ? strlen(s) : 0;
	char *p = arena_get(a, 3 * n + 1), *w = p;

	if (p == NULL)
		return "";
	for (size_t i = 0; i < n; i++) {
		if (plain(s[i], also)) {
			*w++ = s[i];
			continue;
		}
		*w++ = '%';
		*w++ = hex[(unsigned char)s[i] >> 4];
		*w++ = hex[(unsigned char)s[i] & 15];
	}
	return p;
}

struct url url_path(struct arena *a, ...)
{
	const char *s = "", *part;
	va_list ap;

	va_start(ap, a);
	while ((part = va_arg(ap, const char *)) != NULL)
		s = arena_printf(a, "%s/%s", s, encode(a, part, "-._~:,"));
	va_end(ap);
	return (struct url){s};
}

struct url url_suffix(struct arena *a, struct url u, const char *suffix)
{
	return (struct url){arena_printf(a, "%s%s", u.s, encode(a, suffix, "-._~/"))};
}

struct url url_query(struct arena *a, struct url u, const char *name, const char *value)
{
	return (struct url){arena_printf(a, "%s%s%s=%s", u.s, strchr(u.s, '?') != NULL ? "&" : "?", encode(a, name, "-._~"), encode(a, value, "-._~:,"))};
}

struct url url_fragment(struct arena *a, const char *id)
{
	return (struct url){arena_printf(a, "#%s", encode(a, id, "-._~"))};
}

struct url url_anchor(struct arena *a, struct url u, const char *id) { return (struct url){arena_printf(a, "%s%s", u.s, url_fragment(a, id).s)}; }

struct url url_own(struct arena *a, const char *path) { return (struct url){encode(a, path, "-._~:,/?=&%+")}; }

struct url url_absolute(struct arena *a, const char *base, struct url u)
{
	return (struct url){arena_printf(a, "%s%s", base, u.s)};
}

struct url url_foreign(struct arena *a, const char *s)
{
	static const struct url nowhere = {"#"};
	size_t host;

	if (s == NULL)
		return nowhere;
	host = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;
	if (host == 0 || !plain(s[host], "["))
		return nowhere;
	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("\"'<>\\^`{|}", *p) != NULL)
			return nowhere;
	return (struct url){arena_str(a, s)};
}

struct url url_mail(struct arena *a, const char *subject, const char *body)
{
	return (struct url){arena_printf(a, "mailto:?subject=%s&body=%s", encode(a, subject, "-._~"), encode(a, body, "-._~"))};
}
