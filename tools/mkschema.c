/*
 * tools/mkschema.c - prints the published JSON Schemas (draft 2020-12) of our types from the tables the checker uses.
 * mkschema DIR writes common.json and one file per type; mkschema --check DIR fails if a file there differs.
 * What JSON Schema cannot say (order of times, numbers used twice, dates that do not exist) only the checker says.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "crypto/crypto.h"
#include "stix/stix.h"

#define DRAFT "https://json-schema.org/draft/2020-12/schema"
#define UUID "--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

static void put_text(struct buf *b, const char *s) { json_put_str(b, s, strlen(s)); }

static void member_text(struct buf *b, bool *first, const char *key, const char *s)
{
	json_put_member(b, first, key);
	put_text(b, s);
}

static void member_num(struct buf *b, bool *first, const char *key, double v)
{
	json_put_member(b, first, key);
	json_put_num(b, v);
}

static void member_true(struct buf *b, bool *first, const char *key, bool v)
{
	json_put_member(b, first, key);
	buf_puts(b, v ? "true" : "false");
}

static void put_words(struct buf *b, const char *const *words)
{
	buf_putc(b, '[');
	for (size_t i = 0; words[i] != NULL; i++) {
		buf_puts(b, i > 0 ? "," : "");
		put_text(b, words[i]);
	}
	buf_putc(b, ']');
}

static void put_row(struct buf *b, const struct stix_prop *p, const char *doc);

static void put_required(struct buf *b, bool *first, const struct stix_prop *t)
{
	bool none = true;

	for (const struct stix_prop *p = t; p->name != NULL; p++)
		none = none && !p->required;
	if (none)
		return;
	json_put_member(b, first, "required");
	buf_putc(b, '[');
	for (bool one = true; t->name != NULL; t++)
		if (t->required) {
			buf_puts(b, one ? "" : ",");
			put_text(b, t->name);
			one = false;
		}
	buf_putc(b, ']');
}

static void put_properties(struct buf *b, bool *first, const struct stix_prop *t)
{
	bool one = true;

	json_put_member(b, first, "properties");
	buf_putc(b, '{');
	for (; t->name != NULL; t++) {
		json_put_member(b, &one, t->name);
		put_row(b, t, t->doc);
	}
	buf_putc(b, '}');
}

/* --- one row --- */

static const char *const defs[P_TYPES_] = { /* kinds that stand under $defs of common.json */
	[P_STRING] = "text", [P_TIME] = "time", [P_ID] = "id", [P_LANGMAP] = "langmap", [P_HASH] = "sha256", [P_PARTY] = "party", [P_LANG] = "lang",
	[P_URL] = "url", [P_ZONE] = "zone", [P_AGENCY] = "agency", [P_RELEASE] = "release", [P_SLUG] = "slug",
};

static void put_ref(struct buf *b, bool *first, enum stix_ptype t)
{
	json_put_member(b, first, "$ref");
	buf_printf(b, "\"common.json#/$defs/%s\"", defs[t]);
}

static void put_id(struct buf *b, bool *first, const char *const *types)
{
	if (types == NULL) {
		put_ref(b, first, P_ID);
		return;
	}
	member_text(b, first, "type", "string");
	json_put_member(b, first, "pattern");
	buf_puts(b, "\"^(");
	for (size_t i = 0; types[i] != NULL; i++)
		buf_printf(b, "%s%s", i > 0 ? "|" : "", types[i]);
	buf_puts(b, ")" UUID "\"");
}

static void put_number(struct buf *b, bool *first, const struct stix_prop *p)
{
	member_text(b, first, "type", p->type == P_NUMBER ? "number" : "integer");
	if (p->type == P_INT)
		member_num(b, first, "minimum", p->min);
	if (p->type == P_INT && p->max != 0)
		member_num(b, first, "maximum", p->max);
	if (p->type == P_NUMBER && p->max != 0) {
		member_num(b, first, "minimum", -(double)p->max);
		member_num(b, first, "maximum", p->max);
	}
}

static void put_list(struct buf *b, bool *first, const struct stix_prop *p)
{
	member_text(b, first, "type", "array");
	member_num(b, first, "minItems", 1);
	if (p->max != 0)
		member_num(b, first, "maxItems", p->max);
	if (p->unique)
		member_true(b, first, "uniqueItems", true);
	json_put_member(b, first, "items");
	put_row(b, p->sub, NULL);
}

static void put_object(struct buf *b, bool *first, const struct stix_prop *p)
{
	member_text(b, first, "type", "object");
	member_num(b, first, "minProperties", 1);
	if (p->sub == NULL)
		return;
	put_properties(b, first, p->sub);
	put_required(b, first, p->sub);
	member_true(b, first, "additionalProperties", false);
}

static void put_dict(struct buf *b, bool *first, const struct stix_prop *p)
{
	member_text(b, first, "type", "object");
	member_num(b, first, "minProperties", 1);
	if (p->max != 0)
		member_num(b, first, "maxProperties", p->max);
	json_put_member(b, first, "propertyNames");
	buf_printf(b, "{\"pattern\":\"^[A-Za-z0-9_-]{%d,%d}$\"}", p->type == P_HASHES ? 3 : 1, LIMIT_STIX_KEY);
	if (p->type == P_HASHES || p->sub != NULL)
		json_put_member(b, first, "additionalProperties");
	if (p->type == P_HASHES)
		buf_puts(b, "{\"type\":\"string\"}");
	else if (p->sub != NULL)
		put_row(b, p->sub, NULL);
}

/* Words of a vocabulary and media types are advice: any text passes. */
static void put_free(struct buf *b, bool *first, const struct stix_prop *p)
{
	member_text(b, first, "type", "string");
	if (p->type == P_VOCAB) {
		json_put_member(b, first, "examples");
		put_words(b, p->words);
	}
	if (p->type == P_HEX || p->type == P_BINARY)
		member_text(b, first, "pattern", stix_pattern(p->type));
}

static void put_kind(struct buf *b, bool *first, const struct stix_prop *p)
{
	if (p->type == P_ID)
		put_id(b, first, p->words);
	else if (defs[p->type] != NULL)
		put_ref(b, first, p->type);
	if (p->type == P_STRING && p->max != 0)
		member_num(b, first, "maxLength", p->max);
	if (p->type == P_LANGMAP && p->max != 0) {
		json_put_member(b, first, "additionalProperties");
		buf_printf(b, "{\"maxLength\":%u}", p->max);
	}
	if (p->type == P_INT || p->type == P_NUMBER || p->type == P_SIGNED)
		put_number(b, first, p);
	if (p->type == P_BOOL)
		member_text(b, first, "type", "boolean");
	if (p->type == P_VOCAB || p->type == P_HEX || p->type == P_BINARY || p->type == P_MIME)
		put_free(b, first, p);
	if (p->type == P_HASHES || p->type == P_DICT)
		put_dict(b, first, p);
	if (p->type == P_ENUM) {
		json_put_member(b, first, "enum");
		put_words(b, p->words);
	}
	if (p->type == P_LIST)
		put_list(b, first, p);
	if (p->type == P_OBJECT)
		put_object(b, first, p);
}

static void put_row(struct buf *b, const struct stix_prop *p, const char *doc)
{
	bool first = true;

	buf_putc(b, '{');
	if (doc != NULL)
		member_text(b, &first, "description", doc);
	put_kind(b, &first, p);
	buf_putc(b, '}');
}

/* --- common.json --- */

static void put_def(struct buf *b, bool *first, enum stix_ptype t, unsigned min, unsigned max, const char *doc)
{
	bool one = true;

	json_put_member(b, first, defs[t]);
	buf_putc(b, '{');
	member_text(b, &one, "description", doc);
	member_text(b, &one, "type", "string");
	if (min != 0)
		member_num(b, &one, "minLength", min);
	if (max != 0)
		member_num(b, &one, "maxLength", max);
	member_text(b, &one, "pattern", stix_pattern(t));
	buf_putc(b, '}');
}

static void put_defs(struct buf *b, bool *first)
{
	static const char *const languages[] = {"de", "ja", "en"};
	bool one = true;

	json_put_member(b, first, "$defs");
	buf_putc(b, '{');
	put_def(b, &one, P_STRING, 1, 0, "Text without control characters but tab and line feed.");
	put_def(b, &one, P_TIME, 0, LIMIT_TIMESTAMP, "RFC 3339 in UTC; the fraction may have any number of digits and is kept as it is.");
	put_def(b, &one, P_ID, 0, LIMIT_STIX_ID, "Identifier of a STIX object: type--UUID.");
	put_def(b, &one, P_HASH, 0, 0, "SHA-256 in lower-case hexadecimal.");
	put_def(b, &one, P_PARTY, 0, 0, "Code of a party: a state, a secretariat.");
	put_def(b, &one, P_AGENCY, 0, 0, "Code of an agency inside its party.");
	put_def(b, &one, P_RELEASE, 0, 0, "To whom: a party, one of its agencies, one person there.");
	put_def(b, &one, P_LANG, 0, 64, "Language tag, RFC 5646.");
	put_def(b, &one, P_URL, 0, LIMIT_URL, "Address on the web; other characters percent-encoded.");
	put_def(b, &one, P_ZONE, 0, LIMIT_ZONE, "Name of a time zone in the IANA database.");
	put_def(b, &one, P_SLUG, 0, 0, "Name that stands in addresses.");
	json_put_member(b, &one, "langmap");
	buf_puts(b, "{\"description\":\"One text in up to three languages.\",\"type\":\"object\",\"minProperties\":1,\"properties\":{");
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		buf_printf(b, "%s\"%s\":{\"$ref\":\"#/$defs/text\"}", i > 0 ? "," : "", languages[i]);
	buf_puts(b, "},\"additionalProperties\":false}}");
}

/* Our own entry must be there; entries of others may. */
static void put_extensions(struct buf *b)
{
	bool first = true;

	buf_puts(b, "{\"description\":\"entries by extension-definition id\",\"type\":\"object\",\"required\":[\"" VERBALE_EXTENSION_ID "\"],"
	    "\"properties\":{\"" VERBALE_EXTENSION_ID "\":{\"type\":\"object\",");
	put_properties(b, &first, stix_release_props());
	put_required(b, &first, stix_release_props());
	buf_puts(b, ",\"additionalProperties\":false,\"allOf\":[{\"properties\":{\"extension_type\":{\"const\":\"new-sdo\"}}}]}},"
	    "\"additionalProperties\":{\"type\":\"object\",\"minProperties\":1}}");
}

static void put_common(struct buf *b)
{
	bool first = true, one = true;

	buf_putc(b, '{');
	member_text(b, &first, "$schema", DRAFT);
	member_text(b, &first, "$id", "common.json");
	member_text(b, &first, "title", "What all types of the Verbale extension have in common");
	member_text(b, &first, "description", "Common properties of STIX 2.1 (section 3.2) as our own types use them, and the kinds of values.");
	member_text(b, &first, "type", "object");
	json_put_member(b, &first, "properties");
	buf_putc(b, '{');
	for (const struct stix_prop *p = stix_common_props(); p->name != NULL; p++) {
		const bool version = strcmp(p->name, "created") == 0 || strcmp(p->name, "modified") == 0;

		if (strcmp(p->name, "defanged") == 0)
			continue; /* of observables only */
		json_put_member(b, &one, p->name);
		if (strcmp(p->name, "extensions") == 0)
			put_extensions(b);
		else if (version)
			buf_printf(b, "{\"description\":\"%s; at least milliseconds\",\"$ref\":\"#/$defs/time\",\"pattern\":\"\\\\.[0-9]{3,}Z$\"}", p->doc);
		else
			put_row(b, p, p->doc);
	}
	buf_puts(b, "}");
	json_put_member(b, &first, "required");
	buf_puts(b, "[\"type\",\"spec_version\",\"id\",\"created_by_ref\",\"created\",\"modified\",\"extensions\"]");
	put_defs(b, &first);
	buf_putc(b, '}');
}

static void put_type(struct buf *b, const struct stix_type *t)
{
	bool first = true;

	buf_putc(b, '{');
	member_text(b, &first, "$schema", DRAFT);
	json_put_member(b, &first, "$id");
	buf_printf(b, "\"%s.json\"", t->name);
	member_text(b, &first, "title", t->name);
	member_text(b, &first, "description", t->doc);
	json_put_member(b, &first, "allOf");
	buf_puts(b, "[{\"$ref\":\"common.json\"},{\"properties\":{");
	buf_printf(b, "\"type\":{\"const\":\"%s\"},\"id\":{\"pattern\":\"^%s" UUID "\"}}}]", t->name, t->name);
	put_properties(b, &first, t->props);
	put_required(b, &first, t->props);
	json_put_member(b, &first, "patternProperties");
	buf_puts(b, "{\"^x_[a-z0-9_]+$\":true}");
	member_true(b, &first, "unevaluatedProperties", false);
	buf_putc(b, '}');
}

/* --- printing for people --- */

static void indent(struct buf *out, unsigned depth)
{
	buf_putc(out, '\n');
	for (unsigned i = 0; i < depth; i++)
		buf_puts(out, "  ");
}

static void pretty(struct buf *out, const struct json_val *v, unsigned depth)
{
	const struct json_val *key, *val;
	const enum json_type t = json_type(v);
	struct json_iter it;
	bool first = true;

	if ((t != JSON_OBJECT && t != JSON_ARRAY) || json_len(v) == 0) {
		json_canon(v, out);
		return;
	}
	buf_putc(out, t == JSON_OBJECT ? '{' : '[');
	json_iter(&it, v);
	while (json_next(&it, &key, &val)) {
		const bool flat = t == JSON_ARRAY && json_type(val) == JSON_STRING;

		buf_puts(out, first ? "" : flat ? ", " : ",");
		if (!flat)
			indent(out, depth + 1);
		if (t == JSON_OBJECT) {
			json_canon(key, out);
			buf_puts(out, ": ");
		}
		pretty(out, val, depth + 1);
		first = false;
		if (flat && it.left == 0) {
			buf_putc(out, ']');
			return;
		}
	}
	indent(out, depth);
	buf_putc(out, t == JSON_OBJECT ? '}' : ']');
}

/* --- files --- */

static int emit(const struct fs *fs, const char *dir, const char *name, const struct buf *compact, bool check, struct err *e)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0), old = BUF_INIT(0);
	struct json_doc *doc = NULL;
	char path[4096];
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s.json", dir, name);
	if ((r = buf_err(compact, e, name)) != 0 || (r = json_read(compact->p, compact->n, NULL, &doc, e)) != 0)
		return fail_wrap(e, r, "%s: ", name);
	pretty(&out, json_root(doc), 0);
	buf_putc(&out, '\n');
	json_free(doc);
	if ((r = buf_err(&out, e, name)) != 0)
		return r;
	if (!check)
		return fs_replace_file(fs, path, out.p, out.n, 0644, e);
	if ((r = fs_read_file(fs, path, LIMIT_JSON_BYTES, &old, e)) != 0)
		return r;
	return old.n == out.n && memcmp(old.p, out.p, out.n) == 0 ? 0 : fail(e, E_CORRUPT, "%s differs from the tables: run mkschema", path);
}

int main(int argc, char **argv)
{
	const bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	const struct fs fs = fs_system();
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct err e = {.code = 0};
	int r;

	if (argc != 2 + check) {
		(void)fprintf(stderr, "usage: mkschema [--check] DIR\n");
		return 2;
	}
	put_common(&b);
	r = emit(&fs, argv[1 + check], "common", &b, check, &e);
	for (enum stix_kind k = STIX_OTHER; r == 0 && k < STIX_KINDS_; k++) {
		const struct stix_type *t = stix_type(k);

		if (t == NULL || !t->own)
			continue;
		buf_clear(&b);
		put_type(&b, t);
		r = emit(&fs, argv[1 + check], t->name, &b, check, &e);
	}
	if (r != 0)
		(void)fprintf(stderr, "mkschema: %s\n", e.msg);
	return r != 0;
}
