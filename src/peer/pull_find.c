/* From an address somebody was given to the collection behind it. */
#include <string.h>

#include "base/mem.h"
#include "json/json.h"
#include "peer/pull.h"

struct finding {
	pull_get *get; void *ctx;
	const char *want;
	size_t origin_n;             /* bytes of scheme, host and port of the address given */
	const char *given;
	struct buf found, names;
	unsigned matches;
};

static size_t origin_of(const char *url)
{
	const char *host = strstr(url, "://");

	return host == NULL ? 0 : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

static int get_json(struct finding *f, const char *url, struct json_doc **ret, struct err *e)
{
	const struct json_read_opt opt = {.max_bytes = LIMIT_PULL_RESOURCE, .what = url};
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_PULL_RESOURCE);
	int status = 0, rc = f->get(f->ctx, url, &status, &b, e);

	if (rc != 0)
		return rc;
	if (status == 401 || status == 403)
		return fail(e, E_DENIED, "%s: not allowed (%d): are token, name or password right?", url, status);
	if (status != 200)
		return fail(e, status == 404 ? E_NOTFOUND : E_NET, "%s: status %d", url, status);
	return json_read(b.p != NULL ? b.p : "", b.n, &opt, ret, e);
}

static bool wanted(const struct finding *f, const struct json_val *col)
{
	static const char *const names[] = {"id", "alias", "title"};

	for (size_t i = 0; f->want != NULL && i < ARRAY_LEN(names); i++)
		if (json_str_is(json_get(col, names[i]), f->want))
			return true;
	return f->want == NULL;
}

static void note(struct finding *f, const char *collections, const struct json_val *col)
{
	const char *id = json_get_str(col, "id"), *title = json_get_str(col, "title");
	bool readable = true;

	IGNORE(!json_bool(json_get(col, "can_read"), &readable), "not said: let the server answer");
	if (id == NULL || !readable)
		return;
	buf_printf(&f->names, "%s%s \"%s\"", f->names.n > 0 ? ", " : "", id, title != NULL ? title : "");
	if (!wanted(f, col))
		return;
	f->matches++;
	buf_clear(&f->found);
	buf_printf(&f->found, "%s%s/objects/", collections, id);
}

static int look_at_root(struct finding *f, const char *root, struct err *e)
{
	CLEANUP_STR char *url = mem_printf("%s%scollections/", root, root[strlen(root) - 1] == '/' ? "" : "/");
	const struct json_val *col;
	struct json_doc *doc = NULL;
	struct json_iter it;
	int rc = url == NULL ? fail(e, E_NOMEM, "%s", root) : get_json(f, url, &doc, e);

	for (json_iter(&it, rc == 0 ? json_get(json_root(doc), "collections") : NULL); json_next(&it, NULL, &col);)
		note(f, url, col);
	json_free(doc);
	return rc;
}

/* A root as discovery names it: a path on this server, or an address; one on another server gets no credentials of ours. */
static int look_at_named(struct finding *f, const char *root, struct err *e)
{
	CLEANUP_STR char *url = NULL;

	if (root[0] == '/' && root[1] != '/')
		url = mem_printf("%.*s%s", (int)f->origin_n, f->given, root);
	else if (origin_of(root) == f->origin_n && strncmp(root, f->given, f->origin_n) == 0)
		url = mem_strdup(root);
	else
		return 0;
	return url == NULL ? fail(e, E_NOMEM, "%s", root) : look_at_root(f, url, e);
}

static int look_at_roots(struct finding *f, const struct json_val *roots, struct err *e)
{
	const struct json_val *root;
	struct json_iter it;
	struct err first = {0};
	unsigned good = 0;

	for (json_iter(&it, roots); json_next(&it, NULL, &root);) {
		const char *s = json_str(root, &(size_t){0});
		struct err here = {0};

		if (s == NULL || s[0] == '\0')
			continue;
		if (look_at_named(f, s, &here) == 0)
			good++;
		else if (first.code == 0)
			first = here;
	}
	if (good == 0 && first.code != 0 && e != NULL)
		*e = first;
	return good == 0 ? first.code : 0;
}

static int search(struct finding *f, const char *url, struct err *e)
{
	struct json_doc *doc = NULL;
	int rc = get_json(f, url, &doc, e);

	if (rc != 0)
		return rc;
	rc = json_get(json_root(doc), "api_roots") != NULL ? look_at_roots(f, json_get(json_root(doc), "api_roots"), e) : look_at_root(f, url, e);
	json_free(doc);
	return rc;
}

static int choose(struct finding *f, struct buf *ret_url, struct err *e)
{
	if (f->matches == 1 && f->found.err == 0) {
		buf_put(ret_url, f->found.p, f->found.n);
		return buf_err(ret_url, e, "address");
	}
	if (f->names.n == 0)
		return fail(e, E_NOTFOUND, "%s: no collection that may be read", f->given);
	return fail(e, f->matches == 0 ? E_NOTFOUND : E_USAGE, "%s: which collection? %.700s", f->given, f->names.p);
}

int pull_find(pull_get *get, void *ctx, const char *url, const char *want, struct buf *ret_url, struct err *e)
{
	struct finding f = {.get = get, .ctx = ctx, .want = want, .given = url, .origin_n = origin_of(url), .found = BUF_INIT(LIMIT_URL), .names = BUF_INIT(65536)};
	CLEANUP_STR char *slashed = mem_printf("%s%s", url, url[0] != '\0' && url[strlen(url) - 1] == '/' ? "" : "/");
	const char *in, *end;
	int rc;

	if (slashed == NULL)
		return fail(e, E_NOMEM, "%s", url);
	if (f.origin_n == 0 || strlen(url) > LIMIT_URL || strpbrk(url, "?#") != NULL)
		return fail(e, E_USAGE, "%s: an address like https://taxii.example.org/taxii2/ is due", url);
	/* …/collections/{id}/ or …/collections/{id}/objects/: nothing to look for. */
	if ((in = strstr(slashed, "/collections/")) != NULL && in[strlen("/collections/")] != '\0') {
		end = strchr(in + strlen("/collections/"), '/');
		buf_put(ret_url, slashed, (size_t)(end + 1 - slashed));
		buf_puts(ret_url, "objects/");
		return buf_err(ret_url, e, "address");
	}
	if (in != NULL)
		slashed[in + 1 - slashed] = '\0'; /* the list of an API root's collections */
	rc = search(&f, slashed, e);
	if (rc == 0)
		rc = choose(&f, ret_url, e);
	buf_free(&f.found);
	buf_free(&f.names);
	return rc;
}
