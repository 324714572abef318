/* A pull against a simulated server with the faults real servers have: everything arrives, or the error says why not. */
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "peer/pull.h"
#include "support.h"

#define ALL 230

enum next_kind { NEXT_GOOD, NEXT_NONE, NEXT_EXPIRES, NEXT_SAME, NEXT_ONCE }; /* once: one token, each page of it given but once */
enum version_kind { VERSIONS_ONE, VERSIONS_GOOD, VERSIONS_IGNORED, VERSIONS_REFUSED, VERSIONS_BREAK }; /* of each object: one; else two, and what match[version] is to it */
enum date_kind { DATE_GOOD, DATE_NONE, DATE_WRONG, DATE_MILLI };
struct server {
	const char *name;
	enum next_kind next;
	enum date_kind date;
	enum version_kind versions;
	unsigned cap;               /* most objects in a page */
	unsigned same;              /* so many objects share one date */
	unsigned busy;              /* every busy-th request gets 503 */
	bool empties;               /* an empty page with more: true now and then */
	bool again;                 /* each page begins with the object before it */
	bool last_only;             /* of the page under way: earlier versions are left out */
	unsigned requests, there;   /* objects it has */
	unsigned once;              /* where the page to come begins */
	char last[64];
	struct buf body;
};

/* Dates are microseconds apart; `same` objects share one. */
static void date_of(const struct server *s, unsigned k, char out[64])
{
	const int64_t us = 1500000000000000LL + (int64_t)(k / (s->same != 0 ? s->same : 1)) * 1001;

	time_format(us * 1000, 6, out, 64);
}

static const char *param(const char *url, const char *name, char *out, size_t room)
{
	char key[32];
	const char *at;
	size_t n = 0;

	(void)snprintf(key, sizeof(key), "%s=", name);
	if ((at = strstr(url, key)) == NULL)
		return NULL;
	for (at += strlen(key); *at != '\0' && *at != '&' && n + 1 < room; at++) {
		unsigned c = (unsigned char)*at;

		if (c == '%') {
			assert_int_equal(sscanf(at + 1, "%2X", &c), 1);
			at += 2;
		}
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return out;
}

static unsigned first_after(const struct server *s, const char *after)
{
	char d[64];
	unsigned k = 0;

	for (; k < s->there; k++) {
		date_of(s, k, d);
		if (time_compare(d, strlen(d), after, strlen(after)) > 0)
			break;
	}
	return k;
}

/* Where there are two versions, the odd ones are the later ones. */
static char *object_json(const struct server *s, unsigned k)
{
	static const char modified[] = "\"modified\":\"2016-09-0";
	char *json = indicator_json(s->versions == VERSIONS_ONE ? k : k / 2, NULL, "x");

	if (s->versions != VERSIONS_ONE && k % 2 == 1)
		strstr(json, modified)[sizeof(modified) - 1] = '2';
	return json;
}

static void put_page(struct server *s, unsigned from, unsigned to, bool more)
{
	bool first = true;

	buf_clear(&s->body);
	buf_puts(&s->body, "{ \"objects\" : [");
	for (unsigned k = from; k < to; k++) {
		char *json = object_json(s, k);

		if (!s->last_only || k % 2 == 1) {
			buf_printf(&s->body, "%s\n%s", first ? "" : ",", json);
			first = false;
		}
		mem_free(json);
	}
	buf_printf(&s->body, "]%s", more ? ",\"more\":true" : "");
	if (more && s->next != NEXT_NONE)
		buf_printf(&s->body, ",\"next\":\"%s%u\"", s->next == NEXT_SAME || s->next == NEXT_ONCE ? "same" : "t/+", s->next == NEXT_SAME || s->next == NEXT_ONCE ? 0 : to);
	buf_puts(&s->body, "}");
}

static void answer(struct server *s, const char *url, struct pull_answer *ret)
{
	char text[LIMIT_PULL_NEXT], *end;
	unsigned from = 0, limit = 100, to;
	const char *p;

	*ret = (struct pull_answer){.status = 200};
	s->requests++;
	if (s->busy != 0 && s->requests % s->busy == 0) {
		ret->status = s->requests % 2 == 0 ? 503 : 429;
		ret->retry_after_s = 7;
		return;
	}
	s->last_only = s->versions == VERSIONS_IGNORED || (s->versions != VERSIONS_ONE && strstr(url, "match%5Bversion%5D=all") == NULL);
	if ((s->versions == VERSIONS_REFUSED || s->versions == VERSIONS_BREAK) && !s->last_only) {
		ret->status = s->versions == VERSIONS_REFUSED ? 400 : 500;
		return;
	}
	if ((p = param(url, "limit", text, sizeof(text))) != NULL)
		limit = (unsigned)strtoul(p, &end, 10);
	limit = s->cap != 0 && limit > s->cap ? s->cap : limit;
	if ((p = param(url, "added_after", text, sizeof(text))) != NULL)
		from = first_after(s, p);
	if ((p = param(url, "next", text, sizeof(text))) != NULL) {
		if (s->next == NEXT_EXPIRES && s->requests > 2) {
			ret->status = 400;
			return;
		}
		from = s->next == NEXT_SAME ? from : s->next == NEXT_ONCE ? s->once : (unsigned)strtoul(p + 3, &end, 10);
	}
	if (s->again && from > 0)
		from--;
	to = s->there - from < limit ? s->there : from + limit;
	if (s->empties && s->requests % 3 == 0)
		to = from;
	s->once = to;
	put_page(s, from, to, to < s->there);
	ret->body = s->body.p;
	ret->n = s->body.n;
	if (to > from && s->date != DATE_NONE) {
		date_of(s, to - 1, s->last);
		if (s->date == DATE_WRONG)
			memcpy(s->last, "Mon, 12 Sep 2016", 17);
		if (s->date == DATE_MILLI)
			memcpy(s->last + 23, "Z", 2);
		ret->last = s->last;
	}
}

static int run(struct node *n, struct server *s, struct pull_cursor *at, unsigned limit, struct pull_report *ret, struct err *e)
{
	struct pull_opt opt = {.url = "https://taxii.example/api/collections/x/objects/", .limit = limit};
	struct pull_request q;
	struct pull_answer a;
	struct pull *p = NULL;
	uint8_t uuid[16];
	int rc;

	collection_uuid(uuid);
	assert_int_equal(record_add_opt(n->rd, uuid, ROLE_NODE, &opt.add, e), 0);
	assert_int_equal(pull_new(n->r, &opt, at, &p, e), 0);
	for (rc = 0; rc == 0 && pull_next(p, &q);) {
		answer(s, q.url, &a);
		if (a.status != 200 && a.status != 400 && a.status != 500)
			assert_true(pull_next(p, &q));
		rc = pull_take(p, &a, e);
		*at = *pull_where(p);
		assert_true(s->requests < 5000);
	}
	*ret = *pull_result(p);
	pull_free(p);
	return rc;
}

static uint64_t recorded(struct node *n)
{
	uint64_t all = 0;
	struct err e = {0};

	assert_int_equal(index_count(record_index(n->rd), &all, &e), 0);
	return all - 1; /* the collection itself */
}

static void whatever_the_server_does_everything_arrives(void **state)
{
	struct server servers[] = {
		{.name = "as it should be"},
		{.name = "small pages", .cap = 7},
		{.name = "no next", .next = NEXT_NONE, .cap = 20},
		{.name = "next expires", .next = NEXT_EXPIRES, .cap = 20},
		{.name = "next repeats", .next = NEXT_SAME, .cap = 20},
		{.name = "one token", .next = NEXT_ONCE, .cap = 20},
		{.name = "one token, one date for many", .next = NEXT_ONCE, .same = 50, .cap = 20},
		{.name = "no dates", .date = DATE_NONE, .cap = 20},
		{.name = "dates no one can read", .date = DATE_WRONG, .cap = 20},
		{.name = "one date for many", .same = 50, .cap = 20},
		{.name = "one date for many and no next", .same = 50, .next = NEXT_NONE},
		{.name = "milliseconds and no next", .date = DATE_MILLI, .next = NEXT_NONE, .cap = 20},
		{.name = "busy", .busy = 3, .cap = 20},
		{.name = "empty pages", .empties = true, .cap = 20},
		{.name = "objects again", .again = true, .cap = 20},
		{.name = "objects again and no next", .again = true, .next = NEXT_NONE, .cap = 20},
		{.name = "busy, no next, one date for many, objects again", .busy = 4, .next = NEXT_NONE, .same = 9, .again = true, .cap = 20},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		struct server *s = &servers[i];
		struct pull_cursor at = {.next = ""};
		struct pull_report report;
		struct err e = {0};
		struct lab l;
		struct node n;

		s->body = (struct buf)BUF_INIT(0);
		s->there = ALL;
		lab_open(&l, i);
		node_make(&l, &n, "DE");
		found_collection(&n, "\"DE\"", "amber");
		if (run(&n, s, &at, 20, &report, &e) != 0)
			fail_msg("%s: %s", s->name, e.msg);
		if (recorded(&n) != ALL)
			fail_msg("%s: %llu of %d", s->name, (unsigned long long)recorded(&n), ALL);
		s->there = ALL + 25; /* later there is more; what came is not asked for again, where the server has dates */
		s->requests = 0;
		if (run(&n, s, &at, 20, &report, &e) != 0)
			fail_msg("%s, later: %s", s->name, e.msg);
		if (recorded(&n) != ALL + 25)
			fail_msg("%s, later: %llu of %d", s->name, (unsigned long long)recorded(&n), ALL + 25);
		if (s->date == DATE_GOOD && s->same == 0 && report.seen > 60)
			fail_msg("%s: asked for %llu objects again", s->name, (unsigned long long)report.seen);
		buf_free(&s->body);
		node_close(&n);
		node_free(&n);
		lab_close(&l);
	}
}

/* Two versions of an object that came between two pulls are two objects to fetch; where the server has but the last, that one comes. */
static void no_version_is_lost(void **state)
{
	static const struct { const char *name; enum version_kind versions; enum next_kind next; bool all, last_only; } cases[] = {
		{"all versions", VERSIONS_GOOD, NEXT_GOOD, true, false},
		{"all versions, no next", VERSIONS_GOOD, NEXT_NONE, true, false},
		{"all versions, next expires", VERSIONS_GOOD, NEXT_EXPIRES, true, false},
		{"ignored", VERSIONS_IGNORED, NEXT_GOOD, false, false},
		{"refused", VERSIONS_REFUSED, NEXT_GOOD, false, true},
		{"refused, next expires", VERSIONS_REFUSED, NEXT_EXPIRES, false, true},
		{"it breaks", VERSIONS_BREAK, NEXT_GOOD, false, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct server s = {.versions = cases[i].versions, .next = cases[i].next, .cap = 20, .there = ALL, .body = BUF_INIT(0)};
		struct pull_cursor at = {.next = ""};
		struct pull_report report;
		struct err e = {0};
		struct lab l;
		struct node n;

		lab_open(&l, i);
		node_make(&l, &n, "DE");
		found_collection(&n, "\"DE\"", "amber");
		for (unsigned round = 0; round < 2; round++) {
			s.there = ALL + round * 6;
			s.requests = 0;
			if (run(&n, &s, &at, 20, &report, &e) != 0)
				fail_msg("%s: %s", cases[i].name, e.msg);
			if (recorded(&n) != (cases[i].all ? s.there : s.there / 2))
				fail_msg("%s: %llu of %u", cases[i].name, (unsigned long long)recorded(&n), s.there);
			assert_int_equal(report.last_only, cases[i].last_only);
		}
		buf_free(&s.body);
		node_close(&n);
		node_free(&n);
		lab_close(&l);
	}
}

/*
 * Broken off after any page, with nothing kept but the cursor, it goes on where it was; `lost`: the page that was on its
 * way then came nowhere.
 */
static void broken_off(struct server s, bool lost, unsigned most)
{
	struct pull_opt opt = {.url = "https://taxii.example/api/collections/x/objects/"};
	struct pull_cursor at = {.next = ""};
	struct pull_request q;
	struct pull_answer a;
	struct err e = {0};
	struct lab l;
	struct node n;
	uint8_t uuid[16];
	bool on = true;

	lab_open(&l, 1);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	collection_uuid(uuid);
	assert_int_equal(record_add_opt(n.rd, uuid, ROLE_NODE, &opt.add, &e), 0);
	while (on) {
		CLEANUP_BUF struct buf kept = BUF_INIT(0);
		struct pull *p = NULL;

		assert_int_equal(pull_new(n.r, &opt, &at, &p, &e), 0);
		assert_true(pull_next(p, &q));
		answer(&s, q.url, &a);
		assert_int_equal(pull_take(p, &a, &e), 0);
		pull_cursor_put(pull_where(p), &kept);
		on = pull_next(p, &q);
		if (on && lost)
			answer(&s, q.url, &a);
		pull_free(p);
		assert_int_equal(pull_cursor_parse(kept.p, kept.n, &at, &e), 0);
		assert_true(s.requests < 100);
	}
	assert_int_equal(recorded(&n), ALL);
	assert_true(s.requests <= most);
	buf_free(&s.body);
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

static void an_interrupted_pull_goes_on(void **state)
{
	(void)state;
	broken_off((struct server){.cap = 20, .there = ALL, .body = BUF_INIT(0)}, false, 13); /* one object of each page comes again */
	broken_off((struct server){.cap = 20, .there = ALL, .body = BUF_INIT(0), .date = DATE_NONE}, false, 12);
	broken_off((struct server){.cap = 20, .there = ALL, .body = BUF_INIT(0), .next = NEXT_NONE}, false, 13);
	broken_off((struct server){.cap = 20, .there = ALL, .body = BUF_INIT(0)}, true, 26);
	broken_off((struct server){.cap = 20, .there = ALL, .body = BUF_INIT(0), .next = NEXT_ONCE}, true, 26);
}

static void what_cannot_go_on_says_why(void **state)
{
	static const struct { struct pull_answer a; int code; const char *says; } cases[] = {
		{{.status = 401}, E_DENIED, "401"}, {{.status = 403}, E_DENIED, "403"}, {{.status = 404}, E_NOTFOUND, "404"},
		{{.status = 400}, E_FORMAT, "400"}, {{.status = 302}, E_NET, "302"},
		{{.status = 200, .body = "{\"more\":true}", .n = 13}, E_FORMAT, "neither"},
		{{.status = 200, .body = "<html>", .n = 6}, E_FORMAT, "line 1"},
		{{.status = 200, .body = "{\"objects\":[", .n = 12}, E_FORMAT, "line 1"},
		{{.status = 200, .body = "", .n = 0}, E_FORMAT, "empty"},
	};
	struct pull_opt opt = {.url = "https://taxii.example/o/"};
	struct lab l;
	struct node n;

	(void)state;
	lab_open(&l, 1);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	collection_uuid(opt.add.collection);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = {0};
		struct pull *p = NULL;

		assert_int_equal(pull_new(n.r, &opt, NULL, &p, &e), 0);
		if (cases[i].a.status == 400) /* first it is asked without match[version] */
			assert_int_equal(pull_take(p, &cases[i].a, &e), 0);
		assert_int_equal(pull_take(p, &cases[i].a, &e), cases[i].code);
		if (strstr(e.msg, cases[i].says) == NULL)
			fail_msg("case %zu: %s", i, e.msg);
		pull_free(p);
	}
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

/* Of another node's record only the intelligence is taken, and nobody is bothered with the rest. */
static void papers_stay_where_they_are(void **state)
{
	static const char body[] = "{\"objects\":[{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"verbale-collection--00000000-0000-4000-8000-000000000099\","
		"\"created_by_ref\":\"identity--00000000-0000-4000-8000-000000000098\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"}]}";
	struct pull_opt opt = {.url = "https://taxii.example/o/"};
	struct pull *p = NULL;
	struct err e = {0};
	struct lab l;
	struct node n;

	(void)state;
	lab_open(&l, 1);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	collection_uuid(opt.add.collection);
	assert_int_equal(pull_new(n.r, &opt, NULL, &p, &e), 0);
	assert_int_equal(pull_take(p, &(struct pull_answer){.status = 200, .body = body, .n = strlen(body)}, &e), 0);
	assert_int_equal(pull_result(p)->seen, 1);
	assert_int_equal(pull_result(p)->added + pull_result(p)->known + pull_result(p)->refused, 0);
	assert_int_equal(recorded(&n), 0);
	pull_free(p);
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

static void patience_ends(void **state)
{
	const struct pull_answer busy = {.status = 503, .retry_after_s = 86400};
	struct pull_opt opt = {.url = "https://taxii.example/o/"};
	struct pull_request q;
	struct pull *p = NULL;
	struct err e = {0};
	struct lab l;
	struct node n;
	unsigned tries = 0;

	(void)state;
	lab_open(&l, 1);
	node_make(&l, &n, "DE");
	assert_int_equal(pull_new(n.r, &opt, NULL, &p, &e), 0);
	while (pull_take(p, &busy, &e) == 0) {
		assert_true(pull_next(p, &q));
		assert_int_equal(q.wait_s, LIMIT_PULL_WAIT_S); /* a day is more than anyone waits */
		tries++;
	}
	assert_int_equal(tries, LIMIT_PULL_TRIES);
	assert_int_equal(e.code, E_NET);
	pull_free(p);
	node_close(&n);
	node_free(&n);
	lab_close(&l);
}

/* ---- finding the collection ---- */

static const struct { const char *url, *body; } pages[] = {
	{"https://a.example/taxii2/", "{\"title\":\"t\",\"default\":\"/one/\",\"api_roots\":[\"/one/\",\"https://a.example/two/\",\"https://b.example/three/\",\"/gone/\"]}"},
	{"https://a.example/one/", "{\"title\":\"one\",\"versions\":[\"application/taxii+json;version=2.1\"],\"max_content_length\":1}"},
	{"https://a.example/one/collections/", "{\"collections\":[{\"id\":\"11\",\"title\":\"Eins\",\"can_read\":true},{\"id\":\"12\",\"title\":\"Zwei\",\"can_read\":false}]}"},
	{"https://a.example/two/collections/", "{\"collections\":[{\"id\":\"21\",\"title\":\"Drei\",\"alias\":\"three\",\"can_read\":true}]}"},
};

static int fake_get(void *ctx, const char *url, int *ret_status, struct buf *out, struct err *e)
{
	(void)ctx;
	(void)e;
	assert_int_equal(strncmp(url, "https://a.example/", 18), 0); /* never to another server */
	*ret_status = 404;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (strcmp(url, pages[i].url) == 0) {
			*ret_status = 200;
			buf_puts(out, pages[i].body);
		}
	return 0;
}

static void the_collection_is_found(void **state)
{
	static const struct { const char *url, *want, *found; int code; } cases[] = {
		{"https://a.example/taxii2/", "Eins", "https://a.example/one/collections/11/objects/", 0},
		{"https://a.example/taxii2", "three", "https://a.example/two/collections/21/objects/", 0},
		{"https://a.example/taxii2/", "21", "https://a.example/two/collections/21/objects/", 0},
		{"https://a.example/taxii2/", NULL, NULL, E_USAGE},
		{"https://a.example/taxii2/", "Zwei", NULL, E_NOTFOUND},
		{"https://a.example/one/", NULL, "https://a.example/one/collections/11/objects/", 0},
		{"https://a.example/one/collections/", NULL, "https://a.example/one/collections/11/objects/", 0},
		{"https://a.example/one/collections/11", NULL, "https://a.example/one/collections/11/objects/", 0},
		{"https://a.example/one/collections/11/objects/", NULL, "https://a.example/one/collections/11/objects/", 0},
		{"https://a.example/nowhere/", NULL, NULL, E_NOTFOUND},
		{"a.example", NULL, NULL, E_USAGE},
		{"https://a.example/taxii2/?x=1", NULL, NULL, E_USAGE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf url = BUF_INIT(0);
		struct err e = {0};

		if (pull_find(fake_get, NULL, cases[i].url, cases[i].want, &url, &e) != cases[i].code)
			fail_msg("case %zu: %d %s", i, e.code, e.msg);
		if (cases[i].found != NULL)
			assert_string_equal(url.p, cases[i].found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_the_server_does_everything_arrives), cmocka_unit_test(no_version_is_lost),
		cmocka_unit_test(an_interrupted_pull_goes_on),
		cmocka_unit_test(what_cannot_go_on_says_why),
		cmocka_unit_test(papers_stay_where_they_are), cmocka_unit_test(patience_ends),
		cmocka_unit_test(the_collection_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
