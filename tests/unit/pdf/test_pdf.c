/* Papers as PDF: the same bytes again, what is refused, what readers are told. Others judge them in tests/interop/pdf.sh. */
#include "../check.h"

#include <pthread.h>

#include "base/mem.h"
#include "pdf/priv.h"
#include "sample.h"

/* Pango loads the machine's configuration of fonts once per process, in a thread; fontconfig 2.14 loses a value in it. What we open is still watched. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:FcInitLoadConfigAndFonts"; }

static char *written(const struct paper *p, size_t *n)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	const struct pdf_fonts fonts = pdf_fonts_usual();
	struct err e = {.code = 0};

	if (pdf_write(p, &fonts, &out, &e) < 0)
		fail_msg("%s", e.msg);
	return buf_take(&out, n);
}

static size_t count(const char *s, size_t n, const char *what)
{
	size_t found = 0;

	for (const char *p = s; (p = memmem(p, n - (size_t)(p - s), what, strlen(what))) != NULL; p++)
		found++;
	return found;
}

static void test_same_bytes(void **state)
{
	static struct sample s;
	size_t n = 0, m = 0;
	(void)state;

	sample_fill(&s, 5, 2);
	CLEANUP_STR char *a = written(&s.p, &n);
	CLEANUP_STR char *b = written(&s.p, &m);

	assert_int_equal(n, m);
	assert_memory_equal(a, b, n);
	assert_int_equal(count(a, n, "/CreationDate (20160912080000Z)"), 1);
	assert_int_equal(count(a, n, "/Type /Page %"), 1);
}

static void test_languages(void **state)
{
	static struct sample s;
	size_t n = 0;
	(void)state;

	for (size_t langs = 1; langs <= 3; langs++) {
		sample_fill(&s, 4, langs);
		CLEANUP_STR char *a = written(&s.p, &n);

		assert_int_equal(count(a, n, "/Marked true"), 1);
		assert_int_equal(count(a, n, "/DisplayDocTitle true"), 1);
		/* Document, and per language three heads, the language, units, two lines at the end; a paragraph with the link. */
		assert_int_equal(count(a, n, "/Type /StructElem"), 1 + langs * (3 + 1 + 4 + 2) + 2);
		assert_int_equal(count(a, n, "/Lang ("), count(a, n, "/Type /StructElem") + 1);
		assert_int_equal(count(a, n, "/Lang (ja)"), langs > 1 ? 10 : 0);
		assert_int_equal(count(a, n, "/S /H1\n"), langs);
	}
}

static void test_pages(void **state)
{
	static struct sample s;
	size_t n = 0;
	(void)state;

	sample_fill(&s, SAMPLE_UNITS, 3);
	CLEANUP_STR char *a = written(&s.p, &n);

	assert_true(count(a, n, "/Type /Page %") >= 4);

	/* One unit that fills pages. */
	CLEANUP_BUF struct buf text = BUF_INIT(0);

	for (unsigned i = 0; i < 2000; i++)
		buf_puts(&text, "Konsultationen 協議 ");
	sample_fill(&s, 1, 2);
	s.u[0].text.s[LANG_DE] = text.p;
	CLEANUP_STR char *b = written(&s.p, &n);

	assert_true(count(b, n, "/Type /Page %") >= 8);
}

static void test_odd(void **state)
{
	static struct sample s;
	size_t n = 0;
	(void)state;

	sample_fill(&s, 3, 2);
	s.u[0].text.s[LANG_JA] = NULL;
	s.u[1].text.s[LANG_DE] = "";
	s.u[2].text.s[LANG_DE] = "a\x01" "b\n\n(c) \\ ) <";
	s.p.url = "https://x/'rect=[0";
	s.p.number = NULL;
	s.p.record.s[LANG_DE] = NULL;
	CLEANUP_STR char *a = written(&s.p, &n);

	assert_int_equal(count(a, n, "/S /Link\n"), 0);
	s.p = (struct paper){.lang = {LANG_EN}, .langs = 1};
	CLEANUP_STR char *b = written(&s.p, &n);

	assert_int_equal(count(b, n, "/Type /Page %"), 1);
}

static void refused(const struct paper *p, const struct pdf_fonts *fonts, int code, const char *why)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct err e;

	assert_int_equal(pdf_write(p, fonts, &out, &e), code);
	if (strstr(e.msg, why) == NULL)
		fail_msg("said: %s", e.msg);
	assert_int_equal(out.n, 0);
}

static void test_refused(void **state)
{
	static struct sample s;
	struct pdf_fonts fonts = pdf_fonts_usual();
	(void)state;

	sample_fill(&s, 1, 2);
	s.u[0].text.s[LANG_DE] = "\xff";
	refused(&s.p, &fonts, E_FORMAT, "unit 1: text is not UTF-8");
	s.u[0].text.s[LANG_DE] = "Ein Bild: \U0001F600";
	refused(&s.p, &fonts, E_ENV, "the fonts lack a character");
	s.p.langs = 0;
	refused(&s.p, &fonts, E_FORMAT, "no language");
	sample_fill(&s, 1, 2);
	fonts.japanese = "/nowhere.ttf";
	refused(&s.p, &fonts, E_ENV, "font /nowhere.ttf is missing");
}

/* Whatever cairo may write one day, a file that is not understood is refused, not spoilt. */
static void test_strange(void **state)
{
	static struct sample s;
	const struct tag tags[] = {{"Document", LANG_DE}};
	size_t n = 0;
	(void)state;

	sample_fill(&s, 1, 1);
	CLEANUP_STR char *a = written(&s.p, &n);

	for (size_t cut = 0; cut < n; cut += cut < n - 2000 ? 997 : 1) {
		CLEANUP_BUF struct buf in = BUF_INIT(0), out = BUF_INIT(0);

		buf_put(&in, a, cut);
		assert_int_equal(pdf_say_languages(&in, tags, 1, LANG_DE, &out, NULL), E_ENV);
	}
	for (size_t i = n > 3000 ? n - 3000 : 0; i < n; i++) {
		CLEANUP_BUF struct buf in = BUF_INIT(0), out = BUF_INIT(0);

		buf_put(&in, a, n);
		in.p[i] ^= 0x11;
		IGNORE(pdf_say_languages(&in, tags, 1, LANG_DE, &out, NULL) == 0, "it must only not run out of bounds");
	}
}

static void *several(void *arg)
{
	const struct sample *s = arg;
	const struct pdf_fonts fonts = pdf_fonts_usual();
	char *first = NULL;
	size_t n = 0;

	for (unsigned i = 0; i < 4; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);

		if (pdf_write(&s->p, &fonts, &out, NULL) < 0 || (i > 0 && (out.n != n || memcmp(out.p, first, n) != 0)))
			break;
		if (i == 0)
			first = buf_take(&out, &n);
		if (i == 3)
			return first;
	}
	mem_free(first);
	return NULL;
}

/* Threads do not see each other's fonts. */
static void test_threads(void **state)
{
	static struct sample s[4];
	pthread_t thread[4];
	void *got[4];
	(void)state;

	for (size_t i = 0; i < 4; i++) {
		sample_fill(&s[i], 3 + i / 2, 1 + i % 2);
		assert_int_equal(pthread_create(&thread[i], NULL, several, &s[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(thread[i], &got[i]), 0);
		assert_non_null(got[i]);
		size_t n = 0;
		CLEANUP_STR char *alone = written(&s[i].p, &n);

		assert_memory_equal(got[i], alone, n);
		mem_free(got[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_languages), cmocka_unit_test(test_pages), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_strange), cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
