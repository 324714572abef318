/* What a round is in full: counts, chairs, leads, and the words of all sides on when it is held. */
#include <string.h>

#include "web/load_more.h"
#include "web/visit.h"

/* ---- lists of the object ---- */

static bool get_ordinals(struct loader *l, const struct json_val *o, struct v_round_more *m)
{
	const struct json_val *list = json_get(o, "ordinals"), *v;
	struct json_iter it;

	if ((m->ordinal = arena_array(l->a, json_len(list) + 1, sizeof *m->ordinal)) == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); ) {
		struct v_ordinal *d = &m->ordinal[m->ordinals++];
		int64_t n = 0;

		*d = (struct v_ordinal){.party = get_str(l, v, "party"), .note = get_text(l, v, "note")};
		d->ordinal = json_int(json_get(v, "ordinal"), &n) && n > 0 ? (uint64_t)n : 0;
	}
	return true;
}

static bool get_chairs(struct loader *l, const struct json_val *o, struct v_round_more *m)
{
	const struct json_val *list = json_get(o, "chairs"), *v;
	struct json_iter it;

	if ((m->chair = arena_array(l->a, json_len(list) + 1, sizeof *m->chair)) == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); ) {
		const struct json_val *name = json_get(v, "name");
		struct v_chair *c = &m->chair[m->chairs++];

		*c = (struct v_chair){.party = get_str(l, v, "party"), .native = get_str(l, name, "native"), .latin = get_str(l, name, "latin"), .reading = get_str(l, name, "reading"),
			.title = get_text(l, v, "title")};
		c->latin = latin_formal(l->a, c->party, c->latin);
		if (c->native != NULL && c->latin != NULL && strcmp(c->native, c->latin) == 0)
			c->latin = NULL;
	}
	return true;
}

static bool get_leads(struct loader *l, const struct json_val *o, struct v_round_more *m)
{
	const struct json_val *list = json_get(o, "leads"), *v;
	struct json_iter it;

	if ((m->lead = arena_array(l->a, json_len(list) + 1, sizeof *m->lead)) == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); )
		m->lead[m->leads++] = (struct v_lead){get_str(l, v, "party"), get_str(l, v, "agency_code"), get_text(l, v, "agency")};
	return true;
}

/* ---- dates ---- */

static struct v_date date_of(struct loader *l, int64_t start, int64_t end)
{
	return (struct v_date){.start = start, .end = end, .has_end = end != INT64_MIN, .key = arena_printf(l->a, "%lld,%lld", (long long)start, (long long)end)};
}

static bool get_word(struct loader *l, const struct entry *en, struct v_invite_word *w)
{
	const struct json_val *o = en->object.val, *list = json_get(o, "dates"), *v;
	struct json_iter it;

	*w = (struct v_invite_word){.party = arena_str(l->a, en->party), .at = get_time(o, "modified", 0), .mode = get_str(l, o, "mode"), .venue = get_text(l, o, "venue"),
		.text = get_text(l, o, "text"), .date = arena_array(l->a, json_len(list) + 1, sizeof *w->date)};
	for (unsigned k = 0; k < INVITE_VERBS; k++)
		if (json_str_is(json_get(o, "verb"), invite_verb_word((enum invite_verb)k)))
			w->verb = (enum invite_verb)k;
	w->verb_word = invite_verb_name(w->verb);
	if (w->date == NULL)
		return false;
	for (json_iter(&it, is_list(list) ? list : NULL); json_next(&it, NULL, &v); )
		w->date[w->dates++] = date_of(l, get_time(v, "start", 0), get_time(v, "end", INT64_MIN));
	return true;
}

/* Every word that was said, oldest first; each is an object of its own. */
static int get_words(struct loader *l, const struct v_series *s, const struct v_round *r, struct v_invite *in, struct err *e)
{
	struct picks rows = {0};
	const char **ids = NULL;
	int rc = load_rows_about(l, r->id, &rows, e);
	const size_t n = rc == 0 ? load_ids(l, &rows, "verbale-invitation", NULL, &ids) : 0;

	if (rc == 0 && (in->word = arena_array(l->a, n + 1, sizeof *in->word)) == NULL)
		rc = fail(e, E_NOMEM, "page");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct picked p;
		struct v_invite_word w;
		size_t at = in->words;

		if ((rc = load_version(l, ids[i], NULL, &p, e)) == E_NOTFOUND) {
			rc = 0;
			continue;
		}
		if (rc != 0)
			break;
		if (!p.entry.object.revoked && party_is_member(s, p.entry.party) && get_word(l, &p.entry, &w)) {
			for (; at > 0 && in->word[at - 1].at > w.at; at--)
				in->word[at] = in->word[at - 1];
			in->word[at] = w;
			in->words++;
		}
		entry_free(&p.entry);
	}
	return rc;
}

static void get_standing(struct loader *l, const struct invite_facts *f, struct v_invite *in)
{
	for (size_t m = 0; m < f->members; m++) {
		if (!f->word[m].said)
			continue;
		for (size_t i = 0; i < in->words; i++)
			if (strcmp(in->word[i].party, f->member[m]) == 0 && in->word[i].at == f->word[m].time)
				in->word[i].stands = true;
		for (size_t k = 0; k < f->word[m].dates && in->tables < LIMIT_DATES; k++) {
			const struct v_date d = date_of(l, f->word[m].date[k].start, f->word[m].date[k].end);
			size_t i = 0;

			while (i < in->tables && (in->table[i].start != d.start || in->table[i].end != d.end))
				i++;
			if (i == in->tables)
				in->table[in->tables++] = d;
		}
	}
}

/* The buttons are exactly what the rules allow. New dates are not known yet: any day to come stands for them. */
static void ask_rules(struct loader *l, const struct invite_facts *f, const char *self, struct v_invite *in)
{
	const struct invite_date some = {l->now + 30 * 86400 * NS_PER_S, INT64_MIN};

	for (unsigned k = 0; k < INVITE_VERBS; k++) {
		const enum invite_verb verb = (enum invite_verb)k;
		const bool dated = verb == INVITE_INVITE || verb == INVITE_OFFER;
		struct err why = {0};

		if (verb == INVITE_CONFIRM)
			continue;
		in->may[k] = invite_may(f, verb, self, dated ? &some : NULL, dated ? 1 : 0, &why) == 0;
		in->why[k] = in->may[k] ? NULL : arena_str(l->a, why.msg);
	}
	/* The host may do both: an invitation begins, other dates answer one. */
	in->say = in->may[INVITE_INVITE] && (!in->may[INVITE_OFFER] || f->state == ROUND_OPEN || f->state == ROUND_DECLINED) ? INVITE_INVITE : INVITE_OFFER;
	for (size_t i = 0; i < in->tables; i++) {
		const struct invite_date d = {in->table[i].start, in->table[i].end};

		in->table[i].confirmable = invite_may(f, INVITE_CONFIRM, self, &d, 1, NULL) == 0;
		in->may[INVITE_CONFIRM] = in->may[INVITE_CONFIRM] || in->table[i].confirmable;
	}
}

static int get_invite(struct visit *v, const struct v_series *s, const struct v_round *r, bool may, struct v_invite *in, struct err *e)
{
	struct loader *l = &v->l;
	struct invite_facts *f = arena_get(l->a, sizeof *f);
	int rc;

	if (f == NULL || (in->table = arena_array(l->a, LIMIT_DATES, sizeof *in->table)) == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = consult_round(l->rd, &l->reader, r->id, f, e)) != 0 || (rc = get_words(l, s, r, in, e)) != 0)
		return rc;
	in->state = f->state;
	in->state_word = invite_state_name(f->state);
	if (f->state == ROUND_CONFIRMED)
		in->confirmed = date_of(l, f->confirmed.start, f->confirmed.end);
	for (size_t m = 0; m < f->members; m++)
		if ((f->next >> m & 1) != 0)
			in->next[in->nexts++] = arena_str(l->a, f->member[m]);
	parties_in_order(l->lang, in->next, in->nexts);
	get_standing(l, f, in);
	if (may)
		ask_rules(l, f, v->p.party, in);
	return 0;
}

int load_round_more(struct visit *v, const struct v_series *s, struct v_round *r, struct err *e)
{
	struct loader *l = &v->l;
	struct v_round_more *m = arena_get(l->a, sizeof *m);
	const struct json_val *o;
	struct picked p;
	bool write;
	int rc;

	if (m == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = load_version(l, r->id, NULL, &p, e)) != 0)
		return rc;
	o = p.entry.object.val;
	m->writer = arena_str(l->a, p.entry.party);
	m->intersessional = json_str_is(json_get(o, "kind"), "intersessional");
	if (!get_ordinals(l, o, m) || !get_chairs(l, o, m) || !get_leads(l, o, m))
		rc = fail(e, E_NOMEM, "page");
	entry_free(&p.entry);
	m->member = v->who.known && v->who.own && party_is_member(s, v->p.party);
	write = m->member && visit_may(v, RIGHT_WRITE);
	m->may_edit = write && strcmp(m->writer, v->p.party) == 0;
	m->may_invite = m->may_agenda = m->may_delegation = write;
	m->may_home = m->member && visit_may(v, RIGHT_HOME_READ) && v->w->homes != NULL;
	m->edit = url_suffix(l->a, r->page, "/edit");
	m->dates = url_suffix(l->a, r->page, "/dates");
	m->agenda_edit = url_suffix(l->a, r->page, "/agenda/edit");
	m->delegations = url_suffix(l->a, r->page, "/delegations");
	m->delegation_edit = url_suffix(l->a, r->page, "/delegations/edit");
	m->home = url_suffix(l->a, r->page, "/home");
	if (rc == 0 && m->member)
		rc = get_invite(v, s, r, write, &m->invite, e);
	if (rc == 0)
		r->more = m;
	return rc;
}

int load_round_at(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct err *e)
{
	struct v_series *s = arena_get(v->l.a, sizeof *s);
	int rc = s != NULL ? load_series(&v->l, v->q->arg[1], s, e) : fail(e, E_NOMEM, "page");

	if (rc != 0 || (rc = load_round(&v->l, s, v->q->arg[2], ret, e)) != 0)
		return rc;
	*ret_s = s;
	return 0;
}

void name_in_round(struct visit *v, const struct v_series *s, const struct v_round *r, const char *under, const char *path)
{
	struct url self = url_path(v->l.a, "series", s->slug, "rounds", r->key, NULL);

	v->p.example = v->p.example || r->example;
	if (path != NULL)
		self = url_suffix(v->l.a, self, path);
	visit_name(v, self);
	visit_crumb(v, N_("Consultations"), visit_url(v, "series", NULL));
	visit_crumb_text(v, bitext_in(&s->title, v->p.lang), s->page);
	if (r->ordinal > 0)
		visit_crumb_text(v, (struct shown){ordinal_text(v->l.a, v->p.lang, r->ordinal), v->p.lang}, r->page);
	else
		visit_crumb_text(v, bitext_in(&r->title, v->p.lang), r->page);
	if (under != NULL)
		visit_crumb(v, under, v->p.self[v->p.lang]);
}
