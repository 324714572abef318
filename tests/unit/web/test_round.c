/* The pages of the round, over two nodes, by people of both: what each may, what leaves, what stays. */
#include "round_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consult/acts.h"

static struct round_lab the, *const d = &the;
#define SERIES "/de/series/de-jp-cyber"
#define ROUND SERIES "/rounds/1"

static int setup(void **state)
{
	(void)state;
	round_lab_open(d, "https://verbale.example");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	round_lab_close(d);
	return 0;
}

static bool has(const struct got *g, const char *what) { return strstr(g->body.p, what) != NULL; }

static void expect(const struct got *g, int status, const char *location, const char *what)
{
	if (g->status != status || (location != NULL && strcmp(g->location, location) != 0) || (what != NULL && !has(g, what)))
		fail_msg("%d %s, expected %d %s with \"%s\":\n%s", g->status, g->location, status, location != NULL ? location : "", what != NULL ? what : "", g->body.p);
}

/* Where it leads, without what was done. */
static void path_of(const struct got *g, char to[512])
{
	const size_t n = strcspn(g->location, "?");

	memcpy(to, g->location, n);
	to[n] = '\0';
}

/* Fill the sheet of a page and send it; `name value name value … NULL`. */
static int fill_and_send(struct person *p, const char *target, const char *const *set, struct got *ret)
{
	struct got page;
	char *fields;
	int status;

	person_see(p, target, &page);
	expect(&page, 200, NULL, NULL);
	fields = sheet_fields(&page);
	for (; set[0] != NULL; set += 2)
		fields = with_field(fields, set[0], set[1]);
	status = person_send(p, target, fields, ret);
	free(fields);
	got_free(&page);
	return status;
}
#define FILL(p, target, ret, ...) fill_and_send(p, target, (const char *const[]){__VA_ARGS__, NULL, NULL}, ret)

/* Another person of the side confirms everything that waits; how many. */
static unsigned release_all(enum side side)
{
	struct person p;
	struct got list, g;
	unsigned n = 0;

	person_in(d, side, side == SIDE_DE ? "r.frei" : "s.sato", &p);
	for (;;) {
		char id[64], target[100];

		person_see(&p, "/de/waiting", &list);
		expect(&list, 200, NULL, NULL);
		if (strstr(list.body.p, "href=\"/de/waiting/") == NULL)
			break;
		between(&list, "href=\"/de/waiting/", "\"", id, sizeof(id));
		(void)snprintf(target, sizeof(target), "/de/waiting/%s", id);
		person_see(&p, target, &g);
		expect(&g, 200, NULL, "name=\"word\" value=\"confirm\"");
		got_free(&g);
		person_send(&p, target, "word=confirm", &g);
		expect(&g, 303, "/de/waiting?done=released", NULL);
		got_free(&g);
		got_free(&list);
		n++;
	}
	got_free(&list);
	round_lab_meet(d);
	return n;
}

/* ---- who gets in ---- */

static const char *const pages[] = {SERIES "/edit", "/de/series/new", SERIES "/rounds/new", ROUND "/edit", ROUND "/dates", ROUND "/agenda/edit", ROUND "/delegations/plates", ROUND "/delegations/edit",
	ROUND "/home", ROUND "/home/ask", ROUND "/home/folder", ROUND "/home/new?kind=minutes&item=", "/de/waiting"};

static void who_may(void **state)
{
	static const struct { enum side side; const char *name; int status[ARRAY_LEN(pages)]; } rows[] = {
		/*                                edit  new  r/new  edit  dates agenda plates deleg. home  ask  folder new  waiting */
		{SIDE_JP, "t.tanaka",           {200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{SIDE_DE, "e.muster",           {409, 200, 200, 409, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{SIDE_DE, "r.frei",             {409, 200, 200, 409, 200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{SIDE_DE, "b.bmi",              {403, 403, 403, 403, 200, 403, 200, 403, 200, 403, 200, 200, 403}},
		{SIDE_DE, "l.leser",            {403, 403, 403, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403}},
		{SIDE_DE, "p.pruef",            {403, 403, 403, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct person p;

		person_in(d, rows[i].side, rows[i].name, &p);
		for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
			struct got g;

			if (person_see(&p, pages[k], &g) != rows[i].status[k])
				fail_msg("%s: %s: %d, expected %d:\n%s", rows[i].name, pages[k], g.status, rows[i].status[k], g.body.p);
			assert_string_equal(g.cache, "no-store");
			got_free(&g);
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
		struct person nobody = {.d = d, .side = SIDE_DE};

		assert_int_equal(person_status(&nobody, pages[k]), 303);
	}
}

static void forms_need_their_token(void **state)
{
	struct person p;
	struct got g;

	(void)state;
	person_in(d, SIDE_JP, "t.tanaka", &p);
	for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
		people_ask(&d->side[SIDE_JP], &(struct sent){.cookie = p.cookie}, pages[k], "csrf=wrong&title.de=x", &g);
		if (g.status != 403 && g.status != 405)
			fail_msg("%s: %d", pages[k], g.status);
		got_free(&g);
	}
	/* Reading roles are told no, whatever they send. */
	person_in(d, SIDE_DE, "b.bmi", &p);
	person_send(&p, ROUND "/dates", "verb=cancel", &g);
	expect(&g, 403, NULL, NULL);
	got_free(&g);
}

/* ---- a round from proposal to confirmed date ---- */

static void propose(struct person *jp, char page[200])
{
	struct got g;

	FILL(jp, SERIES "/rounds/new", &g, "title.de", "Zweite Runde", "title.ja", "第2回協議", "ordinal", "2", "status", "proposed", "host", "DE", "mode", "in-person", "zone", "Europe/Berlin",
		"start", "2017", "venue.de", "Berlin", "venue.ja", "ベルリン");
	expect(&g, 303, SERIES "?done=held", NULL);
	got_free(&g);
	assert_int_equal(person_see(jp, SERIES, &g), 200);
	assert_false(has(&g, "Zweite Runde"));
	got_free(&g);
	assert_int_equal(release_all(SIDE_JP), 1);
	(void)snprintf(page, 200, "%s/rounds/2", SERIES);
	assert_int_equal(person_see(jp, page, &g), 200);
	assert_true(has(&g, "Zweite Runde") && has(&g, "Uhrzeit noch offen"));
	got_free(&g);
}

static void dates_are_settled(void **state)
{
	char page[200], dates[220];
	struct person de, jp;
	struct got g;
	char key[80], form[200];

	(void)state;
	person_in(d, SIDE_DE, "e.muster", &de);
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	propose(&jp, page);
	(void)snprintf(dates, sizeof(dates), "%s/dates", page);
	/* The host invites with one date and an impossible one is told at its field. */
	FILL(&de, dates, &g, "dates.0.start", "31.02.2017", "dates.0.from", "09:30");
	expect(&g, 422, NULL, "id=\"e-dates.0.start\"");
	assert_true(has(&g, "31.02.2017"));
	got_free(&g);
	FILL(&de, dates, &g, "dates.0.start", "9.5.2017", "dates.0.from", "09:30", "dates.0.to", "17:00", "text.de", "Wir laden ein.");
	if (g.status != 303)
		fail_msg("%d %s", g.status, g.body.p);
	got_free(&g);
	release_all(SIDE_DE);
	person_see(&jp, dates, &g);
	expect(&g, 200, NULL, "Wir laden ein.");
	assert_true(has(&g, "name=\"verb\" value=\"confirm\"") && has(&g, "09:30") && has(&g, "16:30"));
	between(&g, "name=\"date\" value=\"", "\"", key, sizeof(key));
	got_free(&g);
	person_send(&jp, dates, "verb=confirm&date=1483228800000000000,-9223372036854775808", &g);
	assert_int_equal(g.status, 409);
	got_free(&g);
	(void)snprintf(form, sizeof(form), "verb=confirm&date=%s", key);
	person_send(&jp, dates, form, &g);
	assert_int_equal(g.status, 303);
	got_free(&g);
	release_all(SIDE_JP);
	person_see(&de, page, &g);
	expect(&g, 200, NULL, "icons.svg#agreed");
	got_free(&g);
	person_see(&de, dates, &g);
	assert_false(has(&g, "value=\"confirm\""));
	assert_true(has(&g, "value=\"cancel\""));
	got_free(&g);
}

/* ---- conflict ---- */

static void a_conflict_shows_both(void **state)
{
	struct person jp;
	struct got page, g;
	char *fields, *mine;

	(void)state;
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	person_see(&jp, ROUND "/edit", &page);
	expect(&page, 200, NULL, "name=\"seen\"");
	fields = with_field(sheet_fields(&page), "venue.de", "Tokyo, neues Haus");
	mine = with_field(sheet_fields(&page), "venue.de", "Tokyo, \"mein\" <Haus>");
	got_free(&page);
	person_send(&jp, ROUND "/edit", fields, &g);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	release_all(SIDE_JP);
	person_send(&jp, ROUND "/edit", mine, &g);
	expect(&g, 409, NULL, "Tokyo, neues Haus");
	assert_true(has(&g, "Tokyo, &#34;mein&#34; &lt;Haus&gt;") && !has(&g, "<Haus>"));
	/* Sending again, knowing both, is heard. */
	free(mine);
	mine = sheet_fields(&g);
	got_free(&g);
	person_send(&jp, ROUND "/edit", mine, &g);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	free(fields);
	free(mine);
}

/* ---- delegations ---- */

static void names_end(void **state)
{
	struct person de, jp;
	struct got g;

	(void)state;
	person_in(d, SIDE_DE, "e.muster", &de);
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	FILL(&de, ROUND "/delegations/edit", &g, "expires", "1.10.2016", "members.0.native", "Érika Mustermann", "members.0.latin", "Erika Mustermann");
	if (g.status != 303)
		fail_msg("%d: %s", g.status, g.body.p);
	got_free(&g);
	release_all(SIDE_DE);
	person_see(&jp, ROUND "/delegations", &g);
	expect(&g, 200, NULL, "Érika Mustermann");
	got_free(&g);
	person_see(&jp, ROUND "/delegations/plates", &g);
	expect(&g, 200, NULL, "class=\"face back\"");
	got_free(&g);
	weblab_set(&d->w, "2016-10-02T06:00:00Z");
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	for (size_t i = 0; i < 3; i++) {
		static const char *const shown[] = {ROUND, ROUND "/delegations", ROUND "/delegations/plates"};

		person_see(&jp, shown[i], &g);
		assert_int_equal(g.status, 200);
		assert_false(has(&g, "Mustermann"));
		got_free(&g);
	}
}

/* ---- at home ---- */

static void home_stays(void **state)
{
	struct person de, bmi, jp, leser;
	struct got g;
	char id[64], target[200], item[512];

	(void)state;
	person_in(d, SIDE_DE, "e.muster", &de);
	person_in(d, SIDE_DE, "b.bmi", &bmi);
	person_in(d, SIDE_DE, "l.leser", &leser);
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	FILL(&de, ROUND "/home/ask", &g, "agencies", "BMI, BSI", "item", "1", "title", "Lage", "text", "Wie ist die Lage?", "deadline", "20.9.2016", "clock", "12:00");
	expect(&g, 303, ROUND "/home?done=asked", NULL);
	got_free(&g);
	person_see(&bmi, ROUND "/home", &g);
	expect(&g, 200, NULL, "bleibt auf dem Knoten von");
	between(&g, "href=\"" ROUND "/home/answers/", "\"", id, sizeof(id));
	assert_true(has(&g, "noch keine Antwort"));
	got_free(&g);
	(void)snprintf(target, sizeof(target), "%s/home/answers/%s", ROUND, id);
	FILL(&bmi, target, &g, "text", "Geheim ist die Lage <ernst>.", "send", "send");
	expect(&g, 303, ROUND "/home?done=sent", NULL);
	got_free(&g);
	person_send(&de, ROUND "/home", "merge=1&base.1=0", &g);
	assert_int_equal(g.status, 303);
	path_of(&g, item);
	got_free(&g);
	FILL(&de, item, &g, "body", "Unsere Position: Geheim.", "state", "cleared");
	assert_int_equal(g.status, 303);
	got_free(&g);
	FILL(&de, ROUND "/home/new?kind=briefing&item=1", &g, "title", "Lage", "body", "Sachstand geheim", "points", "Punkt geheim", "answers", "Antwort geheim");
	assert_int_equal(g.status, 303);
	got_free(&g);
	person_see(&de, ROUND "/home/folder", &g);
	expect(&g, 200, NULL, "Punkt geheim");
	assert_true(has(&g, "Unsere Position: Geheim."));
	got_free(&g);
	/* Nobody else: not the other side, not a reader, not its journal. */
	assert_int_equal(person_status(&leser, item), 403);
	assert_int_equal(person_status(&jp, item), 404);
	round_lab_meet(d);
	person_see(&jp, ROUND "/home", &g);
	assert_false(has(&g, "eheim"));
	got_free(&g);
	person_see(&jp, ROUND "/home/folder", &g);
	assert_false(has(&g, "eheim"));
	got_free(&g);
	/* The deadline passes: late, for the one that did not answer. */
	weblab_set(&d->w, "2016-09-20T11:00:00Z");
	person_in(d, SIDE_DE, "e.muster", &de);
	person_see(&de, ROUND "/home", &g);
	expect(&g, 200, NULL, "verspätet");
	got_free(&g);
}

static void a_paper_in_conflict(void **state)
{
	struct person de;
	struct got page, g;
	char target[512], *a, *b;

	(void)state;
	person_in(d, SIDE_DE, "e.muster", &de);
	FILL(&de, ROUND "/home/new?kind=minutes&item=", &g, "title", "Niederschrift", "body", "eins");
	assert_int_equal(g.status, 303);
	path_of(&g, target);
	got_free(&g);
	person_see(&de, target, &page);
	a = with_field(sheet_fields(&page), "body", "zwei");
	b = with_field(sheet_fields(&page), "body", "drei");
	got_free(&page);
	person_send(&de, target, a, &g);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	person_send(&de, target, b, &g);
	expect(&g, 409, NULL, "zwei");
	assert_true(has(&g, "drei"));
	got_free(&g);
	free(a);
	free(b);
}

/* ---- the second person ---- */

static void one_hand_is_not_enough(void **state)
{
	struct person jp, rel;
	struct got g;
	char id[64], target[100];

	(void)state;
	person_in(d, SIDE_JP, "s.sato", &rel);
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	FILL(&rel, SERIES "/rounds/new", &g, "title.de", "Runde", "start", "2017", "venue.de", "Geheimer Ort");
	expect(&g, 303, SERIES "?done=held", NULL);
	got_free(&g);
	person_see(&rel, "/de/waiting", &g);
	between(&g, "href=\"/de/waiting/", "\"", id, sizeof(id));
	got_free(&g);
	(void)snprintf(target, sizeof(target), "/de/waiting/%s", id);
	person_see(&rel, target, &g);
	expect(&g, 200, NULL, "Geheimer Ort");
	assert_false(has(&g, "value=\"confirm\""));
	got_free(&g);
	person_send(&rel, target, "word=confirm", &g);
	assert_int_equal(g.status, 403);
	got_free(&g);
	/* Not one's own, no release right: it is not there. */
	assert_int_equal(person_status(&jp, target), 404);
	person_send(&rel, target, "word=refuse", &g);
	expect(&g, 422, NULL, "id=\"f-reason\"");
	got_free(&g);
	person_send(&rel, target, "word=refuse&reason=doch+nicht", &g);
	expect(&g, 303, "/de/waiting?done=refused", NULL);
	got_free(&g);
	person_see(&rel, "/de/waiting", &g);
	assert_false(has(&g, id));
	got_free(&g);
	person_see(&rel, "/de/waiting?all=1", &g);
	expect(&g, 200, NULL, "doch nicht");
	got_free(&g);
}

/* ---- agenda ---- */

static void the_agenda_is_edited_by_its_writer(void **state)
{
	struct person de, jp, *writer = NULL, *other = NULL;
	struct got g;

	(void)state;
	person_in(d, SIDE_DE, "e.muster", &de);
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	writer = &jp;
	other = &de;
	person_see(writer, ROUND "/agenda/edit", &g);
	expect(&g, 200, NULL, "name=\"units.0.text.de\"");
	got_free(&g);
	person_see(other, ROUND "/agenda/edit", &g);
	expect(&g, 200, NULL, "name=\"changes.0.action\"");
	got_free(&g);
	FILL(writer, ROUND "/agenda/edit", &g, "more", "units");
	assert_int_equal(g.status, 200);
	got_free(&g);
	FILL(writer, ROUND "/agenda/edit", &g, "units.0.from", "25:00");
	expect(&g, 422, NULL, "id=\"e-units.0.from\"");
	got_free(&g);
	FILL(writer, ROUND "/agenda/edit", &g, "units.0.text.de", "Neue Lage");
	if (g.status != 303 && g.status != 409)
		fail_msg("%d %s", g.status, g.body.p);
	got_free(&g);
}

/* ---- no text becomes markup ---- */

/* Everything that can be typed, with this text; then how many elements each page has. */
static void count_elements(const char *text, size_t *ret)
{
	static const char *const seen[] = {"/ja/series/de-jp-cyber", "/de/series/de-jp-cyber/rounds/2", "/de/series/de-jp-cyber/rounds/2/dates", ROUND "/delegations", ROUND "/delegations/plates",
		ROUND "/delegations/edit", "/de/series/de-jp-cyber/rounds/2/edit", ROUND "/home", ROUND "/home/folder", "/de/waiting?all=1", ROUND "/home/ask?item=%3C%22%27%26%3E"};
	struct person de, jp;
	struct got g;
	char target[512];

	round_lab_open(d, "https://verbale.example");
	person_in(d, SIDE_DE, "e.muster", &de);
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	FILL(&de, SERIES "/rounds/new", &g, "title.de", text, "ordinal", "2", "start", "2017", "venue.de", text, "chairs.0.party", "DE", "chairs.0.native", text, "chairs.0.latin", text, "chairs.0.title.de", text,
		"ordinals.0.party", "JP", "ordinals.0.note.ja", text, "leads.0.party", "DE", "leads.0.agency.de", text, "observers.0.name.de", text);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	release_all(SIDE_DE);
	FILL(&de, SERIES "/rounds/2/dates", &g, "dates.0.start", "2017-05-09", "dates.0.from", "09:30", "text.de", text, "venue.ja", text);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	release_all(SIDE_DE);
	FILL(&de, ROUND "/delegations/edit", &g, "expires", "1.10.2016", "members.0.native", text, "members.0.latin", text, "members.0.reading", text, "members.0.function.de", text, "members.0.rank.ja", text);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	release_all(SIDE_DE);
	FILL(&de, ROUND "/home/new?kind=briefing&item=1", &g, "title", text, "body", text, "points", text, "answers", text);
	expect(&g, 303, NULL, NULL);
	path_of(&g, target);
	got_free(&g);
	FILL(&de, ROUND "/home/ask", &g, "agencies", "AA", "title", text, "text", text);
	expect(&g, 303, NULL, NULL);
	got_free(&g);
	for (size_t i = 0; i <= ARRAY_LEN(seen); i++) {
		person_see(&de, i < ARRAY_LEN(seen) ? seen[i] : target, &g);
		if (g.status != 200 && g.status != 409)
			fail_msg("%s: %d", seen[i], g.status);
		ret[i] = 0;
		for (const char *s = g.body.p; *s != '\0'; s++)
			ret[i] += *s == '<';
		got_free(&g);
	}
	round_lab_close(d);
}

static void no_text_becomes_markup(void **state)
{
	size_t plain[16], hostile[16];

	(void)state;
	memset(plain, 0, sizeof(plain));
	memset(hostile, 0, sizeof(hostile));
	count_elements("abcde", plain);
	count_elements("<\"'&>", hostile);
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (plain[i] != hostile[i])
			fail_msg("page %zu: %zu elements, %zu with hostile text", i, plain[i], hostile[i]);
}

/* ---- slippage ---- */

static void slippage_is_said(void **state)
{
	struct person de;
	struct got g;
	char page[200];
	struct person jp;

	(void)state;
	person_in(d, SIDE_JP, "t.tanaka", &jp);
	propose(&jp, page);
	weblab_set(&d->w, "2021-05-17T06:00:00Z");
	person_in(d, SIDE_DE, "e.muster", &de);
	person_see(&de, SERIES, &g);
	expect(&g, 200, NULL, "Die nächste Runde hat nicht stattgefunden");
	expect(&g, 200, NULL, "spätestens 31.12.2017 angekündigt");
	expect(&g, 200, NULL, "mehr als 3 Jahre");
	expect(&g, 200, NULL, "Der nächste Schritt liegt bei:");
	got_free(&g);
	person_see(&de, SERIES "?month=2016-09", &g);
	expect(&g, 200, NULL, "September 2016");
	got_free(&g);
	person_see(&de, SERIES "?month=9999-99", &g);
	assert_int_equal(g.status, 200);
	got_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_may, setup, teardown), cmocka_unit_test_setup_teardown(forms_need_their_token, setup, teardown),
		cmocka_unit_test_setup_teardown(dates_are_settled, setup, teardown), cmocka_unit_test_setup_teardown(a_conflict_shows_both, setup, teardown),
		cmocka_unit_test_setup_teardown(names_end, setup, teardown), cmocka_unit_test_setup_teardown(home_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(a_paper_in_conflict, setup, teardown), cmocka_unit_test_setup_teardown(one_hand_is_not_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(the_agenda_is_edited_by_its_writer, setup, teardown), cmocka_unit_test_setup_teardown(slippage_is_said, setup, teardown),
		cmocka_unit_test(no_text_becomes_markup),
	};

	return cmocka_run_group_tests_name("web: the round", tests, NULL, NULL);
}
