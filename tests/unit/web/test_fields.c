/* Dates and times as people type them in three languages. */
#include <string.h>

#include "../check.h"
#include "web/fields.h"
#include "web/view.h"

static void dates(void **state)
{
	static const char *const same[] = {"09.09.2016", "9.9.2016", " 9. 9. 2016 ", "2016-09-09", "2016/9/9", "2016.9.9", "2016年9月9日", "２０１６年９月９日", "2016年9月9日（金）", "2016年 9月 9日 (金)",
		"平成28年9月9日", "平成２８年９月９日", "9 September 2016", "9. September 2016", "０９．０９．２０１６"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		struct civil c = {0};

		if (date_read(same[i], &c, NULL) != NULL)
			fail_msg("not read: %s", same[i]);
		assert_int_equal(c.year, 2016);
		assert_int_equal(c.month, 9);
		assert_int_equal(c.day, 9);
	}
}

static void eras(void **state)
{
	static const struct { const char *s; int year; } rows[] = {{"令和元年5月1日", 2019}, {"令和8年1月2日", 2026}, {"昭和64年1月7日", 1989}, {"平成元年1月8日", 1989}};
	struct civil c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_null(date_read(rows[i].s, &c, NULL));
		assert_int_equal(c.year, rows[i].year);
	}
}

static void no_dates(void **state)
{
	static const char *const no[] = {"", " ", "x", "9/9/2016", "09/10/2016", "31.02.2017", "29.02.2017", "32.01.2017", "00.01.2017", "01.13.2017", "2017-1-", "-1.1.2017", "1.1.17", "1.1.02017", "1.1.1899", "1.1.2201",
		"2016-09-09T00:00", "2016年9日9月", "1.2.3.4", "99999999999999999999", "1.1.2017; drop", "平成年1月1日", "平成2016年9月9日", "令和", "September 2016 9", "9.9.2016 9.9.2016",
		"00000000000000000000000000000000000000000000000000000000000000000000000000000001.1.2017", "\xff\xfe", "（", "2016", "2016-09", "09.2016"};
	struct civil c = {.year = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (date_read(no[i], &c, NULL) == NULL)
			fail_msg("read: %s", no[i]);
	assert_int_equal(c.year, 7);
	assert_null(date_read("29.02.2016", &c, NULL));
	assert_null(date_read("29.02.2000", &c, NULL));
	assert_non_null(date_read("29.02.2100", &c, NULL));
}

static void parts_of_dates(void **state)
{
	static const struct { const char *s; enum date_part part; int month; } rows[] = {{"2017", DATE_YEAR, 1}, {"2017年", DATE_YEAR, 1}, {"平成29年", DATE_YEAR, 1}, {"06.2017", DATE_MONTH, 6}, {"2017年6月", DATE_MONTH, 6},
		{"2017-06", DATE_MONTH, 6}, {"2017/6", DATE_MONTH, 6}, {"June 2017", DATE_MONTH, 6}, {"Juni 2017", DATE_MONTH, 6}, {"01.06.2017", DATE_DAY, 6}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct civil c;
		enum date_part part = DATE_DAY;

		if (date_read(rows[i].s, &c, &part) != NULL)
			fail_msg("not read: %s", rows[i].s);
		assert_int_equal(c.year, 2017);
		assert_int_equal(c.month, rows[i].month);
		assert_int_equal(c.day, 1);
		assert_int_equal(part, rows[i].part);
	}
}

static void times(void **state)
{
	static const char *const same[] = {"9:30", "09:30", "09.30", "9時30分", "９：３０", " 9:30 "}, *const no[] = {"", "24:00", "12:60", "9", "930", "9:30:00", "-1:00", "9.30.00", "noon"};
	struct civil c = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		c = (struct civil){0};
		if (time_read(same[i], &c) != NULL)
			fail_msg("not read: %s", same[i]);
		assert_int_equal(c.hour * 60 + c.minute, 570);
	}
	assert_null(time_read("17時", &c));
	assert_int_equal(c.hour * 60 + c.minute, 1020);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (time_read(no[i], &c) == NULL)
			fail_msg("read: %s", no[i]);
}

static void moments(void **state)
{
	static const struct { const char *date, *time, *zone, *utc; } rows[] = {
		{"12.09.2016", "10:15", "Europe/Berlin", "2016-09-12T08:15:00Z"}, {"2016年9月12日", "17:15", "Asia/Tokyo", "2016-09-12T08:15:00Z"}, {"2016-01-12", "10:15", "Europe/Berlin", "2016-01-12T09:15:00Z"},
		{"30.10.2016", "02:30", "Europe/Berlin", "2016-10-30T00:30:00Z"}, {"30.10.2016", "03:00", "Europe/Berlin", "2016-10-30T02:00:00Z"}, {"30.10.2016", "01:59", "Europe/Berlin", "2016-10-29T23:59:00Z"},
		{"27.03.2016", "03:00", "Europe/Berlin", "2016-03-27T01:00:00Z"}, {"27.03.2016", "01:59", "Europe/Berlin", "2016-03-27T00:59:00Z"}, {"12.09.2016", "10:15", "UTC", "2016-09-12T10:15:00Z"},
	};
	int64_t ns = 0, want = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_null(moment_read(rows[i].date, rows[i].time, rows[i].zone, &ns));
		assert_true(time_parse(rows[i].utc, strlen(rows[i].utc), &want));
		assert_int_equal(ns, want);
	}
	assert_non_null(moment_read("27.03.2016", "02:30", "Europe/Berlin", &ns));
	assert_int_equal(ns, want);
	assert_non_null(moment_read("", "02:30", "Europe/Berlin", &ns));
	assert_non_null(moment_read("27.03.2016", "", "Europe/Berlin", &ns));
}

/* What a page shows in a field is read again as the same day. */
static void typed_again(void **state)
{
	CLEANUP_ARENA struct arena a = {0};

	(void)state;
	for (int64_t day = -20000; day < 60000; day += 37)
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const int64_t ns = (day * 86400 + 3600) * NS_PER_S;
			struct civil want, c;

			time_civil(ns, &want);
			assert_null(date_read(date_typed(&a, (enum lang)l, ns, "UTC"), &c, NULL));
			assert_null(date_read(date_text(&a, (enum lang)l, ns, "UTC"), &c, NULL));
			assert_int_equal(c.year * 10000 + c.month * 100 + c.day, want.year * 10000 + want.month * 100 + want.day);
		}
}

static void faults(void **state)
{
	struct field f[] = {{.name = "a", .label = "A", .required = true}, {.name = "b", .label = "B"}, {.name = "c", .label = "C", .value = "x", .required = true}};

	(void)state;
	assert_true(fields_ok(f, 3));
	fields_require(f, 3);
	assert_false(fields_ok(f, 3));
	assert_non_null(f[0].fault);
	assert_null(f[1].fault);
	assert_null(f[2].fault);
	fields_fault(f, 3, "b", "one");
	fields_fault(f, 3, "b", "two");
	assert_string_equal(f[1].fault, "one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates), cmocka_unit_test(eras), cmocka_unit_test(no_dates), cmocka_unit_test(parts_of_dates), cmocka_unit_test(times), cmocka_unit_test(moments),
		cmocka_unit_test(typed_again), cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests_name("web: what people type", tests, NULL, NULL);
}
