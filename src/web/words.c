/* Codes of the data model to words. A missing row shows the code, never nothing. */
#include <string.h>

#include "web/people_view.h"

static const struct party_row { const char *code, *name, *side, *zone; enum lang lang; } parties[] = {
	{"DE", N_("Germany"), N_("German side"), "Europe/Berlin", LANG_DE},
	{"JP", N_("Japan"), N_("Japanese side"), "Asia/Tokyo", LANG_JA},
};

static const struct party_row *party_row(const char *code)
{
	for (size_t i = 0; code != NULL && i < ARRAY_LEN(parties); i++)
		if (strcmp(parties[i].code, code) == 0)
			return &parties[i];
	return NULL;
}

const char *party_name(enum lang l, const char *party)
{
	const struct party_row *r = party_row(party);

	return r != NULL ? tr(l, r->name) : party;
}

const char *party_side(enum lang l, const char *party)
{
	const struct party_row *r = party_row(party);

	return r != NULL ? tr(l, r->side) : party;
}

const char *party_zone(const char *party)
{
	const struct party_row *r = party_row(party);

	return r != NULL ? r->zone : "UTC";
}

enum lang party_lang(const char *party)
{
	const struct party_row *r = party_row(party);

	return r != NULL ? r->lang : LANG_EN;
}

int alternat(enum lang l, const char *a, const char *b)
{
	if (l != LANG_EN && party_lang(a) != party_lang(b)) {
		if (party_lang(a) == l)
			return -1;
		if (party_lang(b) == l)
			return 1;
	}
	return strcmp(a, b);
}

struct word_row { const char *code, *word, *tone; };

static const struct word_row *word_of(const struct word_row *rows, size_t n, const char *code)
{
	for (size_t i = 0; code != NULL && i < n; i++)
		if (strcmp(rows[i].code, code) == 0)
			return &rows[i];
	return NULL;
}

static const struct word_row modes[] = {
	{"in-person", N_("in person"), ""}, {"video", N_("by video conference"), ""}, {"hybrid", N_("in person and by video"), ""},
};
static const struct word_row statuses[] = {
	{"proposed", N_("proposed"), "off"}, {"scheduled", N_("scheduled"), "info"}, {"held", N_("held"), "ok"},
	{"closed", N_("closed"), "ok"}, {"postponed", N_("postponed"), "warn"}, {"cancelled", N_("cancelled"), "off"},
};
static const struct word_row roles[] = {
	{"head", N_("Head of delegation"), ""}, {"member", N_("Member"), ""}, {"note-taker", N_("Note-taker"), ""},
	{"interpreter", N_("Interpreter"), ""}, {"embassy", N_("Embassy"), ""},
};
static const struct word_row kinds[] = {
	{"invitation", N_("Invitation"), ""}, {"agenda", N_("Agenda"), ""}, {"minutes", N_("Minutes"), ""}, {"agreed-minutes", N_("Agreed minutes"), ""},
	{"joint-statement", N_("Joint statement"), ""}, {"press-release", N_("Joint press release"), ""},
	{"position-paper", N_("Position paper"), ""}, {"non-paper", N_("Non-paper"), ""},
};

const char *word_mode(enum lang l, const char *mode)
{
	const struct word_row *r = word_of(modes, ARRAY_LEN(modes), mode);

	return r != NULL ? tr(l, r->word) : mode;
}

const char *word_status(enum lang l, const char *status)
{
	const struct word_row *r = word_of(statuses, ARRAY_LEN(statuses), status);

	return r != NULL ? tr(l, r->word) : status;
}

const char *tone_status(const char *status)
{
	const struct word_row *r = word_of(statuses, ARRAY_LEN(statuses), status);

	return r != NULL ? r->tone : "off";
}

const char *word_role(enum lang l, const char *role)
{
	const struct word_row *r = word_of(roles, ARRAY_LEN(roles), role);

	return r != NULL ? tr(l, r->word) : role;
}

const char *word_kind(const char *kind)
{
	const struct word_row *r = word_of(kinds, ARRAY_LEN(kinds), kind);

	return r != NULL ? r->word : N_("Document");
}

const char *word_verb(enum assent_verb v)
{
	static const char *const words[] = {
		[ASSENT_NONE] = N_("no word yet"), [ASSENT_AGREE] = N_("agrees"), [ASSENT_OBJECT] = N_("objects"), [ASSENT_WITHDRAW] = N_("assent withdrawn"),
	};

	return words[v];
}

const char *lang_name(enum lang l)
{
	static const char *const names[LANG_COUNT] = {[LANG_DE] = "Deutsch", [LANG_JA] = "日本語", [LANG_EN] = "English"};

	return names[l];
}

const char *status_mark(enum lang of, const struct v_document *d)
{
	if (d->authentic[of])
		return tr(of, N_("authentic text"));
	return d->provisional[of] ? tr(of, N_("provisional translation")) : NULL;
}

struct v_badge badge_of(enum doc_state s, size_t members)
{
	static const struct v_badge rows[DOC_STATES] = {
		[DOC_DRAFT] = {"pen", "off", N_("Draft")},
		[DOC_PROPOSED] = {"pen", "off", N_("Draft with open proposals")},
		[DOC_ASSENTED] = {"half", "warn", N_("Agreed by one side")},
		[DOC_AGREED] = {"agreed", "ok", N_("Agreed by both sides")},
		[DOC_SCHEDULED] = {"clock", "info", N_("Agreed by both sides, publication scheduled")},
		[DOC_PUBLISHED] = {"agreed", "ok", N_("Agreed by both sides")},
		[DOC_WITHDRAWN] = {"stop", "off", N_("Withdrawn")},
	};
	struct v_badge b = rows[s];

	if (members > 2 && (s == DOC_AGREED || s == DOC_PUBLISHED))
		b.word = N_("Agreed by all sides");
	if (members > 2 && s == DOC_SCHEDULED)
		b.word = N_("Agreed by all sides, publication scheduled");
	if (members > 2 && s == DOC_ASSENTED)
		b.word = N_("Agreed by some sides");
	return b;
}

struct v_badge badge_unconfirmed(void)
{
	return (struct v_badge){"warn", "bad", N_("Not confirmed")};
}

struct shown bitext_in(const struct bitext *t, enum lang want)
{
	static const enum lang order[] = {LANG_EN, LANG_DE, LANG_JA};

	if (t->s[want] != NULL)
		return (struct shown){t->s[want], want};
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (t->s[order[i]] != NULL)
			return (struct shown){t->s[order[i]], order[i]};
	return (struct shown){"", want};
}

/* ---- what a browser calls itself ---- */

struct known { const char *part, *name; };

static const char *first_known(const char *agent, const struct known *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(agent, rows[i].part) != NULL)
			return rows[i].name;
	return NULL;
}

const char *agent_text(struct arena *a, const char *agent)
{
	/* Each names its ancestors, too: the youngest first. */
	static const struct known browsers[] = {{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}};
	static const struct known systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}};
	const char *browser = first_known(agent, browsers, ARRAY_LEN(browsers)), *system = first_known(agent, systems, ARRAY_LEN(systems));

	if (browser == NULL)
		return agent[0] != '\0' ? agent : "?";
	return system != NULL ? arena_printf(a, "%s, %s", browser, system) : browser;
}
