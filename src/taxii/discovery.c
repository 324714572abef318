/* What is here: discovery, the API root, its collections, and a description for programs. */
#include "base/enc.h"
#include "taxii/priv.h"

/* Names what the client holds already by a hash nobody else can compute; true: r is the 304. */
bool answer_known(struct call *c, const char *purpose)
{
	uint8_t mac[32];
	char tag[HEX_LEN(16) + 1];

	if (c->r->status != 200)
		return false;
	access_mac(c->t->conf.access, purpose, c->r->body.p, c->r->body.n, mac);
	hex_encode(mac, 16, tag);
	return http_etag(c->q, c->r, tag);
}

void get_discovery(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct taxii *const t = ctx;
	struct call c;
	bool first = true;

	if (!call_begin(&c, t, thread, q, r, true))
		return;
	buf_putc(&r->body, '{');
	put_member(&r->body, &first, "title", t->conf.title);
	if (t->conf.description != NULL)
		put_member(&r->body, &first, "description", t->conf.description);
	if (t->conf.contact != NULL)
		put_member(&r->body, &first, "contact", t->conf.contact);
	put_member(&r->body, &first, "default", TAXII_ROOT);
	buf_puts(&r->body, ",\"api_roots\":[\"" TAXII_ROOT "\"]}");
	answer_resource(&c, 200, false);
	(void)answer_known(&c, "taxii discovery");
}

void get_root(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct taxii *const t = ctx;
	struct call c;
	bool first = true;

	if (!call_begin(&c, t, thread, q, r, false))
		return;
	buf_putc(&r->body, '{');
	put_member(&r->body, &first, "title", t->conf.title);
	if (t->conf.description != NULL)
		put_member(&r->body, &first, "description", t->conf.description);
	buf_printf(&r->body, ",\"versions\":[\"" TAXII_TYPE "\"],\"max_content_length\":%lu}", (unsigned long)LIMIT_TAXII_BODY);
	answer_resource(&c, 200, false);
	(void)answer_known(&c, "taxii root");
}

/* ---- collections ---- */

/* The client's language, else English, else whatever there is. */
static const char *in_language(const struct json_val *texts, enum lang lang)
{
	const char *s = json_get_str(texts, lang_code(lang));
	const struct json_val *v;
	struct json_iter it;

	if (s == NULL)
		s = json_get_str(texts, lang_code(LANG_EN));
	for (json_iter(&it, texts); s == NULL && json_next(&it, NULL, &v);)
		s = json_str(v, NULL);
	return s;
}

static void put_collection(const struct call *c, const struct entry *en, struct buf *out)
{
	const enum lang lang = http_lang(c->q, LANG_EN);
	const char *const name = in_language(json_get(en->object.val, "name"), lang);
	const char *const description = in_language(json_get(en->object.val, "description"), lang);
	bool first = true;

	buf_putc(out, '{');
	put_member(out, &first, "id", c->id);
	put_member(out, &first, "title", name != NULL ? name : c->id);
	if (description != NULL)
		put_member(out, &first, "description", description);
	if (c->coll.alias[0] != '\0')
		put_member(out, &first, "alias", c->coll.alias);
	buf_printf(out, ",\"can_read\":%s,\"can_write\":%s,\"media_types\":[%s%s%s]}", c->can_read ? "true" : "false", c->can_write ? "true" : "false",
	    c->coll.v21 ? "\"" STIX_TYPE_21 "\"" : "", c->coll.v21 && c->coll.v20 ? "," : "", c->coll.v20 ? "\"" STIX_TYPE_20 "\"" : "");
}

static int list_one(void *ctx, const uint8_t uuid[16], const struct collection *col, const struct entry *en, struct err *e)
{
	struct call *const c = ctx;
	struct buf *const out = &c->r->body;
	int rc;

	if (!call_sees(c, uuid, col, en, &rc, e))
		return rc == E_NOTFOUND ? 0 : rc;
	buf_puts(out, out->n == 0 ? "{\"collections\":[" : ",");
	put_collection(c, en, out);
	return 0;
}

void get_collections(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct err e = {0};
	struct call c;
	int rc;

	if (!call_begin(&c, ctx, thread, q, r, false))
		return;
	if ((rc = record_collections(c.rd, list_one, &c, &e)) != 0) {
		answer_fail(&c, rc == E_LIMIT ? E_ENV : rc, &e);
		return;
	}
	buf_puts(&r->body, r->body.n == 0 ? "{}" : "]}");
	r->may_pack = true;
	answer_resource(&c, 200, true);
	(void)answer_known(&c, "taxii collections");
}

void get_collection(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	struct err e = {0};
	struct entry en;
	struct call c;
	int rc;

	if (!call_begin(&c, ctx, thread, q, r, false) || !call_collection(&c, q->arg[0]))
		return;
	if ((rc = record_collection_entry(c.rd, c.uuid, &en, &e)) != 0) {
		answer_fail(&c, rc, &e);
		return;
	}
	put_collection(&c, &en, &r->body);
	entry_free(&en);
	answer_resource(&c, 200, true);
	(void)answer_known(&c, "taxii collection");
}

/* ---- beside the standard ---- */

void get_openapi(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	(void)ctx;
	(void)thread;
	(void)q;
	r->fixed = openapi_json;
	r->fixed_n = openapi_json_n;
	r->type = "application/json";
	r->may_pack = true;
	IGNORE(http_header(r, "Cache-Control", "public, max-age=3600", NULL), "a cache more or less");
}

/* Unreserved characters of RFC 3986 stay, all others are encoded. */
static void put_encoded(struct buf *out, const char *s, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < n; i++) {
		const unsigned char ch = (unsigned char)s[i];

		if ((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch != '\0' && strchr("-._~", ch) != NULL)) {
			buf_putc(out, (char)ch);
			continue;
		}
		buf_putc(out, '%');
		buf_putc(out, hex[ch >> 4]);
		buf_putc(out, hex[ch & 15]);
	}
}

/* Relative, so that it holds behind whatever front there is. Says nothing about what is there. */
void add_slash(void *ctx, void *thread, const struct http_req *q, struct http_resp *r)
{
	CLEANUP_BUF struct buf to = BUF_INIT(16 * LIMIT_HTTP_URL);
	const char *const last = strrchr(q->path, '/') + 1;

	(void)ctx;
	(void)thread;
	put_encoded(&to, last, strlen(last));
	buf_putc(&to, '/');
	for (size_t i = 0; i < q->params; i++) {
		buf_putc(&to, i == 0 ? '?' : '&');
		put_encoded(&to, q->param[i].name, strlen(q->param[i].name));
		buf_putc(&to, '=');
		put_encoded(&to, q->param[i].value, strlen(q->param[i].value));
	}
	answer_error(q, r, 308, "every address here ends in a slash (TAXII 2.1, 3.1)");
	if (to.err != 0 || http_header(r, "Location", to.p, NULL) != 0)
		answer_error(q, r, 503, NULL);
}

static bool begin_add_slash(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, void **state)
{
	(void)state;
	add_slash(ctx, thread, q, r);
	return false;
}

const struct http_stream add_slash_stream = {.begin = begin_add_slash};
