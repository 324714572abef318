/*
 * bench_hidden [ROUNDS] - does the time of a TAXII answer tell how many rows lie in it that the reader may not see?
 * Pairs of visible objects with 0 to 8000 hidden ones between the two; the page that holds the pair is asked for in turns,
 * so that whatever else the machine does falls on all alike. Prints the median and the tenth of each in microseconds, in process
 * (http_dispatch: no socket, no TLS), and what one hidden row adds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "check.h"
#include "lab.h"

static const unsigned gaps[] = {0, 1, 10, 100, 1000, 2000, 4000, 8000};
#define GAPS (sizeof(gaps) / sizeof(gaps[0]))

static struct taxiilab x;

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* `count` objects in batches; only DE's own people are named in the hidden ones. */
static void put_batch(unsigned first, unsigned count, bool hidden)
{
	struct add_item *const item = mem_array(count, sizeof(*item));
	struct add_result *const res = mem_array(count, sizeof(*res));
	struct add_opt opt;
	uint8_t uuid[16];
	struct err e = {0};

	assert_true(item != NULL && res != NULL && uuid_parse(JOINT, 36, uuid));
	assert_int_equal(record_add_opt(x.de.rd, uuid, ROLE_RELEASER, &opt, &e), 0);
	for (unsigned i = 0; i < count; i++) {
		char *const json = mem_printf("{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--%08x-0000-4000-8000-000000000001\",\"created\":\"2016-09-01T08:00:00.000Z\","
		    "\"modified\":\"2016-09-01T08:00:00.000Z\",\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"pattern_type\":\"stix\",\"valid_from\":\"2016-09-01T08:00:00Z\"%s}", first + i,
		    hidden ? ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE\"]}}" : "");

		item[i] = (struct add_item){json, strlen(json)};
	}
	assert_int_equal(record_add(x.de.r, &opt, item, count, res, &e), 0);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(res[i].what, ADDED_NEW);
		mem_free((void *)(uintptr_t)item[i].p);
	}
	mem_free(item);
	mem_free(res);
}

static unsigned put_rows(unsigned first, unsigned count, bool hidden)
{
	for (unsigned n = 0; n < count; n += 1000)
		put_batch(first + n, count - n < 1000 ? count - n : 1000, hidden);
	return first + count;
}

static int by_size(const void *a, const void *b)
{
	const double p = *(const double *)a, q = *(const double *)b;

	return p < q ? -1 : p > q;
}

static void measure(char target[GAPS][256], const char *name, unsigned rounds)
{
	double *took[GAPS], none = 0;
	struct answer a;

	for (size_t g = 0; g < GAPS; g++)
		assert_non_null(took[g] = mem_array(rounds, sizeof(double)));
	for (unsigned i = 0; i < rounds; i++)
		for (size_t g = 0; g < GAPS; g++) {
			const double start = now_us();

			get(&x, x.jp_user, target[(g + i) % GAPS], &a);
			took[(g + i) % GAPS][i] = now_us() - start;
			if (a.r.status != 200 || json_len(json_get(answer_root(&a), "objects")) != 2)
				fail_msg("%s: %d %s", target[(g + i) % GAPS], a.r.status, a.r.body.p);
			answer_free(&a);
		}
	printf("%s\n  hidden between    tenth   median   above none   per hidden row\n", name);
	for (size_t g = 0; g < GAPS; g++) {
		double median;

		qsort(took[g], rounds, sizeof(double), by_size);
		median = took[g][rounds / 2];
		none = g == 0 ? median : none;
		printf("  %14u %6.1f µs %6.1f µs %9.1f µs %13.1f ns\n", gaps[g], took[g][rounds / 10], median, median - none, gaps[g] > 0 ? (median - none) * 1000 / gaps[g] : 0);
		mem_free(took[g]);
	}
}

static void bench(void **state)
{
	const unsigned rounds = *(const unsigned *)*state;
	char after[GAPS][256], ids[GAPS][256];
	unsigned k = 1, first[GAPS], second[GAPS];
	struct answer a;

	taxiilab_open(&x, 0);
	for (size_t g = 0; g < GAPS; g++) {
		first[g] = k;
		k = put_rows(k, 1, false);
		k = put_rows(k, gaps[g], true);
		second[g] = k;
		k = put_rows(k, 1, false);
		k = put_rows(k, 3, false); /* what comes next is the same for all */
	}
	for (size_t g = 0; g < GAPS; g++) {
		const char *date;
		char before[LIMIT_TIMESTAMP + 1];
		int64_t ns;

		(void)snprintf(ids[g], sizeof(ids[g]), IN(JOINT) "objects/?match[id]=indicator--%08x-0000-4000-8000-000000000001,indicator--%08x-0000-4000-8000-000000000001", first[g], second[g]);
		get(&x, x.jp_user, ids[g], &a);
		date = answer_header(&a, "X-TAXII-Date-Added-First");
		assert_non_null(date);
		assert_true(time_parse(date, strlen(date), &ns));
		time_format(ns - 1000, 6, before, sizeof(before)); /* dates are more than a microsecond apart */
		(void)snprintf(after[g], sizeof(after[g]), IN(JOINT) "objects/?limit=2&added_after=%s", before);
		answer_free(&a);
	}
	measure(after, "a page of two, hidden rows between them", rounds);
	measure(ids, "the same two by match[id]", rounds);
	taxiilab_close(&x);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 2000;
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(bench, &rounds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
