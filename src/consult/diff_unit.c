#include <string.h>

#include "base/limits.h"
#include "consult/diff.h"

const char *diff_unit_name(enum diff_unit what)
{
	static const char *const names[] = {
		[DIFF_UNIT_SAME] = N_("unchanged"),
		[DIFF_UNIT_CHANGED] = N_("changed"),
		[DIFF_UNIT_ADDED] = N_("added"),
		[DIFF_UNIT_REMOVED] = N_("removed"),
		[DIFF_UNIT_MOVED] = N_("renumbered"),
	};

	return names[what];
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool is_same(const struct paper_unit *a, const struct paper_unit *b)
{
	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (!same_text(a->text.s[l], b->text.s[l]))
			return false;
	return true;
}

static bool is_empty(const struct paper_unit *u)
{
	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (!same_text(u->text.s[l], ""))
			return false;
	return true;
}

static bool brackets_differ(const struct paper_unit *a, const struct paper_unit *b)
{
	return a->bracketed != b->bracketed || (a->bracketed && !same_text(a->bracketed_by, b->bracketed_by));
}

/* The partner of each unit of the new list, DIFF_NONE where there is none yet. */
struct match { const struct paper_unit *old, *new; size_t old_n, new_n; size_t of[LIMIT_UNITS]; bool taken[LIMIT_UNITS]; };
typedef bool match_rule(const struct paper_unit *a, const struct paper_unit *b);

static bool same_place(const struct paper_unit *a, const struct paper_unit *b) { return strcmp(a->number, b->number) == 0 && is_same(a, b); }
static bool renumbered(const struct paper_unit *a, const struct paper_unit *b) { return is_same(a, b) && !is_empty(a); }
static bool same_number(const struct paper_unit *a, const struct paper_unit *b) { return strcmp(a->number, b->number) == 0; }

static void match(struct match *m, match_rule *rule)
{
	for (size_t j = 0; j < m->new_n; j++)
		for (size_t i = 0; i < m->old_n && m->of[j] == DIFF_NONE; i++)
			if (!m->taken[i] && rule(&m->old[i], &m->new[j])) {
				m->of[j] = i;
				m->taken[i] = true;
			}
}

static struct diff_pair pair_of(const struct match *m, size_t i, size_t j)
{
	const struct paper_unit *a = &m->old[i], *b = &m->new[j];
	struct diff_pair p = {.old = i, .new = j, .brackets = brackets_differ(a, b)};
	bool any = p.brackets;

	for (unsigned l = 0; l < LANG_COUNT; l++) {
		p.changed[l] = !same_text(a->text.s[l], b->text.s[l]);
		any = any || p.changed[l];
	}
	p.what = strcmp(a->number, b->number) != 0 ? DIFF_UNIT_MOVED : any ? DIFF_UNIT_CHANGED : DIFF_UNIT_SAME;
	return p;
}

static void put_removed(const struct match *m, size_t *i, struct diff_pair *ret, size_t *n)
{
	for (; *i < m->old_n && !m->taken[*i]; (*i)++)
		ret[(*n)++] = (struct diff_pair){.what = DIFF_UNIT_REMOVED, .old = *i, .new = DIFF_NONE};
}

int diff_units(const struct paper_unit *old, size_t old_n, const struct paper_unit *new, size_t new_n, struct diff_pair *ret, size_t *ret_n, struct err *e)
{
	struct match m = {.old = old, .new = new, .old_n = old_n, .new_n = new_n};
	size_t n = 0;

	if (old_n > LIMIT_UNITS || new_n > LIMIT_UNITS)
		return fail(e, E_LIMIT, "more than %d units", LIMIT_UNITS);
	for (size_t j = 0; j < new_n; j++)
		m.of[j] = DIFF_NONE;
	match(&m, same_place);
	match(&m, renumbered);
	match(&m, same_number);
	size_t lead = 0;

	put_removed(&m, &lead, ret, &n);
	for (size_t j = 0; j < new_n; j++) {
		const size_t i = m.of[j];

		if (i == DIFF_NONE) {
			ret[n++] = (struct diff_pair){.what = DIFF_UNIT_ADDED, .old = DIFF_NONE, .new = j};
			continue;
		}
		ret[n++] = pair_of(&m, i, j);
		size_t next = i + 1;

		put_removed(&m, &next, ret, &n);
	}
	*ret_n = n;
	return 0;
}
