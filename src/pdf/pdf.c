#include "pdf/pdf.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "pdf/priv.h"

/* A4, in points. */
static const double page_width = 595.276, page_height = 841.89, margin = 56.7, foot_height = 62, gap = 22, gutter = 22;

enum style { STYLE_KIND, STYLE_TITLE, STYLE_DATE, STYLE_LANG, STYLE_UNIT, STYLE_NOTE, STYLE_LINK, STYLE_FOOT, STYLES };
/* Size in points of Latin and of Japanese. Space below. Grey level of ink. */
static const struct look { double latin, japanese; bool bold; double below, ink; const char *tag; } looks[STYLES] = {
	[STYLE_KIND] = {9, 9, false, 3, 0.30, "P"},
	[STYLE_TITLE] = {15, 14, true, 4, 0, "H1"},
	[STYLE_DATE] = {9, 9, false, 14, 0.30, "P"},
	[STYLE_LANG] = {10, 10, true, 8, 0, "H2"},
	[STYLE_UNIT] = {9.5, 9.5, false, 8, 0, "P"},
	[STYLE_NOTE] = {8, 8, false, 3, 0.30, "P"},
	[STYLE_LINK] = {8, 8, false, 3, 0, "P"},
	[STYLE_FOOT] = {7, 7, false, 0, 0.30, NULL},
};

/* One text of one language in one column; `number` stands left of it. */
struct cell { enum style style; enum lang lang; const char *number, *text; };

struct flow {
	const struct paper *p;
	struct font_set fonts;
	cairo_t *cr;                 /* NULL: only counting pages */
	unsigned page, pages;
	double y;
	struct buf tags;             /* struct tag */
	struct err *e;
	int err;
};

/* The first failure stays. */
static void stop(struct flow *f, int err)
{
	if (f->err == 0)
		f->err = err;
}

/* ---- marks of structure ---- */

static void tag_begin(struct flow *f, const char *name, enum lang lang, const char *attributes)
{
	const struct tag t = {name, lang};

	if (f->cr == NULL)
		return;
	cairo_tag_begin(f->cr, name, attributes);
	buf_put(&f->tags, &t, sizeof t);
}

static void tag_end(struct flow *f, const char *name)
{
	if (f->cr != NULL)
		cairo_tag_end(f->cr, name);
}

/* ---- text ---- */

/* Control characters have no glyph. */
static char *without_controls(const char *s)
{
	char *t = mem_strdup(s);

	for (char *c = t; c != NULL && *c != '\0'; c++)
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			*c = ' ';
	return t;
}

static PangoLayout *set_text(struct flow *f, enum style style, enum lang lang, const char *text, double width)
{
	const struct look *k = &looks[style];
	PangoLayout *l = pango_layout_new(f->fonts.context[lang]);
	PangoFontDescription *d = pango_font_description_new();
	CLEANUP_STR char *clean = without_controls(text);

	pango_font_description_set_family(d, f->fonts.family[lang == LANG_JA]);
	pango_font_description_set_weight(d, k->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(d, (lang == LANG_JA ? k->japanese : k->latin) * PANGO_SCALE);
	pango_layout_set_font_description(l, d);
	pango_font_description_free(d);
	pango_layout_set_width(l, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(l, k->bold ? 1.1F : lang == LANG_JA ? 1.45F : 1.3F);
	if (clean != NULL)
		pango_layout_set_text(l, clean, -1);
	else
		stop(f, fail(f->e, E_NOMEM, "pdf"));
	if (pango_layout_get_unknown_glyphs_count(l) > 0)
		stop(f, fail(f->e, E_ENV, "pdf: the fonts lack a character of \"%.60s\"", text));
	return l;
}

static void ink(struct flow *f, enum style s)
{
	cairo_set_source_rgb(f->cr, looks[s].ink, looks[s].ink, looks[s].ink);
}

/* ---- pages ---- */

static double bottom(void) { return page_height - foot_height; }

static void put_foot(struct flow *f)
{
	const enum lang l = f->p->lang[0];
	const char *number = f->p->number != NULL ? f->p->number : "", *record = f->p->record.s[l] != NULL ? f->p->record.s[l] : "";
	CLEANUP_STR char *left = mem_printf("%s%s%s", number, number[0] != '\0' && record[0] != '\0' ? " · " : "", record);
	CLEANUP_STR char *right = mem_printf("%u / %u", f->page, f->pages);

	if (left == NULL || right == NULL || f->cr == NULL) {
		if (f->cr != NULL)
			stop(f, fail(f->e, E_NOMEM, "pdf"));
		return;
	}
	const double y = page_height - foot_height + 16;
	PangoLayout *a = set_text(f, STYLE_FOOT, l, left, page_width - 2 * margin - 50), *b = set_text(f, STYLE_FOOT, LANG_EN, right, 50);

	/* Two lines at most, so that the foot stays one. */
	pango_layout_set_height(a, -2);
	pango_layout_set_ellipsize(a, PANGO_ELLIPSIZE_END);
	pango_layout_set_alignment(b, PANGO_ALIGN_RIGHT);
	ink(f, STYLE_FOOT);
	cairo_set_line_width(f->cr, 0.4);
	cairo_move_to(f->cr, margin, y - 6);
	cairo_line_to(f->cr, page_width - margin, y - 6);
	cairo_stroke(f->cr);
	cairo_move_to(f->cr, margin, y);
	pango_cairo_show_layout(f->cr, a);
	cairo_move_to(f->cr, page_width - margin - 50, y);
	pango_cairo_show_layout(f->cr, b);
	g_object_unref(a);
	g_object_unref(b);
}

static void end_page(struct flow *f)
{
	put_foot(f);
	if (f->cr != NULL)
		cairo_show_page(f->cr);
}

static void next_page(struct flow *f)
{
	end_page(f);
	if (f->page == LIMIT_PDF_PAGES)
		stop(f, fail(f->e, E_LIMIT, "pdf: more than %d pages", LIMIT_PDF_PAGES));
	f->page++;
	f->y = margin;
}

/* ---- rows: cells beside each other, carried over to the next page line by line ---- */

static double points(int pango) { return (double)pango / PANGO_SCALE; }

struct column { const struct cell *c; double x, width, lead /* so that first lines stand on one height */; PangoLayout *layout; PangoLayoutIter *line; bool begun, done; };

/* Pango swallows the space at which a line was broken; without it a reader aloud joins the words. */
static void put_space(struct flow *f, const struct column *k, double x, double baseline)
{
	PangoLayout *l = set_text(f, k->c->style, k->c->lang, " ", -1);

	cairo_move_to(f->cr, x, baseline - points(pango_layout_get_baseline(l)));
	pango_cairo_show_layout(f->cr, l);
	g_object_unref(l);
}

static void put_number(struct flow *f, struct column *k, double y)
{
	if (k->c->number == NULL)
		return;
	CLEANUP_STR char *number = mem_printf("%s ", k->c->number);
	PangoLayout *l = set_text(f, k->c->style, k->c->lang, number != NULL ? number : "", gutter);

	pango_layout_set_wrap(l, PANGO_WRAP_CHAR);
	if (number == NULL)
		stop(f, fail(f->e, E_NOMEM, "pdf"));
	if (f->cr != NULL) {
		cairo_move_to(f->cr, k->x - gutter, y);
		pango_cairo_show_layout(f->cr, l);
	}
	g_object_unref(l);
}

static void put_line(struct flow *f, const struct column *k, double baseline)
{
	PangoLayoutLine *line = pango_layout_iter_get_line_readonly(k->line);
	const char *text = pango_layout_get_text(k->layout);
	const int end = line->start_index + line->length;
	PangoRectangle r;

	cairo_move_to(f->cr, k->x, baseline);
	pango_cairo_show_layout_line(f->cr, line);
	if (end > 0 && text[end] != '\0' && text[end - 1] == ' ') {
		pango_layout_line_get_extents(line, NULL, &r);
		put_space(f, k, k->x + points(r.width), baseline);
	}
}

/* As many lines as fit from `top` on; where they end. */
static double put_lines(struct flow *f, struct column *k, double top)
{
	double end = top;
	int first, y0, y1;

	pango_layout_iter_get_line_yrange(k->line, &first, &y1);
	do {
		pango_layout_iter_get_line_yrange(k->line, &y0, &y1);
		if (top + points(y1 - first) > bottom() && y0 > first)
			return end;
		if (f->cr != NULL)
			put_line(f, k, top + points(pango_layout_iter_get_baseline(k->line) - first));
		end = top + points(y1 - first);
	} while (pango_layout_iter_next_line(k->line));
	k->done = true;
	return end;
}

/* The permanent address may stand in a link only if nothing in it ends the attribute. */
static bool is_linkable(const char *url)
{
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return false;
	for (; *url != '\0'; url++)
		if (*url <= ' ' || *url > '~' || *url == '\'' || *url == '\\')
			return false;
	return true;
}

static double put_column(struct flow *f, struct column *k, double top)
{
	const char *tag = looks[k->c->style].tag;
	const bool link = k->c->style == STYLE_LINK && is_linkable(k->c->text);
	CLEANUP_STR char *attributes = link ? mem_printf("uri='%s'", k->c->text) : NULL;
	double end;

	top += k->begun ? 0 : k->lead;
	if (f->cr != NULL)
		ink(f, k->c->style);
	tag_begin(f, tag, k->c->lang, NULL);
	if (!k->begun)
		put_number(f, k, top);
	k->begun = true;
	if (attributes != NULL)
		tag_begin(f, CAIRO_TAG_LINK, k->c->lang, attributes);
	end = put_lines(f, k, top);
	if (attributes != NULL)
		tag_end(f, CAIRO_TAG_LINK);
	tag_end(f, tag);
	return end;
}

static void put_columns(struct flow *f, struct column *k, size_t n)
{
	const double two_lines = 30;
	bool more = true;

	if (f->y + two_lines > bottom())
		next_page(f);
	while (more && f->err == 0) {
		double end = f->y;

		more = false;
		for (size_t i = 0; i < n; i++) {
			const double at = k[i].done ? f->y : put_column(f, &k[i], f->y);

			end = at > end ? at : end;
			more = more || !k[i].done;
		}
		f->y = end;
		if (more)
			next_page(f);
	}
	f->y += looks[k[0].c->style].below;
}

static void level(struct column *k, size_t n)
{
	int lowest = 0;

	for (size_t i = 0; i < n; i++) {
		const int at = pango_layout_get_baseline(k[i].layout);

		lowest = at > lowest ? at : lowest;
	}
	for (size_t i = 0; i < n; i++)
		k[i].lead = points(lowest - pango_layout_get_baseline(k[i].layout));
}

static void put_row(struct flow *f, const struct cell *c, size_t n, bool numbered)
{
	const double whole = page_width - 2 * margin, in = numbered ? gutter : 0;
	const double wide = n == 2 ? (whole - gap) / 2 : whole;
	struct column k[2] = {{.c = NULL}};

	if (f->err != 0)
		return;
	for (size_t i = 0; i < n; i++) {
		k[i] = (struct column){.c = &c[i], .x = margin + in + (double)i * (wide + gap), .width = wide - in};
		k[i].layout = set_text(f, c[i].style, c[i].lang, c[i].text, k[i].width);
		k[i].line = pango_layout_get_iter(k[i].layout);
		k[i].done = c[i].text[0] == '\0' && c[i].number == NULL;
	}
	level(k, n);
	put_columns(f, k, n);
	for (size_t i = 0; i < n; i++) {
		pango_layout_iter_free(k[i].line);
		g_object_unref(k[i].layout);
	}
}

/* ---- the paper ---- */

static const char *or_nothing(const char *s) { return s != NULL ? s : ""; }

/* One text in the languages of this part, beside each other; left out where all lack it. */
static void put_texts(struct flow *f, enum style style, const struct paper_text *t, const enum lang *l, size_t n)
{
	struct cell c[2];
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		c[i] = (struct cell){style, l[i], NULL, or_nothing(t->s[l[i]])};
		any = any || c[i].text[0] != '\0';
	}
	if (any)
		put_row(f, c, n, false);
}

static const char *const lang_words[LANG_COUNT] = {[LANG_DE] = "Deutsch", [LANG_JA] = "日本語", [LANG_EN] = "English"};

static void put_lang_heads(struct flow *f, const enum lang *l, size_t n)
{
	struct paper_text t = {{NULL}};
	char *s[LANG_COUNT] = {NULL};

	for (size_t i = 0; i < n; i++) {
		const char *mark = paper_mark(f->p, l[i]);

		t.s[l[i]] = s[i] = mark != NULL ? mem_printf(l[i] == LANG_JA ? "%s（%s）" : "%s (%s)", lang_words[l[i]], mark) : mem_strdup(lang_words[l[i]]);
		if (s[i] == NULL)
			stop(f, fail(f->e, E_NOMEM, "pdf"));
	}
	put_texts(f, STYLE_LANG, &t, l, n);
	for (size_t i = 0; i < n; i++)
		mem_free(s[i]);
}

static void put_unit(struct flow *f, const struct paper_unit *u, const enum lang *l, size_t n)
{
	struct cell c[2];
	char *s[2] = {NULL, NULL};
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const char *text = u->text.s[l[i]];

		c[i] = (struct cell){STYLE_UNIT, l[i], text != NULL ? u->number : NULL, or_nothing(text)};
		any = any || text != NULL;
		if (text == NULL || !u->bracketed)
			continue;
		s[i] = mem_printf("[%s%s%s]", or_nothing(u->bracketed_by), u->bracketed_by != NULL ? ": " : "", text);
		if (s[i] == NULL)
			stop(f, fail(f->e, E_NOMEM, "pdf"));
		else
			c[i].text = s[i];
	}
	if (any)
		put_row(f, c, n, true);
	for (size_t i = 0; i < n; i++)
		mem_free(s[i]);
}

static void put_part(struct flow *f, const enum lang *l, size_t n)
{
	put_texts(f, STYLE_KIND, &f->p->kind, l, n);
	put_texts(f, STYLE_TITLE, &f->p->title, l, n);
	put_texts(f, STYLE_DATE, &f->p->date, l, n);
	put_lang_heads(f, l, n);
	for (size_t i = 0; i < f->p->units; i++)
		put_unit(f, &f->p->unit[i], l, n);
	f->y += 10;
}

static void put_end(struct flow *f)
{
	for (size_t i = 0; i < f->p->langs; i++) {
		put_texts(f, STYLE_NOTE, &f->p->status, &f->p->lang[i], 1);
		put_texts(f, STYLE_NOTE, &f->p->record, &f->p->lang[i], 1);
	}
	if (f->p->url != NULL) {
		const struct cell c = {STYLE_LINK, LANG_EN, NULL, f->p->url};

		put_row(f, &c, 1, false);
	}
}

static int put_paper(struct flow *f)
{
	const struct paper *p = f->p;

	f->page = 1;
	f->y = margin;
	tag_begin(f, "Document", p->lang[0], NULL);
	if (p->langs == 2)
		put_part(f, p->lang, 2);
	else
		for (size_t i = 0; i < p->langs; i++)
			put_part(f, &p->lang[i], 1);
	put_end(f);
	tag_end(f, "Document");
	end_page(f);
	return f->err;
}

static cairo_status_t to_buf(void *ctx, const unsigned char *p, unsigned n)
{
	struct buf *b = ctx;

	buf_put(b, p, n);
	return b->err == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_metadata(cairo_surface_t *s, const struct paper *p)
{
	char at[40];

	time_format(p->modified, 0, at, sizeof at);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, paper_text_in(&p->title, p->lang[0]));
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_SUBJECT, paper_text_in(&p->kind, p->lang[0]));
	if (p->number != NULL)
		cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_KEYWORDS, p->number);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Verbale " VERBALE_VERSION);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, at);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_MOD_DATE, at);
}

static int draw(struct flow *f, struct buf *out)
{
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(to_buf, out, page_width, page_height);
	int r;

	/* No compressed objects: structure.c reads them. Tags came with 1.4. */
	cairo_pdf_surface_restrict_to_version(s, CAIRO_PDF_VERSION_1_4);
	set_metadata(s, f->p);
	f->cr = cairo_create(s);
	r = put_paper(f);
	const cairo_status_t drawn = cairo_status(f->cr);

	cairo_destroy(f->cr);
	f->cr = NULL;
	cairo_surface_finish(s);
	const cairo_status_t finished = cairo_surface_status(s);

	cairo_surface_destroy(s);
	if (r == 0 && (r = buf_err(out, f->e, "pdf")) == 0 && (r = buf_err(&f->tags, f->e, "pdf")) == 0 && (drawn != CAIRO_STATUS_SUCCESS || finished != CAIRO_STATUS_SUCCESS))
		r = fail(f->e, E_ENV, "pdf: %s", cairo_status_to_string(drawn != CAIRO_STATUS_SUCCESS ? drawn : finished));
	return r;
}

int pdf_write(const struct paper *p, const struct pdf_fonts *fonts, struct buf *out, struct err *e)
{
	CLEANUP_BUF struct buf raw = BUF_INIT(0);
	struct flow f = {.p = p, .e = e};
	int r = paper_check(p, e);

	if (r == 0 && p->langs == 0)
		r = fail(e, E_FORMAT, "paper: no language");
	if (r < 0 || (r = font_set_open(&f.fonts, fonts, e)) < 0)
		return r;
	if ((r = put_paper(&f)) == 0) {
		f.pages = f.page;
		r = draw(&f, &raw);
	}
	if (r == 0)
		r = pdf_say_languages(&raw, (const struct tag *)(const void *)f.tags.p, f.tags.n / sizeof(struct tag), p->lang[0], out, e);
	buf_free(&f.tags);
	font_set_close(&f.fonts);
	return r;
}
