/* Keys, signed notes, checkpoints, cosignatures: other people's bytes come out, and nothing inexact goes in. */
#include "support.h"

#include <stdio.h>

#include "base/enc.h"

#define WITNESS "witness.example/w"
#define SECONDS 1473379200
#define DASH "\xe2\x80\x94 "

/* ---- keys ---- */

static void keys_are_as_others_write_them(void **state)
{
	static const struct { const char *file; uint8_t fill; enum note_key_type type; const char *name; } row[] = {
	    {"log.vkey", 1, NOTE_ED25519, "log.example/verbale"}, {"witness.vkey", 2, NOTE_COSIGNATURE_V1, WITNESS}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CLEANUP_BUF struct buf want = BUF_INIT(0), got = BUF_INIT(0);
		const struct keypair k = test_key(row[i].fill);
		struct note_key made, parsed;

		golden_read(row[i].file, &want);
		assert_int_equal(note_key_make(&made, row[i].name, row[i].type, k.pk, NULL), 0);
		note_key_put(&made, &got);
		assert_string_equal(got.p, want.p);
		assert_int_equal(note_key_parse(want.p, want.n, &parsed, NULL), 0);
		assert_string_equal(parsed.name, row[i].name);
		assert_int_equal(parsed.id, made.id);
		assert_int_equal(parsed.type, row[i].type);
		assert_memory_equal(parsed.pk, k.pk, ED25519_PK);
	}
}

static void inexact_keys(void **state)
{
	static const char good[] = "log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
	static const char *const bad[] = {"", "+", "a+b+c", "log.example/verbale", "log.example/verbale+cb2dceb7", "log.example/verbale+cb2dceb7+",
	    "log.example/verbale+cb2dceb6+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",  /* id of something else */
	    "log.example/verbalf+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",  /* name of something else */
	    "log.example/verbale+CB2DCEB7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",  /* upper case */
	    "log.example/verbale+cb2dceb+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
	    "log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29d",
	    "log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D28=",
	    "log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\n",
	    " log.example/verbale+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
	    "log.example/verbale+cb2dceb7+AoqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"}; /* type 2 */
	struct note_key k;
	char text[sizeof(good)];

	(void)state;
	assert_int_equal(note_key_parse(good, sizeof(good) - 1, &k, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (note_key_parse(bad[i], strlen(bad[i]), &k, NULL) != E_FORMAT)
			fail_msg("\"%s\" is taken", bad[i]);
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, good, sizeof(good));
			text[i] = (char)(text[i] ^ (1 << bit));
			if (note_key_parse(text, sizeof(good) - 1, &k, NULL) == 0)
				fail_msg("byte %zu, bit %d", i, bit);
		}
	assert_int_equal(note_key_parse("a\0b+cb2dceb7+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c", 57, &k, NULL), E_FORMAT);
}

static void weak_keys_and_names(void **state)
{
	static const uint8_t low_order[ED25519_PK] = {1};
	const struct keypair k = test_key(1);
	char name[LIMIT_ORIGIN + 2];
	struct note_key key;

	(void)state;
	assert_int_equal(note_key_make(&key, "a", NOTE_ED25519, low_order, NULL), E_FORMAT);
	memset(name, 'n', sizeof(name));
	name[LIMIT_ORIGIN + 1] = '\0';
	assert_int_equal(note_key_make(&key, name, NOTE_ED25519, k.pk, NULL), E_FORMAT);
	name[LIMIT_ORIGIN] = '\0';
	assert_int_equal(note_key_make(&key, name, NOTE_ED25519, k.pk, NULL), 0);
	assert_int_equal(note_key_make(&key, "", NOTE_ED25519, k.pk, NULL), E_FORMAT);
	assert_false(origin_ok("a b", 3));
	assert_false(origin_ok("a+b", 3));
	assert_false(origin_ok("a\tb", 3));
	assert_false(origin_ok("\xc3\xa4", 2));
	assert_false(origin_ok("a\x7f", 2));
	assert_true(origin_ok("node.de.example/log", 19));
}

/* ---- checkpoints as others write them ---- */

static struct checkpoint golden_checkpoint(void)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct checkpoint c;
	struct note n;

	golden_read("checkpoint", &b);
	assert_int_equal(note_parse(b.p, b.n, &n, NULL), 0);
	assert_int_equal(checkpoint_parse(n.text, n.text_n, &c, NULL), 0);
	return c;
}

static void signatures_are_as_others_make_them(void **state)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(0), cosigned = BUF_INIT(0), got = BUF_INIT(0);
	const struct checkpoint c = golden_checkpoint();
	const struct keypair log = test_key(1), witness = test_key(2);
	struct note n;

	(void)state;
	golden_read("checkpoint", &plain);
	golden_read("checkpoint.cosigned", &cosigned);
	assert_string_equal(c.origin, "log.example/verbale");
	assert_int_equal(c.size, 300);
	checkpoint_sign(&c, &log, &got);
	assert_string_equal(got.p, plain.p);
	assert_int_equal(note_parse(plain.p, plain.n, &n, NULL), 0);
	cosignature_sign(WITNESS, &witness, SECONDS, n.text, n.text_n, &got);
	assert_string_equal(got.p, cosigned.p);
}

static void opens_and_collects(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	const struct note_key log = test_log_key(), w[2] = {test_witness_key(9, "other.example/w"), test_witness_key(2, WITNESS)};
	struct cosigned got[2];
	struct checkpoint c;
	size_t n = 99;

	(void)state;
	golden_read("checkpoint.cosigned", &b);
	assert_int_equal(checkpoint_open(b.p, b.n, &log, w, 2, &c, got, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(got[0].key.name, WITNESS);
	assert_int_equal(got[0].time_s, SECONDS);
	assert_int_equal(c.size, 300);
	assert_int_equal(checkpoint_open(b.p, b.n, &log, NULL, 0, &c, NULL, NULL, NULL), 0);
}

/* Every single bit of a cosigned checkpoint matters to one who knows both keys. */
static void no_changed_bit_opens(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	const struct note_key log = test_log_key(), w = test_witness_key(2, WITNESS);
	struct cosigned got[1];
	struct checkpoint c;
	size_t n;

	(void)state;
	golden_read("checkpoint.cosigned", &b);
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] = (char)(b.p[i / 8] ^ (1 << i % 8));
		/* A changed name or id makes the line unknown and it does not count; nothing else may pass. */
		if (checkpoint_open(b.p, b.n, &log, &w, 1, &c, got, &n, NULL) == 0 && n != 0)
			fail_msg("byte %zu, bit %zu", i / 8, i % 8);
		b.p[i / 8] = (char)(b.p[i / 8] ^ (1 << i % 8));
	}
	for (size_t cut = 1; cut < b.n; cut++)
		if (checkpoint_open(b.p, b.n - cut, &log, &w, 1, &c, got, &n, NULL) == 0 && n != 0)
			fail_msg("cut by %zu", cut);
}

/* ---- whose signature counts ---- */

struct maker { struct buf b; struct checkpoint c; size_t text_n; };

static void make(struct maker *m, const char *origin, uint8_t fill)
{
	const struct keypair k = test_key(fill);

	*m = (struct maker){.c = golden_checkpoint()};
	memset(m->c.origin, 0, sizeof(m->c.origin));
	memcpy(m->c.origin, origin, strlen(origin));
	checkpoint_sign(&m->c, &k, &m->b);
	m->text_n = (size_t)(strstr(m->b.p, "\n\n") - m->b.p) + 1;
}

static void cosign(struct maker *m, const char *name, uint8_t fill, uint64_t time_s)
{
	const struct keypair k = test_key(fill);
	CLEANUP_BUF struct buf text = BUF_INIT(0);

	buf_put(&text, m->b.p, m->text_n);
	cosignature_sign(name, &k, time_s, text.p, text.n, &m->b);
}

static int open_made(const struct maker *m, size_t *ret_n)
{
	const struct note_key log = test_log_key(), w[2] = {test_witness_key(2, WITNESS), test_witness_key(3, "third.example/w")};
	struct cosigned got[2];
	struct checkpoint c;

	return checkpoint_open(m->b.p, m->b.n, &log, w, 2, &c, got, ret_n, NULL);
}

static void unknown_lines_are_ignored(void **state)
{
	static const char long_one[] = DASH "unbekannt.example/\xc3\xbc ";
	uint8_t big[2428] = {1, 2, 3};
	struct maker m;
	size_t n;

	(void)state;
	make(&m, "log.example/verbale", 1);
	cosign(&m, "nobody.example/w", 77, 5);
	note_put_sig(&m.b, WITNESS, 0x01020304, big, 72);              /* known name, other id */
	note_put_sig(&m.b, "x.example", test_log_key().id, big, 64);   /* other name, known id */
	buf_put(&m.b, long_one, sizeof(long_one) - 1);                 /* a longer kind of signature */
	base64_put(&m.b, big, sizeof(big));
	buf_putc(&m.b, '\n');
	cosign(&m, WITNESS, 2, 6);
	assert_int_equal(open_made(&m, &n), 0);
	assert_int_equal(n, 1);
	buf_free(&m.b);
}

static void a_known_key_must_be_right(void **state)
{
	uint8_t wrong[72] = {0};
	struct maker m;
	size_t n;

	(void)state;
	make(&m, "log.example/verbale", 1);
	cosign(&m, WITNESS, 2, 6);
	note_put_sig(&m.b, WITNESS, test_witness_key(2, WITNESS).id, wrong, 72); /* a second, bad line of the same witness */
	assert_int_equal(open_made(&m, &n), E_PROOF);
	buf_free(&m.b);
	make(&m, "log.example/verbale", 1);
	note_put_sig(&m.b, "log.example/verbale", test_log_key().id, wrong, 64);
	assert_int_equal(open_made(&m, &n), E_PROOF);
	buf_free(&m.b);
	make(&m, "log.example/verbale", 1);
	note_put_sig(&m.b, WITNESS, test_witness_key(2, WITNESS).id, wrong, 64); /* right id, wrong length */
	assert_int_equal(open_made(&m, &n), E_PROOF);
	buf_free(&m.b);
}

static void who_signs_for_what(void **state)
{
	const struct note_key log = test_log_key(), w = test_witness_key(2, WITNESS);
	struct checkpoint c;
	struct maker m;
	size_t n;

	(void)state;
	make(&m, "log.example/verbale", 4); /* another key under the log's name */
	assert_int_equal(open_made(&m, &n), E_PROOF);
	buf_free(&m.b);
	make(&m, "other.example/log", 1);   /* the log's key under another origin */
	assert_int_equal(open_made(&m, &n), E_PROOF);
	buf_free(&m.b);
	make(&m, "log.example/verbale", 1);
	cosign(&m, WITNESS, 2, 6);
	cosign(&m, WITNESS, 2, 9);
	cosign(&m, "third.example/w", 3, 7);
	assert_int_equal(open_made(&m, &n), 0);
	assert_int_equal(n, 2);             /* twice the same witness counts once */
	assert_int_equal(checkpoint_open(m.b.p, m.b.n, &w, NULL, 0, &c, NULL, NULL, NULL), E_USAGE);
	assert_int_equal(checkpoint_open(m.b.p, m.b.n, &log, &log, 1, &c, NULL, NULL, NULL), E_USAGE);
	buf_free(&m.b);
}

/* A line of the log's key put over the text of another origin, both names fitting: the origin decides. */
static void origin_is_compared(void **state)
{
	const struct note_key log = test_log_key();
	const struct keypair k = test_key(1);
	uint8_t sig[ED25519_SIG];
	struct checkpoint c;
	struct maker m;

	(void)state;
	make(&m, "other.example/log", 1);
	ed25519_sign(&k, m.b.p, m.text_n, sig);
	note_put_sig(&m.b, log.name, log.id, sig, sizeof(sig)); /* valid signature, wrong log */
	assert_int_equal(checkpoint_open(m.b.p, m.b.n, &log, NULL, 0, &c, NULL, NULL, NULL), E_PROOF);
	buf_free(&m.b);
}

static void time_out_of_range(void **state)
{
	struct maker m;
	size_t n;

	(void)state;
	make(&m, "log.example/verbale", 1);
	cosign(&m, WITNESS, 2, 1ULL << 63);
	assert_int_equal(open_made(&m, &n), E_PROOF);
	buf_free(&m.b);
}

/* ---- exactness ---- */

#define ROOT "QkgD84vLhaY5a0Wlf6aZomiSrLyVPrYh4yMvVVPABLE="

static void inexact_checkpoints(void **state)
{
	static const char *const bad[] = {"", "a", "a\n1\n" ROOT, "a\n1\n", "a\n1\n\n", "\n1\n" ROOT "\n", "a\n01\n" ROOT "\n", "a\n+1\n" ROOT "\n",
	    "a\n-1\n" ROOT "\n", "a\n\n" ROOT "\n", "a\n1 \n" ROOT "\n", "a\n1\n " ROOT "\n", "a\n1\n" ROOT " \n", "a\n1\n" ROOT "\nextension\n",
	    "a\n1\n" ROOT "\n\n", "a b\n1\n" ROOT "\n", "a+b\n1\n" ROOT "\n", "a\r\n1\r\n" ROOT "\r\n", "a\n0\n" ROOT "\n",
	    "a\n18446744073709551616\n" ROOT "\n", "a\n281474976710656\n" ROOT "\n", "a\n1\nQkgD84vLhaY5a0Wlf6aZomiSrLyVPrYh4yMvVVPABLF=\n",
	    "a\n1\nQkgD84vLhaY5a0Wlf6aZomiSrLyVPrYh4yMvVVPABLE\n", "a\n1\nQkgD84vLhaY5a0Wlf6aZomiSrLyVPrYh4yMvVVPABA==\n"};
	struct checkpoint c;

	(void)state;
	assert_int_equal(checkpoint_parse("a\n1\n" ROOT "\n", 49, &c, NULL), 0);
	assert_int_equal(checkpoint_parse("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", 49, &c, NULL), 0);
	assert_int_equal(checkpoint_parse("a\n281474976710655\n" ROOT "\n", 63, &c, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (checkpoint_parse(bad[i], strlen(bad[i]), &c, NULL) != E_FORMAT)
			fail_msg("%zu is taken", i);
}

static void inexact_notes(void **state)
{
	static const char *const bad[] = {"", "\n", "\n\n", "text\n", "text\n\n", "text\n\n" DASH "a AAAAAAE=", "text\n" DASH "a AAAAAAE=\n",
	    "text\n\n" DASH "a AAAAAAE=\n\n", "text\n\nx\n", "text\n\n- a AAAAAAE=\n", "text\n\n" DASH "a  AAAAAAE=\n", "text\n\n" DASH " AAAAAAE=\n",
	    "text\n\n" DASH "a\n", "text\n\n" DASH "a \n", "text\n\n" DASH "a AAAAAA==\n", "text\n\n" DASH "a AAAAAAF=\n", "text\n\n" DASH "a AAAAAAE\n",
	    "text\n\n" DASH "a AAAAAAE= \n", "text\n\n" DASH "a+b AAAAAAE=\n", "text\n\n" DASH "a\xc2\xa0" "b AAAAAAE=\n",
	    "text\n\n" DASH "a\xe3\x80\x80 AAAAAAE=\n", "te\rxt\n\n" DASH "a AAAAAAE=\n", "te\txt\n\n" DASH "a AAAAAAE=\n", "te\xffxt\n\n" DASH "a AAAAAAE=\n",
	    "text\n\n" DASH "a AAAAAAE=\n\n" "more\n", "text\n\n" DASH "a AAAAAAE=\nx\n"};
	struct note n;

	(void)state;
	assert_int_equal(note_parse("text\n\n" DASH "a AAAAAAE=\n", 21, &n, NULL), 0);
	assert_int_equal(n.text_n, 5);
	assert_int_equal(n.sigs, 1);
	assert_int_equal(note_parse("te\n\nxt\n\n" DASH "a AAAAAAE=\n", 23, &n, NULL), 0);
	assert_int_equal(n.text_n, 7); /* the last blank line divides */
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (note_parse(bad[i], strlen(bad[i]), &n, NULL) != E_FORMAT)
			fail_msg("%zu is taken", i);
	assert_int_equal(note_parse("te\0t\n\n" DASH "a AAAAAAE=\n", 21, &n, NULL), E_FORMAT);
}

static void long_notes(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct note n;

	(void)state;
	buf_puts(&b, "text\n\n");
	for (int i = 0; i < LIMIT_NOTE_SIGS; i++)
		note_put_sig(&b, "a", (uint32_t)i, "x", 1);
	assert_int_equal(note_parse(b.p, b.n, &n, NULL), 0);
	assert_int_equal(n.sigs, LIMIT_NOTE_SIGS);
	note_put_sig(&b, "a", 99, "x", 1);
	assert_int_equal(note_parse(b.p, b.n, &n, NULL), E_LIMIT);
	buf_clear(&b);
	while (b.n <= LIMIT_NOTE_BYTES)
		buf_puts(&b, "text\n");
	note_put_sig(&b, "a", 1, "x", 1);
	assert_int_equal(note_parse(b.p, b.n, &n, NULL), E_LIMIT);
}

/* A signature of a kind we do not know is as long as it likes, but base64 from end to end. */
static void long_signatures(void **state)
{
	uint8_t big[2428] = {1, 2, 3};

	(void)state;
	for (size_t len = 5; len < sizeof(big); len += len < 200 ? 1 : 97) {
		CLEANUP_BUF struct buf b = BUF_INIT(0);
		struct note n;
		size_t at;

		buf_puts(&b, "text\n\n" DASH "a ");
		at = b.n;
		base64_put(&b, big, len);
		buf_putc(&b, '\n');
		assert_int_equal(note_parse(b.p, b.n, &n, NULL), 0);
		assert_int_equal(n.sig[0].blob_n, len);
		assert_memory_equal(n.sig[0].blob, big, len < sizeof(n.sig[0].blob) ? len : sizeof(n.sig[0].blob));
		for (size_t i = at + 3; i + 5 < b.n; i += 4) { /* padding where more follows */
			const char was = b.p[i];

			b.p[i] = '=';
			assert_int_equal(note_parse(b.p, b.n, &n, NULL), E_FORMAT);
			b.p[i] = was;
		}
	}
}

/* ---- merging ---- */

static void merging_counts_lines_once(void **state)
{
	static const char twice[] = "text\nmore\n\n" DASH "a AAAAAAE=\n" DASH "a AAAAAAI=\n" DASH "b AAAAAAE=\n";
	static const char once[] = "text\nmore\n\n" DASH "a AAAAAAE=\n" DASH "b AAAAAAE=\n";
	static const char prefix[] = "text\n\n" DASH "a AAAAAAE=\n";
	CLEANUP_BUF struct buf out = BUF_INIT(0), full = BUF_INIT(0), again = BUF_INIT(0);

	(void)state;
	assert_int_equal(note_merge(twice, sizeof(twice) - 1, once, sizeof(once) - 1, &out, NULL), 0);
	assert_string_equal(out.p, once);
	assert_int_equal(note_merge(once, sizeof(once) - 1, prefix, sizeof(prefix) - 1, &again, NULL), E_CONFLICT);
	assert_int_equal(note_merge(prefix, sizeof(prefix) - 1, once, sizeof(once) - 1, &again, NULL), E_CONFLICT);
	buf_puts(&full, "text\n\n");
	for (int i = 0; i < LIMIT_NOTE_SIGS; i++)
		note_put_sig(&full, "a", (uint32_t)i, "x", 1);
	assert_int_equal(note_merge(full.p, full.n, full.p, full.n, &again, NULL), 0);
	assert_string_equal(again.p, full.p);
	assert_int_equal(note_merge(full.p, full.n, "text\n\n" DASH "b AAAAAAE=\n", 21, &again, NULL), E_LIMIT);
}

static void merging(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(0), again = BUF_INIT(0);
	struct maker a, b, other;
	struct note n;
	size_t count;

	(void)state;
	make(&a, "log.example/verbale", 1);
	make(&b, "log.example/verbale", 1);
	make(&other, "other.example/log", 1);
	cosign(&a, WITNESS, 2, 6);
	cosign(&b, WITNESS, 2, 7);
	cosign(&b, "third.example/w", 3, 8);
	cosign(&b, "third.example/w", 3, 9);
	assert_int_equal(note_merge(a.b.p, a.b.n, b.b.p, b.b.n, &out, NULL), 0);
	assert_memory_equal(out.p, a.b.p, a.b.n); /* ours first, and our line of the witness stays */
	assert_int_equal(note_parse(out.p, out.n, &n, NULL), 0);
	assert_int_equal(n.sigs, 3);
	buf_free(&a.b);
	buf_put(&a.b, out.p, out.n);
	assert_int_equal(open_made(&a, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(note_merge(out.p, out.n, out.p, out.n, &again, NULL), 0);
	assert_string_equal(out.p, again.p);
	buf_clear(&again);
	assert_int_equal(note_merge(out.p, out.n, other.b.p, other.b.n, &again, NULL), E_CONFLICT);
	assert_int_equal(note_merge(out.p, out.n, b.b.p, b.b.n - 1, &again, NULL), E_FORMAT);
	assert_int_equal(again.n, 0);
	buf_free(&a.b);
	buf_free(&b.b);
	buf_free(&other.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_are_as_others_write_them), cmocka_unit_test(inexact_keys), cmocka_unit_test(weak_keys_and_names),
	    cmocka_unit_test(signatures_are_as_others_make_them), cmocka_unit_test(opens_and_collects),
	    cmocka_unit_test(no_changed_bit_opens), cmocka_unit_test(unknown_lines_are_ignored),
	    cmocka_unit_test(a_known_key_must_be_right), cmocka_unit_test(who_signs_for_what),
	    cmocka_unit_test(origin_is_compared), cmocka_unit_test(time_out_of_range),
	    cmocka_unit_test(inexact_checkpoints), cmocka_unit_test(inexact_notes), cmocka_unit_test(long_notes),
	    cmocka_unit_test(long_signatures), cmocka_unit_test(merging_counts_lines_once), cmocka_unit_test(merging)};

	if (crypto_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
