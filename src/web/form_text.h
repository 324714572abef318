/* web/form_text.h - the form of a text: filled from a version or from what was sent, changed by its buttons, read into acts. */
#pragma once
#include "web/page_text.h"

/* The form for a version; d NULL: of a new document. Fields and words, no units of it yet. */
NODISCARD int edit_begin(struct visit *v, enum edit_kind kind, const struct v_series *s, const struct v_round *r, const struct v_draft *draft, struct v_edit *ret, struct err *e);
/* As that version reads. */
NODISCARD int edit_from_document(struct visit *v, const struct v_document *d, struct v_edit *f, struct err *e);
/* As it was sent. */
NODISCARD int edit_from_form(struct visit *v, struct v_edit *f, struct err *e);
/* A button that changes the form alone: "up-3", "down-3", "drop-3", "add-3". True: it was one. */
bool edit_operate(struct visit *v, struct v_edit *f);
/* What is missing; false: the form is shown again. */
bool edit_check(struct visit *v, struct v_edit *f);
/* The act's arrays, in the page's arena. version: JSON of the version seen, or NULL; what the form does not show is taken from it. */
NODISCARD int edit_units(struct visit *v, const struct v_edit *f, const struct json_val *version, struct act_unit **ret, size_t *ret_n, struct err *e);
/* What differs from the version seen, as changes of a proposal; *ret_n 0: nothing. */
NODISCARD int edit_changes(struct visit *v, const struct v_edit *f, const struct v_document *seen, struct act_change **ret, size_t *ret_n, struct err *e);
/* What stands there now beside what was typed. */
NODISCARD int edit_conflict(struct visit *v, struct v_edit *f, const struct v_document *now, struct err *e);
