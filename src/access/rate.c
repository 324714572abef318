/*
 * How often. A bucket is one number: the time at which it would be full again (the "generic cell rate algorithm" of
 * ITU-T I.371), so taking from it is one compare-and-swap and no lock. Tables have fixed sizes: whoever floods them
 * with names pushes out idle entries first.
 */
#include "access/priv.h"

#define WAYS 8

/* The slot of `key` among WAYS; else one that says nothing (full again), else the one that says least. */
static struct rate_slot *find_slot(struct rate *r, uint64_t key, int64_t now)
{
	struct rate_slot *const set = &r->slot[key % (LIMIT_RATE_SLOTS / WAYS) * WAYS], *victim = &set[0];
	int64_t least = INT64_MAX;
	uint64_t old;

	for (size_t i = 0; i < WAYS; i++)
		if (atomic_load_explicit(&set[i].key, memory_order_acquire) == key)
			return &set[i];
	for (size_t i = 0; i < WAYS && least > now; i++) {
		const int64_t full = atomic_load_explicit(&set[i].full, memory_order_relaxed);

		if (full < least) {
			least = full;
			victim = &set[i];
		}
	}
	/* Two threads may take one slot for two readers: then one of them starts anew, that is all. */
	old = atomic_load(&victim->key);
	if (atomic_compare_exchange_strong(&victim->key, &old, key))
		atomic_store(&victim->full, now);
	return victim;
}

bool rate_take(struct rate *r, uint64_t key, int64_t now, unsigned *ret_wait)
{
	struct rate_slot *slot;
	int64_t seen, full, next;

	if (r->interval == 0)
		return true;
	slot = find_slot(r, key, now);
	seen = atomic_load_explicit(&slot->full, memory_order_relaxed);
	do {
		/* Further ahead than anyone can get: the clock was set back. */
		full = seen < now || seen > now + r->window + NS_PER_S ? now : seen;
		next = full + r->interval;
		if (next - now > r->window) {
			*ret_wait = (unsigned)((next - now - r->window + NS_PER_S - 1) / NS_PER_S);
			return false;
		}
	} while (!atomic_compare_exchange_weak(&slot->full, &seen, next));
	return true;
}

/* ---- failures: how many since when ---- */

#define FAIL_WAYS 4

static struct fail_slot *set_of(struct fail_slot *slots, uint64_t key) { return &slots[key % (LIMIT_FAILURE_SLOTS / FAIL_WAYS) * FAIL_WAYS]; }

static struct fail_slot *find_fail(struct fail_slot *slots, uint64_t key)
{
	struct fail_slot *const set = set_of(slots, key);

	for (size_t i = 0; i < FAIL_WAYS; i++)
		if (set[i].n > 0 && set[i].key == key)
			return &set[i];
	return NULL;
}

static bool is_over(const struct fail_slot *f, int64_t now_s) { return now_s >= f->since_s + FAIL_WINDOW_S || now_s < f->since_s; }

unsigned fail_wait_s(struct fail_slot *slots, uint64_t key, unsigned limit, int64_t now_s)
{
	const struct fail_slot *const f = find_fail(slots, key);

	return f == NULL || f->n < limit || is_over(f, now_s) ? 0 : (unsigned)(f->since_s + FAIL_WINDOW_S - now_s);
}

void fail_count(struct fail_slot *slots, uint64_t key, int64_t now_s)
{
	struct fail_slot *const set = set_of(slots, key), *f = find_fail(slots, key);

	for (size_t i = 0; i < FAIL_WAYS && f == NULL; i++)
		if (set[i].n == 0 || is_over(&set[i], now_s))
			f = &set[i];
	if (f == NULL) {
		f = &set[0];
		for (size_t i = 1; i < FAIL_WAYS; i++)
			if (set[i].since_s < f->since_s)
				f = &set[i];
	}
	if (f->key != key || f->n == 0 || is_over(f, now_s))
		*f = (struct fail_slot){.key = key, .since_s = now_s};
	f->n++;
}

void fail_forgive(struct fail_slot *slots, uint64_t key)
{
	struct fail_slot *const f = find_fail(slots, key);

	if (f != NULL)
		f->n--;
}
