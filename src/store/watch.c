#include "store/watch.h"

#include <assert.h>
#include <stdatomic.h>

#define WALINDEX_BLOCK 32768 /* bytes mapped at once, fixed by the format */

static_assert(sizeof(((struct watch *)NULL)->seen) == 2 * 48, "both copies of the header");

/* Both copies: between them lies the commit of a writer that dies there, which the next reader by SQL recovers. */
bool watch_same(const struct watch *w)
{
	uint64_t differs = 0;

	if (w->head == NULL)
		return false;
	for (size_t i = 0; i < WATCH_WORDS; i++)
		differs |= w->head[i] ^ w->seen[i];
	atomic_thread_fence(memory_order_acquire);
	return differs == 0;
}

static const volatile uint64_t *find_head(struct db *d)
{
	sqlite3_file *f = NULL;
	volatile void *p = NULL;

	if (sqlite3_file_control(d->h, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK || f == NULL || f->pMethods == NULL)
		return NULL;
	if (f->pMethods->iVersion < 2 || f->pMethods->xShmMap == NULL || f->pMethods->xShmMap(f, 0, WALINDEX_BLOCK, 0, &p) != SQLITE_OK)
		return NULL;
	return p;
}

void watch_look(struct watch *w, struct db *d)
{
	/* What is read inside a transaction may be older than what is there. */
	w->head = sqlite3_txn_state(d->h, "main") == SQLITE_TXN_NONE ? find_head(d) : NULL;
	for (size_t i = 0; w->head != NULL && i < WATCH_WORDS; i++)
		w->seen[i] = w->head[i];
	/* What is asked now is not answered from before. */
	atomic_thread_fence(memory_order_seq_cst);
}
