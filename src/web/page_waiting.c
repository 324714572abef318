/* What waits for a second person: what exactly would leave, and the two words that decide it. */
#include <string.h>

#include "web/load_home.h"
#include "web/tmpl.h"

#define TITLE N_("Waiting for a second person")
#define MOST_LINES 4000

/* ---- the object in words ---- */

static const struct { const char *name, *word; } words[] = {
	{"title", N_("Title")}, {"text", N_("Text")}, {"venue", N_("Place and house")}, {"start", N_("Begins")}, {"end", N_("Ends")}, {"mode", N_("Form")}, {"host", N_("Host")},
	{"status", N_("State")}, {"state", N_("State")}, {"zone", N_("Time zone of the place")}, {"kind", N_("Kind")}, {"ordinal", N_("Number in the series")}, {"ordinals", N_("Counted differently")},
	{"chairs", N_("Chairs")}, {"leads", N_("Lead")}, {"observers", N_("Observers")}, {"party", N_("Side")}, {"members", N_("Members")}, {"name", N_("Name of the person")}, {"native", N_("Name in its own script")},
	{"latin", N_("Name in Latin letters")}, {"reading", N_("Reading in kana")}, {"function", N_("Function")}, {"agency", N_("Ministry or agency")}, {"agency_code", N_("Short name")},
	{"rank", N_("Rank")}, {"role", N_("Role")}, {"expires", N_("The names are needed until")}, {"units", N_("Items")}, {"number", N_("Number")}, {"lead", N_("Opened by")}, {"papers", N_("Papers")},
	{"reason", N_("Reason")}, {"changes", N_("Changes")}, {"action", N_("What")}, {"unit", N_("Item")}, {"verb", N_("Word")}, {"dates", N_("Dates")}, {"publish_at", N_("Public from")},
	{"deadline", N_("Deadline")}, {"deadlines", N_("Deadlines")}, {"due", N_("Due")}, {"owners", N_("Sides that promised it")}, {"names", N_("Official names")}, {"mandates", N_("Mandates")},
	{"mandate", N_("On what the series rests")}, {"rhythm", N_("Rhythm in words")}, {"rhythm_months", N_("Months from round to round")}, {"date", N_("Date")}, {"document_ref", N_("Document")},
	{"document_modified", N_("Version of")}, {"document_sha256", N_("Checksum (SHA-256)")}, {"object_modified", N_("Version of")}, {"object_sha256", N_("Checksum (SHA-256)")},
	{"object_ref", N_("About")}, {"round_ref", N_("Meeting")}, {"series_ref", N_("Series")}, {"at", N_("Date")}, {"frozen", N_("final text")}, {"authentic", N_("authentic text")},
	{"provisional", N_("provisional translation")}, {"proposal", N_("Proposal")}, {"slug", N_("Name in addresses")}, {"noun", N_("What it is called")}, {"note", N_("Note")},
};

struct writing { struct visit *v; struct v_wait *w; const char *zone, *zone2; };

static struct v_line *add_line(struct writing *x, const char *name, unsigned depth)
{
	struct v_line *l;

	if (x->w->lines == MOST_LINES)
		return NULL;
	l = &x->w->line[x->w->lines++];
	*l = (struct v_line){.name = arena_str(x->v->l.a, name), .depth = depth < 4 ? depth : 4};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].name, name) == 0) {
			l->name = words[i].word;
			l->known = true;
		}
	return l;
}

static bool is_langmap(const struct json_val *v)
{
	const struct json_val *key, *one;
	struct json_iter it;

	if (json_type(v) != JSON_OBJECT || json_len(v) == 0)
		return false;
	for (json_iter(&it, v); json_next(&it, &key, &one); ) {
		bool lang = false;

		for (unsigned l = 0; l < LANG_COUNT; l++)
			lang = lang || json_str_is(key, lang_code((enum lang)l));
		if (!lang || json_str(one, NULL) == NULL)
			return false;
	}
	return true;
}

/* Words of the data model in the reader's language; NULL: none of those. */
static const char *word_value(struct writing *x, const char *name, const char *s)
{
	const enum lang l = x->v->l.lang;

	for (unsigned k = 0; strcmp(name, "verb") == 0 && k < INVITE_VERBS; k++)
		if (strcmp(s, invite_verb_word((enum invite_verb)k)) == 0)
			return tr(l, invite_verb_name((enum invite_verb)k));
	if (strcmp(name, "mode") == 0)
		return word_mode(l, s);
	if (strcmp(name, "status") == 0)
		return word_status(l, s);
	if (strcmp(name, "role") == 0)
		return word_role(l, s);
	return strcmp(name, "party") == 0 || strcmp(name, "host") == 0 || strcmp(name, "lead") == 0 || strcmp(name, "owners") == 0 ? party_name(l, s) : NULL;
}

/* What a reference points to, by its title where it can be read. */
static const char *plain_value(struct writing *x, const char *name, const struct json_val *v)
{
	struct arena *a = x->v->l.a;
	const char *s = json_str(v, NULL);
	struct buf canon = BUF_INIT(4096);
	const char *out;
	struct picked p;
	int64_t ns;
	bool yes;

	if (json_bool(v, &yes))
		return tr(x->v->l.lang, yes ? N_("yes") : N_("no"));
	if (s != NULL && word_value(x, name, s) != NULL)
		return arena_str(a, word_value(x, name, s));
	if (s != NULL && strlen(s) >= 20 && time_parse(s, strlen(s), &ns))
		return moment_text(a, x->v->l.lang, ns, x->zone, x->zone2);
	if (s != NULL && stix_id_ok(s, strlen(s)) && load_version(&x->v->l, s, NULL, &p, NULL) == 0) {
		const struct bitext title = get_text(&x->v->l, p.entry.object.val, "title");

		entry_free(&p.entry);
		return bitext_in(&title, x->v->l.lang).s[0] != '\0' ? bitext_in(&title, x->v->l.lang).s : arena_str(a, s);
	}
	if (s != NULL)
		return arena_str(a, s);
	json_canon(v, &canon);
	out = canon.n > 0 ? arena_strn(a, canon.p, canon.n) : "";
	buf_free(&canon);
	return out;
}

static void write_object(struct writing *x, const struct json_val *o, unsigned depth);

/* Depth is bounded by the reader of JSON. */
static void write_value(struct writing *x, const char *name, const struct json_val *v, unsigned depth)
{
	const struct json_val *one;
	struct json_iter it;
	struct v_line *l;
	size_t n = 0;

	if (json_type(v) == JSON_ARRAY) {
		for (json_iter(&it, v); json_next(&it, NULL, &one); n++)
			write_value(x, name, one, depth);
		return;
	}
	if ((l = add_line(x, name, depth)) == NULL)
		return;
	if (is_langmap(v)) {
		for (unsigned k = 0; k < LANG_COUNT; k++)
			if (json_get_str(v, lang_code((enum lang)k)) != NULL)
				l->text.s[k] = arena_str(x->v->l.a, json_get_str(v, lang_code((enum lang)k)));
	} else if (json_type(v) != JSON_OBJECT)
		l->value = plain_value(x, name, v);
	else
		write_object(x, v, depth + 1);
}

static bool has_word(const struct json_val *key)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (json_str_is(key, words[i].name))
			return true;
	return false;
}

/* In the order people would tell it, not the alphabet's; what is only taken away is not there. */
static void write_object(struct writing *x, const struct json_val *o, unsigned depth)
{
	const struct json_val *key, *one;
	struct json_iter it;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if ((one = json_get(o, words[i].name)) != NULL && json_type(one) != JSON_NULL)
			write_value(x, words[i].name, one, depth);
	for (json_iter(&it, o); json_next(&it, &key, &one); )
		if (!has_word(key) && json_type(one) != JSON_NULL)
			write_value(x, json_str(key, NULL), one, depth);
}

static bool write_act(struct writing *x, const struct json_val *act)
{
	const struct json_val *props = json_get(act, "props"), *key, *one, *to = json_get(json_get(act, "at"), "release_to");
	const char **release;
	struct json_iter it;

	x->w->line = arena_array(x->v->l.a, MOST_LINES, sizeof *x->w->line);
	release = arena_array(x->v->l.a, json_len(to) + 1, sizeof *release);
	if (x->w->line == NULL || release == NULL)
		return false;
	x->w->kind = get_str(&x->v->l, act, "kind");
	for (json_iter(&it, is_list(to) ? to : NULL); json_next(&it, NULL, &one); )
		if (json_str(one, NULL) != NULL)
			release[x->w->release_to_n++] = arena_str(x->v->l.a, json_str(one, NULL));
	x->w->release_to = release;
	if (props != NULL)
		write_object(x, props, 0);
	for (json_iter(&it, props == NULL ? act : NULL); json_next(&it, &key, &one); )
		if (!json_str_is(key, "verb") && !json_str_is(key, "kind") && !json_str_is(key, "at"))
			write_value(x, json_str(key, NULL), one, 0);
	return true;
}

/* ---- one of them ---- */

static const char *tlp_text(struct arena *a, const char *word)
{
	char upper[LIMIT_USER + 1];
	size_t n = 0;

	for (; word[n] != '\0' && n < LIMIT_USER; n++)
		upper[n] = (char)(word[n] >= 'a' && word[n] <= 'z' ? word[n] - 'a' + 'A' : word[n]);
	upper[n] = '\0';
	return arena_str(a, upper);
}

static void about_of(struct visit *v, const struct home_wait *w, struct v_wait *to)
{
	struct picked p;

	if (w->about[0] == '\0' || load_version(&v->l, w->about, NULL, &p, NULL) != 0)
		return;
	to->about = get_text(&v->l, p.entry.object.val, "title");
	entry_free(&p.entry);
	to->about_page = url_path(v->l.a, "r", w->about, NULL);
}

static int wait_of(struct visit *v, const struct home_wait *w, bool whole, const struct v_waiting *zones, struct v_wait *to, struct err *e)
{
	struct arena *a = v->l.a;
	struct json_doc *doc = NULL;
	struct writing x = {v, to, zones->zone, zones->zone2};
	int rc;

	*to = (struct v_wait){.id = arena_str(a, w->id), .asked_by = arena_str(a, w->asked_by), .owner = arena_str(a, w->owner), .verb = arena_str(a, w->verb), .marking = tlp_text(a, w->marking),
		.decided_by = w->decided_by[0] != '\0' ? arena_str(a, w->decided_by) : NULL, .reason = w->reason != NULL && w->reason[0] != '\0' ? arena_str(a, w->reason) : NULL,
		.at = w->at_us * 1000, .decided = w->decided_us * 1000, .publication = w->publication, .state = w->state,
		.own = strcmp(w->asked_by, v->who.name) == 0 || strcmp(w->owner, v->who.name) == 0, .page = visit_url(v, "waiting", w->id, NULL)};
	to->may_confirm = !to->own && w->state == WAIT_WAITING && visit_may(v, RIGHT_RELEASE);
	to->taken_over = strcmp(w->owner, w->asked_by) != 0;
	about_of(v, w, to);
	if ((rc = json_read(w->act, w->act_n, &(struct json_read_opt){.what = "waiting act"}, &doc, e)) != 0)
		return rc;
	to->kind = get_str(&v->l, json_root(doc), "kind");
	if (whole && !write_act(&x, json_root(doc)))
		rc = fail(e, E_NOMEM, "page");
	json_free(doc);
	return rc;
}

static void set_zones(struct visit *v, struct v_waiting *ret)
{
	ret->zone = party_zone(v->p.party);
	ret->zone2 = strcmp(ret->zone, "Asia/Tokyo") == 0 ? "Europe/Berlin" : "Asia/Tokyo";
}

/* ---- the list ---- */

struct listing { struct visit *v; struct v_waiting *to; size_t cap; };

static int list_one(void *ctx, const struct home_wait *w, struct err *e)
{
	struct listing *x = ctx;

	if (x->to->n == x->cap) {
		const size_t cap = x->cap == 0 ? 16 : 2 * x->cap;
		struct v_wait *more = arena_array(x->v->l.a, cap, sizeof *more);

		if (more == NULL)
			return fail(e, E_NOMEM, "page");
		for (size_t i = 0; i < x->to->n; i++)
			more[i] = x->to->v[i];
		x->to->v = more;
		x->cap = cap;
	}
	return wait_of(x->v, w, false, x->to, &x->to->v[x->to->n++], e);
}

int see_waiting(struct visit *v, struct err *e)
{
	struct v_waiting list = {0};
	struct listing x = {v, &list, 0};
	struct out o = visit_out(v);
	struct at_desk d;
	int rc = at_desk(v, &d, e);

	set_zones(v, &list);
	if (rc != 0 || (rc = desk_waiting(&d.desk, http_param(v->q, "all") != NULL, list_one, &x, e)) != 0)
		return rc;
	visit_name(v, (struct url){"/waiting"});
	v->p.title = tr(v->p.lang, TITLE);
	page_waiting(&o, &v->p, &list, http_param(v->q, "all") != NULL);
	return 0;
}

/* ---- one, and the decision ---- */

static int show_one(struct visit *v, const struct desk *d, const char *fault, struct err *e)
{
	struct v_waiting zones = {0};
	struct home_wait w = {0};
	struct v_wait one;
	struct out o = visit_out(v);
	int rc = desk_wait(d, v->q->arg[1], &w, e);

	if (rc != 0)
		return rc;
	set_zones(v, &zones);
	rc = wait_of(v, &w, true, &zones, &one, e);
	home_wait_free(&w);
	if (rc != 0)
		return rc;
	visit_name(v, url_path(v->l.a, "waiting", v->q->arg[1], NULL));
	visit_crumb(v, TITLE, visit_url(v, "waiting", NULL));
	visit_crumb(v, N_("What would leave"), one.page);
	v->p.title = tr(v->p.lang, N_("What would leave"));
	page_wait(&o, &v->p, &one, &zones, fault);
	return 0;
}

int see_wait(struct visit *v, struct err *e)
{
	struct at_desk d;
	const int rc = at_desk(v, &d, e);

	return rc != 0 ? rc : show_one(v, &d.desk, NULL, e);
}

int do_wait(struct visit *v, struct err *e)
{
	const bool refuse = strcmp(visit_field(v, "word"), "refuse") == 0;
	const char *reason = visit_field(v, "reason");
	struct add_result res;
	struct at_desk d;
	int rc = at_desk(v, &d, e);

	if (rc != 0)
		return rc;
	if (refuse && reason[0] == '\0') {
		visit_again(v);
		return show_one(v, &d.desk, N_("Please give a reason: whoever asked reads it."), e);
	}
	rc = refuse ? desk_refuse(&d.desk, v->q->arg[1], reason, e) : desk_confirm(&d.desk, v->q->arg[1], &res, e);
	if (rc == 0)
		return visit_go(v, visit_url(v, "waiting", NULL), refuse ? "refused" : "released", e);
	if (rc != E_STATE && rc != E_CONFLICT && rc != E_FORMAT && rc != E_LIMIT)
		return rc;
	v->r->status = err_http(rc);
	return show_one(v, &d.desk, arena_str(v->l.a, e->msg), e);
}
