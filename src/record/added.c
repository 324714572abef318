/* When an entry arrived, as TAXII clients see it. */
#include "base/enc.h"
#include "record/priv.h"

/*
 * The gap from one entry to the next is 1 µs + a geometric number of mean 7 (the count of throws until one of eight
 * comes up). With a fixed step, a reader could count from the times of two entries it sees how many lie between that it
 * may not see; with this, a gap of any length may hold none. A batch begins at the clock's time, so as a rule the gaps
 * between batches are real ones.
 */
#define THROW_BITS 3
#define THROWS_MAX 4096 /* a broken source of randomness must not hold the leader: less likely than 10^-200 with a good one */

static int throw_one(struct added_run *a, unsigned *ret, struct err *e)
{
	uint8_t fresh[8];

	if (a->left < THROW_BITS) {
		if (rng_fill(a->rng, fresh, sizeof(fresh)) != 0)
			return fail(e, E_ENV, "no randomness");
		a->bits = be_get(fresh, sizeof(fresh));
		a->left = 64;
	}
	*ret = (unsigned)(a->bits & ((1u << THROW_BITS) - 1));
	a->bits >>= THROW_BITS;
	a->left -= THROW_BITS;
	return 0;
}

void added_begin(struct record *r, struct added_run *ret)
{
	*ret = (struct added_run){.rng = &r->w.rng, .now = clock_now(&r->w.clock) / 1000, .last = r->added_last};
}

int added_next(struct added_run *a, struct err *e)
{
	int64_t gap = 1;
	unsigned thrown = 1;
	int rc;

	for (unsigned i = 0; thrown != 0 && i < THROWS_MAX; i++) {
		if ((rc = throw_one(a, &thrown, e)) != 0)
			return rc;
		gap += thrown != 0;
	}
	if (a->last > ADDED_MAX - gap || a->now > ADDED_MAX)
		return fail(e, E_LIMIT, "the clock is beyond the year 2262");
	a->last = a->last < ADDED_MIN || a->last + gap < a->now ? a->now : a->last + gap;
	return 0;
}
