/* The relationship objects of STIX 2.1 §5 and language-content (§7.1) as rows, and what their properties say together. */
#include "stix/rows.h"

static const char *const to_observed[] = {"observed-data", NULL}, *const to_place[] = {"identity", "location", NULL};
ELEMENT an_observed = {NAME(""), .type = P_ID, .words = to_observed};
ELEMENT a_place = {NAME(""), .type = P_ID, .words = to_place};

const struct stix_prop relationship_props[] = {
	STRING("description"),
	MUST_STRING("relationship_type"),
	{NAME("source_ref"), .type = P_ID, .required = true},
	TIME("start_time"),
	TIME("stop_time"),
	{NAME("target_ref"), .type = P_ID, .required = true},
	END,
};

/* summary: the text says string, its default and the published schema say boolean. */
const struct stix_prop sighting_props[] = {
	{NAME("count"), .type = P_INT, .max = 999999999},
	STRING("description"),
	TIME("first_seen"),
	TIME("last_seen"),
	LIST("observed_data_refs", an_observed),
	{NAME("sighting_of_ref"), .type = P_ID, .required = true},
	{NAME("summary"), .type = P_BOOL},
	LIST("where_sighted_refs", a_place),
	END,
};

ELEMENT a_translation = {NAME(""), .type = P_DICT};
const struct stix_prop language_props[] = {
	{NAME("contents"), .type = P_DICT, .required = true, .sub = &a_translation},
	TIME("object_modified"),
	{NAME("object_ref"), .type = P_ID, .required = true},
	END,
};

#define NODES (1u << CLASS_SDO | 1u << CLASS_SCO)
const struct stix_whole relationship_whole[] = {
	PAIR(BEFORE, "start_time", "stop_time"),
	TYPES("source_ref", NODES),
	TYPES("target_ref", NODES),
	CHECK(check_relation),
	END_WHOLE,
};
const struct stix_whole sighting_whole[] = {
	PAIR(ORDER, "first_seen", "last_seen"),
	TYPES("sighting_of_ref", 1u << CLASS_SDO),
	END_WHOLE,
};
const struct stix_whole language_whole[] = {TYPES("object_ref", ~(1u << CLASS_BUNDLE)), CHECK(check_contents), END_WHOLE};
