#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/enc.h"

static struct node de, jp;

static int ask(const char *party, const char *path, struct http_resp *r) { return node_ask(&de, party, path, r); }

/* An answer as bytes: status, headers in order, body. */
static void flatten(const char *party, const char *path, struct buf *out)
{
	struct http_resp r;

	buf_clear(out);
	buf_printf(out, "%d\n%s\n", ask(party, path, &r), r.type != NULL ? r.type : "");
	for (size_t i = 0; i < r.headers; i++)
		buf_printf(out, "%s: %s\n", r.header[i].name, r.header[i].value);
	buf_put(out, r.body.p, r.body.n);
	http_resp_free(&r);
}

/* Hidden, unknown and misspelt answer alike, byte for byte, whoever asks. */
static void test_hidden_and_unknown_are_one(void **state)
{
	static const char *const whats[] = {"json", "tlog-proof"};
	static const char *const parties[] = {"", "JP"};
	static const char *const unknown[] = {"20", "999999", "281474976710656", "01", "-1", "x", "1e1", ""};
	CLEANUP_BUF struct buf want = {0};
	CLEANUP_BUF struct buf got = {0};
	char path[64];
	unsigned hidden = 0, shown = 0;

	(void)state;
	flatten("", "/log/entry/999999.json", &want);
	assert_int_equal(strncmp(want.p, "404\n", 4), 0);
	for (size_t p = 0; p < 2; p++)
	for (size_t w = 0; w < 2; w++) {
		for (size_t i = 0; i < ARRAY_LEN(unknown) - 1; i++) {
			snprintf(path, sizeof(path), "/log/entry/%s.%s", unknown[i], whats[w]);
			flatten(parties[p], path, &got);
			assert_string_equal(got.p, want.p);
		}
		for (unsigned i = 0; i < 20; i++) {
			const bool may = p == 1 ? i == 0 || !hidden_from_jp(i) : i > 0 && is_clear(i);

			snprintf(path, sizeof(path), "/log/entry/%u.%s", i, whats[w]);
			flatten(parties[p], path, &got);
			if (may) {
				assert_int_equal(strncmp(got.p, "200\n", 4), 0);
				shown++;
			} else {
				assert_string_equal(got.p, want.p);
				hidden++;
			}
		}
	}
	assert_true(hidden > 20 && shown > 20);
	flatten("JP", "/log/entry/2.txt", &got);
	assert_string_equal(got.p, want.p);
}

static void test_entry_and_proof(void **state)
{
	struct http_resp entry, proof;
	struct tlog_policy *policy = NULL;
	struct proof_report *rep = calloc(1, sizeof(*rep));
	struct err e = {0};

	(void)state;
	assert_non_null(rep);
	assert_int_equal(ask("JP", "/log/entry/2.json", &entry), 200);
	assert_int_equal(ask("JP", "/log/entry/2.tlog-proof", &proof), 200);
	assert_string_equal(entry.type, "application/json");
	assert_int_equal(tlog_policy_single(&record_self(de.r)->log, &policy, &e), 0);
	assert_int_equal(proof_verify(entry.body.p, entry.body.n, proof.body.p, proof.body.n, policy, rep, &e), 0);
	assert_int_equal(rep->index, 2);
	entry.body.p[10] ^= 1;
	assert_int_equal(proof_verify(entry.body.p, entry.body.n, proof.body.p, proof.body.n, policy, rep, &e), E_PROOF);
	tlog_policy_free(policy);
	free(rep);
	http_resp_free(&entry);
	http_resp_free(&proof);
}

static unsigned lines(const char *s)
{
	unsigned n = 0;

	for (; (s = strchr(s, '\n')) != NULL; s++)
		n++;
	return n;
}

static void test_entries(void **state)
{
	struct http_resp r;
	unsigned jps = 1, clear = 0;

	(void)state;
	for (unsigned i = 1; i < 20; i++) {
		jps += !hidden_from_jp(i);
		clear += is_clear(i);
	}
	assert_int_equal(ask("JP", "/log/entries/0", &r), 200);
	assert_int_equal(lines(r.body.p), jps + 1);
	assert_non_null(strstr(r.body.p, "\n{\"next\":20}\n"));
	assert_null(strstr(r.body.p, "\"release_to\""));
	http_resp_free(&r);
	assert_int_equal(ask("", "/log/entries/0", &r), 200);
	assert_int_equal(lines(r.body.p), clear + 1);
	http_resp_free(&r);
	assert_int_equal(ask("JP", "/log/entries/20", &r), 200);
	assert_string_equal(r.body.p, "{\"next\":20}\n");
	http_resp_free(&r);
	assert_int_equal(ask("JP", "/log/entries/21", &r), 404);
	http_resp_free(&r);
	assert_int_equal(ask("JP", "/log/entries/x", &r), 404);
	http_resp_free(&r);
	/* its own log a node may have whole */
	assert_int_equal(ask("DE", "/log/entries/0", &r), 200);
	assert_int_equal(lines(r.body.p), 21);
	http_resp_free(&r);
}

static const char *known_tag;

static const char *if_none_match(const struct http_req *q, const char *name)
{
	(void)q;
	return strcasecmp(name, "If-None-Match") == 0 ? known_tag : NULL;
}

static void test_log_files(void **state)
{
	static const char *const there[] = {"tile/0/000.p/20", "tile/0/000.p/7", "tile/entries/000.p/20", "tile/entries/000.p/1"};
	static const char *const not_there[] = {"tile/0/000", "tile/0/000.p/21", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/0/x000/000", "tile/0/0",
		"tile/00/000.p/1", "tile/0/000.p/020", "tile/0/000.p/0", "tile/0/000.p/256", "tile/64/000", "tile/data/000", "tile/x"};
	struct http_resp r, again;
	struct checkpoint c;
	struct err e = {0};
	char path[80], tag[80];
	struct http_req q = {.method = HTTP_GET, .path = "/log/checkpoint", .rest = "", .header = if_none_match};

	(void)state;
	assert_int_equal(ask("", "/log/checkpoint", &r), 200);
	assert_string_equal(r.type, "text/plain; charset=utf-8");
	assert_int_equal(checkpoint_open(r.body.p, r.body.n, &record_self(de.r)->log, NULL, 0, &c, NULL, NULL, &e), 0);
	assert_int_equal(c.size, 20);
	snprintf(tag, sizeof(tag), "%s", resp_header(&r, "ETag"));
	http_resp_free(&r);
	known_tag = tag;
	http_dispatch(&de.conf, de.rd, &q, &again);
	assert_int_equal(again.status, 304);
	assert_int_equal(again.body.n, 0);
	http_resp_free(&again);
	for (size_t i = 0; i < ARRAY_LEN(there); i++) {
		snprintf(path, sizeof(path), "/log/%s", there[i]);
		if (ask("", path, &r) != 200)
			fail_msg("%s: %d", path, r.status);
		assert_string_equal(r.type, "application/octet-stream");
		assert_null(strstr(resp_header(&r, "Cache-Control"), "immutable"));
		http_resp_free(&r);
	}
	for (size_t i = 0; i < ARRAY_LEN(not_there); i++) {
		snprintf(path, sizeof(path), "/log/%s", not_there[i]);
		if (ask("", path, &r) != 404)
			fail_msg("%s: %d", path, r.status);
		http_resp_free(&r);
	}
}

static void test_full_tiles_are_for_ever(void **state)
{
	struct http_resp r;

	(void)state;
	node_add(&de, 20, 300, "more");
	assert_int_equal(ask("", "/log/tile/entries/000", &r), 200);
	assert_int_equal(r.body.n, 256 * 35);
	assert_non_null(strstr(resp_header(&r, "Cache-Control"), "immutable"));
	http_resp_free(&r);
	assert_int_equal(ask("", "/log/tile/0/000", &r), 200);
	assert_int_equal(r.body.n, 256 * 32);
	http_resp_free(&r);
	assert_int_equal(ask("", "/log/tile/1/000.p/1", &r), 200);
	assert_int_equal(r.body.n, 32);
	http_resp_free(&r);
	assert_int_equal(ask("", "/log/tile/entries/000.p/20", &r), 404); /* full now */
	http_resp_free(&r);
}

static void witness_path(const char *origin, bool upper, char *to, size_t n)
{
	uint8_t sum[SHA256_LEN];
	char hex[65];

	sha256(origin, strlen(origin), sum);
	hex_encode(sum, 32, hex);
	for (char *p = hex; upper && *p != '\0'; p++)
		if (*p >= 'a')
			*p = (char)(*p - 32);
	snprintf(to, n, "/witness/%s/checkpoint", hex);
}

static void test_witness(void **state)
{
	struct http_resp r;
	struct cosigned co[4];
	struct checkpoint c;
	struct err e = {0};
	char path[128];
	size_t n = 0;

	(void)state;
	witness_path(record_self(de.r)->origin, false, path, sizeof(path));
	assert_int_equal(node_ask(&jp, "DE", path, &r), 404); /* not followed yet */
	http_resp_free(&r);
	assert_int_equal(node_sync(&jp, &de, UINT32_MAX, NULL, NULL, NULL, &e), 0);
	assert_int_equal(node_ask(&jp, "", path, &r), 200);
	assert_int_equal(checkpoint_open(r.body.p, r.body.n, &record_self(de.r)->log, &record_self(jp.r)->witness, 1, &c, co, &n, &e), 0);
	assert_int_equal(n, 1);
	http_resp_free(&r);
	witness_path(record_self(de.r)->origin, true, path, sizeof(path));
	assert_int_equal(node_ask(&jp, "DE", path, &r), 404);
	http_resp_free(&r);
	witness_path("nobody.example/log", false, path, sizeof(path));
	assert_int_equal(node_ask(&jp, "DE", path, &r), 404);
	http_resp_free(&r);
	assert_int_equal(node_ask(&jp, "DE", "/witness/xyz/checkpoint", &r), 404);
	http_resp_free(&r);
}

static int setup(void **state)
{
	(void)state;
	lab_begin(1);
	node_make(&de, "serve-de", "DE");
	node_make(&jp, "serve-jp", "JP");
	node_meet(&de, &jp);
	node_add(&de, 1, 19, "entry");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	node_close(&de);
	node_close(&jp);
	lab_end();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hidden_and_unknown_are_one), cmocka_unit_test(test_entry_and_proof), cmocka_unit_test(test_entries),
		cmocka_unit_test(test_log_files), cmocka_unit_test(test_full_tiles_are_for_ever), cmocka_unit_test(test_witness),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
