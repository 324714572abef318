/* The leaf, and the one call that proves an entry. */
#include "support.h"

#include <stdio.h>

#include "base/enc.h"

#define PROVEN 137

/*
 * Known answer, to be had with coreutils and openssl alone:
 *   printf 'entry 137\n' >E; printf 'salt 137' | openssl dgst -sha256 -binary >S
 *   (printf 'verbale/leaf/v1\n'; cat S; openssl dgst -sha256 -binary E) | sha256sum        # behind 01: the leaf
 *   (printf '\0\001'; (printf 'verbale/leaf/v1\n'; cat S; openssl dgst -sha256 -binary E) |
 *    openssl dgst -sha256 -binary) | sha256sum                                             # the leaf hash
 */
static void leaf_known_answer(void **state)
{
	uint8_t leaf[LEAF_LEN];
	char hex[HEX_LEN(LEAF_LEN) + 1];
	struct hash h;

	(void)state;
	golden_leaf(PROVEN, leaf);
	hex_encode(leaf, LEAF_LEN, hex);
	assert_string_equal(hex, "01a999688408ac5bc349e3de53997be7d2017d8840f0e456b0aaa972138861eb81");
	h = leaf_hash(leaf, LEAF_LEN);
	hex_encode(h.b, HASH_LEN, hex);
	assert_string_equal(hex, "31b1a5a33c9e6996d311e71d745a5e805d4792ac6105e8901e0d648098f5e355");
}

/* RFC 6962 §2.1 in the words of coreutils: `printf '\0' | sha256sum`, `sha256sum </dev/null`, and 0x01 before two hashes. */
static void hashing_known_answers(void **state)
{
	struct hash h = leaf_hash("", 0), e = empty_root();
	uint8_t both[65] = {1};
	struct hash want, got;
	char hex[65];

	(void)state;
	hex_encode(h.b, HASH_LEN, hex);
	assert_string_equal(hex, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	hex_encode(e.b, HASH_LEN, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	memcpy(both + 1, h.b, HASH_LEN);
	memcpy(both + 33, e.b, HASH_LEN);
	sha256(both, sizeof(both), want.b);
	got = node_hash(&h, &e);
	assert_memory_equal(&got, &want, HASH_LEN);
}

/* ---- proof files ---- */

struct files { struct buf entry, proof, policy_text; struct tlog_policy *policy; };

static int setup(void **state)
{
	static struct files f;
	struct err e = {.code = 0};

	golden_read("entry", &f.entry);
	golden_read("entry.tlog-proof", &f.proof);
	golden_read("policy", &f.policy_text);
	if (tlog_policy_parse(f.policy_text.p, f.policy_text.n, &f.policy, &e) < 0)
		fail_msg("%s", e.msg);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct files *f = *state;

	tlog_policy_free(f->policy);
	buf_free(&f->entry);
	buf_free(&f->proof);
	buf_free(&f->policy_text);
	return 0;
}

static void proof_round_trip(void **state)
{
	const struct files *f = *state;
	CLEANUP_BUF struct buf b = BUF_INIT(0), short_one = BUF_INIT(0);
	struct proof p, q;
	uint8_t salt[SALT_LEN];

	assert_int_equal(proof_parse(f->proof.p, f->proof.n, &p, NULL), 0);
	golden_salt(PROVEN, salt);
	assert_true(p.has_extra);
	assert_memory_equal(p.extra, salt, SALT_LEN);
	assert_int_equal(p.index, PROVEN);
	assert_int_equal(p.n, 9);
	proof_put(&p, &b);
	assert_string_equal(b.p, f->proof.p);
	p.has_extra = false;
	p.n = 0;
	proof_put(&p, &short_one);
	assert_int_equal(proof_parse(short_one.p, short_one.n, &q, NULL), 0);
	assert_false(q.has_extra);
	assert_int_equal(q.n, 0);
	assert_int_equal(q.note_n, p.note_n);
}

static void inexact_proofs(void **state)
{
#define H "c2sp.org/tlog-proof@v1\n"
#define S "extra rWsBudqA289rqnh9iJzVJnXPTrDnzdvTJ+j0TvKrw8M=\n"
#define N "l2FWVssXYVjtjDBgYU/9Z53xaG7zdcqaNCfW3RfvcfQ=\n"
	static const char *const bad[] = {"", "c2sp.org/tlog-proof@v1", H, H "index 1", H "index 1\n", H "index 1\n\n", H S, H S "\n", H N "\nx",
	    "c2sp.org/tlog-proof@v2\nindex 1\n\nx\n", " " H "index 1\n\nx\n", "\n" H "index 1\n\nx\n", H "index 01\n\nx\n", H "index -1\n\nx\n",
	    H "index +1\n\nx\n", H "index  1\n\nx\n", H "index 1 \n\nx\n", H "index\n\nx\n", H "index \n\nx\n", H "Index 1\n\nx\n",
	    H "index 281474976710655\n\nx\n", H S S "index 1\n\nx\n", H "index 1\n" S "\nx\n", H "extra \nindex 1\n\nx\n", H "extra AAAA\nindex 1\n\nx\n",
	    H "index 1\n" N " \n\nx\n", H "index 1\n" "l2FWVssXYVjtjDBgYU/9Z53xaG7zdcqaNCfW3RfvcfR=\n\nx\n", H "index 1\n" "l2FWVssXYVjtjDBgYU/9\n\nx\n",
	    H "index 1\r\n\r\nx\n", H "index 1\n" N, H "index 1\n" N N};
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct proof p;

	(void)state;
	assert_int_equal(proof_parse(H S "index 1\n" N "\nx\n", strlen(H S "index 1\n" N "\nx\n"), &p, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (proof_parse(bad[i], strlen(bad[i]), &p, NULL) != E_FORMAT)
			fail_msg("%zu is taken", i);
	buf_puts(&b, H "index 1\n");
	for (int i = 0; i < LIMIT_PROOF_HASHES + 1; i++)
		buf_puts(&b, N);
	buf_puts(&b, "\nx\n");
	assert_int_equal(proof_parse(b.p, b.n, &p, NULL), E_LIMIT);
	while (b.n <= LIMIT_PROOF_BYTES)
		buf_puts(&b, "x\n");
	assert_int_equal(proof_parse(b.p, b.n, &p, NULL), E_LIMIT);
}

/* ---- the whole proof ---- */

static int verify(const struct files *f, struct proof_report *r, struct err *e)
{
	return proof_verify(f->entry.p, f->entry.n, f->proof.p, f->proof.n, f->policy, r, e);
}

static void other_people_s_proof_verifies(void **state)
{
	const struct files *f = *state;
	struct proof_report r;
	uint8_t leaf[LEAF_LEN];
	struct err e = {.code = 0};

	if (verify(f, &r, &e) < 0)
		fail_msg("%s", e.msg);
	golden_leaf(PROVEN, leaf);
	assert_memory_equal(r.leaf, leaf, LEAF_LEN);
	assert_int_equal(r.step, 4);
	assert_true(r.quorum);
	assert_int_equal(r.index, PROVEN);
	assert_int_equal(r.head.size, 300);
	assert_string_equal(r.log.name, "log.example/verbale");
	assert_int_equal(r.cosigners, 1);
	assert_string_equal(r.cosigned[0].key.name, "witness.example/w");
	assert_int_equal(r.cosigned[0].time_s, 1473379200);
}

static void no_changed_bit_verifies(void **state)
{
	struct files *f = *state;
	struct buf *const part[] = {&f->entry, &f->proof};
	struct proof_report r;

	for (size_t k = 0; k < ARRAY_LEN(part); k++)
		for (size_t i = 0; i < part[k]->n * 8; i++) {
			part[k]->p[i / 8] = (char)(part[k]->p[i / 8] ^ (1 << i % 8));
			if (verify(f, &r, NULL) == 0 || r.quorum || r.step == 4)
				fail_msg("part %zu, byte %zu, bit %zu", k, i / 8, i % 8);
			part[k]->p[i / 8] = (char)(part[k]->p[i / 8] ^ (1 << i % 8));
		}
	for (size_t i = 0; i < f->proof.n; i++)
		assert_true(proof_verify(f->entry.p, f->entry.n, f->proof.p, i, f->policy, &r, NULL) < 0);
	assert_true(proof_verify(f->entry.p, f->entry.n - 1, f->proof.p, f->proof.n, f->policy, &r, NULL) < 0);
	buf_putc(&f->proof, '\n');
	assert_true(verify(f, &r, NULL) < 0);
	f->proof.n--;
	f->proof.p[f->proof.n] = '\0';
}

/* How far a proof comes says what is wrong with it. */
static int step_reached(const struct files *f, const char *from, const char *to, struct err *e)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	const char *at = strstr(f->proof.p, from);
	struct proof_report r;
	int code;

	assert_non_null(at);
	buf_put(&b, f->proof.p, (size_t)(at - f->proof.p));
	buf_puts(&b, to);
	buf_puts(&b, at + strlen(from));
	code = proof_verify(f->entry.p, f->entry.n, b.p, b.n, f->policy, &r, e);
	assert_true(code == E_PROOF || code == E_FORMAT);
	assert_false(r.quorum);
	return r.step;
}

static void steps(void **state)
{
	const struct files *f = *state;
	struct err e;

	assert_int_equal(step_reached(f, "tlog-proof@v1", "tlog-proof@v2", &e), 0);
	assert_int_equal(step_reached(f, "extra rWsBudqA289rqnh9iJzVJnXPTrDnzdvTJ+j0TvKrw8M=\n", "", &e), 0);
	assert_int_equal(step_reached(f, "log.example/verbale\n300", "log.example/verbale\n301", &e), 1);
	assert_int_equal(step_reached(f, "log.example/verbale\n300", "leg.example/verbale\n300", &e), 1);
	assert_int_equal(step_reached(f, "extra r", "extra s", &e), 2);          /* another salt: another leaf */
	assert_int_equal(step_reached(f, "index 137", "index 136", &e), 2);
	assert_int_equal(step_reached(f, "l2FWVssXYVjtjDBgYU/9Z53xaG7zdcqaNCfW3RfvcfQ=\n", "", &e), 2);
	assert_int_equal(step_reached(f, "\xe2\x80\x94 witness.example/w", "\xe2\x80\x94 witness.example/x", &e), 3); /* quorum */
	assert_non_null(strstr(e.msg, "quorum"));
}

static void policies_decide(void **state)
{
	const struct files *f = *state;
	const struct note_key log = test_log_key();
	struct tlog_policy *p;
	struct proof_report r;

	assert_int_equal(tlog_policy_single(&log, &p, NULL), 0);
	assert_int_equal(proof_verify(f->entry.p, f->entry.n, f->proof.p, f->proof.n, p, &r, NULL), 0);
	assert_int_equal(r.cosigners, 0); /* this policy knows no witness */
	assert_true(r.quorum);
	tlog_policy_free(p);
	assert_int_equal(tlog_policy_parse("quorum none\n", 12, &p, NULL), 0); /* no log is trusted */
	assert_int_equal(proof_verify(f->entry.p, f->entry.n, f->proof.p, f->proof.n, p, &r, NULL), E_PROOF);
	assert_int_equal(r.step, 1);
	tlog_policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(leaf_known_answer), cmocka_unit_test(hashing_known_answers), cmocka_unit_test(proof_round_trip),
	    cmocka_unit_test(inexact_proofs), cmocka_unit_test(other_people_s_proof_verifies),
	    cmocka_unit_test(no_changed_bit_verifies), cmocka_unit_test(steps), cmocka_unit_test(policies_decide)};

	if (crypto_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
