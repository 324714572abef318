/* Documents: units, states, assents. */
#include <string.h>

#include "web/load.h"

static void get_unit(struct loader *l, const struct json_val *v, struct v_unit *u)
{
	const struct json_val *lead = json_get(v, "lead"), *party;
	struct json_iter it;

	*u = (struct v_unit){.number = get_str(l, v, "number"), .text = get_text(l, v, "text"), .pause = get_bool(v, "pause"),
		.bracketed = json_str_is(json_get(v, "state"), "bracketed"), .bracketed_by = get_str(l, v, "bracketed_by")};
	if (u->number == NULL)
		u->number = "";
	u->start = get_time(v, "start", INT64_MIN);
	u->end = get_time(v, "end", INT64_MIN);
	u->has_time = u->start != INT64_MIN && u->end != INT64_MIN;
	if (!is_list(lead))
		return;
	for (json_iter(&it, lead); json_next(&it, NULL, &party); )
		if (json_str(party, NULL) != NULL)
			u->lead = u->lead == NULL ? arena_str(l->a, json_str(party, NULL)) : arena_printf(l->a, "%s, %s", u->lead, json_str(party, NULL));
}

static void get_units(struct loader *l, const struct json_val *o, struct v_document *d)
{
	const struct json_val *list = json_get(o, "units"), *unit;
	struct json_iter it;

	if (!is_list(list) || (d->unit = arena_array(l->a, json_len(list) + 1, sizeof *d->unit)) == NULL)
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &unit); )
		get_unit(l, unit, &d->unit[d->units++]);
}

static void get_langs(const struct json_val *o, const char *key, bool ret[LANG_COUNT])
{
	const struct json_val *list = json_get(o, key), *v;
	struct json_iter it;

	if (!is_list(list))
		return;
	for (json_iter(&it, list); json_next(&it, NULL, &v); )
		for (unsigned k = 0; k < LANG_COUNT; k++)
			if (json_str_is(v, lang_code((enum lang)k)))
				ret[k] = true;
}

static bool has_text(const struct v_document *d, enum lang k)
{
	for (size_t i = 0; i < d->units; i++)
		if (d->unit[i].text.s[k] != NULL)
			return true;
	return false;
}

static void add_col(struct v_document *d, enum lang k)
{
	for (size_t i = 0; i < d->cols; i++)
		if (d->col[i] == k)
			return;
	if (has_text(d, k))
		d->col[d->cols++] = k;
}

/* Asked for columns first; else the reader's own language, then the others (alternat). English stays out unless it is the reader's. */
static void choose_cols(const struct loader *l, struct v_document *d)
{
	static const enum lang order[] = {LANG_DE, LANG_JA};
	size_t n;

	for (const char *s = l->view; s != NULL && *s != '\0'; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		for (unsigned k = 0; k < LANG_COUNT; k++)
			if (n == 2 && strncmp(s, lang_code((enum lang)k), 2) == 0)
				add_col(d, (enum lang)k);
	}
	if (d->cols > 0)
		return;
	add_col(d, l->lang);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		add_col(d, order[i]);
	add_col(d, LANG_EN);
	/* English, as a translation, joins two columns only for its own readers. */
	if (l->lang != LANG_EN && d->cols > 2)
		d->cols = 2;
}

void document_set_page(struct loader *l, struct v_document *d, struct url page)
{
	d->page = page;
	if (l->lang != LANG_EN && has_text(d, LANG_EN))
		d->with_english = url_query(l->a, page, "view", l->lang == LANG_DE ? "de,en" : "ja,en");
}

static void make_urls(struct loader *l, const struct v_round *r, struct v_document *d)
{
	const char *lang = lang_code(l->lang);

	document_set_page(l, d, url_path(l->a, lang, "series", r->series_slug, "rounds", r->key, "documents", d->number, NULL));
	d->proof = url_path(l->a, lang, "record", d->number, NULL);
	if (d->version < d->versions)
		d->proof = url_query(l->a, d->proof, "v", d->modified);
	d->permanent = url_path(l->a, "r", d->number, "v", d->modified, NULL);
	d->print_permanent = url_absolute(l->a, l->base_url, d->permanent);
	d->json = url_suffix(l->a, d->permanent, ".json");
	d->pdf = url_path(l->a, lang, "series", r->series_slug, "rounds", r->key, "documents", d->number, "pdf", NULL);
	d->txt = url_path(l->a, lang, "series", r->series_slug, "rounds", r->key, "documents", d->number, "txt", NULL);
	if (d->version < d->versions) {
		d->pdf = url_query(l->a, d->pdf, "v", d->modified);
		d->txt = url_query(l->a, d->txt, "v", d->modified);
	}
	d->draft = url_path(l->a, lang, "series", r->series_slug, "rounds", r->key, "documents", d->number, "draft", NULL);
	if (d->versions > 1)
		d->compare = url_path(l->a, lang, "series", r->series_slug, "rounds", r->key, "documents", d->number, "compare", NULL);
	d->feed = url_path(l->a, lang, "series", r->series_slug, "feed.atom", NULL);
	d->mail = url_mail(l->a, arena_printf(l->a, "%s: %s", d->number, bitext_in(&d->title, l->lang).s), d->print_permanent.s);
}

static void sort_assents(struct v_document *d, enum lang lang)
{
	for (size_t i = 1; i < d->assents; i++)
		for (size_t k = i; k > 0 && alternat(lang, d->assent[k].party, d->assent[k - 1].party) < 0; k--) {
			const struct v_assent swap = d->assent[k];

			d->assent[k] = d->assent[k - 1];
			d->assent[k - 1] = swap;
		}
}

/* When each side's word was given: the newest readable assent of its log to exactly this version. */
static int date_assents(struct loader *l, const struct entry *doc, const char *sha256, struct v_document *d, struct err *e)
{
	struct picks rows = {0};
	struct entry en;
	int rc = load_rows_about(l, doc->row.id, &rows, e);

	for (size_t i = 0; rc == 0 && i < rows.n; i++) {
		if (memcmp(rows.row[i].collection, doc->row.collection, 16) != 0 || strncmp(rows.row[i].id, "verbale-assent--", 16) != 0)
			continue;
		if ((rc = load_row(l, &rows.row[i], &en, e)) != 0) {
			rc = rc == E_NOTFOUND ? 0 : rc;
			continue;
		}
		for (size_t k = 0; k < d->assents; k++)
			if (strcmp(d->assent[k].party, en.party) == 0 && json_str_is(json_get(en.object.val, "object_sha256"), sha256) &&
			    json_str_is(json_get(en.object.val, "object_modified"), doc->row.modified))
				d->assent[k].at = get_time(en.object.val, "modified", d->assent[k].at);
		entry_free(&en);
	}
	return rc;
}

static int get_state(struct loader *l, const struct entry *en, struct v_document *d, struct err *e)
{
	struct doc_facts *f = arena_get(l->a, sizeof *f);
	int rc;

	if (f == NULL)
		return fail(e, E_NOMEM, "page");
	if ((rc = consult_facts(l->rd, en, l->now, f, e)) != 0)
		return rc;
	d->state = doc_state(f);
	d->has_publication = f->has_publication;
	d->publish_at = f->publish_at;
	for (size_t i = 0; i < f->members; i++)
		d->assent[d->assents++] = (struct v_assent){f->member[i], f->assent[i], 0};
	sort_assents(d, l->lang);
	return date_assents(l, en, d->sha256, d, e);
}

int load_document(struct loader *l, const struct v_round *r, const struct picked *p, struct v_document *ret, struct err *e)
{
	const struct entry *en = &p->entry;
	const struct json_val *o = en->object.val;
	const char *kind = json_get_str(o, "kind"), *number = get_str(l, o, "number");
	struct index_log log;
	uint8_t sum[32];
	int rc;

	if (en->object.kind != STIX_DOCUMENT || kind == NULL || number == NULL)
		return fail(e, E_NOTFOUND, "not found");
	*ret = (struct v_document){.kind = word_kind(kind), .kind_code = arena_str(l->a, kind), .number = number, .id = arena_str(l->a, en->row.id),
		.modified = arena_str(l->a, en->row.modified), .version = p->version, .versions = p->versions, .title = get_text(l, o, "title"),
		.date = get_time(o, "date", 0), .writer = arena_str(l->a, en->party), .index = en->row.index, .reading = get_links(l, o, "further_reading"),
		.example = get_bool(o, "example"), .confirmed = true};
	if ((rc = entry_object_sha256(en, sum, e)) != 0 || (rc = index_get_log(record_index(l->rd), en->row.log, &log, e)) != 0)
		return rc;
	ret->sha256 = hex_text(l, sum, sizeof sum);
	ret->origin = arena_str(l->a, log.origin);
	ret->log_size = log.note_size;
	ret->correction = get_text(l, json_get(o, "correction"), "reason");
	ret->withdrawal = get_text(l, o, "withdrawal");
	get_units(l, o, ret);
	get_langs(o, "authentic", ret->authentic);
	get_langs(o, "provisional", ret->provisional);
	choose_cols(l, ret);
	make_urls(l, r, ret);
	rc = get_state(l, en, ret, e);
	/* What an example re-enacts happened on the text's own date, not on the day it was entered. */
	if (rc == 0 && ret->example)
		ret->publish_at = get_time(o, "publish_at", ret->publish_at);
	return rc;
}
