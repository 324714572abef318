/* The text between two sides: drafts, proposals, conflicts, assents, publication, comparison, asked as browsers ask. */
#include "desks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUND "/series/de-jp-cyber/rounds/1"

static struct desks the, *const d = &the;
static struct person de, de_chief, de_reader, jp, jp_chief;

static int setup(void **state)
{
	(void)state;
	desks_open(d);
	person_in(&d->de, "desk", &de);
	person_in(&d->de, "chief", &de_chief);
	person_in(&d->de, "reader", &de_reader);
	person_in(&d->jp, "desk", &jp);
	person_in(&d->jp, "chief", &jp_chief);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	desks_close(d);
	return 0;
}

static void has(char *page, const char *what)
{
	if (strstr(page, what) == NULL)
		fail_msg("not on the page: %s\n%s", what, page);
}

static void has_not(char *page, const char *what)
{
	if (strstr(page, what) != NULL)
		fail_msg("on the page: %s", what);
}

static void hidden(char *page, const char *name, char to[128])
{
	char mark[64];
	const char *s;

	(void)snprintf(mark, sizeof mark, "name=\"%s\" value=\"", name);
	s = strstr(page, mark);
	if (s == NULL)
		fail_msg("no field %s", name);
	else {
		const size_t n = strcspn(s + strlen(mark), "\"");

		(void)snprintf(to, 128, "%.*s", n < 127 ? (int)n : 127, s + strlen(mark));
	}
}

/* What was asked by the desk leaves when the chief confirms. */
static void confirm_all(struct person *chief)
{
	char lang[8], target[64], form[64];

	(void)snprintf(lang, sizeof lang, "/%s", chief->s->lang);
	for (int i = 0; i < 8; i++) {
		char *page;
		const char *s;

		(void)snprintf(target, sizeof target, "%s/waiting", lang);
		page = see_page(chief, target, 200);
		s = strstr(page, "/waiting/");
		if (s == NULL) {
			free(page);
			break;
		}
		if (strcspn(s, "\"?") >= sizeof target - sizeof lang)
			fail_msg("a long address");
		else
			(void)snprintf(target, sizeof target, "%s%.*s", lang, (int)(strcspn(s, "\"?") % (sizeof target - sizeof lang)), s);
		free(page);
		(void)snprintf(form, sizeof form, "do=confirm");
		free(send_form(chief, target, form, 303));
	}
	desks_meet(d);
}

#define DOC ROUND "/documents/DJ-2016-0004"

/* The German side writes a new document; it waits for a second person, then both sides read it. */
static void writes(void **state)
{
	char *s, form[4096];

	(void)state;
	s = see_page(&de, "/de" ROUND "/documents", 200);
	has(s, "DJ-2016-0003");
	has(s, "/documents/new");
	free(s);
	s = see_page(&de, "/de" ROUND "/documents/new?kind=joint-statement", 200);
	has(s, "value=\"DJ-2016-0004\"");
	free(s);
	/* Empty: told what is missing, with what was typed. */
	s = send_form(&de, "/de" ROUND "/documents/new", "kind=joint-statement&number=DJ-2016-0004&date=heute&units=1&u0-n=1&u0-de=", 422);
	has(s, "value=\"heute\"");
	has(s, "aria-invalid=\"true\"");
	free(s);
	/* Buttons change the form alone. */
	s = send_form(&de, "/de" ROUND "/documents/new", "kind=joint-statement&number=DJ-2016-0004&date=9.9.2016&units=1&u0-n=1&u0-de=eins&do=add-0", 200);
	has(s, "name=\"units\" value=\"2\"");
	has(s, "eins");
	free(s);
	(void)snprintf(form, sizeof form, "kind=joint-statement&number=DJ-2016-0004&date=9.9.2016&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=2"
		"&u0-n=1&u0-de=%s&u0-ja=%s&u1-n=2&u1-b=1&u1-by=DE&u1-de=%s&u1-ja=%s", enc("Gemeinsame Erklärung"), enc("共同声明"), enc("Beide Seiten machten eine Zusage."),
		enc("双方は義務を負う。"), enc("Die Konsultationen finden jährlich statt."), enc("協議は毎年開催される。"));
	s = send_form(&de, "/de" ROUND "/documents/new", form, 303);
	has(s, "done=held");
	free(s);
	free(see_page(&de, "/de" DOC "/draft", 404));
	confirm_all(&de_chief);
	s = see_page(&de, "/de" DOC "/draft", 200);
	has(s, "/documents/DJ-2016-0004/edit");
	has_not(s, "/documents/DJ-2016-0004/propose\"");
	has(s, "Zusage");
	has(s, "義務"); /* the risky pair is pointed at */
	has(s, "class=\"said gloss\"");
	free(s);
	s = see_page(&jp, "/ja" DOC "/draft", 200);
	has(s, "/documents/DJ-2016-0004/propose\"");
	has_not(s, "/documents/DJ-2016-0004/edit\"");
	free(s);
}

/* The other side proposes; it is declined with a reason, countered, accepted. */
static void proposes(void **state)
{
	char *s, form[4096], seen[128], id[128];

	(void)state;
	s = see_page(&jp, "/ja" DOC "/propose", 200);
	hidden(s, "seen", seen);
	free(s);
	(void)snprintf(form, sizeof form, "seen=%s&units=2&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s&u1-was=2&u1-n=2&u1-de=%s&u1-ja=%s", enc(seen), enc("Beide Seiten machten eine Zusage."),
		enc("双方は義務を負う。"), enc("Die Konsultationen finden jährlich statt."), enc("協議は毎年開催される。"));
	s = send_form(&jp, "/ja" DOC "/propose", form, 422); /* no reason, nothing changed */
	free(s);
	(void)snprintf(form, sizeof form, "seen=%s&units=3&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s&u1-was=2&u1-n=2&u1-de=%s&u1-ja=%s&u2-was=&u2-n=3&u2-de=%s&u2-ja=%s&reason-ja=%s", enc(seen),
		enc("Beide Seiten machten eine Zusage."), enc("双方はコミットメントを表明した。"), enc("Die Konsultationen finden jährlich statt."), enc("協議は毎年開催される。"),
		enc("Die nächste Runde findet in Berlin statt."), enc("次回はベルリンで開催される。"), enc("義務ではない。"));
	s = send_form(&jp, "/ja" DOC "/propose", form, 303);
	free(s);
	confirm_all(&jp_chief);
	s = see_page(&de, "/de" DOC "/draft", 200);
	has(s, "<del>");
	has(s, "コミットメント");
	has(s, "value=\"accept\"");
	has(s, "Berlin statt");
	hidden(s, "id", id);
	hidden(s, "seen", seen);
	free(s);
	s = see_page(&de_reader, "/de" DOC "/draft", 200);
	has_not(s, "value=\"accept\"");
	free(s);
	(void)snprintf(form, sizeof form, "act=accept&id=%s&seen=%s", id, enc(seen));
	free(send_form(&de_reader, "/de" DOC "/draft", form, 403));
	(void)snprintf(form, sizeof form, "act=decline&id=%s&reason=", id);
	s = send_form(&de, "/de" DOC "/draft", form, 422);
	has(s, "class=\"faults\"");
	free(s);
	(void)snprintf(form, sizeof form, "act=comment&seen=%s&unit=1&text=%s", enc(seen), enc("Wir prüfen <b>das</b> & \"mehr\"."));
	free(send_form(&de, "/de" DOC "/draft", form, 303));
	confirm_all(&de_chief);
	(void)snprintf(form, sizeof form, "act=accept&id=%s&seen=%s", id, enc(seen));
	free(send_form(&de, "/de" DOC "/draft", form, 303));
	confirm_all(&de_chief);
	s = see_page(&jp, "/ja" DOC "/draft", 200);
	has(s, "Wir prüfen &lt;b&gt;das&lt;/b&gt; &amp; &#34;mehr&#34;.");
	has(s, "id=\"u-2a\""); /* inserted behind 2 */
	has_not(s, "class=\"said prop\"");
	free(s);
}

/* Two people of one side save; the second sees both texts and loses nothing. */
static void conflict(void **state)
{
	char *s, seen[128], form[4096];

	(void)state;
	s = see_page(&de, "/de" DOC "/edit", 200);
	hidden(s, "seen", seen);
	free(s);
	(void)snprintf(form, sizeof form, "seen=%s&date=9.9.2016&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=1&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s", enc(seen),
		enc("Gemeinsame Erklärung"), enc("共同声明"), enc("Erste Fassung."), enc("第一版。"));
	free(send_form(&de, "/de" DOC "/edit", form, 303));
	confirm_all(&de_chief);
	(void)snprintf(form, sizeof form, "seen=%s&date=9.9.2016&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=1&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s", enc(seen),
		enc("Gemeinsame Erklärung"), enc("共同声明"), enc("Zweite Fassung."), enc("第二版。"));
	s = send_form(&de_chief, "/de" DOC "/edit", form, 409);
	has(s, "Zweite Fassung.");
	has(s, "<ins>");
	has(s, "Erste");
	hidden(s, "seen", seen);
	free(s);
	(void)snprintf(form, sizeof form, "seen=%s&date=9.9.2016&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=1&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s", enc(seen),
		enc("Gemeinsame Erklärung"), enc("共同声明"), enc("Dritte Fassung."), enc("第三版。"));
	free(send_form(&de_chief, "/de" DOC "/edit", form, 303));
	s = see_page(&de_chief, "/de" DOC "/draft", 200);
	has(s, "Erste Fassung."); /* one's own act waits for somebody else */
	free(s);
}

int main(void)
{
	const struct CMUnitTest t[] = {cmocka_unit_test(writes), cmocka_unit_test(proposes), cmocka_unit_test(conflict)};

	return cmocka_run_group_tests(t, setup, teardown);
}
