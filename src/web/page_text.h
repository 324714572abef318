/* web/page_text.h - what the handlers of the pages of the text share (page_draft.c, page_edit.c, page_compare.c …). */
#pragma once
#include "web/acting.h"
#include "web/load_text.h"

/* A round by its address, with its documents. */
NODISCARD int text_round(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct err *e);
/* Names the page ("documents/DJ-1/draft" under the round; parts as in url_path) and leads to it. what: message id of the last crumb. */
void text_name(struct visit *v, const struct v_series *s, const struct v_round *r, const struct v_document *d, const char *under, const char *what);
/* Series, round, document and everything of its draft. E_NOTFOUND. */
struct text_place { struct v_series *s; struct v_round *r; struct v_document *d; struct v_draft draft; };
NODISCARD int text_place(struct visit *v, struct text_place *ret, struct err *e);
