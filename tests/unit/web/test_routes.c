/* The pages over two real nodes: what a reader who is signed out gets, and what not. */
#include "../check.h"
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "consult/consult.h"

#define STATEMENT "/de/series/de-jp-cyber/rounds/1/statement"

struct asked { char *type, *location; struct buf body; int status; size_t headers; };

static const char *header(const struct http_req *q, const char *name)
{
	return strcasecmp(name, "Accept-Language") == 0 ? q->impl : NULL;
}

static void get_as(struct weblab *w, struct node *n, const char *target, const char *languages, struct asked *ret)
{
	struct web web = {.record = n->r, .base_url = "https://record.example"};
	struct http_conf c = {.security_headers = web_security_headers, .error_page = web_error_page, .route_ctx = &web};
	struct http_req q = {.method = HTTP_GET, .rest = "", .header = header, .impl = (void *)(uintptr_t)languages, .addr = "127.0.0.1"};
	char *path = strdup(target), *query = strchr(path, '?');
	struct http_resp r;

	if (query != NULL) {
		*query++ = '\0';
		q.param[0].name = query;
		if (strchr(query, '=') != NULL) {
			q.param[0].value = strchr(query, '=') + 1;
			*strchr(query, '=') = '\0';
			q.params = 1;
		}
	}
	q.path = path;
	c.routes = web_routes(&c.route);
	mem_fail_after(w->fail_after);
	http_dispatch(&c, n->rd, &q, &r);
	mem_fail_after(0);
	*ret = (struct asked){.status = r.status, .headers = r.headers};
	buf_put(&ret->body, r.fixed != NULL ? r.fixed : r.body.p != NULL ? r.body.p : "", r.fixed != NULL ? r.fixed_n : r.body.n);
	for (size_t i = 0; i < r.headers; i++)
		if (strcmp(r.header[i].name, "Location") == 0)
			ret->location = strdup(r.header[i].value);
	http_resp_free(&r);
	free(path);
}

static void asked_free(struct asked *a)
{
	buf_free(&a->body);
	free(a->location);
}

static int status_of(struct weblab *w, struct node *n, const char *target)
{
	struct asked a;
	int s;

	get_as(w, n, target, NULL, &a);
	s = a.status;
	asked_free(&a);
	return s;
}

/* ---- hidden and unknown ---- */

static const char *const hidden[][2] = { /* an address of something that is there, one of the same form that is not */
	{STATEMENT, "/de/series/de-jp-cyber/rounds/2/statement"},
	{"/ja/series/de-jp-cyber/rounds/1/agenda", "/ja/series/de-jp-cyber/rounds/2/agenda"},
	{"/en/series/de-jp-cyber/rounds/1/documents/DJ-2016-0001", "/en/series/de-jp-cyber/rounds/1/documents/DJ-2016-9999"},
	{"/de/record/DJ-2016-0003", "/de/record/DJ-2016-9999"},
	{"/r/DJ-2016-0003", "/r/DJ-2016-9999"},
	{"/r/DJ-2016-0003.json", "/r/DJ-2016-9999.json"},
	{"/r/DJ-2016-0001.json", "/r/DJ-2016-9998.json"},
	{"/r/DJ-2016-0003.tlog-proof", "/r/DJ-2016-9999.tlog-proof"},
	{"/r/DJ-2016-0003.policy.txt", "/r/DJ-2016-9999.policy.txt"},
};

static void same_answer(struct weblab *w, struct node *n, const char *there, const char *unknown)
{
	struct asked a, b;

	get_as(w, n, there, "ja", &a);
	get_as(w, n, unknown, "ja", &b);
	if (a.status != 404 || b.status != 404)
		fail_msg("%s: %d, %s: %d", there, a.status, unknown, b.status);
	assert_int_equal(a.headers, b.headers);
	assert_int_equal(a.body.n, b.body.n);
	assert_memory_equal(a.body.p, b.body.p, a.body.n);
	asked_free(&a);
	asked_free(&b);
}

static void all_hidden(struct weblab *w, struct node *n)
{
	char there[LIMIT_STIX_ID + 40];

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		same_answer(w, n, hidden[i][0], hidden[i][1]);
	for (int i = 0; i < DEMO_OBJECTS; i++) {
		if (i != DEMO_INVITATION && i != DEMO_PROPOSAL && i != DEMO_STATEMENT && i != DEMO_AGENDA)
			continue;
		(void)snprintf(there, sizeof there, "/r/%s.json", w->ids.id[i]);
		same_answer(w, n, there, "/r/verbale-document--00000000-0000-4000-8000-000000000000.json");
	}
}

static void unpublished_is_unknown(void **state)
{
	struct weblab *w = *state;

	all_hidden(w, &w->de);
	all_hidden(w, &w->jp);
	assert_int_equal(status_of(w, &w->de, "/de/series/de-jp-cyber/rounds/1"), 200);
	/* Released, but the embargo runs: still unknown, to the last second. */
	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	all_hidden(w, &w->de);
	all_hidden(w, &w->jp);
	weblab_set(w, "2016-09-12T10:00:01.000Z");
	assert_int_equal(status_of(w, &w->de, STATEMENT), 200);
	assert_int_equal(status_of(w, &w->jp, STATEMENT), 200);
	same_answer(w, &w->de, hidden[2][0], hidden[2][1]);
	same_answer(w, &w->de, hidden[6][0], hidden[6][1]);
}

/* ---- every link leads somewhere, and nothing hidden is on any page ---- */

struct crawl { char *seen[512]; size_t n, done; };

static void crawl_add(struct crawl *c, const char *s, size_t len)
{
	char *link = strndup(s, len), *amp;

	while ((amp = strstr(link, "&amp;")) != NULL)
		memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
	if (strchr(link, '#') != NULL)
		*strchr(link, '#') = '\0';
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->seen[i], link) == 0) {
			free(link);
			return;
		}
	assert_true(c->n < ARRAY_LEN(c->seen));
	c->seen[c->n++] = link;
}

static void crawl_links(struct crawl *c, const struct buf *html)
{
	for (const char *s = strstr(html->p, " href=\""); s != NULL; s = strstr(s, " href=\"")) {
		s += 7;
		if (*s == '/')
			crawl_add(c, s, strcspn(s, "\""));
		else
			assert_true(*s == '#' || strncmp(s, "http", 4) == 0 || strncmp(s, "mailto:", 7) == 0);
	}
}

static void no_secret(const struct asked *a, const char *link)
{
	/* Of the first version, the proposal's reason, and the invitation; each under AMBER or never published. */
	static const char *const secret[] = {"das Gespräch in diesem Rahmen weiterzuführen", "この枠組みの下での協議を続けていくことで", "Planungssicherheit", "口上書", "Verbalnote", "DJ-2016-0001"};

	for (size_t i = 0; i < ARRAY_LEN(secret); i++)
		if (a->body.n > 0 && strstr(a->body.p, secret[i]) != NULL)
			fail_msg("%s tells: %s", link, secret[i]);
}

static void every_link_leads_somewhere(void **state)
{
	struct weblab *w = *state;
	struct crawl c = {0};

	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	weblab_set(w, "2016-09-12T10:20:00.000Z");
	crawl_add(&c, "/", 1);
	for (; c.done < c.n; c.done++) {
		struct asked a;

		get_as(w, &w->de, c.seen[c.done], "de", &a);
		if (a.status != 200 && a.status != 303)
			fail_msg("%s: %d", c.seen[c.done], a.status);
		no_secret(&a, c.seen[c.done]);
		assert_true(a.headers >= 7);
		if (a.location != NULL)
			crawl_add(&c, a.location, strlen(a.location));
		if (a.body.n > 15 && strncmp(a.body.p, "<!DOCTYPE html>", 15) == 0)
			crawl_links(&c, &a.body);
		asked_free(&a);
	}
	assert_true(c.n > 35);
	for (size_t i = 0; i < c.n; i++)
		free(c.seen[i]);
}

/* ---- the files prove what the page says ---- */

static void files_prove_it(void **state)
{
	struct weblab *w = *state;
	struct node *const nodes[] = {&w->de, &w->jp};

	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	weblab_set(w, "2016-09-12T10:20:00.000Z");
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		struct proof_report *rep = test_calloc(1, sizeof *rep);
		struct tlog_policy *policy = NULL;
		struct asked json, proof, keys, page;
		struct err e = {0};

		get_as(w, nodes[i], "/r/DJ-2016-0003.json", NULL, &json);
		get_as(w, nodes[i], "/r/DJ-2016-0003.tlog-proof", NULL, &proof);
		get_as(w, nodes[i], "/r/DJ-2016-0003.policy.txt", NULL, &keys);
		get_as(w, nodes[i], "/en/record/DJ-2016-0003", NULL, &page);
		assert_int_equal(tlog_policy_parse(keys.body.p, keys.body.n, &policy, &e), 0);
		if (proof_verify(json.body.p, json.body.n, proof.body.p, proof.body.n, policy, rep, &e) != 0)
			fail_msg("%s", e.msg);
		assert_int_equal(rep->step, 4);
		assert_non_null(strstr(page.body.p, "Yes. Every step holds."));
		assert_non_null(strstr(page.body.p, "1. The document · Japan"));
		assert_non_null(strstr(page.body.p, "Assent · Germany"));
		assert_non_null(strstr(page.body.p, "Assent · Japan"));
		json.body.p[json.body.n / 2] ^= 1;
		assert_int_not_equal(proof_verify(json.body.p, json.body.n, proof.body.p, proof.body.n, policy, rep, &e), 0);
		tlog_policy_free(policy);
		test_free(rep);
		asked_free(&json);
		asked_free(&proof);
		asked_free(&keys);
		asked_free(&page);
	}
}

/* ---- addresses and languages ---- */

static void redirects(void **state)
{
	static const struct { const char *path, *languages, *to; } rows[] = {
		{"/", NULL, "/en/"}, {"/", "ja", "/ja/"}, {"/", "fr, de;q=0.5", "/de/"}, {"/", "\"><script>", "/en/"},
		{"/r/DJ-2016-0003", "ja", "/ja/series/de-jp-cyber/rounds/1/statement"},
		{"/r/DJ-2016-0002", "de", "/de/series/de-jp-cyber/rounds/1/agenda"},
	};
	struct weblab *w = *state;

	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	weblab_set(w, "2016-09-12T10:20:00.000Z");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct asked a;

		get_as(w, &w->de, rows[i].path, rows[i].languages, &a);
		assert_int_equal(a.status, 303);
		assert_string_equal(a.location, rows[i].to);
		asked_free(&a);
	}
	assert_int_equal(status_of(w, &w->de, "/fr/"), 404);
	assert_int_equal(status_of(w, &w->de, "/de/record/%3Cscript"), 404);
	assert_int_equal(status_of(w, &w->de, "/a/000000000000/app.css"), 404);
}

static void columns(void **state)
{
	struct weblab *w = *state;
	struct asked a;

	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	weblab_set(w, "2016-09-12T10:20:00.000Z");
	get_as(w, &w->de, STATEMENT, NULL, &a);
	assert_true(strstr(a.body.p, "id=\"text-de\"") < strstr(a.body.p, "id=\"text-ja\""));
	assert_null(strstr(a.body.p, "id=\"text-en\""));
	/* Alternat: in German the German delegation stands first, in Japanese the Japanese one. */
	asked_free(&a);
	get_as(w, &w->de, "/ja/series/de-jp-cyber/rounds/1", NULL, &a);
	assert_true(strstr(a.body.p, "id=\"dl-JP\"") < strstr(a.body.p, "id=\"dl-DE\""));
	asked_free(&a);
	get_as(w, &w->de, STATEMENT "?view=en,ja", NULL, &a);
	assert_true(strstr(a.body.p, "id=\"text-en\"") < strstr(a.body.p, "id=\"text-ja\""));
	assert_null(strstr(a.body.p, "id=\"text-de\""));
	asked_free(&a);
	get_as(w, &w->de, STATEMENT "?view=xx,<script>,,", NULL, &a);
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body.p, "<script>"));
	asked_free(&a);
}

/* However the memory runs out, nobody is shown half a page as a whole one. */
static void no_half_pages(void **state)
{
	static const char *const pages[] = {"/de/", STATEMENT, "/ja/record/DJ-2016-0003", "/r/DJ-2016-0003.tlog-proof", "/en/record"};
	struct weblab *w = *state;
	bool whole = false;

	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	weblab_set(w, "2016-09-12T10:20:00.000Z");
	for (size_t i = 0; i < ARRAY_LEN(pages); i++, assert_true(whole)) {
		whole = false;
		for (long k = 1; !whole && k < 100000; k += 1 + k / 40) {
			struct asked a, full;

			w->fail_after = k;
			get_as(w, &w->de, pages[i], NULL, &a);
			w->fail_after = 0;
			if (a.status == 200) {
				get_as(w, &w->de, pages[i], NULL, &full);
				assert_int_equal(a.body.n, full.body.n);
				asked_free(&full);
				whole = true;
			} else
				assert_true(a.status >= 500);
			asked_free(&a);
		}
	}
}

static int setup(void **state)
{
	struct weblab *w = test_calloc(1, sizeof *w);

	weblab_open(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	weblab_close(*state);
	test_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unpublished_is_unknown, setup, teardown), cmocka_unit_test_setup_teardown(every_link_leads_somewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(files_prove_it, setup, teardown), cmocka_unit_test_setup_teardown(redirects, setup, teardown),
		cmocka_unit_test_setup_teardown(columns, setup, teardown), cmocka_unit_test_setup_teardown(no_half_pages, setup, teardown),
	};

	return cmocka_run_group_tests_name("web: over two nodes", tests, NULL, NULL);
}
