/* Taking back what one has recorded: one's own, exactly that version, and no consultation paper that way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/enc.h" /* ours before cmocka, whose fail() is a macro */
#include "base/mem.h"
#include "consult/consult.h"
#include "support.h"

#include <cmocka.h>

static int withdraw(struct lab *l, struct node *n, const struct entry *en, bool right_hash, unsigned k, struct err *e)
{
	struct buf b = BUF_INIT(0);
	struct add_result res;
	char hex[65], now[40];
	uint8_t sum[32];

	assert_int_equal(entry_object_sha256(en, sum, e), 0);
	sum[0] ^= right_hash ? 0 : 1;
	hex_encode(sum, 32, hex);
	time_format(clock_now(&l->w.clock), 3, now, sizeof(now));
	buf_printf(&b, "{\"type\":\"verbale-withdrawal\",\"spec_version\":\"2.1\",\"id\":\"verbale-withdrawal--00000000-0000-4000-8000-%012u\",\"created_by_ref\":\"%s\","
	    "\"created\":\"%s\",\"modified\":\"%s\",\"object_ref\":\"%s\",\"object_sha256\":\"%s\",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}}",
	    k, record_self(n->r)->identity, now, now, en->row.id, hex);
	if (en->row.modified[0] != '\0')
		buf_printf(&b, ",\"object_modified\":\"%s\"", en->row.modified);
	buf_putc(&b, '}');
	assert_int_equal(b.err, 0);
	res = add_one(n, b.p);
	buf_free(&b);
	*e = res.err;
	return res.what == ADDED_NEW ? 0 : res.err.code;
}

static void newest(struct node *n, const char *id, struct entry *ret)
{
	struct err e = {0};

	assert_int_equal(record_newest(n->rd, id, NULL, ret, &e), 0);
}

static void own_things_only(void **unused)
{
	char *json = indicator_json(1, NULL, "one"), *more = indicator_json(2, NULL, "two");
	struct lab l;
	struct node de, jp;
	struct entry en;
	struct err e = {0};

	(void)unused;
	lab_open(&l, 1);
	node_make(&l, &de, "DE");
	node_make(&l, &jp, "JP");
	record_set_rules(de.r, consult_rule, consult_public, NULL);
	record_set_rules(jp.r, consult_rule, consult_public, NULL);
	node_pin(&de, &jp);
	node_pin(&jp, &de);
	found_collection(&de, "\"DE\",\"JP\"", "amber");
	const struct add_result one = add_one(&de, json);

	add_ok(&de, more);
	newest(&de, one.id, &en);
	assert_int_equal(withdraw(&l, &de, &en, false, 1, &e), E_NOTFOUND); /* not that version */
	assert_int_equal(withdraw(&l, &de, &en, true, 2, &e), 0);
	entry_free(&en);
	newest(&de, "verbale-collection--" COLLECTION, &en);
	assert_int_equal(withdraw(&l, &de, &en, true, 3, &e), E_STATE); /* has a way of its own */
	assert_int_equal(follow_direct(&jp, &de, &e), 0);
	char *yes = assent_json(&jp, &en, "agree");

	add_ok(&jp, yes);
	entry_free(&en);
	newest(&jp, one.id, &en);
	assert_int_equal(withdraw(&l, &jp, &en, true, 4, &e), E_NOTFOUND); /* another's object */
	entry_free(&en);
	mem_free(yes);
	mem_free(json);
	mem_free(more);
	node_close(&de);
	node_close(&jp);
	node_free(&de);
	node_free(&jp);
	lab_close(&l);
}

/* Whoever writes threat data may take it back; whoever writes in the consultation alone does not get further than their role. */
static void by_role(void **unused)
{
	char *json = indicator_json(1, NULL, "one");
	struct lab l;
	struct node de;
	struct entry en;
	struct err e = {0};

	(void)unused;
	lab_open(&l, 1);
	node_make(&l, &de, "DE");
	record_set_rules(de.r, consult_rule, consult_public, NULL);
	found_collection(&de, "\"DE\"", "amber");
	as_role = ROLE_READER;
	assert_int_equal(add_one(&de, json).err.code, E_DENIED);
	as_role = ROLE_ADMIN;
	assert_int_equal(add_one(&de, json).err.code, E_DENIED);
	as_role = ROLE_CONTRIBUTOR;
	add_ok(&de, json);
	newest(&de, "verbale-collection--" COLLECTION, &en);
	char *yes = assent_json(&de, &en, "agree");

	assert_int_equal(add_one(&de, yes).err.code, E_DENIED); /* speaking for the party is not theirs */
	entry_free(&en);
	newest(&de, "indicator--00000001-0000-4000-8000-000000000001", &en);
	as_role = ROLE_AUDITOR;
	assert_int_equal(withdraw(&l, &de, &en, true, 1, &e), E_DENIED);
	as_role = ROLE_CONTRIBUTOR;
	assert_int_equal(withdraw(&l, &de, &en, true, 2, &e), 0);
	as_role = ROLE_NODE;
	entry_free(&en);
	mem_free(yes);
	mem_free(json);
	node_close(&de);
	node_free(&de);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(own_things_only), cmocka_unit_test(by_role)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
