#include "web/load_promise.h"

#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "web/load_find.h"
#include "web/load_more.h"

#define LIST_PAGE 50
#define SERIES_MAX 24 /* links of the filter */

static const struct { const char *tone, *icon; } looks[COMMITMENT_STATES] = {
	[COMMITMENT_OPEN] = {"off", "clock"}, [COMMITMENT_STARTED] = {"info", "half"}, [COMMITMENT_DONE] = {"ok", "check"},
	[COMMITMENT_DROPPED] = {"off", "stop"}, [COMMITMENT_CARRIED] = {"warn", "clock"},
};

static void take_owners(struct loader *l, const struct commitment_facts *f, struct v_promise *ret)
{
	for (size_t i = 0; i < f->owners; i++)
		ret->owner[ret->owners++] = arena_str(l->a, f->owner[i]);
	parties_in_order(l->lang, ret->owner, ret->owners);
}

static void take_state(struct loader *l, const struct commitment_facts *f, struct v_promise *ret)
{
	const int64_t first = ret->has_due ? due_end(ret->due, ret->precision) : 0;

	ret->finished = f->finished;
	ret->overdue = f->overdue;
	ret->reported = f->reported;
	ret->due_now = f->due_now;
	ret->moved = f->has_due && (!ret->has_due || f->due_now != first);
	ret->state = commitment_state_name(f->state);
	ret->tone = looks[f->state].tone;
	ret->icon = looks[f->state].icon;
	if (f->overdue) {
		ret->tone = "bad";
		ret->icon = "warn";
		ret->months = l->now > f->due_now ? (unsigned)((l->now - f->due_now) / NS_PER_S / 2629746) : 0;
	}
}

static void take_promise(struct loader *l, const struct commitment *c, struct v_promise *ret)
{
	const struct json_val *o = c->en.object.val;

	*ret = (struct v_promise){.id = arena_str(l->a, c->en.row.id), .title = get_text(l, o, "title"), .due = get_time(o, "due", INT64_MIN), .precision = get_str(l, o, "due_precision"),
		.next_round = get_bool(o, "next_round"), .number = NULL, .unit = get_str(l, o, "unit"), .example = get_bool(o, "example")};
	ret->has_due = ret->due != INT64_MIN;
	ret->page = url_path(l->a, lang_code(l->lang), "commitments", ret->id, NULL);
	take_owners(l, &c->f, ret);
	take_state(l, &c->f, ret);
}

int load_promise(struct loader *l, const char *id, struct v_promise *ret, struct err *e)
{
	struct commitment *c = arena_get(l->a, sizeof *c);
	int rc = c != NULL ? consult_commitment(l->rd, &l->reader, id, l->now, c, e) : fail(e, E_NOMEM, "page");

	if (rc != 0)
		return rc;
	if (c->en.object.revoked || c->en.party == NULL)
		rc = fail(e, E_NOTFOUND, "not found");
	else
		take_promise(l, c, ret);
	entry_free(&c->en);
	return rc;
}

/* ---- the list ---- */

struct listing { struct visit *v; struct v_promises *to; const char *owner, *series; size_t skip; bool more; };

static bool in_list(const char *list, const char *word)
{
	const size_t n = strlen(word);

	for (const char *s = list; s != NULL; s = strchr(s, ',') != NULL ? strchr(s, ',') + 1 : NULL)
		if (strncmp(s, word, n) == 0 && (s[n] == ',' || s[n] == '\0'))
			return true;
	return false;
}

static int take_due(void *ctx, const struct find_due *d, struct err *e)
{
	struct listing *k = ctx;
	int rc;

	if ((k->owner != NULL && !in_list(d->more, k->owner)) || (k->series != NULL && strcmp(d->series, k->series) != 0))
		return 0;
	if (k->to->n == LIST_PAGE) {
		k->more = true;
		return 1;
	}
	rc = load_promise(&k->v->l, d->id, &k->to->v[k->to->n], e);
	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if (k->skip > 0)
		k->skip--;
	else
		k->to->n++;
	return 0;
}

static const char *const filter_words[PROMISE_FILTERS] = {[PROMISE_ALL] = "all", [PROMISE_LATE] = "late", [PROMISE_OPEN] = "open", [PROMISE_DONE] = "done"};

static enum promise_filter filter_of(const char *s)
{
	for (unsigned i = 0; s != NULL && i < PROMISE_FILTERS; i++)
		if (strcmp(filter_words[i], s) == 0)
			return (enum promise_filter)i;
	return PROMISE_ALL;
}

static struct url list_url(struct visit *v, const char *state, const char *owner, const char *series)
{
	struct url u = visit_url(v, "commitments", NULL);

	if (state != NULL && strcmp(state, "all") != 0)
		u = url_query(v->l.a, u, "state", state);
	if (owner != NULL)
		u = url_query(v->l.a, u, "owner", owner);
	return series != NULL ? url_query(v->l.a, u, "series", series) : u;
}

static bool make_choices(struct visit *v, struct listing *k, const char *slug)
{
	static const char *const names[PROMISE_FILTERS] = {N_("All"), N_("Overdue"), N_("Open"), N_("Finished")};
	struct v_promises *to = k->to;
	const struct party_keys *peer;
	const size_t peers = record_peers(v->w->record, &peer);
	const char *state = filter_words[to->filter];

	for (unsigned i = 0; i < PROMISE_FILTERS; i++)
		to->state[to->states++] = (struct v_choice){tr(v->p.lang, names[i]), list_url(v, filter_words[i], k->owner, slug), to->filter == i};
	if ((to->owner = arena_array(v->l.a, peers + 2, sizeof *to->owner)) == NULL)
		return false;
	to->owner[to->owners++] = (struct v_choice){tr(v->p.lang, N_("All")), list_url(v, state, NULL, slug), k->owner == NULL};
	for (size_t i = 0; i <= peers; i++) {
		const char *party = arena_str(v->l.a, i == 0 ? v->p.party : peer[i - 1].party);

		to->owner[to->owners++] = (struct v_choice){party_name(v->p.lang, party), list_url(v, state, party, slug), k->owner != NULL && strcmp(k->owner, party) == 0};
	}
	return true;
}

/* The series by its short name; and links to the others. */
static int choose_series(struct visit *v, struct listing *k, const char *slug, struct err *e)
{
	struct picks rows = {0};
	const char **ids = NULL;
	int rc = load_rows_of_type(&v->l, "verbale-series", &rows, e);
	const size_t n = rc == 0 ? load_ids(&v->l, &rows, "verbale-series", NULL, &ids) : 0;
	struct v_promises *to = k->to;

	if (rc != 0 || (to->series = arena_array(v->l.a, SERIES_MAX + 1, sizeof *to->series)) == NULL)
		return rc != 0 ? rc : fail(e, E_NOMEM, "page");
	to->series[to->series_n++] = (struct v_choice){tr(v->p.lang, N_("All")), list_url(v, filter_words[to->filter], k->owner, NULL), slug == NULL};
	for (size_t i = 0; i < n && to->series_n <= SERIES_MAX; i++) {
		struct picked p;
		struct bitext title;
		const char *name;

		if ((rc = load_version(&v->l, ids[i], NULL, &p, e)) == E_NOTFOUND)
			continue;
		if (rc != 0)
			return rc;
		title = get_text(&v->l, p.entry.object.val, "title");
		name = get_str(&v->l, p.entry.object.val, "slug");
		entry_free(&p.entry);
		if (name == NULL)
			continue;
		if (slug != NULL && strcmp(slug, name) == 0)
			k->series = ids[i];
		to->series[to->series_n++] = (struct v_choice){bitext_in(&title, v->p.lang).s, list_url(v, filter_words[to->filter], k->owner, name), slug != NULL && strcmp(slug, name) == 0};
	}
	return slug == NULL || k->series != NULL ? 0 : fail(e, E_NOTFOUND, "not found");
}

int load_promises(struct visit *v, struct v_promises *ret, struct err *e)
{
	const char *page = http_param(v->q, "page"), *slug = http_param(v->q, "series");
	uint64_t nth = 1;
	struct listing k = {.v = v, .to = ret, .owner = arena_str(v->l.a, http_param(v->q, "owner")), .skip = 0};
	const int64_t now = v->l.now;
	const struct { enum promise_filter filter; struct find_dues ask; } rows[] = {
		{PROMISE_LATE, {DUE_COMMITMENT, true, false, INT64_MIN, now}},
		{PROMISE_OPEN, {DUE_COMMITMENT, true, false, now, INT64_MAX}},
		{PROMISE_OPEN, {DUE_COMMITMENT, true, false, INT64_MAX - 1, INT64_MAX}},
		{PROMISE_DONE, {DUE_COMMITMENT, false, true, INT64_MIN, INT64_MAX}},
	};
	bool whole;
	int rc;

	*ret = (struct v_promises){.filter = filter_of(http_param(v->q, "state")), .v = arena_array(v->l.a, LIST_PAGE + 1, sizeof *ret->v), .zone = party_zone(v->p.party)};
	if (v->w->find == NULL || (page != NULL && (!dec_parse(page, strlen(page), 9999, &nth) || nth == 0)))
		return fail(e, E_NOTFOUND, "not found");
	k.skip = (nth - 1) * LIST_PAGE;
	slug = arena_str(v->l.a, slug);
	if (ret->v == NULL || !make_choices(v, &k, slug))
		return fail(e, E_NOMEM, "page");
	if ((rc = choose_series(v, &k, slug, e)) != 0 || (rc = find_follow(v->w->find, v->l.rd, NULL, 512, now, &whole, e)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(rows); i++)
		if (i != 2 && (ret->filter == PROMISE_ALL || ret->filter == rows[i].filter))
			rc = find_dues(v->w->find, &rows[i].ask, take_due, &k, e);
	if (rc > 0)
		rc = 0;
	if (k.more)
		ret->next = url_query(v->l.a, list_url(v, filter_words[ret->filter], k.owner, slug), "page", arena_printf(v->l.a, "%llu", (unsigned long long)nth + 1));
	return rc;
}

/* ---- the page of one ---- */

static void take_evidence(struct loader *l, const struct json_val *list, struct v_step *s)
{
	const struct json_val *x;
	struct json_iter it;

	if (!is_list(list) || (s->evidence = arena_array(l->a, json_len(list) + 1, sizeof *s->evidence)) == NULL)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &x); ) {
		const char *url = json_get_str(x, "url"), *object = json_get_str(x, "object_ref");

		s->evidence[s->evidences++] = (struct v_evidence_of){get_text(l, x, "title"), url != NULL ? url_foreign(l->a, url) : object != NULL ? go_url(l, object, NULL) : url_path(l->a, NULL), url != NULL};
	}
}

struct steps { struct loader *l; struct v_promise *p; size_t cap; };

static int take_step(void *ctx, const struct entry *en, struct err *e)
{
	struct steps *k = ctx;
	struct loader *l = k->l;
	const struct json_val *o = en->object.val;
	const char *state = json_get_str(o, "state");
	struct v_step *more, *s;

	if (k->p->steps == k->cap) {
		k->cap = k->cap == 0 ? 8 : 2 * k->cap;
		if ((more = arena_array(l->a, k->cap, sizeof *more)) == NULL)
			return fail(e, E_NOMEM, "page");
		if (k->p->steps > 0)
			memcpy(more, k->p->step, k->p->steps * sizeof *more);
		k->p->step = more;
	}
	s = &k->p->step[k->p->steps++];
	*s = (struct v_step){.party = arena_str(l->a, en->party), .at = get_time(o, "modified", 0), .state = "", .tone = "off", .text = get_text(l, o, "text"),
		.due = get_time(o, "due", INT64_MIN), .precision = get_str(l, o, "due_precision")};
	s->has_due = s->due != INT64_MIN;
	for (unsigned i = 0; state != NULL && i < COMMITMENT_STATES; i++)
		if (strcmp(commitment_state_word((enum commitment_state)i), state) == 0) {
			s->state = commitment_state_name((enum commitment_state)i);
			s->tone = looks[i].tone;
		}
	take_evidence(l, json_get(o, "evidence"), s);
	return 0;
}

/* The unit's words, as they stood in the version all had agreed to. */
static int take_unit(struct loader *l, const char *document, const char *modified, struct v_promise *p, struct err *e)
{
	const struct json_val *u;
	struct json_iter it;
	struct picked d;
	int rc = document != NULL ? load_version(l, document, modified, &d, e) : E_NOTFOUND;

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	p->number = get_str(l, d.entry.object.val, "number");
	for (json_iter(&it, json_get(d.entry.object.val, "units")); json_next(&it, NULL, &u); )
		if (p->unit != NULL && json_str_is(json_get(u, "number"), p->unit))
			p->text = get_text(l, u, "text");
	p->text_url = go_url(l, d.entry.row.id, p->unit);
	p->proof = url_query(l->a, url_path(l->a, lang_code(l->lang), "record", d.entry.row.id, NULL), "v", d.entry.row.modified);
	entry_free(&d.entry);
	return 0;
}

static int take_round(struct loader *l, const char *round, struct v_promise *p, struct err *e)
{
	struct picked r;
	int rc = round != NULL ? load_version(l, round, NULL, &r, e) : E_NOTFOUND;

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	p->round_title = get_text(l, r.entry.object.val, "title");
	p->round = go_url(l, r.entry.row.id, NULL);
	entry_free(&r.entry);
	return 0;
}

static void take_leads(struct loader *l, const struct json_val *list, struct v_promise *p)
{
	const struct json_val *x;
	struct json_iter it;

	if (!is_list(list) || (p->lead = arena_array(l->a, json_len(list) + 1, sizeof *p->lead)) == NULL)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &x); )
		p->lead[p->leads++] = (struct v_lead){get_str(l, x, "party"), get_str(l, x, "agency_code"), get_text(l, x, "agency")};
}

int load_promise_all(struct visit *v, const char *id, struct v_promise *ret, struct err *e)
{
	struct loader *l = &v->l;
	struct commitment *c = arena_get(l->a, sizeof *c);
	struct steps k = {l, ret, 0};
	int rc = c != NULL ? consult_commitment(l->rd, &l->reader, id, l->now, c, e) : fail(e, E_NOMEM, "page");
	const struct json_val *o;

	if (rc != 0)
		return rc;
	o = c->en.object.val;
	if (c->en.object.revoked || c->en.party == NULL)
		rc = fail(e, E_NOTFOUND, "not found");
	if (rc == 0) {
		take_promise(l, c, ret);
		take_leads(l, json_get(o, "agencies"), ret);
		ret->json = url_suffix(l->a, url_path(l->a, "r", ret->id, "v", c->en.row.modified, NULL), ".json");
		rc = take_unit(l, json_get_str(o, "document_ref"), json_get_str(o, "document_modified"), ret, e);
	}
	if (rc == 0 && (rc = take_round(l, json_get_str(o, "round_ref"), ret, e)) == 0)
		rc = consult_progress(l->rd, &l->reader, ret->id, take_step, &k, e);
	entry_free(&c->en);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < ret->owners; i++)
		ret->may_report = ret->may_report || (visit_may(v, RIGHT_WRITE) && v->who.own && strcmp(ret->owner[i], v->p.party) == 0);
	ret->report = url_suffix(l->a, ret->page, "/progress");
	return 0;
}
