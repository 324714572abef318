/* Reading entries back, and the one question every way out asks. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/priv.h"

int record_reader_new(struct record *r, struct record_reader **ret, struct err *e)
{
	CLEANUP_STR char *path = record_path(r, "index.sqlite");
	struct record_reader *rd = mem_zalloc(sizeof(*rd));
	int rc = path == NULL || rd == NULL ? fail(e, E_NOMEM, "reader") : index_reader_open(path, &rd->ix, e);

	if (rc != 0) {
		mem_free(rd);
		return rc == E_NOMEM ? rc : fail_wrap(e, rc, "the index cannot be read (verbale rebuild makes it anew from the journal): ");
	}
	rd->r = r;
	rd->owns_ix = true;
	if (r->index != NULL)
		index_attach(r->index, rd->ix);
	*ret = rd;
	return 0;
}

void record_reader_free(struct record_reader *rd)
{
	if (rd == NULL)
		return;
	if (rd->owns_ix)
		index_reader_close(rd->ix);
	buf_free(&rd->frame);
	page_state_free(&rd->page);
	mem_free(rd);
}

struct record *record_of(struct record_reader *rd) { return rd->r; }
struct index_reader *record_index(struct record_reader *rd) { return rd->ix; }

void entry_free(struct entry *en)
{
	if (en == NULL)
		return;
	json_free(en->doc);
	buf_free(&en->bytes);
	en->doc = NULL;
}

int entry_object_sha256(const struct entry *en, uint8_t ret[32], struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_FRAME);
	int rc;

	json_canon(en->object.val, &b);
	if ((rc = buf_err(&b, e, "object")) == 0)
		sha256(b.p, b.n, ret);
	return rc;
}

int party_of(struct record_reader *rd, uint32_t log, const char **ret, struct err *e)
{
	const struct record *r = rd->r;
	struct index_log row;
	int rc;

	*ret = r->self.party;
	if (log == 0)
		return 0;
	if ((rc = index_get_log(rd->ix, log, &row, e)) != 0)
		return rc;
	*ret = NULL;
	for (size_t i = 1; i < r->peers; i++)
		if (strcmp(r->peer[i].origin, row.origin) == 0)
			*ret = r->peer[i].party;
	return 0;
}

/* The frame at row's address; a reader process beside a writer may have to look how far the writer got. */
static int read_frame(struct record_reader *rd, struct frame_ref at, enum frame_type *type, struct err *e)
{
	int rc = journal_read(rd->r->journal, at, type, &rd->frame, e);

	if (rc == E_NOTFOUND && !rd->r->writable && (rc = journal_refresh(rd->r->journal, e)) == 0)
		rc = journal_read(rd->r->journal, at, type, &rd->frame, e);
	return rc;
}

/* Content that our rules do not pass (a peer may log anything) is kept and proven, but fails closed for release. */
static void describe(struct entry *en)
{
	const struct json_val *obj = json_get(json_root(en->doc), "object");

	if (stix_check(obj, &(struct stix_how){.strict = STIX_LENIENT, .v20 = true}, &en->object, NULL) != 0) {
		memset(&en->object, 0, sizeof(en->object));
		en->object.tlp = TLP_UNKNOWN;
	}
	en->object.val = obj;
}

static int check_entry(const struct frame_entry *fe, const struct index_entry *row, struct err *e)
{
	uint8_t sum[SHA256_LEN];

	sha256(fe->p, fe->n, sum);
	if (fe->index != row->index || memcmp(sum, row->sha256, sizeof(sum)) != 0)
		return fail(e, E_CORRUPT, "entry %llu: the journal holds other bytes than the index says", (unsigned long long)row->index);
	return 0;
}

int record_read(struct record_reader *rd, const struct index_entry *row, struct entry *ret, struct err *e)
{
	const struct json_read_opt opt = {.what = "entry", .max_bytes = LIMIT_FRAME};
	struct entry en = {.row = *row, .bytes = BUF_INIT(LIMIT_FRAME)};
	struct frame_entry fe;
	enum frame_type type;
	int rc;

	if ((rc = read_frame(rd, (struct frame_ref){row->frame, row->at}, &type, e)) != 0 ||
	    (rc = frame_get_entry(type, rd->frame.p, rd->frame.n, &fe, e)) != 0 || (rc = check_entry(&fe, row, e)) != 0 ||
	    (rc = party_of(rd, row->log, &en.party, e)) != 0)
		return rc;
	memcpy(en.salt, fe.salt, SALT_LEN);
	buf_put(&en.bytes, fe.p, fe.n);
	if ((rc = buf_err(&en.bytes, e, "entry")) == 0)
		rc = json_read(en.bytes.p, en.bytes.n, &opt, &en.doc, e);
	if (rc != 0) {
		entry_free(&en);
		return rc;
	}
	describe(&en);
	*ret = en;
	return 0;
}

int record_read_at(struct record_reader *rd, uint32_t log, uint64_t index, struct entry *ret, struct err *e)
{
	struct index_entry row;
	const int rc = index_get_entry(rd->ix, log, index, &row, e);

	return rc != 0 ? rc : record_read(rd, &row, ret, e);
}

struct newest { struct index_entry row; bool any; };

static int take_newest(void *ctx, const struct index_entry *row, struct err *e)
{
	struct newest *n = ctx;

	(void)e;
	if (!n->any || row->modified[0] == '\0' || n->row.modified[0] == '\0' ||
	    time_compare(row->modified, strlen(row->modified), n->row.modified, strlen(n->row.modified)) > 0)
		n->row = *row;
	n->any = true;
	return 0;
}

int record_newest(struct record_reader *rd, const char *id, const uint8_t *collection, struct entry *ret, struct err *e)
{
	struct newest n = {.any = false};
	const int rc = index_versions(rd->ix, id, collection, take_newest, &n, e);

	if (rc != 0)
		return rc;
	return n.any ? record_read(rd, &n.row, ret, e) : fail(e, E_NOTFOUND, "%s: not in this record", id);
}

/* ---- release ---- */

/* What one version of a marking-definition says; unreadable is unknown. */
static enum tlp version_level(const struct entry *en)
{
	enum tlp t = TLP_UNKNOWN;

	switch (stix_marking_of(en->object.val, &t)) {
	case MARKING_STATEMENT:
		return TLP_NONE;
	case MARKING_TLP:
		return t;
	case MARKING_UNKNOWN:
		break;
	}
	return TLP_UNKNOWN;
}

struct levels { struct record_reader *rd; uint32_t log; enum tlp strictest; bool any; };

static int look_at_marking(void *ctx, const struct index_entry *row, struct err *e)
{
	struct levels *l = ctx;
	struct entry en;
	enum tlp t;
	int rc;

	if (row->log != l->log)
		return 0;
	if ((rc = record_read(l->rd, row, &en, e)) != 0)
		return rc;
	t = version_level(&en);
	entry_free(&en);
	l->any = true;
	if (t > l->strictest)
		l->strictest = t;
	return 0;
}

/*
 * Markings other than TLP count only through their definition, as the object's own writer logged it; of several the
 * strictest holds. Otherwise a member could loosen another's marking by logging a harmless text under its id.
 */
static enum tlp marking_level(struct record_reader *rd, const char *id, uint32_t log)
{
	struct levels l = {.rd = rd, .log = log, .strictest = TLP_NONE};

	if (index_versions(rd->ix, id, NULL, look_at_marking, &l, NULL) != 0 || !l.any)
		return TLP_UNKNOWN;
	return l.strictest;
}

enum tlp marked_level(struct record_reader *rd, enum tlp t, const char *const *marking, size_t n, uint32_t log)
{
	for (size_t i = 0; i < n && t != TLP_UNKNOWN; i++) {
		const enum tlp m = marking_level(rd, marking[i], log);

		if (m > t)
			t = m;
	}
	return t;
}

int record_may_read(struct record_reader *rd, const struct reader *who, const struct entry *en, struct err *e)
{
	struct record *r = rd->r;
	struct policy_object o = {
		.tlp = marked_level(rd, en->object.tlp, en->object.marking, en->object.markings, en->row.log), .has_release_to = en->object.has_release_to,
		.release_to = en->object.release_to, .release_to_n = en->object.release_to_n, .writer = en->party,
	};
	struct collection col;
	bool known;
	int rc = record_collection(rd, en->row.collection, &col, NULL);

	if (rc != 0 && rc != E_NOTFOUND)
		return fail(e, rc, "collection cannot be read");
	known = rc == 0;
	/* Being published only ever adds readers: it is asked (and what others say of a document read) where it decides. */
	if (may_read(who, &o, known ? &col : NULL).yes)
		return 0;
	o.published = true;
	if (r->pub == NULL || en->object.type == NULL || !may_read(who, &o, known ? &col : NULL).yes)
		return fail(e, E_NOTFOUND, "%s", "not found");
	if ((rc = r->pub(r->rules_ctx, rd, &en->row, &en->object, clock_now(&r->w.clock), &o.published, e)) != 0)
		return rc;
	return o.published ? 0 : fail(e, E_NOTFOUND, "%s", "not found");
}
