/*
 * Which relationships STIX 2.1 itself defines: the tables in the sections of each type (§4, §6). Others are allowed and
 * said: "this value SHOULD be an exact value listed, but MAY be any string" (§5.1.2).
 */
#include "stix/priv.h"

#define ANY_SCO "*"
static const struct { const char *source, *type, *target[8]; } rows[] = {
	{"attack-pattern", "delivers", {"malware"}},
	{"attack-pattern", "targets", {"identity", "location", "vulnerability"}},
	{"attack-pattern", "uses", {"malware", "tool"}},
	{"campaign", "attributed-to", {"intrusion-set", "threat-actor"}},
	{"campaign", "compromises", {"infrastructure"}},
	{"campaign", "originates-from", {"location"}},
	{"campaign", "targets", {"identity", "location", "vulnerability"}},
	{"campaign", "uses", {"attack-pattern", "infrastructure", "malware", "tool"}},
	{"course-of-action", "investigates", {"indicator"}},
	{"course-of-action", "mitigates", {"attack-pattern", "indicator", "malware", "tool", "vulnerability"}},
	{"course-of-action", "remediates", {"malware", "vulnerability"}},
	{"domain-name", "resolves-to", {"domain-name", "ipv4-addr", "ipv6-addr"}},
	{"identity", "located-at", {"location"}},
	{"indicator", "based-on", {"observed-data"}},
	{"indicator", "indicates", {"attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool"}},
	{"infrastructure", "communicates-with", {"infrastructure", "ipv4-addr", "ipv6-addr", "domain-name", "url"}},
	{"infrastructure", "consists-of", {"infrastructure", "observed-data", ANY_SCO}},
	{"infrastructure", "controls", {"infrastructure", "malware"}},
	{"infrastructure", "delivers", {"malware"}},
	{"infrastructure", "has", {"vulnerability"}},
	{"infrastructure", "hosts", {"tool", "malware"}},
	{"infrastructure", "located-at", {"location"}},
	{"infrastructure", "uses", {"infrastructure"}},
	{"intrusion-set", "attributed-to", {"threat-actor"}},
	{"intrusion-set", "compromises", {"infrastructure"}},
	{"intrusion-set", "hosts", {"infrastructure"}},
	{"intrusion-set", "originates-from", {"location"}},
	{"intrusion-set", "owns", {"infrastructure"}},
	{"intrusion-set", "targets", {"identity", "location", "vulnerability"}},
	{"intrusion-set", "uses", {"attack-pattern", "infrastructure", "malware", "tool"}},
	{"ipv4-addr", "belongs-to", {"autonomous-system"}},
	{"ipv4-addr", "resolves-to", {"mac-addr"}},
	{"ipv6-addr", "belongs-to", {"autonomous-system"}},
	{"ipv6-addr", "resolves-to", {"mac-addr"}},
	{"malware", "authored-by", {"threat-actor", "intrusion-set"}},
	{"malware", "beacons-to", {"infrastructure"}},
	{"malware", "communicates-with", {"ipv4-addr", "ipv6-addr", "domain-name", "url"}},
	{"malware", "controls", {"malware"}},
	{"malware", "downloads", {"malware", "tool", "file"}},
	{"malware", "drops", {"malware", "tool", "file"}},
	{"malware", "exfiltrates-to", {"infrastructure"}},
	{"malware", "exploits", {"vulnerability"}},
	{"malware", "originates-from", {"location"}},
	{"malware", "targets", {"identity", "infrastructure", "location", "vulnerability"}},
	{"malware", "uses", {"attack-pattern", "infrastructure", "malware", "tool"}},
	{"malware", "variant-of", {"malware"}},
	{"malware-analysis", "av-analysis-of", {"malware"}},
	{"malware-analysis", "characterizes", {"malware"}},
	{"malware-analysis", "dynamic-analysis-of", {"malware"}},
	{"malware-analysis", "static-analysis-of", {"malware"}},
	{"threat-actor", "attributed-to", {"identity"}},
	{"threat-actor", "compromises", {"infrastructure"}},
	{"threat-actor", "hosts", {"infrastructure"}},
	{"threat-actor", "impersonates", {"identity"}},
	{"threat-actor", "located-at", {"location"}},
	{"threat-actor", "owns", {"infrastructure"}},
	{"threat-actor", "targets", {"identity", "location", "vulnerability"}},
	{"threat-actor", "uses", {"attack-pattern", "infrastructure", "malware", "tool"}},
	{"tool", "delivers", {"malware"}},
	{"tool", "drops", {"malware"}},
	{"tool", "has", {"vulnerability"}},
	{"tool", "targets", {"identity", "infrastructure", "location", "vulnerability"}},
	{"tool", "uses", {"infrastructure"}},
};

/* The standard speaks only of its own types. */
static bool is_defined(const char *source, size_t n, const char *type, const struct stix_type *target)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!text_is(source, n, rows[i].source) || strcmp(type, rows[i].type) != 0)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(rows[i].target) && rows[i].target[k] != NULL; k++)
			if (strcmp(rows[i].target[k], target->name) == 0 || (target->class == CLASS_SCO && strcmp(rows[i].target[k], ANY_SCO) == 0))
				return true;
	}
	return false;
}

static bool name_ok(const char *s, size_t n)
{
	bool ok = n > 0;

	for (size_t i = 0; ok && i < n; i++)
		ok = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-';
	return ok;
}

int check_relation(struct ck *c)
{
	const struct at at = {.key = "relationship_type", .n = 17};
	size_t n, type_n, source_n, target_n;
	const char *type = json_str(json_get(c->obj, "relationship_type"), &type_n);
	const char *source, *target;
	const struct stix_type *from, *to;

	if (type == NULL)
		return 0; /* said already */
	if (!name_ok(type, type_n))
		return broke(c, &at, RULE_NAME, "only a-z, 0-9 and - stand in a relationship's type");
	if (c->warn == NULL || strcmp(type, "related-to") == 0)
		return 0;
	source = json_str(json_get(c->obj, "source_ref"), &n);
	if (source == NULL || (source_n = ref_type_n(n)) == 0)
		return 0;
	target = json_str(json_get(c->obj, "target_ref"), &n);
	if (target == NULL || (target_n = ref_type_n(n)) == 0)
		return 0;
	if ((from = stix_type_named(source, source_n)) == NULL || (to = stix_type_named(target, target_n)) == NULL)
		return 0;
	if (from == to && (strcmp(type, "derived-from") == 0 || strcmp(type, "duplicate-of") == 0))
		return 0;
	return is_defined(source, source_n, type, to) ? 0
	    : broke(c, &at, RULE_RELATION, "STIX defines no \"%.*s\" from %s to %s", (int)(type_n < 40 ? type_n : 40), type, from->name, to->name);
}
