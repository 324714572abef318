/* web/load_find.h - hits of the search as views; and where people read an object. */
#pragma once
#include "web/view_find.h"
#include "web/visit.h"

NODISCARD int load_search(struct visit *v, const char *q, const char *before, struct v_search *ret, struct err *e);
/* Where the page about this object is looked up when somebody follows the link: cheap to make for a list. */
struct url go_url(struct loader *l, const char *id, const char *unit);
