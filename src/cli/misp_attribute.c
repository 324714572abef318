/*
 * One attribute of a MISP event. Rows say what a type is in STIX; what no row fits, or what the rules of STIX refuse
 * (real values are often not what their type says), is kept raw.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/enc.h"
#include "base/mem.h"
#include "cli/misp_priv.h"
#include "crypto/crypto.h"

enum kind { OBSERVABLE, RULE, NAMED, VULNERABILITY, NOTE, LINK };

/*
 * In templates, n is the part of the value, from 1 (parts stand between '|'): $n the part as a text, #n as a number,
 * @n "ipv4-addr" or "ipv6-addr", ~n "ipv4" or "ipv6", %1 the id of the first cyber-observable; ' is " in `sco`.
 */
struct row {
	const char *type;
	enum kind kind;
	unsigned parts;
	bool last;               /* the last '|' parts the value: the first part may hold some */
	const char *pattern;     /* OBSERVABLE; RULE: its pattern_type; NAMED: the object's type */
	const char *sco[2];      /* NULL: nothing can be observed so */
	bool custom;             /* the pattern names a property of ours */
};

#define IP(type) {type, OBSERVABLE, 1, false, "[@1:value = $1]", {"'type':'@1','value':$1"}, false}
#define IP_PORT(type, end) {type, OBSERVABLE, 2, true, \
	"[network-traffic:" end "_ref.type = '@1' AND network-traffic:" end "_ref.value = $1 AND network-traffic:" end "_port = #2]", \
	{"'type':'@1','value':$1", "'type':'network-traffic','" end "_ref':%1,'" end "_port':#2,'protocols':['~1']"}, false}
#define FILE_HASH(type, name) {type, OBSERVABLE, 1, false, "[file:hashes.'" name "' = $1]", {"'type':'file','hashes':{'" name "':$1}"}, false}
#define NAME_HASH(type, name) {type, OBSERVABLE, 2, true, "[file:name = $1 AND file:hashes.'" name "' = $2]", \
	{"'type':'file','name':$1,'hashes':{'" name "':$2}"}, false}
#define CERT(type, name) {type, OBSERVABLE, 1, false, "[x509-certificate:hashes.'" name "' = $1]", {"'type':'x509-certificate','hashes':{'" name "':$1}"}, false}
#define VALUE(type, sco, prop) {type, OBSERVABLE, 1, false, "[" sco ":" prop " = $1]", {"'type':'" sco "','" prop "':$1"}, false}
#define OURS(type, prop) {type, OBSERVABLE, 1, false, "[network-traffic:x_misp_" prop " = $1]", {NULL}, true}

static const struct row rows[] = {
	{"AS", OBSERVABLE, 1, false, "[autonomous-system:number = #1]", {"'type':'autonomous-system','number':#1"}, false},
	VALUE("attachment", "file", "name"),
	FILE_HASH("authentihash", "AUTHENTIHASH"),
	{"campaign-name", NAMED, 1, false, "campaign", {NULL}, false},
	{"comment", NOTE, 1, false, NULL, {NULL}, false},
	VALUE("domain", "domain-name", "value"),
	{"domain|ip", OBSERVABLE, 2, true, "[domain-name:value = $1 AND domain-name:resolves_to_refs[*].value = $2]",
		{"'type':'@2','value':$2", "'type':'domain-name','value':$1,'resolves_to_refs':[%1]"}, false},
	VALUE("email", "email-addr", "value"),
	{"email-body", OBSERVABLE, 1, false, "[email-message:body = $1]", {"'type':'email-message','is_multipart':false,'body':$1"}, false},
	{"email-dst", OBSERVABLE, 1, false, "[email-message:to_refs[*].value = $1]", {"'type':'email-addr','value':$1"}, false},
	{"email-message-id", OBSERVABLE, 1, false, "[email-message:message_id = $1]", {"'type':'email-message','is_multipart':false,'message_id':$1"}, false},
	{"email-src", OBSERVABLE, 1, false, "[email-message:from_ref.value = $1]", {"'type':'email-addr','value':$1"}, false},
	{"email-subject", OBSERVABLE, 1, false, "[email-message:subject = $1]", {"'type':'email-message','is_multipart':false,'subject':$1"}, false},
	{"email-x-mailer", OBSERVABLE, 1, false, "[email-message:additional_header_fields.'X-Mailer' = $1]",
		{"'type':'email-message','is_multipart':false,'additional_header_fields':{'X-Mailer':[$1]}"}, false},
	VALUE("filename", "file", "name"),
	NAME_HASH("filename|authentihash", "AUTHENTIHASH"),
	NAME_HASH("filename|impfuzzy", "IMPFUZZY"),
	NAME_HASH("filename|imphash", "IMPHASH"),
	NAME_HASH("filename|md5", "MD5"),
	NAME_HASH("filename|pehash", "PEHASH"),
	NAME_HASH("filename|sha1", "SHA-1"),
	NAME_HASH("filename|sha224", "SHA-224"),
	NAME_HASH("filename|sha256", "SHA-256"),
	NAME_HASH("filename|sha3-256", "SHA3-256"),
	NAME_HASH("filename|sha3-512", "SHA3-512"),
	NAME_HASH("filename|sha384", "SHA-384"),
	NAME_HASH("filename|sha512", "SHA-512"),
	NAME_HASH("filename|ssdeep", "SSDEEP"),
	NAME_HASH("filename|tlsh", "TLSH"),
	NAME_HASH("filename|vhash", "VHASH"),
	{"github-username", OBSERVABLE, 1, false, "[user-account:account_type = 'github' AND user-account:account_login = $1]",
		{"'type':'user-account','account_type':'github','account_login':$1"}, false},
	OURS("hassh-md5", "hassh_md5"),
	OURS("hasshserver-md5", "hasshserver_md5"),
	VALUE("hostname", "domain-name", "value"),
	{"hostname|port", OBSERVABLE, 2, true, "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = $1 AND network-traffic:dst_port = #2]",
		{"'type':'domain-name','value':$1", "'type':'network-traffic','dst_ref':%1,'dst_port':#2,'protocols':['tcp']"}, false},
	{"http-method", OBSERVABLE, 1, false, "[network-traffic:extensions.'http-request-ext'.request_method = $1]", {NULL}, false},
	FILE_HASH("impfuzzy", "IMPFUZZY"),
	FILE_HASH("imphash", "IMPHASH"),
	IP("ip-dst"),
	IP_PORT("ip-dst|port", "dst"),
	IP("ip-src"),
	IP_PORT("ip-src|port", "src"),
	OURS("ja3-fingerprint-md5", "ja3_fingerprint_md5"),
	OURS("jarm-fingerprint", "jarm_fingerprint"),
	{"link", LINK, 1, false, NULL, {NULL}, false},
	VALUE("mac-address", "mac-addr", "value"),
	NAME_HASH("malware-sample", "MD5"),
	FILE_HASH("md5", "MD5"),
	{"mime-type", OBSERVABLE, 1, false, "[file:mime_type = $1]", {NULL}, false},
	VALUE("mutex", "mutex", "name"),
	FILE_HASH("pehash", "PEHASH"),
	{"port", OBSERVABLE, 1, false, "[network-traffic:dst_port = #1]", {NULL}, false},
	VALUE("regkey", "windows-registry-key", "key"),
	{"regkey|value", OBSERVABLE, 2, false, "[windows-registry-key:key = $1 AND windows-registry-key:values[*].data = $2]",
		{"'type':'windows-registry-key','key':$1,'values':[{'data':$2}]"}, false},
	FILE_HASH("sha1", "SHA-1"),
	FILE_HASH("sha224", "SHA-224"),
	FILE_HASH("sha256", "SHA-256"),
	FILE_HASH("sha3-224", "SHA3-224"),
	FILE_HASH("sha3-256", "SHA3-256"),
	FILE_HASH("sha3-384", "SHA3-384"),
	FILE_HASH("sha3-512", "SHA3-512"),
	FILE_HASH("sha384", "SHA-384"),
	FILE_HASH("sha512", "SHA-512"),
	{"sigma", RULE, 1, false, "sigma", {NULL}, false},
	{"size-in-bytes", OBSERVABLE, 1, false, "[file:size = #1]", {NULL}, false},
	{"snort", RULE, 1, false, "snort", {NULL}, false},
	FILE_HASH("ssdeep", "SSDEEP"),
	{"stix2-pattern", RULE, 1, false, "stix", {NULL}, false},
	{"suricata", RULE, 1, false, "suricata", {NULL}, false},
	FILE_HASH("telfhash", "TELFHASH"),
	{"text", NOTE, 1, false, NULL, {NULL}, false},
	{"threat-actor", NAMED, 1, false, "threat-actor", {NULL}, false},
	FILE_HASH("tlsh", "TLSH"),
	VALUE("uri", "url", "value"),
	VALUE("url", "url", "value"),
	{"user-agent", OBSERVABLE, 1, false, "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = $1]", {NULL}, false},
	FILE_HASH("vhash", "VHASH"),
	{"vulnerability", VULNERABILITY, 1, false, NULL, {NULL}, false},
	CERT("x509-fingerprint-md5", "MD5"),
	CERT("x509-fingerprint-sha1", "SHA-1"),
	CERT("x509-fingerprint-sha256", "SHA-256"),
	{"yara", RULE, 1, false, "yara", {NULL}, false},
};

static const struct row *row_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].type, type) == 0)
			return &rows[i];
	return NULL;
}

/* What has a place in every form; the rest becomes x_misp_…. The numbers are local to the sender's database. */
static const char *const known[] = {"id", "event_id", "object_id", "uuid", "type", "category", "value", "to_ids", "comment", "timestamp", "first_seen", "last_seen",
	"Tag", "Galaxy", "sharing_group_id", "deleted", NULL};

struct part { const char *p; size_t n; };
struct attribute {
	const struct json_val *v;
	const struct row *row;
	const char *type, *value;
	struct part part[2];
	char sco_id[2][LIMIT_STIX_ID + 1];
	unsigned extra;          /* x_misp_… properties written */
};

/* ---- the value's parts, and templates ---- */

static bool cut(struct attribute *a)
{
	const size_t n = strlen(a->value);
	const char *bar = a->row->parts < 2 ? NULL : a->row->last ? strrchr(a->value, '|') : strchr(a->value, '|');

	a->part[0] = (struct part){a->value, n};
	if (a->row->parts < 2)
		return n > 0;
	if (bar == NULL)
		return false;
	a->part[0].n = (size_t)(bar - a->value);
	a->part[1] = (struct part){bar + 1, n - a->part[0].n - 1};
	return a->part[0].n > 0 && a->part[1].n > 0;
}

/* §9.4: a text in a pattern */
static void put_pattern_text(struct buf *b, struct part p)
{
	buf_putc(b, '\'');
	for (size_t i = 0; i < p.n; i++) {
		if (p.p[i] == '\'' || p.p[i] == '\\')
			buf_putc(b, '\\');
		buf_putc(b, p.p[i]);
	}
	buf_putc(b, '\'');
}

static bool put_number(struct buf *b, struct part p)
{
	uint64_t n;

	if (p.n > 2 && (p.p[0] == 'A' || p.p[0] == 'a') && (p.p[1] == 'S' || p.p[1] == 's'))
		p = (struct part){p.p + 2, p.n - 2};
	if (!dec_parse(p.p, p.n, UINT32_MAX, &n))
		return false;
	buf_printf(b, "%" PRIu64, n);
	return true;
}

/* false: the value does not fit */
static bool expand(const struct attribute *a, const char *t, bool json, struct buf *b)
{
	for (; *t != '\0'; t++) {
		const bool place = strchr("$#@~%", *t) != NULL && (t[1] == '1' || t[1] == '2');
		const struct part p = place ? a->part[t[1] - '1'] : (struct part){"", 0};
		const char *ip = memchr(p.p, ':', p.n) != NULL ? "ipv6" : "ipv4";

		if (!place)
			buf_putc(b, json && *t == '\'' ? '"' : *t);
		else if (*t == '$' && json)
			json_put_str(b, p.p, p.n);
		else if (*t == '$')
			put_pattern_text(b, p);
		else if (*t == '#' && !put_number(b, p))
			return false;
		else if (*t == '@' || *t == '~')
			buf_printf(b, "%s%s", ip, *t == '@' ? "-addr" : "");
		else if (*t == '%')
			buf_printf(b, "\"%s\"", a->sco_id[0]);
		t += place;
	}
	return true;
}

/* ---- common to all forms ---- */

static void put_labels(struct misp_out *o, const struct attribute *a)
{
	const bool ids = misp_flag(a->v, "to_ids");
	const char *const pairs[] = {"type", a->type, "category", json_get_str(a->v, "category"), "to_ids", ids ? "True" : "False", NULL};

	misp_labels(o, a->v, pairs);
}

/* first_seen and last_seen are RFC 3339 with an offset; only UTC is taken over. */
static bool seen(const struct attribute *a, const char *key, int64_t *ret)
{
	const char *s = json_get_str(a->v, key);
	const size_t n = s != NULL ? strlen(s) : 0;
	char text[40];

	if (n < 20 || n >= sizeof(text))
		return false;
	memcpy(text, s, n + 1);
	if (n > 6 && strcmp(text + n - 6, "+00:00") == 0)
		memcpy(text + n - 6, "Z", 2);
	return time_parse(text, strlen(text), ret);
}

static void put_tail(struct misp_out *o, struct attribute *a)
{
	static const struct { const char *name, *kept; } times[] = {{"first_seen", "x_misp_first_seen"}, {"last_seen", "x_misp_last_seen"}};
	int64_t ns;

	if (misp_flag(a->v, "deleted"))
		buf_puts(&o->b, ",\"revoked\":true");
	put_labels(o, a);
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (json_get_str(a->v, times[i].name) != NULL && !seen(a, times[i].name, &ns)) {
			misp_text(o, times[i].kept, json_get_str(a->v, times[i].name));
			a->extra++;
		}
	a->extra += misp_rest(o, a->v, known);
}

static int finish(struct misp_work *w, struct misp_out *o, struct attribute *a, bool check, struct err *e)
{
	int rc;

	put_tail(o, a);
	rc = misp_end(w, o, check, e);
	return rc != 0 ? rc : misp_ref(w, o->id, e);
}

/* ---- forms ---- */

static int put_indicator(struct misp_work *w, struct attribute *a, struct misp_out *o, struct err *e)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(0);
	const bool rule = a->row->kind == RULE;
	char id[LIMIT_STIX_ID + 1];
	int64_t from, until;

	if (!rule && (!expand(a, a->row->pattern, false, &pattern) || pattern.err != 0))
		return pattern.err != 0 ? pattern.err : E_FORMAT;
	misp_id(a->v, "indicator", id);
	misp_begin(w, o, "indicator", id, a->v, true);
	if (!rule)
		misp_text(o, "name", a->value);
	misp_text(o, "description", json_get_str(a->v, "comment"));
	misp_text(o, "pattern_type", rule ? a->row->pattern : "stix");
	misp_text(o, "pattern", rule ? a->value : pattern.p);
	if (!seen(a, "first_seen", &from))
		from = misp_stamp(w, a->v);
	misp_time(o, "valid_from", from);
	if (seen(a, "last_seen", &until) && until > from)
		misp_time(o, "valid_until", until);
	return finish(w, o, a, true, e);
}

/*
 * Its id is made from its content with its marking, in the form of version 4: the same value may be known under
 * different markings, and then two objects must not share an id.
 */
static int put_sco(struct misp_work *w, struct attribute *a, size_t i, struct misp_out *o, struct err *e)
{
	CLEANUP_BUF struct buf content = BUF_INIT(0);
	char type[LIMIT_STIX_TYPE + 1] = "", placeholder[] = "00000000-0000-4000-8000-000000000000";
	uint8_t sum[SHA256_LEN], u[16];
	const char *name, *end;

	if (!expand(a, a->row->sco[i], true, &content) || content.err != 0)
		return content.err != 0 ? content.err : E_FORMAT;
	name = content.p + strlen("\"type\":\"");
	end = strchr(name, '"');
	memcpy(type, name, (size_t)(end - name));
	misp_begin(w, o, type, placeholder, a->v, false);
	buf_putc(&o->b, ',');
	buf_put(&o->b, end + 2, content.n - (size_t)(end + 2 - content.p));
	if (o->b.err != 0)
		return o->b.err;
	sha256(o->b.p, o->b.n, sum);
	uuid_v4(sum, u);
	uuid_format(u, placeholder);
	(void)snprintf(a->sco_id[i], sizeof(a->sco_id[i]), "%.200s--%s", type, placeholder);
	misp_begin(w, o, type, a->sco_id[i], a->v, false);
	buf_putc(&o->b, ',');
	buf_put(&o->b, end + 2, content.n - (size_t)(end + 2 - content.p));
	return misp_end(w, o, true, e);
}

static int put_observed(struct misp_work *w, struct attribute *a, struct misp_out *o, struct err *e)
{
	char id[LIMIT_STIX_ID + 1];
	int64_t first, last;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2 && a->row->sco[i] != NULL; i++)
		rc = put_sco(w, a, i, o, e);
	if (rc != 0)
		return rc;
	if (!seen(a, "first_seen", &first))
		first = misp_stamp(w, a->v);
	if (!seen(a, "last_seen", &last) || last < first)
		last = first;
	misp_id(a->v, "observed-data", id);
	misp_begin(w, o, "observed-data", id, a->v, true);
	misp_time(o, "first_observed", first);
	misp_time(o, "last_observed", last);
	buf_printf(&o->b, ",\"number_observed\":1,\"object_refs\":[\"%s\"", a->sco_id[0]);
	if (a->sco_id[1][0] != '\0')
		buf_printf(&o->b, ",\"%s\"", a->sco_id[1]);
	buf_putc(&o->b, ']');
	a->extra += json_get_str(a->v, "comment") != NULL && json_get_str(a->v, "comment")[0] != '\0';
	misp_text(o, "x_misp_comment", json_get_str(a->v, "comment"));
	for (size_t i = 0; rc == 0 && i < 2 && a->sco_id[i][0] != '\0'; i++)
		rc = misp_ref(w, a->sco_id[i], e);
	return rc != 0 ? rc : finish(w, o, a, true, e);
}

static int put_named(struct misp_work *w, struct attribute *a, struct misp_out *o, struct err *e)
{
	const bool cve = a->row->kind == VULNERABILITY;
	const char *type = cve ? "vulnerability" : a->row->pattern;
	char id[LIMIT_STIX_ID + 1];

	misp_id(a->v, type, id);
	misp_begin(w, o, type, id, a->v, true);
	misp_text(o, "name", a->value);
	misp_text(o, "description", json_get_str(a->v, "comment"));
	if (cve && strncmp(a->value, "CVE-", 4) == 0) {
		buf_puts(&o->b, ",\"external_references\":[{\"source_name\":\"cve\",\"external_id\":");
		json_put_str(&o->b, a->value, strlen(a->value));
		buf_puts(&o->b, "}]");
	}
	return finish(w, o, a, true, e);
}

static int put_note(struct misp_work *w, struct attribute *a, struct misp_out *o, struct err *e)
{
	char id[LIMIT_STIX_ID + 1];

	misp_id(a->v, "note", id);
	misp_begin(w, o, "note", id, a->v, true);
	misp_text(o, "abstract", json_get_str(a->v, "comment"));
	misp_text(o, "content", a->value);
	buf_printf(&o->b, ",\"object_refs\":[\"%s\"]", w->id);
	return finish(w, o, a, true, e);
}

/* A link without anything the reference could not hold becomes one of the report. */
static int put_link(struct misp_work *w, const struct attribute *a, struct err *e)
{
	const char *comment = json_get_str(a->v, "comment");
	struct misp_out probe = MISP_OUT;
	const unsigned rest = misp_rest(&probe, a->v, known);
	const bool web = strncmp(a->value, "http://", 7) == 0 || strncmp(a->value, "https://", 8) == 0;

	buf_free(&probe.b);
	if (!web || rest > 0 || strpbrk(a->value, " \t\r\n<>\"") != NULL || misp_flag(a->v, "deleted") || json_len(json_get(a->v, "Tag")) > 0)
		return E_FORMAT;
	buf_printf(&w->links, "%s{\"source_name\":\"misp-link\",\"external_id\":", w->links.n > 0 ? "," : "");
	json_put_str(&w->links, json_get_str(a->v, "uuid"), strlen(json_get_str(a->v, "uuid")));
	buf_puts(&w->links, ",\"url\":");
	json_put_str(&w->links, a->value, strlen(a->value));
	if (comment != NULL && comment[0] != '\0') {
		buf_puts(&w->links, ",\"description\":");
		json_put_str(&w->links, comment, strlen(comment));
	}
	buf_putc(&w->links, '}');
	return buf_err(&w->links, e, "MISP event");
}

static int put_raw(struct misp_work *w, struct attribute *a, struct misp_out *o, struct err *e)
{
	char id[LIMIT_STIX_ID + 1];
	size_t n = 0;
	const char *value = json_str(json_get(a->v, "value"), &n);

	misp_id(a->v, "x-misp-attribute", id);
	misp_begin(w, o, "x-misp-attribute", id, a->v, true);
	misp_text(o, "x_misp_type", a->type);
	misp_text(o, "x_misp_category", json_get_str(a->v, "category"));
	if (value != NULL)
		misp_str(o, "x_misp_value", value, n);
	misp_text(o, "x_misp_comment", json_get_str(a->v, "comment"));
	return finish(w, o, a, false, e);
}

static int put_form(struct misp_work *w, struct attribute *a, struct misp_out *o, struct err *e)
{
	switch (a->row->kind) {
	case OBSERVABLE:
		if (misp_flag(a->v, "to_ids"))
			return put_indicator(w, a, o, e);
		return a->row->sco[0] != NULL ? put_observed(w, a, o, e) : E_FORMAT;
	case RULE: return put_indicator(w, a, o, e);
	case NAMED: case VULNERABILITY: return put_named(w, a, o, e);
	case NOTE: return put_note(w, a, o, e);
	case LINK: return put_link(w, a, e);
	}
	return E_FORMAT;
}

int misp_attribute(struct misp_work *w, const struct json_val *v, char ret_id[LIMIT_STIX_ID + 1], struct err *e)
{
	struct attribute a = {.v = v, .type = json_get_str(v, "type"), .value = json_get_str(v, "value")};
	struct misp_out o = MISP_OUT;
	enum misp_fate fate = MISP_RAW;
	int rc = E_FORMAT;

	ret_id[0] = '\0';
	if (a.type == NULL || json_get_str(v, "uuid") == NULL || json_type(json_get(v, "value")) != JSON_STRING)
		return fail(e, E_FORMAT, "MISP event: an attribute without uuid, type or value");
	a.row = a.value != NULL && !(w->object_attribute && strcmp(a.type, "link") == 0) ? row_of(a.type) : NULL;
	if (a.row != NULL && cut(&a)) {
		rc = put_form(w, &a, &o, e);
		fate = a.extra > 0 || a.row->custom ? MISP_PARTLY : MISP_MAPPED;
	}
	if (rc != 0 && rc != E_NOMEM && !w->stopped) { /* E_DENIED too: the raw form bears the same labels and is refused with its reason */
		fate = MISP_RAW;
		rc = put_raw(w, &a, &o, e);
	}
	(void)snprintf(ret_id, LIMIT_STIX_ID + 1, "%s", o.id);
	buf_free(&o.b);
	return rc != 0 ? rc : misp_tally(w->m, a.type, fate, e);
}
