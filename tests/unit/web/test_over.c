/* Overview, commitments, search, calendar and feed: what stands on them for whom, and what the forms do. */
#include "over_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sent stranger = {.site = "none"};

static struct sent with(const char *cookie) { return (struct sent){.cookie = cookie, .site = "same-origin"}; }

static struct got ask(struct over_lab *d, const char *cookie, const char *target, const char *form)
{
	const struct sent b = cookie != NULL ? with(cookie) : stranger;
	struct got g;

	people_ask(&d->p, &b, target, form, &g);
	if (getenv("SHOW") != NULL && g.status == 200 && strcmp(getenv("SHOW"), target) == 0)
		printf("%s\n", g.body.p);
	return g;
}

static void says(struct over_lab *d, const char *cookie, const char *target, int status, const char *const *yes, const char *const *no)
{
	struct got g = ask(d, cookie, target, NULL);

	if (g.status != status)
		fail_msg("%s: %d\n%s", target, g.status, g.body.p);
	for (size_t i = 0; yes != NULL && yes[i] != NULL; i++)
		if (strstr(g.body.p, yes[i]) == NULL)
			fail_msg("%s does not say: %s\n%s", target, yes[i], g.body.p);
	for (size_t i = 0; no != NULL && no[i] != NULL; i++)
		if (strstr(g.body.p, no[i]) != NULL)
			fail_msg("%s says: %s", target, no[i]);
	got_free(&g);
}
#define TEXTS(...) (const char *const[]){__VA_ARGS__, NULL}

static void overview_says_it(void **state)
{
	struct over_lab *d = *state;
	char cookie[128];

	people_sign_in(&d->p, "muster", cookie);
	says(d, cookie, "/de/", 200, TEXTS("Zweite Runde in Berlin", "2017"), NULL);
	over_set(d, "2021-05-10T08:00:00Z");
	people_sign_in(&d->p, "muster", cookie);
	says(d, cookie, "/en/", 200, TEXTS("Second round in Berlin", "overdue", "The next round was promised", "Last held"), TEXTS("Nothing is late"));
	says(d, NULL, "/en/", 200, TEXTS("One record, equal sides"), NULL);
}

static void commitments_say_it(void **state)
{
	struct over_lab *d = *state;
	char cookie[128], target[LIMIT_STIX_ID + 60];

	people_sign_in(&d->p, "leser", cookie);
	says(d, cookie, "/en/commitments", 200, TEXTS("Second round in Berlin", "2017"), NULL);
	says(d, cookie, "/en/commitments?state=late", 200, TEXTS("Nothing is overdue"), TEXTS("Second round in Berlin"));
	says(d, cookie, "/en/commitments?owner=DE", 200, TEXTS("Second round in Berlin"), NULL);
	says(d, cookie, "/en/commitments?series=de-jp-cyber", 200, TEXTS("Second round in Berlin"), NULL);
	says(d, cookie, "/en/commitments?series=none", 404, NULL, NULL);
	(void)snprintf(target, sizeof target, "/de/commitments/%s", d->promise);
	says(d, cookie, target, 200, TEXTS("Zweite Runde in Berlin", "<blockquote lang=\"ja\">", "Noch nichts"), TEXTS("/progress"));
	(void)snprintf(target, sizeof target, "/de/commitments/%s/progress", d->promise);
	says(d, cookie, target, 403, NULL, NULL);
	says(d, NULL, "/en/commitments/verbale-commitment--00000000-0000-4000-8000-000000000000", 404, NULL, NULL);
}

static void progress_is_reported(void **state)
{
	struct over_lab *d = *state;
	char cookie[128], token[128], target[LIMIT_STIX_ID + 60], form[600];
	struct got g;

	people_sign_in(&d->p, "muster", cookie);
	(void)snprintf(target, sizeof target, "/en/commitments/%s/progress", d->promise);
	people_token(&d->p, cookie, target, token);
	(void)snprintf(form, sizeof form, "csrf=%s&state=carried&text_en=Postponed", token);
	g = ask(d, cookie, target, form);
	assert_int_equal(g.status, 422);
	assert_non_null(strstr(g.body.p, "Postponed"));
	got_free(&g);
	(void)snprintf(form, sizeof form, "csrf=%s&state=carried&text_en=Postponed&due=2021&evidence=Note&url=https%%3A%%2F%%2Fexample.org%%2F", token);
	g = ask(d, cookie, target, form);
	if (g.status != 303)
		fail_msg("%d %s", g.status, g.body.p);
	got_free(&g);
	(void)snprintf(target, sizeof target, "/en/commitments/%s", d->promise);
	says(d, cookie, target, 200, TEXTS("Postponed", "https://example.org/", "2021"), NULL);
	(void)snprintf(form, sizeof form, "csrf=wrong&state=done");
	(void)snprintf(target, sizeof target, "/en/commitments/%s/progress", d->promise);
	assert_int_equal(people_status(&d->p, &(struct sent){.cookie = cookie, .site = "same-origin"}, target, form), 403);
}

static void search_says_it(void **state)
{
	struct over_lab *d = *state;
	char cookie[128];

	assert_int_equal(people_status(&d->p, &stranger, "/de/search?q=cyber", NULL), 303);
	people_sign_in(&d->p, "leser", cookie);
	says(d, cookie, "/de/search", 200, NULL, TEXTS("<mark>"));
	says(d, cookie, "/de/search?q=%E5%8D%94%E8%AD%B0", 200, TEXTS("<mark>協議</mark>"), NULL);
	says(d, cookie, "/ja/search?q=berlin", 200, TEXTS("<mark>Berlin</mark>"), NULL);
	says(d, cookie, "/en/search?q=%3Cscript%3Ealert(1)", 200, NULL, TEXTS("<script>alert"));
	says(d, cookie, "/en/search?q=from%3A2016-13", 422, TEXTS("cannot be read"), NULL);
	says(d, cookie, "/en/search?q=kind%3Acommitment+berlin", 200, TEXTS("Second round in <mark>Berlin</mark>"), NULL);
	says(d, cookie, "/en/search?q=zzzz", 200, TEXTS("Nothing was found"), NULL);
}

static void go_leads_there(void **state)
{
	struct over_lab *d = *state;
	char cookie[128], target[LIMIT_STIX_ID + 60];
	struct got g;

	people_sign_in(&d->p, "leser", cookie);
	(void)snprintf(target, sizeof target, "/ja/go/%s?unit=5", d->w.ids.id[DEMO_STATEMENT]);
	g = ask(d, cookie, target, NULL);
	assert_int_equal(g.status, 303);
	assert_string_equal(g.location, "/ja/series/de-jp-cyber/rounds/1/statement#ja-5");
	got_free(&g);
	(void)snprintf(target, sizeof target, "/ja/go/%s", d->w.ids.id[DEMO_INVITATION]);
	g = ask(d, NULL, target, NULL);
	assert_int_equal(g.status, 404);
	got_free(&g);
}

static void calendar_for_its_owner(void **state)
{
	struct over_lab *d = *state;
	char cookie[128], token[128], form[200], address[200], old[200];
	struct got g;

	people_sign_in(&d->p, "leser", cookie);
	people_token(&d->p, cookie, "/de/calendar", token);
	(void)snprintf(form, sizeof form, "csrf=%s&act=make", token);
	g = ask(d, cookie, "/de/calendar", form);
	assert_int_equal(g.status, 200);
	between(&g, "value=\"https://verbale.example", "\"", old, sizeof old);
	got_free(&g);
	says(d, NULL, old, 200, TEXTS("BEGIN:VCALENDAR", "TZID:Asia/Tokyo", "Zusage fällig"), NULL);
	g = ask(d, cookie, "/de/calendar", form);
	between(&g, "value=\"https://verbale.example", "\"", address, sizeof address);
	got_free(&g);
	assert_int_equal(people_status(&d->p, &stranger, old, NULL), 404);
	assert_int_equal(people_status(&d->p, &stranger, address, NULL), 200);
	(void)snprintf(form, sizeof form, "csrf=%s&act=revoke", token);
	assert_int_equal(people_status(&d->p, &(struct sent){.cookie = cookie, .site = "same-origin"}, "/de/calendar", form), 303);
	assert_int_equal(people_status(&d->p, &stranger, address, NULL), 404);
	says(d, NULL, "/ja/series/de-jp-cyber/series.ics", 200, TEXTS("BEGIN:VEVENT", "TZID=Asia/Tokyo"), TEXTS("第2回協議をベルリン"));
	says(d, NULL, "/ja/series/none/series.ics", 404, NULL, NULL);
}

static void feed_of_what_is_public(void **state)
{
	struct over_lab *d = *state;

	says(d, NULL, "/de/feed.atom", 200, TEXTS("<feed", "urn:uuid:"), TEXTS("Verbalnote"));
	says(d, NULL, "/ja/series/de-jp-cyber/feed.atom", 200, TEXTS("<entry"), NULL);
	says(d, NULL, "/ja/series/none/feed.atom", 404, NULL, NULL);
}

/* A page that was kept is the page that is made; what is signed in, later or changed is made anew. */
static void kept_pages(void **state)
{
	static const char page[] = "/de/series/de-jp-cyber/rounds/1/statement";
	struct over_lab *d = *state;
	char cookie[128];
	struct got a = ask(d, NULL, page, NULL), b = ask(d, NULL, page, NULL), c;

	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.n, b.body.n);
	assert_memory_equal(a.body.p, b.body.p, a.body.n);
	people_sign_in(&d->p, "leser", cookie);
	c = ask(d, cookie, page, NULL);
	assert_non_null(strstr(c.body.p, "leser"));
	got_free(&c);
	c = ask(d, NULL, page, NULL);
	assert_null(strstr(c.body.p, "leser"));
	got_free(&c);
	got_free(&a);
	got_free(&b);
	says(d, NULL, "/de/?view=ja", 200, NULL, NULL);
	over_set(d, "2021-05-10T08:00:00Z");
	says(d, NULL, page, 200, NULL, NULL);
}

static int setup(void **state)
{
	struct over_lab *d = test_calloc(1, sizeof *d);

	over_open(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	over_close(*state);
	test_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(overview_says_it, setup, teardown), cmocka_unit_test_setup_teardown(commitments_say_it, setup, teardown),
		cmocka_unit_test_setup_teardown(progress_is_reported, setup, teardown), cmocka_unit_test_setup_teardown(search_says_it, setup, teardown),
		cmocka_unit_test_setup_teardown(go_leads_there, setup, teardown),
		cmocka_unit_test_setup_teardown(calendar_for_its_owner, setup, teardown), cmocka_unit_test_setup_teardown(feed_of_what_is_public, setup, teardown),
		cmocka_unit_test_setup_teardown(kept_pages, setup, teardown),
	};

	return cmocka_run_group_tests_name("web: overview, commitments, search", tests, NULL, NULL);
}
