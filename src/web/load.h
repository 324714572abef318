/*
 * web/load.h - from the record to views. Every entry read here passed record_may_read for loader.reader, and the
 * grants of one who is signed in; what may not be read is left out as if it were not there. Functions return 0, E_NOTFOUND for both hidden
 * and unknown, or the record's own failure.
 */
#pragma once
#include "access/access.h"
#include "consult/find.h"
#include "record/record.h"
#include "web/view.h"

struct loader {
	struct record_reader *rd;
	struct arena *a;
	enum lang lang;
	int64_t now;
	const char *base_url;            /* "" when none is configured */
	const char *view;                /* "de,ja": wanted columns, or NULL */
	struct find *find;               /* names without a search through all; NULL: by searching */
	struct reader reader;            /* who asks; nobody: only what is public */
	struct access *access; const struct principal *who; /* signed in: grants narrow what he reads, too; or NULL */
};

/* ---- entries ---- */
struct picked { struct entry entry; unsigned version, versions; }; /* 1… among the versions that may be read */
struct picks { struct index_entry *row; size_t n, cap; };
/* Read and ask. The caller frees the entry. */
NODISCARD int load_row(struct loader *l, const struct index_entry *row, struct entry *ret, struct err *e);
/* All rows of a type, or about a subject, in arrival order; at most LIMIT_WEB_ROWS. */
NODISCARD int load_rows_of_type(struct loader *l, const char *type, struct picks *ret, struct err *e);
NODISCARD int load_rows_about(struct loader *l, const char *subject, struct picks *ret, struct err *e);
/*
 * The version of `id` dated `modified` (NULL: the newest) that may be read, in the collection and log where the id
 * first appeared: nobody else's object of the same name takes its place.
 */
NODISCARD int load_version(struct loader *l, const char *id, const char *modified, struct picked *ret, struct err *e);
/* Distinct ids of rows, first appearance first; type_prefix "verbale-round--"; only in `collection` unless NULL. */
size_t load_ids(struct loader *l, const struct picks *rows, const char *type, const uint8_t *collection, const char ***ret);

/* ---- values of the JSON, copied into the arena ---- */
const char *get_str(struct loader *l, const struct json_val *o, const char *key);
struct bitext get_text(struct loader *l, const struct json_val *o, const char *key);
int64_t get_time(const struct json_val *o, const char *key, int64_t otherwise);
static inline bool is_list(const struct json_val *v) { return v != NULL && json_type(v) == JSON_ARRAY; }
bool get_bool(const struct json_val *o, const char *key);
struct v_links get_links(struct loader *l, const struct json_val *o, const char *key);

/* ---- views ---- */
NODISCARD int load_series_list(struct loader *l, struct v_series_list *ret, struct err *e);
/* With its rounds, but nothing of what belongs to them: for pages about one of those. */
NODISCARD int load_series_bare(struct loader *l, const char *slug, struct v_series *ret, struct err *e);
NODISCARD int load_series(struct loader *l, const char *slug, struct v_series *ret, struct err *e);
/* A round of a loaded series by its key; everything on its page. Pointers go into s. */
NODISCARD int load_round(struct loader *l, struct v_series *s, const char *key, struct v_round **ret, struct err *e);
/* Fills documents, agenda, statement, delegations, events of a round. */
NODISCARD int load_round_parts(struct loader *l, const struct v_series *s, struct v_round *r, bool all, struct err *e);
/* The round a document belongs to, by its id, with the series it is in. */
NODISCARD int load_round_of(struct loader *l, const char *round_id, struct v_series **ret_s, struct v_round **ret, struct err *e);
NODISCARD int load_document(struct loader *l, const struct v_round *r, const struct picked *p, struct v_document *ret, struct err *e);
/* Its page is at a shorter address than /documents/{number}. */
void document_set_page(struct loader *l, struct v_document *d, struct url page);
/* Ids that may bear this name; the newest version that may be read tells. */
NODISCARD int load_named(struct loader *l, enum find_name kind, const char *name, const char ***ret, size_t *ret_n, struct err *e);
/* An id or a document's number. */
NODISCARD int load_find(struct loader *l, const char *name, const char *modified, struct picked *ret, struct err *e);
/* A withdrawn document by id or number that was public once: all that may be said of it. E_NOTFOUND otherwise. */
NODISCARD int load_gone(struct loader *l, const char *name, struct v_gone *ret, struct err *e);
/* Checks document and assents now. `full`: with paths, bounds and file names for the proof page. */
NODISCARD int load_proof(struct loader *l, const struct v_document *d, const struct v_round *r, const struct picked *p, struct v_proof *ret, struct err *e);
NODISCARD int load_record(struct loader *l, struct v_record *ret, struct err *e);
const char *hex_text(struct loader *l, const void *p, size_t n);
