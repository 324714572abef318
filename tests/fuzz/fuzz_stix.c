/*
 * Any JSON as an object: accepted or refused with a decent message at each level of strictness, and what is handed out
 * is what stands in the object. The levels are nested: what strict takes, default and lenient take; so are the versions of STIX.
 */
#include <string.h>

#include "base/enc.h"
#include "fuzz.h"
#include "stix/stix.h"

static void decent(const char *s)
{
	MUST(s[0] != '\0' && utf8_check(s, strlen(s)) == strlen(s));
	for (; *s != '\0'; s++)
		MUST((unsigned char)*s >= 0x20 && *s != 0x7f);
}

static void warn(void *ctx, const char *rule, const char *path, const char *text)
{
	(void)ctx;
	MUST(rule[0] != '\0' && path[0] == '$' && strlen(path) <= LIMIT_JSON_PATH);
	MUST(utf8_check(path, strlen(path)) == strlen(path));
	MUST(text[0] != '\0');
}

static void taken(const struct json_val *obj, const struct stix_object *o)
{
	enum tlp t = TLP_NONE;

	MUST(o->val == obj && json_str_is(json_get(obj, "type"), o->type) && json_str_is(json_get(obj, "id"), o->id));
	MUST(stix_id_ok(o->id, strlen(o->id)) && o->kind == stix_kind_of(o->type) && o->kind != STIX_BUNDLE);
	MUST(o->markings <= LIMIT_MARKINGS && o->release_to_n <= LIMIT_MEMBERS);
	MUST(o->tlp >= TLP_NONE && o->tlp <= TLP_UNKNOWN);
	MUST(o->has_release_to == (o->release_to_n > 0));
	for (size_t i = 0; i < o->markings; i++)
		MUST(stix_id_ok(o->marking[i], strlen(o->marking[i])) && tlp_of_marking(o->marking[i]) == TLP_UNKNOWN);
	if (stix_marking_of(obj, &t) == MARKING_TLP)
		MUST(t >= TLP_CLEAR && t <= TLP_RED);
	if (stix_type(o->kind) != NULL && stix_type(o->kind)->own)
		MUST(o->created_by_ref != NULL && o->modified != NULL && o->created != NULL);
}

/* The id an observable should have is one, of its type and of version 5. */
static void identified(const struct json_val *obj)
{
	const char *type = json_get_str(obj, "type");
	char id[LIMIT_STIX_ID + 1];

	if (!stix_sco_id(obj, id))
		return;
	MUST(stix_id_ok(id, strlen(id)) && strncmp(id, type, strlen(type)) == 0 && id[strlen(type)] == '-' && id[strlen(id) - 22] == '5');
}

static int one(void *ctx, const struct json_val *obj, size_t n, struct err *unused)
{
	bool taken_at[STIX_STRICT + 1], taken_20[STIX_STRICT + 1];

	(void)n;
	(void)unused;
	(void)ctx;
	identified(obj);
	for (enum stix_strict s = STIX_LENIENT; s <= STIX_STRICT; s++) {
		struct stix_object o;
		struct err e = {.code = 0};
		const int rc = stix_check(obj, &(struct stix_how){.strict = s, .warn = warn}, &o, &e);

		MUST(stix_check(obj, &(struct stix_how){.strict = s}, &o, NULL) == rc); /* whoever hears no warnings */
		taken_at[s] = rc == 0;
		taken_20[s] = stix_check(obj, &(struct stix_how){.strict = s, .v20 = true, .warn = warn}, &o, NULL) == 0;
		MUST(taken_at[s] <= taken_20[s] && (!taken_20[s] || o.v20 == !taken_at[s]));
		if (rc == 0) {
			taken(obj, &o);
		} else {
			MUST((rc == E_FORMAT || rc == E_DENIED) && e.code == rc && strstr(e.msg, ": rule ") != NULL);
			decent(e.msg);
		}
	}
	MUST(taken_20[STIX_STRICT] <= taken_20[STIX_DEFAULT] && taken_20[STIX_DEFAULT] <= taken_20[STIX_LENIENT]);
	MUST(taken_at[STIX_STRICT] <= taken_at[STIX_DEFAULT] && taken_at[STIX_DEFAULT] <= taken_at[STIX_LENIENT]);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_doc *d = NULL;

	(void)stix_grade((const char *)data, size); /* any bytes at all */
	MUST(!stix_id_ok((const char *)data, size) || size <= LIMIT_STIX_ID);
	if (json_read(data, size, NULL, &d, NULL) != 0)
		return 0;
	(void)one(NULL, json_root(d), 0, NULL);
	IGNORE(stix_each(json_root(d), one, NULL, NULL) != 0, "any shape is fine, only one() must hold");
	json_free(d);
	return 0;
}
