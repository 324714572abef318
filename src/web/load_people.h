/* web/load_people.h - from the local state to the views about people; memory is the arena's. */
#pragma once
#include "web/people_view.h"
#include "web/visit.h"

NODISCARD int load_factors(struct visit *v, struct people_office *o, const char *name, struct v_factor **ret, size_t *ret_n, struct err *e);
NODISCARD int load_sessions(struct visit *v, struct people_office *o, const char *name, struct v_session **ret, size_t *ret_n, struct err *e); /* newest first */
NODISCARD int load_users(struct visit *v, struct people_office *o, struct v_user **ret, size_t *ret_n, struct err *e);
struct v_user user_view(struct visit *v, const struct state_user *u);
void role_choices(struct visit *v, struct choice ret[V_ROLES]);
/* Open the acting person's office for the handler that is running. */
NODISCARD int visit_office(struct visit *v, struct people_office **ret, struct err *e);
static inline void cleanup_office(struct people_office **o) { people_office_close(*o); }
#define CLEANUP_OFFICE __attribute__((cleanup(cleanup_office)))
