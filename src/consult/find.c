#include "consult/find.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "consult/find_priv.h"
#include "record/page.h"

#define IDLE_MAX 32 /* handles kept for the next question: as many as threads ask at once */

struct idle { struct search *s; unsigned age; };
struct find {
	char *path;
	pthread_mutex_t lock;            /* idle, idles, age */
	struct idle idle[IDLE_MAX]; size_t idles;
	unsigned age;                    /* raised when the files are begun anew */
	pthread_mutex_t filling;         /* writer */
	struct search *writer;
	bool fits;                       /* looked at since it was opened */
	_Atomic uint64_t head;           /* frame up to which it was filled */
};

int find_open(const char *path, struct find **ret, struct err *e)
{
	struct find *f = mem_zalloc(sizeof(*f));
	int rc;

	if (f == NULL || (f->path = mem_printf("%s", path)) == NULL) {
		mem_free(f);
		return fail(e, E_NOMEM, "search");
	}
	pthread_mutex_init(&f->lock, NULL);
	pthread_mutex_init(&f->filling, NULL);
	if ((rc = search_open(path, true, &f->writer, e)) != 0) {
		find_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

void find_close(struct find *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->idles; i++)
		search_close(f->idle[i].s);
	search_close(f->writer);
	pthread_mutex_destroy(&f->lock);
	pthread_mutex_destroy(&f->filling);
	mem_free(f->path);
	mem_free(f);
}

/* ---- handles for asking ---- */

static int borrow(struct find *f, struct idle *ret, struct err *e)
{
	bool have;

	pthread_mutex_lock(&f->lock);
	ret->age = f->age;
	have = f->idles > 0;
	if (have)
		*ret = f->idle[--f->idles];
	pthread_mutex_unlock(&f->lock);
	return have ? 0 : search_open(f->path, false, &ret->s, e);
}

static void give_back(struct find *f, struct idle i)
{
	bool kept = false;

	pthread_mutex_lock(&f->lock);
	if (i.age == f->age && f->idles < IDLE_MAX) {
		f->idle[f->idles++] = i;
		kept = true;
	}
	pthread_mutex_unlock(&f->lock);
	if (!kept)
		search_close(i.s);
}

/* ---- following ---- */

static int begin_anew(struct find *f, struct err *e)
{
	int rc;

	search_close(f->writer);
	f->writer = NULL;
	pthread_mutex_lock(&f->lock);
	f->age++;
	while (f->idles > 0)
		search_close(f->idle[--f->idles].s);
	pthread_mutex_unlock(&f->lock);
	if ((rc = search_remove(f->path, e)) != 0)
		return rc;
	return search_open(f->path, true, &f->writer, e);
}

static int fill(struct find *f, struct record_reader *rd, struct home *home, size_t max, int64_t now, bool *ret_whole, struct err *e)
{
	struct search_head h;
	bool fits = f->fits;
	int rc = 0;

	if (f->writer == NULL && (rc = search_open(f->path, true, &f->writer, e)) != 0)
		return rc;
	if (!fits && (rc = fill_fits(f->writer, rd, &fits, e)) != 0)
		return rc;
	if (!fits && (rc = begin_anew(f, e)) != 0)
		return rc;
	f->fits = true;
	if ((rc = fill_record(f->writer, rd, max, ret_whole, e)) != 0 || (home != NULL && (rc = fill_papers(f->writer, home, e)) != 0))
		return rc;
	if ((rc = search_expire(f->writer, now / NS_PER_S, e)) == 0 && (rc = search_head(f->writer, &h, e)) == 0)
		atomic_store(&f->head, h.frame);
	return rc;
}

int find_follow(struct find *f, struct record_reader *rd, struct home *home, size_t max, int64_t now, bool *ret_whole, struct err *e)
{
	uint64_t head = 0;
	int rc = index_reader_head(record_index(rd), &head, e);

	*ret_whole = rc == 0 && home == NULL && atomic_load(&f->head) >= head && head > 0;
	if (rc != 0 || *ret_whole || pthread_mutex_trylock(&f->filling) != 0)
		return rc;
	rc = fill(f, rd, home, max, now, ret_whole, e);
	pthread_mutex_unlock(&f->filling);
	return rc;
}

/* ---- groups ---- */

static const struct { const char *word, *name; } groups[FIND_GROUPS] = {
	[FIND_DOCUMENT] = {"document", N_("Documents")},
	[FIND_UNIT] = {"paragraph", N_("Paragraphs of documents")},
	[FIND_ROUND] = {"round", N_("Series and rounds")},
	[FIND_COMMITMENT] = {"commitment", N_("Commitments")},
	[FIND_COMMENT] = {"comment", N_("Comments, proposals, invitations")},
	[FIND_PERSON] = {"person", N_("Delegations")},
	[FIND_TERM] = {"term", N_("Glossary")},
	[FIND_PAPER] = {"paper", N_("National papers")},
	[FIND_THREAT] = {"threat", N_("Threat data")},
};

const char *find_group_word(enum find_group g) { return groups[g].word; }
const char *find_group_name(enum find_group g) { return groups[g].name; }

/* ---- the condition ---- */

/* Digits of a date that query_parse() wrote. */
static int digits(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = 10 * v + (s[i] - '0');
	return v;
}

static int day_of(const char *s) { return s[0] == '\0' ? 0 : digits(s, 4) * 10000 + digits(s + 5, 2) * 100 + digits(s + 8, 2); }

/* Years as tags, where they are few; the day itself is compared with every hit. */
static void put_years(const struct query *q, struct buf *out)
{
	const int from = q->filter[QUERY_FROM][0] != '\0' ? digits(q->filter[QUERY_FROM], 4) : 1970, to = q->filter[QUERY_TO][0] != '\0' ? digits(q->filter[QUERY_TO], 4) : 2070;

	if ((q->filter[QUERY_FROM][0] == '\0' && q->filter[QUERY_TO][0] == '\0') || from < 1970 || to > 2070 || from > to)
		return;
	buf_puts(out, " AND tag : (");
	for (int y = from; y <= to; y++)
		buf_printf(out, "%s\"=y%04d\"", y > from ? " OR " : "", y);
	buf_puts(out, ")");
}

struct closed { struct record_reader *rd; const struct reader *who; struct buf *out; bool any; };

static int leave_out(void *ctx, uint64_t n, uint32_t audience, const uint8_t collection[16], struct err *e)
{
	struct closed *c = ctx;
	bool may = false;
	const int rc = record_audience_may(c->rd, c->who, collection, audience, &may, e);

	if (rc != 0 || may)
		return rc;
	buf_printf(c->out, "%s\"=w%llu\"", c->any ? " OR " : ") NOT (tag : (", (unsigned long long)n);
	c->any = true;
	return 0;
}

static void put_tag(struct buf *out, char kind, const char *value)
{
	buf_printf(out, " AND tag : \"=%c", kind);
	for (; *value != '\0'; value++)
		buf_putc(out, *value >= 'A' && *value <= 'Z' ? (char)(*value + 0x20) : *value);
	buf_putc(out, '"');
}

static int put_condition(struct search *s, struct record_reader *rd, const struct find_ask *a, struct buf *out, struct err *e)
{
	struct closed c = {.rd = rd, .who = a->who, .out = out};
	const size_t empty = sizeof("((tag : \"=x\"") - 1 + sizeof(" AND {long short} : (") - 1;
	int rc;

	buf_puts(out, "((tag : \"=x\" AND {long short} : (");
	if ((rc = query_match(a->q, out, e)) != 0)
		return rc;
	if (out->n == empty) {
		buf_clear(out);
		buf_puts(out, "((tag : \"=x\"");
	} else {
		buf_puts(out, ")");
	}
	if (a->q->filter[QUERY_KIND][0] != '\0')
		put_tag(out, 'k', a->q->filter[QUERY_KIND]);
	if (a->q->filter[QUERY_PARTY][0] != '\0')
		put_tag(out, 'p', a->q->filter[QUERY_PARTY]);
	put_years(a->q, out);
	buf_puts(out, ")");
	if ((rc = search_whos(s, leave_out, &c, e)) != 0)
		return rc;
	buf_puts(out, c.any ? "))" : ")");
	return buf_err(out, e, "search");
}

/* ---- asking ---- */

struct asking { struct record_reader *rd; const struct find_ask *a; find_visit *v; void *ctx; uint64_t head; size_t given; bool more; };
enum { ENOUGH = 1 };

struct newer { struct asking *k; const struct index_entry *than; bool found; };

/* Is there a version that is newer, and may be read? */
static int look_newer(void *ctx, const struct index_entry *row, struct err *e)
{
	struct newer *n = ctx;
	struct entry en;
	int rc;

	if (n->found || row->gone || row->log != n->than->log || row->version_ns <= n->than->version_ns)
		return 0;
	if ((rc = record_read(n->k->rd, row, &en, e)) != 0)
		return rc;
	rc = record_may_read(n->k->rd, n->k->a->who, &en, e);
	entry_free(&en);
	n->found = rc == 0;
	return rc == E_NOTFOUND ? 0 : rc;
}

static int show(struct asking *k, const struct search_hit *hit, const struct entry *en, struct err *e)
{
	struct find_hit h = {.n = hit->n, .group = k->a->group, .part = hit->part, .en = en};
	struct newer n = {.k = k, .than = &en->row};
	int rc;

	if (en->object.id == NULL || en->party == NULL)
		return 0;
	if ((rc = record_may_read(k->rd, k->a->who, en, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if ((rc = index_versions(record_index(k->rd), en->row.id, en->row.collection, look_newer, &n, e)) != 0 || n.found)
		return rc;
	if (k->given == k->a->limit) {
		k->more = true;
		return ENOUGH;
	}
	k->given++;
	return k->v(k->ctx, &h, e);
}

static int one_paper(struct asking *k, const struct search_hit *hit, struct err *e)
{
	int rc;

	if (k->a->desk == NULL)
		return 0;
	if (k->given == k->a->limit) {
		k->more = true;
		return ENOUGH;
	}
	if ((rc = find_paper(k->a, hit, k->v, k->ctx, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	k->given++;
	return 0;
}

static int one(void *ctx, const struct search_hit *hit, struct err *e)
{
	struct asking *k = ctx;
	const int from = day_of(k->a->q->filter[QUERY_FROM]), to = day_of(k->a->q->filter[QUERY_TO]);
	struct index_entry row;
	struct entry en;
	int rc;

	if ((from != 0 && hit->day < from) || (to != 0 && hit->day > to))
		return 0;
	if (hit->ref != NULL)
		return one_paper(k, hit, e);
	if (hit->source > k->head)
		return 0;
	if ((rc = index_at_frame(record_index(k->rd), hit->source, &row, e)) != 0 || row.gone)
		return rc;
	if ((rc = record_read(k->rd, &row, &en, e)) != 0)
		return rc;
	rc = show(k, hit, &en, e);
	entry_free(&en);
	return rc;
}

int find(struct find *f, struct record_reader *rd, const struct find_ask *a, find_visit *v, void *ctx, bool *ret_more, struct err *e)
{
	struct asking k = {.rd = rd, .a = a, .v = v, .ctx = ctx};
	CLEANUP_BUF struct buf match = BUF_INIT(1UL << 20);
	struct idle i = {0};
	bool asked = false;
	int rc;

	for (unsigned n = 0; n < a->q->terms; n++)
		asked = asked || !a->q->term[n].except;
	for (unsigned n = 0; n < QUERY_FILTERS; n++)
		asked = asked || a->q->filter[n][0] != '\0';
	*ret_more = false;
	if (!asked)
		return 0;
	if ((rc = index_reader_head(record_index(rd), &k.head, e)) != 0 || (rc = borrow(f, &i, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if ((rc = put_condition(i.s, rd, a, &match, e)) == 0) {
		buf_putc(&match, '\0');
		rc = buf_err(&match, e, "search");
	}
	if (rc == 0)
		rc = search_find(i.s, match.p, (unsigned)a->group, a->before, a->now / NS_PER_S, one, &k, e);
	give_back(f, i);
	if (rc == ENOUGH)
		rc = 0;
	*ret_more = k.more;
	return rc;
}

/* ---- what has a date, and what was done ---- */

struct due_asking { find_due_visit *v; void *ctx; };

static int give_due(void *ctx, const struct search_due *d, struct err *e)
{
	const struct due_asking *k = ctx;

	return k->v(k->ctx, &(struct find_due){(enum due_kind)d->kind, d->open, d->at, d->id, d->series, d->more}, e);
}

int find_dues(struct find *f, const struct find_dues *q, find_due_visit *v, void *ctx, struct err *e)
{
	const struct search_dues ask = {(unsigned)q->kind, q->open, q->down, q->from, q->to};
	struct due_asking k = {v, ctx};
	struct idle i = {0};
	int rc = borrow(f, &i, e);

	if (rc != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	rc = search_dues(i.s, &ask, give_due, &k, e);
	give_back(f, i);
	return rc;
}

struct act_asking { struct record_reader *rd; uint64_t head; find_act_visit *v; void *ctx; };

static int give_act(void *ctx, uint64_t frame, int64_t added, struct err *e)
{
	const struct act_asking *k = ctx;
	struct index_entry row;
	int rc;

	(void)added;
	if (frame > k->head)
		return 0;
	rc = index_at_frame(record_index(k->rd), frame, &row, e);
	return rc != 0 ? rc : k->v(k->ctx, &row, e);
}

int find_acts(struct find *f, struct record_reader *rd, int64_t after, find_act_visit *v, void *ctx, struct err *e)
{
	struct act_asking k = {.rd = rd, .v = v, .ctx = ctx};
	struct idle i = {0};
	int rc = index_reader_head(record_index(rd), &k.head, e);

	if (rc != 0 || (rc = borrow(f, &i, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	rc = search_acts(i.s, after, give_act, &k, e);
	give_back(f, i);
	return rc;
}

bool find_name_put(enum find_name kind, const char *name, char to[FIND_NAME])
{
	static const char *const words[] = {[FIND_NUMBER] = "number:", [FIND_SLUG] = "slug:"};
	const size_t n = strlen(words[kind]), len = strlen(name);

	if (n + len >= FIND_NAME)
		return false;
	memcpy(to, words[kind], n);
	memcpy(to + n, name, len + 1);
	return true;
}

int find_named(struct find *f, struct record_reader *rd, enum find_name kind, const char *name, find_id_visit *v, void *ctx, bool *ret_whole, struct err *e)
{
	struct search_head at;
	char full[FIND_NAME];
	struct idle i = {0};
	uint64_t head = 0;
	int rc;

	*ret_whole = false;
	if ((rc = index_reader_head(record_index(rd), &head, e)) != 0 || (rc = borrow(f, &i, e)) != 0)
		return rc == E_NOTFOUND ? 0 : rc;
	if ((rc = search_head(i.s, &at, e)) == 0) {
		*ret_whole = at.frame >= head;
		rc = find_name_put(kind, name, full) ? search_names(i.s, full, v, ctx, e) : 0;
	}
	give_back(f, i);
	return rc;
}
