/* makepapers DIR - a calendar and a feed with everything in them, for others' readers to judge (papers.sh, papers.py). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "consult/ics.h"
#include "web/feed.h"

static int64_t at(const char *s)
{
	int64_t ns = 0;

	return time_parse(s, strlen(s), &ns) ? ns : 0;
}

static int save(const char *dir, const char *name, const struct buf *b)
{
	char path[4096];

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
		return 1;
	FILE *f = fopen(path, "wb");

	return f == NULL || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0;
}

static int calendar(const char *dir)
{
	const int64_t made = at("2016-06-01T08:00:00Z");
	const struct ics_event v[] = {
		{.uid = "round--1@de.example", .sequence = 3, .created = made, .modified = made, .start = at("2016-09-09T00:30:00Z"), .end = at("2016-09-09T08:00:00Z"),
			.zone = "Asia/Tokyo", .summary = "1. deutsch-japanische Cyber-Konsultationen; 日独サイバー協議, erste Runde mit einem sehr langen Namen, damit gefaltet wird",
			.description = "Zeile 1\nZeile 2, mit \\ und ;", .location = "Tokyo", .lang = "de", .url = "https://de.example/r/1", .busy = true},
		{.uid = "silence--2@de.example", .created = made, .modified = made, .start = at("2016-03-27T00:30:00Z"), .end = at("2016-03-27T00:30:00Z"), .zone = "Europe/Berlin", .summary = "Winter"},
		{.uid = "silence--3@de.example", .created = made, .modified = made, .start = at("2016-03-27T01:00:00Z"), .end = at("2016-03-27T02:00:00Z"), .zone = "Europe/Berlin", .summary = "Sommer"},
		{.uid = "silence--4@de.example", .created = made, .modified = made, .start = at("2016-10-30T01:00:00Z"), .end = at("2016-10-30T02:00:00Z"), .zone = "Europe/Berlin", .summary = "wieder Winter"},
		{.uid = "round--5@de.example", .sequence = 1, .created = made, .modified = made, .all_day = true, .start = at("2017-07-20T00:00:00Z"), .end = at("2017-07-21T00:00:00Z"),
			.summary = "zwei Tage", .status = ICS_CANCELLED, .class = ICS_CONFIDENTIAL},
		{.uid = "round--6@de.example", .created = made, .modified = made, .start = at("2016-07-27T13:00:00Z"), .end = at("2016-07-27T20:00:00Z"), .zone = "America/New_York",
			.summary = "Washington", .status = ICS_TENTATIVE, .class = ICS_PRIVATE},
	};
	const struct ics_calendar c = {.name = "日独サイバー協議", .url = "https://de.example/de/series/x.ics", .refresh_minutes = 60, .v = v, .n = ARRAY_LEN(v)};
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	return ics_write(&c, &out, NULL) < 0 || save(dir, "calendar.ics", &out) != 0;
}

static int feed(const char *dir)
{
	const struct feed_entry v[] = {
		{.id = "urn:uuid:2f5ba1a2-6f6c-4a1e-9a0e-0e6c6c1f0001", .title = "Gemeinsame Erklärung <1> & \"mehr\"", .url = "https://de.example/r/1?a=b&c=d", .summary = "Text\x01 mit \xef\xbf\xbf Zeichen",
			.author = "Deutschland", .kind = "joint-statement", .kind_word = "Gemeinsame Erklärung", .lang = LANG_DE, .published = at("2016-09-12T08:00:00Z"), .updated = at("2016-09-13T08:00:00Z")},
		{.id = "https://de.example/r/2", .title = "共同声明", .url = "https://de.example/r/2", .lang = LANG_JA, .published = at("2016-09-12T08:00:00Z"), .updated = at("2016-09-12T08:00:00Z")},
	};
	const struct feed f = {.id = "https://de.example/de/feed", .title = "Veröffentlichungen", .author = "Deutschland", .url = "https://de.example/de/", .self = "https://de.example/de/feed.atom",
		.other = {[LANG_JA] = "https://de.example/ja/feed.atom"}, .lang = LANG_DE, .v = v, .n = ARRAY_LEN(v)};
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	return feed_write(&f, &out, NULL) < 0 || save(dir, "feed.atom", &out) != 0;
}

int main(int argc, char **argv)
{
	return argc != 2 || calendar(argv[1]) != 0 || feed(argv[1]) != 0;
}
