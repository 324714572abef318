/* When a round is held: words of either side, folded; and who may say what. Pure. */
#include "consult/priv.h"

#include <stdlib.h>
#include <string.h>

enum who { WHO_HOST, WHO_GUESTS, WHO_ALL };
static const struct { const char *word, *name; enum who who; } verbs[INVITE_VERBS] = {
	[INVITE_INVITE] = {"invite", N_("invites"), WHO_HOST},
	[INVITE_OFFER] = {"offer", N_("offers other dates"), WHO_ALL},
	[INVITE_CONFIRM] = {"confirm", N_("confirms the date"), WHO_ALL},
	[INVITE_DECLINE] = {"decline", N_("declines"), WHO_GUESTS},
	[INVITE_CANCEL] = {"cancel", N_("cancels the round"), WHO_ALL},
};
static const char *const state_names[INVITE_STATES] = {
	[ROUND_OPEN] = N_("no invitation yet"),
	[ROUND_INVITED] = N_("invited"),
	[ROUND_OFFERED] = N_("other dates offered"),
	[ROUND_CONFIRMED] = N_("date confirmed"),
	[ROUND_DECLINED] = N_("invitation declined"),
	[ROUND_CANCELLED] = N_("cancelled"),
	[ROUND_OVER] = N_("held"),
};

/* Why not, per verb and state; empty: allowed. */
#define OVER "the round was held"
#define FIXED "the date is confirmed: offer other dates or cancel"
#define CLOSED "the round is cancelled: only a new invitation opens it again"
#define NO_DATE "no date is on the table"
static const char *const refusal[INVITE_VERBS][INVITE_STATES] = {
	[INVITE_INVITE] = {[ROUND_CONFIRMED] = FIXED, [ROUND_OVER] = OVER},
	[INVITE_OFFER] = {[ROUND_CANCELLED] = CLOSED, [ROUND_OVER] = OVER},
	[INVITE_CONFIRM] = {
		[ROUND_OPEN] = NO_DATE, [ROUND_CONFIRMED] = "the date is confirmed already", [ROUND_DECLINED] = NO_DATE, [ROUND_CANCELLED] = CLOSED, [ROUND_OVER] = OVER,
	},
	[INVITE_DECLINE] = {
		[ROUND_OPEN] = "nobody has invited", [ROUND_CONFIRMED] = FIXED, [ROUND_DECLINED] = "the invitation is declined already",
		[ROUND_CANCELLED] = CLOSED, [ROUND_OVER] = OVER,
	},
	[INVITE_CANCEL] = {[ROUND_CANCELLED] = "the round is cancelled already", [ROUND_OVER] = OVER},
};

const char *invite_verb_word(enum invite_verb v) { return verbs[v].word; }
const char *invite_verb_name(enum invite_verb v) { return verbs[v].name; }
const char *invite_state_name(enum invite_state s) { return state_names[s]; }

static bool same_date(const struct invite_date *a, const struct invite_date *b) { return a->start == b->start && a->end == b->end; }

/* Its word names this date and no other. */
static bool stands_on(const struct invite_word *w, const struct invite_date *d)
{
	return w->said && w->dates == 1 && same_date(&w->date[0], d);
}

static bool on_table(const struct invite_facts *f, const struct invite_date *d)
{
	for (size_t i = 0; i < f->members; i++)
		for (size_t k = 0; f->word[i].said && k < f->word[i].dates; k++)
			if (same_date(&f->word[i].date[k], d))
				return true;
	return false;
}

static const char *condition(const struct invite_facts *f, enum invite_verb v, size_t member, const struct invite_date *date, size_t dates)
{
	if (v != INVITE_CONFIRM)
		return NULL;
	if (dates != 1 || !on_table(f, &date[0]))
		return "nobody has named this date: offer it instead";
	return stands_on(&f->word[member], &date[0]) ? "it stands to this date already" : NULL;
}

int invite_may(const struct invite_facts *f, enum invite_verb v, const char *party, const struct invite_date *date, size_t dates, struct err *e)
{
	size_t member = 0;
	bool host;
	const char *no;

	assert(v < INVITE_VERBS && party != NULL);
	while (member < f->members && strcmp(f->member[member], party) != 0)
		member++;
	if (member == f->members)
		return fail(e, E_DENIED, "%s may not %s: not a member of the collection", party, verbs[v].name);
	host = strcmp(f->host, party) == 0;
	if (verbs[v].who == WHO_HOST && !host)
		return fail(e, E_DENIED, "%s may not %s: the host (%s) invites; offer dates instead", party, verbs[v].name, f->host);
	if (verbs[v].who == WHO_GUESTS && host)
		return fail(e, E_DENIED, "%s may not %s: it is the host; invite to other dates, or cancel", party, verbs[v].name);
	if ((no = refusal[v][f->state]) == NULL)
		no = condition(f, v, member, date, dates);
	if (no != NULL)
		return fail(e, E_STATE, "%s may not %s: %s (state: %s)", party, verbs[v].name, no, state_names[f->state]);
	return 0;
}

/* ---- folding ---- */

static int by_log(const void *pa, const void *pb)
{
	const struct invite_event *a = pa, *b = pb;

	if (a->member != b->member)
		return a->member < b->member ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* What ends counts behind what offers at the same time: then nobody travels for nothing. */
static int by_time(const void *pa, const void *pb)
{
	const struct invite_event *a = pa, *b = pb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->word.verb != b->word.verb)
		return a->word.verb < b->word.verb ? -1 : 1;
	return (a->member > b->member) - (a->member < b->member);
}

struct folding { struct invite_facts *f; bool declined, cancelled, offered; };

static void fold_one(struct folding *g, const struct invite_event *ev)
{
	struct invite_facts *f = g->f;
	const bool host = strcmp(f->member[ev->member], f->host) == 0;
	enum invite_verb v = ev->word.verb;

	/* A log that keeps no rule is read as what its writer can have meant. */
	if (v == INVITE_INVITE && !host)
		v = INVITE_OFFER;
	if (v == INVITE_DECLINE && host)
		v = INVITE_CANCEL;
	if ((g->cancelled && v != INVITE_INVITE) || (g->declined && v == INVITE_CONFIRM))
		return;
	if ((g->cancelled || g->declined) && (v == INVITE_INVITE || v == INVITE_OFFER)) {
		memset(f->word, 0, sizeof(f->word));
		g->cancelled = g->declined = false;
	}
	f->word[ev->member] = ev->word;
	f->word[ev->member].said = true;
	f->word[ev->member].verb = v;
	f->word[ev->member].time = ev->time;
	f->latest = ev->member;
	g->declined = g->declined || v == INVITE_DECLINE;
	g->cancelled = v == INVITE_CANCEL;
	if (v == INVITE_INVITE || v == INVITE_OFFER)
		g->offered = v == INVITE_OFFER;
}

static bool all_stand(struct invite_facts *f)
{
	const struct invite_word *w = &f->word[f->latest];

	if (w->dates != 1)
		return false;
	for (size_t i = 0; i < f->members; i++)
		if (!stands_on(&f->word[i], &w->date[0]))
			return false;
	f->confirmed = w->date[0];
	return true;
}

static enum invite_state state_of(const struct folding *g)
{
	struct invite_facts *f = g->f;

	if (f->over)
		return ROUND_OVER;
	if (f->void_ || g->cancelled)
		return ROUND_CANCELLED;
	if (f->latest == f->members)
		return ROUND_OPEN;
	if (g->declined)
		return ROUND_DECLINED;
	if (all_stand(f))
		return ROUND_CONFIRMED;
	return g->offered ? ROUND_OFFERED : ROUND_INVITED;
}

/* Who has to answer the latest word: whoever does not stand to its one date; all others, when it names several. */
static uint32_t awaited(const struct invite_facts *f)
{
	uint32_t next = 0;

	for (size_t i = 0; i < f->members; i++) {
		const struct invite_word *w = &f->word[f->latest < f->members ? f->latest : 0];
		bool due = false;

		if (f->state == ROUND_OPEN || f->state == ROUND_DECLINED)
			due = strcmp(f->member[i], f->host) == 0;
		else if (f->state == ROUND_INVITED || f->state == ROUND_OFFERED)
			due = w->dates == 1 ? !stands_on(&f->word[i], &w->date[0]) : i != f->latest;
		if (due)
			next |= (uint32_t)1 << i;
	}
	return next;
}

void invite_fold(struct invite_facts *f, struct invite_event *ev, size_t n)
{
	struct folding g = {.f = f};

	memset(f->word, 0, sizeof(f->word));
	f->confirmed = (struct invite_date){0, INT64_MIN};
	f->latest = f->members;
	if (n > 0)
		qsort(ev, n, sizeof(*ev), by_log);
	for (size_t i = 1; i < n; i++) /* a clock that went back does not reorder its own log */
		if (ev[i].member == ev[i - 1].member && ev[i].time <= ev[i - 1].time)
			ev[i].time = ev[i - 1].time + 1;
	if (n > 0)
		qsort(ev, n, sizeof(*ev), by_time);
	for (size_t i = 0; i < n; i++) {
		assert(ev[i].member < f->members);
		fold_one(&g, &ev[i]);
	}
	f->state = state_of(&g);
	f->next = awaited(f);
}
