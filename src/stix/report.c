/* What happens when a rule is broken: how bad it is here, and the words that name object, place and rule. */
#include <stdarg.h>
#include <stdio.h>

#include "stix/priv.h"

enum { W = 0, E = 1 };
static const struct {
	const char *name;
	unsigned char level[4]; /* lenient, default, strict, own types */
} rules[RULES_] = {
#define RULE(id, name, section, lenient, dflt, strict, own) [RULE_##id] = {name, {lenient, dflt, strict, own}},
#include "stix/rules.def"
#undef RULE
};

struct text { char *p; size_t n, max; };

static void put(struct text *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n && t->n < t->max; i++)
		t->p[t->n++] = (unsigned char)s[i] < 0x20 || s[i] == 0x7f ? '?' : s[i]; /* names from outside may hold line feeds */
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

/* Not inside a character: bytes of a cut UTF-8 sequence would spoil whatever shows the message. */
static void end(struct text *t)
{
	while (t->n == t->max && t->n > 0 && ((unsigned char)t->p[t->n - 1] & 0x80) != 0)
		t->n--;
	t->p[t->n] = '\0';
}

int broke(struct ck *c, const struct at *at, enum rule r, const char *fmt, ...)
{
	char path[LIMIT_JSON_PATH + 1], words[400];
	struct text t = {.p = path, .max = LIMIT_JSON_PATH};
	va_list ap;

	put_path(&t, at);
	end(&t);
	va_start(ap, fmt);
	if (vsnprintf(words, sizeof(words), fmt, ap) < 0)
		words[0] = '\0';
	va_end(ap);
	if (rules[r].level[c->column] == W) {
		if (c->warn != NULL)
			c->warn(c->ctx, rules[r].name, path, words);
		return 0;
	}
	return fail(c->e, r == RULE_CLASSIFIED ? E_DENIED : E_FORMAT, "%.*s%s%s: rule %s: %s",
	    (int)c->id_n, c->id != NULL ? c->id : "", c->id != NULL ? ": " : "", path, rules[r].name, words);
}
