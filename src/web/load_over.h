/* web/load_over.h - what is late, what is next, what changed, and whether the record is whole; rules as in web/load.h. */
#pragma once
#include "web/view_over.h"
#include "web/visit.h"

NODISCARD int load_over(struct visit *v, struct v_over *ret, struct err *e);
NODISCARD int load_front(struct visit *v, struct v_front *ret, struct err *e);
