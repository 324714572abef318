/* Acts of a series and its rounds; words of the glossary. */
#include "consult/acts_priv.h"

/* ---- parts ---- */

static void next_in_list(struct buf *b, size_t i)
{
	buf_puts(b, i > 0 ? ",{" : "{");
}

static void add_person(struct buf *b, bool *first, const struct act_person *p)
{
	bool inner = true;

	json_put_member(b, first, "name");
	buf_putc(b, '{');
	add_text(b, &inner, "latin", p->latin);
	add_text(b, &inner, "native", p->native);
	add_text(b, &inner, "reading", p->reading);
	buf_putc(b, '}');
}

void put_leads(struct buf *b, bool *first, const char *key, const struct act_lead *v, size_t n)
{
	if (!list_begin(b, first, key, n))
		return;
	for (size_t i = 0; i < n; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_texts(b, &inner, "agency", &v[i].agency);
		add_text(b, &inner, "agency_code", v[i].agency_code);
		add_text(b, &inner, "party", v[i].party);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

/* ---- series ---- */

static void put_names(struct buf *b, bool *first, const struct act_series *s)
{
	if (!list_begin(b, first, "names", s->names))
		return;
	for (size_t i = 0; i < s->names; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_text(b, &inner, "party", s->name[i].party);
		add_texts(b, &inner, "title", &s->name[i].title);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

static void put_mandates(struct buf *b, bool *first, const struct act_series *s)
{
	if (!list_begin(b, first, "mandates", s->mandates_n))
		return;
	for (size_t i = 0; i < s->mandates_n; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_text(b, &inner, "date", s->mandates[i].date);
		add_texts(b, &inner, "title", &s->mandates[i].title);
		add_text(b, &inner, "url", s->mandates[i].url);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

static void put_deadlines(struct buf *b, bool *first, const struct act_series *s)
{
	if (!list_begin(b, first, "deadlines", s->deadlines))
		return;
	for (size_t i = 0; i < s->deadlines; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_text(b, &inner, "at", s->deadline[i].at);
		add_text(b, &inner, "party", s->deadline[i].party);
		add_texts(b, &inner, "title", &s->deadline[i].title);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

int act_save_series(const struct actor *a, const struct act_series *s, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	buf_putc(&b, '{');
	put_text(&b, &first, "slug", s->slug);
	put_text(&b, &first, "noun", s->noun);
	put_strings(&b, &first, "members", s->member, s->members);
	put_texts(&b, &first, "title", &s->title);
	put_texts(&b, &first, "rhythm", &s->rhythm);
	put_texts(&b, &first, "mandate", &s->mandate);
	put_number(&b, &first, "rhythm_months", s->rhythm_months);
	put_names(&b, &first, s);
	put_mandates(&b, &first, s);
	put_deadlines(&b, &first, s);
	return act_props(a, STIX_SERIES, &s->at, &b, ret, e);
}

/* ---- round ---- */

static void put_ordinals(struct buf *b, bool *first, const struct act_round *r)
{
	if (!list_begin(b, first, "ordinals", r->ordinals_n))
		return;
	for (size_t i = 0; i < r->ordinals_n; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_texts(b, &inner, "note", &r->ordinals[i].note);
		if (r->ordinals[i].ordinal != 0)
			put_number(b, &inner, "ordinal", r->ordinals[i].ordinal);
		add_text(b, &inner, "party", r->ordinals[i].party);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

static void put_chairs(struct buf *b, bool *first, const struct act_round *r)
{
	if (!list_begin(b, first, "chairs", r->chairs))
		return;
	for (size_t i = 0; i < r->chairs; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_person(b, &inner, &r->chair[i].name);
		add_text(b, &inner, "party", r->chair[i].party);
		add_texts(b, &inner, "title", &r->chair[i].title);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

static void put_observers(struct buf *b, bool *first, const struct act_round *r)
{
	if (!list_begin(b, first, "observers", r->observers))
		return;
	for (size_t i = 0; i < r->observers; i++) {
		bool inner = true;

		next_in_list(b, i);
		add_text(b, &inner, "kind", r->observer[i].kind);
		add_texts(b, &inner, "name", &r->observer[i].name);
		add_text(b, &inner, "party", r->observer[i].party);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

int act_save_round(const struct actor *a, const struct act_round *r, struct add_result *ret, struct err *e)
{
	const struct { const char *key, *text; } texts[] = {
		{"series_ref", r->series}, {"kind", r->kind}, {"start", r->start}, {"end", r->end}, {"start_precision", r->start_precision},
		{"zone", r->zone}, {"mode", r->mode}, {"host", r->host}, {"status", r->status},
	};
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	buf_putc(&b, '{');
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		put_text(&b, &first, texts[i].key, texts[i].text);
	put_texts(&b, &first, "title", &r->title);
	put_texts(&b, &first, "venue", &r->venue);
	put_number(&b, &first, "ordinal", r->ordinal);
	put_ordinals(&b, &first, r);
	put_chairs(&b, &first, r);
	put_leads(&b, &first, "leads", r->lead, r->leads);
	put_observers(&b, &first, r);
	return act_props(a, STIX_ROUND, &r->at, &b, ret, e);
}

int act_save_delegation(const struct actor *a, const struct act_delegation *d, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	buf_putc(&b, '{');
	put_text(&b, &first, "round_ref", d->round);
	put_text(&b, &first, "party", record_self(a->r)->party);
	put_text(&b, &first, "expires", d->expires);
	if (list_begin(&b, &first, "members", d->members)) {
		for (size_t i = 0; i < d->members; i++) {
			const struct act_delegate *m = &d->member[i];
			bool inner = true;

			next_in_list(&b, i);
			add_person(&b, &inner, &m->name);
			add_texts(&b, &inner, "function", &m->function);
			add_texts(&b, &inner, "agency", &m->agency);
			add_texts(&b, &inner, "rank", &m->rank);
			add_text(&b, &inner, "agency_code", m->agency_code);
			add_text(&b, &inner, "role", m->role);
			buf_putc(&b, '}');
		}
		buf_putc(&b, ']');
	}
	return act_props(a, STIX_DELEGATION, &d->at, &b, ret, e);
}

int act_invite(const struct actor *a, const struct act_invitation *i, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	assert(i->verb < INVITE_VERBS);
	buf_putc(&b, '{');
	put_text(&b, &first, "round_ref", i->round);
	put_text(&b, &first, "verb", invite_verb_word(i->verb));
	put_text(&b, &first, "mode", i->mode);
	put_texts(&b, &first, "venue", &i->venue);
	put_texts(&b, &first, "text", &i->text);
	if (list_begin(&b, &first, "dates", i->dates)) {
		for (size_t k = 0; k < i->dates; k++) {
			bool inner = true;

			next_in_list(&b, k);
			add_text(&b, &inner, "start", i->date[k].start);
			add_text(&b, &inner, "end", i->date[k].end);
			buf_putc(&b, '}');
		}
		buf_putc(&b, ']');
	}
	return act_props(a, STIX_INVITATION, NULL, &b, ret, e);
}

int act_settle_round(const struct actor *a, const char *round, const char *seen, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	char start[LIMIT_TIMESTAMP + 1], end[LIMIT_TIMESTAMP + 1] = "";
	struct invite_facts f;
	bool first = true;
	const int rc = consult_round(a->rd, NULL, round, &f, e);

	if (rc != 0)
		return rc;
	if (f.state != ROUND_CONFIRMED)
		return fail(e, E_STATE, "%s: no date is confirmed by all (state: %s)", round, invite_state_name(f.state));
	time_format(f.confirmed.start, 3, start, sizeof(start));
	if (f.confirmed.end != INT64_MIN)
		time_format(f.confirmed.end, 3, end, sizeof(end));
	buf_putc(&b, '{');
	put_text(&b, &first, "start", start);
	put_text(&b, &first, "end", end);
	put_null(&b, &first, "start_precision");
	put_text(&b, &first, "status", "scheduled");
	return act_props(a, STIX_ROUND, &(struct act_at){.id = round, .seen = seen}, &b, ret, e);
}

int act_save_term(const struct actor *a, const struct act_term *t, struct add_result *ret, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	bool first = true;

	buf_putc(&b, '{');
	put_texts(&b, &first, "term", &t->term);
	put_texts(&b, &first, "note", &t->note);
	put_texts(&b, &first, "warning", &t->warning);
	put_text(&b, &first, "source", t->source);
	if (list_begin(&b, &first, "confused_with", t->confused_n)) {
		for (size_t i = 0; i < t->confused_n; i++) {
			bool inner = true;

			buf_puts(&b, i > 0 ? "," : "");
			buf_putc(&b, '{');
			for (unsigned l = 0; l < LANG_COUNT; l++)
				add_text(&b, &inner, lang_code((enum lang)l), t->confused[i].in[l]);
			buf_putc(&b, '}');
		}
		buf_putc(&b, ']');
	}
	return act_props(a, STIX_TERM, &t->at, &b, ret, e);
}
