/*
 * pdf/pdf.h - a paper as a tagged PDF with its fonts in it, set by Pango and cairo.
 * A4; head, then each unit by number: two languages side by side, otherwise one below the other; number, record line and
 * page of pages in each foot. Structure: Document, H1, H2, P, each with its language; links are links. The same paper gives
 * the same bytes with the same libraries and fonts: it bears the version's time, never that of printing.
 */
#pragma once
#include "base/err.h"
#include "consult/paper.h"

/* Fonts are pinned by file, whatever fonts the machine prefers: TrueType, so that none becomes Type 3. */
struct pdf_fonts { const char *latin, *latin_bold, *japanese, *japanese_bold; };
/* Where Debian has them (fonts-liberation, fonts-morisawa-bizud-gothic). */
struct pdf_fonts pdf_fonts_usual(void);

/* Any thread. E_ENV: a font file is missing. E_FORMAT: a text is not UTF-8. E_LIMIT: more than LIMIT_PDF_PAGES. E_NOMEM. */
NODISCARD int pdf_write(const struct paper *p, const struct pdf_fonts *fonts, struct buf *out, struct err *e);
