/* The whole proof of one entry. */
#include <string.h>

#include "tlog/inside.h"

static int leaf_step(const void *entry, size_t entry_n, const struct proof *p, struct proof_report *ret, struct err *e)
{
	if (!p->has_extra)
		return fail(e, E_PROOF, "the proof has no extra line, so the leaf cannot be computed");
	sha256(entry, entry_n, ret->entry_sha256);
	leaf_commit(p->extra, ret->entry_sha256, ret->leaf);
	ret->index = p->index;
	ret->step = 1;
	return 0;
}

static int signature_step(const struct proof *p, const struct tlog_policy *policy, struct proof_report *ret, struct err *e)
{
	const struct note_key *logs, *witnesses, *log;
	const size_t log_count = tlog_policy_logs(policy, &logs), count = tlog_policy_witnesses(policy, &witnesses);
	int r;

	/* A note carries LIMIT_NOTE_SIGS lines at most and a witness counts once, so `cosigned` is long enough. */
	r = checkpoint_open_any(p->note, p->note_n, logs, log_count, witnesses, count, &ret->head, &log,
	    ret->cosigned, &ret->cosigners, e);
	if (r < 0)
		return r;
	ret->log = *log;
	ret->step = 2;
	return 0;
}

static int inclusion_step(const struct proof *p, struct proof_report *ret, struct err *e)
{
	const struct hash leaf = leaf_hash(ret->leaf, LEAF_LEN);
	const int r = inclusion_verify(p->index, ret->head.size, &leaf, p->path, p->n, &ret->head.root, e);

	if (r == 0)
		ret->step = 3;
	return r;
}

int proof_verify(const void *entry, size_t entry_n, const char *proof, size_t proof_n,
    const struct tlog_policy *policy, struct proof_report *ret, struct err *e)
{
	struct proof p;
	int r;

	*ret = (struct proof_report){.step = 0};
	if ((r = proof_parse(proof, proof_n, &p, e)) < 0 || (r = leaf_step(entry, entry_n, &p, ret, e)) < 0 ||
	    (r = signature_step(&p, policy, ret, e)) < 0 || (r = inclusion_step(&p, ret, e)) < 0)
		return r;
	if (!tlog_policy_quorum(policy, ret->cosigned, ret->cosigners))
		return fail(e, E_PROOF, "the policy's quorum is not met by the %zu valid cosignatures", ret->cosigners);
	ret->quorum = true;
	ret->step = 4;
	return 0;
}
