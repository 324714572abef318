#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/enc.h"
#include "base/mem.h"
#include "crypto/crypto.h"
#include "crypto/impl.h"

#include <cmocka.h> /* last: its macro fail() hides base/err.h */

static void expect_hex(const uint8_t *got, size_t n, const char *want)
{
	char hex[HEX_LEN(64) + 1];

	hex_encode(got, n, hex);
	assert_string_equal(hex, want);
}

#define M448 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define M896 "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

/* The examples NIST publishes with FIPS 180-4. */
static void fips_180_4(void **state)
{
	static const struct { const char *msg, *sha256, *sha1; } rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{M448, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
		{M896, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1", "a49b2446a02c645bf419f995b67091253a04a259"},
	};
	uint8_t out[SHA256_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		sha256(rows[i].msg, strlen(rows[i].msg), out);
		expect_hex(out, SHA256_LEN, rows[i].sha256);
		sha1(rows[i].msg, strlen(rows[i].msg), out);
		expect_hex(out, 20, rows[i].sha1);
	}
	sha256(NULL, 0, out);
	expect_hex(out, SHA256_LEN, rows[0].sha256);
}

static void million(void **state)
{
	const size_t n = 1000000;
	CLEANUP_STR char *a = mem_alloc(n);
	uint8_t out[SHA256_LEN];

	(void)state;
	assert_non_null(a);
	memset(a, 'a', n);
	sha256(a, n, out);
	expect_hex(out, SHA256_LEN, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	sha1(a, n, out);
	expect_hex(out, 20, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

static void pattern(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 7 + 3);
}

/* Every length round the borders of blocks: the digest over all digests, computed elsewhere. */
static void every_length(void **state)
{
	uint8_t bytes[300], all[SHA256_LEN * 300], all1[20 * 300], out[SHA256_LEN];

	(void)state;
	pattern(bytes, sizeof(bytes));
	for (size_t n = 0; n < 300; n++) {
		sha256(bytes, n, all + SHA256_LEN * n);
		sha1(bytes, n, all1 + 20 * n);
	}
	sha256(all, sizeof(all), out);
	expect_hex(out, SHA256_LEN, "7b074096cabb18dd0d1b468a173cb2f97f80e952525bca29542e606fd6d0753a");
	sha1(all1, sizeof(all1), out);
	expect_hex(out, 20, "ca9349a03c700fe25e6c2cde997aa96ac2227d8a");
}

/* However the bytes are cut, the digest is that of the whole. */
static void pieces(void **state)
{
	uint8_t bytes[200], whole[SHA256_LEN], whole1[SHA1_LEN], out[SHA256_LEN];
	struct sha1_ctx c1;

	(void)state;
	pattern(bytes, sizeof(bytes));
	sha256(bytes, sizeof(bytes), whole);
	sha1(bytes, sizeof(bytes), whole1);
	for (size_t a = 0; a <= 200; a += 7)
		for (size_t b = a; b <= 200; b += 11) {
			const struct piece v[] = {{bytes, a}, {bytes + a, b - a}, {NULL, 0}, {bytes + b, 200 - b}};
			struct sha256_ctx c;

			sha256v(v, 4, out);
			assert_memory_equal(out, whole, SHA256_LEN);
			sha256_begin(&c);
			sha256_add(&c, bytes, a);
			sha256_add(&c, bytes + a, b - a);
			sha256_add(&c, NULL, 0);
			sha256_add(&c, bytes + b, 200 - b);
			sha256_end(&c, out);
			assert_memory_equal(out, whole, SHA256_LEN);
			sha1_begin(&c1);
			sha1_add(&c1, bytes, a);
			sha1_add(&c1, bytes + a, b - a);
			sha1_add(&c1, bytes + b, 200 - b);
			sha1_end(&c1, out);
			assert_memory_equal(out, whole1, SHA1_LEN);
		}
	sha256v(NULL, 0, out);
	expect_hex(out, SHA256_LEN, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* One copy of the state may go on while another ends: running hashes are saved that way. */
static void state_can_be_copied(void **state)
{
	struct sha256_ctx c, copy;
	uint8_t out[SHA256_LEN];

	(void)state;
	sha256_begin(&c);
	sha256_add(&c, "ab", 2);
	copy = c;
	sha256_add(&copy, "x", 1);
	sha256_end(&copy, out);
	sha256_add(&c, "c", 1);
	sha256_end(&c, out);
	expect_hex(out, SHA256_LEN, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* From the polynomial alone, one bit at a time. */
static uint32_t crc_by_bits(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < 8 * n; i++) {
		crc ^= ((uint32_t)p[i / 8] >> i % 8) & 1;
		crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

/* RFC 3720 §B.4, and the usual check value. */
static void crc_known(void **state)
{
	uint8_t b[32];

	(void)state;
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, NULL, 0), 0);
	memset(b, 0, sizeof(b));
	assert_int_equal(crc32c(0, b, 32), 0x8a9136aa);
	memset(b, 0xff, sizeof(b));
	assert_int_equal(crc32c(0, b, 32), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		b[i] = (uint8_t)i;
	assert_int_equal(crc32c(0, b, 32), 0x46dd794e);
}

static void crc_all_ways_agree(void **state)
{
	uint8_t bytes[256 + 8];

	(void)state;
	pattern(bytes, sizeof(bytes));
	for (unsigned i = 0; i < 256; i++) {
		const uint8_t one = (uint8_t)i;

		assert_int_equal(crc32c_table(0, &one, 1), crc_by_bits(&one, 1)); /* every row of the table */
	}
	for (size_t n = 0; n <= 256; n++)
		for (size_t off = 0; off < 8; off++) {
			const uint32_t want = crc_by_bits(bytes + off, n);

			assert_int_equal(crc32c_table(0, bytes + off, n), want);
			if (crc32c_has_instruction())
				assert_int_equal(crc32c_instruction(0, bytes + off, n), want);
			assert_int_equal(crc32c(0, bytes + off, n), want);
			assert_int_equal(crc32c(crc32c(0, bytes + off, n / 3), bytes + off + n / 3, n - n / 3), want);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fips_180_4),
		cmocka_unit_test(million),
		cmocka_unit_test(every_length),
		cmocka_unit_test(pieces),
		cmocka_unit_test(state_can_be_copied),
		cmocka_unit_test(crc_known),
		cmocka_unit_test(crc_all_ways_agree),
	};

	return crypto_init(NULL) == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
