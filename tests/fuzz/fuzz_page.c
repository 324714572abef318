/* Pages of entries: what is taken is written back byte for byte, so there is one way to write a page. */
#include <assert.h>
#include <string.h>

#include "peer/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct page pg;
	CLEANUP_BUF struct buf again = {0};

	if (page_parse((const char *)data, n, 0, &pg, NULL) != 0)
		return 0;
	for (size_t i = 0; i < pg.n; i++)
		page_put_entry(&again, pg.entry[i].index, pg.entry[i].salt, pg.entry[i].p, pg.entry[i].n);
	page_put_next(&again, pg.next);
	assert(again.err == 0 && again.n == n && memcmp(again.p, data, n) == 0);
	page_free(&pg);
	return 0;
}
