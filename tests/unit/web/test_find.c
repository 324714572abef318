/* Search over two real nodes: what is found, by whom, and what is not. */
#include "../check.h"
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "consult/find.h"

struct found { char id[16][LIMIT_STIX_ID + 1]; char modified[16][LIMIT_TIMESTAMP + 1]; unsigned part[16]; size_t n; bool more; };
struct side { struct weblab w; struct find *f; char path[64]; };

static int take(void *ctx, const struct find_hit *hit, struct err *e)
{
	struct found *f = ctx;

	(void)e;
	assert_true(f->n < 16);
	assert_non_null(hit->en);
	memcpy(f->id[f->n], hit->en->row.id, sizeof f->id[0]);
	memcpy(f->modified[f->n], hit->en->row.modified, sizeof f->modified[0]);
	f->part[f->n++] = hit->part;
	return 0;
}

static const struct reader nobody = {.role = ROLE_NONE}, german = {.party = "DE", .agency = "AA", .person = "muster", .role = ROLE_DESK}, french = {.party = "FR", .role = ROLE_READER};

static const struct found *ask(struct side *s, const struct reader *who, enum find_group group, const char *words)
{
	struct query *q = test_calloc(1, sizeof *q);
	struct find_ask a = {.q = q, .who = who, .group = group, .limit = 16, .now = s->w.l.now};
	static struct found r;
	bool whole = false;
	struct err e = {0};

	r = (struct found){.n = 0};
	assert_int_equal(query_parse(words, strlen(words), q, &e), 0);
	assert_int_equal(find_follow(s->f, s->w.de.rd, NULL, 0, s->w.l.now, &whole, &e), 0);
	assert_true(whole);
	if (find(s->f, s->w.de.rd, &a, take, &r, &r.more, &e) != 0)
		fail_msg("%s: %s", words, e.msg);
	test_free(q);
	return &r;
}

static void finds_words(void **state)
{
	static const struct { const char *words; enum find_group group; size_t n; } rows[] = {
		{"協議", FIND_ROUND, 2}, {"サイバー", FIND_DOCUMENT, 3}, {"cyber", FIND_ROUND, 2}, {"ＣＹＢＥＲ", FIND_ROUND, 2}, {"DJ-2016-0003", FIND_DOCUMENT, 1},
		{"völkerrecht", FIND_UNIT, 1}, {"tokyo", FIND_ROUND, 1}, {"Tokio", FIND_ROUND, 0}, {"東京", FIND_ROUND, 1}, {"kind:agenda cyber", FIND_DOCUMENT, 1}, {"kind:agenda", FIND_DOCUMENT, 1},
		{"party:JP", FIND_ROUND, 2}, {"party:DE", FIND_ROUND, 0}, {"from:2017 協議", FIND_ROUND, 0}, {"to:2015 cyber", FIND_ROUND, 0}, {"", FIND_ROUND, 0}, {"-cyber", FIND_ROUND, 0}, {"zz=pjp", FIND_ROUND, 0}, {"\"=pjp\"", FIND_ROUND, 0},
	};
	struct side *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const size_t n = ask(s, &german, rows[i].group, rows[i].words)->n;

		if (n != rows[i].n)
			fail_msg("%s: %zu", rows[i].words, n);
	}
}

/* The statement was revised: only its newest version is there for who may read it. */
static void newest_version_only(void **state)
{
	struct side *s = *state;
	const struct found *f = ask(s, &german, FIND_DOCUMENT, "DJ-2016-0003");

	assert_int_equal(f->n, 1);
	assert_string_not_equal(f->modified[0], s->w.first_modified);
}

static void hidden_is_not_found(void **state)
{
	struct side *s = *state;

	assert_int_equal(ask(s, &german, FIND_DOCUMENT, "DJ-2016-0003")->n, 1);
	assert_int_equal(ask(s, &nobody, FIND_DOCUMENT, "DJ-2016-0003")->n, 0);
	assert_int_equal(ask(s, &french, FIND_DOCUMENT, "DJ-2016-0003")->n, 0);
	weblab_publish(&s->w, "2016-09-12T10:00:00.000Z");
	assert_int_equal(ask(s, &nobody, FIND_DOCUMENT, "DJ-2016-0003")->n, 0);
	weblab_set(&s->w, "2016-09-12T10:00:01.000Z");
	assert_int_equal(ask(s, &nobody, FIND_DOCUMENT, "DJ-2016-0003")->n, 1);
	/* The invitation is never public. */
	assert_int_equal(ask(s, &nobody, FIND_DOCUMENT, "DJ-2016-0001")->n, 0);
}

static int setup(void **state)
{
	struct side *s = test_calloc(1, sizeof *s);
	struct err e = {0};

	weblab_open(&s->w);
	(void)snprintf(s->path, sizeof s->path, "find-%d.sqlite", (int)getpid());
	assert_int_equal(find_open(s->path, &s->f, &e), 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct side *s = *state;
	char path[80];

	find_close(s->f);
	weblab_close(&s->w);
	unlink(s->path);
	(void)snprintf(path, sizeof path, "%s-wal", s->path);
	unlink(path);
	(void)snprintf(path, sizeof path, "%s-shm", s->path);
	unlink(path);
	test_free(s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_words, setup, teardown), cmocka_unit_test_setup_teardown(newest_version_only, setup, teardown),
		cmocka_unit_test_setup_teardown(hidden_is_not_found, setup, teardown),
	};

	return cmocka_run_group_tests_name("web: search", tests, NULL, NULL);
}
