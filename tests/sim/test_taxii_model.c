/*
 * The TAXII server beside a model of it: random sequences of requests, every answer compared in status, headers and body.
 *
 *   test_taxii_model                       $TAXII_MODEL, or seed 1, 10000 sequences
 *   TAXII_MODEL=SEED/SEQUENCES[/FIRST]     what a failure prints repeats it
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "check.h"
#include "http/priv.h"
#include "lab.h"
#include "taxii_model.h"

#define PER_NODE 100          /* sequences on one node, each with a collection of its own */
#define IDS 5
#define TOKENS 24

/* ---- chance ---- */

static uint64_t state;

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static unsigned below(unsigned n) { return (unsigned)(mix(state += 0x9e3779b97f4a7c15ULL) % n); }
static bool percent(unsigned p) { return below(100) < p; }

/* ---- one sequence ---- */

struct who { const char *name, *token; struct m_reader r; bool read, write; };
enum { NOBODY, LESER, MUSTER, FREMD, MIZUSHIMA, READ_ONLY, WRITE_ONLY, SCOPED, WHO };
struct next { char text[CURSOR_TEXT + 1]; unsigned reader, side; int64_t position; };
struct side { struct model m; char uuid[37]; size_t kind; unsigned changes; };
struct run {
	struct taxiilab x;
	struct who who[WHO];
	unsigned long k;                     /* the sequence */
	struct side side[2];                 /* two collections, asked in turn */
	unsigned at;
	struct model *m;                     /* that of side[at] */
	char *uuid;
	char id[IDS][96];
	struct next next[TOKENS]; size_t nexts;
	char foreign[CURSOR_TEXT + 1];       /* of another collection */
	uint64_t frame;                      /* behind the newest entry the model knows */
	int64_t added;                       /* … and its date */
	struct buf did;                      /* what was asked so far */
};
static struct { uint64_t seed; unsigned long sequences, first; } args = {1, 10000, 0};
static struct { unsigned long requests, rows, posts, objects, deletes, restarts, pages, refused; } sum;

#define differs(r, ...) do { print_error(__VA_ARGS__); wrong(r, __LINE__); } while (0)

static void wrong(const struct run *r, int line)
{
	const unsigned long from = r->k - r->k % PER_NODE;

	print_error("\nsequence %lu, after:\n%s", r->k, r->did.p);
	for (size_t i = 0; i < r->m->n; i++)
		print_error("  %zu %s %s %s added %lld marking %d%s%s%s%s%s%s\n", i, r->m->v[i].id, r->m->v[i].version, r->m->v[i].v20 ? "2.0" : "2.1", (long long)r->m->v[i].added,
		    r->m->v[i].marking, r->m->v[i].gone ? " gone" : "", r->m->v[i].narrowed ? " to" : "", r->m->v[i].name[0] != NULL ? " " : "",
		    r->m->v[i].name[0] != NULL ? r->m->v[i].name[0] : "", r->m->v[i].name[1] != NULL ? " " : "", r->m->v[i].name[1] != NULL ? r->m->v[i].name[1] : "");
	fail_msg("test_taxii_model.c:%d: again by TAXII_MODEL=%llu/%lu/%lu", line, (unsigned long long)args.seed, r->k + 1 - from, from);
}

static void people(struct run *r)
{
	const struct taxiilab *const x = &r->x;
	const struct who who[WHO] = {
		[NOBODY] = {"nobody", NULL, {NULL, NULL, NULL}, true, false},
		[LESER] = {"leser", x->reader, {"DE", "BSI", "leser"}, true, false},
		[MUSTER] = {"muster", x->editor, {"DE", "BSI", "muster"}, true, true},
		[FREMD] = {"fremd", x->agency, {"DE", "BKA", "fremd"}, true, false},
		[MIZUSHIMA] = {"mizushima", x->jp_user, {"JP", "MOFA", "mizushima"}, true, false},
		[READ_ONLY] = {"muster, reading", x->read_only, {"DE", "BSI", "muster"}, true, false},
		[WRITE_ONLY] = {"muster, writing", x->write_only, {"DE", "BSI", "muster"}, false, true},
		[SCOPED] = {"muster, elsewhere", x->scoped, {"DE", "BSI", "muster"}, false, false},
	};

	memcpy(r->who, who, sizeof(who));
}

/* ---- what came in: its place and date, from the record itself ---- */

struct news { struct run *r; const struct m_version *due; size_t n, at; };

static int64_t time_of(const char *s)
{
	int64_t ns = 0;

	assert_true(time_parse(s, strlen(s), &ns));
	return ns;
}

static char *canon(const char *s, size_t n)
{
	struct buf b = {0};
	struct err e = {0};

	if (json_canon_text(s, n, &b, &e) != 0)
		fail_msg("%s\n%.400s", e.msg, s);
	buf_puts(&b, "");
	assert_int_equal(b.err, 0);
	return b.p;
}

static char *canon_val(const struct json_val *v)
{
	struct buf b = {0};

	json_canon(v, &b);
	buf_puts(&b, "");
	assert_int_equal(b.err, 0);
	return b.p;
}

static int look_at_news(void *ctx, const struct index_entry *row, struct err *e)
{
	struct news *const a = ctx;
	struct run *const r = a->r;
	struct m_version v;
	struct entry en;

	if (a->at == a->n)
		differs(r, "%s was added, nothing more is due", row->id);
	v = a->due[a->at++];
	assert_int_equal(record_read(r->x.de.rd, row, &en, e), 0);
	if (row->added <= r->added)
		differs(r, "%s: date_added %lld is not later than %lld", row->id, (long long)row->added, (long long)r->added);
	if (v.id[0] == '\0') { /* a withdrawal: only its writer knows its id and time */
		const char *const to = json_get_str(en.object.val, "object_ref"), *const at = json_get_str(en.object.val, "object_modified");

		if (strcmp(en.object.id, row->id) != 0 || to == NULL || strcmp(to, v.of) != 0 || (at != NULL) != v.of_dated || (at != NULL && time_of(at) != v.of_ns))
			differs(r, "%s takes back %s of %s, not what was deleted", row->id, at != NULL ? at : "", to != NULL ? to : "");
		(void)snprintf(v.id, sizeof(v.id), "%.95s", row->id);
		(void)snprintf(v.text, sizeof(v.text), "%s", json_get_str(en.object.val, "modified"));
		v.json = canon_val(en.object.val);
	}
	if (strcmp(v.id, row->id) != 0)
		differs(r, "%s was added, %s is due", row->id, v.id);
	v.added = r->added = row->added;
	if (v.text[0] == '\0')
		time_format(row->added * 1000, 6, v.version, sizeof(v.version));
	else
		(void)snprintf(v.version, sizeof(v.version), "%s", v.text);
	v.ns = time_of(v.version);
	r->frame = row->frame;
	entry_free(&en);
	m_put(r->m, &v);
	return 0;
}

/* The record must hold these more, in this order, and nothing else. */
static void learn(struct run *r, const struct m_version *due, size_t n)
{
	struct news a = {r, due, n, 0};
	uint8_t uuid[16];
	struct err e = {0};

	assert_true(uuid_parse(r->uuid, 36, uuid));
	assert_int_equal(index_page(record_index(r->x.de.rd), r->frame, uuid, NULL, 1000, look_at_news, &a, &e), 0);
	if (a.at != n)
		differs(r, "%zu entries were added, %zu are due", a.at, n);
}

/* ---- asking ---- */

static const char *bearer(const struct http_req *q, const char *name)
{
	const char *const *const h = q->impl;

	return strcasecmp(name, "Authorization") == 0 ? h[0] : strcasecmp(name, "Content-Type") == 0 ? h[1] : strcasecmp(name, "If-None-Match") == 0 ? h[2] : NULL;
}

static void send_to(struct run *r, const char *method, unsigned who, const char *type, const char *known, const char *body, const char *target, struct answer *ret)
{
	char token[128] = "";
	const char *h[] = {NULL, type, known};
	struct http_target t;
	struct http_req q = {.header = bearer, .impl = h, .addr = "192.0.2.1", .rest = "", .body = body, .body_n = body != NULL ? strlen(body) : 0};
	struct err e = {0};

	if (r->who[who].token != NULL) {
		(void)snprintf(token, sizeof(token), "Bearer %s", r->who[who].token);
		h[0] = token;
	}
	buf_printf(&r->did, "  %s: %s %s %s\n", r->who[who].name, method, target, body != NULL ? body : "");
	memset(ret, 0, sizeof(*ret));
	if (http_target_parse(target, strlen(target), &t, &e) != 0)
		fail_msg("%s: %s", target, e.msg);
	q.method = http_method_parse(method, &q.head);
	q.path = t.path;
	memcpy(q.param, t.param, t.params * sizeof(q.param[0]));
	q.params = t.params;
	http_dispatch(&r->x.conf, r->x.de.rd, &q, &ret->r);
	sum.requests++;
	if (ret->r.body.n > 0 && json_read(ret->r.body.p, ret->r.body.n, &(struct json_read_opt){.max_bytes = LIMIT_JSON_BULK}, &ret->doc, &e) != 0)
		differs(r, "%s: %s\n%.300s", target, e.msg, ret->r.body.p);
	if (ret->r.body.n > 0 && strcmp(ret->r.type, TAXII_TYPE) != 0)
		differs(r, "Content-Type %s", ret->r.type);
}

/* An error resource (§3.6.1), or a status without one. */
static bool has_status(struct run *r, const struct answer *a, int due)
{
	char text[16];

	if (a->r.status != due)
		differs(r, "%d, %d is due: %s", a->r.status, due, a->r.body.p != NULL ? a->r.body.p : "");
	if (due < 400)
		return false;
	sum.refused++;
	(void)snprintf(text, sizeof(text), "%d", due);
	if (json_get_str(answer_root(a), "title") == NULL || !json_str_is(json_get(answer_root(a), "http_status"), text))
		differs(r, "no error resource: %s", a->r.body.p != NULL ? a->r.body.p : "");
	if ((due == 401) != (answer_header(a, "WWW-Authenticate") != NULL))
		differs(r, "%d and WWW-Authenticate", due);
	return true;
}

/* The collection seen by this reader at all, and used like this? 0: yes. */
static int refusal(const struct run *r, unsigned who, bool read, bool write)
{
	const struct who *const w = &r->who[who];
	const bool seen = m_sees(r->m, &w->r, &r->m->v[0]) && (who != NOBODY || r->m->col.open);
	const bool may_read = w->read && (who != NOBODY || r->m->col.open);

	if (!seen)
		return 404;
	if ((!read || may_read) && (!write || w->write))
		return 0;
	return may_read || w->write ? 403 : 404;
}

/* ---- queries ---- */

enum { PAGE = 1, VERSION = 2, SPEC = 4, ID = 8, TYPE = 16 };
static const char *const times[] = {"2016-09-01T08:00:00.000Z", "2016-09-01T08:00:00.000000Z", "2016-09-02T08:00:00.500Z", "2016-09-02T08:00:00.500123456Z",
	"2016-09-03T08:00:00.001Z", "2016-09-04T08:00:00.000Z"};
static const char *const asked_times[] = {"2016-09-01T08:00:00Z", "2016-09-02T08:00:00.5Z", "2016-09-02T08:00:00.500123456Z", "2016-09-03T08:00:00.001000Z", "2017-01-01T00:00:00Z"};

static void put_param(struct buf *to, const char *name, const char *value)
{
	const bool first = strchr(to->p, '?') == NULL;
	const size_t n = strcspn(name, "[");

	buf_putc(to, first ? '?' : '&');
	if (name[n] == '[' && percent(30))
		buf_printf(to, "match%%5B%.*s%%5D=%s", (int)strlen(name + n + 1) - 1, name + n + 1, value);
	else
		buf_printf(to, "%s=%s", name, value);
}

static void put_value(struct buf *b, const char *s)
{
	if (b->n > 0)
		buf_putc(b, ',');
	buf_puts(b, s);
}

/* Each gives false for what is malformed. */
static bool some_limit(struct buf *to, struct m_query *q)
{
	static const char *const bad[] = {"0", "-1", "x", "1.5", "", "9999999999999999999999"};
	char text[16];

	if (percent(4)) {
		put_param(to, "limit", bad[below(ARRAY_LEN(bad))]);
		return false;
	}
	q->limit = percent(80) ? 1 + below(6) : 100000;
	(void)snprintf(text, sizeof(text), "%zu", q->limit);
	put_param(to, "limit", text);
	return true;
}

/* Of a time some entry has, or beside one; written with 0 to 9 digits, cut and not rounded. */
static bool some_added_after(const struct run *r, struct buf *to, struct m_query *q)
{
	static const char *const bad[] = {"yesterday", "2016-09-01", "1472716800", "", "2016-09-01T08:00:00", "2016-13-01T08:00:00Z"};
	const int64_t us = r->m->v[below((unsigned)r->m->n)].added + (percent(60) ? 0 : percent(30) ? -1 : (int64_t)below(41) - 20);
	const int digits = percent(60) ? 6 : (int)below(10);
	char text[40];
	int64_t ns;

	if (percent(4)) {
		put_param(to, "added_after", bad[below(ARRAY_LEN(bad))]);
		return false;
	}
	time_format(us * 1000 + (digits > 6 ? below(1000) : 0), digits, text, sizeof(text));
	ns = time_of(text);
	q->after_added = ns / 1000;
	put_param(to, "added_after", text);
	return true;
}

static bool same_text(const char *a, const char *b) { return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0; }
static bool same_reader(const struct m_reader *a, const struct m_reader *b)
{
	return same_text(a->party, b->party) && same_text(a->agency, b->agency) && same_text(a->person, b->person);
}

static bool some_next(const struct run *r, unsigned who, struct buf *to, struct m_query *q)
{
	const struct next *n;
	char bad[CURSOR_TEXT + 1];
	unsigned wrong_at;

	if (r->nexts == 0)
		return true;
	n = &r->next[below((unsigned)r->nexts)];
	if (percent(8)) {
		memcpy(bad, n->text, sizeof(bad));
		wrong_at = below(CURSOR_TEXT);
		bad[wrong_at] = bad[wrong_at] == 'A' ? 'B' : 'A';
		put_param(to, "next", percent(40) ? bad : r->foreign[0] != '\0' ? r->foreign : "1");
		return false;
	}
	put_param(to, "next", n->text);
	q->position = n->position;
	return n->side == r->at && same_reader(&r->who[n->reader].r, &r->who[who].r);
}

static bool some_versions(struct buf *to, struct m_query *q)
{
	CLEANUP_BUF struct buf list = {0};
	const size_t n = percent(70) ? 1 : 2 + below(2);
	bool good = true;

	if (percent(4)) {
		put_param(to, "match[version]", percent(50) ? "newest" : "all,first");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct m_pick p = {(int)below(4), 0};
		const char *text = p.what == M_LAST ? "last" : p.what == M_FIRST ? "first" : "all";

		if (p.what == M_AT) {
			text = asked_times[below(ARRAY_LEN(asked_times))];
			p.ns = time_of(text);
		}
		for (size_t k = 0; k < q->picks; k++)
			good = good && (q->pick[k].what != p.what || q->pick[k].ns != p.ns);
		good = good && (p.what != M_ALL || n == 1);
		put_value(&list, text);
		q->pick[q->picks++] = p;
	}
	buf_puts(&list, "");
	put_param(to, "match[version]", list.p);
	return good;
}

static bool some_specs(struct buf *to, struct m_query *q)
{
	static const struct { const char *text; bool v20, v21, good; } rows[] = {
		{"2.0", true, false, true}, {"2.1", false, true, true}, {"2.0,2.1", true, true, true}, {"2.1,2.0", true, true, true}, {"2.2", false, false, true},
		{"2.2,2.0", true, false, true}, {"new", false, false, false}, {"", false, false, false},
	};
	const size_t i = percent(92) ? below(6) : 6 + below(2);

	put_param(to, "match[spec_version]", rows[i].text);
	q->any_spec = true;
	q->v20 = rows[i].v20;
	q->v21 = rows[i].v21;
	return rows[i].good;
}

static const char unknown_id[] = "indicator--ffffffff-0000-4000-8000-000000000009";

static bool some_list(const struct run *r, const char *name, bool types, struct buf *to, const char **at, size_t *ret_n)
{
	static const char *const type[] = {"indicator", "process", "identity", "verbale-collection", "verbale-withdrawal", "x-unknown"};
	CLEANUP_BUF struct buf list = {0};
	const size_t n = 1 + below(3);

	if (percent(3)) {
		put_param(to, name, "a,,b");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		at[i] = types ? type[below(ARRAY_LEN(type))] : percent(90) ? r->m->v[below((unsigned)r->m->n)].id : percent(50) ? unknown_id : "no-id";
		put_value(&list, at[i]);
	}
	buf_puts(&list, "");
	put_param(to, name, list.p);
	*ret_n = n;
	return true;
}

static bool some_query(const struct run *r, unsigned who, unsigned takes, struct buf *to, struct m_query *q)
{
	bool good = true;

	*q = (struct m_query){.after_added = INT64_MIN, .position = INT64_MIN, .limit = 1000};
	if ((takes & PAGE) != 0 && percent(60))
		good = some_limit(to, q) && good;
	if ((takes & PAGE) != 0 && percent(35))
		good = some_added_after(r, to, q) && good;
	if ((takes & PAGE) != 0 && percent(35))
		good = some_next(r, who, to, q) && good;
	if ((takes & VERSION) != 0 && percent(50))
		good = some_versions(to, q) && good;
	if ((takes & SPEC) != 0 && percent(35))
		good = some_specs(to, q) && good;
	if ((takes & ID) != 0 && percent(25))
		good = some_list(r, "match[id]", false, to, q->id, &q->ids) && good;
	if ((takes & TYPE) != 0 && percent(25))
		good = some_list(r, "match[type]", true, to, q->type, &q->types) && good;
	if (percent(2)) {
		put_param(to, "match[colour]", "red");
		put_param(to, "page", "2");
	}
	if (percent(2)) { /* twice, even where it would be ignored */
		put_param(to, "match[hue]", "1");
		put_param(to, "match[hue]", "2");
		good = false;
	}
	return good;
}

/* ---- pages ---- */

static void put_row(const struct m_version *v, char what, struct buf *out)
{
	char added[40];

	time_format(v->added * 1000, 6, added, sizeof(added));
	if (what == 'v')
		buf_printf(out, "\"%s\"", v->version);
	else if (what == 'm')
		buf_printf(out, "{\"date_added\":\"%s\",\"id\":\"%s\",\"media_type\":\"application/stix+json;version=%s\",\"version\":\"%s\"}", added, v->id, v->v20 ? "2.0" : "2.1", v->version);
	else
		buf_puts(out, v->json);
}

static void check_dates(struct run *r, const struct answer *a, const struct m_page *p)
{
	static const char *const name[] = {"X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"};

	for (size_t i = 0; i < 2; i++) {
		const char *const got = answer_header(a, name[i]);
		char due[40] = "";

		if (p->n > 0)
			time_format(r->m->v[p->at[i == 0 ? 0 : p->n - 1]].added * 1000, 6, due, sizeof(due));
		if (strcmp(got != NULL ? got : "", due) != 0)
			differs(r, "%s: %s, %s is due", name[i], got != NULL ? got : "none", due);
	}
}

static void check_page(struct run *r, unsigned who, char what, const struct m_page *p, const struct answer *a)
{
	CLEANUP_BUF struct buf due = {0};
	const char *const next = json_get_str(answer_root(a), "next");
	char *const got = canon_val(answer_root(a));

	check_dates(r, a, p);
	buf_puts(&due, "{");
	if (p->more)
		buf_printf(&due, "\"more\":true,\"next\":\"%s\",", next != NULL ? next : "(missing)");
	if (p->n > 0)
		buf_puts(&due, what == 'v' ? "\"versions\":[" : "\"objects\":[");
	for (size_t i = 0; i < p->n; i++) {
		buf_puts(&due, i > 0 ? "," : "");
		put_row(&r->m->v[p->at[i]], what, &due);
	}
	buf_puts(&due, p->n > 0 ? "]}" : "}");
	assert_int_equal(due.err, 0);
	if (strcmp(got, due.p) != 0)
		differs(r, "the page is\n%s\nand due is\n%s", got, due.p);
	if (p->more && next != NULL && strlen(next) == CURSOR_TEXT) {
		struct next *const n = &r->next[r->nexts < TOKENS ? r->nexts++ : below(TOKENS)];

		memcpy(n->text, next, sizeof(n->text));
		n->reader = who;
		n->side = r->at;
		n->position = r->m->v[p->at[p->n - 1]].added;
	}
	sum.pages++;
	sum.rows += p->n;
	mem_free(got);
}

/* The same again, for who has it: nothing changed in between. */
static void ask_again(struct run *r, unsigned who, const char *target, const struct answer *a)
{
	const char *const tag = answer_header(a, "ETag");
	struct answer b;

	if (tag == NULL)
		differs(r, "no ETag");
	send_to(r, "GET", who, NULL, tag, NULL, target, &b);
	if (b.r.status != 304 || b.r.body.n != 0)
		differs(r, "%d though the client has %s", b.r.status, tag);
	answer_free(&b);
}

/* Of an object that was taken back, in part perhaps: that version, by its time. */
static const struct m_version *some_withdrawal(const struct run *r)
{
	const size_t from = below((unsigned)r->m->n);

	for (size_t i = 0; i < r->m->n; i++) {
		const struct m_version *const v = &r->m->v[(from + i) % r->m->n];

		if (v->of_dated && percent(60))
			return v;
	}
	return NULL;
}

static bool ask_for(const struct m_version *w, struct buf *to, struct m_query *q)
{
	char text[40];

	*q = (struct m_query){.after_added = INT64_MIN, .position = INT64_MIN, .limit = 1000, .pick = {{M_AT, w->of_ns}}, .picks = 1};
	time_format(w->of_ns, 9, text, sizeof(text));
	put_param(to, "match[version]", text);
	return true;
}

static const char *some_id(const struct run *r) { return percent(93) ? r->m->v[below((unsigned)r->m->n)].id : unknown_id; }

static void do_get(struct run *r)
{
	static const struct { char what; const char *path; bool one; unsigned takes; } rows[] = {
		{'o', "objects/", false, PAGE | VERSION | SPEC | ID | TYPE}, {'m', "manifest/", false, PAGE | VERSION | SPEC | ID | TYPE},
		{'o', "", true, PAGE | VERSION | SPEC}, {'v', "versions/", true, PAGE | SPEC},
	};
	const struct m_version *const w = percent(15) ? some_withdrawal(r) : NULL;
	const size_t row = w != NULL ? 2 : percent(60) ? 0 : 1 + below(3);
	const unsigned who = percent(80) ? LESER + below(MIZUSHIMA) : below(WHO);
	const char *const id = w != NULL ? w->of : some_id(r);
	CLEANUP_BUF struct buf to = {0};
	struct m_query q;
	struct m_page p;
	struct answer a;
	int status = refusal(r, who, true, false);
	bool good;

	buf_printf(&to, API "collections/%s/", r->uuid);
	if (rows[row].one)
		buf_printf(&to, "objects/%s/", id);
	buf_puts(&to, rows[row].path);
	good = w != NULL ? ask_for(w, &to, &q) : some_query(r, who, rows[row].takes, &to, &q);
	if (rows[row].one) {
		q.id[0] = id;
		q.ids = 1;
	}
	if (rows[row].what == 'v') {
		q.pick[0].what = M_ALL;
		q.picks = 1;
	}
	m_page(r->m, &r->who[who].r, &q, &p);
	if (status == 0 && !good)
		status = 400;
	else if (status == 0 && rows[row].one && p.n == 0 && (!m_there(r->m, &r->who[who].r, id) || (rows[row].what == 'o' && m_taken_back(r->m, &r->who[who].r, id, &q))))
		status = 404;
	send_to(r, "GET", who, NULL, NULL, NULL, to.p, &a);
	if (!has_status(r, &a, status != 0 ? status : 200)) {
		check_page(r, who, rows[row].what, &p, &a);
		if (percent(4))
			ask_again(r, who, to.p, &a);
	}
	answer_free(&a);
}

/* ---- adding ---- */

static const char *const levels[] = {"94868c89-83c2-464b-929b-a1a8aa3c8487", "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
	"939a9414-2ddd-4d32-a0cd-375ea402b003", "e828b379-4e03-4974-9ac4-e53a884c97c1"};

static void put_marking(const struct m_version *v, struct buf *out)
{
	if (v->marking != M_UNMARKED)
		buf_printf(out, ",\"object_marking_refs\":[\"marking-definition--%s\"]", levels[v->marking]);
	if (!v->narrowed)
		return;
	buf_puts(out, ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[");
	for (size_t i = 0; i < M_NAMES && v->name[i] != NULL; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", v->name[i]);
	buf_puts(out, "]}}");
}

static void some_audience(struct m_version *v)
{
	static const char *const to[] = {"DE", "DE/BSI", "DE/BSI/muster", "JP", "JP/MOFA/mizushima", "DE/BKA/fremd", "BR"};
	const size_t first = below(ARRAY_LEN(to)), second = below(ARRAY_LEN(to));

	v->marking = percent(55) ? M_UNMARKED : (int)below(5);
	v->narrowed = !v->v20 && percent(25);
	if (!v->narrowed || percent(8))
		return;
	v->name[0] = to[first];
	if (second != first && percent(40))
		v->name[1] = to[second];
}

/* A version of one of the sequence's objects: its text, and the model's idea of it. */
static void make_object(const struct run *r, struct m_version *v, struct buf *out, bool *ret_bad)
{
	static const char *const type[IDS] = {"indicator", "indicator", "indicator", "identity", "process"};
	static const size_t three_digits[] = {0, 2, 4, 5};
	const size_t i = below(IDS);
	const bool bad = percent(5);

	*v = (struct m_version){.v20 = i < 3 && percent(25)};
	(void)snprintf(v->id, sizeof(v->id), "%s", r->id[i]);
	(void)snprintf(v->type, sizeof(v->type), "%s", type[i]);
	some_audience(v);
	if (i < 4)
		(void)snprintf(v->text, sizeof(v->text), "%s", times[v->v20 ? three_digits[below(4)] : below(ARRAY_LEN(times))]);
	buf_printf(out, "{\"type\":\"%s\",\"id\":\"%s\"%s", type[i], v->id, v->v20 ? "" : ", \"spec_version\": \"2.1\"");
	if (i < 4)
		buf_printf(out, ",\"created\":\"2016-09-01T08:00:00.000Z\",\"modified\":\"%s\",\"name\":\"n%u\"", v->text, below(100) / 92);
	if (i < 3)
		buf_puts(out, ",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"valid_from\":\"2016-09-01T08:00:00Z\"");
	if (i < 3)
		buf_puts(out, v->v20 ? ",\"labels\":[\"malicious-activity\"]" : ",\"pattern_type\":\"stix\"");
	if (i == 3)
		buf_puts(out, ",\"identity_class\":\"group\"");
	if (i == 4)
		buf_printf(out, ",\"pid\":%u", 1 + below(100) / 80);
	if (bad)
		buf_puts(out, i == 4 ? ",\"cwd\":7" : ",\"created_by_ref\":\"nobody\"");
	put_marking(v, out);
	buf_putc(out, '}');
	*ret_bad = bad || (v->narrowed && v->name[0] == NULL); /* STIX knows no empty lists */
}

struct sent { char id[96], text[40]; enum m_added what; };
#define SENT_MAX 8

static void check_counts(struct run *r, const struct answer *a, size_t good, size_t bad)
{
	static const char *const names[] = {"total_count", "success_count", "failure_count", "pending_count"};
	const size_t due[] = {good + bad, good, bad, 0};
	const char *const stamp = json_get_str(answer_root(a), "request_timestamp"), *const id = json_get_str(answer_root(a), "id");

	for (size_t i = 0; i < 4; i++) {
		int64_t n = -1;

		if (!json_int(json_get(answer_root(a), names[i]), &n) || n != (int64_t)due[i])
			differs(r, "%s is %lld, %zu is due: %s", names[i], (long long)n, due[i], a->r.body.p);
	}
	if (id == NULL || strlen(id) != 36 || stamp == NULL || strlen(stamp) != 27 || !json_str_is(json_get(answer_root(a), "status"), "complete"))
		differs(r, "no status resource: %s", a->r.body.p);
}

/* What has no version of its own is named by the date it was added, and by that of the question when it was not. */
static const char *version_of(const struct run *r, const struct sent *s, const char *stamp)
{
	if (s->text[0] != '\0')
		return s->text;
	for (size_t i = 0; i < r->m->n && (s->what == M_NEW || s->what == M_AGAIN); i++)
		if (!r->m->v[i].gone && strcmp(r->m->v[i].id, s->id) == 0)
			return r->m->v[i].version;
	return stamp;
}

/* One list: those that went in, or those that did not; in the order sent; none when there are none (§2). */
static void check_list(struct run *r, const struct answer *a, const char *name, bool good, const struct sent *s, size_t n)
{
	const struct json_val *const list = json_get(answer_root(a), name), *v = NULL;
	const char *const stamp = json_get_str(answer_root(a), "request_timestamp");
	struct json_iter it;
	size_t due = 0;

	json_iter(&it, list);
	for (size_t i = 0; i < n; i++) {
		const char *const version = version_of(r, &s[i], stamp);

		if ((s[i].what != M_REFUSED) != good)
			continue;
		due++;
		if (!json_next(&it, NULL, &v) || !json_str_is(json_get(v, "id"), s[i].id) || !json_str_is(json_get(v, "version"), version) ||
		    (json_get_str(v, "message") != NULL) != (s[i].what != M_NEW))
			differs(r, "%s: %s %s (%d) is due: %s", name, s[i].id, version, (int)s[i].what, a->r.body.p);
	}
	if (json_len(list) != due || (due == 0 && list != NULL))
		differs(r, "%s: %zu are due: %s", name, due, a->r.body.p);
}

static void ask_status(struct run *r, unsigned who, const struct answer *a)
{
	const unsigned other = below(WHO);
	char target[100];
	struct answer b;

	(void)snprintf(target, sizeof(target), API "status/%s/", json_get_str(answer_root(a), "id"));
	send_to(r, "GET", who, NULL, NULL, NULL, target, &b);
	if (!has_status(r, &b, 200) && strcmp(a->r.body.p, b.r.body.p) != 0)
		differs(r, "another status: %s", b.r.body.p);
	answer_free(&b);
	if (other == who)
		return;
	send_to(r, "GET", other, NULL, NULL, NULL, target, &b);
	(void)has_status(r, &b, 404);
	answer_free(&b);
}

static size_t make_envelope(struct run *r, struct buf *body, struct sent *sent)
{
	const size_t n = 1 + below(percent(70) ? 3 : SENT_MAX);
	CLEANUP_BUF struct buf one = {0};
	struct m_version v;
	bool bad;

	buf_puts(body, percent(50) ? "{\"objects\":[" : " {\"more\": false,\n \"objects\" : [ ");
	for (size_t i = 0; i < n; i++) {
		buf_puts(body, i > 0 ? " ,\n" : "");
		if (i == 0 || percent(88)) { /* else the same once more */
			buf_clear(&one);
			make_object(r, &v, &one, &bad);
		}
		buf_put(body, one.p, one.n);
		v.json = canon(one.p, one.n);
		memcpy(sent[i].id, v.id, sizeof(v.id));
		memcpy(sent[i].text, v.text, sizeof(v.text));
		sent[i].what = m_would_add(r->m, &v, bad);
		if (sent[i].what == M_NEW)
			m_put(r->m, &v); /* without its date yet */
		else
			mem_free(v.json);
		sum.objects++;
	}
	buf_puts(body, "]}");
	assert_int_equal(body->err, 0);
	return n;
}

static void forget(struct run *r, size_t from)
{
	for (; r->m->n > from; r->m->n--)
		mem_free(r->m->v[r->m->n - 1].json);
}

static void do_post(struct run *r)
{
	static const struct { const char *body; int status; } broken[] = {{"{", 400}, {"{}", 422}, {"[]", 422}, {"{\"objects\":[]}", 422}, {"{\"objects\":[{\"type\":\"identity\"}]}", 422},
		{"{\"objects\":[{\"id\":\"x\"}", 400}, {"{\"objects\":[1]}", 422}, {"", 400}};
	const unsigned who = percent(80) ? MUSTER : below(WHO);
	const size_t before = r->m->n, wrong_body = percent(5) ? below(ARRAY_LEN(broken)) : SIZE_MAX;
	const bool wrong_type = percent(2);
	const int right = who == NOBODY ? 401 : refusal(r, who, false, true);
	CLEANUP_BUF struct buf body = {0};
	struct m_version due[SENT_MAX];
	struct sent sent[SENT_MAX];
	size_t n = 0, good = 0, fresh;
	char target[100];
	struct answer a;
	int status = wrong_type ? 415 : right != 0 ? right : wrong_body != SIZE_MAX ? broken[wrong_body].status : 202;

	if (wrong_body != SIZE_MAX)
		buf_puts(&body, broken[wrong_body].body);
	else
		n = make_envelope(r, &body, sent);
	if (status != 202)
		forget(r, before);
	(void)snprintf(target, sizeof(target), API "collections/%s/objects/", r->uuid);
	send_to(r, "POST", who, wrong_type ? "application/json" : TAXII_TYPE, NULL, body.p, target, &a);
	fresh = r->m->n - before;
	memcpy(due, r->m->v + before, fresh * sizeof(due[0]));
	r->m->n = before;
	learn(r, due, fresh);
	if (!has_status(r, &a, status)) {
		for (size_t i = 0; i < n; i++)
			good += sent[i].what != M_REFUSED;
		check_counts(r, &a, good, n - good);
		check_list(r, &a, "successes", true, sent, n);
		check_list(r, &a, "failures", false, sent, n);
		if (percent(10))
			ask_status(r, who, &a);
	}
	sum.posts++;
	answer_free(&a);
}

/* ---- taking back ---- */

static void take_back(struct run *r, const struct m_page *p)
{
	struct m_version *const due = mem_array(p->n + 1, sizeof(*due));

	assert_non_null(due);
	for (size_t i = 0; i < p->n; i++) {
		struct m_version *const v = &r->m->v[p->at[i]];

		due[i] = (struct m_version){.type = "verbale-withdrawal", .marking = v->marking, .narrowed = v->narrowed, .name = {v->name[0], v->name[1]},
			.of_ns = v->ns, .of_dated = v->text[0] != '\0'};
		memcpy(due[i].of, v->id, sizeof(v->id));
		v->gone = true;
	}
	learn(r, due, p->n);
	mem_free(due);
}

static void do_delete(struct run *r)
{
	const unsigned who = percent(70) ? MUSTER : below(WHO);
	const char *const id = some_id(r);
	CLEANUP_BUF struct buf to = {0};
	struct m_query q;
	struct m_page p;
	struct answer a;
	int status = refusal(r, who, true, true);
	bool good;

	buf_printf(&to, API "collections/%s/objects/%s/", r->uuid, id);
	good = some_query(r, who, VERSION | SPEC, &to, &q);
	q.id[0] = id;
	q.ids = 1;
	q.limit = M_VERSIONS;
	if (q.picks == 0) {
		q.pick[0].what = M_ALL;
		q.picks = 1;
	}
	if (!q.any_spec)
		q.any_spec = q.v20 = q.v21 = true;
	m_page(r->m, &r->who[who].r, &q, &p);
	if (status == 0)
		status = !good ? 400 : p.n == 0 ? 404 : strncmp(id, "verbale-", 8) == 0 ? 403 : 200;
	send_to(r, "DELETE", who, NULL, NULL, NULL, to.p, &a);
	if (!has_status(r, &a, status)) {
		if (a.r.body.n != 0)
			differs(r, "a body: %s", a.r.body.p);
		take_back(r, &p);
		sum.deletes += p.n;
	} else {
		learn(r, NULL, 0);
	}
	answer_free(&a);
}

/* ---- sequences ---- */

static const struct kind { struct m_col c; const char *ceiling, *members; int marking; } kinds[] = {
	{{.takes20 = true, .jp_member = true, .ceiling = M_AMBER}, "amber", "\"DE\",\"JP\"", M_UNMARKED},
	{{.open = true, .ceiling = M_CLEAR}, "clear", "\"DE\"", M_CLEAR},
	{{.ceiling = M_AMBER}, "amber", "\"DE\"", M_UNMARKED},
	{{.takes20 = true, .jp_community = true, .ceiling = M_AMBER}, "amber", "\"DE\"", M_GREEN},
	{{.takes20 = true, .jp_member = true, .ceiling = M_RED}, "red", "\"DE\",\"JP\"", M_AMBER},
	{{.open = true, .takes20 = true, .jp_member = true, .ceiling = M_AMBER}, "amber", "\"DE\",\"JP\"", M_CLEAR},
};

/* The collection as it stands in the model, as its next version. */
static void put_collection(struct run *r)
{
	const struct side *const s = &r->side[r->at];
	const struct kind *const k = &kinds[s->kind];
	CLEANUP_BUF struct buf b = {0};
	struct m_version v = {.type = "verbale-collection", .marking = k->marking};

	(void)snprintf(v.text, sizeof(v.text), "2016-09-01T08:00:00.%03uZ", s->changes);
	(void)snprintf(v.id, sizeof(v.id), "verbale-collection--%s", r->uuid);
	buf_printf(&b, "{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\",\"created_by_ref\":\"%s\","
	    "\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},\"members\":[%s],\"ceiling\":\"%s\",\"public\":%s,\"name\":{\"en\":\"X\"}",
	    v.id, times[0], v.text, record_self(r->x.de.r)->identity, k->members, k->ceiling, r->m->col.open ? "true" : "false");
	if (r->m->col.takes20)
		buf_puts(&b, ",\"spec_versions\":[\"2.0\",\"2.1\"]");
	if (r->m->col.jp_community)
		buf_puts(&b, ",\"community\":[\"JP\"]");
	put_marking(&v, &b);
	buf_puts(&b, "}");
	put(&r->x, r->uuid, b.p);
	v.json = canon(b.p, b.n);
	learn(r, &v, 1);
}

static void turn_to(struct run *r, unsigned at)
{
	r->at = at;
	r->m = &r->side[at].m;
	r->uuid = r->side[at].uuid;
}

static void found(struct run *r, unsigned at)
{
	turn_to(r, at);
	r->side[at].kind = below(ARRAY_LEN(kinds));
	r->side[at].changes = 0;
	r->m->col = kinds[r->side[at].kind].c;
	(void)snprintf(r->uuid, 37, "0b7c2d2e-6a0b-4d0e-9d5%u-%012lx", 2 + at, r->k & 0xffffffffffff);
	put_collection(r);
}

/* Where DE is alone it says who else reads. */
static void change(struct run *r)
{
	if (r->m->col.jp_member)
		return;
	if (percent(50))
		r->m->col.open = !r->m->col.open;
	else
		r->m->col.jp_community = !r->m->col.jp_community;
	r->side[r->at].changes++;
	buf_printf(&r->did, "  changed: open %d, community %d\n", r->m->col.open, r->m->col.jp_community);
	put_collection(r);
}

static void step(struct run *r, unsigned i)
{
	const unsigned what = below(1000);

	if (percent(40))
		turn_to(r, !r->at);
	if (what < 280 || (i < 4 && what < 800)) {
		do_post(r);
	} else if (what < 340) {
		do_delete(r);
	} else if (what < 343) {
		buf_puts(&r->did, "  restart\n");
		taxiilab_restart(&r->x);
		sum.restarts++;
	} else if (what < 350) {
		change(r);
	} else {
		do_get(r);
	}
}

static void sequence(struct run *r, unsigned long k)
{
	static const char *const type[IDS] = {"indicator", "indicator", "indicator", "identity", "process"};
	unsigned n;

	r->k = k;
	state = mix(args.seed * 1000003 + k);
	n = 10 + below(31);
	if (r->nexts > 0)
		memcpy(r->foreign, r->next[0].text, sizeof(r->foreign));
	r->nexts = 0;
	buf_clear(&r->did);
	for (size_t i = 0; i < IDS; i++)
		(void)snprintf(r->id[i], sizeof(r->id[i]), "%s--%08lx-0000-4000-8000-%012zx", type[i], k, i);
	found(r, 1);
	found(r, 0);
	for (unsigned i = 0; i < n; i++)
		step(r, i);
	m_clear(&r->side[0].m);
	m_clear(&r->side[1].m);
}

static void test_model(void **unused)
{
	struct run *const r = mem_zalloc(sizeof(*r));

	(void)unused;
	assert_non_null(r);
	for (unsigned long k = 0; k < args.sequences; k++) {
		if (k % PER_NODE == 0) {
			taxiilab_open(&r->x, 0);
			people(r);
			r->frame = 0;
			r->added = INT64_MIN;
			r->foreign[0] = '\0';
			r->nexts = 0;
		}
		sequence(r, args.first + k);
		if (k % PER_NODE == PER_NODE - 1 || k + 1 == args.sequences)
			taxiilab_close(&r->x);
	}
	buf_free(&r->did);
	mem_free(r);
	printf("seed %llu, %lu sequences from %lu: %lu requests (%lu refused), %lu pages of %lu rows, %lu posts of %lu objects, %lu versions deleted, %lu restarts\n",
	    (unsigned long long)args.seed, args.sequences, args.first, sum.requests, sum.refused, sum.pages, sum.rows, sum.posts, sum.objects, sum.deletes, sum.restarts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_model)};
	const char *const how = getenv("TAXII_MODEL");
	unsigned long long seed = 1;

	if (how != NULL && sscanf(how, "%llu/%lu/%lu", &seed, &args.sequences, &args.first) < 1) {
		fprintf(stderr, "TAXII_MODEL=SEED/SEQUENCES[/FIRST]\n");
		return 2;
	}
	args.seed = seed;
	if (access("/dev/shm", W_OK) == 0)
		IGNORE(setenv("TMPDIR", "/dev/shm", 0) != 0, "then it takes longer");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
