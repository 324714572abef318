/* Media types of requests. Servers that compare them as strings refuse half of the clients there are. */
#include <strings.h>

#include "taxii/priv.h"

struct text { const char *p; size_t n; };

static bool text_is(struct text t, const char *s) { return strlen(s) == t.n && strncasecmp(t.p, s, t.n) == 0; }

static void skip_space(const char **p)
{
	while (**p == ' ' || **p == '\t')
		(*p)++;
}

/* RFC 9110 §5.6.2 */
static bool token(const char **p, struct text *ret)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	const char *s = *p;

	while ((*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || (*s != '\0' && strchr(others, *s) != NULL))
		s++;
	*ret = (struct text){*p, (size_t)(s - *p)};
	*p = s;
	return ret->n > 0;
}

/* §5.6.4. No value we look for needs an escape: one with a backslash is simply another value. */
static bool quoted(const char **p, struct text *ret)
{
	const char *s = *p + 1;

	for (; *s != '"'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		else if (*s == '\0')
			return false;
	}
	*ret = (struct text){*p + 1, (size_t)(s - *p - 1)};
	*p = s + 1;
	return true;
}

/* §12.4.2: 0 to 1 with at most three decimals, in thousandths. */
static bool weight(struct text t, unsigned *ret)
{
	unsigned w = 0, unit = 1000;

	if (t.n == 0 || t.n > 5 || (t.p[0] != '0' && t.p[0] != '1') || (t.n > 1 && t.p[1] != '.'))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (i == 1)
			continue;
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		w += (unsigned)(t.p[i] - '0') * unit;
		unit /= 10;
	}
	*ret = w;
	return w <= 1000;
}

struct range { struct text type, subtype, version; bool has_version; unsigned weight; };

static bool parameter(const char **p, struct range *r)
{
	struct text name, value;

	skip_space(p);
	if (**p == ';' || **p == ',' || **p == '\0')
		return true; /* "a/b;" : an empty parameter is nothing */
	if (!token(p, &name) || *(*p)++ != '=' || !(**p == '"' ? quoted(p, &value) : token(p, &value)))
		return false;
	if (text_is(name, "version")) {
		r->version = value;
		r->has_version = true;
	}
	return !text_is(name, "q") || weight(value, &r->weight);
}

static bool range(const char **p, struct range *ret)
{
	struct range r = {.weight = 1000};

	if (!token(p, &r.type) || *(*p)++ != '/' || !token(p, &r.subtype))
		return false;
	for (skip_space(p); **p == ';'; skip_space(p)) {
		(*p)++;
		if (!parameter(p, &r))
			return false;
	}
	*ret = r;
	return **p == ',' || **p == '\0';
}

/* Behind the next comma that stands in no quotes. */
static const char *next_element(const char *p)
{
	struct text skipped;

	while (*p != '\0' && *p != ',')
		if (*p != '"')
			p++;
		else if (!quoted(&p, &skipped))
			return p + strlen(p);
	return *p == ',' ? p + 1 : p;
}

/* How exactly does this range name what we send? 0: not at all. */
static unsigned fits(const struct range *r)
{
	if (text_is(r->type, "*") && text_is(r->subtype, "*"))
		return 1;
	if (!text_is(r->type, "application"))
		return 0;
	if (text_is(r->subtype, "*"))
		return 2;
	if (!text_is(r->subtype, "taxii+json"))
		return 0;
	if (!r->has_version)
		return 3;
	return text_is(r->version, "2.1") ? 4 : 0;
}

bool accept_taxii(const char *accept)
{
	unsigned best = 0, best_weight = 0, fit;
	struct range r;
	bool any = false;

	if (accept == NULL)
		return true;
	for (const char *p = accept; *p != '\0';) {
		const char *const start = p;

		skip_space(&p);
		any = any || (*p != ',' && *p != '\0');
		if (range(&p, &r) && (fit = fits(&r)) != 0 && (fit > best || (fit == best && r.weight > best_weight))) {
			best = fit;
			best_weight = r.weight;
		}
		p = next_element(start);
	}
	return !any || best_weight > 0;
}

bool content_taxii(const char *type)
{
	struct range r;

	if (type == NULL)
		return false;
	skip_space(&type);
	return range(&type, &r) && *type == '\0' && fits(&r) >= 3;
}

bool content_plain(const char *coding)
{
	struct text t;

	if (coding == NULL)
		return true;
	skip_space(&coding);
	return token(&coding, &t) ? text_is(t, "identity") && *coding == '\0' : *coding == '\0';
}
