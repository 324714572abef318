/* The Atom feed: what is required, escaping, what is refused. Others read it in tests/interop. */
#include "../check.h"

#include "base/err.h"
#include "base/mem.h"
#include "web/feed.h"

static struct feed_entry entry(void)
{
	return (struct feed_entry){.id = "urn:uuid:1", .title = "Erklärung", .url = "https://x/r/1", .kind = "joint-statement", .lang = LANG_DE, .published = 0, .updated = 5000000000};
}

static struct feed feed_of(const struct feed_entry *v, size_t n)
{
	return (struct feed){.id = "https://x/feed", .title = "Texte", .author = "DE", .self = "https://x/feed.atom", .lang = LANG_DE, .updated = 1000000000, .v = v, .n = n};
}

static char *written(const struct feed *f)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0);

	assert_int_equal(feed_write(f, &out, NULL), 0);
	return buf_take(&out, NULL);
}

static void test_whole(void **state)
{
	const struct feed_entry v = entry();
	const struct feed f = feed_of(&v, 1);
	CLEANUP_STR char *s = written(&f);
	(void)state;

	assert_string_equal(s,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"de\">\n"
		"<id>https://x/feed</id>\n<title>Texte</title>\n<updated>1970-01-01T00:00:05Z</updated>\n"
		"<link rel=\"self\" type=\"application/atom+xml\" href=\"https://x/feed.atom\"/>\n<author><name>DE</name>\n</author>\n"
		"<generator version=\"" VERBALE_VERSION "\">Verbale</generator>\n"
		"<entry>\n<id>urn:uuid:1</id>\n<title>Erklärung</title>\n<updated>1970-01-01T00:00:05Z</updated>\n<published>1970-01-01T00:00:00Z</published>\n"
		"<link rel=\"alternate\" type=\"text/html\" hreflang=\"de\" href=\"https://x/r/1\"/>\n"
		"<category term=\"joint-statement\" label=\"joint-statement\"/>\n</entry>\n</feed>\n");
}

static void test_escaping(void **state)
{
	struct feed_entry v = entry();
	struct feed f = feed_of(&v, 1);
	(void)state;

	v.title = "<b>&\"'\x01\x7f\r\n\t\xef\xbf\xbe";
	v.url = "https://x/?a=\"><b>";
	v.kind_word = "\"/><x>";
	CLEANUP_STR char *s = written(&f);

	assert_non_null(strstr(s, "<title>&lt;b&gt;&amp;&quot;&#39;\uFFFD\x7f&#13;\n\t\uFFFD</title>"));
	assert_non_null(strstr(s, "href=\"https://x/?a=&quot;&gt;&lt;b&gt;\"/>"));
	assert_null(strstr(s, "<x>"));
	assert_null(strstr(s, "<b>"));
}

static void test_empty(void **state)
{
	const struct feed f = feed_of(NULL, 0);
	CLEANUP_STR char *s = written(&f);
	(void)state;

	assert_non_null(strstr(s, "<updated>1970-01-01T00:00:01Z</updated>"));
	assert_null(strstr(s, "<entry>"));
}

static void test_refused(void **state)
{
	struct feed_entry v = entry();
	struct feed f = feed_of(&v, 1);
	CLEANUP_BUF struct buf out = BUF_INIT(0);
	struct err e;
	(void)state;

	v.title = "";
	assert_int_equal(feed_write(&f, &out, &e), E_FORMAT);
	assert_string_equal(e.msg, "feed: entry 1 has no title");
	v.title = "\xff";
	assert_int_equal(feed_write(&f, &out, &e), E_FORMAT);
	assert_string_equal(e.msg, "feed: entry 1: title is not UTF-8");
	f.id = NULL;
	assert_int_equal(feed_write(&f, &out, &e), E_FORMAT);
	assert_int_equal(out.n, 0);
}

static void test_memory(void **state)
{
	const struct feed_entry v = entry();
	const struct feed f = feed_of(&v, 1);
	int r = E_NOMEM;
	(void)state;

	for (long i = 1; r == E_NOMEM && i < 100; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);

		mem_fail_after(i);
		r = feed_write(&f, &out, NULL);
		mem_fail_after(0);
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_escaping), cmocka_unit_test(test_empty), cmocka_unit_test(test_refused), cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
