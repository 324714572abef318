/* The open folder: what is acknowledged is there, once, provable, and nobody else's to change. */
#include "../check.h"

#include <stdio.h>

#include "base/mem.h"
#include "support.h"

static void no_fault(void *ctx, const char *text)
{
	unsigned *n = ctx;

	++*n;
	print_message("fault: %s\n", text);
}

/* `verbale check` of a closed or open node. */
static unsigned faults(struct lab *l, const char *dir)
{
	struct check_report rep;
	struct err e;
	unsigned n = 0;
	const int rc = record_check(&l->w, dir, NULL, no_fault, &n, &rep, &e);

	assert_true(rc == 0 || rc == E_CORRUPT);
	assert_int_equal(n, rep.faults);
	return n;
}

static void digest_of(struct node *n, uint8_t to[32])
{
	struct err e;

	assert_int_equal(index_digest(record_index(n->rd), to, &e), 0);
}

static void second_writer_is_told(void **state)
{
	struct lab l;
	struct node n;
	struct record *other = NULL;
	struct err e;

	(void)state;
	lab_open(&l, 1);
	node_make(&l, &n, "DE");
	assert_int_equal(record_open(&l.w, n.dir, true, &other, &e), E_BUSY);
	assert_non_null(strstr(e.msg, "opened for writing by process"));
	assert_int_equal(record_open(&l.w, n.dir, false, &other, &e), 0); /* readers are welcome */
	record_close(other);
	node_free(&n);
	lab_close(&l);
}

static void versions_are_written_once(void **state)
{
	struct lab l;
	struct node n;
	struct add_result a, b, c;
	char *one, *again, *other;

	(void)state;
	lab_open(&l, 2);
	node_make(&l, &n, "DE");
	one = indicator_json(1, NULL, "one");
	other = indicator_json(1, NULL, "two");
	again = mem_printf("  %s\n", one);
	a = add_one(&n, one);
	assert_int_equal(a.what, ADDED_REFUSED); /* no collection yet */
	assert_int_equal(a.err.code, E_NOTFOUND);
	found_collection(&n, "\"DE\"", "amber");
	a = add_one(&n, one);
	b = add_one(&n, again);
	c = add_one(&n, other);
	assert_int_equal(a.what, ADDED_NEW);
	assert_int_equal(a.index, 1);
	assert_int_equal(b.what, ADDED_DUPLICATE);
	assert_int_equal(b.index, 1);
	assert_int_equal(c.what, ADDED_REFUSED);
	assert_int_equal(c.err.code, E_CONFLICT);
	assert_non_null(strstr(c.err.msg, "SHA-256"));
	assert_int_equal(faults(&l, n.dir), 0);
	mem_free(one);
	mem_free(again);
	mem_free(other);
	node_free(&n);
	lab_close(&l);
}

static void a_batch_is_one_commit(void **state)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	struct lab l;
	struct node n;
	struct index_log before, after;
	char *json[4];
	struct add_item item[5];
	struct add_result res[5];
	struct err e;

	(void)state;
	lab_open(&l, 3);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	assert_int_equal(index_get_log(record_index(n.rd), 0, &before, &e), 0);
	for (unsigned i = 0; i < 4; i++) {
		json[i] = indicator_json(i == 3 ? 1 : i, NULL, "x"); /* the last repeats the second */
		item[i] = (struct add_item){json[i], strlen(json[i])};
	}
	item[4] = (struct add_item){"{\"type\":", 8};
	collection_uuid(opt.collection);
	assert_int_equal(record_add(n.r, &opt, item, 5, res, &e), 0);
	assert_int_equal(res[2].what, ADDED_NEW);
	assert_int_equal(res[3].what, ADDED_DUPLICATE);
	assert_int_equal(res[3].index, res[1].index);
	assert_int_equal(res[4].what, ADDED_REFUSED);
	assert_int_equal(index_get_log(record_index(n.rd), 0, &after, &e), 0);
	assert_int_equal(after.size - before.size, 3);
	assert_int_equal(after.note_frame - before.note_frame, 4); /* three entries, one checkpoint */
	opt.all_or_nothing = true;
	item[0].p = "{}";
	item[0].n = 2;
	mem_free(json[1]);
	json[1] = indicator_json(77, NULL, "y");
	item[1] = (struct add_item){json[1], strlen(json[1])};
	assert_int_not_equal(record_add(n.r, &opt, item + 1, 4, res, &e), 0); /* its last object is broken */
	assert_int_equal(index_get_log(record_index(n.rd), 0, &before, &e), 0);
	assert_int_equal(before.size, after.size);
	for (unsigned i = 0; i < 4; i++)
		mem_free(json[i]);
	node_free(&n);
	lab_close(&l);
}

static void the_index_follows_from_the_journal(void **state)
{
	struct lab l;
	struct node n;
	uint8_t live[32], reopened[32], rebuilt[32];
	struct err e;

	(void)state;
	lab_open(&l, 4);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	add_many(&n, 100, 300);
	add_many(&n, 1000, 7);
	add_many(&n, 2000, 500);
	digest_of(&n, live);
	node_close(&n);
	node_open(&l, &n, true);
	digest_of(&n, reopened);
	node_close(&n);
	assert_int_equal(record_rebuild(&l.w, n.dir, NULL, &e), 0);
	node_open(&l, &n, true);
	digest_of(&n, rebuilt);
	assert_memory_equal(live, reopened, 32);
	assert_memory_equal(live, rebuilt, 32);
	assert_int_equal(faults(&l, n.dir), 0);
	node_free(&n);
	lab_close(&l);
}

static void proofs_stand_alone(void **state)
{
	struct lab l;
	struct node n;
	struct entry en;
	struct buf proof = BUF_INIT(LIMIT_PROOF_BYTES);
	struct tlog_policy *policy = NULL;
	struct proof_report rep;
	struct err e;

	(void)state;
	lab_open(&l, 5);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	add_many(&n, 0, 600);
	assert_int_equal(tlog_policy_single(&record_self(n.r)->log, &policy, &e), 0);
	for (uint64_t i = 0; i < 600; i += 57) {
		assert_int_equal(record_read_at(n.rd, 0, i, &en, &e), 0);
		buf_clear(&proof);
		assert_int_equal(record_prove(n.rd, 0, i, en.salt, &proof, &e), 0);
		assert_int_equal(proof_verify(en.bytes.p, en.bytes.n, proof.p, proof.n, policy, &rep, &e), 0);
		assert_int_equal(rep.index, i);
		en.bytes.p[20] ^= 1;
		assert_int_equal(proof_verify(en.bytes.p, en.bytes.n, proof.p, proof.n, policy, &rep, &e), E_PROOF);
		entry_free(&en);
	}
	tlog_policy_free(policy);
	buf_free(&proof);
	node_free(&n);
	lab_close(&l);
}

static void an_old_copy_is_refused(void **state)
{
	struct lab l;
	struct node n;
	char *journal, *saved;
	struct record *r = NULL;
	struct err e;

	(void)state;
	lab_open(&l, 6);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	node_close(&n);
	journal = mem_printf("%s/journal", n.dir);
	saved = mem_printf("%s/saved", l.dir);
	copy_tree(journal, saved);
	node_open(&l, &n, true);
	add_many(&n, 0, 3);
	node_close(&n);
	remove_tree(journal);
	assert_int_equal(rename(saved, journal), 0);
	assert_int_equal(record_open(&l.w, n.dir, true, &r, &e), E_REWRITE);
	assert_non_null(strstr(e.msg, "old copy"));
	mem_free(journal);
	mem_free(saved);
	node_free(&n);
	lab_close(&l);
}

static void peers_follow_and_cosign(void **state)
{
	struct lab l;
	struct node de, jp;
	struct entry en;
	struct bound bound[4];
	struct buf note = BUF_INIT(LIMIT_NOTE_BYTES);
	struct peer_state st;
	size_t bounds = 0;
	char *json;
	struct err e;

	(void)state;
	lab_open(&l, 7);
	node_make(&l, &de, "DE");
	node_make(&l, &jp, "JP");
	node_pin(&de, &jp);
	node_pin(&jp, &de);
	found_collection(&de, "\"DE\",\"JP\"", "amber");
	add_many(&de, 0, 700);
	json = indicator_json(9000, tlp_marking_id(TLP_RED), "hidden");
	assert_int_equal(add_one(&de, json).what, ADDED_REFUSED); /* above the ceiling */
	mem_free(json);
	assert_int_equal(follow_direct(&jp, &de, &e), 0);
	assert_int_equal(follow_direct(&jp, &de, &e), 0); /* again: nothing new */
	assert_int_equal(record_peer_state(jp.rd, record_self(de.r), &st, &e), 0);
	assert_int_equal(st.log.size, 701);
	assert_int_equal(st.log.entries_to, 701);
	assert_int_equal(record_read_at(jp.rd, st.log.log, 700, &en, &e), 0);
	assert_string_equal(en.party, "DE");
	entry_free(&en);
	/* the cosignature comes back */
	assert_int_equal(record_checkpoint(jp.rd, st.log.log, &note, &e), 0);
	assert_int_equal(record_add_cosignatures(de.r, note.p, note.n, &e), 0);
	assert_int_equal(record_bounds(de.rd, 0, 3, bound, 4, &bounds, &e), 0);
	assert_int_equal(bounds, 1);
	assert_true(bound[0].until_s > 0 && bound[0].after_s == -1);
	/* a collection is in force where its party agreed to it, not before */
	json = indicator_json(88888, NULL, "from JP");
	assert_int_equal(add_one(&jp, json).err.code, E_NOTFOUND);
	assert_int_equal(record_newest(jp.rd, "verbale-collection--" COLLECTION, NULL, &en, &e), 0);
	mem_free(json);
	json = assent_json(&jp, &en, "agree");
	add_ok(&jp, json);
	entry_free(&en);
	mem_free(json);
	json = indicator_json(77777, NULL, "from JP");
	assert_int_equal(add_one(&jp, json).what, ADDED_NEW);
	mem_free(json);
	assert_int_equal(faults(&l, de.dir), 0);
	assert_int_equal(faults(&l, jp.dir), 0);
	buf_free(&note);
	node_free(&de);
	node_free(&jp);
	lab_close(&l);
}

static void a_rewritten_log_is_refused(void **state)
{
	struct lab l;
	struct node de, jp;
	char *saved, *signed_file;
	struct peer_state st;
	struct err e;

	(void)state;
	lab_open(&l, 8);
	node_make(&l, &de, "DE");
	node_make(&l, &jp, "JP");
	node_pin(&jp, &de);
	found_collection(&de, "\"DE\",\"JP\"", "amber");
	add_many(&de, 0, 10);
	node_close(&de);
	saved = lab_path(&l, "saved");
	copy_tree(de.dir, saved);
	node_open(&l, &de, true);
	add_many(&de, 100, 5);
	assert_int_equal(follow_direct(&jp, &de, &e), 0);
	node_close(&de);
	/* DE puts an old copy back, makes its signer forget, and tells another story. */
	remove_tree(de.dir);
	assert_int_equal(rename(saved, de.dir), 0);
	signed_file = mem_printf("%s/keys/signed", de.dir);
	assert_int_equal(remove(signed_file), 0);
	node_open(&l, &de, true);
	add_many(&de, 200, 9);
	assert_int_equal(follow_direct(&jp, &de, &e), E_REWRITE);
	assert_non_null(strstr(e.msg, "size 12")); /* eleven entries in common */
	assert_int_equal(record_peer_state(jp.rd, record_self(de.r), &st, &e), 0);
	assert_int_equal(st.log.size, 16); /* what was verified stays */
	assert_int_equal(faults(&l, jp.dir), 0);
	mem_free(saved);
	mem_free(signed_file);
	node_free(&de);
	node_free(&jp);
	lab_close(&l);
}

#define MARKING "marking-definition--3f2b8f0e-9d11-4c5e-8b1c-2f1f0d3c9a77"
#define OTHER_COLLECTION "1b7c2d2e-6a0b-4d0e-9d51-6f1f0d3c9a02"

static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	return mem_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static enum added add_to(struct node *n, const char *collection, const char *json)
{
	struct add_opt opt = {.strict = STIX_DEFAULT, .role = ROLE_NODE};
	const struct add_item item = {json, strlen(json)};
	struct add_result res;
	struct err e;

	assert_true(uuid_parse(collection, strlen(collection), opt.collection));
	assert_int_equal(record_add(n->r, &opt, &item, 1, &res, &e), 0);
	if (res.what == ADDED_REFUSED)
		print_message("%s\n", res.err.msg);
	return res.what;
}

/* A restrictive marking stays so although somebody logs a harmless text under its id in another collection. */
static void no_one_loosens_a_marking(void **state)
{
	static const char unknown[] = "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" MARKING "\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"extensions\":{\"extension-definition--11111111-2222-4333-8444-555555555555\":{\"extension_type\":\"property-extension\",\"level\":\"inner circle\"}}}";
	static const char harmless[] = "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" MARKING "\",\"created\":\"2016-09-01T08:00:00.000Z\","
	    "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"Copyright 2016\"}}";
	const struct reader jp = {.party = "JP", .role = ROLE_NODE, .via = VIA_SYNC};
	struct lab l;
	struct node n;
	struct entry en;
	char *json, *other;
	struct err e;

	(void)state;
	lab_open(&l, 10);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\",\"JP\"", "amber");
	json = collection_json(&n, "\"DE\",\"JP\"", "amber", "2016-09-01T08:00:00.000Z");
	other = replaced(json, COLLECTION, OTHER_COLLECTION);
	assert_int_equal(add_to(&n, OTHER_COLLECTION, other), ADDED_NEW);
	mem_free(json);
	mem_free(other);
	json = indicator_json(1, MARKING, "marked");
	add_ok(&n, json);
	assert_int_equal(record_read_at(n.rd, 0, 2, &en, &e), 0);
	assert_int_equal(record_may_read(n.rd, &jp, &en, &e), E_NOTFOUND); /* the definition is not held */
	assert_int_equal(add_to(&n, OTHER_COLLECTION, harmless), ADDED_NEW);
	assert_int_equal(record_may_read(n.rd, &jp, &en, &e), 0);
	assert_int_equal(add_to(&n, COLLECTION, unknown), ADDED_NEW);
	assert_int_equal(record_may_read(n.rd, &jp, &en, &e), E_NOTFOUND); /* the stricter one holds */
	entry_free(&en);
	mem_free(json);
	node_free(&n);
	lab_close(&l);
}

static void a_damaged_index_is_made_anew(void **state)
{
	struct lab l;
	struct node n;
	uint8_t before[32], after[32];
	char *path;
	FILE *f;

	(void)state;
	lab_open(&l, 9);
	node_make(&l, &n, "DE");
	found_collection(&n, "\"DE\"", "amber");
	add_many(&n, 0, 50);
	digest_of(&n, before);
	node_close(&n);
	path = mem_printf("%s/index.sqlite", n.dir);
	assert_int_equal(faults(&l, n.dir), 0);
	f = fopen(path, "r+b");
	assert_non_null(f);
	fputs("not a database at all", f);
	fclose(f);
	node_open(&l, &n, true);
	digest_of(&n, after);
	assert_memory_equal(before, after, 32);
	node_close(&n);
	assert_int_equal(remove(path), 0);
	assert_int_equal(faults(&l, n.dir), 1); /* missing is said, not passed over */
	mem_free(path);
	node_free(&n);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(second_writer_is_told),
		cmocka_unit_test(versions_are_written_once),
		cmocka_unit_test(a_batch_is_one_commit),
		cmocka_unit_test(the_index_follows_from_the_journal),
		cmocka_unit_test(proofs_stand_alone),
		cmocka_unit_test(an_old_copy_is_refused),
		cmocka_unit_test(peers_follow_and_cosign),
		cmocka_unit_test(a_rewritten_log_is_refused),
		cmocka_unit_test(no_one_loosens_a_marking),
		cmocka_unit_test(a_damaged_index_is_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
