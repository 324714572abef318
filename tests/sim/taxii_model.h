/*
 * taxii_model.h - a TAXII 2.1 server small enough to be read in one go: a list. Written from the standard (§3.4, §5) and,
 * where that leaves a choice, from doc/TAXII.md; who sees what from doc/RELEASE.md. Nothing of it is fast.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { M_CLEAR, M_GREEN, M_AMBER, M_STRICT, M_RED, M_UNMARKED };
#define M_NAMES 2
struct m_reader { const char *party, *agency, *person; }; /* all NULL: nobody */
struct m_col { char id[37]; bool open, takes20, jp_member, jp_community; int ceiling; };

/* One version of one object, in the order in which they were added. */
struct m_version {
	char id[96], type[32];
	char text[40];                       /* its modified, or "" */
	char version[40];                    /* what a client is told: modified, else created, else date_added */
	int64_t ns;                          /* that, as a time */
	int64_t added;                       /* µs */
	int marking;
	bool narrowed; const char *name[M_NAMES]; /* release_to; NULL: no (further) one */
	bool v20, gone;
	char of[96]; int64_t of_ns; bool of_dated; /* a withdrawal: of which version */
	char *json;                          /* RFC 8785 form; owned */
};
#define M_VERSIONS 400
struct model { struct m_col col; struct m_version v[M_VERSIONS]; size_t n; };

enum { M_LAST, M_FIRST, M_ALL, M_AT };
struct m_pick { int what; int64_t ns; };
#define M_LIST 4
struct m_query {
	int64_t after_added;                 /* INT64_MIN: any */
	int64_t position;                    /* of `next`: only what was added behind this; INT64_MIN: from the start */
	size_t limit;
	const char *id[M_LIST]; size_t ids;
	const char *type[M_LIST]; size_t types;
	struct m_pick pick[M_LIST]; size_t picks; /* 0: the last */
	bool any_spec, v20, v21;             /* any_spec false: only the newest an object has */
};
struct m_page { size_t at[M_VERSIONS]; size_t n; bool more; };

bool m_sees(const struct model *m, const struct m_reader *r, const struct m_version *v);
void m_page(const struct model *m, const struct m_reader *r, const struct m_query *q, struct m_page *ret);
/* Is any version of it there for this reader? */
bool m_there(const struct model *m, const struct m_reader *r, const char *id);
/* Does the reader know that one of these versions was taken back? */
bool m_taken_back(const struct model *m, const struct m_reader *r, const char *id, const struct m_query *q);

/* May release_to of such an object name this? */
bool m_reaches(const struct model *m, const struct m_version *v, const char *name);
enum m_added { M_NEW, M_AGAIN, M_KEPT, M_REFUSED };
/* What adding this would come to; `bad`: it breaks a rule of STIX. */
enum m_added m_would_add(const struct model *m, const struct m_version *v, bool bad);
void m_put(struct model *m, const struct m_version *v); /* takes v->json over */
void m_clear(struct model *m);
