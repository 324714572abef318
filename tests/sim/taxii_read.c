/* Random questions, and the pages that are due. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "taxii_run.h"

/* ---- queries ---- */

enum { PAGE = 1, VERSION = 2, SPEC = 4, ID = 8, TYPE = 16 };
const char *const times[6] = {"2016-09-01T08:00:00.000Z", "2016-09-01T08:00:00.000000Z", "2016-09-02T08:00:00.500Z", "2016-09-02T08:00:00.500123456Z",
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

void do_get(struct run *r)
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

/* Everything there is, without a question. */
void do_get_all(struct run *r, unsigned who)
{
	const struct m_query q = {.after_added = INT64_MIN, .position = INT64_MIN, .limit = 1000};
	const int status = refusal(r, who, true, false);
	char target[100];
	struct m_page p;
	struct answer a;

	(void)snprintf(target, sizeof(target), API "collections/%s/objects/", r->uuid);
	m_page(r->m, &r->who[who].r, &q, &p);
	send_to(r, "GET", who, NULL, NULL, NULL, target, &a);
	if (!has_status(r, &a, status != 0 ? status : 200))
		check_page(r, who, 'o', &p, &a);
	answer_free(&a);
}

/* ---- taking back ---- */

static void take_back(struct run *r, const struct m_page *p)
{
	struct m_version *const due = mem_array(p->n + 1, sizeof(*due));

	assert_non_null(due);
	for (size_t i = 0; i < p->n; i++) {
		struct m_version *const v = &r->m->v[p->at[i]];

		due[i] = (struct m_version){.type = "verbale-withdrawal", .marking = v->marking, .narrowed = v->narrowed, .of_ns = v->ns, .of_dated = v->text[0] != '\0'};
		for (size_t k = 0, n = 0; k < M_NAMES; k++) /* a party that is no longer reached is not named again */
			if (v->name[k] != NULL && m_reaches(r->m, v, v->name[k]))
				due[i].name[n++] = v->name[k];
		memcpy(due[i].of, v->id, sizeof(v->id));
		v->gone = true;
	}
	learn(r, due, p->n);
	mem_free(due);
}

void do_delete(struct run *r)
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
