/* The demo's texts as STIX objects. */
#include <assert.h>
#include <string.h>

#include "cli/demo_content.h"

/* One JSON object being written; `first` says whether a comma is due. */
struct obj { struct buf *b; bool first; };

static struct obj obj_open(struct buf *b)
{
	buf_putc(b, '{');
	return (struct obj){b, true};
}

static struct obj obj_in(struct obj *o, const char *key)
{
	json_put_member(o->b, &o->first, key);
	return obj_open(o->b);
}

static void obj_close(const struct obj *o) { buf_putc(o->b, '}'); }

static void put_str(struct obj *o, const char *key, const char *s)
{
	if (s == NULL)
		return;
	json_put_member(o->b, &o->first, key);
	json_put_str(o->b, s, strlen(s));
}

static void put_raw(struct obj *o, const char *key, const char *raw)
{
	json_put_member(o->b, &o->first, key);
	buf_puts(o->b, raw);
}

static void put_text(struct obj *o, const char *key, const struct demo_text *t)
{
	struct obj in = obj_in(o, key);

	put_str(&in, "de", t->de);
	put_str(&in, "ja", t->ja);
	put_str(&in, "en", t->en);
	obj_close(&in);
}

/* "de,ja" as ["de","ja"]; NULL puts nothing. */
static void put_words(struct obj *o, const char *key, const char *words)
{
	if (words == NULL)
		return;
	json_put_member(o->b, &o->first, key);
	for (char open = '['; *words != '\0'; open = ',') {
		const size_t n = strcspn(words, ",");

		buf_putc(o->b, open);
		json_put_str(o->b, words, n);
		words += n + (words[n] == ',');
	}
	buf_putc(o->b, ']');
}

static void put_marking(struct obj *o, enum tlp tlp) { put_words(o, "object_marking_refs", tlp_marking_id(tlp)); }

static void put_extension(struct obj *o)
{
	struct obj ext = obj_in(o, "extensions");
	struct obj own = obj_in(&ext, VERBALE_EXTENSION_ID);

	put_str(&own, "extension_type", "new-sdo");
	obj_close(&own);
	obj_close(&ext);
}

static const struct { enum stix_kind kind; bool jp; enum tlp tlp; } rows[DEMO_OBJECTS] = {
	[DEMO_IDENTITY_DE] = {STIX_IDENTITY, false, TLP_CLEAR},
	[DEMO_IDENTITY_JP] = {STIX_IDENTITY, true, TLP_CLEAR},
	[DEMO_COLLECTION] = {STIX_COLLECTION, true, TLP_CLEAR},
	[DEMO_SERIES] = {STIX_SERIES, true, TLP_CLEAR},
	[DEMO_ROUND] = {STIX_ROUND, true, TLP_CLEAR},
	[DEMO_INVITATION] = {STIX_DOCUMENT, true, TLP_AMBER},
	[DEMO_AGENDA] = {STIX_DOCUMENT, true, TLP_CLEAR},
	[DEMO_DELEGATION_JP] = {STIX_DELEGATION, true, TLP_CLEAR},
	[DEMO_DELEGATION_DE] = {STIX_DELEGATION, false, TLP_CLEAR},
	[DEMO_STATEMENT] = {STIX_DOCUMENT, true, TLP_CLEAR},
	[DEMO_PROPOSAL] = {STIX_PROPOSAL, false, TLP_AMBER},
	[DEMO_STATEMENT_REVISED] = {STIX_DOCUMENT, true, TLP_CLEAR},
};

const char *demo_writer(enum demo_what w) { return rows[w].jp ? "JP" : "DE"; }

int demo_ids_make(const struct rng *rng, const char *identity_de, const char *identity_jp, struct demo_ids *ret, struct err *e)
{
	struct demo_ids ids = {0};

	assert(strlen(identity_de) <= LIMIT_STIX_ID && strlen(identity_jp) <= LIMIT_STIX_ID);
	for (unsigned w = 0; w < DEMO_OBJECTS; w++) {
		const char *type = stix_type_name(rows[w].kind);
		const size_t n = strlen(type);
		uint8_t random[16], u[16];

		if (rng_fill(rng, random, sizeof(random)) != 0)
			return fail(e, E_ENV, "no random bytes");
		uuid_v4(random, u);
		memcpy(ids.id[w], type, n);
		memcpy(ids.id[w] + n, "--", 2);
		uuid_format(u, ids.id[w] + n + 2);
	}
	memcpy(ids.id[DEMO_IDENTITY_DE], identity_de, strlen(identity_de) + 1);
	memcpy(ids.id[DEMO_IDENTITY_JP], identity_jp, strlen(identity_jp) + 1);
	memcpy(ids.id[DEMO_STATEMENT_REVISED], ids.id[DEMO_STATEMENT], sizeof(ids.id[0]));
	*ret = ids;
	return 0;
}

static void put_identity(struct obj *o, enum demo_what w)
{
	const struct demo_text *name = w == DEMO_IDENTITY_DE ? &demo_name_de : &demo_name_jp;

	/* A STIX name is one string: the own language's, the English one described beside it. */
	put_str(o, "name", w == DEMO_IDENTITY_DE ? name->de : name->ja);
	put_str(o, "description", name->en);
	put_str(o, "identity_class", "organization");
}

static void put_collection(struct obj *o)
{
	put_text(o, "name", &demo_collection_name);
	put_text(o, "description", &demo_collection_about);
	put_words(o, "members", "DE,JP");
	put_str(o, "ceiling", tlp_word(TLP_AMBER));
	put_raw(o, "public", "true");
}

static void put_series(struct obj *o)
{
	put_text(o, "title", &demo_series_title);
	put_words(o, "members", "DE,JP");
	put_str(o, "noun", "consultation");
	put_text(o, "rhythm", &demo_series_rhythm);
	put_str(o, "slug", "de-jp-cyber");
	put_raw(o, "example", "true");
}

static void put_reading(struct obj *o)
{
	json_put_member(o->b, &o->first, "further_reading");
	for (size_t i = 0; i < ARRAY_LEN(demo_reading); i++) {
		struct obj link;

		buf_putc(o->b, i == 0 ? '[' : ',');
		link = obj_open(o->b);
		put_text(&link, "title", &demo_reading[i].title);
		put_str(&link, "url", demo_reading[i].url);
		obj_close(&link);
	}
	buf_putc(o->b, ']');
}

static void put_round(struct obj *o, const struct demo_ids *ids)
{
	put_str(o, "series_ref", ids->id[DEMO_SERIES]);
	put_raw(o, "ordinal", "1");
	put_text(o, "title", &demo_round_title);
	put_str(o, "start", demo_agenda.unit[0].start);
	put_str(o, "end", demo_agenda.unit[demo_agenda.units - 1].end);
	put_str(o, "zone", "Asia/Tokyo");
	put_text(o, "venue", &demo_round_venue);
	put_str(o, "mode", "in-person");
	put_str(o, "host", "JP");
	put_str(o, "status", "held");
	put_reading(o);
	put_raw(o, "example", "true");
}

static const struct demo_text *agency_name(const char *code)
{
	for (size_t i = 0; i < demo_agencies; i++)
		if (strcmp(demo_agency[i].code, code) == 0)
			return &demo_agency[i].name;
	assert(false && "every agency has a row");
	return NULL;
}

static void put_member(struct buf *b, const struct demo_member *m)
{
	struct obj o = obj_open(b), name = obj_in(&o, "name");

	put_str(&name, "native", m->native);
	put_str(&name, "latin", m->latin);
	put_str(&name, "reading", m->reading);
	obj_close(&name);
	put_text(&o, "function", &m->function);
	put_text(&o, "agency", agency_name(m->agency));
	put_str(&o, "agency_code", m->agency);
	put_str(&o, "role", m->role);
	obj_close(&o);
}

static void put_delegation(struct obj *o, enum demo_what w, const struct demo_ids *ids)
{
	const bool de = w == DEMO_DELEGATION_DE;
	const struct demo_member *m = de ? demo_delegation_de : demo_delegation_jp;
	const size_t n = de ? demo_delegation_de_n : demo_delegation_jp_n;

	put_str(o, "round_ref", ids->id[DEMO_ROUND]);
	put_str(o, "party", de ? "DE" : "JP");
	json_put_member(o->b, &o->first, "members");
	for (size_t i = 0; i < n; i++) {
		buf_putc(o->b, i == 0 ? '[' : ',');
		put_member(o->b, &m[i]);
	}
	buf_putc(o->b, ']');
	put_raw(o, "example", "true");
}

static void put_unit(struct buf *b, const struct demo_unit *u, const struct demo_text *text)
{
	struct obj o = obj_open(b);

	put_str(&o, "number", u->number);
	put_text(&o, "text", text);
	put_str(&o, "state", "agreed");
	put_str(&o, "start", u->start);
	put_str(&o, "end", u->end);
	put_words(&o, "lead", u->lead);
	if (u->pause)
		put_raw(&o, "pause", "true");
	obj_close(&o);
}

static void put_document(struct obj *o, enum demo_what w, const struct demo_ids *ids, const struct demo_times *t)
{
	const struct demo_document *d = w == DEMO_INVITATION ? &demo_invitation : w == DEMO_AGENDA ? &demo_agenda : &demo_statement;

	put_str(o, "round_ref", ids->id[DEMO_ROUND]);
	put_str(o, "kind", d->kind);
	put_str(o, "number", d->number);
	put_text(o, "title", &d->title);
	put_str(o, "date", d->date);
	json_put_member(o->b, &o->first, "units");
	for (size_t i = 0; i < d->units; i++) {
		const bool changed = w == DEMO_STATEMENT_REVISED && i + 1 == d->units;

		buf_putc(o->b, i == 0 ? '[' : ',');
		put_unit(o->b, &d->unit[i], changed ? &demo_proposed_text : &d->unit[i].text);
	}
	buf_putc(o->b, ']');
	put_words(o, "authentic", d->authentic);
	put_words(o, "provisional", d->provisional);
	put_str(o, "publish_at", t->publish_at);
	if (d == &demo_statement)
		put_reading(o);
	put_raw(o, "example", "true");
}

static void put_proposal(struct obj *o, const struct demo_ids *ids, const struct demo_times *t)
{
	struct obj change;

	assert(t->about_modified != NULL && t->about_sha256 != NULL);
	put_str(o, "document_ref", ids->id[DEMO_STATEMENT]);
	put_str(o, "document_modified", t->about_modified);
	put_str(o, "document_sha256", t->about_sha256);
	json_put_member(o->b, &o->first, "changes");
	buf_putc(o->b, '[');
	change = obj_open(o->b);
	put_str(&change, "unit", demo_statement.unit[demo_statement.units - 1].number);
	put_str(&change, "action", "replace");
	put_text(&change, "text", &demo_proposed_text);
	obj_close(&change);
	buf_putc(o->b, ']');
	put_text(o, "reason", &demo_proposal_reason);
}

static void put_body(struct obj *o, enum demo_what w, const struct demo_ids *ids, const struct demo_times *t)
{
	switch (w) {
	case DEMO_IDENTITY_DE:
	case DEMO_IDENTITY_JP: put_identity(o, w); return;
	case DEMO_COLLECTION: put_collection(o); return;
	case DEMO_SERIES: put_series(o); return;
	case DEMO_ROUND: put_round(o, ids); return;
	case DEMO_DELEGATION_DE:
	case DEMO_DELEGATION_JP: put_delegation(o, w, ids); return;
	case DEMO_INVITATION:
	case DEMO_AGENDA:
	case DEMO_STATEMENT:
	case DEMO_STATEMENT_REVISED: put_document(o, w, ids, t); return;
	case DEMO_PROPOSAL: put_proposal(o, ids, t); return;
	case DEMO_OBJECTS: break;
	}
	assert(false && "one of the objects of the demo");
}

int demo_json(enum demo_what w, const struct demo_ids *ids, const struct demo_times *t, struct buf *out, struct err *e)
{
	struct obj o;

	assert(w < DEMO_OBJECTS && t->created != NULL && t->modified != NULL);
	o = obj_open(out);
	put_str(&o, "type", stix_type_name(rows[w].kind));
	put_str(&o, "spec_version", "2.1");
	put_str(&o, "id", ids->id[w]);
	put_str(&o, "created_by_ref", ids->id[rows[w].jp ? DEMO_IDENTITY_JP : DEMO_IDENTITY_DE]);
	put_str(&o, "created", t->created);
	put_str(&o, "modified", t->modified);
	put_marking(&o, rows[w].tlp);
	put_body(&o, w, ids, t);
	if (rows[w].kind != STIX_IDENTITY)
		put_extension(&o);
	obj_close(&o);
	return buf_err(out, e, "demo");
}
