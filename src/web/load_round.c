/* Series and rounds with what belongs to them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "web/load.h"
#include "web/strip.h"

static const char *noun_of(const char *noun)
{
	if (noun != NULL && strcmp(noun, "dialogue") == 0)
		return N_("Dialogue");
	return noun != NULL && strcmp(noun, "policy-consultation") == 0 ? N_("Policy consultations") : N_("Consultations");
}

/* ---- one round, by itself ---- */

static void get_observers(struct loader *l, const struct json_val *o, struct v_round *r)
{
	const struct json_val *list = json_get(o, "observers"), *v;
	struct json_iter it;

	if (!is_list(list) || (r->observer = arena_array(l->a, json_len(list) + 1, sizeof *r->observer)) == NULL)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		r->observer[r->observers++] = (struct v_observer){get_text(l, v, "name"), get_str(l, v, "party")};
}

/* The clock of the other side: of the first member, own side first, whose zone is not the venue's. */
static const char *second_zone(struct loader *l, const struct v_series *s, const char *zone)
{
	const char *best = NULL;

	for (size_t i = 0; i < s->members; i++)
		if (strcmp(party_zone(s->member[i]), zone) != 0 && (best == NULL || alternat(l->lang, s->member[i], best) < 0))
			best = s->member[i];
	return best != NULL ? party_zone(best) : NULL;
}

static void order_zones(struct loader *l, const struct v_series *s, struct v_round *r)
{
	r->own = r->zone;
	r->other = r->zone2;
	for (size_t i = 0; r->zone2 != NULL && l->lang != LANG_EN && i < s->members; i++)
		if (party_lang(s->member[i]) == l->lang && strcmp(party_zone(s->member[i]), r->zone2) == 0) {
			r->own = r->zone2;
			r->other = r->zone;
		}
}

static void get_round(struct loader *l, const struct v_series *s, const struct entry *en, struct v_round *r)
{
	const struct json_val *o = en->object.val;
	int64_t ordinal = 0;

	*r = (struct v_round){.id = arena_str(l->a, en->row.id), .series_slug = s->slug, .title = get_text(l, o, "title"), .series_title = s->title,
		.venue = get_text(l, o, "venue"), .start = get_time(o, "start", 0), .zone = get_str(l, o, "zone"), .mode = get_str(l, o, "mode"),
		.status = get_str(l, o, "status"), .host = get_str(l, o, "host"), .reading = get_links(l, o, "further_reading"), .example = get_bool(o, "example") || s->example};
	r->precision = get_str(l, o, "start_precision");
	r->vague = r->precision != NULL && strcmp(r->precision, "day") != 0;
	r->end = get_time(o, "end", INT64_MIN);
	r->has_end = r->end != INT64_MIN;
	if (json_int(json_get(o, "ordinal"), &ordinal) && ordinal > 0)
		r->ordinal = (uint64_t)ordinal;
	if (r->zone == NULL)
		r->zone = "UTC";
	r->zone2 = second_zone(l, s, r->zone);
	order_zones(l, s, r);
	get_observers(l, o, r);
}

static void name_round(struct loader *l, struct v_round *r, bool unique)
{
	r->key = unique && r->ordinal > 0 ? arena_printf(l->a, "%llu", (unsigned long long)r->ordinal) : strstr(r->id, "--") + 2;
	r->page = url_path(l->a, lang_code(l->lang), "series", r->series_slug, "rounds", r->key, NULL);
	r->statement_page = url_suffix(l->a, r->page, "/statement");
	r->agenda_page = url_suffix(l->a, r->page, "/agenda");
}

static int newest_first(const void *a, const void *b)
{
	const struct v_round *x = a, *y = b;

	return (x->start < y->start) - (x->start > y->start);
}

/* Ordinals may be missing or disputed (two rounds claiming one): such rounds are named by their id. */
static void name_rounds(struct loader *l, struct v_series *s)
{
	for (size_t i = 0; i < s->rounds; i++) {
		bool unique = true;

		for (size_t k = 0; k < s->rounds; k++)
			if (k != i && s->round[k].ordinal == s->round[i].ordinal)
				unique = false;
		name_round(l, &s->round[i], unique);
	}
}

static bool is_member(const struct v_series *s, const char *party)
{
	for (size_t i = 0; i < s->members; i++)
		if (strcmp(s->member[i], party) == 0)
			return true;
	return false;
}

static int get_rounds(struct loader *l, struct v_series *s, const uint8_t collection[16], struct err *e)
{
	struct picks rows = {0};
	const char **ids = NULL;
	int rc = load_rows_about(l, s->id, &rows, e);
	const size_t n = rc == 0 ? load_ids(l, &rows, "verbale-round", collection, &ids) : 0;

	if (rc != 0 || (s->round = arena_array(l->a, n + 1, sizeof *s->round)) == NULL)
		return rc != 0 ? rc : fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < n; i++) {
		struct picked p;

		rc = load_version(l, ids[i], NULL, &p, e);
		if (rc == E_NOTFOUND)
			continue;
		if (rc != 0)
			return rc;
		/* The version shown must itself name this series, from this collection, and come from a member. */
		if (!p.entry.object.revoked && json_str_is(json_get(p.entry.object.val, "series_ref"), s->id) &&
		    memcmp(p.entry.row.collection, collection, 16) == 0 && is_member(s, p.entry.party))
			get_round(l, s, &p.entry, &s->round[s->rounds++]);
		entry_free(&p.entry);
	}
	if (s->rounds > 1)
		qsort(s->round, s->rounds, sizeof *s->round, newest_first);
	name_rounds(l, s);
	return 0;
}

/* ---- series ---- */

static void by_alternat(enum lang lang, const char **v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && alternat(lang, v[k], v[k - 1]) < 0; k--) {
			const char *swap = v[k];

			v[k] = v[k - 1];
			v[k - 1] = swap;
		}
}

static int get_series(struct loader *l, const struct entry *en, struct v_series *s, struct err *e)
{
	const struct json_val *o = en->object.val, *list = json_get(o, "members"), *v;
	struct json_iter it;

	*s = (struct v_series){.id = arena_str(l->a, en->row.id), .slug = get_str(l, o, "slug"), .noun = noun_of(json_get_str(o, "noun")),
		.title = get_text(l, o, "title"), .mandate = get_text(l, o, "mandate"), .rhythm = get_text(l, o, "rhythm"), .example = get_bool(o, "example")};
	if (s->slug == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if (is_list(list))
		for (json_iter(&it, list); json_next(&it, NULL, &v) && s->members < LIMIT_MEMBERS; )
			if (json_str(v, NULL) != NULL)
				s->member[s->members++] = arena_str(l->a, json_str(v, NULL));
	by_alternat(l->lang, s->member, s->members);
	s->page = url_path(l->a, lang_code(l->lang), "series", s->slug, NULL);
	return get_rounds(l, s, en->row.collection, e);
}

/* Series whose slug (NULL: any) fits; at most max. */
static int find_series(struct loader *l, const char *slug, struct v_series *ret, size_t max, size_t *ret_n, struct err *e)
{
	struct picks rows = {0};
	const char **ids = NULL;
	size_t n = 0;
	int rc = slug != NULL ? load_named(l, FIND_SLUG, slug, &ids, &n, e) : load_rows_of_type(l, "verbale-series", &rows, e);

	if (rc == 0 && slug == NULL)
		n = load_ids(l, &rows, "verbale-series", NULL, &ids);
	*ret_n = 0;
	for (size_t i = 0; rc == 0 && i < n && *ret_n < max; i++) {
		struct picked p;

		if ((rc = load_version(l, ids[i], NULL, &p, e)) == 0) {
			if (!p.entry.object.revoked && (slug == NULL || json_str_is(json_get(p.entry.object.val, "slug"), slug)) &&
			    (rc = get_series(l, &p.entry, &ret[*ret_n], e)) == 0)
				++*ret_n;
			entry_free(&p.entry);
		}
		if (rc == E_NOTFOUND)
			rc = 0;
	}
	return rc;
}

int load_series_list(struct loader *l, struct v_series_list *ret, struct err *e)
{
	struct v_series_list list = {arena_array(l->a, LIMIT_WEB_SERIES, sizeof *list.v), 0};
	int rc;

	if (list.v == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = find_series(l, NULL, list.v, LIMIT_WEB_SERIES, &list.n, e)) != 0)
		return rc;
	/* Only the newest round is shown with its text. */
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		if (list.v[i].rounds > 0)
			rc = load_round_parts(l, &list.v[i], &list.v[i].round[0], false, e);
	if (rc == 0)
		*ret = list;
	return rc;
}

int load_series_bare(struct loader *l, const char *slug, struct v_series *ret, struct err *e)
{
	size_t n;
	const int rc = find_series(l, slug, ret, 1, &n, e);

	return rc == 0 && n == 0 ? fail(e, E_NOTFOUND, "not found") : rc;
}

int load_series(struct loader *l, const char *slug, struct v_series *ret, struct err *e)
{
	int rc = load_series_bare(l, slug, ret, e);

	for (size_t i = 0; rc == 0 && i < ret->rounds; i++)
		rc = load_round_parts(l, ret, &ret->round[i], false, e);
	return rc;
}

/* ---- delegations ---- */

static void get_member(struct loader *l, const struct json_val *v, struct v_member *m)
{
	const struct json_val *name = json_get(v, "name");

	*m = (struct v_member){.native = get_str(l, name, "native"), .latin = get_str(l, name, "latin"), .reading = get_str(l, name, "reading"),
		.function = get_text(l, v, "function"), .agency = get_text(l, v, "agency"), .agency_code = get_str(l, v, "agency_code"), .role = get_str(l, v, "role"), .rank = get_text(l, v, "rank")};
	m->unnamed = m->latin != NULL && (strcmp(m->latin, "N. N.") == 0 || strcmp(m->latin, "N.N.") == 0);
	if (m->native != NULL && m->latin != NULL && strcasecmp(m->native, m->latin) == 0)
		m->latin = NULL;
}

static void get_delegation(struct loader *l, const struct entry *en, struct v_round *r)
{
	const struct json_val *o = en->object.val, *list = json_get(o, "members"), *v;
	struct v_delegation *g = &r->delegation[r->delegations];
	struct json_iter it;

	/* Each side names its own people. */
	if (!json_str_is(json_get(o, "party"), en->party) || !is_list(list))
		return;
	*g = (struct v_delegation){.party = arena_str(l->a, en->party), .member = arena_array(l->a, json_len(list) + 1, sizeof *g->member)};
	if (g->member == NULL)
		return;
	g->id = arena_str(l->a, en->row.id);
	g->modified = arena_str(l->a, en->row.modified);
	g->expires = get_time(o, "expires", INT64_MIN);
	g->has_expires = g->expires != INT64_MIN;
	g->ended = g->has_expires && g->expires <= l->now;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		get_member(l, v, &g->member[g->members++]);
	for (size_t i = 0; g->ended && i < g->members; i++)
		g->member[i].native = g->member[i].latin = g->member[i].reading = NULL;
	for (size_t k = r->delegations++; k > 0 && alternat(l->lang, r->delegation[k].party, r->delegation[k - 1].party) < 0; k--) {
		const struct v_delegation swap = r->delegation[k];

		r->delegation[k] = r->delegation[k - 1];
		r->delegation[k - 1] = swap;
	}
}

static int get_delegations(struct loader *l, const struct picks *rows, const uint8_t collection[16], struct v_round *r, struct err *e)
{
	const char **ids = NULL;
	const size_t n = load_ids(l, rows, "verbale-delegation", collection, &ids);
	int rc;

	if ((r->delegation = arena_array(l->a, n + 1, sizeof *r->delegation)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < n; i++) {
		struct picked p;

		rc = load_version(l, ids[i], NULL, &p, e);
		if (rc == E_NOTFOUND)
			continue;
		if (rc != 0)
			return rc;
		if (!p.entry.object.revoked && memcmp(p.entry.row.collection, collection, 16) == 0 && json_str_is(json_get(p.entry.object.val, "round_ref"), r->id))
			get_delegation(l, &p.entry, r);
		entry_free(&p.entry);
	}
	return 0;
}

/* ---- documents ---- */

static bool is_statement(const struct v_document *d)
{
	return strcmp(d->kind_code, "joint-statement") == 0 || strcmp(d->kind_code, "press-release") == 0;
}

/* Final texts first, then in order of their date. */
static int by_weight(const void *a, const void *b)
{
	const struct v_document *x = a, *y = b;

	if (is_statement(x) != is_statement(y))
		return is_statement(x) ? -1 : 1;
	return (x->date > y->date) - (x->date < y->date);
}

static int get_documents(struct loader *l, const struct picks *rows, const uint8_t collection[16], struct v_round *r, struct err *e)
{
	const char **ids = NULL;
	const size_t n = load_ids(l, rows, "verbale-document", collection, &ids);
	int rc;

	if ((r->document = arena_array(l->a, n + 1, sizeof *r->document)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < n; i++) {
		struct picked p;

		if ((rc = load_version(l, ids[i], NULL, &p, e)) == 0) {
			if (memcmp(p.entry.row.collection, collection, 16) == 0 && json_str_is(json_get(p.entry.object.val, "round_ref"), r->id) &&
			    (rc = load_document(l, r, &p, &r->document[r->documents], e)) == 0)
				r->documents++;
			entry_free(&p.entry);
		}
		if (rc != 0 && rc != E_NOTFOUND)
			return rc;
	}
	if (r->documents > 1)
		qsort(r->document, r->documents, sizeof *r->document, by_weight);
	for (size_t i = r->documents; i-- > 0; ) {
		if (is_statement(&r->document[i]))
			r->statement = &r->document[i];
		if (strcmp(r->document[i].kind_code, "agenda") == 0 && r->agenda == NULL)
			r->agenda = &r->document[i];
	}
	for (size_t i = 0; i < r->documents; i++)
		if (&r->document[i] == r->statement || &r->document[i] == r->agenda)
			document_set_page(l, &r->document[i], &r->document[i] == r->statement ? r->statement_page : r->agenda_page);
	return 0;
}

/* ---- course ---- */

static void add_event(struct v_round *r, int64_t at, const char *what, bool due)
{
	size_t k;

	if (r->events == STRIP_EVENTS)
		return;
	for (k = r->events++; k > 0 && r->event[k - 1].at > at; k--)
		r->event[k] = r->event[k - 1];
	r->event[k] = (struct v_event){.at = at, .what = what, .due = due};
}

static void add_document_event(struct loader *l, struct v_round *r, const struct v_document *d)
{
	const bool agreed = d->state == DOC_AGREED || d->state == DOC_SCHEDULED || d->state == DOC_PUBLISHED;

	if (strcmp(d->kind_code, "invitation") == 0)
		add_event(r, d->date, N_("Invitation sent"), false);
	else if (strcmp(d->kind_code, "agenda") == 0 && agreed)
		add_event(r, d->date, N_("Agenda agreed"), false);
	else if (strcmp(d->kind_code, "minutes") == 0 && agreed)
		add_event(r, d->date, N_("Minutes agreed"), false);
	else if (is_statement(d) && agreed && d->has_publication)
		add_event(r, d->publish_at, d->publish_at > l->now ? N_("Joint text to be published") : N_("Joint text published"), d->publish_at > l->now);
}

static int make_events(struct loader *l, struct v_round *r, struct err *e)
{
	const bool over = r->status != NULL && (strcmp(r->status, "held") == 0 || strcmp(r->status, "closed") == 0);

	if ((r->event = arena_array(l->a, STRIP_EVENTS, sizeof *r->event)) == NULL)
		return fail(e, E_NOMEM, "page");
	for (size_t i = 0; i < r->documents; i++)
		add_document_event(l, r, &r->document[i]);
	if (over)
		add_event(r, r->start, N_("Round held"), false);
	else if (r->status != NULL && strcmp(r->status, "scheduled") == 0)
		add_event(r, r->start, N_("Round to be held"), r->start > l->now);
	for (size_t i = r->events; i-- > 0; )
		if (!r->event[i].due) {
			r->event[i].now = true;
			break;
		}
	return 0;
}

int load_round_parts(struct loader *l, const struct v_series *s, struct v_round *r, bool all, struct err *e)
{
	struct picks rows = {0};
	struct picked self;
	uint8_t collection[16];
	int rc = load_version(l, r->id, NULL, &self, e);

	(void)s;
	if (rc != 0)
		return rc;
	memcpy(collection, self.entry.row.collection, sizeof collection);
	entry_free(&self.entry);
	if ((rc = load_rows_about(l, r->id, &rows, e)) != 0 || (rc = get_documents(l, &rows, collection, r, e)) != 0 || !all)
		return rc;
	if ((rc = get_delegations(l, &rows, collection, r, e)) == 0)
		rc = make_events(l, r, e);
	return rc;
}

int load_round(struct loader *l, struct v_series *s, const char *key, struct v_round **ret, struct err *e)
{
	for (size_t i = 0; i < s->rounds; i++)
		if (strcmp(s->round[i].key, key) == 0) {
			*ret = &s->round[i];
			(*ret)->documents = 0;
			(*ret)->agenda = (*ret)->statement = NULL;
			return load_round_parts(l, s, *ret, true, e);
		}
	return fail(e, E_NOTFOUND, "not found");
}

int load_round_of(struct loader *l, const char *round_id, struct v_series **ret_s, struct v_round **ret, struct err *e)
{
	struct v_series *s = arena_get(l->a, sizeof *s);
	struct picked p, q;
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "page");
	if (round_id == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if ((rc = load_version(l, round_id, NULL, &p, e)) != 0)
		return rc;
	if (json_get_str(p.entry.object.val, "series_ref") == NULL)
		rc = fail(e, E_NOTFOUND, "not found");
	else if ((rc = load_version(l, json_get_str(p.entry.object.val, "series_ref"), NULL, &q, e)) == 0) {
		rc = q.entry.object.kind == STIX_SERIES ? get_series(l, &q.entry, s, e) : fail(e, E_NOTFOUND, "not found");
		entry_free(&q.entry);
	}
	entry_free(&p.entry);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < s->rounds; i++)
		if (strcmp(s->round[i].id, round_id) == 0) {
			*ret_s = s;
			*ret = &s->round[i];
			return 0;
		}
	return fail(e, E_NOTFOUND, "not found");
}
