/* Release for pages: one verdict for all rows that release cannot tell apart. */
#include <string.h>

#include "base/mem.h"
#include "record/priv.h"

void page_state_free(struct page_state *s)
{
	index_cursor_free(s->at);
	mem_free(s->row);
	mem_free(s->found);
	mem_free(s->take);
	mem_free(s->want);
	mem_free(s->place);
	buf_free(&s->key);
	buf_free(&s->bytes);
}

static bool same_text(const char *a, bool has, const char *b) { return has == (b != NULL) && (b == NULL || strcmp(a, b) == 0); }

static bool keep_text(char *to, size_t room, bool *has, const char *from)
{
	*has = from != NULL;
	put_text(to, room, from != NULL ? from : "");
	return from == NULL || strlen(from) < room;
}

static bool same_reader(const struct page_state *s, const struct reader *who)
{
	return s->role == who->role && same_text(s->party, s->has_party, who->party) && same_text(s->agency, s->has_agency, who->agency) &&
	    same_text(s->person, s->has_person, who->person);
}

/* `via` is left out: it never changes the answer. A name too long to be kept is not kept: nothing holds for the next page. */
static bool keep_reader(struct page_state *s, const struct reader *who)
{
	bool whole = keep_text(s->party, sizeof(s->party), &s->has_party, who->party);

	whole = keep_text(s->agency, sizeof(s->agency), &s->has_agency, who->agency) && whole;
	whole = keep_text(s->person, sizeof(s->person), &s->has_person, who->person) && whole;
	s->role = who->role;
	return whole;
}

/* What hangs on the text of a marking may have changed with any entry; what hangs on the collection, only with our own types. */
static void drop_marked(struct page_state *s)
{
	for (size_t i = 0; i < VERDICTS; i++)
		if (s->verdict[i].marked)
			s->verdict[i].audience = 0;
}

int page_verdicts(struct record_reader *rd, const struct page_query *q, struct err *e)
{
	static const struct reader nobody = {.role = ROLE_NONE};
	const struct reader *who = q->who != NULL ? q->who : &nobody;
	struct page_state *s = &rd->page;
	uint64_t head = 0, own = 0;
	int rc;

	if ((rc = index_reader_head(rd->ix, &head, e)) != 0 || (rc = index_reader_own(rd->ix, &own, e)) != 0)
		return rc;
	if (s->known && s->own == own && memcmp(s->uuid, q->collection, 16) == 0 && same_reader(s, who)) {
		if (s->head != head)
			drop_marked(s);
		s->head = head;
		return 0;
	}
	s->known = false;
	memset(s->verdict, 0, sizeof(s->verdict));
	rc = record_collection(rd, q->collection, &s->col, NULL);
	if (rc != 0 && rc != E_NOTFOUND)
		return fail(e, rc, "collection cannot be read");
	s->has_col = rc == 0;
	s->head = head;
	s->own = own;
	memcpy(s->uuid, q->collection, 16);
	s->known = keep_reader(s, who);
	return 0;
}

static int judge(struct record_reader *rd, const struct page_query *q, uint32_t audience, size_t slot, struct err *e)
{
	struct page_state *s = &rd->page;
	struct policy_object o = {.published = rd->r->pub != NULL};
	struct audience a;
	int rc;

	buf_clear(&s->key);
	if ((rc = index_audience_key(rd->ix, audience, &s->key, e)) != 0 || (rc = audience_get(&s->key, &a, e)) != 0 ||
	    (rc = party_of(rd, a.log, &o.writer, e)) != 0)
		return rc;
	o.tlp = marked_level(rd, a.tlp, a.marking, a.markings, a.log);
	o.has_release_to = a.has_release_to;
	o.release_to = a.release_to;
	o.release_to_n = a.release_to_n;
	s->verdict[slot].yes = may_read(q->who, &o, s->has_col ? &s->col : NULL).yes;
	s->verdict[slot].marked = a.markings > 0;
	s->verdict[slot].audience = audience;
	return 0;
}

/* A document, an assent …: whether it is out depends on what others say of it. */
static int judge_object(struct record_reader *rd, const struct page_query *q, uint64_t frame, bool *ret, struct err *e)
{
	struct index_entry row;
	struct entry en;
	int rc;

	if ((rc = index_at_frame(rd->ix, frame, &row, e)) != 0 || (rc = record_read(rd, &row, &en, e)) != 0)
		return rc;
	rc = record_may_read(rd, q->who, &en, e);
	entry_free(&en);
	*ret = rc == 0;
	return rc == E_NOTFOUND ? 0 : rc;
}

int page_may(struct record_reader *rd, const struct page_query *q, const struct index_row *row, bool *ret, struct err *e)
{
	struct page_state *s = &rd->page;
	const size_t slot = row->audience & (VERDICTS - 1);
	int rc;

	if ((row->flags & ROW_DRAFT) != 0)
		return judge_object(rd, q, row->frame, ret, e);
	if (s->verdict[slot].audience != row->audience && (rc = judge(rd, q, row->audience, slot, e)) != 0)
		return rc;
	*ret = s->verdict[slot].yes;
	return 0;
}

int record_audience_may(struct record_reader *rd, const struct reader *who, const uint8_t collection[16], uint32_t audience, bool *ret, struct err *e)
{
	struct page_query q = {.who = who};
	int rc;

	memcpy(q.collection, collection, sizeof q.collection);
	if ((rc = page_verdicts(rd, &q, e)) != 0)
		return rc;
	return page_may(rd, &q, &(struct index_row){.audience = audience}, ret, e);
}
