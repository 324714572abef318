/* DELETE: D1–D4, and what the record keeps of it. */
#include "check.h"

#include <stdio.h>

#include "base/mem.h"
#include "lab.h"

#define ONE IN(JOINT) "objects/" INDICATOR(1) "/"
#define SHRINKING "0b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a07"
#define DAY(n) "2016-09-0" #n "T08:00:00.000Z"

static void assert_delete(struct taxiilab *x, const char *token, const char *target, int status)
{
	struct answer a;

	ask(x, "DELETE", token, NULL, target, &a);
	if (a.r.status != status)
		fail_msg("DELETE %s: %d %s", target, a.r.status, a.r.body.p != NULL ? a.r.body.p : "");
	answer_free(&a);
}

static void test_D1_needs_both_rights(struct taxiilab *x)
{
	put_indicator(x, JOINT, 1, NULL, NULL);
	assert_delete(x, x->scoped, ONE, 404);     /* neither */
	assert_delete(x, x->reader, ONE, 403);     /* read */
	assert_delete(x, x->read_only, ONE, 403);
	assert_delete(x, x->write_only, ONE, 403); /* write */
	assert_delete(x, x->jp_user, ONE, 403);
	assert_int_equal(status_of(x, x->reader, ONE), 200);
	assert_delete(x, x->editor, ONE, 200);
}

static void test_D2_gone_for_taxii(struct taxiilab *x)
{
	put_indicator(x, JOINT, 1, DAY(1), NULL);
	put_indicator(x, JOINT, 1, DAY(2), NULL);
	put_v20(x, JOINT, 1, DAY(3));
	put_indicator(x, JOINT, 2, NULL, NULL);
	assert_delete(x, x->editor, ONE, 200);
	assert_int_equal(status_of(x, x->reader, ONE), 404);
	assert_int_equal(status_of(x, x->reader, ONE "?match[version]=all"), 404);
	assert_int_equal(status_of(x, x->reader, ONE "versions/"), 404);
	assert_listed(x, x->reader, IN(JOINT) "objects/?match[type]=indicator&match[version]=all", INDICATOR(2));
	assert_listed(x, x->reader, IN(JOINT) "manifest/?match[type]=indicator&match[version]=all", INDICATOR(2));
	taxiilab_restart(x);
	assert_int_equal(status_of(x, x->reader, ONE), 404);
}

static void test_D2_one_version(struct taxiilab *x)
{
	put_indicator(x, JOINT, 1, DAY(1), NULL);
	put_indicator(x, JOINT, 1, DAY(2), NULL);
	put_indicator(x, JOINT, 1, DAY(3), NULL);
	assert_delete(x, x->editor, ONE "?match[version]=2016-09-02T08:00:00Z", 200);
	assert_listed(x, x->reader, ONE "versions/", DAY(1) " " DAY(3));
	assert_delete(x, x->editor, ONE "?match[version]=last", 200);
	assert_listed(x, x->reader, ONE "versions/", DAY(1));
	assert_int_equal(status_of(x, x->reader, ONE "?match[version]=" DAY(3)), 404); /* §5.7: that version is not found */
	assert_delete(x, x->editor, ONE "?match[spec_version]=2.0", 404);
	assert_delete(x, x->editor, ONE "?match[version]=x", 400);
}

static void test_D3_unknown(struct taxiilab *x)
{
	assert_delete(x, x->editor, ONE, 404);
	put_indicator(x, JOINT, 1, NULL, NULL);
	assert_delete(x, x->editor, ONE "?match[version]=2000-01-01T00:00:00Z", 404);
	assert_delete(x, x->editor, ONE, 200);
	assert_delete(x, x->editor, ONE, 404);
}

static void test_D4_no_body(struct taxiilab *x)
{
	struct answer a;

	put_indicator(x, JOINT, 1, NULL, NULL);
	ask(x, "DELETE", x->editor, NULL, ONE, &a);
	assert_int_equal(a.r.status, 200);
	assert_int_equal(a.r.body.n, 0);
	assert_string_equal(a.r.type, "application/taxii+json;version=2.1");
	answer_free(&a);
}

/* The act is an object like any other, seen by whom the object was seen by. */
static void test_withdrawal_is_recorded(struct taxiilab *x)
{
	struct answer a;
	const struct json_val *v;
	struct json_iter it;
	unsigned n = 0;

	put_indicator(x, JOINT, 1, DAY(1), ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"DE\"]}}");
	put_indicator(x, JOINT, 2, DAY(1), MARKED("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"));
	assert_delete(x, x->editor, ONE, 200);
	assert_delete(x, x->editor, IN(JOINT) "objects/" INDICATOR(2) "/", 200);
	get(x, x->reader, IN(JOINT) "objects/?match[type]=verbale-withdrawal", &a);
	for (json_iter(&it, json_get(answer_root(&a), "objects")); json_next(&it, NULL, &v); n++) {
		assert_string_equal(json_get_str(v, "object_ref"), n == 0 ? INDICATOR(1) : INDICATOR(2));
		assert_string_equal(json_get_str(v, "object_modified"), DAY(1));
	}
	assert_int_equal(n, 2);
	answer_free(&a);
	get(x, x->jp_user, IN(JOINT) "objects/?match[type]=verbale-withdrawal", &a);
	assert_int_equal(json_len(json_get(answer_root(&a), "objects")), 1); /* JP never heard of the first */
	answer_free(&a);
}

static void put_shrinking(struct taxiilab *x, const char *modified, const char *community)
{
	char *const json = mem_printf("{\"type\":\"verbale-collection\",\"spec_version\":\"2.1\",\"id\":\"verbale-collection--" SHRINKING "\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"modified\":\"%s\",\"created_by_ref\":\"%s\",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}},\"members\":[\"DE\"],"
	    "\"ceiling\":\"green\",\"public\":false,\"name\":{\"en\":\"X\"}%s}", modified, record_self(x->de.r)->identity, community);

	put(x, SHRINKING, json);
	mem_free(json);
}

/* An object that names a party which the collection has since lost can be taken back all the same. */
static void test_party_lost(struct taxiilab *x)
{
	const struct json_val *v = NULL, *to;
	struct json_iter it;
	struct answer a;

	put_shrinking(x, DAY(1), ",\"community\":[\"JP\"]");
	put_indicator(x, SHRINKING, 1, DAY(1), ",\"extensions\":{\"" VERBALE_EXTENSION_ID "\":{\"extension_type\":\"property-extension\",\"release_to\":[\"JP\",\"DE/BSI\"]}}");
	put_shrinking(x, DAY(2), "");
	assert_delete(x, x->editor, IN(SHRINKING) "objects/" INDICATOR(1) "/", 200);
	get(x, x->reader, IN(SHRINKING) "objects/?match[type]=verbale-withdrawal", &a);
	json_iter(&it, json_get(answer_root(&a), "objects"));
	assert_true(json_next(&it, NULL, &v));
	to = json_get(json_get(json_get(v, "extensions"), VERBALE_EXTENSION_ID), "release_to");
	assert_int_equal(json_len(to), 1);
	json_iter(&it, to);
	assert_true(json_next(&it, NULL, &v) && json_str_is(v, "DE/BSI"));
	answer_free(&a);
}

static void test_others_versions(struct taxiilab *x)
{
	char *json = indicator_json(1, NULL, "from Tokyo");

	taxiilab_jp(x);
	taxiilab_add_jp(x, json);
	mem_free(json);
	assert_int_equal(status_of(x, x->reader, ONE), 200);
	assert_delete(x, x->editor, ONE, 403);
	assert_int_equal(status_of(x, x->reader, ONE), 200);
}

/* Papers of a consultation are not taken back by a DELETE: rules of their own hold. */
static void test_own_types(struct taxiilab *x)
{
	assert_delete(x, x->editor, IN(JOINT) "objects/verbale-collection--" JOINT "/", 403);
	assert_int_equal(status_of(x, x->reader, IN(JOINT)), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(test_D1_needs_both_rights), RULE(test_D2_gone_for_taxii), RULE(test_D2_one_version), RULE(test_D3_unknown), RULE(test_D4_no_body),
		RULE(test_withdrawal_is_recorded), RULE(test_party_lost), RULE(test_others_versions), RULE(test_own_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
