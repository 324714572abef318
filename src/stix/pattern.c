/* What the standard asks of a pattern beyond its grammar, and the words for what is wrong. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/enc.h"
#include "base/mem.h"
#include "stix/pattern.h"

bool pattern_fail(struct pattern *p, size_t at, const char *fmt, ...)
{
	char words[700];
	size_t position = 1;
	va_list ap;

	for (size_t i = 0; i < at && i < p->n; i++)
		position += ((unsigned char)p->s[i] & 0xc0) != 0x80;
	va_start(ap, fmt);
	if (vsnprintf(words, sizeof(words), fmt, ap) < 0)
		words[0] = '\0';
	va_end(ap);
	for (char *c = words; *c != '\0'; c++) /* what was found may hold anything */
		*c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
	p->code = fail(p->e, E_FORMAT, "position %zu: %s", position, words);
	return false;
}

static const char *bytes(const struct pattern *p, const struct pattern_sym *s) { return p->s + s->at; }

/* --- what was found instead --- */

/* The usual slips: keywords in lower case, STIX 2.0's way of writing times, text without apostrophes. */
static const char *hint(const struct pattern *p, const struct pattern_sym *found, const char *expected)
{
	static const char *const keywords[] = {"AND", "OR", "NOT", "FOLLOWEDBY", "IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET",
		"EXISTS", "START", "STOP", "WITHIN", "SECONDS", "REPEATS", "TIMES"};
	const char *s = bytes(p, found);

	if (found->n == 0)
		return "";
	if (*s == '\'' && strncmp(expected, "a time", 6) == 0)
		return "; STIX 2.1 writes a t before the apostrophe";
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (found->n == strlen(keywords[i]) && strncasecmp(s, keywords[i], found->n) == 0 && memcmp(s, keywords[i], found->n) != 0)
			return "; keywords are written in capitals";
	if (strchr("./-", *s) == NULL && memchr(s, '-', found->n) != NULL && strncmp(expected, "a property name", 15) == 0)
		return "; a name with a hyphen stands in apostrophes";
	return "";
}

void pattern_unexpected(struct pattern *p, const struct pattern_sym *found, const char *expected)
{
	size_t n = found->n < 40 ? found->n : 40;

	/* A byte nobody knows begins a character; a long text may end inside one. */
	while (found->at + n < p->n && n > 0 && ((unsigned char)p->s[found->at + n] & 0xc0) == 0x80)
		n++;
	if (found->n == 0)
		(void)pattern_fail(p, found->at, "the pattern ends, expected %s", expected);
	else
		(void)pattern_fail(p, found->at, "found \"%.*s%s\", expected %s%s", (int)n, bytes(p, found), n < found->n ? "…" : "", expected,
		    hint(p, found, expected));
}

/* --- constants, §9.2 --- */

bool pattern_hex(struct pattern *p, const struct pattern_sym *c)
{
	return hex_ok(bytes(p, c) + 2, c->n - 3) ||
	       pattern_fail(p, c->at, "a constant h'…' holds an even number of the digits 0-9, a-f");
}

bool pattern_binary(struct pattern *p, const struct pattern_sym *c)
{
	const char *s = bytes(p, c) + 2;
	size_t n = 0, pad = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < c->n - 3; i++) {
		const char b = s[i];

		if (b == '\n' || (b == '\r' && s[i + 1] == '\n'))
			continue;
		n++;
		pad += b == '=';
		ok = b == '=' ? pad <= 2 : pad == 0 && ((b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '+' || b == '/');
	}
	return (ok && n % 4 == 0) || pattern_fail(p, c->at, "a constant b'…' holds base64 with its padding");
}

bool pattern_time(struct pattern *p, const struct pattern_sym *c)
{
	return time_ok(bytes(p, c) + 2, c->n - 3) || pattern_fail(p, c->at, "a constant t'…' is a time like t'2016-09-09T00:30:00Z'");
}

bool pattern_int(struct pattern *p, const struct pattern_sym *c)
{
	const bool minus = *bytes(p, c) == '-';
	uint64_t v;

	return dec_parse(bytes(p, c) + minus, c->n - minus, (1ULL << 53) - 1, &v) ||
	       pattern_fail(p, c->at, "a whole number lies between -(2^53)+1 and 2^53-1");
}

bool pattern_positive(struct pattern *p, const struct pattern_sym *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (bytes(p, c)[i] >= '1' && bytes(p, c)[i] <= '9')
			return true;
	return pattern_fail(p, c->at, "this number must be positive");
}

/* --- object paths, §9.7 --- */

bool pattern_type(struct pattern *p, const struct pattern_sym *type)
{
	return stix_type_ok(bytes(p, type), type->n) ||
	       pattern_fail(p, type->at, "\"%.*s\" is no object type: 3 to 250 of a-z, 0-9, -, first a letter", (int)(type->n < 40 ? type->n : 40), bytes(p, type));
}

/* Hexadecimal digits of a digest (§10.7, and the names of STIX 2.0), whose name is compared without hyphens and case. */
static unsigned char digest_digits(const char *s, size_t n)
{
	static const struct { const char *name; unsigned char digits; } digests[] = {
		{"MD5", 32}, {"SHA1", 40}, {"SHA256", 64}, {"SHA512", 128}, {"SHA3256", 64}, {"SHA3512", 128},
		{"SHA224", 56}, {"SHA384", 96}, {"SHA3224", 56}, {"SHA3384", 96}, {"RIPEMD160", 40}, {"WHIRLPOOL", 128},
	};
	char name[16];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '-')
			continue;
		if (k == sizeof(name))
			return 0;
		name[k++] = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 'a' + 'A') : s[i];
	}
	for (size_t i = 0; i < ARRAY_LEN(digests); i++)
		if (text_is(name, k, digests[i].name))
			return digests[i].digits;
	return 0;
}

struct name { const char *s; size_t n; };

static struct name name_of(const struct pattern *p, const struct pattern_sym *step)
{
	const bool quoted = *bytes(p, step) == '\'';

	return (struct name){bytes(p, step) + quoted, step->n - (quoted ? 2 : 0)};
}

static bool names_hashes(struct name name) { return name.n >= 6 && memcmp(name.s + name.n - 6, "hashes", 6) == 0; }

static bool fail_name(struct pattern *p, const struct pattern_sym *path, struct name name)
{
	return pattern_fail(p, path->at, "\"%.*s\" is no property of an object: " PROPERTY_WORDS, (int)(name.n < 40 ? name.n : 40), name.s);
}

static bool note_name(struct pattern *p, const struct pattern_sym *path, struct name name)
{
	struct err *const e = p->e;

	if (p->name->code != 0)
		return true;
	p->e = p->name;
	(void)fail_name(p, path, name);
	p->e = e;
	p->code = 0;
	return true;
}

/* The first step is a property of an object; what follows may be the key of a dictionary. */
bool pattern_property(struct pattern *p, struct pattern_sym *path)
{
	const struct name name = name_of(p, path);

	path->hashes = names_hashes(name);
	path->digits = 0;
	return property_ok(name.s, name.n) || (p->name != NULL && custom_name(name.s, name.n) && note_name(p, path, name)) || fail_name(p, path, name);
}

void pattern_step(const struct pattern *p, struct pattern_sym *path, const struct pattern_sym *step)
{
	const struct name name = name_of(p, step);

	path->digits = path->hashes ? digest_digits(name.s, name.n) : 0;
	path->hashes = names_hashes(name);
}

/* --- comparisons, §9.6 --- */

/* A digest is compared with a digest (§2.7): anything else can never be equal to it. */
bool pattern_equal(struct pattern *p, const struct pattern_sym *c)
{
	const char *s = bytes(p, c);
	bool ok = c->kind == PATTERN_IS_TEXT && c->n == p->digits + 2U;

	if (p->digits == 0)
		return true;
	for (uint32_t i = 1; ok && i + 1 < c->n; i++)
		ok = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f') || (s[i] >= 'A' && s[i] <= 'F');
	return ok || pattern_fail(p, c->at, "this hash has %u hexadecimal digits", p->digits);
}

bool pattern_member(struct pattern *p, struct pattern_sym *set, const struct pattern_sym *c)
{
	if (set->kind != c->kind)
		return pattern_fail(p, c->at, "all values of a set are of one kind");
	return pattern_equal(p, c);
}

bool pattern_subnet(struct pattern *p, const struct pattern_sym *c)
{
	const size_t n = c->n - 2;
	char text[INET6_ADDRSTRLEN + sizeof("/128")];
	struct in6_addr address;
	uint64_t bits = 0;
	char *slash;

	if (n < sizeof(text)) {
		memcpy(text, bytes(p, c) + 1, n);
		text[n] = '\0';
		if ((slash = strchr(text, '/')) != NULL)
			*slash = '\0';
		if (strlen(text) + (slash != NULL ? strlen(slash + 1) + 1 : 0) == n &&
		    ((inet_pton(AF_INET, text, &address) == 1 && (slash == NULL || dec_parse(slash + 1, strlen(slash + 1), 32, &bits))) ||
		     (inet_pton(AF_INET6, text, &address) == 1 && (slash == NULL || dec_parse(slash + 1, strlen(slash + 1), 128, &bits)))))
			return true;
	}
	return pattern_fail(p, c->at, "expected an address or a network like '198.51.100.0/24' or '2001:db8::/32'");
}

/* --- qualifiers, §9.5.1 --- */

bool pattern_span(struct pattern *p, const struct pattern_sym *start, const struct pattern_sym *stop)
{
	return time_compare(bytes(p, start) + 2, start->n - 3, bytes(p, stop) + 2, stop->n - 3) < 0 ||
	       pattern_fail(p, stop->at, "STOP must be after START: nothing can be observed in between");
}

bool pattern_qualify(struct pattern *p, struct pattern_sym *observation, const struct pattern_sym *qualifier)
{
	if ((observation->qualified & qualifier->qualified) != 0)
		return pattern_fail(p, qualifier->at, "%.*s stands there twice for one observation", (int)qualifier->n, bytes(p, qualifier));
	observation->qualified |= qualifier->qualified;
	return true;
}

int stix_pattern_check(const char *s, size_t n, struct err *e) { return pattern_check(s, n, NULL, e); }

int pattern_check(const char *s, size_t n, struct err *ret_name, struct err *e)
{
	struct pattern p = {.s = s, .n = n, .e = e, .name = ret_name};
	char small[4096];
	CLEANUP_STR char *large = NULL;
	char *copy = small;
	size_t bad;

	if (n > LIMIT_PATTERN)
		return fail(e, E_FORMAT, "a pattern of more than %d bytes", LIMIT_PATTERN);
	if ((bad = utf8_check(s, n)) < n) {
		(void)pattern_fail(&p, bad, "no UTF-8");
		return p.code;
	}
	if (n + 2 > sizeof(small) && (copy = large = mem_alloc(n + 2)) == NULL)
		return fail(e, E_NOMEM, "no memory for a pattern of %zu bytes", n);
	memcpy(copy, s, n);
	copy[n] = copy[n + 1] = '\0';
	return pattern_run(&p, copy);
}
