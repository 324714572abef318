/* Memory: failing on demand, and products that overflow. */
#include "../check.h"

#include <pthread.h>

#include "base/mem.h"

static int off(void **state)
{
	(void)state;
	mem_fail_after(0);
	return 0;
}

/* The n-th allocation and all after it fail, whichever function makes them. */
static void countdown(void **state)
{
	void *p = NULL, *q = NULL;

	(void)state;
	mem_fail_after(3);
	p = mem_alloc(1);
	q = mem_zalloc(8);
	assert_non_null(p);
	assert_non_null(q);
	assert_null(mem_alloc(1));
	assert_null(mem_strdup("x"));
	assert_null(mem_printf("%d", 1));
	assert_null(mem_array(2, 2));
	assert_null(mem_realloc(q, 100));
	mem_fail_after(0);
	q = mem_realloc(q, 100);
	assert_non_null(q);
	mem_free(p);
	mem_free(q);
}

struct worker { pthread_barrier_t *start; long got; };

static void *allocate(void *arg)
{
	struct worker *w = arg;

	(void)pthread_barrier_wait(w->start);
	for (int i = 0; i < 50; i++) {
		void *p = mem_alloc(1);

		w->got += p != NULL;
		mem_free(p);
	}
	return NULL;
}

/* Once it fails it goes on failing, however many threads step over the end together. */
static void countdown_in_threads(void **state)
{
	(void)state;
	for (int round = 0; round < 500; round++) {
		struct worker w[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
		pthread_barrier_t start;
		pthread_t t[ARRAY_LEN(w)];

		assert_int_equal(pthread_barrier_init(&start, NULL, ARRAY_LEN(w)), 0);
		mem_fail_after(51);
		for (size_t i = 0; i < ARRAY_LEN(w); i++) {
			w[i].start = &start;
			assert_int_equal(pthread_create(&t[i], NULL, allocate, &w[i]), 0);
		}
		for (size_t i = 0; i < ARRAY_LEN(w); i++)
			assert_int_equal(pthread_join(t[i], NULL), 0);
		(void)pthread_barrier_destroy(&start);
		assert_int_equal(w[0].got + w[1].got + w[2].got + w[3].got, 50);
	}
}

static void overflow(void **state)
{
	(void)state;
	assert_null(mem_array(SIZE_MAX / 2, 3));
	assert_null(mem_array(SIZE_MAX, 2));
	assert_null(mem_strndup("x", SIZE_MAX));
}

static void zeroed_and_never_null(void **state)
{
	unsigned char *p = mem_array(100, 3), *none = mem_array(0, 8), *zero = mem_alloc(0);
	static const unsigned char zeros[300];

	(void)state;
	assert_non_null(p);
	assert_memory_equal(p, zeros, sizeof(zeros));
	assert_non_null(none);
	assert_non_null(zero);
	mem_free(p);
	mem_free(none);
	mem_free(zero);
	mem_free(NULL);
}

static void strings(void **state)
{
	char *a = mem_strndup("ab\0cd", 5), *b = mem_printf("%s-%03d", "x", 7);

	(void)state;
	assert_memory_equal(a, "ab\0cd\0", 6);
	assert_string_equal(b, "x-007");
	mem_free(a);
	mem_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(countdown, off),
		cmocka_unit_test_teardown(countdown_in_threads, off),
		cmocka_unit_test(overflow),
		cmocka_unit_test(zeroed_and_never_null),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
