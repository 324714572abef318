/* Who asks, and which collection of those he may see. */
#include "taxii/priv.h"

/* Two challenges in two fields: some clients read only the first of a list (RFC 9110 §11.6.1 allows both forms). */
void answer_challenge(const struct http_req *q, struct http_resp *r, const char *why)
{
	answer_error(q, r, 401, why);
	IGNORE(http_header(r, "WWW-Authenticate", "Bearer realm=\"TAXII\"", NULL), "the status says it too");
	IGNORE(http_header(r, "WWW-Authenticate", "Basic realm=\"TAXII\", charset=\"UTF-8\"", NULL), "the status says it too");
}

/* ---- may anybody at all read here? ---- */

#define FOUND 1

static int look_for_public(void *ctx, const uint8_t uuid[16], const struct collection *col, const struct entry *en, struct err *e)
{
	struct call *const c = ctx;
	const int rc = col->is_public ? record_may_read(c->rd, &c->who.reader, en, e) : E_NOTFOUND;

	(void)uuid;
	return rc == 0 ? FOUND : rc == E_NOTFOUND ? 0 : rc;
}

/* FOUND, 0 or what failed. */
static int any_public(struct call *c, struct err *e)
{
	struct collection none;
	uint8_t uuid[16] = {0};
	uint64_t head = 0;
	bool yes;
	int rc;

	if (seen_get(c, "", &yes, uuid, &none))
		return yes ? FOUND : 0;
	if ((rc = index_reader_head(record_index(c->rd), &head, e)) != 0)
		return rc;
	rc = record_collections(c->rd, look_for_public, c, e);
	if (rc == 0 || rc == FOUND)
		seen_put(c, "", head, rc == FOUND, uuid, &c->coll);
	return rc;
}

/* ---- the head of a request ---- */

static bool identify(struct call *c)
{
	struct err e = {0};
	unsigned wait = 0;
	const int rc = access_identify(c->t->conf.access, c->q, &c->who, &wait, &e);

	c->who.reader.via = VIA_TAXII;
	if (rc == 0)
		memcpy(c->r->who, c->who.who, sizeof(c->r->who));
	else if (rc == E_DENIED)
		answer_challenge(c->q, c->r, e.msg);
	else if (rc == E_LIMIT)
		answer_later(c->q, c->r, 429, wait, e.msg);
	else
		answer_fail(c, rc, &e);
	return rc == 0;
}

bool call_begin(struct call *c, struct taxii *t, void *thread, const struct http_req *q, struct http_resp *r, bool open)
{
	struct err e = {0};
	int rc;

	memset(c, 0, sizeof(*c));
	c->t = t;
	c->rd = thread;
	c->q = q;
	c->r = r;
	if (!identify(c))
		return false;
	if (!c->who.known && !open && (rc = any_public(c, &e)) != FOUND) {
		if (rc == 0)
			answer_challenge(q, r, NULL);
		else
			answer_fail(c, rc, &e);
		return false;
	}
	if (!accept_taxii(http_req_header(q, "Accept"))) {
		answer_error(q, r, 406, "answers are " TAXII_TYPE);
		return false;
	}
	return true;
}

/* ---- collections ---- */

static bool uuid_of(const char *name, uint8_t ret[16])
{
	char lower[36];
	const size_t n = strlen(name);

	if (n != sizeof(lower))
		return false;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'F' ? name[i] - 'A' + 'a' : name[i]);
	return uuid_parse(lower, n, ret);
}

static void take(struct call *c, const uint8_t uuid[16], const struct collection *col)
{
	memcpy(c->uuid, uuid, 16);
	uuid_format(uuid, c->id);
	c->coll = *col;
	c->can_read = c->who.known ? access_may(c->t->conf.access, &c->who, uuid, ACCESS_READ) : col->is_public;
	c->can_write = c->who.known && access_may(c->t->conf.access, &c->who, uuid, ACCESS_WRITE);
}

/* Neither read nor written by him: as if it were not there (§5.2: only what the client has access to is listed). */
static bool has_use(const struct call *c)
{
	return c->can_read || c->can_write;
}

bool call_sees(struct call *c, const uint8_t uuid[16], const struct collection *col, const struct entry *en, int *ret, struct err *e)
{
	*ret = record_may_read(c->rd, &c->who.reader, en, e);
	if (*ret == 0)
		take(c, uuid, col);
	if (*ret == 0 && !has_use(c))
		*ret = E_NOTFOUND;
	return *ret == 0;
}

struct by_alias { struct call *c; const char *name; };

static int look_at_alias(void *ctx, const uint8_t uuid[16], const struct collection *col, const struct entry *en, struct err *e)
{
	const struct by_alias *const a = ctx;
	int rc;

	if (strcmp(col->alias, a->name) != 0)
		return 0;
	if (call_sees(a->c, uuid, col, en, &rc, e))
		return FOUND;
	return rc == E_NOTFOUND ? 0 : rc;
}

static int find_alias(struct call *c, const char *name, struct err *e)
{
	struct by_alias a = {c, name};
	const int rc = name[0] != '\0' ? record_collections(c->rd, look_at_alias, &a, e) : 0;

	return rc == FOUND ? 0 : rc == 0 ? fail(e, E_NOTFOUND, "not found") : rc;
}

static int look_for(struct call *c, const char *name, struct err *e)
{
	struct collection col;
	uint8_t uuid[16];
	struct entry en;
	int rc;

	if (!uuid_of(name, uuid))
		return find_alias(c, name, e);
	if ((rc = record_collection(c->rd, uuid, &col, e)) != 0 || (rc = record_collection_entry(c->rd, uuid, &en, e)) != 0)
		return rc;
	IGNORE(call_sees(c, uuid, &col, &en, &rc, e), "rc says it");
	entry_free(&en);
	return rc;
}

int call_find(struct call *c, const char *name, struct err *e)
{
	struct collection col;
	uint8_t uuid[16];
	uint64_t head = 0;
	bool yes;
	int rc;

	if (seen_get(c, name, &yes, uuid, &col)) {
		take(c, uuid, &col);
		return yes && has_use(c) ? 0 : fail(e, E_NOTFOUND, "not found");
	}
	if ((rc = index_reader_head(record_index(c->rd), &head, e)) != 0)
		return rc;
	/* A "no" may end with a grant, which moves no head: it is not remembered. */
	if ((rc = look_for(c, name, e)) == 0)
		seen_put(c, name, head, true, c->uuid, &c->coll);
	return rc;
}

bool call_collection(struct call *c, const char *name)
{
	struct err e = {0};
	const int rc = call_find(c, name, &e);

	if (rc != 0)
		answer_fail(c, rc, &e);
	return rc == 0;
}

bool call_may(struct call *c, bool read, bool write)
{
	if ((c->can_read || !read) && (c->can_write || !write))
		return true;
	if (c->can_read || c->can_write)
		answer_error(c->q, c->r, 403, c->can_read ? "this collection is not written by you" : "this collection is not read by you");
	else
		answer_error(c->q, c->r, 404, NULL);
	return false;
}
