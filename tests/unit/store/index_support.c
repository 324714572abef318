#include "index_support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void ok(int rc, const struct err *e, const char *expr, const char *file, int line)
{
	if (rc == 0)
		return;
	print_error("%s: %s: %s\n", expr, err_name(rc), e->msg);
	_fail(file, line);
}

int setup(void **state)
{
	struct ground *g = calloc(1, sizeof(*g));
	struct err e = {0};

	strcpy(g->dir, "/tmp/verbale-index-XXXXXX");
	assert_non_null(mkdtemp(g->dir));
	(void)snprintf(g->path, sizeof(g->path), "%s/index.sqlite", g->dir);
	OK(index_open(g->path, &g->x, &e));
	*state = g;
	return 0;
}

int teardown(void **state)
{
	struct ground *g = *state;
	struct err e = {0};

	index_close(g->x);
	OK(index_remove(g->path, &e));
	assert_int_equal(rmdir(g->dir), 0); /* nothing was left lying about */
	free(g);
	return 0;
}

static uint64_t mix(uint64_t v)
{
	v = (v ^ (v >> 33)) * 0xff51afd7ed558ccdu;
	v = (v ^ (v >> 33)) * 0xc4ceb9fe1a85ec53u;
	return v ^ (v >> 33);
}

static const char *const kinds[] = {"indicator", "relationship", "malware", "x-own-thing", "verbale-assent"};

void make_id(char *id, const char *type, uint64_t n)
{
	const uint64_t a = mix(n), b = mix(n + 77);

	(void)snprintf(id, LIMIT_STIX_ID + 1, "%s--%08x-%04x-4%03x-8%03x-%012" PRIx64, type, (unsigned)(a & 0xffffffff),
	    (unsigned)(a >> 32 & 0xffff), (unsigned)(a >> 48 & 0xfff), (unsigned)(b & 0xfff), b >> 16 & 0xffffffffffff);
}

struct index_entry make_row(uint64_t frame)
{
	struct index_entry row = {.frame = frame, .at = frame * 1000, .log = frame % 3 == 0, .revoked = frame % 50 == 0};

	row.index = frame; /* has gaps, as a peer's log here has */
	memset(row.collection, (int)(1 + frame % 4), 16);
	make_id(row.id, kinds[mix(frame) % ARRAY_LEN(kinds)], frame % 10 == 0 ? frame / 10 : 1000000 + frame);
	row.added = (int64_t)(frame * 5 + frame % 3);
	row.version_ns = (int64_t)(frame % 1000) * 1000000;
	row.digits = 3;
	row.size = (uint32_t)(100 + frame % 900);
	row.audience = (uint32_t)(1 + frame % 2);
	row.v20 = frame % 13 == 0;
	row.draft = frame % 17 == 0;
	if (frame % 7 != 0)
		(void)snprintf(row.modified, sizeof(row.modified), "2016-09-09T00:30:00.%03uZ", (unsigned)(frame % 1000));
	for (size_t i = 0; i < sizeof(row.sha256); i++)
		row.sha256[i] = (uint8_t)(mix(frame) >> i % 8);
	if (frame % 11 == 0)
		make_id(row.subject, "verbale-document", frame % 5);
	return row;
}

void assert_row(const struct index_entry *got, const struct index_entry *want)
{
	assert_int_equal(got->frame, want->frame);
	assert_int_equal(got->at, want->at);
	assert_int_equal(got->log, want->log);
	assert_int_equal(got->index, want->index);
	assert_memory_equal(got->collection, want->collection, 16);
	assert_string_equal(got->id, want->id);
	assert_string_equal(got->modified, want->modified);
	assert_memory_equal(got->sha256, want->sha256, 32);
	assert_string_equal(got->subject, want->subject);
	assert_int_equal(got->revoked, want->revoked);
	assert_int_equal(got->added, want->added);
	assert_int_equal(got->version_ns, want->version_ns);
	assert_int_equal(got->digits, want->digits);
	assert_int_equal(got->size, want->size);
	assert_int_equal(got->audience, want->audience);
	assert_int_equal(got->v20, want->v20);
	assert_int_equal(got->draft, want->draft);
	assert_int_equal(got->gone, want->gone);
}

void fill(struct index *x, uint64_t from, uint64_t to, uint64_t batch)
{
	struct err e = {0};
	uint8_t bytes[256 * 33];
	struct index_log log = {.log = 0, .origin = "example.org/log"};

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 256);
	while (from <= to) {
		const uint64_t end = from + batch - 1 < to ? from + batch - 1 : to;

		OK(index_begin(x, &e));
		for (uint64_t f = from; f <= end; f++) {
			const struct index_entry row = make_row(f);

			OK(index_put_entry(x, &row, &e));
			if (f % 256 == 0) {
				OK(index_put_tile(x, 0, 0, f / 256 - 1, 256, bytes, &e));
				OK(index_put_bundle(x, 0, f / 256 - 1, 256, bytes, &e));
			}
		}
		if (end % 256 != 0) {
			OK(index_put_tile(x, 0, 0, end / 256, (unsigned)(end % 256), bytes, &e));
			OK(index_put_bundle(x, 0, end / 256, (unsigned)(end % 256), bytes, &e));
		}
		log.size = end;
		OK(index_put_log(x, &log, &e));
		OK(index_commit(x, end, end * 1000, &e));
		from = end + 1;
	}
}

int collect(void *ctx, const struct index_entry *row, struct err *e)
{
	struct list *l = ctx;

	(void)e;
	assert_true(l->n < ARRAY_LEN(l->row));
	l->row[l->n++] = *row;
	return l->n == l->stop ? 42 : 0;
}
