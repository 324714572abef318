/* Events of our own making; what comes out is looked at as JSON, and by the rules of STIX. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/misp.h"
#include "stix/stix.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

#define EVENT_UUID "5a7b1c2d-0001-4000-8000-0000000000aa"
#define UUID "5a7b1c2d-0003-4000-8000-0000000000a1"
#define CLEAR "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
#define AMBER "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"

static int take(void *ctx, const void *p, size_t n, struct err *e)
{
	struct json_doc *d = NULL;
	struct stix_object o;
	struct err why = {.msg = ""};

	(void)e;
	if (json_read(p, n, NULL, &d, &why) != 0 || stix_check(json_root(d), &(struct stix_how){.strict = STIX_DEFAULT}, &o, &why) != 0)
		print_error("%.*s\n%s\n", (int)n, (const char *)p, why.msg);
	assert_string_equal(why.msg, "");
	json_free(d);
	buf_put(ctx, p, n);
	buf_putc(ctx, '\n');
	return 0;
}

static int event(struct misp *m, const char *text, struct buf *out, struct err *e)
{
	struct json_doc *d = NULL;
	int rc;

	assert_int_equal(json_read(text, strlen(text), NULL, &d, NULL), 0);
	rc = misp_event(m, json_root(d), take, out, e);
	json_free(d);
	return rc;
}

/* What an event with this content gives, and what became of its attributes: "type mapped partly raw;…" */
static void count(void *ctx, const char *type, const struct misp_count *c)
{
	buf_printf(ctx, "%s %u %u %u;", type, (unsigned)c->mapped, (unsigned)c->partly, (unsigned)c->raw);
}

static void convert(const char *content, struct buf *out, struct buf *counts)
{
	CLEANUP_STR char *text = mem_printf("{\"Event\":{\"uuid\":\"" EVENT_UUID "\",\"info\":\"Test\",\"date\":\"2024-03-01\",\"timestamp\":\"1709300000\"%s}}", content);
	struct misp *m = misp_new();
	struct err e = {.msg = ""};

	assert_int_equal(event(m, text, out, &e), 0);
	misp_counts(m, count, counts);
	misp_free(m);
}

static void attribute(const char *type, const char *value, bool ids, const char *more, const char *want, const char *fate)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0), counts = BUF_INIT(0), text = BUF_INIT(0);
	CLEANUP_STR char *counted = mem_printf("%s %s;", type, fate);

	buf_printf(&text, ",\"Attribute\":[{\"uuid\":\"" UUID "\",\"type\":\"%s\",\"category\":\"Other\",\"to_ids\":%s,\"timestamp\":\"1709290000\",\"value\":", type, ids ? "true" : "false");
	json_put_str(&text, value, strlen(value));
	buf_printf(&text, "%s}]", more);
	convert(text.p, &out, &counts);
	if (strstr(out.p, want) == NULL)
		print_error("%s %s: no %s in\n%s", type, value, want, out.p);
	assert_non_null(strstr(out.p, want));
	assert_string_equal(counts.p, counted);
}

#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void indicators(void **state)
{
	static const struct { const char *type, *value, *pattern, *fate; } rows[] = {
		{"ip-dst", "203.0.113.7", "[ipv4-addr:value = '203.0.113.7']", "1 0 0"},
		{"ip-src", "2001:db8::1", "[ipv6-addr:value = '2001:db8::1']", "1 0 0"},
		{"ip-dst|port", "203.0.113.7|443", "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.7' AND network-traffic:dst_port = 443]", "1 0 0"},
		{"ip-src|port", "2001:db8::1|80", "network-traffic:src_ref.value = '2001:db8::1' AND network-traffic:src_port = 80]", "1 0 0"},
		{"domain", "evil.example", "[domain-name:value = 'evil.example']", "1 0 0"},
		{"hostname", "a.evil.example", "[domain-name:value = 'a.evil.example']", "1 0 0"},
		{"hostname|port", "a.evil.example|8443", "network-traffic:dst_port = 8443]", "1 0 0"},
		{"domain|ip", "evil.example|203.0.113.8", "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.8']", "1 0 0"},
		{"url", "http://evil.example/a?b='c'", "[url:value = 'http://evil.example/a?b=\\\\'c\\\\'']", "1 0 0"},
		{"md5", MD5, "[file:hashes.'MD5' = '" MD5 "']", "1 0 0"},
		{"sha1", SHA1, "[file:hashes.'SHA-1' = '" SHA1 "']", "1 0 0"},
		{"sha256", SHA256, "[file:hashes.'SHA-256' = '" SHA256 "']", "1 0 0"},
		{"filename", "a'b\\c", "[file:name = 'a\\\\'b\\\\\\\\c']", "1 0 0"},
		{"filename|md5", "a|b.exe|" MD5, "[file:name = 'a|b.exe' AND file:hashes.'MD5' = '" MD5 "']", "1 0 0"},
		{"malware-sample", "x.exe|" MD5, "file:hashes.'MD5' = '" MD5 "']", "1 0 0"},
		{"email-src", "a@evil.example", "[email-message:from_ref.value = 'a@evil.example']", "1 0 0"},
		{"email-dst", "b@example.org", "[email-message:to_refs[*].value = 'b@example.org']", "1 0 0"},
		{"email-subject", "Rechnung", "[email-message:subject = 'Rechnung']", "1 0 0"},
		{"mutex", "Global\\x", "[mutex:name = 'Global\\\\\\\\x']", "1 0 0"},
		{"regkey", "HKLM\\A", "[windows-registry-key:key = 'HKLM\\\\\\\\A']", "1 0 0"},
		{"regkey|value", "HKLM\\A|b|c", "windows-registry-key:values[*].data = 'b|c']", "1 0 0"},
		{"AS", "AS64496", "[autonomous-system:number = 64496]", "1 0 0"},
		{"mac-address", "00:11:22:33:44:55", "[mac-addr:value = '00:11:22:33:44:55']", "1 0 0"},
		{"port", "4444", "[network-traffic:dst_port = 4444]", "1 0 0"},
		{"sha3-512", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0", "[file:hashes.'SHA3-512' = 'b7518", "1 0 0"},
		{"filename|imphash", "x|" MD5, "file:hashes.'IMPHASH' = '" MD5 "']", "1 0 0"},
		{"email-x-mailer", "X", "[email-message:additional_header_fields.'X-Mailer' = 'X']", "1 0 0"},
		{"github-username", "x", "user-account:account_login = 'x']", "1 0 0"},
		{"size-in-bytes", "17", "[file:size = 17]", "1 0 0"},
		{"user-agent", "curl/1", "request_header.'User-Agent' = 'curl/1']", "1 0 0"},
		{"x509-fingerprint-sha1", SHA1, "[x509-certificate:hashes.'SHA-1' = '" SHA1 "']", "1 0 0"},
		{"ja3-fingerprint-md5", MD5, "[network-traffic:x_misp_ja3_fingerprint_md5 = '" MD5 "']", "0 1 0"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		attribute(rows[i].type, rows[i].value, true, "", rows[i].pattern, rows[i].fate);
		attribute(rows[i].type, rows[i].value, true, "", "\"id\":\"indicator--" UUID "\"", rows[i].fate);
	}
}

static void observations(void **state)
{
	static const struct { const char *type, *value, *want; } rows[] = {
		{"ip-dst", "203.0.113.7", "\"type\":\"ipv4-addr\""},
		{"ip-src|port", "2001:db8::1|443", "\"protocols\":[\"ipv6\"]"},
		{"ip-src|port", "2001:db8::1|443", "\"src_port\":443"},
		{"domain|ip", "evil.example|203.0.113.8", "\"resolves_to_refs\":[\"ipv4-addr--"},
		{"filename|sha256", "x|" SHA256, "\"name\":\"x\",\"hashes\":{\"SHA-256\":\"" SHA256 "\"}"},
		{"regkey|value", "HKLM\\A|b", "\"values\":[{\"data\":\"b\"}]"},
		{"AS", "64496", "\"number\":64496"},
		{"mac-address", "00:11:22:33:44:55", "\"type\":\"mac-addr\""},
		{"imphash", MD5, "\"hashes\":{\"IMPHASH\":\"" MD5 "\"}"},
		{"email-x-mailer", "X", "\"additional_header_fields\":{\"X-Mailer\":[\"X\"]}"},
		{"email-message-id", "<a@b>", "\"message_id\":\"<a@b>\""},
		{"github-username", "x", "\"account_login\":\"x\""},
		{"email-subject", "Rechnung", "\"is_multipart\":false"},
		{"md5", MD5, "\"number_observed\":1,\"object_refs\":[\"file--"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		attribute(rows[i].type, rows[i].value, false, "", rows[i].want, "1 0 0");
		attribute(rows[i].type, rows[i].value, false, "", "\"id\":\"observed-data--" UUID "\"", "1 0 0");
	}
}

static void other_forms(void **state)
{
	(void)state;
	attribute("yara", "rule x { condition: true }", true, "", "\"pattern_type\":\"yara\",\"pattern\":\"rule x { condition: true }\"", "1 0 0");
	attribute("snort", "alert tcp any", false, "", "\"pattern_type\":\"snort\"", "1 0 0");
	attribute("sigma", "title: x", false, "", "\"pattern_type\":\"sigma\"", "1 0 0");
	attribute("stix2-pattern", "[file:name = 'x']", true, "", "\"pattern_type\":\"stix\"", "1 0 0");
	attribute("vulnerability", "CVE-2024-1234", false, "", "{\"source_name\":\"cve\",\"external_id\":\"CVE-2024-1234\"}", "1 0 0");
	attribute("threat-actor", "Example Bear", false, "", "\"type\":\"threat-actor\"", "1 0 0");
	attribute("text", "Erste Welle, \xe7\xac\xac\xe4\xb8\x80\xe6\xb3\xa2", false, "", "\"type\":\"note\"", "1 0 0");
	attribute("comment", "x", true, ",\"comment\":\"y\"", "\"abstract\":\"y\",\"content\":\"x\"", "1 0 0");
	attribute("link", "https://example.org/r", false, ",\"comment\":\"report\"", "\"url\":\"https://example.org/r\",\"description\":\"report\"}]", "1 0 0");
}

static void kept_raw(void **state)
{
	static const char raw[] = "\"id\":\"x-misp-attribute--" UUID "\"";

	(void)state;
	attribute("btc", "1A1zP1", true, "", raw, "0 0 1");
	attribute("btc", "1A1zP1", true, ",\"comment\":\"c\"", "\"x_misp_type\":\"btc\",\"x_misp_category\":\"Other\",\"x_misp_value\":\"1A1zP1\",\"x_misp_comment\":\"c\"", "0 0 1");
	attribute("md5", "no digest", false, "", raw, "0 0 1");
	attribute("md5", "no digest", true, "", raw, "0 0 1");
	attribute("filename|md5", "no bar", true, "", raw, "0 0 1");
	attribute("ip-dst|port", "203.0.113.7|http", true, "", raw, "0 0 1");
	attribute("stix2-pattern", "[no pattern", true, "", raw, "0 0 1");
	attribute("AS", "ASx", false, "", raw, "0 0 1");
	attribute("port", "80", false, "", raw, "0 0 1"); /* a port alone cannot be observed */
	attribute("url", "", true, "", raw, "0 0 1");
	attribute("link", "javascript:x", false, "", raw, "0 0 1");
	attribute("link", "https://example.org/r", false, ",\"Sighting\":[{\"type\":\"0\"}]", raw, "0 0 1");
}

static void members_without_a_place(void **state)
{
	(void)state;
	attribute("md5", MD5, true, ",\"distribution\":\"5\",\"deleted\":false,\"object_relation\":null,\"id\":\"7\",\"Galaxy\":[{\"x\":1}],\"ShadowAttribute\":[]", "indicator", "1 0 0");
	attribute("md5", MD5, true, ",\"distribution\":\"3\"", "\"x_misp_distribution\":\"3\"", "0 1 0");
	attribute("md5", MD5, true, ",\"Sighting\":[{\"a\":\"\",\"b\":null}]", "\"x_misp_sighting\":\"[{\\\"a\\\":\\\"\\\",\\\"b\\\":null}]\"", "0 1 0");
	attribute("md5", MD5, true, ",\"disable_correlation\":true,\"Odd-Name\":1.5", "\"x_misp_disable_correlation\":true,\"x_misp_odd_name\":1.5", "0 1 0");
	attribute("md5", MD5, true, ",\"A b\":1,\"a_b\":2", "\"x_misp_a_b\":1,\"x_misp_json\":\"{\\\"A b\\\":1,", "0 1 0");
	attribute("btc", "x", true, ",\"Value\":1", "\"x_misp_json\":\"{", "0 0 1");
	attribute("md5", MD5, true, ",\"comment\":\"c\"", "\"description\":\"c\"", "1 0 0");
	attribute("md5", MD5, false, ",\"comment\":\"c\"", "\"x_misp_comment\":\"c\"", "0 1 0");
	attribute("md5", MD5, true, ",\"deleted\":true", "\"revoked\":true", "1 0 0");
	attribute("md5", MD5, true, ",\"first_seen\":\"2024-02-01T01:02:03.000000+00:00\"", "\"valid_from\":\"2024-02-01T01:02:03.000Z\"", "1 0 0");
	attribute("md5", MD5, true, ",\"first_seen\":\"2024-02-01T01:02:03+01:00\"", "\"x_misp_first_seen\":\"2024-02-01T01:02:03+01:00\"", "0 1 0");
	attribute("md5", MD5, false, ",\"last_seen\":\"2024-04-01T01:02:03Z\"", "\"last_observed\":\"2024-04-01T01:02:03.000Z\"", "1 0 0");
	attribute("md5", MD5, true, "", "\"labels\":[\"misp:type=\\\"md5\\\"\",\"misp:category=\\\"Other\\\"\",\"misp:to_ids=\\\"True\\\"\"]", "1 0 0");
}

static void markings(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0), counts = BUF_INIT(0), again = BUF_INIT(0);
	static const char two[] = ",\"Tag\":[{\"name\":\"TLP:AMBER\"},{\"name\":\"rsit:fraud\"}],\"Attribute\":["
		"{\"uuid\":\"" UUID "\",\"type\":\"md5\",\"value\":\"" MD5 "\",\"Tag\":[{\"name\":\"tlp:white\"}]},"
		"{\"uuid\":\"5a7b1c2d-0003-4000-8000-0000000000a2\",\"type\":\"md5\",\"value\":\"" MD5 "\"}]";
	const char *first, *second;

	(void)state;
	convert(two, &out, &counts);
	first = strstr(out.p, "\"type\":\"file\"");
	assert_non_null(first);
	second = strstr(first + 1, "\"type\":\"file\"");
	assert_non_null(second);
	/* one value under two markings: two objects */
	assert_non_null(strstr(first, CLEAR));
	assert_true(strncmp(strstr(first, "\"id\":\"file--") + 12, strstr(second, "\"id\":\"file--") + 12, 36) != 0);
	assert_non_null(strstr(second, AMBER));
	assert_non_null(strstr(out.p, "\"labels\":[\"rsit:fraud\"]"));
	convert(two, &again, &counts);
	assert_string_equal(out.p, again.p);
	/* a level we do not know stays as it is, and fails closed */
	attribute("md5", MD5, true, ",\"Tag\":[{\"name\":\"tlp:ex:chr\"}]", "\"tlp:ex:chr\"]", "1 0 0");
}

static void an_event(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0), counts = BUF_INIT(0);

	(void)state;
	convert(",\"published\":true,\"publish_timestamp\":\"1709300100\",\"analysis\":\"1\",\"Orgc\":{\"uuid\":\"5A7B1C2D-0002-4000-8000-0000000000AA\",\"name\":\"CERT\"},"
		"\"Object\":[{\"uuid\":\"5a7b1c2d-0004-4000-8000-0000000000a1\",\"name\":\"file\",\"meta-category\":\"file\",\"Attribute\":["
		"{\"uuid\":\"" UUID "\",\"type\":\"sha1\",\"object_relation\":\"sha1\",\"to_ids\":true,\"value\":\"" SHA1 "\"}]}],"
		"\"EventReport\":[{\"uuid\":\"5a7b1c2d-0005-4000-8000-0000000000a1\",\"name\":\"Bericht\",\"content\":\"# Lage\"},{\"uuid\":\"" UUID "\",\"content\":\"\"}]", &out, &counts);
	assert_non_null(strstr(out.p, "\"id\":\"identity--5a7b1c2d-0002-4000-8000-0000000000aa\""));
	assert_non_null(strstr(out.p, "\"id\":\"report--" EVENT_UUID "\",\"created\":\"2024-03-01T00:00:00.000Z\",\"modified\":\"2024-03-01T13:33:20.000Z\""));
	assert_non_null(strstr(out.p, "\"published\":\"2024-03-01T13:35:00.000Z\""));
	assert_non_null(strstr(out.p, "\"x_misp_analysis\":\"1\""));
	assert_non_null(strstr(out.p, "\"x_misp_attribute_refs\":[\"indicator--" UUID "\"]"));
	assert_non_null(strstr(out.p, "\"x_misp_meta_category\":\"file\""));
	assert_non_null(strstr(out.p, "\"content\":\"# Lage\""));
	assert_string_equal(counts.p, "sha1 0 1 0;");
	buf_clear(&out);
	convert("", &out, &counts);
	assert_non_null(strstr(out.p, "\"type\":\"grouping\""));
}

static void many_attributes(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0), counts = BUF_INIT(0), text = BUF_INIT(0);
	size_t groupings = 0;

	(void)state;
	buf_puts(&text, ",\"published\":true,\"Attribute\":[");
	for (unsigned i = 0; i < 6000; i++)
		buf_printf(&text, "%s{\"uuid\":\"5a7b1c2d-0003-4000-8000-%012u\",\"type\":\"ip-dst\",\"to_ids\":true,\"value\":\"10.0.%u.%u\"}", i > 0 ? "," : "", i, i / 256, i % 256);
	buf_putc(&text, ']');
	convert(text.p, &out, &counts);
	for (const char *p = out.p; (p = strstr(p, "{\"type\":\"grouping\"")) != NULL; p++)
		groupings++;
	assert_int_equal(groupings, 2);
	assert_non_null(strstr(strstr(out.p, "{\"type\":\"report\""), "\"object_refs\":[\"grouping--"));
	assert_string_equal(counts.p, "ip-dst 6000 0 0;");
}

static void refused(void **state)
{
	static const struct { const char *text, *why; } rows[] = {
		{"{}", "uuid and info are due"},
		{"[]", "uuid and info are due"},
		{"{\"Event\":{\"uuid\":\"" EVENT_UUID "\"}}", "uuid and info are due"},
		{"{\"Event\":{\"uuid\":\"" EVENT_UUID "\",\"info\":\"x\"}}", "neither date nor timestamp"},
		{"{\"uuid\":\"" EVENT_UUID "\",\"info\":\"x\",\"date\":\"2024-03-01\",\"Attribute\":[{\"type\":\"md5\",\"value\":\"x\"}]}", "an attribute without"},
		{"{\"uuid\":\"" EVENT_UUID "\",\"info\":\"x\",\"date\":\"2024-03-01\",\"Attribute\":[{\"uuid\":\"" UUID "\",\"type\":\"md5\",\"value\":7}]}", "an attribute without"},
		{"{\"uuid\":\"" EVENT_UUID "\",\"info\":\"x\",\"date\":\"2024-03-01\",\"Object\":[{}]}", "an object without"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);
		struct misp *m = misp_new();
		struct err e = {.msg = ""};

		assert_int_equal(event(m, rows[i].text, &out, &e), E_FORMAT);
		assert_non_null(strstr(e.msg, rows[i].why));
		misp_free(m);
	}
	misp_free(NULL);
}

static int put_away(void *ctx, const void *p, size_t n, struct err *e)
{
	(void)e;
	buf_put(ctx, p, n);
	buf_putc(ctx, '\n');
	return 0;
}

static void without_memory(void **state)
{
	static const char text[] = "{\"uuid\":\"" EVENT_UUID "\",\"info\":\"x\",\"date\":\"2024-03-01\",\"Orgc\":{\"uuid\":\"" UUID "\",\"name\":\"o\"},\"Attribute\":["
		"{\"uuid\":\"" UUID "\",\"type\":\"domain|ip\",\"value\":\"a|b\",\"comment\":\"c\",\"Sighting\":[1]},{\"uuid\":\"" UUID "\",\"type\":\"md5\",\"to_ids\":true,\"value\":\"" MD5 "\"}]}";
	CLEANUP_BUF struct buf all = BUF_INIT(0);
	struct misp *whole = misp_new();
	struct json_doc *d = NULL;
	int rc = E_NOMEM;

	(void)state;
	assert_int_equal(event(whole, text, &all, NULL), 0);
	misp_free(whole);
	assert_int_equal(json_read(text, strlen(text), NULL, &d, NULL), 0);
	for (long n = 1; rc != 0; n++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);
		struct misp *m = misp_new();

		buf_printf(&out, "%60000s", "");
		buf_clear(&out);
		mem_fail_after(n);
		rc = misp_event(m, json_root(d), put_away, &out, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == E_NOMEM);
		assert_true(out.n <= all.n && memcmp(out.p, all.p, out.n) == 0); /* never less than all of an object */
		misp_free(m);
	}
	json_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indicators),
		cmocka_unit_test(observations),
		cmocka_unit_test(other_forms),
		cmocka_unit_test(kept_raw),
		cmocka_unit_test(members_without_a_place),
		cmocka_unit_test(markings),
		cmocka_unit_test(an_event),
		cmocka_unit_test(many_attributes),
		cmocka_unit_test(refused),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
