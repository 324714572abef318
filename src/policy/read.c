#include <string.h>

#include "policy/priv.h"

static const char *const names[] = {
	[YES_PUBLIC] = "public", [YES_MEMBER] = "member", [YES_COMMUNITY] = "community", [YES_NAMED] = "named", [YES_WRITER] = "writer",
	[NO_COLLECTION] = "no collection", [NO_UNPUBLISHED] = "not published", [NO_NOT_COMMUNITY] = "not of the community",
	[NO_NOT_MEMBER] = "not a member", [NO_NOT_NAMED] = "not named", [NO_UNKNOWN_MARKING] = "unknown marking",
	[NO_ABOVE_CEILING] = "above the ceiling",
};

const char *verdict_name(enum verdict_reason r) { return (unsigned)r < ARRAY_LEN(names) ? names[r] : "?"; }

static bool same(const char *s, size_t n, const char *whole) { return whole != NULL && strlen(whole) == n && memcmp(s, whole, n) == 0; }

bool release_split(const char *entry, struct release *ret)
{
	*ret = (struct release){.parts = 0};
	for (const char *s = entry; s != NULL && ret->parts < 3; ret->parts++) {
		const char *slash = strchr(s, '/');
		const size_t n = slash != NULL ? (size_t)(slash - s) : strlen(s);

		if (n == 0 || (ret->parts == 2 && slash != NULL))
			return false;
		ret->part[ret->parts] = s;
		ret->n[ret->parts] = n;
		s = slash != NULL ? slash + 1 : NULL;
	}
	return ret->parts > 0;
}

bool release_ok(const char *entry)
{
	struct release e;

	return release_split(entry, &e) && e.n[0] <= LIMIT_PARTY && e.n[1] <= LIMIT_AGENCY && e.n[2] <= LIMIT_PERSON;
}

bool is_member(const struct collection *col, const char *party, size_t n)
{
	for (size_t i = 0; i < col->members && i < LIMIT_MEMBERS; i++)
		if (same(party, n, col->party[i]))
			return true;
	return false;
}

bool in_community(const struct collection *col, const char *party, size_t n)
{
	for (size_t i = 0; i < col->community_n && i < LIMIT_PARTIES; i++)
		if (same(party, n, col->community[i]))
			return true;
	return false;
}

static bool is_level(enum tlp t) { return t >= TLP_CLEAR && t <= TLP_RED; }

enum tlp level_of(const struct policy_object *o, const struct collection *col)
{
	const enum tlp t = o->tlp == TLP_NONE ? col->ceiling : o->tlp;

	return is_level(t) && is_level(col->ceiling) ? t : TLP_UNKNOWN;
}

/* --- the reader against one release_to entry --- */

static bool names_node(const struct reader *r, const struct release *e, enum tlp level)
{
	return same(e->part[0], e->n[0], r->party) && (level != TLP_RED || e->parts == 3);
}

/* An entry entitles exactly whom it names: a whole party, one agency of it, one person there. RED counts persons only. */
static bool names_person(const struct reader *r, const struct release *e, enum tlp level)
{
	const char *const mine[] = {r->party, r->agency, r->person};

	for (unsigned i = 0; i < e->parts; i++)
		if (!same(e->part[i], e->n[i], mine[i]))
			return false;
	return level != TLP_RED || e->parts == 3;
}

static bool is_named(const struct reader *r, const struct policy_object *o, enum tlp level)
{
	struct release e;

	for (size_t i = 0; o->release_to != NULL && i < o->release_to_n; i++)
		if (release_split(o->release_to[i], &e) && (r->role == ROLE_NODE ? names_node(r, &e, level) : names_person(r, &e, level)))
			return true;
	return false;
}

/* --- the level's own set, before release_to narrows it --- */

static struct verdict base_set(const struct reader *r, const struct policy_object *o, const struct collection *col, enum tlp level)
{
	const size_t n = r->party != NULL ? strlen(r->party) : 0;

	if (level == TLP_CLEAR && o->published && col->is_public)
		return (struct verdict){true, YES_PUBLIC};
	if (n > 0 && is_member(col, r->party, n))
		return (struct verdict){true, YES_MEMBER};
	if (level > TLP_GREEN)
		return (struct verdict){false, NO_NOT_MEMBER};
	if (!o->published)
		return (struct verdict){false, NO_UNPUBLISHED};
	if (n > 0 && in_community(col, r->party, n))
		return (struct verdict){true, YES_COMMUNITY};
	return (struct verdict){false, NO_NOT_COMMUNITY};
}

struct verdict may_read(const struct reader *reader, const struct policy_object *o, const struct collection *col)
{
	static const struct reader nobody = {.role = ROLE_NONE};
	const bool someone = reader != NULL && reader->party != NULL && role_has(reader->role, RIGHT_READ);
	const struct reader *r = someone ? reader : &nobody;
	struct verdict v;
	enum tlp level;

	if (col == NULL)
		return (struct verdict){false, NO_COLLECTION};
	if (o == NULL)
		return (struct verdict){false, NO_UNKNOWN_MARKING};
	/* A node holds its own log; what it wrote cannot be kept from it, also when it marked it wrongly. */
	if (r->role == ROLE_NODE && o->writer != NULL && strcmp(r->party, o->writer) == 0)
		return (struct verdict){true, YES_WRITER};
	if ((level = level_of(o, col)) == TLP_UNKNOWN)
		return (struct verdict){false, NO_UNKNOWN_MARKING};
	if (level > col->ceiling)
		return (struct verdict){false, NO_ABOVE_CEILING};
	v = base_set(r, o, col, level);
	if (!v.yes || (!o->has_release_to && level != TLP_RED))
		return v;
	return is_named(r, o, level) ? (struct verdict){true, YES_NAMED} : (struct verdict){false, NO_NOT_NAMED};
}
