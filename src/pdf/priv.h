/* pdf/priv.h - what the files of pdf/ share; nobody else includes it. */
#pragma once
#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#include "base/limits.h"
#include "pdf/pdf.h"

/* ---- font.c: Pango with exactly our fonts ---- */
struct font_set {
	void *config;                /* fontconfig's */
	PangoFontMap *map;
	PangoContext *context[LANG_COUNT]; /* one per language: a change would undo what is set in it */
	char family[2][256];         /* Latin first, Japanese first */
};
NODISCARD int font_set_open(struct font_set *s, const struct pdf_fonts *fonts, struct err *e);
void font_set_close(struct font_set *s);

/* ---- structure.c: what cairo cannot say ---- */
struct tag { const char *name; enum lang lang; };
/*
 * The same file with the languages of document and structure elements. `tags` are the elements in the order they were begun,
 * as cairo numbers them. E_ENV: cairo wrote something else than it is known to.
 */
NODISCARD int pdf_say_languages(const struct buf *in, const struct tag *tags, size_t n, enum lang document, struct buf *out, struct err *e);
