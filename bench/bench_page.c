/*
 * bench_page - pages and objects of a record of indicators of 700 bytes: at the beginning, in the middle and at the end,
 * by position and by time of arrival, one by id, one of many types; and what opening costs. Warm: everything was read once.
 * Nothing to compare with but itself: the same at 10,000 objects and at $BENCH_N (200,000). Times are of the processor, in one
 * thread, medians of $BENCH_ROUNDS (5) rounds. $BENCH_DIR.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/enc.h"
#include "bench.h"
#include "record/page.h"

#define BATCH 1000
#define SMALL 700

/* Mostly indicators, and every twentieth of another type, of about 700 bytes. */
static size_t write_small(char *to, size_t room, uint64_t number)
{
	static const char words[] = "Seen in traffic of an operator of energy networks; the address answers on port 443. ";
	const char *type = number % 20 == 0 ? "campaign" : "indicator";
	uint8_t uuid[16];
	char id[37], fill[SMALL];
	int n;

	object_uuid(number, uuid);
	uuid_format(uuid, id);
	for (size_t i = 0; i < sizeof(fill); i++)
		fill[i] = words[i % (sizeof(words) - 1)];
	n = snprintf(to, room, "{\"created\":\"2016-09-09T00:30:00.000Z\",\"description\":\"%.*s\",\"id\":\"%s--%s\",\"modified\":\"2016-09-09T00:30:00.000Z\","
	    "\"name\":\"Address of a control server\",%s\"spec_version\":\"2.1\",\"type\":\"%s\"%s}", number % 20 == 0 ? 450 : 330, fill, type, id,
	    number % 20 == 0 ? "" : "\"pattern\":\"[ipv4-addr:value = '198.51.100.3']\",\"pattern_type\":\"stix\",", type,
	    number % 20 == 0 ? "" : ",\"valid_from\":\"2016-09-09T00:00:00Z\"");
	return (size_t)n;
}

static void grow(struct record *r, uint64_t from, uint64_t to)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	static char text[BATCH][SMALL + 400];
	static struct add_item item[BATCH];
	static struct add_result res[BATCH];
	struct err e = {0};

	if (!uuid_parse(BENCH_COLLECTION, 36, opt.collection))
		abort();
	for (; from < to; from += BATCH) {
		for (size_t i = 0; i < BATCH; i++)
			item[i] = (struct add_item){text[i], write_small(text[i], sizeof(text[i]), from + i)};
		must(record_add(r, &opt, item, BATCH, res, &e), &e);
		for (size_t i = 0; i < BATCH; i++)
			must(res[i].what == ADDED_NEW ? 0 : E_STATE, &res[i].err);
	}
}

/* ---- one question, asked again and again ---- */

struct question { const char *name; size_t rows, times; const char *type; bool by_time, by_id; double where; };
static const struct reader who = {.party = "DE", .role = ROLE_READER, .via = VIA_TAXII};

struct place { uint64_t frame; int64_t added; };

static struct place place_of(struct record_reader *rd, uint64_t size, double where)
{
	struct index_entry row = {.frame = 0, .added = INT64_MIN};
	struct err e = {0};

	if (where > 0)
		must(index_get_entry(record_index(rd), 0, (uint64_t)(where * (double)(size - 1)), &row, &e), &e);
	return (struct place){row.frame, row.added};
}

static double ask(struct record_reader *rd, uint64_t size, const struct question *q, bool objects, size_t *ret_rows)
{
	static struct buf out;
	char id[LIMIT_STIX_ID + 1];
	const char *ids = id;
	struct page_query pq = {.who = &who, .limit = q->rows, .after_added = INT64_MIN, .type = &q->type, .types = q->type != NULL, .id = &ids, .ids = q->by_id};
	struct page p = {0};
	struct err e = {0};
	uint8_t uuid[16];
	double t;

	if (!uuid_parse(BENCH_COLLECTION, 36, pq.collection))
		abort();
	memcpy(id, "indicator--", 11);
	t = processor_seconds();
	for (size_t i = 0; i < q->times; i++) {
		/* Places a little apart: the same bytes again would flatter. */
		const double shift = (double)(i % 16) * 0.001;
		static struct place at[16];

		if (i < 16)
			at[i] = place_of(rd, size, q->where < 0.001 ? 0 : q->where + (q->where > 0.9 ? -shift * 0.02 : shift));
		if (i == 16)
			t = processor_seconds();
		if (q->by_id) {
			object_uuid(i * 7919 % size / 20 * 20 + 1 + i % 19, uuid);
			uuid_format(uuid, id + 11);
		} else if (q->by_time) {
			pq.after_added = at[i % 16].added;
		} else {
			pq.after_frame = at[i % 16].frame;
		}
		must(record_page(rd, &pq, &p, &e), &e);
		buf_clear(&out);
		if (objects)
			must(record_page_objects(rd, &p, 0, p.n, &out, &e), &e);
	}
	t = (processor_seconds() - t) / (double)(q->times - 16);
	*ret_rows = p.n;
	return t * 1e6;
}

static const struct question questions[] = {
	{"100 rows, first", 100, 4000, NULL, false, false, 0}, {"100 rows, middle", 100, 4000, NULL, false, false, 0.5},
	{"100 rows, near the end", 100, 4000, NULL, false, false, 0.98}, {"100 rows, added_after middle", 100, 4000, NULL, true, false, 0.5},
	{"100 rows, added_after near the end", 100, 4000, NULL, true, false, 0.98}, {"1000 rows, middle", 1000, 500, NULL, false, false, 0.5},
	{"1000 rows, near the end", 1000, 500, NULL, false, false, 0.9}, {"100 rows of a rare type, middle", 100, 2000, "campaign", false, false, 0.5},
	{"one object by id", 1, 20000, NULL, false, true, 0},
};

static void measure(struct record *r, uint64_t size, size_t rounds)
{
	struct record_reader *rd = NULL;
	struct err e = {0};
	double v[2][16];
	size_t rows = 0;

	must(record_reader_new(r, &rd, &e), &e);
	rounds = rounds < 16 ? rounds : 16;
	printf("%llu objects:%*s rows  page us  with objects us\n", (unsigned long long)size, size < 100000 ? 22 : 21, "");
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		(void)ask(rd, size, &questions[i], true, &rows);
		for (size_t k = 0; k < rounds; k++) {
			v[0][k] = ask(rd, size, &questions[i], false, &rows);
			v[1][k] = ask(rd, size, &questions[i], true, &rows);
		}
		printf("  %-36s %4zu %8.1f %8.1f\n", questions[i].name, rows, median(v[0], rounds), median(v[1], rounds));
	}
	record_reader_free(rd);
}

static long resident_kib(void)
{
	char line[200];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kib;
}

static void read_everything(struct record *r, uint64_t size)
{
	struct page_query q = {.who = &who, .limit = 1000, .after_added = INT64_MIN};
	struct buf out = BUF_INIT(0);
	struct record_reader *rd = NULL;
	struct page p = {.more = true};
	struct err e = {0};
	const long before = resident_kib();
	uint64_t n = 0;
	double t;

	if (!uuid_parse(BENCH_COLLECTION, 36, q.collection))
		abort();
	must(record_reader_new(r, &rd, &e), &e);
	for (t = seconds(); p.more; n += p.n) {
		must(record_page(rd, &q, &p, &e), &e);
		buf_clear(&out);
		must(record_page_objects(rd, &p, 0, p.n, &out, &e), &e);
		q.after_frame = p.n > 0 ? p.row[p.n - 1].frame : 0;
	}
	printf("  all %llu of %llu in pages of 1000: %.2f s; resident %ld MB, %ld MB before\n", (unsigned long long)n, (unsigned long long)size,
	    seconds() - t, resident_kib() / 1024, before / 1024);
	buf_free(&out);
	record_reader_free(rd);
}

int main(void)
{
	static const uint8_t spki[32] = {1};
	const size_t most = setting("BENCH_N", 200000) / BATCH * BATCH, rounds = setting("BENCH_ROUNDS", 5);
	const size_t sizes[] = {10000, most};
	char dir[300], node[320];
	struct record *r;
	uint64_t have = 0;
	double t, opened;

	folder_make(dir, "page");
	(void)snprintf(node, sizeof(node), "%s/node", dir);
	r = node_make(node, "DE", spki, "", "\"DE\"");
	for (size_t i = 0; i < 2; i++) {
		t = seconds();
		grow(r, have, sizes[i]);
		printf("%zu objects in %.1f s; ", sizes[i] - have, seconds() - t);
		have = sizes[i];
		record_close(r);
		t = seconds();
		r = node_open(node, true);
		opened = seconds() - t;
		printf("opened in %.1f ms\n", opened * 1e3);
		read_everything(r, have);
		measure(r, have, rounds);
	}
	record_close(r);
	folder_remove(dir);
	return 0;
}
