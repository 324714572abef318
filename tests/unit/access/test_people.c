/* Sessions, cookies, passwords at pages: what lasts how long, and who can keep whom out. */
#include "lab.h"

#include <stdio.h>
#include <unistd.h>

static struct lab the, *const lab = &the;
static char cookie[PEOPLE_COOKIE];

static int setup(void **state)
{
	(void)state;
	lab_open(lab, 0, 0);
	lab_user(lab, "muster", "DE", "AA", "desk-officer", PASSWORD);
	lab_user(lab, "beispiel", "DE", "BSI", "reader", PASSWORD);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lab_close(lab);
	return 0;
}

static void later(int64_t s) { lab->now += s * NS_PER_S; }
static bool signed_in(const char *with)
{
	OK(lab_visit(lab, &(struct browser){.cookie = with}));
	assert_int_equal(lab->p.known, lab->ses.known);
	return lab->p.known;
}

static int password(const char *addr, const char *name, const char *text)
{
	lab_from(lab, &(struct browser){.addr = addr});
	return people_password(lab->a, &lab->from, name, text, &lab->in, &lab->e);
}

static void test_who(void **state)
{
	(void)state;
	assert_false(signed_in(NULL));
	assert_false(people_csrf_ok(&lab->ses, ""));
	lab_sign_in(lab, "muster", cookie);
	assert_string_equal(lab->in.name, "muster");
	assert_string_equal(lab->p.who, "DE/AA/muster");
	assert_int_equal(lab->p.reader.role, ROLE_DESK);
	assert_int_equal(lab->p.reader.via, VIA_WEB);
	assert_true(principal_has(&lab->p, RIGHT_WRITE));
	assert_false(principal_has(&lab->p, RIGHT_RELEASE));
	assert_int_equal(lab->ses.how, HOW_PASSWORD);
	assert_true(lab->ses.fresh);
	assert_int_equal(lab->ses.idle_end_s, NOW_S + LIMIT_IDLE_S);
	assert_int_equal(lab->ses.end_s, NOW_S + LIMIT_TOTAL_S);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|password|done");
	assert_non_null(strstr(people_how_name(HOW_KEY), "passkey"));
}

static void test_cookies(void **state)
{
	char two[3 * PEOPLE_COOKIE], text[PEOPLE_COOKIE];

	(void)state;
	lab_sign_in(lab, "muster", cookie);
	assert_int_equal(strlen(cookie), strlen("verbale=") + 43);
	assert_string_equal(lab->in.cookie + strlen(cookie), "; Path=/; HttpOnly; SameSite=Strict");
	(void)snprintf(two, sizeof(two), "a=b; %s;x=%s", cookie, "y");
	assert_true(signed_in(two));
	/* Planted beside ours: neither counts. */
	(void)snprintf(two, sizeof(two), "verbale=x; %s", cookie);
	assert_false(signed_in(two));
	(void)snprintf(two, sizeof(two), "%s; %s", cookie, cookie);
	assert_false(signed_in(two));
	(void)snprintf(two, sizeof(two), "xverbale=%s", cookie + 8);
	assert_false(signed_in(two));
	static const char *const odd[] = {"", ";", "=", "verbale", "verbale=", "verbale=x", "verbale=\"\"", "; ; ;verbale", "verbale=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		assert_false(signed_in(odd[i]));
	for (size_t i = 8; i < strlen(cookie); i += 5) {
		memcpy(text, cookie, sizeof(text));
		text[i] = text[i] == 'Q' ? 'R' : 'Q';
		assert_false(signed_in(text));
	}
	/* A cookie of the plain listener says nothing on the other. */
	OK(lab_visit(lab, &(struct browser){.cookie = cookie, .tls = true}));
	assert_false(lab->p.known);
	lab_from(lab, &(struct browser){.tls = true, .addr = NULL});
	OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	assert_int_equal(strncmp(lab->in.cookie, "__Host-verbale=", 15), 0);
	assert_string_equal(strchr(lab->in.cookie, ';'), "; Path=/; Secure; HttpOnly; SameSite=Strict");
	lab_cookie(lab, text);
	OK(lab_visit(lab, &(struct browser){.cookie = text, .tls = true}));
	assert_true(lab->p.known);
	assert_false(signed_in(text));
}

static void test_limits(void **state)
{
	(void)state;
	lab_sign_in(lab, "muster", cookie);
	later(LIMIT_IDLE_S - 1);
	assert_true(signed_in(cookie));
	assert_false(lab->ses.fresh);
	later(LIMIT_IDLE_S - 1);
	assert_true(signed_in(cookie));
	later(LIMIT_IDLE_S);
	assert_false(signed_in(cookie));
	later(-1); /* and what is over stays so for the browser, but a clock that trembles ends nothing */
	assert_true(signed_in(cookie));
	lab->now = (NOW_S + LIMIT_TOTAL_S - 1) * NS_PER_S;
	lab_sign_in(lab, "muster", cookie);
	for (int64_t s = 0; s < LIMIT_TOTAL_S; s += LIMIT_IDLE_S / 2) {
		assert_true(signed_in(cookie));
		later(LIMIT_IDLE_S / 2);
	}
	assert_false(signed_in(cookie));
	/* The clock was set back by hours: no session gets longer for it. */
	lab_sign_in(lab, "muster", cookie);
	later(-3600);
	assert_false(signed_in(cookie));
}

/* What another process notes of being seen is enough to go on after a restart. */
static void test_restart(void **state)
{
	struct access_conf c = {.w = &lab->w, .party = "DE", .idle_s = 100, .total_s = 250};

	(void)state;
	lab_sign_in(lab, "muster", cookie);
	later(LIMIT_SEEN_S);
	assert_true(signed_in(cookie));
	access_close(lab->a);
	OK(access_open(&c, lab->dir, &lab->a, &lab->e));
	later(99);
	assert_true(signed_in(cookie));
	assert_int_equal(lab->ses.idle_end_s, NOW_S + LIMIT_SEEN_S + 199);
	later(90);
	assert_true(signed_in(cookie));
	later(1);
	assert_false(signed_in(cookie));
	OK(people_care(lab->a, 0, &lab->e));
}

static void test_fixation(void **state)
{
	char first[PEOPLE_COOKIE], id[17];

	(void)state;
	lab_sign_in(lab, "beispiel", first);
	memcpy(id, lab->ses.id, sizeof(id));
	/* Somebody signs in over a cookie that was planted: it is worth nothing from then on, and the new one is another. */
	lab_from(lab, &(struct browser){.cookie = first});
	OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	lab_cookie(lab, cookie);
	assert_string_not_equal(first, cookie);
	assert_false(signed_in(first));
	assert_true(signed_in(cookie));
	assert_string_equal(lab->p.name, "muster");
	assert_string_not_equal(lab->ses.id, id);
	/* A cookie nobody made is no session, before and after. */
	lab_from(lab, &(struct browser){.cookie = "verbale=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
	OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	assert_null(strstr(lab->in.cookie, "AAAAAAAAAAAA"));
	assert_true(signed_in(cookie));
}

static void test_csrf(void **state)
{
	char other[PEOPLE_COOKIE], token[44], changed[44];

	(void)state;
	lab_sign_in(lab, "muster", cookie);
	memcpy(token, lab->ses.csrf, sizeof(token));
	assert_int_equal(strlen(token), 43);
	assert_true(people_csrf_ok(&lab->ses, token));
	assert_false(people_csrf_ok(&lab->ses, NULL));
	assert_false(people_csrf_ok(&lab->ses, ""));
	for (size_t i = 0; i < 43; i++) {
		memcpy(changed, token, sizeof(changed));
		changed[i] = changed[i] == 'x' ? 'y' : 'x';
		assert_false(people_csrf_ok(&lab->ses, changed));
	}
	assert_null(strstr(cookie, token));
	lab_sign_in(lab, "muster", other);
	assert_false(people_csrf_ok(&lab->ses, token)); /* each session has its own */
	assert_true(signed_in(cookie));
	assert_true(people_csrf_ok(&lab->ses, token)); /* for as long as it lasts */
}

static void test_ends_at_once(void **state)
{
	char other[PEOPLE_COOKIE], gone[PEOPLE_COOKIE];
	struct state_user u;

	(void)state;
	lab_sign_in(lab, "muster", other);
	lab_sign_in(lab, "muster", cookie);
	OK(state_end_session(lab->s, "muster", lab->ses.id, &lab->e));
	assert_false(signed_in(cookie));
	assert_true(signed_in(other));
	assert_int_equal(state_end_session(lab->s, "beispiel", lab->ses.id, &lab->e), E_NOTFOUND); /* another's */
	lab_from(lab, &(struct browser){.cookie = other});
	OK(people_sign_out(lab->a, &lab->from, gone, &lab->e));
	assert_string_equal(gone, "verbale=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-out||done");
	assert_false(signed_in(other));
	OK(people_sign_out(lab->a, &lab->from, gone, &lab->e));
	/* Disabled by another process: with the next request. A role that changes, likewise. */
	lab_sign_in(lab, "muster", cookie);
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	(void)snprintf(u.role, sizeof(u.role), "reader");
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_true(signed_in(cookie));
	assert_int_equal(lab->p.reader.role, ROLE_READER);
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_false(signed_in(cookie));
}

static void test_refused(void **state)
{
	char text[sizeof(lab->e.msg)];
	struct state_user u;

	(void)state;
	assert_int_equal(password(NULL, "muster", "wrong password"), E_DENIED);
	memcpy(text, lab->e.msg, sizeof(text));
	assert_false(lab->in.done);
	assert_string_equal(lab->in.cookie, "");
	assert_string_equal(lab->in.ticket, "");
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|password|refused: wrong password");
	assert_int_equal(password(NULL, "nobody", PASSWORD), E_DENIED);
	assert_string_equal(lab->e.msg, text);
	/* Not the name: it may be a password in the wrong field. */
	assert_string_equal(lab_audit(lab), "|192.0.2.1|sign-in|password|refused: unknown name");
	assert_int_equal(password(NULL, "", ""), E_DENIED);
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_int_equal(password(NULL, "muster", PASSWORD), E_DENIED);
	assert_string_equal(lab->e.msg, text);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|password|refused: disabled");
}

/* Unknown names cost as much as known ones: within a factor that no network measures apart from noise. */
static void test_time(void **state)
{
	struct timespec t[4];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		clock_gettime(CLOCK_MONOTONIC, &t[2 * i]);
		assert_int_equal(password(NULL, i == 0 ? "muster" : "nobody", "wrong password"), E_DENIED);
		clock_gettime(CLOCK_MONOTONIC, &t[2 * i + 1]);
	}
	const double known = (double)(t[1].tv_sec - t[0].tv_sec) + 1e-9 * (double)(t[1].tv_nsec - t[0].tv_nsec);
	const double unknown = (double)(t[3].tv_sec - t[2].tv_sec) + 1e-9 * (double)(t[3].tv_nsec - t[2].tv_nsec);
	assert_true(unknown > known / 4 && unknown < known * 4);
}

static void test_lock_out(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LIMIT_FAILURES; i++)
		assert_int_equal(password("198.51.100.9", "muster", "guess"), E_DENIED);
	/* Whoever guessed waits, with the right password, too. */
	assert_int_equal(password("198.51.100.9", "muster", PASSWORD), E_LIMIT);
	assert_in_range(lab->in.wait, 1, 60);
	assert_false(lab->in.done);
	/* The user elsewhere does not, nor others at that address. */
	OK(password("192.0.2.1", "muster", PASSWORD));
	assert_true(lab->in.done);
	OK(password("198.51.100.9", "beispiel", PASSWORD));
	later(61);
	OK(password("198.51.100.9", "muster", PASSWORD));
	/* An address that tries many names is stopped as such; a /64 is one address. */
	for (unsigned i = 0; i < LIMIT_ADDR_FAILURES; i++) {
		char name[16], addr[32];

		(void)snprintf(name, sizeof(name), "u%u", i);
		(void)snprintf(addr, sizeof(addr), "2001:db8::%x", i);
		IGNORE(password(addr, name, "guess") != E_DENIED, "the last ones may be told to wait");
	}
	assert_int_equal(password("2001:db8::ffff", "muster", PASSWORD), E_LIMIT);
	OK(password("2001:db8:0:1::1", "muster", PASSWORD));
}

static void test_origin(void **state)
{
	static const struct { struct browser b; bool same; } rows[] = {
		{{.origin = NULL}, true},
		{{.origin = ORIGIN, .host = "127.0.0.1:8080"}, true},
		{{.origin = "http://127.0.0.1:8080", .host = "127.0.0.1:8080"}, true},
		{{.origin = "https://127.0.0.1:8080", .host = "127.0.0.1:8080"}, false},
		{{.origin = "https://127.0.0.1:8080", .host = "127.0.0.1:8080", .tls = true}, true},
		{{.origin = "http://127.0.0.1:8081", .host = "127.0.0.1:8080"}, false},
		{{.origin = "null", .host = "127.0.0.1:8080"}, false},
		{{.origin = "", .host = ""}, false},
		{{.origin = "https://verbale.example.evil", .host = "verbale.example"}, false},
		{{.site = "same-origin"}, true}, {{.site = "none"}, true}, {{.site = "cross-site"}, false}, {{.site = "same-site"}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		lab_from(lab, &rows[i].b);
		assert_int_equal(lab->from.same_origin, rows[i].same);
	}
	lab_from(lab, &(struct browser){.origin = "https://evil.example", .host = "verbale.example"});
	assert_int_equal(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e), E_DENIED);
	lab_from(lab, &(struct browser){.host = "localhost:8080", .agent = "Mozilla/5.0\x01\x7f\xff (X)"});
	assert_string_equal(lab->from.origin, "http://localhost:8080");
	assert_string_equal(lab->from.agent, "Mozilla/5.0 (X)");
	lab_from(lab, &(struct browser){.host = "localhost:8080", .tls = true});
	assert_string_equal(lab->from.origin, ORIGIN);
	lab_from(lab, &(struct browser){.host = "localhost.evil:8080"});
	assert_string_equal(lab->from.origin, ORIGIN);
}

static void test_return(void **state)
{
	static const char *const good[] = {"/", "/de/", "/de/series?x=1&y=%2f", "/a//b"}, *const bad[] = {NULL, "", "de", "//evil", "/\\evil", "https://evil", "/a\nb", "/ a", "/\t/evil", "javascript:x", "/a\\b", "/\x7f"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(people_return_ok(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(people_return_ok(bad[i]));
}

static void test_certificate(void **state)
{
	uint8_t spki[32] = {7}, other[32] = {8};
	struct state_user u;

	(void)state;
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	u.has_spki = true;
	memcpy(u.spki, spki, sizeof(spki));
	OK(state_put_user(lab->s, &u, &lab->e));
	lab_from(lab, &(struct browser){.spki = spki, .tls = true});
	OK(people_certificate(lab->a, &lab->from, &lab->in, &lab->e));
	lab_cookie(lab, cookie);
	OK(lab_visit(lab, &(struct browser){.cookie = cookie, .tls = true}));
	assert_int_equal(lab->ses.how, HOW_CERTIFICATE);
	lab_from(lab, &(struct browser){.spki = other, .tls = true});
	assert_int_equal(people_certificate(lab->a, &lab->from, &lab->in, &lab->e), E_DENIED);
	lab_from(lab, &(struct browser){.tls = true});
	assert_int_equal(people_certificate(lab->a, &lab->from, &lab->in, &lab->e), E_DENIED);
}

/* The oldest of too many ends, at once. */
static void test_many(void **state)
{
	char first[PEOPLE_COOKIE];

	(void)state;
	lab_sign_in(lab, "beispiel", cookie);
	lab_sign_in(lab, "muster", first);
	for (unsigned i = 0; i < LIMIT_SESSIONS_USER - 1; i++) {
		lab_from(lab, &(struct browser){.addr = NULL});
		OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	}
	assert_true(signed_in(first));
	OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	assert_false(signed_in(first));
	assert_true(signed_in(cookie));
}

/* ---- later ---- */

static _Atomic unsigned ran;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void run(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&gate);
	ran++;
	pthread_mutex_unlock(&gate);
}

static void test_later(void **state)
{
	unsigned given = 0;

	(void)state;
	ran = 0;
	pthread_mutex_lock(&gate);
	while (people_later(lab->a, run, NULL, &lab->e) == 0)
		given++;
	assert_int_equal(lab->e.code, E_BUSY);
	assert_in_range(given, LIMIT_PASSWORD_WAIT, LIMIT_PASSWORD_WAIT + 1);
	pthread_mutex_unlock(&gate);
	access_close(lab->a); /* what waits is still run */
	lab->a = NULL;
	assert_int_equal(ran, given);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who), TEST(test_cookies), TEST(test_limits), TEST(test_restart), TEST(test_fixation), TEST(test_csrf), TEST(test_ends_at_once), TEST(test_refused),
		TEST(test_time), TEST(test_lock_out), TEST(test_origin), TEST(test_return), TEST(test_certificate), TEST(test_many), TEST(test_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
