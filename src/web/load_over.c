#include "web/load_over.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enc.h"
#include "web/at_desk.h"
#include "web/load_find.h"
#include "web/load_more.h"
#include "web/load_promise.h"

#define FOLLOW_NOW 512
#define MONTH_S 2629746 /* on average */
#define ENOUGH 1

/* ---- a next round that did not come ---- */

/* The title of an object the reader may see; false: it may not be seen. */
static int title_of(struct loader *l, const char *id, struct bitext *ret, bool *ret_seen, struct err *e)
{
	struct picked p;
	const int rc = load_version(l, id, NULL, &p, e);

	*ret_seen = rc == 0;
	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	*ret = get_text(l, p.entry.object.val, p.entry.object.kind == STIX_TERM ? "term" : "title");
	entry_free(&p.entry);
	return 0;
}

struct slips { struct loader *l; struct v_late_round *to; size_t n; };

/* What was worked out for everybody holds for this reader, if all that it rests on may be read. */
static int known_slip(struct loader *l, const struct find_due *d, const struct slippage *s, struct v_late_round *r, bool *ret_all, struct err *e)
{
	struct bitext ignored;
	bool seen = true;
	int rc;

	*ret_all = false;
	if ((rc = title_of(l, d->series, &r->series, &seen, e)) != 0 || !seen)
		return rc;
	if (s->last_round[0] != '\0') {
		if ((rc = title_of(l, s->last_round, &r->last, &seen, e)) != 0 || !seen)
			return rc;
		r->held = true;
		r->last_held = s->last_held;
		r->last_url = go_url(l, s->last_round, NULL);
	}
	if (s->round[0] != '\0' && ((rc = title_of(l, s->round, &ignored, &seen, e)) != 0 || !seen))
		return rc;
	if (s->commitment[0] != '\0') {
		if ((rc = title_of(l, s->commitment, &r->promise, &seen, e)) != 0 || !seen)
			return rc;
		r->promised = true;
		r->promise_url = url_path(l->a, lang_code(l->lang), "commitments", arena_str(l->a, s->commitment), NULL);
	}
	*ret_all = true;
	return 0;
}

static int take_slip(void *ctx, const struct find_due *d, struct err *e)
{
	struct slips *k = ctx;
	struct loader *l = k->l;
	struct slippage *s = arena_get(l->a, sizeof *s);
	struct v_late_round *r = &k->to[k->n];
	bool all;
	int rc;

	if (s == NULL)
		return fail(e, E_NOMEM, "page");
	if (k->n == OVER_SLIPS)
		return ENOUGH;
	if (!slip_read(d->more, s))
		return 0;
	s->since = d->at;
	*r = (struct v_late_round){.since = 0};
	if ((rc = known_slip(l, d, s, r, &all, e)) != 0)
		return rc;
	if (!all) {
		*r = (struct v_late_round){.since = 0};
		rc = consult_slippage(l->rd, &l->reader, d->series, l->now, s, e);
		if (rc != 0 || s->why == SLIP_NONE)
			return rc == E_NOTFOUND ? 0 : rc;
		if ((rc = known_slip(l, d, s, r, &all, e)) != 0 || !all)
			return rc;
	}
	r->why = s->why;
	r->since = s->since;
	r->months = l->now > s->since ? (unsigned)((l->now - s->since) / NS_PER_S / MONTH_S) : 0;
	r->url = go_url(l, arena_str(l->a, d->series), NULL);
	for (; r->nexts < s->next; r->nexts++)
		r->next[r->nexts] = arena_str(l->a, s->party[r->nexts]);
	parties_in_order(l->lang, r->next, r->nexts);
	k->n++;
	return 0;
}

static int load_slips(struct visit *v, struct v_late_round *to, size_t *ret_n, struct err *e)
{
	struct slips k = {&v->l, to, 0};
	const struct find_dues q = {DUE_SLIP, true, true, INT64_MIN, v->l.now};
	const int rc = find_dues(v->w->find, &q, take_slip, &k, e);

	*ret_n = k.n;
	return rc < 0 ? rc : 0;
}

/* ---- promises ---- */

struct promises { struct loader *l; struct v_promise *to; size_t n, max; bool more; };

static int take_promise(void *ctx, const struct find_due *d, struct err *e)
{
	struct promises *k = ctx;
	int rc;

	if (k->n == k->max) {
		k->more = true;
		return ENOUGH;
	}
	if ((rc = load_promise(k->l, d->id, &k->to[k->n], e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	k->n++;
	return 0;
}

static int load_some(struct visit *v, struct find_dues q, struct promises *k, struct err *e)
{
	const int rc = find_dues(v->w->find, &q, take_promise, k, e);

	return rc < 0 ? rc : 0;
}

/* ---- what comes ---- */

struct coming { struct visit *v; struct v_dated *to; size_t n, max; bool own; };

static const struct { const char *icon, *what; } dated_words[DUE_KINDS] = {
	[DUE_ROUND] = {"users", N_("Round")}, [DUE_COMMITMENT] = {"check", N_("Commitment due")}, [DUE_SILENCE] = {"clock", N_("Silence procedure ends")},
	[DUE_PUBLICATION] = {"clock", N_("Embargo ends, publication")}, [DUE_DEADLINE] = {"cal", N_("Deadline")}, [DUE_SLIP] = {"warn", N_("Round")},
};

static void take_parties(struct loader *l, const char *list, struct v_dated *d)
{
	for (size_t n; *list != '\0' && d->parties < LIMIT_MEMBERS; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		d->party[d->parties++] = arena_strn(l->a, list, n);
	}
	parties_in_order(l->lang, d->party, d->parties);
}

/* The n-th deadline of a series: "verbale-series--…#2". */
static void take_deadline(struct loader *l, const struct json_val *o, const char *id, struct v_dated *d)
{
	const char *hash = strchr(id, '#');
	uint64_t left = UINT64_MAX;
	const struct json_val *x;
	struct json_iter it;

	if (hash == NULL || !dec_parse(hash + 1, strlen(hash + 1), 9999, &left))
		return;
	for (json_iter(&it, json_get(o, "deadlines")); json_next(&it, NULL, &x); )
		if (left-- == 0) {
			d->title = get_text(l, x, "title");
			if (json_get_str(x, "party") != NULL)
				take_parties(l, json_get_str(x, "party"), d);
		}
}

static int read_dated(struct loader *l, const struct find_due *f, struct v_dated *d, struct err *e)
{
	const char *id = arena_strn(l->a, f->id, strcspn(f->id, "#"));
	struct picked p;
	const struct json_val *o;
	bool seen = true;
	int rc = load_version(l, id, NULL, &p, e);

	if (rc != 0)
		return rc;
	o = p.entry.object.val;
	d->title = get_text(l, o, "title");
	d->url = go_url(l, id, NULL);
	if (f->kind == DUE_ROUND) {
		d->precision = get_str(l, o, "start_precision");
		d->zone = get_str(l, o, "zone");
		take_parties(l, f->more, d);
	} else if (f->kind == DUE_COMMITMENT) {
		d->precision = get_str(l, o, "due_precision");
		if (d->precision == NULL)
			d->precision = "day";
		d->at = get_time(o, "due", f->at);
		take_parties(l, f->more, d);
	} else if (f->kind == DUE_DEADLINE) {
		take_deadline(l, o, f->id, d);
	} else if (f->kind == DUE_SILENCE && (rc = title_of(l, f->more, &d->title, &seen, e)) == 0 && !seen) {
		rc = E_NOTFOUND;
	}
	entry_free(&p.entry);
	return rc;
}

static void add_in_time(struct coming *k, const struct v_dated *d)
{
	size_t at = k->n;

	if (k->n == k->max) {
		if (d->at >= k->to[k->n - 1].at)
			return;
		at--;
	} else {
		k->n++;
	}
	for (; at > 0 && k->to[at - 1].at > d->at; at--)
		k->to[at] = k->to[at - 1];
	k->to[at] = *d;
}

static bool names(const char *list, const char *party)
{
	const size_t n = strlen(party);

	for (const char *s = list; s != NULL; s = strchr(s, ',') != NULL ? strchr(s, ',') + 1 : NULL)
		if (strncmp(s, party, n) == 0 && (s[n] == ',' || s[n] == '\0'))
			return true;
	return false;
}

static int take_dated(void *ctx, const struct find_due *f, struct err *e)
{
	struct coming *k = ctx;
	struct loader *l = &k->v->l;
	struct v_dated d = {.kind = f->kind, .icon = dated_words[f->kind].icon, .what = dated_words[f->kind].what, .at = f->at};
	int rc;

	if (f->at == INT64_MAX || (k->n == k->max && f->at >= k->to[k->n - 1].at))
		return ENOUGH; /* in order of time: nothing behind it is sooner */
	if (k->own && !names(f->more, k->v->p.party))
		return 0;
	if ((rc = read_dated(l, f, &d, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if (d.zone == NULL)
		d.zone = party_zone(k->v->p.party);
	d.zone2 = NULL;
	for (size_t i = 0; i < 2; i++)
		if (d.zone2 == NULL && strcmp(d.zone, i == 0 ? "Europe/Berlin" : "Asia/Tokyo") != 0)
			d.zone2 = i == 0 ? "Europe/Berlin" : "Asia/Tokyo";
	add_in_time(k, &d);
	return 0;
}

#define DAY_NS (INT64_C(86400) * NS_PER_S)

static int load_coming(struct visit *v, struct v_over *ret, struct err *e)
{
	static const enum due_kind kinds[] = {DUE_ROUND, DUE_DEADLINE, DUE_SILENCE, DUE_PUBLICATION, DUE_COMMITMENT};
	struct coming next = {v, ret->next, 0, OVER_NEXT, false}, wait = {v, ret->wait, 0, OVER_LATE, true};
	const struct find_dues own = {DUE_ROUND, true, false, INT64_MIN, INT64_MAX};
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < ARRAY_LEN(kinds); i++) {
		const struct find_dues q = {kinds[i], true, false, v->l.now - (kinds[i] == DUE_ROUND ? DAY_NS : 0), INT64_MAX};

		rc = find_dues(v->w->find, &q, take_dated, &next, e);
	}
	if (rc >= 0 && visit_may(v, RIGHT_WRITE))
		rc = find_dues(v->w->find, &own, take_dated, &wait, e);
	ret->nexts = next.n;
	ret->waits = wait.n;
	return rc < 0 ? rc : 0;
}

/* ---- contributions of agencies ---- */

struct papers { struct visit *v; struct v_over *to; };

static int take_paper(void *ctx, const struct desk_due *d, struct err *e)
{
	struct papers *k = ctx;
	struct loader *l = &k->v->l;
	const struct home_paper *p = &d->due->request;

	(void)e;
	if (!d->late)
		return 0;
	if (k->to->papers == OVER_LATE)
		return ENOUGH;
	k->to->paper[k->to->papers++] = (struct v_late_paper){.title = arena_str(l->a, p->title), .agency = arena_str(l->a, p->agency), .item = arena_str(l->a, p->item),
		.deadline = p->deadline_s * NS_PER_S, .url = visit_url(k->v, "papers", p->id, NULL)};
	return 0;
}

static int load_papers(struct visit *v, struct v_over *ret, struct err *e)
{
	const struct home_ask q = {0};
	struct papers k = {v, ret};
	struct at_desk d;
	int rc;

	if (!visit_may(v, RIGHT_HOME_READ) || v->w->homes == NULL)
		return 0;
	if ((rc = at_desk(v, &d, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	rc = desk_requests(&d.desk, &q, true, take_paper, &k, e);
	return rc < 0 ? rc : 0;
}

/* ---- what changed ---- */

static const char *act_words(const struct entry *en)
{
	const struct json_val *o = en->object.val;
	const bool first = en->object.created != NULL && en->object.modified != NULL && strcmp(en->object.created, en->object.modified) == 0;
	static const struct { enum stix_kind kind; const char *verb, *word; } verbs[] = {
		{STIX_ASSENT, "agree", N_("%s: agrees")}, {STIX_ASSENT, "object", N_("%s: objects")}, {STIX_ASSENT, "withdraw", N_("%s: takes its assent back")},
		{STIX_INVITATION, "invite", N_("%s: invites")}, {STIX_INVITATION, "offer", N_("%s: offers other dates")}, {STIX_INVITATION, "confirm", N_("%s: confirms the date")},
		{STIX_INVITATION, "decline", N_("%s: declines")}, {STIX_INVITATION, "cancel", N_("%s: cancels")},
	};
	static const struct { enum stix_kind kind; const char *first, *later; } kinds[] = {
		{STIX_SERIES, N_("%s: new series"), N_("%s: series changed")}, {STIX_ROUND, N_("%s: new round"), N_("%s: round changed")},
		{STIX_DELEGATION, N_("%s: delegation named"), N_("%s: delegation changed")}, {STIX_DOCUMENT, N_("%s: new document"), N_("%s: new version of the text")},
		{STIX_PROPOSAL, N_("%s: proposes a change"), N_("%s: proposal changed")}, {STIX_PUBLICATION, N_("%s: releases for publication"), N_("%s: publication changed")},
		{STIX_COMMENT, N_("%s: comment"), N_("%s: comment changed")}, {STIX_SILENCE, N_("%s: opens a silence procedure"), N_("%s: silence procedure changed")},
		{STIX_COMMITMENT, N_("%s: commitment taken from the text"), N_("%s: commitment changed")}, {STIX_PROGRESS, N_("%s: reports progress"), N_("%s: report changed")},
		{STIX_TERM, N_("%s: new word in the glossary"), N_("%s: word of the glossary changed")}, {STIX_WITHDRAWAL, N_("%s: takes an object back"), N_("%s: takes an object back")},
	};

	if (en->object.revoked)
		return N_("%s: withdrawn");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (verbs[i].kind == en->object.kind && json_str_is(json_get(o, "verb"), verbs[i].verb))
			return verbs[i].word;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].kind == en->object.kind)
			return first ? kinds[i].first : kinds[i].later;
	return NULL;
}

struct acts { struct visit *v; struct v_over *to; };

/* The words with the side in the place that their language gives it. */
static const char *with_side(struct loader *l, const char *words, const char *side)
{
	const char *at = strstr(words, "%s");

	return at == NULL ? words : arena_printf(l->a, "%.*s%s%s", (int)(at - words), words, side, at + 2);
}

static int name_act(struct loader *l, const struct entry *en, struct v_act *a, struct err *e)
{
	const char *id = arena_str(l->a, en->row.id);
	bool seen;
	struct picked p;
	int rc;

	a->url = go_url(l, id, NULL);
	a->title = get_text(l, en->object.val, en->object.kind == STIX_TERM ? "term" : "title");
	if (en->object.kind == STIX_TERM || en->object.kind == STIX_WITHDRAWAL)
		a->url = (struct url){NULL};
	if (bitext_in(&a->title, l->lang).s[0] != '\0' || en->object.subject == NULL)
		return 0;
	/* Of a word on a proposal, the document it is about. */
	rc = load_version(l, arena_str(l->a, en->object.subject), NULL, &p, e);
	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	a->title = get_text(l, p.entry.object.val, "title");
	rc = 0;
	if (bitext_in(&a->title, l->lang).s[0] == '\0' && p.entry.object.subject != NULL)
		rc = title_of(l, arena_str(l->a, p.entry.object.subject), &a->title, &seen, e);
	entry_free(&p.entry);
	return rc;
}

static int take_act(void *ctx, const struct index_entry *row, struct err *e)
{
	struct acts *k = ctx;
	struct loader *l = &k->v->l;
	struct entry en;
	const char *words;
	int rc;

	if ((rc = load_row(l, row, &en, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	words = act_words(&en);
	if (words != NULL && k->to->acts == OVER_ACTS) {
		k->to->more_acts = true;
		rc = ENOUGH;
	} else if (words != NULL) {
		struct v_act *a = &k->to->act[k->to->acts++];

		*a = (struct v_act){.at = row->added * 1000, .text = with_side(l, tr(l->lang, words), party_side(l->lang, arena_str(l->a, en.party)))};
		rc = name_act(l, &en, a, e);
	}
	entry_free(&en);
	return rc;
}

#define VISIT_GAP_S 1800   /* pages asked for within it are one visit */
#define VISIT_FIRST_S (14 * 86400)

/* When the last visit was, as this browser remembers it: two times, the visit before (0: this is the first) and the latest page. */
static int last_visit(struct visit *v, struct v_over *ret, struct err *e)
{
	const int64_t now_s = v->l.now / NS_PER_S;
	char cookie[48];
	long long before = 0, latest = 0;

	if (http_cookie(v->q, "seen", cookie, sizeof cookie) && sscanf(cookie, "%lld_%lld", &before, &latest) == 2 && before >= 0 && before <= latest && latest > 0 && latest <= now_s + VISIT_GAP_S) {
		before = now_s - latest > VISIT_GAP_S ? latest : before;
	} else {
		before = 0;
	}
	ret->has_visit = before > 0;
	ret->visit = (before > 0 ? before : now_s - VISIT_FIRST_S) * NS_PER_S;
	return http_header(v->r, "Set-Cookie", arena_printf(v->l.a, "seen=%lld_%lld; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly%s", before,
		(long long)now_s, v->from.tls ? "; Secure" : ""), e);
}

static int load_acts(struct visit *v, struct v_over *ret, struct err *e)
{
	struct acts k = {v, ret};
	int rc = last_visit(v, ret, e);

	if (rc == 0)
		rc = find_acts(v->w->find, v->l.rd, ret->visit / 1000, take_act, &k, e);
	return rc < 0 ? rc : 0;
}

/* ---- is it whole ---- */

struct cosigning { struct v_over *to; const struct party_keys *peer; size_t peers; const char *self; struct v_whole *one; };

/* Of our log: how far each other side confirmed it. */
static int ours_confirmed(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	struct cosigning *k = ctx;

	(void)e;
	for (size_t i = 0; i < k->peers; i++) {
		struct v_whole *w = &k->to->whole[i];

		if (strcmp(k->peer[i].witness.name, name) != 0 || (w->has_confirmed && size < w->confirmed))
			continue;
		w->has_confirmed = true;
		w->confirmed = size;
		w->confirmed_at = (int64_t)time_s * NS_PER_S;
	}
	return 0;
}

/* Of another side's log: when we last confirmed it. */
static int theirs_checked(void *ctx, const char *name, uint64_t size, uint64_t time_s, struct err *e)
{
	struct cosigning *k = ctx;

	(void)size;
	(void)e;
	if (strcmp(name, k->self) == 0 && (!k->one->has_checked || (int64_t)time_s * NS_PER_S > k->one->checked)) {
		k->one->has_checked = true;
		k->one->checked = (int64_t)time_s * NS_PER_S;
	}
	return 0;
}

static int load_whole(struct visit *v, struct v_over *ret, struct err *e)
{
	struct cosigning k = {.to = ret, .self = record_self(v->w->record)->witness.name};
	struct index_reader *ix = record_index(v->l.rd);
	struct index_log own;
	int rc;

	k.peers = record_peers(v->w->record, &k.peer);
	if (k.peers > LIMIT_PARTIES)
		k.peers = LIMIT_PARTIES;
	if ((rc = index_get_log(ix, 0, &own, e)) != 0)
		return rc;
	ret->own = own.size;
	for (size_t i = 0; i < k.peers; i++) {
		struct peer_state st = {0};

		k.one = &ret->whole[ret->wholes++];
		*k.one = (struct v_whole){.party = arena_str(v->l.a, k.peer[i].party)};
		if ((rc = record_peer_state(v->l.rd, &k.peer[i], &st, e)) != 0)
			return rc;
		k.one->known = st.known;
		k.one->size = st.log.size;
		if (st.known && (rc = index_cosignatures(ix, st.log.log, theirs_checked, &k, e)) != 0)
			return rc;
	}
	if ((rc = index_cosignatures(ix, 0, ours_confirmed, &k, e)) != 0)
		return rc;
	for (size_t i = 0; i < ret->wholes; i++)
		ret->whole[i].same = ret->whole[i].has_confirmed && ret->whole[i].confirmed == own.size;
	return 0;
}

/* ---- the two pages ---- */

int load_over(struct visit *v, struct v_over *ret, struct err *e)
{
	struct promises late = {.l = &v->l, .max = OVER_LATE};
	int rc;

	*ret = (struct v_over){.now = v->l.now, .zone = party_zone(v->p.party)};
	ret->zone2 = strcmp(ret->zone, "Asia/Tokyo") == 0 ? "Europe/Berlin" : "Asia/Tokyo";
	if ((late.to = ret->promise = arena_array(v->l.a, OVER_LATE + 1, sizeof *ret->promise)) == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = find_follow(v->w->find, v->l.rd, NULL, FOLLOW_NOW, v->l.now, &ret->fresh, e)) != 0 || (rc = load_slips(v, ret->slip, &ret->slips, e)) != 0 ||
	    (rc = load_some(v, (struct find_dues){DUE_COMMITMENT, true, false, INT64_MIN, v->l.now}, &late, e)) != 0)
		return rc;
	ret->promises = late.n;
	ret->more_promises = late.more;
	if ((rc = load_papers(v, ret, e)) != 0 || (rc = load_coming(v, ret, e)) != 0 || (rc = load_acts(v, ret, e)) != 0)
		return rc;
	for (size_t i = 0; i < ret->promises; i++)
		ret->example = ret->example || ret->promise[i].example;
	return load_whole(v, ret, e);
}

int load_front(struct visit *v, struct v_front *ret, struct err *e)
{
	struct promises k = {.l = &v->l, .max = OVER_LATE};
	bool whole;
	int rc;

	*ret = (struct v_front){.slips = 0};
	if (v->w->find == NULL)
		return 0;
	if ((k.to = ret->promise = arena_array(v->l.a, OVER_LATE + 1, sizeof *ret->promise)) == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = find_follow(v->w->find, v->l.rd, NULL, FOLLOW_NOW, v->l.now, &whole, e)) != 0 || (rc = load_slips(v, ret->slip, &ret->slips, e)) != 0 ||
	    (rc = load_some(v, (struct find_dues){DUE_COMMITMENT, true, false, INT64_MIN, INT64_MAX}, &k, e)) != 0 ||
	    (rc = load_some(v, (struct find_dues){DUE_COMMITMENT, false, true, INT64_MIN, INT64_MAX}, &k, e)) != 0)
		return rc;
	ret->promises = k.n;
	return 0;
}
