/* Collections: from an object to the rules it sets, and which version this node accepted. */
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "record/priv.h"

static int parties(const struct json_val *list, char (*to)[LIMIT_PARTY + 1], size_t max, size_t *ret_n, struct err *e)
{
	struct json_iter it;
	const struct json_val *v;
	size_t n = 0;

	for (json_iter(&it, list); json_next(&it, NULL, &v); n++) {
		size_t len = 0;
		const char *s = json_str(v, &len);

		if (s == NULL || len > LIMIT_PARTY || n == max)
			return fail(e, E_FORMAT, "collection: bad list of parties");
		memcpy(to[n], s, len + 1);
	}
	*ret_n = n;
	return 0;
}

/* How it takes objects: words the STIX tables have checked; what is absent is the usual. */
static void parse_taking(const struct json_val *obj, struct collection *c)
{
	static const char *const levels[] = {[STIX_LENIENT] = "lenient", [STIX_DEFAULT] = "default", [STIX_STRICT] = "strict"};
	const char *alias = json_get_str(obj, "alias");
	const struct json_val *specs = json_get(obj, "spec_versions"), *v;
	struct json_iter it;

	c->strict = STIX_DEFAULT;
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (json_str_is(json_get(obj, "strictness"), levels[i])) {
			c->strict = (enum stix_strict)i;
			c->has_strict = true;
		}
	for (json_iter(&it, specs); json_next(&it, NULL, &v);) {
		c->v20 = c->v20 || json_str_is(v, "2.0");
		c->v21 = c->v21 || json_str_is(v, "2.1");
	}
	if (!c->v20)
		c->v21 = true;
	if (alias != NULL && strlen(alias) < sizeof(c->alias))
		memcpy(c->alias, alias, strlen(alias) + 1);
}

int collection_parse(const struct json_val *obj, struct collection *ret, struct err *e)
{
	const char *id = json_get_str(obj, "id"), *ceiling = json_get_str(obj, "ceiling");
	struct collection c;
	int rc;

	memset(&c, 0, sizeof(c));
	if (id == NULL || strlen(id) > LIMIT_STIX_ID || ceiling == NULL)
		return fail(e, E_FORMAT, "collection: id or ceiling is missing");
	memcpy(c.id, id, strlen(id) + 1);
	c.ceiling = tlp_parse(ceiling);
	IGNORE(!json_bool(json_get(obj, "public"), &c.is_public), "absent means not public");
	parse_taking(obj, &c);
	if ((rc = parties(json_get(obj, "members"), c.party, LIMIT_MEMBERS, &c.members, e)) == 0 &&
	    (rc = parties(json_get(obj, "community"), c.community, LIMIT_PARTIES, &c.community_n, e)) == 0)
		*ret = c;
	return rc;
}

struct finder {
	struct record_reader *rd;
	bool offered;                  /* any version will do */
	struct index_entry found;
	bool any;
};

struct answer { struct record_reader *rd; const struct index_entry *version; const uint8_t *sha; bool agreed; };

/* Own party's word on exactly this version; the last one counts. */
static int look_at_answer(void *ctx, const struct index_entry *row, struct err *e)
{
	struct answer *a = ctx;
	struct entry en;
	const char *sha, *mod, *verb;
	uint8_t named[32];
	int rc;

	if (row->log != 0)
		return 0;
	if ((rc = record_read(a->rd, row, &en, e)) != 0)
		return rc;
	sha = json_get_str(en.object.val, "object_sha256");
	mod = json_get_str(en.object.val, "object_modified");
	verb = json_get_str(en.object.val, "verb");
	if (en.object.kind == STIX_ASSENT && sha != NULL && mod != NULL && verb != NULL && strcmp(mod, a->version->modified) == 0 &&
	    hex_decode(sha, strlen(sha), named, 32) && memcmp(named, a->sha, 32) == 0)
		a->agreed = strcmp(verb, "agree") == 0;
	entry_free(&en);
	return 0;
}

static int accepted(struct record_reader *rd, const struct index_entry *row, bool *ret, struct err *e)
{
	struct answer a = {.rd = rd, .version = row};
	struct entry en;
	uint8_t sha[32];
	int rc;

	*ret = row->log == 0;
	if (*ret)
		return 0;
	if ((rc = record_read(rd, row, &en, e)) != 0)
		return rc;
	rc = entry_object_sha256(&en, sha, e);
	entry_free(&en);
	a.sha = sha;
	if (rc == 0)
		rc = index_subjects(rd->ix, row->id, look_at_answer, &a, e);
	*ret = a.agreed;
	return rc;
}

static int look_at_collection(void *ctx, const struct index_entry *row, struct err *e)
{
	struct finder *f = ctx;
	bool yes = f->offered;
	const int rc = yes ? 0 : accepted(f->rd, row, &yes, e);

	if (rc == 0 && yes) {
		f->found = *row;
		f->any = true;
	}
	return rc;
}

static int find_entry(struct record_reader *rd, const uint8_t uuid[16], bool offered, struct entry *ret, struct err *e)
{
	struct finder f = {.rd = rd, .offered = offered};
	char id[LIMIT_STIX_ID + 1], text[37];
	int rc;

	uuid_format(uuid, text);
	(void)snprintf(id, sizeof(id), "%s--%s", stix_type_name(STIX_COLLECTION), text);
	if ((rc = index_versions(rd->ix, id, uuid, look_at_collection, &f, e)) != 0)
		return rc;
	if (!f.any)
		return fail(e, E_NOTFOUND, "collection %s: not known, or not accepted by this node", text);
	if (f.found.revoked)
		return fail(e, E_NOTFOUND, "collection %s: withdrawn", text);
	return record_read(rd, &f.found, ret, e);
}

static int find(struct record_reader *rd, const uint8_t uuid[16], bool offered, struct collection *ret, struct err *e)
{
	struct entry en;
	int rc = find_entry(rd, uuid, offered, &en, e);

	if (rc == 0) {
		rc = collection_parse(en.object.val, ret, e);
		entry_free(&en);
	}
	return rc;
}

int collection_offered(struct record_reader *rd, const uint8_t uuid[16], struct collection *ret, struct err *e)
{
	return find(rd, uuid, true, ret, e);
}

/* Asked for every entry read and written, so the last few answers are kept until an entry of our own types arrives. */
static struct collection_slot *slot_of(struct record_reader *rd, const uint8_t uuid[16])
{
	uint64_t own = 0;

	/* As the index has it, not the journal: an answer found before the index followed must not pass for one found after. */
	if (index_reader_own(rd->ix, &own, NULL) != 0 || own != rd->cached_at) {
		for (size_t i = 0; i < COLLECTION_SLOTS; i++)
			rd->slot[i].used = false;
		rd->cached_at = own;
	}
	for (size_t i = 0; i < COLLECTION_SLOTS; i++)
		if (rd->slot[i].used && memcmp(rd->slot[i].uuid, uuid, 16) == 0)
			return &rd->slot[i];
	return NULL;
}

int record_collection(struct record_reader *rd, const uint8_t uuid[16], struct collection *ret, struct err *e)
{
	struct collection_slot *s = slot_of(rd, uuid);
	struct collection c;
	char text[37];
	int rc;

	if (s == NULL) {
		rc = find(rd, uuid, false, &c, e);
		if (rc != 0 && rc != E_NOTFOUND)
			return rc;
		s = &rd->slot[rd->next_slot++ % COLLECTION_SLOTS];
		s->used = true;
		s->found = rc == 0;
		memcpy(s->uuid, uuid, 16);
		if (rc == 0)
			s->c = c;
	}
	if (!s->found) {
		uuid_format(uuid, text);
		return fail(e, E_NOTFOUND, "collection %s: not known, or not accepted by this node", text);
	}
	*ret = s->c;
	return 0;
}

/* ---- all of them ---- */

int record_collection_entry(struct record_reader *rd, const uint8_t uuid[16], struct entry *ret, struct err *e)
{
	return find_entry(rd, uuid, false, ret, e);
}

struct listed { uint8_t uuid[LIMIT_COLLECTIONS][16]; size_t n; };

static int list_one(void *ctx, const struct index_entry *row, struct err *e)
{
	struct listed *l = ctx;
	size_t at = 0;
	int order = -1;

	while (at < l->n && (order = memcmp(l->uuid[at], row->collection, 16)) < 0)
		at++;
	if (at < l->n && order == 0)
		return 0;
	if (l->n == LIMIT_COLLECTIONS)
		return fail(e, E_LIMIT, "more than %d collections", LIMIT_COLLECTIONS);
	memmove(l->uuid[at + 1], l->uuid[at], (l->n - at) * 16);
	memcpy(l->uuid[at], row->collection, 16);
	l->n++;
	return 0;
}

int record_collections(struct record_reader *rd, collection_visit *v, void *ctx, struct err *e)
{
	struct listed *l = mem_zalloc(sizeof(*l));
	int rc = l == NULL ? fail(e, E_NOMEM, "collections") : index_page(rd->ix, 0, NULL, stix_type_name(STIX_COLLECTION), SIZE_MAX, list_one, l, e);

	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		struct collection c;
		struct entry en;

		if ((rc = find_entry(rd, l->uuid[i], false, &en, e)) == E_NOTFOUND) {
			rc = 0; /* offered by another party, or withdrawn */
			continue;
		}
		if (rc != 0)
			break;
		if ((rc = collection_parse(en.object.val, &c, e)) == 0)
			rc = v(ctx, l->uuid[i], &c, &en, e);
		entry_free(&en);
	}
	mem_free(l);
	return rc;
}

int record_add_opt(struct record_reader *rd, const uint8_t uuid[16], enum role role, struct add_opt *ret, struct err *e)
{
	struct collection c;
	const int rc = record_collection(rd, uuid, &c, e);

	*ret = (struct add_opt){.strict = rd->r->strict, .role = role};
	memcpy(ret->collection, uuid, 16);
	if (rc != 0)
		return rc;
	ret->strict = c.has_strict ? c.strict : rd->r->strict;
	ret->v20 = c.v20;
	ret->not_v21 = !c.v21;
	return 0;
}
