/* Policy files: bounded, and more cosigners never make a met quorum unmet. */
#include <string.h>

#include "base/mem.h"
#include "fuzz.h"
#include "tlog/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct note_key *log, *witness;
	struct tlog_policy *p = NULL;
	struct cosigned *c = NULL;
	struct err e;
	size_t n;
	bool met = false;

	MUST(crypto_init(NULL) == 0);
	if (tlog_policy_parse((const char *)data, size, &p, &e) < 0) {
		MUST(p == NULL && e.msg[0] != '\0');
		return 0;
	}
	MUST(tlog_policy_logs(p, &log) <= LIMIT_POLICY_LOGS);
	n = tlog_policy_witnesses(p, &witness);
	MUST(n <= LIMIT_POLICY_NAMES && (c = mem_array(n + 1, sizeof(*c))) != NULL);
	for (size_t i = 0; i <= n; i++) {
		const bool now = tlog_policy_quorum(p, c, i);

		MUST(now || !met);
		met = now;
		if (i < n)
			c[i].key = witness[i];
	}
	MUST(met); /* k never exceeds the members, so all together suffice */
	mem_free(c);
	tlog_policy_free(p);
	return 0;
}
