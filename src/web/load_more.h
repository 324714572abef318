/* web/load_more.h - the parts of series and rounds that web/view_round.h holds; rules as in web/load.h. */
#pragma once
#include "web/load.h"
#include "web/view_round.h"

struct visit;
/* month: "2016-09" or NULL, then that of what comes next. */
NODISCARD int load_series_more(struct visit *v, struct v_series *s, const char *month, struct err *e);
NODISCARD int load_round_more(struct visit *v, const struct v_series *s, struct v_round *r, struct err *e);
/* A series and one of its rounds, by the two names in the address. */
NODISCARD int load_round_at(struct visit *v, struct v_series **ret_s, struct v_round **ret, struct err *e);
/* Their names in the path above the page; under: message id of the last one, or NULL: the round itself. */
void name_in_round(struct visit *v, const struct v_series *s, const struct v_round *r, const char *under, const char *path);
bool party_is_member(const struct v_series *s, const char *party);
/* "JP" at home in front: parties in alternat order. */
void parties_in_order(enum lang l, const char **v, size_t n);
