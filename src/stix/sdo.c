/*
 * The domain objects of STIX 2.1 §4 as rows: properties beyond the common ones, sorted by name, and what they say
 * together. What may be related to what is in relation.c.
 */
#include "stix/rows.h"

ELEMENT a_string = {NAME(""), .type = P_STRING};
ELEMENT a_ref = {NAME(""), .type = P_ID};
ELEMENT phase_props[] = { /* §2.11 */
	MUST_STRING("kill_chain_name"),
	MUST_STRING("phase_name"),
	END,
};
ELEMENT a_phase = {NAME(""), .type = P_OBJECT, .sub = phase_props};
static const char *const to_software[] = {"software", NULL}, *const to_sample[] = {"file", "artifact", NULL};
static const char *const to_analysed[] = {"file", "artifact", "network-traffic", NULL};
ELEMENT a_software = {NAME(""), .type = P_ID, .words = to_software};

#define ALIASES LIST("aliases", a_string)
#define PHASES LIST("kill_chain_phases", a_phase)
#define OBJECTS MUST_LIST("object_refs", a_ref)

const struct stix_prop attack_pattern_props[] = {
	ALIASES,
	STRING("description"),
	PHASES,
	MUST_STRING("name"),
	END,
};

const struct stix_prop campaign_props[] = {
	ALIASES,
	STRING("description"),
	TIME("first_seen"),
	TIME("last_seen"),
	MUST_STRING("name"),
	STRING("objective"),
	END,
};

/* course-of-action (its "action" is reserved), incident, vulnerability */
const struct stix_prop named_props[] = {
	STRING("description"),
	MUST_STRING("name"),
	END,
};

const struct stix_prop grouping_props[] = {
	{NAME("context"), .type = P_VOCAB, .required = true, .words = grouping_contexts},
	STRING("description"),
	STRING("name"),
	OBJECTS,
	END,
};
const struct stix_whole grouping_whole[] = {SHOULD("name"), END_WHOLE}; /* required in the text, not in the published schema */

WORDS(a_sector, industry_sectors);
const struct stix_prop identity_props[] = {
	STRING("contact_information"),
	STRING("description"),
	VOCAB("identity_class", identity_classes),
	MUST_STRING("name"),
	LIST("roles", a_string),
	LIST("sectors", a_sector),
	END,
};

WORDS(an_indicator_type, indicator_types);
const struct stix_prop indicator_props[] = {
	STRING("description"),
	LIST("indicator_types", an_indicator_type),
	PHASES,
	STRING("name"),
	MUST_STRING("pattern"),
	{NAME("pattern_type"), .type = P_VOCAB, .required = true, .words = pattern_types},
	STRING("pattern_version"),
	MUST_TIME("valid_from"),
	TIME("valid_until"),
	END,
};

WORDS(an_infrastructure_type, infrastructure_types);
const struct stix_prop infrastructure_props[] = {
	ALIASES,
	STRING("description"),
	TIME("first_seen"),
	LIST("infrastructure_types", an_infrastructure_type),
	PHASES,
	TIME("last_seen"),
	MUST_STRING("name"),
	END,
};

WORDS(a_motivation, attack_motivations);
const struct stix_prop intrusion_set_props[] = {
	ALIASES,
	STRING("description"),
	TIME("first_seen"),
	LIST("goals", a_string),
	TIME("last_seen"),
	MUST_STRING("name"),
	VOCAB("primary_motivation", attack_motivations),
	VOCAB("resource_level", attack_resource_levels),
	LIST("secondary_motivations", a_motivation),
	END,
};

const struct stix_prop location_props[] = {
	STRING("administrative_area"),
	STRING("city"),
	STRING("country"),
	STRING("description"),
	{NAME("latitude"), .type = P_NUMBER, .max = 90},
	{NAME("longitude"), .type = P_NUMBER, .max = 180},
	STRING("name"),
	STRING("postal_code"),
	{NAME("precision"), .type = P_NUMBER},
	VOCAB("region", regions),
	STRING("street_address"),
	END,
};

WORDS(an_architecture, processor_architectures);
WORDS(a_capability, malware_capabilities);
WORDS(a_language, implementation_languages);
WORDS(a_malware_type, malware_types);
ELEMENT a_sample = {NAME(""), .type = P_ID, .words = to_sample};
const struct stix_prop malware_props[] = {
	ALIASES,
	LIST("architecture_execution_envs", an_architecture),
	LIST("capabilities", a_capability),
	STRING("description"),
	TIME("first_seen"),
	LIST("implementation_languages", a_language),
	{NAME("is_family"), .type = P_BOOL},
	PHASES,
	TIME("last_seen"),
	LIST("malware_types", a_malware_type),
	STRING("name"),
	LIST("operating_system_refs", a_software),
	LIST("sample_refs", a_sample),
	END,
};

const struct stix_prop malware_analysis_props[] = {
	STRING("analysis_definition_version"),
	TIME("analysis_ended"),
	STRING("analysis_engine_version"),
	LIST("analysis_sco_refs", a_ref),
	TIME("analysis_started"),
	STRING("configuration_version"),
	{NAME("host_vm_ref"), .type = P_ID, .words = to_software},
	LIST("installed_software_refs", a_software),
	LIST("modules", a_string),
	{NAME("operating_system_ref"), .type = P_ID, .words = to_software},
	MUST_STRING("product"),
	VOCAB("result", malware_results),
	STRING("result_name"),
	{NAME("sample_ref"), .type = P_ID, .words = to_analysed},
	TIME("submitted"),
	STRING("version"),
	END,
};

const struct stix_prop note_props[] = {
	STRING("abstract"),
	LIST("authors", a_string),
	MUST_STRING("content"),
	OBJECTS,
	END,
};

const struct stix_prop observed_data_props[] = {
	MUST_TIME("first_observed"),
	MUST_TIME("last_observed"),
	{NAME("number_observed"), .type = P_INT, .required = true, .min = 1, .max = 999999999},
	LIST("object_refs", a_ref),
	{NAME("objects"), .type = P_CONTAINER},
	END,
};

const struct stix_prop opinion_props[] = {
	LIST("authors", a_string),
	STRING("explanation"),
	OBJECTS,
	{NAME("opinion"), .type = P_ENUM, .required = true, .words = opinions},
	END,
};

WORDS(a_report_type, report_types);
const struct stix_prop report_props[] = {
	STRING("description"),
	MUST_STRING("name"),
	OBJECTS,
	MUST_TIME("published"),
	LIST("report_types", a_report_type),
	END,
};

WORDS(an_actor_role, threat_actor_roles);
WORDS(an_actor_type, threat_actor_types);
const struct stix_prop threat_actor_props[] = {
	ALIASES,
	STRING("description"),
	TIME("first_seen"),
	LIST("goals", a_string),
	TIME("last_seen"),
	MUST_STRING("name"),
	LIST("personal_motivations", a_motivation),
	VOCAB("primary_motivation", attack_motivations),
	VOCAB("resource_level", attack_resource_levels),
	LIST("roles", an_actor_role),
	LIST("secondary_motivations", a_motivation),
	VOCAB("sophistication", threat_actor_sophistications),
	LIST("threat_actor_types", an_actor_type),
	END,
};

WORDS(a_tool_type, tool_types);
const struct stix_prop tool_props[] = {
	ALIASES,
	STRING("description"),
	PHASES,
	MUST_STRING("name"),
	LIST("tool_types", a_tool_type),
	STRING("tool_version"),
	END,
};

/* --- what they say together --- */

const struct stix_whole seen_whole[] = {PAIR(ORDER, "first_seen", "last_seen"), END_WHOLE};
const struct stix_whole indicator_whole[] = {
	PAIR(BEFORE, "valid_from", "valid_until"),
	CHECK(check_pattern),
	END_WHOLE,
};
const struct stix_whole location_whole[] = {
	{.op = WHOLE_ANY, .a = "region", .b = "country", .c = "latitude"},
	PAIR(WITH, "latitude", "longitude"),
	PAIR(WITH, "longitude", "latitude"),
	PAIR(WITH, "precision", "latitude"),
	END_WHOLE,
};
/* is_family: required in the published schema, optional in the text. */
const struct stix_whole malware_whole[] = {
	PAIR(IF_TRUE, "is_family", "name"),
	PAIR(ORDER, "first_seen", "last_seen"),
	SHOULD("is_family"),
	END_WHOLE,
};
const struct stix_whole malware_analysis_whole[] = {
	PAIR(ANY, "result", "analysis_sco_refs"),
	TYPES("analysis_sco_refs", 1u << CLASS_SCO),
	END_WHOLE,
};
const struct stix_whole observed_data_whole[] = {
	PAIR(ORDER, "first_observed", "last_observed"),
	PAIR(ONE, "objects", "object_refs"),
	TYPES("object_refs", 1u << CLASS_SCO | 1u << CLASS_SRO),
	CHECK(check_observed),
	END_WHOLE,
};
