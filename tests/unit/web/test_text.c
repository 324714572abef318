/* The text between two sides: drafts, proposals, conflicts, assents, publication, comparison, asked as browsers ask. */
#include "desks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUND "/series/de-jp-cyber/rounds/1"

static struct desks the, *const d = &the;
static struct person de, de_chief, de_reader, jp, jp_chief;

static void sign_in_all(void)
{
	person_in(&d->de, "desk", &de);
	person_in(&d->de, "chief", &de_chief);
	person_in(&d->de, "reader", &de_reader);
	person_in(&d->jp, "desk", &jp);
	person_in(&d->jp, "chief", &jp_chief);
}

static int setup(void **state)
{
	(void)state;
	desks_open(d);
	sign_in_all();
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

static void copy_until(const char *s, const char *stop, char *to, size_t room)
{
	const size_t n = strcspn(s, stop);

	assert_true(n < room);
	memcpy(to, s, n);
	to[n] = '\0';
}

static void hidden(char *page, const char *name, char to[128])
{
	char mark[64];
	const char *s;

	(void)snprintf(mark, sizeof mark, "name=\"%s\" value=\"", name);
	s = strstr(page, mark);
	if (s == NULL)
		fail_msg("no field %s", name);
	else
		copy_until(s + strlen(mark), "\"", to, 128);
}

/* What was asked by the desk leaves when the chief confirms. */
static void confirm_all(struct person *chief)
{
	char lang[8], rest[48], target[64];

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
		copy_until(s, "\"?", rest, sizeof rest);
		(void)snprintf(target, sizeof target, "%s%s", lang, rest);
		free(page);
		free(send_form(chief, target, "word=confirm", 303));
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
	s = send_form(&de, "/de" DOC "/edit", form, 409);
	has(s, "Zweite Fassung.");
	has(s, "<ins>");
	has(s, "Erste");
	hidden(s, "seen", seen);
	free(s);
	(void)snprintf(form, sizeof form, "seen=%s&date=9.9.2016&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=1&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s", enc(seen),
		enc("Gemeinsame Erklärung"), enc("共同声明"), enc("Dritte Fassung."), enc("第三版。"));
	free(send_form(&de, "/de" DOC "/edit", form, 303));
	s = see_page(&de_chief, "/de" DOC "/draft", 200);
	has(s, "Erste Fassung."); /* what waits has not been written */
	free(s);
	confirm_all(&de_chief);
}

/* ---- from frozen to public, corrected, withdrawn ---- */

static void newest_seen(struct person *p, const char *target, char seen[128])
{
	char *s = see_page(p, target, 200);

	hidden(s, "seen", seen);
	free(s);
}

static void says(struct person *p, const char *doc, const char *act, const char *more, int status)
{
	char target[200], form[600], seen[128], lang[8], *s;

	(void)snprintf(lang, sizeof lang, "/%s", p->s->lang);
	(void)snprintf(target, sizeof target, "%s%s/review?act=%s", lang, doc, act);
	newest_seen(p, target, seen);
	(void)snprintf(target, sizeof target, "%s%s/review", lang, doc);
	(void)snprintf(form, sizeof form, "act=%s&seen=%s&sure=1%s", act, enc(seen), more);
	s = send_form(p, target, form, status);
	free(s);
}

static void clock_to(const char *time) { weblab_set(&d->w, time); }

static void agrees_and_publishes(void **state)
{
	char *s, form[600], seen[128];

	(void)state;
	/* Freeze; the review page shows the text, its number and checksum first. */
	s = see_page(&de, "/de" DOC "/review?act=freeze", 200);
	has(s, "name=\"sure\" value=\"1\"");
	has(s, "class=\"hash\"");
	free(s);
	says(&de, DOC, "freeze", "", 303);
	confirm_all(&de_chief);
	free(see_page(&jp, "/ja" DOC "/propose", 409)); /* takes no proposals any more */
	/* A review of another version than the newest changes nothing. */
	newest_seen(&de, "/de" DOC "/review?act=agree", seen);
	free(send_form(&de, "/de" DOC "/review", "act=agree&seen=2016-01-01T00:00:00.000Z&sure=1", 409));
	says(&de, DOC, "agree", "", 303);
	confirm_all(&de_chief);
	says(&jp, DOC, "agree", "", 303);
	confirm_all(&jp_chief);
	s = see_page(&jp, "/ja" DOC "/draft", 200);
	has(s, "act=publish");
	has_not(s, "act=agree");
	free(s);
	/* A moment that has passed is refused; one to come is reviewed in both zones, then sent. */
	newest_seen(&jp, "/ja" DOC "/review?act=publish", seen);
	(void)snprintf(form, sizeof form, "act=publish&seen=%s&date=2016-01-01&time=10:00", enc(seen));
	s = send_form(&jp, "/ja" DOC "/review", form, 422);
	has(s, "aria-invalid=\"true\"");
	free(s);
	(void)snprintf(form, sizeof form, "act=publish&seen=%s&date=2016-09-13&time=17:00", enc(seen));
	s = send_form(&jp, "/ja" DOC "/review", form, 200);
	has(s, "17:00");
	has(s, "10:00"); /* Berlin */
	has(s, "name=\"sure\"");
	free(s);
	(void)snprintf(form, sizeof form, "act=publish&seen=%s&date=2016-09-13&time=17:00&sure=1", enc(seen));
	s = send_form(&jp, "/ja" DOC "/review", form, 303);
	has(s, "done=held"); /* every publication waits for a second person */
	free(s);
	confirm_all(&jp_chief);
}

static int public_status(struct side *side, const char *target)
{
	struct answer a;

	desks_ask(side, NULL, target, NULL, &a);
	answer_free(&a);
	return a.status;
}

static void becomes_public(void **state)
{
	struct answer a;

	(void)state;
	clock_to("2016-09-13T07:59:59Z");
	/* Marked AMBER: whatever was agreed, nobody outside sees it. The demo's statement is CLEAR. */
	assert_int_equal(public_status(&d->de, "/de" DOC), 404);
	weblab_publish(&d->w, "2016-09-13T08:00:00.000Z");
	assert_int_equal(public_status(&d->de, "/de" ROUND "/documents/DJ-2016-0003"), 404);
	assert_int_equal(public_status(&d->de, "/de" ROUND "/documents/DJ-2016-0003/txt"), 404);
	clock_to("2016-09-13T08:00:01Z");
	assert_int_equal(public_status(&d->de, "/de" ROUND "/documents/DJ-2016-0003"), 200);
	desks_ask(&d->de, NULL, "/de" ROUND "/documents/DJ-2016-0003/txt", NULL, &a);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "text/plain; charset=utf-8");
	assert_non_null(strstr(a.body.p, "DJ-2016-0003"));
	answer_free(&a);
	desks_ask(&d->de, NULL, "/r/DJ-2016-0003.txt", NULL, &a);
	assert_int_equal(a.status, 200);
	answer_free(&a);
	desks_ask(&d->de, NULL, "/r/DJ-2016-0003.pdf", NULL, &a);
	assert_true(a.status == 200 || a.status == 500); /* 500: no fonts on this machine */
	assert_true(a.status != 200 || memcmp(a.body.p, "%PDF-", 5) == 0);
	answer_free(&a);
	/* A draft and the list of documents are for people; the comparison shows only what is public. */
	assert_int_equal(public_status(&d->de, "/de" ROUND "/documents/DJ-2016-0003/draft"), 303);
	assert_int_equal(public_status(&d->de, "/de" ROUND "/documents"), 303);
	desks_ask(&d->de, NULL, "/de" ROUND "/documents/DJ-2016-0003/compare", NULL, &a);
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body.p, "<del>"));
	answer_free(&a);
	assert_int_equal(public_status(&d->de, "/de" DOC "/compare"), 404);
}

static void corrects_and_withdraws(void **state)
{
	char *s, seen[128], form[2048], more[200];
	struct answer a;

	(void)state;
	sign_in_all(); /* a day has passed */
	/* The statement is the Japanese side's text. A correction says why, or is not saved. */
	newest_seen(&jp, "/ja" ROUND "/documents/DJ-2016-0003/edit", seen);
	(void)snprintf(form, sizeof form, "seen=%s&date=2016-09-12&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=1&u0-was=1&u0-n=1&u0-de=%s&u0-ja=%s", enc(seen), enc("Erklärung"),
		enc("声明"), enc("Berichtigt."), enc("訂正済み。"));
	s = send_form(&jp, "/ja" ROUND "/documents/DJ-2016-0003/edit", form, 422);
	has(s, "f-reason-ja");
	free(s);
	(void)snprintf(more, sizeof more, "&reason-ja=%s", enc("誤記のため。"));
	assert_true(strlen(form) + strlen(more) < sizeof form);
	strcat(form, more);
	free(send_form(&jp, "/ja" ROUND "/documents/DJ-2016-0003/edit", form, 303));
	confirm_all(&jp_chief);
	/* The published one stays public until the correction is. */
	desks_ask(&d->de, NULL, "/de" ROUND "/documents/DJ-2016-0003", NULL, &a);
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body.p, "Berichtigt."));
	answer_free(&a);
	s = see_page(&de, "/de" ROUND "/documents/DJ-2016-0003/draft", 200);
	has(s, "誤記のため。");
	free(s);
	/* Withdrawn: 410 with the reason, for anybody; its number is no secret. */
	s = see_page(&jp, "/ja" ROUND "/documents/DJ-2016-0003/review?act=withdraw", 200);
	free(s);
	(void)snprintf(form, sizeof form, "&reason=%s", enc("<b>取り下げ</b>"));
	says(&jp, ROUND "/documents/DJ-2016-0003", "withdraw", "", 422);
	says(&jp, ROUND "/documents/DJ-2016-0003", "withdraw", form, 303);
	confirm_all(&jp_chief);
	for (int i = 0; i < 2; i++) {
		desks_ask(i == 0 ? &d->de : &d->jp, NULL, "/de" ROUND "/documents/DJ-2016-0003", NULL, &a);
		assert_int_equal(a.status, 410);
		assert_non_null(strstr(a.body.p, "&lt;b&gt;取り下げ&lt;/b&gt;"));
		assert_null(strstr(a.body.p, "Fitschen"));
		answer_free(&a);
	}
	assert_int_equal(public_status(&d->de, "/r/DJ-2016-0003.txt"), 404);
	assert_int_equal(public_status(&d->de, "/de" DOC), 404);
}

/* ---- releases and glossary ---- */

static void releases(void **state)
{
	char *s, form[4096];

	(void)state;
	s = see_page(&de, "/de" ROUND "/compare-releases", 200);
	free(s);
	(void)snprintf(form, sizeof form, "kind=press-release&number=DE-PM-1&date=12.9.2016&title-de=%s&authentic-de=1&units=2&u0-n=1&u0-de=%s&u1-n=2&u1-de=%s", enc("Erste Konsultationen"),
		enc("Besprochen wurden die Regierungsexpertengruppe der Vereinten Nationen und die OSZE. Beteiligt war das Auswärtige Amt."), enc("Die Konsultationen sollen jährlich stattfinden. Es gab eine Einladung nach Berlin für 2017."));
	free(send_form(&de, "/de" ROUND "/documents/new", form, 303));
	confirm_all(&de_chief);
	s = see_page(&jp, "/ja" ROUND "/compare-releases", 200);
	has_not(s, "<table class=\"stack rel\">");
	free(s);
	(void)snprintf(form, sizeof form, "kind=press-release&number=JP-PM-1&date=2016-09-09&title-ja=%s&authentic-ja=1&units=1&u0-n=1&u0-ja=%s", enc("第1回日独サイバー協議"),
		enc("双方は、重要インフラ防護、G7及び国連政府専門家会合について意見交換を行い、協議の継続で一致した。"));
	free(send_form(&jp, "/ja" ROUND "/documents/new", form, 303));
	confirm_all(&jp_chief);
	s = see_page(&de, "/de" ROUND "/compare-releases", 200);
	has(s, "<table class=\"stack rel\">");
	has(s, "Es gab eine Einladung nach Berlin für 2017.");
	has(s, "重要インフラ");
	has(s, "AA");
	free(s);
}

static void glossary(void **state)
{
	char *s, form[2048];
	struct answer a;

	(void)state;
	desks_ask(&d->de, NULL, "/de/glossary", NULL, &a);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body.p, "口上書"));
	assert_null(strstr(a.body.p, "name=\"term-de\""));
	answer_free(&a);
	s = see_page(&de, "/de/glossary?q=Zusage", 200);
	has(s, "コミットメント");
	has_not(s, "口上書");
	free(s);
	free(send_form(&de_reader, "/de/glossary", "term-de=a&term-ja=b&term-en=c", 403));
	s = send_form(&de, "/de/glossary", "term-de=Lagebild&term-ja=&term-en=", 422);
	has(s, "value=\"Lagebild\"");
	free(s);
	(void)snprintf(form, sizeof form, "term-de=Lagebild&term-ja=%s&term-en=picture&confused-ja=%s&warning-de=%s", enc("状況図"), enc("写真"), enc("Kein Foto."));
	free(send_form(&de, "/de/glossary", form, 303));
	confirm_all(&de_chief);
	s = see_page(&jp, "/ja/glossary", 200);
	has(s, "Lagebild");
	has(s, "写真");
	free(s);
}

/* ---- who may not ---- */

static void forged(void **state)
{
	static const char *const targets[] = {"/de" DOC "/draft", "/de" DOC "/edit", "/de" DOC "/propose", "/de" DOC "/review", "/de" ROUND "/documents/new", "/de/glossary"};
	struct answer a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		desks_ask(&d->de, de.cookie, targets[i], "act=comment&text=x&csrf=wrong", &a);
		assert_int_equal(a.status, 403);
		answer_free(&a);
		desks_ask(&d->de, de.cookie, targets[i], "act=comment&text=x", &a);
		assert_int_equal(a.status, 403);
		answer_free(&a);
		desks_ask(&d->de, NULL, targets[i], "act=comment&text=x", &a);
		assert_true(a.status == 303 || a.status == 403);
		answer_free(&a);
	}
	free(send_form(&de_reader, "/de" DOC "/edit", "units=0", 403));
	free(send_form(&de_reader, "/de" DOC "/draft", "act=comment&unit=1&text=x", 403));
	free(send_form(&de, "/de" DOC "/draft", "act=fly", 400));
	free(send_form(&de, "/de" ROUND "/documents/new", "units=501", 413));
	free(see_page(&de, "/de" DOC "/compare?a=2016-01-01T00:00:00.000Z", 404));
	free(see_page(&de, "/de" DOC "/review?act=fly", 404));
	free(see_page(&de, "/de" ROUND "/documents/DJ-2016-9999/draft", 404));
}

/* What people write never becomes markup, wherever it is shown. */
static void evil(void **state)
{
	static const char *const pages[] = {"/draft", "/edit", "/review?act=agree", "/review?act=withdraw", "/compare", ""};
	const char *bad = enc("<i class=\"x\">'&\"</i>");
	char form[4096], seen[128], id[128], target[128], *s;

	(void)state;
	(void)snprintf(form, sizeof form, "kind=non-paper&number=%s&date=9.9.2016&title-de=%s&title-ja=%s&authentic-de=1&authentic-ja=1&units=2&u0-n=%s&u0-de=%s&u0-ja=%s&u1-n=2&u1-b=1&u1-by=DE&u1-de=%s", "DJ-X-1", bad,
		bad, enc("1'"), bad, bad, bad);
	free(send_form(&de, "/de" ROUND "/documents/new", form, 303));
	confirm_all(&de_chief);
	newest_seen(&jp, "/ja" ROUND "/documents/DJ-X-1/propose", seen);
	(void)snprintf(form, sizeof form, "seen=%s&units=1&u0-was=%s&u0-n=%s&u0-de=%s&reason-ja=%s", enc(seen), enc("1'"), enc("1'"), enc("<b>\"'&</b>"), bad);
	free(send_form(&jp, "/ja" ROUND "/documents/DJ-X-1/propose", form, 303));
	confirm_all(&jp_chief);
	s = see_page(&de, "/de" ROUND "/documents/DJ-X-1/draft", 200);
	hidden(s, "id", id);
	has_not(s, "<i class");
	has_not(s, "<b>\"");
	free(s);
	(void)snprintf(form, sizeof form, "act=comment&unit=%s&text=%s", enc("1'"), bad);
	free(send_form(&de, "/de" ROUND "/documents/DJ-X-1/draft", form, 303));
	confirm_all(&de_chief);
	(void)snprintf(form, sizeof form, "act=decline&id=%s&reason=%s", id, bad);
	free(send_form(&de, "/de" ROUND "/documents/DJ-X-1/draft", form, 303));
	confirm_all(&de_chief);
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		(void)snprintf(target, sizeof target, "/de" ROUND "/documents/DJ-X-1%s", pages[i]);
		s = i == 2 ? strdup("") : see_page(&de, target, 200); /* in brackets: nobody agrees */
		has_not(s, "<i class");
		has_not(s, "'&\"");
		free(s);
	}
	(void)snprintf(form, sizeof form, "seen=%s&units=1&u0-n=%s&u0-de=%s&title-de=%s&date=%s&do=add-0", bad, bad, bad, bad, bad);
	s = send_form(&de, "/de" ROUND "/documents/DJ-X-1/edit", form, 200);
	has_not(s, "<i class");
	free(s);
	(void)snprintf(target, sizeof target, "/de/glossary?q=%s", bad);
	s = see_page(&de, target, 200);
	has_not(s, "<i class");
	free(s);
}

int main(void)
{
	const struct CMUnitTest t[] = {cmocka_unit_test(writes), cmocka_unit_test(proposes), cmocka_unit_test(conflict), cmocka_unit_test(agrees_and_publishes), cmocka_unit_test(becomes_public),
		cmocka_unit_test(corrects_and_withdraws), cmocka_unit_test(releases), cmocka_unit_test(glossary), cmocka_unit_test(forged), cmocka_unit_test(evil)};

	return cmocka_run_group_tests(t, setup, teardown);
}
