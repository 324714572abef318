/* Passkeys from the page's side: registered, alone, as second factor, and every lie a browser or an authenticator could tell. */
#include "lab.h"

#include <stdio.h>

#include "authenticator.h"
#include "base/enc.h"
#include "json/json.h"

static struct lab the, *const lab = &the;
static char cookie[PEOPLE_COOKIE], ticket[PEOPLE_TICKET], challenge[64];
static struct authenticator dev;

static const struct browser at_home = {.origin = ORIGIN};

static int setup(void **state)
{
	(void)state;
	lab_open(lab, 0, 0);
	lab_user(lab, "muster", "DE", "AA", "desk-officer", PASSWORD);
	lab_user(lab, "beispiel", "DE", "BSI", "reader", PASSWORD);
	authenticator_make(&dev, PASSKEY_ES256, "verbale.example", ORIGIN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	authenticator_free(&dev);
	lab_close(lab);
	return 0;
}

/* The challenge, and the user's handle if there is one, out of the options. */
static void read_options(const struct buf *options, struct authenticator *a)
{
	struct json_doc *doc = NULL;
	const char *text;

	OK(json_read(options->p, options->n, &(struct json_read_opt){.max_bytes = 0}, &doc, &lab->e));
	text = json_get_str(json_root(doc), "challenge");
	assert_int_equal(strlen(text), 43);
	memcpy(challenge, text, 44);
	assert_true(json_str_is(json_get(json_root(doc), "rpId"), "verbale.example") || json_str_is(json_get(json_get(json_root(doc), "rp"), "id"), "verbale.example"));
	if ((text = json_get_str(json_get(json_root(doc), "user"), "id")) != NULL)
		assert_true(base64url_decode(text, strlen(text), a->user, sizeof(a->user), &a->user_n) && a->user_n == 32);
	json_free(doc);
}

static struct people_office *office_of(const char *name)
{
	struct people_office *o = NULL;

	lab_sign_in(lab, name, cookie);
	lab_from(lab, &at_home);
	OK(people_office_open(lab->a, &lab->p, &lab->ses, &lab->from, &o, &lab->e));
	return o;
}

static void begin_register(struct people_office *o, struct authenticator *a)
{
	CLEANUP_BUF struct buf options = BUF_INIT(0);

	OK(people_key_new(o, ticket, &options, &lab->e));
	read_options(&options, a);
}

static int end_register(struct people_office *o, struct authenticator *a)
{
	CLEANUP_BUF struct buf answer = BUF_INIT(0);

	authenticator_register(a, challenge, &answer);
	return people_key_register(o, ticket, answer.p, "Schlüssel", &lab->e);
}

static void enrol(void)
{
	struct people_office *o = office_of("muster");

	begin_register(o, &dev);
	OK(end_register(o, &dev));
	people_office_close(o);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|passkey new|muster|done");
}

static void begin(const char *with)
{
	CLEANUP_BUF struct buf options = BUF_INIT(0);

	lab_from(lab, &at_home);
	OK(people_key_begin(lab->a, &lab->from, with, ticket, &options, &lab->e));
	read_options(&options, &dev);
	assert_int_equal(strstr(options.p, "\"allowCredentials\":[]") != NULL, with == NULL);
}

static int answer(struct authenticator *a)
{
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	authenticator_answer(a, challenge, &b);
	return people_key(lab->a, &lab->from, ticket, b.p, &lab->in, &lab->e);
}

static void test_alone(void **state)
{
	(void)state;
	enrol();
	begin(NULL);
	OK(answer(&dev));
	assert_true(lab->in.done);
	assert_string_equal(lab->in.name, "muster");
	lab_cookie(lab, cookie);
	OK(lab_visit(lab, &(struct browser){.cookie = cookie}));
	assert_int_equal(lab->ses.how, HOW_KEY);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|passkey|done");
	/* The same ticket and challenge again, with a fresh signature: used. */
	assert_int_equal(answer(&dev), E_DENIED);
	/* Without its handle nobody knows whose it claims to be. */
	begin(NULL);
	dev.user_n = 0;
	assert_int_equal(answer(&dev), E_DENIED);
	dev.user_n = 32;
	dev.user[0] ^= 1;
	assert_int_equal(answer(&dev), E_DENIED);
	dev.user[0] ^= 1;
	OK(answer(&dev));
}

static void test_second(void **state)
{
	char first[PEOPLE_TICKET];

	(void)state;
	enrol();
	lab_from(lab, &at_home);
	OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	assert_false(lab->in.done);
	assert_true(lab->in.by_key);
	assert_false(lab->in.by_code);
	memcpy(first, lab->in.ticket, sizeof(first));
	/* The password's ticket is none for an answer, nor one of a passkey alone for a code. */
	assert_int_equal(people_key(lab->a, &lab->from, first, "{}", &lab->in, &lab->e), E_DENIED);
	begin(first);
	assert_int_equal(people_code(lab->a, &lab->from, ticket, "123456", &lab->in, &lab->e), E_DENIED);
	dev.user_n = 0; /* need not say whose it is */
	OK(answer(&dev));
	assert_true(lab->in.done);
	lab_cookie(lab, cookie);
	OK(lab_visit(lab, &(struct browser){.cookie = cookie}));
	assert_int_equal(lab->ses.how, HOW_KEY_SECOND);
	/* That sign-in is over: the first ticket begins no other. */
	begin(first);
	assert_int_equal(answer(&dev), E_DENIED);
}

static void test_another_user(void **state)
{
	struct authenticator theirs;
	struct people_office *o;

	(void)state;
	enrol();
	authenticator_make(&theirs, PASSKEY_EDDSA, "verbale.example", ORIGIN);
	o = office_of("beispiel");
	begin_register(o, &theirs);
	OK(end_register(o, &theirs));
	people_office_close(o);
	/* With muster's password and beispiel's passkey nobody signs in. */
	lab_from(lab, &at_home);
	OK(people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e));
	begin(lab->in.ticket);
	assert_int_equal(answer(&theirs), E_DENIED);
	begin(NULL);
	OK(answer(&theirs));
	assert_string_equal(lab->in.name, "beispiel");
	authenticator_free(&theirs);
}

static void test_lies(void **state)
{
	char real[64];

	(void)state;
	enrol();
	begin(NULL);
	memcpy(real, challenge, sizeof(real));
	dev.origin = "https://verbale.example.evil";
	assert_int_equal(answer(&dev), E_DENIED);
	dev.origin = "http://verbale.example";
	assert_int_equal(answer(&dev), E_DENIED);
	dev.origin = ORIGIN;
	dev.rp = "evil.example";
	assert_int_equal(answer(&dev), E_DENIED);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|passkey|refused: passkey");
	dev.rp = "verbale.example";
	dev.type = "webauthn.create";
	assert_int_equal(answer(&dev), E_DENIED);
	dev.type = NULL;
	dev.cross = true;
	assert_int_equal(answer(&dev), E_DENIED);
	dev.cross = false;
	dev.flags = 1; /* present, not verified */
	assert_int_equal(answer(&dev), E_DENIED);
	dev.flags = 5;
	challenge[0] = challenge[0] == 'A' ? 'B' : 'A';
	assert_int_equal(answer(&dev), E_DENIED);
	challenge[0] = '\0';
	assert_int_equal(answer(&dev), E_DENIED);
	memcpy(challenge, real, sizeof(real));
	dev.id[0] ^= 1;
	assert_int_equal(answer(&dev), E_DENIED);
	dev.id[0] ^= 1;
	/* All refusals counted something up; none of them ended the ticket. */
	OK(answer(&dev));
	/* A copy: its counter stands behind. */
	dev.count -= 2;
	begin(NULL);
	assert_int_equal(answer(&dev), E_DENIED);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|passkey|refused: counter of the passkey went back");
	lab->now += LIMIT_TICKET_S * NS_PER_S;
	assert_int_equal(answer(&dev), E_DENIED);
}

static void test_wrong_key(void **state)
{
	struct authenticator other;

	(void)state;
	enrol();
	authenticator_make(&other, PASSKEY_ES256, "verbale.example", ORIGIN);
	memcpy(other.id, dev.id, sizeof(dev.id));
	memcpy(other.user, dev.user, sizeof(dev.user));
	other.user_n = dev.user_n;
	other.count = 1000;
	begin(NULL);
	assert_int_equal(answer(&other), E_DENIED);
	authenticator_free(&other);
}

static void test_not_json(void **state)
{
	static const char *const odd[] = {"", "{}", "[]", "null", "{\"type\":\"public-key\"}", "{\"type\":\"public-key\",\"rawId\":\"\",\"response\":{}}", "{\"type\":\"public-key\",\"rawId\":\"AA\",\"response\":[]}",
		"{\"type\":\"public-key\",\"rawId\":\"A\",\"response\":{\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AA\",\"signature\":\"AA\"}}",
		"{\"type\":\"public-key\",\"rawId\":\"AA\",\"response\":{\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AA\",\"signature\":\"AA\"}}",
		"{\"type\":\"public-key\",\"rawId\":\"AA==\",\"response\":{\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AA\",\"signature\":\"AA\"}}",
		"{\"type\":1,\"rawId\":[],\"response\":{\"clientDataJSON\":{},\"authenticatorData\":7,\"signature\":null}}"};

	(void)state;
	enrol();
	begin(NULL);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		assert_int_equal(people_key(lab->a, &lab->from, ticket, odd[i], &lab->in, &lab->e), E_DENIED);
	OK(answer(&dev));
}

static void test_registering(void **state)
{
	struct people_office *o = office_of("muster"), *theirs;
	char kept[PEOPLE_TICKET];

	(void)state;
	begin_register(o, &dev);
	dev.origin = "https://evil.example";
	assert_int_equal(end_register(o, &dev), E_DENIED);
	dev.origin = ORIGIN;
	dev.type = "webauthn.get";
	assert_int_equal(end_register(o, &dev), E_DENIED);
	dev.type = NULL;
	dev.rp = "evil.example";
	assert_int_equal(end_register(o, &dev), E_DENIED);
	dev.rp = "verbale.example";
	dev.flags = 1;
	assert_int_equal(end_register(o, &dev), E_DENIED);
	dev.flags = 5;
	/* A registration begun by one is not ended by another. */
	theirs = office_of("beispiel");
	assert_int_equal(end_register(theirs, &dev), E_DENIED);
	people_office_close(theirs);
	OK(end_register(o, &dev));
	assert_int_equal(end_register(o, &dev), E_DENIED); /* used */
	begin_register(o, &dev);
	assert_int_equal(end_register(o, &dev), E_CONFLICT); /* registered already */
	/* Not by a session that is no longer fresh. */
	begin_register(o, &dev);
	memcpy(kept, ticket, sizeof(kept));
	people_office_close(o);
	lab->now += LIMIT_FRESH_S * NS_PER_S;
	OK(lab_visit(lab, &(struct browser){.cookie = cookie}));
	assert_true(lab->p.known);
	lab_from(lab, &at_home);
	OK(people_office_open(lab->a, &lab->p, &lab->ses, &lab->from, &o, &lab->e));
	assert_int_equal(people_key_new(o, ticket, &(struct buf)BUF_INIT(0), &lab->e), E_DENIED);
	people_office_close(o);
}

static void test_sites(void **state)
{
	static const struct { const char *origin, *rp; } rows[] = {
		{"https://verbale.example", "verbale.example"}, {"https://verbale.example:8443", "verbale.example"}, {"http://localhost:8080", "localhost"},
		{"https://192.0.2.1", NULL}, {"https://[2001:db8::1]:443", NULL}, {"", NULL}, {"verbale.example", NULL}, {"https://", NULL}, {"https://.example", NULL}, {"https://UPPER", NULL},
		{"https://a\"b", NULL},
	};
	struct people_office *o;
	CLEANUP_BUF struct buf b = BUF_INIT(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char rp[LIMIT_ORIGIN_URL + 1];

		assert_int_equal(origin_rp(rows[i].origin, rp), rows[i].rp != NULL);
		if (rows[i].rp != NULL)
			assert_string_equal(rp, rows[i].rp);
	}
	/* Without a name of its own a site has no passkeys; nothing is offered. */
	lab_from(lab, &at_home);
	lab->from.origin[0] = '\0';
	assert_int_equal(people_key_begin(lab->a, &lab->from, NULL, ticket, &b, &lab->e), E_STATE);
	OK(people_office_command(&lab->w, lab->dir, "DE", lab->s, &o, &lab->e));
	assert_int_equal(people_key_new(o, ticket, &b, &lab->e), E_STATE);
	people_office_close(o);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_alone), TEST(test_second), TEST(test_another_user), TEST(test_lies), TEST(test_wrong_key), TEST(test_not_json), TEST(test_registering), TEST(test_sites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
