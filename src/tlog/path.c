/* Checking paths: RFC 9162 §2.1.3.2 and §2.1.4.2 (the hashing is that of RFC 6962). */
#include "tlog/inside.h"

/* n is the length of a path that has one hash more or less than the tree's shape gives. */
static int wrong_length(struct err *e, const char *what, size_t n)
{
	return fail(e, E_PROOF, "%s path of %zu hashes has the wrong length", what, n);
}

int inclusion_verify(uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *path, size_t n,
    const struct hash *root, struct err *e)
{
	uint64_t fn = index, sn = size - 1;
	struct hash r = *leaf;

	if (index >= size)
		return fail(e, E_PROOF, "leaf %llu lies beyond the tree of size %llu", (unsigned long long)index, (unsigned long long)size);
	for (size_t i = 0; i < n; i++) {
		if (sn == 0)
			return wrong_length(e, "inclusion", n);
		if ((fn & 1) == 1 || fn == sn) {
			r = node_hash(&path[i], &r);
			for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			r = node_hash(&r, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return wrong_length(e, "inclusion", n);
	if (!hash_equal(&r, root))
		return fail(e, E_PROOF, "the inclusion path of leaf %llu does not lead to the root", (unsigned long long)index);
	return 0;
}

/* old_size 0, or the same size twice: no path, and the roots speak for themselves. */
static int trivial_verify(uint64_t old_size, const struct hash *old_root, uint64_t size, const struct hash *root, size_t n, struct err *e)
{
	const struct hash empty = empty_root();

	if (n != 0)
		return wrong_length(e, "consistency", n);
	if (old_size == 0 && !hash_equal(old_root, &empty))
		return fail(e, E_PROOF, "the root of the empty tree is not the empty root");
	if (old_size == size && !hash_equal(old_root, root))
		return fail(e, E_PROOF, "two different roots for the same size %llu", (unsigned long long)size);
	return 0;
}

int consistency_verify(uint64_t old_size, const struct hash *old_root, uint64_t size, const struct hash *root,
    const struct hash *path, size_t n, struct err *e)
{
	uint64_t fn = old_size - 1, sn = size - 1;
	struct hash fr, sr;
	size_t i = 0;

	if (old_size > size)
		return fail(e, E_PROOF, "size %llu is smaller than %llu", (unsigned long long)size, (unsigned long long)old_size);
	if (old_size == 0 || old_size == size)
		return trivial_verify(old_size, old_root, size, root, n, e);
	for (; (fn & 1) == 1; fn >>= 1)
		sn >>= 1;
	if (fn != 0 && n == 0)
		return wrong_length(e, "consistency", n);
	/* fn 0: the old tree is a whole subtree of the new one, and its root starts the path */
	fr = sr = fn == 0 ? *old_root : path[i++];
	for (; i < n; i++) {
		if (sn == 0)
			return wrong_length(e, "consistency", n);
		if ((fn & 1) == 1 || fn == sn) {
			fr = node_hash(&path[i], &fr);
			sr = node_hash(&path[i], &sr);
			for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			sr = node_hash(&sr, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return wrong_length(e, "consistency", n);
	if (!hash_equal(&fr, old_root))
		return fail(e, E_PROOF, "the consistency path does not lead to the old root of size %llu", (unsigned long long)old_size);
	if (!hash_equal(&sr, root))
		return fail(e, E_PROOF, "the consistency path does not lead to the root of size %llu", (unsigned long long)size);
	return 0;
}
