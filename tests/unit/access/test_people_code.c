/* Second factors by code: what a code is, that it opens once, and what guessing costs whom. */
#include "lab.h"

#include <stdio.h>

#include "base/enc.h"
#include "base/mem.h"

static struct lab the, *const lab = &the;
static struct people_office *office;
static uint8_t secret[TOTP_SECRET];
static char cookie[PEOPLE_COOKIE], factor[17];

static int setup(void **state)
{
	(void)state;
	lab_open(lab, 0, 0);
	lab_user(lab, "muster", "DE", "AA", "desk-officer", PASSWORD);
	lab_user(lab, "beispiel", "DE", "BSI", "reader", PASSWORD);
	OK(people_office_command(&lab->w, lab->dir, "DE", lab->s, &office, &lab->e));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	people_office_close(office);
	lab_close(lab);
	return 0;
}

static int last_factor(void *ctx, const struct state_factor *f, struct err *e)
{
	(void)e;
	*(struct state_factor *)ctx = *f;
	return 0;
}

/* One-time codes for muster, by command; the secret is what the address says, in base32. */
static void enrol(void)
{
	char uri[PEOPLE_URI], text[BASE32_LEN(TOTP_SECRET) + 1];
	struct state_factor f = {.id = ""};
	struct people_keys keys;

	OK(people_totp_new(office, "muster", "telephone", uri, NULL, &lab->e));
	OK(state_factors(lab->s, "muster", last_factor, &f, &lab->e));
	OK(people_keys_load(&lab->w, lab->dir, false, &keys, &lab->e));
	assert_true(totp_unseal(&keys, &f, secret));
	base32_encode(secret, sizeof(secret), text);
	assert_non_null(strstr(uri, text));
	assert_int_equal(strncmp(uri, "otpauth://totp/Verbale%20DE:muster?secret=", 42), 0);
	memcpy(factor, f.id, sizeof(factor));
	/* Not in the file as it is. */
	assert_null(memmem(f.secret, f.secret_n, secret, sizeof(secret)));
}

static const char *code_at(int64_t offset_s)
{
	static char text[16];

	(void)snprintf(text, sizeof(text), "%06u", hotp(secret, sizeof(secret), (uint64_t)(lab->now / NS_PER_S + offset_s) / TOTP_STEP_S, 6));
	return text;
}

/* The first step; ticket into lab->in. */
static int password(const char *addr)
{
	lab_from(lab, &(struct browser){.addr = addr});
	return people_password(lab->a, &lab->from, "muster", PASSWORD, &lab->in, &lab->e);
}

static int code(const char *ticket, const char *text) { return people_code(lab->a, &lab->from, ticket, text, &lab->in, &lab->e); }

static void test_pure(void **state)
{
	static const uint8_t key[TOTP_SECRET + 1] = "12345678901234567890";
	static const char *const odd[] = {"", "28708", "2870822", "28708x", " 287082", "287082 ", "+87082", "２８７０８２"};

	(void)state;
	/* RFC 6238 at 59 s: step 1. */
	assert_int_equal(totp_step(key, "287082", 59, 0), 1);
	assert_int_equal(totp_step(key, "287082", 30, 0), 1);
	assert_int_equal(totp_step(key, "287082", 89, 0), 1);
	assert_int_equal(totp_step(key, "287082", 90, 0), 0);
	assert_int_equal(totp_step(key, "359152", 30, 0), 2); /* a clock that is ahead */
	assert_int_equal(totp_step(key, "287082", 59, 1), 0); /* used */
	assert_int_equal(totp_step(key, "287082", 59, 2), 0); /* a later one was used */
	assert_int_equal(totp_step(key, "287083", 59, 0), 0);
	assert_int_equal(totp_step(key, "287082", 0, 0), 0);
	assert_int_equal(totp_step(key, "287082", -100, 0), 0);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		assert_int_equal(totp_step(key, odd[i], 59, 0), 0);
}

static void test_two_steps(void **state)
{
	char ticket[PEOPLE_TICKET], used[16];

	(void)state;
	enrol();
	OK(password(NULL));
	assert_false(lab->in.done);
	assert_string_equal(lab->in.cookie, "");
	assert_true(lab->in.by_code);
	assert_false(lab->in.by_key);
	assert_false(lab->in.by_recovery);
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_null(strstr(ticket, "muster"));
	assert_int_equal(code(ticket, "000000"), E_DENIED);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|code|refused: wrong code");
	memcpy(used, code_at(0), sizeof(used));
	OK(code(ticket, used));
	assert_true(lab->in.done);
	lab_cookie(lab, cookie);
	OK(lab_visit(lab, &(struct browser){.cookie = cookie}));
	assert_true(lab->p.known);
	assert_int_equal(lab->ses.how, HOW_CODE);
	assert_string_equal(lab_audit(lab), "DE/AA/muster|192.0.2.1|sign-in|code|done");
	/* Neither the ticket again, nor the code with another one, nor an older code. */
	lab->now += 30 * NS_PER_S;
	assert_int_equal(code(ticket, code_at(0)), E_DENIED);
	OK(password(NULL));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_int_equal(code(ticket, used), E_DENIED);
	assert_false(lab->in.done);
	OK(code(ticket, code_at(30)));
	OK(password(NULL));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_int_equal(code(ticket, code_at(0)), E_DENIED);
}

static void test_tickets(void **state)
{
	char ticket[PEOPLE_TICKET], changed[PEOPLE_TICKET];
	struct state_user u;
	struct access_conf c = {.w = &lab->w, .party = "DE"};

	(void)state;
	enrol();
	OK(password(NULL));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_int_equal(code(NULL, code_at(0)), E_DENIED);
	assert_int_equal(code("", code_at(0)), E_DENIED);
	for (size_t i = 0; ticket[i] != '\0'; i += 7) {
		memcpy(changed, ticket, sizeof(changed));
		changed[i] = changed[i] == 'x' ? 'y' : 'x';
		assert_int_equal(code(changed, code_at(0)), E_DENIED);
	}
	lab->now += LIMIT_TICKET_S * NS_PER_S;
	assert_int_equal(code(ticket, code_at(0)), E_DENIED);
	lab->now -= NS_PER_S;
	/* The password was changed between the steps. */
	OK(access_set_password(&lab->w, lab->s, "muster", "another password", &lab->e));
	assert_int_equal(code(ticket, code_at(0)), E_DENIED);
	OK(access_set_password(&lab->w, lab->s, "muster", PASSWORD, &lab->e));
	OK(password(NULL));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	OK(state_get_user(lab->s, "muster", &u, &lab->e));
	u.disabled = true;
	OK(state_put_user(lab->s, &u, &lab->e));
	assert_int_equal(code(ticket, code_at(0)), E_DENIED);
	u.disabled = false;
	OK(state_put_user(lab->s, &u, &lab->e));
	/* Another process knows nothing of it. */
	access_close(lab->a);
	OK(access_open(&c, lab->dir, &lab->a, &lab->e));
	assert_int_equal(code(ticket, code_at(0)), E_DENIED);
	OK(password(NULL));
	OK(code(lab->in.ticket, code_at(0)));
}

/* A program that signs in by password alone is refused once there is a second factor. */
static void test_programs(void **state)
{
	char field[2048];

	(void)state;
	basic("muster", PASSWORD, field);
	OK(lab_ask(lab, field, NULL, "192.0.2.1"));
	assert_true(lab->p.known);
	enrol();
	assert_int_equal(lab_ask(lab, field, NULL, "192.0.2.1"), E_DENIED);
	OK(people_drop_factor(office, "muster", factor, &lab->e));
	OK(lab_ask(lab, field, NULL, "192.0.2.1"));
}

static void test_guessing(void **state)
{
	char ticket[PEOPLE_TICKET], addr[32];

	(void)state;
	enrol();
	/* From many addresses, with the right password: this device waits for the rest of the hour, whoever asks. */
	for (unsigned i = 0; i < LIMIT_CODE_FAILURES; i++) {
		(void)snprintf(addr, sizeof(addr), "203.0.113.%u", i);
		OK(password(addr));
		memcpy(ticket, lab->in.ticket, sizeof(ticket));
		assert_int_equal(code(ticket, "000000"), E_DENIED);
	}
	OK(password(NULL));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_int_equal(code(ticket, code_at(0)), E_LIMIT);
	assert_in_range(lab->in.wait, 3500, 3600);
	/* Others are not touched, and another device of the same person is not. */
	lab_sign_in(lab, "beispiel", cookie);
	lab->now += 3600 * NS_PER_S;
	OK(password(NULL));
	OK(code(lab->in.ticket, code_at(0)));
}

static void test_address(void **state)
{
	char ticket[PEOPLE_TICKET];
	unsigned denied = 0;

	(void)state;
	enrol();
	OK(password("203.0.113.1"));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	for (unsigned i = 0; i < LIMIT_ADDR_FAILURES + 5; i++) {
		/* Codes of recovery's form are not counted at a device, but at the address. */
		const int rc = code(ticket, "aaaa-aaaa-aaaa-aaaa");

		denied += rc == E_DENIED;
		assert_true(rc == E_DENIED || rc == E_LIMIT);
	}
	assert_int_equal(denied, LIMIT_ADDR_FAILURES);
	OK(password("192.0.2.1"));
	OK(code(lab->in.ticket, code_at(0)));
}

static void test_recovery(void **state)
{
	char codes[PEOPLE_CODES][PEOPLE_CODE], again[PEOPLE_CODES][PEOPLE_CODE], ticket[PEOPLE_TICKET], loud[64];
	size_t left = 0;

	(void)state;
	enrol();
	OK(people_codes_new(office, "muster", codes, &lab->e));
	for (size_t i = 0; i < PEOPLE_CODES; i++) {
		assert_int_equal(strlen(codes[i]), 19);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(codes[i], codes[j]);
	}
	OK(password(NULL));
	assert_true(lab->in.by_recovery);
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_int_equal(code(ticket, "abcd-efgh-ijkl-mnop"), E_DENIED);
	/* As people type it. */
	(void)snprintf(loud, sizeof(loud), " %.4s%.4s %.4s-%.4s", codes[3], codes[3] + 5, codes[3] + 10, codes[3] + 15);
	for (char *s = loud; *s != '\0'; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - 'a' + 'A');
	OK(code(ticket, loud));
	assert_true(lab->in.done);
	OK(people_codes_left(office, "muster", &left, &lab->e));
	assert_int_equal(left, PEOPLE_CODES - 1);
	OK(password(NULL));
	memcpy(ticket, lab->in.ticket, sizeof(ticket));
	assert_int_equal(code(ticket, codes[3]), E_DENIED);
	/* New ones end the old ones; nobody's work for others. */
	OK(people_codes_new(office, "muster", again, &lab->e));
	assert_int_equal(code(ticket, codes[4]), E_DENIED);
	OK(people_codes_new(office, "beispiel", codes, &lab->e));
	assert_int_equal(code(ticket, codes[0]), E_DENIED);
	OK(code(ticket, again[0]));
}

/* Many threads with one code and one ticket: it opens once. */
static _Atomic unsigned opened;
static char shared_ticket[PEOPLE_TICKET], shared_code[16];

static void *try_code(void *ctx)
{
	struct people_in in;
	struct err e;

	(void)ctx;
	if (people_code(lab->a, &lab->from, shared_ticket, shared_code, &in, &e) == 0 && in.done)
		opened++;
	return NULL;
}

static void test_race(void **state)
{
	pthread_t t[8];

	(void)state;
	enrol();
	OK(password(NULL));
	memcpy(shared_ticket, lab->in.ticket, sizeof(shared_ticket));
	memcpy(shared_code, code_at(0), sizeof(shared_code));
	opened = 0;
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, try_code, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		pthread_join(t[i], NULL);
	assert_int_equal(opened, 1);
}

/* Two devices: the code of either opens, and using one does not count against the other. */
static void test_devices(void **state)
{
	char uri[PEOPLE_URI], id[17];
	struct state_factor f;

	(void)state;
	OK(people_totp_new(office, "muster", "old", uri, NULL, &lab->e));
	enrol();
	OK(state_get_factor(lab->s, factor, &f, &lab->e));
	for (unsigned i = 0; i < LIMIT_CODE_FAILURES + 2; i++) {
		lab->now += 60 * NS_PER_S;
		OK(password(NULL));
		OK(code(lab->in.ticket, code_at(0)));
	}
	/* One that was shown but never confirmed is none. */
	OK(people_totp_new(office, "beispiel", "", uri, id, &lab->e));
	lab_sign_in(lab, "beispiel", cookie);
	assert_int_equal(people_totp_confirm(office, "beispiel", id, "000000", &lab->e), E_DENIED);
	assert_int_equal(people_totp_confirm(office, "muster", id, "000000", &lab->e), E_NOTFOUND);
}

/* The key that seals is lost, or the file came from elsewhere: nobody gets in by that, and it is said. */
static void test_other_key(void **state)
{
	CLEANUP_STR char *path = mem_printf("%s/keys/people.key", lab->dir);
	struct people_keys keys;

	(void)state;
	enrol();
	OK(password(NULL));
	assert_int_equal(remove(path), 0);
	assert_int_equal(code(lab->in.ticket, "123456"), E_DENIED); /* no key at all */
	OK(people_keys_load(&lab->w, lab->dir, true, &keys, &lab->e));
	OK(password(NULL));
	assert_int_equal(code(lab->in.ticket, code_at(0)), E_CORRUPT);
	assert_false(lab->in.done);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pure), TEST(test_two_steps), TEST(test_tickets), TEST(test_programs), TEST(test_guessing), TEST(test_address), TEST(test_recovery), TEST(test_race),
		TEST(test_devices), TEST(test_other_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
