/* Names, mandates, calendar and slippage of a series. */
#include <stdlib.h>
#include <string.h>

#include "web/load_more.h"
#include "web/visit.h"

bool party_is_member(const struct v_series *s, const char *party)
{
	for (size_t i = 0; i < s->members; i++)
		if (party != NULL && strcmp(s->member[i], party) == 0)
			return true;
	return false;
}

void parties_in_order(enum lang l, const char **v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && alternat(l, v[k], v[k - 1]) < 0; k--) {
			const char *swap = v[k];

			v[k] = v[k - 1];
			v[k - 1] = swap;
		}
}

/* ---- lists of the object ---- */

static int by_alternat_de(const void *a, const void *b) { return alternat(LANG_DE, ((const struct v_name *)a)->party, ((const struct v_name *)b)->party); }
static int by_alternat_ja(const void *a, const void *b) { return alternat(LANG_JA, ((const struct v_name *)a)->party, ((const struct v_name *)b)->party); }
static int by_code(const void *a, const void *b) { return strcmp(((const struct v_name *)a)->party, ((const struct v_name *)b)->party); }

static bool get_names(struct loader *l, const struct json_val *o, struct v_series_more *m)
{
	static int (*const order[LANG_COUNT])(const void *, const void *) = {[LANG_DE] = by_alternat_de, [LANG_JA] = by_alternat_ja, [LANG_EN] = by_code};
	const struct json_val *list = json_get(o, "names"), *v;
	struct json_iter it;

	if ((m->name = arena_array(l->a, json_len(list) + 1, sizeof *m->name)) == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); )
		if (json_get_str(v, "party") != NULL)
			m->name[m->names++] = (struct v_name){get_str(l, v, "party"), get_text(l, v, "title")};
	if (m->names > 1)
		qsort(m->name, m->names, sizeof *m->name, order[l->lang]);
	return true;
}

static bool get_mandates(struct loader *l, const struct json_val *o, struct v_series_more *m)
{
	const struct json_val *list = json_get(o, "mandates"), *v;
	const struct v_links links = get_links(l, o, "mandates");
	struct json_iter it;
	size_t link = 0;

	if ((m->mandate = arena_array(l->a, json_len(list) + 1, sizeof *m->mandate)) == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); ) {
		struct v_mandate *d = &m->mandate[m->mandates++];

		d->title = get_text(l, v, "title");
		d->date = get_time(v, "date", INT64_MIN);
		d->has_date = d->date != INT64_MIN;
		d->has_url = json_get_str(v, "url") != NULL && link < links.n;
		if (d->has_url)
			d->link = links.v[link++];
	}
	return true;
}

/* ---- calendar ---- */

static void add_mark(struct v_series_more *m, struct v_mark mark)
{
	size_t at = m->marks++;

	for (; at > 0 && m->mark[at - 1].at > mark.at; at--)
		m->mark[at] = m->mark[at - 1];
	m->mark[at] = mark;
}

static bool get_marks(struct loader *l, const struct json_val *o, const struct v_series *s, struct v_series_more *m)
{
	const struct json_val *list = json_get(o, "deadlines"), *v;
	struct json_iter it;

	if ((m->mark = arena_array(l->a, json_len(list) + s->rounds + 1, sizeof *m->mark)) == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); ) {
		const int64_t at = get_time(v, "at", INT64_MIN);

		if (at != INT64_MIN)
			add_mark(m, (struct v_mark){.kind = MARK_DEADLINE, .at = at, .title = get_text(l, v, "title"), .party = get_str(l, v, "party"), .zone = m->zone, .zone2 = m->zone2});
	}
	for (size_t i = 0; i < s->rounds; i++) {
		const struct v_round *r = &s->round[i];
		const bool off = r->status != NULL && (strcmp(r->status, "cancelled") == 0 || strcmp(r->status, "postponed") == 0);

		if (!off)
			add_mark(m, (struct v_mark){.kind = r->status != NULL && strcmp(r->status, "proposed") == 0 ? MARK_OFFER : MARK_ROUND, .at = r->start,
				.end = r->has_end ? r->end : r->start, .precision = r->precision, .title = r->title, .party = r->host, .zone = r->zone, .zone2 = r->zone2, .url = r->page});
	}
	return true;
}

static bool has_day(const struct v_mark *m) { return m->precision == NULL || strcmp(m->precision, "day") == 0; }

static void choose_month(struct loader *l, const char *month, const struct v_series_more *m, int *ret_year, int *ret_month)
{
	int64_t at = l->now;
	struct civil c;

	enum date_part exact = DATE_DAY;

	if (month != NULL && date_read(month, &c, &exact) == NULL && exact == DATE_MONTH) {
		*ret_year = c.year;
		*ret_month = c.month;
		return;
	}
	for (size_t i = m->marks; i-- > 0; )
		if (has_day(&m->mark[i]) && (m->mark[i].at >= l->now || m->mark[i].end >= l->now))
			at = m->mark[i].at;
	time_civil(at, &c);
	*ret_year = c.year;
	*ret_month = c.month;
}

static struct url month_url(struct loader *l, const struct v_series *s, int year, int month)
{
	if (month < 1 || month > 12) {
		year += month < 1 ? -1 : 1;
		month = month < 1 ? 12 : 1;
	}
	return url_query(l->a, s->page, "month", arena_printf(l->a, "%04d-%02d", year, month));
}

static int month_number(int64_t ns)
{
	struct civil c;

	time_civil(ns, &c);
	return c.year * 12 + c.month;
}

static int first_month(const struct loader *l, const struct v_series_more *m)
{
	const int now = month_number(l->now), first = m->marks > 0 ? month_number(m->mark[0].at) : now;

	return first < now ? first : now;
}

static int last_month(const struct loader *l, const struct v_series_more *m)
{
	int last = month_number(l->now);

	for (size_t i = 0; i < m->marks; i++)
		if (has_day(&m->mark[i]) && month_number(m->mark[i].at) > last)
			last = month_number(m->mark[i].at);
	return last;
}

static void make_calendar(struct loader *l, const struct v_series *s, const char *month, struct v_series_more *m)
{
	int year, mon;

	choose_month(l, month, m, &year, &mon);
	cal_make(&m->cal, year, mon, m->mark, m->marks, l->now, m->zone);
	/* As far as there is something: a calendar without end would never let go of who follows every link. */
	m->cal.before = year * 12 + mon > first_month(l, m) ? month_url(l, s, year, mon - 1) : (struct url){NULL};
	m->cal.after = year * 12 + mon < last_month(l, m) ? month_url(l, s, year, mon + 1) : (struct url){NULL};
}

/* ---- slippage ---- */

static int get_slip(struct loader *l, const struct v_series *s, struct v_slip *ret, struct err *e)
{
	struct slippage *sl = arena_get(l->a, sizeof *sl);
	int rc = sl != NULL ? consult_slippage(l->rd, &l->reader, s->id, l->now, sl, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	*ret = (struct v_slip){.why = sl->why, .since = sl->since, .last_held = sl->last_held};
	for (size_t i = 0; i < s->rounds; i++)
		if (strcmp(s->round[i].id, sl->last_round) == 0)
			ret->last = &s->round[i];
	for (; ret->nexts < sl->next; ret->nexts++)
		ret->next[ret->nexts] = arena_str(l->a, sl->party[ret->nexts]);
	parties_in_order(l->lang, ret->next, ret->nexts);
	if (sl->why != SLIP_NONE && l->now > sl->since)
		ret->months = (unsigned)((l->now - sl->since) / NS_PER_S / 2629746 /* a month of the calendar, on average */);
	return 0;
}

int load_series_more(struct visit *v, struct v_series *s, const char *month, struct err *e)
{
	struct loader *l = &v->l;
	struct v_series_more *m = arena_get(l->a, sizeof *m);
	const char *self = v->p.party;
	struct picked p;
	int64_t n = 0;
	int rc;

	if (m == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_version(l, s->id, NULL, &p, e)) != 0)
		return rc;
	m->writer = arena_str(l->a, p.entry.party);
	m->member = v->who.known && v->who.own && party_is_member(s, self);
	m->may_propose = m->member && visit_may(v, RIGHT_WRITE);
	m->may_edit = m->may_propose && strcmp(m->writer, self) == 0;
	m->zone = s->members > 0 ? party_zone(party_is_member(s, self) ? self : s->member[0]) : "UTC";
	for (size_t i = 0; i < s->members && m->zone2 == NULL; i++)
		if (strcmp(party_zone(s->member[i]), m->zone) != 0)
			m->zone2 = party_zone(s->member[i]);
	if (json_int(json_get(p.entry.object.val, "rhythm_months"), &n) && n > 0)
		m->rhythm_months = (unsigned)n;
	if (!get_names(l, p.entry.object.val, m) || !get_mandates(l, p.entry.object.val, m) || !get_marks(l, p.entry.object.val, s, m))
		rc = fail(e, E_NOMEM, "page");
	entry_free(&p.entry);
	if (rc != 0)
		return rc;
	make_calendar(l, s, month, m);
	m->edit = url_suffix(l->a, s->page, "/edit");
	m->propose = url_suffix(l->a, s->page, "/rounds/new");
	if (m->member && (rc = get_slip(l, s, &m->slip, e)) != 0)
		return rc;
	s->more = m;
	return 0;
}
