/* tests/unit/consult/desk_support.h - people at a desk: a home and a local state in a folder of their own. */
#pragma once
#include "consult/desk.h"

struct office { struct home *home; struct state *state; char home_path[160], state_path[160]; };
void office_open(struct office *o, const char *dir);
void office_close(struct office *o);
struct principal person(const char *name, const char *agency, enum role role);
/* Rows of the audit log with this act; all of them for NULL. */
unsigned audited(struct office *o, const char *act);
