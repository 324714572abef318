#include "web/strip.h"

#define LEFT 24
#define RIGHT 1128
#define APART 30 /* two circles never touch */

static int64_t month_start(int year, int month)
{
	const struct civil c = {.year = year + (month - 1) / 12, .month = (month - 1) % 12 + 1, .day = 1};

	return time_from_civil(&c);
}

static const char *tick_label(struct arena *a, enum lang l, int year, int month, bool with_year)
{
	static const char *const names[] = {N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
		N_("August"), N_("September"), N_("October"), N_("November"), N_("December")};

	if (!with_year)
		return tr(l, names[month - 1]);
	if (l == LANG_JA)
		return arena_printf(a, "%d年%s", year, tr(l, names[month - 1]));
	return arena_printf(a, "%s %d", tr(l, names[month - 1]), year);
}

static int place(int64_t s, int64_t from, int64_t to)
{
	return LEFT + (int)((s - from) * (RIGHT - LEFT) / (to > from ? to - from : 1));
}

/* Later circles are pushed right, then those that ran out of the box are pushed back left. */
static void keep_apart(int *x, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (x[i] < x[i - 1] + APART)
			x[i] = x[i - 1] + APART;
	for (size_t i = n; i-- > 0; ) {
		const int most = i + 1 == n ? RIGHT - 12 : x[i + 1] - APART;

		if (x[i] > most)
			x[i] = most;
	}
}

void strip_make(struct arena *a, enum lang l, const struct v_round *r, struct strip *ret)
{
	const size_t n = r->events < STRIP_EVENTS ? r->events : STRIP_EVENTS;
	struct civil first, last;
	int64_t from, to;
	int months, step, done = LEFT;

	*ret = (struct strip){.axis = "", .run = ""};
	if (n == 0)
		return;
	time_civil(r->event[0].at, &first);
	time_civil(r->event[n - 1].at, &last);
	months = (last.year - first.year) * 12 + last.month - first.month + 1;
	step = (months + 11) / 12;
	if (step > 6) { /* over many years: whole ones */
		months += first.month - 1;
		first.month = 1;
		step = ((months + 11) / 12 + 11) / 12 * 12;
	}
	from = month_start(first.year, first.month);
	to = month_start(first.year, first.month + (months + step - 1) / step * step);
	ret->axis = arena_printf(a, "M%d 44H%d", LEFT, RIGHT);
	for (int m = 0; m <= months && ret->ticks < ARRAY_LEN(ret->tick); m += step) {
		const int year = first.year + (first.month + m - 1) / 12, month = (first.month + m - 1) % 12 + 1;
		const int x = place(month_start(first.year, first.month + m), from, to);

		ret->axis = arena_printf(a, "%sM%d 38v12", ret->axis, x);
		if (m < months)
			ret->tick[ret->ticks++] = (struct strip_tick){x + 4, step >= 12 ? arena_printf(a, l == LANG_JA ? "%d年" : "%d", year) : tick_label(a, l, year, month, m == 0 || month == 1 || step > 3)};
	}
	for (size_t i = 0; i < n; i++)
		ret->x[i] = place(r->event[i].at / NS_PER_S, from, to);
	keep_apart(ret->x, n);
	for (size_t i = 0; i < n; i++)
		if (!r->event[i].due)
			done = ret->x[i];
	ret->run = arena_printf(a, "M%d 44H%d", ret->x[0], done);
}
