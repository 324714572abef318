/* National papers: versions to rows and back, lists, requests and their answers. */
#include "store/home.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/home_priv.h"

/* ---- checking ---- */

static const char *or_empty(const char *s) { return s != NULL ? s : ""; }

static int check_texts(const struct home_paper *p, struct err *e)
{
	int rc = db_text_ok(or_empty(p->title), 4 * LIMIT_TITLE, TEXT_EMPTY, "title of a paper", e);

	for (enum home_text t = HOME_BODY; rc == 0 && t < HOME_TEXTS; t++) {
		const char *name = home_text_name(p->kind, t), *text = or_empty(p->text[t]);

		if (name == NULL && text[0] != '\0')
			rc = fail(e, E_FORMAT, "a %s has no such part; only a briefing has", home_kind_word(p->kind));
		else if (name != NULL)
			rc = db_text_ok(text, LIMIT_HOME_TEXT, TEXT_EMPTY | TEXT_LINES, name, e);
	}
	return rc;
}

static int check_refs(const struct home_paper *p, struct err *e)
{
	int rc = 0;

	if (p->refs > LIMIT_HOME_REFS)
		return fail(e, E_LIMIT, "a paper rests on at most %d others", LIMIT_HOME_REFS);
	if (p->kind == HOME_CONTRIBUTION ? p->refs > 1 : p->kind != HOME_POSITION && p->refs > 0)
		return fail(e, E_FORMAT, "a contribution rests on one request, a position on contributions; a %s on nothing", home_kind_word(p->kind));
	for (size_t i = 0; rc == 0 && i < p->refs; i++)
		rc = p->ref[i].version == 0 ? fail(e, E_FORMAT, "what a paper rests on: a version is due") : home_check_id(p->ref[i].id, "paper", e);
	return rc;
}

static int check_paper(const struct home_paper *p, struct err *e)
{
	int rc;

	if (p->kind <= HOME_ANY || p->kind >= HOME_KINDS || p->state <= HOME_NO_STATE || p->state >= HOME_STATES)
		return fail(e, E_FORMAT, "a paper of no kind or state of ours");
	if (p->kind != HOME_REQUEST && p->deadline_s != 0)
		return fail(e, E_FORMAT, "a %s has no deadline; a request has", home_kind_word(p->kind));
	if ((rc = home_check_id(p->id, "paper", e)) != 0 || (rc = db_text_ok(p->round, LIMIT_STIX_ID, TEXT_EMPTY, "round of a paper", e)) != 0 ||
	    (rc = db_text_ok(p->item, LIMIT_HOME_ITEM, TEXT_EMPTY, "agenda item of a paper", e)) != 0 ||
	    (rc = db_text_ok(p->agency, LIMIT_AGENCY, p->kind == HOME_REQUEST || p->kind == HOME_CONTRIBUTION ? 0 : TEXT_EMPTY, "agency of a paper", e)) != 0 ||
	    (rc = db_text_ok(p->author, LIMIT_USER, 0, "author of a paper", e)) != 0 || (rc = db_text_ok(p->owner, LIMIT_USER, TEXT_EMPTY, "owner of a paper", e)) != 0 ||
	    (rc = check_refs(p, e)) != 0)
		return rc;
	return check_texts(p, e);
}

/* ---- saving ---- */

static void put_refs(const struct home_paper *p, struct buf *out)
{
	for (size_t i = 0; i < p->refs; i++)
		buf_printf(out, "%s%s.%" PRIu64, i > 0 ? " " : "", p->ref[i].id, p->ref[i].version);
	buf_putc(out, '\0');
}

static int read_refs(const char *s, struct home_paper *p, struct err *e)
{
	char *end;

	for (p->refs = 0; *s != '\0'; s = *end == ' ' ? end + 1 : end) {
		if (p->refs == LIMIT_HOME_REFS || strnlen(s, 18) < 18 || s[16] != '.')
			return home_bad_row("version", e);
		memcpy(p->ref[p->refs].id, s, 16);
		p->ref[p->refs].id[16] = '\0';
		p->ref[p->refs].version = strtoull(s + 17, &end, 10);
		if (p->ref[p->refs].version == 0 || (*end != ' ' && *end != '\0'))
			return home_bad_row("version", e);
		p->refs++;
	}
	return 0;
}

static const char *request_of(const struct home_paper *p) { return p->kind == HOME_CONTRIBUTION && p->refs > 0 ? p->ref[0].id : ""; }

struct newest { uint64_t version; int kind; char round[LIMIT_STIX_ID + 1], item[LIMIT_HOME_ITEM + 1], agency[LIMIT_AGENCY + 1], request[17]; };

/* *ret zeroed: there is no such paper. */
static int find_newest(struct home *h, const char *id, struct newest *ret, struct err *e)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = db_start(&h->db, HQ_NEWEST, &st, e, "t", id);

	*ret = (struct newest){0};
	if (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0 && row) {
		ret->version = db_u64(st, 0);
		ret->kind = sqlite3_column_int(st, 1);
		if (ret->version == 0 || !db_text(st, 2, ret->round, sizeof(ret->round)) || !db_text(st, 3, ret->item, sizeof(ret->item)) ||
		    !db_text(st, 4, ret->agency, sizeof(ret->agency)) || !db_text(st, 5, ret->request, sizeof(ret->request)))
			rc = home_bad_row("paper", e);
	}
	db_done(st);
	return rc;
}

static int check_base(const struct home_paper *p, const struct newest *was, uint64_t base, struct err *e)
{
	if (was->version == 0 && base > 0)
		return fail(e, E_NOTFOUND, "there is no paper %s", p->id);
	if (was->version != base)
		return fail(e, E_CONFLICT, "%s %s: version %" PRIu64 " was changed here, the newest is %" PRIu64, home_kind_word(p->kind), p->id, base, was->version);
	if (base > 0 && (was->kind != (int)p->kind || strcmp(was->round, p->round) != 0 || strcmp(was->item, p->item) != 0 || strcmp(was->agency, p->agency) != 0 ||
	    strcmp(was->request, request_of(p)) != 0))
		return fail(e, E_STATE, "%s %s: kind, round, item, agency and request stay what they were", home_kind_word(p->kind), p->id);
	return 0;
}

static int add_paper(struct home *h, const struct home_paper *p, uint64_t change, struct err *e)
{
	const int rc = db_run(&h->db, HQ_ADD_PAPER, e, "titttttu", p->id, (int64_t)p->kind, p->round, p->item, p->agency, request_of(p),
	    p->owner[0] != '\0' ? p->owner : p->author, change);

	if (rc == E_CONFLICT)
		return p->kind == HOME_POSITION ? fail(e, E_CONFLICT, "there is a position on this item already")
		                                : fail(e, E_CONFLICT, "this request has a contribution already");
	return rc;
}

static int add_version(struct home *h, const struct home_paper *p, const char *refs, uint64_t base, struct err *e)
{
	uint64_t change;
	int rc = db_run(&h->db, HQ_ADD_VERSION, e, "tuitiittttt", p->id, base + 1, (int64_t)p->state, p->author, p->at_us, p->deadline_s, or_empty(p->title),
	    or_empty(p->text[HOME_BODY]), or_empty(p->text[HOME_POINTS]), or_empty(p->text[HOME_ANSWERS]), refs);

	if (rc != 0)
		return rc;
	change = (uint64_t)sqlite3_last_insert_rowid(h->db.h);
	return base == 0 ? add_paper(h, p, change, e) : db_run(&h->db, HQ_SET_NEWEST, e, "tu", p->id, change);
}

int home_put(struct home *h, const struct home_paper *p, uint64_t base, uint64_t *ret_version, struct err *e)
{
	CLEANUP_BUF struct buf refs = BUF_INIT(LIMIT_HOME_REFS * 40);
	struct newest was;
	int rc;

	if ((rc = check_paper(p, e)) != 0)
		return rc;
	put_refs(p, &refs);
	if ((rc = buf_err(&refs, e, "what a paper rests on")) != 0 || (rc = home_begin(h, e)) != 0)
		return rc;
	if ((rc = find_newest(h, p->id, &was, e)) == 0 && (rc = check_base(p, &was, base, e)) == 0)
		rc = add_version(h, p, refs.p, base, e);
	if ((rc = home_end(h, rc, e)) == 0 && ret_version != NULL)
		*ret_version = base + 1;
	return rc;
}

/* ---- reading ---- */

/* Texts point into the statement's row. */
static int fill_paper(struct home *h, sqlite3_stmt *st, struct home_paper *p, size_t n[static 1 + HOME_TEXTS], struct err *e)
{
	const char *refs;
	size_t refs_n;
	int rc = 0;

	*p = (struct home_paper){.version = db_u64(st, 1), .change = db_u64(st, 2), .kind = (enum home_kind)sqlite3_column_int(st, 3), .state = (enum home_state)sqlite3_column_int(st, 4),
	    .at_us = sqlite3_column_int64(st, 10), .deadline_s = sqlite3_column_int64(st, 11)};
	if (p->kind <= HOME_ANY || p->kind >= HOME_KINDS || p->state <= HOME_NO_STATE || p->state >= HOME_STATES || !db_text(st, 0, p->id, sizeof(p->id)) ||
	    !db_text(st, 5, p->round, sizeof(p->round)) || !db_text(st, 6, p->item, sizeof(p->item)) || !db_text(st, 7, p->agency, sizeof(p->agency)) ||
	    !db_text(st, 8, p->author, sizeof(p->author)) || !db_text(st, 9, p->owner, sizeof(p->owner)))
		return home_bad_row("version", e);
	if ((rc = home_column(&h->db, st, 12, &p->title, &n[0], e)) != 0)
		return rc;
	for (int t = 0; rc == 0 && t < HOME_TEXTS; t++)
		rc = home_column(&h->db, st, 13 + t, &p->text[t], &n[1 + t], e);
	if (rc != 0 || (rc = home_column(&h->db, st, 16, &refs, &refs_n, e)) != 0)
		return rc;
	return read_refs(refs, p, e);
}

static int keep_paper(struct home_paper *p, const size_t n[static 1 + HOME_TEXTS], struct err *e)
{
	struct home_piece piece[1 + HOME_TEXTS] = {{&p->title, n[0]}};

	for (size_t t = 0; t < HOME_TEXTS; t++)
		piece[1 + t] = (struct home_piece){&p->text[t], n[1 + t]};
	return (p->own = home_keep(piece, ARRAY_LEN(piece))) != NULL ? 0 : fail(e, E_NOMEM, "a paper");
}

void home_paper_free(struct home_paper *p)
{
	if (p != NULL)
		mem_free(p->own);
	if (p != NULL)
		*p = (struct home_paper){0};
}

int home_get(struct home *h, const char *id, uint64_t version, struct home_paper *ret, struct err *e)
{
	struct home_paper p;
	size_t n[1 + HOME_TEXTS];
	sqlite3_stmt *st = NULL;
	bool row = false;
	int rc = version == 0 ? db_start(&h->db, HQ_PAPER_NEWEST, &st, e, "t", id) : db_start(&h->db, HQ_PAPER_VERSION, &st, e, "tu", id, version);

	if (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0)
		rc = row ? fill_paper(h, st, &p, n, e) : fail(e, E_NOTFOUND, version == 0 ? "there is no paper %.20s" : "there is no such version of paper %.20s", id);
	if (rc == 0 && (rc = keep_paper(&p, n, e)) == 0)
		*ret = p;
	db_done(st);
	return rc;
}

static int walk(struct home *h, sqlite3_stmt *st, home_visit *v, void *ctx, struct err *e)
{
	struct home_paper p;
	size_t n[1 + HOME_TEXTS];
	bool row = true;
	int rc = 0;

	while (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0 && row)
		if ((rc = fill_paper(h, st, &p, n, e)) == 0)
			rc = v(ctx, &p, e);
	db_done(st);
	return rc;
}

int home_versions(struct home *h, const char *id, home_visit *v, void *ctx, struct err *e)
{
	sqlite3_stmt *st = NULL;
	const int rc = db_start(&h->db, HQ_VERSIONS, &st, e, "t", id);

	return rc != 0 ? rc : walk(h, st, v, ctx, e);
}

static int64_t limit_of(const struct home_ask *q) { return q->limit != 0 ? (int64_t)q->limit : -1; }

int home_papers(struct home *h, const struct home_ask *q, home_visit *v, void *ctx, struct err *e)
{
	const char *round = or_empty(q->round), *owner = or_empty(q->owner);
	const enum home_query how = round[0] != '\0' ? HQ_PAPERS_OF_ROUND : owner[0] != '\0' ? HQ_PAPERS_OF_OWNER : HQ_PAPERS;
	sqlite3_stmt *st = NULL;
	const int rc = db_start(&h->db, how, &st, e, "ittttui", (int64_t)q->kind, round, or_empty(q->item), or_empty(q->agency), owner, q->after, limit_of(q));

	return rc != 0 ? rc : walk(h, st, v, ctx, e);
}

/* ---- requests ---- */

static int fill_due(struct home *h, sqlite3_stmt *st, struct home_due *d, struct err *e)
{
	size_t n[1 + HOME_TEXTS];
	const int rc = fill_paper(h, st, &d->request, n, e);

	if (rc != 0)
		return rc;
	d->version = db_u64(st, 18);
	d->answered = (enum home_state)sqlite3_column_int(st, 19);
	d->answered_us = sqlite3_column_int64(st, 20);
	return db_text(st, 17, d->contribution, sizeof(d->contribution)) && d->answered < HOME_STATES ? 0 : home_bad_row("version", e);
}

int home_requests(struct home *h, const struct home_ask *q, bool open, home_due_visit *v, void *ctx, struct err *e)
{
	struct home_due d;
	sqlite3_stmt *st = NULL;
	bool row = true;
	int rc = db_start(&h->db, HQ_REQUESTS, &st, e, "ttttuii", or_empty(q->round), or_empty(q->item), or_empty(q->agency), or_empty(q->owner), q->after, (int64_t)open, limit_of(q));

	while (rc == 0 && (rc = db_step(&h->db, st, &row, e)) == 0 && row)
		if ((rc = fill_due(h, st, &d, e)) == 0)
			rc = v(ctx, &d, e);
	db_done(st);
	return rc;
}

/* ---- whose work ---- */

int home_give(struct home *h, const char *id, const char *owner, struct err *e)
{
	int rc;

	if ((rc = db_text_ok(owner, LIMIT_USER, 0, "owner of a paper", e)) != 0 || (rc = db_run(&h->db, HQ_GIVE, e, "tt", id, owner)) != 0)
		return rc;
	return sqlite3_changes(h->db.h) > 0 ? 0 : fail(e, E_NOTFOUND, "there is no paper %.20s", id);
}

int home_hand_over(struct home *h, const char *from, const char *to, size_t *ret_n, struct err *e)
{
	size_t n = 0;
	int rc;

	if ((rc = db_text_ok(from, LIMIT_USER, 0, "who hands over", e)) != 0 || (rc = db_text_ok(to, LIMIT_USER, 0, "who takes over", e)) != 0 || (rc = home_begin(h, e)) != 0)
		return rc;
	if ((rc = db_run(&h->db, HQ_HAND_PAPERS, e, "tt", from, to)) == 0) {
		n = (size_t)sqlite3_changes(h->db.h);
		if ((rc = db_run(&h->db, HQ_HAND_WAITS, e, "tt", from, to)) == 0)
			n += (size_t)sqlite3_changes(h->db.h);
	}
	if ((rc = home_end(h, rc, e)) == 0 && ret_n != NULL)
		*ret_n = n;
	return rc;
}
