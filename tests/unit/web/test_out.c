/* Escaping and addresses: nothing a string holds becomes markup or another address. */
#include <string.h>

#include "../check.h"
#include "web/url.h"
#include "web/view.h"

static void text_is_escaped(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct out o = {&b, LANG_EN};

	(void)state;
	o_text(&o, "a<b>\"c\"&'d'\x01\x1b[2J\t\n\x7f日本");
	assert_string_equal(b.p, "a&lt;b&gt;&#34;c&#34;&amp;&#39;d&#39;\xef\xbf\xbd\xef\xbf\xbd[2J\t\n\xef\xbf\xbd日本");
	buf_clear(&b);
	o_text(&o, NULL);
	assert_int_equal(b.n, 0);
	o_textf(&o, "%s/%d", "<", -3);
	OUT_TEXT(&o, (uint64_t)18446744073709551615u);
	OUT_TEXT(&o, (struct url){"/a&b"});
	OUT_TEXT(&o, ((struct safe){"<i>", 3}));
	assert_string_equal(b.p, "&lt;/-318446744073709551615/a&amp;b<i>");
}

static void out_of_memory_is_not_silent(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(4);
	struct out o = {&b, LANG_EN};

	(void)state;
	o_text(&o, "12345");
	assert_int_not_equal(buf_err(&b, NULL, "page"), 0);
}

static void paths(void **state)
{
	CLEANUP_ARENA struct arena a = {0};

	(void)state;
	assert_string_equal(url_path(&a, "de", "series", "a/../b?c#d", NULL).s, "/de/series/a%2F..%2Fb%3Fc%23d");
	assert_string_equal(url_path(&a, "日", NULL).s, "/%E6%97%A5");
	assert_string_equal(url_path(&a, "r", "x--1", "v", "2016-09-12T08:00:00.000Z", NULL).s, "/r/x--1/v/2016-09-12T08:00:00.000Z");
	assert_string_equal(url_query(&a, url_query(&a, (struct url){"/x"}, "view", "de,ja"), "v", "a&b=c").s, "/x?view=de,ja&v=a%26b%3Dc");
	assert_string_equal(url_fragment(&a, "de-1\"><script>").s, "#de-1%22%3E%3Cscript%3E");
	assert_string_equal(url_mail(&a, "a&b?c", "d\r\nBcc: e").s, "mailto:?subject=a%26b%3Fc&body=d%0D%0ABcc%3A%20e");
}

static void foreign_addresses(void **state)
{
	static const char *const no[] = {"javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://x.example/", "https://x.example/\nx", "https://x.example/\"x", "data:text/html,x",
		"//x.example/", "/local", "https://", "https:///x", "http:x", "https:\\\\x", "ftp://x.example/", "https://@x", "", NULL};
	CLEANUP_ARENA struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		assert_string_equal(url_foreign(&a, no[i]).s, "#");
	assert_string_equal(url_foreign(&a, "https://x.example/a?b=c&d#e").s, "https://x.example/a?b=c&d#e");
	assert_string_equal(url_foreign(&a, "http://[::1]/").s, "http://[::1]/");
}

/* CLDR 48, as Intl.DateTimeFormat gives them (Japanese with full-width brackets, as running text is set). */
static void dates(void **state)
{
	static const struct { const char *t, *zone, *de, *ja, *en; } rows[] = {
		{"2016-09-09T00:30:00Z", "Asia/Tokyo", "09.09.2016", "2016年9月9日（金）", "9 September 2016"},
		{"2016-09-11T22:30:00Z", "Europe/Berlin", "12.09.2016", "2016年9月12日（月）", "12 September 2016"},
		{"2016-09-11T22:30:00Z", "UTC", "11.09.2016", "2016年9月11日（日）", "11 September 2016"},
		{"2024-02-29T15:00:00Z", "Asia/Tokyo", "01.03.2024", "2024年3月1日（金）", "1 March 2024"},
	};
	CLEANUP_ARENA struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t ns = 0;

		assert_true(time_parse(rows[i].t, strlen(rows[i].t), &ns));
		assert_string_equal(date_text(&a, LANG_DE, ns, rows[i].zone), rows[i].de);
		assert_string_equal(date_text(&a, LANG_JA, ns, rows[i].zone), rows[i].ja);
		assert_string_equal(date_text(&a, LANG_EN, ns, rows[i].zone), rows[i].en);
	}
}

static void two_clocks(void **state)
{
	CLEANUP_ARENA struct arena a = {0};
	int64_t ns = 0;

	(void)state;
	assert_true(time_parse("2016-09-12T08:15:00Z", 20, &ns));
	assert_string_equal(clocks_text(&a, LANG_DE, ns, "Europe/Berlin", "Asia/Tokyo"), "10:15\u00a0MESZ / 17:15\u00a0JST");
	assert_string_equal(clocks_text(&a, LANG_EN, ns, "Asia/Tokyo", "Europe/Berlin"), "17:15\u00a0JST / 10:15\u00a0CEST");
	assert_string_equal(clocks_text(&a, LANG_EN, ns, "Asia/Tokyo", "Asia/Tokyo"), "17:15\u00a0JST");
	/* Where it is already the next day, the day is named. */
	assert_true(time_parse("2016-12-12T20:00:00Z", 20, &ns));
	assert_string_equal(moment_text(&a, LANG_DE, ns, "Europe/Berlin", "Asia/Tokyo"), "12.12.2016, 21:00\u00a0MEZ / 13.12.2016, 05:00\u00a0JST");
	assert_string_equal(moment_text(&a, LANG_JA, ns, "Asia/Tokyo", "Europe/Berlin"), "2016年12月13日（火）05:00\u00a0日本時間 / 2016年12月12日（月）21:00\u00a0中欧時間");
	assert_string_equal(exactly_text(&a, LANG_EN, ns + 7 * NS_PER_S, "UTC", NULL), "12 December 2016, 20:00:07\u00a0UTC");
}

static void own_side_first(void **state)
{
	(void)state;
	assert_true(alternat(LANG_DE, "DE", "JP") < 0);
	assert_true(alternat(LANG_JA, "DE", "JP") > 0);
	assert_true(alternat(LANG_JA, "JP", "DE") < 0);
	assert_true(alternat(LANG_EN, "DE", "JP") < 0);
	assert_int_equal(alternat(LANG_JA, "JP", "JP"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped), cmocka_unit_test(out_of_memory_is_not_silent), cmocka_unit_test(paths), cmocka_unit_test(foreign_addresses),
		cmocka_unit_test(dates), cmocka_unit_test(two_clocks), cmocka_unit_test(own_side_first),
	};

	return cmocka_run_group_tests_name("web: escaping, addresses, dates", tests, NULL, NULL);
}
