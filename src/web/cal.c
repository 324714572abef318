/* A month as whole weeks from Monday, with what falls on its days. */
#include <string.h>

#include "web/view_round.h"

static struct civil day_of(int64_t ns, const char *zone)
{
	struct civil c;
	const char *abbr;
	int offset = 0;

	if (zone == NULL || !time_zone(zone, ns, &offset, &abbr))
		offset = 0;
	time_civil(ns + (int64_t)offset * NS_PER_S, &c);
	return c;
}

static long number(const struct civil *c) { return ((long)c->year * 12 + c->month) * 31 + c->day; }

static void mark_days(struct v_cal *c, const struct v_mark *m)
{
	/* On the calendar of where it is: a round in Tokyo stands on Tokyo's day. */
	const struct civil first = day_of(m->at, m->zone), last = day_of(m->end > m->at ? m->end : m->at, m->zone);

	for (size_t i = 0; i < c->days; i++) {
		const struct civil day = {.year = c->year, .month = c->month, .day = c->day[i].day};
		struct v_day *d = &c->day[i];

		if (d->day > 0 && number(&day) >= number(&first) && number(&day) <= number(&last) && d->marks < sizeof d->mark / sizeof d->mark[0])
			d->mark[d->marks++] = m;
	}
}

void cal_make(struct v_cal *c, int year, int month, const struct v_mark *mark, size_t marks, int64_t now, const char *zone)
{
	const struct civil begin = {.year = year, .month = month, .day = 1}, today = day_of(now, zone);
	const struct civil after = {.year = month == 12 ? year + 1 : year, .month = month == 12 ? 1 : month + 1, .day = 1};
	const int64_t start = time_from_civil(&begin), length = (time_from_civil(&after) - start) / 86400;
	struct civil first;

	time_civil(start * NS_PER_S, &first);
	c->year = year;
	c->month = month;
	c->days = 0;
	for (int i = -((first.weekday + 6) % 7); i < length || c->days % 7 != 0; i++) {
		const int day = i >= 0 && i < length ? i + 1 : 0;

		c->day[c->days++] = (struct v_day){.day = day, .today = day == today.day && month == today.month && year == today.year};
	}
	/* What is only known by month or year has no day. */
	for (size_t i = 0; i < marks; i++)
		if (mark[i].precision == NULL || strcmp(mark[i].precision, "day") == 0)
			mark_days(c, &mark[i]);
}

static const char *const months[] = {N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
	N_("September"), N_("October"), N_("November"), N_("December")};

const char *month_text(struct arena *a, enum lang l, int year, int month)
{
	if (l == LANG_JA)
		return arena_printf(a, "%d年%d月", year, month);
	return arena_printf(a, "%s %d", tr(l, months[(month - 1) % 12]), year);
}

const char *weekday_short(enum lang l, int from_monday)
{
	static const char *const days[LANG_COUNT][7] = {
		[LANG_DE] = {"Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"}, [LANG_JA] = {"月", "火", "水", "木", "金", "土", "日"},
		[LANG_EN] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
	};

	return days[l][from_monday % 7];
}

const char *exact_date(struct arena *a, enum lang l, int64_t ns, const char *zone, const char *precision)
{
	const struct civil c = day_of(ns, zone);

	if (precision != NULL && strcmp(precision, "year") == 0)
		return arena_printf(a, l == LANG_JA ? "%d年" : "%d", c.year);
	if (precision != NULL && strcmp(precision, "month") == 0)
		return month_text(a, l, c.year, c.month);
	return date_text(a, l, ns, zone);
}
