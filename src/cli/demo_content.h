/*
 * cli/demo_content.h - what the two nodes of `verbale demo` write: the first German-Japanese cyber consultations of
 * 9 September 2016. Date, place, heads of delegation, agencies and topics follow the two governments' own accounts
 * (named under further_reading); the wording, the times of the agenda, the numbers, the invitation, the proposal and the
 * joint statement are this project's example, and every object of it says so: "example": true. Members other than
 * the heads are given by function, without names.
 */
#pragma once
#include "base/buf.h"
#include "base/rng.h"
#include "stix/stix.h"

/* In the order of the story. */
enum demo_what {
	DEMO_IDENTITY_DE, DEMO_IDENTITY_JP,
	DEMO_COLLECTION, DEMO_SERIES, DEMO_ROUND,
	DEMO_INVITATION,
	DEMO_AGENDA,
	DEMO_DELEGATION_JP, DEMO_DELEGATION_DE,
	DEMO_STATEMENT,           /* first version */
	DEMO_PROPOSAL,            /* changes its last unit; needs about_modified and about_sha256 */
	DEMO_STATEMENT_REVISED,   /* second version of the same id: holds the proposal; needs the first one's created */
	DEMO_OBJECTS
};
const char *demo_writer(enum demo_what w); /* "DE" or "JP" */

struct demo_ids { char id[DEMO_OBJECTS][LIMIT_STIX_ID + 1]; };
/* Fresh ids (UUID v4); the identities are the parties' own. The two statements share one. */
NODISCARD int demo_ids_make(const struct rng *rng, const char *identity_de, const char *identity_jp, struct demo_ids *ret, struct err *e);

struct demo_times {
	const char *created, *modified;       /* RFC 3339 with milliseconds */
	const char *publish_at;               /* DEMO_AGENDA, DEMO_STATEMENT…: embargo that becomes part of the text; NULL: none */
	const char *about_modified;           /* DEMO_PROPOSAL: the version it is about */
	const char *about_sha256;             /* and its hash, 64 lower-case digits */
};
/* Append the JSON text of one object. E_NOMEM only; missing times are our own mistake. */
NODISCARD int demo_json(enum demo_what w, const struct demo_ids *ids, const struct demo_times *t, struct buf *out, struct err *e);

/* ---- the texts, for demo_json() and the tests ---- */
struct demo_text { const char *de, *ja, *en; };
struct demo_unit {
	const char *number;
	struct demo_text text;
	const char *start, *end;              /* agenda only */
	const char *lead;                     /* parties, comma between; NULL: none */
	bool pause;
};
struct demo_document {
	const char *kind, *number, *date, *authentic, *provisional; /* languages, comma between */
	struct demo_text title;
	const struct demo_unit *unit; size_t units;
};
struct demo_member {
	const char *native, *latin, *reading; /* reading may be NULL */
	struct demo_text function;
	const char *agency;                   /* code, a row of demo_agency */
	const char *role;
};
struct demo_agency { const char *code; struct demo_text name; };
struct demo_link { struct demo_text title; const char *url; };

extern const struct demo_text demo_name_de, demo_name_jp;
extern const struct demo_text demo_collection_name, demo_collection_about;
extern const struct demo_text demo_series_title, demo_series_rhythm, demo_round_title, demo_round_venue;
extern const struct demo_link demo_reading[2];
extern const struct demo_agency demo_agency[];
extern const size_t demo_agencies;
extern const struct demo_member demo_delegation_de[], demo_delegation_jp[];
extern const size_t demo_delegation_de_n, demo_delegation_jp_n;
extern const struct demo_document demo_invitation, demo_agenda, demo_statement;
extern const struct demo_text demo_proposed_text, demo_proposal_reason; /* for the last unit of the statement */
