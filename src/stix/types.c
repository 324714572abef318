/* The catalogue of STIX 2.1 types, and what stix_type() finds in it. Tables of properties: sdo.c, sro.c, sco.c, here for the meta objects. */
#include <stdlib.h>

#include "stix/priv.h"

#define NAME(s) .name = s, .name_n = sizeof(s) - 1

static const struct stix_prop marking_props[] = {
	{NAME("definition"), .type = P_ANY, .doc = "the statement, or the TLP 1 level"},
	{NAME("definition_type"), .type = P_STRING, .doc = "statement or tlp; absent where an extension says it"},
	{NAME("name"), .type = P_STRING},
	{.name = NULL},
};

static const char *const extension_types[] = {"new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension", NULL};
static const struct stix_prop extension_type = {NAME(""), .type = P_ENUM, .words = extension_types};
static const struct stix_prop property_name = {NAME(""), .type = P_STRING};
static const struct stix_prop definition_props[] = {
	{NAME("description"), .type = P_STRING},
	{NAME("extension_properties"), .type = P_LIST, .sub = &property_name},
	{NAME("extension_types"), .type = P_LIST, .required = true, .sub = &extension_type},
	{NAME("name"), .type = P_STRING, .required = true},
	{NAME("schema"), .type = P_STRING, .required = true},
	{NAME("version"), .type = P_STRING, .required = true},
	{.name = NULL},
};

#define SDO(k, n, table, rules) {.kind = k, .name = n, .versioned = true, .class = CLASS_SDO, .props = table, .whole = rules}
#define SRO(k, n, table, rules) {.kind = k, .name = n, .versioned = true, .class = CLASS_SRO, .props = table, .whole = rules}
#define SCO(n, table, rules) {.kind = STIX_OTHER, .name = n, .class = CLASS_SCO, .props = table, .whole = rules}

/* Sorted by name. */
static const struct stix_type catalogue[] = {
	SCO("artifact", artifact_props, artifact_whole),
	SDO(STIX_OTHER, "attack-pattern", attack_pattern_props, NULL),
	SCO("autonomous-system", as_props, as_whole),
	{.kind = STIX_BUNDLE, .name = "bundle", .class = CLASS_BUNDLE},
	SDO(STIX_OTHER, "campaign", campaign_props, seen_whole),
	SDO(STIX_OTHER, "course-of-action", named_props, NULL),
	SCO("directory", directory_props, directory_whole),
	SCO("domain-name", domain_props, domain_whole),
	SCO("email-addr", email_props, email_whole),
	SCO("email-message", message_props, message_whole),
	{.kind = STIX_EXTENSION, .name = "extension-definition", .versioned = true, .class = CLASS_EXTENSION, .props = definition_props},
	SCO("file", file_props, file_whole),
	SDO(STIX_OTHER, "grouping", grouping_props, grouping_whole),
	SDO(STIX_IDENTITY, "identity", identity_props, NULL),
	SDO(STIX_OTHER, "incident", named_props, NULL),
	SDO(STIX_OTHER, "indicator", indicator_props, indicator_whole),
	SDO(STIX_OTHER, "infrastructure", infrastructure_props, seen_whole),
	SDO(STIX_OTHER, "intrusion-set", intrusion_set_props, seen_whole),
	SCO("ipv4-addr", ip_props, ipv4_whole),
	SCO("ipv6-addr", ip_props, ipv6_whole),
	{.kind = STIX_LANGUAGE_CONTENT, .name = "language-content", .versioned = true, .class = CLASS_LANGUAGE, .subject = "object_ref",
	    .props = language_props, .whole = language_whole},
	SDO(STIX_OTHER, "location", location_props, location_whole),
	SCO("mac-addr", value_props, mac_whole),
	SDO(STIX_OTHER, "malware", malware_props, malware_whole),
	SDO(STIX_OTHER, "malware-analysis", malware_analysis_props, malware_analysis_whole),
	{.kind = STIX_MARKING, .name = "marking-definition", .class = CLASS_MARKING, .props = marking_props},
	SCO("mutex", mutex_props, mutex_whole),
	SCO("network-traffic", traffic_props, traffic_whole),
	SDO(STIX_OTHER, "note", note_props, NULL),
	SDO(STIX_OTHER, "observed-data", observed_data_props, observed_data_whole),
	SDO(STIX_OTHER, "opinion", opinion_props, NULL),
	SCO("process", process_props, process_whole),
	SRO(STIX_RELATIONSHIP, "relationship", relationship_props, relationship_whole),
	SDO(STIX_OTHER, "report", report_props, NULL),
	SRO(STIX_SIGHTING, "sighting", sighting_props, sighting_whole),
	SCO("software", software_props, software_whole),
	SDO(STIX_OTHER, "threat-actor", threat_actor_props, seen_whole),
	SDO(STIX_OTHER, "tool", tool_props, NULL),
	SCO("url", value_props, url_whole),
	SCO("user-account", account_props, account_whole),
	SDO(STIX_OTHER, "vulnerability", named_props, NULL),
	SCO("windows-registry-key", registry_props, registry_whole),
	SCO("x509-certificate", certificate_props, certificate_whole),
};

struct key { const char *s; size_t n; };

static int by_name(const void *key, const void *row)
{
	const struct key *k = key;
	const char *name = ((const struct stix_type *)row)->name;
	const int r = strncmp(k->s, name, k->n);

	return r != 0 ? r : -(name[k->n] != '\0');
}

const struct stix_type *stix_type_named(const char *type, size_t n)
{
	const struct key k = {type, n};

	if (n > 8 && memcmp(type, "verbale-", 8) == 0) {
		for (size_t i = 0; i < own_types_n; i++)
			if (text_is(type, n, own_types[i].name))
				return &own_types[i];
		return NULL;
	}
	return bsearch(&k, catalogue, ARRAY_LEN(catalogue), sizeof(catalogue[0]), by_name);
}

const struct stix_type *stix_type(enum stix_kind k)
{
	for (size_t i = 0; k != STIX_OTHER && i < own_types_n; i++)
		if (own_types[i].kind == k)
			return &own_types[i];
	for (size_t i = 0; k != STIX_OTHER && i < ARRAY_LEN(catalogue); i++)
		if (catalogue[i].kind == k)
			return &catalogue[i];
	return NULL;
}

enum stix_kind stix_kind_of(const char *type)
{
	const struct stix_type *t = type != NULL ? stix_type_named(type, strlen(type)) : NULL;

	return t != NULL ? t->kind : STIX_OTHER;
}

const char *stix_type_name(enum stix_kind k)
{
	const struct stix_type *t = stix_type(k);

	return t != NULL ? t->name : NULL;
}
