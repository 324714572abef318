#include "consult/priv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* State and move names are message ids: pages show them. */
static const char *const state_names[DOC_STATES] = {
	[DOC_DRAFT] = N_("draft"),
	[DOC_PROPOSED] = N_("changes proposed"),
	[DOC_ASSENTED] = N_("agreed in part"),
	[DOC_AGREED] = N_("agreed"),
	[DOC_SCHEDULED] = N_("agreed, publication under embargo"),
	[DOC_PUBLISHED] = N_("published"),
	[DOC_WITHDRAWN] = N_("withdrawn"),
};

enum who { WHO_WRITER, WHO_OTHERS, WHO_MEMBERS };
static const struct { const char *name; enum who who; } moves[DOC_MOVES] = {
	[MOVE_REVISE] = {N_("revise"), WHO_WRITER},
	[MOVE_PROPOSE] = {N_("propose changes"), WHO_OTHERS},
	[MOVE_ANSWER] = {N_("answer a proposal"), WHO_WRITER},
	[MOVE_AGREE] = {N_("agree"), WHO_MEMBERS},
	[MOVE_OBJECT] = {N_("object"), WHO_MEMBERS},
	[MOVE_WITHDRAW_ASSENT] = {N_("withdraw the assent"), WHO_MEMBERS},
	[MOVE_PUBLISH] = {N_("publish"), WHO_MEMBERS},
	[MOVE_FREEZE] = {N_("freeze the text"), WHO_WRITER},
	[MOVE_SILENCE] = {N_("open a silence procedure"), WHO_WRITER},
	[MOVE_COMMENT] = {N_("comment"), WHO_MEMBERS},
	[MOVE_COMMIT] = {N_("take a commitment from the text"), WHO_MEMBERS},
	[MOVE_WITHDRAW] = {N_("withdraw"), WHO_WRITER},
};

/* Why not, per move and state; empty: allowed. The picture of this table is in consult.h. */
#define GONE "the document is withdrawn"
#define NOT_ALL "not every member has agreed to exactly this version"
#define AGREED_FIRST "the text is agreed: withdraw the assent before proposing changes"
#define ALL_AGREED "every member has agreed already"
#define OUT "the text is published"
#define ANSWER_FIRST "proposals are open: answer them first"
static const char *const refusal[DOC_MOVES][DOC_STATES] = {
	[MOVE_REVISE] = {
		[DOC_SCHEDULED] = "the text is agreed and its publication is fixed: withdraw the assent first",
		[DOC_WITHDRAWN] = GONE,
	},
	[MOVE_PROPOSE] = {[DOC_AGREED] = AGREED_FIRST, [DOC_SCHEDULED] = AGREED_FIRST, [DOC_WITHDRAWN] = GONE},
	[MOVE_ANSWER] = {[DOC_WITHDRAWN] = GONE},
	[MOVE_AGREE] = {[DOC_AGREED] = ALL_AGREED, [DOC_SCHEDULED] = ALL_AGREED, [DOC_PUBLISHED] = ALL_AGREED, [DOC_WITHDRAWN] = GONE},
	[MOVE_OBJECT] = {[DOC_PUBLISHED] = OUT, [DOC_WITHDRAWN] = GONE},
	[MOVE_WITHDRAW_ASSENT] = {[DOC_PUBLISHED] = OUT, [DOC_WITHDRAWN] = GONE},
	[MOVE_PUBLISH] = {
		[DOC_DRAFT] = NOT_ALL, [DOC_PROPOSED] = NOT_ALL, [DOC_ASSENTED] = NOT_ALL,
		[DOC_SCHEDULED] = "its publication is fixed already",
		[DOC_PUBLISHED] = "the text is published already",
		[DOC_WITHDRAWN] = GONE,
	},
	[MOVE_FREEZE] = {
		[DOC_PROPOSED] = ANSWER_FIRST, [DOC_AGREED] = ALL_AGREED, [DOC_SCHEDULED] = ALL_AGREED, [DOC_PUBLISHED] = OUT, [DOC_WITHDRAWN] = GONE,
	},
	[MOVE_SILENCE] = {
		[DOC_PROPOSED] = ANSWER_FIRST, [DOC_AGREED] = ALL_AGREED, [DOC_SCHEDULED] = ALL_AGREED, [DOC_PUBLISHED] = OUT, [DOC_WITHDRAWN] = GONE,
	},
	[MOVE_COMMENT] = {[DOC_WITHDRAWN] = GONE},
	[MOVE_COMMIT] = {[DOC_DRAFT] = NOT_ALL, [DOC_PROPOSED] = NOT_ALL, [DOC_ASSENTED] = NOT_ALL, [DOC_WITHDRAWN] = GONE},
	[MOVE_WITHDRAW] = {[DOC_WITHDRAWN] = GONE},
};

static const char *const silence_names[SILENCE_STATES] = {
	[SILENCE_NONE] = N_("no silence procedure"),
	[SILENCE_RUNS] = N_("silence procedure under way"),
	[SILENCE_BROKEN] = N_("silence broken by an objection"),
	[SILENCE_OVER] = N_("the deadline has passed in silence"),
};
const char *silence_state_name(enum silence_state s) { return silence_names[s]; }

const char *doc_state_name(enum doc_state s) { return state_names[s]; }
const char *doc_move_name(enum doc_move m) { return moves[m].name; }

static bool all_agree(const struct doc_facts *f)
{
	for (size_t i = 0; i < f->members; i++)
		if (f->assent[i] != ASSENT_AGREE)
			return false;
	return f->members > 0 && f->bracketed == 0;
}

static bool some_agree(const struct doc_facts *f)
{
	for (size_t i = 0; i < f->members; i++)
		if (f->assent[i] == ASSENT_AGREE)
			return true;
	return false;
}

enum doc_state doc_state(const struct doc_facts *f)
{
	if (f->revoked)
		return DOC_WITHDRAWN;
	if (all_agree(f)) {
		if (!f->has_publication)
			return DOC_AGREED;
		return f->now >= f->publish_at ? DOC_PUBLISHED : DOC_SCHEDULED;
	}
	if (f->open_proposals > 0)
		return DOC_PROPOSED;
	return some_agree(f) ? DOC_ASSENTED : DOC_DRAFT;
}

static bool some_object(const struct doc_facts *f)
{
	for (size_t i = 0; i < f->members; i++)
		if (f->assent[i] == ASSENT_OBJECT)
			return true;
	return false;
}

enum silence_state doc_silence(const struct doc_facts *f)
{
	if (!f->has_silence)
		return SILENCE_NONE;
	if (some_object(f))
		return SILENCE_BROKEN;
	return f->now >= f->silence_until ? SILENCE_OVER : SILENCE_RUNS;
}

static const char *not_entitled(const struct doc_facts *f, enum doc_move m, const char *party, bool member)
{
	const bool writer = f->writer != NULL && strcmp(party, f->writer) == 0;

	if (!member)
		return "not a member of the collection";
	if (moves[m].who == WHO_WRITER && !writer)
		return "only the document's writer may";
	if (moves[m].who == WHO_OTHERS && writer)
		return "the writer revises instead";
	return NULL;
}

static const char *not_whole(const struct doc_facts *f)
{
	if (f->bracketed > 0)
		return "units are still in brackets";
	return f->untranslated > 0 ? "units lack a text in one of the document's languages" : NULL;
}

static const char *no_silence(const struct doc_facts *f)
{
	if (!f->frozen)
		return "the text is not frozen";
	if (some_object(f))
		return "a member has objected";
	return doc_silence(f) == SILENCE_RUNS ? "a silence procedure is under way already" : NULL;
}

/* What the state alone does not say. */
static const char *condition(const struct doc_facts *f, enum doc_state s, enum doc_move m, enum assent_verb own)
{
	if (!f->is_newest && m != MOVE_COMMENT && m != MOVE_COMMIT)
		return "a newer version exists";
	switch (m) {
	case MOVE_PROPOSE:
		if (f->frozen)
			return "the text is frozen";
		return own == ASSENT_AGREE && s != DOC_PUBLISHED ? "its own assent stands: withdraw it before proposing changes" : NULL;
	case MOVE_ANSWER:
		return f->open_proposals == 0 ? "no proposal is open" : NULL;
	case MOVE_AGREE:
		if (own == ASSENT_AGREE)
			return "it has agreed already";
		return f->bracketed > 0 ? "units are still in brackets" : NULL;
	case MOVE_OBJECT:
		return own == ASSENT_OBJECT ? "it has objected already" : NULL;
	case MOVE_WITHDRAW_ASSENT:
		return own != ASSENT_AGREE && own != ASSENT_OBJECT ? "it has given no assent or objection that stands" : NULL;
	case MOVE_FREEZE:
		return f->frozen ? "the text is frozen already" : not_whole(f);
	case MOVE_SILENCE:
		return no_silence(f);
	case MOVE_REVISE: case MOVE_PUBLISH: case MOVE_COMMENT: case MOVE_COMMIT: case MOVE_WITHDRAW: case DOC_MOVES:
		break;
	}
	return NULL;
}

int doc_may(const struct doc_facts *f, enum doc_move m, const char *party, struct err *e)
{
	const enum doc_state s = doc_state(f);
	enum assent_verb own = ASSENT_NONE;
	bool member = false;
	const char *no;

	assert(m < DOC_MOVES && party != NULL);
	for (size_t i = 0; i < f->members && !member; i++)
		if (strcmp(f->member[i], party) == 0) {
			member = true;
			own = f->assent[i];
		}
	if ((no = not_entitled(f, m, party, member)) != NULL)
		return fail(e, E_DENIED, "%s may not %s: %s", party, moves[m].name, no);
	if ((no = refusal[m][s]) == NULL)
		no = condition(f, s, m, own);
	if (no != NULL)
		return fail(e, E_STATE, "%s may not %s: %s (state: %s)", party, moves[m].name, no, state_names[s]);
	return 0;
}

static int by_log(const void *pa, const void *pb)
{
	const struct doc_event *a = pa, *b = pb;

	if (a->member != b->member)
		return a->member < b->member ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static int by_time(const void *pa, const void *pb)
{
	const struct doc_event *a = pa, *b = pb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return (a->member > b->member) - (a->member < b->member);
}

static void fold_one(struct doc_facts *f, const struct doc_event *ev, int64_t embargo)
{
	/* Nothing is published before it was released, whatever moment the release names. */
	const int64_t named = ev->publish_at > embargo ? ev->publish_at : embargo, at = named > ev->time ? named : ev->time;

	switch (ev->what) {
	case WORD_AGREE:
		f->assent[ev->member] = ASSENT_AGREE;
		return;
	case WORD_PUBLISH:
		/* A release before all had agreed is void, also when they agree later: they did not know of it. */
		if (!all_agree(f) || (f->has_publication && f->publish_at <= at))
			return;
		f->has_publication = true;
		f->publish_at = at;
		return;
	case WORD_OBJECT:
	case WORD_WITHDRAW:
		if (f->has_publication && ev->time >= f->publish_at)
			return; /* too late: what is out cannot be taken back by one side */
		f->assent[ev->member] = ev->what == WORD_OBJECT ? ASSENT_OBJECT : ASSENT_WITHDRAW;
		f->has_publication = false;
		return;
	}
}

void doc_fold(struct doc_facts *f, struct doc_event *ev, size_t n, int64_t embargo)
{
	memset(f->assent, 0, sizeof(f->assent));
	f->has_publication = false;
	f->publish_at = 0;
	if (n > 0)
		qsort(ev, n, sizeof(*ev), by_log);
	for (size_t i = 1; i < n; i++) /* a clock that went back does not reorder its own log */
		if (ev[i].member == ev[i - 1].member && ev[i].time <= ev[i - 1].time)
			ev[i].time = ev[i - 1].time + 1;
	if (n > 0)
		qsort(ev, n, sizeof(*ev), by_time);
	for (size_t i = 0; i < n; i++) {
		assert(ev[i].member < f->members);
		fold_one(f, &ev[i], embargo);
	}
}
