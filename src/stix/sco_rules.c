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

	return at != NULL && at > s && at + 1 < s + n && memchr(s, '<', n) == NULL && memchr(s, '>', n) == NULL;
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

/* `ext`: the value stands in that extension. RULE_FORM where the standard says MUST, RULE_ADVICE where SHOULD or less. */
static const struct form { const char *type, *ext, *key; bool (*ok)(const char *s, size_t n); enum rule rule; const char *words; } forms[] = {
	{"artifact", NULL, "url", form_url, RULE_FORM, "must be a URL (RFC 3986)"},
	{"directory", NULL, "path_enc", form_charset, RULE_FORM, "must be the name of a character set"},
	{"domain-name", NULL, "value", form_domain, RULE_FORM, "must be a domain name (RFC 1034, RFC 5890)"},
	{"email-addr", NULL, "value", form_email, RULE_FORM, "must be an address alone: jane.smith@example.com"},
	{"email-message", NULL, "subject", form_decoded, RULE_FORM, "must be decoded (RFC 2047)"},
	{"file", "windows-pebinary-ext", "time_date_stamp", form_second, RULE_FORM, "must be precise to the second"},
	{"file", NULL, "name_enc", form_charset, RULE_FORM, "must be the name of a character set"},
	{"ipv4-addr", NULL, "value", form_ipv4, RULE_FORM, "must be an IPv4 address or a block in CIDR notation"},
	{"ipv6-addr", NULL, "value", form_ipv6, RULE_FORM, "must be an IPv6 address or a block in CIDR notation"},
	{"mac-addr", NULL, "value", form_mac, RULE_FORM, "must be six octets in lower case with colons: 00:00:ab:cd:ef:01"},
	{"network-traffic", "http-request-ext", "request_method", form_lower, RULE_ADVICE, "should be in lower case"},
	{"network-traffic", "http-request-ext", "request_version", form_lower, RULE_ADVICE, "should be in lower case"},
	{"process", "windows-process-ext", "priority", form_priority, RULE_ADVICE, "should end in _CLASS"},
	{"software", NULL, "cpe", form_cpe, RULE_FORM, "must be a name of CPE 2.3"},
	{"url", NULL, "value", form_url, RULE_FORM, "must be a URL (RFC 3986)"},
	{"windows-registry-key", NULL, "key", form_hive, RULE_FORM, "must name its hive in full: HKEY_LOCAL_MACHINE"},
};

static int check_form(struct ck *c, const struct form *f)
{
	const struct at list = {.key = "extensions", .n = 10}, ext = {.up = &list, .key = f->ext, .n = f->ext != NULL ? strlen(f->ext) : 0};
	const struct at at = {.up = f->ext != NULL ? &ext : NULL, .key = f->key, .n = strlen(f->key)};
	const struct json_val *v = f->ext != NULL ? json_get(json_get(get(c, "extensions"), f->ext), f->key) : get(c, f->key);
	size_t n;
	const char *s = json_str(v, &n);

	return s == NULL || f->ok(s, n) ? 0 : broke(c, &at, f->rule, "%s", f->words);
}

static int check_forms(struct ck *c)
{
	bool defanged = false;
	int r;

	(void)json_bool(get(c, "defanged"), &defanged);
	for (size_t i = 0; !defanged && i < ARRAY_LEN(forms); i++)
		if (strcmp(forms[i].type, c->type->name) == 0 && (r = check_form(c, &forms[i])) != 0)
			return r;
	return 0;
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

#define FORMS CHECK(check_forms)
const struct stix_whole artifact_whole[] = {
	PAIR(ONE, "payload_bin", "url"), PAIR(WITH, "url", "hashes"), PAIR(WITH, "decryption_key", "encryption_algorithm"), FORMS, END_WHOLE,
};
const struct stix_whole value_whole[] = {FORMS, END_WHOLE};
const struct stix_whole message_whole[] = {
	PAIR(NOT_TRUE, "is_multipart", "body"), PAIR(NOT_FALSE, "is_multipart", "body_multipart"), CHECK(check_message), FORMS, END_WHOLE,
};
const struct stix_whole file_whole[] = {PAIR(ANY, "hashes", "name"), FORMS, END_WHOLE};
const struct stix_whole traffic_whole[] = {
	PAIR(ANY, "src_ref", "dst_ref"), PAIR(NOT_TRUE, "is_active", "end"), PAIR(ORDER, "start", "end"), SHOULD("src_port"), SHOULD("dst_port"),
	CHECK(check_traffic), FORMS, END_WHOLE,
};
const struct stix_whole process_whole[] = {PAIR(SOME, "extensions", NULL), FORMS, END_WHOLE};
const struct stix_whole software_whole[] = {CHECK(check_languages), FORMS, END_WHOLE};
const struct stix_whole account_whole[] = {PAIR(SOME, "extensions", NULL), END_WHOLE};
const struct stix_whole registry_whole[] = {PAIR(SOME, NULL, NULL), FORMS, END_WHOLE};
const struct stix_whole certificate_whole[] = {PAIR(SOME, NULL, NULL), END_WHOLE};
