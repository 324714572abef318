#include "base/clock.h"
#include "stix/priv.h"

const struct stix_prop *find_prop(const struct stix_prop *table, const char *key, size_t n, unsigned *hint)
{
	/* Canonical objects list members in the table's own order, so the next row is nearly always right. */
	for (unsigned i = *hint; table[i].name != NULL; i++)
		if (table[i].name_n == n && memcmp(table[i].name, key, n) == 0) {
			*hint = i + 1;
			return &table[i];
		}
	for (unsigned i = 0; i < *hint; i++)
		if (table[i].name_n == n && memcmp(table[i].name, key, n) == 0)
			return &table[i];
	return NULL;
}

int check_required(struct ck *c, const struct at *at, const struct stix_prop *table, uint64_t seen)
{
	int r;

	for (unsigned i = 0; table[i].name != NULL; i++)
		if (table[i].required && (seen >> i & 1) == 0 &&
		    (r = broke(c, at, RULE_REQUIRED, "\"%s\" is missing", table[i].name)) != 0)
			return r;
	return 0;
}

/* --- texts: each takes the bytes of a string and says whether they have the form --- */

static bool text_string(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char b = (unsigned char)s[i];

		if ((b < 0x20 && b != '\t' && b != '\n') || b == 0x7f)
			return false;
	}
	return true;
}

static int two(const char *s) { return (s[0] - '0') * 10 + (s[1] - '0'); }

bool time_ok(const char *s, size_t n)
{
	static const char shape[] = "0000-00-00T00:00:00";
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool ok = n >= sizeof(shape) && s[n - 1] == 'Z' && n != sizeof(shape) + 1;
	int year, month;

	for (size_t i = 0; ok && i < n - 1; i++) {
		const char want = i < sizeof(shape) - 1 ? shape[i] : i == sizeof(shape) - 1 ? '.' : '0';

		ok = want == '0' ? s[i] >= '0' && s[i] <= '9' : s[i] == want;
	}
	if (!ok)
		return false;
	year = two(s) * 100 + two(s + 2);
	month = two(s + 5);
	return month >= 1 && month <= 12 && two(s + 8) >= 1 && two(s + 11) <= 23 && two(s + 14) <= 59 && two(s + 17) <= 60 &&
	       two(s + 8) <= days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static bool text_time(const char *s, size_t n) { return n <= LIMIT_TIMESTAMP && time_ok(s, n); }

static bool lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
static bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool alnum(char c) { return alpha(c) || (c >= '0' && c <= '9'); }

static bool text_hash(const char *s, size_t n)
{
	bool ok = n == 64;

	for (size_t i = 0; ok && i < n; i++)
		ok = lower_hex(s[i]);
	return ok;
}

static bool text_party(const char *s, size_t n)
{
	bool ok = n >= 2 && n <= LIMIT_PARTY && s[0] >= 'A' && s[0] <= 'Z';

	for (size_t i = 1; ok && i < n; i++)
		ok = (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-';
	return ok;
}

static bool text_agency(const char *s, size_t n)
{
	bool ok = n >= 1 && n <= LIMIT_AGENCY && alpha(s[0]);

	for (size_t i = 1; ok && i < n; i++)
		ok = alnum(s[i]) || s[i] == '-';
	return ok;
}

static bool text_person(const char *s, size_t n)
{
	bool ok = n >= 1 && n <= LIMIT_PERSON;

	for (size_t i = 0; ok && i < n; i++)
		ok = alnum(s[i]) || s[i] == '.' || s[i] == '_' || s[i] == '-';
	return ok;
}

static bool text_release(const char *s, size_t n)
{
	const char *a = memchr(s, '/', n), *p;

	if (a == NULL)
		return text_party(s, n);
	p = memchr(a + 1, '/', n - (size_t)(a + 1 - s));
	if (!text_party(s, (size_t)(a - s)))
		return false;
	if (p == NULL)
		return text_agency(a + 1, n - (size_t)(a + 1 - s));
	return text_agency(a + 1, (size_t)(p - a - 1)) && text_person(p + 1, n - (size_t)(p + 1 - s));
}

static bool text_slug(const char *s, size_t n)
{
	bool ok = n >= 1 && n <= 64;

	for (size_t i = 0; ok && i < n; i++)
		ok = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-';
	return ok;
}

/* Shape of RFC 5646 only: subtags of 1 to 8, the first of letters; which subtags exist is not our register. */
bool lang_ok(const char *s, size_t n)
{
	size_t sub = 0;
	bool first = true;

	if (n > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '-' && sub > 0) {
			sub = 0;
			first = false;
		} else if (++sub > 8 || !(first ? alpha(s[i]) : alnum(s[i]))) {
			return false;
		}
	}
	return sub > 0;
}

/* A web address in ASCII without the characters RFC 3986 leaves out: safe in an attribute, a header and a log line. */
static bool text_url(const char *s, size_t n)
{
	size_t i = n > 8 && memcmp(s, "https://", 8) == 0 ? 8 : 7;
	bool ok = n > i && n <= LIMIT_URL && (i == 8 || memcmp(s, "http://", 7) == 0);

	for (; ok && i < n; i++)
		ok = s[i] > ' ' && s[i] <= '~' && strchr("\"<>\\^`{|}", s[i]) == NULL;
	return ok;
}

static bool text_zone(const char *s, size_t n)
{
	bool ok = n >= 1 && n <= LIMIT_ZONE && alpha(s[0]) && s[n - 1] != '/';

	for (size_t i = 1; ok && i < n; i++)
		ok = alnum(s[i]) || s[i] == '_' || s[i] == '+' || s[i] == '-' || (s[i] == '/' && s[i - 1] != '/');
	return ok;
}

/* RFC 6838 §4.2. */
static bool mime_part(const char *s, size_t n)
{
	bool ok = n >= 1 && n <= 127 && alnum(s[0]);

	for (size_t i = 1; ok && i < n; i++)
		ok = alnum(s[i]) || (s[i] != '\0' && strchr("!#$&-^_.+", s[i]) != NULL);
	return ok;
}

static bool text_mime(const char *s, size_t n)
{
	const char *slash = memchr(s, '/', n);

	return slash != NULL && mime_part(s, (size_t)(slash - s)) && mime_part(slash + 1, n - (size_t)(slash + 1 - s));
}

#define MIME_PATTERN "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
#define UUID_PATTERN "--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

static int check_string(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_text(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_time(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_int(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_bool(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_number(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_id(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_langmap(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_enum(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_list(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_object(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_any(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_signed(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_vocab(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_mime(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
static int check_scalar(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);

/* One row per kind of value: who checks it, the text's form in code, in a schema, in words. */
static const struct ptype {
	int (*check)(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
	bool (*text)(const char *s, size_t n);
	const char *pattern, *words;
	enum rule rule;
} ptypes[P_TYPES_] = {
	[P_STRING] = {check_string, text_string, "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$", "no control characters but tab and line feed", RULE_KIND},
	[P_INT] = {.check = check_int},
	[P_BOOL] = {.check = check_bool},
	[P_NUMBER] = {.check = check_number},
	[P_TIME] = {check_time, text_time, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$", "RFC 3339 with Z", RULE_TIME},
	[P_ID] = {check_id, NULL, "^[a-z][a-z0-9]*(-[a-z0-9]+)*" UUID_PATTERN, "an identifier type--UUID", RULE_REF},
	[P_LANGMAP] = {.check = check_langmap},
	[P_ENUM] = {.check = check_enum},
	[P_LIST] = {.check = check_list},
	[P_OBJECT] = {.check = check_object},
	[P_HASH] = {check_text, text_hash, "^[0-9a-f]{64}$", "64 lower-case hexadecimal digits", RULE_KIND},
	[P_PARTY] = {check_text, text_party, "^[A-Z][A-Z0-9-]{1,15}$", "a party: 2 to 16 of A-Z, 0-9, -, first a letter", RULE_KIND},
	[P_LANG] = {check_text, lang_ok, "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", "an RFC 5646 language tag", RULE_KIND},
	[P_URL] = {check_text, text_url, "^https?://[!#-;=?-\\[\\]_a-z~]+$", "an http or https address in ASCII", RULE_KIND},
	[P_ZONE] = {check_text, text_zone, "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", "an IANA time zone name", RULE_KIND},
	[P_AGENCY] = {check_text, text_agency, "^[A-Za-z][A-Za-z0-9-]{0,31}$", "an agency: 1 to 32 of letters, digits, -, first a letter", RULE_KIND},
	[P_RELEASE] = {check_text, text_release, "^[A-Z][A-Z0-9-]{1,15}(/[A-Za-z][A-Za-z0-9-]{0,31}(/[A-Za-z0-9._-]{1,64})?)?$",
	    "PARTY, PARTY/AGENCY or PARTY/AGENCY/person", RULE_KIND},
	[P_SLUG] = {check_text, text_slug, "^[a-z0-9-]{1,64}$", "1 to 64 of a-z, 0-9, -", RULE_KIND},
	[P_ANY] = {.check = check_any},
	[P_SIGNED] = {.check = check_signed},
	[P_VOCAB] = {.check = check_vocab},
	[P_HEX] = {check_text, hex_ok, "^([0-9a-f]{2})*$", "an even number of lower-case hexadecimal digits", RULE_SUFFIX},
	[P_BINARY] = {check_text, base64_ok, "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", "base64", RULE_SUFFIX},
	[P_MIME] = {check_mime, text_mime, "^" MIME_PATTERN "/" MIME_PATTERN "$", "a media type like text/html", RULE_VOCAB},
	[P_HASHES] = {.check = check_hashes},
	[P_DICT] = {.check = check_dict},
	[P_SCALAR] = {.check = check_scalar},
	[P_CONTAINER] = {.check = check_container},
};

const char *stix_pattern(enum stix_ptype t) { return ptypes[t].pattern; }

int check_value(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	return ptypes[p->type].check(c, at, p, v);
}

static int check_text(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct ptype *t = &ptypes[p->type];
	size_t n;
	const char *s = json_str(v, &n);

	return s != NULL && t->text(s, n) ? 0 : broke(c, at, t->rule, "must be %s", t->words);
}

/* Feeds say "for ever" as 9999-12-31. With times of our own types we reckon. */
static int check_time(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	size_t n;
	const char *s = json_str(v, &n);
	int r = check_text(c, at, p, v);

	if (r != 0 || !c->own || s == NULL || time_parse(s, n, &(int64_t){0}))
		return r;
	return broke(c, at, RULE_TIME, "must be a time of the years 1678 to 2261, and no leap second");
}

/* Length in characters, as JSON Schema counts; bytes already settle it for most. */
static size_t characters(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

static int check_length(struct ck *c, const struct at *at, unsigned max, const char *s, size_t n)
{
	if (c->own && n == 0)
		return broke(c, at, RULE_BOUND, "must not be empty");
	if (c->own && !text_string(s, n))
		return broke(c, at, RULE_KIND, "must have %s", ptypes[P_STRING].words);
	if (max != 0 && n > max && characters(s, n) > max)
		return broke(c, at, RULE_BOUND, "has more than %u characters", max);
	return 0;
}

static int check_string(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	size_t n;
	const char *s = json_str(v, &n);

	return s == NULL ? broke(c, at, RULE_KIND, "must be a string") : check_length(c, at, p->max, s, n);
}

static int check_int(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	int64_t i;

	if (!json_int(v, &i))
		return broke(c, at, RULE_KIND, "must be an integer");
	if (i < p->min || (p->max != 0 && i > p->max))
		return p->max != 0 ? broke(c, at, RULE_BOUND, "must be %u to %u", p->min, p->max) : broke(c, at, RULE_BOUND, "must be at least %u", p->min);
	return 0;
}

static int check_bool(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	bool b;

	(void)p;
	return json_bool(v, &b) ? 0 : broke(c, at, RULE_KIND, "must be true or false");
}

static int check_number(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	double d;

	if (!json_num(v, &d))
		return broke(c, at, RULE_KIND, "must be a number");
	return p->max == 0 || (d >= -(double)p->max && d <= p->max) ? 0 : broke(c, at, RULE_BOUND, "must be -%u to %u", p->max, p->max);
}

static int check_id(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	size_t n, type_n;
	unsigned version;
	const char *s = json_str(v, &n);

	if (s == NULL || !stix_id_split(s, n, &type_n, &version))
		return broke(c, at, RULE_REF, "must be %s", ptypes[P_ID].words);
	if (p->words == NULL)
		return 0;
	for (size_t i = 0; p->words[i] != NULL; i++)
		if (text_is(s, type_n, p->words[i]))
			return 0;
	return broke(c, at, RULE_TARGET, "must name a %s, not a %.*s", p->words[0], (int)type_n, s);
}

static int check_langmap(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int r;

	if (json_type(v) != JSON_OBJECT || json_len(v) == 0)
		return broke(c, at, RULE_KIND, "must be an object with de, ja or en");
	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};
		size_t n;
		const char *s = json_str(val, &n);

		here.key = json_str(key, &here.n);
		if (!text_is(here.key, here.n, "de") && !text_is(here.key, here.n, "ja") && !text_is(here.key, here.n, "en"))
			r = broke(c, &here, RULE_KIND, "only de, ja and en are languages here");
		else if (s == NULL)
			r = broke(c, &here, RULE_KIND, "must be a string");
		else
			r = check_length(c, &here, p->max, s, n);
		if (r != 0)
			return r;
	}
	return 0;
}

static int check_enum(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	size_t n;
	const char *s = json_str(v, &n);

	for (size_t i = 0; s != NULL && p->words[i] != NULL; i++)
		if (text_is(s, n, p->words[i]))
			return 0;
	return s == NULL ? broke(c, at, RULE_KIND, "must be a string")
	                 : broke(c, at, RULE_ENUM, "\"%.*s\" is not one of \"%s\" …", (int)(n < 40 ? n : 40), s, p->words[0]);
}

static int check_signed(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	int64_t i;

	(void)p;
	return json_int(v, &i) ? 0 : broke(c, at, RULE_KIND, "must be an integer");
}

static bool is_one_of(const char *s, size_t n, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (text_is(s, n, words[i]))
			return true;
	return false;
}

static int check_vocab(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	size_t n;
	const char *s = json_str(v, &n);
	int r;

	if (s == NULL)
		return broke(c, at, RULE_KIND, "must be a string");
	if ((r = check_length(c, at, p->max, s, n)) != 0 || c->warn == NULL || is_one_of(s, n, p->words))
		return r; /* nobody to tell: the search would be for nothing */
	return broke(c, at, RULE_VOCAB, "\"%.*s\" is not in the vocabulary: \"%s\" …", (int)(n < 40 ? n : 40), s, p->words[0]);
}

static int check_mime(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	return json_str(v, &(size_t){0}) != NULL ? check_text(c, at, p, v) : broke(c, at, RULE_KIND, "must be a string");
}

/* Lists marked unique are short (parties, agencies), so every pair is compared. */
static int check_unique(struct ck *c, const struct at *at, const struct json_val *list)
{
	const struct json_val *key, *a, *b;
	struct json_iter it, rest;
	size_t i = 0, na, nb;

	json_iter(&it, list);
	for (; json_next(&it, &key, &a); i++) {
		const char *s = json_str(a, &na), *t;

		for (rest = it; s != NULL && json_next(&rest, &key, &b);)
			if ((t = json_str(b, &nb)) != NULL && na == nb && memcmp(s, t, na) == 0)
				return broke(c, at, RULE_UNIQUE, "\"%.*s\" stands there twice", (int)(na < 40 ? na : 40), s);
	}
	return 0;
}

static int check_list(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct json_val *key, *val;
	struct at here = {.up = at};
	struct json_iter it;
	int r;

	if (json_type(v) != JSON_ARRAY)
		return broke(c, at, RULE_KIND, "must be a list");
	if (json_len(v) == 0)
		return broke(c, at, RULE_EMPTY, "a list must not be empty");
	if (p->max != 0 && json_len(v) > p->max)
		return broke(c, at, RULE_BOUND, "has more than %u elements", p->max);
	json_iter(&it, v);
	for (; json_next(&it, &key, &val); here.index++)
		if ((r = check_value(c, &here, p->sub, val)) != 0)
			return r;
	return p->unique ? check_unique(c, at, v) : 0;
}

/* §11.1: what begins with x_ is its maker's business here too. */
static int check_stranger(struct ck *c, const struct at *at, const struct json_val *v)
{
	const bool custom = c->custom, x = at->n > 2 && memcmp(at->key, "x_", 2) == 0 && c->column != COLUMN_OWN;
	int r = x ? 0 : broke(c, at, RULE_UNKNOWN, "is not a property here");

	c->custom = custom || x;
	r = r != 0 ? r : walk(c, at, at->key, at->n, v);
	c->custom = custom;
	return r;
}

static int check_object(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	const struct json_val *key, *val;
	const struct stix_prop *row;
	struct json_iter it;
	uint64_t seen = 0;
	unsigned hint = 0;
	int r;

	if (json_type(v) != JSON_OBJECT)
		return broke(c, at, RULE_KIND, "must be an object");
	if (json_len(v) == 0 && (r = broke(c, at, RULE_EMPTY, "an object must not be empty")) != 0)
		return r;
	if (p->sub == NULL)
		return 0; /* whoever named the row looks inside */
	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};

		here.key = json_str(key, &here.n);
		if ((row = find_prop(p->sub, here.key, here.n, &hint)) != NULL) {
			seen |= 1ULL << (row - p->sub);
			r = check_value(c, &here, row, val);
		} else {
			r = check_stranger(c, &here, val);
		}
		if (r != 0)
			return r;
	}
	if ((r = check_required(c, at, p->sub, seen)) != 0)
		return r;
	return (unsigned)__builtin_popcountll(seen) >= p->min ? 0 : broke(c, at, RULE_SOME, "at least %u of its properties must be there", p->min);
}

static int check_any(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	return walk(c, at, at->key != NULL ? at->key : p->name, at->key != NULL ? at->n : p->name_n, v);
}

static int check_scalar(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v)
{
	return json_type(v) == JSON_STRING ? check_string(c, at, p, v) : check_signed(c, at, p, v);
}
