/* Questions to the search: what people type, as terms of folded words. */
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "consult/chars.h"
#include "consult/words.h"

static const struct { const char *name; enum query_filter filter; } filters[] = {
	{"kind", QUERY_KIND}, {"art", QUERY_KIND}, {"種類", QUERY_KIND},
	{"party", QUERY_PARTY}, {"seite", QUERY_PARTY}, {"国", QUERY_PARTY},
	{"from", QUERY_FROM}, {"von", QUERY_FROM}, {"開始", QUERY_FROM},
	{"to", QUERY_TO}, {"bis", QUERY_TO}, {"終了", QUERY_TO},
};

static const struct { const char *open, *close; } quotes[] = {
	{"\"", "\""}, {"“", "”"}, {"„", "“"}, {"「", "」"}, {"『", "』"}, {"«", "»"}, {"＂", "＂"},
};

struct text { const char *s; size_t n; };

static bool starts(struct text t, const char *with)
{
	const size_t n = strlen(with);

	return t.n >= n && memcmp(t.s, with, n) == 0;
}

static struct text after(struct text t, size_t n) { return (struct text){t.s + n, t.n - n}; }

static size_t spaces(struct text t)
{
	size_t at = 0;

	for (size_t next = 0; next < t.n; at = next)
		if (char_script(char_next(t.s, &next)) != SCRIPT_SPACE)
			break;
	return at;
}

static size_t until_space(struct text t)
{
	size_t at = 0;

	for (size_t next = 0; next < t.n; at = next)
		if (char_script(char_next(t.s, &next)) == SCRIPT_SPACE)
			break;
	return at;
}

/* ---- filters ---- */

static bool number(const char *s, size_t n, uint64_t max, int *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = 10 * v + (uint64_t)(s[i] - '0');
	}
	*ret = (int)v;
	return n > 0 && v <= max;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 1 : 0);
}

/* 2016, 2016-09, 2016-09-09, 09.09.2016; what is not said is 0. */
static bool date_parts(const char *s, size_t n, int *y, int *m, int *d)
{
	*m = *d = 0;
	if (n == 10 && s[2] == '.' && s[5] == '.')
		return number(s, 2, 31, d) && number(s + 3, 2, 12, m) && number(s + 6, 4, 9999, y) && *d > 0 && *m > 0;
	if ((n != 4 && n != 7 && n != 10) || !number(s, 4, 9999, y))
		return false;
	if (n >= 7 && (s[4] != '-' || !number(s + 5, 2, 12, m) || *m == 0))
		return false;
	return n < 10 || (s[7] == '-' && number(s + 8, 2, 31, d) && *d > 0);
}

static int set_date(struct text v, bool to, char *ret, struct err *e)
{
	int y, m, d;

	if (!date_parts(v.s, v.n, &y, &m, &d) || (d > 0 && d > days_in(y, m)))
		return fail(e, E_FORMAT, "search: \"%.*s\" is no date; 2016, 2016-09, 2016-09-09 or 09.09.2016 is", (int)v.n, v.s);
	if (m == 0)
		m = to ? 12 : 1;
	if (d == 0)
		d = to ? days_in(y, m) : 1;
	IGNORE(snprintf(ret, LIMIT_QUERY_VALUE + 1, "%04d-%02d-%02d", y, m, d) < 0, "ten characters");
	return 0;
}

static int set_code(struct text v, bool upper, char *ret, struct err *e)
{
	for (size_t i = 0; i < v.n; i++) {
		const char c = v.s[i];
		const bool big = c >= 'A' && c <= 'Z', small = c >= 'a' && c <= 'z';

		if (!big && !small && !(c >= '0' && c <= '9') && c != '-')
			return fail(e, E_FORMAT, "search: \"%.*s\" is no code", (int)v.n, v.s);
		ret[i] = upper && small ? (char)(c - 0x20) : !upper && big ? (char)(c + 0x20) : c;
	}
	ret[v.n] = '\0';
	return 0;
}

/* Full-width letters, digits and marks as ASCII; false: something else, or too long. */
static bool narrow(struct text t, char *out, size_t max, size_t *ret_n)
{
	size_t n = 0;

	for (size_t at = 0; at < t.n;) {
		uint32_t c = char_next(t.s, &at);

		c = c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c;
		if (c >= 0x80 || n == max)
			return false;
		out[n++] = (char)c;
	}
	*ret_n = n;
	return n > 0;
}

static int set_filter(struct query *q, enum query_filter f, struct text value, struct err *e)
{
	char narrowed[LIMIT_QUERY_VALUE];
	struct text v = {narrowed, 0};

	if (!narrow(value, narrowed, sizeof narrowed, &v.n))
		return fail(e, E_FORMAT, "search: the value \"%.*s\" of a filter cannot be", (int)value.n, value.s);
	if (f == QUERY_FROM || f == QUERY_TO)
		return set_date(v, f == QUERY_TO, q->filter[f], e);
	return set_code(v, f == QUERY_PARTY, q->filter[f], e);
}

static bool same_name(struct text t, const char *name)
{
	if (t.n != strlen(name))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.s[i] != name[i] && !(name[i] >= 'a' && name[i] <= 'z' && t.s[i] == name[i] - 0x20))
			return false;
	return true;
}

/* 1: it was a filter. */
static int filter(struct query *q, struct text raw, struct err *e)
{
	size_t at = 0, colon = 0;

	while (at < raw.n) {
		colon = at;
		const uint32_t c = char_next(raw.s, &at);

		if (c == ':' || c == 0xff1a)
			break;
	}
	if (at >= raw.n)
		return 0;
	const struct text name = {raw.s, colon}, value = after(raw, at);
	char narrowed[16];
	struct text n = {narrowed, 0};

	if (!narrow(name, narrowed, sizeof narrowed, &n.n))
		n = name;
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (same_name(n, filters[i].name)) {
			const int r = set_filter(q, filters[i].filter, value, e);

			return r < 0 ? r : 1;
		}
	return 0;
}

/* ---- terms ---- */

struct fill { struct query *q; struct query_term *t; enum word_sort last; bool tail, full; };

static void set_word(char *to, const struct word *w)
{
	memcpy(to, w->s, w->n);
	to[w->n] = '\0';
}

static int take_word(void *ctx, const struct word *w)
{
	struct fill *f = ctx;

	if (w->forms == WORD_SHORT) {
		set_word(f->q->word[f->q->words - 1].s[1], w);
		return 0;
	}
	if (f->q->words == LIMIT_QUERY_WORDS) {
		f->full = true;
		return 1;
	}
	f->tail = w->sort == WORD_LAST && f->t->words > 0 && f->last == WORD_PAIR;
	f->last = w->sort;
	set_word(f->q->word[f->q->words].s[0], w);
	set_word(f->q->word[f->q->words++].s[1], w);
	f->t->words++;
	return 0;
}

static int add_term(struct query *q, struct text t, bool except, bool prefix, struct err *e)
{
	struct query_term term = {.except = except, .prefix = prefix, .first = q->words};
	struct fill f = {.q = q, .t = &term};
	const int r = words_each(t.s, t.n, take_word, &f, e);

	if (r < 0)
		return r;
	if (f.full || q->terms == LIMIT_QUERY_TERMS)
		return fail(e, E_LIMIT, "search: more than %d words", f.full ? LIMIT_QUERY_WORDS : LIMIT_QUERY_TERMS);
	if (f.tail) {
		/* The last character says nothing that the pair before it did not. */
		q->words--;
		term.words--;
	}
	term.prefix = prefix || (f.last == WORD_LAST && !f.tail);
	if (term.words > 0)
		q->term[q->terms++] = term;
	return 0;
}

/* A quoted piece at the start of t: its inside, and how much it took; 0: none. An end that is missing is the end of all. */
static size_t quoted(struct text t, struct text *inside)
{
	for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
		if (!starts(t, quotes[i].open))
			continue;
		const struct text rest = after(t, strlen(quotes[i].open));
		const size_t close = strlen(quotes[i].close);
		const char *end = rest.n > 0 ? memmem(rest.s, rest.n, quotes[i].close, close) : NULL;

		*inside = (struct text){rest.s, end != NULL ? (size_t)(end - rest.s) : rest.n};
		return t.n - rest.n + inside->n + (end != NULL ? close : 0);
	}
	return 0;
}

static bool ends_in_star(struct text t)
{
	return (t.n > 1 && t.s[t.n - 1] == '*') || (t.n > 3 && memcmp(t.s + t.n - 3, "＊", 3) == 0);
}

static int one(struct query *q, struct text *t, struct err *e)
{
	const size_t minus = starts(*t, "-") ? 1 : starts(*t, "－") ? strlen("－") : 0;
	const bool except = minus > 0 && minus < t->n;
	struct text inside, raw;
	int r;

	if (except)
		*t = after(*t, minus);
	const size_t n = quoted(*t, &inside);

	if (n > 0) {
		*t = after(*t, n);
		return add_term(q, inside, except, false, e);
	}
	raw = (struct text){t->s, until_space(*t)};
	*t = after(*t, raw.n);
	r = except ? 0 : filter(q, raw, e);
	return r != 0 ? (r < 0 ? r : 0) : add_term(q, raw, except, ends_in_star(raw), e);
}

int query_parse(const char *s, size_t n, struct query *ret, struct err *e)
{
	struct text t = {s, n};
	size_t bad;
	int r = 0;

	if (n > LIMIT_QUERY)
		return fail(e, E_LIMIT, "search: longer than %d bytes", LIMIT_QUERY);
	if ((bad = utf8_check(s, n)) < n)
		return fail(e, E_FORMAT, "search: not UTF-8 at byte %zu", bad);
	CLEANUP(mem_free) void *room = mem_zalloc(sizeof(struct query));
	struct query *q = room;

	if (q == NULL)
		return fail(e, E_NOMEM, "search");
	for (t = after(t, spaces(t)); r == 0 && t.n > 0; t = after(t, spaces(t)))
		r = one(q, &t, e);
	if (r == 0)
		*ret = *q;
	return r;
}

/* ---- for an index ---- */

static void put_phrase(const struct query *q, const struct query_term *t, unsigned form, struct buf *out)
{
	buf_putc(out, '"');
	for (unsigned i = 0; i < t->words; i++)
		buf_printf(out, i > 0 ? " %s" : "%s", q->word[t->first + i].s[form]);
	buf_puts(out, t->prefix ? "\" *" : "\"");
}

static void put_term(const struct query *q, const struct query_term *t, struct buf *out)
{
	bool two = false;

	for (unsigned i = 0; i < t->words; i++)
		two = two || strcmp(q->word[t->first + i].s[0], q->word[t->first + i].s[1]) != 0;
	buf_putc(out, '(');
	put_phrase(q, t, 0, out);
	if (two) {
		buf_puts(out, " OR ");
		put_phrase(q, t, 1, out);
	}
	buf_putc(out, ')');
}

int query_match(const struct query *q, struct buf *out, struct err *e)
{
	const size_t was = out->n;

	for (unsigned except = 0; except < 2; except++)
		for (unsigned i = 0; i < q->terms; i++) {
			if (q->term[i].except != (except == 1) || (except == 1 && out->n == was))
				continue;
			if (out->n > was)
				buf_puts(out, except == 1 ? " NOT " : " AND ");
			put_term(q, &q->term[i], out);
		}
	return buf_err(out, e, "search");
}
