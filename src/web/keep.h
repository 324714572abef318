/*
 * web/keep.h - public pages that were just made, for whoever asks next. Only of those who are signed out and show no
 * cookie; while the record's head stands and the clock shows the same second, so an embargo ends on time. Thread-safe.
 */
#pragma once
#include "web/visit.h"

/* As visit(), out of the kept ones where that may be. */
void keep_visit(void *ctx, void *thread, const struct http_req *q, struct http_resp *r, const struct web_page *page);
