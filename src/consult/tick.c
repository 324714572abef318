/* What a node owes by the clock: the word of those who kept silent. */
#include <string.h>

#include "base/mem.h"
#include "consult/acts_priv.h"

struct waiting { struct index_entry *row; size_t n, cap; };

static int take(void *ctx, const struct index_entry *row, struct err *e)
{
	struct waiting *w = ctx;

	if (row->revoked)
		return 0;
	if (w->n == w->cap) {
		const size_t cap = w->cap == 0 ? 16 : 2 * w->cap;
		struct index_entry *p = mem_realloc(w->row, cap * sizeof(*p));

		if (p == NULL)
			return fail(e, E_NOMEM, "silence procedures");
		w->row = p;
		w->cap = cap;
	}
	w->row[w->n++] = *row;
	return 0;
}

/*
 * Silence is only taken for assent where it can have been heard: a day from its arrival here at least, whatever the
 * procedure says of itself. And who proposed changes, objected or took an assent back has not been silent.
 */
static bool was_silent(const struct doc_story *s, const char *silence, const char *own)
{
	const int64_t heard = s->silence_added * 1000 + LIMIT_SILENCE_S * NS_PER_S;
	const struct doc_facts *f = &s->facts;
	size_t me;

	if (doc_silence(f) != SILENCE_OVER || strcmp(s->silence, silence) != 0 || f->now < heard || !f->frozen || f->untranslated > 0 ||
	    !story_member(f, own, &me) || f->assent[me] != ASSENT_NONE || doc_may(f, MOVE_AGREE, own, NULL) != 0)
		return false;
	for (size_t i = 0; i < s->props; i++)
		if (s->prop[i].open && s->prop[i].member == me)
			return false;
	return true;
}

static int speak(const struct actor *a, const struct entry *silence, size_t *ret_words, struct err *e)
{
	const int64_t now = clock_now(&record_world(a->r)->clock);
	const struct json_val *o = silence->object.val;
	struct add_result res;
	struct doc_story s;
	struct entry doc;
	int rc;

	if (now < entry_time(json_get_str(o, "deadline")))
		return 0;
	rc = find_version(a->rd, silence->object.subject, json_get_str(o, "document_modified"), json_get_str(o, "document_sha256"), silence->row.collection, &doc, e);
	if (rc != 0)
		return rc == E_NOTFOUND || rc == E_FORMAT ? 0 : rc;
	if ((rc = story_read(a->rd, &doc, now, &s, e)) == 0) {
		if (was_silent(&s, silence->row.id, record_self(a->r)->party) && (rc = write_assent(a, &doc, ASSENT_AGREE, NULL, silence->row.id, &res, e)) == 0)
			++*ret_words;
		story_free(&s);
	}
	entry_free(&doc);
	/* Somebody spoke meanwhile, or this node no longer goes by the collection: nothing is owed then. */
	return rc == E_STATE || rc == E_DENIED || rc == E_NOTFOUND || rc == E_CONFLICT ? 0 : rc;
}

int consult_tick(struct record *r, struct record_reader *rd, size_t *ret_words, struct err *e)
{
	const struct actor a = {.r = r, .rd = rd, .role = ROLE_NODE};
	struct waiting w = {0};
	size_t words = 0;
	int rc = index_page(record_index(rd), 0, NULL, stix_type_name(STIX_SILENCE), SIZE_MAX, take, &w, e);

	for (size_t i = 0; rc == 0 && i < w.n; i++) {
		struct entry en;

		if ((rc = record_read(rd, &w.row[i], &en, e)) != 0)
			break;
		rc = en.object.kind == STIX_SILENCE ? speak(&a, &en, &words, e) : 0;
		entry_free(&en);
	}
	mem_free(w.row);
	*ret_words = words;
	return rc;
}
