/* Bodies of POST, judged as they come, however they are cut. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "taxii/write.h"

struct row { const char *body; int status; const char *seen; const char *why; };

#define ID "indicator--10000000-0000-4000-8000-000000000001"
/* What is taken is noted as "+id@version " or "-id@version ". Rules: TAXII 2.1 §3.7, §5.5; H11 and S21 of our list. */
static const struct row rows[] = {
	{"{\"objects\":[{\"id\":\"a\"}]}", 0, "+a@ ", NULL},
	{" {\n\"more\" : false , \"objects\" : [ {\"id\":\"a\",\"modified\":\"m\",\"created\":\"c\"} , {\"id\":\"b\",\"created\":\"c\"} ] , \"x\":{} } \n", 0, "+a@m +b@c ", NULL},
	{"{\"objects\":[{\"\\u0069d\":\"\\u0061\"}]}", 0, "+a@ ", NULL},
	{"{\"objects\":[{\"id\":\"a\",\"x\":{\"id\":\"b\"},\"modified\":7}]}", 0, "+a@ ", NULL},
	/* faults of one object */
	{"{\"objects\":[{\"id\":\"a\",\"n\":9007199254740993,\"modified\":\"m\"},{\"id\":\"b\"}]}", 0, "-a@m +b@ ", NULL},
	{"{\"objects\":[{\"id\":\"a\"},{\"id\":\"b\",\"x\":1,\"x\":1}]}", 0, "+a@ -b@ ", NULL},
	{"{\"objects\":[{\"x\":1,\"x\":2}]}", 0, "-objects[0]@ ", NULL},
	{"{\"objects\":[{\"id\":\"a\\\"\",\"x\":1,\"x\":2}]}", 0, "-objects[0]@ ", NULL},
	/* a bundle inside is an object with an id: what it is, is judged with the other objects */
	{"{\"objects\":[{\"id\":\"bundle--1\",\"type\":\"bundle\",\"objects\":[]}]}", 0, "+bundle--1@ ", NULL},
	/* JSON, and no envelope */
	{"{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{\"id\":\"a\"}]}", 422, NULL, "bundle"},
	{"{\"objects\":[{\"id\":\"a\"}],\"type\":\"bundle\"}", 422, NULL, "bundle"},
	{"{}", 422, NULL, "missing"},
	{"{\"id\":\"a\",\"type\":\"indicator\"}", 422, NULL, "missing"},
	{"{\"objects\":[]}", 422, NULL, "empty"},
	{"{\"objects\":[{\"type\":\"indicator\"}]}", 422, NULL, "$.objects[0]"},
	{"{\"objects\":[{\"id\":\"a\"},{\"id\":7}]}", 422, NULL, "$.objects[1]"},
	{"{\"objects\":[[]]}", 422, NULL, "$.objects[0]"},
	{"{\"objects\":[7]}", 422, NULL, "$.objects[0]"},
	{"{\"objects\":[null]}", 422, NULL, "$.objects[0]"},
	{"[]", 422, NULL, "object"}, {"[{\"id\":\"a\"}]", 422, NULL, "object"}, {"7", 422, NULL, NULL}, {"\"objects\"", 422, NULL, NULL}, {"null", 422, NULL, NULL},
	{"{\"objects\":{}}", 400, NULL, "list"}, {"{\"objects\":null}", 400, NULL, "list"}, {"{\"objects\":\"x\"}", 400, NULL, "list"},
	/* no JSON */
	{"", 400, NULL, NULL}, {"   ", 400, NULL, NULL}, {"{", 400, NULL, NULL}, {"{\"objects\":[{\"id\":\"a\"}]", 400, NULL, NULL},
	{"{\"objects\":[{\"id\":\"a\"},]}", 400, NULL, NULL}, {"{\"objects\":[{\"id\":\"a\"}]}}", 400, NULL, NULL}, {"{\"objects\":[{\"id\":\"a\"}]} {}", 400, NULL, NULL},
	{"{\"objects\":[{\"id\":\"a\"} {\"id\":\"b\"}]}", 400, NULL, NULL}, {"{\"objects\":[{\"id\":\"a\" \"x\":1}]}", 400, NULL, "$.objects[0]"},
	{"{\"objects\":[{\"id\":\"a\",\"x\":01}]}", 400, NULL, NULL}, {"{\"objects\":[{\"id\":\"a\",\"x\":NaN}]}", 400, NULL, NULL},
	{"{\"objects\":[{\"id\":\"a\",\"x\":\"\xff\"}]}", 400, NULL, NULL}, {"{'objects':[]}", 400, NULL, NULL}, {"\xef\xbb\xbf{\"objects\":[{\"id\":\"a\"}]}", 400, NULL, NULL},
	{"{\"objects\":[{\"id\":\"a\"}],\"objects\":[{\"id\":\"b\"}]}", 400, NULL, "duplicate"}, {"{\"objects\":[{\"id\":\"a\"}],\"x\":1,\"x\":2}", 400, NULL, "duplicate"},
	{"<objects/>", 400, NULL, NULL},
};

static int note(void *ctx, const struct envelope_object *o, struct err *e)
{
	(void)e;
	assert_true((o->val == NULL) == (o->why != NULL));
	buf_printf(ctx, "%c%s@%s ", o->val != NULL ? '+' : '-', o->id, o->version);
	return 0;
}

static int judged(const char *body, size_t n, size_t piece, struct buf *seen, struct err *e)
{
	struct envelope *v = NULL;
	int status = -1, rc;

	buf_clear(seen);
	assert_int_equal(envelope_new(note, seen, &v, NULL), 0);
	for (size_t i = 0; i < n; i += piece)
		if (!envelope_feed(v, body + i, n - i < piece ? n - i : piece))
			break;
	rc = envelope_end(v, &status, e);
	assert_true((rc == 0) == (status == 0));
	envelope_free(v);
	return status;
}

static void test_bodies(void **state)
{
	static const size_t pieces[] = {100000, 1, 2, 3, 7};
	CLEANUP_BUF struct buf seen = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t k = 0; k < ARRAY_LEN(pieces); k++) {
			int status;

			e.msg[0] = '\0';
			status = judged(rows[i].body, strlen(rows[i].body), pieces[k], &seen, &e);
			if (status != rows[i].status || (rows[i].seen != NULL && strcmp(seen.p, rows[i].seen) != 0) || (rows[i].why != NULL && strstr(e.msg, rows[i].why) == NULL))
				fail_msg("%s\nin pieces of %zu: %d, %s, %s", rows[i].body, pieces[k], status, seen.n > 0 ? seen.p : "", e.msg);
		}
}

/* An object of the longest size is taken, one byte more fails alone; its id is found at its start. */
static void test_longest(void **state)
{
	CLEANUP_BUF struct buf body = {0};
	CLEANUP_BUF struct buf seen = {0};

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		buf_clear(&body);
		buf_puts(&body, "{\"objects\":[{\"id\":\"long\",\"x\":\"");
		while (body.n < strlen("{\"objects\":[") + LIMIT_JSON_BYTES + over - 2)
			buf_putc(&body, 'x');
		buf_puts(&body, "\"},{\"id\":\"b\"}]}");
		assert_int_equal(judged(body.p, body.n, 10000, &seen, NULL), 0);
		assert_string_equal(seen.p, over != 0 ? "-long@ +b@ " : "+long@ +b@ ");
	}
}

/* H10: within max_content_length nothing is 413; what is not looked at is bounded all the same. */
static void test_beside(void **state)
{
	CLEANUP_BUF struct buf body = {0};
	CLEANUP_BUF struct buf seen = {0};
	struct err e = {0};

	(void)state;
	buf_puts(&body, "{\"objects\":[{\"id\":\"a\"}],\"x\":\"");
	while (body.n < 2 * LIMIT_JSON_BYTES)
		buf_putc(&body, 'x');
	buf_puts(&body, "\"}");
	assert_int_equal(judged(body.p, body.n, 10000, &seen, &e), 422);
	assert_non_null(strstr(e.msg, "beside the list"));
}

static int refuse(void *ctx, const struct envelope_object *o, struct err *e)
{
	(void)ctx;
	(void)o;
	return fail(e, E_NOSPACE, "disk full");
}

/* What the taker says ends the envelope. */
static void test_taker(void **state)
{
	static const char body[] = "{\"objects\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";
	struct envelope *v = NULL;
	struct err e = {0};
	int status = 0;

	(void)state;
	assert_int_equal(envelope_new(refuse, NULL, &v, NULL), 0);
	assert_false(envelope_feed(v, body, strlen(body)));
	assert_false(envelope_feed(v, body, strlen(body)));
	assert_int_equal(envelope_end(v, &status, &e), E_NOSPACE);
	assert_int_equal(status, 507);
	assert_string_equal(e.msg, "disk full");
	envelope_free(v);
	envelope_free(NULL);
}

/* ---- lists of a status ---- */

static void test_verdicts(void **state)
{
	struct verdicts v = VERDICTS_INIT;
	struct state_status st = {.id = "a8f0a5c0-0000-4000-8000-000000000001", .requested_us = 1000001, .total = 3, .success = 1, .failure = 1, .pending = 1};
	CLEANUP_BUF struct buf out = {0};
	CLEANUP_BUF struct buf res = {0};

	(void)state;
	verdict_add(&v.success, "a", "m", NULL);
	verdict_add(&v.failure, "b\"", "m", "rule \x01");
	verdicts_put(&v, 10, &out);
	status_put(&st, out.p, out.n, &res);
	assert_string_equal(res.p, "{\"id\":\"a8f0a5c0-0000-4000-8000-000000000001\",\"status\":\"pending\",\"request_timestamp\":\"1970-01-01T00:00:01.000001Z\","
	    "\"total_count\":3,\"success_count\":1,\"failure_count\":1,\"pending_count\":1,"
	    "\"successes\":[{\"id\":\"a\",\"version\":\"m\"}],\"failures\":[{\"id\":\"b\\\"\",\"version\":\"m\",\"message\":\"rule \\u0001\"}]}");
	/* a list as long as allowed is there; one longer is left out, its count goes on */
	for (size_t i = 1; i < LIMIT_STATUS_FAILURES; i++)
		verdict_add(&v.failure, "b", "", "no");
	buf_clear(&out);
	verdicts_put(&v, 0, &out);
	assert_non_null(strstr(out.p, "failures"));
	assert_null(strstr(out.p, "successes"));
	verdict_add(&v.failure, "b", "", "no");
	verdicts_lost(&v.success, 2);
	buf_clear(&out);
	verdicts_put(&v, 10, &out);
	assert_int_equal(out.n, 0);
	assert_int_equal(v.failure.n, LIMIT_STATUS_FAILURES + 1);
	assert_int_equal(v.success.n, 3);
	verdicts_free(&v);
}

/* ---- the spool ---- */

static const struct spool_item some[] = {
	{"a", "m", "", "{\"id\":\"a\"}", 10}, {"b", "", "rule", "", 0}, {"c", "m", "", "{}", 2},
};

static struct spool *spooled(const struct fs *fs, const char *folder, const char *id, size_t count)
{
	struct spool_head h = {.collection = {1, 2, 3}, .role = ROLE_DESK};
	struct spool *s = NULL;

	memcpy(h.id, id, strlen(id));
	assert_int_equal(spool_create(fs, folder, &h, &s, NULL), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(spool_put(s, &some[i % 3], NULL), 0);
	return s;
}

static size_t read_all(struct spool *s, size_t max)
{
	struct spool_item it[64];
	size_t n = 1, all = 0;

	for (; n > 0; all += n) {
		assert_int_equal(spool_read(s, it, max, &n, NULL), 0);
		for (size_t i = 0; i < n; i++) {
			const struct spool_item *const want = &some[(all + i) % 3];

			assert_string_equal(it[i].id, want->id);
			assert_string_equal(it[i].version, want->version);
			assert_string_equal(it[i].why, want->why);
			assert_int_equal(it[i].n, want->n);
			assert_memory_equal(it[i].p, want->p, want->n);
		}
		if (all == 0 && n > 0) {
			/* once more */
			spool_unread(s);
			n = 0;
			assert_int_equal(spool_read(s, it, max, &n, NULL), 0);
		}
	}
	return all;
}

static void test_spool(void **state)
{
	static const char id[] = "a8f0a5c0-0000-4000-8000-000000000001";
	const struct fs fs = fs_system();
	char folder[] = "/tmp/verbale-test-XXXXXX", path[100];
	struct spool_head h = {0};
	struct spool_item it[4];
	struct spool *s;
	struct err e;
	size_t n, all;
	int rc;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/%s", folder, id);
	s = spooled(&fs, folder, id, 100000);
	assert_int_equal(spool_seal(s, true, NULL), 0);
	assert_int_equal(read_all(s, 64), 100000);
	spool_close(s, false);
	assert_int_equal(spool_open(&fs, folder, id, &h, &s, NULL), 0);
	assert_string_equal(h.id, id);
	assert_int_equal(h.role, ROLE_DESK);
	assert_int_equal(h.collection[2], 3);
	assert_int_equal(read_all(s, 7), 100000);
	spool_close(s, true);
	assert_int_equal(spool_open(&fs, folder, id, &h, &s, &e), E_NOTFOUND);
	/* left by an older version: its words for roles */
	for (unsigned role = 0; role < 5; role++) {
		static const int due[] = {ROLE_NONE, ROLE_READER, ROLE_DESK, ROLE_RELEASER};

		s = spooled(&fs, folder, id, 2);
		assert_int_equal(spool_seal(s, false, NULL), 0);
		spool_close(s, false);
		f = fopen(path, "r+");
		assert_non_null(f);
		assert_int_equal(fprintf(f, "verbale spool 1\n"), 16);
		fseek(f, 32, SEEK_SET);
		fputc((int)role, f);
		fclose(f);
		if (role == ARRAY_LEN(due)) {
			assert_int_equal(spool_open(&fs, folder, id, &h, &s, &e), E_CORRUPT);
			unlink(path);
			break;
		}
		assert_int_equal(spool_open(&fs, folder, id, &h, &s, &e), 0);
		assert_int_equal(h.role, due[role]);
		assert_int_equal(read_all(s, 7), 2);
		spool_close(s, true);
	}
	/* torn: whatever is missing at its end, the reader says so and does not take it for the whole */
	for (size_t cut = 1; cut < 40; cut++) {
		s = spooled(&fs, folder, id, 2);
		assert_int_equal(spool_seal(s, false, NULL), 0);
		spool_close(s, false);
		f = fopen(path, "r+");
		assert_non_null(f);
		fseek(f, 0, SEEK_END);
		assert_int_equal(ftruncate(fileno(f), ftell(f) - (long)cut), 0);
		fclose(f);
		assert_int_equal(spool_open(&fs, folder, id, &h, &s, NULL), 0);
		for (n = 1, rc = 0, all = 0; rc == 0 && n > 0; all += rc == 0 ? n : 0)
			rc = spool_read(s, it, 4, &n, &e);
		assert_int_equal(rc, E_CORRUPT);
		assert_true(all <= 2);
		assert_non_null(strstr(e.msg, id));
		spool_close(s, true);
	}
	assert_int_equal(spool_remove(&fs, folder, id, NULL), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies), cmocka_unit_test(test_longest), cmocka_unit_test(test_beside), cmocka_unit_test(test_taker), cmocka_unit_test(test_verdicts), cmocka_unit_test(test_spool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
