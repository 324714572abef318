/* Dates and times as the three languages write them; zones from base/clock. CLDR 48 forms, see the tests. */
#include <stdio.h>
#include <string.h>

#include "web/view.h"

static struct civil civil_in(int64_t ns, const char *zone)
{
	struct civil c;
	const char *abbr;
	int offset = 0;

	if (zone == NULL || !time_zone(zone, ns, &offset, &abbr))
		offset = 0;
	time_civil(ns + (int64_t)offset * NS_PER_S, &c);
	return c;
}

const char *date_text(struct arena *a, enum lang l, int64_t ns, const char *zone)
{
	static const char *const month[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
		"October", "November", "December"};
	static const char *const day[] = {"日", "月", "火", "水", "木", "金", "土"};
	const struct civil c = civil_in(ns, zone);

	if (l == LANG_DE)
		return arena_printf(a, "%02d.%02d.%04d", c.day, c.month, c.year);
	if (l == LANG_JA)
		return arena_printf(a, "%d年%d月%d日（%s）", c.year, c.month, c.day, day[c.weekday]);
	return arena_printf(a, "%d %s %d", c.day, month[c.month - 1], c.year);
}

/* The days the eras began on, as numbers to compare. */
static const struct { int first, year; const char *name; } eras[] = {{20190501, 2019, "令和"}, {19890108, 1989, "平成"}, {19261225, 1926, "昭和"}};

const char *date_shown(const struct page *p, int64_t ns, const char *zone)
{
	const char *s = date_text(p->a, p->lang, ns, zone);
	const struct civil c = civil_in(ns, zone);
	const int day = (c.year * 100 + c.month) * 100 + c.day;
	const char *rest = strstr(s, "年");

	for (size_t i = 0; p->era && p->lang == LANG_JA && rest != NULL && i < ARRAY_LEN(eras); i++)
		if (day >= eras[i].first && c.year == eras[i].year)
			return arena_printf(p->a, "%d年（%s元年）%s", c.year, eras[i].name, rest + strlen("年"));
		else if (day >= eras[i].first)
			return arena_printf(p->a, "%d年（%s%d年）%s", c.year, eras[i].name, c.year - eras[i].year + 1, rest + strlen("年"));
	return s;
}

const char *clock_text(struct arena *a, int64_t ns, const char *zone)
{
	const struct civil c = civil_in(ns, zone);

	return arena_printf(a, "%02d:%02d", c.hour, c.minute);
}

static const char *exact_text(struct arena *a, int64_t ns, const char *zone)
{
	const struct civil c = civil_in(ns, zone);

	return arena_printf(a, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

const char *zone_text(enum lang l, int64_t ns, const char *zone)
{
	static const struct { const char *abbr, *id; } names[] = {
		{"MEZ", N_("CET")}, {"MESZ", N_("CEST")}, {"JST", N_("JST")},
	};
	const char *abbr = "UTC";
	int offset;

	if (zone == NULL || !time_zone(zone, ns, &offset, &abbr))
		return "UTC";
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i].abbr, abbr) == 0)
			return tr(l, names[i].id);
	return abbr;
}

typedef const char *clock_writer(struct arena *a, int64_t ns, const char *zone);

static const char *two_clocks(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2, clock_writer *clock)
{
	const struct civil c = civil_in(ns, zone), d = civil_in(ns, zone2);
	const char *first = arena_printf(a, "%s\u00a0%s", clock(a, ns, zone), zone_text(l, ns, zone));

	if (zone2 == NULL || strcmp(zone_text(l, ns, zone), zone_text(l, ns, zone2)) == 0)
		return first;
	if (c.day == d.day)
		return arena_printf(a, "%s / %s\u00a0%s", first, clock(a, ns, zone2), zone_text(l, ns, zone2));
	return arena_printf(a, l == LANG_JA ? "%s / %s%s\u00a0%s" : "%s / %s, %s\u00a0%s", first, date_text(a, l, ns, zone2), clock(a, ns, zone2), zone_text(l, ns, zone2));
}

const char *clocks_text(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2)
{
	return two_clocks(a, l, ns, zone, zone2, clock_text);
}

const char *exactly_text(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2)
{
	return arena_printf(a, l == LANG_JA ? "%s%s" : "%s, %s", date_text(a, l, ns, zone), two_clocks(a, l, ns, zone, zone2, exact_text));
}

const char *moment_text(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *zone2)
{
	return arena_printf(a, l == LANG_JA ? "%s%s" : "%s, %s", date_text(a, l, ns, zone), clocks_text(a, l, ns, zone, zone2));
}

const char *iso_date(struct arena *a, int64_t ns, const char *zone)
{
	const struct civil c = civil_in(ns, zone);

	return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

const char *iso_time(struct arena *a, int64_t ns)
{
	char s[40];

	time_format(ns, 0, s, sizeof s);
	return arena_str(a, s);
}

const char *ordinal_text(struct arena *a, enum lang l, uint64_t n)
{
	return arena_printf(a, tr(l, N_("Round %llu")), (unsigned long long)n);
}

const char *hash_short(struct arena *a, const char *hex)
{
	if (hex == NULL || strlen(hex) < 16)
		return hex;
	/* U+202F keeps the groups together on one line. */
	return arena_printf(a, "%.4s\u202f%.4s\u202f…\u202f%s", hex, hex + 4, hex + strlen(hex) - 4);
}

const char *hash_groups(struct arena *a, const char *hex)
{
	const size_t n = hex != NULL ? strlen(hex) : 0;
	char *p = arena_get(a, n + n / 8 + 2), *w = p;

	if (p == NULL)
		return "";
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && i % 8 == 0)
			*w++ = ' ';
		*w++ = hex[i];
	}
	return p;
}

const char *due_text(const struct page *p, int64_t due, const char *precision)
{
	return exact_date(p->a, p->lang, due, precision != NULL ? "UTC" : party_zone(p->party), precision);
}
