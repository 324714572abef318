/*
 * Acts that wait for a second person: as text, and back.
 *
 *   {"verb":"write","kind":"verbale-comment","at":{"id":…,"seen":…,"collection":"hex","tlp":"amber","release_to":[…]},"props":{…}}
 *   {"verb":"accept","proposal":"…","seen":"…","reason":{"de":…}}
 *
 * ready to be sent: [{"collection":"hex","after":"…","object":{…}}, …]
 */
#include <stdio.h>
#include <string.h>

#include "base/enc.h"
#include "consult/acts_priv.h"
#include "consult/desk.h"

static void put_hex(struct buf *b, bool *first, const char *key, const uint8_t collection[16])
{
	char hex[HEX_LEN(16) + 1];

	hex_encode(collection, 16, hex);
	put_text(b, first, key, hex);
}

static bool take_hex(const struct json_val *v, const char *key, uint8_t ret[16])
{
	const char *hex = json_get_str(v, key);

	return hex != NULL && hex_decode(hex, strlen(hex), ret, 16);
}

/* ---- ready to be sent ---- */

int keep_ready(const struct actor *a, const struct going *g, struct add_result *ret, struct err *e)
{
	bool first = true;

	buf_puts(a->ready, a->ready->n > 0 ? ",{" : "{");
	put_hex(a->ready, &first, "collection", g->collection);
	add_text(a->ready, &first, "after", g->after);
	json_put_member(a->ready, &first, "object");
	buf_put(a->ready, g->p, g->n);
	buf_putc(a->ready, '}');
	*ret = (struct add_result){.what = ADDED_NEW};
	return buf_err(a->ready, e, "act");
}

static int send_one(const struct actor *a, const struct json_val *v, struct add_result *ret, struct err *e)
{
	CLEANUP_BUF struct buf object = BUF_INIT(LIMIT_JSON_BYTES);
	const char *after = json_get_str(v, "after");
	uint8_t collection[16];
	int rc;

	json_canon(json_get(v, "object"), &object);
	if ((rc = buf_err(&object, e, "act")) != 0)
		return rc;
	if (!take_hex(v, "collection", collection) || (after != NULL && strlen(after) > LIMIT_TIMESTAMP))
		return fail(e, E_CORRUPT, "an act that was ready is not what it should be");
	return send_object(a, &(struct going){collection, after != NULL ? after : "", object.p, object.n}, ret, e);
}

/* What keep_ready() put, as one JSON text. */
static int close_list(const struct buf *list, struct buf *out, struct err *e)
{
	buf_putc(out, '[');
	buf_put(out, list->p, list->n);
	buf_putc(out, ']');
	return buf_err(out, e, "act");
}

/* In order: what rests on another stands behind it. */
int act_send(const struct actor *a, const char *ready, size_t n, struct add_result *ret, struct err *e)
{
	struct add_result res = {.what = ADDED_REFUSED};
	const struct json_val *val;
	struct json_doc *doc = NULL;
	struct json_iter it;
	size_t done = 0;
	int rc = json_read(ready, n, &(struct json_read_opt){.what = "act", .max_bytes = LIMIT_READY}, &doc, e);

	if (rc != 0)
		return rc;
	*ret = res;
	for (json_iter(&it, json_root(doc)); rc == 0 && json_next(&it, NULL, &val); done++)
		if ((rc = send_one(a, val, &res, e)) == 0 && done == 0)
			*ret = res;
	json_free(doc);
	return rc == 0 && done == 0 ? fail(e, E_CORRUPT, "an act that was ready is empty") : rc;
}

/* ---- does it need a second person? ---- */

static bool narrowed_to(const struct stix_object *o, const char *party)
{
	const size_t n = strlen(party);

	for (size_t i = 0; i < o->release_to_n; i++)
		if (strncmp(o->release_to[i], party, n) != 0 || (o->release_to[i][n] != '\0' && o->release_to[i][n] != '/'))
			return false;
	return o->has_release_to;
}

static bool goes_beyond(const struct stix_object *o, const struct collection *col, const char *party)
{
	for (size_t i = 0; i < col->members; i++)
		if (strcmp(col->party[i], party) != 0)
			return !narrowed_to(o, party);
	return false;
}

/* Was any version of this document public, or is it about to be? */
static int is_public(const struct actor *a, const char *id, const uint8_t collection[16], bool *ret, struct err *e)
{
	const int64_t now = clock_now(&record_world(a->r)->clock);
	struct doc_notice notice;
	struct doc_facts f;
	struct entry en;
	int rc = consult_notice(a->rd, id, now, &notice, e);

	*ret = rc == 0;
	if (rc != E_NOTFOUND || (rc = record_newest(a->rd, id, collection, &en, e)) != 0)
		return rc;
	if ((rc = consult_facts(a->rd, &en, now, &f, e)) == 0)
		*ret = f.has_publication;
	entry_free(&en);
	return rc;
}

static int look(const struct actor *a, const struct going *g, struct desk_release *ret, struct err *e)
{
	struct json_doc *doc = NULL;
	struct stix_object o;
	struct collection col;
	int rc = json_read(g->p, g->n, &(struct json_read_opt){.what = "act"}, &doc, e);

	*ret = (struct desk_release){.level = TLP_NONE};
	if (rc == 0 && (rc = stix_check(json_root(doc), &(struct stix_how){.strict = STIX_STRICT}, &o, e)) == 0 && (rc = record_collection(a->rd, g->collection, &col, e)) == 0) {
		ret->level = o.tlp != TLP_NONE ? o.tlp : col.ceiling;
		ret->beyond = goes_beyond(&o, &col, record_self(a->r)->party);
		ret->publication = o.kind == STIX_PUBLICATION;
		if (o.kind == STIX_DOCUMENT && o.revoked)
			rc = is_public(a, o.id, g->collection, &ret->withdraws_public, e);
	}
	json_free(doc);
	return rc;
}

/* ---- as text ---- */

static int hand_in(const struct actor *a, struct buf *b, const char *about, const struct desk_release *q, struct err *e)
{
	int rc;

	buf_putc(b, '}');
	if ((rc = buf_err(b, e, "waiting act")) != 0)
		return rc;
	rc = a->hold->put(a->hold->ctx, a, b->p, b->n, about, q->level, q->publication || q->withdraws_public, e);
	return rc == 0 ? ACT_HELD : rc;
}

/* The version seen is now the one before: whoever writes another meanwhile makes this act lapse. */
static void put_at(struct buf *b, bool *first, const struct act_at *at, const struct going *g)
{
	bool inner = true;

	json_put_member(b, first, "at");
	buf_putc(b, '{');
	add_text(b, &inner, "id", at->id);
	add_text(b, &inner, "seen", g->after);
	put_hex(b, &inner, "collection", g->collection);
	if (at->tlp != TLP_NONE)
		add_text(b, &inner, "tlp", tlp_word(at->tlp));
	if (at->release_to_n > 0)
		put_strings(b, &inner, "release_to", at->release_to, at->release_to_n);
	buf_putc(b, '}');
}

int hold_write(const struct actor *a, enum stix_kind kind, const struct act_at *at, const struct json_val *props, const struct going *g, const char *about, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_READY);
	struct desk_release q;
	bool first = true;
	const int rc = look(a, g, &q, e);

	if (rc != 0 || !desk_needs_second(&q))
		return rc;
	buf_putc(&b, '{');
	put_text(&b, &first, "verb", "write");
	put_text(&b, &first, "kind", stix_type_name(kind));
	put_at(&b, &first, at, g);
	json_put_member(&b, &first, "props");
	json_canon(props, &b);
	return hand_in(a, &b, about, &q, e);
}

/* Tried first, so that what does not fit is refused at once. */
static int try_accept(const struct actor *a, const char *proposal, const char *seen, const struct texts *reason, struct buf *ready, struct err *e)
{
	struct actor trial = *a;
	struct add_result res;

	trial.hold = NULL;
	trial.ready = ready;
	return act_accept(&trial, proposal, seen, reason, &res, e);
}

static int look_at_all(const struct actor *a, const struct buf *ready, struct desk_release *ret, char seen[LIMIT_TIMESTAMP + 1], bool *ret_needs, struct err *e)
{
	struct json_doc *doc = NULL;
	const struct json_val *val;
	struct json_iter it;
	int rc = json_read(ready->p, ready->n, &(struct json_read_opt){.what = "act", .max_bytes = LIMIT_READY}, &doc, e);

	*ret_needs = false;
	for (json_iter(&it, json_root(doc)); rc == 0 && !*ret_needs && json_next(&it, NULL, &val);) {
		CLEANUP_BUF struct buf object = BUF_INIT(LIMIT_JSON_BYTES);
		const char *after = json_get_str(val, "after");
		uint8_t collection[16];

		json_canon(json_get(val, "object"), &object);
		if ((rc = buf_err(&object, e, "act")) == 0 && take_hex(val, "collection", collection) &&
		    (rc = look(a, &(struct going){collection, "", object.p, object.n}, ret, e)) == 0)
			*ret_needs = desk_needs_second(ret);
		if (after != NULL && strlen(after) <= LIMIT_TIMESTAMP)
			memcpy(seen, after, strlen(after) + 1);
	}
	json_free(doc);
	return rc;
}

int hold_accept(const struct actor *a, const char *proposal, const char *seen, const struct texts *reason, struct err *e)
{
	CLEANUP_BUF struct buf list = BUF_INIT(LIMIT_READY), ready = BUF_INIT(LIMIT_READY), b = BUF_INIT(LIMIT_READY);
	char version[LIMIT_TIMESTAMP + 1] = "";
	struct desk_release q = {.level = TLP_NONE};
	bool first = true, needs = false;
	int rc = try_accept(a, proposal, seen, reason, &list, e);

	if (rc != 0 || (rc = close_list(&list, &ready, e)) != 0 || (rc = look_at_all(a, &ready, &q, version, &needs, e)) != 0 || !needs)
		return rc;
	buf_putc(&b, '{');
	put_text(&b, &first, "verb", "accept");
	put_text(&b, &first, "proposal", proposal);
	add_text(&b, &first, "seen", version[0] != '\0' ? version : seen);
	add_texts(&b, &first, "reason", reason);
	return hand_in(a, &b, proposal, &q, e);
}

/* ---- and back ---- */

static int replay_write(const struct actor *a, const struct json_val *v, struct err *e)
{
	const struct json_val *at = json_get(v, "at"), *to = json_get(at, "release_to"), *val;
	const enum stix_kind kind = stix_kind_of(json_get_str(v, "kind") != NULL ? json_get_str(v, "kind") : "");
	CLEANUP_BUF struct buf props = BUF_INIT(LIMIT_JSON_BYTES);
	const char *release_to[LIMIT_MEMBERS], *tlp = json_get_str(at, "tlp");
	uint8_t collection[16];
	struct act_at where = {.id = json_get_str(at, "id"), .seen = json_get_str(at, "seen"), .collection = collection, .tlp = tlp != NULL ? tlp_parse(tlp) : TLP_NONE, .release_to = release_to};
	struct add_result res;
	struct json_iter it;
	int rc;

	if (stix_type(kind) == NULL || !stix_type(kind)->own || !take_hex(at, "collection", collection))
		return fail(e, E_CORRUPT, "a waiting act is not what it should be");
	for (json_iter(&it, to); json_next(&it, NULL, &val) && where.release_to_n < ARRAY_LEN(release_to);)
		if (json_str(val, NULL) != NULL)
			release_to[where.release_to_n++] = json_str(val, NULL);
	json_canon(json_get(v, "props"), &props);
	if ((rc = buf_err(&props, e, "act")) != 0)
		return rc;
	return act_write(a, kind, &where, props.p, props.n, &res, e);
}

static int replay_accept(const struct actor *a, const struct json_val *v, struct err *e)
{
	const char *proposal = json_get_str(v, "proposal");
	struct texts reason = {{NULL}};
	struct add_result res;

	if (proposal == NULL)
		return fail(e, E_CORRUPT, "a waiting act is not what it should be");
	for (unsigned l = 0; l < LANG_COUNT; l++)
		reason.in[l] = json_get_str(json_get(v, "reason"), lang_code((enum lang)l));
	return act_accept(a, proposal, json_get_str(v, "seen"), &reason, &res, e);
}

int act_prepare(const struct actor *a, const char *act_json, size_t n, struct buf *ret_ready, struct err *e)
{
	static const struct { const char *verb; int (*run)(const struct actor *a, const struct json_val *v, struct err *e); } verbs[] = {
		{"write", replay_write}, {"accept", replay_accept}};
	CLEANUP_BUF struct buf ready = BUF_INIT(LIMIT_READY);
	struct actor again = *a;
	struct json_doc *doc = NULL;
	const char *verb;
	int rc = json_read(act_json, n, &(struct json_read_opt){.what = "a waiting act", .max_bytes = LIMIT_READY}, &doc, e);

	if (rc != 0)
		return rc;
	again.hold = NULL;
	again.ready = &ready;
	verb = json_get_str(json_root(doc), "verb");
	rc = fail(e, E_CORRUPT, "a waiting act of no verb of ours");
	for (size_t i = 0; verb != NULL && i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			rc = verbs[i].run(&again, json_root(doc), e);
	json_free(doc);
	if (rc != 0)
		return rc;
	return close_list(&ready, ret_ready, e);
}
