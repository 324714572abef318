/*
 * Our own types, as rows. Every property of a table is sorted by name (find_prop, and the published schemas under
 * schemas/ are printed from here). What fields say together is in own_logic.c.
 */
#include "stix/priv.h"

#define NAME(s) .name = s, .name_n = sizeof(s) - 1
#define END {.name = NULL}
#define ELEMENT static const struct stix_prop

static const char *const is_series[] = {"verbale-series", NULL}, *const is_round[] = {"verbale-round", NULL};
static const char *const is_document[] = {"verbale-document", NULL}, *const is_proposal[] = {"verbale-proposal", NULL};
static const char *const languages[] = {"de", "ja", "en", NULL};

ELEMENT a_party = {NAME(""), .type = P_PARTY};
ELEMENT a_language = {NAME(""), .type = P_ENUM, .words = languages};

ELEMENT reading_props[] = {
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("url"), .type = P_URL, .required = true},
	END,
};
ELEMENT a_reading = {NAME(""), .type = P_OBJECT, .sub = reading_props};

#define EXAMPLE {NAME("example"), .type = P_BOOL, .doc = "invented for demonstration; shown as such"}
#define READING {NAME("further_reading"), .type = P_LIST, .sub = &a_reading, .max = LIMIT_READING, .doc = "publications about it elsewhere"}

/* --- collection --- */

static const char *const ceilings[] = {"clear", "green", "amber", "amber+strict", "red", NULL};
static const char *const strictness[] = {"lenient", "default", "strict", NULL};
static const char *const specs[] = {"2.0", "2.1", NULL};
ELEMENT a_spec = {NAME(""), .type = P_ENUM, .words = specs};
static const struct stix_prop collection_props[] = {
	{NAME("alias"), .type = P_SLUG, .doc = "its name in TAXII addresses, unique on a node"},
	{NAME("ceiling"), .type = P_ENUM, .required = true, .words = ceilings, .doc = "highest TLP level the collection takes; also the level of what is not marked"},
	{NAME("community"), .type = P_LIST, .unique = true, .sub = &a_party, .max = LIMIT_PARTIES, .doc = "parties TLP:GREEN reaches beside the members"},
	{NAME("description"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	{NAME("members"), .type = P_LIST, .required = true, .unique = true, .sub = &a_party, .max = LIMIT_MEMBERS, .doc = "parties that read and write"},
	{NAME("name"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("public"), .type = P_BOOL, .required = true, .doc = "what is TLP:CLEAR and published may be shown to anyone"},
	{NAME("spec_versions"), .type = P_LIST, .unique = true, .sub = &a_spec, .doc = "versions of STIX it takes; 2.1 alone if absent"},
	{NAME("strictness"), .type = P_ENUM, .words = strictness, .doc = "how strictly STIX rules hold for objects of others; default if absent"},
	END,
};

/* --- series and round --- */

static const char *const nouns[] = {"consultation", "dialogue", "policy-consultation", NULL};
static const struct stix_prop series_props[] = {
	EXAMPLE,
	{NAME("mandate"), .type = P_LANGMAP, .max = LIMIT_TEXT, .doc = "on what the series rests"},
	{NAME("members"), .type = P_LIST, .required = true, .unique = true, .sub = &a_party, .max = LIMIT_MEMBERS, .doc = "parties of the series"},
	{NAME("noun"), .type = P_ENUM, .required = true, .words = nouns, .doc = "what a round of it is called"},
	{NAME("rhythm"), .type = P_LANGMAP, .max = LIMIT_TITLE, .doc = "how often, in words"},
	{NAME("slug"), .type = P_SLUG, .required = true, .doc = "its name in addresses"},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	END,
};

ELEMENT observer_props[] = {
	{NAME("name"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("party"), .type = P_PARTY},
	END,
};
ELEMENT an_observer = {NAME(""), .type = P_OBJECT, .sub = observer_props};

static const char *const modes[] = {"in-person", "video", "hybrid", NULL};
static const char *const statuses[] = {"proposed", "scheduled", "held", "closed", "postponed", "cancelled", NULL};
static const struct stix_prop round_props[] = {
	{NAME("end"), .type = P_TIME, .doc = "after start"},
	EXAMPLE,
	READING,
	{NAME("host"), .type = P_PARTY, .required = true},
	{NAME("mode"), .type = P_ENUM, .required = true, .words = modes},
	{NAME("observers"), .type = P_LIST, .sub = &an_observer, .max = LIMIT_OBSERVERS},
	{NAME("ordinal"), .type = P_INT, .min = 1, .max = 9999, .doc = "first, second … of its series; absent where nobody counted"},
	{NAME("series_ref"), .type = P_ID, .required = true, .words = is_series},
	{NAME("start"), .type = P_TIME, .required = true},
	{NAME("status"), .type = P_ENUM, .required = true, .words = statuses},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("venue"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("zone"), .type = P_ZONE, .required = true, .doc = "time zone of the venue, IANA name"},
	END,
};

/* --- delegation --- */

ELEMENT name_props[] = {
	{NAME("latin"), .type = P_STRING, .required = true, .max = LIMIT_TITLE, .doc = "in Latin letters"},
	{NAME("native"), .type = P_STRING, .required = true, .max = LIMIT_TITLE, .doc = "in the writing of its bearer"},
	{NAME("reading"), .type = P_STRING, .max = LIMIT_TITLE, .doc = "how it is read, in kana"},
	END,
};
static const char *const delegate_roles[] = {"head", "member", "note-taker", "interpreter", "embassy", NULL};
ELEMENT delegate_props[] = {
	{NAME("agency"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("agency_code"), .type = P_AGENCY, .required = true, .doc = "the agency as release_to names it"},
	{NAME("function"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("name"), .type = P_OBJECT, .required = true, .sub = name_props},
	{NAME("role"), .type = P_ENUM, .required = true, .words = delegate_roles},
	END,
};
ELEMENT a_delegate = {NAME(""), .type = P_OBJECT, .sub = delegate_props};
static const struct stix_prop delegation_props[] = {
	EXAMPLE,
	{NAME("members"), .type = P_LIST, .required = true, .sub = &a_delegate, .max = LIMIT_DELEGATES, .doc = "in order of precedence"},
	{NAME("party"), .type = P_PARTY, .required = true, .doc = "whose delegation; its own node writes it"},
	{NAME("round_ref"), .type = P_ID, .required = true, .words = is_round},
	END,
};

/* --- document --- */

static const char *const unit_states[] = {"agreed", "bracketed", NULL};
ELEMENT unit_props[] = {
	{NAME("bracketed_by"), .type = P_PARTY, .doc = "who keeps a bracketed unit in brackets"},
	{NAME("end"), .type = P_TIME, .doc = "after start"},
	{NAME("lead"), .type = P_LIST, .unique = true, .sub = &a_party, .max = LIMIT_MEMBERS, .doc = "who leads an agenda item"},
	{NAME("number"), .type = P_STRING, .required = true, .max = 32, .doc = "different from all others in the document"},
	{NAME("pause"), .type = P_BOOL, .doc = "an agenda item that is a break"},
	{NAME("start"), .type = P_TIME},
	{NAME("state"), .type = P_ENUM, .required = true, .words = unit_states},
	{NAME("text"), .type = P_LANGMAP, .required = true, .max = LIMIT_TEXT},
	END,
};
ELEMENT a_unit = {NAME(""), .type = P_OBJECT, .sub = unit_props};
static const char *const kinds[] = {"invitation", "agenda", "minutes", "joint-statement", "press-release", "position-paper", "non-paper", NULL};
static const struct stix_prop document_props[] = {
	{NAME("authentic"), .type = P_LIST, .required = true, .unique = true, .sub = &a_language, .doc = "languages whose text counts"},
	{NAME("date"), .type = P_TIME, .required = true, .doc = "date the document bears"},
	EXAMPLE,
	READING,
	{NAME("kind"), .type = P_ENUM, .required = true, .words = kinds},
	{NAME("number"), .type = P_STRING, .required = true, .max = 64, .doc = "its number in the record, as DJ-2016-0003"},
	{NAME("provisional"), .type = P_LIST, .unique = true, .sub = &a_language, .doc = "languages whose text is a courtesy translation; none of the authentic ones"},
	{NAME("publish_at"), .type = P_TIME, .doc = "embargo: not to be published before"},
	{NAME("round_ref"), .type = P_ID, .required = true, .words = is_round},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("units"), .type = P_LIST, .required = true, .sub = &a_unit, .max = LIMIT_UNITS, .doc = "the text, unit by unit, in order"},
	END,
};

/* --- proposal, assent, publication --- */

static const char *const actions[] = {"replace", "insert", "delete", NULL};
ELEMENT change_props[] = {
	{NAME("action"), .type = P_ENUM, .required = true, .words = actions, .doc = "insert stands behind the unit named"},
	{NAME("text"), .type = P_LANGMAP, .max = LIMIT_TEXT, .doc = "new text; absent for delete"},
	{NAME("unit"), .type = P_STRING, .required = true, .max = 32, .doc = "number of the unit"},
	END,
};
ELEMENT a_change = {NAME(""), .type = P_OBJECT, .sub = change_props};
#define DOCUMENT_VERSION \
	{NAME("document_modified"), .type = P_TIME, .required = true, .doc = "version of the document"}, \
	{NAME("document_ref"), .type = P_ID, .required = true, .words = is_document}, \
	{NAME("document_sha256"), .type = P_HASH, .required = true, .doc = "SHA-256 of that version's RFC 8785 form"}
static const struct stix_prop proposal_props[] = {
	{NAME("changes"), .type = P_LIST, .required = true, .sub = &a_change, .max = LIMIT_UNITS},
	{NAME("counter_to_ref"), .type = P_ID, .words = is_proposal, .doc = "the proposal this one answers"},
	DOCUMENT_VERSION,
	{NAME("reason"), .type = P_LANGMAP, .required = true, .max = LIMIT_TEXT},
	END,
};

static const char *const verbs[] = {"agree", "object", "withdraw", NULL};
static const struct stix_prop assent_props[] = {
	{NAME("object_modified"), .type = P_TIME, .required = true, .doc = "version of the object"},
	{NAME("object_ref"), .type = P_ID, .required = true, .doc = "what is assented to: a document, a collection; a proposal is taken over or declined"},
	{NAME("object_sha256"), .type = P_HASH, .required = true, .doc = "SHA-256 of that version's RFC 8785 form"},
	{NAME("reason"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	{NAME("verb"), .type = P_ENUM, .required = true, .words = verbs},
	END,
};

static const struct stix_prop publication_props[] = {
	DOCUMENT_VERSION,
	{NAME("publish_at"), .type = P_TIME, .required = true, .doc = "from when it is public"},
	END,
};

static const struct stix_prop withdrawal_props[] = {
	{NAME("object_modified"), .type = P_TIME, .doc = "version of the object; absent where its type has none"},
	{NAME("object_ref"), .type = P_ID, .required = true, .doc = "what is taken back: an object of the same writer, no document"},
	{NAME("object_sha256"), .type = P_HASH, .required = true, .doc = "SHA-256 of that version's RFC 8785 form"},
	{NAME("reason"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	END,
};

#define OWN(k, n) .kind = k, .name = n, .own = true, .versioned = true, .class = CLASS_SDO
const struct stix_type own_types[] = {
	{OWN(STIX_ASSENT, "verbale-assent"), .subject = "object_ref", .props = assent_props, .doc = "One party's word on one exact version of an object."},
	{OWN(STIX_COLLECTION, "verbale-collection"), .props = collection_props, .doc = "A shared space of member parties with a highest marking. Its UUID is the collection's id everywhere."},
	{OWN(STIX_DELEGATION, "verbale-delegation"), .subject = "round_ref", .props = delegation_props, .doc = "Who comes to a round for one party."},
	{OWN(STIX_DOCUMENT, "verbale-document"), .subject = "round_ref", .props = document_props, .doc = "A text of numbered units, each in one or more languages."},
	{OWN(STIX_PROPOSAL, "verbale-proposal"), .subject = "document_ref", .props = proposal_props, .doc = "One party's wish to change units of another party's document."},
	{OWN(STIX_PUBLICATION, "verbale-publication"), .subject = "document_ref", .props = publication_props, .doc = "From when one exact version of a document is public."},
	{OWN(STIX_ROUND, "verbale-round"), .subject = "series_ref", .props = round_props, .doc = "One meeting of a series."},
	{OWN(STIX_SERIES, "verbale-series"), .props = series_props, .doc = "The consultations of two or more parties."},
	{OWN(STIX_WITHDRAWAL, "verbale-withdrawal"), .subject = "object_ref", .props = withdrawal_props, .doc = "Its writer takes one exact version of an object back; the proof that it was there stays."},
};
const size_t own_types_n = ARRAY_LEN(own_types);
