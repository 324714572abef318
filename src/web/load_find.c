/* Hits of the search, with their texts around the words that were asked for. */
#include "web/load_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/at_desk.h"

#define SNIP_BEFORE 90  /* bytes of text before the first hit, and in all */
#define SNIP_ALL 420
#define HITS_MAX 24
#define GROUP_FEW 5     /* of each kind when all are shown */
#define GROUP_PAGE 25   /* of one kind alone */
#define YEARS 10         /* offered as filters */
#define FOLLOW_NOW 512  /* entries a question takes in itself; more is the work of the server between requests */

struct showing { struct visit *v; const struct query *q; struct v_group *g; size_t cap; uint64_t last; };

/* ---- a text with its hits ---- */

static bool boundary(const char *s, size_t at) { return ((unsigned char)s[at] & 0xc0) != 0x80; }

static size_t back_to_word(const char *s, size_t at)
{
	size_t k = at;

	while (k > 0 && !boundary(s, k))
		k--;
	for (size_t i = k; i > 0 && k - i < 24; i--)
		if (s[i - 1] == ' ' || s[i - 1] == '\n')
			return i;
	return k;
}

static bool add_piece(struct loader *l, struct v_snip *t, const char *s, size_t n, bool hit)
{
	if (n > 0)
		t->piece[t->n++] = (struct v_piece){arena_strn(l->a, s, n), hit};
	return true;
}

/* False: none of the words is in it. */
static bool snip(struct showing *k, const char *s, enum lang lang, bool all, struct v_snip *ret, bool *ret_hit)
{
	struct loader *l = &k->v->l;
	struct query_hit hit[HITS_MAX];
	const size_t len = strlen(s);
	size_t n = 0, from = 0, to, at;
	bool every;

	*ret = (struct v_snip){.lang = lang, .piece = arena_array(l->a, 2 * HITS_MAX + 2, sizeof(struct v_piece))};
	if (ret->piece == NULL || query_hits(k->q, s, len, hit, HITS_MAX, &n, &every, NULL) != 0)
		return false;
	*ret_hit = n > 0;
	if (!all && n > 0 && hit[0].from > SNIP_BEFORE)
		from = back_to_word(s, hit[0].from - SNIP_BEFORE);
	to = all || len - from <= SNIP_ALL ? len : back_to_word(s, from + SNIP_ALL);
	ret->cut_before = from > 0;
	ret->cut_after = to < len;
	at = from;
	for (size_t i = 0; i < n && hit[i].from < to; i++) {
		const size_t end = hit[i].from + hit[i].n < to ? hit[i].from + hit[i].n : to;

		add_piece(l, ret, s + at, hit[i].from - at, false);
		add_piece(l, ret, s + hit[i].from, end - hit[i].from, true);
		at = end;
	}
	add_piece(l, ret, s + at, to - at, false);
	return true;
}

/* Own language first; a second one if it has a hit, or is the other side's. */
static size_t snips(struct showing *k, const struct json_val *map, bool all, struct v_snip ret[2])
{
	const struct page *p = &k->v->p;
	const enum lang order[LANG_COUNT] = {p->lang, p->has_second ? p->second : LANG_DE, p->has_second ? LANG_EN : LANG_JA};
	size_t n = 0;

	for (size_t i = 0; i < LANG_COUNT && n < 2; i++) {
		const char *s = json_get_str(map, lang_code(order[i]));
		bool hit = false;

		if (s != NULL && s[0] != '\0' && snip(k, s, order[i], all, &ret[n], &hit) && (hit || i < 2 || n == 0))
			n++;
	}
	return n;
}

static size_t one_snip(struct showing *k, const char *s, bool all, struct v_snip *ret)
{
	bool hit;

	return s != NULL && s[0] != '\0' && snip(k, s, k->v->p.lang, all, ret, &hit) ? 1 : 0;
}

/* ---- one hit ---- */

struct url go_url(struct loader *l, const char *id, const char *unit)
{
	const struct url u = url_path(l->a, lang_code(l->lang), "go", id, NULL);

	return unit != NULL ? url_query(l->a, u, "unit", unit) : u;
}

static const struct json_val *element(const struct json_val *list, unsigned part)
{
	const struct json_val *v;
	struct json_iter it;

	if (!is_list(list))
		return NULL;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		if (--part == 0)
			return v;
	return NULL;
}

static void unit_hit(struct showing *k, const struct find_hit *f, struct v_hit *h)
{
	const struct json_val *o = f->en->object.val, *u = element(json_get(o, "units"), f->part);
	struct loader *l = &k->v->l;
	const char *number = u != NULL ? json_get_str(u, "number") : NULL;

	h->titles = snips(k, json_get(o, "title"), true, h->title);
	h->texts = snips(k, json_get(u, "text"), false, h->text);
	h->what = tr(l->lang, word_kind(json_get_str(o, "kind")));
	h->where = arena_printf(l->a, "%s ¶ %s", json_get_str(o, "number") != NULL ? json_get_str(o, "number") : "", number != NULL ? number : "");
	h->url = go_url(l, f->en->row.id, number);
}

static void person_hit(struct showing *k, const struct find_hit *f, struct v_hit *h)
{
	const struct json_val *m = element(json_get(f->en->object.val, "members"), f->part), *name = json_get(m, "name");
	struct loader *l = &k->v->l;
	const char *native = json_get_str(name, "native"), *latin = json_get_str(name, "latin"), *reading = json_get_str(name, "reading");
	const char *all = native != NULL && latin != NULL && strcmp(native, latin) != 0 ?
		arena_printf(l->a, reading != NULL ? "%s（%s）%s" : "%s%s %s", native, reading != NULL ? reading : "", latin) : latin != NULL ? latin : native;

	h->titles = one_snip(k, all, true, &h->title[0]);
	h->texts = snips(k, json_get(m, "function"), true, h->text);
	h->what = bitext_in(&(struct bitext){{json_get_str(json_get(m, "agency"), "de"), json_get_str(json_get(m, "agency"), "ja"), json_get_str(json_get(m, "agency"), "en")}}, l->lang).s;
	h->what = arena_str(l->a, h->what);
	h->url = go_url(l, f->en->row.id, NULL);
}

static const char *of_object(const struct entry *en)
{
	return en->object.subject;
}

static const struct { enum stix_kind kind; const char *title, *text, *what; } words_of[] = {
	{STIX_SERIES, "title", "mandate", N_("Series")}, {STIX_ROUND, "title", "venue", N_("Round")}, {STIX_DOCUMENT, "title", NULL, NULL},
	{STIX_PROPOSAL, NULL, "reason", N_("Proposal")}, {STIX_COMMENT, NULL, "text", N_("Comment")}, {STIX_INVITATION, NULL, "text", N_("Invitation")},
	{STIX_COMMITMENT, "title", NULL, N_("Commitment")}, {STIX_PROGRESS, NULL, "text", N_("Progress")}, {STIX_TERM, "term", "note", N_("Term")},
};

/* The words may stand in what a proposal would change, and not in its reason. */
static void changed_hit(struct showing *k, const struct json_val *o, struct v_hit *h)
{
	const struct json_val *c;
	struct json_iter it;

	for (size_t i = 0; i < h->texts; i++)
		for (size_t j = 0; j < h->text[i].n; j++)
			if (h->text[i].piece[j].hit)
				return;
	for (json_iter(&it, json_get(o, "changes")); json_next(&it, NULL, &c); ) {
		struct v_snip t[2];
		const size_t n = snips(k, json_get(c, "text"), false, t);

		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < t[i].n; j++)
				if (t[i].piece[j].hit) {
					memcpy(h->text, t, sizeof t);
					h->texts = n;
					return;
				}
	}
}

static void object_hit(struct showing *k, const struct find_hit *f, struct v_hit *h)
{
	const struct json_val *o = f->en->object.val;
	struct loader *l = &k->v->l;

	h->url = go_url(l, f->en->row.id, NULL);
	for (size_t i = 0; i < ARRAY_LEN(words_of); i++) {
		if (words_of[i].kind != f->en->object.kind)
			continue;
		if (words_of[i].title != NULL)
			h->titles = snips(k, json_get(o, words_of[i].title), true, h->title);
		if (words_of[i].text != NULL)
			h->texts = snips(k, json_get(o, words_of[i].text), false, h->text);
		h->what = words_of[i].what != NULL ? tr(l->lang, words_of[i].what) : NULL;
	}
	if (f->en->object.kind == STIX_DOCUMENT) {
		h->what = tr(l->lang, word_kind(json_get_str(o, "kind")));
		h->where = get_str(l, o, "number");
	}
	if (f->en->object.kind == STIX_PROPOSAL)
		changed_hit(k, o, h);
	if (f->en->object.kind == STIX_TERM)
		h->url = (struct url){NULL};
	if (h->titles == 0 && of_object(f->en) != NULL && h->what != NULL)
		h->titles = one_snip(k, h->what, true, &h->title[0]);
}

static void threat_hit(struct showing *k, const struct find_hit *f, struct v_hit *h)
{
	const struct json_val *o = f->en->object.val;
	const char *name = json_get_str(o, "name"), *value = json_get_str(o, "value");

	h->titles = one_snip(k, name != NULL ? name : value != NULL ? value : f->en->object.type, true, &h->title[0]);
	h->texts = one_snip(k, json_get_str(o, "description"), false, &h->text[0]);
	h->what = arena_str(k->v->l.a, f->en->object.type);
}

static void paper_hit(struct showing *k, const struct find_hit *f, struct v_hit *h)
{
	struct loader *l = &k->v->l;

	h->titles = one_snip(k, f->paper->title, true, &h->title[0]);
	h->texts = one_snip(k, f->paper->text[HOME_BODY], false, &h->text[0]);
	h->what = tr(l->lang, home_kind_name(f->paper->kind));
	h->where = f->paper->agency[0] != '\0' ? arena_str(l->a, f->paper->agency) : NULL;
	h->has_date = true;
	h->date = f->paper->at_us * 1000;
	h->url = visit_url(k->v, "papers", f->paper->id, NULL);
}

static int show(void *ctx, const struct find_hit *f, struct err *e)
{
	struct showing *k = ctx;
	struct v_hit *h = &k->g->hit[k->g->n];
	static const char *const dates[] = {"date", "start", "due"};

	if (k->g->n == k->cap)
		return fail(e, E_LIMIT, "search: more hits than asked for");
	*h = (struct v_hit){.party = f->en != NULL ? arena_str(k->v->l.a, f->en->party) : k->v->p.party};
	if (f->paper != NULL)
		paper_hit(k, f, h);
	else if (f->group == FIND_THREAT)
		threat_hit(k, f, h);
	else if (f->group == FIND_UNIT)
		unit_hit(k, f, h);
	else if (f->group == FIND_PERSON)
		person_hit(k, f, h);
	else
		object_hit(k, f, h);
	for (size_t i = 0; f->en != NULL && !h->has_date && i < ARRAY_LEN(dates); i++) {
		h->date = get_time(f->en->object.val, dates[i], INT64_MIN);
		h->has_date = h->date != INT64_MIN;
		if (h->has_date)
			h->precision = get_str(&k->v->l, f->en->object.val, i == 2 ? "due_precision" : i == 1 ? "start_precision" : "none");
	}
	if (!h->has_date && f->en != NULL) {
		h->has_date = true;
		h->date = f->en->row.version_ns;
	}
	k->last = f->n;
	k->g->n++;
	return 0;
}

/* ---- links that narrow the question ---- */

static bool same_name(const char *s, size_t n, const char *name) { return strlen(name) < n && strncmp(s, name, strlen(name)) == 0 && s[strlen(name)] == ':'; }

/* The question without the filters of these names, and with another one instead; value NULL: without. */
static struct url with_filter(struct visit *v, const char *q, const char *a, const char *b, const char *value)
{
	struct arena *m = v->l.a;
	const char *out = "";
	size_t n;

	for (const char *s = q; *s != '\0'; s += n) {
		s += strspn(s, " ");
		n = strcspn(s, " ");
		if (n == 0 || same_name(s, n, a) || (b != NULL && same_name(s, n, b)))
			continue;
		out = out[0] == '\0' ? arena_strn(m, s, n) : arena_printf(m, "%s %.*s", out, (int)n, s);
	}
	if (value != NULL)
		out = out[0] == '\0' ? value : arena_printf(m, "%s %s", out, value);
	return url_query(m, visit_url(v, "search", NULL), "q", out);
}

static void kinds_of(struct visit *v, const struct query *q, struct v_search *s)
{
	if ((s->kind = arena_array(v->l.a, FIND_GROUPS + 1, sizeof *s->kind)) == NULL)
		return;
	s->kind[s->kinds++] = (struct v_choice){tr(v->p.lang, N_("All")), with_filter(v, s->q, "kind", NULL, NULL), q->filter[QUERY_KIND][0] == '\0'};
	for (unsigned g = 0; g < FIND_GROUPS; g++)
		if (g != FIND_PAPER || visit_may(v, RIGHT_HOME_READ))
			s->kind[s->kinds++] = (struct v_choice){tr(v->p.lang, find_group_name((enum find_group)g)),
				with_filter(v, s->q, "kind", NULL, arena_printf(v->l.a, "kind:%s", find_group_word((enum find_group)g))), strcmp(q->filter[QUERY_KIND], find_group_word((enum find_group)g)) == 0};
}

static void sides_of(struct visit *v, const struct query *q, struct v_search *s)
{
	const struct party_keys *peer;
	const size_t n = record_peers(v->w->record, &peer);

	if ((s->side = arena_array(v->l.a, n + 2, sizeof *s->side)) == NULL)
		return;
	s->side[s->sides++] = (struct v_choice){tr(v->p.lang, N_("All")), with_filter(v, s->q, "party", NULL, NULL), q->filter[QUERY_PARTY][0] == '\0'};
	for (size_t i = 0; i <= n; i++) {
		const char *party = i == 0 ? v->p.party : peer[i - 1].party;

		s->side[s->sides++] = (struct v_choice){party_name(v->p.lang, arena_str(v->l.a, party)), with_filter(v, s->q, "party", NULL, arena_printf(v->l.a, "party:%s", party)),
			strcmp(q->filter[QUERY_PARTY], party) == 0};
	}
}

static void years_of(struct visit *v, const struct query *q, struct v_search *s)
{
	struct civil c;

	time_civil(v->l.now, &c);
	if ((s->year = arena_array(v->l.a, YEARS + 1, sizeof *s->year)) == NULL)
		return;
	s->year[s->years++] = (struct v_choice){tr(v->p.lang, N_("All")), with_filter(v, s->q, "from", "to", NULL), q->filter[QUERY_FROM][0] == '\0' && q->filter[QUERY_TO][0] == '\0'};
	for (int y = c.year; y > c.year - YEARS; y--)
		s->year[s->years++] = (struct v_choice){arena_printf(v->l.a, "%d", y), with_filter(v, s->q, "from", "to", arena_printf(v->l.a, "from:%d to:%d", y, y)),
			strncmp(q->filter[QUERY_FROM], arena_printf(v->l.a, "%04d", y), 4) == 0 && strncmp(q->filter[QUERY_TO], arena_printf(v->l.a, "%04d", y), 4) == 0};
}

/* ---- the page ---- */

static enum find_group only_group(const struct query *q)
{
	for (unsigned g = 0; g < FIND_GROUPS; g++)
		if (strcmp(q->filter[QUERY_KIND], find_group_word((enum find_group)g)) == 0)
			return (enum find_group)g;
	return FIND_GROUPS;
}

static int one_group(struct visit *v, const struct query *q, enum find_group g, const struct desk *desk, uint64_t before, size_t limit, struct v_search *ret, struct err *e)
{
	struct find_ask ask = {.q = q, .who = &v->l.reader, .desk = desk, .group = g, .before = before, .limit = limit, .now = v->l.now};
	struct v_group *to = &ret->group[ret->groups];
	struct showing k = {.v = v, .q = q, .g = to, .cap = limit};
	int rc;

	*to = (struct v_group){.group = g, .word = find_group_word(g), .name = find_group_name(g), .hit = arena_array(v->l.a, limit, sizeof *to->hit)};
	if (to->hit == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = find(v->w->find, v->l.rd, &ask, show, &k, &to->more, e)) != 0)
		return rc;
	to->all = with_filter(v, ret->q, "kind", NULL, arena_printf(v->l.a, "kind:%s", find_group_word(g)));
	if (ret->alone && to->more)
		ret->next = url_query(v->l.a, url_query(v->l.a, visit_url(v, "search", NULL), "q", ret->q), "before", arena_printf(v->l.a, "%llu", (unsigned long long)k.last));
	ret->groups += to->n > 0;
	return 0;
}

static int all_groups(struct visit *v, const struct query *q, const char *before, struct v_search *ret, struct err *e)
{
	const enum find_group only = only_group(q);
	struct at_desk d;
	const bool desk = visit_may(v, RIGHT_HOME_READ) && v->w->homes != NULL;
	int rc = desk ? at_desk(v, &d, e) : 0;

	ret->alone = only != FIND_GROUPS;
	for (unsigned g = 0; rc == 0 && g < FIND_GROUPS; g++)
		if (!ret->alone || g == only)
			rc = one_group(v, q, (enum find_group)g, desk ? &d.desk : NULL, ret->alone && before != NULL ? strtoull(before, NULL, 10) : 0, ret->alone ? GROUP_PAGE : GROUP_FEW, ret, e);
	return rc;
}

int load_search(struct visit *v, const char *words, const char *before, struct v_search *ret, struct err *e)
{
	CLEANUP(mem_free) void *room = mem_zalloc(sizeof(struct query));
	struct query *q = room;
	struct err wrong = {0};
	int rc;

	*ret = (struct v_search){.q = words != NULL ? words : "", .whole = true};
	if (v->w->find == NULL)
		return fail(e, E_NOTFOUND, "not found");
	if (q == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = query_parse(ret->q, strlen(ret->q), q, &wrong)) != 0) {
		if (rc == E_NOMEM)
			return fail(e, E_NOMEM, "page");
		ret->fault = arena_str(v->l.a, wrong.msg);
		memset(q, 0, sizeof *q);
	}
	kinds_of(v, q, ret);
	sides_of(v, q, ret);
	years_of(v, q, ret);
	ret->asked = ret->q[strspn(ret->q, " \t")] != '\0' && ret->fault == NULL;
	if (!ret->asked)
		return 0;
	if ((rc = find_follow(v->w->find, v->l.rd, v->home, FOLLOW_NOW, v->l.now, &ret->whole, e)) != 0)
		return rc;
	return all_groups(v, q, before, ret, e);
}
