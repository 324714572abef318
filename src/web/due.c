/* Dates of promises, as exactly as they were meant. */
#include "web/view_promise.h"

const char *due_text(const struct page *p, int64_t due, const char *precision)
{
	return exact_date(p->a, p->lang, due, precision != NULL ? "UTC" : party_zone(p->party), precision);
}
