/*
 * web/look.h - how one browser wants pages: language, order of columns, Japanese eras. Kept in a cookie of that browser,
 * which names nobody; anything unreadable in it counts as not said.
 */
#pragma once
#include "http/http.h"
#include "web/arena.h"

struct look {
	bool has_lang; enum lang lang;
	enum lang col[LANG_COUNT]; size_t cols;   /* 0: the order of the page */
	bool era;
};
void look_of(const struct http_req *q, struct look *ret);
/* What "?view=" would say, or NULL. */
const char *look_columns(const struct look *l, struct arena *a);
/* The order as a word, "de-ja", and back; "" for none. */
const char *look_order(const struct look *l, struct arena *a);
void look_set_order(struct look *l, const char *word);
/* The value of Set-Cookie. */
const char *look_cookie(const struct look *l, struct arena *a, bool tls);
