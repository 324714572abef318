/* Times: what is refused, exact comparison, the calendar both ways, and the zones we show against ICU's. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

static const char *golden; /* folder of the golden files; argv[1] */

static bool parse(const char *s, int64_t *ns) { return time_parse(s, strlen(s), ns); }

static int64_t at(const char *s)
{
	int64_t ns = 0;

	if (!parse(s, &ns))
		fail_msg("not taken: %s", s);
	return ns;
}

static void good(void **state)
{
	(void)state;
	assert_true(at("1970-01-01T00:00:00Z") == 0);
	assert_true(at("1970-01-01T00:00:01.5Z") == 1500000000);
	assert_true(at("1969-12-31T23:59:59.999999999Z") == -1);
	assert_true(at("2016-09-09T00:30:00.000Z") == 1473381000 * NS_PER_S);
	assert_true(at("2016-02-29T23:59:59Z") == 1456790399 * NS_PER_S);
	assert_true(at("2000-02-29T00:00:00Z") == 951782400 * NS_PER_S);
	/* digits beyond nanoseconds are cut, not rounded */
	assert_true(at("1970-01-01T00:00:00.0000000019999Z") == 1);
	/* the ends of what fits: the first and last year taken whole */
	assert_true(at("1678-01-01T00:00:00Z") == -9214560000 * NS_PER_S);
	assert_true(at("2261-12-31T23:59:59.999999999Z") == 9214646400 * NS_PER_S - 1);
}

static const char *const bad[] = {
	"", "Z", "2016-09-09", "2016-09-09T00:30:00", "2016-09-09T00:30:00.000", /* incomplete */
	"2016-09-09t00:30:00Z", "2016-09-09 00:30:00Z", "2016-09-09T00:30:00z", "2016-09-09T00:30:00+00:00", "2016-09-09T00:30:00-00:00",
	"2016-09-09T00:30:00.Z", "2016-09-09T00:30:00,5Z", "2016-09-09T00:30:00.5 Z", "2016-09-09T00:30:00.5.5Z", "2016-09-09T00:30:00.-1Z",
	"2016-09-09T00:30:00.5ZZ", "2016-09-09T00:30:0Z", "2016-9-09T00:30:00.0Z", "16-09-09T00:30:00.00Z", "+2016-09-09T00:30:00Z",
	"2016-00-09T00:30:00Z", "2016-13-09T00:30:00Z", "2016-09-00T00:30:00Z", "2016-09-31T00:30:00Z", "2015-02-29T00:30:00Z",
	"1900-02-29T00:30:00Z", "2100-02-29T00:30:00Z", "2016-02-30T00:30:00Z", "2016-04-31T00:30:00Z",
	"2016-09-09T24:00:00Z", "2016-09-09T00:60:00Z", "2016-12-31T23:59:60Z", "2016-09-09T00:30:61Z", /* leap seconds too: they cannot be ordered in ns */
	"2016/09/09T00:30:00Z", "2016-09-09T00.30.00Z", "2016-09-09T0a:30:00Z", "2016-09-09T00:30: 0Z", "2016-09-09T00:30:+1Z", "-016-09-09T00:30:00Z",
	"1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", /* outside what ns can hold */
	" 2016-09-09T00:30:00Z", "2016-09-09T00:30:00Z ", "2016-09-09T00:30:00Z\n", ("\xd9\xa2\xd9\xa0" "16-09-09T00:30:00Z"),
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t ns = 42;

		if (parse(bad[i], &ns))
			fail_msg("taken: \"%s\"", bad[i]);
		assert_true(ns == 42);
	}
	assert_false(time_parse("2016-09-09T00:30:00\0Z", 21, &(int64_t){0}));
}

/* No byte of a good time may be replaced by anything but what the format allows there. */
static void every_position(void **state)
{
	static const char model[] = "2016-11-11T11:11:11.1Z";

	(void)state;
	for (size_t i = 0; i < sizeof(model) - 1; i++) {
		for (int c = 0; c < 256; c++) {
			const bool digit = model[i] >= '0' && model[i] <= '9';
			char s[sizeof(model)];
			int64_t ns = 0;

			memcpy(s, model, sizeof(s));
			s[i] = (char)c;
			if (time_parse(s, sizeof(model) - 1, &ns) && !(digit ? c >= '0' && c <= '9' : c == model[i]))
				fail_msg("byte %d taken at %zu", c, i);
		}
	}
}

static int sign(int v) { return (v > 0) - (v < 0); }

static const struct { const char *a, *b; int want; } order[] = {
	{"2016-09-09T00:30:00Z", "2016-09-09T00:30:00Z", 0}, {"2016-09-09T00:30:00Z", "2016-09-09T00:30:00.0Z", 0},
	{"2016-09-09T00:30:00.1Z", "2016-09-09T00:30:00.100000000000000000000Z", 0},
	{"2016-09-09T00:30:00Z", "2016-09-09T00:30:00.0000000000000000001Z", -1},
	{"2016-09-09T00:30:00.0000000000000000002Z", "2016-09-09T00:30:00.0000000000000000001Z", 1},
	{"2016-09-09T00:30:00.9Z", "2016-09-09T00:30:00.10Z", 1}, {"2016-09-09T00:30:00.09Z", "2016-09-09T00:30:00.1Z", -1},
	{"2016-09-09T00:30:00.999Z", "2016-09-09T00:30:01Z", -1}, {"2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z", -1},
	{"1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z", -1},
};

static void compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const char *a = order[i].a, *b = order[i].b;

		if (sign(time_compare(a, strlen(a), b, strlen(b))) != order[i].want || sign(time_compare(b, strlen(b), a, strlen(a))) != -order[i].want)
			fail_msg("%s and %s", a, b);
	}
}

static void format(void **state)
{
	char s[31];

	(void)state;
	time_format(1473381000 * NS_PER_S + 7008009, 0, s, sizeof(s));
	assert_string_equal(s, "2016-09-09T00:30:00Z");
	time_format(1473381000 * NS_PER_S + 7008009, 3, s, sizeof(s));
	assert_string_equal(s, "2016-09-09T00:30:00.007Z");
	time_format(1473381000 * NS_PER_S + 7008009, 6, s, sizeof(s));
	assert_string_equal(s, "2016-09-09T00:30:00.007008Z");
	time_format(1473381000 * NS_PER_S + 7008009, 9, s, sizeof(s));
	assert_string_equal(s, "2016-09-09T00:30:00.007008009Z");
	time_format(-1, 3, s, sizeof(s));
	assert_string_equal(s, "1969-12-31T23:59:59.999Z");
	time_format(INT64_MIN, 9, s, sizeof(s));
	assert_string_equal(s, "1677-09-21T00:12:43.145224192Z");
	time_format(INT64_MAX, 9, s, sizeof(s));
	assert_string_equal(s, "2262-04-11T23:47:16.854775807Z");
}

/* Every day of the range, there and back, and the weekday goes on by one. */
static void calendar(void **state)
{
	const int64_t day = 86400 * NS_PER_S;
	int weekday = -1;

	(void)state;
	for (int64_t ns = at("1678-01-01T13:14:15Z"); ns < at("2261-12-31T23:59:59Z"); ns += day) {
		struct civil c = {0};
		char s[31];

		time_civil(ns, &c);
		assert_true(time_from_civil(&c) * NS_PER_S == ns);
		assert_true(weekday < 0 || c.weekday == (weekday + 1) % 7);
		weekday = c.weekday;
		time_format(ns, 0, s, sizeof(s));
		assert_true(at(s) == ns);
		assert_true(c.hour == 13 && c.minute == 14 && c.second == 15);
	}
}

static void weekdays(void **state)
{
	struct civil c = {0};

	(void)state;
	time_civil(at("1970-01-01T00:00:00Z"), &c);
	assert_int_equal(c.weekday, 4);
	time_civil(at("2016-09-09T00:30:00Z"), &c);
	assert_int_equal(c.weekday, 5);
	time_civil(at("1950-01-01T23:59:59Z"), &c);
	assert_int_equal(c.weekday, 0);
}

static void check_zone_row(char *line)
{
	static const char names[] = "SunMonTueWedThuFriSat";
	const char *time = strtok(line, "\t"), *zone = strtok(NULL, "\t"), *offset = strtok(NULL, "\t"), *weekday = strtok(NULL, "\t\n");
	const char *abbr = NULL;
	struct civil c = {0};
	int got = -1;

	assert_non_null(weekday);
	assert_true(time_zone(zone, at(time), &got, &abbr));
	if (got != (int)strtol(offset, NULL, 10))
		fail_msg("%s %s: %d, expected %s", time, zone, got, offset);
	if (strcmp(zone, "Europe/Berlin") == 0)
		assert_string_equal(abbr, got == 7200 ? "MESZ" : "MEZ");
	time_civil(at(time), &c);
	assert_memory_equal(names + 3 * c.weekday, weekday, 3);
}

static void zones_as_icu(void **state)
{
	char path[4096], line[256];
	size_t rows = 0;
	FILE *f = NULL;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/time/zones.tsv", golden);
	f = fopen(path, "re");
	assert_non_null(f);
	for (; fgets(line, sizeof(line), f) != NULL; rows++)
		check_zone_row(line);
	(void)fclose(f);
	assert_true(rows > 2500);
}

static void zones(void **state)
{
	const char *abbr = NULL;
	int off = 0;

	(void)state;
	assert_true(time_zone("Asia/Tokyo", 0, &off, &abbr));
	assert_string_equal(abbr, "JST");
	assert_true(time_zone("Europe/Berlin", at("2016-03-27T00:59:59.999999999Z"), &off, &abbr));
	assert_string_equal(abbr, "MEZ");
	assert_true(time_zone("Europe/Berlin", at("2016-03-27T01:00:00Z"), &off, &abbr));
	assert_string_equal(abbr, "MESZ");
	off = 5;
	assert_false(time_zone("Europe/Paris", 0, &off, &abbr));
	assert_false(time_zone("europe/berlin", 0, &off, &abbr));
	assert_false(time_zone("", 0, &off, &abbr));
	assert_int_equal(off, 5);
}

static void system_clock(void **state)
{
	struct clock c = clock_system();
	const int64_t a = clock_now(&c), b = clock_now(&c);

	(void)state;
	assert_true(a > at("2024-01-01T00:00:00Z"));
	assert_true(b - a >= -NS_PER_S && b - a < 60 * NS_PER_S);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(refused),
		cmocka_unit_test(every_position),
		cmocka_unit_test(compare),
		cmocka_unit_test(format),
		cmocka_unit_test(calendar),
		cmocka_unit_test(weekdays),
		cmocka_unit_test(zones_as_icu),
		cmocka_unit_test(zones),
		cmocka_unit_test(system_clock),
	};

	golden = argc > 1 ? argv[1] : "tests/golden";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
