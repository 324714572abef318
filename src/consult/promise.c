/* What became of promises, and of the next round that was announced. Pure. */
#include "consult/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static const struct { const char *word, *name; } states[COMMITMENT_STATES] = {
	[COMMITMENT_OPEN] = {"open", N_("open")},
	[COMMITMENT_STARTED] = {"started", N_("started")},
	[COMMITMENT_DONE] = {"done", N_("done")},
	[COMMITMENT_DROPPED] = {"dropped", N_("dropped")},
	[COMMITMENT_CARRIED] = {"carried", N_("carried on")},
};
static const char *const whys[SLIP_WHYS] = {
	[SLIP_NONE] = N_("as announced"),
	[SLIP_ANNOUNCED] = N_("the round announced was not held"),
	[SLIP_PROMISED] = N_("the round promised was not held"),
	[SLIP_RHYTHM] = N_("no round was held in the rhythm announced"),
};

const char *commitment_state_word(enum commitment_state s) { return states[s].word; }
const char *commitment_state_name(enum commitment_state s) { return states[s].name; }
const char *slip_why_name(enum slip_why w) { return whys[w]; }

bool commitment_state_parse(const char *word, enum commitment_state *ret)
{
	for (unsigned s = 0; word != NULL && s < COMMITMENT_STATES; s++)
		if (strcmp(word, states[s].word) == 0) {
			*ret = (enum commitment_state)s;
			return true;
		}
	return false;
}

/* ---- dates ---- */

#define MAX_YEAR 2261 /* int64_t nanoseconds end in 2262 */

/* Civil UTC to ns; months may run over the year's end, the day is held inside its month. */
static int64_t at_civil(struct civil c, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap;
	int last;

	c.year += (month - 1) / 12;
	c.month = (month - 1) % 12 + 1;
	if (c.year > MAX_YEAR)
		return INT64_MAX;
	leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;
	last = days[c.month - 1] + (c.month == 2 && leap);
	if (c.day > last)
		c.day = last;
	return time_from_civil(&c) * NS_PER_S;
}

static int64_t add_months(int64_t ns, unsigned months)
{
	struct civil c;

	time_civil(ns, &c);
	return at_civil(c, c.month + (int)months);
}

int64_t due_end(int64_t due, const char *precision)
{
	const int64_t day = 86400 * NS_PER_S;
	struct civil c;

	if (precision == NULL)
		return due;
	time_civil(due, &c);
	c.hour = c.minute = c.second = 0;
	if (strcmp(precision, "day") == 0)
		return c.year >= MAX_YEAR ? INT64_MAX : time_from_civil(&c) * NS_PER_S + day;
	c.day = 1;
	if (strcmp(precision, "month") == 0)
		return at_civil(c, c.month + 1);
	return strcmp(precision, "year") == 0 ? at_civil(c, 13) : due;
}

/* ---- commitments ---- */

static int by_log(const void *pa, const void *pb)
{
	const struct progress_event *a = pa, *b = pb;

	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static int by_time(const void *pa, const void *pb)
{
	const struct progress_event *a = pa, *b = pb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->owner > b->owner) - (a->owner < b->owner);
}

static bool ends(enum commitment_state s) { return s == COMMITMENT_DONE || s == COMMITMENT_DROPPED; }

/* All owners through with it: done, if one of them did it. Else the latest word of those who are not. */
static enum commitment_state state_of(const struct commitment_facts *f, const int64_t when[LIMIT_MEMBERS])
{
	enum commitment_state latest = COMMITMENT_OPEN, end = COMMITMENT_DROPPED;
	int64_t at = INT64_MIN;
	bool open = f->owners == 0;

	for (size_t i = 0; i < f->owners; i++) {
		if (f->said[i] == COMMITMENT_DONE)
			end = COMMITMENT_DONE;
		if (ends(f->said[i]))
			continue;
		open = true;
		if (when[i] != INT64_MIN && when[i] >= at) {
			at = when[i];
			latest = f->said[i];
		}
	}
	return open ? latest : end;
}

void commitment_fold(struct commitment_facts *f, struct progress_event *ev, size_t n, int64_t now)
{
	int64_t when[LIMIT_MEMBERS];

	for (size_t i = 0; i < LIMIT_MEMBERS; i++)
		when[i] = INT64_MIN;
	memset(f->said, 0, sizeof(f->said));
	f->due_now = f->due;
	f->reported = INT64_MIN;
	if (n > 0)
		qsort(ev, n, sizeof(*ev), by_log);
	for (size_t i = 1; i < n; i++) /* a clock that went back does not reorder its own log */
		if (ev[i].owner == ev[i - 1].owner && ev[i].time <= ev[i - 1].time)
			ev[i].time = ev[i - 1].time + 1;
	if (n > 0)
		qsort(ev, n, sizeof(*ev), by_time);
	for (size_t i = 0; i < n; i++) {
		assert(ev[i].owner < f->owners);
		f->said[ev[i].owner] = ev[i].state;
		f->reported = when[ev[i].owner] = ev[i].time;
		if (ev[i].has_due) {
			f->due_now = ev[i].due;
			f->has_due = true;
		}
	}
	f->state = state_of(f, when);
	f->finished = ends(f->state);
	f->overdue = !f->finished && f->has_due && now >= f->due_now;
}

/* ---- slippage ---- */

static void take_next(const struct slip_facts *f, uint32_t next, struct slippage *ret)
{
	for (size_t i = 0; i < f->members; i++)
		if (next >> i & 1)
			memcpy(ret->party[ret->next++], f->member[i], sizeof(f->member[i]));
}

static void take_last(const struct slip_facts *f, struct slippage *ret)
{
	for (size_t i = 0; i < f->rounds; i++)
		if (f->round[i].held && f->round[i].start > ret->last_held) {
			ret->last_held = f->round[i].start;
			memcpy(ret->last_round, f->round[i].id, sizeof(ret->last_round));
		}
}

/* Confirmed and over, but nobody has said that it was held: its host has to. */
static uint32_t next_of(const struct slip_facts *f, const struct slip_round *r)
{
	uint32_t host = 0;

	for (size_t i = 0; i < f->members; i++)
		if (strcmp(f->member[i], r->host) == 0)
			host = (uint32_t)1 << i;
	return r->next != 0 ? r->next : host;
}

/* A round is not missing when a later one was held. */
static bool announced(const struct slip_facts *f, struct slippage *ret)
{
	const struct slip_round *first = NULL;

	for (size_t i = 0; i < f->rounds; i++) {
		const struct slip_round *r = &f->round[i];

		if (r->expected && r->until > ret->last_held && (first == NULL || r->until < first->until))
			first = r;
	}
	if (first == NULL)
		return false;
	memcpy(ret->round, first->id, sizeof(ret->round));
	if (f->now < first->until)
		return false;
	ret->why = SLIP_ANNOUNCED;
	ret->since = first->until;
	take_next(f, next_of(f, first), ret);
	return true;
}

static bool promised(const struct slip_facts *f, struct slippage *ret)
{
	const struct slip_promise *first = NULL;

	for (size_t i = 0; i < f->promises; i++) {
		const struct slip_promise *p = &f->promise[i];

		if (p->made >= ret->last_held && (first == NULL || p->due < first->due))
			first = p;
	}
	if (first == NULL)
		return false;
	memcpy(ret->commitment, first->id, sizeof(ret->commitment));
	if (f->now < first->due)
		return false;
	ret->why = SLIP_PROMISED;
	ret->since = first->due;
	for (size_t i = 0; i < first->f->owners; i++)
		if (!ends(first->f->said[i]))
			memcpy(ret->party[ret->next++], first->f->owner[i], sizeof(first->f->owner[i]));
	return true;
}

void slip(const struct slip_facts *f, struct slippage *ret)
{
	int64_t at;

	memset(ret, 0, sizeof(*ret));
	ret->last_held = ret->since = INT64_MIN;
	take_last(f, ret);
	/* A round that is announced for later answers a promise and the rhythm: what is late then is said by the promise itself. */
	if (announced(f, ret) || ret->round[0] != '\0' || promised(f, ret) || ret->commitment[0] != '\0')
		return;
	if (f->rhythm_months == 0 || ret->last_held == INT64_MIN || (at = add_months(ret->last_held, f->rhythm_months)) > f->now)
		return;
	ret->why = SLIP_RHYTHM;
	ret->since = at;
	take_next(f, UINT32_MAX, ret);
}
