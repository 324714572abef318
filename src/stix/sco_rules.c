/* What the properties of a cyber-observable say together (STIX 2.1 §6), and the form of some of their values. */
#include <arpa/inet.h>
#include <strings.h>

#include "base/enc.h"
#include "stix/rows.h"

static const struct json_val *get(const struct ck *c, const char *key) { return json_get(c->obj, key); }

/* --- forms --- */

static bool alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/* An address, perhaps with the length of a prefix behind (CIDR). */
static bool cidr(int family, uint64_t bits, const char *s, size_t n)
{
	const char *slash = memchr(s, '/', n);
	const size_t len = slash != NULL ? (size_t)(slash - s) : n;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr any;
	uint64_t prefix;

	if (len >= sizeof(text) || (slash != NULL && !dec_parse(slash + 1, n - len - 1, bits, &prefix)))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	return strlen(text) == len && inet_pton(family, text, &any) == 1;
}

static bool form_ipv4(const char *s, size_t n) { return cidr(AF_INET, 32, s, n); }
static bool form_ipv6(const char *s, size_t n) { return cidr(AF_INET6, 128, s, n); }

static bool form_mac(const char *s, size_t n)
{
	bool ok = n == 17;

	for (size_t i = 0; ok && i < n; i++)
		ok = i % 3 == 2 ? s[i] == ':' : (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');
	return ok;
}

/* Labels of 1 to 63 bytes; U-labels as they are, for which characters RFC 5892 allows is not our register. */
static bool form_domain(const char *s, size_t n)
{
	size_t label = 0;

	n -= n > 1 && s[n - 1] == '.';
	if (n == 0 || n > 253)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && label > 0 && s[i - 1] != '-')
			label = 0;
		else if (++label > 63 || !(alnum(s[i]) || s[i] == '_' || (unsigned char)s[i] >= 0x80 || (s[i] == '-' && label > 1)))
			return false;
	}
	return label > 0 && s[n - 1] != '-';
}

static bool hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* RFC 3986: a scheme, and behind it only characters the grammar has. */
static bool form_url(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	const size_t scheme = colon != NULL ? (size_t)(colon - s) : 0;
	bool ok = scheme > 0 && scheme + 1 < n && alnum(s[0]) && (s[0] < '0' || s[0] > '9');

	for (size_t i = 1; ok && i < scheme; i++)
		ok = alnum(s[i]) || s[i] == '+' || s[i] == '-' || s[i] == '.';
	for (size_t i = scheme; ok && i < n; i++)
		ok = s[i] == '%' ? n - i > 2 && hex(s[i + 1]) && hex(s[i + 2]) : alnum(s[i]) || (s[i] != '\0' && strchr(":/?#[]@!$&'()*+,;=-._~", s[i]) != NULL);
	return ok;
}

static bool form_email(const char *s, size_t n)
{
	const char *at = memrchr(s, '@', n);
	bool ok = at != NULL && at > s && at + 1 < s + n;

	for (size_t i = 0; ok && i < n; i++)
		ok = (unsigned char)s[i] >= ' ' && s[i] != 0x7f && s[i] != '<' && s[i] != '>';
	return ok;
}

static bool form_cpe(const char *s, size_t n) { return n > 8 && memcmp(s, "cpe:2.3:", 8) == 0; }

static bool form_hive(const char *s, size_t n)
{
	static const char *const cut[] = {"HKLM", "HKCC", "HKCR", "HKCU", "HKU"};

	for (size_t i = 0; i < ARRAY_LEN(cut); i++) {
		const size_t len = strlen(cut[i]);

		if (n >= len && strncasecmp(s, cut[i], len) == 0 && (n == len || s[len] == '\\'))
			return false;
	}
	return true;
}

/* A word RFC 2047 encoded, "=?charset?encoding?text?=". */
static bool form_decoded(const char *s, size_t n)
{
	const char *from = memmem(s, n, "=?", 2), *p = from;
	const char *const end = s + n;

	for (int marks = 0; p != NULL && marks < 2; marks++)
		p = (p += 2 - (marks > 0)) < end ? memchr(p, '?', (size_t)(end - p)) : NULL;
	return p == NULL || memmem(p + 1, (size_t)(end - p - 1), "?=", 2) == NULL;
}

/* The shape of a name in IANA's registry of character sets; which there are is not our register. */
static bool form_charset(const char *s, size_t n)
{
	bool ok = n >= 2;

	for (size_t i = 0; ok && i < n; i++)
		ok = alnum(s[i]) || (s[i] != '\0' && strchr("/.+_:-()", s[i]) != NULL);
	return ok;
}

static bool form_second(const char *s, size_t n) { return memchr(s, '.', n) == NULL; }

static bool form_lower(const char *s, size_t n)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = s[i] < 'A' || s[i] > 'Z';
	return ok;
}

static bool form_priority(const char *s, size_t n) { return n >= 6 && memcmp(s + n - 6, "_CLASS", 6) == 0; }

int check_form(struct ck *c, const struct stix_whole *w)
{
	const struct at list = {.key = "extensions", .n = 10}, ext = {.up = &list, .key = w->b, .n = w->b != NULL ? strlen(w->b) : 0};
	const struct at at = {.up = w->b != NULL ? &ext : NULL, .key = w->a, .n = strlen(w->a)};
	const struct json_val *v = w->b != NULL ? json_get(json_get(get(c, "extensions"), w->b), w->a) : get(c, w->a);
	bool defanged;
	size_t n;
	const char *s = json_str(v, &n);

	if (s == NULL || w->ok(s, n) || (json_bool(get(c, "defanged"), &defanged) && defanged))
		return 0;
	return broke(c, &at, w->rule, "%s", w->words);
}

/* --- what no row can say --- */

/* §6.6.2: each part has a body, here or elsewhere. */
static int check_parts(struct ck *c)
{
	const struct at list = {.key = "body_multipart", .n = 14};
	const struct json_val *key, *val;
	struct at here = {.up = &list};
	struct json_iter it;
	int r;

	json_iter(&it, get(c, "body_multipart"));
	for (; json_next(&it, &key, &val); here.index++)
		if (json_get(val, "body") == NULL && json_get(val, "body_raw_ref") == NULL &&
		    (r = broke(c, &here, RULE_SOME, "\"body\" or \"body_raw_ref\" must be there")) != 0)
			return r;
	return 0;
}

/* §6.12.1: the protocol of an extension should stand in the list; https counts for http, icmp6 for icmp. */
static int check_protocols(struct ck *c)
{
	static const struct { const char *ext, *protocol; } has[] = {{"http-request-ext", "http"}, {"icmp-ext", "icmp"}, {"tcp-ext", "tcp"}};
	const struct at list = {.key = "protocols", .n = 9};
	const struct json_val *exts = get(c, "extensions"), *key, *val;
	int r;

	for (size_t i = 0; exts != NULL && i < ARRAY_LEN(has); i++) {
		bool found = json_get(exts, has[i].ext) == NULL;
		struct json_iter it;
		size_t n;

		json_iter(&it, get(c, "protocols"));
		while (!found && json_next(&it, &key, &val)) {
			const char *s = json_str(val, &n);

			found = s != NULL && strncasecmp(s, has[i].protocol, strlen(has[i].protocol)) == 0;
		}
		if (!found && (r = broke(c, &list, RULE_ADVICE, "should list %s, as %s is there", has[i].protocol, has[i].ext)) != 0)
			return r;
	}
	return 0;
}

/* A header that may be repeated has a list of values, even where there is one. OASIS's own schema takes a string too, and so do many who write. */
static int check_headers(struct ck *c, const struct at *at, const struct json_val *v)
{
	const struct json_val *key, *val, *k, *text;
	struct json_iter it, in;
	int r;

	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		struct at here = {.up = at};
		bool ok = json_type(val) == JSON_ARRAY;

		here.key = json_str(key, &here.n);
		json_iter(&in, val);
		while (ok && json_next(&in, &k, &text))
			ok = json_type(text) == JSON_STRING;
		if (!ok && (r = broke(c, &here, RULE_FORM, "must be a list of strings")) != 0)
			return r;
	}
	return 0;
}

static int check_message(struct ck *c)
{
	const struct at at = {.key = "additional_header_fields", .n = 24};
	const int r = check_headers(c, &at, get(c, at.key));

	return r != 0 ? r : check_parts(c);
}

static int check_traffic(struct ck *c)
{
	const struct at list = {.key = "extensions", .n = 10}, ext = {.up = &list, .key = "http-request-ext", .n = 16};
	const struct at at = {.up = &ext, .key = "request_header", .n = 14};
	const int r = check_headers(c, &at, json_get(json_get(get(c, list.key), ext.key), at.key));

	return r != 0 ? r : check_protocols(c);
}

/* §6.14.1: languages of people; "C#" stands there in real ones. */
static int check_languages(struct ck *c)
{
	const struct at list = {.key = "languages", .n = 9};
	const struct json_val *key, *val;
	struct at here = {.up = &list};
	struct json_iter it;
	size_t n;
	int r;

	json_iter(&it, get(c, list.key));
	for (; json_next(&it, &key, &val); here.index++) {
		const char *s = json_str(val, &n);

		if (s != NULL && !lang_ok(s, n) && (r = broke(c, &here, RULE_FORM, "must be an RFC 5646 language tag")) != 0)
			return r;
	}
	return 0;
}

/* Forms: RULE_FORM where the standard says MUST or names a notation, RULE_ADVICE where SHOULD or less. */
#define A_URL "must be a URL (RFC 3986)"
#define A_CHARSET "must be the name of a character set"
const struct stix_whole artifact_whole[] = {
	PAIR(ONE, "payload_bin", "url"), PAIR(WITH, "url", "hashes"), PAIR(WITH, "decryption_key", "encryption_algorithm"), FORM("url", form_url, A_URL),
	ID_FROM("hashes", "payload_bin"), END_WHOLE,
};
const struct stix_whole as_whole[] = {ID_FROM("number"), END_WHOLE};
const struct stix_whole directory_whole[] = {FORM("path_enc", form_charset, A_CHARSET), ID_FROM("path"), END_WHOLE};
const struct stix_whole domain_whole[] = {FORM("value", form_domain, "must be a domain name (RFC 1034, RFC 5890)"), ID_FROM("value"), END_WHOLE};
const struct stix_whole email_whole[] = {FORM("value", form_email, "must be an address alone: jane.smith@example.com"), ID_FROM("value"), END_WHOLE};
const struct stix_whole message_whole[] = {
	PAIR(NOT_TRUE, "is_multipart", "body"), PAIR(NOT_FALSE, "is_multipart", "body_multipart"), CHECK(check_message),
	FORM("subject", form_decoded, "must be decoded (RFC 2047)"), ID_FROM("body", "from_ref", "subject"), END_WHOLE,
};
const struct stix_whole file_whole[] = {
	PAIR(ANY, "hashes", "name"), FORM("name_enc", form_charset, A_CHARSET),
	FORM_IN("windows-pebinary-ext", "time_date_stamp", form_second, FORM, "must be precise to the second"),
	ID_FROM("extensions", "hashes", "name", "parent_directory_ref"), END_WHOLE,
};
const struct stix_whole ipv4_whole[] = {FORM("value", form_ipv4, "must be an IPv4 address or a block in CIDR notation"), ID_FROM("value"), END_WHOLE};
const struct stix_whole ipv6_whole[] = {FORM("value", form_ipv6, "must be an IPv6 address or a block in CIDR notation"), ID_FROM("value"), END_WHOLE};
const struct stix_whole mac_whole[] = {
	FORM("value", form_mac, "must be six octets in lower case with colons: 00:00:ab:cd:ef:01"), ID_FROM("value"), END_WHOLE,
};
const struct stix_whole mutex_whole[] = {ID_FROM("name"), END_WHOLE};
const struct stix_whole traffic_whole[] = {
	PAIR(ANY, "src_ref", "dst_ref"), PAIR(NOT_TRUE, "is_active", "end"), PAIR(ORDER, "start", "end"), SHOULD("src_port"), SHOULD("dst_port"),
	CHECK(check_traffic), FORM_IN("http-request-ext", "request_method", form_lower, ADVICE, "should be in lower case"),
	FORM_IN("http-request-ext", "request_version", form_lower, ADVICE, "should be in lower case"),
	ID_FROM("dst_port", "dst_ref", "end", "extensions", "protocols", "src_port", "src_ref", "start"), END_WHOLE,
};
const struct stix_whole process_whole[] = { /* every property is optional: no id can be made of them */
	PAIR(SOME, "extensions", NULL), FORM_IN("windows-process-ext", "priority", form_priority, ADVICE, "should end in _CLASS"), ID_FROM(NULL), END_WHOLE,
};
const struct stix_whole software_whole[] = {
	FORM("cpe", form_cpe, "must be a name of CPE 2.3"), CHECK(check_languages), ID_FROM("cpe", "name", "swid", "vendor", "version"), END_WHOLE,
};
const struct stix_whole url_whole[] = {FORM("value", form_url, A_URL), ID_FROM("value"), END_WHOLE};
const struct stix_whole account_whole[] = {PAIR(SOME, "extensions", NULL), ID_FROM("account_login", "account_type", "user_id"), END_WHOLE};
const struct stix_whole registry_whole[] = {
	PAIR(SOME, NULL, NULL), FORM("key", form_hive, "must name its hive in full: HKEY_LOCAL_MACHINE"), ID_FROM("key", "values"), END_WHOLE,
};
const struct stix_whole certificate_whole[] = {PAIR(SOME, NULL, NULL), ID_FROM("hashes", "serial_number"), END_WHOLE};
