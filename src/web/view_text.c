/* What can be done with a text, and words for what was. */
#include "web/view_text.h"

#include <string.h>

static const struct text_act_row act_rows[TEXT_ACTS] = {
	[TEXT_REVISE] = {MOVE_REVISE, RIGHT_WRITE, "edit", N_("Edit the text"), "pen"},
	[TEXT_PROPOSE] = {MOVE_PROPOSE, RIGHT_WRITE, "propose", N_("Propose changes"), "pen"},
	[TEXT_ANSWER] = {MOVE_ANSWER, RIGHT_WRITE, "answer", N_("Answer"), "pen"},
	[TEXT_COMMENT] = {MOVE_COMMENT, RIGHT_WRITE, "comment", N_("Comment"), "pen"},
	[TEXT_FREEZE] = {MOVE_FREEZE, RIGHT_WRITE, "freeze", N_("Freeze the text"), "stop"},
	[TEXT_SILENCE] = {MOVE_SILENCE, RIGHT_WRITE, "silence", N_("Start the silence procedure"), "clock"},
	[TEXT_AGREE] = {MOVE_AGREE, RIGHT_ASSENT, "agree", N_("Agree to this version"), "check"},
	[TEXT_OBJECT] = {MOVE_OBJECT, RIGHT_ASSENT, "object", N_("Object"), "warn"},
	[TEXT_WITHDRAW_ASSENT] = {MOVE_WITHDRAW_ASSENT, RIGHT_ASSENT, "withdraw-assent", N_("Withdraw the assent"), "stop"},
	[TEXT_PUBLISH] = {MOVE_PUBLISH, RIGHT_ASSENT, "publish", N_("Ask for publication"), "agreed"},
	[TEXT_WITHDRAW] = {MOVE_WITHDRAW, RIGHT_ASSENT, "withdraw", N_("Withdraw the document"), "stop"},
};
const struct text_act_row *text_act_row(enum text_act a) { return &act_rows[a]; }

const struct v_change *change_at(const struct v_proposal *p, const char *unit)
{
	for (size_t i = 0; i < p->changes; i++)
		if (strcmp(p->change[i].unit, unit) == 0)
			return &p->change[i];
	return NULL;
}

size_t draft_open_at(const struct v_draft *d, const char *unit)
{
	size_t n = 0;

	for (size_t i = 0; i < d->props; i++)
		n += d->prop[i].answer == ANSWER_OPEN && change_at(&d->prop[i], unit) != NULL;
	return n;
}

bool spans_changed(const struct v_spans *s) { return s->n > 1 || (s->n == 1 && s->v[0].kind != DIFF_SAME); }

struct v_badge badge_of_answer(enum answer a)
{
	static const struct v_badge rows[ANSWERS] = {
		[ANSWER_OPEN] = {"clock", "info", N_("waits for an answer")},
		[ANSWER_ACCEPTED] = {"check", "ok", N_("accepted")},
		[ANSWER_DECLINED] = {"x", "bad", N_("declined")},
		[ANSWER_COUNTERED] = {"pen", "warn", N_("countered")},
		[ANSWER_TAKEN_BACK] = {"x", "off", N_("taken back")},
		[ANSWER_SETTLED] = {"check", "off", N_("settled")},
	};

	return rows[a];
}

unsigned area_rows(const char *s, enum lang l)
{
	/* Bytes of a line in a third of the page: 40 Latin letters, 22 Japanese characters of three bytes. */
	const size_t line = l == LANG_JA ? 66 : 40, rows = s != NULL ? strlen(s) / line + 2 : 3;

	return rows < 3 ? 3 : rows > 16 ? 16 : (unsigned)rows;
}

enum lang nth_lang(enum lang own, unsigned i)
{
	if (i == 0)
		return own;
	return (enum lang)(i - 1 < (unsigned)own ? i - 1 : i);
}
