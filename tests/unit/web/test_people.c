/* Pages of people, asked without sockets: who gets in, who gets what, and what no trick gets. */
#include "lab.h"
#include "people_lab.h"

#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"

static struct people_lab the, *const d = &the;

static int setup(void **state)
{
	(void)state;
	house_open(d);
	people_user(d, "e.muster", "AA", "desk-officer");
	people_user(d, "a.admin", "AA", "administrator");
	people_user(d, "l.leser", "BSI", "reader");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	house_close(d);
	return 0;
}

#define NOBODY (&(struct sent){.cookie = NULL})
#define WITH(c) (&(struct sent){.cookie = (c)})

static bool has(const struct got *g, const char *what) { return strstr(g->body.p, what) != NULL; }

/* ---- in and out ---- */

static void in_and_out(void **state)
{
	char cookie[128], token[128], form[300];
	struct got g;

	(void)state;
	assert_int_equal(people_status(d, NOBODY, "/de/sign-in", NULL), 200);
	people_ask(d, NOBODY, "/de/settings", NULL, &g);
	assert_int_equal(g.status, 303);
	assert_string_equal(g.location, "/de/sign-in?to=%2Fde%2Fsettings");
	got_free(&g);
	people_ask(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=falsch&to=%2Fde%2Fseries", &g);
	assert_int_equal(g.status, 403);
	assert_true(has(&g, "name=\"to\" value=\"/de/series\"") && has(&g, "value=\"e.muster\"") && !has(&g, "falsch"));
	assert_string_equal(g.cookie, "");
	assert_string_equal(g.cache, "no-store");
	got_free(&g);
	people_ask(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie&to=%2Fde%2Fseries%3Fview%3Dde", &g);
	assert_int_equal(g.status, 303);
	assert_string_equal(g.location, "/de/series?view=de");
	cookie_of(&g, cookie);
	assert_non_null(strstr(g.cookie, "HttpOnly"));
	got_free(&g);
	people_ask(d, WITH(cookie), "/ja/settings", NULL, &g);
	assert_int_equal(g.status, 200);
	assert_string_equal(g.cache, "no-store");
	assert_true(has(&g, "<b>e.muster</b>") && has(&g, "data-ends=\""));
	got_free(&g);
	people_token(d, cookie, "/de/sign-out", token);
	(void)snprintf(form, sizeof(form), "csrf=%s", token);
	people_ask(d, WITH(cookie), "/de/sign-out", form, &g);
	assert_int_equal(g.status, 303);
	assert_string_equal(g.location, "/de/?done=signed-out");
	assert_non_null(strstr(g.cookie, "Max-Age=0"));
	got_free(&g);
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings", NULL), 303);
	/* A page for all is the same page for him again, and says what was done. */
	people_ask(d, WITH(cookie), "/de/?done=signed-out", NULL, &g);
	assert_true(has(&g, "Sie sind abgemeldet.") && !has(&g, "e.muster"));
	got_free(&g);
}

static void too_often(void **state)
{
	struct got g;

	(void)state;
	for (int i = 0; i < LIMIT_FAILURES; i++)
		assert_int_equal(people_status(d, NOBODY, "/en/sign-in", "step=password&name=l.leser&password=no"), 403);
	people_ask(d, NOBODY, "/en/sign-in", "step=password&name=l.leser&password=korrekt+pferd+batterie", &g);
	assert_int_equal(g.status, 429);
	assert_true(g.wait[0] >= '1' && g.wait[0] <= '9');
	assert_true(has(&g, "Too many attempts. Please try again in "));
	got_free(&g);
	/* Another user of the same address is not kept out. */
	assert_int_equal(people_status(d, NOBODY, "/en/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie"), 303);
}

static void odd_forms(void **state)
{
	static const char *const odd[] = {"", "step=", "step=x", "step=password", "step=password&name=&password=", "step=code&ticket=&code=", "step=code&ticket=AAAA&code=000000", "step=key&ticket=&answer=", "step=key&ticket=x&answer={}",
		"step=certificate", "step=password&name=%00", "step=%zz", "step=password&name=%ff", "step=password&name=e.muster&password=%0d%0aSet-Cookie:x=y"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct got g;

		people_ask(d, NOBODY, "/de/sign-in", odd[i], &g);
		if (g.status < 400 || g.status >= 500)
			fail_msg("%s: %d", odd[i], g.status);
		assert_string_equal(g.cookie, "");
		got_free(&g);
	}
}

/* ---- one-time codes through the pages ---- */

static size_t from_base32(const char *s, uint8_t *to)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == ' ')
			continue;
		bits = bits << 5 | (unsigned)(strchr(alphabet, *s) - alphabet);
		if ((have += 5) >= 8)
			to[n++] = (uint8_t)(bits >> (have -= 8));
	}
	return n;
}

static void code_now(const char *secret, char to[16])
{
	uint8_t key[64];
	const size_t n = from_base32(secret, key);

	(void)snprintf(to, 16, "%06u", hotp(key, n, (uint64_t)(d->l.now / NS_PER_S) / 30, 6));
}

static void second_factor(void **state)
{
	char cookie[128], token[128], form[900], secret[100], id[40], code[16], ticket[PEOPLE_TICKET], recovery[40];
	struct got g;

	(void)state;
	people_sign_in(d, "e.muster", cookie);
	people_token(d, cookie, "/de/settings", token);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=totp&label=%%22%%3C%%26'", token);
	people_ask(d, WITH(cookie), "/de/settings", form, &g);
	assert_int_equal(g.status, 200);
	assert_string_equal(g.cache, "no-store");
	between(&g, "class=\"hash secret\">", "<", secret, sizeof(secret));
	between(&g, "name=\"id\" value=\"", "\"", id, sizeof(id));
	assert_true(has(&g, "<svg class=\"qr\""));
	got_free(&g);
	/* Not confirmed yet: the password is enough. */
	people_sign_in(d, "e.muster", cookie);
	people_token(d, cookie, "/de/settings", token);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=totp-confirm&id=%s&code=123", token, id);
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings", form), 422);
	code_now(secret, code);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=totp-confirm&id=%s&code=%s", token, id, code);
	people_ask(d, WITH(cookie), "/de/settings", form, &g);
	assert_string_equal(g.location, "/de/settings?done=factor");
	got_free(&g);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=codes", token);
	people_ask(d, WITH(cookie), "/de/settings", form, &g);
	between(&g, "<li class=\"hash\">", "<", recovery, sizeof(recovery));
	got_free(&g);
	people_ask(d, WITH(cookie), "/de/settings", NULL, &g);
	assert_true(has(&g, "&#34;&lt;&amp;&#39;") && has(&g, "10 Wiederherstellungscodes"));
	got_free(&g);
	/* From now on the password leads to a second step only. */
	for (int k = 0; k < 2; k++) {
		d->l.now += 60 * NS_PER_S;
		people_ask(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie&to=%2Fde%2Frecord", &g);
		assert_int_equal(g.status, 200);
		assert_string_equal(g.cookie, "");
		between(&g, "name=\"ticket\" value=\"", "\"", ticket, sizeof(ticket));
		assert_true(has(&g, "name=\"to\" value=\"/de/record\""));
		got_free(&g);
		(void)snprintf(form, sizeof(form), "step=code&ticket=%s&code=999&to=%%2Fde%%2Frecord", ticket);
		assert_int_equal(people_status(d, NOBODY, "/de/sign-in", form), 403);
		people_ask(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie", &g);
		between(&g, "name=\"ticket\" value=\"", "\"", ticket, sizeof(ticket));
		got_free(&g);
		code_now(secret, code);
		(void)snprintf(form, sizeof(form), "step=code&ticket=%s&code=%s&to=%%2Fde%%2Frecord", ticket, k == 0 ? code : recovery);
		people_ask(d, NOBODY, "/de/sign-in", form, &g);
		assert_int_equal(g.status, 303);
		assert_string_equal(g.location, "/de/record");
		got_free(&g);
		/* A ticket opens once. */
		assert_int_equal(people_status(d, NOBODY, "/de/sign-in", form), 403);
	}
}

/* Ten minutes after signing in, passwords and factors want a new sign-in. */
static void not_fresh(void **state)
{
	static const char *const acts[] = {"act=totp&label=x", "act=codes", "act=password&old=korrekt+pferd+batterie&new=ein+langes+neues&again=ein+langes+neues", "act=drop-factor&id=0011223344556677"};
	CLEANUP_BUF struct buf before = BUF_INIT(0), after = BUF_INIT(0);
	char cookie[128], token[128], form[400];
	struct got g;

	(void)state;
	people_sign_in(d, "e.muster", cookie);
	d->l.now += (LIMIT_FRESH_S + 1) * NS_PER_S;
	people_token(d, cookie, "/de/settings", token);
	people_digest(d, &before);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		(void)snprintf(form, sizeof(form), "csrf=%s&%s", token, acts[i]);
		people_ask(d, WITH(cookie), "/de/settings", form, &g);
		assert_int_equal(g.status, 422);
		assert_true(has(&g, "/de/sign-in?to=%2Fde%2Fsettings") && has(&g, "class=\"faults\""));
		got_free(&g);
	}
	people_digest(d, &after);
	assert_string_equal(before.p, after.p);
}

static void password_changes(void **state)
{
	static const struct { const char *form; int status; } rows[] = {
		{"old=falsch&new=ein+langes+neues&again=ein+langes+neues", 422}, {"old=korrekt+pferd+batterie&new=kurz&again=kurz", 422}, {"old=korrekt+pferd+batterie&new=ein+langes+neues&again=ein+anderes+neues", 422},
		{"old=korrekt+pferd+batterie&new=+ein+langes+neues+&again=+ein+langes+neues+", 303},
	};
	char cookie[128], other[128], token[128], form[400];
	struct got g;

	(void)state;
	people_sign_in(d, "e.muster", other);
	people_sign_in(d, "e.muster", cookie);
	people_token(d, cookie, "/de/settings", token);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)snprintf(form, sizeof(form), "csrf=%s&act=password&%s", token, rows[i].form);
		people_ask(d, WITH(cookie), "/de/settings", form, &g);
		assert_int_equal(g.status, rows[i].status);
		assert_false(has(&g, "korrekt") || has(&g, "langes neues"));
		got_free(&g);
	}
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings", NULL), 200);
	assert_int_equal(people_status(d, WITH(other), "/de/settings", NULL), 303);
	assert_int_equal(people_status(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie"), 403);
	assert_int_equal(people_status(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=+ein+langes+neues+"), 303);
}

/* ---- tokens of forms ---- */

static const struct { const char *path, *form; } posts[] = {
	{"/de/sign-out", "x=1"}, {"/de/settings", "act=look&lang=ja&order=&era=1"}, {"/de/settings", "act=password&old=korrekt+pferd+batterie&new=ein+langes+neues&again=ein+langes+neues"},
	{"/de/settings", "act=totp&label=x"}, {"/de/settings", "act=codes"}, {"/de/settings", "act=end-others"}, {"/de/settings", "act=key&ticket=x&answer=x"}, {"/de/settings", "act=drop-factor&id=x"},
	{"/de/settings/users", "name=neu&agency=AA&role=reader&password=ein+langes+neues"}, {"/de/settings/users/l.leser", "act=disable"}, {"/de/settings/users/l.leser", "act=save&agency=AA&role=administrator"},
	{"/de/settings/users/l.leser", "act=password&password=ein+langes+neues"}, {"/de/settings/users/l.leser", "act=hand-over&to=e.muster&sure=1"}, {"/de/settings/users/e.muster", "act=end-session&id=x"},
	{"/de/sign-in", "step=password&name=a.admin&password=korrekt+pferd+batterie"},
};

static void forms_of_others(void **state)
{
	CLEANUP_BUF struct buf before = BUF_INIT(0), after = BUF_INIT(0);
	char cookie[128], other[128], token[128], others[128], form[600];

	(void)state;
	people_sign_in(d, "a.admin", cookie);
	people_sign_in(d, "e.muster", other);
	people_token(d, cookie, "/de/settings", token);
	people_token(d, other, "/de/settings", others);
	people_digest(d, &before);
	for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
		const struct { const char *csrf, *origin, *site; } bad[] = {{NULL, NULL, NULL}, {"", NULL, NULL}, {"x", NULL, NULL}, {others, NULL, NULL}, {token, "https://evil.example", NULL}, {token, "null", NULL},
			{token, NULL, "cross-site"}, {token, NULL, "same-site"}};

		for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
			const struct sent b = {.cookie = cookie, .origin = bad[k].origin, .site = bad[k].site};
			int status;

			(void)snprintf(form, sizeof(form), "%s%s%s", posts[i].form, bad[k].csrf != NULL ? "&csrf=" : "", bad[k].csrf != NULL ? bad[k].csrf : "");
			if ((status = people_status(d, &b, posts[i].path, form)) != 403)
				fail_msg("%s %s, trick %zu: %d", posts[i].path, posts[i].form, k, status);
		}
	}
	people_digest(d, &after);
	assert_string_equal(before.p, after.p);
}

/* The same forms work with the token, so what was refused above was refused for it. */
static void forms_of_ones_own(void **state)
{
	CLEANUP_BUF struct buf before = BUF_INIT(0), after = BUF_INIT(0);
	char cookie[128], token[128], form[600];

	(void)state;
	people_sign_in(d, "a.admin", cookie);
	people_token(d, cookie, "/de/settings", token);
	people_digest(d, &before);
	for (size_t i = 8; i < 12; i++) {
		(void)snprintf(form, sizeof(form), "%s&csrf=%s", posts[i].form, token);
		assert_int_equal(people_status(d, WITH(cookie), posts[i].path, form), 303);
	}
	people_digest(d, &after);
	assert_string_not_equal(before.p, after.p);
}

static void no_fixed_session(void **state)
{
	char cookie[128], again[128];
	struct got g;

	(void)state;
	people_ask(d, WITH("verbale=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "/de/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie", &g);
	assert_int_equal(g.status, 303);
	assert_null(strstr(g.cookie, "AAAAAAAA"));
	cookie_of(&g, cookie);
	got_free(&g);
	assert_int_equal(people_status(d, WITH("verbale=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "/de/settings", NULL), 303);
	/* One who signs in anew leaves the session he came with. */
	{
		char token[128], form[256];

		people_token(d, cookie, "/de/sign-in", token);
		(void)snprintf(form, sizeof(form), "step=password&name=e.muster&password=korrekt+pferd+batterie&csrf=%s", token);
		people_ask(d, WITH(cookie), "/de/sign-in", form, &g);
	}
	assert_int_equal(g.status, 303);
	cookie_of(&g, again);
	got_free(&g);
	assert_string_not_equal(cookie, again);
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings", NULL), 303);
	assert_int_equal(people_status(d, WITH(again), "/de/settings", NULL), 200);
}

/* ---- where it leads ---- */

static void nowhere_else(void **state)
{
	static const char *const odd[] = {"//evil.example", "//evil.example/de/", "/%5Cevil.example", "%5C%5Cevil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)", "%2F%09%2Fevil.example",
		"/%0d%0aSet-Cookie:%20a=b", "%0d%0a//evil.example", "evil.example", "", "%20/de/", "/de/%00", "///evil.example", "/%0A/evil.example", "http:/de/", "@evil.example", "/de/%7f"};
	char form[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct got g;

		(void)snprintf(form, sizeof(form), "step=password&name=e.muster&password=korrekt+pferd+batterie&to=%s", odd[i]);
		people_ask(d, NOBODY, "/de/sign-in", form, &g);
		if (g.status == 303 ? strcmp(g.location, "/de/") != 0 : g.status < 400 || g.status >= 500)
			fail_msg("to=%s: %d %s", odd[i], g.status, g.location);
		got_free(&g);
	}
	{
		struct got g;

		people_ask(d, NOBODY, "/de/sign-in?to=//evil.example", NULL, &g);
		assert_false(has(&g, "evil"));
		got_free(&g);
		people_ask(d, NOBODY, "/de/sign-in", "step=password&name=e.muster&password=korrekt+pferd+batterie&to=%2Fja%2F%E6%97%A5", &g);
		assert_string_equal(g.location, "/ja/%E6%97%A5");
		got_free(&g);
	}
}

/* ---- texts ---- */

#define EVIL "<\"'&></p><script>alert(1)"

static void evil_texts(void **state)
{
	static const char *const pages[] = {"/de/settings", "/ja/settings", "/en/settings/users", "/de/settings/users/e.muster", "/en/settings/users/l.leser", "/de/sign-in"};
	char cookie[128], token[128], form[600];
	struct state_session x = {.id = "00112233aabbccdd", .user = "e.muster", .how = "password", .from = "<i>", .agent = EVIL, .created_s = d->l.now / NS_PER_S, .seen_s = d->l.now / NS_PER_S};
	struct err e = {0};
	struct got g;

	(void)state;
	people_user(d, "e.muster", EVIL, "administrator");
	assert_int_equal(state_put_session(d->s, &x, &e), 0);
	people_sign_in(d, "e.muster", cookie);
	people_token(d, cookie, "/de/settings", token);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=totp&label=%%3Cscript%%3Ealert(1)%%22%%27%%26", token);
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings", form), 200);
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		people_ask(d, WITH(cookie), pages[i], NULL, &g);
		assert_int_equal(g.status, 200);
		assert_false(has(&g, "<script>") || has(&g, "alert(1)\"") || has(&g, "<i>"));
		got_free(&g);
	}
	(void)snprintf(form, sizeof(form), "csrf=%s&name=%%3Cscript%%3E&agency=%%22%%3E%%3Cscript%%3E&role=%%3Cscript%%3E&password=x", token);
	people_ask(d, WITH(cookie), "/de/settings/users", form, &g);
	assert_int_equal(g.status, 422);
	assert_true(has(&g, "value=\"&lt;script&gt;\"") && !has(&g, "<script>"));
	got_free(&g);
	people_ask(d, NOBODY, "/de/sign-in", "step=password&name=%3Cscript%3E%22&password=x", &g);
	assert_true(has(&g, "&lt;script&gt;&#34;") && !has(&g, "<script>"));
	got_free(&g);
}

/* ---- roles and pages ---- */

static void roles_and_pages(void **state)
{
	static const char *const roles[] = {"reader", "contributor", "desk-officer", "releaser", "administrator", "auditor"};
	static const struct { const char *path; int need; } pages[] = {
		{"/de/", -2}, {"/de/sign-in", -2}, {"/de/help", -2}, {"/de/accessibility", -2}, {"/de/privacy", -2}, {"/de/settings", -1}, {"/de/settings/users", RIGHT_ADMIN}, {"/de/settings/users/l.leser", RIGHT_ADMIN},
		{"/de/settings/audit", RIGHT_AUDIT}, {"/de/settings/audit.tsv", RIGHT_AUDIT}, {"/de/settings/audit.jsonl", RIGHT_AUDIT},
	};
	char cookie[128];

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(pages); k++)
		assert_int_equal(people_status(d, NOBODY, pages[k].path, NULL), pages[k].need == -2 ? 200 : 303);
	for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
		people_user(d, "e.muster", "AA", roles[r]);
		people_sign_in(d, "e.muster", cookie);
		for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
			const bool may = pages[k].need < 0 || role_has(role_parse(roles[r]), (enum right)pages[k].need);
			const int status = people_status(d, WITH(cookie), pages[k].path, NULL);

			if (status != (may ? 200 : 403))
				fail_msg("%s of %s: %d", pages[k].path, roles[r], status);
		}
	}
	d->web.access = NULL; /* no people here: nothing of theirs is there */
	for (size_t k = 0; k < ARRAY_LEN(pages); k++)
		assert_int_equal(people_status(d, NOBODY, pages[k].path, NULL), pages[k].need == -2 && strcmp(pages[k].path, "/de/sign-in") != 0 ? 200 : 404);
	d->web.access = d->a;
}

/* What is not there is not there for him either, in his own frame; an address nobody knows looks the same. */
static void errors_of_a_person(void **state)
{
	static const char *const none[] = {"/de/series/x", "/de/record/x", "/de/nothing", "/de/settings/x/y/z"};
	char cookie[128];
	size_t n = 0;

	(void)state;
	people_sign_in(d, "e.muster", cookie);
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		struct got g;

		people_ask(d, WITH(cookie), none[i], NULL, &g);
		assert_int_equal(g.status, 404);
		assert_string_equal(g.cache, "no-store");
		assert_true(has(&g, "<b>e.muster</b>"));
		assert_true(n == 0 || n == g.body.n);
		n = g.body.n;
		got_free(&g);
	}
	{
		struct got g;

		people_ask(d, WITH(cookie), "/de/settings/users", NULL, &g);
		assert_int_equal(g.status, 403);
		assert_true(has(&g, "<b>e.muster</b>"));
		got_free(&g);
	}
}

/* Of the acts of administrators, none is another's, and some not even their own on themselves. */
static void acts_of_administrators(void **state)
{
	static const char *const acts[] = {"act=save&agency=AA&role=administrator", "act=password&password=ein+langes+neues", "act=disable", "act=enable", "act=hand-over&to=a.admin&sure=1", "act=drop-factor&id=x", "act=end-session&id=x"};
	CLEANUP_BUF struct buf before = BUF_INIT(0), after = BUF_INIT(0);
	char reader[128], admin[128], token[128], own[128], form[400];

	(void)state;
	people_sign_in(d, "l.leser", reader);
	people_sign_in(d, "a.admin", admin);
	people_token(d, reader, "/de/settings", token);
	people_token(d, admin, "/de/settings", own);
	people_digest(d, &before);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		(void)snprintf(form, sizeof(form), "csrf=%s&%s", token, acts[i]);
		assert_int_equal(people_status(d, WITH(reader), "/de/settings/users/l.leser", form), 403);
		assert_int_equal(people_status(d, WITH(reader), "/de/settings/users/e.muster", form), 403);
		(void)snprintf(form, sizeof(form), "csrf=%s&%s", own, acts[i]);
		assert_true(people_status(d, WITH(admin), "/de/settings/users/a.admin", form) >= 400);
		assert_int_equal(people_status(d, WITH(admin), "/de/settings/users/nobody", form), 404);
	}
	(void)snprintf(form, sizeof(form), "csrf=%s&act=hand-over&to=l.leser", own);
	assert_int_equal(people_status(d, WITH(admin), "/de/settings/users/e.muster", form), 422);
	people_digest(d, &after);
	assert_string_equal(before.p, after.p);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=hand-over&to=e.muster&sure=1", own);
	assert_int_equal(people_status(d, WITH(admin), "/de/settings/users/l.leser", form), 303);
	assert_int_equal(people_status(d, WITH(reader), "/de/settings", NULL), 303);
}

/* ---- what of the record ---- */

#define STATEMENT "/de/series/de-jp-cyber/rounds/1/statement"

/* Before it is published: shown to those of the parties who are signed in, as far as grants let them; to nobody else. */
static void drafts_and_grants(void **state)
{
	static const char *const addresses[] = {STATEMENT, "/de/record/DJ-2016-0003", "/r/DJ-2016-0003.json", "/r/DJ-2016-0003"};
	struct weblab *w = test_calloc(1, sizeof(*w));
	struct state_grant g = {.subject = "user:l.leser", .read = true};
	struct err e = {0};
	char cookie[128], other[128];

	(void)state;
	weblab_open(w);
	*d = (struct people_lab){.l = {.w = w->l.w, .now = w->l.now}, .n = w->de};
	house_people(d);
	people_user(d, "e.muster", "AA", "desk-officer");
	people_user(d, "l.leser", "BSI", "reader");
	people_sign_in(d, "e.muster", cookie);
	people_sign_in(d, "l.leser", other);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		assert_int_equal(people_status(d, NOBODY, addresses[i], NULL), 404);
		assert_int_equal(people_status(d, WITH(cookie), addresses[i], NULL), i == 3 ? 303 : 200);
		assert_int_equal(people_status(d, WITH(other), addresses[i], NULL), i == 3 ? 303 : 200);
	}
	collection_uuid(g.collection);
	assert_int_equal(state_put_grant(d->s, &g, &e), 0);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		assert_int_equal(people_status(d, WITH(cookie), addresses[i], NULL), 404);
		assert_int_equal(people_status(d, WITH(other), addresses[i], NULL), i == 3 ? 303 : 200);
	}
	/* What everybody may read, he may, too. */
	weblab_publish(w, "2016-09-12T10:00:00.000Z");
	weblab_set(w, "2016-09-12T10:20:00.000Z");
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		assert_int_equal(people_status(d, NOBODY, addresses[i], NULL), i == 3 ? 303 : 200);
		assert_int_equal(people_status(d, WITH(cookie), addresses[i], NULL), i == 3 ? 303 : 200);
	}
	house_leave(d);
	weblab_close(w);
	test_free(w);
}

/* ---- the audit log ---- */

static void audit_pages(void **state)
{
	char cookie[128];
	struct got g;

	(void)state;
	people_user(d, "e.muster", "AA", "auditor");
	IGNORE(people_status(d, NOBODY, "/de/sign-in", "step=password&name=l.leser&password=falsch"), "noted");
	people_sign_in(d, "e.muster", cookie);
	people_ask(d, WITH(cookie), "/de/settings/audit", NULL, &g);
	assert_true(has(&g, "sign-in") && has(&g, "tag bad") && has(&g, "l.leser"));
	got_free(&g);
	people_ask(d, WITH(cookie), "/de/settings/audit?user=e.muster&since=12.09.2016&until=12.09.2016", NULL, &g);
	assert_true(has(&g, "DE/AA/e.muster") && !has(&g, "l.leser"));
	got_free(&g);
	people_ask(d, WITH(cookie), "/de/settings/audit?since=13.09.2016", NULL, &g);
	assert_true(has(&g, "In dieser Zeit wurde nichts notiert."));
	got_free(&g);
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings/audit?since=31.02.2016", NULL), 422);
	assert_int_equal(people_status(d, WITH(cookie), "/de/settings/audit.tsv?since=31.02.2016", NULL), 400);
	people_ask(d, WITH(cookie), "/de/settings/audit.tsv?since=2016-01-01", NULL, &g);
	assert_int_equal(strncmp(g.body.p, "number\ttime\twho\t", 16), 0);
	assert_true(has(&g, "\taudit export\t"));
	assert_string_equal(g.cache, "no-store");
	got_free(&g);
	people_ask(d, WITH(cookie), "/de/settings/audit.jsonl", NULL, &g);
	assert_int_equal(strncmp(g.body.p, "{\"number\":", 10), 0);
	got_free(&g);
}

/* ---- how pages look ---- */

static void looks(void **state)
{
	static const struct { const char *cookie, *to; } rows[] = {{"look=ja__1", "/ja/"}, {"look=de_ja-de_", "/de/"}, {"look=", "/en/"}, {"look=xx__", "/en/"}, {"look=ja", "/en/"}, {"look=ja__;look=de__", "/en/"}, {"look=ja__1; verbale=x", "/ja/"},
		{"look=jajajajajajajajajajajajaja__", "/en/"}};
	char cookie[128], token[128], form[400];
	struct got g;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		people_ask(d, WITH(rows[i].cookie), "/", NULL, &g);
		assert_string_equal(g.location, rows[i].to);
		got_free(&g);
	}
	people_sign_in(d, "e.muster", cookie);
	people_token(d, cookie, "/de/settings", token);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=look&lang=ja&order=ja-de-en&era=1", token);
	people_ask(d, WITH(cookie), "/de/settings", form, &g);
	assert_string_equal(g.location, "/ja/settings?done=saved");
	assert_int_equal(strncmp(g.cookie, "look=ja_ja-de-en_1; ", 20), 0);
	got_free(&g);
	(void)snprintf(form, sizeof(form), "csrf=%s&act=look&lang=%%0d%%0a&order=x%%0d%%0aSet-Cookie:a&era=", token);
	people_ask(d, WITH(cookie), "/de/settings", form, &g);
	assert_int_equal(strncmp(g.cookie, "look=__; ", 9), 0);
	got_free(&g);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(in_and_out), T(too_often), T(odd_forms), T(second_factor), T(not_fresh), T(password_changes), T(forms_of_others), T(forms_of_ones_own), T(no_fixed_session), T(nowhere_else), T(evil_texts), T(roles_and_pages), T(errors_of_a_person),
		T(acts_of_administrators), T(audit_pages), cmocka_unit_test(drafts_and_grants), T(looks),
	};

	return cmocka_run_group_tests_name("web: people", tests, NULL, NULL);
}
