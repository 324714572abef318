/* Query parameters (TAXII 2.1 §3.4): what is malformed is refused, never guessed. */
#include <stdio.h>

#include "base/enc.h"
#include "base/mem.h"
#include "taxii/priv.h"

#define INTEGER_MAX ((1ULL << 53) - 1) /* §2: what an integer can be */

struct field { const char *name; unsigned bit; };
static const struct field fields[] = {
	{"match[id]", MATCH_ID}, {"match[type]", MATCH_TYPE}, {"match[version]", MATCH_VERSION}, {"match[spec_version]", MATCH_SPEC},
	{"limit", QUERY_PAGE}, {"next", QUERY_PAGE}, {"added_after", QUERY_PAGE},
};

/* A name from the request, as far as it is safe and useful to repeat. */
static int malformed(const char *name, const char *why, struct err *e) { return fail(e, E_FORMAT, "%.64s: %s", name, why); }

static bool known(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return true;
	return strncmp(name, "match[", 6) == 0;
}

static int check_once(const struct http_req *q, struct err *e)
{
	for (size_t i = 0; i < q->params; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(q->param[i].name, q->param[k].name) == 0 && known(q->param[i].name))
				return malformed(q->param[i].name, "given twice", e);
	return 0;
}

static const char *value_of(const struct http_req *q, unsigned takes, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strcmp(fields[i].name, name) == 0 && (fields[i].bit & takes) != 0)
			return http_param(q, name);
	return NULL;
}

/* ---- limit and added_after ---- */

static int parse_limit(const char *s, size_t *ret, struct err *e)
{
	uint64_t n;

	if (!dec_parse(s, strlen(s), INTEGER_MAX, &n) || n == 0)
		return malformed("limit", "not an integer greater than zero", e);
	*ret = n < LIMIT_PAGE_ROWS ? (size_t)n : LIMIT_PAGE_ROWS;
	return 0;
}

/* Years our clock cannot hold are timestamps all the same: before or after everything. Calendars repeat after 400 years. */
static bool timestamp(const char *s, int64_t *ret)
{
	char copy[LIMIT_TIMESTAMP + 1];
	const size_t n = strlen(s);
	int year;

	if (time_parse(s, n, ret))
		return true;
	if (n < 20 || n > LIMIT_TIMESTAMP || strspn(s, "0123456789") != 4)
		return false;
	year = (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + s[3] - '0';
	memcpy(copy, s, n + 1);
	(void)snprintf(copy, 5, "%04d", 1800 + (year + 200) % 400);
	copy[4] = s[4];
	if ((year >= 1678 && year <= 2261) || !time_parse(copy, n, ret))
		return false;
	*ret = year < 1678 ? INT64_MIN : INT64_MAX;
	return true;
}

/* Clients write it with 0 to 9 digits of a second. Rows count microseconds, so what is finer is rounded down: strictly later stays so. */
static int parse_added_after(const char *s, int64_t *ret, struct err *e)
{
	const char *const dot = strchr(s, '.');
	int64_t ns;

	if (!timestamp(s, &ns) || (dot != NULL && strspn(dot + 1, "0123456789") > 9))
		return malformed("added_after", "not a timestamp such as 2016-09-09T00:30:00.123456Z", e);
	*ret = ns / 1000 - (ns % 1000 < 0);
	return 0;
}

/* ---- lists ---- */

static size_t values(const char *s)
{
	size_t n = 1;

	if (s == NULL)
		return 0;
	for (; *s != '\0'; s++)
		n += *s == ',';
	return n;
}

/* The list in pieces, copied behind one another. An empty value or a space is no value of any field we know. */
static int cut(const char *name, const char *s, char **text, const char **to, size_t *ret_n, struct err *e)
{
	size_t n = 0, len;

	for (; s != NULL; s = s[len] == ',' ? s + len + 1 : NULL) {
		len = strcspn(s, ",");
		if (len == 0)
			return malformed(name, "an empty value", e);
		if (strcspn(s, " \t") < len)
			return malformed(name, "a space in the list", e);
		memcpy(*text, s, len);
		(*text)[len] = '\0';
		to[n++] = *text;
		*text += len + 1;
	}
	*ret_n = n;
	return 0;
}

static int parse_version(const char *s, struct page_version *ret, struct err *e)
{
	static const char *const words[] = {[VERSION_LAST] = "last", [VERSION_FIRST] = "first", [VERSION_ALL] = "all"};

	*ret = (struct page_version){.pick = VERSION_AT};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(s, words[i]) == 0) {
			ret->pick = (enum version_pick)i;
			return 0;
		}
	return timestamp(s, &ret->ns) ? 0 : malformed("match[version]", "neither first, last, all nor a timestamp", e);
}

static int parse_versions(const char *const *text, struct query *s, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const int rc = parse_version(text[i], &s->version[i], e);

		if (rc != 0)
			return rc;
		if (s->version[i].pick == VERSION_ALL && n > 1)
			return malformed("match[version]", "all stands with nothing else", e);
		for (size_t k = 0; k < i; k++)
			if (s->version[k].pick == s->version[i].pick && s->version[k].ns == s->version[i].ns && s->version[i].ns != INT64_MIN && s->version[i].ns != INT64_MAX)
				return malformed("match[version]", "a version given twice", e);
	}
	s->versions = n;
	return 0;
}

/* n.m, as versions of STIX are named; those to come are no error, there is only nothing of them. */
static bool spec_form(const char *s)
{
	const size_t major = strspn(s, "0123456789"), minor = s[major] == '.' ? strspn(s + major + 1, "0123456789") : 0;

	return major > 0 && minor > 0 && s[major + 1 + minor] == '\0';
}

static int parse_specs(const char *const *text, struct query *s, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!spec_form(text[i]))
			return malformed("match[spec_version]", "not a version such as 2.1", e);
		s->specs |= strcmp(text[i], "2.0") == 0 ? SPEC_20 : strcmp(text[i], "2.1") == 0 ? SPEC_21 : 0;
	}
	s->nothing = n > 0 && s->specs == 0;
	return 0;
}

enum { ID, TYPE, VERSION, SPEC, LISTS };

/* One piece of memory: versions, then pointers to values, then the values. */
static int parse_lists(const struct http_req *q, unsigned takes, struct query *s, struct err *e)
{
	const char *list[LISTS], **at[LISTS], **pointers;
	size_t all = 0, bytes = 0, n[LISTS] = {0};
	char *text;
	int rc = 0;

	for (size_t i = 0; i < LISTS; i++) {
		if ((list[i] = value_of(q, takes, fields[i].name)) == NULL)
			continue;
		if (values(list[i]) > LIMIT_MATCH)
			return malformed(fields[i].name, "too many values", e);
		all += values(list[i]);
		bytes += strlen(list[i]) + 1;
	}
	if (all == 0)
		return 0;
	if ((s->mem = mem_alloc(values(list[VERSION]) * sizeof(*s->version) + all * sizeof(*pointers) + bytes)) == NULL)
		return fail(e, E_NOMEM, "query");
	s->version = s->mem;
	pointers = (const char **)(void *)(s->version + values(list[VERSION]));
	text = (char *)(void *)(pointers + all);
	for (size_t i = 0; i < LISTS && rc == 0; i++) {
		at[i] = pointers;
		pointers += values(list[i]);
		rc = cut(fields[i].name, list[i], &text, at[i], &n[i], e);
	}
	if (rc != 0)
		return rc;
	s->id = at[ID];
	s->ids = n[ID];
	s->type = at[TYPE];
	s->types = n[TYPE];
	return (rc = parse_versions(at[VERSION], s, n[VERSION], e)) != 0 ? rc : parse_specs(at[SPEC], s, n[SPEC], e);
}

int taxii_query_parse(const struct http_req *q, unsigned takes, struct query *ret, struct err *e)
{
	const char *const limit = value_of(q, takes, "limit"), *const added_after = value_of(q, takes, "added_after");
	struct query s = {.limit = LIMIT_PAGE_DEFAULT, .after_added = INT64_MIN, .next = value_of(q, takes, "next")};
	int rc = check_once(q, e);

	if (rc == 0 && limit != NULL)
		rc = parse_limit(limit, &s.limit, e);
	if (rc == 0 && added_after != NULL)
		rc = parse_added_after(added_after, &s.after_added, e);
	if (rc == 0)
		rc = parse_lists(q, takes, &s, e);
	if (rc != 0)
		taxii_query_free(&s);
	else
		*ret = s;
	return rc;
}

void taxii_query_free(struct query *s)
{
	if (s != NULL)
		mem_free(s->mem);
}
