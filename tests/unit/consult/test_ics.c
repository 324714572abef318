/* The calendar: form, folding, zones. The reading of it by others is tried in tests/interop. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/enc.h"
#include "base/mem.h"
#include "consult/ics.h"

static int64_t at(const char *s)
{
	int64_t ns = 0;

	assert_true(time_parse(s, strlen(s), &ns));
	return ns;
}

static struct ics_event round_one(void)
{
	return (struct ics_event){.uid = "verbale-round--1@de.example", .sequence = 2, .created = at("2016-06-01T08:00:00Z"), .modified = at("2016-09-01T08:00:00Z"),
		.start = at("2016-09-09T00:30:00Z"), .end = at("2016-09-09T08:00:00Z"), .zone = "Asia/Tokyo", .summary = "1. Runde; Tokyo, 日独サイバー協議",
		.location = "Außenministerium\nTokyo", .lang = "de", .url = "https://de.example/r/1", .busy = true};
}

static char *written(const struct ics_event *v, size_t n)
{
	const struct ics_calendar c = {.name = "日独サイバー協議", .v = v, .n = n, .refresh_minutes = 60};
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	assert_int_equal(ics_write(&c, &out, NULL), 0);
	return buf_take(&out, NULL);
}

static void has(const char *s, const char *line)
{
	if (strstr(s, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, s);
}

static void test_event(void **state)
{
	const struct ics_event v = round_one();
	CLEANUP_STR char *s = written(&v, 1);
	(void)state;

	has(s, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
	has(s, "\r\nMETHOD:PUBLISH\r\n");
	has(s, "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT60M\r\n");
	has(s, "\r\nBEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\n");
	assert_null(strstr(s, "Berlin"));
	has(s, "\r\nUID:verbale-round--1@de.example\r\nDTSTAMP:20160901T080000Z\r\nCREATED:20160601T080000Z\r\nLAST-MODIFIED:20160901T080000Z\r\nSEQUENCE:2\r\n");
	has(s, "\r\nDTSTART;TZID=Asia/Tokyo:20160909T093000\r\nDTEND;TZID=Asia/Tokyo:20160909T170000\r\n");
	has(s, "\r\nSUMMARY;LANGUAGE=de:1. Runde\\; Tokyo\\, 日独サイバー協議\r\n");
	has(s, "\r\nLOCATION;LANGUAGE=de:Außenministerium\\nTokyo\r\n");
	has(s, "\r\nURL:https://de.example/r/1\r\nSTATUS:CONFIRMED\r\nCLASS:PUBLIC\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void test_kinds(void **state)
{
	struct ics_event v[] = {round_one(), round_one(), round_one(), round_one()};
	(void)state;

	v[0].zone = "Europe/Berlin";
	v[0].start = at("2016-03-27T00:59:00Z"); /* a minute before summer time */
	v[0].end = at("2016-03-27T01:00:00Z");
	v[1].all_day = true;
	v[1].start = at("2016-03-22T00:00:00Z");
	v[1].end = at("2016-03-23T00:00:00Z");
	v[1].status = ICS_CANCELLED;
	v[2].zone = "America/New_York";
	v[2].end = v[2].start;
	v[2].busy = false;
	v[2].class = ICS_CONFIDENTIAL;
	v[3].zone = "Europe/Berlin";
	v[3].start = v[3].end = at("1996-10-27T00:59:59Z");
	CLEANUP_STR char *s = written(v, 4);

	has(s, "DTSTART;TZID=Europe/Berlin:20160327T015900\r\nDTEND;TZID=Europe/Berlin:20160327T030000\r\n");
	has(s, "DTSTART;VALUE=DATE:20160322\r\nDTEND;VALUE=DATE:20160324\r\n");
	has(s, "STATUS:CANCELLED\r\nCLASS:PUBLIC\r\nTRANSP:TRANSPARENT\r\n");
	has(s, "DTSTART:20160909T003000Z\r\nSUMMARY");
	has(s, "CLASS:CONFIDENTIAL\r\nTRANSP:TRANSPARENT\r\n");
	has(s, "DTSTART:19961027T005959Z\r\nSUMMARY");
	assert_null(strstr(s, "Tokyo\r\nBEGIN:STANDARD"));
}

/* Every line has at most 75 octets, none cuts a character, and unfolded it is what was put in. */
static void test_folding(void **state)
{
	(void)state;
	for (size_t lead = 0; lead < 80; lead++) {
		CLEANUP_BUF struct buf text = BUF_INIT(0), plain = BUF_INIT(0);
		struct ics_event v = round_one();

		for (size_t i = 0; i < lead; i++)
			buf_putc(&text, 'x');
		for (size_t i = 0; i < 60; i++)
			buf_puts(&text, i % 3 == 0 ? "協" : i % 3 == 1 ? "ä" : "𠮟");
		v.summary = text.p;
		CLEANUP_STR char *s = written(&v, 1);

		for (const char *p = s; *p != '\0';) {
			const char *end = strstr(p, "\r\n");

			assert_non_null(end);
			assert_true(end - p <= 75);
			assert_int_equal(utf8_check(p, (size_t)(end - p)), (size_t)(end - p));
			buf_put(&plain, p, (size_t)(end - p));
			p = end + 2;
			if (*p == ' ')
				p++;
			else
				buf_putc(&plain, '\n');
		}
		assert_non_null(strstr(plain.p, text.p));
	}
}

/* Our rules of summer time and base/clock's are the same law: the last Sunday at 01:00 UTC. */
static void test_zone_law(void **state)
{
	(void)state;
	for (int year = 1997; year < 2100; year++)
		for (int month = 3; month <= 10; month += 7) {
			struct civil c = {.year = year, .month = month, .day = 31, .hour = 1};
			const char *abbr;
			int before, after;
			int64_t s = time_from_civil(&c);

			time_civil(s * NS_PER_S, &c);
			s -= c.weekday * 86400;
			assert_true(time_zone("Europe/Berlin", (s - 1) * NS_PER_S, &before, &abbr));
			assert_true(time_zone("Europe/Berlin", s * NS_PER_S, &after, &abbr));
			assert_int_equal(before, month == 3 ? 3600 : 7200);
			assert_int_equal(after, month == 3 ? 7200 : 3600);
		}
}

static void refused(const struct ics_event *v, const char *why)
{
	const struct ics_calendar c = {.name = "x", .v = v, .n = 1};
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct err e;

	assert_int_equal(ics_write(&c, &out, &e), E_FORMAT);
	assert_string_equal(e.msg, why);
	assert_int_equal(out.n, 0);
}

static void test_refused(void **state)
{
	struct ics_event v = round_one();
	(void)state;

	v.end = v.start - 1;
	refused(&v, "calendar: event 1 ends before it starts");
	v = round_one();
	v.summary = "";
	refused(&v, "calendar: event 1 has no SUMMARY");
	v.summary = "\xff";
	refused(&v, "calendar: event 1: SUMMARY is not UTF-8");
	v = round_one();
	v.url = "https://x/\r\nATTENDEE:mailto:a@example";
	refused(&v, "calendar: event 1: spaces or control characters in URL");
	v = round_one();
	v.uid = "a\nb";
	refused(&v, "calendar: event 1: spaces or control characters in UID");
	v = round_one();
	v.lang = "de:x";
	refused(&v, "calendar: event 1: no language \"de:x\"");
}

/* A line end in a text stays text. */
static void test_injection(void **state)
{
	struct ics_event v = round_one();
	(void)state;

	v.summary = "a\r\nATTENDEE:b\x01\x7f,c\\";
	CLEANUP_STR char *s = written(&v, 1);

	has(s, ":a\\nATTENDEE:b\\,c\\\\\r\n");
	assert_null(strstr(s, "\nATTENDEE"));
}

static void test_memory(void **state)
{
	const struct ics_event v = round_one();
	const struct ics_calendar c = {.name = "x", .v = &v, .n = 1};
	int r = E_NOMEM;
	(void)state;

	for (long i = 1; r == E_NOMEM && i < 100; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);

		mem_fail_after(i);
		r = ics_write(&c, &out, NULL);
		mem_fail_after(0);
	}
	assert_int_equal(r, 0);
}

/* With a file name: writes the calendar that tests/interop lets others read. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event), cmocka_unit_test(test_kinds), cmocka_unit_test(test_folding), cmocka_unit_test(test_zone_law),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_injection), cmocka_unit_test(test_memory),
	};

	(void)argc;
	(void)argv;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
