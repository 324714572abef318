/* Open vocabularies and enumerations of STIX 2.1 §10, in the standard's order. Those of one cyber-observable stand beside its table. */
#include "stix/rows.h"

const char *const attack_motivations[] = {
	"accidental", "coercion", "dominance", "ideology", "notoriety", "organizational-gain", "personal-gain", "personal-satisfaction",
	"revenge", "unpredictable", NULL,
};
const char *const attack_resource_levels[] = {"individual", "club", "contest", "team", "organization", "government", NULL};
const char *const grouping_contexts[] = {"suspicious-activity", "malware-analysis", "unspecified", NULL};
const char *const identity_classes[] = {"individual", "group", "system", "organization", "class", "unknown", NULL};
const char *const implementation_languages[] = {
	"applescript", "bash", "c", "c++", "c#", "go", "java", "javascript", "lua", "objective-c", "perl", "php", "powershell", "python", "ruby",
	"rust", "scala", "swift", "typescript", "visual-basic", "x86-32", "x86-64", NULL,
};
const char *const indicator_types[] = {
	"anomalous-activity", "anonymization", "benign", "compromised", "malicious-activity", "attribution", "unknown", NULL,
};
const char *const industry_sectors[] = {
	"agriculture", "aerospace", "automotive", "chemical", "commercial", "communications", "construction", "defense", "education", "energy",
	"entertainment", "financial-services", "government", "emergency-services", "government-local", "government-national",
	"government-public-services", "government-regional", "healthcare", "hospitality-leisure", "infrastructure", "dams", "nuclear", "water",
	"insurance", "legal", "manufacturing", "mining", "non-profit", "pharmaceuticals", "retail", "technology", "telecommunications",
	"transportation", "utilities", NULL,
};
const char *const infrastructure_types[] = {
	"amplification", "anonymization", "botnet", "command-and-control", "control-system", "exfiltration", "firewall", "hosting-malware",
	"hosting-target-lists", "phishing", "reconnaissance", "routers-switches", "staging", "workstation", "unknown", NULL,
};
const char *const malware_capabilities[] = {
	"accesses-remote-machines", "anti-debugging", "anti-disassembly", "anti-emulation", "anti-memory-forensics", "anti-sandbox", "anti-vm",
	"captures-input-peripherals", "captures-output-peripherals", "captures-system-state-data", "cleans-traces-of-infection", "commits-fraud",
	"communicates-with-c2", "compromises-data-availability", "compromises-data-integrity", "compromises-system-availability",
	"controls-local-machine", "degrades-security-software", "degrades-system-updates", "determines-c2-server", "emails-spam",
	"escalates-privileges", "evades-av", "exfiltrates-data", "fingerprints-host", "hides-artifacts", "hides-executing-code", "infects-files",
	"infects-remote-machines", "installs-other-components", "persists-after-system-reboot", "prevents-artifact-access",
	"prevents-artifact-deletion", "probes-network-environment", "self-modifies", "steals-authentication-credentials",
	"violates-system-operational-integrity", NULL,
};
const char *const malware_results[] = {"malicious", "suspicious", "benign", "unknown", NULL};
const char *const malware_types[] = {
	"adware", "backdoor", "bot", "bootkit", "ddos", "downloader", "dropper", "exploit-kit", "keylogger", "ransomware", "remote-access-trojan",
	"resource-exploitation", "rogue-security-software", "rootkit", "screen-capture", "spyware", "trojan", "unknown", "virus", "webshell",
	"wiper", "worm", NULL,
};
const char *const opinions[] = {"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree", NULL};
const char *const pattern_types[] = {"stix", "pcre", "sigma", "snort", "suricata", "yara", NULL};
const char *const processor_architectures[] = {"alpha", "arm", "ia-64", "mips", "powerpc", "sparc", "x86", "x86-64", NULL};
const char *const regions[] = {
	"africa", "eastern-africa", "middle-africa", "northern-africa", "southern-africa", "western-africa",
	"americas", "caribbean", "central-america", "latin-america-caribbean", "northern-america", "south-america",
	"asia", "central-asia", "eastern-asia", "southern-asia", "south-eastern-asia", "western-asia",
	"europe", "eastern-europe", "northern-europe", "southern-europe", "western-europe",
	"oceania", "antarctica", "australia-new-zealand", "melanesia", "micronesia", "polynesia", NULL,
};
const char *const report_types[] = {
	"attack-pattern", "campaign", "identity", "incident", "indicator", "intrusion-set", "malware", "observed-data", "threat-actor",
	"threat-report", "tool", "vulnerability", NULL,
};
const char *const threat_actor_types[] = {
	"activist", "competitor", "crime-syndicate", "criminal", "hacker", "insider-accidental", "insider-disgruntled", "nation-state",
	"private-sector", "sensationalist", "spy", "terrorist", "unknown", NULL,
};
const char *const threat_actor_roles[] = {
	"agent", "director", "independent", "infrastructure-architect", "infrastructure-operator", "malware-author", "sponsor", NULL,
};
const char *const threat_actor_sophistications[] = {"none", "minimal", "intermediate", "advanced", "expert", "innovator", "strategic", NULL};
const char *const tool_types[] = {
	"denial-of-service", "exploitation", "information-gathering", "network-capture", "credential-exploitation", "remote-access",
	"vulnerability-scanning", "unknown", NULL,
};
