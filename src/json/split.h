/*
 * json/split.h - a stream of JSON taken apart into its elements without holding it: a TAXII envelope or a STIX
 * bundle ({"objects":[…]}), a list, one object behind another (JSON lines, RFC 8259 text sequences without RS),
 * or a single object. Bounded memory: the element under way and what of it is asked for.
 *
 * Only the frame is judged here: the wrapping object with all of its members but the list, commas between elements,
 * white space, nothing behind the end. Each element goes to json_read, which judges the rest. So every text that json_read
 * would refuse is refused by one of the two; only depth (LIMIT_JSON_DEPTH) is counted in each element for itself. What
 * stands behind an error was not looked at: elements in front of it have been given already.
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
	 * With WRAPPED and LINES both allowed, a first object without a `list` member that is a list is itself the first element;
	 * it is held (max_element) until its end decides. With WRAPPED alone it is a wrapper without elements, unless `list` is
	 * there and no list (E_FORMAT). Behind a wrapping object nothing may come.
	 */
	unsigned shapes;
	const char *list;        /* "objects"; NULL: "objects" */
	/* Bytes of one element; 0: LIMIT_JSON_BYTES. Longer ones are `skipped`, not held. A wrapper longer than that without its list: E_LIMIT. */
	size_t max_element;
	const char *what;        /* names the input in errors; NULL = "JSON". Both texts must live as long as the splitter. */
};
enum { SPLIT_WRAPPED = 1, SPLIT_ARRAY = 2, SPLIT_LINES = 4 };
struct json_split_sink {
	/* The n-th element (from 0), its bytes from first to last brace; valid during the call. Any JSON value may come. */
	int (*element)(void *ctx, uint64_t n, const void *p, size_t len, struct err *e);
	/* An element longer than max_element: its length and first bytes (up to 4096: an id may be found there). */
	int (*skipped)(void *ctx, uint64_t n, const void *head, size_t head_n, uint64_t len, struct err *e);
	/*
	 * Another member of the wrapping object, key raw between its quotes, value as it stands, neither judged yet (the end does
	 * that); NULL: not wanted. Members in front of the list come before its elements.
	 */
	int (*member)(void *ctx, const char *key, size_t key_n, const void *p, size_t len, struct err *e);
	void *ctx;
};
/* A non-zero result of the sink stops and is returned. */
NODISCARD int json_split_new(const struct json_split_opt *opt, const struct json_split_sink *sink, struct json_splitter **ret, struct err *e);
/* Any cut of the stream gives the same calls. E_FORMAT with line and byte, E_LIMIT, E_NOMEM. After an error: only free. */
NODISCARD int json_split_feed(struct json_splitter *s, const void *p, size_t n, struct err *e);
/* E_FORMAT when the text is empty or not over. ret_elements: given and skipped; `ret_wrapped`: was it one object with the list member? */
NODISCARD int json_split_end(struct json_splitter *s, uint64_t *ret_elements, bool *ret_wrapped, struct err *e);
void json_split_free(struct json_splitter *s); /* NULL is fine */
