#include "base/rng.h"

#include <errno.h>
#include <sys/random.h>

static int system_fill(void *ctx, void *p, size_t n)
{
	unsigned char *to = p;

	(void)ctx;
	while (n > 0) {
		const ssize_t got = getrandom(to, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return E_ENV;
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

struct rng rng_system(void) { return (struct rng){.fill = system_fill}; }
