/*
 * cli/misp.h - MISP events (JSON, as MISP exports and its feeds hold them) as STIX 2.1 objects. Pure: the same event gives
 * the same objects, so bringing one in twice adds nothing. What maps to what, and what is lossless: doc/MISP.md.
 */
#pragma once
#include <stdint.h>

#include "json/json.h"

struct misp;
NODISCARD struct misp *misp_new(void); /* NULL: no memory */
void misp_free(struct misp *m);        /* NULL is fine */

/* One STIX object, JSON text; non-zero stops and is returned. References point backwards, but for notes. */
typedef int misp_object(void *ctx, const void *p, size_t n, struct err *e);
/*
 * One event, bare or as {"Event":{…}}. E_FORMAT: no event (says what is missing or broken, and where). A single attribute
 * that cannot be mapped is kept raw; one without a UUID or type is E_FORMAT.
 */
NODISCARD int misp_event(struct misp *m, const struct json_val *v, misp_object *put, void *ctx, struct err *e);

/* What became of the attributes of all events so far, by MISP's type, in alphabetical order. */
struct misp_count {
	uint64_t mapped; /* all of it has a place in STIX */
	uint64_t partly; /* mapped, with x_misp_… properties beside */
	uint64_t raw;    /* an x-misp-attribute */
};
void misp_counts(const struct misp *m, void (*show)(void *ctx, const char *type, const struct misp_count *c), void *ctx);
