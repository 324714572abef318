/* policy/priv.h - shared by read.c and write.c. */
#pragma once
#include "policy/policy.h"

/* One release_to entry in its parts; agency and person may be missing (n 0). */
struct release { const char *part[3]; size_t n[3]; unsigned parts; };
/* false: not well formed, so it names nobody. */
bool release_split(const char *entry, struct release *ret);

bool is_member(const struct collection *col, const char *party, size_t n);
bool in_community(const struct collection *col, const char *party, size_t n);
/* Marking as it counts here: unmarked is the ceiling; TLP_UNKNOWN for what is no level. */
enum tlp level_of(const struct policy_object *o, const struct collection *col);
