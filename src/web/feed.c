#include "web/feed.h"

#include <string.h>

#include "base/clock.h"
#include "base/enc.h"
#include "base/err.h"

/* XML 1.0 §2.2: no control characters but tab and line ends, nor U+FFFE and U+FFFF. */
static size_t forbidden(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	if (p[0] < 0x20 && p[0] != '\t' && p[0] != '\n' && p[0] != '\r')
		return 1;
	return p[0] == 0xef && p[1] == 0xbf && (p[2] == 0xbe || p[2] == 0xbf) ? 3 : 0;
}

/* Text and attribute values alike. */
static void put_escaped(struct buf *b, const char *s)
{
	static const struct { char c; const char *s; } rows[] = {
		{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}, {'\'', "&#39;"}, {'\r', "&#13;"},
	};

	while (*s != '\0') {
		size_t n = forbidden(s), i = 0;

		if (n > 0) {
			buf_puts(b, "\uFFFD");
			s += n;
			continue;
		}
		while (i < ARRAY_LEN(rows) && rows[i].c != *s)
			i++;
		if (i < ARRAY_LEN(rows))
			buf_puts(b, rows[i].s);
		else
			buf_putc(b, *s);
		s++;
	}
}

/* One element; `lang` is said only where it is not the feed's. */
static void put(struct buf *b, const char *name, const char *lang, const char *s)
{
	if (s == NULL)
		return;
	buf_printf(b, "<%s", name);
	if (lang != NULL)
		buf_printf(b, " xml:lang=\"%s\"", lang);
	buf_putc(b, '>');
	put_escaped(b, s);
	buf_printf(b, "</%s>\n", name);
}

static void put_time(struct buf *b, const char *name, int64_t ns)
{
	char s[40];

	time_format(ns, 0, s, sizeof s);
	put(b, name, NULL, s);
}

static void put_link(struct buf *b, const char *rel, const char *type, const char *lang, const char *href)
{
	if (href == NULL)
		return;
	buf_printf(b, "<link rel=\"%s\" type=\"%s\"", rel, type);
	if (lang != NULL)
		buf_printf(b, " hreflang=\"%s\"", lang);
	buf_puts(b, " href=\"");
	put_escaped(b, href);
	buf_puts(b, "\"/>\n");
}

static void put_author(struct buf *b, const char *name)
{
	if (name == NULL)
		return;
	buf_puts(b, "<author>");
	put(b, "name", NULL, name);
	buf_puts(b, "</author>\n");
}

static void put_category(struct buf *b, const struct feed_entry *v)
{
	if (v->kind == NULL)
		return;
	buf_puts(b, "<category term=\"");
	put_escaped(b, v->kind);
	buf_puts(b, "\" label=\"");
	put_escaped(b, v->kind_word != NULL ? v->kind_word : v->kind);
	buf_puts(b, "\"/>\n");
}

static void put_entry(struct buf *b, const struct feed *f, const struct feed_entry *v)
{
	const char *lang = v->lang != f->lang ? lang_code(v->lang) : NULL;

	buf_puts(b, "<entry>\n");
	put(b, "id", NULL, v->id);
	put(b, "title", lang, v->title);
	put_time(b, "updated", v->updated);
	put_time(b, "published", v->published);
	put_link(b, "alternate", "text/html", lang_code(v->lang), v->url);
	put_author(b, v->author);
	put_category(b, v);
	put(b, "summary", lang, v->summary);
	buf_puts(b, "</entry>\n");
}

static int64_t newest(const struct feed *f)
{
	int64_t at = f->n > 0 ? f->v[0].updated : f->updated;

	for (size_t i = 1; i < f->n; i++)
		at = f->v[i].updated > at ? f->v[i].updated : at;
	return at;
}

struct named { const char *name, *s; };

/* The first two must be there. */
static int check(const struct named *t, size_t n, size_t entry, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (i < 2 && (t[i].s == NULL || t[i].s[0] == '\0'))
			return fail(e, E_FORMAT, "feed: entry %zu has no %s", entry, t[i].name);
		if (t[i].s != NULL && utf8_check(t[i].s, strlen(t[i].s)) < strlen(t[i].s))
			return fail(e, E_FORMAT, "feed: entry %zu: %s is not UTF-8", entry, t[i].name);
	}
	return 0;
}

static int check_all(const struct feed *f, struct err *e)
{
	const struct named head[] = {{"id", f->id}, {"title", f->title}, {"author", f->author}, {"link", f->url}, {"self", f->self},
		{"link", f->other[0]}, {"link", f->other[1]}, {"link", f->other[2]}};
	int r = check(head, ARRAY_LEN(head), 0, e);

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		const struct feed_entry *v = &f->v[i];
		const struct named t[] = {{"id", v->id}, {"title", v->title}, {"link", v->url}, {"summary", v->summary}, {"author", v->author},
			{"category", v->kind}, {"category", v->kind_word}};

		r = check(t, ARRAY_LEN(t), i + 1, e);
	}
	return r;
}

int feed_write(const struct feed *f, struct buf *out, struct err *e)
{
	const int r = check_all(f, e);

	if (r < 0)
		return r;
	buf_printf(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n", lang_code(f->lang));
	put(out, "id", NULL, f->id);
	put(out, "title", NULL, f->title);
	put_time(out, "updated", newest(f));
	put_link(out, "self", "application/atom+xml", NULL, f->self);
	put_link(out, "alternate", "text/html", lang_code(f->lang), f->url);
	for (unsigned l = 0; l < LANG_COUNT; l++)
		put_link(out, "alternate", "application/atom+xml", lang_code((enum lang)l), f->other[l]);
	put_author(out, f->author);
	buf_printf(out, "<generator version=\"%s\">Verbale</generator>\n", VERBALE_VERSION);
	for (size_t i = 0; i < f->n; i++)
		put_entry(out, f, &f->v[i]);
	buf_puts(out, "</feed>\n");
	return buf_err(out, e, "feed");
}
