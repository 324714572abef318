/* json/scan.h - shared inside the module only: finding the end of one JSON value in a stream, without judging it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct json_scan {
	enum { SCAN_TREE, SCAN_STRING, SCAN_WORD } kind;
	uint64_t depth;
	bool in_string, escaped;
};
/* May a value begin with this byte? Anything may that is no white space and no punctuation. */
bool json_scan_begins(char c);
/* Before the byte `first`, which is the first that json_scan gets. */
void json_scan_start(struct json_scan *s, char first);
/* The first byte behind the value and *ret_done, or `end`. Lists and objects end where every bracket is closed, of either kind. */
const char *json_scan(struct json_scan *s, const char *p, const char *end, bool *ret_done);
/* How many line feeds; *ret_after: behind the last one, or p. */
uint64_t json_scan_lines(const char *p, const char *end, const char **ret_after);
