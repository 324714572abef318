/* What happens when a rule is broken: how bad it is here, and the words that name object, place and rule. */
#include <stdarg.h>
#include <stdio.h>

#include "base/enc.h"
#include "stix/priv.h"

enum { W = 0, E = 1 };
static const struct {
	const char *name;
	unsigned char level[5]; /* lenient, default, strict, own types, loose */
} rules[RULES_] = {
#define RULE(id, name, section, lenient, dflt, strict, own, loose) [RULE_##id] = {name, {lenient, dflt, strict, own, loose}},
#include "stix/rules.def"
#undef RULE
};

struct text { char *p; size_t n, max; };

static void put(struct text *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n && t->n < t->max; i++)
		t->p[t->n++] = s[i];
}

/* A path is cut at LIMIT_JSON_PATH; its beginning is what helps. */
static void put_path(struct text *t, const struct at *at)
{
	char index[32];

	if (at == NULL || (at->up == NULL && at->key == NULL)) {
		put(t, "$", 1);
		return;
	}
	put_path(t, at->up);
	if (at->key != NULL) {
		put(t, ".", 1);
		put(t, at->key, at->n);
	} else {
		put(t, index, (size_t)snprintf(index, sizeof(index), "[%zu]", at->index));
	}
}

/* Names and values from outside stand in these texts: no control characters, no half characters where one was cut. */
static void clean(char *s)
{
	const size_t n = strlen(s);
	size_t bad;

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			s[i] = '?';
	while ((bad = utf8_check(s, n)) < n)
		s[bad] = '?';
}

int broke(struct ck *c, const struct at *at, enum rule r, const char *fmt, ...)
{
	char path[LIMIT_JSON_PATH + 1], words[400];
	struct text t = {.p = path, .max = LIMIT_JSON_PATH};
	va_list ap;

	if (rules[r].level[c->column] == W && c->warn == NULL)
		return 0;
	put_path(&t, at);
	path[t.n] = '\0';
	clean(path);
	va_start(ap, fmt);
	if (vsnprintf(words, sizeof(words), fmt, ap) < 0)
		words[0] = '\0';
	va_end(ap);
	clean(words);
	if (rules[r].level[c->column] == W) {
		c->warn(c->ctx, rules[r].name, path, words);
		return 0;
	}
	return fail(c->e, r == RULE_CLASSIFIED ? E_DENIED : E_FORMAT, "%.*s%s%s: rule %s: %s",
	    (int)c->id_n, c->id != NULL ? c->id : "", c->id != NULL ? ": " : "", path, rules[r].name, words);
}
