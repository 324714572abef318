/* Proof files: what is taken is written back to the same bytes, and only the proven entry is proven. */
#include <string.h>

#include "fuzz.h"
#include "tlog/tlog.h"

/* tests/golden/tlog */
static const char policy_text[] = "log log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\n"
                                  "witness w witness.example/w+cb1393dc+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\nquorum w\n";
static const char entry[] = "entry 137\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct tlog_policy *policy;
	struct proof_report r;
	struct proof t;
	int code;

	MUST(crypto_init(NULL) == 0);
	if (proof_parse(p, size, &t, NULL) == 0) {
		MUST(t.n <= LIMIT_PROOF_HASHES && t.note > p && t.note + t.note_n == p + size);
		proof_put(&t, &b);
		MUST(b.err == 0 && b.n == size && memcmp(b.p, p, size) == 0);
	}
	MUST(tlog_policy_parse(policy_text, strlen(policy_text), &policy, NULL) == 0);
	code = proof_verify(entry, strlen(entry), p, size, policy, &r, NULL);
	MUST((code == 0) == (r.step == 4) && (code == 0) == r.quorum);
	MUST(code < 0 || (r.index == 137 && r.head.size == 300 && r.cosigners == 1));
	code = proof_verify(entry, strlen(entry) - 1, p, size, policy, &r, NULL);
	MUST(code < 0 && r.step < 3);
	tlog_policy_free(policy);
	return 0;
}
