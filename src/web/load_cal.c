#include "web/load_cal.h"

#include <stdlib.h>
#include <string.h>

#include "consult/find.h"
#include "consult/ics.h"
#include "web/feed.h"
#include "web/load_find.h"

#define EVENTS_MAX 500   /* of one calendar; the newest, and everything that comes */
#define FEED_MAX 50
#define SEQUENCE_FROM INT64_C(1451606400) /* 2016: minutes since then are a number that only grows */
#define ENOUGH 1

int load_series_id(struct visit *v, const char *slug, const char **ret, struct bitext *ret_title, struct err *e)
{
	const char **ids = NULL;
	size_t n = 0;
	int rc = load_named(&v->l, FIND_SLUG, slug, &ids, &n, e);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct picked p;
		bool same;

		if ((rc = load_version(&v->l, ids[i], NULL, &p, e)) != 0) {
			rc = rc == E_NOTFOUND ? 0 : rc;
			continue;
		}
		same = json_str_is(json_get(p.entry.object.val, "slug"), slug);
		if (same)
			*ret_title = get_text(&v->l, p.entry.object.val, "title");
		entry_free(&p.entry);
		if (same) {
			*ret = ids[i];
			return 0;
		}
	}
	return rc != 0 ? rc : fail(e, E_NOTFOUND, "not found");
}

/* ---- calendar ---- */

struct events { struct visit *v; const char *series; struct ics_event *ev; size_t n; };

static const char *absolute(struct loader *l, struct url u)
{
	return l->base_url[0] != '\0' ? url_absolute(l->a, l->base_url, u).s : NULL;
}

static enum ics_status status_of(const char *s)
{
	if (s != NULL && strcmp(s, "cancelled") == 0)
		return ICS_CANCELLED;
	return s != NULL && (strcmp(s, "proposed") == 0 || strcmp(s, "postponed") == 0) ? ICS_TENTATIVE : ICS_CONFIRMED;
}

static int64_t day_start(int64_t ns)
{
	const int64_t day = INT64_C(86400) * NS_PER_S;

	return ns - ((ns % day) + day) % day;
}

/* *ret false: only announced for a month or a year, which is no date of a calendar. */
static bool fill_event(struct loader *l, const struct find_due *d, const struct picked *p, struct ics_event *ev)
{
	static const char *const words[DUE_KINDS] = {[DUE_COMMITMENT] = N_("Commitment due"), [DUE_SILENCE] = N_("Silence procedure ends"), [DUE_PUBLICATION] = N_("Embargo ends, publication"), [DUE_DEADLINE] = N_("Deadline")};
	const struct json_val *o = p->entry.object.val;
	const char *precision = get_str(l, o, d->kind == DUE_ROUND ? "start_precision" : d->kind == DUE_COMMITMENT ? "due_precision" : "none");
	struct bitext title = get_text(l, o, "title"), venue = get_text(l, o, "venue");
	int64_t changed = p->entry.row.version_ns;

	*ev = (struct ics_event){.uid = arena_printf(l->a, "%s@%s", d->id, record_self(record_of(l->rd))->origin), .created = get_time(o, "created", changed), .modified = changed,
		.start = d->at, .end = d->at, .lang = lang_code(l->lang), .class = ICS_PRIVATE, .url = absolute(l, go_url(l, p->entry.row.id, NULL))};
	ev->sequence = changed / NS_PER_S > SEQUENCE_FROM ? (unsigned)((changed / NS_PER_S - SEQUENCE_FROM) / 60) : 0;
	ev->summary = bitext_in(&title, l->lang).s;
	if (words[d->kind] != NULL)
		ev->summary = arena_printf(l->a, "%s: %s", tr(l->lang, words[d->kind]), ev->summary);
	if (d->kind == DUE_ROUND) {
		ev->zone = get_str(l, o, "zone");
		ev->end = get_time(o, "end", d->at);
		ev->location = bitext_in(&venue, l->lang).s;
		ev->status = status_of(get_str(l, o, "status"));
		ev->busy = true;
	}
	if (precision != NULL) {
		ev->all_day = true;
		ev->start = day_start(d->kind == DUE_COMMITMENT ? d->at - NS_PER_S : d->at);
		ev->end = d->kind == DUE_ROUND ? day_start(ev->end) : ev->start;
	}
	if (ev->location != NULL && ev->location[0] == '\0')
		ev->location = NULL;
	return ev->summary[0] != '\0' && !(d->kind == DUE_ROUND && precision != NULL && strcmp(precision, "day") != 0);
}

static int take_event(void *ctx, const struct find_due *d, struct err *e)
{
	struct events *k = ctx;
	struct loader *l = &k->v->l;
	struct picked p;
	int rc;

	if (k->n == EVENTS_MAX || d->at == INT64_MAX)
		return ENOUGH;
	if (k->series != NULL && strcmp(d->series, k->series) != 0)
		return 0;
	if ((rc = load_version(l, arena_strn(l->a, d->id, strcspn(d->id, "#")), NULL, &p, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	k->n += fill_event(l, d, &p, &k->ev[k->n]);
	entry_free(&p.entry);
	return 0;
}

int load_calendar(struct visit *v, const char *series, const char *name, const char *url, struct buf *out, struct err *e)
{
	static const struct { enum due_kind kind; bool open; } kinds[] = {{DUE_ROUND, true}, {DUE_ROUND, false}, {DUE_DEADLINE, true}, {DUE_SILENCE, true}, {DUE_PUBLICATION, true}, {DUE_COMMITMENT, true}};
	struct events k = {v, series, arena_array(v->l.a, EVENTS_MAX, sizeof(struct ics_event)), 0};
	struct ics_calendar c = {.name = name, .url = url, .refresh_minutes = 60};
	bool whole;
	int rc;

	if (v->w->find == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if (k.ev == NULL)
		return fail(e, E_NOMEM, "calendar");
	if ((rc = find_follow(v->w->find, v->l.rd, NULL, 512, v->l.now, &whole, e)) != 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < ARRAY_LEN(kinds); i++)
		rc = find_dues(v->w->find, &(struct find_dues){kinds[i].kind, kinds[i].open, true, INT64_MIN, INT64_MAX}, take_event, &k, e);
	if (rc < 0)
		return rc;
	c.v = k.ev;
	c.n = k.n;
	return v->l.a->failed ? fail(e, E_NOMEM, "calendar") : ics_write(&c, out, e);
}

/* ---- feed ---- */

struct feeding { struct visit *v; const char *series; struct feed_entry *en; size_t n; };

static int of_series(struct loader *l, const char *round, const char *series, bool *ret, struct err *e)
{
	struct picked p;
	const int rc = round != NULL ? load_version(l, round, NULL, &p, e) : E_NOTFOUND;

	*ret = false;
	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	*ret = json_str_is(json_get(p.entry.object.val, "series_ref"), series);
	entry_free(&p.entry);
	return 0;
}

static const char *first_text(struct loader *l, const struct json_val *o)
{
	const struct json_val *u;
	struct json_iter it;

	for (json_iter(&it, json_get(o, "units")); json_next(&it, NULL, &u); ) {
		const struct bitext t = get_text(l, u, "text");

		if (bitext_in(&t, l->lang).s[0] != '\0')
			return bitext_in(&t, l->lang).s;
	}
	return NULL;
}

static int fill_feed(struct feeding *k, const struct find_due *d, const struct picked *p, struct err *e)
{
	struct loader *l = &k->v->l;
	const struct json_val *o = p->entry.object.val;
	const struct bitext title = get_text(l, o, "title");
	const struct shown shown = bitext_in(&title, l->lang);
	struct feed_entry *en = &k->en[k->n];
	struct doc_notice n;
	int rc = consult_notice(l->rd, p->entry.row.id, l->now, &n, e);

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	*en = (struct feed_entry){.id = arena_printf(l->a, "urn:uuid:%s", strstr(p->entry.row.id, "--") + 2), .title = shown.s, .lang = shown.lang,
		.url = url_absolute(l->a, l->base_url, url_path(l->a, "r", p->entry.row.id, NULL)).s, .summary = first_text(l, o), .published = d->at, .updated = n.published_at > d->at ? n.published_at : d->at,
		.kind = get_str(l, o, "kind"), .kind_word = tr(l->lang, word_kind(json_get_str(o, "kind")))};
	if (n.withdrawn && n.withdrawn_at > en->updated)
		en->updated = n.withdrawn_at;
	k->n++;
	return 0;
}

static int take_feed(void *ctx, const struct find_due *d, struct err *e)
{
	struct feeding *k = ctx;
	struct loader *l = &k->v->l;
	struct picked p;
	bool mine = true;
	int rc;

	if (k->n == FEED_MAX)
		return ENOUGH;
	if ((rc = load_version(l, d->id, NULL, &p, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if (k->series != NULL)
		rc = of_series(l, json_get_str(p.entry.object.val, "round_ref"), k->series, &mine, e);
	if (rc == 0 && mine)
		rc = fill_feed(k, d, &p, e);
	entry_free(&p.entry);
	return rc;
}

static int later_first(const void *a, const void *b)
{
	const struct feed_entry *x = a, *y = b;

	return (x->updated < y->updated) - (x->updated > y->updated);
}

int load_feed(struct visit *v, const char *series, const char *title, const char *path, struct buf *out, struct err *e)
{
	struct loader *l = &v->l;
	struct feeding k = {v, series, arena_array(l->a, FEED_MAX, sizeof(struct feed_entry)), 0};
	struct feed f = {.title = title, .author = "Verbale", .lang = l->lang, .updated = INT64_C(1473638400) * NS_PER_S};
	bool whole;
	int rc;

	if (l->base_url[0] == '\0')
		return fail(e, E_NOTFOUND, "not found");
	if (k.en == NULL)
		return fail(e, E_NOMEM, "feed");
	/* The same for everybody: programs that read it do not sign in. */
	l->reader = (struct reader){.role = ROLE_NONE, .via = VIA_FEED};
	if (v->w->find != NULL && ((rc = find_follow(v->w->find, l->rd, NULL, 512, l->now, &whole, e)) != 0 ||
	    (rc = find_dues(v->w->find, &(struct find_dues){DUE_PUBLICATION, true, true, INT64_MIN, l->now + 1}, take_feed, &k, e)) < 0))
		return rc;
	if (k.n > 1)
		qsort(k.en, k.n, sizeof *k.en, later_first);
	for (unsigned i = 0; i < LANG_COUNT; i++)
		f.other[i] = arena_printf(l->a, "%s/%s%s", l->base_url, lang_code((enum lang)i), path);
	f.id = f.self = f.other[l->lang];
	f.url = arena_printf(l->a, "%s/%s/", l->base_url, lang_code(l->lang));
	f.author = party_name(l->lang, v->p.party);
	f.v = k.en;
	f.n = k.n;
	return l->a->failed ? fail(e, E_NOMEM, "feed") : feed_write(&f, out, e);
}
