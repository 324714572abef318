#include "http/form.h"

#include <string.h>

#include "base/enc.h"
#include "base/mem.h"

/* One byte of s at *i, decoded; *i moves on. -1: broken. */
static int form_byte(const char *s, size_t n, size_t *i)
{
	unsigned char b = (unsigned char)s[*i];

	if (b != '%') {
		*i += 1;
		return b == '+' ? ' ' : b;
	}
	if (n - *i < 3 || !hex_decode(s + *i + 1, 2, &b, 1))
		return -1;
	*i += 3;
	return b;
}

static bool is_text(int c) { return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' || c == '\r'; }

/* A name or value of n bytes, decoded behind *to and NUL-terminated. `at`: where it stands in the body, for the error. */
static int form_text(const char *s, size_t n, size_t at, char **to, const char **ret, struct err *e)
{
	char *const start = *to;
	char *p = start;
	size_t i = 0;

	while (i < n) {
		const size_t here = i;
		const int c = form_byte(s, n, &i);

		if (c < 0 || !is_text(c))
			return fail(e, E_FORMAT, "form, byte %zu: %s", at + here + 1, c < 0 ? "a broken escape" : "a control character");
		if (c == '\n' && p > start && p[-1] == '\r')
			p--;
		*p++ = (char)(unsigned char)c;
	}
	*p = '\0';
	for (char *q = strchr(start, '\r'); q != NULL; q = strchr(q, '\r'))
		*q = '\n';
	if (utf8_check(start, (size_t)(p - start)) != (size_t)(p - start))
		return fail(e, E_FORMAT, "form, byte %zu: text that is not UTF-8", at + 1);
	*ret = start;
	*to = p + 1;
	return 0;
}

static size_t count(const char *s, size_t n)
{
	size_t fields = n > 0;

	for (const char *p = s; (p = memchr(p, '&', n - (size_t)(p - s))) != NULL; p++)
		fields++;
	return fields;
}

static int parse_all(const char *s, size_t n, struct http_form *f, char *to, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; ) {
		const char *end = memchr(s + i, '&', n - i), *eq;
		const size_t all = end != NULL ? (size_t)(end - s) - i : n - i;
		struct http_param *to_field = &f->field[f->n];
		size_t name;

		if (all > 0) {
			eq = memchr(s + i, '=', all);
			name = eq != NULL ? (size_t)(eq - s) - i : all;
			if ((rc = form_text(s + i, name, i, &to, &to_field->name, e)) == 0)
				rc = eq == NULL ? form_text("", 0, i, &to, &to_field->value, e) : form_text(eq + 1, all - name - 1, i + name + 1, &to, &to_field->value, e);
			f->n++;
		}
		i += all + 1;
	}
	return rc;
}

int http_form_parse(const void *p, size_t n, struct http_form *ret, struct err *e)
{
	const size_t fields = n > 0 ? count(p, n) : 0;
	struct http_form f = {0};
	int rc;

	*ret = f;
	if (n == 0)
		return 0;
	if (fields > LIMIT_FORM_FIELDS)
		return fail(e, E_LIMIT, "form: %zu fields, at most %d", fields, LIMIT_FORM_FIELDS);
	/* Decoding never lengthens; each field has two terminators and at least one separator. */
	if ((f.mem = mem_alloc(fields * sizeof(*f.field) + n + 2 * fields + 2)) == NULL)
		return fail(e, E_NOMEM, "form");
	f.field = f.mem;
	if ((rc = parse_all(p, n, &f, (char *)f.mem + fields * sizeof(*f.field), e)) != 0) {
		mem_free(f.mem);
		return rc;
	}
	*ret = f;
	return 0;
}

void http_form_free(struct http_form *f)
{
	mem_free(f->mem);
	*f = (struct http_form){0};
}

const char *http_form_get(const struct http_form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return NULL;
}

/* ---- cookies ---- */

static bool cookie_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

static bool take_cookie(const char *s, size_t n, char *to, size_t room, bool *found)
{
	if (n == 0 || n >= room)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!cookie_byte(s[i]))
			return false;
	if (*found)
		return strlen(to) == n && memcmp(to, s, n) == 0;
	memcpy(to, s, n);
	to[n] = '\0';
	*found = true;
	return true;
}

bool http_cookie(const struct http_req *q, const char *name, char *to, size_t room)
{
	const char *s = http_req_header(q, "Cookie");
	const size_t name_n = strlen(name);
	bool found = false;

	for (; s != NULL && *s != '\0'; s += strcspn(s, ";"), s += *s == ';') {
		s += strspn(s, " \t");
		if (strncmp(s, name, name_n) == 0 && s[name_n] == '=' && !take_cookie(s + name_n + 1, strcspn(s + name_n + 1, "; \t"), to, room, &found))
			return false;
	}
	return found;
}
