#include "consult/paper.h"

#include <string.h>

#include "base/enc.h"
#include "consult/chars.h"

const char *paper_text_in(const struct paper_text *t, enum lang want)
{
	if (t->s[want] != NULL)
		return t->s[want];
	if (t->s[LANG_EN] != NULL)
		return t->s[LANG_EN];
	for (unsigned l = 0; l < LANG_COUNT; l++)
		if (t->s[l] != NULL)
			return t->s[l];
	return "";
}

const char *paper_mark(const struct paper *p, enum lang l)
{
	if (p->authentic[l])
		return tr(l, N_("authentic text"));
	return p->provisional[l] ? tr(l, N_("provisional translation")) : NULL;
}

/* JIS X 4051: what never begins a line, and what never ends one. */
static const char no_begin[] = "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〕〉》」』】ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ…‥％°′″℃.,:;!?)]}»”’";
static const char no_end[] = "（［｛〔〈《「『【([{«“‘＃№＄￥";

static bool among(const char *set, uint32_t c)
{
	char s[4];
	const unsigned n = char_put(c, s);
	const size_t all = strlen(set);

	return memmem(set, all, s, n) != NULL;
}

static bool may_break(uint32_t before, uint32_t after)
{
	if (char_script(after) == SCRIPT_JOIN || char_script(after) == SCRIPT_SPACE)
		return false;
	if (among(no_begin, after))
		return false;
	if (before == ' ' || before == 0x3000)
		return true;
	return (char_columns(before) == 2 || char_columns(after) == 2) && !among(no_end, before) && before != 0xa0 && before != 0x202f;
}

/* What a terminal would obey is not text. */
static bool is_control(uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

static size_t without_spaces(const char *s, size_t from, size_t to)
{
	while (to > from && s[to - 1] == ' ')
		to--;
	return to;
}

static void put_line(struct buf *out, const char *s, size_t from, size_t to)
{
	to = without_spaces(s, from, to);
	for (size_t at = from; at < to;) {
		const size_t was = at;

		if (is_control(char_next(s, &at)))
			buf_putc(out, ' ');
		else
			buf_put(out, s + was, at - was);
	}
	buf_putc(out, '\n');
}

/* Where the line that begins at `from` ends; `end`: of the paragraph. */
static size_t line_end(const char *s, size_t from, size_t end, unsigned width)
{
	size_t at = from, fits = from;
	unsigned columns = 0;
	uint32_t before = 0;

	while (at < end) {
		const size_t was = at;
		const uint32_t c = char_next(s, &at);

		if (was > from && may_break(before, c))
			fits = was;
		columns += char_columns(c);
		if (columns > width && c != ' ' && fits > from)
			return fits;
		before = c;
	}
	return end;
}

/* `label` stands before the first line, the others begin `indent` columns in. */
static void put_text(struct buf *out, const char *label, unsigned indent, const char *s)
{
	const size_t label_n = without_spaces(label, 0, strlen(label));
	unsigned used = 0;
	bool first = true;

	for (size_t at = 0; at < label_n;)
		used += char_columns(char_next(label, &at));
	buf_put(out, label, label_n);
	do {
		const size_t end = strcspn(s, "\n");
		size_t at = 0;

		do {
			const unsigned in = first && used >= indent && indent > 0 ? used + 1 : indent;
			const size_t to = line_end(s, at, end, PAPER_COLUMNS - in);

			if (to > at)
				for (unsigned i = first ? used : 0; i < in; i++)
					buf_putc(out, ' ');
			put_line(out, s, at, to);
			at = to;
			first = false;
		} while (at < end);
		s += end;
	} while (*s++ == '\n' && *s != '\0');
}

static void put_unit(struct buf *out, const struct paper_unit *u, enum lang l)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0);

	if (u->bracketed)
		buf_printf(&text, u->bracketed_by != NULL ? "[%s: %s]" : "[%s%s]", u->bracketed_by != NULL ? u->bracketed_by : "", u->text.s[l]);
	else
		buf_puts(&text, u->text.s[l]);
	if (text.err != 0)
		out->err = text.err;
	put_text(out, u->number, 4, text.p != NULL ? text.p : "");
	buf_putc(out, '\n');
}

static const char *lang_word(enum lang l)
{
	static const char *const names[LANG_COUNT] = {[LANG_DE] = "Deutsch", [LANG_JA] = "日本語", [LANG_EN] = "English"};

	return names[l];
}

static void put_if(struct buf *out, const struct paper_text *t, enum lang l)
{
	const char *s = paper_text_in(t, l);

	if (s[0] != '\0')
		put_text(out, "", 0, s);
}

static void put_lang(const struct paper *p, enum lang l, struct buf *out)
{
	const char *mark = paper_mark(p, l);

	buf_printf(out, mark == NULL ? "%s\n\n" : l == LANG_JA ? "%s（%s）\n\n" : "%s (%s)\n\n", lang_word(l), mark != NULL ? mark : "");
	put_if(out, &p->kind, l);
	put_if(out, &p->title, l);
	put_if(out, &p->date, l);
	buf_putc(out, '\n');
	for (size_t i = 0; i < p->units; i++)
		if (p->unit[i].text.s[l] != NULL)
			put_unit(out, &p->unit[i], l);
}

static const char rule[] = "------------------------------------------------------------------------\n";

static void put_foot(const struct paper *p, struct buf *out)
{
	buf_puts(out, rule);
	for (size_t i = 0; i < p->langs; i++)
		if (p->status.s[p->lang[i]] != NULL)
			put_text(out, "", 0, p->status.s[p->lang[i]]);
	for (size_t i = 0; i < p->langs; i++)
		if (p->record.s[p->lang[i]] != NULL)
			put_text(out, "", 0, p->record.s[p->lang[i]]);
	if (p->url != NULL)
		put_text(out, "", 0, p->url);
}

static int check(const char *s, const char *what, size_t unit, struct err *e)
{
	const size_t n = s != NULL ? strlen(s) : 0, bad = n > 0 ? utf8_check(s, n) : 0;

	if (bad == n)
		return 0;
	return unit == 0 ? fail(e, E_FORMAT, "paper: %s is not UTF-8 at byte %zu", what, bad) : fail(e, E_FORMAT, "paper: unit %zu: %s is not UTF-8 at byte %zu", unit, what, bad);
}

static int check_text(const struct paper_text *t, const char *what, size_t unit, struct err *e)
{
	int r = 0;

	for (unsigned l = 0; r == 0 && l < LANG_COUNT; l++)
		r = check(t->s[l], what, unit, e);
	return r;
}

int paper_check(const struct paper *p, struct err *e)
{
	const struct { const struct paper_text *t; const char *what; } head[] = {
		{&p->kind, "kind"}, {&p->title, "title"}, {&p->date, "date"}, {&p->status, "status"}, {&p->record, "record line"},
	};
	int r = check(p->number, "number", 0, e);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(head); i++)
		r = check_text(head[i].t, head[i].what, 0, e);
	if (r == 0)
		r = check(p->url, "address", 0, e);
	for (size_t i = 0; r == 0 && i < p->units; i++) {
		r = check(p->unit[i].number, "number", i + 1, e);
		if (r == 0)
			r = check(p->unit[i].bracketed_by, "party", i + 1, e);
		if (r == 0)
			r = check_text(&p->unit[i].text, "text", i + 1, e);
	}
	return r;
}

int paper_plain(const struct paper *p, struct buf *out, struct err *e)
{
	const int r = paper_check(p, e);

	if (r < 0)
		return r;
	if (p->number != NULL)
		put_text(out, "", 0, p->number);
	for (size_t i = 0; i < p->langs; i++) {
		if (i > 0 || p->number != NULL)
			buf_puts(out, i > 0 ? rule : "\n");
		put_lang(p, p->lang[i], out);
	}
	put_foot(p, out);
	return buf_err(out, e, "paper as plain text");
}
