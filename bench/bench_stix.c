/*
 * bench_stix FILE [ROUNDS] - how fast objects are checked: nanoseconds for each of the objects in FILE (one object,
 * a list, a bundle), default strictness, already parsed. Goal: 3,500 ns for an indicator of 1 KB
 * with about 15 properties, its pattern parsed.
 * tests/golden/stix/attack/ics.json will do; a whole ATT&CK bundle says more.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "crypto/crypto.h"
#include "stix/stix.h"

struct tally { size_t good, bad; };

static int one(void *ctx, const struct json_val *obj, size_t n, struct err *e)
{
	struct tally *t = ctx;
	struct stix_object o;

	(void)n;
	if (stix_check(obj, &(struct stix_how){.strict = STIX_DEFAULT}, &o, e) == 0)
		t->good++;
	else
		t->bad++;
	return 0;
}

int main(int argc, char **argv)
{
	const struct fs fs = fs_system();
	const struct clock clock = clock_system();
	const struct json_read_opt opt = {.max_bytes = LIMIT_JSON_BULK};
	const long rounds = argc > 2 ? atol(argv[2]) : 20;
	CLEANUP_BUF struct buf b = BUF_INIT(LIMIT_JSON_BULK);
	struct tally t = {.good = 0};
	struct json_doc *doc = NULL;
	struct err e = {.code = 0};
	int64_t start;
	double ns;

	if (argc < 2 || crypto_init(&e) != 0 || fs_read_file(&fs, argv[1], LIMIT_JSON_BULK, &b, &e) != 0 || json_read(b.p, b.n, &opt, &doc, &e) != 0) {
		fprintf(stderr, "bench_stix: %s\n", argc < 2 ? "usage: bench_stix FILE [ROUNDS]" : e.msg);
		return 1;
	}
	start = clock_now(&clock);
	for (long i = 0; i < rounds; i++)
		if (stix_each(json_root(doc), one, &t, &e) != 0)
			break;
	ns = (double)(clock_now(&clock) - start);
	printf("%zu objects checked (%zu refused), %.0f bytes and %.0f ns each\n", t.good + t.bad, t.bad,
	    (double)b.n * (double)rounds / (double)(t.good + t.bad), ns / (double)(t.good + t.bad));
	json_free(doc);
	return 0;
}
