/* Every page, in every language: well-formed, without inline style or script, and of the same build whatever the strings are. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../check.h"
#include "sample.h"

#define EVIL "<\"'&></p><script>alert(1)</script> --> {{x}}"

struct tags { struct buf list; size_t elements, depth; char open[64][24]; };

static bool is_void(const char *name)
{
	static const char *const names[] = {"br", "img", "input", "link", "meta", "hr", "path", "circle", "use"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static const char *take_name(const char *s, char *name, size_t size)
{
	size_t n = 0;

	while (isalnum((unsigned char)*s) || *s == '-' || *s == ':' || *s == '_') {
		assert_true(n + 1 < size);
		name[n++] = *s++;
	}
	name[n] = '\0';
	return s;
}

/* One start tag behind its name: attribute names are kept, values are quoted and hold no raw < or &. */
static const char *take_attrs(struct tags *t, const char *s, bool *ret_closed)
{
	char name[40];

	*ret_closed = false;
	for (;;) {
		s += strspn(s, " \t\n");
		if (*s == '>')
			return s + 1;
		if (*s == '/') {
			*ret_closed = true;
			s++;
			continue;
		}
		s = take_name(s, name, sizeof name);
		assert_true(name[0] != '\0');
		assert_string_not_equal(name, "style");
		assert_false(name[0] == 'o' && name[1] == 'n');
		buf_printf(&t->list, " %s", name);
		if (*s != '=')
			continue;
		assert_int_equal(s[1], '"');
		for (s += 2; *s != '"'; s++) {
			assert_true(*s != '\0' && *s != '<');
			if (*s == '&')
				assert_true(strchr(s, ';') != NULL && strchr(s, ';') - s < 8);
		}
		s++;
	}
}

static const char *take_start(struct tags *t, const char *s)
{
	char name[24];
	bool closed;

	s = take_name(s, name, sizeof name);
	if (strcmp(name, "script") == 0) /* the module of comfort, with nothing in it */
		assert_ptr_equal(strstr(s, "></script>"), strchr(s, '>'));
	assert_string_not_equal(name, "style");
	buf_printf(&t->list, "<%s", name);
	s = take_attrs(t, s, &closed);
	buf_puts(&t->list, ">");
	t->elements++;
	if (!closed && !is_void(name)) {
		assert_true(t->depth < ARRAY_LEN(t->open));
		memcpy(t->open[t->depth++], name, sizeof name);
	}
	return s;
}

static const char *take_end(struct tags *t, const char *s)
{
	char name[24];

	s = take_name(s, name, sizeof name);
	assert_int_equal(*s, '>');
	assert_true(t->depth > 0);
	assert_string_equal(t->open[--t->depth], name);
	buf_printf(&t->list, "</%s>", name);
	return s + 1;
}

static void parse(const struct buf *html, struct tags *t)
{
	const char *s = html->p;

	*t = (struct tags){0};
	assert_memory_equal(s, "<!DOCTYPE html>", 15);
	for (s += 15; *s != '\0'; ) {
		if (*s == '<')
			s = s[1] == '/' ? take_end(t, s + 2) : take_start(t, s + 1);
		else if (*s == '&') {
			assert_true(strchr(s, ';') != NULL && strchr(s, ';') - s < 8);
			s++;
		} else
			s++;
	}
	assert_int_equal(t->depth, 0);
}

static void render(enum lang l, enum sample_page which, const char *evil, struct arena *a, struct buf *html)
{
	struct sample s;

	sample_make(a, l, evil, &s);
	sample_render(&s, which, html);
	assert_false(a->failed);
	assert_int_equal(buf_err(html, NULL, "page"), 0);
	assert_int_equal(strlen(html->p), html->n);
}

/* What the reader must find; in order. */
static void expect(const struct buf *b, const char *const *parts)
{
	const char *at = b->p;

	for (; *parts != NULL; parts++) {
		const char *hit = strstr(at, *parts);

		if (hit == NULL)
			fail_msg("not found, or not in this order: %s", *parts);
		else
			at = hit;
	}
}

/* Signed in, with a confirmation: the longest frame there is. */
static void the_frame_of_a_person(void **state)
{
	static const char *const de[] = {"popovertarget=\"nav\"", "<nav class=\"nav\" id=\"nav\" popover", "/de/commitments\"", "/de/search\"", "/de/waiting\"", "3</span>", "/de/settings\"",
		"data-ends=\"1473672600\"", "role=\"status\"", "Sie sind abgemeldet.", "/de/help\"", NULL};
	CLEANUP_ARENA struct arena a = {0};
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	(void)state;
	render(LANG_DE, S_PERSON, NULL, &a, &b);
	expect(&b, de);
}

static void same_build_for_any_text(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++)
		for (int w = 0; w < S_PAGES; w++) {
			CLEANUP_ARENA struct arena a = {0};
			CLEANUP_BUF struct buf plain = BUF_INIT(0), evil = BUF_INIT(0);
			struct tags tp, te;

			render((enum lang)l, (enum sample_page)w, "word", &a, &plain);
			render((enum lang)l, (enum sample_page)w, EVIL, &a, &evil);
			assert_null(strstr(evil.p, "<script>"));
			parse(&plain, &tp);
			parse(&evil, &te);
			assert_true(tp.elements > 20);
			assert_string_equal(tp.list.p, te.list.p);
			buf_free(&tp.list);
			buf_free(&te.list);
		}
}

static void ids_are_unique(void **state)
{
	(void)state;
	for (int w = 0; w < S_PAGES; w++) {
		CLEANUP_ARENA struct arena a = {0};
		CLEANUP_BUF struct buf b = BUF_INIT(0);
		char id[64], again[80];

		render(LANG_DE, (enum sample_page)w, NULL, &a, &b);
		for (const char *s = strstr(b.p, " id=\""); s != NULL; s = strstr(s + 5, " id=\"")) {
			const size_t n = strcspn(s + 5, "\"");

			assert_true(n > 0 && n < sizeof id);
			memcpy(id, s + 5, n);
			id[n] = '\0';
			(void)snprintf(again, sizeof again, " id=\"%s\"", id);
			if (strstr(s + 5, again) != NULL)
				fail_msg("%s: id %s twice", sample_name((enum sample_page)w), id);
		}
	}
}

static void statement_tells_its_state(void **state)
{
	static const char *const de[] = {"<html lang=\"de\">", "Gemeinsame Pressemitteilung", "lang=\"ja\"><b>共同プレスリリース", "Von beiden Seiten gebilligt", "DJ-2016-0003 · v3", "DE</abbr>",
		"JP</abbr>", "<section id=\"text-de\" lang=\"de\"", "verbindlicher Wortlaut", "id=\"de-1\"", "<section id=\"text-ja\" lang=\"ja\"", "正文", "id=\"ja-1\"", "Tagesordnung", "09:30–10:00", "02:30–03:00",
		"https://record.example/r/DJ-2016-0003", "mailto:?subject=", "Beispieldaten", NULL};
	static const char *const ja[] = {"<html lang=\"ja\">", "共同プレスリリース", "双方が同意", "<section id=\"text-ja\"", "<section id=\"text-de\"", NULL};
	static const char *const en[] = {"<html lang=\"en\">", "Agreed by both sides", "<section id=\"text-en\"", "provisional translation", "There is no text in this language yet.", "[</span><span class=\"vh\">Nicht abgestimmt:", NULL};
	static const char *const *const all[LANG_COUNT] = {[LANG_DE] = de, [LANG_JA] = ja, [LANG_EN] = en};

	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		CLEANUP_ARENA struct arena a = {0};
		CLEANUP_BUF struct buf b = BUF_INIT(0);

		render((enum lang)l, S_STATEMENT, NULL, &a, &b);
		expect(&b, all[l]);
	}
}

/* A text whose proof fails must not look agreed anywhere on the page. */
static void unconfirmed_is_loud(void **state)
{
	CLEANUP_ARENA struct arena a = {0};
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct sample s;

	(void)state;
	sample_make(&a, LANG_EN, NULL, &s);
	s.statement->confirmed = false;
	sample_render(&s, S_STATEMENT, &b);
	assert_non_null(strstr(b.p, "Do not pass the document on."));
	assert_null(strstr(b.p, "Agreed by both sides"));
	buf_clear(&b);
	s.proof.ok = false;
	sample_render(&s, S_PROOF, &b);
	assert_non_null(strstr(b.p, "The proof is not confirmed."));
	assert_null(strstr(b.p, "Every step holds"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_build_for_any_text), cmocka_unit_test(the_frame_of_a_person), cmocka_unit_test(ids_are_unique), cmocka_unit_test(statement_tells_its_state), cmocka_unit_test(unconfirmed_is_loud),
	};

	return cmocka_run_group_tests_name("web: pages", tests, NULL, NULL);
}
