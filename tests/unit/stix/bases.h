/* bases.h - one object of each domain, relationship and meta type that has every property its table has; ' stands for ". */
#pragma once

#define HEAD(type) "{'type':'" type "','id':'" type "--00000000-0000-4000-8000-000000000001','spec_version':'2.1'," \
	"'created':'2016-09-09T00:30:00.000Z','modified':'2016-09-09T00:30:00.000Z',"
#define PHASES "'kill_chain_phases':[{'kill_chain_name':'mitre-attack','phase_name':'persistence'}]"
#define SOME_ID(type) "'" type "--00000000-0000-4000-8000-000000000002'"

static const struct base { const char *type, *text; } bases[] = {
	{"attack-pattern", HEAD("attack-pattern") "'name':'a','description':'b','aliases':['c']," PHASES "}"},
	{"campaign", HEAD("campaign") "'name':'a','description':'b','aliases':['c'],'objective':'d','first_seen':'2016-01-01T00:00:00Z','last_seen':'2016-01-01T00:00:00Z'}"},
	{"course-of-action", HEAD("course-of-action") "'name':'a','description':'b'}"},
	{"grouping", HEAD("grouping") "'name':'a','description':'b','context':'malware-analysis','object_refs':[" SOME_ID("malware") "]}"},
	{"identity", HEAD("identity") "'name':'a','description':'b','roles':['ceo'],'identity_class':'individual','sectors':['energy','nuclear'],'contact_information':'c'}"},
	{"incident", HEAD("incident") "'name':'a','description':'b'}"},
	{"indicator", HEAD("indicator") "'name':'a','description':'b','indicator_types':['benign'],'pattern':'[ipv4-addr:value = \\'198.51.100.3\\']','pattern_type':'stix',"
		"'pattern_version':'2.1','valid_from':'2016-01-01T00:00:00Z','valid_until':'2016-01-01T00:00:00.001Z'," PHASES "}"},
	{"infrastructure", HEAD("infrastructure") "'name':'a','description':'b','infrastructure_types':['botnet'],'aliases':['c'],'first_seen':'2016-01-01T00:00:00Z',"
		"'last_seen':'2016-01-02T00:00:00Z'," PHASES "}"},
	{"intrusion-set", HEAD("intrusion-set") "'name':'a','description':'b','aliases':['c'],'first_seen':'2016-01-01T00:00:00Z','last_seen':'2016-01-02T00:00:00Z',"
		"'goals':['d'],'resource_level':'club','primary_motivation':'revenge','secondary_motivations':['ideology']}"},
	{"location", HEAD("location") "'name':'a','description':'b','latitude':-90,'longitude':180.0,'precision':1.5,'region':'eastern-asia','country':'jp',"
		"'administrative_area':'JP-13','city':'c','street_address':'d','postal_code':'e'}"},
	{"malware", HEAD("malware") "'name':'a','description':'b','malware_types':['worm'],'is_family':true,'aliases':['c'],'first_seen':'2016-01-01T00:00:00Z',"
		"'last_seen':'2016-01-02T00:00:00Z','operating_system_refs':[" SOME_ID("software") "],'architecture_execution_envs':['x86'],"
		"'implementation_languages':['c++'],'capabilities':['anti-vm'],'sample_refs':[" SOME_ID("file") "]," PHASES "}"},
	{"malware-analysis", HEAD("malware-analysis") "'product':'anonymized','version':'1','host_vm_ref':" SOME_ID("software") ",'operating_system_ref':" SOME_ID("software") ","
		"'installed_software_refs':[" SOME_ID("software") "],'configuration_version':'2','modules':['m'],'analysis_engine_version':'3','analysis_definition_version':'4',"
		"'submitted':'2016-01-01T00:00:00Z','analysis_started':'2016-01-01T00:00:00Z','analysis_ended':'2016-01-01T00:00:00Z','result_name':'r','result':'benign',"
		"'analysis_sco_refs':[" SOME_ID("file") "],'sample_ref':" SOME_ID("artifact") "}"},
	{"note", HEAD("note") "'abstract':'a','content':'b','authors':['c'],'object_refs':[" SOME_ID("sighting") "]}"},
	{"observed-data", HEAD("observed-data") "'first_observed':'2016-01-01T00:00:00Z','last_observed':'2016-01-01T00:00:00Z','number_observed':999999999,"
		"'object_refs':[" SOME_ID("relationship") "," SOME_ID("file") "]}"},
	{"opinion", HEAD("opinion") "'explanation':'a','authors':['b'],'opinion':'neutral','object_refs':[" SOME_ID("relationship") "]}"},
	{"report", HEAD("report") "'name':'a','description':'b','report_types':['malware'],'published':'2016-01-01T00:00:00Z','object_refs':[" SOME_ID("x-own-type") "]}"},
	{"threat-actor", HEAD("threat-actor") "'name':'a','description':'b','threat_actor_types':['spy'],'aliases':['c'],'first_seen':'2016-01-01T00:00:00Z',"
		"'last_seen':'2016-01-02T00:00:00Z','roles':['agent'],'goals':['d'],'sophistication':'none','resource_level':'team','primary_motivation':'coercion',"
		"'secondary_motivations':['dominance'],'personal_motivations':['personal-gain']}"},
	{"tool", HEAD("tool") "'name':'a','description':'b','tool_types':['remote-access'],'aliases':['c'],'tool_version':'1'," PHASES "}"},
	{"vulnerability", HEAD("vulnerability") "'name':'a','description':'b','external_references':[{'source_name':'cve','external_id':'CVE-2016-1234'}]}"},
	{"relationship", HEAD("relationship") "'relationship_type':'uses','description':'a','source_ref':" SOME_ID("campaign") ",'target_ref':" SOME_ID("tool") ","
		"'start_time':'2016-01-01T00:00:00Z','stop_time':'2016-01-02T00:00:00Z'}"},
	{"sighting", HEAD("sighting") "'description':'a','first_seen':'2016-01-01T00:00:00Z','last_seen':'2016-01-01T00:00:00Z','count':0,'sighting_of_ref':" SOME_ID("indicator") ","
		"'observed_data_refs':[" SOME_ID("observed-data") "],'where_sighted_refs':[" SOME_ID("identity") "," SOME_ID("location") "],'summary':false}"},
	{"language-content", HEAD("language-content") "'object_ref':" SOME_ID("campaign") ",'object_modified':'2016-09-09T00:30:00.000Z',"
		"'contents':{'de':{'name':'Bank Angriff'},'zh-Hant-TW':{'goals':['a','']}}}"},
	{"extension-definition", HEAD("extension-definition") "'created_by_ref':" SOME_ID("identity") ",'name':'a','description':'b','schema':'c','version':'1.2.3',"
		"'extension_types':['toplevel-property-extension'],'extension_properties':['toxicity']}"},
};
