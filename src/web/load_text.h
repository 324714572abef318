/* web/load_text.h - from the record to the views of the text (web/view_text.h). As web/load.h. */
#pragma once
#include "web/load.h"
#include "web/view_text.h"

/* "a" to "b" as spans. */
NODISCARD int load_spans(struct loader *l, const char *a, const char *b, struct v_spans *ret, struct err *e);
/* Every version of a document that may be read, newest first; compare leads from each to the one before. */
NODISCARD int load_versions(struct loader *l, const char *id, struct url compare, struct v_version **ret, size_t *ret_n, struct err *e);
/* As papers, for diff, glossary, print. */
struct paper_unit *load_paper_units(struct loader *l, const struct v_document *d);
/* A document of a loaded round by its number. E_NOTFOUND. */
NODISCARD int load_numbered(const struct v_round *r, const char *number, struct v_document **ret, struct err *e);
/* The page of a draft; own: the reader's party, may: rights of its role. all: with proposals, comments, warnings, versions. */
NODISCARD int load_draft(struct loader *l, const struct v_round *r, const struct v_document *d, const char *own, const bool may[RIGHT_COUNT_], bool all, struct v_draft *ret, struct err *e);
/* Versions a and b (modified); NULL: the one before the newest, and the newest. */
NODISCARD int load_compare(struct loader *l, const struct v_round *r, const struct v_document *d, const char *a, const char *b, struct v_compare *ret, struct err *e);
NODISCARD int load_releases(struct loader *l, const struct v_series *s, const struct v_round *r, struct v_releases *ret, struct err *e);
/* Terms of the record that are not withdrawn, newest version of each. */
NODISCARD int load_terms(struct loader *l, const char *own, struct v_term **ret, size_t *ret_n, struct err *e);
