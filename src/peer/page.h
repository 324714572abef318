/*
 * peer/page.h - an answer of /log/entries/: one line {"entry":P,"index":N,"salt":"…"} per entry, in the order of
 * the log, then a last line {"next":N}: the log was looked through up to there. Each line is canonical JSON (RFC 8785),
 * because P is; so there is one way to write a page, and reading one takes no JSON.
 */
#pragma once
#include "record/record.h"

void page_put_entry(struct buf *out, uint64_t index, const uint8_t salt[SALT_LEN], const void *p, size_t n);
void page_put_next(struct buf *out, uint64_t next);

struct page { struct peer_entry *entry; size_t n; uint64_t next; };
/*
 * Read the answer to "from index `from`". Exact; indices rise strictly from `from` and stay below next.
 * Whether P is what the log committed to is not asked here. Entries point into the bytes; free: page_free.
 */
NODISCARD int page_parse(const char *p, size_t n, uint64_t from, struct page *ret, struct err *e);
void page_free(struct page *pg);
/* Bytes a line has besides P: {"entry":,"index":,"salt":""} LF, 20 digits, 44 of salt. */
#define PAGE_LINE_EXTRA 96
