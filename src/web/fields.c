/* Forms and what people type for dates. */
#include "web/fields.h"

#include <string.h>

#include "web/view.h"

void fields_fault(struct field *f, size_t n, const char *name, const char *fault)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(f[i].name, name) == 0 && f[i].fault == NULL)
			f[i].fault = fault;
}

bool field_is(const struct field *f, const char *value) { return f->value != NULL && strcmp(f->value, value) == 0; }

bool fields_ok(const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].fault != NULL)
			return false;
	return true;
}

void fields_require(struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].required && (f[i].value == NULL || f[i].value[0] == '\0'))
			fields_fault(f, n, f[i].name, N_("Please fill this in."));
}

/* ---- dates ---- */

#define NOT_A_DATE N_("This is not a date we can read. For example 2016-09-09, 09.09.2016 or 2016年9月9日.")

/* What is typed, to one narrow writing: years, months, days, hours, minutes in Japanese become Y M D h m. */
static const struct { const char *from, *to; } narrow[] = {
	{"年", "Y"}, {"月", "M"}, {"日", "D"}, {"時", "h"}, {"分", "m"}, {"　", ""}, {"．", "."}, {"／", "/"}, {"－", "-"}, {"：", ":"}, {"元", "1"}, {"\u00a0", ""},
	{"０", "0"}, {"１", "1"}, {"２", "2"}, {"３", "3"}, {"４", "4"}, {"５", "5"}, {"６", "6"}, {"７", "7"}, {"８", "8"}, {"９", "9"}, {" ", ""},
	{"January", ".1."}, {"February", ".2."}, {"March", ".3."}, {"April", ".4."}, {"May", ".5."}, {"June", ".6."}, {"July", ".7."}, {"August", ".8."},
	{"September", ".9."}, {"October", ".10."}, {"November", ".11."}, {"December", ".12."}, {"Januar", ".1."}, {"Februar", ".2."}, {"März", ".3."},
	{"Mai", ".5."}, {"Juni", ".6."}, {"Juli", ".7."}, {"Oktober", ".10."}, {"Dezember", ".12."},
};
/* The first year is the year the era began in. */
static const struct { const char *name; int first; } eras[] = {{"令和", 2019}, {"平成", 1989}, {"昭和", 1926}};

static size_t take_narrow(const char *s, const char **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(narrow); i++)
		if (strncmp(s, narrow[i].from, strlen(narrow[i].from)) == 0) {
			*ret = narrow[i].to;
			return strlen(narrow[i].from);
		}
	return 0;
}

/* false: longer than any date, or a letter that is none of ours. A weekday in brackets ends it. */
static bool to_narrow(const char *s, char *to, size_t size)
{
	size_t n = 0, took;
	char one[2] = {0};

	for (; *s != '\0'; s += took) {
		const char *put = one;

		if (strncmp(s, "（", strlen("（")) == 0 || *s == '(')
			break;
		if ((took = take_narrow(s, &put)) == 0) {
			if (strchr("0123456789.-/:", *s) == NULL)
				return false;
			one[0] = *s;
			took = 1;
		}
		if (put[0] == '.' && n > 0 && to[n - 1] == '.') /* "9. September" */
			put++;
		if (n + strlen(put) >= size)
			return false;
		memcpy(to + n, put, strlen(put));
		n += strlen(put);
	}
	to[n] = '\0';
	return true;
}

/* Numbers and what stands between and behind them. */
struct parts { int v[3]; unsigned digits[3]; size_t n; char seps[4]; };

static bool take_parts(const char *s, struct parts *ret)
{
	size_t seps = 0;

	*ret = (struct parts){0};
	while (*s != '\0') {
		if (*s < '0' || *s > '9' || ret->n == ARRAY_LEN(ret->v))
			return false;
		for (; *s >= '0' && *s <= '9'; s++, ret->digits[ret->n]++)
			if (ret->digits[ret->n] < 5)
				ret->v[ret->n] = ret->v[ret->n] * 10 + (*s - '0');
		ret->n++;
		if (*s != '\0')
			ret->seps[seps++] = *s++;
	}
	return ret->n > 0;
}

/* y: four digits; m, d: one or two. */
static bool fits(const struct parts *p, const char *seps, const char *order)
{
	if (strcmp(p->seps, seps) != 0 || p->n != strlen(order))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (order[i] == 'y' ? p->digits[i] != 4 : p->digits[i] > 2)
			return false;
	return true;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : days[month - 1];
}

static const char *judge_date(const struct civil *c)
{
	if (c->year < 1900 || c->year > 2200)
		return N_("The year must be between 1900 and 2200.");
	if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > days_of(c->year, c->month))
		return N_("There is no such day.");
	return NULL;
}

/* "平成28年…" with the era's year counted on; false: no era stands there. */
static bool era_date(const char *s, struct parts *p)
{
	char t[64];

	s += strspn(s, " ");
	for (size_t i = 0; i < ARRAY_LEN(eras); i++) {
		if (strncmp(s, eras[i].name, strlen(eras[i].name)) != 0)
			continue;
		if (!to_narrow(s + strlen(eras[i].name), t, sizeof t) || !take_parts(t, p) || p->seps[0] != 'Y' || p->digits[0] > 2)
			return false;
		p->v[0] += eras[i].first - 1;
		p->digits[0] = 4;
		return true;
	}
	return false;
}

const char *date_read(const char *s, struct civil *ret, enum date_part *ret_part)
{
	static const struct { const char *seps, *order; enum date_part part; } forms[] = {
		{"..", "dmy", DATE_DAY}, {"YMD", "ymd", DATE_DAY}, {"--", "ymd", DATE_DAY}, {"//", "ymd", DATE_DAY}, {"..", "ymd", DATE_DAY},
		{".", "my", DATE_MONTH}, {"YM", "ym", DATE_MONTH}, {"-", "ym", DATE_MONTH}, {"/", "ym", DATE_MONTH}, {"", "y", DATE_YEAR}, {"Y", "y", DATE_YEAR},
	};
	struct parts p;
	char t[64];

	if (!era_date(s, &p) && !(to_narrow(s, t, sizeof t) && take_parts(t[0] == '.' ? t + 1 : t, &p)))
		return NOT_A_DATE;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct civil c = {.month = 1, .day = 1};
		const char *fault;

		if (!fits(&p, forms[i].seps, forms[i].order))
			continue;
		if (forms[i].part != DATE_DAY && ret_part == NULL)
			return N_("Please give the day, too.");
		for (size_t k = 0; k < p.n; k++)
			*(forms[i].order[k] == 'y' ? &c.year : forms[i].order[k] == 'm' ? &c.month : &c.day) = p.v[k];
		if ((fault = judge_date(&c)) != NULL)
			return fault;
		*ret = c;
		if (ret_part != NULL)
			*ret_part = forms[i].part;
		return NULL;
	}
	return NOT_A_DATE;
}

const char *time_read(const char *s, struct civil *ret)
{
	static const char *const seps[] = {":", "hm", ".", "h"};
	struct parts p;
	char t[32];

	if (!to_narrow(s, t, sizeof t) || !take_parts(t, &p))
		return N_("This is not a time we can read. For example 09:30.");
	for (size_t i = 0; i < ARRAY_LEN(seps); i++) {
		if (!fits(&p, seps[i], strcmp(seps[i], "h") == 0 ? "h" : "hm"))
			continue;
		if (p.v[0] > 23 || p.v[1] > 59)
			return N_("Hours go from 0 to 23, minutes from 0 to 59.");
		ret->hour = p.v[0];
		ret->minute = p.v[1];
		return NULL;
	}
	return N_("This is not a time we can read. For example 09:30.");
}

const char *moment_read(const char *date, const char *time, const char *zone, int64_t *ret_ns)
{
	struct civil c = {0};
	const char *fault = date_read(date, &c, NULL), *abbr;
	int64_t local;
	bool found = false;

	if (fault != NULL || (fault = time_read(time, &c)) != NULL)
		return fault;
	local = time_from_civil(&c);
	/* The law of the day before or of the day after holds; the earlier answer is tried last and stays. */
	for (int day = 1; day >= -1; day -= 2) {
		int before = 0, then = 0;

		if (!time_zone(zone, (local + day * 86400) * NS_PER_S, &before, &abbr) || !time_zone(zone, (local - before) * NS_PER_S, &then, &abbr) || before != then)
			continue;
		*ret_ns = (local - before) * NS_PER_S;
		found = true;
	}
	return found ? NULL : N_("There is no such time there on that day: the clocks are put forward.");
}

const char *date_typed(struct arena *a, enum lang l, int64_t ns, const char *zone)
{
	struct civil c;
	const char *abbr;
	int offset = 0;

	if (l == LANG_EN)
		return iso_date(a, ns, zone);
	if (l == LANG_DE)
		return date_text(a, l, ns, zone);
	if (!time_zone(zone, ns, &offset, &abbr))
		offset = 0;
	time_civil(ns + (int64_t)offset * NS_PER_S, &c);
	return arena_printf(a, "%d年%d月%d日", c.year, c.month, c.day);
}
