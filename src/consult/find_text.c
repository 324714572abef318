/* What of an object can be found: a table of its texts. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "consult/find_priv.h"
#include "consult/priv.h"

void filler_free(struct filler *f)
{
	buf_free(&f->words[0]);
	buf_free(&f->words[1]);
	buf_free(&f->tags);
}

void fill_begin(struct filler *f, enum find_group group, unsigned part)
{
	f->t.group = group;
	f->t.part = part;
	f->t.day = 0;
	f->t.expires = 0;
	buf_clear(&f->words[0]);
	buf_clear(&f->words[1]);
	buf_clear(&f->tags);
	buf_puts(&f->tags, "=x ");
	fill_tag(f, 'k', find_group_word(group));
}

void fill_tag(struct filler *f, char kind, const char *value)
{
	buf_printf(&f->tags, "=%c", kind);
	for (; value != NULL && *value != '\0'; value++)
		if (strchr(" \"=", *value) == NULL)
			buf_putc(&f->tags, *value >= 'A' && *value <= 'Z' ? (char)(*value + 0x20) : *value);
	buf_putc(&f->tags, ' ');
}

void fill_text(struct filler *f, const char *s, struct err *e)
{
	static const enum word_forms forms[] = {WORD_LONG, WORD_SHORT};

	for (unsigned i = 0; f->rc == 0 && s != NULL && i < 2; i++) {
		/* A word of its own between two texts: no phrase reaches over it. */
		if (f->words[i].n > 0)
			buf_puts(&f->words[i], "= ");
		f->rc = words_column(s, strlen(s), forms[i], &f->words[i], e);
	}
}

void fill_texts(struct filler *f, const struct json_val *map, struct err *e)
{
	for (unsigned k = 0; k < LANG_COUNT; k++)
		fill_text(f, json_get_str(map, lang_code((enum lang)k)), e);
}

void fill_day(struct filler *f, int64_t ns)
{
	struct civil c;

	if (ns == INT64_MIN || f->t.day != 0)
		return;
	time_civil(ns, &c);
	f->t.day = (int64_t)c.year * 10000 + c.month * 100 + c.day;
	buf_printf(&f->tags, "=y%04d ", c.year);
}

void fill_put(struct filler *f, struct err *e)
{
	if (f->rc == 0 && f->words[0].n == 0)
		return;
	for (unsigned i = 0; f->rc == 0 && i < 2; i++)
		f->rc = buf_err(&f->words[i], e, "search");
	if (f->rc == 0)
		f->rc = buf_err(&f->tags, e, "search");
	if (f->rc != 0)
		return;
	f->t.words[0] = f->words[0].p;
	f->t.words[1] = f->words[0].n != f->words[1].n || memcmp(f->words[0].p, f->words[1].p, f->words[0].n) != 0 ? f->words[1].p : NULL;
	f->t.tags = f->tags.p;
	f->rc = search_put(f->s, &f->t, e);
}

/* ---- one object ---- */

struct object { const struct entry *en; const struct json_val *o; uint64_t who; };

static void begin(struct filler *f, const struct object *b, enum find_group group, unsigned part, const char *date)
{
	const char *text = json_get_str(b->o, date);
	int64_t ns;

	fill_begin(f, group, part);
	fill_tag(f, 'p', b->en->party);
	buf_printf(&f->tags, "=w%llu ", (unsigned long long)b->who);
	if (text != NULL && time_parse(text, strlen(text), &ns))
		fill_day(f, ns);
	else
		fill_day(f, b->en->row.version_ns);
}

/* The texts of every element of a list. */
static void each_text(struct filler *f, const struct json_val *list, const char *key, struct err *e)
{
	const struct json_val *v;
	struct json_iter it;

	if (list == NULL || json_type(list) != JSON_ARRAY)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		fill_texts(f, json_get(v, key), e);
}

static void name_of(struct filler *f, const struct json_val *name, struct err *e)
{
	static const char *const parts[] = {"native", "latin", "reading"};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		fill_text(f, json_get_str(name, parts[i]), e);
}

static void names_of(struct filler *f, const struct json_val *list, struct err *e)
{
	const struct json_val *v;
	struct json_iter it;

	if (list == NULL || json_type(list) != JSON_ARRAY)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		name_of(f, json_get(v, "name"), e);
}

static void owners_of(struct filler *f, const struct json_val *list)
{
	const struct json_val *v;
	struct json_iter it;

	if (list == NULL || json_type(list) != JSON_ARRAY)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		fill_tag(f, 'p', json_str(v, NULL));
}

static void series_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_ROUND, 0, NULL);
	fill_tag(f, 'k', "series");
	fill_texts(f, json_get(b->o, "title"), e);
	each_text(f, json_get(b->o, "names"), "title", e);
	fill_texts(f, json_get(b->o, "mandate"), e);
	each_text(f, json_get(b->o, "mandates"), "title", e);
	fill_put(f, e);
}

static void round_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_ROUND, 0, "start");
	fill_texts(f, json_get(b->o, "title"), e);
	fill_texts(f, json_get(b->o, "venue"), e);
	names_of(f, json_get(b->o, "chairs"), e);
	each_text(f, json_get(b->o, "chairs"), "title", e);
	fill_put(f, e);
}

static void delegation_texts(struct filler *f, const struct object *b, struct err *e)
{
	const struct json_val *list = json_get(b->o, "members"), *v;
	const char *until = json_get_str(b->o, "expires");
	struct json_iter it;
	unsigned part = 0;
	int64_t ns;

	if (list == NULL || json_type(list) != JSON_ARRAY)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); ) {
		begin(f, b, FIND_PERSON, ++part, NULL);
		if (until != NULL && time_parse(until, strlen(until), &ns))
			f->t.expires = ns / NS_PER_S > 0 ? ns / NS_PER_S : 1;
		name_of(f, json_get(v, "name"), e);
		fill_texts(f, json_get(v, "function"), e);
		fill_texts(f, json_get(v, "agency"), e);
		fill_text(f, json_get_str(v, "agency_code"), e);
		fill_put(f, e);
	}
}

static void document_texts(struct filler *f, const struct object *b, struct err *e)
{
	const struct json_val *list = json_get(b->o, "units"), *v;
	struct json_iter it;
	unsigned part = 0;

	begin(f, b, FIND_DOCUMENT, 0, "date");
	fill_tag(f, 'k', json_get_str(b->o, "kind"));
	fill_texts(f, json_get(b->o, "title"), e);
	fill_text(f, json_get_str(b->o, "number"), e);
	fill_put(f, e);
	if (b->en->object.revoked || list == NULL || json_type(list) != JSON_ARRAY)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); ) {
		begin(f, b, FIND_UNIT, ++part, "date");
		fill_tag(f, 'k', json_get_str(b->o, "kind"));
		fill_texts(f, json_get(v, "text"), e);
		fill_put(f, e);
	}
}

static void proposal_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_COMMENT, 0, NULL);
	fill_tag(f, 'k', "proposal");
	fill_texts(f, json_get(b->o, "reason"), e);
	each_text(f, json_get(b->o, "changes"), "text", e);
	fill_put(f, e);
}

static void comment_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_COMMENT, 0, NULL);
	fill_texts(f, json_get(b->o, "text"), e);
	fill_put(f, e);
}

static void invitation_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_COMMENT, 0, NULL);
	fill_tag(f, 'k', "invitation");
	fill_texts(f, json_get(b->o, "text"), e);
	fill_texts(f, json_get(b->o, "venue"), e);
	fill_put(f, e);
}

static void commitment_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_COMMITMENT, 0, "due");
	owners_of(f, json_get(b->o, "owners"));
	fill_texts(f, json_get(b->o, "title"), e);
	fill_put(f, e);
}

static void progress_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_COMMITMENT, 0, NULL);
	fill_tag(f, 'k', "progress");
	fill_texts(f, json_get(b->o, "text"), e);
	each_text(f, json_get(b->o, "evidence"), "title", e);
	fill_put(f, e);
}

static void term_texts(struct filler *f, const struct object *b, struct err *e)
{
	begin(f, b, FIND_TERM, 0, NULL);
	fill_texts(f, json_get(b->o, "term"), e);
	fill_texts(f, json_get(b->o, "note"), e);
	fill_texts(f, json_get(b->o, "warning"), e);
	fill_put(f, e);
}

/* Threat data: what it is called. */
static void named(struct filler *f, const struct object *b, struct err *e)
{
	const struct json_val *list = json_get(b->o, "aliases"), *v;
	struct json_iter it;

	begin(f, b, FIND_THREAT, 0, NULL);
	fill_tag(f, 'k', json_get_str(b->o, "type"));
	fill_text(f, json_get_str(b->o, "name"), e);
	fill_text(f, json_get_str(b->o, "value"), e);
	if (list != NULL && json_type(list) == JSON_ARRAY)
		for (json_iter(&it, list); json_next(&it, NULL, &v); )
			fill_text(f, json_str(v, NULL), e);
	fill_put(f, e);
}

static void nothing(struct filler *f, const struct object *b, struct err *e)
{
	(void)f;
	(void)b;
	(void)e;
}

static void (*const kinds[STIX_KINDS_])(struct filler *f, const struct object *b, struct err *e) = {
	[STIX_OTHER] = named, [STIX_COLLECTION] = nothing, [STIX_SERIES] = series_texts, [STIX_ROUND] = round_texts, [STIX_DELEGATION] = delegation_texts,
	[STIX_DOCUMENT] = document_texts, [STIX_PROPOSAL] = proposal_texts, [STIX_ASSENT] = nothing, [STIX_PUBLICATION] = nothing,
	[STIX_WITHDRAWAL] = nothing, [STIX_INVITATION] = invitation_texts, [STIX_COMMENT] = comment_texts, [STIX_SILENCE] = nothing,
	[STIX_COMMITMENT] = commitment_texts, [STIX_PROGRESS] = progress_texts, [STIX_TERM] = term_texts, [STIX_MARKING] = nothing,
	[STIX_EXTENSION] = nothing, [STIX_LANGUAGE_CONTENT] = nothing, [STIX_RELATIONSHIP] = nothing, [STIX_SIGHTING] = nothing, [STIX_BUNDLE] = nothing,
};

int fill_entry(struct filler *f, const struct entry *en, struct err *e)
{
	struct object b = {.en = en, .o = en->object.val};

	if (en->object.revoked && en->object.kind != STIX_DOCUMENT)
		return 0;
	if ((f->rc = search_who(f->s, en->row.audience, en->row.collection, &b.who, e)) != 0)
		return f->rc;
	(kinds[en->object.kind] != NULL ? kinds[en->object.kind] : named)(f, &b, e);
	return f->rc;
}
