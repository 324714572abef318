/*
 * record/page.h - reading a collection in arrival order, as machines do: filters, positions, stored bytes.
 * The one place where TAXII's questions meet release: a row that may_read denies is as if it were not there, for
 * every rule below (which version is the last one, whether there is more, what a position is worth).
 *
 * Cost: rows come from packed runs of the index (store/index.h), object bytes from the journal as they lie there.
 * Nothing is parsed but types with draft states (our own), whose release the object itself decides.
 */
#pragma once
#include "record/record.h"

enum version_pick { VERSION_LAST, VERSION_FIRST, VERSION_ALL, VERSION_AT };
struct page_version { enum version_pick pick; int64_t ns; /* VERSION_AT: compared as a time */ };

#define SPEC_20 1u
#define SPEC_21 2u
struct page_query {
	uint8_t collection[16];
	const struct reader *who;
	uint64_t after_frame;            /* only rows behind this position; 0: from the start */
	int64_t after_added;             /* only rows added later than this, microseconds; INT64_MIN: any */
	size_t limit;                    /* rows wanted, 1 … LIMIT_PAGE_ROWS */
	const char *const *id; size_t ids;       /* match[id]; 0: any */
	const char *const *type; size_t types;   /* match[type]; 0: any */
	const struct page_version *version; size_t versions; /* 0: VERSION_LAST */
	unsigned specs;                  /* of SPEC_20 | SPEC_21; 0: only the newest specification each object has */
};
/*
 * TAXII 2.1 §3.4: id, type, added_after and spec_version narrow first; of what is left and may be read, `version`
 * picks per id (several picks: any of them). LAST is the greatest version time; of equal ones the one that came first.
 */
struct page_row {
	uint64_t frame, at;              /* position; journal address */
	int64_t added;                   /* date_added, microseconds since 1970; strictly increasing over the whole node */
	int64_t version_ns;
	uint32_t size;                   /* bytes of the object's JSON as served */
	bool v20;
	const char *type;                /* lives as long as the reader */
	uint8_t uuid[16];
	uint8_t version_digits;          /* fraction digits of the version's text; PAGE_TEXT: read the object for it */
};
#define PAGE_TEXT 255
struct page { const struct page_row *row; size_t n; bool more; }; /* owned by the reader, until its next page */

/* E_LIMIT: limit out of range. An unknown collection, type or id is an empty page. */
NODISCARD int record_page(struct record_reader *rd, const struct page_query *q, struct page *ret, struct err *e);
/* The objects of rows [from, to) as they are stored (RFC 8785), a comma between two, appended to out. */
NODISCARD int record_page_objects(struct record_reader *rd, const struct page *p, size_t from, size_t to, struct buf *out, struct err *e);
/* "type--uuid"; the return value is its end. */
char *page_row_id(const struct page_row *row, char out[LIMIT_STIX_ID + 1]);
/* The day of the last time written, so that its text is made once; zeroed before the first. */
struct page_day { bool known; int64_t day; char text[11]; };
/* RFC 3339 in UTC with 0 … 9 fraction digits, at most 30 bytes, and its end. */
char *page_put_time(struct page_day *d, int64_t ns, unsigned digits, char *to);
/* The version's text as the object has it: modified, else created, else its date_added (TAXII 2.1 §3.4.1). */
NODISCARD int record_page_version(struct record_reader *rd, const struct page_row *row, struct page_day *d, char out[LIMIT_TIMESTAMP + 1], struct err *e);
/*
 * Could `who` read an entry of this audience (store/index.h) in this collection, if it were published? For searches that
 * leave out beforehand what will be denied; what remains is asked one by one (record_may_read).
 */
NODISCARD int record_audience_may(struct record_reader *rd, const struct reader *who, const uint8_t collection[16], uint32_t audience, bool *ret, struct err *e);
/* date_added as TAXII writes it: 6 fraction digits and Z (TAXII 2.1 §2). */
#define ADDED_TEXT 27
void added_text(int64_t us, char out[ADDED_TEXT + 1]);
