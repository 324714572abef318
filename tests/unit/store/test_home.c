/* What stays at home, as a file: versions and conflicts, lists, requests, what waits, handing over, strangers. */
#include "../check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/home_priv.h"

#define OK(call) do { \
	if ((call) != 0) \
		fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e.msg); \
} while (0)
#define ROUND "x-verbale-round--0b1c4a5e-0000-4000-8000-000000000001"

static struct { char dir[64], path[128]; struct home *h; } g;
static struct err e;

static void open_it(void) { OK(home_open(g.path, &g.h, &e)); }

static int setup(void **state)
{
	(void)state;
	(void)snprintf(g.dir, sizeof(g.dir), "/tmp/verbale-home-XXXXXX");
	assert_non_null(mkdtemp(g.dir));
	(void)snprintf(g.path, sizeof(g.path), "%s/home.sqlite", g.dir);
	open_it();
	return 0;
}

static int teardown(void **state)
{
	DIR *d;
	char path[400];

	(void)state;
	home_close(g.h);
	g.h = NULL;
	d = opendir(g.dir);
	for (const struct dirent *f; d != NULL && (f = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof(path), "%s/%s", g.dir, f->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(g.dir);
	return 0;
}

static struct home_paper paper(unsigned n, enum home_kind kind, const char *item, const char *agency)
{
	struct home_paper p = {.kind = kind, .state = HOME_DRAFT, .round = ROUND, .author = "muster", .at_us = 17, .title = "Lage", .text[HOME_BODY] = "Zeile\n\tzwei"};

	(void)snprintf(p.id, sizeof(p.id), "%016x", n);
	(void)snprintf(p.item, sizeof(p.item), "%s", item);
	(void)snprintf(p.agency, sizeof(p.agency), "%s", agency);
	return p;
}

static void put(const struct home_paper *p, uint64_t base)
{
	uint64_t v = 0;

	OK(home_put(g.h, p, base, &v, &e));
	assert_int_equal(v, base + 1);
}

static int count_versions(void *ctx, const struct home_paper *p, struct err *err)
{
	(void)err;
	assert_int_equal(p->version, ++*(unsigned *)ctx);
	return 0;
}

static void test_versions(void **state)
{
	struct home_paper p = paper(1, HOME_BRIEFING, "2", "AA"), got = {0};
	unsigned n = 0;

	(void)state;
	p.text[HOME_POINTS] = "発言要領";
	p.text[HOME_ANSWERS] = "Fragen";
	put(&p, 0);
	OK(home_get(g.h, p.id, 0, &got, &e));
	assert_true(got.version == 1 && got.kind == HOME_BRIEFING && got.state == HOME_DRAFT && got.at_us == 17 && got.change > 0 && got.refs == 0);
	assert_string_equal(got.text[HOME_POINTS], "発言要領");
	assert_string_equal(got.owner, "muster");
	home_paper_free(&got);

	p.text[HOME_BODY] = "anders";
	p.state = HOME_CLEARED;
	(void)snprintf(p.author, sizeof(p.author), "other");
	put(&p, 1);
	/* Whoever changed the first version meanwhile learns of the second, and nothing is saved. */
	assert_int_equal(home_put(g.h, &p, 1, NULL, &e), E_CONFLICT);
	assert_non_null(strstr(e.msg, "version 1"));
	assert_non_null(strstr(e.msg, "newest is 2"));
	assert_int_equal(home_put(g.h, &p, 0, NULL, &e), E_CONFLICT);
	assert_int_equal(home_put(g.h, &p, 3, NULL, &e), E_CONFLICT);
	OK(home_get(g.h, p.id, 1, &got, &e));
	assert_string_equal(got.text[HOME_BODY], "Zeile\n\tzwei");
	home_paper_free(&got);
	OK(home_get(g.h, p.id, 0, &got, &e));
	assert_string_equal(got.text[HOME_BODY], "anders");
	assert_string_equal(got.author, "other");
	assert_string_equal(got.owner, "muster");
	home_paper_free(&got);
	OK(home_versions(g.h, p.id, count_versions, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(home_get(g.h, p.id, 3, &got, &e), E_NOTFOUND);
	assert_int_equal(home_get(g.h, "00000000000000ff", 0, &got, &e), E_NOTFOUND);

	(void)snprintf(p.item, sizeof(p.item), "3");
	assert_int_equal(home_put(g.h, &p, 2, NULL, &e), E_STATE);
	p = paper(1, HOME_BRIEFING, "2", "BSI");
	assert_int_equal(home_put(g.h, &p, 2, NULL, &e), E_STATE);
	p = paper(2, HOME_NOTE, "2", "AA");
	assert_int_equal(home_put(g.h, &p, 1, NULL, &e), E_NOTFOUND);
}

/* Also with the statements of others: the file itself refuses. */
static void test_append_only(void **state)
{
	static const char *const tries[] = {
		"UPDATE version SET body = 'x'", "DELETE FROM version", "UPDATE paper SET round = 'x'", "UPDATE paper SET agency = 'x'", "DELETE FROM paper",
		"UPDATE wait SET act = x'00'", "UPDATE wait SET asked_by = 'x'", "DELETE FROM wait", "UPDATE wait SET state = 1 WHERE state = 4"};
	const struct home_paper p = paper(1, HOME_NOTE, "", "AA");
	struct home_wait w = {.id = "0000000000000001", .asked_by = "muster", .verb = "write", .act = "{}", .act_n = 2};

	(void)state;
	put(&p, 0);
	OK(home_wait_put(g.h, &w, &e));
	OK(home_wait_step(g.h, &(struct home_wait){.id = "0000000000000001", .state = WAIT_REFUSED, .decided_by = "other"}, &e));
	for (size_t i = 0; i < ARRAY_LEN(tries); i++)
		if (db_exec(&g.h->db, tries[i], &e) != E_CONFLICT || (strstr(e.msg, "never") == NULL && strstr(e.msg, "stays") == NULL))
			fail_msg("%s: %s", tries[i], e.msg);
}

static void test_bounds(void **state)
{
	static char big[LIMIT_HOME_TEXT + 2];
	struct home_paper p;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
#define REFUSED(code, change) do { p = paper(1, HOME_NOTE, "", "AA"); change; assert_int_equal(home_put(g.h, &p, 0, NULL, &e), code); } while (0)
	REFUSED(E_LIMIT, p.text[HOME_BODY] = big);
	REFUSED(E_FORMAT, p.text[HOME_BODY] = "a\033[2J");
	REFUSED(E_FORMAT, p.text[HOME_BODY] = "a\r\n");
	REFUSED(E_FORMAT, p.text[HOME_BODY] = "\xff");
	REFUSED(E_FORMAT, p.text[HOME_POINTS] = "not of a note");
	REFUSED(E_FORMAT, p.title = "two\nlines");
	REFUSED(E_FORMAT, p.kind = HOME_ANY);
	REFUSED(E_FORMAT, p.kind = HOME_KINDS);
	REFUSED(E_FORMAT, p.state = HOME_NO_STATE);
	REFUSED(E_FORMAT, p.state = HOME_STATES);
	REFUSED(E_FORMAT, p.id[3] = 'G');
	REFUSED(E_FORMAT, p.author[0] = '\0');
	REFUSED(E_FORMAT, p.deadline_s = 4);
	REFUSED(E_FORMAT, p.refs = 1);
	REFUSED(E_LIMIT, p.kind = HOME_POSITION; p.refs = LIMIT_HOME_REFS + 1);
	REFUSED(E_FORMAT, p.kind = HOME_POSITION; p.refs = 1);
	REFUSED(E_FORMAT, p.kind = HOME_REQUEST; p.agency[0] = '\0');
	REFUSED(E_LIMIT, memset(p.round, 'x', sizeof(p.round)));
#undef REFUSED
	big[LIMIT_HOME_TEXT] = '\0';
	p = paper(1, HOME_POSITION, "", "AA");
	p.text[HOME_BODY] = big;
	for (p.refs = 0; p.refs < LIMIT_HOME_REFS; p.refs++)
		p.ref[p.refs] = (struct home_ref){"00000000000000aa", UINT64_C(1) << 60};
	put(&p, 0);
	p = (struct home_paper){0};
	OK(home_get(g.h, "0000000000000001", 0, &p, &e));
	assert_true(p.refs == LIMIT_HOME_REFS && p.ref[LIMIT_HOME_REFS - 1].version == UINT64_C(1) << 60 && strlen(p.text[HOME_BODY]) == LIMIT_HOME_TEXT);
	home_paper_free(&p);
}

struct seen { char ids[400]; uint64_t change; unsigned stop; };

static int see(void *ctx, const struct home_paper *p, struct err *err)
{
	struct seen *s = ctx;

	assert_true(p->change > s->change);
	s->change = p->change;
	(void)strcat(strcat(s->ids, p->id + 15), " ");
	return s->stop != 0 && --s->stop == 0 ? fail(err, E_STATE, "enough") : 0;
}

static void expect_list(const struct home_ask *q, const char *ids)
{
	struct seen s = {0};

	OK(home_papers(g.h, q, see, &s, &e));
	if (strcmp(s.ids, ids) != 0)
		fail_msg("\"%s\" instead of \"%s\"", s.ids, ids);
}

static void test_lists(void **state)
{
	struct home_paper p;
	struct seen s = {.stop = 2};

	(void)state;
	for (unsigned i = 1; i <= 6; i++) {
		p = paper(i, i % 2 == 0 ? HOME_NOTE : HOME_MINUTES, i < 4 ? "1" : "2", i < 5 ? "AA" : "BSI");
		(void)snprintf(p.author, sizeof(p.author), i == 3 ? "other" : "muster");
		if (i == 6)
			(void)snprintf(p.round, sizeof(p.round), "another");
		put(&p, 0);
	}
	p = paper(1, HOME_MINUTES, "1", "AA");
	put(&p, 1); /* changed last */
	expect_list(&(struct home_ask){0}, "2 3 4 5 6 1 ");
	expect_list(&(struct home_ask){.limit = 2}, "2 3 ");
	expect_list(&(struct home_ask){.after = 5}, "6 1 ");
	expect_list(&(struct home_ask){.round = ROUND}, "2 3 4 5 1 ");
	expect_list(&(struct home_ask){.round = ROUND, .kind = HOME_NOTE}, "2 4 ");
	expect_list(&(struct home_ask){.round = ROUND, .item = "2", .agency = "BSI"}, "5 ");
	expect_list(&(struct home_ask){.owner = "other"}, "3 ");
	expect_list(&(struct home_ask){.owner = "muster", .round = "another"}, "6 ");
	expect_list(&(struct home_ask){.owner = "muster", .agency = "AA", .kind = HOME_MINUTES}, "1 ");
	expect_list(&(struct home_ask){.round = "none"}, "");
	assert_int_equal(home_papers(g.h, &(struct home_ask){0}, see, &s, &e), E_STATE);
	expect_list(&(struct home_ask){.limit = 1}, "2 ");
}

static int see_due(void *ctx, const struct home_due *d, struct err *err)
{
	char *s = ctx;

	(void)err;
	(void)sprintf(s + strlen(s), "%s:%s:%s ", d->request.id + 15, d->contribution[0] != '\0' ? d->contribution + 14 : "-", home_state_word(d->answered));
	return 0;
}

static void expect_due(const struct home_ask *q, bool open, const char *what)
{
	char s[400] = "";

	OK(home_requests(g.h, q, open, see_due, s, &e));
	if (strcmp(s, what) != 0)
		fail_msg("\"%s\" instead of \"%s\"", s, what);
}

static struct home_paper answer(unsigned n, unsigned request, const char *agency, enum home_state s)
{
	struct home_paper p = paper(n, HOME_CONTRIBUTION, "1", agency);

	p.state = s;
	p.refs = 1;
	p.ref[0].version = 1;
	(void)snprintf(p.ref[0].id, sizeof(p.ref[0].id), "%016x", request);
	return p;
}

static void test_requests(void **state)
{
	static const int64_t deadline[] = {0, 30, 10, 20, 40};
	struct home_paper p;

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		p = paper(i + 1, HOME_REQUEST, "1", i % 2 == 0 ? "BSI" : "BMI");
		p.state = i == 4 ? HOME_WITHDRAWN : HOME_SENT;
		p.deadline_s = deadline[i];
		put(&p, 0);
	}
	expect_due(&(struct home_ask){0}, false, "3:-:? 4:-:? 2:-:? 1:-:? ");
	p = answer(0x11, 2, "BMI", HOME_DRAFT);
	put(&p, 0);
	expect_due(&(struct home_ask){0}, true, "3:-:? 4:-:? 2:11:draft 1:-:? ");
	p.state = HOME_SENT;
	put(&p, 1);
	expect_due(&(struct home_ask){0}, true, "3:-:? 4:-:? 1:-:? ");
	expect_due(&(struct home_ask){.agency = "BMI"}, false, "4:-:? 2:11:sent ");
	expect_due(&(struct home_ask){.round = ROUND, .limit = 1}, false, "3:-:? ");
	expect_due(&(struct home_ask){.item = "2"}, false, "");
	/* One answer to one request; and it stays that one's. */
	p = answer(0x12, 2, "BMI", HOME_DRAFT);
	assert_int_equal(home_put(g.h, &p, 0, NULL, &e), E_CONFLICT);
	p = answer(0x11, 4, "BMI", HOME_DRAFT);
	assert_int_equal(home_put(g.h, &p, 2, NULL, &e), E_STATE);
	/* What nobody asked for is no answer, and there may be many. */
	for (unsigned i = 0x20; i < 0x22; i++) {
		p = paper(i, HOME_CONTRIBUTION, "1", "BKA");
		put(&p, 0);
	}
	p = paper(0x30, HOME_POSITION, "1", "AA");
	put(&p, 0);
	p = paper(0x31, HOME_POSITION, "1", "BMI");
	assert_int_equal(home_put(g.h, &p, 0, NULL, &e), E_CONFLICT);
	p = paper(0x31, HOME_POSITION, "2", "AA");
	put(&p, 0);
}

static int see_wait(void *ctx, const struct home_wait *w, struct err *err)
{
	char *s = ctx;

	(void)err;
	(void)sprintf(s + strlen(s), "%s:%s ", w->id + 15, home_wait_word(w->state));
	return 0;
}

static void expect_waits(enum home_wait_state in, const char *owner, const char *what)
{
	char s[400] = "";

	OK(home_waits(g.h, in, owner, see_wait, s, &e));
	if (strcmp(s, what) != 0)
		fail_msg("\"%s\" instead of \"%s\"", s, what);
}

static struct home_wait step(unsigned n, enum home_wait_state to, const char *by)
{
	struct home_wait w = {.state = to, .decided_us = 5, .reason = to == WAIT_LAPSED || to == WAIT_REFUSED ? "so" : NULL};

	(void)snprintf(w.id, sizeof(w.id), "%016x", n);
	(void)snprintf(w.decided_by, sizeof(w.decided_by), "%s", by);
	return w;
}

static void test_waits(void **state)
{
	struct home_wait w = {.asked_by = "muster", .at_us = 3, .verb = "write", .about = "x-verbale-document--1", .marking = "amber", .publication = true, .act = "{\"a\":\"\\u0000\"}"};
	struct home_wait got = {0}, s;

	(void)state;
	w.act_n = strlen(w.act);
	for (unsigned i = 1; i <= 4; i++) {
		(void)snprintf(w.id, sizeof(w.id), "%016x", i);
		(void)snprintf(w.asked_by, sizeof(w.asked_by), i < 4 ? "muster" : "other");
		OK(home_wait_put(g.h, &w, &e));
	}
	assert_int_equal(home_wait_put(g.h, &w, &e), E_CONFLICT);
	/* ready → confirmed */
	s = step(1, WAIT_READY, "boss");
	s.bytes = "B";
	s.bytes_n = 1;
	OK(home_wait_step(g.h, &s, &e));
	OK(home_wait_get(g.h, w.id, &got, &e));
	home_wait_free(&got);
	OK(home_wait_get(g.h, "0000000000000001", &got, &e));
	assert_true(got.state == WAIT_READY && got.bytes_n == 1 && got.bytes[0] == 'B' && got.publication && got.act_n == w.act_n && got.decided_us == 5);
	assert_string_equal(got.act, w.act);
	assert_string_equal(got.decided_by, "boss");
	home_wait_free(&got);
	assert_int_equal(home_wait_step(g.h, &s, &e), E_STATE);
	assert_non_null(strstr(e.msg, "ready by boss"));
	s = step(1, WAIT_REFUSED, "boss");
	assert_int_equal(home_wait_step(g.h, &s, &e), E_STATE);
	s = step(1, WAIT_CONFIRMED, "");
	(void)snprintf(s.object, sizeof(s.object), "x-verbale-document--1");
	OK(home_wait_step(g.h, &s, &e));
	assert_int_equal(home_wait_step(g.h, &s, &e), E_STATE);
	OK(home_wait_get(g.h, "0000000000000001", &got, &e));
	assert_true(got.state == WAIT_CONFIRMED && got.bytes_n == 0);
	assert_string_equal(got.object, "x-verbale-document--1");
	home_wait_free(&got);
	/* ready → lapsed; waiting → refused; no other way */
	s = step(2, WAIT_CONFIRMED, "boss");
	assert_int_equal(home_wait_step(g.h, &s, &e), E_STATE);
	s = step(2, WAIT_CONFIRMED, "");
	assert_int_equal(home_wait_step(g.h, &s, &e), E_STATE);
	s = step(2, WAIT_READY, "boss");
	OK(home_wait_step(g.h, &s, &e));
	s = step(2, WAIT_LAPSED, "");
	OK(home_wait_step(g.h, &s, &e));
	s = step(3, WAIT_REFUSED, "");
	assert_int_equal(home_wait_step(g.h, &s, &e), E_STATE);
	s = step(3, WAIT_REFUSED, "boss");
	OK(home_wait_step(g.h, &s, &e));
	s = step(9, WAIT_REFUSED, "boss");
	assert_int_equal(home_wait_step(g.h, &s, &e), E_NOTFOUND);
	expect_waits(WAIT_EVERY, NULL, "1:confirmed 2:lapsed 3:refused 4:waiting ");
	expect_waits(WAIT_WAITING, NULL, "4:waiting ");
	expect_waits(WAIT_WAITING, "muster", "");
	expect_waits(WAIT_EVERY, "other", "4:waiting ");
}

static void test_wait_limit(void **state)
{
	struct home_wait w = {.asked_by = "muster", .verb = "write", .act = "{}", .act_n = 2}, s;

	(void)state;
	OK(home_begin(g.h, &e));
	for (unsigned i = 1; i <= LIMIT_WAITING; i++) {
		(void)snprintf(w.id, sizeof(w.id), "%016x", i);
		OK(home_wait_put(g.h, &w, &e));
	}
	OK(home_end(g.h, 0, &e));
	(void)snprintf(w.id, sizeof(w.id), "00000000ffffffff");
	assert_int_equal(home_wait_put(g.h, &w, &e), E_LIMIT);
	s = step(1, WAIT_REFUSED, "boss");
	OK(home_wait_step(g.h, &s, &e));
	OK(home_wait_put(g.h, &w, &e));
}

static void test_hand_over(void **state)
{
	struct home_paper p = paper(1, HOME_NOTE, "", "AA"), got = {0};
	struct home_wait w = {.id = "0000000000000001", .asked_by = "muster", .verb = "write", .act = "{}", .act_n = 2}, gw = {0}, s;
	size_t n = 0;

	(void)state;
	put(&p, 0);
	OK(home_wait_put(g.h, &w, &e));
	(void)snprintf(w.id, sizeof(w.id), "0000000000000002");
	OK(home_wait_put(g.h, &w, &e));
	s = step(2, WAIT_REFUSED, "boss");
	OK(home_wait_step(g.h, &s, &e));
	OK(home_hand_over(g.h, "muster", "weiter", &n, &e));
	assert_int_equal(n, 2);
	OK(home_hand_over(g.h, "muster", "weiter", &n, &e));
	assert_int_equal(n, 0);
	OK(home_get(g.h, p.id, 0, &got, &e));
	assert_string_equal(got.owner, "weiter");
	assert_string_equal(got.author, "muster");
	home_paper_free(&got);
	OK(home_wait_get(g.h, "0000000000000001", &gw, &e));
	assert_string_equal(gw.asked_by, "muster");
	assert_string_equal(gw.owner, "weiter");
	home_wait_free(&gw);
	expect_waits(WAIT_WAITING, "weiter", "1:waiting ");
	OK(home_give(g.h, p.id, "zurueck", &e));
	expect_list(&(struct home_ask){.owner = "zurueck"}, "1 ");
	assert_int_equal(home_give(g.h, "00000000000000ff", "x", &e), E_NOTFOUND);
	assert_int_equal(home_hand_over(g.h, "muster", "", &n, &e), E_FORMAT);
}

static void test_transactions(void **state)
{
	struct home_paper p = paper(1, HOME_NOTE, "", "AA"), got = {0};

	(void)state;
	OK(home_begin(g.h, &e));
	put(&p, 0);
	assert_int_equal(home_end(g.h, E_DENIED, &e), E_DENIED);
	assert_int_equal(home_get(g.h, p.id, 0, &got, &e), E_NOTFOUND);
	OK(home_begin(g.h, &e));
	put(&p, 0);
	assert_int_equal(home_put(g.h, &p, 0, NULL, &e), E_CONFLICT);
	assert_int_equal(home_end(g.h, 0, &e), E_STATE); /* a part of it failed */
	assert_int_equal(home_get(g.h, p.id, 0, &got, &e), E_NOTFOUND);
}

/* Processes that all change one paper: every version is made from the one before, none is lost. */
static void test_processes(void **state)
{
	enum { PROCESSES = 4, EACH = 10 };
	pid_t pid[PROCESSES];
	struct home_paper got = {0};

	(void)state;
	home_close(g.h);
	g.h = NULL;
	unlink(g.path);
	for (unsigned i = 0; i < PROCESSES; i++) {
		if ((pid[i] = fork()) == 0) {
			struct home *h = NULL;
			struct home_paper p = paper(1, HOME_NOTE, "", "AA");
			int rc = home_open(g.path, &h, &e);

			for (unsigned saved = 0; rc == 0 && saved < EACH;) {
				struct home_paper was = {0};
				uint64_t base = 0;

				if ((rc = home_get(h, p.id, 0, &was, &e)) == 0)
					base = was.version;
				home_paper_free(&was);
				if (rc == 0 || rc == E_NOTFOUND)
					rc = home_put(h, &p, base, NULL, &e);
				saved += rc == 0;
				rc = rc == E_CONFLICT ? 0 : rc;
			}
			home_close(h);
			_exit(rc != 0);
		}
	}
	for (unsigned i = 0; i < PROCESSES; i++) {
		int status = -1;

		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	open_it();
	OK(home_get(g.h, "0000000000000001", 0, &got, &e));
	assert_int_equal(got.version, PROCESSES * EACH);
	home_paper_free(&got);
}

static void expect_open(int code, const char *says)
{
	struct home *h = NULL;

	memset(&e, 0, sizeof(e));
	if (home_open(g.path, &h, &e) != code || strstr(e.msg, says) == NULL)
		fail_msg("%d, %s instead of %d, %s", e.code, e.msg, code, says);
}

static void test_file(void **state)
{
	struct stat st;
	FILE *f;

	(void)state;
	assert_int_equal(stat(g.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	OK(db_exec(&g.h->db, "PRAGMA user_version = 99", &e));
	home_close(g.h);
	g.h = NULL;
	expect_open(E_CORRUPT, "newer program");
	unlink(g.path);
	assert_non_null(f = fopen(g.path, "w"));
	(void)fputs("this is no file of ours, and long enough to be read as one, and longer still than a header of it would be", f);
	(void)fclose(f);
	assert_int_equal(chmod(g.path, 0640), 0);
	expect_open(E_DENIED, "chmod 600");
	assert_int_equal(chmod(g.path, 0600), 0);
	expect_open(E_CORRUPT, "");
	unlink(g.path);
	open_it();
	/* A row that no save of ours has made. */
	OK(db_exec(&g.h->db, "INSERT INTO version(id, version, state, author, at_us, deadline_s, title, body, points, answers, refs)"
	    " VALUES ('0000000000000001', 1, 1, 'x', 1, 0, '', '', '', '', 'nonsense')", &e));
	OK(db_exec(&g.h->db, "INSERT INTO paper VALUES ('0000000000000001', 6, '', '', '', '', 'x', 1)", &e));
	assert_int_equal(home_get(g.h, "0000000000000001", 0, &(struct home_paper){0}, &e), E_CORRUPT);
}

/* Every allocation fails once: an error, nothing lost, nothing leaked. */
static void test_memory(void **state)
{
	struct home_paper p = paper(1, HOME_NOTE, "", "AA"), got = {0};
	struct home_wait w = {.id = "0000000000000001", .asked_by = "muster", .verb = "write", .act = "{}", .act_n = 2}, gw = {0};
	int rc;

	(void)state;
	put(&p, 0);
	OK(home_wait_put(g.h, &w, &e));
	for (long n = 1;; n++) {
		mem_fail_after(n);
		rc = home_put(g.h, &p, 1, NULL, &e);
		if (rc == 0)
			rc = home_get(g.h, p.id, 0, &got, &e);
		if (rc == 0)
			rc = home_wait_get(g.h, w.id, &gw, &e);
		mem_fail_after(0);
		home_paper_free(&got);
		home_wait_free(&gw);
		if (rc == 0)
			break;
		assert_true(rc == E_NOMEM || rc == E_CONFLICT);
		if (rc == E_CONFLICT)
			OK(home_get(g.h, p.id, 2, &got, &e));
		if (rc == E_CONFLICT)
			break;
	}
	home_paper_free(&got);
}

static void test_words(void **state)
{
	(void)state;
	for (enum home_kind k = HOME_REQUEST; k < HOME_KINDS; k++) {
		assert_int_equal(home_kind_parse(home_kind_word(k)), k);
		assert_non_null(home_text_name(k, HOME_BODY));
		assert_true((home_text_name(k, HOME_POINTS) != NULL) == (k == HOME_BRIEFING));
	}
	for (enum home_state s = HOME_DRAFT; s < HOME_STATES; s++)
		assert_int_equal(home_state_parse(home_state_word(s)), s);
	assert_int_equal(home_kind_parse("?"), HOME_ANY);
	assert_int_equal(home_state_parse(""), HOME_NO_STATE);
	assert_string_equal(home_kind_word(HOME_KINDS), "?");
	assert_string_equal(home_wait_word(WAIT_EVERY), "?");
	assert_null(home_text_name(HOME_KINDS, HOME_BODY));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_versions), TEST(test_append_only), TEST(test_bounds), TEST(test_lists), TEST(test_requests), TEST(test_waits), TEST(test_wait_limit),
		TEST(test_hand_over), TEST(test_transactions), TEST(test_processes), TEST(test_file), TEST(test_memory), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
