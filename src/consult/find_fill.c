/* The index follows the record: entry by entry, in order of arrival. */
#include <string.h>

#include "base/mem.h"
#include "consult/find_priv.h"
#include "consult/priv.h"

#define AT_ONCE 256 /* entries of one transaction */

struct rows { struct index_entry *row; size_t n; };

static int take(void *ctx, const struct index_entry *row, struct err *e)
{
	struct rows *r = ctx;

	(void)e;
	r->row[r->n++] = *row;
	return 0;
}

/* Threat data comes by the million; what has no name is not read at all. */
static bool is_nameless(const char *id)
{
	static const char *const types[] = {"relationship--", "sighting--", "observed-data--", "marking-definition--", "extension-definition--",
		"language-content--", "verbale-assent--", "verbale-collection--"};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strncmp(id, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

/* ---- versions: the newest stays, and what others may still read only in an older one ---- */

struct versions { const struct index_entry *of; bool newer; bool other_audience; };

static int look(void *ctx, const struct index_entry *row, struct err *e)
{
	struct versions *v = ctx;

	(void)e;
	if (row->log != v->of->log || row->frame == v->of->frame || row->gone)
		return 0;
	v->newer = v->newer || (row->frame < v->of->frame && row->version_ns > v->of->version_ns);
	v->other_audience = v->other_audience || (row->frame < v->of->frame && row->audience != v->of->audience);
	return 0;
}

static int make_room(struct filler *f, const struct index_entry *row, bool *ret_old, struct err *e)
{
	struct versions v = {.of = row};
	int rc;

	if (row->fresh)
		return 0;
	if ((rc = index_versions(record_index(f->rd), row->id, row->collection, look, &v, e)) != 0)
		return rc;
	*ret_old = v.newer;
	if (!v.newer && v.other_audience && (rc = search_keep(f->s, row->id, 0, e)) != 0)
		return rc;
	return v.newer ? 0 : search_drop(f->s, row->id, row->log, 0, false, e);
}

/* ---- what the words of others do to texts ---- */

static int64_t version_of(const struct entry *en, const char *key)
{
	const char *s = json_get_str(en->object.val, key);

	return s != NULL ? entry_time(s) : 0;
}

static int take_entry(struct filler *f, const struct entry *en, struct err *e)
{
	const struct stix_object *o = &en->object;
	bool old = false;
	int rc;

	if (o->kind == STIX_PUBLICATION)
		return (rc = due_entry(f, en, e)) == 0 && o->subject != NULL ? search_keep(f->s, o->subject, version_of(en, "document_modified"), e) : rc;
	if (o->kind == STIX_WITHDRAWAL)
		return o->subject != NULL ? search_drop(f->s, o->subject, en->row.log, version_of(en, "object_modified"), true, e) : 0;
	if ((rc = make_room(f, &en->row, &old, e)) != 0 || old)
		return rc;
	if ((rc = due_entry(f, en, e)) != 0)
		return rc;
	f->t = (struct search_text){.key = en->row.id, .source = en->row.frame, .log = en->row.log, .version = en->row.version_ns};
	return fill_entry(f, en, e);
}

static int take_row(struct filler *f, const struct index_entry *row, struct err *e)
{
	struct entry en;
	int rc;

	if (row->draft && strncmp(row->id, "verbale-collection--", 20) != 0 && (rc = search_put_act(f->s, row->frame, row->added, e)) != 0)
		return rc;
	if (row->gone || is_nameless(row->id))
		return 0;
	if ((rc = record_read(f->rd, row, &en, e)) != 0)
		return rc;
	/* What our rules do not pass, or whose keys nobody knows any more, is shown to nobody. */
	if (en.object.id != NULL && en.party != NULL)
		rc = take_entry(f, &en, e);
	entry_free(&en);
	return rc;
}

/* ---- a batch ---- */

static int take_rows(struct filler *f, const struct rows *r, struct search_head *to, struct err *e)
{
	int rc = search_begin(f->s, e);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = take_row(f, &r->row[i], e);
	if (rc == 0)
		rc = due_settle(f, e);
	if (rc != 0) {
		search_rollback(f->s);
		return rc;
	}
	if (r->n > 0) {
		to->entry = r->row[r->n - 1].frame;
		memcpy(to->sha256, r->row[r->n - 1].sha256, 32);
	}
	return search_commit(f->s, to, e);
}

static int fill_snapshot(struct filler *f, size_t max, bool *ret_whole, struct err *e)
{
	CLEANUP(mem_free) void *room = mem_array(AT_ONCE, sizeof(struct index_entry));
	struct rows r = {.row = room};
	struct search_head at;
	uint64_t head = 0;
	size_t done = 0;
	int rc;

	if (room == NULL)
		return fail(e, E_NOMEM, "search");
	if ((rc = search_head(f->s, &at, e)) != 0 || (rc = index_reader_head(record_index(f->rd), &head, e)) != 0)
		return rc;
	while (rc == 0 && at.frame < head && (max == 0 || done < max)) {
		r.n = 0;
		if ((rc = index_page(record_index(f->rd), at.frame, NULL, NULL, AT_ONCE, take, &r, e)) != 0)
			break;
		at.frame = r.n == AT_ONCE ? r.row[r.n - 1].frame : head;
		done += r.n;
		rc = take_rows(f, &r, &at, e);
	}
	*ret_whole = rc == 0 && at.frame >= head;
	return rc;
}

int fill_record(struct search *s, struct record_reader *rd, size_t max, bool *ret_whole, struct err *e)
{
	CLEANUP(mem_free) void *room = mem_array(DIRTY_MAX, sizeof(struct index_dirty));
	struct filler f = {.s = s, .rd = rd, .series = room, .words = {BUF_INIT(LIMIT_FRAME), BUF_INIT(LIMIT_FRAME)}, .tags = BUF_INIT(LIMIT_FRAME)};
	int rc = room != NULL ? index_snapshot(record_index(rd), e) : fail(e, E_NOMEM, "search");

	if (rc != 0)
		return rc;
	rc = fill_snapshot(&f, max, ret_whole, e);
	index_release(record_index(rd));
	filler_free(&f);
	return rc;
}

/* A record that was restored from an older copy has other entries where ours were. */
int fill_fits(struct search *s, struct record_reader *rd, bool *ret, struct err *e)
{
	struct search_head h;
	struct index_entry row;
	uint64_t head = 0;
	int rc;

	if ((rc = search_head(s, &h, e)) != 0 || (rc = index_reader_head(record_index(rd), &head, e)) != 0)
		return rc;
	*ret = h.entry <= head;
	if (h.entry == 0 || !*ret)
		return 0;
	rc = index_at_frame(record_index(rd), h.entry, &row, e);
	*ret = rc == 0 && memcmp(row.sha256, h.sha256, 32) == 0;
	return rc == E_CORRUPT ? 0 : rc;
}
