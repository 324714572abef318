/* consult/find_priv.h - between the filling of the index (find_fill.c, find_text.c) and the asking (find.c). */
#pragma once
#include "consult/find.h"
#include "store/search.h"

/* A text on its way into the index: its words in two readings, and tags. */
struct filler {
	struct search *s;
	struct record_reader *rd;
	struct search_text t;
	struct buf words[2], tags;
	struct index_dirty { char id[LIMIT_STIX_ID + 1]; } *series; size_t dirty; /* whose next round is to be thought over */
	int rc;                          /* the first failure; nothing is put after it */
};
void filler_free(struct filler *f);
/* Begin a text; then add to it; then put it. */
void fill_begin(struct filler *f, enum find_group group, unsigned part);
void fill_text(struct filler *f, const char *s, struct err *e);
void fill_texts(struct filler *f, const struct json_val *map, struct err *e);  /* all languages of a langmap */
void fill_tag(struct filler *f, char kind, const char *value);
void fill_day(struct filler *f, int64_t ns);
void fill_put(struct filler *f, struct err *e);

/* All texts of one object. */
NODISCARD int fill_entry(struct filler *f, const struct entry *en, struct err *e);
NODISCARD int fill_record(struct search *s, struct record_reader *rd, size_t max, bool *ret_whole, struct err *e);
NODISCARD int fill_papers(struct search *s, struct home *home, struct err *e);
/* Does the index belong to this record? *ret false: it must be begun anew. */
NODISCARD int fill_fits(struct search *s, struct record_reader *rd, bool *ret, struct err *e);
/* A paper that a hit names, if the one at the desk may read it. E_NOTFOUND. Frees it before it returns. */
NODISCARD int find_paper(const struct find_ask *a, const struct search_hit *hit, find_visit *v, void *ctx, struct err *e);
/* What of it has a date. */
NODISCARD int due_entry(struct filler *f, const struct entry *en, struct err *e);
/* Of the series touched since: when the next round will have slipped. */
NODISCARD int due_settle(struct filler *f, struct err *e);
#define FIND_NAME 80 /* "number:" and what is at most 64 bytes */
bool find_name_put(enum find_name kind, const char *name, char to[FIND_NAME]); /* false: too long to be one */
#define DIRTY_MAX 64
