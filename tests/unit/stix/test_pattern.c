/* Patterns: what is taken, what is refused, where and with which words. */
#include <stdio.h>

#include "base/mem.h"
#include "check.h"
#include "stix/stix.h"

static const char *const good[] = {
	"[ipv4-addr:value = '198.51.100.7']",
	"[ipv4-addr:value='198.51.100.7']",
	"[domain-name:value IN ('a.example', 'b.example')]",
	"[file:size IN (1, 2.5, -3, -.5)]",
	"[file:is_x IN (true, false)]",
	"[file:magic_number_hex IN (h'', h'ffd8', b'/9g=')]",
	"[file:name IN ()]",
	"[file:size > 10 AND file:size <= 20 OR NOT EXISTS file:hashes]",
	"[NOT EXISTS file:hashes.MD5]",
	"[file:size == 1 AND file:size <> 2 AND file:size NOT != 3]",
	"[(file:size = 1 OR file:size = 2) AND (file:name LIKE 'a%')]",
	"[url:value MATCHES '^https?://[a-z]+\\\\.example/it\\'s']",
	"[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
	"[ipv4-addr:value NOT ISSUPERSET '198.51.100.1']",
	"[network-traffic:dst_ref.value ISSUBSET '2001:db8::/32']",
	"[file:hashes.'SHA-256' = 'AEC070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
	"[file:hashes.MD5 LIKE 'cead%' OR file:hashes.MD5 MATCHES '^ce' OR file:hashes.MD5 > 'c']",
	"[file:hashes.'x-own' = 'what it likes']",
	"[file:hashes[*] = 'what it likes']",
	"[file:name = '\xc3\xbc\xe4\xba\xac']",
	"[file:name = '']",
	"[file:name = 'a\nb\t/* no comment */ // none']",
	"[file:extensions.'ntfs-ext'.alternate_data_streams[0].hashes.MD5 = '79054025255fb1a26e4bc422aef54eb4']",
	"[x-own-type:abc.'b-c.d'[12].e[*] = 0]",
	"[artifact:payload_bin = b'']",
	"[artifact:payload_bin = b'dGhpcyBp\ncyBhIHRl\r\nc3Q=']",
	"[file:size = 9007199254740991 OR file:size = -9007199254740991 OR file:size = -0]",
	"[file:created = t'1601-01-01T00:00:00Z' OR file:created > t'2016-12-31T23:59:60.123456789012Z']",
	"[file:created = t'2024-02-29T00:00:00Z' OR file:created > t'2000-02-29T00:00:00.0Z']",
	"[file:size=1]AND[file:size=2]OR[file:size=3]FOLLOWEDBY[file:size=4]REPEATS 2TIMES WITHIN 0.5SECONDS",
	"([file:size = 1] AND [file:size = 2]) START t'2016-09-09T00:30:00Z' STOP t'2016-09-09T00:30:00.001Z' REPEATS 1 TIMES WITHIN 1 SECONDS",
	"([file:size = 1] REPEATS 2 TIMES) REPEATS 2 TIMES",
	"[file:size = 1] WITHIN 5 SECONDS AND [file:size = 2] WITHIN 5 SECONDS",
	"  /* a comment */ [ file:size\r\n=\t1 ] // and another",
	("\xe3\x80\x80[file:size\xc2\xa0=\xe2\x80\x83" "1]\xc2\x85"), /* two halves: the 1 is no hex digit */
};

static void good_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e;

		if (stix_pattern_check(good[i], strlen(good[i]), &e) != 0)
			fail_msg("%s\n%s", good[i], e.msg);
	}
}

static const struct { const char *pattern; unsigned position; const char *words; } bad[] = {
	{"", 1, "the pattern ends, expected \"(\" or \"[\""},
	{"file:size = 1", 1, "found \"file\", expected \"(\" or \"[\""},
	{"[file:size = ]", 14, "found \"]\", expected a number, a text in apostrophes or true/false"},
	{"[file:size 1]", 12, "expected NOT, a comparison operator (="},
	{"[file.size = 1]", 6, "expected \":\""},
	{"[file:size = 1", 15, "the pattern ends, expected AND, OR or \"]\""},
	{"[file:size = 1] [file:size = 2]", 17, "found \"[\", expected nothing more, AND, OR, FOLLOWEDBY, START, WITHIN or REPEATS"},
	{"[file:size = 1] and [file:size = 2]", 17, "keywords are written in capitals"},
	{"[file:\xc3\xbc = '\xc3\xbc']", 7, "found \"\xc3\xbc\", expected a property name or a text in apostrophes"},
	{"[file:name = '\xc3\xbc\xc3\xbc' x]", 19, "found \"x\""},
	{"[file:na-me = 1]", 7, "a name with a hyphen stands in apostrophes"},
	{"[file:name = 'a\\n']", 16, "behind a backslash"},
	{"[file:name = 'a]", 14, "no closing apostrophe"},
	{"[file:name = a1b2]", 14, "found \"a1b2\""},
	{"[file:name < true]", 14, "found \"true\", expected a number or a text in apostrophes"},
	{"[file:name LIKE 5]", 17, "expected a text in apostrophes"},
	{"[file:name MATCHES h'ff']", 20, "expected a text in apostrophes"},
	{"[NOT (file:size = 1)]", 6, "expected EXISTS"},
	{"[file:true = 1]", 7, "found \"true\""},
	{"[LAST:size = 1]", 2, "found \"LAST\", expected NOT, EXISTS, an object type like ipv4-addr or \"(\""},
	/* §9.2 */
	{"[file:size = +1]", 14, "no plus sign"},
	{"[file:size = +.5]", 14, "no plus sign"},
	{"[file:size = 007]", 14, "does not begin with 0"},
	{"[file:size = 1e5]", 15, "found \"e5\""},
	{"[file:size = 9007199254740992]", 14, "2^53-1"},
	{"[file:size = -9007199254740992]", 14, "2^53-1"},
	{"[abc:xyz= h'FF']", 11, "digits 0-9, a-f"},
	{"[abc:xyz= h'fff']", 11, "digits 0-9, a-f"},
	{"[abc:xyz= b'====']", 11, "base64"},
	{"[abc:xyz= b'AA=A']", 11, "base64"},
	{"[abc:xyz= b'AAA']", 11, "base64"},
	{"[abc:xyz= b'AA A']", 11, "base64"},
	{"[abc:xyz= b'A']", 11, "base64"},
	{"[abc:xyz= t'2023-02-29T00:00:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'1900-02-29T00:00:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-13-01T00:00:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-00-01T00:00:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-00T00:00:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01T24:00:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01T00:60:00Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01T00:00:61Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01T00:00:00.Z']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01T00:00:00']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01T00:00:00+00:00']", 11, "is a time like"},
	{"[abc:xyz= t'2023-01-01t00:00:00z']", 11, "is a time like"},
	{"[abc:xyz= t'']", 11, "is a time like"},
	/* §9.5.1 */
	{"[file:size = 1] WITHIN 0 SECONDS", 24, "must be positive"},
	{"[file:size = 1] WITHIN 0.00 SECONDS", 24, "must be positive"},
	{"[file:size = 1] WITHIN -5 SECONDS", 24, "found \"-5\", expected a whole number or a decimal number"},
	{"[file:size = 1] WITHIN 5 MINUTES", 26, "found \"MINUTES\", expected SECONDS"},
	{"[file:size = 1] REPEATS 0 TIMES", 25, "must be positive"},
	{"[file:size = 1] REPEATS 1.5 TIMES", 25, "expected a whole number"},
	{"[file:size = 1] REPEATS 2 TIMES REPEATS 3 TIMES", 33, "REPEATS stands there twice"},
	{"([file:size = 1]) WITHIN 5 SECONDS REPEATS 2 TIMES WITHIN 6 SECONDS", 52, "WITHIN stands there twice"},
	{"[file:size = 1] START t'2016-09-09T00:30:00Z' STOP t'2016-09-09T00:30:00.000Z'", 52, "STOP must be after START"},
	{"[file:size = 1] START t'2016-09-09T00:30:00Z'", 46, "expected STOP"},
	{"[file:size = 1] START '2016-09-09T00:30:00Z' STOP '2016-09-09T00:31:00Z'", 23, "a t before the apostrophe"}, /* STIX 2.0 */
	/* §9.6.1 */
	{"[file:size IN (1, 'a')]", 19, "all values of a set are of one kind"},
	{"[file:size IN (h'ff', 'a')]", 23, "all values of a set are of one kind"},
	{"[file:size IN (1,)]", 18, "found \")\""},
	{"[ipv4-addr:value ISSUBSET 'x']", 27, "an address or a network"},
	{"[ipv4-addr:value ISSUBSET '198.51.100.0/33']", 27, "an address or a network"},
	{"[ipv4-addr:value ISSUPERSET '2001:db8::/129']", 29, "an address or a network"},
	{"[ipv4-addr:value ISSUPERSET '2001:db8::/']", 29, "an address or a network"},
	/* §9.7, §3.1 */
	{"[File:size = 1]", 2, "\"File\" is no object type"},
	{"[x_own:size = 1]", 2, "is no object type"},
	{"[x:size = 1]", 2, "is no object type"},
	{"[file:xyz[-1] = 1]", 11, "found \"-1\", expected a whole number or \"*\""},
	{"[file:xyz[1.0] = 1]", 11, "found \"1.0\""},
	{"[file:xyz. = 1]", 12, "expected a property name or a text in apostrophes"},
	{"[file:Name = 1]", 7, "\"Name\" is no property"},
	{"[file:'na-me' = 1]", 7, "\"na-me\" is no property"},
	{"[file:_name = 1]", 7, "first a letter"},
	{"[file:'9name' = 1]", 7, "first a letter"},
	{"[file:x = 1]", 7, "\"x\" is no property"},
	/* §2.7 */
	{"[file:hashes.'SHA-256' = 'f00']", 26, "64 hexadecimal digits"},
	{"[file:hashes.sha256 IN ('f00')]", 25, "64 hexadecimal digits"},
	{"[file:hashes.MD5 != 5]", 21, "32 hexadecimal digits"},
	{"[file:hashes.MD5 = 'zead3f77f6cda6ec00f57d76c9a6879f']", 20, "32 hexadecimal digits"},
	{"[x509-certificate:hashes.'SHA-1' NOT = 'f00']", 40, "40 hexadecimal digits"},
	{"[file:name = '\xff']", 15, "no UTF-8"},
};

static void bad_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = {.code = 0};
		char position[40];

		(void)snprintf(position, sizeof(position), "position %u: ", bad[i].position);
		if (stix_pattern_check(bad[i].pattern, strlen(bad[i].pattern), &e) != E_FORMAT || e.code != E_FORMAT ||
		    strncmp(e.msg, position, strlen(position)) != 0 || strstr(e.msg, bad[i].words) == NULL)
			fail_msg("%s\nis: %s\nnot: %s%s", bad[i].pattern, e.code != 0 ? e.msg : "taken", position, bad[i].words);
		assert_int_equal(stix_pattern_check(bad[i].pattern, strlen(bad[i].pattern), NULL), E_FORMAT);
	}
}

static void nul_bytes(void **state)
{
	static const char inside[] = "[file:name = 'a\0b']", outside[] = "[file:name = 'a'\0]";
	struct err e;

	(void)state;
	assert_int_equal(stix_pattern_check(inside, sizeof(inside) - 1, &e), 0);
	assert_int_equal(stix_pattern_check(outside, sizeof(outside) - 1, &e), E_FORMAT);
	assert_int_equal(strncmp(e.msg, "position 17: ", 13), 0);
}

/* The parser's stack takes the deepest pattern the limit allows; one parenthesis more is refused by name. */
static int nested(unsigned levels, struct err *e)
{
	static const char level[] = "[aaa:bcd=1]FOLLOWEDBY[aaa:bcd=1]OR[aaa:bcd=1]AND(";
	static const char middle[] = "[aaa:bcd=1]FOLLOWEDBY[aaa:bcd=1]OR[aaa:bcd=1]AND[aaa:bcd=1 OR aaa:bcd=1 AND aaa:bcd.c[1] IN (1,2,3) OR aaa:bcd=1]";
	const size_t max = levels * sizeof(level) + sizeof(middle) + levels + 1;
	CLEANUP_STR char *s = mem_alloc(max);
	size_t n = 0;

	assert_non_null(s);
	for (unsigned i = 0; i < levels; i++)
		n += (size_t)snprintf(s + n, max - n, "%s", level);
	n += (size_t)snprintf(s + n, max - n, "%s", middle);
	for (unsigned i = 0; i < levels; i++)
		s[n++] = ')';
	return stix_pattern_check(s, n, e);
}

static void bounds(void **state)
{
	char *s = mem_alloc(LIMIT_PATTERN + 1);
	struct err e;
	size_t n = 0;

	(void)state;
	assert_int_equal(nested(LIMIT_PATTERN_NESTED - 1, &e), 0);
	assert_int_equal(nested(LIMIT_PATTERN_NESTED, &e), E_FORMAT);
	assert_non_null(strstr(e.msg, "more than 64 parentheses"));
	assert_non_null(s);
	memset(s, ' ', LIMIT_PATTERN + 1);
	memcpy(s, "[file:size IN (1", 16);
	for (n = 16; n + 4 < LIMIT_PATTERN; n += 2)
		memcpy(s + n, ",1", 2);
	memcpy(s + n, ")]", 2);
	assert_int_equal(stix_pattern_check(s, LIMIT_PATTERN, &e), 0);
	assert_int_equal(stix_pattern_check(s, LIMIT_PATTERN + 1, &e), E_FORMAT);
	mem_fail_after(1); /* a copy of a small pattern lies on the stack */
	assert_int_equal(stix_pattern_check(good[0], strlen(good[0]), &e), 0);
	assert_int_equal(stix_pattern_check(s, LIMIT_PATTERN, &e), E_NOMEM);
	mem_fail_after(0);
	mem_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones), cmocka_unit_test(bad_ones), cmocka_unit_test(nul_bytes), cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
