/* Acts on users: who may, what ends with it, what the audit log says, and handing over. */
#include "lab.h"

#include <stdio.h>

#include "json/json.h"

static struct lab the, *const lab = &the;
static struct people_office *command;
static char cookie[PEOPLE_COOKIE];

static int setup(void **state)
{
	(void)state;
	lab_open(lab, 0, 0);
	lab_user(lab, "muster", "DE", "AA", "desk-officer", PASSWORD);
	lab_user(lab, "beispiel", "DE", "BSI", "reader", PASSWORD);
	lab_user(lab, "chef", "DE", "AA", "administrator", PASSWORD);
	lab_user(lab, "gast", "JP", "MOFA", "administrator", PASSWORD);
	OK(people_office_command(&lab->w, lab->dir, "DE", lab->s, &command, &lab->e));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	people_office_close(command);
	lab_close(lab);
	return 0;
}

static bool signed_in(const char *with)
{
	OK(lab_visit(lab, &(struct browser){.cookie = with}));
	return lab->p.known;
}

static struct people_office *office_again(const char *with)
{
	struct people_office *o = NULL;

	OK(lab_visit(lab, &(struct browser){.cookie = with}));
	lab_from(lab, &(struct browser){.cookie = with});
	OK(people_office_open(lab->a, &lab->p, &lab->ses, &lab->from, &o, &lab->e));
	return o;
}

static struct people_office *office_of(const char *name)
{
	lab_sign_in(lab, name, cookie);
	return office_again(cookie);
}

static struct state_user get(const char *name)
{
	struct state_user u;

	OK(state_get_user(lab->s, name, &u, &lab->e));
	return u;
}

static int no_session(void *ctx, const struct state_session *s, struct err *e)
{
	(void)s;
	(void)e;
	++*(unsigned *)ctx;
	return 0;
}

static int no_factor(void *ctx, const struct state_factor *f, struct err *e)
{
	(void)f;
	(void)e;
	++*(unsigned *)ctx;
	return 0;
}

/* Every act on others: administrators of the own party only. */
static void test_who_may(void **state)
{
	static const struct { const char *name; bool may; } rows[] = {{"muster", false}, {"chef", true}, {"gast", false}, {NULL, true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct people_office *o = rows[i].name != NULL ? office_of(rows[i].name) : command;
		const int due = rows[i].may ? 0 : E_DENIED;
		char uri[PEOPLE_URI], codes[PEOPLE_CODES][PEOPLE_CODE];
		struct people_handed handed;
		struct state_user u = get("beispiel"), new = {.name = "neu", .party = "DE", .role = "reader"};
		unsigned n = 0;
		size_t left;

		new.name[3] = (char)('a' + i);
		assert_int_equal(people_put_user(o, &u, false, NULL, &lab->e), due);
		assert_int_equal(people_put_user(o, &new, true, "a new password", &lab->e), due);
		assert_int_equal(people_change_password(o, "beispiel", NULL, PASSWORD, &lab->e), due);
		assert_int_equal(people_sessions(o, "beispiel", no_session, &n, &lab->e), due);
		assert_int_equal(people_end_session(o, "beispiel", NULL, &lab->e), due);
		assert_int_equal(people_factors(o, "beispiel", no_factor, &n, &lab->e), due);
		assert_int_equal(people_drop_factor(o, "beispiel", "0123456789abcdef", &lab->e), rows[i].may ? E_NOTFOUND : E_DENIED);
		assert_int_equal(people_totp_new(o, "beispiel", "", uri, NULL, &lab->e), due);
		assert_int_equal(people_totp_confirm(o, "beispiel", "0123456789abcdef", "123456", &lab->e), rows[i].may ? E_NOTFOUND : E_DENIED);
		assert_int_equal(people_codes_new(o, "beispiel", codes, &lab->e), due);
		assert_int_equal(people_codes_left(o, "beispiel", &left, &lab->e), due);
		assert_int_equal(people_disable(o, new.name, &lab->e), due);
		assert_int_equal(people_hand_over(o, "beispiel", new.name, NULL, 0, &handed, &lab->e), rows[i].may ? E_STATE : E_DENIED);
		if (o != command)
			people_office_close(o);
	}
}

/* Oneself: all of it while the session is fresh, looking and ending sessions always. */
static void test_oneself(void **state)
{
	struct people_office *o = office_of("muster");
	char uri[PEOPLE_URI], id[17], other[PEOPLE_COOKIE], codes[PEOPLE_CODES][PEOPLE_CODE];
	unsigned n = 0;

	(void)state;
	OK(people_totp_new(o, "muster", "telephone", uri, id, &lab->e));
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|one-time codes new|muster|done");
	OK(people_drop_factor(o, "muster", id, &lab->e));
	OK(people_codes_new(o, "muster", codes, &lab->e));
	memcpy(other, cookie, sizeof(other));
	people_office_close(o);
	o = office_of("muster");
	/* The others' sessions end with a new password, the one acting goes on. */
	assert_int_equal(people_change_password(o, "muster", NULL, "a new password", &lab->e), E_DENIED);
	assert_int_equal(people_change_password(o, "muster", "wrong password", "a new password", &lab->e), E_DENIED);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|password|muster|refused: wrong password");
	assert_int_equal(people_change_password(o, "muster", PASSWORD, "too short", &lab->e), E_USAGE);
	OK(people_change_password(o, "muster", PASSWORD, "a new password", &lab->e));
	assert_false(signed_in(other));
	assert_true(signed_in(cookie));
	people_office_close(o);
	lab->now += LIMIT_FRESH_S * NS_PER_S;
	o = office_again(cookie);
	assert_int_equal(people_totp_new(o, "muster", "", uri, id, &lab->e), E_DENIED);
	assert_int_equal(people_codes_new(o, "muster", codes, &lab->e), E_DENIED);
	assert_int_equal(people_change_password(o, "muster", "a new password", PASSWORD, &lab->e), E_DENIED);
	assert_int_equal(people_drop_factor(o, "muster", id, &lab->e), E_DENIED);
	OK(people_sessions(o, "muster", no_session, &n, &lab->e));
	assert_int_equal(n, 1);
	/* "All others": the one acting stays. */
	OK(people_end_session(o, "muster", NULL, &lab->e));
	assert_true(signed_in(cookie));
	OK(people_end_session(o, "muster", lab->ses.id, &lab->e));
	assert_false(signed_in(cookie));
	people_office_close(o);
	/* Whoever is signed out has no office. */
	assert_int_equal(people_office_open(lab->a, &lab->p, &lab->ses, &lab->from, &o, &lab->e), E_DENIED);
}

static void test_users(void **state)
{
	struct state_user u = get("muster"), new = {.name = "neu", .party = "DE", .role = "king", .created_s = NOW_S};

	(void)state;
	lab_sign_in(lab, "muster", cookie);
	assert_int_equal(people_put_user(command, &new, true, NULL, &lab->e), E_USAGE);
	assert_non_null(strstr(lab->e.msg, "desk-officer"));
	(void)snprintf(new.role, sizeof(new.role), "administrator");
	OK(people_put_user(command, &new, true, PASSWORD, &lab->e));
	assert_string_equal(lab_audit(lab), "command||user add|neu|done");
	assert_int_equal(people_put_user(command, &new, true, PASSWORD, &lab->e), E_EXISTS);
	new.name[2] = 'x';
	assert_int_equal(people_put_user(command, &new, false, NULL, &lab->e), E_NOTFOUND);
	/* What does not concern signing in ends nothing. */
	(void)snprintf(u.agency, sizeof(u.agency), "BMI");
	(void)snprintf(u.role, sizeof(u.role), "editor");
	OK(people_put_user(command, &u, false, NULL, &lab->e));
	assert_true(signed_in(cookie));
	assert_string_equal(lab->p.agency, "BMI");
	assert_string_equal(get("muster").role, "desk-officer"); /* kept by its own word */
	(void)snprintf(u.password, sizeof(u.password), "nonsense"); /* what is stored stays */
	OK(people_put_user(command, &u, false, NULL, &lab->e));
	assert_true(signed_in(cookie));
	OK(people_put_user(command, &u, false, "a new password", &lab->e));
	assert_false(signed_in(cookie));
	assert_int_equal(people_change_password(command, "muster", NULL, PASSWORD, &lab->e), 0);
	lab_sign_in(lab, "muster", cookie);
	u = get("muster");
	u.password[0] = '\0';
	OK(people_put_user(command, &u, false, NULL, &lab->e));
	assert_false(signed_in(cookie));
	OK(people_change_password(command, "muster", NULL, PASSWORD, &lab->e));
	lab_sign_in(lab, "muster", cookie);
	OK(people_disable(command, "muster", &lab->e));
	assert_false(signed_in(cookie));
	/* Let in again: the old session does not come back. */
	u = get("muster");
	u.disabled = false;
	OK(people_put_user(command, &u, false, NULL, &lab->e));
	assert_false(signed_in(cookie));
}

/* ---- handing over ---- */

static void work(const char *kind, const char *ref, const char *user)
{
	struct state_work w = {.kind = ""};

	(void)snprintf(w.kind, sizeof(w.kind), "%s", kind);
	(void)snprintf(w.ref, sizeof(w.ref), "%s", ref);
	(void)snprintf(w.user, sizeof(w.user), "%s", user);
	OK(state_put_work(lab->s, &w, &lab->e));
}

static int join_work(void *ctx, const struct state_work *w, struct err *e)
{
	(void)e;
	strcat(strcat(strcat(ctx, w->kind), w->ref), " ");
	return 0;
}

static const char *works(const char *user)
{
	static char all[256];

	all[0] = '\0';
	OK(state_works(lab->s, user, join_work, all, &lab->e));
	return all;
}

struct hooked { char said[128]; int rc; };

static int hook(void *ctx, const char *from, const char *to, struct err *e)
{
	struct hooked *h = ctx;

	(void)snprintf(h->said, sizeof(h->said), "%s>%s", from, to);
	return h->rc != 0 ? fail(e, h->rc, "home papers are in use") : 0;
}

static int join_grant(void *ctx, const struct state_grant *g, struct err *e)
{
	(void)e;
	strcat(strcat(strcat(ctx, g->subject), g->write ? "+w" : ""), " ");
	return 0;
}

static void test_hand_over(void **state)
{
	static const uint8_t one[16] = {1}, two[16] = {2};
	struct state_token t = {.read = true};
	struct people_handed handed = {0};
	struct hooked h = {.rc = E_BUSY}, fine = {.rc = 0};
	char text[64], grants[256] = "", field[128];

	(void)state;
	lab_user(lab, "nachfolger", "DE", "AA", "desk-officer", PASSWORD);
	work("briefing", "a", "muster");
	work("contribution", "b", "muster");
	work("contribution", "c", "beispiel");
	work("contribution", "d", "muster");
	work("contribution", "d", ""); /* done */
	lab_token(lab, "muster", &t, text);
	OK(state_put_grant(lab->s, &(struct state_grant){.collection = {1}, .subject = "user:muster", .read = true, .write = true}, &lab->e));
	OK(state_put_grant(lab->s, &(struct state_grant){.collection = {1}, .subject = "user:nachfolger", .read = true}, &lab->e));
	OK(state_put_grant(lab->s, &(struct state_grant){.collection = {2}, .subject = "user:muster", .read = true}, &lab->e));
	lab_sign_in(lab, "muster", cookie);
	/* A hook that fails: nothing was. */
	assert_int_equal(people_hand_over(command, "muster", "nachfolger", (struct people_hook[]){{hook, &fine}, {hook, &h}}, 2, &handed, &lab->e), E_BUSY);
	assert_string_equal(works("muster"), "briefinga contributionb ");
	assert_true(signed_in(cookie));
	assert_false(get("muster").disabled);
	h.rc = 0;
	OK(people_hand_over(command, "muster", "nachfolger", (struct people_hook[]){{hook, &fine}, {hook, &h}}, 2, &handed, &lab->e));
	assert_string_equal(h.said, "muster>nachfolger");
	assert_int_equal(handed.work, 2);
	assert_int_equal(handed.tokens, 1);
	assert_string_equal(works("muster"), "");
	assert_string_equal(works("nachfolger"), "briefinga contributionb ");
	assert_string_equal(works("beispiel"), "contributionc ");
	assert_string_equal(lab_audit(lab), "command||take over|nachfolger|done: from muster");
	assert_false(signed_in(cookie));
	assert_true(get("muster").disabled);
	(void)snprintf(field, sizeof(field), "Bearer %s", text);
	assert_int_equal(lab_ask(lab, field, NULL, "192.0.2.1"), E_DENIED);
	lab_from(lab, &(struct browser){.addr = NULL});
	assert_int_equal(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e), E_DENIED);
	OK(state_grants(lab->s, one, join_grant, grants, &lab->e));
	OK(state_grants(lab->s, two, join_grant, grants, &lab->e));
	assert_string_equal(grants, "user:nachfolger+w user:nachfolger ");
	/* Not to oneself, nobody, another party, or somebody who is gone. */
	assert_int_equal(people_hand_over(command, "chef", "chef", NULL, 0, &handed, &lab->e), E_USAGE);
	assert_int_equal(people_hand_over(command, "chef", "niemand", NULL, 0, &handed, &lab->e), E_NOTFOUND);
	assert_int_equal(people_hand_over(command, "chef", "gast", NULL, 0, &handed, &lab->e), E_DENIED);
	assert_int_equal(people_hand_over(command, "chef", "muster", NULL, 0, &handed, &lab->e), E_STATE);
	assert_false(get("chef").disabled);
}

/* ---- audit ---- */

struct rows { uint64_t first, last; unsigned n; struct buf b; enum audit_format as; };

static int take_row(void *ctx, const struct state_audit *a, struct err *e)
{
	struct rows *r = ctx;

	(void)e;
	if (r->n++ == 0)
		r->first = a->n;
	else
		assert_int_equal(a->n, r->last + 1);
	r->last = a->n;
	audit_line(r->as, a, &r->b);
	return 0;
}

static struct rows rows_of(const struct state_audit_ask *q)
{
	struct rows r = {.b = BUF_INIT(0)};

	OK(state_audits(lab->s, q, take_row, &r, &lab->e));
	buf_free(&r.b);
	return r;
}

static void test_audit(void **state)
{
	struct rows r;

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		OK(audit_note(lab->a, i % 2 == 0 ? "DE/AA/muster" : "DE/BSI/beispiel", "192.0.2.1", "document publish", "x", i == 3 ? "refused: two persons are due" : NULL, &lab->e));
		lab->now += 86400 * NS_PER_S;
	}
	assert_int_equal(rows_of(&(struct state_audit_ask){.since_us = 0}).n, 10);
	assert_int_equal(rows_of(&(struct state_audit_ask){.limit = 3}).n, 3);
	assert_int_equal(rows_of(&(struct state_audit_ask){.after = 8}).n, 2);
	assert_int_equal(rows_of(&(struct state_audit_ask){.since_us = (NOW_S + 86400) * 1000000, .until_us = (NOW_S + 3 * 86400) * 1000000}).n, 2);
	static const struct { const char *user; unsigned n; } names[] = {{"DE/AA/muster", 5}, {"beispiel", 5}, {"muste", 0}, {"uster", 0}, {"AA/muster", 5}, {"x", 10}};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct rows own = {.b = BUF_INIT(0)};
		struct state_audit_ask q = {.user = names[i].user};
		unsigned n = 0;

		while (state_audits(lab->s, &(struct state_audit_ask){.user = q.user, .after = q.after, .limit = 1}, take_row, &own, &lab->e) == 0 && own.n == 1) {
			q.after = own.last;
			own.n = 0;
			n++;
		}
		buf_free(&own.b);
		assert_int_equal(n, names[i].n);
	}
	/* Ten days, of which the last three are kept; numbers go on. */
	OK(people_care(lab->a, 3, &lab->e));
	r = rows_of(&(struct state_audit_ask){.since_us = 0});
	assert_int_equal(r.n, 3);
	assert_int_equal(r.first, 8);
	OK(people_care(lab->a, 0, &lab->e));
	assert_int_equal(rows_of(&(struct state_audit_ask){.since_us = 0}).n, 3);
	lab->now += 100 * 86400 * NS_PER_S;
	OK(people_care(lab->a, 3, &lab->e));
	assert_int_equal(rows_of(&(struct state_audit_ask){.since_us = 0}).n, 0);
	OK(audit_note(lab->a, "", NULL, "x", NULL, NULL, &lab->e));
	assert_int_equal(rows_of(&(struct state_audit_ask){.since_us = 0}).first, 11);
}

static void test_lines(void **state)
{
	struct state_audit a = {.n = 7, .at_us = NOW_S * 1000000 + 5, .who = "DE/AA/muster", .from = "2001:db8::1", .act = "user add", .subject = "a\"b<c>", .outcome = "done"};
	CLEANUP_BUF struct buf b = BUF_INIT(0);
	struct json_doc *doc = NULL;
	char loud[2000];

	(void)state;
	audit_heading(AUDIT_TSV, &b);
	audit_line(AUDIT_TSV, &a, &b);
	assert_string_equal(b.p, "number\ttime\twho\tfrom\tact\tsubject\toutcome\n7\t2016-09-09T05:46:40.000005Z\tDE/AA/muster\t2001:db8::1\tuser add\ta\"b<c>\tdone\n");
	buf_clear(&b);
	audit_heading(AUDIT_JSONL, &b);
	audit_line(AUDIT_JSONL, &a, &b);
	OK(json_read(b.p, b.n - 1, &(struct json_read_opt){.max_bytes = 0}, &doc, &lab->e));
	assert_string_equal(json_get_str(json_root(doc), "subject"), "a\"b<c>");
	json_free(doc);
	/* Whatever is noted becomes a row: cut, without what would break a line. */
	memset(loud, 'x', sizeof(loud) - 1);
	loud[sizeof(loud) - 1] = '\0';
	loud[3] = '\t';
	loud[4] = '\n';
	loud[5] = (char)0xff;
	OK(audit_note(lab->a, loud, loud, loud, loud, loud, &lab->e));
	assert_int_equal(strncmp(lab_audit(lab), "xxx???xxx", 9), 0);
	for (size_t i = 0; i + 3 < sizeof(loud); i += 3)
		memcpy(loud + i, "見", 3);
	OK(audit_note(lab->a, loud, NULL, "x", loud, NULL, &lab->e));
	assert_null(strchr(lab_audit(lab), '?'));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_who_may), TEST(test_oneself), TEST(test_users), TEST(test_hand_over), TEST(test_audit), TEST(test_lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
