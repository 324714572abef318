#include "check.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "pack/pack.h"

static const enum pack both[] = {PACK_GZIP, PACK_ZSTD};

/* --- helpers --- */

struct taker { struct buf got; size_t calls, stop_at, largest; };

static int take(void *ctx, const void *p, size_t n, struct err *e)
{
	struct taker *t = ctx;

	assert_in_range(n, 1, 65536);
	if (++t->calls == t->stop_at)
		return fail(e, E_BUSY, "enough");
	buf_put(&t->got, p, n);
	return 0;
}

/* The input in pieces of `step` bytes, each in a block of its own, so that a sanitizer sees one byte too far. */
static int run(struct pack_stream *s, const void *p, size_t n, size_t step, struct err *e)
{
	const char *at = p;
	int rc = 0;

	while (rc == 0 && n > 0) {
		const size_t part = n < step ? n : step;
		char *copy = mem_alloc(part);

		memcpy(copy, at, part);
		rc = pack_feed(s, copy, part, e);
		mem_free(copy);
		at += part;
		n -= part;
	}
	return rc != 0 ? rc : pack_end(s, e);
}

static int unpack(enum pack p, const void *in, size_t n, size_t step, struct buf *out, struct err *e)
{
	struct taker t = {.got = BUF_INIT(0)};
	struct pack_stream *s = NULL;
	int rc;

	assert_int_equal(unpack_open(p, take, &t, &s, e), 0);
	rc = run(s, in, n, step, e);
	pack_close(s);
	buf_put(out, t.got.p, t.got.n);
	buf_free(&t.got);
	return rc;
}

static void pack_stepwise(enum pack p, const void *in, size_t n, size_t step, struct buf *out)
{
	struct taker t = {.got = BUF_INIT(0)};
	struct pack_stream *s = NULL;

	assert_int_equal(pack_open(p, take, &t, &s, NULL), 0);
	assert_int_equal(run(s, in, n, step, NULL), 0);
	pack_close(s);
	buf_put(out, t.got.p, t.got.n);
	buf_free(&t.got);
}

static void pack_once(enum pack p, const void *in, size_t n, struct buf *out)
{
	struct packer *k = packer_new();

	assert_non_null(k);
	assert_int_equal(pack_all(k, p, in, n, out, NULL), 0);
	packer_free(k);
}

static void assert_unpacks(enum pack p, const struct buf *packed, const void *want, size_t n, size_t step)
{
	CLEANUP_BUF struct buf got = BUF_INIT(0);
	struct err e = {.msg = ""};

	if (unpack(p, packed->p, packed->n, step, &got, &e) != 0)
		fail_msg("%s, %zu bytes, step %zu: %s", pack_name(p), n, step, e.msg);
	assert_int_equal(got.n, n);
	assert_true(n == 0 || memcmp(got.p, want, n) == 0);
}

/* kind 0: zeros; 1: text that repeats with changes; 2: noise */
static char *plain(size_t n, int kind)
{
	char *p = mem_alloc(n);
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525U + 1013904223U;
		p[i] = (char)(kind == 0 ? 0 : kind == 1 ? "{\"type\":\"indicator\"},"[i % 21] + (x >> 28 == 0) : (int)(x >> 24) & 0x7f);
		if (kind == 2 && (x & 0x800000) != 0)
			p[i] = (char)(p[i] ^ 0x80);
	}
	return p;
}

/* --- tests --- */

static void round_trips(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 7, 255, 256, 4095, 4096, 4097, 32767, 32768, 32769, 65535, 65536, 65537,
		131071, 131072, 131073, 262144, 262145, 1 << 20, (3 << 20) + 1};

	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++)
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
			for (int kind = 0; kind < 3; kind++) {
				CLEANUP_BUF struct buf once = BUF_INIT(0), stepped = BUF_INIT(0);
				char *p = plain(sizes[i], kind);

				pack_once(both[b], p, sizes[i], &once);
				pack_stepwise(both[b], p, sizes[i], 10007, &stepped);
				assert_int_equal(pack_detect(once.p, once.n), both[b]);
				assert_unpacks(both[b], &once, p, sizes[i], SIZE_MAX);
				assert_unpacks(both[b], &once, p, sizes[i], 4099);
				assert_unpacks(both[b], &stepped, p, sizes[i], 65536);
				mem_free(p);
			}
}

static void every_size_up_to_some_hundred(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++)
		for (size_t n = 0; n < 700; n++) {
			CLEANUP_BUF struct buf once = BUF_INIT(0);
			char *p = plain(n, (int)(n % 3));

			pack_once(both[b], p, n, &once);
			assert_unpacks(both[b], &once, p, n, 1);
			assert_unpacks(both[b], &once, p, n, 3);
			mem_free(p);
		}
}

static void a_packer_is_used_again(void **state)
{
	struct packer *k = packer_new();

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(0);
		const size_t n = i * 7919;
		char *p = plain(n, (int)(i % 3));

		buf_puts(&out, "before");
		assert_int_equal(pack_all(k, both[i % 2], p, n, &out, NULL), 0);
		assert_memory_equal(out.p, "before", 6);
		assert_int_equal(out.p[out.n], '\0');
		memmove(out.p, out.p + 6, out.n -= 6);
		assert_unpacks(both[i % 2], &out, p, n, SIZE_MAX);
		mem_free(p);
	}
	packer_free(k);
}

static void text_gets_smaller_noise_hardly_larger(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++) {
		CLEANUP_BUF struct buf text = BUF_INIT(0), noise = BUF_INIT(0);
		char *p = plain(1 << 20, 1), *q = plain(1 << 20, 2);

		pack_once(both[b], p, 1 << 20, &text);
		pack_once(both[b], q, 1 << 20, &noise);
		assert_true(text.n < (1 << 20) / 3);
		assert_true(noise.n < (1 << 20) + 4096);
		mem_free(p);
		mem_free(q);
	}
}

static void concatenated(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++)
		for (size_t step = 1; step < 300; step++) {
			CLEANUP_BUF struct buf all = BUF_INIT(0);

			pack_once(both[b], "eins ", 5, &all);
			pack_once(both[b], "", 0, &all);
			pack_stepwise(both[b], "zwei ", 5, 2, &all);
			pack_once(both[b], "drei", 4, &all);
			assert_unpacks(both[b], &all, "eins zwei drei", 14, step);
		}
}

static void cut_short_at_every_byte(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++) {
		CLEANUP_BUF struct buf first = BUF_INIT(0), all = BUF_INIT(0);
		char *p = plain(3000, 1);

		pack_once(both[b], p, 1500, &first);
		pack_once(both[b], p, 1500, &all);
		pack_once(both[b], p + 1500, 1500, &all);
		for (size_t n = 0; n < all.n; n++)
			for (size_t step = 1; step < 20000; step += 9973) {
				CLEANUP_BUF struct buf got = BUF_INIT(0);
				struct err e = {.msg = ""};
				const int rc = unpack(both[b], all.p, n, step, &got, &e);

				assert_int_equal(rc, n == first.n ? 0 : E_FORMAT);
				assert_true(rc == 0 || (e.code == rc && strstr(e.msg, pack_name(both[b])) == e.msg && strstr(e.msg, "byte ") != NULL));
				assert_true(got.n <= 3000 && (got.n == 0 || memcmp(got.p, p, got.n) == 0));
			}
		mem_free(p);
	}
}

/* Header fields that mean nothing to us (time, level, system; RFC 1952 §2.3.1) may be flipped unseen; the content never. */
static void flipped_bits(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++) {
		CLEANUP_BUF struct buf all = BUF_INIT(0);
		char *p = plain(2500, 1);

		pack_stepwise(both[b], p, 2500, 999, &all); /* with a checksum also in zstd */
		for (size_t bit = 0; bit < all.n * 8; bit++) {
			CLEANUP_BUF struct buf got = BUF_INIT(0);
			struct err e = {.msg = ""};
			int rc;

			all.p[bit / 8] = (char)(all.p[bit / 8] ^ (1 << (bit % 8)));
			rc = unpack(both[b], all.p, all.n, 64, &got, &e);
			if (rc == 0)
				assert_true(got.n == 2500 && memcmp(got.p, p, 2500) == 0);
			else
				assert_true(rc == E_FORMAT || rc == E_LIMIT);
			all.p[bit / 8] = (char)(all.p[bit / 8] ^ (1 << (bit % 8)));
		}
		mem_free(p);
	}
}

static void not_of_this_coding(void **state)
{
	static const char *const texts[] = {"x", "{\"type\":\"bundle\"}", "\x1f\x8b\x07 unknown method", "\x28\xb5\x2f\xfe    ", "PK\x03\x04zip and more"};

	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(both); b++)
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			for (size_t step = 1; step < 40; step += 31) {
				CLEANUP_BUF struct buf got = BUF_INIT(0);

				assert_int_equal(unpack(both[b], texts[i], strlen(texts[i]), step, &got, NULL), E_FORMAT);
			}
	for (size_t b = 0; b < ARRAY_LEN(both); b++) {
		CLEANUP_BUF struct buf packed = BUF_INIT(0), got = BUF_INIT(0);

		pack_once(both[b], "text", 4, &packed);
		buf_puts(&packed, "and something behind it");
		assert_int_equal(unpack(both[b], packed.p, packed.n, SIZE_MAX, &got, NULL), E_FORMAT);
	}
}

/* A gzip header with every optional field (RFC 1952 §2.3.1), cut anywhere. */
static void full_gzip_header(void **state)
{
	static const unsigned char head[] = {0x1f, 0x8b, 8, 0x04 | 0x08 | 0x10, 1, 2, 3, 4, 0, 3, 5, 0, 'e', 'x', 't', 'r', 'a',
		'n', 'a', 'm', 'e', 0, 'c', 'o', 'm', 'm', 'e', 'n', 't', 0};

	(void)state;
	for (size_t step = 1; step < 60; step++) {
		CLEANUP_BUF struct buf packed = BUF_INIT(0), all = BUF_INIT(0);

		pack_once(PACK_GZIP, "hello", 5, &packed);
		for (int twice = 0; twice < 2; twice++) {
			buf_put(&all, head, sizeof(head));
			buf_put(&all, packed.p + 10, packed.n - 10);
		}
		assert_unpacks(PACK_GZIP, &all, "hellohello", 10, step);
	}
}

static void a_window_too_large(void **state)
{
	/* RFC 8878 §3.1.1.1.2: exponent 18 is 2^28 bytes; a raw last block of one byte */
	static const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x09, 0, 0, 'x'};
	unsigned char fits[sizeof(frame)];
	CLEANUP_BUF struct buf got = BUF_INIT(0);

	(void)state;
	assert_int_equal(LIMIT_PACK_WINDOW, 27);
	assert_int_equal(unpack(PACK_ZSTD, frame, sizeof(frame), SIZE_MAX, &got, NULL), E_LIMIT);
	memcpy(fits, frame, sizeof(frame));
	fits[5] = 17 << 3;
	assert_int_equal(unpack(PACK_ZSTD, fits, sizeof(fits), SIZE_MAX, &got, NULL), 0);
	assert_string_equal(got.p, "x");
}

static void the_sink_stops(void **state)
{
	char *p = plain(1 << 20, 2);

	(void)state;
	for (enum pack k = PACK_NONE; k < PACKS_; k++)
		for (size_t stop = 1; stop <= 3; stop++) {
			CLEANUP_BUF struct buf packed = BUF_INIT(0);
			struct taker t = {.got = BUF_INIT(0), .stop_at = stop}, u = {.got = BUF_INIT(0), .stop_at = stop};
			struct pack_stream *s = NULL;
			struct err e;

			pack_once(k, p, 1 << 20, &packed);
			assert_int_equal(unpack_open(k, take, &t, &s, NULL), 0);
			assert_int_equal(run(s, packed.p, packed.n, SIZE_MAX, &e), E_BUSY);
			assert_string_equal(e.msg, "enough");
			assert_int_equal(t.calls, stop);
			pack_close(s);
			assert_int_equal(pack_open(k, take, &u, &s, NULL), 0);
			assert_int_equal(run(s, p, 1 << 20, SIZE_MAX, &e), E_BUSY);
			assert_int_equal(u.calls, stop);
			pack_close(s);
			buf_free(&t.got);
			buf_free(&u.got);
		}
	mem_free(p);
}

static void plain_passes_through(void **state)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(0);
	char *p = plain(200000, 2);

	(void)state;
	pack_once(PACK_NONE, p, 200000, &packed);
	assert_int_equal(packed.n, 200000);
	assert_unpacks(PACK_NONE, &packed, p, 200000, SIZE_MAX);
	assert_unpacks(PACK_NONE, &(struct buf){.p = NULL}, "", 0, 1);
	mem_free(p);
}

static void names_and_magic(void **state)
{
	(void)state;
	assert_string_equal(pack_name(PACK_NONE), "identity");
	assert_string_equal(pack_name(PACK_GZIP), "gzip");
	assert_string_equal(pack_name(PACK_ZSTD), "zstd");
	assert_int_equal(pack_detect("\x1f\x8b\x08", 3), PACK_GZIP);
	assert_int_equal(pack_detect("\x28\xb5\x2f\xfd", 4), PACK_ZSTD);
	assert_int_equal(pack_detect("\x28\xb5\x2f", 3), PACK_NONE);
	assert_int_equal(pack_detect("{\"", 2), PACK_NONE);
	assert_int_equal(pack_detect("", 0), PACK_NONE);
}

static void without_memory(void **state)
{
	struct pack_stream *s = NULL;
	struct packer *k;
	int rc = -1;

	(void)state;
	for (enum pack p = PACK_NONE; p < PACKS_; p++)
		for (int in = 0; in < 2; in++, rc = -1)
			for (long n = 1; rc != 0; n++) {
				mem_fail_after(n);
				rc = in ? unpack_open(p, take, NULL, &s, NULL) : pack_open(p, take, NULL, &s, NULL);
				mem_fail_after(0);
				assert_true(rc == 0 || rc == E_NOMEM);
				if (rc == 0)
					pack_close(s);
			}
	k = NULL;
	for (long n = 1; k == NULL; n++) {
		mem_fail_after(n);
		k = packer_new();
		mem_fail_after(0);
	}
	for (size_t b = 0; b < ARRAY_LEN(both); b++) {
		struct buf small = BUF_INIT(3), none = BUF_INIT(0);

		assert_int_equal(pack_all(k, both[b], "text", 4, &small, NULL), E_LIMIT);
		mem_fail_after(1);
		rc = pack_all(k, both[b], "text", 4, &none, NULL);
		mem_fail_after(0);
		assert_int_equal(rc, E_NOMEM);
		buf_free(&small);
		buf_free(&none);
	}
	packer_free(k);
	packer_free(NULL);
	pack_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_magic),
		cmocka_unit_test(round_trips),
		cmocka_unit_test(every_size_up_to_some_hundred),
		cmocka_unit_test(a_packer_is_used_again),
		cmocka_unit_test(text_gets_smaller_noise_hardly_larger),
		cmocka_unit_test(concatenated),
		cmocka_unit_test(cut_short_at_every_byte),
		cmocka_unit_test(flipped_bits),
		cmocka_unit_test(not_of_this_coding),
		cmocka_unit_test(full_gzip_header),
		cmocka_unit_test(a_window_too_large),
		cmocka_unit_test(the_sink_stops),
		cmocka_unit_test(plain_passes_through),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
