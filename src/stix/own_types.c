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
static const char *const is_comment[] = {"verbale-comment", NULL}, *const is_silence[] = {"verbale-silence", NULL}, *const is_commitment[] = {"verbale-commitment", NULL};
static const char *const languages[] = {"de", "ja", "en", NULL};

ELEMENT a_party = {NAME(""), .type = P_PARTY};
ELEMENT a_language = {NAME(""), .type = P_ENUM, .words = languages};
ELEMENT a_text = {NAME(""), .type = P_LANGMAP, .max = LIMIT_TITLE};
ELEMENT an_object = {NAME(""), .type = P_ID};
/* A name as its bearer writes it and as others read it. */
ELEMENT name_props[] = {
	{NAME("latin"), .type = P_STRING, .required = true, .max = LIMIT_TITLE, .doc = "in Latin letters"},
	{NAME("native"), .type = P_STRING, .required = true, .max = LIMIT_TITLE, .doc = "in the writing of its bearer"},
	{NAME("reading"), .type = P_STRING, .max = LIMIT_TITLE, .doc = "how it is read, in kana"},
	END,
};
ELEMENT agency_props[] = {
	{NAME("agency"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("agency_code"), .type = P_AGENCY, .doc = "the agency as release_to names it"},
	{NAME("party"), .type = P_PARTY, .required = true},
	END,
};
ELEMENT an_agency = {NAME(""), .type = P_OBJECT, .sub = agency_props};

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
ELEMENT deadline_props[] = {
	{NAME("at"), .type = P_TIME, .required = true},
	{NAME("party"), .type = P_PARTY, .doc = "whose; absent: everybody's"},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	END,
};
ELEMENT mandate_props[] = {
	{NAME("date"), .type = P_TIME},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE, .doc = "the text that created or confirmed the series"},
	{NAME("url"), .type = P_URL},
	END,
};
ELEMENT official_props[] = {
	{NAME("party"), .type = P_PARTY, .required = true},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE, .doc = "what this side calls the series"},
	END,
};
ELEMENT a_deadline = {NAME(""), .type = P_OBJECT, .sub = deadline_props}, a_mandate = {NAME(""), .type = P_OBJECT, .sub = mandate_props};
ELEMENT an_official_name = {NAME(""), .type = P_OBJECT, .sub = official_props};
static const struct stix_prop series_props[] = {
	{NAME("deadlines"), .type = P_LIST, .sub = &a_deadline, .max = LIMIT_DEADLINES, .doc = "dates to be kept beside the rounds"},
	EXAMPLE,
	{NAME("mandate"), .type = P_LANGMAP, .max = LIMIT_TEXT, .doc = "on what the series rests"},
	{NAME("mandates"), .type = P_LIST, .sub = &a_mandate, .max = LIMIT_READING, .doc = "the texts it rests on, one by one"},
	{NAME("members"), .type = P_LIST, .required = true, .unique = true, .sub = &a_party, .max = LIMIT_MEMBERS, .doc = "parties of the series"},
	{NAME("names"), .type = P_LIST, .sub = &an_official_name, .max = LIMIT_MEMBERS, .doc = "official names, where sides differ: one per party"},
	{NAME("noun"), .type = P_ENUM, .required = true, .words = nouns, .doc = "what a round of it is called"},
	{NAME("rhythm"), .type = P_LANGMAP, .max = LIMIT_TITLE, .doc = "how often, in words"},
	{NAME("rhythm_months"), .type = P_INT, .min = 1, .max = 240, .doc = "months from one round to the next, as announced"},
	{NAME("slug"), .type = P_SLUG, .required = true, .doc = "its name in addresses"},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	END,
};

static const char *const observer_kinds[] = {"observer", "non-government", NULL};
ELEMENT observer_props[] = {
	{NAME("kind"), .type = P_ENUM, .words = observer_kinds, .doc = "non-government: takes part without being of a government; observer if absent"},
	{NAME("name"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("party"), .type = P_PARTY},
	END,
};
ELEMENT an_observer = {NAME(""), .type = P_OBJECT, .sub = observer_props};

static const char *const modes[] = {"in-person", "video", "hybrid", NULL};
static const char *const statuses[] = {"proposed", "scheduled", "held", "closed", "postponed", "cancelled", NULL};
static const char *const round_kinds[] = {"round", "intersessional", NULL};
static const char *const precisions[] = {"day", "month", "year", NULL};
ELEMENT chair_props[] = {
	{NAME("name"), .type = P_OBJECT, .required = true, .sub = name_props},
	{NAME("party"), .type = P_PARTY, .required = true, .doc = "one party may have several chairs"},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE, .doc = "in full, as a release names it"},
	END,
};
ELEMENT ordinal_props[] = {
	{NAME("note"), .type = P_LANGMAP, .max = LIMIT_TITLE, .doc = "where the count is found, or why it differs"},
	{NAME("ordinal"), .type = P_INT, .min = 1, .max = 9999, .doc = "absent: this side does not count it"},
	{NAME("party"), .type = P_PARTY, .required = true},
	END,
};
ELEMENT a_chair = {NAME(""), .type = P_OBJECT, .sub = chair_props}, an_ordinal = {NAME(""), .type = P_OBJECT, .sub = ordinal_props};
static const struct stix_prop round_props[] = {
	{NAME("chairs"), .type = P_LIST, .sub = &a_chair, .max = LIMIT_CHAIRS, .doc = "in order of precedence"},
	{NAME("end"), .type = P_TIME, .doc = "after start"},
	EXAMPLE,
	READING,
	{NAME("host"), .type = P_PARTY, .required = true},
	{NAME("kind"), .type = P_ENUM, .words = round_kinds, .doc = "intersessional: between two rounds, at lower rank, not counted; round if absent"},
	{NAME("leads"), .type = P_LIST, .sub = &an_agency, .max = LIMIT_MEMBERS, .doc = "who leads for a party, where it is not the foreign ministry"},
	{NAME("mode"), .type = P_ENUM, .required = true, .words = modes},
	{NAME("observers"), .type = P_LIST, .sub = &an_observer, .max = LIMIT_OBSERVERS},
	{NAME("ordinal"), .type = P_INT, .min = 1, .max = 9999, .doc = "first, second … of its series; absent where nobody counted or sides differ"},
	{NAME("ordinals"), .type = P_LIST, .sub = &an_ordinal, .max = LIMIT_MEMBERS, .doc = "a side's own count, where sides differ: one per party"},
	{NAME("series_ref"), .type = P_ID, .required = true, .words = is_series},
	{NAME("start"), .type = P_TIME, .required = true},
	{NAME("start_precision"), .type = P_ENUM, .words = precisions, .doc = "how much of start is meant, of a round only announced; absent: all of it"},
	{NAME("status"), .type = P_ENUM, .required = true, .words = statuses},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("venue"), .type = P_LANGMAP, .max = LIMIT_TITLE, .doc = "place and house; absent only by video"},
	{NAME("zone"), .type = P_ZONE, .required = true, .doc = "time zone of the venue, IANA name"},
	END,
};

/* --- delegation --- */

static const char *const delegate_roles[] = {"head", "member", "note-taker", "interpreter", "embassy", NULL};
ELEMENT delegate_props[] = {
	{NAME("agency"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("agency_code"), .type = P_AGENCY, .required = true, .doc = "the agency as release_to names it"},
	{NAME("function"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("name"), .type = P_OBJECT, .required = true, .sub = name_props},
	{NAME("rank"), .type = P_LANGMAP, .max = LIMIT_TITLE},
	{NAME("role"), .type = P_ENUM, .required = true, .words = delegate_roles},
	END,
};
ELEMENT a_delegate = {NAME(""), .type = P_OBJECT, .sub = delegate_props};
static const struct stix_prop delegation_props[] = {
	EXAMPLE,
	{NAME("expires"), .type = P_TIME, .doc = "when the personal data is no longer needed and not shown any more"},
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
	{NAME("papers"), .type = P_LIST, .unique = true, .sub = &an_object, .max = LIMIT_READING, .doc = "documents that belong to an agenda item"},
	{NAME("pause"), .type = P_BOOL, .doc = "an agenda item that is a break"},
	{NAME("start"), .type = P_TIME},
	{NAME("state"), .type = P_ENUM, .required = true, .words = unit_states},
	{NAME("text"), .type = P_LANGMAP, .required = true, .max = LIMIT_TEXT},
	END,
};
ELEMENT a_unit = {NAME(""), .type = P_OBJECT, .sub = unit_props};
static const char *const kinds[] = {"invitation", "agenda", "minutes", "agreed-minutes", "joint-statement", "press-release", "position-paper", "non-paper", NULL};
ELEMENT correction_props[] = {
	{NAME("modified"), .type = P_TIME, .required = true, .doc = "the published version that this one corrects"},
	{NAME("reason"), .type = P_LANGMAP, .required = true, .max = LIMIT_TEXT},
	{NAME("sha256"), .type = P_HASH, .required = true, .doc = "SHA-256 of that version's RFC 8785 form"},
	END,
};
static const struct stix_prop document_props[] = {
	{NAME("authentic"), .type = P_LIST, .required = true, .unique = true, .sub = &a_language, .doc = "languages whose text counts"},
	{NAME("correction"), .type = P_OBJECT, .sub = correction_props, .doc = "due in every version behind a published one"},
	{NAME("date"), .type = P_TIME, .required = true, .doc = "date the document bears"},
	EXAMPLE,
	{NAME("frozen"), .type = P_BOOL, .doc = "the text is final for its writer: no proposals any more; every unit has every language and no brackets"},
	READING,
	{NAME("kind"), .type = P_ENUM, .required = true, .words = kinds},
	{NAME("number"), .type = P_STRING, .required = true, .max = 64, .doc = "its number in the record, as DJ-2016-0003"},
	{NAME("provisional"), .type = P_LIST, .unique = true, .sub = &a_language, .doc = "languages whose text is a courtesy translation; none of the authentic ones"},
	{NAME("publish_at"), .type = P_TIME, .doc = "embargo: not to be published before"},
	{NAME("round_ref"), .type = P_ID, .required = true, .words = is_round},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("units"), .type = P_LIST, .required = true, .sub = &a_unit, .max = LIMIT_UNITS, .doc = "the text, unit by unit, in order"},
	{NAME("withdrawal"), .type = P_LANGMAP, .max = LIMIT_TEXT, .doc = "why the document is withdrawn; only when it is revoked"},
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
	{NAME("silence_ref"), .type = P_ID, .words = is_silence, .doc = "agreed by silence: nobody of the party spoke until this deadline"},
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

/* --- invitation --- */

static const char *const invitation_verbs[] = {"invite", "offer", "confirm", "decline", "cancel", NULL};
ELEMENT date_props[] = {
	{NAME("end"), .type = P_TIME, .doc = "after start; another day, of a round of several"},
	{NAME("start"), .type = P_TIME, .required = true},
	END,
};
ELEMENT a_date = {NAME(""), .type = P_OBJECT, .sub = date_props};
static const struct stix_prop invitation_props[] = {
	{NAME("dates"), .type = P_LIST, .sub = &a_date, .max = LIMIT_DATES, .doc = "what would suit the writer; confirm: the one; decline, cancel: none"},
	{NAME("mode"), .type = P_ENUM, .words = modes},
	{NAME("round_ref"), .type = P_ID, .required = true, .words = is_round},
	{NAME("text"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	{NAME("venue"), .type = P_LANGMAP, .max = LIMIT_TITLE},
	{NAME("verb"), .type = P_ENUM, .required = true, .words = invitation_verbs},
	END,
};

/* --- comment, silence --- */

static const struct stix_prop comment_props[] = {
	{NAME("object_modified"), .type = P_TIME, .doc = "the version it was said of; absent: the object in general"},
	{NAME("object_ref"), .type = P_ID, .required = true, .doc = "what it is said of: a document, a proposal, a round"},
	{NAME("reply_to_ref"), .type = P_ID, .words = is_comment},
	{NAME("text"), .type = P_LANGMAP, .required = true, .max = LIMIT_TEXT},
	{NAME("unit"), .type = P_STRING, .max = 32, .doc = "number of the unit; absent: the whole"},
	END,
};

static const struct stix_prop silence_props[] = {
	{NAME("deadline"), .type = P_TIME, .required = true, .doc = "who has said nothing by then agrees"},
	DOCUMENT_VERSION,
	{NAME("text"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	END,
};

/* --- commitment, progress --- */

#define DUE(what) \
	{NAME("due"), .type = P_TIME, .doc = what}, \
	{NAME("due_precision"), .type = P_ENUM, .words = precisions, .doc = "how much of due is meant: \"2017\" ends with that year; absent: all of it"}
static const struct stix_prop commitment_props[] = {
	{NAME("agencies"), .type = P_LIST, .sub = &an_agency, .max = LIMIT_AGENCIES, .doc = "who does it, for which owner"},
	DOCUMENT_VERSION,
	DUE("until when it was promised"),
	EXAMPLE,
	{NAME("next_round"), .type = P_BOOL, .doc = "what is promised is the next round"},
	{NAME("owners"), .type = P_LIST, .required = true, .unique = true, .sub = &a_party, .max = LIMIT_MEMBERS, .doc = "parties that promised it"},
	{NAME("round_ref"), .type = P_ID, .required = true, .words = is_round, .doc = "the document's round"},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("unit"), .type = P_STRING, .required = true, .max = 32, .doc = "number of the unit that promises it"},
	END,
};

static const char *const progress_states[] = {"open", "started", "done", "dropped", "carried", NULL};
ELEMENT evidence_props[] = {
	{NAME("object_ref"), .type = P_ID, .doc = "in the record; this or url is due"},
	{NAME("title"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE},
	{NAME("url"), .type = P_URL},
	END,
};
ELEMENT an_evidence = {NAME(""), .type = P_OBJECT, .sub = evidence_props};
static const struct stix_prop progress_props[] = {
	{NAME("commitment_ref"), .type = P_ID, .required = true, .words = is_commitment},
	DUE("the new date, when it is carried on"),
	{NAME("evidence"), .type = P_LIST, .sub = &an_evidence, .max = LIMIT_READING},
	{NAME("state"), .type = P_ENUM, .required = true, .words = progress_states},
	{NAME("text"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	END,
};

/* --- term --- */

static const struct stix_prop term_props[] = {
	{NAME("confused_with"), .type = P_LIST, .sub = &a_text, .max = LIMIT_READING, .doc = "words that look alike and mean something else"},
	{NAME("note"), .type = P_LANGMAP, .max = LIMIT_TEXT},
	{NAME("source"), .type = P_STRING, .max = LIMIT_TITLE, .doc = "official text it is taken from"},
	{NAME("term"), .type = P_LANGMAP, .required = true, .max = LIMIT_TITLE, .doc = "in all languages"},
	{NAME("warning"), .type = P_LANGMAP, .max = LIMIT_TEXT, .doc = "what to mind where it is used"},
	END,
};

#define OWN(k, n) .kind = k, .name = n, .own = true, .versioned = true, .class = CLASS_SDO
const struct stix_type own_types[] = {
	{OWN(STIX_ASSENT, "verbale-assent"), .subject = "object_ref", .props = assent_props, .doc = "One party's word on one exact version of an object."},
	{OWN(STIX_COLLECTION, "verbale-collection"), .props = collection_props, .doc = "A shared space of member parties with a highest marking. Its UUID is the collection's id everywhere."},
	{OWN(STIX_COMMENT, "verbale-comment"), .subject = "object_ref", .props = comment_props, .doc = "What a party says of an object or a unit of it, among the members."},
	{OWN(STIX_COMMITMENT, "verbale-commitment"), .subject = "round_ref", .props = commitment_props, .doc = "A political promise, as a unit of an agreed text makes it."},
	{OWN(STIX_DELEGATION, "verbale-delegation"), .subject = "round_ref", .props = delegation_props, .doc = "Who comes to a round for one party."},
	{OWN(STIX_DOCUMENT, "verbale-document"), .subject = "round_ref", .props = document_props, .doc = "A text of numbered units, each in one or more languages."},
	{OWN(STIX_INVITATION, "verbale-invitation"), .subject = "round_ref", .props = invitation_props, .doc = "One party's word on when and how a round is held."},
	{OWN(STIX_PROGRESS, "verbale-progress"), .subject = "commitment_ref", .props = progress_props, .doc = "What an owner of a commitment says has become of it."},
	{OWN(STIX_PROPOSAL, "verbale-proposal"), .subject = "document_ref", .props = proposal_props, .doc = "One party's wish to change units of another party's document."},
	{OWN(STIX_PUBLICATION, "verbale-publication"), .subject = "document_ref", .props = publication_props, .doc = "From when one exact version of a document is public."},
	{OWN(STIX_ROUND, "verbale-round"), .subject = "series_ref", .props = round_props, .doc = "One meeting of a series."},
	{OWN(STIX_SERIES, "verbale-series"), .props = series_props, .doc = "The consultations of two or more parties."},
	{OWN(STIX_SILENCE, "verbale-silence"), .subject = "document_ref", .props = silence_props, .doc = "A final text is agreed unless somebody objects before the deadline."},
	{OWN(STIX_TERM, "verbale-term"), .props = term_props, .doc = "A word of the shared glossary."},
	{OWN(STIX_WITHDRAWAL, "verbale-withdrawal"), .subject = "object_ref", .props = withdrawal_props, .doc = "Its writer takes one exact version of an object back; the proof that it was there stays."},
};
const size_t own_types_n = ARRAY_LEN(own_types);
