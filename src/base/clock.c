#include "base/clock.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#define TIME_SECONDS 19 /* bytes of "2016-09-09T00:30:00" */

static int64_t system_now(void *ctx)
{
	struct timespec t;

	(void)ctx;
	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct clock clock_system(void) { return (struct clock){.now = system_now}; }

static bool leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static int month_days(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return m == 2 && leap(y) ? 29 : days[m - 1];
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar (era arithmetic, 400-year cycles from 1 March). */
static int64_t days_from_civil(int y, int m, int d)
{
	const int64_t yy = m <= 2 ? y - 1 : y;
	const int64_t era = (yy >= 0 ? yy : yy - 399) / 400;
	const int64_t yoe = yy - era * 400;
	const int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	const int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

int64_t time_from_civil(const struct civil *c)
{
	return days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void time_civil(int64_t ns, struct civil *ret)
{
	const int64_t s = floor_div(ns, NS_PER_S), day = floor_div(s, 86400);
	const int in_day = (int)(s - day * 86400);
	const int64_t z = day + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
	const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	ret->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	ret->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	ret->year = (int)(yoe + era * 400 + (ret->month <= 2));
	ret->hour = in_day / 3600;
	ret->minute = in_day / 60 % 60;
	ret->second = in_day % 60;
	ret->weekday = (int)(((day % 7) + 11) % 7); /* 1970-01-01 was a Thursday */
}

/* Exactly `n` digits; -1 otherwise. */
static int digits(const char *s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

/* The 19 bytes before fraction and Z. */
static bool parse_civil(const char *s, struct civil *c)
{
	*c = (struct civil){.year = digits(s, 4), .month = digits(s + 5, 2), .day = digits(s + 8, 2),
	    .hour = digits(s + 11, 2), .minute = digits(s + 14, 2), .second = digits(s + 17, 2)};
	if (s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':')
		return false;
	return c->year >= 1678 && c->year <= 2261 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	    c->day <= month_days(c->year, c->month) && c->hour >= 0 && c->hour <= 23 && c->minute >= 0 &&
	    c->minute <= 59 && c->second >= 0 && c->second <= 59;
}

bool time_parse(const char *s, size_t n, int64_t *ret_ns)
{
	struct civil c;
	int64_t frac = 0, unit = NS_PER_S / 10;

	if (n < 20 || s[n - 1] != 'Z' || !parse_civil(s, &c))
		return false;
	if (n > 20 && (s[19] != '.' || n == 21))
		return false;
	for (size_t i = 20; i + 1 < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		frac += (s[i] - '0') * unit;
		unit /= 10;
	}
	*ret_ns = time_from_civil(&c) * NS_PER_S + frac;
	return true;
}

int time_compare(const char *a, size_t na, const char *b, size_t nb)
{
	int r;

	assert(na >= 20 && nb >= 20);
	if ((r = memcmp(a, b, 19)) != 0)
		return r;
	for (size_t i = 20; i < na || i < nb; i++) {
		const char ca = i + 1 < na ? a[i] : '0', cb = i + 1 < nb ? b[i] : '0';

		if (ca != cb)
			return ca - cb;
	}
	return 0;
}

/* v in n digits at *to, which moves behind them and the byte that follows. */
static void put_digits(char **to, int v, int n, char behind)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		(*to)[i] = (char)('0' + v % 10);
	*to += n;
	*(*to)++ = behind;
}

/* Every line of the log and every answer has a time in it: printf would be half of its cost. */
void time_format(int64_t ns, int frac_digits, char *buf, size_t n)
{
	const int rest = (int)((ns % NS_PER_S + NS_PER_S) % NS_PER_S);
	struct civil c;
	char text[32], *to = text;

	assert(frac_digits >= 0 && frac_digits <= 9);
	time_civil(ns, &c);
	put_digits(&to, c.year, 4, '-');
	put_digits(&to, c.month, 2, '-');
	put_digits(&to, c.day, 2, 'T');
	put_digits(&to, c.hour, 2, ':');
	put_digits(&to, c.minute, 2, ':');
	put_digits(&to, c.second, 2, '.');
	if (frac_digits > 0)
		put_digits(&to, rest, 9, 'Z');
	to = text + TIME_SECONDS + (frac_digits > 0 ? 1 + frac_digits : 0);
	*to++ = 'Z';
	*to++ = '\0';
	assert(n >= (size_t)(to - text));
	memcpy(buf, text, (size_t)(to - text));
}

/* 01:00 UTC on the last Sunday of a month: the EU's moment of change (Directive 2000/84/EC). */
static int64_t last_sunday(int year, int month)
{
	struct civil c = {.year = year, .month = month, .day = month_days(year, month), .hour = 1};
	int64_t s = time_from_civil(&c);

	time_civil(s * NS_PER_S, &c);
	return s - c.weekday * 86400;
}

/* German summer time: none from 1950 to 1979, to September until 1995, to October since (SoZV; tz database). */
static bool summer(int64_t ns)
{
	static const struct civil first = {.year = 1980, .month = 4, .day = 6, .hour = 1};
	const int64_t s = floor_div(ns, NS_PER_S);
	struct civil c;

	time_civil(ns, &c);
	if (c.year < 1980)
		return false;
	return s >= (c.year == 1980 ? time_from_civil(&first) : last_sunday(c.year, 3)) &&
	    s < last_sunday(c.year, c.year < 1996 ? 9 : 10);
}

bool time_zone(const char *zone, int64_t ns, int *ret_offset_s, const char **ret_abbr)
{
	const bool dst = summer(ns);

	if (strcmp(zone, "Europe/Berlin") == 0) {
		*ret_offset_s = dst ? 7200 : 3600;
		*ret_abbr = dst ? "MESZ" : "MEZ";
	} else if (strcmp(zone, "Asia/Tokyo") == 0) {
		*ret_offset_s = 9 * 3600;
		*ret_abbr = "JST";
	} else if (strcmp(zone, "UTC") == 0) {
		*ret_offset_s = 0;
		*ret_abbr = "UTC";
	} else {
		return false;
	}
	return true;
}
