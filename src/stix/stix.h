/*
 * stix/stix.h - STIX 2.1 rules as tables; our own types are rows like any other. Pure.
 * Source: OASIS STIX 2.1 (errata 01) sections in the rule table; our extension: doc/FORMAT.md.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "json/json.h"

/* Our extension definition and its types (new-sdo). Type names carry the prefix "verbale-". */
#define VERBALE_EXTENSION_ID "extension-definition--2ff5b5e0-38a5-5e03-8d5a-0d6bd2f1c8c6" /* v5 of "verbale/extension/v1", see stix.c */

enum stix_kind {  /* rows of the type table; STIX_OTHER for types we do not know */
	STIX_OTHER,
	STIX_COLLECTION, STIX_SERIES, STIX_ROUND, STIX_DELEGATION, STIX_DOCUMENT, STIX_PROPOSAL, STIX_ASSENT, STIX_PUBLICATION,
	STIX_IDENTITY, STIX_MARKING, STIX_EXTENSION, STIX_LANGUAGE_CONTENT, STIX_RELATIONSHIP, STIX_SIGHTING, STIX_BUNDLE,
	STIX_KINDS_
};

enum tlp { TLP_NONE, TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_UNKNOWN };

/* What the record needs to know of one object, after it passed. Pointers live as long as the document. */
struct stix_object {
	const struct json_val *val;
	enum stix_kind kind;
	const char *type, *id;
	const char *created, *modified;  /* NULL where the type has none */
	const char *created_by_ref;      /* NULL if absent */
	const char *subject;             /* value of the type row's subject property, or NULL */
	bool revoked;
	enum tlp tlp;                    /* strictest object marking; TLP_NONE unmarked; TLP_UNKNOWN unreadable */
	/* release to (our marking extension property `verbale_release_to`): party or party/agency or person ids */
	const char *release_to[LIMIT_MEMBERS]; size_t release_to_n; bool has_release_to;
};

enum stix_strict { STIX_LENIENT, STIX_DEFAULT, STIX_STRICT };
/* One finding of level "accept with a warning". */
typedef void stix_warn(void *ctx, const char *rule, const char *path, const char *text);

/*
 * Check one object (not a bundle). E_FORMAT with "<id>: <JSON path>: rule <name>: <words>".
 * Classified grades (VS-NfD and higher, 取扱注意/秘 and higher) in markings are E_DENIED.
 */
NODISCARD int stix_check(const struct json_val *obj, enum stix_strict strict, stix_warn *warn, void *ctx, struct stix_object *ret, struct err *e);

/* Objects of whatever `add` is fed: one object, a list, a bundle, a TAXII envelope {"objects":[…]}. */
NODISCARD int stix_each(const struct json_val *root, int (*visit)(void *ctx, const struct json_val *obj, size_t n, struct err *e), void *ctx, struct err *e);

NODISCARD bool stix_id_ok(const char *s, size_t n);           /* type--UUID, RFC 4122 variant */
NODISCARD bool uuid_parse(const char *s, size_t n, uint8_t ret[16]); /* lower-case 8-4-4-4-12 */
void uuid_format(const uint8_t u[16], char out[37]);
void uuid_v4(const uint8_t random[16], uint8_t ret[16]);
void uuid_v5(const uint8_t ns[16], const void *name, size_t n, uint8_t ret[16]);
enum stix_kind stix_kind_of(const char *type);
const char *stix_type_name(enum stix_kind k);                 /* NULL for STIX_OTHER */

const char *tlp_name(enum tlp t);                             /* "TLP:AMBER+STRICT" */
const char *tlp_marking_id(enum tlp t);                       /* TLP 2.0 marking-definition id */
enum tlp tlp_of_marking(const char *marking_id);              /* TLP 1 and 2 ids; TLP_UNKNOWN otherwise */
enum tlp tlp_parse(const char *word);                         /* "clear" "green" "amber" "amber+strict" "red" */
const char *tlp_word(enum tlp t);

/* The table itself, for schemas, docs and tests. */
enum stix_ptype { P_STRING, P_INT, P_BOOL, P_NUMBER, P_TIME, P_ID, P_LANGMAP, P_ENUM, P_LIST, P_OBJECT, P_HASH, P_PARTY, P_LANG, P_URL, P_ZONE, P_ANY };
struct stix_prop {
	const char *name;
	enum stix_ptype type;
	bool required;
	const char *const *words;           /* P_ENUM: NULL-terminated; P_ID: allowed types, NULL = any */
	const struct stix_prop *sub;        /* P_LIST: one row describing an element; P_OBJECT: its properties, ends with name NULL */
	unsigned max;                       /* bytes, elements or value; 0 = no own bound */
	const char *doc;                    /* one line, for the published schema */
};
struct stix_type {
	enum stix_kind kind;
	const char *name;
	bool own;                           /* one of our extension's types */
	bool versioned;                     /* has created and modified */
	const char *subject;                /* property that names the subject, or NULL */
	const struct stix_prop *props;      /* beyond the common ones; ends with name NULL; NULL = not checked further yet */
	const char *doc;
};
const struct stix_type *stix_type(enum stix_kind k);
const struct stix_prop *stix_common_props(void);
