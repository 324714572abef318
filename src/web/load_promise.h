/* web/load_promise.h - commitments as views; rules as in web/load.h. */
#pragma once
#include "web/view_promise.h"
#include "web/visit.h"

/* Late ones by how long, then open ones by date, then what is finished; as the address asks. */
NODISCARD int load_promises(struct visit *v, struct v_promises *ret, struct err *e);
/* One, for a list. */
NODISCARD int load_promise(struct loader *l, const char *id, struct v_promise *ret, struct err *e);
/* With the unit it was taken from and all that was said of it. */
NODISCARD int load_promise_all(struct visit *v, const char *id, struct v_promise *ret, struct err *e);
