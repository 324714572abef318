#include "cli/misp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/enc.h"
#include "base/mem.h"
#include "cli/misp_priv.h"

#define REST_MAX 100   /* members kept under names of their own; MISP has about 30 */
#define INHERITED "5"  /* distribution: as the event's */
#define REFS_MAX 5000 /* references of one report; more go into groupings beside, since one object has at most LIMIT_JSON_BYTES */

/* ---- counting ---- */

struct misp_type { char name[64]; struct misp_count count; };
struct misp { struct buf types; /* struct misp_type, sorted by name */ };

struct misp *misp_new(void) { return mem_zalloc(sizeof(struct misp)); }

void misp_free(struct misp *m)
{
	if (m == NULL)
		return;
	buf_free(&m->types);
	mem_free(m);
}

static struct misp_type *types(const struct misp *m, size_t *ret_n)
{
	*ret_n = m->types.n / sizeof(struct misp_type);
	return (struct misp_type *)(void *)m->types.p;
}

int misp_tally(struct misp *m, const char *type, enum misp_fate f, struct err *e)
{
	struct misp_type row = {.name = ""}, *t;
	size_t n, i = 0;

	(void)snprintf(row.name, sizeof(row.name), "%.63s", type);
	t = types(m, &n);
	while (i < n && strcmp(t[i].name, row.name) < 0)
		i++;
	if (i == n || strcmp(t[i].name, row.name) != 0) {
		buf_put(&m->types, &row, sizeof(row));
		if (buf_err(&m->types, e, "MISP types") != 0)
			return m->types.err;
		t = types(m, &n);
		memmove(t + i + 1, t + i, (n - 1 - i) * sizeof(*t));
		t[i] = row;
	}
	t[i].count.mapped += f == MISP_MAPPED;
	t[i].count.partly += f == MISP_PARTLY;
	t[i].count.raw += f == MISP_RAW;
	return 0;
}

void misp_counts(const struct misp *m, void (*show)(void *ctx, const char *type, const struct misp_count *c), void *ctx)
{
	size_t n;
	const struct misp_type *t = types(m, &n);

	for (size_t i = 0; i < n; i++)
		show(ctx, t[i].name, &t[i].count);
}

/* ---- values ---- */

bool misp_flag(const struct json_val *v, const char *key)
{
	const struct json_val *f = json_get(v, key);
	bool yes = false;
	int64_t n;

	return (json_bool(f, &yes) && yes) || json_str_is(f, "1") || (json_int(f, &n) && n != 0);
}

/* A number that may stand between quotes. */
static bool number(const struct json_val *v, int64_t *ret)
{
	size_t n;
	const char *s = json_str(v, &n);
	uint64_t u;

	if (s == NULL)
		return json_int(v, ret);
	if (!dec_parse(s, n, INT64_MAX, &u))
		return false;
	*ret = (int64_t)u;
	return true;
}

static bool seconds(const struct json_val *v, const char *key, int64_t *ret_ns)
{
	int64_t s;

	if (!number(json_get(v, key), &s) || s <= 0 || s > 9000000000) /* year 2255: what fits into nanoseconds */
		return false;
	*ret_ns = s * NS_PER_S;
	return true;
}

int64_t misp_stamp(const struct misp_work *w, const struct json_val *v)
{
	int64_t ns;

	return seconds(v, "timestamp", &ns) ? ns : w->time;
}

static bool day(const struct json_val *event, int64_t *ret_ns)
{
	const char *s = json_get_str(event, "date");
	char text[32];

	return s != NULL && strlen(s) == 10 && snprintf(text, sizeof(text), "%sT00:00:00Z", s) > 0 && time_parse(text, strlen(text), ret_ns);
}

void misp_id(const struct json_val *v, const char *type, char ret[LIMIT_STIX_ID + 1])
{
	const char *s = json_get_str(v, "uuid");
	const size_t n = s != NULL ? strlen(s) : 0;
	uint8_t ns[16], u[16];
	char uuid[37];

	for (size_t i = 0; i < 37; i++)
		uuid[i] = i < n && i < 36 ? (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]) : '\0';
	(void)snprintf(ret, LIMIT_STIX_ID + 1, "%s--%s", type, uuid);
	if (n == 36 && stix_id_ok(ret, strlen(ret)))
		return;
	IGNORE(!uuid_parse(VERBALE_NAMESPACE, 36, ns), "a constant");
	uuid_v5(ns, s != NULL ? s : "", n, u);
	uuid_format(u, uuid);
	(void)snprintf(ret, LIMIT_STIX_ID + 1, "%s--%s", type, uuid);
}

/* ---- writing ---- */

void misp_str(struct misp_out *o, const char *key, const char *s, size_t n)
{
	json_put_member(&o->b, &o->first, key);
	json_put_str(&o->b, s, n);
}

void misp_text(struct misp_out *o, const char *key, const char *s)
{
	if (s != NULL && s[0] != '\0')
		misp_str(o, key, s, strlen(s));
}

void misp_time(struct misp_out *o, const char *key, int64_t ns)
{
	char text[40];

	time_format(ns, 3, text, sizeof(text));
	misp_text(o, key, text);
}

/* TLP_NONE: another tag. "tlp:white" is what TLP 1 called clear. */
static enum tlp tag_tlp(const struct json_val *tag)
{
	const char *name = json_get_str(tag, "name");
	char word[16] = "";
	enum tlp t;

	if (name == NULL || strncasecmp(name, "tlp:", 4) != 0 || strlen(name) - 4 >= sizeof(word))
		return TLP_NONE;
	for (size_t i = 0; name[4 + i] != '\0'; i++)
		word[i] = (char)(name[4 + i] >= 'A' && name[4 + i] <= 'Z' ? name[4 + i] + 32 : name[4 + i]);
	t = strcmp(word, "white") == 0 ? TLP_CLEAR : tlp_parse(word);
	return tlp_marking_id(t) != NULL ? t : TLP_NONE; /* a word we do not know stays a label, and so fails closed */
}

/* The strictest TLP tag; TLP_NONE: none. */
static enum tlp marked(const struct json_val *v)
{
	const struct json_val *key, *tag;
	enum tlp most = TLP_NONE;
	struct json_iter it;

	for (json_iter(&it, json_get(v, "Tag")); json_next(&it, &key, &tag);)
		if (tag_tlp(tag) > most)
			most = tag_tlp(tag);
	return most;
}

static void put_marking(const struct misp_work *w, struct misp_out *o, const struct json_val *v)
{
	const enum tlp own = marked(v), all = marked(w->event), t = own != TLP_NONE ? own : all;

	if (t == TLP_NONE)
		return;
	json_put_member(&o->b, &o->first, "object_marking_refs");
	buf_printf(&o->b, "[\"%s\"]", tlp_marking_id(t));
}

void misp_begin(const struct misp_work *w, struct misp_out *o, const char *type, const char *id, const struct json_val *v, bool versioned)
{
	const int64_t changed = misp_stamp(w, v);

	(void)snprintf(o->id, sizeof(o->id), "%s", id);
	buf_clear(&o->b);
	o->first = true;
	buf_putc(&o->b, '{');
	misp_text(o, "type", type);
	misp_text(o, "spec_version", "2.1");
	misp_text(o, "id", id);
	if (versioned) {
		misp_time(o, "created", w->date < changed ? w->date : changed);
		misp_time(o, "modified", changed);
		misp_text(o, "created_by_ref", w->author);
	}
	put_marking(w, o, v);
}

static void put_label(struct misp_out *o, bool *any, const char *s)
{
	if (!*any)
		json_put_member(&o->b, &o->first, "labels");
	buf_putc(&o->b, *any ? ',' : '[');
	json_put_str(&o->b, s, strlen(s));
	*any = true;
}

void misp_labels(struct misp_out *o, const struct json_val *v, const char *const *pairs)
{
	const struct json_val *key, *tag;
	struct json_iter it;
	bool any = false;

	for (; pairs[0] != NULL; pairs += 2) {
		CLEANUP_BUF struct buf label = BUF_INIT(0);

		if (pairs[1] == NULL)
			continue;
		buf_printf(&label, "misp:%s=\"%s\"", pairs[0], pairs[1]);
		if (label.err == 0)
			put_label(o, &any, label.p);
		else
			o->b.err = label.err;
	}
	for (json_iter(&it, json_get(v, "Tag")); json_next(&it, &key, &tag);) {
		const char *name = json_get_str(tag, "name");

		if (name != NULL && name[0] != '\0' && tag_tlp(tag) == TLP_NONE)
			put_label(o, &any, name);
	}
	if (any)
		buf_putc(&o->b, ']');
}

/* Nothing: null, false, "", [], {}. */
static bool says_something(const struct json_val *v)
{
	size_t n = 1;

	switch (json_type(v)) {
	case JSON_NULL: case JSON_FALSE: return false;
	case JSON_TRUE: case JSON_NUMBER: return true;
	case JSON_STRING: return json_str(v, &n) != NULL && n > 0;
	case JSON_ARRAY: case JSON_OBJECT: break;
	}
	return json_len(v) > 0;
}

static bool among(const char *const *names, const char *s)
{
	while (*names != NULL && strcmp(*names, s) != 0)
		names++;
	return *names != NULL;
}

/* "x_misp_" and the name, as STIX allows names: a-z, 0-9, _. false: the object has one of that name. */
static bool put_name(struct misp_out *o, const char *key)
{
	char name[LIMIT_STIX_KEY + 3];
	size_t n = (size_t)snprintf(name, sizeof(name), "\"x_misp_%.200s\":", key);

	for (size_t i = 1; i + 2 < n; i++) {
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] + 32);
		else if ((name[i] < 'a' || name[i] > 'z') && (name[i] < '0' || name[i] > '9'))
			name[i] = '_';
	}
	if (o->b.err != 0 || (o->b.n > 0 && memmem(o->b.p, o->b.n, name, n) != NULL)) /* never inside a text: there a quote is escaped */
		return false;
	name[n - 2] = '\0';
	json_put_member(&o->b, &o->first, name + 1);
	return true;
}

/* A value as JSON text. */
static void put_quoted(struct misp_out *o, const struct json_val *v)
{
	CLEANUP_BUF struct buf text = BUF_INIT(0);

	json_canon(v, &text);
	if (text.err == 0)
		json_put_str(&o->b, text.p, text.n);
	else
		o->b.err = text.err;
}

unsigned misp_rest(struct misp_out *o, const struct json_val *v, const char *const *known)
{
	const struct json_val *key, *val;
	struct json_iter it;
	unsigned n = 0;
	bool odd = false;

	for (json_iter(&it, v); json_next(&it, &key, &val);) {
		const char *name = json_str(key, NULL);

		if (!says_something(val) || among(known, name) || (strcmp(name, "distribution") == 0 && json_str_is(val, INHERITED)))
			continue;
		if (n++ >= REST_MAX || !put_name(o, name))
			odd = true;
		else if (json_type(val) == JSON_ARRAY || json_type(val) == JSON_OBJECT)
			put_quoted(o, val);
		else
			json_canon(val, &o->b);
	}
	if (odd && put_name(o, "json"))
		put_quoted(o, v);
	return n;
}

int misp_end(struct misp_work *w, struct misp_out *o, bool check, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_MISP_EVENT};
	const struct stix_how how = {.strict = STIX_DEFAULT};
	struct stix_object as;
	struct json_doc *d = NULL;
	int rc;

	buf_putc(&o->b, '}');
	rc = buf_err(&o->b, e, "MISP event");
	if (rc == 0 && check && (rc = json_read(o->b.p, o->b.n, &opt, &d, e)) == 0) {
		rc = stix_check(json_root(d), &how, &as, e);
		json_free(d);
	}
	if (rc == 0 && (rc = w->put(w->ctx, o->b.p, o->b.n, e)) != 0)
		w->stopped = true;
	return rc;
}

int misp_ref(struct misp_work *w, const char *id, struct err *e)
{
	buf_printf(&w->refs, "%s\"%s\"", w->refs_n++ % REFS_MAX > 0 ? "," : w->refs_n > 1 ? "\n" : "", id);
	return buf_err(&w->refs, e, "MISP event");
}

/* ---- the parts of an event ---- */

/* An organisation has no times in MISP: the same ones every time keep it one and the same version. */
static int put_author(struct misp_work *w, struct err *e)
{
	const struct json_val *org = json_get(w->event, "Orgc");
	const char *name = json_get_str(org, "name");
	struct misp_out o = MISP_OUT;
	char id[LIMIT_STIX_ID + 1];
	int rc;

	if (name == NULL || name[0] == '\0' || json_get_str(org, "uuid") == NULL)
		return 0;
	misp_id(org, "identity", id);
	buf_putc(&o.b, '{');
	misp_text(&o, "type", "identity");
	misp_text(&o, "spec_version", "2.1");
	misp_text(&o, "id", id);
	misp_text(&o, "created", "1970-01-01T00:00:00.000Z");
	misp_text(&o, "modified", "1970-01-01T00:00:00.000Z");
	misp_text(&o, "name", name);
	misp_text(&o, "identity_class", "organization");
	rc = misp_end(w, &o, false, e);
	buf_free(&o.b);
	(void)snprintf(w->author, sizeof(w->author), "%s", id);
	return rc;
}

static int put_attributes(struct misp_work *w, const struct json_val *list, struct buf *ids, struct err *e)
{
	const struct json_val *key, *a;
	char id[LIMIT_STIX_ID + 1];
	struct json_iter it;
	int rc = 0;

	for (json_iter(&it, list); rc == 0 && json_next(&it, &key, &a);) {
		rc = misp_attribute(w, a, id, e);
		if (rc == 0 && id[0] != '\0' && ids != NULL)
			buf_printf(ids, "%s\"%s\"", ids->n > 0 ? "," : "", id);
	}
	return rc != 0 || ids == NULL ? rc : buf_err(ids, e, "MISP event");
}

static int put_object(struct misp_work *w, const struct json_val *v, struct err *e)
{
	static const char *const known[] = {"id", "event_id", "uuid", "timestamp", "Attribute", "name", "sharing_group_id", "deleted", "Tag", NULL};
	struct misp_out o = MISP_OUT;
	CLEANUP_BUF struct buf ids = BUF_INIT(0);
	char id[LIMIT_STIX_ID + 1];
	int rc;

	if (json_get_str(v, "uuid") == NULL || json_get_str(v, "name") == NULL)
		return fail(e, E_FORMAT, "MISP event: an object without uuid or name");
	w->object_attribute = true;
	rc = put_attributes(w, json_get(v, "Attribute"), &ids, e);
	w->object_attribute = false;
	if (rc != 0)
		return rc;
	misp_id(v, "x-misp-object", id);
	misp_begin(w, &o, "x-misp-object", id, v, true);
	if (misp_flag(v, "deleted"))
		buf_puts(&o.b, ",\"revoked\":true");
	misp_text(&o, "x_misp_name", json_get_str(v, "name"));
	if (ids.n > 0)
		buf_printf(&o.b, ",\"x_misp_attribute_refs\":[%s]", ids.p);
	misp_rest(&o, v, known);
	rc = misp_end(w, &o, false, e);
	buf_free(&o.b);
	return rc != 0 ? rc : misp_ref(w, id, e);
}

static int put_report_text(struct misp_work *w, const struct json_val *v, struct err *e)
{
	static const char *const known[] = {"id", "event_id", "uuid", "timestamp", "name", "content", "sharing_group_id", "deleted", NULL};
	struct misp_out o = MISP_OUT;
	char id[LIMIT_STIX_ID + 1];
	int rc;

	if (json_get_str(v, "uuid") == NULL || json_get_str(v, "content") == NULL || json_get_str(v, "content")[0] == '\0')
		return 0; /* nothing is written in it */
	misp_id(v, "note", id);
	misp_begin(w, &o, "note", id, v, true);
	misp_text(&o, "abstract", json_get_str(v, "name"));
	misp_text(&o, "content", json_get_str(v, "content"));
	if (misp_flag(v, "deleted"))
		buf_puts(&o.b, ",\"revoked\":true");
	buf_printf(&o.b, ",\"object_refs\":[\"%s\"]", w->id);
	misp_rest(&o, v, known);
	rc = misp_end(w, &o, false, e);
	buf_free(&o.b);
	return rc != 0 ? rc : misp_ref(w, id, e);
}

static int put_each(struct misp_work *w, const char *name, int (*put)(struct misp_work *w, const struct json_val *v, struct err *e), struct err *e)
{
	const struct json_val *key, *val;
	struct json_iter it;
	int rc = 0;

	for (json_iter(&it, json_get(w->event, name)); rc == 0 && json_next(&it, &key, &val);)
		rc = put(w, val, e);
	return rc;
}

/* ---- the event itself ---- */

/* More references than one object can hold: groupings of their own, which the report then names instead. */
static int put_parts(struct misp_work *w, struct err *e)
{
	CLEANUP_BUF struct buf all = w->refs;
	const char *p = all.p, *nl;
	struct misp_out o = MISP_OUT;
	int rc = 0;

	if (w->refs_n <= REFS_MAX) {
		all.p = NULL; /* stays theirs */
		return 0;
	}
	w->refs = (struct buf)BUF_INIT(0);
	w->refs_n = 0;
	for (unsigned i = 0; rc == 0 && p != NULL; i++, p = nl != NULL ? nl + 1 : NULL) {
		char name[LIMIT_STIX_ID + 32], id[LIMIT_STIX_ID + 1] = "grouping--";
		uint8_t ns[16], u[16];

		nl = strchr(p, '\n');
		IGNORE(!uuid_parse(VERBALE_NAMESPACE, 36, ns), "a constant");
		uuid_v5(ns, name, (size_t)snprintf(name, sizeof(name), "%s/part/%u", w->id, i), u);
		uuid_format(u, id + strlen(id));
		misp_begin(w, &o, "grouping", id, w->event, true);
		misp_text(&o, "name", json_get_str(w->event, "info"));
		misp_text(&o, "context", "suspicious-activity");
		buf_printf(&o.b, ",\"object_refs\":[%.*s]", (int)(nl != NULL ? (size_t)(nl - p) : strlen(p)), p);
		rc = misp_end(w, &o, false, e);
		if (rc == 0)
			rc = misp_ref(w, id, e);
	}
	buf_free(&o.b);
	return rc;
}

static int put_event(struct misp_work *w, struct err *e)
{
	static const char *const known[] = {"id", "orgc_id", "org_id", "uuid", "info", "date", "timestamp", "published", "Orgc", "Tag", "Attribute", "Object",
		"EventReport", "Galaxy", "RelatedEvent", "attribute_count", "sharing_group_id", "event_creator_email", NULL};
	const bool published = misp_flag(w->event, "published");
	struct misp_out o = MISP_OUT;
	int64_t at;
	int rc;

	if (w->refs_n == 0 && (rc = misp_ref(w, w->author[0] != '\0' ? w->author : w->id, e)) != 0)
		return rc;
	if ((rc = put_parts(w, e)) != 0)
		return rc;
	misp_begin(w, &o, published ? "report" : "grouping", w->id, w->event, true);
	misp_text(&o, "name", json_get_str(w->event, "info"));
	if (published)
		misp_time(&o, "published", seconds(w->event, "publish_timestamp", &at) ? at : w->time);
	else
		misp_text(&o, "context", "suspicious-activity");
	misp_labels(&o, w->event, (const char *const[]){NULL});
	if (w->links.n > 0)
		buf_printf(&o.b, ",\"external_references\":[%s]", w->links.p);
	buf_printf(&o.b, ",\"object_refs\":[%s]", w->refs.p);
	misp_rest(&o, w->event, known);
	rc = misp_end(w, &o, false, e);
	buf_free(&o.b);
	return rc;
}

static int begin(struct misp_work *w, const struct json_val *v, struct err *e)
{
	w->event = json_type(json_get(v, "Event")) == JSON_OBJECT ? json_get(v, "Event") : v;
	if (json_get_str(w->event, "uuid") == NULL || json_get_str(w->event, "info") == NULL)
		return fail(e, E_FORMAT, "MISP event: uuid and info are due");
	misp_id(w->event, misp_flag(w->event, "published") ? "report" : "grouping", w->id);
	if (!day(w->event, &w->date) && !seconds(w->event, "timestamp", &w->date))
		return fail(e, E_FORMAT, "%s: a MISP event with neither date nor timestamp", w->id);
	if (!seconds(w->event, "timestamp", &w->time))
		w->time = w->date;
	return 0;
}

int misp_event(struct misp *m, const struct json_val *v, misp_object *put, void *ctx, struct err *e)
{
	struct misp_work w = {.m = m, .put = put, .ctx = ctx, .refs = BUF_INIT(0), .links = BUF_INIT(0)};
	int rc = begin(&w, v, e);

	if (rc == 0)
		rc = put_author(&w, e);
	if (rc == 0)
		rc = put_attributes(&w, json_get(w.event, "Attribute"), NULL, e);
	if (rc == 0)
		rc = put_each(&w, "Object", put_object, e);
	if (rc == 0)
		rc = put_each(&w, "EventReport", put_report_text, e);
	if (rc == 0)
		rc = put_event(&w, e);
	buf_free(&w.refs);
	buf_free(&w.links);
	return rc;
}
