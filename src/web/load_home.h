/* web/load_home.h - papers at home to views, through the desk and its rights. */
#pragma once
#include "web/at_desk.h"
#include "web/load_more.h"
#include "web/view_home.h"

NODISCARD int load_home(struct visit *v, const struct desk *d, const struct v_round *r, struct v_home *ret, struct err *e);
/* A copy in the arena. */
void paper_of(struct visit *v, const struct v_round *r, const struct home_paper *p, struct v_paper *ret);
/* The words of an agenda item, or nothing. */
struct bitext item_words(const struct v_round *r, const char *number);
/* For agencies' answers: the request of this id, and what its agency wrote. E_NOTFOUND. */
NODISCARD int load_due(struct visit *v, const struct desk *d, const struct v_round *r, const char *id, struct v_due *ret, struct v_paper *ret_answer, struct err *e);
