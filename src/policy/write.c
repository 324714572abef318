#include <string.h>

#include "policy/priv.h"

static const char *const texts[] = {
	[WRITE_OK] = N_("may be written"),
	[WRITE_NO_COLLECTION] = N_("this node knows no such collection"),
	[WRITE_NOT_MEMBER] = N_("the party is not a member of the collection"),
	[WRITE_ABOVE_CEILING] = N_("the marking is above the highest level of the collection"),
	[WRITE_UNKNOWN_MARKING] = N_("the marking is not known"),
	[WRITE_NOT_AUTHOR] = N_("created_by_ref must be the identity of the party that writes"),
	[WRITE_OTHERS_OBJECT] = N_("the object belongs to another party"),
	[WRITE_WIDENS] = N_("release_to names a party the collection does not reach"),
	[WRITE_ROLE] = N_("the role does not allow writing"),
};

const char *write_reason_text(enum write_reason r) { return (unsigned)r < ARRAY_LEN(texts) ? texts[r] : "?"; }

/* What takes back an indicator is a withdrawal, a type of ours, but the act is that of whoever writes indicators. */
static enum right right_needed(const struct write_request *w) { return w->own_type && !w->of_data ? RIGHT_WRITE : RIGHT_DATA; }

/* release_to may narrow what the level reaches, never widen it: members; for GREEN and CLEAR also the community. */
static bool widens(const struct policy_object *o, const struct collection *col, enum tlp level)
{
	struct release e;

	for (size_t i = 0; i < o->release_to_n; i++) {
		if (!release_ok(o->release_to[i]) || !release_split(o->release_to[i], &e))
			return true;
		if (!is_member(col, e.part[0], e.n[0]) && (level > TLP_GREEN || !in_community(col, e.part[0], e.n[0])))
			return true;
	}
	return false;
}

enum write_reason may_write(const struct write_request *w, const struct collection *col)
{
	enum tlp level;

	if (col == NULL)
		return WRITE_NO_COLLECTION;
	if (!role_has(w->role, right_needed(w)))
		return WRITE_ROLE;
	if (w->party == NULL || !is_member(col, w->party, strlen(w->party)))
		return WRITE_NOT_MEMBER;
	if ((level = level_of(&w->object, col)) == TLP_UNKNOWN)
		return WRITE_UNKNOWN_MARKING;
	if (level > col->ceiling)
		return WRITE_ABOVE_CEILING;
	if (w->own_type && !w->author_is_writer)
		return WRITE_NOT_AUTHOR;
	if (w->written_by != NULL && strcmp(w->written_by, w->party) != 0)
		return WRITE_OTHERS_OBJECT;
	return w->object.has_release_to && widens(&w->object, col, level) ? WRITE_WIDENS : WRITE_OK;
}
