/*
 * policy/rights.h - the roles of people and what each may do: one table (rights.def), printed in doc/RIGHTS.md and
 * tested against it. Pure. A right is never enough alone: release (may_read), membership (may_write), grants and a
 * token's scope narrow it; none of them widens a role.
 */
#pragma once
#include <stdbool.h>

/* ROLE_NODE is no user's: a node acting for its party. Anything else outside the enum has no right at all. */
enum role { ROLE_NONE, ROLE_READER, ROLE_CONTRIBUTOR, ROLE_DESK, ROLE_RELEASER, ROLE_ADMIN, ROLE_AUDITOR, ROLE_NODE };

enum right {
	RIGHT_READ,       /* shared collections, as release lets */
	RIGHT_DATA,       /* write threat data: all STIX types but ours; withdraw it */
	RIGHT_HOME_READ,  /* national papers */
	RIGHT_HOME_WRITE,
	RIGHT_WRITE,      /* acts of the consultation: drafts, proposals, comments, invitations, delegations, commitments */
	RIGHT_ASSENT,     /* agree, object, withdraw for the party; ask for publication */
	RIGHT_RELEASE,    /* be the second person: confirm what waits */
	RIGHT_ADMIN,      /* users, tokens, grants, collections, settings */
	RIGHT_AUDIT,      /* read and export the audit log */
	RIGHT_COUNT_
};

bool role_has(enum role role, enum right right);
/*
 * A role as users have it: "reader", "contributor", "desk-officer", "releaser", "administrator", "auditor"; the older
 * words "editor" and "head" are read as desk officer and releaser. ROLE_NONE for any other word.
 */
enum role role_parse(const char *word);
const char *role_word(enum role role);    /* "desk-officer"; "" for none and for nodes */
const char *role_words(void);             /* "reader, contributor, …": for errors and help */
const char *role_name(enum role role);    /* for people: a message id */
const char *right_word(enum right right); /* "home-write"; "?" for none of ours */
const char *right_name(enum right right); /* for people: a message id */
