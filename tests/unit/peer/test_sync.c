#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ALL UINT32_MAX

static uint64_t visible(uint64_t from, uint64_t to)
{
	uint64_t n = 0;

	for (uint64_t i = from; i < to; i++)
		n += i == 0 || !hidden_from_jp(i);
	return n;
}

static void must_sync(struct node *a, struct node *b, struct sync_report *ret)
{
	struct err e = {0};

	if (node_sync(a, b, ALL, NULL, NULL, ret, &e) != 0)
		fail_msg("sync: %s", e.msg);
}

/* ---- honest peers ---- */

static void test_follow_and_grow(void **state)
{
	struct node de, jp;
	struct sync_report rep;

	(void)state;
	node_make(&de, "grow-de", "DE");
	node_make(&jp, "grow-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 599, "first");
	must_sync(&jp, &de, &rep);
	assert_mirrored(&jp, &de, 600, 600);
	assert_int_equal(rep.old_size, 0);
	assert_int_equal(rep.size, 600);
	assert_int_equal(rep.entries_asked, 600);
	assert_int_equal(rep.entries_new, visible(0, 600));
	assert_false(rep.nothing_new);
	/* checkpoint, three bundles, one page, and Berlin's copy of Tokyo's head: 404, it has not followed yet */
	assert_int_equal(rep.requests, 6);
	/* Berlin follows Tokyo's empty log and finds Tokyo's cosignature on its own head */
	must_sync(&de, &jp, &rep);
	assert_int_equal(rep.requests, 2);
	must_sync(&jp, &de, &rep);
	assert_true(rep.nothing_new);
	/* nothing new on either side, both heads cosigned: one request */
	must_sync(&jp, &de, &rep);
	assert_int_equal(rep.requests, 1);
	assert_true(rep.nothing_new);
	must_sync(&de, &jp, &rep);
	assert_int_equal(rep.requests, 1);
	assert_true(rep.nothing_new);
	/* growth inside a bundle, over its edge, and to it */
	node_add(&de, 600, 1, "second");
	must_sync(&jp, &de, &rep);
	assert_int_equal(rep.requests, 3);
	assert_int_equal(rep.entries_asked, 1);
	node_add(&de, 601, 300, "third");
	must_sync(&jp, &de, &rep);
	node_add(&de, 901, 1024 - 901, "fourth");
	must_sync(&jp, &de, &rep);
	assert_mirrored(&jp, &de, 1024, 1024);
	must_sync(&jp, &de, &rep);
	assert_true(rep.nothing_new);
	node_close(&de);
	node_close(&jp);
}

static void test_proof_carries_the_cosignature(void **state)
{
	struct node de, jp;
	struct sync_report rep;
	struct bound bound[4];
	size_t n = 0;
	struct err e = {0};

	(void)state;
	node_make(&de, "cosign-de", "DE");
	node_make(&jp, "cosign-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 4, "x");
	must_sync(&jp, &de, &rep);
	must_sync(&de, &jp, &rep);
	assert_int_equal(record_bounds(de.rd, 0, 2, bound, 4, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(bound[0].witness, record_self(jp.r)->witness.name);
	assert_true(bound[0].until_s > 0);
	node_close(&de);
	node_close(&jp);
}

/* Many pages: more entries than one answer holds. */
static void test_pages(void **state)
{
	struct node de, jp;
	struct sync_report rep;

	(void)state;
	node_make(&de, "pages-de", "DE");
	node_make(&jp, "pages-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 3999, "page");
	must_sync(&jp, &de, &rep);
	assert_mirrored(&jp, &de, 4000, 4000);
	assert_int_equal(rep.requests, 1 + 16 + 3 + 1);
	node_close(&de);
	node_close(&jp);
}

/* ---- interruptions ---- */

static void test_cut_at_every_request(void **state)
{
	struct node de;
	struct sync_report rep = {0};
	unsigned cut = 0;
	int rc = 1;

	(void)state;
	node_make(&de, "cut-de", "DE");
	node_add(&de, 1, 1799, "cut");
	for (; rc != 0; cut++) {
		struct node jp;
		char name[32];
		struct err e = {0};

		snprintf(name, sizeof(name), "cut-jp-%u", cut);
		node_make(&jp, name, "JP");
		IGNORE(record_peer_add(jp.r, record_self(de.r), &e), "checked by the sync");
		if (cut == 0) {
			assert_int_equal(record_peer_add(de.r, record_self(jp.r), &e), 0);
			node_close(&jp);
			rc = 1;
			continue;
		}
		/* One pinned JP only: the other nodes come in its name, which is all de.r sees of them. */
		rc = node_sync(&jp, &de, cut, NULL, NULL, &rep, &e);
		if (rc < 0)
			fail_msg("cut at %u: %s", cut, e.msg);
		if (cut % 2 == 0) {
			node_close(&jp);
			node_open(&jp);
		}
		must_sync(&jp, &de, &rep);
		assert_mirrored(&jp, &de, 1800, 1800);
		node_close(&jp);
	}
	/* checkpoint, 8 bundles, 2 pages, witness */
	assert_int_equal(cut, 13);
	node_close(&de);
}

/* The peer grows while we follow: the head we began with is what we end with. */
struct grower { struct node *de; unsigned at; };

static void grow(void *ctx, unsigned no, const struct sync_request *q, int *status, struct buf *body)
{
	struct grower *const g = ctx;

	(void)no;
	(void)status;
	(void)body;
	if (q->what == GET_CHECKPOINT) {
		node_add(g->de, g->at, 300, "meanwhile");
		g->at += 300;
	}
}

static void test_growing_meanwhile(void **state)
{
	struct node de, jp;
	struct grower g = {&de, 300};
	struct sync_report rep;
	struct err e = {0};

	(void)state;
	node_make(&de, "mean-de", "DE");
	node_make(&jp, "mean-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 299, "x");
	/* its last, partial bundle is gone by the time it is asked for: the full one serves */
	if (node_sync(&jp, &de, ALL, grow, &g, &rep, &e) != 0)
		fail_msg("%s", e.msg);
	assert_mirrored(&jp, &de, 300, 300);
	must_sync(&jp, &de, &rep);
	assert_mirrored(&jp, &de, 600, 600);
	node_close(&de);
	node_close(&jp);
}

/* ---- lies ---- */

enum lie {
	LIE_STATUS_404, LIE_STATUS_500, LIE_STATUS_302, LIE_EMPTY, LIE_CUT, LIE_FLIP, LIE_GARBAGE, LIE_LONG, LIE_DOUBLE, LIES
};
struct liar { enum sync_get what; enum lie lie; unsigned times, told; };

static void lie(void *ctx, unsigned no, const struct sync_request *q, int *status, struct buf *body)
{
	struct liar *const l = ctx;

	(void)no;
	if (q->what != l->what || l->told == l->times)
		return;
	l->told++;
	switch (l->lie) {
	case LIE_STATUS_404: *status = 404; break;
	case LIE_STATUS_500: *status = 500; break;
	case LIE_STATUS_302: *status = 302; break;
	case LIE_EMPTY: buf_clear(body); break;
	case LIE_CUT: body->n = (size_t)lab_random(body->n); break;
	case LIE_FLIP:
		/* In a bundle the leaves held already are not looked at again: damage the last one. */
		body->p[q->what == GET_BUNDLE ? body->n - 1 - lab_random(33) : lab_random(body->n)] ^= (char)(1 << lab_random(7));
		break;
	case LIE_GARBAGE:
		for (size_t i = 0; i < body->n; i++)
			body->p[i] = (char)lab_random(256);
		break;
	case LIE_LONG:
		body->max = 0;
		IGNORE(buf_grow(body, q->max) == NULL, "the test's own memory");
		break;
	case LIE_DOUBLE: {
		CLEANUP_BUF struct buf copy = {0};

		buf_put(&copy, body->p, body->n);
		buf_put(body, copy.p, copy.n);
		break;
	}
	case LIES: break;
	}
}

/* Whatever is wrong with one answer: an error, and then an honest peer finds us able to go on. Nothing false is kept. */
static void test_lies(void **state)
{
	static const enum sync_get whats[] = {GET_CHECKPOINT, GET_BUNDLE, GET_ENTRIES};
	struct node de, jp;
	unsigned size = 1;

	(void)state;
	node_make(&de, "lies-de", "DE");
	node_make(&jp, "lies-jp", "JP");
	node_meet(&de, &jp);
	for (unsigned round = 0; round < 2; round++)
	for (size_t w = 0; w < ARRAY_LEN(whats); w++)
	for (enum lie k = 0; k < LIES; k++) {
		struct liar l = {.what = whats[w], .lie = k, .times = ALL};
		struct err e = {0};
		int rc;

		node_add(&de, size, 7, "truth");
		size += 7;
		rc = node_sync(&jp, &de, ALL, lie, &l, NULL, &e);
		if (rc >= 0)
			fail_msg("lie %d about %d was believed", (int)k, (int)whats[w]);
		assert_true(l.told > 0);
		assert_true(e.msg[0] != '\0');
		assert_true(rc == E_NET || rc == E_FORMAT || rc == E_PROOF || rc == E_LIMIT);
		assert_true((rc == E_NET) == (k <= LIE_STATUS_302) && (k != LIE_LONG || rc == E_LIMIT));
		must_sync(&jp, &de, NULL);
		assert_mirrored(&jp, &de, size, size);
	}
	node_close(&de);
	node_close(&jp);
}

/* A leaf damaged once on the way is no rewriting: the whole log is asked for, agrees, and the sync goes on. */
static void test_one_bad_line(void **state)
{
	struct liar l = {.what = GET_BUNDLE, .lie = LIE_FLIP, .times = 1};
	struct node de, jp;
	struct sync_report rep;
	struct err e = {0};
	int rc;

	(void)state;
	node_make(&de, "line-de", "DE");
	node_make(&jp, "line-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 255, "x");
	must_sync(&jp, &de, NULL);
	node_add(&de, 256, 1, "x");
	/* one new leaf in a bundle of its own: 35 bytes, of which two are the length */
	rc = node_sync(&jp, &de, ALL, lie, &l, &rep, &e);
	if (rc == E_FORMAT) /* the length was hit */
		rc = node_sync(&jp, &de, ALL, NULL, NULL, &rep, &e);
	assert_int_equal(rc, 0);
	assert_mirrored(&jp, &de, 257, 257);
	node_close(&de);
	node_close(&jp);
}

static void endless(void *ctx, unsigned no, const struct sync_request *q, int *status, struct buf *body)
{
	(void)no;
	(void)status;
	if (q->what != GET_ENTRIES)
		return;
	buf_clear(body);
	buf_printf(body, "{\"next\":%llu}\n", (unsigned long long)(q->n + *(const unsigned *)ctx));
}

static void test_endless_next(void **state)
{
	struct node de, jp;

	(void)state;
	node_make(&de, "next-de", "DE");
	node_make(&jp, "next-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 2999, "x");
	for (unsigned step = 0; step < 2; step++) {
		struct err e = {0};

		assert_int_equal(node_sync(&jp, &de, ALL, endless, &step, NULL, &e), E_FORMAT);
		assert_non_null(strstr(e.msg, "does not move on"));
	}
	assert_mirrored(&jp, &de, 3000, 0);
	node_close(&de);
	node_close(&jp);
}

/* ---- rewritten logs ---- */

struct swapped { struct node *other; };

/* The same name and keys, another folder behind them. */
static void swap(void *ctx, unsigned no, const struct sync_request *q, int *status, struct buf *body)
{
	struct swapped *const s = ctx;
	struct http_resp r;

	(void)no;
	*status = node_ask(s->other, "JP", q->path, &r);
	buf_clear(body);
	buf_put(body, r.body.p, r.body.n);
	http_resp_free(&r);
}

static void test_forks(void **state)
{
	struct node de, jp, fork;
	struct swapped s = {&fork};
	struct err e = {0};
	struct sync_report rep;

	(void)state;
	node_make(&de, "fork-de", "DE");
	node_make(&jp, "fork-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 299, "common");
	node_close(&de);
	node_copy(&fork, &de, "fork-other");
	node_open(&de);
	node_add(&de, 300, 10, "told to Tokyo");
	must_sync(&jp, &de, &rep);
	/* shorter, but the same history: an old copy, nothing happens */
	if (node_sync(&jp, &de, ALL, swap, &s, &rep, &e) != 0)
		fail_msg("%s", e.msg);
	assert_true(rep.nothing_new);
	assert_mirrored(&jp, &de, 310, 310);
	/* shorter, another history */
	node_add(&fork, 300, 5, "told to others");
	assert_int_equal(node_sync(&jp, &de, ALL, swap, &s, NULL, &e), E_REWRITE);
	assert_non_null(strstr(e.msg, "305"));
	/* as long, another history */
	node_add(&fork, 305, 5, "told to others");
	assert_int_equal(node_sync(&jp, &de, ALL, swap, &s, NULL, &e), E_REWRITE);
	assert_non_null(strstr(e.msg, "310"));
	/* longer, another history: only the leaves show it */
	node_add(&fork, 310, 290, "told to others");
	assert_int_equal(node_sync(&jp, &de, ALL, swap, &s, NULL, &e), E_REWRITE);
	assert_non_null(strstr(e.msg, "600"));
	/* the mirror stands as it was, and the true log can still be followed */
	assert_mirrored(&jp, &de, 310, 310);
	node_add(&de, 310, 1, "told to Tokyo");
	must_sync(&jp, &de, &rep);
	assert_mirrored(&jp, &de, 311, 311);
	node_close(&de);
	node_close(&jp);
	node_close(&fork);
}

static int setup(void **state)
{
	const char *const given = getenv("SEED");
	const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

	(void)state;
	printf("SEED=%llu\n", (unsigned long long)seed);
	lab_begin(seed);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lab_end();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follow_and_grow), cmocka_unit_test(test_proof_carries_the_cosignature), cmocka_unit_test(test_pages),
		cmocka_unit_test(test_cut_at_every_request), cmocka_unit_test(test_growing_meanwhile), cmocka_unit_test(test_lies),
		cmocka_unit_test(test_one_bad_line), cmocka_unit_test(test_endless_next), cmocka_unit_test(test_forks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
