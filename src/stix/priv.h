/* stix/priv.h - shared by the files of this folder only. */
#pragma once
#include <string.h>

#include "crypto/crypto.h"
#include "stix/stix.h"

enum rule {
#define RULE(id, name, section, lenient, dflt, strict, own, loose) RULE_##id,
#include "stix/rules.def"
#undef RULE
	RULES_
};

/* A place in the object, linked towards the root and kept on the stack: costs nothing unless it must be shown. */
struct at {
	const struct at *up;     /* NULL: the object itself */
	const char *key;         /* NULL: an element */
	size_t n;                /* bytes of key */
	size_t index;            /* of an element */
};

#define COLUMN_OWN 3
#define COLUMN_LOOSE 4
/* One check under way. */
struct ck {
	const struct json_val *obj;
	const struct stix_type *type;  /* NULL: not in the catalogue */
	const char *id; size_t id_n;   /* for messages; NULL until known */
	unsigned column;               /* of rules.def: enum stix_strict, COLUMN_OWN or COLUMN_LOOSE */
	bool v20_ok;                   /* objects of STIX 2.0 are taken */
	bool own;                      /* one of our types */
	bool own_prefix;               /* verbale-… of a version we do not know */
	bool custom;                   /* below a custom property, x_… */
	bool own_entry;                /* our extension's entry was there */
	bool toplevel;                 /* an extension gives it properties of its own beside ours */
	bool contained;                /* inside an observable-container: references are names in it */
	stix_warn *warn;
	void *ctx;
	struct err *e;
	struct stix_object o;          /* built up; given out only when all passed */
};

/* A rule is broken at `at`: 0 if that is only a warning here, else E_FORMAT (E_DENIED for RULE_CLASSIFIED). */
PRINTF(4, 5) int broke(struct ck *c, const struct at *at, enum rule r, const char *fmt, ...) __attribute__((cold));

/* value.c: one value against its row. */
NODISCARD int check_value(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
/* dict.c: likewise. */
NODISCARD int check_hashes(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
NODISCARD int check_dict(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
NODISCARD int check_container(struct ck *c, const struct at *at, const struct stix_prop *p, const struct json_val *v);
/* Row of a property; `hint` remembers where the last one was, so sorted members are found at once. NULL: none. */
const struct stix_prop *find_prop(const struct stix_prop *table, const char *key, size_t n, unsigned *hint);
/* All of the sorted table's required rows seen? `seen`: bit i = row i. */
NODISCARD int check_required(struct ck *c, const struct at *at, const struct stix_prop *table, uint64_t seen);

#define NULL_WORDS "null says nothing: leave the property out"
/* walk.c: any value under rules that need no table (S11, S12). */
NODISCARD int walk(struct ck *c, const struct at *at, const char *key, size_t n, const struct json_val *v);
NODISCARD int check_name(struct ck *c, const struct at *at, const char *key, size_t n, bool top);
bool property_ok(const char *s, size_t n); /* PROPERTY_WORDS */
bool custom_name(const char *s, size_t n); /* so, or with capitals and hyphens: as published ones are */
#define PROPERTY_WORDS "property names are 3 to 250 of a-z, 0-9, _, first a letter"
bool hex_ok(const char *s, size_t n);
bool base64_ok(const char *s, size_t n);
/* RFC 3339 as §2.16 wants it, of any year, leap seconds too: more than time_parse() can reckon with. */
bool time_ok(const char *s, size_t n);

/* Rows of stix_common_props(), which is sorted by name. */
enum common {
	C_CONFIDENCE, C_CREATED, C_CREATED_BY, C_DEFANGED, C_EXTENSIONS, C_EXTERNAL, C_GRANULAR, C_ID, C_LABELS, C_LANG, C_MODIFIED,
	C_MARKINGS, C_REVOKED, C_SPEC, C_TYPE, COMMON_
};
bool common_needs(enum stix_class class, enum common i); /* must be there */
bool common_has(enum stix_class class, enum common i);   /* may be there */

/* common.c: what common properties ask beyond their row. */
NODISCARD int check_marking_refs(struct ck *c, const struct at *at, const struct json_val *v);
NODISCARD int check_granular(struct ck *c, const struct at *at, const struct json_val *v);
NODISCARD int check_labels(struct ck *c, const struct at *at, const struct json_val *v);
NODISCARD int check_external(struct ck *c, const struct at *at, const struct json_val *v);
NODISCARD int check_extensions(struct ck *c, const struct at *at, const struct json_val *v);

/* meta.c: marking-definition and extension-definition as wholes. */
NODISCARD int check_marking(struct ck *c);
NODISCARD int check_definition(struct ck *c);

/* marking.c: a marking-definition's TLP content against its id. */
NODISCARD int check_marking_tlp(struct ck *c);
/* Does the text read "TLP:…" whatever its spelling? *ret: the level or TLP_UNKNOWN. */
bool tlp_label(const char *s, size_t n, enum tlp *ret);

/* grade.c: E_DENIED if the text is a classified grade. */
NODISCARD int check_grade(struct ck *c, const struct at *at, const char *s, size_t n);
/* Folded text (width, case) without any space, cut to max - 1 bytes; its length. */
size_t fold_word(const char *s, size_t n, char *out, size_t max);

/* own_logic.c: what fields of our own types say together. */
NODISCARD int check_own(struct ck *c);

/* own_types.c */
extern const struct stix_type own_types[];
extern const size_t own_types_n;

/* sdo.c, sro.c: tables of the domain and relationship objects, and what their properties say together. */
extern const struct stix_prop attack_pattern_props[], campaign_props[], named_props[], grouping_props[], identity_props[], indicator_props[],
    infrastructure_props[], intrusion_set_props[], location_props[], malware_props[], malware_analysis_props[], note_props[],
    observed_data_props[], opinion_props[], report_props[], threat_actor_props[], tool_props[], relationship_props[], sighting_props[],
    language_props[];

/* whole.c: rows of what the properties of an object say together. Absent properties and such of another kind break nothing. */
enum whole_op {
	WHOLE_END,      /* ends the rows */
	WHOLE_ORDER,    /* times: b not before a */
	WHOLE_BEFORE,   /* times: b after a */
	WHOLE_ANY,      /* at least one of a, b, c (c may be NULL) */
	WHOLE_ONE,      /* exactly one of a, b */
	WHOLE_WITH,     /* a only with b */
	WHOLE_IF_TRUE,  /* where a is true, b */
	WHOLE_NOT_TRUE, /* where a is true, no b */
	WHOLE_NOT_FALSE,
	WHOLE_SOME,     /* any property of the type's own table, or a (a may be NULL) */
	WHOLE_TYPES,    /* a, a reference or a list of them, names types of `classes` only */
	WHOLE_SHOULD,   /* a should be there */
	WHOLE_FORM,     /* a, in the predefined extension b or (NULL) in the object, has the form `ok`; not where it was defanged */
	WHOLE_ID,       /* the object's id is made of `from` (§2.9) */
	WHOLE_CHECK,    /* what check says */
};
struct stix_whole {
	enum whole_op op;
	const char *a, *b, *c;
	unsigned classes;        /* bits: enum stix_class */
	int (*check)(struct ck *c);
	bool (*ok)(const char *s, size_t n); enum rule rule; const char *words; /* else broken is `rule`, in these words */
	const char *const *from; /* "ID Contributing Properties", sorted; ends with NULL */
};
extern const struct stix_whole seen_whole[], grouping_whole[], indicator_whole[], location_whole[], malware_whole[], malware_analysis_whole[],
    observed_data_whole[], relationship_whole[], sighting_whole[], language_whole[];
NODISCARD int check_rows(struct ck *c, const struct stix_whole *rows);
NODISCARD int check_pattern(struct ck *c);
/* pattern.c: as stix_pattern_check; a property name that is only a custom_name() is no error: the first goes to ret_name (NULL: it is one). */
NODISCARD int pattern_check(const char *s, size_t n, struct err *ret_name, struct err *e);
NODISCARD int check_observed(struct ck *c);
NODISCARD int check_contents(struct ck *c);
NODISCARD int check_relation(struct ck *c); /* relation.c */
bool lang_ok(const char *s, size_t n);

/* sco.c: tables of the cyber-observables. */
extern const struct stix_prop artifact_props[], as_props[], directory_props[], domain_props[], email_props[], message_props[], file_props[], ip_props[],
    value_props[], mutex_props[], traffic_props[], process_props[], software_props[], account_props[], registry_props[], certificate_props[];
/* sco_ext.c: row of a predefined extension and the one type that has it; NULL: none of that name. */
const struct stix_prop *predefined_extension(const char *key, size_t n, const char **ret_type);
/* sco_rules.c: what their properties say together. sco_id.c: their ids. */
extern const struct stix_whole artifact_whole[], as_whole[], directory_whole[], domain_whole[], email_whole[], message_whole[], file_whole[], ipv4_whole[],
    ipv6_whole[], mac_whole[], mutex_whole[], traffic_whole[], process_whole[], software_whole[], url_whole[], account_whole[], registry_whole[],
    certificate_whole[];
NODISCARD int check_form(struct ck *c, const struct stix_whole *w);
NODISCARD int check_sco_id(struct ck *c, const struct stix_whole *w);

/* check.c: what was once accepted while a table was missing must stay readable: column for what tables say. */
unsigned table_column(const struct ck *c);

/* ids.c */
bool stix_type_ok(const char *s, size_t n);
/* A UUIDv5 whose name comes in pieces (sha1_add). */
void uuid_v5_begin(struct sha1_ctx *c, const uint8_t ns[16]);
void uuid_v5_end(struct sha1_ctx *c, uint8_t ret[16]);
/* stix_id_ok, and where the type ends and which UUID version it is. */
bool stix_id_split(const char *s, size_t n, size_t *ret_type_n, unsigned *ret_version);

/* Bytes of the type in a reference that passed as one; 0 if it cannot have. */
static inline size_t ref_type_n(size_t n) { return n > 38 ? n - 38 : 0; }

static inline bool text_is(const char *s, size_t n, const char *word) { return strlen(word) == n && memcmp(s, word, n) == 0; }
