/* base/rng.h - where randomness comes from: injected, so tests can fix it. */
#pragma once
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct rng {
	int (*fill)(void *ctx, void *p, size_t n); /* 0 or E_ENV */
	void *ctx;
};
struct rng rng_system(void); /* getrandom(2) */
NODISCARD static inline int rng_fill(const struct rng *r, void *p, size_t n) { return r->fill(r->ctx, p, n); }
