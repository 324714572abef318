/* Cyber-observables, type by type: what passes, what is told, what is refused; and their ids. */
#include <stdio.h>

#include "base/fs.h"
#include "base/mem.h"
#include "stix/stix.h"
#include "check.h"

#define UUID4 "00000000-0000-4000-8000-000000000001"
#define UUID4B "00000000-0000-4000-8000-000000000002"

struct found { char rule[32]; size_t n; };

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	struct found *f = ctx;

	(void)path;
	(void)text;
	if (f->n++ == 0)
		(void)snprintf(f->rule, sizeof(f->rule), "%s", rule);
}

static struct json_doc *read_text(const char *text)
{
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};

	if (json_read(text, strlen(text), NULL, &doc, &e) != 0)
		fail_msg("%s: %s", text, e.msg);
	return doc;
}

/* {type, properties, id}: the id it should have. Single quotes stand for double ones. */
static struct json_doc *make(const char *type, const char *props, const char *id)
{
	char text[4096], whole[sizeof(text) + 512], own[LIMIT_STIX_ID + 1];
	struct json_doc *doc;

	(void)snprintf(text, sizeof(text), "{'type':'%s'%s%s}", type, props[0] != '\0' ? "," : "", props);
	for (char *s = text; *s != '\0'; s++)
		*s = *s == '\'' ? '"' : *s;
	doc = read_text(text);
	if (id == NULL && !stix_sco_id(json_root(doc), own))
		(void)snprintf(own, sizeof(own), "%s--" UUID4, type);
	json_free(doc);
	text[strlen(text) - 1] = '\0';
	(void)snprintf(whole, sizeof(whole), "%s,\"id\":\"%s\"}", text, id != NULL ? id : own);
	return read_text(whole);
}

static int check(const struct json_doc *doc, enum stix_strict strict, struct found *f, struct err *e)
{
	struct stix_object o;

	f->n = 0;
	f->rule[0] = '\0';
	return stix_check(json_root(doc), &(struct stix_how){.strict = strict, .warn = warn, .ctx = f}, &o, e);
}

enum verdict { GOOD, TOLD, BAD }; /* at default strictness; TOLD: exactly one warning */
struct row { enum verdict want; const char *props, *rule; };

static void expect(const char *type, const struct row *w, const char *id)
{
	struct json_doc *doc = make(type, w->props, id);
	struct err e = {.code = 0};
	struct found f;
	char rule[64];
	const int r = check(doc, STIX_DEFAULT, &f, &e);

	(void)snprintf(rule, sizeof(rule), ": rule %s: ", w->rule != NULL ? w->rule : "");
	if (w->want == BAD ? r == 0 || strstr(e.msg, rule) == NULL : r != 0)
		fail_msg("%s, %s: %s", type, w->props, r == 0 ? "accepted" : e.msg);
	if (w->want != BAD && (f.n != (w->want == TOLD) || strcmp(f.rule, w->want == TOLD ? w->rule : "") != 0))
		fail_msg("%s, %s: %zu warnings, the first of rule %s", type, w->props, f.n, f.rule);
	/* What was accepted before there were tables stays readable when lenient; some forms were never. */
	if (check(doc, STIX_LENIENT, &f, &e) != 0 && w->rule != NULL && strstr("reference kind bound versioning", w->rule) == NULL)
		fail_msg("%s, %s: refused when lenient: %s", type, w->props, e.msg);
	json_free(doc);
}

#define HASH "'hashes':{'MD5':'d41d8cd98f00b204e9800998ecf8427e'}"
#define REF(type) "'" type "--" UUID4 "'"
#define EXT(name, text) "'extensions':{'" name "':" text "}"

static const struct row artifact[] = {
	{GOOD, "'payload_bin':'AAEC','mime_type':'image/png'", NULL},
	{GOOD, "'url':'https://example.org/a?b=%20#c'," HASH ",'encryption_algorithm':'AES-256-GCM','decryption_key':'k'", NULL},
	{BAD, "'mime_type':'image/png'", "at-least-one"},
	{BAD, "'payload_bin':'AAEC','url':'https://example.org/'," HASH, "together"},
	{BAD, "'url':'https://example.org/'", "together"},
	{BAD, "'payload_bin':'AAEC','decryption_key':'k'", "together"},
	{BAD, "'payload_bin':'AAEC','encryption_algorithm':'rot13'", "enum"},
	{BAD, "'payload_bin':'A?=='", "suffix"},
	{BAD, "'payload_bin':1", "suffix"},
	{TOLD, "'url':'no address'," HASH, "form"},
	{GOOD, "'url':'hxxp://a[.]b c'," HASH ",'defanged':true", NULL},
	{TOLD, "'payload_bin':'','mime_type':'png'", "vocabulary"},
	{TOLD, "'payload_bin':'','size':1", "unknown"},
	{GOOD, "'payload_bin':'','x_size':1", NULL},
	{TOLD, "'payload_bin':'','created_by_ref':" REF("identity"), "common"},
	{BAD, "'payload_bin':'','created':'2026-01-01T00:00:00.000Z'", "versioning"},
};
static const struct row autonomous_system[] = {
	{GOOD, "'number':15139,'name':'x','rir':'ARIN'", NULL}, {BAD, "'name':'x'", "required"}, {BAD, "'number':'15139'", "kind"}, {BAD, "'number':1.5", "kind"},
};
static const struct row directory[] = {
	{GOOD, "'path':'/','path_enc':'utf-8','ctime':'2026-01-01T00:00:00Z','contains_refs':[" REF("file") "," REF("directory") "]", NULL},
	{BAD, "'ctime':'2026-01-01T00:00:00Z'", "required"}, {BAD, "'path':'/','mtime':'yesterday'", "timestamp"},
	{BAD, "'path':'/','contains_refs':[" REF("artifact") "]", "target"}, {BAD, "'path':'/','contains_refs':['file']", "reference"},
	{TOLD, "'path':'/','contains_refs':[]", "empty"}, {TOLD, "'path':'/','path_enc':'some page'", "form"},
};
static const struct row domain_name[] = {
	{GOOD, "'value':'example.com','resolves_to_refs':[" REF("ipv4-addr") "," REF("ipv6-addr") "," REF("domain-name") "]", NULL},
	{GOOD, "'value':'_dmarc.b\u00fccher.xn--p1ai.'", NULL}, {BAD, "'resolves_to_refs':[" REF("ipv4-addr") "]", "required"},
	{BAD, "'value':'a.b','resolves_to_refs':[" REF("url") "]", "target"},
	{TOLD, "'value':'example..com'", "form"}, {TOLD, "'value':''", "form"}, {TOLD, "'value':'.'", "form"}, {TOLD, "'value':'-a.b'", "form"}, {TOLD, "'value':'a-.b'", "form"},
	{TOLD, "'value':'a b'", "form"}, {TOLD, "'value':'a/b'", "form"},
	{TOLD, "'value':'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.de'", "form"},
};
static const struct row email_addr[] = {
	{GOOD, "'value':'jane.smith@example.com','display_name':'Jane','belongs_to_ref':" REF("user-account"), NULL}, {BAD, "'display_name':'Jane'", "required"},
	{TOLD, "'value':'Jane <jane@example.com>'", "form"}, {TOLD, "'value':'jane'", "form"}, {TOLD, "'value':'@a'", "form"},
	{BAD, "'value':'a@b','belongs_to_ref':" REF("identity"), "target"},
};
static const struct row email_message[] = {
	{GOOD, "'is_multipart':false,'body':'b','subject':'s','date':'2026-01-01T00:00:00Z','from_ref':" REF("email-addr") ",'to_refs':[" REF("email-addr") "],"
		"'received_lines':['a'],'additional_header_fields':{'X-Mailer':['m']},'raw_email_ref':" REF("artifact"), NULL},
	{GOOD, "'is_multipart':true,'subject':'s','body_multipart':[{'body':'b','content_type':'text/plain'},{'body_raw_ref':" REF("file") "}]", NULL},
	{BAD, "'subject':'s'", "required"}, {BAD, "'is_multipart':true,'body':'b'", "together"},
	{BAD, "'is_multipart':false,'subject':'s','body_multipart':[{'body':'b'}]", "together"},
	{BAD, "'is_multipart':true,'subject':'s','body_multipart':[{'content_type':'text/plain'}]", "at-least-one"},
	{BAD, "'is_multipart':false,'from_ref':" REF("user-account"), "target"},
	{BAD, "'is_multipart':false,'subject':'s','bcc_refs':[" REF("identity") "]", "target"},
	{BAD, "'is_multipart':true,'subject':'s','body_multipart':[{'body_raw_ref':" REF("url") "}]", "target"},
	{TOLD, "'is_multipart':false,'subject':'s','additional_header_fields':{'X-Mailer':'m'}", "form"},
	{TOLD, "'is_multipart':false,'subject':'s','additional_header_fields':{'X-Mailer':[1]}", "form"},
	{TOLD, "'is_multipart':false,'subject':'=?iso-8859-1?q?this=20is=20text?='", "form"},
	{GOOD, "'is_multipart':false,'subject':'what =? is this?='", NULL}, {GOOD, "'is_multipart':false,'subject':'=?'", NULL},
};
static const struct row file[] = {
	{GOOD, HASH ",'size':0,'magic_number_hex':'ffd8','mime_type':'image/jpeg','parent_directory_ref':" REF("directory") ",'content_ref':" REF("artifact") ","
		"'contains_refs':[" REF("x-thing") "," REF("url") "]", NULL},
	{GOOD, "'name':'a','name_enc':'windows-1252','atime':'2026-01-01T00:00:00Z'", NULL},
	{BAD, "'size':1", "at-least-one"}, {BAD, "'name':'a','size':-1", "bound"}, {BAD, "'name':'a','size':'1'", "kind"}, {BAD, "'name':'a','magic_number_hex':'FFD8'", "suffix"},
	{BAD, "'name':'a','parent_directory_ref':" REF("file"), "target"}, {TOLD, "'name':'a','name_enc':''", "form"},
	{BAD, "'name':'a','content_ref':" REF("file"), "target"},
	{BAD, "'hashes':{'MD5':'abc'}", "hash"}, {TOLD, "'hashes':{'x_own':'abc'}", "vocabulary"},
};
static const struct row ipv4_addr[] = {
	{GOOD, "'value':'198.51.100.3','resolves_to_refs':[" REF("mac-addr") "],'belongs_to_refs':[" REF("autonomous-system") "]", NULL}, {GOOD, "'value':'10.0.0.0/8'", NULL},
	{BAD, "'belongs_to_refs':[" REF("autonomous-system") "]", "required"}, {BAD, "'value':'1.2.3.4','resolves_to_refs':[" REF("domain-name") "]", "target"},
	{BAD, "'value':'1.2.3.4','belongs_to_refs':[" REF("mac-addr") "]", "target"},
	{TOLD, "'value':'1.2.3'", "form"}, {TOLD, "'value':'1.2.3.4/33'", "form"}, {TOLD, "'value':'1.2.3.256'", "form"}, {TOLD, "'value':'::1'", "form"},
	{TOLD, "'value':'1.2.3.4/'", "form"}, {TOLD, "'value':'1.2.3.4\\u0000'", "form"}, {GOOD, "'value':'1[.]2.3.4','defanged':true", NULL},
};
static const struct row ipv6_addr[] = {
	{GOOD, "'value':'2001:db8::/96'", NULL}, {GOOD, "'value':'2001:0db8:85a3:0000:0000:8a2e:0370:7334'", NULL}, {BAD, "'resolves_to_refs':[" REF("mac-addr") "]", "required"},
	{TOLD, "'value':'2001:db8::/129'", "form"}, {TOLD, "'value':'1.2.3.4'", "form"},
	{TOLD, "'value':'0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000'", "form"},
};
static const struct row mac_addr[] = {
	{GOOD, "'value':'d2:fb:49:24:37:18'", NULL}, {BAD, "", "required"}, {TOLD, "'value':'D2:FB:49:24:37:18'", "form"}, {TOLD, "'value':'d2-fb-49-24-37-18'", "form"},
	{TOLD, "'value':'d2:fb:49:24:37'", "form"},
};
static const struct row mutex[] = {{GOOD, "'name':''", NULL}, {BAD, "", "required"}, {BAD, "'name':1", "kind"}, {BAD, "'name':null", "required"}};
#define PORTS "'src_port':0,'dst_port':65535,"
#define TRAFFIC PORTS "'protocols':['ipv4','tcp','http'],'src_ref':" REF("ipv4-addr")
static const struct row network_traffic[] = {
	{GOOD, TRAFFIC ",'dst_ref':" REF("domain-name") ",'start':'2026-01-01T00:00:00Z','end':'2026-01-01T00:00:00.000Z','is_active':false,'src_byte_count':0,'dst_packets':1,"
		"'ipfix':{'octetDeltaCount':3,'x':'y'},'encapsulates_refs':[" REF("network-traffic") "],'src_payload_ref':" REF("artifact"), NULL},
	{GOOD, TRAFFIC ",'is_active':true", NULL}, {GOOD, TRAFFIC ",'end':'2026-01-01T00:00:00Z'", NULL},
	{BAD, PORTS "'src_ref':" REF("ipv4-addr"), "required"}, {BAD, PORTS "'protocols':['tcp']", "at-least-one"},
	{BAD, TRAFFIC ",'is_active':true,'end':'2026-01-01T00:00:00Z'", "together"},
	{BAD, TRAFFIC ",'start':'2026-01-01T00:00:01Z','end':'2026-01-01T00:00:00Z'", "span"},
	{BAD, "'src_port':65536,'protocols':['tcp'],'src_ref':" REF("ipv4-addr"), "bound"}, {BAD, "'dst_port':-1,'protocols':['tcp'],'src_ref':" REF("ipv4-addr"), "bound"},
	{BAD, TRAFFIC ",'src_packets':-1", "bound"}, {BAD, TRAFFIC ",'ipfix':{'a':[1]}", "kind"}, {BAD, TRAFFIC ",'dst_ref':" REF("url"), "target"},
	{BAD, TRAFFIC ",'encapsulated_by_ref':" REF("ipv4-addr"), "target"}, {BAD, TRAFFIC ",'dst_payload_ref':" REF("file"), "target"},
	{TOLD, "'src_port':1,'protocols':['udp'],'src_ref':" REF("ipv4-addr"), "advice"}, {TOLD, PORTS "'protocols':[],'src_ref':" REF("ipv4-addr"), "empty"},
};
static const struct row process[] = {
	{GOOD, "'pid':-1,'is_hidden':true,'cwd':'/','created_time':'2026-01-01T00:00:00Z','environment_variables':{'PATH':'/bin'},'image_ref':" REF("file") ","
		"'opened_connection_refs':[" REF("network-traffic") "],'creator_user_ref':" REF("user-account") ",'parent_ref':" REF("process") ",'child_refs':[" REF("process") "]", NULL},
	{GOOD, EXT("windows-service-ext", "{'service_name':'s'}"), NULL}, {BAD, "", "at-least-one"}, {BAD, "'defanged':true", "at-least-one"}, {BAD, "'x_a':1", "at-least-one"},
	{BAD, "'environment_variables':{'PATH':1}", "kind"}, {BAD, "'image_ref':" REF("artifact"), "target"}, {BAD, "'child_refs':[" REF("file") "]", "target"},
};
static const struct row software[] = {
	{GOOD, "'name':'Word','cpe':'cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*','swid':'t','version':'2002','vendor':'v','languages':['en','pt-BR']", NULL},
	{BAD, "'vendor':'v'", "required"}, {TOLD, "'name':'a','languages':['C#']", "form"}, {BAD, "'name':'a','languages':[1]", "kind"}, {TOLD, "'name':'a','cpe':'cpe:/a:microsoft:word'", "form"},
};
static const struct row url[] = {
	{GOOD, "'value':'https://[2001:db8::1]:80/a;b?c=d#e'", NULL}, {GOOD, "'value':'mailto:a@b'", NULL}, {BAD, "", "required"}, {TOLD, "'value':'example.com/index.html'", "form"},
	{TOLD, "'value':'https://example.com/a b'", "form"}, {TOLD, "'value':'https://example.com/%zz'", "form"}, {TOLD, "'value':'https://example.com/%4'", "form"},
	{TOLD, "'value':'1x:a'", "form"}, {TOLD, "'value':'http:'", "form"}, {GOOD, "'value':'hxxps://example[.]com/','defanged':true", NULL},
};
static const struct row user_account[] = {
	{GOOD, "'user_id':'1001','account_login':'j','account_type':'unix','credential':'c','is_privileged':true,'account_created':'2026-01-01T00:00:00Z'", NULL},
	{GOOD, EXT("unix-account-ext", "{'gid':-2,'groups':['wheel'],'home_dir':'/','shell':'sh'}"), NULL}, {BAD, "", "at-least-one"},
	{BAD, "'is_disabled':'yes'", "kind"}, {TOLD, "'account_type':'mastodon'", "vocabulary"}, {BAD, "'account_type':1", "kind"},
};
static const struct row registry_key[] = {
	{GOOD, "'key':'HKEY_LOCAL_MACHINE\\\\a','values':[{'name':'','data':'d','data_type':'REG_SZ'}],'creator_user_ref':" REF("user-account") ",'number_of_subkeys':1", NULL},
	{BAD, "", "at-least-one"}, {BAD, EXT("x-a-ext", "{'b':1}"), "at-least-one"}, {BAD, "'values':[{'data_type':'REG_NOTHING'}]", "enum"},
	{BAD, "'values':[{'x_a':1}]", "at-least-one"}, {TOLD, "'key':'HKLM\\\\System'", "form"}, {TOLD, "'key':'hkcu'", "form"}, {GOOD, "'key':'HKUX'", NULL},
	{BAD, "'creator_user_ref':" REF("identity"), "target"},
};
static const struct row certificate[] = {
	{GOOD, HASH ",'serial_number':'1','is_self_signed':true,'validity_not_before':'2026-01-01T00:00:00Z','subject_public_key_exponent':65537,"
		"'x509_v3_extensions':{'basic_constraints':'critical,CA:TRUE','private_key_usage_period_not_before':'2026-01-01T00:00:00Z'}", NULL},
	{BAD, "", "at-least-one"}, {BAD, "'serial_number':1", "kind"}, {BAD, "'issuer':'i','x509_v3_extensions':{'x_a':1}", "at-least-one"},
	{BAD, "'issuer':'i','x509_v3_extensions':{'private_key_usage_period_not_after':'never'}", "timestamp"}, {BAD, "'subject_public_key_exponent':'65537'", "kind"},
};

#define TYPE(name, rows) {name, rows, ARRAY_LEN(rows)}
static const struct type { const char *name; const struct row *rows; size_t n; } types[] = {
	TYPE("artifact", artifact), TYPE("autonomous-system", autonomous_system), TYPE("directory", directory), TYPE("domain-name", domain_name), TYPE("email-addr", email_addr),
	TYPE("email-message", email_message), TYPE("file", file), TYPE("ipv4-addr", ipv4_addr), TYPE("ipv6-addr", ipv6_addr), TYPE("mac-addr", mac_addr), TYPE("mutex", mutex),
	TYPE("network-traffic", network_traffic), TYPE("process", process), TYPE("software", software), TYPE("url", url), TYPE("user-account", user_account),
	TYPE("windows-registry-key", registry_key), TYPE("x509-certificate", certificate),
};

static void one_type(void **state)
{
	const struct type *t = *state;

	for (size_t i = 0; i < t->n; i++)
		expect(t->name, &t->rows[i], NULL);
}

#define F "'name':'a',"
#define N TRAFFIC ","
static void extensions(void **state)
{
	static const struct { const char *type; struct row row; } rows[] = {
		{"file", {GOOD, F EXT("archive-ext", "{'contains_refs':[" REF("file") "," REF("directory") "],'comment':'c'}"), NULL}},
		{"file", {BAD, F EXT("archive-ext", "{'comment':'c'}"), "required"}},
		{"file", {BAD, F EXT("archive-ext", "{'contains_refs':[" REF("url") "]}"), "target"}},
		{"file", {GOOD, F EXT("ntfs-ext", "{'sid':'1','alternate_data_streams':[{'name':'n'," HASH ",'size':1}]}"), NULL}},
		{"file", {BAD, F EXT("ntfs-ext", "{'alternate_data_streams':[{'size':1}]}"), "required"}},
		{"file", {BAD, F EXT("ntfs-ext", "{'x_a':1}"), "at-least-one"}},
		{"file", {BAD, F EXT("ntfs-ext", "{}"), "at-least-one"}},
		{"file", {BAD, F EXT("ntfs-ext", "{'alternate_data_streams':[{}]}"), "required"}},
		{"file", {BAD, F EXT("ntfs-ext", "[]"), "kind"}},
		{"file", {GOOD, F EXT("pdf-ext", "{'version':'1.7','is_optimized':true,'document_info_dict':{'Title':'t'},'pdfid0':'a','pdfid1':'b','x_own':1}"), NULL}},
		{"file", {BAD, F EXT("pdf-ext", "{'document_info_dict':{'Title':1}}"), "kind"}},
		{"file", {TOLD, F EXT("pdf-ext", "{'version':'1.7','pages':3}"), "unknown"}},
		{"file", {GOOD, F EXT("raster-image-ext", "{'image_height':1,'image_width':1,'bits_per_pixel':8,'exif_tags':{'Make':'m','XResolution':1}}"), NULL}},
		{"file", {BAD, F EXT("raster-image-ext", "{'exif_tags':{'Make':1.5}}"), "kind"}},
		{"file", {GOOD, F EXT("windows-pebinary-ext", "{'pe_type':'exe','machine_hex':'014c','time_date_stamp':'2026-01-01T00:00:00Z','optional_header':{'image_base':1,'magic_hex':'010b'},"
			"'sections':[{'name':'.text','entropy':7.5,'size':1}],'file_header_hashes':{'MD5':'d41d8cd98f00b204e9800998ecf8427e'}}"), NULL}},
		{"file", {BAD, F EXT("windows-pebinary-ext", "{'pe_type':'exe'}"), "at-least-one"}},
		{"file", {BAD, F EXT("windows-pebinary-ext", "{'imphash':'a','machine_hex':'014c'}"), "required"}},
		{"file", {BAD, F EXT("windows-pebinary-ext", "{'pe_type':'exe','optional_header':{'x_a':1}}"), "at-least-one"}},
		{"file", {BAD, F EXT("windows-pebinary-ext", "{'pe_type':'exe','sections':[{'entropy':1}]}"), "required"}},
		{"file", {BAD, F EXT("windows-pebinary-ext", "{'pe_type':'exe','optional_header':{'size_of_code':-1}}"), "bound"}},
		{"file", {TOLD, F EXT("windows-pebinary-ext", "{'pe_type':'com','imphash':'a'}"), "vocabulary"}},
		{"file", {TOLD, F EXT("windows-pebinary-ext", "{'pe_type':'exe','time_date_stamp':'2026-01-01T00:00:00.5Z'}"), "form"}},
		{"network-traffic", {GOOD, N EXT("http-request-ext", "{'request_method':'get','request_value':'/','request_version':'http/1.1','request_header':{'Host':['a']},"
			"'message_body_length':1,'message_body_data_ref':" REF("artifact") "}"), NULL}},
		{"network-traffic", {BAD, N EXT("http-request-ext", "{'request_method':'get'}"), "required"}},
		{"network-traffic", {TOLD, N EXT("http-request-ext", "{'request_method':'GET','request_value':'/'}"), "advice"}},
		{"network-traffic", {TOLD, N EXT("http-request-ext", "{'request_method':'get','request_value':'/','request_header':{'Host':'a'}}"), "form"}},
		{"network-traffic", {GOOD, PORTS "'src_ref':" REF("mac-addr") ",'protocols':['icmp6']," EXT("icmp-ext", "{'icmp_type_hex':'08','icmp_code_hex':'00'}"), NULL}},
		{"network-traffic", {TOLD, N EXT("icmp-ext", "{'icmp_type_hex':'08','icmp_code_hex':'00'}"), "advice"}},
		{"network-traffic", {BAD, N EXT("icmp-ext", "{'icmp_type_hex':'8','icmp_code_hex':'00'}"), "suffix"}},
		{"network-traffic", {GOOD, N EXT("socket-ext", "{'address_family':'AF_INET','socket_type':'SOCK_STREAM','options':{'SO_RCVTIMEO':5},'socket_descriptor':3,'socket_handle':-3}"), NULL}},
		{"network-traffic", {BAD, N EXT("socket-ext", "{'socket_type':'SOCK_STREAM'}"), "required"}},
		{"network-traffic", {BAD, N EXT("socket-ext", "{'address_family':'AF_MARS'}"), "enum"}},
		{"network-traffic", {BAD, N EXT("socket-ext", "{'address_family':'AF_INET','options':{'SO_A':'b'}}"), "kind"}},
		{"network-traffic", {BAD, N EXT("socket-ext", "{'address_family':'AF_INET','socket_descriptor':-1}"), "bound"}},
		{"network-traffic", {GOOD, N EXT("tcp-ext", "{'src_flags_hex':'00000002'}"), NULL}},
		{"network-traffic", {BAD, N EXT("tcp-ext", "{'x_a':'b'}"), "at-least-one"}},
		{"process", {GOOD, EXT("windows-process-ext", "{'aslr_enabled':true,'priority':'HIGH_PRIORITY_CLASS','startup_info':{'lpDesktop':'d','n':1},'integrity_level':'low',"
			"'window_title':'a','windows_title':'b'}"), NULL}},
		{"process", {BAD, EXT("windows-process-ext", "{'integrity_level':'highest'}"), "enum"}},
		{"process", {TOLD, EXT("windows-process-ext", "{'priority':'HIGH'}"), "advice"}},
		{"process", {GOOD, EXT("windows-service-ext", "{'start_type':'SERVICE_AUTO_START','service_type':'SERVICE_WIN32_OWN_PROCESS','service_status':'SERVICE_RUNNING',"
			"'descriptions':['d'],'service_dll_refs':[" REF("file") "]}"), NULL}},
		{"process", {BAD, EXT("windows-service-ext", "{'start_type':'AUTO'}"), "enum"}},
		{"process", {BAD, EXT("windows-service-ext", "{'service_dll_refs':[" REF("directory") "]}"), "target"}},
		{"user-account", {BAD, "'user_id':'1'," EXT("unix-account-ext", "{'gid':'1'}"), "kind"}},
		/* names: predefined ones on their type only; others as §11.3 or §7.3 says */
		{"network-traffic", {TOLD, N EXT("ntfs-ext", "{'sid':'1'}"), "extension"}},
		{"file", {GOOD, F EXT("x-example-com-foo-ext", "{'foo_val':'foo'}"), NULL}},
		{"file", {TOLD, F EXT("x-example-com-foo", "{'foo_val':'foo'}"), "extension"}},
		{"file", {GOOD, F EXT("extension-definition--" UUID4, "{'extension_type':'property-extension','rank':5}"), NULL}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(rows[i].type, &rows[i].row, NULL);
}

/* S3: the identifier's form and its version. */
static void s3(void **state)
{
	static const struct { const char *type, *props, *id; enum verdict want; const char *rule; } rows[] = {
		{"ipv4-addr", "'value':'198.51.100.3'", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", GOOD, NULL},
		{"ipv4-addr", "'value':'198.51.100.3'", "ipv4-addr--" UUID4, TOLD, "uuid-version"},
		{"ipv4-addr", "'value':'198.51.100.3'", "ipv4-addr--28bb3599-77cd-1a82-a950-b5bc3caf07c4", TOLD, "uuid-version"},
		{"ipv4-addr", "'value':'198.51.100.3'", "ipv6-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", BAD, "id"},
		{"ipv4-addr", "'value':'198.51.100.3'", "ipv4-addr--28bb3599-77cd-5a82-c950-b5bc3caf07c4", BAD, "id"},
		{"ipv4-addr", "'value':'198.51.100.3'", "ipv4-addr--28BB3599-77cd-5a82-a950-b5bc3caf07c4", BAD, "id"},
		{"identity", "'name':'a','spec_version':'2.1','created':'2026-01-01T00:00:00.000Z','modified':'2026-01-01T00:00:00.000Z'", "identity--" UUID4, GOOD, NULL},
		{"identity", "'name':'a','spec_version':'2.1','created':'2026-01-01T00:00:00.000Z','modified':'2026-01-01T00:00:00.000Z'",
			"identity--28bb3599-77cd-5a82-a950-b5bc3caf07c4", TOLD, "uuid-version"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_doc *doc = make(rows[i].type, rows[i].props, rows[i].id);
		struct err e = {.code = 0};
		struct found f;
		const int r = check(doc, STIX_DEFAULT, &f, &e);

		if ((r != 0) != (rows[i].want == BAD) || (r == 0 && f.n != (rows[i].want == TOLD)))
			fail_msg("%s: %s%s", rows[i].id, e.msg, f.rule);
		if (rows[i].rule != NULL && strcmp(f.rule, rows[i].rule) != 0 && strstr(e.msg, rows[i].rule) == NULL)
			fail_msg("%s: other words: %s%s", rows[i].id, f.rule, e.msg);
		json_free(doc);
	}
}

static struct json_doc *golden(void)
{
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BYTES);
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};

	if (fs_read_file(&fs, GOLDEN_DIR "/stix/sco_ids.json", LIMIT_JSON_BYTES, &b, &e) != 0 || json_read(b.p, b.n, NULL, &doc, &e) != 0)
		fail_msg("%s", e.msg);
	return doc;
}

/* S4: ids another implementation computed are the ones we compute; a v4 there means that nothing contributes. */
static void s4(void **state)
{
	struct json_doc *doc = golden();
	const struct json_val *key, *obj;
	char id[LIMIT_STIX_ID + 1];
	struct json_iter it;
	size_t made = 0, none = 0;

	(void)state;
	json_iter(&it, json_root(doc));
	while (json_next(&it, &key, &obj)) {
		const char *want = json_get_str(obj, "id");
		struct found f = {.n = 0};
		struct stix_object o;
		struct err e = {.code = 0};

		if (stix_sco_id(obj, id)) {
			assert_string_equal(id, want);
			made++;
		} else {
			assert_int_equal(want[strlen(want) - 22], '4');
			none++;
		}
		if (stix_check(obj, &(struct stix_how){.strict = STIX_DEFAULT, .warn = warn, .ctx = &f}, &o, &e) != 0)
			fail_msg("%s", e.msg);
		if (f.n != 0 && strcmp(f.rule, "advice") != 0 && strcmp(f.rule, "vocabulary") != 0)
			fail_msg("%s: %s", want, f.rule);
	}
	assert_int_equal(made, 48);
	assert_int_equal(none, 5);
	json_free(doc);
}

static void s4_mismatch(void **state)
{
	static const struct { const char *type, *props, *id, *rule; bool strict; } rows[] = {
		{"ipv4-addr", "'value':'198.51.100.4'", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "sco-id", true},
		{"process", "'pid':1", "process--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "sco-uuid", false},
		{"user-account", "'display_name':'n'", "user-account--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "sco-uuid", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_doc *doc = make(rows[i].type, rows[i].props, rows[i].id);
		struct err e = {.code = 0};
		struct found f;

		assert_int_equal(check(doc, STIX_DEFAULT, &f, &e), 0);
		assert_int_equal(f.n, 1);
		assert_string_equal(f.rule, rows[i].rule);
		assert_int_equal(check(doc, STIX_STRICT, &f, &e) == 0, rows[i].strict);
		json_free(doc);
	}
}

/* No type of the standard, no type at all, no object: no id. */
static void s4_none(void **state)
{
	static const char *const texts[] = {"{\"type\":\"x-thing\",\"value\":\"a\"}", "{\"value\":\"a\"}", "{\"type\":1}", "{\"type\":\"indicator\",\"name\":\"a\"}", "[]", "1",
		"{\"type\":\"file\",\"hashes\":{}}", "{\"type\":\"file\",\"hashes\":\"abc\"}",
		"{\"type\":\"file\",\"hashes\":[\"a\",\"b\"]}", "{\"type\":\"file\",\"name\":null}"};
	char id[LIMIT_STIX_ID + 1] = "untouched";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct json_doc *doc = read_text(texts[i]);

		if (stix_sco_id(json_root(doc), id))
			fail_msg("%s: %s", texts[i], id);
		json_free(doc);
	}
}

/* Checking allocates nothing unless one nested value is longer than our room; then it needs memory, and does without the rule. */
static void s4_memory(void **state)
{
	struct json_doc *doc = golden();
	const struct json_val *key, *obj;
	char id[LIMIT_STIX_ID + 1];
	struct json_iter it;
	size_t made = 0;

	(void)state;
	json_iter(&it, json_root(doc));
	while (json_next(&it, &key, &obj)) {
		struct found f = {.n = 0};
		struct stix_object o;

		mem_fail_after(1);
		made += stix_sco_id(obj, id);
		assert_int_equal(stix_check(obj, &(struct stix_how){.strict = STIX_DEFAULT, .warn = warn, .ctx = &f}, &o, NULL), 0);
		mem_fail_after(0);
		assert_string_not_equal(f.rule, "sco-id");
	}
	assert_int_equal(made, 47); /* all but the key with 80 values */
	json_free(doc);
}

/* S12: what the ends of names promise, and `defanged`. */
static void s12(void **state)
{
	static const struct { const char *type; struct row row; } rows[] = {
		{"file", {BAD, "'name':'a','x_ref':1,'other_ref':'file'", "reference"}},
		{"file", {TOLD, "'name':'a','other_hex':'00'", "unknown"}},
		{"file", {BAD, "'name':'a','other_hex':'0'", "suffix"}},
		{"file", {BAD, "'name':'a','other_bin':'?'", "suffix"}},
		{"file", {TOLD, "'name':'a','x_own_hex':'0'", "custom"}},
		{"file", {BAD, "'name':'a'," EXT("windows-pebinary-ext", "{'pe_type':'exe','machine_hex':'0'}"), "suffix"}},
		{"file", {BAD, "'name':'a'," EXT("x-a-ext", "{'b_ref':'c'}"), "reference"}},
		{"file", {GOOD, "'name':'a','defanged':true", NULL}},
		{"file", {BAD, "'name':'a','defanged':'true'", "kind"}},
		{"file", {TOLD, "'name':'a','confidence':5", "common"}},
		{"file", {BAD, "'name':'a','confidence':101", "bound"}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(rows[i].type, &rows[i].row, NULL);
	expect("identity", &(struct row){TOLD, "'name':'a','spec_version':'2.1','created':'2026-01-01T00:00:00.000Z','modified':'2026-01-01T00:00:00.000Z','defanged':true", "common"},
	    "identity--" UUID4B);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(extensions), cmocka_unit_test(s3), cmocka_unit_test(s4), cmocka_unit_test(s4_mismatch), cmocka_unit_test(s4_none), cmocka_unit_test(s4_memory),
		cmocka_unit_test(s12),
	};
	struct CMUnitTest tests[ARRAY_LEN(types) + ARRAY_LEN(others)];

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		tests[i] = (struct CMUnitTest){.name = types[i].name, .test_func = one_type, .initial_state = (void *)(uintptr_t)&types[i]};
	memcpy(tests + ARRAY_LEN(types), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
