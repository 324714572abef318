/*
 * json/split.h - a stream of JSON taken apart into its elements without holding it: a TAXII envelope or a STIX
 * bundle ({"objects":[…]}), a list, one object behind another (JSON lines, RFC 8259 text sequences without RS),
 * or a single object. Bounded memory: the element under way and what of it is asked for.
 *
 * Only the frame is judged here (brackets, commas, strings, escapes' ends, white space); each element goes to
 * json_read, which judges the rest. So every malformed text is refused by one of the two.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct json_splitter;
struct json_split_opt {
	/*
	 * What the stream may be, or'ed. SPLIT_WRAPPED: one object with the member `list` (elements of that array come
	 * one by one, its other members to `member`). SPLIT_ARRAY, SPLIT_LINES (one or more objects behind another).
	 * With WRAPPED and LINES both allowed, an object without a `list` member is itself the first element;
	 * it is held (max_element) until its end decides.
	 */
	unsigned shapes;
	const char *list;        /* "objects"; NULL: "objects" */
	size_t max_element;      /* bytes of one element or other member; 0: LIMIT_JSON_BYTES. Longer ones are `skipped`, not held. */
	const char *what;        /* names the input in errors */
};
enum { SPLIT_WRAPPED = 1, SPLIT_ARRAY = 2, SPLIT_LINES = 4 };
struct json_split_sink {
	/* The n-th element (from 0), its bytes from first to last brace; valid during the call. Any JSON value may come. */
	int (*element)(void *ctx, uint64_t n, const void *p, size_t len, struct err *e);
	/* An element longer than max_element: its length and first bytes (up to 4096: an id may be found there). */
	int (*skipped)(void *ctx, uint64_t n, const void *head, size_t head_n, uint64_t len, struct err *e);
	/* Another member of the wrapping object, key raw between its quotes, value as it stands; NULL: not wanted. */
	int (*member)(void *ctx, const char *key, size_t key_n, const void *p, size_t len, struct err *e);
	void *ctx;
};
/* A non-zero result of the sink stops and is returned. */
NODISCARD int json_split_new(const struct json_split_opt *opt, const struct json_split_sink *sink, struct json_splitter **ret, struct err *e);
/* Any cut of the stream gives the same calls. E_FORMAT with line and byte. After an error: only free. */
NODISCARD int json_split_feed(struct json_splitter *s, const void *p, size_t n, struct err *e);
/* E_FORMAT when the text is not over. ret_elements; `ret_wrapped`: was it one object with the list member? */
NODISCARD int json_split_end(struct json_splitter *s, uint64_t *ret_elements, bool *ret_wrapped, struct err *e);
void json_split_free(struct json_splitter *s); /* NULL is fine */
