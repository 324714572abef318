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

/*
 * Our extension definition and its types (new-sdo). Type names carry the prefix "verbale-".
 * All three are UUIDv5 and recomputed by a test: the namespace is v5(URL namespace of RFC 9562, "urn:verbale"),
 * the others are v5(our namespace, name). The definition as an object: schemas/extension-definition.json.
 */
#define VERBALE_NAMESPACE    "a09ee082-980b-5019-b0cf-bc4f7133b022"
#define VERBALE_EXTENSION_ID "extension-definition--de588143-3d8b-56bb-9384-2f69d61fc180" /* "verbale/extension/v1" */
#define VERBALE_IDENTITY_ID  "identity--394b9f87-348b-5dc4-b5f3-9ce8c39ec469"             /* "verbale/identity/v1": the project */

enum stix_kind {  /* rows of the type table; STIX_OTHER for types we do not know */
	STIX_OTHER,
	STIX_COLLECTION, STIX_SERIES, STIX_ROUND, STIX_DELEGATION, STIX_DOCUMENT, STIX_PROPOSAL, STIX_ASSENT, STIX_PUBLICATION,
	STIX_WITHDRAWAL, STIX_INVITATION, STIX_COMMENT, STIX_SILENCE, STIX_COMMITMENT, STIX_PROGRESS, STIX_TERM,
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
	/*
	 * Strictest TLP of object_marking_refs, granular_markings (a marked part marks the whole: release fails closed) and
	 * labels that read "TLP:…". TLP_NONE: no TLP there. TLP_UNKNOWN: a label that begins with "TLP:" but names no level.
	 * Other markings say nothing here: they stand in `marking`.
	 */
	enum tlp tlp;
	/*
	 * Ids of all other marking-definitions the object or a part of it names, each once. A pure check cannot resolve
	 * them: whoever decides about release looks each one up and asks stix_marking_of(); not held, or MARKING_UNKNOWN,
	 * means TLP_UNKNOWN for this object.
	 */
	const char *marking[LIMIT_MARKINGS]; size_t markings;
	/* release_to of our extension's entry: "JP", "JP/NPA" or "JP/MOFA/mizushima" */
	const char *release_to[LIMIT_MEMBERS]; size_t release_to_n; bool has_release_to;
	bool v20;                        /* an object of STIX 2.0: created or modified, and spec_version absent or "2.0" */
};

enum stix_strict { STIX_LENIENT, STIX_DEFAULT, STIX_STRICT };
/* One finding of level "accept with a warning". */
typedef void stix_warn(void *ctx, const char *rule, const char *path, const char *text);
/* How to check. All zero: lenient, STIX 2.1 only, silent. */
struct stix_how {
	enum stix_strict strict;
	bool v20;                        /* objects of STIX 2.0 are taken too */
	stix_warn *warn; void *ctx;      /* warn may be NULL */
};

/*
 * Check one object (not a bundle). E_FORMAT with "<id>: <JSON path>: rule <name>: <words>"; rule names: stix/rules.def.
 * Classified grades (VS-NfD and higher, 取扱注意/秘 and higher) in markings or labels are E_DENIED.
 * Our own types are always held to the strictest level. No allocation but for a pattern of more than 4 KiB (E_NOMEM).
 * An object of STIX 2.0 is held to type, id, time stamps, markings and the rules on names and values, not to the tables
 * of 2.1; without how->v20 it is refused.
 */
NODISCARD int stix_check(const struct json_val *obj, const struct stix_how *how, struct stix_object *ret, struct err *e);

/*
 * Is this a pattern of STIX 2.1 (§9)? E_FORMAT with "position N: …", N in characters from 1: what stands there and what
 * was expected, or which sentence of the standard it breaks. What only a look at the object could tell (do the property
 * and its type exist) is not asked, nor is a regular expression read. Allocates once for a pattern of more than 4 KiB
 * (E_NOMEM), not at all for others.
 */
NODISCARD int stix_pattern_check(const char *s, size_t n, struct err *e);

/*
 * What a marking-definition means for release. STATEMENT: a text (copyright, terms), no restriction on who may read.
 * TLP: *ret_tlp is its level. UNKNOWN: anything else, also a statement with an extension we do not know, a TLP id with
 * another content, no marking-definition at all. Give it only objects that passed stix_check.
 */
enum stix_marking { MARKING_UNKNOWN, MARKING_STATEMENT, MARKING_TLP };
enum stix_marking stix_marking_of(const struct json_val *obj, enum tlp *ret_tlp);

/* Is this text (of a label, a statement, a marking's name) a classified grade? Its usual name, or NULL. */
const char *stix_grade(const char *s, size_t n);

/*
 * Objects of whatever `add` is fed: one object, a list, a bundle, a TAXII envelope {"objects":[…]}. `n` counts from 0.
 * Stops at the first non-zero result and returns it. E_FORMAT: none of the four, or an element that is no object.
 */
NODISCARD int stix_each(const struct json_val *root, int (*visit)(void *ctx, const struct json_val *obj, size_t n, struct err *e), void *ctx, struct err *e);

NODISCARD bool stix_id_ok(const char *s, size_t n);           /* type--UUID, RFC 4122 variant */
NODISCARD bool uuid_parse(const char *s, size_t n, uint8_t ret[16]); /* lower-case 8-4-4-4-12 */
void uuid_format(const uint8_t u[16], char out[37]);
void uuid_v4(const uint8_t random[16], uint8_t ret[16]);
void uuid_v5(const uint8_t ns[16], const void *name, size_t n, uint8_t ret[16]);
/*
 * The id a cyber-observable should have (§2.9): UUIDv5 over what contributes to it. false: nothing that contributes is
 * there (its id is then a UUIDv4), not one of the standard's types, or no memory for a value of many kilobytes.
 */
bool stix_sco_id(const struct json_val *obj, char out[LIMIT_STIX_ID + 1]);
enum stix_kind stix_kind_of(const char *type);
const char *stix_type_name(enum stix_kind k);                 /* NULL for STIX_OTHER */

const char *tlp_name(enum tlp t);                             /* "TLP:AMBER+STRICT" */
const char *tlp_marking_id(enum tlp t);                       /* TLP 2.0 marking-definition id */
enum tlp tlp_of_marking(const char *marking_id);              /* TLP 1 and 2 ids; TLP_UNKNOWN otherwise */
enum tlp tlp_parse(const char *word);                         /* "clear" "green" "amber" "amber+strict" "red" */
const char *tlp_word(enum tlp t);

/* The table itself, for schemas, docs and tests. Rows of `ptypes` in stix/value.c hold check and schema of each. */
enum stix_ptype {
	P_STRING, P_INT, P_BOOL, P_NUMBER, P_TIME, P_ID, P_LANGMAP, P_ENUM, P_LIST, P_OBJECT, P_HASH, P_PARTY, P_LANG, P_URL, P_ZONE,
	P_AGENCY, P_RELEASE, P_SLUG, P_ANY,
	P_SIGNED,  /* integer of either sign, no bounds */
	P_VOCAB,   /* string; another one than `words` is a warning */
	P_HEX,     /* §2.8 */
	P_BINARY,  /* base64, §2.1 */
	P_MIME,    /* media type; another text is a warning */
	P_HASHES,  /* §2.7: algorithm to digest */
	P_DICT,    /* §2.3: `sub` describes every value, NULL: any value */
	P_SCALAR,  /* integer or string */
	P_CONTAINER, /* observable-container, §2.13: objects of STIX 2.0 by names of their own */
	P_TYPES_
};
struct stix_prop {
	const char *name;
	unsigned char name_n;               /* bytes of name */
	enum stix_ptype type;
	bool required;
	bool unique;                        /* P_LIST of strings: no element twice */
	const char *const *words;           /* P_ENUM, P_VOCAB: NULL-terminated; P_ID: allowed types, NULL = any */
	const struct stix_prop *sub;        /* P_LIST, P_DICT: one row describing an element; P_OBJECT: its properties, ends with name NULL */
	unsigned min, max;                  /* characters, elements or value; 0 = no own bound (text and lists are never empty); P_INT: from 0; P_NUMBER: max bounds both signs; P_OBJECT: min of its rows */
	const char *doc;                    /* one line, for the published schema */
};
enum stix_class { CLASS_OTHER, CLASS_SDO, CLASS_SRO, CLASS_SCO, CLASS_MARKING, CLASS_EXTENSION, CLASS_LANGUAGE, CLASS_BUNDLE };
struct stix_whole;                          /* what properties say together; private */
struct stix_type {
	enum stix_kind kind;
	const char *name;
	bool own;                           /* one of our extension's types */
	bool versioned;                     /* has created and modified */
	enum stix_class class;              /* which common properties apply (STIX 2.1 §3.2) */
	const char *subject;                /* property that names the subject, or NULL */
	const struct stix_prop *props;      /* beyond the common ones, sorted; ends with name NULL; NULL = not checked further yet */
	const char *doc;
	const struct stix_whole *whole;     /* NULL: nothing */
};
const struct stix_type *stix_type(enum stix_kind k);                     /* NULL for STIX_OTHER */
const struct stix_type *stix_type_named(const char *type, size_t n);     /* the whole STIX 2.1 catalogue; NULL: not in it */
const struct stix_prop *stix_common_props(void);                         /* sorted; ends with name NULL */
const struct stix_prop *stix_release_props(void);                        /* our extension's entry, on any object */
const char *stix_pattern(enum stix_ptype t);                             /* regular expression of its text (ECMA 262), or NULL */
