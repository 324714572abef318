/* web/serve.h - between web.c (pages) and serve.c (files and permanent links). */
#pragma once
#include "web/load.h"
#include "web/web.h"

http_handler serve_root, serve_asset, serve_permanent;
struct loader serve_loader(const struct web *w, struct record_reader *rd, struct arena *a, enum lang lang);
/* The same for whoever is signed in; *who lives as long as the loader. Adds what tells caches so. */
NODISCARD int serve_person(const struct web *w, const struct http_req *q, struct http_resp *r, struct principal *who, struct loader *l, struct err *e);
/* Move the page into the response. */
NODISCARD int serve_html(struct arena *a, struct buf *html, struct http_resp *r, int status, struct err *e);
/* The error page for an error code of ours. */
void serve_failure(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, int code);
