/* What the record holds about rounds, promises and the next round. */
#include "consult/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* ---- all of one kind about one subject ---- */

struct rows { struct index_entry *row; size_t n, cap; };
struct gather { struct rows *to; const char *type; size_t type_n; const uint8_t *collection; };

static int take_row(void *ctx, const struct index_entry *row, struct err *e)
{
	struct gather *g = ctx;
	struct rows *to = g->to;

	if (strncmp(row->id, g->type, g->type_n) != 0 || strncmp(row->id + g->type_n, "--", 2) != 0 || (g->collection != NULL && memcmp(row->collection, g->collection, 16) != 0))
		return 0;
	if (to->n == to->cap) {
		const size_t cap = to->cap == 0 ? 16 : 2 * to->cap;
		struct index_entry *p;

		if (to->n >= LIMIT_DOC_WORDS)
			return fail(e, E_LIMIT, "more than %d objects about one", LIMIT_DOC_WORDS);
		if ((p = mem_realloc(to->row, cap * sizeof(*p))) == NULL)
			return fail(e, E_NOMEM, "round");
		to->row = p;
		to->cap = cap;
	}
	to->row[to->n++] = *row;
	return 0;
}

static void rows_free(struct rows *r)
{
	mem_free(r->row);
	*r = (struct rows){0};
}

static int by_id(const void *pa, const void *pb)
{
	const struct index_entry *a = pa, *b = pb;
	const int c = strcmp(a->id, b->id);

	return c != 0 ? c : (a->frame > b->frame) - (a->frame < b->frame);
}

static int by_arrival(const void *pa, const void *pb)
{
	const struct index_entry *a = pa, *b = pb;

	return (a->frame > b->frame) - (a->frame < b->frame);
}

/* Of each id the newest version of the log that brought it first: nobody else's log speaks for its writer. */
static void keep_newest(struct rows *r)
{
	size_t kept = 0;

	if (r->n > 0)
		qsort(r->row, r->n, sizeof(*r->row), by_id);
	for (size_t i = 0, j; i < r->n; i = j) {
		size_t best = i;

		for (j = i + 1; j < r->n && strcmp(r->row[j].id, r->row[i].id) == 0; j++)
			if (r->row[j].log == r->row[i].log && is_later(r->row[j].modified, r->row[best].modified))
				best = j;
		if (!r->row[best].revoked)
			r->row[kept++] = r->row[best];
	}
	r->n = kept;
	if (kept > 0)
		qsort(r->row, kept, sizeof(*r->row), by_arrival);
}

static int all_about(struct record_reader *rd, const char *subject, enum stix_kind kind, const uint8_t *collection, struct rows *ret, struct err *e)
{
	struct gather g = {.to = ret, .type = stix_type_name(kind), .type_n = strlen(stix_type_name(kind)), .collection = collection};

	return index_subjects(record_index(rd), subject, take_row, &g, e);
}

static int newest_about(struct record_reader *rd, const char *subject, enum stix_kind kind, const uint8_t *collection, struct rows *ret, struct err *e)
{
	const int rc = all_about(rd, subject, kind, collection, ret, e);

	if (rc == 0)
		keep_newest(ret);
	return rc;
}

/* Reads an entry if `who` may; E_NOTFOUND otherwise, as for what is not there. */
static int read_for(struct record_reader *rd, const struct reader *who, const struct index_entry *row, struct entry *ret, struct err *e)
{
	int rc = record_read(rd, row, ret, e);

	if (rc == 0 && who != NULL && (rc = record_may_read(rd, who, ret, e)) != 0)
		entry_free(ret);
	return rc;
}

struct origin { uint32_t log; uint8_t collection[16]; };

static int first_row(void *ctx, const struct index_entry *row, struct err *e)
{
	struct origin *o = ctx;

	(void)e;
	o->log = row->log;
	memcpy(o->collection, row->collection, 16);
	return 1;
}

int newest_by_writer(struct record_reader *rd, const char *id, struct entry *ret, struct err *e)
{
	struct origin o;
	const int rc = index_versions(record_index(rd), id, NULL, first_row, &o, e);

	if (rc < 0)
		return rc;
	return rc == 0 ? fail(e, E_NOTFOUND, "%s: not in this record", id) : newest_in_log(rd, id, o.collection, o.log, ret, e);
}

/* An object of this kind, if `who` may read it. */
static int object_for(struct record_reader *rd, const struct reader *who, const char *id, enum stix_kind kind, struct entry *ret, struct err *e)
{
	int rc = newest_by_writer(rd, id, ret, e);

	if (rc != 0)
		return rc;
	if (who != NULL && (rc = record_may_read(rd, who, ret, e)) == E_NOTFOUND)
		rc = fail(e, E_NOTFOUND, "%s: not in this record", id);
	if (rc == 0 && ret->object.kind != kind)
		rc = fail(e, E_USAGE, "%s is no %s", id, stix_type_name(kind));
	if (rc != 0)
		entry_free(ret);
	return rc;
}

/* ---- invitations ---- */

static bool verb_of(const char *word, enum invite_verb *ret)
{
	for (unsigned v = 0; word != NULL && v < INVITE_VERBS; v++)
		if (strcmp(invite_verb_word((enum invite_verb)v), word) == 0) {
			*ret = (enum invite_verb)v;
			return true;
		}
	return false;
}

static void dates_of(const struct json_val *list, struct invite_word *ret)
{
	const struct json_val *d;
	struct json_iter it;

	for (json_iter(&it, list); ret->dates < LIMIT_DATES && json_next(&it, NULL, &d);) {
		const int64_t start = entry_time(json_get_str(d, "start"));

		if (start != INT64_MIN)
			ret->date[ret->dates++] = (struct invite_date){start, entry_time(json_get_str(d, "end"))};
	}
}

/* A word dated further ahead than clocks may differ does not count yet. */
static bool event_of(const struct invite_facts *f, const struct entry *en, int64_t now, struct invite_event *ret)
{
	size_t m = 0;

	while (m < f->members && (en->party == NULL || strcmp(f->member[m], en->party) != 0))
		m++;
	*ret = (struct invite_event){.time = entry_time(en->row.modified), .member = m, .index = en->row.index};
	if (m == f->members || en->object.revoked || !verb_of(json_get_str(en->object.val, "verb"), &ret->word.verb) || ret->time > now + LIMIT_CLOCK_SKEW_S * NS_PER_S)
		return false;
	dates_of(json_get(en->object.val, "dates"), &ret->word);
	return true;
}

static int read_words(struct record_reader *rd, const struct rows *rows, struct invite_facts *f, struct err *e)
{
	const int64_t now = clock_now(&record_world(record_of(rd))->clock);
	struct invite_event *ev = mem_array(rows->n + 1, sizeof(*ev));
	size_t n = 0;
	int rc = ev == NULL ? fail(e, E_NOMEM, "round") : 0;

	for (size_t i = 0; rc == 0 && i < rows->n; i++) {
		struct entry en;

		if ((rc = record_read(rd, &rows->row[i], &en, e)) != 0)
			break;
		n += event_of(f, &en, now, &ev[n]);
		entry_free(&en);
	}
	if (rc == 0)
		invite_fold(f, ev, n);
	mem_free(ev);
	return rc;
}

static void copy_party(char to[LIMIT_PARTY + 1], const char *party)
{
	to[0] = '\0';
	if (party != NULL && strlen(party) <= LIMIT_PARTY)
		memcpy(to, party, strlen(party) + 1);
}

int invite_read(struct record_reader *rd, const struct entry *round, struct invite_facts *ret, struct err *e)
{
	const struct json_val *o = round->object.val, *status = json_get(o, "status");
	struct rows rows = {0};
	struct collection col;
	int rc = record_collection(rd, round->row.collection, &col, e);

	if (rc != 0)
		return rc;
	memset(ret, 0, sizeof(*ret));
	copy_party(ret->host, json_get_str(o, "host"));
	ret->members = col.members;
	memcpy(ret->member, col.party, sizeof(ret->member));
	ret->over = json_str_is(status, "held") || json_str_is(status, "closed");
	ret->void_ = json_str_is(status, "cancelled");
	if ((rc = all_about(rd, round->row.id, STIX_INVITATION, round->row.collection, &rows, e)) == 0)
		rc = read_words(rd, &rows, ret, e);
	rows_free(&rows);
	return rc;
}

int consult_round(struct record_reader *rd, const struct reader *who, const char *round_id, struct invite_facts *ret, struct err *e)
{
	struct entry en;
	int rc = object_for(rd, who, round_id, STIX_ROUND, &en, e);

	if (rc != 0)
		return rc;
	rc = invite_read(rd, &en, ret, e);
	entry_free(&en);
	return rc;
}

/* ---- commitments ---- */

static void take_due(const struct json_val *o, bool *ret_has, int64_t *ret_due)
{
	const int64_t due = entry_time(json_get_str(o, "due"));

	*ret_has = due != INT64_MIN;
	*ret_due = due != INT64_MIN ? due_end(due, json_get_str(o, "due_precision")) : 0;
}

static bool progress_of(const struct commitment_facts *f, const struct entry *en, int64_t now, struct progress_event *ret)
{
	size_t i = 0;

	while (i < f->owners && (en->party == NULL || strcmp(f->owner[i], en->party) != 0))
		i++;
	*ret = (struct progress_event){.time = entry_time(en->row.modified), .owner = i, .index = en->row.index};
	take_due(en->object.val, &ret->has_due, &ret->due);
	return i < f->owners && commitment_state_parse(json_get_str(en->object.val, "state"), &ret->state) && ret->time <= now + LIMIT_CLOCK_SKEW_S * NS_PER_S;
}

static int fold_progress(struct record_reader *rd, const struct reader *who, const struct rows *rows, struct commitment_facts *f, int64_t now, struct err *e)
{
	struct progress_event *ev = mem_array(rows->n + 1, sizeof(*ev));
	size_t n = 0;
	int rc = ev == NULL ? fail(e, E_NOMEM, "commitment") : 0;

	for (size_t i = 0; rc == 0 && i < rows->n; i++) {
		struct entry en;

		if ((rc = read_for(rd, who, &rows->row[i], &en, e)) == 0) {
			n += progress_of(f, &en, now, &ev[n]);
			entry_free(&en);
		} else if (rc == E_NOTFOUND) {
			rc = 0;
		}
	}
	if (rc == 0)
		commitment_fold(f, ev, n, now);
	mem_free(ev);
	return rc;
}

static int read_commitment(struct record_reader *rd, const struct reader *who, const struct entry *en, int64_t now, struct commitment_facts *ret, struct err *e)
{
	const struct json_val *owner;
	struct rows rows = {0};
	struct json_iter it;
	int rc;

	memset(ret, 0, sizeof(*ret));
	for (json_iter(&it, json_get(en->object.val, "owners")); ret->owners < LIMIT_MEMBERS && json_next(&it, NULL, &owner);)
		copy_party(ret->owner[ret->owners++], json_str(owner, NULL));
	take_due(en->object.val, &ret->has_due, &ret->due);
	if ((rc = newest_about(rd, en->row.id, STIX_PROGRESS, en->row.collection, &rows, e)) == 0)
		rc = fold_progress(rd, who, &rows, ret, now, e);
	rows_free(&rows);
	return rc;
}

void commitments_free(struct commitments *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		entry_free(&c->c[i].en);
	mem_free(c->c);
	*c = (struct commitments){0};
}

static int add_commitment(struct record_reader *rd, const struct reader *who, const struct index_entry *row, int64_t now, struct commitments *to, struct err *e)
{
	struct commitment *p;
	int rc;

	if ((to->n & (to->n + 1)) == 0 || to->c == NULL) { /* grows at powers of two */
		if ((p = mem_realloc(to->c, (2 * to->n + 2) * sizeof(*p))) == NULL)
			return fail(e, E_NOMEM, "commitments");
		to->c = p;
	}
	p = &to->c[to->n];
	if ((rc = read_for(rd, who, row, &p->en, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if ((rc = read_commitment(rd, who, &p->en, now, &p->f, e)) != 0)
		entry_free(&p->en);
	else
		to->n++;
	return rc;
}

static int of_round(struct record_reader *rd, const struct reader *who, const struct index_entry *round, int64_t now, struct commitments *to, struct err *e)
{
	struct rows rows = {0};
	int rc = newest_about(rd, round->id, STIX_COMMITMENT, round->collection, &rows, e);

	for (size_t i = 0; rc == 0 && i < rows.n; i++)
		rc = add_commitment(rd, who, &rows.row[i], now, to, e);
	rows_free(&rows);
	return rc;
}

static int urgency(const void *pa, const void *pb)
{
	const struct commitment *a = pa, *b = pb;
	const int64_t da = a->f.has_due ? a->f.due_now : INT64_MAX, db = b->f.has_due ? b->f.due_now : INT64_MAX;

	if (a->f.overdue != b->f.overdue)
		return a->f.overdue ? -1 : 1;
	if (da != db)
		return da < db ? -1 : 1;
	return (a->en.row.frame > b->en.row.frame) - (a->en.row.frame < b->en.row.frame);
}

int consult_commitments(struct record_reader *rd, const struct reader *who, const char *series_or_round, int64_t now, struct commitments *ret, struct err *e)
{
	const bool series = strncmp(series_or_round, "verbale-series--", 16) == 0;
	struct commitments all = {0};
	struct rows rounds = {0};
	struct entry en;
	int rc = object_for(rd, who, series_or_round, series ? STIX_SERIES : STIX_ROUND, &en, e);

	if (rc != 0)
		return rc;
	if (!series)
		rc = of_round(rd, who, &en.row, now, &all, e);
	else if ((rc = newest_about(rd, en.row.id, STIX_ROUND, en.row.collection, &rounds, e)) == 0)
		for (size_t i = 0; rc == 0 && i < rounds.n; i++)
			rc = of_round(rd, who, &rounds.row[i], now, &all, e);
	rows_free(&rounds);
	entry_free(&en);
	if (rc != 0) {
		commitments_free(&all);
		return rc;
	}
	if (all.n > 1)
		qsort(all.c, all.n, sizeof(*all.c), urgency);
	*ret = all;
	return 0;
}

int consult_commitment(struct record_reader *rd, const struct reader *who, const char *id, int64_t now, struct commitment *ret, struct err *e)
{
	struct commitment c;
	int rc = object_for(rd, who, id, STIX_COMMITMENT, &c.en, e);

	if (rc != 0)
		return rc == E_USAGE ? fail(e, E_NOTFOUND, "%s: not in this record", id) : rc;
	if ((rc = read_commitment(rd, who, &c.en, now, &c.f, e)) != 0)
		entry_free(&c.en);
	else
		*ret = c;
	return rc;
}

int consult_agenda_return(struct record_reader *rd, const struct reader *who, const char *series_id, int64_t now, struct commitments *ret, struct err *e)
{
	struct commitments all;
	const int rc = consult_commitments(rd, who, series_id, now, &all, e);
	size_t kept = 0;

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < all.n; i++) {
		if (all.c[i].f.overdue || all.c[i].f.state == COMMITMENT_CARRIED)
			all.c[kept++] = all.c[i];
		else
			entry_free(&all.c[i].en);
	}
	all.n = kept;
	*ret = all;
	return 0;
}

/* ---- lists ---- */

static int in_time(const void *pa, const void *pb)
{
	const struct index_entry *a = pa, *b = pb;
	const int c = time_compare(a->modified, strlen(a->modified), b->modified, strlen(b->modified));

	return c != 0 ? c : by_arrival(pa, pb);
}

static int visit_rows(struct record_reader *rd, const struct reader *who, const struct rows *rows, consult_visit *v, void *ctx, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < rows->n; i++) {
		struct entry en;

		if ((rc = read_for(rd, who, &rows->row[i], &en, e)) == 0) {
			rc = v(ctx, &en, e);
			entry_free(&en);
		} else if (rc == E_NOTFOUND) {
			rc = 0;
		}
	}
	return rc;
}

int consult_progress(struct record_reader *rd, const struct reader *who, const char *commitment_id, consult_visit *v, void *ctx, struct err *e)
{
	struct rows rows = {0};
	struct entry en;
	int rc = object_for(rd, who, commitment_id, STIX_COMMITMENT, &en, e);

	if (rc != 0)
		return rc;
	if ((rc = newest_about(rd, commitment_id, STIX_PROGRESS, en.row.collection, &rows, e)) == 0) {
		if (rows.n > 1)
			qsort(rows.row, rows.n, sizeof(*rows.row), in_time);
		rc = visit_rows(rd, who, &rows, v, ctx, e);
	}
	rows_free(&rows);
	entry_free(&en);
	return rc;
}

int consult_comments(struct record_reader *rd, const struct reader *who, const char *about, consult_visit *v, void *ctx, struct err *e)
{
	struct rows rows = {0};
	struct entry en;
	int rc = newest_by_writer(rd, about, &en, e);

	if (rc != 0)
		return rc;
	if (who != NULL && (rc = record_may_read(rd, who, &en, e)) == E_NOTFOUND)
		rc = fail(e, E_NOTFOUND, "%s: not in this record", about);
	if (rc == 0 && (rc = newest_about(rd, about, STIX_COMMENT, en.row.collection, &rows, e)) == 0)
		rc = visit_rows(rd, who, &rows, v, ctx, e);
	rows_free(&rows);
	entry_free(&en);
	return rc;
}

/* ---- slippage ---- */

struct slipping { struct record_reader *rd; const struct reader *who; struct slip_facts f; struct slip_round *round; struct index_entry *row; struct commitments all; struct slip_promise *promise; };

/* From when on a round is late: its last day is over. */
static int64_t end_of(int64_t start, int64_t end, const char *precision)
{
	return due_end(end != INT64_MIN ? end : start, precision != NULL ? precision : "day");
}

static int take_round(struct slipping *s, const struct index_entry *row, struct err *e)
{
	struct slip_round *r = &s->round[s->f.rounds];
	struct invite_facts *inv = NULL;
	const struct json_val *status;
	struct entry en;
	int rc = read_for(s->rd, s->who, row, &en, e);

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	status = json_get(en.object.val, "status");
	*r = (struct slip_round){.start = entry_time(json_get_str(en.object.val, "start")), .held = json_str_is(status, "held") || json_str_is(status, "closed")};
	r->expected = json_str_is(status, "proposed") || json_str_is(status, "scheduled") || json_str_is(status, "postponed");
	r->until = end_of(r->start, entry_time(json_get_str(en.object.val, "end")), json_get_str(en.object.val, "start_precision"));
	memcpy(r->id, row->id, sizeof(r->id));
	copy_party(r->host, json_get_str(en.object.val, "host"));
	if (r->expected && (inv = mem_alloc(sizeof(*inv))) == NULL)
		rc = fail(e, E_NOMEM, "round");
	if (rc == 0 && r->expected && (rc = invite_read(s->rd, &en, inv, e)) == 0) {
		r->next = inv->next;
		r->expected = inv->state != ROUND_CANCELLED;
		if (inv->state == ROUND_CONFIRMED) {
			r->start = inv->confirmed.start;
			r->until = end_of(r->start, inv->confirmed.end, NULL);
		}
	}
	if (rc == 0 && r->start != INT64_MIN && !json_str_is(json_get(en.object.val, "kind"), "intersessional"))
		s->row[s->f.rounds++] = *row;
	mem_free(inv);
	entry_free(&en);
	return rc;
}

static bool asks_next_round(const struct commitment *c)
{
	bool yes;

	return !c->f.finished && c->f.has_due && json_bool(json_get(c->en.object.val, "next_round"), &yes) && yes;
}

/* Promises made at this round; `from`: where they begin among all that were read. */
static void put_promises(struct slipping *s, size_t from, int64_t made)
{
	for (size_t k = from; k < s->all.n; k++) {
		struct slip_promise *p = &s->promise[s->f.promises];

		if (!asks_next_round(&s->all.c[k]))
			continue;
		*p = (struct slip_promise){.due = s->all.c[k].f.due_now, .made = made, .at = k};
		memcpy(p->id, s->all.c[k].en.row.id, sizeof(p->id));
		s->f.promises++;
	}
}

/* Made at the last round held or later; older ones were answered by it. */
static int take_promises(struct slipping *s, struct err *e)
{
	int64_t last = INT64_MIN;
	int rc = 0;

	for (size_t i = 0; i < s->f.rounds; i++)
		if (s->round[i].held && s->round[i].start > last)
			last = s->round[i].start;
	for (size_t i = 0; rc == 0 && i < s->f.rounds; i++) {
		const size_t from = s->all.n;
		struct slip_promise *p;

		if (s->round[i].start < last)
			continue;
		if ((rc = of_round(s->rd, s->who, &s->row[i], s->f.now, &s->all, e)) != 0)
			break;
		if ((p = mem_realloc(s->promise, (s->all.n + 1) * sizeof(*p))) == NULL)
			return fail(e, E_NOMEM, "series");
		s->promise = p;
		put_promises(s, from, s->round[i].start);
	}
	for (size_t i = 0; i < s->f.promises; i++)
		s->promise[i].f = &s->all.c[s->promise[i].at].f;
	s->f.promise = s->promise;
	return rc;
}

static int take_series(struct slipping *s, const struct entry *series, const struct rows *rounds, struct err *e)
{
	int64_t months = 0;
	struct collection col;
	int rc = record_collection(s->rd, series->row.collection, &col, e);

	if (rc != 0)
		return rc;
	/* Bits of invite_facts.next count the collection's members. */
	s->f.members = col.members;
	memcpy(s->f.member, col.party, sizeof(s->f.member));
	if (json_int(json_get(series->object.val, "rhythm_months"), &months) && months > 0)
		s->f.rhythm_months = (unsigned)months;
	s->round = mem_array(rounds->n + 1, sizeof(*s->round));
	s->row = mem_array(rounds->n + 1, sizeof(*s->row));
	if (s->round == NULL || s->row == NULL)
		return fail(e, E_NOMEM, "series");
	for (size_t i = 0; rc == 0 && i < rounds->n; i++)
		rc = take_round(s, &rounds->row[i], e);
	s->f.round = s->round;
	return rc != 0 ? rc : take_promises(s, e);
}

int consult_slippage(struct record_reader *rd, const struct reader *who, const char *series_id, int64_t now, struct slippage *ret, struct err *e)
{
	struct slipping s = {.rd = rd, .who = who, .f = {.now = now}};
	struct rows rounds = {0};
	struct entry en;
	int rc = object_for(rd, who, series_id, STIX_SERIES, &en, e);

	if (rc != 0)
		return rc;
	if ((rc = newest_about(rd, series_id, STIX_ROUND, en.row.collection, &rounds, e)) == 0 && (rc = take_series(&s, &en, &rounds, e)) == 0)
		slip(&s.f, ret);
	commitments_free(&s.all);
	mem_free(s.round);
	mem_free(s.row);
	mem_free(s.promise);
	rows_free(&rounds);
	entry_free(&en);
	return rc;
}
