#include "peer/pull.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "json/split.h"

#define BATCH 1000                  /* objects per commit */
#define BATCH_BYTES (4UL * 1024 * 1024)
#define US INT64_C(1000)            /* nanoseconds */

struct pull {
	struct record *r;
	struct pull_opt opt;
	struct pull_cursor at;
	struct pull_report report;
	struct buf url;
	unsigned limit, wait_s, tries;
	unsigned idle;              /* pages one after another that brought nothing new */
	unsigned refused;           /* tokens one after another that the server gave and would not take */
	bool dates_only;            /* its `next` failed: go on by date_added */
	uint8_t page[32];           /* SHA-256 of the last one */
	bool repeated;              /* the page under way is that one again */
	bool done;
	/* the page under way */
	struct buf text;
	struct add_item item[BATCH];
	struct add_result res[BATCH];
	size_t off[BATCH], n;
	char next[LIMIT_PULL_NEXT + 1];
	bool more;
	uint64_t fresh;
};

/* ---- cursor ---- */

static const struct { const char *key; size_t at, room; } fields[] = {
	{"added_after", offsetof(struct pull_cursor, added_after), sizeof(((struct pull_cursor *)0)->added_after)},
	{"newest", offsetof(struct pull_cursor, newest), sizeof(((struct pull_cursor *)0)->newest)},
	{"next", offsetof(struct pull_cursor, next), sizeof(((struct pull_cursor *)0)->next)},
};

void pull_cursor_put(const struct pull_cursor *c, struct buf *out)
{
	bool first = true;

	buf_putc(out, '{');
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *s = (const char *)c + fields[i].at;

		json_put_member(out, &first, fields[i].key);
		json_put_str(out, s, strlen(s));
	}
	buf_putc(out, '}');
}

int pull_cursor_parse(const void *p, size_t n, struct pull_cursor *ret, struct err *e)
{
	const struct json_read_opt opt = {.what = "cursor"};
	struct pull_cursor c = {.next = ""};
	struct json_doc *doc = NULL;
	int rc = json_read(p, n, &opt, &doc, e);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(fields); i++) {
		const char *s = json_get_str(json_root(doc), fields[i].key);

		if (s == NULL || strlen(s) >= fields[i].room)
			rc = fail(e, E_FORMAT, "cursor: %s is missing or too long", fields[i].key);
		else
			memcpy((char *)&c + fields[i].at, s, strlen(s) + 1);
	}
	json_free(doc);
	if (rc == 0)
		*ret = c;
	return rc;
}

/* ---- asking ---- */

/* text minus some time, at microseconds; "" if it is no time. */
static void earlier(const char *text, int64_t ns, char out[LIMIT_TIMESTAMP + 1])
{
	int64_t t;

	out[0] = '\0';
	if (time_parse(text, strlen(text), &t))
		time_format(t - ns, 6, out, LIMIT_TIMESTAMP + 1);
}

/* Some servers hand out each page of a token but once: what was on its way when a line or a run broke off is had by date alone. */
static void go_back(struct pull *p)
{
	if (p->at.next[0] == '\0' || p->at.newest[0] == '\0')
		return;
	earlier(p->at.newest, US, p->at.added_after);
	p->at.next[0] = '\0';
}

int pull_new(struct record *r, const struct pull_opt *o, const struct pull_cursor *from, struct pull **ret, struct err *e)
{
	struct pull *p = mem_zalloc(sizeof(*p));

	if (p == NULL)
		return fail(e, E_NOMEM, "pull");
	p->r = r;
	p->opt = *o;
	p->limit = o->limit != 0 ? o->limit : LIMIT_PULL_PAGE;
	p->text = (struct buf)BUF_INIT(BATCH_BYTES + LIMIT_JSON_BYTES);
	p->url = (struct buf)BUF_INIT(LIMIT_URL + 8 * LIMIT_PULL_NEXT);
	if (from != NULL)
		p->at = *from;
	go_back(p);
	*ret = p;
	return 0;
}

void pull_free(struct pull *p)
{
	if (p == NULL)
		return;
	buf_free(&p->text);
	buf_free(&p->url);
	mem_free(p);
}

const struct pull_cursor *pull_where(const struct pull *p) { return &p->at; }
const struct pull_report *pull_result(const struct pull *p) { return &p->report; }

static void put_query(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		const unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL)
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", c);
	}
}

bool pull_next(struct pull *p, struct pull_request *ret)
{
	if (p->done)
		return false;
	buf_clear(&p->url);
	buf_printf(&p->url, "%s?limit=%u%s", p->opt.url, p->limit, p->report.last_only ? "" : "&match%5Bversion%5D=all");
	if (p->at.added_after[0] != '\0') {
		buf_puts(&p->url, "&added_after=");
		put_query(&p->url, p->at.added_after);
	}
	if (p->at.next[0] != '\0') {
		buf_puts(&p->url, "&next=");
		put_query(&p->url, p->at.next);
	}
	*ret = (struct pull_request){.url = p->url.err == 0 ? p->url.p : p->opt.url, .wait_s = p->wait_s};
	return true;
}

/* ---- a page ---- */

/* The collection's own object and withdrawals speak for the node that wrote them; they come to peers over its log. */
static bool is_paper(const struct add_item *it)
{
	const struct json_read_opt opt = {.what = "object"};
	struct json_doc *doc = NULL;
	const char *type;
	bool yes;

	if (json_read(it->p, it->n, &opt, &doc, NULL) != 0)
		return false;
	type = json_get_str(json_root(doc), "type");
	yes = type != NULL && strncmp(type, "verbale-", 8) == 0;
	json_free(doc);
	return yes;
}

static int flush(struct pull *p, struct err *e)
{
	int rc = buf_err(&p->text, e, "page");

	for (size_t i = 0; i < p->n; i++)
		p->item[i].p = p->text.p + p->off[i];
	if (rc == 0 && p->n > 0)
		rc = record_add(p->r, &p->opt.add, p->item, p->n, p->res, e);
	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		p->report.added += p->res[i].what == ADDED_NEW;
		p->report.known += p->res[i].what == ADDED_DUPLICATE;
		p->fresh += p->res[i].what == ADDED_NEW;
		if (p->res[i].what != ADDED_REFUSED || is_paper(&p->item[i]))
			continue;
		p->report.refused++;
		if (p->opt.refused != NULL)
			p->opt.refused(p->opt.ctx, &p->res[i]);
	}
	p->n = 0;
	buf_clear(&p->text);
	return rc;
}

static int take_object(void *ctx, uint64_t n, const void *bytes, size_t len, struct err *e)
{
	struct pull *p = ctx;
	int rc = 0;

	(void)n;
	if (p->n == BATCH || p->text.n + len > BATCH_BYTES)
		rc = flush(p, e);
	if (rc != 0)
		return rc;
	p->report.seen++;
	p->off[p->n] = p->text.n;
	p->item[p->n].n = len;
	p->n++;
	buf_put(&p->text, bytes, len);
	return 0;
}

/* Longer than any object here may be: it fails alone, like every other bad one. */
static int take_skipped(void *ctx, uint64_t n, const void *head, size_t head_n, uint64_t len, struct err *e)
{
	struct pull *p = ctx;
	struct add_result res = {.what = ADDED_REFUSED};

	(void)e;
	(void)head;
	(void)head_n;
	(void)fail(&res.err, E_LIMIT, "object %llu of the page: %llu bytes, at most %lu are taken", (unsigned long long)n, (unsigned long long)len, LIMIT_JSON_BYTES);
	p->report.seen++;
	p->report.refused++;
	if (p->opt.refused != NULL)
		p->opt.refused(p->opt.ctx, &res);
	return 0;
}

static int take_member(void *ctx, const char *key, size_t key_n, const void *bytes, size_t len, struct err *e)
{
	const struct json_read_opt opt = {.what = "envelope"};
	struct pull *p = ctx;
	struct json_doc *doc = NULL;
	size_t n;
	const char *s;
	int rc;

	if (!(key_n == 4 && (memcmp(key, "more", 4) == 0 || memcmp(key, "next", 4) == 0)))
		return 0;
	if ((rc = json_read(bytes, len, &opt, &doc, e)) != 0)
		return rc;
	s = json_str(json_root(doc), &n);
	if (key[0] == 'm')
		IGNORE(!json_bool(json_root(doc), &p->more), "anything but true is no");
	else if (s != NULL && n <= LIMIT_PULL_NEXT && strlen(s) == n)
		memcpy(p->next, s, n + 1); /* longer than a URL can carry: as if it gave none */
	json_free(doc);
	return 0;
}

static int read_page(struct pull *p, const struct pull_answer *a, struct err *e)
{
	const struct json_split_opt opt = {.shapes = SPLIT_WRAPPED, .what = "page"};
	const struct json_split_sink sink = {.element = take_object, .skipped = take_skipped, .member = take_member, .ctx = p};
	struct json_splitter *s = NULL;
	bool wrapped = false;
	uint64_t count = 0;
	int rc = json_split_new(&opt, &sink, &s, e);

	p->more = false;
	p->next[0] = '\0';
	p->fresh = 0;
	if (rc == 0 && (rc = json_split_feed(s, a->body, a->n, e)) == 0)
		rc = json_split_end(s, &count, &wrapped, e);
	json_split_free(s);
	return rc == 0 ? flush(p, e) : fail_wrap(e, rc, "%s: ", p->opt.url);
}

/* ---- where to go on ---- */

static void note_date(struct pull *p, const char *last)
{
	int64_t t;

	if (last == NULL || strlen(last) > LIMIT_TIMESTAMP || !time_parse(last, strlen(last), &t))
		return;
	p->report.dated = true;
	if (p->at.newest[0] == '\0' || time_compare(last, strlen(last), p->at.newest, strlen(p->at.newest)) > 0)
		memcpy(p->at.newest, last, strlen(last) + 1);
}

/* The run is over: the next one begins where this one ended, a little before. */
static int finish(struct pull *p)
{
	if (p->at.newest[0] != '\0')
		earlier(p->at.newest, p->opt.overlap_s * NS_PER_S + US, p->at.added_after);
	p->at.next[0] = '\0';
	p->at.newest[0] = '\0';
	p->done = true;
	return 0;
}

/* By date: just before the last one, so that others of the same date, behind the page's edge, are not passed over. */
static int go_by_date(struct pull *p, struct err *e)
{
	char to[LIMIT_TIMESTAMP + 1];

	p->at.next[0] = '\0';
	if (p->at.newest[0] == '\0')
		return fail(e, E_FORMAT, "%s: the server says there is more but gives neither \"next\" nor a date to go on from", p->opt.url);
	earlier(p->at.newest, US, to);
	if (strcmp(to, p->at.added_after) != 0) {
		memcpy(p->at.added_after, to, sizeof(to));
		return 0;
	}
	/* A whole page of one date: only a larger page leads out of it. */
	if (p->limit >= LIMIT_PULL_PAGE_MAX)
		return fail(e, E_FORMAT, "%s: more than %u objects bear the date %s and the server gives no \"next\"", p->opt.url, p->limit, p->at.newest);
	p->limit = p->limit * 4 < LIMIT_PULL_PAGE_MAX ? p->limit * 4 : LIMIT_PULL_PAGE_MAX;
	return 0;
}

static int go_on(struct pull *p, struct err *e)
{
	if (!p->more)
		return finish(p);
	/* Some servers have one token for all pages: it leads nowhere only if the page is the same as well. */
	if (p->next[0] != '\0' && (strcmp(p->next, p->at.next) != 0 || !p->repeated) && !p->dates_only) {
		p->report.tokens = true;
		memcpy(p->at.next, p->next, sizeof(p->at.next));
		return 0;
	}
	return go_by_date(p, e);
}

static int take_page(struct pull *p, const struct pull_answer *a, struct err *e)
{
	char before[LIMIT_TIMESTAMP + 1];
	uint8_t page[32];
	int rc;

	memcpy(before, p->at.newest, sizeof(before));
	if ((rc = read_page(p, a, e)) != 0)
		return rc;
	sha256(a->body, a->n, page);
	p->repeated = memcmp(page, p->page, sizeof(page)) == 0;
	memcpy(p->page, page, sizeof(page));
	p->tries = 0;
	p->wait_s = 0;
	if (p->at.next[0] != '\0')
		p->refused = 0;
	p->report.pages++;
	note_date(p, a->last);
	p->idle = p->fresh > 0 || strcmp(before, p->at.newest) != 0 ? 0 : p->idle + 1;
	if (p->idle > LIMIT_PULL_IDLE)
		return fail(e, E_FORMAT, "%s: %u pages one after another brought nothing new: the server goes in a circle", p->opt.url, p->idle);
	return go_on(p, e);
}

static int try_again(struct pull *p, const struct pull_answer *a, struct err *e)
{
	if (++p->tries > LIMIT_PULL_TRIES)
		return fail(e, E_NET, "%s: status %d, %u times", p->opt.url, a->status, p->tries);
	if (a->status >= 500 && a->status != 503)
		go_back(p);
	p->report.again++;
	p->wait_s = a->retry_after_s != 0 ? a->retry_after_s : 1u << p->tries;
	if (p->wait_s > LIMIT_PULL_WAIT_S)
		p->wait_s = LIMIT_PULL_WAIT_S;
	return 0;
}

/* Servers that do not know match[version] call it malformed, or break. Asked without it they give the last version of each object. */
static bool refuses_versions(const struct pull *p, int status)
{
	if (p->report.last_only || p->report.pages > 0 || p->at.next[0] != '\0')
		return false;
	return status == 400 || status == 422 || status == 501 || (status == 500 && p->tries > 0);
}

int pull_take(struct pull *p, const struct pull_answer *a, struct err *e)
{
	if (refuses_versions(p, a->status)) {
		p->report.last_only = true;
		p->tries = 0;
		p->wait_s = 0;
		return 0;
	}
	switch (a->status) {
	case 200:
		return take_page(p, a, e);
	case 400: /* its token is no longer good: the date is */
		if (p->at.next[0] != '\0' && !p->dates_only) {
			p->dates_only = ++p->refused > 1;
			p->at.next[0] = '\0';
			return p->at.newest[0] != '\0' ? go_by_date(p, e) : 0;
		}
		return fail(e, E_FORMAT, "%s: the server calls the request malformed (400)", p->opt.url);
	case 401:
	case 403:
		return fail(e, E_DENIED, "%s: not allowed (%d): are token, name or password right?", p->opt.url, a->status);
	case 404:
		return fail(e, E_NOTFOUND, "%s: not there, or not to be seen (404)", p->opt.url);
	case 429:
		return try_again(p, a, e);
	default:
		return a->status >= 500 ? try_again(p, a, e) : fail(e, E_NET, "%s: status %d", p->opt.url, a->status);
	}
}
