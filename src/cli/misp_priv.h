/* cli/misp_priv.h - shared by misp.c and misp_attribute.c only. */
#pragma once
#include "base/buf.h"
#include "cli/misp.h"
#include "stix/stix.h"

/* One event under way. */
struct misp_work {
	struct misp *m;
	misp_object *put;
	void *ctx;
	const struct json_val *event;
	char id[LIMIT_STIX_ID + 1];        /* of the report or grouping */
	char author[LIMIT_STIX_ID + 1];    /* of the identity, or "" */
	int64_t date, time;                /* the event's day; its last change */
	struct buf refs; size_t refs_n;    /* ids for the report: "…","…" */
	struct buf links;                  /* external references for the report: {…},{…} */
	bool stopped;                      /* by `put` */
	bool object_attribute;             /* the attribute under way belongs to an object */
};

/* An object being written. */
struct misp_out { struct buf b; bool first; char id[LIMIT_STIX_ID + 1]; };
#define MISP_OUT {.b = BUF_INIT(0), .first = true}

/* Begin with type, spec_version, id, and, for what has versions: created, modified, created_by_ref; markings of v and the event. */
void misp_begin(const struct misp_work *w, struct misp_out *o, const char *type, const char *id, const struct json_val *v, bool versioned);
void misp_str(struct misp_out *o, const char *key, const char *s, size_t n);
void misp_text(struct misp_out *o, const char *key, const char *s); /* NULL or "": nothing is written */
void misp_time(struct misp_out *o, const char *key, int64_t ns);
/* labels: those given (NULL-terminated pairs of key and value: misp:key="value"), then the tags of v that are no TLP. */
void misp_labels(struct misp_out *o, const struct json_val *v, const char *const *pairs);
/* Every member of v that is not in `known` (NULL-terminated) and says something, as x_misp_…; what has parts as JSON text. Names that
 * fall together or are too many: all of v as x_misp_json. How many? */
unsigned misp_rest(struct misp_out *o, const struct json_val *v, const char *const *known);
/* Close and hand out. With `check`, one that the rules of STIX refuse is E_FORMAT and is not handed out. */
int misp_end(struct misp_work *w, struct misp_out *o, bool check, struct err *e);
int misp_ref(struct misp_work *w, const char *id, struct err *e);    /* the report names it */

/* type--UUID: v's own UUID, lower case; one made from it when no identifier can hold it. */
void misp_id(const struct json_val *v, const char *type, char ret[LIMIT_STIX_ID + 1]);
/* timestamp of v (seconds since 1970, text or number), or the event's. */
int64_t misp_stamp(const struct misp_work *w, const struct json_val *v);
bool misp_flag(const struct json_val *v, const char *key);           /* true, 1, "1" */

/* Count what became of an attribute of this type. */
enum misp_fate { MISP_MAPPED, MISP_PARTLY, MISP_RAW };
int misp_tally(struct misp *m, const char *type, enum misp_fate f, struct err *e);

/* misp_attribute.c: everything that one attribute becomes. *ret_id: the object that stands for it, or "". */
int misp_attribute(struct misp_work *w, const struct json_val *a, char ret_id[LIMIT_STIX_ID + 1], struct err *e);
