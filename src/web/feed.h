/*
 * web/feed.h - an Atom feed (RFC 4287) of published texts. Pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

struct feed_entry {
	const char *id;              /* an address or urn:uuid:…, the same for ever */
	const char *title;
	const char *url;             /* the page */
	const char *summary;         /* plain text, or NULL */
	const char *author;          /* or NULL: the feed's */
	const char *kind, *kind_word;/* category: code and its word, or NULL */
	enum lang lang;              /* of title and summary */
	int64_t published, updated;  /* ns; a correction or withdrawal is an update */
};
struct feed {
	const char *id, *title, *author;
	const char *url, *self;      /* the page, and the feed itself */
	const char *other[LANG_COUNT]; /* this feed in the other languages, or NULL */
	enum lang lang;
	int64_t updated;             /* ns; when there is no entry. Otherwise the newest entry's */
	const struct feed_entry *v; size_t n;
};
#define FEED_TYPE "application/atom+xml; charset=utf-8"
/* E_FORMAT naming entry and element: not UTF-8, no id or title. Characters XML 1.0 has no place for become U+FFFD. */
NODISCARD int feed_write(const struct feed *f, struct buf *out, struct err *e);
