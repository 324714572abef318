/* The routes, and the server as a whole. */
#include "base/mem.h"
#include "taxii/priv.h"

#define C "/taxii2/api/collections/{}"

static const struct http_route routes[] = {
	{.pattern = "/taxii2/", .methods = HTTP_GET, .handler = get_discovery},
	{.pattern = "/taxii2/openapi.json", .methods = HTTP_GET, .handler = get_openapi},
	{.pattern = "/taxii2/api/", .methods = HTTP_GET, .handler = get_root},
	{.pattern = "/taxii2/api/collections/", .methods = HTTP_GET, .handler = get_collections},
	{.pattern = C "/", .methods = HTTP_GET, .handler = get_collection},
	{.pattern = C "/manifest/", .methods = HTTP_GET, .handler = get_manifest},
	{.pattern = C "/objects/", .methods = HTTP_GET, .handler = get_objects},
	{.pattern = C "/objects/", .methods = HTTP_POST, .stream = &post_stream, .max_body = LIMIT_TAXII_BODY},
	{.pattern = C "/objects/{}/", .methods = HTTP_GET, .handler = get_object},
	{.pattern = C "/objects/{}/", .methods = HTTP_DELETE, .handler = delete_object},
	{.pattern = C "/objects/{}/versions/", .methods = HTTP_GET, .handler = get_versions},
	{.pattern = "/taxii2/api/status/{}/", .methods = HTTP_GET, .handler = get_status},
	/* Without their last slash. */
	{.pattern = "/taxii2", .methods = HTTP_GET, .handler = add_slash},
	{.pattern = "/taxii2/api", .methods = HTTP_GET, .handler = add_slash},
	{.pattern = "/taxii2/api/collections", .methods = HTTP_GET, .handler = add_slash},
	{.pattern = C, .methods = HTTP_GET, .handler = add_slash},
	{.pattern = C "/manifest", .methods = HTTP_GET, .handler = add_slash},
	{.pattern = C "/objects", .methods = HTTP_GET, .handler = add_slash},
	{.pattern = C "/objects", .methods = HTTP_POST, .stream = &add_slash_stream, .max_body = LIMIT_TAXII_BODY},
	{.pattern = C "/objects/{}", .methods = HTTP_GET | HTTP_DELETE, .handler = add_slash},
	{.pattern = C "/objects/{}/versions", .methods = HTTP_GET, .handler = add_slash},
	{.pattern = "/taxii2/api/status/{}", .methods = HTTP_GET, .handler = add_slash},
};

size_t taxii_routes(const struct http_route **ret)
{
	*ret = routes;
	return ARRAY_LEN(routes);
}

int taxii_open(const struct taxii_conf *c, struct taxii **ret, struct err *e)
{
	struct taxii *const t = mem_zalloc(sizeof(*t));
	int rc;

	if (t == NULL)
		return fail(e, E_NOMEM, "TAXII server");
	t->conf = *c;
	if ((t->seen = seen_new()) == NULL)
		rc = fail(e, E_NOMEM, "TAXII server");
	else
		rc = ingest_open(t, &t->ingest, e);
	if (rc != 0) {
		taxii_close(t);
		return rc;
	}
	*ret = t;
	return 0;
}

void taxii_close(struct taxii *t)
{
	if (t == NULL)
		return;
	ingest_close(t->ingest);
	seen_free(t->seen);
	mem_free(t);
}

bool taxii_owns(const char *path) { return strncmp(path, "/taxii2", 7) == 0 && (path[7] == '/' || path[7] == '\0'); }

void taxii_error(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int status)
{
	(void)ctx;
	(void)thread;
	answer_error(q, r, status, NULL);
}
