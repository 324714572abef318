/* The table of routes, made from web/pages.def, and the headers of every answer. */
#include "web/web.h"

#include <string.h>

#include "web/keep.h"
#include "web/visit.h"

#define ANYONE NEED_ANYONE
#define SIGNED_IN NEED_SIGNED_IN
#define NONE visit_none
#define PAGE(name, pattern, nav, need, methods, see, act) \
	static const struct web_page page_of_##name = {NAV_##nav, need, see, act}; \
	static void handle_##name(void *ctx, void *thread, const struct http_req *q, struct http_resp *r) { keep_visit(ctx, thread, q, r, &page_of_##name); }
#include "web/pages.def"
#undef PAGE

#define GET HTTP_GET
#define POST HTTP_POST
#define BOTH (HTTP_GET | HTTP_POST)
size_t web_routes(const struct http_route **ret)
{
	static const char *const form_types[] = {"application/x-www-form-urlencoded", NULL};
	static const struct http_route table[] = {
		{.pattern = "/", .methods = HTTP_GET, .handler = serve_root},
		{.pattern = "/a/{}/{}", .methods = HTTP_GET, .handler = serve_asset},
		{.pattern = "/r/{}", .methods = HTTP_GET, .handler = serve_permanent},
		{.pattern = "/r/{}/v/{}", .methods = HTTP_GET, .handler = serve_permanent},
#define PAGE(name, p, nav, need, m, see, act) {.pattern = p, .methods = (m), .handler = handle_##name, .types = form_types},
#include "web/pages.def"
#undef PAGE
	};

	*ret = table;
	return ARRAY_LEN(table);
}

void web_security_headers(void *ctx, const struct http_req *q, struct http_resp *r)
{
	static const struct http_param page[] = {
		{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; connect-src 'self'; base-uri 'none'; "
			"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"},
		{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "same-origin"}, {"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"}, {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	};
	/* What programs read is no document: nothing in it runs, opens, refers or frames, should a browser show it. */
	static const struct http_param data[] = {
		{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}, {"X-Content-Type-Options", "nosniff"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
	};
	const bool is_data = r->type != NULL && strncmp(r->type, "application/", strlen("application/")) == 0;
	const struct http_param *const rows = is_data ? data : page;
	const size_t n = is_data ? ARRAY_LEN(data) : ARRAY_LEN(page);

	(void)ctx;
	(void)q;
	for (size_t i = 0; i < n && r->headers < ARRAY_LEN(r->header); i++)
		r->header[r->headers++] = rows[i];
}
