/* What is in a body, judged as it comes. */
#include <stdio.h>

#include "base/mem.h"
#include "json/split.h"
#include "taxii/write.h"

struct envelope {
	struct json_splitter *split;
	struct json_pool *pool;
	envelope_take *take;
	void *ctx;
	bool begun;
	int rc, status;                      /* how it ended, if it did before its end */
	struct err err;
	struct envelope_object o;
};

static const char what[] = "envelope";

static int no_envelope(struct envelope *v, struct err *e, const char *why)
{
	v->status = 422;
	return fail(e, E_FORMAT, "%s: %s", what, why);
}

/* A body within max_content_length is never 413 (TAXII 2.1 §4.2.1), whatever it is full of. */
static int status_of(const struct envelope *v)
{
	return v->rc == 0 ? 0 : v->status != 0 ? v->status : v->rc == E_LIMIT ? 422 : err_http(v->rc);
}

/* As much as fits, never half a character. */
static void put_cut(char *to, size_t size, const char *s)
{
	size_t n = strlen(s);

	if (n >= size)
		for (n = size - 1; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
			;
	memcpy(to, s, n);
	to[n] = '\0';
}

/* ---- elements ---- */

/*
 * Text that is no JSON at all spoils the whole body. What only the rules for JSON between machines forbid (RFC 7493) is
 * the fault of one object.
 */
static bool spoils(const struct err *e)
{
	static const char *const alone[] = {"duplicate member name", "integer outside -(2^53-1)..2^53-1"};
	const size_t n = strlen(e->msg);

	for (size_t i = 0; i < ARRAY_LEN(alone); i++)
		if (n >= strlen(alone[i]) && strcmp(e->msg + n - strlen(alone[i]), alone[i]) == 0)
			return false;
	return e->code == E_FORMAT;
}

/* The text of a member of a broken object's first level, found by its plain spelling; the object is refused either way. */
static bool glance(const char *p, size_t n, const char *quoted, char *to, size_t size)
{
	const char *s = memmem(p, n, quoted, strlen(quoted)), *const end = p + n, *from;
	size_t len;

	if (s == NULL)
		return false;
	for (s += strlen(quoted); s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == ':'); s++)
		;
	if (s == end || *s != '"')
		return false;
	for (from = ++s; s < end && *s != '"' && *s != '\\' && (unsigned char)*s >= 0x20 && (unsigned char)*s < 0x7f; s++)
		;
	len = (size_t)(s - from) < size - 1 ? (size_t)(s - from) : size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
	return len > 0 && s < end && *s == '"';
}

static int refuse(struct envelope *v, uint64_t nth, const void *p, size_t n, const char *why, struct err *e)
{
	struct envelope_object *const o = &v->o;

	*o = (struct envelope_object){.p = p, .n = n, .why = why};
	if (!glance(p, n, "\"id\"", o->id, sizeof(o->id)))
		(void)snprintf(o->id, sizeof(o->id), "objects[%llu]", (unsigned long long)nth);
	if (!glance(p, n, "\"modified\"", o->version, sizeof(o->version)) && !glance(p, n, "\"created\"", o->version, sizeof(o->version)))
		o->version[0] = '\0';
	return v->take(v->ctx, o, e);
}

static int give(struct envelope *v, uint64_t nth, const void *p, size_t n, const struct json_val *val, struct err *e)
{
	const char *const id = json_get_str(val, "id");
	const char *version = json_get_str(val, "modified");
	char why[80];

	if (id == NULL) {
		(void)snprintf(why, sizeof(why), "$.objects[%llu]: an object with an id is due", (unsigned long long)nth);
		return no_envelope(v, e, why);
	}
	version = version != NULL ? version : json_get_str(val, "created");
	v->o = (struct envelope_object){.p = p, .n = n, .val = val};
	put_cut(v->o.id, sizeof(v->o.id), id);
	if (version != NULL)
		put_cut(v->o.version, sizeof(v->o.version), version);
	return v->take(v->ctx, &v->o, e);
}

static int element(void *ctx, uint64_t nth, const void *p, size_t n, struct err *e)
{
	struct envelope *const v = ctx;
	char name[48];
	const struct json_read_opt opt = {.pool = v->pool, .what = name};
	struct json_doc *doc = NULL;
	struct err why = {0};
	int rc;

	(void)snprintf(name, sizeof(name), "$.objects[%llu]", (unsigned long long)nth);
	if ((rc = json_read(p, n, &opt, &doc, &why)) == 0)
		rc = give(v, nth, p, n, json_root(doc), e);
	else if (rc == E_NOMEM || spoils(&why))
		rc = fail(e, rc, "%s: %s", what, why.msg);
	else
		rc = refuse(v, nth, p, n, why.msg, e);
	json_free(doc);
	return rc;
}

static int skipped(void *ctx, uint64_t nth, const void *head, size_t head_n, uint64_t len, struct err *e)
{
	char why[80];

	(void)snprintf(why, sizeof(why), "%llu bytes, at most %lu allowed", (unsigned long long)len, LIMIT_JSON_BYTES);
	return refuse(ctx, nth, head, head_n, why, e);
}

/* A bundle has objects too, and is none the less no envelope (TAXII 2.1 §3.7). */
static int member(void *ctx, const char *key, size_t key_n, const void *p, size_t n, struct err *e)
{
	if (key_n == 4 && memcmp(key, "type", 4) == 0 && n == 8 && memcmp(p, "\"bundle\"", 8) == 0)
		return no_envelope(ctx, e, "this is a bundle: send its objects as {\"objects\":[…]}");
	return 0;
}

/* ---- the body ---- */

int envelope_new(envelope_take *take, void *ctx, struct envelope **ret, struct err *e)
{
	const struct json_split_opt opt = {.shapes = SPLIT_WRAPPED, .what = what};
	struct envelope *const v = mem_zalloc(sizeof(*v));
	int rc;

	if (v == NULL)
		return fail(e, E_NOMEM, "envelope");
	v->take = take;
	v->ctx = ctx;
	if ((v->pool = json_pool_new()) == NULL)
		rc = fail(e, E_NOMEM, "envelope");
	else
		rc = json_split_new(&opt, &(struct json_split_sink){element, skipped, member, v}, &v->split, e);
	if (rc == 0)
		*ret = v;
	else
		envelope_free(v);
	return rc;
}

/* JSON that is something else: not a fault of its spelling. */
static bool other_value(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' || p[i] == '\r'))
		i++;
	return i < n && p[i] != '\0' && strchr("[\"-0123456789tfn", p[i]) != NULL;
}

bool envelope_feed(struct envelope *v, const void *p, size_t n)
{
	if (v->rc != 0)
		return false;
	if (!v->begun && other_value(p, n))
		v->rc = no_envelope(v, &v->err, "an object with the member \"objects\" is due");
	else
		v->rc = json_split_feed(v->split, p, n, &v->err);
	for (size_t i = 0; i < n && !v->begun; i++)
		v->begun = strchr(" \t\r\n", ((const char *)p)[i]) == NULL;
	return v->rc == 0;
}

int envelope_end(struct envelope *v, int *ret_status, struct err *e)
{
	uint64_t objects = 0;
	bool wrapped = false;

	if (v->rc == 0 && (v->rc = json_split_end(v->split, &objects, &wrapped, &v->err)) == 0 && objects == 0)
		v->rc = no_envelope(v, &v->err, wrapped ? "\"objects\" is empty" : "\"objects\" is missing");
	*ret_status = status_of(v);
	return v->rc == 0 ? 0 : fail(e, v->rc, "%s", v->err.msg);
}

void envelope_free(struct envelope *v)
{
	if (v == NULL)
		return;
	json_split_free(v->split);
	json_pool_free(v->pool);
	mem_free(v);
}
