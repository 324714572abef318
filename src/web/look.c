/* The cookie "look": language "_" columns "_" eras, as in "ja_de-ja_1"; parts may be empty. */
#include "web/look.h"

#include <string.h>

#include "http/form.h"

static bool take_lang(const char *s, size_t n, enum lang *ret)
{
	for (unsigned k = 0; k < LANG_COUNT; k++)
		if (n == 2 && memcmp(s, lang_code((enum lang)k), 2) == 0) {
			*ret = (enum lang)k;
			return true;
		}
	return false;
}

void look_set_order(struct look *l, const char *word)
{
	l->cols = 0;
	for (const char *s = word; *s != '\0'; s += strspn(s, "-")) {
		const size_t n = strcspn(s, "-");
		enum lang k;

		if (l->cols == ARRAY_LEN(l->col) || !take_lang(s, n, &k)) {
			l->cols = 0;
			return;
		}
		l->col[l->cols++] = k;
		s += n;
	}
}

void look_of(const struct http_req *q, struct look *ret)
{
	char s[24], *order, *era;

	*ret = (struct look){0};
	if (!http_cookie(q, "look", s, sizeof(s)) || (order = strchr(s, '_')) == NULL || (era = strchr(order + 1, '_')) == NULL)
		return;
	*order++ = '\0';
	*era++ = '\0';
	ret->has_lang = take_lang(s, strlen(s), &ret->lang);
	look_set_order(ret, order);
	ret->era = strcmp(era, "1") == 0;
}

static const char *join(const struct look *l, struct arena *a, const char *between)
{
	const char *s = "";

	for (size_t i = 0; i < l->cols; i++)
		s = arena_printf(a, "%s%s%s", s, i > 0 ? between : "", lang_code(l->col[i]));
	return s;
}

const char *look_columns(const struct look *l, struct arena *a) { return l->cols > 0 ? join(l, a, ",") : NULL; }
const char *look_order(const struct look *l, struct arena *a) { return join(l, a, "-"); }

const char *look_cookie(const struct look *l, struct arena *a, bool tls)
{
	return arena_printf(a, "look=%s_%s_%s; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly%s", l->has_lang ? lang_code(l->lang) : "", look_order(l, a),
		l->era ? "1" : "", tls ? "; Secure" : "");
}
