/*
 * policy/policy.h - who may read and who may write what. Pure and total; the only place that decides.
 * Truth table: doc/RELEASE.md (generated from the same rows and tested against them).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "policy/rights.h"
#include "stix/stix.h"

enum via { VIA_WEB, VIA_SYNC, VIA_TAXII, VIA_FEED, VIA_SEARCH, VIA_COURIER, VIA_COMMAND };

/*
 * Who asks. Everything NULL or ROLE_NONE: nobody, signed out. ROLE_NODE: a node acting for its party (this one or a
 * peer's): it may hold what any person of its party may read, and enforces the rest for its own people. `via` never
 * changes the answer: every way out shows the same.
 */
struct reader {
	const char *party;       /* "JP" or NULL */
	const char *agency;      /* or NULL */
	const char *person;      /* or NULL */
	enum role role;
	enum via via;
};

/* A collection as this node accepted it. */
struct collection {
	char id[LIMIT_STIX_ID + 1];
	char party[LIMIT_MEMBERS][LIMIT_PARTY + 1]; size_t members;
	char community[LIMIT_PARTIES][LIMIT_PARTY + 1]; size_t community_n; /* parties GREEN reaches beside the members */
	enum tlp ceiling;
	bool is_public;          /* CLEAR entries may be shown to anyone once published */
	/* How it takes objects; release does not look at these. */
	enum stix_strict strict; bool has_strict; /* absent: as the node is configured */
	bool v20, v21;           /* versions of STIX it takes */
	char alias[64 + 1];      /* or "" */
};

struct policy_object {
	enum tlp tlp;            /* TLP_NONE: as the collection's ceiling */
	bool has_release_to;
	const char *const *release_to; size_t release_to_n; /* "JP", "JP/NPA", "JP/MOFA/mizushima" */
	const char *writer;      /* party whose log holds it */
	/*
	 * Consult's word: no draft (any more). A document: agreed, published, embargo over. What has no draft state (an
	 * indicator, a sighting): as soon as it is in the record. While false the object stays among the members, whatever
	 * its marking; so raising a draft from CLEAR to GREEN never shows it to more readers.
	 */
	bool published;
};

enum verdict_reason {
	YES_PUBLIC, YES_MEMBER, YES_COMMUNITY, YES_NAMED, YES_WRITER,
	NO_COLLECTION, NO_UNPUBLISHED, NO_NOT_COMMUNITY, NO_NOT_MEMBER, NO_NOT_NAMED, NO_UNKNOWN_MARKING, NO_ABOVE_CEILING
};
struct verdict { bool yes; enum verdict_reason why; };
const char *verdict_name(enum verdict_reason r);

/*
 * The release decision; doc/RELEASE.md says it in words and as a table. r and o NULL are refused like nobody and like an
 * unknown marking. col NULL: the collection is unknown or not accepted by this node: no.
 */
struct verdict may_read(const struct reader *r, const struct policy_object *o, const struct collection *col);

enum write_reason { WRITE_OK, WRITE_NO_COLLECTION, WRITE_NOT_MEMBER, WRITE_ABOVE_CEILING, WRITE_UNKNOWN_MARKING, WRITE_NOT_AUTHOR, WRITE_OTHERS_OBJECT, WRITE_WIDENS, WRITE_ROLE };
struct write_request {
	const char *party;               /* who writes */
	enum role role;
	enum stix_kind kind;
	bool own_type;                   /* one of our extension's types: created_by_ref must be the writer's identity; needs RIGHT_WRITE, others RIGHT_DATA */
	bool of_data;                    /* an own type that only says something of threat data (its withdrawal): needs RIGHT_DATA */
	bool author_is_writer;           /* created_by_ref is absent or the writer's own identity */
	const char *written_by;          /* party that wrote earlier versions of this id here; NULL: new */
	struct policy_object object;
};
/* Is this release_to entry well formed: PARTY, PARTY/AGENCY or PARTY/AGENCY/person? */
bool release_ok(const char *entry);
enum write_reason may_write(const struct write_request *w, const struct collection *col);
const char *write_reason_text(enum write_reason r); /* message id */
